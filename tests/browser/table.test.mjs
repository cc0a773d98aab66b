// The table as a researcher works in it: what is read of curves, groups and rules, named filters, chips, the menus of
// columns by keys; each change of the view is undone and done again.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { FILTER, load as loadFiles, type } from "./people.mjs";

const GRID = "[data-view=table] .grid";

const load = async (kit, file, path) => {
  const page = await loadFiles(kit, file, path);
  if (await page.isVisible("[data-testid=receipt]")) await page.click("[data-testid=receipt-button]");
  return page;
};

const shownIs = (page, count) => page.waitForFunction((count) => Number(document.documentElement.dataset.shown) === count, count);
const addressHas = (page, text) => page.waitForFunction((text) => decodeURIComponent(location.hash).includes(text), text);
const linesAre = (page, count) =>
  page.waitForFunction(
    (count) => Number(document.querySelector("[data-view=table] [aria-rowcount]").getAttribute("aria-rowcount")) === count + 1,
    count,
  );

const headers = (page) => page.$$eval("[role=columnheader][data-key]", (all) => all.map((header) => header.dataset.key));
const headerIs = (page, key) => page.waitForSelector(`[role=columnheader][data-key="${key}"]`);

/** The numbers in view of a column. */
const numbers = (page, key) =>
  page.evaluate((key) => {
    const at = document.querySelector(`[role=columnheader][data-key="${key}"]`).getAttribute("aria-colindex");
    const cells = document.querySelectorAll(`.grid-rows [role=gridcell][aria-colindex="${at}"]`);
    return [...cells].map((cell) => cell.textContent).filter((text) => text !== "" && text !== "–").map(Number);
  }, key);

/** Three optimizers by two rates by four seeds. */
const sweep = async (kit) => {
  const lines = ["name,lr,optimizer,seed,val_loss"];
  for (const [at, optimizer] of ["adam", "sgd", "lion"].entries()) {
    for (const lr of [0.1, 0.01]) {
      for (let seed = 0; seed < 4; seed += 1) lines.push(`${optimizer}-${lr}-${seed},${lr},${optimizer},${seed},${1 + at + 0.02 * seed}`);
    }
  }
  const file = join(await kit.temporary(), "sweep.csv");
  await writeFile(file, lines.join("\n"));
  return file;
};

export default function (t) {
  t.case("a filter that is applied at once opens no completions, and one that is typed does", async (kit) => {
    const page = await load(kit, await sweep(kit));
    const put = (text, isApplied) =>
      page.evaluate(
        async ([selector, text, isApplied]) => {
          const box = document.querySelector(selector);
          box.focus();
          box.value = text;
          box.dispatchEvent(new InputEvent("input", { bubbles: true }));
          if (!isApplied) return;
          // As soon as a quick hand is there, or a text that was pasted: an answer would have come.
          await new Promise((done) => setTimeout(done, 30));
          box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
        },
        [FILTER, text, isApplied],
      );
    await page.evaluate(() => {
      const list = document.getElementById("completions");
      const see = () => {
        if (!list.hidden) globalThis.wasOpened = true;
      };
      new MutationObserver(see).observe(list, { attributes: true, childList: true });
    });
    await put("optimizer = adam", true);
    await shownIs(page, 8);
    await page.waitForTimeout(300);
    assert.equal(await page.evaluate(() => globalThis.wasOpened), undefined);
    await put("opti", false);
    await page.locator("#completions [role=option]", { hasText: "optimizer" }).waitFor();
    await page.press(FILTER, "Escape");
    await page.locator("#completions").waitFor({ state: "hidden" });
    await put("optimizer = sgd", true);
    await shownIs(page, 8);
    assert.equal(await page.locator("#completions").isVisible(), false);
  });

  t.case("keys that come before the completions do are for them all the same", async (kit) => {
    const page = await load(kit, await sweep(kit));
    const press = (keys) =>
      page.evaluate(
        ([selector, keys]) => {
          const box = document.querySelector(selector);
          box.focus();
          box.value = "opti";
          box.dispatchEvent(new InputEvent("input", { bubbles: true }));
          for (const key of keys) box.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        },
        [FILTER, keys],
      );
    await press(["ArrowDown"]);
    await page.locator("#completions [role=option][aria-selected=true]", { hasText: "optimizer" }).waitFor();
    await page.press(FILTER, "Enter");
    await page.waitForFunction((of) => document.querySelector(of).value.startsWith("optimizer"), FILTER);
    // Who has taken one may take the next at once.
    await page.locator("#completions [role=option]").first().waitFor();
    await page.fill(FILTER, "");
    await page.locator("#completions").waitFor({ state: "hidden" });
    await press(["Escape"]);
    await page.waitForTimeout(200);
    assert.equal(await page.evaluate((of) => document.activeElement === document.querySelector(of), FILTER), true);
    assert.equal(await page.locator("#completions").isVisible(), false);
    await page.press(FILTER, "Escape");
    assert.equal(await page.evaluate((of) => document.activeElement === document.querySelector(of), FILTER), false);
  });

  t.case("a filter that shows the same runs asks for no histograms", async (kit) => {
    const page = await load(kit, await sweep(kit));
    if (!(await page.isVisible("#facets"))) await page.click("button[aria-controls=facets]");
    const columns = () => page.evaluate(() => performance.getEntriesByName("app:facets").map((entry) => entry.detail.columns));
    await kit.calm(page);
    const put = async (text, shown) => {
      const before = (await columns()).length;
      await page.fill(FILTER, text);
      await page.press(FILTER, "Enter");
      await shownIs(page, shown);
      await page.waitForFunction((known) => performance.getEntriesByName("app:facets").length > known, before);
      await kit.calm(page);
      return (await columns()).slice(before).reduce((sum, count) => sum + count, 0);
    };
    assert.ok((await put("lr = 0.1", 12)) > 0);
    assert.equal(await put("lr = 0.1 and has:lr", 12), 0);
    assert.ok((await put("", 24)) > 0);
  });

  t.case("a filter changes the counts at the left, and not the buttons", async (kit) => {
    const page = await load(kit, await sweep(kit));
    if (!(await page.isVisible("#facets"))) await page.click("button[aria-controls=facets]");
    const adam = page.locator("#facets [data-column=optimizer] .facet-value", { hasText: "adam" });
    await adam.waitFor();
    assert.equal(await adam.locator(".value-count").textContent(), "8");
    await adam.evaluate((button) => void (button.isKnown = true));
    for (const [filter, shown, count, title] of [
      ["lr = 0.1", 12, "4/8", "adam: 4 of 8 runs"],
      ["lr = 0.1 and seed < 3", 9, "3/8", "adam: 3 of 8 runs"],
      ["", 24, "8", "adam: 8 of 8 runs"],
    ]) {
      await page.fill(FILTER, filter);
      await page.press(FILTER, "Enter");
      await shownIs(page, shown);
      await kit.calm(page);
      assert.equal(await adam.locator(".value-count").textContent(), count);
      assert.equal(await adam.getAttribute("title"), title);
      assert.equal(await adam.evaluate((button) => button.isKnown), true);
    }
    await adam.click();
    await shownIs(page, 8);
    await kit.calm(page);
    assert.equal(await adam.getAttribute("aria-pressed"), "true");
  });

  t.case("another order or filter is read from its top", async (kit) => {
    const page = await kit.open("#/table?o=metric.val_accuracy,max,last");
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    await page.setInputFiles("input[type=file]", "samples/optuna-digits.csv");
    await kit.waitReady(page);
    const grid = page.locator("[data-view=table] .grid");
    const fromTop = async (act) => {
      await grid.evaluate((grid) => grid.scrollTo(0, 2000));
      await kit.calm(page);
      assert.equal(await grid.evaluate((grid) => grid.scrollTop), 2000);
      await act();
      await page.waitForFunction(() => document.querySelector("[data-view=table] .grid").scrollTop === 0);
      await kit.calm(page);
    };
    await fromTop(() => page.locator("[data-view=table] [role=columnheader]", { hasText: "val_accuracy" }).first().click());
    await fromTop(async () => {
      await page.fill("[data-testid=filter]", "val_accuracy > 0.2");
      await page.press("[data-testid=filter]", "Enter");
    });
  });

  t.case("one choice of what is read of curves drives table, rank, order and address", async (kit) => {
    const page = await load(kit, "samples/learning-curves.csv", "#/table?o=metric.val_loss,min,last&s=rank");
    const leads = async (key) => {
      await headerIs(page, key);
      await kit.calm(page);
      assert.equal((await headers(page))[0], key, String(await headers(page)));
      assert.ok(await page.$(`[role=columnheader][data-key="${key}"].objective`), "it is marked as the objective");
      const values = await numbers(page, key);
      assert.ok(values.length > 5);
      assert.deepEqual(values, [...values].sort((a, b) => a - b), "ranked by what is shown");
      return values;
    };
    const last = await leads("metric.val_loss");
    await page.getByTestId("statistic").selectOption("best");
    const least = await leads("metric.min val_loss");
    assert.ok(least[0] <= last[0]);
    // The last value stands beside it.
    assert.equal((await headers(page))[1], "metric.val_loss");
    await addressHas(page, "o=metric.val_loss,min,best");
    assert.ok((await page.textContent("[data-testid=best]")).includes(String(least[0])));
    // It is no other goal to choose.
    assert.equal(await page.$$eval("#objective-column option", (all) => all.filter((one) => one.value.includes("min val_loss")).length), 0);
    await page.getByTestId("statistic").selectOption("last5");
    await leads("metric.last5 val_loss");
    await page.getByLabel("How many last points").fill("3");
    await page.getByLabel("How many last points").press("Enter");
    await leads("metric.last3 val_loss");
    await page.getByTestId("statistic").selectOption("last");
    await page.getByTestId("until").fill("4");
    await page.getByTestId("until").press("Enter");
    await leads("metric.val_loss@4");
    await addressHas(page, "last@4");
    await page.getByTestId("until").fill("common");
    await page.getByTestId("until").press("Enter");
    await leads("metric.val_loss@common");
    await kit.axe(page);
    await kit.screens(page, "objective-reading");
    await page.getByTestId("until").fill("whenever");
    await page.getByTestId("until").press("Enter");
    await page.getByText("“whenever” is no place in a curve").waitFor();
    // A brush on it speaks of it.
    await type(page, "`val_loss@common` < 1.5");
    await kit.calm(page);
    assert.equal(await page.locator(".filter-problem").count(), 0);
    await type(page, "");
    await page.locator(GRID).focus();
    for (let step = 0; step < 2; step += 1) await page.keyboard.press("Control+z");
    await leads("metric.val_loss@common");
    await page.keyboard.press("Control+z");
    await leads("metric.val_loss@4");
    // The menu of a metric adds several statistics as columns.
    for (const [label, key] of [["median", "metric.median val_loss"], ["area", "metric.area val_loss"], ["at equal budget", "metric.val_loss@common"]]) {
      await page.locator("[aria-label='Menu of column val_loss']").dispatchEvent("click");
      await page.getByRole("menuitemcheckbox", { name: label, exact: true }).click();
      await headerIs(page, key);
    }
    await page.setViewportSize({ width: 390, height: 800 });
    await kit.calm(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(wide, false, "nothing sticks out at 390 px");
    await kit.screens(page, "objective-reading-390");
  });

  t.case("the table as it is seen is saved for a paper: groups, what it is of, and no commands of others", async (kit) => {
    const page = await load(kit, await sweep(kit), "#/table?g=replicates");
    await linesAre(page, 6);
    const save = async (entry) => {
      await page.click(".export-menu summary");
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: entry }).click()]);
      return [download.suggestedFilename(), await readFile(await download.path(), "utf8")];
    };
    const [tex, latex] = await save("The table, LaTeX");
    assert.equal(tex, "table.tex");
    assert.match(latex, /^% 6 groups \(\d+ of \d+ runs\), metrics as mean ± 95 % interval/);
    assert.equal(latex.split("\\\\\n").length - 1, 7, latex);
    assert.match(latex, /\$\\pm\$/);
    const [md, markdown] = await save("The table, Markdown");
    assert.equal(md, "table.md");
    assert.equal(markdown.split("\n").filter((line) => line.startsWith("|")).length, 8, markdown);
    const [tsv, tabs] = await save("The table, TSV");
    assert.equal(tsv, "table.tsv");
    assert.match(tabs, /^# runsift\.groups\/1\t6 groups/);
    assert.equal(tabs.trim().split("\n").length, 8, tabs);
  });

  t.case("runs and best params are saved in every form, and where the browser asks where to", async (kit) => {
    const page = await load(kit, await sweep(kit), "#/table");
    const runs = (await kit.counts(page)).runs;
    const choose = async (entry) => {
      await page.click(".export-menu summary");
      await page.getByRole("button", { name: entry, exact: true }).click();
    };
    const save = async (entry) => {
      const [download] = await Promise.all([page.waitForEvent("download"), choose(entry)]);
      return [download.suggestedFilename(), await readFile(await download.path())];
    };
    const [parquet, bytes] = await save("All runs, Parquet");
    assert.equal(parquet, "runs.parquet");
    assert.equal(bytes.subarray(0, 4).toString() + bytes.subarray(-4).toString(), "PAR1PAR1");
    const [json, document] = await save("Shown runs, JSON");
    assert.equal(json, "runs.json");
    const { runs: listed, comment } = JSON.parse(document.toString());
    assert.equal(listed.length, runs);
    assert.match(comment[0], new RegExp(`^${runs} of ${runs} runs`));
    for (const [entry, name, pattern] of [
      ["Best run’s params, YAML", "best.yaml", /^# the params of .*, the best of \d+ of \d+ runs/],
      ["Best run’s params, JSON", "best.json", /^\{\n {2}"runsift\.comment": \["the params of /],
      ["Best run’s params, flags", "best.sh", /\n--/],
    ]) {
      const [found, text] = await save(entry);
      assert.equal(found, name);
      assert.match(text.toString(), pattern);
    }
    // What was exported is read by the page.
    const file = join(await kit.temporary(), "again.parquet");
    await writeFile(file, bytes);
    const again = await kit.context.newPage();
    await again.goto(kit.base);
    await again.waitForFunction(() => document.documentElement.dataset.state === "empty");
    await again.setInputFiles("input[type=file]", file);
    await again.waitForFunction((runs) => Number(document.documentElement.dataset.runs) === runs, runs);
    // Where the browser asks where a file goes, it is written there, and nothing is downloaded.
    await page.evaluate(() => {
      const written = [];
      globalThis.written = written;
      globalThis.showSaveFilePicker = async ({ suggestedName }) => ({
        createWritable: async () => ({
          write: async (blob) => written.push(suggestedName, await blob.text()),
          close: async () => written.push("closed"),
        }),
      });
    });
    await choose("All runs, CSV");
    await page.waitForFunction(() => globalThis.written.length === 3);
    const [name, text, end] = await page.evaluate(() => globalThis.written);
    assert.deepEqual([name, end], ["runs.csv", "closed"]);
    assert.match(text, new RegExp(`^# runsift\\.table/1,${runs} of ${runs} runs.*\n.*params\\.lr`));
    // Who closes the dialog wants no file.
    await page.evaluate(() => {
      globalThis.asked = 0;
      globalThis.showSaveFilePicker = async () => {
        globalThis.asked += 1;
        throw new DOMException("closed", "AbortError");
      };
    });
    let downloads = 0;
    page.on("download", () => (downloads += 1));
    await choose("All runs, CSV");
    await page.waitForFunction(() => globalThis.asked === 1);
    await kit.calm(page);
    assert.equal(downloads, 0);
  });

  t.case("cells that say more than a number are not cut: intervals of groups, and what is better or worse", { context: { viewport: { width: 1440, height: 900 } } }, async (kit) => {
    // Runs that lean have their interval told whole.
    const losses = [0.1013, 0.1204, 0.1217, 0.1231, 0.5021];
    const lines = ["run_id,param.lr,param.alpha,param.seed,metric.loss,metric.val/accuracy"];
    for (let run = 0; run < 60; run += 1) {
      const group = Math.floor(run / 5);
      lines.push(`r${run},${0.001 * (group + 1)},${(group + 1) / 260.13},${run % 5},${losses[run % 5] + group / 7},${0.9731 - group / 31 + (run % 5) / 997}`);
    }
    const file = join(await kit.temporary(), "leaning.csv");
    await writeFile(file, lines.join("\n"));
    const page = await load(kit, file, "#/table?o=metric.loss,min,last&g=replicates");
    await linesAre(page, 12);
    const said = async () => {
      await kit.calm(page);
      return page.$$eval(".grid-rows .cell", (all) => {
        const isMore = (cell) => cell.matches(".differs, .run") || (/\S \S/.test(cell.textContent.trim()) && cell.classList.contains("right"));
        const more = all.filter(isMore);
        const cut = more.filter((cell) => cell.scrollWidth > cell.clientWidth);
        const text = (cell) => cell.textContent;
        return { more: more.map(text), cut: cut.map(text) };
      });
    };
    const groups = await said();
    assert.ok(groups.more.some((text) => / ± | in .* to /.test(text)), String(groups.more));
    assert.deepEqual(groups.cut, []);
    // Of a group's label what is too long is cut, not how many runs it has.
    const counts = await page.$$eval(".grid-rows .count", (all) =>
      all.map((count) => [count.textContent, count.getBoundingClientRect().right <= count.parentElement.getBoundingClientRect().right]),
    );
    assert.ok(counts.length > 0 && counts.every(([text, isInside]) => / 5 runs$/.test(text) && isInside), JSON.stringify(counts));
    await page.locator(GRID).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("b");
    await page.waitForSelector(".grid-rows .cell.worse, .grid-rows .cell.better");
    const told = await said();
    assert.ok(told.more.some((text) => /(better|worse)$/.test(text.trim())), String(told.more));
    assert.deepEqual(told.cut, []);
    await kit.screens(page, "cells-whole");
    // Runs beside one of them, too.
    await page.goto("about:blank");
    const runs = await load(kit, file, "#/table?o=metric.loss,min,last");
    await runs.locator(GRID).focus();
    await runs.keyboard.press("ArrowDown");
    await runs.keyboard.press("b");
    await runs.waitForSelector(".grid-rows .cell.worse, .grid-rows .cell.better");
    const single = await said();
    assert.ok(single.more.some((text) => /(better|worse)$/.test(text.trim())), String(single.more));
    assert.deepEqual(single.cut, []);
    assert.ok((await runs.locator(".grid-rows .cell.differs").count()) > 0, "bold ones are among them");
    // A width that a person chose stays theirs; without the baseline columns are as before.
    await runs.keyboard.press("b");
    await runs.waitForFunction(() => !document.querySelector(".grid-rows .cell.worse, .grid-rows .cell.better"));
    const width = () => runs.$eval('[role=columnheader][data-key="metric.loss"]', (head) => head.getBoundingClientRect().width);
    await runs.waitForFunction(() => document.querySelector('[role=columnheader][data-key="metric.loss"]').getBoundingClientRect().width < 150);
    assert.ok((await width()) < 150);
  });

  t.case("groups open and close as steps of undo, and a link finds them open", async (kit) => {
    const page = await load(kit, await sweep(kit), "#/table?g=replicates");
    await linesAre(page, 6);
    await page.locator(GRID).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await linesAre(page, 10);
    await addressHas(page, "t=");
    const address = page.url();
    await page.keyboard.press("Enter");
    await linesAre(page, 6);
    await page.keyboard.press("Control+z");
    await linesAre(page, 10);
    await page.keyboard.press("Control+z");
    await linesAre(page, 6);
    await page.keyboard.press("Control+Shift+z");
    await linesAre(page, 10);
    await page.goto("about:blank");
    const again = await load(kit, await sweep(kit), address);
    await linesAre(again, 10);
  });

  t.case("the rule of replicates is shown and changed: all params but chosen ones", async (kit) => {
    const page = await load(kit, await sweep(kit));
    await page.click("[data-testid=group]");
    const panel = page.getByRole("dialog", { name: "Group runs" });
    await panel.getByLabel(/^Replicates/).check();
    await linesAre(page, 6);
    await panel.getByText("like a seed").waitFor();
    await panel.getByRole("button", { name: "Change this rule" }).click();
    await addressHas(page, "g=except:param.seed");
    assert.ok(await panel.getByLabel("seed", { exact: true }).isChecked());
    // The rate may differ in a group too.
    await panel.getByLabel("lr", { exact: true }).check();
    await linesAre(page, 3);
    // Ranks are those of the groups.
    await page.goto(page.url().replace("?", "?o=metric.val_loss,min,last&s=rank&"));
    await kit.calm(page);
    const ranks = await page.$$eval(".grid-rows [role=row]", (rows) => rows.map((row) => row.querySelector("[aria-colindex='1']").textContent));
    assert.deepEqual(ranks.filter((text) => text), ["1", "2", "3"]);
    await panel.getByLabel("lr", { exact: true }).uncheck();
    await linesAre(page, 6);
    await kit.axe(page);
  });

  t.case("named filters are applied, renamed, replaced and forgotten, and the link keeps them", async (kit) => {
    const page = await load(kit, "samples/optuna-digits.csv");
    const open = () => page.getByRole("button", { name: "Filters", exact: true }).click();
    const sheet = page.getByRole("dialog", { name: "Filters" });
    const save = async (filter, name) => {
      await type(page, filter);
      await kit.calm(page);
      await open();
      await sheet.getByLabel("A name for the present filter").fill(name);
      await sheet.locator("form").getByRole("button").click();
      await page.keyboard.press("Escape");
    };
    await save("optimizer = sgd", "sgd only");
    await save("optimizer = adam", "adam");
    await open();
    await sheet.getByLabel("Name of the filter adam").fill("sgd only");
    await sheet.getByLabel("Name of the filter adam").press("Tab");
    await page.getByText("“adam” keeps its name").waitFor();
    assert.equal(await sheet.getByLabel("Name of the filter adam").inputValue(), "adam");
    await sheet.getByLabel("Name of the filter adam").fill("adam, & its kin");
    await sheet.getByLabel("Name of the filter adam").press("Tab");
    await sheet.getByLabel("Name of the filter adam, & its kin").waitFor();
    await kit.axe(page);
    await kit.screens(page, "named-filters");
    await sheet.getByRole("button", { name: "Apply the filter sgd only" }).click();
    assert.equal(await page.inputValue(FILTER), "optimizer = sgd");
    await type(page, "optimizer = adam and lr < 0.1");
    await open();
    await sheet.getByRole("button", { name: "Replace the filter adam, & its kin by the present one" }).click();
    await sheet.locator("code", { hasText: "optimizer = adam and lr < 0.1" }).waitFor();
    await sheet.getByRole("button", { name: "Forget the filter sgd only" }).click();
    await sheet.getByLabel("Name of the filter sgd only").waitFor({ state: "detached" });
    const address = page.url();
    await page.goto("about:blank");
    await load(kit, "samples/optuna-digits.csv", address);
    await type(page, "");
    await open();
    await sheet.getByRole("button", { name: "Apply the filter adam, & its kin" }).click();
    assert.equal(await page.inputValue(FILTER), "optimizer = adam and lr < 0.1");
  });

  t.case("a chip selects its clause to be written otherwise, or takes it away", async (kit) => {
    const page = await load(kit, await sweep(kit));
    await type(page, "optimizer = adam and lr < 0.05");
    await shownIs(page, 4);
    const chips = page.getByRole("list", { name: "Clauses of the filter" });
    await chips.getByRole("button", { name: "optimizer = adam", exact: true }).click();
    await page.keyboard.type("optimizer:adam,sgd");
    await page.keyboard.press("Enter");
    await shownIs(page, 8);
    assert.equal(await page.inputValue(FILTER), "optimizer:adam,sgd and lr < 0.05");
    await kit.calm(page);
    await kit.axe(page);
    await chips.getByRole("button", { name: "Remove lr < 0.05" }).click();
    await shownIs(page, 16);
  });

  t.case("columns are pinned, moved, widened, sorted and hidden by keys alone, and all of it is undone", async (kit) => {
    const page = await load(kit, await sweep(kit));
    const grid = page.locator(GRID);
    await grid.focus();
    const key = (name) => page.keyboard.press(name);
    const before = await headers(page);
    const choose = async (column, item) => {
      await grid.focus();
      await key("Home");
      for (let step = 1; step < column; step += 1) await key("ArrowRight");
      await key("Alt+ArrowDown");
      const menu = page.getByRole("menu");
      await menu.waitFor();
      const items = await menu.locator(".menu-item").allTextContents();
      for (let step = 0; step < items.indexOf(item); step += 1) await key("ArrowDown");
      await key("Enter");
      await menu.waitFor({ state: "detached" });
      await kit.calm(page);
    };
    await key("ArrowDown");
    await choose(5, "Pin at the left");
    const pinned = (await headers(page))[0];
    assert.equal(pinned, before[2]);
    await choose(4, "Hide");
    assert.equal((await headers(page)).length, before.length - 1);
    await choose(3, "Sort descending");
    assert.equal(await page.getAttribute(`[data-key="${pinned}"]`, "aria-sort"), "descending");
    await choose(4, "Move right");
    const moved = await headers(page);
    await grid.focus();
    for (let step = 0; step < 4; step += 1) {
      await key("Control+z");
      await kit.calm(page);
    }
    assert.deepEqual(await headers(page), before);
    for (let step = 0; step < 4; step += 1) {
      await key("Control+Shift+z");
      await kit.calm(page);
    }
    assert.deepEqual(await headers(page), moved);
    // The active cell is told; every row and cell has its place in the grid.
    const active = await grid.getAttribute("aria-activedescendant");
    assert.ok(await page.$(`#${active}`));
    assert.equal(await page.$$eval(".grid-rows [role=gridcell]:not([aria-colindex])", (cells) => cells.length), 0);
    // All matches are selected, and only they are kept.
    await type(page, "optimizer = lion");
    await shownIs(page, 8);
    await grid.focus();
    await key("Control+a");
    await page.getByText("8 runs selected").waitFor();
    await type(page, "");
    await shownIs(page, 24);
    await page.getByRole("button", { name: "Keep", exact: true }).click();
    await shownIs(page, 8);
    assert.equal(await page.inputValue(FILTER), "not @aside");
  });
}
