//! The ends of runs' logs, where a source has them: what a person looks at first of a run that failed.
//!
//! All of them together take at most 32 MiB. Where more come, those of runs that did not fail make room first, the
//! last ones; then what comes is left out, and counted.

use serde::{Deserialize, Serialize};

/// How much memory all ends together take at most: 4,096 of eight kilobytes.
const MOST_BYTES: usize = 32 << 20;

/// How much is made free at once.
const MADE_FREE: usize = MOST_BYTES / 8;

/// What one takes beside its texts.
const OWN_BYTES: usize = 80;

/// The end of a run's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogTail {
    /// The file, by its path in the run's folder.
    pub name: String,
    /// Its last lines, without what steers a terminal.
    pub text: String,
    /// How many lines these are.
    pub lines: usize,
    /// Whether there is more before them.
    pub is_cut: bool,
}

impl LogTail {
    /// Which file, and how much of it, in words.
    pub fn title(&self) -> String {
        let Self { name, lines, .. } = self;
        match (self.is_cut, *lines) {
            (true, 1) => format!("{name}, last line of the file"),
            (true, _) => format!("{name}, last {lines} lines of the file"),
            (false, 1) => format!("{name}, 1 line"),
            (false, _) => format!("{name}, all {lines} lines of the file"),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    row: u32,
    is_failed: bool,
    tail: LogTail,
}

impl Kept {
    fn bytes(&self) -> usize {
        self.tail.name.len() + self.tail.text.len() + OWN_BYTES
    }
}

/// See the module's documentation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logs {
    /// In the order of rows.
    kept: Vec<Kept>,
    bytes: usize,
    /// How many of these bytes are of runs that did not fail.
    spare: usize,
    left_out: usize,
}

impl Logs {
    /// The end of the log of the run in this row.
    pub fn of(&self, row: usize) -> Option<&LogTail> {
        let at = self
            .kept
            .binary_search_by(|kept| (kept.row as usize).cmp(&row));
        at.ok().map(|at| &self.kept[at].tail)
    }

    /// How many were left out because they would take too much memory.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// How many bytes they take.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The row after the last that has one.
    pub(super) fn rows(&self) -> usize {
        self.kept.last().map_or(0, |kept| kept.row as usize + 1)
    }

    /// Keeps the end of the log of a run, instead of one that it had.
    pub(super) fn put(&mut self, row: u32, is_failed: bool, tail: LogTail) {
        let kept = Kept {
            row,
            is_failed,
            tail,
        };
        let place = self.kept.binary_search_by_key(&row, |kept| kept.row);
        if let Ok(at) = place {
            let old = self.kept.remove(at);
            self.count_out(&old);
        }
        let wanted = kept.bytes();
        if self.bytes + wanted > MOST_BYTES && is_failed {
            self.make_free();
        }
        if self.bytes + wanted > MOST_BYTES {
            self.left_out += 1;
            return;
        }
        self.bytes += wanted;
        self.spare += if is_failed { 0 } else { wanted };
        let at = self.kept.partition_point(|other| other.row < row);
        self.kept.insert(at, kept);
    }

    /// Takes over those of a part, whose rows are these ones here.
    pub(super) fn append(&mut self, part: Self, row_of: &dyn Fn(usize) -> usize) {
        self.left_out += part.left_out;
        for kept in part.kept {
            self.put(row_of(kept.row as usize) as u32, kept.is_failed, kept.tail);
        }
    }

    /// Lets the last of runs that did not fail go.
    fn make_free(&mut self) {
        if self.spare == 0 {
            return;
        }
        let mut to_go = MADE_FREE;
        let mut kept = Vec::with_capacity(self.kept.len());
        for one in std::mem::take(&mut self.kept).into_iter().rev() {
            if one.is_failed || to_go == 0 {
                kept.push(one);
            } else {
                to_go = to_go.saturating_sub(one.bytes());
                self.count_out(&one);
                self.left_out += 1;
            }
        }
        kept.reverse();
        self.kept = kept;
    }

    fn count_out(&mut self, kept: &Kept) {
        self.bytes -= kept.bytes();
        self.spare -= if kept.is_failed { 0 } else { kept.bytes() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail(text: &str) -> LogTail {
        LogTail {
            name: "log".to_owned(),
            text: text.to_owned(),
            lines: 1,
            is_cut: true,
        }
    }

    #[test]
    fn a_run_has_the_last_that_was_put_and_parts_are_taken_over() {
        let mut logs = Logs::default();
        logs.put(3, false, tail("c"));
        logs.put(1, true, tail("a"));
        logs.put(3, true, tail("d"));
        let text = |logs: &Logs, row| logs.of(row).map(|tail| tail.text.clone());
        assert_eq!(text(&logs, 3).as_deref(), Some("d"));
        assert_eq!((text(&logs, 2), logs.rows()), (None, 4));
        let mut whole = Logs::default();
        whole.put(0, true, tail("z"));
        whole.append(logs, &|row| row + 10);
        assert_eq!(text(&whole, 11).as_deref(), Some("a"));
        assert_eq!(text(&whole, 13).as_deref(), Some("d"));
        assert_eq!(whole.bytes, 3 * (4 + OWN_BYTES));
        assert_eq!(whole.spare, 0);
    }

    #[test]
    fn memory_is_bounded_and_failed_runs_come_first() {
        let text = "x".repeat(8 << 10);
        let mut logs = Logs::default();
        for row in 0..5000 {
            logs.put(row, row % 2 == 1, tail(&text));
            assert!(logs.bytes <= MOST_BYTES);
        }
        // All of failed ones are there, and as many of others as there was room for.
        assert!((0..5000).all(|row| row % 2 == 0 || logs.of(row).is_some()));
        let kept = logs.kept.len();
        assert_eq!(kept + logs.left_out(), 5000);
        assert!(logs.bytes > MOST_BYTES - MADE_FREE - 2 * text.len());
        // When they fill it, what comes is left out.
        for row in 5000..8000 {
            logs.put(row, true, tail(&text));
        }
        assert!(logs.bytes <= MOST_BYTES && logs.spare == 0);
        assert_eq!(logs.kept.len() + logs.left_out(), 8000);
        assert!(logs.of(1).is_some() && logs.of(7999).is_none());
    }
}
