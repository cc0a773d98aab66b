//! What TensorBoard's page downloads of a curve: `Wall time,Step,Value` as CSV, or lists of these three as JSON, in a file
//! that names run and tag. Its Python reader makes frames with the same columns.
//!
//! The name is `run-RUN-tag-TAG.csv` (older versions: `run_RUN-tag-TAG.csv`), with what a file's name cannot hold
//! replaced by `_`. Files of one run, and all beside one another that name none, are curves of it.

use super::table::Table;
use super::{Claim, Dropped, Format, Head, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, ValueRef, attribute};
use crate::source::{File, file_name, file_stem};

pub(super) const FORMAT: Format = Format {
    name: "tensorboard-table",
    title: "TensorBoard curves (CSV, JSON)",
    claim,
    read,
};

const COLUMNS: [&str; 3] = ["Wall time", "Step", "Value"];

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let is_curve = |at: &usize| is_curve(dropped.head(*at));
    if !is_curve(&place) {
        return Claim::none();
    }
    Claim::of(dropped.beside(place).filter(is_curve).collect())
}

fn is_curve(head: &Head) -> bool {
    let names = head.header();
    // Frames may have their index before.
    let names = names.strip_prefix(&[String::new()]).unwrap_or(names);
    let are_lists = head.name().contains("-tag-") && head.text.trim_start().starts_with("[[");
    names == COLUMNS || names == ["wall_time", "step", "value"] || are_lists
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
        // The page gives one curve either way.
        let mut paths = files.iter().map(|other| other.path());
        let stem = file_stem(file.path());
        if paths.any(|other| other < file.path() && file_stem(other) == stem) {
            continue;
        }
        let (run, tag) = run_and_tag(file.path());
        // `.` is the folder itself, which TensorBoard calls so.
        let row = sink.run(if run.is_empty() { "." } else { run });
        sink.set_attribute(row, attribute::NAME, ValueRef::Text(run));
        let column = sink.column(Role::Metric, tag);
        let put = |number: &dyn Fn(usize) -> Option<f64>, sink: &mut RunSink<'_>| {
            if let Some(value) = number(2) {
                let millis = number(0).map_or(0, |seconds| (seconds * 1000.0) as i64);
                sink.point(row, column, number(1).unwrap_or(f64::NAN), millis, value);
            }
        };
        if file_name(file.path()).ends_with(".json") {
            json_text::for_each(*file, sink, on_bytes, &mut |points, _, sink| {
                for point in points.as_array().into_iter().flatten() {
                    let number = |at: usize| point.get(at).map(json_text::scalar)?.number();
                    put(&number, sink);
                }
            });
            continue;
        }
        let mut table = Table::open(*file, sink, on_bytes).ok_or(NotThisFormat)?;
        let from = table.columns.len().saturating_sub(COLUMNS.len());
        while let Some(record) = table.next(sink) {
            put(&|at| record.value(from + at).number(), sink);
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
