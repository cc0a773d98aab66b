// The importance view: its methods, effects, interactions, what can be chosen, and what is said where
// there is no answer.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

const VIEW = "[data-view=importance]";
const SAMPLE = "samples/optuna-digits.csv";

/// The view on the sample, its answer whole.
async function explained(kit, hash = "", files = SAMPLE, objective = "val_accuracy,max") {
  const page = await kit.open(`#/importance?o=metric.${objective},last${hash}`);
  await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
  await page.setInputFiles("input[type=file]", files);
  await kit.waitReady(page);
  await page.waitForSelector(`${VIEW} .methods`);
  await kit.calm(page);
  return page;
}

const rows = (page) => page.$$eval(".bars:not(.compared) tbody tr", (all) => all.map((row) => row.textContent.trim()));
const choose = async (kit, page, label, value) => {
  await page.selectOption(`${VIEW} [aria-label="${label}"]`, value);
  await kit.calm(page);
};

/** Numbers from 0 to 1 that look drawn, the same each time. */
function drawn() {
  let state = 1;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

/** A file of these lines, to be dropped. */
async function file_of(kit, name, lines) {
  const file = join(await kit.temporary(), name);
  await writeFile(file, lines.join("\n"));
  return file;
}

/** Runs of which a quarter has momentum, which is all that counts there; p0 to p9 do nothing. */
function conditional() {
  const unit = drawn();
  const lines = [`run_id,status,param.optimizer,param.momentum,${Array.from({ length: 10 }, (_, at) => `param.p${at}`).join()},metric.loss`];
  for (let run = 0; run < 320; run += 1) {
    const momentum = unit();
    const values = Array.from({ length: 10 }, () => unit().toFixed(6));
    const loss = run % 4 ? run % 4 : 4 + 0.4 * Math.abs(momentum - 0.7);
    const optimizer = ["sgd", "adam", "lion", "adagrad"][run % 4];
    lines.push(`r${run},${run % 9 ? "finished" : "failed"},${optimizer},${run % 4 ? "" : momentum.toFixed(6)},${values.join()},${loss.toFixed(6)}`);
  }
  return lines;
}

/** A journal of Optuna whose lr was searched from 1e-5 to 1, and was drawn within a part of that. */
function journal() {
  const unit = drawn();
  const lines = [{ op_code: 0, worker_id: "w", study_name: "s", directions: [1] }];
  const distribution = (name, attributes) => JSON.stringify({ name, attributes });
  const lr = distribution("FloatDistribution", { step: null, low: 1e-5, high: 1, log: true });
  const depth = distribution("IntDistribution", { step: 1, low: 1, high: 12, log: false });
  for (let trial = 0; trial < 120; trial += 1) {
    const [rate, layers] = [10 ** (-4 + 2 * unit()), 2 + Math.floor(6 * unit())];
    const set = { op_code: 5, worker_id: "w", trial_id: trial };
    lines.push({ op_code: 4, worker_id: "w", study_id: 0, datetime_start: "2026-01-02T03:04:05" });
    lines.push({ ...set, param_name: "lr", param_value_internal: rate, distribution: lr });
    lines.push({ ...set, param_name: "depth", param_value_internal: layers, distribution: depth });
    const value = (Math.log10(rate) + 3) ** 2 + 0.2 * layers + 0.1 * unit();
    lines.push({ op_code: 6, worker_id: "w", trial_id: trial, state: 1, values: [value] });
  }
  return lines.map((line) => JSON.stringify(line));
}

export default function (t) {
  t.case("what was searched is what the export declares, in bars, effect and proposals", async (kit) => {
    const file = await file_of(kit, "study.log", journal());
    const page = await explained(kit, "&e=param.lr", file, "value,min");
    const lr = (await rows(page)).find((row) => row.startsWith("lr"));
    // No run came near the ends of what was declared, 1e-5 and 1: nothing is said of them.
    assert.match(lr, /log scale, 1e-4 to 0\.0099\d+, scale declared by the export/);
    assert.match((await rows(page)).find((row) => row.startsWith("depth")), /whole numbers, 2 to 7, scale declared by the export/);
    await page.waitForSelector(".effect svg path.line");
    const marks = await page.$$eval(".effect svg text", (all) => all.map((text) => text.textContent));
    assert.ok(marks.includes("1e-4") && !marks.includes("1e-5"), `${marks}`);
    // A filter cuts off what is not shown, and the scale stays.
    await page.goto("about:blank");
    const narrow = await explained(kit, "&f=lr%3C0.001", file, "value,min");
    assert.match((await rows(narrow)).find((row) => row.startsWith("lr")), /log scale, 1e-4 to 9\.\d+e-4, scale declared by the export/);
    await choose(kit, narrow, "Region", "whole");
    assert.match((await rows(narrow)).find((row) => row.startsWith("lr")), /log scale, 1e-4 to 0\.0099\d+, scale declared by the export/);
  });

  t.case("a conditional param's effect is within its runs, and every method says of how many it speaks", async (kit) => {
    const file = await file_of(kit, "conditional.csv", conditional());
    const page = await explained(kit, "&e=param.momentum", file, "loss,min");
    await page.waitForSelector(".effect svg path.line");
    const words = await page.textContent(".effect-words");
    assert.match(words, /^Among the \d+ of \d+ runs in which momentum is set:/);
    assert.match(words, /momentum \S+ to \S+ is within noise of the best/);
    assert.match(words, /Among all runs: .*not set/);
    assert.ok((await page.$$(".noise-level")).length >= 10);
    assert.match(await page.textContent(VIEW), /Dotted line: what a param of noise gets at most/);
    for (const name of ["Permutation", "PED-ANOVA", "Spearman"]) {
      await page.click(`.method:has-text("${name}")`);
      const heads = await page.$$eval(".bars:not(.compared) thead th", (all) => all.map((head) => head.textContent));
      assert.equal(heads.at(-1), "Runs", name);
      const all = await rows(page);
      assert.match(all.find((row) => row.startsWith("momentum")), /\d+ of \d+$/);
      assert.match(all.find((row) => row.startsWith("optimizer")), /all$/);
      assert.ok((await page.$$(".noise-level")).length >= 10, name);
    }
    await kit.axe(page);
    await kit.screens(page, "importance-within");
  });

  t.case("the names of forty categories are read on a phone, in the dark too", { context: { viewport: { width: 390, height: 844 }, colorScheme: "dark" } }, async (kit) => {
    const unit = drawn();
    const lines = ["run_id,param.arch,param.lr,metric.acc"];
    for (let run = 0; run < 240; run += 1) {
      const arch = run % 40;
      lines.push(`r${run},resnet-wide-variant-with-a-long-name-${arch},${unit()},${arch / 40 + unit() / 10}`);
    }
    const page = await explained(kit, "&e=param.arch", await file_of(kit, "archs.csv", lines), "acc,max");
    const names = page.locator(`${VIEW} .effect .picture .name`);
    await names.first().waitFor();
    const seen = () =>
      names.evaluateAll((all) => {
        const light = (colour) => Math.max(...colour.match(/\d+/g).slice(0, 3).map(Number));
        const edge = all[0].ownerSVGElement.getBoundingClientRect().left;
        const heights = all.map((name) => name.getBoundingClientRect().height);
        return {
          count: all.length,
          least: Math.min(...heights),
          cut: all.filter((name) => name.getBoundingClientRect().left < edge - 1.5).length,
          isRead: light(getComputedStyle(all[0]).fill) > 180,
        };
      });
    const phone = await seen();
    // Letters of 12 px are 13 px high with what is below them.
    assert.ok(phone.count === 40 && phone.least >= 12 && phone.cut === 0 && phone.isRead, JSON.stringify(phone));
    await kit.screens(page, "importance-categories-phone");
    await page.setViewportSize({ width: 1000, height: 800 });
    await page.waitForFunction(() => document.querySelector(".effect .picture svg").viewBox.baseVal.width === 640);
  });

  t.case("long words about a param go on below, on the screen and on paper", { context: { viewport: { width: 1440, height: 900 } } }, async (kit) => {
    const page = await explained(kit, "", await file_of(kit, "conditional.csv", conditional()), "loss,min");
    const cells = () =>
      page.$$eval(".bars:not(.compared) tbody td:not(.bar-cell)", (all) =>
        all.map((cell) => ({
          text: cell.textContent,
          isCut: cell.scrollWidth > cell.clientWidth + 1,
          isBeyond: cell.getBoundingClientRect().right > innerWidth,
        })),
      );
    const isWrong = ({ isCut, isBeyond }) => isCut || isBeyond;
    const seen = await cells();
    assert.ok(seen.some(({ text }) => text.length > 24), JSON.stringify(seen));
    assert.deepEqual(seen.filter(isWrong), []);
    await page.emulateMedia({ media: "print" });
    // What is to be chosen before anything is told leaves no heading alone.
    assert.equal(await page.locator(`${VIEW} .ablation`).isVisible(), false);
    await page.setViewportSize({ width: 1047, height: 718 });
    assert.deepEqual((await cells()).filter(isWrong), []);
  });

  t.case("what an address asks for and is not there is told", async (kit) => {
    const file = await file_of(kit, "conditional.csv", conditional());
    const open = async (hash) => {
      const page = await kit.open(`#/importance${hash}`);
      await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
      await page.setInputFiles("input[type=file]", file);
      await kit.waitReady(page);
      await kit.calm(page);
      return page;
    };
    const nowhere = await open("?o=metric.nothing,min,last");
    await nowhere.waitForSelector(`${VIEW} .choices`);
    assert.match(await nowhere.textContent(VIEW), /The address names metric\.nothing, and no column of these runs is that/);
    await nowhere.click(".choices .choice >> nth=0");
    await nowhere.waitForSelector(`${VIEW} .methods`);
    await nowhere.goto("about:blank");
    const weighed = await open("?o=metric.loss,min,last&m=metric.nope:min:1");
    await weighed.waitForSelector(".warnings");
    assert.match(await weighed.textContent(".warnings"), /nope is to be explained too, but no column of these runs is metric\.nope/);
    assert.doesNotMatch(await weighed.textContent(`${VIEW} h2`), /×/);
    await weighed.goto("about:blank");
    const gone = await open("?o=metric.loss,min,last&e=param.nowhere");
    await gone.waitForSelector(".effect [role=status]");
    assert.match(await gone.textContent(".effect [role=status]"), /opens the effect of param\.nowhere/);
    await kit.axe(gone);
    await gone.click(".effect [role=status] button");
    await gone.waitForFunction(() => !document.querySelector(".effect"));
    await gone.goto("about:blank");
    const constant = await open("?o=metric.loss,min,last&f=optimizer%3Dsgd&e=param.optimizer");
    await constant.waitForSelector(".effect [role=status]");
    assert.match(await constant.textContent(".effect [role=status]"), /optimizer has no effect to show/);
    await constant.goto("about:blank");
    // Pairs are worked out among the eight strongest alone, of twelve.
    const apart = await open("?o=metric.loss,min,last&e=param.p0,param.p1");
    await apart.waitForSelector(".effect [role=status]:not(.walk-told), .effect svg rect.cell");
    const told = await apart.$(".effect [role=status]:not(.walk-told)");
    assert.ok(!told || /have no effect together to show/.test(await told.textContent()));
  });

  t.case("a pair of which some runs lack one param is drawn where both are set, and that is said", async (kit) => {
    const file = await file_of(kit, "conditional.csv", conditional());
    const page = await explained(kit, "&e=param.momentum,param.optimizer", file, "loss,min");
    await page.waitForSelector(".effect svg rect.cell");
    // Of 284 that ended well a quarter, those of sgd, have a momentum.
    assert.match(await page.textContent(".effect"), /Dots: 71 runs, without 213 lacking one of the two; where there are none/);
  });

  t.case("whether runs failed has no scale, no best part and no weights to choose", async (kit) => {
    const file = await file_of(kit, "conditional.csv", conditional());
    const page = await explained(kit, "&i=outcome.best25", file, "loss,min");
    assert.equal(await page.$(`${VIEW} [aria-label="Objective's scale"]`), null);
    assert.equal(await page.$(`${VIEW} [aria-label="Further metric"]`), null);
    assert.deepEqual(await page.$$eval(`${VIEW} [aria-label="Region"] option`, (all) => all.map((option) => option.value)), ["shown", "whole"]);
    assert.match(await page.textContent(".importance-options"), /Whether a run failed has no scale, no best part/);
    await choose(kit, page, "Runs without a result", "leftout");
    await page.waitForSelector(`${VIEW} [aria-label="Objective's scale"]`);
    assert.equal(await page.$eval(`${VIEW} [aria-label="Region"]`, (region) => region.value), "25");
  });

  t.case("every method answers with whiskers, and says what is like noise", async (kit) => {
    const page = await explained(kit);
    const seen = new Set();
    for (const name of ["Functional ANOVA", "PED-ANOVA", "Permutation", "SHAP", "Impurity", "Pearson's correlation", "Spearman's correlation", "Kendall's correlation"]) {
      await page.click(`.method:has-text("${name}")`);
      const all = await rows(page);
      assert.equal(all.length, 9, name);
      assert.ok(all.some((row) => row.includes("like noise")), `${name}: ${all}`);
      assert.match(all[0], / to /, `${name}: ${all[0]}`);
      // Marks of the axis stand apart, and cells of a row side by side.
      const lefts = await page.$$eval(".bars .axis-mark", (all) => all.map((mark) => mark.getBoundingClientRect().left));
      for (let at = 1; at < lefts.length; at += 1) assert.ok(lefts[at] > lefts[at - 1] + 10, `${name}: ${lefts}`);
      const tops = await page.$$eval(".bars tbody tr:first-child > *", (all) => all.map((cell) => cell.getBoundingClientRect().top));
      assert.ok(tops.every((top) => Math.abs(top - tops[0]) < 2), `${name}: ${tops}`);
      seen.add(all.join());
      assert.match(await page.textContent(".how-to-read summary"), /What .* is/);
    }
    assert.equal(seen.size, 8);
    assert.match(page.url(), /i=kendall/);
    const agreement = await page.textContent(".agreement ul");
    assert.match(agreement, /methods put \w+ first/);
    assert.equal((await page.$$(".agreement .heat tbody tr")).length, 9);
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
    await page.click("[aria-label=Interactions] .heat tbody tr:first-child td:nth-child(3) button");
    await page.waitForSelector(".effect svg rect.cell");
    assert.match(await page.textContent(".effect h3"), /together/);
    assert.match(await page.textContent(".effect"), /Hatched, \S+ % of it: when runs are drawn again.*Crossed, \S+ %: by more than/);
    assert.match(await page.textContent(".effect"), /Dots: (an even \d+ of )?\d+ runs(, without \d+ lacking one of the two)?; where there are none/);
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

  t.case("keys go along an effect and over the cells of two, and say what is there", async (kit) => {
    const page = await explained(kit, "&e=param.lr");
    const stage = page.locator(".effect .walk");
    const told = page.locator(".effect .walk-told");
    await stage.focus();
    await page.keyboard.press("Home");
    await told.filter({ hasText: /: mean prediction [\d.]+/ }).waitFor();
    const first = await told.textContent();
    assert.match(await page.getAttribute(".effect .walk > svg path", "d"), /^M/);
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction((first) => document.querySelector(".effect .walk-told").textContent !== first, first);
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction((first) => document.querySelector(".effect .walk-told").textContent === first, first);
    // The last is that of the table's last row.
    await page.keyboard.press("End");
    const label = await page.locator(".effect table tbody tr").last().locator("th").textContent();
    await page.waitForFunction((label) => document.querySelector(".effect .walk-told").textContent.startsWith(`${label}: mean prediction`), label);
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.querySelector(".effect .walk-told").textContent === "");
    await kit.axe(page);
    await page.click("[aria-label=Interactions] .heat tbody tr:first-child td:nth-child(3) button");
    await page.waitForSelector(".effect svg rect.cell");
    await stage.focus();
    await page.keyboard.press("Home");
    await told.filter({ hasText: /mean prediction [\d.]+, which varies by / }).waitFor();
    const corner = await told.textContent();
    await page.keyboard.press("ArrowUp");
    await page.waitForFunction((corner) => document.querySelector(".effect .walk-told").textContent !== corner, corner);
    await page.keyboard.press("ArrowDown");
    await page.waitForFunction((corner) => document.querySelector(".effect .walk-told").textContent === corner, corner);
    // There is nothing below the lowest row.
    await page.keyboard.press("ArrowDown");
    assert.equal(await told.textContent(), corner);
    await kit.axe(page);
  });

  t.case("the marks of the bars' axis stand apart on a phone", { context: { viewport: { width: 390, height: 844 } } }, async (kit) => {
    const page = await explained(kit);
    for (const method of [null, "Permutation", "PED-ANOVA", "Spearman"]) {
      if (method) await page.click(`.method:has-text("${method}")`);
      await page.waitForSelector(".bars .axis-mark");
      const marks = await page.$$eval(".bars:not(.compared) .axis-mark", (all) =>
        all
          .filter((mark) => mark.getClientRects().length > 0)
          .map((mark) => mark.getBoundingClientRect())
          .map(({ left, right }) => [left, right])
          .sort((a, b) => a[0] - b[0]),
      );
      assert.ok(marks.length >= 1, method);
      for (let at = 1; at < marks.length; at += 1) {
        assert.ok(marks[at][0] - marks[at - 1][1] >= 1.5, `${method}: ${JSON.stringify(marks)}`);
      }
    }
    await kit.screens(page, "importance-axis-390");
  });

  t.case("the changes from the baseline to the best run, and between sets of runs, come in their order", async (kit) => {
    const page = await explained(kit);
    assert.match(await page.textContent(".ablation"), /Mark a run in the table as the baseline/);
    await page.goto("about:blank");
    const with_baseline = await explained(kit, "&b=4");
    const changes = async () => {
      await with_baseline.waitForSelector(".ablation tbody tr");
      return with_baseline.$$eval(".ablation tbody tr", (all) => all.map((row) => row.textContent));
    };
    const of_runs = await changes();
    // Each has what it makes of the prediction, from where to where.
    assert.ok(of_runs.length >= 3 && of_runs.every((row) => /→.*[+−]\S+ to [+−]/.test(row)), `${of_runs}`);
    assert.match(await with_baseline.textContent(".ablation h4"), /From \S+ to 237/);
    await choose(kit, with_baseline, "From", "worse");
    await choose(kit, with_baseline, "To", "tenth");
    await with_baseline.waitForSelector(".ablation h4:has-text('the worse half (86 runs) to the best tenth (18 runs)')");
    assert.notDeepEqual(await changes(), of_runs);
    assert.match(with_baseline.url(), /from-worse\.to-tenth/);
    await kit.axe(with_baseline);
    await choose(kit, with_baseline, "To", "selected");
    await with_baseline.waitForSelector(".ablation [role=status]:has-text('no run takes part')");
  });

  t.case("several metrics stand side by side, and a weighted sum of them is explained", async (kit) => {
    const page = await explained(kit, "", "samples/random-search-seeds.csv", "val/accuracy,max");
    const before = await rows(page);
    await choose(kit, page, "Further metric", "metric.val/loss");
    await choose(kit, page, "Further metric", "metric.test/accuracy");
    await page.waitForSelector("[aria-label='Several metrics side by side'] .compared tbody tr");
    const heads = await page.$$eval(".compared thead th", (all) => all.map((head) => head.textContent));
    assert.equal(heads.length, 4);
    assert.ok(heads[1].includes("val/accuracy") && heads.slice(1).every((head) => /R² \S+, \d+ runs|no shares: /.test(head)), `${heads}`);
    const cells = await page.$$eval(".compared tbody tr", (all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
    assert.equal(cells.length, before.length);
    // Two metrics, two answers; each with its whisker.
    assert.notDeepEqual(cells.map((row) => row[1]), cells.map((row) => row[2]));
    assert.match(cells[0][1], /% \(\S+ % to \S+ %\)/);
    assert.ok((await page.$$(".compared .whisker")).length > 9);
    // What the objective's own bars say is what its column says.
    assert.deepEqual(await rows(page), before);
    assert.match(page.url(), /m=metric\.val\/loss:min:0,metric\.test\/accuracy:max:0/);
    await kit.axe(page);
    await kit.screens(page, "importance-metrics");
    await page.fill("[aria-label='Weight of val/loss']", "2");
    await page.keyboard.press("Enter");
    await kit.calm(page);
    assert.match(await page.textContent(`${VIEW} h2`), /1 × val\/accuracy − 2 × val\/loss/);
    assert.notDeepEqual(await rows(page), before);
    // The box stays the one that is typed into, whatever was asked meanwhile: the keys count on from where they were.
    const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
    assert.equal(await focused(), "Weight of val/loss");
    for (const weight of ["3", "4", "5"]) {
      await page.keyboard.press("ArrowUp");
      await kit.calm(page);
      assert.equal(await focused(), "Weight of val/loss");
      assert.equal(await page.inputValue("[aria-label='Weight of val/loss']"), weight);
    }
    assert.match(await page.textContent(`${VIEW} h2`), /1 × val\/accuracy − 5 × val\/loss/);
    // What is undone is told by the box too.
    await page.goBack();
    await page.waitForFunction(() => document.querySelector("[aria-label='Weight of val/loss']").value === "4");
    await kit.calm(page);
    await page.click("text=Remove >> nth=0");
    await page.click("text=Remove >> nth=0");
    await kit.calm(page);
    assert.deepEqual(await rows(page), before);
    assert.equal(await page.$(".compared"), null);
  });

  t.case("runs that differ in budget are explained at each, and how far budgets agree is told", async (kit) => {
    const folder = "tests/fixtures/smac/iris-svm-mf/8";
    const page = await explained(kit, "", [`${folder}/runhistory.json`, `${folder}/scenario.json`], "cost,min");
    const budgets = await page.waitForSelector("[aria-label='At each budget']");
    const said = await budgets.textContent();
    assert.match(said, /Runs differ in their budget: tag budget says it/);
    const heads = await page.$$eval(".compared thead th b", (all) => all.map((head) => head.textContent));
    assert.deepEqual(heads, ["budget = 1", "budget = 3", "budget = 9"]);
    const correlations = await page.$$eval("[aria-label='At each budget'] .heat td", (all) => all.map((cell) => cell.textContent));
    assert.equal(correlations.length, 9);
    assert.ok(correlations[0] === "1.00" && correlations[1] === correlations[3], `${correlations}`);
    await kit.axe(page);
    await kit.screens(page, "importance-budgets");
  });

  t.case("SHAP shows each run at how far each param moved it, by shape and in words", async (kit) => {
    const page = await explained(kit, "&i=shap");
    await page.waitForSelector(".swarm svg path.dot");
    assert.ok((await page.$$(".swarm svg .dot")).length > 1000);
    // Categories and runs without the param have no low and high.
    assert.ok((await page.$$(".swarm svg .dot.other")).length > 100);
    assert.match(await page.textContent(".swarm .effect-words"), /moves predictions most: .* by [+−]\S+ on average/);
    await page.click(".swarm summary");
    assert.ok((await page.$$(".swarm tbody tr")).length > 15);
    await kit.axe(page);
    await kit.screens(page, "importance-swarm");
    await page.click('.method:has-text("Functional ANOVA")');
    await page.waitForFunction(() => !document.querySelector(".swarm"));
  });

  t.case("a conditional param has its share within its runs, the fit its rank correlation, a method its formula", async (kit) => {
    const page = await explained(kit);
    const momentum = (await rows(page)).find((row) => row.startsWith("momentum"));
    assert.match(momentum, /\d+ of 172, \S+ % within them \(\S+ % to \S+ %\)|\d+ of 172; within them no share: /);
    assert.match(await page.textContent(".fit"), /out-of-bag R² \S+, rank correlation 0\.\d\d: /);
    for (const [name, formula] of [["Functional ANOVA", "V_j / V"], ["SHAP", "φ_j = Σ"], ["Kendall", "τ_b ="], ["PED-ANOVA", "p_all"]]) {
      await page.click(`.method:has-text("${name}")`);
      const about = await page.textContent(".how-to-read");
      assert.ok(about.includes(formula) && /\d{4}/.test(about), name);
    }
    // PED-ANOVA is in front: what it compares can be chosen.
    const usual = await rows(page);
    await choose(kit, page, "Best runs", "30");
    assert.notDeepEqual(await rows(page), usual);
    await choose(kit, page, "Best runs", "10");
    await choose(kit, page, "Compared with", "50");
    assert.notDeepEqual(await rows(page), usual);
    await choose(kit, page, "Compared with", "100");
    await choose(kit, page, "Law", "even");
    assert.match(page.url(), /pedanova\.even/);
    assert.notDeepEqual(await rows(page), usual);
    await choose(kit, page, "Law", "runs");
    assert.deepEqual(await rows(page), usual);
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
