//! Metrics of one kind in training and in evaluation, by their names: `train/acc` and `val/acc`, `loss` and `val_loss`.

use ledger::direction::{more_is_better, words};
use ledger::{Bits, ColumnId, Ledger, Role};
use rustc_hash::FxHashMap;

/// Words that say that a metric is of training.
const TRAINING: &[&str] = &["train", "training"];

/// Words that say that it is of what was held out.
const HELD_OUT: &[&str] = &[
    "val",
    "valid",
    "validation",
    "test",
    "testing",
    "eval",
    "evaluation",
    "dev",
    "holdout",
];

/// Words that say that a metric is how far others spread, of which neither way is better.
const SPREADS: &[&str] = &["std", "stdev", "sd", "var", "variance", "stderr", "sem"];

/// Of fewer runs nothing is said.
const FEWEST: usize = 7;

/// A metric that is better where it was held out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BetterHeldOut {
    /// The metric in training.
    pub training: ColumnId,
    /// The metric of what was held out.
    pub held_out: ColumnId,
    /// Whether more of it is better.
    pub maximize: bool,
    /// In how many runs it is better than in training,
    pub better: usize,
    /// of how many that have both.
    pub n: usize,
}

/// The pairs of metrics of which what was held out is better in nine of ten shown runs that have both, and in at least seven.
/// `objective` is a metric and whether more of it is better, where a person said so; of others their names say it.
pub fn better_held_out(
    ledger: &Ledger,
    shown: &Bits,
    objective: Option<(ColumnId, bool)>,
) -> Vec<BetterHeldOut> {
    let metrics = || {
        ledger
            .columns_with_ids()
            .filter(|(_, column)| column.is_result())
    };
    // Of several metrics of the same words the first.
    let mut of_training: FxHashMap<Vec<String>, ColumnId> = FxHashMap::default();
    for (id, column) in metrics() {
        if let Some(rest) = without(column.name(), TRAINING) {
            of_training.entry(rest).or_insert(id);
        }
    }
    let mut found = Vec::new();
    for (held_out, column) in metrics() {
        let Some(rest) = without(column.name(), HELD_OUT) else {
            continue;
        };
        // What Keras calls its metrics of training has no word for it.
        let keras = column.name().strip_prefix("val_");
        let keras = keras.and_then(|name| ledger.find(Role::Metric, name));
        let keras = keras.filter(|id| ledger.column(*id).formula().is_none());
        let first = of_training
            .get(&rest)
            .copied()
            .into_iter()
            .chain(keras)
            .min();
        let Some(training) = first else {
            continue;
        };
        let other = ledger.column(training);
        let said = objective.filter(|(id, _)| [held_out, training].contains(id));
        let Some(maximize) = said
            .map(|(_, maximize)| maximize)
            .or_else(|| more_is_better(column.name()))
        else {
            continue;
        };
        let (held, trained) = (column.numbers(), other.numbers());
        let (mut better, mut n) = (0, 0);
        for row in shown.ones() {
            let of = |numbers: &[f64]| numbers.get(row).copied().filter(|x| x.is_finite());
            if let (Some(held), Some(trained)) = (of(&held), of(&trained)) {
                n += 1;
                better += usize::from(if maximize {
                    held > trained
                } else {
                    held < trained
                });
            }
        }
        if n >= FEWEST && better * 10 >= n * 9 {
            found.push(BetterHeldOut {
                training,
                held_out,
                maximize,
                better,
                n,
            });
        }
    }
    found
}

/// The words of a name without those of a list; `None` where none of them is in it.
fn without(name: &str, list: &[&str]) -> Option<Vec<String>> {
    let mut words = words(name);
    let all = words.len();
    let is_in = |list: &[&str], word: &String| list.contains(&word.as_str());
    words.retain(|word| !is_in(list, word));
    let is_spread = words.iter().any(|word| is_in(SPREADS, word));
    (words.len() < all && !is_spread).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::{RunSink, ValueRef};

    fn found(names: [&str; 2], runs: &[(f64, f64)], said: Option<bool>) -> Option<(usize, usize)> {
        let mut ledger = Ledger::default();
        let mut keep = |part: Ledger| {
            ledger.append(part);
        };
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a", "test", 0);
        for (first, second) in runs {
            let row = sink.add_run();
            sink.set_named(row, Role::Metric, names[0], ValueRef::Number(*first));
            sink.set_named(row, Role::Metric, names[1], ValueRef::Number(*second));
        }
        sink.finish();
        let objective =
            said.map(|maximize| (ledger.find(Role::Metric, names[1]).unwrap(), maximize));
        let found = better_held_out(&ledger, &Bits::filled(runs.len(), true), objective);
        found.first().map(|found| (found.better, found.n))
    }

    #[test]
    fn what_was_held_out_is_better_in_nearly_all_runs_or_nothing_is_said() {
        let higher: Vec<(f64, f64)> = (0..10)
            .map(|at| (0.8, 0.81 + f64::from(at) / 100.0))
            .collect();
        let lower: Vec<(f64, f64)> = higher.iter().map(|(a, b)| (*b, *a)).collect();
        assert_eq!(
            found(["train/accuracy", "test/accuracy"], &higher, None),
            Some((10, 10))
        );
        assert_eq!(
            found(["train/accuracy", "test/accuracy"], &lower, None),
            None
        );
        assert_eq!(
            found(["trainLoss", "validLoss"], &lower, None),
            Some((10, 10))
        );
        assert_eq!(found(["loss", "val_loss"], &lower, None), Some((10, 10)));
        assert_eq!(found(["loss", "test_loss"], &lower, None), None);
        assert_eq!(found(["train/loss", "val/accuracy"], &higher, None), None);
        // How far scores of folds spread says nothing of this.
        assert_eq!(
            found(["std_train_score", "std_test_score"], &higher, None),
            None
        );
        // Which way is better must be known.
        assert_eq!(found(["train/thing", "val/thing"], &higher, None), None);
        assert_eq!(
            found(["train/thing", "val/thing"], &higher, Some(true)),
            Some((10, 10))
        );
        assert_eq!(
            found(["train/thing", "val/thing"], &higher, Some(false)),
            None
        );
        let mut mixed = higher.clone();
        mixed[0] = (0.9, 0.8);
        assert_eq!(found(["train/auc", "val/auc"], &mixed, None), Some((9, 10)));
        mixed[1] = (0.9, 0.9);
        assert_eq!(found(["train/auc", "val/auc"], &mixed, None), None);
        mixed[1] = (0.9, f64::NAN);
        assert_eq!(found(["train/auc", "val/auc"], &mixed, None), None);
        assert_eq!(found(["train/auc", "val/auc"], &higher[..6], None), None);
    }
}
