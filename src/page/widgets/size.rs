//! The size of an element, told whenever it changes.

use crate::page::prelude::*;
use leptos::html::Div;
use wasm_bindgen::prelude::*;
use web_sys::ResizeObserver;

/// Calls `measure` once the element is there, and whenever its size changes.
pub(crate) fn watch_size(element: NodeRef<Div>, measure: impl Fn() + Copy + 'static) {
    let changed = Closure::<dyn FnMut()>::new(measure);
    let Ok(observer) = ResizeObserver::new(changed.as_ref().unchecked_ref()) else {
        return;
    };
    let kept = StoredValue::new((observer, changed));
    Effect::new(move |_| {
        if let Some(element) = element.get() {
            kept.with_value(|(observer, _)| observer.observe(&element));
            measure();
        }
    });
    on_cleanup(move || {
        // Gone already when the owner went first.
        let _gone = kept.try_with_value(|(observer, _)| observer.disconnect());
    });
}
