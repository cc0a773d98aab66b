//! Any JSON or JSON Lines with runs in it: an array of objects, an object a line, an object whose
//! largest member holds them (`{"runs": […]}`, `{"<id>": {…}, …}`), or columns (`{"lr": [0.1, …]}`,
//! `{"lr": {"0": 0.1}}` as pandas writes). Nested objects become `a.b`. Records may be the steps of runs, too.

use super::head::begins_as_json;
use super::json_curves;
use super::json_layout::{HOLDERS, RUN_HOLDERS, Shape, by_id, records_in, renamed, shape, upright};
use super::json_steps::Steps;
use super::roles::{SAMPLE, guess};
use super::rows::{Guess, RowWriter, Target};
use super::training_folders::FINAL_METRICS;
use super::{
    Claim, Dropped, Format, Head, NotThisFormat, json_text, optuna_table, toml, training_log,
    unreadable, yaml,
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

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    let is_json = head.table.is_none() && begins_as_json(&head.text);
    // What is larger than its head is judged when it is read.
    let is_known = head.is_whole && !head.json.is_empty();
    if let Some(records) = of_settings(dropped.file(place)) {
        return Claim::alone(place, are_measured(&records));
    }
    let is_ours = is_json && unreadable::reason(head).is_none();
    if !is_ours || is_known && !holds_runs(head.name(), &head.json) {
        return Claim::none();
    }
    Claim::of(twice_in_mmengine(place, dropped).unwrap_or_else(|| vec![place]))
}

/// `MMEngine` writes what it logs twice, beside one another: `20240101_120000/vis_data/scalars.json`, which is read, and a file that is
/// called as the folder of the run.
fn twice_in_mmengine(place: usize, dropped: &Dropped<'_>) -> Option<Vec<usize>> {
    let (folder, _) = dropped.file(place).path().rsplit_once("/vis_data/")?;
    let find = |wanted: &str| {
        dropped
            .beside(place)
            .chain([place])
            .find(|at| dropped.name(*at) == wanted)
    };
    let copy = find(&format!("{}.json", file_name(folder)))?;
    let both = vec![find("scalars.json")?, copy];
    both.contains(&place).then_some(both)
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
    if is_of_optuna(&inner) {
        return true;
    }
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

/// Whether records are trials as pandas and Optuna's command write the table of a study, or its best one.
fn is_of_optuna(records: &[Json]) -> bool {
    let first = records.first().and_then(Json::as_object);
    let has = |name: &str| first.is_some_and(|first| first.contains_key(name));
    has("number") && has("state") && (has("datetime_start") || has("params"))
}

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
        // FLAML's log tells again and again which of its records is the best so far.
        if object.len() == 1 && object.contains_key("curr_best_record_id") {
            return None;
        }
        let with_names = renamed(object);
        let object = with_names.as_ref().unwrap_or(object);
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

/// A file of YAML or TOML that is larger is not looked at.
const SETTINGS_BYTES: usize = 4 << 20;

/// The records of a file of YAML or TOML, as those of JSON; nothing where it is none.
fn of_settings(file: &dyn File) -> Option<Vec<Json>> {
    let (_, ending) = file.path().rsplit_once('.')?;
    let parse: fn(&str) -> Option<Vec<Json>> = match ending.to_ascii_lowercase().as_str() {
        "yaml" | "yml" => |text| Some(yaml::documents(text).ok()?.0),
        "toml" => |text| Some(vec![toml::parse(text).ok()?]),
        _ => return None,
    };
    let whole = |most: usize| {
        let head = text::head_up_to(file, most).ok();
        head.filter(|(_, is_whole)| *is_whole)
    };
    let (bytes, _) = whole(text::HEAD_BYTES).or_else(|| whole(SETTINGS_BYTES))?;
    let mut records = parse(&String::from_utf8_lossy(&bytes))?;
    // A run a document, or a list of runs.
    match records.as_mut_slice() {
        [Json::Array(inner)] => Some(std::mem::take(inner)),
        _ => Some(records),
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
        if is_of_optuna(records) {
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
    // A file that is one run is called as that, where nothing in it says how.
    let is_bare = |record: &Json| {
        let known = |name: &String| {
            let (target, _) = super::roles::guess_one(name, &[]);
            matches!(target, Target::Id | Target::Attribute(attribute::NAME))
        };
        let mut names = record.as_object().into_iter().flat_map(Map::keys);
        !names.any(known)
    };
    let name = may_be_steps && matches!(shape, Shape::One) && sample.iter().all(is_bare);
    let name = name.then(|| training_log::run_name(file.path()));
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
    if matches!(shape, Shape::ById | Shape::HeldById(_)) {
        for (id, member) in by_id(&shape, first).into_iter().flatten() {
            if let Some(row) = written.write(member, id, sink) {
                sink.source().has_ids = true;
                sink.set_attribute(row, attribute::ID, ValueRef::Text(id));
            }
        }
        return Ok(());
    }
    let mut each = |record: &Json, place: &str, sink: &mut RunSink<'_>| {
        let row = written.write(record, place, sink);
        if let (Some(row), Some(name)) = (row, name) {
            sink.set_attribute(row, attribute::NAME, ValueRef::Text(name));
        }
    };
    each_in(file, &shape, &inner, sink, on_bytes, &mut each);
    Ok(())
}

/// What is done with a record, told with its place.
type Take<'f> = &'f mut dyn FnMut(&Json, &str, &mut RunSink<'_>);

/// Calls `take` for each record of a file of this shape; `inner` are those of its first values.
fn each_in(
    file: &dyn File,
    shape: &Shape,
    inner: &[Json],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
    take: Take<'_>,
) {
    match shape {
        Shape::Records | Shape::One => json_text::for_each(file, sink, on_bytes, take),
        Shape::Under(name) => {
            json_text::for_each_under(file, name, sink, on_bytes, take);
        }
        _ => {
            for (number, record) in inner.iter().enumerate() {
                take(record, &format!("row {number}"), sink);
            }
        }
    }
}

/// Calls `take` for each record of a file, in whichever way they are laid out.
pub(super) fn each_record(
    file: &dyn File,
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
    take: Take<'_>,
) -> Result<(), NotThisFormat> {
    let head = Head::of(file, text::HEAD_BYTES);
    let mut sample = head.json;
    if sample.len() < 2 && !head.is_whole {
        sample = json_text::first_values_of(file, LARGE_SAMPLE);
    }
    if sample.is_empty() {
        return Err(NotThisFormat);
    }
    let shape = shape(&sample);
    let inner = records_in(&shape, &sample);
    each_in(file, &shape, &inner, sink, on_bytes, take);
    Ok(())
}

/// Whether the records in a file's first values have names that are `ours`, in any of the ways of pandas' `to_json`: records,
/// columns, rows by number, below `data`, or beside the names of columns.
pub(super) fn records_have(json: &[Json], ours: &dyn Fn(&[&str]) -> bool) -> bool {
    let Some(first) = json.first().and_then(Json::as_object) else {
        return false;
    };
    let are_ours = |record: &Map<String, Json>| {
        let names: Vec<&str> = record.keys().map(String::as_str).collect();
        ours(&names)
    };
    let names = first.get("columns").and_then(Json::as_array);
    let names: Vec<&str> = names
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .collect();
    let inner = || first.values().find_map(Json::as_object);
    let under = || first.get("data")?.get(0)?.as_object();
    are_ours(first)
        || ours(&names)
        || inner().is_some_and(are_ours)
        || under().is_some_and(are_ours)
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
