//! Which params the objective goes along with, at a glance: no model, one param at a time.
//!
//! The test is Kruskal and Wallis's on ranks of the objective between the values of a param (of a number, up to five parts
//! with as many runs each), corrected by Holm for the number of params. The strength is ε², the part of the ranks' variance
//! between the values less what chance gives. It sees effects that turn around, and none that only two params have
//! together. For an order ([`closeness`]) those come first that pass the test uncorrected.

use super::correlation::{Coefficient, average_ranks, eta_squared};
use super::part::Part;
use super::ranking::probability::{chi_squared_above, holm};
use ledger::{Cells, Column, ColumnId, Ledger};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;

/// Of more runs a part says as much.
const MOST: usize = 20_000;

/// So many runs it takes.
const FEWEST: usize = 20;

/// Into how many parts at most the values of a number are put.
const PARTS: f64 = 5.0;

/// How many runs there are at least for each part or value, on average.
const SMALLEST: f64 = 4.0;

/// A param goes along at this level.
const LEVEL: f64 = 0.05;

/// And with at least this part of the variance.
const LEAST: f64 = 0.02;

/// A param that the objective goes along with.
#[derive(Clone, Debug, PartialEq)]
pub struct Association {
    /// The param.
    pub column: ColumnId,
    /// Part of the variance of ranks, 0 to 1.
    pub share: f64,
    /// Of how many runs.
    pub n: usize,
    /// Spearman's correlation, of a number.
    pub slope: Option<f64>,
}

/// A look at one param after the other.
pub struct FirstLook {
    values: Vec<f64>,
    /// The rows that are looked at.
    rows: Vec<usize>,
    found: Vec<(Association, f64)>,
}

impl FirstLook {
    /// At what goes along with `values` (by row, NaN where a run takes no part); of many runs an even part is looked at.
    pub fn new(values: Vec<f64>) -> Self {
        let finite = || (0..values.len()).filter(|row| values[*row].is_finite());
        let part = Part::new(finite().count(), MOST);
        Self {
            rows: finite().filter(|row| part.has(*row)).collect(),
            values,
            found: Vec::new(),
        }
    }

    /// The values.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Looks at a param.
    pub fn look(&mut self, ledger: &Ledger, param: ColumnId) {
        let found = associate(ledger, param, &|row| self.values[row], &self.rows);
        self.found
            .extend(found.filter(|(association, _)| association.n >= FEWEST));
    }

    /// How many params had runs enough to be tested.
    pub fn tested(&self) -> usize {
        self.found.len()
    }

    /// The params that the values go along with beyond chance, of those that were looked at, the strongest first.
    pub fn associations(&self) -> Vec<Association> {
        let probabilities: Vec<f64> = self.found.iter().map(|(_, p)| *p).collect();
        let corrected = holm(&probabilities);
        let mut kept: Vec<Association> = self
            .found
            .iter()
            .zip(corrected)
            .filter(|((association, _), p)| *p < LEVEL && association.share >= LEAST)
            .map(|((association, _), _)| association.clone())
            .collect();
        order::by(&mut kept, |a, b| b.share.total_cmp(&a.share));
        kept
    }
}

/// Of how many runs at most an order by [`closeness`] is made.
pub const ORDERED: usize = 1000;

/// How closely the values of some rows go along with a param, for an order: whether it is more than chance gives to one
/// param, and the strength.
pub fn closeness(
    ledger: &Ledger,
    param: ColumnId,
    values: &dyn Fn(usize) -> f64,
    rows: &[usize],
) -> (bool, f64) {
    associate(ledger, param, values, rows).map_or((false, 0.0), |(association, p)| {
        (p < LEVEL, association.share)
    })
}

/// What [`closeness`] is, for people.
pub const CLOSENESS: &str = "part of the variance of ranks, Kruskal and Wallis";

/// The order of [`closeness`], the closest first.
pub fn closer(a: &(bool, f64), b: &(bool, f64)) -> Ordering {
    b.0.cmp(&a.0).then_with(|| b.1.total_cmp(&a.1))
}

fn associate(
    ledger: &Ledger,
    column: ColumnId,
    values: &dyn Fn(usize) -> f64,
    rows: &[usize],
) -> Option<(Association, f64)> {
    let cells = ledger.column(column);
    let numbers = matches!(cells.cells(), Cells::Number { .. }).then(|| cells.numbers());
    let is_there = |row: &usize| {
        values(*row).is_finite()
            && match &numbers {
                Some(numbers) => numbers.get(*row).is_some_and(|x| x.is_finite()),
                None => !cells.get(*row).is_missing(),
            }
    };
    let rows: Vec<usize> = rows.iter().copied().filter(is_there).collect();
    let objective: Vec<f64> = rows.iter().map(|row| values(*row)).collect();
    let (parts, slope) = match &numbers {
        Some(numbers) => {
            let own: Vec<f64> = rows.iter().map(|row| numbers[*row]).collect();
            (in_parts(&own), Coefficient::Spearman.of(&own, &objective))
        }
        None => (codes(cells, &rows), None),
    };
    let mut sizes: FxHashMap<u32, usize> = FxHashMap::default();
    parts
        .iter()
        .for_each(|part| *sizes.entry(*part).or_default() += 1);
    let (n, k) = (rows.len() as f64, sizes.len() as f64);
    // Of values that hardly recur nothing can be told.
    if k < 2.0 || n < SMALLEST * k {
        return None;
    }
    let between = eta_squared(&parts, &average_ranks(&objective))?;
    let statistic = between * (n - 1.0);
    let share = ((statistic - k + 1.0) / (n - k)).clamp(0.0, 1.0);
    let association = Association {
        column,
        share,
        n: rows.len(),
        slope,
    };
    Some((association, chi_squared_above(statistic, k - 1.0)))
}

/// Numbers by parts of about as many each; equal ones in one.
fn in_parts(numbers: &[f64]) -> Vec<u32> {
    let count = numbers.len() as f64;
    let parts = (count / SMALLEST).floor().min(PARTS);
    average_ranks(numbers)
        .into_iter()
        .map(|rank| (rank * parts / count) as u32)
        .collect()
}

/// The values of a column at some rows, each kind a number of its own.
fn codes(column: &Column, rows: &[usize]) -> Vec<u32> {
    if let Cells::Category { codes, .. } = column.cells() {
        return rows.iter().map(|row| codes[*row]).collect();
    }
    let mut known: FxHashMap<String, u32> = FxHashMap::default();
    let code = |row: &usize| {
        let next = known.len() as u32;
        *known.entry(column.get(*row).to_string()).or_insert(next)
    };
    rows.iter().map(code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::{Role, RunSink, ValueRef};

    /// Runs with params of which `lr` matters, `bend` matters by turning around, `kind` matters as a category.
    fn ledger(runs: u32) -> (Ledger, Vec<ColumnId>) {
        let mut made = Ledger::default();
        let mut keep = |part: Ledger| {
            made.append(part);
        };
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a", "test", 0);
        for at in 0..runs {
            let row = sink.add_run();
            for (name, step) in [("lr", 37), ("bend", 53), ("noise", 71)] {
                let value = f64::from(at * step % 101);
                sink.set_named(row, Role::Param, name, ValueRef::Number(value));
            }
            let kind = ["a", "b", "c"][at as usize * 7 % 3];
            sink.set_named(row, Role::Param, "kind", ValueRef::Text(kind));
        }
        sink.finish();
        let params = made.columns_with_ids().map(|(id, _)| id).collect();
        (made, params)
    }

    fn associations(ledger: &Ledger, params: &[ColumnId], values: &[f64]) -> Vec<Association> {
        let mut look = FirstLook::new(values.to_vec());
        params.iter().for_each(|param| look.look(ledger, *param));
        look.associations()
    }

    #[test]
    fn what_matters_is_found_and_what_does_not_is_not() {
        let (ledger, params) = ledger(101);
        let named = |name: &str| ledger.find(Role::Param, name).unwrap();
        let numbers = |name: &str| ledger.column(named(name)).numbers().into_owned();
        let of = |values: &[f64]| associations(&ledger, &params, values);
        let straight = of(&numbers("lr").iter().map(|x| -x).collect::<Vec<_>>());
        assert_eq!(straight[0].column, named("lr"));
        assert!(straight[0].share > 0.9 && straight[0].slope == Some(-1.0));
        let bent = of(&numbers("bend")
            .iter()
            .map(|x| (x - 50.0).abs())
            .collect::<Vec<_>>());
        assert_eq!((bent[0].column, bent.len()), (named("bend"), 1));
        assert!(bent[0].slope.unwrap().abs() < 0.1);
        let by_kind: Vec<f64> = (0..101)
            .map(|row| {
                let is_b = ledger.column(named("kind")).get(row).text() == Some("b");
                f64::from(u8::from(is_b)) + row as f64 * 29.0 % 101.0 / 1000.0
            })
            .collect();
        assert_eq!(of(&by_kind)[0].column, named("kind"));
        let chance: Vec<f64> = (0..101).map(|at| f64::from(at * at * 17 % 101)).collect();
        assert_eq!(of(&chance), []);
        assert_eq!(of(&vec![1.0; 101]), []);
    }

    #[test]
    fn what_turns_around_is_closer_than_noise() {
        let (ledger, params) = ledger(101);
        let bend = ledger.find(Role::Param, "bend").unwrap();
        let values: Vec<f64> = ledger
            .column(bend)
            .numbers()
            .iter()
            .map(|x| (x - 50.0).abs())
            .collect();
        let rows: Vec<usize> = (0..101).collect();
        let mut found: Vec<((bool, f64), ColumnId)> = params
            .iter()
            .map(|param| {
                (
                    closeness(&ledger, *param, &|row| values[row], &rows),
                    *param,
                )
            })
            .collect();
        found.sort_by(|(a, _), (b, _)| closer(a, b));
        assert_eq!(found[0].1, bend);
        assert!(found[0].0.0 && found[0].0.1 > 0.8, "{found:?}");
        assert!(!found[1].0.0, "{found:?}");
    }

    #[test]
    fn a_dozen_runs_say_nothing_but_have_an_order() {
        let (ledger, params) = ledger(12);
        let numbers = ledger.column(params[0]).numbers().into_owned();
        assert_eq!(associations(&ledger, &params, &numbers), []);
        let rows: Vec<usize> = (0..12).collect();
        assert!(closeness(&ledger, params[0], &|row| numbers[row], &rows).1 > 0.5);
    }
}
