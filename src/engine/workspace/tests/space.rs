//! The space of runs as lines across axes, and its brush while it is dragged.

use super::*;
use crate::chart::axis::Axis;
use crate::engine::objective::{curve_of, key_of_statistic};
use crate::engine::protocol::{Brush, SpaceAxis};
use crate::engine::view::View;

fn question(axes: &[AxisSetting]) -> SpaceQuestion {
    SpaceQuestion {
        axes: axes.to_vec(),
        width: 600.0,
        height: 300.0,
        density: 1.0,
        ..SpaceQuestion::default()
    }
}

pub(super) fn space(workspace: &mut Workspace, axes: &[AxisSetting]) -> SpacePicture {
    match workspace.answer(&Ask::Space(question(axes))) {
        Answer::Space(picture) => *picture,
        other => panic!("{other:?}"),
    }
}

fn run_at(workspace: &mut Workspace, x: f64, y: f64) -> Option<SpaceRun> {
    let place = None;
    match workspace.answer(&Ask::SpaceRun { x, y, place }) {
        Answer::SpaceRun(run) => run.map(|run| *run),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_space_puts_what_goes_along_with_the_objective_beside_it() {
    let mut workspace = workspace();
    selected(&mut workspace, None);
    let picture = space(&mut workspace, &[]);
    let names: Vec<&str> = picture.axes.iter().map(|axis| axis.name.as_str()).collect();
    assert_eq!(names, ["seed", "lr", "loss"]);
    assert!(picture.axes[2].is_objective && picture.others.is_empty());
    assert_eq!((picture.shown, picture.runs), (60, 60));
    assert_eq!(picture.pixels.0.len(), 4 * 600 * 300);
    let legend: Vec<&str> = picture
        .legend
        .iter()
        .map(|item| item.label.as_str())
        .collect();
    assert_eq!(legend, ["worst", "median", "best"]);
    // The order that a person wants is kept, and what has no axis is told.
    let flipped = AxisSetting {
        key: "metric.loss".to_owned(),
        flipped: true,
        rescaled: false,
        ..AxisSetting::default()
    };
    let picture = space(&mut workspace, &[flipped]);
    assert!(picture.axes[0].ends.0 < picture.axes[0].ends.1);
    assert_eq!(picture.others.len(), 2);
}

#[test]
fn a_place_in_the_space_finds_its_run_among_the_shown() {
    let mut workspace = workspace();
    selected(&mut workspace, None);
    let picture = space(&mut workspace, &[]);
    // At the axis of lr the runs of the greatest lie at its end.
    let axis = &picture.axes[1];
    let found = run_at(&mut workspace, axis.x, axis.ends.1).unwrap();
    assert!(found.row >= 57, "{found:?}");
    assert_eq!(found.values[1], ("lr".to_owned(), "19".to_owned()));
    assert!(found.path.starts_with('M'));
    // A run that the filter leaves out is not found, and its pixels are grey.
    let Ask::Select(question) = select(None) else {
        return;
    };
    let objective = question.objective;
    let few = Ask::Select(Box::new(SelectQuestion {
        filter: "lr < 5".to_owned(),
        objective,
        ..SelectQuestion::default()
    }));
    workspace.answer(&few);
    let picture = space(&mut workspace, &[]);
    assert_eq!((picture.shown, picture.runs), (15, 60));
    assert_eq!(run_at(&mut workspace, axis.x, axis.ends.1), None);
    // Keys go through the shown runs as the table has them.
    let walk = |workspace: &mut Workspace, place: usize| {
        let ask = Ask::SpaceRun {
            x: 0.0,
            y: 0.0,
            place: Some(place),
        };
        match workspace.answer(&ask) {
            Answer::SpaceRun(run) => run.map(|run| run.row),
            other => panic!("{other:?}"),
        }
    };
    let rows: Vec<Option<usize>> = (0..16).map(|place| walk(&mut workspace, place)).collect();
    let expected: Vec<Option<usize>> = (0..15).map(Some).chain([None]).collect();
    assert_eq!(rows, expected);
}

#[test]
fn values_stand_in_the_order_of_a_hand_and_others_behind_them() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for name in ["a", "b", "c", "d: e"] {
        let row = sink.run(name);
        sink.set_named(row, Role::Param, "kind", ValueRef::Text(name));
    }
    sink.finish();
    workspace.answer(&select(None));
    let mut values =
        |word: &str| match &space(&mut workspace, &[AxisSetting::from_word(word)]).axes[0].axis {
            Axis::Values { values, .. } => values.clone(),
            other @ Axis::Numbers { .. } => panic!("{other:?}"),
        };
    assert_eq!(values("param.kind"), ["a", "b", "c", "d: e"]);
    let by_hand = AxisSetting {
        key: "param.kind".to_owned(),
        order: ["d: e", "gone", "b"].map(str::to_owned).to_vec(),
        ..AxisSetting::default()
    };
    assert_eq!(values(&by_hand.word()), ["d: e", "b", "a", "c"]);
    assert_eq!(
        AxisSetting::from_word("!~^param.kind:b:a").word(),
        "!~^param.kind:b:a"
    );
}

#[test]
fn runs_without_a_number_have_lanes_of_their_own() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    let numbers = [
        1.0,
        10.0,
        1000.0,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ];
    for (at, x) in numbers.into_iter().enumerate() {
        let row = sink.run(&at.to_string());
        sink.set_named(row, Role::Param, "x", ValueRef::Number(x));
        let name = if at % 2 == 0 { "a" } else { "b" };
        sink.set_named(row, Role::Param, "kind", ValueRef::Text(name));
    }
    sink.run("without");
    sink.finish();
    workspace.answer(&select(None));
    let keys = ["param.x", "param.kind"].map(|key| AxisSetting {
        key: key.to_owned(),
        ..AxisSetting::default()
    });
    let picture = space(&mut workspace, &keys);
    let absent: Vec<(&str, usize)> = picture.axes[0]
        .absent
        .iter()
        .map(|(absence, _, count)| (absence.word(), *count))
        .collect();
    assert_eq!(absent, [("∞", 1), ("-∞", 1), ("NaN", 1), ("missing", 1)]);
    // Infinity above the axis, the others below it, each at another height.
    let heights =
        |axis: &SpaceAxis| -> Vec<f64> { axis.absent.iter().map(|(_, y, _)| *y).collect() };
    let of = heights(&picture.axes[0]);
    let (bottom, top) = picture.axes[0].ends;
    assert!(of.is_sorted() && of[0] < top && of[0] > 0.0 && of[1] > bottom && of[3] < 300.0);
    assert_eq!(picture.axes[1].absent.len(), 1);
    // The brush of each lane keeps its run alone.
    for (absence, ..) in &picture.axes[0].absent {
        let ask = Ask::Brush {
            filter: String::new(),
            column: picture.axes[0].column,
            brush: Some((*absence).into()),
        };
        let filter = match workspace.answer(&ask) {
            Answer::Filter(filter) => filter,
            other => panic!("{other:?}"),
        };
        workspace.answer(&Ask::Select(Box::new(SelectQuestion {
            filter: filter.clone(),
            ..SelectQuestion::default()
        })));
        let kept = space(&mut workspace, &keys);
        assert_eq!(kept.shown, 1, "{filter}");
    }
    workspace.answer(&select(None));
    // Downwards, the infinities change their places.
    let mut flipped = keys;
    flipped[0].flipped = true;
    let picture = space(&mut workspace, &flipped);
    let turned = heights(&picture.axes[0]);
    assert_eq!((turned[0], turned[1]), (of[1], of[0]));
    assert_eq!(turned[2..], of[2..]);
}

#[test]
fn a_brush_that_is_dragged_shows_what_it_would_keep_and_changes_nothing() {
    let mut workspace = workspace();
    selected(&mut workspace, None);
    let before = space(&mut workspace, &[]);
    let mut moving = |filter: &str, high: f64| {
        let ask = Ask::SpaceMoving {
            question: question(&[]),
            filter: filter.to_owned(),
            column: before.axes[1].column,
            brush: Some(Brush::Range {
                low: None,
                high: Some(high),
            }),
        };
        match workspace.answer(&ask) {
            Answer::Space(picture) => *picture,
            other => panic!("{other:?}"),
        }
    };
    let dragged = moving("seed = 0", 4.0);
    assert_eq!((dragged.shown, dragged.runs), (5, 60));
    assert_eq!(moving("lr > 18", 4.0).shown, 15);
    // Where the filter has a mistake, those that are shown stay.
    assert_eq!(moving("lr >", 4.0).shown, 60);
    assert_eq!(space(&mut workspace, &[]), before);
    // Of few runs it is the picture that comes when it is let go.
    let Ask::Select(kept) = select(None) else {
        return;
    };
    workspace.answer(&Ask::Select(Box::new(SelectQuestion {
        filter: "seed = 0 and lr <= 4".to_owned(),
        ..*kept
    })));
    assert_eq!(space(&mut workspace, &[]), dragged);
}

#[test]
fn a_brush_of_very_many_runs_looks_as_if_all_were_drawn_while_it_is_dragged() {
    let mut covered = [40_000, 100_000].into_iter().map(|runs| {
        let mut workspace = workspace_of(runs);
        selected(&mut workspace, None);
        let axis = space(&mut workspace, &[]).axes[1].column;
        let ask = Ask::SpaceMoving {
            question: question(&[]),
            filter: String::new(),
            column: axis,
            brush: None,
        };
        let Answer::Space(dragged) = workspace.answer(&ask) else {
            panic!("no picture")
        };
        assert_eq!(dragged.shown, runs as usize);
        let opacity = dragged.pixels.0.iter().skip(3).step_by(4);
        opacity.map(|alpha| f64::from(*alpha)).sum::<f64>()
    });
    // The fewer are all drawn.
    let (fewer, more) = (covered.next().unwrap(), covered.next().unwrap());
    assert!((0.9..1.1).contains(&(more / fewer)), "{fewer} and {more}");
}

#[test]
fn an_axis_has_three_scales_and_says_which_its_numbers_suggest() {
    let mut workspace = workspace();
    selected(&mut workspace, None);
    let mut setting = AxisSetting::from_word("metric.loss");
    let mut words = Vec::new();
    for _ in 0..4 {
        let picture = space(&mut workspace, &[setting.clone()]);
        let axis = &picture.axes[0];
        words.push((axis.axis.spacing().word(), axis.is_log));
        setting.turn_scale();
    }
    let symlog = " (symlog)";
    assert_eq!(
        words,
        [
            (symlog, true),
            ("", true),
            (" (quantiles)", true),
            (symlog, true)
        ]
    );
    // By ranks the runs are evenly apart, whatever their numbers are.
    let by_rank = AxisSetting::from_word("^metric.loss");
    let picture = space(&mut workspace, std::slice::from_ref(&by_rank));
    let (axis, said) = (&picture.axes[0].axis, numbers_of_space(&mut workspace));
    assert!(
        (axis.place(100.0) - 0.5).abs() < 0.04,
        "{}",
        axis.place(100.0)
    );
    assert_eq!(said[1], "quantiles");
    let marks = axis.marks();
    assert_eq!((marks[0].0, marks[4].0), (0.0, 1.0));
    assert_eq!((marks[0].1.as_str(), marks[4].1.as_str()), ("0", "361.2"));
    assert!(
        marks[2]
            .1
            .parse::<f64>()
            .is_ok_and(|x| (80.0..110.0).contains(&x)),
        "{marks:?}"
    );
}

fn numbers_of_space(workspace: &mut Workspace) -> Vec<String> {
    let of = crate::engine::protocol::NumbersOf::Space;
    match workspace.answer(&Ask::Numbers(of)) {
        Answer::Numbers(said) => said[0].lines[0].clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_axis_of_a_metric_takes_a_statistic_of_its_curve() {
    let mut workspace = super::curves::with_curves();
    selected(&mut workspace, None);
    let info = workspace.info();
    let mut view = View::default();
    let of = |info: &LedgerInfo, view: &View, key: &str| {
        let found = curve_of(info, view, key);
        found.map(|(metric, is_shared, statistic)| (metric.key.clone(), is_shared, statistic))
    };
    let accuracy = "metric.accuracy";
    let last = Some((accuracy.to_owned(), false, Statistic::Last));
    assert_eq!(of(&info, &view, accuracy), last);
    assert_eq!(of(&info, &view, "param.end"), None);
    let metric = info.column(accuracy).unwrap();
    let key = key_of_statistic(&mut view, (metric, false), Statistic::Max);
    assert_eq!(key, "metric.max accuracy");
    // Once it is computed it is an axis as any other, whose statistic is known.
    workspace.answer(&Ask::Select(Box::new(SelectQuestion {
        computed: view.computed.clone(),
        ..SelectQuestion::default()
    })));
    let info = workspace.info();
    let max = Some((accuracy.to_owned(), false, Statistic::Max));
    assert_eq!(of(&info, &view, &key), max);
    let picture = space(
        &mut workspace,
        &[AxisSetting::from_word("metric.max%20accuracy")],
    );
    assert_eq!(picture.axes[0].name, "max accuracy");
    assert!(matches!(
        picture.axes[0].axis,
        Axis::Numbers {
            low: 1.0,
            high: 10.0,
            ..
        }
    ));
    // And back, which makes nothing new.
    let back = key_of_statistic(&mut view, (metric, false), Statistic::Last);
    assert_eq!((back.as_str(), view.computed.len()), (accuracy, 1));
}
