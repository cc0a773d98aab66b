//! The curves of one metric: every logged point of every run, in one arena.

/// The points of a metric, ordered by run, then step, then the order of logging.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Where each run's points begin; one more entry than there are rows.
    pub offsets: Vec<u32>,
    /// The step of each point; NaN where the source gives none.
    pub steps: Vec<f64>,
    /// The time of each point in Unix milliseconds; empty where no point has one, 0 for those without.
    pub times: Vec<i64>,
    /// The value of each point; may be NaN or infinite.
    pub values: Vec<f64>,
    /// How many points of each run were left out when its curve was thinned ([`super::Keep`]); empty where all
    /// are there.
    pub left_out: Vec<u32>,
}

/// What the points of one run say together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PointSummary {
    /// How many points, non-finite ones too.
    pub count: usize,
    /// The value at the greatest step; of equal steps, the one logged last.
    pub last: f64,
    /// The least finite value.
    pub min: Option<f64>,
    /// The greatest finite value.
    pub max: Option<f64>,
    /// The least step.
    pub first_step: Option<f64>,
    /// The greatest step.
    pub last_step: Option<f64>,
}

/// A point as it was logged.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// The run's row.
    pub row: u32,
    /// The step; NaN where the source gives none.
    pub step: f64,
    /// Unix milliseconds; 0 where the source gives none.
    pub millis: i64,
    /// The value.
    pub value: f64,
}

impl History {
    /// The arena of `points`, in the order of logging, for `rows` runs.
    pub fn from_points(rows: usize, mut points: Vec<Point>) -> Self {
        put_in_order(&mut points);
        let mut offsets = vec![0; rows + 1];
        for point in &points {
            if let Some(after) = offsets.get_mut(point.row as usize + 1) {
                *after += 1;
            }
        }
        for row in 0..rows {
            offsets[row + 1] += offsets[row];
        }
        let timed = points.iter().any(|point| point.millis != 0);
        Self {
            offsets,
            steps: points.iter().map(|point| point.step).collect(),
            times: if timed {
                points.iter().map(|point| point.millis).collect()
            } else {
                Vec::new()
            },
            values: points.iter().map(|point| point.value).collect(),
            left_out: Vec::new(),
        }
    }

    /// How many rows it covers.
    pub fn rows(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// The places of `row`'s points in the arena; empty beyond the end.
    pub fn range(&self, row: usize) -> std::ops::Range<usize> {
        match (self.offsets.get(row), self.offsets.get(row + 1)) {
            (Some(from), Some(to)) => *from as usize..*to as usize,
            _ => 0..0,
        }
    }

    /// Whether no run has more than one point.
    pub fn is_of_single_points(&self) -> bool {
        self.offsets
            .windows(2)
            .all(|ends| ends[1].saturating_sub(ends[0]) <= 1)
    }

    /// What `row`'s points say together; `None` where it has none.
    pub fn summary(&self, row: usize) -> Option<PointSummary> {
        let range = self.range(row);
        let (values, steps) = (&self.values[range.clone()], &self.steps[range]);
        // By comparisons in one pass: `f64::min` is a call of a library in the page.
        let mut reach = None;
        for value in values.iter().copied().filter(|value| value.is_finite()) {
            let (low, high) = reach.get_or_insert((value, value));
            if value < *low {
                *low = value;
            }
            if value > *high {
                *high = value;
            }
        }
        let step = |at: Option<&f64>| at.copied().filter(|step| !step.is_nan());
        Some(PointSummary {
            count: values.len() + self.left_out_of(row),
            last: *values.last()?,
            min: reach.map(|(low, _)| low),
            max: reach.map(|(_, high)| high),
            first_step: step(steps.first()),
            last_step: step(steps.last()),
        })
    }

    /// How many points of a run were left out.
    pub(super) fn left_out_of(&self, row: usize) -> usize {
        self.left_out.get(row).map_or(0, |count| *count as usize)
    }

    /// Covers rows up to `rows`; new ones have no points.
    pub fn pad_to(&mut self, rows: usize) {
        let end = self.offsets.last().copied().unwrap_or(0);
        let len = (rows + 1).max(self.offsets.len());
        self.offsets.resize(len, end);
        if !self.left_out.is_empty() {
            self.left_out.resize(len - 1, 0);
        }
    }

    /// Puts `rows` rows without points before the first.
    pub(crate) fn shift_down(&mut self, rows: usize) {
        self.offsets.splice(0..0, std::iter::repeat_n(0, rows));
        if !self.left_out.is_empty() {
            self.left_out.splice(0..0, std::iter::repeat_n(0, rows));
        }
    }

    /// Adds the rows of `more` at the end.
    pub(crate) fn append(&mut self, more: Self) {
        let end = self.values.len();
        if !(self.left_out.is_empty() && more.left_out.is_empty()) {
            self.left_out.resize(self.rows(), 0);
            self.left_out.extend(&more.left_out);
            self.left_out.resize(self.rows() + more.rows(), 0);
        }
        if self.times.is_empty() != more.times.is_empty() {
            self.times.resize(end, 0);
        }
        self.offsets.extend(
            more.offsets
                .iter()
                .skip(1)
                .map(|offset| offset + end as u32),
        );
        self.steps.extend(more.steps);
        self.times.extend(more.times);
        self.values.extend(more.values);
        if !self.times.is_empty() {
            self.times.resize(self.values.len(), 0);
        }
    }

    /// With the points of `more` for the rows of which it has more points than this, or any where it is newer; row `n` of
    /// `more` is row `places[n]` here. Covers `rows` rows.
    pub(crate) fn filled_from(
        &self,
        more: &Self,
        places: &[usize],
        rows: usize,
        is_newer: bool,
    ) -> Self {
        let mut theirs = vec![0..0; rows];
        let mut left_out_theirs = vec![0; rows];
        for (row, place) in places.iter().enumerate() {
            if let Some(range) = theirs.get_mut(*place) {
                *range = more.range(row);
                left_out_theirs[*place] = more.left_out_of(row);
            }
        }
        let has_times = !self.times.is_empty() || !more.times.is_empty();
        let mut made = Self {
            offsets: vec![0],
            ..Self::default()
        };
        for (row, theirs) in theirs.into_iter().enumerate() {
            let ours = self.range(row);
            let (from, range, left_out) =
                if theirs.len() > ours.len() || is_newer && !theirs.is_empty() {
                    (more, theirs, left_out_theirs[row])
                } else {
                    (self, ours, self.left_out_of(row))
                };
            made.left_out.push(left_out as u32);
            made.steps.extend_from_slice(&from.steps[range.clone()]);
            made.values.extend_from_slice(&from.values[range.clone()]);
            if has_times {
                made.times
                    .extend_from_slice(from.times.get(range).unwrap_or_default());
                made.times.resize(made.values.len(), 0);
            }
            made.offsets.push(made.values.len() as u32);
        }
        if made.left_out.iter().all(|count| *count == 0) {
            made.left_out.clear();
        }
        made
    }

    /// The points of these rows alone, in this order.
    pub fn of_rows(&self, rows: &[usize]) -> Self {
        let mut made = Self {
            offsets: vec![0],
            ..Self::default()
        };
        for row in rows {
            let range = self.range(*row);
            made.steps.extend_from_slice(&self.steps[range.clone()]);
            made.values.extend_from_slice(&self.values[range.clone()]);
            made.times
                .extend_from_slice(self.times.get(range).unwrap_or_default());
            made.offsets.push(made.values.len() as u32);
            if !self.left_out.is_empty() {
                made.left_out.push(self.left_out_of(*row) as u32);
            }
        }
        made
    }

    /// The points again, in the order of the arena.
    pub fn points(&self) -> impl Iterator<Item = Point> + '_ {
        (0..self.rows()).flat_map(move |row| {
            self.range(row).map(move |at| Point {
                row: row as u32,
                step: self.steps[at],
                millis: self.times.get(at).copied().unwrap_or(0),
                value: self.values[at],
            })
        })
    }
}

/// Puts points in the order of an arena. Stable, so that equal steps keep the order of logging; points without a step
/// (NaN) come last in theirs.
pub(super) fn put_in_order(points: &mut [Point]) {
    points.sort_by(|a, b| a.row.cmp(&b.row).then(a.step.total_cmp(&b.step)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(row: u32, step: f64, value: f64) -> Point {
        Point {
            row,
            step,
            millis: 0,
            value,
        }
    }

    #[test]
    fn last_is_at_the_greatest_step_and_of_equal_steps_the_one_logged_last() {
        let history = History::from_points(
            3,
            vec![
                point(2, 5.0, 1.0),
                point(0, 2.0, f64::NAN),
                point(2, 5.0, 3.0),
                point(2, 1.0, f64::INFINITY),
            ],
        );
        let summary = history.summary(2).unwrap();
        assert_eq!(summary.last.to_bits(), 3f64.to_bits());
        assert_eq!(
            (summary.count, summary.min, summary.max),
            (3, Some(1.0), Some(3.0))
        );
        assert_eq!(
            (summary.first_step, summary.last_step),
            (Some(1.0), Some(5.0))
        );
        assert_eq!(history.summary(1), None);
        assert_eq!(history.summary(0).unwrap().min, None);
        assert_eq!(history.summary(9), None);
    }
}
