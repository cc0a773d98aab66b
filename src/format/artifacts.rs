//! Files of a drop that hold no runs but belong to some: models, pictures, tables and checkpoints that a tracker keeps in a
//! run's folder. They are not read; a run's page says that they are there.

use super::UnreadFile;
use crate::source::{Files, file_name};
use serde::{Deserialize, Serialize};

/// Folders in which trackers keep what is no number, whoever reads what lies beside them.
const FOLDERS: [&str; 9] = [
    "artifacts",
    "assets",
    "checkpoints",
    "files",
    "media",
    "model",
    "models",
    "plots",
    "resources",
];

/// Folders in which such a name is that of a number.
const OF_NUMBERS: [&str; 3] = ["metrics", "params", "tags"];

/// What is read though it lies in such a folder.
const READ: [&str; 6] = [
    "config.yaml",
    "meta.yaml",
    "output.log",
    "requirements.txt",
    "wandb-metadata.json",
    "wandb-summary.json",
];

/// How many are kept in mind at most.
const MOST: usize = 100_000;

/// A file that is not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// Its path in the drop.
    pub path: String,
    /// Its size.
    pub bytes: u64,
}

/// Those of a drop, in the order of their paths: what no format reads, and what lies in folders for such.
pub fn artifacts(files: &Files, unread: &[UnreadFile]) -> Vec<Artifact> {
    let mut unread: Vec<&str> = unread.iter().map(|file| file.path.as_str()).collect();
    order::by(&mut unread, Ord::cmp);
    let is_one = |path: &str| {
        let name = file_name(path);
        let mut folders = path[..path.len() - name.len()].split('/');
        let is_known = |folder: &&str| FOLDERS.contains(folder) || OF_NUMBERS.contains(folder);
        let first = folders.find(is_known);
        unread.binary_search(&path).is_ok()
            || first.is_some_and(|folder| FOLDERS.contains(&folder)) && !READ.contains(&name)
    };
    let all = files.iter().filter(|file| is_one(file.path()));
    let all = all.map(|file| Artifact {
        path: file.path().to_owned(),
        bytes: file.len_bytes(),
    });
    let mut all: Vec<Artifact> = all.take(MOST).collect();
    order::by(&mut all, |a, b| a.path.cmp(&b.path));
    all
}
