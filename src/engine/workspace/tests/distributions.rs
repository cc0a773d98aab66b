//! How a metric is distributed, as it is asked for and pointed at.

use super::*;
use crate::chart::axis::Axis;
use crate::chart::scale::Spacing;
use crate::chart::slice::Slice;
use crate::engine::protocol::{Distributions, DistributionsQuestion, DistributionsView};

/// Runs with the values that `of` says, by role and name.
fn runs(count: u32, of: impl Fn(u32) -> Vec<(Role, &'static str, ValueRef<'static>)>) -> Workspace {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for at in 0..count {
        let row = sink.run(&format!("run-{at}"));
        for (role, name, value) in of(at) {
            sink.set_named(row, role, name, value);
        }
    }
    sink.finish();
    selected(&mut workspace, None);
    workspace
}

fn number(role: Role, name: &'static str, x: f64) -> (Role, &'static str, ValueRef<'static>) {
    (role, name, ValueRef::Number(x))
}

/// A hundred runs: a loss that falls with a rate of four decades, a width that says little, an optimizer of which one is
/// worse, a momentum in every other run, and no finite loss in four.
fn searched() -> Workspace {
    runs(100, |at| {
        let rate = libm::pow(10.0, f64::from(at) / 25.0 - 4.0);
        let loss = match at {
            7 => f64::NAN,
            8 => f64::INFINITY,
            _ => 100.0 - f64::from(at) + f64::from(at % 2) * 20.0,
        };
        let mut of = vec![
            number(Role::Param, "width", f64::from(at * 37 % 101)),
            number(Role::Param, "lr", rate),
            (
                Role::Param,
                "optimizer",
                ValueRef::Text(["adam", "sgd"][at as usize % 2]),
            ),
            number(Role::Param, "same", 3.0),
        ];
        if at % 2 == 1 {
            of.push(number(Role::Param, "momentum", f64::from(at * 53 % 97)));
        }
        if at >= 2 {
            of.push(number(Role::Metric, "loss", loss));
        }
        of
    })
}

fn asked(workspace: &mut Workspace, words: &str, importance: &[ColumnId]) -> Distributions {
    let ask = Ask::Distributions(DistributionsQuestion {
        set: DistributionsView::from_words(words),
        importance: importance.to_vec(),
        slices: 12,
    });
    match workspace.answer(&ask) {
        Answer::Distributions(said) => *said,
        other => panic!("{other:?}"),
    }
}

fn names(said: &Distributions) -> Vec<&str> {
    said.slices
        .iter()
        .map(|slice| slice.name.as_str())
        .collect()
}

fn is_log(slice: &Slice) -> bool {
    matches!(
        slice.axes.x,
        Axis::Numbers {
            spacing: Spacing::Log,
            ..
        }
    )
}

#[test]
fn slices_go_from_the_param_that_matters_most_and_say_of_how_many_runs_they_are() {
    let mut workspace = searched();
    let said = asked(&mut workspace, "", &[]);
    assert_eq!(
        (said.metric.as_str(), said.set.metric.as_str()),
        ("loss", "metric.loss")
    );
    assert_eq!(
        said.words,
        [
            "96 of 100 shown runs have a finite loss; the others: 2 without a value, 1 NaN or no number, 1 infinite."
        ]
    );
    let order = names(&said);
    assert_eq!((order[0], order.len()), ("lr", 4), "{order:?}");
    assert!(!order.contains(&"same"));
    let lr = &said.slices[0];
    assert!(is_log(lr) && lr.dots.len() == 100);
    assert_eq!(
        lr.words,
        "96 of 100 runs have both; 4 no loss (1 ∞, 1 NaN, 2 missing)."
    );
    assert!(lr.dots.is_sorted_by(|a, b| a.x <= b.x));
    // Later runs are darker, the best has a ring.
    assert_eq!((lr.dots[0].row, lr.dots[0].part), (0, 0.0));
    assert_eq!(lr.dots[99].part, 1.0);
    assert_eq!(lr.best.map(|best| lr.dots[best].row), Some(98));
    // What has no value of a param lies in a lane, left of all others.
    let at = |name: &str| said.slices.iter().find(|slice| slice.name == name).unwrap();
    let momentum = at("momentum");
    assert!(momentum.axes.lanes.iter().all(|lanes| lanes.count() > 0));
    assert_eq!(
        momentum.words,
        "48 of 100 runs have both; 48 no momentum (48 missing); 2 no loss (1 NaN, 1 missing)."
    );
    // Categories are in the order of their medians.
    let Axis::Values { values, rest } = &at("optimizer").axes.x else {
        panic!("{:?}", at("optimizer").axes.x);
    };
    assert_eq!((values.join(" ").as_str(), *rest), ("adam sgd", 0));

    // Where an importance is known, it is gone by.
    let known = workspace.ledger().find(Role::Param, "momentum").unwrap();
    let said = asked(&mut workspace, "", &[known]);
    assert_eq!(names(&said)[..2], ["momentum", "lr"]);
    assert!(
        said.slices_told
            .starts_with("The most important param first.")
    );
}

#[test]
fn what_ended_early_is_told_apart_from_what_is_missing() {
    let mut workspace = runs(10, |at| {
        let status = if at < 3 { "pruned" } else { "finished" };
        let mut of = vec![
            number(Role::Param, "lr", f64::from(at)),
            (Role::Attribute, "status", ValueRef::Text(status)),
        ];
        if at != 9 {
            of.push(number(Role::Metric, "loss", f64::from(20 - at)));
        }
        of
    });
    let said = asked(&mut workspace, "", &[]);
    assert_eq!(
        said.words,
        [
            "6 of 10 shown runs have a finite loss; the others: 1 without a value, 3 ended early or without such a value."
        ]
    );
    let lr = &said.slices[0];
    assert_eq!(
        lr.words,
        "6 of 10 runs have both; 4 no loss (3 ended early, 1 missing)."
    );
    // Each in a lane of its own, that has its name.
    let height = |row: u32| lr.dots.iter().find(|dot| dot.row == row).unwrap().y;
    assert_eq!((height(0), height(1)), (height(2), height(0)));
    assert!(height(9) > height(0) && height(0) > height(3));
    let marks = lr.marks();
    let says = |text: &str| marks.iter().any(|mark| mark.text == text);
    assert!(says("early") && says("none"));
}

#[test]
fn dots_on_few_levels_stand_apart_beside_them() {
    let said = asked(
        &mut runs(60, |at| {
            vec![
                number(Role::Param, "layers", f64::from(at % 3)),
                number(Role::Param, "lr", f64::from(at)),
                number(Role::Metric, "loss", f64::from(at % 3 + at / 3)),
            ]
        }),
        "metric.loss",
        &[],
    );
    let of = |name: &str| said.slices.iter().find(|slice| slice.name == name).unwrap();
    let layers = of("layers");
    for dot in &layers.dots {
        let level = layers.axes.at(f64::from(dot.row % 3) / 2.0, 0.0).0;
        assert!((f64::from(dot.x) - level).abs() <= 4.01, "{dot:?}");
    }
    let mut places: Vec<u32> = layers.dots.iter().map(|dot| dot.x.to_bits()).collect();
    places.dedup();
    assert!(places.len() > 50, "{}", places.len());
    // Where numbers are all different they lie where they are.
    let lr = of("lr");
    assert!(lr.dots.iter().all(|dot| {
        let at = lr.axes.at(lr.axes.x.place(f64::from(dot.row)), 0.0).0;
        (f64::from(dot.x) - at).abs() < 0.01
    }));
}

#[test]
fn odd_numbers_have_slices_too() {
    let one = |loss: f64| {
        runs(1, move |_| {
            vec![
                number(Role::Param, "lr", 1.0),
                number(Role::Metric, "loss", loss),
            ]
        })
    };
    // One run differs from none.
    let said = asked(&mut one(1.0), "", &[]);
    assert!(said.slices.is_empty());
    let by = said.by.unwrap();
    assert_eq!(
        by.words[0],
        "The median of all runs is 1 (too few for an interval, n = 1)."
    );
    // All NaN: every run is in the lane.
    let mut nan = runs(30, |at| {
        vec![
            number(Role::Param, "lr", f64::from(at)),
            number(Role::Metric, "loss", f64::NAN),
        ]
    });
    let said = asked(&mut nan, "metric.loss", &[]);
    assert!(said.by.is_none());
    assert!(said.words[0].starts_with("0 of 30 shown runs have a finite loss; the others: 30 NaN"));
    assert_eq!(
        said.slices[0].words,
        "0 of 30 runs have both; 30 no loss (30 NaN)."
    );
    // Constant, and negative where a logarithm would be wanted.
    let mut constant = runs(30, |at| {
        vec![
            number(Role::Param, "lr", f64::from(at) - 15.0),
            number(Role::Metric, "loss", -2.0),
        ]
    });
    let said = asked(&mut constant, "metric.loss", &[]);
    assert!(!is_log(&said.slices[0]));
    let heights: Vec<f32> = said.slices[0].dots.iter().map(|dot| dot.y).collect();
    assert!(heights.iter().all(|y| *y == heights[0] && y.is_finite()));
    // Nothing at all.
    let mut words = runs(3, |_| vec![(Role::Param, "kind", ValueRef::Text("a"))]);
    let said = asked(&mut words, "", &[]);
    assert!(said.slices.is_empty() && said.words[0].contains("no metric"));
}

#[test]
fn of_many_categories_the_rarer_share_a_step_and_of_many_runs_an_even_part_is_drawn() {
    const CATEGORIES: [&str; 5] = ["a", "b", "c", "d", "e"];
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for at in 0..9000_u32 {
        let row = sink.add_run();
        let kind = if at % 3 == 0 {
            CATEGORIES[at as usize % 5].to_owned()
        } else {
            format!("rare {}", at % 300)
        };
        sink.set_named(row, Role::Param, "kind", ValueRef::Text(&kind));
        sink.set_named(row, Role::Param, "lr", ValueRef::Number(f64::from(at)));
        sink.set_named(
            row,
            Role::Metric,
            "loss",
            ValueRef::Number(f64::from(at % 1000)),
        );
    }
    sink.finish();
    selected(&mut workspace, None);
    let said = asked(&mut workspace, "", &[]);
    let kind = said
        .slices
        .iter()
        .find(|slice| slice.name == "kind")
        .unwrap();
    let Axis::Values { values, rest } = &kind.axes.x else {
        panic!("{:?}", kind.axes.x);
    };
    assert_eq!((values.len(), *rest), (12, 193));
    for slice in &said.slices {
        assert!(slice.dots.len().abs_diff(2000) < 20, "{}", slice.dots.len());
        assert!(slice.words.contains("; an even 2,0") || slice.words.contains("; an even 1,9"));
        // However few are drawn, the best is.
        assert!(slice.best.is_some());
    }
}

#[test]
fn a_dot_tells_its_run() {
    let mut workspace = searched();
    let column = workspace.ledger().find(Role::Param, "optimizer");
    let mut told = |row: usize| {
        let ask = Ask::DotRun {
            row,
            metric: String::new(),
            column,
        };
        match workspace.answer(&ask) {
            Answer::SpaceRun(said) => said.map(|said| (said.name, said.values)),
            other => panic!("{other:?}"),
        }
    };
    let values = |optimizer: &str, loss: &str| {
        vec![
            ("optimizer".to_owned(), optimizer.to_owned()),
            ("loss".to_owned(), loss.to_owned()),
        ]
    };
    assert_eq!(told(9), Some(("run-9".to_owned(), values("sgd", "111"))));
    assert_eq!(told(0), Some(("run-0".to_owned(), values("adam", "none"))));
    assert_eq!(told(100), None);
}

fn line_names(said: &Distributions) -> Vec<&str> {
    let by = said.by.as_ref().unwrap();
    by.boxes
        .lines
        .iter()
        .map(|line| line.name.as_str())
        .collect()
}

#[test]
fn categories_have_boxes_by_their_median_and_lines_with_bands() {
    let mut workspace = searched();
    let said = asked(&mut workspace, "", &[]);
    // The first category among the slices, where nobody chose.
    assert_eq!(said.set.by, "param.optimizer");
    assert_eq!(line_names(&said), ["adam", "sgd"]);
    let by = said.by.unwrap();
    assert_eq!((by.name.as_str(), by.boxes.dots.len()), ("optimizer", 96));
    // Of adam one is infinite and one is missing, of sgd one is NaN and one is missing.
    let adam = by.boxes.lines[0].summary.unwrap();
    assert_eq!(
        (adam.count, by.boxes.lines[0].of, adam.median),
        (48, 50, 49.0)
    );
    assert_eq!(by.table[0][..3], ["adam", "48 of 50", "49"]);
    assert_eq!(by.table[0].len(), 7);
    assert!(
        by.words[0].starts_with("The median is least in adam: 49 (95 % ")
            && by.words[0].contains(", n = 48), and greatest in sgd: "),
        "{:?}",
        by.words
    );
    let (low, high) = adam.interval.unwrap();
    assert!(low < 49.0 && high > 49.0);
    assert_eq!(by.cumulative.lines.len(), 2);
    assert_eq!(
        by.cumulative.lines[0].steps.last().map(|step| step.1),
        Some(1.0)
    );
    assert!(by.cumulative.lines[0].half > 0.19 && by.cumulative.lines[0].half < 0.2);
    assert_eq!(by.legend[1].label, "sgd (48 of 50 runs)");
    assert!(
        by.cumulative_words[0].contains("Less is better"),
        "{:?}",
        by.cumulative_words
    );
    let heights = by.boxes.dots.iter().map(|dot| dot.y);
    assert!(
        heights
            .into_iter()
            .all(|y| f64::from(y) < by.boxes.height())
    );
}

#[test]
fn numbers_are_parted_where_they_are_many_and_whatever_has_no_value_is_told() {
    let mut workspace = searched();
    let said = asked(&mut workspace, ",param.momentum", &[]);
    assert_eq!(line_names(&said).len(), 5);
    let by = said.by.unwrap();
    let words = &by.words[1];
    assert!(
        words.contains("50 runs have no momentum and are in no line."),
        "{words}"
    );
    assert_eq!(by.boxes.lines.iter().map(|line| line.of).sum::<usize>(), 50);
    assert!(
        by.boxes.lines[0].name.starts_with("0 to "),
        "{:?}",
        by.table
    );
    // Few numbers are values.
    assert_eq!(
        line_names(&asked(&mut workspace, ",param.same", &[])),
        ["3"]
    );
    assert_eq!(
        line_names(&asked(&mut workspace, ",none", &[])),
        ["all runs"]
    );
    assert_eq!(line_names(&asked(&mut workspace, ",source", &[])), ["a"]);
    // Groups are called by what their runs share.
    let by_optimizer = Grouping::By(vec!["param.optimizer".to_owned()]);
    selected(&mut workspace, Some(by_optimizer));
    let said = asked(&mut workspace, ",group", &[]);
    assert_eq!(line_names(&said), ["optimizer adam", "optimizer sgd"]);
    assert_eq!(said.set.by, "group");
    // Without groups the word is nobody's.
    selected(&mut workspace, None);
    assert_eq!(
        asked(&mut workspace, ",group", &[]).set.by,
        "param.optimizer"
    );
}

#[test]
fn of_three_hundred_categories_the_rarer_share_a_line_and_nothing_grows_with_the_runs() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for at in 0..20_000_u32 {
        let row = sink.add_run();
        // The greater its number, the rarer.
        let kind = format!("kind {}", (at * 7 % 300).min(at % 300));
        sink.set_named(row, Role::Param, "kind", ValueRef::Text(&kind));
        sink.set_named(
            row,
            Role::Metric,
            "loss",
            ValueRef::Number(f64::from(at * 37 % 1009)),
        );
    }
    sink.finish();
    selected(&mut workspace, None);
    let said = asked(&mut workspace, "", &[]);
    let by = said.by.unwrap();
    assert_eq!(by.boxes.lines.len(), 21);
    let last = by.boxes.lines.last().unwrap();
    assert!(
        last.name.ends_with(" more values") && last.count() > 1000,
        "{}",
        last.name
    );
    assert!(by.boxes.dots.len() <= 21 * 520, "{}", by.boxes.dots.len());
    assert!(
        by.words[1].contains("The 20 most frequent values")
            && by.words[1].contains("an even 500 or so")
    );
    assert_eq!(
        (by.cumulative.lines.len(), by.cumulative.lines[8].class),
        (9, 8)
    );
    assert!(
        by.cumulative
            .lines
            .iter()
            .all(|line| line.steps.len() <= 302)
    );
    assert_eq!(
        by.boxes.lines.iter().map(|line| line.of).sum::<usize>(),
        20_000
    );
}

#[test]
fn categories_are_violins_by_choice_where_they_have_enough_runs() {
    let mut workspace = searched();
    let boxes = asked(&mut workspace, ",param.optimizer", &[]).by.unwrap();
    assert!(boxes.boxes.lines.iter().all(|line| line.outline.is_none()));
    let said = asked(&mut workspace, ",param.optimizer,violins", &[]);
    assert_eq!(DistributionsView::from_words(&said.set.words()), said.set);
    let violins = said.by.unwrap();
    assert!(violins.boxes.are_violins && violins.words.join(" ").contains("Silverman"));
    for line in &violins.boxes.lines {
        let ((low, high), widths) = line.outline.as_ref().unwrap();
        assert!(0.0 <= *low && low < high && *high <= 1.0, "{low} {high}");
        let most = widths.iter().copied().fold(0.0, f32::max);
        assert!((most - 1.0).abs() < 1e-6 && widths.iter().all(|wide| *wide >= 0.0));
    }
    // All else is as of boxes.
    assert_eq!(violins.table, boxes.table);
    assert_eq!(violins.boxes.dots, boxes.boxes.dots);
    // Parts of few runs are dots alone.
    let few = asked(&mut workspace, ",param.momentum,violins", &[])
        .by
        .unwrap();
    let is_told =
        |line: &crate::chart::boxes::BoxLine| line.outline.is_some() == (line.count() >= 10);
    assert!(few.boxes.lines.iter().all(is_told));
    assert!(few.boxes.lines.iter().any(|line| line.outline.is_none()));
}
