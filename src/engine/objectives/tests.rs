//! What is said of a real study with constraints, held against Optuna's own fronts, and of made-up runs where something is
//! not there.

use super::*;
use crate::chart::scatter::FOREMOST;
use crate::engine::Workspace;
use crate::engine::brief::SentenceKind;
use crate::engine::protocol::{Answer, Ask, MarkHow, MarkLines, SelectQuestion, SpaceRun};
use crate::engine::view::{Center, Direction, Objective};
use crate::engine::view::{Grouping, Tab};
use crate::format;
use crate::ledger::{RunSink, Status, ValueRef, attribute};
use crate::source::{Files, MemoryFile};
use std::rc::Rc;

const STUDY: &[u8] = include_bytes!("../../../tests/fixtures/ranking/moo.db");
const GOLDEN: &str = include_str!("../../../tests/fixtures/ranking/pareto.json");

fn study() -> Workspace {
    let files: Files = vec![Rc::new(MemoryFile::new("moo.db", STUDY))];
    let mut workspace = Workspace::default();
    for unit in &format::plan(&files).units {
        let mut keep = |part: Ledger| workspace.append(part);
        let mut sink = RunSink::new(&mut keep);
        format::read_unit(unit, &files, &mut sink, &mut |_| {});
        sink.finish();
    }
    workspace
}

fn select(workspace: &mut Workspace, objective: Option<&str>, grouping: Option<Grouping>) {
    let objective = objective.map(|name| Objective {
        column: format!("metric.{name}"),
        direction: Direction::Minimize,
        statistic: Statistic::Last,
        until: Until::End,
        center: Center::Mean,
    });
    let said = workspace.answer(&Ask::Select(Box::new(SelectQuestion {
        filter: String::new(),
        objective,
        grouping,
        ..SelectQuestion::default()
    })));
    assert!(matches!(said, Answer::Selected(_)));
}

fn ask(workspace: &mut Workspace, chosen: Option<&[(&str, bool, u8)]>) -> Objectives {
    let chosen = chosen.map(|all| {
        let metric = |(name, maximize, weight): &(&str, bool, u8)| FurtherMetric {
            column: format!("metric.{name}"),
            maximize: *maximize,
            weight: *weight,
        };
        all.iter().map(metric).collect()
    });
    let asked = ObjectivesQuestion {
        filter: String::new(),
        chosen,
        axes: (0, 1),
    };
    match workspace.answer(&Ask::Objectives(asked)) {
        Answer::Objectives(said) => *said,
        other => panic!("{other:?}"),
    }
}

fn part<'a>(said: &'a Objectives, word: &str) -> &'a Section {
    said.sections.iter().find(|part| part.word == word).unwrap()
}

fn says(said: &Objectives, word: &str, text: &str) -> bool {
    let part = part(said, word);
    part.words.iter().any(|words| words.contains(text))
}

#[track_caller]
fn check(said: &Objectives, word: &str, text: &str) {
    assert!(
        says(said, word, text),
        "{text:?} in {:?}",
        part(said, word).words
    );
}

#[test]
fn a_study_brings_its_objectives_and_its_front_is_optunas() {
    let mut workspace = study();
    select(&mut workspace, None, None);
    let said = ask(&mut workspace, None);
    assert!(said.is_declared);
    let names: Vec<(&str, bool)> = said
        .metrics
        .iter()
        .map(|metric| (metric.name.as_str(), metric.metric.maximize))
        .collect();
    assert_eq!(names, [("error", false), ("model_nodes", false)]);
    let golden: serde_json::Value = serde_json::from_str(GOLDEN).unwrap();
    let want = golden["optuna_best_trials"].as_array().unwrap();
    let mut want: Vec<String> = want
        .iter()
        .map(|trial| format!("wine-tradeoff/{trial}"))
        .collect();
    let mut got: Vec<String> = said
        .front
        .iter()
        .map(|row| workspace.run_name(*row))
        .collect();
    want.sort();
    got.sort();
    assert_eq!(got, want);
    check(&said, "tradeoff", "17 of 68 runs on the first front");
    check(
        &said,
        "tradeoff",
        "30 of 98 runs with all objectives break a constraint",
    );
    check(&said, "tradeoff", "2 of 100 runs without a finite value");
    check(&said, "tradeoff", "only repeated runs tell");
    // The sampler tried some params twice.
    assert!(part(&said, "tradeoff").link.is_some());
    let table = part(&said, "tradeoff").table.as_ref().unwrap();
    assert_eq!(table.columns.len(), 1 + 2 + 1);
    assert_eq!((table.lines.len(), table.more), (17, 0));
    // Further fronts are those of Optuna and pymoo too, each of its colour.
    let ranks = &golden["feasible_only"]["rank_by_trial"];
    let further = part(&said, "fronts").table.as_ref().unwrap();
    assert_eq!(further.columns[1], "Front");
    let mut fronts: Vec<u64> = Vec::new();
    for line in &further.lines {
        let trial = line.name.rsplit_once('/').unwrap().1;
        let front = ranks[trial].as_u64().unwrap() + 1;
        assert_eq!(line.cells[0], front.to_string(), "{line:?}");
        fronts.push(front);
    }
    assert!(
        fronts.is_sorted() && fronts[0] == 2 && fronts.contains(&5),
        "{fronts:?}"
    );
    let second = fronts.iter().filter(|front| **front == 2).count();
    check(
        &said,
        "fronts",
        &format!("Of 68 runs: {second} on the second front, "),
    );
    let dots = &part(&said, "tradeoff")
        .picture
        .as_ref()
        .unwrap()
        .scatter
        .dots;
    let of_class = |class: u8| dots.iter().filter(|dot| dot.class == class).count();
    assert_eq!((of_class(FOREMOST), of_class(4)), (17, second));
    let legend = &part(&said, "tradeoff").picture.as_ref().unwrap().legend;
    assert!(
        legend.iter().any(|item| item.label == "fifth front"),
        "{legend:?}"
    );
    check(&said, "hypervolume", "of 68 runs. 99 % of that");
    check(&said, "history", "98 of 100 runs have a value");
    check(&said, "history", "Constraints are not looked at here");
    check(&said, "early", "no three runs with curves");
    // The front is selected as any runs are, and a dot is found where it is pointed at.
    let rows = said.front.clone();
    let marked = workspace.answer(&Ask::Mark {
        lines: MarkLines::Rows(rows),
        how: MarkHow::Only,
    });
    assert!(
        matches!(marked, Answer::Marked { selected: 17, .. }),
        "{marked:?}"
    );
    let picture = part(&said, "tradeoff").picture.as_ref().unwrap();
    assert_eq!(picture.pixels, None);
    let ring = picture.scatter.marks();
    let ring = ring
        .iter()
        .find(|mark| mark.attributes[0].1 == "ring")
        .unwrap();
    let at = |place: usize| ring.attributes[place].1.parse::<f64>().unwrap();
    let near = |workspace: &mut Workspace, x, y| -> Option<SpaceRun> {
        match workspace.answer(&Ask::ScatterRun {
            picture: picture.place,
            x,
            y,
        }) {
            Answer::SpaceRun(run) => run.map(|run| *run),
            other => panic!("{other:?}"),
        }
    };
    let found = near(&mut workspace, at(1), at(2)).unwrap();
    assert!(said.front.contains(&found.row), "{found:?}");
    assert_eq!(near(&mut workspace, -500.0, -500.0), None);
}

#[test]
fn what_a_person_chose_goes_before_what_the_source_declares() {
    let mut workspace = study();
    select(&mut workspace, Some("error"), None);
    let alone = ask(&mut workspace, Some(&[]));
    assert!(!alone.is_declared && alone.front.is_empty());
    let words: Vec<&str> = alone
        .sections
        .iter()
        .map(|part| part.word.as_str())
        .collect();
    assert_eq!(words, ["history", "clock", "cost", "early"]);
    // One that is left alone is the objective, as it is set at the top.
    let left = ask(&mut workspace, Some(&[("model_nodes", true, 1)]));
    assert_eq!(left.metrics[0].name, "error");
    // A metric that is not there, as an old link has it, and one that is there twice.
    let said = ask(
        &mut workspace,
        Some(&[("gone", true, 1), ("error", false, 1), ("error", true, 1)]),
    );
    assert_eq!(said.metrics.len(), 1);
    // The other way, other runs lead; by weight, an end of the front.
    let turned = ask(
        &mut workspace,
        Some(&[("error", false, 100), ("model_nodes", true, 0)]),
    );
    let table = part(&turned, "tradeoff").table.as_ref().unwrap();
    assert!(table.lines[0].cells[2].contains("by weights"), "{table:?}");
}

/// Runs of (a, b, constraint, seed) with one param by which they may be repeated.
fn runs(of: &[(f64, f64, Option<&str>, usize)]) -> Workspace {
    Workspace::written(|sink| {
        for (at, (a, b, constraint, configuration)) in of.iter().enumerate() {
            let row = sink.run(&format!("run-{at}"));
            sink.set_named(
                row,
                Role::Param,
                "width",
                ValueRef::Number(*configuration as f64),
            );
            sink.set_named(row, Role::Param, "seed", ValueRef::Number(at as f64));
            for (name, value) in [("a", *a), ("b", *b)] {
                if value.is_finite() {
                    sink.set_named(row, Role::Metric, name, ValueRef::Number(value));
                }
            }
            if let Some(text) = constraint {
                sink.set_named(row, Role::Tag, "constraints", ValueRef::Text(text));
            }
        }
    })
}

#[test]
fn three_objectives_have_a_knee_that_is_named_with_its_method() {
    let mut workspace = Workspace::written(|sink| {
        for (at, of) in [
            [10.0, 0.0, 0.0],
            [0.0, 5.0, 0.0],
            [0.0, 0.0, 1.0],
            [1.0, 1.0, 0.3],
            [4.0, 2.0, 0.4],
        ]
        .iter()
        .enumerate()
        {
            let row = sink.run(&format!("run-{at}"));
            for (name, value) in ["a", "b", "c"].iter().zip(of) {
                sink.set_named(row, Role::Metric, name, ValueRef::Number(*value));
            }
        }
    });
    select(&mut workspace, None, None);
    let three = [("a", false, 50), ("b", false, 50), ("c", false, 50)];
    let said = ask(&mut workspace, Some(&three));
    check(&said, "tradeoff", "4 of 5 runs on the first front");
    check(
        &said,
        "tradeoff",
        "Knee: run-3, furthest below the plane through the runs that are best in one objective each",
    );
    check(&said, "fronts", "Of 5 runs: 1 on the second front.");
    let turned = [("a", true, 50), ("b", true, 50), ("c", true, 50)];
    let turned = ask(&mut workspace, Some(&turned));
    check(&turned, "tradeoff", "Knee: run-4, ");
    // Where one is best in two there is no plane.
    let two = [("b", false, 50), ("c", false, 50), ("a", true, 50)];
    check(
        &ask(&mut workspace, Some(&two)),
        "tradeoff",
        "1 of 5 runs on the first front",
    );
    check(&ask(&mut workspace, Some(&two)), "tradeoff", "no knee");
}

const BOTH: [(&str, bool, u8); 2] = [("a", false, 50), ("b", false, 50)];

#[test]
fn repeated_runs_say_how_sure_a_place_on_the_front_is() {
    let of: Vec<_> = (0..12_usize)
        .map(|at| {
            let (configuration, noise) = (at / 3, (at % 3) as f64 - 1.0);
            let x = 10.0 * configuration as f64;
            (x + noise, 30.0 - x - noise, None, configuration)
        })
        .collect();
    let mut workspace = runs(&of);
    select(&mut workspace, None, None);
    let single = ask(&mut workspace, Some(&BOTH));
    let (text, link) = part(&single, "tradeoff").link.clone().unwrap();
    assert!(text.contains("Group replicates"));
    select(&mut workspace, None, link.grouping);
    let said = ask(&mut workspace, Some(&BOTH));
    check(&said, "tradeoff", "4 of 4 groups on the first front");
    check(&said, "tradeoff", "400 draws");
    let table = part(&said, "tradeoff").table.as_ref().unwrap();
    assert_eq!(table.columns[3], "How often on it");
    assert!(
        table.lines.iter().all(|line| line.cells[2] == "100 %"),
        "{table:?}"
    );
    // Of groups all runs are selected.
    assert_eq!(said.front.len(), 12);
    check(&said, "hypervolume", "not all say when they began");
}

#[test]
fn who_comes_onto_the_front_in_some_draws_is_listed_though_not_on_it() {
    let middles = [
        (0.0, 10.0),
        (10.0, 0.0),
        (5.0, 5.0),
        (5.2, 5.2),
        (20.0, 20.0),
    ];
    let of: Vec<_> = (0..15_usize)
        .map(|at| {
            let ((x, y), noise) = (middles[at / 3], (at % 3) as f64 - 1.0);
            (x + noise, y - noise, None, at / 3)
        })
        .collect();
    let mut workspace = runs(&of);
    select(&mut workspace, None, Some(Grouping::Replicates));
    let said = ask(&mut workspace, Some(&BOTH));
    check(&said, "tradeoff", "3 of 5 groups on the first front");
    check(
        &said,
        "tradeoff",
        "1 group is off the front but on it in at least 5.0 % of the draws",
    );
    let lines = &part(&said, "tradeoff").table.as_ref().unwrap().lines;
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert!(lines[..3].iter().all(|line| line.cells[3] != "not on it"));
    assert_eq!(
        (lines[3].row, lines[3].cells[3].as_str()),
        (Some(9), "not on it")
    );
    // Only the front is selected.
    assert_eq!(said.front.len(), 9);
}

#[test]
fn objectives_stay_where_no_run_meets_the_filter() {
    let mut workspace = study();
    let said = workspace.answer(&Ask::Select(Box::new(SelectQuestion {
        filter: "error <= 0".to_owned(),
        ..SelectQuestion::default()
    })));
    assert!(matches!(said, Answer::Selected(_)));
    let said = ask(&mut workspace, None);
    assert_eq!((said.metrics.len(), said.is_declared), (2, true));
    check(&said, "tradeoff", "No run meets the filter");
    assert!(said.front.is_empty());
    let said = ask(
        &mut workspace,
        Some(&[("error", false, 10), ("model_nodes", true, 50)]),
    );
    let ways: Vec<bool> = said
        .metrics
        .iter()
        .map(|metric| metric.metric.maximize)
        .collect();
    assert_eq!(ways, [false, true]);
}

#[test]
fn the_brief_tells_the_front_of_what_the_source_declares() {
    let told = |workspace: &mut Workspace| {
        let filter = String::new();
        match workspace.answer(&Ask::Brief { filter }) {
            Answer::Brief(brief) => brief.sentences,
            other => panic!("{other:?}"),
        }
    };
    let mut workspace = study();
    for objective in [None, Some("error")] {
        select(&mut workspace, objective, None);
        let all = told(&mut workspace);
        let front = all
            .iter()
            .find(|said| said.kind == SentenceKind::Front)
            .unwrap();
        let text = "17 of 68 runs on the first front of error and model_nodes";
        assert!(front.text.starts_with(text), "{}", front.text);
        assert_eq!(
            (front.n, front.of, front.link.tab),
            (17, 68, Tab::Objectives)
        );
        assert!(
            all.iter()
                .all(|said| said.kind != SentenceKind::NoObjective)
        );
        let ranks = all.iter().any(|said| said.kind == SentenceKind::Best);
        assert_eq!(ranks, objective.is_some());
    }
    let mut plain = runs(&[(1.0, 5.0, None, 0), (0.5, 4.0, None, 1)]);
    select(&mut plain, None, None);
    let all = told(&mut plain);
    assert!(all.iter().all(|said| said.kind != SentenceKind::Front));
    assert!(
        all.iter()
            .any(|said| said.kind == SentenceKind::NoObjective)
    );
}

#[test]
fn constraints_are_read_from_lists_and_none_may_be_met() {
    let some = |text| Some(text);
    let mut workspace = runs(&[
        (1.0, 5.0, some("[-1.0, 0.0]"), 0),
        (0.5, 4.0, some("[2.0, 1.5]"), 1),
        (0.0, 0.0, None, 2),
        (f64::NAN, 1.0, some("[-1]"), 3),
    ]);
    select(&mut workspace, None, None);
    let said = ask(&mut workspace, Some(&BOTH));
    assert_eq!(said.front, [0]);
    assert_eq!(part(&said, "tradeoff").link, None);
    check(
        &said,
        "tradeoff",
        "2 of 3 runs with all objectives break a constraint",
    );
    check(&said, "tradeoff", "1 of them since they say nothing");
    check(
        &said,
        "tradeoff",
        "1 of 4 runs without a finite value of an objective, or pruned, take no part: a 1.",
    );
    check(&said, "hypervolume", "No hypervolume");
    let mut workspace = runs(&[(1.0, 5.0, some("[2.5]"), 0), (0.5, 4.0, some("[9, -2]"), 1)]);
    select(&mut workspace, None, None);
    let said = ask(&mut workspace, Some(&BOTH));
    assert!(said.front.is_empty());
    check(
        &said,
        "tradeoff",
        "nearest to it is run-0, which breaks them by 2.5",
    );
}

#[test]
fn without_an_objective_or_a_value_nothing_is_claimed() {
    let mut workspace = runs(&[(1.0, f64::NAN, None, 0), (2.0, f64::NAN, None, 1)]);
    select(&mut workspace, None, None);
    assert!(ask(&mut workspace, None).sections.is_empty());
    let said = ask(
        &mut workspace,
        Some(&[("a", false, 1), ("width", false, 1)]),
    );
    assert_eq!(said.metrics.len(), 1);
    select(&mut workspace, Some("a"), None);
    let said = ask(&mut workspace, None);
    check(&said, "history", "2 of 2 runs have a value");
    check(&said, "clock", "0 of 2 runs say when");
    check(&said, "cost", "None of 2 runs says how long it took");
    check(&said, "early", "no three runs with curves");
    let mut nothing = runs(&[]);
    select(&mut nothing, None, None);
    assert!(ask(&mut nothing, Some(&BOTH)).sections.is_empty());
}

#[test]
fn a_search_says_what_it_cost_to_come_near_the_best() {
    let mut workspace = Workspace::written(|sink| {
        let loss = sink.column(Role::Metric, "loss");
        // In the file they stand from the last to the first.
        for at in (0..10_i64).rev() {
            let row = sink.run(&format!("run-{at}"));
            let start = 1_700_000_000_000 + 3_600_000 * at;
            sink.set_attribute(row, attribute::START, ValueRef::Time(start));
            if at != 4 {
                sink.set_attribute(row, attribute::END, ValueRef::Time(start + 1_800_000));
            }
            sink.set_status(
                row,
                Status::from_word(if at == 9 { "pruned" } else { "finished" }),
            );
            let last = [9.0, 8.0, 8.5, 1.09, 1.04, 2.0, 1.0, 3.0, 4.0, 0.1][at as usize];
            // Who is best in the end is worst early.
            let early = if at == 6 { 20.0 } else { 10.0 + last };
            for (step, value) in [(0.0, 30.0), (10.0, early), (40.0, last)] {
                sink.point(row, loss, step, 0, value);
            }
        }
    });
    select(&mut workspace, Some("loss"), None);
    let said = ask(&mut workspace, None);
    check(
        &said,
        "history",
        "9 of 10 runs have a value (loss: 1 ended early). The best, 1, is run-6: run 7 of 10, in the order in which they began. 5 runs were better",
    );
    check(&said, "clock", "10 of 10 runs say so");
    assert!(!says(&said, "history", "Constraints"));
    check(&said, "cost", "4.5 h in sum, over 9 of 10 runs");
    let lines = &part(&said, "cost").table.as_ref().unwrap().lines;
    let told: Vec<(&str, &str, &str, &str)> = lines
        .iter()
        .map(|line| {
            let cell = |at: usize| line.cells[at].as_str();
            (line.name.as_str(), cell(1), cell(2), cell(3))
        })
        .collect();
    assert_eq!(
        told,
        [
            ("1 %: run-6", "7", "3 h (6 of 7)", "6.5 h"),
            ("5 %: run-4", "5", "2 h (4 of 5)", "4 h"),
            ("10 %: run-3", "4", "2 h (4 of 4)", "3.5 h"),
        ]
    );
    let early = &part(&said, "early").table.as_ref().unwrap().lines[0];
    assert_eq!(early.name, "25 % (step 10): run-4");
    assert_eq!(
        (early.cells[1].as_str(), early.cells[2].as_str()),
        ("0.04", "8 runs")
    );
    assert_eq!(early.cells[4], "9 of 10");
}

#[test]
fn a_hundred_thousand_runs_are_drawn_as_pixels() {
    let mut workspace = Workspace::written(|sink| {
        let mut state = 7_u64;
        for _ in 0..100_000 {
            let row = sink.add_run();
            for name in ["a", "b", "c"] {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                let value = (state >> 33) as f64;
                sink.set_named(row, Role::Metric, name, ValueRef::Number(value));
            }
        }
    });
    select(&mut workspace, None, None);
    for width in 2..=3 {
        let chosen = [("a", false, 50), ("b", false, 50), ("c", false, 50)];
        let said = ask(&mut workspace, Some(&chosen[..width]));
        let picture = part(&said, "tradeoff").picture.as_ref().unwrap();
        assert_eq!(picture.scatter.dots.len(), said.front.len());
        let (wide, pixels) = picture.pixels.as_ref().unwrap();
        assert_eq!(pixels.0.len() % (4 * wide), 0);
    }
}
