//! Which runs are replicates of one configuration.
//!
//! Runs that agree in all params but those that are like a seed (they change the noise alone), like an output (a name, a
//! path, an id: they change nothing) or a result (it is another in every run). Trackers have runs with a part of the params only: one that wrote its params by an
//! older program, or died before it had written all. Such runs are of one configuration where their source says so: runs of
//! one group of it, with other seeds, that agree in every param which several of them have.

use super::{Groups, NO_GROUP, row_codes};
use crate::oddities::leaks;
use ledger::{Cells, Column, ColumnId, Ledger, MISSING, Role, attribute};
use rustc_hash::FxHashMap;

/// Words in names of params that change the noise alone.
const LIKE_A_SEED: &[&str] = &[
    "seed",
    "seeds",
    "rng",
    "replicate",
    "replica",
    "repeat",
    "trial",
    "fold",
];

/// Words beside those that make a number of repeats of them, which is a choice.
const COUNTS: &[&str] = &["n", "k", "num", "number", "count", "max", "total"];

/// The reason why a param like a seed does not part replicates.
pub const SEED_LIKE: &str = "like a seed";

/// The reason why a param that is the objective, or has its order, does not part them.
pub const GIVES_AWAY: &str = "gives the objective away";

/// Words in names of params that say where a run writes or ran.
const LIKE_AN_OUTPUT: &[&str] = &[
    "output",
    "outputs",
    "logdir",
    "logs",
    "logging",
    "savedir",
    "save",
    "workdir",
    "uuid",
    "id",
    "host",
    "hostname",
    "timestamp",
    "device",
    "notes",
];

/// Whole names of params that are what a run is called.
const NAMES: &[&str] = &[
    "name",
    "run_name",
    "exp_name",
    "experiment_name",
    "expname",
    "log_dir",
    "work_dir",
    "project",
];

/// Why a param does not part replicates, where it does not.
pub fn parts_no_replicates(column: &Column) -> Option<&'static str> {
    let name = column.name().to_ascii_lowercase();
    let words = || name.split(|c: char| !c.is_ascii_alphanumeric());
    let has = |list: &[&str]| words().any(|word| list.contains(&word));
    let is_state = name.ends_with("random_state") || name.ends_with("randomstate");
    let is_seed = has(LIKE_A_SEED) && !has(COUNTS);
    if is_seed || is_state || name.ends_with("seed") {
        return Some(SEED_LIKE);
    }
    // A device may matter where it is a choice of few numbers; a path or a name is text.
    let is_text = matches!(column.cells(), Cells::Category { .. } | Cells::Text { .. });
    if is_text && (has(LIKE_AN_OUTPUT) || NAMES.contains(&name.as_str())) {
        return Some("like an output");
    }
    let present = column.present().count();
    let all_differ = match column.cells() {
        Cells::Category { codes, dictionary } => {
            present > 2 && dictionary.values().len() >= present && codes.len() == present
        }
        Cells::Text { .. } => true,
        _ => false,
    };
    all_differ.then_some("a text of its own in every run")
}

/// Whether a column says how much an evaluation was given, as SMAC notes it beside the configuration: more of it is another
/// experiment and no replicate.
pub fn is_budget(column: &Column) -> bool {
    column.role() == Role::Tag && column.name() == "budget"
}

/// Whether runs that differ in a column are not one run there twice, though neither a param nor a result says so.
pub fn tells_runs_apart(column: &Column) -> bool {
    column.role() == Role::Tag && matches!(column.name(), "budget" | "instance" | "seed")
}

/// Params that tell no replicates apart, with the reason.
pub type Others = Vec<(ColumnId, &'static str)>;

/// The columns by which replicates are told apart, and the other params with the reason. `values` are the objective's, one a
/// run; none where there is no objective.
pub fn replicate_keys(ledger: &Ledger, values: &[f64]) -> (Vec<ColumnId>, Others) {
    let (mut keys, mut others) = (Vec::new(), Others::new());
    for (id, column) in ledger.columns_with_ids() {
        let is_key = column.role() == Role::Param || is_budget(column);
        if !is_key || column.formula().is_some() || !column.spread().varies {
            continue;
        }
        match parts_no_replicates(column) {
            None => keys.push(id),
            Some(reason) => others.push((id, reason)),
        }
    }
    let given_away = leaks(ledger, &keys, values);
    // What has the objective's order alone may be the one param that moves it, unless others and seeds were tried with it.
    let is_tried = seeds_vary(&others) && given_away.len() < keys.len();
    for leak in given_away.iter().filter(|leak| leak.is_equal || is_tried) {
        keys.retain(|key| *key != leak.column);
        others.push((leak.column, GIVES_AWAY));
    }
    (keys, others)
}

/// Whether a param that is like a seed differs: runs that agree in all else are replicates, even where nothing else varies.
pub fn seeds_vary(others: &[(ColumnId, &'static str)]) -> bool {
    others.iter().any(|(_, reason)| *reason == SEED_LIKE)
}

/// The groups, in which a run of which no param is known is alone: nothing says that it is like another.
fn parted_without_params(ledger: &Ledger, mut groups: Groups) -> Groups {
    let grouped = groups.of_row.iter().filter(|group| **group != NO_GROUP);
    if grouped.count() == groups.count() {
        // Each is alone.
        return groups;
    }
    let is_param = |column: &&Column| column.role() == Role::Param;
    let params: Vec<&Column> = ledger.columns().iter().filter(is_param).collect();
    let mut is_met = vec![false; groups.count()];
    for row in 0..groups.of_row.len() {
        let group = groups.of_row[row];
        let Some(is_met) = is_met.get_mut(group as usize) else {
            continue;
        };
        // All runs of a group know the same params: of most the first tells it.
        let first = groups.first[group as usize] as usize;
        let is_further = std::mem::replace(is_met, true) && first != row;
        if is_further && params.iter().all(|param| param.get(row).is_missing()) {
            groups.of_row[row] = groups.first.len() as u32;
            groups.first.push(row as u32);
        }
    }
    groups
}

/// Joins groups that [`replicate_keys`] took apart only since some runs lack params, where the source has them in one group
/// of its own; also how many are gone. `keys` and `others` are those that it told.
pub fn joined_by_source(
    ledger: &Ledger,
    groups: Groups,
    keys: &[ColumnId],
    others: &[(ColumnId, &'static str)],
) -> (Groups, usize) {
    let groups = parted_without_params(ledger, groups);
    let Some(source) = ledger.attribute(attribute::GROUP) else {
        return (groups, 0);
    };
    let mut candidates = Candidates::new(&groups, row_codes(source, ledger.rows()));
    if candidates.rows.is_empty() {
        return (groups, 0);
    }
    for key in keys {
        candidates.agree_in(ledger.column(*key));
    }
    let seeds = others.iter().filter(|(_, reason)| *reason == SEED_LIKE);
    let seeds = seeds.map(|(id, _)| row_codes(ledger.column(*id), ledger.rows()));
    candidates.have_other_seeds(&groups, &seeds.collect::<Vec<_>>());
    candidates.join(groups)
}

/// Groups of the source that may be one configuration.
struct Candidates {
    /// The source's group of each row by number, or [`MISSING`].
    sources: Vec<u32>,
    /// Whether each may be.
    may_be: Vec<bool>,
    /// The rows of those that may be.
    rows: Vec<usize>,
}

impl Candidates {
    /// Groups of the source that hold several of `groups`, and these whole.
    fn new(groups: &Groups, sources: Vec<u32>) -> Self {
        let known = || sources.iter().filter(|source| **source != MISSING);
        let count = known().max().map_or(0, |most| *most as usize + 1);
        let mut candidates = Self {
            rows: (0..sources.len())
                .filter(|row| groups.of_row[*row] != NO_GROUP)
                .collect(),
            may_be: vec![true; count],
            sources,
        };
        let mut source_of = vec![None; groups.count()];
        let mut first_of = vec![NO_GROUP; count];
        let mut holds_several = vec![false; count];
        let mut is_split = vec![false; count];
        for row in &candidates.rows {
            let (group, source) = (groups.of_row[*row], candidates.sources[*row]);
            let known = *source_of[group as usize].get_or_insert(source);
            for source in [known, source].iter().filter(|_| known != source) {
                if let Some(is_split) = is_split.get_mut(*source as usize) {
                    *is_split = true;
                }
            }
            if source != MISSING {
                let first = &mut first_of[source as usize];
                *first = if *first == NO_GROUP { group } else { *first };
                holds_several[source as usize] |= *first != group;
            }
        }
        candidates.keep(|source| holds_several[source] && !is_split[source]);
        candidates
    }

    /// Keeps those that may still be.
    fn keep(&mut self, may_be: impl Fn(usize) -> bool) {
        for (source, may) in self.may_be.iter_mut().enumerate() {
            *may &= may_be(source);
        }
        let Self {
            sources, may_be, ..
        } = self;
        let is_kept = |row: &usize| may_be.get(sources[*row] as usize) == Some(&true);
        self.rows.retain(is_kept);
    }

    /// Keeps those in which a column has at most one value.
    fn agree_in(&mut self, column: &Column) {
        let mut first: Vec<Option<usize>> = vec![None; self.may_be.len()];
        let mut agree = vec![true; self.may_be.len()];
        for &row in &self.rows {
            let (source, value) = (self.sources[row] as usize, column.get(row));
            if !value.is_missing() {
                let first = *first[source].get_or_insert(row);
                agree[source] &= column.get(first).is_same(value);
            }
        }
        self.keep(|source| agree[source]);
    }

    /// Keeps those in which each run has a seed, by one of these columns, which runs of its other groups do not have.
    fn have_other_seeds(&mut self, groups: &Groups, seeds: &[Vec<u32>]) {
        let mut have = vec![false; self.may_be.len()];
        for codes in seeds {
            let mut by_seed: FxHashMap<(u32, u64), u32> = FxHashMap::default();
            let mut has = vec![true; self.may_be.len()];
            for &row in &self.rows {
                let (source, group) = (self.sources[row], groups.of_row[row]);
                let known = by_seed.entry((source, u64::from(codes[row])));
                has[source as usize] &= codes[row] != MISSING && *known.or_insert(group) == group;
            }
            have.iter_mut()
                .zip(has)
                .for_each(|(have, has)| *have |= has);
        }
        self.keep(|source| have[source]);
    }

    /// The groups with all of a candidate in one, and how many are gone.
    fn join(self, groups: Groups) -> (Groups, usize) {
        let mut first_of = vec![NO_GROUP; self.may_be.len()];
        let mut joins: Vec<u32> = (0..groups.count() as u32).collect();
        for row in self.rows {
            let group = groups.of_row[row];
            let first = &mut first_of[self.sources[row] as usize];
            *first = if *first == NO_GROUP { group } else { *first };
            joins[group as usize] = *first;
        }
        let mut made = Groups::default();
        // A group joins one before it.
        for (group, first) in groups.first.iter().enumerate() {
            joins[group] = if joins[group] == group as u32 {
                made.first.push(*first);
                made.first.len() as u32 - 1
            } else {
                joins[joins[group] as usize]
            };
        }
        let joined = |group: &u32| joins.get(*group as usize).copied().unwrap_or(NO_GROUP);
        made.of_row = groups.of_row.iter().map(joined).collect();
        let gone = groups.count() - made.count();
        (made, gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::{Bits, RunSink, ValueRef};

    /// The configurations of runs, a letter for each; of each run its group at its source, then params as `name=value`.
    fn configurations(runs: &[&str]) -> (String, usize) {
        let mut ledger = Ledger::default();
        let mut keep = |part: Ledger| {
            ledger.append(part);
        };
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a", "test", 0);
        for (at, run) in runs.iter().enumerate() {
            let row = sink.run(&at.to_string());
            let mut words = run.split(' ');
            let source = words.next().filter(|word| *word != "-");
            let source = source.map(|word| (Role::Attribute, attribute::GROUP, word));
            let params = words.map(|word| word.split_once('=').unwrap());
            let params = params.map(|(name, value)| (Role::Param, name, value));
            for (role, name, value) in source.into_iter().chain(params) {
                let value = value
                    .parse()
                    .map_or(ValueRef::Text(value), ValueRef::Number);
                sink.set_named(row, role, name, value);
            }
        }
        sink.finish();
        let (keys, others) = replicate_keys(&ledger, &[]);
        let all = Bits::filled(ledger.rows(), true);
        let groups = Groups::new(&ledger, &keys, &all);
        let (groups, gone) = joined_by_source(&ledger, groups, &keys, &others);
        let letter = |group: &u32| char::from(b'a' + *group as u8);
        let first = |group: u32| groups.of_row.iter().position(|of| *of == group).unwrap();
        for (group, row) in groups.first.iter().enumerate() {
            assert_eq!(*row as usize, first(group as u32));
        }
        (groups.of_row.iter().map(letter).collect(), gone)
    }

    #[test]
    fn runs_that_lack_params_are_replicates_where_their_source_says_so() {
        let joined = [
            "one lr=1 seed=1",
            "two lr=2 seed=1 width=8",
            "one lr=1 seed=2 width=8",
            "two lr=2 seed=2",
            "one seed=3 lr=1 late=5",
        ];
        assert_eq!(configurations(&joined), ("ababa".to_owned(), 3));
        // Without groups at the source absent is a value as any other.
        let alone = joined.map(|run| run.replacen("one", "-", 1).replacen("two", "-", 1));
        let alone: Vec<&str> = alone.iter().map(String::as_str).collect();
        assert_eq!(configurations(&alone), ("abcde".to_owned(), 0));
    }

    #[test]
    fn what_differs_is_never_joined() {
        for apart in [
            // A sweep as one group: a param has two values.
            [
                "g lr=1 seed=1",
                "g lr=2 seed=2 width=8",
                "g lr=1 seed=3 width=8",
            ],
            // An ablation: each with the same seed, and what was switched on.
            [
                "g lr=1 seed=1",
                "g lr=1 seed=1 trick=1",
                "g lr=1 seed=1 other=1",
            ],
            // One has no seed.
            ["g lr=1 seed=1", "g lr=1 trick=1", "g lr=1 seed=2 other=1"],
            // No seed at all.
            ["g lr=1", "g lr=1 trick=1", "g lr=1 other=1"],
        ] {
            assert_eq!(configurations(&apart), ("abc".to_owned(), 0), "{apart:?}");
        }
        // Groups that part the same configuration part no configurations.
        let split = ["g lr=1 seed=1", "h lr=1 seed=2", "h lr=1 seed=3 late=1"];
        assert_eq!(configurations(&split), ("aab".to_owned(), 0));
        let no_group = ["- lr=1 seed=1", "h lr=1 seed=2", "h lr=1 seed=3 late=1"];
        assert_eq!(configurations(&no_group), ("aab".to_owned(), 0));
    }
}
