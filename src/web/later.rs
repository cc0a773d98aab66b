//! Methods of the browser's objects by their names: those whose answers come later.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Calls a method, and waits for its answer.
pub(super) async fn call(
    of: &JsValue,
    method: &str,
    asked: &[&JsValue],
) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(of, &method.into())?.dyn_into()?;
    let asked: Array = asked.iter().collect();
    JsFuture::from(Promise::resolve(&function.apply(of, &asked)?)).await
}
