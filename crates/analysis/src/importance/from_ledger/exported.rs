//! The range that an export declares for a param, as far as the shown runs are of it.

use super::are_few;
use crate::importance::{Parameter, Space};
use ledger::{Bits, Column, Ledger, SearchRange};

/// A range that an export declares, as far as it is shown, and what is said of it.
pub(super) struct Exported {
    pub(super) range: SearchRange,
    words: &'static str,
}

impl Exported {
    /// The param in it.
    pub(super) fn parameter(self, name: &str, values: Vec<f64>) -> Parameter {
        let SearchRange {
            low,
            high,
            step,
            log,
        } = self.range;
        let mut parameter = Parameter::ranged(name, values, low, high, log);
        if let (
            Some(step),
            Space::Number {
                step: of_values, ..
            },
        ) = (step, &mut parameter.space)
        {
            *of_values = Some(step);
        }
        self.words.clone_into(&mut parameter.declared);
        parameter
    }
}

/// Where runs keep off an end of the range by more than this part of it, that end is not what they tell of: a filter cut it off, or
/// nobody came there. What is less is the chance of which runs are used.
const CUT: f64 = 0.05;

/// The range that is declared for a param of the searches that the shown runs are of, as far as they came in it; all runs where `whole`.
pub(super) fn exported(
    ledger: &Ledger,
    column: &Column,
    (shown, used): (&Bits, &[usize]),
    whole: bool,
) -> Option<Exported> {
    let searched = ledger.searched(column.name(), &mut shown.ones())?;
    let (mut range, differ) = (searched.range, searched.differ);
    let numbers = column.numbers();
    let ends = |rows: &mut dyn Iterator<Item = usize>| {
        let numbers = rows.map(|row| numbers[row]).filter(|x| x.is_finite());
        numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
            (low.min(x), high.max(x))
        })
    };
    let tried = if whole {
        ends(&mut (0..ledger.rows()).filter(|row| !searched.is_elsewhere(ledger, *row)))
    } else {
        ends(&mut shown.ones())
    };
    let mut of_used = used.iter().map(|row| numbers[*row]);
    // Nothing is shown of it, or levels alone of what is on no grid.
    if tried.0 > tried.1 || range.step.is_none() && are_few(&mut of_used) {
        return None;
    }
    let (cuts_low, cuts_high) = (range.part(tried.0) > CUT, range.part(tried.1) < 1.0 - CUT);
    if cuts_low {
        range.low = tried.0;
    }
    if cuts_high {
        range.high = tried.1;
    }
    // What another source tried is searched too.
    let zero_apart = |x: f64| if range.log && x == 0.0 { range.low } else { x };
    range.low = range.low.min(zero_apart(tried.0));
    range.high = range.high.max(tried.1);
    if !used
        .iter()
        .all(|row| !numbers[*row].is_finite() || range.has(numbers[*row]))
    {
        range.step = None;
    }
    let words = match (cuts_low || cuts_high, differ) {
        (true, _) => "scale declared by the export",
        (false, false) => "declared by the export",
        (false, true) => "declared by exports that differ, all of what they say",
    };
    Some(Exported { range, words })
}

#[cfg(test)]
mod tests {
    use super::super::{Declared, LedgerDesign};
    use super::*;
    use ledger::{Role, RunSink, ValueRef, attribute};

    /// The space of lr, and who says so: each source declares a range and has runs in all of it but its ends, of which `keeps`
    /// says which are shown.
    fn declared_space(
        sources: &[(f64, f64, bool)],
        declared: &[(String, Declared)],
        keeps: fn(f64) -> bool,
    ) -> (Space, String) {
        let mut ledger = Ledger::default();
        let mut keep = |part: Ledger| {
            ledger.append(part);
        };
        let mut sink = RunSink::new(&mut keep);
        for (place, (low, high, log)) in sources.iter().enumerate() {
            sink.begin_source(&format!("{place}.log"), "test", place as u64 + 1);
            let range = SearchRange::new(*low, *high, None, *log).unwrap();
            sink.source().declare_range("lr", range);
            for run in 0..40 {
                // From a twenty-fifth of the range on, and up to as much below its end, on its scale.
                let part = 0.04 + 0.92 * f64::from(run * 37 % 40) / 39.0;
                let value = if *log {
                    low * libm::pow(high / low, part)
                } else {
                    low + part * (high - low)
                };
                let row = sink.run(&format!("{place}-{run}"));
                sink.set_named(row, Role::Param, "lr", ValueRef::Number(value));
                sink.set_named(row, Role::Metric, "loss", ValueRef::Number(f64::from(run)));
            }
        }
        sink.finish();
        let lr = ledger.column(ledger.find(Role::Param, "lr").unwrap());
        let shown = Bits::from_fn(ledger.rows(), |row| keeps(lr.numbers()[row]));
        let column = ledger.find(Role::Metric, "loss").unwrap();
        let objective = ledger.column(column).numbers().into_owned();
        let mut found = LedgerDesign::new(&ledger, &shown, column, &objective, declared);
        let lr = found.design.parameters.remove(0);
        (lr.space, lr.declared)
    }

    #[test]
    fn a_param_lies_in_the_range_that_its_export_declares() {
        let number = |low, high, log| Space::Number {
            low,
            high,
            step: None,
            log,
        };
        let one = [(1e-5, 0.1, true)];
        let all = |_| true;
        let (space, words) = declared_space(&one, &[], all);
        assert_eq!(space, number(1e-5, 0.1, true));
        assert_eq!(words, "declared by the export");
        // What a filter cuts off is not searched, the scale stays.
        let (space, words) = declared_space(&one, &[], |lr| lr > 1e-3);
        assert!(
            matches!(space, Space::Number { low, high: 0.1, log: true, .. } if (1e-3..2e-3).contains(&low)),
            "{space:?}"
        );
        assert_eq!(words, "scale declared by the export");
        // Unless all of it is asked for.
        let whole = [("lr".to_owned(), Declared::Exported)];
        let (space, _) = declared_space(&one, &whole, |lr| lr > 1e-3);
        assert_eq!(space, number(1e-5, 0.1, true));
        // What a person declares goes before.
        let range = Declared::Range {
            low: 0.0,
            high: 1.0,
            log: false,
        };
        let (space, words) = declared_space(&one, &[("lr".to_owned(), range)], all);
        assert_eq!((space, words.as_str()), (number(0.0, 1.0, false), ""));
        // Of two sources all of what they say, and of those that are shown alone.
        let two = [(1e-5, 0.1, true), (1.0, 2.0, true)];
        let (space, words) = declared_space(&two, &[], all);
        assert_eq!(space, number(1e-5, 2.0, true));
        assert_eq!(
            words,
            "declared by exports that differ, all of what they say"
        );
        let (space, words) = declared_space(&two, &[], |lr| lr > 1.0);
        assert_eq!(space, number(1.0, 2.0, true));
        assert_eq!(words, "declared by the export");
        // Of two scales none is declared, and what nobody came near is not searched.
        let two = [(1e-5, 0.1, true), (0.001, 1.0, false)];
        let (_, words) = declared_space(&two, &[], all);
        assert_eq!(words, "");
        let one = [(1e-6, 0.1, true)];
        let (space, words) = declared_space(&one, &[], |lr| lr > 1e-4 && lr < 1e-2);
        assert!(
            matches!(space, Space::Number { low, high, log: true, .. } if low > 1e-4 && high < 1e-2),
            "{space:?}"
        );
        assert_eq!(words, "scale declared by the export");
    }

    #[test]
    fn a_study_lies_in_its_own_range_whatever_others_of_its_source_declare() {
        let mut ledger = Ledger::default();
        let mut keep = |part: Ledger| {
            ledger.append(part);
        };
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("studies.log", "test", 1);
        for (study, high, log) in [("a", 0.1, true), ("b", 1.0, false)] {
            let range = SearchRange::new(1e-4, high, None, log).unwrap();
            sink.source().declare_range_of(study, "lr", range);
            for run in 0..40 {
                let row = sink.run(&format!("{study}/{run}"));
                let lr = 1e-4 + (high - 1e-4) * f64::from(run) / 39.0;
                sink.set_attribute(row, attribute::GROUP, ValueRef::Text(study));
                sink.set_named(row, Role::Param, "lr", ValueRef::Number(lr));
                sink.set_named(row, Role::Metric, "loss", ValueRef::Number(f64::from(run)));
            }
        }
        sink.finish();
        let column = ledger.find(Role::Metric, "loss").unwrap();
        let objective = ledger.column(column).numbers().into_owned();
        let whole = [("lr".to_owned(), Declared::Exported)];
        let declared = |first: usize, count: usize, declared: &[(String, Declared)]| {
            let shown = Bits::from_fn(80, |row| (first..first + count).contains(&row));
            let mut found = LedgerDesign::new(&ledger, &shown, column, &objective, declared);
            let lr = found.design.parameters.remove(0);
            (lr.space, lr.declared)
        };
        let number = |high, log| Space::Number {
            low: 1e-4,
            high,
            step: None,
            log,
        };
        let words = "declared by the export".to_owned();
        assert_eq!(declared(0, 40, &[]), (number(0.1, true), words.clone()));
        assert_eq!(declared(40, 40, &[]), (number(1.0, false), words.clone()));
        // Of the whole range too, which the other study's runs are no part of.
        assert_eq!(declared(0, 20, &whole), (number(0.1, true), words));
        assert_eq!(declared(0, 80, &[]).1, "");
    }
}
