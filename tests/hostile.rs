//! Whatever is dropped: nothing panics, every file ends in one place, and what comes out is bounded by
//! what went in.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "on the host there is a clock")]

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

/// A file beside a database: headers of a rollback journal whose sectors are so long, each with so many records.
fn journal(sector: u32, count: u32, pages: u32, headers: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..headers {
        let mut header = vec![0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
        for number in [count, 0, pages, sector, 4096] {
            header.extend(number.to_be_bytes());
        }
        header.resize(sector as usize, 0);
        bytes.extend(header);
    }
    bytes
}

/// A record of a journal: a page of nothing under this number, with its checksum.
fn record(page: u32) -> Vec<u8> {
    let mut bytes = page.to_be_bytes().to_vec();
    bytes.resize(4 + 4096 + 4, 0);
    bytes
}

/// Files by their names.
type Named = Vec<(String, Vec<u8>)>;

/// A Parquet file of these bytes as its footer.
fn parquet(footer: &[u8]) -> Vec<u8> {
    let len = (footer.len() as u32).to_le_bytes();
    [b"PAR1", footer, &len, b"PAR1"].concat()
}

#[test]
fn what_is_made_to_hurt_costs_little() {
    let database = fs::read("tests/fixtures/sqlite/plain.db").unwrap();
    let mut lists: Vec<(&str, Named)> = Vec::new();
    let mut beside = |what, journal: Vec<u8>| {
        lists.push((
            what,
            vec![
                ("a.db".to_owned(), database.clone()),
                ("a.db-journal".to_owned(), journal),
            ],
        ));
    };
    beside("a journal of headers alone", journal(32, 0, 15, 200_000));
    beside("records without end", journal(512, u32::MAX, 15, 3));
    beside(
        "a database of four billion pages",
        [journal(512, 1, u32::MAX, 1), record(1)].concat(),
    );
    beside(
        "a journal that takes all pages away",
        [journal(512, 1, 0, 1), record(1)].concat(),
    );
    let far: Vec<u8> = (1..300_u32)
        .flat_map(|page| record(u32::MAX - page))
        .collect();
    beside(
        "pages far behind the end",
        [journal(512, u32::MAX, 15, 1), far].concat(),
    );
    beside(
        "page one is a page of nothing",
        [journal(65_536, 1, 15, 1), record(1)].concat(),
    );
    let alone = |name: &str, bytes: Vec<u8>| vec![(name.to_owned(), bytes)];
    let mut one = |what, name: &str, bytes: Vec<u8>| lists.push((what, alone(name, bytes)));
    // A field of a list, which holds as many items as a number of ten bytes says.
    let many = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    for (what, kind) in [
        ("truths", 0xf1),
        ("structs", 0xfc),
        ("lists", 0xf9),
        ("maps", 0xfb),
    ] {
        let list = [&[0x19, kind][..], &many, &vec![0; 100_000]].concat();
        one(what, "a.parquet", parquet(&list));
    }
    one("lists in lists", "b.parquet", parquet(&vec![0x19; 200_000]));
    one("no field at all", "c.parquet", parquet(&vec![0; 100_000]));
    one(
        "a footer longer than the file",
        "d.parquet",
        b"PAR1\xff\xff\xff\x7fPAR1".to_vec(),
    );
    let nested = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    let experiment = |data: &str| {
        format!(
            "[{{\"rev\": \"workspace\", \"experiments\": [{{\"revs\": [{{\"rev\": \"a\", \"data\": {{\"params\": {{\"p\": {{\"data\": {data}}}}}}}}}]}}]}}]"
        )
    };
    one(
        "DVC's params as deep as a well",
        "a.json",
        experiment(&nested(100)).into_bytes(),
    );
    let wide: Vec<String> = (0..100_000).map(|at| format!("\"k{at}\": {at}")).collect();
    one(
        "more params than anybody has",
        "b.json",
        experiment(&format!("{{{}}}", wide.join(","))).into_bytes(),
    );
    let revs = "{\"rev\": \"a\"},".repeat(200_000);
    one(
        "revisions of nothing",
        "c.json",
        format!("[{{\"rev\": \"workspace\", \"experiments\": [{{\"revs\": [{revs}{{}}]}}]}}]")
            .into_bytes(),
    );
    let tips: Vec<String> = (0..50_000)
        .map(|at| {
            format!(
                "\"h{at}\": {{\"data\": {{\"checkpoint_tip\": \"h{}\"}}}}",
                (at + 1) % 50_000
            )
        })
        .collect();
    one(
        "checkpoints in a ring",
        "d.json",
        format!(
            "{{\"workspace\": {{\"baseline\": {{}}, {}}}}}",
            tips.join(",")
        )
        .into_bytes(),
    );
    let columns: Vec<String> = (0..30_000).map(|at| format!("c{at}")).collect();
    one(
        "DVC's table as wide as a street",
        "a.csv",
        format!(
            "Experiment,rev,typ,Created,parent,{}\ne,a,branch_base,,,{}\n",
            columns.join(","),
            ",".repeat(29_999)
        )
        .into_bytes(),
    );
    one(
        "halving without sense",
        "b.csv",
        format!(
            "iter,n_resources,mean_test_score,param_x,params\n{}",
            "-1e308,Infinity,NaN,1e999,{}\n".repeat(50_000)
        )
        .into_bytes(),
    );
    one(
        "DEHB without sense",
        "c.csv",
        format!(
            "config_id,fitness,fidelity,cost,x\n{}",
            "0,inf,-0,1e999,\n".repeat(50_000)
        )
        .into_bytes(),
    );
    let guild = |folder: &str, name: &str, bytes: &[u8]| {
        (format!("{folder}/.guild/{name}"), bytes.to_vec())
    };
    let down: Vec<(String, Vec<u8>)> = (1..300)
        .map(|depth| guild(&"r/".repeat(depth)[..2 * depth - 1], "opref", b"a b c d"))
        .collect();
    lists.push(("batches in batches", down));
    let aliases: String = (1..40).fold("a0: &a0 [x, x]\n".to_owned(), |text, at| {
        format!("{text}a{at}: &a{at} [*a{0}, *a{0}]\n", at - 1)
    });
    lists.push((
        "flags that double",
        vec![
            guild("runs/1", "opref", &b" ' ".repeat(500_000)),
            guild("runs/1", "attrs/flags", aliases.as_bytes()),
            guild("runs/1", "attrs/started", b"99999999999999999999999"),
        ],
    ));
    assert!(lists.len() >= 20);
    for (what, list) in &lists {
        let begun = std::time::Instant::now();
        let ledger = drop_all(list);
        let seconds = begun.elapsed().as_secs_f64();
        assert!(seconds < 20.0, "{what}: {seconds} s");
        let most = 200
            * list
                .iter()
                .map(|(_, bytes)| bytes.len() as u64)
                .sum::<u64>();
        assert!(
            ledger.bytes() < most.max(64 << 20),
            "{what}: {} bytes",
            ledger.bytes()
        );
    }
}
