//! What is proposed of made runs, what is refused, and that each text reads as what it says.

mod advised;

use super::*;
use crate::engine::Workspace;
use crate::engine::protocol::{Answer, Ask, SelectQuestion};
use crate::engine::view::{Center, Direction, Statistic, Tab, Until, View};
use crate::format::yaml;
use crate::ledger::{Role, Status, ValueRef};
use findings::Choice;
use serde_json::Value as Json;

/// `count` runs: best at `lr` of 0.01 and with the optimizer `no: "1"`; `decay` goes with it alone, `width` is noise. The
/// last fifth failed.
fn workspace(count: usize, seeds: usize) -> Workspace {
    logged(count, seeds, false)
}

/// The same, where the loss may have been logged as a param, too.
fn logged(count: usize, seeds: usize, is_leaked: bool) -> Workspace {
    Workspace::written(|sink| {
        for at in 0..count {
            let configuration = at / seeds;
            let part = |prime: usize| (configuration * prime % 101) as f64 / 101.0;
            let row = sink.run(&format!("run-{at}"));
            let lr = libm::pow(10.0, -4.0 + 4.0 * part(37));
            let is_first = configuration.is_multiple_of(2);
            let optimizer = if is_first { "no: \"1\"" } else { "sgd" };
            let mut set = |name: &str, value| sink.set_named(row, Role::Param, name, value);
            set("lr", ValueRef::Number(lr));
            set("optimizer", ValueRef::Text(optimizer));
            set("amp", ValueRef::Bool(configuration.is_multiple_of(3)));
            set("model.width", ValueRef::Number((part(53) * 64.0).floor()));
            if is_first {
                set("decay", ValueRef::Number(part(71)));
            }
            if seeds > 1 {
                set("seed", ValueRef::Number((at % seeds) as f64));
            }
            let noise = (at * 61 % 97) as f64 / 97.0 - 0.5;
            let loss =
                (libm::log10(lr) + 2.0).powi(2) + f64::from(u8::from(!is_first)) + 0.3 * noise;
            if at * 5 < count * 4 {
                if is_leaked {
                    sink.set_named(row, Role::Param, "result", ValueRef::Number(loss));
                }
                sink.set_named(row, Role::Metric, "loss", ValueRef::Number(loss));
                sink.set_status(row, Status::Finished);
            } else {
                sink.set_status(row, Status::Failed);
            }
        }
    })
}

fn select(workspace: &mut Workspace, filter: &str, direction: Option<Direction>) {
    workspace.answer(&Ask::Select(Box::new(SelectQuestion {
        filter: filter.to_owned(),
        objective: direction.map(|direction| Objective {
            column: "metric.loss".to_owned(),
            direction,
            statistic: Statistic::Last,
            until: Until::End,
            center: Center::Mean,
        }),
        ..SelectQuestion::default()
    })));
}

fn run(workspace: &mut Workspace, filter: &str, direction: Direction) -> Advice {
    select(workspace, filter, Some(direction));
    let mut run = workspace.begin_next(filter, 7).unwrap();
    let mut done = run.done();
    while run.step(workspace) {
        // How far it is never goes back.
        assert!((done..=1.0).contains(&run.done()), "{}", run.done());
        done = run.done();
    }
    run
}

fn text<'a>(next: &'a Next, title: &str) -> &'a str {
    let mut texts = next.texts.iter();
    &texts.find(|text| text.title == title).unwrap().text
}

fn findings<'a>(next: &'a Next, kind: &str) -> Vec<&'a str> {
    let of = next.findings.iter().filter(|finding| finding.kind == kind);
    of.map(|finding| finding.text.as_str()).collect()
}

#[test]
fn proposals_go_to_what_is_good_and_every_text_reads_as_what_was_typed() {
    let run = run(&mut workspace(200, 1), "", Direction::Minimize);
    let next = run.answer(8);
    assert_eq!(next.used, (160, 200));
    assert_eq!(next.objective, "loss (last, minimize)");
    assert_eq!(next.proposals.len(), 8);
    assert_eq!(run.answer(8), next);
    let improvement = |row: &NextRow| row.predicted.as_ref().unwrap()[2].parse::<f64>().unwrap();
    assert!(
        next.proposals
            .is_sorted_by(|a, b| improvement(a) >= improvement(b))
    );
    // Two digits of an improvement, and of a prediction what half of its interval leaves.
    for row in &next.proposals {
        let [mean, interval, improvement] = row.predicted.as_ref().unwrap();
        let digits = improvement.split('e').next().unwrap();
        let digits = digits.trim_start_matches(['0', '.']);
        assert!(
            digits.bytes().filter(u8::is_ascii_digit).count() <= 2,
            "{row:?}"
        );
        let (low, high) = interval.split_once(" to ").unwrap();
        let [low, high, mean] = [low, high, mean].map(|text| text.parse::<f64>().unwrap());
        let step = 10_f64.powi(libm::log10((high - low) / 2.0).floor() as i32 - 1);
        assert!(
            [low, high, mean]
                .iter()
                .all(|x| ((x / step).round() - x / step).abs() < 0.2),
            "{row:?}"
        );
    }
    let json: Json = serde_json::from_str(text(&next, "JSON")).unwrap();
    let proposals = json.as_array().unwrap();
    assert_eq!(proposals.len(), 8);
    for proposal in proposals {
        let lr = proposal["lr"].as_f64().unwrap();
        assert!((5e-4..=0.3).contains(&lr), "{proposal}");
        assert!(proposal["amp"].is_boolean() && proposal["model.width"].as_f64().is_some());
        let is_first = proposal["optimizer"] == "no: \"1\"";
        assert!(is_first || proposal["optimizer"] == "sgd");
        assert_eq!(proposal.get("decay").is_some(), is_first, "{proposal}");
    }
    assert_eq!(yaml::parse(text(&next, "YAML")).unwrap(), json);
    let optuna = text(&next, "Optuna");
    let calls: Vec<&str> = optuna
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    for (call, proposal) in calls.iter().zip(proposals) {
        let dictionary = call.strip_prefix("study.enqueue_trial(").unwrap();
        let dictionary = dictionary.strip_suffix(")").unwrap();
        assert!(dictionary.contains("True") || dictionary.contains("False"));
        let json = dictionary.replace("True", "true").replace("False", "false");
        assert_eq!(serde_json::from_str::<Json>(&json).unwrap(), *proposal);
    }
    let sweep = yaml::parse(text(&next, "W&B sweep")).unwrap();
    assert_eq!(sweep["metric"]["goal"], "minimize");
    assert_eq!(sweep["metric"]["name"], "loss");
    // No proposal lies outside; what is to be fixed is.
    for proposal in proposals {
        for (name, value) in proposal.as_object().unwrap() {
            let mut from = &sweep["parameters"];
            for part in name.split('.') {
                from = from.get("parameters").unwrap_or(from).get(part).unwrap();
            }
            let is_in = match (&from["values"], from["min"].as_f64(), from["max"].as_f64()) {
                (Json::Array(values), ..) => values.contains(value),
                (_, Some(low), Some(high)) => (low..=high).contains(&value.as_f64().unwrap()),
                _ => !from["value"].is_null(),
            };
            assert!(is_in, "{name} = {value} and not of {from}");
        }
    }
    let lr = &sweep["parameters"]["lr"];
    assert_eq!(lr["distribution"], "log_uniform_values", "{sweep}");
    let (low, high) = (lr["min"].as_f64().unwrap(), lr["max"].as_f64().unwrap());
    assert!(
        low > 1e-4 && low < 0.01 && high > 0.01 && high < 0.9,
        "{lr}"
    );
    assert_eq!(sweep["parameters"]["optimizer"]["value"], "no: \"1\"");
    assert!(
        findings(&next, "narrow")
            .iter()
            .any(|text| text.starts_with("lr "))
    );
    let fixed = findings(&next, "fix");
    assert!(
        fixed.iter().any(|text| text.starts_with("model.width ")),
        "{next:#?}"
    );
    assert!(fixed.iter().all(|text| !text.starts_with("lr ")));
    // What is said of a param can be seen in its effect.
    for kind in ["narrow", "fix"] {
        let finding = next.findings.iter().find(|finding| finding.kind == kind);
        let finding = finding.unwrap();
        let mut view = View::default();
        finding.link.show_in(&mut view);
        assert_eq!(view.tab, Tab::Importance);
        let [key] = view.explain.open.as_slice() else {
            panic!("{finding:?}")
        };
        let name = key.strip_prefix("param.").unwrap();
        assert!(finding.text.starts_with(name), "{finding:?}");
    }
    // One run a configuration: noise comes from nearly the same runs, or it is said how to learn it.
    assert_eq!(findings(&next, "replicates").len(), 1, "{next:#?}");
}

#[test]
fn the_direction_and_the_filter_are_honoured() {
    let mut workspace = workspace(200, 1);
    let next = run(&mut workspace, "", Direction::Maximize).answer(10);
    let json: Json = serde_json::from_str(text(&next, "JSON")).unwrap();
    for proposal in json.as_array().unwrap() {
        let lr = proposal["lr"].as_f64().unwrap();
        assert!(!(1e-3..=0.1).contains(&lr), "{proposal}");
    }
    assert!(text(&next, "W&B sweep").contains("goal: maximize"));
    let filter = "lr < 0.01";
    let next = run(&mut workspace, filter, Direction::Minimize).answer(10);
    assert!(next.used.1 < 150);
    let json: Json = serde_json::from_str(text(&next, "JSON")).unwrap();
    let lrs = json
        .as_array()
        .unwrap()
        .iter()
        .map(|proposal| proposal["lr"].as_f64().unwrap());
    assert!(lrs.into_iter().all(|lr| lr < 0.01));
    assert!(
        next.findings
            .iter()
            .all(|finding| finding.link.filter.contains(filter))
    );
}

#[test]
fn a_param_that_gives_the_objective_away_is_neither_proposed_nor_narrowed_and_that_is_said() {
    let clean = run(&mut workspace(200, 1), "", Direction::Minimize).answer(8);
    assert!(findings(&clean, "leak").is_empty());
    let next = run(&mut logged(200, 1, true), "", Direction::Minimize).answer(8);
    assert_eq!(next.params, clean.params);
    let told = findings(&next, "leak");
    assert!(
        told.len() == 1 && told[0].contains("result equals it in 160 runs"),
        "{told:?}"
    );
    let others = next.findings.iter().filter(|of| of.kind != "leak");
    let others = others.map(|of| of.text.as_str());
    let texts = next.texts.iter().map(|text| text.text.as_str());
    assert!(others.chain(texts).all(|text| !text.contains("result")));
    assert!(!next.proposals.is_empty());
}

#[test]
fn replicates_that_part_a_tie_are_counted() {
    let next = run(&mut workspace(150, 3), "", Direction::Minimize).answer(3);
    // A seed is drawn, not proposed.
    assert_eq!(
        next.params,
        ["lr", "optimizer", "amp", "model.width", "decay"]
    );
    let told = findings(&next, "replicates");
    assert!(
        told.len() == 1
            && told[0].contains("cannot be told apart")
            && told[0].contains("(now 3 and 3)"),
        "{told:?}"
    );
    assert!(told[0].contains("80 % power (two-sample t-test, two-sided 5 %)"));
}

/// Five runs of each of eight configurations: the best two lie 0.002 apart and are quiet, all others are loud.
fn loud(quiet_runs: usize) -> Workspace {
    Workspace::written(|sink| {
        for at in 0..40_usize {
            let (configuration, seed) = (at / 5, at % 5);
            let is_quiet = configuration < 2;
            if is_quiet && seed >= quiet_runs {
                continue;
            }
            let row = sink.run(&format!("run-{at}"));
            // Another for each: a seed does not do the same to all.
            let noise = [-1.0, 1.0, 0.0, -0.5, 0.5][(seed + configuration) % 5];
            let noise = noise * if is_quiet { 0.01 } else { 0.5 };
            let middle = if is_quiet {
                0.1 + 0.002 * configuration as f64
            } else {
                3.0
            };
            for (role, name, value) in [
                (Role::Param, "lr", configuration as f64),
                (Role::Param, "seed", seed as f64),
                (Role::Metric, "loss", middle + noise),
            ] {
                sink.set_named(row, role, name, ValueRef::Number(value));
            }
        }
    })
}

#[test]
fn the_noise_of_two_that_tie_is_their_own_where_both_have_three_runs() {
    let told = |quiet_runs| {
        let next = run(&mut loud(quiet_runs), "", Direction::Minimize).answer(3);
        findings(&next, "replicates").concat()
    };
    let own = told(5);
    // 0.0079 is the deviation of each of the two: 310 runs of each tell 0.002 apart by R's power.t.test.
    let text = "standard deviation is 0.0079, pooled over these two";
    assert!(own.contains(text), "{own}");
    let lent = told(2);
    assert!(
        lent.contains(", pooled over all that were repeated"),
        "{lent}"
    );
}

#[test]
fn samples_get_proposals_that_can_come_out_and_come_near_the_best() {
    for (file, forbidden) in [
        ("optuna-digits.csv", None),
        ("random-search-seeds.csv", Some(("3", "64"))),
    ] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("samples")
            .join(file);
        let (files, _) = crate::source::walk(&[path]);
        let mut workspace = Workspace::default();
        workspace.append(crate::engine::report::read_files(&files).0);
        let is_accuracy = |column: &crate::ledger::Column| {
            column.role() == Role::Metric
                && column.name().starts_with("val")
                && column.name().ends_with("accuracy")
        };
        let column = workspace
            .ledger()
            .columns()
            .iter()
            .find(|column| is_accuracy(column));
        let column = format!("metric.{}", column.unwrap().name());
        workspace.answer(&Ask::Select(Box::new(SelectQuestion {
            objective: Some(Objective {
                column,
                direction: Direction::Maximize,
                statistic: Statistic::Last,
                until: Until::End,
                center: Center::Mean,
            }),
            ..SelectQuestion::default()
        })));
        let mut run = workspace.begin_next("", 0).unwrap();
        while run.step(&workspace) {}
        let next = run.answer(10);
        assert_eq!(next.proposals.len(), 10);
        let near = next
            .proposals
            .iter()
            .filter(|row| row.why.starts_with("Exploits"));
        assert!(near.count() >= 4, "{:?}", next.proposals);
        let place = |name: &str| next.params.iter().position(|param| param.ends_with(name));
        for row in &next.proposals {
            let [_, interval, improvement] = row.predicted.as_ref().unwrap();
            let high: f64 = interval.rsplit(' ').next().unwrap().parse().unwrap();
            assert!(
                high <= 1.0 && improvement.parse::<f64>().unwrap() < 0.025,
                "{row:?}"
            );
            assert!(row.breaks.is_some(), "{row:?}");
            if let Some((depth, width)) = forbidden {
                let [of_depth, of_width] =
                    ["depth", "width"].map(|name| &row.values[place(name).unwrap()]);
                assert!(
                    of_depth != depth || of_width != width,
                    "all of these broke: {row:?}"
                );
            }
        }
    }
}

#[test]
fn a_metric_ends_where_its_values_and_its_name_say_so() {
    let (none, free) = (f64::NEG_INFINITY, f64::INFINITY);
    for (name, values, maximize, want) in [
        ("val_acc", vec![0.2, f64::NAN, 0.7], true, (0.0, 1.0)),
        ("val_acc", vec![20.0, 70.0], true, (0.0, 100.0)),
        ("accuracy", vec![0.2, -0.1], true, (none, free)),
        ("quality", vec![0.2, 0.97], true, (0.0, 1.0)),
        ("quality", vec![0.2, 0.7], true, (none, free)),
        ("reward", vec![2.0, 70.0], true, (none, free)),
        ("loss", vec![0.2, 0.97], false, (0.0, free)),
        ("loss", vec![0.2, -3.0], false, (none, free)),
    ] {
        assert_eq!(bounds(name, &values, maximize), want, "{name}, {values:?}");
    }
}

#[test]
fn where_importance_refuses_points_are_spread_out_and_the_reason_is_told() {
    let mut workspace = workspace(10, 1);
    let next = run(&mut workspace, "", Direction::Minimize).answer(5);
    assert!(
        next.words[0].starts_with("No predictions: 8 runs are too few for"),
        "{next:#?}"
    );
    assert_eq!(next.proposals.len(), 5);
    assert!(next.proposals.iter().all(|row| row.predicted.is_none()));
    assert_eq!(
        findings(&next, "fix").len() + findings(&next, "narrow").len(),
        0
    );
    let none = run(&mut workspace, "lr > 5", Direction::Minimize).answer(5);
    assert!(
        none.proposals.is_empty() && none.texts.is_empty(),
        "{none:#?}"
    );
    assert!(none.words[0].starts_with("Nothing can be proposed: "));
    select(&mut workspace, "", None);
    assert!(
        workspace
            .begin_next("", 0)
            .is_err_and(|next| next.objective.is_empty())
    );
}

#[test]
fn the_brief_ends_with_what_to_try_next_where_something_can_be_tried() {
    let mut workspace = workspace(60, 1);
    let mut last = |direction| {
        select(&mut workspace, "", direction);
        let filter = String::new();
        match workspace.answer(&Ask::Brief { filter }) {
            Answer::Brief(brief) => brief.sentences.last().cloned().unwrap(),
            other => panic!("{other:?}"),
        }
    };
    let sentence = last(Some(Direction::Minimize));
    assert_eq!(
        (sentence.kind, sentence.n, sentence.of),
        (SentenceKind::Next, 48, 60)
    );
    assert_eq!(sentence.link.tab, Tab::Next);
    assert_ne!(last(None).kind, SentenceKind::Next);
}

#[test]
fn texts_are_defused() {
    let value = |text: &str| Some(Value::Text(text.to_owned()));
    let nasty = "a\"\\\n\u{2028}: - # '\t\u{7}";
    let configuration = vec![
        value(nasty),
        value("no"),
        Some(Value::Number(3e-9)),
        Some(Value::Number(1e20)),
        Some(Value::Number(2.0)),
        None,
    ];
    let names = ["yes", "a b: \"c\"", "small", "great", "whole", "gone"];
    let texts = export::texts(&names, &[configuration], String::new());
    let json: Json = serde_json::from_str(&texts[1].text).unwrap();
    assert_eq!(json[0]["yes"], nasty);
    assert_eq!(json[0]["small"], 3e-9);
    assert!(json[0]["whole"].is_u64() && json[0].get("gone").is_none());
    assert_eq!(yaml::parse(&texts[0].text).unwrap(), json);
    assert!(texts[0].text.contains("small: 3.0e-9") && texts[0].text.contains("great: 1.0e+20"));
    assert!(texts[0].text.contains("\"yes\": "));
}

fn narrowed(name: &str, low: f64, high: f64, step: Option<f64>, log: bool) -> Narrowed {
    Narrowed {
        name: name.to_owned(),
        from: Choice::Numbers {
            low,
            high,
            step,
            log,
        },
        is_fixed: false,
    }
}

#[test]
fn a_sweep_is_nested_as_the_configuration_was_and_rounds_to_what_is_in_range() {
    let text = |text: &str| Value::Text(text.to_owned());
    let mut all = vec![
        narrowed("optimizer.lr", 1e-4, 0.123_456_789, None, true),
        narrowed("width", 16.0, 64.0, Some(1.0), false),
        narrowed("optimizer/betas.one", 0.8, 0.95, Some(0.05), false),
        narrowed("heads", 1.0, 9.0, Some(4.0), false),
        narrowed("batch", 8.0, 64.0, Some(8.0), true),
        narrowed("only", 3.0, 3.0, Some(1.0), false),
        Narrowed {
            name: "schedule".to_owned(),
            from: Choice::Values(vec![text("None"), text("cosine")]),
            is_fixed: false,
        },
    ];
    let sweep = export::sweep("loss", false, &all);
    let read = yaml::parse(&sweep).unwrap();
    let of = &read["parameters"];
    let optimizer = &of["optimizer"]["parameters"];
    assert_eq!(
        optimizer["lr"]["distribution"], "log_uniform_values",
        "{sweep}"
    );
    // Rounded, but not to less than it is.
    assert_eq!(optimizer["lr"]["max"], 0.123_457, "{sweep}");
    let one = &optimizer["betas"]["parameters"]["one"];
    assert_eq!(
        (&one["distribution"], &one["q"]),
        (&"q_uniform".into(), &0.05.into())
    );
    assert_eq!(of["width"]["distribution"], "int_uniform");
    // Multiples of 4 would be 0, 4 and 8.
    assert_eq!(of["heads"]["values"], serde_json::json!([1, 5, 9]));
    assert_eq!(of["batch"]["distribution"], "q_log_uniform_values");
    assert_eq!(of["only"]["value"], 3);
    assert_eq!(
        of["schedule"]["values"],
        serde_json::json!([null, "cosine"])
    );
    // What is proposed is taken in, where it is not.
    all[0].widen(&Value::Number(0.5));
    all[1].widen(&Value::Number(8.0));
    all[6].widen(&text("step"));
    let read = yaml::parse(&export::sweep("loss", false, &all)).unwrap();
    let of = &read["parameters"];
    assert_eq!(of["optimizer"]["parameters"]["lr"]["max"], 0.5);
    assert_eq!(
        (&of["width"]["min"], &of["width"]["max"]),
        (&8.into(), &64.into())
    );
    assert_eq!(of["schedule"]["values"][2], "step");
    // Where a name is in the way of another, or no path, all are as they were.
    all.push(narrowed("optimizer", 1.0, 2.0, None, false));
    let read = yaml::parse(&export::sweep("loss", false, &all)).unwrap();
    assert!(
        read["parameters"]["optimizer/betas.one"].is_object(),
        "{read}"
    );
    let sweep = export::sweep("loss", false, &[narrowed("a..b", 1.0, 2.0, None, false)]);
    assert!(yaml::parse(&sweep).unwrap()["parameters"]["a..b"].is_object());
}

#[test]
fn pythons_word_for_nothing_is_nothing() {
    let none = vec![Some(Value::Text("None".to_owned()))];
    let texts = export::texts(&["schedule"], &[none], String::new());
    let of = |title: &str| &texts.iter().find(|text| text.title == title).unwrap().text;
    assert_eq!(of("YAML"), "- schedule: null\n");
    assert_eq!(of("JSON"), "[\n  {\"schedule\": null}\n]\n");
    assert!(
        of("Optuna").contains("{\"schedule\": None}"),
        "{}",
        of("Optuna")
    );
}

#[test]
fn what_matters_at_a_look_a_seed_and_what_few_runs_miss_are_not_to_be_fixed() {
    let mut all = workspace(240, 4);
    let next = run(&mut all, "", Direction::Minimize).answer(10);
    for kind in ["fix", "narrow"] {
        let told = findings(&next, kind);
        assert!(
            told.iter().all(|text| !text.starts_with("seed ")),
            "{told:?}"
        );
    }
    let fixed = findings(&next, "fix");
    assert!(
        fixed
            .iter()
            .all(|text| !text.starts_with("lr ") && !text.starts_with("optimizer ")),
        "{fixed:?}"
    );
    let mut few = workspace(36, 1);
    let next = run(&mut few, "", Direction::Minimize).answer(10);
    let is_warned = |text: &String| text.starts_with("Take care");
    assert!(next.words.iter().any(is_warned), "{:?}", next.words);
    assert_eq!(findings(&next, "fix").len(), 0);
}

#[test]
fn what_works_together_or_breaks_runs_is_not_to_be_fixed_though_alone_it_is_like_noise() {
    let mut workspace = Workspace::written(|sink| {
        for at in 0..240_usize {
            let part = |prime: usize| (at * prime % 241) as f64 / 241.0;
            let (x, y, idle, warmup) = (part(37), part(53), part(101), at / 7 % 2);
            let row = sink.run(&format!("run-{at}"));
            let mut set = |name: &str, value: f64| {
                sink.set_named(row, Role::Param, name, ValueRef::Number(value));
            };
            set("x", x);
            set("y", y);
            set("idle", idle);
            set("warmup", warmup as f64);
            if warmup == 0 && at.is_multiple_of(3) {
                sink.set_status(row, Status::Failed);
            } else {
                let loss = if (x > 0.5) == (y > 0.5) { 1.0 } else { 0.0 } + 0.1 * part(71);
                sink.set_named(row, Role::Metric, "loss", ValueRef::Number(loss));
                sink.set_status(row, Status::Finished);
            }
        }
    });
    let next = run(&mut workspace, "", Direction::Minimize).answer(10);
    let fixed = findings(&next, "fix");
    let of: Vec<&str> = fixed
        .iter()
        .filter_map(|text| text.split(' ').next())
        .collect();
    assert_eq!(of, ["idle"], "{fixed:?}");
}

#[test]
fn where_a_few_runs_own_the_variance_proposals_go_by_ranks() {
    let mut workspace = Workspace::written(|sink| {
        for at in 0..160 {
            let part = |prime: usize| (at * prime % 161) as f64 / 161.0;
            let row = sink.run(&format!("run-{at}"));
            sink.set_named(row, Role::Param, "x", ValueRef::Number(part(37)));
            sink.set_named(row, Role::Param, "y", ValueRef::Number(part(53)));
            // Three runs from anywhere came out far away.
            let loss = if at % 60 == 17 {
                1e6 * part(71)
            } else {
                (part(37) - 0.3).powi(2) + 0.2 * part(53)
            };
            sink.set_named(row, Role::Metric, "loss", ValueRef::Number(loss));
        }
    });
    let next = run(&mut workspace, "", Direction::Minimize).answer(6);
    let said = next.words.join(" ");
    assert!(said.contains("so the forest is of its rank"), "{said}");
    // Which is what the warning asks for.
    assert!(!said.contains("of the variance"), "{said}");
    for row in &next.proposals {
        let [mean, interval, improvement] = row.predicted.as_ref().unwrap();
        assert!(improvement.ends_with(" places"), "{improvement}");
        // As the objective has them, and not the outliers.
        let mean: f64 = mean.parse().unwrap();
        assert!((0.0..0.1).contains(&mean), "{mean} {interval}");
        let x: f64 = row.values[0].parse().unwrap();
        assert!((0.1..0.5).contains(&x), "{:?}", row.values);
    }
}
