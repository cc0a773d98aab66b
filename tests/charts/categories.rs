//! Pictures of params with 300 categories.

use super::{Numbers, holds, plate, workspace};
use runsift::chart::surface::{self, PairSurface};
use runsift::chart::svg::Style;
use runsift::chart::swarm::{self, Swarm, SwarmParam};
use runsift::engine::protocol::{Answer, Ask, ScatterView, Scattered};
use runsift::engine::saved::{matrix_plate, scatter_plate};

/// How many.
const MANY: usize = 300;

const OF: Numbers = |run| (run * 37 % 101) as f64 - (run % MANY) as f64 / 3.0;

fn names() -> impl Iterator<Item = String> {
    (0..MANY).map(|at| format!("category {at}"))
}

fn scattered(words: &str) -> Scattered {
    let ask = Ask::Scatter {
        dark: false,
        set: ScatterView::from_words(words),
        filter: String::new(),
    };
    match workspace(MANY + 30, OF, MANY).answer(&ask) {
        Answer::Scatter(said) => *said,
        other => panic!("{other:?}"),
    }
}

#[test]
fn scatters() {
    let said = scattered("param.kind,metric.loss,param.kind");
    let picture = said.picture.as_ref().unwrap();
    assert!(!picture.scatter.dots.is_empty());
    let plate = scatter_plate(picture, &said.words, &|_, _| None);
    holds("scatter-categories", &plate, &Style::default());
    let said = scattered(",,,,param.kind,param.rate,metric.loss");
    let matrix = said.matrix.as_ref().unwrap();
    let plate = matrix_plate(matrix, &said.words, &|_, _| {
        Some("data:image/png;base64,AAAA".to_owned())
    });
    holds("scatter-matrix-categories", &plate, &Style::default());
}

#[test]
fn swarms() {
    let point = |run: usize| (OF(run) / 100.0, (run % MANY) as f64);
    let swarm = Swarm::new(vec![SwarmParam {
        name: "kind".to_owned(),
        categories: names().collect(),
        points: (0..MANY + 30).map(point).collect(),
    }]);
    let plate = plate("SHAP", (swarm::WIDTH, swarm.height()), swarm.marks());
    holds("swarm-categories", &plate, &Style::default());
}

#[test]
fn surfaces() {
    let middle = |at: usize| (at as f64 + 0.5) / MANY as f64;
    let surface = PairSurface {
        cells: <[Vec<String>; 2]>::default(),
        a: (
            "learning rate".to_owned(),
            vec![(0.0, "1e-5".to_owned()), (1.0, "0.1".to_owned())],
        ),
        b: (
            "kind".to_owned(),
            names()
                .enumerate()
                .map(|(at, name)| (middle(at), name))
                .collect(),
        ),
        rows: 1,
        columns: MANY,
        values: (0..MANY).map(OF).collect(),
        spread: (0..MANY).map(|at| (at % 90) as f64).collect(),
        points: (0..90)
            .map(|run| (run as f64 / 90.0, middle(run * 7 % MANY)))
            .collect(),
        runs: 90,
        lacking: 0,
    };
    // And with the categories up.
    let turned = PairSurface {
        cells: <[Vec<String>; 2]>::default(),
        a: surface.b.clone(),
        b: surface.a.clone(),
        rows: MANY,
        columns: 1,
        spread: Vec::new(),
        points: surface.points.iter().map(|(a, b)| (*b, *a)).collect(),
        ..surface.clone()
    };
    for (name, surface) in [("", surface), ("-up", turned)] {
        let plate = plate(
            "Both together",
            (surface::WIDTH, surface::HEIGHT),
            surface.marks(),
        );
        holds(
            &format!("surface-categories{name}"),
            &plate,
            &Style::default(),
        );
    }
}
