// The hosted page opens without a network from the second visit on, and can be installed.

import assert from "node:assert/strict";

const SAMPLE = "samples/random-search-seeds.csv";

/** Waits until the service worker has all parts. */
const kept = (page) =>
  page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    const [name] = await caches.keys();
    const cache = await caches.open(name);
    return (await cache.keys()).map((request) => new URL(request.url).pathname);
  });

export default function (t) {
  t.case("the main flow works without a network once the page was there", async (kit) => {
    const page = await kit.open();
    await kit.waitState(page, "empty");
    const files = await kept(page);
    for (const part of ["/some/sub/", ".wasm.gz", ".js", ".css", ".webmanifest", SAMPLE]) {
      assert.ok(files.some((file) => file.endsWith(part)), `${part} in ${files}`);
    }
    await kit.context.setOffline(true);
    // A bookmark may name the file.
    await page.goto(new URL("index.html", page.url()).href);
    await kit.waitState(page, "empty");
    await page.goto(kit.base);
    await kit.waitState(page, "empty");
    await page.setInputFiles("input[type=file]", SAMPLE);
    await kit.waitReady(page);
    await page.evaluate(() => (location.hash = "#/table?o=metric.test/accuracy,max,last"));
    await page.fill("[data-testid=filter]", "status:finished");
    await page.press("[data-testid=filter]", "Enter");
    await page.waitForFunction(() => Number(document.documentElement.dataset.shown) < 300);
    await page.keyboard.press("Escape");
    await page.click("[role=tab] >> text=Importance");
    await page.locator("[data-view=importance] .bar").first().waitFor();
    await page.click("[role=tab] >> text=Space");
    await page.locator("[data-view=space] canvas, [data-view=space] img").first().waitFor();
    assert.match(await page.getByTestId("requests").first().textContent(), /^0 requests/);
  });

  t.case("a later version is told of, and used when a person says so", async (kit) => {
    const { site } = kit;
    const page = await kit.open(site.renewedBase);
    await kit.waitState(page, "empty");
    await kept(page);
    await page.reload();
    await kit.waitState(page, "empty");
    const title = await page.title();
    site.hasNewer = true;
    try {
      await page.reload();
      const told = page.getByText("A new version of runsift is here");
      await told.waitFor({ timeout: 30_000 });
      assert.equal(await page.title(), title, "until then it is the version that was there");
      await page.getByRole("button", { name: "Use it now" }).click();
      await page.waitForFunction(() => document.title === "the later one");
      await kit.waitState(page, "empty");
      assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).waiting), null);
    } finally {
      site.hasNewer = false;
    }
  });

  t.case("files that it is launched with are read", async (kit) => {
    // The system launches an installed program, which no test has: the queue is as the system gives it.
    await kit.context.addInitScript(() => {
      Object.defineProperty(globalThis, "launchQueue", { value: { setConsumer: (consume) => (globalThis.launch = consume) } });
    });
    const page = await kit.open();
    await kit.waitState(page, "empty");
    const manifest = await page.evaluate(async () => (await fetch("manifest.webmanifest")).json());
    assert.equal(manifest.start_url, "./");
    assert.ok(manifest.file_handlers[0].accept["application/x-wandb"].includes(".wandb"));
    await page.evaluate(() => {
      const handle = (name, text) => ({ getFile: async () => new File([text], name) });
      return launch({ files: [handle("a.csv", "id,lr,loss\na,1,2\nb,3,4\n"), handle("b.csv", "id,lr,loss\nc,5,6\n")] });
    });
    await kit.waitReady(page);
    assert.equal((await kit.counts(page)).runs, 3);
  });

  t.case("the single file needs none of it", async (kit) => {
    const page = await kit.open(kit.single);
    await kit.waitState(page, "empty");
    assert.equal(await page.locator("link[rel=manifest]").count(), 0);
  });
}
