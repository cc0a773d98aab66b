//! Which runs or groups stand side by side, what differs between them, and what each of them has.

use super::Workspace;
use crate::chart::number::{counted, grouped as digits};
use crate::chart::scatter::OTHERS;
use crate::engine::curves_drawn::Beside;
use crate::engine::grouped::{Grouped, Line, Said};
use crate::engine::info::key_of;
use crate::engine::line_diff::{TextDiff, line_diff};
use crate::engine::name_tree::name_tree;
use crate::engine::protocol::CellKind;
use crate::engine::show::{self, run_name};
use crate::engine::side_by_side::{
    CompareFormat, CompareQuestion, ComparedColumn, ComparedPart, ComparedRow, MOST_COLUMNS,
    MOST_ROWS, SideBySide,
};
use crate::export;
use crate::ledger::{Bits, Column, ColumnId, Role, ValueRef, attribute};
use crate::query::{self, Brush};

/// How many stand side by side where the person chose none.
const BEST: usize = 6;

/// Up to how many runs are named in a filter.
const MOST_FILTERED: usize = 100;

/// How many values are looked at at most: with groups of very many runs not every column can be.
const MOST_READS: usize = 10_000_000;

/// Texts of more letters can be compared line by line.
const LONG: usize = 60;

/// How many params name a group at most.
const NAMED_BY: usize = 3;

/// The roles in their order.
const ROLES: [Role; 4] = [Role::Param, Role::Metric, Role::Tag, Role::Attribute];

/// A run or a group.
struct Compared {
    rows: Vec<u32>,
    is_baseline: bool,
    /// Its place among them where the others are not told against it: its curves keep their colour when they are.
    place: usize,
}

/// Those that are compared.
#[derive(Default)]
struct Chosen {
    /// They, the baseline first.
    columns: Vec<Compared>,
    /// How many of them have a place.
    placed: usize,
    told: String,
    is_marked: bool,
    filter: Option<String>,
}

impl Workspace {
    /// Runs or groups side by side; with `exact`, values as they were read and not told against the baseline.
    pub(super) fn side_by_side(&mut self, question: &CompareQuestion, exact: bool) -> SideBySide {
        let chosen = self.chosen(question.run);
        let reads: usize = chosen.columns.iter().map(|one| one.rows.len()).sum();
        let most = (MOST_READS / reads.max(1)).clamp(1, MOST_ROWS);
        let search = question.search.trim().to_lowercase();
        let mut said = SideBySide {
            columns: self.heads(&chosen.columns),
            told: chosen.told,
            chosen: chosen.is_marked,
            filter: chosen.filter,
            ..SideBySide::default()
        };
        if chosen.columns.is_empty() {
            return said;
        }
        let (mut looked_at, mut passed) = (0, 0);
        let mut room = question.most.min(MOST_ROWS);
        for role in ROLES {
            let (mut differing, mut same) = (Vec::new(), Vec::new());
            for (id, column) in self.ledger.columns_with_ids() {
                if column.role() != role || column.is_vacant() {
                    continue;
                }
                if looked_at == most {
                    passed += 1;
                    continue;
                }
                looked_at += 1;
                let found = search.is_empty()
                    || column.name().to_lowercase().contains(&search)
                    || has_text(column, &chosen.columns, &search);
                let differs = found
                    .then(|| self.differs(column, &chosen.columns))
                    .flatten();
                match differs {
                    Some(true) => differing.push(id),
                    Some(false) => same.push(id),
                    None => {}
                }
            }
            said.differ += differing.len();
            said.alike += same.len();
            let mut put = |ids: Vec<ColumnId>, into: &mut Vec<ComparedPart>| {
                let rows = self.part(ids, room, &chosen.columns, exact);
                let count = rows.iter().filter(|row| row.column.is_some()).count();
                room -= count;
                said.rows += count;
                if count > 0 {
                    into.push(ComparedPart { role, rows });
                }
            };
            put(differing, &mut said.differing);
            // One alone differs from nothing.
            if question.same || chosen.columns.len() == 1 {
                put(same, &mut said.same);
            }
        }
        said.cut = (passed > 0).then(|| {
            format!(
                "Only the first {} of {} columns were looked at.",
                digits(looked_at),
                digits(looked_at + passed)
            )
        });
        said
    }

    /// Those that stand side by side, to be drawn.
    pub(super) fn beside(&self) -> Beside {
        let chosen = self.chosen(None).columns;
        let heads = self.heads(&chosen).into_iter();
        let heads = heads.map(|head| (head.name, head.class));
        let columns = heads.zip(chosen.into_iter().map(|one| one.rows));
        Beside::new(columns.collect(), self.ledger.rows())
    }

    /// A comparison as text.
    pub(super) fn copy_compared(
        &mut self,
        question: &CompareQuestion,
        transposed: bool,
        format: CompareFormat,
    ) -> String {
        let is_exact = format == CompareFormat::Tabs;
        let records = self.side_by_side(question, is_exact).records(transposed);
        match format {
            CompareFormat::Markdown => export::markdown::table(&records),
            CompareFormat::Latex => {
                let columns = records.first().map_or(0, Vec::len);
                let at_right: Vec<bool> = (0..columns).map(|column| column > 0).collect();
                let table = export::latex::Table {
                    records: &records,
                    at_right: &at_right,
                    is_bold: &|_, _| false,
                    caption: "Comparison",
                    comments: &[],
                };
                table.source()
            }
            CompareFormat::Tabs => export::csv::table(&records, b'\t'),
            CompareFormat::Html => export::html::table_with(&records, &|_, _| false),
        }
    }

    /// What differs between the texts of two runs.
    pub(super) fn text_diff(&self, column: ColumnId, from: usize, to: usize) -> Option<TextDiff> {
        let column = self.ledger.try_column(column)?;
        let text = |row: usize| column.get(row).to_string();
        Some(line_diff(&text(from), &text(to)))
    }

    /// Those that are compared: a run with the baseline, or what the person selected and pinned, or the best.
    fn chosen(&self, run: Option<usize>) -> Chosen {
        let mut chosen = Chosen::default();
        if !self.baseline_rows.is_empty() {
            chosen.columns.push(Compared {
                rows: self.baseline_rows.clone(),
                is_baseline: true,
                // After all others, but where it is one of them.
                place: usize::MAX,
            });
        }
        match (run, &self.selection.grouped) {
            (Some(row), _) if row < self.ledger.rows() => chosen.add(vec![row as u32]),
            (Some(_), _) => {}
            (None, Some(grouped)) => self.choose_groups(grouped, &mut chosen),
            (None, None) => self.choose_runs(&mut chosen),
        }
        if let Some(baseline) = chosen.columns.first_mut() {
            baseline.place = baseline.place.min(chosen.placed);
        }
        if chosen.filter.is_none() && run.is_none() {
            chosen.filter = self.named(&chosen.columns);
        }
        chosen
    }

    /// A filter that names these runs as people do, by what keeps just them: names may be those of others, too.
    fn named(&self, columns: &[Compared]) -> Option<String> {
        let rows = columns.iter().flat_map(|one| &one.rows);
        let rows: Vec<usize> = rows.map(|row| *row as usize).collect();
        if rows.is_empty() || rows.len() > MOST_FILTERED {
            return None;
        }
        let mut wanted = Bits::filled(self.ledger.rows(), false);
        for row in &rows {
            wanted.set(*row, true);
        }
        let filter = |name: &str| {
            let id = self.ledger.find(Role::Attribute, name)?;
            let column = self.ledger.column(id);
            let names = rows.iter().map(|row| column.get(*row).to_string());
            let kept = Brush::Values(names.collect());
            let filter = query::with_clause("", &self.ledger, id, Some(&kept));
            let found = self.with_scope(|scope| query::select(&filter, scope));
            found.is_ok_and(|found| found == wanted).then_some(filter)
        };
        [attribute::NAME, attribute::ID]
            .into_iter()
            .find_map(filter)
    }

    fn is_marked(&self, row: u32) -> bool {
        let row = row as usize;
        self.marks.is_selected(row) || self.marks.pinned().get(row)
    }

    fn choose_runs(&self, chosen: &mut Chosen) {
        let order = self.selection.order.rows();
        let mut marked: Vec<u32> = order
            .iter()
            .copied()
            .filter(|row| self.is_marked(*row))
            .collect();
        let shown = marked.len();
        let shown_bits = &self.selection.shown;
        let hidden = (0..self.ledger.rows() as u32).filter(|row| self.is_marked(*row));
        marked.extend(hidden.filter(|row| !shown_bits.get(*row as usize)));
        let best: Vec<u32> = match &self.selection.objective {
            Some((_, _, values)) => {
                let sorted = values.sorted(shown_bits, false).into_iter();
                let ranked = sorted.filter(|row| values.values[*row as usize].is_finite());
                ranked.take(BEST).collect()
            }
            None => order.iter().copied().take(BEST).collect(),
        };
        let each = |rows: Vec<u32>| rows.into_iter().map(|row| vec![row]).collect();
        let hidden = marked.len() - shown;
        self.choose(each(marked), each(best), "run", order.len(), chosen);
        if hidden > 0 {
            let is = if hidden == 1 { "is" } else { "are" };
            let hidden = digits(hidden);
            chosen.told += &format!(" {hidden} of these {is} not shown by the filter.");
        }
    }

    fn choose_groups(&self, grouped: &Grouped, chosen: &mut Chosen) {
        let group = |line: &Line| match line {
            Line::Group(group) => Some(*group),
            Line::Run(row) => {
                let group = grouped.group_of(*row as usize);
                (grouped.members(group).len() == 1).then_some(group)
            }
        };
        let mut all: Vec<u32> = grouped.lines.iter().filter_map(group).collect();
        let count = all.len();
        let is_marked = |group: &&u32| {
            let mut members = grouped.members(**group).iter();
            members.any(|row| self.is_marked(*row))
        };
        let marked: Vec<u32> = all.iter().filter(is_marked).copied().collect();
        // Groups without a rank stay in their order behind the others.
        order::by_key(&mut all, |group| grouped.rank(*group).unwrap_or(usize::MAX));
        all.truncate(BEST);
        let each = |groups: Vec<u32>| {
            let rows = groups
                .into_iter()
                .map(|group| grouped.members(group).to_vec());
            rows.collect()
        };
        self.choose(each(marked), each(all), "group", count, chosen);
    }

    /// The marked ones; where there are none, the best; where there is only one, the best beside it.
    fn choose(
        &self,
        marked: Vec<Vec<u32>>,
        best: Vec<Vec<u32>>,
        noun: &str,
        of: usize,
        chosen: &mut Chosen,
    ) {
        let others = "Select others in the table (Space, or Ctrl and click) or pin them (P).";
        let count = marked.len();
        chosen.is_marked = count > 0;
        if chosen.is_marked {
            let has = |set: &Bits| set.count() > 0;
            let sets = [
                (has(self.marks.selected()), "@selected"),
                (has(self.marks.pinned()), "@pinned"),
            ];
            let sets = sets.iter().filter(|(is, _)| *is).map(|(_, set)| *set);
            chosen.filter = Some(sets.collect::<Vec<_>>().join(" or "));
        }
        marked.into_iter().for_each(|rows| chosen.add(rows));
        let is_alone = chosen.columns.len() < 2;
        if is_alone || count == 0 {
            let wanted = if count == 0 { best.len() } else { 1 };
            let before = chosen.columns.len();
            for rows in best {
                if chosen.columns.len() < before + wanted {
                    chosen.add(rows);
                }
            }
        }
        let objective = self.selection.objective.as_ref();
        let by = objective.map(|(_, id, _)| self.ledger.column(*id).name());
        let best = by.map_or_else(
            || "the first in the table".to_owned(),
            |name| format!("the best by {name}"),
        );
        chosen.told = match count {
            0 if chosen.columns.is_empty() => {
                format!("No {noun} is selected or pinned, and none can be called best. {others}")
            }
            0 => format!(
                "No {noun} is selected or pinned: these are {best}, of {}. {others}",
                counted(of, noun)
            ),
            1 if is_alone => format!("The selected {noun}, and {best} beside it. {others}"),
            count if count > MOST_COLUMNS => format!(
                "The first {MOST_COLUMNS} of {} that are selected or pinned.",
                counted(count, noun)
            ),
            count => format!("{} selected or pinned.", counted(count, noun)),
        };
        if let Some(baseline) = self.told_baseline() {
            chosen.told += &format!(" Told against {baseline}.");
        }
    }

    /// What the columns are called.
    fn heads(&self, columns: &[Compared]) -> Vec<ComparedColumn> {
        let grouped = self.selection.grouped.as_ref();
        // Groups are called by what differs between them of what they go by.
        let keys = grouped.map_or(&[][..], |grouped| &grouped.info.keys);
        let keys = keys.iter().filter_map(|key| {
            let id = crate::engine::info::column_of_key(&self.ledger, key)?;
            Some(self.ledger.column(id))
        });
        let first = |one: &Compared| one.rows.first().map_or(0, |row| *row as usize);
        let differs = |column: &&Column| {
            let value = |one: &Compared| column.get(first(one));
            let mut pairs = columns.windows(2);
            pairs.any(|pair| !value(&pair[0]).is_same(value(&pair[1])))
        };
        let keys: Vec<&Column> = keys.filter(differs).take(NAMED_BY).collect();
        let head = |one: &Compared| {
            let row = first(one);
            let runs = one.rows.len();
            let part = |column: &&Column| {
                let value = column.get(row);
                let value = show::cell(value).text;
                let shown: String = value.chars().take(24).collect();
                format!("{} {shown}", column.name())
            };
            let name = match grouped {
                Some(_) if runs > 1 && !keys.is_empty() => {
                    keys.iter().map(part).collect::<Vec<_>>().join(", ")
                }
                Some(_) if runs > 1 => format!("group of {}", run_name(&self.ledger, row)),
                _ => run_name(&self.ledger, row),
            };
            ComparedColumn {
                row,
                name,
                runs,
                rank: match grouped {
                    None => self.rank_of(row),
                    Some(grouped) => {
                        let group = grouped.group_of(row);
                        let is_whole = grouped.members(group).len() == runs;
                        grouped.rank(group).filter(|_| is_whole)
                    }
                },
                baseline: one.is_baseline,
                selected: one
                    .rows
                    .iter()
                    .all(|row| self.marks.is_selected(*row as usize)),
                class: one.place.min(usize::from(OTHERS)) as u8,
            }
        };
        columns.iter().map(head).collect()
    }

    /// Whether a column differs between them; `None` where none has a value.
    fn differs(&self, column: &Column, columns: &[Compared]) -> Option<bool> {
        if columns.iter().all(|one| one.rows.len() == 1) {
            let mut values = columns.iter().map(|one| column.get(one.rows[0] as usize));
            let first = values.next().unwrap_or(ValueRef::Missing);
            let differs = !values.all(|value| value.is_same(first));
            return (differs || !first.is_missing()).then_some(differs);
        }
        let mut said = columns
            .iter()
            .map(|one| Said::new(column, &one.rows, self.group_statistic));
        let first = said.next()?;
        let differs = !said.all(|other| other.is_same(&first));
        let is_missing = matches!(first, Said::One(ValueRef::Missing, _));
        (differs || !is_missing).then_some(differs)
    }

    /// Rows of one role: the objective first, the others as a tree of their names; so many at most.
    fn part(
        &self,
        mut ids: Vec<ColumnId>,
        room: usize,
        columns: &[Compared],
        exact: bool,
    ) -> Vec<ComparedRow> {
        let objective = self.selection.objective.as_ref().map(|(_, id, _)| *id);
        let name = |id: &ColumnId| self.ledger.column(*id).name();
        order::by(&mut ids, |a, b| {
            let is_other = |id: &ColumnId| objective != Some(*id);
            (is_other(a), name(a)).cmp(&(is_other(b), name(b)))
        });
        ids.truncate(room);
        let first = usize::from(ids.first().is_some_and(|id| objective == Some(*id)));
        let names: Vec<&str> = ids[first..].iter().map(name).collect();
        let mut rows: Vec<ComparedRow> = ids[..first]
            .iter()
            .map(|id| self.row(*id, name(id).to_owned(), 0, columns, exact))
            .collect();
        for branch in name_tree(&names) {
            let id = branch.name.and_then(|number| ids.get(first + number));
            rows.push(match id {
                Some(id) => self.row(*id, branch.label, branch.depth, columns, exact),
                None => ComparedRow {
                    column: None,
                    key: String::new(),
                    label: branch.label,
                    depth: branch.depth,
                    cells: Vec::new(),
                    long: false,
                },
            });
        }
        rows
    }

    fn row(
        &self,
        id: ColumnId,
        label: String,
        depth: usize,
        columns: &[Compared],
        exact: bool,
    ) -> ComparedRow {
        let column = self.ledger.column(id);
        let decimals = show::decimals(column);
        let mut present = Bits::default();
        if columns.iter().any(|one| one.rows.len() > 1) {
            present = Bits::filled(self.ledger.rows(), false);
            for row in columns.iter().flat_map(|one| &one.rows) {
                present.set(*row as usize, !column.get(*row as usize).is_missing());
            }
        }
        let mut shown = self.shown_column(id, column, decimals);
        shown.present = present;
        let cell = |one: &Compared| {
            let said = Said::new(column, &one.rows, self.group_statistic);
            if exact {
                let (rows, statistic) = (&one.rows, self.group_statistic);
                let mut cell = said.cell(column, &shown.present, rows, statistic, &shown.skew);
                if let Said::One(value, _) = said {
                    cell.text = value.to_string();
                }
                return cell;
            }
            let mut cell = self.told_cell(&shown, &said, &one.rows, one.is_baseline);
            if cell.kind == CellKind::Number && cell.change.is_none() {
                show::line_up(&mut cell.text, decimals);
            }
            // What differs by seconds is not to look the same.
            if cell.kind == CellKind::Time
                && let Some(second) = cell.full.as_deref().and_then(|full| full.get(..19))
            {
                cell.text = second.replace('T', " ");
            }
            cell
        };
        let is_long = |one: &Compared| {
            let text = column.get(one.rows[0] as usize).text().unwrap_or_default();
            text.len() > LONG || text.contains('\n')
        };
        ComparedRow {
            column: Some(id),
            key: key_of(&self.ledger, id),
            label,
            depth,
            cells: columns.iter().map(cell).collect(),
            long: columns.iter().any(is_long),
        }
    }
}

impl Chosen {
    /// Adds a run or a group, where there is room and it is not there yet.
    fn add(&mut self, rows: Vec<u32>) {
        let place = self.placed;
        let there = self.columns.iter_mut().find(|known| known.rows == rows);
        if let Some(there) = there {
            // The baseline, or one that was placed before.
            if there.place < place {
                return;
            }
            there.place = place;
        } else if rows.is_empty() || self.columns.len() >= MOST_COLUMNS {
            return;
        } else {
            self.columns.push(Compared {
                rows,
                is_baseline: false,
                place,
            });
        }
        self.placed += 1;
    }
}

/// Whether a text of theirs has this, in any case.
fn has_text(column: &Column, columns: &[Compared], search: &str) -> bool {
    let mut texts = columns
        .iter()
        .filter_map(|one| column.get(*one.rows.first()? as usize).text());
    texts.any(|text| text.to_lowercase().contains(search))
}
