// Any two columns against one another: chosen, coloured, pointed at, opened, and kept in the address.

import assert from "node:assert/strict";

const VIEW = "[data-view=scatter]";

async function opened(kit, hash = "") {
  const page = await kit.open(`#/scatter${hash}`);
  await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
  await page.setInputFiles("input[type=file]", "samples/random-search-seeds.csv");
  await kit.waitReady(page);
  await page.waitForSelector(`${VIEW} .scatter`);
  await kit.calm(page);
  return page;
}

export default function (t) {
  t.case("two columns are chosen, coloured and turned, and the address keeps them", async (kit) => {
    const page = await opened(kit, "?o=metric.test/accuracy,max,last");
    assert.match(await page.textContent(VIEW), /of 300 shown runs have both.*Correlation of ranks/s);
    assert.equal(await page.inputValue(`${VIEW} [aria-label="Vertical axis"]`), "metric.test/accuracy");
    await page.selectOption(`${VIEW} [aria-label="Horizontal axis"]`, "param.lr");
    await page.selectOption(`${VIEW} [aria-label=Colour]`, "param.optimizer");
    await page.waitForFunction(() => /optimizer adam/.test(document.querySelector("[data-view=scatter] .colour-legend").textContent));
    await page.waitForFunction(() => decodeURIComponent(location.hash).includes("C=param.lr,metric.test/accuracy,param.optimizer"));
    await kit.calm(page);
    await kit.axe(page);
    await kit.screens(page, "scatter");
    await page.getByRole("button", { name: "Swap axes" }).click();
    await page.waitForFunction(() => document.querySelector('[data-view=scatter] [aria-label="Vertical axis"]').value === "param.lr");
    await page.goBack();
    await page.waitForFunction(() => document.querySelector('[data-view=scatter] [aria-label="Horizontal axis"]').value === "param.lr");
    // A filter is what is drawn.
    await page.fill("[data-testid=filter]", "optimizer = adam");
    await page.press("[data-testid=filter]", "Enter");
    await page.waitForFunction(() => !/of 300 shown/.test(document.querySelector("[data-view=scatter]").textContent));
  });

  t.case("dots are told in numbers, so many of them", async (kit) => {
    const page = await opened(kit, "?o=metric.test/accuracy,max,last");
    await page.click(`${VIEW} .in-numbers summary`);
    await page.waitForSelector(`${VIEW} .in-numbers tbody tr`);
    assert.match(await page.textContent(`${VIEW} .in-numbers`), /200 of 300 shown runs, the best first/);
    assert.equal(await page.locator(`${VIEW} .in-numbers tbody tr`).count(), 200);
    await kit.axe(page);
  });

  t.case("a number colours by a scale, axes are logarithmic by choice, and a lane keeps its runs", async (kit) => {
    const page = await opened(kit, "?o=metric.test/accuracy,max,last&C=param.momentum,metric.test/accuracy");
    const says = (pattern) => page.waitForFunction((pattern) => new RegExp(pattern).test(document.querySelector("[data-view=scatter]").textContent), pattern);
    // Runs of adam have no momentum.
    await says("momentum: [0-9]+ missing");
    await page.selectOption(`${VIEW} [aria-label=Colour]`, "param.lr");
    await page.waitForSelector(`${VIEW} circle.dot`);
    assert.match(await page.textContent(`${VIEW} .colour-legend`), /best.*lr .*lr .*lr .*other or no lr/s);
    const scale = page.getByLabel("Scale of the vertical axis");
    const before = await scale.inputValue();
    const other = before === "log" ? "lin" : "log";
    await scale.selectOption(other);
    await page.waitForFunction(() => /C=param\.momentum,[+!]metric/.test(decodeURIComponent(location.hash)));
    assert.equal(await scale.inputValue(), other);
    await scale.selectOption("rank");
    await page.waitForFunction(() => /C=param\.momentum,\^metric/.test(decodeURIComponent(location.hash)));
    await page.waitForFunction(() => /\(quantiles\)/.test(document.querySelector("[data-view=scatter] svg").textContent));
    await kit.calm(page);
    await kit.axe(page);
    await kit.screens(page, "scatter-scale");
    // The lane of what is missing is the leftmost strip of the plot.
    const box = await page.locator(`${VIEW} .scatter`).boundingBox();
    await page.mouse.move(box.x + (78 / 640) * box.width, box.y + 0.1 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + (96 / 640) * box.width, box.y + 0.95 * box.height, { steps: 4 });
    await page.mouse.up();
    await page.waitForFunction(() => document.querySelector("[data-testid=filter]").value.includes("missing:momentum"));
  });

  t.case("a category is an axis of steps, which a rectangle keeps by name", async (kit) => {
    const page = await opened(kit, "?o=metric.test/accuracy,max,last&C=param.optimizer,metric.test/accuracy");
    await page.waitForFunction(() => /values of optimizer have a step each/.test(document.querySelector("[data-view=scatter]").textContent));
    await kit.calm(page);
    await kit.axe(page);
    await kit.screens(page, "scatter-category");
    const box = await page.locator(`${VIEW} .scatter`).boundingBox();
    await page.mouse.move(box.x + (84 / 640) * box.width, box.y + 0.2 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + (200 / 640) * box.width, box.y + 0.85 * box.height, { steps: 4 });
    await page.mouse.up();
    await page.waitForFunction(() => /optimizer[:=]/.test(document.querySelector("[data-testid=filter]").value.replaceAll(" ", "")));
  });

  t.case("a dot names its run and opens it", async (kit) => {
    const page = await opened(kit, "?o=metric.test/accuracy,max,last");
    const dot = page.locator(`${VIEW} .scatter circle`).last();
    await dot.hover({ force: true });
    await page.waitForFunction(() => / · test\/accuracy /.test(document.querySelector("[data-view=scatter] [role=status]").textContent));
    await dot.click({ force: true });
    await page.waitForSelector(".drawer");
    await kit.screens(page, "scatter-run");
  });

  t.case("dots have sizes, and a rectangle that is dragged keeps the runs in it", async (kit) => {
    const page = await opened(kit, "?o=metric.test/accuracy,max,last");
    const says = (pattern) => page.waitForFunction((pattern) => new RegExp(pattern).test(document.querySelector("[data-view=scatter]").textContent), pattern);
    await page.selectOption(`${VIEW} [aria-label=Size]`, "param.lr");
    await says("larger the greater lr is");
    assert.ok((await page.locator(`${VIEW} rect.faint`).count()) > 5);
    await kit.calm(page);
    await kit.screens(page, "scatter-sizes");
    const box = await page.locator(`${VIEW} .scatter`).boundingBox();
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.3);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.7, { steps: 4 });
    await page.waitForSelector(`${VIEW} path.span`);
    await page.mouse.up();
    await page.waitForFunction(() => document.querySelector("[data-testid=filter]").value.includes("test/accuracy"));
    await kit.calm(page);
    assert.doesNotMatch(await page.textContent(VIEW), /of 300 shown/);
    assert.equal(await page.locator(".drawer").count(), 0);
    // One gesture is one step back.
    await page.goBack();
    await says("of 300 shown");
  });

  t.case("keys move a rectangle that is a filter, and a lasso selects its runs", async (kit) => {
    const page = await opened(kit, "?o=metric.test/accuracy,max,last");
    const status = page.locator(`${VIEW} [role=status]`);
    const stage = page.locator(`${VIEW} .scatter`);
    await stage.focus();
    for (let step = 0; step < 12; step += 1) await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Shift+ArrowDown");
    await status.filter({ hasText: / and test\/accuracy .* to .*Enter keeps the runs in it/ }).waitFor();
    await page.waitForSelector(`${VIEW} path.span`);
    await kit.axe(page);
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("[data-testid=filter]").value.includes("test/accuracy"));
    await kit.calm(page);
    assert.doesNotMatch(await page.textContent(VIEW), /of 300 shown/);
    await page.waitForFunction(() => document.activeElement?.classList.contains("scatter"));
    await page.fill("[data-testid=filter]", "");
    await page.press("[data-testid=filter]", "Enter");
    await page.waitForFunction(() => /of 300 shown/.test(document.querySelector("[data-view=scatter]").textContent));
    await page.getByLabel("Lasso").check();
    await status.filter({ hasText: "0 runs selected" }).waitFor();
    const box = await stage.boundingBox();
    const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
    await page.mouse.move(...at(0.2, 0.2));
    await page.mouse.down();
    for (const [x, y] of [[0.8, 0.2], [0.8, 0.8], [0.2, 0.8]]) await page.mouse.move(...at(x, y), { steps: 6 });
    await page.waitForSelector(`${VIEW} path.span`);
    await kit.screens(page, "scatter-lasso");
    await page.mouse.up();
    await page.mouse.move(2, 2);
    await status.filter({ hasText: /: [1-9]\d* runs selected/ }).waitFor();
    await page.locator(`${VIEW} .scatter circle.ring`).first().waitFor();
    assert.match(await page.textContent(VIEW), /Rings mark [1-9]\d* selected runs\./);
    assert.equal(await page.inputValue("[data-testid=filter]"), "");
    assert.equal(await page.locator(".drawer").count(), 0);
  });

  t.case("each two of a few columns are a matrix, whose cells show their two", async (kit) => {
    const page = await opened(kit, "?o=metric.test/accuracy,max,last");
    await page.getByLabel("Matrix").check();
    const matrix = page.locator(`${VIEW} .scatter-matrix`);
    await matrix.waitFor();
    assert.equal(await matrix.locator("td").count(), 16);
    assert.equal(await matrix.locator("td button").count(), 12);
    // Its cells are even, and as large as there is room.
    const cells = await matrix.locator("td").evaluateAll((all) => all.map((cell) => cell.getBoundingClientRect().height));
    assert.ok(Math.max(...cells) - Math.min(...cells) < 2 && cells[0] > 120, `${cells}`);
    await page.waitForFunction(() => {
      const canvas = document.querySelector(".scatter-matrix canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value, at) => at % 4 === 3 && value > 100);
    });
    await page.selectOption(`${VIEW} [aria-label="Fourth column"]`, "");
    await page.waitForFunction(() => document.querySelectorAll(".scatter-matrix td").length === 9);
    await page.selectOption(`${VIEW} [aria-label=Colour]`, "param.optimizer");
    await page.locator(`${VIEW} .colour-legend`, { hasText: "optimizer adam" }).waitFor();
    assert.match(decodeURIComponent(page.url()), /C=[^,&]*,[^,&]*,param\.optimizer,[^,&]*(,[^,&]+){3}/);
    await kit.calm(page);
    await kit.axe(page);
    await kit.screens(page, "scatter-matrix");
    const button = matrix.locator("td button").first();
    assert.match(await button.getAttribute("title"), /\(n = \d+ of 300 runs\)\. Show them in Scatter/);
    await button.focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector(`${VIEW} .scatter`);
    await page.goBack();
    await matrix.waitFor();
  });

  t.case("a finger's tap names the run of a dot, and one more there opens it", { context: { hasTouch: true } }, async (kit) => {
    const page = await opened(kit, "?o=metric.test/accuracy,max,last");
    const told = () => page.textContent(`${VIEW} [role=status]`);
    const before = await told();
    const stage = page.locator(`${VIEW} .scatter`);
    await stage.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await stage.boundingBox();
    const tap = async (across, down) => {
      await page.touchscreen.tap(x + across * width, y + down * height);
      await kit.calm(page);
    };
    // Somewhere there is a dot.
    const places = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8].flatMap((across) => [0.2, 0.3, 0.4, 0.5, 0.6].map((down) => [across, down]));
    let at = 0;
    for (; at < places.length && (await told()) === before; at += 1) await tap(...places[at]);
    assert.match(await told(), / · /);
    assert.equal(await page.locator("[data-view=run]").count(), 0, "a tap that points opens nothing");
    await tap(...places[at - 1]);
    await page.waitForSelector("[data-view=run]");
  });
}
