//! Short messages, said politely and dismissible.

use super::icons::{Icon, icon};
use crate::page::prelude::*;
use crate::page::state::App;

/// The messages that the person has not dismissed, at the bottom.
#[component]
pub fn Notices(app: App) -> impl IntoView {
    view! {
        <div class="notices" role="status" aria-label="Messages">
            <For each=move || app.notices.get() key=|notice| notice.number let:notice>
                {
                    let number = notice.number;
                    let dismiss = move |_| app.notices.update(|notices| notices.retain(|notice| notice.number != number));
                    view! {
                        <div class="notice">
                            <p>{notice.text}</p>
                            <button type="button" class="button plain square" aria-label="Dismiss" on:click=by::mouse(dismiss)>
                                {icon(Icon::Close)}
                            </button>
                        </div>
                    }
                }
            </For>
        </div>
    }
}
