//! Above and over the grid: what it is sorted by, what is selected, groups and columns; and what is said where
//! the filter keeps nothing.

use super::column_picker::ColumnPicker;
use super::compute::Computing;
use super::display::DisplayButton;
use super::grouping::GroupButton;
use super::table::Grid;
use crate::chart::number::{counted, grouped};
use crate::engine::arrange::{self, RANK};
use crate::engine::protocol::{MarkHow, MarkLines, NoteEdit};
use crate::engine::view::View;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::page::widgets::filter_box::did_you_mean;

/// Above the grid: what it is sorted by, and the columns.
#[component]
pub(super) fn TableBar(grid: Grid) -> impl IntoView {
    let app = grid.app;
    let sorted = Memo::new(move |_| {
        let ledger = app.ledger.get();
        app.view.with(|view| {
            let name = |key: &str| match ledger.column(key) {
                Some(column) => column.name.clone(),
                None if key == RANK => "rank".to_owned(),
                None => key.to_owned(),
            };
            let word = |key: &crate::engine::view::SortKey| {
                format!(
                    "{} {}",
                    name(&key.column),
                    if key.descending { "↓" } else { "↑" }
                )
            };
            view.sort.iter().map(word).collect::<Vec<_>>().join(", ")
        })
    });
    let hidden = Memo::new(move |_| {
        let shown = grid
            .geometry
            .with(|geometry| geometry.arrangement.columns.len());
        let ledger = app.ledger.get();
        let all = app.view.with(|view| arrange::order(&ledger, view).len());
        (shown, all)
    });
    // The button goes, and the focus with it.
    let open_brief = move |_| {
        app.above.open();
        grid.focus();
    };
    view! {
        <div class="table-bar">
            <span class="table-sort">
                <Show
                    when=move || sorted.with(|sorted| !sorted.is_empty())
                    fallback=|| view! { <span class="faint">"In order of arrival. Click a header to sort, Shift+click to add."</span> }
                >
                    "Sorted by "
                    <b>{move || sorted.get()}</b>
                    <button class="quiet-button" on:click=by::mouse(move |_| app.change(|view| view.sort.clear()))>
                        "Clear"
                    </button>
                </Show>
            </span>
            {move || {
                let wrong = app.selected.with(|selected| selected.not_computed.clone());
                wrong
                    .into_iter()
                    .map(|(name, reason)| view! { <span class="table-wrong" role="status"><b>{name}</b>": "{reason}</span> })
                    .collect_view()
            }}
            <SelectionBar grid=grid/>
            <Show when=move || app.above.is_closed()>
                <button class="bar-button" title="Open the brief above the table" on:click=by::mouse(open_brief)>"Brief"</button>
            </Show>
            <button
                class="bar-button"
                class:on=move || app.view.with(|view| view.only_differing)
                aria-pressed=move || app.view.with(|view| view.only_differing).to_string()
                title="Only the columns that differ among the shown, or the selected, runs (d)"
                on:click=by::mouse(move |_| app.change(|view| view.only_differing = !view.only_differing))
            >
                "Differences"
            </button>
            <GroupButton grid=grid/>
            <DisplayButton grid=grid/>
            <ColumnPicker grid=grid/>
            <button
                class="bar-button"
                aria-haspopup="dialog"
                title="Compute a column by an expression"
                on:click=by::mouse(move |_| grid.computing.set(Some(Computing::default())))
            >
                <span aria-hidden="true" class="formula">"ƒ"</span>
                "Compute"
            </button>
            <button
                class="bar-button"
                aria-haspopup="dialog"
                aria-expanded=move || grid.picking.get().to_string()
                on:click=by::mouse(move |_| grid.picking.update(|open| *open = !*open))
            >
                <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
                    <path d="M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10"/>
                </svg>
                "Columns "
                <span class="faint">
                    {move || {
                        let (shown, all) = hidden.get();
                        format!("{} of {}", grouped(shown), grouped(all))
                    }}
                </span>
            </button>
        </div>
    }
}

/// Said over the empty grid when the filter keeps nothing.
#[component]
pub(super) fn NothingShown(app: App) -> impl IntoView {
    let said = Memo::new(move |_| {
        app.selected.with(|selected| {
            let nothing = selected.runs > 0 && selected.shown == 0;
            nothing.then(|| {
                (
                    selected.runs,
                    selected.emptied_by.clone(),
                    selected.meant.clone(),
                )
            })
        })
    });
    let drop_clause = move |text: String| {
        let rest = app.selected.with_untracked(|selected| {
            let mut dropped = false;
            let kept = selected.clauses.iter().filter(|clause| {
                let drop = !dropped && clause.text == text;
                dropped |= drop;
                !drop
            });
            kept.map(|clause| clause.text.clone())
                .collect::<Vec<_>>()
                .join(" and ")
        });
        app.change(|view: &mut View| view.filter = rest);
    };
    move || {
        said.get().map(|(runs, emptied_by, meant)| {
            view! {
                <div class="nothing-shown" role="status">
                    <p class="nothing-title">{format!("None of {} passes the filter.", counted(runs, "run"))}</p>
                    {meant.map(|meant| did_you_mean(app, meant))}
                    {emptied_by
                        .map(|(clause, count)| {
                            let label = clause.clone();
                            view! {
                                <p>
                                    <code>{label}</code>
                                    {format!(" alone takes away {}.", counted(count, "run"))}
                                </p>
                                <button
                                    class="button"
                                    on:click=by::mouse(move |_| drop_clause(clause.clone()))
                                >
                                    "Drop this clause"
                                </button>
                            }
                        })}
                    <button class="button quiet" on:click=by::mouse(move |_| app.change(|view| view.filter.clear()))>
                        "Clear the filter"
                    </button>
                </div>
            }
        })
    }
}

/// What can be done with the selected runs, where some are.
#[component]
fn SelectionBar(grid: Grid) -> impl IntoView {
    let app = grid.app;
    let baseline = Memo::new(move |_| app.selected.with(|selected| selected.baseline.clone()));
    let button = move |label: &'static str, title: &'static str, act: Box<dyn Fn()>| {
        view! {
            <button class="quiet-button" title=title on:click=by::mouse(move |_| act())>
                {label}
            </button>
        }
    };
    move || {
        let marked = app.marked.get();
        let baseline = baseline.get();
        if marked.selected == 0 && marked.aside == 0 && baseline.is_none() {
            return None;
        }
        let selected = (marked.selected > 0).then(|| {
            view! {
                <b>{format!("{} selected", counted(marked.selected, "run"))}</b>
                {button("Star", "Give these a star, or take it (*)", Box::new(move || app.note(MarkLines::Selected, NoteEdit::Star)))}
                {button("Pin", "Keep these at the top, or no more (P)", Box::new(move || app.pin(MarkLines::Selected)))}
                {button("Keep", "Show only these (Shift+X)", Box::new(move || app.set_aside(true)))}
                {button("Exclude", "Do not show these (X)", Box::new(move || app.set_aside(false)))}
                {button("Baseline", "Compare all with the run or group that was clicked last (B)", Box::new(move || grid.set_active_baseline()))}
                {button("Copy", "Copy as a table (Ctrl+C)", Box::new(move || grid.copy()))}
                {button("Clear", "Select none (Esc)", Box::new(move || app.mark(MarkLines::None, MarkHow::Only)))}
            }
        });
        let aside = (marked.aside > 0).then(|| {
            view! {
                <span class="faint">{format!("{} set aside", counted(marked.aside, "run"))}</span>
                {button("Restore", "Show what was set aside again (R)", Box::new(move || app.restore()))}
            }
        });
        let baseline = baseline.map(|baseline| {
            view! {
                <span class="faint">{format!("Compared with {baseline}")}</span>
                {button("No baseline", "Compare with nothing", Box::new(move || app.change(|view| view.baseline = None)))}
            }
        });
        Some(view! { <span class="selection-bar" role="status">{selected}{aside}{baseline}</span> })
    }
}
