//! What a filter may speak of besides the cells of a ledger: ranks, marks, a baseline, the time.

use super::expression::{Expression, ExpressionError};
use super::field::resolve;
use ledger::direction::more_is_better;
use ledger::{Bits, Cells, Column, ColumnId, Distinct, Ledger, Role, attribute};
use std::borrow::Cow;

/// The number of a run by the objective among all runs, where no column has this name.
pub const RANK: &str = "rank";

/// How many params of a run have a value that the baseline has not, no run of it where it is a group, where no column has this name.
pub const DIFFERENCE: &str = "diff";

/// What runs are ranked by.
#[derive(Clone, Copy)]
pub struct Ranked<'a> {
    /// The metric.
    pub column: ColumnId,
    /// Whether more is better.
    pub maximize: bool,
    /// One finite value a run, NaN where there is none.
    pub values: &'a [f64],
    /// The rank of every run among all, 1 is best, 0 where it has none; worked out where a filter asks.
    pub ranks: &'a dyn Fn() -> Vec<u32>,
}

/// What a filter may speak of.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// The runs.
    pub ledger: &'a Ledger,
    /// Unix milliseconds, for `since:yesterday`.
    pub now: Option<i64>,
    /// What runs are ranked by.
    pub objective: Option<Ranked<'a>>,
    /// Sets of runs by name, for `@selected`.
    pub marks: &'a [(&'static str, &'a Bits)],
    /// The rows that runs are compared with: one, or those of a group.
    pub baseline: &'a [u32],
}

impl<'a> From<&'a Ledger> for Scope<'a> {
    fn from(ledger: &'a Ledger) -> Self {
        Self {
            ledger,
            now: None,
            objective: None,
            marks: &[],
            baseline: &[],
        }
    }
}

/// Why a name means nothing.
pub(super) enum Unknown {
    /// There is no such column, and it is no expression.
    Name,
    /// It is meant as an expression, which is wrong.
    Expression(ExpressionError),
    /// What it means is not there.
    Lacking(&'static str),
}

impl<'a> Scope<'a> {
    /// What a name means: a column, one that the page knows, or one that is computed.
    pub(super) fn column(&self, name: &str) -> Result<Cow<'a, Column>, Unknown> {
        if let Some(id) = resolve(name, self.ledger) {
            return Ok(Cow::Borrowed(self.ledger.column(id)));
        }
        if name.eq_ignore_ascii_case(RANK) {
            return self.ranks().map(Cow::Owned);
        }
        if name.eq_ignore_ascii_case(DIFFERENCE) {
            return self.differences().map(Cow::Owned);
        }
        match Expression::parse(name, self.ledger) {
            // A number alone is no column.
            Ok(expression) if !expression.is_constant() => {
                let cells = expression.evaluate(self.ledger);
                let role = expression.role(self.ledger);
                Ok(Cow::Owned(Column::computed(role, name, cells)))
            }
            Err(error) if super::expression::looks_like_one(name) => {
                Err(Unknown::Expression(error))
            }
            _ => Err(Unknown::Name),
        }
    }

    fn ranks(&self) -> Result<Column, Unknown> {
        let objective = self.objective.ok_or(Unknown::Lacking(
            "there is no rank without an objective: choose one at the top",
        ))?;
        let ranks = (objective.ranks)();
        let number = |rank: &u32| (*rank > 0).then(|| f64::from(*rank));
        let cells = Cells::from_numbers(ranks.iter().map(number));
        Ok(Column::computed(Role::Attribute, RANK, cells))
    }

    fn differences(&self) -> Result<Column, Unknown> {
        let Some(first) = self.baseline.first() else {
            return Err(Unknown::Lacking(
                "there is no baseline: make a run the baseline first (b in the table)",
            ));
        };
        let mut counts = vec![0_u32; self.ledger.rows()];
        let params = self.ledger.columns().iter();
        for column in params.filter(|column| column.role() == Role::Param) {
            let known = column.get(*first as usize);
            let values = self.baseline.iter().map(|row| column.get(*row as usize));
            let others = Distinct::new(values);
            for (row, count) in counts.iter_mut().enumerate() {
                let value = column.get(row);
                let is_known = value.is_same(known)
                    || (others.count() != Some(1) && others.has(value) != Some(false));
                *count += u32::from(!is_known);
            }
        }
        let cells = Cells::from_numbers(counts.iter().map(|count| Some(f64::from(*count))));
        Ok(Column::computed(Role::Attribute, DIFFERENCE, cells))
    }

    /// When runs began: the attribute, else the first column of times.
    pub(super) fn start(&self) -> Option<&'a Column> {
        let is_time = |column: &&Column| matches!(column.cells(), Cells::Time { .. });
        let start = self.ledger.attribute(attribute::START).filter(is_time);
        start.or_else(|| self.ledger.columns().iter().find(is_time))
    }

    /// Whether more of a column is better, where that is known.
    pub(super) fn more_is_better(&self, name: &str) -> Option<bool> {
        let chosen = self
            .objective
            .filter(|chosen| resolve(name, self.ledger) == Some(chosen.column));
        match chosen {
            Some(objective) => Some(objective.maximize),
            None => more_is_better(name),
        }
    }
}
