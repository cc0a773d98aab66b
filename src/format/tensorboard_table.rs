//! What TensorBoard's page downloads of a curve as CSV: `Wall time,Step,Value`, in a file that names run and tag.
//!
//! The name is `run-RUN-tag-TAG.csv` (older versions: `run_RUN-tag-TAG.csv`), with what a file's name cannot hold
//! replaced by `_`. Files of one run, and all beside one another that name none, are curves of it.

use super::table::Table;
use super::{Claim, Dropped, Format, NotThisFormat};
use crate::ledger::{Role, RunSink, ValueRef, attribute};
use crate::source::{File, file_stem};

pub(super) const FORMAT: Format = Format {
    name: "tensorboard-table",
    title: "TensorBoard curves (CSV)",
    claim,
    read,
};

const COLUMNS: [&str; 3] = ["Wall time", "Step", "Value"];

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let is_curve = |at: &usize| dropped.head(*at).header() == COLUMNS;
    if !is_curve(&place) {
        return Claim::none();
    }
    Claim::of(dropped.beside(place).filter(is_curve).collect())
}

/// The run and the tag that a file's name says: of any other name, the tag.
fn run_and_tag(path: &str) -> (&str, &str) {
    let stem = file_stem(path);
    let named = stem
        .strip_prefix("run-")
        .or_else(|| stem.strip_prefix("run_"))
        .and_then(|rest| rest.split_once("-tag-"));
    named.unwrap_or_else(|| ("", stem.strip_prefix("tag-").unwrap_or(stem)))
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    for file in files {
        let (run, tag) = run_and_tag(file.path());
        let mut table = Table::open(*file, sink, on_bytes).ok_or(NotThisFormat)?;
        // `.` is the folder itself, which TensorBoard calls so.
        let row = sink.run(if run.is_empty() { "." } else { run });
        sink.set_attribute(row, attribute::NAME, ValueRef::Text(run));
        let column = sink.column(Role::Metric, tag);
        while let Some(record) = table.next(sink) {
            let number = |at: usize| record.value(at).number();
            if let Some(value) = number(2) {
                let millis = number(0).map_or(0, |seconds| (seconds * 1000.0) as i64);
                sink.point(row, column, number(1).unwrap_or(f64::NAN), millis, value);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::run_and_tag;

    #[test]
    fn names_say_run_and_tag() {
        assert_eq!(
            run_and_tag("d/run-a-b-tag-val_loss.csv"),
            ("a-b", "val_loss")
        );
        assert_eq!(run_and_tag("run_.-tag-loss.csv"), (".", "loss"));
        assert_eq!(run_and_tag("loss.csv"), ("", "loss"));
    }
}
