//! The page: Leptos components that show what the engine answers. It never parses, sorts or computes
//! statistics itself.
//!
//! [`state`] holds what a person has set and what the engine said, [`clearing`] forgets it all and brings it back, [`distributions`] those of columns in view, [`jobs`] how far it is with what takes long, [`keeping`] what
//! is kept between visits, [`following`] looks into a folder that grows, [`measuring`] is what benchmarks read, [`noticing`] says things, [`past`] is what can be
//! undone, [`prelude`] makes the page's signals weigh little, [`reporting`] tells others,
//! [`selecting`] asks which runs are shown, [`unsealing`] opens what was stored; `views` are the tabs, `widgets` the parts around them.

mod clearing;
mod distributions;
mod document;
mod following;
mod jobs;
pub mod keeping;
mod linking;
mod measuring;
mod noticing;
mod past;
pub mod prelude;
pub mod reporting;
mod samples;
mod selecting;
mod shell;
pub mod state;
mod unsealing;
mod views;
mod widgets;

use crate::page::prelude::*;
use crate::web::parts::Parts;
use crate::web::pool::Engine;
use js_sys::Function;
use wasm_bindgen::JsValue;

/// Starts the page: mounts the shell, then the workers.
pub(crate) fn start(hands: usize, start_worker: Function, parts: JsValue) {
    leptos::mount::mount_to_body(move || {
        let engine = Engine::new(hands, start_worker.clone());
        let app = state::App::start(engine, Parts::new(parts.clone()));
        view! { <shell::Shell app=app /> }
    });
}
