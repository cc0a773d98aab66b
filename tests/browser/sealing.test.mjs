// Sessions with a passphrase: nothing of them is read without it, and it can be changed and removed.

import assert from "node:assert/strict";
import { dropped, FILTER, goOn, keepBar, kept, keptIs, runsAre, stored } from "./kept.mjs";

export default function (t) {
  for (const form of ["base", "single"]) {
    t.case(`a session with a passphrase opens by it alone, and nothing of it can be read without (${form})`, async (kit) => {
      const page = await kit.open(kit[form]);
      await dropped(kit, page);
      const bar = keepBar(page);
      await bar.getByLabel("Name").fill("night");
      await bar.getByRole("checkbox", { name: "With a passphrase" }).check();
      await bar.getByLabel("Passphrase", { exact: true }).fill("correct horse");
      await bar.getByRole("button", { name: "Yes, keep" }).click();
      await page.getByText(/Write the same passphrase twice/).waitFor();
      await bar.getByLabel("The same once more").fill("correct horse");
      await kit.axe(page);
      await bar.getByRole("button", { name: "Yes, keep" }).click();
      await bar.waitFor({ state: "detached" });
      assert.equal(await page.getByText(/Write the same passphrase twice/).count(), 0);
      await keptIs(page, /"name":"night"/);
      await page.fill(FILTER, "lr < 0.01");
      await page.press(FILTER, "Enter");
      const first = JSON.parse(await kept(page)).mark;
      for (let tries = 0; tries < 100 && JSON.parse(await kept(page)).mark === first; tries += 1) await page.waitForTimeout(100);
      const all = Object.values((await page.evaluate(stored)).files).join(" ");
      assert.ok(all.includes("night") && all.length > 10_000, `${all.length} bytes`);
      for (const word of ["batch_size", "random-search", "horse", "breast-cancer", "test/accuracy"]) {
        assert.ok(!all.includes(word), word);
      }
      await page.goto("about:blank");
      await page.goto(kit[form]);
      const word = page.getByLabel("Passphrase of “night”");
      await word.fill("wrong horse");
      await word.press("Enter");
      const refused = page.getByText(/The passphrase is another one/);
      await refused.waitFor();
      // A second time it is said anew.
      const before = await refused.elementHandle();
      await word.fill("wrong again");
      await word.press("Enter");
      await page.waitForFunction((before) => !before.isConnected, before);
      await refused.waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.dataset.state), "empty");
      await kit.screens(page, `session-sealed-${form}`);
      await kit.axe(page);
      await word.fill("correct horse");
      await word.press("Enter");
      await runsAre(page, 300);
      await kit.waitReady(page);
      assert.equal(await refused.count(), 0);
      assert.equal(await page.inputValue(FILTER), "lr < 0.01");
      const noted = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + location.href);
      assert.ok(!noted.includes("horse"), noted);
    });
  }

  t.case("a copy of a sealed session is sealed, too, and the passphrase can be changed", async (kit) => {
    const page = await kit.open();
    await dropped(kit, page);
    const bar = keepBar(page);
    const words = async (word) => {
      await bar.getByLabel("Passphrase", { exact: true }).fill(word);
      await bar.getByLabel("The same once more").fill(word);
    };
    await bar.getByLabel("Name").fill("night");
    await bar.getByRole("checkbox", { name: "With a passphrase" }).check();
    await words("correct horse");
    await bar.getByRole("button", { name: "Yes, keep" }).click();
    await page.getByText("Kept in this browser.").waitFor();
    const first = JSON.parse(await kept(page)).mark;
    await page.click(".export-menu summary");
    await page.getByRole("button", { name: "Change the passphrase" }).click();
    await kit.axe(page);
    await words("battery staple");
    await bar.getByRole("button", { name: "Set the passphrase" }).click();
    for (let tries = 0; tries < 100 && JSON.parse(await kept(page)).mark === first; tries += 1) await page.waitForTimeout(100);
    await page.click(".export-menu summary");
    await page.getByRole("button", { name: "Keep as another session" }).click();
    assert.equal(await bar.getByRole("checkbox", { name: /With a passphrase/ }).isChecked(), true);
    await bar.getByLabel("Name").fill("copy");
    await bar.getByRole("button", { name: "Keep", exact: true }).click();
    await keptIs(page, /"name":"copy".*"seal":"pbkdf2/);
    await page.goto("about:blank");
    await page.goto(kit.base);
    for (const name of ["night", "copy"]) {
      const word = page.getByLabel(`Passphrase of “${name}”`);
      await word.fill("correct horse");
      await word.press("Enter");
      await page.getByText(/The passphrase is another one/).waitFor();
      await word.fill("battery staple");
      await word.press("Enter");
      await runsAre(page, 300);
      await kit.waitReady(page);
      await page.goto("about:blank");
      await page.goto(kit.base);
    }
  });

  t.case("a passphrase is removed: who asks is asked first, and then nothing of the session is sealed", async (kit) => {
    const page = await kit.open();
    await dropped(kit, page);
    const bar = keepBar(page);
    await bar.getByLabel("Name").fill("night");
    await bar.getByRole("checkbox", { name: "With a passphrase" }).check();
    await bar.getByLabel("Passphrase", { exact: true }).fill("correct horse");
    await bar.getByLabel("The same once more").fill("correct horse");
    await bar.getByRole("button", { name: "Yes, keep" }).click();
    await page.getByText("Kept in this browser.").waitFor();
    await keptIs(page, /"seal":"pbkdf2/);
    const all = async () => Object.values((await page.evaluate(stored)).files).join(" ");
    const word = "random-search";
    assert.equal((await all()).includes(word), false);
    const remove = page.getByRole("button", { name: "Remove the passphrase" });
    await page.click(".export-menu summary");
    await remove.click();
    // Whoever thinks better of it changes nothing.
    await bar.getByText(/whoever uses this browser can open it/).waitFor();
    await kit.axe(page);
    // Neither by a second press of the key that asked for it, nor by Escape.
    await page.waitForFunction(() => document.activeElement?.textContent === "Cancel");
    await page.keyboard.press("Escape");
    await bar.waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => document.activeElement?.localName), "summary");
    await page.keyboard.press("Enter");
    await remove.click();
    await bar.getByRole("button", { name: "Cancel" }).click();
    await bar.waitFor({ state: "detached" });
    await page.waitForTimeout(1_000);
    assert.match(await kept(page), /"seal":"pbkdf2/);
    await page.click(".export-menu summary");
    await remove.click();
    await bar.getByRole("button", { name: "Remove the passphrase" }).click();
    await bar.waitFor({ state: "detached" });
    for (let tries = 0; tries < 100 && /"seal":"pbkdf2/.test(await kept(page)); tries += 1) await page.waitForTimeout(100);
    assert.ok(!/"seal":"pbkdf2/.test(await kept(page)), await kept(page));
    await page.getByText("The passphrase is removed: this session opens without one.").waitFor();
    await page.click(".export-menu summary");
    await page.getByRole("button", { name: "Keep with a passphrase" }).waitFor();
    assert.equal(await remove.count(), 0);
    await page.keyboard.press("Escape");
    await page.goto("about:blank");
    await page.goto(kit.base);
    // What the former tab read stayed until it ended.
    await goOn(page).waitFor();
    assert.ok((await all()).includes(word));
    assert.equal(await page.getByLabel("Passphrase of “night”").count(), 0);
    await goOn(page).click();
    await runsAre(page, 300);
    await kit.waitReady(page);
  });
}
