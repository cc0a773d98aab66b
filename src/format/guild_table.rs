//! Guild AI's `guild compare --csv`: `run,operation,started,time,status,label`, flags, `step`, scalars.
//!
//! The run is the beginning of its id, `started` is local without a zone. What stands before `step` was given, what
//! stands behind it was logged last; where there is no `step`, names and values decide.

use super::roles::{SAMPLE, guess_others};
use super::rows::{Guess, RowWriter, Target};
use super::table::Table;
use super::{Claim, Dropped, Format, NotThisFormat};
use crate::ledger::{RunSink, Status, ValueRef, attribute};
use crate::source::File;

pub(super) const FORMAT: Format = Format {
    name: "guild-table",
    title: "Guild AI runs (CSV)",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    let is_ours = ["run", "operation", "started", "status"]
        .iter()
        .all(|name| head.has(name));
    Claim::alone(place, is_ours)
}

/// Columns that say what run it is.
fn fixed(name: &str) -> Option<Target> {
    Some(match name {
        "run" => Target::Id,
        "label" => Target::Attribute(attribute::NAME),
        "started" => Target::Time(attribute::START),
        "operation" => Target::tag("operation"),
        // Their words are Guild's own.
        "status" | "time" | "step" | "" => Target::Skip,
        _ => return None,
    })
}

fn targets(columns: &[String], sample: &[Vec<String>]) -> Vec<Guess> {
    let step = columns.iter().position(|name| name == "step");
    let guesses = guess_others(columns, sample, fixed).into_iter();
    guesses
        .zip(columns.iter().enumerate())
        .map(|(guess, (at, name))| match step {
            Some(step) if fixed(name).is_none() && at < step => (Target::param(name), None),
            Some(step) if fixed(name).is_none() && at > step => (Target::metric(name), None),
            _ => guess,
        })
        .collect()
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = *files.first().ok_or(NotThisFormat)?;
    let sample = Table::sample(file, SAMPLE);
    let mut table = Table::open(file, sink, on_bytes).ok_or(NotThisFormat)?;
    let mut writer = RowWriter::new(targets(&table.columns, &sample));
    let place = |wanted: &str| table.columns.iter().position(|name| name == wanted);
    let (status, time) = (place("status"), place("time"));
    writer.write_each(&mut table, sink, |record, row, sink| {
        if let Some(word) = status.map(|at| record.text(at)) {
            let status = match word {
                // By a signal.
                "terminated" => Status::Killed,
                word => Status::from_word(word),
            };
            sink.set_status(row, status);
        }
        if let Some(seconds) = time.and_then(|at| seconds_of(record.text(at))) {
            sink.set_attribute(row, "duration", ValueRef::Number(seconds));
        }
    });
    Ok(())
}

/// Seconds of `1:02:03`.
fn seconds_of(text: &str) -> Option<f64> {
    let parts: Option<Vec<f64>> = text.split(':').map(|part| part.parse().ok()).collect();
    let parts = parts.filter(|parts| parts.len() == 3)?;
    Some(parts.iter().fold(0.0, |sum, part| sum * 60.0 + part))
}

#[cfg(test)]
mod tests {
    use super::seconds_of;

    #[test]
    fn durations_are_seconds() {
        assert_eq!(seconds_of("1:02:03"), Some(3723.0));
        assert_eq!(seconds_of("12"), None);
    }
}
