//! Reading again what has grown: runs that are there are brought up to date in place, so that what was said of them and
//! pointed at stays, and new ones are added.
//!
//! What a file no longer says of a run stays as it was read: files that are being written lack things for a moment. So do runs
//! that no file has any more; which these are is known ([`Ledger::gone`]).

use super::append::is_given_away;
use super::identity::{Before, Evidence, Joined, SharedRuns};
use super::{Appended, Bits, ColumnName, Ledger, Role, SourceRecord};

/// One look at files that have grown: all parts of what is read again come under one.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// The files that are read, in order.
    paths: Vec<String>,
    /// Those that are there no more.
    left: Vec<String>,
    /// The sources of which something came, each with its bytes.
    sources: Vec<(u64, u64)>,
    /// The rows that were met.
    taken: Bits,
    changed: Bits,
    rows_before: Option<usize>,
}

/// What a drop reads again.
#[derive(Clone, Debug, Default)]
pub struct Again {
    look: Look,
    /// By the number of a source of the drop, that of the source that it is.
    numbers: order::Map<u64, Option<u64>>,
}

impl Look {
    /// A look at these files, while those `left` which had been there.
    pub fn new(mut paths: Vec<String>, left: Vec<String>) -> Self {
        order::by(&mut paths, Ord::cmp);
        Self {
            paths,
            left,
            ..Self::default()
        }
    }

    /// How many runs are new, and how many of those that were there are not as they were.
    pub fn runs(&self) -> (usize, usize) {
        let before = self.rows_before.unwrap_or_default();
        let changed = self.changed.ones().filter(|row| *row < before).count();
        (self.taken.len().saturating_sub(before), changed)
    }

    /// Whether it is at this file.
    pub fn is_read(&self, path: &str) -> bool {
        self.paths
            .binary_search_by(|known| known.as_str().cmp(path))
            .is_ok()
    }

    /// Notes bytes of a source: whether they are its first, and how many there are.
    fn came(&mut self, part_of: u64, bytes: u64) -> (bool, u64) {
        let known = self.sources.iter_mut().find(|(known, _)| *known == part_of);
        if let Some((_, sum)) = known {
            *sum += bytes;
            return (false, *sum);
        }
        self.sources.push((part_of, bytes));
        (true, bytes)
    }

    /// Whether of this source all that it has was read again, or is there no more. One of several files does not say which of
    /// them a run is of.
    fn is_whole(&self, source: &SourceRecord) -> bool {
        let is_left = |left: &String| {
            let rest = source.path.strip_prefix(left.as_str());
            // An archive leaves with all that is in it.
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let came = |(part_of, _): &(u64, u64)| *part_of == source.part_of;
        source.files <= 1
            && (self.left.iter().any(is_left)
                || (self.is_read(&source.path) && self.sources.iter().any(came)))
    }

    fn cover(&mut self, rows: usize, are_met: bool) {
        self.taken.resize(rows, are_met);
        self.changed.resize(rows, false);
    }
}

impl Ledger {
    /// Adds a part of a drop, which may read again what is among the first `before` sources, or what came before it in the same
    /// drop: then runs are brought up to date, and the source's record says how many. `again` notes which sources' parts these
    /// are.
    pub fn append_or_update(
        &mut self,
        mut part: Self,
        before: usize,
        again: &mut Again,
    ) -> Appended {
        let of_part = part.sources.first().map(|record| record.part_of);
        // What has no number is told apart from others by the drop alone.
        let of_part =
            of_part.filter(|number| before > 0 || *number != 0 && !self.sources.is_empty());
        let Some(of_part) = of_part else {
            return self.append(part);
        };
        let noted = again.numbers.get(&of_part).copied();
        let (known, doubt) = match noted {
            Some(known) => (known, None),
            None => match self.read_before(&part, before) {
                Before::New => (None, None),
                Before::Perhaps(kind, problem) => (None, Some((kind, problem))),
                Before::Again(number) => (Some(number), None),
            },
        };
        again.numbers.insert(of_part, known);
        let Some(known) = known else {
            let appended = self.append(part);
            // What joined is told so.
            if let (Some((kind, problem)), 0) = (doubt, appended.joined_runs)
                && let Some(place) = self.places_of_parts.get(&of_part)
            {
                let record = &mut self.sources[*place as usize];
                record.problems.add(kind, problem);
            }
            return appended;
        };
        let path = part.sources.first().map(|record| record.path.clone());
        let path = path.unwrap_or_default();
        for record in &mut part.sources {
            record.part_of = known;
        }
        let appended = self.update(part, &mut again.look);
        if let Some(place) = self.places_of_parts.get(&known) {
            let record = &mut self.sources[*place as usize];
            if noted.is_none() {
                record
                    .shared
                    .retain(|shared| shared.evidence != Evidence::Again);
            }
            // An export of another day takes its place.
            let path = std::mem::replace(&mut record.path, path);
            record.share(SharedRuns {
                path,
                runs: appended.joined_runs,
                evidence: Evidence::Again,
            });
        }
        appended
    }

    /// Adds a part of a source that was read before. See the module's documentation; a source that was not is added as
    /// any other.
    pub fn update(&mut self, mut part: Self, look: &mut Look) -> Appended {
        look.rows_before.get_or_insert(self.rows);
        look.cover(self.rows, false);
        let own = part
            .sources
            .first()
            .and_then(|record| self.place_of(record));
        let (Some(own), [record]) = (own, part.sources.as_slice()) else {
            // Its further parts are of a source that is known then.
            if let Some(record) = part.sources.first() {
                look.came(record.part_of, record.bytes);
            }
            let appended = self.append(part);
            look.cover(self.rows, true);
            return appended;
        };
        let mut record = record.clone();
        let rules = std::mem::take(&mut self.rules);
        rules.apply(&mut part);
        self.rules = rules;
        self.keep_roles(&mut part, own);
        self.make_room_for(&part);
        let (mut places, joined) = self.places_again(&part, own, &mut look.taken);
        match joined {
            Joined::Apart => {}
            Joined::Conflict(kind, problem) => record.problems.add(kind, problem),
            Joined::Places {
                places: found,
                shared,
                problem,
            } => {
                for (place, found) in places.iter_mut().zip(found) {
                    *place = place.or(found);
                }
                for more in shared {
                    self.sources[own].share(more);
                }
                if let Some((kind, problem)) = problem {
                    record.problems.add(kind, problem);
                }
            }
        }
        let joined_runs = places.iter().flatten().count();
        let new_runs = part.rows - joined_runs;
        let rows: Vec<usize> = places
            .into_iter()
            .map(|place| place.unwrap_or_else(|| self.add_row(own as u32)))
            .collect();
        look.cover(self.rows, true);

        let (is_first, bytes) = look.came(record.part_of, record.bytes);
        let known = &mut self.sources[own];
        if is_first {
            known.problems.forget(|path| look.is_read(path));
        }
        known.problems.absorb(record.problems);
        known.runs += new_runs;
        known.files = known.files.max(record.files);
        // Of many runs that are one source only some are read again.
        let is_whole = look.is_whole(known);
        known.bytes = if is_whole {
            bytes
        } else {
            known.bytes.max(bytes)
        };
        known.points_left_out += record.points_left_out;
        known.has_ids |= record.has_ids;
        known.declare(record.directions, &record.ranges);

        self.pad();
        self.logs
            .append(std::mem::take(&mut part.logs), &|row| rows[row]);
        for column in part.columns.iter().filter(|column| !is_given_away(column)) {
            let id = self.intern(column.role(), column.name());
            let mine = &mut self.columns[id.index()];
            mine.add_source_once(own as u32);
            mine.pad_to(self.rows);
            mine.overwrite_from(column, &rows, &mut look.changed);
        }
        Appended {
            new_runs,
            joined_runs,
        }
    }

    /// Notes once a look is over which runs no file has any more: of sources that it read whole those that it did not meet. Says
    /// how many had one before.
    pub fn end_look(&mut self, look: &Look) -> usize {
        let is_read_whole = |source: &SourceRecord| {
            let is_same = |shared: &SharedRuns| {
                shared.path == source.path && shared.evidence != Evidence::Again
            };
            // What another source has of it is not gone with it.
            let mut others = self.sources.iter();
            look.is_whole(source) && !others.any(|other| other.shared.iter().any(is_same))
        };
        let read_whole: Vec<bool> = self.sources.iter().map(is_read_whole).collect();
        let mut lost = 0;
        self.gone.resize(self.rows, false);
        for row in 0..self.rows {
            if read_whole[self.source_of(row)] {
                let is_gone = !look.taken.get(row);
                lost += usize::from(is_gone && !self.gone.get(row));
                self.gone.set(row, is_gone);
            }
        }
        lost
    }

    /// Gives columns of a part the roles that those of its source have here: what was guessed of the beginning holds.
    fn keep_roles(&self, part: &mut Self, own: usize) {
        const GUESSED: [Role; 3] = [Role::Param, Role::Metric, Role::Tag];
        let is_of_source = |role: Role, name: &str| {
            let known = self.find(role, name);
            known.is_some_and(|id| self.column(id).sources().contains(&(own as u32)))
        };
        let names: Vec<ColumnName> = part
            .columns_with_ids()
            .map(|(id, _)| ColumnName::of(part, id))
            .collect();
        for ColumnName { role, name } in names {
            if !GUESSED.contains(&role) || is_of_source(role, &name) {
                continue;
            }
            let known = GUESSED.into_iter().find(|role| is_of_source(*role, &name));
            if let (Some(known), Some(id)) = (known, part.find(role, &name)) {
                part.rename(id, known, &name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MAY_BE_AGAIN, RunSink, Status, ValueRef, attribute};

    /// A part of the source `path`, with these runs by id, each with a loss a step; `None` is a run without an id.
    fn part(path: &str, number: u64, runs: &[(&str, &[f64])], problem: &str) -> Ledger {
        let mut made = None;
        let mut keep = |ledger: Ledger| made = Some(ledger);
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source(path, "test", number);
        for (id, losses) in runs {
            let row = if id.is_empty() {
                sink.add_run()
            } else {
                sink.run(id)
            };
            sink.set_named(row, Role::Param, "width", ValueRef::Number(8.0));
            for (step, loss) in losses.iter().enumerate() {
                let metric = sink.column(Role::Metric, "loss");
                sink.point(row, metric, step as f64, 0, *loss);
            }
        }
        if !problem.is_empty() {
            sink.problem("test/half", "", problem, "row skipped");
        }
        sink.finish();
        made.unwrap()
    }

    fn losses(ledger: &Ledger, row: usize) -> Vec<f64> {
        let loss = ledger.column(ledger.find(Role::Metric, "loss").unwrap());
        let history = loss.history().unwrap();
        history.values[history.range(row)].to_vec()
    }

    /// A ledger after two drops, and what the second one's source says that it read again.
    fn dropped_twice(first: Ledger, second: Vec<Ledger>) -> (Ledger, Vec<usize>) {
        let mut ledger = Ledger::default();
        ledger.append_or_update(first, 0, &mut Again::default());
        let (before, mut again) = (ledger.sources().len(), Again::default());
        for part in second {
            ledger.append_or_update(part, before, &mut again);
        }
        let shared = ledger.sources().iter().flat_map(|source| &source.shared);
        let again = shared.filter(|shared| shared.evidence == Evidence::Again);
        let runs = again.map(|shared| shared.runs).collect();
        (ledger, runs)
    }

    #[test]
    fn what_is_dropped_again_is_not_doubled() {
        const X: (&str, &[f64]) = ("x", &[3.0]);
        const Y: (&str, &[f64]) = ("y", &[4.0]);
        let of = |number, runs| part("runs.csv", number, runs, "");
        // The same file; runs without ids by their order.
        let (ledger, again) = dropped_twice(of(1, &[X, Y]), vec![of(1, &[X, Y])]);
        assert_eq!((ledger.rows(), again), (2, vec![2]));
        let (ledger, again) = dropped_twice(of(1, &[("", &[3.0])]), vec![of(1, &[("", &[2.0])])]);
        assert_eq!(
            (ledger.rows(), losses(&ledger, 0), again),
            (1, vec![2.0], vec![1])
        );
        // The next day it is another file of this name, in two parts: one run went on, and two are new.
        let next = vec![
            of(2, &[("x", &[3.0, 2.0]), Y]),
            of(2, &[("z", &[1.0]), ("w", &[1.0])]),
        ];
        let (ledger, again) = dropped_twice(of(1, &[X, Y]), next);
        assert_eq!((ledger.rows(), again), (4, vec![2]));
        assert_eq!(losses(&ledger, 0), [3.0, 2.0]);
        // A third time it is said of that time.
        let mut ledger = ledger;
        ledger.append_or_update(of(2, &[X]), 1, &mut Again::default());
        assert_eq!((ledger.rows(), ledger.sources()[0].shared[0].runs), (4, 1));
    }

    #[test]
    fn what_came_with_a_session_is_brought_up_to_date_by_the_next_export() {
        const Y: (&str, &[f64]) = ("y", &[4.0]);
        let of = |number, runs| part("runs.csv", number, runs, "");
        // What a session holds has no number of its own.
        let next = vec![of(2, &[("x", &[3.0, 2.0]), Y]), of(2, &[("z", &[1.0])])];
        let (ledger, again) = dropped_twice(of(0, &[("x", &[3.0]), Y]), next);
        assert_eq!((ledger.rows(), again), (3, vec![2]));
        assert_eq!(losses(&ledger, 0), [3.0, 2.0]);
        assert_eq!(
            (ledger.sources().len(), ledger.sources()[0].part_of),
            (1, 2)
        );
        // A person can keep it apart.
        let mut ledger = Ledger::default();
        ledger.rules.keep_apart(2, true);
        ledger.append_or_update(of(0, &[("x", &[3.0]), Y]), 0, &mut Again::default());
        ledger.append_or_update(of(2, &[("x", &[2.0]), Y]), 1, &mut Again::default());
        assert_eq!((ledger.rows(), ledger.sources().len()), (4, 2));
    }

    #[test]
    fn an_export_of_another_name_is_told_to_be_perhaps_a_later_one() {
        const Y: (&str, &[f64]) = ("y", &[4.0]);
        let first = || part("runs.csv", 1, &[("x", &[3.0]), Y], "");
        let next = |path| part(path, 2, &[("x", &[2.0]), Y, ("z", &[1.0])], "");
        // Two studies may have trials of the same numbers, and a browser numbers what it downloads: a person knows.
        for path in ["tonight.csv", "runs (1).csv"] {
            let (ledger, again) = dropped_twice(first(), vec![next(path)]);
            assert_eq!((ledger.rows(), again), (5, vec![]), "{path}");
            assert!(ledger.sources()[1].problems.has(MAY_BE_AGAIN), "{path}");
        }
        let mut ledger = Ledger::default();
        ledger.rules.bring_up_to_date(2);
        ledger.append_or_update(first(), 0, &mut Again::default());
        ledger.append_or_update(next("tonight.csv"), 1, &mut Again::default());
        assert_eq!((ledger.rows(), ledger.sources().len()), (3, 1));
        assert_eq!(losses(&ledger, 0), [2.0]);
        // Of several that were there, the one that it is of; what only joins is told so, and no more.
        let apart = || part("apart.csv", 5, &[("x", &[9.0]), ("v", &[9.0])], "");
        let mut three = Ledger::default();
        three.append_or_update(first(), 0, &mut Again::default());
        three.append_or_update(apart(), 1, &mut Again::default());
        three.append_or_update(next("tonight.csv"), 2, &mut Again::default());
        assert!(
            three.sources()[2]
                .problems
                .listed()
                .iter()
                .any(|told| told.what.contains("runs.csv"))
        );
        let copied = part("copy.csv", 6, &[("x", &[3.0]), Y], "");
        let (ledger_of_copy, _) = dropped_twice(first(), vec![copied]);
        assert_eq!(ledger_of_copy.rows(), 2);
        assert!(!ledger_of_copy.sources()[1].problems.has(MAY_BE_AGAIN));
        // Where no param is the same they are others, whatever a person says.
        let lower: [(&str, &[f64]); 3] = [("x", &[0.3]), ("y", &[0.4]), ("z", &[0.1])];
        let mut other = part("other.csv", 3, &lower, "");
        let width = other.find(Role::Param, "width").unwrap();
        other.rename(width, Role::Param, "depth");
        ledger.rules.bring_up_to_date(3);
        ledger.append_or_update(other, 1, &mut Again::default());
        assert_eq!((ledger.rows(), ledger.sources().len()), (6, 2));
    }

    #[test]
    fn runs_without_ids_are_known_by_name_and_beginning() {
        let table = |path: &str, format: &str, number, runs: &[(&str, i64, f64)]| {
            let mut made = None;
            let mut keep = |ledger: Ledger| made = Some(ledger);
            let mut sink = RunSink::new(&mut keep);
            sink.begin_source(path, format, number);
            for (name, start, loss) in runs {
                let row = sink.add_run();
                let mut say = |name, value| sink.set_named(row, Role::Attribute, name, value);
                say(attribute::NAME, ValueRef::Text(name));
                say(attribute::START, ValueRef::Time(*start));
                sink.set_named(row, Role::Param, "lr", ValueRef::Number(0.1));
                sink.set_named(row, Role::Metric, "loss", ValueRef::Number(*loss));
            }
            sink.finish();
            made.unwrap()
        };
        let (first, next) = (
            [("b", 2000, 3.0), ("a", 1000, 4.0)],
            // The newest first, as W&B has it.
            [("c", 3000, 1.0), ("b", 2000, 2.0), ("a", 1000, 4.0)],
        );
        for (format, path, rows) in [
            ("wandb-table", "export_2.csv", 3),
            ("wandb-table", "export_1.csv", 3),
            ("delimited", "export_1.csv", 3),
            ("delimited", "export_2.csv", 5),
        ] {
            let (ledger, _) = dropped_twice(
                table("export_1.csv", format, 1, &first),
                vec![table(path, format, 2, &next)],
            );
            assert_eq!(ledger.rows(), rows, "{format} {path}");
            let loss = ledger.column(ledger.find(Role::Metric, "loss").unwrap());
            let wanted = if rows == 3 { 2.0 } else { 3.0 };
            assert_eq!(loss.get(0), ValueRef::Number(wanted), "{format} {path}");
        }
    }

    #[test]
    fn an_export_of_another_day_brings_runs_up_to_date_where_their_ids_are_of_no_other() {
        const A: &str = "0123456789abcdef0123456789abcdef";
        const B: &str = "1123456789abcdef0123456789abcdef";
        let of = |path, number, runs| part(path, number, runs, "");
        let yesterday = of("monday.csv", 1, &[(A, &[3.0])]);
        let tonight = of("tuesday.csv", 2, &[(A, &[3.0, 2.0]), (B, &[1.0])]);
        let (ledger, again) = dropped_twice(yesterday, vec![tonight]);
        assert_eq!((ledger.rows(), again), (2, vec![1]));
        assert_eq!(losses(&ledger, 0), [3.0, 2.0]);
        assert_eq!(ledger.sources()[0].path, "tuesday.csv");
        assert_eq!(ledger.sources()[0].shared[0].path, "monday.csv");
        // Numbers of trials and names are those of other studies too.
        let (ledger, again) = dropped_twice(
            of("a.csv", 1, &[("trial_1", &[3.0])]),
            vec![of("b.csv", 2, &[("trial_1", &[2.0])])],
        );
        assert_eq!((ledger.rows(), again.len()), (2, 0));
        // What ended does not run again.
        let with_status = |path: &str, number: u64, status: Status, loss: f64| {
            let mut made = None;
            let mut keep = |ledger: Ledger| made = Some(ledger);
            let mut sink = RunSink::new(&mut keep);
            sink.begin_source(path, "test", number);
            let row = sink.run(A);
            sink.set_status(row, status);
            sink.set_named(row, Role::Param, "width", ValueRef::Number(8.0));
            sink.set_named(row, Role::Metric, "loss", ValueRef::Number(loss));
            sink.finish();
            made.unwrap()
        };
        let tonight = with_status("tuesday.csv", 2, Status::Finished, 2.0);
        let yesterday = with_status("monday.csv", 1, Status::Running, 3.0);
        let (ledger, again) = dropped_twice(tonight, vec![yesterday]);
        assert_eq!((ledger.rows(), again.len()), (2, 0));
    }

    #[test]
    fn another_study_in_a_file_of_the_same_name_stays_apart() {
        let first = part("runs.csv", 1, &[("x", &[3.0]), ("y", &[4.0])], "");
        let mut other = Ledger::default();
        let mut keep = |ledger: Ledger| other = ledger;
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("runs.csv", "test", 2);
        for (id, width) in [("x", 1.0), ("y", 2.0)] {
            let row = sink.run(id);
            sink.set_named(row, Role::Param, "width", ValueRef::Number(width));
        }
        sink.finish();
        let (ledger, again) = dropped_twice(first, vec![other]);
        assert_eq!((ledger.rows(), again.len()), (4, 0));
        // Parts of one drop are of one source.
        let runs: [(&str, &[f64]); 1] = [("x", &[1.0])];
        let (ledger, _) = dropped_twice(
            part("a.csv", 1, &runs, ""),
            vec![
                part("b.csv", 2, &runs, ""),
                part("b.csv", 2, &[("y", &[1.0])], ""),
            ],
        );
        assert_eq!(ledger.sources().len(), 2);
    }

    #[test]
    fn runs_are_brought_up_to_date_in_place_and_new_ones_added() {
        let mut ledger = Ledger::default();
        ledger.append(part("a", 1, &[("x", &[3.0]), ("y", &[4.0, 2.0])], ""));
        ledger.append(part("b", 2, &[("z", &[1.0])], ""));
        let mut look = Look::new(vec!["a".to_owned()], Vec::new());
        let again = part(
            "a",
            1,
            &[("w", &[9.0]), ("x", &[3.0, 2.5]), ("y", &[4.0, 2.0])],
            "",
        );
        let appended = ledger.update(again, &mut look);
        assert_eq!((appended.new_runs, appended.joined_runs), (1, 2));
        // One is new, and of the others one has grown.
        assert_eq!(look.runs(), (1, 1));
        let ids: Vec<String> = (0..ledger.rows()).map(|row| ledger.run_id(row)).collect();
        assert_eq!(ids, ["x", "y", "z", "w"]);
        assert_eq!(losses(&ledger, 0), [3.0, 2.5]);
        assert_eq!(losses(&ledger, 1), [4.0, 2.0]);
        assert_eq!(losses(&ledger, 2), [1.0]);
        assert_eq!(losses(&ledger, 3), [9.0]);
        assert_eq!(ledger.sources().len(), 2);
        assert_eq!(ledger.sources()[0].runs, 3);
        let loss = ledger.column(ledger.find(Role::Metric, "loss").unwrap());
        assert_eq!(loss.get(0), ValueRef::Number(2.5));
        assert_eq!(loss.sources(), [0, 1]);
    }

    #[test]
    fn a_look_at_some_runs_of_a_source_leaves_the_others() {
        let mut ledger = Ledger::default();
        ledger.append(part("a", 1, &[("x", &[3.0]), ("y", &[4.0])], ""));
        let mut look = Look::default();
        ledger.update(part("a", 1, &[("y", &[4.0, 1.0])], ""), &mut look);
        assert_eq!(
            (losses(&ledger, 0), losses(&ledger, 1)),
            (vec![3.0], vec![4.0, 1.0])
        );
        assert_eq!(look.runs(), (0, 1));
    }

    #[test]
    fn runs_without_an_id_are_met_in_their_order_in_several_parts() {
        let mut ledger = Ledger::default();
        ledger.append(part("a", 1, &[("", &[1.0]), ("", &[2.0])], ""));
        let mut look = Look::new(vec!["a".to_owned()], Vec::new());
        ledger.update(part("a", 1, &[("", &[1.0, 0.5])], ""), &mut look);
        ledger.update(
            part("a", 1, &[("", &[2.0, 0.7]), ("", &[3.0])], ""),
            &mut look,
        );
        assert_eq!(ledger.rows(), 3);
        assert_eq!(losses(&ledger, 0), [1.0, 0.5]);
        assert_eq!(losses(&ledger, 1), [2.0, 0.7]);
        assert_eq!(look.runs(), (1, 2));
    }

    #[test]
    fn the_problems_of_a_file_are_those_of_its_last_reading() {
        let mut ledger = Ledger::default();
        ledger.append(part("a", 1, &[("x", &[3.0])], "line 2 is cut"));
        assert_eq!(ledger.problem_count(), 1);
        // A file that is empty for a moment takes no run away.
        ledger.update(
            part("a", 1, &[], "it is empty"),
            &mut Look::new(vec!["a".to_owned()], Vec::new()),
        );
        assert_eq!((ledger.rows(), ledger.problem_count()), (1, 1));
        assert_eq!(ledger.sources()[0].problems.listed()[0].what, "it is empty");
        ledger.update(
            part("a", 1, &[("x", &[3.0])], ""),
            &mut Look::new(vec!["a".to_owned()], Vec::new()),
        );
        assert_eq!(ledger.problem_count(), 0);
        // Another file's stay.
        ledger.update(part("a", 1, &[], "once more"), &mut Look::default());
        ledger.update(
            part("a", 1, &[], ""),
            &mut Look::new(vec!["b".to_owned()], Vec::new()),
        );
        assert_eq!(ledger.problem_count(), 1);
    }

    #[test]
    fn runs_that_joined_others_do_so_again_although_they_differ_by_now() {
        const ID: &str = "0123456789abcdef0123456789abcdef";
        let mut ledger = Ledger::default();
        ledger.append(part("t/table", 1, &[(ID, &[3.0])], ""));
        ledger.append(part("t/folder", 2, &[(ID, &[3.0])], ""));
        assert_eq!(ledger.rows(), 1);
        let mut look = Look::new(vec!["t/folder".to_owned()], Vec::new());
        ledger.update(part("t/folder", 2, &[(ID, &[2.0, 1.0])], ""), &mut look);
        assert_eq!((ledger.rows(), ledger.problem_count()), (1, 0));
        assert_eq!(losses(&ledger, 0), [2.0, 1.0]);
    }

    #[test]
    fn runs_that_no_file_has_any_more_are_known() {
        let at = |path: &str| Look::new(vec![path.to_owned()], Vec::new());
        let mut ledger = Ledger::default();
        ledger.append(part(
            "a",
            1,
            &[("x", &[3.0]), ("y", &[4.0]), ("z", &[5.0])],
            "",
        ));
        ledger.append(part("b", 2, &[("v", &[1.0])], ""));
        // The file is written anew with one of its runs and another one.
        let mut look = at("a");
        ledger.update(part("a", 1, &[("y", &[4.0]), ("w", &[9.0])], ""), &mut look);
        assert_eq!((ledger.end_look(&look), look.runs()), (2, (1, 0)));
        let gone = |ledger: &Ledger| ledger.gone().ones().collect::<Vec<usize>>();
        assert_eq!(gone(&ledger), [0, 2]);
        // One of them comes back; the other is not told twice.
        let mut look = at("a");
        let runs: [(&str, &[f64]); 3] = [("x", &[3.0]), ("y", &[4.0]), ("w", &[9.0])];
        ledger.update(part("a", 1, &runs, ""), &mut look);
        assert_eq!((ledger.end_look(&look), gone(&ledger)), (0, vec![2]));
        // A file is taken away, and what is read again beside it is another one.
        let mut look = Look::new(vec!["a".to_owned()], vec!["b".to_owned()]);
        ledger.update(part("a", 1, &runs, ""), &mut look);
        assert_eq!((ledger.end_look(&look), gone(&ledger)), (1, vec![2, 3]));
        // Of many files that are one source it is not known which run is of which.
        ledger.sources[0].files = 2;
        let mut look = at("a");
        ledger.update(part("a", 1, &[("x", &[3.0])], ""), &mut look);
        assert_eq!(ledger.end_look(&look), 0);
    }

    #[test]
    fn what_a_file_has_no_more_but_another_one_has_is_not_gone() {
        const ID: &str = "0123456789abcdef0123456789abcdef";
        let mut ledger = Ledger::default();
        ledger.append(part("a", 1, &[(ID, &[3.0])], ""));
        ledger.append(part("b", 2, &[(ID, &[3.0])], ""));
        let look = Look::new(Vec::new(), vec!["a".to_owned()]);
        assert_eq!((ledger.rows(), ledger.end_look(&look)), (1, 0));
    }

    #[test]
    fn a_role_that_was_guessed_at_first_holds() {
        let mut ledger = Ledger::default();
        ledger.append(part("a", 1, &[("x", &[3.0])], ""));
        let mut again = part("a", 1, &[("x", &[3.0])], "");
        let width = again.find(Role::Param, "width").unwrap();
        again.change_role(width, Role::Metric);
        ledger.update(again, &mut Look::default());
        assert_eq!(ledger.find(Role::Metric, "width"), None);
        assert_eq!(
            ledger.attribute(attribute::ID).unwrap().get(0),
            ValueRef::Text("x")
        );
    }
}
