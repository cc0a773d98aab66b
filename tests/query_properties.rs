//! The filter language from outside: texts on arbitrary ledgers against an evaluator that goes row by row, sorting
//! against a comparator, brushes against what they keep, and every input without a panic.
//!
//! Filters are written as text and never built, so that these tests hold for any inner form of them.

#![expect(clippy::panic, reason = "a test may fail")]

use arbtest::arbitrary::{Result, Unstructured};
use arbtest::arbtest;
use runsift::ledger::{Bits, ColumnId, Kind, Ledger, Role, RunSink, ValueRef, number_text};
use runsift::query::{
    Brush, SortKey, complete, explain_empty, parse, select, sort, sort_all, with_clause,
};
use std::cmp::Ordering;
use std::rc::Rc;

/// Names that real exports have, and some that collide with the language.
const NAMES: [&str; 20] = [
    "lr",
    "val/acc",
    "clf__C",
    "#loss",
    "a.b-c",
    "accuracy [0.0; 1.0] (maximize)",
    "param.lr",
    "metric.",
    "and",
    "has",
    "nan",
    "1e-3",
    "a..b",
    "x:y",
    "a,b",
    "!not",
    "/re/",
    "say \"so\"",
    "tick`ed\\",
    "Größe λ",
];

const TEXTS: [&str; 12] = [
    "adam",
    "AdamW",
    "sgd",
    "run-1",
    "a,b",
    " and ",
    "say \"so\"",
    "back\\slash",
    "Größe",
    "x*y",
    "low..high",
    "(b)",
];

const NUMBERS: [f64; 10] = [
    0.0,
    -0.0,
    1.0,
    2.0,
    -3.5,
    1e-4,
    0.3,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
];

const TIMES: [i64; 4] = [0, 1_767_253_800_000, 1_767_253_896_777, 1_795_404_919_000];

/// What a column is made of.
#[derive(Clone, Copy)]
enum Made {
    Numbers,
    NumbersAndTexts,
    Bools,
    Times,
    Texts,
    Anything,
}

const MADE: [Made; 6] = [
    Made::Numbers,
    Made::NumbersAndTexts,
    Made::Bools,
    Made::Times,
    Made::Texts,
    Made::Anything,
];

const ROLES: [Role; 4] = [Role::Param, Role::Metric, Role::Attribute, Role::Tag];

fn arbitrary_value(u: &mut Unstructured<'_>, made: Made) -> Result<ValueRef<'static>> {
    if u.ratio(1, 4)? {
        return Ok(ValueRef::Missing);
    }
    Ok(match made {
        Made::Numbers => ValueRef::Number(*u.choose(&NUMBERS)?),
        Made::NumbersAndTexts if u.ratio(1, 5)? => ValueRef::Text(u.choose(&TEXTS)?),
        Made::NumbersAndTexts => ValueRef::Number(*u.choose(&NUMBERS)?),
        Made::Bools => ValueRef::Bool(u.arbitrary()?),
        Made::Times => ValueRef::Time(*u.choose(&TIMES)?),
        Made::Texts => ValueRef::Text(u.choose(&TEXTS)?),
        Made::Anything => {
            let made = *u.choose(&MADE[..5])?;
            return arbitrary_value(u, made);
        }
    })
}

fn ledger_of(build: impl FnOnce(&mut RunSink<'_>)) -> Ledger {
    let mut whole = Ledger::default();
    let mut keep = |part| {
        whole.append(part);
    };
    let mut sink = RunSink::new(&mut keep);
    build(&mut sink);
    sink.finish();
    whole
}

fn arbitrary_ledger(u: &mut Unstructured<'_>) -> Result<Ledger> {
    let rows = u.int_in_range(0..=150)?;
    let count = u.int_in_range(1..=5)?;
    let mut columns = Vec::new();
    for _ in 0..count {
        let made = *u.choose(&MADE)?;
        let values: Vec<ValueRef<'_>> = (0..rows)
            .map(|_| arbitrary_value(u, made))
            .collect::<Result<_>>()?;
        columns.push((*u.choose(&ROLES)?, *u.choose(&NAMES)?, values));
    }
    Ok(ledger_of(|sink| {
        for _ in 0..rows {
            sink.add_run();
        }
        for (role, name, values) in columns {
            let column = sink.column(role, name);
            for (row, value) in values.into_iter().enumerate() {
                sink.set(row, column, value);
            }
        }
    }))
}

/// A filter of which the text and the meaning are known apart.
#[derive(Debug)]
enum Wanted {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Word(String),
    Compare(ColumnId, &'static str, Literal),
    Range(ColumnId, Option<Literal>, Option<Literal>),
    Set(ColumnId, Vec<Literal>),
    Contains(ColumnId, &'static str),
    State(&'static str, ColumnId),
}

#[derive(Clone, Debug)]
enum Literal {
    Number(f64),
    Bool(bool),
    Time(i64),
    Text(&'static str),
}

impl Literal {
    fn text(&self) -> String {
        match self {
            Self::Number(x) => number_text(*x),
            Self::Bool(b) => b.to_string(),
            Self::Time(t) => ValueRef::Time(*t).to_string(),
            Self::Text(text) => in_quotes(text, '"'),
        }
    }

    fn as_value(&self) -> ValueRef<'_> {
        match self {
            Self::Number(x) => ValueRef::Number(*x),
            Self::Bool(b) => ValueRef::Bool(*b),
            Self::Time(t) => ValueRef::Time(*t),
            Self::Text(text) => ValueRef::Text(text),
        }
    }
}

fn in_quotes(text: &str, quote: char) -> String {
    let mut out = String::from(quote);
    for c in text.chars() {
        if c == quote || c == '\\' {
            out.push('\\');
        }
        out.push(c);
    }
    out.push(quote);
    out
}

/// A field by its role and quoted name, which is right for every column.
fn field(ledger: &Ledger, id: ColumnId) -> String {
    let column = ledger.column(id);
    format!("{}.{}", column.role().word(), in_quotes(column.name(), '`'))
}

impl Wanted {
    fn text(&self, ledger: &Ledger) -> String {
        let join = |parts: &[Self], with: &str| {
            let parts: Vec<String> = parts
                .iter()
                .map(|part| format!("({})", part.text(ledger)))
                .collect();
            parts.join(with)
        };
        match self {
            Self::All(parts) => join(parts, if parts.len() % 2 == 0 { " AND " } else { " " }),
            Self::Any(parts) => join(parts, if parts.len() % 2 == 0 { " or " } else { "||" }),
            Self::Not(inner) => format!("not ({})", inner.text(ledger)),
            Self::Word(word) => in_quotes(word, '"'),
            Self::Compare(id, sign, literal) => {
                format!("{} {sign} {}", field(ledger, *id), literal.text())
            }
            Self::Range(id, low, high) => {
                let end = |end: &Option<Literal>| end.as_ref().map_or(String::new(), Literal::text);
                format!("{}:{}..{}", field(ledger, *id), end(low), end(high))
            }
            Self::Set(id, values) => {
                let values: Vec<String> = values.iter().map(Literal::text).collect();
                format!("{}:{}", field(ledger, *id), values.join(","))
            }
            Self::Contains(id, part) => format!("{}:{part}", field(ledger, *id)),
            Self::State(word, id) => format!("{word}:{}", field(ledger, *id)),
        }
    }

    /// Row by row, by the words of the language's documentation.
    fn keeps(&self, ledger: &Ledger, row: usize) -> bool {
        let get = |id: &ColumnId| ledger.column(*id).get(row);
        match self {
            Self::All(parts) => parts.iter().all(|part| part.keeps(ledger, row)),
            Self::Any(parts) => parts.iter().any(|part| part.keeps(ledger, row)),
            Self::Not(inner) => !inner.keeps(ledger, row),
            Self::Word(word) => ledger.columns().iter().any(|column| {
                let text = column.get(row).text();
                text.is_some_and(|text| contains(text, word))
            }),
            Self::Compare(id, sign, literal) => compares(get(id), sign, literal.as_value()),
            Self::Range(id, low, high) => {
                let holds = |end: &Option<Literal>, sign| {
                    end.as_ref()
                        .is_none_or(|end| compares(get(id), sign, end.as_value()))
                };
                let is_ordered = match get(id) {
                    ValueRef::Number(x) => !x.is_nan(),
                    ValueRef::Time(_) => true,
                    _ => false,
                };
                is_ordered && holds(low, ">=") && holds(high, "<=")
            }
            Self::Set(id, values) => values
                .iter()
                .any(|value| compares(get(id), "=", value.as_value())),
            Self::Contains(id, part) => get(id).text().is_some_and(|text| contains(text, part)),
            Self::State(word, id) => match *word {
                "has" => !get(id).is_missing(),
                "missing" => get(id).is_missing(),
                "nan" => get(id).number().is_some_and(f64::is_nan),
                _ => get(id).number().is_some_and(f64::is_infinite),
            },
        }
    }
}

fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

/// No comparison holds of a missing value; no ordering of NaN or between types. Among values of several
/// types a number is also the time of so many Unix seconds, and 1 and 0 are true and false.
fn compares(value: ValueRef<'_>, sign: &str, literal: ValueRef<'_>) -> bool {
    let order = match (value, literal) {
        (ValueRef::Missing, _) => return false,
        (ValueRef::Number(a), ValueRef::Number(b)) if a.is_nan() && b.is_nan() => {
            return sign == "=";
        }
        (ValueRef::Number(a), ValueRef::Number(b)) => a.partial_cmp(&b),
        (ValueRef::Time(a), ValueRef::Time(b)) => Some(a.cmp(&b)),
        (ValueRef::Time(a), ValueRef::Number(b)) if b.is_finite() => {
            Some(a.cmp(&((b * 1000.0).round() as i64)))
        }
        (ValueRef::Bool(a), ValueRef::Number(b))
            if matches!(number_text(b).as_str(), "0" | "1") =>
        {
            if !matches!(sign, "=" | "!=") {
                return false;
            }
            (a == (b != 0.0)).then_some(Ordering::Equal)
        }
        (ValueRef::Bool(a), ValueRef::Bool(b)) => (a == b).then_some(Ordering::Equal),
        (ValueRef::Text(a), ValueRef::Text(b)) => (a == b).then_some(Ordering::Equal),
        _ => None,
    };
    match sign {
        "=" => order == Some(Ordering::Equal),
        "!=" => order != Some(Ordering::Equal),
        "<" => order == Some(Ordering::Less),
        "<=" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        ">" => order == Some(Ordering::Greater),
        _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    }
}

/// A value that fits the column: of another kind it would be an error.
fn arbitrary_literal(u: &mut Unstructured<'_>, kind: Kind) -> Result<Literal> {
    Ok(match kind {
        Kind::Bool => Literal::Bool(u.arbitrary()?),
        Kind::Time => Literal::Time(*u.choose(&TIMES)?),
        Kind::Category | Kind::Text => Literal::Text(u.choose(&TEXTS)?),
        Kind::Number | Kind::Empty => Literal::Number(*u.choose(&NUMBERS)?),
    })
}

fn arbitrary_wanted(u: &mut Unstructured<'_>, ledger: &Ledger, depth: usize) -> Result<Wanted> {
    let many = |u: &mut Unstructured<'_>| -> Result<Vec<Wanted>> {
        let count = u.int_in_range(2..=3)?;
        (0..count)
            .map(|_| arbitrary_wanted(u, ledger, depth - 1))
            .collect()
    };
    let id = ColumnId(u.choose_index(ledger.columns().len())? as u32);
    let kind = ledger.column(id).kind();
    let orders = matches!(kind, Kind::Number | Kind::Time);
    Ok(
        match u.int_in_range(if depth == 0 { 3..=9 } else { 0..=9 })? {
            0 => Wanted::All(many(u)?),
            1 => Wanted::Any(many(u)?),
            2 => Wanted::Not(Box::new(arbitrary_wanted(u, ledger, depth - 1)?)),
            3 => Wanted::Word((*u.choose(&["a", "DAM", "so\"", "ö", "\\", "*", "."])?).to_owned()),
            4 | 5 => {
                let sign = if orders {
                    *u.choose(&["=", "!=", "<", "<=", ">", ">="])?
                } else {
                    *u.choose(&["=", "!="])?
                };
                Wanted::Compare(id, sign, arbitrary_literal(u, kind)?)
            }
            6 if orders => {
                let end = |u: &mut Unstructured<'_>| -> Result<Literal> {
                    // NaN is no end of a range.
                    Ok(match arbitrary_literal(u, kind)? {
                        Literal::Number(x) if x.is_nan() => Literal::Number(0.5),
                        other => other,
                    })
                };
                let low = end(u)?;
                match u.int_in_range(0..=2)? {
                    0 => Wanted::Range(id, Some(low), None),
                    1 => Wanted::Range(id, None, Some(low)),
                    _ => {
                        let high = end(u)?;
                        // From more to less is an error.
                        let is_reversed = match (&low, &high) {
                            (Literal::Number(low), Literal::Number(high)) => low > high,
                            (Literal::Time(low), Literal::Time(high)) => low > high,
                            _ => false,
                        };
                        let (low, high) = if is_reversed {
                            (high, low)
                        } else {
                            (low, high)
                        };
                        Wanted::Range(id, Some(low), Some(high))
                    }
                }
            }
            7 if matches!(kind, Kind::Category | Kind::Text) => {
                Wanted::Contains(id, u.choose(&["dam", "RUN", "ö", "s"])?)
            }
            6..=8 => {
                let count = u.int_in_range(2..=3)?;
                let values = (0..count).map(|_| arbitrary_literal(u, kind));
                Wanted::Set(id, values.collect::<Result<_>>()?)
            }
            _ => Wanted::State(u.choose(&["has", "missing", "nan", "inf"])?, id),
        },
    )
}

#[test]
fn filters_keep_what_a_row_by_row_evaluator_keeps() {
    arbtest(|u| {
        let ledger = arbitrary_ledger(u)?;
        let wanted = arbitrary_wanted(u, &ledger, 3)?;
        let text = wanted.text(&ledger);
        let kept = select(&text, &ledger)
            .unwrap_or_else(|errors| panic!("{text}\n{errors:?}\n{wanted:?}"));
        let expected = Bits::from_fn(ledger.rows(), |row| wanted.keeps(&ledger, row));
        for row in 0..ledger.rows() {
            let cells: Vec<_> = ledger.columns().iter().map(|c| c.get(row)).collect();
            assert_eq!(
                kept.get(row),
                expected.get(row),
                "row {row} of {text}\n{cells:?}\n{wanted:?}"
            );
        }
        Ok(())
    })
    .budget_ms(4_000);
}

/// The rows that `text` keeps; it is right.
fn kept_by(text: &str, ledger: &Ledger) -> Bits {
    select(text, ledger).unwrap_or_else(|errors| panic!("{text}\n{errors:?}"))
}

/// What a facet of this column could set, and what it then means for a value.
fn arbitrary_brush(u: &mut Unstructured<'_>, kind: Kind) -> Result<(Brush, Literal, Literal)> {
    let (mut low, mut high) = (arbitrary_literal(u, kind)?, arbitrary_literal(u, kind)?);
    let end = |literal: &Literal| match literal {
        Literal::Number(x) if !x.is_nan() => Some(*x),
        Literal::Time(t) => Some(*t as f64),
        _ => None,
    };
    // From more to less is an error, and no brush says it.
    if end(&low) > end(&high) {
        std::mem::swap(&mut low, &mut high);
    }
    let kept = match u.int_in_range(0..=5)? {
        0 => Brush::Missing,
        1 => Brush::NotANumber,
        2 => Brush::Infinite,
        3 if end(&low).is_some() && end(&high).is_some() => Brush::Range {
            low: end(&low),
            high: end(&high),
        },
        4 if end(&low) < end(&high) && end(&low).is_some() => {
            Brush::Ranges(vec![(None, end(&low)), (end(&high), None)])
        }
        _ => Brush::Values(vec![
            low.as_value().to_string(),
            high.as_value().to_string(),
        ]),
    };
    Ok((kept, low, high))
}

#[test]
fn a_brush_keeps_what_it_says_of_what_the_rest_keeps() {
    arbtest(|u| {
        let ledger = arbitrary_ledger(u)?;
        let before = arbitrary_wanted(u, &ledger, 2)?.text(&ledger);
        let id = ColumnId(u.choose_index(ledger.columns().len())? as u32);
        let column = ledger.column(id);
        let (kept, low, high) = arbitrary_brush(u, column.kind())?;
        let brushed = with_clause(&before, &ledger, id, Some(&kept));
        let rest = with_clause(&before, &ledger, id, None);
        let shown = kept_by(&brushed, &ledger);
        let others = kept_by(&rest, &ledger);
        for row in 0..ledger.rows() {
            let value = column.get(row);
            let in_brush = match &kept {
                Brush::Missing => value.is_missing(),
                Brush::NotANumber => value.number().is_some_and(f64::is_nan),
                Brush::Infinite => value.number().is_some_and(f64::is_infinite),
                Brush::Range { .. } => {
                    compares(value, ">=", low.as_value())
                        && compares(value, "<=", high.as_value())
                        && matches!(value, ValueRef::Number(_) | ValueRef::Time(_))
                }
                Brush::Ranges(_) => {
                    (compares(value, "<=", low.as_value())
                        || compares(value, ">=", high.as_value()))
                        && matches!(value, ValueRef::Number(_) | ValueRef::Time(_))
                }
                Brush::Values(_) => {
                    compares(value, "=", low.as_value()) || compares(value, "=", high.as_value())
                }
            };
            assert_eq!(
                shown.get(row),
                others.get(row) && in_brush,
                "{value:?} in {brushed}, was {before}, rest {rest}"
            );
        }
        Ok(())
    })
    .budget_ms(2_000);
}

#[test]
fn an_empty_answer_is_explained_by_a_clause_that_no_other_beats() {
    arbtest(|u| {
        let ledger = arbitrary_ledger(u)?;
        let count = u.int_in_range(1..=4)?;
        let parts: Vec<String> = (0..count)
            .map(|_| {
                Ok(format!(
                    "({})",
                    arbitrary_wanted(u, &ledger, 1)?.text(&ledger)
                ))
            })
            .collect::<Result<_>>()?;
        let text = parts.join(" and ");
        if kept_by(&text, &ledger).count() > 0 {
            assert_eq!(explain_empty(&text, &ledger), None, "{text}");
            return Ok(());
        }
        let without = |left_out: usize| {
            let mut rest = parts.clone();
            rest.remove(left_out);
            kept_by(&rest.join(" and "), &ledger).count()
        };
        let most = (0..parts.len()).map(without).max().unwrap_or(0);
        let told = explain_empty(&text, &ledger);
        if most == 0 {
            assert_eq!(told, None, "{text}");
        } else if ledger.rows() > 0 && parts.len() > 1 {
            // A part that is an `and` itself has clauses of its own, which may cost less alone.
            let (_, back) = told.unwrap_or_else(|| panic!("{text}"));
            assert_eq!(back, most, "{text}");
        }
        Ok(())
    })
    .budget_ms(2_000);
}

/// The place of a value in an ascending order: numbers, times and truth values, then texts, NaN, nothing.
fn class(value: ValueRef<'_>) -> u8 {
    match value {
        ValueRef::Number(x) if x.is_nan() => 2,
        ValueRef::Text(_) => 1,
        ValueRef::Missing => 3,
        ValueRef::Number(_) | ValueRef::Bool(_) | ValueRef::Time(_) => 0,
    }
}

fn order(a: ValueRef<'_>, b: ValueRef<'_>, descending: bool) -> Ordering {
    let size = |value: ValueRef<'_>| match value {
        ValueRef::Number(x) => x,
        ValueRef::Bool(b) => f64::from(u8::from(b)),
        ValueRef::Time(t) => t as f64,
        ValueRef::Text(_) | ValueRef::Missing => 0.0,
    };
    let lower = |value: ValueRef<'_>| value.text().map(str::to_lowercase);
    let within = size(a)
        .partial_cmp(&size(b))
        .unwrap_or(Ordering::Equal)
        .then_with(|| lower(a).cmp(&lower(b)));
    let within = if descending { within.reverse() } else { within };
    class(a).cmp(&class(b)).then(within)
}

#[test]
fn sorting_every_type_is_that_of_a_plain_stable_sort() {
    arbtest(|u| {
        let ledger = arbitrary_ledger(u)?;
        let rows = kept_by(&arbitrary_wanted(u, &ledger, 0)?.text(&ledger), &ledger);
        let count = u.int_in_range(0..=3)?;
        let keys: Vec<SortKey> = (0..count)
            .map(|_| {
                Ok(SortKey {
                    column: ColumnId(u.choose_index(ledger.columns().len())? as u32),
                    descending: u.arbitrary()?,
                })
            })
            .collect::<Result<_>>()?;
        let mut expected: Vec<u32> = rows.ones().map(|row| row as u32).collect();
        expected.sort_by(|a, b| {
            keys.iter().fold(Ordering::Equal, |so_far, key| {
                let value = |row: &u32| ledger.column(key.column).get(*row as usize);
                so_far.then_with(|| order(value(a), value(b), key.descending))
            })
        });
        assert_eq!(sort(&ledger, &keys, &rows), expected, "{keys:?}");
        let all = Rc::new(sort_all(&ledger, &keys));
        assert_eq!(all.among(&rows).rows(), expected, "{keys:?}");
        Ok(())
    })
    .budget_ms(2_000);
}

/// What a person has typed so far is any beginning of a text: it completes without a panic, and what is
/// put in for a whole name or value is right where it stands.
#[test]
fn every_beginning_of_a_filter_completes() {
    arbtest(|u| {
        let ledger = arbitrary_ledger(u)?;
        let text = arbitrary_wanted(u, &ledger, 1)?.text(&ledger);
        let mut cursor = u.int_in_range(0..=text.len())?;
        while !text.is_char_boundary(cursor) {
            cursor -= 1;
        }
        let typed = &text[..cursor];
        let found = complete(typed, cursor, &ledger);
        assert!(found.replace.end <= typed.len(), "{typed}");
        assert_eq!(found, complete(typed, cursor, &ledger), "{typed}");
        for item in &found.items {
            let mut put_in = typed.to_owned();
            put_in.replace_range(found.replace.clone(), &item.text);
            let _read_without_a_panic = parse(&put_in);
        }
        Ok(())
    })
    .budget_ms(2_000);
}
