//! What must hold of importance whatever the data: order does not matter, tasks may be done anywhere, spaces are
//! inferred by their rules, and questions without an answer are refused in words.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that finds nothing should stop"
)]

use rand_core::{Rng as _, SeedableRng as _};
use rand_pcg::Pcg64;
use runsift::analysis::importance::{
    Column, Definition, Design, Importance, ImportanceJob, Parameter, Prepared, Reason, Refusal,
    Settings, Space, TreeResult, TreeTask, Warning, importance, run_task,
};
use runsift::ledger::bytes::{decoded, encoded};

fn units(seed: u64) -> impl FnMut() -> f64 {
    let mut generator = Pcg64::seed_from_u64(seed);
    move || (generator.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0
}

/// A float, an integer, a category, a conditional float, and an inert float.
fn design(runs: usize, seed: u64) -> Design {
    let mut unit = units(seed);
    let rate: Vec<f64> = (0..runs)
        .map(|_| libm::pow(10.0, -4.0 + 3.0 * unit()))
        .collect();
    let layers: Vec<f64> = (0..runs).map(|_| 1.0 + (6.0 * unit()).floor()).collect();
    let optimizer: Vec<u32> = (0..runs).map(|_| (3.0 * unit()) as u32).collect();
    let momentum: Vec<f64> = optimizer
        .iter()
        .map(|&code| if code == 1 { unit() } else { f64::NAN })
        .collect();
    let inert: Vec<f64> = (0..runs).map(|_| unit()).collect();
    let objective = (0..runs)
        .map(|run| {
            let active = if momentum[run].is_nan() {
                0.0
            } else {
                momentum[run]
            };
            let log = libm::log10(rate[run]);
            0.3 * log * log
                + 0.5 * layers[run]
                + f64::from(optimizer[run])
                + 4.0 * active
                + 0.2 * unit()
        })
        .collect();
    let parameters = vec![
        Parameter::inferred("rate", rate),
        Parameter::inferred("layers", layers),
        Parameter::category("optimizer", optimizer),
        Parameter::inferred("momentum", momentum),
        Parameter::inferred("inert", inert),
    ];
    Design {
        parameters,
        objective,
        configurations: Vec::new(),
    }
}

fn quick() -> Settings {
    Settings {
        trees: 24,
        resamples: 6,
        trees_per_resample: 8,
        ..Settings::default()
    }
}

fn share(answer: &Importance, name: &str) -> f64 {
    answer
        .parameters
        .iter()
        .find(|share| share.name == name)
        .map_or(f64::NAN, |share| share.share)
}

#[test]
fn shares_and_whiskers_are_parts_of_one() {
    for seed in 0..6 {
        for definition in [Definition::Forest, Definition::PerTree] {
            let settings = Settings {
                definition,
                totals: true,
                pairs: 3,
                seed,
                ..quick()
            };
            let answer = importance(&design(80, seed), &settings);
            assert_eq!(answer.refused, None);
            assert!(
                answer.sum_of_singles <= 1.0 + 1e-9,
                "{}",
                answer.sum_of_singles
            );
            assert!((answer.sum_of_singles + answer.interactions - 1.0).abs() < 1e-9);
            for share in &answer.parameters {
                let (low, high) = (share.low.unwrap(), share.high.unwrap());
                let total = share.total.unwrap();
                assert!(0.0 <= low && low <= share.share && share.share <= high && high <= 1.0);
                assert!(share.share <= total && total <= 1.0, "{share:?}");
            }
            assert!(answer.parameters.is_sorted_by(|a, b| a.share >= b.share));
            assert!(
                answer
                    .pairs
                    .iter()
                    .all(|pair| (0.0..=1.0).contains(&pair.2))
            );
            assert_eq!(answer.pairs.len(), 3);
        }
    }
}

/// Does a job's tasks in the order that `pick` says, each on a worker's own copy of design and settings.
fn done_elsewhere(
    design: &Design,
    settings: &Settings,
    pick: impl Fn(usize) -> usize,
) -> Importance {
    let mut job = ImportanceJob::new(design, settings.clone());
    let sent = encoded(design);
    let worker = Prepared::new(&decoded(&sent).unwrap());
    let mut waiting: Vec<TreeTask> = Vec::new();
    let mut results: Vec<TreeResult> = Vec::new();
    loop {
        waiting.extend(job.tasks());
        while !waiting.is_empty() {
            let task = waiting.remove(pick(waiting.len()));
            let task: TreeTask = decoded(&encoded(&task)).unwrap();
            results.push(run_task(design, &worker, job.settings(), &task));
        }
        if results.is_empty() {
            break;
        }
        while !results.is_empty() {
            let result = results.remove(pick(results.len()));
            job.absorb(decoded(&encoded(&result)).unwrap());
            // A result that arrives twice changes nothing.
            job.absorb(result);
        }
    }
    assert!(job.is_done());
    let (done, of) = job.progress();
    assert_eq!(done, of);
    job.answer().unwrap()
}

#[test]
fn the_answer_has_the_same_bits_whoever_works_in_whatever_order() {
    let design = design(90, 3);
    let settings = Settings {
        methods: true,
        totals: true,
        pairs: 3,
        ..quick()
    };
    let here = importance(&design, &settings);
    assert_eq!(here, importance(&design, &settings));
    assert_eq!(here, done_elsewhere(&design, &settings, |_| 0));
    assert_eq!(here, done_elsewhere(&design, &settings, |len| len - 1));
    assert_eq!(here, done_elsewhere(&design, &settings, |len| len / 2));
    let other_seed = importance(
        &design,
        &Settings {
            seed: 1,
            ..settings
        },
    );
    assert_ne!(here, other_seed);
}

#[test]
fn numbers_cross_with_all_their_bits_and_what_was_cut_off_is_none() {
    let odd = f64::from_bits(0x7ff8_0000_0000_1234);
    let values = vec![0.1, -0.0, f64::INFINITY, odd, f64::MIN_POSITIVE];
    let bytes = encoded(&(
        Column::Numbers(values.clone()),
        Column::Numbers(Vec::new()),
        7_u8,
    ));
    let (crossed, empty, after): (Column, Column, u8) = decoded(&bytes).unwrap();
    let Column::Numbers(crossed) = crossed else {
        panic!("{crossed:?}")
    };
    let bits = |of: &[f64]| of.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&crossed), bits(&values));
    assert_eq!((empty, after), (Column::Numbers(Vec::new()), 7));
    assert!(decoded::<(Column, Column, u8)>(&bytes[..20]).is_none());
    // The first byte says which kind, the second how many bytes: nine are no numbers.
    assert!(decoded::<Column>(&[0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0]).is_none());
    assert!(decoded::<Column>(&[0, 8, 0, 0, 0, 0, 0, 0, 0, 0]).is_some());
}

#[test]
fn shares_are_there_before_their_whiskers() {
    let design = design(60, 1);
    let mut job = ImportanceJob::new(&design, quick());
    assert_eq!(job.answer(), None);
    let (mut coarse, mut early) = (None, None);
    let mut trees = Vec::new();
    while let Some(task) = job.next_task() {
        let result = run_task(&design, job.prepared(), job.settings(), &task);
        job.absorb(result);
        coarse = coarse.or_else(|| job.answer());
        trees.extend(job.answer().map(|_| job.trees()));
        // Of the first trees, then of all, then with whiskers.
        early = early.or_else(|| job.answer().filter(|_| job.stages() > 1));
    }
    let (early, whole) = (early.unwrap(), job.answer().unwrap());
    // It says of how many trees it is.
    assert_eq!(trees.first(), Some(&16));
    assert_eq!(trees.last(), Some(&24));
    assert!(
        early
            .parameters
            .iter()
            .all(|share| share.low.is_none() && share.high.is_none())
    );
    assert!(
        whole
            .parameters
            .iter()
            .all(|share| share.low.is_some() && share.high.is_some())
    );
    let shares = |answer: &Importance| {
        answer
            .parameters
            .iter()
            .map(|s| s.share)
            .collect::<Vec<_>>()
    };
    assert_eq!(shares(&early), shares(&whole));
    // A few trees already tell about as much.
    for share in &coarse.unwrap().parameters {
        let finer = self::share(&whole, &share.name);
        assert!(
            (share.share - finer).abs() < 0.1,
            "{}: {} became {finer}",
            share.name,
            share.share
        );
        assert_eq!(share.low, None);
    }
}

#[test]
fn inert_parameters_get_next_to_nothing() {
    let answer = importance(&design(400, 5), &quick());
    assert!(share(&answer, "inert") < 0.01, "{answer:?}");
    assert_eq!(answer.parameters.last().unwrap().name, "inert");
}

#[test]
fn order_of_runs_and_of_parameters_hardly_matters() {
    let design = design(300, 2);
    let mut reversed = design.clone();
    reversed.parameters.reverse();
    reversed.objective.reverse();
    for parameter in &mut reversed.parameters {
        match &mut parameter.values {
            Column::Numbers(values) => values.reverse(),
            Column::Codes(codes) => codes.reverse(),
        }
    }
    let (a, b) = (
        importance(&design, &quick()),
        importance(&reversed, &quick()),
    );
    for parameter in &design.parameters {
        let (a, b) = (share(&a, &parameter.name), share(&b, &parameter.name));
        // Other trees are drawn, so not the same bits.
        assert!((a - b).abs() < 0.03, "{}: {a} and {b}", parameter.name);
    }
}

#[test]
fn scales_do_not_matter() {
    let design = design(200, 4);
    let mut scaled = design.clone();
    for parameter in &mut scaled.parameters {
        if let Column::Numbers(values) = &mut parameter.values
            && parameter.name == "inert"
        {
            for value in values.iter_mut() {
                *value = 1000.0 * *value - 5.0;
            }
            parameter.space = Space::infer(values);
        }
    }
    // A power of two changes no digit, so the same splits win.
    for value in &mut scaled.objective {
        *value *= 8.0;
    }
    let (a, b) = (importance(&design, &quick()), importance(&scaled, &quick()));
    for (a, b) in a.parameters.iter().zip(&b.parameters) {
        assert_eq!(a.name, b.name);
        assert!((a.share - b.share).abs() < 1e-6, "{a:?} and {b:?}");
    }
}

#[test]
fn category_codes_are_names_only() {
    let design = design(200, 4);
    let mut renamed = design.clone();
    for parameter in &mut renamed.parameters {
        if let Column::Codes(codes) = &mut parameter.values {
            for code in codes {
                *code = 70_000 + 13 * *code;
            }
        }
    }
    assert_eq!(
        importance(&design, &quick()),
        importance(&renamed, &quick())
    );
}

#[test]
fn a_conditional_parameter_keeps_all_runs_and_its_share() {
    let answer = importance(&design(300, 6), &quick());
    assert_eq!((answer.n, answer.of), (300, 300));
    assert!(answer.left_out.is_empty(), "{:?}", answer.left_out);
    assert!(share(&answer, "momentum") > 0.01, "{answer:?}");
}

#[test]
fn the_inactive_branch_has_the_measure_of_its_runs() {
    // The objective is 1 where the parameter is active, which it is in a quarter of the runs: a variance of 3/16, all of
    // it the parameter's.
    let mut unit = units(1);
    let values: Vec<f64> = (0..200)
        .map(|run| if run % 4 == 0 { unit() } else { f64::NAN })
        .collect();
    let objective: Vec<f64> = values
        .iter()
        .map(|v| f64::from(u8::from(v.is_finite())))
        .collect();
    let inert = (0..200).map(|_| unit()).collect();
    let parameters = vec![
        Parameter::inferred("momentum", values),
        Parameter::inferred("inert", inert),
    ];
    let answer = importance(
        &Design {
            parameters,
            objective,
            configurations: Vec::new(),
        },
        &quick(),
    );
    assert!(share(&answer, "momentum") > 0.999, "{answer:?}");
}

#[test]
fn what_is_left_out_is_said() {
    let runs = 40_u32;
    let mut unit = units(9);
    let mut objective: Vec<f64> = (0..runs).map(|run| f64::from(run) + unit()).collect();
    objective[7] = f64::NAN;
    objective[8] = f64::INFINITY;
    let constant = vec![0.5; runs as usize];
    let missing = vec![f64::NAN; runs as usize];
    let names: Vec<u32> = (0..runs).collect();
    let parameters = vec![
        Parameter::inferred("constant", constant),
        Parameter::inferred("missing", missing),
        Parameter::category("name", names),
        Parameter::inferred("index", (0..runs).map(f64::from).collect()),
    ];
    let answer = importance(
        &Design {
            parameters,
            objective,
            configurations: Vec::new(),
        },
        &quick(),
    );
    assert_eq!((answer.n, answer.of), (38, 40));
    let reasons: Vec<(Option<&str>, String)> = answer
        .left_out
        .iter()
        .map(|left| (left.parameter.as_deref(), left.reason.to_string()))
        .collect();
    assert_eq!(
        reasons,
        [
            (None, "2 runs have no finite objective".to_owned()),
            (
                Some("constant"),
                "it has the same value in every run".to_owned()
            ),
            (
                Some("missing"),
                "no run has a usable value for it".to_owned()
            ),
            (
                Some("name"),
                "almost every run has its own value (38 different ones), so it names runs and \
                 explains nothing"
                    .to_owned()
            ),
        ]
    );
    assert!(share(&answer, "index") > 0.99, "{answer:?}");
}

#[test]
fn hundreds_of_categories_are_split_and_more_are_left_out() {
    let of_categories = |count: u32| {
        let codes: Vec<u32> = (0..4 * count).map(|run| run % count).collect();
        let objective = codes.iter().map(|&code| f64::from(code % 2)).collect();
        Design {
            parameters: vec![Parameter::category("dataset", codes)],
            objective,
            configurations: Vec::new(),
        }
    };
    let answer = importance(&of_categories(256), &quick());
    assert!(share(&answer, "dataset") > 0.99, "{answer:?}");
    let answer = importance(&of_categories(257), &quick());
    assert_eq!(
        answer.left_out[0].reason,
        Reason::TooManyCategories { count: 257 }
    );
    assert_eq!(answer.refused, Some(Refusal::NothingVaries));
}

#[test]
fn questions_without_an_answer_are_refused_in_words() {
    let mut unit = units(12);
    let mut columns = |parameters: usize, runs: usize| -> Vec<Parameter> {
        let mut column = || (0..runs).map(|_| unit()).collect();
        (0..parameters)
            .map(|j| Parameter::inferred(format!("p{j}"), column()))
            .collect()
    };
    let refusal = |parameters: Vec<Parameter>, objective: Vec<f64>| {
        let answer = importance(
            &Design {
                parameters,
                objective,
                configurations: Vec::new(),
            },
            &quick(),
        );
        assert!(answer.parameters.is_empty() && answer.pairs.is_empty());
        answer.refused.unwrap().to_string()
    };
    let rising = |runs: usize| (0..runs).map(|run| run as f64).collect::<Vec<_>>();
    assert_eq!(
        refusal(columns(2, 9), rising(9)),
        "9 runs are too few for 2 varying parameters: at least 10 are needed"
    );
    assert_eq!(
        refusal(columns(8, 12), rising(12)),
        "12 runs are too few for 8 varying parameters: at least 16 are needed"
    );
    assert_eq!(
        refusal(columns(2, 30), vec![0.1; 30]),
        "the objective has the same value in every run, so there is nothing to explain"
    );
    assert_eq!(
        refusal(vec![], rising(30)),
        "no parameter varies over these runs, so there is nothing to compare"
    );
    let noise = {
        let mut unit = units(77);
        (0..60).map(|_| unit()).collect()
    };
    let said = refusal(columns(5, 60), noise);
    assert!(
        said.starts_with("the objective cannot be predicted from these parameters"),
        "{said}"
    );
    assert_eq!(
        importance(
            &Design {
                parameters: vec![],
                objective: vec![],
                configurations: Vec::new(),
            },
            &quick()
        )
        .n,
        0
    );
}

#[test]
fn few_runs_are_warned_of() {
    let answer = importance(&design(40, 8), &quick());
    assert!(
        answer.warnings.contains(&Warning::FewRuns {
            runs: 40,
            parameters: 5
        }),
        "{answer:?}"
    );
}

#[test]
fn odd_numbers_do_no_harm() {
    let columns = [
        vec![
            f64::MAX,
            f64::MIN,
            0.0,
            -0.0,
            f64::MIN_POSITIVE,
            1.0,
            2.0,
            3.0,
            4.0,
            5.0,
            f64::NAN,
            1e300,
        ],
        vec![
            1.0,
            1.0 + f64::EPSILON,
            1.0,
            1.0 + 2.0 * f64::EPSILON,
            1.0,
            1.0,
            1.0,
            1.0,
            1.0,
            1.0,
            1.0,
            1.0,
        ],
        vec![
            f64::INFINITY,
            f64::NEG_INFINITY,
            1.0,
            2.0,
            3.0,
            4.0,
            5.0,
            6.0,
            7.0,
            8.0,
            9.0,
            10.0,
        ],
    ];
    for objective in [
        columns[0].clone(),
        columns[1].clone(),
        vec![
            1e308, -1e308, 1e308, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
        ],
    ] {
        for (low, high) in [
            (0.0, 1.0),
            (f64::NAN, f64::INFINITY),
            (5.0, -5.0),
            (0.0, 0.0),
        ] {
            for log in [false, true] {
                let parameter =
                    |values: &Vec<f64>| Parameter::ranged("p", values.clone(), low, high, log);
                let mut parameters: Vec<Parameter> = columns.iter().map(parameter).collect();
                // Lists that are too short or of the wrong kind for their space.
                parameters.push(Parameter::inferred("short", vec![1.0, 2.0]));
                parameters.push(Parameter {
                    elsewhere: Vec::new(),
                    declared: String::new(),
                    name: "codes".to_owned(),
                    space: Space::Levels,
                    values: Column::Codes(vec![1, 2, 3]),
                });
                parameters.push(Parameter {
                    elsewhere: Vec::new(),
                    declared: String::new(),
                    name: "levels".to_owned(),
                    space: Space::Category,
                    values: Column::Numbers(columns[2].clone()),
                });
                let settings = Settings {
                    min_leaf: 1,
                    totals: true,
                    pairs: 4,
                    ..quick()
                };
                let answer = importance(
                    &Design {
                        parameters,
                        objective: objective.clone(),
                        configurations: Vec::new(),
                    },
                    &settings,
                );
                assert!(
                    answer
                        .parameters
                        .iter()
                        .all(|share| share.share.is_finite()),
                    "{answer:?}"
                );
            }
        }
    }
}

#[track_caller]
fn assert_inferred(values: &[f64], step: Option<f64>, log: bool) {
    let Space::Number {
        step: found_step,
        log: found_log,
        ..
    } = Space::infer(values)
    else {
        panic!("{values:?} should not be levels");
    };
    assert_eq!((found_step, found_log), (step, log), "{values:?}");
}

#[test]
fn spaces_are_inferred_by_their_rules() {
    let mut unit = units(21);
    let uniform: Vec<f64> = (0..200).map(|_| unit()).collect();
    let rates: Vec<f64> = (0..200)
        .map(|_| libm::pow(10.0, -5.0 + 4.0 * unit()))
        .collect();
    let narrow_rates: Vec<f64> = (0..200)
        .map(|_| libm::pow(10.0, -3.0 + 1.5 * unit()))
        .collect();
    let layers: Vec<f64> = (0..50).map(|_| 1.0 + (8.0 * unit()).floor()).collect();
    let seeds: Vec<f64> = (0..200).map(|_| (1000.0 * unit()).floor()).collect();
    let each = |levels: &[f64]| levels.repeat(5);
    assert_inferred(&uniform, None, false);
    assert_inferred(&rates, None, true);
    assert_inferred(&narrow_rates, None, true);
    assert_inferred(&layers, Some(1.0), false);
    assert_inferred(&seeds, Some(1.0), false);
    assert_inferred(&each(&[0.1, 0.2, 0.3, 0.4, 0.5]), Some(0.1), false);
    assert_inferred(&each(&[0.0, 1.0]), Some(1.0), false);
    assert_inferred(&each(&[64.0, 128.0, 192.0]), Some(64.0), false);
    assert_inferred(&each(&[16.0, 32.0, 64.0, 128.0]), None, true);
    assert_inferred(&each(&[0.001, 0.01, 0.1]), None, true);
    assert_eq!(Space::infer(&each(&[0.0, 0.1, 0.5])), Space::Levels);
    assert_eq!(
        Space::infer(&each(&[32.0, 50.0, 100.0, 1000.0])),
        Space::Levels
    );
}

/// An objective that is 1 at one level and 0 elsewhere has the variance `m (1 - m)` of that level's measure `m`, and a
/// forest that finds it tells `m` by the marginal's share against a second parameter.
#[test]
fn every_value_of_a_grid_weighs_the_same() {
    for levels in [
        vec![1.0, 2.0, 3.0, 4.0],
        vec![16.0, 32.0, 64.0, 128.0],
        vec![0.001, 0.01, 0.1, 1.0],
        vec![1.0, 5.0, 6.0, 50.0],
    ] {
        for special in [0, 1] {
            let runs = 400;
            let column: Vec<f64> = (0..runs).map(|run| levels[run % 4]).collect();
            let flag: Vec<f64> = (0..runs).map(|run| (run / 4 % 2) as f64).collect();
            let objective = (0..runs)
                .map(|run| f64::from(u8::from(run % 4 == special)) + flag[run])
                .collect();
            let parameters = vec![
                Parameter::inferred("grid", column),
                Parameter::inferred("flag", flag),
            ];
            let answer = importance(
                &Design {
                    parameters,
                    objective,
                    configurations: Vec::new(),
                },
                &quick(),
            );
            // 3/16 against 1/4.
            let exact = 3.0 / 7.0;
            let ours = share(&answer, "grid");
            assert!(
                (ours - exact).abs() < 0.01,
                "{levels:?}, level {special}: {ours}, not {exact}"
            );
        }
    }
}
