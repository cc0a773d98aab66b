//! The table of runs that the page saves, as CSV or tab-separated.
//!
//! ```text
//! # runsift.table/1,40 of 60 runs; objective: the lowest loss (last); filter: lr < 0.1; made with runsift 0.1.0
//! id,name,status,params.lr,metrics.loss,tags.user
//! ```
//! The first line says what wrote it, with the delimiter after the version, and what it is of. Names of columns say what they
//! are to a run; those without a point are attributes that every run may have, `row` and `rank` are of where it stood. Texts that
//! a spreadsheet would run stand behind an apostrophe, those that begin with such an apostrophe behind another.
//! Curves (`# runsift.curves/1`) have the same first line and are read as any long form.

use super::roles::{guess_one, ids_differ};
use super::rows::{Guess, Target};
use super::{Claim, Dropped, Format, delimited};
use crate::ledger::{Role, ValueRef, attribute};

/// How the first line of every table begins that the page writes.
pub const MARK: &str = "# runsift.";

/// What a text begins with that a spreadsheet would run.
pub const RUN_BY_SPREADSHEETS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Names of attributes that have a place of their own in the runs document, and no mark before theirs in a table.
pub const OWN_PLACE: [&str; 7] = [
    attribute::ID,
    attribute::NAME,
    attribute::STATUS,
    attribute::START,
    attribute::END,
    attribute::GROUP,
    attribute::PARENT,
];

pub(super) const FORMAT: Format = Format {
    name: "runsift-table",
    title: "Runs that runsift saved (CSV, TSV)",
    claim,
    read: delimited::read,
};

/// The delimiter of a table that the page wrote; of one that a spreadsheet saved again with another one nothing is sure.
pub(super) fn delimiter(text: &str) -> Option<u8> {
    let mut rest = text.strip_prefix(MARK)?.bytes();
    let found = rest.find(|byte| !byte.is_ascii_alphanumeric() && *byte != b'/');
    found.filter(|byte| matches!(byte, b',' | b'\t'))
}

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let rest = dropped.head(place).text.strip_prefix(MARK);
    Claim::alone(place, rest.is_some_and(|rest| rest.starts_with("table/"))).by_record()
}

fn target(name: &str, values: &[&str]) -> Guess {
    let role = |role: Role, name: &str| {
        // Numbers are written in their shortest form: `0012` and `12345e67` are texts.
        let is_short = |cell: &&str| ValueRef::parse(cell).to_string() == *cell;
        if role == Role::Param || role == Role::Metric || values.iter().all(is_short) {
            Target::Value(role, name.to_owned())
        } else {
            Target::Text(role, name.to_owned())
        }
    };
    let target = match name.split_once('.') {
        Some(("params", name)) => role(Role::Param, name),
        Some(("metrics", name)) => role(Role::Metric, name),
        Some(("tags", name)) => role(Role::Tag, name),
        Some(("attributes", name)) => role(Role::Attribute, name),
        _ => match name {
            "row" | "rank" => Target::Skip,
            // Several studies have a trial 0 each.
            attribute::ID if !ids_differ(values) => Target::Attribute(attribute::ID),
            // An attribute that every run may have, or what a person has added.
            _ => return guess_one(name, values),
        },
    };
    (target, None)
}

/// Whether all names say what they are, as in Parquet, which has no first line: attributes by their own names, of which a run's
/// id is one, and others with what they are before theirs. Where runs have no ids, that before an attribute is ours alone.
pub(super) fn are_telling(columns: &[String]) -> bool {
    let role = |name: &String| {
        let role = name.split_once('.').map(|(role, _)| role);
        let all = ["attributes", "params", "metrics", "tags"];
        role.and_then(|role| all.iter().position(|known| *known == role))
    };
    let is_own = |name: &String| OWN_PLACE.contains(&name.as_str());
    columns
        .iter()
        .any(|name| name == attribute::ID || role(name) == Some(0))
        && columns.iter().any(|name| role(name).is_some())
        && columns
            .iter()
            .all(|name| role(name).is_some() || is_own(name))
}

/// What the columns are to a run, as their names say.
pub(super) fn guess(columns: &[String], sample: &[Vec<String>]) -> Vec<Guess> {
    let of = |(at, name): (usize, &String)| {
        let cells = sample.iter().filter_map(|record| record.get(at));
        let cells = cells.map(String::as_str).filter(|cell| !cell.is_empty());
        target(name, &cells.collect::<Vec<_>>())
    };
    columns.iter().enumerate().map(of).collect()
}
