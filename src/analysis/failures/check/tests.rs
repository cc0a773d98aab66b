//! Rules that were planted, and noise.

use super::*;
use crate::ledger::{Bits, Role, RunSink, Status, ValueRef};

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
    let outcomes = Outcomes::new(&made, &Bits::filled(made.rows(), true), None);
    let params: Vec<ColumnId> = made
        .columns_with_ids()
        .filter(|(_, column)| column.role() == Role::Param)
        .map(|(id, _)| id)
        .collect();
    let found = check(&made, &params, &outcomes);
    (made, found)
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
        let rule = found.rule.unwrap();
        let mut names = names(&ledger, &rule);
        names.sort();
        assert_eq!(names, ["lr", "warm_up"], "table {table}: {rule:?}");
        assert!(
            rule.inside.rate() > 0.7 && rule.outside.rate() < 0.1,
            "{rule:?}"
        );
        assert_eq!(rule.inside.n + rule.outside.n, 200);
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
fn two_ends_of_one_range_are_one_condition_and_a_value_is_one() {
    let (ledger, found) = checked(&runs(3, 300, |_, run| (0.4..0.6).contains(&run.numbers[1])));
    let rule = found.unwrap().rule.unwrap();
    assert_eq!(names(&ledger, &rule), ["decay"]);
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
    let rule = found.unwrap().rule.unwrap();
    assert_eq!(names(&ledger, &rule), ["optimizer"]);
    assert_eq!(rule.outside.broken, 0);
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
            rules += u32::from(found.rule.is_some());
            told += u32::from(found.params.iter().any(|told| told.p < 0.05));
        }
    }
    assert!(20 * rules <= tables as u32, "{rules} of {tables}");
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
