//! The live count of network requests: the promise that nothing is sent, where everyone can see it.
//!
//! Counts what the browser itself reports (Resource Timing) since the page was ready. The page's own
//! parts are fetched before; of what may come later there are only the bundled samples of the static
//! site, and these are counted.

use super::icons::{Icon, icon};
use crate::chart::number::counted;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::web::clock;
use wasm_bindgen::prelude::*;
use web_sys::{
    PerformanceEntry, PerformanceObserver, PerformanceObserverEntryList, PerformanceObserverInit,
};

/// How many requests were made, and how many of them to another host than the page's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    all: usize,
    foreign: usize,
}

/// Begins to count.
pub fn watch() -> ReadSignal<Requests> {
    let (requests, set_requests) = signal(Requests::default());
    let opened = clock::now_millis();
    let origin = window().location().origin().unwrap_or_default();
    let heard = Closure::<dyn Fn(PerformanceObserverEntryList)>::new(
        move |list: PerformanceObserverEntryList| {
            let mut new = Requests::default();
            for entry in list.get_entries() {
                let Ok(entry) = entry.dyn_into::<PerformanceEntry>() else {
                    continue;
                };
                let name = entry.name();
                // Blobs and data addresses are memory of this tab.
                if entry.start_time() < opened || !name.starts_with("http") {
                    continue;
                }
                new.all += 1;
                new.foreign += usize::from(!name.starts_with(&origin));
            }
            if new.all > 0 {
                set_requests.update(|requests| {
                    requests.all += new.all;
                    requests.foreign += new.foreign;
                });
            }
        },
    );
    if let Ok(observer) = PerformanceObserver::new(heard.as_ref().unchecked_ref()) {
        let options = PerformanceObserverInit::new(&js_sys::Array::of1(&"resource".into()));
        observer.observe(&options);
    }
    // Lives as long as the page.
    heard.forget();
    requests
}

impl Requests {
    fn sentence(self) -> String {
        let Self { all, foreign } = self;
        let told = counted(all, "request");
        match (all, foreign) {
            (0, _) => format!("{told} since the page opened"),
            (_, 0) => format!("{told} since the page opened, for this page's own samples"),
            _ => format!("{told} since the page opened, {foreign} of them to other hosts"),
        }
    }
}

/// The promise with the count.
#[component]
pub fn PrivacyLine(requests: ReadSignal<Requests>) -> impl IntoView {
    view! {
        <p class="privacy">
            {icon(Icon::Lock)}
            <span>"Files are read in this tab. Nothing is sent."</span>
            <span class="faint number" data-testid="requests">{move || requests.get().sentence()}</span>
        </p>
    }
}

/// How anyone can see for himself that nothing is sent.
const HOW_TO_CHECK: &str = "Files are read in this tab and go nowhere. To see for yourself: open the browser’s developer tools (F12), \
    Network, and drop a file: no request appears. Or switch the network off first: all works as before. The page’s own policy \
    (Content-Security-Policy, in its source) has the browser refuse any other host.";

/// The count alone, for the header; pressed, it says how to check it.
#[component]
pub fn RequestBadge(app: App, requests: ReadSignal<Requests>) -> impl IntoView {
    let told = move || {
        format!(
            "Nothing is sent: {}. How to check",
            requests.get().sentence()
        )
    };
    view! {
        <button type="button" class="badge number" data-testid="requests" title=told aria-label=told on:click=by::mouse(move |_| app.notify(HOW_TO_CHECK))>
            {icon(Icon::Lock)}
            <span>{move || counted(requests.get().all, "request")}</span>
        </button>
    }
}
