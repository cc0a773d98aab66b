//! The filter language's promises: printing and parsing are inverse, evaluation agrees with reading row by row,
//! a brush and its text are the same filter, sorting agrees with a plain comparison.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use arbtest::arbitrary::{Result, Unstructured};
use runsift::ledger::{Bits, Ledger, Role, RunSink, ValueRef};
use runsift::query::{self, Filter, Kept, SortKey};

const NAMES: [&str; 6] = ["lr", "val/acc", "odd name", "a:b", "opt", "#loss"];

fn ledger(u: &mut Unstructured<'_>) -> Result<Ledger> {
    let mut made = Ledger::default();
    let mut keep = |part: Ledger| made = part;
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a.csv", "test", 0);
    for _ in 0..u.int_in_range(1..=12)? {
        let row = sink.add_run();
        for name in NAMES {
            let text = ["adam", "Sgd", "lion 2", "x\"y"][u.int_in_range(0..=3)?];
            let value = match u.int_in_range(0..=6)? {
                0 => ValueRef::Missing,
                1 => ValueRef::Text(text),
                2 => ValueRef::Bool(u.arbitrary()?),
                3 => ValueRef::Number([f64::NAN, f64::INFINITY][u.int_in_range(0..=1)?]),
                _ => ValueRef::Number(f64::from(u.int_in_range(-2..=3)?) / 2.0),
            };
            sink.set_named(
                row,
                if name == "#loss" {
                    Role::Metric
                } else {
                    Role::Param
                },
                name,
                value,
            );
        }
    }
    sink.finish();
    Ok(made)
}

/// A filter's text, made of clauses that people type.
fn text(u: &mut Unstructured<'_>, depth: usize) -> Result<String> {
    let field = |u: &mut Unstructured<'_>| -> Result<String> {
        let name = *u.choose(&NAMES)?;
        let needs_quotes = name.contains([' ', ':']);
        Ok(if needs_quotes {
            format!("\"{name}\"")
        } else {
            name.to_owned()
        })
    };
    let value = |u: &mut Unstructured<'_>| -> Result<&'static str> {
        u.choose(&["1", "-0.5", "1e-3", "adam", "\"lion 2\"", "nan", "true"])
            .copied()
    };
    if depth > 0 && u.int_in_range(0..=2)? == 0 {
        let (a, b) = (text(u, depth - 1)?, text(u, depth - 1)?);
        return Ok(match u.int_in_range(0..=3)? {
            0 => format!("({a}) or ({b})"),
            1 => format!("{a} and ({b})"),
            2 => format!("not ({a})"),
            _ => format!("({a}) {b}"),
        });
    }
    let (field, value) = (field(u)?, value(u)?);
    Ok(match u.int_in_range(0..=7)? {
        0 => format!("{field} = {value}"),
        1 => format!("{field}!={value}"),
        2 => format!("{field} < 1"),
        3 => format!("{field} >= -0.5"),
        4 => format!("{field}:0..1"),
        5 => format!("has:{field}"),
        6 => format!("{field} ~ /ad|2/"),
        _ => "lion".to_owned(),
    })
}

#[test]
fn printing_and_parsing_are_inverse() {
    arbtest::arbtest(|u| {
        let text = text(u, 3)?;
        let (filter, errors) = query::parse(&text);
        assert_eq!(errors, [], "{text}");
        let printed = filter.as_ref().unwrap().to_string();
        let (again, errors) = query::parse(&printed);
        assert_eq!(errors, [], "{text} printed as {printed}");
        assert_eq!(again, filter, "{text} printed as {printed}");
        Ok(())
    });
}

#[test]
fn any_text_is_a_filter_or_an_error_inside_it() {
    arbtest::arbtest(|u| {
        let text: String = u.arbitrary()?;
        let (_, errors) = query::parse(&text);
        for error in errors {
            assert!(
                error.span.start <= error.span.end && error.span.end <= text.len(),
                "{text:?}: {error:?}"
            );
        }
        Ok(())
    });
    let deep = "(".repeat(5_000) + &")".repeat(5_000);
    assert!(!query::parse(&deep).1.is_empty());
    assert!(!query::parse(&"not ".repeat(3_000)).1.is_empty());
}

/// Whether one row passes, read as the grammar says, without columns.
fn passes(filter: &Filter, ledger: &Ledger, row: usize) -> bool {
    use runsift::query::{Comparison, Operand, Pattern, State};
    let value = |name: &str| {
        let find = |role| ledger.find(role, name);
        let column = find(Role::Param).or_else(|| find(Role::Metric));
        column.map_or(ValueRef::Missing, |id| ledger.column(id).get(row))
    };
    let number = |operand: &Operand| {
        if operand.is_quoted {
            None
        } else {
            runsift::ledger::parse_number(&operand.text)
        }
    };
    let as_number = |value: ValueRef<'_>| match value {
        ValueRef::Number(x) => Some(x),
        ValueRef::Bool(b) => Some(f64::from(u8::from(b))),
        _ => None,
    };
    match filter {
        Filter::And(parts) => parts.iter().all(|part| passes(part, ledger, row)),
        Filter::Or(parts) => parts.iter().any(|part| passes(part, ledger, row)),
        Filter::Not(inner) => !passes(inner, ledger, row),
        Filter::Word(word) => NAMES.iter().any(|name| {
            value(name)
                .text()
                .is_some_and(|text| text.to_lowercase().contains(word))
        }),
        Filter::Is(State::Has, field) => !value(&field.name).is_missing(),
        Filter::Like(field, Pattern::Range(low, high)) => as_number(value(&field.name))
            .is_some_and(|x| {
                low.as_ref().is_none_or(|low| x >= number(low).unwrap())
                    && high.as_ref().is_none_or(|high| x <= number(high).unwrap())
            }),
        Filter::FieldMatches(field, wanted, _, _) => {
            let value = value(&field.name);
            let text = value.to_string().to_lowercase();
            !value.is_missing() && (text.contains("ad") || text.contains('2')) == *wanted
        }
        Filter::Compare(field, comparison, operand) => {
            let value = value(&field.name);
            if value.is_missing() {
                return false;
            }
            let Some(x) = number(operand) else {
                let equal = value.to_string() == operand.text;
                return equal == (*comparison == Comparison::Equal);
            };
            let Some(own) = as_number(value) else {
                return *comparison == Comparison::Unequal;
            };
            let equal =
                own.total_cmp(&x).is_eq() || (own.is_nan() && x.is_nan()) || (own - x).abs() == 0.0;
            match comparison {
                Comparison::Equal => equal,
                Comparison::Unequal => !equal,
                Comparison::Less => own < x,
                Comparison::AtMost => own <= x,
                Comparison::Greater => own > x,
                Comparison::AtLeast => own >= x,
            }
        }
        _ => false,
    }
}

#[test]
fn evaluation_agrees_with_reading_row_by_row() {
    arbtest::arbtest(|u| {
        let ledger = ledger(u)?;
        let text = text(u, 2)?;
        let Ok(kept) = query::select(&text, &ledger) else {
            return Ok(());
        };
        let filter = query::parse(&text).0.unwrap();
        for row in 0..ledger.rows() {
            assert_eq!(
                kept.get(row),
                passes(&filter, &ledger, row),
                "row {row} of {text}"
            );
        }
        Ok(())
    });
}

#[test]
fn a_brush_and_its_text_are_the_same_filter() {
    arbtest::arbtest(|u| {
        let ledger = ledger(u)?;
        let text = text(u, 1)?;
        let (id, _) = ledger
            .columns_with_ids()
            .nth(u.choose_index(ledger.columns().len())?)
            .unwrap();
        let kept = match u.int_in_range(0..=4)? {
            0 => Kept::Range {
                low: Some(0.5),
                high: None,
            },
            1 => Kept::Range {
                low: Some(-1.0),
                high: Some(1e-3),
            },
            2 => Kept::Values(vec!["adam".to_owned(), "lion 2".to_owned()]),
            3 => Kept::Missing,
            _ => Kept::Values(vec!["x\"y".to_owned()]),
        };
        let brushed = query::with_clause(&text, &ledger, id, Some(&kept));
        let own: Vec<Kept> = query::clauses(&brushed, &ledger)
            .into_iter()
            .filter(|clause| clause.column == Some(id))
            .filter_map(|clause| clause.kept)
            .collect();
        assert_eq!(own, [kept], "{text} brushed is {brushed}");
        let without = query::with_clause(&brushed, &ledger, id, None);
        let left = query::clauses(&without, &ledger)
            .into_iter()
            .filter(|clause| clause.column == Some(id) && clause.kept.is_some());
        assert_eq!(left.count(), 0, "{brushed} without is {without}");
        Ok(())
    });
}

#[test]
fn sorting_agrees_with_a_plain_comparison() {
    arbtest::arbtest(|u| {
        let ledger = ledger(u)?;
        let mut keys = Vec::new();
        for (id, _) in ledger.columns_with_ids() {
            if keys.len() < 2 && u.arbitrary()? {
                keys.push(SortKey {
                    column: id,
                    descending: u.arbitrary()?,
                });
            }
        }
        let rows = Bits::filled(ledger.rows(), true);
        let order = query::sort(&ledger, &keys, &rows);
        let class = |value: ValueRef<'_>| match value {
            ValueRef::Number(x) if x.is_nan() => 1,
            ValueRef::Number(_) => 0,
            ValueRef::Bool(_) => 3,
            ValueRef::Missing => 9,
            _ => 4,
        };
        for pair in order.windows(2) {
            let (a, b) = (pair[0] as usize, pair[1] as usize);
            let Some(key) = keys.first() else { break };
            let (x, y) = (
                ledger.column(key.column).get(a),
                ledger.column(key.column).get(b),
            );
            // Missing is last whichever way.
            assert!(!x.is_missing() || y.is_missing(), "{x:?} before {y:?}");
            if let (ValueRef::Number(x), ValueRef::Number(y)) = (x, y)
                && x.is_finite()
                && y.is_finite()
            {
                assert!(
                    if key.descending { x >= y } else { x <= y },
                    "{x} before {y}, {key:?}"
                );
            }
            if !key.descending {
                assert!(class(x) <= class(y), "{x:?} before {y:?}");
            }
        }
        let mut all = order.clone();
        all.sort_unstable();
        assert!(all.iter().copied().eq(0..ledger.rows() as u32));
        Ok(())
    });
}

#[test]
fn errors_point_and_suggest() {
    let mut made = Ledger::default();
    let mut keep = |part: Ledger| made = part;
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a.csv", "test", 0);
    let row = sink.add_run();
    sink.set_named(row, Role::Param, "optimizer", ValueRef::Text("adam"));
    sink.set_named(row, Role::Param, "lr", ValueRef::Number(0.1));
    sink.finish();
    let error = |text: &str| query::select(text, &made).unwrap_err().remove(0);
    assert_eq!(
        error("lr > 0 optimiser = adam").suggestion.as_deref(),
        Some("optimizer")
    );
    assert_eq!(error("lr > 0 optimiser = adam").span, 7..16);
    assert_eq!(error("lr > fast").span, 5..9);
    assert!(error("(lr > 1").message.contains("never closed"));
    assert!(error("lr >").message.contains("value must follow"));
    assert!(
        error("optimizer ~ /a(/")
            .message
            .contains("regular expression")
    );
    let found = query::complete("opt", 3, &made);
    assert_eq!(
        (found.items[0].text.as_str(), found.replace),
        ("optimizer", 0..3)
    );
    let found = query::complete("optimizer = a", 13, &made);
    assert_eq!(found.items[0].detail, "1 run");
    assert_eq!(
        query::explain_empty("lr > 5 and optimizer = adam", &made),
        Some(("lr > 5".to_owned(), 1))
    );
}
