//! What the folders of an export hold of a run besides what was read: names and sizes, by folder.

use super::numbers::Numbers;
use crate::chart::number::{bytes, counted, grouped};
use crate::format::Artifact;
use crate::ledger::{Ledger, attribute};
use crate::source::file_name;

/// How many files are listed.
const LISTED: usize = 200;

/// An id of so many letters is no other folder's name by chance.
const LONG: usize = 6;

/// A run's files, a table a folder, and a sentence where they are not all.
pub(super) fn of_run(ledger: &Ledger, row: usize, all: &[Artifact]) -> Vec<Numbers> {
    let Some(source) = ledger.sources().get(ledger.source_of(row)) else {
        return Vec::new();
    };
    let text = |name: &str| {
        let value = ledger.attribute(name)?.get(row).text()?;
        Some(value.trim_matches('/').to_owned()).filter(|text| !text.is_empty())
    };
    let id = text(attribute::ID).or_else(|| Some(ledger.run_id(row)).filter(|_| source.has_ids));
    let names: Vec<String> = id.into_iter().chain(text(attribute::NAME)).collect();
    let folder = source.folder.as_str();
    let is_alone = source.runs == 1 && source.files > 1 && !folder.is_empty();
    // Where the run's own folder ends in a path, if it lies in it.
    let own = |path: &str| -> Option<usize> {
        let rest = path.strip_prefix(folder)?;
        if is_alone {
            return Some(folder.len());
        }
        let mut from = 0;
        for (depth, part) in rest.split('/').enumerate() {
            let is_named = |name: &String| {
                let is_it = part == name
                    || name.contains('/') && rest[from..].starts_with(&format!("{name}/"));
                let before = part.strip_suffix(name.as_str());
                // As W&B's folders `run-TIME-ID`.
                let ends_so = before.is_some_and(|before| before.ends_with(['-', '_']));
                name.len() >= LONG && (is_it || ends_so) || is_it && depth == 0
            };
            let end = from + part.len();
            if end < rest.len() && names.iter().any(is_named) {
                return Some(folder.len() + end + 1);
            }
            from = end + 1;
        }
        None
    };
    let files: Vec<(&str, &Artifact)> = all
        .iter()
        .filter_map(|file| Some((file.path.get(own(&file.path)?..)?, file)))
        .collect();
    let mut tables: Vec<Numbers> = Vec::new();
    for (path, file) in files.iter().take(LISTED) {
        let name = file_name(path);
        let within = path[..path.len() - name.len()].trim_end_matches('/');
        let title = if within.is_empty() { "/" } else { within };
        if tables.last().is_none_or(|table| table.title != title) {
            tables.push(Numbers::new(title, String::new(), &["File", "Size"]));
        }
        if let Some(table) = tables.last_mut() {
            table.lines.push(vec![name.to_owned(), bytes(file.bytes)]);
        }
    }
    let whole: u64 = files.iter().map(|(_, file)| file.bytes).sum();
    let told = counted(files.len(), "file");
    let listed = if files.len() > LISTED {
        format!(", the first {} listed", grouped(LISTED))
    } else {
        String::new()
    };
    if let Some(first) = tables.first_mut() {
        first.words = format!("{told} of this run, {}, not read{listed}.", bytes(whole));
    }
    tables
}
