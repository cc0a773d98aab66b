// The main flow in Firefox, hosted and from the disk: reading what trackers left, brief, filter, views, export, report, session.

import assert from "node:assert/strict";

const SWEEP = "samples/random-search-seeds.csv";
const OBJECTIVE = "o=metric.test/accuracy,max,last";
const TRACKERS = [
  "tests/fixtures/mlflow-sqlite/mlflow.db",
  "tests/fixtures/mlflow-parquet/search_runs.zstd.parquet",
  "tests/fixtures/optuna-journal/moo.log",
  "tests/fixtures/wandb-log/wandb/offline-run-20261123_033540-fin6xlzd/run-fin6xlzd.wandb",
  "tests/fixtures/tensorboard/logs/005 λ-probe/events.out.tfevents.1795405248.vm",
  "tests/fixtures/comet-offline/offline/00428a483eb948ff9b1a7572ba7b37e5.zip",
];
/** What each view draws once its answer is there. */
const VIEWS = {
  brief: "[data-view=brief] a",
  table: "[role=row] [role=gridcell]",
  space: "[data-view=space] canvas, [data-view=space] img, [data-view=space] svg",
  importance: "[data-view=importance] .bar",
  failures: "[data-view=failures] table",
};

/** Drops files as the button of the page does, and waits until they are read and every view is still. */
async function read(page, files, runs) {
  await (await page.$("input[type=file]")).uploadFile(...files);
  await page.waitForFunction((runs) => {
    const { state, runs: count, busy } = document.documentElement.dataset;
    return state === "ready" && busy === "false" && Number(count) >= runs;
  }, {}, runs);
}

const click = (page, name) => page.locator(`::-p-aria([name="${name}"][role="button"])`).click();

/** Opens the page anew, with nothing in the way: saved files are kept in `globalThis.saved` as [name, text]. */
async function open(page, address) {
  await page.evaluateOnNewDocument(() => {
    // The browser's own empty documents come here too, which may keep nothing.
    if (!/^(http|file)/.test(location.href)) return;
    localStorage["runsift.hints"] = "7";
    globalThis.saved = [];
    const blobs = new Map();
    const address = URL.createObjectURL;
    URL.createObjectURL = (blob) => {
      const made = address.call(URL, blob);
      blobs.set(made, blob);
      return made;
    };
    HTMLAnchorElement.prototype.click = async function () {
      saved.push([this.download, await blobs.get(this.href).text()]);
    };
  });
  await page.goto(address);
  await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
}

/** What is saved by a click on an entry of the menu of exports. */
async function exported(page, entry) {
  const before = await page.evaluate(() => saved.length);
  await page.click(".export-menu summary");
  await click(page, entry);
  await page.waitForFunction((before) => saved.length > before, {}, before);
  return page.evaluate(() => saved.at(-1));
}

export default function (t) {
  for (const form of ["base", "single"]) {
    t.firefox(`the main flow, from the drop to the report (${form})`, { timeout: 180_000 }, async (kit) => {
      const { page } = kit;
      await open(page, `${kit[form]}#/brief?${OBJECTIVE}`);
      await read(page, [SWEEP], 300);
      for (const [view, mark] of Object.entries(VIEWS)) {
        await page.evaluate((hash) => (location.hash = hash), `#/${view}?${OBJECTIVE}`);
        await page.waitForSelector(`[data-view=${view}]`);
        await page.waitForSelector(mark);
      }
      assert.match(await page.$eval("html", (html) => html.dataset.problems), /^0$/);
      await page.type("[data-testid=filter]", "status:finished and optimizer = adam");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => Number(document.documentElement.dataset.shown) < 240);
      await page.keyboard.press("Escape");
      const shown = Number(await page.$eval("html", (html) => html.dataset.shown));
      const [name, text] = await exported(page, "Shown runs, JSON");
      assert.equal(name, "runs.json");
      assert.equal(JSON.parse(text).runs.length, shown);
      await page.evaluate((hash) => (location.hash = hash), `#/report?${OBJECTIVE}`);
      await page.waitForSelector("[data-view=report]");
      await click(page, "Save the report");
      await page.waitForFunction(() => saved.some(([name]) => name === "report-interactive.html"));
      // What trackers left comes to it, and nothing of it is a problem.
      await read(page, TRACKERS, 305);
      const { problems } = await page.$eval("html", (html) => ({ ...html.dataset }));
      assert.equal(problems, "0");
    });

    t.firefox(`a session is kept and gone on with (${form})`, { timeout: 120_000 }, async (kit) => {
      const { page } = kit;
      await open(page, `${kit[form]}#/table?${OBJECTIVE}`);
      await read(page, [SWEEP], 300);
      await page.locator("::-p-xpath(//*[@data-testid='keep-bar']//button[1])").click();
      await page.waitForFunction(async () => {
        const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("runsift", { create: true });
        // It is there, and empty, before it is written.
        for await (const [name, file] of folder.entries()) if (name.endsWith(".session")) return (await file.getFile()).size > 0;
        return false;
      });
      await page.goto("about:blank");
      await page.goto(kit[form]);
      await page.waitForSelector("[data-testid=go-on] button");
      await page.locator("::-p-xpath(//*[@data-testid='go-on']//button[contains(., 'Go on')])").click();
      await page.waitForFunction(() => document.documentElement.dataset.runs === "300");
    });
  }
}
