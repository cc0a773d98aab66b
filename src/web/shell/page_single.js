// Where the single file's parts come from: blocks of base64 in the page itself.

const bytes = (block) =>
  Uint8Array.fromBase64?.(block.textContent) ??
  Uint8Array.from(atob(block.textContent), (character) => character.charCodeAt(0));

const unzipped = (block, type) =>
  new Response(new Blob([bytes(block)]).stream().pipeThrough(new DecompressionStream("gzip")), {
    headers: { "content-type": type },
  });

const text = (id) => document.getElementById(id).textContent;

const parts = {
  module: () => WebAssembly.compileStreaming(unzipped(document.getElementById("wasm"), "application/wasm")),
  worker: async () => new Blob([text("glue"), "\n", text("worker")], { type: "text/javascript" }),
  sample: async (file) => {
    const block = document.querySelector(`script[data-sample="${file}"]`);
    return "gzip" in block.dataset ? unzipped(block, "text/plain").blob() : new Blob([bytes(block)]);
  },
  // A report is this file with two blocks more: see `report` in page.js.
  opened: async () => {
    const runs = document.getElementById("report-runs");
    const buffer = runs && (await unzipped(runs, "application/octet-stream").arrayBuffer());
    return runs && [text("report-text"), new Uint8Array(buffer)];
  },
  // The page at work is drawn beside the scripts, which are the program.
  program: async () =>
    [
      "<!doctype html>\n<html>",
      document.head.outerHTML,
      "<body>",
      ...[...document.body.children].filter(({ tagName }) => tagName === "SCRIPT").map(({ outerHTML }) => outerHTML),
      "</body></html>\n",
    ].join("\n"),
};
