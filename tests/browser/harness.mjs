// What browser tests stand on: a static server, the browsers, and what a case is given.
//
// A case in Chromium is given one object:
//
//   page, context       playwright's; a new profile for every case
//   base                the static site's address; it lives under a sub-path and on a port of its own
//   single              the `file://` address of the single file
//   open(path = "")     opens `base` + path, or a whole address, and returns the page
//   drop(page, paths)   drops files and folders of the disk onto the page, as a person would
//   waitState(page, s)  waits for data-state = s (several: an array), returns it
//   waitReady(page)     waits for data-state = ready, then for calm
//   calm(page)          waits until no view works on an answer
//   counts(page)        {runs, shown, problems} of the page
//   axe(page)           fails on a serious or critical finding of axe-core
//   trace(page, act)    tasks of the page's thread while `act` runs: {longest, tasks}, in ms
//   screens(page, name) a picture: target/screens/NAME.png
//   temporary()         a folder that is removed after the case
//   seen                what was collected so far: {requests, console, pageerror, csp, foreign}
//
// After a case, what was collected must be empty: `console` (errors), `pageerror`, `csp` (violations)
// and `foreign` (requests to anything but the page's own parts). A case that plants one of them says
// so: `{allow: ["csp"]}`. `{timeout: ms}` replaces the 60 s; `{context: {...}}` goes to playwright.

import { createServer } from "node:http";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join, normalize, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = new URL("../../", import.meta.url);
const dist = fileURLToPath(new URL("dist/", root));
const screenFolder = fileURLToPath(new URL("target/screens/", root));
const require = createRequire(import.meta.url);

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FIREFOX = process.env.FIREFOX ?? "/usr/bin/firefox-esr";
const CASE_TIMEOUT_MS = 60_000;

// --- the static site ------------------------------------------------------------------------------

const MEDIA_TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".gz": "application/gzip",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".csv": "text/csv; charset=utf-8",
};

/** Serves dist/ under a sub-path, as a static host would. */
export class Site {
  static PATH = "/some/sub/";

  static async start() {
    const site = new Site();
    site.server = createServer((request, response) => site.#answer(request, response));
    await new Promise((done) => site.server.listen(0, "127.0.0.1", done));
    site.origin = `http://127.0.0.1:${site.server.address().port}`;
    site.base = site.origin + Site.PATH;
    /** The same files from a host that calls a name in .gz the packed form of what it sends. */
    site.encodedBase = `${site.origin}/encoded${Site.PATH}`;
    /** The same files once more, of which there is a later version as soon as `hasNewer` says so. */
    site.renewedBase = `${site.origin}/renewed${Site.PATH}`;
    site.hasNewer = false;
    return site;
  }

  async #answer(request, response) {
    const { pathname } = new URL(request.url, "http://localhost");
    const encoded = pathname.startsWith("/encoded/");
    const path = pathname.replace(/^\/(encoded|renewed)\//, "/");
    const isNewer = pathname.startsWith("/renewed/") && this.hasNewer;
    const file = normalize(join(dist, path.slice(Site.PATH.length) || "index.html"));
    try {
      if (!path.startsWith(Site.PATH) || !file.startsWith(dist)) throw new Error("outside");
      let body = await readFile(file);
      if (isNewer && file.endsWith("index.html")) body = String(body).replace(/<title>[^<]*/, "<title>the later one");
      if (isNewer && file.endsWith("service_worker.js")) body = String(body).replace(/VERSION = "/, "$&later-");
      const headers = { "cache-control": "no-cache" };
      headers["content-type"] = MEDIA_TYPES[extname(file)] ?? "application/octet-stream";
      if (encoded && extname(file) === ".gz") headers["content-encoding"] = "gzip";
      response.writeHead(200, headers).end(body);
    } catch {
      response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
    }
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }
}

const single = pathToFileURL(join(dist, "runsift.html")).href;

/** The page's own: the site's folder, the single file, and what never leaves the browser. */
const isOwn = (site, url) =>
  [site.base, site.encodedBase, site.renewedBase, "blob:", "data:", "about:"].some((start) => url.startsWith(start)) ||
  url.split(/[?#]/)[0] === single;

const within = (promise, ms, what) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

// --- Chromium -------------------------------------------------------------------------------------

export class Chromium {
  #site;
  #browser = null;

  constructor(site) {
    this.#site = site;
  }

  missing() {
    return null; // The tests cannot do without it: a missing Chromium is a failure, not a skip.
  }

  async #launch() {
    const { chromium } = await import("playwright-core");
    return chromium.launch({
      executablePath: CHROMIUM,
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--force-color-profile=srgb",
      ],
    });
  }

  async run(name, options, body) {
    this.#browser ??= await this.#launch();
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: 800 },
      ...options.context,
    });
    const kit = new Kit(this.#site, context);
    try {
      await within(kit.begin().then((given) => body(given)), options.timeout ?? CASE_TIMEOUT_MS, "the case");
      await kit.end(options.allow ?? []);
    } catch (error) {
      await kit.screens(kit.page, `failed-${name.replace(/[^a-z0-9]+/gi, "-")}`).catch(() => {});
      const seen = kit.complaints([]);
      if (seen && !error.message?.includes(seen)) error.stack = `${error.stack}\n${seen}`;
      throw error;
    } finally {
      await context.close().catch(() => {});
      await kit.cleanUp();
    }
  }

  async close() {
    await this.#browser?.close();
  }
}

/** What one case in Chromium is given, and what it is held to at its end. */
class Kit {
  seen = { requests: [], console: [], pageerror: [], csp: [], foreign: [] };
  #folders = [];

  constructor(site, context) {
    this.site = site;
    this.context = context;
  }

  async begin() {
    const { context, seen, site } = this;
    context.on("request", (request) => {
      seen.requests.push(request.url());
      if (!isOwn(site, request.url())) seen.foreign.push(request.url());
    });
    context.on("page", (page) => {
      page.on("websocket", (socket) => seen.foreign.push(socket.url()));
    });
    context.on("console", (message) => {
      if (message.type() !== "error") return;
      // Violations in workers fire no event in the page; the browser's own line tells of them.
      const kind = /Content Security Policy/.test(message.text()) ? "csp" : "console";
      seen[kind].push(`${message.text()} (${message.location().url}:${message.location().lineNumber})`);
    });
    context.on("weberror", (error) => seen.pageerror.push(String(error.error().stack ?? error.error())));
    await context.exposeBinding("reportedViolation", (_, text) => seen.csp.push(text));
    await context.addInitScript(() => {
      // Its dialog cannot be answered here: what is saved is a download, but where a case puts something in its place.
      globalThis.showSaveFilePicker = undefined;
      // First-visit hints were seen, but where a case says otherwise. Pages without a place of their own store nothing.
      try {
        localStorage["runsift.hints"] ??= "7";
      } catch {}
      addEventListener("securitypolicyviolation", (event) =>
        globalThis.reportedViolation(`${event.violatedDirective} refused ${event.blockedURI || "inline"}`),
      );
    });
    this.page = await context.newPage();
    const given = { page: this.page, context, base: site.base, encodedBase: site.encodedBase, site, single, seen };
    for (const helper of HELPERS) given[helper] = this[helper].bind(this);
    return given;
  }

  complaints(allowed) {
    return ["console", "pageerror", "csp", "foreign"]
      .filter((kind) => !allowed.includes(kind) && this.seen[kind].length)
      .map((kind) => `${kind}:\n  ${[...new Set(this.seen[kind])].join("\n  ")}`)
      .join("\n");
  }

  async end(allowed) {
    // A round trip, so that events on their way have arrived.
    for (const page of this.context.pages()) await page.evaluate(() => 0).catch(() => {});
    const complaints = this.complaints(allowed);
    if (complaints) throw new Error(`the page was not silent\n${complaints}`);
  }

  async cleanUp() {
    for (const folder of this.#folders) await rm(folder, { recursive: true, force: true });
  }

  async open(path = "") {
    const address = /^(file|https?|about):/.test(path) ? path : this.site.base + path;
    await this.page.goto(address);
    return this.page;
  }

  async drop(page, paths, at = null) {
    const size = page.viewportSize();
    const { x, y } = at ?? { x: size.width / 2, y: size.height / 2 };
    const files = [paths].flat().map((path) => resolve(fileURLToPath(root), path));
    for (const file of files) {
      if (!existsSync(file)) throw new Error(`nothing to drop at ${file}`);
    }
    const protocol = await this.context.newCDPSession(page);
    const data = { items: [], files, dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"]) {
      await protocol.send("Input.dispatchDragEvent", { type, x, y, data });
    }
    await protocol.detach();
  }

  async waitState(page, states, timeout = 30_000) {
    const wanted = [states].flat();
    const state = () => page.evaluate(() => document.documentElement.dataset.state);
    await page
      .waitForFunction((wanted) => wanted.includes(document.documentElement.dataset.state), wanted, { timeout })
      .catch(async (error) => {
        throw new Error(`data-state is ${await state()}, not ${wanted.join(" or ")}: ${error.message}`);
      });
    return state();
  }

  async waitReady(page, timeout = 30_000) {
    await this.waitState(page, "ready", timeout);
    await this.calm(page, timeout);
  }

  /** Calm is `data-busy` other than true over two frames: what a click starts is busy by then. */
  async calm(page, timeout = 30_000) {
    const frame = () =>
      page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const idle = () => document.documentElement.dataset.busy !== "true";
    do {
      await page.waitForFunction(idle, null, { timeout });
      await frame();
    } while (!(await page.evaluate(idle)));
  }

  counts(page) {
    return page.evaluate(() => {
      const { runs, shown, problems } = document.documentElement.dataset;
      return { runs: Number(runs), shown: Number(shown), problems: Number(problems) };
    });
  }

  async axe(page, options = {}) {
    // By `evaluate`, which no policy binds: a script element would be refused, and switching the
    // policy off would test another page.
    await page.evaluate(await readFile(require.resolve("axe-core/axe.min.js"), "utf8"));
    const { violations } = await page.evaluate((options) => globalThis.axe.run(document, options), {
      resultTypes: ["violations"],
      ...options,
    });
    const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    if (grave.length) {
      const lines = grave.map(({ id, impact, help, nodes }) => {
        const places = nodes.slice(0, 3).map(({ target }) => `    ${target.join(" ")}`);
        return [`  ${impact} ${id}: ${help} (${nodes.length})`, ...places].join("\n");
      });
      throw new Error(`axe-core finds\n${lines.join("\n")}`);
    }
    return violations;
  }

  /** By the browser's own trace: an observer of long tasks sees none that the test's driver starts. */
  async trace(page, act) {
    const mark = "runsift:trace";
    const browser = this.context.browser();
    await browser.startTracing(page, { categories: ["toplevel", "blink.user_timing", "devtools.timeline"] });
    let trace;
    try {
      // The mark tells which process and thread of the trace are this page's.
      await page.evaluate((mark) => void performance.mark(mark), mark);
      await act();
      await page.evaluate(() => 0);
    } finally {
      trace = JSON.parse(await browser.stopTracing()).traceEvents;
    }
    const own = trace.find(({ name, cat }) => name === mark && cat.includes("user_timing"));
    if (!own) throw new Error("the trace does not hold its own mark");
    const tasks = trace
      .filter(({ name, pid, tid }) => name.endsWith("RunTask") && pid === own.pid && tid === own.tid)
      .filter(({ ts }) => ts >= own.ts)
      .map(({ ts, dur = 0 }) => ({ start: (ts - own.ts) / 1000, duration: dur / 1000 }));
    return { longest: Math.max(0, ...tasks.map(({ duration }) => duration)), tasks };
  }

  async screens(page, name, options = {}) {
    await mkdir(screenFolder, { recursive: true });
    await page.screenshot({ path: join(screenFolder, `${name}.png`), ...options });
  }

  async temporary() {
    const folder = await mkdtemp(join(tmpdir(), "runsift-browser-"));
    this.#folders.push(folder);
    return folder;
  }
}

const HELPERS = ["open", "drop", "waitState", "waitReady", "calm", "counts", "axe", "trace", "screens", "temporary"];

// --- Firefox --------------------------------------------------------------------------------------

/** Firefox over WebDriver BiDi. A case is given {page, base, encodedBase, single, waitState}. */
export class Firefox {
  #site;
  #browser = null;

  constructor(site) {
    this.#site = site;
  }

  missing() {
    return existsSync(FIREFOX) ? null : "firefox-esr is not installed";
  }

  async run(_name, options, body) {
    const { default: puppeteer } = await import("puppeteer-core");
    this.#browser ??= await puppeteer.launch({ browser: "firefox", executablePath: FIREFOX, headless: true });
    const context = await this.#browser.createBrowserContext();
    const page = await context.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error.stack ?? error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("request", (request) => isOwn(this.#site, request.url()) || errors.push(`request to ${request.url()}`));
    const waitState = (state) =>
      page.waitForFunction((state) => document.documentElement.dataset.state === state, { timeout: 30_000 }, state);
    const { base, encodedBase } = this.#site;
    try {
      await within(body({ page, base, encodedBase, single, waitState }), options.timeout ?? CASE_TIMEOUT_MS, "the case");
      if (errors.length && !options.allow) throw new Error(`the page was not silent\n  ${errors.join("\n  ")}`);
    } finally {
      await context.close().catch(() => {});
    }
  }

  async close() {
    await this.#browser?.close();
  }
}
