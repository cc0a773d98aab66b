// A contact sheet of all charts, light and dark: target/screens/contact-light.png and contact-dark.png, to be looked at.

import assert from "node:assert/strict";

const RUNS = "samples/random-search-seeds.csv";
const CURVES = "samples/learning-curves.csv";

/** The views that draw, and on which runs. */
const VIEWS = [
  ["brief", RUNS],
  ["table", RUNS],
  ["space", RUNS],
  ["importance", RUNS],
  ["objectives", RUNS],
  ["failures", RUNS],
  ["scatter", RUNS],
  ["distributions", RUNS],
  ["curves", CURVES],
];

/** Charts smaller than that are sparklines and icons. */
const LEAST = { width: 180, height: 60 };

/** At most so many charts of a view, which has the same kind many times. */
const MOST_OF_A_VIEW = 5;

/** How many charts of the views hold at least. */
const LEAST_CHARTS = 12;

/** The pictures of the charts that a page shows now. */
const chartsOf = async (page, view) => {
  const charts = page.locator(`[data-view=${view}] svg, [data-view=${view}] canvas`);
  const found = [];
  const places = [];
  for (const chart of await charts.all()) {
    const box = await chart.boundingBox();
    if (!box || box.width < LEAST.width || box.height < LEAST.height) continue;
    // What lies over a chart, to be pointed at, is as large as it.
    const isKnown = places.some(([x, y]) => Math.abs(x - box.x) < 40 && Math.abs(y - box.y) < 20);
    if (isKnown) continue;
    if (found.length === MOST_OF_A_VIEW) break;
    places.push([box.x, box.y]);
    const picture = await chart.screenshot({ animations: "disabled" });
    found.push({ view, width: box.width, source: `data:image/png;base64,${picture.toString("base64")}` });
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
      for (const [view, file] of VIEWS) {
        if (file !== loaded) {
          if (loaded) await page.getByRole("button", { name: "Clear" }).click();
          await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
          await page.setInputFiles("input[type=file]", file);
          await kit.waitReady(page);
          loaded = file;
        }
        await page.click(`#tab-${view}`);
        await page.waitForSelector(`[data-view=${view}]`);
        await kit.calm(page);
        found.push(...(await chartsOf(page, view)));
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
