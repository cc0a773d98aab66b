//! Filters that keep just the runs of one end.

use super::Question;
use crate::analysis::failures::endings::{EXPLODED, Ending, Endings};
use crate::ledger::{ColumnId, Role, Status, attribute};
use crate::query::{self, Brush};

/// What filters are made of.
pub(in crate::engine) struct Filters<'a> {
    of: &'a Question<'a>,
    status: Option<ColumnId>,
    /// The words of shown runs for each end that a status alone tells; `None` is a run without a word.
    words: Vec<(Ending, Option<String>)>,
    /// What diverged runs have in common, where there are any.
    diverged: Option<String>,
    /// Ends by status of those among them.
    of_diverged: Vec<Ending>,
}

impl<'a> Filters<'a> {
    pub(in crate::engine) fn new(
        of: &'a Question<'a>,
        endings: &Endings,
        objective: Option<(ColumnId, bool)>,
    ) -> Self {
        let status = of.ledger.find(Role::Attribute, attribute::STATUS);
        let word = |row: usize| {
            let column = of.ledger.column(status?);
            let value = column.get(row);
            (!value.is_missing()).then(|| value.to_string())
        };
        let by_status =
            |word: Option<&str>| Ending::of_status(word.map_or(Status::Unknown, Status::from_word));
        let mut words: Vec<(Ending, Option<String>)> = Vec::new();
        let mut of_diverged = Vec::new();
        for row in of.shown.ones() {
            let word = word(row);
            let end = by_status(word.as_deref());
            if !words.iter().any(|(_, known)| *known == word) {
                words.push((end, word));
            }
            if endings.has_diverged(row) && !of_diverged.contains(&end) {
                of_diverged.push(end);
            }
        }
        Self {
            diverged: diverged(of, endings, objective),
            of,
            status,
            words,
            of_diverged,
        }
    }

    /// The filter in force, and only runs of this end.
    pub(super) fn of(&self, ending: Ending) -> String {
        let Some(diverged) = &self.diverged else {
            return self.of_statuses(&[ending]);
        };
        if ending == Ending::Diverged {
            let others: Vec<Ending> = [Ending::Pruned, Ending::Running]
                .into_iter()
                .filter(|other| self.of_diverged.contains(other))
                .collect();
            let filter = self.with(diverged);
            return match self.clause(&others) {
                Some(clause) => format!("{filter} and not {clause}"),
                None => filter,
            };
        }
        let filter = self.of_statuses(&[ending]);
        let may_diverge = !matches!(ending, Ending::Pruned | Ending::Running);
        if may_diverge && self.of_diverged.contains(&ending) {
            let without = format!("not {diverged}");
            return query::narrowed(&filter, &without);
        }
        filter
    }

    /// The filter in force, and only runs that failed or diverged.
    pub(in crate::engine) fn broken(&self) -> String {
        match (&self.diverged, self.clause(&[Ending::Failed])) {
            (None, _) => self.of_statuses(&[Ending::Failed]),
            (Some(_), None) => self.of(Ending::Diverged),
            (Some(diverged), Some(failed)) => {
                let others = [Ending::Pruned, Ending::Running];
                let others: Vec<Ending> = others
                    .into_iter()
                    .filter(|other| self.of_diverged.contains(other))
                    .collect();
                let filter = self.with(&format!("({failed} or {diverged})"));
                match self.clause(&others) {
                    Some(clause) => format!("{filter} and not {clause}"),
                    None => filter,
                }
            }
        }
    }

    /// The filter in force with a further clause.
    fn with(&self, clause: &str) -> String {
        query::narrowed(self.of.filter, clause)
    }

    /// The filter in force and only runs of these ends by their status.
    fn of_statuses(&self, ends: &[Ending]) -> String {
        let (words, without) = self.words_of(ends);
        let Some(status) = self
            .status
            .filter(|_| !(words.is_empty() && without && self.is_all(ends)))
        else {
            return self.of.filter.to_owned();
        };
        let kept = match (words.is_empty(), without) {
            (true, _) => Brush::Missing,
            (false, false) => Brush::Values(words),
            (false, true) => {
                return match self.clause(ends) {
                    Some(clause) => self.with(&clause),
                    None => self.of.filter.to_owned(),
                };
            }
        };
        query::with_clause(self.of.filter, self.of.ledger, status, Some(&kept))
    }

    /// Whether all shown runs have one of these ends by their status.
    fn is_all(&self, ends: &[Ending]) -> bool {
        self.words.iter().all(|(end, _)| ends.contains(end))
    }

    /// The words of these ends, and whether a run without a word has one of them.
    fn words_of(&self, ends: &[Ending]) -> (Vec<String>, bool) {
        let mine = || self.words.iter().filter(|(end, _)| ends.contains(end));
        let words = mine().filter_map(|(_, word)| word.clone()).collect();
        (words, mine().any(|(_, word)| word.is_none()))
    }

    /// A clause that keeps runs of these ends by their status; `None` where there are none.
    fn clause(&self, ends: &[Ending]) -> Option<String> {
        let status = self.status?;
        let (words, without) = self.words_of(ends);
        let alone = |kept: Brush| query::with_clause("", self.of.ledger, status, Some(&kept));
        match (words.is_empty(), without) {
            (true, false) => None,
            (true, true) => Some(alone(Brush::Missing)),
            (false, false) => Some(query::bracketed(&alone(Brush::Values(words)))),
            (false, true) => Some(format!(
                "({} or {})",
                alone(Brush::Missing),
                alone(Brush::Values(words))
            )),
        }
    }
}

/// What the objective of diverged runs is like, in brackets.
fn diverged(
    of: &Question<'_>,
    endings: &Endings,
    objective: Option<(ColumnId, bool)>,
) -> Option<String> {
    let (id, maximize) = objective?;
    let column = of.ledger.column(id);
    let alone = |kept: Brush| query::with_clause("", of.ledger, id, Some(&kept));
    let numbers = || {
        let rows = of.shown.ones();
        rows.filter_map(|row| column.get(row).number())
    };
    let mut clauses = Vec::new();
    if numbers().any(f64::is_nan) {
        clauses.push(alone(Brush::NotANumber));
    }
    if numbers().any(f64::is_infinite) {
        clauses.push(alone(Brush::Infinite));
    }
    if let (Some(beginning), true, Some(name)) = (
        endings.beginning,
        endings.exploded.count() > 0,
        query::typed_name(id, of.ledger),
    ) {
        let times = format!("{name} / max(abs(first({name})), {beginning:?})");
        // As one quoted name: whatever is in it, it is read as an expression.
        let times = query::field_text(&times);
        clauses.push(if maximize {
            format!("{times} < -{EXPLODED}")
        } else {
            format!("{times} > {EXPLODED}")
        });
    }
    if endings.far.is_some() {
        let (low, high) = (endings.far, None);
        clauses.push(alone(Brush::Range { low, high }));
    }
    let (first, rest) = clauses.split_first()?;
    Some(if rest.is_empty() && !first.contains(' ') {
        first.clone()
    } else {
        format!("({})", clauses.join(" or "))
    })
}
