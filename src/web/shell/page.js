// Boots the page: waits for `parts`, hands them to the program, and says so where it cannot start.
// This and its neighbours in this folder are all the JavaScript that the product has by hand.

// How many workers read files: more would cost memory and win little. One more is the engine.
const HANDS = Math.min(Math.max(navigator.hardwareConcurrency ?? 2, 1), 4);

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
  wasm_bindgen.boot_page(HANDS, () => early.shift() ?? withModule(new Worker(url)), samples);
  document.getElementById("boot")?.remove();
};

start().catch((error) => {
  console.error(error);
  document.documentElement.dataset.state = "error";
  document.getElementById("boot-message").textContent =
    "runsift could not start. It needs a browser of 2023 or later with WebAssembly, which some " +
    `settings and extensions switch off. The browser says: ${error?.message ?? error}`;
});
