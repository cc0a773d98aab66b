// Failures: counts that filter, the rule, the rates by param, and where nothing broke, on two real exports.

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const VIEW = "[data-view=failures]";

/// The failures of a file.
async function failures(kit, file, hash) {
  const page = await kit.open(`#/table${hash}`);
  await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
  await page.setInputFiles("input[type=file]", file);
  await kit.waitReady(page);
  await page.click("[role=tab][href*=failures]");
  await page.waitForSelector(`${VIEW} .sentences li`);
  await kit.calm(page);
  return page;
}

const counts = (page) =>
  page.$$eval(`${VIEW} .sentences li`, (all) => Object.fromEntries(all.map((item) => [item.dataset.kind, item.querySelector(".number").textContent])));

/// Follows a finding's link, and says how many runs it keeps.
async function followed(kit, page, kind) {
  await page.click(`${VIEW} li[data-kind=${kind}] a`);
  await page.waitForSelector("[data-view=table]");
  await kit.calm(page);
  return (await kit.counts(page)).shown;
}

export default function (t) {
  t.case("ends are counted, a rule says what failed runs have in common, and links filter", async (kit) => {
    const page = await failures(kit, "samples/optuna-digits.csv", "?o=metric.val_accuracy,max,last");
    const told = await counts(page);
    assert.equal(told.broken, "19 of 191");
    assert.equal(told.finished, "172 of 240");
    assert.equal(told.failed, "19 of 240");
    assert.equal(told.pruned, "49 of 240");
    const rule = await page.textContent(`${VIEW} li[data-kind=rule]`);
    assert.match(rule, /lr ≥ [\d.]+.*\d+ of \d+ runs broke .*; else \d+ of \d+ runs broke/);
    // What tells most comes first: a picture, and the same in numbers.
    const first = `${VIEW} .rates >> nth=0`;
    assert.equal(await page.getAttribute(first, "data-param"), "lr");
    await page.click(`${first} >> summary`);
    const bars = await page.$$eval(`${VIEW} .rates[data-param=lr] tbody tr`, (all) => all.length);
    assert.equal(await page.$$eval(`${VIEW} .rates[data-param=lr] circle`, (all) => all.length), bars);
    assert.ok(bars > 4);
    await kit.axe(page);
    await page.emulateMedia({ colorScheme: "light" });
    await kit.screens(page, "failures-light");
    await page.emulateMedia({ colorScheme: "dark" });
    await kit.axe(page);
    await kit.screens(page, "failures-dark");
    await page.setViewportSize({ width: 390, height: 800 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(wide, false, "nothing sticks out at 390 px");
    await page.setViewportSize({ width: 1280, height: 800 });
    assert.equal(await followed(kit, page, "failed"), 19);
    assert.match(await page.inputValue("#filter"), /status = failed/);
    await page.goBack();
    await page.waitForSelector(`${VIEW} li[data-kind=rule]`);
    await kit.calm(page);
    await followed(kit, page, "rule");
    assert.match(await page.inputValue("#filter"), /lr >= /);
    await page.goBack();
    await page.waitForSelector(`${VIEW} .rates`);
    await page.click(`${VIEW} >> text=Importance for failing`);
    await page.waitForSelector("[data-view=importance]");
    assert.match(page.url(), /outcome/);
  });

  t.case("keys go through the shares of a param and the bars of time", async (kit) => {
    const page = await failures(kit, "samples/optuna-digits.csv", "?o=metric.val_accuracy,max,last");
    const rates = page.locator(`${VIEW} .rates[data-param=lr]`);
    const bars = await rates.locator("circle").count();
    await rates.locator(".walk").focus();
    const seen = new Set();
    for (let step = 0; step < bars; step += 1) {
      await page.keyboard.press("ArrowDown");
      const text = await rates.locator(".walk-told").textContent();
      assert.match(text, /: \d+ of \d+, [<\d.]+ % \(95 % interval /);
      seen.add(text);
    }
    assert.equal(seen.size, bars);
    const began = page.getByRole("region", { name: "When runs began" });
    await began.locator(".walk").focus();
    await page.keyboard.press("End");
    await began.locator(".walk-told").filter({ hasText: /\d+ runs? that began .*, \d+ of them broke/ }).waitFor();
    await kit.axe(page);
  });

  t.case("a run whose loss is NaN diverged, whatever its status says", async (kit) => {
    const page = await failures(kit, "samples/random-search-seeds.csv", "?o=metric.val%2Floss,min,last");
    const told = await counts(page);
    assert.equal(told.diverged, "5 of 300");
    assert.equal(told.failed, "60 of 300");
    assert.equal(told.finished, "235 of 300");
    const texts = await page.textContent(`${VIEW} .sentences`);
    assert.match(texts, /by configuration 13 of 60 in most of their runs/);
    assert.equal(await followed(kit, page, "diverged"), 5);
    await page.goBack();
    await page.waitForSelector(`${VIEW} .sentences li`);
    await kit.calm(page);
    assert.equal(await followed(kit, page, "finished"), 235);
  });

  t.case("what broke is told by two conditions where it takes two, and by a further rule", async (kit) => {
    const page = await failures(kit, "samples/random-search-seeds.csv", "?o=metric.test%2Faccuracy,max,last");
    const texts = await page.textContent(`${VIEW} .sentences`);
    assert.match(texts, /model\.depth = 3 and model\.width = 64: 7 of 7 .*; of the others batch_size = 512: 5 of 7 .*, all 5 with drop_last = true, /);
  });

  t.case("where nothing broke it says so, and how many may", async (kit) => {
    const page = await failures(kit, "samples/optuna-digits.csv", "?f=status%3Dfinished&o=metric.val_accuracy,max,last");
    assert.match(await page.textContent(`${VIEW} li[data-kind=broken]`), /None of 172 runs .*upper 95 % bound, about 3 \/ 172/);
    assert.equal((await page.$$(`${VIEW} .rates`)).length, 0);
  });

  t.case("files that were not read are listed on the page of the run whose folder they lie in", async (kit) => {
    const folder = join(await kit.temporary(), "exp");
    for (const trial of ["trial_a1b2c3", "trial_d4e5f6"]) {
      await mkdir(join(folder, trial, "checkpoints", "last"), { recursive: true });
      await writeFile(join(folder, trial, "params.json"), JSON.stringify({ lr: trial.length }));
      await writeFile(join(folder, trial, "result.json"), `{"loss": 1, "done": true, "trial_id": "${trial}"}\n`);
    }
    await writeFile(join(folder, "trial_a1b2c3", "checkpoints", "last", "model.ckpt"), Buffer.alloc(12_345, 127));
    const page = await kit.open("#/run?r=0");
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    await kit.drop(page, [folder]);
    await kit.waitReady(page);
    const told = [];
    for (const row of [0, 1]) {
      await page.evaluate((row) => { location.hash = `#/run?r=${row}`; }, row);
      await page.waitForSelector(".run-page h2");
      await kit.calm(page);
      told.push(await page.locator(".run-page section[aria-label=Artifacts]").allTextContents());
    }
    assert.equal(told.flat().length, 1, JSON.stringify(told));
    assert.match(told.flat()[0], /checkpoints\/last.*1 file of this run, 12\.3 kB, not read.*model\.ckpt.*12\.3 kB/s);
  });

  t.case("the end of a failed run's log is there to read, and on the run's page", async (kit) => {
    const folder = join(await kit.temporary(), "exp");
    for (const [trial, error] of [["a", "\u001b[31mRuntimeError\u001b[0m: out of memory\n"], ["b", ""], ["c", ""]]) {
      await mkdir(join(folder, trial), { recursive: true });
      await writeFile(join(folder, trial, "params.json"), JSON.stringify({ lr: trial.charCodeAt(0) }));
      await writeFile(join(folder, trial, "result.json"), `{"loss": 1, "done": ${error === ""}}\n`);
      if (error) {
        await writeFile(join(folder, trial, "error.txt"), `Traceback (most recent call last):\n${error}`);
      }
    }
    const page = await kit.open("#/failures");
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    await kit.drop(page, [folder]);
    await kit.waitReady(page);
    const log = page.locator(`${VIEW} .log-tail`);
    assert.equal(await log.count(), 1);
    assert.equal(await log.locator("summary").textContent(), "error.txt, all 2 lines of the file");
    await log.locator("summary").click();
    assert.equal(await log.locator("pre").textContent(), "Traceback (most recent call last):\nRuntimeError: out of memory");
    await kit.axe(page);
    await kit.screens(page, "failures-log");
    await page.click(`${VIEW} section[aria-label="How they ended"] th button`);
    await page.waitForFunction(() => location.hash.includes("r="));
    await page.evaluate(() => (location.hash = location.hash.replace("#/failures", "#/run")));
    const own = page.locator(".run-page section[aria-label='Log tail']");
    await own.waitFor();
    assert.match(await own.textContent(), /RuntimeError: out of memory/);
    assert.equal(await own.locator("details").evaluate((details) => details.open), true);
    await kit.axe(page);
  });
}
