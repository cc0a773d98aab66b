//! A large table read in spans by several hands, in whatever order they finish, is the table read whole.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use arbtest::arbitrary::{Result, Unstructured};
use runsift::engine::import::Import;
use runsift::export::json::write_runs;
use runsift::format::{self, Unit};
use runsift::ledger::{Ledger, RunSink, SpanRead};
use runsift::source::{Files, MemoryFile, Span};
use std::rc::Rc;

/// A table with what makes records hard to find: quoted line breaks, quotes that are letters, ragged rows.
fn table(u: &mut Unstructured<'_>) -> Result<String> {
    let line_end = *u.choose(&["\n", "\r\n"])?;
    let mut text = format!("name,lr,note,val_loss{line_end}");
    let mut unclosed = 0;
    for row in 0..u.int_in_range(1..=60)? {
        let cell = u.choose(&[
            "plain",
            "",
            "\"a, b\"",
            "\"two\nlines\"",
            "\"x,0.1,\n\"\"y\"\",1,2\n\"",
            "5\"",
            "λ",
        ])?;
        let more = u.choose(&["", "", "", ",left over", "\"never closed"])?;
        // After a few that never close, quotes are letters; how many there were is not known in the middle.
        unclosed += usize::from(more.starts_with('"'));
        let more = if unclosed > 5 { "" } else { more };
        text.push_str(&format!("run {row},0.{row},{cell},{row}.5{more}{line_end}"));
    }
    Ok(text)
}

/// Where spans begin, ascending, from 0.
fn cuts(u: &mut Unstructured<'_>, len: u64) -> Result<Vec<u64>> {
    let mut cuts = vec![0, len];
    for _ in 0..u.int_in_range(1..=6)? {
        cuts.push(u.int_in_range(1..=len)?);
    }
    cuts.sort_unstable();
    cuts.dedup();
    Ok(cuts)
}

fn read(unit: &Unit, files: &Files) -> (Vec<Ledger>, Option<SpanRead>) {
    let mut parts = Vec::new();
    let mut on_part = |part| parts.push(part);
    let mut sink = RunSink::new(&mut on_part);
    format::read_unit(unit, files, &mut sink, &mut |_| {});
    let span_read = sink.span_read();
    sink.finish();
    (parts, span_read)
}

fn document(ledger: &Ledger) -> String {
    let rows: Vec<usize> = (0..ledger.rows()).collect();
    let mut out = Vec::new();
    write_runs(ledger, &rows, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn append(ledger: &mut Ledger, parts: Vec<Ledger>) {
    for part in parts {
        ledger.append(part);
    }
}

#[test]
fn spans_in_any_order_are_the_whole() {
    arbtest::arbtest(|u| {
        let text = table(u)?;
        let files: Files = vec![Rc::new(MemoryFile::new("a.csv", text.as_bytes()))];
        let whole = format::plan(&files).units.remove(0);
        let mut want = Ledger::default();
        append(&mut want, read(&whole, &files).0);

        let cuts = cuts(u, text.len() as u64)?;
        let units = cuts
            .windows(2)
            .map(|cut| Unit {
                span: Some(Span {
                    from: cut[0],
                    to: cut[1],
                    is_exact: cut[0] == 0,
                }),
                ..whole.clone()
            })
            .collect();
        let mut import = Import::new(1, &[text.len() as u64], units, 0);
        let mut got = Ledger::default();
        // What the hands are at: number, parts, what was read.
        let mut at_work: Vec<(usize, Vec<Ledger>, Option<SpanRead>)> = Vec::new();
        while !import.is_over() {
            while at_work.len() < 3
                && let [(number, unit)] = import.give_to(at_work.len(), 3).as_slice()
            {
                let (parts, span_read) = read(unit, &files);
                at_work.push((*number, parts, span_read));
            }
            let (number, parts, span_read) = at_work.remove(u.choose_index(at_work.len())?);
            for part in parts {
                append(&mut got, import.arrived(number, part));
            }
            append(&mut got, import.ended(number, span_read));
        }
        assert_eq!(document(&got), document(&want), "{text:?} cut at {cuts:?}");
        Ok(())
    });
}
