//! The sheet of keyboard shortcuts, and the dialog that sheets stand in.

use super::icons::{Icon, icon};
use super::keys::SHORTCUTS;
use super::panels::Panels;
use crate::page::prelude::*;
use leptos::html::Dialog;

/// A modal dialog that is open while `open` is true.
#[component]
pub fn Sheet(open: RwSignal<bool>, title: &'static str, children: Children) -> impl IntoView {
    let node = NodeRef::<Dialog>::new();
    Effect::new(move |_| {
        let wanted = open.get();
        let Some(dialog) = node.get() else { return };
        if wanted && !dialog.open() {
            // Fails only where the dialog is open already.
            let _shown = dialog.show_modal();
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog class="sheet" node_ref=node aria-label=title on:close=by::any(move |_| open.set(false))>
            <header>
                <h2>{title}</h2>
                <button type="button" class="button plain square" aria-label="Close" on:click=by::mouse(move |_| open.set(false))>
                    {icon(Icon::Close)}
                </button>
            </header>
            <div class="sheet-body" tabindex="0">{children()}</div>
        </dialog>
    }
}

/// The sheet of keyboard shortcuts.
#[component]
pub fn ShortcutSheet(panels: Panels) -> impl IntoView {
    let rows = |keys: &'static [&'static str], what: &'static str| {
        let keys = keys
            .iter()
            .enumerate()
            .map(|(at, combination)| {
                let parts = combination
                    .split(' ')
                    .map(|key| view! { <kbd>{key}</kbd> })
                    .collect_view();
                view! {
                    {(at > 0).then_some(" or ")}
                    {parts}
                }
            })
            .collect_view();
        view! {
            <div class="shortcut">
                <dt>{keys}</dt>
                <dd>{what}</dd>
            </div>
        }
    };
    let groups = SHORTCUTS
        .iter()
        .map(|(title, shortcuts)| {
            view! {
                <section>
                    <h3>{*title}</h3>
                    <dl>{shortcuts.iter().map(|(keys, what)| rows(keys, what)).collect_view()}</dl>
                </section>
            }
        })
        .collect_view();
    view! {
        <Sheet open=panels.shortcuts title="Keyboard">
            <div class="shortcuts">{groups}</div>
            <p class="faint">"On a Mac, Cmd in place of Ctrl. No single key acts while a text box has the focus."</p>
        </Sheet>
    }
}
