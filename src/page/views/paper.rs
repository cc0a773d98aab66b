//! The table on paper: as many rows as the table's export has, with the columns that fit, and what it is of. The rows of the grid
//! are those on the screen, so they are printed only where the browser prints by itself.

use crate::chart::number::counted;
use crate::engine::protocol::{Answer, Ask, CELL, LINE, TableFormat};
use crate::engine::view::Tab;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::web::clock;
use std::sync::Arc;

/// How many letters fit beside one another on a sheet that lies on its side.
const WIDEST: usize = 205;

/// A wider cell goes on below, where it can.
const WIDEST_CELL: usize = 36;

/// What stands between two columns, in letters.
const GAP: usize = 3;

/// Prints what is shown: the table once its rows are there.
pub(crate) fn print(app: App) {
    let is_table = app.view.with_untracked(|view| view.tab == Tab::Table)
        && app.ledger.with_untracked(|ledger| ledger.runs > 0);
    if !is_table {
        open_dialog();
        return;
    }
    let ask = Ask::ExportSeen {
        format: TableFormat::Paper,
        columns: app.columns_as_seen(),
        filter: app.view.with_untracked(|view| view.filter.clone()),
    };
    app.ask(ask, move |answer| {
        if let Answer::Export { text, .. } = answer {
            app.paper.set(Some(Arc::from(text)));
            clock::after_paint(open_dialog);
        }
    });
}

fn open_dialog() {
    // Refused where a page may not print: nothing happens then.
    let _refused = window().print();
}

/// The table, while it is printed.
#[component]
pub(super) fn Paper(app: App) -> impl IntoView {
    let printed = window_event_listener(leptos::ev::afterprint, move |_| app.paper.set(None));
    on_cleanup(move || {
        printed.remove();
        app.paper.set(None);
    });
    move || app.paper.get().map(|text| table(&text))
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
