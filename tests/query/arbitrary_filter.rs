//! Arbitrary filters: written and read again they are the same, and what they keep is what a plain
//! row-by-row reading of the language keeps.

use super::six_runs;
use arbtest::arbitrary::{Result, Unstructured};
use runsift::ledger::{Ledger, Role, RunSink, ValueRef, number_text, parse_number};
use runsift::query::{
    Amount, Comparison, Element, Extreme, Field, Filter, Span, State, Written, parse, select,
};

const TEXTS: [&str; 22] = [
    "adam", "and", "Not", "a b", "", "\"", "`", "\\", "C:\\x\\", "1e-3", "a..b", "1..2", "*",
    "it's", "/x/", "f(x)", "(", "a:b", "!", "!=x", "x,y", "λ.µ",
];

fn text(u: &mut Unstructured<'_>) -> Result<String> {
    Ok(if u.ratio(2, 3)? {
        (*u.choose(&TEXTS)?).to_owned()
    } else {
        u.arbitrary::<String>()?
    })
}

fn written(text: String) -> Written {
    Written {
        text,
        span: Span::default(),
    }
}

fn range_end(u: &mut Unstructured<'_>) -> Result<String> {
    Ok(match u.int_in_range(0..=3)? {
        0 => String::new(),
        1 => "2026-01-01".to_owned(),
        2 => "2026-01-01T10:00:00Z".to_owned(),
        _ => number_text(f64::from(u.arbitrary::<f32>()?)).replace("NaN", "0"),
    })
}

fn element(u: &mut Unstructured<'_>) -> Result<Element> {
    Ok(match u.int_in_range(0..=4)? {
        0 => Element::Glob(written(
            (*u.choose(&["*", "a*", "*-b*c", "f(*)"])?).to_owned(),
        )),
        1 => {
            let (mut low, high) = (range_end(u)?, range_end(u)?);
            if low.is_empty() && high.is_empty() {
                low.push('1');
            }
            Element::Range {
                low,
                high,
                span: Span::default(),
            }
        }
        _ => Element::Text(written(text(u)?)),
    })
}

/// A filter in normal form; `name` makes names of fields.
fn filter(
    u: &mut Unstructured<'_>,
    depth: usize,
    name: &mut dyn FnMut(&mut Unstructured<'_>) -> Result<String>,
) -> Result<Filter> {
    let groups = if depth == 0 { 0 } else { 3 };
    let choice = u.int_in_range(0..=7 + groups)?;
    if choice > 7 {
        let mut parts = Vec::new();
        for _ in 0..u.int_in_range(1..=3)? {
            parts.push(filter(u, depth - 1, name)?);
        }
        return Ok(match choice {
            8 => Filter::all_of(parts),
            9 => Filter::any_of(parts),
            _ => Filter::Not(Box::new(parts.swap_remove(0))),
        });
    }
    if choice == 0 {
        return Ok(Filter::Word(text(u)?));
    }
    if choice == 1 {
        return Ok(Filter::Expression(written(
            (*u.choose(&["a", "a/b", "", "\\d+", "^a$"])?).to_owned(),
        )));
    }
    let field = Field {
        name: name(u)?,
        span: Span::default(),
    };
    Ok(match choice {
        2 => Filter::Compare {
            field,
            comparison: *u.choose(&Comparison::ALL)?,
            value: written(text(u)?),
        },
        3 => {
            let mut elements = vec![element(u)?];
            for _ in 0..u.int_in_range(0..=2)? {
                elements.push(element(u)?);
            }
            Filter::Match { field, elements }
        }
        4 => Filter::Like {
            field,
            negated: u.arbitrary()?,
            expression: written((*u.choose(&["a", "a/b", "[0-9.]", "(?i)A"])?).to_owned()),
        },
        5 => Filter::Extreme {
            end: *u.choose(&[Extreme::Top, Extreme::Bottom])?,
            amount: if u.arbitrary()? {
                Amount::Runs(u.int_in_range(1..=20)?)
            } else {
                Amount::Percent(f64::from(u.int_in_range(1_u16..=1000)?) / 10.0)
            },
            by: u.ratio(3, 4)?.then_some(field),
            span: Span::default(),
        },
        6 => Filter::Marked(written((*u.choose(&["selected", "λ_1"])?).to_owned())),
        _ => Filter::Is {
            field,
            state: *u.choose(&State::ALL)?,
        },
    })
}

#[test]
fn reading_what_is_written_gives_the_same_filter() {
    arbtest::arbtest(|u| {
        let made = filter(u, 4, &mut text)?;
        let text = made.to_string();
        assert_eq!(parse(&text).as_ref(), Ok(&made), "{text}");
        assert_eq!(parse(&text).unwrap().to_string(), text);
        Ok(())
    });
}

// ---- a plain evaluator ----

/// The value of column `name` in each of a few roles of [`small_ledger`]; names there are unique.
fn value<'a>(ledger: &'a Ledger, name: &str, row: usize) -> ValueRef<'a> {
    let column = ledger
        .columns()
        .iter()
        .find(|column| column.name() == name)
        .unwrap();
    column.get(row)
}

fn passes(filter: &Filter, ledger: &Ledger, row: usize) -> bool {
    match filter {
        Filter::All => true,
        Filter::And(parts) => parts.iter().all(|part| passes(part, ledger, row)),
        Filter::Or(parts) => parts.iter().any(|part| passes(part, ledger, row)),
        Filter::Not(inner) => !passes(inner, ledger, row),
        Filter::Word(word) => ledger.columns().iter().any(|column| {
            column
                .get(row)
                .text()
                .is_some_and(|text| text.to_lowercase().contains(&word.to_lowercase()))
        }),
        Filter::Expression(written) => {
            let expression = regex_lite::Regex::new(&written.text).unwrap();
            ledger.columns().iter().any(|column| {
                column
                    .get(row)
                    .text()
                    .is_some_and(|text| expression.is_match(text))
            })
        }
        Filter::Compare {
            field,
            comparison,
            value: other,
        } => compares(value(ledger, &field.name, row), *comparison, &other.text),
        Filter::Match { field, elements } => elements.iter().any(|element| {
            matches(
                value(ledger, &field.name, row),
                element,
                elements.len() == 1,
            )
        }),
        Filter::Like {
            field,
            negated,
            expression,
        } => {
            let value = value(ledger, &field.name, row);
            let expression = regex_lite::Regex::new(&expression.text).unwrap();
            !value.is_missing() && expression.is_match(&value.to_string()) != *negated
        }
        Filter::Is { field, state } => {
            let value = value(ledger, &field.name, row);
            match state {
                State::Has => !value.is_missing(),
                State::Missing => value.is_missing(),
                State::NotANumber => matches!(value, ValueRef::Number(x) if x.is_nan()),
                State::Infinite => matches!(value, ValueRef::Number(x) if x.is_infinite()),
            }
        }
        Filter::Extreme {
            end, amount, by, ..
        } => {
            let name = &by.as_ref().unwrap().name;
            let number = |row: usize| match value(ledger, name, row) {
                ValueRef::Number(x) => Some(x).filter(|x| x.is_finite()),
                ValueRef::Bool(b) => Some(f64::from(u8::from(b))),
                _ => None,
            };
            let all: Vec<f64> = (0..ledger.rows()).filter_map(number).collect();
            let wanted = match amount {
                Amount::Runs(runs) => *runs,
                Amount::Percent(percent) => (all.len() as f64 * percent / 100.0).ceil() as usize,
            };
            number(row).is_some_and(|x| {
                let is_before = |y: &&f64| {
                    if *end == Extreme::Top {
                        **y > x
                    } else {
                        **y < x
                    }
                };
                all.iter().filter(is_before).count() < wanted
            })
        }
        Filter::Marked(_) => unreachable!("a plain ledger has no sets of runs"),
    }
}

/// A number as the language's page says that it is written: `5m` are 300 seconds, `10k` are 10,000.
fn spelled(text: &str) -> Option<f64> {
    let whole = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        parse_number(text).or_else(|| is_whole.then(|| text.parse().ok()).flatten())
    };
    whole(text).or_else(|| {
        let end = text.rfind(|c: char| c.is_ascii_digit() || c == '.')? + 1;
        let factor = match &text[end..] {
            "%" => 0.01,
            "k" | "K" | "kB" => 1e3,
            "M" | "MB" => 1e6,
            "G" | "B" | "GB" => 1e9,
            "T" | "TB" => 1e12,
            "KiB" => 1024.0,
            "MiB" => f64::from(1 << 20),
            "GiB" => f64::from(1 << 30),
            "TiB" => 1024.0 * f64::from(1 << 30),
            "us" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            "d" | "day" | "days" => 86_400.0,
            _ => return None,
        };
        Some(whole(&text[..end])? * factor)
    })
}

fn compares(value: ValueRef<'_>, comparison: Comparison, other: &str) -> bool {
    let equal = match value {
        ValueRef::Missing => return false,
        ValueRef::Number(x) => match spelled(other.trim()) {
            Some(y) => {
                let order = x.partial_cmp(&y);
                match comparison {
                    Comparison::Less => return order.is_some_and(std::cmp::Ordering::is_lt),
                    Comparison::AtMost => return order.is_some_and(std::cmp::Ordering::is_le),
                    Comparison::Greater => return order.is_some_and(std::cmp::Ordering::is_gt),
                    Comparison::AtLeast => return order.is_some_and(std::cmp::Ordering::is_ge),
                    _ => order.is_some_and(std::cmp::Ordering::is_eq) || (x.is_nan() && y.is_nan()),
                }
            }
            None => false,
        },
        ValueRef::Bool(b) => {
            other.eq_ignore_ascii_case(&b.to_string()) || other == u8::from(b).to_string()
        }
        ValueRef::Text(text) => text == other,
        ValueRef::Time(_) => unreachable!("the small ledger has no times"),
    };
    match comparison {
        Comparison::Equal => equal,
        Comparison::Unequal => !equal,
        _ => false,
    }
}

fn matches(value: ValueRef<'_>, element: &Element, alone: bool) -> bool {
    let part = |whole: &str, part: &str| whole.to_lowercase().contains(&part.to_lowercase());
    match (element, value) {
        (_, ValueRef::Missing) => false,
        (Element::Text(written), ValueRef::Text(text)) if alone => part(text, &written.text),
        (Element::Text(written), value) => compares(value, Comparison::Equal, &written.text),
        (Element::Glob(written), ValueRef::Text(text)) => {
            let expression = written
                .text
                .split('*')
                .map(regex_lite::escape)
                .collect::<Vec<_>>()
                .join(".*");
            regex_lite::Regex::new(&format!("(?is)^{expression}$"))
                .unwrap()
                .is_match(text)
        }
        (Element::Range { low, high, .. }, ValueRef::Text(text)) => {
            let range = format!("{low}..{high}");
            if alone {
                part(text, &range)
            } else {
                text == range
            }
        }
        (Element::Range { low, high, .. }, ValueRef::Number(x)) => {
            (low.is_empty() || spelled(low.trim()).is_some_and(|low| x >= low))
                && (high.is_empty() || spelled(high.trim()).is_some_and(|high| x <= high))
                && !x.is_nan()
        }
        _ => false,
    }
}

/// A ledger of a few columns of all storages with many missing, NaN and infinite values.
fn small_ledger(u: &mut Unstructured<'_>) -> Result<Ledger> {
    let mut whole = Ledger::default();
    let mut take = |part: Ledger| {
        whole.append(part);
    };
    let mut sink = RunSink::new(&mut take);
    sink.begin_source("small.csv", "csv", 0);
    for name in ["number", "odd", "flag", "word", "mixed"] {
        sink.column(Role::Param, name);
    }
    for _ in 0..u.int_in_range(1..=150)? {
        let row = sink.add_run();
        let x = *u.choose(&[
            0.0,
            0.001,
            1.0,
            -2.5,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ])?;
        let text = *u.choose(&TEXTS)?;
        for name in ["number", "odd", "flag", "word", "mixed"] {
            if u.ratio(1, 4)? {
                continue;
            }
            let value = match name {
                "number" => ValueRef::Number(x),
                "odd" if row % 17 != 3 => ValueRef::Number(-x),
                "flag" => ValueRef::Bool(x < 1.0),
                "mixed" if row % 2 == 1 => ValueRef::Number(x),
                _ => ValueRef::Text(text),
            };
            sink.set_named(row, Role::Param, name, value);
        }
    }
    sink.finish();
    Ok(whole)
}

#[test]
fn what_a_filter_keeps_is_what_it_says_of_each_row() {
    let mut evaluated = 0;
    arbtest::arbtest(|u| {
        let ledger = small_ledger(u)?;
        let mut name = |u: &mut Unstructured<'_>| {
            u.choose(&["number", "odd", "flag", "word", "mixed"])
                .map(|name| (*name).to_owned())
        };
        let made = filter(u, 2, &mut name)?;
        // Filters with a mistake in them (a text compared with numbers) keep nothing to compare.
        if let Ok(kept) = select(&made.to_string(), &ledger) {
            evaluated += 1;
            for row in 0..ledger.rows() {
                assert_eq!(
                    kept.get(row),
                    passes(&made, &ledger, row),
                    "row {row} of {made}"
                );
            }
            assert_eq!(kept.len(), ledger.rows());
        }
        Ok(())
    });
    assert!(evaluated > 20, "{evaluated}");
}

#[test]
fn the_plain_evaluator_agrees_on_known_runs() {
    let ledger = six_runs();
    for text in [
        "optimizer = adam",
        "val/acc > 0.4",
        "not val/acc = 0.5",
        "optimizer:adam,sgd or missing:note",
    ] {
        let kept = select(text, &ledger).unwrap();
        let filter = parse(text).unwrap();
        for row in 0..ledger.rows() {
            assert_eq!(
                kept.get(row),
                passes(&filter, &ledger, row),
                "row {row} of {text}"
            );
        }
    }
}
