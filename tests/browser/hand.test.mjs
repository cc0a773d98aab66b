// What a person asks of the table goes before what nobody asked for, and is measured until it is answered and until it is painted.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

const FILTER = "[data-testid=filter]";

/// A table of 4,000 runs, whose brief is made unasked.
async function opened(kit) {
  const lines = ["run_id,lr,optimizer,val_loss"];
  for (let run = 0; run < 4_000; run += 1) {
    lines.push(`r${run},${((run * 7) % 101) / 101},${run % 3 ? "adam" : "sgd"},${((run * 37) % 241) / 241}`);
  }
  const file = join(await kit.temporary(), "runs.csv");
  await writeFile(file, lines.join("\n"));
  const page = await kit.open("#/table?o=metric.val_loss,min,last");
  await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
  await page.setInputFiles("input[type=file]", file);
  return page;
}

export default function (t) {
  t.case("the brief above the table waits while a hand is at work, and comes when it rests", async (kit) => {
    const page = await opened(kit);
    await page.waitForSelector("[data-view=table] [role=columnheader][data-key='metric.val_loss']");
    // Sorts ten times a second, for longer than a brief waits for a hand and takes.
    const { longest, brief, calm } = await page.evaluate(async () => {
      const header = document.querySelector("[data-view=table] [role=columnheader][data-key='metric.val_loss']");
      const rest = () => new Promise((then) => setTimeout(then, 100));
      let [longest, calm, last] = [0, 0, performance.now()];
      for (let at = 0; at < 25; at += 1) {
        header.click();
        await rest();
        calm += document.documentElement.dataset.busy === "false";
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
      }
      return { longest, brief: document.querySelectorAll("[data-testid=brief-strip] li").length, calm };
    });
    // Where the machine itself stood still so long the hand has rested.
    if (longest < 450) {
      assert.equal(brief, 0, "a brief that nobody asked for is not worked out meanwhile");
      assert.ok(calm > 0, `the page was calm after ${calm} of 25 sorts`);
    }
    await page.locator("[data-testid=brief-strip] li").first().waitFor();
    await kit.calm(page);
    assert.ok((await page.locator("[data-testid=brief-strip] li").count()) > 0);
  });

  t.case("sorting, filtering and grouping are measured until they are answered, and until they are painted", async (kit) => {
    const page = await opened(kit);
    await kit.waitReady(page);
    const measured = (name) =>
      page.waitForFunction((name) => performance.getEntriesByName(name).length > 0, name).then(() =>
        page.evaluate((name) => {
          const { startTime, duration, detail } = performance.getEntriesByName(name).at(-1);
          return { begun: startTime, over: startTime + duration, ...detail };
        }, name));
    const both = async (name) => {
      const painted = await measured(name);
      const answered = await measured(`${name}-answer`);
      assert.ok(answered.begun >= painted.begun && answered.over <= painted.over, JSON.stringify({ name, answered, painted }));
      assert.ok(answered.engine >= 0 && answered.over - answered.begun > answered.engine - 0.5, JSON.stringify(answered));
      assert.equal(answered.runs, 4_000);
    };
    await page.locator("[data-view=table] [role=columnheader][data-key='metric.val_loss']").click();
    await both("app:sort");
    await page.fill(FILTER, "optimizer = sgd");
    await page.press(FILTER, "Enter");
    await both("app:filter");
    // The address, the header and the rows are of what was asked.
    await kit.calm(page);
    assert.match(await page.evaluate(() => location.hash), /f=optimizer.*s=metric\.val_loss/);
    assert.equal(await page.locator("[role=columnheader][aria-sort=ascending]").count(), 1);
    assert.equal(await page.getAttribute("html", "data-shown"), "1334");
    await page.evaluate(() => (location.hash += "&g=by:param.optimizer"));
    await both("app:group");
  });

  t.case("what is taken back before its answer has come leaves the rows, the box and the address as they were", async (kit) => {
    const page = await opened(kit);
    await kit.waitReady(page);
    await page.fill(FILTER, "optimizer = sgd");
    await page.press(FILTER, "Enter");
    await page.waitForFunction(() => document.documentElement.dataset.shown === "1334");
    await kit.calm(page);
    const back = async (selector) => {
      await page.evaluate(async (selector) => {
        // The engine hears of it late.
        const kinds = [Worker, MessagePort].map((kind) => [kind, kind.prototype.postMessage]);
        for (const [kind, post] of kinds) {
          kind.prototype.postMessage = function (...what) {
            setTimeout(() => post.apply(this, what), 60);
          };
        }
        document.querySelector(selector).click();
        history.back();
        await new Promise((then) => setTimeout(then, 300));
        for (const [kind, post] of kinds) kind.prototype.postMessage = post;
      }, selector);
      await kit.calm(page);
      assert.equal(await page.getAttribute("html", "data-shown"), "1334");
      assert.equal(await page.inputValue(FILTER), "optimizer = sgd");
      const hash = await page.evaluate(() => location.hash);
      assert.match(hash, /f=optimizer/);
      assert.doesNotMatch(hash, /s=metric/);
      assert.equal(await page.locator("[role=columnheader][aria-sort=ascending]").count(), 0);
      return page.locator("[data-view=table] [role=row][aria-rowindex='2']").innerText();
    };
    const first = await page.locator("[data-view=table] [role=row][aria-rowindex='2']").innerText();
    assert.equal(await back("[aria-label='Clear the filter']"), first);
    assert.equal(await back("[data-view=table] [role=columnheader][data-key='metric.val_loss']"), first);
  });
}
