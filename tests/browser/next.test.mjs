// Next: proposals of a real export as a table and as text, how many, with which seed; and of few runs.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const VIEW = "[data-view=next]";

/** The view of a file. */
async function next(kit, file, hash) {
  const page = await kit.open(`#/table${hash}`);
  await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
  await page.setInputFiles("input[type=file]", file);
  await kit.waitReady(page);
  await page.click("[role=tab][href*='#/next']");
  await page.waitForSelector(VIEW);
  await kit.calm(page);
  return page;
}

const rows = (page) =>
  page.$$eval(`${VIEW} .next-runs tbody tr`, (all) => all.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent)));

const heads = (page) => page.$$eval(`${VIEW} .next-runs thead th`, (all) => all.map((head) => head.textContent));

const text = (page) => page.textContent(`${VIEW} .as-text`);

export default function (t) {
  t.case("proposals are a table and text, in any number, and another seed gives others", async (kit) => {
    const page = await next(kit, "samples/optuna-digits.csv", "?o=metric.val_accuracy,max,last");
    await page.waitForSelector(`${VIEW} .next-runs`);
    const names = await heads(page);
    assert.ok(names.includes("lr"), String(names));
    const ten = await rows(page);
    assert.equal(ten.length, 10);
    assert.equal(ten[0].length, names.length - 1);
    const at = names.indexOf("Expected improvement") - 1;
    const improvements = ten.map((row) => Number(row[at]));
    assert.deepEqual(improvements, [...improvements].sort((a, b) => b - a));
    assert.match(await page.textContent(VIEW), /\d+ of 240 shown runs used.*Out-of-bag R² .* seed 0/);
    await kit.axe(page);
    await kit.screens(page, "next");
    await page.selectOption(`${VIEW} [name=form]`, { label: "JSON" });
    const json = JSON.parse(await text(page));
    assert.equal(json.length, 10);
    assert.equal(typeof json[0].lr, "number");
    await page.selectOption(`${VIEW} [name=form]`, { label: "Optuna" });
    assert.match(await text(page), /^study\.enqueue_trial\(\{"/m);
    await page.selectOption(`${VIEW} [name=form]`, { label: "W&B sweep" });
    assert.match(await text(page), /goal: maximize/);
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(`${VIEW} >> text=Save`)]);
    assert.equal(download.suggestedFilename(), "sweep.yaml");
    assert.equal(await readFile(await download.path(), "utf8"), await text(page));
    await page.selectOption(`${VIEW} [name=count]`, "3");
    await page.waitForFunction((rows) => document.querySelectorAll(rows).length === 3, `${VIEW} .next-runs tbody tr`);
    assert.match(page.url(), /N=3\.0/);
    await page.click(`${VIEW} >> text=Others`);
    await page.waitForFunction((view) => document.querySelector(view).textContent.includes("seed 1."), VIEW);
    await kit.calm(page);
    assert.equal((await rows(page)).length, 3);
    assert.ok((await rows(page)).some((row) => !ten.some((other) => String(other) === String(row))));
    await page.setViewportSize({ width: 390, height: 800 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(wide, false, "nothing sticks out at 390 px");
  });

  t.case("few runs get points that are spread out, and the reason", async (kit) => {
    const page = await next(kit, "samples/optuna-digits.csv", "?f=lr%3E0.1&o=metric.val_accuracy,max,last");
    await page.waitForFunction((view) => /No predictions|Nothing can be proposed/.test(document.querySelector(view).textContent), VIEW);
    assert.ok(!(await heads(page)).includes("Predicted"));
  });

  t.case("the brief ends with a link to it", async (kit) => {
    const page = await next(kit, "samples/optuna-digits.csv", "?o=metric.val_accuracy,max,last");
    await page.click("[role=tab][href*='#/brief']");
    await page.waitForSelector("[data-view=brief] .sentences li");
    await kit.calm(page);
    await page.click("[data-view=brief] li[data-kind=Next] a");
    await page.waitForSelector(`${VIEW} .next-runs`);
  });
}
