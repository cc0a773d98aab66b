//! What is always in sight: what was read, how much of it is shown, the objective, the best run, actions.

use super::icons::{Icon, icon};
use super::intake::Intake;
use super::later::{AFTER_THE_VIEW, Later};
use super::numbers::bytes;
use super::objective::{ObjectiveBar, Proposals};
use super::panels::Panels;
use super::requests::{RequestBadge, Requests};
use super::theme;
use crate::chart::number::{counted, grouped};
use crate::engine::arrange::arrange_without;
use crate::engine::protocol::{Answer, Ask, BestRun, ExportFormat, TableFormat};
use crate::page::keeping::Choice;
use crate::page::state::App;
use leptos::html::Details;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

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
            <button type="button" class="button plain square" title="Undo (Ctrl Z)" aria-label="Undo" on:click=move |_| app.undo()>
                {icon(Icon::Undo)}
            </button>
            <button type="button" class="button plain square" title="Redo (Ctrl Shift Z)" aria-label="Redo" on:click=move |_| app.redo()>
                {icon(Icon::Redo)}
            </button>
            <button type="button" class="button plain" title="Add files to these runs" aria-label="Add files" on:click=move |_| intake.choose_files()>
                {icon(Icon::Add)} <span class="wide-only">"Add files"</span>
            </button>
            <button
                type="button"
                class="button plain square"
                title="Add a folder to these runs"
                aria-label="Add folder"
                on:click=move |_| intake.choose_folder()
            >
                {icon(Icon::Folder)}
            </button>
            <ExportMenu app=app />
            <button
                type="button"
                class="button plain square"
                title="Forget everything that was read"
                aria-label="Clear"
                on:click=move |_| app.clear()
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
                    <RequestBadge requests=requests />
                    <Later app=app after=AFTER_THE_VIEW>{actions()}</Later>
                </Show>
                <button type="button" class="button plain square" title="Light or dark (Alt M)" aria-label="Light or dark" on:click=move |_| theme::toggle(app)>
                    {icon(Icon::Theme)}
                </button>
                <button type="button" class="button plain square" title="Keyboard shortcuts (?)" aria-label="Keyboard shortcuts" on:click=move |_| panels.shortcuts.set(true)>
                    <span aria-hidden="true">"?"</span>
                </button>
            </div>
        </header>
        <Show when=move || has_runs.get() && !app.importing.get()>
            <Proposals app=app />
        </Show>
    }
}

/// How many files were read, how many problems there were, how many runs are shown.
#[component]
fn Loaded(app: App, panels: Panels) -> impl IntoView {
    let files = move || {
        app.ledger
            .with(|ledger| counted(ledger.sources.len() + ledger.unread.len(), "file"))
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
                class="button plain"
                data-testid="receipt-button"
                title="What was read, and what was not"
                aria-expanded=move || if panels.receipt.get() { "true" } else { "false" }
                on:click=move |_| panels.receipt.update(|open| *open = !*open)
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
                unranked => format!("Open the best of the shown runs; {} of them have no finite value", grouped(unranked)),
            };
            view! {
                <button type="button" class="button plain best" data-testid="best" title=hint on:click=move |_| app.change(|view| view.run = Some(row))>
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

/// The runs as a file.
#[component]
fn ExportMenu(app: App) -> impl IntoView {
    let node = NodeRef::<Details>::new();
    let close = move || {
        if let Some(menu) = node.get_untracked() {
            menu.set_open(false);
        }
    };
    let saved = move |answer| {
        if let Answer::Export { name, media, text } = answer
            && !save(&name, &media, &text)
        {
            app.notify("The browser did not take the file to save.");
        }
    };
    let export = move |format: ExportFormat, shown_only: bool| {
        close();
        app.ask(Ask::Export { format, shown_only }, saved);
    };
    let export_seen = move |format: TableFormat| {
        close();
        let ledger = app.ledger.get_untracked();
        let same = app
            .selected
            .with_untracked(|selected| selected.same.clone());
        let (columns, filter) = app.view.with_untracked(|view| {
            let columns = arrange_without(&ledger, view, &same).columns;
            let ids = columns.iter().map(|placed| placed.id).collect();
            (ids, view.filter.clone())
        });
        let ask = Ask::ExportSeen {
            format,
            columns,
            filter,
        };
        app.ask(ask, saved);
    };
    let seen = move |label: &'static str, format: TableFormat| {
        view! { <li><button type="button" class="button plain" on:click=move |_| export_seen(format)>{label}</button></li> }
    };
    let entry = move |label: &'static str, format: ExportFormat, shown_only: bool| {
        view! { <li><button type="button" class="button plain" on:click=move |_| export(format, shown_only)>{label}</button></li> }
    };
    let left = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            close();
        }
    };
    view! {
        <details class="export-menu" node_ref=node on:keydown=left>
            <summary class="button plain" title="Save the runs as a file" aria-label="Export">{icon(Icon::Export)} <span class="wide-only">"Export"</span></summary>
            <ul>
                {entry("Shown runs, CSV", ExportFormat::Csv, true)}
                {entry("Shown runs, JSON", ExportFormat::Json, true)}
                {entry("All runs, CSV", ExportFormat::Csv, false)}
                {entry("All runs, JSON", ExportFormat::Json, false)}
                {seen("The table, LaTeX", TableFormat::Latex)}
                {seen("The table, Markdown", TableFormat::Markdown)}
                {seen("The table, TSV", TableFormat::Tabs)}
                {move || kept_entry(app)}
            </ul>
        </details>
    }
}

/// Keeping this session, or deleting what is kept of it.
fn kept_entry(app: App) -> AnyView {
    let keeping = app.keeping;
    if keeping.choice.get() == Choice::Yes {
        let size = keeping
            .kept
            .get()
            .map(|session| bytes(session.bytes as u64));
        let label = format!(
            "Delete what is kept here ({})",
            size.unwrap_or_else(|| "nothing yet".to_owned())
        );
        view! { <li><button type="button" class="button plain" on:click=move |_| keeping.forget(app)>{label}</button></li> }
            .into_any()
    } else {
        view! { <li><button type="button" class="button plain" on:click=move |_| keeping.choose(Choice::Yes)>"Keep in this browser"</button></li> }
            .into_any()
    }
}

/// Hands a text to the browser to save; from memory, so nothing is sent.
pub fn save(name: &str, media: &str, text: &str) -> bool {
    let options = BlobPropertyBag::new();
    options.set_type(media);
    let parts = js_sys::Array::of1(&text.into());
    Blob::new_with_str_sequence_and_options(&parts, &options)
        .and_then(|blob| save_blob(name, &blob))
        .is_ok()
}

/// Hands bytes to the browser to save.
pub fn save_blob(name: &str, blob: &Blob) -> Result<(), wasm_bindgen::JsValue> {
    let address = Url::create_object_url_with_blob(blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // Freed after the browser has begun to save.
    gloo::timers::callback::Timeout::new(60_000, move || {
        // Freeing an address that is gone does nothing.
        let _freed = Url::revoke_object_url(&address);
    })
    .forget();
    Ok(())
}
