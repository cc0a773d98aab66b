//! From a [`Design`] to what trees are grown on: unit coordinates in each parameter's measure, ranks, sorted orders.
//!
//! Depends on the design alone, so that every worker that prepares the same design gets the same bits; preparing
//! is `O(d n log n)` and done once per worker.

use super::answer::{LeftOut, Reason};
use super::axis::Axis;
use super::design::{Column, Design, Space};
use super::grow::Draws;
use super::replicates::Replicates;
use super::tree::CategorySet;
use super::walk::Table;

/// How a feature is split.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Ordered, on `[0, 1]`.
    Ordered {
        /// Unit coordinate of each code, ascending.
        places: Vec<f64>,
        /// Rows by ascending code.
        order: Vec<u16>,
        /// Where the inactive branch begins (its code is the last one); 1 where there is none.
        active: f64,
        /// Number of steps in the range where it has steps that grids should fit.
        steps: Option<usize>,
    },
    /// Unordered, codes below [`CategorySet::LIMIT`].
    Unordered {
        /// Measure of each category; sums to 1.
        measures: Vec<f64>,
        /// How many of them are categories that occur; one more is the inactive branch.
        present: usize,
    },
}

/// One parameter as trees see it.
#[derive(Debug, Clone)]
pub struct Feature {
    /// Index in [`Design::parameters`].
    pub parameter: usize,
    /// Code of each row's value.
    pub codes: Vec<u32>,
    /// How it is split.
    pub kind: Kind,
    /// Whether no two rows share a code, which spares the scan a comparison.
    pub all_distinct: bool,
}

/// A design made ready for growing trees.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The varying parameters.
    pub features: Vec<Feature>,
    /// Objective of each used run, less their mean.
    pub objective: Vec<f64>,
    /// Coordinates by run, then feature.
    coordinates: Vec<f64>,
    /// That mean.
    pub objective_mean: f64,
    /// Number of runs in the design.
    pub of: usize,
    /// Parameters and groups of runs that were left out.
    pub left_out: Vec<LeftOut>,
    /// Which runs are drawn and held out together.
    pub(super) replicates: Replicates,
}

/// Cells of a marginal's grid at most; what is lost by averaging inside a cell is below 1/4 of its measure times the
/// squared jump there, hence under 0.1 % of a parameter's variance.
const CELLS: usize = 256;

/// The same for joint marginals of pairs.
const COARSE_CELLS: usize = 32;

/// What has more categories than these gets more by chance than an ordered parameter does, and is held against noise of
/// as many.
const FEW_CATEGORIES: usize = 3;

/// So many parameters have noise of their own at most: each makes forests larger.
const MOST_SHADOWED: usize = 4;

/// Runs that are used at most: more hardly move the shares, and the index of a run fits 16 bits.
const MOST_RUNS: usize = 20_000;

impl Feature {
    /// Whether it is split by thresholds.
    pub fn is_ordered(&self) -> bool {
        matches!(self.kind, Kind::Ordered { .. })
    }

    /// Categories that occur, the inactive branch apart; 0 for an ordered one.
    pub fn categories(&self) -> usize {
        match &self.kind {
            Kind::Ordered { .. } => 0,
            Kind::Unordered { present, .. } => *present,
        }
    }

    /// Cells of the marginal's grid: the categories for an unordered one.
    pub fn cells(&self) -> usize {
        self.cells_of(CELLS)
    }

    /// Cells of the grid of joint marginals.
    pub fn coarse_cells(&self) -> usize {
        self.cells_of(COARSE_CELLS)
    }

    fn cells_of(&self, most: usize) -> usize {
        match &self.kind {
            // Steps fall on the edges of cells where there are few of them.
            Kind::Ordered {
                steps: Some(steps), ..
            } if *steps <= most => steps * (most / steps),
            Kind::Ordered { .. } => most,
            Kind::Unordered { measures, .. } => measures.len(),
        }
    }

    /// How many of those are of values, in part where the inactive branch begins within one.
    pub fn active_coarse_cells(&self) -> f64 {
        match &self.kind {
            Kind::Ordered { active, .. } => active * self.coarse_cells() as f64,
            Kind::Unordered { present, .. } => *present as f64,
        }
    }

    /// Measure of one cell.
    pub fn cell_measure(&self, cell: usize) -> f64 {
        match &self.kind {
            Kind::Ordered { .. } => 1.0 / self.cells() as f64,
            Kind::Unordered { measures, .. } => measures[cell],
        }
    }

    /// Measures of the cells of joint marginals.
    pub fn coarse_measures(&self) -> Vec<f64> {
        match &self.kind {
            Kind::Ordered { .. } => vec![1.0 / self.coarse_cells() as f64; self.coarse_cells()],
            Kind::Unordered { measures, .. } => measures.clone(),
        }
    }

    /// The cell in which a coordinate lies.
    pub fn cell_of(&self, coordinate: f64) -> usize {
        match &self.kind {
            Kind::Ordered { .. } => {
                ((coordinate * self.cells() as f64) as usize).min(self.cells() - 1)
            }
            Kind::Unordered { .. } => coordinate as usize,
        }
    }

    /// The coordinate at a quantile of the measure, `0 <= quantile < 1`.
    pub fn coordinate_at(&self, quantile: f64) -> f64 {
        match &self.kind {
            Kind::Ordered { .. } => quantile,
            Kind::Unordered { measures, .. } => {
                let mut left = quantile;
                for (code, measure) in measures.iter().enumerate() {
                    left -= measure;
                    if left < 0.0 {
                        return code as f64;
                    }
                }
                measures.len().saturating_sub(1) as f64
            }
        }
    }

    /// The coordinate of a row.
    pub fn coordinate(&self, row: usize) -> f64 {
        match &self.kind {
            Kind::Ordered { places, .. } => places[self.codes[row] as usize],
            Kind::Unordered { .. } => f64::from(self.codes[row]),
        }
    }

    /// Whether a coordinate is of a value that is set.
    pub(super) fn is_set(&self, coordinate: f64) -> bool {
        match &self.kind {
            Kind::Ordered { active, .. } => coordinate <= *active,
            Kind::Unordered { present, .. } => coordinate < *present as f64,
        }
    }

    /// Where a row's value lies among those that are set: 0 to 1 on an axis, or the category's number; else NaN.
    pub fn active_place(&self, row: usize) -> f64 {
        let coordinate = self.coordinate(row);
        match &self.kind {
            _ if !self.is_set(coordinate) => f64::NAN,
            Kind::Ordered { active, .. } => coordinate / active,
            Kind::Unordered { .. } => coordinate,
        }
    }
}

impl Prepared {
    /// Makes a design ready; what cannot be used is listed in `left_out`.
    pub fn new(design: &Design) -> Self {
        let mut rows: Vec<usize> = (0..design.objective.len())
            .filter(|&row| design.objective[row].is_finite())
            .collect();
        let mut left_out = Vec::new();
        let without = design.objective.len() - rows.len();
        if without > 0 {
            let reason = Reason::NoObjective { runs: without };
            left_out.push(LeftOut {
                parameter: None,
                reason,
            });
        }
        if rows.len() > MOST_RUNS {
            let runs = rows.len() - MOST_RUNS;
            left_out.push(LeftOut {
                parameter: None,
                reason: Reason::Subsampled { runs },
            });
            rows = subsample(rows, MOST_RUNS);
        }
        let mean =
            rows.iter().map(|&row| design.objective[row]).sum::<f64>() / rows.len().max(1) as f64;
        let objective: Vec<f64> = rows
            .iter()
            .map(|&row| design.objective[row] - mean)
            .collect();
        let mut features = Vec::new();
        for (parameter, declared) in design.parameters.iter().enumerate() {
            let feature = match &declared.values {
                Column::Numbers(values) => ordered(&declared.space, values, &rows),
                Column::Codes(codes) => unordered(codes, &rows),
            };
            match feature {
                Ok((codes, kind)) => {
                    let all_distinct = match &kind {
                        Kind::Ordered { places, .. } => places.len() == rows.len(),
                        Kind::Unordered { .. } => false,
                    };
                    features.push(Feature {
                        parameter,
                        codes,
                        kind,
                        all_distinct,
                    });
                }
                Err(reason) => left_out.push(LeftOut {
                    parameter: Some(declared.name.clone()),
                    reason,
                }),
            }
        }
        Self {
            coordinates: coordinates(&features, rows.len()),
            features,
            objective,
            objective_mean: mean,
            of: design.objective.len(),
            left_out,
            replicates: Replicates::new(&design.configurations, &rows),
        }
    }

    /// The same with these runs alone, ascending, and with features of noise behind the others: one of which no two
    /// configurations are alike, and of features of many categories the same shuffled among configurations.
    pub(super) fn subset_with_shadow(&self, rows: &[usize], draws: &mut Draws) -> Self {
        let mut new_row = vec![None; self.runs()];
        (0..=u16::MAX)
            .zip(rows)
            .for_each(|(new, &row)| new_row[row] = Some(new));
        let feature = |feature: &Feature| Feature {
            codes: rows.iter().map(|&row| feature.codes[row]).collect(),
            kind: match &feature.kind {
                Kind::Ordered {
                    places,
                    order,
                    active,
                    steps,
                } => Kind::Ordered {
                    places: places.clone(),
                    order: order
                        .iter()
                        .filter_map(|&row| new_row[usize::from(row)])
                        .collect(),
                    active: *active,
                    steps: *steps,
                },
                unordered @ Kind::Unordered { .. } => unordered.clone(),
            },
            ..*feature
        };
        let mut features: Vec<Feature> = self.features.iter().map(feature).collect();
        let replicates = self.replicates.among(rows);
        let own = shadowed(&features);
        features.push(shadow(&replicates, rows.len(), draws));
        for feature in own {
            let shuffled = shuffled(&features[feature], &replicates, draws);
            features.push(shuffled);
        }
        Self {
            coordinates: coordinates(&features, rows.len()),
            features,
            objective: rows.iter().map(|&row| self.objective[row]).collect(),
            left_out: Vec::new(),
            replicates,
            ..*self
        }
    }

    /// The place, behind the features, of the noise that a feature is held against.
    pub(super) fn shadow_of(&self, feature: usize) -> usize {
        let first = self.features.len();
        if self.features[feature].categories() <= FEW_CATEGORIES {
            return first;
        }
        let own = shadowed(&self.features);
        let place = own.iter().position(|of| *of == feature);
        first + 1 + place.unwrap_or(own.len() - 1)
    }

    /// A run's coordinates.
    pub fn row(&self, row: usize) -> &[f64] {
        let features = self.features.len();
        &self.coordinates[row * features..(row + 1) * features]
    }

    /// All runs' coordinates.
    pub(super) fn table(&self) -> Table<'_> {
        Table {
            coordinates: &self.coordinates,
            features: self.features.len(),
        }
    }

    /// Number of runs that are used.
    pub fn runs(&self) -> usize {
        self.objective.len()
    }
}

/// The features that have a shadow of their own, those of the most categories first.
fn shadowed(features: &[Feature]) -> Vec<usize> {
    let categories = |feature: &usize| features[*feature].categories();
    let many = |feature: &usize| categories(feature) > FEW_CATEGORIES;
    let mut found: Vec<usize> = (0..features.len()).filter(many).collect();
    order::by_key(&mut found, |feature| std::cmp::Reverse(categories(feature)));
    found.truncate(MOST_SHADOWED);
    found
}

/// A feature's values shuffled among configurations: of as many categories, and noise.
fn shuffled(feature: &Feature, replicates: &Replicates, draws: &mut Draws) -> Feature {
    Feature {
        parameter: usize::MAX,
        codes: replicates.shuffled(&feature.codes, draws),
        kind: feature.kind.clone(),
        all_distinct: false,
    }
}

/// A feature of noise: as a parameter, it is the same in all runs of a configuration.
fn shadow(replicates: &Replicates, runs: usize, draws: &mut Draws) -> Feature {
    let count = replicates.count;
    let mut places: Vec<u32> = (0..count as u32).collect();
    draws.shuffle(&mut places);
    let mut code_of = vec![0; count];
    for (code, configuration) in places.iter().enumerate() {
        code_of[*configuration as usize] = code as u32;
    }
    let codes: Vec<u32> = (0..runs).map(|run| code_of[replicates.of(run)]).collect();
    let order = by_code(&codes, count);
    let place = |code: usize| (code as f64 + 0.5) / count as f64;
    Feature {
        parameter: usize::MAX,
        codes,
        kind: Kind::Ordered {
            places: (0..count).map(place).collect(),
            order,
            active: 1.0,
            steps: None,
        },
        all_distinct: count == runs,
    }
}

fn coordinates(features: &[Feature], runs: usize) -> Vec<f64> {
    let mut coordinates = Vec::with_capacity(features.len() * runs);
    for row in 0..runs {
        coordinates.extend(features.iter().map(|feature| feature.coordinate(row)));
    }
    coordinates
}

/// A random part of the rows, the same each time, in their order.
fn subsample(mut rows: Vec<usize>, size: usize) -> Vec<usize> {
    let mut draws = Draws::new(0, 0, 0);
    for i in 0..size.min(rows.len()) {
        let other = i + draws.below(rows.len() - i);
        rows.swap(i, other);
    }
    rows.truncate(size);
    rows.sort_unstable();
    rows
}

fn unordered(codes: &[u32], rows: &[usize]) -> Result<(Vec<u32>, Kind), Reason> {
    let raw: Vec<u32> = rows
        .iter()
        .map(|&row| codes.get(row).copied().unwrap_or(Column::NO_CATEGORY))
        .collect();
    let mut categories = raw.clone();
    categories.sort_unstable();
    categories.dedup();
    // The missing code is the greatest, so "inactive" is the last category.
    let inactive = raw
        .iter()
        .filter(|&&code| code == Column::NO_CATEGORY)
        .count();
    let present = categories.len() - usize::from(inactive > 0);
    match (categories.len(), present) {
        (_, 0) => return Err(Reason::AllMissing),
        (1, _) => return Err(Reason::Constant),
        (count, _) if count > CategorySet::LIMIT => {
            return Err(Reason::TooManyCategories { count: present });
        }
        (_, present) if present > 8 && 2 * present > raw.len() => {
            return Err(Reason::LikeAnIdentifier { count: present });
        }
        _ => {}
    }
    let inactive_measure = inactive as f64 / raw.len() as f64;
    let mut measures = vec![(1.0 - inactive_measure) / present as f64; present];
    if inactive > 0 {
        measures.push(inactive_measure);
    }
    let codes = raw
        .iter()
        .map(|code| categories.binary_search(code).unwrap_or_default() as u32)
        .collect();
    Ok((codes, Kind::Unordered { measures, present }))
}

/// The rows by ascending code, of which there are so many; rows of one code in their order.
fn by_code(codes: &[u32], count: usize) -> Vec<u16> {
    let mut starts = vec![0_usize; count + 1];
    codes
        .iter()
        .for_each(|code| starts[*code as usize + 1] += 1);
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut order = vec![0; codes.len()];
    for (row, code) in (0..=u16::MAX).zip(codes) {
        let place = &mut starts[*code as usize];
        order[*place] = row;
        *place += 1;
    }
    order
}

fn ordered(space: &Space, values: &[f64], rows: &[usize]) -> Result<(Vec<u32>, Kind), Reason> {
    let raw: Vec<f64> = rows
        .iter()
        .map(|&row| values.get(row).copied().unwrap_or(f64::NAN) + 0.0)
        .collect();
    // One sort gives levels, codes and order.
    let mut order: Vec<(f64, u16)> = raw.iter().copied().zip(0..=u16::MAX).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let is_set = |value: f64| value.is_finite();
    let mut levels: Vec<f64> = order
        .iter()
        .map(|(value, _)| *value)
        .filter(|value| is_set(*value))
        .collect();
    levels.dedup();
    let inactive = raw.len() - order.iter().filter(|(value, _)| is_set(*value)).count();
    match levels.len() {
        0 => return Err(Reason::AllMissing),
        1 if inactive == 0 => return Err(Reason::Constant),
        _ => {}
    }
    let active = 1.0 - inactive as f64 / raw.len() as f64;
    let axis = Axis::new(space, &levels);
    let steps = axis.steps;
    let mut places: Vec<f64> = levels.iter().map(|level| axis.place(*level)).collect();
    for place in &mut places {
        *place *= active;
    }
    let inactive_code = levels.len() as u32;
    if inactive > 0 {
        places.push(f64::midpoint(active, 1.0));
    }
    // Infinities stand at both ends, among those that are not set, which come last in their order.
    let mut codes = vec![inactive_code; raw.len()];
    let mut code = 0;
    let (mut set, mut unset) = (Vec::with_capacity(raw.len()), Vec::new());
    for (value, row) in order {
        if is_set(value) {
            code += usize::from(levels[code] != value);
            codes[usize::from(row)] = code as u32;
            set.push(row);
        } else {
            unset.push(row);
        }
    }
    unset.sort_unstable();
    set.extend(unset);
    let order = set;
    // The inactive branch takes a part of the range, so steps no longer fill it.
    let steps = steps.filter(|&steps| inactive == 0 && steps > 0);
    Ok((
        codes,
        Kind::Ordered {
            places,
            order,
            active,
            steps,
        },
    ))
}
