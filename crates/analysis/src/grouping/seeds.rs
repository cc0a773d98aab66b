//! Seeds, or folds, that several configurations were run with: a run of one and a run of another with the same seed are a pair.

use super::{Groups, NO_GROUP, SEED_LIKE};
use ledger::{Bits, ColumnId, Ledger};

/// Fewer pairs say less than all runs of both.
pub const FEWEST_PAIRS: usize = 3;

/// What makes pairs of runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Seeds {
    /// The params: the same values in all of them make a pair.
    pub columns: Vec<ColumnId>,
    /// The values of each row by number; [`NO_GROUP`] where it has none.
    pub of_row: Vec<u32>,
}

/// The number of a run's seed.
pub fn seed_of(seeds: Option<&Seeds>, row: u32) -> u32 {
    let seed = seeds.and_then(|seeds| seeds.of_row.get(row as usize));
    seed.copied().unwrap_or(NO_GROUP)
}

impl Seeds {
    /// Those by which most runs of these configurations are in pairs: one of the params like a seed, which are among `others`
    /// ([`super::replicate_keys`]), or those together that recur. `None` where no two configurations have pairs.
    pub fn shared(
        ledger: &Ledger,
        others: &[(ColumnId, &'static str)],
        members: &[Vec<u32>],
    ) -> Option<Self> {
        let seeds = others.iter().filter(|(_, reason)| *reason == SEED_LIKE);
        let mut to_try: Vec<Vec<ColumnId>> = seeds.map(|(id, _)| vec![*id]).collect();
        let repeated = || members.iter().filter(|rows| rows.len() >= FEWEST_PAIRS);
        repeated().nth(1)?;
        let mut together = Vec::new();
        let mut found: Option<(usize, Self)> = None;
        while let Some(columns) = to_try.pop() {
            let mut rows = Bits::filled(ledger.rows(), false);
            for row in repeated().flatten().map(|row| *row as usize) {
                let has = |id: &ColumnId| !ledger.column(*id).get(row).is_missing();
                rows.set(row, columns.iter().any(has));
            }
            let groups = Groups::new(ledger, &columns, &rows);
            if let [one] = columns[..] {
                // What is another in each run, as a trial's number, would take all pairs apart.
                together.extend((groups.count() < rows.count()).then_some(one));
                if to_try.is_empty() && together.len() > 1 {
                    to_try.push(std::mem::take(&mut together));
                }
            }
            let mut of_seed = vec![0_usize; groups.count()];
            for rows in repeated() {
                if let Some(seeds) = once_each(rows, &groups) {
                    seeds.iter().for_each(|seed| of_seed[*seed as usize] += 1);
                }
            }
            let shared: usize = of_seed.into_iter().filter(|count| *count > 1).sum();
            if shared > found.as_ref().map_or(0, |(most, _)| *most) {
                let of_row = groups.of_row;
                found = Some((shared, Self { columns, of_row }));
            }
        }
        found.map(|(_, seeds)| seeds)
    }
}

/// The seeds of these rows; `None` where one is there twice: which belong together is not known then.
fn once_each(rows: &[u32], groups: &Groups) -> Option<Vec<u32>> {
    let of_rows = rows.iter().map(|row| groups.of_row[*row as usize]);
    let mut seeds: Vec<u32> = of_rows.filter(|seed| *seed != NO_GROUP).collect();
    seeds.sort_unstable();
    let are_different = seeds.windows(2).all(|two| two[0] != two[1]);
    are_different.then_some(seeds)
}

#[cfg(test)]
mod tests {
    use super::super::replicate_keys;
    use super::*;
    use ledger::{Role, RunSink, ValueRef};

    /// By which params two configurations of so many runs are in pairs; each run has a seed, a fold, and an id of its trial.
    fn shared(runs: &[(f64, f64, f64)]) -> Vec<String> {
        let mut ledger = Ledger::default();
        let mut keep = |part: Ledger| {
            ledger.append(part);
        };
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a", "test", 0);
        for (at, (lr, seed, fold)) in runs.iter().enumerate() {
            let row = sink.run(&at.to_string());
            for (name, value) in [
                ("lr", *lr),
                ("trial", at as f64),
                ("seed", *seed),
                ("fold", *fold),
            ] {
                if value.is_finite() {
                    sink.set_named(row, Role::Param, name, ValueRef::Number(value));
                }
            }
        }
        sink.finish();
        let (keys, others) = replicate_keys(&ledger, &[]);
        let all = Bits::filled(ledger.rows(), true);
        let groups = Groups::new(&ledger, &keys, &all);
        let mut members = vec![Vec::new(); groups.count()];
        for (row, group) in groups.of_row.iter().enumerate() {
            members[*group as usize].push(row as u32);
        }
        let found = Seeds::shared(&ledger, &others, &members);
        let names = found.iter().flat_map(|seeds| &seeds.columns);
        names
            .map(|id| ledger.column(*id).name().to_owned())
            .collect()
    }

    #[test]
    fn runs_are_in_pairs_by_what_most_of_them_share() {
        let runs = |seed: fn(usize) -> f64, fold: fn(usize) -> f64| -> Vec<(f64, f64, f64)> {
            (0..12)
                .map(|at| ((at / 6) as f64, seed(at), fold(at)))
                .collect()
        };
        let of_configuration = |at: usize| (at % 6) as f64;
        assert_eq!(shared(&runs(of_configuration, |_| 0.0)), ["seed"]);
        assert_eq!(shared(&runs(|at| at as f64, of_configuration)), ["fold"]);
        // Three folds of each of two seeds: neither alone says which runs belong together.
        let mut crossed = shared(&runs(|at| (at % 2) as f64, |at| (at % 6 / 2) as f64));
        crossed.sort_unstable();
        assert_eq!(crossed, ["fold", "seed"]);
        // Seeds of their own, or a seed that is there twice, make no pairs.
        assert!(shared(&runs(|at| at as f64, |_| 0.0)).is_empty());
        assert!(shared(&runs(|at| (at % 3) as f64, |_| 0.0)).is_empty());
    }
}
