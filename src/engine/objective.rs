//! The objective: one choice that table, ranks, axes and importance go by.

use super::ledger_info::{ColumnInfo, LedgerInfo};
use super::view::{ComputedColumn, View, escape, unescape};
use crate::analysis::ranking::uncertainty::Center;
use crate::ledger::{Reading, Role, Statistic, Until};
use crate::query::{until, until_text};
use serde::{Deserialize, Serialize};

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Less is better.
    Minimize,
    /// More is better.
    Maximize,
}

impl Direction {
    /// The word that people read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Minimize => "minimize",
            Self::Maximize => "maximize",
        }
    }
}

/// What is to be made better: everything that ranks or explains goes by it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Objective {
    /// The column's key, as `metric.val_loss`.
    pub column: String,
    /// Which way is better.
    pub direction: Direction,
    /// Which of its values counts.
    pub statistic: Statistic,
    /// Up to where its curve counts.
    pub until: Until,
    /// By what several runs of a group count as one.
    #[serde(default)]
    pub center: Center,
}

impl Objective {
    /// What is read of its curve.
    pub fn reading(&self) -> Reading {
        Reading {
            statistic: self.statistic,
            until: self.until,
        }
    }

    /// What is read of its curve, in words: `min`, `last@100`.
    pub fn reading_words(&self) -> String {
        format!("{}{}", self.statistic.word(), at(self.until))
    }

    /// The text of [`Objective::until`] that a person writes: a step, a time, `common`; empty is the end.
    pub fn until_text(&self) -> String {
        until_text(self.until)
    }

    /// Counts its curve up to what a text says, and tells whether that could be read.
    pub fn set_until(&mut self, text: &str) -> bool {
        let read = match text.trim() {
            "" => Some(Until::End),
            text => until(text),
        };
        self.until = read.unwrap_or(self.until);
        read.is_some()
    }

    /// The name of the column that shows what is read of its curve, where that is not the last value, which
    /// the metric's own column shows.
    pub fn shown_name(&self) -> Option<String> {
        self.shown_as(false).map(|column| column.name)
    }

    /// That column. `is_shared`: a param has the metric's name too.
    pub(super) fn shown_as(&self, is_shared: bool) -> Option<ComputedColumn> {
        let maximize = self.direction == Direction::Maximize;
        let reading = Reading {
            statistic: self.statistic.resolved(maximize),
            until: self.until,
        };
        let (_, name) = self.column.split_once('.')?;
        (!reading.is_last()).then(|| column_of_curve(name, is_shared, reading))
    }

    /// It as a part of an address.
    pub(super) fn to_hash(&self) -> String {
        let mut hash = format!(
            "{},{},{}",
            escape(&self.column),
            &self.direction.word()[..3],
            self.reading_words()
        );
        if self.center != Center::Mean {
            hash.push(',');
            hash.push_str(self.center.word());
        }
        hash
    }

    /// What a part of an address spells, if it spells one.
    pub(super) fn from_hash(text: &str) -> Option<Self> {
        let mut parts = text.split(',');
        let column = unescape(parts.next().filter(|column| !column.is_empty())?);
        let direction = match parts.next()? {
            "min" => Direction::Minimize,
            "max" => Direction::Maximize,
            _ => return None,
        };
        let reading = parts.next().unwrap_or("last");
        let (word, at) = reading.split_once('@').unwrap_or((reading, ""));
        let mut objective = Self {
            column,
            direction,
            statistic: Statistic::from_word(word)?,
            until: Until::End,
            center: parts.next().and_then(Center::from_word).unwrap_or_default(),
        };
        objective.set_until(at).then_some(objective)
    }
}

/// What stands behind a metric's name.
fn at(until: Until) -> String {
    match until_text(until).as_str() {
        "" => String::new(),
        text => format!("@{text}"),
    }
}

/// A column of what is read of a metric's curve. `is_shared`: a param has the metric's name too.
pub fn column_of_curve(name: &str, is_shared: bool, reading: Reading) -> ComputedColumn {
    let (word, at) = (reading.statistic.word(), at(reading.until));
    let qualified = if is_shared { "metric." } else { "" };
    ComputedColumn {
        name: match reading.statistic {
            Statistic::Last => format!("{name}{at}"),
            _ => format!("{word} {name}{at}"),
        },
        expression: format!("{word}(`{qualified}{name}`{at})"),
    }
}

/// The metric with a curve of which a column is a statistic, or its last value, and that; whether a param has its name too stands
/// between them.
pub fn curve_of<'a>(
    ledger: &'a LedgerInfo,
    view: &View,
    key: &str,
) -> Option<(&'a ColumnInfo, bool, Statistic)> {
    let column = ledger.column(key)?;
    let is_shared = |metric: &ColumnInfo| {
        let mut columns = ledger.columns.iter();
        columns.any(|other| other.role == Role::Param && other.name == metric.name)
    };
    if column.has_history {
        return Some((column, is_shared(column), Statistic::Last));
    }
    let mut made = view.computed.iter();
    let made = made.find(|made| column.formula.is_some() && made.name == column.name)?;
    let metrics = ledger.columns.iter().filter(|column| column.has_history);
    let each = metrics.flat_map(|metric| Statistic::ALL.map(|statistic| (metric, statistic)));
    let mut found = each.filter_map(|(metric, statistic)| {
        let is_shared = is_shared(metric);
        let of = column_of_curve(&metric.name, is_shared, Reading::from(statistic));
        (of == *made).then_some((metric, is_shared, statistic))
    });
    found.next()
}

/// The key of the column that is this statistic of a metric's curve, which is computed from now on.
pub fn key_of_statistic(
    view: &mut View,
    (metric, is_shared): (&ColumnInfo, bool),
    statistic: Statistic,
) -> String {
    let reading = Reading::from(statistic);
    if reading.is_last() {
        return metric.key.clone();
    }
    let made = column_of_curve(&metric.name, is_shared, reading);
    let key = format!("{}.{}", Role::Metric.word(), made.name);
    if !view.computed.contains(&made) {
        view.computed.push(made);
    }
    key
}
