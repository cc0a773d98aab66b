//! What is always in sight: what was read, how much of it is shown, the objective, the best run, actions.

use super::export_menu::ExportMenu;
use super::icons::{Icon, icon};
use super::intake::Intake;
use super::later::{AFTER_THE_VIEW, Later};
use super::objective::{ObjectiveBar, Proposals};
use super::panels::Panels;
use super::receipt::{RECEIPT_BUTTON_ID, RECEIPT_ID};
use super::requests::{RequestBadge, Requests};
use super::tabs::focus_by_id;
use super::theme;
use crate::chart::number::{counted, grouped};
use crate::engine::protocol::BestRun;
use crate::page::prelude::*;
use crate::page::state::App;

/// The header.
#[component]
pub fn Header(
    app: App,
    panels: Panels,
    intake: Intake,
    requests: ReadSignal<Requests>,
    has_runs: Memo<bool>,
) -> impl IntoView {
    let loaded = move || {
        view! {
            <Loaded app=app panels=panels />
            <ObjectiveBar app=app />
            <Best app=app />
        }
    };
    let actions = move || {
        view! {
            <button type="button" class="button plain square" title="Undo (Ctrl Z)" aria-label="Undo" on:click=by::mouse(move |_| app.undo())>
                {icon(Icon::Undo)}
            </button>
            <button type="button" class="button plain square" title="Redo (Ctrl Shift Z)" aria-label="Redo" on:click=by::mouse(move |_| app.redo())>
                {icon(Icon::Redo)}
            </button>
            <button type="button" class="button plain" title="Add files to these runs" aria-label="Add files" on:click=by::mouse(move |_| intake.choose_files())>
                {icon(Icon::Add)} <span class="wide-only">"Add files"</span>
            </button>
            <button
                type="button"
                class="button plain square"
                title="Add a folder to these runs"
                aria-label="Add folder"
                on:click=by::mouse(move |_| intake.choose_folder())
            >
                {icon(Icon::Folder)}
            </button>
            <ExportMenu app=app />
            <button
                type="button"
                class="button plain square"
                title="Take out everything that was read; Ctrl Z brings it back"
                aria-label="Clear"
                on:click=by::mouse(move |_| app.clear())
            >
                {icon(Icon::Clear)}
            </button>
        }
    };
    view! {
        <header class="top">
            <h1>"runsift"</h1>
            <Show when=move || has_runs.get()><Later app=app>{loaded()}</Later></Show>
            <div class="actions">
                <Show when=move || has_runs.get()>
                    <RequestBadge app=app requests=requests />
                    <Later app=app after=AFTER_THE_VIEW>{actions()}</Later>
                </Show>
                <button type="button" class="button plain square" title="Light or dark theme (Alt M)" aria-label="Light or dark" on:click=by::mouse(move |_| theme::toggle(app))>
                    {icon(Icon::Theme)}
                </button>
                <button type="button" class="button plain square" title="Keyboard shortcuts (?)" aria-label="Keyboard shortcuts" on:click=by::mouse(move |_| panels.shortcuts.set(true))>
                    <span aria-hidden="true">"?"</span>
                </button>
            </div>
        </header>
        <Show when=move || has_runs.get() && !app.importing.get()>
            <Proposals app=app />
        </Show>
    }
}

/// How many sources were read, how many problems there were, how many runs are shown.
#[component]
fn Loaded(app: App, panels: Panels) -> impl IntoView {
    let files = move || {
        app.ledger
            .with(|ledger| counted(ledger.sources.len() + ledger.unread.len(), "source"))
    };
    let warnings = Memo::new(move |_| {
        app.ledger
            .with(|ledger| ledger.problems.max(ledger.unread.len()))
    });
    let shown = move || {
        let runs = app.ledger.with(|ledger| ledger.runs);
        app.selected.with(|selected| {
            let shown = if selected.runs == runs {
                selected.shown
            } else {
                runs
            };
            format!("{} of {}", grouped(shown), counted(runs, "run"))
        })
    };
    view! {
        <div class="loaded">
            <button
                type="button"
                id=RECEIPT_BUTTON_ID
                class="button plain"
                data-testid="receipt-button"
                title="What was read, and what was not"
                aria-expanded=move || if panels.receipt.get() { "true" } else { "false" }
                on:click=by::mouse(move |_| {
                    panels.receipt.update(|open| *open = !*open);
                    request_animation_frame(|| focus_by_id(RECEIPT_ID));
                })
            >
                {icon(Icon::File)}
                <span class="number">{files}</span>
                <Show when=move || { warnings.get() > 0 }>
                    <span class="warnings">{icon(Icon::Warning)} <span class="number">{move || counted(warnings.get(), "warning")}</span></span>
                </Show>
            </button>
            <strong class="number" data-testid="counts">{shown}</strong>
        </div>
    }
}

/// The best shown run by name; opens it.
#[component]
fn Best(app: App) -> impl IntoView {
    let best = Memo::new(move |_| app.selected.with(|selected| selected.best.clone()));
    let unranked = move || app.selected.with(|selected| selected.unranked);
    let ties = move |best: &BestRun| {
        // Ties are runs of this same value, this one among them.
        let tied = grouped(best.ties);
        (best.ties > 1)
            .then(|| view! { <span class="ties number">{format!("({tied} tied)")}</span> })
    };
    let named = move || {
        best.get().map(|best| {
            let row = best.row;
            let ties = ties(&best);
            let hint = match unranked() {
                0 => "Open the best of the shown runs".to_owned(),
                unranked => format!("Open the best of the shown runs; {} of them have no rank: no finite value, ended early, or at a lesser budget", grouped(unranked)),
            };
            view! {
                <button type="button" class="button plain best" data-testid="best" title=hint on:click=by::mouse(move |_| app.change(|view| view.run = Some(row)))>
                    <span class="soft">"best run"</span>
                    <strong class="best-name">{best.name}</strong>
                    <span class="number">"· " {best.text}</span>
                    {ties}
                </button>
            }
        })
    };
    view! { {named} }
}
