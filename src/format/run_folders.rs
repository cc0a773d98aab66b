//! What trackers share that keep a folder a run: finding the folders by a file that each has, and reading
//! the small files in them.

use super::{Claim, Dropped, json_text, toml, yaml};
use crate::ledger::{Role, RunSink, ValueRef};
use crate::source::{self, File, text};
use serde_json::{Map, Value as Json};
use std::io::Read as _;

/// How many runs are read at once.
pub(super) const RUNS_OF_A_PIECE: usize = 200;

/// How large a file that is read whole may be.
const FILE_BYTES: u64 = 64 << 20;

/// All runs beside the one whose `marker` (a path in its folder, as `run.json`) this file is. Of each folder
/// the files are taken of which `belongs` says so, by their path in it.
pub(super) fn claim_runs(
    place: usize,
    dropped: &Dropped<'_>,
    marker: &str,
    belongs: &dyn Fn(&str) -> bool,
) -> Claim {
    let Some(folder) = run_of_marker(dropped.path(place), marker) else {
        return Claim::none();
    };
    let files_of = |folder: &str| -> Vec<usize> {
        let files = dropped.within(folder).iter().copied();
        files
            .filter(|at| belongs(relative(dropped.path(*at), folder)))
            .collect()
    };
    let Some((above, _)) = folder.rsplit_once('/') else {
        return Claim::of(files_of(folder));
    };
    let runs = dropped.within(above).iter().filter_map(|at| {
        let run = run_of_marker(dropped.path(*at), marker)?;
        (run.rsplit_once('/')?.0 == above).then(|| files_of(run))
    });
    let runs: Vec<Vec<usize>> = runs.collect();
    Claim::pieces(runs.chunks(RUNS_OF_A_PIECE).map(<[_]>::concat).collect())
}

/// The folder of the run whose marker a path is; empty where it lies in none.
pub(super) fn run_of_marker<'p>(path: &'p str, marker: &str) -> Option<&'p str> {
    let folder = path.strip_suffix(marker)?;
    if folder.is_empty() {
        return Some("");
    }
    folder.strip_suffix('/')
}

/// A path from a folder on.
pub(super) fn relative<'p>(path: &'p str, folder: &str) -> &'p str {
    path.strip_prefix(folder)
        .map_or(path, |rest| rest.trim_start_matches('/'))
}

/// A run's folder and the files in it.
pub(super) struct RunFolder<'a> {
    /// Its path in the drop.
    pub(super) path: String,
    name: String,
    files: Vec<&'a dyn File>,
}

impl<'a> RunFolder<'a> {
    /// The folders of a unit's files by their markers, in order.
    pub(super) fn all(files: &[&'a dyn File], marker: &str) -> Vec<Self> {
        let folders = files
            .iter()
            .filter_map(|file| run_of_marker(file.path(), marker));
        let mut sorted = files.to_vec();
        order::by(&mut sorted, |a, b| a.path().cmp(b.path()));
        folders
            .map(|folder| {
                let inside = format!("{folder}/");
                let inside = inside.trim_start_matches('/');
                let from = sorted.partition_point(|file| file.path() < inside);
                let is_within = |file: &&&dyn File| file.path().starts_with(inside);
                // What was dropped without its folder is called after the file or folder that marks it.
                let first = marker.split('/').next().unwrap_or(marker);
                let name = if folder.is_empty() {
                    source::file_stem(first)
                } else {
                    source::file_name(folder)
                };
                Self {
                    path: folder.to_owned(),
                    name: name.to_owned(),
                    files: sorted[from..]
                        .iter()
                        .take_while(is_within)
                        .copied()
                        .collect(),
                }
            })
            .collect()
    }

    /// Those of [`Self::all`] one after another, telling before each how many bytes those before it had, and at the end of all.
    pub(super) fn each<'f>(
        files: &[&'a dyn File],
        marker: &str,
        on_bytes: &'f mut dyn FnMut(u64),
    ) -> impl Iterator<Item = Self> + use<'a, 'f> {
        let mut folders = Self::all(files, marker).into_iter();
        let mut bytes = 0;
        let mut begun = 0;
        std::iter::from_fn(move || {
            bytes += begun;
            on_bytes(bytes);
            let folder = folders.next()?;
            begun = folder.len_bytes();
            Some(folder)
        })
    }

    /// The folder's own name, never empty.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The folder's files with their paths in it.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &'a dyn File)> {
        self.files
            .iter()
            .map(|file| (relative(file.path(), &self.path), *file))
    }

    /// The file of this path in the folder.
    pub(super) fn file(&self, path: &str) -> Option<&'a dyn File> {
        self.files()
            .find(|(known, _)| *known == path)
            .map(|(_, file)| file)
    }

    /// The JSON of a file; null where there is none.
    pub(super) fn json(&self, path: &str, sink: &mut RunSink<'_>) -> Json {
        self.file(path)
            .map_or(Json::Null, |file| json_of(file, sink))
    }

    /// The YAML of a file; null where there is none.
    pub(super) fn yaml(&self, path: &str, sink: &mut RunSink<'_>) -> Json {
        self.file(path)
            .map_or(Json::Null, |file| config_of(file, sink))
    }

    /// How many bytes its files have.
    pub(super) fn len_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.len_bytes()).sum()
    }
}

/// A file's one JSON value, with bare tokens; null where it is none, which is told.
pub(super) fn json_of(file: &dyn File, sink: &mut RunSink<'_>) -> Json {
    let Some(text) = text_of(file, FILE_BYTES, sink) else {
        return Json::Null;
    };
    json_text::parse(&text).unwrap_or_else(|| {
        let what = if text.trim().is_empty() {
            "it is empty"
        } else {
            "it is no JSON"
        };
        sink.problem_in("json/broken", file.path(), "", what, "left out");
        Json::Null
    })
}

/// A configuration, JSON or TOML where its name says so, else YAML; null where it is broken, which is told.
pub(super) fn config_of(file: &dyn File, sink: &mut RunSink<'_>) -> Json {
    let name = file.path().to_ascii_lowercase();
    if name.ends_with(".json") {
        return json_of(file, sink);
    }
    let text = text_of(file, FILE_BYTES, sink).unwrap_or_default();
    let (kind, parsed) = if name.ends_with(".toml") {
        ("toml/broken", toml::parse(&text))
    } else {
        let documents = yaml::documents(&text).map(|(documents, broken)| {
            let count = documents.len();
            let mut tell = |kind: &str, what: &str, effect: &str| {
                sink.problem_in(kind, file.path(), "", what, effect);
            };
            if let Some(reason) = broken {
                tell("yaml/broken", &reason, "what follows was not read");
            }
            if count > 1 {
                let what = format!("it has {count} documents");
                tell(
                    "yaml/documents",
                    &what,
                    "read as one: the later go before the earlier",
                );
            }
            yaml::merged(documents)
        });
        ("yaml/broken", documents)
    };
    parsed.unwrap_or_else(|reason| {
        sink.problem_in(kind, file.path(), "", &reason, "left out");
        Json::Null
    })
}

/// A file as text, also where it is compressed; what is longer than `most` bytes is cut there, and told.
pub(super) fn text_of(file: &dyn File, most: u64, sink: &mut RunSink<'_>) -> Option<String> {
    let mut bytes = Vec::new();
    let mut ignore = |_| {};
    let read = text::open(file, &mut ignore)
        .and_then(|reader| reader.take(most + 1).read_to_end(&mut bytes));
    let tell = |what: &str, effect: &str, kind: &str, sink: &mut RunSink<'_>| {
        sink.problem_in(kind, file.path(), "", what, effect);
    };
    if let Err(error) = read {
        // Of what is compressed the beginning may be sound.
        if bytes.is_empty() {
            tell(&error.to_string(), "left out", "source/cannot-read", sink);
            return None;
        }
        tell(
            &error.to_string(),
            "what follows was not read",
            "source/cannot-read",
            sink,
        );
    }
    if bytes.len() as u64 > most {
        bytes.truncate(most as usize);
        tell(
            "the file is too long",
            "its end was left out",
            "file/too-long",
            sink,
        );
    }
    Some(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

/// Writes an object's leaves as values of this role; nothing where it is no object.
pub(super) fn put_all(row: usize, role: Role, object: &Json, sink: &mut RunSink<'_>) {
    if let Some(object) = object.as_object() {
        put_object(row, role, object, sink);
    }
}

/// Writes an object's leaves as values of this role.
pub(super) fn put_object(
    row: usize,
    role: Role,
    object: &Map<String, Json>,
    sink: &mut RunSink<'_>,
) {
    json_text::flatten(object, &mut |path, value| {
        sink.set_named(row, role, path, value);
    });
}

/// Writes an attribute of a text, where it is one and not empty.
pub(super) fn put_text(row: usize, name: &str, text: Option<&str>, sink: &mut RunSink<'_>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        sink.set_attribute(row, name, ValueRef::Text(text));
    }
}

/// Writes an attribute of a time, where a value is one.
pub(super) fn put_time(row: usize, name: &str, time: Option<&Json>, sink: &mut RunSink<'_>) {
    if let Some(millis) = time.and_then(json_text::millis) {
        sink.set_attribute(row, name, ValueRef::Time(millis));
    }
}

/// How long a text of how a run was started may be.
const LONGEST_START: usize = 64 << 10;

/// Writes what is said of how a run was started as a tag: a text, or the words of a list as JSON.
pub(super) fn put_start(row: usize, name: &str, value: Option<&Json>, sink: &mut RunSink<'_>) {
    let text = match value {
        Some(Json::String(text)) => text.clone(),
        Some(list @ Json::Array(words)) if !words.is_empty() => list.to_string(),
        _ => return,
    };
    if text.len() > LONGEST_START {
        let what = format!("{name} has {} bytes", text.len());
        sink.problem("start/too-long", "", &what, "it was left out");
    } else if !text.trim().is_empty() {
        sink.set_named(row, Role::Tag, name, ValueRef::Text(&text));
    }
}

/// Writes the texts of a list as one tag.
pub(super) fn put_tags(row: usize, tags: Option<&Json>, sink: &mut RunSink<'_>) {
    let tags: Vec<&str> = tags
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .collect();
    if !tags.is_empty() {
        sink.set_named(row, Role::Tag, "tags", ValueRef::Text(&tags.join(", ")));
    }
}
