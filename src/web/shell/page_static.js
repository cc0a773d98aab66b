// Where the static site's parts come from: files beside the page, named by the script's element.

const { wasm } = document.currentScript.dataset;

const fetched = async (name) => {
  const response = await fetch(name);
  if (!response.ok) throw new Error(`${name}: the host answered ${response.status}`);
  return response;
};

const parts = {
  module: async () => {
    const response = await fetched(wasm);
    // Streaming insists on the media type, which some hosts do not know.
    return response.headers.get("content-type") === "application/wasm"
      ? WebAssembly.compileStreaming(response)
      : WebAssembly.compile(await response.arrayBuffer());
  },
  // A worker from a Blob inherits this page's policy; from a URL it would not.
  worker: async () =>
    new Blob([`const wasm_bindgen = (${glue})();\n(${bootWorker})();\n`], { type: "text/javascript" }),
  sample: async (file) => (await fetched(`samples/${file}`)).blob(),
};
