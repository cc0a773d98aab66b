//! Any JSON or JSON Lines with runs in it: an array of objects, an object a line, an object whose
//! largest member holds them (`{"runs": […]}`, `{"<id>": {…}, …}`), or columns (`{"lr": [0.1, …]}`,
//! `{"lr": {"0": 0.1}}` as pandas writes). Nested objects become `a.b`. Records may be the steps of runs, too.

use super::json_curves;
use super::json_steps::Steps;
use super::roles::{SAMPLE, guess};
use super::rows::{Guess, RowWriter, Target};
use super::training_folders::FINAL_METRICS;
use super::{
    Claim, Dropped, Format, Head, NotThisFormat, json_text, optuna_table, toml, unreadable, yaml,
};
use crate::ledger::{Role, RunSink, ValueRef, attribute};
use crate::source::{File, MemoryFile, file_name, text};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json};

pub(super) const FORMAT: Format = Format {
    name: "json",
    title: "JSON or JSON Lines",
    claim,
    read,
};

/// How many records larger than a head the roles are guessed from.
const LARGE_SAMPLE: usize = 20;

/// Members of an object that hold its runs, by the names that people give them.
const HOLDERS: [&str; 8] = [
    "runs",
    "trials",
    "experiments",
    "results",
    "records",
    "data",
    "rows",
    "datapoints",
];

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    let is_json = head.text.trim_start().starts_with(['{', '[']);
    // What is larger than its head is judged when it is read.
    let is_known = head.is_whole && !head.json.is_empty();
    if let Some(records) = of_settings(dropped.file(place)) {
        return Claim::alone(place, are_measured(&records));
    }
    let is_ours = is_json && unreadable::reason(head).is_none();
    Claim::alone(
        place,
        is_ours && (!is_known || holds_runs(head.name(), &head.json)),
    )
}

/// Whether records are runs, by their roles: most JSON that lies about is settings, packages, words of a language.
fn holds_runs(name: &str, records: &[Json]) -> bool {
    let turned = upright(records);
    let records = turned.as_deref().unwrap_or(records);
    let shape = shape(records);
    match &shape {
        // Several records of a kind are a table, whatever its columns are called.
        Shape::Records | Shape::Split | Shape::ListsById | Shape::HeldById(_) => return true,
        Shape::Under(holder) if RUN_HOLDERS.contains(&holder.as_str()) => return true,
        Shape::One if FINAL_METRICS.contains(&name) => return true,
        _ => {}
    }
    let inner = records_in(&shape, records);
    let guesses = guesser(&inner);
    let (mut leaves, mut numbers, mut metrics, mut named) = (0, 0, 0, 0);
    let mut names: FxHashMap<String, usize> = FxHashMap::default();
    let records = inner.iter().take(SAMPLE).filter_map(Json::as_object);
    for record in records.clone() {
        json_text::flatten(record, &mut |path, value| {
            let is_number = value.number().is_some();
            let (target, doubt) = guesses(path);
            let is_metric = is_number && matches!(target, Target::Value(Role::Metric, _));
            let is_param = matches!(target, Target::Value(Role::Param, _)) && doubt.is_none();
            leaves += 1;
            numbers += usize::from(is_number);
            metrics += usize::from(is_metric);
            named += usize::from(is_metric && doubt.is_none() || is_param);
            *names.entry(path.to_owned()).or_default() += 1;
        });
    }
    let count = records.count();
    // Of one record alone something must have been measured, and much of it must be a run's.
    if matches!(shape, Shape::One) {
        return metrics > 0 && named * 4 >= leaves;
    }
    let is_alike = names.values().any(|times| times * 2 >= count);
    is_alike && (named > 0 || numbers * 2 >= leaves)
}

/// Those of [`HOLDERS`] that hold nothing else.
const RUN_HOLDERS: [&str; 3] = ["runs", "trials", "experiments"];

/// Records with the same names going to the same columns, a run each.
pub(super) struct JsonRows {
    /// Places of paths, in the order in which they first came.
    places: FxHashMap<String, usize>,
    writer: RowWriter,
    target: Box<dyn Fn(&str) -> Guess>,
    /// Whether lists of what was measured are curves.
    has_curves: bool,
}

impl JsonRows {
    /// Rows whose columns go where `target` says.
    pub(super) fn new(target: Box<dyn Fn(&str) -> Guess>) -> Self {
        Self {
            places: FxHashMap::default(),
            writer: RowWriter::new(Vec::new()),
            target,
            has_curves: false,
        }
    }

    /// Writes a record as a run and gives its row; `None` where it is no object.
    pub(super) fn write(
        &mut self,
        record: &Json,
        place: &str,
        sink: &mut RunSink<'_>,
    ) -> Option<usize> {
        let Some(object) = record.as_object() else {
            sink.problem("json/no-object", place, "it is no object", "record skipped");
            return None;
        };
        self.writer.begin(sink);
        let row = sink.add_run();
        let mut rest = Map::new();
        let object = if self.has_curves && json_curves::has_lists(object) {
            rest.clone_from(object);
            json_curves::take(&mut rest, row, &*self.target, sink);
            &rest
        } else {
            object
        };
        json_text::flatten(object, &mut |path, value| {
            if value.is_missing() {
                return;
            }
            let known = self.places.get(path).copied();
            let at = known.unwrap_or_else(|| {
                self.places.insert(path.to_owned(), self.writer.len());
                self.writer.add((self.target)(path));
                self.writer.len() - 1
            });
            self.writer.put(row, at, value, place, sink);
        });
        Some(row)
    }
}

/// What a file's records are.
enum Shape {
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

fn shape(records: &[Json]) -> Shape {
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
fn records_in(shape: &Shape, sample: &[Json]) -> Vec<Json> {
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
fn by_id<'j>(shape: &Shape, object: &'j Json) -> Option<&'j Map<String, Json>> {
    match shape {
        Shape::HeldById(holder) => object.get(holder)?.as_object(),
        _ => object.as_object(),
    }
}

/// A file of YAML or TOML that is larger is not looked at.
const SETTINGS_BYTES: usize = 4 << 20;

/// The records of a file of YAML or TOML, as those of JSON; nothing where it is none.
fn of_settings(file: &dyn File) -> Option<Vec<Json>> {
    let (_, ending) = file.path().rsplit_once('.')?;
    let parse = match ending.to_ascii_lowercase().as_str() {
        "yaml" | "yml" => yaml::parse,
        "toml" => toml::parse,
        _ => return None,
    };
    let whole = |most: usize| {
        let head = text::head_up_to(file, most).ok();
        head.filter(|(_, is_whole)| *is_whole)
    };
    let (bytes, _) = whole(text::HEAD_BYTES).or_else(|| whole(SETTINGS_BYTES))?;
    match parse(&String::from_utf8_lossy(&bytes)).ok()? {
        Json::Array(records) => Some(records),
        object => Some(vec![object]),
    }
}

/// Whether what mostly holds settings holds several runs: each has something that only runs have.
fn are_measured(records: &[Json]) -> bool {
    let shape = shape(records);
    let inner = records_in(&shape, records);
    let is_measured = |record: &&Json| {
        let mut found = false;
        json_text::flatten(
            record.as_object().unwrap_or(&Map::new()),
            &mut |path, value| {
                let (target, doubt) = super::roles::guess_one(path, &[]);
                let is_metric = matches!(target, Target::Value(Role::Metric, _)) && doubt.is_none();
                found |= is_metric && value.number().is_some();
            },
        );
        found
    };
    let is_several = !matches!(shape, Shape::One) && inner.len() > 1;
    is_several && inner.iter().filter(is_measured).count() * 2 > inner.len()
}

/// Whether a text is JSON and nothing else by its beginning: names of columns may stand in brackets, too.
fn begins_as_json(text: &str) -> bool {
    let text = text.trim_start();
    let list = text.strip_prefix('[').map(str::trim_start);
    text.starts_with('{') || list.is_some_and(|list| list.starts_with(['{', '[', '"']))
}

/// Columns of cells by the names of their rows, as pandas writes a frame whose index are names, turned so that each row
/// is an object; nothing where the members are rows already. Which of both are columns only their names tell.
fn upright(records: &[Json]) -> Option<Vec<Json>> {
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

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let mut file = *files.first().ok_or(NotThisFormat)?;
    let rewritten;
    if let Some(records) = of_settings(file) {
        let text = match records.as_slice() {
            [only] => only.to_string(),
            _ => Json::Array(records).to_string(),
        };
        rewritten = MemoryFile::new(file.path(), text.as_bytes());
        file = &rewritten;
    }
    let rows_of = |sample: &[Json], records: &[Json]| {
        let first = records.first().and_then(Json::as_object);
        let has = |name: &str| first.is_some_and(|first| first.contains_key(name));
        // As pandas and Optuna's command write the table of a study.
        if has("number") && has("state") && (has("datetime_start") || has("params")) {
            return Some(JsonRows::new(Box::new(optuna_table::target)));
        }
        holds_runs(file_name(file.path()), sample).then(|| JsonRows {
            has_curves: true,
            ..JsonRows::new(guesser(records))
        })
    };
    read_steps_or_records(file, true, &rows_of, sink, on_bytes)
}

/// Says, from the first values of a file and the first records in them, where the values of records go; nothing where
/// they are no runs.
pub(super) type RowsOf<'f> = &'f dyn Fn(&[Json], &[Json]) -> Option<JsonRows>;

/// Reads the records of a file in whichever way they are laid out.
pub(super) fn read_records(
    file: &dyn File,
    rows_of: RowsOf<'_>,
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    read_steps_or_records(file, false, rows_of, sink, on_bytes)
}

/// As [`read_records`]; they may be steps where nothing else is known of them.
fn read_steps_or_records(
    file: &dyn File,
    may_be_steps: bool,
    rows_of: RowsOf<'_>,
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let head = Head::of(file, text::HEAD_BYTES);
    let mut sample = head.json.clone();
    if sample.len() < 2 && !head.is_whole {
        if let Some((holder, inner)) = large_holder(&head.text)
            && let Some(mut rows) = rows_of(&inner, &inner)
        {
            let mut write = |record: &Json, place: &str, sink: &mut RunSink<'_>| {
                rows.write(record, place, sink);
            };
            if json_text::for_each_under(file, holder, sink, on_bytes, &mut write) {
                return Ok(());
            }
        }
        // What is larger than a head is looked at as a whole: one value, or several of its kind.
        sample = json_text::first_values_of(file, LARGE_SAMPLE);
    }
    if let Some(turned) = upright(&sample) {
        sample = turned;
    }
    let Some(first) = sample.first() else {
        if !begins_as_json(&head.text) {
            return Err(NotThisFormat);
        }
        // Nothing in it is sound: this tells where it breaks.
        json_text::for_each(file, sink, on_bytes, &mut |_, _, _| {});
        return Ok(());
    };
    let shape = shape(&sample);
    let inner = records_in(&shape, &sample);
    let may_be_steps = may_be_steps
        && match &shape {
            Shape::Under(name) => !RUN_HOLDERS.contains(&name.as_str()),
            Shape::ById | Shape::HeldById(_) | Shape::One => false,
            Shape::Records | Shape::Columns | Shape::Split | Shape::ListsById => true,
        };
    let steps = may_be_steps.then(|| Steps::of(&inner, file.path(), sink));
    let written = steps.flatten().map(Written::Steps);
    let Some(mut written) = written.or_else(|| rows_of(&sample, &inner).map(Written::Rows)) else {
        let what = "nothing in it looks like a param or a metric of a run";
        let effect = "nothing was taken from it";
        sink.problem("json/no-runs", "", what, effect);
        return Ok(());
    };
    let mut each = |record: &Json, place: &str, sink: &mut RunSink<'_>| {
        written.write(record, place, sink);
    };
    match &shape {
        Shape::Records | Shape::One => json_text::for_each(file, sink, on_bytes, &mut each),
        Shape::Under(name) => {
            json_text::for_each_under(file, name, sink, on_bytes, &mut each);
        }
        Shape::Columns | Shape::Split | Shape::ListsById => {
            for (number, record) in inner.iter().enumerate() {
                each(record, &format!("row {number}"), sink);
            }
        }
        Shape::ById | Shape::HeldById(_) => {
            for (id, member) in by_id(&shape, first).into_iter().flatten() {
                if let Some(row) = written.write(member, id, sink) {
                    sink.source().has_ids = true;
                    sink.set_attribute(row, attribute::ID, ValueRef::Text(id));
                }
            }
        }
    }
    Ok(())
}

/// What records become.
enum Written {
    Rows(JsonRows),
    Steps(Steps),
}

impl Written {
    /// Writes a record; gives its row where it is a run.
    fn write(&mut self, record: &Json, place: &str, sink: &mut RunSink<'_>) -> Option<usize> {
        match self {
            Self::Rows(rows) => rows.write(record, place, sink),
            Self::Steps(steps) => {
                steps.write(record, place, sink);
                None
            }
        }
    }
}

/// The member that holds the records of an object larger than a head, and its first records.
fn large_holder(text: &str) -> Option<(&'static str, Vec<Json>)> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    HOLDERS.iter().find_map(|holder| {
        let (_, after) = text.split_once(&format!("\"{holder}\""))?;
        let list = after.trim_start().strip_prefix(':')?.trim_start();
        let first = json_text::first_values(list, SAMPLE);
        let is_list =
            list.starts_with('[') && !first.is_empty() && first.iter().all(Json::is_object);
        is_list.then_some((*holder, first))
    })
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
    let names: Vec<String> = list("columns")
        .map(|name| json_text::scalar(name).to_string())
        .collect();
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

/// The places of names.
pub(super) fn places_of(names: &[String]) -> FxHashMap<String, usize> {
    names.iter().cloned().zip(0..).collect()
}

/// Records as a table: the paths in them, and the cells of each record, which may have fewer.
pub(super) fn table_of(sample: &[Json]) -> (Vec<String>, Vec<Vec<String>>) {
    let mut columns: Vec<String> = Vec::new();
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    let mut cells: Vec<Vec<String>> = Vec::new();
    for record in sample.iter().take(SAMPLE).filter_map(Json::as_object) {
        let mut row = vec![String::new(); columns.len()];
        json_text::flatten(record, &mut |path, value| {
            let at = places.get(path).copied().unwrap_or_else(|| {
                places.insert(path.to_owned(), columns.len());
                columns.push(path.to_owned());
                row.push(String::new());
                columns.len() - 1
            });
            row[at] = value.to_string();
        });
        cells.push(row);
    }
    (columns, cells)
}

/// Guesses roles from a sample of records; names that the sample lacks are guessed when they come.
fn guesser(sample: &[Json]) -> Box<dyn Fn(&str) -> Guess> {
    let (columns, cells) = table_of(sample);
    let guesses = guess(&columns, &cells);
    let places = places_of(&columns);
    Box::new(move |path| {
        let (target, doubt) = places.get(path).map_or_else(
            || super::roles::guess_one(path, &[]),
            |at| guesses[*at].clone(),
        );
        // In a nested object only the top says what a run is.
        match target {
            Target::Value(..) | Target::Text(..) | Target::Skip => (target, doubt),
            _ if path.contains('.') => (Target::tag(path), None),
            _ => (target, doubt),
        }
    })
}
