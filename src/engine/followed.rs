//! A folder that is followed: what of it has changed, and which of its files are read together with that, so that nothing
//! else is read again.
//!
//! Formats claim many runs at once, as pieces of one source. So of a large unit only the folder that lies next below all its
//! files is read again, with what lies above it (an experiment's `meta.yaml`); a small unit is read whole. Readers see
//! what they saw at first, only less of it; [`crate::ledger::Ledger::update`] puts it in its place.

use crate::chart::number::{bytes, counted, grouped};
use crate::format::{Plan, Unit};
use crate::source::Files;

/// A unit of so many files and bytes is read again whole.
const SMALL_FILES: usize = 64;
const SMALL_BYTES: u64 = 8 << 20;

/// A file as it was seen in the folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Its path.
    pub path: String,
    /// Its size.
    pub bytes: f64,
    /// When it was changed last, in Unix milliseconds.
    pub modified: f64,
}

/// The places of those files of `now` that are new or not as they were. Both are in the order of their paths.
pub fn changed(before: &[Seen], now: &[Seen]) -> Vec<usize> {
    let is_changed = |at: &usize| {
        let file = &now[*at];
        let known = before.binary_search_by(|known| known.path.cmp(&file.path));
        known.map_or(true, |known| before[known] != *file)
    };
    (0..now.len()).filter(is_changed).collect()
}

/// Whether a file is a table by its name, of which a line that is a part of one would be a run with another number.
pub fn is_table(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    [".csv", ".tsv"].iter().any(|end| path.ends_with(end))
}

/// How many of these last bytes of a table are whole lines; `None` where all are, and where no line ends in them.
pub fn whole_lines(bytes: &[u8]) -> Option<usize> {
    let end = 1 + memchr::memrchr2(b'\n', b'\r', bytes)?;
    (end < bytes.len()).then_some(end)
}

/// The paths of those files of `before` that are there no more. Both are in the order of their paths.
pub fn left(before: &[Seen], now: &[Seen]) -> Vec<String> {
    let is_there = |path: &str| now.binary_search_by(|file| file.path.as_str().cmp(path));
    let paths = before.iter().map(|file| &file.path);
    let left = paths.filter(|path| is_there(path.as_str()).is_err());
    left.cloned().collect()
}

/// Has files that were lost, in order, look as if they had changed, so that they are read once more; those that were lost `before`
/// as they are now are left alone. Both lists of what was seen are in the order of their paths.
pub fn try_again(now: &mut [Seen], lost: &[String], before: &mut Vec<Seen>) {
    let mut again = Vec::new();
    for file in now {
        if lost.binary_search(&file.path).is_ok() {
            again.push(file.clone());
            if !before.contains(file) {
                // As no file is.
                file.bytes = -1.0;
            }
        }
    }
    *before = again;
}

/// What a look brought, in words; nothing where it brought nothing. So many runs are in no file any more, and so many files
/// are; of the bytes of what was read again so many were.
pub fn news(
    new: usize,
    changed: usize,
    gone: usize,
    files: usize,
    (read, all): (u64, u64),
) -> Option<String> {
    let mut said = Vec::new();
    let mut is_first = true;
    let mut runs = |count: usize| {
        if std::mem::take(&mut is_first) {
            counted(count, "run")
        } else {
            grouped(count)
        }
    };
    if new > 0 {
        said.push(format!("{} new", runs(new)));
    }
    if changed > 0 {
        said.push(format!("{} changed", runs(changed)));
    }
    if gone > 0 {
        said.push(format!("{} in no file any more", runs(gone)));
    }
    if files > 0 {
        said.push(format!("{} gone", counted(files, "file")));
    }
    if read < all && !said.is_empty() {
        said.push(format!("{} of {} read", bytes(read), bytes(all)));
    }
    (!said.is_empty()).then(|| said.join(", "))
}

/// How long ago something was, in words.
pub fn ago(millis: f64) -> String {
    let seconds = (millis / 1000.0).max(0.0) as usize;
    match seconds {
        0..=1 => "now".to_owned(),
        2..=99 => format!("{seconds} s ago"),
        100..=5999 => format!("{} min ago", seconds / 60),
        _ => format!("{} h ago", seconds / 3600),
    }
}

/// A file of the folder.
#[derive(Clone, Debug)]
struct Known {
    path: String,
    bytes: u64,
    /// The unit that it is in; `None`: nobody read it.
    unit: Option<usize>,
}

/// What is read as a source, or as a piece of one.
#[derive(Clone, Debug)]
struct KnownUnit {
    format: String,
    path: String,
    part_of: u64,
    /// The folder that all its files are in.
    folder: String,
    files: usize,
    bytes: u64,
    /// The hand that has kept what it made of its files, so that it reads on.
    hand: Option<usize>,
}

/// See the module's documentation.
#[derive(Clone, Debug, Default)]
pub struct Followed {
    /// By path; a file that several units have stands there once for each.
    files: Vec<Known>,
    units: Vec<KnownUnit>,
}

impl Followed {
    /// The files that are read again where these have changed or come, they themselves too.
    pub fn read_with(&self, paths: &[String]) -> Vec<String> {
        let mut wanted: Vec<&str> = Vec::new();
        for path in paths {
            wanted.push(path);
            let own: Vec<usize> = self.of_path(path).filter_map(|file| file.unit).collect();
            for unit in &own {
                self.add_unit(*unit, path, &mut wanted);
            }
            if own.is_empty() {
                self.add_around(path, &mut wanted);
            }
        }
        order::by(&mut wanted, Ord::cmp);
        wanted.dedup();
        wanted.into_iter().map(str::to_owned).collect()
    }

    /// What of a unit is read again with one of its files.
    fn add_unit<'a>(&'a self, unit: usize, path: &str, wanted: &mut Vec<&'a str>) {
        let known = &self.units[unit];
        let is_small = known.files <= SMALL_FILES && known.bytes <= SMALL_BYTES;
        let below = child(&known.folder, path).filter(|_| !is_small);
        for file in self.within(&known.folder) {
            let is_wanted = file.unit == Some(unit)
                && below.is_none_or(|below| {
                    is_within(&file.path, below) || folder(&file.path) == known.folder
                });
            if is_wanted {
                wanted.push(&file.path);
            }
        }
        if let Some(below) = below {
            wanted.extend(self.within(below).iter().map(|file| file.path.as_str()));
        }
    }

    /// What a new file may belong to: what lies beside it, and the run that it lies in.
    fn add_around<'a>(&'a self, path: &str, wanted: &mut Vec<&'a str>) {
        let own = folder(path);
        let beside = self.within(own).iter();
        wanted.extend(
            beside
                .filter(|file| folder(&file.path) == own)
                .map(|file| file.path.as_str()),
        );
        let mut above = own;
        while !above.is_empty() && self.within(above).iter().all(|file| file.unit.is_none()) {
            above = folder(above);
        }
        let mut units: Vec<usize> = self.within(above).iter().filter_map(|f| f.unit).collect();
        units.sort_unstable();
        units.dedup();
        let mut is_near = false;
        for unit in units {
            if child(&self.units[unit].folder, path).is_some() {
                is_near = true;
                self.add_unit(unit, path, wanted);
            }
        }
        if let (false, Some(below)) = (is_near, child(above, path)) {
            wanted.extend(self.within(below).iter().map(|file| file.path.as_str()));
        }
    }

    /// Which units of a plan are read, and as what: those that have a file that `changed`, all where that is none. What
    /// continues a unit that is known is the same source.
    pub fn settle(&mut self, plan: &mut Plan, files: &Files, changed: Option<&[String]>) {
        let mut added: Vec<Known> = Vec::new();
        let mut read = Vec::new();
        let (mut bytes, mut bytes_read) = (0, 0);
        for unit in std::mem::take(&mut plan.units) {
            let paths: Vec<&str> = unit
                .files
                .iter()
                .filter_map(|at| files.get(*at))
                .map(|file| file.path())
                .collect();
            let is_changed =
                changed.is_none_or(|changed| paths.iter().any(|path| is_of(path, changed)));
            let places = unit.files.iter().filter_map(|at| files.get(*at));
            let size: u64 = places.map(|file| file.len_bytes()).sum();
            bytes += size;
            if is_changed {
                bytes_read += size;
                let (unit, known) = self.known_as(unit, &paths);
                for at in &unit.files {
                    let Some(file) = files.get(*at) else {
                        continue;
                    };
                    added.push(Known {
                        path: file.path().to_owned(),
                        bytes: file.len_bytes(),
                        unit: Some(known),
                    });
                }
                read.push(unit);
            }
        }
        plan.units = read;
        let part = bytes_read as f64 / bytes.max(1) as f64;
        plan.memory_bytes = (plan.memory_bytes as f64 * part) as u64;
        // What is being written may lack for a moment what it was known by.
        plan.unread
            .retain(|file| self.of_path(&file.path).all(|known| known.unit.is_none()));
        added.extend(plan.unread.iter().map(|file| Known {
            path: file.path.clone(),
            bytes: 0,
            unit: None,
        }));
        self.take(added);
    }

    /// The place among the known ones of each of these units of a plan.
    pub fn places(&self, units: &[Unit], files: &Files) -> Vec<Option<usize>> {
        let place = |unit: &Unit| {
            let file = files.get(*unit.files.first()?)?;
            let mut known = self.of_path(file.path()).filter_map(|file| file.unit);
            known.find(|known| self.units[*known].format == unit.format)
        };
        units.iter().map(place).collect()
    }

    /// Those of these paths that are files of a known unit, of any where that is none, or archives of such.
    pub fn read_of(&self, paths: &[String], unit: Option<usize>) -> Vec<String> {
        let is_of = |file: &Known| file.unit.is_some() && (unit.is_none() || file.unit == unit);
        let is_read = |path: &&String| self.of_path(path).chain(self.within(path)).any(is_of);
        paths.iter().filter(is_read).cloned().collect()
    }

    /// The hand that has kept what it made of a known unit's files.
    pub fn hand_of(&self, place: usize) -> Option<usize> {
        self.units.get(place)?.hand
    }

    /// Notes which hand has kept what it made of a known unit's files.
    pub fn kept_by(&mut self, place: usize, hand: usize) {
        if let Some(unit) = self.units.get_mut(place) {
            unit.hand = Some(hand);
        }
    }

    /// A planned unit as the source that it continues, and its place among the known ones.
    fn known_as(&mut self, unit: Unit, paths: &[&str]) -> (Unit, usize) {
        let of_file = |path: &&str| {
            let mut units = self.of_path(path).filter_map(|file| file.unit);
            units.find(|known| self.units[*known].format == unit.format)
        };
        let mut shared = paths.iter().filter_map(of_file);
        if let Some(place) = shared.next() {
            let known = &mut self.units[place];
            let unit = Unit {
                path: known.path.clone(),
                part_of: known.part_of,
                ..unit
            };
            let own = common(paths);
            let folder = common_folder(&known.folder, own).to_owned();
            known.folder = folder;
            return (unit, place);
        }
        self.units.push(KnownUnit {
            format: unit.format.clone(),
            path: unit.path.clone(),
            part_of: unit.part_of,
            folder: common(paths).to_owned(),
            files: 0,
            bytes: 0,
            hand: None,
        });
        (unit, self.units.len() - 1)
    }

    /// Takes over what is known of files now.
    fn take(&mut self, added: Vec<Known>) {
        let mut again: Vec<&str> = added.iter().map(|file| file.path.as_str()).collect();
        order::by(&mut again, Ord::cmp);
        // A file that was read in a unit is in it still where only some of its runs were read again.
        self.files.retain(|file| {
            again.binary_search(&file.path.as_str()).is_err()
                || file.unit.is_some_and(|unit| {
                    let mut new = added.iter().filter(|new| new.path == file.path);
                    new.all(|new| new.unit != Some(unit))
                })
        });
        self.files.extend(added);
        order::by(&mut self.files, |a, b| {
            (&a.path, a.unit).cmp(&(&b.path, b.unit))
        });
        for unit in &mut self.units {
            (unit.files, unit.bytes) = (0, 0);
        }
        for file in &self.files {
            if let Some(unit) = file.unit {
                self.units[unit].files += 1;
                self.units[unit].bytes += file.bytes;
            }
        }
    }

    fn of_path<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a Known> {
        let from = self.files.partition_point(|file| file.path.as_str() < path);
        self.files[from..]
            .iter()
            .take_while(move |file| file.path == path)
    }

    /// All files below a folder, in order; of the empty folder, all.
    fn within(&self, folder: &str) -> &[Known] {
        if folder.is_empty() {
            return &self.files;
        }
        let is_before = |file: &Known| {
            let start = file.path.as_bytes();
            let start = start.get(..folder.len()).unwrap_or(start);
            (start, file.path.as_bytes().get(folder.len())) < (folder.as_bytes(), Some(&b'/'))
        };
        let from = self.files.partition_point(is_before);
        let count = self.files[from..].partition_point(|file| is_within(&file.path, folder));
        &self.files[from..from + count]
    }
}

/// Whether a path is one of these, or lies in one of them that is an archive. They are in order.
fn is_of(path: &str, paths: &[String]) -> bool {
    let is_there = |path: &str| {
        let found = paths.binary_search_by(|known| known.as_str().cmp(path));
        found.is_ok()
    };
    is_there(path) || path.match_indices('/').any(|(at, _)| is_there(&path[..at]))
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn is_within(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder);
    folder.is_empty() || rest.is_some_and(|rest| rest.starts_with('/'))
}

/// The folder next below `above` that a path lies in.
fn child<'p>(above: &str, path: &'p str) -> Option<&'p str> {
    let from = if above.is_empty() { 0 } else { above.len() + 1 };
    let rest = path.get(from..).filter(|_| is_within(path, above))?;
    rest.find('/').map(|at| &path[..from + at])
}

/// The folder that all of these files are in.
fn common<'p>(paths: &[&'p str]) -> &'p str {
    let folders = paths.iter().map(|path| folder(path));
    folders.reduce(common_folder).unwrap_or_default()
}

/// The deepest folder that two folders are in, or are.
fn common_folder<'p>(a: &'p str, b: &str) -> &'p str {
    let mut shared = a;
    while !(shared == b || is_within(b, shared)) {
        shared = folder(shared);
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format;
    use crate::source::MemoryFile;
    use std::rc::Rc;

    const EXPERIMENT: &str =
        "artifact_location: x\nexperiment_id: '0'\nlifecycle_stage: active\nname: e\n";

    /// The files of an `mlruns` with so many runs, each with so many metrics.
    fn mlruns(runs: usize, metrics: usize) -> Vec<(String, String)> {
        let mut files = vec![("r/0/meta.yaml".to_owned(), EXPERIMENT.to_owned())];
        for run in 0..runs {
            let meta = format!("experiment_id: '0'\nrun_id: run{run}\nstatus: 1\n");
            files.push((format!("r/0/run{run}/meta.yaml"), meta));
            for metric in 0..metrics {
                let name = format!("r/0/run{run}/metrics/m{metric}");
                files.push((name, "1700000000000 0.5 0\n".to_owned()));
            }
        }
        files
    }

    fn table(path: &str) -> (String, String) {
        (
            path.to_owned(),
            "id,lr,loss\na,0.1,0.5\nb,0.2,0.4\n".to_owned(),
        )
    }

    /// What is read of files, by units: path, `part_of`, and the files.
    fn settle(
        followed: &mut Followed,
        files: &[(String, String)],
        changed: Option<&[&str]>,
    ) -> Vec<(String, u64, Vec<String>)> {
        let mut files: Vec<_> = files.to_vec();
        files.sort();
        let files: Files = files
            .into_iter()
            .map(|(path, text)| Rc::new(MemoryFile::new(&path, text.as_bytes())) as _)
            .collect();
        let mut plan = format::plan(&files);
        let changed: Option<Vec<String>> =
            changed.map(|paths| paths.iter().map(ToString::to_string).collect());
        followed.settle(&mut plan, &files, changed.as_deref());
        let path = |at: &usize| files[*at].path().to_owned();
        plan.units
            .into_iter()
            .map(|unit| {
                (
                    unit.path,
                    unit.part_of,
                    unit.files.iter().map(path).collect(),
                )
            })
            .collect()
    }

    fn wanted(followed: &Followed, path: &str) -> Vec<String> {
        followed.read_with(&[path.to_owned()])
    }

    fn some(all: &[(String, String)], paths: &[String]) -> Vec<(String, String)> {
        let mut found = all.to_vec();
        found.retain(|(path, _)| paths.contains(path));
        found
    }

    #[test]
    fn what_changed_is_found_by_size_and_time() {
        let seen = |path: &str, bytes, modified| Seen {
            path: path.to_owned(),
            bytes,
            modified,
        };
        let before = [
            seen("a", 1.0, 1.0),
            seen("c", 1.0, 1.0),
            seen("d", 1.0, 1.0),
        ];
        let now = [
            seen("a", 1.0, 1.0),
            seen("b", 1.0, 1.0),
            seen("c", 1.0, 2.0),
            seen("d", 2.0, 1.0),
        ];
        assert_eq!(changed(&before, &now), [1, 2, 3]);
        assert_eq!(changed(&now, &before).len(), 2);
        assert_eq!(left(&before, &now), [""; 0]);
        assert_eq!(left(&now, &before), ["b"]);
    }

    #[test]
    fn what_was_lost_is_tried_once_more() {
        let seen = |path: &str, bytes| Seen {
            path: path.to_owned(),
            bytes,
            modified: 1.0,
        };
        let found = [seen("a", 1.0), seen("b", 1.0)];
        let (mut before, lost) = (Vec::new(), ["b".to_owned()]);
        let mut known = found.clone();
        try_again(&mut known, &lost, &mut before);
        assert_eq!(changed(&known, &found), [1]);
        assert_eq!(left(&known, &found[..1]), ["b"]);
        // Lost again as it was: what fails always is not read for ever.
        known = found.clone();
        try_again(&mut known, &lost, &mut before);
        assert_eq!(changed(&known, &found), [0; 0]);
        // It has grown since.
        let grown = [seen("a", 1.0), seen("b", 2.0)];
        known = grown.clone();
        try_again(&mut known, &lost, &mut before);
        assert_eq!(changed(&known, &grown), [1]);
        known = grown.clone();
        try_again(&mut known, &[], &mut before);
        assert_eq!((changed(&known, &grown).len(), before.len()), (0, 0));
    }

    #[test]
    fn of_files_that_are_gone_those_count_that_were_read() {
        let mut followed = Followed::default();
        let notes = ("r/notes.txt".to_owned(), "Nothing to read.\n".to_owned());
        let files = [table("r/a.csv"), table("r/z.zip/b.csv"), notes];
        assert_eq!(settle(&mut followed, &files, None).len(), 2);
        let paths = ["r/a.csv", "r/notes.txt", "r/t.csv.tmp", "r/z.zip"];
        let paths = paths.map(str::to_owned);
        assert_eq!(followed.read_of(&paths, None), ["r/a.csv", "r/z.zip"]);
        assert_eq!(followed.read_of(&paths, Some(1)), ["r/z.zip"]);
    }

    #[test]
    fn of_a_large_unit_only_the_run_is_read_again_and_as_the_same_source() {
        let all = mlruns(30, 3);
        let mut followed = Followed::default();
        let first = settle(&mut followed, &all, None);
        assert_eq!((first.len(), first[0].2.len()), (1, 121));
        let paths = wanted(&followed, "r/0/run7/metrics/m1");
        assert_eq!(paths.len(), 5, "{paths:?}");
        assert!(
            paths
                .iter()
                .all(|path| path == "r/0/meta.yaml" || path.starts_with("r/0/run7/"))
        );
        let again = settle(
            &mut followed,
            &some(&all, &paths),
            Some(&["r/0/run7/metrics/m1"]),
        );
        assert_eq!(again.len(), 1);
        assert_eq!((&again[0].0, again[0].1), (&first[0].0, first[0].1));
        // It knows all files still.
        assert_eq!(followed.files.len(), 121);
        assert_eq!(wanted(&followed, "r/0/run8/metrics/m1").len(), 5);
    }

    #[test]
    fn a_new_run_comes_with_what_it_needs_and_belongs_to_its_source() {
        let mut all = mlruns(30, 3);
        let mut followed = Followed::default();
        let first = settle(&mut followed, &all, None);
        let new = "r/0/run30/meta.yaml";
        all.extend(
            mlruns(31, 3)
                .into_iter()
                .filter(|(path, _)| path.contains("run30")),
        );
        // The folder is there before its meta.yaml: nobody reads it yet.
        let early = vec!["r/0/run30/metrics/m0".to_owned()];
        assert!(
            settle(
                &mut followed,
                &some(&all, &early),
                Some(&["r/0/run30/metrics/m0"])
            )
            .is_empty()
        );
        let paths = wanted(&followed, new);
        assert_eq!(paths, ["r/0/meta.yaml", new, "r/0/run30/metrics/m0"]);
        let again = settle(&mut followed, &some(&all, &paths), Some(&[new]));
        assert_eq!((again.len(), again[0].1), (1, first[0].1));
    }

    #[test]
    fn a_small_unit_is_read_whole_and_a_file_by_itself_alone() {
        let mut all = mlruns(2, 1);
        all.extend([table("r/a.csv"), table("r/b.csv")]);
        let mut followed = Followed::default();
        let first = settle(&mut followed, &all, None);
        assert_eq!(first.len(), 3);
        assert_eq!(wanted(&followed, "r/0/run1/metrics/m0").len(), 5);
        assert_eq!(wanted(&followed, "r/a.csv"), ["r/a.csv"]);
        let again = settle(&mut followed, &[table("r/a.csv")], Some(&["r/a.csv"]));
        assert_eq!((again.len(), again[0].0.as_str()), (1, "r/a.csv"));
        // A new one is looked at beside the others, and read alone.
        let paths = wanted(&followed, "r/c.csv");
        assert_eq!(paths, ["r/a.csv", "r/b.csv", "r/c.csv"]);
        let of = [table("r/a.csv"), table("r/b.csv"), table("r/c.csv")];
        let again = settle(&mut followed, &of, Some(&["r/c.csv"]));
        assert_eq!((again.len(), again[0].0.as_str()), (1, "r/c.csv"));
    }

    #[test]
    fn a_line_that_is_being_written_is_none_yet() {
        assert_eq!(whole_lines(b"a,1\nb,0."), Some(4));
        assert_eq!(whole_lines(b"a,1\nb,0.2\n"), None);
        assert_eq!(whole_lines(b"a,1\r\nb"), Some(5));
        assert_eq!(whole_lines(b"name"), None);
        assert!(is_table("r/Metrics.CSV") && !is_table("r/metrics/loss"));
    }

    #[test]
    fn news_are_told_in_words() {
        let whole = (9, 9);
        assert_eq!(news(0, 0, 0, 0, (0, 9)), None);
        assert_eq!(news(1, 0, 0, 0, whole).as_deref(), Some("1 run new"));
        assert_eq!(news(0, 2, 0, 0, whole).as_deref(), Some("2 runs changed"));
        let said = news(3, 1, 0, 0, (57_000, 512_000_000));
        let words = "3 runs new, 1 changed, 57.0 kB of 512 MB read";
        assert_eq!(said.as_deref(), Some(words));
        let all = news(2, 1, 4, 1, whole);
        let words = "2 runs new, 1 changed, 4 in no file any more, 1 file gone";
        assert_eq!(all.as_deref(), Some(words));
        assert_eq!(news(0, 0, 0, 2, (0, 0)).as_deref(), Some("2 files gone"));
        assert_eq!(ago(900.0), "now");
        assert_eq!(ago(12_400.0), "12 s ago");
        assert_eq!(ago(180_000.0), "3 min ago");
        assert_eq!(ago(7_300_000.0), "2 h ago");
        assert_eq!(ago(-5.0), "now");
    }

    #[test]
    fn folders_are_whole_names() {
        assert_eq!(common(&["a/bc/x", "a/b/y"]), "a");
        assert_eq!(common(&["a/b/x", "a/b/c/y"]), "a/b");
        assert_eq!(common(&["x", "a/y"]), "");
        assert_eq!(child("a", "a/b/c/d"), Some("a/b"));
        assert_eq!(child("a", "ab/c"), None);
        assert_eq!(child("", "a/b"), Some("a"));
        assert_eq!(child("a", "a/b"), None);
        assert!(is_of("a/z.zip/x", &["a/z.zip".to_owned()]));
        assert!(!is_of("a/z.zip2/x", &["a/z.zip".to_owned()]));
    }
}
