//! What a session file says of its tables, so that the ledger comes back from them as it was.

use super::{Cells, Column, DeclaredRange, Ledger, Role, SearchRange, SourceRecord};
use serde::{Deserialize, Serialize};

/// The columns of `runs.parquet` and the sources of its runs. Unknown fields are ignored, absent ones are empty.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedTables {
    /// The columns, in their order; one more follows, with the place of the run's source.
    pub columns: Vec<SavedColumn>,
    /// The sources.
    pub sources: Vec<SavedSource>,
}

/// A source of runs that were saved: what later answers go by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedSource {
    /// The file or folder, by its path in the drop.
    pub path: String,
    /// The stable word of the format that read it.
    pub format: String,
    /// Of how many whole files it was read, and the folder that all of them lie in.
    pub files: usize,
    /// See there.
    pub folder: String,
    /// Bytes read from disk.
    pub bytes: u64,
    /// How many logged points were left out.
    pub points_left_out: u64,
    /// Whether its run ids are ids.
    pub has_ids: bool,
    /// Direction of metrics that it declares: true is maximize.
    pub directions: Vec<(String, bool)>,
    /// In what ranges it declares that params were searched.
    pub ranges: Vec<(String, SearchRange)>,
    /// Those of one group of its runs, each with the group's name first.
    pub group_ranges: Vec<(String, String, SearchRange)>,
}

impl From<SavedSource> for SourceRecord {
    fn from(saved: SavedSource) -> Self {
        let SavedSource {
            path,
            format,
            files,
            folder,
            bytes,
            points_left_out,
            has_ids,
            directions,
            ranges,
            group_ranges,
        } = saved;
        let of_all = ranges
            .into_iter()
            .map(|(name, range)| (String::new(), name, range));
        let ranges = of_all.chain(group_ranges);
        let ranges = ranges.map(|(group, name, range)| DeclaredRange { name, group, range });
        Self {
            path,
            format,
            files,
            folder,
            bytes,
            points_left_out,
            has_ids,
            directions,
            ranges: ranges.collect(),
            ..Self::default()
        }
    }
}

/// A column of `runs.parquet`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedColumn {
    /// What it is to a run.
    pub role: Role,
    /// Its name.
    pub name: String,
    /// Whether its texts stand for values of several kinds.
    pub is_mixed: bool,
}

impl SavedTables {
    /// What is to be said of these columns of a ledger.
    pub fn of<'c>(ledger: &Ledger, columns: impl Iterator<Item = &'c Column>) -> Self {
        let column = |column: &Column| SavedColumn {
            role: column.role(),
            name: column.name().to_owned(),
            is_mixed: match column.cells() {
                Cells::Number { odd, .. } => !odd.is_empty(),
                Cells::Category { dictionary, .. } => !dictionary.is_text_only(),
                _ => false,
            },
        };
        // What older versions read has no groups.
        let is_of_all = |of: &&DeclaredRange| of.group.is_empty();
        let source = |source: &SourceRecord| SavedSource {
            path: source.path.clone(),
            format: source.format.clone(),
            files: source.files,
            folder: source.folder.clone(),
            bytes: source.bytes,
            points_left_out: source.points_left_out,
            has_ids: source.has_ids,
            directions: source.directions.clone(),
            ranges: (source.ranges.iter().filter(is_of_all))
                .map(|of| (of.name.clone(), of.range))
                .collect(),
            group_ranges: (source.ranges.iter().filter(|of| !is_of_all(of)))
                .map(|of| (of.group.clone(), of.name.clone(), of.range))
                .collect(),
        };
        Self {
            columns: columns.map(column).collect(),
            sources: ledger.sources().iter().map(source).collect(),
        }
    }
}
