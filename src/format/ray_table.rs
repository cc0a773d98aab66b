//! Ray Tune's `ResultGrid.get_dataframe().to_csv()`: a row a trial with its last report, and `config/` before params.
//!
//! A nested config is parted by `/` here and by `.` where its folder is read: here too, so that both are one column.
//! Lists in it are what Python's `repr` writes, and are taken apart as there.

use super::ray_tune::is_own;
use super::roles;
use super::rows::{Guess, RowWriter, Target};
use super::run_folders::put_object;
use super::table::Table;
use super::{Claim, Dropped, Format, NotThisFormat, python_repr};
use crate::ledger::{Role, RunSink};
use crate::source::File;

pub(super) const FORMAT: Format = Format {
    name: "ray-table",
    title: "Ray Tune results (CSV)",
    claim,
    read,
};

/// How many records tell a row a trial from a row a report.
const SAMPLE: usize = 50;

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    let is_ours = head.has("training_iteration") && head.has_prefix("config/");
    Claim::alone(place, is_ours && has_a_row_a_trial(dropped, place))
}

fn has_a_row_a_trial(dropped: &Dropped<'_>, place: usize) -> bool {
    let head = dropped.head(place);
    let Some((dialect, header)) = &head.table else {
        return false;
    };
    let Some(at) = header.iter().position(|name| name == "trial_id") else {
        return false;
    };
    let records = dialect.records_of(&head.text, SAMPLE);
    let ids = || records.iter().skip(1).filter_map(|record| record.get(at));
    let distinct: order::Set<&String> = ids().collect();
    distinct.len() == ids().count() && dropped.name(place) != "progress.csv"
}

pub(super) fn target(name: &str) -> Guess {
    let target = match name {
        "" | "done" | "config" => Target::Skip,
        "trial_id" => Target::Id,
        "logdir" => Target::Text(Role::Tag, name.to_owned()),
        // How far it came says how it was stopped.
        "training_iteration" => Target::metric(name),
        _ if is_own(name) => Target::tag(name),
        _ => param(name).map_or_else(|| Target::metric(name), |param| Target::param(&param)),
    };
    (target, None)
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = *files.first().ok_or(NotThisFormat)?;
    let sample = Table::sample(file, roles::SAMPLE);
    let mut table = Table::open(file, sink, on_bytes).ok_or(NotThisFormat)?;
    let is_list = |at: usize| {
        let cells = sample.iter().filter_map(|record| record.get(at));
        let mut cells = cells
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty())
            .peekable();
        cells.peek().is_some() && cells.all(|cell| cell.starts_with('['))
    };
    let lists: Vec<(usize, String)> = table
        .columns
        .iter()
        .enumerate()
        .filter_map(|(at, name)| Some((at, param(name)?)).filter(|_| is_list(at)))
        .collect();
    let mut guesses: Vec<Guess> = table.columns.iter().map(|name| target(name)).collect();
    for (at, _) in &lists {
        guesses[*at].0 = Target::Skip;
    }
    RowWriter::new(guesses).write_each(&mut table, sink, |record, row, sink| {
        for (at, name) in &lists {
            let text = record.text(*at);
            match python_repr::value(text) {
                Some(list) => put_object(
                    row,
                    Role::Param,
                    &[(name.clone(), list)].into_iter().collect(),
                    sink,
                ),
                None => sink.set_named(row, Role::Param, name, record.value(*at)),
            }
        }
    });
    Ok(())
}

/// A param's name, where a column is of one.
fn param(column: &str) -> Option<String> {
    Some(column.strip_prefix("config/")?.replace('/', "."))
}
