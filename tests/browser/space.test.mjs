// The space of runs: lines across axes, their brushes, and the runs behind them.

import assert from "node:assert/strict";

const VIEW = "[data-view=space]";
const SAMPLE = "samples/optuna-digits.csv";

async function opened(kit, hash = "?o=metric.val_accuracy,max,last") {
  const page = await kit.open(`#/space${hash}`);
  await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
  await page.setInputFiles("input[type=file]", SAMPLE);
  await kit.waitReady(page);
  await page.waitForSelector(`${VIEW} .axis-name`);
  await kit.calm(page);
  return page;
}

const names = (page) => page.$$eval(`${VIEW} .axis-name`, (all) => all.map((name) => name.textContent.replace(/ \(log\)| ↓/g, "")));

/** How many pixels of the picture are painted in colour, not grey. */
const coloured = (page) =>
  page.$eval(`${VIEW} canvas`, (canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      const spread = Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + 1], data[at + 2]);
      if (data[at + 3] > 40 && spread > 30) count += 1;
    }
    return count;
  });

/** Drags along an axis, from one part of its height to another. */
async function brush(page, name, from, to) {
  const box = await page.locator(`${VIEW} .axis`, { hasText: name }).first().locator(".axis-track").boundingBox();
  const x = box.x + box.width / 2;
  await page.mouse.move(x, box.y + from * box.height);
  await page.mouse.down();
  await page.mouse.move(x, box.y + ((from + to) / 2) * box.height);
  await page.mouse.move(x, box.y + to * box.height);
  await page.mouse.up();
}

export default function (t) {
  t.case("runs are lines across axes, the objective at the right", async (kit) => {
    const page = await opened(kit);
    const all = await names(page);
    assert.equal(all.at(-1), "val_accuracy");
    assert.ok(all.length > 7, `${all}`);
    assert.ok((await coloured(page)) > 5000);
    const told = await page.textContent(`${VIEW} .space-bar p`);
    assert.match(told, /240 runs\. Params that differ/);
    assert.match(await page.getAttribute(`${VIEW} canvas`, "aria-label"), /240 runs as lines across .*val_accuracy/);
    await kit.axe(page);
    await kit.screens(page, "space");
  });

  t.case("the axes are told in numbers, which follow the filter", async (kit) => {
    const page = await opened(kit);
    assert.match(await page.getAttribute(`${VIEW} canvas`, "aria-label"), /The best 24 have .* \(of .* to .*\)/);
    const table = page.locator(`${VIEW} .in-numbers table`);
    assert.equal(await table.count(), 0, "it is made when it is opened");
    await page.click(`${VIEW} .in-numbers summary`);
    await table.waitFor();
    const all = await names(page);
    assert.deepEqual(await table.locator("tbody th").allTextContents(), all);
    assert.match(await table.textContent(), /240 of 240/);
    await page.fill("[data-testid=filter]", "lr:0.001..0.1");
    await page.keyboard.press("Enter");
    await page.waitForFunction((view) => !/240 of 240/.test(document.querySelector(`${view} .in-numbers table`)?.textContent ?? "240 of 240"), VIEW);
    await kit.axe(page);
    await kit.screens(page, "space-numbers");
  });

  t.case("a brush on an axis is the filter, and the filter's text is the brush", async (kit) => {
    const page = await opened(kit);
    const before = await coloured(page);
    await brush(page, "val_accuracy", 0.02, 0.3);
    await page.waitForFunction(() => Number(document.documentElement.dataset.shown) < 240);
    await kit.calm(page);
    assert.match(await page.inputValue("[data-testid=filter]"), /val_accuracy/);
    assert.ok((await coloured(page)) < before);
    assert.match(await page.textContent(`${VIEW} .space-bar p`), /of 240 runs; the others are grey/);
    // Categories are brushed too, and both clauses hold.
    const shown = await page.getAttribute("html", "data-shown");
    await brush(page, "activation", 0.55, 1);
    await page.waitForFunction((shown) => document.documentElement.dataset.shown !== shown, shown);
    assert.match(await page.inputValue("[data-testid=filter]"), /activation/);
    await page.fill("[data-testid=filter]", "lr:0.001..0.1");
    await page.keyboard.press("Enter");
    await kit.calm(page);
    const spans = await page.$$eval(`${VIEW} .axis:has(.axis-span:not([hidden]))`, (all) => all.map((axis) => axis.dataset.column));
    assert.deepEqual(spans, ["param.lr"]);
    // A click beside it takes it away, and undo brings it back.
    const box = await page.locator(`${VIEW} .axis[data-column="param.lr"] .axis-track`).boundingBox();
    await page.mouse.click(box.x + 12, box.y + 2);
    await page.waitForFunction(() => document.documentElement.dataset.shown === "240");
    await page.goBack();
    await page.waitForFunction(() => document.documentElement.dataset.shown !== "240");
  });

  t.case("the picture follows a brush that is dragged; the filter and the history hear of it once, at its end", async (kit) => {
    const page = await opened(kit);
    const entries = () => page.evaluate(() => history.length);
    const [before, whole] = [await entries(), await coloured(page)];
    const told = (pattern) => page.waitForFunction(([view, pattern]) => new RegExp(pattern).test(document.querySelector(`${view} .space-bar p`).textContent), [VIEW, pattern]);
    const box = await page.locator(`${VIEW} .axis.objective .axis-track`).boundingBox();
    const x = box.x + box.width / 2;
    const drag = async () => {
      await page.mouse.move(x, box.y + 0.02 * box.height);
      await page.mouse.down();
      await page.mouse.move(x, box.y + 0.2 * box.height);
      await told("of 240 runs; the others are grey");
      assert.ok((await coloured(page)) < whole);
      assert.equal(await page.getAttribute("html", "data-shown"), "240");
      assert.equal(await page.inputValue("[data-testid=filter]"), "");
    };
    await drag();
    await page.keyboard.press("Escape");
    await told("^240 runs");
    assert.equal(await coloured(page), whole);
    await page.mouse.move(x, box.y + 0.4 * box.height);
    await page.mouse.up();
    await kit.calm(page);
    assert.deepEqual([await page.inputValue("[data-testid=filter]"), await entries()], ["", before]);
    await drag();
    await page.mouse.move(x, box.y + 0.3 * box.height);
    await page.mouse.up();
    await page.waitForFunction(() => Number(document.documentElement.dataset.shown) < 240);
    await kit.calm(page);
    assert.match(await page.inputValue("[data-testid=filter]"), /val_accuracy/);
    assert.equal(await entries(), before + 1);
    await page.goBack();
    await page.waitForFunction(() => document.documentElement.dataset.shown === "240");
  });

  t.case("a line tells its run and opens it", async (kit) => {
    const page = await opened(kit);
    const box = await page.locator(`${VIEW} .axis.objective .axis-track`).boundingBox();
    await page.mouse.move(box.x - 10, box.y + 1);
    await page.waitForFunction(() => document.querySelector(".space-near").textContent.startsWith("Run "));
    assert.match(await page.textContent(".space-near"), /val_accuracy 0\.\d/);
    assert.match(await page.getAttribute(`${VIEW} .near`, "d"), /^M/);
    await page.mouse.click(box.x - 10, box.y + 1);
    await page.waitForSelector("[data-view=run]");
  });

  t.case("keys go from run to run as the table has them, and Enter opens one", async (kit) => {
    const page = await opened(kit, "?o=metric.val_accuracy,max,last&s=rank");
    const canvas = page.locator(`${VIEW} canvas`);
    assert.match(await canvas.getAttribute("aria-label"), /Arrow keys go from run to run/);
    await canvas.focus();
    const told = () => page.textContent(".space-near");
    const tells = (pattern) => page.waitForFunction((pattern) => new RegExp(pattern).test(document.querySelector(".space-near").textContent), pattern);
    await page.keyboard.press("Home");
    await tells("^Run ");
    const best = await told();
    // The first by rank is the best.
    const name = (await page.textContent("[data-testid=best] strong")).trim();
    assert.ok(best.startsWith(`Run ${name}:`), `${best} is not ${name}`);
    assert.match(await page.getAttribute(`${VIEW} .near`, "d"), /^M/);
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction((best) => document.querySelector(".space-near").textContent !== best, best);
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction((best) => document.querySelector(".space-near").textContent === best, best);
    await page.keyboard.press("Escape");
    await tells("^Point at a line");
    await page.keyboard.press("End");
    await tells("^Run ");
    await kit.axe(page);
    // Where no run is left none is told.
    await page.fill("[data-testid=filter]", "lr > 1000");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.documentElement.dataset.shown === "0");
    await tells("^Point at a line");
    assert.equal((await page.getAttribute(`${VIEW} .near`, "d")) || null, null);
    await page.fill("[data-testid=filter]", "");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.documentElement.dataset.shown === "240");
    await kit.calm(page);
    await canvas.focus();
    await page.keyboard.press("End");
    await tells("^Run ");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-view=run]");
  });

  t.case("Shift keeps a second part of an axis beside the first, as one clause", async (kit) => {
    const page = await opened(kit);
    const track = await page.locator(`${VIEW} .axis[data-column="param.lr"] .axis-track`).boundingBox();
    const drag = async (from, to) => {
      await page.mouse.move(track.x + track.width / 2, track.y + from * track.height);
      await page.mouse.down();
      await page.mouse.move(track.x + track.width / 2, track.y + to * track.height, { steps: 4 });
      await page.mouse.up();
      await kit.calm(page);
    };
    const spans = () => page.locator(`${VIEW} .axis[data-column="param.lr"] .axis-span`).count();
    await drag(0.1, 0.3);
    assert.equal(await spans(), 1);
    const { shown } = await kit.counts(page);
    await page.keyboard.down("Shift");
    await drag(0.7, 0.9);
    await page.keyboard.up("Shift");
    await page.waitForFunction(() => /^lr:[^ ]+\.\.[^ ]+,[^ ]+\.\.[^ ]+$/.test(document.querySelector("[data-testid=filter]").value));
    assert.equal(await spans(), 2);
    assert.ok((await kit.counts(page)).shown > shown);
    await kit.screens(page, "space-two-brushes");
    // Without Shift the brush is a new one.
    await drag(0.4, 0.6);
    assert.equal(await spans(), 1);
  });

  t.case("axes are moved, turned, rescaled, removed and added by keys, and the address keeps them", async (kit) => {
    const page = await opened(kit);
    const first = await names(page);
    const name = (key) => `${VIEW} .axis[data-column="${key}"] .axis-name`;
    await page.focus(name("param.lr"));
    await page.keyboard.press("f");
    await page.waitForFunction(() => document.querySelector('.axis[data-column="param.lr"] .axis-name').textContent.includes("↓"));
    await kit.calm(page);
    await page.focus(name("param.lr"));
    await page.keyboard.press("l");
    await page.waitForFunction(() => !document.querySelector('.axis[data-column="param.lr"] .axis-name').textContent.includes("log"));
    // A tenth less from below is a brush, and Escape takes it away.
    await page.focus(name("param.lr"));
    await page.keyboard.press("Shift+ArrowUp");
    await page.waitForSelector(`${VIEW} .axis[data-column="param.lr"] .axis-span:not([hidden])`);
    await kit.calm(page);
    await page.focus(name("param.lr"));
    await page.keyboard.press("Escape");
    await page.waitForSelector(`${VIEW} .axis[data-column="param.lr"] .axis-span`, { state: "hidden" });
    await kit.calm(page);
    await page.focus(name("param.depth"));
    await page.keyboard.press("Delete");
    await page.waitForFunction(() => !document.querySelector('.axis[data-column="param.depth"]'));
    await kit.calm(page);
    await page.selectOption(`${VIEW} [aria-label="Add an axis"]`, "param.depth");
    await page.waitForSelector(name("param.depth"));
    await kit.calm(page);
    assert.equal((await names(page)).at(-2), "depth");
    await page.focus(name("param.depth"));
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction(() => [...document.querySelectorAll(".axis")].at(-3).dataset.column === "param.depth");
    // The focus goes with it, so that the next key moves the same axis.
    await page.waitForFunction(() => document.activeElement.closest(".axis")?.dataset.column === "param.depth");
    assert.match(page.url(), /a=[^&]*!~param\.lr/);
    await page.click(`${VIEW} .space-bar button`);
    await kit.calm(page);
    assert.deepEqual(await names(page), first);
    // A name that is dragged goes where it is let go.
    const lr = await page.locator(name("param.lr")).boundingBox();
    const goal = await page.locator(`${VIEW} .axis`).first().locator(".axis-name").boundingBox();
    await page.mouse.move(lr.x + lr.width / 2, lr.y + 5);
    await page.mouse.down();
    await page.mouse.move(goal.x, goal.y + 5, { steps: 4 });
    await page.mouse.up();
    await page.waitForFunction(() => document.querySelector(".axis").dataset.column === "param.lr");
  });

  t.case("an axis that is chosen has another scale, and a metric another statistic", async (kit) => {
    const page = await kit.open("#/space?o=metric.val_loss,min,last&a=param.lr,metric.train_loss,metric.val_loss");
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    await page.setInputFiles("input[type=file]", "samples/learning-curves.csv");
    await kit.waitReady(page);
    await page.waitForSelector(`${VIEW} .axis-name`);
    await kit.calm(page);
    const axis = page.getByLabel("Axis to set");
    await axis.selectOption("param.lr");
    await page.getByLabel("Scale of the axis").selectOption("rank");
    await page.waitForFunction(() => /quantiles/.test(document.querySelector('.axis[data-column="param.lr"] .axis-name').textContent));
    assert.equal(await page.getByLabel("Statistic of the axis").count(), 0);
    await axis.selectOption("metric.train_loss");
    await page.getByLabel("Statistic of the axis").selectOption("min");
    await page.waitForSelector(`${VIEW} .axis[data-column="metric.min train_loss"] .axis-name`);
    await kit.calm(page);
    assert.equal(await page.getByLabel("Statistic of the axis").inputValue(), "min");
    await kit.axe(page);
    await kit.screens(page, "space-statistic");
    await page.getByLabel("Statistic of the axis").selectOption("last");
    await page.waitForSelector(`${VIEW} .axis[data-column="metric.train_loss"] .axis-name`);
  });

  t.case("values of a category are put in another order by keys, and the address keeps it", async (kit) => {
    const page = await opened(kit);
    const values = '.axis[data-column="param.optimizer"] button.axis-mark';
    const before = await page.locator(`${VIEW} ${values}`).allTextContents();
    assert.ok(before.length > 1, `${before}`);
    // The first lies lowest: up takes it to the place of the second.
    await page.locator(`${VIEW} ${values}`).first().focus();
    await page.keyboard.press("ArrowUp");
    await page.waitForFunction(([values, text]) => document.querySelectorAll(values)[1].textContent === text, [values, before[0]]);
    // The focus goes with it.
    await page.waitForFunction((text) => document.activeElement.textContent === text, before[0]);
    assert.ok(decodeURIComponent(page.url()).includes(`param.optimizer:${before[1]}:${before[0]}`), page.url());
    await page.goBack();
    await page.waitForFunction(([values, text]) => document.querySelectorAll(values)[0].textContent === text, [values, before[0]]);
  });

  t.case("the space is drawn for the dark and for narrow screens", async (kit) => {
    const page = await opened(kit);
    await page.keyboard.press("Alt+m");
    await kit.calm(page);
    await kit.screens(page, "space-dark");
    await kit.axe(page);
    await page.setViewportSize({ width: 390, height: 844 });
    await kit.calm(page);
    await kit.screens(page, "space-narrow");
    assert.ok((await coloured(page)) > 500);
  });

  t.case("names of twelve axes are read whole, with their scale, on two lines where one is too short", { context: { viewport: { width: 1440, height: 900 } } }, async (kit) => {
    const page = await kit.open("#/space?o=metric.test/accuracy,max,last");
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    await page.setInputFiles("input[type=file]", "samples/random-search-seeds.csv");
    await kit.waitReady(page);
    await page.waitForSelector(`${VIEW} .axis-name`);
    await kit.calm(page);
    const all = await page.$$eval(`${VIEW} .axis-name`, (names) =>
      names.map((name) => ({
        text: name.textContent,
        isCut: name.scrollWidth > name.clientWidth + 1 || name.scrollHeight > name.clientHeight + 1,
        above: name.getBoundingClientRect().top - name.closest(".space-picture").getBoundingClientRect().top,
      })),
    );
    assert.equal(all.length, 12);
    assert.deepEqual(all.filter(({ isCut, above }) => isCut || above < -2), []);
    assert.ok(all.some(({ text }) => text === "weight_decay (log)"), JSON.stringify(all));
  });

  t.case("all axes of a wide screen stand on a sheet of paper", { context: { viewport: { width: 1920, height: 1000 } } }, async (kit) => {
    const page = await opened(kit);
    const wide = () => page.locator(`${VIEW} .space-picture`).evaluate((picture) => picture.getBoundingClientRect().width);
    assert.ok((await wide()) > 1_300, `${await wide()} px`);
    await page.emulateMedia({ media: "print" });
    // A4 on its side within margins of 10 mm.
    assert.ok((await wide()) <= 1_047, `${await wide()} px`);
    assert.equal(await page.locator(`${VIEW} select`).first().isVisible(), false);
  });

  t.case("a finger's tap points at a line, and one more at the same place opens its run", { context: { hasTouch: true } }, async (kit) => {
    const page = await opened(kit);
    const told = () => page.textContent(".space-near");
    const box = await page.locator(`${VIEW} canvas`).boundingBox();
    // Between axes, where lines are and nothing that brushes.
    const [first, second] = (await page.locator(`${VIEW} .axis-track`).evaluateAll((all) => all.map((track) => track.getBoundingClientRect().x))).slice(0, 2);
    const x = (first + second) / 2 + 12;
    await page.touchscreen.tap(x, box.y + box.height / 2);
    await page.waitForFunction(() => document.querySelector(".space-near").textContent.startsWith("Run "));
    const one = await told();
    assert.equal(await page.locator("[data-view=run]").count(), 0, "a tap that points opens nothing");
    await page.touchscreen.tap(x, box.y + box.height / 4);
    await page.waitForFunction((one) => document.querySelector(".space-near").textContent !== one, one);
    await page.touchscreen.tap(x, box.y + box.height / 4);
    await page.waitForSelector("[data-view=run]");
  });
}
