//! Which metric is the objective, and which way is better: guessed from what sources declare and from
//! names, with the reason, and never with more certainty than there is.

use ledger::direction::{is_negated, more_is_better, says_direction, words};
use ledger::{Column, ColumnId, Kind, Ledger, Role};

/// A metric that could be the objective.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    /// The metric.
    pub column: ColumnId,
    /// Whether more is better.
    pub maximize: bool,
    /// Why, for people.
    pub reason: String,
    /// Whether it may be taken without asking (its reason is shown all the same).
    pub sure: bool,
    /// Whether a source says so.
    pub is_declared: bool,
}

/// Words that mark bookkeeping, not goals.
const NOT_A_GOAL: &[&str] = &[
    "time",
    "seconds",
    "runtime",
    "duration",
    "timestamp",
    "step",
    "steps",
    "epoch",
    "epochs",
    "iteration",
    "iterations",
    "std",
    "rank",
    "memory",
    "mem",
    "gpu",
    "cpu",
    "util",
    "temp",
    "grad",
    "norm",
    "lr",
    "params",
    "flops",
    "throughput",
    "samples",
    "bytes",
    "mb",
    "gb",
    "size",
    "count",
    "num",
    "power",
    "disk",
    "net",
];

/// The likeliest objectives, at most five, the likeliest first.
pub fn guess_objectives(ledger: &Ledger) -> Vec<Guess> {
    let mut scored: Vec<(i32, Guess)> = Vec::new();
    let declared = declared_directions(ledger);
    for (id, column) in ledger.columns_with_ids() {
        // What is computed of a metric is no other goal than that.
        let is_read = column.role() == Role::Metric && column.formula().is_none();
        if !is_read || !matches!(column.kind(), Kind::Number | Kind::Category) {
            continue;
        }
        let numbers = column.numbers();
        let mut finite = numbers.iter().copied().filter(|x| x.is_finite());
        let Some(first) = finite.next() else { continue };
        let varies = finite.any(|x| (x - first).abs() > 0.0);
        let present = numbers.iter().filter(|x| x.is_finite()).count();
        let share = 10 * present as i32 / numbers.len().max(1) as i32;
        let words = words(column.name());
        if let Some((_, maximize)) = declared.iter().find(|(name, _)| name == column.name()) {
            let way = if *maximize { "maximize" } else { "minimize" };
            let reason = format!("its source says to {way} it");
            scored.push((
                200 + share,
                Guess {
                    column: id,
                    maximize: *maximize,
                    reason,
                    sure: true,
                    is_declared: true,
                },
            ));
            continue;
        }
        let direction = more_is_better(column.name());
        let known = direction.is_some();
        let (split, split_name) = split_of(&words);
        let score = likeliness(column.name()) + share - if varies { 0 } else { 100 };
        let maximize = direction.unwrap_or_else(|| is_negated(&words));
        let reason = if known {
            let way = if maximize {
                "more is better"
            } else {
                "less is better"
            };
            let word = words.iter().find(|word| says_direction(word));
            format!(
                "{split_name}“{}” in its name: {way}",
                word.map_or("", |word| word)
            )
        } else {
            "its name does not say which way is better".to_owned()
        };
        if score > 0 {
            scored.push((
                score,
                Guess {
                    column: id,
                    maximize,
                    reason,
                    sure: known && split >= 0 && score >= 45,
                    is_declared: false,
                },
            ));
        }
    }
    order::by_key(&mut scored, |(score, _)| std::cmp::Reverse(*score));
    only_one_is_sure(&mut scored);
    scored.into_iter().take(5).map(|(_, guess)| guess).collect()
}

/// How likely a metric is a goal, by its name alone: more is likelier.
pub fn likeliness(name: &str) -> i32 {
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let is_best = words.first().is_some_and(|word| word == "best");
    let (split, _) = split_of(&words);
    split + 40 * i32::from(more_is_better(name).is_some()) + 2 * i32::from(has(&["loss"]))
        - 80 * i32::from(has(NOT_A_GOAL))
        - 5 * i32::from(is_best)
}

/// The column that is the likeliest goal by its name, of equals the first: what a picture shows before anybody chose.
pub fn likeliest<'l>(columns: impl Iterator<Item = (ColumnId, &'l Column)>) -> Option<ColumnId> {
    let found = columns.min_by_key(|(_, column)| -likeliness(column.name()));
    found.map(|(id, _)| id)
}

/// A lead must be clear: where the second is as good a candidate, nobody is sure; several declared
/// objectives are a choice for the person.
fn only_one_is_sure(scored: &mut [(i32, Guess)]) {
    let clear = match scored {
        [] => false,
        [_] => true,
        [first, second, ..] => first.0 - second.0 >= 2,
    };
    let mut alone = clear;
    for (_, guess) in scored {
        guess.sure = guess.sure && alone;
        alone = false;
    }
}

fn declared_directions(ledger: &Ledger) -> Vec<(String, bool)> {
    ledger
        .sources()
        .iter()
        .flat_map(|source| source.directions.iter().cloned())
        .collect()
}

/// How good a split is to judge by, and its name for people.
fn split_of(words: &[String]) -> (i32, &'static str) {
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if has(&["val", "valid", "validation", "eval", "dev"]) {
        (20, "a validation metric, and ")
    } else if has(&["test"]) {
        (12, "a test metric, and ")
    } else if has(&["train", "training"]) {
        (-20, "a training metric, and ")
    } else {
        (10, "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::{RunSink, ValueRef};

    /// Three runs with these metrics.
    fn ledger_of(metrics: &[&str], declared: &[(&str, bool)]) -> Ledger {
        let mut made = None;
        let mut keep = |part: Ledger| made = Some(part);
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a.csv", "test", 0);
        sink.source().directions = declared
            .iter()
            .map(|(name, up)| ((*name).to_owned(), *up))
            .collect();
        for value in [0.25, 0.5, 0.75] {
            let row = sink.add_run();
            for name in metrics {
                sink.set_named(row, Role::Metric, name, ValueRef::Number(value));
            }
        }
        sink.finish();
        made.unwrap()
    }

    fn guesses(metrics: &[&str], declared: &[(&str, bool)]) -> Vec<(String, bool, bool)> {
        let ledger = ledger_of(metrics, declared);
        let told = |guess: Guess| {
            (
                ledger.column(guess.column).name().to_owned(),
                guess.maximize,
                guess.sure,
            )
        };
        guess_objectives(&ledger).into_iter().map(told).collect()
    }

    #[test]
    fn what_is_shown_before_anybody_chose_is_a_goal_and_of_equals_the_first() {
        let metrics = ["epoch", "test/acc", "val/acc", "val/loss", "val/f1"];
        let ledger = ledger_of(&metrics, &[]);
        let likely = likeliest(ledger.columns_with_ids());
        assert_eq!(ledger.column(likely.unwrap()).name(), "val/loss");
        let ledger = ledger_of(&["epoch", "val/acc", "val/f1"], &[]);
        let likely = likeliest(ledger.columns_with_ids());
        assert_eq!(ledger.column(likely.unwrap()).name(), "val/acc");
        assert_eq!(likeliest(std::iter::empty()), None);
    }

    fn check(metrics: &[&str], want: (&str, bool, bool)) {
        let got = guesses(metrics, &[]);
        assert_eq!(
            got[0],
            (want.0.to_owned(), want.1, want.2),
            "{metrics:?}: {got:?}"
        );
    }

    #[test]
    fn names_say_what_is_meant() {
        check(&["val_loss"], ("val_loss", false, true));
        check(
            &["train_loss", "val_loss", "test_loss", "gpu_util"],
            ("val_loss", false, true),
        );
        check(
            &["val/accuracy", "val/f1 macro", "train/loss"],
            ("val/accuracy", true, false),
        );
        check(
            &["mean_test_score", "std_test_score", "mean_fit_time"],
            ("mean_test_score", true, true),
        );
        check(
            &["val_loss", "val_acc", "best_val_loss"],
            ("val_loss", false, true),
        );
        check(&["validAUC"], ("validAUC", true, true));
    }

    #[test]
    fn an_unknown_name_or_only_training_metrics_are_never_sure() {
        check(&["value"], ("value", false, false));
        check(&["train_loss"], ("train_loss", false, false));
        assert!(guesses(&["runtime"], &[]).is_empty());
    }

    #[test]
    fn what_a_source_declares_wins_but_two_objectives_are_a_choice() {
        assert_eq!(
            guesses(&["value", "val_loss"], &[("value", true)])[0],
            ("value".to_owned(), true, true)
        );
        assert!(
            guesses(&["a", "b"], &[("a", true), ("b", false)])
                .iter()
                .all(|(_, _, sure)| !sure)
        );
    }
}
