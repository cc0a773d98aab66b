// Boots a worker of the pool. Its first message is `{module}`; the program takes all that follow,
// in their order, for this one runs to its end before the next is delivered.

self.onmessage = ({ data: { module } }) => {
  self.onmessage = null;
  wasm_bindgen.initSync({ module });
  wasm_bindgen.boot_worker();
};
