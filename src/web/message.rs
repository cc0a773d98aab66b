//! Messages between page, engine and hands: plain objects with a few named fields.

use crate::ledger::bytes::{decoded, encoded};
use js_sys::{Array, ArrayBuffer, Object, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use web_sys::{MessageChannel, MessagePort};

/// Fewer bytes are copied sooner than moved.
const FEW_BYTES: usize = 16 << 10;

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

    /// With a field that holds a value as bytes; [`value`] reads it.
    pub(super) fn with_value<T: Serialize>(self, key: &str, value: &T) -> Self {
        self.with_bytes(key, &encoded(value))
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

    /// With bytes, which move to the receiver where they are many.
    pub(super) fn with_bytes(self, key: &str, bytes: &[u8]) -> Self {
        let buffer = js_sys::Uint8Array::new_from_slice(bytes).buffer();
        if bytes.len() < FEW_BYTES {
            self.with(key, &buffer)
        } else {
            self.with_moved(key, &buffer)
        }
    }

    /// The message and what moves with it.
    pub(super) fn parts(self) -> (Object, Array) {
        (self.object, self.transfer)
    }
}

/// Messages that are sent as one: each costs a browser as much as many bytes.
pub(super) struct Several {
    objects: Array,
    transfer: Array,
}

impl Several {
    /// None yet.
    pub(super) fn new() -> Self {
        Self {
            objects: Array::new(),
            transfer: Array::new(),
        }
    }

    /// Adds one behind the others.
    pub(super) fn add(&mut self, message: Message) {
        self.objects.push(&message.object);
        for moved in message.transfer.iter() {
            self.transfer.push(&moved);
        }
    }

    /// All of them, as the field `several` of one.
    pub(super) fn whole(self) -> Message {
        let mut whole = Message::new().with("several", &self.objects);
        whole.transfer = self.transfer;
        whole
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

/// A value that [`Message::with_value`] wrote; `None` where there is no such field.
pub(super) fn value<T: DeserializeOwned>(data: &JsValue, key: &str) -> Option<Result<T, String>> {
    let bytes = bytes(data, key)?;
    Some(decoded(&bytes).ok_or_else(|| format!("{key} of {} bytes", bytes.len())))
}

/// A number field.
pub(super) fn number(data: &JsValue, key: &str) -> Option<f64> {
    field(data, key).as_f64()
}

/// A field of bytes.
pub(super) fn bytes(data: &JsValue, key: &str) -> Option<Vec<u8>> {
    let buffer = field(data, key).dyn_into::<ArrayBuffer>().ok()?;
    Some(js_sys::Uint8Array::new(&buffer).to_vec())
}

/// As [`bytes`], once: the field is empty after it.
pub(super) fn take_bytes(data: &JsValue, key: &str) -> Option<Vec<u8>> {
    let bytes = bytes(data, key)?;
    release(&field(data, key).unchecked_into());
    Some(bytes)
}

thread_local! {
    /// A port that leads nowhere.
    static NOWHERE: Option<MessagePort> = MessageChannel::new().ok().map(|channel| {
        channel.port2().close();
        channel.port1()
    });
}

/// Gives a large buffer's memory back now: the browser's collector comes late to what lies outside its heap, and works hard
/// then. What moves to a port that leads nowhere is let go. Chromium keeps what it read of a file by `transfer`, which only
/// empties the buffer.
pub(super) fn release(buffer: &ArrayBuffer) {
    if buffer.byte_length() as usize >= FEW_BYTES {
        NOWHERE.with(|nowhere| {
            if let Some(port) = nowhere {
                // Who cannot leaves it to the collector.
                let _gone = port.post_message_with_transferable(buffer, &Array::of1(buffer));
            }
        });
    }
}
