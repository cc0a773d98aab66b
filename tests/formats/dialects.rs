//! Text however it is written says the same, and what is odd in it is told and costs only itself.

use crate::drop::{files, read, read_text, told};
use expect_test::{Expect, expect};
use flate2::{Compression, write::GzEncoder};
use std::io::Write as _;

fn check(path: &str, text: &str, want: &Expect) {
    want.assert_eq(&told(&read_text(path, text)));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn encodings_and_separators_are_the_same_table() {
    let text = "run_id,lr,optimizer,val_loss\nä,0.001,adam,1.5\nb,0.1,sgd,-inf\n";
    let units =
        |to_bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to_bytes).collect::<Vec<u8>>();
    let (little, big) = (units(u16::to_le_bytes), units(u16::to_be_bytes));
    let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
    let ways: Vec<Vec<u8>> = vec![
        text.as_bytes().to_vec(),
        text.replace('\n', "\r\n").into_bytes(),
        text.replace('\n', "\r").into_bytes(),
        text.trim_end().as_bytes().to_vec(),
        text.replace(',', ";")
            .replace("0.001", "0,001")
            .replace("1.5", "1,5")
            .replace("0.1;", "0,1;")
            .into_bytes(),
        text.replace(',', "\t").into_bytes(),
        text.replace(',', "|").into_bytes(),
        format!("sep=,\n{text}").into_bytes(),
        format!("# made by hand\n#\n{text}\n\n").into_bytes(),
        text.replace("ä", "\"ä\"")
            .replace("lr", "\"lr\"")
            .into_bytes(),
        marked(b"\xef\xbb\xbf", text.as_bytes()),
        marked(b"\xff\xfe", &little),
        marked(b"\xfe\xff", &big),
        little.clone(),
        big,
        gzip(text.as_bytes()),
        gzip(&marked(b"\xff\xfe", &little)),
    ];
    for bytes in ways {
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let got = told(&read(&files(&[("a.csv", &bytes)])));
        let want = "a.csv as delimited\n\
            lr=0.001, optimizer='adam', metric val_loss=1.5, @id=ä\n\
            lr=0.1, optimizer='sgd', metric val_loss=-Infinity, @id=b\n";
        assert_eq!(got, want, "{shown:?}");
    }
}

#[test]
fn ragged_rows_keep_what_fits() {
    check(
        "a.csv",
        "a,lr,val_loss\n1,0.1,0.5\n2,0.2\n3,0.3,0.7,9\n\n4,0.4,0.8,\n",
        &expect![[r"
        a.csv as delimited
        ! line 3: 2 cells where the header names 3 (cells at its end were taken as missing)
        ! line 4: 4 cells where the header names 3 (further cells were left out)
        a=1, lr=0.1, metric val_loss=0.5
        a=2, lr=0.2
        a=3, lr=0.3, metric val_loss=0.7
        a=4, lr=0.4, metric val_loss=0.8
    "]],
    );
}

#[test]
fn headers_that_repeat_lack_or_are_not_there() {
    check(
        "a.csv",
        "lr,lr,,acc\n0.1,0.2,x,0.9\n",
        &expect![[r"
        a.csv as delimited
        ! line 1: column 2 has the name lr of an earlier one (called lr (2))
        ! line 1: column 3 has no name (called column 3)
        lr=0.1, lr (2)=0.2, column 3='x', metric acc=0.9
    "]],
    );
    check(
        "a.csv",
        "adam,0.1,5\nsgd,0.2,6\n",
        &expect![[r"
        a.csv as delimited
        ! line 1: the first line names no columns (columns were numbered)
        column 1='adam', column 2=0.1, column 3=5
        column 1='sgd', column 2=0.2, column 3=6
    "]],
    );
    // The index of pandas, of R, and a delimiter at the line's end.
    for text in [
        ",lr,acc\n0,0.1,0.9\n1,0.2,0.8\n",
        "lr,acc\n0,0.1,0.9\n1,0.2,0.8\n",
        "lr,acc,\n0.1,0.9,\n0.2,0.8,\n",
        "Unnamed: 0,lr,acc\n0,0.1,0.9\n1,0.2,0.8\n",
    ] {
        assert_eq!(
            told(&read_text("a.csv", text)),
            "a.csv as delimited\nlr=0.1, metric acc=0.9\nlr=0.2, metric acc=0.8\n",
            "{text:?}"
        );
    }
}

#[test]
fn quotes_hold_line_breaks_and_one_that_never_closes_is_a_letter() {
    check(
        "a.csv",
        "name,notes,lr,acc\r\na,\"x\r\ny, \"\"z\"\"\",0.1,0.9\r\n\"b,,0.2,0.8\r\n",
        &expect![[r#"
        a.csv as delimited
        ! line 4: a quote that never closes (taken as a letter)
        lr=0.1, metric acc=0.9, tag notes='x\r\ny, "z"', @name=a
        lr=0.2, metric acc=0.8, @name="b
    "#]],
    );
}

#[test]
fn text_that_is_no_utf_8_names_its_line() {
    let drop = read(&files(&[(
        "a.csv",
        b"name,lr,acc\na,0.1,0.9\ncaf\xe9,0.2,0.8\n",
    )]));
    expect![[r"
        a.csv as delimited
        ! line 3: bytes that are no UTF-8 text (read as Windows-1252)
        lr=0.1, metric acc=0.9, @name=a
        lr=0.2, metric acc=0.8, @name=café
    "]]
    .assert_eq(&told(&drop));
}

#[test]
fn missing_and_odd_values_are_kept_apart() {
    check(
        "a.csv",
        "name,commit,lr,opt,acc\na,12345e67,NA,None,nan\nb,abcdef12,,adam,inf\nc,00000000,<NA>,null,N/A\n",
        &expect![[r#"
        a.csv as delimited
        opt='None', metric acc=NaN, tag commit='12345e67', @name=a
        opt='adam', metric acc=Infinity, tag commit='abcdef12', @name=b
        tag commit='00000000', @name=c
    "#]],
    );
}

#[test]
fn json_in_every_layout() {
    let want = "a.json as json\nlr=0.1, metric acc=0.9\nlr=0.2, metric acc=NaN\n";
    for text in [
        r#"[{"lr": 0.1, "acc": 0.9}, {"lr": 0.2, "acc": NaN}]"#,
        "{\"lr\": 0.1, \"acc\": 0.9}\n\n{\"lr\": 0.2, \"acc\": NaN}\n",
        "{\n  \"lr\": 0.1,\n  \"acc\": 0.9\n}\n{\n  \"lr\": 0.2,\n  \"acc\": NaN\n}\n",
        r#"{"made": "today", "runs": [{"lr": 0.1, "acc": 0.9}, {"lr": 0.2, "acc": NaN}]}"#,
        r#"{"lr": {"0": 0.1, "1": 0.2}, "acc": {"0": 0.9, "1": NaN}}"#,
        r#"{"lr": [0.1, 0.2], "acc": [0.9, NaN]}"#,
        r#"{"columns": ["lr", "acc"], "index": [0, 1], "data": [[0.1, 0.9], [0.2, NaN]]}"#,
        r#"[{"lr": 9, "lr": 0.1, "acc": 0.9}, {"lr": "0.2", "acc": NaN}]"#,
    ] {
        assert_eq!(told(&read_text("a.json", text)), want, "{text}");
    }
    check(
        "a.json",
        r#"{"one": {"lr": 0.1, "acc": 0.9}, "two": {"lr": 0.2, "acc": -Infinity}}"#,
        &expect![[r"
        a.json as json
        lr=0.1, metric acc=0.9, @id=one
        lr=0.2, metric acc=-Infinity, @id=two
    "]],
    );
}

#[test]
fn json_lines_that_break_cost_only_themselves() {
    check(
        "a.jsonl",
        "{\"run\": \"x\", \"config\": {\"lr\": 0.1, \"layers\": [1, 2]}, \"loss\": 1}\n{\"run\": \"y\", \"loss\": }\n{\"run\": \"z\", \"loss\": \"NaN\"}\n{\"run\": \"w\", \"lo",
        &expect![[r#"
        a.jsonl as json
        ! line 2: it is no JSON: expected value (line skipped)
        ! line 4: the file ends in the middle of a value (the value was left out)
        lr=0.1, layers.0=1, layers.1=2, metric loss=1, @id=x
        metric loss=NaN, @id=z
    "#]],
    );
}

#[test]
fn every_file_ends_in_one_place() {
    let list: Vec<(&str, &[u8])> = vec![
        ("d/.DS_Store", b"\0\0\0\x01Bud1"),
        ("d/empty.csv", b""),
        ("d/a.parquet", b"PAR1abcdPAR1"),
        ("d/study.db", b"SQLite format 3\0..."),
        ("d/run-1.wandb", b":W&B\xbe\xef\0"),
        ("d/x.zip", b"PK\x03\x04...."),
        (
            "d/events.out.tfevents.1.host",
            b"\x18\0\0\0\0\0\0\0\xa3\x7f\x4b\x22",
        ),
        ("d/model.pkl", b"\x80\x04\x95\x10\0\0\0"),
        (
            "d/README.txt",
            b"This is prose, with a comma\nand more, lines, here\n\nEnd",
        ),
        ("d/config.yaml", b"lr: 0.1\n"),
        ("d/junk.bin", b"\x01\x02\x03\x04\x05\x06\x07\x08\x09"),
        ("d/header.csv", b"lr,acc\n"),
    ];
    let drop = read(&files(&list));
    assert_eq!(
        drop.0
            .units
            .iter()
            .map(|unit| unit.files.len())
            .sum::<usize>()
            + drop.0.unread.len(),
        list.len()
    );
    expect![[r#"
        d/.DS_Store: a file of the system, without runs
        d/empty.csv: it is empty
        d/study.db: it is the very beginning of an SQLite database: drop the whole of it
        d/x.zip: it is a document, a model or an archive in several others: unpack it, and drop that
        d/model.pkl: it is a Python pickle, which is never loaded: it could run code. Write its contents as CSV or JSON
        d/README.txt: it is text but no table of runs (it begins "This is prose, with a comma"): drop delimited text with a header, JSON or JSON Lines
        d/config.yaml: its name says that it is a program, a page or a setting, and no tracker's: drop what it has written
        d/junk.bin: no format recognises it (it begins with the bytes 01 02 03 04 05 06 07 08): drop delimited text with a header, JSON or JSON Lines
        d/a.parquet as parquet
        ! : EOF: Parquet file too small. Size is 12 but need 1684234857 (what is there was not read)
        d/run-1.wandb as wandb-log
        d/events.out.tfevents.1.host as tensorboard
        ! byte 0: a record was cut (the file ended there)
        d/header.csv as delimited
        ! : read as Table (CSV, TSV), it holds no runs (nothing was taken from it)
        @id=1, @status=failed
        @id=d, @name=d
    "#]].assert_eq(&told(&drop));
}

#[test]
fn a_truncated_gzip_gives_what_came_before() {
    let rows: Vec<String> = (0..5000)
        .map(|i| format!("b{i},0.1,0.{}", i * 7919 % 1000))
        .collect();
    let mut bytes = gzip(format!("run_id,lr,val_loss\n{}\n", rows.join("\n")).as_bytes());
    bytes.truncate(bytes.len() / 2);
    let (_, ledger) = read(&files(&[("a.csv.gz", &bytes)]));
    assert!(ledger.rows() > 1000);
    assert_eq!(ledger.sources()[0].problems.count(), 1);
}

#[test]
fn tables_parted_by_blanks_or_below_a_preamble() {
    check(
        "a.txt",
        "\"run\" \"lr\" \"val_loss\"\n\"1\" \"a\" 0.1 0.5\n\"2\" \"b b\" 0.2 NA\n",
        &expect![[r#"
            a.txt as delimited
            lr=0.1, metric val_loss=0.5, @id=a
            lr=0.2, @id=b b
        "#]],
    );
    check(
        "a.csv",
        "Export of the night\nMade 2026/01/02\n\nrun;start_time;lr;val_loss\na;2026/01/02 03:04:05;0,1;0,5\nb;;0,2;0,25\n",
        &expect![[r#"
            a.csv as delimited
            lr=0.1, metric val_loss=0.5, @id=a, @start=2026-01-02T03:04:05Z
            lr=0.2, metric val_loss=0.25, @id=b
        "#]],
    );
    // What Windows prints of numbers that are none.
    check(
        "a.csv",
        "run,val_loss\na,-nan(ind)\nb,1.#INF\nc,-1.#INF\nd,-nan\n",
        &expect![[r#"
            a.csv as delimited
            metric val_loss=NaN, @id=a
            metric val_loss=Infinity, @id=b
            metric val_loss=-Infinity, @id=c
            metric val_loss=NaN, @id=d
        "#]],
    );
}

#[test]
fn zeros_before_a_number_stay_where_words_are() {
    check(
        "a.csv",
        "run,variant,lr,fold,val_loss\na,007,0.1,01,1\nb,x7,0.2,02,2\nc,12,0.3,10,3\n",
        &expect![[r#"
            a.csv as delimited
            variant='007', lr=0.1, fold=1, metric val_loss=1, @id=a
            variant='x7', lr=0.2, fold=2, metric val_loss=2, @id=b
            variant='12', lr=0.3, fold=10, metric val_loss=3, @id=c
        "#]],
    );
}
