//! A panel below the bar over the table: opened by a button there, closed by Escape or its own button.

use super::table::Grid;
use crate::page::prelude::*;
use leptos::html;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

/// The panel while `open`; the focus goes to its first box, and back to the grid.
#[component]
pub(super) fn BarPanel(
    grid: Grid,
    label: &'static str,
    open: RwSignal<bool>,
    children: Children,
) -> impl IntoView {
    let element = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        let first = element
            .get()
            .and_then(|panel| panel.query_selector("input").ok().flatten());
        if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
            // Focus is a comfort: without it the page still works.
            let _focused = first.focus();
        }
    });
    let close = move || {
        open.set(false);
        if let Some(grid) = grid.element.get_untracked() {
            let _focused = grid.focus();
        }
    };
    view! {
        <div
            class="picker"
            role="dialog"
            aria-label=label
            node_ref=element
            on:keydown=by::key(move |event| {
                if event.key() == "Escape" {
                    event.stop_propagation();
                    close();
                }
            })
        >
            <div class="picker-list">{children()}</div>
            <div class="picker-top">
                <button class="button" on:click=by::mouse(move |_| close())>"Done"</button>
            </div>
        </div>
    }
}
