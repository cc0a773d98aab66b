//! Sentences that said more than the data carries, on data like the one on which they did.

use super::{How, PLAIN, Run, asked, changed, find, honest, of, once};
use crate::engine::Workspace;
use crate::engine::brief::{Sentence, SentenceKind};
use crate::engine::look::WindowLook;
use crate::engine::protocol::{Answer, Ask, WindowQuestion};
use crate::engine::view::Grouping;
use crate::ledger::{Ledger, Role, RunSink, Status, ValueRef, attribute};

fn written(runs: usize, write: impl Fn(&mut RunSink<'_>, usize, f64)) -> Vec<Sentence> {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for at in 0..runs {
        let row = sink.run(&format!("run-{at}"));
        write(&mut sink, row, at as f64);
    }
    sink.finish();
    asked(&mut workspace, PLAIN)
}

fn text(sentences: &[Sentence], kind: SentenceKind) -> &str {
    find(sentences, kind).map_or("", |sentence| sentence.text.as_str())
}

/// The first six configurations once each, and then `repeated` further ones twice, which hardly differ.
fn mostly_once(repeated: usize) -> Vec<Run> {
    let single = once().into_iter().take(6);
    let pairs = (0..repeated).flat_map(|at| {
        let far = Run {
            lr: 100.0 + at as f64,
            loss: 50.0,
            ..honest()[0].clone()
        };
        let again = Run {
            seed: 1.0,
            loss: 50.001,
            ..far.clone()
        };
        [far, again]
    });
    single.chain(pairs).collect()
}

#[test]
fn who_is_judged_by_the_spread_of_others_is_said_to_be() {
    let said = of(&mostly_once(3), PLAIN);
    let best = text(&said, SentenceKind::Best);
    assert!(
        best.contains("Student’s t by the spread of 3 repeated configurations"),
        "{best}"
    );
    assert!(
        best.contains("told from each of the other 8") && best.contains("varies as those do"),
        "{best}"
    );
    let own = of(&honest(), PLAIN);
    assert!(!text(&own, SentenceKind::Best).contains("by the spread"));
}

#[test]
fn runs_of_which_one_alone_has_a_value_are_no_repeats_to_tell_noise_by() {
    let runs = changed(|at, run| {
        if at % 3 > 0 {
            run.loss = f64::NAN;
        }
    });
    let said = of(&runs, PLAIN);
    let noise = text(&said, SentenceKind::Noise);
    assert!(
        noise.starts_with("No configuration has two runs with a value"),
        "{noise}"
    );
    let said = of(&once(), PLAIN);
    assert!(text(&said, SentenceKind::Noise).starts_with("No configuration was repeated"));
}

#[test]
fn others_with_the_very_same_value_are_counted_where_no_noise_is_known() {
    let mut runs = once();
    let least = runs
        .iter()
        .map(|run| run.loss)
        .fold(f64::INFINITY, f64::min);
    let equal = |runs: &[Run]| {
        let said = of(runs, PLAIN);
        text(&said, SentenceKind::Best).contains("1 more has just the same")
    };
    assert!(!equal(&runs));
    let worst = runs.iter_mut().find(|run| run.loss > least + 1.0).unwrap();
    worst.loss = least;
    assert!(equal(&runs));
}

#[test]
fn evaluations_at_several_budgets_are_no_replicates_and_those_of_several_seeds_are_not_there_twice()
{
    let said = |tag: &'static str| {
        written(20, |sink, row, at| {
            let configuration = (at / 2.0).floor();
            for (role, name, value) in [
                (Role::Param, "lr", configuration),
                (Role::Metric, "loss", configuration % 7.0),
                (Role::Tag, tag, at % 2.0),
            ] {
                sink.set_named(row, role, name, ValueRef::Number(value));
            }
        })
    };
    let budgets = said("budget");
    // Half of them at each: what a short training came to is no result beside that of a long one.
    let best = text(&budgets, SentenceKind::Best);
    let at = "Best of 10 runs at budget = 1 (the greatest; 10 at others are not compared) by lowest loss";
    assert!(best.starts_with(at), "{best}");
    assert!(!text(&said("seed"), SentenceKind::Best).contains("greatest"));
    for kind in [SentenceKind::Duplicates, SentenceKind::FixedSeed] {
        assert!(find(&budgets, kind).is_none());
        assert!(find(&said("seed"), kind).is_none());
    }
    assert!(text(&said("seed"), SentenceKind::Best).starts_with("Best of 10 configurations"));
    // What is not of the evaluation tells nothing.
    let twice = said("watched");
    assert!(text(&twice, SentenceKind::Duplicates).starts_with("10 runs are the same"));
}

#[test]
fn an_objective_that_nobody_chose_and_no_source_declares_is_said_to_be_guessed_once() {
    let said = |declared: Option<bool>, metric: &'static str| {
        written(20, |sink, row, at| {
            if let Some(maximize) = declared {
                sink.source().directions = vec![("loss".to_owned(), maximize)];
            }
            sink.set_named(row, Role::Param, "lr", ValueRef::Number(at));
            for name in ["loss", metric] {
                sink.set_named(row, Role::Metric, name, ValueRef::Number(at % 7.0));
            }
        })
    };
    let told = |said: &[Sentence]| {
        let all = said.iter().map(|sentence| &*sentence.text);
        all.collect::<String>().matches("guessed").count()
    };
    assert_eq!(told(&said(None, "runtime")), 1);
    assert_eq!(told(&said(Some(false), "runtime")), 0);
    // Where there is another that may be meant, somebody chose.
    assert_eq!(told(&said(None, "val_loss")), 0);
}

#[test]
fn two_of_one_name_are_not_told_one_as_the_other() {
    let said = written(4, |sink, row, at| {
        sink.set_attribute(row, attribute::NAME, ValueRef::Text("config 1"));
        sink.set_named(row, Role::Param, "lr", ValueRef::Number(at % 3.0));
        sink.set_named(row, Role::Metric, "loss", ValueRef::Number(at % 3.0));
    });
    let twice = text(&said, SentenceKind::Duplicates);
    assert!(twice.contains("(config 1 is there again)"), "{twice}");
}

#[test]
fn metrics_of_the_machine_are_no_results() {
    let said = |name: &'static str| {
        written(12, |sink, row, at| {
            // A seed without any effect: the curve is the same in all runs.
            for step in 0..8 {
                let value = 1.0 / f64::from(step + 1);
                let loss = sink.column(Role::Metric, "loss");
                sink.point(row, loss, f64::from(step), 0, value);
                // The machine's jumps, and differs.
                let load = sink.column(Role::Metric, name);
                let millis = 1_700_000_000_000 - i64::from(step) * 600_000;
                sink.point(row, load, f64::from(step), millis, value + at);
            }
            let idle = format!("{name}/idle");
            sink.set_named(row, Role::Metric, &idle, ValueRef::Number(3.0));
            sink.set_named(row, Role::Param, "seed", ValueRef::Number(at));
        })
    };
    let told = |said: &[Sentence]| {
        (
            text(said, SentenceKind::SameCurves).contains("which differ in seed"),
            find(said, SentenceKind::Clock).is_some(),
            text(said, SentenceKind::ConstantMetrics).contains("idle"),
        )
    };
    let machine = said("system/cpu");
    assert_eq!(told(&machine), (true, false, false), "{machine:#?}");
    let result = said("reward");
    assert_eq!(told(&result), (false, true, true), "{result:#?}");
}

#[test]
fn a_status_that_is_not_known_is_none() {
    let said = |status: fn(usize) -> Option<Status>| {
        let runs = changed(|at, run| run.status = status(at));
        text(&of(&runs, PLAIN), SentenceKind::Statuses).to_owned()
    };
    assert_eq!(said(|_| Some(Status::Unknown)), "");
    assert_eq!(
        said(|at| Some(if at == 0 {
            Status::Failed
        } else {
            Status::Unknown
        })),
        "120 runs: 1 failed, 119 without a status."
    );
}

#[test]
fn where_all_may_be_the_best_none_is_called_apart() {
    let noise = changed(|at, run| run.loss = f64::from(at as u32 * 37 % 101));
    let best = find(&of(&noise, PLAIN), SentenceKind::Best)
        .unwrap()
        .text
        .clone();
    assert!(
        best.contains("None of the others can be told from it (Welch"),
        "{best}"
    );
    let best = find(&of(&honest(), PLAIN), SentenceKind::Best)
        .unwrap()
        .text
        .clone();
    assert!(!best.contains("None of the others"), "{best}");
}

#[test]
fn nothing_is_to_be_tried_next_on_the_word_of_a_few_runs() {
    let few: Vec<Run> = once().into_iter().take(9).collect();
    assert!(find(&of(&few, PLAIN), SentenceKind::Next).is_none());
    let enough: Vec<Run> = once().into_iter().take(10).collect();
    assert!(find(&of(&enough, PLAIN), SentenceKind::Next).is_some());
}

#[test]
fn what_broke_is_said_without_an_objective_too_but_not_by_it() {
    let broken = changed(|at, run| {
        if at % 9 == 0 {
            run.status = Some(Status::Failed);
        }
    });
    let without = How {
        without_objective: true,
        ..How::default()
    };
    let (with, without) = (of(&broken, PLAIN), of(&broken, &without));
    assert!(text(&with, SentenceKind::Broken).contains("without a finite objective"));
    let said = text(&without, SentenceKind::Broken);
    assert!(
        said.contains("(failed or killed): by configuration 0 of 40 in most of their runs"),
        "{said}"
    );
}

#[test]
fn the_foremost_are_said_to_lie_where_they_do() {
    let runs = changed(|_, run| {
        run.loss = run.lr + if run.optimizer == "sgd" { 20.0 } else { 0.0 };
    });
    let said = of(&runs, PLAIN);
    let params = text(&said, SentenceKind::Params);
    let mut rates: Vec<f64> = honest()
        .iter()
        .filter(|run| run.optimizer == "adam")
        .map(|run| run.lr)
        .collect();
    rates.sort_by(f64::total_cmp);
    rates.dedup();
    let range = format!("the best 5: {} to {}", rates[0], rates[4]);
    assert!(
        params.contains(&range) && params.contains("the best 5: adam"),
        "{range} in {params}"
    );
}

#[test]
fn runs_of_unknown_params_are_no_replicates_and_seeds_alone_make_some() {
    let said = |param: Option<&'static str>| {
        written(10, |sink, row, at| {
            if let Some(param) = param {
                sink.set_named(row, Role::Param, param, ValueRef::Number(at));
            } else if at > 5.0 {
                sink.set_named(row, Role::Param, "lr", ValueRef::Number(at));
            }
            let loss = 1.0 + (at * 7.0) % 10.0 / 100.0;
            sink.set_named(row, Role::Metric, "loss", ValueRef::Number(loss));
        })
    };
    let unknown = text(&said(None), SentenceKind::Best).to_owned();
    assert!(unknown.starts_with("Best of 10 runs"), "{unknown}");
    let seeds = text(&said(Some("seed")), SentenceKind::Best).to_owned();
    assert!(
        seeds.contains("mean of 10") || seeds.contains("10 runs"),
        "{seeds}"
    );
    assert!(!seeds.starts_with("Best of 10"), "{seeds}");
    let rates = text(&said(Some("lr")), SentenceKind::Best).to_owned();
    assert!(rates.starts_with("Best of 10 runs"), "{rates}");
}

#[test]
fn a_group_has_the_interval_in_the_table_that_the_brief_tells_of_it() {
    // Three seeds of each: two near one another and one far above, more or less.
    let runs = changed(|at, run| {
        let far = if at % 3 == 2 { 2.0 } else { 0.0 };
        run.loss = (run.lr - 9.0).abs() / 10.0 + far + (at * 37 % 101) as f64 / 200.0;
    });
    // Five of each of two, which lean.
    let leaning = (0..10).map(|at| Run {
        lr: [1.0, 2.0][at / 5],
        seed: (at % 5) as f64,
        loss: [0.10, 0.12, 0.12, 0.12, 0.50][at % 5] + (at / 5) as f64,
        ..honest()[0].clone()
    });
    let leaning = leaning.collect();
    // Forty of each of two, whose bootstrap is seeded by them, and five over two orders of magnitude.
    let many = (0..80).map(|at| Run {
        lr: [1.0, 2.0][at / 40],
        seed: (at % 40) as f64,
        loss: libm::exp((at * 37 % 40) as f64 / 20.0) + (at / 40) as f64,
        ..honest()[0].clone()
    });
    let many = many.collect();
    let far = (0..10).map(|at| Run {
        lr: [1.0, 2.0][at / 5],
        seed: (at % 5) as f64,
        loss: [0.03, 0.1, 0.2, 0.4, 1.3][at % 5] * (at / 5 + 1) as f64,
        ..honest()[0].clone()
    });
    let far = far.collect();
    for (runs, word, how_told) in [
        (runs, " in ", "Hall’s transformation"),
        (honest(), " ± ", "Student’s t"),
        (leaning, " to 0.83", "Student’s t, stretched"),
        (many, " in ", "bootstrap-t of 999 resamples"),
        (far, " in ", "Student’s t, stretched"),
    ] {
        let mut workspace = super::workspace(&runs);
        let how = How {
            grouping: Some(Grouping::Replicates),
            ..How::default()
        };
        let best = text(&asked(&mut workspace, &how), SentenceKind::Best).to_owned();
        let loss = workspace.ledger().find(Role::Metric, "loss").unwrap();
        let Answer::Window(window) = workspace.answer(&Ask::Window(WindowQuestion {
            first: 0,
            count: 100,
            columns: vec![loss],
            look: WindowLook::default(),
        })) else {
            panic!("no window")
        };
        let first = window.rows.iter().find(|row| row.rank == Some(1)).unwrap();
        let cell = first.cells[0].text.trim();
        assert!(cell.contains(word), "{cell}");
        assert!(
            best.contains(&format!(": {cell} (95 % interval, {how_told}")),
            "{cell}: {best}"
        );
    }
}

#[test]
fn the_interval_of_few_runs_that_lean_is_stretched_and_that_is_said() {
    let five = |losses: [f64; 5]| {
        let runs: Vec<Run> = (0..10)
            .map(|at| Run {
                lr: [1.0, 2.0][at / 5],
                seed: (at % 5) as f64,
                loss: losses[at % 5] + (at / 5) as f64,
                ..honest()[0].clone()
            })
            .collect();
        let said = of(&runs, &How::default());
        assert!(find(&said, SentenceKind::Noise).is_none());
        find(&said, SentenceKind::Best).unwrap().text.clone()
    };
    let leaning = five([0.10, 0.12, 0.12, 0.12, 0.50]);
    assert!(
        leaning.contains("mean of 5: 0.19 in -0.02 to ")
            && leaning.contains("Student’s t, stretched to the side where its few runs lean;"),
        "{leaning}"
    );
    let even = five([0.10, 0.11, 0.12, 0.13, 0.14]);
    assert!(
        even.contains("mean of 5: 0.120 ± 0.020 (95 % interval, Student’s t;"),
        "{even}"
    );
}
