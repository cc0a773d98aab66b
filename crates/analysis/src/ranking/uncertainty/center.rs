//! By what several runs of a configuration are told as one number, and its interval.
//!
//! - **Mean**: Student's t of the configuration's own runs ([`super::skew`] where runs are skewed).
//! - **Median**: what lies between two of the sorted values, so that it holds whatever the distribution is; between the
//!   levels that n values allow, that of Hettmansperger and Sheather ("Confidence intervals based on interpolated order
//!   statistics", Statistics and Probability Letters 4, 1986). Of five values it is from the least to the greatest, 93.75 %.
//! - **Interquartile mean** (IQM), the mean of the middle half, as Agarwal et al. ("Deep reinforcement learning at the edge of
//!   the statistical precipice", 2021) have it: a quarter of the values, rounded down, is left out at either end. Its
//!   error is that of trimmed means by winsorized variance (Yuen, "The two-sample trimmed t for unequal population variances",
//!   Biometrika 61, 1974). What is left of few in the middle tells little of how skewed they are: at its own 95 % it covers in
//!   94 of 100 cases of normal runs, and in 91 to 94 of exponential or lognormal ones. So its interval is that of 96.5 % up to
//!   20 runs, and from there on goes back to 95 %, calibrated (Loh, "Calibrating confidence coefficients", Journal of the
//!   American Statistical Association 82, 1987) by simulations, in which it then covers in 93.5 to 96 of all these, of uniform
//!   runs as well, and in 96 to 97 of heavy tails (t of 3 degrees). Differences are left at 95 %: skew of both sides cancels.

use super::{Estimate, LEVEL};
use crate::order_statistics::median_interval_about;
use crate::ranking::probability::student_quantile;
use ledger::{mean, median};
use serde::{Deserialize, Serialize};

/// Of fewer values the median's interval is by Student's t: the least and the greatest hold it too rarely.
const FEWEST_SORTED: usize = 5;

/// By how much fewer than [`LEVEL`] miss by Yuen's t, of up to so many runs, so that of skewed ones it are not more.
const SPARED: (f64, f64) = (0.015, 20.0);

/// See the module's documentation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Center {
    /// The mean.
    #[default]
    Mean,
    /// The median.
    Median,
    /// The mean of the middle half.
    Iqm,
}

impl Center {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Mean, Self::Median, Self::Iqm];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Median => "median",
            Self::Iqm => "iqm",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Iqm => "interquartile mean",
            other => other.word(),
        }
    }

    /// What two configurations are told apart by.
    pub fn test(self) -> &'static str {
        match self {
            Self::Mean => "Welch’s t",
            Self::Median => "Welch’s t of the medians",
            Self::Iqm => "Yuen’s t",
        }
    }

    /// The one of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }

    /// That of the finite ones among these numbers, if there is one.
    pub fn of(self, numbers: impl Iterator<Item = f64>) -> Option<f64> {
        if self == Self::Mean {
            return mean(numbers);
        }
        let mut finite: Vec<f64> = numbers.filter(|x| x.is_finite()).collect();
        if self == Self::Median {
            return median(finite);
        }
        finite.sort_by(f64::total_cmp);
        mean(middle_half(&finite).iter().copied())
    }

    /// At which level of t so many runs have a 95 % interval.
    pub(super) fn level(self, n: usize) -> f64 {
        let (spared, runs) = SPARED;
        match self {
            Self::Iqm if n > 3 => LEVEL - spared * (runs / n as f64).min(1.0),
            _ => LEVEL,
        }
    }

    /// How many times the mean's standard error its own is, of so many normal runs.
    pub(super) fn widening(self, n: usize) -> f64 {
        match (self, n) {
            (Self::Mean, _) | (_, 0..=2) | (Self::Iqm, 3) => 1.0,
            (Self::Median, 3) => 1.16,
            (_, 4) | (Self::Iqm, _) => 1.09,
            (Self::Median, _) => 1.2533,
        }
    }

    /// Completes what is known of a configuration, whose mean, deviation and freedom are in `of`, with the median or the
    /// interquartile mean of its values, which are finite and are put in order here.
    pub(super) fn complete(self, of: &mut Estimate, values: &mut [f64]) {
        values.sort_by(f64::total_cmp);
        let sorted = &*values;
        of.value = self.of(sorted.iter().copied()).unwrap_or(of.value);
        let n = sorted.len();
        match self {
            Self::Mean => {}
            Self::Median if n >= FEWEST_SORTED => {
                if let Some((low, high)) = median_interval_about(sorted)
                    && low < high
                {
                    of.ends = Some((low, high));
                    let error = (high - low) / 2.0 / student_quantile(LEVEL, of.freedom);
                    of.own_error = Some(error);
                }
            }
            Self::Median => {}
            Self::Iqm => {
                let middle = middle_half(sorted);
                if let [least, .., greatest] = middle
                    && middle.len() < n
                    && least < greatest
                {
                    let (h, cut) = (middle.len() as f64, ((n - middle.len()) / 2) as f64);
                    let winsorized_mean =
                        (middle.iter().sum::<f64>() + cut * (least + greatest)) / n as f64;
                    let square = |x: &f64| (x - winsorized_mean) * (x - winsorized_mean);
                    let squares = middle.iter().map(square).sum::<f64>()
                        + cut * (square(least) + square(greatest));
                    of.own_error = Some((squares / (h * (h - 1.0))).sqrt());
                    of.freedom = h - 1.0;
                }
            }
        }
    }
}

/// Sorted values without a quarter, rounded down, at either end.
fn middle_half(sorted: &[f64]) -> &[f64] {
    let cut = sorted.len() / 4;
    &sorted[cut..sorted.len() - cut]
}

#[cfg(test)]
mod tests {
    use super::super::tests::Law;
    use super::super::{Difference, Normals, Standing};
    use super::*;

    fn estimate(values: &[f64], center: Center) -> Estimate {
        Estimate::of(&mut values.to_vec(), center).unwrap()
    }

    #[test]
    fn the_interval_of_a_median_lies_between_two_values() {
        let to = |n: u32| -> Vec<f64> { (1..=n).map(f64::from).collect() };
        assert_eq!(median_interval_about(&to(5)), Some((1.0, 5.0)));
        assert_eq!(median_interval_about(&to(1)), None);
        // By hand for ten: 97.85 % from the second to the ninth, 89.06 % from the third to the eighth, of which a part of
        // 0.3244 and so an interpolation of 0.6577.
        let (low, high) = median_interval_about(&to(10)).unwrap();
        assert!(
            (low - 2.6577).abs() < 1e-4 && (high - 8.3423).abs() < 1e-4,
            "{low} {high}"
        );
        assert_eq!(median_interval_about(&to(1001)), Some((469.0, 533.0)));
    }

    #[test]
    fn the_error_of_an_interquartile_mean_is_yuens() {
        // Left out: 1 and 90. Winsorized: 2, 2, 3, 5, 5 with the mean 3.4 and squares that sum up to 9.2.
        let of = estimate(&[5.0, 1.0, 2.0, 90.0, 3.0], Center::Iqm);
        assert!((of.value - 10.0 / 3.0).abs() < 1e-12);
        assert!((of.error().unwrap() - (9.2_f64 / 6.0).sqrt()).abs() < 1e-12);
        assert_eq!((of.n, of.freedom), (5, 2.0));
        // t of 2 degrees at 3.5 %, as scipy has it.
        assert!((of.half().unwrap() / of.error().unwrap() - 5.2039).abs() < 1e-3);
        // Where only what is left out differs, the deviation says what is left to say.
        let same = estimate(&[1.0, 1.0, 1.0, 1.0, 9.0], Center::Iqm);
        assert!(same.value == 1.0 && same.error().unwrap() > 0.0);
        // Of three there is no quarter.
        let few = [1.0, 2.0, 6.0];
        assert_eq!(
            estimate(&few, Center::Iqm).half(),
            estimate(&few, Center::Mean).half()
        );
    }

    #[test]
    fn intervals_of_medians_and_interquartile_means_hold_them_for_a_lone_configuration_too() {
        const TIMES: usize = 6000;
        for (name, law) in [
            ("normal", Law::Normal),
            ("exponential", Law::Exponential),
            ("lognormal 0.5", Law::Lognormal(0.5)),
            ("lognormal 1", Law::Lognormal(1.0)),
        ] {
            let mut normals = Normals::new(5);
            let many: Vec<f64> = (0..400_001).map(|_| law.draw(&mut normals)).collect();
            for center in [Center::Median, Center::Iqm] {
                let truth = center.of(many.iter().copied()).unwrap();
                for n in [5, 7, 8, 10, 20, 40] {
                    let held = (0..TIMES)
                        .filter(|_| {
                            let values: Vec<f64> = (0..n).map(|_| law.draw(&mut normals)).collect();
                            let of = estimate(&values, center);
                            let (low, high) = of.interval(&super::super::Skew::default()).unwrap();
                            low <= truth && truth <= high
                        })
                        .count();
                    let share = held as f64 / TIMES as f64;
                    println!("{name}, {center:?}, n {n}: {share}");
                    assert!(
                        (0.93..=0.97).contains(&share),
                        "{name}, {center:?}, n {n}: {share}"
                    );
                }
            }
        }
    }

    #[test]
    fn ties_by_any_center_hold_the_true_best() {
        const TIMES: usize = 200;
        for center in [Center::Median, Center::Iqm] {
            for law in [Law::Normal, Law::Lognormal(0.5)] {
                let mut normals = Normals::new(9);
                let mut held = 0;
                for _ in 0..TIMES {
                    let truth: Vec<f64> = (0..12).map(|_| normals.next()).collect();
                    let runs =
                        |middle: &f64| (0..5).map(|_| middle + law.draw(&mut normals)).collect();
                    let configurations: Vec<Vec<f64>> = truth.iter().map(runs).collect();
                    let found = Standing::new(&configurations, true, center, || None, 1).unwrap();
                    let best =
                        (0..truth.len()).fold(
                            0,
                            |best, at| {
                                if truth[at] > truth[best] { at } else { best }
                            },
                        );
                    held +=
                        usize::from(found.tied.iter().any(|at| found.order[*at] == best as u32));
                }
                let share = f64::from(held as u32) / TIMES as f64;
                println!("{center:?}: {share}");
                assert!(share >= 0.95, "{center:?}: {share}");
            }
        }
    }

    #[test]
    fn one_run_far_off_does_not_move_a_median() {
        let configurations = [
            vec![0.90, 0.91, 0.92, 0.93, 0.94],
            vec![0.1, 0.95, 0.96, 0.97, 0.98],
            vec![0.5],
        ];
        let best = |center| {
            Standing::new(&configurations, true, center, || None, 1)
                .unwrap()
                .order[0]
        };
        assert_eq!(
            [best(Center::Mean), best(Center::Median), best(Center::Iqm)],
            [0, 1, 1]
        );
        let pairs = [(1.0, 0.0), (2.0, 1.0), (3.0, 2.0), (4.0, 3.0), (90.0, 1.0)];
        assert_eq!(
            Difference::paired(&pairs, Center::Median, 0.0)
                .unwrap()
                .amount,
            1.0
        );
    }
}
