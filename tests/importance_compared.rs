//! What the importance view says beside one objective's shares, through the engine as the page asks it: several metrics
//! side by side and their weighted sum, budgets, conditional params within their runs, ways between groups.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that finds nothing should stop"
)]

use rand_core::{Rng as _, SeedableRng as _};
use rand_pcg::Pcg64;
use runsift::engine::Workspace;
use runsift::engine::explain::{Explain, FurtherMetric, PathEnd};
use runsift::engine::importance_run::{Grower, ImportanceRun};
use runsift::engine::protocol::{
    Answer, Ask, ComparedTarget, ImportanceAnswer, SelectQuestion, WayEnd,
};
use runsift::engine::view::{Center, Direction, Objective, Statistic, Until};
use runsift::ledger::{Bits, Ledger, Role, RunSink, ValueRef};

fn units(seed: u64) -> impl FnMut() -> f64 {
    let mut generator = Pcg64::seed_from_u64(seed);
    move || (generator.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0
}

/// A workspace of what `write` writes, `metric.loss` being minimized.
fn workspace(write: impl FnOnce(&mut RunSink<'_>)) -> Workspace {
    let mut made = Ledger::default();
    let mut keep = |part: Ledger| made = part;
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a.csv", "test", 0);
    write(&mut sink);
    sink.finish();
    let mut workspace = Workspace::default();
    workspace.append(made);
    let select = Ask::Select(Box::new(SelectQuestion {
        filter: String::new(),
        objective: Some(Objective {
            column: "metric.loss".to_owned(),
            direction: Direction::Minimize,
            statistic: Statistic::Last,
            until: Until::End,
            center: Center::Mean,
        }),
        ..SelectQuestion::default()
    }));
    assert!(matches!(workspace.answer(&select), Answer::Selected(_)));
    workspace
}

/// The importance, worked out as hands do it.
fn explained(workspace: &Workspace, explain: &Explain) -> ImportanceRun {
    let mut run = workspace.begin_importance(explain).unwrap();
    let grower = Grower::new(&run.design_bytes()).unwrap();
    while let Some(task) = run.next_task() {
        assert!(run.absorb(&grower.grow(&task).unwrap()));
    }
    assert!(run.is_done());
    assert!((run.done() - 1.0).abs() < 1e-12);
    run
}

fn share(target: &ComparedTarget, name: &str) -> f64 {
    let of = target.shares.iter().find(|param| param.of.name == name);
    of.and_then(|param| param.of.value).unwrap_or(f64::NAN)
}

/// 200 runs of two params: `loss` follows the first, `time` the second; `accuracy` is the loss turned round.
fn two_metrics() -> Workspace {
    workspace(|sink| {
        let mut unit = units(3);
        for _ in 0..200 {
            let (lr, width) = (unit(), unit());
            let row = sink.add_run();
            for (role, name, value) in [
                (Role::Param, "lr", lr),
                (Role::Param, "width", width),
                (Role::Metric, "loss", 3.0 * lr + 0.3 * unit()),
                (Role::Metric, "time", 1000.0 * width),
            ] {
                sink.set_named(row, role, name, ValueRef::Number(value));
            }
        }
    })
}

fn further(weight: u8) -> Explain {
    Explain {
        further: vec![FurtherMetric {
            column: "metric.time".to_owned(),
            maximize: false,
            weight,
        }],
        ..Explain::default()
    }
}

fn shares(answer: &ImportanceAnswer) -> Vec<(String, f64)> {
    answer
        .params
        .iter()
        .map(|param| (param.of.name.clone(), param.of.share))
        .collect()
}

#[test]
fn two_metrics_have_bars_of_their_own_side_by_side() {
    let answer = explained(&two_metrics(), &further(0)).answer();
    let [of_metrics] = answer.compared.as_slice() else {
        panic!("{:?}", answer.compared);
    };
    let [loss, time] = of_metrics.targets.as_slice() else {
        panic!("two targets");
    };
    assert_eq!((loss.name.as_str(), time.name.as_str()), ("loss", "time"));
    assert!(
        share(loss, "lr") > 0.9 && share(loss, "width") < 0.1,
        "{loss:?}"
    );
    assert!(
        share(time, "width") > 0.9 && share(time, "lr") < 0.1,
        "{time:?}"
    );
    assert!(loss.r2_oob > Some(0.8) && time.r2_oob > Some(0.8));
    let lr = loss
        .shares
        .iter()
        .find(|param| param.of.name == "lr")
        .unwrap();
    assert!(lr.of.low.is_some() && !lr.of.is_noise);
    assert_eq!(of_metrics.alike[0][0], Some(1.0));
    assert!(of_metrics.alike[0][1].unwrap().abs() < 0.2);
    // What is explained is the objective still.
    assert_eq!(answer.objective, "loss (last, minimize)");
    assert_eq!(
        shares(&answer),
        shares(&explained(&two_metrics(), &Explain::default()).answer())
    );
}

#[test]
fn a_weighted_sum_with_one_weight_is_that_metrics_answer() {
    let workspace = two_metrics();
    let alone = |own_weight, weight| {
        let explain = Explain {
            own_weight: Some(own_weight),
            ..further(weight)
        };
        explained(&workspace, &explain).answer()
    };
    let side_by_side = explained(&workspace, &further(0)).answer();
    let of_time = &side_by_side.compared[0].targets[1];
    let only_time = alone(0, 2);
    assert!(
        only_time.objective.starts_with("2 × time ("),
        "{}",
        only_time.objective
    );
    for (name, value) in shares(&only_time) {
        assert!(
            (value - share(of_time, &name)).abs() < 1e-6,
            "{name} {value} {of_time:?}"
        );
    }
    let both = alone(1, 1);
    assert!(
        both.objective.starts_with("1 × loss + 1 × time"),
        "{}",
        both.objective
    );
    for (name, value) in shares(&both) {
        assert!((value - 0.5).abs() < 0.1, "{name} {value}");
    }
}

/// The share of each param at the least and at the greatest budget is told, and whether the one tells of the other.
fn check_budgets(workspace: &Workspace, names: [&str; 2], used: [usize; 2]) {
    let answer = explained(workspace, &Explain::default()).answer();
    let [of_budgets] = answer.compared.as_slice() else {
        panic!("{:?}", answer.compared);
    };
    assert!(of_budgets.words[0].contains("differ in their budget"));
    let [least, most] = of_budgets.targets.as_slice() else {
        panic!("two budgets");
    };
    assert_eq!([least.name.as_str(), most.name.as_str()], names);
    assert_eq!([least.used, most.used], used);
    // At the small budget the loss is that of lr, at the great one that of wd.
    assert!(
        share(least, "lr") > 0.9 && share(least, "wd") < 0.1,
        "{least:?}"
    );
    assert!(
        share(most, "wd") > 0.9 && share(most, "lr") < 0.1,
        "{most:?}"
    );
    assert!(
        of_budgets.alike[0][1].unwrap().abs() < 0.35,
        "{:?}",
        of_budgets.alike
    );
}

#[test]
fn budgets_that_a_column_says_have_shares_of_their_own() {
    let of_column = workspace(|sink| {
        let mut unit = units(5);
        for _ in 0..100 {
            let (lr, wd) = (unit(), unit());
            for (epochs, loss) in [(3.0, lr), (27.0, wd)] {
                let row = sink.add_run();
                for (name, value) in [("lr", lr), ("wd", wd), ("epochs", epochs)] {
                    sink.set_named(row, Role::Param, name, ValueRef::Number(value));
                }
                sink.set_named(row, Role::Metric, "loss", ValueRef::Number(loss));
            }
        }
    });
    check_budgets(&of_column, ["epochs = 3", "epochs = 27"], [100, 100]);
}

#[test]
fn budgets_that_curves_end_at_have_shares_of_their_own() {
    let of_curves = workspace(|sink| {
        let mut unit = units(6);
        let column = sink.column(Role::Metric, "loss");
        for run in 0..240 {
            let (lr, wd) = (unit(), unit());
            let row = sink.add_run();
            for (name, value) in [("lr", lr), ("wd", wd)] {
                sink.set_named(row, Role::Param, name, ValueRef::Number(value));
            }
            sink.point(row, column, 3.0, 0, lr);
            if run % 2 == 0 {
                sink.point(row, column, 9.0, 0, wd);
            }
        }
    });
    check_budgets(&of_curves, ["step 3", "step 9"], [240, 120]);
}

#[test]
fn a_conditional_param_has_a_score_within_the_runs_that_have_it() {
    let conditional = workspace(|sink| {
        let mut unit = units(8);
        for run in 0..200 {
            let (lr, momentum) = (unit(), unit());
            let row = sink.add_run();
            sink.set_named(row, Role::Param, "lr", ValueRef::Number(lr));
            let sgd = run % 2 == 0;
            let optimizer = if sgd { "sgd" } else { "adam" };
            sink.set_named(row, Role::Param, "optimizer", ValueRef::Text(optimizer));
            if sgd {
                sink.set_named(row, Role::Param, "momentum", ValueRef::Number(momentum));
            }
            let loss = lr + if sgd { 4.0 * momentum } else { 10.0 };
            sink.set_named(row, Role::Metric, "loss", ValueRef::Number(loss));
        }
    });
    let answer = explained(&conditional, &Explain::default()).answer();
    for param in &answer.params {
        let Some(active) = &param.active else {
            assert_ne!(param.of.name, "momentum");
            continue;
        };
        assert_eq!(
            (param.of.name.as_str(), param.present, active.runs),
            ("momentum", 100, 100)
        );
        // Within its runs it is all but lr: 16 of 17 parts of the variance.
        assert!(active.share.unwrap() > 0.8, "{active:?}");
        let (low, high) = active.ends.unwrap();
        assert!(low <= active.share.unwrap() && active.share.unwrap() <= high);
    }
}

#[test]
fn a_way_leads_between_any_two_sets_of_runs() {
    let workspace = two_metrics();
    let run = explained(&workspace, &Explain::default());
    let selected = Bits::from_fn(200, |row| row < 20);
    let name = |row: usize| format!("run {row}");
    let way = |from, to| run.ablation(from, to, &selected, &name);
    let path = way(
        WayEnd::Set(PathEnd::WorseHalf),
        WayEnd::Set(PathEnd::BestTenth),
    )
    .unwrap();
    assert_eq!(path.changes[0].name, "lr");
    assert_eq!(
        (path.from.0.as_str(), path.to.0.as_str()),
        ("the worse half (100 runs)", "the best tenth (20 runs)")
    );
    let (low, high) = path.changes[0].ends.unwrap();
    assert!(low < high && high < -1.0, "{path:?}");
    let path = way(WayEnd::Set(PathEnd::Selected), WayEnd::Set(PathEnd::Best)).unwrap();
    assert_eq!(path.from.0, "the selected runs (20 runs)");
    assert!(path.to.0.starts_with("run "));
    assert_eq!(way(WayEnd::Run(5), WayEnd::Run(700)), None);
    let swarm = run.swarm().unwrap();
    assert_eq!(swarm.params[0].name, "lr");
    assert!(swarm.words()[0].starts_with("lr moves predictions most: upper third by +"));
}
