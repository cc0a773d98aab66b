//! DeepCAVE's data frame: `trials.csv`, and `configspace.csv` beside it.
//!
//! `config_id, status, seed, budget?, metric:<name> [low; high] (minimize|maximize) …, <param> …,
//! start_time, end_time`. Objective headers carry range and direction.

use super::rows::{Guess, RowWriter, Target};
use super::table::Table;
use super::{Claim, Dropped, Format, Head, NotThisFormat};
use crate::ledger::{Role, RunSink, SearchRange, attribute};
use crate::source::File;

pub(super) const FORMAT: Format = Format {
    name: "deepcave-table",
    title: "DeepCAVE trials (CSV)",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let is_trials = |head: &Head| {
        head.has("config_id") && head.header().iter().any(|name| objective(name).is_some())
    };
    let is_space = |head: &Head| {
        head.has("name") && head.has("type") && head.has("lower") && head.has("upper")
    };
    let mut beside = dropped.beside(place);
    if is_trials(dropped.head(place)) {
        let spaces = beside.filter(|at| is_space(dropped.head(*at)));
        return Claim::of(std::iter::once(place).chain(spaces).collect());
    }
    // A search space belongs to the trials beside it.
    if is_space(dropped.head(place)) {
        let trials = beside.find(|at| is_trials(dropped.head(*at)));
        return trials.map(|at| claim(at, dropped)).unwrap_or_default();
    }
    Claim::none()
}

/// Name and direction (true: maximize) of an objective's header.
fn objective(header: &str) -> Option<(&str, bool)> {
    let rest = header.strip_prefix("metric:")?;
    let (rest, maximize) = match rest.strip_suffix("(maximize)") {
        Some(rest) => (rest, true),
        None => (rest.strip_suffix("(minimize)")?, false),
    };
    let name = rest.rsplit_once('[').map_or(rest, |(name, _)| name);
    Some((name.trim(), maximize))
}

fn target(header: &str) -> Guess {
    let target = match header {
        "" => Target::Skip,
        "config_id" => Target::Value(Role::Attribute, "config_id".to_owned()),
        "status" => Target::Status,
        "start_time" => Target::Time(attribute::START),
        "end_time" => Target::Time(attribute::END),
        _ => objective(header)
            .map_or_else(|| Target::param(header), |(name, _)| Target::metric(name)),
    };
    (target, None)
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let ours = |file: &&&dyn File| {
        let Ok((head, _)) = crate::source::text::head(**file) else {
            return false;
        };
        String::from_utf8_lossy(&head)
            .lines()
            .next()
            .is_some_and(|header| header.contains("metric:"))
    };
    let file = files.iter().find(ours).ok_or(NotThisFormat)?;
    let mut table = Table::open(*file, sink, on_bytes).ok_or(NotThisFormat)?;
    for (name, maximize) in table.columns.iter().filter_map(|header| objective(header)) {
        sink.source().directions.push((name.to_owned(), maximize));
    }
    if let Some(space) = files.iter().find(|file| !ours(file)) {
        declare(*space, sink);
    }
    RowWriter::new(table.columns.iter().map(|header| target(header)).collect())
        .write_all(&mut table, sink);
    Ok(())
}

/// Notes the ranges of a space, a param a line.
fn declare(space: &dyn File, sink: &mut RunSink<'_>) {
    let mut on_bytes = |_| {};
    // Its lines end early by design, and what is odd in it is no problem of the trials.
    let mut ignore = |_| {};
    let mut aside = RunSink::new(&mut ignore);
    let Some(mut table) = Table::open(space, &mut aside, &mut on_bytes) else {
        return;
    };
    let place = |wanted: &str| table.columns.iter().position(|name| name == wanted);
    let places = ["name", "type", "log", "lower", "upper"].map(place);
    let [Some(name), Some(kind), Some(log), Some(low), Some(high)] = places else {
        return;
    };
    while let Some(record) = table.next(&mut aside) {
        let ends = record.value(low).number().zip(record.value(high).number());
        let whole = (record.text(kind) == "integer").then_some(1.0);
        let is_log = record.text(log).eq_ignore_ascii_case("true");
        if let Some((low, high)) = ends
            && let Some(range) = SearchRange::new(low, high, whole, is_log)
        {
            let name = record.text(name).to_owned();
            sink.source().declare_range(&name, range);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_objective_header_carries_name_and_direction() {
        assert_eq!(
            objective("metric:accuracy [0.0; 1.0] (maximize)"),
            Some(("accuracy", true))
        );
        assert_eq!(
            objective("metric:val loss (minimize)"),
            Some(("val loss", false))
        );
        assert_eq!(objective("metric:accuracy"), None);
    }
}
