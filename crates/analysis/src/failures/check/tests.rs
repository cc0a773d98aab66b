//! Rules that were planted, and noise.

use super::*;
use crate::failures::endings::Endings;
use ledger::{Bits, Role, RunSink, Status, ValueRef};

/// A run: three numbers, an optimizer, a number of warm-up steps if any, and whether it failed.
struct Run {
    numbers: [f64; 3],
    optimizer: &'static str,
    warm_up: Option<f64>,
    failed: bool,
}

fn runs(table: u64, count: usize, fails: impl Fn(&mut Draws, &Run) -> bool) -> Vec<Run> {
    let mut draws = Draws::new(11, table, 0);
    let mut made = Vec::new();
    for _ in 0..count {
        let mut number = || draws.below(1_000) as f64 / 1_000.0;
        let mut run = Run {
            numbers: [number(), number(), number()],
            optimizer: ["adam", "sgd", "lion"][draws.below(3)],
            warm_up: (draws.below(2) == 0).then_some(100.0),
            failed: false,
        };
        run.failed = fails(&mut draws, &run);
        made.push(run);
    }
    made
}

fn checked(runs: &[Run]) -> (Ledger, Option<Checked>) {
    let mut made = Ledger::default();
    let mut keep = |part: Ledger| {
        made.append(part);
    };
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for run in runs {
        let row = sink.add_run();
        for (name, number) in ["lr", "decay", "dropout"].iter().zip(run.numbers) {
            sink.set_named(row, Role::Param, name, ValueRef::Number(number));
        }
        sink.set_named(row, Role::Param, "optimizer", ValueRef::Text(run.optimizer));
        if let Some(steps) = run.warm_up {
            sink.set_named(row, Role::Param, "warm_up", ValueRef::Number(steps));
        }
        let status = if run.failed {
            Status::Failed
        } else {
            Status::Finished
        };
        sink.set_status(row, status);
    }
    sink.finish();
    let all = Bits::filled(made.rows(), true);
    let outcomes = Endings::new(&made, &all, None).outcomes();
    let params: Vec<ColumnId> = made
        .columns_with_ids()
        .filter(|(_, column)| column.role() == Role::Param)
        .map(|(id, _)| id)
        .collect();
    let mut check = Check::new(params, outcomes);
    while check.step(&made) {}
    let found = check.checked();
    (made, found)
}

/// The only rule.
fn only(found: &Checked) -> &JointRule {
    let [rule] = found.rules.as_slice() else {
        panic!("{found:?}");
    };
    rule
}

fn names(ledger: &Ledger, rule: &JointRule) -> Vec<String> {
    let name = |(id, _): &(ColumnId, Condition)| ledger.column(*id).name().to_owned();
    rule.conditions.iter().map(name).collect()
}

#[test]
fn a_rule_of_two_conditions_is_found_with_its_support() {
    for table in 0..10 {
        let planted = runs(table, 200, |draws, run| {
            let chance = if run.numbers[0] > 0.6 && run.warm_up.is_none() {
                90
            } else {
                2
            };
            draws.below(100) < chance
        });
        let (ledger, found) = checked(&planted);
        let found = found.unwrap();
        let rule = only(&found);
        let mut names = names(&ledger, rule);
        names.sort();
        assert_eq!(names, ["lr", "warm_up"], "table {table}: {rule:?}");
        assert!(
            rule.inside.rate() > 0.7 && found.outside.rate() < 0.1,
            "{found:?}"
        );
        assert_eq!(found.inside, rule.inside);
        assert_eq!(rule.inside.n + found.outside.n, 200);
        for (id, condition) in &rule.conditions {
            match condition {
                Condition::Missing => assert_eq!(ledger.column(*id).name(), "warm_up"),
                Condition::Between(Some(low), None) => assert!((0.5..0.7).contains(low)),
                other => panic!("{other:?}"),
            }
        }
        // The two that tell lead, and chance does not give as much.
        let leading: Vec<&str> = found.params[..2]
            .iter()
            .map(|told| ledger.column(told.column).name())
            .collect();
        assert!(
            leading.contains(&"lr") && leading.contains(&"warm_up"),
            "{leading:?}"
        );
        assert!(found.params[1].p < 0.05);
        assert!(found.params[1].share > found.params[2].share);
    }
}

#[test]
fn a_pair_is_not_told_where_a_single_condition_is_all_there_is() {
    let mut pairs = 0;
    for table in 0..40 {
        let planted = runs(60 + table, 120, |draws, run| {
            draws.below(100) < if run.numbers[2] > 0.7 { 80 } else { 5 }
        });
        let (ledger, found) = checked(&planted);
        let found = found.unwrap();
        assert_eq!(names(&ledger, &found.rules[0])[0], "dropout", "{found:?}");
        pairs += usize::from(found.rules[0].conditions.len() > 1);
    }
    assert!(pairs <= 3, "{pairs} of 40");
}

#[test]
fn two_ends_of_one_range_are_one_condition_and_a_value_is_one() {
    let (ledger, found) = checked(&runs(3, 300, |_, run| (0.4..0.6).contains(&run.numbers[1])));
    let found = found.unwrap();
    let rule = only(&found);
    assert_eq!(names(&ledger, rule), ["decay"]);
    let Condition::Between(Some(low), Some(high)) = rule.conditions[0].1 else {
        panic!("{rule:?}");
    };
    assert!(
        (0.35..0.45).contains(&low) && (0.55..0.65).contains(&high),
        "{rule:?}"
    );
    let (ledger, found) = checked(&runs(4, 90, |draws, run| {
        run.optimizer == "lion" && draws.below(10) > 0
    }));
    let found = found.unwrap();
    assert_eq!(names(&ledger, only(&found)), ["optimizer"]);
    assert_eq!(found.outside.broken, 0);
}

#[test]
fn two_causes_are_two_rules_and_none_is_mixed_up_with_the_other() {
    for table in 0..10 {
        // Either of two single conditions.
        let (ledger, found) = checked(&runs(20 + table, 200, |_, run| {
            run.numbers[0] > 0.8 || run.optimizer == "lion"
        }));
        let found = found.unwrap();
        let mut of: Vec<Vec<String>> = found
            .rules
            .iter()
            .map(|rule| names(&ledger, rule))
            .collect();
        of.sort();
        assert_eq!(of, [["lr"], ["optimizer"]], "table {table}: {found:?}");
        assert_eq!(found.outside.broken, 0, "{found:?}");
        assert_eq!(found.inside.broken, found.inside.n, "{found:?}");
        // Some are under both, and count once.
        let of_rules: usize = found.rules.iter().map(|rule| rule.inside.n).sum();
        assert_eq!(of_rules, found.inside.n, "{found:?}");
        assert_eq!(of_rules + found.outside.n, 200, "{found:?}");
        // Either alone and not both: no condition by itself tells anything.
        let (ledger, found) = checked(&runs(40 + table, 200, |_, run| {
            (run.numbers[0] > 0.5) != (run.numbers[1] > 0.5)
        }));
        let found = found.unwrap();
        assert_eq!(found.rules.len(), 2, "table {table}: {found:?}");
        for rule in &found.rules {
            assert_eq!(names(&ledger, rule), ["lr", "decay"]);
        }
        assert!(
            found.inside.rate() > 0.9 && found.outside.rate() < 0.1,
            "{found:?}"
        );
    }
}

#[test]
fn the_sample_broke_for_two_reasons_of_two_conditions_each() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../samples/random-search-seeds.csv"
    );
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text
        .lines()
        .map(|line| line.split(',').map(|cell| cell.trim_matches('"')));
    let header: Vec<&str> = lines.next().unwrap().collect();
    let mut ledger = Ledger::default();
    let mut keep = |part: Ledger| {
        ledger.append(part);
    };
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    // One of the five seeds of each configuration; its tags have a comma, and are one cell more.
    for line in lines.step_by(5) {
        let mut cells: Vec<&str> = line.collect();
        cells.remove(3);
        let row = sink.add_run();
        for (name, cell) in header.iter().zip(&cells).skip(6).take(11) {
            let value = match cell.parse() {
                Ok(number) => ValueRef::Number(number),
                Err(_) => ValueRef::Text(cell),
            };
            if *name != "seed" && !cell.is_empty() {
                sink.set_named(row, Role::Param, name, value);
            }
        }
        sink.set_status(row, Status::from_word(cells[1]));
    }
    sink.finish();
    let all = Bits::filled(ledger.rows(), true);
    let outcomes = Endings::new(&ledger, &all, None).outcomes();
    let params = ledger.columns_with_ids();
    let params = params.filter(|(_, column)| column.role() == Role::Param);
    let mut check = Check::new(params.map(|(id, _)| id).collect(), outcomes);
    while check.step(&ledger) {}
    let found = check.checked().unwrap();
    let told: Vec<_> = found
        .rules
        .iter()
        .map(|rule| (names(&ledger, rule), rule.inside))
        .collect();
    let of = |names: &[&str], broken, n| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        (names, Share { broken, n })
    };
    let want = [
        of(&["model.depth", "model.width"], 7, 7),
        of(&["batch_size"], 5, 7),
    ];
    assert_eq!(told, want, "{found:?}");
    assert_eq!(found.inside, Share { broken: 12, n: 14 });
    assert_eq!(found.outside, Share { broken: 0, n: 46 });
    // All five have it, and neither of the two others: of seven runs and ten params that is no evidence.
    let (id, condition) = found.rules[1].with.clone().unwrap();
    let column = ledger.column(id);
    assert_eq!(column.name(), "drop_last");
    assert!((0..60).all(|row| {
        let is_true = column.get(row).to_string() == "true";
        condition.holds(column, row) == is_true
    }));
    assert_eq!(found.rules[0].with, None);
}

#[test]
fn noise_has_no_rule_and_no_param_that_tells() {
    let (mut rules, mut told) = (0, 0);
    let tables = 300;
    for table in 0..tables {
        let chance = [10, 25, 50][table as usize % 3];
        let count = [40, 80, 160][table as usize / 3 % 3];
        let noise = runs(1000 + table, count, |draws, _| draws.below(100) < chance);
        if let (_, Some(found)) = checked(&noise) {
            rules += u32::from(!found.rules.is_empty());
            told += u32::from(found.params.iter().any(|told| told.p < 0.05));
        }
    }
    assert!(30 * rules <= tables as u32, "{rules} of {tables}");
    // At a level of 5 %: 15 of 300, and chance on top.
    assert!(told <= 27, "{told} of {tables}");
}

#[test]
fn too_few_of_one_kind_tell_nothing() {
    for fails in [0, 1, 39, 40] {
        let mut made = runs(5, 40, |_, _| false);
        made.iter_mut()
            .take(fails)
            .for_each(|run| run.failed = true);
        assert_eq!(checked(&made).1, None, "{fails} of 40");
    }
}
