//! MLflow's file store (`mlruns/`) of 1.x to 3.x: a folder an experiment, in it a folder a run.
//!
//! A run's folder has `meta.yaml`, a file a param (`params/KEY`, the whole file is the value), a file a
//! metric (`metrics/KEY`, a line a point: milliseconds, value, step) and a file a tag (`tags/KEY`); `/` in
//! a key is a folder. Artifacts, traces and the model registry are no runs, nor are the models of 3.x: they are told as
//! a tag of the run that has logged them, whose metrics have their points too. Runs that
//! MLflow shows as deleted are left out and counted.

use super::rows::millis_of;
use super::run_folders::{relative, text_of};
use super::{Claim, Dropped, Format, NotThisFormat, json_text, yaml};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute, parse_number};
use crate::source::{self, File, grown};
use serde_json::Value as Json;
use std::io::Read as _;

pub(super) const FORMAT: Format = Format {
    name: "mlflow-files",
    title: "MLflow file store (mlruns)",
    claim,
    read,
};

/// How many runs are read at once.
const RUNS_OF_A_PIECE: usize = 200;

/// How much of a param's or tag's file is its value.
const VALUE_BYTES: u64 = 1 << 20;

/// How large a metric's file may be.
const METRIC_BYTES: u64 = 1 << 30;

/// A tag that holds the metadata of every logged model: long, and of no use in a table.
pub(super) const MODEL_HISTORY: &str = "mlflow.log-model.history";

/// The tag of a run that says which models it has logged, each with its params.
pub(super) const MODELS: &str = "logged_models";

/// After how many bytes of the models of a run further ones are not told.
const MODELS_BYTES: usize = 2000;

/// Any run's or experiment's `meta.yaml` shows the whole store.
fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    if dropped.name(place) != "meta.yaml" {
        return Claim::none();
    }
    let folder = dropped.folder(place);
    let of_experiment = |experiment: &str, meta: usize| {
        if experiment.is_empty() {
            // What lies in its folder was dropped without it.
            Claim::pieces(pieces_of_runs("", Some(meta), dropped))
        } else {
            claim_experiments(parent(experiment), dropped)
        }
    };
    match Kind::of(&dropped.head(place).text) {
        Some(Kind::Experiment) => of_experiment(folder, place),
        Some(Kind::Run) if folder.is_empty() => {
            let files = dropped.within("").iter().copied();
            let is_of_run = |at: &usize| {
                let (part, _) = dropped.path(*at).split_once('/').unwrap_or_default();
                PARTS_OF_RUN.contains(&part)
            };
            let files = files.filter(is_of_run);
            Claim::of([place].into_iter().chain(files).collect())
        }
        Some(Kind::Run) => {
            let experiment = parent(folder);
            let meta = dropped.at(&join(experiment, "meta.yaml"));
            let is_experiment =
                |at: &usize| Kind::of(&dropped.head(*at).text) == Some(Kind::Experiment);
            match meta.filter(is_experiment) {
                Some(meta) => of_experiment(experiment, meta),
                // Runs without their experiment: those beside one another belong together.
                None => Claim::pieces(pieces_of_runs(experiment, None, dropped)),
            }
        }
        None => Claim::none(),
    }
}

/// The folders in that of an experiment which are no runs.
const PARTS_OF_EXPERIMENT: [&str; 4] = ["datasets", "models", "tags", "traces"];

/// The folders in that of a run.
const PARTS_OF_RUN: [&str; 6] = [
    "artifacts",
    "inputs",
    "metrics",
    "outputs",
    "params",
    "tags",
];

/// What a `meta.yaml` is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Experiment,
    Run,
}

impl Kind {
    fn of(text: &str) -> Option<Self> {
        let has = |key: &str| {
            text.lines().any(|line| {
                line.strip_prefix(key)
                    .is_some_and(|rest| rest.starts_with(':'))
            })
        };
        // A logged model names its experiment too.
        if !has("experiment_id") || has("model_id") {
            None
        } else if has("run_id") || has("run_uuid") {
            Some(Self::Run)
        } else if has("artifact_location") || has("lifecycle_stage") {
            Some(Self::Experiment)
        } else {
            None
        }
    }
}

/// All experiments in a folder, and what else MLflow keeps there.
fn claim_experiments(root: &str, dropped: &Dropped<'_>) -> Claim {
    let mut pieces = Vec::new();
    for folder in [root.to_owned(), join(root, ".trash")] {
        for child in child_folders(&folder, dropped) {
            let meta = dropped.at(&join(&child, "meta.yaml"));
            let kind = meta.and_then(|at| Kind::of(&dropped.head(at).text));
            if kind == Some(Kind::Experiment) {
                pieces.extend(pieces_of_runs(&child, meta, dropped));
            }
        }
    }
    // The experiment that MLflow makes by itself mostly has no runs: beside others it is nothing to tell of.
    let (alone, mut pieces): (Vec<_>, Vec<_>) =
        pieces.into_iter().partition(|piece| piece.len() == 1);
    match pieces.last_mut() {
        Some(last) => last.extend(alone.into_iter().flatten()),
        None => pieces = alone,
    }
    // The model registry holds no runs.
    let models = dropped.within(&join(root, "models")).to_vec();
    if !root.is_empty() && !models.is_empty() {
        pieces.push(models);
    }
    Claim::pieces(pieces)
}

/// The files of an experiment's folder by runs, some hundred of them in a piece. All pieces have the
/// experiment's `meta.yaml`.
fn pieces_of_runs(experiment: &str, meta: Option<usize>, dropped: &Dropped<'_>) -> Vec<Vec<usize>> {
    let mut runs: Vec<Vec<usize>> = Vec::new();
    let mut places: order::Map<&str, usize> = order::Map::new();
    let mut current = None;
    for at in dropped.within(experiment) {
        if Some(*at) == meta {
            continue;
        }
        let rest = relative(dropped.path(*at), experiment);
        let (run, _) = rest.split_once('/').unwrap_or(("", rest));
        // Without the experiment's own folder or file only folders that are runs are taken.
        let is_part = experiment.is_empty() && PARTS_OF_EXPERIMENT.contains(&run);
        if (meta.is_none() || experiment.is_empty() && !is_part)
            && dropped
                .at(&format!("{}/meta.yaml", join(experiment, run)))
                .is_none()
        {
            continue;
        }
        let model = rest.strip_prefix("models/");
        let model = model.and_then(|rest| rest.split_once('/'));
        let part = model.map_or(run, |(model, _)| model);
        let place = match current {
            Some((known, place)) if known == part => place,
            _ => {
                // A model goes with the run that has logged it.
                let logged_by = || {
                    let (model, _) = model?;
                    let meta = format!("{}/{model}/meta.yaml", join(experiment, "models"));
                    source_run(&dropped.head(dropped.at(&meta)?).text)
                };
                let next = runs.len();
                let place = *places.or_insert_with(logged_by().unwrap_or(run), || next);
                if place == next {
                    runs.push(Vec::new());
                }
                place
            }
        };
        current = Some((part, place));
        runs[place].push(*at);
    }
    // As they lie in an archive: going to and fro in one takes longer than reading it.
    order::by_key(&mut runs, |run| run.iter().min().copied());
    if runs.is_empty() {
        // An experiment without runs is one all the same.
        runs.push(Vec::new());
    }
    runs.chunks(RUNS_OF_A_PIECE)
        .map(|piece| {
            meta.into_iter()
                .chain(piece.iter().flatten().copied())
                .collect()
        })
        .collect()
}

/// The run that has logged a model, by its `meta.yaml`.
fn source_run(meta: &str) -> Option<&str> {
    let mut lines = meta.lines();
    let run = lines.find_map(|line| line.strip_prefix("source_run_id:"))?;
    Some(run.trim().trim_matches(['\'', '"'])).filter(|run| !run.is_empty() && *run != "null")
}

fn child_folders(folder: &str, dropped: &Dropped<'_>) -> order::Set<String> {
    let mut found = order::Set::new();
    for at in dropped.within(folder) {
        let rest = relative(dropped.path(*at), folder);
        if let Some((child, _)) = rest.split_once('/') {
            let child = join(folder, child);
            found.insert(child);
        }
    }
    found
}

fn parent(folder: &str) -> &str {
    folder.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the registry's signature")]
fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let mut reader = Reader::default();
    let mut bytes = 0;
    for file in files {
        reader.file(*file, sink);
        bytes += file.len_bytes();
        on_bytes(bytes);
    }
    reader.end_run(sink);
    tell_deleted(reader.deleted, sink);
    Ok(())
}

/// Takes files in the order of their paths, in which a run's `meta.yaml` comes before what is read of it.
#[derive(Default)]
struct Reader {
    experiment: Option<String>,
    /// The experiment's folder, where that is known.
    folder: Option<String>,
    /// Whether the experiment is deleted: older versions leave its runs as they were.
    is_deleted: bool,
    /// The folder of the present run, and its row; none where it is deleted.
    run: Option<(String, Option<usize>)>,
    /// The models that the run has logged, and the folder of the present one.
    models: String,
    model: Option<String>,
    deleted: usize,
}

impl Reader {
    fn file(&mut self, file: &dyn File, sink: &mut RunSink<'_>) {
        let path = file.path();
        let folder = parent(path);
        let inside = self.run.as_ref().and_then(|(run, row)| {
            let rest = path.strip_prefix(run.as_str())?;
            Some((
                rest.strip_prefix('/').or(run.is_empty().then_some(rest))?,
                *row,
            ))
        });
        match inside {
            Some((rest, Some(row))) => {
                if let Some((kind, key)) = rest.split_once('/') {
                    Self::entry(file, kind, key, row, sink);
                }
            }
            Some((_, None)) => {}
            None if source::file_name(path) == "meta.yaml" => {
                if let Some(text) = text_of(file, VALUE_BYTES, sink) {
                    match Kind::of(&text) {
                        Some(Kind::Run) => self.begin_run(folder, path, &text, sink),
                        Some(Kind::Experiment) => {
                            let meta = meta(&text, path, sink);
                            let text_of = |key: &str| meta.get(key).and_then(Json::as_str);
                            self.end_run(sink);
                            self.experiment = text_of("name").map(str::to_owned);
                            self.folder = Some(folder.to_owned());
                            self.is_deleted = text_of("lifecycle_stage") == Some("deleted")
                                || path.split('/').any(|part| part == ".trash");
                        }
                        None => self.begin_model(folder, &text, sink),
                    }
                }
            }
            None if self.param_of_model(file, sink).is_some() => {}
            None if !self.is_deleted => self.without_meta(file, sink),
            None => {}
        }
    }

    /// Of a model's `meta.yaml`, which comes after its run.
    fn begin_model(&mut self, folder: &str, text: &str, sink: &mut RunSink<'_>) {
        let run = self.run.as_ref().map(|(run, _)| source::file_name(run));
        self.model =
            (source_run(text).is_some() && source_run(text) == run).then(|| folder.to_owned());
        if self.model.is_some() {
            let meta = meta(text, folder, sink);
            let name = meta.get("name").and_then(Json::as_str);
            add_model(&mut self.models, name.unwrap_or_default());
        }
    }

    /// A param of the present model, where the file is one.
    fn param_of_model(&mut self, file: &dyn File, sink: &mut RunSink<'_>) -> Option<()> {
        let folder = self.model.as_deref()?;
        let key = relative(file.path(), folder).strip_prefix("params/")?;
        let text = text_of(file, VALUE_BYTES, sink)?;
        add_model_param(&mut self.models, key, &text);
        Some(())
    }

    /// What is known of a run when another begins.
    fn end_run(&mut self, sink: &mut RunSink<'_>) {
        let models = std::mem::take(&mut self.models);
        if let Some((_, Some(row))) = self.run.take().filter(|_| !models.is_empty()) {
            sink.set_named(row, Role::Tag, MODELS, ValueRef::Text(&models));
        }
    }

    /// A param or metric in a folder that has no `meta.yaml`, or one that says nothing: a copy may stop before it.
    fn without_meta(&mut self, file: &dyn File, sink: &mut RunSink<'_>) {
        let Some(experiment) = &self.folder else {
            return;
        };
        let mut parts = relative(file.path(), experiment).splitn(3, '/');
        if let (Some(run), Some(kind @ ("metrics" | "params")), Some(key)) =
            (parts.next(), parts.next(), parts.next())
            && !PARTS_OF_EXPERIMENT.contains(&run)
        {
            let folder = join(experiment, run);
            let what = "no meta.yaml says what run it is of";
            let effect = "read as the run that its folder is called";
            sink.problem_in("mlflow/meta", file.path(), "", what, effect);
            let row = sink.run(run);
            self.run = Some((folder, Some(row)));
            Self::entry(file, kind, key, row, sink);
        }
    }

    fn begin_run(&mut self, folder: &str, path: &str, text: &str, sink: &mut RunSink<'_>) {
        self.end_run(sink);
        let meta = meta(text, path, sink);
        let text_of = |key: &str| {
            meta.get(key)
                .and_then(Json::as_str)
                .filter(|text| !text.is_empty())
        };
        if self.is_deleted || text_of("lifecycle_stage") == Some("deleted") {
            self.deleted += 1;
            self.run = Some((folder.to_owned(), None));
            return;
        }
        let id = text_of("run_id")
            .or_else(|| text_of("run_uuid"))
            .unwrap_or_else(|| source::file_name(folder));
        let row = sink.run(id);
        self.run = Some((folder.to_owned(), Some(row)));
        // Before 1.0 it was called so.
        if let Some(name) = text_of("run_name").or_else(|| text_of("name")) {
            sink.set_attribute(row, attribute::NAME, ValueRef::Text(name));
        }
        sink.set_status(row, status_of(meta.get("status")));
        for (key, name) in [
            ("start_time", attribute::START),
            ("end_time", attribute::END),
        ] {
            if let Some(millis) = meta.get(key).and_then(json_text::millis) {
                sink.set_attribute(row, name, ValueRef::Time(millis));
            }
        }
        if let Some(experiment) = &self.experiment {
            sink.set_named(row, Role::Tag, "experiment", ValueRef::Text(experiment));
        }
        if let Some(user) = text_of("user_id") {
            sink.set_named(row, Role::Tag, "user_id", ValueRef::Text(user));
        }
    }

    /// A file of a run: a param, a tag or a metric.
    fn entry(file: &dyn File, kind: &str, key: &str, row: usize, sink: &mut RunSink<'_>) {
        match kind {
            "params" => {
                if let Some(text) = text_of(file, VALUE_BYTES, sink) {
                    sink.set_named(row, Role::Param, key, ValueRef::parse(&text));
                }
            }
            "tags" if key != MODEL_HISTORY => {
                if let Some(text) = text_of(file, VALUE_BYTES, sink) {
                    set_tag(row, key, &text, sink);
                }
            }
            "metrics" => metric(file, key, row, sink),
            _ => {}
        }
    }
}

/// The points of a metric. MLflow's latest value is the greatest by step, time and value, wherever it
/// stands in the file. One that has grown is read on.
fn metric(file: &dyn File, key: &str, row: usize, sink: &mut RunSink<'_>) {
    let files = [file];
    let (mut metric, mut marks) = grown::resume::<Metric>(&files);
    let from = marks.from();
    let text = if from == 0 {
        text_of(file, METRIC_BYTES, sink)
    } else {
        text_after(file, from, sink)
    };
    let text = match text {
        Some(text) => text,
        None if from == 0 => return,
        None => String::new(),
    };
    let whole = text.rfind('\n').map_or(0, |at| at + 1);
    metric.add(&text[..whole]);
    // A last line without an end may be half of one: it is read for this time.
    let cut = text.get(whole..).filter(|cut| !cut.is_empty());
    let mut with_cut = cut.map(|cut| {
        let mut all = metric.clone();
        all.add(cut);
        all
    });
    let said = with_cut.as_mut().unwrap_or(&mut metric);
    for line in &said.broken {
        sink.problem_in(
            "mlflow/metric-line",
            file.path(),
            &format!("line {line}"),
            "it is not a time, a value and a step",
            "line skipped",
        );
    }
    put_points(&mut said.points, key, row, sink);
    // What was packed is not read on.
    let is_plain = from + text.len() as u64 == file.len_bytes();
    if is_plain || from > 0 && text.is_empty() {
        marks.reach(file, from + whole as u64);
        let bytes = 24 * metric.points.capacity() + 8 * metric.broken.capacity();
        marks.keep(&files, metric, bytes);
    }
}

/// The text of a file from a place on.
fn text_after(file: &dyn File, place: u64, sink: &mut RunSink<'_>) -> Option<String> {
    let mut bytes = Vec::new();
    let read = grown::open_from(file, place).and_then(|mut reader| reader.read_to_end(&mut bytes));
    if let Err(error) = read {
        let (what, effect) = (error.to_string(), "what came before is kept");
        sink.problem_in("source/cannot-read", file.path(), "", &what, effect);
        return None;
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// What the file of a metric says.
#[derive(Clone, Default)]
struct Metric {
    points: Vec<Logged>,
    has_steps: bool,
    lines: usize,
    /// The numbers of those that are no points.
    broken: Vec<usize>,
}

impl Metric {
    fn add(&mut self, text: &str) {
        for line in text.lines() {
            self.lines += 1;
            if line.trim().is_empty() {
                continue;
            }
            let mut fields = line.split_ascii_whitespace();
            let time = fields.next().and_then(|field| field.parse::<i64>().ok());
            let value = fields.next().and_then(parse_number);
            // The oldest stores have no step, and their times are seconds.
            let step = fields.next();
            let millis = time.map(|time| match step {
                None => millis_of(ValueRef::Number(time as f64)).unwrap_or(time),
                Some(_) => time,
            });
            // Below lines with a step one without was cut.
            self.has_steps |= step.is_some();
            let step = step.map_or((!self.has_steps).then_some(0.0), parse_number);
            if let (Some(millis), Some(value), Some(step)) = (millis, value, step) {
                self.points.push((step, millis, value));
            } else {
                self.broken.push(self.lines);
            }
        }
    }
}

/// A logged point: its step, Unix milliseconds, and value.
pub(super) type Logged = (f64, i64, f64);

/// Writes the points of a metric so that MLflow's latest, the greatest by step, time and value, comes last.
pub(super) fn put_points(points: &mut [Logged], key: &str, row: usize, sink: &mut RunSink<'_>) {
    order::by(points, |a, b| {
        let by_step_and_time = a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        by_step_and_time.then(a.2.total_cmp(&b.2))
    });
    let column = sink.column(Role::Metric, key);
    for (step, millis, value) in points {
        sink.point(row, column, *step, *millis, *value);
    }
}

/// Sets a tag of a run, and the attributes that MLflow keeps in tags.
pub(super) fn set_tag(row: usize, key: &str, text: &str, sink: &mut RunSink<'_>) {
    if key == MODEL_HISTORY {
        return;
    }
    let value = ValueRef::Text(text);
    sink.set_named(row, Role::Tag, key, value);
    match key {
        "mlflow.runName" => sink.set_attribute(row, attribute::NAME, value),
        "mlflow.parentRunId" => sink.set_attribute(row, attribute::PARENT, value),
        _ => {}
    }
}

/// Adds a model to those of a run.
pub(super) fn add_model(models: &mut String, name: &str) {
    if models.len() < MODELS_BYTES {
        if !models.is_empty() {
            models.push_str("; ");
        }
        models.push_str(name);
    }
}

/// Adds a param to the last model of a run.
pub(super) fn add_model_param(models: &mut String, key: &str, text: &str) {
    if models.len() < MODELS_BYTES {
        for part in [" ", key, "=", text] {
            models.push_str(part);
        }
    }
}

/// Tells how many runs were left out because MLflow shows them as deleted.
pub(super) fn tell_deleted(count: usize, sink: &mut RunSink<'_>) {
    if count > 0 {
        let what = format!("runs that MLflow shows as deleted: {count}");
        sink.problem("mlflow/deleted", "", &what, "left out, as in MLflow");
    }
}

/// 1 running, 2 scheduled, 3 finished, 4 failed, 5 killed, or the word; absent is running.
pub(super) fn status_of(status: Option<&Json>) -> Status {
    match status {
        None | Some(Json::Null) => Status::Running,
        Some(Json::String(word)) => Status::from_word(word),
        Some(number) => match number.as_i64() {
            Some(1) => Status::Running,
            Some(2) => Status::Scheduled,
            Some(3) => Status::Finished,
            Some(4) => Status::Failed,
            Some(5) => Status::Killed,
            _ => Status::Unknown,
        },
    }
}

fn meta(text: &str, path: &str, sink: &mut RunSink<'_>) -> Json {
    yaml::parse(text).unwrap_or_else(|reason| {
        sink.problem_in(
            "mlflow/meta",
            path,
            "",
            &reason,
            "its run was read without it",
        );
        Json::Null
    })
}
