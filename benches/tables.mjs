// What the page's benchmarks have in common: seeded tables of runs, and a median.

import { open as openFile } from "node:fs/promises";

/** A seeded stream of numbers in [0, 1): mulberry32. */
export function seeded(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Writes a table of runs: params, metrics, and a loss that the first params make. */
export async function writeTable(path, runs, columns) {
  const random = seeded(7);
  const params = Math.ceil(columns / 2);
  const names = ["run_id", "optimizer", "kind"];
  for (let at = 0; at < params; at += 1) names.push(`param_${at}`);
  for (let at = 0; at < columns - params - 2; at += 1) names.push(`metric_${at}`);
  names.push("val_loss");
  const file = await openFile(path, "w");
  let text = `${names.join(",")}\n`;
  for (let run = 0; run < runs; run += 1) {
    const lr = 10 ** (-5 + 4 * random());
    const row = [`run-${run}`, ["adam", "sgd", "rmsprop"][Math.floor(random() * 3)], `k${Math.floor(random() * 8)}`, lr.toPrecision(5)];
    for (let at = 1; at < columns - 2; at += 1) row.push(random().toPrecision(6));
    row.push(((Math.log10(lr) + 3) ** 2 / 4 + random() / 4).toPrecision(6));
    text += `${row.join(",")}\n`;
    if (text.length > 1 << 22) {
      await file.write(text);
      text = "";
    }
  }
  await file.write(text);
  await file.close();
}

export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
