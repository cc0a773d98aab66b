//! Curves of metrics that span decades, explode, or are not positive.

use super::curves::{curve_at, curves, ends, with_curves};
use super::*;
use crate::chart::axis::Axis;
use crate::chart::colour::Hue;
use crate::chart::scale::Spacing;
use crate::engine::info::column_of_key;
use crate::engine::protocol::{CurvePlace, CurvesPicture, CurvesQuestion, CurvesView};
use crate::ledger::Status;

/// Runs of one group, each with ten points of these values in turn.
fn with_values(runs: &[&[f64]]) -> Workspace {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    let loss = sink.column(Role::Metric, "loss");
    for (number, values) in runs.iter().enumerate() {
        let row = sink.run(&number.to_string());
        sink.set_named(row, Role::Param, "kind", ValueRef::Text("one"));
        for (step, value) in (0..10_u32).zip(values.iter().cycle()) {
            sink.point(row, loss, f64::from(step), 0, *value);
        }
    }
    sink.finish();
    let by = Grouping::By(vec!["param.kind".to_owned()]);
    selected(&mut workspace, Some(by));
    workspace
}

/// The picture with lines coloured by a column.
fn coloured_by(workspace: &mut Workspace, key: &str) -> CurvesPicture {
    let question = CurvesQuestion {
        width: 300.0,
        height: 100.0,
        density: 1.0,
        colour: column_of_key(workspace.ledger(), key),
        traces: true,
        ..CurvesQuestion::default()
    };
    match workspace.answer(&Ask::Curves(question)) {
        Answer::Curves(picture) => *picture,
        other => panic!("{other:?}"),
    }
}

/// The opacity at a part of the height, in the middle.
fn alpha(picture: &CurvesPicture, part: f64) -> u8 {
    let bytes = &picture.panels[0].pixels.0;
    bytes[4 * ((part * 100.0) as usize * 300 + 150) + 3]
}

#[test]
fn a_group_on_a_logarithmic_axis_is_its_geometric_mean_and_deviation() {
    // Mean 1734 and deviation 4051: a band around them would fall below any axis.
    let middle: &[f64] = &[1e2];
    let mut workspace = with_values(&[&[1e4], &[1.0], middle, middle, middle, middle]);
    let picture = curves(&mut workspace, "bands,log");
    assert!(matches!(
        picture.panels[0].y,
        Axis::Numbers {
            spacing: Spacing::Log,
            ..
        }
    ));
    assert!(picture.panels[0].notes.is_empty());
    // The mean lies in the middle, and the band from 5 to 1839, a third of the axis to each side.
    assert_eq!(alpha(&picture, 0.5), 255);
    for (part, is_band) in [(0.1, false), (0.3, true), (0.7, true), (0.9, false)] {
        assert_eq!(alpha(&picture, part) > 0, is_band, "{part}");
    }
    // A linear axis has the mean as it was.
    let linear = curves(&mut with_values(&[&[3.0], &[1.0], &[2.0]]), "bands");
    assert_eq!(alpha(&linear, 0.5), 255);
    // What has no logarithm is told and marked.
    let mut workspace = with_values(&[&[1e4], &[1.0], &[-1.0, f64::NAN]]);
    let notes = &curves(&mut workspace, "bands,log").panels[0].notes;
    assert!(notes[0].starts_with("5 points NaN"), "{notes:?}");
    assert!(notes[1].starts_with("5 points of 0 or less"), "{notes:?}");
}

#[test]
fn a_run_that_explodes_is_left_beyond_the_axis_if_asked_and_told_if_not() {
    let calm: &[f64] = &[1.0, 2.0, 3.0];
    let mut all = [calm; 20];
    all[7] = &[1.0, 1e9, 1e30];
    let mut workspace = with_values(&all);
    let told = " Most values lie between 1 and 3: “Ignore outliers” shows these.";
    let whole = curves(&mut workspace, "").panels.remove(0);
    assert_eq!(whole.hint, told);
    assert!(!whole.summary.contains("Ignore") && whole.notes.is_empty());
    let clipped = curves(&mut workspace, "clip").panels.remove(0);
    assert_eq!(ends(&clipped.y), (1.0, 3.0));
    assert!(matches!(
        clipped.y,
        Axis::Numbers {
            spacing: Spacing::Linear,
            ..
        }
    ));
    assert!(clipped.notes[0].starts_with("6 points beyond the axis (6 above 3, 0 below 1), 3.0 %"));
    let clipped = curves(&mut workspace, "clip,log").panels.remove(0);
    assert_eq!(ends(&clipped.y), (1.0, 3.0));
    assert!(matches!(
        clipped.y,
        Axis::Numbers {
            spacing: Spacing::Log,
            ..
        }
    ));
    // A side on which nothing is far out stays whole: there are the best.
    let mut all = [calm; 40];
    all[7] = &[1e9, 1e30, 1e30];
    all[9] = &[3.0, 2.0, 0.5];
    let clipped = curves(&mut with_values(&all), "clip").panels.remove(0);
    assert_eq!(ends(&clipped.y), (0.5, 3.0));
    // An axis that shows all well is not clipped.
    let ramp: Vec<f64> = (0..10).map(f64::from).collect();
    let clipped = curves(&mut with_values(&[&ramp]), "clip").panels.remove(0);
    assert_eq!(ends(&clipped.y), (0.0, 9.0));
    assert!(clipped.notes.is_empty(), "{:?}", clipped.notes);
    // Values that all matter keep their axis.
    let decades: Vec<f64> = (0..10).map(|at| libm::pow(10.0, f64::from(at))).collect();
    let mut workspace = with_values(&[&decades]);
    assert_eq!(curves(&mut workspace, "log").panels[0].hint, "");
    // Where some are not positive, too.
    let calm: &[f64] = &[-1.0, 2.0, 3.0];
    let mut all = [calm; 20];
    let wide: &[f64] = &[-5e4, 2e4, 9e4];
    assert_eq!(curves(&mut with_values(&[wide; 20]), "").panels[0].hint, "");
    all[7] = &[1.0, -1e9, 1e12];
    assert_eq!(
        curves(&mut with_values(&all), "").panels[0].hint,
        " Most values lie between -1 and 3: “Ignore outliers” shows these."
    );
}

#[test]
fn a_run_that_exploded_and_is_not_shown_covers_nothing_where_it_is_open() {
    let exploded = [1e5, 3e7, 2e9, 7e10, 1e12, 4e13, 9e14, 2e16, 1e17, 5e17];
    let mut workspace = with_values(&[&[0.0, 1.0, 0.5], &exploded]);
    let mut ask = select(None);
    if let Ask::Select(question) = &mut ask {
        question.filter = "max loss < 10".to_owned();
        question.objective = None;
    }
    let Answer::Selected(selected) = workspace.answer(&ask) else {
        panic!("no selection");
    };
    assert_eq!(selected.shown, 1);
    let mut drawn = |run| {
        let question = CurvesQuestion {
            width: 300.0,
            height: 100.0,
            density: 1.0,
            run,
            ..CurvesQuestion::default()
        };
        match workspace.answer(&Ask::Curves(question)) {
            Answer::Curves(picture) => picture.panels[0].pixels.0.clone(),
            other => panic!("{other:?}"),
        }
    };
    // Above the axis there is room of seven pixels, and in it that line.
    let below = |pixels: Vec<u8>| pixels[4 * 300 * 8..].to_vec();
    assert!(
        below(drawn(Some(1))) == below(drawn(None)),
        "a line from above lies over the picture"
    );
}

#[test]
fn a_mean_that_is_of_fewer_runs_in_part_says_so() {
    let ends: Vec<f64> = (0..10)
        .map(|at| if at < 5 { 2.0 } else { f64::NAN })
        .collect();
    let said = |runs: &[&[f64]]| {
        curves(&mut with_values(runs), "bands")
            .panels
            .remove(0)
            .summary
    };
    let told = said(&[&[1.0], &ends, &[1.0]]);
    assert!(
        told.ends_with("a group’s line is of fewer and may jump:  (3 runs), down to 2."),
        "{told}"
    );
    let told = said(&[&[1.0], &[2.0], &[1.0]]);
    assert!(!told.contains("may jump"), "{told}");
}

#[test]
fn lines_have_the_colours_of_a_column() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    let loss = sink.column(Role::Metric, "loss");
    for (number, kind) in ["sgd", "adam", "adam", ""].into_iter().enumerate() {
        let row = sink.run(&number.to_string());
        if !kind.is_empty() {
            sink.set_named(row, Role::Param, "kind", ValueRef::Text(kind));
        }
        sink.set_named(row, Role::Param, "rate", ValueRef::Number(number as f64));
        for step in 0..10_u32 {
            sink.point(row, loss, f64::from(step), 0, number as f64);
        }
    }
    sink.finish();
    selected(&mut workspace, None);
    let picture = coloured_by(&mut workspace, "param.kind");
    let hues: Vec<Hue> = picture.panels[0]
        .traces
        .iter()
        .map(|trace| trace.hue)
        .collect();
    let plain = &hues[..4];
    assert_eq!(
        plain.iter().filter(|hue| **hue == Hue::Class(0)).count(),
        2,
        "{hues:?}"
    );
    assert_eq!(
        plain.iter().filter(|hue| **hue == Hue::Class(1)).count(),
        1,
        "{hues:?}"
    );
    assert_eq!(
        plain.iter().filter(|hue| **hue == Hue::Class(8)).count(),
        1,
        "{hues:?}"
    );
    let labels: Vec<&str> = picture
        .legend
        .iter()
        .map(|item| item.label.as_str())
        .collect();
    for label in ["kind adam", "kind sgd", "other or no kind"] {
        assert!(labels.contains(&label), "{labels:?}");
    }
    let picture = coloured_by(&mut workspace, "param.rate");
    let parts = picture.panels[0].traces.iter().map(|trace| trace.hue);
    assert!(parts.clone().any(|hue| hue == Hue::Part(0.0)));
    assert!(parts.clone().any(|hue| hue == Hue::Part(1.0)));
}

#[test]
fn a_point_is_found_again_in_another_part_and_the_next_one_follows() {
    let mut workspace = with_curves();
    selected(&mut workspace, None);
    curves(&mut workspace, "m:loss");
    let place = |row: usize, step: f64, by: i32| CurvePlace {
        row: Some(row),
        step: Some(step),
        by,
        ..CurvePlace::default()
    };
    let near = curve_at(&mut workspace, place(1, 3.0, 0)).unwrap();
    assert_eq!((near.x_text.as_str(), near.step), ("step 3", 3.0));
    curves(&mut workspace, "m:loss,z2:5");
    let again = curve_at(&mut workspace, place(1, near.step, 0)).unwrap();
    assert_eq!((again.x_text.as_str(), again.x), ("step 3", 100.0));
    let next = curve_at(&mut workspace, place(1, again.step, 1)).unwrap();
    assert_eq!(next.x_text, "step 4");
    // Of a run that is not shown any more nothing is found.
    workspace.answer(&Ask::Select(Box::new(SelectQuestion {
        filter: "end < 0.5".to_owned(),
        ..SelectQuestion::default()
    })));
    curves(&mut workspace, "m:loss");
    assert_eq!(curve_at(&mut workspace, place(1, 3.0, 0)), None);
    assert!(curve_at(&mut workspace, place(0, 3.0, 0)).is_some());
}

#[test]
fn where_no_run_passes_the_filter_there_are_no_axes() {
    let mut workspace = with_curves();
    workspace.answer(&Ask::Select(Box::new(SelectQuestion {
        filter: "end > 100".to_owned(),
        ..SelectQuestion::default()
    })));
    let picture = curves(&mut workspace, "");
    assert!(picture.panels.is_empty());
    assert_eq!(
        (picture.metrics, picture.others.len(), picture.shown),
        (2, 2, 0)
    );
    assert_eq!(
        picture.problem.as_deref(),
        Some("No run passes the filter.")
    );
}

#[test]
fn lines_that_are_kept_to_be_saved_are_those_that_are_not() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for metric in ["loss", "change"] {
        let column = sink.column(Role::Metric, metric);
        for number in 0..9_u32 {
            let row = sink.run(&number.to_string());
            // Two ends are marked.
            match number {
                1 => sink.set_status(row, Status::Failed),
                2 => sink.set_status(row, Status::Pruned),
                _ => {}
            }
            // One ends early, one has other steps, and one breaks.
            let last = if number == 3 { 240 } else { 600 };
            for at in 0..last {
                let step = f64::from(at) * if number == 4 { 1.5 } else { 1.0 };
                let height = if metric == "loss" { 2.0 } else { 0.0 };
                let value = if number == 5 && at == 300 {
                    f64::NAN
                } else {
                    height + libm::sin(f64::from(at * (number + 2)) / 40.0)
                };
                sink.point(row, column, step, 0, value);
            }
        }
    }
    sink.finish();
    selected(&mut workspace, None);
    for words in ["", "z120:300", "z31.5:47.25", "s60", "clip", "log"] {
        let mut drawn = |traces: bool| {
            let question = CurvesQuestion {
                set: CurvesView::from_words(words),
                width: 100.0,
                height: 80.0,
                density: 1.0,
                traces,
                ..CurvesQuestion::default()
            };
            match workspace.answer(&Ask::Curves(question)) {
                Answer::Curves(picture) => picture.panels,
                other => panic!("{other:?}"),
            }
        };
        for (kept, not) in drawn(true).iter().zip(&drawn(false)) {
            assert!(!kept.traces.is_empty() && not.traces.is_empty(), "{words}");
            assert_eq!((&kept.y, &kept.notes), (&not.y, &not.notes), "{words}");
            assert!(kept.pixels == not.pixels, "{words}: {}", kept.name);
        }
    }
}
