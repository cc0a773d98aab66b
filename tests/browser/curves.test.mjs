// The curves of runs: panels of metrics, what is set of them, and the runs behind the lines.

import assert from "node:assert/strict";

const VIEW = "[data-view=curves]";
const SAMPLE = "samples/learning-curves.csv";

async function opened(kit, hash = "?o=metric.val_loss,min,last") {
  const page = await kit.open(`#/curves${hash}`);
  await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
  await page.setInputFiles("input[type=file]", SAMPLE);
  await kit.waitReady(page);
  await page.waitForSelector(`${VIEW} .curves-panel`);
  await kit.calm(page);
  return page;
}

const names = (page) => page.$$eval(`${VIEW} .curves-panel`, (all) => all.map((panel) => panel.dataset.column));

/** How many pixels of the last panel are painted. */
const painted = (page) =>
  page.$$eval(`${VIEW} .curves-plot canvas`, (all) => {
    const canvas = all.at(-1);
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 3; at < data.length; at += 4) if (data[at] > 20) count += 1;
    return count;
  });

export default function (t) {
  t.case("metrics are panels, the objective first, and each says what it shows", async (kit) => {
    const page = await opened(kit);
    const all = await names(page);
    assert.equal(all[0], "metric.val_loss");
    assert.ok(all.length > 1, `${all}`);
    assert.ok((await painted(page)) > 2000);
    assert.match(await page.textContent(`${VIEW} .curves-told`), /40 runs\..*: best/s);
    assert.match(await page.textContent(`${VIEW} figcaption`), /of 40 runs shown with points.*best run ends at .*median/s);
    assert.equal(await page.getAttribute("[role=tab][href*=curves]", "aria-selected"), "true");
    const measures = await page.evaluate(() => performance.getEntriesByName("app:curves").length);
    assert.ok(measures > 0);
    await kit.axe(page);
    await kit.screens(page, "curves");
  });

  t.case("each panel is told in numbers", async (kit) => {
    const page = await opened(kit);
    await page.click(`${VIEW} .in-numbers summary`);
    await page.waitForSelector(`${VIEW} .in-numbers table`);
    assert.equal(await page.locator(`${VIEW} .in-numbers table`).count(), (await names(page)).length);
    assert.match(await page.textContent(`${VIEW} .in-numbers`), /40 shown runs, the best first.*Least.* at step /s);
    await kit.axe(page);
  });

  t.case("a part of the axis is shown in all panels by hand and by keys, and undone; outliers are ignored aloud", async (kit) => {
    const page = await opened(kit);
    const told = () => page.textContent(`${VIEW} .curves-told`);
    const partIs = (pattern) => page.waitForFunction((pattern) => new RegExp(pattern).test(document.querySelector(".curves-told").textContent), pattern);
    const wholeIs = () => page.waitForFunction(() => !/Shown are/.test(document.querySelector(".curves-told").textContent));
    const plot = page.locator(`${VIEW} .curves-plot`).first();
    const box = await plot.boundingBox();
    const middle = box.y + 80;
    await page.mouse.move(box.x + 150, middle);
    await page.mouse.down();
    await page.mouse.move(box.x + 220, middle, { steps: 4 });
    await page.waitForSelector(`${VIEW} .curves-over .span`);
    await page.mouse.up();
    await partIs("Shown are steps \\d");
    assert.equal(await page.locator(".drawer").count(), 0, "a drag opens no run");
    await page.waitForFunction(() => /[,=]z\d/.test(decodeURIComponent(location.hash)));
    const first = await told();
    await kit.calm(page);
    assert.ok((await painted(page)) > 500);
    await kit.screens(page, "curves-zoomed");
    await plot.focus();
    await page.keyboard.press("Shift+ArrowRight");
    await page.waitForFunction((first) => document.querySelector(".curves-told").textContent !== first, first);
    await page.keyboard.press("Control+z");
    await page.waitForFunction((first) => document.querySelector(".curves-told").textContent === first, first);
    await page.getByRole("button", { name: "Whole axis" }).click();
    await wholeIs();
    await plot.focus();
    await page.keyboard.press("+");
    await partIs("Shown are steps");
    await page.keyboard.press("0");
    await wholeIs();
    await page.getByLabel("Ignore outliers").check();
    await page.waitForFunction(() => /points? beyond the axis/.test(document.querySelector(".curves-panels").textContent));
    await kit.axe(page);
  });

  t.case("an axis that is logarithmic by itself is told by its box, and can be linear", async (kit) => {
    const page = await opened(kit);
    const box = page.getByLabel("Logarithmic", { exact: true });
    await page.waitForFunction(() => /axis is logarithmic, for they span/.test(document.querySelector(".curves-panels").textContent));
    assert.ok(await box.isChecked());
    await box.uncheck();
    await page.waitForFunction(() => !/axis is logarithmic/.test(document.querySelector(".curves-panels").textContent));
    assert.match(page.url(), /y=lin/);
    // What is far out is left out where that shows more, and the box says how many points.
    await page.getByLabel("Ignore outliers").check();
    await page.waitForFunction(() => /points? beyond the axis/.test(document.querySelector(".curves-panels").textContent));
  });

  t.case("metrics, axes and smoothing are set, and the address keeps them", async (kit) => {
    const page = await opened(kit);
    assert.match(await page.textContent(`${VIEW} .curves-panel`), /axis is logarithmic, for they span/);
    await page.fill(`${VIEW} .curves-pattern`, "^val_");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => [...document.querySelectorAll(".curves-panel")].every((panel) => panel.dataset.column.startsWith("metric.val_")));
    await kit.calm(page);
    const before = await painted(page);
    await page.focus(`${VIEW} input[type=range]`);
    await page.keyboard.press("End");
    await page.waitForFunction(() => document.querySelector(".curves-bar output").textContent === "0.99");
    await kit.calm(page);
    assert.notEqual(await painted(page), before);
    await page.selectOption(`${VIEW} [aria-label="How curves are smoothed"]`, "median");
    await page.waitForFunction(() => document.querySelector(".curves-bar output").textContent === "199 points");
    await page.waitForFunction(() => /Lines are smoothed \(running median, 199 points\)/.test(document.querySelector(".curves-told").textContent));
    await page.selectOption(`${VIEW} [aria-label="How curves are smoothed"]`, "exponential");
    await page.click(`${VIEW} .curves-bar input[type=checkbox]`);
    await kit.calm(page);
    assert.match(page.url(), /y=lin,s99,m:/);
    await page.goBack();
    await page.waitForFunction(() => !location.hash.includes("y=lin"));
  });

  t.case("a metric runs along the axis of the others, and keys go along it in order of steps", async (kit) => {
    const page = await opened(kit);
    await page.selectOption(`${VIEW} [aria-label="Horizontal axis"]`, { label: "train_loss" });
    await page.waitForFunction(() => /over train_loss/.test(document.querySelector(".curves-panel h3").textContent));
    assert.match(decodeURIComponent(page.url()), /y=o:metric\.train_loss/);
    assert.ok(!(await names(page)).includes("metric.train_loss"));
    await kit.calm(page);
    assert.ok((await painted(page)) > 500);
    await page.focus(`${VIEW} .curves-plot`);
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => /at train_loss [\d.]+, step \d+: /.test(document.querySelector(".curves-near").textContent));
    const first = await page.textContent(`${VIEW} .curves-near`);
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction((first) => document.querySelector(".curves-near").textContent !== first, first);
    await kit.axe(page);
    await kit.screens(page, "curves-over");
    // It spans decades, and so its axis is logarithmic unasked.
    const along = page.getByLabel("Logarithmic along");
    assert.ok(await along.isChecked());
    await along.uncheck();
    await page.waitForFunction(() => /,xlin/.test(decodeURIComponent(location.hash)));
    await kit.calm(page);
    assert.ok(!(await along.isChecked()));
    await page.selectOption(`${VIEW} [aria-label="Horizontal axis"]`, "step");
    await page.waitForFunction(() => /over step/.test(document.querySelector(".curves-panel h3").textContent));
    assert.doesNotMatch(page.url(), /o:metric|xlin/);
    assert.equal(await along.count(), 0);
  });

  t.case("a line tells its run in all panels, by hand and by keys, and opens it", async (kit) => {
    const page = await opened(kit);
    const box = await page.locator(`${VIEW} .curves-plot canvas`).first().boundingBox();
    // From above to below: some line is met.
    for (let part = 0.95; part > 0; part -= 0.1) {
      await page.mouse.move(box.x + box.width / 2, box.y + part * box.height);
      await kit.calm(page);
      if ((await page.textContent(`${VIEW} .curves-near`)).startsWith("Run ")) break;
    }
    assert.match(await page.textContent(`${VIEW} .curves-near`), /^Run .* at step \d+: /);
    const paths = await page.$$eval(`${VIEW} path.near`, (all) => all.map((path) => path.getAttribute("d")));
    assert.equal(paths.length, (await names(page)).length);
    await page.mouse.move(2, 2);
    await page.focus(`${VIEW} .curves-plot`);
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => document.querySelector(".curves-near").textContent.includes("at step "));
    const first = await page.textContent(`${VIEW} .curves-near`);
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction((first) => document.querySelector(".curves-near").textContent !== first, first);
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-view=run]");
  });

  t.case("zooming by keys goes on from the point that was pointed at", async (kit) => {
    const page = await opened(kit);
    await page.focus(`${VIEW} .curves-plot`);
    const near = () => page.textContent(`${VIEW} .curves-near`);
    const differs = (from) => page.waitForFunction((from) => /at step /.test(document.querySelector(".curves-near").textContent) && document.querySelector(".curves-near").textContent !== from, from);
    let before = await near();
    for (let times = 0; times < 3; times += 1) {
      await page.keyboard.press("ArrowRight");
      await differs(before);
      before = await near();
    }
    const [, run, step] = before.match(/^Run (.*) at step (\d+): /);
    await page.keyboard.press("+");
    await page.waitForFunction(() => /Shown are/.test(document.querySelector(".curves-told").textContent));
    await page.waitForFunction((start) => document.querySelector(".curves-near").textContent.startsWith(start), `Run ${run} at step ${step}: `);
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction((start) => document.querySelector(".curves-near").textContent.startsWith(start), `Run ${run} at step ${Number(step) + 1}: `);
  });

  t.case("presses that come quickly go on from one another, and what is drawn moves at once", async (kit) => {
    const page = await opened(kit);
    await page.focus(`${VIEW} .curves-plot`);
    await page.$eval(`${VIEW} canvas`, (canvas) => {
      window.moved = [];
      const note = () => window.moved.push(canvas.style.transform);
      new MutationObserver(note).observe(canvas, { attributes: true, attributeFilter: ["style"] });
    });
    // Before the engine can answer any of them.
    await page.$eval(`${VIEW} .curves-plot`, (plot) => {
      for (let times = 0; times < 3; times += 1) plot.dispatchEvent(new KeyboardEvent("keydown", { key: "+", bubbles: true, cancelable: true }));
    });
    const told = await page.waitForFunction(() => document.querySelector(".curves-told").textContent.match(/Shown are steps ([\d.]+) to ([\d.]+) of ([\d.]+) to ([\d.]+)/));
    await kit.calm(page);
    const [low, high, first, last] = (await told.jsonValue()).slice(1).map(Number);
    const part = (high - low) / (last - first);
    assert.ok(part > 0.1 && part < 0.15, `an eighth: ${low} to ${high} of ${first} to ${last}`);
    assert.match((await page.evaluate(() => window.moved)).join(" "), /matrix\(8, 0, 0, 1, -/);
    assert.equal(await page.$eval(`${VIEW} canvas`, (canvas) => canvas.style.transform + canvas.style.clipPath), "");
    await page.keyboard.press("-");
    await page.keyboard.press("Shift+ArrowLeft");
    await page.keyboard.press("0");
    await page.waitForFunction(() => !/Shown are/.test(document.querySelector(".curves-told").textContent));
    await kit.calm(page);
    assert.equal(await page.$eval(`${VIEW} canvas`, (canvas) => canvas.style.transform), "");
  });

  t.case("a filter that keeps nothing leaves no axes", async (kit) => {
    const page = await opened(kit);
    await page.fill("[data-testid=filter]", "lr > 1000");
    await page.press("[data-testid=filter]", "Enter");
    await page.waitForFunction((view) => document.querySelectorAll(`${view} .curves-panel`).length === 0, VIEW);
    assert.match(await page.textContent(`${VIEW} .curves-problem`), /No run passes the filter/);
    await page.goBack();
    await page.waitForSelector(`${VIEW} .curves-panel`);
  });

  t.case("a logarithmic axis has 0 and below too where that is asked", async (kit) => {
    const page = await opened(kit);
    await page.getByLabel("Logarithmic", { exact: true }).check();
    await page.getByLabel("0 and below too").check();
    await page.waitForFunction(() => /y=[^&]*log,symlog/.test(location.hash));
    await kit.calm(page);
    assert.doesNotMatch(await page.textContent(VIEW), /of 0 or less, which a logarithmic axis cannot show/);
    await kit.screens(page, "curves-symlog");
    await page.getByLabel("Logarithmic", { exact: true }).uncheck();
    await page.getByLabel("0 and below too").waitFor({ state: "detached" });
  });

  t.case("lines have the colours of the column that colours everything", async (kit) => {
    const page = await opened(kit, "?o=metric.val_loss,min,last&k=param.optimizer");
    const legend = await page.textContent(`${VIEW} .colour-legend`);
    for (const label of ["optimizer adam", "optimizer sgd", "other or no optimizer"]) assert.ok(legend.includes(label), legend);
    const hues = await page.$eval(`${VIEW} canvas`, (canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const met = new Set();
      for (let at = 0; at < data.length; at += 4) {
        const [red, green, blue, alpha] = data.slice(at, at + 4);
        // A hue to a sixth of the circle.
        if (alpha > 60 && Math.max(red, green, blue) - Math.min(red, green, blue) > 40) {
          met.add([red > green, green > blue, blue > red].join());
        }
      }
      return met.size;
    });
    assert.ok(hues >= 3, `${hues}`);
    await kit.screens(page, "curves-coloured");
  });

  const phone = { context: { viewport: { width: 390, height: 844 }, hasTouch: true } };
  t.case("a finger's tap points at the nearest line, one elsewhere at another, and one more there opens it", phone, async (kit) => {
    const page = await opened(kit);
    const plot = page.locator(`${VIEW} .curves-plot`).first();
    await plot.scrollIntoViewIfNeeded();
    const tap = async (x, y) => {
      const box = await plot.boundingBox();
      await page.touchscreen.tap(box.x + x, box.y + y);
    };
    const value = () => page.textContent(`${VIEW} .curves-panel .curves-value`);
    await tap(120, 140);
    await page.waitForFunction(() => /^Run .* at step \d+: /.test(document.querySelector(".curves-panel .curves-value").textContent));
    await kit.calm(page);
    const first = await value();
    assert.equal(await page.locator("[data-view=run]").count(), 0, "a tap that points opens nothing");
    assert.equal(await page.locator(`${VIEW} .curves-over .dot`).first().isVisible(), true);
    await tap(120, 20);
    await page.waitForFunction((first) => document.querySelector(".curves-panel .curves-value").textContent !== first, first);
    await kit.calm(page);
    assert.match(await value(), /^Run .* at step \d+: /);
    assert.equal(await page.locator("[data-view=run]").count(), 0, "a tap elsewhere opens nothing");
    await tap(122, 18);
    await page.waitForSelector("[data-view=run]");
  });

  t.case("a click opens the run under it, though the pointer has left before its name is there", async (kit) => {
    const page = await opened(kit);
    const plot = page.locator(`${VIEW} .curves-plot`).first();
    const box = await plot.boundingBox();
    await page.mouse.move(box.x + 120, box.y + 140);
    await kit.calm(page);
    const name = () => page.textContent(VIEW).then((text) => /Run (\S+) at step/.exec(text)?.[1]);
    const lower = await name();
    await page.mouse.move(box.x + 120, box.y + 20);
    await kit.calm(page);
    const upper = await name();
    assert.ok(upper && lower && upper !== lower, `${upper} and ${lower}`);
    await page.mouse.move(box.x + 120, box.y + 140);
    await kit.calm(page);
    await plot.evaluate((plot) => {
      const box = plot.getBoundingClientRect();
      const where = { bubbles: true, pointerType: "mouse", clientX: box.x + 120, clientY: box.y + 20 };
      for (const kind of ["pointermove", "pointerdown", "pointerup"]) plot.dispatchEvent(new PointerEvent(kind, where));
      plot.dispatchEvent(new MouseEvent("click", where));
      plot.dispatchEvent(new PointerEvent("pointerleave", where));
    });
    await page.waitForSelector("[data-view=run]");
    assert.ok((await page.textContent("[data-view=run]")).includes(upper), upper);
  });

  t.case("two taps at once open the run under them, whose name is not there by then", phone, async (kit) => {
    const page = await opened(kit);
    const plot = page.locator(`${VIEW} .curves-plot`).first();
    await plot.scrollIntoViewIfNeeded();
    const tap = async (y, times) => {
      await plot.evaluate((plot, [y, times]) => {
        const box = plot.getBoundingClientRect();
        const where = { bubbles: true, pointerType: "touch", clientX: box.x + 120, clientY: box.y + y };
        for (let tap = 0; tap < times; tap += 1) {
          plot.dispatchEvent(new PointerEvent("pointerdown", { ...where, button: 2 }));
          plot.dispatchEvent(new MouseEvent("click", where));
        }
      }, [y, times]);
      await kit.calm(page);
    };
    const name = () => page.textContent(`${VIEW} .curves-panel .curves-value`).then((text) => /^Run (.*) at step/.exec(text)?.[1]);
    await tap(20, 1);
    const upper = await name();
    await tap(140, 1);
    const lower = await name();
    assert.ok(upper && lower && upper !== lower, `${upper} and ${lower}`);
    await tap(20, 2);
    await page.waitForSelector("[data-view=run]");
    assert.ok((await page.textContent("[data-view=run]")).includes(upper), upper);
  });

  t.case("a finger that goes along keeps its part of the axis, and one that scrolls leaves what was pointed at", phone, async (kit) => {
    const page = await opened(kit);
    const plot = page.locator(`${VIEW} .curves-plot`).first();
    await plot.scrollIntoViewIfNeeded();
    const box = await plot.boundingBox();
    const protocol = await page.context().newCDPSession(page);
    const touch = (type, ...touchPoints) => protocol.send("Input.dispatchTouchEvent", { type, touchPoints });
    const drag = async ([x, y], [toX, toY]) => {
      await touch("touchStart", { x, y });
      for (let at = 1; at <= 8; at += 1) await touch("touchMove", { x: x + ((toX - x) * at) / 8, y: y + ((toY - y) * at) / 8 });
      await touch("touchEnd");
    };
    await page.touchscreen.tap(box.x + 120, box.y + 140);
    const pointed = () => /^Run .* at step \d+: /.test(document.querySelector(".curves-panel .curves-value").textContent);
    await page.waitForFunction(pointed);
    const top = () => page.evaluate(() => [document.scrollingElement, ...document.querySelectorAll("*")].reduce((sum, part) => sum + part.scrollTop, 0));
    const before = await top();
    await drag([box.x + 200, box.y + 140], [box.x + 200, box.y - 60]);
    await page.waitForFunction(pointed);
    assert.notEqual(await top(), before, "the page scrolls");
    await plot.scrollIntoViewIfNeeded();
    const now = await plot.boundingBox();
    await drag([now.x + 100, now.y + 80], [now.x + 220, now.y + 84]);
    await page.waitForFunction(() => /Shown are steps/.test(document.querySelector(".curves-told").textContent));
    assert.equal(await page.locator("[data-view=run]").count(), 0, "a drag opens no run");
  });

  t.case("groups are means with bands by choice", async (kit) => {
    const page = await opened(kit, "?o=metric.val_loss,min,last&g=by:param.optimizer");
    await page.getByLabel("How groups are drawn").selectOption("bands");
    await page.waitForFunction(() => document.querySelector(".curves-told").textContent.includes("optimizer "));
    assert.match(page.url(), /y=bands/);
    await kit.calm(page);
    await kit.screens(page, "curves-bands");
    const before = await page.$eval(`${VIEW} canvas`, (canvas) => canvas.toDataURL());
    await page.getByLabel("How groups are drawn").selectOption("quartiles");
    await page.waitForFunction((before) => document.querySelector("[data-view=curves] canvas").toDataURL() !== before, before);
    assert.match(page.url(), /y=quartiles/);
  });

  t.case("curves are drawn for the dark and for narrow screens", async (kit) => {
    const page = await opened(kit);
    await page.keyboard.press("Alt+m");
    await kit.calm(page);
    await kit.screens(page, "curves-dark");
    await kit.axe(page);
    await page.setViewportSize({ width: 390, height: 844 });
    await kit.calm(page);
    await kit.screens(page, "curves-narrow");
    assert.ok((await painted(page)) > 500);
    // What is pointed at is told over the panels only, wherever one has scrolled to.
    const apart = await page.getByText("In numbers").first().evaluate((numbers) => {
      numbers.scrollIntoView({ block: "end" });
      return numbers.getBoundingClientRect().top - document.querySelector(".curves-near").getBoundingClientRect().bottom;
    });
    assert.ok(apart >= 0, `${apart} px over the numbers`);
    // On a phone each panel tells it below its own plot, and over none.
    await page.focus(`${VIEW} .curves-plot`);
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => /^Run .* at step \d+: /.test(document.querySelector(".curves-panel .curves-value").textContent));
    assert.ok(await page.isVisible(`${VIEW} .curves-panel .curves-who`));
    const covered = await page.evaluate(() => {
      const [near, ...panels] = [".curves-near", ".curves-panel"].flatMap((of) => [...document.querySelectorAll(of)]).map((part) => part.getBoundingClientRect());
      return panels.filter((panel) => panel.top < near.bottom && near.top < panel.bottom).length;
    });
    assert.equal(covered, 0, "panels that lie under what is told");
  });
}
