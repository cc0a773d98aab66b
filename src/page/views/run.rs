//! The drawer: everything known about one run.

use super::run_note::NoteEditor;
use crate::chart::line::polyline;
use crate::engine::look::WindowLook;
use crate::engine::protocol::{
    Answer, Ask, Brush, CellKind, MarkHow, MarkLines, NOWHERE, RunDetail, RunField, WindowQuestion,
};
use crate::engine::view::{Baseline, Tab};
use crate::ledger::Role;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::page::widgets::keys::key_of;
use crate::page::widgets::tabs::focus_by_id;
use leptos::html;
use std::sync::Arc;
use web_sys::KeyboardEvent;

/// The size of a curve beside a metric, in pixels.
pub(super) const CURVE: (f64, f64) = (96.0, 22.0);

/// What the drawer shows.
#[derive(Clone)]
enum Shown {
    Waiting,
    Run(Arc<RunDetail>),
    NoSuchRun(usize),
}

/// The drawer of a run; there while a run is open.
#[component]
pub(crate) fn RunDrawer(app: App) -> impl IntoView {
    let row = Memo::new(move |_| app.view.with(|view| view.run));
    let ready = Memo::new(move |_| {
        // On a page of its own a run needs no drawer.
        let is_page = app.view.with(|view| view.tab == Tab::Run);
        !is_page && app.ledger.with(|ledger| ledger.runs > 0)
    });
    move || (row.get().is_some() && ready.get()).then(|| view! { <Drawer app=app row=row/> })
}

#[component]
fn Drawer(app: App, row: Memo<Option<usize>>) -> impl IntoView {
    let shown = RwSignal::new(Shown::Waiting);
    Effect::new(move |_| {
        // Rank and columns follow the selection.
        app.selection.track();
        let Some(row) = row.get() else { return };
        app.ask(Ask::Run { row }, move |answer| {
            let now = match answer {
                Answer::Run(Some(detail)) => Shown::Run(Arc::new(detail)),
                Answer::Run(None) => Shown::NoSuchRun(row),
                _ => return,
            };
            // The drawer may be closed by now.
            let _told = shown.try_set(now);
        });
    });
    let element = NodeRef::<html::Aside>::new();
    let came_from = document().active_element();
    let came_from = StoredValue::new(came_from);
    Effect::new(move |before: Option<()>| {
        if let (Some(drawer), None) = (element.get(), before) {
            // Focus is a comfort: without it the page still works.
            let _focused = drawer.focus();
        }
    });
    let close = move || {
        app.change(|view| view.run = None);
    };
    // However it closes, the focus that it had goes back.
    on_cleanup(move || {
        let back = came_from.try_get_value().flatten();
        let back =
            back.and_then(|back| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(back).ok());
        let is_lost = || {
            document()
                .active_element()
                .is_none_or(|at| at.tag_name() == "BODY")
        };
        request_animation_frame(move || {
            if let Some(back) = back.filter(|_| is_lost()) {
                let _focused = back.focus();
            }
            if is_lost() {
                focus_by_id("main");
            }
        });
    });
    let is_baseline = move || {
        let baseline = app.view.with(|view| view.baseline);
        row.get().map(Baseline::Run) == baseline
    };
    let can_step = move || app.place.get().is_some();
    let key = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        match key_of(&event).as_str() {
            "Escape" => close(),
            "j" => step(app, true),
            "k" => step(app, false),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <aside class="drawer" data-view="run" aria-label="Run" tabindex="-1" node_ref=element on:keydown=by::key(key)>
            <div class="drawer-bar">
                <button class="icon-button" aria-label="Previous run (k)" title="Previous run (k)" disabled=move || !can_step() on:click=by::mouse(move |_| step(app, false))>
                    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M3.5 10 8 5.5l4.5 4.5"/></svg>
                </button>
                <button class="icon-button" aria-label="Next run (j)" title="Next run (j)" disabled=move || !can_step() on:click=by::mouse(move |_| step(app, true))>
                    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M3.5 6 8 10.5 12.5 6"/></svg>
                </button>
                <span class="drawer-space"></span>
                <button
                    class="quiet-button"
                    title="Select the run, or no more (Space in the table)"
                    on:click=by::mouse(move |_| {
                        if let Some(row) = row.get_untracked() {
                            app.mark(MarkLines::Row(row), MarkHow::Toggle);
                        }
                    })
                >
                    "Select"
                </button>
                <button
                    class="quiet-button"
                    aria-pressed=move || is_baseline().to_string()
                    title="Compare all with this run (B in the table)"
                    on:click=by::mouse(move |_| {
                        let baseline = row.get_untracked().filter(|_| !is_baseline()).map(Baseline::Run);
                        app.change(|view| view.baseline = baseline);
                    })
                >
                    "Baseline"
                </button>
                <button class="quiet-button" title="The run on a page of its own" on:click=by::mouse(move |_| app.change(|view| view.tab = Tab::Run))>
                    "Page"
                </button>
                <CopyButton label="Copy as JSON" text=move || shown.with(|shown| match shown {
                    Shown::Run(run) => as_json(run),
                    _ => String::new(),
                })/>
                <button class="icon-button" aria-label="Close (Esc)" title="Close (Esc)" on:click=by::mouse(move |_| close())>
                    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M4 4l8 8M12 4l-8 8"/></svg>
                </button>
            </div>
            {move || match shown.get() {
                Shown::Waiting => view! { <p class="drawer-wait faint">"…"</p> }.into_any(),
                Shown::Run(run) => view! { <Detail app=app run=run/> }.into_any(),
                Shown::NoSuchRun(row) => {
                    view! {
                        <p class="drawer-wait">
                            {if row < NOWHERE { format!("The link names run {}, and there is no such run here.", row + 1) } else { "The run that the link names is not in these files.".to_owned() }}
                        </p>
                    }
                        .into_any()
                }
            }}
        </aside>
    }
}

/// Opens the run before or after, in the table's order.
fn step(app: App, forward: bool) {
    let Some(place) = app.place.get_untracked() else {
        return;
    };
    let next = if forward {
        place.checked_add(1)
    } else {
        place.checked_sub(1)
    };
    let Some(next) = next else { return };
    app.ask(
        Ask::Window(WindowQuestion {
            first: next,
            count: 1,
            columns: Vec::new(),
            look: WindowLook::default(),
        }),
        move |answer| {
            let Answer::Window(window) = answer else {
                return;
            };
            if let Some(row) = window.rows.first() {
                app.place.set(Some(next));
                app.change_quietly(|view| view.run = Some(row.row));
            }
        },
    );
}

#[component]
fn Detail(app: App, run: Arc<RunDetail>) -> impl IntoView {
    let is = |role: Role, varies: Option<bool>| {
        let fields = run.fields.iter().filter(move |field| field.role == role);
        fields
            .filter(|field| varies.is_none_or(|varies| field.varies == varies))
            .cloned()
            .collect::<Vec<RunField>>()
    };
    let status = run
        .fields
        .iter()
        .find(|field| field.role == Role::Attribute && field.name == "status")
        .map(|field| field.text.clone());
    let total = app.selected.with_untracked(|selected| selected.shown);
    let rank = run.rank.map(|rank| {
        format!(
            "Rank {} of {}",
            crate::chart::number::grouped(rank),
            crate::chart::number::grouped(total)
        )
    });
    view! {
        <header class="drawer-head">
            <h2>{run.name.clone()}</h2>
            <p class="drawer-facts">
                {rank.map(|rank| view! { <span class="drawer-rank">{rank}</span> })}
                {status.map(|status| {
                    let class = format!("status status-{}", status_class(&status));
                    view! { <span class=class>{status}</span> }
                })}
                <span class="faint drawer-source" title=run.source.clone()>{format!("{} · {}", run.format, run.source)}</span>
            </p>
        </header>
        <NoteEditor app=app row=run.row note=run.note.clone()/>
        <Fields app=app title="Metrics" fields=is(Role::Metric, None)/>
        <Fields app=app title="Params" fields=is(Role::Param, Some(true))/>
        <Fields app=app title="Params that are the same in all runs" fields=is(Role::Param, Some(false))/>
        <Fields app=app title="Tags" fields=is(Role::Tag, None)/>
        <Fields app=app title="About" fields=is(Role::Attribute, None)/>
    }
}

/// One of the words a status can be; others have no colour of their own.
pub(super) fn status_class(status: &str) -> &'static str {
    match status {
        "finished" => "good",
        "failed" | "killed" => "bad",
        "running" | "scheduled" => "going",
        _ => "other",
    }
}

#[component]
pub(super) fn Fields(app: App, title: &'static str, fields: Vec<RunField>) -> impl IntoView {
    (!fields.is_empty()).then(|| {
        let count = fields.len();
        let rows = fields
            .into_iter()
            .map(|field| view! { <Field app=app field=field/> })
            .collect::<Vec<_>>();
        view! {
            <section class="fields">
                <h3>{title} " " <span class="faint">{count.to_string()}</span></h3>
                <dl>{rows}</dl>
            </section>
        }
    })
}

#[component]
fn Field(app: App, field: RunField) -> impl IntoView {
    let RunField {
        column,
        role,
        name,
        text,
        kind,
        varies,
        curve,
        summary,
        ..
    } = field;
    let line = polyline(&curve, CURVE.0, CURVE.1, 2.0);
    let summary = summary.map(|summary| summary.words());
    let curve_label = summary
        .as_ref()
        .map(|summary| format!("Curve of {name}: {summary}"));
    let brush = (role == Role::Param || role == Role::Tag)
        .then(|| brush_for(&text, kind))
        .flatten();
    let like = brush.map(|brush| {
        let label = format!("Filter to runs with {name} = {text}");
        let filter_like = move |_| {
            let filter = app.view.with_untracked(|view| view.filter.clone());
            app.ask(Ask::Brush { filter, column, brush: Some(brush.clone()) }, move |answer| {
                if let Answer::Filter(filter) = answer {
                    app.change(|view| view.filter = filter);
                }
            });
        };
        view! {
            <button class="icon-button" aria-label=label title="Filter to runs like this" on:click=by::mouse(filter_like)>
                <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M2 3h12L9.5 8.5V13l-3-1.5v-3z"/></svg>
            </button>
        }
    });
    let class = match kind {
        CellKind::NotFinite => "field-value not-finite",
        CellKind::Number => "field-value number",
        _ => "field-value",
    };
    let copied = text.clone();
    view! {
        <div class="field" class:constant=!varies && role == Role::Param>
            <dt title=name.clone()>{name.clone()}</dt>
            <dd>
                <span class=class>{text}</span>
            </dd>
            <dd class="field-curve">
                {(!line.is_empty())
                    .then(|| {
                        view! {
                            <svg class="curve" viewBox="0 0 96 22" role="img" aria-label=curve_label>
                                <polyline points=line/>
                            </svg>
                        }
                    })}
            </dd>
            <dd class="field-tools">
                {like}
                <CopyIcon name=name text=copied/>
            </dd>
            {summary.map(|summary| view! { <dd class="summary">{summary}</dd> })}
        </div>
    }
}

/// The brush that keeps runs with this value.
fn brush_for(text: &str, kind: CellKind) -> Option<Brush> {
    match kind {
        CellKind::Missing | CellKind::Time => None,
        CellKind::Number => {
            let value: f64 = text.parse().ok()?;
            Some(Brush::Range {
                low: Some(value),
                high: Some(value),
            })
        }
        CellKind::NotFinite if text == "NaN" => Some(Brush::NotANumber),
        CellKind::NotFinite => Some(Brush::Infinite),
        CellKind::Bool | CellKind::Text => Some(Brush::Values(vec![text.to_owned()])),
    }
}

#[component]
pub(super) fn CopyButton(
    label: &'static str,
    text: impl Fn() -> String + 'static,
) -> impl IntoView {
    let done = RwSignal::new(false);
    view! {
        <button class="bar-button" on:click=by::mouse(move |_| copy(&text(), done))>
            {move || if done.get() { "Copied" } else { label }}
        </button>
    }
}

#[component]
fn CopyIcon(name: String, text: String) -> impl IntoView {
    let done = RwSignal::new(false);
    view! {
        <button
            class="icon-button"
            class:done=move || done.get()
            aria-label=format!("Copy the value of {name}")
            title=move || if done.get() { "Copied" } else { "Copy the value" }
            on:click=by::mouse(move |_| copy(&text, done))
        >
            <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M5.5 5.5h7v8h-7zM10 5.5v-3H3.5v8h2"/></svg>
        </button>
    }
}

fn copy(text: &str, done: RwSignal<bool>) {
    let clipboard = window().navigator().clipboard();
    let copied = clipboard.write_text(text);
    leptos::task::spawn_local(async move {
        if wasm_bindgen_futures::JsFuture::from(copied).await.is_ok() {
            let _shown = done.try_set(true);
            set_timeout(
                move || {
                    let _hidden = done.try_set(false);
                },
                std::time::Duration::from_millis(1500),
            );
        }
    });
}

/// The run as JSON: what the drawer shows, by role, values as texts where they are no plain numbers.
fn as_json(run: &RunDetail) -> String {
    let mut object = serde_json::Map::new();
    object.insert("name".to_owned(), run.name.clone().into());
    object.insert("source".to_owned(), run.source.clone().into());
    if let Some(rank) = run.rank {
        object.insert("rank".to_owned(), rank.into());
    }
    for (role, word) in [
        (Role::Param, "params"),
        (Role::Metric, "metrics"),
        (Role::Tag, "tags"),
        (Role::Attribute, "attributes"),
    ] {
        let fields = run.fields.iter().filter(|field| field.role == role);
        let values = fields.map(|field| {
            let value = match field.kind {
                CellKind::Number | CellKind::Bool => serde_json::from_str(&field.text).ok(),
                _ => None,
            };
            (
                field.name.clone(),
                value.unwrap_or_else(|| field.text.clone().into()),
            )
        });
        let values: serde_json::Map<String, serde_json::Value> = values.collect();
        if !values.is_empty() {
            object.insert(word.to_owned(), values.into());
        }
    }
    serde_json::to_string_pretty(&object).unwrap_or_default()
}
