//! The runs table of a W&B project, as its page exports it (CSV).
//!
//! `Name`, `State`, `Notes`, `User`, `Tags`, `Created`, `Runtime`, `Sweep`, then config and summary
//! columns under bare names: nothing says where one ends and the other begins, but each is in
//! alphabetical order, so the one place where the order starts again parts them. Where there is no such
//! place, names and values decide, and say so.

use super::roles::guess_one;
use super::rows::{Guess, RowWriter, Target};
use super::table::Table;
use super::{Format, Head, NotThisFormat};
use crate::ledger::{Role, RunSink, attribute};
use crate::source::File;

pub(super) const FORMAT: Format = Format {
    name: "wandb-table",
    title: "W&B runs table (CSV)",
    claim,
    read,
};

/// How many records the roles are guessed from.
const SAMPLE: usize = 200;

fn claim(place: usize, heads: &[Head]) -> Vec<usize> {
    let head = &heads[place];
    let also = ["Runtime", "Created", "Sweep", "Tags", "User"];
    let is_ours = head.has("Name")
        && head.has("State")
        && also.iter().filter(|name| head.has(name)).count() >= 2;
    if is_ours { vec![place] } else { Vec::new() }
}

/// Columns that the page makes itself.
fn fixed(name: &str) -> Option<Target> {
    Some(match name {
        "" => Target::Skip,
        "ID" | "Run ID" => Target::Id,
        "Name" => Target::Attribute(attribute::NAME),
        "State" => Target::Status,
        "Created" | "Start Time" | "CreatedTimestamp" => Target::Time(attribute::START),
        "End Time" => Target::Time(attribute::END),
        "Group" => Target::Attribute(attribute::GROUP),
        "Runtime" => Target::Value(Role::Attribute, "runtime".to_owned()),
        "Notes" | "User" | "Tags" | "Sweep" | "Job Type" | "Hostname" | "Commit" | "Host"
        | "GPU Type" | "GPU Count" | "Updated" | "Description" | "Python version" | "OS"
        | "Command" | "Github" | "CPU Count" => Target::tag(name),
        _ => return None,
    })
}

/// What the logger keeps for itself.
fn is_bookkeeping(name: &str) -> bool {
    matches!(
        name,
        "_step" | "_runtime" | "_timestamp" | "_wandb" | "_wandb.runtime"
    ) || name.starts_with("_wandb")
}

/// The targets of the columns.
fn targets(columns: &[String], sample: &[Vec<String>]) -> Vec<Guess> {
    let boundary = boundary(columns);
    columns
        .iter()
        .enumerate()
        .map(|(at, name)| {
            if let Some(target) = fixed(name) {
                return (target, None);
            }
            if is_bookkeeping(name) {
                return (Target::tag(name), None);
            }
            let values: Vec<&str> = sample
                .iter()
                .filter_map(|record| record.get(at))
                .map(|cell| cell.trim())
                .filter(|cell| !cell.is_empty())
                .collect();
            let (guessed, doubt) = guess_one(name, &values);
            let Some(boundary) = boundary else {
                // A config key can be called `name` or `id`; the page's own columns are capitalised.
                return match guessed {
                    Target::Value(..) => (guessed, doubt),
                    _ => (
                        Target::param(name),
                        Some("W&B does not say whether it is config or summary".to_owned()),
                    ),
                };
            };
            let is_config = at < boundary;
            let role = if is_config { Role::Param } else { Role::Metric };
            let agrees = matches!(&guessed, Target::Value(found, _) if *found == role);
            let why = if is_config {
                "config, it stands before"
            } else {
                "summary, it stands after"
            };
            let doubt = (!agrees)
                .then(|| format!("taken for {why} the place where the alphabet starts again"));
            (Target::Value(role, name.clone()), doubt)
        })
        .collect()
}

/// Where the summary begins: the one place at which names, in alphabetical order before it and after
/// it, start again.
fn boundary(columns: &[String]) -> Option<usize> {
    let free: Vec<(usize, String)> = columns
        .iter()
        .enumerate()
        .filter(|(_, name)| fixed(name).is_none() && !is_bookkeeping(name))
        .map(|(at, name)| (at, name.to_lowercase()))
        .collect();
    let drops: Vec<usize> = free
        .windows(2)
        .filter(|pair| pair[0].1 > pair[1].1)
        .map(|pair| pair[1].0)
        .collect();
    match drops.as_slice() {
        [one] if free.len() >= 4 => Some(*one),
        _ => None,
    }
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let sample = Table::sample(*file, SAMPLE);
    let mut table = Table::open(*file, sink, on_bytes).ok_or(NotThisFormat)?;
    let mut writer = RowWriter::new(targets(&table.columns, &sample));
    // A note or tag that is nothing is written as a dash.
    table.blank_lone_dashes();
    writer.write_all(&mut table, sink);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &str, want: Option<usize>) {
        let columns: Vec<String> = header.split(',').map(str::to_owned).collect();
        assert_eq!(boundary(&columns), want, "{header}");
    }

    #[test]
    fn the_alphabet_that_starts_again_parts_config_from_summary() {
        check(
            "Name,State,Runtime,Tags,batch,lr,seed,epoch,val/loss,ID",
            Some(7),
        );
        check("Name,State,Runtime,Tags,batch,lr,seed", None);
        check("Name,State,seed,batch,lr,epoch,a", None);
    }
}
