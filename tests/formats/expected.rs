//! Holds what was read of a fixture against what its tracker says.

use crate::drop::{files, id_of, read};
use runsift::ledger::{Ledger, Role, ValueRef, attribute, parse_number};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Separators in names are the same.
fn key(name: &str) -> String {
    let parts: Vec<&str> = name
        .split(['.', '/', '_', ' ', '-'])
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(".")
}

fn flatten(path: &str, value: &Json, found: &mut BTreeMap<String, Json>) {
    let join = |part: &str| {
        if path.is_empty() {
            part.to_owned()
        } else {
            format!("{path}.{part}")
        }
    };
    match value {
        Json::Object(inner) => inner
            .iter()
            .for_each(|(name, value)| flatten(&join(name), value, found)),
        Json::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(at, item)| flatten(&join(&at.to_string()), item, found));
        }
        leaf => {
            found.insert(key(path), leaf.clone());
        }
    }
}

/// Whether a value is what is expected: numbers to nine digits, and the text of a number is the number.
fn is_same(value: ValueRef<'_>, want: &Json) -> bool {
    let want_number = want
        .as_f64()
        .or_else(|| want.as_str().and_then(parse_number));
    match (value, want_number) {
        (ValueRef::Missing, _) => want.is_null() || matches!(want.as_str(), Some("" | "None")),
        (ValueRef::Number(x), Some(y)) => {
            (x.is_nan() && y.is_nan())
                || x.total_cmp(&y).is_eq()
                || (x - y).abs() <= 1e-9 * x.abs().max(y.abs())
        }
        (ValueRef::Bool(b), _) => {
            want.as_bool() == Some(b)
                || want
                    .as_str()
                    .is_some_and(|text| text.eq_ignore_ascii_case(&b.to_string()))
        }
        (other, _) => {
            want.as_str()
                .map_or_else(|| want.to_string(), str::to_owned)
                .trim()
                == other.to_string().trim()
        }
    }
}

fn values_of(ledger: &Ledger, role: Role) -> BTreeMap<String, &runsift::ledger::Column> {
    ledger
        .columns()
        .iter()
        .filter(|column| column.role() == role)
        .map(|column| (key(column.name()), column))
        .collect()
}

/// Reads a folder of `tests/fixtures/formats` and compares.
pub fn check(name: &str, format: &str) -> Ledger {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/formats")
        .join(name);
    let mut contents: Vec<(String, Vec<u8>)> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_name() != "expected.json")
        .map(|entry| {
            (
                format!("{name}/{}", entry.file_name().to_string_lossy()),
                fs::read(entry.path()).unwrap(),
            )
        })
        .collect();
    contents.sort();
    let list: Vec<(&str, &[u8])> = contents
        .iter()
        .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
        .collect();
    let (plan, ledger) = read(&files(&list));
    assert_eq!(plan.unread, [], "{name}: every file is read");
    assert!(
        plan.units.iter().any(|unit| unit.format == format),
        "{name}: {:?}",
        plan.units
    );
    assert_eq!(ledger.problem_count(), 0, "{name}: {:?}", ledger.sources());
    let expected: Json =
        serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let runs = expected["runs"].as_array().unwrap();
    assert_eq!(ledger.rows(), runs.len(), "{name}: as many runs");
    let (params, metrics) = (
        values_of(&ledger, Role::Param),
        values_of(&ledger, Role::Metric),
    );
    for (at, run) in runs.iter().enumerate() {
        let id = run["id"]
            .as_str()
            .map_or_else(|| run["id"].to_string(), str::to_owned);
        // Runs without an id are in the order of the file.
        let row = (0..ledger.rows())
            .find(|row| id_of(&ledger, *row) == id)
            .unwrap_or(at);
        if let Some(status) = run["status"].as_str() {
            let status = runsift::ledger::Status::from_word(status).word();
            let column = ledger.attribute(attribute::STATUS).unwrap();
            assert_eq!(
                column.get(row).text(),
                Some(status),
                "{name}: status of {id}"
            );
        }
        let mut want = BTreeMap::new();
        flatten("", &run["params"], &mut want);
        for (param, value) in want {
            // A list in a cell of text stays the text that it is.
            let is_inside_text = params.iter().any(|(name, column)| {
                param
                    .strip_prefix(name.as_str())
                    .is_some_and(|rest| rest.starts_with('.'))
                    && column
                        .get(row)
                        .text()
                        .is_some_and(|text| text.starts_with(['[', '{']))
            });
            if is_inside_text {
                continue;
            }
            let have = params
                .get(&param)
                .map_or(ValueRef::Missing, |column| column.get(row));
            assert!(
                is_same(have, &value),
                "{name}: {id}: param {param} is {have:?} and not {value}"
            );
        }
        for (metric, value) in run["metrics"].as_object().unwrap() {
            let column = metrics
                .get(&key(metric))
                .unwrap_or_else(|| panic!("{name}: {id}: no metric {metric}"));
            let Some(summary) = column.summary(row) else {
                // A flag or a text has only a last value.
                assert!(
                    is_same(column.get(row), &value["last"]),
                    "{name}: {id}: {metric} is {:?}",
                    column.get(row)
                );
                continue;
            };
            let number = |x: Option<f64>| x.map_or(ValueRef::Missing, ValueRef::Number);
            let have = [
                ("last", ValueRef::Number(summary.last)),
                ("min", number(summary.min)),
                ("max", number(summary.max)),
                ("n", ValueRef::Number(summary.count as f64)),
            ];
            for (part, have) in have {
                let same = value.get(part).is_none_or(|want| is_same(have, want));
                assert!(same, "{name}: {id}: {metric} {part} is {have:?} in {value}");
            }
        }
    }
    ledger
}
