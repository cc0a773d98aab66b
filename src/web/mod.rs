//! See the map in the crate's documentation.

use wasm_bindgen::prelude::*;

/// Boots the page.
#[wasm_bindgen]
pub fn boot_page(module: &js_sys::WebAssembly::Module, worker_url: &str, samples: &JsValue) {
    let global = js_sys::global();
    let set = |key: &str, value: &JsValue| drop(js_sys::Reflect::set(&global, &key.into(), value));
    set("scaffoldModule", module);
    set("scaffoldWorkerUrl", &worker_url.into());
    set("scaffoldSamples", samples);
    let get = |of: &JsValue, key: &str| js_sys::Reflect::get(of, &key.into()).unwrap_or_default();
    let root = get(&get(&global, "document"), "documentElement");
    drop(js_sys::Reflect::set(
        &get(&root, "dataset"),
        &"state".into(),
        &"empty".into(),
    ));
}

/// Boots a worker of the pool: it answers every message with `{echo}`.
#[wasm_bindgen]
pub fn boot_worker() {
    let global = js_sys::global();
    let scope = global.clone();
    let answer = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
        let get =
            |of: &JsValue, key: &str| js_sys::Reflect::get(of, &key.into()).unwrap_or_default();
        let reply = js_sys::Object::new();
        drop(js_sys::Reflect::set(
            &reply,
            &"echo".into(),
            &get(&event, "data"),
        ));
        let post: js_sys::Function = get(&scope, "postMessage").unchecked_into();
        drop(post.call1(&scope, &reply));
    });
    drop(js_sys::Reflect::set(
        &global,
        &"onmessage".into(),
        answer.as_ref(),
    ));
    answer.forget();
}
