//! Comet experiments as a table, made of its API (`pd.DataFrame(api.query(...))` and the like).
//!
//! Comet documents no table export of its own, so the rules are those of its metadata: the key is
//! `experimentKey` or `experiment_key`, times are `startTimeMillis` and `endTimeMillis`, `running` and
//! `hasCrashed` tell the status. All other columns are guessed as in any table.

use super::roles::{SAMPLE, guess_others};
use super::rows::{RowWriter, Target};
use super::table::Table;
use super::{Claim, Dropped, Format, NotThisFormat};
use crate::ledger::{RunSink, Status, ValueRef, attribute};
use crate::source::File;

pub(super) const FORMAT: Format = Format {
    name: "comet-table",
    title: "Comet experiments (CSV)",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    let keys = ["experimentKey", "experiment_key", "Experiment Key"];
    Claim::alone(place, keys.iter().any(|key| head.has(key))).by_record()
}

fn fixed(name: &str) -> Option<Target> {
    Some(match name {
        "experimentKey" | "experiment_key" | "Experiment Key" => Target::Id,
        "experimentName" | "experiment_name" | "Name" | "name" => {
            Target::Attribute(attribute::NAME)
        }
        "startTimeMillis" | "start_server_timestamp" | "Server start time" => {
            Target::Time(attribute::START)
        }
        "endTimeMillis" | "end_server_timestamp" | "Server end time" => {
            Target::Time(attribute::END)
        }
        "running" | "hasCrashed" | "durationMillis" | "archived" | "projectName"
        | "project_name" | "workspaceName" | "workspace" | "userName" | "fileName" | "filePath"
        | "projectId" | "optimizationId" | "Tags" | "tags" => Target::tag(name),
        _ => return None,
    })
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let sample = Table::sample(*file, SAMPLE);
    let mut table = Table::open(*file, sink, on_bytes).ok_or(NotThisFormat)?;
    let guesses = guess_others(&table.columns, &sample, fixed);
    let place = |wanted: &str| table.columns.iter().position(|name| name == wanted);
    let (running, crashed) = (place("running"), place("hasCrashed"));
    let mut writer = RowWriter::new(guesses);
    writer.write_each(&mut table, sink, |record, row, sink| {
        let is = |at: Option<usize>| at.is_some_and(|at| record.value(at) == ValueRef::Bool(true));
        if is(crashed) {
            sink.set_status(row, Status::Failed);
        } else if is(running) {
            sink.set_status(row, Status::Running);
        } else if crashed.is_some() && running.is_some() {
            sink.set_status(row, Status::Finished);
        }
    });
    Ok(())
}
