// A contact sheet of all charts, light and dark: target/screens/contact-light.png and contact-dark.png, to be looked at.

import assert from "node:assert/strict";

const RUNS = "samples/random-search-seeds.csv";
const CURVES = "samples/learning-curves.csv";

const PARTED = "D=,param.optimizer";

/** Views that draw on which runs, with words of the address; of some a part, else their charts; and what is done before. */
const STATIONS = [
  { view: "brief", file: RUNS },
  { view: "table", file: RUNS },
  { view: "space", file: RUNS },
  { view: "importance", file: RUNS, part: ".bars" },
  { view: "importance", file: RUNS, words: "e=param.lr", part: ".effect svg" },
  { view: "importance", file: RUNS, words: "e=param.lr,param.model.width", part: ".effect svg" },
  { view: "importance", file: RUNS, act: (page) => page.click(".method >> text=SHAP"), part: ".swarm svg" },
  { view: "objectives", file: RUNS },
  { view: "failures", file: RUNS },
  { view: "scatter", file: RUNS },
  { view: "scatter", file: RUNS, act: (page) => page.getByLabel("Matrix").check(), part: ".scatter-matrix" },
  { view: "distributions", file: RUNS, words: PARTED, part: "[data-part=boxes] svg" },
  { view: "distributions", file: RUNS, words: PARTED, part: "[data-part=cumulative] svg" },
  { view: "distributions", file: RUNS, words: `${PARTED},violins`, part: "[data-part=boxes] svg" },
  { view: "distributions", file: RUNS, words: `${PARTED},violins`, part: "[data-part=correlations] table" },
  { view: "distributions", file: RUNS },
  { view: "curves", file: CURVES },
  { view: "curves", file: CURVES, words: "g=by:param.optimizer&y=bands" },
];

/** Charts smaller than that are sparklines and icons. */
const LEAST = { width: 180, height: 60 };

/** At most so many charts of a view, which has the same kind many times. */
const MOST_OF_A_VIEW = 5;

/** How many charts of the views hold at least. */
const LEAST_CHARTS = 24;

/** The pictures of the charts that a page shows now, or of the one that is a part of it. */
const chartsOf = async (page, { view, part }) => {
  const picture = async (chart, { width }) => {
    const taken = await chart.screenshot({ animations: "disabled" });
    return { view, width, source: `data:image/png;base64,${taken.toString("base64")}` };
  };
  if (part) {
    const chart = page.locator(`[data-view=${view}] ${part}`).first();
    await chart.waitFor();
    return [await picture(chart, await chart.boundingBox())];
  }
  const charts = page.locator(`[data-view=${view}] svg, [data-view=${view}] canvas`);
  const found = [];
  const boxes = [];
  for (const chart of await charts.all()) {
    const box = await chart.boundingBox();
    if (!box || box.width < LEAST.width || box.height < LEAST.height) continue;
    // What lies over a chart, to be pointed at, or under its axes is a part of it.
    const isIn = (of) => box.x + box.width / 2 > of.x && box.x + box.width / 2 < of.x + of.width && box.y + box.height / 2 > of.y && box.y + box.height / 2 < of.y + of.height;
    if (boxes.some(isIn)) continue;
    if (found.length === MOST_OF_A_VIEW) break;
    boxes.push(box);
    found.push(await picture(chart, box));
  }
  return found;
};

/** How many colours each picture on the page has, up to ten. */
const colours = (page) =>
  page.$$eval("img", (images) =>
    images.map((image) => {
      const canvas = document.createElement("canvas");
      canvas.width = image.naturalWidth;
      canvas.height = image.naturalHeight;
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      const pixels = new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
      const met = new Set();
      for (const pixel of pixels) {
        met.add(pixel);
        if (met.size === 10) break;
      }
      return met.size;
    }),
  );

export default function (t) {
  for (const scheme of ["light", "dark"]) {
    t.case(`all charts stand on one sheet, ${scheme}`, { timeout: 180_000, context: { colorScheme: scheme } }, async (kit) => {
      const found = [];
      let loaded;
      const page = await kit.open("#/brief?o=metric.test/accuracy,max,last");
      await page.setViewportSize({ width: 1440, height: 2400 });
      for (const station of STATIONS) {
        const { view, file, words, act } = station;
        if (file !== loaded) {
          if (loaded) await page.getByRole("button", { name: "Clear" }).click();
          await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
          await page.setInputFiles("input[type=file]", file);
          await kit.waitReady(page);
          loaded = file;
        }
        const base = file === RUNS ? "o=metric.test/accuracy,max,last" : "o=metric.val_loss,min,last";
        await page.evaluate((hash) => (location.hash = hash), `#/${view}?${base}${words ? `&${words}` : ""}`);
        await page.waitForSelector(`[data-view=${view}]`);
        await kit.calm(page);
        await act?.(page);
        await kit.calm(page);
        found.push(...(await chartsOf(page, station)));
      }
      const sheet = await page.context().newPage();
      await sheet.setViewportSize({ width: 1840, height: 900 });
      const figures = found.map(
        ({ view, width, source }) => `<figure style="margin: 12px"><img src="${source}" width="${Math.min(width, 560)}"><figcaption>${view}</figcaption></figure>`,
      );
      const ground = scheme === "dark" ? "#111; color: #ddd" : "#fff; color: #222";
      await sheet.setContent(
        `<body style="margin: 16px; font: 12px sans-serif; display: flex; flex-wrap: wrap; align-items: end; background: ${ground}">${figures.join("")}`,
        { waitUntil: "load" },
      );
      const met = await colours(sheet);
      assert.ok(met.length >= LEAST_CHARTS, `${met.length} charts: ${found.map(({ view }) => view).join(", ")}`);
      for (const [at, count] of met.entries()) assert.ok(count > 3, `a chart of ${found[at].view} is empty`);
      await kit.screens(sheet, `contact-${scheme}`, { fullPage: true });
      await sheet.close();
    });
  }
}
