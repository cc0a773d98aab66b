//! The asks for selections: what is wanted follows from the view, the ledger and what was pointed at, and is asked
//! once whenever it changed.

use super::state::App;
use crate::engine::arrange::arrange_without;
use crate::engine::protocol::{Answer, Ask, SelectQuestion, Window, WindowQuestion};
use crate::engine::view::{Tab, View};
use crate::ledger::ColumnId;
use crate::page::prelude::*;
use crate::web::clock;
use gloo::timers::callback::Timeout;
use std::sync::Arc;

/// What a selection is of, without the cells and the time that are wanted with it.
#[derive(Clone, Default, PartialEq)]
struct Wanted {
    version: u64,
    /// Counts changes of what was pointed at.
    marked: u64,
    question: SelectQuestion,
}

/// How long the page's parts hear nothing of another order or filter, as the answer mostly is there by then.
const UNTOLD_MILLIS: u32 = 80;

impl Wanted {
    fn now(app: App) -> Self {
        Self {
            version: app.ledger.with(|ledger| ledger.version),
            marked: app.marked.with(|marked| marked.change),
            question: app.view.with(View::selection),
        }
    }
}

/// Asks for selections. `Copy`, as all handles of the page.
#[derive(Clone, Copy)]
pub struct Selecting {
    asked: StoredValue<Wanted>,
    /// The cells that the table has in view: they are wanted with the next selection.
    in_view: StoredValue<Option<WindowQuestion>>,
    /// They, as they came with the selection, until the table takes them.
    sent: StoredValue<Option<(WindowQuestion, Window)>>,
    /// Tells the page's parts of a change of the view of which they have not heard.
    telling: StoredValue<Option<Timeout>>,
}

impl Default for Selecting {
    fn default() -> Self {
        Self {
            asked: StoredValue::default(),
            in_view: StoredValue::new(None),
            sent: StoredValue::new(None),
            telling: StoredValue::new(None),
        }
    }
}

impl Selecting {
    /// Asks from now on whenever something else is wanted.
    pub(super) fn follow(self, app: App) {
        let wanted = Memo::new(move |_| Wanted::now(app));
        Effect::new(move |_| {
            // Read, for what is only tracked is never worked out and says nothing.
            wanted.with(|_| ());
            self.ask(app);
        });
    }

    /// Puts another view in place of `old`, and asks. Of another order or filter of the table the page's parts hear with
    /// the answer: drawn once more before, they would keep it waiting.
    pub(super) fn put(self, app: App, old: &View, new: View) {
        let mut alike = new.clone();
        alike.filter.clone_from(&old.filter);
        alike.sort.clone_from(&old.sort);
        let may_wait = alike == *old && old.tab == Tab::Table;
        app.view.set_untold(new);
        let is_asked = self.ask(app);
        if may_wait && is_asked {
            let tell = Timeout::new(UNTOLD_MILLIS, move || self.tell(app));
            self.telling.set_value(Some(tell));
        } else {
            self.telling.set_value(None);
            app.view.tell();
        }
    }

    /// Tells the page's parts of a change of which they have not heard.
    fn tell(self, app: App) {
        let telling = self.telling.try_update_value(Option::take);
        if telling.flatten().is_some() {
            app.view.tell();
        }
    }

    /// Asks, where something else is wanted than was asked for; says whether it did.
    pub(super) fn ask(self, app: App) -> bool {
        let wanted = untrack(|| Wanted::now(app));
        let before = self.asked.get_value();
        if wanted.version == 0 || wanted == before {
            return false;
        }
        self.asked.set_value(wanted.clone());
        let mut question = wanted.question;
        let is_filtered = question.filter != before.question.filter;
        let is_table = app.view.with_untracked(|view| view.tab == Tab::Table);
        let order = |question: &SelectQuestion| {
            (
                question.filter.clone(),
                question.sort.clone(),
                question.grouping.clone(),
            )
        };
        let is_other = order(&question) != order(&before.question);
        let in_view = self.in_view.get_value().filter(|_| is_table);
        question.now = Some(js_sys::Date::now() as i64);
        question.window = in_view.map(|mut window| {
            // Another order is read from its top.
            if is_other {
                window.first = 0;
            }
            window
        });
        let asked = question.window.clone();
        let sent = clock::now_millis();
        app.ask(Ask::Select(Box::new(question)), move |answer| {
            if let Answer::Selected(mut selected) = answer {
                app.selection_came(sent);
                self.sent.set_value(asked.zip(selected.window.take()));
                self.tell(app);
                app.selected.set(Arc::new(*selected));
                app.selection.update(|number| *number += 1);
            }
        });
        app.distributions.with_selection(app, is_filtered);
        true
    }

    /// Notes which cells the table has in view.
    pub fn note_in_view(self, question: WindowQuestion) {
        self.in_view.set_value(Some(question));
    }

    /// The cells that came with the selection, once.
    pub fn take_sent(self) -> Option<(WindowQuestion, Window)> {
        self.sent.try_update_value(Option::take).flatten()
    }
}

impl App {
    /// The columns of the table as it stands, in their order.
    pub fn columns_as_seen(self) -> Vec<ColumnId> {
        let ledger = self.ledger.get_untracked();
        let same = self
            .selected
            .with_untracked(|selected| selected.same.clone());
        let arranged = self
            .view
            .with_untracked(|view| arrange_without(&ledger, view, &same));
        arranged.columns.iter().map(|placed| placed.id).collect()
    }
}
