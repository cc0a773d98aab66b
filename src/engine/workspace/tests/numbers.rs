//! Charts of runs in numbers.

use super::curves::{curves, with_curves};
use super::scattered::{scattered, with_losses};
use super::space::space;
use super::*;
use crate::engine::protocol::{Numbers, NumbersOf};

fn numbers(workspace: &mut Workspace, of: NumbersOf) -> Vec<Numbers> {
    match workspace.answer(&Ask::Numbers(of)) {
        Answer::Numbers(said) => *said,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_axes_of_the_space_are_told_in_numbers_and_where_the_best_lie() {
    let mut workspace = with_losses();
    selected(&mut workspace, None);
    assert!(
        numbers(&mut workspace, NumbersOf::Space)[0]
            .lines
            .is_empty()
    );
    let axes = ["param.optimizer", "param.lr", "metric.loss"].map(AxisSetting::from_word);
    let picture = space(&mut workspace, &axes);
    assert_eq!(
        picture.best,
        "The best 4 have lr 35 to 40 (of 1 to 40); optimizer adam in 2."
    );
    let said = numbers(&mut workspace, NumbersOf::Space).remove(0);
    assert_eq!(said.columns.len(), 8);
    assert!(said.words.starts_with("The best 4 have"), "{}", said.words);
    let cells = |line: usize| said.lines[line].join(" | ");
    assert_eq!(
        cells(0),
        "optimizer | 2 values: adam (20), sgd (20) | 40 of 40 | – | – | – | – | –"
    );
    assert!(
        cells(1).starts_with("lr | linear | 40 of 40 | 1 | 20.5 | 40 | – | -0.9"),
        "{}",
        cells(1)
    );
    // The objective goes along with itself; that is not told.
    assert!(cells(2).ends_with("4 missing | –"), "{}", cells(2));
    assert!(cells(2).contains("36 of 40"), "{}", cells(2));
    // Of another ledger there was no picture yet.
    workspace.changed();
    selected(&mut workspace, None);
    assert!(
        numbers(&mut workspace, NumbersOf::Space)[0]
            .lines
            .is_empty()
    );
}

#[test]
fn curves_are_told_in_numbers_as_far_as_they_are_in_view() {
    let mut workspace = with_curves();
    selected(&mut workspace, None);
    curves(&mut workspace, "s50");
    let said = numbers(&mut workspace, NumbersOf::Curves);
    assert_eq!(said.len(), 2);
    assert_eq!(said[0].title, "loss over step");
    assert_eq!(
        said[0].words,
        "4 shown runs, the best first. Values are as they were logged, not smoothed."
    );
    let cells = |said: &Numbers, line: usize| said.lines[line].join(" | ");
    assert_eq!(
        cells(&said[0], 0),
        "low | 10 | 1 | 0.1 | 0.1 at step 9 | 1 at step 0"
    );
    assert_eq!(
        cells(&said[0], 2),
        "broken | 10 | 2 | NaN | 2 at step 0 | 2 at step 0"
    );
    assert_eq!(cells(&said[0], 3), "without | 0 | – | – | – | –");
    curves(&mut workspace, "z2:4");
    let said = numbers(&mut workspace, NumbersOf::Curves);
    assert_eq!(
        cells(&said[0], 1),
        "high | 3 | 8 | 6 | 6 at step 4 | 8 at step 2"
    );
    assert!(said[0].words.ends_with("Shown are steps 2 to 4 of 0 to 9."));
    // Of groups the medians of their runs.
    let by = Grouping::By(vec!["param.none".to_owned()]);
    selected(&mut workspace, Some(by));
    curves(&mut workspace, "bands");
    let said = numbers(&mut workspace, NumbersOf::Curves);
    assert_eq!(said[0].columns[0], "Group");
    let points: usize = said[0]
        .lines
        .iter()
        .map(|line| line[1].parse().unwrap_or(0))
        .sum();
    assert_eq!(points, 30);
}

#[test]
fn dots_are_told_in_numbers_the_best_first() {
    let mut workspace = with_losses();
    selected(&mut workspace, None);
    let set = scattered(
        &mut workspace,
        "param.lr,metric.loss,param.optimizer,param.lr",
    )
    .set;
    let said = numbers(&mut workspace, NumbersOf::Scatter(set)).remove(0);
    assert_eq!(said.columns, ["Run", "lr", "loss", "optimizer"]);
    assert_eq!(said.words, "40 shown runs, the best first.");
    assert_eq!(said.lines.len(), 40);
    let best = scattered(&mut workspace, "").picture.unwrap().legend[0]
        .label
        .clone();
    assert_eq!(format!("{}: best", said.lines[0][0]), best);
    let last = said.lines.last().unwrap();
    assert_eq!(last[2], "missing");
}
