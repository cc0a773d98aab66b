//! What importance says of its own uncertainty: what is like noise, and how often whiskers hold what they are about.

#[path = "support/noisy_problems.rs"]
mod noisy_problems;

use noisy_problems::units;
use runsift::analysis::importance::{Design, Method, Parameter, Settings, importance};

#[test]
fn what_does_nothing_is_told_from_what_does_by_every_method() {
    let mut unit = units(5);
    let columns: Vec<Vec<f64>> = (0..4).map(|_| (0..150).map(|_| unit()).collect()).collect();
    let objective = (0..150)
        .map(|run| 4.0 * columns[0][run] + 2.0 * columns[1][run] + 0.5 * unit())
        .collect();
    let parameter = |(j, values)| Parameter::ranged(format!("x{j}"), values, 0.0, 1.0, false);
    let design = Design {
        parameters: columns.into_iter().enumerate().map(parameter).collect(),
        objective,
        configurations: Vec::new(),
    };
    let settings = Settings {
        methods: true,
        ..Settings::default()
    };
    let answer = importance(&design, &settings);
    let of_fanova = answer
        .parameters
        .iter()
        .map(|share| (share.name.as_str(), share.is_noise));
    let mut found = vec![("fanova", of_fanova.collect::<Vec<_>>())];
    for other in &answer.methods {
        let of_other = other
            .parameters
            .iter()
            .map(|measured| (measured.name.as_str(), measured.is_noise));
        found.push((other.method.word(), of_other.collect()));
        // A whisker does not go where no value can; permuting noise may well seem to help.
        let ends = other
            .parameters
            .iter()
            .map(|measured| (measured.low, measured.high));
        let least = match other.method {
            Method::Permutation => f64::NEG_INFINITY,
            Method::Pearson | Method::Spearman | Method::Kendall => -1.0,
            _ => 0.0,
        };
        for (low, high) in ends {
            assert!(low.unwrap() >= least, "{:?}", other.method);
            assert!(high.unwrap() <= 1.0 || least >= 0.0 || other.method == Method::Permutation);
        }
    }
    assert_eq!(found.len(), 8);
    for (method, mut parameters) in found {
        parameters.sort_unstable();
        let noise: Vec<bool> = parameters.iter().map(|(_, is_noise)| *is_noise).collect();
        assert_eq!(noise, [false, false, true, true], "{method}");
    }
}

/// How often the 80 % whiskers hold what many more runs say, over runs that are drawn again. The full study, with 200
/// draws of seven problems at three sizes, is `cargo bench --bench coverage`.
#[test]
fn whiskers_hold_the_large_sample_value_about_as_often_as_they_say() {
    let (mut held, mut of) = (0_usize, 0_usize);
    for problem in &noisy_problems::all() {
        let many = problem.large_sample_shares(1);
        for seed in 0..6 {
            let answer = importance(&problem.drawn(150, 100 + seed), &Settings::default());
            for (parameter, aim) in many.iter().enumerate().filter(|(_, aim)| **aim > 0.01) {
                let name = noisy_problems::name(parameter);
                let share = answer
                    .parameters
                    .iter()
                    .find(|share| share.name == name)
                    .unwrap();
                let (low, high) = (share.low.unwrap(), share.high.unwrap());
                held += usize::from((low..=high).contains(aim));
                of += 1;
            }
        }
    }
    let part = held as f64 / of as f64;
    println!("{held} of {of}");
    assert!((0.7..=0.9).contains(&part), "{held} of {of}");
}
