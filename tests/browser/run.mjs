// Runs the browser tests: every `*.test.mjs` in this folder, in Chromium (playwright-core, with the
// DevTools protocol for real drops), and what is registered for Firefox in Firefox (puppeteer-core).
//
//   node tests/browser/run.mjs [WORDS...]     only cases whose file or name holds one of the words
//
// The page under test is what `make dist` wrote. A test file exports a function:
//
//   export default function (t) {
//     t.case("a name", async ({ open, waitReady }) => { const page = await open(); ... });
//     t.case("a planted panic", { allow: ["console", "pageerror"] }, async ({ open }) => ...);
//     t.firefox("a name", async ({ page, base, single }) => ...);
//   }
//
// What a case is given is described in harness.mjs.

import { readdir } from "node:fs/promises";
import { existsSync } from "node:fs";
import { Chromium, Firefox, Site, root } from "./harness.mjs";

const words = process.argv.slice(2);
const folder = new URL("./", import.meta.url);

if (!existsSync(new URL("dist/runsift.html", root))) {
  console.error("the page is not built: run `make dist` first");
  process.exit(2);
}

const cases = [];
for (const file of (await readdir(folder)).filter((name) => name.endsWith(".test.mjs")).sort()) {
  const register = (browser) => (name, ...rest) => {
    const run = rest.pop();
    cases.push({ browser, name: `${file.replace(".test.mjs", "")}: ${name}`, options: rest[0] ?? {}, run });
  };
  const { default: define } = await import(new URL(file, folder));
  define({ case: register("chromium"), firefox: register("firefox") });
}
const chosen = cases.filter(({ name }) => !words.length || words.some((word) => name.includes(word)));

const site = await Site.start();
const browsers = { chromium: new Chromium(site), firefox: new Firefox(site) };
const count = { passed: 0, failed: 0, skipped: 0 };
for (const { browser, name, options, run } of chosen) {
  const shown = browser === "firefox" ? `firefox: ${name}` : name;
  const missing = browsers[browser].missing();
  if (missing) {
    count.skipped += 1;
    console.log(`skip  ${shown} (${missing})`);
    continue;
  }
  const started = performance.now();
  let failure = null;
  try {
    await browsers[browser].run(name, options, run);
  } catch (error) {
    failure = error;
  }
  const time = `${((performance.now() - started) / 1000).toFixed(2)} s`;
  count[failure ? "failed" : "passed"] += 1;
  console.log(`${failure ? "FAIL" : "ok  "}  ${shown} (${time})`);
  if (failure) console.log(String(failure.stack ?? failure).replace(/^/gm, "      "));
}
await Promise.all([...Object.values(browsers).map((browser) => browser.close()), site.close()]);

if (count.skipped) console.log(`\n${count.skipped} skipped, see above`);
console.log(`\n${count.passed} passed, ${count.failed} failed`);
process.exit(count.failed || !chosen.length ? 1 : 0);
