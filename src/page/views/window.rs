//! The cells around the part of the table that is in view, fetched from the engine.
//!
//! What is there stays until the new arrives, so that nothing flickers; one ask is on its way at a
//! time, and more is asked for than is in view, so that scrolling seldom waits.

use crate::engine::arrange::says_more;
use crate::engine::look::WindowLook;
use crate::engine::protocol::{
    Answer, Ask, Cell, CellKind, LegendItem, Window, WindowQuestion, WindowRow,
};
use crate::engine::view::{Baseline, GroupStatistic, Grouping};
use crate::ledger::ColumnId;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::web::clock;
use std::ops::Range;

/// After this long an ask counts as lost: the engine may have been replaced, or another part of the
/// page may have asked for a window since.
const LOST_MILLIS: f64 = 500.0;
/// The most rows to ask for at once.
const MOST_ROWS: usize = 400;

/// The cells that have arrived.
#[derive(Default)]
pub(super) struct Loaded {
    selection: u64,
    first: usize,
    rows: Vec<WindowRow>,
    /// Those that stay at the top.
    pinned: Vec<WindowRow>,
    look: WindowLook,
    places: order::Map<u32, usize>,
}

impl Loaded {
    /// The row at this place of the selection, if it has arrived.
    pub(super) fn row(&self, place: usize) -> Option<&WindowRow> {
        let row = place
            .checked_sub(self.first)
            .and_then(|at| self.rows.get(at));
        row.or_else(|| self.pinned.get(place))
    }

    /// A cell of a row, if its column has arrived.
    pub(super) fn cell<'a>(&self, row: &'a WindowRow, column: ColumnId) -> Option<&'a Cell> {
        row.cells.get(*self.places.get(&column.0)?)
    }

    fn covers(
        &self,
        selection: u64,
        look: WindowLook,
        rows: &Range<usize>,
        columns: &[ColumnId],
    ) -> bool {
        let has_rows = rows.is_empty()
            || (self.first <= rows.start && rows.end <= self.first + self.rows.len());
        self.selection == selection
            && self.look == look
            && has_rows
            && columns
                .iter()
                .all(|column| self.places.contains_key(&column.0))
    }
}

/// What of the selection is in view.
pub(super) struct Wanted {
    /// Places in the selection.
    pub(super) rows: Range<usize>,
    /// How many rows the selection has.
    pub(super) total: usize,
    /// Columns in view.
    pub(super) columns: Vec<ColumnId>,
    /// These, and those near them.
    pub(super) columns_around: Vec<ColumnId>,
    /// What is wanted of cells besides their values.
    pub(super) look: WindowLook,
}

#[derive(Default)]
struct State {
    loaded: Loaded,
    /// Counts asks; the greatest is the newest.
    asked: u64,
    /// Number, selection with looks, and time of the ask that is on its way, and whether nobody waits for it.
    waiting: Option<(u64, (u64, WindowLook), f64, bool)>,
}

/// What makes cells say more than a number.
type More = (Option<Grouping>, GroupStatistic, Option<Baseline>);

/// Fetches windows. `Copy`, as all handles of the page.
#[derive(Clone, Copy)]
pub(super) struct Loader {
    app: App,
    state: StoredValue<State>,
    /// Grows whenever cells arrive.
    pub(super) arrived: RwSignal<u64>,
    /// What the colours of rows mean.
    pub(super) legend: RwSignal<Vec<LegendItem>>,
    /// How many letters the longest cell has that says more than a number, by column, since cells say that.
    pub(super) longest: RwSignal<order::Map<u32, u32>>,
    more: StoredValue<More>,
}

impl Loader {
    /// A loader that has nothing yet.
    pub(super) fn new(app: App) -> Self {
        Self {
            app,
            state: StoredValue::new(State::default()),
            arrived: RwSignal::new(0),
            legend: RwSignal::default(),
            longest: RwSignal::default(),
            more: StoredValue::default(),
        }
    }

    /// What has arrived.
    pub(super) fn with<R>(self, read: impl FnOnce(&Loaded) -> R) -> R {
        self.state.with_value(|state| read(&state.loaded))
    }

    /// Asks for what is wanted, unless it is there or on its way. Answers whether all that is in view
    /// is there.
    pub(super) fn need(self, wanted: &Wanted) -> bool {
        let selection = self.app.selection.get_untracked();
        let now = clock::now_millis();
        // What was in view came with the selection.
        let sent = self.app.selecting.take_sent();
        let is_fresh = sent.is_some();
        if let Some((question, window)) = sent {
            self.take(selection, &question, window);
        }
        // What is around it comes after: the next selection waits for no cell that nobody sees.
        self.app.selecting.note_in_view(WindowQuestion {
            first: wanted.rows.start,
            count: wanted.rows.len().min(MOST_ROWS),
            columns: wanted.columns.clone(),
            look: wanted.look,
        });
        let (covered, ask) = self.state.with_value(|state| {
            let margin = wanted.rows.len() / 3;
            let around = wanted.rows.start.saturating_sub(margin)
                ..(wanted.rows.end + margin).min(wanted.total);
            let covered =
                state
                    .loaded
                    .covers(selection, wanted.look, &wanted.rows, &wanted.columns);
            let plenty = covered
                && state
                    .loaded
                    .covers(selection, wanted.look, &around, &wanted.columns);
            let on_its_way = state.waiting.is_some_and(|(_, of, since, is_unseen)| {
                let is_of_now = of == (selection, wanted.look) && now - since < LOST_MILLIS;
                is_of_now && (covered || !is_unseen)
            });
            (covered, !plenty && !on_its_way)
        });
        if ask && covered && is_fresh {
            // What is around it is asked for when it is painted.
            clock::after_paint(move || {
                let _again = self.arrived.try_update(|count| *count += 1);
            });
        } else if ask && wanted.total > 0 {
            self.ask(selection, now, wanted, covered);
        }
        covered || wanted.total == 0
    }

    fn ask(self, selection: u64, now: f64, wanted: &Wanted, is_unseen: bool) {
        let in_view = wanted.rows.len();
        let first = wanted.rows.start.saturating_sub(in_view);
        let count = (wanted.rows.end + in_view)
            .min(wanted.total)
            .saturating_sub(first)
            .min(MOST_ROWS);
        let look = wanted.look;
        let question = WindowQuestion {
            first,
            count,
            columns: wanted.columns_around.clone(),
            look,
        };
        let number = self.state.try_update_value(|state| {
            state.asked += 1;
            state.waiting = Some((state.asked, (selection, look), now, is_unseen));
            state.asked
        });
        let Some(number) = number else { return };
        let ask = Ask::Window(question.clone());
        let hear = move |answer| {
            let is_newest = |state: &mut State| {
                if state.waiting.is_some_and(|(newest, ..)| newest == number) {
                    state.waiting = None;
                }
            };
            // The view may be gone by now.
            let is_there = self.state.try_update_value(is_newest).is_some();
            if let (Answer::Window(window), true) = (answer, is_there) {
                self.app.cells_came();
                self.take(selection, &question, window);
                let _told = self.arrived.try_update(|count| *count += 1);
            }
        };
        // Nobody waits for what is around.
        if is_unseen {
            self.app.ask_unseen(ask, hear);
        } else {
            self.app.ask(ask, hear);
        }
    }

    /// Notes how long cells are that say more than a number: columns become as wide, and narrower only where they say
    /// something else.
    fn measure(self, question: &WindowQuestion, window: &Window) {
        let (more, says_more) = self.app.view.with_untracked(|view| {
            let more = (view.grouping.clone(), view.group_statistic, view.baseline);
            (more, says_more(view))
        });
        let Some(mut longest) = self.longest.try_get_untracked() else {
            return;
        };
        let mut is_other = self.more.with_value(|known| *known != more);
        if is_other {
            longest = order::Map::new();
            self.more.set_value(more);
        }
        let rows = window.rows.iter().chain(&window.pinned);
        for row in rows.filter(|_| says_more) {
            for (cell, id) in row.cells.iter().zip(&question.columns) {
                // Other numbers are shown with as many digits as have room, but not beside a baseline's.
                let is_said = cell.change.is_some() || cell.text.contains(' ');
                if cell.kind == CellKind::Number && is_said {
                    let letters = cell.text.chars().count() as u32;
                    let known = longest.or_insert_with(id.0, || 0);
                    is_other |= *known < letters;
                    *known = letters.max(*known);
                }
            }
        }
        if is_other {
            let _told = self.longest.try_set(longest);
        }
    }

    fn take(self, selection: u64, question: &WindowQuestion, window: Window) {
        self.measure(question, &window);
        let places = question.columns.iter().enumerate();
        let loaded = Loaded {
            selection,
            first: window.first,
            rows: window.rows,
            pinned: window.pinned,
            look: question.look,
            places: places.map(|(place, column)| (column.0, place)).collect(),
        };
        self.state.update_value(|state| state.loaded = loaded);
        let legend = window.legend;
        if self.legend.with_untracked(|known| *known != legend) {
            let _told = self.legend.try_set(legend);
        }
    }
}
