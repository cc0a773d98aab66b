// Charts as files: SVG that stands alone, and PNG of the size that was asked for.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

async function opened(kit, hash, files) {
  const page = await kit.open(hash);
  await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
  await page.setInputFiles("input[type=file]", files);
  await kit.waitReady(page);
  await kit.calm(page);
  return page;
}

/** The menu in `root`, opened. */
async function menuIn(page, root) {
  const menu = page.locator(`${root} .save-picture`).first();
  if (!(await menu.evaluate((menu) => menu.open))) await menu.locator("summary").click();
  return menu;
}

/** Saves by the menu in `root`: as "SVG" or "PNG", after `set` of the menu. Gives the file's name and bytes. */
async function saved(page, root, kind, set = async () => {}) {
  const menu = await menuIn(page, root);
  await set(menu);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    menu.getByRole("button", { name: kind, exact: true }).click(),
  ]);
  // It closes when all is done.
  await page.waitForFunction((menu) => !menu.open, await menu.elementHandle());
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** What a browser makes of a file of SVG. */
function parsed(page, bytes) {
  return page.evaluate((text) => {
    const file = new DOMParser().parseFromString(text, "image/svg+xml");
    const all = (name) => file.getElementsByTagName(name).length;
    return {
      broken: all("parsererror"),
      root: file.documentElement.tagName,
      texts: [...file.getElementsByTagName("text")].map((text) => text.textContent),
      scripts: all("script"),
      paths: all("path"),
      circles: all("circle"),
      width: file.documentElement.getAttribute("width"),
    };
  }, bytes.toString("utf8"));
}

function standsAlone(svg, bytes) {
  const text = bytes.toString("utf8");
  assert.deepEqual([svg.broken, svg.root, svg.scripts], [0, "svg", 0]);
  assert.ok(!/var\(--|class=|url\(|<foreignObject/.test(text));
  assert.ok(svg.texts.some((text) => /made with runsift \d/.test(text)), svg.texts.join("\n"));
}

export default function (t) {
  t.case("curves are saved as lines with their axes, all panels and one", async (kit) => {
    const page = await opened(kit, "#/curves", [0, 1, 2].map((run) => `tests/fixtures/keras-csvlogger/training_${run}.csv`));
    await page.waitForSelector("[data-view=curves] .curves-plot .mark");
    const all = await saved(page, "[data-view=curves] .curves-bar", "SVG");
    assert.equal(all.name, "runsift-curves.svg");
    const svg = await parsed(page, all.bytes);
    standsAlone(svg, all.bytes);
    assert.equal(svg.width, "800px");
    const panels = await page.locator("[data-view=curves] .curves-panel").count();
    assert.ok(svg.paths >= panels, `${svg.paths} lines in ${panels} panels`);
    const one = await saved(page, "[data-view=curves] .curves-panel", "SVG", (menu) =>
      menu.getByLabel("Ground of the picture").selectOption("dark"),
    );
    standsAlone(await parsed(page, one.bytes), one.bytes);
    assert.ok(one.bytes.length < all.bytes.length && one.bytes.includes('fill="#121418"'));
    await kit.screens(page, "pictures-curves");
  });

  t.case("dots are saved with their legend and filter, as SVG and as PNG of the size that was asked for", async (kit) => {
    const view = "[data-view=scatter]";
    const page = await opened(kit, "#/scatter?o=metric.test/accuracy,max,last", "samples/random-search-seeds.csv");
    await page.waitForSelector(`${view} .scatter circle`);
    await page.fill("[data-testid=filter]", "optimizer = adam");
    await page.press("[data-testid=filter]", "Enter");
    await page.waitForFunction(() => Number(document.documentElement.dataset.shown) < 300);
    await kit.calm(page);
    const { name, bytes } = await saved(page, view, "SVG");
    assert.match(name, /^runsift-test-accuracy-.*\.svg$/);
    const svg = await parsed(page, bytes);
    standsAlone(svg, bytes);
    assert.ok(svg.circles >= (await page.locator(`${view} .scatter circle`).count()));
    const said = svg.texts.join(" ");
    assert.match(said, /objective: highest test\/accuracy \(last\)/);
    assert.match(said, /filter: optimizer = adam/);
    assert.match(said, /\d+ of 300 runs/);
    const png = await saved(page, view, "PNG", async (menu) => {
      await menu.locator("input").first().fill("640");
      await menu.locator("input").first().press("Tab");
    });
    assert.equal(png.bytes.subarray(1, 4).toString(), "PNG");
    assert.equal(png.bytes.readUInt32BE(16), 640);
    assert.ok(png.bytes.readUInt32BE(20) > 300 && png.bytes.length > 4000);
    // 85 mm of 300 dots an inch.
    const printed = await saved(page, view, "PNG", (menu) =>
      menu.getByLabel("Unit of the picture's width").selectOption("mm"),
    );
    assert.equal(printed.bytes.readUInt32BE(16), 1004);
    await menuIn(page, view);
    await kit.axe(page);
    await kit.screens(page, "pictures-menu");
  });

  t.case("the space is saved with its axes", async (kit) => {
    const page = await opened(kit, "#/space?o=metric.test/accuracy,max,last", "samples/random-search-seeds.csv");
    await page.waitForSelector("[data-view=space] .axis-name");
    const { bytes } = await saved(page, "[data-view=space]", "SVG");
    const svg = await parsed(page, bytes);
    standsAlone(svg, bytes);
    assert.ok(svg.paths >= 300);
    const names = await page.locator("[data-view=space] .axis-name").allTextContents();
    for (const name of names) assert.ok(svg.texts.some((text) => text.startsWith(name.trim().slice(0, 20))), name);
  });

  t.case("what marks an axis is not cut at the edge of a phone", { context: { viewport: { width: 390, height: 844 } } }, async (kit) => {
    const page = await kit.open("#/distributions?o=metric.loss,min,last");
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    const schedules = ["adamw-cosine-5000", "sgd-momentum-step", "rmsprop"];
    const lines = Array.from({ length: 90 }, (_, at) => `run-${at},${schedules[at % 3]},${0.001 * (1 + (at % 10))},${(at % 3) + at / 90},finished`);
    const buffer = Buffer.from(["run_id,config.schedule,config.lr,metric.loss,status", ...lines].join("\n"));
    await page.setInputFiles("input[type=file]", { name: "long.csv", mimeType: "text/csv", buffer });
    await kit.waitReady(page);
    const marks = page.locator("[data-view=distributions] .picture text[text-anchor=end]");
    await marks.getByText("rmsprop").first().waitFor();
    await kit.calm(page);
    const beyond = await marks.evaluateAll((all) =>
      all.filter((text) => text.getBoundingClientRect().left < text.ownerSVGElement.getBoundingClientRect().left - 1.5).map((text) => text.textContent),
    );
    assert.deepEqual(beyond, []);
    // It is squeezed, not left out.
    assert.ok((await marks.getByText("adamw-cosine-5000").count()) > 0, (await marks.allTextContents()).join());
    const squeezed = () => marks.evaluateAll((all) => all.filter((text) => text.hasAttribute("textLength")).map((text) => text.textContent));
    assert.ok((await squeezed()).length > 0);
    await kit.screens(page, "pictures-phone");
    // Nor at the right, where counts stand.
    const atTheRight = await page.locator("[data-view=distributions] .picture text").evaluateAll((all) =>
      all.filter((text) => text.getBoundingClientRect().right > innerWidth).map((text) => text.textContent),
    );
    assert.deepEqual(atTheRight, []);
    // Turned, there is room for all, and none stays as narrow, or is stretched.
    await page.setViewportSize({ width: 844, height: 390 });
    for (let tries = 0; tries < 20 && (await squeezed()).length; tries += 1) await page.waitForTimeout(100);
    assert.deepEqual(await squeezed(), []);
    await page.setViewportSize({ width: 390, height: 844 });
    for (let tries = 0; tries < 20 && !(await squeezed()).length; tries += 1) await page.waitForTimeout(100);
    assert.ok((await squeezed()).length > 0);
  });

  t.case("names above the axes of a narrow picture are turned rather than put above one another", async (kit) => {
    const page = await opened(kit, "#/space?o=metric.test/accuracy,max,last", "samples/random-search-seeds.csv");
    await page.waitForSelector("[data-view=space] .axis-name");
    const { bytes } = await saved(page, "[data-view=space]", "SVG", async (menu) => {
      await menu.getByLabel("Unit of the picture's width").selectOption("mm");
    });
    const svg = await parsed(page, bytes);
    standsAlone(svg, bytes);
    const axes = await page.locator("[data-view=space] .axis-name").count();
    assert.equal(bytes.toString().match(/transform="rotate\(-35 /g)?.length, axes);
    assert.match(svg.texts.join(" "), /a wider picture has room for them/);
  });
}
