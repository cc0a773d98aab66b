//! The table as it is seen, for a paper or for notes: with what it is of, the best in bold, and what cannot be told
//! from the best marked.

use super::Workspace;
use crate::analysis::grouping::replicate_keys;
use crate::analysis::ranking::Repeats;
use crate::analysis::ranking::uncertainty::BOOTSTRAPPED;
use crate::chart::number::{counted, grouped as digits};
use crate::engine::brief::told_test;
use crate::engine::grouped::{Grouped, Line};
use crate::engine::look::WindowLook;
use crate::engine::protocol::{
    Answer, CELL, GroupLine, LINE, TableFormat, WindowQuestion, WindowRow,
};
use crate::engine::show::run_name;
use crate::engine::view::{Direction, GroupStatistic};
use crate::export::{self, csv};
use crate::ledger::{ColumnId, Kind, Role, ValueRef, attribute};

/// Longer tables are for [`super::export`]: nobody prints them.
const MOST_LINES: usize = 500;
/// Same groups, same marks.
const SEED: u64 = 0;
/// Stands behind what cannot be told from the best.
const TIED: &str = " †";

impl Workspace {
    /// The lines of the table with these columns. The runs below an open group are left out: its row speaks for them.
    pub(super) fn export_seen(
        &mut self,
        format: TableFormat,
        columns: &[ColumnId],
        filter: &str,
    ) -> Answer {
        let is_known = |id: &&ColumnId| self.ledger.try_column(**id).is_some();
        let columns: Vec<ColumnId> = columns.iter().filter(is_known).copied().collect();
        let window = self.window(&WindowQuestion {
            first: 0,
            count: 2 * MOST_LINES,
            columns: columns.clone(),
            look: WindowLook::default(),
        });
        let mut rows = window.rows;
        rows.retain(|row| row.group != Some(GroupLine::Member));
        rows.truncate(MOST_LINES);
        let is_ranked = self.selection.objective.is_some();
        let objective = self
            .selection
            .objective
            .as_ref()
            .and_then(|(asked, id, _)| {
                let wanted = [*id, self.shown_objective(asked, *id)];
                columns.iter().position(|column| wanted.contains(column))
            });
        // Behind the name, and behind the rank where there is one.
        let before = 1 + usize::from(is_ranked);
        let (tied, test) = self.tied_lines(&rows);
        let mut header: Vec<String> = Vec::new();
        if is_ranked {
            header.push("rank".to_owned());
        }
        let is_grouped = self.selection.grouped.is_some();
        header.push(if is_grouped { "runs" } else { "run" }.to_owned());
        let names = columns.iter().map(|id| self.ledger.column(*id).name());
        header.extend(names.map(str::to_owned));
        let mut records = vec![header];
        for (row, is_tied) in rows.iter().zip(&tied) {
            let mut record = Vec::new();
            if is_ranked {
                record.push(row.rank.map_or_else(String::new, |rank| rank.to_string()));
            }
            record.push(match row.group {
                Some(GroupLine::Head { runs, .. }) => digits(runs),
                _ => run_name(&self.ledger, row.row),
            });
            for (at, cell) in row.cells.iter().enumerate() {
                let mark = if *is_tied && Some(at) == objective {
                    TIED
                } else {
                    ""
                };
                record.push(format!("{}{mark}", cell.text.trim()));
            }
            records.push(record);
        }
        let is_bold = |record: usize, column: usize| {
            let row = record.checked_sub(1).and_then(|at| rows.get(at));
            objective.is_some_and(|at| at + before == column)
                && row.is_some_and(|row| row.rank == Some(1))
        };
        let mut told = self.told_of_table(&rows, filter);
        if tied.contains(&true) {
            told.push(format!(
                "{}: cannot be told from the best ({test} against it, Holm’s correction)",
                TIED.trim()
            ));
        }
        let (name, media, text) = match format {
            TableFormat::Paper => {
                let mut text = String::new();
                for record in &records {
                    text.push_str(&record.join(&CELL.to_string()));
                    text.push(LINE);
                }
                text.push_str(&told.join("; "));
                ("", "", text)
            }
            TableFormat::Latex => {
                let mut at_right = vec![true; usize::from(is_ranked)];
                at_right.push(is_grouped);
                let is_number = |id: &ColumnId| self.ledger.column(*id).kind() == Kind::Number;
                at_right.extend(columns.iter().map(is_number));
                let table = export::latex::Table {
                    records: &records,
                    at_right: &at_right,
                    is_bold: &is_bold,
                    caption: &format!("{}.", told.join("; ")),
                    comments: &told,
                };
                ("table.tex", "text/x-tex", table.source())
            }
            TableFormat::Markdown => {
                let mut text = export::markdown::table_with(&records, &is_bold);
                for line in &told {
                    text.push('\n');
                    export::markdown::escape(line, &mut text);
                    text.push_str("  ");
                }
                text.push('\n');
                ("table.md", "text/markdown", text)
            }
            TableFormat::Html => {
                let mut text = export::html::table_with(&records, &is_bold);
                export::html::element("p", &told.join("; "), &mut text);
                text.push('\n');
                ("table.html", "text/html", text)
            }
            TableFormat::Tabs => (
                "table.tsv",
                "text/tab-separated-values",
                self.tabs(&rows, &columns, &records, &told),
            ),
        };
        Answer::Export {
            name: name.to_owned(),
            media: media.to_owned(),
            text,
        }
    }

    /// The table for programs: runs with their exact values, by names that the page reads again; groups as they are seen.
    fn tabs(
        &self,
        lines: &[WindowRow],
        columns: &[ColumnId],
        records: &[Vec<String>],
        told: &[String],
    ) -> String {
        let mut bytes = Vec::new();
        // Writing to memory cannot fail.
        if self.selection.grouped.is_some() {
            let _written = csv::write_comment("groups", told, b'\t', &mut bytes);
            bytes.extend(csv::table(records, b'\t').into_bytes());
        } else {
            let known = [attribute::ID, attribute::NAME];
            let known = known.map(|name| self.ledger.find(Role::Attribute, name));
            let mut all: Vec<ColumnId> = known.into_iter().flatten().collect();
            all.retain(|id| !columns.contains(id));
            all.extend(columns);
            let rows: Vec<usize> = lines.iter().map(|line| line.row).collect();
            let mut names = csv::telling_names(&self.ledger, &rows, &all);
            if self.selection.objective.is_some() {
                names.insert(0, "rank".to_owned());
            }
            let rank = |line: usize| match lines[line].rank {
                Some(rank) => ValueRef::Number(rank as f64),
                None => ValueRef::Missing,
            };
            let table = (rows.as_slice(), all.as_slice(), names.as_slice());
            let _written = csv::write_comment("table", told, b'\t', &mut bytes)
                .and_then(|()| csv::write_header(&names, b'\t', &mut bytes))
                .and_then(|()| csv::write_rows(&self.ledger, table, &rank, b'\t', &mut bytes));
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Which lines are groups that cannot be told from the best one, and by what; none where that is not known.
    fn tied_lines(&self, rows: &[WindowRow]) -> (Vec<bool>, String) {
        let nothing = || (vec![false; rows.len()], String::new());
        let (Some(grouped), Some((_, column, values))) =
            (&self.selection.grouped, &self.selection.objective)
        else {
            return nothing();
        };
        let members = grouped.all_members();
        let (_, others) = replicate_keys(&self.ledger, &values.values);
        let repeats = Repeats::of(&self.ledger, &others, &members, *column, values);
        let mut judging = repeats.judging(values, SEED);
        repeats.add(&self.ledger, values, members.iter(), &mut judging);
        while judging.step(|| None) {}
        let Some(standing) = judging.standing() else {
            return nothing();
        };
        if standing.tied.len() < 2 {
            return nothing();
        }
        let tied: Vec<u32> = standing
            .tied
            .iter()
            .filter_map(|place| standing.order.get(*place).copied())
            .collect();
        let is_tied = rows
            .iter()
            .map(|row| tied.contains(&grouped.group_of(row.row)));
        let pairs = repeats.told(&self.ledger);
        (is_tied.collect(), told_test(&standing, &pairs))
    }

    /// What the table is of, a sentence a line: how many of how many, the objective, the filter, the program.
    fn told_of_table(&self, rows: &[WindowRow], filter: &str) -> Vec<String> {
        let shown = self.selection.shown.count();
        let runs = format!(
            "{} of {}",
            digits(shown),
            counted(self.ledger.rows(), "run")
        );
        let lines = |all: usize, what: &str| {
            if rows.len() < all {
                format!("the first {} of {}", digits(rows.len()), counted(all, what))
            } else {
                counted(all, what)
            }
        };
        let mut told = Vec::new();
        match &self.selection.grouped {
            Some(grouped) => told.push(format!(
                "{} ({runs}), metrics as {}{}",
                lines(count_of_groups(grouped), "group"),
                self.group_statistic.label(),
                match self.group_statistic {
                    GroupStatistic::Interval
                        if grouped.skew().most() >= *BOOTSTRAPPED.start() =>
                    {
                        " (Student’s t; of the objective bootstrap-t from 30 to 200 runs, else corrected where runs are skewed)"
                    }
                    GroupStatistic::Interval if grouped.skew().told().is_some() => {
                        " (Student’s t, of the skewed objective Hall’s transformation)"
                    }
                    GroupStatistic::Interval if grouped.skew().may_be_unseen() => {
                        " (Student’s t, of the objective stretched to the side where few runs lean)"
                    }
                    GroupStatistic::Interval => " (Student’s t)",
                    _ => "",
                }
            )),
            None if rows.len() < shown => told.push(format!("{} ({runs})", lines(shown, "run"))),
            None => told.push(runs),
        }
        told.extend(self.told_of_objective("ranked by"));
        told.extend(told_of_filter(filter));
        told.push(program());
        told
    }

    /// The objective, after these words.
    pub(in crate::engine) fn told_of_objective(&self, words: &str) -> Option<String> {
        let (objective, column, _) = self.selection.objective.as_ref()?;
        let aim = match objective.direction {
            Direction::Minimize => "lowest",
            Direction::Maximize => "highest",
        };
        Some(format!(
            "{words} the {aim} {} ({})",
            self.ledger.column(*column).name(),
            objective.reading_words()
        ))
    }
}

/// The filter, where there is one.
pub(super) fn told_of_filter(filter: &str) -> Option<String> {
    (!filter.is_empty()).then(|| format!("filter: {filter}"))
}

/// The program and its version.
pub(super) fn program() -> String {
    format!("made with runsift {}", env!("CARGO_PKG_VERSION"))
}

/// How many lines are of groups, or of the one run of a group.
fn count_of_groups(grouped: &Grouped) -> usize {
    let is_alone = |line: &&Line| match line {
        Line::Group(_) => true,
        Line::Run(row) => grouped.members(grouped.group_of(*row as usize)).len() == 1,
    };
    grouped.lines.iter().filter(is_alone).count()
}
