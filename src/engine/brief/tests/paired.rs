//! Configurations that were run with the same seeds.

use super::{How, Run, find, honest, of, workspace};
use crate::engine::brief::{Brief, SentenceKind};
use crate::engine::protocol::{Answer, Ask, SelectQuestion};
use crate::engine::view::{Center, Direction, Objective, Statistic, Until};

/// Six configurations of five runs: seeds matter far more than the learning rate, which is better by the same amount with each
/// of them, where they are shared.
fn runs(shared: bool) -> Vec<Run> {
    let made = honest().into_iter().take(30).enumerate();
    made.map(|(at, run)| {
        let configuration = (at / 5) as f64;
        let seed = (at % 5) as f64;
        Run {
            lr: configuration + 1.0,
            depth: 1.0,
            optimizer: "adam",
            seed: if shared { seed } else { at as f64 },
            loss: configuration / 10.0 + seed * seed + (at * 37 % 11) as f64 / 1000.0,
            ..run
        }
    })
    .collect()
}

fn text(shared: bool, kind: SentenceKind) -> String {
    let against_fourth = How {
        baseline: Some(15),
        ..How::default()
    };
    let said = of(&runs(shared), &against_fourth);
    find(&said, kind).map_or_else(String::new, |sentence| sentence.text.clone())
}

#[test]
fn runs_of_the_same_seeds_are_compared_by_pairs() {
    let paired = text(true, SentenceKind::Baseline);
    assert!(
        paired.contains("better, ") && paired.contains("t of 5 pairs by seed"),
        "{paired}"
    );
    let welch = text(false, SentenceKind::Baseline);
    assert!(
        welch.contains("cannot be told apart") && welch.contains("Welch"),
        "{welch}"
    );
}

#[test]
fn who_ties_is_told_by_the_same_pairs() {
    let paired = text(true, SentenceKind::Best);
    assert!(
        paired.contains(
            "told from each of the other 5 (t of pairs by seed, Holm’s correction for 5)"
        ),
        "{paired}"
    );
    assert!(
        paired.contains("chance of being the best is 100 %")
            && paired.contains("what a seed does to all as one"),
        "{paired}"
    );
    assert_eq!(text(true, SentenceKind::Replicates), "");
    let welch = text(false, SentenceKind::Best);
    assert!(
        welch.contains("None of the others can be told from it (Welch’s t against the best"),
        "{welch}"
    );
    assert!(!welch.contains("seed"), "{welch}");
}

#[test]
fn the_foremost_and_the_marks_of_a_table_go_by_pairs_too() {
    let mut runs = runs(true);
    // The second differs from the first by noise alone.
    for at in 5..10 {
        runs[at].loss = runs[at - 5].loss + [0.01, -0.02, 0.015, -0.01, 0.02][at - 5];
    }
    let mut workspace = workspace(&runs);
    workspace.answer(&Ask::Select(Box::new(SelectQuestion {
        objective: Some(Objective {
            column: "metric.loss".to_owned(),
            direction: Direction::Minimize,
            statistic: Statistic::Last,
            until: Until::End,
            center: Center::Mean,
        }),
        ..SelectQuestion::default()
    })));
    let filter = String::new();
    let Answer::Brief(brief) = workspace.answer(&Ask::Brief { filter }) else {
        panic!("no brief")
    };
    let Brief {
        sentences, ranked, ..
    } = *brief;
    let best = &find(&sentences, SentenceKind::Best).unwrap().text;
    assert!(
        best.contains("1 to 2 cannot be told apart (t of pairs by seed against the best"),
        "{best}"
    );
    let ranks: Vec<&str> = ranked.iter().map(|of| of.ranks.as_str()).collect();
    assert_eq!(ranks, ["1 to 2", "1 to 2", "3", "4", "5", "6"]);
    assert!(ranked[2].behind.starts_with("0.20"), "{:?}", ranked[2]);
    // What it takes to tell them apart are pairs.
    let mut run = workspace.begin_next("", 0).unwrap();
    while run.step(&workspace) {}
    let next = run.answer(3);
    let told = next.findings.iter().find(|of| of.kind == "replicates");
    let told = &told.unwrap().text;
    assert!(
        told.contains(
            "with the same seeds, and of that difference the standard deviation is 0.017"
        ) && told.contains("t-test of pairs"),
        "{told}"
    );
}
