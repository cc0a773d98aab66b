//! The runs as a file: the menu, and files that come from the engine part by part.

use super::icons::{Icon, icon};
use super::numbers::bytes;
use super::tabs::focus_by_id;
use crate::engine::protocol::{Answer, Ask, BestFormat, ExportFormat, TableFormat};
use crate::page::keeping::{Wanted, session_file};
use crate::page::linking::copy_link;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::web::saving::{save, save_parts};
use crate::web::sealing::can_seal;
use js_sys::{Array, Uint8Array};
use leptos::html::Details;
use wasm_bindgen::JsCast as _;
use web_sys::{Blob, Element, EventTarget, HtmlElement, Node};

/// The id of what opens the menu.
pub const SUMMARY_ID: &str = "export-menu";

/// The menu.
#[component]
pub fn ExportMenu(app: App) -> impl IntoView {
    let node = NodeRef::<Details>::new();
    // How much of a file is made.
    let done = RwSignal::new(None::<f64>);
    let close = move || {
        if let Some(menu) = node.get_untracked() {
            menu.set_open(false);
            // The entry that had the focus is gone.
            focus_by_id(SUMMARY_ID);
        }
    };
    // Whoever goes elsewhere has left it.
    let elsewhere = move |target: Option<EventTarget>| {
        let target = target.and_then(|target| target.dyn_into::<Node>().ok());
        if let Some(menu) = node.get_untracked()
            && !menu.contains(target.as_ref())
        {
            menu.set_open(false);
        }
    };
    let pressed = window_event_listener(leptos::ev::pointerdown, move |event| {
        elsewhere(event.target());
    });
    let focused = window_event_listener(leptos::ev::focusin, move |event| {
        elsewhere(event.target());
    });
    on_cleanup(move || {
        pressed.remove();
        focused.remove();
    });
    let saved = move |answer| match answer {
        Answer::Export { name, media, text } => {
            if !save(&name, &media, &text) {
                refused(app);
            }
        }
        _ if app.view.with_untracked(|view| view.objective.is_some()) => {
            app.notify("No run is best: none of the shown ones has a value of the objective.");
        }
        _ => app.notify("No run is best: choose an objective first."),
    };
    let filter = move || app.view.with_untracked(|view| view.filter.clone());
    let make = move |ask: Ask| {
        close();
        // One whose engine died is never done.
        if done.get_untracked().is_some() && app.pending.get_untracked() > 0 {
            app.notify("Another file is being made: save this one when it is done.");
            return;
        }
        done.set(Some(0.0));
        gather(app, ask, Array::new(), done);
    };
    let export = move |format: ExportFormat, shown_only: bool| {
        let filter = filter();
        make(Ask::Export {
            format,
            shown_only,
            filter,
        });
    };
    let session = move || make(session_file(app));
    let export_best = move |format: BestFormat| {
        close();
        let filter = filter();
        app.ask(Ask::ExportBest { format, filter }, saved);
    };
    let export_seen = move |format: TableFormat| {
        close();
        let ask = Ask::ExportSeen {
            format,
            columns: app.columns_as_seen(),
            filter: filter(),
        };
        app.ask(ask, saved);
    };
    let entry = move |label: &'static str, hint: &'static str, act: Box<dyn Fn()>| {
        view! { <li><button type="button" class="button plain" title=hint on:click=by::mouse(move |_| act())>{label}</button></li> }
            .into_any()
    };
    let of_runs = move |label, format, shown_only| {
        let hint = match format {
            ExportFormat::Parquet => "For DuckDB, Polars, pandas and Spark",
            ExportFormat::CurvesCsv | ExportFormat::CurvesParquet => {
                "A row a logged point: run, metric, step, time, value"
            }
            ExportFormat::Csv | ExportFormat::Json => "",
        };
        entry(label, hint, Box::new(move || export(format, shown_only)))
    };
    let seen = move |label, format| entry(label, "", Box::new(move || export_seen(format)));
    let best = move |label, format| entry(label, "", Box::new(move || export_best(format)));
    let group = |title: &'static str, entries: Vec<AnyView>| {
        view! { <div><p class="faint" aria-hidden="true">{title}</p><ul aria-label=title>{entries}</ul></div> }.into_any()
    };
    let groups = move || {
        let table = [
            seen("The table, LaTeX", TableFormat::Latex),
            seen("The table, Markdown", TableFormat::Markdown),
            seen("The table, HTML", TableFormat::Html),
            seen("The table, TSV", TableFormat::Tabs),
        ];
        let runs = [
            of_runs("Shown runs, CSV", ExportFormat::Csv, true),
            of_runs("Shown runs, JSON", ExportFormat::Json, true),
            of_runs("Shown runs, Parquet", ExportFormat::Parquet, true),
            of_runs("All runs, CSV", ExportFormat::Csv, false),
            of_runs("All runs, JSON", ExportFormat::Json, false),
            of_runs("All runs, Parquet", ExportFormat::Parquet, false),
        ];
        let curves = [
            of_runs("Shown curves, CSV", ExportFormat::CurvesCsv, true),
            of_runs("Shown curves, Parquet", ExportFormat::CurvesParquet, true),
            of_runs("All curves, CSV", ExportFormat::CurvesCsv, false),
            of_runs("All curves, Parquet", ExportFormat::CurvesParquet, false),
        ];
        let best = [
            best("Best run’s params, YAML", BestFormat::Yaml),
            best("Best run’s params, JSON", BestFormat::Json),
            best("Best run’s params, flags", BestFormat::Flags),
        ];
        let whole = [
            entry(
                "Session as one file",
                "Runs, curves, view, notes, stars and tags: drop it here to go on",
                Box::new(session),
            ),
            entry(
                "Copy a link to this view",
                "Whoever opens it is told which files to drop: it has their names, no data",
                Box::new(move || {
                    close();
                    copy_link(app);
                }),
            ),
            (move || kept_entry(app, close)).into_any(),
        ];
        [
            group("As you see it", table.into_iter().collect()),
            group("Runs", runs.into_iter().collect()),
            group("Curves", curves.into_iter().collect()),
            group("Best configuration", best.into_iter().collect()),
            group("All of it, to go on", whole.into_iter().collect()),
        ]
        .into_iter()
        .collect::<Vec<_>>()
    };
    let word = move || match done.get() {
        Some(done) => format!("{:.0} %", done * 100.0),
        None => "Export".to_owned(),
    };
    let pressed = move |event: leptos::ev::KeyboardEvent| {
        let to = match event.key().as_str() {
            "Escape" => return close(),
            "ArrowDown" => To::Next,
            "ArrowUp" => To::Before,
            "Home" => To::First,
            "End" => To::Last,
            _ => return,
        };
        if let Some(menu) = node.get_untracked() {
            event.prevent_default();
            menu.set_open(true);
            go(&menu, to);
        }
    };
    view! {
        <details class="export-menu" node_ref=node on:keydown=by::key(pressed)>
            <summary id=SUMMARY_ID class="button plain" title="Save the runs as a file" aria-label="Export">{icon(Icon::Export)} <span class:wide-only=move || done.get().is_none()>{word}</span></summary>
            // Columns of a height of their own would go on to the side.
            <div class="export-list">
                <div class="export-columns">
                    {groups()}
                    <p class="faint">"Pictures: each chart has a menu of its own for SVG and PNG; Report puts several into one file."</p>
                </div>
            </div>
        </details>
    }
}

/// Where keys lead among the entries of the menu.
#[derive(Clone, Copy)]
enum To {
    First,
    Before,
    Next,
    Last,
}

/// Moves the focus among the entries; beyond the last comes the first.
fn go(menu: &Element, to: To) {
    let Ok(entries) = menu.query_selector_all("button") else {
        return;
    };
    let count = entries.length();
    let active = document().active_element();
    let is_active = |at: &u32| {
        let entry = entries.item(*at);
        let active = active.as_ref().map(AsRef::<Node>::as_ref);
        active.is_some_and(|active| active.is_same_node(entry.as_ref()))
    };
    let at = (0..count).find(is_active);
    let place = match (to, at) {
        (To::First, _) | (To::Next, None) => 0,
        (To::Next, Some(at)) => (at + 1) % count.max(1),
        (To::Before, Some(at)) if at > 0 => at - 1,
        (To::Before | To::Last, _) => count.saturating_sub(1),
    };
    let entry = entries.item(place);
    if let Some(entry) = entry.and_then(|entry| entry.dyn_into::<HtmlElement>().ok()) {
        // Fails only for elements that are not in the document.
        let _focused = entry.focus();
    }
}

/// Asks for a part of a file after another. Each becomes a blob of its own, which the browser may keep on its disk.
fn gather(app: App, ask: Ask, parts: Array, done: RwSignal<Option<f64>>) {
    app.ask(ask, move |answer| {
        done.set(None);
        let Answer::FilePart(Some(part)) = answer else {
            app.notify("The runs have changed while their file was made: save it again.");
            return;
        };
        let bytes = Uint8Array::new_from_slice(&part.bytes.0);
        let Ok(blob) = Blob::new_with_buffer_source_sequence(&Array::of1(&bytes)) else {
            return refused(app);
        };
        parts.push(&blob);
        if !part.is_last {
            done.set(Some(part.done));
            gather(app, Ask::ExportOn, parts, done);
        } else if !save_parts(&part.name, &part.media, &parts) {
            refused(app);
        }
    });
}

fn refused(app: App) {
    app.notify("The browser did not take the file to save.");
}

/// Keeping this session, or deleting what is kept of it.
fn kept_entry(app: App, close: impl Fn() + Copy + 'static) -> AnyView {
    let keeping = app.keeping;
    let ours = keeping.ours.get();
    let button = |label: String, act: Box<dyn Fn()>| {
        let act = move |_| {
            close();
            act();
        };
        view! { <li><button type="button" class="button plain" on:click=by::mouse(act)>{label}</button></li> }
            .into_any()
    };
    let want = |label: &str, wanted: Wanted| {
        let act = Box::new(move || keeping.is_wanted.set(Some(wanted)));
        button(label.to_owned(), act)
    };
    let Some(key) = ours else {
        return want("Keep in this browser", Wanted::Keep);
    };
    let size = keeping.all.with(|all| {
        let kept = all.iter().find(|kept| kept.key == key);
        kept.map(|kept| bytes(kept.session.bytes as u64))
    });
    let label = format!(
        "Delete what is kept here ({})",
        size.unwrap_or_else(|| "nothing yet".to_owned())
    );
    let seal = can_seal().then(|| {
        let is_sealed = keeping.is_sealed();
        let label = if is_sealed {
            "Change the passphrase"
        } else {
            "Keep with a passphrase"
        };
        let remove = is_sealed.then(|| want("Remove the passphrase", Wanted::Unseal));
        view! { {want(label, Wanted::Seal)} {remove} }.into_any()
    });
    view! {
        {button(label, Box::new(move || keeping.forget(app, key.clone())))}
        {seal}
        {want("Keep as another session", Wanted::Keep)}
    }
    .into_any()
}
