//! The runs table of a W&B project, as its page exports it (CSV).
//!
//! `Name`, `State`, `Notes`, `User`, `Tags`, `Created`, `Runtime`, `Sweep`, then config and summary
//! columns under bare names: nothing says where one ends and the other begins, but each is in
//! alphabetical order, so the one place where the order starts again parts them. Where there is no such
//! place, names and values decide, and say so.

use super::roles::{SAMPLE, guess_one};
use super::rows::{Guess, RowWriter, Target};
use super::table::Table;
use super::wandb_chart::{self, KnownCurves, RowsByName};
use super::{Claim, Dropped, Format, Head, NotThisFormat};
use crate::ledger::{Role, RunSink, attribute};
use crate::source::File;

pub(super) const FORMAT: Format = Format {
    name: "wandb-table",
    title: "W&B runs table (CSV)",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let is_ours = is_table(dropped.head(place));
    if !is_ours && !wandb_chart::is_chart(dropped.head(place)) {
        return Claim::none();
    }
    let tables_beside = |place: usize| {
        let tables = dropped.beside(place);
        tables
            .filter(|at| is_table(dropped.head(*at)))
            .collect::<Vec<usize>>()
    };
    let with_charts = |table: usize| {
        let charts = if tables_beside(table).len() == 1 {
            wandb_chart::beside(table, dropped)
        } else {
            Vec::new()
        };
        Claim::of(std::iter::once(table).chain(charts).collect())
    };
    if is_ours {
        return with_charts(place);
    }
    // A chart belongs to the table beside it, where there is one.
    match tables_beside(place).as_slice() {
        [table] => with_charts(*table),
        _ => Claim::none(),
    }
}

fn is_table(head: &Head) -> bool {
    let also = ["Runtime", "Created", "Sweep", "Tags", "User"];
    head.has("Name") && head.has("State") && also.iter().filter(|name| head.has(name)).count() >= 2
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
        | "Command" | "Github" | "CPU Count" => Target::Text(Role::Tag, name.to_owned()),
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
    let boundary = boundary(columns).filter(|boundary| is_borne_out(*boundary, columns, sample));
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
            let (guessed, doubt) = guess_one(name, &values_of(at, sample));
            let Some(boundary) = boundary else {
                // A config key can be called `name` or `id`; the page's own columns are capitalised.
                return match guessed {
                    Target::Value(..) | Target::Text(..) => (guessed, doubt),
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

/// Some values of a column that are not blank.
fn values_of(at: usize, sample: &[Vec<String>]) -> Vec<&str> {
    let cells = sample.iter().filter_map(|record| record.get(at));
    cells
        .map(|cell| cell.trim())
        .filter(|cell| !cell.is_empty())
        .collect()
}

/// Whether names that say what they are stand mostly on their side of the boundary: a page's columns can
/// be rearranged, and then one place where the alphabet starts again means nothing.
fn is_borne_out(boundary: usize, columns: &[String], sample: &[Vec<String>]) -> bool {
    let (mut agreeing, mut sure) = (0, 0);
    for (at, name) in columns.iter().enumerate() {
        if fixed(name).is_some() || is_bookkeeping(name) {
            continue;
        }
        if let (Target::Value(role @ (Role::Param | Role::Metric), _), None) =
            guess_one(name, &values_of(at, sample))
        {
            sure += 1;
            agreeing += usize::from((role == Role::Param) == (at < boundary));
        }
    }
    agreeing * 10 >= sure * 7
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
    let name_at = table.columns.iter().position(|name| name == "Name");
    let (mut rows, mut next_row) = (RowsByName::default(), 0);
    writer.write_each(&mut table, sink, |record, row, _| {
        if row < next_row {
            // The rows so far were handed on: their runs are complete.
            rows.values_mut().for_each(|row| *row = None);
        }
        next_row = row + 1;
        let name = name_at.map_or("", |at| record.text(at)).to_owned();
        rows.entry(name)
            .and_modify(|row| *row = None)
            .or_insert(Some(row));
    });
    drop(table);
    let mut curves = KnownCurves::default();
    for chart in files.iter().skip(1) {
        wandb_chart::add_curves(*chart, &mut rows, &mut curves, sink, on_bytes)?;
    }
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
