//! Logs that grow are read on from where they ended, and what comes out is what reading them whole gives: event files, W&B's
//! and SwanLab's logs, Optuna's journals and MLflow's metrics, cut anywhere.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crc::{CRC_32_ISCSI, CRC_32_ISO_HDLC, Crc};
use runsift::export::json::write_runs;
use runsift::format::{self, plan};
use runsift::ledger::{Ledger, RunSink};
use runsift::source::{File, Files, Kept, ReadSeek};
use std::cell::Cell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;

/// A file with what is kept of it, which counts what is read of it.
struct Growing {
    path: String,
    bytes: Rc<[u8]>,
    kept: Option<Rc<Kept>>,
    read: Rc<Cell<usize>>,
}

impl File for Growing {
    fn path(&self) -> &str {
        &self.path
    }

    fn len_bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        let bytes = Cursor::new(Rc::clone(&self.bytes));
        let read = Rc::clone(&self.read);
        Ok(Box::new(Counted { bytes, read }))
    }

    fn kept(&self) -> Option<&Kept> {
        self.kept.as_deref()
    }
}

struct Counted {
    bytes: Cursor<Rc<[u8]>>,
    read: Rc<Cell<usize>>,
}

impl Read for Counted {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let got = self.bytes.read(to)?;
        self.read.set(self.read.get() + got);
        Ok(got)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

type Contents = Vec<(String, Vec<u8>)>;

/// What is read of these files: parts of ledgers as bytes, the runs in words, and how many bytes were read for that.
fn read(contents: &[(String, Vec<u8>)], kept: Option<&Rc<Kept>>) -> (Vec<Vec<u8>>, String, usize) {
    let count = Rc::new(Cell::new(0));
    let file = |(path, bytes): &(String, Vec<u8>)| {
        Rc::new(Growing {
            path: path.clone(),
            bytes: bytes.as_slice().into(),
            kept: kept.cloned(),
            read: Rc::clone(&count),
        }) as Rc<dyn File>
    };
    let files: Files = contents.iter().map(file).collect();
    let plan = plan(&files);
    count.set(0);
    let mut parts = Vec::new();
    let mut ledger = Ledger::default();
    for unit in &plan.units {
        let mut keep = |part: Ledger| {
            parts.push(part.to_bytes());
            ledger.append(part);
        };
        let mut sink = RunSink::new(&mut keep);
        format::read_unit(unit, &files, &mut sink, &mut |_| {});
        sink.finish();
    }
    let rows: Vec<usize> = (0..ledger.rows()).collect();
    let mut words = Vec::new();
    write_runs(&ledger, &rows, &mut words).unwrap();
    (parts, String::from_utf8(words).unwrap(), count.get())
}

/// A log of several files, which were written one after another, with what lies beside them from the beginning.
struct Log {
    written: Contents,
    beside: Contents,
}

impl Log {
    /// The files of these fixtures' folder; those that `is_written` is true of grow.
    fn of(folder: &str, is_written: &dyn Fn(&str) -> bool) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let (files, failed) = runsift::source::walk(&[root.join(folder)]);
        assert!(failed.is_empty() && !files.is_empty(), "{folder}");
        let contents = files.iter().map(|file| {
            let mut bytes = Vec::new();
            file.open().unwrap().read_to_end(&mut bytes).unwrap();
            (file.path().to_owned(), bytes)
        });
        let (written, beside) = contents.partition(|(path, _)| is_written(path));
        Self { written, beside }
    }

    fn len(&self) -> usize {
        self.written.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    /// What there was when so many bytes were written.
    fn at(&self, mut len: usize) -> Contents {
        let mut contents = self.beside.clone();
        for (number, (path, bytes)) in self.written.iter().enumerate() {
            let here = len.min(bytes.len());
            if here > 0 || number == 0 {
                contents.push((path.clone(), bytes[..here].to_vec()));
            }
            len -= here;
        }
        contents.sort();
        contents
    }

    /// Reads it as it grows, ending at these lengths, and holds each reading against one from the beginning. Gives how
    /// often what was made of it could be kept.
    fn check(&self, cuts: impl IntoIterator<Item = usize>) -> u64 {
        let kept = Rc::new(Kept::new(0, 1 << 28));
        // Keeps nothing, and knows what has changed.
        let unkept = Rc::new(Kept::new(u64::MAX, 0));
        let mut before: Contents = Vec::new();
        for cut in cuts {
            let now = self.at(cut);
            let changed = now.iter().filter(|file| !before.contains(file));
            let changed: Vec<String> = changed.map(|(path, _)| path.clone()).collect();
            kept.look(&changed);
            unkept.look(&changed);
            let (parts, words, _) = read(&now, Some(&kept));
            let (whole_parts, whole_words, _) = read(&now, Some(&unkept));
            let name = &self.written[0].0;
            assert_eq!(words, whole_words, "{name} at {cut}");
            assert!(parts == whole_parts, "{name} at {cut}");
            before = now;
        }
        assert_eq!(unkept.turn(), 0);
        kept.turn()
    }
}

/// Numbers below `most`, seeded: xorshift.
fn numbers(mut seed: u64) -> impl FnMut(usize) -> usize {
    move |most| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % most as u64) as usize
    }
}

/// Steps of up to so many bytes, to the end and once more there.
fn steps(len: usize, most: usize, seed: u64) -> Vec<usize> {
    let mut number = numbers(seed);
    let mut cuts = vec![number(most)];
    while let Some(last) = cuts.last().filter(|last| **last < len) {
        cuts.push((last + 1 + number(most)).min(len));
    }
    cuts.push(len);
    cuts
}

/// As it was written, and with bytes of it turned over, in steps of up to `most` bytes.
fn check_in_steps(log: &mut Log, most: usize) {
    let len = log.len();
    let cuts = steps(len, most, 7);
    let count = cuts.len();
    assert!(log.check(cuts) as usize > count / 3, "{}", log.written[0].0);
    let mut number = numbers(11);
    for seed in 1..4 {
        for _ in 0..3 {
            let file = number(log.written.len());
            let bytes = &mut log.written[file].1;
            let place = number(bytes.len());
            bytes[place] ^= 1 << number(8);
        }
        log.check(steps(len, most, seed));
    }
}

fn is_event_file(path: &str) -> bool {
    path.contains("tfevents")
}

#[test]
fn event_files_that_grow_are_as_if_read_whole() {
    for run in [
        "000 mlp-sgd-000",
        "001 mlp-sgd-001",
        "005 λ-probe",
        "007 mlp-sgd-007",
    ] {
        let mut log = Log::of(&format!("tensorboard/logs/{run}"), &is_event_file);
        check_in_steps(&mut log, 600);
    }
    // A byte at a time, past where one file ends and the next begins.
    let log = Log::of("tensorboard/logs/007 mlp-sgd-007", &is_event_file);
    let first = log.written[0].1.len();
    log.check(first - 150..first + 150);
}

#[test]
fn logs_of_wandb_that_grow_are_as_if_read_whole() {
    let is_log = |path: &str| path.ends_with(".wandb");
    for run in ["033519-q8xjwprs", "033520-jdavvxs2", "033540-fin6xlzd"] {
        let folder = format!("wandb-log/wandb/offline-run-20261123_{run}");
        check_in_steps(&mut Log::of(&folder, &is_log), 3_000);
    }
    // A byte at a time, past where a block of the framing ends; and a run that is gone on with in a second log.
    let log = Log::of(
        "wandb-log/wandb/offline-run-20261123_033520-jdavvxs2",
        &is_log,
    );
    log.check(32_600..32_900);
    let mut resumed = log;
    let (path, bytes) = resumed.written[0].clone();
    resumed
        .written
        .push((path.replace("033520", "043520"), bytes));
    check_in_steps(&mut resumed, 9_000);
}

#[test]
fn a_log_of_wandb_that_is_written_is_of_a_run_that_runs() {
    let is_log = |path: &str| path.ends_with(".wandb");
    let log = Log::of(
        "wandb-log/wandb/offline-run-20261123_033519-q8xjwprs",
        &is_log,
    );
    let has = |words: &str, status: &str| {
        words
            .replace(' ', "")
            .contains(&format!("\"status\":\"{status}\""))
    };
    // Its last records, with how it ended, are still to come.
    let half = log.len() / 2;
    let kept = Rc::new(Kept::new(256 << 10, 1 << 28));
    let words = |len, kept| read(&log.at(len), kept).1;
    assert!(has(&words(half, None), "failed"));
    assert!(has(&words(half, Some(&kept)), "failed"));
    kept.look(&[log.written[0].0.clone()]);
    assert!(has(&words(half, Some(&kept)), "running"));
    // Another file has changed.
    kept.look(&["wandb/other".to_owned()]);
    assert!(has(&words(half, Some(&kept)), "running"));
    assert!(has(&words(log.len(), Some(&kept)), "finished"));
}

#[test]
fn logs_of_swanlab_that_grow_are_as_if_read_whole() {
    let is_log = |path: &str| path.ends_with(".swanlab");
    let folder = "swanlab/local/run-20261123_040435-14tagkre";
    check_in_steps(&mut Log::of(folder, &is_log), 3_000);
}

#[test]
fn journals_that_grow_are_as_if_read_whole() {
    let mut log = Log::of("optuna-journal/moo.log", &|_| true);
    let line = log.written[0].1.iter().position(|byte| *byte == b'\n');
    log.check(0..line.unwrap() + 200);
    check_in_steps(&mut log, 9_000);
    // Values over several lines, lines that are none, and blank ones.
    let text = "\n{\"op_code\": 0, \"study_name\": \"s\",\n \"directions\": [1]}\n{\"op_code\": 4, \"study_id\": 0, \"state\": 1, \"values\": [1.5]}\nbroken\n\n\
                {\"op_code\": 4, \"study_id\": 0,\n{\"op_code\": 4, \"study_id\": 0, \"state\": 1, \"values\": [NaN]}\n[1]\n{\"op_code\": 4, \"study_id\": 0}";
    let log = Log {
        written: vec![("j.log".to_owned(), text.as_bytes().to_vec())],
        beside: Vec::new(),
    };
    log.check(0..=text.len());
}

const EXPERIMENT: &str =
    "artifact_location: x\nexperiment_id: '0'\nlifecycle_stage: active\nname: e\n";
const RUN: &str = "experiment_id: '0'\nrun_id: run\nstatus: 1\n";
const METRIC: &str = "r/0/run/metrics/loss";

/// The file of a metric in a folder of MLflow.
fn of_mlflow(metric: Vec<u8>) -> Log {
    let beside = [("r/0/meta.yaml", EXPERIMENT), ("r/0/run/meta.yaml", RUN)];
    let beside = beside.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
    Log {
        written: vec![(METRIC.to_owned(), metric)],
        beside: beside.to_vec(),
    }
}

#[test]
fn metrics_of_mlflow_that_grow_are_as_if_read_whole() {
    let text = "1700000000000 0.5\n\n1700000000001 0.25 1\n1700000000003 nan 3\r\n1700000000002 0.75 2\nbroken\n17000 1\n1700000000004 1e-3 4\n";
    let mut log = of_mlflow(text.as_bytes().to_vec());
    log.check(0..=text.len());
    check_in_steps(&mut log, 9);
}

/// Of a log of some megabytes that becomes a few records longer, these and little else are read.
fn check_tail(path: &str, begin: &[u8], record: &dyn Fn(usize) -> Vec<u8>) {
    let log = |bytes| Log {
        written: vec![(path.to_owned(), bytes)],
        beside: Vec::new(),
    };
    check_tail_of(&log, begin, record);
}

fn check_tail_of(log: &dyn Fn(Vec<u8>) -> Log, begin: &[u8], record: &dyn Fn(usize) -> Vec<u8>) {
    let mut bytes = begin.to_vec();
    let mut number = 0;
    while bytes.len() < 3 << 20 {
        bytes.extend(record(number));
        number += 1;
    }
    let before = bytes.len();
    for _ in 0..20 {
        bytes.extend(record(number));
        number += 1;
    }
    let log = log(bytes);
    let path = log.written[0].0.as_str();
    let kept = Rc::new(Kept::new(256 << 10, 256 << 20));
    let (_, _, whole) = read(&log.at(before), Some(&kept));
    assert!(whole >= before, "{path}: {whole} of {before}");
    kept.look(&[path.to_owned()]);
    let now = log.at(log.len());
    let (parts, words, read_on) = read(&now, Some(&kept));
    let tail = log.len() - before;
    // What stands before the mark, twice, and of text the head.
    assert!(
        read_on >= tail && read_on < tail + (100 << 10),
        "{path}: {read_on} of {tail}"
    );
    let unkept = Rc::new(Kept::new(u64::MAX, 0));
    unkept.look(&[path.to_owned()]);
    let (whole_parts, whole_words, _) = read(&now, Some(&unkept));
    assert_eq!(words, whole_words);
    assert!(parts == whole_parts && words.len() > 100, "{path}");
}

/// A field of a message that has a length.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut out = varint(usize::from(number) << 3 | 2);
    out.extend(varint(content.len()));
    out.extend(content);
    out
}

fn varint(mut number: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while number > 127 {
        out.push(number as u8 | 128);
        number >>= 7;
    }
    out.push(number as u8);
    out
}

#[test]
fn only_the_end_of_an_event_file_is_read_again() {
    let crc = Crc::<u32>::new(&CRC_32_ISCSI);
    let sum = |bytes: &[u8]| {
        let sum = crc.checksum(bytes).rotate_right(15);
        sum.wrapping_add(0xa282_ead8).to_le_bytes()
    };
    check_tail("logs/events.out.tfevents.1.h", b"", &|number| {
        let value = [&[0x15][..], &(number as f32).to_le_bytes()].concat();
        let value = field(1, &[field(1, b"loss"), value].concat());
        let event = [vec![0x10], varint(number), field(5, &value)].concat();
        let length = (event.len() as u64).to_le_bytes();
        [&length[..], &sum(&length), &event, &sum(&event)].concat()
    });
}

#[test]
fn only_the_end_of_a_log_of_wandb_is_read_again() {
    let crc = Crc::<u32>::new(&CRC_32_ISO_HDLC);
    // A record a block, so that none has to be divided.
    check_tail(
        "wandb/run-1-abc/run-abc.wandb",
        b":W&B\xe1\xbe\0",
        &|number| {
            let room = (32 << 10) - if number == 0 { 14 } else { 7 };
            let item = |name: &str, text: &str| {
                field(
                    1,
                    &[field(1, name.as_bytes()), field(16, text.as_bytes())].concat(),
                )
            };
            let mut history = item("loss", &format!("{number}.5"));
            history.extend(field(2, &[vec![0x08], varint(number)].concat()));
            let mut record = field(2, &history);
            // The rest is a field that nobody reads: its key, a length of three bytes, zeros.
            let filler = room - record.len() - 4;
            record.push(15 << 3 | 2);
            record.extend([
                filler as u8 | 128,
                (filler >> 7) as u8 | 128,
                (filler >> 14) as u8 & 127,
            ]);
            record.extend(vec![0; filler]);
            let mut digest = crc.digest();
            digest.update(&[1]);
            digest.update(&record);
            let len = (record.len() as u16).to_le_bytes();
            [&digest.finalize().to_le_bytes()[..], &len, &[1], &record].concat()
        },
    );
}

#[test]
fn only_the_end_of_a_journal_is_read_again() {
    let begin = b"{\"op_code\": 0, \"study_name\": \"s\", \"directions\": [1]}\n{\"op_code\": 4, \"study_id\": 0, \"state\": 0}\n";
    check_tail("j.log", begin, &|number| {
        format!(
            "{{\"op_code\": 7, \"trial_id\": 0, \"step\": {number}, \"intermediate_value\": 0.5}}\n"
        )
        .into_bytes()
    });
}

#[test]
fn only_the_end_of_a_metric_of_mlflow_is_read_again() {
    check_tail_of(&of_mlflow, b"", &|number| {
        format!("{} {} {number}\n", 1_700_000_000_000_usize + number, 0.5).into_bytes()
    });
}
