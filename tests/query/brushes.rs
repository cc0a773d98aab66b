//! Clauses as facets read and write them.

use super::six_runs;
use arbtest::arbitrary::{Result, Unstructured};
use runsift::ledger::{ColumnId, Kind, Ledger, Role, time};
use runsift::query::{Brush, clauses, parse, with_clause};

fn column(ledger: &Ledger, role: Role, name: &str) -> ColumnId {
    ledger.find(role, name).unwrap()
}

fn values(values: &[&str]) -> Brush {
    Brush::Values(values.iter().map(|value| (*value).to_owned()).collect())
}

fn range(low: impl Into<Option<f64>>, high: impl Into<Option<f64>>) -> Brush {
    Brush::Range {
        low: low.into(),
        high: high.into(),
    }
}

#[test]
fn typed_clauses_show_in_brushes() {
    let ledger = six_runs();
    let kept = |text: &str| {
        clauses(text, &ledger)
            .into_iter()
            .map(|clause| clause.kept)
            .collect::<Vec<_>>()
    };
    assert_eq!(kept("lr:1e-3..0.1"), [Some(range(1e-3, 0.1))]);
    assert_eq!(
        kept("lr > 0.1 and lr <= 3"),
        [Some(range(0.1, None)), Some(range(None, 3.0))]
    );
    assert_eq!(kept("optimizer = adam"), [Some(values(&["adam"]))]);
    assert_eq!(kept("optimizer:adam,sgd"), [Some(values(&["adam", "sgd"]))]);
    assert_eq!(kept("optimizer:adam"), [None]);
    assert_eq!(kept("lr:0.1"), [Some(values(&["0.1"]))]);
    assert_eq!(
        kept("missing:lr nan:lr inf:lr has:lr"),
        [
            Some(Brush::Missing),
            Some(Brush::NotANumber),
            Some(Brush::Infinite),
            None
        ]
    );
    let day = time::parse_millis("2026-01-01 00:00").unwrap() as f64;
    assert_eq!(
        kept("start:2026-01-01..2026-01-01 start>2026-01-01"),
        [Some(range(day, day + 86_399_999.0)), Some(range(day, None))]
    );
    assert_eq!(kept("not lr:1..2"), [None]);
}

#[test]
fn clauses_have_places_and_columns() {
    let ledger = six_runs();
    let text = "adam and  metric.lr<1 (lr<1 or amp=true) not amp=true";
    let found: Vec<_> = clauses(text, &ledger)
        .into_iter()
        .map(|c| (&text[c.span], c.column))
        .collect();
    let amp = Some(column(&ledger, Role::Param, "amp"));
    let lr = Some(column(&ledger, Role::Metric, "lr"));
    assert_eq!(
        found,
        [
            ("adam", None),
            ("metric.lr<1", lr),
            ("(lr<1 or amp=true)", None),
            ("not amp=true", amp)
        ]
    );
    assert_eq!(clauses("lr < 1 or amp=true", &ledger).len(), 1);
    // Around an error the rest is known.
    assert_eq!(clauses("lr < 1 and amp =", &ledger).len(), 1);
}

#[test]
fn brushing_changes_one_clause_and_nothing_else() {
    let ledger = six_runs();
    let lr = column(&ledger, Role::Param, "lr");
    let check = |text: &str, kept: Option<Brush>, want: &str| {
        assert_eq!(
            with_clause(text, &ledger, lr, kept.as_ref()),
            want,
            "{text}"
        );
    };
    let some = || Some(range(0.1, 1.0));
    check("", some(), "lr:0.1..1");
    check("  adam", some(), "adam and lr:0.1..1");
    check(
        "adam && lr<3 &&   (sgd)",
        some(),
        "adam && lr:0.1..1 &&   (sgd)",
    );
    check("adam && lr<3 &&   (sgd)", None, "adam &&   (sgd)");
    check("lr<3 and adam", None, "adam");
    check("lr<3 and lr>1 and adam", None, "adam");
    check("adam lr<3 lr>1", some(), "adam lr:0.1..1");
    check("adam lr>1", None, "adam");
    check("lr<3", None, "");
    check("metric.lr<3", some(), "metric.lr<3 and lr:0.1..1");
    check("adam or lr<3", some(), "(adam or lr<3) and lr:0.1..1");
    check("(adam or lr<3)", some(), "(adam or lr<3) and lr:0.1..1");
    check(
        "(adam) or (lr<3)",
        some(),
        "((adam) or (lr<3)) and lr:0.1..1",
    );
    check("\"adam", some(), "lr:0.1..1 \"adam");
    check("lr<3 and \"adam", some(), "lr:0.1..1 and \"adam");
    check("adam", Some(range(None, None)), "adam");
    check("adam", Some(values(&[])), "adam");
}

fn arbitrary_kept(u: &mut Unstructured<'_>, ledger: &Ledger, column: ColumnId) -> Result<Brush> {
    let times = ledger.column(column).kind() == Kind::Time;
    let number = |u: &mut Unstructured<'_>| -> Result<f64> {
        Ok(if times {
            u.arbitrary::<i32>()?.into()
        } else {
            let x: f64 = u.arbitrary()?;
            if x.is_nan() { 0.5 } else { x }
        })
    };
    let can_range = matches!(ledger.column(column).kind(), Kind::Number | Kind::Time);
    Ok(match u.int_in_range(0..=4)? {
        0 if can_range => range(number(u)?, number(u)?),
        1 if can_range => {
            let end = number(u)?;
            if u.arbitrary()? {
                range(end, None)
            } else {
                range(None, end)
            }
        }
        0..=2 => {
            let mut several = vec![u.arbitrary::<String>()?];
            for _ in 0..u.int_in_range(0..=2)? {
                several.push(
                    (*u.choose(&["adam", "a*", "1..2", "and", "a,b", "\"", "1e-3"])?).to_owned(),
                );
            }
            Brush::Values(several)
        }
        3 => Brush::Missing,
        _ if u.arbitrary()? => Brush::NotANumber,
        _ => Brush::Infinite,
    })
}

#[test]
fn a_written_brush_reads_as_itself() {
    let ledger = six_runs();
    let texts = [
        "",
        "adam",
        "adam or sgd",
        "amp=true lr<3",
        "not lr=3 and (adam or sgd)",
        "has:start",
    ];
    arbtest::arbtest(|u| {
        let id = ColumnId(u.int_in_range(0..=ledger.columns().len() as u32 - 1)?);
        let kept = arbitrary_kept(u, &ledger, id)?;
        let before = *u.choose(&texts)?;
        let text = with_clause(before, &ledger, id, Some(&kept));
        assert!(parse(&text).is_ok(), "{text}");
        let mine: Vec<_> = clauses(&text, &ledger)
            .into_iter()
            .filter(|clause| clause.column == Some(id))
            .collect();
        assert_eq!(mine.len(), 1, "{text}");
        assert_eq!(mine[0].kept.as_ref(), Some(&kept), "{text}");
        let without = with_clause(&text, &ledger, id, None);
        assert!(
            clauses(&without, &ledger)
                .iter()
                .all(|clause| clause.column != Some(id)),
            "{text} -> {without}"
        );
        assert!(parse(&without).is_ok(), "{without}");
        Ok(())
    });
}
