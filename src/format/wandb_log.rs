//! W&B's runs on disk: `.wandb` transaction logs in `offline-run-*` and `run-*` folders, with the files
//! beside them.
//!
//! The log is what can be relied on; `files/config.yaml`, `wandb-summary.json` and `wandb-metadata.json` fill
//! in what it lacks, or stand alone; `requirements.txt`, `diff.patch` and Python files below `code/` are tags. Config: the last value of a key wins. History: numbers, by `_step`. A
//! run that was resumed is one run with several logs. Without an exit record it crashed or still runs: it runs where its log has
//! changed while its folder is followed.

use super::leveldb_log::{self, Settled};
use super::log_tail::log_tail;
use super::protobuf::{Field, Fields};
use super::run_folders::{put_start, put_time};
use super::wandb_items::{above_type, each_value, path_of, put_at, remove_at, value_of};
use super::{Claim, Dropped, Format, NotThisFormat, json_text, yaml};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::{self, File, file_name, grown};
use serde_json::{Map, Value as Json};
use std::rc::Rc;

pub(super) const FORMAT: Format = Format {
    name: "wandb-log",
    title: "W&B run folders",
    claim,
    read,
};

/// What a transaction log begins with.
const MAGIC: &[u8] = b":W&B";

/// Where versions before 0.10 kept the history.
const HISTORY: &str = "wandb-history.jsonl";

/// How many texts beside a log are kept, the program's files among them.
const MOST_TEXTS: usize = 20;

/// How many runs are read at once.
const RUNS_OF_A_PIECE: usize = 40;

/// How large the files beside a log may be.
const FILE_BYTES: u64 = 16 << 20;

/// All runs in the folder where this file's run lies.
fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let Some(folder) = run_folder(place, dropped) else {
        return Claim::none();
    };
    let (above, _) = folder.rsplit_once('/').unwrap_or(("", ""));
    let mut by_run: order::Map<String, Vec<usize>> = order::Map::new();
    let mut seen = order::Set::new();
    let candidates = if above.is_empty() {
        dropped.within(folder)
    } else {
        dropped.within(above)
    };
    for at in candidates {
        let Some(found) = run_folder(*at, dropped) else {
            continue;
        };
        if (found == above || parent(found) == above || found == folder) && seen.insert(found) {
            let files = dropped.within(found).iter().copied();
            let files = files.filter(|at| belongs(dropped.path(*at), found, dropped));
            by_run.or_default(run_of(*at, found, dropped)).extend(files);
        }
    }
    if !by_run.values().flatten().any(|at| *at == place) {
        return Claim::of(vec![place]);
    }
    let mut runs: Vec<Vec<usize>> = by_run.into_values().collect();
    // W&B's own logs lie beside the runs' folders, lines of JSON among them.
    let is_debug = |at: &usize| {
        let name = dropped.name(*at);
        let is_named_so = name.starts_with("debug.") || name.starts_with("debug-");
        dropped.folder(*at) == above && is_named_so && has_ending(name, "log")
    };
    let debug = dropped.within(above).iter().copied().filter(is_debug);
    if let Some(run) = runs.first_mut().filter(|_| !above.is_empty()) {
        run.extend(debug);
    }
    Claim::pieces(runs.chunks(RUNS_OF_A_PIECE).map(<[_]>::concat).collect())
}

fn parent(folder: &str) -> &str {
    folder.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// The folder in which the program ran: W&B keeps its runs in `wandb` below it.
fn ran_in(path: &str) -> Option<&str> {
    if path.starts_with("wandb/") {
        return Some(".");
    }
    path.rfind("/wandb/").and_then(|at| path.get(..at))
}

/// Whether a file in a run's folder is the run's: people keep logs among other files too.
fn belongs(path: &str, folder: &str, dropped: &Dropped<'_>) -> bool {
    let rest = path
        .strip_prefix(folder)
        .unwrap_or(path)
        .trim_start_matches('/');
    let has_summary = || {
        dropped
            .at(&format!("{folder}/wandb-summary.json"))
            .is_some()
    };
    match rest.split_once('/') {
        Some((part, _)) => matches!(part, "files" | "logs" | "tmp"),
        None => {
            has_ending(rest, "wandb")
                || rest == "wandb-summary.json"
                || matches!(rest, "config.yaml" | "wandb-metadata.json" | HISTORY) && has_summary()
        }
    }
}

/// The folder of a run that a file shows: a log's own, or the one above `files`.
fn run_folder<'a>(place: usize, dropped: &Dropped<'a>) -> Option<&'a str> {
    let (name, folder) = (dropped.name(place), dropped.folder(place));
    if has_ending(name, "wandb") {
        let head = dropped.head(place);
        return (head.raw.starts_with(MAGIC) || head.len_bytes == 0).then_some(folder);
    }
    (name == "wandb-summary.json").then(|| folder.strip_suffix("/files").unwrap_or(folder))
}

fn has_ending(name: &str, ending: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, known)| known.eq_ignore_ascii_case(ending))
}

/// The run's id, from the log's name or the folder's.
fn run_of(place: usize, folder: &str, dropped: &Dropped<'_>) -> String {
    let name = dropped.name(place);
    match name.strip_suffix(".wandb") {
        Some(stem) => stem.strip_prefix("run-").unwrap_or(stem).to_owned(),
        None => id_of_folder(folder),
    }
}

/// `offline-run-20260101_120000-ID` and `run-20260101_120000-ID` are named after the run, whose id may have dashes.
fn id_of_folder(folder: &str) -> String {
    let name = file_name(folder);
    let dated = name.strip_prefix("offline-").unwrap_or(name);
    let dated = dated
        .strip_prefix("run-")
        .and_then(|rest| rest.split_once('-'));
    dated.map_or(name, |(_, id)| id).to_owned()
}

#[expect(clippy::unnecessary_wraps, reason = "the registry's signature")]
fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let folder = files.first().and_then(|file| ran_in(file.path()));
    sink.source().ran_in = folder.map(str::to_owned);
    // Files by run; of two logs of one name the one under `latest-run` is a copy.
    let mut runs: order::Map<String, Vec<&dyn File>> = order::Map::new();
    // A log is named after its run, a folder only nearly so: of two in one second the later ends in `-1`.
    let logs = files.iter().filter_map(|file| {
        let stem = file_name(file.path()).strip_suffix(".wandb")?;
        let id = stem.strip_prefix("run-").unwrap_or(stem);
        Some((parent(file.path()), id))
    });
    let ids: order::Map<&str, &str> = logs.collect();
    for file in files {
        let folder = parent(file.path());
        let folder = folder.strip_suffix("/files").unwrap_or(folder);
        let folder = folder
            .split_once("/files/code")
            .map_or(folder, |(run, _)| run);
        let is_log = has_ending(file.path(), "wandb");
        let id = ids.get(folder);
        let id = id.map_or_else(|| id_of_folder(folder), |id| (*id).to_owned());
        if file_name(folder) != "latest-run" || is_log {
            runs.or_default(id).push(*file);
        }
    }
    let mut bytes = 0;
    for (id, mut files) in runs {
        // A run that was resumed has a log each time, in folders that are named after the time.
        order::by_key(&mut files, |file| {
            let path = file.path().replace("offline-run-", "run-");
            // A folder goes before one whose name goes on.
            path.replace('/', "\0")
        });
        let is_copy = |file: &&dyn File| file.path().contains("latest-run/");
        let is_log = |file: &&dyn File| has_ending(file.path(), "wandb");
        let has_other = files.iter().any(|file| is_log(file) && !is_copy(file));
        let logs = files.iter().copied().filter(is_log);
        let logs: Vec<&dyn File> = logs.filter(|file| !(has_other && is_copy(file))).collect();
        let mut run = Run::of(&logs, sink, &mut |read| on_bytes(bytes + read));
        bytes += files.iter().map(|file| file.len_bytes()).sum::<u64>();
        for file in &files {
            if file_name(file.path()) == HISTORY && !run.has_log {
                json_text::for_each(*file, sink, &mut |_| {}, &mut |line, _, _| {
                    run.history_line(line);
                });
            }
            run.file_beside(*file, sink);
        }
        let is_known = run.has_log || !run.summary.is_empty() || !run.config.is_empty();
        if is_known {
            let row = run.write(&id, sink);
            // Of a run that was resumed, that of the last time.
            let mut logs = files.iter().rev();
            let is_log = |file: &&&dyn File| file.path().ends_with("/output.log");
            let tail = logs
                .find(is_log)
                .and_then(|file| log_tail("output.log", *file));
            if let Some(tail) = tail {
                sink.log(row, tail);
            }
        }
    }
    Ok(())
}

/// Step, Unix milliseconds and value of each point of a curve.
type Points = Vec<(f64, i64, f64)>;

/// What is known of a run.
#[derive(Clone, Default)]
struct Run {
    has_log: bool,
    /// What is wrong in its logs, for good: it is told of whenever they are read.
    damages: Vec<(String, u64, String)>,
    texts: order::Map<&'static str, String>,
    tags: Vec<String>,
    /// When the first of its logs was begun, where there are several, in Unix milliseconds.
    first_start: Option<i64>,
    /// Of its last log: start, seconds and exit code.
    start: Option<i64>,
    runtime: Option<f64>,
    exit: Option<i64>,
    /// Whether somebody writes that log.
    is_written: bool,
    config: Map<String, Json>,
    summary: Map<String, Json>,
    /// By metric. What is kept of a log has it too.
    history: Rc<order::Map<String, Points>>,
    /// The last step of a history without steps.
    rows: u64,
    metadata: Map<String, Json>,
    /// Changes that are not committed, else packages, as texts.
    texts_beside: Vec<(String, Json)>,
}

/// Texts of a `RunRecord` by field number.
const TEXTS: [(u32, &str); 8] = [
    (1, "id"),
    (2, "entity"),
    (3, "project"),
    (6, "group"),
    (7, "job_type"),
    (8, "display_name"),
    (9, "notes"),
    (12, "sweep_id"),
];

fn tell_damage(path: &str, place: u64, why: &str, sink: &mut RunSink<'_>) {
    let place = format!("byte {place}");
    sink.problem_in("wandb/log", path, &place, why, "what is whole is kept");
}

/// What a metric can be summed up as.
const KINDS: [&str; 6] = ["min", "max", "mean", "best", "last", "first"];

/// Texts of an `EnvironmentRecord` by field number.
const ENVIRONMENT: [(u32, &str); 6] = [
    (1, "os"),
    (2, "python"),
    (4, "docker"),
    (6, "program"),
    (12, "host"),
    (14, "executable"),
];

impl Run {
    /// What the logs of a run say, in this order. Logs that have grown are read on.
    fn of(logs: &[&dyn File], sink: &mut RunSink<'_>, on_bytes: &mut dyn FnMut(u64)) -> Self {
        let ((mut run, mut settled), mut marks) = grown::resume::<(Self, Settled)>(logs);
        for (path, place, why) in &run.damages {
            tell_damage(path, *place, why, sink);
        }
        let before = &logs[..marks.done()];
        let mut bytes: u64 = before.iter().map(|log| log.len_bytes()).sum();
        let mut is_whole = true;
        for (number, log) in logs.iter().enumerate().skip(marks.done()) {
            run.has_log = true;
            if log.len_bytes() > 0 && settled.end == 0 {
                run.begin_log();
            }
            let mut progress = |read| on_bytes(bytes + read);
            let ended = leveldb_log::for_each(*log, &mut settled, &mut progress, &mut |record| {
                run.record(Fields(record));
            });
            if let Err((place, why)) = ended {
                tell_damage(log.path(), place, &why, sink);
                // The last log may be written to still.
                if number + 1 < logs.len() {
                    run.damages.push((log.path().to_owned(), place, why));
                }
            }
            bytes += log.len_bytes();
            marks.reach(*log, settled.end);
            if number + 1 < logs.len() {
                is_whole &= !settled.is_unread;
                settled = Settled::default();
            }
        }
        run.is_written = logs.last().is_some_and(|log| {
            let kept = log.kept();
            kept.is_some_and(|kept| kept.has_changed(log.path()))
        });
        for log in logs.iter().filter(|log| log.len_bytes() == 0) {
            let what = "the log is empty: the process was killed before it wrote anything";
            let effect = "only its name is known";
            sink.problem_in("wandb/empty", log.path(), "", what, effect);
        }
        if is_whole && marks.are_kept() {
            let memory = run.memory();
            marks.keep(logs, (run.clone(), settled), memory);
        }
        run
    }

    /// About how many bytes of memory it takes.
    fn memory(&self) -> usize {
        let of_curve = |points: &Points| 64 + 24 * points.capacity();
        let curves: usize = self.history.values().map(of_curve).sum();
        let texts: usize = self.texts.values().map(String::len).sum();
        let others = [&self.config, &self.summary, &self.metadata].map(Map::len);
        curves + texts + 256 * others.into_iter().sum::<usize>()
    }

    /// How it ended and when is said by the last of its logs.
    fn begin_log(&mut self) {
        self.first_start = self.first_start.or(self.start);
        (self.start, self.runtime, self.exit) = (None, None, None);
    }

    fn record(&mut self, record: Fields<'_>) {
        for (number, field) in record {
            match number {
                2 => self.history(&field.message()),
                3 => self.summary(&field.message()),
                5 => self.config(&field.message()),
                17 => self.run(&field.message()),
                26 => self.environment(&field.message()),
                18 => {
                    let exit = field.message();
                    self.exit = Some(exit.get(1).map_or(0, Field::whole));
                    self.runtime = exit
                        .get(2)
                        .map(|runtime| runtime.whole() as f64)
                        .or(self.runtime);
                }
                _ => {}
            }
        }
    }

    fn run(&mut self, run: &Fields<'_>) {
        for (number, name) in TEXTS {
            let text = run.text(number);
            if !text.is_empty() {
                self.texts.insert(name, text);
            }
        }
        if let Some(config) = run.get(4) {
            self.config(&config.message());
        }
        if let Some(summary) = run.get(5) {
            self.summary(&summary.message());
        }
        let tags: Vec<String> = run.all(10).map(Field::text).collect();
        if !tags.is_empty() {
            self.tags = tags;
        }
        if let Some(start) = run.get(17) {
            let start = start.message();
            let part = |number| start.get(number).map_or(0, Field::whole);
            let millis = part(1)
                .saturating_mul(1000)
                .saturating_add(part(2) / 1_000_000);
            self.start = (millis > 0).then_some(millis).or(self.start);
        }
        let host = run.text(13);
        if !host.is_empty() {
            self.metadata.entry("host").or_insert(host.into());
        }
        if let Some(git) = run.get(21) {
            self.git(&git.message());
        }
    }

    fn git(&mut self, git: &Fields<'_>) {
        let git = serde_json::json!({"remote": git.text(1), "commit": git.text(2)});
        self.metadata.insert("git".to_owned(), git);
    }

    /// What newer versions say of the machine in the log itself.
    fn environment(&mut self, record: &Fields<'_>) {
        let mut put = |key: &str, value: Json| {
            if value != "" {
                self.metadata.insert(key.to_owned(), value);
            }
        };
        for (number, key) in ENVIRONMENT {
            put(key, record.text(number).into());
        }
        let words: Vec<Json> = record.all(5).map(|word| word.text().into()).collect();
        if !words.is_empty() {
            put("args", words.into());
        }
        if let Some(git) = record.get(9) {
            self.git(&git.message());
        }
    }

    fn config(&mut self, record: &Fields<'_>) {
        for item in record.all(1).map(Field::message) {
            let path = path_of(&item);
            if let Some(value) = json_text::parse(&item.text(16)) {
                put_at(&mut self.config, &path, value);
            }
        }
        for item in record.all(2).map(Field::message) {
            remove_at(&mut self.config, &path_of(&item));
        }
    }

    fn summary(&mut self, record: &Fields<'_>) {
        for item in record.all(1).map(Field::message) {
            let path = path_of(&item);
            if let Some(value) = json_text::parse(&item.text(16)) {
                put_at(&mut self.summary, &path, value);
            }
        }
        for item in record.all(2).map(Field::message) {
            remove_at(&mut self.summary, &path_of(&item));
        }
    }

    fn history(&mut self, record: &Fields<'_>) {
        let step = record
            .get(2)
            .map(|step| step.message().get(1).map_or(0, Field::whole) as f64);
        let items = record.all(1).map(Field::message);
        let items: Vec<_> = items
            .map(|item| (path_of(&item).join("."), value_of(&item)))
            .collect();
        // What new versions log of a picture or a table field by field is no metric either.
        let media: Vec<String> = items
            .iter()
            .filter_map(|(path, _)| above_type(path))
            .filter(|above| !above.is_empty())
            .collect();
        let is_media = |path: &str| media.iter().any(|above| path.starts_with(above));
        let items = items.into_iter().filter(|(path, _)| !is_media(path));
        self.logged(step, items);
    }

    /// A line of the history as a file of its own.
    fn history_line(&mut self, line: &Json) {
        let items = line.as_object().into_iter().flatten();
        self.logged(None, items.map(|(key, value)| (key.clone(), value.clone())));
    }

    /// What was logged at once.
    fn logged(&mut self, mut step: Option<f64>, items: impl Iterator<Item = (String, Json)>) {
        let mut millis = 0;
        let mut values: Vec<(String, f64)> = Vec::new();
        for (path, value) in items {
            match (path.as_str(), json_text::scalar(&value)) {
                ("_step", value) => step = value.number().or(step),
                ("_timestamp", ValueRef::Number(seconds)) => millis = (seconds * 1000.0) as i64,
                _ if path.starts_with('_') => {}
                (_, ValueRef::Number(number)) => values.push((path, number)),
                _ => each_value(&path, &value, &mut |path, value| {
                    // A truth in a curve is drawn as 0 or 1.
                    let number = match value {
                        ValueRef::Bool(truth) => Some(f64::from(u8::from(truth))),
                        value => value.number(),
                    };
                    values.extend(number.map(|number| (path.to_owned(), number)));
                }),
            }
        }
        let step = step.unwrap_or(self.rows as f64);
        self.rows += 1;
        // Nobody else has it before all is read.
        if let Some(history) = Rc::get_mut(&mut self.history) {
            for (name, value) in values {
                history.or_default(name).push((step, millis, value));
            }
        }
    }

    /// Takes from `files/` what the log does not say.
    fn file_beside(&mut self, file: &dyn File, sink: &mut RunSink<'_>) {
        let name = file_name(file.path());
        let code = file.path().split_once("/files/code/");
        let code = code.filter(|_| has_ending(name, "py") && self.texts_beside.len() < MOST_TEXTS);
        if code.is_none()
            && !matches!(
                name,
                "config.yaml"
                    | "wandb-summary.json"
                    | "wandb-metadata.json"
                    | "requirements.txt"
                    | "diff.patch"
            )
        {
            return;
        }
        let text = match source::read_up_to(file, FILE_BYTES) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => {
                sink.problem_in(
                    "source/cannot-read",
                    file.path(),
                    "",
                    &error.to_string(),
                    "left out",
                );
                return;
            }
        };
        if let Some((_, path)) = code {
            self.texts_beside
                .push((format!("code/{path}"), text.into()));
            return;
        }
        if let "requirements.txt" | "diff.patch" = name {
            let is_patch = name == "diff.patch";
            let mut lines: Vec<&str> = text.lines().collect();
            if !is_patch {
                // Written in any order: the same packages are the same text.
                order::by_key(&mut lines, |line| *line);
            }
            let text = lines.join("\n") + if is_patch { "\n" } else { "" };
            let name = if is_patch { name } else { "requirements" };
            self.texts_beside.push((name.to_owned(), text.into()));
            return;
        }
        let found = if name == "config.yaml" {
            yaml::parse(&text).ok()
        } else {
            json_text::parse(&text)
        };
        let Some(Json::Object(found)) = found else {
            sink.problem_in(
                "wandb/file",
                file.path(),
                "",
                "it does not parse",
                "left out",
            );
            return;
        };
        match name {
            "config.yaml" if self.config.keys().all(|key| key == "_wandb") => {
                for (key, value) in found {
                    // Each key has its value and a description.
                    match value {
                        Json::Object(mut entry) if entry.contains_key("value") => {
                            self.config
                                .extend(entry.remove("value").map(|value| (key, value)));
                        }
                        _ => {}
                    }
                }
            }
            "wandb-summary.json" => {
                for (key, value) in found {
                    self.summary.entry(key).or_insert(value);
                }
            }
            "wandb-metadata.json" => self.metadata.extend(found),
            _ => {}
        }
    }

    fn write(self, id: &str, sink: &mut RunSink<'_>) -> usize {
        let row = sink.run(self.texts.get("id").map_or(id, String::as_str));
        let text = |name: &str| self.texts.get(name).map(String::as_str);
        if let Some(name) = text("display_name") {
            sink.set_attribute(row, attribute::NAME, ValueRef::Text(name));
        }
        if let Some(group) = text("group") {
            sink.set_attribute(row, attribute::GROUP, ValueRef::Text(group));
        }
        // Before there were logs the metadata said how it ended.
        let exit = self.metadata.get("exitcode").and_then(Json::as_i64);
        if self.has_log || exit.is_some() {
            sink.set_status(
                row,
                match self.exit.or(exit.filter(|_| !self.has_log)) {
                    Some(0) => Status::Finished,
                    None if self.is_written => Status::Running,
                    _ => Status::Failed,
                },
            );
        }
        if let Some(start) = self.first_start.or(self.start) {
            sink.set_attribute(row, attribute::START, ValueRef::Time(start));
        } else {
            put_time(row, attribute::START, self.metadata.get("startedAt"), sink);
        }
        if let (Some(start), Some(runtime), Some(_)) = (self.start, self.runtime, self.exit) {
            let end = start.saturating_add((runtime * 1000.0) as i64);
            sink.set_attribute(row, attribute::END, ValueRef::Time(end));
        }
        for name in ["entity", "project", "job_type", "notes", "sweep_id"] {
            if let Some(text) = text(name) {
                sink.set_named(row, Role::Tag, name, ValueRef::Text(text));
            }
        }
        if !self.tags.is_empty() {
            sink.set_named(
                row,
                Role::Tag,
                "tags",
                ValueRef::Text(&self.tags.join(", ")),
            );
        }
        for name in [
            "host",
            "program",
            "args",
            "gpu",
            "python",
            "os",
            "docker",
            "executable",
        ] {
            put_start(row, name, self.metadata.get(name), sink);
        }
        let git = |key: &str| self.metadata.get("git").and_then(|git| git.get(key));
        put_start(row, "git.remote", git("remote"), sink);
        put_start(row, "git.commit", git("commit"), sink);
        for (name, text) in &self.texts_beside {
            put_start(row, name, Some(text), sink);
        }
        if let Some(code) = self.exit.filter(|code| *code != 0) {
            sink.set_named(row, Role::Tag, "exit_code", ValueRef::Number(code as f64));
        }
        let mut config = self.config;
        config.remove("_wandb");
        config.remove("wandb_version");
        json_text::flatten(&config, &mut |path, value| {
            sink.set_named(row, Role::Param, path, value);
        });
        let mut summary = self.summary;
        summary.retain(|key, _| !key.starts_with('_') && !self.history.contains_key(key));
        for (key, value) in &summary {
            if json_text::scalar(value).text().is_some() {
                put_start(row, key, Some(value), sink);
            }
            each_value(key, value, &mut |path, value| {
                // What a metric was asked to be summed up as is beside its curve: `{"max": 0.9}`.
                let of_curve = path
                    .rsplit_once('.')
                    .filter(|(_, kind)| KINDS.contains(kind));
                let is_known = |path: &str| self.history.contains_key(path);
                if !is_known(path) && !of_curve.is_some_and(|(path, _)| is_known(path)) {
                    sink.set_named(row, Role::Metric, path, value);
                }
            });
        }
        for (name, points) in &*self.history {
            let column = sink.column(Role::Metric, name);
            for (step, millis, value) in points {
                sink.point(row, column, *step, *millis, *value);
            }
        }
        row
    }
}
