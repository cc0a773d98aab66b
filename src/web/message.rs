//! Messages between page, engine and hands: plain objects with a few named fields.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

/// A message being made.
pub(super) struct Message {
    object: Object,
    transfer: Array,
}

impl Message {
    /// An empty message.
    pub(super) fn new() -> Self {
        Self {
            object: Object::new(),
            transfer: Array::new(),
        }
    }

    /// With a field.
    pub(super) fn with(self, key: &str, value: &JsValue) -> Self {
        super::clock::set(&self.object, key, value);
        self
    }

    /// With a text field.
    pub(super) fn with_text(self, key: &str, text: &str) -> Self {
        self.with(key, &JsValue::from_str(text))
    }

    /// With a number field.
    pub(super) fn with_number(self, key: &str, number: f64) -> Self {
        self.with(key, &JsValue::from_f64(number))
    }

    /// With a field that moves to the receiver.
    pub(super) fn with_moved(self, key: &str, value: &JsValue) -> Self {
        self.transfer.push(value);
        self.with(key, value)
    }

    /// With bytes that move to the receiver.
    pub(super) fn with_bytes(self, key: &str, bytes: &[u8]) -> Self {
        let array = js_sys::Uint8Array::new_from_slice(bytes);
        self.with_moved(key, &array.buffer())
    }

    /// The message and what moves with it.
    pub(super) fn parts(self) -> (Object, Array) {
        (self.object, self.transfer)
    }
}

/// The field `key` of a received message; undefined where it has none.
pub(super) fn field(data: &JsValue, key: &str) -> JsValue {
    Reflect::get(data, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

/// A text field.
pub(super) fn text(data: &JsValue, key: &str) -> Option<String> {
    field(data, key).as_string()
}

/// A number field.
pub(super) fn number(data: &JsValue, key: &str) -> Option<f64> {
    field(data, key).as_f64()
}

/// A field of bytes.
pub(super) fn bytes(data: &JsValue, key: &str) -> Option<Vec<u8>> {
    let buffer = field(data, key).dyn_into::<js_sys::ArrayBuffer>().ok()?;
    Some(js_sys::Uint8Array::new(&buffer).to_vec())
}
