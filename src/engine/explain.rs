//! What of the objective is to be explained, and how the runs count: the importance view's settings, and the numbers
//! that follow from them.

use crate::analysis::correlation::average_ranks;
pub use crate::analysis::importance::Method;
use crate::analysis::ranking::ObjectiveColumn;
use crate::ledger::{Bits, Column, Ledger, Statistic, Status, Until, attribute};
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
}

impl ExplainView {
    /// The words in addresses; the open params have a key of their own there.
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
        words.join(".")
    }

    /// Takes what the words say; unknown ones say nothing.
    pub fn read_words(&mut self, words: &str) {
        for word in words.split('.') {
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
            } else if let Some(best) = word.strip_prefix("best") {
                self.ask.best = best.parse().ok().filter(|best| (1..100).contains(best));
            }
        }
    }
}

/// The numbers to be explained, one a run, NaN where a run takes no part.
pub struct Targets {
    /// One a row of the ledger.
    pub values: Vec<f64>,
    /// Whether more is better.
    pub maximize: bool,
    /// What was done, in words that follow the objective's name: `rank`, `at step 100`.
    pub words: Vec<String>,
    /// What to be careful about.
    pub warnings: Vec<String>,
}

impl Targets {
    /// The objective's values over the shown runs, as `explain` wants them.
    pub fn new(
        ledger: &Ledger,
        shown: &Bits,
        column: &Column,
        objective: &ObjectiveColumn,
        statistic: Statistic,
        explain: &Explain,
    ) -> Self {
        let mut targets = Self {
            values: objective.values.clone(),
            maximize: objective.maximize,
            words: Vec::new(),
            warnings: Vec::new(),
        };
        match explain.unfinished {
            Unfinished::LeftOut => {}
            Unfinished::Common => targets.take_common_step(shown, column, statistic),
            Unfinished::Worst => targets.fill_with_worst(ledger, shown, column),
            Unfinished::Outcome => {
                targets.become_outcomes(ledger, shown, column);
                return targets;
            }
        }
        if let Some(best) = explain.best {
            targets.keep_best(shown, best);
        }
        if explain.scale == Scale::Plain {
            targets.warn_of_tails(shown);
        }
        targets.rescale(shown, explain.scale);
        targets
    }

    fn finite(&self, shown: &Bits) -> Vec<usize> {
        shown
            .ones()
            .filter(|row| self.values[*row].is_finite())
            .collect()
    }

    fn is_better(&self, a: f64, b: f64) -> std::cmp::Ordering {
        if self.maximize {
            b.total_cmp(&a)
        } else {
            a.total_cmp(&b)
        }
    }

    /// Every run at the step that nine of ten came to.
    fn take_common_step(&mut self, shown: &Bits, column: &Column, statistic: Statistic) {
        let mut ends: Vec<f64> = shown
            .ones()
            .filter_map(|row| column.summary(row)?.last_step)
            .collect();
        ends.sort_by(f64::total_cmp);
        let Some(step) = ends.get(ends.len() / 10).copied() else {
            self.warnings.push(
                "this objective has no curve, so there is no common step: runs without a result are left out".to_owned(),
            );
            return;
        };
        let statistic = statistic.resolved(self.maximize);
        for row in shown.ones() {
            let value = column.statistic(row, statistic, Until::Step(step));
            self.values[row] = value.filter(|value| value.is_finite()).unwrap_or(f64::NAN);
        }
        self.words.push(format!("at step {step}"));
    }

    fn fill_with_worst(&mut self, ledger: &Ledger, shown: &Bits, column: &Column) {
        let finite = self.finite(shown).into_iter().map(|row| self.values[row]);
        let Some(worst) = finite.max_by(|a, b| self.is_better(*a, *b)) else {
            return;
        };
        let mut filled = 0;
        for row in shown.ones() {
            if !self.values[row].is_finite() && came_to_grief(ledger, column, row, true) {
                self.values[row] = worst;
                filled += 1;
            }
        }
        if filled > 0 {
            self.words
                .push(format!("{filled} without a result as the worst"));
        }
    }

    fn become_outcomes(&mut self, ledger: &Ledger, shown: &Bits, column: &Column) {
        for row in shown.ones() {
            self.values[row] = if came_to_grief(ledger, column, row, false) {
                1.0
            } else if self.values[row].is_finite()
                || status_of(ledger, row) == Some(Status::Pruned.word())
            {
                0.0
            } else {
                f64::NAN
            };
        }
        self.maximize = false;
        self.words
            .push("whether a run failed or diverged".to_owned());
    }

    /// What is worse than the best so many per cent becomes equally bad.
    fn keep_best(&mut self, shown: &Bits, best: u8) {
        let mut sorted: Vec<f64> = self
            .finite(shown)
            .into_iter()
            .map(|row| self.values[row])
            .collect();
        order::by(&mut sorted, |a, b| self.is_better(*a, *b));
        let count = (sorted.len() * usize::from(best)).div_ceil(100);
        let Some(cutoff) = sorted.get(count.max(1) - 1).copied() else {
            return;
        };
        for row in shown.ones() {
            let value = self.values[row];
            if value.is_finite() && self.is_better(value, cutoff).is_gt() {
                self.values[row] = cutoff;
            }
        }
        self.words
            .push(format!("differences among the best {best} %"));
    }

    /// Says so where a few runs own most of the variance.
    fn warn_of_tails(&mut self, shown: &Bits) {
        let finite = self.finite(shown);
        let few = (finite.len() / 50).max(1);
        if finite.len() < 20 {
            return;
        }
        let mean = finite.iter().map(|row| self.values[*row]).sum::<f64>() / finite.len() as f64;
        let mut squares: Vec<f64> = finite
            .iter()
            .map(|row| (self.values[*row] - mean).powi(2))
            .collect();
        order::by(&mut squares, |a, b| b.total_cmp(a));
        let whole: f64 = squares.iter().sum();
        let part = squares[..few].iter().sum::<f64>() / whole;
        if part > 0.5 {
            let runs = if few == 1 {
                "one run owns".to_owned()
            } else {
                format!("{few} runs own")
            };
            self.warnings.push(format!(
                "{runs} {:.0} % of the variance, so the shares speak of {}: explain its rank or its logarithm instead",
                part * 100.0,
                if few == 1 { "that run" } else { "those" },
            ));
        }
    }

    fn rescale(&mut self, shown: &Bits, scale: Scale) {
        let rows = self.finite(shown);
        match scale {
            Scale::Plain => {}
            Scale::Log => {
                let mut without = 0;
                for row in rows {
                    without += usize::from(self.values[row] <= 0.0);
                    self.values[row] = if self.values[row] > 0.0 {
                        libm::log10(self.values[row])
                    } else {
                        f64::NAN
                    };
                }
                self.words.push("its logarithm to base 10".to_owned());
                if without > 0 {
                    self.warnings.push(format!(
                        "{without} runs have no logarithm, being 0 or less, and are left out"
                    ));
                }
            }
            Scale::Rank => {
                let values: Vec<f64> = rows.iter().map(|row| self.values[*row]).collect();
                for (row, rank) in rows.iter().zip(average_ranks(&values)) {
                    self.values[*row] = rank + 1.0;
                }
                self.words.push("its rank, least first".to_owned());
            }
        }
    }
}

fn status_of(ledger: &Ledger, row: usize) -> Option<&str> {
    ledger.attribute(attribute::STATUS)?.get(row).text()
}

/// Whether a run failed, was killed or diverged; pruned ones too where `pruned`.
fn came_to_grief(ledger: &Ledger, column: &Column, row: usize, pruned: bool) -> bool {
    let status = status_of(ledger, row);
    let diverged = column
        .get(row)
        .number()
        .is_some_and(|value| !value.is_finite());
    diverged
        || [Status::Failed, Status::Killed]
            .iter()
            .any(|bad| status == Some(bad.word()))
        || (pruned && status == Some(Status::Pruned.word()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Role, RunSink, ValueRef};

    /// A ledger of one metric, a line a run: its value and status.
    fn targets(lines: &[(&str, &str)], explain: &Explain) -> Targets {
        let mut ledger = Ledger::default();
        let mut keep = |part: Ledger| ledger = part;
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a.csv", "test", 0);
        for (value, status) in lines {
            let row = sink.add_run();
            sink.set_named(row, Role::Metric, "loss", ValueRef::parse(value));
            sink.set_status(row, Status::from_word(status));
        }
        sink.finish();
        let column = ledger.find(Role::Metric, "loss").unwrap();
        let objective = ObjectiveColumn::new(&ledger, column, Statistic::Last, false);
        let shown = Bits::filled(ledger.rows(), true);
        let of_column = ledger.column(column);
        Targets::new(
            &ledger,
            &shown,
            of_column,
            &objective,
            Statistic::Last,
            explain,
        )
    }

    const LINES: [(&str, &str); 6] = [
        ("1", "finished"),
        ("4", "finished"),
        ("nan", "finished"),
        ("", "failed"),
        ("3", "pruned"),
        ("", "running"),
    ];

    fn words(targets: &Targets) -> String {
        let text = |value: &f64| {
            if value.is_nan() {
                "-".to_owned()
            } else {
                value.to_string()
            }
        };
        targets
            .values
            .iter()
            .map(text)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn runs_without_a_result_count_as_was_chosen() {
        let with = |unfinished| Explain {
            unfinished,
            ..Explain::default()
        };
        assert_eq!(
            words(&targets(&LINES, &with(Unfinished::LeftOut))),
            "1 4 - - - -"
        );
        assert_eq!(
            words(&targets(&LINES, &with(Unfinished::Worst))),
            "1 4 4 4 4 -"
        );
        let outcome = targets(&LINES, &with(Unfinished::Outcome));
        assert_eq!(words(&outcome), "0 0 1 1 0 -");
        assert_eq!(outcome.words, ["whether a run failed or diverged"]);
    }

    #[test]
    fn the_best_part_and_the_scale_change_the_values_only() {
        let lines: Vec<(String, &str)> = (1..=10)
            .map(|value| (value.to_string(), "finished"))
            .collect();
        let lines: Vec<(&str, &str)> = lines
            .iter()
            .map(|(value, status)| (value.as_str(), *status))
            .collect();
        let best = Explain {
            best: Some(30),
            ..Explain::default()
        };
        assert_eq!(words(&targets(&lines, &best)), "1 2 3 3 3 3 3 3 3 3");
        let rank = Explain {
            scale: Scale::Rank,
            ..Explain::default()
        };
        assert_eq!(words(&targets(&lines, &rank)), "1 2 3 4 5 6 7 8 9 10");
        let log = Explain {
            scale: Scale::Log,
            ..Explain::default()
        };
        assert_eq!(
            words(&targets(&[("100", "finished"), ("0", "finished")], &log)),
            "2 -"
        );
    }

    #[test]
    fn a_few_runs_that_own_the_variance_are_told() {
        let lines: Vec<(String, &str)> = (0..40)
            .map(|run| {
                (
                    (if run == 7 { 1e6 } else { f64::from(run) }).to_string(),
                    "finished",
                )
            })
            .collect();
        let lines: Vec<(&str, &str)> = lines
            .iter()
            .map(|(value, status)| (value.as_str(), *status))
            .collect();
        let warned = targets(&lines, &Explain::default()).warnings;
        assert!(
            warned[0].starts_with("one run owns 97 % of the variance"),
            "{warned:?}"
        );
        let even: Vec<(&str, &str)> = lines
            .iter()
            .copied()
            .filter(|(value, _)| *value != "1000000")
            .collect();
        assert_eq!(
            targets(&even, &Explain::default()).warnings,
            Vec::<String>::new()
        );
    }
}
