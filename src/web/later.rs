//! Methods of the browser's objects by their names: those whose answers come later.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

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

/// Writes a blob into the file of a handle. Only at the end it is in its place: what was there before is whole until then.
pub(super) async fn fill(file: &JsValue, blob: &Blob) -> Result<(), JsValue> {
    let stream = call(file, "createWritable", &[]).await?;
    call(&stream, "write", &[blob]).await?;
    call(&stream, "close", &[]).await.map(drop)
}
