//! Proposals where runs are noisy, where they break, and where a metric has an end.

use super::*;

/// Numbers and categories of which two numbers and the first category matter, and one a little.
const NUMBERS: usize = 6;
const CATEGORIES: [usize; 2] = [4, 3];

/// The deviation of a run.
const NOISE: f64 = 0.05;

/// What is to become less: 0 at best.
fn truth(of: &[f64]) -> f64 {
    let category = [0.0, 0.05, 0.12, 0.3][of[NUMBERS] as usize];
    category + 0.5 * (of[0] - 0.7).powi(2) + 0.3 * (of[1] - 0.2).powi(2) + 0.05 * of[2]
}

fn anywhere(draws: &mut Normals) -> Vec<f64> {
    let mut of: Vec<f64> = (0..NUMBERS).map(|_| draws.uniform()).collect();
    of.extend(CATEGORIES.map(|count| (draws.uniform() * count as f64).floor()));
    of
}

fn design(runs: &[Vec<f64>], objective: Vec<f64>) -> Design {
    let parameter = |at: usize| {
        let values = runs.iter().map(|run| run[at]);
        if at < NUMBERS {
            Parameter::ranged(format!("x{at}"), values.collect(), 0.0, 1.0, false)
        } else {
            Parameter::category(format!("c{at}"), values.map(|code| code as u32).collect())
        }
    };
    Design {
        parameters: (0..NUMBERS + CATEGORIES.len()).map(parameter).collect(),
        objective,
        configurations: Vec::new(),
    }
}

fn values(proposal: &Proposal) -> Vec<f64> {
    let value = |setting: &Setting| match setting {
        Setting::Number(value) => *value,
        Setting::Category(code) => f64::from(*code),
        Setting::Inactive => panic!("{proposal:?}"),
    };
    proposal.settings.iter().map(value).collect()
}

/// 40 random configurations of three runs each, then 6 batches of 5: what is left to the best, in truth, is at most three
/// quarters of what further random ones leave. (Over 41 other seeds 0.0154 was left in the median and 0.0166 in the mean; where the
/// law's deviation held that of single runs too, and all proposals could explore, 0.0158 and 0.0196; by chance 0.0224.)
#[test]
fn proposals_beat_random_search_where_runs_are_noisy_and_most_params_do_not_matter() {
    const REPLICATES: usize = 3;
    let (mut by_proposals, mut by_chance) = (Vec::new(), Vec::new());
    let (mut near, mut all) = (0, 0);
    for seed in 0..21 {
        let mut draws = Normals::new(300 + seed);
        let mut configurations: Vec<Vec<f64>> = (0..40).map(|_| anywhere(&mut draws)).collect();
        let mut random = configurations.clone();
        random.extend((0..BATCHES * BATCH).map(|_| anywhere(&mut draws)));
        let (mut runs, mut objective) = (Vec::new(), Vec::new());
        let mut next = configurations.clone();
        for batch in 0..BATCHES as u64 {
            for of in next.iter().flat_map(|of| [of; REPLICATES]) {
                runs.push(of.clone());
                objective.push((truth(of) + NOISE * draws.next()).abs());
            }
            let wanted = Wanted {
                count: BATCH,
                seed: batch,
                maximize: false,
                bounds: (0.0, f64::INFINITY),
            };
            let said = proposed(&design(&runs, objective.clone()), wanted, &[]);
            let forecasts = said.proposals.iter().filter_map(|said| said.forecast);
            near += forecasts.filter(|forecast| !forecast.explores).count();
            all += said.proposals.len();
            next = said.proposals.iter().map(values).collect();
            configurations.extend(next.iter().cloned());
        }
        let best = |of: &[Vec<f64>]| of.iter().map(|of| truth(of)).fold(f64::INFINITY, f64::min);
        by_proposals.push(best(&configurations));
        by_chance.push(best(&random));
    }
    by_proposals.sort_by(f64::total_cmp);
    by_chance.sort_by(f64::total_cmp);
    assert!(
        median(&by_proposals) <= 0.75 * median(&by_chance),
        "{by_proposals:.4?}, by chance {by_chance:.4?}"
    );
    assert!(
        5 * near >= 2 * all,
        "{near} of {all} are predicted near the best"
    );
}

/// The best lies at 0.5 of `a`, and what has 0.35 to 0.65 of it breaks.
fn fragile() -> (Design, Vec<Vec<Setting>>, Ends) {
    let mut draws = Normals::new(12);
    let all: Vec<[f64; 2]> = (0..120)
        .map(|_| [draws.uniform(), draws.uniform()])
        .collect();
    let breaks = |run: &&[f64; 2]| (run[0] - 0.5).abs() < 0.15;
    let sound: Vec<&[f64; 2]> = all.iter().filter(|run| !breaks(run)).collect();
    let parameter = |(at, name): (usize, &str)| {
        let values = sound.iter().map(|run| run[at]).collect();
        Parameter::ranged(name, values, 0.0, 1.0, false)
    };
    let broken = all.iter().filter(breaks);
    let broken: Vec<Vec<Setting>> = broken
        .map(|run| run.map(Setting::Number).to_vec())
        .collect();
    let design = Design {
        parameters: ["a", "b"].into_iter().enumerate().map(parameter).collect(),
        objective: sound
            .iter()
            .map(|run| (run[0] - 0.5).abs() + 0.02 * run[1])
            .collect(),
        configurations: Vec::new(),
    };
    let ends = Ends {
        of_design: vec![Some(false); sound.len()],
        of_tried: vec![Some(true); broken.len()],
    };
    (design, broken, ends)
}

#[test]
fn where_all_runs_broke_none_is_proposed() {
    let (design, broken, ends) = fragile();
    let prepared = Prepared::new(&design);
    let settings = Settings::default();
    let of = |settings: Option<&Settings>, ends: &Ends| {
        let mut proposing = Proposing::new(&design, &prepared, settings, WANTED, &broken, ends);
        while proposing.step(&prepared) {}
        let said = proposing.proposals().unwrap().proposals.clone();
        assert_eq!(said.len(), 10);
        said
    };
    let inside = |said: &[Proposal]| {
        let inside = said
            .iter()
            .filter(|said| (numbers(said)[0] - 0.5).abs() < 0.12);
        inside.count()
    };
    let blind = of(Some(&settings), &Ends::default());
    assert!(inside(&blind) > 0, "{blind:?}");
    assert!(blind.iter().all(|said| said.breaks.is_none()));
    for settings in [Some(&settings), None] {
        let said = of(settings, &ends);
        assert_eq!(inside(&said), 0, "{said:?}");
        assert!(
            said.iter().all(|said| said.breaks.unwrap() < 0.5),
            "{said:?}"
        );
    }
    // Where chance decides which break, all break as often.
    let mut draws = Normals::new(7);
    let mut at_random = ends;
    let ends = at_random
        .of_design
        .iter_mut()
        .chain(&mut at_random.of_tried);
    ends.for_each(|end| *end = Some(draws.uniform() < 0.2));
    let said = of(Some(&settings), &at_random);
    let chances: Vec<f64> = said.iter().filter_map(|said| said.breaks).collect();
    assert!(chances.iter().all(|chance| *chance < 0.6), "{chances:?}");
}

#[test]
fn nothing_is_predicted_beyond_the_end_of_a_metric() {
    // Most runs are good; those that are not, are bad.
    let mut draws = Normals::new(31);
    let runs: Vec<Vec<f64>> = (0..150).map(|_| anywhere(&mut draws)).collect();
    let accuracy = |of: &Vec<f64>| {
        if of[3] < 0.3 {
            0.1
        } else {
            0.97 - 0.1 * truth(of)
        }
    };
    let objective: Vec<f64> = runs.iter().map(accuracy).collect();
    let best = objective.iter().copied().fold(0.0, f64::max);
    let design = design(&runs, objective);
    let of = |bounds: (f64, f64)| {
        let wanted = Wanted {
            maximize: true,
            bounds,
            ..WANTED
        };
        let said = proposed(&design, wanted, &[]).proposals;
        said.iter()
            .map(|said| said.forecast.unwrap())
            .collect::<Vec<_>>()
    };
    let free = of(ANY);
    assert!(free.iter().any(|said| said.high > 1.0), "{free:?}");
    let held = of((0.0, 1.0));
    for said in &held {
        assert!(0.0 <= said.low && said.low <= said.mean && said.mean <= said.high);
        assert!(
            said.high <= 1.0 && said.improvement <= 1.0 - best + 0.01,
            "{said:?}"
        );
    }
    assert!(
        held.iter().filter(|said| !said.explores).count() >= 5,
        "{held:?}"
    );
}
