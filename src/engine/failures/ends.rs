//! The broken runs one by one: where their curve was finite for the last time, and what the export says of how they ended.

use super::Question;
use crate::analysis::failures::endings::{Ending, Endings, last_finite};
use crate::engine::show::{run_name, short_number};
use crate::ledger::{Column, ColumnId, LogTail, Role};
use serde::{Deserialize, Serialize};

/// Runs that are told, at most.
const MOST: usize = 30;

/// What is told of a text at most, in letters: the end of it, where a traceback says what happened.
const TAIL: usize = 240;

/// Last parts of names under which trackers and people keep how a run ended.
const TELLING: [&str; 14] = [
    "error",
    "error_message",
    "error_type",
    "exception",
    "traceback",
    "fail_trace",
    "fail_reason",
    "failure",
    "message",
    "exit_code",
    "exitcode",
    "return_code",
    "returncode",
    "stderr",
];

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunEnd {
    /// Its row.
    pub row: usize,
    /// What people call it.
    pub name: String,
    /// `diverged` or `failed`.
    pub ending: String,
    /// The last finite value of the objective's curve, and its step where there is one.
    pub last: Option<(String, Option<String>)>,
    /// What the export says of it.
    pub said: String,
    /// The end of its log.
    pub log: Option<LogTail>,
}

/// The diverged runs, then the failed ones, and how many more there are.
pub(super) fn ends(
    of: &Question<'_>,
    endings: &Endings,
    objective: Option<(ColumnId, bool)>,
) -> (Vec<RunEnd>, usize) {
    let ledger = of.ledger;
    let telling: Vec<&Column> = ledger
        .columns()
        .iter()
        .filter(|column| tells(column))
        .collect();
    let curve = objective.map(|(id, _)| ledger.column(id));
    let mut made = Vec::new();
    let mut more = 0;
    for (ending, word) in [(Ending::Diverged, "diverged"), (Ending::Failed, "failed")] {
        for row in endings.rows(ending) {
            let last = curve.and_then(|curve| last_finite(curve, row));
            let said = said(&telling, row);
            // Of a run that says nothing more than its status there is nothing to tell.
            let log = ledger.logs().of(row);
            let is_silent = last.is_none() && said.is_empty() && log.is_none();
            if ending == Ending::Failed && is_silent {
                continue;
            }
            if made.len() == MOST {
                more += 1;
                continue;
            }
            made.push(RunEnd {
                row,
                name: run_name(ledger, row),
                ending: word.to_owned(),
                last: last.map(|last| (short_number(last.value), last.step.map(short_number))),
                said,
                log: log.cloned(),
            });
        }
    }
    (made, more)
}

fn tells(column: &Column) -> bool {
    let name = column.name().to_ascii_lowercase();
    let last = name.rsplit(['/', '.', ':', ' ']).next().unwrap_or_default();
    matches!(column.role(), Role::Tag | Role::Attribute) && TELLING.contains(&last)
}

fn said(telling: &[&Column], row: usize) -> String {
    let of = |column: &&Column| {
        let value = column.get(row);
        (!value.is_missing()).then(|| format!("{}: {}", column.name(), tail(&value.to_string())))
    };
    let each: Vec<String> = telling.iter().filter_map(of).collect();
    each.join("; ")
}

/// The end of a text in one line.
fn tail(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let count = line.chars().count();
    if count <= TAIL {
        return line;
    }
    let end: String = line.chars().skip(count - TAIL + 1).collect();
    format!("…{end}")
}
