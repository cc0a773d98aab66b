// Objectives: a real study with two objectives and constraints, its front, its weights, and the history of one objective.

import assert from "node:assert/strict";

const VIEW = "[data-view=objectives]";

/// The objectives of a file.
async function objectives(kit, file, hash = "") {
  const page = await kit.open(`#/table${hash}`);
  await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
  await page.setInputFiles("input[type=file]", file);
  await kit.waitReady(page);
  await page.click("[role=tab][href*='#/objectives']");
  await page.waitForSelector(VIEW);
  await kit.calm(page);
  return page;
}

const words = (page, part) => page.textContent(`${VIEW} [data-part=${part}] .effect-words`);

const lines = (page, part) =>
  page.$$eval(`${VIEW} [data-part=${part}] tbody tr`, (all) =>
    all.map((line) => [...line.children].map((cell) => cell.textContent.trim())),
  );

// Keys go from run to run in the picture of a part, and Enter opens one.
async function walks(kit, page, part) {
  await page.locator(`${VIEW} [data-part=${part}] .scatter`).first().focus();
  const names = (first) =>
    page.waitForFunction(
      ([part, first]) => {
        const now = document.querySelector(`[data-part=${part}] [role=status]`).textContent;
        return / · /.test(now) && now !== first && now;
      },
      [part, first],
    );
  await page.keyboard.press("Home");
  const first = await (await names("")).jsonValue();
  for (let step = 0; step < 3; step += 1) await page.keyboard.press("ArrowRight");
  await names(first);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /[?&]r=/.test(location.hash));
  await page.goBack();
  await kit.calm(page);
}

export default function (t) {
  t.case("a study brings its objectives, and its front can be seen, read, weighed and selected", async (kit) => {
    const page = await objectives(kit, "tests/fixtures/ranking/moo.db");
    await page.waitForSelector(`${VIEW} [data-part=tradeoff]`);
    assert.match(await page.textContent(`${VIEW} .importance-options`), /As their source declares them/);
    const told = await words(page, "tradeoff");
    assert.match(told, /17 of 68 runs on the first front/);
    assert.match(told, /30 of 98 runs with all objectives break a constraint/);
    assert.match(told, /2 of 100 runs without a finite value/);
    assert.equal((await lines(page, "tradeoff")).length, 17);
    assert.equal((await page.$$(`${VIEW} [data-part=tradeoff] circle.class-0`)).length, 17);
    // Further fronts are numbered below it and have colours of their own.
    const further = await lines(page, "fronts");
    assert.equal(further[0][1], "2");
    assert.deepEqual(further.map((line) => Number(line[1])), further.map((line) => Number(line[1])).toSorted((a, b) => a - b));
    assert.match(await words(page, "fronts"), /Of 68 runs: \d+ on the second front, \d+ on the third front/);
    assert.ok((await page.$$(`${VIEW} [data-part=tradeoff] circle.class-4`)).length > 0);
    assert.ok((await page.$$(`${VIEW} [data-part=tradeoff] circle.class-2`)).length > 0);
    assert.match(await words(page, "hypervolume"), /% of the box .* of 68 runs/s);
    await kit.axe(page);
    await page.emulateMedia({ colorScheme: "light" });
    await kit.screens(page, "objectives-light");
    await page.emulateMedia({ colorScheme: "dark" });
    await kit.axe(page);
    await kit.screens(page, "objectives-dark");
    await page.setViewportSize({ width: 390, height: 800 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(wide, false, "nothing sticks out at 390 px");
    await page.setViewportSize({ width: 1280, height: 800 });
    await kit.calm(page);

    // The whole weight on one objective chooses the front's end, and the address says so.
    const slider = page.locator(`${VIEW} [aria-label='Weight of error']`);
    await slider.focus();
    await page.keyboard.press("Home");
    await page.waitForFunction(() => location.hash.includes("j="));
    await kit.calm(page);
    const chosen = (await lines(page, "tradeoff")).filter((line) => line.at(-1).includes("by weights"));
    assert.equal(chosen.length, 1);
    const nodes = (await lines(page, "tradeoff")).map((line) => Number(line[2]));
    assert.equal(Number(chosen[0][2]), Math.min(...nodes));
    assert.match(page.url(), /j=metric\.error:min:0/);

    // Keys go from run to run in it, and open one.
    await walks(kit, page, "tradeoff");

    // A dot that is pointed at names its run, and a click opens it.
    const dot = page.locator(`${VIEW} [data-part=tradeoff] circle.class-0`).first();
    await dot.scrollIntoViewIfNeeded();
    const box = await dot.boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.waitForFunction(() =>
      /wine-tradeoff\/\d+ · error/.test(document.querySelector("[data-part=tradeoff] [role=status]").textContent),
    );
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await page.waitForFunction(() => location.hash.includes("r="));
    await page.goBack();
    await kit.calm(page);

    // The front is selected as runs are everywhere.
    await page.click(`${VIEW} >> text=Select the first front`);
    await kit.calm(page);
    await page.fill("#filter", "@selected");
    await page.press("#filter", "Enter");
    await page.waitForFunction(() => document.documentElement.dataset.shown === "17");
    await page.fill("#filter", "");
    await page.press("#filter", "Enter");
    await page.waitForFunction(() => document.documentElement.dataset.shown === "100");
    await kit.calm(page);

    // A threshold is a clause of the filter.
    const bound = page.locator(`${VIEW} [aria-label='model_nodes at most']`);
    await bound.fill("100");
    await bound.press("Enter");
    await page.waitForFunction(() => document.querySelector("#filter").value.includes("model_nodes"));
    await kit.calm(page);
    assert.match(await page.inputValue("#filter"), /model_nodes <= 100/);
    assert.ok((await lines(page, "tradeoff")).every((line) => Number(line[2]) <= 100));
    // Where none meets it, it stays where it was set.
    await bound.fill("-1");
    await bound.press("Enter");
    await page.waitForFunction(() => document.documentElement.dataset.shown === "0");
    await kit.calm(page);
    assert.match(await words(page, "tradeoff"), /No run meets the filter/);
    assert.equal(await bound.inputValue(), "-1");
  });

  t.case("of one objective there is the history, and a second makes a trade-off", async (kit) => {
    const page = await objectives(kit, "samples/optuna-digits.csv", "?o=metric.val_accuracy,max,last");
    await page.waitForSelector(`${VIEW} [data-part=history]`);
    assert.match(await words(page, "history"), /of 240 runs have a value/);
    assert.match(await words(page, "clock"), /240 of 240 runs say so/);
    assert.match(await words(page, "cost"), /in sum, over \d+ of 240 runs/);
    assert.equal((await page.$$(`${VIEW} [data-part=tradeoff]`)).length, 0);
    const costs = await lines(page, "cost");
    assert.equal(costs.length, 3);
    assert.ok(Number(costs[2][2]) <= Number(costs[0][2]), "a looser level is reached no later");
    const best = (await lines(page, "history")).map((line) => Number(line[1]));
    assert.deepEqual(best, best.toSorted((a, b) => b - a), "the newest is the best");
    await kit.axe(page);
    await walks(kit, page, "history");
    // A number that is no metric can be an objective too.
    await page.selectOption(`${VIEW} [aria-label='Add an objective']`, "tag.n_params");
    await page.waitForSelector(`${VIEW} [data-part=tradeoff]`);
    await kit.calm(page);
    assert.match(await words(page, "tradeoff"), /on the first front/);
    await page.click(`${VIEW} .further-metric >> nth=1 >> text=Remove`);
    await page.waitForSelector(`${VIEW} [data-part=tradeoff]`, { state: "detached" });
  });

  t.case("without an objective it says what to do", async (kit) => {
    const folder = await kit.temporary();
    const { writeFile } = await import("node:fs/promises");
    const file = `${folder}/plain.csv`;
    await writeFile(file, "run_id,width,quantity\na,1,2\nb,2,3\n");
    const page = await objectives(kit, file);
    assert.match(await page.textContent(VIEW), /choose a metric/);
    await page.waitForSelector(`${VIEW} >> text=Choose the metric that is to become better`);
    assert.equal((await page.$$(`${VIEW} [data-part]`)).length, 0);
  });
}
