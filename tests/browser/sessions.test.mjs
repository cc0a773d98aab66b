// Sessions: what is kept in the browser is asked for once, is there again after a reload, and goes when it is deleted.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dropped, emptyIs, FILTER, goOn, keepBar, keepFormerly, kept, keptIs, lines, runsAre, shownAre, starred, stored } from "./kept.mjs";

// The session that was starred is there whole.
const hasItsStar = async (kit, page) => {
  await runsAre(page, 300);
  await kit.waitReady(page);
  await page.fill(FILTER, "my_star:true");
  await page.press(FILTER, "Enter");
  await shownAre(page, 1);
};

export default function (t) {
  for (const form of ["base", "single"]) {
    t.case(`stars and filter are there after a reload, and deleting deletes (${form})`, async (kit) => {
      const page = await kit.open(kit[form]);
      await starred(kit, page);
      await page.fill(FILTER, "my_star:true");
      await page.press(FILTER, "Enter");
      await shownAre(page, 1);
      await keptIs(page, /my_star/);
      await page.goto(kit[form]);
      await page.reload();
      await emptyIs(page);
      await goOn(page).waitFor();
      assert.match(await page.getByTestId("go-on").textContent(), /300 runs, .*kB, last used/);
      await kit.screens(page, `session-go-on-${form}`);
      await kit.axe(page);
      await goOn(page).click();
      await runsAre(page, 300);
      await kit.waitReady(page);
      await shownAre(page, 1);
      assert.equal(await page.inputValue(FILTER), "my_star:true");
      assert.equal(await page.getByTestId("keep-bar").count(), 0, "asked once");
      // New runs are told apart from those that were there.
      const folder = await kit.temporary();
      const more = join(folder, "tonight.csv");
      await writeFile(more, "name,learning_rate,test/accuracy\ntonight-1,0.1,0.5\ntonight-2,0.2,0.6\n");
      await page.setInputFiles("input[type=file]", more);
      await runsAre(page, 302);
      await kit.calm(page);
      await page.fill(FILTER, "@new");
      await page.press(FILTER, "Enter");
      await shownAre(page, 2);
      // What is being written is not what is deleted here.
      await keptIs(page, /(@|%40)new/);
      await page.click(".export-menu summary");
      await page.getByRole("button", { name: /Delete what is kept here/ }).click();
      await page.getByText("What was kept of this session is deleted.").waitFor();
      await page.goto(kit[form]);
      await page.reload();
      await emptyIs(page);
      await page.waitForTimeout(500);
      // Nor do its files stay, though that page has read them: what it still held is removed on the next visit.
      const files = Object.keys((await page.evaluate(stored)).files);
      assert.deepEqual(files.filter((name) => name), []);
      assert.equal(await page.getByTestId("go-on").count(), 0);
    });
  }

  t.case("a session goes into one file, and comes back from it in another browser", async (kit) => {
    const page = await kit.open();
    await starred(kit, page);
    await page.fill(FILTER, "my_star:true");
    await page.press(FILTER, "Enter");
    await shownAre(page, 1);
    await page.click(".export-menu summary");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Session as one file" }).click(),
    ]);
    assert.equal(download.suggestedFilename(), "runs.runsift.zip");
    const file = join(await kit.temporary(), "mine.runsift.zip");
    await download.saveAs(file);
    // As on another machine: nothing is kept here any more.
    await page.click(".export-menu summary");
    await page.getByRole("button", { name: /Delete what is kept here/ }).click();
    await page.getByText("What was kept of this session is deleted.").waitFor();
    const other = await kit.context.newPage();
    await other.goto(kit.base);
    await emptyIs(other);
    await other.setInputFiles("input[type=file]", file);
    await runsAre(other, 300);
    await kit.waitReady(other);
    await shownAre(other, 1);
    assert.equal(await other.inputValue(FILTER), "my_star:true");
    assert.equal((await kit.counts(other)).problems, 0);
  });

  t.case("tonight's export brings a session's file up to date, and another export of a new name if a person says so", async (kit) => {
    const page = await kit.open();
    await emptyIs(page);
    const folder = await kit.temporary();
    const written = async (name, losses) => {
      const line = (loss, at) => `r${at},${0.01 * (at + 1)},${loss}`;
      await writeFile(join(folder, name), ["id,lr,val_loss", ...losses.map(line)].join("\n"));
      return join(folder, name);
    };
    await page.setInputFiles("input[type=file]", await written("export.csv", [3, 2, 1]));
    await runsAre(page, 3);
    await kit.waitReady(page);
    await page.click(".export-menu summary");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Session as one file" }).click(),
    ]);
    const session = join(folder, "mine.runsift.zip");
    await download.saveAs(session);
    const other = await kit.context.newPage();
    await other.goto(kit.base);
    await emptyIs(other);
    await other.setInputFiles("input[type=file]", session);
    await runsAre(other, 3);
    await kit.waitReady(other);
    const lossOf = async (filter, shown) => {
      await other.fill(FILTER, filter);
      await other.press(FILTER, "Enter");
      await shownAre(other, shown);
    };
    await other.setInputFiles("input[type=file]", await written("export.csv", [2.5, 1.5, 0.5, 4]));
    await runsAre(other, 4);
    await kit.waitReady(other);
    await lossOf("val_loss = 0.5", 1);
    await lossOf("val_loss = 1", 0);
    await lossOf("", 4);
    // As a browser calls what it downloads again: another grid may be called so, too.
    await other.setInputFiles("input[type=file]", await written("export (1).csv", [2.25, 1.25, 0.25, 3.5, 6]));
    await runsAre(other, 9);
    await kit.waitReady(other);
    const receipt = other.getByTestId("receipt");
    if (!(await receipt.isVisible())) await other.getByTestId("receipt-button").click();
    await receipt.getByText(/as a later export of the same runs has/).first().waitFor();
    await receipt.getByRole("button", { name: "Bring the others up to date: export (1).csv" }).click();
    await runsAre(other, 5);
    await kit.waitReady(other);
    await other.keyboard.press("Escape");
    await lossOf("val_loss = 0.25", 1);
    await lossOf("val_loss = 0.5", 0);
  });

  t.case("a tab that dies leaves what was kept, to which new runs are added, or which they replace only if told to", async (kit) => {
    const dying = await kit.context.newPage();
    await dying.goto(kit.base);
    await starred(kit, dying);
    // A tab that dies about when it writes: the change of a moment ago may be lost, what was kept before is not.
    await dying.keyboard.press("ArrowDown");
    await dying.keyboard.press("*");
    await dying.waitForTimeout(520);
    const died = dying.waitForEvent("crash");
    const cdp = await kit.context.newCDPSession(dying);
    cdp.send("Page.crash").catch(() => {});
    await died;
    const page = await kit.open();
    await emptyIs(page);
    await goOn(page).waitFor();
    const before = await kept(page);
    // Other runs, without going on: nothing of them has the star, and what is kept stays until one says otherwise.
    const folder = await kit.temporary();
    const other = join(folder, "tonight.csv");
    await writeFile(other, "name,learning_rate,test/accuracy\ntonight-1,0.1,0.5\ntonight-2,0.2,0.6\n");
    await page.setInputFiles("input[type=file]", other);
    await kit.waitReady(page);
    const bar = page.getByTestId("keep-other");
    await bar.waitFor();
    await kit.axe(page);
    await kit.screens(page, "session-other");
    await page.waitForTimeout(1200);
    assert.equal(await kept(page), before);
    await bar.getByRole("button", { name: /^Add to “random-search-seeds, / }).click();
    await runsAre(page, 302);
    await kit.calm(page);
    await page.fill(FILTER, "my_star:true");
    await page.press(FILTER, "Enter");
    await page.waitForFunction(() => [1, 2].includes(Number(document.documentElement.dataset.shown)));
    await page.fill(FILTER, "@new");
    await page.press(FILTER, "Enter");
    await shownAre(page, 2);
    await keptIs(page, /"runs":302/);
    // And beside it.
    await page.goto("about:blank");
    await page.goto(kit.base);
    await emptyIs(page);
    await goOn(page).waitFor();
    await page.setInputFiles("input[type=file]", other);
    await kit.waitReady(page);
    await bar.getByLabel("Name").fill("tonight alone");
    await bar.getByRole("button", { name: "Keep as another session" }).click();
    await keptIs(page, /"name":"tonight alone".*"runs":2,.*"notes":\[\]/);
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    await emptyIs(page);
    assert.match((await lines(page).allTextContents()).join("; "), /2 runs.*; .*302 runs/);
  });

  t.case("other files of the same size are other files", async (kit) => {
    const folder = await kit.temporary();
    const [first, second] = ["aa", "bb"].map((name) => [join(folder, `${name}.csv`), `name,lr,loss\n${name}-1,0.1,0.5\n${name}-2,0.2,0.6\n`]);
    await writeFile(...first);
    await writeFile(...second);
    const page = await kit.open();
    await emptyIs(page);
    await page.setInputFiles("input[type=file]", first[0]);
    await kit.waitReady(page);
    await page.getByTestId("keep-bar").getByRole("button", { name: "Yes, keep" }).click();
    await keptIs(page, /"runs":2/);
    const saved = async () => JSON.parse(await kept(page)).saved;
    const before = await saved();
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    await emptyIs(page);
    await page.setInputFiles("input[type=file]", second[0]);
    await kit.waitReady(page);
    await page.getByTestId("keep-other").getByRole("button", { name: "Keep as another session" }).click();
    for (let tries = 0; tries < 50 && (await saved()) === before; tries += 1) await page.waitForTimeout(100);
    await page.waitForTimeout(800);
    await page.goto("about:blank");
    await page.goto(kit.base);
    await page.getByRole("button", { name: /^Go on “bb, / }).click();
    await kit.waitReady(page);
    await page.getByText("bb-1").first().waitFor();
  });

  t.case("what another version kept is left alone, and a dead engine loses no note", { allow: ["console", "pageerror"] }, async (kit) => {
    const page = await kit.open();
    await starred(kit, page);
    await page.evaluate(() => wasm_bindgen.plant_panic(false));
    await page.getByText(/engine stopped by a fault/).waitFor();
    await page.waitForTimeout(3500);
    assert.match(await kept(page), /"star":true/);
    await page.fill(FILTER, "my_star:true");
    await page.press(FILTER, "Enter");
    await shownAre(page, 1);
    const newer = { schema: "runsift.session/2" };
    await page.evaluate(keepFormerly, ["newer", newer, false]);
    await page.goto("about:blank");
    await page.goto(kit.base);
    await page.getByText(/Written by another version/).waitFor();
    assert.equal(await goOn(page).count(), 1);
    await kit.axe(page);
    await goOn(page).click();
    await kit.waitReady(page);
    await page.waitForTimeout(1200);
    assert.equal(await kept(page, "newer"), JSON.stringify(newer));
  });

  t.case("what was kept in the database, before sessions had names, opens there, and goes into the folder when it changes", async (kit) => {
    const page = await kit.open();
    await starred(kit, page);
    await page.evaluate(keepFormerly, ["last", { name: undefined }, true]);
    await page.goto("about:blank");
    await page.goto(kit.base);
    const first = page.getByRole("button", { name: "Go on “Session without a name”" });
    await first.waitFor();
    // Deleted and brought back, it is in the folder; and back in the database, for what comes.
    await lines(page).getByRole("button", { name: "Delete" }).click();
    await page.getByText(/is deleted\./).waitFor();
    assert.deepEqual((await page.evaluate(stored)).database, []);
    await page.getByRole("button", { name: "Bring it back" }).click();
    await first.waitFor();
    assert.equal((await page.evaluate(stored)).folder.length, 1);
    await page.evaluate(keepFormerly, ["last", { name: undefined }, true]);
    await page.goto("about:blank");
    await page.goto(kit.base);
    await first.click();
    await kit.waitReady(page);
    await page.fill(FILTER, "my_star:true");
    await page.press(FILTER, "Enter");
    await shownAre(page, 1);
    await keptIs(page, /my_star/);
    const { folder, database } = await page.evaluate(stored);
    assert.deepEqual([folder.map(([key]) => key), database], [["last"], []]);
    // As if the tab had died before it deleted the one in the database: what is in the folder is newer.
    await page.evaluate(keepFormerly, ["last", { schema: "runsift.session/1", name: "older", saved: 1 }, false]);
    await page.goto("about:blank");
    await page.goto(kit.base);
    await first.waitFor();
    assert.equal(await lines(page).count(), 1);
    await first.click();
    await runsAre(page, 300);
    await kit.waitReady(page);
    await shownAre(page, 1);
    assert.deepEqual((await page.evaluate(stored)).database, []);
  });

  t.case("where the browser gives no folder, sessions are in the database", async (kit) => {
    await kit.context.addInitScript(() => {
      // Also of the blank page between, which has none.
      if (navigator.storage) navigator.storage.getDirectory = () => Promise.reject(new DOMException("not here", "SecurityError"));
    });
    const page = await kit.open();
    await starred(kit, page);
    assert.equal((await page.evaluate(stored)).database.length, 1);
    await page.goto("about:blank");
    await page.goto(kit.base);
    await lines(page).getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Bring it back" }).click();
    await goOn(page).click();
    await hasItsStar(kit, page);
  });

  for (const [at, what] of ["drops", "the text that names them"].entries()) {
    t.case(`a tab that dies in the middle of writing ${what} leaves what was there, and nothing else`, async (kit) => {
      const dying = await kit.context.newPage();
      await dying.goto(kit.base);
      await starred(kit, dying);
      const before = await dying.evaluate(stored);
      // Of that writing one half is written, and it goes on no more.
      await dying.evaluate((at) => {
        const { write } = FileSystemWritableFileStream.prototype;
        let count = 0;
        FileSystemWritableFileStream.prototype.write = async function (blob) {
          count += 1;
          if (count <= at) return write.call(this, blob);
          if (count === at + 1) await write.call(this, blob.slice(0, blob.size / 2));
          document.documentElement.dataset.stuck = "true";
          return new Promise(() => {});
        };
      }, at);
      const more = join(await kit.temporary(), "tonight.csv");
      await writeFile(more, "name,learning_rate,test/accuracy\ntonight-1,0.1,0.5\ntonight-2,0.2,0.6\n");
      await dying.setInputFiles("input[type=file]", more);
      await dying.waitForFunction(() => document.documentElement.dataset.stuck === "true");
      const died = dying.waitForEvent("crash");
      const cdp = await kit.context.newCDPSession(dying);
      cdp.send("Page.crash").catch(() => {});
      await died;
      const page = await kit.open();
      await goOn(page).waitFor();
      assert.deepEqual(await page.evaluate(stored), before);
      await goOn(page).click();
      await hasItsStar(kit, page);
    });
  }

  t.case("a full disk is told, and loses nothing that was kept", async (kit) => {
    const page = await kit.open();
    await starred(kit, page);
    const before = await page.evaluate(stored);
    const cdp = await kit.context.newCDPSession(page);
    const { origin } = new URL(kit.base);
    await cdp.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1000 });
    const more = join(await kit.temporary(), "tonight.csv");
    await writeFile(more, "name,learning_rate,test/accuracy\ntonight-1,0.1,0.5\ntonight-2,0.2,0.6\n");
    await page.setInputFiles("input[type=file]", more);
    await page.getByText("This session is not kept: there is not enough room on this disk for the browser.").waitFor();
    await cdp.send("Storage.overrideQuotaForOrigin", { origin });
    await page.goto("about:blank");
    await page.goto(kit.base);
    await goOn(page).waitFor();
    assert.deepEqual(await page.evaluate(stored), before);
    await goOn(page).click();
    await runsAre(page, 300);
  });

  t.case("a dropped file that was changed before it was kept is told", async (kit) => {
    const file = join(await kit.temporary(), "tonight.csv");
    await writeFile(file, "name,learning_rate,test/accuracy\ntonight-1,0.1,0.5\ntonight-2,0.2,0.6\n");
    const page = await kit.open();
    await emptyIs(page);
    await page.setInputFiles("input[type=file]", file);
    await kit.waitReady(page);
    await writeFile(file, "name\n");
    await keepBar(page).getByRole("button", { name: "Yes, keep" }).click();
    await page.getByText("This session is not kept: a dropped file was changed or moved since.").waitFor();
    const { folder, files } = await page.evaluate(stored);
    assert.deepEqual([folder, files], [[], { "": " " }]);
  });

  t.case("files of no session are removed on the next visit, but those that a tab reads, and those of another version", async (kit) => {
    const page = await kit.open();
    await starred(kit, page);
    await page.evaluate(async () => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("runsift");
      for (const name of ["left.drops", "left.session", "left.else"]) await folder.getFileHandle(name, { create: true });
    });
    await page.goto("about:blank");
    await page.goto(kit.base);
    await goOn(page).waitFor();
    const names = async (page) => Object.keys((await page.evaluate(stored)).files).filter(Boolean).map((name) => name.replace(/^[\w-]+/, "")).sort();
    assert.deepEqual(await names(page), [".drops", ".else", ".session"]);
    await goOn(page).click();
    await runsAre(page, 300);
    await kit.waitReady(page);
    const second = await kit.context.newPage();
    await second.goto(kit.base);
    await second.getByTestId("go-on").getByRole("button", { name: "Delete" }).click();
    await second.getByText(/is deleted\./).waitFor();
    await second.goto("about:blank");
    await second.goto(kit.base);
    await emptyIs(second);
    assert.deepEqual(await names(second), [".drops", ".else"]);
    await second.close();
    // The first tab still has it, and keeps it anew.
    await page.bringToFront();
    await page.locator("[data-view=table] .grid").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("*");
    await page.getByText(/changed or deleted in another tab/).waitFor();
    await page.click(".export-menu summary");
    await page.getByRole("button", { name: "Keep in this browser" }).click();
    await keepBar(page).getByLabel("Name").fill("mine");
    await keepBar(page).getByLabel("Name").press("Enter");
    await keptIs(page, /"name":"mine"/);
    assert.deepEqual(await names(page), [".drops", ".drops", ".else", ".session"]);
    await page.goto("about:blank");
    await page.goto(kit.base);
    await goOn(page).waitFor();
    assert.deepEqual(await names(page), [".drops", ".else", ".session"]);
    await goOn(page).click();
    await runsAre(page, 300);
  });

  t.case("of a session that is deleted while it is written nothing is left", async (kit) => {
    const page = await kit.open();
    const files = async () => Object.keys((await page.evaluate(stored)).files).filter(Boolean);
    // Writing takes its time: there is room to delete in the middle of it.
    await page.evaluate(() => {
      const { write } = FileSystemWritableFileStream.prototype;
      FileSystemWritableFileStream.prototype.write = async function (blob) {
        window.writing = true;
        await new Promise((done) => setTimeout(done, 700));
        return write.call(this, blob);
      };
    });
    await dropped(kit, page);
    const remove = async () => {
      await page.click(".export-menu summary");
      await page.getByRole("button", { name: /^Delete what is kept/ }).click();
      await page.getByText("What was kept of this session is deleted.").waitFor();
    };
    await keepBar(page).getByRole("button", { name: "Yes, keep" }).click();
    await page.waitForFunction(() => window.writing);
    await remove();
    assert.deepEqual(await files(), []);
    // One that was opened, and is written anew with what came since.
    await page.goto("about:blank");
    await page.goto(kit.base);
    await starred(kit, page);
    await page.goto("about:blank");
    await page.goto(kit.base);
    await goOn(page).click();
    await hasItsStar(kit, page);
    const more = join(await kit.temporary(), "tonight.csv");
    await writeFile(more, "name,learning_rate,test/accuracy\ntonight-1,0.1,0.5\ntonight-2,0.2,0.6\n");
    await page.setInputFiles("input[type=file]", more);
    await keptIs(page, /"runs":302/);
    await remove();
    assert.deepEqual(await files(), []);
  });

  t.case("several sessions have names, are opened, renamed, deleted and brought back, and the palette knows them", async (kit) => {
    const page = await kit.open();
    await dropped(kit, page);
    assert.match(await keepBar(page).getByLabel("Name").inputValue(), /^random-search-seeds, \d{4}-\d\d-\d\d$/);
    await keepBar(page).getByLabel("Name").fill("night one");
    await keepBar(page).getByLabel("Name").press("Enter");
    await keptIs(page, /"name":"night one"/);
    // The same runs under another name.
    await page.click(".export-menu summary");
    await page.getByRole("button", { name: "Keep as another session" }).click();
    await keepBar(page).getByLabel("Name").fill("night two");
    await kit.axe(page);
    await keepBar(page).getByRole("button", { name: "Keep" }).click();
    await keptIs(page, /"name":"night two"/);
    await page.fill(FILTER, "lr < 0.01");
    await page.press(FILTER, "Enter");
    await keptIs(page, /"name":"night two".*f=lr/);
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    await emptyIs(page);
    assert.equal(await lines(page).count(), 2);
    const box = page.getByLabel("Name of the session “night one”");
    await box.fill("night 1");
    await box.press("Enter");
    await page.getByRole("button", { name: "Go on “night 1”" }).waitFor();
    await page.getByRole("button", { name: "Delete “night two”" }).click();
    await page.getByText("“night two” is deleted.").waitFor();
    assert.equal(await lines(page).count(), 1);
    await kit.axe(page);
    await kit.screens(page, "session-deleted");
    await page.getByRole("button", { name: "Bring it back" }).click();
    await page.getByRole("button", { name: "Go on “night two”" }).waitFor();
    await page.goto("about:blank");
    await page.goto(kit.base);
    await page.getByRole("button", { name: "Go on “night 1”" }).waitFor();
    await kit.screens(page, "session-several");
    await page.keyboard.press("Control+k");
    await page.waitForFunction(() => document.activeElement?.id === "palette");
    await page.keyboard.type("go on night two");
    await page.keyboard.press("Enter");
    await kit.waitReady(page);
    assert.equal(await page.inputValue(FILTER), "lr < 0.01");
  });

  t.case("what was written for a report is there after a reload", async (kit) => {
    const page = await kit.open();
    await starred(kit, page);
    await page.evaluate(() => (location.hash = "#/report?o=metric.test/accuracy,max,last"));
    await page.getByLabel("Title").fill("Night of the 28th");
    await page.getByLabel("Notes, in Markdown").fill("Lower **lr** wins.");
    await page.getByLabel("Further words").fill("projectX");
    await page.getByLabel("Further words").blur();
    await page.getByRole("checkbox", { name: "Scatter" }).check();
    await keptIs(page, /"report":.*Night of the 28th.*projectX/);
    await page.goto("about:blank");
    await page.goto(kit.base);
    await goOn(page).click();
    await kit.waitReady(page);
    await page.locator(".report-preview strong").waitFor();
    assert.equal(await page.getByLabel("Title").inputValue(), "Night of the 28th");
    assert.equal(await page.getByLabel("Further words").inputValue(), "projectX");
    assert.equal(await page.getByRole("checkbox", { name: "Scatter" }).isChecked(), true);
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    await dropped(kit, page);
    await page.evaluate(() => (location.hash = "#/report?o=metric.test/accuracy,max,last"));
    await page.getByLabel("Title").waitFor();
    assert.equal(await page.getByLabel("Title").inputValue(), "");
  });

  t.case("two tabs with one session do not write over one another", async (kit) => {
    const page = await kit.open();
    await starred(kit, page);
    const second = await kit.context.newPage();
    await second.goto(kit.base);
    await goOn(second).click();
    await kit.waitReady(second);
    await second.fill(FILTER, "my_star:true");
    await second.press(FILTER, "Enter");
    await keptIs(second, /my_star/);
    await page.bringToFront();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("*");
    await page.getByText(/changed or deleted in another tab/).waitFor();
    assert.match(await kept(second), /my_star/);
    // What the first made goes into a session of its own.
    await page.click(".export-menu summary");
    await page.getByRole("button", { name: "Keep in this browser" }).click();
    await keepBar(page).getByLabel("Name").fill("mine");
    await keepBar(page).getByLabel("Name").press("Enter");
    await keptIs(page, /"name":"mine".*"star":true.*"star":true/);
  });

  t.case("what one tab deletes, another does not bring back", async (kit) => {
    const page = await kit.open();
    await starred(kit, page);
    const second = await kit.context.newPage();
    await second.goto(kit.base);
    await emptyIs(second);
    await second.getByTestId("go-on").getByRole("button", { name: "Delete" }).click();
    await second.getByText(/is deleted\./).waitFor();
    await page.bringToFront();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("*");
    await page.getByText(/changed or deleted in another tab/).waitFor();
    assert.equal(await kept(page), null);
  });

  t.case("not now and never are answers", async (kit) => {
    const page = await kit.open();
    await dropped(kit, page);
    await page.getByTestId("keep-bar").getByRole("button", { name: "Never" }).click();
    await page.goto(page.url().split("#")[0]);
    await page.reload();
    await dropped(kit, page);
    await page.waitForTimeout(300);
    assert.equal(await page.getByTestId("keep-bar").count(), 0);
  });
}
