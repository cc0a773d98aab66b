//! TensorBoard's event files: scalars, and hyperparameters of its plugin.
//!
//! A run is a folder; its files are read in the order of their names. What writes hyperparameters into a
//! sub-folder of the run (`add_hparams`) and what writes one curve a sub-folder (`add_scalars`) belongs to
//! the run above. Where several sub-folders have different hyperparameters each is a run, and a folder that
//! only describes their experiment is none.

mod events;
mod records;

use super::run_folders::{config_of, put_all, relative};
use super::{Claim, Dropped, Format, NotThisFormat};
use crate::ledger::{Role, RunSink, ValueRef, attribute};
use crate::source::{File, file_name};
use events::{Kind, Run};
use std::rc::Rc;

pub(super) use records::starts_as_record;

pub(super) const FORMAT: Format = Format {
    name: "tensorboard",
    title: "TensorBoard event files",
    claim,
    read,
};

/// What folders are called that hold the curves of one part of the data.
const SPLITS: [&str; 6] = ["train", "validation", "valid", "val", "test", "eval"];

/// Where Lightning writes hyperparameters, as they were given.
const HPARAMS: &str = "hparams.yaml";

/// How many runs are read at once.
const RUNS_OF_A_PIECE: usize = 50;

fn is_event_file(place: usize, dropped: &Dropped<'_>) -> bool {
    dropped.name(place).contains("tfevents") || {
        let raw = &dropped.head(place).raw;
        dropped.head(place).is_binary && starts_as_record(raw)
    }
}

/// All event files of the folder that was dropped, runs with those below them in one piece.
fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    if !is_event_file(place, dropped) {
        return Claim::none();
    }
    let path = dropped.path(place);
    let Some((top, _)) = path.split_once('/') else {
        // What lies in one folder is one run, also where it was dropped without it, with what lies below.
        let files = dropped.within("").iter().copied();
        let is_near = |at: &usize| !dropped.folder(*at).contains('/');
        let is_event_file = |at: &usize| is_event_file(*at, dropped);
        return Claim::of(files.filter(is_near).filter(is_event_file).collect());
    };
    let mut by_folder: order::Map<&str, Vec<usize>> = order::Map::new();
    for at in dropped.within(top) {
        let is_one = dropped.name(*at).contains("tfevents") || *at == place;
        // A configuration alone is another format's.
        let is_config = dropped.name(*at) == HPARAMS
            && dropped
                .beside(*at)
                .any(|other| dropped.name(other).contains("tfevents"));
        if is_one || is_config {
            by_folder.or_default(dropped.folder(*at)).push(*at);
        }
    }
    let mut pieces: Vec<Vec<usize>> = Vec::new();
    let (mut root, mut runs) = ("", RUNS_OF_A_PIECE);
    for (folder, files) in by_folder {
        if !is_below(folder, root) || runs == RUNS_OF_A_PIECE && root.is_empty() {
            root = folder;
            runs += 1;
            if runs > RUNS_OF_A_PIECE {
                runs = 1;
                pieces.push(Vec::new());
            }
        }
        if let Some(piece) = pieces.last_mut() {
            piece.extend(files);
        }
    }
    Claim::pieces(pieces)
}

/// Whether a folder lies below another; below what was dropped without its folder, where it is next to it.
fn is_below(folder: &str, other: &str) -> bool {
    if other.is_empty() {
        return !folder.is_empty() && !folder.contains('/');
    }
    folder
        .strip_prefix(other)
        .is_some_and(|rest| rest.starts_with('/'))
}

/// The folders that a folder lies below, the nearest first, as [`is_below`] says.
fn folders_above(folder: &str) -> impl Iterator<Item = &str> {
    let ends = folder.rmatch_indices('/').map(|(end, _)| end);
    let top = (!folder.is_empty() && !folder.contains('/')).then_some(0);
    ends.chain(top).map(|end| &folder[..end])
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[expect(clippy::unnecessary_wraps, reason = "the registry's signature")]
fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let mut by_folder: order::Map<&str, Vec<&dyn File>> = order::Map::new();
    for file in files {
        by_folder.or_default(folder_of(file.path())).push(*file);
    }
    let mut bytes = 0;
    let mut runs = Runs::default();
    for (folder, mut files) in by_folder {
        order::by_key(&mut files, |file| file_name(file.path()));
        let is_hparams = |file: &&dyn File| file_name(file.path()) == HPARAMS;
        let hparams = files.iter().copied().rfind(is_hparams);
        files.retain(|file| !is_hparams(file));
        let run = Run::of(&files, sink, &mut |read| on_bytes(bytes + read));
        bytes += files.iter().map(|file| file.len_bytes()).sum::<u64>();
        runs.add(folder, run, hparams, sink);
    }
    runs.finish(sink);
    Ok(())
}

/// The runs so far, by folder, in the order of the folders: a run comes before what is below it.
#[derive(Default)]
struct Runs<'a> {
    /// The row of each; none where its folder has logged nothing, so that it may be no run: what only describes an
    /// experiment lies above its runs.
    rows: order::Map<String, Option<usize>>,
    /// Those without a row that have runs below them.
    shelves: order::Set<String>,
    /// Sessions below each run, which are its own where they are all the same, and else runs beside one another.
    sessions: order::Map<String, Vec<(&'a str, Rc<Run>)>>,
    /// Runs with a session in their own folder: one below it is another's.
    with_session: order::Set<&'a str>,
}

impl<'a> Runs<'a> {
    fn add(
        &mut self,
        folder: &'a str,
        run: Rc<Run>,
        hparams: Option<&dyn File>,
        sink: &mut RunSink<'_>,
    ) {
        let mut above = folders_above(folder);
        let above = above.find_map(|above| Some((above.to_owned(), *self.rows.get(above)?)));
        if let Some((above, row)) = above {
            let relative = relative(folder, &above);
            // Keras writes training and validation of a session into folders of their own.
            if let Some(row) = row
                && self.with_session.contains(above.as_str())
                && !run.has_session()
                && SPLITS.contains(&relative)
            {
                run.write_scalars(row, &|tag| format!("{relative}/{tag}"), sink);
                return;
            }
            match (run.part_of_run_above(relative), row) {
                (Some(kind @ Kind::Curve(_)), row) => {
                    let row = row.unwrap_or_else(|| begin(&above, sink));
                    self.rows.insert(above, Some(row));
                    return run.write(row, &kind, sink);
                }
                (Some(Kind::Hyperparameters), Some(_))
                    if !self.with_session.contains(above.as_str()) =>
                {
                    return self.sessions.or_default(above).push((folder, run));
                }
                (_, None) => {
                    self.shelves.insert(above);
                }
                (_, Some(_)) => {}
            }
        }
        if run.has_session() {
            self.with_session.insert(folder);
        }
        if hparams.is_none() && run.is_blank() {
            self.rows.insert(folder.to_owned(), None);
            return;
        }
        let row = begin(folder, sink);
        self.rows.insert(folder.to_owned(), Some(row));
        // Before those of the plugin, which are of the same run and logged.
        if let Some(file) = hparams {
            put_all(row, Role::Param, &config_of(file, sink), sink);
        }
        run.write(row, &Kind::Run, sink);
    }

    fn finish(self, sink: &mut RunSink<'_>) {
        for (above, mut sessions) in self.sessions {
            let first = sessions.first().map(|(_, run)| run.session());
            let is_one = sessions.iter().all(|(_, run)| Some(run.session()) == first);
            for (folder, run) in sessions.drain(..) {
                match self.rows.get(&above).copied().flatten() {
                    Some(row) if is_one => run.write(row, &Kind::Hyperparameters, sink),
                    _ => run.write(begin(folder, sink), &Kind::Run, sink),
                }
            }
        }
        for (folder, row) in &self.rows {
            if row.is_none() && !self.shelves.contains(folder) {
                begin(folder, sink);
            }
        }
    }
}

/// Reads the event files of one run, which another tracker keeps, into its row; only metrics are taken. What several
/// folders log under one name (`train` and `validation`) has the folder's name before it.
pub(super) fn read_run(row: usize, files: &[&dyn File], sink: &mut RunSink<'_>) {
    let mut by_folder: order::Map<&str, Vec<&dyn File>> = order::Map::new();
    for file in files {
        by_folder.or_default(folder_of(file.path())).push(*file);
    }
    let runs = by_folder.into_iter();
    let runs: Vec<(&str, Rc<Run>)> = runs
        .map(|(folder, files)| (folder, Run::of(&files, sink, &mut |_| {})))
        .collect();
    let mut times: order::Map<String, usize> = order::Map::new();
    for tag in runs.iter().flat_map(|(_, run)| run.tags()) {
        *times.or_default(tag.clone()) += 1;
    }
    for (folder, run) in runs {
        let name_of = |tag: &str| {
            let is_shared = times.get(tag).is_some_and(|times| *times > 1);
            if is_shared {
                format!("{}/{tag}", file_name(folder))
            } else {
                tag.to_owned()
            }
        };
        run.write_scalars(row, &name_of, sink);
    }
}

/// A run of a folder. Its id is the path below the folder that was dropped.
fn begin(folder: &str, sink: &mut RunSink<'_>) -> usize {
    let id = folder.split_once('/').map_or(folder, |(_, rest)| rest);
    let row = sink.run(if id.is_empty() { "." } else { id });
    // TensorBoard itself calls the folder that it was started in so.
    let name = [id, folder, "."].into_iter().find(|name| !name.is_empty());
    let whole = name.unwrap_or_default();
    let name = file_name(whole);
    // Keras has a folder a data set in that of every run: those are told apart by what TensorBoard calls them.
    let is_data_set = ["train", "validation", "val", "test", "eval"].contains(&name);
    let name = if is_data_set { whole } else { name };
    sink.set_attribute(row, attribute::NAME, ValueRef::Text(name));
    row
}

/// Writes a param or tag of a run.
fn put(row: usize, role: Role, name: &str, value: ValueRef<'_>, sink: &mut RunSink<'_>) {
    sink.set_named(row, role, name, value);
}
