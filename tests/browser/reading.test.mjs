// How files come in: dropped, chosen, in folders and archives, of every tracker; cancelled, too large, twice.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cp, link, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { INPUT, load, table, type } from "./people.mjs";

export default function (t) {
  t.case("dropped files and folders add up, every file is accounted for", async (kit) => {
    const page = await kit.open();
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    const folder = await kit.temporary();
    await mkdir(join(folder, "sweep/night"), { recursive: true });
    await writeFile(join(folder, "sweep/night/a.csv"), table(20, 3));
    await writeFile(join(folder, "sweep/b.jsonl"), '{"lr": 0.1, "val_loss": NaN}\n{"lr": 0.2, "val_loss": 1.5}\n{"lr"');
    await writeFile(join(folder, "sweep/model.pkl"), Buffer.from([0x80, 4, 0x95, 0, 0]));
    await kit.drop(page, join(folder, "sweep"));
    await kit.waitReady(page);
    assert.equal((await kit.counts(page)).runs, 22);
    assert.ok((await kit.counts(page)).problems >= 2);
    await kit.drop(page, "samples/learning-curves.csv");
    await page.waitForFunction(() => document.documentElement.dataset.runs === "62");
    await kit.waitReady(page);
    if (!(await page.isVisible("[data-testid=receipt]"))) await page.click("[data-testid=receipt-button]");
    const receipt = await page.textContent("[data-testid=receipt]");
    for (const name of ["a.csv", "b.jsonl", "model.pkl", "learning-curves.csv", "pickle"]) {
      assert.ok(receipt.includes(name), `the receipt names ${name}: ${receipt.slice(0, 400)}`);
    }
  });

  t.case("what is dropped again is brought up to date and not doubled", async (kit) => {
    const page = await kit.open();
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    const folder = await kit.temporary();
    const file = join(folder, "runs.csv");
    const runs = (losses) => ["run_id,lr,val_loss", ...losses.map((loss, at) => `run-${at},0.0${at + 1},${loss}`), ""].join("\n");
    const counted = async (count) => {
      await kit.waitReady(page);
      await kit.calm(page);
      assert.equal((await kit.counts(page)).runs, count);
    };
    await writeFile(file, runs([3, 2, 1]));
    for (const count of [3, 3]) {
      await kit.drop(page, file);
      await page.waitForTimeout(500);
      await counted(count);
    }
    // Tomorrow's export: all went on, and two are new.
    await writeFile(file, runs([2.5, 1.5, 0.5, 4, 5]));
    await kit.drop(page, file);
    await page.waitForFunction(() => document.documentElement.dataset.runs === "5");
    await counted(5);
    await page.fill("[data-testid=filter]", "val_loss = 0.5");
    await page.press("[data-testid=filter]", "Enter");
    await page.waitForFunction(() => document.documentElement.dataset.shown === "1");
    const store = "tests/fixtures/mlflow-files/mlruns";
    await kit.drop(page, store);
    await page.waitForFunction(() => Number(document.documentElement.dataset.runs) > 5);
    await kit.waitReady(page);
    const { runs: all } = await kit.counts(page);
    await kit.drop(page, store);
    await page.waitForTimeout(500);
    await counted(all);
    if (!(await page.isVisible("[data-testid=receipt]"))) await page.click("[data-testid=receipt-button]");
    assert.match(await page.textContent("[data-testid=receipt]"), /read before: they were brought up to date/);
  });

  t.case("two days of one export in a drop are its runs once, and where only a person knows the receipt asks", async (kit) => {
    const page = await kit.open();
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    const folder = await kit.temporary();
    const runsAre = (count) => page.waitForFunction((count) => Number(document.documentElement.dataset.runs) === count, count);
    const keeps = async (filter, shown) => {
      await type(page, filter);
      await page.waitForFunction((shown) => Number(document.documentElement.dataset.shown) === shown, shown);
    };
    // W&B's table has no ids unless they are shown.
    const write = async (name, runs) => {
      const rows = runs.map(([run, state, day, lr, acc]) => `"${run}","${state}","-","u","2024-01-0${day}T00:00:00.000Z","${lr}","${acc}"`);
      await writeFile(join(folder, name), ['"Name","State","Notes","User","Created","lr","val_acc"', ...rows, ""].join("\n"));
      return join(folder, name);
    };
    const a = ["a", "finished", 1, 0.1, 0.9];
    await kit.drop(page, [
      await write("wandb_export_2024-01-02T09_00_00.000+00_00.csv", [["b", "running", 2, 0.2, 0.5], a]),
      await write("wandb_export_2024-01-03T09_00_00.000+00_00.csv", [["c", "running", 3, 0.3, 0.4], ["b", "finished", 2, 0.2, 0.8], a]),
    ]);
    await kit.waitReady(page);
    await runsAre(3);
    await keeps("val_acc = 0.8", 1);
    await keeps("val_acc = 0.5", 0);
    await keeps("", 3);
    const receipt = page.getByTestId("receipt");
    if (!(await receipt.isVisible())) await page.getByTestId("receipt-button").click();
    await receipt.getByText(/read before: they were brought up to date/).first().waitFor();
    await page.keyboard.press("Escape");
    const grid = async (name, losses) => {
      const rows = losses.map((loss, at) => `run-${at},0.0${at + 1},${loss}`);
      await writeFile(join(folder, name), ["run_id,lr,val_loss", ...rows, ""].join("\n"));
      return join(folder, name);
    };
    // Another grid may have these ids and params, and its name a number.
    await kit.drop(page, [await grid("runs.csv", [3, 2, 1]), await grid("runs (1).csv", [2.5, 1.5, 0.5, 4])]);
    await runsAre(10);
    await kit.waitReady(page);
    if (!(await receipt.isVisible())) await page.getByTestId("receipt-button").click();
    await receipt.getByText(/as a later export of the same runs has/).first().waitFor();
    await receipt.getByRole("button", { name: "Bring the others up to date: runs (1).csv" }).click();
    await runsAre(7);
    await kit.waitReady(page);
    await page.keyboard.press("Escape");
    await keeps("val_loss = 0.5", 1);
    await keeps("val_loss = 1", 0);
  });

  t.case("cancel keeps what has arrived", async (kit) => {
    const page = await kit.open();
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    const folder = await kit.temporary();
    // Several seconds of reading: the button comes after half a second.
    const big = Array.from({ length: 8 }, (_, number) => join(folder, `big-${number}.csv`));
    await writeFile(big[0], table(1_000_000));
    for (const other of big.slice(1)) await link(big[0], other);
    await page.setInputFiles(INPUT, big);
    // What is cancelled while it is looked through has brought nothing.
    await page.waitForFunction(() => Number(document.documentElement.dataset.runs) > 0);
    await page.getByRole("button", { name: /cancel/i }).first().click({ timeout: 20_000 });
    await kit.waitState(page, ["ready", "error"]);
    const { runs } = await kit.counts(page);
    assert.ok(runs < 8_000_000, `${runs} runs`);
    await page.setInputFiles(INPUT, "samples/learning-curves.csv");
    await page.waitForFunction((runs) => document.documentElement.dataset.runs === String(runs + 40), runs);
  });

  t.case("what memory may not hold is asked about, and thinned curves keep their extremes", async (kit) => {
    // A machine with a megabyte of memory.
    await kit.page.addInitScript(() => {
      Object.defineProperty(navigator, "deviceMemory", { value: 0.001 });
    });
    const page = await kit.open();
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    const folder = await kit.temporary();
    const points = Array.from({ length: 20_000 }, (_, step) => `a,${step},loss,${step === 777 ? -5 : step % 100}`);
    const file = join(folder, "history.csv");
    await writeFile(file, `run,step,metric,value\n${points.join("\n")}\n`);
    await page.setInputFiles(INPUT, file);
    const sheet = page.getByRole("dialog", { name: "This is a lot to read" });
    await sheet.getByRole("button", { name: "Cancel" }).click();
    await kit.waitState(page, ["empty", "error"]);
    await page.setInputFiles(INPUT, file);
    await sheet.getByRole("radio", { name: /Summaries only/ }).check();
    await kit.axe(page);
    await kit.screens(page, "memory-choice");
    await sheet.getByRole("button", { name: "Read", exact: true }).click();
    await kit.waitReady(page);
    assert.equal((await kit.counts(page)).runs, 1);
    assert.match(await page.locator("[data-view=table] [role=row]").nth(1).innerText(), /99/);
    await page.click("[data-testid=receipt-button]");
    await page.getByText(/19,9\d\d logged points left out/).waitFor();
  });

  const exports = [
    ["wandb-table/wandb_export_2026-11-23T04_00_00.000+00_00.csv", 40],
    ["mlflow-table/search_runs_index.csv", 48],
    ["mlflow-table/search_runs_records.json", 48],
    ["sklearn/grid_cv_results.csv", 15],
    ["hyperopt/trials.json", 60],
    ["hyperopt/trials.csv", 60],
    ["nevergrad/ng_log.jsonl", 60],
    ["hiplot/experiment.json", 3],
    ["hiplot/experiment.csv", 3],
    ["keras-csvlogger/training_0.csv", 1],
    ["optuna-table/trials_branin_with_index.csv", 30],
    ["boosting-jsonl/metrics.jsonl", 8],
  ];
  t.case("every tracker's table export is read in the page", async (kit) => {
    for (const [file, runs] of exports) {
      const page = await load(kit, `tests/fixtures/${file}`);
      assert.equal((await kit.counts(page)).runs, runs, file);
      await page.goto("about:blank");
    }
  });

  /** Everything in a folder of fixtures but what is expected of it. */
  const entries = async (folder) => {
    const names = await readdir(folder);
    return names.filter((name) => name !== "expected.json").map((name) => join(folder, name));
  };

  // Folders of `tests/fixtures` whose files hold the same runs, or have no expected document.
  const apart = new Set(["hyperopt", "hiplot", "mlflow-table", "wandb-table", "optuna-table"]);

  t.case("every tracker's folder is read in the page, and all of them at once", { timeout: 240_000 }, async (kit) => {
    const all = [];
    // Runs of two exports of one experiment are one run, where their ids are nobody else's.
    const distinct = new Set();
    for (const name of (await readdir("tests/fixtures")).sort()) {
      const folder = join("tests/fixtures", name);
      const expected = await readFile(join(folder, "expected.json"), "utf8").catch(() => null);
      if (!expected || apart.has(name)) continue;
      const { runs } = JSON.parse(expected);
      const page = await kit.open();
      await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
      const paths = await entries(folder);
      await kit.drop(page, paths);
      await kit.waitReady(page);
      assert.equal((await kit.counts(page)).runs, runs.length, name);
      await page.goto("about:blank");
      all.push([name, paths]);
      for (const [at, { id }] of runs.entries()) distinct.add(/^[0-9a-f]{32}$/.test(id) ? id : `${name} ${at}`);
    }
    assert.ok(all.length >= 40, `only ${all.length} trackers`);
    // As one folder: the runs of one are not mistaken for those of another.
    const folder = await kit.temporary();
    for (const [name, paths] of all) {
      for (const path of paths) await cp(path, join(folder, name, basename(path)), { recursive: true });
    }
    const page = await kit.open();
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    await kit.drop(page, folder);
    await kit.waitReady(page);
    assert.equal((await kit.counts(page)).runs, distinct.size);
  });

  t.case("one experiment in two exports is there once; what was joined can be taken apart", async (kit) => {
    const page = await kit.open();
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    const runs = () => page.evaluate(() => Number(document.documentElement.dataset.runs));
    const runsAre = (count) => page.waitForFunction((count) => Number(document.documentElement.dataset.runs) === count, count);
    const folder = await kit.temporary();
    await cp("tests/fixtures/mlflow-files/mlruns", join(folder, "night/mlruns"), { recursive: true });
    await cp("tests/fixtures/mlflow-parquet/search_runs.zstd.parquet", join(folder, "night/search_runs.parquet"));
    await writeFile(join(folder, "night/more.csv"), "run_name,label-noise,val_loss\nx,0.1,0.5\ny,0.2,0.4\nz,0.3,0.7\n");
    await kit.drop(page, join(folder, "night"));
    await kit.waitReady(page);
    assert.equal(await runs(), 51);
    const receipt = page.getByTestId("receipt");
    if (!(await receipt.isVisible())) await page.click("[data-testid=receipt-button]");
    await receipt.getByText(/9 runs also in night\/mlruns\/.*, known by their ids/).waitFor();
    // On a phone all of it can be pressed.
    await page.setViewportSize({ width: 390, height: 844 });
    const box = await receipt.boundingBox();
    for (const button of await receipt.getByRole("button", { name: /^Take out: / }).all()) {
      const at = await button.boundingBox();
      assert.ok(at.x + at.width <= box.x + box.width, `${at.x} + ${at.width} in ${box.width}`);
    }
    // What is opened last lies above it.
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.click(".export-menu summary");
    await page.getByRole("button", { name: "Best run’s params, flags" }).click({ trial: true });
    await page.click(".export-menu summary");
    await page.setViewportSize({ width: 1280, height: 800 });
    // Of a source of many files it is told in which one something was wrong: else it would be said of all.
    const problems = (await receipt.locator(".problems li").allTextContents()).join("\n");
    assert.match(problems, /night\/mlruns\/(0|284040067323463201)\/meta\.yaml: read as MLflow file store \(mlruns\), it holds no runs/);
    await kit.screens(page, "receipt-joined");
    await kit.axe(page);
    await receipt.getByRole("button", { name: /^Keep apart: .*parquet/ }).click();
    await runsAre(60);
    await receipt.getByRole("button", { name: /^Let them join: .*parquet/ }).click();
    await runsAre(51);
    // Columns that look alike are offered, never joined unasked.
    await kit.waitReady(page);
    // Headers beyond those in view are made one after another.
    const hasHeader = (wanted) =>
      page.waitForFunction(
        (wanted) => [...document.querySelectorAll("[role=columnheader]")].some((header) => header.textContent.includes("label-noise")) === wanted,
        wanted,
      );
    await hasHeader(true);
    await receipt.getByRole("button", { name: "Join label-noise to label_noise" }).click();
    await receipt.getByRole("button", { name: "Take label-noise and label_noise apart" }).waitFor();
    await kit.waitReady(page);
    await hasHeader(false);
    await type(page, "label_noise = 0.3 and val_loss = 0.7");
    await page.waitForFunction(() => Number(document.documentElement.dataset.shown) === 1);
    await type(page, "");
    await receipt.getByRole("button", { name: "Take label-noise and label_noise apart" }).click();
    await receipt.getByRole("button", { name: "Join label-noise to label_noise" }).waitFor();
  });

  t.case("a large archive is opened in slices: it says so, can be cancelled, and is read whole the next time", async (kit) => {
    const page = await kit.open();
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    const folder = await kit.temporary();
    await mkdir(join(folder, "sweep"));
    // Decoding takes seconds, and what comes out is not so much larger that it looks like a bomb.
    await writeFile(join(folder, "sweep/runs.csv"), table(20, 1234));
    for (let part = 0; part < 12; part += 1) await writeFile(join(folder, `sweep/part-${part}.csv`), table(150_000, 3 + part));
    const archive = join(folder, "sweep.tar.gz");
    execFileSync("tar", ["--use-compress-program=gzip -1", "-cf", archive, "-C", folder, "sweep"]);
    await page.setInputFiles(INPUT, archive);
    const reading = page.getByRole("region", { name: "Reading files" });
    await reading.getByText("Looking through what was dropped").waitFor();
    await reading.getByText("sweep.tar.gz").waitFor();
    await page.getByRole("button", { name: /cancel/i }).first().click();
    await kit.waitState(page, ["empty", "error"]);
    await page.setInputFiles(INPUT, archive);
    await kit.waitReady(page, 120_000);
    assert.equal((await kit.counts(page)).runs, 20 + 12 * 150_000);
  });

  t.case("a folder of many small files and some large ones comes through the folder's input", async (kit) => {
    const page = await kit.open();
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    const folder = join(await kit.temporary(), "night");
    for (let run = 0; run < 300; run += 1) {
      await mkdir(join(folder, `run-${run}`), { recursive: true });
      await writeFile(join(folder, `run-${run}/params.json`), `{"lr": ${0.001 * (run + 1)}, "seed": ${run}}`);
      await writeFile(join(folder, `run-${run}/result.json`), `{"val_loss": ${1 / (run + 1)}, "training_iteration": 1}\n`);
    }
    await writeFile(join(folder, "empty.txt"), "");
    // Among the small ones and beside one another: whoever reads many at once has to find where each begins.
    for (const [at, name] of ["more.csv", "run-150-a/more.csv", "run-150-b/more.csv"].entries()) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), table(2000 + at, 3 + at));
    }
    await page.setInputFiles("input[webkitdirectory]", folder);
    await kit.waitReady(page, 60_000);
    assert.equal((await kit.counts(page)).runs, 300 + 6003);
    await type(page, "lr = 0.3 and val_loss < 0.004");
    await kit.calm(page);
    assert.ok((await kit.counts(page)).shown >= 1);
  });

  t.case("a large table is read in pieces, some of them brought ahead, and every run is there once", async (kit) => {
    const page = await kit.open();
    await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
    // Line breaks in quotes, so that a piece may begin where only a look from before it tells what is a run.
    const note = `"first line, ${"x".repeat(120)}\nsecond, ""said"", ${"y".repeat(120)}\n7,7,third"`;
    const row = (at) => `${at},${(at % 1000) / 1000},${note}\n`;
    const path = join(await kit.temporary(), "large.csv");
    await writeFile(path, `at,val_loss,note\n${Array.from({ length: 60_000 }, (_, at) => row(at)).join("")}`);
    await page.setInputFiles(INPUT, path);
    await kit.waitReady(page, 60_000);
    const { runs, problems } = await kit.counts(page);
    assert.deepEqual({ runs, problems }, { runs: 60_000, problems: 0 });
    for (const [filter, shown] of [["at >= 59990", 10], ["at < 30000", 30_000], ["val_loss = 0.25", 60], ["has:note", 60_000]]) {
      await type(page, filter);
      await kit.calm(page);
      assert.equal((await kit.counts(page)).shown, shown, filter);
    }
  });
}
