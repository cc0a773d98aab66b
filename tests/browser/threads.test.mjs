// What people asked other trackers for in vain (docs/peers-threads.md names the threads), done in the page; and the
// parts of the table that are about many runs at once: groups as a baseline, undo of what is pointed at.

import assert from "node:assert/strict";
import { open as openFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { FILTER, load, type } from "./people.mjs";

const GRID = "[data-view=table] .grid";

const shownIs = (page, count) => page.waitForFunction((count) => Number(document.documentElement.dataset.shown) === count, count);

/** The texts of the rows in view, cell by cell, with a bar between. */
const rows = (page) =>
  page.$$eval("[data-view=table] .grid-rows [role=row]", (rows) =>
    rows.map((row) => [...row.querySelectorAll("[role=gridcell]")].map((cell) => cell.textContent).join("|")),
  );

const row = async (page, pattern) => {
  const found = (await rows(page)).find((row) => pattern.test(row));
  assert.ok(found, `no row like ${pattern}: ${await rows(page)}`);
  return found;
};

/** Three optimizers by two rates by four seeds, and two runs of no optimizer. */
const sweep = async (kit) => {
  const lines = ["name,lr,optimizer,seed,val_loss"];
  for (const [at, optimizer] of ["adam", "sgd", "lion"].entries()) {
    for (const lr of [0.1, 0.01]) {
      // Adam and lion are one within their spread; sgd is worse than both.
      for (let seed = 0; seed < 4; seed += 1) {
        lines.push(`${optimizer}-${lr}-${seed},${lr},${optimizer},${seed},${1 + (at === 1 ? 1 : at * 0.005) + 0.02 * seed}`);
      }
    }
  }
  lines.push("bare-0,0.1,,0,3", "bare-1,0.1,,1,3.5");
  const file = join(await kit.temporary(), "sweep.csv");
  await writeFile(file, lines.join("\n"));
  return file;
};

export default function (t) {
  t.case("a group is the baseline: others are told against its mean, or cannot be told from it", async (kit) => {
    const page = await load(kit, await sweep(kit), "#/table?g=replicates&o=metric.val_loss,min,last&s=rank");
    await page.locator(GRID).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("b");
    await page.getByText("Compared with a group of 4 runs").waitFor();
    await page.waitForFunction(() => location.hash.includes("b=g"));
    await kit.calm(page);
    // Adam's mean is 1.03 ± 0.041; lion's lies 0.01 above it, sgd's 1.
    await page.waitForSelector(".row.group.baseline");
    assert.match(await row(page, /lion/), /1\.040 ± 0\.041 ≈\+1\.0%/);
    assert.match(await row(page, /sgd/), /2\.030 ± 0\.041 ▲\+97%/);
    await page.getByTitle(/cannot be told from the baseline’s 1\.030 ± 0\.041 \(mean of 4 runs\) by \+0\.01, .*95 % interval of the difference/).first().waitFor();
    await page.getByTitle(/worse than the baseline’s/).first().waitFor();
    await kit.axe(page);
    await kit.screens(page, "group-baseline");
    await page.setViewportSize({ width: 390, height: 800 });
    await kit.calm(page);
    await kit.screens(page, "group-baseline-390");
    await page.setViewportSize({ width: 1280, height: 800 });
    // All but its own four runs differ from it in a param; a seed that one of its runs has is no difference.
    await type(page, "diff:baseline");
    await shownIs(page, 22);
    await type(page, "");
    // The address holds it; a run alone is told against it too.
    await page.keyboard.press("Escape");
    await page.locator(GRID).focus();
    await page.keyboard.press("Control+End");
    await kit.calm(page);
    assert.match(await row(page, /bare|2 runs/), /≈\+216%/);
    await page.getByRole("button", { name: "No baseline" }).click();
    await page.waitForFunction(() => !location.hash.includes("b="));
    // Without a keyboard: a run from its drawer.
    await page.locator("[role=row] [role=gridcell].run", { hasText: "runs" }).first().click();
    await page.locator("[role=row].member [role=gridcell].run").first().click();
    const drawer = page.locator("[data-view=run]");
    await drawer.getByRole("button", { name: "Baseline" }).click();
    await page.waitForSelector(".row.member.baseline");
    assert.equal(await drawer.getByRole("button", { name: "Baseline" }).getAttribute("aria-pressed"), "true");
    await drawer.getByRole("button", { name: "Select" }).click();
    await page.getByText("1 run selected").waitFor();
  });

  t.case("what was selected, set aside, pinned and said is undone and done again", async (kit) => {
    const page = await load(kit, await sweep(kit));
    const selectedIs = (count) =>
      count ? page.getByText(`${count} run${count > 1 ? "s" : ""} selected`).waitFor() : page.getByText(/^\d+ runs? selected$/).waitFor({ state: "detached" });
    const key = (combination) => page.keyboard.press(combination);
    await page.locator(GRID).focus();
    await key("ArrowDown");
    await key("Space");
    await selectedIs(1);
    // What is added step by step is one step to undo.
    for (let step = 0; step < 3; step += 1) await key("Shift+ArrowDown");
    await selectedIs(4);
    await key("x");
    await shownIs(page, 22);
    await key("p");
    await page.waitForSelector(".row.pinned");
    await key("*");
    await page.waitForFunction(() => /★/.test(document.querySelector(".grid-rows").textContent));
    await key("Control+z");
    await page.waitForFunction(() => !/★/.test(document.querySelector(".grid-rows").textContent));
    await key("Control+z");
    await page.waitForSelector(".row.pinned", { state: "detached" });
    await key("Control+z");
    await shownIs(page, 26);
    await selectedIs(4);
    assert.equal(await page.inputValue(FILTER), "");
    await key("Control+z");
    await selectedIs(1);
    await key("Control+z");
    await selectedIs(0);
    // Further back lies another page, and what was read would be gone.
    await key("Control+z");
    await page.getByText("There is nothing more to undo.").waitFor();
    assert.equal((await kit.counts(page)).runs, 26);
    for (let step = 0; step < 5; step += 1) {
      await key("Control+Shift+z");
      await kit.calm(page);
    }
    await shownIs(page, 22);
    await page.waitForFunction(() => /★/.test(document.querySelector(".grid-rows").textContent));
  });

  t.case("wandb#6672, #6460, mlflow#21129: no group's mean hangs on what else is shown; no key is a group too", async (kit) => {
    const page = await load(kit, await sweep(kit), "#/table?g=by:param.optimizer");
    const before = await row(page, /sgd/);
    assert.match(before, /8 runs/);
    // The two runs without an optimizer are a group of their own.
    assert.match(await row(page, /2 runs/), /3\.2500? ±|3\.3 ±|3\.2 ±/);
    // Opening another group, or filtering it away, leaves this one's mean alone.
    await page.locator(GRID).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelectorAll("[role=row][aria-level='2']").length === 8);
    assert.equal(await row(page, /sgd/), before);
    await type(page, "not optimizer = adam");
    await shownIs(page, 18);
    await kit.calm(page);
    assert.equal((await row(page, /sgd/)).replace(/^\d+/, ""), before.replace(/^\d+/, ""));
  });

  t.case("wandb#2315, #11220, mlflow#4135, #11898: or, not, in, ranges, regex, whether a number is there", async (kit) => {
    const page = await load(kit, await sweep(kit));
    for (const [filter, count] of [
      ["optimizer = adam or val_loss > 3", 9],
      ["optimizer:adam,lion and not seed = 0", 12],
      ["lr:0.001..0.05", 12],
      ["name ~ /^(sgd|bare)-.*1$/", 3],
      ["name:adam-*", 8],
      ["missing:optimizer", 2],
      ["has:optimizer and seed <= 1", 12],
      ["nan:val_loss or inf:val_loss", 0],
      ["log10(lr) < -1.5", 12],
      ["top 25% by val_loss", 6],
      ["best 3 by val_loss", 3],
    ]) {
      await type(page, filter);
      await kit.calm(page);
      const problem = page.locator(".filter-problem");
      if (await problem.count()) assert.fail(`${filter}: ${await problem.textContent()}`);
      const got = await page.evaluate(() => Number(document.documentElement.dataset.shown));
      // Best by a loss: ties are all kept.
      assert.ok(/best|top/.test(filter) ? got >= count && got <= count + 2 : got === count, `${filter}: ${got} and not ${count}`);
    }
  });

  t.case("mlflow#11927: 12,000 metric columns scroll, filter and are found", { timeout: 120_000 }, async (kit) => {
    const file = join(await kit.temporary(), "wide.csv");
    const names = Array.from({ length: 12_000 }, (_, at) => `layer_${Math.floor(at / 12)}/metric_${at % 12}`);
    const lines = [`run_id,lr,${names.join(",")}`];
    for (let run = 0; run < 60; run += 1) lines.push(`r${run},${run / 100},${names.map((_, at) => ((run * 7919 + at) % 1000) / 1000).join(",")}`);
    await writeFile(file, lines.join("\n"));
    const page = await load(kit, file);
    assert.equal((await kit.counts(page)).runs, 60);
    const scroll = () =>
      page.evaluate(async (grid) => {
        const port = document.querySelector(grid);
        for (let frame = 0; frame < 60; frame += 1) {
          port.scrollLeft += port.scrollWidth / 70;
          await new Promise(requestAnimationFrame);
        }
      }, GRID);
    let longest = Infinity;
    for (let attempt = 0; attempt < 3 && longest >= 50; attempt += 1) {
      longest = Math.min(longest, (await kit.trace(page, scroll)).longest);
    }
    console.log(`      longest task while scrolling 12,000 columns: ${longest.toFixed(1)} ms`);
    await kit.calm(page);
    assert.ok((await rows(page))[0].split("|").filter((text) => text !== "").length > 5);
    await type(page, "layer_900/metric_3 < 0.5");
    await kit.calm(page);
    const some = await page.evaluate(() => Number(document.documentElement.dataset.shown));
    assert.ok(some > 5 && some < 55, String(some));
  });

  t.case("mlflow#1694, wandb#8799: what is exported is every run, with every column", async (kit) => {
    const file = join(await kit.temporary(), "many.csv");
    const out = await openFile(file, "w");
    await out.write("run_id,lr,val_loss\n");
    for (let run = 0; run < 3000; run += 1) await out.write(`r${run},${run},${(run * 7) % 3001}\n`);
    await out.close();
    const page = await load(kit, file);
    await page.locator("summary[aria-label=Export]").click();
    const waiting = page.waitForEvent("download");
    await page.getByRole("button", { name: "All runs, CSV" }).click();
    const text = await readFile(await (await waiting).path(), "utf8");
    // The first line says what it is of.
    const [about, ...lines] = text.trim().split("\n");
    assert.match(about, /^# runsift\.table\/1,.*3,000 runs/);
    assert.equal(lines.length, 3001);
    assert.match(lines[0], /lr/);
    assert.match(lines[0], /val_loss/);
  });

  t.case("fasttrackml#860: 1,500 metrics with curves and 150 params of 120 runs", { timeout: 240_000 }, async (kit) => {
    const file = join(await kit.temporary(), "curves.csv");
    const out = await openFile(file, "w");
    const metrics = Array.from({ length: 1500 }, (_, at) => `metric_${at}`);
    const params = Array.from({ length: 150 }, (_, at) => `param_${at}`);
    await out.write(`run_id,step,${params.join(",")},${metrics.join(",")}\n`);
    for (let run = 0; run < 120; run += 1) {
      const chosen = params.map((_, at) => ((run * 31 + at * 17) % 97) / 97).map((value) => value.toFixed(3)).join(",");
      for (let step = 0; step < 5; step += 1) {
        const values = metrics.map((_, at) => (((run + 1) * (at + 7)) % 89) / (89 * (step + 1))).map((value) => value.toFixed(3));
        await out.write(`run-${run},${step},${chosen},${values.join(",")}\n`);
      }
    }
    await out.close();
    const page = await load(kit, file, "#/table?l=l");
    assert.equal((await kit.counts(page)).runs, 120);
    // The metrics stand to the right of 150 params.
    await page.locator(GRID).evaluate((grid) => grid.scrollTo({ left: grid.scrollWidth / 2 }));
    await page.waitForSelector("[role=gridcell] .cell-curve path[d]");
    await type(page, "metric_1400 < 0.1 and param_149 > 0.2");
    await kit.calm(page);
    const some = await page.evaluate(() => Number(document.documentElement.dataset.shown));
    assert.ok(some > 0 && some < 120, String(some));
  });
}
