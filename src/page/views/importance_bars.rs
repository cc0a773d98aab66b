//! The bars of importance: a table whose rows are params, each with its share as a bar, its whisker
//! and its numbers in words.

use crate::chart::number::{grouped, percent};
use crate::chart::scale::{Linear, ticks};
use crate::engine::arrange;
use crate::engine::protocol::{ImportanceAnswer, ParamImportance};
use crate::engine::view::Tab;
use crate::ledger::ColumnId;
use crate::page::state::App;
use leptos::prelude::*;
use std::sync::Arc;

/// The params' shares, what they sum up to, and the remainder.
#[component]
pub(super) fn ImportanceBars(app: App, answer: Arc<ImportanceAnswer>) -> impl IntoView {
    let greatest = answer
        .params
        .iter()
        .map(|param| param.high.unwrap_or(0.0).max(param.share))
        .fold(answer.remainder.max(0.05), f64::max)
        .min(1.0);
    let marks = ticks(0.0, greatest, 4);
    let across = Linear::new((0.0, greatest), (0.0, 100.0));
    let axis = marks
        .iter()
        .map(|mark| {
            let left = across.place(*mark);
            view! {
                <span class="axis-mark" style:left=format!("{left}%")>
                    {format!("{:.0} %", mark * 100.0)}
                </span>
            }
        })
        .collect::<Vec<_>>();
    let lines = Arc::new(
        marks
            .iter()
            .map(|mark| across.place(*mark))
            .collect::<Vec<f64>>(),
    );
    let used = answer.used;
    let rows = answer
        .params
        .iter()
        .cloned()
        .map(|param| view! { <ParamRow app=app param=param used=used across=across lines=lines.clone()/> })
        .collect::<Vec<_>>();
    let sum = percent(answer.sum_of_singles);
    let remainder = answer.remainder;
    view! {
        <div class="bars-scroll">
            <table class="bars">
                <caption class="visually-hidden">"Share of the objective's variance by param, most important first"</caption>
                <thead>
                    <tr>
                        <th scope="col" class="bar-name">"Param"</th>
                        <th scope="col" class="bar-cell">
                            <span class="visually-hidden">"Bar"</span>
                            <span class="axis" aria-hidden="true">{axis}</span>
                        </th>
                        <th scope="col" class="right">"Share"</th>
                        <th scope="col" class="right">"10–90 %"</th>
                        <th scope="col">"Averaged over"</th>
                        <th scope="col" class="right">"Runs"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
                <tfoot>
                    <tr class="bar-sum">
                        <th scope="row" class="bar-name">"Single params together"</th>
                        <td class="bar-cell"></td>
                        <td class="right">{sum}</td>
                        <td colspan="3"></td>
                    </tr>
                    <tr class="bar-rest">
                        <th scope="row" class="bar-name">"Interactions, and what no single param explains"</th>
                        <td class="bar-cell">
                            <Bar share=remainder low=remainder high=remainder across=across lines=lines rest=true/>
                        </td>
                        <td class="right">{percent(remainder)}</td>
                        <td colspan="3"></td>
                    </tr>
                </tfoot>
            </table>
        </div>
    }
}

#[component]
fn ParamRow(
    app: App,
    param: ParamImportance,
    used: usize,
    across: Linear,
    lines: Arc<Vec<f64>>,
) -> impl IntoView {
    let ParamImportance {
        column,
        name,
        share,
        low,
        high,
        space,
        present,
    } = param;
    let title = format!("Sort the table by {name}");
    let whisker = match (low, high) {
        (Some(low), Some(high)) => format!("{} to {}", percent(low), percent(high)),
        _ => "–".to_owned(),
    };
    view! {
        <tr>
            <th scope="row" class="bar-name">
                <button class="link-button" title=title on:click=move |_| show_in_table(app, column)>
                    {name}
                </button>
            </th>
            <td class="bar-cell">
                <Bar share=share low=low.unwrap_or(share) high=high.unwrap_or(share) across=across lines=lines rest=false/>
            </td>
            <td class="right strong">{percent(share)}</td>
            <td class="right whisker-text">{whisker}</td>
            <td class="space">{space}</td>
            <td class="right space">
                {if present == used { "all".to_owned() } else { format!("{} of {}", grouped(present), grouped(used)) }}
            </td>
        </tr>
    }
}

/// A bar with its whisker; the numbers beside it say the same.
#[component]
fn Bar(
    share: f64,
    low: f64,
    high: f64,
    across: Linear,
    lines: Arc<Vec<f64>>,
    rest: bool,
) -> impl IntoView {
    let place = move |value: f64| across.place(value.clamp(0.0, 1.0)).clamp(0.0, 100.0);
    let grid = lines
        .iter()
        .map(|left| view! { <i class="bar-line" style:left=format!("{left}%")></i> })
        .collect::<Vec<_>>();
    view! {
        <div class="bar-track" aria-hidden="true">
            {grid}
            <div class="bar" class:rest=rest style:width=format!("{}%", place(share))></div>
            {(!rest)
                .then(|| {
                    view! {
                        <div
                            class="whisker"
                            style:left=format!("{}%", place(low))
                            style:width=format!("{}%", place(high) - place(low))
                        ></div>
                    }
                })}
        </div>
    }
}

/// Shows the table sorted by this param, with the param in it.
fn show_in_table(app: App, column: ColumnId) {
    let ledger = app.ledger.get_untracked();
    let Some(column) = ledger.columns.iter().find(|known| known.id == column) else {
        return;
    };
    app.change(|view| {
        view.tab = Tab::Table;
        arrange::set_shown(&ledger, view, &[&column.key], true);
        arrange::set_sort(view, &column.key, Some(false), false);
    });
}
