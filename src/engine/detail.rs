//! Everything known about one run, for the drawer.

use super::artifacts;
use super::protocol::{FieldSummary, RunDetail, RunField, RunNote};
use super::show::{kind, run_name, short_number};
use crate::analysis::ranking::likeliness;
use crate::chart::number::counted;
use crate::format::Artifact;
use crate::ledger::{Column, History, Ledger, Role, SourceRecord};

/// To how many points a curve in the drawer is thinned.
const CURVE_POINTS: usize = 120;

/// What is known about `row`; `None` where there is no such run. `varies` tells which columns differ
/// between runs, `files` are those of the drop that were not read, `format_title` a format's name for people.
pub fn run_detail(
    ledger: &Ledger,
    row: usize,
    rank: Option<usize>,
    note: RunNote,
    files: &[Artifact],
    varies: &[bool],
    format_title: impl Fn(&str) -> String,
) -> Option<RunDetail> {
    if row >= ledger.rows() {
        return None;
    }
    let source = ledger.sources().get(ledger.source_of(row));
    let mut fields = Vec::new();
    for (id, column) in ledger.columns_with_ids() {
        let value = column.get(row);
        if value.is_missing() || column.role() == Role::Ignored {
            continue;
        }
        fields.push(RunField {
            column: id,
            role: column.role(),
            name: column.name().to_owned(),
            text: value.to_string(),
            kind: kind(value),
            varies: varies.get(id.index()).copied().unwrap_or(true),
            curve: column
                .history()
                .map(|history| thinned(history, row))
                .unwrap_or_default(),
            summary: column.history().and_then(|_| summary_text(column, row)),
            is_system: column.is_of_machine(),
        });
    }
    // What is likely a goal first, as in Curves.
    order::by_key(&mut fields, |field: &RunField| match field.role {
        Role::Metric => -likeliness(&field.name),
        _ => 0,
    });
    Some(RunDetail {
        row,
        name: run_name(ledger, row),
        rank,
        source: source.map(path_of).unwrap_or_default(),
        format: source
            .map(|source| format_title(&source.format))
            .unwrap_or_default(),
        note,
        log: ledger.logs().of(row).cloned(),
        files: artifacts::of_run(ledger, row, files),
        fields,
    })
}

/// The path of a source; of runs in many files it is not known which is whose, and their folder is told.
fn path_of(source: &SourceRecord) -> String {
    match source.files {
        all @ 2.. if source.runs > 1 && !source.folder.is_empty() => {
            format!("{} ({})", source.folder, counted(all, "file"))
        }
        more @ 2.. if source.runs > 1 => {
            format!("{} and {}", source.path, counted(more - 1, "more file"))
        }
        _ => source.path.clone(),
    }
}

fn summary_text(column: &Column, row: usize) -> Option<FieldSummary> {
    let summary = column.summary(row)?;
    let number = |x: Option<f64>| x.map_or_else(|| "–".to_owned(), short_number);
    Some(FieldSummary {
        points: summary.count.to_string(),
        least: number(summary.min),
        greatest: number(summary.max),
    })
}

/// A run's curve in at most [`CURVE_POINTS`] points: of each bucket of finite points the least and the
/// greatest, so that no spike is lost. Steps are the points' own, or their number where they have none.
fn thinned(history: &History, row: usize) -> Vec<(f64, f64)> {
    let range = history.range(row);
    let points: Vec<(f64, f64)> = range
        .clone()
        .zip(0u32..)
        .map(|(at, number)| {
            let step = history.steps[at];
            (
                if step.is_nan() {
                    f64::from(number)
                } else {
                    step
                },
                history.values[at],
            )
        })
        .filter(|(step, value)| step.is_finite() && value.is_finite())
        .collect();
    if points.len() <= CURVE_POINTS {
        return points;
    }
    let buckets = CURVE_POINTS / 2;
    let mut kept = Vec::with_capacity(CURVE_POINTS);
    for bucket in 0..buckets {
        let part = &points[bucket * points.len() / buckets..(bucket + 1) * points.len() / buckets];
        let by_value = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
        let (Some(least), Some(greatest)) =
            (part.iter().min_by(by_value), part.iter().max_by(by_value))
        else {
            continue;
        };
        let (first, second) = if least.0 <= greatest.0 {
            (least, greatest)
        } else {
            (greatest, least)
        };
        kept.push(*first);
        if first != second {
            kept.push(*second);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Point;

    #[test]
    fn a_thinned_curve_keeps_its_extremes() {
        let mut points: Vec<Point> = (0..5_000)
            .map(|step| Point {
                row: 0,
                step: f64::from(step),
                millis: 0,
                value: 1.0,
            })
            .collect();
        points[3_333].value = 90.0;
        points[77].value = -4.0;
        points[9].value = f64::NAN;
        let curve = thinned(&History::from_points(1, points), 0);
        assert!(curve.len() <= CURVE_POINTS);
        assert!(curve.contains(&(3_333.0, 90.0)) && curve.contains(&(77.0, -4.0)));
        assert!(curve.is_sorted_by(|a, b| a.0 <= b.0));
    }
}
