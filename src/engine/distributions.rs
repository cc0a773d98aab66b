//! How a metric is distributed: over each param, by what runs have in a column, and as a whole: the answer to
//! [`super::protocol::Ask::Distributions`].

mod categories;
mod measure;
mod parts;
mod slices;

use super::brief::Question;
use super::info::key_of;
use super::show::NO_RUN;
use super::view::{escape, unescape};
use crate::chart::axis::Axis;
use crate::chart::slice::Slice;
use crate::ledger::ColumnId;
pub use categories::ByCategory;
pub(super) use measure::Measure;
pub(super) use parts::{NO_PART, Parts};
use serde::{Deserialize, Serialize};
use slices::Sliced;
pub(super) use slices::{JITTER, jitter};

/// The word for no column to part runs by.
pub const BY_NOTHING: &str = "none";

/// The word for the groups that runs are in.
pub const BY_GROUP: &str = "group";

/// The word for the sources of runs.
pub const BY_SOURCE: &str = "source";

/// What a person has set: where empty, it is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DistributionsView {
    /// The key of the column whose numbers are looked at; the objective where empty.
    pub metric: String,
    /// What runs are parted by: a column's key, [`BY_SOURCE`], [`BY_GROUP`] or [`BY_NOTHING`].
    pub by: String,
    /// Whether correlations are of values, and not of ranks.
    pub pearson: bool,
    /// Whether categories are violins, and not boxes.
    pub violins: bool,
    /// Whether the metric is on a logarithmic axis; where none, its numbers say.
    pub log: Option<bool>,
}

impl DistributionsView {
    /// The words in addresses.
    pub fn words(&self) -> String {
        if *self == Self::default() {
            return String::new();
        }
        let pearson = if self.pearson { ",pearson" } else { "" };
        let violins = if self.violins { ",violins" } else { "" };
        let log = self.log.map_or("", |log| if log { ",log" } else { ",lin" });
        let (metric, by) = (escape(&self.metric), escape(&self.by));
        format!("{metric},{by}{pearson}{violins}{log}")
    }

    /// What the words say; what is not there is chosen.
    pub fn from_words(words: &str) -> Self {
        let mut words = words.split(',');
        let mut next = || words.next().unwrap_or_default();
        let (metric, by) = (unescape(next()), unescape(next()));
        let mut view = Self {
            metric,
            by,
            ..Self::default()
        };
        for word in words {
            view.pearson |= word == "pearson";
            view.violins |= word == "violins";
            if let "log" | "lin" = word {
                view.log = Some(word == "log");
            }
        }
        view
    }
}

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DistributionsQuestion {
    /// What a person has set.
    pub set: DistributionsView,
    /// The params, most important first, where an importance is known.
    pub importance: Vec<ColumnId>,
    /// How many slices.
    pub slices: usize,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Distributions {
    /// What is shown, as it was set or chosen.
    pub set: DistributionsView,
    /// What the numbers are, as `val_loss`.
    pub metric: String,
    /// Where they lie, if there are some.
    pub axis: Option<Axis>,
    /// What can be said of all, in sentences.
    pub words: Vec<String>,
    /// The metric over params.
    pub slices: Vec<Slice>,
    /// In which order they are, and what is left out.
    pub slices_told: String,
    /// How many params are not drawn.
    pub more_slices: usize,
    /// It by category.
    pub by: Option<ByCategory>,
}

/// The answer.
pub(super) fn distributions(
    question: &Question<'_>,
    asked: &DistributionsQuestion,
) -> Distributions {
    let Some(measure) = Measure::new(question, &asked.set.metric, asked.set.log) else {
        let nothing = if question.shown.count() == 0 {
            NO_RUN
        } else {
            "There is no metric whose numbers differ between runs."
        };
        return Distributions {
            words: vec![nothing.to_owned()],
            ..Distributions::default()
        };
    };
    let Sliced { slices, told, more } =
        slices::slices(question, &measure, &asked.importance, asked.slices);
    let found = categories::by_category(question, &measure, &asked.set, &slices);
    let (key, by) = found.unzip();
    Distributions {
        set: DistributionsView {
            metric: key_of(question.ledger, measure.column),
            by: key.unwrap_or_default(),
            pearson: asked.set.pearson,
            violins: asked.set.violins,
            log: asked.set.log,
        },
        by,
        metric: measure.name.clone(),
        axis: Some(measure.axis.clone()),
        words: measure.told(question),
        slices,
        slices_told: told,
        more_slices: more,
    }
}
