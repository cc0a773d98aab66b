//! Reports: what of the runs is in the file, and above all what is not.

mod compared;
mod words;

use crate::analysis::importance::Share;
use crate::engine::info::column_of_key;
use crate::engine::protocol::{
    Answer, Ask, DistributionsView, Draft, ImportanceAnswer, MarkHow, MarkLines, NoteEdit,
    ParamImportance, Redaction, Report, ReportForm, ReportQuestion, ReportText, SecretKind,
    SelectQuestion, SharedRuns,
};
use crate::engine::view::{Center, Direction, Objective, Statistic, Tab, Until, View};
use crate::engine::workspace::Workspace;
use crate::ledger::{Ledger, Role, RunSink, ValueRef, attribute};

/// Everything in the runs below that must not leave; in small letters, as it is looked for.
const PRIVATE: [&str; 9] = [
    "anna",
    "bertram",
    "gpu-node7",
    "10.0.0.7",
    "/data/secret",
    "sk-abcdef",
    "hunter2",
    "corp.example",
    "projectx",
];

/// Six runs of two people on a machine, with paths, keys and names in params, tags, ids and curves.
fn private() -> Workspace {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("/home/anna/projectx/runs.csv", "test", 0);
    for at in 0..6_u32 {
        let user = if at % 2 == 0 { "Anna" } else { "bertram" };
        let row = sink.run(&format!("{user}-run-{at}"));
        let name = format!("{user}_exp{at} on gpu-node7");
        for (role, column, value) in [
            (Role::Param, "lr", ValueRef::Number(0.1 * f64::from(at + 1))),
            (
                Role::Param,
                "data",
                ValueRef::Text("/data/secret/train.csv"),
            ),
            (Role::Param, "optimizer", ValueRef::Text("adam")),
            (Role::Param, "api_key", ValueRef::Text("hunter2")),
            (Role::Tag, "user", ValueRef::Text(user)),
            (Role::Tag, "host", ValueRef::Text("gpu-node7")),
            (
                Role::Tag,
                "mail",
                ValueRef::Text("to bertram@corp.example, cc /home/anna/x"),
            ),
            (
                Role::Tag,
                "command",
                ValueRef::Text("python t.py --key=sk-abcdef0123456789abcdef --to 10.0.0.7:80"),
            ),
            (Role::Tag, "projectx", ValueRef::Text("projectx")),
            (Role::Attribute, attribute::NAME, ValueRef::Text(&name)),
            (Role::Metric, "loss", ValueRef::Number(f64::from(at))),
        ] {
            sink.set_named(row, role, column, value);
        }
    }
    sink.finish();
    workspace
}

fn objective() -> Objective {
    Objective {
        column: "metric.loss".to_owned(),
        statistic: Statistic::Last,
        until: Until::End,
        center: Center::Mean,
        direction: Direction::Minimize,
    }
}

fn select(workspace: &mut Workspace, filter: &str) {
    let question = SelectQuestion {
        filter: filter.to_owned(),
        objective: Some(objective()),
        ..SelectQuestion::default()
    };
    workspace.answer(&Ask::Select(Box::new(question)));
}

fn question(workspace: &Workspace, form: ReportForm) -> ReportQuestion {
    let of_key = |key: &str| column_of_key(&workspace.ledger, key).unwrap();
    let view = View {
        filter: "lr < 0.55".to_owned(),
        objective: Some(objective()),
        ..View::default()
    };
    ReportQuestion {
        redaction: Redaction {
            further: vec!["projectX".to_owned()],
            left_out: vec![of_key("tag.mail")],
            ..Redaction::default()
        },
        columns: vec![
            of_key("param.lr"),
            of_key("param.data"),
            of_key("tag.mail"),
            of_key("metric.loss"),
        ],
        ..question_of(form, view)
    }
}

fn question_of(form: ReportForm, view: View) -> ReportQuestion {
    ReportQuestion {
        form,
        runs: SharedRuns::Shown,
        redaction: Redaction::default(),
        title: " Night for Anna ".to_owned(),
        notes: "Lower **lr** on gpu-node7 is better.".to_owned(),
        tabs: vec![Tab::Brief, Tab::Table],
        view: view.to_hash(),
        columns: Vec::new(),
        with_marks: true,
        importance: None,
    }
}

fn report(workspace: &mut Workspace, question: ReportQuestion) -> Report {
    match workspace.answer(&Ask::Report(Box::new(question))) {
        Answer::Report(report) => *report,
        other => panic!("{other:?}"),
    }
}

/// What of [`PRIVATE`] stands in these bytes.
fn leaked(bytes: &[u8]) -> Vec<&'static str> {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    PRIVATE
        .into_iter()
        .filter(|word| text.contains(word))
        .collect()
}

#[test]
fn what_gives_something_away_is_listed_with_where_it_stands() {
    let mut workspace = private();
    select(&mut workspace, "lr < 0.55");
    let ask = Ask::Secrets {
        runs: SharedRuns::Shown,
        left_out: Vec::new(),
        words: Vec::new(),
        with_marks: false,
    };
    let Answer::Secrets(secrets) = workspace.answer(&ask) else {
        panic!("no secrets");
    };
    let told: Vec<String> = secrets
        .listed
        .iter()
        .map(|secret| {
            format!(
                "{:?} {} {} {}",
                secret.kind,
                secret.text,
                secret.cells,
                secret.columns.join(",")
            )
        })
        .collect();
    for expected in [
        "Token hunter2 5 api_key",
        "Token sk-abcdef0123456789abcdef 5 command",
        "Email bertram@corp.example 5 mail",
        "User anna 5 mail",
        "User Anna 3 user",
        "User bertram 7 user,mail",
        "Host gpu-node7 5 host",
        "Host 10.0.0.7:80 5 command",
        "Path /data/secret/train.csv 5 data",
        "Path /home/anna/x 5 mail",
    ] {
        assert!(
            told.iter().any(|line| line == expected),
            "{expected} in {told:#?}"
        );
    }
    assert_eq!((told.len(), secrets.unlisted), (10, 0), "{told:#?}");
}

#[test]
fn nothing_that_was_replaced_or_left_out_is_in_the_bytes() {
    let mut workspace = private();
    select(&mut workspace, "lr < 0.55");
    workspace.answer(&Ask::Note {
        lines: MarkLines::Row(0),
        edit: NoteEdit::Text("Bertram says: see /data/secret/x".to_owned()),
    });
    for (renames_runs, kept) in [(false, ""), (true, ""), (false, "/data/secret/train.csv")] {
        for form in [ReportForm::Interactive, ReportForm::Plain] {
            let mut asked = question(&workspace, form);
            asked.redaction.renames_runs = renames_runs;
            asked.redaction.kept = vec![kept.to_owned()];
            let made = report(&mut workspace, asked);
            let bytes = [made.text.as_bytes(), &made.runs].concat();
            let expected: &[&str] = if kept.is_empty() {
                &[]
            } else {
                &["/data/secret"]
            };
            assert_eq!(
                leaked(&bytes),
                expected,
                "{form:?} {renames_runs}\n{}",
                made.text
            );
            let text = String::from_utf8_lossy(&bytes).into_owned();
            // What should be there is.
            for word in ["adam", "Lower **lr**", "loss"] {
                let is_plain = form == ReportForm::Plain;
                let is_there = text.contains(word);
                assert_eq!(is_there, !is_plain || word == "loss", "{word} {form:?}");
            }
        }
    }
    // Where nothing is to be replaced all of it is there: the test can fail.
    let mut asked = question(&workspace, ReportForm::Interactive);
    asked.redaction.kinds.clear();
    asked.redaction.further.clear();
    asked.redaction.left_out.clear();
    let made = report(&mut workspace, asked);
    let bytes = [made.text.as_bytes(), &made.runs].concat();
    // Paths of sources never go.
    assert_eq!(leaked(&bytes), PRIVATE);
    assert!(!String::from_utf8_lossy(&bytes).contains("projectx/runs.csv"));
}

#[test]
fn a_person_whose_address_is_found_is_named_nowhere() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("runs.csv", "test", 0);
    for at in 0..4_u32 {
        let row = sink.run(&at.to_string());
        for (name, text) in [
            ("git.log", "Author: Quentin Doe <quentin@x.org>"),
            ("git_author", "Marie Curie"),
            ("sweep", "of quentin"),
            ("said", "ask Quentin Doe, or marie"),
        ] {
            sink.set_named(row, Role::Tag, name, ValueRef::Text(text));
        }
        sink.set_named(row, Role::Metric, "loss", ValueRef::Number(f64::from(at)));
    }
    sink.finish();
    select(&mut workspace, "");
    let ask = Ask::Secrets {
        runs: SharedRuns::Shown,
        left_out: Vec::new(),
        words: Vec::new(),
        with_marks: false,
    };
    let Answer::Secrets(secrets) = workspace.answer(&ask) else {
        panic!("no secrets");
    };
    let users: Vec<&str> = secrets
        .listed
        .iter()
        .filter(|secret| secret.kind == SecretKind::User)
        .map(|secret| secret.text.as_str())
        .collect();
    for name in ["Quentin Doe", "Quentin", "quentin", "Marie Curie", "Marie"] {
        assert!(users.contains(&name), "{name} in {users:?}");
    }
    let view = View {
        objective: Some(objective()),
        ..View::default()
    };
    let mut asked = question_of(ReportForm::Interactive, view);
    "Quentin’s runs".clone_into(&mut asked.title);
    let all = |made: Report| {
        let bytes = [made.text.as_bytes(), &made.runs].concat();
        String::from_utf8_lossy(&bytes).to_lowercase()
    };
    let text = all(report(&mut workspace, asked.clone()));
    for name in ["quentin", "doe", "marie", "curie"] {
        assert!(!text.contains(name), "{name} in {text}");
    }
    // One name that is to stay, which is the name of a method too.
    asked.redaction.kept = vec!["Marie".to_owned()];
    assert!(all(report(&mut workspace, asked.clone())).contains("marie"));
    asked.redaction.kinds.clear();
    assert!(all(report(&mut workspace, asked)).contains("quentin"));
}

/// An importance as the page knows it, of params with these names.
fn importance(workspace: &Workspace, names: &[(&str, &str)]) -> ImportanceAnswer {
    let param = |(key, name): &(&str, &str)| ParamImportance {
        column: column_of_key(&workspace.ledger, key).unwrap(),
        of: Share {
            name: (*name).to_owned(),
            share: 0.25,
            low: None,
            high: None,
            total: None,
            is_noise: false,
            noise: None,
        },
        present: 5,
        active: None,
        space: String::new(),
    };
    ImportanceAnswer {
        used: 5,
        shown: 5,
        params: names.iter().map(param).collect(),
        ..ImportanceAnswer::default()
    }
}

#[test]
fn charts_of_the_plain_page_are_svg_with_words_and_hold_nothing_that_was_replaced() {
    let mut workspace = private();
    select(&mut workspace, "lr < 0.55");
    let names = [
        ("param.lr", "lr"),
        ("param.data", "data of bertram"),
        ("tag.mail", "mail"),
    ];
    let importance = importance(&workspace, &names);
    let mut asked = question(&workspace, ReportForm::Plain);
    asked.tabs = Tab::ALL.to_vec();
    asked.importance = Some(Box::new(importance));
    let view = View {
        filter: "lr < 0.55".to_owned(),
        objective: Some(objective()),
        distributions: DistributionsView {
            by: "tag.user".to_owned(),
            ..DistributionsView::default()
        },
        ..View::default()
    };
    asked.view = view.to_hash();
    let made = report(&mut workspace, asked.clone());
    let page = made.text;
    assert_eq!(leaked(page.as_bytes()), [""; 0], "{page}");
    assert!(
        !page.contains(">mail<"),
        "a column that was left out is drawn: {page}"
    );
    for part in [
        "<h2>Space</h2>",
        "<h2>Importance</h2>",
        "<h2>Distributions</h2>",
        "<h2>Scatter</h2>",
        "<h2>Compare</h2><table>",
        "<h2>Next</h2><p>What to run next stands in the interactive report alone.</p>",
        ">data of [user 2]</text>",
        ">[user 1]</text>",
        "5 runs used; single params together",
        "5 of 6 runs: those that were shown. Objective: the lowest loss (last).</figcaption>",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    for part in ["<script", "http:", "style=\""] {
        assert!(!page.contains(part), "{part} in {page}");
    }
    // Where nothing is replaced it is all there: the test can fail.
    asked.redaction.kinds.clear();
    asked.redaction.further.clear();
    let bare = report(&mut workspace, asked.clone());
    let is_drawn = bare.text.split("<h2>Space</h2>").nth(1);
    assert!(is_drawn.is_some_and(|charts| charts.contains(">data of bertram</text>")));
    // An importance of other runs says nothing of these.
    asked.runs = SharedRuns::All;
    let other = report(&mut workspace, asked);
    assert!(
        other
            .text
            .contains("<h2>Importance</h2><p>Importance was not told of these runs")
    );
    assert!(
        other.lost[0].contains("importance is not drawn"),
        "{:?}",
        other.lost
    );
}

#[test]
fn what_is_too_much_for_lines_is_drawn_as_pixels() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("runs.csv", "test", 0);
    for at in 0..12_000_u32 {
        let row = sink.run(&at.to_string());
        for (role, name) in [(Role::Param, "lr"), (Role::Metric, "loss")] {
            let value = ValueRef::Number(f64::from(at * 7919 % 1000));
            sink.set_named(row, role, name, value);
        }
    }
    sink.finish();
    select(&mut workspace, "");
    let asked = ReportQuestion {
        tabs: vec![Tab::Space],
        ..question_of(
            ReportForm::Plain,
            View {
                objective: Some(objective()),
                ..View::default()
            },
        )
    };
    let page = report(&mut workspace, asked).text;
    assert!(page.contains("href=\"data:image/png;base64,iVBORw0KGgo"));
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
}

#[test]
fn a_report_opens_with_the_same_runs() {
    let mut workspace = private();
    select(&mut workspace, "");
    workspace.answer(&Ask::Note {
        lines: MarkLines::Row(1),
        edit: NoteEdit::Star,
    });
    workspace.answer(&Ask::Mark {
        lines: MarkLines::Rows(vec![1, 4]),
        how: MarkHow::Only,
    });
    let asked = ReportQuestion {
        runs: SharedRuns::Selected,
        redaction: Redaction {
            renames_runs: true,
            ..Redaction::default()
        },
        ..question(&workspace, ReportForm::Interactive)
    };
    let made = report(&mut workspace, asked);
    let text: ReportText = serde_json::from_str(&made.text).unwrap();
    assert_eq!(text.told[0], "2 of 6 runs: those that were selected.");
    assert_eq!(
        (text.title.as_str(), text.tabs.len()),
        ("Night for [user 1]", 2)
    );
    let view = View::from_hash(&text.view);
    assert_eq!((view.tab, view.filter.as_str()), (Tab::Brief, "lr < 0.55"));
    assert_eq!(made.lost, Vec::<String>::new());

    let mut opened = Workspace::default();
    let ask = Ask::OpenReport {
        runs: made.runs.clone(),
        made: Box::new(text.made),
    };
    assert!(matches!(opened.answer(&ask), Answer::ReportOpened(true)));
    select(&mut opened, "");
    assert_eq!(opened.runs(), 2);
    let ledger = opened.ledger();
    let value = |role, name: &str, row| {
        ledger
            .column(ledger.find(role, name).unwrap())
            .get(row)
            .to_string()
    };
    assert_eq!(value(Role::Metric, "loss", 1), "4");
    assert_eq!(value(Role::Tag, "user", 0), "[user 2]");
    assert_eq!(value(Role::Attribute, attribute::NAME, 1), "run 2");
    assert_eq!(value(Role::Tag, "my_star", 0), "true");

    for cut in [0, 3, made.runs.len() / 2] {
        let ask = Ask::OpenReport {
            runs: made.runs[..cut].to_vec(),
            made: Box::default(),
        };
        assert!(matches!(opened.answer(&ask), Answer::ReportOpened(false)));
    }
}

#[test]
fn a_view_that_names_what_is_left_out_does_not_go() {
    let mut workspace = private();
    select(&mut workspace, "user = anna");
    let mut asked = question(&workspace, ReportForm::Interactive);
    asked.view = View {
        filter: "user = anna".to_owned(),
        objective: Some(objective()),
        ..View::default()
    }
    .to_hash();
    let made = report(&mut workspace, asked.clone());
    let text: ReportText = serde_json::from_str(&made.text).unwrap();
    let view = View::from_hash(&text.view);
    assert_eq!((view.filter.as_str(), view.objective.is_some()), ("", true));
    assert_eq!(made.lost.len(), 1);
    asked.redaction.left_out = vec![column_of_key(&workspace.ledger, "metric.loss").unwrap()];
    asked.redaction.kinds = vec![SecretKind::Path];
    let made = report(&mut workspace, asked);
    assert_eq!(made.lost.len(), 2, "{:?}", made.lost);
    assert!(!made.text.contains("loss"));
}

#[test]
fn a_filter_that_would_lose_runs_is_left_out_and_the_report_says_so() {
    let mut workspace = private();
    // What is replaced does not stand in it as a word.
    let filter = "user ~ /^an/i";
    select(&mut workspace, filter);
    let mut asked = question(&workspace, ReportForm::Interactive);
    let view = View {
        filter: filter.to_owned(),
        ..View::default()
    };
    asked.view = view.to_hash();
    let made = report(&mut workspace, asked.clone());
    let text: ReportText = serde_json::from_str(&made.text).unwrap();
    assert_eq!(View::from_hash(&text.view).filter, "");
    assert!(text.told.last().unwrap().contains("filter is left out"));
    assert_eq!(made.lost.len(), 1, "{:?}", made.lost);
    let mut opened = Workspace::default();
    let made = Box::default();
    let runs = report(&mut workspace, asked.clone()).runs;
    opened.answer(&Ask::OpenReport { runs, made });
    assert_eq!(opened.runs(), 3);
    // One that keeps them goes with them.
    asked.redaction.kinds.clear();
    let made = report(&mut workspace, asked);
    let text: ReportText = serde_json::from_str(&made.text).unwrap();
    assert_eq!(View::from_hash(&text.view).filter, filter);
    assert!(made.lost.is_empty());
}

#[test]
fn machines_of_a_private_network_and_relative_paths_do_not_go() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    for (role, column, text) in [
        (Role::Tag, "worker_host", "gpu-box-3"),
        (Role::Param, "data_root", "../data/hush/x"),
        (Role::Param, "train_file", "data/quiet/x.csv"),
        (Role::Param, "cache_dir", "./data"),
        (Role::Param, "dataset", "cifar/10"),
        (
            Role::Tag,
            "note",
            "gpu-box-3 and node017.cluster.local read data/hush/x, data of data/quiet/x.csv",
        ),
    ] {
        let row = sink.run("1");
        sink.set_named(row, role, column, ValueRef::Text(text));
    }
    sink.finish();
    select(&mut workspace, "");
    let view = View {
        filter: "train_file = \"data/quiet/x.csv\"".to_owned(),
        ..View::default()
    };
    let asked = question_of(ReportForm::Interactive, view);
    let made = report(&mut workspace, asked);
    let bytes = [made.text.as_bytes(), &made.runs].concat();
    let text = String::from_utf8_lossy(&bytes);
    for word in ["gpu-box", "node017", "hush", "quiet"] {
        assert!(!text.contains(word), "{word}");
    }
    for word in ["cifar/10", "data of", "[host 1]", "[path 1]"] {
        assert!(text.contains(word), "{word}");
    }
}

#[test]
fn the_plain_page_is_html_that_loads_nothing() {
    let mut workspace = private();
    select(&mut workspace, "");
    let mut asked = question(&workspace, ReportForm::Plain);
    asked.title = "<script>alert(1)</script>".to_owned();
    asked.notes = "- <img src=x onerror=alert(1)>".to_owned();
    let made = report(&mut workspace, asked);
    let page = made.text;
    assert!(page.starts_with("<!doctype html>"), "{page}");
    for part in [
        "<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>",
        "<li>&lt;img src=x onerror=alert(1)&gt;</li>",
        "<h2>Brief</h2>",
        "<th>rank</th><th>run</th><th>lr</th><th>data</th><th>loss</th>",
        "default-src 'none'",
        "6 of 6 runs: those that were shown.",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(
        !page.contains("<script") && !page.contains("src=\"") && !page.contains("http:"),
        "{page}"
    );
}

#[test]
fn what_is_set_for_a_report_is_kept_in_words() {
    let mut workspace = private();
    select(&mut workspace, "");
    let info = workspace.info();
    let mut asked = question(&workspace, ReportForm::Plain);
    asked.runs = SharedRuns::Selected;
    asked.redaction.kinds = vec![SecretKind::Path, SecretKind::User];
    asked.redaction.kept = vec!["/data/public".to_owned()];
    asked.with_marks = false;
    let draft = Draft::of(&asked, &info);
    let text = serde_json::to_string(&draft).unwrap();
    for word in [r#""runs":"selected""#, r#""tag.mail""#, r#""brief""#] {
        assert!(text.contains(word), "{word} in {text}");
    }
    let mut again = question(&workspace, ReportForm::Plain);
    let nothing = again.clone();
    serde_json::from_str::<Draft>(&text)
        .unwrap()
        .set(&mut again, &info);
    asked.redaction.kinds = vec![SecretKind::User, SecretKind::Path];
    assert_eq!(again, asked);
    // Of an older program's session nothing is set, and all is replaced.
    Draft::default().set(&mut again, &info);
    assert_eq!(again.redaction, Redaction::default());
    assert_eq!((again.title.as_str(), again.with_marks), ("", true));
    // A newer one may know further views, kinds and columns.
    let newer = r#"{"title":"x","views":["tea","table"],"unreplaced":["tea","path"],"left_out":["tag.tea"],"runs":"tea"}"#;
    again = nothing;
    serde_json::from_str::<Draft>(newer)
        .unwrap()
        .set(&mut again, &info);
    assert_eq!(
        (again.tabs, again.runs),
        (vec![Tab::Table], SharedRuns::Shown)
    );
    assert_eq!(again.redaction.kinds.len(), SecretKind::ALL.len() - 1);
    assert!(again.redaction.left_out.is_empty());
}
