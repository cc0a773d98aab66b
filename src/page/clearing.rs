//! All that was read is forgotten at a press, and back at another: until something else is read, the engine and this hold it.

use super::keeping::Held;
use super::state::App;
use crate::engine::protocol::{Answer, Ask, Draft, ImportProgress, ReportForm, ReportQuestion};
use crate::engine::view::View;
use crate::ledger::Rules;
use crate::page::prelude::*;
use crate::web::pool::Files;

/// What the page has of runs beside what the engine has.
struct Beside {
    files: Files,
    held: Held,
    report: ReportQuestion,
    import: Option<ImportProgress>,
    view: View,
    /// The engine's number for what was pointed at.
    state: u64,
}

/// What was cleared. `Copy`, as all handles of the page.
#[derive(Clone, Copy)]
pub struct Clearing {
    /// Whether runs were, and can be brought back.
    pub can_return: RwSignal<bool>,
    beside: StoredValue<Option<Beside>>,
}

impl Default for Clearing {
    fn default() -> Self {
        Self {
            can_return: RwSignal::new(false),
            beside: StoredValue::new(None),
        }
    }
}

impl Clearing {
    /// Something else is read: what was cleared is gone for good.
    pub(super) fn forget(self) {
        self.beside.set_value(None);
        self.can_return.set(false);
    }
}

impl App {
    /// Forgets everything that was read, and the settings that belong to it, until it is brought back.
    pub fn clear(self) {
        // Of what is being read only a part is there.
        let can_return = !self.importing.get_untracked();
        self.following.leave(self);
        // The entry of the history that is gone back to tells what was pointed at until now.
        self.change_with(&mut |_| {}, false, true);
        let mut report = self.reporting.question(self, ReportForm::Interactive);
        self.ledger
            .with_untracked(|ledger| Draft::default().set(&mut report, ledger));
        let nothing = Beside {
            files: Files::default(),
            held: Held::default(),
            report,
            import: None,
            view: View::default(),
            state: 0,
        };
        let state = self.marked.with_untracked(|marked| marked.state);
        let before = self.exchange(nothing, self.view.get_untracked(), state);
        self.cleared
            .beside
            .set_value(Some(before).filter(|_| can_return));
        let clear = Ask::Clear {
            rules: Rules::default(),
            notes_too: true,
            can_return,
        };
        self.ask(clear, move |answer| {
            self.pointed(&answer, |view| *view = View::default(), true);
            // Of what comes nothing was said yet.
            self.marked.update(|marked| marked.change = 0);
            self.cleared.can_return.set(can_return);
        });
    }

    /// Brings back what was cleared.
    pub fn bring_back(self) {
        let of = |beside: &Option<Beside>| {
            let beside = beside.as_ref()?;
            Some((beside.state, beside.view.clone()))
        };
        let Some((state, view)) = self.cleared.beside.with_value(of) else {
            return;
        };
        let before = self.view.get_untracked();
        self.ask(Ask::Recall { state }, move |answer| {
            self.recalled(&answer, before);
            self.change_with(&mut |now| now.clone_from(&view), true, true);
        });
    }

    /// What was pointed at is again what it was; with it may have come back what was cleared, or gone what had come back.
    pub(super) fn recalled(self, answer: &Answer, view: View) {
        let state = self.marked.with_untracked(|marked| marked.state);
        self.take_marks(answer);
        let is_return = matches!(
            answer,
            Answer::Marked {
                is_return: true,
                ..
            }
        );
        let Some(beside) = self
            .cleared
            .beside
            .try_update_value(|beside| beside.take_if(|_| is_return))
            .flatten()
        else {
            return;
        };
        let had_runs = !beside.files.0.is_empty();
        let before = self.exchange(beside, view, state);
        self.cleared.beside.set_value(Some(before));
        self.cleared.can_return.set(!had_runs);
    }

    /// Puts this in the place of what is there, and gives that with this view and state.
    fn exchange(self, other: Beside, view: View, state: u64) -> Beside {
        let Beside {
            files,
            held,
            report,
            import,
            ..
        } = other;
        let before = Beside {
            files: self.engine().swap_files(files),
            held: self.keeping.held(),
            report: self.reporting.question(self, ReportForm::Interactive),
            import: self.import.get_untracked(),
            view,
            state,
        };
        self.keeping.resume(held);
        self.reporting.put(report);
        self.import.set(import);
        before
    }
}
