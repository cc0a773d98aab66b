//! What importance says of a selection: which metrics count, and of which runs it speaks.

use super::*;
use crate::engine::explain::{FurtherMetric, Unfinished};
use crate::engine::importance_run::Grower;

#[test]
fn metrics_of_an_address_that_do_not_count_are_told() {
    let mut workspace = workspace();
    selected(&mut workspace, None);
    let metric = |column: &str| FurtherMetric {
        column: column.to_owned(),
        maximize: false,
        weight: 1,
    };
    let objective = workspace.selection.objective.as_ref().unwrap();
    let own = objective.0.column.clone();
    let mut explain = Explain {
        further: vec![metric("metric.nope"), metric(&own)],
        ..Explain::default()
    };
    let answer = workspace.begin_importance(&explain).unwrap().answer();
    let told = |what: &str| answer.warnings.iter().any(|warning| warning.contains(what));
    assert!(
        told("no column of these runs is metric.nope"),
        "{:?}",
        answer.warnings
    );
    assert!(told("is the objective itself"), "{:?}", answer.warnings);
    // Neither weighs, so nothing is weighed.
    assert!(!answer.objective.contains('×'), "{}", answer.objective);
    // Which runs failed has no metrics, no weights, and no direction.
    explain.unfinished = Unfinished::Outcome;
    let answer = workspace.begin_importance(&explain).unwrap().answer();
    assert!(
        answer
            .objective
            .ends_with("(whether a run failed or diverged)"),
        "{}",
        answer.objective
    );
    assert!(
        !answer
            .warnings
            .iter()
            .any(|warning| warning.contains("metric.nope"))
    );
}

#[test]
fn the_effect_of_a_conditional_param_is_within_the_runs_that_have_it() {
    // Momentum is set in a quarter of the runs, where it is all that counts; the three others are far apart.
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for at in 0..320 {
        let row = sink.run(&format!("run-{at}"));
        let optimizer = at % 4;
        let momentum = (at * 37 % 101) as f64 / 100.0;
        let name = ["sgd", "adam", "lion", "adagrad"][optimizer];
        sink.set_named(row, Role::Param, "optimizer", ValueRef::Text(name));
        // Without it all runs of an optimizer would be one configuration.
        let width = (at * 53 % 97) as f64;
        sink.set_named(row, Role::Param, "width", ValueRef::Number(width));
        let loss = match optimizer {
            0 => {
                sink.set_named(row, Role::Param, "momentum", ValueRef::Number(momentum));
                4.0 + 0.4 * (momentum - 0.7).abs()
            }
            other => other as f64,
        };
        sink.set_named(row, Role::Metric, "loss", ValueRef::Number(loss));
    }
    sink.finish();
    selected(&mut workspace, None);
    let mut run = workspace.begin_importance(&Explain::default()).unwrap();
    let grower = Grower::new(&run.design_bytes()).unwrap();
    while let Some(task) = run.next_task() {
        let result = grower.grow(&task).unwrap();
        assert!(run.absorb(&result));
    }
    let momentum = column_of_key(&workspace.ledger, "param.momentum").unwrap();
    let effect = run.effect(momentum).unwrap();
    assert_eq!(
        effect.words[0],
        "Among the 80 of 320 runs in which momentum is set:"
    );
    assert!(
        effect.words[1].ends_with("is within noise of the best."),
        "{:?}",
        effect.words
    );
    assert_eq!(effect.runs, 80);
    // It is drawn from them: between their least and their greatest.
    assert!(
        effect
            .bins
            .iter()
            .all(|bin| (3.9..4.4).contains(&bin.value)),
        "{:?}",
        effect.bins
    );
    let good: Vec<&str> = effect
        .bins
        .iter()
        .filter(|bin| bin.is_good)
        .map(|bin| bin.label.as_str())
        .collect();
    assert!(
        !good.is_empty() && good.len() < effect.bins.len(),
        "{good:?}"
    );
    // That it is better not set at all is said beside.
    let last = effect.words.last().unwrap();
    assert!(
        last.starts_with("Among all runs: ") && last.contains("not set"),
        "{last}"
    );
    // Each method tells of how many runs it speaks, and what noise gets.
    let answer = run.answer();
    for ranking in &answer.methods {
        let of = ranking
            .params
            .iter()
            .find(|param| param.of.name == "momentum")
            .unwrap();
        assert_eq!(of.present, 80, "{ranking:?}");
        assert!(of.of.noise.is_some_and(|noise| noise >= 0.0), "{ranking:?}");
    }
    assert!(answer.methods.len() > 5);
}
