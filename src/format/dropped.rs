//! The files of a drop as formats look at them, and what a format claims of them.
//!
//! A drop can be a folder of a hundred thousand small files: paths are indexed once, and a file's head
//! is read only when a format asks for it. So formats ask for names and folders first, content then.

use super::Head;
use super::head::WIDEST_BYTES;
use crate::source::{File, Files, file_name};
use rustc_hash::FxHashMap;
use std::cell::OnceCell;

/// How much text the heads of a drop's files may keep together, about.
const HEADS_BYTES: usize = 256 << 20;

/// How much of each file is looked at however many there are.
const LEAST_HEAD_BYTES: usize = 2 << 10;

/// The files of a drop, by place, path and folder. A place is an index into the drop.
pub struct Dropped<'a> {
    files: &'a Files,
    heads: Vec<OnceCell<Box<Head>>>,
    /// How much of each file its head shows at most, in bytes.
    head_bytes: usize,
    /// All places in the order of their paths.
    by_path: Vec<usize>,
    /// The places of the files that lie in a folder itself.
    by_folder: FxHashMap<&'a str, Vec<usize>>,
}

impl<'a> Dropped<'a> {
    /// Indexes the files; reads none.
    pub fn new(files: &'a Files) -> Self {
        let mut by_path: Vec<usize> = (0..files.len()).collect();
        order::by_key(&mut by_path, |at| files[*at].path());
        let mut by_folder: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (place, file) in files.iter().enumerate() {
            by_folder
                .entry(folder_of(file.path()))
                .or_default()
                .push(place);
        }
        Self {
            files,
            heads: files.iter().map(|_| OnceCell::new()).collect(),
            head_bytes: (HEADS_BYTES / files.len().max(1)).clamp(LEAST_HEAD_BYTES, WIDEST_BYTES),
            by_path,
            by_folder,
        }
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// A file's source.
    pub fn file(&self, place: usize) -> &'a dyn File {
        self.files[place].as_ref()
    }

    /// A file's path in the drop.
    pub fn path(&self, place: usize) -> &'a str {
        self.files[place].path()
    }

    /// The last part of a file's path.
    pub fn name(&self, place: usize) -> &'a str {
        file_name(self.path(place))
    }

    /// The folder that a file lies in; empty where it lies in none.
    pub fn folder(&self, place: usize) -> &'a str {
        folder_of(self.path(place))
    }

    /// A file's head, which is read when it is first asked for.
    pub fn head(&self, place: usize) -> &Head {
        self.heads[place].get_or_init(|| Box::new(Head::of(self.file(place), self.head_bytes)))
    }

    /// The file of this path.
    pub fn at(&self, path: &str) -> Option<usize> {
        let found = self
            .by_path
            .binary_search_by(|place| self.path(*place).cmp(path));
        found.ok().map(|at| self.by_path[at])
    }

    /// The file of this name or path in a folder; of the empty folder, at the top of the drop.
    pub fn in_folder(&self, folder: &str, name: &str) -> Option<usize> {
        self.at(format!("{folder}/{name}").trim_start_matches('/'))
    }

    /// All files below a folder, in the order of their paths; of the empty folder, all.
    pub fn within(&self, folder: &str) -> &[usize] {
        if folder.is_empty() {
            return &self.by_path;
        }
        let is_before = |place: &usize| {
            let path = self.path(*place);
            let start = path.get(..folder.len()).unwrap_or(path);
            (start, path.as_bytes().get(folder.len())) < (folder, Some(&b'/'))
        };
        let from = self.by_path.partition_point(is_before);
        let is_within = |place: &usize| {
            let rest = self.path(*place).strip_prefix(folder);
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        let count = self.by_path[from..].partition_point(is_within);
        &self.by_path[from..from + count]
    }

    /// The files that lie in the same folder as this one, itself too, in the order of the drop.
    pub fn beside(&self, place: usize) -> impl Iterator<Item = usize> + '_ {
        let places = self.by_folder.get(self.folder(place));
        places.into_iter().flatten().copied()
    }
}

/// The part of a path before its name; empty where there is none.
fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Files that a format reads as one source, in pieces that can be read apart, by several hands at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    pieces: Vec<Vec<usize>>,
    is_divisible: bool,
}

impl Claim {
    /// Nothing is of the format.
    pub fn none() -> Self {
        Self::default()
    }

    /// One file, where it is of the format.
    pub fn alone(place: usize, is_ours: bool) -> Self {
        Self::of(if is_ours { vec![place] } else { Vec::new() })
    }

    /// Files that must be read together; the first stands for them in the receipt.
    pub fn of(files: Vec<usize>) -> Self {
        Self::pieces(vec![files])
    }

    /// Pieces of one source, none of which needs another; its first file stands for them in the receipt.
    pub fn pieces(mut pieces: Vec<Vec<usize>>) -> Self {
        pieces.retain(|piece| !piece.is_empty());
        Self {
            pieces,
            is_divisible: false,
        }
    }

    /// The same, of a file in which every record is a run by itself: a large one may be read in spans.
    pub fn by_record(self) -> Self {
        Self {
            is_divisible: true,
            ..self
        }
    }

    /// Whether a file may be read in spans.
    pub fn is_divisible(&self) -> bool {
        self.is_divisible
    }

    /// The pieces; none of them is empty.
    pub fn into_pieces(self) -> Vec<Vec<usize>> {
        self.pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemoryFile;
    use std::rc::Rc;

    fn check(paths: &[&str], folder: &str) {
        let files: Files = paths
            .iter()
            .map(|path| Rc::new(MemoryFile::new(path, b"")) as Rc<dyn File>)
            .collect();
        let dropped = Dropped::new(&files);
        let mut naive: Vec<&str> = paths
            .iter()
            .copied()
            .filter(|path| folder.is_empty() || path.starts_with(&format!("{folder}/")))
            .collect();
        naive.sort_unstable();
        let within: Vec<&str> = dropped
            .within(folder)
            .iter()
            .map(|place| dropped.path(*place))
            .collect();
        assert_eq!(within, naive, "{folder}");
        for (place, path) in paths.iter().enumerate() {
            assert_eq!(dropped.at(path), Some(place));
            let is_beside = |at: &usize| dropped.folder(*at) == dropped.folder(place);
            assert!(dropped.beside(place).eq((0..paths.len()).filter(is_beside)));
        }
        assert_eq!(dropped.at("no such"), None);
    }

    #[test]
    fn a_folder_holds_what_lies_below_it() {
        let paths = &[
            "a/meta.yaml",
            "z.csv",
            "a-b/meta.yaml",
            "a/b/c",
            "a/b.c/d",
            "a b/x",
            "ä/x",
            "a",
            "ab/x",
            "a/b/λ",
            "ä",
        ];
        for folder in ["", "a", "a/b", "a-b", "ä", "z", "a/b.c", "nothing", "a/"] {
            check(paths, folder);
        }
    }
}
