//! Files of the runs, part by part.

use super::Workspace;
use super::seen::{program, told_of_filter};
use crate::chart::number::{counted, grouped};
use crate::engine::exporting::{COMMENT, Exporting, Slice};
use crate::engine::grouped::Grouped;
use crate::engine::protocol::{Answer, BestFormat, ExportFormat, FilePart, Pixels, Session};
use crate::engine::reproduce::best_texts;
use crate::engine::show::{run_name, short_number};
use serde_json::json;

/// A file in the making, and what it is of.
pub(super) struct Export {
    name: &'static str,
    media: &'static str,
    /// The version of the ledger that it is of.
    version: u64,
    exporting: Exporting,
}

impl Workspace {
    /// Begins a file of the shown runs, or of all; gives its first part. One that was begun before is left.
    pub(super) fn export(
        &mut self,
        format: ExportFormat,
        shown_only: bool,
        filter: &str,
    ) -> Answer {
        let all = self.ledger.rows();
        let rows: Vec<usize> = if shown_only {
            let order = self.selection.order.rows().iter();
            order.map(|row| *row as usize).collect()
        } else {
            (0..all).collect()
        };
        let mut told = vec![format!(
            "{} of {}",
            grouped(rows.len()),
            counted(all, "run")
        )];
        told.extend(self.told_of_objective("objective:"));
        told.extend(told_of_filter(filter).filter(|_| shown_only));
        told.push(program());
        let sources = self.ledger.sources().iter();
        let left_out: u64 = sources.map(|source| source.points_left_out).sum();
        let is_of_curves = matches!(
            format,
            ExportFormat::CurvesCsv | ExportFormat::CurvesParquet
        );
        if is_of_curves && left_out > 0 {
            told.push(format!(
                "{} of all runs were left out when they were read",
                counted(left_out as usize, "logged point")
            ));
        }
        let (name, media) = match format {
            ExportFormat::Json => ("runs.json", "application/json"),
            ExportFormat::Csv => ("runs.csv", "text/csv"),
            ExportFormat::Parquet => ("runs.parquet", PARQUET),
            ExportFormat::CurvesCsv => ("curves.csv", "text/csv"),
            ExportFormat::CurvesParquet => ("curves.parquet", PARQUET),
        };
        self.export = Some(Box::new(Export {
            name,
            media,
            version: self.version,
            exporting: Exporting::new(&self.ledger, format, rows, told),
        }));
        self.export_on()
    }

    /// Begins the file of a session; gives its first part.
    pub(super) fn export_session(&mut self, session: &Session) -> Answer {
        let session = Session {
            made: self.remember(),
            artifacts: self.artifacts.clone(),
            ..session.clone()
        };
        let text = serde_json::to_string(&session).unwrap_or_default();
        let all = self.ledger.rows();
        let mut told = vec![counted(all, "run")];
        told.extend(self.told_of_objective("objective:"));
        told.push(program());
        self.export = Some(Box::new(Export {
            name: "runs.runsift.zip",
            media: "application/zip",
            version: self.version,
            exporting: Exporting::of_session(&self.ledger, &text, told),
        }));
        self.export_on()
    }

    /// The next part of the file that was begun.
    pub(super) fn export_on(&mut self) -> Answer {
        let Some(mut export) = self.export.take() else {
            return Answer::FilePart(None);
        };
        if export.version != self.version {
            return Answer::FilePart(None);
        }
        let Slice {
            bytes,
            done,
            is_last,
        } = export.exporting.step(&self.ledger);
        let part = FilePart {
            name: export.name.to_owned(),
            media: export.media.to_owned(),
            bytes: Pixels(bytes),
            done,
            is_last,
        };
        if !is_last {
            self.export = Some(export);
        }
        Answer::FilePart(Some(Box::new(part)))
    }

    /// The params of the best shown run; nothing where none is best.
    pub(super) fn export_best(&self, format: BestFormat, filter: &str) -> Answer {
        let Some((.., values)) = &self.selection.objective else {
            return Answer::Done;
        };
        // Where runs are grouped it is a group that is best, and no lucky run.
        let groups = self.selection.grouped.as_ref();
        let groups = groups.filter(|grouped| grouped.info.several > 0);
        let best = match groups {
            Some(groups) => {
                let (firsts, of_groups) = groups.representatives(values);
                of_groups.best(&firsts)
            }
            None => values.best(&self.selection.shown),
        };
        let Some((row, value, ties)) = best else {
            return Answer::Done;
        };
        let (name, shown) = (run_name(&self.ledger, row), self.selection.shown.count());
        let all = counted(self.ledger.rows(), "run");
        let value = short_number(value);
        let (noun, of) = if let Some(groups) = groups {
            let of = format!(
                "the params that the runs of the best group have in common, {name} being one of them: the best of {} of {} of {all}, by their {}: {value}",
                counted(groups.info.groups, "group"),
                grouped(shown),
                values.center.label(),
            );
            ("group", of)
        } else {
            let shown = grouped(shown);
            let of = format!("the params of {name}, the best of {shown} of {all}: {value}");
            ("run", of)
        };
        let mut told = vec![of];
        if ties > 1 {
            told.push(format!("{} have this value", counted(ties, noun)));
        }
        let within: Vec<&str> = groups.into_iter().flat_map(Grouped::left_out).collect();
        told.extend(self.told_of_objective("objective:"));
        told.extend(told_of_filter(filter));
        let (mut text, caveat) = best_texts(&self.ledger, row, &within, format);
        told.extend(caveat);
        told.push(program());
        let (name, media, has_comments) = match format {
            BestFormat::Yaml => ("best.yaml", "application/yaml", true),
            BestFormat::Json => ("best.json", "application/json", false),
            BestFormat::Flags => ("best.sh", "application/x-sh", true),
        };
        let mut whole = String::new();
        if let Some(rest) = text.strip_prefix('{').filter(|_| !has_comments) {
            let comma = if rest.trim() == "}" { "" } else { "," };
            text = format!("{{\n  \"{COMMENT}\": {}{comma}{rest}", json!(told));
        } else if has_comments {
            for line in told {
                // A name must not end the comment: what follows would be run.
                let line: Vec<&str> = line.split(char::is_control).collect();
                whole.push_str("# ");
                whole.push_str(&line.join(" "));
                whole.push('\n');
            }
        }
        whole.push_str(&text);
        if !whole.ends_with('\n') {
            whole.push('\n');
        }
        Answer::Export {
            name: name.to_owned(),
            media: media.to_owned(),
            text: whole,
        }
    }
}

/// The media type of Parquet.
const PARQUET: &str = "application/vnd.apache.parquet";
