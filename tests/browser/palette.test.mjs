// The palette of commands and the help: what can be done, by its name, and what is said of it.

import assert from "node:assert/strict";

const SAMPLE = "samples/optuna-digits.csv";

const load = async (kit) => {
  const page = await kit.open("");
  await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
  await page.setInputFiles("input[type=file]", SAMPLE);
  await kit.waitReady(page);
  return page;
};

const palette = (page) => page.getByRole("dialog", { name: "What to do" });

const open = async (page) => {
  await page.keyboard.press("Control+k");
  await page.waitForFunction(() => document.activeElement?.id === "palette");
};

export default function (t) {
  t.case("the palette shows a view, presses a button, sorts by a column and opens a sheet, by keyboard", async (kit) => {
    const page = await load(kit);
    await open(page);
    const names = await palette(page).getByRole("option").allTextContents();
    assert.ok(names.length > 20, `${names.length} commands`);
    await page.keyboard.type("impor");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-view=importance]");
    assert.equal(await palette(page).isVisible(), false);

    await open(page);
    await page.keyboard.type("sort val_acc");
    assert.match(await palette(page).getByRole("option", { selected: true }).textContent(), /^Sort by .*val_acc/);
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-view=table]");
    await page.waitForFunction(() => /[?&]s=/.test(location.hash));
    const sorted = await page.evaluate(() => location.hash);

    // From the filter's box too; the arrows go round.
    await page.focus("#filter");
    await open(page);
    await page.keyboard.type("undo");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await page.waitForFunction((sorted) => location.hash !== sorted, sorted);

    await open(page);
    await page.keyboard.type("no such thing here");
    await palette(page).getByText("Nothing on this page is called so.").waitFor();
    await page.keyboard.press("Escape");
    await palette(page).waitFor({ state: "hidden" });

    await open(page);
    await page.keyboard.type("what each view");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Help" }).waitFor();
    await kit.screens(page, "palette-help");
  });

  t.case("help opens at the view that is shown, and leads to the other sheets", async (kit) => {
    const page = await load(kit);
    await page.click("#tab-importance");
    await page.waitForSelector("[data-view=importance]");
    await page.locator("#tab-importance").focus();
    await page.keyboard.press("h");
    const help = page.getByRole("dialog", { name: "Help" });
    await help.getByText("PED-ANOVA").waitFor();
    assert.deepEqual(await help.locator("details[open] > summary").allTextContents(), ["Importance"]);
    await help.getByText("How sure", { exact: true }).click();
    await help.getByText("corrected by Holm").waitFor();
    assert.deepEqual(await help.locator("details[open] > summary").allTextContents(), ["How sure"]);
    await help.getByRole("button", { name: "How to export your runs" }).click();
    await page.getByRole("dialog", { name: "How to export your runs" }).waitFor();
    assert.equal(await help.isVisible(), false);
    // A key that does something else has no effect below a sheet.
    await page.keyboard.press("h");
    assert.equal(await help.isVisible(), false);
    await page.keyboard.press("Escape");
    await page.setViewportSize({ width: 390, height: 800 });
    await open(page);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
    await kit.screens(page, "palette");
  });

  t.case("each hint is there once, where it helps, and covers nothing", async (kit) => {
    const page = await kit.open("");
    await page.evaluate(() => (localStorage["runsift.hints"] = "0"));
    await page.reload();
    await load({ ...kit, open: async () => page });
    const hint = page.getByRole("complementary", { name: "Hint" });
    await hint.getByText(/The filter takes comparisons/).waitFor();
    await kit.axe(page);
    await kit.screens(page, "hint");
    const [box, filter] = await Promise.all([hint.boundingBox(), page.locator("#filter").boundingBox()]);
    assert.ok(box.y + box.height <= filter.y, "it lies above the filter");
    await page.evaluate(() => (location.hash = "#/space"));
    await hint.getByText(/Drag over this chart/).waitFor();
    await page.evaluate(() => (location.hash = "#/importance"));
    await hint.getByText(/Ctrl K finds/).waitFor();
    await hint.getByRole("button", { name: "Got it" }).click();
    await hint.waitFor({ state: "detached" });
    await page.evaluate(() => (location.hash = "#/table"));
    await page.locator("[data-view=table] .grid-rows .row").first().waitFor();
    await kit.calm(page);
    assert.equal(await hint.count(), 0);
    await page.reload();
    await load({ ...kit, open: async () => page });
    assert.equal(await hint.count(), 0, "not shown again");
  });

  t.case("words beside a name are found, names stand apart, and keys act with Caps Lock", async (kit) => {
    const page = await load(kit);
    await open(page);
    const first = palette(page).getByRole("option", { selected: true });
    for (const [words, name] of [
      ["theme", /^Light or dark/],
      ["star", /star/],
      ["pause", /^Follow a folder|pause/i],
    ]) {
      await page.fill("#palette", words);
      await first.filter({ hasText: name }).waitFor();
    }
    await page.fill("#palette", "best run");
    await first.filter({ hasText: /^best run \S/i }).waitFor();
    await page.keyboard.press("Escape");
    const key = (key, code, shiftKey = false) =>
      page.evaluate((init) => document.body.dispatchEvent(new KeyboardEvent("keydown", { ...init, bubbles: true, cancelable: true })), {
        key,
        code,
        shiftKey,
      });
    await key("!", "Digit1", true);
    await page.waitForSelector("[data-view=distributions]");
    await key('"', "Digit2", true);
    await page.waitForSelector("[data-view=report]");
    // As with Caps Lock.
    await key("H", "KeyH");
    await page.getByRole("dialog", { name: "Help" }).waitFor();
  });

  t.case("the arrow keys go through the entries of Export, which stand in groups", async (kit) => {
    const page = await load(kit);
    await page.locator("#export-menu").focus();
    await page.keyboard.press("ArrowDown");
    await page.waitForSelector(".export-menu[open]");
    const active = () => page.evaluate(() => document.activeElement.textContent);
    assert.equal(await active(), "The table, LaTeX");
    await page.keyboard.press("ArrowDown");
    assert.equal(await active(), "The table, Markdown");
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowDown");
    assert.equal(await active(), "The table, LaTeX");
    await page.keyboard.press("ArrowUp");
    assert.match(await active(), /Keep/);
    assert.deepEqual(
      await page.locator(".export-list ul").evaluateAll((lists) => lists.map((list) => list.getAttribute("aria-label"))),
      ["As you see it", "Runs", "Curves", "Best configuration", "All of it, to go on"],
    );
    await kit.axe(page);
    await kit.screens(page, "export-menu");
    // On a phone, either way up, it stands within the screen and scrolls down to its last entry, and its headings stand where its
    // entries do.
    for (const [width, height] of [[390, 844], [844, 390]]) {
      await page.setViewportSize({ width, height });
      await kit.calm(page);
      const places = await page.locator(".export-list").evaluate((list) => {
        const range = document.createRange();
        const left = (of) => {
          range.selectNodeContents(of);
          return range.getBoundingClientRect().left;
        };
        const { left: from, right: to, bottom } = list.getBoundingClientRect();
        const last = [...list.querySelectorAll("button")].at(-1);
        last.scrollIntoView({ block: "nearest" });
        const at = last.getBoundingClientRect();
        const isReached = last.contains(document.elementFromPoint((at.left + at.right) / 2, (at.top + at.bottom) / 2));
        return { from, to, bottom, isReached, wider: list.scrollWidth - list.clientWidth, apart: left(list.querySelector("p")) - left(list.querySelector("li button")) };
      });
      const { from, to, bottom, isReached, wider, apart } = places;
      assert.ok(from >= 0 && to <= width && bottom <= height && isReached && wider === 0 && Math.abs(apart) < 2, JSON.stringify(places));
      await kit.screens(page, `export-menu-${width}`);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".export-menu[open]").count(), 0);
  });
}
