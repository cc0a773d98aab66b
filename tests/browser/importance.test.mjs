// The importance view: its methods, effects, interactions, what can be chosen, and what is said where
// there is no answer.

import assert from "node:assert/strict";

const VIEW = "[data-view=importance]";
const SAMPLE = "samples/optuna-digits.csv";

/// The view on the sample, its answer whole.
async function explained(kit, hash = "") {
  const page = await kit.open(`#/importance?o=metric.val_accuracy,max,last${hash}`);
  await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
  await page.setInputFiles("input[type=file]", SAMPLE);
  await kit.waitReady(page);
  await page.waitForSelector(`${VIEW} .methods`);
  await kit.calm(page);
  return page;
}

const rows = (page) => page.$$eval(".bars tbody tr", (all) => all.map((row) => row.textContent.trim()));
const choose = async (kit, page, label, value) => {
  await page.selectOption(`${VIEW} [aria-label="${label}"]`, value);
  await kit.calm(page);
};

export default function (t) {
  t.case("every method answers with whiskers, and says what is like noise", async (kit) => {
    const page = await explained(kit);
    const seen = new Set();
    for (const name of ["Functional ANOVA", "PED-ANOVA", "Permutation", "SHAP", "Impurity", "Pearson's correlation", "Spearman's correlation", "Kendall's correlation"]) {
      await page.click(`.method:has-text("${name}")`);
      const all = await rows(page);
      assert.equal(all.length, 9, name);
      assert.ok(all.some((row) => row.includes("like noise")), `${name}: ${all}`);
      assert.match(all[0], / to /, `${name}: ${all[0]}`);
      seen.add(all.join());
      assert.match(await page.textContent(".how-to-read summary"), /What .* is/);
    }
    assert.equal(seen.size, 8);
    assert.match(page.url(), /i=kendall/);
    const agreement = await page.textContent(".agreement ul");
    assert.match(agreement, /methods put \w+ first/);
    assert.equal((await page.$$(".ranks tbody tr")).length, 9);
    // Keys move among the methods as among any radio buttons.
    await page.focus(".method.on input");
    await page.keyboard.press("ArrowUp");
    await page.waitForFunction(() => document.querySelector(".method.on").textContent.includes("Spearman"));
    await kit.axe(page);
  });

  t.case("a bar opens its effect and a cell that of two; the address keeps them", async (kit) => {
    const page = await explained(kit);
    await page.click(".bars tbody tr:first-child .link-button");
    await page.waitForSelector(".effect svg path.band");
    const words = await page.textContent(".effect-words");
    assert.match(words, /within noise of the best|beyond noise|can be told from the best/);
    assert.ok((await page.$$(".effect svg circle.run")).length > 50);
    assert.ok((await page.$$(".effect table tbody tr")).length > 10);
    await kit.axe(page);
    const url = page.url();
    assert.match(url, /e=param\./);
    await page.click(".matrix tbody tr:first-child td:nth-child(3) button");
    await page.waitForSelector(".effect svg rect.cell");
    assert.match(await page.textContent(".effect h3"), /together/);
    await kit.axe(page);
    await page.goBack();
    await page.waitForSelector(".effect svg path.band");
    assert.equal(page.url(), url);
    await page.click(".effect >> text=Sort the table by it");
    await page.waitForSelector("[data-view=table] [aria-sort=ascending]");
    await page.goto("about:blank");
    const again = await explained(kit, "&e=param.lr");
    await again.waitForSelector(".effect svg path.line");
    await again.click(".effect >> text=Close");
    await again.waitForFunction(() => !document.querySelector(".effect"));
  });

  t.case("the changes from the baseline to the best run come in their order", async (kit) => {
    const page = await explained(kit);
    assert.match(await page.textContent(VIEW), /Mark a run in the table as the baseline/);
    await page.goto("about:blank");
    const with_baseline = await explained(kit, "&b=4");
    await with_baseline.waitForSelector(".ablation tbody tr");
    const changes = await with_baseline.$$eval(".ablation tbody tr", (all) => all.map((row) => row.textContent));
    assert.ok(changes.length >= 3 && changes.every((row) => row.includes("→")), `${changes}`);
    assert.match(await with_baseline.textContent(".ablation h3"), /From \S+ to 237/);
    await kit.axe(with_baseline);
  });

  t.case("what is explained can be chosen", async (kit) => {
    const page = await explained(kit);
    const title = () => page.textContent(`${VIEW} h2`);
    const whole = await rows(page);
    await choose(kit, page, "Region", "25");
    assert.match(await title(), /differences among the best 25 %/);
    assert.notDeepEqual(await rows(page), whole);
    await choose(kit, page, "Region", "shown");
    await choose(kit, page, "Objective's scale", "rank");
    assert.match(await title(), /its rank/);
    await choose(kit, page, "Objective's scale", "plain");
    assert.deepEqual(await rows(page), whole);
    // 49 runs were pruned and 19 failed: they are left out, count as the worst, or are what is explained.
    const used = () => page.$eval(".importance-facts b", (used) => Number(used.textContent));
    assert.equal(await used(), 172);
    await choose(kit, page, "Runs without a result", "worst");
    assert.equal(await used(), 240);
    await choose(kit, page, "Runs without a result", "outcome");
    assert.match(await page.textContent(VIEW), /whether a run failed or diverged/);
    assert.match(page.url(), /i=outcome/);
  });

  t.case("too few runs get a reason, and what can be said without a forest", async (kit) => {
    const page = await explained(kit, "&f=best%208%20by%20val_accuracy");
    const said = await page.textContent(VIEW);
    assert.match(said, /No importance for these runs/);
    assert.match(said, /are too few|cannot be predicted/);
    assert.equal(await page.$('.method:has-text("SHAP")'), null);
    await page.click('.method:has-text("Spearman")');
    assert.ok((await rows(page)).length > 3);
    await page.click('.method:has-text("PED-ANOVA")');
    assert.match(await page.textContent(VIEW), /No ranking: fewer than 5 runs/);
  });
}
