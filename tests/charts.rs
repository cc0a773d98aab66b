//! Every chart as it is saved, byte for byte: `tests/fixtures/charts` holds the pictures, of plain runs and of odd ones
//! (all NaN, one run, all alike, 300 categories, negative numbers on a logarithmic axis).
//!
//! `RUNSIFT_WRITE_CHARTS=1 cargo test --test charts` writes them anew: look at each that changed.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use runsift::chart::absence::MISSING;
use runsift::chart::axis::Axis;
use runsift::chart::bars::{self, Bar, Bars};
use runsift::chart::effect::{EffectBin, ParamEffect};
use runsift::chart::heat::Heat;
use runsift::chart::number::{percent, short_number};
use runsift::chart::rates::{self, RateBar, Rates};
use runsift::chart::scatter::{
    self, Dot, FOREMOST, OTHERS, SHADE, Scatter, ScatterAxis, ScatterLine,
};
use runsift::chart::surface::{self, PairSurface};
use runsift::chart::svg::{Chart, Drawn, Paper, Plate, Style, svg};
use runsift::chart::swarm::{self, Swarm, SwarmParam};
use runsift::chart::timeline::{self, Timeline};
use runsift::engine::Workspace;
use runsift::engine::protocol::{
    Answer, Ask, CurvesPicture, CurvesQuestion, CurvesView, DistributionsQuestion, ScatterView,
    SelectQuestion, SpacePicture, SpaceQuestion,
};
use runsift::engine::saved::{curves_plate, matrix_plate, slices_plate, space_plate};
use runsift::engine::view::{Center, Direction, Objective, Statistic, Until};
use runsift::ledger::{Ledger, Role, RunSink, Status, ValueRef};
use std::path::PathBuf;

#[path = "charts/categories.rs"]
mod categories;
#[path = "charts/distributions.rs"]
mod distributions;

/// Numbers of a kind, by run.
type Numbers = fn(usize) -> f64;

/// The odd ones, and a plain one: name, how many runs, and their numbers.
const KINDS: [(&str, usize, Numbers); 5] = [
    ("plain", 40, |run| {
        (run * 17 % 40) as f64 / 40.0 + (run % 3) as f64 / 10.0
    }),
    ("nan", 12, |_| f64::NAN),
    ("one", 1, |_| 0.25),
    ("constant", 12, |_| 3.0),
    ("negative", 24, |run| (run as f64 - 12.0) * 1e3),
];

/// Holds a picture against its file.
fn holds(name: &str, plate: &Plate, style: &Style) {
    let (text, part) = svg(plate, style);
    assert!(part.is_finite() && part > 0.0, "{name} has no height");
    // Texts may say NaN; places may not.
    for tag in text.split('<').filter_map(|rest| rest.split('>').next()) {
        for odd in ["NaN", "inf", "var(", "script", "class="] {
            assert!(!tag.contains(odd), "{name} has {odd} in it: <{tag}>");
        }
    }
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/charts");
    let file = folder.join(format!("{name}.svg"));
    if std::env::var_os("RUNSIFT_WRITE_CHARTS").is_some() {
        std::fs::write(&file, &text).unwrap();
        return;
    }
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    if known == text {
        return;
    }
    let mut lines = known.lines().zip(text.lines()).enumerate();
    let (line, (was, is)) = lines
        .find(|(_, (was, is))| was != is)
        .unwrap_or((0, ("(other lines)", "(other lines)")));
    panic!(
        "{name} is drawn otherwise than tests/fixtures/charts/{name}.svg has it, from line {} on:\n  was {was}\n  is  {is}\n\
         If that is wanted: RUNSIFT_WRITE_CHARTS=1 cargo test --test charts, and look at it.",
        line + 1
    );
}

/// One chart, so wide and high.
fn plate(title: &str, size: (f64, f64), marks: Vec<runsift::chart::marks::Mark>) -> Plate {
    Plate {
        title: title.to_owned(),
        charts: vec![Chart {
            size,
            is_rows: ["Importance", "Interactions", "Broken"].contains(&title),
            marks,
            ..Chart::default()
        }],
        caption: vec!["Caption · 3 of 4 runs · made with runsift".to_owned()],
        ..Plate::default()
    }
}

#[test]
fn scatters() {
    for (kind, runs, of) in KINDS {
        let axis = |name: &str, number: &dyn Fn(usize) -> f64| {
            ScatterAxis::new(name, (0..runs).map(number), false).counted((0..runs).map(number))
        };
        let wide = |run: usize| libm::pow(10.0, of(run).clamp(-9.0, 9.0));
        let dot = |run: usize| Dot {
            x: wide(run),
            y: of(run),
            class: if run.is_multiple_of(5) { 0 } else { OTHERS },
            size: (kind == "plain").then_some((run % 9) as u8),
            row: run as u32,
        };
        let scatter = Scatter {
            x: axis("learning rate", &wide),
            y: axis("loss", &of),
            dots: (0..runs).map(dot).collect(),
            lines: vec![ScatterLine {
                class: 4,
                points: (0..runs.min(4)).map(|run| (wide(run), of(run))).collect(),
                is_stepped: true,
            }],
            named: vec![(wide(0), of(0), "knee & <best>".to_owned())],
        };
        let size = (scatter::WIDTH, scatter::HEIGHT);
        holds(
            &format!("scatter-{kind}"),
            &plate("Loss by learning rate", size, scatter.marks()),
            &Style::default(),
        );
    }
}

#[test]
fn effects() {
    let many = ("categories", 300, (|run| run as f64) as Numbers);
    for (kind, runs, of) in KINDS.into_iter().chain([many]) {
        let bins = if kind == "categories" {
            300
        } else {
            runs.min(6)
        };
        let bin = |at: usize| EffectBin {
            from: at as f64 / bins as f64,
            to: (at + 1) as f64 / bins as f64,
            label: format!("value {at}"),
            value: of(at),
            low: (bins < 20 && kind != "one").then(|| of(at) - 0.1),
            high: (bins < 20 && kind != "one").then(|| of(at) + 0.1),
            is_good: at == 0,
        };
        let effect = ParamEffect {
            name: "dropout".to_owned(),
            is_ordered: kind != "categories",
            is_log: false,
            maximize: false,
            marks: (0..bins)
                .map(|at| ((at as f64 + 0.5) / bins as f64, format!("value {at}")))
                .collect(),
            bins: (0..bins).map(bin).collect(),
            points: (0..runs)
                .map(|run| (run as f64 / runs as f64, of(run)))
                .collect(),
            runs,
            words: Vec::new(),
        };
        // What a forest of NaN says is refused before there is a picture.
        if kind != "nan" {
            let (size, (marks, _)) = (effect.size(false), effect.marks(false));
            let plate = plate("Effect of dropout", size, marks);
            holds(&format!("effect-{kind}"), &plate, &Style::default());
        }
    }
}

#[test]
fn surfaces() {
    for (kind, runs, of) in KINDS {
        if kind == "nan" {
            continue;
        }
        let marks = || vec![(0.0, "1e-5".to_owned()), (1.0, "0.1".to_owned())];
        let surface = PairSurface {
            cells: <[Vec<String>; 2]>::default(),
            a: ("learning rate".to_owned(), marks()),
            b: ("optimizer".to_owned(), marks()),
            rows: 6,
            columns: 5,
            values: (0..30).map(of).collect(),
            spread: (0..30).map(|at| of(at).abs() / 3.0).collect(),
            points: (0..runs)
                .map(|run| (run as f64 / runs as f64, (run % 7) as f64 / 6.0))
                .collect(),
            runs,
            lacking: 0,
        };
        let size = (surface::WIDTH, surface::HEIGHT);
        let style = Style {
            paper: Paper::Dark,
            ..Style::default()
        };
        holds(
            &format!("surface-{kind}"),
            &plate("Both together", size, surface.marks()),
            &style,
        );
    }
}

#[test]
fn swarms() {
    for (kind, runs, of) in KINDS {
        if kind == "nan" {
            continue;
        }
        let param = |name: &str, categories: usize| SwarmParam {
            name: name.to_owned(),
            categories: (0..categories).map(|at| format!("c{at}")).collect(),
            points: (0..runs)
                .map(|run| {
                    let place = (run % 9) as f64 / 8.0;
                    let category = (run % categories.max(1)) as f64;
                    (of(run) - 0.5, if categories > 0 { category } else { place })
                })
                .collect(),
        };
        let swarm = Swarm::new(vec![param("lr", 0), param("model.encoder.layers", 300)]);
        holds(
            &format!("swarm-{kind}"),
            &plate("SHAP", (swarm::WIDTH, swarm.height()), swarm.marks()),
            &Style::default(),
        );
    }
    let none = Swarm::new(Vec::new());
    let size = (swarm::WIDTH, none.height());
    holds(
        "swarm-none",
        &plate("SHAP", size, none.marks()),
        &Style::default(),
    );
}

#[test]
fn shares() {
    let bar = |at: usize, n: usize| RateBar {
        label: format!("optimizer number {at} of the whole list"),
        count: at % (n + 1),
        n,
        low: 0.1,
        high: 0.7,
    };
    for (kind, bars) in [("plain", 4), ("one", 1), ("categories", 300)] {
        let rates = Rates {
            bars: (0..bars).map(|at| bar(at, 5)).collect(),
            overall: 0.3,
        };
        holds(
            &format!("rates-{kind}"),
            &plate("Broken", (rates::WIDTH, rates.height()), rates.marks()),
            &Style::default(),
        );
    }
    let starts: Vec<(i64, bool)> = (0..90)
        .map(|run| (1_700_000_000_000 + run * run * 60_000, run % 7 == 0))
        .collect();
    let line = Timeline::new(&starts).unwrap();
    let size = (timeline::WIDTH, timeline::HEIGHT);
    holds(
        "timeline",
        &plate("Began", size, line.marks()),
        &Style::default(),
    );
    assert!(Timeline::new(&starts[..1]).is_none());
}

#[test]
fn importances() {
    for (kind, runs, of) in KINDS {
        let bar = |at: usize| Bar {
            name: format!("model.encoder.param_{at}"),
            value: Some(of(at)),
            ends: at.is_multiple_of(2).then(|| (of(at) - 0.05, of(at) + 0.05)),
            is_faint: at == 3,
            noise: (at < 4).then_some(0.2),
        };
        let (unit, text): (&str, fn(f64) -> String) = if kind == "negative" {
            ("mean absolute SHAP value", short_number)
        } else {
            ("share of the variance", percent)
        };
        let bars = Bars {
            bars: (0..runs.min(8)).map(bar).collect(),
            unit: unit.to_owned(),
            text,
        };
        let size = (bars::WIDTH, bars.height());
        let style = Style {
            width: 85.0,
            is_printed: true,
            text: 7.0,
            serif: true,
            ..Style::default()
        };
        holds(
            &format!("bars-{kind}"),
            &plate("Importance", size, bars.marks()),
            &style,
        );
    }
    let cell = |row: usize, column: usize| {
        (row != column).then(|| {
            (
                percent((row + column) as f64 / 40.0),
                (row + column) as f64 / 5.0,
            )
        })
    };
    let names = ["lr", "weight decay of all", "optimizer.momentum"];
    let heat = Heat {
        names: names.map(str::to_owned).to_vec(),
        cells: (0..3)
            .map(|row| (0..3).map(|column| cell(row, column)).collect())
            .collect(),
    };
    for (kind, runs, of) in KINDS {
        // Below the diagonal alone, of both signs.
        let many = runs.min(6);
        let cell = |line: usize, column: usize| {
            let value = of(line + column).clamp(-1.0, 1.0);
            let value = if line.is_multiple_of(2) {
                value
            } else {
                -value
            };
            let value = Some(value).filter(|value| value.is_finite());
            Some((
                value.map_or("–".to_owned(), short_number),
                value.unwrap_or(0.0),
            ))
        };
        let heat = Heat {
            names: (0..many)
                .map(|at| format!("model.encoder.param_{at}"))
                .collect(),
            cells: (0..many)
                .map(|line| (0..line).map(|column| cell(line, column)).collect())
                .collect(),
        };
        let size = heat.size();
        let plate = plate("Interactions", size, heat.marks());
        holds(&format!("correlations-{kind}"), &plate, &Style::default());
    }
    let size = heat.size();
    holds(
        "heat",
        &plate("Interactions", size, heat.marks()),
        &Style::default(),
    );
}

/// Runs of the kind with a number, a category, and a curve of five points.
fn workspace(runs: usize, of: Numbers, categories: usize) -> Workspace {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for run in 0..runs {
        let row = sink.run(&format!("run {run}"));
        let category = format!("category {}", run % categories);
        sink.set_named(
            row,
            Role::Param,
            "depth",
            ValueRef::Number((run % 5) as f64),
        );
        sink.set_named(row, Role::Param, "kind", ValueRef::Text(&category));
        sink.set_named(row, Role::Param, "rate", ValueRef::Number(of(run)));
        if runs == 40 && run % 9 == 4 {
            let is_pruned = run % 2 == 0;
            sink.set_status(
                row,
                if is_pruned {
                    Status::Pruned
                } else {
                    Status::Failed
                },
            );
        }
        let metric = sink.column(Role::Metric, "loss");
        for step in 0..5_u32 {
            let value = of(run) + f64::from(step) * 0.01;
            sink.point(row, metric, f64::from(step), 0, value);
        }
    }
    sink.finish();
    let select = SelectQuestion {
        objective: Some(Objective {
            column: "metric.loss".to_owned(),
            direction: Direction::Minimize,
            statistic: Statistic::Last,
            until: Until::End,
            center: Center::Mean,
        }),
        ..SelectQuestion::default()
    };
    workspace.answer(&Ask::Select(Box::new(select)));
    workspace
}

fn space(workspace: &mut Workspace) -> SpacePicture {
    let question = SpaceQuestion {
        width: 640.0,
        height: 300.0,
        density: 1.0,
        traces: true,
        ..SpaceQuestion::default()
    };
    match workspace.answer(&Ask::Space(question)) {
        Answer::Space(picture) => *picture,
        other => panic!("{other:?}"),
    }
}

fn curves(workspace: &mut Workspace, words: &str, is_saved: bool) -> CurvesPicture {
    let question = CurvesQuestion {
        set: CurvesView::from_words(words),
        width: 300.0,
        height: 120.0,
        density: 1.0,
        traces: is_saved,
        ..CurvesQuestion::default()
    };
    match workspace.answer(&Ask::Curves(question)) {
        Answer::Curves(picture) => *picture,
        other => panic!("{other:?}"),
    }
}

#[test]
fn spaces_and_curves() {
    let many = ("categories", 300, (|run| run as f64) as Numbers);
    for (kind, runs, of) in KINDS.into_iter().chain([many]) {
        let categories = if kind == "categories" { 300 } else { 3 };
        let mut workspace = workspace(runs, of, categories);
        let picture = space(&mut workspace);
        if kind == "categories" {
            // The marks of 300 categories: their lines are as those of the others.
            let mut plate = space_plate(&picture, 300.0, &|_, _| None);
            plate.charts[0].layer = None;
            holds("space-categories", &plate, &Style::default());
        } else {
            let plate = space_plate(&picture, 300.0, &|_, _| None);
            let lines = plate.charts[0].layer.as_ref().map(|layer| &layer.drawn);
            let is_all = matches!(lines, Some(Drawn::Traces(all)) if all.len() == runs);
            assert!(is_all || picture.axes.is_empty(), "{kind}");
            holds(&format!("space-{kind}"), &plate, &Style::default());
            let words = match kind {
                "negative" => "log",
                "one" => "s80,median",
                "constant" => "s80,gaussian",
                _ => "s40",
            };
            let picture = curves(&mut workspace, words, true);
            let plate = curves_plate(&picture, (300.0, 120.0), None, &|_, _| None);
            holds(&format!("curves-{kind}"), &plate, &Style::default());
        }
    }
}

#[test]
fn scatter_matrices() {
    for (kind, runs, of) in KINDS {
        let mut workspace = workspace(runs, of, 3);
        let ask = Ask::Scatter {
            dark: false,
            set: ScatterView::from_words(",,,,param.depth,param.rate,metric.loss"),
            filter: String::new(),
        };
        let said = match workspace.answer(&ask) {
            Answer::Scatter(said) => *said,
            other => panic!("{other:?}"),
        };
        let Some(matrix) = &said.matrix else {
            assert!(
                kind != "plain" && kind != "negative",
                "{kind}: {:?}",
                said.words
            );
            continue;
        };
        let plate = matrix_plate(matrix, &said.words, &|width, pixels| {
            assert_eq!(pixels.0.len() % (4 * width), 0);
            Some("data:image/png;base64,AAAA".to_owned())
        });
        holds(&format!("scatter-matrix-{kind}"), &plate, &Style::default());
    }
}

/// A metric over another that comes back: loss and accuracy at the same steps, the latter not at each.
#[test]
fn curves_over_another_metric() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for run in 0..6 {
        let row = sink.run(&format!("run {run}"));
        for step in 0..24 {
            let at = f64::from(step);
            let (loss, accuracy) = (
                sink.column(Role::Metric, "loss"),
                sink.column(Role::Metric, "accuracy"),
            );
            sink.point(row, loss, at, 0, 1.0 + f64::from(run) / 9.0 - at / 40.0);
            if step % 3 > 0 {
                let value = if step == 22 {
                    f64::NAN
                } else {
                    (12.0 - (at - 12.0).abs()) / 12.0
                };
                sink.point(row, accuracy, at, 0, value);
            }
        }
    }
    sink.finish();
    workspace.answer(&Ask::Select(Box::default()));
    let picture = curves(&mut workspace, "o:metric.accuracy", true);
    let plate = curves_plate(&picture, (300.0, 120.0), None, &|_, _| None);
    holds("curves-over", &plate, &Style::default());
    let picture = curves(&mut workspace, "o:metric.accuracy,xlog", true);
    let plate = curves_plate(&picture, (300.0, 120.0), None, &|_, _| None);
    holds("curves-over-log", &plate, &Style::default());
}

#[test]
fn what_has_no_number_and_what_spans_decades_around_0() {
    let odd = [MISSING, f64::NAN, f64::NEG_INFINITY, f64::INFINITY];
    let number = |run: usize, first: usize| {
        let x = odd.get(run.wrapping_sub(first)).copied();
        x.unwrap_or((run * 7 % 24) as f64)
    };
    let axis = |name: &str, first: usize| {
        let numbers = || (0..24).map(move |run| number(run, first));
        ScatterAxis::new(name, numbers(), false).counted(numbers())
    };
    let dot = |run: usize| Dot {
        x: number(run, 4),
        y: number(run, 12),
        class: if run == 20 {
            FOREMOST + 5
        } else {
            SHADE + 4 * run as u8
        },
        size: None,
        row: run as u32,
    };
    let scatter = Scatter {
        x: axis("warmup", 4),
        y: axis("loss", 12),
        dots: (0..24).map(dot).collect(),
        lines: Vec::new(),
        named: Vec::new(),
    };
    let size = (scatter::WIDTH, scatter::HEIGHT);
    let plate = plate("Loss by warmup", size, scatter.marks());
    holds("scatter-odd", &plate, &Style::default());
    // Decades with zeros among them, and what is none.
    let of: Numbers = |run| match run % 12 {
        0 => 0.0,
        4 => f64::NAN,
        7 => f64::INFINITY,
        9 => f64::NEG_INFINITY,
        at => libm::pow(10.0, -(at as f64) / 2.0),
    };
    let mut workspace = workspace(48, of, 3);
    let plate = space_plate(&space(&mut workspace), 300.0, &|_, _| None);
    holds("space-odd", &plate, &Style::default());
    let ask = Ask::Distributions(DistributionsQuestion {
        slices: 3,
        ..DistributionsQuestion::default()
    });
    match workspace.answer(&ask) {
        Answer::Distributions(said) => holds("slices-odd", &slices_plate(&said), &Style::default()),
        other => panic!("{other:?}"),
    }
    let picture = curves(&mut workspace, "log,symlog", true);
    let plate = curves_plate(&picture, (300.0, 120.0), None, &|_, _| None);
    holds("curves-symlog", &plate, &Style::default());
}

#[test]
fn lines_are_told_where_they_are_asked_for_and_few() {
    let (_, _, plain) = KINDS[0];
    let mut few = workspace(40, plain, 3);
    assert!(curves(&mut few, "", false).panels[0].traces.is_empty());
    // 40 runs, the best of them once more, and the marks of pruned ones, of the best and of failed ones.
    assert_eq!(curves(&mut few, "", true).panels[0].traces.len(), 44);
    assert_eq!(space(&mut few).traces.len(), 40);
    let mut many = workspace(6000, plain, 3);
    assert!(curves(&mut many, "", true).panels[0].traces.is_empty());
    let picture = space(&mut many);
    assert!(picture.traces.is_empty() && picture.shown == 6000);
    let plate = space_plate(&picture, 300.0, &|width, pixels| {
        assert_eq!(pixels.0.len(), 4 * width * 300);
        Some("data:image/png;base64,AAAA".to_owned())
    });
    let (text, _) = svg(&plate, &Style::default());
    assert!(text.contains("<image x=\"0\" y=\"0\" width=\"640\" height=\"300\""));
}

#[test]
fn scatters_by_value_and_by_rank() {
    let along = |at: u32| f64::from(at % 3) + f64::from(at * 7 % 11) / 40.0 - 0.13;
    let up = |at: u32| f64::from(at * at) / 100.0;
    let dots: Vec<Dot> = (0..60)
        .map(|at| Dot {
            x: if at == 7 { MISSING } else { along(at) },
            y: up(at),
            class: if at % 9 == 0 {
                OTHERS
            } else {
                SHADE + at as u8
            },
            size: None,
            row: at,
        })
        .collect();
    let values = ["adam", "lion/with-a-name-that-is-long", "sgd"];
    let steps = Axis::Values {
        values: values.map(str::to_owned).to_vec(),
        rest: 0,
    };
    let (x, y) = (
        || dots.iter().map(|dot| dot.x),
        || dots.iter().map(|dot| dot.y),
    );
    let by_rank = ScatterAxis::new("loss", y(), false).by_rank(y());
    let scatter = Scatter {
        x: ScatterAxis::by_value("optimizer", steps, x()).counted(x()),
        y: by_rank.counted(y()),
        dots: dots.clone(),
        lines: Vec::new(),
        named: Vec::new(),
    };
    let size = (scatter::WIDTH, scatter::HEIGHT);
    let plate = plate("Loss by optimizer", size, scatter.marks());
    holds("scatter-values", &plate, &Style::default());
}
