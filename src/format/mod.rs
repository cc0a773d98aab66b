//! Formats: one file per tracker, each with `claim` and `read`; this module holds the registry.
//!
//! [`plan`] looks at the head of every dropped file and asks the formats, the surest first, what they
//! claim. A [`Unit`] is what a format reads at once: a file, or several that belong together. Every
//! file ends in exactly one unit, or on the list of those that nobody reads, with the reason.
//! [`read_unit`] reads one; where a format finds that a file is not its own after all, the generic
//! reader of the file's kind takes it and the receipt says so.

mod aim_table;
mod ax;
mod bohb;
mod boosting_log;
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
mod json_text;
mod keras_tuner;
mod leveldb_log;
mod long_form;
mod mlflow_files;
mod mlflow_sqlite;
mod mlflow_table;
mod neptune_offline;
mod neptune_scale;
mod nevergrad;
mod optuna;
mod optuna_journal;
mod optuna_sqlite;
mod optuna_table;
mod parquet;
mod protobuf;
mod python_repr;
mod ray_table;
mod ray_tune;
mod roles;
mod rows;
mod run_folders;
mod sacred;
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
mod wandb_log;
mod wandb_table;
pub(crate) mod yaml;

pub use dropped::{Claim, Dropped};
pub use head::Head;

use crate::ledger::RunSink;
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
    &wandb_log::FORMAT,
    &swanlab::FORMAT,
    &swanlab_local::FORMAT,
    &guild::FORMAT,
    &ray_tune::FORMAT,
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
    &keras_tuner::FORMAT,
    &sacred::FORMAT,
    &hydra::FORMAT,
    &tensorboard::FORMAT,
    &tensorboard_table::FORMAT,
    &optuna_table::FORMAT,
    &guild_table::FORMAT,
    &ray_table::FORMAT,
    &mlflow_table::FORMAT,
    &mlflow_table::RECORDS,
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

/// A file that no format reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadFile {
    /// Its path in the drop.
    pub path: String,
    /// Why, and what to do.
    pub reason: String,
}

/// What is done with each file of a drop.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What is read.
    pub units: Vec<Unit>,
    /// What is not.
    pub unread: Vec<UnreadFile>,
    /// About how many bytes of memory all that is read takes, guessed from the files' sizes.
    pub memory_bytes: u64,
}

impl Plan {
    /// Adds what could not be opened of archives, each with the reason.
    pub fn add_unopened(&mut self, problems: Vec<(String, String)>) {
        let unread = problems.into_iter();
        self.unread
            .extend(unread.map(|(path, reason)| UnreadFile { path, reason }));
    }
}

/// A number of eight bytes is written in about as many letters.
const MEMORY_OF_TEXT: f64 = 1.2;

/// What is compressed becomes several times as large.
const MEMORY_OF_COMPRESSED: f64 = 8.0;

/// Files below this are not looked at to guess their memory.
const GUESSED_BYTES: u64 = 1 << 20;

/// About how many bytes of memory a file takes when it is read.
fn memory_of(place: usize, dropped: &Dropped<'_>) -> u64 {
    const COMPRESSED: [&[u8]; 4] = [&[0x1f, 0x8b], b"\x28\xb5\x2f\xfd", b"PAR1", b"PK\x03\x04"];
    let bytes = dropped.file(place).len_bytes();
    let is_compressed = || {
        let start = &dropped.head(place).raw;
        COMPRESSED.iter().any(|magic| start.starts_with(magic))
    };
    let factor = if bytes >= GUESSED_BYTES && is_compressed() {
        MEMORY_OF_COMPRESSED
    } else {
        MEMORY_OF_TEXT
    };
    (bytes as f64 * factor) as u64
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

/// Decides what is done with each file.
pub fn plan(files: &Files) -> Plan {
    let mut plan = Plan::default();
    let dropped = Dropped::new(files);
    let mut taken = vec![false; files.len()];
    // By format, so that a sure one has its folders before another sees what lies in them.
    let mut units: Vec<(usize, Unit)> = Vec::new();
    for format in FORMATS {
        for place in 0..files.len() {
            if taken[place] {
                continue;
            }
            let claim = (format.claim)(place, &dropped);
            let is_divisible = claim.is_divisible();
            let mut pieces = claim.into_pieces();
            for piece in &mut pieces {
                piece.retain(|at| taken.get(*at) == Some(&false));
            }
            pieces.retain(|piece| !piece.is_empty());
            if !pieces.iter().flatten().any(|at| *at == place) {
                continue;
            }
            // The first file stands for all, whichever was met first.
            let first = dropped.head(pieces[0][0]);
            let (path, part_of) = (first.path.clone(), part_number(first));
            let met = pieces.iter().flatten().min().copied().unwrap_or(place);
            for files in pieces {
                for at in &files {
                    plan.memory_bytes += memory_of(*at, &dropped);
                    taken[*at] = true;
                }
                let unit = Unit {
                    format: format.name.to_owned(),
                    path: path.clone(),
                    files,
                    part_of,
                    span: None,
                    is_divisible,
                };
                units.push((met, unit));
            }
        }
    }
    // Stable: pieces of a source stay in their order.
    order::by_key(&mut units, |(met, _)| *met);
    plan.units = units.into_iter().map(|(_, unit)| unit).collect();
    for place in (0..files.len()).filter(|place| !taken[*place]) {
        let head = dropped.head(place);
        plan.unread.push(UnreadFile {
            path: head.path.clone(),
            reason: unreadable::reason(head).unwrap_or_else(|| unreadable::unknown(head)),
        });
    }
    plan
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
    let spans: Vec<FileSpan<'_>> = unit
        .span
        .iter()
        .zip(&files)
        .map(|(span, file)| FileSpan::new(*file, *span))
        .collect();
    let files: Vec<&dyn File> = if let Some(span) = unit.span {
        sink.source().bytes = span.len_bytes();
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
            sink.problem("format/no-runs", "", &what, "nothing was taken from it");
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

/// A number of the file's own: from its path, size and head (FNV-1a).
fn part_number(head: &Head) -> u64 {
    const PRIME: u64 = 0x0100_0000_01b3;
    let bytes = head
        .path
        .bytes()
        .chain(head.len_bytes.to_le_bytes())
        .chain(head.text.bytes().take(4096));
    bytes
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(PRIME)
        })
        .max(1)
}
