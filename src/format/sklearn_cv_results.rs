//! scikit-learn's `pd.DataFrame(search.cv_results_).to_csv()`.
//!
//! `mean_fit_time …, param_<name> …, params, split<k>_test_<scorer> …, mean_test_<scorer>, …,
//! rank_test_<scorer>`. Larger is better for every scorer (`neg_*` are negated so that it holds);
//! ranks are the other way. `params` is a Python repr of what `param_*` say in columns; an empty
//! `param_*` is a parameter that this candidate does not have. A failed fit has no scores.

use super::rows::{Guess, RowWriter, Target};
use super::table::Table;
use super::{Claim, Dropped, Format, NotThisFormat};
use crate::ledger::{RunSink, Status, ValueRef, attribute};
use crate::source::{File, file_name};

pub(super) const FORMAT: Format = Format {
    name: "sklearn-cv-results",
    title: "scikit-learn search results (CSV)",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    let is_ours =
        head.has_prefix("mean_test_") && (head.has("params") || head.has_prefix("param_"));
    Claim::alone(place, is_ours)
}

fn target(name: &str) -> Guess {
    let target = match name {
        "" | "params" => Target::Skip,
        // The index, as pandas names it where it read it from a table.
        _ if name.starts_with("Unnamed: ") => Target::Skip,
        // Of a search by halving: its round, and how much each candidate was given.
        "iter" | "n_resources" => Target::tag(name),
        _ => name
            .strip_prefix("param_")
            .map_or_else(|| Target::metric(name), Target::param),
    };
    (target, None)
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let mut table = Table::open(*file, sink, on_bytes).ok_or(NotThisFormat)?;
    let scores: Vec<usize> = (0..table.columns.len())
        .filter(|at| is_test_score(&table.columns[*at]))
        .collect();
    for name in &table.columns {
        if name.starts_with("mean_test_") {
            // The mean over folds is what the search itself ranks by.
            sink.source().directions.push((name.clone(), true));
        }
    }
    let mut writer = RowWriter::new(table.columns.iter().map(|name| target(name)).collect());
    let stem = file_name(file.path()).to_owned();
    let mut number = 0;
    writer.write_each(&mut table, sink, |record, row, sink| {
        sink.set_attribute(row, attribute::ID, ValueRef::Text(&number.to_string()));
        sink.set_attribute(
            row,
            attribute::NAME,
            ValueRef::Text(&format!("{stem}#{number}")),
        );
        let has_score = |at: &usize| record.value(*at).number().is_some_and(f64::is_finite);
        let scored = scores.iter().any(has_score);
        sink.set_status(
            row,
            if scored {
                Status::Finished
            } else {
                Status::Failed
            },
        );
        number += 1;
    });
    Ok(())
}

/// A score of a fold or their mean.
fn is_test_score(name: &str) -> bool {
    name.starts_with("mean_test_") || (name.starts_with("split") && name.contains("_test_"))
}
