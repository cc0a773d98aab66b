//! Time: now, the next frame, and `performance.measure` entries that benchmarks read.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

/// Milliseconds since the page (or worker) was opened.
pub fn now_millis() -> f64 {
    let global = js_sys::global();
    Reflect::get(&global, &"performance".into())
        .ok()
        .and_then(|performance| performance.dyn_into::<web_sys::Performance>().ok())
        .map_or(0.0, |performance| performance.now())
}

/// Calls `then` when what is on the page now has been painted.
pub fn after_paint(then: impl FnOnce() + 'static) {
    // The callback of a frame runs before it is painted; a task made in it runs after.
    next_frame(move || {
        gloo::timers::callback::Timeout::new(0, then).forget();
    });
}

/// Calls `then` before the next frame is painted.
pub fn next_frame(then: impl FnOnce() + 'static) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let callback = Closure::once_into_js(then);
    // Fails only without a window's event loop, and then there is no frame to wait for.
    let _asked = window.request_animation_frame(callback.unchecked_ref());
}

/// Adds a `performance.measure` entry `name` from `from` (as [`now_millis`]) to now.
pub fn measure(name: &str, from_millis: f64, detail: &[(&str, f64)]) {
    let Some(performance) = web_sys::window().and_then(|window| window.performance()) else {
        return;
    };
    let what = Object::new();
    for (key, value) in detail {
        set(&what, key, &JsValue::from_f64(*value));
    }
    let options = Object::new();
    set(&options, "detail", &what);
    set(&options, "start", &JsValue::from_f64(from_millis));
    set(&options, "end", &JsValue::from_f64(performance.now()));
    // The typed binding to this overload is not stable yet.
    let Some(entry) = Reflect::get(&performance, &"measure".into())
        .ok()
        .and_then(|f| f.dyn_into::<js_sys::Function>().ok())
    else {
        return;
    };
    // A measure is for benchmarks; the page does not depend on it.
    let _measured = entry.call2(&performance, &name.into(), &options);
}

/// Sets a property of a plain object.
pub(super) fn set(object: &Object, key: &str, value: &JsValue) {
    // Setting a property of a fresh plain object cannot fail.
    let _set = Reflect::set(object, &key.into(), value);
}
