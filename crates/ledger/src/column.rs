//! A column: a role, a name, cells and, for a metric that was logged over time, its history.

use super::cells::Cells;
use super::history::{History, PointSummary};
use super::value::{Value, ValueRef, parse_number};
use super::{Bits, time};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What a column is to a run.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Chosen before the run: a hyperparameter.
    Param,
    /// Measured by the run.
    Metric,
    /// Said about the run by people or tracker.
    Tag,
    /// A fact that every run has: id, name, status, times ([`super::attribute`]).
    Attribute,
    /// Put aside by the person.
    #[default]
    Ignored,
}

impl Role {
    /// All roles, in the order in which they are offered.
    pub const ALL: [Self; 5] = [
        Self::Param,
        Self::Metric,
        Self::Tag,
        Self::Attribute,
        Self::Ignored,
    ];

    /// The word people read and type: `param`, `metric`, `tag`, `attribute`, `ignored`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Param => "param",
            Self::Metric => "metric",
            Self::Tag => "tag",
            Self::Attribute => "attribute",
            Self::Ignored => "ignored",
        }
    }
}

/// What kind of values a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Nothing.
    Empty,
    /// Numbers.
    Number,
    /// True or false.
    Bool,
    /// Times.
    Time,
    /// Few distinct values.
    Category,
    /// Many distinct texts.
    Text,
}

/// One column of the ledger.
#[derive(Clone, Debug, Default)]
pub struct Column {
    role: Role,
    name: String,
    cells: Cells,
    history: Option<History>,
    doubt: Option<String>,
    /// Sources of the ledger that have it, in their order; only the whole ledger knows.
    sources: Vec<u32>,
    /// The expression that it is computed by, if it is.
    formula: Option<String>,
    /// Whether it was computed once, and is no more.
    was_computed: bool,
}

impl Column {
    /// An empty column.
    pub fn new(role: Role, name: &str) -> Self {
        Self {
            role,
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// A column of these parts.
    pub(crate) fn from_parts(
        role: Role,
        name: String,
        cells: Cells,
        history: Option<History>,
        doubt: Option<String>,
    ) -> Self {
        Self {
            role,
            name,
            cells,
            history,
            doubt,
            sources: Vec::new(),
            formula: None,
            was_computed: false,
        }
    }

    /// A column that was worked out from others; it belongs to no source.
    pub fn computed(role: Role, name: &str, cells: Cells) -> Self {
        Self::from_parts(role, name.to_owned(), cells, None, None)
    }

    /// The same column, which is computed by this expression.
    pub fn with_formula(mut self, formula: &str) -> Self {
        self.formula = Some(formula.to_owned());
        self
    }

    /// The expression that it is computed by, if it is.
    pub fn formula(&self) -> Option<&str> {
        self.formula.as_deref()
    }

    /// Whether it is a metric of the machine or of its clock, and no result.
    pub fn is_of_machine(&self) -> bool {
        self.role == Role::Metric && super::machine::is_of_machine(self.name())
    }

    /// Whether it is a metric that was read, and is of what was tried.
    pub fn is_result(&self) -> bool {
        self.role == Role::Metric && self.formula.is_none() && !self.is_of_machine()
    }

    /// The empty column that keeps the place of this computed one.
    pub fn vacated(&self) -> Self {
        Self {
            was_computed: true,
            ..Self::new(self.role, &self.name)
        }
    }

    /// Whether nobody has it: a computed column that was taken away, whose place is kept.
    pub fn is_vacant(&self) -> bool {
        self.was_computed && matches!(self.cells, Cells::Empty(_))
    }

    /// Which sources have it, as places in [`super::Ledger::sources`].
    pub fn sources(&self) -> &[u32] {
        &self.sources
    }

    /// Notes that these sources have it. Parts of a source come one after another.
    pub(crate) fn add_sources(&mut self, sources: &[u32]) {
        for source in sources {
            if self.sources.last() != Some(source) {
                self.sources.push(*source);
            }
        }
    }

    /// Notes that a source has it that may have had it before.
    pub(super) fn add_source_once(&mut self, source: u32) {
        if !self.sources.contains(&source) {
            self.sources.push(source);
        }
    }

    /// What it is to a run.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Its name in the source.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A value a run; for a metric its last.
    pub fn cells(&self) -> &Cells {
        &self.cells
    }

    /// All points of a metric that was logged over time.
    pub fn history(&self) -> Option<&History> {
        self.history.as_ref()
    }

    /// Why its role was only guessed, where it was.
    pub fn doubt(&self) -> Option<&str> {
        self.doubt.as_deref()
    }

    /// What kind of values it holds.
    pub fn kind(&self) -> Kind {
        match &self.cells {
            Cells::Empty(_) => Kind::Empty,
            Cells::Number { .. } => Kind::Number,
            Cells::Bool { .. } => Kind::Bool,
            Cells::Time { .. } => Kind::Time,
            Cells::Category { .. } => Kind::Category,
            Cells::Text { .. } => Kind::Text,
        }
    }

    /// The value of a run.
    pub fn get(&self, row: usize) -> ValueRef<'_> {
        self.cells.get(row)
    }

    /// Its values as numbers: NaN where there is none, booleans as 0 and 1, times as milliseconds,
    /// numbers among categories as themselves.
    pub fn numbers(&self) -> Cow<'_, [f64]> {
        match &self.cells {
            Cells::Number { values, .. } => Cow::Borrowed(values),
            Cells::Bool { values, present } => Cow::Owned(
                (0..present.len())
                    .map(|row| {
                        if present.get(row) {
                            f64::from(u8::from(values.get(row)))
                        } else {
                            f64::NAN
                        }
                    })
                    .collect(),
            ),
            Cells::Time { millis, present } => Cow::Owned(
                millis
                    .iter()
                    .enumerate()
                    .map(|(row, t)| {
                        if present.get(row) {
                            *t as f64
                        } else {
                            f64::NAN
                        }
                    })
                    .collect(),
            ),
            Cells::Category { codes, dictionary } => {
                let meaning: Vec<f64> = dictionary
                    .values()
                    .iter()
                    .map(|value| value.as_ref().number().unwrap_or(f64::NAN))
                    .collect();
                Cow::Owned(
                    codes
                        .iter()
                        .map(|code| meaning.get(*code as usize).copied().unwrap_or(f64::NAN))
                        .collect(),
                )
            }
            Cells::Empty(rows) => Cow::Owned(vec![f64::NAN; *rows]),
            Cells::Text { ends, .. } => Cow::Owned(vec![f64::NAN; ends.len()]),
        }
    }

    /// What the points of a metric say of `row` together; for a metric that is only a summary value,
    /// one point without a step.
    pub fn summary(&self, row: usize) -> Option<PointSummary> {
        if let Some(summary) = self
            .history
            .as_ref()
            .and_then(|history| history.summary(row))
        {
            return Some(summary);
        }
        let value = self.get(row).number()?;
        let finite = Some(value).filter(|x| x.is_finite());
        Some(PointSummary {
            count: 1,
            last: value,
            min: finite,
            max: finite,
            first_step: None,
            last_step: None,
        })
    }

    /// Which rows have a value of any type.
    pub fn present(&self) -> Bits {
        match &self.cells {
            Cells::Empty(rows) => Bits::filled(*rows, false),
            Cells::Number { present, odd, .. } => {
                let mut all = present.clone();
                odd.iter().for_each(|(row, _)| all.set(*row as usize, true));
                all
            }
            Cells::Bool { present, .. }
            | Cells::Time { present, .. }
            | Cells::Text { present, .. } => present.clone(),
            Cells::Category { codes, .. } => {
                Bits::from_fn(codes.len(), |row| codes[row] != super::MISSING)
            }
        }
    }

    /// Its cells, to be changed.
    pub fn cells_mut(&mut self) -> &mut Cells {
        &mut self.cells
    }

    /// Gives it another role and name, which a person knows for sure.
    pub(crate) fn set_name(&mut self, role: Role, name: &str) {
        self.role = role;
        name.clone_into(&mut self.name);
        self.doubt = None;
    }

    pub(crate) fn set_doubt(&mut self, doubt: Option<String>) {
        self.doubt = doubt;
    }

    /// Gives it these points, or none.
    pub fn set_history(&mut self, history: Option<History>) {
        self.history = history;
    }

    pub(crate) fn pad_to(&mut self, rows: usize) {
        self.cells.pad_to(rows);
        if let Some(history) = &mut self.history {
            history.pad_to(rows);
        }
    }

    /// Adds the rows of `other` below `before` rows of its own.
    pub(crate) fn append(&mut self, other: Self, before: usize) {
        // What another source guessed of a column that is well known here is no doubt of it.
        if self.doubt.is_none() && self.kind() == Kind::Empty {
            self.doubt = other.doubt;
        }
        let rows = before + other.cells.len();
        self.pad_to(before);
        self.cells.append(other.cells);
        match (&mut self.history, other.history) {
            (Some(mine), Some(more)) => mine.append(more),
            (None, Some(mut more)) => {
                more.shift_down(before);
                self.history = Some(more);
            }
            (Some(mine), None) => mine.pad_to(rows),
            (None, None) => {}
        }
    }

    /// Takes from `other` what this column lacks; row `n` of `other` is row `places[n]` here.
    pub(crate) fn fill_from(&mut self, other: &Self, places: &[usize]) {
        if self.doubt.is_none() && self.kind() == Kind::Empty {
            self.doubt.clone_from(&other.doubt);
        }
        let pairs = places.iter().enumerate().map(|(row, place)| (*place, row));
        self.cells.fill_gaps(&other.cells, pairs);
        if let Some(more) = &other.history {
            let rows = self.cells.len();
            let mine = self.history.take().unwrap_or_default();
            self.history = Some(mine.filled_from(more, places, rows, false));
        }
    }

    /// Takes from `other`, which is newer, all that it has; row `n` of `other` is row `places[n]` here. Notes the rows that
    /// are not as they were.
    pub(super) fn overwrite_from(&mut self, other: &Self, places: &[usize], changed: &mut Bits) {
        let pairs = places.iter().enumerate().map(|(row, place)| (*place, row));
        self.cells.overwrite(&other.cells, pairs, changed);
        let Some(newer) = &other.history else {
            return;
        };
        let rows = self.cells.len();
        let mine = self.history.take().unwrap_or_default();
        for (row, place) in places.iter().enumerate() {
            let (old, new) = (mine.range(*place), newer.range(row));
            let is_other = old.len() != new.len()
                || newer.values[new]
                    .iter()
                    .zip(&mine.values[old])
                    .any(|(a, b)| a.to_bits() != b.to_bits());
            if is_other {
                changed.set(*place, true);
            }
        }
        self.history = Some(mine.filled_from(newer, places, rows, true));
    }

    /// Reads the values as `kind`; what cannot be read so stays as it is.
    pub(crate) fn convert(&mut self, kind: Kind) {
        self.doubt = None;
        let mut converted = Cells::default();
        for row in 0..self.cells.len() {
            let value = self.cells.get(row);
            let text = value.to_string();
            let read = match (kind, value) {
                (_, ValueRef::Missing) | (Kind::Empty, _) => value,
                (Kind::Number, ValueRef::Bool(b)) => ValueRef::Number(f64::from(u8::from(b))),
                (Kind::Number, ValueRef::Time(t)) => ValueRef::Number(t as f64),
                (Kind::Number, _) => parse_number(text.trim()).map_or(value, ValueRef::Number),
                (Kind::Bool, _) => match ValueRef::parse(&text) {
                    ValueRef::Bool(b) => ValueRef::Bool(b),
                    ValueRef::Number(x) if x == 0.0 || (x - 1.0).abs() < f64::EPSILON => {
                        ValueRef::Bool(x != 0.0)
                    }
                    _ => value,
                },
                // A bare number is taken for Unix seconds below 10^11 (the year 5138), else for milliseconds.
                (Kind::Time, ValueRef::Number(x)) if x.is_finite() => {
                    ValueRef::Time(if x.abs() < 1e11 {
                        (x * 1000.0).round() as i64
                    } else {
                        x as i64
                    })
                }
                (Kind::Time, _) => time::parse_millis(&text).map_or(value, ValueRef::Time),
                (Kind::Category | Kind::Text, _) => ValueRef::Text(&text),
            };
            converted.push(read);
        }
        self.cells = converted;
    }

    /// Turns a column of texts that are all dates with a time of day into times.
    pub(crate) fn recognise_times(&mut self) {
        let parses = |text: &str| time::parse_millis(text).is_some();
        let all_times = match &self.cells {
            Cells::Category { dictionary, .. } => {
                !dictionary.values().is_empty()
                    && dictionary
                        .values()
                        .iter()
                        .all(|value| matches!(value, Value::Text(text) if parses(text)))
            }
            Cells::Text { present, .. } => present
                .ones()
                .all(|row| self.cells.get(row).text().is_some_and(parses)),
            _ => false,
        };
        if all_times {
            let doubt = self.doubt.take();
            self.convert(Kind::Time);
            self.doubt = doubt;
        }
    }
}
