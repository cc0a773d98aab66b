//! What several runs' numbers say together, at a glance: a group's row in the table, a cell of a comparison.

use ledger::median;

/// Of more numbers than this the median is worked out only if it is asked for.
pub const MANY: usize = 4096;

/// What several runs' numbers say together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// How many finite numbers.
    pub count: usize,
    /// Their mean.
    pub mean: f64,
    /// Their median; not worked out of very many unless asked for.
    pub median: Option<f64>,
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
    /// Their standard deviation (n − 1), of two and more.
    pub deviation: Option<f64>,
    /// How they lean: their skewness, above 0 where a few are far greater than the others; 0 where they do not vary.
    pub lean: f64,
}

impl Sample {
    /// What the finite ones among these numbers say; `None` where there is none. Of very many the median, which takes
    /// longer than all the rest, is worked out if `with_median` says so.
    pub fn new(numbers: impl Iterator<Item = f64> + Clone, with_median: bool) -> Option<Self> {
        let finite = numbers.filter(|x| x.is_finite());
        let mut sample = Self::nothing();
        finite.clone().for_each(|x| sample.add(x));
        if sample.count == 0 {
            return None;
        }
        sample.settle();
        let mut sums = (0.0, 0.0);
        finite.clone().for_each(|x| sample.add_away(x, &mut sums));
        sample.spread(sums);
        if with_median || sample.count <= MANY {
            sample.median = median(finite.collect());
        }
        Some(sample)
    }

    /// Of no number; until it is settled its mean is the sum.
    fn nothing() -> Self {
        Self {
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            median: None,
            ..Self::of_equal(0.0, 0)
        }
    }

    fn add(&mut self, x: f64) {
        self.count += 1;
        self.mean += x;
        self.min = if x < self.min { x } else { self.min };
        self.max = if x > self.max { x } else { self.max };
    }

    /// Makes the mean of the sum. Of equal numbers it is that number, whatever rounding says.
    fn settle(&mut self) {
        self.mean = (self.mean / self.count as f64).clamp(self.min, self.max);
    }

    /// Adds the square and the cube of what a number is away from the mean.
    fn add_away(&self, x: f64, (squares, cubes): &mut (f64, f64)) {
        let square = (x - self.mean) * (x - self.mean);
        *squares += square;
        *cubes += square * (x - self.mean);
    }

    /// Says how they spread about their mean, by the sums of the squares and the cubes of what they are away from it.
    fn spread(&mut self, (squares, cubes): (f64, f64)) {
        let deviation = (squares / (self.count.max(2) - 1) as f64).sqrt();
        self.deviation = (self.count > 1).then_some(deviation);
        let lean = cubes * (self.count as f64).sqrt() / (squares * squares.sqrt());
        self.lean = if lean.is_finite() { lean } else { 0.0 };
    }

    /// What these rows' numbers say; see [`Sample::new`].
    pub fn of_rows(values: &[f64], rows: &[u32], with_median: bool) -> Option<Self> {
        let numbers = rows.iter().map(|row| values[*row as usize]);
        Self::new(numbers, with_median)
    }

    /// What the numbers of each of so many groups say, without medians: of groups of many runs, a pass over the column in its
    /// own order is faster than one over each group's rows. `of_row` is the group of each row, a greater number where it is in none.
    pub fn of_groups(values: &[f64], of_row: &[u32], groups: usize) -> Vec<Option<Self>> {
        let mut samples = vec![Self::nothing(); groups];
        let finite = || {
            let rows = values.iter().zip(of_row);
            rows.filter(|(x, _)| x.is_finite())
        };
        for (x, group) in finite() {
            if let Some(sample) = samples.get_mut(*group as usize) {
                sample.add(*x);
            }
        }
        let with_some = samples.iter_mut().filter(|sample| sample.count > 0);
        with_some.for_each(Self::settle);
        let mut sums = vec![(0.0, 0.0); groups];
        for (x, group) in finite() {
            if let Some(sample) = samples.get(*group as usize) {
                sample.add_away(*x, &mut sums[*group as usize]);
            }
        }
        let whole = samples.into_iter().zip(sums);
        let whole = whole.map(|(mut sample, sums)| {
            sample.spread(sums);
            (sample.count > 0).then_some(sample)
        });
        whole.collect()
    }

    /// What so many equal numbers say.
    pub fn of_equal(x: f64, count: usize) -> Self {
        Self {
            count,
            mean: x,
            median: Some(x),
            min: x,
            max: x,
            deviation: (count > 1).then_some(0.0),
            lean: 0.0,
        }
    }

    /// The standard error of the mean.
    pub fn standard_error(&self) -> Option<f64> {
        self.deviation
            .map(|deviation| deviation / (self.count as f64).sqrt())
    }

    /// Half the width of the 95 % confidence interval of the mean (Student's t).
    pub fn half_interval(&self) -> Option<f64> {
        self.standard_error()
            .map(|error| error * t_quantile_975(self.count - 1))
    }
}

/// Half the width of the 95 % confidence interval of the difference of two means that may spread differently (Welch,
/// with whole degrees of freedom, rounded down); `None` where one is of a single number.
pub fn welch_half_interval(a: &Sample, b: &Sample) -> Option<f64> {
    let part = |sample: &Sample| {
        let deviation = sample.deviation?;
        Some((
            deviation * deviation / sample.count as f64,
            (sample.count - 1) as f64,
        ))
    };
    let ((a, a_freedom), (b, b_freedom)) = (part(a)?, part(b)?);
    let squared = a + b;
    let freedom = squared * squared / (a * a / a_freedom + b * b / b_freedom);
    // Where nothing spreads there is no freedom, and no width.
    let freedom = (freedom + 1e-9).clamp(1.0, a_freedom + b_freedom) as usize;
    Some(squared.sqrt() * t_quantile_975(freedom.max(1)))
}

/// The 97.5 % quantile of Student's t with `freedom` degrees of freedom, in closed form since a table may have a hundred
/// thousand groups (that of `ranking::probability` is searched for): exact for 1 and 2, else by the
/// expansion around the normal quantile (Abramowitz and Stegun 26.7.5), to 0.2 % from 3 on; the worst, 3 and
/// 4, are written out.
pub fn t_quantile_975(freedom: usize) -> f64 {
    const NORMAL: f64 = 1.959_963_984_540_054;
    match freedom {
        0 => f64::INFINITY,
        1 => 12.706_204_736_432_1,
        2 => 4.302_652_729_911_28,
        3 => 3.182_446_305_284_26,
        4 => 2.776_445_105_197_79,
        _ => {
            let (x, v) = (NORMAL, freedom as f64);
            let (x2, x3) = (x * x, x * x * x);
            let g1 = (x3 + x) / 4.0;
            let g2 = (5.0 * x3 * x2 + 16.0 * x3 + 3.0 * x) / 96.0;
            let g3 = (3.0 * x3 * x2 * x2 + 19.0 * x3 * x2 + 17.0 * x3 - 15.0 * x) / 384.0;
            let g4 = (79.0 * x3 * x3 * x3 + 776.0 * x3 * x2 * x2 + 1482.0 * x3 * x2
                - 1920.0 * x3
                - 945.0 * x)
                / 92_160.0;
            x + g1 / v + g2 / (v * v) + g3 / (v * v * v) + g4 / (v * v * v * v)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_over_a_column_says_of_each_group_what_its_own_numbers_do() {
        let values: Vec<f64> = (0..600)
            .map(|row| match row % 97 {
                5 => f64::NAN,
                6 => f64::INFINITY,
                other => 1e6 + f64::from(other) * 0.37,
            })
            .collect();
        // The last group has nothing finite, and some rows are in none.
        let of_row: Vec<u32> = (0..600)
            .map(|row| match (values[row].is_finite(), row % 11) {
                (false, 0..5) => 3,
                (_, 10) => u32::MAX,
                (_, other) => other as u32 % 3,
            })
            .collect();
        let samples = Sample::of_groups(&values, &of_row, 4);
        for (group, sample) in samples.iter().enumerate() {
            let is_in = |row: &u32| of_row[*row as usize] == group as u32;
            let rows: Vec<u32> = (0..600).filter(is_in).collect();
            assert!(!rows.is_empty(), "group {group}");
            let own = Sample::of_rows(&values, &rows, false).map(|own| Sample {
                median: None,
                ..own
            });
            assert_eq!(*sample, own, "group {group}");
        }
    }

    #[test]
    fn students_quantiles_are_those_of_the_tables() {
        // scipy.stats.t.ppf(0.975, v)
        for (freedom, want) in [
            (1, 12.706_204_736),
            (2, 4.302_652_73),
            (3, 3.182_446_305),
            (5, 2.570_581_836),
            (7, 2.364_624_252),
            (10, 2.228_138_852),
            (30, 2.042_272_456),
            (100, 1.983_971_519),
            (100_000, 1.959_987_708),
        ] {
            let got = t_quantile_975(freedom);
            assert!(
                (got / want - 1.0).abs() < 2e-4,
                "{freedom}: {got} and not {want}"
            );
        }
    }

    #[test]
    fn a_sample_is_what_its_textbook_says() {
        let sample = Sample::new(
            [1.0, f64::NAN, 2.0, 4.0, f64::INFINITY, 5.0].into_iter(),
            true,
        )
        .unwrap();
        assert_eq!(
            (sample.count, sample.mean, sample.median),
            (4, 3.0, Some(3.0))
        );
        assert_eq!((sample.min, sample.max), (1.0, 5.0));
        let deviation = (10.0_f64 / 3.0).sqrt();
        assert!((sample.deviation.unwrap() - deviation).abs() < 1e-12);
        assert!((sample.half_interval().unwrap() - 3.182_446_305 * deviation / 2.0).abs() < 1e-6);
        let one = Sample::new([0.1].into_iter(), true).unwrap();
        assert_eq!(
            (one.mean, one.deviation, one.half_interval()),
            (0.1, None, None)
        );
        assert_eq!(Sample::new([f64::NAN].into_iter(), true), None);
    }
}
