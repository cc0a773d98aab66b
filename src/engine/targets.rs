//! The numbers that importance explains: an objective's values, or a weighted sum of several, as the settings want them.

use super::explain::{Explain, Scale, Unfinished};
use crate::analysis::correlation::average_ranks;
use crate::analysis::ranking::ObjectiveColumn;
use crate::ledger::{Bits, Column, Ledger, Statistic, Status, Until, attribute};

/// So many runs at the greatest budget tell by themselves.
const ENOUGH: usize = 20;

/// One of so many runs owns more than this part of the variance where tails are heavy; of normal ones they own 0.28 of it, of
/// exponential ones a half.
const TAIL: usize = 20;
const OWNED: f64 = 0.6;

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
    /// Which of these says that a few runs own most of the variance, if one does.
    pub tails: Option<String>,
}

/// One metric that is explained, and how much it counts in a weighted sum.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// Its column.
    pub column: &'a Column,
    /// Its values and direction.
    pub objective: &'a ObjectiveColumn,
    /// Its weight; not below 0.
    pub weight: f64,
}

impl Targets {
    /// The objective's values over the shown runs, as `explain` wants them.
    pub fn new(
        ledger: &Ledger,
        shown: &Bits,
        part: Part<'_>,
        statistic: Statistic,
        explain: &Explain,
    ) -> Self {
        let mut targets = Self::rescaled(ledger, shown, part, statistic, explain);
        targets.finish(shown, explain);
        targets
    }

    /// A weighted sum of several metrics, each less its mean and over its standard deviation, so that weights mean the
    /// same in any unit. It goes the way of the first, against which the others are turned where they go another way. A
    /// run without one of them has none.
    pub fn weighted(
        ledger: &Ledger,
        shown: &Bits,
        parts: &[Part<'_>],
        statistic: Statistic,
        explain: &Explain,
    ) -> Self {
        let maximize = parts.first().is_some_and(|part| part.objective.maximize);
        let mut sum = Self {
            values: vec![0.0; ledger.rows()],
            maximize,
            words: Vec::new(),
            warnings: Vec::new(),
            tails: None,
        };
        for part in parts.iter().filter(|part| part.weight > 0.0) {
            let of_part = Self::rescaled(ledger, shown, *part, statistic, explain);
            let (mean, deviation) = of_part.moments(shown);
            let turn = if of_part.maximize == maximize {
                part.weight
            } else {
                -part.weight
            };
            for (sum, value) in sum.values.iter_mut().zip(&of_part.values) {
                *sum += turn * (value - mean) / deviation;
            }
            // What is done to each is the same.
            sum.words = of_part.words;
            sum.warnings.extend(of_part.warnings);
        }
        sum.words.insert(
            0,
            "each less its mean, over its standard deviation".to_owned(),
        );
        sum.finish(shown, explain);
        sum
    }

    /// With what is done to each metric by itself: runs without a result, and the scale.
    fn rescaled(
        ledger: &Ledger,
        shown: &Bits,
        part: Part<'_>,
        statistic: Statistic,
        explain: &Explain,
    ) -> Self {
        let mut targets = Self {
            values: part.objective.values.clone(),
            maximize: part.objective.maximize,
            words: Vec::new(),
            warnings: Vec::new(),
            tails: None,
        };
        match explain.unfinished {
            Unfinished::LeftOut => targets.leave_out_broken(ledger, shown, part.column),
            Unfinished::Common => targets.take_common_step(shown, part.column, statistic),
            Unfinished::Worst => targets.fill_with_worst(ledger, shown, part.column),
            Unfinished::Outcome => {
                targets.become_outcomes(ledger, shown, part.column);
                return targets;
            }
        }
        targets.rescale(shown, explain.scale);
        targets
    }

    /// With what is done to the sum: what counts of it, and what to be careful about. The region comes after the scale,
    /// so that a rank of all that is not among the best is no great step.
    fn finish(&mut self, shown: &Bits, explain: &Explain) {
        if explain.unfinished == Unfinished::Outcome {
            return;
        }
        if let Some(best) = explain.best {
            self.keep_best(shown, best);
        }
        if explain.scale == Scale::Plain {
            self.warn_of_tails(shown);
        }
    }

    /// Mean and standard deviation of the finite values; the deviation is NaN where they are all the same.
    fn moments(&self, shown: &Bits) -> (f64, f64) {
        let rows = self.finite(shown);
        let count = rows.len().max(1) as f64;
        let mean = rows.iter().map(|row| self.values[*row]).sum::<f64>() / count;
        let squares: f64 = rows
            .iter()
            .map(|row| (self.values[*row] - mean).powi(2))
            .sum();
        let deviation = (squares / count).sqrt();
        (mean, if deviation > 0.0 { deviation } else { f64::NAN })
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

    /// Keeps the runs at the greatest budget, where these are enough, and says how many are at lesser ones; else says that all
    /// are told together.
    pub fn keep_budget(&mut self, shown: &Bits, name: &str, at_budget: &[f64]) -> usize {
        let finite = self.finite(shown);
        let (kept, others): (Vec<usize>, Vec<usize>) =
            finite.iter().partition(|row| at_budget[**row].is_finite());
        if others.is_empty() {
            return 0;
        }
        if kept.len() < ENOUGH {
            self.warnings.push(format!(
                "runs at several budgets count together, since only {} have {name}: a filter keeps one",
                kept.len()
            ));
            return 0;
        }
        others.iter().for_each(|row| self.values[*row] = f64::NAN);
        self.words.push(format!("at {name}"));
        others.len()
    }

    /// Leaves out what failed, was killed or still runs, since what it reported is no result; all stay where most are so.
    fn leave_out_broken(&mut self, ledger: &Ledger, shown: &Bits, column: &Column) {
        let finite = self.finite(shown);
        let is_running = |row: usize| status_of(ledger, row) == Some(Status::Running.word());
        let broke = |row: &usize| came_to_grief(ledger, column, *row, false) || is_running(*row);
        let broken: Vec<usize> = finite.iter().copied().filter(broke).collect();
        if 2 * broken.len() <= finite.len() {
            broken.iter().for_each(|row| self.values[*row] = f64::NAN);
        } else {
            self.warnings.push(format!(
                "{} of {} runs failed, were killed or still run, so they count with what they reported last",
                broken.len(),
                finite.len()
            ));
        }
    }

    /// Every run at the step that nine of ten came to.
    fn take_common_step(&mut self, shown: &Bits, column: &Column, statistic: Statistic) {
        let Some(step) = column.common_step(shown.ones()) else {
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
            if came_to_grief(ledger, column, row, true) {
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
            } else if status_of(ledger, row) == Some(Status::Running.word()) {
                // Nobody knows yet.
                f64::NAN
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
        let most = finite.len().div_ceil(TAIL);
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
        let mut part = 0.0;
        let own = squares.iter().take(most).position(|square| {
            part += square / whole;
            part > OWNED
        });
        if let Some(few) = own.map(|before| before + 1) {
            let runs = if few == 1 {
                "one run owns".to_owned()
            } else {
                format!("{few} runs own")
            };
            let tails = format!(
                "{runs} {:.0} % of the variance, so the shares speak of {}: explain its rank or its logarithm instead",
                part * 100.0,
                if few == 1 { "that run" } else { "those" },
            );
            self.warnings.push(tails.clone());
            self.tails = Some(tails);
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
        let part = Part {
            column: of_column,
            objective: &objective,
            weight: 1.0,
        };
        Targets::new(&ledger, &shown, part, Statistic::Last, explain)
    }

    /// The weighted sum of metrics `loss`, which is minimized, and `accuracy`, which is maximized: a line a run.
    fn weighted(lines: &[(f64, f64)], weights: [f64; 2], explain: &Explain) -> Targets {
        let mut ledger = Ledger::default();
        let mut keep = |part: Ledger| ledger = part;
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a.csv", "test", 0);
        for (loss, accuracy) in lines {
            let row = sink.add_run();
            sink.set_named(row, Role::Metric, "loss", ValueRef::Number(*loss));
            sink.set_named(row, Role::Metric, "accuracy", ValueRef::Number(*accuracy));
        }
        sink.finish();
        let objective = |name: &str, maximize| {
            let id = ledger.find(Role::Metric, name).unwrap();
            let values = ObjectiveColumn::new(&ledger, id, Statistic::Last, maximize);
            (ledger.column(id), values)
        };
        let both = [objective("loss", false), objective("accuracy", true)];
        let parts = [0, 1].map(|at| Part {
            column: both[at].0,
            objective: &both[at].1,
            weight: weights[at],
        });
        let shown = Bits::filled(ledger.rows(), true);
        Targets::weighted(&ledger, &shown, &parts, Statistic::Last, explain)
    }

    #[test]
    fn a_weighted_sum_is_of_standardised_metrics_that_go_one_way() {
        let lines = [(1.0, 10.0), (2.0, 40.0), (3.0, 20.0), (6.0, f64::NAN)];
        let plain = Explain::default();
        // With one weight it is that metric, but for its unit and its zero; turned round where it goes the other way.
        let of_loss = weighted(&lines, [1.0, 0.0], &plain).values;
        let ratio = (of_loss[3] - of_loss[0]) / (of_loss[1] - of_loss[0]);
        assert!(
            (ratio - 5.0).abs() < 1e-12 && of_loss[0] < 0.0,
            "{of_loss:?}"
        );
        let of_accuracy = weighted(&lines, [0.0, 3.0], &plain).values;
        let ratio = (of_accuracy[1] - of_accuracy[0]) / (of_accuracy[2] - of_accuracy[0]);
        assert!((ratio - 3.0).abs() < 1e-12, "{of_accuracy:?}");
        assert!(of_accuracy[1] < of_accuracy[0] && of_accuracy[3].is_nan());
        let of_both = weighted(&lines, [1.0, 3.0], &plain);
        assert!(!of_both.maximize);
        for row in 0..3 {
            let sum = of_loss[row] + of_accuracy[row];
            assert!((of_both.values[row] - sum).abs() < 1e-12);
        }
        // Other units change nothing.
        let in_other_units = lines.map(|(loss, accuracy)| (1e6 * loss - 5.0, accuracy / 100.0));
        let again = weighted(&in_other_units, [1.0, 3.0], &plain).values;
        for (one, other) in of_both.values.iter().zip(again).take(3) {
            assert!((one - other).abs() < 1e-9);
        }
    }

    #[test]
    fn what_failed_is_no_result_unless_most_did() {
        let lines = [
            ("1", "finished"),
            ("2", "finished"),
            ("9", "failed"),
            ("8", "killed"),
        ];
        let left_out = targets(&lines, &Explain::default());
        assert_eq!(
            (words(&left_out).as_str(), left_out.warnings.len()),
            ("1 2 - -", 0)
        );
        let most = targets(&lines[1..], &Explain::default());
        assert_eq!(words(&most), "2 9 8");
        assert!(most.warnings[0].starts_with("2 of 3 runs failed, were killed or still run"));
        let worst = Explain {
            unfinished: Unfinished::Worst,
            ..Explain::default()
        };
        assert_eq!(words(&targets(&lines, &worst)), "1 2 9 9");
    }

    #[test]
    fn what_still_runs_is_no_result_and_has_no_outcome() {
        let lines = [
            ("1", "finished"),
            ("2", "finished"),
            ("9", "running"),
            ("8", "failed"),
        ];
        assert_eq!(words(&targets(&lines, &Explain::default())), "1 2 - -");
        let outcome = Explain {
            unfinished: Unfinished::Outcome,
            ..Explain::default()
        };
        assert_eq!(words(&targets(&lines, &outcome)), "0 0 - 1");
    }

    #[test]
    fn the_greatest_budget_counts_where_enough_runs_have_it() {
        let lines = vec![("1", "finished"); 50];
        let keep = |from: usize| {
            let mut targets = targets(&lines, &Explain::default());
            let at_budget: Vec<f64> = (0..50)
                .map(|row| if row < from { f64::NAN } else { 1.0 })
                .collect();
            let lesser = targets.keep_budget(&Bits::filled(50, true), "budget = 9", &at_budget);
            let kept = targets.values.iter().filter(|x| x.is_finite()).count();
            (
                lesser,
                kept,
                targets.words.join(" "),
                targets.warnings.len(),
            )
        };
        assert_eq!(keep(30), (30, 20, "at budget = 9".to_owned(), 0));
        assert_eq!(keep(31), (0, 50, String::new(), 1));
        assert_eq!(keep(0), (0, 50, String::new(), 0));
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
        let both = Explain {
            best: Some(30),
            ..rank
        };
        assert_eq!(words(&targets(&lines, &both)), "1 2 3 3 3 3 3 3 3 3");
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
