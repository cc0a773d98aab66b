// Pictures while people brush, zoom and pan, in Chromium, on what `make dist` wrote: `node benches/pictures.mjs [WORDS...]`.
//
// Space is timed from the file to its complete picture, and while an axis is brushed; Curves to their first picture, while they are
// zoomed and panned by single presses. Where HIPLOT_BUNDLE names the `hiplot.bundle.js` of HiPlot's package on PyPI, HiPlot does the same
// with the same files in the same run, looked at in the same way, and the ratios are told.
//
// A picture is complete when a canvas was painted and, after that, neither painted again nor the page's thread held up for more
// than 75 ms within 600 ms, which are not counted. Frames are the browser's own, asked for one by one while the mouse moves every
// 16 ms; tasks of the page's thread are those of the browser's trace. Each pass has a new profile; figures are medians of three passes.

import { open as openFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Chromium, Site } from "../tests/browser/harness.mjs";
import { median, seeded, writeTable } from "./tables.mjs";

const PASSES = Number(process.env.PASSES ?? 3);
const COLUMNS = 24;
const CALM_MILLIS = 600;
const TIMEOUT_MILLIS = 300_000;
const words = process.argv.slice(2);

/** Runs in the page before its own scripts: what is painted on canvases of some size, and when the thread was held up. */
function watch() {
  const ink = { first: 0, last: 0, frames: 0 };
  const seen = { ink, changed: 0, gaps: [], frame: 0 };
  globalThis.watched = seen;
  for (const name of ["stroke", "fill", "fillRect", "drawImage", "putImageData"]) {
    const own = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function painted(...given) {
      if (this.canvas.width > 300 && this.canvas.height > 150) {
        const now = performance.now();
        ink.first ||= now;
        ink.last = now;
        if (seen.inked !== seen.frame) {
          seen.inked = seen.frame;
          ink.frames += 1;
        }
      }
      return own.apply(this, given);
    };
  }
  addEventListener("change", ({ target }) => target?.type === "file" && (seen.changed = performance.now()), true);
  const next = () => {
    seen.frame += 1;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
  let tick = performance.now();
  setInterval(() => {
    const now = performance.now();
    if (now - tick > 75) seen.gaps.push(now);
    tick = now;
  }, 25);
}

/** When the picture that was begun after `since` was complete. */
const complete = (page, since) =>
  page.evaluate(
    ([since, calm, timeout]) =>
      new Promise((done, fail) => {
        const look = () => {
          const { ink, gaps } = globalThis.watched;
          const now = performance.now();
          const last = Math.max(ink.last, gaps.at(-1) ?? 0);
          const isBusy = document.documentElement.dataset.busy === "true";
          if (ink.last > since && now - last > calm && !isBusy) done(last);
          else if (now - since > timeout) fail(new Error("no picture was complete"));
          else setTimeout(look, 30);
        };
        look();
      }),
    [since, CALM_MILLIS, TIMEOUT_MILLIS],
  );

const now = (page) => page.evaluate(() => performance.now());

/** Moves the mouse from point to point, a step every 16 ms. */
async function drag(page, from, to, steps) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  for (let at = 1; at <= steps; at += 1) {
    const part = at / steps;
    const due = new Promise((done) => setTimeout(done, 16));
    await page.mouse.move(from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part);
    await due;
  }
}

/** What the frames and the tasks are while `act` runs, and how long after its end the picture was complete. */
async function moving(kit, page, act, end) {
  await page.evaluate(() => {
    const seen = globalThis.watched;
    Object.assign(seen, { apart: [], isOver: false, painted: seen.ink.frames });
    let before = performance.now();
    const next = () => {
      const now = performance.now();
      seen.apart.push(now - before);
      before = now;
      if (!seen.isOver) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  const begun = await now(page);
  const { tasks } = await kit.trace(page, act);
  const { apart, pictures } = await page.evaluate(() => {
    const seen = globalThis.watched;
    seen.isOver = true;
    return { apart: seen.apart.slice(1), pictures: seen.ink.frames - seen.painted };
  });
  const over = await now(page);
  await end();
  const durations = tasks.map(({ duration }) => duration);
  const sorted = apart.toSorted((a, b) => a - b);
  return {
    frame: median(apart),
    "frame p95": sorted[Math.floor(sorted.length * 0.95)] ?? 0,
    "longest task": Math.max(0, ...durations),
    pictures,
    "after the end": Math.max(0, (await complete(page, begun)) - over),
  };
}

/** From the file to the complete picture, then an axis brushed: `track` finds its box. */
async function space(kit, page, path, track) {
  await page.setInputFiles("input[type=file]", path);
  const done = await complete(page, 0);
  const { first, changed } = await page.evaluate(() => ({ first: globalThis.watched.ink.first, changed: globalThis.watched.changed }));
  const box = await track();
  const at = (part) => ({ x: box.x + box.width / 2, y: box.y + part * box.height });
  const brushed = await moving(kit, page, () => drag(page, at(0.3), at(0.7), 60), () => page.mouse.up());
  return { first: first - changed, complete: done - changed, ...prefixed("brush", brushed) };
}

const prefixed = (word, figures) => Object.fromEntries(Object.entries(figures).map(([key, value]) => [`${word}: ${key}`, value]));

const ours = async (kit, path) => {
  await kit.context.addInitScript(watch);
  const page = await kit.open("#/space?o=metric.val_loss,min,last");
  await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
  return space(kit, page, path, async () => {
    const axes = await page.locator("[data-view=space] .axis .axis-track").all();
    return axes[Math.floor(axes.length / 2)].boundingBox();
  });
};

const hiplot = (origin) => async (kit, path) => {
  await kit.context.addInitScript(watch);
  const page = await kit.open(`${origin}/`);
  await page.waitForSelector("input[type=file]", { state: "attached" });
  return space(kit, page, path, () =>
    page.evaluate(() => {
      const boxes = [...document.querySelectorAll(".pplot-brush .overlay")].map((of) => of.getBoundingClientRect());
      const seen = boxes.filter(({ height, x, y }) => height > 100 && x > 0 && x < innerWidth && y < innerHeight);
      const { x, y, width, height } = seen.toSorted((a, b) => a.x - b.x)[seen.length >> 1];
      return { x, y, width, height };
    }),
  );
};

/** HiPlot's page, of its bundle. */
async function serveHiplot(bundle) {
  const script = await readFile(bundle);
  const page = `<!doctype html><meta charset="utf-8"><title>HiPlot</title><body style="margin:0"><div id="h"></div>
    <script src="/bundle.js"></script><script>hiplot.render(document.getElementById("h"), { dataProviderName: "upload" })</script>`;
  const server = createServer(({ url }, response) => {
    const [type, body] = url === "/bundle.js" ? ["text/javascript", script] : ["text/html", page];
    response.writeHead(200, { "content-type": type }).end(body);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return server;
}

/** Writes curves in long form. */
async function writeCurves(path, runs, points) {
  const random = seeded(3);
  const file = await openFile(path, "w");
  await file.write("run_id,step,loss\n");
  for (let run = 0; run < runs; run += 1) {
    let text = "";
    let loss = 2 + random();
    for (let step = 0; step < points; step += 1) {
      loss += (random() - 0.502) * 0.02;
      text += `run-${run},${step},${loss.toFixed(5)}\n`;
    }
    await file.write(text);
  }
  await file.close();
}

/** From the click on the tab to the complete picture; then zoomed and panned by keys, each until it was painted. */
async function curves(kit, path) {
  await kit.context.addInitScript(watch);
  const page = await kit.open("#/table?o=metric.loss,min,last");
  await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
  await page.setInputFiles("input[type=file]", path);
  await kit.waitReady(page, TIMEOUT_MILLIS);
  await page.evaluate(() => Object.assign(globalThis.watched.ink, { first: 0, last: 0 }));
  const begun = await now(page);
  await page.click("[role=tab][href*=curves]");
  const done = await complete(page, begun);
  const first = await page.evaluate(() => globalThis.watched.ink.first);
  await page.focus("[data-view=curves] .curves-plot");
  const pressed = async (key) => {
    const painted = () => performance.getEntriesByName("app:curves").length;
    const before = await page.evaluate(painted);
    await page.keyboard.press(key);
    await page.waitForFunction((before) => performance.getEntriesByName("app:curves").length > before, before);
    await kit.calm(page);
    return page.evaluate(() => ["app:curves-moved", "app:curves"].map((name) => performance.getEntriesByName(name).at(-1).duration));
  };
  // Until what was drawn is moved to where it will lie, and until it is drawn anew: the medians, and the longest of the latter.
  const each = async (key, name) => {
    const all = [];
    for (let times = 0; times < 5; times += 1) all.push(await pressed(key));
    const [moved, drawn] = [0, 1].map((at) => all.map((pair) => pair[at]));
    return { [`${name}: moved`]: median(moved), [name]: median(drawn), [`${name}: longest`]: Math.max(...drawn) };
  };
  const { longest } = await kit.trace(page, () => pressed("+"));
  const presses = { ...(await each("+", "zoom")), ...(await each("Shift+ArrowRight", "pan")) };
  return { first: first - begun, complete: done - begun, ...presses, "longest task": longest };
}

/** The medians of what passes measured, a line of text. */
function tell(name, passes) {
  const figures = Object.fromEntries(Object.keys(passes[0]).map((key) => [key, median(passes.map((pass) => pass[key]))]));
  const told = Object.entries(figures).map(([key, value]) =>
    key.endsWith("pictures") ? `${key} ${value}` : `${key} ${value.toFixed(value < 30 ? 1 : 0)} ms`,
  );
  console.log(`${name}: ${told.join(", ")}`);
  return figures;
}

const folder = await mkdtemp(join(tmpdir(), "runsift-pictures-"));
const site = await Site.start();
const server = process.env.HIPLOT_BUNDLE ? await serveHiplot(process.env.HIPLOT_BUNDLE) : null;
const origin = server && `http://127.0.0.1:${server.address().port}`;
const isWanted = (name) => !words.length || words.some((word) => name.includes(word));

/** Passes of the contenders in turn, each in a browser of its own; one that fails at a size is not tried again. */
async function race(name, path, contenders) {
  const passes = new Map(contenders.map(([who]) => [who, []]));
  const failed = new Map();
  for (let pass = 0; pass < PASSES; pass += 1) {
    for (const [who, job] of contenders) {
      if (failed.has(who)) continue;
      const chromium = new Chromium(site);
      const allow = ["foreign", "console", "pageerror", "csp"];
      try {
        await chromium.run(`${name} ${who}`, { timeout: TIMEOUT_MILLIS + 60_000, allow: who === "HiPlot" ? allow : [] }, async (kit) => {
          passes.get(who).push(await job(kit, path));
        });
      } catch (error) {
        failed.set(who, error.message.split("\n")[0]);
      } finally {
        await chromium.close();
      }
    }
  }
  const told = new Map();
  for (const [who, of] of passes) {
    if (of.length) told.set(who, tell(`${name}, ${who}`, of));
    if (failed.has(who)) console.log(`${name}, ${who}: ${failed.get(who)}`);
  }
  const [own, other] = [told.get("runsift"), told.get("HiPlot")];
  if (own && other) {
    const ratios = Object.keys(own).filter((key) => other[key] > 0 && own[key] > 0 && !key.endsWith("pictures"));
    console.log(`  HiPlot takes ${ratios.map((key) => `${(other[key] / own[key]).toFixed(1)} times (${key})`).join(", ")}`);
  }
}

try {
  for (const [name, runs] of [["1,000", 1_000], ["10,000", 10_000], ["100,000", 100_000], ["1,000,000", 1_000_000]]) {
    const title = `Space of ${name} runs x ${COLUMNS} columns`;
    if (!isWanted(title)) continue;
    const path = join(folder, "runs.csv");
    await writeTable(path, runs, COLUMNS);
    const contenders = [["runsift", ours]];
    // It holds every run in the page's memory, and paints each: a million ends it.
    if (origin && runs <= 100_000) contenders.push(["HiPlot", hiplot(origin)]);
    await race(title, path, contenders);
  }
  const title = "Curves of 1,000 runs x 10,000 points";
  if (isWanted(title)) {
    const path = join(folder, "curves.csv");
    await writeCurves(path, 1_000, 10_000);
    await race(title, path, [["runsift", curves]]);
  }
} finally {
  server?.close();
  await site.close();
  await rm(folder, { recursive: true });
}
