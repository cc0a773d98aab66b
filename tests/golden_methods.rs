//! Every method against the reference implementations' values (`SciPy` 1.17, Optuna 5.0.0, fanova 2.0, scikit-learn 1.9,
//! SHAP 0.51) on the golden problems: those of up to 500 runs lie in `tests/fixtures/importance`; with
//! `RUNSIFT_GOLDEN` a folder that `tests/support/golden_fixtures.py` wrote with all sizes is read as well.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use runsift::analysis::correlation::Coefficient;
use runsift::analysis::importance::pedanova::{Quantiles, divergences};
use runsift::analysis::importance::{
    Column, Definition, Design, Method, Parameter, Settings, Share, Space, importance,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
struct Problem {
    params: Vec<Param>,
    direction: String,
    columns: BTreeMap<String, Vec<serde_json::Value>>,
    objective: Vec<f64>,
    references: BTreeMap<String, BTreeMap<String, Option<f64>>>,
    /// By method and parameter: a fANOVA reference's mean over seeds, and its standard deviation.
    forests: BTreeMap<String, BTreeMap<String, [f64; 2]>>,
}

#[derive(Deserialize)]
struct Param {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    low: f64,
    #[serde(default)]
    high: f64,
    #[serde(default)]
    log: bool,
}

fn folders() -> Vec<PathBuf> {
    let all_sizes = std::env::var_os("RUNSIFT_GOLDEN").map(PathBuf::from);
    std::iter::once(PathBuf::from("tests/fixtures/importance"))
        .chain(all_sizes)
        .collect()
}

fn read<T: DeserializeOwned>(path: &Path) -> T {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// All problems with their sizes.
fn problems() -> BTreeMap<String, Problem> {
    let mut problems = BTreeMap::new();
    for folder in folders() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            if name.contains('-') {
                problems.entry(name).or_insert_with(|| read(&path));
            }
        }
    }
    assert!(problems.len() >= 17, "{} problems", problems.len());
    problems
}

impl Problem {
    fn design(&self) -> Design {
        let parameter = |param: &Param| {
            let cells = &self.columns[&param.name];
            if cells.iter().all(serde_json::Value::is_number) {
                let (low, high, log) = (param.low, param.high, param.log);
                let step = (param.kind == "int").then_some(1.0);
                return Parameter {
                    elsewhere: Vec::new(),
                    declared: String::new(),
                    name: param.name.clone(),
                    space: Space::Number {
                        low,
                        high,
                        step,
                        log,
                    },
                    values: Column::Numbers(
                        cells.iter().map(|cell| cell.as_f64().unwrap()).collect(),
                    ),
                };
            }
            let mut names: Vec<&str> = cells.iter().map(|cell| cell.as_str().unwrap()).collect();
            names.sort_unstable();
            names.dedup();
            let code = |cell: &serde_json::Value| {
                names.binary_search(&cell.as_str().unwrap()).unwrap() as u32
            };
            Parameter::category(&param.name, cells.iter().map(code).collect())
        };
        Design {
            parameters: self.params.iter().map(parameter).collect(),
            objective: self.objective.clone(),
            configurations: Vec::new(),
        }
    }
}

#[test]
fn ped_anova_equals_the_reference() {
    let (mut compared, half) = (
        0,
        Quantiles {
            region: 0.5,
            ..Quantiles::default()
        },
    );
    let settings = [
        ("optuna.pedanova(q=0.1)", Quantiles::default()),
        (
            "optuna.pedanova(q=0.25)",
            Quantiles {
                target: 0.25,
                ..Quantiles::default()
            },
        ),
        ("optuna.pedanova(q=0.1,region=0.5)", half),
        (
            "optuna.pedanova(q=0.1,global)",
            Quantiles {
                local: false,
                ..Quantiles::default()
            },
        ),
    ];
    for (name, problem) in problems() {
        let design = problem.design();
        let rows: Vec<usize> = (0..design.objective.len()).collect();
        for (method, quantiles) in settings {
            let Some(reference) = problem.references.get(method) else {
                continue;
            };
            let ours = divergences(
                &design.parameters,
                &design.objective,
                &rows,
                problem.direction == "maximize",
                quantiles,
            );
            for (parameter, value) in design.parameters.iter().zip(&ours.values) {
                let Some(Some(exact)) = reference.get(&parameter.name) else {
                    continue;
                };
                assert!(
                    (value - exact).abs() < 1e-6,
                    "{name}, {method}, {}: {value} should be {exact}",
                    parameter.name
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 250, "{compared} values were compared");
}

#[test]
fn correlations_equal_the_reference() {
    let mut compared = 0;
    for (name, problem) in problems() {
        for (coefficient, method) in [
            (Coefficient::Pearson, "scipy.pearsonr"),
            (Coefficient::Spearman, "scipy.spearmanr"),
            (Coefficient::Kendall, "scipy.kendalltau-b"),
        ] {
            let Some(reference) = problem.references.get(method) else {
                continue;
            };
            for (param, exact) in reference {
                let (param, log) = param
                    .split_once('@')
                    .map_or((param.as_str(), false), |(param, _)| (param, true));
                let number = |cell: &serde_json::Value| {
                    let value = cell.as_f64().unwrap();
                    if log { libm::log10(value) } else { value }
                };
                let values: Vec<f64> = problem.columns[param].iter().map(number).collect();
                let ours = coefficient.of(&values, &problem.objective);
                assert_near(ours, *exact, &format!("{name}, {method}, {param}"));
                compared += 1;
            }
        }
    }
    assert!(compared > 150, "{compared} values were compared");
}

#[test]
fn correlations_of_ties_and_constants_equal_the_reference() {
    #[derive(Deserialize)]
    struct Case {
        a: Vec<f64>,
        b: Vec<f64>,
        kendall_tau_b: Option<f64>,
        spearman: Option<f64>,
        pearson: Option<f64>,
    }
    for case in read::<Vec<Case>>(Path::new("tests/fixtures/importance/rank_statistics.json")) {
        let of = |coefficient: Coefficient| coefficient.of(&case.a, &case.b);
        assert_near(of(Coefficient::Kendall), case.kendall_tau_b, "Kendall");
        assert_near(of(Coefficient::Spearman), case.spearman, "Spearman");
        assert_near(of(Coefficient::Pearson), case.pearson, "Pearson");
    }
}

#[track_caller]
fn assert_near(ours: Option<f64>, exact: Option<f64>, what: &str) {
    match (ours, exact) {
        (Some(ours), Some(exact)) => assert!(
            (ours - exact).abs() < 1e-12,
            "{what}: {ours} should be {exact}"
        ),
        (ours, exact) => assert_eq!(ours, exact, "{what}"),
    }
}

/// Single trees' fractions, as the references have them, where the measure is the same: numbers on a plain axis. The
/// references differ from one another (in their boundaries and how many trees they have), so it is the range that they
/// span that we must be near.
#[test]
fn fractions_of_single_trees_are_near_the_references() {
    let settings = Settings {
        definition: Definition::PerTree,
        resamples: 0,
        min_leaf: 1,
        ..Settings::default()
    };
    let mut compared = 0;
    for (name, problem) in problems() {
        let is_plain = |param: &Param| param.kind == "float" && !param.log;
        if !problem.params.iter().all(is_plain) || problem.objective.len() > 500 {
            continue;
        }
        let answer = importance(&problem.design(), &settings);
        for Share {
            name: of, share, ..
        } in &answer.parameters
        {
            let known: Vec<[f64; 2]> = problem
                .forests
                .values()
                .filter_map(|reference| reference.get(of).copied())
                .collect();
            let allowed = |[_, sd]: &[f64; 2]| (4.0 * sd).max(0.03);
            let ends = known
                .iter()
                .map(|known| (known[0] - allowed(known), known[0] + allowed(known)));
            let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |all, end| {
                (all.0.min(end.0), all.1.max(end.1))
            });
            assert!(
                (low..=high).contains(share),
                "{name}, {of}: {share}, the references have {known:?}"
            );
            compared += 1;
        }
    }
    assert!(compared > 40, "{compared} shares were compared");
}

/// The forest's own measures against the references' means over seeds. Forests differ in how they are grown, and
/// references in what they are tested on (permutation's on a quarter of the runs), so what is held is that values are
/// near, as parts of all parameters' sum.
#[test]
fn the_forests_measures_are_near_the_references() {
    let settings = Settings {
        methods: true,
        resamples: 0,
        ..Settings::default()
    };
    let mut compared = 0;
    for (name, problem) in problems() {
        if problem.objective.len() > 2000 {
            continue;
        }
        let answer = importance(&problem.design(), &settings);
        let is_small = problem.objective.len() <= 100;
        for (method, reference, allowed, allowed_of_few) in [
            // Of three parameters that are grids, ours varies by 0.01 from seed to seed, 0.06 beside theirs.
            (Method::Impurity, "optuna.mdi", 0.08, 0.1),
            (Method::Permutation, "sklearn.permutation", 0.15, 0.4),
            (Method::Shap, "shap.tree", 0.1, 0.25),
        ] {
            let allowed = if is_small { allowed_of_few } else { allowed };
            let mut known = problem.references.iter();
            let known = known.find(|(name, _)| name.starts_with(reference));
            let of = answer.methods.iter().find(|answer| answer.method == method);
            let (Some(of), Some((_, theirs))) = (of, known) else {
                continue;
            };
            let whole: f64 = theirs.values().flatten().map(|value| value.abs()).sum();
            for measured in &of.parameters {
                let Some(Some(exact)) = theirs.get(&measured.name) else {
                    continue;
                };
                let value = measured.value.unwrap();
                assert!(
                    (value - exact).abs() < allowed * whole,
                    "{name}, {reference}, {}: {value}, the reference has {exact} of {whole}",
                    measured.name
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 150, "{compared} values were compared");
}
