//! What a drop becomes: planned, read and added as the page does it.

use expect_test::Expect;
use runsift::format::{Plan, plan, read_unit};
use runsift::ledger::{Again, Ledger, Role, RunSink, ValueRef, attribute};
use runsift::source::{Files, MemoryFile};
use std::fmt::Write as _;
use std::rc::Rc;

/// Files in memory.
pub(crate) fn files(list: &[(&str, &[u8])]) -> Files {
    list.iter()
        .map(|(path, bytes)| Rc::new(MemoryFile::new(path, bytes)) as Rc<_>)
        .collect()
}

/// Reads files as one drop.
pub(crate) fn read(files: &Files) -> (Plan, Ledger) {
    let plan = plan(files);
    let (mut ledger, mut again) = (Ledger::default(), Again::default());
    for unit in &plan.units {
        // A worker gets its unit as text.
        let unit = serde_json::from_str(&serde_json::to_string(unit).unwrap()).unwrap();
        let mut parts = Vec::new();
        let mut keep = |part| parts.push(part);
        let mut sink = RunSink::new(&mut keep);
        read_unit(&unit, files, &mut sink, &mut |_| {});
        sink.finish();
        for part in parts {
            ledger.append_or_update(part, 0, &mut again);
        }
    }
    (plan, ledger)
}

/// Reads one file's text.
pub(crate) fn read_text(path: &str, text: &str) -> (Plan, Ledger) {
    read(&files(&[(path, text.as_bytes())]))
}

/// Paths and texts that were put together, as [`check`] takes them.
pub(crate) fn borrowed(dropped: &[(String, String)]) -> Vec<(&str, &str)> {
    let dropped = dropped.iter();
    dropped
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect()
}

/// Holds what becomes of texts as one drop against what is wanted.
pub(crate) fn check(dropped: &[(&str, &str)], want: &Expect) {
    let dropped: Vec<(&str, &[u8])> = dropped
        .iter()
        .map(|(path, text)| (*path, text.as_bytes()))
        .collect();
    want.assert_eq(&told(&read(&files(&dropped))));
}

/// A drop in few words: how each file was read, what was wrong, then a line a run.
pub(crate) fn told((plan, ledger): &(Plan, Ledger)) -> String {
    let mut text = String::new();
    for unread in &plan.unread {
        writeln!(text, "{}: {}", unread.path, unread.reason).unwrap();
    }
    for source in ledger.sources() {
        write!(text, "{} as {}", source.path, source.format).unwrap();
        for (name, maximize) in &source.directions {
            write!(text, ", {name} {}", if *maximize { "max" } else { "min" }).unwrap();
        }
        writeln!(text).unwrap();
        for problem in source.problems.listed() {
            writeln!(
                text,
                "! {}: {} ({})",
                problem.place, problem.what, problem.effect
            )
            .unwrap();
        }
    }
    for row in 0..ledger.rows() {
        let mut cells = Vec::new();
        for role in Role::ALL {
            for column in ledger
                .columns()
                .iter()
                .filter(|column| column.role() == role)
            {
                let points = column
                    .history()
                    .map_or(0, |history| history.range(row).len());
                let value = column.get(row);
                if value.is_missing() {
                    continue;
                }
                let sign = match role {
                    Role::Param => "",
                    Role::Metric => "metric ",
                    Role::Tag => "tag ",
                    Role::Attribute => "@",
                    Role::Ignored => "ignored ",
                };
                let kind = match value {
                    ValueRef::Text(_) if role != Role::Attribute => "'",
                    _ => "",
                };
                let count = if points > 0 {
                    format!(" of {points}")
                } else {
                    String::new()
                };
                cells.push(format!(
                    "{sign}{}={kind}{value}{kind}{count}",
                    column.name()
                ));
            }
        }
        writeln!(
            text,
            "{}",
            cells.join(", ").replace('\n', "\\n").replace('\r', "\\r")
        )
        .unwrap();
    }
    text
}

/// The id of a run, else its name.
pub(crate) fn id_of(ledger: &Ledger, row: usize) -> String {
    let text = |name| {
        ledger
            .attribute(name)
            .map_or(String::new(), |column| column.get(row).to_string())
    };
    let id = text(attribute::ID);
    if id.is_empty() {
        text(attribute::NAME)
    } else {
        id
    }
}
