//! What the crate `server_fn` needs of the crate `wasm-streams`: see the README.

use futures_core::Stream;
use std::pin::Pin;
use std::task::{Context, Poll};
use wasm_bindgen::JsValue;

/// A stream of the browser's, of which nothing comes.
#[derive(Debug)]
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// One of the browser's.
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// One that would bring what another does, and brings nothing.
    pub fn from_stream(_stream: impl Stream<Item = Result<JsValue, JsValue>> + 'static) -> Self {
        Self(JsValue::UNDEFINED.into())
    }

    /// The browser's.
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// What comes of it: nothing.
    pub fn into_stream(self) -> Nothing {
        Nothing
    }
}

/// A stream that is over.
#[derive(Debug)]
pub struct Nothing;

impl Stream for Nothing {
    type Item = Result<JsValue, JsValue>;

    fn poll_next(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(None)
    }
}
