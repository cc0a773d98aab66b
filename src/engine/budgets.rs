//! Budgets at which runs were tried: found by a column that says so, else by how far the objective's curves go.
//!
//! With a column (SMAC's `budget`, a param `epochs`), the runs at a budget are those with its value. Without one, where
//! runs ended at different steps (as with successive halving), a run has a value at each budget that it came to; of
//! those that were stopped before there is none, so the runs at a great budget are the ones that looked good at less.

use super::show::short_number;
use crate::ledger::direction::words;
use crate::ledger::{Bits, Column, ColumnId, Ledger, Role, Statistic, Until};

/// The objective at one budget.
pub(super) struct Level {
    /// Its name, as `epochs = 9` or `step 27`.
    pub(super) name: String,
    /// By row of the ledger; NaN where a run was not tried at it.
    pub(super) values: Vec<f64>,
}

/// The budgets of some runs.
pub(super) struct Budgets {
    /// How they were told, a sentence.
    pub(super) how: String,
    /// The column that says so, if one does.
    pub(super) column: Option<ColumnId>,
    /// From the least to the greatest; at least two.
    pub(super) levels: Vec<Level>,
}

/// Fewest runs at a budget.
const LEAST_RUNS: usize = 10;

/// Budgets at most; of more different values, none is a ladder of budgets.
const MOST_LEVELS: usize = 8;

/// Words of names that mean a budget, the surest first.
const NAMES: [&str; 9] = [
    "budget",
    "fidelity",
    "resource",
    "rung",
    "epochs",
    "epoch",
    "iterations",
    "iter",
    "steps",
];

/// The budgets of the shown runs; `None` where they do not differ in one.
pub(super) fn budgets(
    ledger: &Ledger,
    shown: &Bits,
    objective: &Column,
    values: &[f64],
    statistic: Statistic,
) -> Option<Budgets> {
    by_column(ledger, shown, values).or_else(|| by_curves(shown, objective, statistic))
}

fn by_column(ledger: &Ledger, shown: &Bits, values: &[f64]) -> Option<Budgets> {
    let sureness = |column: &Column| {
        let words = words(column.name());
        NAMES
            .iter()
            .position(|name| words.iter().any(|word| word == name))
    };
    let mut candidates: Vec<(usize, ColumnId)> = ledger
        .columns_with_ids()
        .filter(|(_, column)| matches!(column.role(), Role::Param | Role::Tag))
        .filter_map(|(id, column)| Some((sureness(column)?, id)))
        .collect();
    order::by_key(&mut candidates, |(sureness, _)| *sureness);
    candidates.into_iter().find_map(|(_, id)| {
        let column = ledger.column(id);
        let budgets = column.numbers();
        let mut levels: Vec<(f64, Vec<usize>)> = Vec::new();
        for row in shown.ones().filter(|row| values[*row].is_finite()) {
            let budget = budgets[row];
            if !budget.is_finite() {
                continue;
            }
            match levels.binary_search_by(|(known, _)| known.total_cmp(&budget)) {
                Ok(place) => levels[place].1.push(row),
                Err(_) if levels.len() > 4 * MOST_LEVELS => return None,
                Err(place) => levels.insert(place, (budget, vec![row])),
            }
        }
        levels.retain(|(_, rows)| rows.len() >= LEAST_RUNS);
        let level = |(budget, rows): &(f64, Vec<usize>)| Level {
            name: format!("{} = {}", column.name(), short_number(*budget)),
            values: of_rows(values, rows),
        };
        (2..=MOST_LEVELS).contains(&levels.len()).then(|| Budgets {
            how: format!(
                "Runs differ in their budget: {} {} says it.",
                column.role().word(),
                column.name()
            ),
            column: Some(id),
            levels: levels.iter().map(level).collect(),
        })
    })
}

fn of_rows(values: &[f64], rows: &[usize]) -> Vec<f64> {
    let mut of_rows = vec![f64::NAN; values.len()];
    for row in rows {
        of_rows[*row] = values[*row];
    }
    of_rows
}

fn by_curves(shown: &Bits, objective: &Column, statistic: Statistic) -> Option<Budgets> {
    let mut ends: Vec<f64> = shown
        .ones()
        .filter_map(|row| objective.summary(row)?.last_step)
        .filter(|end| end.is_finite() && *end > 0.0)
        .collect();
    ends.sort_by(f64::total_cmp);
    let (shortest, longest) = (*ends.first()?, *ends.last()?);
    if shortest >= longest {
        return None;
    }
    let mut steps = ends.clone();
    steps.dedup();
    if steps.len() > MOST_LEVELS {
        // No ladder: thirds of thirds of the longest, each at an end that there is.
        let before = |part: f64| {
            let at = ends.partition_point(|end| *end <= part * longest);
            ends.get(at.saturating_sub(1)).copied()
        };
        steps = [1.0 / 27.0, 1.0 / 9.0, 1.0 / 3.0, 1.0]
            .into_iter()
            .filter_map(before)
            .collect();
        steps.dedup();
    }
    let level = |step: &f64| {
        let mut values = vec![f64::NAN; shown.len()];
        for row in shown.ones() {
            let value = objective.statistic(row, statistic, Until::Step(*step));
            values[row] = value.filter(|value| value.is_finite()).unwrap_or(f64::NAN);
        }
        Level {
            name: format!("step {}", short_number(*step)),
            values,
        }
    };
    let levels: Vec<Level> = steps
        .iter()
        .map(level)
        .filter(|level| count(&level.values) >= LEAST_RUNS)
        .collect();
    (levels.len() > 1).then(|| Budgets {
        how: format!(
            "Runs differ in their budget: the curves of {} end at steps from {} to {}. At each budget are the runs that came so far, so those at a great one had looked good before.",
            objective.name(),
            short_number(shortest),
            short_number(longest)
        ),
        column: None,
        levels,
    })
}

/// Values by configuration rather than by row, so that budgets can be compared: the mean of the runs that agree in all
/// params but `budget`.
pub(super) fn by_configuration(
    ledger: &Ledger,
    budget: Option<ColumnId>,
    values: &[f64],
) -> order::Map<Vec<u64>, f64> {
    let params: Vec<Vec<u64>> = ledger
        .columns_with_ids()
        .filter(|(id, column)| column.role() == Role::Param && Some(*id) != budget)
        .map(|(_, column)| {
            // Equal values have equal codes, whatever their type.
            let mut codes = crate::ledger::Dictionary::default();
            let code = |row: usize| u64::from(codes.code(column.get(row)));
            (0..values.len()).map(code).collect()
        })
        .collect();
    let mut sums: order::Map<Vec<u64>, (f64, f64)> = order::Map::new();
    for (row, value) in values
        .iter()
        .enumerate()
        .filter(|(_, value)| value.is_finite())
    {
        let key = params.iter().map(|codes| codes[row]).collect();
        let (sum, count) = sums.or_default(key);
        *sum += value;
        *count += 1.0;
    }
    let mean = |(key, (sum, count))| (key, sum / count);
    sums.into_iter().map(mean).collect()
}

fn count(values: &[f64]) -> usize {
    values.iter().filter(|value| value.is_finite()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{RunSink, ValueRef};

    fn ledger(write: impl Fn(&mut RunSink<'_>)) -> Ledger {
        let mut made = Ledger::default();
        let mut keep = |part: Ledger| made = part;
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a.csv", "test", 0);
        write(&mut sink);
        sink.finish();
        made
    }

    fn found(ledger: &Ledger) -> Option<Budgets> {
        let shown = Bits::filled(ledger.rows(), true);
        let column = ledger.column(ledger.find(Role::Metric, "loss").unwrap());
        budgets(ledger, &shown, column, &column.numbers(), Statistic::Last)
    }

    #[test]
    fn a_column_of_few_budgets_is_found_by_its_name() {
        let of = |name: &'static str, budget: fn(u32) -> f64| {
            ledger(|sink| {
                for run in 0..40 {
                    let row = sink.add_run();
                    sink.set_named(row, Role::Param, "lr", ValueRef::Number(f64::from(run / 2)));
                    sink.set_named(row, Role::Param, name, ValueRef::Number(budget(run)));
                    sink.set_named(row, Role::Metric, "loss", ValueRef::Number(f64::from(run)));
                }
            })
        };
        let ladder = of("num_epochs", |run| if run % 2 == 0 { 3.0 } else { 9.0 });
        let budgets = found(&ladder).unwrap();
        let names: Vec<&str> = budgets
            .levels
            .iter()
            .map(|level| level.name.as_str())
            .collect();
        assert_eq!(names, ["num_epochs = 3", "num_epochs = 9"]);
        assert_eq!(count(&budgets.levels[1].values), 20);
        // Runs of one lr are one configuration.
        let least = by_configuration(&ladder, budgets.column, &budgets.levels[0].values);
        let most = by_configuration(&ladder, budgets.column, &budgets.levels[1].values);
        assert!(least.len() == 20 && least.keys().eq(most.keys()));
        // A number that differs in every run is no ladder, and another name means no budget.
        assert!(found(&of("num_epochs", f64::from)).is_none());
        assert!(found(&of("width", |run| f64::from(run % 2))).is_none());
    }

    #[test]
    fn curves_that_end_at_different_steps_have_budgets() {
        let curves = |end: fn(usize) -> usize| {
            ledger(|sink| {
                let column = sink.column(Role::Metric, "loss");
                for run in 0..90 {
                    let row = sink.add_run();
                    for step in 1..=end(run) {
                        sink.point(row, column, step as f64, 0, run as f64 / step as f64);
                    }
                }
            })
        };
        let halving = curves(|run| {
            if run < 10 {
                27
            } else if run < 30 {
                9
            } else {
                3
            }
        });
        let budgets = found(&halving).unwrap();
        let runs: Vec<(&str, usize)> = budgets
            .levels
            .iter()
            .map(|level| (level.name.as_str(), count(&level.values)))
            .collect();
        assert_eq!(runs, [("step 3", 90), ("step 9", 30), ("step 27", 10)]);
        assert!((budgets.levels[1].values[5] - 5.0 / 9.0).abs() < 1e-12);
        assert!(found(&curves(|_| 9)).is_none());
        // Ends that lie anywhere get a ladder.
        assert!(found(&curves(|run| 3 + run)).is_some_and(|budgets| budgets.levels.len() == 3));
    }
}
