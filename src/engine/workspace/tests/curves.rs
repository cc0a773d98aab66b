//! The curves of runs, as they are asked for and pointed at.

use super::*;
use crate::chart::axis::Axis;
use crate::chart::scale::Spacing;
use crate::engine::protocol::{CurvePlace, CurveRun, CurvesPicture, CurvesQuestion, CurvesView};
use crate::ledger::Status;

/// Three runs of ten points: one falls to 0.1, one to 1, one becomes NaN; each an hour long.
pub(super) fn with_curves() -> Workspace {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for (name, end) in [("low", 0.1), ("high", 1.0), ("broken", f64::NAN)] {
        let row = sink.run(name);
        sink.set_named(row, Role::Param, "end", ValueRef::Number(end));
        for step in 0..10_u32 {
            let value = end * f64::from(10 - step);
            let value = if step < 5 && end.is_nan() { 2.0 } else { value };
            let millis = 1_700_000_000_000 + i64::from(step) * 400_000;
            for metric in ["loss", "accuracy"] {
                let metric = sink.column(Role::Metric, metric);
                sink.point(row, metric, f64::from(step), millis, value);
            }
        }
    }
    let row = sink.run("without");
    sink.set_named(row, Role::Param, "end", ValueRef::Number(0.5));
    sink.finish();
    workspace
}

#[test]
fn panels_begin_with_what_is_like_an_objective() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    let row = sink.run("a");
    for (name, points) in [
        ("epoch", 3),
        ("flag", 1),
        ("test/accuracy", 1),
        ("train/loss", 3),
        ("val/accuracy", 3),
    ] {
        let metric = sink.column(Role::Metric, name);
        for step in 0..points {
            sink.point(row, metric, f64::from(step), 0, f64::from(step));
        }
    }
    sink.finish();
    selected(&mut workspace, None);
    let picture = curves(&mut workspace, "");
    let names: Vec<&str> = picture
        .panels
        .iter()
        .map(|panel| panel.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "val/accuracy",
            "train/loss",
            "epoch",
            "test/accuracy",
            "flag"
        ]
    );
}

/// A picture of a small size.
pub(super) fn question(set: CurvesView) -> CurvesQuestion {
    CurvesQuestion {
        set,
        width: 300.0,
        height: 100.0,
        density: 1.0,
        ..CurvesQuestion::default()
    }
}

pub(super) fn curves(workspace: &mut Workspace, words: &str) -> CurvesPicture {
    match workspace.answer(&Ask::Curves(question(CurvesView::from_words(words)))) {
        Answer::Curves(picture) => *picture,
        other => panic!("{other:?}"),
    }
}

pub(super) fn curve_at(workspace: &mut Workspace, place: CurvePlace) -> Option<CurveRun> {
    match workspace.answer(&Ask::CurveRun(place)) {
        Answer::CurveRun(run) => run.map(|run| *run),
        other => panic!("{other:?}"),
    }
}

#[test]
fn curves_begin_with_the_objective_and_say_what_is_not_drawn() {
    let mut workspace = with_curves();
    selected(&mut workspace, None);
    let picture = curves(&mut workspace, "");
    let names = |picture: &CurvesPicture| -> Vec<String> {
        let names = picture.panels.iter().map(|panel| panel.name.clone());
        names.collect()
    };
    assert_eq!(names(&picture), ["loss", "accuracy"]);
    assert_eq!((picture.shown, picture.runs), (4, 4));
    let panel = &picture.panels[0];
    assert_eq!(
        panel.summary,
        "3 of 4 runs shown with points; 1 without; best run ends at 0.1; median of last values 0.55; all values 0.1 to 10."
    );
    assert_eq!(panel.notes, ["5 points NaN, marked at the lower edge"]);
    assert_eq!(panel.pixels.0.len(), 4 * 300 * 100);
    assert_eq!(picture.legend[0].label, "low: best");
    // The best is drawn over the whole width in its colour, and NaN is marked below.
    let pixel = |x: usize, y: usize| &panel.pixels.0[4 * (y * 300 + x)..][..4];
    let blue = |x: usize| (0..100).any(|y| pixel(x, y)[2] > 150 && pixel(x, y)[0] < 40);
    assert!((0..300).all(blue));
    assert!(pixel(299, 98)[3] > 200 && pixel(100, 98)[3] == 0);
    // A pattern chooses, and one that is none is told.
    assert_eq!(names(&curves(&mut workspace, "m:ACC.r")), ["accuracy"]);
    let wrong = curves(&mut workspace, "m:%28");
    assert!(wrong.problem.unwrap().contains("no regular expression"));
    assert_eq!(wrong.panels.len(), 2);
    let nothing = curves(&mut workspace, "m:nothing");
    assert!(nothing.problem.is_some() && nothing.panels.is_empty());
    assert_eq!(nothing.others, ["loss", "accuracy"]);
}

pub(super) fn ends(axis: &Axis) -> (f64, f64) {
    match axis {
        Axis::Numbers { low, high, .. } => (*low, *high),
        Axis::Values { .. } => panic!("no numbers"),
    }
}

#[test]
fn a_part_of_the_axis_is_shown_with_the_values_in_it() {
    let mut workspace = with_curves();
    selected(&mut workspace, None);
    let whole = curves(&mut workspace, "");
    assert_eq!((whole.part.clone(), ends(&whole.x)), (None, (0.0, 9.0)));
    let part = curves(&mut workspace, "z2.5:4.5");
    assert_eq!(ends(&part.x), (2.5, 4.5));
    assert_eq!((part.whole.low, part.whole.high), (0.0, 9.0));
    assert_eq!(part.part.as_deref(), Some("steps 2.5 to 4.5 of 0 to 9"));
    // Lines come from the points before and go to those after.
    let (low, high) = ends(&part.panels[0].y);
    assert!((low - 0.55).abs() < 1e-9 && high == 7.5, "{low} {high}");
    let pixels = &part.panels[0].pixels.0;
    let is_painted = |x: usize| (0..100).any(|y| pixels[4 * (y * 300 + x) + 3] > 100);
    assert!(is_painted(0) && is_painted(150) && is_painted(299));
    // A place is found in the part that is shown.
    let place = CurvePlace {
        x: 75.0,
        ..CurvePlace::default()
    };
    assert_eq!(curve_at(&mut workspace, place).unwrap().x_text, "step 3");
    // Times are in milliseconds whatever the unit is, and smoothing is that of all points before.
    let hours = curves(&mut workspace, "relative,z600000:1200000,s90");
    assert_eq!(ends(&hours.x), (10.0, 20.0));
    assert_eq!(hours.unit, 60_000.0);
    // What lies beyond the points is all of them.
    assert_eq!(curves(&mut workspace, "z50:60").part, None);
}

#[test]
fn outliers_lie_beyond_the_axis_if_asked_and_are_counted() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    let row = sink.run("a");
    let loss = sink.column(Role::Metric, "loss");
    for step in 0..1000_u32 {
        let value = if step % 200 == 7 {
            1e3
        } else {
            1.0 + f64::from(step % 10)
        };
        sink.point(row, loss, f64::from(step), 0, value);
    }
    sink.finish();
    selected(&mut workspace, None);
    let whole = curves(&mut workspace, "");
    assert_eq!(
        (ends(&whole.panels[0].y), whole.panels[0].notes.len()),
        ((1.0, 1e3), 0)
    );
    let clipped = curves(&mut workspace, "clip");
    assert_eq!(ends(&clipped.panels[0].y), (1.0, 10.0));
    let note = &clipped.panels[0].notes[0];
    assert!(
        note.starts_with("5 points beyond the axis (5 above 10, 0 below 1)"),
        "{note}"
    );
}

#[test]
fn curves_run_over_time_and_on_logarithmic_axes() {
    let mut workspace = with_curves();
    selected(&mut workspace, None);
    let ends = |picture: &CurvesPicture| ends(&picture.x);
    let relative = curves(&mut workspace, "relative");
    assert_eq!((ends(&relative), relative.has_times), ((0.0, 60.0), true));
    assert_eq!(relative.x_title, "minutes since the run's first point");
    let wall = curves(&mut workspace, "wall,log");
    assert_eq!(ends(&wall), (1_700_000_000_000.0, 1_700_003_600_000.0));
    assert!(
        matches!(wall.panels[0].y, Axis::Numbers { spacing: Spacing::Log, low, .. } if low > 0.0)
    );
    // Without times the axis is the step, and that is told.
    let mut timeless = workspace_of_steps();
    selected(&mut timeless, None);
    let picture = curves(&mut timeless, "wall");
    assert_eq!(picture.x_title, "step");
    assert!(picture.problem.unwrap().contains("has a time"));
    let log = curves(&mut timeless, "log");
    assert!(
        log.panels[0].notes[0].contains("0 or less"),
        "{:?}",
        log.panels[0].notes
    );
}

/// A run whose values are -1, 0 and 1 and whose points have no time.
fn workspace_of_steps() -> Workspace {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    let row = sink.run("a");
    for step in 0..3_u32 {
        let step = f64::from(step);
        let metric = sink.column(Role::Metric, "loss");
        sink.point(row, metric, step, 0, step - 1.0);
    }
    sink.finish();
    workspace
}

#[test]
fn a_place_among_curves_finds_its_run_in_all_panels() {
    let mut workspace = with_curves();
    selected(&mut workspace, None);
    curves(&mut workspace, "");
    // The lowest curve lies near the lower edge at its end.
    let near = curve_at(
        &mut workspace,
        CurvePlace {
            panel: 1,
            x: 299.0,
            y: Some(95.0),
            ..CurvePlace::default()
        },
    )
    .unwrap();
    assert_eq!((near.row, near.x_text.as_str()), (0, "step 9"));
    assert_eq!(near.values.len(), 2);
    let value = near.values[0].as_ref().unwrap();
    assert_eq!(value.text, "0.1");
    assert!(value.path.starts_with('M') && value.at.is_some());
    // Nothing is near the middle of the upper edge.
    let far = CurvePlace {
        x: 250.0,
        y: Some(2.0),
        ..CurvePlace::default()
    };
    assert_eq!(curve_at(&mut workspace, far), None);
    // Keys begin with the best and go from point to point, to the end.
    let first = curve_at(&mut workspace, CurvePlace::default()).unwrap();
    assert_eq!((first.row, first.x_text.as_str()), (0, "step 0"));
    let next = CurvePlace {
        row: Some(first.row),
        x: first.x,
        by: 1,
        ..CurvePlace::default()
    };
    let next = curve_at(&mut workspace, next).unwrap();
    assert_eq!(next.x_text, "step 1");
    let last = CurvePlace {
        row: Some(0),
        x: 300.0,
        by: 5,
        ..CurvePlace::default()
    };
    assert_eq!(curve_at(&mut workspace, last).unwrap().x_text, "step 9");
    // A run without points is nowhere; a place of a panel that is not there neither.
    let without = CurvePlace {
        row: Some(3),
        ..CurvePlace::default()
    };
    assert_eq!(curve_at(&mut workspace, without), None);
    let beyond = CurvePlace {
        panel: 9,
        ..CurvePlace::default()
    };
    assert_eq!(curve_at(&mut workspace, beyond), None);
}

#[test]
fn groups_of_curves_are_bands_with_names() {
    let mut workspace = with_curves();
    selected(
        &mut workspace,
        Some(Grouping::By(vec!["param.end".to_owned()])),
    );
    let single = curves(&mut workspace, "");
    let bands = curves(&mut workspace, "bands");
    assert!(single.grouped && bands.grouped);
    assert_ne!(single.panels[0].pixels, bands.panels[0].pixels);
    assert_eq!(bands.legend[0].label, "end 0.1 (1 run)");
    assert_eq!(bands.legend.len(), 4);
    // Over a metric a run may come to a place several times: what is done then is told.
    assert_eq!((single.drawn, bands.drawn), (None, None));
    let over = curves(&mut workspace, "bands,s50,o:metric.loss");
    let told = over.drawn.unwrap();
    assert!(
        told.contains("faint") && told.contains("At each loss, "),
        "{told}"
    );
    assert_eq!(curves(&mut workspace, "o:metric.loss").drawn, None);
}

/// Four runs of 40 points that jump about levels of 1 to 4: finished, pruned, failed and killed.
fn with_ends() -> Workspace {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    let loss = sink.column(Role::Metric, "loss");
    let ends = [
        (1, "finished", 40),
        (2, "pruned", 20),
        (3, "failed", 30),
        (4, "killed", 10),
    ];
    for (level, status, points) in ends {
        let row = sink.run(status);
        sink.set_status(row, Status::from_word(status));
        for step in 0..points {
            let jump = f64::from(step * 7 % 5) / 10.0;
            sink.point(row, loss, f64::from(step), 0, f64::from(level) + jump);
        }
    }
    sink.finish();
    selected(&mut workspace, None);
    workspace
}

#[test]
fn ends_of_runs_are_marked_by_shapes_where_their_last_points_are() {
    let mut workspace = with_ends();
    let picture = curves(&mut workspace, "");
    let labels = |picture: &CurvesPicture| -> Vec<String> {
        picture
            .legend
            .iter()
            .map(|item| item.label.clone())
            .collect()
    };
    assert_eq!(
        labels(&picture),
        [
            "finished: best",
            "▼ last point of 1 of 4 runs, pruned",
            "◆ last point of the best run",
            "✕ last point of 2 of 4 runs, failed or killed",
        ]
    );
    // The failed run's last point, step 29 at about 3.3 of 1 to 4.4.
    let near = |words: &str, x: usize| {
        let mut workspace = with_ends();
        let picture = curves(&mut workspace, words);
        let pixels = picture.panels[0].pixels.0.clone();
        let red = |at: &usize| {
            let pixel = &pixels[4 * at..][..4];
            pixel[3] > 150 && pixel[0] > pixel[2] && pixel[0] > 150
        };
        let columns = x.saturating_sub(3)..(x + 4).min(300);
        let all = columns.flat_map(|x| (0..100).map(move |y| y * 300 + x));
        all.filter(red).count()
    };
    let x = 29 * 300 / 39;
    assert!(near("", x) >= 12, "{}", near("", x));
    assert_eq!(near("", 150), 0);
    // A part in which they do not end has no marks at its ends.
    assert_eq!(near("z11:25", 299), 0);
    // Groups as bands are no runs.
    selected(
        &mut workspace,
        Some(Grouping::By(vec!["attribute.status".to_owned()])),
    );
    let bands = curves(&mut workspace, "bands");
    assert!(
        labels(&bands)
            .iter()
            .all(|label| !label.contains("last point"))
    );
}

#[test]
fn smoothed_values_are_those_of_the_whole_curve_whatever_part_is_shown() {
    let mut workspace = with_ends();
    for (word, told) in [
        ("exponential", "exponential mean, 0.8"),
        ("gaussian", "Gaussian mean, σ 2.5 points"),
        ("median", "running median, 9 points"),
    ] {
        let mut text = |part: &str, x: f64| {
            let picture = curves(&mut workspace, &format!("s80,{word}{part}"));
            let smoothed = picture.drawn.unwrap();
            assert!(smoothed.contains(told), "{smoothed}");
            let place = CurvePlace {
                row: Some(0),
                x,
                ..CurvePlace::default()
            };
            let run = curve_at(&mut workspace, place).unwrap();
            assert_eq!(run.x_text, "step 15");
            let value = run.values[0].clone().unwrap();
            (value.text, value.path.len())
        };
        let whole = text("", 15.0 / 39.0 * 300.0);
        let part = text(",z10:20", 150.0);
        assert_eq!(whole.0, part.0);
        assert!(whole.0.contains(" smoothed, 1 logged"), "{}", whole.0);
        assert!(part.1 < whole.1);
    }
    assert_eq!(curves(&mut workspace, "median").drawn, None);
}

/// A run whose accuracy goes up to 4 at step 4 and back to 0 at step 8, logged at even steps but for the last, and whose loss
/// falls from 9 at each step; one that has no accuracy; and one that has it without steps.
fn with_turns() -> Workspace {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    let loss = sink.column(Role::Metric, "loss");
    let accuracy = sink.column(Role::Metric, "accuracy");
    for name in ["turns", "alone", "numbered"] {
        let row = sink.run(name);
        for step in 0..10_u32 {
            let at = f64::from(step);
            sink.point(row, loss, at, 0, 9.0 - at);
            if name == "turns" && step % 2 == 0 {
                // Of two at a step the later counts.
                sink.point(row, accuracy, at, 0, 77.0);
                sink.point(row, accuracy, at, 0, 4.0 - (at - 4.0).abs());
            }
            if name == "numbered" {
                sink.point(row, accuracy, f64::NAN, 0, 3.0);
            }
        }
    }
    sink.finish();
    selected(&mut workspace, None);
    workspace
}

#[test]
fn curves_run_over_another_metric_of_the_same_step() {
    let mut workspace = with_turns();
    let picture = curves(&mut workspace, "o:metric.accuracy");
    assert_eq!(
        (picture.x_title.as_str(), ends(&picture.x)),
        ("accuracy", (0.0, 4.0))
    );
    // What runs along the axis has no panel unasked.
    assert_eq!(picture.panels.len(), 1);
    assert_eq!(picture.others, ["accuracy"]);
    let panel = &picture.panels[0];
    assert_eq!(
        panel.notes,
        ["25 of 30 points at a step at which the run has no accuracy"]
    );
    // Points without a partner do not stretch the other axis: those of steps 0 to 8 have one.
    assert_eq!(ends(&panel.y), (1.0, 9.0));
    // It comes through the middle at steps 2 and 6, and between them nothing is painted.
    let alpha = |y: usize| panel.pixels.0[4 * (y * 300 + 150) + 3];
    let painted = |from: f64, to: f64| {
        let place = |value: f64| (100.0 - (value - 1.0) / 8.0 * 86.0 - 7.0) as usize;
        (place(to)..place(from)).any(|y| alpha(y) > 100)
    };
    assert!(painted(6.5, 7.5) && painted(2.5, 3.5), "both ways");
    assert!(!painted(3.6, 6.4), "not what lies between");
    // A part of it.
    let part = curves(&mut workspace, "o:metric.accuracy,z1:3");
    assert_eq!(part.part.as_deref(), Some("accuracy 1 to 3 of 0 to 4"));
    assert_eq!(ends(&part.panels[0].y), (2.0, 8.0));
    // What is no metric with a curve is told.
    let wrong = curves(&mut workspace, "o:metric.nothing");
    assert_eq!(wrong.x_title, "step");
    assert!(wrong.problem.unwrap().contains("no curve"));
}

/// A loss that falls from 10,000 to a ten thousandth while an accuracy grows by 1 a step.
fn with_decades() -> Workspace {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    let loss = sink.column(Role::Metric, "loss");
    let accuracy = sink.column(Role::Metric, "accuracy");
    let row = sink.run("falls");
    for step in 0..9_i32 {
        let at = f64::from(step);
        sink.point(row, loss, at, 0, libm::pow(10.0, 4.0 - at));
        sink.point(row, accuracy, at, 0, at);
    }
    sink.finish();
    selected(&mut workspace, None);
    workspace
}

#[test]
fn a_metric_that_spans_decades_runs_along_a_logarithmic_axis() {
    let mut workspace = with_decades();
    let is_log = |picture: &CurvesPicture| {
        matches!(
            picture.x,
            Axis::Numbers {
                spacing: Spacing::Log,
                ..
            }
        )
    };
    let near = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-9;
    let picture = curves(&mut workspace, "o:metric.loss");
    assert!(is_log(&picture));
    let (low, high) = ends(&picture.x);
    assert!(near(low, 1e-4) && near(high, 1e4), "{low} to {high}");
    assert!(near(picture.whole.low, 1e-4) && near(picture.whole.high, 1e4));
    // Powers of ten are as far apart, and what is pointed at is told as it was logged.
    let place = CurvePlace {
        x: 150.0,
        y: Some(50.0),
        ..CurvePlace::default()
    };
    let run = curve_at(&mut workspace, place.clone()).unwrap();
    assert_eq!(run.x_text, "loss 1, step 4");
    assert!((run.x - 150.0).abs() < 1e-6);
    // A part of it is said in values.
    let part = curves(&mut workspace, "o:metric.loss,z0.01:100");
    let told = part.part.clone().unwrap();
    assert!(told.starts_with("loss 0.01 to 100 of "), "{told}");
    assert_eq!(ends(&part.panels[0].y), (2.0, 6.0));
    assert_eq!(
        curve_at(&mut workspace, place.clone()).unwrap().x_text,
        "loss 1, step 4"
    );
    // As it was before, where that is asked.
    let even = curves(&mut workspace, "o:metric.loss,xlin");
    assert!(!is_log(&even));
    let run = curve_at(
        &mut workspace,
        CurvePlace {
            x: 299.0,
            y: Some(92.0),
            ..place
        },
    )
    .unwrap();
    assert_eq!(run.x_text, "loss 10000, step 0");
    // Of numbers that begin at 0 only if asked: those that are not positive have no place then.
    let mut turns = with_turns();
    assert!(!is_log(&curves(&mut turns, "o:metric.accuracy")));
    let asked = curves(&mut turns, "o:metric.accuracy,xlog");
    assert!(is_log(&asked));
    let (low, high) = ends(&asked.x);
    assert!(near(low, 2.0) && near(high, 4.0), "{low} to {high}");
    let notes = &asked.panels[0].notes;
    let without = "2 points without a place on the axis, not drawn";
    assert!(notes.iter().any(|note| note == without), "{notes:?}");
    // Steps have no such axis.
    assert!(!is_log(&curves(&mut workspace, "xlog")));
}

#[test]
fn a_line_that_turns_back_is_pointed_at_and_gone_along_in_order_of_steps() {
    let mut workspace = with_turns();
    curves(&mut workspace, "m:.,o:metric.accuracy");
    let point = |workspace: &mut Workspace, x: f64, y: f64| {
        let place = CurvePlace {
            x,
            y: Some(y),
            ..CurvePlace::default()
        };
        curve_at(workspace, place)
    };
    // Loss 7 and loss 3, both at accuracy 2.
    let height = |loss: f64| 7.0 + (9.0 - loss) / 8.0 * 86.0;
    let early = point(&mut workspace, 150.0, height(7.0)).unwrap();
    assert_eq!(
        (early.row, early.x_text.as_str()),
        (0, "accuracy 2, step 2")
    );
    let late = point(&mut workspace, 150.0, height(3.0)).unwrap();
    assert_eq!(
        (late.x_text.as_str(), late.x),
        ("accuracy 2, step 6", 150.0)
    );
    assert_eq!(late.values[0].as_ref().unwrap().text, "3");
    assert_eq!(late.values[1].as_ref().unwrap().text, "2");
    assert!(point(&mut workspace, 20.0, height(5.0)).is_none());
    // Keys go from one that has a partner to the next, whichever way the line goes.
    let first = curve_at(&mut workspace, CurvePlace::default()).unwrap();
    assert_eq!(first.x_text, "accuracy 0, step 0");
    let mut texts = Vec::new();
    let mut near = first;
    for _ in 0..5 {
        let next = CurvePlace {
            row: Some(near.row),
            x: near.x,
            step: Some(near.step),
            by: 1,
            ..CurvePlace::default()
        };
        near = curve_at(&mut workspace, next).unwrap();
        texts.push(near.x_text.clone());
    }
    let want = [(2, 2), (4, 4), (2, 6), (0, 8), (0, 8)];
    assert_eq!(
        texts,
        want.map(|(x, step)| format!("accuracy {x}, step {step}"))
    );
    // Smoothed values are those of all points, with a partner or not.
    curves(&mut workspace, "m:loss,o:metric.accuracy,s80,median");
    let smoothed = point(&mut workspace, 150.0, height(3.0)).unwrap();
    let text = &smoothed.values[0].as_ref().unwrap().text;
    assert!(text.contains("smoothed, 3 logged"), "{text}");
    // A run that has none of it is nowhere.
    let without = CurvePlace {
        row: Some(1),
        ..CurvePlace::default()
    };
    assert_eq!(curve_at(&mut workspace, without), None);
}
