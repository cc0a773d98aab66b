//! Interactions of pairs of features.
//!
//! The joint marginal of a forest's mean function is summed over trees on a coarse grid (at most 32 cells a side, or
//! the categories) by a two-dimensional difference array, which is linear, so that only the sum over all trees is ever
//! integrated. What the grid's cells average away is lost: pairs are slightly low, singles and the whole are not
//! touched by it.

use serde::{Deserialize, Serialize};

use super::Settings;
use super::boxes::{Place, Range, Side, visit};
use super::calibration::Slopes;
use super::exact::Decomposition;
use super::prepare::{Feature, Prepared};
use super::resample::Refit;
use super::tree::Tree;

/// Sums over trees for some pairs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct PairSums {
    pub(super) trees: u32,
    /// Difference arrays of the joint marginals, by pair.
    changes: Vec<Vec<f64>>,
    /// By pair, sum of single trees' fractions, where those are wanted.
    pub(super) fractions: Vec<f64>,
}

/// Mean predictions along two parameters, all others averaged out, on a grid over both axes, where both are set.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Surface {
    /// Cells along the first parameter: equal parts of its axis, or its categories.
    pub rows: usize,
    /// Cells along the second.
    pub columns: usize,
    /// By row, then column.
    pub values: Vec<f64>,
}

impl Surface {
    /// The same with the parameters changed about.
    pub(super) fn turned(&self) -> Self {
        let cells =
            (0..self.columns).flat_map(|column| (0..self.rows).map(move |row| (row, column)));
        Self {
            rows: self.columns,
            columns: self.rows,
            values: cells
                .map(|(row, column)| self.values[row * self.columns + column])
                .collect(),
        }
    }
}

impl Surface {
    /// The part of it in which both parameters are set, which is where their values lie.
    pub(super) fn where_set(self, prepared: &Prepared, (a, b): (usize, usize)) -> Self {
        let of = |feature: usize, all: usize| {
            whole_parts(prepared.features[feature].active_coarse_cells(), all)
        };
        let (down, across) = (of(a, self.rows), of(b, self.columns));
        if (down.len(), across.len()) == (self.rows, self.columns) {
            return self;
        }
        let value = |row: &[(usize, f64)], column: &[(usize, f64)]| -> f64 {
            let cells = row
                .iter()
                .flat_map(|one| column.iter().map(move |other| (one, other)));
            let weighed = cells.map(|((row, by_row), (column, by_column))| {
                by_row * by_column * self.values[row * self.columns + column]
            });
            weighed.sum()
        };
        Self {
            rows: down.len(),
            columns: across.len(),
            values: down
                .iter()
                .flat_map(|row| across.iter().map(|column| value(row, column)))
                .collect(),
        }
    }

    /// Takes the values apart into their mean, the two sides' deviations from it and the interaction, and puts so many
    /// `times` of each together again.
    fn restretch(&mut self, measures_a: &[f64], measures_b: &[f64], times: [f64; 4]) {
        let width = self.columns;
        let at = |i: usize, j: usize| self.values[i * width + j];
        let weighted = |measures: &[f64], of: &dyn Fn(usize) -> f64| -> f64 {
            measures
                .iter()
                .enumerate()
                .map(|(i, measure)| measure * of(i))
                .sum()
        };
        let of_rows: Vec<f64> = (0..self.rows)
            .map(|i| weighted(measures_b, &|j| at(i, j)))
            .collect();
        let of_columns: Vec<f64> = (0..width)
            .map(|j| weighted(measures_a, &|i| at(i, j)))
            .collect();
        let mean = weighted(measures_a, &|i| of_rows[i]);
        for (i, row) in self.values.chunks_exact_mut(width.max(1)).enumerate() {
            for (value, of_column) in row.iter_mut().zip(&of_columns) {
                let (side, top) = (of_rows[i] - mean, of_column - mean);
                let interaction = *value - mean - side - top;
                *value =
                    times[0] * mean + times[1] * side + times[2] * top + times[3] * interaction;
            }
        }
    }
}

/// Equal parts of the first so many `cells` of a side, as many as are whole: of each the cells in it and which part of it they are. One
/// that the inactive branch begins in speaks of both, and is left out.
fn whole_parts(cells: f64, all: usize) -> Vec<Vec<(usize, f64)>> {
    // What is a whole number may miss it by rounding.
    let count = ((cells + 1e-9) as usize).clamp(1, all.max(1));
    let width = cells.max(1.0) / count as f64;
    let of_part = |part: usize| {
        let (from, to) = (part as f64 * width, (part + 1) as f64 * width);
        let lies_in = |cell: usize| ((cell + 1) as f64).min(to) - (cell as f64).max(from);
        let inside: Vec<(usize, f64)> = (from as usize..count)
            .map(|cell| (cell, lies_in(cell)))
            .filter(|(_, part)| *part > 1e-9)
            .collect();
        let whole: f64 = inside.iter().map(|(_, part)| part).sum();
        inside
            .into_iter()
            .map(|(cell, part)| (cell, part / whole))
            .collect()
    };
    (0..count).map(of_part).collect()
}

/// How unsure the mean prediction along two features is, by cell as in [`Surface::values`]: its standard deviation over
/// forests of halves of the runs.
pub(super) fn spread(prepared: &Prepared, settings: &Settings, pair: (usize, usize)) -> Surface {
    let surfaces: Vec<Surface> = Refit::all(prepared, settings)
        .iter()
        .map(|refit| {
            let mut sums = PairSums::start(prepared, &[pair]);
            for tree in &refit.trees {
                sums.add_tree(prepared, &[pair], tree);
            }
            sums.mean_added_to(PairSums::start(prepared, &[pair]))
                .surface(prepared, 0, pair)
                .where_set(prepared, pair)
        })
        .collect();
    let count = surfaces.len().max(1) as f64;
    let deviation = |cell: usize| {
        let values = || surfaces.iter().map(|surface| surface.values[cell]);
        let mean = values().sum::<f64>() / count;
        (values().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0)).sqrt()
    };
    let first = surfaces.first().cloned().unwrap_or_default();
    Surface {
        values: (0..first.values.len()).map(deviation).collect(),
        ..first
    }
}

/// Pairs are worked out between features of at most this many cells.
const MOST_CELLS: usize = 64;

/// Whether pairs with the feature can be worked out.
pub(super) fn is_pairable(prepared: &Prepared, feature: usize) -> bool {
    prepared.features[feature].coarse_cells() <= MOST_CELLS
}

impl PairSums {
    /// Empty sums.
    pub(super) fn start(prepared: &Prepared, pairs: &[(usize, usize)]) -> Self {
        let size = |feature: usize| prepared.features[feature].coarse_cells() + 2;
        Self {
            trees: 0,
            changes: pairs
                .iter()
                .map(|&(a, b)| vec![0.0; size(a) * size(b)])
                .collect(),
            fractions: vec![0.0; pairs.len()],
        }
    }

    /// Adds other sums.
    pub(super) fn add(&mut self, other: &Self) {
        self.trees += other.trees;
        for (sums, added) in self.changes.iter_mut().zip(&other.changes) {
            sums.iter_mut()
                .zip(added)
                .for_each(|(sum, add)| *sum += add);
        }
        self.fractions
            .iter_mut()
            .zip(&other.fractions)
            .for_each(|(sum, add)| *sum += add);
    }

    /// Adds a tree's joint marginals.
    pub(super) fn add_tree(&mut self, prepared: &Prepared, pairs: &[(usize, usize)], tree: &Tree) {
        self.trees += 1;
        let cells: Vec<usize> = prepared
            .features
            .iter()
            .map(Feature::coarse_cells)
            .collect();
        let mut paired: Vec<usize> = pairs.iter().flat_map(|&(a, b)| [a, b]).collect();
        paired.sort_unstable();
        paired.dedup();
        let mut edges_of: Vec<Vec<(usize, f64)>> = vec![Vec::new(); cells.len()];
        visit(tree, &Range::of(prepared), |leaf| {
            for &feature in &paired {
                edges(&leaf.sides[feature], cells[feature], &mut edges_of[feature]);
            }
            for (&(a, b), change) in pairs.iter().zip(&mut self.changes) {
                let (side_a, side_b) = (&leaf.sides[a], &leaf.sides[b]);
                let added = leaf.value * leaf.weight / (side_a.measure * side_b.measure);
                for &(cell_a, times_a) in &edges_of[a] {
                    let row = cell_a * (cells[b] + 2);
                    for &(cell_b, times_b) in &edges_of[b] {
                        change[row + cell_b] += added * times_a * times_b;
                    }
                }
            }
        });
    }

    /// Adds a tree's own fractions, as the paper has them.
    pub(super) fn add_fractions(
        &mut self,
        prepared: &Prepared,
        pairs: &[(usize, usize)],
        tree: &Tree,
    ) {
        let decomposition = Decomposition::new(tree, &Range::of(prepared));
        if decomposition.variance > 0.0 {
            self.trees += 1;
            for (&(a, b), fraction) in pairs.iter().zip(&mut self.fractions) {
                *fraction += decomposition.pair(a, b) / decomposition.variance;
            }
        }
    }

    /// The mean over the trees so far, as difference arrays, added to those of another forest.
    pub(super) fn mean_added_to(&self, mut other: Self) -> Self {
        for (sums, added) in other.changes.iter_mut().zip(&self.changes) {
            sums.iter_mut()
                .zip(added)
                .for_each(|(sum, add)| *sum += add / f64::from(self.trees.max(1)));
        }
        other
    }

    /// The joint marginal of the pair with this index, the sums being taken as they are.
    fn surface(&self, prepared: &Prepared, index: usize, (a, b): (usize, usize)) -> Surface {
        let cells = |feature: usize| prepared.features[feature].coarse_cells();
        let is_ordered = |feature: usize| prepared.features[feature].is_ordered();
        let (rows, columns) = (cells(a), cells(b));
        let width = columns + 2;
        let mut joint = self.changes[index].clone();
        if is_ordered(b) {
            for row in joint.chunks_exact_mut(width) {
                (1..width).for_each(|cell| row[cell] += row[cell - 1]);
            }
        }
        if is_ordered(a) {
            (width..joint.len()).for_each(|cell| joint[cell] += joint[cell - width]);
        }
        let values = joint.chunks_exact(width).take(rows);
        Surface {
            rows,
            columns,
            values: values.flat_map(|row| &row[..columns]).copied().collect(),
        }
    }

    /// Variance of the interaction of the pair with this index, the sums being taken as they are.
    pub(super) fn variance(
        &self,
        prepared: &Prepared,
        index: usize,
        (a, b): (usize, usize),
    ) -> f64 {
        let measures = |feature: usize| prepared.features[feature].coarse_measures();
        let (measures_a, measures_b) = (measures(a), measures(b));
        let mut surface = self.surface(prepared, index, (a, b));
        surface.restretch(&measures_a, &measures_b, [0.0, 0.0, 0.0, 1.0]);
        let values = surface.values.chunks_exact(surface.columns.max(1));
        let of_rows = values.zip(&measures_a).map(|(row, measure)| {
            let of_row = row.iter().zip(&measures_b);
            measure
                * of_row
                    .map(|(value, measure)| measure * value * value)
                    .sum::<f64>()
        });
        of_rows.sum()
    }

    /// The joint marginal of the pair with this index of a surrogate whose parts are stretched.
    pub(super) fn stretched_surface(
        &self,
        prepared: &Prepared,
        index: usize,
        (a, b): (usize, usize),
        slopes: &Slopes,
    ) -> Surface {
        let measures = |feature: usize| prepared.features[feature].coarse_measures();
        let mut surface = self.surface(prepared, index, (a, b));
        let times = [
            1.0,
            slopes.singles[a],
            slopes.singles[b],
            slopes.interactions,
        ];
        surface.restretch(&measures(a), &measures(b), times);
        surface
            .values
            .iter_mut()
            .for_each(|value| *value += slopes.shift);
        surface
    }
}

/// Where a side begins (+) and ends (-) on a grid; its edges' cells in part. Categories are themselves.
fn edges(side: &Side, cells: usize, out: &mut Vec<(usize, f64)>) {
    out.clear();
    match side.place {
        Place::Between(from, to) => {
            for (edge, sign) in [(from, 1.0), (to, -1.0)] {
                let place = edge * cells as f64;
                let cell = (place as usize).min(cells);
                let left = (place - cell as f64).clamp(0.0, 1.0);
                out.push((cell, sign * (1.0 - left)));
                if left > 0.0 {
                    out.push((cell + 1, sign * left));
                }
            }
        }
        Place::Among(set) => out.extend(set.iter().map(|code| (code, 1.0))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Column, Design, ImportanceJob, Parameter, run_task};

    #[test]
    fn parts_of_a_side_end_where_the_inactive_branch_begins() {
        let all = whole_parts(4.0, 4);
        assert_eq!(all, (0..4).map(|at| vec![(at, 1.0)]).collect::<Vec<_>>());
        // Three cells and a half: a part is a cell and a sixth, and the last is what is whole of it.
        let some = whole_parts(3.5, 8);
        let told: Vec<Vec<usize>> = some
            .iter()
            .map(|part| part.iter().map(|(cell, _)| *cell).collect())
            .collect();
        assert_eq!(told, [vec![0, 1], vec![1, 2], vec![2]]);
        assert!((some[0][0].1 - 6.0 / 7.0).abs() < 1e-12, "{some:?}");
        assert_eq!(whole_parts(0.25, 8), [vec![(0, 1.0)]]);
    }

    /// The least lies at 0.6 of a parameter that only runs of the first of two kinds have, and drew from 0.2 to 0.8.
    #[test]
    fn the_surface_of_a_conditional_parameter_lies_on_the_axis_of_its_values() {
        let place = |run: u32| f64::from(run * 37 % 120) / 119.0;
        let momentum = |run: u32| match run % 2 {
            0 => 0.2 + 0.6 * place(run / 2),
            _ => f64::NAN,
        };
        let objective = |run: u32| match run % 2 {
            0 => (momentum(run) - 0.6).powi(2) * 20.0,
            _ => 3.0,
        };
        let numbers = (0..240).map(momentum).collect();
        let design = Design {
            parameters: vec![
                Parameter::ranged("momentum", numbers, 0.0, 1.0, false),
                Parameter::category("kind", (0..240).map(|run| run % 2).collect()),
                Parameter {
                    values: Column::Codes(
                        (0..240)
                            .map(|run| {
                                if run % 3 == 0 {
                                    Column::NO_CATEGORY
                                } else {
                                    run % 5
                                }
                            })
                            .collect(),
                    ),
                    ..Parameter::category("schedule", vec![0; 240])
                },
            ],
            objective: (0..240).map(objective).collect(),
            configurations: Vec::new(),
        };
        let settings = Settings {
            pairs: 3,
            ..Settings::default()
        };
        let mut job = ImportanceJob::new(&design, settings);
        while let Some(task) = job.next_task() {
            job.absorb(run_task(&design, job.prepared(), job.settings(), &task));
        }
        let surface = job.surface(0, 1).unwrap();
        assert_eq!((surface.rows, surface.columns), (16, 2));
        let least = (0..surface.rows).min_by(|a, b| {
            let value = |row: &usize| surface.values[row * surface.columns];
            value(a).total_cmp(&value(b))
        });
        let at = (least.unwrap() as f64 + 0.5) / surface.rows as f64;
        assert!((0.5..0.7).contains(&at), "{at}");
        let spread = job.surface_spread(0, 1).unwrap();
        assert_eq!(spread.len(), surface.values.len());
        let turned = job.surface(1, 0).unwrap();
        assert_eq!((turned.rows, turned.columns), (2, 16));
        // Of categories the unset are a cell of their own, which is left out.
        let of_categories = job.surface(2, 1).unwrap();
        assert_eq!((of_categories.rows, of_categories.columns), (5, 2));
    }
}
