//! A session in one file: a zip of its text and of its runs and curves as Parquet. docs/sessions.md describes it.

use super::{COMMENT, Curves, RunsTable};
use crate::export::parquet::Writer;
use crate::export::zip::Zip;
use crate::ledger::{ColumnId, Ledger, SavedTables};

/// What lies in a session file, for who opens it with other programs.
const README: &str = "A session of runsift. Drop this file onto the page to go on with it.

session.json    what was seen and made of the runs: view, notes, tags, stars, pins; what the columns are
runs.parquet    a run a row: attributes, params (param.), metrics (metric., the last value), tags (tag.)
curves.parquet  a logged point a row: run, metric, step, time, value, and the row of the run in runs.parquet

";

/// A session in one file.
pub(super) struct SessionFile {
    zip: Zip,
    text: String,
    pub(super) table: RunsTable,
    pub(super) curves: Curves,
    stage: Stage,
    pub(super) is_done: bool,
}

#[derive(Clone, Copy)]
enum Stage {
    Texts,
    Runs,
    Curves,
}

impl SessionFile {
    pub(super) fn new(ledger: &Ledger, text: &str) -> Self {
        let all = ledger.columns_with_ids();
        let wanted = all.filter(|(_, column)| !column.is_vacant() && column.formula().is_none());
        let columns: Vec<ColumnId> = wanted.map(|(id, _)| id).collect();
        let tables = SavedTables::of(ledger, columns.iter().map(|id| ledger.column(*id)));
        let tables = serde_json::to_string(&tables).unwrap_or_default();
        // Two objects become one.
        let text = match (text.strip_suffix('}'), tables.strip_prefix('{')) {
            (Some(text), Some(tables)) => format!("{text},{tables}"),
            _ => text.to_owned(),
        };
        let mut curves = Curves::new(ledger, true);
        curves.add_rows(ledger);
        Self {
            zip: Zip::default(),
            text,
            table: RunsTable::of_session(ledger, columns),
            curves,
            stage: Stage::Texts,
            is_done: false,
        }
    }

    pub(super) fn step(
        &mut self,
        ledger: &Ledger,
        rows: &[usize],
        told: &[String],
        out: &mut Vec<u8>,
    ) {
        let Self {
            zip, table, curves, ..
        } = self;
        let told = told.join("\n");
        let about = [(COMMENT, told.as_str())];
        match self.stage {
            Stage::Texts => {
                for (name, texts) in [
                    ("session.json", [self.text.as_str(), ""]),
                    ("README.txt", [README, &told]),
                ] {
                    zip.begin(name, out);
                    texts
                        .iter()
                        .for_each(|text| zip.write(text.as_bytes(), out));
                    zip.end(out);
                }
                zip.begin("runs.parquet", out);
                self.stage = Stage::Runs;
            }
            Stage::Runs => {
                table.step(ledger, rows);
                zip.write(&table.writer.take(), out);
                if table.is_done(rows) {
                    let writer = std::mem::replace(&mut table.writer, Writer::new(Vec::new()));
                    zip.write(&writer.finish(&about), out);
                    zip.end(out);
                    zip.begin("curves.parquet", out);
                    self.stage = Stage::Curves;
                }
            }
            Stage::Curves => {
                let mut bytes = Vec::new();
                curves.step(ledger, rows, &mut bytes);
                zip.write(&bytes, out);
                if curves.place >= rows.len() {
                    if let Some(writer) = curves.writer.take() {
                        zip.write(&writer.finish(&about), out);
                    }
                    zip.end(out);
                    zip.finish(out);
                    self.is_done = true;
                }
            }
        }
    }
}
