//! The workspace: the ledger, the selection, and the answer to every ask.

use super::brief;
use super::computed::Computed;
use super::correlations;
use super::curves_drawn::{Beside, CurveRuns, Curves};
use super::detail::run_detail;
use super::distributions::{self, Measure};
use super::facets::Facets;
use super::grouped::Grouped;
use super::info::Catalogue;
use super::marks::{Marks, Past};
use super::notes::Notes;
use super::numbers;
use super::objectives;
use super::protocol::{
    Answer, Ask, Brush, Completion, CompletionItem, FilterProblem, LedgerInfo, MarkLines, Session,
    Unread,
};
use super::reproduce::reproduce;
use super::scales::Scales;
use super::scattered;
use super::show::{cell, run_name};
use super::space::{Space, SpaceRun};
use super::view::{Baseline, GroupStatistic, Objective};
use crate::analysis::ranking::{ObjectiveColumn, Ranks};
use crate::chart::axis::Axis;
use crate::chart::number::short_number;
use crate::chart::scatter::{Scatter, ScatterAxis};
use crate::format::{self, Artifact};
use crate::ledger::{Again, Bits, ColumnId, Few, Ledger, Look};
use crate::query::{self, Expression, Ordered};
use std::rc::Rc;

mod clearing;
mod compared;
mod exported;
mod in_pieces;
mod recollect;
mod seen;
mod select;
mod shared;
mod space;
mod window;

/// The word that sorts by the objective.
const RANK: &str = query::RANK;

/// How many runs stay at the top of the table at most: they must not fill the screen.
const MOST_PINNED: usize = 6;

/// The ledger, what is selected of it, and what was worked out about it.
#[derive(Default)]
pub struct Workspace {
    ledger: Ledger,
    /// How many sources there were before the drop that is read, and what that reads again.
    sources_before: usize,
    again: Again,
    unread: Vec<Unread>,
    /// What lies in folders of runs and is not read, in the order of its paths.
    artifacts: Vec<Artifact>,
    version: u64,
    catalogue: Catalogue,
    computed: Computed,
    marks: Marks,
    notes: Notes,
    past: Past,
    selection: Selection,
    scales: Scales,
    /// For how many decimals columns that were in view leave room.
    decimals: order::Map<u32, usize>,
    /// The values of columns that were in view by groups, where they are few.
    few: order::Map<u32, Option<Few>>,
    space: Space,
    curves: Curves,
    /// The pictures of dots that were shown last.
    scatters: Vec<Scatter>,
    facets: Facets,
    /// What others are compared with.
    baseline: Option<Baseline>,
    /// The rows of it that are shown, or all where none is.
    baseline_rows: Vec<u32>,
    /// What a group's row says of a metric.
    group_statistic: GroupStatistic,
    /// Unix milliseconds when the selection was asked for.
    now: Option<i64>,
    /// A file that is being made.
    export: Option<Box<exported::Export>>,
    /// What was cleared, until something else is read: it can be brought back.
    cleared: Option<Box<Self>>,
}

/// What the last [`Ask::Select`] made.
#[derive(Default)]
struct Selection {
    /// The runs that the filter keeps.
    shown: Bits,
    /// Grows whenever they change, and with the ledger.
    kept: u64,
    /// They in the order of the table.
    order: Rc<Ordered>,
    /// The objective, where one is chosen and the ledger has it.
    objective: Option<(Objective, ColumnId, ObjectiveColumn)>,
    /// What ranks among the shown are found by.
    ranks: Ranks,
    /// Of what shown runs they are ([`Self::kept`]), where they are of the objective.
    ranked: Option<u64>,
    /// They by groups, where they are grouped.
    grouped: Option<Grouped>,
    /// All runs in an order that was asked for: what it is by, and the ledger's version.
    whole_order: Option<(Vec<query::SortKey>, u64, Rc<Ordered>)>,
}

impl Workspace {
    /// Greater after every change of the ledger.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// How many runs there are.
    pub fn runs(&self) -> usize {
        self.ledger.rows()
    }

    /// About how many bytes of memory the ledger takes.
    pub fn bytes(&self) -> u64 {
        self.ledger.bytes()
    }

    /// The ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Notes that a drop begins: what it reads of sources that are there by now is read again.
    pub fn begin_drop(&mut self) {
        self.cleared = None;
        (self.sources_before, self.again) = (self.ledger.sources().len(), Again::default());
    }

    /// Adds a part that was read, or brings up to date what it reads again.
    pub fn append(&mut self, part: Ledger) {
        let texts = part.sources().iter();
        for text in texts.filter_map(|source| source.session.as_ref()) {
            let session = serde_json::from_str::<Session>(text);
            self.add_artifacts(session.unwrap_or_default().artifacts);
        }
        let Self { ledger, again, .. } = self;
        ledger.append_or_update(part, self.sources_before, again);
        self.changed();
    }

    /// Adds a part of what was read again.
    pub fn update(&mut self, part: Ledger, look: &mut Look) {
        self.ledger.update(part, look);
        self.changed();
    }

    /// Ends a look, of which all was added; says how many runs no file has any more since.
    pub fn end_look(&mut self, look: &Look) -> usize {
        let gone = self.ledger.end_look(look);
        self.changed();
        gone
    }

    /// Makes room for about so many further runs like those that are there.
    pub fn reserve(&mut self, runs: usize) {
        self.ledger.reserve(runs);
    }

    /// Adds files that no format read.
    pub fn add_unread(&mut self, unread: Vec<Unread>) {
        self.unread.extend(unread);
        self.changed();
    }

    /// Adds files that lie in the folders of runs and are not read; those that were there are as they are now.
    pub fn add_artifacts(&mut self, mut artifacts: Vec<Artifact>) {
        artifacts.append(&mut self.artifacts);
        // Stable: of one path the new one comes first.
        order::by(&mut artifacts, |a, b| a.path.cmp(&b.path));
        artifacts.dedup_by(|a, b| a.path == b.path);
        self.artifacts = artifacts;
    }

    /// Forgets that no format read these files, which are looked at again.
    pub fn forget_unread(&mut self, is_read_again: impl Fn(&str) -> bool) {
        self.unread.retain(|file| !is_read_again(&file.path));
        self.artifacts.retain(|file| !is_read_again(&file.path));
    }

    /// What is in the ledger.
    pub fn info(&mut self) -> LedgerInfo {
        self.catalogue
            .info(&self.ledger, &self.unread, self.version)
    }

    /// Answers an ask. What only the worker around the workspace can do (reading, importance) is
    /// answered with [`Answer::Done`].
    pub fn answer(&mut self, ask: &Ask) -> Answer {
        match ask {
            Ask::Select(question) => Answer::Selected(Box::new(self.select(question))),
            Ask::Window(question) => Answer::Window(self.window(question)),
            Ask::Facets { unless, .. } if *unless == Some(self.selection.kept) => {
                Answer::Facets(Vec::new())
            }
            Ask::Facets { columns, .. } => {
                let shown = self.shown();
                let (ledger, version) = (&self.ledger, self.version);
                let columns = columns.iter().copied();
                let known = columns.filter(|id| ledger.try_column(*id).is_some());
                Answer::Facets(self.facets.of(ledger, version, known, &shown))
            }
            Ask::Space(question) => self.picture_space(question, &self.shown(), false),
            Ask::SpaceMoving {
                question,
                filter,
                column,
                brush,
            } => {
                let shown = self.would_keep(filter, *column, brush.as_ref());
                self.picture_space(question, &shown, true)
            }
            Ask::SpaceRun { x, y, place } => {
                let runs = self.shown();
                let of = self.space_runs(&runs, &[]);
                let said = match place {
                    None => self.space.run_at((*x, *y), of),
                    Some(place) => {
                        let row = self.selection.order.up_to(*place + 1).get(*place);
                        row.and_then(|row| self.space.run_of(*row, of))
                    }
                };
                Answer::SpaceRun(said.map(Box::new))
            }
            Ask::Curves(question) => {
                let mut run = self.begin_curves(question);
                loop {
                    if let Some(said) = self.draw_curves(&mut run) {
                        return Answer::Curves(Box::new(said));
                    }
                }
            }
            Ask::CurveRun(place) => {
                let runs = self.curves_shown();
                let said = self.curves.run_at(place, self.curve_runs(&runs, &[]));
                Answer::CurveRun(said.map(Box::new))
            }
            Ask::Run { row } => {
                let rank = self.rank_of(*row);
                let varies = self.catalogue.varies(&self.ledger);
                let note = self.notes.of(*row);
                Answer::Run(run_detail(
                    &self.ledger,
                    *row,
                    rank,
                    note,
                    &self.artifacts,
                    &varies,
                    |name| format::title_of(name).to_owned(),
                ))
            }
            Ask::Compare(question) => {
                Answer::Compared(Box::new(self.side_by_side(question, false)))
            }
            Ask::CopyCompared {
                question,
                transposed,
                format,
            } => Answer::Copied(self.copy_compared(question, *transposed, *format)),
            Ask::TextDiff { column, from, to } => {
                Answer::TextDiff(self.text_diff(*column, *from, *to).map(Box::new))
            }
            Ask::Reproduce { row } => {
                Answer::Reproduce(reproduce(&self.ledger, *row).map(Box::new))
            }
            Ask::Brief { filter } | Ask::BriefAside(filter) => {
                self.learn_names();
                let said = self.with_question(filter, brief::brief);
                Answer::Brief(Box::new(said))
            }
            Ask::Failures { filter } => {
                let mut run = self.begin_failures(filter);
                while self.look_on(&mut run) {}
                Answer::Failures(Box::new(self.failures(&run)))
            }
            Ask::Objectives(asked) => {
                let of = |question: &brief::Question<'_>| objectives::objectives(question, asked);
                let (said, scatters) = self.with_question(&asked.filter, of);
                self.scatters = scatters;
                Answer::Objectives(Box::new(said))
            }
            Ask::Scatter { set, filter, dark } => {
                let of =
                    |question: &brief::Question<'_>| scattered::scattered(question, set, *dark);
                let (said, scatters) = self.with_question(filter, of);
                self.scatters = scatters;
                Answer::Scatter(Box::new(said))
            }
            Ask::ScatterRun { picture, x, y } => {
                Answer::SpaceRun(self.run_in_scatter(*picture, (*x, *y)).map(Box::new))
            }
            Ask::Numbers(of) => Answer::Numbers(Box::new(self.numbers(of))),
            Ask::Distributions(asked) => {
                let of =
                    |question: &brief::Question<'_>| distributions::distributions(question, asked);
                Answer::Distributions(Box::new(self.with_question("", of)))
            }
            Ask::Correlations(asked) => {
                let of =
                    |question: &brief::Question<'_>| correlations::correlations(question, asked);
                Answer::Correlations(Box::new(self.with_question("", of)))
            }
            Ask::DotRun {
                row,
                metric,
                column,
            } => Answer::SpaceRun(self.dot_run(*row, metric, *column).map(Box::new)),
            Ask::Complete { text, cursor } => Answer::Completion(self.complete(text, *cursor)),
            Ask::Check { expression } => self.check(expression),
            Ask::Brush {
                filter,
                column,
                brush,
            } => Answer::Filter(self.brush(filter, *column, brush.as_ref())),
            Ask::Recast { column, role, kind } => {
                if self.ledger.try_column(*column).is_some() {
                    self.ledger.recast(*column, *role, *kind);
                    self.changed();
                }
                Answer::Done
            }
            Ask::Mark { lines, how } => {
                let inside = self.rows_inside(lines);
                let lines = inside.as_ref().unwrap_or(lines);
                let Selection { order, grouped, .. } = &self.selection;
                let rows = self.ledger.rows();
                self.marks.mark(lines, *how, rows, order, grouped.as_ref());
                self.marked()
            }
            Ask::SetAside { keep } => {
                let shown = self.shown();
                self.marks.set_aside(&shown, *keep);
                self.marked()
            }
            Ask::Restore => {
                self.marks.restore();
                self.marked()
            }
            Ask::Recall { state } => {
                let returned = self.bring_back(*state);
                self.past.go_to(*state, &mut self.marks, &mut self.notes);
                let mut said = self.marked();
                if let Answer::Marked { is_return, .. } = &mut said {
                    *is_return = returned;
                }
                said
            }
            Ask::Pin { lines } => {
                let rows = self.rows_of(lines);
                self.marks.pin(&rows, self.ledger.rows());
                self.marked()
            }
            Ask::PlaceRuns {
                rows,
                known,
                is_partial,
                with_aside,
            } => Answer::Placed(Box::new(self.place_runs(
                rows,
                known,
                *is_partial,
                *with_aside,
            ))),
            Ask::PutMarks { pinned, aside } => {
                self.marks.put(self.ledger.rows(), pinned, aside);
                self.marked()
            }
            Ask::Note { lines, edit } => {
                let rows = self.rows_of(lines);
                self.notes.edit(&rows, edit, &self.ledger);
                self.marked()
            }
            Ask::Remember => Answer::Remembered(Box::new(self.remember())),
            Ask::Recollect { before, all_known } => self.recollect(before, *all_known),
            Ask::Copy { lines, columns } => Answer::Copied(self.copy(lines, columns)),
            Ask::Export {
                format,
                shown_only,
                filter,
            } => self.export(*format, *shown_only, filter),
            Ask::ExportOn => self.export_on(),
            Ask::ExportSession(session) => self.export_session(session),
            Ask::ExportBest { format, filter } => self.export_best(*format, filter),
            Ask::ExportSeen {
                format,
                columns,
                filter,
            } => self.export_seen(*format, columns, filter),
            Ask::Secrets {
                runs,
                left_out,
                words,
                with_marks,
            } => Answer::Secrets(Box::new(self.secrets(*runs, left_out, words, *with_marks))),
            Ask::Masked { redaction, words } => Answer::Copied(self.masked(redaction, words)),
            Ask::Report(question) => Answer::Report(Box::new(self.report(question))),
            Ask::OpenReport { runs, made } => Answer::ReportOpened(self.open_report(runs, made)),
            Ask::Clear {
                rules,
                notes_too,
                can_return,
            } => self.clear(rules, *notes_too, *can_return),
            Ask::Import { .. }
            | Ask::Beside(_)
            | Ask::Look { .. }
            | Ask::Unfollow
            | Ask::ReadWith(_)
            | Ask::CancelImport
            | Ask::Importance(_)
            | Ask::Effect { .. }
            | Ask::Ablation { .. }
            | Ask::Swarm
            | Ask::Surface { .. }
            | Ask::Next { .. }
            | Ask::CancelNext
            | Ask::PlantedPanic { .. } => Answer::Done,
        }
    }

    /// The tables of a chart.
    fn numbers(&mut self, of: &numbers::NumbersOf) -> Vec<numbers::Numbers> {
        let varies = self.catalogue.varies(&self.ledger);
        let shown = self.shown();
        match of {
            numbers::NumbersOf::Space => {
                let runs = self.space_runs(&shown, &varies);
                let axes = self.space.axes_of(self.version);
                vec![numbers::space(axes, runs)]
            }
            numbers::NumbersOf::Curves => {
                let shown = self.curves_shown();
                self.curves.numbers(self.curve_runs(&shown, &varies))
            }
            numbers::NumbersOf::Scatter(set) => {
                vec![self.with_question("", |question| numbers::scatter(question, set))]
            }
        }
    }

    /// The runs of the last picture of curves.
    fn curves_shown(&self) -> Rc<Bits> {
        self.rows_beside(self.curves.beside.as_ref())
    }

    /// Those that stand side by side, or all that are shown.
    fn rows_beside(&self, beside: Option<&Beside>) -> Rc<Bits> {
        beside.map_or_else(|| Rc::new(self.shown()), Beside::rows)
    }

    fn curve_runs<'a>(&'a self, shown: &'a Bits, varies: &'a [bool]) -> CurveRuns<'a> {
        let objective = self.selection.objective.as_ref();
        CurveRuns {
            ledger: &self.ledger,
            version: self.version,
            shown,
            varies,
            objective: objective.map(|(_, id, values)| (*id, values)),
            selected: self.marks.selected(),
            baseline: &self.baseline_rows,
            grouped: self.selection.grouped.as_ref(),
        }
    }

    /// The runs that are selected.
    pub fn selected_runs(&self) -> &Bits {
        self.marks.selected()
    }

    /// What people call the run in this row.
    pub fn run_name(&self, row: usize) -> String {
        run_name(&self.ledger, row)
    }

    fn changed(&mut self) {
        self.version += 1;
        self.catalogue.forget();
        self.scales.forget();
        self.decimals = order::Map::new();
        self.few = order::Map::new();
        self.scatters.clear();
        self.selection.objective = None;
        self.selection.kept += 1;
    }

    /// The shown runs; those that came after the last selection are not among them.
    pub fn shown(&self) -> Bits {
        let mut shown = self.selection.shown.clone();
        shown.resize(self.ledger.rows(), false);
        shown
    }

    /// What a question about the shown runs is answered by.
    fn with_question<R>(&self, filter: &str, answer: impl FnOnce(&brief::Question<'_>) -> R) -> R {
        let objective = self.selection.objective.as_ref();
        answer(&brief::Question {
            ledger: &self.ledger,
            shown: &self.shown(),
            objective: objective.map(|(objective, column, values)| (objective, *column, values)),
            grouped: self.selection.grouped.as_ref(),
            selected: self.marks.selected(),
            baseline: self.baseline_rows.first().map(|row| *row as usize),
            new: self.marks.new_runs(),
            filter,
        })
    }

    /// The lines of the dots in a shape, where it is one.
    fn rows_inside(&self, lines: &MarkLines) -> Option<MarkLines> {
        let MarkLines::Inside { picture, shape } = lines else {
            return None;
        };
        let scatter = self.scatters.get(*picture);
        let rows = scatter.map(|scatter| scatter.rows_in(shape));
        Some(MarkLines::Rows(rows.unwrap_or_default()))
    }

    /// The run at a place in a picture of dots, with a ring around it.
    fn run_in_scatter(&self, picture: usize, at: (f64, f64)) -> Option<SpaceRun> {
        const RADIUS: f64 = 7.0;
        let scatter = self.scatters.get(picture)?;
        let (dot, (x, y)) = scatter.nearest(at)?;
        let row = dot.row as usize;
        let turn = format!("a{RADIUS} {RADIUS} 0 1 0");
        let (left, wide) = (x - RADIUS, 2.0 * RADIUS);
        let value = |axis: &ScatterAxis, x: f64| {
            let text = match &axis.axis {
                _ if x.is_nan() => "none".to_owned(),
                Axis::Values { values, rest } => {
                    let value = values.get(libm::round(x) as usize);
                    value.map_or_else(|| format!("one of {rest} more"), Clone::clone)
                }
                Axis::Numbers { .. } => short_number(x),
            };
            (axis.name.clone(), text)
        };
        let mut values = vec![value(&scatter.y, dot.y)];
        if !scatter.x.is_time() {
            values.insert(0, value(&scatter.x, dot.x));
        }
        Some(SpaceRun {
            row,
            name: run_name(&self.ledger, row),
            path: format!("M{left:.1} {y:.1}{turn} {wide} 0{turn} -{wide} 0"),
            values,
        })
    }

    /// A run with its number of a metric and its value in a further column.
    fn dot_run(&self, row: usize, metric: &str, column: Option<ColumnId>) -> Option<SpaceRun> {
        let is_there = row < self.ledger.rows();
        let column = column.and_then(|id| self.ledger.try_column(id));
        let value = column.map(|column| {
            let text = cell(column.get(row)).text;
            let text = if text.is_empty() {
                "none".to_owned()
            } else {
                text
            };
            (column.name().to_owned(), text)
        });
        let number = self.with_question("", |question| Measure::of_run(question, metric, row));
        is_there.then(|| SpaceRun {
            row,
            name: run_name(&self.ledger, row),
            path: String::new(),
            values: value.into_iter().chain(number).collect(),
        })
    }

    /// The rank of a run among the shown.
    fn rank_of(&self, row: usize) -> Option<usize> {
        let (_, _, values) = self.selection.objective.as_ref()?;
        let is_shown = self.selection.shown.get(row);
        is_shown.then(|| values.rank(&self.selection.ranks, row))?
    }

    fn complete(&self, text: &str, cursor: usize) -> Completion {
        let found = self.with_scope(|scope| query::complete(text, cursor, scope));
        let items = found
            .items
            .into_iter()
            .map(|item| CompletionItem {
                text: item.text,
                label: item.label,
                detail: item.detail,
            })
            .collect();
        Completion {
            from: found.replace.start,
            to: found.replace.end,
            items,
        }
    }

    /// What an expression makes of the first runs, or what is wrong with it.
    fn check(&self, expression: &str) -> Answer {
        const SAMPLE: usize = 5;
        match Expression::parse(expression, &self.ledger) {
            Ok(parsed) => {
                let cells = parsed.evaluate(&self.ledger);
                let present = (0..cells.len())
                    .map(|row| cells.get(row))
                    .filter(|value| !value.is_missing());
                Answer::Checked {
                    problem: None,
                    sample: present.take(SAMPLE).map(|value| cell(value).text).collect(),
                }
            }
            Err(error) => Answer::Checked {
                problem: Some(FilterProblem {
                    from: error.span.start,
                    to: error.span.end,
                    message: error.message,
                    suggestion: None,
                }),
                sample: Vec::new(),
            },
        }
    }

    fn brush(&self, filter: &str, column: ColumnId, brush: Option<&Brush>) -> String {
        if self.ledger.try_column(column).is_none() {
            return filter.to_owned();
        }
        query::with_clause(filter, &self.ledger, column, brush)
    }
}

#[cfg(test)]
mod tests;
