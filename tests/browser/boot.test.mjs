// The page starts, from a host and from the disk, and there is no way out of it.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";

const BUDGET_BYTES = 2_000_000;

/** Tries every way to send something to `target` and tells which were refused. */
const waysOut = async (target) => {
  const attempts = {
    fetch: () => fetch(target),
    "fetch without cors": () => fetch(target, { mode: "no-cors" }),
    xhr: () =>
      new Promise((done, refuse) => {
        const request = new XMLHttpRequest();
        request.onload = done;
        request.onerror = () => refuse(new Error("refused"));
        request.open("GET", target);
        request.send();
      }),
    "web socket": () =>
      new Promise((done, refuse) => {
        const socket = new WebSocket(target.replace("http", "ws"));
        socket.onopen = done;
        socket.onerror = () => refuse(new Error("refused"));
      }),
    "event source": () =>
      new Promise((done, refuse) => {
        const source = new EventSource(target);
        source.onopen = done;
        source.onerror = () => refuse(new Error("refused"));
      }),
    "dynamic import": () => import(`${target}module.js`),
  };
  const element = (tag, attributes) => () =>
    new Promise((done, refuse) => {
      const made = Object.assign(document.createElement(tag), attributes);
      made.onload = done;
      made.onerror = () => refuse(new Error("refused"));
      document.body.append(made);
    });
  if (globalThis.document) {
    attempts.image = element("img", { src: `${target}pixel.png` });
    attempts.script = element("script", { src: `${target}script.js` });
    attempts["style sheet"] = element("link", { rel: "stylesheet", href: `${target}style.css` });
    // These tell nothing to the page; whether they went out is seen at the other end.
    attempts.beacon = async () => navigator.sendBeacon(`${target}beacon`, "x");
    attempts.frame = async () => document.body.append(Object.assign(document.createElement("iframe"), { src: target }));
    attempts.form = async () => {
      const form = Object.assign(document.createElement("form"), { action: `${target}form`, method: "post" });
      document.body.append(form);
      form.submit();
    };
    attempts["inline style"] = async () => {
      const style = document.createElement("style");
      style.textContent = `body { background: url(${target}css.png) }`;
      document.head.append(style);
    };
  }
  const silent = ["beacon", "frame", "form", "inline style"];
  const answers = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    answers[name] = await attempt().then(
      () => (silent.includes(name) ? "silent" : "WENT OUT"),
      () => "refused",
    );
  }
  await new Promise((done) => setTimeout(done, 300));
  return answers;
};

/** Someone outside who listens, allows all and notes every knock. */
const outsider = async (act) => {
  const knocks = [];
  const server = createServer((request, response) => {
    knocks.push(`${request.method} ${request.url}`);
    response.writeHead(200, { "access-control-allow-origin": "*" }).end();
  });
  server.on("upgrade", (request, socket) => {
    knocks.push(`upgrade ${request.url}`);
    socket.destroy();
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  try {
    await act(`http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
  assert.deepEqual(knocks, [], "something reached the outside");
};

/** Starts a worker of the page's policy that runs the same attempts. */
const waysOutOfWorker = ([target, attempts]) =>
  new Promise((done, refuse) => {
    const script = `onmessage = async ({ data }) => postMessage(await (${attempts})(data))`;
    const worker = new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    worker.onmessage = ({ data }) => done(data);
    worker.onerror = (event) => refuse(new Error(event.message));
    worker.postMessage(target);
  });

const assertNoWayOut = (answers) => {
  const out = Object.entries(answers).filter(([, answer]) => answer === "WENT OUT");
  assert.deepEqual(out, []);
  assert.equal(answers.fetch, "refused");
};

export default function (t) {
  t.case("the static site starts under a sub-path and loads its own parts only", async (given) => {
    const { open, waitState, seen, base, screens } = given;
    const page = await open();
    await waitState(page, "empty");
    await screens(page, "boot-static");
    assert.equal(await page.locator("#boot").count(), 0);
    const parts = seen.requests.filter((url) => url.startsWith("http"));
    assert.ok(parts.every((url) => url.startsWith(base)), parts.join("\n"));
    // The early fetch and the script's are one.
    assert.equal(parts.filter((url) => url.endsWith(".wasm.gz")).length, 1, parts.join("\n"));
  });

  t.case("the site starts on a host that has the browser unpack the module", async ({ open, waitState, encodedBase }) => {
    await waitState(await open(encodedBase), "empty");
  });

  t.case("the single file starts from the disk without a request", async (given) => {
    const { open, waitState, single, seen, screens } = given;
    const page = await open(single);
    await waitState(page, "empty");
    await screens(page, "boot-single");
    const others = seen.requests.filter((url) => url !== single && !/^(blob|data):/.test(url));
    assert.deepEqual(others, []);
  });

  t.case("the single file starts from a host and offline", async ({ open, waitState, base, context }) => {
    const page = await open(`${base}runsift.html`);
    await context.setOffline(true);
    await waitState(page, "empty");
  });

  for (const form of ["base", "single"]) {
    // A CSP violation is what this case plants; that nothing is asked of the network is not.
    const planted = { allow: ["csp", "console", "foreign"] };
    t.case(`no way out of the page (${form})`, planted, async (given) => {
      const page = await given.open(given[form]);
      await given.waitState(page, "empty");
      await outsider(async (target) => assertNoWayOut(await page.evaluate(waysOut, target)));
      assert.ok(given.seen.csp.length > 5, "violations were reported");
    });

    t.case(`no way out of a worker (${form})`, planted, async (given) => {
      const page = await given.open(given[form]);
      await given.waitState(page, "empty");
      await outsider(async (target) =>
        assertNoWayOut(await page.evaluate(waysOutOfWorker, [target, waysOut.toString()])),
      );
    });
  }

  t.case("a browser without WebAssembly is told so", { allow: ["console"] }, async ({ open, page, waitState, base }) => {
    await page.addInitScript(() => delete globalThis.WebAssembly);
    await open(base);
    await waitState(page, "error");
    assert.match(await page.locator("#boot-message").textContent(), /could not start.*WebAssembly/);
  });

  t.case("a missing part is told", { allow: ["console"] }, async ({ open, page, context, waitState, axe }) => {
    await context.route("**/*.wasm.gz", (route) => route.fulfill({ status: 404, body: "" }));
    await open();
    await waitState(page, "error");
    assert.match(await page.locator("#boot-message").textContent(), /the host answered 404/);
    await axe(page);
  });

  t.case("everything weighs at most 2,000,000 bytes after gzip -9, in both forms", async () => {
    const dist = new URL("../../dist/", import.meta.url);
    const entries = await readdir(dist, { recursive: true, withFileTypes: true });
    const sums = { site: 0, single: 0 };
    for (const entry of entries.filter((entry) => entry.isFile())) {
      // Node's zlib is Chromium's, which packs up to half a per cent worse than gzip itself.
      const bytes = await readFile(`${entry.parentPath ?? entry.path}/${entry.name}`);
      sums[entry.name === "runsift.html" ? "single" : "site"] += gzipSync(bytes, { level: 9 }).length;
    }
    assert.ok(sums.single > 0 && sums.single <= BUDGET_BYTES, `single file: ${sums.single}`);
    assert.ok(sums.site > 0 && sums.site <= BUDGET_BYTES, `static site: ${sums.site}`);
  });

  t.firefox("the static site starts", async ({ page, base, waitState }) => {
    await page.goto(base);
    await waitState("empty");
  });

  t.firefox("the single file starts from the disk", async ({ page, single, waitState }) => {
    await page.goto(single);
    await waitState("empty");
  });
}
