//! TensorBoard's event files: scalars, and hyperparameters of its plugin.
//!
//! A run is a folder; its files are read in the order of their names. What writes hyperparameters into a
//! sub-folder of the run (`add_hparams`) and what writes one curve a sub-folder (`add_scalars`) belongs to
//! the run above.

mod events;
mod records;

use super::run_folders::{config_of, put_all};
use super::{Claim, Dropped, Format, NotThisFormat};
use crate::ledger::{Role, RunSink, ValueRef, attribute};
use crate::source::{File, file_name};
use events::Run;
use std::collections::BTreeMap;

pub(super) use records::starts_as_record;

pub(super) const FORMAT: Format = Format {
    name: "tensorboard",
    title: "TensorBoard event files",
    claim,
    read,
};

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
        return Claim::of(vec![place]);
    };
    let mut by_folder: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for at in dropped.within(top) {
        let is_one = dropped.name(*at).contains("tfevents") || *at == place;
        // A configuration alone is another format's.
        let is_config = dropped.name(*at) == HPARAMS
            && dropped
                .beside(*at)
                .any(|other| dropped.name(other).contains("tfevents"));
        if is_one || is_config {
            by_folder.entry(dropped.folder(*at)).or_default().push(*at);
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

/// Whether a folder lies below another.
fn is_below(folder: &str, other: &str) -> bool {
    !other.is_empty()
        && folder
            .strip_prefix(other)
            .is_some_and(|rest| rest.starts_with('/'))
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
    let mut by_folder: BTreeMap<&str, Vec<&dyn File>> = BTreeMap::new();
    for file in files {
        by_folder
            .entry(folder_of(file.path()))
            .or_default()
            .push(*file);
    }
    let mut bytes = 0;
    // Rows of runs, by folder, in the order of the folders: a run comes before what is below it.
    let mut rows: BTreeMap<String, usize> = BTreeMap::new();
    for (folder, mut files) in by_folder {
        order::by_key(&mut files, |file| file_name(file.path()));
        let mut run = Run::default();
        let mut hparams = None;
        for file in files {
            if file_name(file.path()) == HPARAMS {
                hparams = Some(file);
                continue;
            }
            let before = bytes;
            run.read(file, sink, &mut |read| on_bytes(before + read));
            bytes += file.len_bytes();
        }
        let above = rows
            .iter()
            .rfind(|(other, _)| is_below(folder, other))
            .map(|(other, row)| (other.clone(), *row));
        if let Some((above, row)) = above
            && let Some(kind) = run.part_of_run_above(&folder[above.len() + 1..])
        {
            run.write(row, &kind, sink);
            continue;
        }
        let row = begin(folder, sink);
        rows.insert(folder.to_owned(), row);
        // Before those of the plugin, which are of the same run and logged.
        if let Some(file) = hparams {
            put_all(row, Role::Param, &config_of(file, sink), sink);
        }
        run.write(row, &events::Kind::Run, sink);
    }
    Ok(())
}

/// Reads the event files of one run, which another tracker keeps, into its row; only metrics are taken.
pub(super) fn read_run(row: usize, files: &[&dyn File], sink: &mut RunSink<'_>) {
    let mut run = Run::default();
    for file in files {
        run.read(*file, sink, &mut |_| {});
    }
    run.write_scalars(row, &events::Kind::Run, sink);
}

/// A run of a folder. Its id is the path below the folder that was dropped.
fn begin(folder: &str, sink: &mut RunSink<'_>) -> usize {
    let id = folder.split_once('/').map_or(folder, |(_, rest)| rest);
    let row = sink.run(if id.is_empty() { "." } else { id });
    sink.set_attribute(
        row,
        attribute::NAME,
        ValueRef::Text(file_name(if id.is_empty() { folder } else { id })),
    );
    row
}

/// Writes a param or tag of a run.
fn put(row: usize, role: Role, name: &str, value: ValueRef<'_>, sink: &mut RunSink<'_>) {
    sink.set_named(row, role, name, value);
}
