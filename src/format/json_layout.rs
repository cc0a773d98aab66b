//! How JSON lays out its records: an array or lines, below a member, by id, by column, or one alone.

use super::{json_curves, json_text, python_repr};
use serde_json::{Map, Value as Json};

/// Members of an object that hold its runs, by the names that people give them.
pub(super) const HOLDERS: [&str; 8] = [
    "runs",
    "trials",
    "experiments",
    "results",
    "records",
    "data",
    "rows",
    "datapoints",
];

/// Those of [`HOLDERS`] that hold nothing else.
pub(super) const RUN_HOLDERS: [&str; 3] = ["runs", "trials", "experiments"];

/// What a file's records are.
pub(super) enum Shape {
    /// Each record of the file is a run.
    Records,
    /// They are the elements or members of this member.
    Under(String),
    /// The file is one object whose members are columns.
    Columns,
    /// The file is one object with the names of columns beside rows of cells, as pandas' `split` writes.
    Split,
    /// The file is one object whose members are runs, by id.
    ById,
    /// This member of it is such an object.
    HeldById(&'static str),
    /// The file is one object whose members are lists of records, by what they are of.
    ListsById,
    /// The file is one object, and that is one run.
    One,
}

pub(super) fn shape(records: &[Json]) -> Shape {
    let [Json::Object(only)] = records else {
        return Shape::Records;
    };
    let rows_of_cells = |rows: &Vec<Json>| !rows.is_empty() && rows.iter().all(Json::is_array);
    if only.get("columns").is_some_and(Json::is_array)
        && only
            .get("data")
            .and_then(Json::as_array)
            .is_some_and(rows_of_cells)
    {
        return Shape::Split;
    }
    let lengths: Vec<usize> = only
        .values()
        .filter_map(|value| column_items(value).map(|items| items.len()))
        .collect();
    // A column of objects may stand among others, as the `params` of scikit-learn.
    let has_leaves = |value: &&Json| match value {
        Json::Object(cells) => !cells.values().any(Json::is_object),
        Json::Array(cells) => !cells.iter().any(|cell| cell.is_object() || cell.is_array()),
        _ => false,
    };
    if only.len() > 1
        && lengths.len() == only.len()
        && lengths.iter().all(|len| *len == lengths[0] && *len > 0)
        && only.values().filter(has_leaves).count() * 2 > only.len()
    {
        return Shape::Columns;
    }
    let is_record_list = |value: &Json| match value {
        Json::Array(items) => !items.is_empty() && items.iter().all(Json::is_object),
        _ => false,
    };
    // A run beside whose configuration lie its steps, or the steps of its parts.
    let mut members = only.iter();
    let has_config = only
        .iter()
        .any(|(name, value)| value.is_object() && is_part(name));
    if !RUN_HOLDERS.iter().any(|holder| only.contains_key(*holder))
        && members.any(|(name, value)| {
            let is_of_run = has_config || json_curves::is_history(name) && only.len() > 1;
            json_curves::are_steps(value) && (is_of_run || is_part(name))
        })
    {
        return Shape::One;
    }
    if let Some(holder) = HOLDERS
        .iter()
        .find(|holder| only.get(**holder).is_some_and(is_record_list))
    {
        return Shape::Under((*holder).to_owned());
    }
    let has_names_of_first = |value: &Json| {
        let keys = |value: &Json| Some(value.get(0)?.as_object()?.keys().cloned().collect());
        let first: Option<Vec<String>> = only.values().next().and_then(keys);
        is_record_list(value) && keys(value) == first
    };
    if only.len() > 1 && only.values().all(has_names_of_first) {
        return Shape::ListsById;
    }
    if let Some((name, _)) = only
        .iter()
        .filter(|(_, value)| is_record_list(value))
        .max_by_key(|(_, value)| value.as_array().map_or(0, Vec::len))
    {
        return Shape::Under(name.clone());
    }
    if are_runs_by_id(only) {
        return Shape::ById;
    }
    let holds = |holder: &&str| {
        let held = only.get(*holder).and_then(Json::as_object);
        held.is_some_and(are_runs_by_id)
    };
    if let Some(holder) = RUN_HOLDERS.into_iter().find(holds) {
        return Shape::HeldById(holder);
    }
    Shape::One
}

/// The records in the first values of a file.
pub(super) fn records_in(shape: &Shape, sample: &[Json]) -> Vec<Json> {
    let mut records = records_as_they_are(shape, sample);
    for record in records.iter_mut().filter_map(Json::as_object_mut) {
        if let Some(renamed) = renamed(record) {
            *record = renamed;
        }
    }
    records
}

fn records_as_they_are(shape: &Shape, sample: &[Json]) -> Vec<Json> {
    let first = sample.first().unwrap_or(&Json::Null);
    match shape {
        Shape::Records | Shape::One => sample.to_vec(),
        Shape::Under(name) => {
            let list = first.get(name).and_then(Json::as_array);
            list.cloned().unwrap_or_default()
        }
        Shape::Columns => records_of_columns(first),
        Shape::Split => records_of_split(first),
        Shape::ListsById => records_of_lists(first),
        Shape::ById | Shape::HeldById(_) => {
            let members = by_id(shape, first).into_iter().flatten();
            members.map(|(_, member)| member.clone()).collect()
        }
    }
}

/// The runs by id that an object has.
pub(super) fn by_id<'j>(shape: &Shape, object: &'j Json) -> Option<&'j Map<String, Json>> {
    match shape {
        Shape::HeldById(holder) => object.get(holder)?.as_object(),
        _ => object.as_object(),
    }
}

/// Columns of cells by the names of their rows, as pandas writes a frame whose index are names, turned so that each row
/// is an object; nothing where the members are rows already. Which of both are columns only their names tell.
pub(super) fn upright(records: &[Json]) -> Option<Vec<Json>> {
    if let [Json::Array(rows)] = records {
        return headed(rows);
    }
    let [Json::Object(columns)] = records else {
        return None;
    };
    let first = columns.values().next()?.as_object()?;
    let mut rows: Map<String, Json> = Map::new();
    for (name, cells) in columns {
        let cells = cells
            .as_object()
            .filter(|cells| cells.len() == first.len())?;
        for (row, cell) in cells {
            let row = rows.entry(row).or_insert_with(|| Json::Object(Map::new()));
            row.as_object_mut()?.insert(name.clone(), cell.clone());
        }
    }
    let known = |object: &Map<String, Json>| {
        let guesses = object.keys().map(|name| super::roles::guess_one(name, &[]));
        guesses.filter(|(_, doubt)| doubt.is_none()).count()
    };
    let is_numbered = rows
        .keys()
        .all(|row| row.bytes().all(|b| b.is_ascii_digit()));
    let is_whole = rows.len() == first.len();
    let has_leaves = first.values().all(|cell| !cell.is_object());
    let is_turned = columns.len() > 1 && has_leaves && is_whole && !is_numbered;
    (is_turned && known(columns) > known(first)).then(|| vec![Json::Object(rows)])
}

/// Rows of cells below a row of names, as pandas' `values` and people write them, as a frame that is split.
fn headed(rows: &[Json]) -> Option<Vec<Json>> {
    let (names, body) = rows.split_first()?;
    let names = names.as_array()?;
    let is_row = |row: &Json| row.as_array().is_some_and(|row| row.len() == names.len());
    let are_names = names
        .iter()
        .all(|name| json_text::scalar(name).text().is_some());
    let is_table = are_names && names.len() > 1 && !body.is_empty() && body.iter().all(is_row);
    is_table.then(|| vec![serde_json::json!({"columns": names, "data": body})])
}

/// The name of a column of pandas' `MultiIndex`, from its levels.
fn joined(levels: &[Json]) -> String {
    let texts = levels
        .iter()
        .map(|level| json_text::scalar(level).to_string());
    let texts: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
    texts.join(".")
}

/// A record whose names were tuples; `None` where none was.
pub(super) fn renamed(record: &Map<String, Json>) -> Option<Map<String, Json>> {
    if !record.keys().any(|name| name.starts_with("('")) {
        return None;
    }
    let name_of = |name: &String| without_tuples(name).unwrap_or_else(|| name.clone());
    let members = record.iter();
    Some(
        members
            .map(|(name, value)| (name_of(name), value.clone()))
            .collect(),
    )
}

/// Names that pandas wrote as Python writes a tuple (`('params', 'lr')`), as `params.lr`.
pub(super) fn without_tuples(name: &str) -> Option<String> {
    let is_tuple = name.starts_with("('") && name.ends_with(')');
    match is_tuple.then(|| python_repr::value(name))?? {
        Json::Array(levels) => Some(joined(&levels)),
        _ => None,
    }
}

/// Whether a member's name is that of a part of one run.
fn is_part(name: &str) -> bool {
    const PARTS: [&str; 16] = [
        "params",
        "parameters",
        "config",
        "hparams",
        "hyperparameters",
        "args",
        "metrics",
        "summary",
        "results",
        "train",
        "val",
        "valid",
        "validation",
        "test",
        "eval",
        "dev",
    ];
    PARTS.contains(&name.to_lowercase().as_str())
}

/// Whether an object's members are runs: objects with names in common. Those of one run are called after its parts.
fn are_runs_by_id(object: &Map<String, Json>) -> bool {
    let members = || object.values().filter_map(Json::as_object);
    let mut names: order::Map<&str, usize> = order::Map::new();
    for name in members().flat_map(Map::keys) {
        *names.or_default(name) += 1;
    }
    object.len() > 1
        && members().count() == object.len()
        && names.values().any(|times| times * 2 > object.len())
        && !object.keys().any(|name| is_part(name))
}

/// The items of a column: an array of cells, or an object of them by row number.
fn column_items(value: &Json) -> Option<Vec<(String, &Json)>> {
    let items: Vec<(String, &Json)> = match value {
        Json::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, item)| (at.to_string(), item))
            .collect(),
        Json::Object(items)
            if items
                .keys()
                .all(|key| key.bytes().all(|b| b.is_ascii_digit())) =>
        {
            items
                .iter()
                .map(|(key, item)| (key.clone(), item))
                .collect()
        }
        _ => return None,
    };
    Some(items)
}

/// Turns columns into records.
fn records_of_columns(object: &Json) -> Vec<Json> {
    let mut records: Vec<Map<String, Json>> = Vec::new();
    for (name, value) in object.as_object().into_iter().flatten() {
        let items = column_items(value).unwrap_or_default();
        records.resize(records.len().max(items.len()), Map::new());
        for (record, (_, item)) in records.iter_mut().zip(items) {
            record.insert(name.clone(), item.clone());
        }
    }
    records.into_iter().map(Json::Object).collect()
}

/// Turns lists of records into one, each record with the name of its list.
fn records_of_lists(object: &Json) -> Vec<Json> {
    let lists = object.as_object().into_iter().flatten();
    let records = lists.flat_map(|(name, list)| {
        let items = list.as_array().into_iter().flatten();
        items.filter_map(Json::as_object).map(|record| {
            let mut record = record.clone();
            if !record.contains_key("run") {
                record.insert("run".to_owned(), Json::String(name.clone()));
            }
            Json::Object(record)
        })
    });
    records.collect()
}

/// Turns rows of cells, with the names of their columns beside them, into records.
fn records_of_split(object: &Json) -> Vec<Json> {
    let list = |name: &str| {
        object
            .get(name)
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
    };
    let name_of = |name: &Json| match name {
        Json::Array(parts) => joined(parts),
        name => json_text::scalar(name).to_string(),
    };
    let names: Vec<String> = list("columns").map(name_of).collect();
    let has_names = list("index").all(Json::is_string) && !names.iter().any(|name| name == "index");
    let mut rows = list("index").filter(|_| has_names);
    let record = |cells: &Json| {
        let cells = cells.as_array().into_iter().flatten().cloned();
        let row = rows.next().map(|row| ("index".to_owned(), row.clone()));
        Json::Object(
            row.into_iter()
                .chain(names.iter().cloned().zip(cells))
                .collect(),
        )
    };
    list("data").map(record).collect()
}
