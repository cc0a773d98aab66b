// Writes docs/screenshot.png, the picture in README: the page in dist/ with a sample, in Chromium.
//   make dist && node xtask/screenshot.mjs

import { chromium } from "playwright-core";
import { fileURLToPath } from "node:url";

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(`file://${path("dist/runsift.html")}#/importance?o=metric.val_accuracy,max,last`);
await page.waitForFunction(() => document.documentElement.dataset.state === "empty");
await page.setInputFiles("input[type=file]", path("samples/optuna-digits.csv"));
await page.waitForSelector("[data-view=importance] tbody tr");
await page.waitForFunction(() => document.documentElement.dataset.busy === "false");
await page.screenshot({ path: path("docs/screenshot.png") });
await browser.close();
