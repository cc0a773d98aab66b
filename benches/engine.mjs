// What a question costs the engine itself: `RUNSIFT_BENCH_DATA=FOLDER node benches/engine.mjs [WORDS...]`, in Chromium, on what
// `make dist` wrote.
//
// Engines that are called in their page are timed on data that is loaded and five times in a row; the first question of
// a page that was just opened is another thing (benches/browser.mjs). The folder holds runs-10k.csv, runs-100k.csv and
// runs-1m.csv, with the columns that stand below. Every question differs from those before, so that nothing is
// answered from memory. Figures are medians, and the first of each beside them: how long the engine worked on the answer,
// and on cells that were asked for after it; from the question's sending to its answer in the page; until it is painted;
// and until the page is calm.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { Chromium, Site } from "../tests/browser/harness.mjs";
import { median } from "./tables.mjs";

const SIZES = ["runs-10k", "runs-100k", "runs-1m"];
const TIMES = 5;
const PAUSE = 1200;
const TABLE = "#/table?o=metric.val_loss,min,last";
const COLUMNS = ["val_loss", "train_loss", "test_loss", "val_acc", "f1"];
const GROUPS = ["optimizer,dataset", "optimizer,batch_size", "dataset,batch_size", "optimizer,depth", "dataset,depth"].map((pair) =>
  pair.replace(/\w+/g, "param.$&"),
);

const folder = process.env.RUNSIFT_BENCH_DATA ?? ".";
const words = process.argv.slice(2);

/**
 * Changes the address as `act` says, within the page, and waits as frames go by: the measure `name` of it, and when it was
 * calm. The driver's own way to the page and back takes longer than an answer.
 */
const asked = (page, name, act) =>
  page.evaluate(
    async ([name, act]) => {
      const all = (kind) => performance.getEntriesByName(`app:${kind}`);
      const newest = (kind) => all(kind).at(-1);
      const before = all(name).length;
      const begun = performance.now();
      if (act.filter) {
        const box = document.querySelector("[data-testid=filter]");
        box.focus();
        box.value = act.filter;
        box.dispatchEvent(new InputEvent("input", { bubbles: true }));
        box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
      } else {
        location.hash = act.hash;
      }
      const isBusy = () => document.documentElement.dataset.busy === "true";
      do await new Promise(requestAnimationFrame);
      while (all(name).length === before || isBusy());
      const calm = performance.now() - begun;
      const answer = newest(`${name}-answer`);
      const { cells } = newest(name).detail;
      return { engine: answer.detail.engine, cells, answer: answer.duration, painted: newest(name).duration, calm };
    },
    [name, act],
  );

const filters = Array.from({ length: TIMES }, (_, at) => `val_loss < ${0.5 + at * 1e-3} and optimizer = adam`);

/** The key by which links name a column that the table has, in view or not. */
const keyOf = (name) => `metric.${name}`;

async function questions(kit, page) {
  const found = { sort: [], filter: [], group: [] };
  const add = async (name, act) => {
    found[name].push(await asked(page, name, act));
    await kit.calm(page);
    // What was put off until the page is calm is no part of the next one.
    await page.waitForTimeout(PAUSE);
  };
  for (const column of COLUMNS) await add("sort", { hash: `${TABLE}&s=${keyOf(column)}` });
  for (const filter of filters) await add("filter", { filter });
  for (const pair of GROUPS) await add("group", { hash: `${TABLE}&g=by:${pair}` });
  return found;
}

function tell(name, what, asked) {
  const keys = Object.keys(asked[0]);
  const of = (key) => median(asked.map((one) => one[key]));
  const cells = keys.map((key) => `${of(key).toFixed(1)} (${asked[0][key].toFixed(1)})`);
  console.log(`| ${name} | ${what} | ${cells.join(" | ")} |`);
}

const site = await Site.start();
const chromium = new Chromium(site);
console.log("| runs | question | engine | cells | answer | painted | calm |\n| --- | --- | ---: | ---: | ---: | ---: | ---: |");
try {
  for (const name of SIZES.filter((name) => !words.length || words.includes(name))) {
    const path = join(folder, `${name}.csv`);
    if (!existsSync(path)) throw new Error(`there is no ${path}: RUNSIFT_BENCH_DATA names the folder`);
    await chromium.run(name, { timeout: 600_000 }, async (kit) => {
      const page = await kit.open(TABLE);
      await page.waitForTimeout(PAUSE);
      await page.setInputFiles("input[type=file]", path);
      await kit.waitReady(page, 300_000);
      await page.waitForTimeout(PAUSE);
      for (const [what, asked] of Object.entries(await questions(kit, page))) tell(name, what, asked);
    });
  }
} finally {
  await chromium.close();
  await site.close();
}
