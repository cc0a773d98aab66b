//! What each view answers and how its numbers are made, as `docs/help.md` says it, a part at a time.

use super::panels::Panels;
use super::prose::prose;
use super::shortcuts::Sheet;
use super::tabs::title;
use crate::page::prelude::*;
use crate::page::state::App;

/// All of it.
const HELP: &str = include_str!("../../../docs/help.md");

/// The sheet; opened, it shows the part on the view that is shown.
#[component]
pub fn HelpSheet(app: App, panels: Panels) -> impl IntoView {
    let parts = move || {
        let shown = title(app.view.with_untracked(|view| view.tab));
        let mut parts = HELP.split("\n## ");
        let beginning = parts.next().unwrap_or_default();
        let part = |text: &'static str| {
            let (name, words) = text.split_once('\n').unwrap_or((text, ""));
            view! {
                <details name="help" open=name.split(' ').any(|word| word == shown)>
                    <summary>{name}</summary>
                    <div class="prose">{prose(words)}</div>
                </details>
            }
            .into_any()
        };
        let other = |name: &'static str, sheet: RwSignal<bool>| {
            let open = move |_| {
                panels.help.set(false);
                sheet.set(true);
            };
            view! { <button type="button" class="button" on:click=by::mouse(open)>{name}</button> }
                .into_any()
        };
        let others = [
            other("How to export your runs", panels.exporting),
            other("How filters are written", panels.filters),
            other("Keyboard", panels.shortcuts),
        ];
        view! {
            <div class="prose">{prose(beginning)}</div>
            <div class="recipes">{parts.map(part).collect::<Vec<_>>()}</div>
            <div class="sheet-actions">{Vec::from(others)}</div>
        }
        .into_any()
    };
    view! {
        <Sheet open=panels.help title="Help">
            {move || panels.help.get().then(parts)}
        </Sheet>
    }
}
