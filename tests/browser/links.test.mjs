// What is saved comes back as what it was, and a link tells which files it needs.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { INPUT, load, table, type } from "./people.mjs";

/** Runs whose columns say nothing by themselves, and whose names a spreadsheet would run. */
const RUNS = [
  "id,name,params.zeta,metrics.eta,tags.theta",
  "a,=cmd(),0.5,1,0012",
  "b,-adam,0.25,2,0034",
  "c,'=quoted,0.125,3,0056",
].join("\n");

/** Saves by the export menu; gives the path of the file under its own name. */
const save = async (kit, page, entry) => {
  await page.click(".export-menu summary");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: entry, exact: true }).click(),
  ]);
  const path = join(await kit.temporary(), download.suggestedFilename());
  await download.saveAs(path);
  return path;
};

/** A further page, with these files or none. */
const another = async (kit, address, files = []) => {
  const page = await kit.context.newPage();
  await page.goto(address);
  await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
  if (files.length > 0) {
    await page.setInputFiles(INPUT, files);
    await kit.waitReady(page);
  }
  return page;
};

const shownIs = (page, count) =>
  page.waitForFunction((count) => Number(document.documentElement.dataset.shown) === count, count);

export default function (t) {
  t.case("runs that were saved as CSV, TSV and JSON come back with roles and names", async (kit) => {
    const file = join(await kit.temporary(), "made.csv");
    await writeFile(file, RUNS);
    const page = await load(kit, file, "#/table");
    for (const entry of ["All runs, CSV", "The table, TSV", "All runs, JSON"]) {
      const again = await another(kit, `${kit.base}#/table`, [await save(kit, page, entry)]);
      assert.deepEqual(await kit.counts(again), { runs: 3, shown: 3, problems: 0 }, entry);
      for (const filter of [
        'name = "=cmd()"',
        'name = "-adam"',
        "name = \"'=quoted\"",
        "param.zeta = 0.25 and metric.eta = 2",
      ]) {
        await type(again, filter);
        await shownIs(again, 1);
      }
      await again.close();
    }
  });

  t.case("a link names the files it needs, and whoever opens it sees the same once they are dropped", async (kit) => {
    const folder = await kit.temporary();
    const [night, other] = [join(folder, "night.csv"), join(folder, "other.csv")];
    await writeFile(night, table(40));
    await writeFile(other, table(10, 99));
    const page = await load(kit, night, "#/table?f=optimizer%20%3D%20sgd");
    const shown = (await kit.counts(page)).shown;
    assert.ok(shown > 0 && shown < 40);
    await kit.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.click(".export-menu summary");
    await page.getByRole("button", { name: "Copy a link to this view", exact: true }).click();
    await page.getByText("the names of your files and of runs that it speaks of").waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(link, /[?&]F=night\.csv(&|$)/);
    assert.ok(!(await page.evaluate(() => location.hash)).includes("F="), "the address stays as it is");

    const asked = (page) => page.getByText("This link needs these files: night.csv. Drop them here to see the same view.");
    const same = await another(kit, link);
    await asked(same).waitFor();
    await kit.axe(same);
    await same.setInputFiles(INPUT, night);
    await kit.waitReady(same);
    await shownIs(same, shown);
    assert.equal(await same.getByText("needs these files, too").count(), 0);

    const wrong = await another(kit, link, [other]);
    await wrong.getByText("The link that you opened needs these files, too: night.csv.").waitFor();
    await wrong.getByText("Not of the link that you opened: other.csv.").waitFor();
    // Renewed when more was dropped.
    await wrong.setInputFiles(INPUT, night);
    await wrong.getByText("needs these files, too").waitFor({ state: "detached" });
    await wrong.getByText("Not of the link that you opened: other.csv.").waitFor();
  });

  t.case("a link finds baseline, open run and runs set aside by their ids, in whichever order its files come", async (kit) => {
    const folder = await kit.temporary();
    const [night, other] = [join(folder, "night.csv"), join(folder, "other.csv")];
    await writeFile(night, table(40));
    // Other runs of the same ids.
    await writeFile(other, table(10, 99));
    const has = (page, pattern) =>
      page.waitForFunction((pattern) => new RegExp(`[?&]${pattern}(&|$)`).test(decodeURIComponent(location.hash)), pattern);
    // An old link has rows alone: 43 is run-3 of the second file.
    const page = await load(kit, [night, other], "#/table?b=43&r=2");
    await has(page, "R=.*43:run-3:other.csv.*");
    await page.locator("[data-view=table] .grid").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("x");
    await shownIs(page, 49);
    await kit.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.click(".export-menu summary");
    await page.getByRole("button", { name: "Copy a link to this view", exact: true }).click();
    await page.getByText("the names of your files and of runs that it speaks of").waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(decodeURIComponent(link), /[?&]A=0&.*R=.*0:run-0:night\.csv/);

    const receiver = await another(kit, link, [other]);
    await receiver.getByText("The link that you opened needs these files, too: night.csv.").waitFor();
    await has(receiver, "b=3");
    await receiver.getByText("The run that the link names is not in these files.").waitFor();
    await receiver.setInputFiles(INPUT, night);
    await kit.waitReady(receiver);
    await has(receiver, "r=12");
    await has(receiver, "b=3");
    await receiver.locator(".drawer h2", { hasText: "run-2" }).waitFor();
    await shownIs(receiver, 49);
    assert.equal(await receiver.getByText("not in these files").count(), 0);
    await type(receiver, "@aside");
    await shownIs(receiver, 1);

    // Where the file of that name has no such run, that is said, and no other run stands for it.
    const less = join(await kit.temporary(), "night.csv");
    await writeFile(less, table(2));
    const wrong = await another(kit, link, [other, less]);
    await wrong.getByText("The address names runs that are not in these files: run-2 of night.csv.").waitFor();
    await wrong.getByText("The run that the link names is not in these files.").waitFor();
  });

  t.case("what was cleared comes back with its stars until something else is read", async (kit) => {
    const folder = await kit.temporary();
    const [night, other] = [join(folder, "night.csv"), join(folder, "other.csv")];
    await writeFile(night, table(40));
    await writeFile(other, table(10, 99));
    const runsAre = (count) => page.waitForFunction((count) => Number(document.documentElement.dataset.runs) === count, count);
    const clear = async () => {
      await page.getByRole("button", { name: "Clear", exact: true }).click();
      await runsAre(0);
    };
    const page = await load(kit, night, "#/table");
    await page.locator("[data-view=table] .grid").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("*");
    await kit.calm(page);
    await clear();
    await page.getByText("What was read is taken out.").waitFor();
    await kit.axe(page);
    await page.keyboard.press("Control+z");
    await runsAre(40);
    await type(page, "my_star:true");
    await shownIs(page, 1);
    await clear();
    await page.getByRole("button", { name: "Put it all back" }).click();
    await runsAre(40);
    await shownIs(page, 1);
    await clear();
    await page.setInputFiles(INPUT, other);
    await kit.waitReady(page);
    assert.equal((await kit.counts(page)).runs, 10);
    await page.locator("[data-view=table] .grid").focus();
    await page.keyboard.press("Control+z");
    await kit.calm(page);
    assert.equal((await kit.counts(page)).runs, 10);
  });

  t.case("a source is taken out in the receipt, and put back", async (kit) => {
    const folder = await kit.temporary();
    const [night, other] = [join(folder, "night.csv"), join(folder, "other.csv")];
    await writeFile(night, table(40));
    await writeFile(other, table(10, 99));
    const page = await load(kit, [night, other], "#/table");
    const runsAre = (count) => page.waitForFunction((count) => Number(document.documentElement.dataset.runs) === count, count);
    const receipt = page.getByTestId("receipt");
    if (!(await receipt.isVisible())) await page.click("[data-testid=receipt-button]");
    await receipt.getByRole("button", { name: "Take out: other.csv" }).click();
    await runsAre(40);
    await receipt.getByRole("button", { name: "Put back: other.csv" }).waitFor();
    await kit.axe(page);
    await receipt.getByRole("button", { name: "Put back: other.csv" }).click();
    await runsAre(50);
    assert.equal(await receipt.getByTestId("taken-out").count(), 0);
  });
}
