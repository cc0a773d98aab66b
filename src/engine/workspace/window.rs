//! Lines of the table, ready to show, and as text to copy.

use super::{Workspace, rank_in};
use crate::engine::compare::compared;
use crate::engine::grouped::{Grouped, Line, group_cell};
use crate::engine::look::WindowLook;
use crate::engine::protocol::{Cell, GroupLine, MarkLines, Window, WindowRow};
use crate::engine::scales::Scale;
use crate::engine::show::cell;
use crate::engine::view::GroupStatistic;
use crate::export;
use crate::ledger::{Bits, Column, ColumnId, Kind};

impl Workspace {
    pub(super) fn window(
        &mut self,
        first: usize,
        count: usize,
        columns: &[ColumnId],
        mut look: WindowLook,
    ) -> Window {
        const MOST_ROWS: usize = 1000;
        look.colour = look
            .colour
            .filter(|id| self.ledger.try_column(*id).is_some());
        self.rank_all();
        let columns: Vec<(ColumnId, &Column)> = columns
            .iter()
            .filter_map(|id| Some((*id, self.ledger.try_column(*id)?)))
            .collect();
        let shaded = columns
            .iter()
            .copied()
            .filter(|(_, column)| {
                let is_curve = look.curves && column.history().is_some();
                is_curve || (look.heat && column.kind() == Kind::Number)
            })
            .chain(look.colour.map(|id| (id, self.ledger.column(id))));
        self.scales.need(shaded, &self.selection.shown);
        let run = |row: u32| self.line(row as usize, &columns, look);
        let columns_alone: Vec<&Column> = columns.iter().map(|(_, column)| *column).collect();
        let is_selected = |row: u32| self.marks.is_selected(row as usize);
        let count = count.min(MOST_ROWS);
        let (rows, pinned) = match &self.selection.grouped {
            None => {
                let order = || self.selection.order.iter().copied();
                let rows = order().skip(first).take(count).map(run).collect();
                (rows, order().take(self.pinned()).map(run).collect())
            }
            Some(grouped) => {
                let lines = grouped.lines.iter().skip(first).take(count);
                let statistic = self.group_statistic;
                let line = |line: &Line| {
                    grouped_line(grouped, *line, &columns_alone, statistic, run, is_selected)
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

    /// A run as a line of the table.
    fn line(&self, row: usize, columns: &[(ColumnId, &Column)], look: WindowLook) -> WindowRow {
        let cell = |(id, column): &(ColumnId, &Column)| {
            let mut cell = self.cell(*id, column, row);
            if let Some(scale) = self.scales.of(*id) {
                let number = column.get(row).number().filter(|_| look.heat);
                cell.shade = number.and_then(|x| scale.shade(x));
                let history = column.history().filter(|_| look.curves);
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
            rank: rank_in(&self.selection.ranks, row),
            cells: columns.iter().map(cell).collect(),
            group: None,
            selected: self.marks.is_selected(row),
            star: self.notes.has_star(row),
            colour: look.colour.and_then(colour),
        }
    }

    fn cell(&self, id: ColumnId, column: &Column, row: usize) -> Cell {
        let Some(baseline) = self.baseline else {
            return cell(column.get(row));
        };
        let objective = self.selection.objective.as_ref();
        let objective = objective.filter(|(_, chosen, _)| *chosen == id);
        let more_is_better = objective.map(|(_, _, values)| values.maximize);
        compared(column, row, baseline, more_is_better)
    }

    /// Runs as tab-separated text, in the order of the table.
    pub(super) fn copy(&self, lines: &MarkLines, columns: &[ColumnId]) -> String {
        let mut marked = Bits::filled(self.ledger.rows(), false);
        let wanted = self.rows_of(lines);
        wanted
            .iter()
            .for_each(|row| marked.set(*row as usize, true));
        let is_marked = |row: &&u32| marked.get(**row as usize);
        let order = self.selection.order.iter().filter(is_marked);
        let rows: Vec<usize> = order.map(|row| *row as usize).collect();
        let is_known = |id: &&ColumnId| self.ledger.try_column(**id).is_some();
        let columns: Vec<ColumnId> = columns.iter().filter(is_known).copied().collect();
        let mut bytes = Vec::new();
        // Writing to memory cannot fail.
        let _written = export::csv::write_runs(&self.ledger, &rows, &columns, b'\t', &mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// A line of a table by groups.
fn grouped_line(
    grouped: &Grouped,
    line: Line,
    columns: &[&Column],
    statistic: GroupStatistic,
    run: impl Fn(u32) -> WindowRow,
    is_selected: impl Fn(u32) -> bool,
) -> WindowRow {
    match line {
        Line::Run(row) => {
            let group = grouped.group_of(row as usize);
            let is_alone = grouped.members(group).len() == 1;
            // A group has one rank: its runs have none beside it.
            WindowRow {
                rank: grouped.rank(group).filter(|_| is_alone),
                group: (!is_alone).then_some(GroupLine::Member),
                ..run(row)
            }
        }
        Line::Group(group) => {
            let rows = grouped.members(group);
            WindowRow {
                row: rows.first().map_or(0, |row| *row as usize),
                rank: grouped.rank(group),
                cells: columns
                    .iter()
                    .map(|column| group_cell(column, rows, statistic))
                    .collect(),
                group: Some(GroupLine::Head {
                    runs: rows.len(),
                    open: grouped.is_open(group),
                }),
                selected: rows.iter().all(|row| is_selected(*row)),
                star: false,
                colour: None,
            }
        }
    }
}
