//! The table as it is seen, as a file.

use super::{selected, workspace};
use crate::engine::info::column_of_key;
use crate::engine::protocol::{Answer, Ask, CELL, ExportFormat, LINE, TableFormat};
use crate::engine::report::read_files;
use crate::engine::view::Grouping;
use crate::engine::workspace::Workspace;
use crate::ledger::{Ledger, Role, RunSink, ValueRef};
use crate::source::MemoryFile;
use std::path::Path;
use std::rc::Rc;

fn seen(workspace: &mut Workspace, format: TableFormat, filter: &str) -> String {
    let of_key = |key: &str| column_of_key(&workspace.ledger, key).unwrap();
    let columns = vec![of_key("param.lr"), of_key("metric.loss")];
    let filter = filter.to_owned();
    match workspace.answer(&Ask::ExportSeen {
        format,
        columns,
        filter,
    }) {
        Answer::Export { text, .. } => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn groups_have_mean_and_interval_the_best_is_bold_and_what_ties_with_it_marked() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for (config, base) in [0.9, 0.10, 0.11].into_iter().enumerate() {
        for seed in 0..3_u32 {
            let row = sink.run(&format!("{config}-{seed}"));
            for (role, name, value) in [
                (Role::Param, "lr", config as f64),
                // Each a seed of its own: shared ones would make pairs that differ by the same amount.
                (Role::Param, "seed", f64::from(seed) + 3.0 * config as f64),
                (Role::Metric, "loss", base + 0.02 * f64::from(seed)),
            ] {
                sink.set_named(row, role, name, ValueRef::Number(value));
            }
        }
    }
    sink.finish();
    selected(&mut workspace, Some(Grouping::Replicates));
    // Half of the interval: t(2) = 4.303, sd = 0.02.
    assert_eq!(
        seen(&mut workspace, TableFormat::Markdown, ""),
        "| rank | runs | lr | loss |\n| --- | --- | --- | --- |\n| 3 | 3 | 0 | 0.920 ± 0.050 |\n\
         | 1 | 3 | 1 | **0.120 ± 0.050 †** |\n| 2 | 3 | 2 | 0.130 ± 0.050 † |\n\n\
         3 groups (9 of 9 runs), metrics as mean ± 95 % interval (Student’s t)  \n\
         ranked by the lowest loss (last)  \n\
         made with runsift 0.1.0  \n\
         †: cannot be told from the best (Welch’s t against it, Holm’s correction)  \n"
    );
    let paper = seen(&mut workspace, TableFormat::Paper, "lr < 9");
    let lines: Vec<Vec<&str>> = paper
        .split(LINE)
        .map(|line| line.split(CELL).collect())
        .collect();
    assert_eq!(lines[0], ["rank", "runs", "lr", "loss"]);
    assert_eq!(lines[2], ["1", "3", "1", "0.120 ± 0.050 †"]);
    let told = "3 groups (9 of 9 runs), metrics as mean ± 95 % interval (Student’s t); ranked by the lowest loss (last); filter: lr < 9";
    assert!(lines.len() == 5 && lines[4][0].starts_with(told), "{paper}");
    let latex = seen(&mut workspace, TableFormat::Latex, "lr_x < 3");
    assert!(latex.contains("\\begin{tabular}{rrrr}"), "{latex}");
    assert!(
        latex.contains(
            "\n1 & 3 & 1 & {\\bfseries\\boldmath 0.120 $\\pm$ 0.050 \\textdagger{}} \\\\\n"
        ),
        "{latex}"
    );
    assert!(latex.contains("filter: lr\\_x $<$ 3"), "{latex}");
    assert!(latex.starts_with("% 3 groups (9 of 9 runs)"), "{latex}");
}

#[test]
fn runs_are_told_of_how_many_and_long_tables_are_cut_aloud() {
    let mut workspace = workspace();
    selected(&mut workspace, None);
    let text = seen(&mut workspace, TableFormat::Tabs, "");
    assert_eq!(text.lines().count(), 62);
    let told = "# runsift.table/1\t60 of 60 runs; ranked by the lowest loss (last); made with runsift 0.1.0";
    assert_eq!(text.lines().next(), Some(told));
    let file = MemoryFile::new("table.tsv", text.as_bytes());
    let (again, _) = read_files(&vec![Rc::new(file) as _]);
    for (role, name) in [(Role::Param, "lr"), (Role::Metric, "loss")] {
        let column = |ledger: &Ledger| ledger.find(role, name).map(|id| ledger.column(id).clone());
        let (was, is) = (column(&workspace.ledger).unwrap(), column(&again).unwrap());
        for (row, place) in workspace.selection.order.rows().iter().zip(0..) {
            assert!(
                was.get(*row as usize).is_same(is.get(place)),
                "{name} of {row}"
            );
        }
    }
    let text = seen(&mut workspace, TableFormat::Markdown, "");
    assert!(text.contains("60 of 60 runs"), "{text}");
    assert!(!text.contains('†'), "{text}");

    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("b", "test", 0);
    for at in 0..500 {
        let row = sink.run(&format!("more {at}"));
        sink.set_named(row, Role::Metric, "loss", ValueRef::Number(f64::from(at)));
    }
    sink.finish();
    selected(&mut workspace, None);
    let text = seen(&mut workspace, TableFormat::Markdown, "");
    assert!(text.contains("the first 500 of 560 runs"), "{text}");
}

/// `tests/readers.py` holds other programs against these files: the table as it is seen, and the same runs as a document.
#[test]
fn files_for_other_programs_of_what_is_seen_are_written() {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 1e-300];
    let texts = [
        "=cmd()",
        "two\tcells",
        "\"quoted\"\nlines",
        "ünïcode",
        "plain",
    ];
    for at in 0..40 {
        let row = sink.run(&format!("run-{at}"));
        let lr = odd.get(at).copied().unwrap_or(0.1 + at as f64 / 3.0);
        if at % 7 != 6 {
            sink.set_named(row, Role::Param, "lr", ValueRef::Number(lr));
            let text = ValueRef::Text(texts[at % texts.len()]);
            sink.set_named(row, Role::Param, "kind", text);
        }
        let loss = ValueRef::Number(1.0 / (1 + at) as f64);
        sink.set_named(row, Role::Metric, "loss", loss);
    }
    sink.finish();
    selected(&mut workspace, None);
    let of_key = |key: &str| column_of_key(&workspace.ledger, key).unwrap();
    let columns = ["param.lr", "param.kind", "metric.loss"]
        .map(of_key)
        .to_vec();
    let table = workspace.answer(&Ask::ExportSeen {
        format: TableFormat::Tabs,
        columns,
        filter: String::new(),
    });
    let document = workspace.answer(&Ask::Export {
        format: ExportFormat::Json,
        shown_only: true,
        filter: String::new(),
    });
    let (Answer::Export { text, .. }, Answer::FilePart(Some(part))) = (table, document) else {
        panic!("no files");
    };
    assert!(part.is_last && text.lines().count() > 41);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/exports");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("seen.tsv"), text).unwrap();
    std::fs::write(folder.join("seen.json"), part.bytes.0).unwrap();
}
