//! Whatever is dropped: nothing panics, every file ends in one place, and what comes out is bounded by
//! what went in.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use arbtest::arbitrary::{Result, Unstructured};
use runsift::format::{plan, read_unit};
use runsift::ledger::{Ledger, RunSink};
use runsift::source::{File as _, Files, MemoryFile};
use std::fs;
use std::io::Read as _;
use std::path::PathBuf;
use std::rc::Rc;

/// Reads files as one drop, and holds what comes out against what went in.
fn drop_all(list: &[(String, Vec<u8>)]) -> Ledger {
    let files: Files = list
        .iter()
        .map(|(path, bytes)| Rc::new(MemoryFile::new(path, bytes)) as Rc<_>)
        .collect();
    let plan = plan(&files);
    let mut places: Vec<&str> = plan.unread.iter().map(|file| file.path.as_str()).collect();
    places.extend(
        plan.units
            .iter()
            .flat_map(|unit| &unit.files)
            .map(|at| files[*at].path()),
    );
    places.sort_unstable();
    // Pieces of one source may share a file.
    places.dedup();
    let mut paths: Vec<&str> = list.iter().map(|(path, _)| path.as_str()).collect();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(places, paths, "every file ends in exactly one place");
    let mut ledger = Ledger::default();
    for unit in &plan.units {
        let mut parts = Vec::new();
        let mut keep = |part| parts.push(part);
        let mut sink = RunSink::new(&mut keep);
        read_unit(unit, &files, &mut sink, &mut |_| {});
        sink.finish();
        for part in parts {
            ledger.append(part);
        }
    }
    let bytes: usize = list.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(
        ledger.rows() <= bytes,
        "{} runs of {bytes} bytes",
        ledger.rows()
    );
    assert!(
        ledger.columns().len() <= bytes + 16,
        "{} columns of {bytes} bytes",
        ledger.columns().len()
    );
    assert!(
        ledger.problem_count() == 0
            || ledger
                .sources()
                .iter()
                .all(|source| source.problems.listed().len() < 400)
    );
    ledger
}

/// The fixtures of all formats.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats");
    let mut found = Vec::new();
    for folder in fs::read_dir(root).unwrap() {
        for entry in fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().is_some_and(|name| name != "expected.json") {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                found.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The exports that are whole folders, with the paths of their files.
fn folders() -> Vec<Vec<(String, Vec<u8>)>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let by_hand = fs::read_dir(root.join("by-hand")).unwrap();
    let mut roots: Vec<PathBuf> = fs::read_dir(&root)
        .unwrap()
        .chain(by_hand)
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .filter(|path| {
            !["crashes", "formats", "by-hand"]
                .iter()
                .any(|name| path.ends_with(name))
        })
        .collect();
    roots.sort();
    let mut all = Vec::new();
    for root in roots {
        let (files, _) = runsift::source::walk(std::slice::from_ref(&root));
        let bytes = |file: &dyn runsift::source::File| {
            let mut bytes = Vec::new();
            file.open().unwrap().read_to_end(&mut bytes).unwrap();
            bytes
        };
        let files = files
            .iter()
            .filter(|file| !file.path().ends_with("expected.json"))
            .map(|file| (file.path().to_owned(), bytes(file.as_ref())));
        all.push(files.collect());
    }
    all
}

#[test]
fn mutated_folders_are_read_or_refused() {
    let folders = folders();
    assert!(folders.len() > 30);
    arbtest::arbtest(|u| {
        // A few files of a folder, so that many folders have their turn.
        let mut list = u.choose(&folders)?.clone();
        let most = u.int_in_range(4..=40)?;
        list.truncate(most);
        for _ in 0..u.int_in_range(1..=3)? {
            let at = u.choose_index(list.len())?;
            mutate(u, &mut list[at].1)?;
        }
        if u.ratio(1, 8)? {
            let at = u.choose_index(list.len())?;
            list.remove(at);
        }
        drop_all(&list);
        Ok(())
    })
    .budget_ms(8_000);
}

/// A few changes such as transfers, editors and crashes make.
fn mutate(u: &mut Unstructured<'_>, bytes: &mut Vec<u8>) -> Result<()> {
    for _ in 0..u.int_in_range(1..=5)? {
        if bytes.is_empty() {
            return Ok(());
        }
        let at = u.choose_index(bytes.len())?;
        match u.int_in_range(0..=5)? {
            0 => bytes[at] = u.arbitrary()?,
            1 => bytes.truncate(at),
            2 => {
                let end = (at + u.int_in_range(1..=40)?).min(bytes.len());
                bytes.drain(at..end);
            }
            3 => {
                let odd: &[u8] = u.choose(&[
                    b"\"".as_slice(),
                    b",",
                    b";",
                    b"\n",
                    b"\r\n",
                    b"\0",
                    b"\xff\xfe",
                    b"NaN",
                    b"{",
                    b"]",
                    b"\\",
                    b"1e999",
                    b"\"\"",
                    b" - ",
                ])?;
                bytes.splice(at..at, odd.iter().copied());
            }
            4 => {
                let end = (at + u.int_in_range(1..=200)?).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            _ => {
                let to = u.choose_index(bytes.len())?;
                bytes.swap(at, to);
            }
        }
    }
    Ok(())
}

#[test]
fn mutated_exports_are_read_or_refused() {
    let fixtures = fixtures();
    arbtest::arbtest(|u| {
        let mut list = Vec::new();
        for at in 0..u.int_in_range(1..=3)? {
            let (name, bytes) = u.choose(&fixtures)?;
            let mut bytes = bytes.clone();
            mutate(u, &mut bytes)?;
            list.push((format!("{at}-{name}"), bytes));
        }
        drop_all(&list);
        Ok(())
    })
    .budget_ms(6_000);
}

#[test]
fn arbitrary_bytes_are_read_or_refused() {
    const NAMES: [&str; 8] = [
        "a.csv",
        "a.json",
        "a.jsonl",
        "a.csv.gz",
        "a.tsv",
        "a",
        "a.log",
        "a.parquet",
    ];
    const STARTS: [&[u8]; 12] = [
        b"",
        b"{\"",
        b"[{\"a\":",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\x1f\x8b\x08\x00",
        b"number,state,value\n",
        b"epoch,loss\n",
        b"run,step,metric,value\n",
        b"Name,State,Runtime,Created\n",
        b"Step,a - b\n",
        b"{\"datapoints\":[",
    ];
    arbtest::arbtest(|u| {
        let mut bytes = u.choose(&STARTS)?.to_vec();
        let is_text: bool = u.arbitrary()?;
        for _ in 0..u.arbitrary_len::<u16>()? {
            bytes.push(if is_text {
                *u.choose(b"0123456789.,;\t\n\"'{}[]:-+eE naNIfxyz#_")?
            } else {
                u.arbitrary()?
            });
        }
        drop_all(&[((*u.choose(&NAMES)?).to_owned(), bytes)]);
        Ok(())
    })
    .budget_ms(4_000);
}

#[test]
fn depth_width_and_length_are_bounded() {
    let check = |name: &str, text: String| drop_all(&[(name.to_owned(), text.into_bytes())]);
    check(
        "deep.json",
        format!("{}1{}", "{\"a\":".repeat(20_000), "}".repeat(20_000)),
    );
    check("deep.jsonl", format!("{}\n", "[".repeat(200_000)));
    check("lines.json", "{\n".repeat(100_000));
    check("quotes.csv", format!("a,b\n{}", "\"x,1\n".repeat(50_000)));
    check("commas.csv", format!("a,b\n{}\n", ",".repeat(2_000_000)));
    check(
        "names.csv",
        format!("{}\n{}\n", "a,".repeat(20_000), "1,".repeat(20_000)),
    );
    check(
        "wide.json",
        format!(
            "[{{{}}}]",
            (0..20_000)
                .map(|i| format!("\"k{i}\":{i}"))
                .collect::<Vec<_>>()
                .join(",")
        ),
    );
    check(
        "number.json",
        format!("[{{\"a\": {}}}]", "9".repeat(100_000)),
    );
    check("one-line.csv", "x".repeat(3_000_000));
    let ledger = check("name.csv", format!("{},b\n1,2\n", "a".repeat(100_000)));
    assert_eq!(ledger.rows(), 1);
}

#[test]
fn a_large_array_in_an_object_is_read_record_by_record() {
    let records: Vec<String> = (0..20_000)
        .map(|i| format!("{{\"id\": \"r{i}\", \"lr\": 0.{i}, \"loss\": {i}}}"))
        .collect();
    for text in [
        format!("{{\"made\": 1, \"runs\": [{}]}}", records.join(", ")),
        format!("{{\n\"runs\": [\n{}\n]\n}}\n", records.join(",\n")),
        format!("[{}]", records.join(",\n")),
        records.join("\n"),
    ] {
        let file = MemoryFile::new("a.json", text.as_bytes());
        assert!(file.len_bytes() > 100_000);
        assert_eq!(
            drop_all(&[("a.json".to_owned(), text.into_bytes())]).rows(),
            20_000
        );
    }
}
