//! Runs or groups side by side in a plain report: what differs between them, and of their curves what tells one from another,
//! what is drawn, and the same in numbers.

use crate::chart::number::{counted, grouped};
use crate::chart::scatter::OTHERS;
use crate::chart::svg::Plate;
use crate::engine::Workspace;
use crate::engine::curves::CurvesPicture;
use crate::engine::protocol::{Answer, Ask, CompareFormat, CompareQuestion, NumbersOf};
use crate::export::html;

/// How many rows of a comparison there are.
const MOST_ROWS: usize = 200;

/// By how many params a run is told from others at most, and how many letters of a value are told.
const TOLD_PARAMS: usize = 3;
const TOLD_LETTERS: usize = 24;

fn question() -> CompareQuestion {
    CompareQuestion {
        most: MOST_ROWS,
        ..CompareQuestion::default()
    }
}

/// What differs between those that are compared, as a table.
pub(super) fn table(workspace: &mut Workspace) -> String {
    let ask = Ask::CopyCompared {
        question: question(),
        transposed: false,
        format: CompareFormat::Html,
    };
    match workspace.answer(&ask) {
        Answer::Copied(table) => table,
        _ => String::new(),
    }
}

/// Their curves with a title, a legend by what differs, and what is to be known of the lines.
pub(super) fn told(workspace: &mut Workspace, said: &CurvesPicture, mut plate: Plate) -> Plate {
    "Curves side by side".clone_into(&mut plate.title);
    if let Answer::Compared(compared) = workspace.answer(&Ask::Compare(question())) {
        // Lines with a colour stand first in the legend, in the order of their columns.
        let records = compared.records(false);
        let columns = compared.columns.iter().enumerate();
        let coloured = columns.filter(|(_, column)| column.class < OTHERS);
        for ((at, column), (_, label)) in coloured.zip(&mut plate.legend) {
            // Groups are called by it already.
            if column.runs == 1 {
                label.push_str(&differing(&records, at));
            }
        }
    }
    let of = format!("{} of {}", grouped(said.shown), counted(said.runs, "run"));
    plate.caption.push(if said.bands {
        format!("{of} side by side: each line is a group, with its band.")
    } else {
        format!("{of} side by side: each line is a run.")
    });
    plate.caption.extend(said.drawn.clone());
    let part = said.part.as_ref();
    plate
        .caption
        .extend(part.map(|part| format!("Shown are {part}.")));
    if let Some(first) = said.others.first() {
        let others = said.metrics - said.panels.len();
        let more = match others {
            1 => String::new(),
            others => format!(" and {} more", others - 1),
        };
        plate
            .caption
            .push(format!("Without a panel: {first}{more}."));
    }
    plate
}

/// What a run has of the first params that differ, in brackets.
fn differing(records: &[Vec<String>], column: usize) -> String {
    let told = records.iter().filter_map(|record| {
        let name = record.first()?.strip_prefix("param.")?;
        let value: String = record.get(column + 1)?.chars().take(TOLD_LETTERS).collect();
        Some(format!("{name} {value}"))
    });
    let told: Vec<String> = told.take(TOLD_PARAMS).collect();
    if told.is_empty() {
        String::new()
    } else {
        format!(" ({})", told.join(", "))
    }
}

/// The curves that were drawn last, in numbers.
pub(super) fn write_numbers(workspace: &mut Workspace, out: &mut String) {
    let Answer::Numbers(tables) = workspace.answer(&Ask::Numbers(NumbersOf::Curves)) else {
        return;
    };
    for table in *tables {
        html::element("h3", &table.title, out);
        html::element("p", &table.words, out);
        out.push('\n');
        let records = [vec![table.columns], table.lines].concat();
        out.push_str(&html::table_with(&records, &|_, _| false));
    }
}
