// Boots the page: waits for `parts`, hands them to the program, and says so where it cannot start.
// This and its neighbours in this folder are all the JavaScript that the product has by hand.

const start = async () => {
  for (const needed of ["WebAssembly", "DecompressionStream", "Worker"]) {
    if (!(needed in self)) throw new Error(`this browser has no ${needed}`);
  }
  const [module, worker] = await Promise.all([parts.module(), parts.worker()]);
  const samples = {};
  for (const { file } of JSON.parse(document.getElementById("samples").textContent)) {
    samples[file] = () => parts.sample(file);
  }
  wasm_bindgen.initSync({ module });
  wasm_bindgen.boot_page(module, URL.createObjectURL(worker), samples);
  document.getElementById("boot")?.remove();
};

start().catch((error) => {
  console.error(error);
  document.documentElement.dataset.state = "error";
  document.getElementById("boot-message").textContent =
    "runsift could not start. It needs a browser of 2023 or later with WebAssembly, which some " +
    `settings and extensions switch off. The browser says: ${error?.message ?? error}`;
});
