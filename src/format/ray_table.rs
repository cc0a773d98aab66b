//! Ray Tune's `ResultGrid.get_dataframe().to_csv()`: a row a trial with its last report, and `config/` before params.
//!
//! A nested config is parted by `/` here and by `.` where its folder is read: here too, so that both are one column.

use super::ray_tune::OWN;
use super::rows::{Guess, Target, read_by_names};
use super::{Claim, Dropped, Format, NotThisFormat};
use crate::ledger::{Role, RunSink};
use crate::source::File;
use std::collections::BTreeSet;

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
    let distinct: BTreeSet<&String> = ids().collect();
    distinct.len() == ids().count() && dropped.name(place) != "progress.csv"
}

fn target(name: &str) -> Guess {
    let target = match name {
        "" | "done" | "config" => Target::Skip,
        "trial_id" => Target::Id,
        "logdir" => Target::Text(Role::Tag, name.to_owned()),
        // How far it came says how it was stopped.
        "training_iteration" => Target::metric(name),
        _ if OWN.contains(&name) => Target::tag(name),
        _ => name.strip_prefix("config/").map_or_else(
            || Target::metric(name),
            |param| Target::param(&param.replace('/', ".")),
        ),
    };
    (target, None)
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    read_by_names(files, sink, on_bytes, target)
}
