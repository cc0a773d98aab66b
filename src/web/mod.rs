//! The browser's side: the two boot exports, workers and their ports, drops, files as sources, clock.
//!
//! Page and workers run this one module, compiled once. The page calls [`boot_page`]; a worker calls
//! [`boot_worker`] and learns by its first message whether it is the engine or a hand.

pub mod bundles;
pub mod clock;
pub mod drops;
mod engine_worker;
mod files;
pub mod folders;
mod hand_worker;
mod kept;
mod later;
mod message;
pub mod parts;
mod planning;
pub mod pool;
pub mod saving;
pub mod sealing;
mod spans_ahead;
pub mod store;

use wasm_bindgen::prelude::*;

/// Starts the page. `hands` is how many workers read files; `start_worker` gives a worker that has this module and waits
/// for its role; `parts` are what else the page's scripts hand over: see [`parts`].
#[wasm_bindgen]
pub fn boot_page(hands: usize, start_worker: js_sys::Function, parts: JsValue) {
    crate::page::start(hands, start_worker, parts);
}

/// Starts a worker: it waits for the message that tells its role.
#[wasm_bindgen]
pub fn boot_worker() {
    hand_worker::wait_for_role();
}

/// Makes a worker panic: the test of its replacement calls this by hand.
#[wasm_bindgen]
pub fn plant_panic(in_hand: bool) {
    pool::plant_panic(in_hand);
}
