//! The selection: which runs the filter keeps, in which order, by which groups, and what they are compared with.

use super::{MOST_PINNED, RANK, Selection, Workspace};
use crate::analysis::ranking::ObjectiveColumn;
use crate::engine::grouped::{GroupOrder, Grouped, keys};
use crate::engine::info::column_of_key;
use crate::engine::protocol::{
    Answer, BestRun, ClauseInfo, FilterProblem, MarkLines, SelectQuestion, Selected,
};
use crate::engine::show::{run_name, short_number};
use crate::engine::view::{
    Baseline, ComputedColumn, Direction, Grouping, MOST_PINNED as MOST_PINNED_TOLD, Objective,
    SortKey,
};
use crate::ledger::{Bits, Column, ColumnId, Kind, Role};
use crate::query::{self, Ranked, Scope};
use std::borrow::Cow;
use std::rc::Rc;

impl Workspace {
    /// Works out the columns that the person made, and that of what the objective goes by.
    pub(super) fn compute(&mut self, wanted: &[ComputedColumn], objective: Option<&Objective>) {
        let mut wanted = Cow::Borrowed(wanted);
        if let Some(column) = objective.and_then(|objective| self.column_of_objective(objective))
            && wanted.iter().all(|known| known.name != column.name)
        {
            wanted.to_mut().push(column);
        }
        self.notes.follow(&self.ledger, self.version);
        let Self {
            computed,
            notes,
            ledger,
            ..
        } = self;
        if computed.put(&wanted, notes, ledger, self.version) {
            self.changed();
            self.computed.are_of(self.version);
        }
    }

    /// The column of what the objective goes by, where its metric's own shows something else: the last value.
    fn column_of_objective(&self, objective: &Objective) -> Option<ComputedColumn> {
        let id = column_of_key(&self.ledger, &objective.column)?;
        let metric = self.ledger.column(id);
        metric.history()?;
        let is_shared = self.ledger.find(Role::Param, metric.name()).is_some();
        let column = objective.shown_as(is_shared)?;
        // What was read goes before what is computed.
        let known = self.ledger.find(Role::Metric, &column.name);
        let known = known.map(|id| self.ledger.column(id));
        let is_read = |known: &Column| known.formula().is_none() && known.kind() != Kind::Empty;
        (!known.is_some_and(is_read)).then_some(column)
    }

    /// The column that shows the objective of this metric.
    pub(super) fn shown_objective(&self, objective: &Objective, metric: ColumnId) -> ColumnId {
        let read = objective
            .shown_name()
            .and_then(|name| self.ledger.find(Role::Metric, &name));
        let is_computed = |id: &ColumnId| self.ledger.column(*id).formula().is_some();
        read.filter(is_computed).unwrap_or(metric)
    }

    /// Hands `ask` what a filter may speak of.
    pub(super) fn with_scope<R>(&self, ask: impl FnOnce(Scope<'_>) -> R) -> R {
        let objective = self.selection.objective.as_ref();
        let all = || Bits::filled(self.ledger.rows(), true);
        let ranks = || objective.map_or_else(Vec::new, |(_, _, values)| values.ranks(&all()));
        ask(Scope {
            ledger: &self.ledger,
            now: self.now,
            objective: objective.map(|(_, column, values)| Ranked {
                column: *column,
                maximize: values.maximize,
                values: &values.values,
                ranks: &ranks,
            }),
            marks: &self.marks.by_name(self.ledger.gone()),
            baseline: &self.baseline_rows,
        })
    }

    pub(super) fn marked(&mut self) -> Answer {
        let (selected, aside) = self.marks.counts();
        Answer::Marked {
            state: self.past.note(&self.marks, &self.notes),
            selected,
            aside,
            pinned: self.marks.pinned().ones().take(MOST_PINNED_TOLD).collect(),
            is_return: false,
        }
    }

    /// Makes the selection that a person asked for.
    pub(super) fn select(&mut self, question: &SelectQuestion) -> Selected {
        let grouping = question.grouping.as_ref();
        self.marks.follow(self.ledger.rows());
        self.compute(&question.computed, question.objective.as_ref());
        self.resolve_objective(question.objective.as_ref());
        self.baseline = question.baseline;
        self.baseline_rows = self.rows_of_baseline(grouping);
        self.now = question.now;
        self.group_statistic = question.group_statistic;
        let mut said = self.keep(&question.filter, &question.sort);
        self.keep_shown_of_baseline();
        self.group(grouping, &question.sort, &question.open);
        said.grouping = self
            .selection
            .grouped
            .as_ref()
            .map(|grouped| grouped.info.clone());
        said.pinned = self.pinned();
        said.baseline = self.told_baseline();
        if question.only_differing {
            said.same = self.same();
        }
        said.window = question.window.as_ref().map(|window| self.window(window));
        said
    }

    /// Keeps what the filter keeps, in order.
    fn keep(&mut self, filter: &str, sort: &[SortKey]) -> Selected {
        let mut said = Selected {
            runs: self.ledger.rows(),
            not_computed: self.computed.problems().to_vec(),
            ..Selected::default()
        };
        let kept = self.with_scope(|scope| query::select(filter, scope));
        match kept {
            Ok(shown) if shown == self.selection.shown => {}
            Ok(shown) => {
                self.selection.shown = shown;
                self.selection.kept += 1;
            }
            Err(errors) => {
                said.errors = errors
                    .into_iter()
                    .map(|error| FilterProblem {
                        from: error.span.start,
                        to: error.span.end,
                        message: error.message,
                        suggestion: error.suggestion,
                    })
                    .collect();
                if self.selection.shown.len() < self.ledger.rows() {
                    // Nothing right was in force for runs that came since: they are shown.
                    self.selection.shown.resize(self.ledger.rows(), true);
                    self.selection.kept += 1;
                }
            }
        }
        self.scales.forget();
        self.sort(sort);
        self.put_pinned_first();
        said.shown = self.selection.shown.count();
        said.kept = self.selection.kept;
        said.clauses = self.clauses(filter);
        if said.shown == 0 && said.errors.is_empty() {
            said.emptied_by = self.with_scope(|scope| query::explain_empty(filter, scope));
            said.meant = self.with_scope(|scope| query::suggest(filter, scope));
        }
        if let Some((_, _, values)) = &self.selection.objective {
            let shown = &self.selection.shown;
            // Another order of the same runs changes no rank.
            if self.selection.ranked != Some(said.kept) {
                self.selection.ranks = values.ranks_among(shown);
                self.selection.ranked = Some(said.kept);
            }
            said.unranked = said.shown - self.selection.ranks.count();
            said.best = values.best(shown).map(|(row, value, ties)| BestRun {
                row,
                name: run_name(&self.ledger, row),
                value,
                text: short_number(value),
                ties,
            });
        }
        said
    }

    /// The pinned runs come first, in the order in which they are anyway.
    pub(super) fn put_pinned_first(&mut self) {
        let pinned = self.marks.pinned();
        if pinned.count() > 0 {
            let order = self.selection.order.rows().iter().copied();
            let is_pinned = |row: &u32| pinned.get(*row as usize);
            let (mut first, others): (Vec<u32>, Vec<u32>) = order.partition(is_pinned);
            first.extend(others);
            self.selection.order = Rc::new(first.into());
        }
    }

    /// How many runs stay at the top: none of groups, which have an order of their own.
    pub(super) fn pinned(&self) -> usize {
        if self.selection.grouped.is_some() {
            return 0;
        }
        let first = self
            .selection
            .order
            .up_to(MOST_PINNED)
            .iter()
            .take(MOST_PINNED);
        let pinned = self.marks.pinned();
        first.take_while(|row| pinned.get(**row as usize)).count()
    }

    pub(super) fn rows_of(&self, lines: &MarkLines) -> Vec<u32> {
        let Selection { order, grouped, .. } = &self.selection;
        self.marks
            .rows_of(lines, self.ledger.rows(), order, grouped.as_ref())
    }

    /// The rows of the baseline: one, or all that are in its group, shown or not.
    pub(super) fn rows_of_baseline(&self, grouping: Option<&Grouping>) -> Vec<u32> {
        let rows = self.ledger.rows();
        match (self.baseline, grouping) {
            (Some(Baseline::Run(row)), _) if row < rows => vec![row as u32],
            (Some(Baseline::Group(row)), Some(grouping)) if row < rows => {
                let objective = self.selection.objective.as_ref();
                let objective = objective.map(|(_, _, values)| values);
                let (keys, _) = keys(&self.ledger, grouping, objective);
                let mut found: Vec<u32> = (0..rows as u32).collect();
                for key in keys {
                    let column = self.ledger.column(key);
                    let wanted = column.get(row);
                    found.retain(|other| column.get(*other as usize).is_same(wanted));
                }
                found
            }
            _ => Vec::new(),
        }
    }

    /// A group that is the baseline says what its row says, which is of the shown runs, where there are any.
    pub(super) fn keep_shown_of_baseline(&mut self) {
        let shown = self.selection.shown.among(&self.baseline_rows);
        if !shown.is_empty() {
            self.baseline_rows = shown;
        }
    }

    /// What others are compared with, in words.
    pub(super) fn told_baseline(&self) -> Option<String> {
        Some(match (self.baseline?, self.baseline_rows.as_slice()) {
            (Baseline::Group(_), []) => "a group, while runs are grouped".to_owned(),
            (Baseline::Run(_), []) => "a run that is not here".to_owned(),
            (Baseline::Run(row), _) => run_name(&self.ledger, row),
            (Baseline::Group(_), rows) => format!("a group of {} runs", rows.len()),
        })
    }

    pub(super) fn resolve_objective(&mut self, objective: Option<&Objective>) {
        let known = self.selection.objective.as_ref();
        let rows = self.ledger.rows();
        // The same objective over the same runs is kept: making its order costs a sort.
        if known
            .is_some_and(|(old, _, values)| Some(old) == objective && values.values.len() == rows)
        {
            return;
        }
        self.selection.ranked = None;
        self.selection.objective = objective.and_then(|objective| {
            let column = column_of_key(&self.ledger, &objective.column)?;
            let maximize = objective.direction == Direction::Maximize;
            let reading = objective.reading();
            let mut values = ObjectiveColumn::new(&self.ledger, column, reading, maximize);
            values.center = objective.center;
            Some((objective.clone(), column, values))
        });
    }

    pub(super) fn sort(&mut self, keys: &[SortKey]) {
        let shown = &self.selection.shown;
        if let ([SortKey { column, descending }, ..], Some((_, _, values))) =
            (keys, &self.selection.objective)
            && column == RANK
        {
            self.selection.order = Rc::new(values.sorted(shown, *descending).into());
            return;
        }
        let keys: Vec<query::SortKey> = keys
            .iter()
            .filter_map(|key| {
                let column = column_of_key(&self.ledger, &key.column)?;
                Some(query::SortKey {
                    column,
                    descending: key.descending,
                })
            })
            .collect();
        let kept = self.selection.whole_order.as_ref();
        let kept = kept.filter(|(by, version, _)| *by == keys && *version == self.version);
        let is_whole = kept.is_some_and(|(.., order)| order.is_whole());
        // Of few runs the order is found sooner than that of all, where that is not known yet.
        let are_few = shown.count() * 4 < shown.len();
        if keys.is_empty() || (are_few && !is_whole) {
            self.selection.order = Rc::new(query::sort(&self.ledger, &keys, shown).into());
            return;
        }
        if kept.is_none() {
            let order = Rc::new(query::sort_all(&self.ledger, &keys));
            self.selection.whole_order = Some((keys, self.version, order));
        }
        if let Some((.., order)) = &self.selection.whole_order {
            let are_all = shown.count() == shown.len();
            self.selection.order = if are_all {
                Rc::clone(order)
            } else {
                Rc::new(order.among(shown))
            };
        }
    }

    /// Columns that are the same in all shown runs; in the selected ones, where several are.
    pub(super) fn same(&self) -> Vec<ColumnId> {
        let mut rows = self.shown();
        let mut marked = rows.clone();
        marked.and(self.marks.selected());
        if marked.count() > 1 {
            rows = marked;
        }
        let is_same = |column: &Column| {
            let mut values = rows.ones().map(|row| column.get(row));
            let first = values.next();
            first.is_none_or(|first| values.all(|value| value.is_same(first)))
        };
        let columns = self.ledger.columns_with_ids();
        columns
            .filter(|(_, column)| is_same(column))
            .map(|(id, _)| id)
            .collect()
    }

    pub(super) fn group(&mut self, grouping: Option<&Grouping>, sort: &[SortKey], open: &[usize]) {
        let objective = self
            .selection
            .objective
            .as_ref()
            .map(|(_, _, values)| values);
        let by_objective = |key: &SortKey| {
            let values = objective.filter(|_| key.column == RANK)?;
            let values_of_runs = Cow::Borrowed(values.values.as_slice());
            Some((values_of_runs, values.maximize != key.descending))
        };
        let by_column = |key: &SortKey| {
            let column = self
                .ledger
                .column(column_of_key(&self.ledger, &key.column)?);
            let is_numbers = column.kind() == Kind::Number;
            is_numbers.then(|| (column.numbers(), key.descending))
        };
        let numbers = sort
            .first()
            .and_then(|key| by_objective(key).or_else(|| by_column(key)));
        let order = match &numbers {
            Some((numbers, descending)) => GroupOrder::Center(numbers, *descending),
            None => GroupOrder::First,
        };
        self.selection.grouped = grouping.map(|grouping| {
            let Selection {
                shown, order: rows, ..
            } = &self.selection;
            let rows = rows.rows();
            Grouped::new(&self.ledger, grouping, shown, rows, &order, objective, open)
        });
    }

    pub(super) fn clauses(&self, filter: &str) -> Vec<ClauseInfo> {
        query::clauses(filter, &self.ledger)
            .into_iter()
            .map(|clause| ClauseInfo {
                text: filter
                    .get(clause.span.clone())
                    .unwrap_or_default()
                    .to_owned(),
                from: clause.span.start,
                to: clause.span.end,
                column: clause.column,
                brush: clause.kept,
            })
            .collect()
    }
}
