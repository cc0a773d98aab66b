//! Formats: one file per tracker, each with `claim` and `read`; this module holds the registry.
//!
//! [`plan`] looks at the head of every dropped file and asks the formats, the surest first, what they
//! claim. A [`Unit`] is what a format reads at once: a file, or several that belong together. Every
//! file ends in exactly one unit, or on the list of those that nobody reads, with the reason.
//! [`read_unit`] reads one; where a format finds that a file is not its own after all, the generic
//! reader of the file's kind takes it and the receipt says so.

mod aim_table;
mod artifacts;
mod ax;
mod bohb;
mod boosting_log;
mod catboost;
mod clearml;
mod comet_offline;
mod comet_table;
mod cometx;
mod deepcave;
mod deepcave_table;
mod delimited;
mod dropped;
mod dvc_experiments;
mod dvclive;
mod guild;
mod guild_table;
mod head;
mod hiplot;
mod hugging_face;
mod hydra;
mod hyperopt;
mod json;
mod json_curves;
mod json_layout;
mod json_lines;
mod json_steps;
mod json_text;
mod keras_tuner;
mod leveldb_log;
mod log_tail;
mod long_form;
mod mlflow_files;
mod mlflow_rest;
mod mlflow_sqlite;
mod mlflow_table;
mod neptune_offline;
mod neptune_scale;
mod nevergrad;
mod nni;
mod optuna;
mod optuna_journal;
mod optuna_sqlite;
mod optuna_table;
mod parquet;
mod planning;
mod protobuf;
mod python_repr;
mod ray_table;
mod ray_tune;
mod roles;
mod rows;
mod run_folders;
mod runsift_runs;
pub mod runsift_table;
mod sacred;
mod search_space;
mod sklearn_cv_results;
mod smac;
mod sqlite;
mod sqlite_table;
mod step_table;
mod swanlab;
mod swanlab_local;
mod syne_tune;
mod table;
mod tensorboard;
mod tensorboard_table;
mod toml;
mod trackio;
mod training_folders;
mod training_log;
mod unreadable;
mod wandb_api_table;
mod wandb_chart;
mod wandb_items;
mod wandb_log;
mod wandb_table;
pub(crate) mod yaml;

pub use artifacts::{Artifact, artifacts};
pub use dropped::{Claim, Dropped};
pub use head::Head;
pub use planning::{Plan, Planning, UnreadFile, plan};

use crate::ledger::{RunSink, folder_of_both};
use crate::source::{File, FileSpan, Files, Span, text};
use serde::{Deserialize, Serialize};

/// A file is not of this format after all; nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file is not of this format")]
pub struct NotThisFormat;

/// Reads a unit's files into the sink, and tells how many bytes it has come.
pub type Read =
    fn(&[&dyn File], &mut RunSink<'_>, &mut dyn FnMut(u64)) -> Result<(), NotThisFormat>;

/// What a format can do. A tracker's file makes one of these, and the registry lists it.
pub struct Format {
    /// Its stable word, as `wandb-table`.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What this file shows to be of the format: at least the file at `place` itself, or nothing.
    pub claim: fn(place: usize, dropped: &Dropped<'_>) -> Claim,
    /// Reads a unit's files into the sink.
    pub read: Read,
}

/// All formats, the surest first; the last two take whatever text is left.
const FORMATS: &[&Format] = &[
    &mlflow_files::FORMAT,
    &mlflow_sqlite::FORMAT,
    &optuna_sqlite::FORMAT,
    &optuna_journal::FORMAT,
    &trackio::FORMAT,
    &neptune_scale::FORMAT,
    &nni::FORMAT,
    &wandb_log::FORMAT,
    &swanlab::FORMAT,
    &swanlab_local::FORMAT,
    &guild::FORMAT,
    &ray_tune::FORMAT,
    &parquet::session::FORMAT,
    &comet_offline::FORMAT,
    &cometx::FORMAT,
    &clearml::FORMAT,
    &neptune_offline::FORMAT,
    &dvclive::FORMAT,
    &syne_tune::FORMAT,
    &smac::FORMAT,
    &bohb::FORMAT,
    &deepcave::FORMAT,
    &ax::FORMAT,
    &hugging_face::FORMAT,
    &dvc_experiments::JSON,
    &dvc_experiments::TABLE,
    &aim_table::RUNS,
    &aim_table::METRICS,
    &aim_table::RECORDS,
    &keras_tuner::FORMAT,
    &sacred::FORMAT,
    &hydra::FORMAT,
    &catboost::FORMAT,
    &tensorboard::FORMAT,
    &tensorboard_table::FORMAT,
    &runsift_runs::FORMAT,
    &runsift_table::FORMAT,
    &optuna_table::FORMAT,
    &guild_table::FORMAT,
    &ray_table::FORMAT,
    &mlflow_table::FORMAT,
    &mlflow_table::RECORDS,
    &mlflow_rest::FORMAT,
    &sklearn_cv_results::FORMAT,
    &wandb_table::FORMAT,
    &wandb_api_table::FORMAT,
    &wandb_chart::FORMAT,
    &deepcave_table::FORMAT,
    &hyperopt::TRIALS,
    &hyperopt::TABLE,
    &nevergrad::FORMAT,
    &hiplot::EXPERIMENT,
    &hiplot::TABLE,
    &comet_table::FORMAT,
    &training_folders::FORMAT,
    &long_form::FORMAT,
    &long_form::LINES,
    &step_table::FORMAT,
    &training_log::FORMAT,
    &boosting_log::FORMAT,
    &sqlite_table::FORMAT,
    &parquet::FORMAT,
    &json::FORMAT,
    &delimited::FORMAT,
];

/// What is read at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// The stable word of the format.
    pub format: String,
    /// The path that stands for it in the receipt: its first file's.
    pub path: String,
    /// Its files, by their places in the drop.
    pub files: Vec<usize>,
    /// Tells its parts from those of other units; never 0. Units of one source have the same.
    pub part_of: u64,
    /// What of its file is read; `None`: all.
    pub span: Option<Span>,
    /// Whether its one file has independent records, so that it may be read in spans.
    pub is_divisible: bool,
}

/// How large a span of a large file is, at least and at most: the header is looked at for each, and one that began at
/// a wrong guess is read again. A browser reads 16 MiB at once a fourth faster than 4.
const SPAN_BYTES: std::ops::RangeInclusive<u64> = 2 << 20..=16 << 20;

/// How many spans a file has where that makes none too small or too large: several hands are busy to the end.
const SPANS: u64 = 16;

impl Unit {
    /// Itself, or units of spans of its file where that is large.
    pub fn divided(self, files: &Files) -> Vec<Self> {
        let file = self.files.first().and_then(|at| files.get(*at));
        let Some(file) = file.filter(|file| {
            self.is_divisible
                && !file.is_packed()
                && file.len_bytes() >= 2 * SPAN_BYTES.start()
                && text::is_plain(file.as_ref())
        }) else {
            return vec![self];
        };
        let wanted = file.len_bytes() / SPANS;
        let count = file.len_bytes() / wanted.clamp(*SPAN_BYTES.start(), *SPAN_BYTES.end());
        let place = |part: u64| file.len_bytes() * part / count;
        let span = |part: u64| Span {
            from: place(part),
            to: place(part + 1),
            is_exact: part == 0,
        };
        let unit = |part| Self {
            span: Some(span(part)),
            ..self.clone()
        };
        (0..count).map(unit).collect()
    }
}

/// The stable words of all formats.
pub fn names() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|format| format.name)
}

/// The format's name for people; its stable word where there is no such format.
pub fn title_of(name: &str) -> &str {
    FORMATS
        .iter()
        .find(|format| format.name == name)
        .map_or(name, |format| format.title)
}

/// Reads a unit. Never fails as a whole: what is wrong becomes a problem of the source.
pub fn read_unit(
    unit: &Unit,
    files: &Files,
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) {
    let files: Vec<&dyn File> = unit
        .files
        .iter()
        .filter_map(|at| files.get(*at))
        .map(AsRef::as_ref)
        .collect();
    sink.begin_source(&unit.path, &unit.format, unit.part_of);
    sink.source().bytes = files.iter().map(|file| file.len_bytes()).sum();
    if unit.span.is_none() {
        let folder = &unit.path[..unit.path.rfind('/').map_or(0, |at| at + 1)];
        let within = |folder, file: &&dyn File| folder_of_both(folder, file.path());
        let folder = files.iter().fold(folder, within);
        folder.clone_into(&mut sink.source().folder);
        sink.source().files = files.len();
    }
    let spans: Vec<FileSpan<'_>> = unit
        .span
        .iter()
        .zip(&files)
        .map(|(span, file)| FileSpan::new(*file, *span))
        .collect();
    let files: Vec<&dyn File> = if let Some(span) = unit.span {
        sink.source().bytes = span.len_bytes();
        sink.begin_large();
        spans.iter().map(|file| file as &dyn File).collect()
    } else {
        files
    };
    let Some(format) = FORMATS.iter().find(|format| format.name == unit.format) else {
        return;
    };
    let runs_before = sink.rows();
    if (format.read)(&files, sink, on_bytes).is_ok() {
        // Rows of parts that were handed on are not counted, but then there are further ones.
        // A span may hold none.
        let is_empty = sink.rows() == runs_before && unit.span.is_none();
        if is_empty && sink.source().problems.count() == 0 {
            let what = format!("read as {}, it holds no runs", format.title);
            sink.problem_in(
                "format/no-runs",
                files.first().map_or(&unit.path, |file| file.path()),
                "",
                &what,
                "nothing was taken from it",
            );
        }
        return;
    }
    for generic in [&json::FORMAT, &delimited::FORMAT] {
        generic.name.clone_into(&mut sink.source().format);
        if (generic.read)(&files, sink, on_bytes).is_ok() {
            let what = format!("it looked like {} at its start but is not", format.title);
            sink.problem(
                "format/not-as-it-looked",
                "",
                &what,
                &format!("read as {}", generic.title),
            );
            return;
        }
    }
    sink.problem(
        "format/nothing-read",
        "",
        "it has no rows that can be read as runs",
        "nothing was taken from it",
    );
}
