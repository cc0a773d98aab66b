//! Each kind of sentence on data that carries it and on data that does not.

mod broken;
mod curves;
mod doubted;
mod folded;
mod leaked;
mod paired;
mod proposed;

use super::{Sentence, SentenceKind};
use crate::engine::Workspace;
use crate::engine::protocol::{Answer, Ask, SelectQuestion};
use crate::engine::view::{
    Baseline, Center, Direction, Grouping, Objective, Statistic, Tab, Until, View,
};
use crate::ledger::{Ledger, Role, RunSink, Status, ValueRef};

/// What a made run is like.
#[derive(Clone)]
struct Run {
    lr: f64,
    depth: f64,
    optimizer: &'static str,
    seed: f64,
    loss: f64,
    recall: f64,
    status: Option<Status>,
}

/// 40 configurations of 3 seeds each: a lower loss with a lower `lr`, best inside its range, and noise that is as honest
/// as a fixed sequence can be.
fn honest() -> Vec<Run> {
    (0..120_u32)
        .map(|at| {
            let configuration = at / 3;
            let lr = f64::from(configuration * 17 % 40) + 1.0;
            let noise = f64::from(at * 37 % 101) / 101.0 - 0.5;
            Run {
                lr,
                depth: f64::from(configuration % 4),
                optimizer: ["adam", "sgd"][configuration as usize % 2],
                seed: f64::from(at % 3),
                loss: (lr - 9.0).abs() / 10.0 + noise,
                recall: f64::from(at * 13 % 7),
                status: Some(Status::Finished),
            }
        })
        .collect()
}

fn workspace(runs: &[Run]) -> Workspace {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for (at, run) in runs.iter().enumerate() {
        let row = sink.run(&format!("run-{at}"));
        for (role, name, value) in [
            (Role::Param, "lr", run.lr),
            (Role::Param, "depth", run.depth),
            (Role::Param, "seed", run.seed),
            (Role::Metric, "loss", run.loss),
            (Role::Metric, "recall", run.recall),
        ] {
            sink.set_named(row, role, name, ValueRef::Number(value));
        }
        sink.set_named(row, Role::Param, "optimizer", ValueRef::Text(run.optimizer));
        if let Some(status) = run.status {
            sink.set_status(row, status);
        }
    }
    sink.finish();
    workspace
}

/// What is asked beside the runs.
#[derive(Default)]
struct How<'a> {
    without_objective: bool,
    grouping: Option<Grouping>,
    baseline: Option<usize>,
    filter: &'static str,
    /// The metric that is to be highest; else `loss` is to be lowest.
    metric: Option<&'a str>,
    center: Center,
    statistic: Statistic,
}

fn asked(workspace: &mut Workspace, how: &How<'_>) -> Vec<Sentence> {
    let objective = Objective {
        column: how.metric.unwrap_or("metric.loss").to_owned(),
        direction: if how.metric.is_some() {
            Direction::Maximize
        } else {
            Direction::Minimize
        },
        statistic: how.statistic,
        until: Until::End,
        center: how.center,
    };
    workspace.answer(&Ask::Select(Box::new(SelectQuestion {
        filter: how.filter.to_owned(),
        objective: (!how.without_objective).then_some(objective),
        grouping: how.grouping.clone(),
        baseline: how.baseline.map(Baseline::Run),
        ..SelectQuestion::default()
    })));
    match workspace.answer(&Ask::Brief {
        filter: how.filter.to_owned(),
    }) {
        Answer::Brief(brief) => brief.sentences,
        other => panic!("{other:?}"),
    }
}

fn of(runs: &[Run], how: &How<'_>) -> Vec<Sentence> {
    asked(&mut workspace(runs), how)
}

fn find(sentences: &[Sentence], kind: SentenceKind) -> Option<&Sentence> {
    sentences.iter().find(|sentence| sentence.kind == kind)
}

fn changed(how: impl Fn(usize, &mut Run)) -> Vec<Run> {
    let mut runs = honest();
    runs.iter_mut()
        .enumerate()
        .for_each(|(at, run)| how(at, run));
    runs
}

/// The sentence of a kind, which must be there with the one data and not with the other; and how many runs its filter keeps.
fn held(
    kind: SentenceKind,
    with: (&[Run], &How<'_>),
    without: (&[Run], &How<'_>),
) -> (Sentence, usize) {
    let absent = of(without.0, without.1);
    assert!(find(&absent, kind).is_none(), "{absent:#?}");
    let mut workspace = workspace(with.0);
    let sentences = asked(&mut workspace, with.1);
    let sentence = find(&sentences, kind)
        .unwrap_or_else(|| panic!("{sentences:#?}"))
        .clone();
    assert!(sentence.n <= sentence.of, "{sentence:?}");
    let mut view = View::default();
    sentence.link.show_in(&mut view);
    assert_eq!(
        (view.tab, &view.filter),
        (sentence.link.tab, &sentence.link.filter)
    );
    let Answer::Selected(selected) = workspace.answer(&Ask::Select(Box::new(SelectQuestion {
        filter: view.filter,
        sort: view.sort,
        objective: None,
        ..SelectQuestion::default()
    }))) else {
        panic!("no selection")
    };
    assert_eq!(selected.errors, [], "{sentence:?}");
    println!("{kind:?}: {}", sentence.text);
    (sentence, selected.shown)
}

/// Every configuration once.
fn once() -> Vec<Run> {
    honest().into_iter().step_by(3).collect()
}

const PLAIN: &How<'static> = &How {
    without_objective: false,
    grouping: None,
    baseline: None,
    filter: "",
    metric: None,
    center: Center::Mean,
    statistic: Statistic::Last,
};

#[test]
fn counts_by_status_where_there_is_one() {
    let mixed = changed(|at, run| {
        if at % 10 == 0 {
            run.status = Some(Status::Failed);
        }
        if at == 1 {
            run.status = None;
        }
    });
    let silent = changed(|_, run| run.status = None);
    let (sentence, shown) = held(SentenceKind::Statuses, (&mixed, PLAIN), (&silent, PLAIN));
    assert_eq!(
        sentence.text,
        "120 runs: 107 finished, 12 failed, 1 without a status."
    );
    assert_eq!((sentence.n, sentence.of, shown), (119, 120, 120));
}

#[test]
fn without_an_objective_it_says_how_to_choose_one_and_ranks_nothing() {
    let how = How {
        without_objective: true,
        ..How::default()
    };
    let (sentence, _) = held(
        SentenceKind::NoObjective,
        (&honest(), &how),
        (&honest(), PLAIN),
    );
    assert!(sentence.text.contains("choose at the top"));
    assert_eq!(sentence.link.tab, Tab::Importance);
    let all = of(&honest(), &how);
    assert!(find(&all, SentenceKind::Best).is_none() && find(&all, SentenceKind::Params).is_none());
}

#[test]
fn the_best_configuration_with_its_interval_and_ties() {
    let nothing = changed(|_, run| run.loss = f64::NAN);
    let (sentence, shown) = held(SentenceKind::Best, (&honest(), PLAIN), (&nothing, PLAIN));
    let text = &sentence.text;
    assert!(
        text.starts_with("Best of 40 configurations by lowest loss (last; guessed from its name: choose another at the top): run-"),
        "{text}"
    );
    assert!(
        text.contains(" ± ") && text.contains("cannot be told") && text.contains("Holm"),
        "{text}"
    );
    assert_eq!((sentence.n, sentence.of, shown), (40, 40, 120));
    assert_eq!(sentence.link.grouping, Some(Grouping::Replicates));
    // One that is far ahead ties with none.
    let ahead = changed(|at, run| {
        if at / 3 == 7 {
            run.loss = run.loss / 1e4 - 50.0;
        }
    });
    let ahead = of(&ahead, PLAIN);
    let text = &find(&ahead, SentenceKind::Best).unwrap().text;
    assert!(text.contains("told from each of the other 39"), "{text}");
    assert!(text.contains("run-21 (with 2 replicates)"), "{text}");
    // What the person grouped by is what is ranked.
    let by = How {
        grouping: Some(Grouping::By(vec!["param.optimizer".to_owned()])),
        ..How::default()
    };
    let grouped = of(&honest(), &by);
    let text = &find(&grouped, SentenceKind::Best).unwrap().text;
    assert!(text.starts_with("Best of 2 groups"), "{text}");
    assert!(
        text.contains(": optimizer=sgd (60 runs), mean of 60"),
        "{text}"
    );
}

#[test]
fn a_rerun_is_expected_to_be_worse_where_luck_chose() {
    let clear = changed(|at, run| {
        run.loss /= 1e4;
        if at / 3 == 7 {
            run.loss -= 50.0;
        }
    });
    let (sentence, _) = held(SentenceKind::Rerun, (&honest(), PLAIN), (&clear, PLAIN));
    assert!(sentence.text.contains("partly by luck"));
}

#[test]
fn where_nothing_was_repeated_it_says_where_noise_comes_from() {
    let (sentence, _) = held(SentenceKind::Noise, (&once(), PLAIN), (&honest(), PLAIN));
    assert!(sentence.text.contains("is not known"), "{}", sentence.text);
    let all = of(&once(), PLAIN);
    let best = &find(&all, SentenceKind::Best).unwrap().text;
    assert!(
        best.contains("runs by lowest") && !best.contains("interval"),
        "{best}"
    );
    // Many runs in one dimension lie near one another.
    let mut near = Vec::new();
    for (at, run) in honest().into_iter().enumerate() {
        near.push(Run {
            lr: at as f64,
            depth: 1.0,
            optimizer: "adam",
            seed: 0.0,
            ..run
        });
    }
    let all = of(&near, PLAIN);
    let noise = &find(&all, SentenceKind::Noise).unwrap().text;
    assert!(
        noise.contains("pairs of runs whose params are nearly the same"),
        "{noise}"
    );
    let best = &find(&all, SentenceKind::Best).unwrap().text;
    assert!(
        best.contains("by the spread of nearly the same runs"),
        "{best}"
    );
}

#[test]
fn against_the_baseline_where_one_is_set() {
    let how = |baseline| How {
        baseline: Some(baseline),
        ..How::default()
    };
    // The worst: lr 40.
    let worst = honest().iter().position(|run| run.lr == 40.0).unwrap();
    let (sentence, _) = held(
        SentenceKind::Baseline,
        (&honest(), &how(worst)),
        (&honest(), PLAIN),
    );
    assert!(
        sentence.text.contains("better, ") && sentence.text.contains(" lower "),
        "{}",
        sentence.text
    );
    let best = honest().iter().position(|run| run.lr == 9.0).unwrap();
    let all = of(&honest(), &how(best));
    let text = &find(&all, SentenceKind::Baseline).unwrap().text;
    assert!(
        text.contains("itself the best") || text.contains("cannot be told apart"),
        "{text}"
    );
}

#[test]
fn the_params_that_go_along_where_some_do() {
    let chance = changed(|at, run| run.loss = (at * at * 17 % 101) as f64);
    let (sentence, _) = held(SentenceKind::Params, (&honest(), PLAIN), (&chance, PLAIN));
    assert!(
        sentence.text.starts_with("loss goes along most with: lr ("),
        "{}",
        sentence.text
    );
    assert!(
        sentence.text.contains("lower goes with better") && sentence.text.contains("first look")
    );
    // Best at 9, and noise of half a step of 10.
    assert!(sentence.text.contains("the best 5: "), "{}", sentence.text);
    assert_eq!(
        (sentence.n, sentence.of, sentence.link.tab),
        (40, 40, Tab::Importance)
    );
}

#[test]
fn the_best_at_an_edge_says_where_to_look_next() {
    let edge = changed(|_, run| run.loss = run.loss / 100.0 + run.lr);
    let (sentence, shown) = held(SentenceKind::Edge, (&edge, PLAIN), (&honest(), PLAIN));
    assert!(
        sentence
            .text
            .contains("lower edge of what was searched in lr: 1 of 1 to 40"),
        "{}",
        sentence.text
    );
    assert_eq!((sentence.n, sentence.of, shown), (1, 40, 3));
}

#[test]
fn an_edge_beyond_which_runs_break_is_not_to_be_crossed() {
    let fragile = |least: f64| {
        changed(move |at, run| {
            run.loss = run.loss / 100.0 + run.lr;
            let breaks = run.lr < least && (least > 2.0 || at % 3 == 0);
            if breaks {
                run.status = Some(Status::Failed);
                run.loss = f64::NAN;
            }
        })
    };
    let (sentence, _) = held(
        SentenceKind::Edge,
        (&fragile(5.0), PLAIN),
        (&honest(), PLAIN),
    );
    assert!(
        sentence.text.contains(
            "lower edge of what came to a result in lr: 5 of 5 to 40, and better goes that way. But 4 of 5 configurations with as \
             much broke, and 0 of 35 elsewhere: do not go on that way"
        ),
        "{}",
        sentence.text
    );
    // One of three replicates is no reason.
    let (sentence, _) = held(
        SentenceKind::Edge,
        (&fragile(2.0), PLAIN),
        (&honest(), PLAIN),
    );
    assert!(
        sentence
            .text
            .ends_with("Try lower next: 1 of 40 tried as much."),
        "{}",
        sentence.text
    );
}

#[test]
fn an_objective_that_is_no_number() {
    let odd = changed(|at, run| {
        if at % 12 == 0 {
            run.loss = f64::NAN;
        }
        if at == 1 {
            run.loss = f64::INFINITY;
        }
    });
    let (sentence, shown) = held(SentenceKind::NotFinite, (&odd, PLAIN), (&honest(), PLAIN));
    assert!(
        sentence
            .text
            .starts_with("loss is NaN in 10 and infinite in 1 of 120 runs"),
        "{}",
        sentence.text
    );
    assert_eq!((sentence.n, shown), (11, 10));
}

#[test]
fn runs_that_are_there_twice() {
    let mut twice = honest();
    twice.push(twice[4].clone());
    let (sentence, shown) = held(
        SentenceKind::Duplicates,
        (&twice, PLAIN),
        (&honest(), PLAIN),
    );
    assert!(
        sentence.text.starts_with(
            "1 run is the same in every param and metric as an earlier one (run-120 as run-4)"
        ),
        "{}",
        sentence.text
    );
    assert_eq!((sentence.n, sentence.of, shown), (1, 121, 2));
}

#[test]
fn a_metric_that_never_changes() {
    let flat = changed(|_, run| run.recall = 1.0);
    let (sentence, _) = held(
        SentenceKind::ConstantMetrics,
        (&flat, PLAIN),
        (&honest(), PLAIN),
    );
    assert!(
        sentence.text.contains("recall (1 in 120 runs)"),
        "{}",
        sentence.text
    );
}

#[test]
fn a_seed_that_does_not_vary_though_runs_are_repeated() {
    let fixed = changed(|_, run| run.seed = 42.0);
    let (sentence, _) = held(SentenceKind::FixedSeed, (&fixed, PLAIN), (&honest(), PLAIN));
    assert!(
        sentence
            .text
            .starts_with("seed is the same in all 120 runs though 40 configurations have"),
        "{}",
        sentence.text
    );
    // One seed and nothing repeated is no wonder.
    let mut single = once();
    single.iter_mut().for_each(|run| run.seed = 42.0);
    assert!(find(&of(&single, PLAIN), SentenceKind::FixedSeed).is_none());
}

#[test]
fn a_param_that_gives_the_objective_away() {
    let mut leaked = once();
    leaked.iter_mut().for_each(|run| run.depth = run.loss);
    let (sentence, _) = held(SentenceKind::Leak, (&leaked, PLAIN), (&once(), PLAIN));
    assert!(
        sentence.text.contains("depth equals it in 40 runs"),
        "{}",
        sentence.text
    );
}

#[test]
fn the_bundled_samples_are_told() {
    let told = |file: &str, metric: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("samples")
            .join(file);
        let (files, unopened) = crate::source::walk(&[path]);
        assert!(unopened.is_empty());
        let mut workspace = Workspace::default();
        workspace.append(crate::engine::report::read_files(&files).0);
        let sentences = asked(
            &mut workspace,
            &How {
                metric: Some(metric),
                ..How::default()
            },
        );
        for sentence in &sentences {
            println!("{file}: {}", sentence.text);
        }
        // The view says the same of what broke.
        let filter = String::new();
        let Answer::Failures(said) = workspace.answer(&Ask::Failures { filter }) else {
            panic!("no failures")
        };
        let texts = said.findings.iter().map(|finding| finding.text.as_str());
        let texts = texts.collect::<Vec<_>>().join(" ");
        println!("{file}: {texts}");
        let rule = &find(&sentences, SentenceKind::Rule).unwrap().text;
        assert!(texts.contains(rule.as_str()), "{rule}");
        let broken = &find(&sentences, SentenceKind::Broken).unwrap().text;
        let share = broken.split("): ").last().unwrap();
        assert!(texts.contains(share), "{broken}");
        // All began within eleven seconds or were made so: no time to tell of.
        assert!(
            said.findings.iter().all(|finding| finding.kind != "burst"),
            "{texts}"
        );
        sentences
    };
    // 60 configurations of five seeds, of which 12 broke with every seed.
    let seeds = told("random-search-seeds.csv", "metric.test/accuracy");
    let best = &find(&seeds, SentenceKind::Best).unwrap().text;
    assert!(
        best.starts_with("Best of 48 configurations")
            && best.contains("(with 4 replicates), mean of 5")
            && !best.contains(" ended as failed."),
        "{best}"
    );
    let rule = &find(&seeds, SentenceKind::Rule).unwrap().text;
    assert!(
        rule.starts_with("model.depth = 3 and model.width = 64: 7 of 7 configurations broke")
            && rule.contains("; of the others batch_size = 512: 5 of 7 ")
            && rule.contains(", all 5 with drop_last = true, which may be chance; else 0 of 46 "),
        "{rule}"
    );
    // By the last epoch that they came to, some that crashed lie among the foremost.
    let early = told("random-search-seeds.csv", "metric.val/accuracy");
    let best = &find(&early, SentenceKind::Best).unwrap().text;
    assert!(
        best.contains(" of these ") && best.contains(" ended as failed."),
        "{best}"
    );
    assert!(
        find(&seeds, SentenceKind::Noise).is_none()
            && find(&seeds, SentenceKind::Baseline).is_none()
    );
    let broken = &find(&seeds, SentenceKind::Broken).unwrap().text;
    assert!(
        broken.contains("by configuration 12 of 60 in most of their runs"),
        "{broken}"
    );
    let trials = told("optuna-digits.csv", "metric.val_accuracy");
    let statuses = &find(&trials, SentenceKind::Statuses).unwrap().text;
    assert_eq!(statuses, "240 runs: 172 finished, 19 failed, 49 pruned.");
    let broken = find(&trials, SentenceKind::Broken).unwrap();
    assert_eq!((broken.n, broken.of), (19, 191));
}

#[test]
fn nothing_shown_says_nothing_and_markdown_is_a_list() {
    let how = How {
        filter: "lr > 1000",
        ..How::default()
    };
    assert_eq!(of(&honest(), &how), []);
    let brief = super::Brief {
        sentences: of(&honest(), PLAIN),
        ..super::Brief::default()
    };
    let text = brief.markdown();
    assert!(
        text.starts_with("## Brief\n\n- 120 runs: 120 finished.\n- Best of 40"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 2 + brief.sentences.len());
}

#[test]
fn a_brief_in_pieces_tells_the_counts_first_and_comes_to_what_all_at_once_says() {
    let mut runs = changed(|_, run| {
        if run.lr > 30.0 {
            run.status = Some(Status::Failed);
            run.loss = f64::NAN;
        }
        run.recall = 1.0;
    });
    runs.push(runs[4].clone());
    let mut workspace = workspace(&runs);
    let whole = asked(&mut workspace, &How::default());
    let mut run = workspace.begin_brief("");
    let (mut steps, mut done, mut so_far) = (0, 0.0, Vec::new());
    loop {
        let has_more = workspace.go_on(&mut run);
        steps += 1;
        assert!((done..=1.0).contains(&run.done()), "{}", run.done());
        done = run.done();
        let known = run.brief().sentences;
        // What was told stays, where it stands in the whole.
        assert!(so_far.iter().all(|sentence| known.contains(sentence)));
        let mut rest = whole.iter();
        assert!(known.iter().all(|one| rest.any(|other| other == one)));
        let kinds: Vec<SentenceKind> = known.iter().map(|sentence| sentence.kind).collect();
        if kinds.contains(&SentenceKind::Best) {
            assert!(kinds.contains(&SentenceKind::Rule), "{kinds:?}");
        } else if steps == 1 {
            assert_eq!(kinds, [SentenceKind::Statuses]);
        }
        so_far = known;
        if !has_more {
            break;
        }
    }
    assert_eq!((so_far, done), (whole.clone(), 1.0));
    assert!(steps > 15, "{steps}");
    for kind in [
        SentenceKind::Best,
        SentenceKind::Params,
        SentenceKind::Duplicates,
        SentenceKind::ConstantMetrics,
    ] {
        assert!(find(&whole, kind).is_some(), "{kind:?}");
    }
}

#[test]
fn skewed_runs_have_halls_interval_and_the_reader_is_told() {
    // Three seeds of each: two near one another and one far above, more or less.
    let skewed = changed(|at, run| {
        let far = if at % 3 == 2 { 2.0 } else { 0.0 };
        run.loss = (run.lr - 9.0).abs() / 10.0 + far + (at * 37 % 101) as f64 / 200.0;
    });
    let said = of(&skewed, &How::default());
    let best = find(&said, SentenceKind::Best).unwrap();
    assert!(
        best.text.contains("(95 % interval, Hall’s transformation;"),
        "{}",
        best.text
    );
    let noise = find(&said, SentenceKind::Noise).unwrap();
    assert!(
        noise.text.contains("pooled over 40 configurations"),
        "{}",
        noise.text
    );
    let said = of(&honest(), &How::default());
    assert!(find(&said, SentenceKind::Noise).is_none());
    let best = find(&said, SentenceKind::Best).unwrap();
    assert!(best.text.contains("Student’s t"), "{}", best.text);
}

#[test]
fn the_best_is_told_by_the_center_that_was_chosen() {
    // The first configuration has the lowest median, but one run of it went far off.
    let losses = [0.10, 0.11, 0.12, 0.13, 9.0, 0.20, 0.21, 0.22, 0.23, 0.24];
    let runs: Vec<Run> = (0..10)
        .map(|at| Run {
            lr: [1.0, 2.0][at / 5],
            seed: (at % 5) as f64,
            loss: losses[at],
            ..honest()[0].clone()
        })
        .collect();
    let by = |center| {
        let how = How {
            center,
            ..How::default()
        };
        find(&of(&runs, &how), SentenceKind::Best)
            .unwrap()
            .text
            .clone()
    };
    let (mean, median, iqm) = (by(Center::Mean), by(Center::Median), by(Center::Iqm));
    assert!(
        mean.contains("run-5 (with 4 replicates), mean of 5: 0.22"),
        "{mean}"
    );
    assert!(mean.contains("Student’s t"), "{mean}");
    assert!(
        median.contains("run-0 (with 4 replicates), median of 5: 0.1")
            && median.contains(" in 0.1 to 9 "),
        "{median}"
    );
    assert!(
        median.contains("order statistics") && median.contains("Welch’s t of the medians"),
        "{median}"
    );
    assert!(
        iqm.contains("run-0 (with 4 replicates), interquartile mean of 5: 0.12")
            && iqm.contains("Yuen’s t"),
        "{iqm}"
    );
}
