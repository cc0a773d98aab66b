//! Pictures of the space of runs: of those that are shown, and of those that a brush that is dragged would keep.

use super::Workspace;
use crate::engine::protocol::{Answer, Brush, SpaceQuestion};
use crate::engine::space::SpaceRuns;
use crate::ledger::{Bits, ColumnId};
use crate::query;

impl Workspace {
    /// The picture of these runs, while a brush is dragged or to stay.
    pub(super) fn picture_space(
        &mut self,
        question: &SpaceQuestion,
        shown: &Bits,
        is_moving: bool,
    ) -> Answer {
        let varies = self.catalogue.varies(&self.ledger);
        let mut space = std::mem::take(&mut self.space);
        let said = space.picture(question, self.space_runs(shown, &varies), is_moving);
        self.space = space;
        Answer::Space(Box::new(said))
    }

    /// The runs that a filter would keep with this brush; where it has a mistake, those that are shown.
    pub(super) fn would_keep(&self, filter: &str, column: ColumnId, brush: Option<&Brush>) -> Bits {
        let filter = self.brush(filter, column, brush);
        let kept = self.with_scope(|scope| query::select(&filter, scope));
        kept.unwrap_or_else(|_| self.shown())
    }

    pub(super) fn space_runs<'a>(&'a self, shown: &'a Bits, varies: &'a [bool]) -> SpaceRuns<'a> {
        let objective = self.selection.objective.as_ref();
        SpaceRuns {
            ledger: &self.ledger,
            version: self.version,
            shown,
            varies,
            objective: objective
                .map(|(asked, id, values)| (self.shown_objective(asked, *id), values)),
            asked: objective.map(|(asked, ..)| asked),
        }
    }
}
