// Runs and groups side by side, and the page of a run with what starts it again, on the bundled samples.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const VIEW = "[data-view=compare]";
const HEADS = `${VIEW} .compare-head`;
const GRID = "[data-view=table] .grid";

const load = async (kit, file, path) => {
  await kit.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await kit.open(path);
  await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
  await page.setInputFiles("input[type=file]", file);
  await kit.waitReady(page);
  if (await page.isVisible("[data-testid=receipt]")) await page.click("[data-testid=receipt-button]");
  return page;
};

const show = async (kit, page, view) => {
  await page.click(`#tab-${view}`);
  await page.waitForSelector(`[data-view=${view}]`);
  await kit.calm(page);
};

const headsAre = (page, count) =>
  page.waitForFunction(([heads, count]) => document.querySelectorAll(heads).length === count, [HEADS, count]);

/** Selects so many runs of the table from the top. */
const select = async (kit, page, count) => {
  await page.locator(GRID).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  for (let step = 1; step < count; step += 1) await page.keyboard.press("Shift+ArrowDown");
  await page.getByText(`${count} runs selected`).waitFor();
  await kit.calm(page);
};

const cells = (page, key) => page.$$eval(`tr[data-key="${key}"] td`, (all) => all.map((cell) => cell.textContent.trim()));

const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

const copied = async (kit, page, button) => {
  await page.evaluate(() => navigator.clipboard.writeText(""));
  await page.click(`${VIEW} >> text=${button}`);
  await page.waitForFunction(async () => (await navigator.clipboard.readText()) !== "");
  await kit.calm(page);
  return clipboard(page);
};

const fitsAt390 = async (kit, page, name) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await kit.calm(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(wide, false, "nothing sticks out at 390 px");
  await kit.screens(page, name);
  await page.setViewportSize({ width: 1280, height: 800 });
};

export default function (t) {
  t.case("chosen runs stand side by side, told against a baseline, turned, searched and copied", async (kit) => {
    const page = await load(kit, "samples/optuna-digits.csv", "#/table?f=status%3Dfinished&o=metric.val_accuracy,max,last");
    await show(kit, page, "compare");
    await headsAre(page, 6);
    assert.match(await page.textContent(`${VIEW} .compare-told`), /No run is selected or pinned: these are the best by val_accuracy/);
    // There are no curves that a link could lead to.
    assert.equal(await page.locator(`${VIEW} a[href*="curves?"]`).count(), 0);
    await show(kit, page, "table");
    await select(kit, page, 3);
    await show(kit, page, "compare");
    await headsAre(page, 3);
    assert.match(await page.textContent(`${VIEW} .compare-told`), /3 runs selected or pinned\./);
    const rates = await cells(page, "param.lr");
    assert.equal(new Set(rates).size, 3, String(rates));
    assert.match(await page.textContent("[data-testid=compare-counts]"), /\d+ rows differ; \d+ the same in all/);
    // A baseline: sign, arrow and word.
    await page.locator(HEADS).nth(0).getByRole("button", { name: "Baseline" }).click();
    await page.waitForSelector(`${VIEW} .compare-head.baseline`);
    await kit.calm(page);
    assert.match(await page.textContent(`${VIEW} .compare-told`), /Told against /);
    const told = await cells(page, "metric.val_accuracy");
    assert.equal(told.length, 3);
    for (const cell of told.slice(1)) assert.match(cell, /[▲▼][+−]|=$/);
    const words = await page.$$eval('tr[data-key="metric.val_accuracy"] td', (all) => all.map((cell) => cell.title));
    for (const word of words.slice(1)) assert.match(word, /(better than|worse than|the same as) the baseline’s/);
    await kit.axe(page);
    await page.emulateMedia({ colorScheme: "light" });
    await kit.screens(page, "compare-light");
    await page.emulateMedia({ colorScheme: "dark" });
    await kit.axe(page);
    await kit.screens(page, "compare-dark");
    await fitsAt390(kit, page, "compare-390");
    // What is better or worse is told whole there, too.
    await page.setViewportSize({ width: 390, height: 800 });
    const cut = await page.$$eval(`${VIEW} td.right`, (all) => all.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent));
    assert.deepEqual(cut, []);
    await page.setViewportSize({ width: 1280, height: 800 });
    // Same rows are there when asked for.
    const before = await page.$$eval(`${VIEW} tr[data-key]:not([data-key=""])`, (all) => all.length);
    await page.getByRole("button", { name: "Same rows" }).click();
    await page.waitForFunction(
      (before) => document.querySelectorAll('[data-view=compare] tr[data-key]:not([data-key=""])').length > before,
      before,
    );
    // Search, which the address holds.
    await page.fill(`${VIEW} input[type=search]`, "width");
    await page.waitForFunction(() => document.querySelectorAll('[data-view=compare] tr[data-key]:not([data-key=""])').length === 1);
    assert.match(page.url(), /q=s:width/);
    await page.fill(`${VIEW} input[type=search]`, "");
    await kit.calm(page);
    const markdown = await copied(kit, page, "Copy as Markdown");
    assert.match(markdown, /^\|  \| .*\(baseline\) \|/);
    assert.match(markdown, /\| param\.lr \| [\d.e-]+ \|/);
    const tabs = await copied(kit, page, "Copy as TSV");
    assert.equal(tabs.split("\n")[0].split("\t").length, 4);
    const exact = tabs.split("\n").find((line) => line.startsWith("param.lr\t")).split("\t");
    assert.ok(exact.slice(1).every((text) => Number.isFinite(Number(text)) && text !== ""), String(exact));
    // Turned: runs as rows.
    await page.getByRole("button", { name: "Runs as rows" }).click();
    await page.waitForSelector(`${VIEW} thead th[data-key="param.lr"]`);
    assert.equal(await page.$$eval(`${VIEW} tbody tr`, (all) => all.length), 3);
    await kit.axe(page);
    await kit.screens(page, "compare-turned");
    // Which changes lead from the baseline to one of them.
    await page.locator(HEADS).nth(1).getByRole("button", { name: "Why?" }).click();
    await page.waitForSelector("[data-view=importance]");
    assert.match(page.url(), /to-opened/);
    await page.goBack();
    await page.waitForSelector(VIEW);
    await kit.calm(page);
    // One is taken away again.
    await page.locator(HEADS).nth(2).getByRole("button", { name: "Remove" }).click();
    await headsAre(page, 2);
  });

  t.case("groups stand side by side with their intervals, and nested names as a tree", async (kit) => {
    const page = await load(kit, "samples/random-search-seeds.csv", "#/compare?g=replicates&o=metric.val%2Floss,min,last");
    await page.waitForSelector(HEADS);
    await kit.calm(page);
    await headsAre(page, 6);
    assert.match(await page.textContent(`${VIEW} .compare-told`), /No group is selected/);
    assert.match(await page.locator(HEADS).nth(0).textContent(), /rank 1, \d runs/);
    await page.locator(HEADS).nth(0).getByRole("button", { name: "Baseline" }).click();
    await page.waitForSelector(`${VIEW} .compare-head.baseline`);
    await kit.calm(page);
    const told = await cells(page, "metric.val/loss");
    assert.match(told[0], /±| in .+ to /);
    for (const cell of told.slice(1)) assert.match(cell, /[≈▲▼][+−]/);
    assert.deepEqual(await cells(page, "param.seed"), [], "seeds are the same in each group");
    await kit.axe(page);
    await kit.screens(page, "compare-groups");
    // All runs: the first thirty of them.
    await page.click("#tab-table");
    await page.getByRole("button", { name: /No baseline/ }).click();
    await page.evaluate(() => {
      location.hash = "#/table?o=metric.val%2Floss,min,last";
    });
    await page.waitForSelector(GRID);
    await kit.calm(page);
    await page.locator(GRID).focus();
    await page.keyboard.press("Control+a");
    await page.getByText("300 runs selected").waitFor();
    await show(kit, page, "compare");
    await headsAre(page, 30);
    assert.match(await page.textContent(`${VIEW} .compare-told`), /The first 30 of 300 runs/);
    const label = (key) => page.textContent(`tr[data-key="${key}"] th`);
    assert.equal(await label("param.model.depth"), "depth");
    assert.ok((await page.$$eval(`${VIEW} tr[data-key=""] th`, (all) => all.map((head) => head.textContent))).includes("model."));
  });

  t.case("a run has a page with its configuration, curves and what starts it again", async (kit) => {
    const page = await load(kit, "samples/random-search-seeds.csv", "#/compare?o=metric.val%2Floss,min,last&b=0");
    await page.waitForSelector(HEADS);
    await kit.calm(page);
    await page.locator(HEADS).nth(1).locator(".link-button").click();
    const drawer = page.locator(".drawer");
    await drawer.getByRole("button", { name: "Page", exact: true }).click();
    await page.waitForSelector(".run-page[data-view=run] h2");
    await kit.calm(page);
    assert.equal(await drawer.count(), 0, "no drawer beside the page");
    assert.match(page.url(), /#\/run\?.*r=\d+/);
    assert.match(await page.textContent(".run-page"), /Rank 1 of 300/);
    // The baseline stands before the run.
    assert.match(await page.textContent(".run-page .compare-head.baseline"), /mlp-00-seed-0/);
    assert.equal((await cells(page, "param.lr")).length, 2);
    const loss = page.locator("section[aria-label=Metrics] tr", { hasText: "val/loss" });
    assert.match(await loss.textContent(), /▼−/);
    const text = async (title) => {
      const details = page.locator(`.reproduce[data-text="${title}"]`);
      if (!(await details.evaluate((one) => one.open))) await details.locator("summary").click();
      return details.locator("pre").textContent();
    };
    assert.match(await text("YAML"), /\nmodel:\n {2}depth: \d/);
    assert.equal(JSON.parse(await text("JSON")).activation.length > 2, true);
    assert.match(await text("argparse flags"), /--model\.depth=\d/);
    assert.match(await text("Hydra overrides"), /(^|\s)model\.depth=\d/);
    const missing = await page.textContent(".run-page .caveats");
    assert.match(missing, /No command.*No commit.*No patch.*No list of the installed packages/);
    await page.locator('.reproduce[data-text="YAML"]').getByRole("button", { name: "Copy" }).click();
    await page.waitForFunction(async () => (await navigator.clipboard.readText()).includes("activation: "));
    await kit.axe(page);
    await page.emulateMedia({ colorScheme: "light" });
    await kit.screens(page, "run-page-light");
    await page.emulateMedia({ colorScheme: "dark" });
    await kit.axe(page);
    await kit.screens(page, "run-page-dark");
    await fitsAt390(kit, page, "run-page-390");
    // The link finds it again, and the table shows the run in its drawer.
    const address = page.url();
    await page.goto("about:blank");
    const again = await load(kit, "samples/random-search-seeds.csv", address);
    await again.waitForSelector(".run-page h2");
    await kit.calm(again);
    await show(kit, again, "table");
    await again.waitForSelector(".drawer h2");
  });

  t.case("on a phone what was asked for stands in the upper half", { context: { viewport: { width: 390, height: 844 }, hasTouch: true } }, async (kit) => {
    const page = await load(kit, "samples/random-search-seeds.csv", "#/compare?o=metric.test/accuracy,max,last");
    await page.getByRole("button", { name: "Not now" }).click();
    const topOf = (what) => page.locator(what).first().evaluate((box) => box.getBoundingClientRect().top);
    await page.waitForSelector(`${VIEW} table`);
    await kit.calm(page);
    assert.ok((await topOf(`${VIEW} table`)) < 380, `the table begins at ${await topOf(`${VIEW} table`)}`);
    // What is in the line of buttons can be reached.
    await page.getByRole("button", { name: "Copy as TSV" }).click();
    // The engine writes it first.
    await page.waitForFunction(async () => (await navigator.clipboard.readText()).includes("\t"));
    await kit.axe(page);
    await page.evaluate(() => (location.hash = "#/run?r=3&o=metric.test/accuracy,max,last"));
    await page.waitForSelector(".run-page h2");
    await kit.calm(page);
    assert.ok((await topOf("section[aria-label=Metrics]")) < 422, `the metrics begin at ${await topOf("section[aria-label=Metrics]")}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(wide, false, "nothing sticks out at 390 px");
    await kit.axe(page);
    await kit.screens(page, "compare-phone");
  });

  t.case("compared runs have their curves beside them, in the colours of their columns", async (kit) => {
    const page = await load(kit, "samples/learning-curves.csv", "#/table?o=metric.val_loss,min,last");
    await show(kit, page, "compare");
    const curves = page.getByRole("region", { name: "Curves side by side" });
    // One link leads to all of them, by a filter that names the runs or says that they are selected.
    const links = () => page.locator(`${VIEW} a[href*="curves?"]`).evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    await curves.getByRole("link").waitFor();
    const [named, ...others] = await links();
    assert.deepEqual(others, []);
    const compared = await page.locator(HEADS).count();
    assert.equal(new URLSearchParams(named.split("?")[1]).get("f").split(",").length, compared, named);
    await show(kit, page, "table");
    await select(kit, page, 3);
    await show(kit, page, "compare");
    await headsAre(page, 3);
    const [selected, ...more] = await links();
    assert.deepEqual(more, []);
    assert.match(selected, /curves\?f=%40selected/);
    const panels = curves.locator(".curves-panel");
    await panels.first().locator(".mark").first().waitFor();
    await kit.calm(page);
    // A few metrics, the objective's first.
    const keys = await panels.evaluateAll((all) => all.map((panel) => panel.dataset.column));
    assert.ok(keys.length >= 1 && keys.length <= 3, String(keys));
    assert.equal(keys[0], "metric.val_loss");
    const names = await page.$$eval(`${HEADS} .link-button`, (all) => all.map((name) => name.textContent));
    const heads = await page.$$eval(`${HEADS} .compare-colour`, (all) => all.map((dot) => getComputedStyle(dot).backgroundColor));
    const legend = await curves.locator(".legend-item").evaluateAll((all) =>
      all.slice(0, 3).map((item) => [item.textContent, getComputedStyle(item.querySelector("i")).backgroundColor]),
    );
    assert.equal(new Set(heads).size, 3, String(heads));
    assert.deepEqual(legend, names.map((name, at) => [name, heads[at]]));
    // The lines have them, too.
    const drawn = await panels.first().locator("canvas").evaluate((canvas, colours) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return colours.map((colour) => {
        const wanted = colour.match(/\d+/g).map(Number);
        let count = 0;
        for (let at = 0; at < data.length; at += 4) {
          if (data[at + 3] > 200 && wanted.every((part, place) => Math.abs(part - data[at + place]) < 12)) count += 1;
        }
        return count;
      });
    }, heads);
    assert.ok(drawn.every((count) => count > 20), String(drawn));
    // Told against one of them, which comes first then, each keeps its colour.
    const coloured = () =>
      page.$$eval(HEADS, (all) =>
        Object.fromEntries(
          all.map((head) => [head.querySelector(".link-button").textContent, getComputedStyle(head.querySelector(".compare-colour")).backgroundColor]),
        ),
      );
    const colours = await coloured();
    const press = (at) => page.locator(HEADS).nth(at).getByRole("button", { name: "Baseline" }).click();
    await press(1);
    await page.waitForSelector(`${VIEW} .compare-head.baseline`);
    await kit.calm(page);
    assert.equal(await page.locator(`${HEADS} .link-button`).first().textContent(), names[1]);
    assert.deepEqual(await coloured(), colours);
    const items = await curves.locator(".legend-item").evaluateAll((all) =>
      Object.fromEntries(all.slice(0, 3).map((item) => [item.textContent, getComputedStyle(item.querySelector("i")).backgroundColor])),
    );
    assert.deepEqual(items, colours);
    await press(0);
    await page.waitForFunction((view) => !document.querySelector(`${view} .compare-head.baseline`), VIEW);
    await kit.calm(page);
    // By keys, each point is told; Enter opens its run.
    await panels.first().locator(".curves-plot").focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => /^Run .* at step/.test(document.querySelector("[data-view=compare] .curves-near").textContent));
    const near = await page.textContent(`${VIEW} .curves-near`);
    // It stands below the panels, over none of their captions.
    const over = await curves.evaluate((part) => part.querySelector(".curves-panels").getBoundingClientRect().bottom - part.querySelector(".curves-near").getBoundingClientRect().top);
    assert.ok(over <= 1, `${over} px over panels`);
    assert.ok(names.some((name) => near.startsWith(`Run ${name} at`)), near);
    // In numbers, and as a file.
    await curves.locator(".in-numbers > summary").click();
    const lines = curves.locator(".in-numbers table").first().locator("tbody th");
    await lines.first().waitFor();
    assert.deepEqual(await lines.allTextContents(), names);
    const menu = curves.locator(":scope > .save-picture");
    await menu.locator("summary").click();
    const [download] = await Promise.all([page.waitForEvent("download"), menu.getByRole("button", { name: "SVG", exact: true }).click()]);
    assert.equal(download.suggestedFilename(), "runsift-curves-side-by-side.svg");
    const svg = await readFile(await download.path(), "utf8");
    for (const name of names) assert.ok(svg.includes(`>${name}<`), name);
    for (const key of keys) assert.ok(svg.includes(`>${key.slice("metric.".length)} over `), key);
    await kit.axe(page);
    await kit.screens(page, "compare-curves");
    await fitsAt390(kit, page, "compare-curves-390");
    // All metrics of these are a link away.
    await curves.getByRole("link", { name: "Curves of all metrics" }).click();
    await page.waitForSelector("[data-view=curves]");
    await kit.calm(page);
    assert.equal((await kit.counts(page)).shown, 3);
  });

  t.case("compared groups are drawn as means with their intervals; without curves there are none", async (kit) => {
    const page = await load(kit, "samples/learning-curves.csv", "#/compare?o=metric.val_loss,min,last&g=by:param.optimizer");
    const curves = page.getByRole("region", { name: "Curves side by side" });
    await curves.locator(".curves-panel .mark").first().waitFor();
    await kit.calm(page);
    const legend = await curves.locator(".legend-item").allTextContents();
    assert.ok(legend.length >= 3 && legend.every((label) => /\(\d+ runs\)$/.test(label)), String(legend));
    await kit.screens(page, "compare-curves-groups");
    await page.goto("about:blank");
    const other = await load(kit, "samples/optuna-digits.csv", "#/compare?o=metric.val_accuracy,max,last");
    await headsAre(other, 6);
    const hasCurves = await other.evaluate(() => document.querySelectorAll("[data-view=compare] .curves-panel").length);
    assert.equal(hasCurves, 0);
  });

  t.case("no run of a comparison is left out on paper, and their names stand on each page", async (kit) => {
    const page = await load(kit, "samples/random-search-seeds.csv", "#/table?o=metric.test/accuracy,max,last");
    await select(kit, page, 12);
    await show(kit, page, "compare");
    await headsAre(page, 12);
    await page.emulateMedia({ media: "print" });
    // A4 on its side within its margins.
    await page.setViewportSize({ width: 1047, height: 718 });
    const beyond = await page.locator(`${VIEW} .compare-scroll`).evaluate((box) => {
      const edge = innerWidth;
      return [...box.querySelectorAll("th, td")].filter((cell) => cell.getBoundingClientRect().right > edge).length;
    });
    assert.equal(beyond, 0);
    assert.equal(await page.getByRole("searchbox", { name: "Search rows" }).isVisible(), false);
    assert.equal(await page.locator(".compare-tools").first().isVisible(), false);
    // A button's own box would not be repeated with the head of the table.
    const box = await page.locator(`${HEADS} .link-button`).first().evaluate((button) => getComputedStyle(button).display);
    assert.equal(box, "contents");
  });

  t.case("on paper no word and no number of many runs is broken: what has no room goes on below", async (kit) => {
    const page = await load(kit, "samples/random-search-seeds.csv", "#/table?o=metric.test/accuracy,max,last");
    await select(kit, page, 20);
    await show(kit, page, "compare");
    await headsAre(page, 20);
    await page.emulateMedia({ media: "print" });
    await page.setViewportSize({ width: 1047, height: 718 });
    for (const turned of [false, true]) {
      if (turned) {
        await page.emulateMedia({ media: "screen" });
        await page.getByRole("button", { name: "Runs as rows" }).click();
        await kit.calm(page);
        await page.emulateMedia({ media: "print" });
      }
      await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
      await page.locator(`${VIEW} .sheets`).waitFor();
      const { broken, beyond, tables, heads } = await page.locator(`${VIEW} .sheets`).evaluate((sheets) => {
        const range = document.createRange();
        const lines = (word) => new Set([...word].map(({ y }) => Math.round(y))).size;
        const broken = [];
        const cells = [...sheets.querySelectorAll("th, td")];
        for (const cell of cells.filter((cell) => cell.offsetParent)) {
          const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            for (const { 0: word, index } of node.data.matchAll(/[^\s-]+/g)) {
              range.setStart(node, index);
              range.setEnd(node, index + word.length);
              if (word.length <= 20 && lines(range.getClientRects()) > 1) broken.push(word);
            }
          }
        }
        return {
          broken,
          beyond: cells.filter((cell) => cell.getBoundingClientRect().right > innerWidth + 1).length,
          tables: sheets.querySelectorAll("table").length,
          heads: new Set([...sheets.querySelectorAll(".compare-head .link-button")].map((head) => head.textContent)).size,
        };
      });
      assert.deepEqual(broken, [], `turned ${turned}`);
      assert.equal(beyond, 0, `turned ${turned}`);
      assert.equal(heads, 20);
      assert.ok(tables >= 1, `${tables} tables`);
      // What is on the screen is not printed besides.
      assert.equal(await page.locator(`${VIEW} > .compare-scroll`).isVisible(), false);
      await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
      await page.locator(`${VIEW} .sheets`).waitFor({ state: "detached" });
    }
  });

  t.case("on each sheet of paper the baseline stands first", async (kit) => {
    const page = await load(kit, "samples/random-search-seeds.csv", "#/table?o=metric.test/accuracy,max,last");
    await select(kit, page, 30);
    await show(kit, page, "compare");
    await headsAre(page, 30);
    await page.locator(HEADS).nth(4).getByRole("button", { name: "Baseline" }).click();
    await page.waitForSelector(`${VIEW} .compare-head.baseline`);
    await kit.calm(page);
    const name = await page.textContent(`${VIEW} .compare-head.baseline .link-button`);
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    await page.locator(`${VIEW} .sheets`).waitFor();
    const firsts = await page.$$eval(`${VIEW} .sheets table`, (all) =>
      all.map((table) => [table.querySelector(".compare-head .link-button").textContent, table.querySelectorAll("thead .compare-head").length]),
    );
    assert.ok(firsts.length > 1, `${firsts.length} sheets`);
    assert.ok(firsts.every(([first]) => first === name), String(firsts));
    assert.equal(firsts.reduce((sum, [, count]) => sum + count - 1, 0), 29);
  });

  t.case("a run's page draws the curves of its metrics", async (kit) => {
    const page = await load(kit, "samples/learning-curves.csv", "#/run?r=3");
    await page.waitForSelector(".run-page h2");
    await kit.calm(page);
    const row = page.locator("section[aria-label=Metrics] tr", { hasText: "val_loss" });
    assert.equal(await row.locator("svg.curve polyline").count(), 1);
    assert.equal(await row.locator("td").nth(3).textContent(), "30");
    await kit.screens(page, "run-page-curves");
  });
}
