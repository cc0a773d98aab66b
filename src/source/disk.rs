//! Files of the host, for `inspect` and tests.

use super::limits::{FOLDER_DEPTH, FOLDER_FILES};
use super::{File, Files, Notes, ReadSeek};
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

struct DiskFile {
    path: String,
    place: PathBuf,
    len_bytes: u64,
    notes: Notes,
}

impl File for DiskFile {
    fn path(&self) -> &str {
        &self.path
    }

    fn len_bytes(&self) -> u64 {
        self.len_bytes
    }

    fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        Ok(Box::new(std::fs::File::open(&self.place)?))
    }

    fn notes(&self) -> Option<&Notes> {
        Some(&self.notes)
    }
}

/// The files of these paths, folders with all that is in them, in the order of their paths. Each is
/// named as it would be in a drop: by its name, inside a folder by the path from the folder on.
/// Paths that cannot be read come back with the reason. Links to folders are not followed.
pub fn walk(paths: &[PathBuf]) -> (Files, Vec<(PathBuf, io::Error)>) {
    let mut files: Files = Vec::new();
    let mut failed = Vec::new();
    for path in paths {
        let name = path.file_name().map_or_else(
            || "drop".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        );
        let mut waiting = vec![(path.clone(), name, 0)];
        while let Some((place, name, depth)) = waiting.pop() {
            match entries(&place) {
                Ok(None) => {
                    let len_bytes = std::fs::metadata(&place).map_or(0, |data| data.len());
                    files.push(Rc::new(DiskFile {
                        path: name,
                        place,
                        len_bytes,
                        notes: Notes::default(),
                    }));
                }
                Ok(Some(entries)) if depth < FOLDER_DEPTH && files.len() < FOLDER_FILES => {
                    waiting.extend(
                        entries
                            .into_iter()
                            .rev()
                            .map(|(place, part)| (place, format!("{name}/{part}"), depth + 1)),
                    );
                }
                Ok(Some(_)) => failed.push((place, io::Error::other("too deep or too many files"))),
                Err(error) => failed.push((place, error)),
            }
        }
    }
    (files, failed)
}

/// What is in a folder, by name; `None` where it is a file.
fn entries(place: &Path) -> io::Result<Option<Vec<(PathBuf, String)>>> {
    if !std::fs::metadata(place)?.is_dir() {
        return Ok(None);
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(place)? {
        let entry = entry?;
        let is_linked_folder = entry.file_type()?.is_symlink() && entry.path().is_dir();
        if !is_linked_folder {
            found.push((
                entry.path(),
                entry.file_name().to_string_lossy().into_owned(),
            ));
        }
    }
    order::by(&mut found, |a, b| a.1.cmp(&b.1));
    Ok(Some(found))
}
