//! Which runs pass: a set of rows for each test, worked out column by column.
//!
//! Numbers are compared 64 at a time into a word of the set; a category is asked once for each
//! distinct value. 100,000 runs take a fraction of a millisecond (see `benches/query.rs`).

use super::ast::{Comparison, State};
use super::bind::{Alternative, CellTest, Test};
use super::literal::compare_numbers;
use super::words;
use ledger::{Bits, Cells, Column, Ledger, MISSING, ValueRef};

/// The rows that pass.
pub(super) fn evaluate(test: &Test<'_>, ledger: &Ledger) -> Bits {
    let rows = ledger.rows();
    match test {
        Test::All => Bits::filled(rows, true),
        Test::And(parts) => {
            let mut all = Bits::filled(rows, true);
            parts
                .iter()
                .for_each(|part| all.and(&evaluate(part, ledger)));
            all
        }
        Test::Or(parts) => {
            let mut any = Bits::filled(rows, false);
            parts
                .iter()
                .for_each(|part| any.or(&evaluate(part, ledger)));
            any
        }
        Test::Not(inner) => {
            let mut others = evaluate(inner, ledger);
            others.not();
            others
        }
        Test::Anywhere(columns, test) => {
            let mut any = Bits::filled(rows, false);
            columns
                .iter()
                .for_each(|column| any.or(&cells(column, test, rows)));
            any
        }
        Test::Cell(column, test) => cells(column, test, rows),
        Test::Rows(known) => known.clone(),
    }
}

/// The rows whose value in `column` passes.
fn cells(column: &Column, test: &CellTest, rows: usize) -> Bits {
    if let CellTest::Is(state @ (State::Has | State::Missing)) = test {
        let mut present = column.present();
        present.resize(rows, false);
        if *state == State::Missing {
            present.not();
        }
        return present;
    }
    // No other test is passed by a missing value.
    let mut passed = match column.cells() {
        Cells::Empty(_) => Bits::default(),
        Cells::Number {
            values,
            present,
            odd,
        } => {
            let mut passed = numbers(values, test);
            passed.and(present);
            for (row, value) in odd {
                if test.holds(value.as_ref()) {
                    passed.set(*row as usize, true);
                }
            }
            passed
        }
        Cells::Bool { values, present } => {
            let of = |value| test.holds(ValueRef::Bool(value));
            let mut passed = match (of(false), of(true)) {
                (false, false) => Bits::filled(values.len(), false),
                (true, true) => Bits::filled(values.len(), true),
                (no, _) => {
                    let mut passed = values.clone();
                    if no {
                        passed.not();
                    }
                    passed
                }
            };
            passed.and(present);
            passed
        }
        Cells::Time { millis, present } => {
            let mut passed = gather(millis, |t| test.holds(ValueRef::Time(t)));
            passed.and(present);
            passed
        }
        Cells::Category { codes, dictionary } => {
            let by_code: Vec<bool> = dictionary
                .values()
                .iter()
                .map(|value| test.holds(value.as_ref()))
                .collect();
            match by_code.iter().filter(|passes| **passes).count() {
                0 => Bits::filled(codes.len(), false),
                // The commonest case, one value, needs no table.
                1 => {
                    let code = by_code
                        .iter()
                        .position(|passes| *passes)
                        .map_or(MISSING, |at| at as u32);
                    words::of_code(codes, code)
                }
                _ => gather(codes, |code| {
                    by_code.get(code as usize).copied().unwrap_or(false)
                }),
            }
        }
        Cells::Text { present, .. } => {
            Bits::from_fn(present.len(), |row| test.holds(column.get(row)))
        }
    };
    passed.resize(rows, false);
    passed
}

/// The numbers that pass; what is true of NaN where there is no number is not looked at.
fn numbers(values: &[f64], test: &CellTest) -> Bits {
    match test {
        CellTest::Compare(comparison, literal) => match literal.number {
            Some(y) if y.is_nan() => gather(values, |x| compare_numbers(*comparison, x, y)),
            Some(y) => words::compared(values, *comparison, y),
            None => Bits::filled(values.len(), *comparison == Comparison::Unequal),
        },
        CellTest::Among { alternatives, .. } => {
            if let [
                Alternative::Range {
                    numbers: Some((low, high)),
                    ..
                },
            ] = alternatives.as_slice()
            {
                let mut kept = words::compared(values, Comparison::AtLeast, *low);
                kept.and(&words::compared(values, Comparison::AtMost, *high));
                return kept;
            }
            gather(values, |x| test.holds(ValueRef::Number(x)))
        }
        CellTest::Is(State::NotANumber) => gather(values, f64::is_nan),
        CellTest::Is(State::Infinite) => gather(values, f64::is_infinite),
        CellTest::Is(_) | CellTest::Like { .. } | CellTest::Find { .. } => {
            gather(values, |x| test.holds(ValueRef::Number(x)))
        }
    }
}

/// The places of the values that pass.
fn gather<T: Copy>(values: &[T], passes: impl Fn(T) -> bool) -> Bits {
    let words = values.chunks(64).map(|values| word(values, &passes));
    Bits::from_words(words.collect(), values.len())
}

/// A word of them. A function of its own: a browser puts well compiled code in place of what it compiled first only between
/// calls, and the first filter of a million runs would be over before.
#[inline(never)]
fn word<T: Copy>(values: &[T], passes: &impl Fn(T) -> bool) -> u64 {
    values.iter().enumerate().fold(0, |word, (bit, value)| {
        word | u64::from(passes(*value)) << bit
    })
}
