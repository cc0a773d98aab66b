// Reports: one file that opens without a network and shows the same, and holds nothing that was to stay.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";

const VIEW = "[data-view=report]";
const OBJECTIVE = "o=metric.val_loss,min,last";

/** What must not leave, in small letters. */
const PRIVATE = ["anna", "bertram", "gpu-node7", "/data/secret", "sk-abcdef0123456789", "corp.example", "projectx"];

/** Forty runs of two people, with much that gives them away. */
const runs = () => {
  const lines = ["id,name,user,host,lr,optimizer,data,note,tags.api_key,val_loss"];
  for (let run = 0; run < 40; run += 1) {
    const user = run % 2 ? "anna" : "bertram";
    const lr = 0.001 * (run + 1);
    const note = `"${user}@corp.example, projectX on gpu-node7"`;
    lines.push(
      `${user}-run-${run},${user}_exp${run},${user},gpu-node7,${lr},${run % 3 ? "adam" : "sgd"},${run % 3 ? "/data/secret/a.csv" : "/data/public/b.csv"},${note},sk-abcdef0123456789abcdef,${Math.abs(lr - 0.02) + 0.001 * (run % 3)}`,
    );
  }
  return lines.join("\n");
};

async function opened(kit, address) {
  const page = await kit.open(`${address}#/report?${OBJECTIVE}`);
  const file = join(await kit.temporary(), "night-of-anna.csv");
  await writeFile(file, runs());
  await page.setInputFiles("input[type=file]", file);
  await kit.waitReady(page);
  await page.locator(VIEW).waitFor();
  await page.getByLabel("Title").fill("Night of the 28th");
  await page.getByLabel("Notes, in Markdown").fill("# Result\n\nLower **lr** <b>wins</b>, says Anna.\n- one\n- two");
  await page.getByLabel("Further words").fill("projectX");
  await page.getByLabel("Further words").blur();
  await kit.calm(page);
  return page;
}

async function saved(page, name) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
  return [download.suggestedFilename(), await readFile(await download.path(), "utf8")];
}

/** What of the private words is in a text. */
const leaked = (text) => PRIVATE.filter((word) => text.toLowerCase().includes(word));

export default function (t) {
  t.case("views are printed with what is read in them, on light paper, and without what is pressed", { context: { colorScheme: "dark" } }, async (kit) => {
    const page = await kit.open(`${kit.base}#/table?${OBJECTIVE}`);
    await page.setInputFiles("input[type=file]", "samples/random-search-seeds.csv");
    await kit.waitReady(page);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const seen = () =>
      page.evaluate(() => {
        const heights = [...document.querySelectorAll("[data-view] [role=row]")].map((row) => row.getBoundingClientRect());
        const inside = document.querySelector("[data-view]").getBoundingClientRect();
        const buttons = [...document.querySelectorAll(".button")].filter((button) => button.offsetParent);
        const ink = getComputedStyle(document.body).color;
        return { rows: heights.filter((row) => row.height > 0 && row.bottom <= inside.bottom + 1).length, buttons: buttons.length, ink };
      });
    const table = await seen();
    assert.ok(table.rows > 10, JSON.stringify(table));
    assert.equal(table.buttons, 0);
    assert.equal(table.ink, "rgb(26, 29, 35)");
    const pdf = await page.pdf({ format: "A4" });
    assert.ok(pdf.length > 10_000, `${pdf.length} bytes`);
  });

  t.case("by our own key the whole table is printed, with what it is of", async (kit) => {
    const page = await kit.open(`${kit.base}#/table?${OBJECTIVE}`);
    await page.setInputFiles("input[type=file]", "samples/random-search-seeds.csv");
    await kit.waitReady(page);
    await page.evaluate(() => {
      window.print = () => (window.printed = document.querySelectorAll(".paper tbody tr").length);
    });
    await page.keyboard.press("Control+p");
    await page.waitForFunction(() => window.printed === 300);
    await page.emulateMedia({ media: "print" });
    const sheet = page.locator(".paper");
    assert.match(await sheet.locator("p").textContent(), /300 of 300 runs/);
    assert.equal(await page.locator(".grid").isVisible(), false);
    const columns = await sheet.locator("th").count();
    assert.ok(columns > 3, `${columns} columns`);
    await page.emulateMedia({ media: "screen" });
    assert.equal(await sheet.isVisible(), false);
    await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
    await sheet.waitFor({ state: "detached" });
  });

  t.case("by the browser's own menu the same lines are printed, those of what is shown then", async (kit) => {
    const page = await kit.open(`${kit.base}#/table?${OBJECTIVE}`);
    await page.setInputFiles("input[type=file]", "samples/random-search-seeds.csv");
    await kit.waitReady(page);
    const sheet = page.locator(".paper");
    // The browser waits for nobody: what is there when it begins is what is printed.
    const printed = async () => {
      await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
      const lines = await sheet.locator("tbody tr").count();
      const told = lines ? await sheet.locator("p").textContent() : "";
      await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
      await sheet.waitFor({ state: "detached" });
      return { lines, told };
    };
    const settled = async (count) => {
      for (let tries = 0; tries < 50; tries += 1) {
        await page.waitForTimeout(200);
        const said = await printed();
        if (said.lines === count) return said.told;
      }
      return assert.fail(`${count} lines are not printed`);
    };
    assert.match(await settled(300), /300 of 300 runs/);
    await page.fill("[data-testid=filter]", "optimizer = adam");
    await page.press("[data-testid=filter]", "Enter");
    await page.waitForFunction(() => Number(document.documentElement.dataset.shown) < 300);
    const shown = (await kit.counts(page)).shown;
    // Never those of before.
    assert.notEqual((await printed()).lines, 300);
    assert.match(await settled(shown), /filter: optimizer = adam/);
    // Whoever goes to the browser's menu leaves the page: the lines are there when it opens.
    await page.fill("[data-testid=filter]", "optimizer = sgd");
    await page.press("[data-testid=filter]", "Enter");
    await page.waitForFunction((shown) => Number(document.documentElement.dataset.shown) !== shown, shown);
    const sgd = (await kit.counts(page)).shown;
    await page.evaluate(() => document.body.dispatchEvent(new MouseEvent("mouseout", { bubbles: true })));
    await page.waitForTimeout(900);
    assert.equal((await printed()).lines, sgd);
    // That lines are made while nothing else is to do is not seen.
    await page.fill("[data-testid=filter]", "optimizer = sgd and activation = relu");
    await page.press("[data-testid=filter]", "Enter");
    await kit.calm(page);
    await page.waitForTimeout(300);
    await kit.calm(page);
    await page.evaluate(() => {
      window.busy = 0;
      const root = document.documentElement;
      new MutationObserver(() => (window.busy += root.dataset.busy === "true")).observe(root, { attributeFilter: ["data-busy"] });
    });
    await page.waitForTimeout(2_500);
    const last = (await kit.counts(page)).shown;
    assert.equal((await printed()).lines, last);
    assert.equal(await page.evaluate(() => window.busy), 0);
    await page.fill("[data-testid=filter]", "");
    await page.press("[data-testid=filter]", "Enter");
    await settled(300);
    const pdf = await page.pdf({ format: "A4", landscape: true });
    const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
    assert.ok(pages > 1, `300 runs on ${pages} pages`);
  });

  for (const form of ["base", "single"]) {
    t.case(
      `a report opens without a network and holds nothing that was replaced (${form})`,
      { allow: ["foreign"], timeout: 120_000 },
      async (kit) => {
        const page = await opened(kit, kit[form]);
        const told = await page.locator(VIEW).textContent();
        for (const words of ["keys and passwords: 1 found", "names of users: 2 found", "paths: 2 found", "names and addresses of machines: 1 found"]) {
          assert.ok(told.includes(words), `${words} in ${told}`);
        }
        assert.equal(await page.locator(".report-preview strong").textContent(), "lr");
        await kit.axe(page);
        await kit.screens(page, `report-form-${form}`);
        const [name, html] = await saved(page, "Save the report");
        assert.equal(name, "report-interactive.html");
        assert.ok(html.length < 3_000_000 + 10_000, `${html.length} bytes`);
        const block = (id) => new RegExp(`<script[^>]*id="report-${id}"[^>]*>([^<]*)</script>`).exec(html)[1];
        const bytes = gunzipSync(Buffer.from(block("runs"), "base64")).toString("latin1");
        assert.deepEqual(leaked(bytes), []);
        // Long runs of base64 spell anything.
        assert.deepEqual(leaked(html.replace(/[A-Za-z0-9+/=]{1000,}/g, "")), []);
        assert.ok(bytes.includes("adam") && bytes.includes("[user 1]"));

        const file = join(await kit.temporary(), name);
        await writeFile(file, html);
        const address = pathToFileURL(file).href;
        await kit.context.setOffline(true);
        const other = await kit.context.newPage();
        await other.goto(address);
        await kit.waitReady(other);
        assert.equal(await other.evaluate(() => document.documentElement.dataset.runs), "40");
        await other.locator(`${VIEW} h2`, { hasText: "Night of the 28th" }).waitFor();
        const words = await other.locator(VIEW).textContent();
        assert.ok(words.includes("Lower lr <b>wins</b>, says [user 2]."), words);
        assert.ok(words.includes("40 of 40 runs: those that were shown."), words);
        assert.deepEqual(await other.locator("[role=tab]").allTextContents(), ["Report", "Brief", "Table", "Importance"]);
        await kit.axe(other);
        await kit.screens(other, `report-opened-${form}`);
        await other.click(`${VIEW} a >> text=Table`);
        await other.locator("[data-view=table] .grid-rows .row").first().waitFor();
        await kit.calm(other);
        assert.match(await other.locator("[data-view=table]").textContent(), /\[user [12]\]_exp/);
        await other.keyboard.press("4");
        await other.locator("[data-view=importance] .bar").first().waitFor();
        const foreign = kit.seen.foreign.filter((seen) => !JSON.stringify(seen).includes(address));
        assert.deepEqual(foreign, []);
      },
    );
  }

  t.case("what a person unticks stays, columns can be left out, and runs numbered", { allow: ["foreign"] }, async (kit) => {
    const page = await opened(kit, kit.base);
    await page.locator(".report-found summary").last().click();
    await page.getByLabel(/\/data\/public\/b\.csv/).uncheck();
    await page.getByLabel("Number the runs instead of naming them").check();
    await page.getByRole("button", { name: "Choose columns" }).click();
    await page.locator(".report-columns").getByLabel("optimizer").check();
    await page.getByLabel("Notes, in Markdown").fill("Lower **lr** wins. See [the paper](https://papers.example/abs/7).");
    // It is listed, and what is shown is what the file has.
    await page.locator(".report-preview", { hasText: "[the paper]([host])" }).waitFor();
    await page.locator("label", { hasText: "in your own words" }).locator("input").evaluate((box) => box.click());
    await page.locator(".report-preview a[href='https://papers.example/abs/7']").waitFor();
    await page.getByRole("checkbox", { name: "Space" }).check();
    await page.evaluate(() => (location.hash = location.hash.replace("/report", "/importance")));
    await page.locator("[data-view=importance] .bar").first().waitFor();
    await kit.calm(page);
    await page.evaluate(() => (location.hash = location.hash.replace("/importance", "/report")));
    await page.locator(VIEW).waitFor();
    await kit.calm(page);
    const [name, html] = await saved(page, "Save as plain HTML");
    assert.equal(name, "report.html");
    assert.ok(html.includes('href="https://papers.example/abs/7"'));
    assert.deepEqual(leaked(html), []);
    assert.ok(html.includes("/data/public/b.csv"));
    assert.ok(!html.includes("<script") && !html.includes("adam"));
    for (const part of ["<h1>Night of the 28th</h1>", "<strong>lr</strong>", "<h2>Brief</h2>", "run 17", "Left out: 1 column.", "<h2>Space</h2>", "<h2>Importance</h2>"]) {
      assert.ok(html.includes(part), part);
    }
    const file = join(await kit.temporary(), name);
    await writeFile(file, html);
    const other = await kit.context.newPage();
    await other.goto(pathToFileURL(file).href);
    assert.equal(await other.locator("h1").textContent(), "Night of the 28th");
    assert.equal(await other.locator("figure > svg").count(), 2);
    assert.match(await other.locator("figcaption").last().textContent(), /40 of 40 runs: .* Objective: the lowest val_loss \(last\)\.$/);
    await kit.axe(other);
    await kit.screens(other, "report-plain");
  });

  t.case("a damaged report says so", { allow: ["foreign"] }, async (kit) => {
    const page = await opened(kit, kit.single);
    const [, html] = await saved(page, "Save the report");
    const file = join(await kit.temporary(), "cut.html");
    await writeFile(file, html.replace(/(id="report-runs"[^>]*>.{200})[^<]*/, "$1"));
    const other = await kit.context.newPage();
    await other.goto(pathToFileURL(file).href);
    await other.getByText("This report cannot be read").waitFor();
  });
}
