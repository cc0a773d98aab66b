//! Pictures of curves that are drawn in pieces: for whoever asked, and for nobody.

use super::curves::{curve_at, curves, question, with_curves};
use super::*;
use crate::engine::protocol::{CurvePlace, CurvesView};

#[test]
fn a_picture_of_many_points_is_drawn_in_pieces_and_is_the_same() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    let loss = sink.column(Role::Metric, "loss");
    for run in 0..60_u32 {
        let row = sink.run(&run.to_string());
        sink.set_named(
            row,
            Role::Param,
            "kind",
            ValueRef::Number(f64::from(run % 20)),
        );
        for step in 0..30_000_u32 {
            let value = f64::from(step * 7 % 11 + run) / 3.0;
            sink.point(row, loss, f64::from(step), 0, value);
        }
    }
    sink.finish();
    let by_kind = Grouping::By(vec!["param.kind".to_owned()]);
    for (words, grouping) in [("s90,median", None), ("s60,gaussian,bands", Some(by_kind))] {
        selected(&mut workspace, grouping);
        let whole = curves(&mut workspace, words);
        let question = question(CurvesView::from_words(words));
        let mut run = workspace.begin_curves(&question);
        let mut pieces = 1;
        let drawn = loop {
            // Whoever points meanwhile is answered.
            let near = curve_at(&mut workspace, CurvePlace::default());
            assert_eq!(near.unwrap().x_text, "step 0");
            match workspace.draw_curves(&mut run) {
                Some(drawn) => break drawn,
                None => pieces += 1,
            }
        };
        assert!((3..=8).contains(&pieces), "{pieces}");
        assert_eq!(drawn, whole);
        assert_eq!(drawn.panels.len(), 1);
    }
}

#[test]
fn a_rehearsal_draws_half_of_the_axis_and_leaves_what_is_pointed_at() {
    let mut workspace = with_curves();
    selected(&mut workspace, None);
    let picture = curves(&mut workspace, "");
    let first = |workspace: &mut Workspace| {
        let near = curve_at(workspace, CurvePlace::default());
        near.expect("points").step
    };
    assert_eq!(first(&mut workspace), 0.0);
    let part = picture.middle();
    assert_eq!(part.map(|part| (part.low, part.high)), Some((2.25, 6.75)));
    let question = question(CurvesView {
        zoom: part,
        ..CurvesView::default()
    });
    let mut run = workspace.begin_curves(&question).rehearsed();
    let drawn = workspace.draw_curves(&mut run).expect("so few points");
    assert!(drawn.part.is_some() && drawn.panels != picture.panels);
    assert_eq!(first(&mut workspace), 0.0);
    // One that a person asked for is pointed at.
    let mut run = workspace.begin_curves(&question);
    workspace.draw_curves(&mut run).expect("so few points");
    assert_ne!(first(&mut workspace), 0.0);
}
