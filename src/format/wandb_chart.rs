//! Charts of a W&B project, as its page exports them (CSV): curves without params.
//!
//! The first column is the x axis (`Step` or another key); then for each run `<run> - <metric>`,
//! `… - <metric>__MIN`, `… - <metric>__MAX`. Run names may contain ` - `, so names are cut at the last
//! one. `__MIN` and `__MAX` are the range inside a bucket of the drawing; the middle column is taken.
//!
//! Runs are only named. Charts that lie in one folder speak of the same runs, and where the project's runs
//! table lies beside them they belong to it (see [`super::wandb_table`]): each curve goes to the one run of
//! its name. A name that several runs have says nothing, so its curves become a run of their own, and the
//! receipt says so.

use super::table::Table;
use super::{Claim, Dropped, Format, Head, NotThisFormat};
use crate::ledger::{ColumnId, Role, RunSink, ValueRef, attribute};
use crate::source::{File, file_name};
use rustc_hash::{FxHashMap, FxHashSet};

pub(super) const FORMAT: Format = Format {
    name: "wandb-chart",
    title: "W&B charts (CSV)",
    claim,
    read,
};

/// The row of each run by name; `None` where several runs have it.
pub(super) type RowsByName = FxHashMap<String, Option<usize>>;

/// Curves that are there already: the same chart can be exported twice.
pub(super) type KnownCurves = FxHashSet<(usize, ColumnId)>;

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    if is_chart(dropped.head(place)) {
        Claim::of(beside(place, dropped))
    } else {
        Claim::none()
    }
}

/// The charts in the folder of a file.
pub(super) fn beside(place: usize, dropped: &Dropped<'_>) -> Vec<usize> {
    let charts = dropped.beside(place);
    charts.filter(|at| is_chart(dropped.head(*at))).collect()
}

/// Whether all columns but the first are curves, of one metric or with their ranges.
pub(super) fn is_chart(head: &Head) -> bool {
    let Some((_, series)) = head.header().split_first() else {
        return false;
    };
    let metrics: Vec<Option<&str>> = series
        .iter()
        .map(|name| name.rsplit_once(" - ").map(|(_, metric)| metric))
        // Each curve can have its steps beside it.
        .filter(|metric| *metric != Some("_step"))
        .collect();
    let has_end = |end: &str| series.iter().any(|name| name.ends_with(end));
    let is_one_metric = metrics.windows(2).all(|pair| pair[0] == pair[1]);
    !metrics.is_empty()
        && metrics.iter().all(Option::is_some)
        && (is_one_metric || (has_end("__MIN") && has_end("__MAX")))
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let (mut rows, mut curves) = (RowsByName::default(), KnownCurves::default());
    for file in files {
        add_curves(*file, &mut rows, &mut curves, sink, on_bytes)?;
    }
    Ok(())
}

/// Adds a chart's curves to the runs of their names, and runs for names that are new.
pub(super) fn add_curves(
    file: &dyn File,
    rows: &mut RowsByName,
    curves: &mut KnownCurves,
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let mut table = Table::open(file, sink, on_bytes).ok_or(NotThisFormat)?;
    let mut series: Vec<(usize, usize, ColumnId)> = Vec::new();
    let mut own_rows: FxHashMap<String, usize> = FxHashMap::default();
    for (at, name) in table.columns.iter().enumerate().skip(1) {
        let Some((run, metric)) = name.rsplit_once(" - ") else {
            continue;
        };
        if metric.ends_with("__MIN") || metric.ends_with("__MAX") || metric == "_step" {
            continue;
        }
        let known = rows.get(run).copied();
        let row = if let Some(row) = known.flatten().or_else(|| own_rows.get(run).copied()) {
            row
        } else {
            let row = sink.add_run();
            sink.set_attribute(row, attribute::NAME, ValueRef::Text(run));
            if known.is_some() {
                own_rows.insert(run.to_owned(), row);
                let what = format!("{run} is the name of several runs of the table");
                let effect = "its curves are kept as a run of their own";
                let place = format!("column {}", at + 1);
                sink.problem_in(
                    "wandb/name-of-several",
                    file_name(file.path()),
                    &place,
                    &what,
                    effect,
                );
            } else {
                rows.insert(run.to_owned(), Some(row));
            }
            row
        };
        let column = sink.column(Role::Metric, metric);
        if curves.insert((row, column)) {
            series.push((at, row, column));
        } else {
            let what = format!("{name} is in a chart before it");
            let place = format!("column {}", at + 1);
            sink.problem_in(
                "wandb/same-curve",
                file_name(file.path()),
                &place,
                &what,
                "left out",
            );
        }
    }
    while let Some(record) = table.next(sink) {
        let Some(step) = record.value(0).number() else {
            continue;
        };
        for (at, row, metric) in &series {
            if let Some(value) = record.value(*at).number() {
                sink.point(*row, *metric, step, 0, value);
            }
        }
    }
    Ok(())
}
