// What cases of sessions share: the sample, ranked and kept, and what the browser has of it.

import assert from "node:assert/strict";

const SAMPLE = "samples/random-search-seeds.csv";
export const FILTER = "[data-testid=filter]";

export const emptyIs = (page) => page.waitForFunction(() => document.documentElement.dataset.state === "empty");
export const runsAre = (page, count) => page.waitForFunction((count) => Number(document.documentElement.dataset.runs) === count, count);
export const shownAre = (page, count) => page.waitForFunction((count) => Number(document.documentElement.dataset.shown) === count, count);
export const goOn = (page) => page.getByTestId("go-on").getByRole("button", { name: "Go on" });
export const keepBar = (page) => page.getByTestId("keep-bar");
export const lines = (page) => page.getByTestId("go-on").getByRole("listitem");

/**
 * All that is kept, alone with it: the folder's sessions as [key, text], its files with their bytes by their letters, and the
 * sessions of the database, of a sealed one its text alone.
 */
export const stored = () =>
  navigator.locks.request("runsift", async () => {
    const all = { folder: [], files: {}, database: [] };
    const letters = async (bytes) => new TextDecoder("latin1").decode(await new Blob([bytes]).arrayBuffer());
    try {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("runsift");
      for await (const [name, handle] of folder.entries()) {
        const bytes = await (await handle.getFile()).arrayBuffer();
        all.files[name] = await letters(bytes);
        if (!name.endsWith(".session")) continue;
        const head = bytes.slice(4, 4 + new DataView(bytes).getUint32(0, true));
        all.folder.push([name.replace(".session", ""), JSON.parse(new TextDecoder().decode(head))[0]]);
      }
    } catch (error) {
      // No folder, or none yet.
      if (!["SecurityError", "NotFoundError"].includes(error.name)) throw error;
    }
    const database = await new Promise((then) => {
      const request = indexedDB.open("runsift", 1);
      request.onsuccess = () => then(request.result);
    });
    const get = (name, what) =>
      new Promise((then) => (database.transaction(name).objectStore(name)[what]().onsuccess = ({ target }) => then(target.result)));
    const [keys, texts, drops] = await Promise.all([get("texts", "getAllKeys"), get("texts", "getAll"), get("drops", "getAll")]);
    database.close();
    all.database = keys.map((key, at) => [key, [texts[at]].flat()[0]]);
    const spell = async (value) => {
      if (Array.isArray(value)) return (await Promise.all(value.map(spell))).join(" ");
      return typeof value === "string" ? value : value instanceof Blob || ArrayBuffer.isView(value) ? letters(value) : "";
    };
    all.files[""] = await spell([texts, drops]);
    return all;
  });

/** The text that was kept last, or that of a key, if one is. */
export async function kept(page, key = null) {
  const { folder, database } = await page.evaluate(stored);
  const all = [...folder, ...database].filter(([known]) => !key || known === key).map(([, text]) => text);
  const saved = (text) => JSON.parse(text).saved ?? 0;
  return all.sort((a, b) => saved(b) - saved(a))[0] ?? null;
}

/** Keeps a text in the database under a key, as former versions did: with drops those of the only session of the folder, which goes. */
export const keepFormerly = async ([key, change, takesPlace]) => {
  let text = JSON.stringify(change);
  let drops = null;
  if (takesPlace) {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("runsift");
    const names = [];
    for await (const name of folder.keys()) names.push(name);
    const value = async (name) => {
      const bytes = await (await (await folder.getFileHandle(name)).getFile()).arrayBuffer();
      let at = 4 + new DataView(bytes).getUint32(0, true);
      const head = JSON.parse(new TextDecoder().decode(bytes.slice(4, at)));
      const taken = (head) => {
        if (Array.isArray(head)) return head.map(taken);
        const size = head?.blob ?? head?.bytes;
        if (size === undefined) return head;
        at += size;
        return bytes.slice(at - size, at);
      };
      return taken(head);
    };
    const [known, , file] = await value(names.find((name) => name.endsWith(".session")));
    text = JSON.stringify({ ...JSON.parse(known), ...change });
    drops = (await value(file)).map(([files, blobs, budget]) => [new Uint8Array(files), blobs.map((blob) => new Blob([blob])), budget]);
    for (const name of names) await folder.removeEntry(name);
  }
  await new Promise((done) => {
    const request = indexedDB.open("runsift", 1);
    request.onsuccess = () => {
      const changes = request.result.transaction(["texts", "drops"], "readwrite");
      changes.objectStore("texts").put(text, key);
      if (drops) changes.objectStore("drops").put(drops, key);
      changes.oncomplete = () => done(request.result.close());
    };
  });
};

/** Waits until what is kept says this. */
export async function keptIs(page, pattern) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (pattern.test((await kept(page)) ?? "")) return;
    await page.waitForTimeout(100);
  }
  assert.fail(`${pattern} is not kept`);
}

/** Drops the sample, ranked: whether to keep is asked after by what. */
export async function dropped(kit, page) {
  await emptyIs(page);
  await page.evaluate(() => (location.hash = "#/table?o=metric.test/accuracy,max,last"));
  await page.setInputFiles("input[type=file]", SAMPLE);
  await kit.waitReady(page);
}

export async function starred(kit, page) {
  await dropped(kit, page);
  const bar = page.getByTestId("keep-bar");
  await bar.waitFor();
  await kit.axe(page);
  await bar.getByRole("button", { name: "Yes, keep" }).click();
  await bar.waitFor({ state: "detached" });
  await page.locator("[data-view=table] .grid").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("*");
  await keptIs(page, /"star":true/);
}
