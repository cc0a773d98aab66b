// The benchmarks of the page, in Chromium, on what `make dist` wrote: `node benches/browser.mjs [WORDS...]`.
//
// Every figure is a ratio to a reference of the same run, so that a slow machine does not look like a
// slow page: reading is held against `File.arrayBuffer()` and a hand-written parser in JavaScript on the
// same bytes. Each pass has a new browser profile; the figures are medians. `RUNSIFT_BENCH_DATA` is the folder in which
// `cargo bench --bench importance` left its data: importance is timed on the same here.

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Chromium, Site } from "../tests/browser/harness.mjs";
import { median, writeTable } from "./tables.mjs";

const PASSES = 3;
const words = process.argv.slice(2);

/** What a page without us could do with the file: milliseconds of reading it, and of parsing it by hand. */
async function reference(page, path) {
  await page.evaluate(() => {
    const input = document.createElement("input");
    Object.assign(input, { type: "file", id: "reference" });
    document.body.append(input);
  });
  await page.setInputFiles("#reference", path);
  return page.evaluate(async () => {
    const input = document.querySelector("#reference");
    let begun = performance.now();
    await input.files[0].arrayBuffer();
    const read = performance.now() - begun;
    begun = performance.now();
    const [header, ...lines] = (await input.files[0].text()).trimEnd().split("\n");
    const columns = header.split(",").map(() => []);
    for (const line of lines) {
      line.split(",").forEach((cell, at) => {
        const number = Number(cell);
        columns[at].push(Number.isNaN(number) ? cell : number);
      });
    }
    const parse = performance.now() - begun;
    input.remove();
    return { read, parse };
  });
}

const measured = (page, name) =>
  page.evaluate((wanted) => performance.getEntriesByName(wanted).at(-1)?.duration ?? null, `app:${name}`);

/** How long the engine worked on what the newest measure `name` waited for, and on the cells in view. */
const spent = (page, name) =>
  page.evaluate((wanted) => {
    const { engine = 0, cells = 0 } = performance.getEntriesByName(wanted).at(-1)?.detail ?? {};
    return { engine, cells };
  }, `app:${name}`);

/** The newest measure `name` after `act`. */
async function after(kit, page, name, act) {
  const count = (wanted) => performance.getEntriesByName(wanted).length;
  const before = await page.evaluate(count, `app:${name}`);
  await act();
  await page.waitForFunction(
    ([wanted, known]) => performance.getEntriesByName(wanted).length > known,
    [`app:${name}`, before],
    { timeout: 60_000 },
  );
  await kit.calm(page);
  return measured(page, name);
}

const header = (page, name) => page.locator("[data-view=table] [role=columnheader]", { hasText: name }).first();

/** Scrolls the table down and to the right in steps of a frame. */
const scroll = (page) =>
  page.evaluate(async () => {
    const port = document.querySelector("[data-view=table] .grid");
    for (let frame = 0; frame < 90; frame += 1) {
      port.scrollTop += port.scrollHeight / 100;
      if (frame % 3 === 0) port.scrollLeft += port.scrollWidth / 30;
      await new Promise(requestAnimationFrame);
    }
  });

/** What is done to a table: painted, answered, and of that the engine's own time for the answer and for the cells in view. */
async function asked(kit, page, figures, name, what, act) {
  figures[what] = await after(kit, page, name, act);
  figures[`${what}:answer`] = await measured(page, `${name}-answer`);
  const { engine, cells } = await spent(page, name);
  figures[`${what}:engine`] = engine;
  figures[`${what}:cells`] = cells;
}

/** Types a filter and applies it. */
async function filter(page, text) {
  await page.fill("[data-testid=filter]", text);
  await page.press("[data-testid=filter]", "Enter");
}

/** Opens the page at an address without loading it anew, as back and forward do. */
const visit = (page, hash) => page.evaluate((wanted) => { location.hash = wanted; }, hash);

/** One table: from the drop to its rows, then sorting, filtering, grouping and scrolling. */
async function table(kit, path) {
  const page = await kit.open();
  await page.waitForTimeout(1500);
  const known = await reference(page, path);
  await page.setInputFiles("input[type=file]", path);
  await kit.waitReady(page, 300_000);
  const figures = {
    ...known,
    start: await measured(page, "start"),
    ready: await measured(page, "parse"),
    rows: await measured(page, "first-rows"),
  };
  await asked(kit, page, figures, "sort", "sort", () => header(page, "val_loss").click());
  await asked(kit, page, figures, "filter", "filter", () => filter(page, "val_loss < 0.5 and optimizer = adam"));
  figures.facets = await measured(page, "facets");
  figures["facets:engine"] = (await spent(page, "facets")).engine;
  await filter(page, "");
  await kit.calm(page);
  figures.scrolling = (await kit.trace(page, () => scroll(page))).longest;
  const address = await page.evaluate(() => location.hash);
  const joined = address.includes("?") ? `${address}&` : "#/table?";
  await asked(kit, page, figures, "group", "group by two", () => visit(page, `${joined}g=by:param.optimizer,param.kind`));
  return figures;
}

/** A session is kept, and gone on with after a reload: from the click until all its runs are there and painted. */
async function restored(kit, path, runs) {
  const page = await kit.open("#/table?o=metric.val_loss,min,last");
  await page.waitForTimeout(1500);
  const known = await reference(page, path);
  await page.setInputFiles("input[type=file]", path);
  await kit.waitReady(page, 120_000);
  await page.getByTestId("keep-bar").getByRole("button", { name: "Yes, keep" }).click();
  // The page says so once the files of the drop and the session that names them are written.
  await page.getByText("Kept in this browser.").waitFor({ timeout: 60_000 });
  // As a bookmark has it.
  await page.goto(kit.base);
  await page.reload();
  await page.getByTestId("go-on").getByRole("button", { name: "Go on" }).waitFor();
  await page.waitForTimeout(1500);
  const restored = await page.evaluate(async (runs) => {
    const { dataset } = document.documentElement;
    const isThere = () => dataset.state === "ready" && Number(dataset.runs) === runs && dataset.busy !== "true";
    const frame = () => new Promise(requestAnimationFrame);
    const buttons = [...document.querySelectorAll("[data-testid=go-on] button")];
    const begun = performance.now();
    buttons.find((button) => button.textContent.includes("Go on")).click();
    do await frame();
    while (!isThere());
    await frame();
    return performance.now() - begun;
  }, runs);
  return { ...known, restored };
}

async function importance(kit, path) {
  const page = await kit.open();
  await page.waitForTimeout(1500);
  await page.setInputFiles("input[type=file]", path);
  await kit.waitReady(page);
  return { importance: await after(kit, page, "importance", () => page.click("[role=tab][href*=importance]")) };
}

/** From the click until the shares of all trees are painted, and no longer those of the first ones. */
const singles = (page) =>
  page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    const areThere = () => {
      const facts = document.querySelector("[data-view=importance] .importance-facts");
      return facts !== null && !facts.textContent.includes("trees so far");
    };
    const begun = performance.now();
    document.querySelector("[role=tab][href*=importance]").click();
    do await frame();
    while (!areThere());
    await frame();
    return performance.now() - begun;
  });

/** The power of the runs with which a time grows: the slope of the line of least squares through the logarithms. */
function growth(lines, key) {
  const points = lines.map((line) => [Math.log(line.runs), Math.log(line[key])]);
  const mean = (at) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  return points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

/**
 * The data sets of `cargo bench --bench importance` in the page: to the first painted answer and to the whole one with the
 * hands that the machine allows, and to the shares of all trees with one.
 */
async function sameData(chromium, data) {
  const sets = (await readdir(data)).filter((name) => /^importance-\d+x\d+\.csv$/.test(name));
  const size = (name) => name.match(/\d+/g).map(Number);
  sets.sort((a, b) => size(a)[1] - size(b)[1] || size(a)[0] - size(b)[0]);
  const lines = [];
  for (const name of sets) {
    const [runs, params] = size(name);
    const host = Number(await readFile(join(data, name.replace(".csv", ".host")), "utf8"));
    const passes = [];
    const opened = async (kit) => {
      const page = await kit.open("#/table?o=metric.val_loss,min,last");
      await page.waitForTimeout(1500);
      await page.setInputFiles("input[type=file]", join(data, name));
      await kit.waitReady(page, 120_000);
      // Nobody asks before the table is painted.
      await kit.calm(page, 120_000);
      return page;
    };
    for (let pass = 0; pass < PASSES; pass += 1) {
      const figures = {};
      await chromium.run(name, { timeout: 600_000 }, async (kit) => {
        const page = await opened(kit);
        const begun = Date.now();
        figures.first = await after(kit, page, "importance", () => page.click("[role=tab][href*=importance]"));
        figures.whole = Date.now() - begun;
      });
      await chromium.run(`${name}, one hand`, { timeout: 600_000 }, async (kit) => {
        await kit.context.addInitScript(() => Object.defineProperty(Navigator.prototype, "hardwareConcurrency", { get: () => 1 }));
        const page = await opened(kit);
        figures.singles = await singles(page);
        await kit.calm(page, 300_000);
      });
      passes.push(figures);
    }
    const of = (key) => median(passes.map((pass) => pass[key]));
    lines.push({ runs, params, host, first: of("first"), singles: of("singles"), whole: of("whole") });
  }
  console.log("\nImportance in the page on the data of the host's benchmark, milliseconds: the first painted answer, the whole one");
  console.log("(whiskers, pairs, all methods), the shares of all trees painted with one hand, the host's on one thread:\n");
  console.log("| runs x params | first | whole | singles, one hand | singles, host |\n| ---: | ---: | ---: | ---: | ---: |");
  for (const { runs, params, host, first, singles, whole } of lines) {
    console.log(`| ${runs} x ${params} | ${first.toFixed(0)} | ${whole} | ${singles.toFixed(0)} | ${host.toFixed(1)} |`);
  }
  for (const params of new Set(lines.map((line) => line.params))) {
    const of = lines.filter((line) => line.params === params);
    if (of.length < 2) continue;
    const [one, whole] = [growth(of, "singles"), growth(of, "whole")];
    console.log(`growth with the runs at ${params} params: singles with one hand n to the power ${one.toFixed(2)}, the whole ${whole.toFixed(2)}`);
  }
}

function tell(name, passes) {
  const of = Object.fromEntries(Object.keys(passes[0]).map((key) => [key, median(passes.map((pass) => pass[key]))]));
  const figures = Object.entries(of).map(([key, ms]) => `${key} ${ms.toFixed(ms < 30 ? 1 : 0)} ms`);
  console.log(`${name}: ${figures.join(", ")}`);
  if (of.restored) {
    const ratio = (of.restored / of.parse).toFixed(2);
    console.log(`  restored in ${ratio} times the time of the parser by hand, ${(of.restored / of.read).toFixed(1)} times a plain read of the bytes; 2 s are the goal`);
  } else if (of.parse) {
    const ratio = (ms) => `${(of.parse / ms).toFixed(2)} times as fast as`;
    console.log(`  ready ${ratio(of.ready)} the parser by hand, first rows ${ratio(of.rows)} it`);
    console.log(`  ready takes ${(of.ready / of.read).toFixed(1)} times a plain read of the bytes`);
  }
}

const jobs = [
  ["1,000 runs x 22 columns, importance", 1_000, 22, importance],
  ["10,000 runs x 60 columns", 10_000, 60, table],
  ["100,000 runs x 60 columns", 100_000, 60, table],
  ["100,000 runs x 20 columns, a session restored", 100_000, 20, restored],
  ["1,000,000 runs x 30 columns", 1_000_000, 30, table],
  ["2,000 runs x 2,000 columns", 2_000, 2_000, table],
  // A file of a gigabyte: only when asked for.
  ["50,000 runs x 2,000 columns", 50_000, 2_000, table, true],
].filter(([name, , , , onDemand]) => (words.length ? words.some((word) => name.includes(word)) : !onDemand));

const folder = await mkdtemp(join(tmpdir(), "runsift-bench-"));
const site = await Site.start();
const chromium = new Chromium(site);
try {
  for (const [name, runs, columns, job] of jobs) {
    const path = join(folder, "runs.csv");
    await writeTable(path, runs, columns);
    const passes = [];
    for (let pass = 0; pass < PASSES; pass += 1) {
      await chromium.run(name, { timeout: 600_000 }, async (kit) => {
        passes.push(await job(kit, path, runs));
      });
    }
    tell(name, passes);
  }
  const data = process.env.RUNSIFT_BENCH_DATA;
  if (data && (!words.length || words.includes("importance"))) await sameData(chromium, data);
} finally {
  await chromium.close();
  await site.close();
  await rm(folder, { recursive: true });
}
