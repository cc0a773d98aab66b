// The brief: its sentences on the bundled samples, their links, its Markdown.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

const VIEW = "[data-view=brief]";

/// The brief of a sample.
async function briefed(kit, file, hash) {
  const page = await kit.open(`#/brief${hash}`);
  await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
  await page.setInputFiles("input[type=file]", file);
  await kit.waitReady(page);
  await page.waitForSelector(`${VIEW} .sentences li`);
  await kit.calm(page);
  return page;
}

const told = (page, kind) => page.$$eval(`${VIEW} li[data-kind=${kind}]`, (all) => all.map((item) => item.textContent));

/// A file of so many cells that a brief of it is not made unasked.
async function manyRuns(kit) {
  const columns = Array.from({ length: 40 }, (_, at) => `param.p${at}`);
  const lines = [`run_id,status,${columns},metric.loss`];
  for (let run = 0; run < 60_000; run += 1) {
    lines.push(`r${run},finished,${columns.map((_, at) => ((run * (at + 3)) % 101) / 101)},${((run * 37) % 241) / 241}`);
  }
  const file = join(await kit.temporary(), "many.csv");
  await writeFile(file, lines.join("\n"));
  return file;
}

export default function (t) {
  t.case("after a drop the brief stands above rows that wait for no click, whole, and folds to two lines", async (kit) => {
    await kit.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const page = await kit.open();
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    await kit.drop(page, "tests/fixtures/mlflow-files/mlruns");
    // Rows are painted whether it is there or not, and do not move when it comes while a person is at work in them.
    const top = () => page.$eval(".grid-rows [role=row]", (row) => row.getBoundingClientRect().top);
    await page.waitForSelector(".grid-rows [role=row] [role=gridcell]:not(:empty)");
    await page.locator("[data-view=table] .grid").focus();
    await page.keyboard.press("ArrowDown");
    await page.waitForSelector("#grid-active");
    await kit.waitReady(page);
    const before = await top();
    const strip = page.locator("[data-view=table] [data-view=brief]");
    await strip.locator(".sentences li").first().waitFor();
    assert.equal(await top(), before);
    assert.equal(await page.locator("[data-view=brief]").count(), 1);
    const counts = await kit.counts(page);
    assert.match(await strip.locator("li[data-kind=Statuses]").textContent(), new RegExp(`^Runs${counts.runs} runs: .*${counts.runs} of ${counts.runs}$`));
    // Each has what it is about before it, a link to its evidence, and of how many it speaks behind it.
    const whole = await strip.locator(".sentences li").evaluateAll((all) =>
      all.every((item) => item.querySelector("b").textContent && item.querySelector("a[href^='#/']").textContent && / of /.test(item.querySelector(".number").textContent)),
    );
    assert.ok(whole);
    const sentences = await strip.locator(".sentences li").count();
    assert.ok(sentences >= 3, `${sentences} sentences`);
    await strip.getByRole("button", { name: "Copy as Markdown" }).click();
    await page.waitForSelector(".notice:has-text('Copied as Markdown')");
    const text = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(text.split("\n").filter((line) => line.startsWith("- ")).length, sentences);
    await kit.axe(page);
    await kit.screens(page, "brief-above");
    // By keys: the button keeps the focus, and what it does is told.
    const fold = strip.locator("button[aria-expanded]");
    assert.deepEqual([await fold.textContent(), await fold.getAttribute("aria-expanded")], ["Fold", "true"]);
    await fold.focus();
    await page.keyboard.press("Enter");
    await strip.locator(".brief-lines li").first().waitFor();
    assert.deepEqual([await fold.textContent(), await fold.getAttribute("aria-expanded")], [`All ${sentences} findings`, "false"]);
    assert.ok((await strip.locator("li").count()) <= 2);
    assert.ok((await strip.boundingBox()).height < 60);
    await kit.axe(page);
    // It stays so in this visit.
    await page.click("[role=tab][href*=curves]");
    await page.waitForSelector("[data-view=curves]");
    assert.equal(await page.locator("[data-view=brief]").count(), 0);
    await page.click("[role=tab][href*=table]");
    await strip.locator(".brief-lines li").first().waitFor();
    await fold.focus();
    await page.keyboard.press("Enter");
    await strip.locator(".sentences li").first().waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-expanded")), "true");
    // The list itself takes the focus, to be scrolled by keys.
    assert.equal(await strip.getByRole("region", { name: "Findings" }).getAttribute("tabindex"), "0");
    await strip.getByRole("button", { name: "Close the brief" }).click();
    await strip.waitFor({ state: "detached" });
    await page.click("[role=tab][href*='#/brief']");
    await page.waitForSelector("[data-view=brief].importance .sentences li");
    assert.equal(await page.locator("[data-view=brief]").count(), 1);
    await page.click("[role=tab][href*=table]");
    await page.waitForSelector("[data-view=table]");
    await page.waitForTimeout(800);
    assert.equal(await strip.count(), 0);
    // It is opened again from the bar, and stands above what comes with the next drop.
    const open = page.locator(".table-bar").getByRole("button", { name: "Brief", exact: true });
    await open.click();
    await strip.locator(".sentences li").first().waitFor();
    assert.equal(await open.count(), 0);
    await strip.getByRole("button", { name: "Close the brief" }).focus();
    await page.keyboard.press("Enter");
    await strip.waitFor({ state: "detached" });
    assert.ok(await page.evaluate(() => document.activeElement.matches("[data-view=table] .grid")), "the focus goes to the rows");
    await kit.drop(page, "samples/optuna-digits.csv");
    await strip.locator("li[data-kind=Statuses]", { hasText: `${counts.runs + 240} runs` }).waitFor();
  });

  t.case("where no run passes the filter one line says so", async (kit) => {
    const page = await kit.open("#/table?f=lr%20%3E%201000&o=metric.val_accuracy,max,last");
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    await page.setInputFiles("input[type=file]", "samples/optuna-digits.csv");
    await kit.waitReady(page);
    const strip = page.getByTestId("brief-strip");
    await strip.getByText("No run passes the filter.").waitFor();
    assert.deepEqual(await strip.getByRole("button").evaluateAll((all) => all.map((button) => button.getAttribute("aria-label"))), ["Close the brief"]);
    assert.ok((await strip.boundingBox()).height < 60);
    assert.equal(await strip.getByText(/^Of /).count(), 0);
    await kit.axe(page);
    await page.fill("#filter", "");
    await page.press("#filter", "Enter");
    await strip.locator("li[data-kind=Statuses]", { hasText: "240 runs" }).waitFor();
  });

  t.case("rows do not move below a pointer that moves over them when a short brief comes", async (kit) => {
    const file = join(await kit.temporary(), "short.csv");
    await writeFile(file, `run_id,param.lr,metric.loss\n${Array.from({ length: 30 }, (_, run) => `r${run},${run},${run % 7}`).join("\n")}`);
    const page = await kit.open("#/table");
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    await page.setInputFiles("input[type=file]", file);
    const row = page.locator(".grid-rows [role=row]").first();
    await row.waitFor();
    await page.locator(".table-bar").waitFor();
    const before = await row.boundingBox();
    await page.mouse.move(before.x + 40, before.y + 10);
    await page.mouse.move(before.x + 60, before.y + 12);
    await page.getByTestId("brief-strip").locator(".sentences li").first().waitFor();
    await kit.calm(page);
    assert.equal((await row.boundingBox()).y, before.y);
  });

  t.case("a link of the brief above the table filters to its evidence, and says then what it is of", async (kit) => {
    const page = await kit.open("#/table?o=metric.val_accuracy,max,last");
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    await page.setInputFiles("input[type=file]", "samples/optuna-digits.csv");
    await kit.waitReady(page);
    const strip = page.getByTestId("brief-strip");
    const broken = strip.locator("li[data-kind=Broken]");
    const count = Number((await broken.textContent()).match(/^Broken([\d,]+) of/)[1]);
    await broken.locator("a").focus();
    await page.keyboard.press("Enter");
    await kit.calm(page);
    assert.equal((await kit.counts(page)).shown, count);
    assert.match(await page.inputValue("#filter"), /status = failed/);
    await strip.getByText("Of all runs, not of the filter’s.").waitFor();
    await page.goBack();
    await page.waitForFunction(() => document.documentElement.dataset.shown === "240");
    await strip.getByText("Of all runs, not of the filter’s.").waitFor({ state: "detached" });
    // Where the address has a filter it is of what that keeps; without it, of all.
    await page.goto("about:blank");
    await kit.open("#/table?f=optimizer%20%3D%20sgd&o=metric.val_accuracy,max,last");
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    await page.setInputFiles("input[type=file]", "samples/optuna-digits.csv");
    await kit.waitReady(page);
    await strip.getByText("Of the filter’s runs.").waitFor();
    const { shown } = await kit.counts(page);
    assert.match(await strip.locator("li[data-kind=Statuses]").textContent(), new RegExp(`^Runs${shown} runs`));
    await page.fill("#filter", "");
    await page.press("#filter", "Enter");
    await strip.locator("li[data-kind=Statuses]", { hasText: "240 runs" }).waitFor();
  });

  for (const [width, height] of [[1440, 900], [390, 844]]) {
    t.case(`at ${width} by ${height} the brief takes less than half of the room, scrolls in itself, and shows that there is more`, { context: { viewport: { width, height } } }, async (kit) => {
      const page = await kit.open("#/table?o=metric.test/accuracy,max,last");
      await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
      await page.setInputFiles("input[type=file]", "samples/random-search-seeds.csv");
      await kit.waitReady(page);
      const strip = page.getByTestId("brief-strip");
      await strip.locator("li[data-kind=Best]").waitFor();
      const view = await page.locator("[data-view=table]").boundingBox();
      const { height: tall } = await strip.boundingBox();
      assert.ok(tall > 100 && tall <= 0.455 * view.height, `${tall} of ${view.height}`);
      // Rows lie below it, on the screen.
      const rows = await page.$$eval(".grid-rows [role=row]", (all) => all.filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length);
      assert.ok(rows >= 5, `${rows} rows`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assert.equal(wide, false, "nothing sticks out");
      const list = strip.getByRole("region", { name: "Findings" });
      const more = await list.evaluate((list) => list.scrollHeight - list.clientHeight);
      assert.ok(more > 0, "there is more than has room");
      await list.focus();
      await page.keyboard.press("End");
      await page.waitForFunction(() => {
        const list = document.querySelector(".brief-list");
        return list.scrollTop + list.clientHeight >= list.scrollHeight - 2;
      });
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        await kit.axe(page);
        await kit.screens(page, `brief-above-${width}-${colorScheme}`);
      }
      // What opens below the bar stays on the screen.
      await page.click("[data-testid=display]");
      const panel = await page.getByRole("dialog", { name: "Display" }).boundingBox();
      assert.ok(panel.y + panel.height <= height + 1, JSON.stringify(panel));
    });
  }

  t.case("of very many cells it is worked out when that is asked, and rows have the room until then", { timeout: 120_000 }, async (kit) => {
    const file = await manyRuns(kit);
    const page = await kit.open("#/table?o=metric.loss,min,last");
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    await page.setInputFiles("input[type=file]", file);
    await kit.waitReady(page, 60_000);
    const strip = page.getByTestId("brief-strip");
    const ask = strip.getByRole("button", { name: "Look through the runs" });
    await ask.waitFor();
    assert.ok((await strip.boundingBox()).height < 60);
    await page.waitForTimeout(800);
    assert.equal(await page.getAttribute("html", "data-busy"), "false");
    await ask.click();
    await strip.locator("li[data-kind=Next]", { hasText: "60,000 runs" }).waitFor({ timeout: 60_000 });
    await kit.calm(page, 60_000);
    assert.equal(await strip.locator("progress").count(), 0);
  });

  t.case("while a brief is worked out it says of which runs, and selecting rows takes nothing of it away", { timeout: 180_000 }, async (kit) => {
    const file = await manyRuns(kit);
    const page = await kit.open("#/table?f=loss%20%3C%200.5&o=metric.loss,min,last");
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    await page.setInputFiles("input[type=file]", file);
    await kit.waitReady(page, 60_000);
    const strip = page.getByTestId("brief-strip");
    await strip.getByRole("button", { name: "Look through the runs" }).click();
    await strip.getByText("Of the filter’s runs.").waitFor({ timeout: 60_000 });
    await kit.calm(page, 60_000);
    // What is painted, frame by frame: of which runs it says that it is, and how many those are.
    await page.evaluate(() => {
      globalThis.painted = [];
      const look = () => {
        const strip = document.querySelector("[data-testid=brief-strip]");
        const runs = strip.querySelector("li[data-kind=Statuses]")?.textContent ?? "";
        globalThis.painted.push({ of: strip.querySelector(":scope > p").textContent, isOfAll: runs.startsWith("Runs60,000 runs"), lines: strip.querySelectorAll("li").length });
        requestAnimationFrame(look);
      };
      look();
    });
    await page.fill("#filter", "");
    await page.press("#filter", "Enter");
    await strip.locator("li[data-kind=Statuses]", { hasText: /^Runs60,000 runs/ }).waitFor({ timeout: 60_000 });
    await page.locator(".grid-rows [role=row] [aria-colindex='3']").first().click({ modifiers: ["Control"] });
    await page.getByText("1 run selected").waitFor();
    await page.waitForTimeout(800);
    await kit.calm(page, 60_000);
    await strip.locator("progress").waitFor({ state: "detached", timeout: 60_000 });
    const painted = await page.evaluate(() => globalThis.painted);
    assert.ok(painted.every(({ lines }) => lines > 0), "there is something to read all the time");
    const first = painted.findIndex(({ isOfAll }) => isOfAll);
    assert.ok(first > 0 && painted.slice(first).every(({ isOfAll }) => isOfAll), "what is shown is not taken away");
    assert.ok(painted.slice(first).every(({ of }) => !of.includes("filter")), "it is of all runs, and says so");
    assert.ok(painted.slice(0, first).some(({ of }) => of.includes("Of the former filter’s runs.")));
  });

  t.case("folds of a cross-validation are what a configuration was measured by", async (kit) => {
    const page = await briefed(kit, "tests/fixtures/sklearn/grid_cv_results.csv", "?o=metric.mean_test_score,max,last");
    const [best] = await told(page, "Best");
    assert.match(best, /mean of 4 folds: 0\.989 ± 0\.032 .*Nadeau and Bengio 2003.*1 to 14 cannot be told apart \(corrected t of pairs by fold/);
    assert.equal((await told(page, "Noise")).length, 0, "each was measured four times");
    const ranked = page.getByTestId("ranked");
    assert.match(await ranked.locator("thead").textContent(), /Folds/);
    assert.match(await ranked.textContent(), /Folds stand for runs/);
    // The objective is the mean of folds: there is nothing to choose.
    assert.equal(await ranked.locator("select").count(), 0);
  });

  t.case("configurations of several seeds are ranked with interval and ties, and a link shows them", async (kit) => {
    const page = await briefed(kit, "samples/random-search-seeds.csv", "?o=metric.test/accuracy,max,last");
    const [best] = await told(page, "Best");
    assert.match(best, /^BestBest of \d+ configurations by highest test\/accuracy \(last\): mlp-\S+ \(with 4 replicates\), mean of 5/);
    const [rule] = await told(page, "Rule");
    assert.match(rule, /model\.depth = 3 and model\.width = 64: 7 of 7 .*; of the others batch_size = 512: 5 of 7 .*, all 5 with drop_last = true, .*; else 0 of 46 /);
    assert.match(best, / ± .*Student’s t.*(cannot be told|can be told).*Holm’s correction for \d+/);
    assert.equal((await told(page, "Params")).length, 1);
    assert.equal((await told(page, "Noise")).length, 0, "seeds were repeated");
    assert.equal((await told(page, "Baseline")).length, 0, "none is set");
    await kit.axe(page);
    await page.emulateMedia({ colorScheme: "light" });
    await kit.screens(page, "brief-light");
    await page.emulateMedia({ colorScheme: "dark" });
    await kit.axe(page);
    await kit.screens(page, "brief-dark");
    await page.setViewportSize({ width: 390, height: 800 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(wide, false, "nothing sticks out at 390 px");
    await kit.screens(page, "brief-narrow");
    await page.setViewportSize({ width: 1280, height: 800 });
    // By the keys, as any link.
    await page.focus(`${VIEW} li[data-kind=Best] a`);
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-view=table]");
    assert.match(page.url(), /g=replicates/);
    assert.match(page.url(), /s=rank/);
    await page.goBack();
    await page.waitForSelector(`${VIEW} .sentences`);
  });

  t.case("of a few runs that lean the interval reaches farther to that side, and that is said", async (kit) => {
    const losses = [0.1, 0.12, 0.12, 0.12, 0.5];
    const lines = ["run_id,param.lr,param.seed,metric.loss"];
    for (let run = 0; run < 10; run += 1) {
      lines.push(`r${run},${run < 5 ? 0.1 : 0.2},${run % 5},${losses[run % 5] + (run < 5 ? 0 : 1)}`);
    }
    const file = join(await kit.temporary(), "leaning.csv");
    await writeFile(file, lines.join("\n"));
    const page = await briefed(kit, file, "?o=metric.loss,min,last");
    const [best] = await told(page, "Best");
    assert.match(best, /mean of 5: 0\.19 in -0\.02 to 0\.\d+ \(95 % interval, Student’s t, stretched to the side where its few runs lean;/);
  });

  t.case("groups rank by their median or interquartile mean where that is chosen, as undo and in the address", async (kit) => {
    const page = await briefed(kit, "samples/random-search-seeds.csv", "?o=metric.test/accuracy,max,last");
    const choice = page.getByTestId("ranked").getByLabel("Rank groups by their");
    await choice.selectOption("median");
    await page.waitForFunction(() => /, median of .*order statistics/.test(document.querySelector("[data-view=brief]")?.textContent));
    assert.match(page.url(), /o=metric\.test\/accuracy,max,last,median/);
    await page.getByTestId("ranked").getByLabel("Rank groups by their").selectOption("iqm");
    await page.waitForFunction(() => /interquartile mean .*Yuen’s t/.test(document.querySelector("[data-view=brief]")?.textContent));
    await kit.axe(page);
    await page.goBack();
    await page.goBack();
    await page.waitForFunction(() => /Student’s t/.test(document.querySelector("[data-view=brief] li[data-kind=Best]")?.textContent));
  });

  t.case("the foremost are told in numbers, with the ranks that they may have, and open their runs", async (kit) => {
    const page = await briefed(kit, "samples/random-search-seeds.csv", "?o=metric.test/accuracy,max,last");
    const ranked = page.getByTestId("ranked");
    const rows = await ranked.locator("tbody tr").allInnerTexts();
    assert.equal(rows.length, 10);
    assert.match(rows[0], /^1\t.* \(with 4 replicates\)\t5\t0\.97.* ± .*\t1 to \d+\t\d/);
    assert.match(rows[1], /^2\t.*sd\)$/);
    await ranked.locator("tbody tr button").first().click();
    await page.locator("[data-view=run], [role=dialog]").first().waitFor();
  });

  t.case("of the foremost it is said which ended as failed", async (kit) => {
    const page = await briefed(kit, "samples/random-search-seeds.csv", "?o=metric.val/accuracy,max,last");
    const [best] = await told(page, "Best");
    assert.match(best, / of these \d+ ended as failed\./);
    const ranked = page.getByTestId("ranked");
    assert.equal(await ranked.locator("thead th").last().textContent(), "Ended");
    const rows = await ranked.locator("tbody tr").allInnerTexts();
    assert.match(rows[2], /\t5 of 5 failed$/);
    assert.equal(rows.filter((row) => row.endsWith("failed")).length, 2);
  });

  t.case("what broke is told, and its link sets the filter", async (kit) => {
    const page = await briefed(kit, "samples/optuna-digits.csv", "?o=metric.val_accuracy,max,last");
    const [statuses] = await told(page, "Statuses");
    assert.match(statuses, /240 runs: \d+ finished, \d+ failed/);
    const [broken] = await told(page, "Broken");
    const count = Number(broken.match(/^Broken([\d,]+) of/)[1]);
    await page.click(`${VIEW} li[data-kind=Broken] a`);
    await page.waitForSelector("[data-view=table]");
    await kit.calm(page);
    assert.equal((await kit.counts(page)).shown, count);
    assert.match(await page.inputValue("#filter"), /status = failed/);
  });

  t.case("it can be copied as Markdown", async (kit) => {
    await kit.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const page = await briefed(kit, "samples/optuna-digits.csv", "?o=metric.val_accuracy,max,last");
    await page.click(`${VIEW} >> text=Copy as Markdown`);
    await page.waitForSelector(".notice:has-text('Copied as Markdown')");
    const text = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(text, /^## Brief\n\n- 240 runs: /);
    const lines = text.trim().split("\n");
    assert.equal(lines.filter((line) => line.startsWith("- ")).length, (await page.$$(`${VIEW} .sentences li`)).length);
    // The foremost as a table, below its header.
    assert.equal(lines.filter((line) => line.startsWith("| ")).length, 2 + (await page.$$("[data-testid=ranked] tbody tr")).length);
    assert.match(text, /\| Rank \| Configuration \|/);
  });
}
