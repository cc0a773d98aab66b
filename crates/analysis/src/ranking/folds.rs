//! Folds of a cross-validation that stand in a run's own row, as scikit-learn's `split0_test_score`, `split1_test_score`, … and
//! their mean: columns that are called alike but for a fold's number, and of which the objective is the mean.
//!
//! They are the configuration's measurements, and all configurations share them, so that two are compared by pairs. But each
//! is trained on what others are tested on: they are no independent witnesses, and their mean is known less well than
//! that of as many. With `k` folds its variance is taken for `1 / k + 1 / (k - 1)` of a fold's and not for `1 / k`, the second
//! part being what is tested over what is trained on (Nadeau and Bengio, "Inference for the generalization error", Machine
//! Learning 52, 2003). More than ten splits are taken for repeats of ten folds: nothing in a row says of how many.

use crate::grouping::FEWEST_PAIRS;
use crate::sample::Sample;
use ledger::{ColumnId, Ledger, Role};
use std::borrow::Cow;

/// What stands before a fold's number.
const MARKS: [&str; 4] = ["fold", "split", "cv", "kfold"];

/// Words of a mean's name that the names of its folds lack.
const OF_MEANS: [&str; 7] = ["mean", "avg", "average", "cv", "fold", "folds", "kfold"];

/// More splits are taken for repeats of so many folds.
const MOST_FOLDS: usize = 10;

/// What a mean may be off by where names do not say that it is one, in parts of the numbers: what is lost by printing.
const PRINTED: f64 = 1e-6;

/// And where they say so: in parts of the numbers, since it may be rounded, and of how far folds lie apart, since they may
/// be weighted by their sizes.
const NAMED: (f64, f64) = (1e-3, 0.05);

/// See the module's documentation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Folds {
    /// The number of each and its column.
    columns: Vec<(u32, ColumnId)>,
    /// Whether the objective is called as they are.
    is_named: bool,
}

impl Folds {
    /// Those whose mean the objective is, in nine of ten runs at least; `values` are its own, one a run.
    pub(super) fn of(ledger: &Ledger, objective: ColumnId, values: &[f64]) -> Option<Self> {
        let mut alike: order::Map<String, Vec<(u32, ColumnId)>> = order::Map::new();
        for (id, column) in ledger.columns_with_ids() {
            if column.role() != Role::Param
                && id != objective
                && let (name, Some(fold)) = parted(column.name())
            {
                alike.or_default(name).push((fold, id));
            }
        }
        let (own, of_fold) = parted(ledger.column(objective).name());
        if of_fold.is_some() {
            return None;
        }
        let mut found: Option<(f64, Self)> = None;
        for (name, mut columns) in alike {
            order::by_key(&mut columns, |(fold, _)| *fold);
            columns.dedup_by_key(|(fold, _)| *fold);
            let folds = Self {
                columns,
                is_named: name == own,
            };
            if folds.columns.len() >= FEWEST_PAIRS
                && let Some(off) = folds.off(ledger, values)
                && found.as_ref().is_none_or(|(least, _)| off < *least)
            {
                found = Some((off, folds));
            }
        }
        found.map(|(_, folds)| folds)
    }

    /// What is tested over what is trained on.
    pub(super) fn overlap(&self) -> f64 {
        1.0 / (self.columns.len().min(MOST_FOLDS) as f64 - 1.0)
    }

    /// How far values are off the means of folds, in parts of these, on average; `None` where they are no means.
    fn off(&self, ledger: &Ledger, values: &[f64]) -> Option<f64> {
        let numbers = self.numbers(ledger);
        let (mut rows, mut means, mut sum) = (0, 0, 0.0);
        for (row, value) in values.iter().enumerate() {
            if let Some(sample) = of_row(&numbers, row).filter(|_| value.is_finite()) {
                rows += 1;
                if self.is_mean(*value, &sample) {
                    means += 1;
                    let scale = scale(&sample);
                    sum += if scale > 0.0 {
                        (value - sample.mean).abs() / scale
                    } else {
                        0.0
                    };
                }
            }
        }
        (means > 0 && 10 * means >= 9 * rows).then(|| sum / f64::from(means))
    }

    /// Whether a value is the mean of its folds.
    fn is_mean(&self, value: f64, sample: &Sample) -> bool {
        let (of_scale, of_range) = if self.is_named { NAMED } else { (PRINTED, 0.0) };
        let may_be_off = of_scale * scale(sample) + of_range * (sample.max - sample.min);
        (value - sample.mean).abs() <= may_be_off
    }

    /// The scores of all runs, fold by fold.
    pub(super) fn numbers<'l>(&self, ledger: &'l Ledger) -> Vec<Cow<'l, [f64]>> {
        let columns = self.columns.iter();
        columns
            .map(|(_, id)| ledger.column(*id).numbers())
            .collect()
    }

    /// The scores of a configuration by the number of the fold, each the mean over its runs with this value of the objective;
    /// none where they are not what the value is the mean of. `numbers` are [`Self::numbers`].
    pub(super) fn scores(
        &self,
        numbers: &[Cow<'_, [f64]>],
        rows: &[u32],
        value: f64,
    ) -> Vec<(u32, f64)> {
        let is_mean = |row: &u32| {
            of_row(numbers, *row as usize).is_some_and(|sample| self.is_mean(value, &sample))
        };
        if !rows.iter().all(is_mean) {
            return Vec::new();
        }
        let folds = self.columns.iter().zip(numbers);
        let scores = folds.filter_map(|((fold, _), numbers)| {
            let own = rows.iter().filter_map(|row| numbers.get(*row as usize));
            Some((*fold, Sample::new(own.copied(), false)?.mean))
        });
        scores.collect()
    }
}

/// What the folds of a run say; `None` where too few have a score.
fn of_row(numbers: &[Cow<'_, [f64]>], row: usize) -> Option<Sample> {
    let scores = numbers.iter().filter_map(|numbers| numbers.get(row));
    Sample::new(scores.copied(), false).filter(|sample| sample.count >= FEWEST_PAIRS)
}

/// How great the numbers are.
fn scale(sample: &Sample) -> f64 {
    sample.max.abs().max(sample.min.abs())
}

/// The words of a name but a fold's number and those of means, and that number: `split0_test_acc`, `fold_0/test_acc` and
/// `mean_test_acc` are all `test acc`.
fn parted(name: &str) -> (String, Option<u32>) {
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric()).peekable();
    let (mut rest, mut fold) = (String::new(), None);
    while let Some(word) = words.next() {
        let number = word.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let mark = &word[..word.len() - number.len()];
        if fold.is_none() && MARKS.contains(&mark) {
            fold = if number.is_empty() {
                words.peek().and_then(|next| next.parse().ok())
            } else {
                number.parse().ok()
            };
            if fold.is_some() {
                if number.is_empty() {
                    words.next();
                }
                continue;
            }
        }
        if !OF_MEANS.contains(&word) {
            rest.push(' ');
            rest.push_str(word);
        }
    }
    (rest, fold)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::{RunSink, ValueRef};

    #[test]
    fn a_name_says_which_fold_of_what_it_is() {
        let check = |name: &str, rest: &str, fold: Option<u32>| {
            let (words, number) = parted(name);
            assert_eq!((words.trim(), number), (rest, fold), "{name}");
        };
        check("split12_test_score", "test score", Some(12));
        check("mean_test_score", "test score", None);
        check("fold_0/val_acc", "val acc", Some(0));
        check("val_acc_fold1", "val acc", Some(1));
        check("cv0_auc", "auc", Some(0));
        check("cv_auc", "auc", None);
        check("metrics.Fold-3.loss", "metrics loss", Some(3));
        check("user_attrs_kfold2", "user attrs", Some(2));
        // No folds: a part of the data, a layer, a number alone, another word.
        check("split_train_loss", "split train loss", None);
        check("layer1_loss", "layer1 loss", None);
        check("scaffold2", "scaffold2", None);
        check("fold99999999999", "fold99999999999", None);
    }

    /// Runs with these metrics, one value a run, and the folds of the first.
    fn folds(metrics: &[(&str, [f64; 4])]) -> Option<Vec<String>> {
        let mut made = None;
        let mut keep = |part: Ledger| made = Some(part);
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a.csv", "test", 0);
        for at in 0..4 {
            let row = sink.add_run();
            for (name, values) in metrics {
                sink.set_named(row, Role::Metric, name, ValueRef::Number(values[at]));
            }
        }
        sink.finish();
        let ledger = made.unwrap();
        let values = ledger.column(ColumnId(0)).numbers();
        let folds = Folds::of(&ledger, ColumnId(0), &values)?;
        let names = folds.columns.iter();
        Some(
            names
                .map(|(_, id)| ledger.column(*id).name().to_owned())
                .collect(),
        )
    }

    #[test]
    fn folds_are_those_whose_mean_the_objective_is() {
        let test = [
            ("split0_test_f1", [0.5, 0.25, 0.0, 1.0]),
            ("split1_test_f1", [0.75, 0.5, 0.5, 0.25]),
            ("split2_test_f1", [1.0, 0.75, 0.25, 0.25]),
        ];
        let train = test.map(|(name, values)| (name, values.map(|x| 1.0 - x / 2.0)));
        let train = [
            ("split0_train_f1", train[0].1),
            ("split1_train_f1", train[1].1),
            ("split2_train_f1", train[2].1),
        ];
        let names = test.map(|(name, _)| name.to_owned()).to_vec();
        let with = |objective: &str, values: [f64; 4], others: &[(&str, [f64; 4])]| {
            let own = [(objective, values)];
            folds(
                &own.iter()
                    .chain(&test)
                    .chain(others)
                    .copied()
                    .collect::<Vec<_>>(),
            )
        };
        let mean = [0.75, 0.5, 0.25, 0.5];
        assert_eq!(with("mean_test_f1", mean, &train), Some(names.clone()));
        // By its values alone, whatever it is called.
        assert_eq!(with("value", mean, &train), Some(names.clone()));
        // Rounded, where its name says what it is; else it is something else.
        let rounded = [0.75, 0.5004, 0.25, 0.4996];
        assert_eq!(with("mean_test_f1", rounded, &[]), Some(names));
        assert_eq!(with("value", rounded, &[]), None);
        // The best of the folds is not their mean.
        assert_eq!(with("test_f1", [1.0, 0.75, 0.5, 1.0], &train), None);
        // Two folds tell nothing.
        let few = [("mean_test_f1", mean), test[0], test[1]];
        assert_eq!(folds(&few), None);
    }
}
