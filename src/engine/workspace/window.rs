//! Lines of the table, ready to show, and as text to copy.

use super::Workspace;
use crate::analysis::ranking::ObjectiveColumn;
use crate::analysis::ranking::uncertainty::Skew;
use crate::engine::compare::compare;
use crate::engine::grouped::{Grouped, Line, Said};
use crate::engine::look::WindowLook;
use crate::engine::protocol::{
    Cell, CellKind, GroupLine, MarkLines, Window, WindowQuestion, WindowRow,
};
use crate::engine::scales::Scale;
use crate::engine::show::{self, cell};
use crate::engine::view::{Baseline, Objective};
use crate::export;
use crate::ledger::{Bits, Column, ColumnId, Few, Kind};

impl Workspace {
    pub(super) fn window(&mut self, question: &WindowQuestion) -> Window {
        const MOST_ROWS: usize = 1000;
        let WindowQuestion {
            first,
            count,
            ref columns,
            mut look,
        } = *question;
        look.colour = look
            .colour
            .filter(|id| self.ledger.try_column(*id).is_some());
        let is_grouped = self.selection.grouped.is_some();
        for id in columns {
            if let Some(column) = self.ledger.try_column(*id) {
                self.decimals
                    .or_insert_with(id.0, || show::decimals(column));
            }
        }
        let ledger = &self.ledger;
        if let Some(grouped) = &mut self.selection.grouped {
            grouped.learn_names(ledger);
            for id in columns {
                let Some(column) = ledger.try_column(*id) else {
                    continue;
                };
                let few = self.few.or_insert_with(id.0, || Few::of(column.cells()));
                grouped.learn(*id, column, few.as_ref());
            }
        }
        let shaded = columns
            .iter()
            .filter_map(|id| Some((*id, ledger.try_column(*id)?)))
            .filter(|(_, column)| {
                let is_curve = look.curves && column.history().is_some();
                is_curve || (look.heat && column.kind() == Kind::Number)
            })
            .chain(look.colour.map(|id| (id, ledger.column(id))));
        self.scales.need(shaded, &self.selection.shown);
        let columns: Vec<Shown<'_>> = columns
            .iter()
            .filter_map(|id| {
                let column = self.ledger.try_column(*id)?;
                let decimals = self.decimals.get(&id.0).copied().unwrap_or_default();
                let mut shown = self.shown_column(*id, column, decimals);
                if is_grouped {
                    shown.present = column.present();
                }
                Some(shown)
            })
            .collect();
        let run = |row: u32| self.line(row, &columns, look);
        let count = count.min(MOST_ROWS);
        let (rows, pinned) = match &self.selection.grouped {
            None => {
                let order = |from: usize, count| {
                    let rows = self.selection.order.up_to(from.saturating_add(count));
                    rows.iter().skip(from).take(count).copied().map(run)
                };
                let pinned = order(0, self.pinned()).collect();
                (order(first, count).collect(), pinned)
            }
            Some(grouped) => {
                let lines = grouped.lines.iter().skip(first).take(count);
                let line = |line: &Line| match line {
                    Line::Run(row) => member(grouped, run(*row)),
                    Line::Group(group) => self.head(grouped, *group, &columns),
                };
                (lines.map(line).collect(), Vec::new())
            }
        };
        let scale = look.colour.and_then(|id| self.scales.of(id));
        Window {
            first,
            rows,
            pinned,
            legend: scale.map(Scale::legend).unwrap_or_default(),
        }
    }

    /// A column with what the baseline has in it and which way is better.
    pub(super) fn shown_column<'l>(
        &self,
        id: ColumnId,
        column: &'l Column,
        decimals: usize,
    ) -> Shown<'l> {
        let objective = self.selection.objective.as_ref();
        let is_objective = |(asked, chosen, _): &&(Objective, ColumnId, ObjectiveColumn)| {
            *chosen == id || self.shown_objective(asked, *chosen) == id
        };
        let objective = objective.filter(is_objective);
        let grouped = self
            .selection
            .grouped
            .as_ref()
            .filter(|_| objective.is_some());
        let rows = &self.baseline_rows;
        Shown {
            id,
            column,
            decimals,
            present: Bits::default(),
            baseline: (!rows.is_empty()).then(|| Said::new(column, rows, self.group_statistic)),
            more_is_better: objective.map(|(_, _, values)| values.maximize),
            skew: grouped.map_or_else(Skew::default, Grouped::skew),
        }
    }

    /// What several runs have together, told against the baseline.
    pub(super) fn told_cell(
        &self,
        shown: &Shown<'_>,
        said: &Said<'_>,
        rows: &[u32],
        is_baseline: bool,
    ) -> Cell {
        let mut cell = said.cell(
            shown.column,
            &shown.present,
            rows,
            self.group_statistic,
            &shown.skew,
        );
        if let (Said::Sample(_), Some(_)) = (said, shown.column.history()) {
            cell.full = cell
                .full
                .map(|full| format!("of the runs’ last values: {full}"));
        }
        if let (Some(baseline), false) = (&shown.baseline, is_baseline) {
            let direction = shown.more_is_better;
            compare(&mut cell, shown.column, said, baseline, direction);
        }
        cell
    }

    /// A run as a line of the table.
    fn line(&self, run: u32, columns: &[Shown<'_>], look: WindowLook) -> WindowRow {
        let row = run as usize;
        let is_baseline = self.baseline == Some(Baseline::Run(row));
        let cell = |shown: &Shown<'_>| {
            let mut cell = cell(shown.column.get(row));
            if let (Some(baseline), false) = (&shown.baseline, is_baseline) {
                let said = Said::new(shown.column, &[run], self.group_statistic);
                let direction = shown.more_is_better;
                compare(&mut cell, shown.column, &said, baseline, direction);
            }
            if cell.kind == CellKind::Number && cell.change.is_none() {
                show::line_up(&mut cell.text, shown.decimals);
            }
            if let Some(scale) = self.scales.of(shown.id) {
                let number = shown.column.get(row).number().filter(|_| look.heat);
                cell.shade = number.and_then(|x| scale.shade(x));
                let history = shown.column.history().filter(|_| look.curves);
                cell.curve = history.and_then(|history| scale.curve(history, row));
            }
            cell
        };
        let colour = |id| {
            let scale = self.scales.of(id)?;
            scale.colour(self.ledger.column(id), row)
        };
        WindowRow {
            row,
            rank: self.rank_of(row),
            cells: columns.iter().map(cell).collect(),
            group: None,
            keys: String::new(),
            selected: self.marks.is_selected(row),
            star: self.notes.has_star(row),
            baseline: is_baseline,
            colour: look.colour.and_then(colour),
        }
    }

    /// A group of several runs as a line of the table.
    fn head(&self, grouped: &Grouped, group: u32, columns: &[Shown<'_>]) -> WindowRow {
        let rows = grouped.members(group);
        let opened_by = grouped.opened_by(group);
        let is_in = |row: &u32| grouped.group_of(*row as usize) == group;
        let is_group = matches!(self.baseline, Some(Baseline::Group(_)));
        let is_baseline = is_group && self.baseline_rows.first().is_some_and(is_in);
        let cell = |shown: &Shown<'_>| {
            let few = self.few.get(&shown.id.0).and_then(Option::as_ref);
            let known = grouped.learnt(shown.id, shown.column, few, group);
            let said = Said::with(shown.column, rows, self.group_statistic, known);
            self.told_cell(shown, &said, rows, is_baseline)
        };
        WindowRow {
            // The one by which it is closed again, though the filter shows others before it.
            row: opened_by.unwrap_or_else(|| rows.first().map_or(0, |row| *row as usize)),
            rank: grouped.rank(group),
            cells: columns.iter().map(cell).collect(),
            group: Some(GroupLine::Head {
                runs: rows.len(),
                open: opened_by.is_some(),
            }),
            keys: grouped.name(&self.ledger, group),
            selected: rows.iter().all(|row| self.marks.is_selected(*row as usize)),
            star: false,
            baseline: is_baseline,
            colour: None,
        }
    }

    /// Runs as tab-separated text, in the order of the table.
    pub(super) fn copy(&self, lines: &MarkLines, columns: &[ColumnId]) -> String {
        let mut marked = Bits::filled(self.ledger.rows(), false);
        let wanted = self.rows_of(lines);
        wanted
            .iter()
            .for_each(|row| marked.set(*row as usize, true));
        let is_marked = |row: &&u32| marked.get(**row as usize);
        let order = self.selection.order.rows().iter().filter(is_marked);
        let rows: Vec<usize> = order.map(|row| *row as usize).collect();
        let is_known = |id: &&ColumnId| self.ledger.try_column(**id).is_some();
        let columns: Vec<ColumnId> = columns.iter().filter(is_known).copied().collect();
        let mut bytes = Vec::new();
        // Writing to memory cannot fail.
        let _written = export::csv::write_runs(&self.ledger, &rows, &columns, b'\t', &mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// A column of a window.
pub(super) struct Shown<'l> {
    id: ColumnId,
    column: &'l Column,
    /// For how many decimals its numbers leave room.
    decimals: usize,
    /// Which runs have a value, where runs are grouped.
    pub(super) present: Bits,
    /// What the baseline has, where there is one.
    baseline: Option<Said<'l>>,
    /// Which way is better, where the person chose.
    more_is_better: Option<bool>,
    /// How skewed it is in groups, where it is the objective.
    pub(super) skew: Skew,
}

/// A run in a table by groups. A group has one rank: its runs have none beside it.
fn member(grouped: &Grouped, run: WindowRow) -> WindowRow {
    let group = grouped.group_of(run.row);
    let is_alone = grouped.members(group).len() == 1;
    WindowRow {
        rank: grouped.rank(group).filter(|_| is_alone),
        group: (!is_alone).then_some(GroupLine::Member),
        ..run
    }
}
