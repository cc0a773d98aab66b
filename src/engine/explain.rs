//! What of the objective is to be explained, and how the runs count: the importance view's settings. What numbers follow
//! from them is told by [`super::targets`].

pub use crate::analysis::importance::Method;
use crate::analysis::importance::Quantiles;
use serde::{Deserialize, Serialize};

/// What is done with runs that came to no end or have no finite objective.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unfinished {
    /// They take no part.
    #[default]
    LeftOut,
    /// They count with their value at a step that nine runs of ten came to, as all others do.
    Common,
    /// They count as the worst run.
    Worst,
    /// They are what is explained: 1 for a run that failed or diverged, 0 for one that did not.
    Outcome,
}

impl Unfinished {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::LeftOut, Self::Common, Self::Worst, Self::Outcome];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::LeftOut => "leftout",
            Self::Common => "common",
            Self::Worst => "worst",
            Self::Outcome => "outcome",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::LeftOut => "are left out",
            Self::Common => "count at a common step",
            Self::Worst => "count as the worst",
            Self::Outcome => "are what is explained",
        }
    }
}

/// On what scale the objective is explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// As it is.
    #[default]
    Plain,
    /// Its logarithm.
    Log,
    /// Its rank.
    Rank,
}

impl Scale {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Plain, Self::Log, Self::Rank];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Log => "log",
            Self::Rank => "rank",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Plain => "as it is",
            Self::Log => "its logarithm",
            Self::Rank => "its rank",
        }
    }
}

/// A metric that is explained beside the objective.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FurtherMetric {
    /// The column's key, as `metric.time`.
    pub column: String,
    /// Whether more is better.
    pub maximize: bool,
    /// What it weighs in the sum that is explained; 0 where it is only shown beside.
    pub weight: u8,
}

/// What PED-ANOVA compares, in whole per cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// The best part, whose law is looked at.
    pub target: u8,
    /// The best part that it is compared with.
    pub region: u8,
    /// Whether it is compared with an even law over the range instead of with where runs lie.
    pub evenly: bool,
}

impl Default for Compared {
    fn default() -> Self {
        Self {
            target: 10,
            region: 100,
            evenly: false,
        }
    }
}

impl Compared {
    /// As the analysis has them.
    pub fn quantiles(self) -> Quantiles {
        Quantiles {
            target: f64::from(self.target) / 100.0,
            region: f64::from(self.region) / 100.0,
            local: !self.evenly,
        }
    }
}

/// Further metrics at most.
pub const MOST_FURTHER: usize = 5;

/// How importance is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explain {
    /// Only differences among the best so many per cent count; `None` for all.
    pub best: Option<u8>,
    /// The objective's scale.
    pub scale: Scale,
    /// What is done with runs without a result.
    pub unfinished: Unfinished,
    /// Whether the range that is averaged over is that of all runs, rather than of the shown ones.
    pub whole_range: bool,
    /// Metrics that are explained beside the objective.
    pub further: Vec<FurtherMetric>,
    /// What the objective itself weighs in the sum, where there is one; `None` is 1.
    pub own_weight: Option<u8>,
    /// What PED-ANOVA compares.
    pub compared: Compared,
}

impl Explain {
    /// What the objective itself weighs.
    pub fn weight(&self) -> u8 {
        self.own_weight.unwrap_or(1)
    }

    /// Whether it is explained which runs failed: that has no scale, no best part, and is the same for all metrics.
    pub fn is_of_outcomes(&self) -> bool {
        self.unfinished == Unfinished::Outcome
    }

    /// Whether a weighted sum is explained, rather than the objective alone.
    pub fn is_weighted(&self) -> bool {
        !self.is_of_outcomes() && self.further.iter().any(|metric| metric.weight > 0)
    }
}

/// Where a way from runs to better ones begins or ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PathEnd {
    /// The run that others are compared with.
    #[default]
    Baseline,
    /// The run in the drawer.
    Opened,
    /// The best run.
    Best,
    /// The best tenth of the runs.
    BestTenth,
    /// The worse half of the runs.
    WorseHalf,
    /// The selected runs.
    Selected,
    /// All runs but the selected ones.
    Others,
}

impl PathEnd {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 7] = [
        Self::Baseline,
        Self::Opened,
        Self::Best,
        Self::BestTenth,
        Self::WorseHalf,
        Self::Selected,
        Self::Others,
    ];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Opened => "opened",
            Self::Best => "best",
            Self::BestTenth => "tenth",
            Self::WorseHalf => "worse",
            Self::Selected => "selected",
            Self::Others => "others",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Baseline => "the baseline",
            Self::Opened => "the opened run",
            Self::Best => "the best run",
            Self::BestTenth => "the best tenth",
            Self::WorseHalf => "the worse half",
            Self::Selected => "the selected runs",
            Self::Others => "all but the selected",
        }
    }

    /// The one of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

/// What the importance view shows. See [`super::view::View`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainView {
    /// What is asked.
    pub ask: Explain,
    /// The method in front.
    pub method: Method,
    /// Keys of the params whose effect is open: none, one, or two.
    pub open: Vec<String>,
    /// Where the way of changes begins.
    pub from: PathEnd,
    /// Where it ends; `None` is the run in the drawer, else the best.
    pub to: Option<PathEnd>,
}

impl ExplainView {
    /// The words in addresses; the open params and further metrics have keys of their own there.
    pub fn words(&self) -> String {
        let ask = &self.ask;
        let mut words: Vec<String> = Vec::new();
        if self.method != Method::default() {
            words.push(self.method.word().to_owned());
        }
        words.extend(ask.best.map(|best| format!("best{best}")));
        if ask.scale != Scale::default() {
            words.push(ask.scale.word().to_owned());
        }
        if ask.unfinished != Unfinished::default() {
            words.push(ask.unfinished.word().to_owned());
        }
        if ask.whole_range {
            words.push("whole".to_owned());
        }
        words.extend(ask.own_weight.map(|weight| format!("weight{weight}")));
        let Compared {
            target,
            region,
            evenly,
        } = ask.compared;
        let usual = Compared::default();
        words.extend((target != usual.target).then(|| format!("target{target}")));
        words.extend((region != usual.region).then(|| format!("among{region}")));
        words.extend(evenly.then(|| "even".to_owned()));
        words.extend(
            (self.from != PathEnd::default()).then(|| format!("from-{}", self.from.word())),
        );
        words.extend(self.to.map(|to| format!("to-{}", to.word())));
        words.join(".")
    }

    /// Takes what the words say; unknown ones say nothing.
    pub fn read_words(&mut self, words: &str) {
        let per_cent =
            |text: &str, most: u8| text.parse().ok().filter(|part| (1..=most).contains(part));
        for word in words.split('.') {
            let of = |start: &str| word.strip_prefix(start);
            if let Some(method) = Method::from_word(word) {
                self.method = method;
            } else if let Some(scale) = Scale::ALL.into_iter().find(|known| known.word() == word) {
                self.ask.scale = scale;
            } else if let Some(known) = Unfinished::ALL
                .into_iter()
                .find(|known| known.word() == word)
            {
                self.ask.unfinished = known;
            } else if word == "whole" {
                self.ask.whole_range = true;
            } else if word == "even" {
                self.ask.compared.evenly = true;
            } else if let Some(best) = of("best") {
                self.ask.best = per_cent(best, 99);
            } else if let Some(target) = of("target").and_then(|text| per_cent(text, 99)) {
                self.ask.compared.target = target;
            } else if let Some(region) = of("among").and_then(|text| per_cent(text, 100)) {
                self.ask.compared.region = region;
            } else if let Some(weight) = of("weight") {
                self.ask.own_weight = weight.parse().ok();
            } else if let Some(from) = of("from-").and_then(PathEnd::from_word) {
                self.from = from;
            } else if let Some(to) = of("to-") {
                self.to = PathEnd::from_word(to);
            }
        }
    }
}
