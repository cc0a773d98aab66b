// Boots the page: waits for `parts`, hands them to the program, and says so where it cannot start.
// This and its neighbours in this folder are all the JavaScript that the product has by hand.

// How many workers read files: more would cost memory and win little. One more is the engine.
const HANDS = Math.min(Math.max(navigator.hardwareConcurrency ?? 2, 1), 4);

const BOOT = document.getElementById("boot").outerHTML;
const ROOT =
  '<html lang="en" data-state="loading" data-runs="0" data-shown="0" data-problems="0" data-busy="false">';

const packed = async (bytes) => {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  const blob = await new Response(stream).blob();
  const address = await new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });
  return address.slice(address.indexOf(",") + 1);
};

// A report: the single file with the text and the runs of a report in it, as a Blob. It is put together as text, since a
// document that is parsed or copied here is held to this page's policy.
const report = async (text, runs) => {
  const program = await parts.program();
  const tag = "<" + "script";
  const blocks = new RegExp(`${tag}[^>]*? (data-sample|id="report-)[^>]*>[^<]*</${"script"}>\\n?`, "g");
  const bare = program
    .replace(/<html[^>]*>/, ROOT)
    .replace(/<main id="boot">.*?<\/main>/s, "")
    .replace("<body>", () => `<body>\n${BOOT}`)
    .replace(blocks, "")
    .replace(new RegExp(`(${tag}[^>]* id="samples"[^>]*>)[^<]*`), "$1[]");
  // Before the script that boots and looks for them.
  const at = bare.lastIndexOf(`${tag}>(() => {`);
  const block = (name, content) => `${tag} type="application/octet-stream" id="report-${name}">${content}</${"script"}>\n`;
  const added = [block("text", text.replaceAll("<", "\\u003c")), block("runs", await packed(runs))];
  return new Blob([bare.slice(0, at), ...added, bare.slice(at)], { type: "text/html" });
};

const startEarly = async () => {
  const url = URL.createObjectURL(await parts.worker());
  return { url, early: Array.from({ length: 1 + HANDS }, () => new Worker(url)) };
};

const start = async () => {
  for (const needed of ["WebAssembly", "DecompressionStream", "Worker"]) {
    if (!(needed in self)) throw new Error(`this browser has no ${needed}`);
  }
  // The first workers start while the module is compiled: who drops a file at once waits for less.
  const [module, { url, early }] = await Promise.all([parts.module(), startEarly()]);
  const withModule = (worker) => {
    worker.postMessage({ module });
    return worker;
  };
  early.forEach(withModule);
  const samples = {};
  for (const { file } of JSON.parse(document.getElementById("samples").textContent)) {
    samples[file] = () => parts.sample(file);
  }
  wasm_bindgen.initSync({ module });
  const handed = { samples, report, opened: parts.opened };
  wasm_bindgen.boot_page(HANDS, () => early.shift() ?? withModule(new Worker(url)), handed);
  document.getElementById("boot")?.remove();
};

start().catch((error) => {
  console.error(error);
  document.documentElement.dataset.state = "error";
  document.getElementById("boot-message").textContent =
    "runsift could not start. It needs a browser of 2023 or later with WebAssembly, which some " +
    `settings and extensions switch off. The browser says: ${error?.message ?? error}`;
});
