//! Pictures of pixels with their axes, as they are saved: with lines in place of pixels where these were told.
//!
//! `image` makes the address of a picture that carries pixels in it; only the page can.

use super::curves::CurvesPicture;
use super::distributions::{ByCategory, Distributions};
use super::explained::{ImportanceAnswer, ParamImportance};
use super::lines::LegendItem;
use super::objectives::ScatterPicture;
use super::scatter_matrix::ScatterMatrix;
use super::space::{Pixels, SpacePicture};
use crate::chart::bars::{self, Bar, Bars};
use crate::chart::colour::Hue;
use crate::chart::curve::frame;
use crate::chart::marks::Mark;
use crate::chart::number::{counted, percent};
use crate::chart::parallel_axes::{ParallelAxis, axes};
use crate::chart::scatter::{HEIGHT, WIDTH};
use crate::chart::scatter_matrix;
use crate::chart::svg::{Chart, Drawn, Layer, Plate, Trace};
use crate::chart::{boxes, cumulative, slice};

/// Makes the address of a picture of so many pixels a row.
pub type Image<'a> = &'a dyn Fn(usize, &Pixels) -> Option<String>;

/// Room for marks around curves: at their left, right, top and bottom.
pub const AROUND: (f64, f64, f64, f64) = (64.0, 8.0, 6.0, 20.0);

/// How far apart axes of runs stand at least, in sizes of their text: for about as many letters as seven.
const AXIS_LETTERS: f64 = 4.0;

/// What colours mean.
pub fn legend(items: &[LegendItem]) -> Vec<(Hue, String)> {
    let item = |item: &LegendItem| (Hue::from(item.colour), item.label.clone());
    items.iter().map(item).collect()
}

fn drawn(traces: &[Trace], width: usize, pixels: &Pixels, image: Image<'_>) -> Option<Drawn> {
    if traces.is_empty() {
        image(width, pixels).map(Drawn::Image)
    } else {
        Some(Drawn::Traces(traces.to_vec()))
    }
}

/// The runs as lines across axes, so high.
pub fn space_plate(picture: &SpacePicture, height: f64, image: Image<'_>) -> Plate {
    let size = (picture.units(), height);
    let drawn = drawn(&picture.traces, picture.width, &picture.pixels, image);
    let all: Vec<ParallelAxis<'_>> = picture
        .axes
        .iter()
        .map(|axis| ParallelAxis {
            name: &axis.name,
            axis: &axis.axis,
            x: axis.x,
            ends: axis.ends,
            lanes: axis
                .absent
                .iter()
                .map(|(absence, y, _)| (absence.word(), *y))
                .collect(),
        })
        .collect();
    let gaps = all.windows(2).map(|two| two[1].x - two[0].x);
    let chart = Chart {
        size,
        marks: axes(&all),
        most_text: gaps.reduce(f64::min).map(|gap| gap / AXIS_LETTERS),
        layer: drawn.map(|drawn| Layer {
            at: (0.0, 0.0),
            size,
            is_over: false,
            drawn,
        }),
        ..Chart::default()
    };
    Plate {
        title: "Runs across their params and metrics".to_owned(),
        legend: legend(&picture.legend),
        charts: vec![chart],
        caption: Vec::new(),
    }
}

/// The curves of all panels or of `only` one, each of which is so wide and high.
pub fn curves_plate(
    picture: &CurvesPicture,
    (wide, high): (f64, f64),
    only: Option<usize>,
    image: Image<'_>,
) -> Plate {
    let (left, right, top, bottom) = AROUND;
    let mut caption = Vec::new();
    let panels = picture.panels.iter().enumerate();
    let wanted = panels.filter(|(at, _)| only.is_none_or(|only| only == *at));
    let charts = wanted.map(|(_, panel)| {
        let mut said = format!("{}: {}", panel.name, panel.summary);
        if !panel.notes.is_empty() {
            said.push_str(" Not drawn as lines: ");
            said.push_str(&panel.notes.join("; "));
            said.push('.');
        }
        caption.push(said);
        let drawn = drawn(&panel.traces, panel.width, &panel.pixels, image);
        Chart {
            title: format!("{} over {}", panel.name, picture.x_title),
            size: (left + wide + right, top + high + bottom),
            marks: frame(&picture.x, &panel.y, (left, top), (wide, high)),
            is_rows: false,
            most_text: None,
            layer: drawn.map(|drawn| Layer {
                at: (left, top),
                size: (wide, high),
                is_over: true,
                drawn,
            }),
        }
    });
    Plate {
        charts: charts.collect(),
        title: String::new(),
        legend: legend(&picture.legend),
        caption,
    }
}

/// The dots over two axes.
fn scatter_chart(picture: &ScatterPicture, image: Image<'_>) -> Chart {
    let pixels = picture.pixels.as_ref();
    let drawn = pixels.and_then(|(width, pixels)| image(*width, pixels).map(Drawn::Image));
    Chart {
        size: (WIDTH, HEIGHT),
        marks: picture.scatter.marks(),
        layer: drawn.map(|drawn| Layer {
            at: (0.0, 0.0),
            size: (WIDTH, HEIGHT),
            is_over: false,
            drawn,
        }),
        ..Chart::default()
    }
}

/// They with what is said of them.
pub fn scatter_plate(picture: &ScatterPicture, words: &[String], image: Image<'_>) -> Plate {
    Plate {
        title: picture.title.clone(),
        legend: legend(&picture.legend),
        charts: vec![scatter_chart(picture, image)],
        caption: words.to_vec(),
    }
}

/// Each two of some columns.
pub fn matrix_plate(matrix: &ScatterMatrix, words: &[String], image: Image<'_>) -> Plate {
    let names: Vec<String> = matrix
        .columns
        .iter()
        .map(|(_, name)| name.clone())
        .collect();
    let cells: Vec<Vec<(String, bool)>> = matrix
        .cells
        .iter()
        .map(|line| {
            line.iter()
                .map(|cell| (cell.text.clone(), cell.is_weak))
                .collect()
        })
        .collect();
    let drawn = image(matrix.width, &matrix.pixels).map(Drawn::Image);
    Plate {
        title: "Scatter matrix".to_owned(),
        legend: legend(&matrix.legend),
        charts: vec![Chart {
            size: scatter_matrix::SIZE,
            marks: scatter_matrix::marks(&names, &cells),
            layer: drawn.map(|drawn| Layer {
                at: (0.0, 0.0),
                size: scatter_matrix::SIZE,
                is_over: true,
                drawn,
            }),
            ..Chart::default()
        }],
        caption: words.to_vec(),
    }
}

/// A picture of marks alone.
pub(super) fn of_marks(title: &str, size: (f64, f64), marks: Vec<Mark>) -> Chart {
    Chart {
        title: title.to_owned(),
        size,
        marks,
        ..Chart::default()
    }
}

/// A metric over each param that is drawn.
pub fn slices_plate(said: &Distributions) -> Plate {
    let size = (slice::WIDTH, slice::HEIGHT);
    let slices = said.slices.iter();
    Plate {
        title: format!("{} over each param", said.metric),
        legend: vec![
            (Hue::Part(0.0), "first run".to_owned()),
            (Hue::Part(1.0), "last run".to_owned()),
        ],
        charts: slices
            .map(|of| of_marks(&of.name, size, of.marks()))
            .collect(),
        caption: vec![said.slices_told.clone()],
    }
}

/// What a metric by category is called.
pub fn by_title(said: &Distributions, by: &ByCategory) -> String {
    if by.name.is_empty() {
        said.metric.clone()
    } else {
        format!("{} by {}", said.metric, by.name)
    }
}

/// A metric by category, as boxes.
pub fn boxes_plate(said: &Distributions, by: &ByCategory) -> Plate {
    let size = (boxes::WIDTH, by.boxes.height());
    Plate {
        title: by_title(said, by),
        charts: vec![of_marks("", size, by.boxes.marks())],
        caption: by.words.clone(),
        ..Plate::default()
    }
}

/// Its distribution functions.
pub fn cumulative_plate(said: &Distributions, by: &ByCategory) -> Plate {
    let size = (cumulative::WIDTH, cumulative::HEIGHT);
    Plate {
        title: format!("Distribution functions of {}", by_title(said, by)),
        legend: legend(&by.legend),
        charts: vec![of_marks("", size, by.cumulative.marks())],
        caption: by.cumulative_words.clone(),
    }
}

/// The params' shares, and below them what remains of the whole.
pub fn shares_plate(said: &ImportanceAnswer) -> Plate {
    let bar = |param: &ParamImportance| Bar {
        name: param.of.name.clone(),
        value: Some(param.of.share),
        ends: param.of.low.zip(param.of.high),
        is_faint: param.of.is_noise,
        noise: param.of.noise,
    };
    let rest = Bar {
        name: "Interactions, and the rest".to_owned(),
        value: Some(said.remainder),
        is_faint: true,
        ..Bar::default()
    };
    let bars = Bars {
        bars: said.params.iter().map(bar).chain([rest]).collect(),
        unit: "share of the variance".to_owned(),
        text: percent,
    };
    Plate {
        title: "Share of the predicted variance by param".to_owned(),
        charts: vec![Chart {
            is_rows: true,
            ..of_marks("", (bars::WIDTH, bars.height()), bars.marks())
        }],
        caption: [format!(
            "{} used; single params together {}; {} of the objective's variance is not predicted; whiskers: 80 % intervals by drawing runs again; faint: like noise.",
            counted(said.used, "run"),
            percent(said.sum_of_singles),
            said.r2_oob.map_or_else(
                || "an unknown part".to_owned(),
                |r2| percent((1.0 - r2).clamp(0.0, 1.0))
            )
        )]
        .into_iter()
        .chain(bars.told_of_noise())
        .collect(),
        ..Plate::default()
    }
}
