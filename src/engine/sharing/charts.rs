//! The charts of a plain report: those of the chosen views, drawn anew of the redacted runs alone, so that nothing else can be
//! in their texts.

use super::compared;
use crate::chart::rates;
use crate::chart::svg::{Chart, Plate, Style, svg};
use crate::chart::timeline;
use crate::engine::Workspace;
use crate::engine::curves::CurvesQuestion;
use crate::engine::info::column_of_key;
use crate::engine::protocol::{
    Answer, Ask, DistributionsQuestion, Failures, ObjectivesQuestion, Pixels, SpaceQuestion,
};
use crate::engine::saved::{
    boxes_plate, cumulative_plate, curves_plate, of_marks, scatter_plate, slices_plate, space_plate,
};
use crate::engine::view::{Tab, View};
use crate::export::{html, png};

/// How wide and high parallel axes are, and a panel of curves.
const SPACE: (f64, f64) = (800.0, 440.0);
const CURVES: (f64, f64) = (340.0, 170.0);

/// Pixels a unit of what is too much to be drawn as lines.
const DENSITY: f64 = 1.5;

/// How many params are drawn of a view.
const MOST_PARAMS: usize = 6;

/// What a picture by itself says of what kind it is; in a page it is known.
const XMLNS: &str = " xmlns=\"http://www.w3.org/2000/svg\"";

/// Writes the charts of a view, of which `about` tells the runs and the objective.
pub(super) fn write(
    workspace: &mut Workspace,
    view: &View,
    tab: Tab,
    importance: Option<&Plate>,
    about: &str,
    out: &mut String,
) {
    let mut plates = match tab {
        Tab::Importance => importance.cloned().into_iter().collect(),
        tab => plates(workspace, view, tab),
    };
    plates.retain(|plate| !plate.charts.is_empty());
    if matches!(tab, Tab::Brief | Tab::Table | Tab::Report | Tab::Run) {
        return;
    }
    let mut title = tab.word().to_owned();
    title[..1].make_ascii_uppercase();
    html::element("h2", &title, out);
    if tab == Tab::Compare {
        out.push_str(&compared::table(workspace));
    } else if plates.is_empty() {
        let why = match tab {
            Tab::Next => "What to run next stands in the interactive report alone.",
            Tab::Importance => {
                "Importance was not told of these runs; the interactive report says why."
            }
            _ => "These runs leave nothing to draw here.",
        };
        html::element("p", why, out);
    }
    let has_curves = tab == Tab::Compare && !plates.is_empty();
    for mut plate in plates {
        // As words of the page they can be found, copied and read aloud.
        let words = std::mem::take(&mut plate.caption);
        let (picture, _) = svg(&plate, &Style::default());
        out.push_str("\n<figure>\n");
        out.push_str(&picture.replacen(XMLNS, "", 1));
        let caption = format!("{} {about}", words.join(" "));
        html::element("figcaption", caption.trim_end(), out);
        out.push_str("</figure>\n");
    }
    if has_curves {
        compared::write_numbers(workspace, out);
    }
}

fn plates(workspace: &mut Workspace, view: &View, tab: Tab) -> Vec<Plate> {
    let image = &|width: usize, pixels: &Pixels| png::address(width, &pixels.0);
    let filter = String::new();
    let colour_of = |workspace: &Workspace| {
        let key = view.look.colour.as_ref();
        key.and_then(|key| column_of_key(workspace.ledger(), key))
    };
    match tab {
        Tab::Space => {
            let ask = Ask::Space(SpaceQuestion {
                axes: view.axes.clone(),
                width: SPACE.0,
                height: SPACE.1,
                density: DENSITY,
                curved: view.curved,
                colour: colour_of(workspace),
                traces: true,
                ..SpaceQuestion::default()
            });
            match workspace.answer(&ask) {
                Answer::Space(said) if !said.axes.is_empty() => {
                    let mut plate = space_plate(&said, SPACE.1, image);
                    plate.caption.push(said.order.clone());
                    vec![plate]
                }
                _ => Vec::new(),
            }
        }
        Tab::Curves => {
            let ask = Ask::Curves(CurvesQuestion {
                colour: colour_of(workspace),
                ..curves_asked(view)
            });
            match workspace.answer(&ask) {
                Answer::Curves(said) => vec![curves_plate(&said, CURVES, None, image)],
                _ => Vec::new(),
            }
        }
        Tab::Compare => {
            let mut asked = curves_asked(view);
            // The first metrics, as the view has them.
            asked.set.pattern.clear();
            asked.beside = true;
            match workspace.answer(&Ask::Curves(asked)) {
                Answer::Curves(said) => {
                    let plate = curves_plate(&said, CURVES, None, image);
                    vec![compared::told(workspace, &said, plate)]
                }
                _ => Vec::new(),
            }
        }
        Tab::Scatter => {
            let set = view.scatter.clone();
            match workspace.answer(&Ask::Scatter {
                set,
                filter,
                dark: false,
            }) {
                Answer::Scatter(said) => {
                    let picture = said.picture.as_ref();
                    let plate = picture.map(|picture| scatter_plate(picture, &said.words, image));
                    plate.into_iter().collect()
                }
                _ => Vec::new(),
            }
        }
        Tab::Objectives => {
            let ask = Ask::Objectives(ObjectivesQuestion {
                filter,
                chosen: view.objectives.clone(),
                axes: (0, 1),
            });
            match workspace.answer(&ask) {
                Answer::Objectives(said) => {
                    let sections = said.sections.iter();
                    let plates = sections.filter_map(|part| {
                        let picture = part.picture.as_ref()?;
                        Some(scatter_plate(picture, &part.words, image))
                    });
                    plates.collect()
                }
                _ => Vec::new(),
            }
        }
        Tab::Distributions => {
            let ask = Ask::Distributions(DistributionsQuestion {
                set: view.distributions.clone(),
                importance: Vec::new(),
                slices: MOST_PARAMS,
            });
            match workspace.answer(&ask) {
                Answer::Distributions(said) => {
                    let mut plates = vec![slices_plate(&said)];
                    if let Some(by) = &said.by {
                        plates.push(boxes_plate(&said, by));
                        plates.push(cumulative_plate(&said, by));
                    }
                    plates
                }
                _ => Vec::new(),
            }
        }
        Tab::Failures => match workspace.answer(&Ask::Failures { filter }) {
            Answer::Failures(said) => failures(&said),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Curves as they are asked for where nothing else is said of them.
fn curves_asked(view: &View) -> CurvesQuestion {
    CurvesQuestion {
        set: view.curves.clone(),
        width: CURVES.0,
        height: CURVES.1,
        density: DENSITY,
        traces: true,
        ..CurvesQuestion::default()
    }
}

fn failures(said: &Failures) -> Vec<Plate> {
    let plate = |title: &str, chart: Chart, words: &str| Plate {
        title: title.to_owned(),
        charts: vec![chart],
        caption: vec![words.to_owned()],
        ..Plate::default()
    };
    let line = said.timeline.as_ref().map(|line| {
        plate(
            "When runs began",
            of_marks("", (timeline::WIDTH, timeline::HEIGHT), line.marks()),
            "Bars: runs that ended, by when they began; at the foot those that broke.",
        )
    });
    let rates = said.params.iter().take(MOST_PARAMS).map(|param| {
        let size = (rates::WIDTH, param.rates.height());
        let chart = Chart {
            is_rows: true,
            ..of_marks("", size, param.rates.marks())
        };
        let chance = if param.is_chance {
            ": no more than chance"
        } else {
            ""
        };
        let words = format!(
            "{}{chance}. Dots: share that broke; lines: 95 % interval (Wilson); from top to bottom: all.",
            param.told
        );
        plate(
            &format!("Share that broke by {}", param.name),
            chart,
            &words,
        )
    });
    line.into_iter().chain(rates).collect()
}
