//! The table on paper: as many rows as the table's export has, with the columns that fit, and what it is of. The rows of the grid
//! are those on the screen. A browser that prints by its own menu waits for nobody, and the engine answers later: the lines are made
//! before. Of few runs that is while nothing else is to do, of more when the pointer or the focus leaves the page, as they do on
//! the way to that menu.

use crate::chart::number::counted;
use crate::engine::protocol::{Answer, Ask, CELL, LINE, TableFormat};
use crate::engine::view::Tab;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::web::clock;
use gloo::timers::callback::Timeout;
use std::sync::Arc;

/// How many letters fit beside one another on a sheet that lies on its side.
const WIDEST: usize = 205;

/// A wider cell goes on below, where it can.
const WIDEST_CELL: usize = 36;

/// What stands between two columns, in letters.
const GAP: usize = 3;

/// So long nothing changes before lines are made that nobody asked for.
const IDLE_MILLIS: u32 = 1_500;

/// So long where the page was left, and something changed since.
const LEFT_MILLIS: u32 = 200;

/// Lines of so many runs at most are made while nothing else is to do: they take the engine a few hundredths of a second.
const FEW: usize = 2_000;

/// Of so many runs, or runs in groups, at most when the page is left: those of more take the engine from what a person waits for.
const MOST_UNASKED: (usize, usize) = (100_000, 5_000);

/// What is printed: lines of cells, and what they are of.
#[derive(Debug)]
pub struct Sheet(String);

/// Prints what is shown: the table once its rows are there.
pub(crate) fn print(app: App) {
    let is_table = app.view.with_untracked(|view| view.tab == Tab::Table)
        && app.ledger.with_untracked(|ledger| ledger.runs > 0);
    if !is_table {
        // What is put on paper otherwise than on the screen is there when it opens.
        app.is_printed.set(true);
        clock::after_paint(open_dialog);
        return;
    }
    app.ask(seen(app), move |answer| {
        app.paper.set(lines(answer).map(Arc::from));
        clock::after_paint(open_dialog);
    });
}

/// What asks for the lines of the table as it is.
fn seen(app: App) -> Ask {
    Ask::ExportSeen {
        format: TableFormat::Paper,
        columns: app.columns_as_seen(),
        filter: app.view.with_untracked(|view| view.filter.clone()),
    }
}

fn lines(answer: Answer) -> Option<Box<Sheet>> {
    match answer {
        Answer::Export { text, .. } => Some(Box::new(Sheet(text))),
        _ => None,
    }
}

fn open_dialog() {
    // Refused where a page may not print: nothing happens then.
    let _refused = window().print();
}

/// The table, while it is printed.
#[component]
pub(super) fn Paper(app: App) -> impl IntoView {
    let ready = StoredValue::new(None::<Arc<Sheet>>);
    let waiting = StoredValue::new(None::<Timeout>);
    // What is shown now, and for which the lines were asked for last.
    let (now, last) = (StoredValue::new(0u64), StoredValue::new(0u64));
    let ask = move || {
        let this = now.get_value();
        if last.get_value() == this {
            return;
        }
        last.set_value(this);
        app.ask_unseen(seen(app), move |answer| {
            // The table may be gone, or be another.
            if now.try_get_value() == Some(this) {
                ready.set_value(lines(answer).map(Arc::from));
            }
        });
    };
    let is_left = StoredValue::new(false);
    let ask_of = move |(most, most_grouped): (usize, usize)| {
        let may_ask = app.selected.with_untracked(|selected| {
            let is_grouped = selected.grouping.is_some();
            selected.shown <= if is_grouped { most_grouped } else { most }
        });
        if may_ask {
            ask();
        }
    };
    Effect::new(move |_| {
        app.view.track();
        app.selection.track();
        app.marked.track();
        app.selected.track();
        now.update_value(|now| *now += 1);
        ready.set_value(None);
        let (millis, most) = if is_left.get_value() {
            (LEFT_MILLIS, MOST_UNASKED)
        } else {
            (IDLE_MILLIS, (FEW, FEW))
        };
        let later = Timeout::new(millis, move || {
            is_left.set_value(false);
            ask_of(most);
        });
        waiting.set_value(Some(later));
    });
    let leave = move || {
        is_left.set_value(true);
        ask_of(MOST_UNASKED);
    };
    let unfocused = window_event_listener(leptos::ev::blur, move |_| leave());
    let outside = window_event_listener(leptos::ev::mouseout, move |event| {
        if event.related_target().is_none() {
            leave();
        }
    });
    let begun = window_event_listener(leptos::ev::beforeprint, move |_| {
        if app.paper.with_untracked(Option::is_none) {
            app.paper.set(ready.get_value());
        }
    });
    let printed = window_event_listener(leptos::ev::afterprint, move |_| app.paper.set(None));
    on_cleanup(move || {
        unfocused.remove();
        outside.remove();
        begun.remove();
        printed.remove();
        app.paper.set(None);
    });
    move || app.paper.get().map(|sheet| table(&sheet.0))
}

fn table(text: &str) -> AnyView {
    let (lines, told) = text.rsplit_once(LINE).unwrap_or_default();
    let lines: Vec<Vec<&str>> = lines
        .split(LINE)
        .map(|line| line.split(CELL).collect())
        .collect();
    let head = lines.first().map_or(&[][..], Vec::as_slice);
    let fits = fitting(&lines);
    let row = |cells: &[&str], is_head: bool| {
        let cell = |text: &&str| {
            let text = (*text).to_owned();
            if is_head {
                view! { <th scope="col">{text}</th> }.into_any()
            } else {
                view! { <td>{text}</td> }.into_any()
            }
        };
        let cells = cells.iter().take(fits).map(cell);
        view! { <tr>{cells.collect::<Vec<_>>()}</tr> }.into_any()
    };
    let rows = lines.iter().skip(1).map(|cells| row(cells, false));
    let told = if fits < head.len() {
        let all = counted(head.len(), "column");
        format!("{told}; the first {fits} of {all}, Export has all")
    } else {
        told.to_owned()
    };
    view! {
        <div class="paper">
            <p>{told}</p>
            <table>
                <thead>{row(head, true)}</thead>
                <tbody>{rows.collect::<Vec<_>>()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// How many of the first columns fit on a sheet: one at least.
fn fitting(lines: &[Vec<&str>]) -> usize {
    let widest = |at: usize| {
        let cells = lines.iter().filter_map(|cells| cells.get(at));
        let width = cells.map(|cell| cell.chars().count()).max();
        width.unwrap_or_default().min(WIDEST_CELL) + GAP
    };
    let columns = lines.first().map_or(0, Vec::len);
    let mut left = WIDEST;
    let mut fits = 0;
    while fits < columns {
        match left.checked_sub(widest(fits)) {
            Some(rest) => left = rest,
            None => break,
        }
        fits += 1;
    }
    fits.max(1)
}
