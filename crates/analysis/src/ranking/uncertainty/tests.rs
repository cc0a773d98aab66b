//! Golden values, how often the statements hold on simulated runs, and what must not change them.

use super::*;

fn standing(configurations: &[Vec<f64>], maximize: bool) -> Standing {
    Standing::new(configurations, maximize, Center::Mean, || None, 1).unwrap()
}

#[test]
fn means_and_intervals_are_scipys() {
    let golden: serde_json::Value = serde_json::from_str(include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/fixtures/ranking/rank_stats.json"
    )))
    .unwrap();
    let mut held = 0;
    for case in golden["cases"].as_array().unwrap() {
        let values: Vec<f64> = serde_json::from_value(case["a"].clone()).unwrap();
        let stats = &case["a_stats"];
        let known = |name: &str| stats[name].as_f64().unwrap();
        let best = standing(std::slice::from_ref(&values), true).estimates[0];
        let near = |got: f64, want: f64| assert!((got - want).abs() < 1e-9, "{got} and not {want}");
        near(best.value, known("mean"));
        let other = |center: Center| center.of(values.iter().copied()).unwrap();
        near(other(Center::Median), known("median"));
        near(other(Center::Iqm), known("iqm_trim25"));
        near(best.deviation.unwrap(), known("sd_sample"));
        near(best.error().unwrap(), known("sem"));
        if known("sd_sample") > 0.0 {
            near(best.half().unwrap(), known("t95_halfwidth"));
            held += 1;
        }
    }
    assert!(held > 0);
}

/// A draw of one run: its place in units of its deviation, normal or skewed.
fn run(normals: &mut Normals, skewed: bool) -> f64 {
    if !skewed {
        return normals.next();
    }
    // χ² with 16 degrees of freedom has a skewness of 0.71: as losses of good runs have.
    let squares: f64 = (0..16).map(|_| normals.next()).map(|x| x * x).sum();
    (squares - 16.0) / 32.0_f64.sqrt()
}

#[test]
fn intervals_cover_the_truth_in_95_of_100_times() {
    const TIMES: usize = 4000;
    for skewed in [false, true] {
        for n in [5, 10, 20] {
            let mut normals = Normals::new(n as u64);
            let covered = (0..TIMES)
                .filter(|_| {
                    let values = (0..n).map(|_| run(&mut normals, skewed)).collect();
                    let best = standing(&[values], true).estimates[0];
                    best.value.abs() <= best.half().unwrap()
                })
                .count();
            let share = covered as f64 / TIMES as f64;
            println!("skewed {skewed}, n {n}: {share}");
            assert!(
                (0.93..=0.97).contains(&share),
                "skewed {skewed}, n {n}: {share}"
            );
        }
    }
}

/// Runs around 0: normal, exponential, or lognormal with this σ.
pub(super) enum Law {
    Normal,
    Exponential,
    Lognormal(f64),
}

impl Law {
    pub(super) fn draw(&self, normals: &mut Normals) -> f64 {
        match self {
            Self::Normal => normals.next(),
            Self::Exponential => -libm::log(normals.uniform()) - 1.0,
            Self::Lognormal(sigma) => {
                libm::exp(sigma * normals.next()) - libm::exp(sigma * sigma / 2.0)
            }
        }
    }
}

/// How often intervals of `times` standings hold the truth, which is `mean`: those that are told, and Student's.
fn coverage(law: &Law, mean: f64, configurations: usize, n: usize, times: usize) -> (f64, f64) {
    let mut normals = Normals::new(17 + n as u64);
    let (mut told, mut students) = (0, 0);
    for _ in 0..times {
        // As a standing does it, without the draws that take most of its time.
        let mut skew = Skew::default();
        let estimates: Vec<(f64, Estimate)> = (0..configurations)
            .map(|at| {
                // Configurations may spread differently.
                let scale = 1.0 + (at % 3) as f64;
                let run = |_| scale * (mean + law.draw(&mut normals));
                let values: Vec<f64> = (0..n).map(run).collect();
                let sample = Sample::new(values.iter().copied(), false).unwrap();
                skew.add(&values, sample.mean, sample.deviation.unwrap());
                (scale * mean, Estimate::of_mean(&sample, || values))
            })
            .collect();
        for (truth, estimate) in &estimates {
            let (low, high) = estimate.interval(&skew).unwrap();
            told += usize::from(low <= *truth && *truth <= high);
            students += usize::from((estimate.value - truth).abs() <= estimate.half().unwrap());
        }
    }
    let all = (times * configurations) as f64;
    (told as f64 / all, students as f64 / all)
}

#[test]
fn intervals_of_runs_above_zero_cover_however_skewed_these_are() {
    // So many intervals leave a standard error of 0.25 %, of which two are allowed for beyond 93 and 97.
    const TIMES: usize = 8000;
    for (name, law, mean) in [
        ("normal", Law::Normal, 4.0),
        ("exponential", Law::Exponential, 1.0),
        ("lognormal 0.5", Law::Lognormal(0.5), libm::exp(0.125)),
        ("lognormal 1", Law::Lognormal(1.0), libm::exp(0.5)),
    ] {
        for (n, rows) in [(5, &[1, 3][..]), (10, &[1, 2]), (20, &[1])] {
            for configurations in rows {
                let times = TIMES / configurations;
                let (told, students) = coverage(&law, mean, *configurations, n, times);
                println!(
                    "{name}, {configurations} of {n}: told {told:.4}, Student's {students:.4}"
                );
                assert!(
                    (0.925..=0.975).contains(&told),
                    "{name}, {configurations} of {n}: {told}"
                );
            }
        }
    }
}

#[test]
fn intervals_of_many_runs_by_the_bootstrap_cover() {
    for (name, law, mean) in [
        ("normal", Law::Normal, 4.0),
        ("exponential", Law::Exponential, 1.0),
        ("lognormal 0.5", Law::Lognormal(0.5), libm::exp(0.125)),
        ("lognormal 1", Law::Lognormal(1.0), libm::exp(0.5)),
    ] {
        let (told, students) = coverage(&law, mean, 1, 30, 2000);
        println!("{name}: told {told:.4}, Student's {students:.4}");
        assert!((0.93..=0.97).contains(&told), "{name}: {told}");
    }
}

#[test]
fn the_foremost_of_many_runs_each_have_their_bootstrap_and_the_order_of_runs_is_all_the_same() {
    let mut normals = Normals::new(8);
    let many: Vec<Vec<f64>> = (0..12)
        .map(|at| (0..40).map(|_| f64::from(at) + normals.next()).collect())
        .collect();
    let found = standing(&many, true);
    for (place, (of, at)) in found.estimates.iter().zip(&found.order).enumerate() {
        assert_eq!(of.is_bootstrapped(), place < FOREMOST, "{place}");
        assert!(!of.is_stretched(&found.skew));
        // As the table has it, of the runs by themselves.
        let mut values = many[*at as usize].clone();
        values.reverse();
        let sample = Sample::new(values.iter().copied(), false).unwrap();
        let of_table = Estimate::of_mean(&sample, || values).interval(&found.skew);
        if place < FOREMOST {
            let ((low, high), own) = (of.interval(&found.skew).unwrap(), of_table.unwrap());
            assert!((low - own.0).abs() < 1e-9 && (high - own.1).abs() < 1e-9);
            assert!(low < of.value && of.value < high);
        }
    }
    // Folds and other centers have none, and fewer runs neither.
    let few: Vec<Vec<f64>> = many.iter().map(|values| values[..29].to_vec()).collect();
    let none = |found: &Standing| !found.estimates.iter().any(Estimate::is_bootstrapped);
    assert!(none(&standing(&few, true)));
    let median = Standing::new(&many, true, Center::Median, || None, 1).unwrap();
    assert!(none(&median));
}

#[test]
fn runs_above_zero_that_spread_over_orders_of_magnitude_reach_up_and_others_do_not() {
    let of = |values: &[f64]| {
        let found = standing(&[values.to_vec(), vec![1.0]], true);
        let of = *found.estimates.iter().find(|of| of.n > 1).unwrap();
        let half = of.half().unwrap();
        let (low, high) = of.interval(&found.skew).unwrap();
        let is_stretched = of.is_stretched(&found.skew);
        (
            (of.value - low) / half,
            (high - of.value) / half,
            is_stretched,
        )
    };
    // Evenly apart by their logarithms: in themselves they lean a little.
    let apart = [0.3, 0.6, 1.0, 1.7, 3.3];
    let (down, up, is_stretched) = of(&apart);
    assert!(is_stretched && (down - 1.0).abs() < 1e-9, "{down}");
    let shifted = apart.map(|x| x - 1.0);
    assert!(up > 1.5 * of(&shifted).1, "{up}");
    // Log-likelihoods reach down.
    let turned = of(&apart.map(|x| -x));
    assert!((turned.0 - up).abs() < 1e-9 && (turned.1 - down).abs() < 1e-9);
    // Of accuracies nothing changes.
    let accuracies = [0.90, 0.91, 0.91, 0.92, 0.97];
    let (own, shifted) = (of(&accuracies), of(&accuracies.map(|x| x - 0.92)));
    assert!((own.0 - shifted.0).abs() < 1e-9 && (own.1 - shifted.1).abs() < 1e-9);
}

#[test]
fn intervals_of_skewed_runs_cover_where_a_dozen_configurations_tell_the_skew() {
    for (name, law) in [
        ("normal", Law::Normal),
        ("exponential", Law::Exponential),
        ("lognormal 0.5", Law::Lognormal(0.5)),
        ("lognormal 1", Law::Lognormal(1.0)),
    ] {
        for n in [5, 10, 20] {
            let (told, students) = coverage(&law, 0.0, 12, n, 300);
            println!("{name}, n {n}: told {told:.3}, Student's {students:.3}");
            assert!((0.925..=0.972).contains(&told), "{name}, n {n}: {told}");
        }
    }
    // What is said of Student's is so.
    let (_, exponential) = coverage(&Law::Exponential, 0.0, 12, 5, 300);
    let (_, lognormal) = coverage(&Law::Lognormal(1.0), 0.0, 12, 5, 300);
    assert!((0.86..=0.90).contains(&exponential), "{exponential}");
    assert!((0.79..=0.84).contains(&lognormal), "{lognormal}");
}

#[test]
fn intervals_cover_where_too_few_are_repeated_to_tell_skew() {
    for (name, law) in [
        ("normal", Law::Normal),
        ("exponential", Law::Exponential),
        ("lognormal 0.5", Law::Lognormal(0.5)),
    ] {
        for n in [5, 7, 10] {
            for configurations in [1, 2, 3, 4, 5] {
                let (told, students) =
                    coverage(&law, 0.0, configurations, n, 6000 / configurations);
                println!(
                    "{name}, {configurations} of {n}: told {told:.3}, Student's {students:.3}"
                );
                assert!(
                    (0.925..=0.972).contains(&told),
                    "{name}, {configurations} of {n}: {told}"
                );
            }
        }
    }
    // What is said of what it cannot do, where logarithms say nothing, is so.
    let (told, students) = coverage(&Law::Lognormal(1.0), 0.0, 1, 5, 6000);
    assert!((0.88..=0.905).contains(&told), "{told}");
    assert!(students < 0.84, "{students}");
}

#[test]
fn an_interval_reaches_farther_to_where_a_lone_configurations_runs_lean() {
    let interval = |values: &[f64]| {
        let found = standing(&[values.to_vec(), vec![1.0]], true);
        let of = *found.estimates.iter().find(|of| of.n > 1).unwrap();
        let (low, high) = of.interval(&found.skew).unwrap();
        let half = of.half().unwrap();
        let is_even = of.is_even(&found.skew);
        assert!(!of.is_skewed_too(&found.skew));
        ((of.value - low) / half, (high - of.value) / half, is_even)
    };
    // On both sides of zero, so that logarithms say nothing. By hand: deviations -1.4, -0.4, -0.4, -0.4, 2.6 with squares that sum up to 9.2 and cubes to 14.64.
    let (down, up, is_even) = interval(&[-2.0, -1.0, -1.0, -1.0, 2.0]);
    let lean = 14.64 * 5.0_f64.sqrt() / libm::pow(9.2, 1.5);
    let unseen = 1.0 - 4.0 / (6.0 / 0.09);
    assert!((down - 1.0).abs() < 1e-9 && !is_even, "{down}");
    assert!((up - 1.0 - 7.5 / 5.0 * unseen * lean).abs() < 1e-9, "{up}");
    let (turned_down, turned_up, _) = interval(&[2.0, 1.0, 1.0, 1.0, -2.0]);
    assert!((turned_down - up).abs() < 1e-9 && (turned_up - down).abs() < 1e-9);
    // Even ones, and those that are too few to lean, have Student's.
    for even in [&[-2.0, -1.0, 0.0, 1.0, 2.0][..], &[1.0, 1.0, 1.0, 9.0]] {
        let (down, up, is_even) = interval(even);
        assert!(is_even && (down - 1.0).abs() < 1e-9 && (up - 1.0).abs() < 1e-9);
    }
}

#[test]
fn what_many_configurations_would_have_told_is_not_feared() {
    let mut normals = Normals::new(3);
    let configurations: Vec<Vec<f64>> = (0..17)
        .map(|_| (0..5).map(|_| normals.next()).collect())
        .collect();
    let found = standing(&configurations, true);
    assert!(found.skew.told().is_none() && !found.skew.may_be_unseen());
    assert!(found.estimates.iter().all(|of| of.is_even(&found.skew)));
}

#[test]
fn halls_interval_is_where_his_transformation_says() {
    let configurations: Vec<Vec<f64>> = (0..8)
        .map(|at| {
            (0..4)
                .map(|run| f64::from(at) + f64::from(run * run * run) / 9.0)
                .collect()
        })
        .collect();
    let found = standing(&configurations, false);
    let skewness = found.skew.told().unwrap();
    // By hand: 0, 1, 8, 27 have the mean 9, cubes that sum up to 4590 and a standard deviation of √(470 / 3).
    let cubes = 4590.0 * 4.0 / 6.0;
    let scale = libm::pow(470.0 / 3.0, 1.5);
    assert!((skewness - cubes / scale).abs() < 1e-12, "{skewness}");
    let of = found.estimates[0];
    let (low, high) = of.interval(&found.skew).unwrap();
    let (a, t) = (skewness / 2.0, student_quantile(0.05, 3.0));
    let transformed = |end: f64| {
        let t = (of.value - end) / of.error().unwrap();
        t + a * t * t / 3.0 + a * a * t * t * t / 27.0 + a / 6.0
    };
    assert!((transformed(low) - t).abs() < 1e-9, "{low}");
    assert!((transformed(high) + t).abs() < 1e-9, "{high}");
    // Skewed upwards, the mean may well be higher and hardly lower.
    assert!(high - of.value > of.value - low);
    // Configurations of one run lend the deviation of others, and no skew.
    let mut configurations = configurations;
    configurations.push(vec![50.0]);
    let lent = standing(&configurations, false);
    assert!(lent.skew.told().is_some());
    let single = lent.estimates.iter().find(|of| of.n == 1).unwrap();
    assert!(!single.is_skewed_too(&lent.skew));
}

#[test]
fn halls_interval_of_five_runs_is_narrower_the_more_others_say_that_they_are_skewed() {
    let runs = |at: usize| {
        (0..5)
            .map(|run| at as f64 + f64::from(run * run * run))
            .collect()
    };
    let configurations: Vec<Vec<f64>> = (0..8).map(runs).collect();
    let found = standing(&configurations, false);
    let of = found.estimates[0];
    let (low, high) = of.interval(&found.skew).unwrap();
    let a = found.skew.told().unwrap() / 5.0_f64.sqrt();
    // Seven of the eight are others.
    let t = student_quantile(0.05, 4.0);
    let narrower = t - (t - 1.6) * 0.53 * a * 7.0 / 8.0;
    let transformed = |end: f64| {
        let t = (of.value - end) / of.error().unwrap();
        t + a * t * t / 3.0 + a * a * t * t * t / 27.0 + a / 6.0
    };
    assert!((transformed(low) - narrower).abs() < 1e-9, "{low}");
    assert!((transformed(high) + narrower).abs() < 1e-9, "{high}");
    assert!(narrower < t - 0.1, "{narrower}");
}

#[test]
fn the_tie_group_holds_the_true_best_and_a_rerun_is_what_was_expected() {
    const TIMES: usize = 200;
    for (skewed, spread) in [(false, 0.0), (false, 1.0), (true, 1.0)] {
        let mut normals = Normals::new(7);
        let (mut held, mut bias, mut corrected) = (0, 0.0, 0.0);
        for _ in 0..TIMES {
            let truth: Vec<f64> = (0..20).map(|_| spread * normals.next()).collect();
            let mut true_best = 0;
            for at in 1..truth.len() {
                if truth[at] > truth[true_best] {
                    true_best = at;
                }
            }
            let configurations: Vec<Vec<f64>> = truth
                .iter()
                .map(|truth| (0..5).map(|_| truth + run(&mut normals, skewed)).collect())
                .collect();
            let found = standing(&configurations, true);
            let tied: Vec<u32> = found.tied.iter().map(|at| found.order[*at]).collect();
            held += usize::from(tied.contains(&(true_best as u32)));
            let is_truly = truth[found.order[0] as usize];
            bias += found.estimates[0].value - is_truly;
            corrected += found.on_rerun.unwrap() - is_truly;
        }
        let share = f64::from(held as u32) / TIMES as f64;
        println!(
            "skewed {skewed}, spread {spread}: held {share}, bias {bias}, corrected {corrected}"
        );
        assert!(share >= 0.95, "skewed {skewed}, spread {spread}: {share}");
        assert!(
            bias > 0.0 && corrected.abs() < bias / 2.0,
            "{bias}, {corrected}"
        );
    }
}

#[test]
fn the_order_of_runs_and_configurations_changes_nothing() {
    let mut normals = Normals::new(3);
    let configurations: Vec<Vec<f64>> = (0..12_u32)
        .map(|at| {
            (0..4)
                .map(|_| f64::from(at) / 4.0 + normals.next())
                .collect()
        })
        .collect();
    let mut turned = configurations.clone();
    turned.reverse();
    turned.iter_mut().for_each(|values| values.reverse());
    let (one, other) = (standing(&configurations, false), standing(&turned, false));
    let turned_order: Vec<u32> = other.order.iter().map(|at| 11 - at).collect();
    assert_eq!(one.order, turned_order);
    assert_eq!((&one.tied, one.tied.len() > 1), (&other.tied, true));
    assert!(one.tied.len() < 12);
    for (a, b) in one.chances.iter().zip(&other.chances) {
        assert!((a - b).abs() < 0.01);
    }
    // What is best turns around with the sign.
    let negative: Vec<Vec<f64>> = configurations
        .iter()
        .map(|values| values.iter().map(|x| -x).collect())
        .collect();
    assert_eq!(standing(&negative, true).order, one.order);
}

#[test]
fn configurations_with_the_same_runs_all_tie() {
    let found = standing(&vec![vec![0.1, 0.2, 0.4]; 6], true);
    assert_eq!(found.tied, [0, 1, 2, 3, 4, 5]);
    assert!(
        found
            .chances
            .iter()
            .all(|chance| (chance - 1.0 / 6.0).abs() < 0.06)
    );
    // Without any spread at all the equal ones tie and others do not.
    let exact = standing(&[vec![1.0, 1.0], vec![1.0, 1.0], vec![0.5, 0.5]], true);
    assert_eq!(exact.tied, [0, 1]);
    assert_eq!(exact.on_rerun, Some(1.0));
}

#[test]
fn noise_is_lent_by_repeated_ones_and_never_made_up() {
    let lent = standing(
        &[vec![1.0], vec![0.8, 1.0], vec![0.2, 0.4], vec![f64::NAN]],
        true,
    );
    assert_eq!(lent.order.len(), 3);
    assert!(lent.estimates[0].half().is_some());
    assert!(matches!(
        lent.noise,
        Noise::Repeated {
            configurations: 2,
            ..
        }
    ));
    let none = standing(&[vec![1.0], vec![0.5]], true);
    assert_eq!((none.noise, none.on_rerun), (Noise::None, None));
    assert_eq!(
        (none.tied.as_slice(), none.chances.len()),
        ([0].as_slice(), 0)
    );
    assert!(none.estimates[0].half().is_none());
    let near = NearRuns {
        pairs: 9,
        deviation: 0.5,
    };
    let by_near = Standing::new(
        &[vec![1.0], vec![0.5]],
        true,
        Center::Mean,
        || Some(near),
        1,
    )
    .unwrap();
    assert_eq!(by_near.tied, [0, 1]);
    assert!(Standing::new(&[vec![f64::NAN]], true, Center::Mean, || None, 1).is_none());
}

#[test]
fn a_difference_is_welchs() {
    let of = |values: &[f64]| standing(&[values.to_vec()], true).estimates[0];
    // By hand: means 3 and 6, variances 1 and 4 of three runs each.
    let difference = Difference::between(&of(&[5.0, 6.0, 7.0]), &of(&[1.0, 3.0, 5.0])).unwrap();
    assert!((difference.amount - 3.0).abs() < 1e-12);
    // t = 3 / sqrt(5/3) with 50/17 degrees of freedom.
    let freedom = 50.0 / 17.0;
    let t = 3.0 / (5.0_f64 / 3.0).sqrt();
    assert!((difference.p - student_two_sided(t, freedom)).abs() < 1e-12);
    let half = (5.0_f64 / 3.0).sqrt() * student_quantile(0.05, freedom);
    assert!((difference.half() - half).abs() < 1e-9);
    // g = 3 / sqrt(2.5) (1 - 3/15)
    assert!((difference.effect.unwrap() - 3.0 / 2.5_f64.sqrt() * 0.8).abs() < 1e-12);
}

#[test]
fn noise_that_two_have_from_the_same_others_is_known_no_better_than_of_one() {
    let pair = |middle: f64| vec![middle - 0.05, middle + 0.05];
    let found = standing(&[vec![1.0], vec![0.5], pair(0.1), pair(0.2)], true);
    let difference = Difference::between(&found.estimates[0], &found.estimates[1]).unwrap();
    // A standard deviation of √0.005 with two degrees of freedom, and not with four.
    let t = 0.5 / (0.005_f64 * 2.0).sqrt();
    assert!((difference.p - student_two_sided(t, 2.0)).abs() < 1e-12);
    assert!((difference.effect.unwrap() - 0.5 / 0.005_f64.sqrt() * (1.0 - 3.0 / 7.0)).abs() < 1e-9);
}

#[test]
fn noise_that_is_lent_holds_that_of_the_one_it_is_held_against() {
    let pair = |middle: f64, apart: f64| vec![middle - apart, middle + apart];
    let freedom = |configurations: &[Vec<f64>]| {
        let found = standing(configurations, true);
        let difference = Difference::between(&found.estimates[0], &found.estimates[1]).unwrap();
        let error = (Known::of(&found.estimates[0]).unwrap().square
            + Known::of(&found.estimates[1]).unwrap().square)
            .sqrt();
        (difference, error)
    };
    // All that is known comes of the one pair: one degree of freedom, and not two.
    let (difference, error) = freedom(&[pair(1.0, 0.05), vec![0.5]]);
    assert!((error - (0.005_f64 / 2.0 + 0.005).sqrt()).abs() < 1e-12);
    assert!((difference.p - student_two_sided(0.5 / error, 1.0)).abs() < 1e-9);
    // By hand: variances 0.005 of the own and 0.02 of the other pair, so 0.0125 is lent. Of it a fifth goes with the own:
    // 0.0025 + 0.0025 with one degree, and 0.01 with one.
    let (difference, error) = freedom(&[pair(1.0, 0.05), vec![0.5], pair(0.1, 0.1)]);
    let welch = 0.015_f64.powi(2) / (0.005_f64.powi(2) + 0.01_f64.powi(2));
    assert!((error - 0.015_f64.sqrt()).abs() < 1e-12);
    assert!((difference.p - student_two_sided(0.5 / error, welch)).abs() < 1e-9);
}

#[test]
fn a_mean_of_many_is_not_charged_with_the_luck_of_single_runs() {
    const TIMES: usize = 600;
    for spread in [0.5, 1.0] {
        let mut normals = Normals::new(11);
        let (mut count, mut bias, mut corrected) = (0, 0.0, 0.0);
        for _ in 0..TIMES {
            // Some that are good were run five times, as people do, and many that are not so good once.
            let truth = |at: usize, x: f64| spread * x + if at < 6 { 1.5 } else { 0.0 };
            let truth: Vec<f64> = (0..34).map(|at| truth(at, normals.next())).collect();
            let configurations: Vec<Vec<f64>> = (0..34)
                .map(|at| if at < 6 { 5 } else { 1 })
                .enumerate()
                .map(|(at, n)| (0..n).map(|_| truth[at] + normals.next()).collect())
                .collect();
            let found = standing(&configurations, true);
            if found.estimates[0].n > 1 {
                let is_truly = truth[found.order[0] as usize];
                count += 1;
                bias += found.estimates[0].value - is_truly;
                corrected += found.on_rerun.unwrap() - is_truly;
            }
        }
        let (bias, corrected) = (bias / f64::from(count), corrected / f64::from(count));
        println!("spread {spread}: {count} times, bias {bias}, corrected {corrected}");
        assert!(
            count > 100 && corrected.abs() < 0.2,
            "{count}, {bias}, {corrected}"
        );
    }
}

#[test]
fn ties_hold_the_true_best_where_most_ran_once() {
    const TIMES: usize = 400;
    for spread in [0.0, 1.0] {
        let mut normals = Normals::new(23);
        let mut held = 0;
        for _ in 0..TIMES {
            let truth: Vec<f64> = (0..30).map(|_| spread * normals.next()).collect();
            let best = (0..30).fold(
                0,
                |best, at| if truth[at] > truth[best] { at } else { best },
            );
            let runs = |at: usize| if at < 2 { 2 } else { 1 };
            let configurations: Vec<Vec<f64>> = (0..30)
                .map(|at| (0..runs(at)).map(|_| truth[at] + normals.next()).collect())
                .collect();
            let found = standing(&configurations, true);
            held += usize::from(found.tied.iter().any(|at| found.order[*at] == best as u32));
        }
        let share = held as f64 / TIMES as f64;
        println!("spread {spread}: {share}");
        assert!(share >= 0.97, "spread {spread}: {share}");
    }
}

#[test]
fn a_difference_of_pairs_is_students() {
    // The sleep data of Student (1908), as in R: t.test(extra ~ group, data = sleep, paired = TRUE).
    let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    let pairs: Vec<(f64, f64)> = first.into_iter().zip(second).collect();
    let found = Difference::paired(&pairs, Center::Mean, 0.0).unwrap();
    let close =
        |got: f64, want: f64, by: f64| assert!((got - want).abs() < by, "{got} and not {want}");
    close(found.amount, -1.58, 1e-12);
    close(found.amount - found.half(), -2.459_885_8, 1e-6);
    close(found.amount + found.half(), -0.700_114_2, 1e-6);
    close(found.p, 0.002_833, 1e-6);
    // What all pairs have in common is no chance, though runs differ much.
    let same: Vec<(f64, f64)> = first.iter().map(|x| (x + 1.0, *x)).collect();
    let found = Difference::paired(&same, Center::Mean, 0.0).unwrap();
    assert!(found.p < 1e-9 && found.half() < 1e-9, "{found:?}");
    assert!(Difference::paired(&pairs[..1], Center::Mean, 0.0).is_none());
}

#[test]
fn a_rank_stands_behind_what_is_surely_better_and_before_what_is_surely_worse() {
    let far = |middle: f64| vec![middle - 0.1, middle, middle + 0.1];
    // Two that are near, two that are far behind them and near one another.
    let found = standing(&[far(9.0), far(1.0), far(9.05), far(1.05)], true);
    assert_eq!(found.ranks, [1..=2, 1..=2, 3..=4, 3..=4]);
    let least = standing(&[far(9.0), far(1.0), far(5.0)], false);
    assert_eq!(least.ranks, [1..=1, 2..=2, 3..=3]);
    // Without any spread equal ones share their ranks; without noise nothing is said.
    let exact = standing(&[vec![1.0, 1.0], vec![1.0, 1.0], vec![0.5, 0.5]], true);
    assert_eq!(exact.ranks, [1..=2, 1..=2, 3..=3]);
    assert!(standing(&[vec![1.0], vec![0.5]], true).ranks.is_empty());
    assert_eq!(standing(&[vec![1.0, 2.0]], true).ranks, [1..=1]);
}

#[test]
fn intervals_of_ranks_hold_the_true_ranks() {
    const TIMES: usize = 400;
    for (skewed, step) in [(false, 0.0), (false, 0.5), (true, 0.5)] {
        let mut normals = Normals::new(11);
        let mut held = [0; 8];
        for _ in 0..TIMES {
            let configurations: Vec<Vec<f64>> = (0..8)
                .map(|at| {
                    let middle = step * f64::from(at);
                    (0..5).map(|_| middle + run(&mut normals, skewed)).collect()
                })
                .collect();
            let found = standing(&configurations, true);
            for (at, ranks) in found.order.iter().zip(&found.ranks) {
                // Where all are equal each may have any rank.
                let truth = 8 - at;
                held[*at as usize] += usize::from(if step > 0.0 {
                    ranks.contains(&truth)
                } else {
                    *ranks == (1..=8)
                });
            }
        }
        for held in held {
            let share = held as f64 / TIMES as f64;
            assert!(share >= 0.94, "skewed {skewed}, step {step}: {share}");
        }
    }
}

#[test]
fn one_evaluation_noted_twice_tells_no_noise_and_equals_share_a_certain_win() {
    let mut configurations: Vec<Vec<f64>> = (0..20).map(|x| vec![f64::from(x)]).collect();
    configurations[0].push(0.0);
    let noted_twice = standing(&configurations, false);
    assert!(matches!(noted_twice.noise, Noise::None));
    assert_eq!(noted_twice.estimates[0].half(), None);
    // Three that gave the same each time: nothing varies here.
    (1..3).for_each(|at| configurations[at] = vec![0.0; 2]);
    let same_each_time = standing(&configurations, false);
    assert_eq!(same_each_time.estimates[0].half(), Some(0.0));
    let third = 1.0 / 3.0;
    assert_eq!(same_each_time.chances[..4], [third, third, third, 0.0]);
}

#[test]
fn centers_over_tasks_are_those_of_rliable() {
    const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/ranking/");
    let read = |name: &str| std::fs::read_to_string(format!("{FOLDER}{name}")).unwrap();
    let golden: serde_json::Value = serde_json::from_str(&read("rliable.json")).unwrap();
    let scores = read("scores.csv");
    let of = |config: &str, center: Center| {
        let rows = scores
            .lines()
            .map(|line| line.split(',').collect::<Vec<_>>());
        let rows = rows.filter(|row| row[0] == config);
        center.of(rows.map(|row| row[3].parse().unwrap())).unwrap()
    };
    for config in ["A", "B", "C"] {
        let point = &golden["configs"][config]["point"];
        for (center, at) in [(Center::Iqm, 1), (Center::Mean, 2)] {
            let want = point[at].as_f64().unwrap();
            assert!((of(config, center) - want).abs() < 1e-12, "{config} {at}");
        }
    }
}
