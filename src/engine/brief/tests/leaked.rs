//! Params that give the objective away are told as that, and as nothing else.

use super::*;

#[test]
fn what_gives_the_objective_away_is_neither_said_to_matter_nor_to_try_more_of() {
    let mut leaked = once();
    for (at, run) in leaked.iter_mut().enumerate() {
        run.loss = run.lr + 0.1 * (at * 37 % 101) as f64;
    }
    let clean = of(&leaked, PLAIN);
    assert!(find(&clean, SentenceKind::Leak).is_none());
    let count = |all: &[Sentence]| {
        let next = find(all, SentenceKind::Next).unwrap();
        next.text
            .split_once(" param")
            .unwrap()
            .0
            .rsplit(' ')
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(count(&clean), "3");
    leaked.iter_mut().for_each(|run| run.depth = run.loss);
    let all = of(&leaked, PLAIN);
    assert!(
        find(&all, SentenceKind::Leak)
            .unwrap()
            .text
            .contains("depth")
    );
    let params = find(&all, SentenceKind::Params).unwrap();
    assert!(
        params.text.contains("lr (") && !params.text.contains("depth"),
        "{}",
        params.text
    );
    let edges = all.iter().filter(|said| said.kind == SentenceKind::Edge);
    assert!(edges.into_iter().all(|edge| !edge.text.contains("depth")));
    assert_eq!(count(&all), "2");
}

#[test]
fn a_result_that_was_logged_as_a_param_does_not_part_replicates() {
    let mut leaked = honest();
    leaked.iter_mut().for_each(|run| run.depth = run.loss);
    let best = |runs: &[Run], grouping: Option<Grouping>| {
        let how = How {
            grouping,
            ..How::default()
        };
        let all = of(runs, &how);
        assert!(
            find(&all, SentenceKind::Leak)
                .unwrap()
                .text
                .contains("depth")
        );
        find(&all, SentenceKind::Best).unwrap().text.clone()
    };
    for grouping in [None, Some(Grouping::Replicates)] {
        let best = best(&leaked, grouping);
        assert!(best.starts_with("Best of 40 configurations"), "{best}");
    }
    // The rule says so.
    let mut workspace = workspace(&leaked);
    let Answer::Selected(selected) = workspace.answer(&Ask::Select(Box::new(SelectQuestion {
        objective: Some(Objective {
            column: "metric.loss".to_owned(),
            direction: Direction::Minimize,
            statistic: Statistic::Last,
            until: Until::End,
            center: Center::Mean,
        }),
        grouping: Some(Grouping::Replicates),
        ..SelectQuestion::default()
    }))) else {
        panic!("no selection")
    };
    let told = selected.grouping.unwrap();
    let reason = (
        "param.depth".to_owned(),
        "gives the objective away".to_owned(),
    );
    assert!(told.left_out.contains(&reason), "{told:?}");
    assert_eq!(told.groups, 40);
    // What has its order and is alone may be what was searched: each value of it is a configuration.
    let mut searched = once();
    for (at, run) in searched.iter_mut().enumerate() {
        (run.lr, run.depth, run.optimizer) = (at as f64, 0.0, "adam");
        (run.seed, run.loss) = (at as f64, (at * at) as f64);
    }
    let all = of(&searched, PLAIN);
    let best = &find(&all, SentenceKind::Best).unwrap().text;
    assert!(best.starts_with("Best of 40 runs"), "{best}");
}
