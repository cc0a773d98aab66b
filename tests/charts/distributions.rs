//! Slices, boxes, violins and distribution functions of a metric.

use super::{KINDS, Numbers, holds, workspace};
use runsift::chart::svg::Style;
use runsift::engine::protocol::{
    Answer, Ask, Distributions, DistributionsQuestion, DistributionsView,
};
use runsift::engine::saved::{boxes_plate, cumulative_plate, slices_plate};

/// How runs of the kind are distributed, as the words of the address say.
fn asked(runs: usize, of: Numbers, categories: usize, words: &str) -> Distributions {
    let mut workspace = workspace(runs, of, categories);
    let ask = Ask::Distributions(DistributionsQuestion {
        set: DistributionsView::from_words(words),
        slices: 3,
        ..DistributionsQuestion::default()
    });
    match workspace.answer(&ask) {
        Answer::Distributions(said) => *said,
        other => panic!("{other:?}"),
    }
}

/// Holds the pictures of a kind, the violins by what their words say; how many there are.
fn hold(kind: &str, said: &Distributions, violins: &Distributions) -> usize {
    let mut plates = Vec::new();
    if !said.slices.is_empty() {
        plates.push(("slices", slices_plate(said)));
    }
    if let Some(by) = &said.by {
        plates.push(("boxes", boxes_plate(said, by)));
        plates.push(("cumulative", cumulative_plate(said, by)));
    }
    if let Some(by) = &violins.by {
        plates.push(("violins", boxes_plate(violins, by)));
    }
    for (name, plate) in &plates {
        holds(&format!("{name}-{kind}"), plate, &Style::default());
    }
    plates.len()
}

#[test]
fn distributions() {
    for (kind, runs, of) in KINDS {
        let said = asked(runs, of, 3, "");
        let violins = asked(runs, of, 3, ",none,violins");
        let plates = hold(kind, &said, &violins);
        assert!(kind != "plain" || plates == 4);
        // Of NaN alone there is nothing to put in a box, as the words say.
        assert!(kind != "nan" || (plates == 1 && said.words[0].starts_with("0 of 12 ")));
    }
}

#[test]
fn categories_of_which_one_has_only_nan() {
    let of: Numbers = |run| match run {
        run if run % 3 == 1 || run % 8 == 0 => f64::NAN,
        run => (run * 17 % 40) as f64 / 40.0,
    };
    let said = asked(90, of, 3, ",param.kind");
    let violins = asked(90, of, 3, ",param.kind,violins");
    let lines = |said: &Distributions| -> Vec<usize> {
        let lines = said.by.as_ref().unwrap().boxes.lines.iter();
        lines.map(runsift::chart::boxes::BoxLine::count).collect()
    };
    assert_eq!((lines(&said)[2], lines(&violins)[2]), (0, 0));
    assert_eq!(hold("some-nan", &said, &violins), 4);
}

#[test]
fn three_hundred_categories() {
    // Some have more runs than others.
    let of: Numbers = |run| (run * 37 % 101) as f64 - (run % 300) as f64 / 3.0;
    let said = asked(630, of, 300, ",param.kind");
    let violins = asked(630, of, 300, ",param.kind,violins");
    assert_eq!(hold("categories", &said, &violins), 4);
}
