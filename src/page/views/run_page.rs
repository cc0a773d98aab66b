//! A run on a page of its own: its configuration beside the baseline's, its metrics with their curves, where it ran, and
//! what starts it again.

use super::asked::asked;
use super::compare::{Opened, compared_table, diff_panel};
use super::log_view::log_view;
use super::numbers::table_of;
use super::run::{CURVE, CopyButton, Fields, status_class};
use super::run_note::NoteEditor;
use crate::chart::line::polyline;
use crate::chart::number::{counted, grouped};
use crate::engine::protocol::{
    Answer, Ask, Cell, Change, CompareQuestion, Fact, Reproduce, RunDetail, RunField, SideBySide,
};
use crate::engine::view::Baseline;
use crate::ledger::{ColumnId, LogTail, Role};
use crate::page::prelude::*;
use crate::page::state::App;

/// How many rows of the configuration are shown.
const MOST_ROWS: usize = 1_000;

/// The page of the run that is open.
#[component]
pub(crate) fn RunPage(app: App) -> impl IntoView {
    let row = move || {
        app.selection.track();
        app.view.with(|view| view.run)
    };
    let detail = asked(
        app,
        move || row().map(|row| Ask::Run { row }),
        |said| match said {
            Answer::Run(said) => said.map(Box::new),
            _ => None,
        },
    );
    let question = move || {
        row().map(|row| {
            Ask::Compare(CompareQuestion {
                run: Some(row),
                search: String::new(),
                same: true,
                most: MOST_ROWS,
            })
        })
    };
    let beside = asked(app, question, |said| match said {
        Answer::Compared(said) => Some(said),
        _ => None,
    });
    let reproduce = asked(
        app,
        move || row().map(|row| Ask::Reproduce { row }),
        |said| match said {
            Answer::Reproduce(said) => said,
            _ => None,
        },
    );
    let opened: Opened = RwSignal::new(None);
    let shown = move || {
        let (Some(detail), Some(beside)) = (detail.get(), beside.get()) else {
            let hint = "No such run: open one from the table.";
            return view! { <p class="faint" id="tab-run">{hint}</p> }.into_any();
        };
        view! {
            {head(app, &detail)}
            <NoteEditor app=app row=detail.row note=detail.note.clone()/>
            {metrics(&detail, &beside, false)}
            {configuration(app, &beside, opened)}
            {move || reproduce.get().map(|said| reproduce_view(&said))}
            {detail.log.as_ref().map(log_section)}
            {files(&detail)}
            {metrics(&detail, &beside, true)}
            <Fields app=app title="Tags" fields=fields(&detail, Role::Tag)/>
            <Fields app=app title="About" fields=fields(&detail, Role::Attribute)/>
        }
        .into_any()
    };
    view! { <section class="importance run-page" data-view="run" aria-label="Run">{shown}</section> }
}

fn fields(detail: &RunDetail, role: Role) -> Vec<RunField> {
    let fields = detail.fields.iter();
    fields.filter(|field| field.role == role).cloned().collect()
}

fn head(app: App, detail: &RunDetail) -> AnyView {
    let row = detail.row;
    let status = detail
        .fields
        .iter()
        .find(|field| field.role == Role::Attribute && field.name == "status");
    let status = status.map(|field| {
        let class = format!("status status-{}", status_class(&field.text));
        view! { <span class=class>{field.text.clone()}</span> }
    });
    let total = app.selected.with_untracked(|selected| selected.shown);
    let rank = detail
        .rank
        .map(|rank| format!("Rank {} of {}", grouped(rank), grouped(total)));
    let is_baseline = app.view.with_untracked(|view| view.baseline) == Some(Baseline::Run(row));
    let tell_against = move |_| {
        app.change(|view| view.baseline = (!is_baseline).then_some(Baseline::Run(row)));
    };
    view! {
        <div class="importance-head">
            <h2 id="tab-run">{detail.name.clone()}</h2>
            <button type="button" class="quiet-button" aria-pressed=is_baseline.to_string() on:click=by::mouse(tell_against)>"Baseline"</button>
        </div>
        <p class="drawer-facts">
            <span class="drawer-rank">{rank}</span>
            {status}
            <span class="faint drawer-source">{format!("{} · {}", detail.format, detail.source)}</span>
        </p>
    }
    .into_any()
}

/// What this run has beside the baseline, which stands before it.
fn told(beside: &SideBySide, column: ColumnId) -> Option<&Cell> {
    let parts = beside.differing.iter().chain(&beside.same);
    let mut rows = parts.flat_map(|part| &part.rows);
    rows.find(|row| row.column == Some(column))?.cells.last()
}

/// Metrics of the model, or of the machine.
fn metrics(detail: &RunDetail, beside: &SideBySide, of_system: bool) -> Option<AnyView> {
    let is_wanted = |field: &&RunField| field.role == Role::Metric && field.is_system == of_system;
    let rows = detail.fields.iter().filter(is_wanted).map(|field| {
        let told = told(beside, field.column);
        let class = match told.and_then(|cell| cell.change) {
            Some(Change::Better) => "right better",
            Some(Change::Worse) => "right worse",
            _ => "right",
        };
        let last = told.map_or_else(|| field.text.clone(), |cell| cell.text.clone());
        let full = told.and_then(|cell| cell.full.clone());
        let (least, greatest, points) = match &field.summary {
            Some(said) => (said.least.clone(), said.greatest.clone(), said.points.clone()),
            None => (String::new(), String::new(), "1".to_owned()),
        };
        let line = polyline(&field.curve, CURVE.0, CURVE.1, 2.0);
        let curve = (!line.is_empty()).then(|| {
            let label = format!("Curve of {}", field.name);
            view! { <svg class="curve" viewBox="0 0 96 22" role="img" aria-label=label><polyline points=line/></svg> }
        });
        view! {
            <tr>
                <th scope="row">{field.name.clone()}</th>
                <td class=class title=full>{last}</td>
                <td class="right">{least}</td>
                <td class="right">{greatest}</td>
                <td class="right">{points}</td>
                <td>{curve}</td>
            </tr>
        }
        .into_any()
    });
    let rows: Vec<AnyView> = rows.collect();
    let title = if of_system {
        "System metrics"
    } else {
        "Metrics"
    };
    (!rows.is_empty()).then(|| {
        view! {
            <section class="effect" aria-label=title>
                <h3>{title}</h3>
                <div class="compare-scroll" tabindex="0" role="region" aria-label=title>
                    <table class="side-by-side">
                        <thead>
                            <tr>
                                <th scope="col">"Metric"</th>
                                <th scope="col">"Last"</th>
                                <th scope="col">"Least"</th>
                                <th scope="col">"Greatest"</th>
                                <th scope="col">"Points"</th>
                                <th scope="col">"Curve"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
        }
        .into_any()
    })
}

/// The params as a tree, beside the baseline's where there is one.
fn configuration(app: App, beside: &SideBySide, opened: Opened) -> Option<AnyView> {
    let mut params = beside.clone();
    let is_params = |part: &crate::engine::protocol::ComparedPart| part.role == Role::Param;
    params.differing.retain(is_params);
    params.same.retain(is_params);
    let parts = params.differing.iter().chain(&params.same);
    if parts.count() == 0 {
        return None;
    }
    let found = beside.differ + beside.alike;
    let cut = (found > beside.rows)
        .then(|| format!("{} of {}.", grouped(beside.rows), counted(found, "row")));
    Some(
        view! {
            <section class="effect" aria-label="Configuration">
                <h3>"Configuration"</h3>
                {diff_panel(app, opened)}
                {compared_table(app, &params, false, false, opened)}
                <p class="faint">{cut}</p>
            </section>
        }
        .into_any(),
    )
}

/// What the export has of it besides.
fn files(detail: &RunDetail) -> Option<AnyView> {
    let tables = detail.files.iter().map(table_of).collect::<Vec<_>>();
    (!tables.is_empty()).then(|| {
        view! {
            <section class="effect" aria-label="Artifacts">
                <h3>"Artifacts"</h3>
                <div class="left-out">{tables}</div>
            </section>
        }
        .into_any()
    })
}

/// The end of its log.
fn log_section(tail: &LogTail) -> AnyView {
    view! {
        <section class="effect" aria-label="Log tail">
            <h3>"Log tail"</h3>
            {log_view(tail, true)}
        </section>
    }
    .into_any()
}

/// What the export says of how the run was started, and texts that start it again.
fn reproduce_view(said: &Reproduce) -> AnyView {
    let fact = |fact: &Fact| {
        let Fact { name, text, .. } = fact.clone();
        view! { <div><dt>{name}</dt><dd>{text}</dd></div> }.into_any()
    };
    let facts: Vec<AnyView> = said.facts.iter().map(fact).collect();
    let texts = said
        .texts
        .iter()
        .enumerate()
        .map(|(number, (title, text))| {
            let copied = text.clone();
            let label = title.clone();
            view! {
                <details class="reproduce" open=number == 0 data-text=title.clone()>
                    <summary>{title.clone()}</summary>
                    <CopyButton label="Copy" text=move || copied.clone()/>
                    <pre tabindex="0" aria-label=label><code>{text.clone()}</code></pre>
                </details>
            }
            .into_any()
        });
    let texts: Vec<AnyView> = texts.collect();
    let caveats = said.caveats.iter().cloned();
    let caveats: Vec<AnyView> = caveats
        .map(|caveat| view! { <li>{caveat}</li> }.into_any())
        .collect();
    view! {
        <section class="effect" aria-label="Reproduce">
            <h3>"Reproduce"</h3>
            <dl class="run-facts">{facts}</dl>
            {texts}
            <ul class="faint caveats" aria-label="What is missing">{caveats}</ul>
        </section>
    }
    .into_any()
}
