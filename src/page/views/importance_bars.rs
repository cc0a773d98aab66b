//! The bars of importance: a table whose rows are params, each with its measure as a bar, its whisker
//! and its numbers in words.

use super::saving::{About, save_chart, save_picture};
use crate::chart::bars::{self, Bars};
use crate::chart::number::{counted, grouped, percent};
use crate::chart::scale::{Linear, ticks};
use crate::chart::svg::Chart;
use crate::engine::protocol::{
    ActiveShare, ComparedTarget, Comparison, ImportanceAnswer, Measured, MeasuredParam,
    MethodRanking, ParamImportance,
};
use crate::engine::saved::shares_plate;
use crate::ledger::ColumnId;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::page::widgets::tabs::focus_by_id;
use std::sync::Arc;

/// So many letters of a fact stand in one line.
const LONG: usize = 24;

/// One row of bars.
struct BarRow {
    column: ColumnId,
    of: Measured,
    /// What stands behind the numbers.
    facts: Vec<String>,
}

/// The bars' axis, and how a value on it is written.
#[derive(Clone)]
struct BarScale {
    across: Linear,
    zero: f64,
    /// Where the first line at the axis' marks stands, and how far the others are apart, 0 to 100.
    lines: (f64, f64),
    text: fn(f64) -> String,
}

impl BarScale {
    /// For values of which some may be below 0.
    fn new(rows: &[BarRow], least: f64, text: fn(f64) -> String) -> (Self, Vec<(f64, String)>) {
        let ends = |row: &BarRow| {
            [row.of.value, row.of.low, row.of.high]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
        };
        let all: Vec<f64> = rows.iter().flat_map(ends).collect();
        let low = all.iter().copied().fold(0.0, f64::min);
        let high = all.iter().copied().fold(least, f64::max);
        let across = Linear::new((low, high), (0.0, 100.0));
        let marks = ticks(low, high, 4);
        // They are as far from one another, so that each row has them as its ground.
        let lines = match marks[..] {
            [first, second, ..] => {
                let first = across.place(first);
                (first, across.place(second) - first)
            }
            _ => (0.0, 100.0),
        };
        let scale = Self {
            across,
            zero: across.place(0.0),
            lines,
            text,
        };
        let marks = marks.iter().map(|mark| (across.place(*mark), text(*mark)));
        let marks = marks.collect();
        (scale, marks)
    }
}

/// The menu that saves the bars.
fn saved_bars(
    app: App,
    mut about: About,
    rows: &[BarRow],
    (unit, text): (&str, fn(f64) -> String),
) -> AnyView {
    let bar = |row: &BarRow| bars::Bar {
        name: row.of.name.clone(),
        value: row.of.value,
        ends: row.of.low.zip(row.of.high),
        is_faint: row.of.is_noise,
        noise: row.of.noise,
    };
    let bars = Bars {
        bars: rows.iter().map(bar).collect(),
        unit: unit.to_owned(),
        text,
    };
    about.words.extend(bars.told_of_noise());
    let chart = Chart {
        size: (bars::WIDTH, bars.height()),
        marks: bars.marks(),
        is_rows: true,
        ..Chart::default()
    };
    save_chart(app, about, chart)
}

/// The params' shares, what they sum up to, and the remainder.
#[component]
pub(super) fn ImportanceBars(app: App, answer: Arc<ImportanceAnswer>) -> impl IntoView {
    let used = answer.used;
    let row = |param: &ParamImportance| BarRow {
        column: param.column,
        of: param.of.clone().into(),
        facts: vec![
            param.of.total.map_or_else(|| "–".to_owned(), percent),
            param.space.clone(),
            runs_text(param, used),
        ],
    };
    let rows: Vec<BarRow> = answer.params.iter().map(row).collect();
    let (scale, marks) = BarScale::new(&rows, answer.remainder.max(0.05), percent);
    let remainder = answer.remainder;
    let kept = Arc::clone(&answer);
    let saving = save_picture(app, "importance", move |_, give| {
        give(shares_plate(&kept));
    });
    let unpredicted = answer.r2_oob.map(|r2| {
        view! {
            <tr class="bar-rest">
                <th scope="row" class="bar-name" title="Shares above are of what the forest predicts. Of the objective's variance so much is not predicted in runs that trees have not seen: noise, and what the forest missed.">
                    "Beside these: not predicted"
                </th>
                <td class="bar-cell"></td>
                <td class="right">{percent((1.0 - r2).clamp(0.0, 1.0))}</td>
                <td colspan="4"></td>
            </tr>
        }
    });
    let foot = view! {
        <tfoot>
            <tr class="bar-sum">
                <th scope="row" class="bar-name">"Single params together"</th>
                <td class="bar-cell"></td>
                <td class="right">{percent(answer.sum_of_singles)}</td>
                <td colspan="4"></td>
            </tr>
            <tr class="bar-rest">
                <th scope="row" class="bar-name">"Interactions, and what no single param explains"</th>
                <td class="bar-cell">
                    <Bar value=remainder ends=None noise=None scale=scale.clone() class="rest"/>
                </td>
                <td class="right">{percent(remainder)}</td>
                <td colspan="4"></td>
            </tr>
            {unpredicted}
        </tfoot>
    };
    view! {
        <div class="bars-scroll" tabindex="0" role="region" aria-label="Share by param">
            <table class="bars">
                <caption class="visually-hidden">"Share of the predicted variance by param, most important first"</caption>
                <thead>
                    <tr>
                        <BarHeads marks=marks value="Share"/>
                        <th scope="col" class="right" title="With all interactions that it takes part in">"Total"</th>
                        <th scope="col">"Averaged over"</th>
                        <th scope="col" class="right">"Runs"</th>
                    </tr>
                </thead>
                <tbody>{bar_rows(app, rows, &scale)}</tbody>
                {foot}
            </table>
        </div>
        {noise_line(answer.params.iter().any(|param| param.of.noise.is_some()))}
        {saving}
    }
}

/// What the line of noise is, where there is one.
fn noise_line(is_there: bool) -> Option<AnyView> {
    is_there.then(|| {
        view! {
            <p class="faint">
                <span class="noise-key" aria-hidden="true"></span>
                "Dotted line: what a param of noise gets at most in nine of ten draws of the runs."
            </p>
        }
        .into_any()
    })
}

/// The name of a param's button.
fn bar_id(column: ColumnId) -> String {
    format!("bar-{}", column.0)
}

/// Closes the effect or surface that is open. Its button is gone then: who goes on by keys goes on at the param.
pub(super) fn close_opened(app: App) {
    let key = app
        .view
        .with_untracked(|view| view.explain.open.first().cloned());
    let column = key.and_then(|key| {
        app.ledger
            .with_untracked(|ledger| Some(ledger.column(&key)?.id))
    });
    app.change(|view| view.explain.open = Vec::new());
    if let Some(column) = column {
        focus_by_id(&bar_id(column));
    }
}

/// How many of the used runs have a param.
fn of_all(present: usize, used: usize) -> String {
    if present == used {
        "all".to_owned()
    } else {
        format!("{} of {}", grouped(present), grouped(used))
    }
}

/// How many runs have the param, and its share within them where that is known.
fn runs_text(param: &ParamImportance, used: usize) -> String {
    let runs = of_all(param.present, used);
    if param.present == used {
        return runs;
    }
    match &param.active {
        None => runs,
        Some(ActiveShare {
            share: Some(share),
            ends,
            ..
        }) => {
            let ends = ends.map(|(low, high)| format!(" ({} to {})", percent(low), percent(high)));
            format!(
                "{runs}, {} within them{}",
                percent(*share),
                ends.unwrap_or_default()
            )
        }
        Some(ActiveShare { refused, .. }) => {
            format!(
                "{runs}; within them no share: {}",
                refused.as_deref().unwrap_or_default()
            )
        }
    }
}

/// Shares for several targets, each with its bar and whisker, param by param.
pub(super) fn compared_table(comparison: &Comparison) -> AnyView {
    let shares = || comparison.targets.iter().flat_map(|target| &target.shares);
    let all: Vec<BarRow> = shares()
        .cloned()
        .map(|param| bar_row(param, None))
        .collect();
    let (scale, _) = BarScale::new(&all, 0.05, percent);
    // In the order of the first target that has it.
    let mut params: Vec<(ColumnId, String)> = Vec::new();
    for param in shares() {
        if params.iter().all(|(known, _)| *known != param.column) {
            params.push((param.column, param.of.name.clone()));
        }
    }
    let head = |target: &ComparedTarget| {
        let fit = match (&target.refused, target.r2_oob) {
            (Some(reason), _) => format!("no shares: {reason}"),
            (None, Some(r2)) => format!("R² {}, {}", two_decimals(r2), counted(target.used, "run")),
            (None, None) => counted(target.used, "run"),
        };
        view! { <th scope="col"><b>{target.name.clone()}</b><br/>{fit}</th> }.into_any()
    };
    let cell = |target: &ComparedTarget, column: ColumnId| {
        let Some(param) = target.shares.iter().find(|param| param.column == column) else {
            return view! { <td>"–"</td> }.into_any();
        };
        let param = &param.of;
        let ends = param.low.zip(param.high);
        let whisker = ends.map(|(low, high)| format!(" ({} to {})", percent(low), percent(high)));
        let noise = if param.is_noise { " · like noise" } else { "" };
        let class = if param.is_noise { "like-noise" } else { "" };
        let share = param.value.unwrap_or(0.0);
        view! {
            <td class:noise=param.is_noise>
                <Bar value=share ends=ends noise=param.noise scale=scale.clone() class=class/>
                <b>{percent(share)}</b>
                <span class="whisker-text">{whisker} {noise}</span>
            </td>
        }
        .into_any()
    };
    let row = |(column, name): &(ColumnId, String)| {
        let cells = comparison
            .targets
            .iter()
            .map(|target| cell(target, *column));
        let cells = cells.collect::<Vec<_>>();
        view! { <tr><th scope="row" class="bar-name">{name.clone()}</th>{cells}</tr> }.into_any()
    };
    let heads = comparison.targets.iter().map(head).collect::<Vec<_>>();
    let rows = params.iter().map(row).collect::<Vec<_>>();
    view! {
        <div class="bars-scroll" tabindex="0" role="region" aria-label="Side by side">
            <table class="bars compared">
                <caption class="visually-hidden">{format!("Shares: {}", comparison.title)}</caption>
                <thead>
                    <tr>
                        <th scope="col" class="bar-name">"Param"</th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// What another method says, in its own unit.
#[component]
pub(super) fn MethodBars(
    app: App,
    ranking: MethodRanking,
    used: usize,
    unit: &'static str,
    text: fn(f64) -> String,
) -> impl IntoView {
    let has_noise = ranking.params.iter().any(|param| param.of.noise.is_some());
    // Of how many runs each speaks, where not all speak of all.
    let used = Some(used).filter(|used| ranking.params.iter().any(|param| param.present < *used));
    let of_runs = |param| bar_row(param, used);
    let rows: Vec<BarRow> = ranking.params.into_iter().map(of_runs).collect();
    let (scale, marks) = BarScale::new(&rows, f64::MIN_POSITIVE, text);
    let about = About {
        name: format!("importance {unit}"),
        title: format!("{unit} by param"),
        words: vec![
            "Whiskers: 80 % intervals by drawing runs again; faint: like noise.".to_owned(),
        ],
        ..About::default()
    };
    let saving = saved_bars(app, about, &rows, (unit, text));
    view! {
        <div class="bars-scroll" tabindex="0" role="region" aria-label=format!("{unit} by param")>
            <table class="bars">
                <caption class="visually-hidden">{format!("{unit} by param, greatest first")}</caption>
                <thead>
                    <tr>
                        <BarHeads marks=marks value=unit/>
                        {used.map(|_| view! { <th scope="col" class="right">"Runs"</th> })}
                    </tr>
                </thead>
                <tbody>{bar_rows(app, rows, &scale)}</tbody>
            </table>
        </div>
        {noise_line(has_noise)}
        {saving}
    }
}

/// A row of a method, with how many of the runs have the param where that is wanted.
fn bar_row(param: MeasuredParam, used: Option<usize>) -> BarRow {
    let runs = used.map(|used| of_all(param.present, used));
    BarRow {
        column: param.column,
        of: param.of,
        facts: runs.into_iter().collect(),
    }
}

/// The heads of the columns that every method has.
#[component]
fn BarHeads(marks: Vec<(f64, String)>, value: &'static str) -> impl IntoView {
    let axis = marks
        .into_iter()
        .map(|(left, text)| view! { <span class="axis-mark" style:left=format!("{left}%")>{text}</span> })
        .collect::<Vec<_>>();
    view! {
        <th scope="col" class="bar-name">"Param"</th>
        <th scope="col" class="bar-cell">
            <span class="visually-hidden">"Bar"</span>
            <span class="axis" aria-hidden="true">{axis}</span>
        </th>
        <th scope="col" class="right">{value}</th>
        <th scope="col" class="right">"80 % interval"</th>
    }
}

fn bar_rows(app: App, rows: Vec<BarRow>, scale: &BarScale) -> Vec<impl IntoView + use<>> {
    rows.into_iter()
        .map(|row| view! { <ParamRow app=app row=row scale=scale.clone()/> })
        .collect()
}

#[component]
fn ParamRow(app: App, row: BarRow, scale: BarScale) -> impl IntoView {
    let BarRow { column, of, facts } = row;
    let Measured {
        name,
        value,
        low,
        high,
        is_noise,
        noise,
    } = of;
    let text = scale.text;
    let whisker = match (low, high) {
        (Some(low), Some(high)) => format!("{} to {}", text(low), text(high)),
        _ => "–".to_owned(),
    };
    let key = app
        .ledger
        .with_untracked(|ledger| ledger.key_of(column))
        .unwrap_or_default();
    let open_key = key.clone();
    let is_open = Memo::new(move |_| app.view.with(|view| view.explain.open.contains(&open_key)));
    let title = if is_noise {
        let level = noise.map(|noise| format!(", which gets up to {}", text(noise)));
        format!(
            "{name} cannot be told from noise{}. Show its effect",
            level.unwrap_or_default()
        )
    } else {
        format!("Show the effect of {name}")
    };
    let show = move |_| {
        app.change(|view| {
            view.explain.open = if view.explain.open == [key.clone()] {
                Vec::new()
            } else {
                vec![key.clone()]
            };
        });
    };
    let value_text = value.map_or_else(|| "does not exist".to_owned(), text);
    let facts = facts
        .into_iter()
        .enumerate()
        .map(|(number, fact)| {
            let is_long = fact.chars().count() > LONG;
            view! { <td class="space" class:right=number != 1 class:long=is_long>{fact}</td> }
                .into_any()
        })
        .collect::<Vec<_>>();
    view! {
        <tr class:noise=is_noise>
            <th scope="row" class="bar-name">
                <button class="link-button" id=bar_id(column) title=title aria-expanded=move || is_open.get().to_string() on:click=by::mouse(show)>
                    {name}
                </button>
            </th>
            <td class="bar-cell">
                <Bar value=value.unwrap_or(0.0) ends=low.zip(high) noise=noise scale=scale class=if is_noise { "like-noise" } else { "" }/>
            </td>
            <td class="right strong">{value_text}</td>
            <td class="right whisker-text">
                {whisker}
                {(is_noise && value.is_some()).then(|| view! { <span class="noise-word">" · like noise"</span> })}
            </td>
            {facts}
        </tr>
    }
}

/// A bar with its whisker; the numbers beside it say the same.
#[component]
fn Bar(
    value: f64,
    ends: Option<(f64, f64)>,
    noise: Option<f64>,
    scale: BarScale,
    class: &'static str,
) -> impl IntoView {
    let place = move |value: f64| scale.across.place(value).clamp(0.0, 100.0);
    let (zero, end) = (scale.zero, place(value));
    let (first, step) = scale.lines;
    // On the side that the bar goes to, as far as the axis reaches.
    let level = noise.map(|noise| place(if value < 0.0 { -noise } else { noise }));
    let level =
        level.map(|at| view! { <div class="noise-level" style:left=format!("{at}%")></div> });
    let whisker = ends.map(|(low, high)| {
        let (from, to) = (place(low), place(high));
        view! {
            <div class="whisker" style:left=format!("{from}%") style:width=format!("{}%", to - from)></div>
        }
    });
    view! {
        <div class="bar-track" aria-hidden="true" style:--first=format!("{first}%") style:--step=format!("{step}%")>
            <div
                class=format!("bar {class}")
                style:left=format!("{}%", zero.min(end))
                style:width=format!("{}%", (end - zero).abs())
            ></div>
            {whisker}
            {level}
        </div>
    }
}

/// A number in two decimals, its sign always told apart.
pub(super) fn two_decimals(value: f64) -> String {
    format!("{value:.2}").replace('-', "−")
}
