//! Everything that was read is forgotten, and brought back where that was a mistake.

use super::{Selection, Workspace};
use crate::engine::notes::Notes;
use crate::engine::protocol::Answer;
use crate::ledger::{Ledger, Rules};

impl Workspace {
    /// Forgets what was read; what comes goes by these rules.
    pub(super) fn clear(&mut self, rules: &Rules, notes_too: bool, can_return: bool) -> Answer {
        let mut before = std::mem::take(self);
        before.cleared = None;
        *self = Self {
            version: before.version,
            past: before.past.successor(),
            notes: if notes_too {
                Notes::default()
            } else {
                std::mem::take(&mut before.notes)
            },
            selection: Selection {
                kept: before.selection.kept,
                ..Selection::default()
            },
            ledger: Ledger::with_rules(rules.clone()),
            cleared: can_return.then(|| Box::new(before)),
            ..Self::default()
        };
        self.changed();
        self.marked()
    }

    /// Brings back what was cleared where this is a state of it, and says whether it is; what was there in its place can be brought
    /// back in turn.
    pub(super) fn bring_back(&mut self, state: u64) -> bool {
        if self.past.knows(state) {
            return false;
        }
        let Some(mut other) = self.cleared.take_if(|other| other.past.knows(state)) else {
            return false;
        };
        std::mem::swap(self, &mut other);
        // What was answered before is of what was there before.
        self.version = other.version;
        self.selection.kept = self.selection.kept.max(other.selection.kept);
        self.past.follow(&other.past);
        self.changed();
        self.cleared = Some(other);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::protocol::{Ask, MarkLines, NoteEdit, SelectQuestion};
    use crate::ledger::RunSink;

    fn read(workspace: &mut Workspace, runs: usize) {
        workspace.begin_drop();
        let mut keep = |part: Ledger| workspace.append(part);
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a", "test", 0);
        for run in 0..runs {
            sink.run(&run.to_string());
        }
        sink.finish();
    }

    /// The state of what was pointed at, and whether what was cleared is back.
    fn state(answer: Answer) -> (u64, bool) {
        match answer {
            Answer::Marked {
                state, is_return, ..
            } => (state, is_return),
            other => panic!("{other:?}"),
        }
    }

    fn shown(workspace: &mut Workspace, filter: &str) -> usize {
        let question = SelectQuestion {
            filter: filter.to_owned(),
            ..SelectQuestion::default()
        };
        match workspace.answer(&Ask::Select(Box::new(question))) {
            Answer::Selected(said) => said.shown,
            other => panic!("{other:?}"),
        }
    }

    fn cleared(workspace: &mut Workspace) -> u64 {
        let ask = Ask::Clear {
            rules: Rules::default(),
            notes_too: true,
            can_return: true,
        };
        state(workspace.answer(&ask)).0
    }

    #[test]
    fn what_was_cleared_comes_back_with_what_was_said_of_it_and_goes_again() {
        let mut workspace = Workspace::default();
        read(&mut workspace, 5);
        let (starred, _) = state(workspace.answer(&Ask::Note {
            lines: MarkLines::Row(2),
            edit: NoteEdit::Star,
        }));
        let empty = cleared(&mut workspace);
        assert_ne!(starred, empty);
        assert_eq!(shown(&mut workspace, ""), 0);
        for _ in 0..2 {
            let version = workspace.version();
            let back = state(workspace.answer(&Ask::Recall { state: starred }));
            assert_eq!(back, (starred, true));
            assert!(workspace.version() > version);
            assert_eq!(shown(&mut workspace, ""), 5);
            assert_eq!(shown(&mut workspace, "my_star = true"), 1);
            // What is known already does not bring anything back.
            let same = state(workspace.answer(&Ask::Recall { state: starred }));
            assert_eq!(same, (starred, false));
            let again = state(workspace.answer(&Ask::Recall { state: empty }));
            assert_eq!(again, (empty, true));
            assert_eq!(shown(&mut workspace, ""), 0);
        }
    }

    #[test]
    fn what_is_read_after_it_is_not_lost_to_what_was_cleared() {
        let mut workspace = Workspace::default();
        read(&mut workspace, 5);
        let before = state(workspace.answer(&Ask::Restore)).0;
        let empty = cleared(&mut workspace);
        read(&mut workspace, 3);
        let said = state(workspace.answer(&Ask::Recall { state: before }));
        assert_eq!(said, (empty, false));
        assert_eq!(shown(&mut workspace, ""), 3);
    }
}
