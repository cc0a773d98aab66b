//! What is saved reads back as it was.

mod round_trips;

use super::*;
use crate::engine::remembered::{SCHEMA, Session};
use crate::engine::report::read_files;
use crate::ledger::{RunSink, SavedSource, SearchRange, SourceRecord, Status, Value, attribute};
use crate::source::MemoryFile;
use ::parquet::basic::{ConvertedType, Type as Physical};
use ::parquet::file::reader::{FileReader as _, SerializedFileReader};
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

/// Runs with a value of every kind in every third place, and curves of some.
fn ledger(runs: usize) -> Ledger {
    let mut made = Ledger::default();
    let mut keep = |part: Ledger| {
        made.append(part);
    };
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for at in 0..runs {
        let row = sink.run(&format!("run-{at}"));
        sink.set_status(row, Status::Finished);
        let millis = 1_767_253_896_777 + at as i64;
        sink.set_attribute(row, attribute::START, ValueRef::Time(millis));
        let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 1e-300];
        let lr = odd.get(at).copied().unwrap_or(0.1 + at as f64);
        let optimizer = ["adam", "=sgd", "ünïcode, \"quoted\"\nline"][at % 3];
        if at % 4 != 3 {
            sink.set_named(row, Role::Param, "lr", ValueRef::Number(lr));
            sink.set_named(row, Role::Param, "layers", ValueRef::Number(at as f64));
            sink.set_named(row, Role::Param, "optimizer", ValueRef::Text(optimizer));
            sink.set_named(row, Role::Param, "amp", ValueRef::Bool(at % 2 == 0));
        }
        let (loss, time) = (sink.column(Role::Metric, "val_loss"), millis);
        let accuracy = sink.column(Role::Metric, "val/accuracy");
        for step in 0..at % 7 {
            let value = odd.get(step).copied().unwrap_or(1.0 / (1 + step) as f64);
            sink.point(row, loss, step as f64, time + step as i64, value);
            sink.point(row, accuracy, f64::NAN, 0, 0.5);
        }
    }
    sink.finish();
    made
}

/// The whole file, and in how many slices it came.
fn file(ledger: &Ledger, format: ExportFormat, rows: Vec<usize>) -> (Vec<u8>, usize) {
    let told = vec!["2 of 3 runs".to_owned(), "made with runsift".to_owned()];
    let mut exporting = Exporting::new(ledger, format, rows, told);
    let (mut bytes, mut slices, mut before) = (Vec::new(), 0, 0.0);
    loop {
        let slice = exporting.step(ledger);
        assert!(slice.bytes.len() < 3 * SLICE_BYTES && slice.done >= before);
        bytes.extend(slice.bytes);
        slices += 1;
        before = slice.done;
        if slice.is_last {
            assert!(exporting.step(ledger).bytes.is_empty());
            return (bytes, slices);
        }
    }
}

fn all(ledger: &Ledger) -> Vec<usize> {
    (0..ledger.rows()).collect()
}

fn read(name: &str, bytes: &[u8]) -> Ledger {
    let (ledger, unread) = read_files(&vec![Rc::new(MemoryFile::new(name, bytes)) as _]);
    assert!(unread.is_empty(), "{unread:?}");
    assert_eq!(ledger.problem_count(), 0);
    ledger
}

/// Every value of one is in the other, by the name of its column.
fn assert_same_values(wanted: &Ledger, rows: &[usize], found: &Ledger) {
    assert_eq!(found.rows(), rows.len());
    for column in wanted.columns() {
        let by_role = found.find(column.role(), column.name());
        let same = by_role.map(|id| found.column(id));
        let same = same.unwrap_or_else(|| panic!("no {}", column.name()));
        for (at, row) in rows.iter().enumerate() {
            let (a, b) = (column.get(*row), same.get(at));
            assert!(a.is_same(b), "{} of {row}: {a:?} and {b:?}", column.name());
        }
    }
}

fn assert_same_curves(wanted: &Ledger, found: &Ledger) {
    let rows = (0..found.rows()).map(|row| (found.run_id(row), row));
    let rows: BTreeMap<String, usize> = rows.collect();
    let mut points = 0;
    for column in wanted.columns() {
        let Some(history) = column.history() else {
            continue;
        };
        let id = found.find(Role::Metric, column.name()).unwrap();
        let same = found.column(id).history().unwrap();
        assert_eq!(same.values.len(), history.values.len());
        for row in 0..wanted.rows() {
            let (a, range) = (history, history.range(row));
            if range.is_empty() {
                continue;
            }
            let (b, other) = (same, same.range(rows[&wanted.run_id(row)]));
            let bits = |of: &[f64]| of.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(
                bits(&a.values[range.clone()]),
                bits(&b.values[other.clone()])
            );
            assert_eq!(bits(&a.steps[range.clone()]), bits(&b.steps[other.clone()]));
            if !a.times.is_empty() {
                assert_eq!(a.times[range.clone()], b.times[other]);
            }
            points += range.len();
        }
    }
    assert!(points > 0);
}

#[test]
fn runs_as_parquet_read_back_the_same() {
    let ledger = ledger(40);
    let rows: Vec<usize> = vec![5, 0, 1, 2, 3, 4, 39, 12];
    let (bytes, _) = file(&ledger, ExportFormat::Parquet, rows.clone());
    assert_same_values(&ledger, &rows, &read("runs.parquet", &bytes));
}

#[test]
fn parquet_says_types_and_what_it_is_of() {
    let (bytes, _) = file(&ledger(40), ExportFormat::Parquet, vec![0, 1]);
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    let about = reader.metadata().file_metadata();
    assert_eq!(about.num_rows(), 2);
    let texts = about.key_value_metadata().unwrap();
    assert_eq!(texts[0].key, "runsift.comment");
    assert_eq!(
        texts[0].value.as_deref(),
        Some("2 of 3 runs\nmade with runsift")
    );
    let schema = about.schema_descr();
    let of = |name: &str| {
        let found = schema
            .columns()
            .iter()
            .find(|it| it.name() == name)
            .unwrap();
        (found.physical_type(), found.converted_type())
    };
    assert_eq!(of("params.lr"), (Physical::DOUBLE, ConvertedType::NONE));
    assert_eq!(of("params.layers"), (Physical::INT64, ConvertedType::NONE));
    assert_eq!(of("params.amp"), (Physical::BOOLEAN, ConvertedType::NONE));
    assert_eq!(
        of("params.optimizer"),
        (Physical::BYTE_ARRAY, ConvertedType::UTF8)
    );
    assert_eq!(
        of("start"),
        (Physical::INT64, ConvertedType::TIMESTAMP_MILLIS)
    );
}

#[test]
fn large_tables_come_in_slices_and_row_groups() {
    let ledger = ledger(GROUP_ROWS + 10_000);
    let rows = all(&ledger);
    let (bytes, slices) = file(&ledger, ExportFormat::Parquet, rows.clone());
    assert!(slices > 2, "{slices}");
    assert_same_values(&ledger, &rows, &read("runs.parquet", &bytes));
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    assert_eq!(reader.num_row_groups(), 2);
    for format in [ExportFormat::Csv, ExportFormat::Json] {
        let (bytes, slices) = file(&ledger, format, rows.clone());
        assert!(slices > 1, "{slices}");
        if format == ExportFormat::Json {
            let document: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(document["runs"].as_array().unwrap().len(), rows.len());
            assert_eq!(document["comment"][0], "2 of 3 runs");
        } else {
            assert_eq!(read("runs.csv", &bytes).rows(), rows.len());
        }
    }
}

#[test]
fn curves_read_back_with_the_same_points() {
    for runs in [40, 20_000] {
        let ledger = ledger(runs);
        for (format, name) in [
            (ExportFormat::CurvesCsv, "curves.csv"),
            (ExportFormat::CurvesParquet, "curves.parquet"),
        ] {
            let (bytes, slices) = file(&ledger, format, all(&ledger));
            assert_eq!(slices > 2, runs > 40, "{slices}");
            assert_same_curves(&ledger, &read(name, &bytes));
        }
    }
}

#[test]
fn nothing_is_a_file_too() {
    let ledger = Ledger::default();
    for format in [
        ExportFormat::Parquet,
        ExportFormat::CurvesParquet,
        ExportFormat::CurvesCsv,
        ExportFormat::Json,
    ] {
        let (bytes, slices) = file(&ledger, format, Vec::new());
        assert_eq!(slices, 1);
        if !matches!(format, ExportFormat::CurvesCsv | ExportFormat::Json) {
            let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
            assert_eq!(reader.metadata().file_metadata().num_rows(), 0);
        }
    }
}

#[test]
fn texts_that_a_spreadsheet_would_run_are_defused_in_curves() {
    let mut made = Ledger::default();
    let mut keep = |part: Ledger| made = part;
    let mut sink = RunSink::new(&mut keep);
    let row = sink.run("=cmd()");
    let metric = sink.column(Role::Metric, "@loss");
    sink.point(row, metric, 0.0, 0, -1.5);
    sink.finish();
    let (bytes, _) = file(&made, ExportFormat::CurvesCsv, vec![0]);
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(
        text,
        "# runsift.curves/1,2 of 3 runs; made with runsift\nrun,metric,step,time,value\n'=cmd(),'@loss,0,,-1.5\n"
    );
}

/// `tests/readers.py` holds other programs against these files.
#[test]
fn files_for_other_programs_are_written() {
    let ledger = ledger(GROUP_ROWS + 100);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/exports");
    std::fs::create_dir_all(&folder).unwrap();
    for (format, name) in [
        (ExportFormat::Parquet, "runs.parquet"),
        (ExportFormat::Json, "runs.json"),
        (ExportFormat::Csv, "runs.csv"),
        (ExportFormat::CurvesParquet, "curves.parquet"),
        (ExportFormat::CurvesCsv, "curves.csv"),
    ] {
        let (bytes, _) = file(&ledger, format, all(&ledger));
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    std::fs::write(folder.join("session.zip"), session(&ledger)).unwrap();
}

/// A session of these runs as a file.
fn session(ledger: &Ledger) -> Vec<u8> {
    let session = Session {
        schema: SCHEMA.to_owned(),
        view: "#/table?f=lr".to_owned(),
        runs: ledger.rows(),
        ..Session::default()
    };
    let text = serde_json::to_string(&session).unwrap();
    let mut exporting = Exporting::of_session(ledger, &text, vec!["made by a test".to_owned()]);
    let (mut bytes, mut before) = (Vec::new(), 0.0);
    loop {
        let slice = exporting.step(ledger);
        assert!(slice.bytes.len() < 3 * SLICE_BYTES && slice.done >= before);
        before = slice.done;
        bytes.extend(slice.bytes);
        if slice.is_last {
            return bytes;
        }
    }
}

fn session_of(ledger: &Ledger) -> Session {
    let texts = ledger.sources().iter();
    let text = texts
        .filter_map(|source| source.session.as_ref())
        .next_back();
    serde_json::from_str(text.unwrap()).unwrap()
}

#[test]
fn a_session_file_brings_back_runs_curves_sources_and_what_was_made_of_them() {
    let mut before = ledger(3_000);
    let mut keep = |part: Ledger| {
        before.append(part);
    };
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("other/mlruns", "mlflow-files", 7);
    let range = SearchRange::new(0.25, 8.0, None, true).unwrap();
    sink.source().declare_range("warmup", range);
    let of_group = SearchRange::new(1.0, 9.0, Some(1.0), false).unwrap();
    sink.source().declare_range_of("a study", "depth", of_group);
    for at in 0..40 {
        let row = sink.run(&format!("0{at}"));
        let lr = if at == 3 {
            ValueRef::Text("auto")
        } else {
            ValueRef::Number(0.5)
        };
        sink.set_named(row, Role::Param, "warmup", lr);
        sink.set_named(row, Role::Tag, "lr", ValueRef::Text("0012"));
    }
    sink.finish();
    let bytes = session(&before);
    let after = read("mine.runsift.zip", &bytes);
    assert_same_values(&before, &all(&before), &after);
    assert_same_curves(&before, &after);
    for row in [0, 2_999, 3_000, 3_039] {
        let path = |ledger: &Ledger| {
            let source = &ledger.sources()[ledger.source_of(row)];
            (
                source.path.clone(),
                source.format.clone(),
                source.runs,
                source.has_ids,
                source.ranges.clone(),
            )
        };
        assert_eq!(path(&before), path(&after));
    }
    let is_same = |a: &Column, b: &Column| a.name() == b.name() && a.role() == b.role();
    for column in before.columns() {
        assert!(after.columns().iter().any(|it| is_same(column, it)));
    }
    let found = after.searched("warmup", &mut (3_000..3_040)).unwrap();
    assert_eq!((found.range, found.differ), (range, false));
    let session = session_of(&after);
    assert_eq!(
        (session.view.as_str(), session.runs),
        ("#/table?f=lr", 3_040)
    );
}

#[test]
fn ranges_of_a_session_from_before_there_were_groups_are_of_all_runs() {
    let before = r#"{"path": "a", "ranges": [["lr", {"low": 1.0, "high": 2.0, "step": null, "log": true}]]}"#;
    let saved: SavedSource = serde_json::from_str(before).unwrap();
    let mut expected = SourceRecord::default();
    expected.declare_range("lr", SearchRange::new(1.0, 2.0, None, true).unwrap());
    assert_eq!(SourceRecord::from(saved).ranges, expected.ranges);
}

#[test]
fn a_session_of_a_newer_version_and_a_damaged_one_are_told() {
    let told = |bytes: &[u8]| {
        let (ledger, _) = read_files(&vec![Rc::new(MemoryFile::new("a.runsift.zip", bytes)) as _]);
        let problems = ledger.sources().iter().flat_map(|it| it.problems.listed());
        (
            ledger.rows(),
            problems.map(|it| it.what.clone()).collect::<Vec<_>>(),
        )
    };
    let bytes = session(&ledger(40));
    assert_eq!(told(&bytes), (40, Vec::new()));
    // The sum of an entry is not looked at where it lies stored: its text may be of any version.
    let place = |wanted: &[u8]| {
        bytes
            .windows(wanted.len())
            .position(|it| it == wanted)
            .unwrap()
    };
    let mut newer = bytes.clone();
    newer[place(b"runsift.session/1") + 16] = b'2';
    let (runs, problems) = told(&newer);
    assert_eq!(runs, 0);
    assert!(problems[0].contains("a newer runsift"), "{problems:?}");
    let mut damaged = bytes.clone();
    damaged[place(b"PAR1") + 120] ^= 0x55;
    let (_, problems) = told(&damaged);
    assert!(!problems.is_empty());
}

/// The file was written by the version that first had session files; any later one opens it.
#[test]
fn a_session_file_of_version_1_opens() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/session");
    let path = folder.join("version-1.runsift.zip");
    let wanted = ledger(40);
    if std::env::var_os("RUNSIFT_WRITE_SESSION").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(&path, session(&wanted)).unwrap();
    }
    let found = read("version-1.runsift.zip", &std::fs::read(path).unwrap());
    assert_same_values(&wanted, &all(&wanted), &found);
    assert_same_curves(&wanted, &found);
    assert_eq!(session_of(&found).view, "#/table?f=lr");
}
