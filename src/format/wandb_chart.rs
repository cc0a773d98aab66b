//! A chart of a W&B project, as its page exports it (CSV): curves without params.
//!
//! The first column is the x axis (`Step` or another key); then for each run `<run> - <metric>`,
//! `… - <metric>__MIN`, `… - <metric>__MAX`. Run names may contain ` - `, so names are cut at the last
//! one. `__MIN` and `__MAX` are the range inside a bucket of the drawing; the middle column is taken.

use super::table::Table;
use super::{Format, Head, NotThisFormat};
use crate::ledger::{ColumnId, Role, RunSink, ValueRef, attribute};
use crate::source::File;

pub(super) const FORMAT: Format = Format {
    name: "wandb-chart",
    title: "W&B chart (CSV)",
    claim,
    read,
};

fn claim(place: usize, heads: &[Head]) -> Vec<usize> {
    let header = heads[place].header();
    let is_series = |name: &String| name.contains(" - ");
    let has_ranges = header.iter().any(|name| name.ends_with("__MIN"))
        && header.iter().any(|name| name.ends_with("__MAX"));
    let is_ours = header.len() > 1 && has_ranges && header[1..].iter().all(is_series);
    if is_ours { vec![place] } else { Vec::new() }
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let mut table = Table::open(*file, sink, on_bytes).ok_or(NotThisFormat)?;
    let mut series: Vec<Option<(usize, ColumnId)>> = vec![None];
    let mut runs: Vec<(String, usize)> = Vec::new();
    for name in &table.columns[1..] {
        let cut = name
            .rsplit_once(" - ")
            .filter(|(_, metric)| !metric.ends_with("__MIN") && !metric.ends_with("__MAX"));
        let Some((run, metric)) = cut.filter(|(_, metric)| *metric != "_step") else {
            series.push(None);
            continue;
        };
        let row = if let Some((_, row)) = runs.iter().find(|(known, _)| known == run) {
            *row
        } else {
            let row = sink.add_run();
            sink.set_attribute(row, attribute::NAME, ValueRef::Text(run));
            runs.push((run.to_owned(), row));
            row
        };
        series.push(Some((row, sink.column(Role::Metric, metric))));
    }
    while let Some(record) = table.next(sink) {
        let Some(step) = record.value(0).number() else {
            continue;
        };
        for (at, place) in series.iter().enumerate() {
            if let (Some((row, metric)), Some(value)) = (place, record.value(at).number()) {
                sink.point(*row, *metric, step, 0, value);
            }
        }
    }
    Ok(())
}
