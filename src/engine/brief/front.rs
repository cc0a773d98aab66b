//! How many runs are on the first front, where the source declares several objectives.

use super::{Asked, Evidence, Sentence, SentenceKind};
use crate::chart::number::{counted, grouped};
use crate::engine::objectives::declared_front;
use crate::engine::view::Tab;

/// That so many of so many runs are beaten by none.
pub(super) fn sentence(asked: &Asked<'_>) -> Option<Sentence> {
    let (names, n, of) = declared_front(asked.of)?;
    Some(Sentence {
        kind: SentenceKind::Front,
        text: format!(
            "{} of {} on the first front of {}, the objectives that the source declares: none is better in one of them and no \
             worse in the others. Objectives tells what one costs of the other.",
            grouped(n),
            counted(of, "run"),
            names.join(" and ")
        ),
        n,
        of,
        link: Evidence {
            tab: Tab::Objectives,
            ..asked.table()
        },
    })
}
