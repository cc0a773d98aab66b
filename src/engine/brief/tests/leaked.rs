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
