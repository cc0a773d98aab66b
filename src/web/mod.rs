//! The browser's side: the two boot exports, workers and their ports, drops, files as sources, clock.
//!
//! Page and workers run this one module, compiled once. The page calls [`boot_page`]; a worker calls
//! [`boot_worker`] and learns by its first message whether it is the engine or a hand.

pub mod bundles;
pub mod clock;
pub mod drops;
mod engine_worker;
mod files;
mod hand_worker;
mod kept;
mod message;
mod planning;
pub mod pool;
pub mod saving;
pub mod store;

use wasm_bindgen::prelude::*;

/// Starts the page. `hands` is how many workers read files; `start_worker` gives a worker that has this module and waits
/// for its role; `samples` is an object of functions that each give a promise of a sample's `Blob`.
#[wasm_bindgen]
pub fn boot_page(hands: usize, start_worker: js_sys::Function, samples: JsValue) {
    crate::page::start(hands, start_worker, samples);
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
