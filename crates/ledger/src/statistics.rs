//! What the values of a column are like: how many are there, and whether they differ.

use super::cells::{Cells, MISSING};
use super::column::{Column, Kind, Role};
use super::{ColumnId, Ledger};

/// What a column is like over all runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// How many runs have a value.
    pub present: usize,
    /// Whether two of them differ.
    pub differs: bool,
    /// Whether two runs differ: in value, or in having one (for params: a value apart from none).
    pub varies: bool,
}

impl Column {
    /// What the column is like over all runs.
    pub fn spread(&self) -> Spread {
        let rows = self.cells().len();
        let (present, differs) = match self.cells() {
            Cells::Empty(_) => (0, false),
            Cells::Number {
                values,
                present,
                odd,
            } => {
                let count = present.count();
                let mut seen = present.ones().map(|row| values[row]);
                let first = seen.next();
                let same =
                    |a: f64, b: f64| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
                let differ = first.is_some_and(|first| seen.any(|x| !same(x, first)));
                let odd_differ = odd.first().is_some_and(|(_, first)| {
                    count > 0 || odd.iter().any(|(_, value)| value != first)
                });
                (count + odd.len(), differ || odd_differ)
            }
            Cells::Bool { values, present } => {
                let mut both = values.clone();
                both.and(present);
                let trues = both.count();
                (present.count(), trues > 0 && trues < present.count())
            }
            Cells::Time { millis, present } => {
                let mut seen = present.ones().map(|row| millis[row]);
                let first = seen.next();
                (
                    present.count(),
                    first.is_some_and(|first| seen.any(|t| t != first)),
                )
            }
            Cells::Category { codes, .. } => {
                let mut seen = codes.iter().filter(|code| **code != MISSING);
                let first = seen.next();
                let count = codes.iter().filter(|code| **code != MISSING).count();
                (
                    count,
                    first.is_some_and(|first| seen.any(|code| code != first)),
                )
            }
            Cells::Text { present, .. } => {
                let mut seen = present.ones().map(|row| self.get(row));
                let first = seen.next();
                (
                    present.count(),
                    first.is_some_and(|first| seen.any(|text| text != first)),
                )
            }
        };
        Spread {
            present,
            differs,
            varies: differs || (present > 0 && present < rows),
        }
    }
}

/// The order in which columns are shown: params that vary, metrics, tags and attributes, then what is
/// the same in every run; inside each the order of arrival.
pub fn display_order(ledger: &Ledger, varies: &[bool]) -> Vec<ColumnId> {
    let class = |id: ColumnId| {
        let column = ledger.column(id);
        let rank = match column.role() {
            Role::Param => 0,
            Role::Metric => 1,
            Role::Attribute => 2,
            Role::Tag => 3,
            Role::Ignored => 9,
        };
        if varies.get(id.index()).copied().unwrap_or(true) {
            rank
        } else {
            rank + 4
        }
    };
    let mut order: Vec<ColumnId> = ledger
        .columns_with_ids()
        .filter(|(_, column)| column.kind() != Kind::Empty)
        .map(|(id, _)| id)
        .collect();
    order::by_key(&mut order, |id| class(*id));
    order
}
