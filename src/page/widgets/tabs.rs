//! The tabs of the views: links with the view's address, so that they can be copied and opened anew.

use crate::engine::view::{Tab, View};
use crate::page::prelude::*;
use crate::page::state::App;
use leptos::ev::{KeyboardEvent, MouseEvent};
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

/// The name on a tab.
pub fn title(tab: Tab) -> &'static str {
    match tab {
        Tab::Brief => "Brief",
        Tab::Table => "Table",
        Tab::Space => "Space",
        Tab::Importance => "Importance",
        Tab::Curves => "Curves",
        Tab::Compare => "Compare",
        Tab::Objectives => "Objectives",
        Tab::Failures => "Failures",
        Tab::Next => "Next",
        Tab::Scatter => "Scatter",
        Tab::Distributions => "Distributions",
        Tab::Report => "Report",
        Tab::Run => "Run",
    }
}

/// The id of a tab's element.
pub fn element_id(tab: Tab) -> String {
    format!("tab-{}", tab.word())
}

/// The list of tabs.
#[component]
pub fn Tabs(app: App) -> impl IntoView {
    let current = Memo::new(move |_| app.view.with(|view| view.tab));
    // What follows the tab's name in an address is the same in all, and told once.
    let rest = Memo::new(move |_| {
        let hash = app.view.with(View::to_hash);
        hash.find('?')
            .map_or_else(String::new, |at| hash[at..].to_owned())
    });
    let tab_link = move |tab: Tab| {
        let (_, clicked) = link_to(app, tab);
        let address = move || format!("#/{}{}", tab.word(), rest.get());
        view! {
            <a
                role="tab"
                id=element_id(tab)
                href=address
                aria-selected=move || if current.get() == tab { "true" } else { "false" }
                aria-controls="view"
                tabindex=move || if current.get() == tab || (current.get() == Tab::Run && tab == Tab::Table) { "0" } else { "-1" }
                on:click=by::mouse(clicked)
            >
                {title(tab)}
            </a>
        }
    };
    // Where not all fit, the one that is shown is scrolled to.
    Effect::new(move |_| scroll_to(&element_id(current.get())));
    let moved = move |event: KeyboardEvent| {
        let is_back = match event.key().as_str() {
            "ArrowRight" => false,
            "ArrowLeft" => true,
            _ => return,
        };
        event.prevent_default();
        let tabs = untrack(|| app.reporting.shown_tabs());
        let at = tabs.iter().position(|tab| *tab == current.get_untracked());
        let next = (at.unwrap_or(0) + if is_back { tabs.len() - 1 } else { 1 }) % tabs.len();
        let Some(next) = tabs.get(next).copied() else {
            return;
        };
        app.change(|view| view.tab = next);
        focus_by_id(&element_id(next));
    };
    view! {
        <div class="tabs" role="tablist" aria-label="Views" on:keydown=by::key(moved)>
            {move || app.reporting.shown_tabs().into_iter().map(tab_link).collect::<Vec<_>>()}
        </div>
    }
}

/// The address of a view as it stands, and what a click on a link to it does.
pub fn link_to(
    app: App,
    tab: Tab,
) -> (
    impl Fn() -> String + Copy + Send + 'static,
    impl Fn(MouseEvent) + Copy + Send + 'static,
) {
    let address = move || {
        app.view.with(|view| {
            let mut view = view.clone();
            view.tab = tab;
            view.to_hash()
        })
    };
    let clicked = move |event: MouseEvent| {
        if is_plain_click(&event) {
            event.prevent_default();
            app.change(|view| view.tab = tab);
        }
    };
    (address, clicked)
}

/// Whether a click on a link is the page's. With a modifier it is the browser's: a new tab, a window, a download.
pub fn is_plain_click(event: &MouseEvent) -> bool {
    event.button() == 0
        && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key())
}

/// Scrolls no further than it takes to see an element, where it exists.
pub fn scroll_to(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        let nearest = ScrollIntoViewOptions::new();
        nearest.set_block(ScrollLogicalPosition::Nearest);
        nearest.set_inline(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&nearest);
    }
}

/// Moves the focus to an element, where it exists.
pub fn focus_by_id(id: &str) {
    use wasm_bindgen::JsCast as _;
    if let Some(element) = document()
        .get_element_by_id(id)
        .and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok())
    {
        // Fails only for elements that are not in the document.
        let _focused = element.focus();
    }
}
