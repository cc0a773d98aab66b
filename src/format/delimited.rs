//! Any delimited text with one run a row, whoever wrote it.

use super::roles::{SAMPLE, guess, guess_one};
use super::rows::{Guess, RowWriter, Target, name_of_error};
use super::table::{Table, is_missing_text};
use super::{Claim, Dropped, Format, NotThisFormat, runsift_table, unreadable};
use crate::ledger::{Role, RunSink, parse_number};
use crate::source::{File, noted};

pub(super) const FORMAT: Format = Format {
    name: "delimited",
    title: "Table (CSV, TSV)",
    claim,
    read,
};

/// Endings of names that promise a table.
const ENDINGS: [&str; 4] = [".csv", ".tsv", ".csv.gz", ".tsv.gz"];

/// How many records tell a table from prose.
const JUDGED: usize = 20;

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    let Some((dialect, header)) = &head.table else {
        return Claim::none();
    };
    // Some of what is no table begins as text, as a PDF does.
    if unreadable::reason(head).is_some() {
        return Claim::none();
    }
    let name = head.name().to_lowercase();
    let is_promised = ENDINGS.iter().any(|ending| name.ends_with(ending));
    let is_table = || {
        let records = dialect.records_of(&head.text, JUDGED);
        let same = records
            .iter()
            .filter(|record| record.len() == header.len())
            .count();
        header.len() > 1 && records.len() > 1 && same * 10 >= records.len() * 6
    };
    Claim::alone(place, is_promised || is_table()).by_record()
}

/// What the first records show.
struct Seen {
    /// What the columns are to a run.
    guesses: Vec<Guess>,
    /// The first record, where it names units.
    units: Option<String>,
    /// Whether runs are columns.
    is_turned: bool,
}

impl Seen {
    fn of(file: &dyn File, columns: &[String], is_ours: bool) -> Self {
        let sample = Table::sample(file, SAMPLE);
        if is_ours {
            return Self {
                guesses: runsift_table::guess(columns, &sample),
                units: None,
                is_turned: false,
            };
        }
        let (units, records) = match sample.as_slice() {
            [first, others @ ..] if names_units(first, others) || is_rule(first) => {
                (Some(first.join(" ")), others)
            }
            records => (None, records),
        };
        Self {
            guesses: guess(columns, records),
            units,
            is_turned: is_turned(columns, records),
        }
    }
}

/// Whether the first record is words above columns of numbers, and nothing else.
fn names_units(first: &[String], others: &[Vec<String>]) -> bool {
    let is_number = |cell: &String| parse_number(cell.trim()).is_some();
    let is_blank = |cell: &String| is_missing_text(cell.trim());
    let is_above_numbers = |at: usize| {
        let cells = || {
            others
                .iter()
                .filter_map(|record| record.get(at))
                .filter(|cell| !is_blank(cell))
        };
        cells().count() > 1 && cells().all(is_number)
    };
    let mut words = (0..first.len())
        .filter(|at| !is_blank(&first[*at]))
        .peekable();
    words.peek().is_some() && words.all(|at| !is_number(&first[at]) && is_above_numbers(at))
}

/// Whether a record is the line below the header of a table in Markdown.
fn is_rule(record: &[String]) -> bool {
    let mut cells = record.iter().map(|cell| cell.trim());
    record.iter().any(|cell| cell.contains("--"))
        && cells.all(|cell| cell.bytes().all(|b| matches!(b, b'-' | b':')))
}

/// Whether runs are columns: the first has names of params and metrics, and no other column is called so.
fn is_turned(columns: &[String], records: &[Vec<String>]) -> bool {
    let is_known = |name: &String| {
        let (target, doubt) = guess_one(name, &[]);
        doubt.is_none() && matches!(target, Target::Value(Role::Param | Role::Metric, _))
    };
    let names = records.iter().filter_map(|record| record.first());
    let known = names.filter(|name| is_known(name)).count();
    let others = columns.get(1..).unwrap_or_default();
    others.len() > 1 && known > 1 && known * 2 >= records.len() && !others.iter().any(is_known)
}

pub(super) fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = *files.first().ok_or(NotThisFormat)?;
    let mut table = Table::open(file, sink, on_bytes).ok_or(NotThisFormat)?;
    let seen = noted(file, || {
        Seen::of(file, &table.columns, table.dialect.is_ours)
    });
    let is_first_span = file.span().is_none_or(|span| span.from == 0);
    if let Some(units) = seen.units.as_ref().filter(|_| is_first_span) {
        let what = format!("a second header, of units or the like: {units}");
        let line = format!("line {}", table.dialect.lines_before + 2);
        sink.problem("table/units", &line, &what, "row left out");
        table.skip_record(sink);
    }
    let with_errors = seen.guesses.iter().filter_map(|(target, _)| match target {
        Target::WithError(_, name) => Some(name),
        _ => None,
    });
    for name in with_errors.filter(|_| is_first_span) {
        let what = format!("{name} has numbers with an error behind them");
        let effect = format!(
            "the errors are in a column of their own, {}",
            name_of_error(name)
        );
        sink.problem("table/with-error", "", &what, &effect);
    }
    if is_first_span && seen.is_turned {
        let what = "its first column has names of params and metrics, as where runs are columns";
        let effect = "read with a run a row: turn rows and columns round, and drop it again";
        sink.problem("table/turned", "", what, effect);
    }
    RowWriter::new(seen.guesses.clone()).write_all(&mut table, sink);
    Ok(())
}
