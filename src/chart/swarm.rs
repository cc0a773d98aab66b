//! How params moved the predictions of runs, as a picture (a beeswarm): a row a param, a dot a run at its SHAP value, by
//! shape and colour where the run's own value lies; of many runs bars, as high as there are runs.

use super::marks::{Anchor, Mark};
use super::number::{counted, short_number, shortened};
use super::scale::{Linear, ticks};
use serde::{Deserialize, Serialize};

/// How params moved predictions, those that moved them most first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Swarm {
    /// The params.
    pub params: Vec<SwarmParam>,
    /// How many params there were.
    pub of: usize,
}

/// How one param moved predictions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SwarmParam {
    /// The param.
    pub name: String,
    /// Its categories; none of a numeric one.
    pub categories: Vec<String>,
    /// By run: the SHAP value, and where its own value lies, 0 to 1, or the category's number; NaN where it is not set.
    pub points: Vec<(f64, f64)>,
}

/// Params that are drawn at most.
const MOST_PARAMS: usize = 12;
/// Dots that are drawn at most; of more runs there are bars.
const MOST_DOTS: usize = 3000;
/// The picture's width in units of its own.
pub const WIDTH: f64 = 640.0;
/// Height of a param's row, and of what is below all.
const ROW: (f64, f64) = (34.0, 44.0);
/// Where rows lie: left, right.
const PLOT: (f64, f64) = (120.0, 628.0);
/// A dot's width, and how far dots of one place lie above one another at most.
const DOT: (f64, f64) = (5.0, 4.5);

/// Where a run's value lies: in the lower, middle or upper third of the range.
fn third(place: f64) -> usize {
    ((place * 3.0) as usize).min(2)
}

impl SwarmParam {
    fn size(&self) -> f64 {
        let sum: f64 = self.points.iter().map(|(value, _)| value.abs()).sum();
        sum / self.points.len().max(1) as f64
    }

    /// Mean SHAP values by part: thirds of the range, or categories; then of the runs in which it is not set. Parts
    /// without a run are left out.
    pub fn parts(&self) -> Vec<(String, f64, usize)> {
        let names: Vec<String> = if self.categories.is_empty() {
            ["lower third", "middle third", "upper third"]
                .map(str::to_owned)
                .to_vec()
        } else {
            self.categories.clone()
        };
        let part_of = |place: f64| {
            if place.is_nan() {
                names.len()
            } else if self.categories.is_empty() {
                third(place)
            } else {
                place as usize
            }
        };
        let mut sums = vec![(0.0, 0); names.len() + 1];
        for (value, place) in &self.points {
            if let Some((sum, count)) = sums.get_mut(part_of(*place)) {
                *sum += value;
                *count += 1;
            }
        }
        let names = names.into_iter().chain(["not set".to_owned()]);
        let parts = names.zip(sums).filter(|(_, (_, count))| *count > 0);
        parts
            .map(|(name, (sum, count))| (name, sum / count as f64, count))
            .collect()
    }
}

impl Swarm {
    /// Of params in any order.
    pub fn new(mut params: Vec<SwarmParam>) -> Self {
        let of = params.len();
        order::by(&mut params, |a, b| b.size().total_cmp(&a.size()));
        params.truncate(MOST_PARAMS);
        Self { params, of }
    }

    /// The picture's height.
    pub fn height(&self) -> f64 {
        ROW.0 * self.params.len() as f64 + ROW.1
    }

    /// What it comes to, for the params that moved predictions most.
    pub fn words(&self) -> Vec<String> {
        // Said of the first alone.
        let mut how = " moves predictions most";
        let sentence = |param: &SwarmParam| {
            let parts = param.parts();
            let low = parts.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
            let high = parts.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
            let at = |part: &(String, f64, usize)| {
                format!(
                    "{} by {} on average ({})",
                    part.0,
                    signed(part.1),
                    counted(part.2, "run")
                )
            };
            (parts.len() > 1).then(|| {
                let how = std::mem::take(&mut how);
                format!("{}{how}: {} and {}.", param.name, at(high), at(low))
            })
        };
        self.params.iter().take(3).filter_map(sentence).collect()
    }

    /// The picture.
    pub fn marks(&self) -> Vec<Mark> {
        let (left, right) = PLOT;
        let bottom = ROW.0 * self.params.len() as f64;
        let all = self.params.iter().flat_map(|param| &param.points);
        let (low, high) = all.fold((0.0_f64, 0.0_f64), |(low, high), (value, _)| {
            (low.min(*value), high.max(*value))
        });
        let room = (high - low).max(f64::MIN_POSITIVE) * 0.02;
        let across = Linear::new((low - room, high + room), (left, right));
        let mut marks = Vec::new();
        for tick in ticks(low, high, 5) {
            let x = across.place(tick);
            marks.push(Mark::line("grid", (x, 2.0), (x, bottom)));
            marks.push(Mark::text(
                (x, bottom + 18.0),
                Anchor::Middle,
                &short_number(tick),
            ));
        }
        let zero = across.place(0.0);
        marks.push(Mark::line("zero", (zero, 2.0), (zero, bottom)));
        let dots: usize = self.params.iter().map(|param| param.points.len()).sum();
        for (row, param) in self.params.iter().enumerate() {
            let middle = ROW.0 * (row as f64 + 0.5);
            let name = shortened(&param.name, 16);
            marks.push(Mark::text((left - 8.0, middle + 4.0), Anchor::End, &name));
            let mut bins: Vec<Vec<f64>> = vec![Vec::new(); ((right - left) / DOT.0) as usize + 1];
            for (value, place) in &param.points {
                let bin = ((across.place(*value) - left) / DOT.0).max(0.0) as usize;
                if let Some(bin) = bins.get_mut(bin) {
                    bin.push(*place);
                }
            }
            let most = bins.iter().map(Vec::len).max().unwrap_or(1).max(1);
            for (bin, mut places) in bins.into_iter().enumerate() {
                places.sort_by(f64::total_cmp);
                let x = left + (bin as f64 + 0.5) * DOT.0;
                if dots > MOST_DOTS {
                    param.bar(&places, most, (x, middle), &mut marks);
                } else {
                    param.dots(&places, (x, middle), &mut marks);
                }
            }
        }
        let below = (f64::midpoint(left, right), bottom + 38.0);
        marks.push(Mark::text(
            below,
            Anchor::Middle,
            "SHAP value: how far the prediction moves",
        ));
        marks
    }
}

impl SwarmParam {
    /// Runs of one place above and below the row's middle, from low values to high ones.
    fn dots(&self, places: &[f64], (x, middle): (f64, f64), marks: &mut Vec<Mark>) {
        let step = DOT.1.min((ROW.0 - 4.0) / places.len().max(1) as f64);
        for (number, place) in places.iter().enumerate() {
            let y = middle - (number as f64 - (places.len() - 1) as f64 / 2.0) * step;
            marks.push(if place.is_nan() || !self.categories.is_empty() {
                Mark::circle("dot other", (x, y), 2.2)
            } else {
                dot(third(*place), (x, y)).coloured(*place)
            });
        }
    }

    /// A bar as high as there are runs, in the colour of their mean value.
    fn bar(&self, places: &[f64], most: usize, (x, middle): (f64, f64), marks: &mut Vec<Mark>) {
        if places.is_empty() {
            return;
        }
        let height = ((ROW.0 - 4.0) * places.len() as f64 / most as f64).max(1.0);
        let at = (x - DOT.0 / 2.0, middle - height / 2.0);
        let known: Vec<f64> = places
            .iter()
            .copied()
            .filter(|place| !place.is_nan())
            .collect();
        let class = if known.is_empty() || !self.categories.is_empty() {
            "dot other"
        } else {
            "dot"
        };
        let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
        marks.push(Mark::rect(class, at, (DOT.0, height)).coloured(mean.clamp(0.0, 1.0)));
    }
}

/// A triangle that points down for low values, one that points up for high ones, a circle between.
fn dot(third: usize, (x, y): (f64, f64)) -> Mark {
    match third {
        0 => Mark::path("dot", format!("M{:.1} {:.1}h5l-2.5 4.4z", x - 2.5, y - 2.0)),
        1 => Mark::circle("dot", (x, y), 2.2),
        _ => Mark::path("dot", format!("M{:.1} {:.1}h5l-2.5-4.4z", x - 2.5, y + 2.0)),
    }
}

fn signed(value: f64) -> String {
    let text = short_number((value * 1e4).round() / 1e4);
    if value < 0.0 {
        text.replace('-', "−")
    } else {
        format!("+{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn swarm(runs: usize) -> Swarm {
        let place = |run: usize| run as f64 / (runs - 1) as f64;
        let param = |name: &str, size: f64| SwarmParam {
            name: name.to_owned(),
            categories: Vec::new(),
            points: (0..runs)
                .map(|run| (size * (place(run) - 0.5), place(run)))
                .collect(),
        };
        let optimizer = SwarmParam {
            name: "optimizer".to_owned(),
            categories: vec!["adam".to_owned(), "sgd".to_owned()],
            points: (0..runs)
                .map(|run| {
                    if run % 3 == 0 {
                        (0.0, f64::NAN)
                    } else {
                        (0.1 * (run % 3) as f64 - 0.15, (run % 3 - 1) as f64)
                    }
                })
                .collect(),
        };
        Swarm::new(vec![param("wd", 0.1), optimizer, param("lr", 4.0)])
    }

    #[test]
    fn params_are_told_by_parts_of_their_values() {
        let swarm = swarm(90);
        let names: Vec<&str> = swarm
            .params
            .iter()
            .map(|param| param.name.as_str())
            .collect();
        assert_eq!(names, ["lr", "optimizer", "wd"]);
        let words = swarm.words();
        assert!(
            words[0].starts_with("lr moves predictions most: upper third by +1.3"),
            "{words:?}"
        );
        assert!(
            words[0].contains("(30 runs) and lower third by −1.3"),
            "{words:?}"
        );
        assert!(
            words[1].starts_with("optimizer: sgd by +0.05 on average (30 runs) and adam by −0.05"),
            "{words:?}"
        );
        assert_eq!(swarm.params[1].parts().len(), 3);
    }

    #[test]
    fn dots_tell_low_from_high_by_shape_and_many_runs_become_bars() {
        let dots = swarm(90).marks();
        let of = |marks: &[Mark], element: &str| {
            marks
                .iter()
                .filter(|mark| mark.element == element && mark.attributes[0].1.starts_with("dot"))
                .count()
        };
        // Two numeric params: thirds of 90 runs are triangles, circles, triangles; a category's are circles.
        assert_eq!(
            (of(&dots, "path"), of(&dots, "circle"), of(&dots, "rect")),
            (120, 150, 0)
        );
        let bars = swarm(2000).marks();
        assert_eq!(of(&bars, "path") + of(&bars, "circle"), 0);
        assert!(of(&bars, "rect") > 50 && bars.len() < 400);
    }
}
