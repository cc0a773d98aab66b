//! Short messages, said politely and dismissible.

use super::icons::{Icon, icon};
use crate::page::prelude::*;
use crate::page::state::App;

/// The messages that the person has not dismissed, at the bottom.
#[component]
pub fn Notices(app: App) -> impl IntoView {
    let is_outdated = RwSignal::new(false);
    // Told by `src/web/shell/page_static.js`.
    let update = leptos::ev::Custom::<web_sys::Event>::new("runsift-update");
    let listener = window_event_listener(update, move |_| is_outdated.set(true));
    on_cleanup(move || listener.remove());
    let newer = move || {
        is_outdated.get().then(|| view! {
            <div class="notice">
                <p>"A new version of runsift is here. It is used when you next open the page; what is not kept is then to be dropped again."</p>
                <button type="button" class="button" on:click=by::mouse(|_| use_update())>"Use it now"</button>
                {dismissing(move || is_outdated.set(false))}
            </div>
        }.into_any())
    };
    view! {
        <div class="notices" role="status" aria-label="Messages">
            <For each=move || app.notices.get() key=|notice| notice.number let:notice>
                {
                    let number = notice.number;
                    let dismiss = move || app.notices.update(|notices| notices.retain(|notice| notice.number != number));
                    view! {
                        <div class="notice">
                            <p>{notice.text}</p>
                            {dismissing(dismiss)}
                        </div>
                    }
                }
            </For>
            {newer}
        </div>
    }
}

/// The button that takes a message away.
fn dismissing(dismiss: impl Fn() + 'static) -> AnyView {
    view! {
        <button type="button" class="button plain square" aria-label="Dismiss" on:click=by::mouse(move |_| dismiss())>
            {icon(Icon::Close)}
        </button>
    }
    .into_any()
}

/// Has the version that waits opened, by `src/web/shell/page_static.js`.
fn use_update() {
    if let Ok(event) = web_sys::Event::new("runsift-use-update") {
        let _heard = window().dispatch_event(&event);
    }
}
