// How long optuna-dashboard's forest, built for the browser, takes in node: node peer_wasm.mjs FILE RUNS MODULE
//
// FILE holds columns of little-endian doubles, the objective last; MODULE exports `alloc(numbers)` and
// `calculate(data, runs, parameters, out)`. Stopped after RUNSIFT_LIMIT seconds (60).
import { readFile } from "node:fs/promises";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

if (isMainThread) {
  const [path, runs, module] = process.argv.slice(2);
  const limit = Number(process.env.RUNSIFT_LIMIT ?? 60);
  const worker = new Worker(new URL(import.meta.url), { workerData: { path, runs: Number(runs), module } });
  const stop = setTimeout(() => {
    console.log(`optuna-dashboard's wasm: more than ${limit} s`);
    worker.terminate();
  }, limit * 1000);
  worker.on("message", (ms) => console.log(`optuna-dashboard's wasm ${ms.toFixed(1)}`));
  worker.on("error", () => console.log("optuna-dashboard's wasm: failed"));
  worker.on("exit", () => clearTimeout(stop));
} else {
  const { path, runs, module } = workerData;
  const { instance } = await WebAssembly.instantiate(await readFile(module), {});
  const { memory, alloc, calculate } = instance.exports;
  const bytes = await readFile(path);
  const numbers = bytes.length / 8;
  const parameters = numbers / runs - 1;
  const data = alloc(numbers);
  const out = alloc(parameters);
  new Uint8Array(memory.buffer, data, bytes.length).set(bytes);
  const begun = performance.now();
  if (calculate(data, runs, parameters, out) === 0) parentPort.postMessage(performance.now() - begun);
}
