//! Whatever the ledger has comes back from tables and documents as it was, or as its text spells it.

use super::*;
use arbtest::arbitrary::{Result, Unstructured};

/// Pieces of names and texts that readers and spreadsheets take for something else.
const PIECES: [&str; 40] = [
    "=",
    "+",
    "-",
    "@",
    "'",
    "\"",
    ",",
    ";",
    "\t",
    "\r",
    "\n",
    " ",
    ".",
    "#",
    "# runsift.",
    "lr",
    "loss",
    "params.",
    "metrics.",
    "0012",
    "12345e67",
    "1e-3",
    "-0.5",
    "50%",
    "1,000",
    "NA",
    "null",
    "true",
    "True",
    "NaN",
    "inf",
    "ü",
    "id",
    "row",
    "rank",
    "step",
    "run",
    "{",
    "[1, 2]",
    "2026-01-02",
];

fn text(u: &mut Unstructured<'_>) -> Result<String> {
    let mut text = String::new();
    for _ in 0..u.int_in_range(1..=4)? {
        text.push_str(u.choose(&PIECES)?);
    }
    Ok(text)
}

fn value(u: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match u.int_in_range(0..=6)? {
        0 => Value::Bool(u.arbitrary()?),
        1 => Value::Number(*u.choose(&[-0.5, f64::NAN, f64::NEG_INFINITY, -0.0, 1e300, 3.0])?),
        2 => Value::Number(u.arbitrary()?),
        _ => Value::Text(text(u)?),
    })
}

fn arbitrary_ledger(u: &mut Unstructured<'_>) -> Result<Ledger> {
    let mut made = Ledger::default();
    let mut keep = |part: Ledger| {
        made.append(part);
    };
    let mut sink = RunSink::new(&mut keep);
    let roles = [Role::Param, Role::Metric, Role::Tag, Role::Attribute];
    let mut columns = Vec::new();
    for _ in 0..u.int_in_range(1..=5)? {
        columns.push((*u.choose(&roles)?, text(u)?));
    }
    // That has values of its own.
    columns.retain(|(role, name)| *role != Role::Attribute || name != attribute::ID);
    sink.begin_source("logs", "test", 0);
    let has_ids = u.arbitrary()?;
    for at in 0..u.int_in_range(1..=6)? {
        let row = sink.add_run();
        if has_ids {
            let id = format!("{}{at}", text(u)?);
            sink.set_attribute(row, attribute::ID, ValueRef::Text(&id));
        }
        if u.arbitrary()? {
            sink.set_attribute(row, attribute::NAME, ValueRef::Text(&text(u)?));
            sink.set_attribute(row, attribute::GROUP, ValueRef::Text(&text(u)?));
            sink.set_status(row, Status::Failed);
            sink.set_attribute(row, attribute::START, ValueRef::Time(1_767_253_896_777));
        }
        for (role, name) in &columns {
            if u.ratio(3, 4)? {
                sink.set_named(row, *role, name, value(u)?.as_ref());
            }
        }
    }
    sink.finish();
    Ok(made)
}

/// Whether a value came back: a text may have become what it spells, and what has no sign of its kind its text.
fn came_back(wanted: ValueRef<'_>, found: ValueRef<'_>) -> bool {
    let spelt = wanted.to_string();
    wanted.is_same(found) || spelt == found.to_string() || ValueRef::parse(&spelt).is_same(found)
}

fn assert_came_back(wanted: &Ledger, found: &Ledger) {
    assert_eq!(found.rows(), wanted.rows());
    for column in wanted.columns().iter().filter(|column| is_written(column)) {
        let id = found.find(column.role(), column.name());
        let same = id.map(|id| found.column(id));
        for row in 0..wanted.rows() {
            let (a, b) = (
                column.get(row),
                same.map_or(ValueRef::Missing, |same| same.get(row)),
            );
            assert!(
                came_back(a, b),
                "{:?} {:?} of {row}: {a:?}, {b:?}",
                column.role(),
                column.name()
            );
        }
    }
    let is_given = |column: &&Column| !column.is_vacant();
    let count = |ledger: &Ledger| ledger.columns().iter().filter(is_given).count();
    assert!(count(found) <= count(wanted), "nothing is invented");
}

#[test]
fn any_runs_come_back_from_csv() {
    arbtest::arbtest(|u| {
        let wanted = arbitrary_ledger(u)?;
        let (bytes, _) = file(&wanted, ExportFormat::Csv, all(&wanted));
        let found = read("runs.csv", &bytes);
        assert_eq!(found.sources()[0].format, "runsift-table");
        assert_came_back(&wanted, &found);
        Ok(())
    });
}

#[test]
fn any_runs_come_back_from_json_with_their_sources() {
    arbtest::arbtest(|u| {
        let wanted = arbitrary_ledger(u)?;
        let (bytes, _) = file(&wanted, ExportFormat::Json, all(&wanted));
        let found = read("runs.json", &bytes);
        assert_eq!(found.rows(), wanted.rows());
        for row in 0..wanted.rows() {
            let source = &found.sources()[found.source_of(row)];
            assert_eq!(
                (source.path.as_str(), source.format.as_str()),
                ("logs", "test")
            );
            assert_eq!(found.run_id(row), wanted.run_id(row));
        }
        for column in wanted.columns().iter().filter(|column| is_written(column)) {
            // Attributes without a place of their own are tags.
            let id = found.find(column.role(), column.name());
            let id = id.or_else(|| found.find(Role::Tag, column.name()));
            let same = id.map(|id| found.column(id));
            for row in 0..wanted.rows() {
                let (a, b) = (
                    column.get(row),
                    same.map_or(ValueRef::Missing, |same| same.get(row)),
                );
                let name = column.name();
                assert!(
                    came_back(a, b) || column.role() == Role::Attribute,
                    "{name:?} of {row}: {a:?}, {b:?}"
                );
            }
        }
        Ok(())
    });
}

#[test]
fn roles_and_names_come_back_from_parquet_whether_runs_have_ids_or_not() {
    for has_ids in [true, false] {
        let mut wanted = Ledger::default();
        let mut keep = |part: Ledger| {
            wanted.append(part);
        };
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("logs", "test", 0);
        for at in 0..3 {
            let row = sink.add_run();
            if has_ids {
                sink.set_attribute(row, attribute::ID, ValueRef::Text(&format!("run-{at}")));
            }
            sink.set_attribute(row, attribute::NAME, ValueRef::Text("same"));
            sink.set_attribute(row, "runtime", ValueRef::Number(f64::from(at) + 0.5));
            sink.set_named(row, Role::Param, "lr", ValueRef::Number(0.1));
            sink.set_named(row, Role::Tag, "user", ValueRef::Text("anna"));
        }
        sink.finish();
        let (bytes, _) = file(&wanted, ExportFormat::Parquet, all(&wanted));
        assert_came_back(&wanted, &read("runs.parquet", &bytes));
    }
}

#[test]
fn what_a_curve_says_comes_back_from_json_as_far_as_the_document_has_it() {
    let wanted = ledger(40);
    let (bytes, _) = file(&wanted, ExportFormat::Json, all(&wanted));
    let found = read("runs.json", &bytes);
    assert_same_values(&wanted, &all(&wanted), &found);
    let metric = |ledger: &Ledger, name: &str| {
        ledger
            .find(Role::Metric, name)
            .map(|id| ledger.column(id).clone())
    };
    let (loss, least) = (
        metric(&wanted, "val_loss").unwrap(),
        metric(&found, "val_loss.min").unwrap(),
    );
    for row in all(&wanted) {
        let summary = loss.summary(row).filter(|summary| summary.count > 1);
        let min = summary.and_then(|summary| summary.min);
        assert_eq!(least.get(row).number(), min, "{row}");
    }
    // A second time nothing is added.
    let (bytes, _) = file(&found, ExportFormat::Json, all(&found));
    assert_eq!(
        read("runs.json", &bytes).columns().len(),
        found.columns().len()
    );
}

#[test]
fn the_apostrophe_is_taken_away_only_where_it_is_ours() {
    let named = |text: &str| {
        let found = read("runs.csv", text.as_bytes());
        let column = found
            .columns()
            .iter()
            .find(|column| column.name() == "name")
            .unwrap();
        column.get(0).to_string()
    };
    assert_eq!(
        named("# runsift.table/1,1 run\nname,params.lr\n'=a,1\nb,2\n"),
        "=a"
    );
    assert_eq!(
        named("# runsift.table/1,1 run\nname,params.lr\n''=a,1\nb,2\n"),
        "'=a"
    );
    assert_eq!(
        named("# runsift.table/1,1 run\nname,params.lr\n'a,1\nb,2\n"),
        "'a"
    );
    assert_eq!(named("name,params.lr\n'=a,1\nb,2\n"), "'=a");
    assert_eq!(named("# made by hand\nname,params.lr\n'=a,1\nb,2\n"), "'=a");
}

#[test]
fn the_comment_is_one_line_that_no_reader_takes_for_more() {
    let told = [
        "filter: name == \"a\n\",=cmd()".to_owned(),
        "made with runsift".to_owned(),
    ];
    let mut bytes = Vec::new();
    csv::write_comment("table", &told, b',', &mut bytes).unwrap();
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        "# runsift.table/1,filter: name == 'a ', =cmd(); made with runsift\n"
    );
}

/// The files were written by the version that first read its own tables and documents; any later one reads them.
#[test]
fn tables_and_documents_of_version_1_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/runsift");
    for (name, format) in [("runs.csv", "runsift-table"), ("runs.json", "mlflow-files")] {
        let found = read(name, &std::fs::read(folder.join(name)).unwrap());
        assert_eq!(found.sources()[found.source_of(1)].format, format);
        let said = |role: Role, column: &str| {
            let column = found.column(found.find(role, column).unwrap());
            [0, 1].map(|row| column.get(row).to_string())
        };
        assert_eq!(said(Role::Attribute, attribute::ID), ["a1", "b2"]);
        assert_eq!(said(Role::Attribute, attribute::NAME), ["=first", ""]);
        assert_eq!(said(Role::Attribute, attribute::STATUS), ["finished", ""]);
        assert_eq!(said(Role::Attribute, attribute::PARENT), ["", "a1"]);
        let start = found.attribute(attribute::START).unwrap().get(0);
        assert_eq!(start, ValueRef::Time(1_769_839_920_123));
        assert_eq!(said(Role::Param, "lr"), ["0.003", "NaN"]);
        assert_eq!(said(Role::Param, "amp"), ["true", ""]);
        assert_eq!(said(Role::Metric, "val_loss"), ["0.1", "Infinity"]);
        assert_eq!(said(Role::Tag, "commit"), ["0012", ""]);
    }
}
