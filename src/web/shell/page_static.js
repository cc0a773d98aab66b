// Where the static site's parts come from: files beside the page, named by the script's element.

const { wasm } = document.currentScript.dataset;

// The first byte of what is packed; a module begins with a zero.
const GZIP = 0x1f;

const fetched = async (name) => {
  const response = await fetch(name);
  if (!response.ok) throw new Error(`${name}: the host answered ${response.status}`);
  return response;
};

const parts = {
  module: async () => {
    // Of a name in .gz some hosts say that it is how they sent the rest, so that the browser has unpacked it already.
    const [begin, whole] = (await fetched(wasm)).body.tee();
    const reader = begin.getReader();
    const { value } = await reader.read();
    reader.cancel();
    const bytes = value?.[0] === GZIP ? whole.pipeThrough(new DecompressionStream("gzip")) : whole;
    return WebAssembly.compileStreaming(new Response(bytes, { headers: { "content-type": "application/wasm" } }));
  },
  // A worker from a Blob inherits this page's policy; from a URL it would not.
  worker: async () =>
    new Blob([`const wasm_bindgen = (${glue})();\n(${bootWorker})();\n`], { type: "text/javascript" }),
  sample: async (file) => (await fetched(`samples/${file}`)).blob(),
  opened: async () => null,
  // The single file lies beside the page.
  program: async () => (await fetched("runsift.html")).text(),
};

// The page opens without a network from the second visit on, where the browser and the host allow it; when it is at
// work already is soon enough. Launched with files as an installed program, it reads them.
const install = async () => {
  const { serviceWorker } = navigator;
  if (!serviceWorker || !navigator.onLine) return;
  const registration = await serviceWorker.register("service_worker.js");
  const tell = () => dispatchEvent(new Event("runsift-update"));
  const follow = () => {
    const found = registration.installing;
    if (!serviceWorker.controller || !found) return;
    found.addEventListener("statechange", () => {
      if (found.state === "installed") tell();
    });
  };
  // The browser looks for another version when the page is opened: it may be found, or wait already.
  if (registration.waiting) tell();
  else follow();
  registration.addEventListener("updatefound", follow);
  // The version that waits takes this page over, which is then opened anew. (Where none waits any more, another page did it.)
  addEventListener("runsift-use-update", () => {
    serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    if (registration.waiting) registration.waiting.postMessage("use");
    else location.reload();
  });
};
addEventListener("load", () => setTimeout(() => install().catch(() => {}), 4000));

globalThis.launchQueue?.setConsumer(async ({ files }) => {
  const input = document.querySelector("input[type=file]");
  const list = new DataTransfer();
  for (const handle of files) list.items.add(await handle.getFile());
  if (!input || list.files.length === 0) return;
  input.files = list.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});
