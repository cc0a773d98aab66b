//! The ledger's promises: parts add up as if all had been read at once, sources join where they speak
//! of the same runs and only there, and the runs document says exactly what was read.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use arbtest::arbitrary::{Result, Unstructured};
use expect_test::{Expect, expect};
use runsift::export::json::write_runs;
use runsift::ledger::{
    Appended, ColumnName, Ledger, Role, Rules, RunSink, Status, ValueRef, attribute,
};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What one format call writes: a source and its runs.
fn read(path: &str, part_of: u64, write: impl FnOnce(&mut RunSink<'_>)) -> Ledger {
    let mut made = None;
    let mut keep = |part: Ledger| made = Some(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source(path, "test", part_of);
    write(&mut sink);
    sink.finish();
    made.unwrap()
}

/// A source of runs with ids, written as `id: name=value name=value`; `loss@3=0.5` is a point at step 3,
/// a name without `.` is a param, with `metric.` before it a metric.
fn runs(path: &str, lines: &[&str]) -> Ledger {
    part(path, 0, lines)
}

fn part(path: &str, part_of: u64, lines: &[&str]) -> Ledger {
    read(path, part_of, |sink| {
        for line in lines {
            let (id, values) = line.split_once(':').unwrap();
            let row = sink.run(id);
            for value in values.split_whitespace() {
                let (name, value) = value.split_once('=').unwrap();
                if let Some((metric, step)) = name.split_once('@') {
                    let metric = sink.column(Role::Metric, metric);
                    sink.point(
                        row,
                        metric,
                        step.parse().unwrap(),
                        0,
                        value.parse().unwrap(),
                    );
                } else if let Some(metric) = name.strip_prefix("metric.") {
                    sink.set_named(row, Role::Metric, metric, ValueRef::parse(value));
                } else {
                    sink.set_named(row, Role::Param, name, ValueRef::parse(value));
                }
            }
        }
    })
}

/// All parts in one ledger, and what the last append did.
fn together(parts: Vec<Ledger>) -> (Ledger, Appended) {
    let mut all = Ledger::default();
    let mut last = Appended::default();
    for part in parts {
        last = all.append(part);
    }
    (all, last)
}

/// Everything known of each run, as `id: name=value…`.
fn told(ledger: &Ledger) -> Vec<String> {
    let line = |row| {
        let mut line = format!("{}:", ledger.run_id(row));
        for column in ledger.columns() {
            if column.role() == Role::Attribute {
                continue;
            }
            let points = column
                .history()
                .map_or(0, |history| history.range(row).len());
            let value = column.get(row);
            match points {
                0 if value.is_missing() => {}
                0 => write!(line, " {}={value}", column.name()).unwrap(),
                _ => write!(line, " {}={value}({points})", column.name()).unwrap(),
            }
        }
        line
    };
    (0..ledger.rows()).map(line).collect()
}

fn problems(ledger: &Ledger) -> Vec<String> {
    let listed = ledger
        .sources()
        .iter()
        .flat_map(|source| source.problems.listed());
    listed
        .map(|problem| format!("{}: {}, {}", problem.path, problem.what, problem.effect))
        .collect()
}

/// One run as the test knows it: values by role and name, points by metric.
type PlainRun = (
    BTreeMap<(Role, &'static str), String>,
    Vec<(&'static str, u8, u8)>,
);

const NAMES: [&str; 4] = ["lr", "optimizer", "seed", "depth"];

fn arbitrary_part(u: &mut Unstructured<'_>, plain: &mut Vec<PlainRun>) -> Result<Ledger> {
    let mut failed = None;
    let part = read("sweep/a.csv", 0, |sink| {
        let mut fill = || -> Result<()> {
            for _ in 0..u.int_in_range(0..=6)? {
                let row = sink.add_run();
                let mut run = PlainRun::default();
                for _ in 0..u.int_in_range(0..=4)? {
                    let name = *u.choose(&NAMES)?;
                    let role = *u.choose(&[Role::Param, Role::Tag])?;
                    let text = format!("t{}", u.int_in_range(0..=3)?);
                    let value = match u.int_in_range(0..=6)? {
                        0 => ValueRef::Bool(u.arbitrary()?),
                        1 => ValueRef::Time(u.int_in_range(0..=9)?),
                        2 | 3 => ValueRef::Text(&text),
                        4 => ValueRef::Number(f64::NAN),
                        _ => ValueRef::Number(f64::from(u.int_in_range(0..=9)?)),
                    };
                    sink.set_named(row, role, name, value);
                    run.0.insert((role, name), format!("{value:?}"));
                }
                for _ in 0..u.int_in_range(0..=3)? {
                    let metric = *u.choose(&["loss", "accuracy"])?;
                    let (step, value) = (u.int_in_range(0..=4)?, u.arbitrary()?);
                    let column = sink.column(Role::Metric, metric);
                    sink.point(
                        row,
                        column,
                        f64::from(step),
                        i64::from(step),
                        f64::from(value),
                    );
                    run.1.push((metric, step, value));
                }
                run.1.sort_by_key(|(metric, step, _)| (*metric, *step));
                plain.push(run);
            }
            Ok(())
        };
        failed = fill().err();
    });
    failed.map_or(Ok(part), Err)
}

#[test]
fn parts_add_up_as_if_all_had_been_read_at_once() {
    arbtest::arbtest(|u| {
        let mut plain = Vec::new();
        let mut all = Ledger::default();
        for _ in 0..u.int_in_range(1..=4)? {
            let before = plain.len();
            let part = arbitrary_part(u, &mut plain)?;
            // What is sent between workers is what arrives.
            let part = Ledger::from_bytes(&part.to_bytes()).unwrap();
            let appended = all.append(part);
            assert_eq!(
                (appended.new_runs, appended.joined_runs),
                (plain.len() - before, 0)
            );
        }
        assert_eq!(all.rows(), plain.len());
        for (row, (values, points)) in plain.iter().enumerate() {
            for role in [Role::Param, Role::Tag] {
                for name in NAMES {
                    let value = all
                        .find(role, name)
                        .map_or(ValueRef::Missing, |id| all.column(id).get(row));
                    let want = values.get(&(role, name)).map_or("Missing", String::as_str);
                    assert_eq!(format!("{value:?}"), want, "{name} of {row}");
                }
            }
            let mut found = Vec::new();
            for metric in ["accuracy", "loss"] {
                let Some(column) = all.find(Role::Metric, metric).map(|id| all.column(id)) else {
                    continue;
                };
                let Some(history) = column.history() else {
                    continue;
                };
                assert_eq!(
                    (history.rows(), column.cells().len()),
                    (all.rows(), all.rows())
                );
                let ours = history.points().filter(|point| point.row as usize == row);
                found.extend(ours.map(|point| {
                    assert_eq!(point.millis, point.step as i64);
                    (metric, point.step as u8, point.value as u8)
                }));
                let last = history.summary(row).map(|summary| summary.last.to_bits());
                assert_eq!(column.get(row).number().map(f64::to_bits), last);
            }
            assert_eq!(&found, points);
        }
        Ok(())
    });
}

#[test]
fn configurations_in_one_file_and_metrics_in_another_are_the_same_runs() {
    let (all, last) = together(vec![
        runs("sweep/configs.json", &["a: lr=0.1", "b: lr=0.2"]),
        runs(
            "sweep/metrics.csv",
            &["b: loss@0=4 loss@1=3", "a: loss@0=9", "c: loss@0=7"],
        ),
    ]);
    assert_eq!((last.new_runs, last.joined_runs), (1, 2));
    assert_eq!(
        told(&all),
        ["a: lr=0.1 loss=9(1)", "b: lr=0.2 loss=3(2)", "c: loss=7(1)"]
    );
    assert!(problems(&all).is_empty());
}

#[test]
fn runs_that_differ_are_kept_apart_and_the_receipt_says_where() {
    let (all, last) = together(vec![
        runs("sweep/monday.csv", &["0: lr=0.1", "1: lr=0.2"]),
        runs("sweep/tuesday.csv", &["0: lr=0.1", "1: lr=0.3"]),
    ]);
    assert_eq!((last.new_runs, last.joined_runs), (2, 0));
    expect![[r#"
        [
            "sweep/tuesday.csv: its runs have the same ids as those of sweep/monday.csv but differ, as run 1 in lr, kept apart as runs of their own",
        ]
    "#]]
    .assert_debug_eq(&problems(&all));
}

#[test]
fn a_rounded_copy_is_the_same_run() {
    let (_, last) = together(vec![
        runs(
            "sweep/exact.csv",
            &["0: lr=0.123456789012345 metric.loss=nan"],
        ),
        runs(
            "sweep/rounded.csv",
            &["0: lr=0.12345678901 metric.loss=nan"],
        ),
    ]);
    assert_eq!(last.joined_runs, 1);
}

#[test]
fn other_folders_join_only_where_ids_are_unique_in_the_world() {
    let numbered = |folder: &str| runs(&format!("{folder}/runs.csv"), &["7: lr=0.1"]);
    assert_eq!(
        together(vec![numbered("a"), numbered("b")]).1.joined_runs,
        0
    );
    let hashed = |folder: &str| {
        runs(
            &format!("{folder}/runs.csv"),
            &["15a1b533b69c4ec1b8d25ec8d79cade7: lr=0.1"],
        )
    };
    assert_eq!(together(vec![hashed("a"), hashed("b")]).1.joined_runs, 1);
    let uuid = |folder: &str| {
        runs(
            &format!("{folder}/runs.csv"),
            &["15a1b533-b69c-4ec1-b8d2-5ec8d79cade7: lr=0.1"],
        )
    };
    assert_eq!(together(vec![uuid("a"), uuid("b")]).1.joined_runs, 1);
}

#[test]
fn row_numbers_are_no_ids() {
    let unnamed = |path: &str| {
        read(path, 0, |sink| {
            let row = sink.add_run();
            sink.set_attribute(row, attribute::ID, ValueRef::Text("0"));
            sink.set_named(row, Role::Param, "lr", ValueRef::Number(0.1));
        })
    };
    assert_eq!(
        together(vec![unnamed("a.csv"), unnamed("b.csv")])
            .1
            .joined_runs,
        0
    );
}

#[test]
fn one_file_may_speak_of_the_runs_of_several() {
    let (all, last) = together(vec![
        runs("sweep/0.json", &["a: lr=0.1"]),
        runs("sweep/1.json", &["b: lr=0.2"]),
        runs("sweep/metrics.csv", &["a: loss@0=1", "b: loss@0=2"]),
    ]);
    assert_eq!(last.joined_runs, 2);
    assert_eq!(told(&all), ["a: lr=0.1 loss=1(1)", "b: lr=0.2 loss=2(1)"]);
}

#[test]
fn a_run_that_two_files_have_is_given_to_neither() {
    let (all, last) = together(vec![
        runs("sweep/monday.csv", &["0: lr=0.1"]),
        runs("sweep/tuesday.csv", &["0: lr=0.2"]),
        runs("sweep/metrics.csv", &["0: loss@0=1"]),
    ]);
    assert_eq!((all.rows(), last.joined_runs), (3, 0));
    assert!(
        problems(&all)[1].contains("several files have a run 0"),
        "{:?}",
        problems(&all)
    );
}

#[test]
fn curves_join_where_they_agree_and_the_longer_is_kept() {
    let long = "a: loss@0=3 loss@1=2 loss@2=1";
    let (all, last) = together(vec![
        runs("s/sampled.csv", &["a: loss@0=3 loss@2=1"]),
        runs("s/full.csv", &[long]),
    ]);
    assert_eq!(last.joined_runs, 1);
    assert_eq!(told(&all), ["a: loss=1(3)"]);
    let (_, last) = together(vec![
        runs("s/other.csv", &["a: loss@0=9 loss@2=1"]),
        runs("s/full.csv", &[long]),
    ]);
    assert_eq!(last.joined_runs, 0);
}

#[test]
fn further_parts_of_a_source_do_as_its_first() {
    let configs = || runs("s/configs.json", &["a: lr=0.1", "b: lr=0.2"]);
    let (all, last) = together(vec![
        configs(),
        part("s/table.csv", 9, &["a: lr=0.1 depth=3"]),
        part("s/table.csv", 9, &["b: lr=0.2 depth=4", "c: lr=0.5"]),
    ]);
    assert_eq!((last.new_runs, last.joined_runs), (1, 1));
    assert_eq!(told(&all)[..2], ["a: lr=0.1 depth=3", "b: lr=0.2 depth=4"]);
    assert_eq!((all.sources().len(), all.sources()[1].runs), (2, 3));

    let (all, last) = together(vec![
        configs(),
        part("s/table.csv", 9, &["a: lr=0.7"]),
        part("s/table.csv", 9, &["b: lr=0.2"]),
    ]);
    assert_eq!(
        (all.rows(), last.joined_runs, problems(&all).len()),
        (4, 0, 1)
    );
}

#[test]
fn what_was_only_guessed_of_a_later_source_stays_a_guess() {
    let guessed = read("b.csv", 0, |sink| {
        let column = sink.column(Role::Metric, "score");
        sink.doubt(column, "its name says nothing");
        let row = sink.add_run();
        sink.set(row, column, ValueRef::Number(1.0));
    });
    let (all, _) = together(vec![runs("a.csv", &["0: lr=1"]), guessed]);
    let score = all.column(all.find(Role::Metric, "score").unwrap());
    assert_eq!(score.doubt(), Some("its name says nothing"));
}

#[test]
fn texts_fill_in_where_an_earlier_source_has_texts() {
    let ids: Vec<String> = (0..3000)
        .map(|run| format!("{run}: note=long-{run}-text"))
        .collect();
    let texts =
        |from: usize, to: usize| ids[from..to].iter().map(String::as_str).collect::<Vec<_>>();
    let mut first = texts(0, 2999);
    first.push("2999:");
    let (all, last) = together(vec![
        runs("s/a.csv", &first),
        runs("s/b.csv", &texts(2990, 3000)),
    ]);
    assert_eq!((all.rows(), last.joined_runs), (3000, 10));
    assert_eq!(told(&all)[2999], "2999: note=long-2999-text");
    assert_eq!(told(&all)[17], "17: note=long-17-text");
}

fn check_document(ledger: &Ledger, want: &Expect) {
    let rows: Vec<usize> = (0..ledger.rows()).collect();
    let mut out = Vec::new();
    write_runs(ledger, &rows, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    serde_json::from_str::<serde_json::Value>(&text).unwrap();
    want.assert_eq(&text);
}

#[test]
fn the_document_says_what_was_read_and_invents_nothing() {
    let ledger = read("night/\"odd\" name.json", 0, |sink| {
        let row = sink.run("trial-7");
        sink.set_attribute(
            row,
            attribute::NAME,
            ValueRef::Text("brave \u{1F41F}\n\u{1}"),
        );
        sink.set_status(row, Status::Finished);
        sink.set_time(row, attribute::START, "2026-01-01T07:51:36.777Z");
        sink.set_attribute(row, attribute::GROUP, ValueRef::Text("lr sweep"));
        sink.set_attribute(row, "host", ValueRef::Text("gpu-3"));
        sink.set_named(row, Role::Param, "lr", ValueRef::Number(0.003));
        sink.set_named(row, Role::Param, "layers", ValueRef::Number(4.0));
        sink.set_named(row, Role::Param, "tiny", ValueRef::Number(1e-300));
        sink.set_named(row, Role::Param, "amp", ValueRef::Bool(true));
        sink.set_named(row, Role::Param, "clip", ValueRef::Number(f64::INFINITY));
        sink.set_named(row, Role::Tag, "mlflow.user", ValueRef::Text("sam"));
        let loss = sink.column(Role::Metric, "val_loss");
        for (step, value) in [(0.0, 2.3), (1.0, f64::NAN), (2.0, 0.1)] {
            sink.point(row, loss, step, 0, value);
        }
        sink.set_named(row, Role::Metric, "auc", ValueRef::Number(f64::NAN));
        sink.set_named(row, Role::Metric, "verdict", ValueRef::Text("good"));
        sink.add_run();
        sink.problem("test/odd", "line 7", "a field too many", "row skipped");
    });
    check_document(
        &ledger,
        &expect![[r#"
        {"schema":"runsift.runs/1",
        "sources":[
        {"path":"night/\"odd\" name.json","format":"test","runs":2,"problems":[{"path":"night/\"odd\" name.json","where":"line 7","what":"a field too many","effect":"row skipped"}]}],
        "runs":[
        {"id":"trial-7","name":"brave 🐟\n\u0001","status":"finished","source":0,"start":1767253896777,"end":null,"group":"lr sweep","parent":null,"params":{"lr":0.003,"layers":4,"tiny":1e-300,"amp":true,"clip":"Infinity"},"metrics":{"val_loss":{"last":0.1,"min":0.1,"max":2.3,"n":3,"first_step":0,"last_step":2},"auc":{"last":"NaN","min":null,"max":null,"n":1,"first_step":null,"last_step":null},"verdict":{"last":"good","min":null,"max":null,"n":1,"first_step":null,"last_step":null}},"tags":{"mlflow.user":"sam","host":"gpu-3"}},
        {"id":"1","name":null,"status":"unknown","source":0,"start":null,"end":null,"group":null,"parent":null,"params":{},"metrics":{},"tags":{}}]}
    "#]],
    );
}

/// A run with its times, in a source of this path.
fn timed(path: &str, id: &str, start: i64, end: i64, lr: f64) -> Ledger {
    read(path, 0, |sink| {
        let row = sink.run(id);
        sink.set_attribute(row, attribute::START, ValueRef::Time(start));
        sink.set_attribute(row, attribute::END, ValueRef::Time(end));
        sink.set_named(row, Role::Param, "lr", ValueRef::Number(lr));
    })
}

#[test]
fn runs_of_the_same_times_and_values_are_one_whatever_they_are_called() {
    let database = || {
        timed(
            "study.db",
            "branin/0",
            1_700_000_000_123,
            1_700_000_001_456,
            0.1,
        )
    };
    let joined = |table: Ledger| together(vec![database(), table]).1.joined_runs;
    let at = |start, end, lr| timed("exports/trials.csv", "0", start, end, lr);
    assert_eq!(joined(at(1_700_000_000_123, 1_700_000_001_456, 0.1)), 1);
    // Another time, another value, or times that are too coarse to tell.
    assert_eq!(joined(at(1_700_000_000_124, 1_700_000_001_456, 0.1)), 0);
    assert_eq!(joined(at(1_700_000_000_123, 1_700_000_001_456, 0.2)), 0);
    let coarse = || {
        timed(
            "study.db",
            "branin/0",
            1_700_000_000_000,
            1_700_000_001_000,
            0.1,
        )
    };
    let table = at(1_700_000_000_000, 1_700_000_001_000, 0.1);
    assert_eq!(together(vec![coarse(), table]).1.joined_runs, 0);
    // Two runs of those times: it may be either.
    let twin = || {
        timed(
            "twin.db",
            "sphere/0",
            1_700_000_000_123,
            1_700_000_001_456,
            0.1,
        )
    };
    let (all, last) = together(vec![
        timed("a.db", "x", 1_700_000_000_123, 1_700_000_001_456, 0.7),
        twin(),
        at(1_700_000_000_123, 1_700_000_001_456, 0.1),
    ]);
    assert_eq!((all.rows(), last.joined_runs), (3, 0));
}

#[test]
fn made_up_ids_join_folders_that_lie_in_one_another() {
    let pair = |id: &str, table: &str| {
        together(vec![
            runs("sweep/trials/0/params.json", &[&format!("{id}: lr=0.1")]),
            runs(table, &[&format!("{id}: lr=0.1 loss@0=3")]),
        ])
        .1
        .joined_runs
    };
    assert_eq!(pair("9b614_00001", "sweep/results.csv"), 1);
    assert_eq!(pair("9b614_00001", "other/results.csv"), 0);
    assert_eq!(pair("1", "sweep/results.csv"), 0);
}

#[test]
fn an_archive_and_what_was_unpacked_from_it_are_the_same_runs() {
    let at = |path: &str, lr: &str| runs(path, &[&format!("1: lr={lr}")]);
    let pair = |a: Ledger, b: Ledger| together(vec![a, b]).1.joined_runs;
    assert_eq!(
        pair(
            at("night.zip/runs/1/config.json", "0.1"),
            at("runs/1/config.json", "0.1")
        ),
        1
    );
    assert_eq!(
        pair(
            at("a/runs/1/config.json", "0.1"),
            at("night.tar/runs/1/config.json", "0.1")
        ),
        1
    );
    assert_eq!(
        pair(
            at("night.zip/runs/1/config.json", "0.1"),
            at("runs/1/config.json", "0.2")
        ),
        0
    );
    assert_eq!(
        pair(
            at("a.zip/runs/1/config.json", "0.1"),
            at("b.zip/runs/1/config.json", "0.1")
        ),
        0
    );
    assert_eq!(
        pair(
            at("night.zip/config.json", "0.1"),
            at("other/config.json", "0.1")
        ),
        0
    );
}

#[test]
fn one_run_that_differs_does_not_keep_the_others_apart() {
    let rows = |changed: usize| {
        let text = |at: usize| format!("{at}: lr=0.{}", if at == changed { at + 1 } else { at });
        (1..9).map(text).collect::<Vec<_>>()
    };
    let of = |path: &str, rows: Vec<String>| {
        runs(path, &rows.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let (all, last) = together(vec![of("s/a.csv", rows(0)), of("s/b.csv", rows(3))]);
    assert_eq!((last.joined_runs, last.new_runs), (7, 1));
    assert_eq!(all.sources()[1].shared[0].runs, 7);
    assert!(
        problems(&all)[0].contains("differ from them: 1, as run 3 in lr"),
        "{:?}",
        problems(&all)
    );
}

#[test]
fn a_person_keeps_sources_apart_and_joins_columns() {
    let mut rules = Rules::default();
    rules.keep_apart(9, true);
    let name = |role, name: &str| ColumnName {
        role,
        name: name.to_owned(),
    };
    rules.rename(name(Role::Param, "config/lr"), name(Role::Param, "lr"));
    rules.rename(name(Role::Param, "depth"), name(Role::Tag, "depth"));
    let mut all = Ledger::with_rules(rules.clone());
    all.append(runs("s/a.csv", &["x: lr=0.1 depth=3"]));
    all.append(part("s/b.csv", 9, &["x: lr=0.1", "y: config/lr=0.2"]));
    assert_eq!(all.rows(), 3);
    let lr = all.find(Role::Param, "lr").unwrap();
    assert_eq!(
        (0..3)
            .filter_map(|row| all.column(lr).get(row).number())
            .collect::<Vec<_>>(),
        [0.1, 0.1, 0.2]
    );
    assert_eq!(
        (
            all.find(Role::Param, "config/lr"),
            all.find(Role::Param, "depth")
        ),
        (None, None)
    );
    assert_eq!(all.column(lr).sources(), [0, 1]);
    assert_eq!(
        rules.parts_of(Role::Param, "lr").collect::<Vec<_>>(),
        ["config/lr"]
    );
    // What takes it back leaves no trace, and so does undoing.
    rules.rename(name(Role::Tag, "depth"), name(Role::Param, "depth"));
    rules.take_apart(&name(Role::Param, "config/lr"));
    rules.keep_apart(9, false);
    assert_eq!(rules, Rules::default());
}
