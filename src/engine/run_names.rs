//! What the rows of an address mean: rows are numbered as files were read, so an address names its runs beside them by id and
//! source, and whoever has the same files in another order sees the same runs.

use super::view::{escape, unescape};
use crate::ledger::{Ledger, attribute};
use serde::{Deserialize, Serialize};

/// Rows from here on are of runs that an address names and that are not here, or not yet.
pub const NOWHERE: usize = 4_000_000_000;

/// How many runs an address names.
const MOST: usize = 400;

/// How many letters of an id or a source it has.
const LONGEST: usize = 120;

/// How many letters all of it has.
const LONGEST_WORDS: usize = 24 * 1024;

/// What a row of an address means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunName {
    /// The row, as the address has it.
    pub row: usize,
    /// The run's id.
    pub id: String,
    /// The name of the file or folder that it was read from first.
    pub source: String,
}

/// What rows of an address mean.
pub type RunNames = Vec<RunName>;

/// Where runs are that an address names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// Rows as they were asked for, each with what it is here.
    pub rows: Vec<(usize, usize)>,
    /// What these mean.
    pub names: RunNames,
    /// The runs that are not here, for people.
    pub lost: Vec<String>,
    /// The rows that are set aside, where they are wanted and not too many for an address.
    pub aside: Vec<usize>,
}

impl RunName {
    /// That of a run of this ledger.
    fn of(ledger: &Ledger, row: usize) -> Self {
        let at = ledger.source_of(row);
        let source = ledger.sources().get(at);
        let place = || (0..row).filter(|row| ledger.source_of(*row) == at).count();
        Self {
            row,
            id: id_of(ledger, row).unwrap_or_else(|| numbered(place())),
            source: source.map_or_else(String::new, |source| last_part(source.place())),
        }
    }

    fn told(&self) -> String {
        let Self { id, source, .. } = self;
        format!("{id} of {source}")
    }
}

/// What these rows, as an address has them, are in this ledger. What a row is that nothing is known of is what it is here; not while
/// `is_partial`: files are still to come that may be read before these.
pub(super) fn place(
    ledger: &Ledger,
    rows: &[usize],
    known: &[RunName],
    is_partial: bool,
) -> Placed {
    let mut placed = Placed::default();
    let mut sought: Vec<(usize, &RunName)> = Vec::new();
    let mut seen = order::Set::new();
    for row in rows.iter().filter(|row| seen.insert(**row)).take(MOST) {
        match known.iter().find(|name| name.row == *row) {
            None if is_partial || *row >= ledger.rows() => {}
            Some(name) if *row >= ledger.rows() || RunName::of(ledger, *row) != *name => {
                sought.push((*row, name));
            }
            _ => placed.put(*row, RunName::of(ledger, *row)),
        }
    }
    if sought.is_empty() {
        return placed;
    }
    // Of each that is sought: the run of that id and source, and how many of that id are of others, with the last of them.
    let mut found: Vec<(Option<usize>, usize, usize)> = vec![(None, 0, 0); sought.len()];
    let ids = sought.iter().enumerate();
    let mut by_id: Vec<(&str, usize)> = ids.map(|(at, (_, name))| (&*name.id, at)).collect();
    order::by(&mut by_id, Ord::cmp);
    let sources = ledger.sources().iter();
    let mut sources: Vec<(String, usize)> = sources
        .map(|source| (last_part(source.place()), 0))
        .collect();
    for row in 0..ledger.rows() {
        let Some((source, runs)) = sources.get_mut(ledger.source_of(row)) else {
            continue;
        };
        let id = id_of(ledger, row).unwrap_or_else(|| numbered(*runs));
        *runs += 1;
        let first = by_id.partition_point(|(known, _)| **known < *id);
        for (_, at) in by_id[first..].iter().take_while(|(known, _)| *known == id) {
            let (exact, others, other) = &mut found[*at];
            if *source != sought[*at].1.source {
                (*others, *other) = (*others + 1, row);
            } else if exact.is_none() {
                *exact = Some(row);
            }
        }
    }
    for ((row, name), (exact, others, other)) in sought.into_iter().zip(found) {
        // A run of two sources is of whichever was read first. Of a source that is not here, an id tells its run unless it is a
        // number, which many files have.
        let is_likely = || {
            let mut known = ledger.sources().iter().zip(&sources);
            let of_name = known.find(|(_, (source, _))| *source == name.source);
            let is_number = |letter: char| letter.is_ascii_digit() || letter == '#';
            of_name.map_or(!name.id.chars().all(is_number), |(source, _)| {
                let of = ledger.sources().get(ledger.source_of(other));
                let mut shared = source.shared.iter();
                of.is_some_and(|of| shared.any(|shared| shared.path == of.path))
            })
        };
        let is_one = !is_partial && others == 1 && is_likely();
        if let Some(here) = exact.or(is_one.then_some(other)) {
            placed.put(row, RunName::of(ledger, here));
        } else {
            let nowhere = NOWHERE + placed.lost.len();
            placed.lost.push(name.told());
            placed.put(
                row,
                RunName {
                    row: nowhere,
                    ..name.clone()
                },
            );
        }
    }
    placed
}

impl Placed {
    fn put(&mut self, row: usize, name: RunName) {
        self.rows.push((row, name.row));
        // Two may be one run here.
        if self.names.iter().all(|known| known.row != name.row) {
            self.names.push(name);
        }
    }
}

/// Moves names out of the way, to rows that are nowhere, and says to which: their own are those of other files, or of files in
/// another order.
pub(super) fn unplaced(names: &mut [RunName]) -> Vec<(usize, usize)> {
    let places = names.iter_mut().enumerate();
    let moved = places.map(|(at, name)| {
        let before = std::mem::replace(&mut name.row, NOWHERE + at);
        (before, name.row)
    });
    moved.collect()
}

/// As a part of an address: the rows that it has.
pub(super) fn words(names: &[RunName], rows: &[usize]) -> String {
    let mut words = String::new();
    let named = names.iter().filter(|name| rows.contains(&name.row));
    for name in named.take(MOST) {
        let word = format!("{}:{}:{}", name.row, escape(&name.id), escape(&name.source));
        if words.len() + word.len() > LONGEST_WORDS {
            break;
        }
        if !words.is_empty() {
            words.push(',');
        }
        words.push_str(&word);
    }
    words
}

/// What a part of an address spells.
pub(super) fn from_words(words: &str) -> RunNames {
    let name = |part: &str| {
        let mut parts = part.splitn(3, ':');
        Some(RunName {
            row: parts.next()?.parse().ok()?,
            id: bounded(&unescape(parts.next()?)),
            source: bounded(&unescape(parts.next()?)),
        })
    };
    let mut names = RunNames::new();
    for name in words.split(',').take(MOST).filter_map(name) {
        if names.iter().all(|known| known.row != name.row) {
            names.push(name);
        }
    }
    names
}

/// The id that a run's source gives it, if it does.
fn id_of(ledger: &Ledger, row: usize) -> Option<String> {
    let id = ledger.attribute(attribute::ID)?.get(row);
    (!id.is_missing()).then(|| bounded(&id.to_string()))
}

/// The id of a run without one: which one of its source it is.
fn numbered(place: usize) -> String {
    format!("#{}", place + 1)
}

/// How a file or folder is called without where it lies: that differs between people.
fn last_part(path: &str) -> String {
    let path = path.trim_end_matches('/');
    bounded(path.rsplit('/').next().unwrap_or(path))
}

fn bounded(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Role, RunSink, ValueRef};

    fn part(path: &str, ids: &[&str]) -> Ledger {
        let mut made = None;
        let mut keep = |ledger: Ledger| made = Some(ledger);
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source(path, "test", 0);
        let lr = sink.column(Role::Param, "lr");
        for (at, id) in ids.iter().enumerate() {
            // Files share ids and no run.
            let row = if id.is_empty() {
                sink.add_run()
            } else {
                sink.run(id)
            };
            sink.set(row, lr, ValueRef::Number((path.len() * 10 + at) as f64));
        }
        sink.finish();
        made.unwrap()
    }

    fn ledger(parts: &[(&str, &[&str])]) -> Ledger {
        let mut all = Ledger::default();
        for (path, ids) in parts {
            all.append(part(path, ids));
        }
        all
    }

    const NIGHT: (&str, &[&str]) = ("a/night.csv", &["0", "run-b", "2"]);
    const OTHER: (&str, &[&str]) = ("other.csv", &["0", "1", "2", "7"]);

    fn rows(placed: &Placed) -> Vec<usize> {
        placed.rows.iter().map(|(_, here)| *here).collect()
    }

    #[test]
    fn runs_are_found_by_id_and_source_in_whichever_order_files_came() {
        let sent = ledger(&[NIGHT, OTHER]);
        let named = place(&sent, &[1, 2, 5, 99], &[], false);
        // What is no row has no name, and stays what it is.
        assert_eq!(named.rows, [(1, 1), (2, 2), (5, 5)]);
        let words = words(&named.names, &[1, 2, 5]);
        assert_eq!(words, "1:run-b:night.csv,2:2:night.csv,5:2:other.csv");
        let known = from_words(&words);
        assert_eq!(known, named.names);
        assert_eq!(place(&sent, &[1, 2, 5], &known, false), named);

        let received = ledger(&[OTHER, ("b/night.csv", NIGHT.1)]);
        let found = place(&received, &[1, 2, 5], &known, false);
        assert_eq!(rows(&found), [5, 6, 2]);
        assert!(found.lost.is_empty());
        assert_eq!(
            place(&received, &rows(&found), &found.names, false).rows,
            [(5, 5), (6, 6), (2, 2)]
        );
    }

    #[test]
    fn runs_without_ids_are_told_by_their_places_in_their_files() {
        let (plain, other) = (("plain.csv", ["", "", ""]), ("more.csv", ["", ""]));
        let sent = ledger(&[(plain.0, &plain.1), (other.0, &other.1)]);
        let named = place(&sent, &[1, 4], &[], false);
        assert_eq!(
            words(&named.names, &[1, 4]),
            "1:%232:plain.csv,4:%232:more.csv"
        );
        let received = ledger(&[(other.0, &other.1), (plain.0, &plain.1)]);
        assert_eq!(
            rows(&place(&received, &[1, 4], &named.names, false)),
            [3, 1]
        );
    }

    #[test]
    fn runs_that_are_not_there_are_no_others() {
        let known = place(&ledger(&[NIGHT, OTHER]), &[1, 2, 5], &[], false).names;
        // The number 2 is another run there.
        let other = ledger(&[OTHER]);
        let found = place(&other, &[1, 2, 5], &known, true);
        assert_eq!(rows(&found), [NOWHERE, NOWHERE + 1, 2]);
        assert_eq!(found.lost, ["run-b of night.csv", "2 of night.csv"]);
        assert_eq!(rows(&place(&other, &[2], &known, false)), [NOWHERE]);
        // They are found once their file is there.
        let both = ledger(&[OTHER, NIGHT]);
        let all = place(&both, &rows(&found), &found.names, false);
        assert_eq!(rows(&all), [2, 5, 6]);
        // A source that is here and has it not has lost it, whichever other has one of its id.
        let less = ledger(&[OTHER, ("night.csv", &["0"]), ("more.csv", &["run-b"])]);
        assert_eq!(rows(&place(&less, &[1], &known, false)), [NOWHERE]);
        // An id that is more than a number is looked for in a file of another name, where all files are there and one has it.
        let renamed = ledger(&[("night (1).csv", NIGHT.1)]);
        assert_eq!(rows(&place(&renamed, &[1, 2], &known, false)), [1, NOWHERE]);
        assert_eq!(rows(&place(&renamed, &[1], &known, true)), [NOWHERE]);
        // Before all are there, a row without a name is not known to be what it is here.
        assert!(place(&other, &[3], &[], true).rows.is_empty());
    }

    #[test]
    fn a_run_of_two_sources_is_found_whichever_was_read_first() {
        let ids: [&str; 2] = ["1", "2"];
        let (one, two) = (("s/aa.csv", &ids[..]), ("s/bb.csv", &ids[..]));
        let (sent, received) = (ledger(&[one, two]), ledger(&[two, one]));
        assert_eq!(
            (sent.rows(), received.rows()),
            (2, 2),
            "they are the same runs"
        );
        let known = place(&sent, &[1], &[], false).names;
        assert_eq!(known[0].source, "aa.csv");
        assert_eq!(rows(&place(&received, &[1], &known, false)), [1]);
    }

    #[test]
    fn an_address_is_bounded_whoever_wrote_it() {
        let hostile = from_words(&"7:a:b,,x:y:z,8:,9:%E2%82:c:d,".repeat(1000));
        let rows: Vec<usize> = hostile.iter().map(|name| name.row).collect();
        assert_eq!(rows, [7, 9]);
        let many: RunNames = (0..2 * MOST)
            .map(|row| RunName {
                row,
                id: "x".repeat(300),
                source: String::new(),
            })
            .collect();
        let rows: Vec<usize> = (0..2 * MOST).collect();
        assert!(words(&many, &rows).len() <= LONGEST_WORDS);
        assert_eq!(
            unplaced(&mut from_words("5:a:b,9:c:d")),
            [(5, NOWHERE), (9, NOWHERE + 1)]
        );
    }
}
