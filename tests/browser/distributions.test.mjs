// How a metric is distributed: over each param, with runs that are pointed at, gone through and opened.

import assert from "node:assert/strict";

const VIEW = "[data-view=distributions]";
const SLICES = `${VIEW} [data-part=slices]`;

async function opened(kit, hash = "?o=metric.test/accuracy,max,last") {
  const page = await kit.open(`#/distributions${hash}`);
  await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
  await page.setInputFiles("input[type=file]", "samples/random-search-seeds.csv");
  await kit.waitReady(page);
  await page.waitForSelector(`${SLICES} .slice path.dots`);
  await kit.calm(page);
  return page;
}

export default function (t) {
  t.case("a slice for each param says of how many runs it is, and the address keeps the metric", async (kit) => {
    const page = await opened(kit);
    assert.match(await page.textContent(VIEW), /of 300 shown runs have a finite test\/accuracy/);
    const names = await page.locator(`${SLICES} h4`).allTextContents();
    for (const name of ["lr", "optimizer"]) assert.ok(names.includes(name), names.join());
    const slice = page.locator(`${SLICES} .slice`).first();
    assert.match(await slice.textContent(), /of 300 runs have both/);
    await kit.axe(page);
    await kit.screens(page, "distributions");
    const logarithmic = page.getByLabel("Logarithmic", { exact: true });
    assert.equal(await logarithmic.isChecked(), false);
    await logarithmic.check();
    await page.waitForFunction(() => /D=[^&]*,log/.test(location.hash));
    await kit.calm(page);
    await kit.screens(page, "distributions-log");
    await page.goBack();
    await page.waitForFunction(() => !/D=/.test(location.hash));
    await page.selectOption(`${VIEW} [aria-label=Metric]`, "param.lr");
    await page.waitForFunction(() => decodeURIComponent(location.hash).includes("D=param.lr,"));
    await page.waitForFunction(() => /finite lr/.test(document.querySelector("[data-view=distributions]").textContent));
    await page.goBack();
    await page.waitForFunction(() => /finite test\/accuracy/.test(document.querySelector("[data-view=distributions]").textContent));
    // A filter is what is drawn.
    await page.fill("[data-testid=filter]", "optimizer = adam");
    await page.press("[data-testid=filter]", "Enter");
    await page.waitForFunction(() => !/of 300 shown/.test(document.querySelector("[data-view=distributions]").textContent));
  });

  t.case("boxes and lines part the runs by a column that is chosen", async (kit) => {
    const page = await opened(kit);
    const boxes = page.locator(`${VIEW} [data-part=boxes]`);
    await page.selectOption(`${VIEW} [aria-label="What runs are parted by"]`, "param.optimizer");
    await page.waitForFunction(() => decodeURIComponent(location.hash).includes("D=,param.optimizer"));
    await boxes.filter({ hasText: /by optimizer.*The median is least in/s }).waitFor();
    assert.ok((await boxes.locator("rect.box").count()) > 1);
    await boxes.locator(".left-out summary").click();
    assert.ok((await boxes.locator("tbody tr").count()) > 1);
    const lines = page.locator(`${VIEW} [data-part=cumulative]`);
    assert.match(await lines.textContent(), /More is better.*adam \(\d+ of \d+ runs\)/s);
    assert.equal(await lines.locator("path.spread").count(), await boxes.locator("rect.box").count());
    await boxes.locator(".dots-stage").focus();
    await page.keyboard.press("ArrowRight");
    await boxes.locator("[role=status]").filter({ hasText: / · optimizer / }).waitFor();
    await kit.axe(page);
    await kit.screens(page, "distributions-boxes");
    // Violins instead of boxes, over the same dots.
    await page.selectOption(`${VIEW} [aria-label="How categories are drawn"]`, "violins");
    await boxes.filter({ hasText: /Silverman’s bandwidth/ }).waitFor();
    assert.equal(await boxes.locator("rect.box").count(), 0);
    assert.ok((await boxes.locator("path.box").count()) > 1);
    await page.waitForFunction(() => /D=,param\.optimizer,violins/.test(decodeURIComponent(location.hash)));
    await kit.axe(page);
    await kit.screens(page, "distributions-violins");
    await page.goBack();
    await boxes.locator("rect.box").first().waitFor();
    // Numbers are parted too.
    await page.selectOption(`${VIEW} [aria-label="What runs are parted by"]`, "param.lr");
    await boxes.filter({ hasText: /by lr/ }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll("[data-part=boxes] tbody tr").length === 5);
    await page.selectOption(`${VIEW} [aria-label="What runs are parted by"]`, "none");
    await boxes.filter({ hasText: /The median of all runs is/ }).waitFor();
  });

  t.case("arrow keys go from run to run, and Enter opens one", async (kit) => {
    const page = await opened(kit);
    const stage = page.locator(`${SLICES} .dots-stage`).first();
    const said = page.locator(`${SLICES} [role=status]`).first();
    await stage.focus();
    await page.keyboard.press("Home");
    await said.filter({ hasText: / · test\/accuracy / }).waitFor();
    const first = await said.textContent();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(
      ([selector, first]) => document.querySelector(selector).textContent !== first,
      [`${SLICES} [role=status]`, first],
    );
    await page.keyboard.press("Escape");
    await said.filter({ hasText: /have both/ }).waitFor();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".drawer");
  });

  t.case("keys go along distribution functions and from one to the next", async (kit) => {
    const page = await opened(kit);
    await page.getByLabel("What runs are parted by").selectOption("param.optimizer");
    await kit.calm(page);
    const part = page.locator(`${VIEW} [data-part=cumulative]`);
    const told = part.locator(".walk-told");
    const names = await part.locator(".legend-item").allTextContents();
    assert.ok(names.length > 1, String(names));
    await part.locator(".walk").focus();
    await page.keyboard.press("Home");
    const [, first] = (await told.filter({ hasText: / have test\/accuracy of / }).textContent()).match(/^(.*): [\d.]+ % have test\/accuracy of [\d.]+ or less$/);
    assert.ok(names.includes(first), first);
    await page.keyboard.press("ArrowDown");
    await page.waitForFunction((first) => !document.querySelector("[data-part=cumulative] .walk-told").textContent.startsWith(`${first}:`), first);
    await page.keyboard.press("ArrowUp");
    await page.waitForFunction((first) => document.querySelector("[data-part=cumulative] .walk-told").textContent.startsWith(`${first}:`), first);
    await page.keyboard.press("End");
    await told.filter({ hasText: /: 100 % have / }).waitFor();
    await kit.axe(page);
  });

  t.case("pointing at a dot names its run", async (kit) => {
    const page = await opened(kit);
    const stage = page.locator(`${SLICES} .dots-stage`).first();
    const box = await stage.boundingBox();
    const path = await page.locator(`${SLICES} path.dots`).first().getAttribute("d");
    const [, x, y] = /^M([\d.]+) ([\d.]+)/.exec(path).map(Number);
    const at = [box.x + (x / 300) * box.width, box.y + (y / 190) * box.height];
    await page.mouse.move(...at);
    const named = page.locator(`${SLICES} [role=status]`).first();
    await named.filter({ hasText: / · / }).waitFor();
    await kit.screens(page, "distributions-run");
    await page.mouse.click(...at);
    await page.waitForSelector(".drawer");
  });

  t.case("correlations say how sure they are and open their two columns in Scatter", async (kit) => {
    const page = await opened(kit);
    const table = page.locator(`${VIEW} [data-part=correlations]`);
    await table.locator("td button").first().waitFor();
    assert.match(await table.textContent(), /Spearman’s correlation.*that the table shows, over 300 shown runs/s);
    assert.match(await table.locator("td button").first().getAttribute("title"), /\(n = \d+ of 300 runs\)/);
    await page.selectOption(`${VIEW} [aria-label="Which correlation"]`, "values");
    await table.filter({ hasText: /Pearson’s correlation/ }).waitFor();
    await page.waitForFunction(() => decodeURIComponent(location.hash).includes(",pearson"));
    await kit.axe(page);
    await kit.screens(page, "correlations");
    // Columns that are no longer in the table are not here either.
    const heads = () => table.locator("tbody th").count();
    const before = await heads();
    await page.evaluate(() => (location.hash = `${location.hash}&h=param.lr`));
    await page.waitForFunction((before) => document.querySelectorAll("[data-part=correlations] tbody th").length < before, before);
    assert.equal(await table.locator("tbody th", { hasText: /^lr$/ }).count(), 0);
    await page.goBack();
    await page.waitForFunction((before) => document.querySelectorAll("[data-part=correlations] tbody th").length === before, before);
    await table.locator("td button").first().click();
    await page.waitForSelector("[data-view=scatter] .scatter");
    assert.match(decodeURIComponent(page.url()), /C=[^,&]+,[^,&]+/);
  });
}
