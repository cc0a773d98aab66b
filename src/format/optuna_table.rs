//! Optuna's `trials_dataframe().to_csv()`.
//!
//! Columns `number`, `value` or `value_<metric>` (one objective) or `values_<metric or index>`
//! (several), `datetime_start`, `datetime_complete`, `duration`, `params_<name>`, `user_attrs_<name>`,
//! `system_attrs_<name>`, `state`. Written with the index there is an unnamed column before them; with
//! `multi_index=True` the group and the name are in two header rows. The table that Optuna's dashboard offers
//! (`Number,State,Value,Param lr,UserAttribute note`) is read as if its columns were called so. Times are local without a zone;
//! directions and distributions are lost, so neither is invented here.

use super::rows::{Guess, RowWriter, Target};
use super::table::Table;
use super::{Claim, Dropped, Format, NotThisFormat};
use crate::ledger::{Role, RunSink, ValueRef, attribute};
use crate::source::File;

pub(super) const FORMAT: Format = Format {
    name: "optuna-table",
    title: "Optuna trials (CSV)",
    claim,
    read,
};

/// Groups of columns, with what their names are to a trial.
const GROUPS: [(&str, Role); 5] = [
    ("params", Role::Param),
    ("user_attrs", Role::Tag),
    ("system_attrs", Role::Tag),
    ("values", Role::Metric),
    ("value", Role::Metric),
];

/// Columns that stand in no group.
const SINGLE: [&str; 5] = [
    "number",
    "state",
    "datetime_start",
    "datetime_complete",
    "duration",
];

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    // Its attributes can be chosen: without its number or its state it begins as it always does, or has params.
    let names = head.header().iter().map(String::as_str);
    let mut names = names.skip_while(|name| is_index(name));
    let is_value = |name: &str| {
        ["value", "values"].contains(&name)
            || ["value_", "values_"]
                .iter()
                .any(|start| name.starts_with(start))
    };
    let begins = names.next() == Some("number") && names.next().is_some_and(is_value);
    let has_number = head.has("number")
        && (head.has_prefix("params_") || head.header().iter().any(|name| is_value(name)));
    // Other tables may have params of such names, but not these columns alone.
    let is_group = |name: &str| GROUPS.iter().any(|(group, _)| name.starts_with(group));
    let is_known = |name: &String| {
        let name = name.as_str();
        is_index(name) || SINGLE.contains(&name) || is_group(name)
    };
    let has_no_other = || head.has_prefix("params_") && head.header().iter().all(is_known);
    let is_ours = begins
        || is_of_dashboard(head.header())
        || head.has("state") && (has_number || has_no_other());
    Claim::alone(place, is_ours)
}

/// Whether a table is that of Optuna's dashboard.
fn is_of_dashboard(columns: &[String]) -> bool {
    let is_value = |name: &String| {
        ["Value", "Objective"].contains(&name.split(' ').next().unwrap_or_default())
    };
    matches!(columns, [number, state, value, ..] if number == "Number" && state == "State" && is_value(value))
}

/// What pandas' table calls a column of the dashboard's.
fn as_in_pandas(name: &str) -> String {
    const GROUPS: [(&str, &str); 3] = [
        ("Param", "params_"),
        ("UserAttribute", "user_attrs_"),
        ("Objective", "values_"),
    ];
    let in_group = GROUPS.iter().find_map(|(group, ours)| {
        let rest = name.strip_prefix(group)?.strip_prefix(' ')?;
        Some(format!("{ours}{rest}"))
    });
    in_group.unwrap_or_else(|| name.to_ascii_lowercase())
}

/// Whether a column is the index, which pandas names so where it read it from a table.
fn is_index(name: &str) -> bool {
    name.is_empty() || name.starts_with("Unnamed: ")
}

pub(super) fn target(name: &str) -> Guess {
    let target = match name {
        _ if is_index(name) => Target::Skip,
        // It tells trials apart in this file and nowhere else: two studies have a trial 0 each.
        "number" => Target::Attribute(attribute::ID),
        "state" => Target::Status,
        "datetime_start" => Target::Time(attribute::START),
        "datetime_complete" => Target::Time(attribute::END),
        // Its text becomes seconds.
        "duration" => Target::Skip,
        "value" => Target::metric("value"),
        _ => GROUPS
            .iter()
            .find_map(|(group, role)| {
                // `optuna trials -f json` nests what the dataframe has in one name.
                let rest = name.strip_prefix(group)?.strip_prefix(['_', '.'])?;
                // `values_0` has no better name than that.
                let is_index = *role == Role::Metric && rest.bytes().all(|b| b.is_ascii_digit());
                let name = if is_index {
                    name.replace('.', "_")
                } else {
                    rest.to_owned()
                };
                Some(Target::Value(*role, name))
            })
            .unwrap_or_else(|| Target::tag(name)),
    };
    (target, None)
}

/// The names of a table written with `multi_index=True`, whose second record has the names in a group.
fn joined(columns: &[String], second: &[String]) -> Vec<String> {
    let group_of = |name: &str| name.split(" (").next().unwrap_or(name).to_owned();
    columns
        .iter()
        .zip(second)
        .map(|(name, rest)| {
            if rest.is_empty() {
                group_of(name)
            } else {
                format!("{}_{rest}", group_of(name))
            }
        })
        .collect()
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let first = Table::sample(*file, 1)
        .into_iter()
        .next()
        .unwrap_or_default();
    let mut table = Table::open(*file, sink, on_bytes).ok_or(NotThisFormat)?;
    if is_of_dashboard(&table.columns) {
        table.columns = table
            .columns
            .iter()
            .map(|name| as_in_pandas(name))
            .collect();
    }
    // A column that stands in no group has nothing in the second header row, and something for every trial.
    let is_single = |name: &String| SINGLE[..2].contains(&name.as_str());
    let single = table.columns.iter().position(is_single);
    let single = single.ok_or(NotThisFormat)?;
    let has_two_headers = first.get(single).is_some_and(String::is_empty)
        && first.iter().any(|cell| !cell.is_empty());
    let names = if has_two_headers {
        // Groups repeat in the first header row: that is no fault of the file.
        sink.source().problems = crate::ledger::Problems::default();
        table.skip_record(sink);
        joined(&table.columns, &first)
    } else {
        table.columns.clone()
    };
    let duration = names.iter().position(|name| name == "duration");
    let mut writer = RowWriter::new(names.iter().map(|name| target(name)).collect());
    writer.write_each(&mut table, sink, |record, row, sink| {
        if let Some(at) = duration {
            let value =
                seconds_of(record.text(at)).map_or_else(|| record.value(at), ValueRef::Number);
            sink.set_attribute(row, "duration", value);
        }
    });
    Ok(())
}

/// Seconds of a pandas time delta, as `0 days 00:00:00.011788`.
fn seconds_of(text: &str) -> Option<f64> {
    let (days, clock) = text.split_once(" days ")?;
    let mut parts = clock
        .trim_start_matches('+')
        .split(':')
        .map(str::parse::<f64>);
    let (hours, minutes, seconds) = (
        parts.next()?.ok()?,
        parts.next()?.ok()?,
        parts.next()?.ok()?,
    );
    Some(days.parse::<f64>().ok()? * 86_400.0 + hours * 3600.0 + minutes * 60.0 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_seconds() {
        assert_eq!(seconds_of("1 days 00:01:00.500000"), Some(86_460.5));
        assert_eq!(seconds_of("soon"), None);
    }
}
