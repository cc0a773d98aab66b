//! How delimited text is written: its delimiter, its decimal sign, its comments, its header.

use super::cell;
use crate::format::runsift_table;
use crate::ledger::{ValueRef, parse_number, time};
use delimited::{Block, Splitter};

/// How many records a dialect is judged by.
const JUDGED: usize = 20;

/// How many lines before a header tell where a table comes from.
const LINES_BEFORE: usize = 20;

/// How a table is written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own"
)]
pub struct Dialect {
    /// Between cells.
    pub delimiter: u8,
    /// At the end of a line: LF (perhaps after CR), or CR in files that have nothing else.
    pub newline: u8,
    /// Whether `0,5` is a number.
    pub decimal_comma: bool,
    /// What parts thousands: a point, where `1.000` is one, or a comma.
    pub thousands: Option<u8>,
    /// Whether in dates such as `11/28/2026` the month comes first, where some show it.
    pub month_first: Option<bool>,
    /// How many comment and blank lines precede the header.
    pub lines_before: usize,
    /// Whether the first record names the columns.
    pub has_header: bool,
    /// Whether the names of columns stand below those of their groups, as below merged cells or pandas' `MultiIndex`.
    pub has_groups: bool,
    /// Whether below those stands what pandas' index is called, in a record that has nothing else.
    pub has_index_names: bool,
    /// Whether every record begins with a cell that the header does not name, as R writes row names.
    pub has_row_names: bool,
    /// Whether the page wrote it, as its first line says.
    pub is_ours: bool,
}

impl Dialect {
    /// The dialect of a text, judged by its beginning. The delimiter is the one that cuts the first
    /// records into the same number of cells, more than one, for most of them.
    pub fn of(text: &str) -> Self {
        let newline = if text.contains('\n') || !text.contains('\r') {
            b'\n'
        } else {
            b'\r'
        };
        let mut dialect = Self {
            delimiter: b',',
            newline,
            decimal_comma: false,
            thousands: None,
            month_first: None,
            lines_before: 0,
            has_header: true,
            has_groups: false,
            has_index_names: false,
            has_row_names: false,
            is_ours: false,
        };
        if let Some(delimiter) = runsift_table::delimiter(text) {
            return Self {
                delimiter,
                lines_before: 1,
                is_ours: true,
                ..dialect
            };
        }
        // Excel writes the delimiter into a line of its own.
        if let Some(named) = text
            .strip_prefix("sep=")
            .and_then(|rest| rest.bytes().next())
        {
            dialect.lines_before = 1;
            dialect.delimiter = named;
        } else {
            let is_before =
                |line: &&str| line.trim().is_empty() || (line.starts_with('#') && !is_header(line));
            dialect.lines_before = text
                .split_inclusive(char::from(newline))
                .take_while(is_before)
                .count();
            let score = |delimiter: u8| {
                let records = Self {
                    delimiter,
                    ..dialect.clone()
                }
                .records_of(text, JUDGED);
                let width = records.first().map_or(0, Vec::len);
                let same = records
                    .iter()
                    .filter(|record| record.len() == width)
                    .count();
                if width < 2 {
                    0
                } else {
                    same * 1000 / records.len().max(1) * 100 + width.min(99)
                }
            };
            let best = b",;\t|"
                .iter()
                .copied()
                .max_by_key(|delimiter| (score(*delimiter), *delimiter == b','));
            let best = best.filter(|delimiter| score(*delimiter) > 0);
            if let Some(best) = best {
                dialect.delimiter = best;
            } else if let Some(odd) = dialect.of_odd(text) {
                dialect = odd;
            }
        }
        let mut records = dialect.records_of(text, JUDGED);
        if !dialect.has_groups && has_groups(&records) {
            dialect.has_groups = true;
            records = dialect.records_of(text, JUDGED);
        }
        if dialect.has_groups && records.get(1).is_some_and(|record| names_index(record)) {
            dialect.has_index_names = true;
            records = dialect.records_of(text, JUDGED);
        }
        let cells = || records.iter().skip(1).flatten().map(|cell| cell.trim());
        let with_comma = cells()
            .filter(|cell| cell::decimal_comma(cell.trim_end_matches(['%', ' '])).is_some())
            .count();
        let pointed = || cells().filter(|cell| cell.contains('.') && parse_number(cell).is_some());
        dialect.decimal_comma =
            dialect.delimiter != b',' && with_comma > 0 && with_comma > pointed().count();
        let are_parted =
            dialect.decimal_comma && pointed().all(|cell| cell::thousands(cell).is_some());
        dialect.thousands = if dialect.decimal_comma {
            are_parted.then_some(b'.')
        } else {
            commas_part_thousands(&records).then_some(b',')
        };
        dialect.month_first = month_comes_first(&records);
        dialect.has_header = records.first().is_none_or(|first| names_columns(first));
        if let [header, body @ ..] = records.as_slice() {
            let is_longer = |record: &Vec<String>| {
                record.len() == header.len() + 1
                    && record.last().is_some_and(|cell| !cell.is_empty())
            };
            dialect.has_row_names =
                dialect.has_header && !body.is_empty() && body.iter().all(is_longer);
        }
        dialect
    }

    /// What is a table only in part: cells that single blanks part, as R's `write.table` writes them, or a header below
    /// lines that tell where it comes from.
    fn of_odd(&self, text: &str) -> Option<Self> {
        let spaced = Self {
            delimiter: b' ',
            ..self.clone()
        };
        let below = b",;\t|".map(|delimiter| {
            let lines = text.split(char::from(self.newline));
            let is_before = |line: &&str| !line.contains(char::from(delimiter));
            Self {
                delimiter,
                lines_before: lines.take(LINES_BEFORE).take_while(is_before).count(),
                ..self.clone()
            }
        });
        let odd = std::iter::once(spaced).chain(below);
        let mut odd = odd.map(|dialect| Self {
            has_groups: has_groups(&dialect.records_of(text, JUDGED)),
            ..dialect
        });
        odd.find(|dialect| dialect.is_regular(text))
    }

    /// Whether the first records are a table beyond doubt: prose has blanks and commas too.
    fn is_regular(&self, text: &str) -> bool {
        let mut records = self.records_of(text, JUDGED);
        // The last may be cut.
        if records.len() == JUDGED || !text.ends_with(char::from(self.newline)) {
            records.pop();
        }
        let [header, body @ ..] = records.as_slice() else {
            return false;
        };
        let width = body.first().map_or(0, Vec::len);
        let is_number =
            |cell: &String| parse_number(cell).is_some() || cell::decimal_comma(cell).is_some();
        let mut names = header.iter().enumerate();
        let are_names = names
            .all(|(at, name)| !name.is_empty() && !is_number(name) && !header[..at].contains(name));
        let is_whole =
            |record: &[String]| self.delimiter != b' ' || !record.contains(&String::new());
        are_names
            && body.len() > 1
            && header.len() > 1
            && (width == header.len() || self.delimiter == b' ' && width == header.len() + 1)
            && body
                .iter()
                .all(|record| record.len() == width && is_whole(record))
            && (0..width).any(|at| {
                let mut given = body
                    .iter()
                    .map(|record| &record[at])
                    .filter(|cell| !cell.is_empty());
                given.clone().all(is_number) && given.nth(1).is_some()
            })
    }

    /// The first records of a text, at most `most`, the header among them.
    pub fn records_of(&self, text: &str, most: usize) -> Vec<Vec<String>> {
        let mut splitter = Splitter::new(Box::new(text.as_bytes()), self.delimiter, self.newline);
        let mut ignore = |_| {};
        for _ in 0..self.lines_before {
            splitter.skip_line(&mut ignore);
        }
        let (mut block, mut found) = (Block::default(), Vec::new());
        let most = most + usize::from(self.has_groups) + usize::from(self.has_index_names);
        while found.len() < most && splitter.next_block(&mut block, most, &mut ignore) {
            for record in 0..block.len() {
                let cell = |range: &(u32, u32)| {
                    let bytes = splitter
                        .bytes()
                        .get(range.0 as usize..range.1 as usize)
                        .unwrap_or_default();
                    String::from_utf8_lossy(bytes).into_owned()
                };
                let cells: Vec<String> = block.cells(record).iter().map(cell).collect();
                if cells.iter().any(|cell| !cell.is_empty()) {
                    found.push(cells);
                }
            }
        }
        found.truncate(most);
        if self.has_groups && found.len() > 1 {
            let names = found.remove(1);
            found[0] = below_groups(&found[0], names.iter().map(String::as_str));
        }
        if self.has_index_names && found.len() > 1 {
            let names = found.remove(1);
            put_index_names(&mut found[0], names.iter().map(String::as_str));
        }
        found
    }

    /// What a cell is.
    pub fn value<'c>(&self, cell: &'c str) -> ValueRef<'c> {
        cell::Style::of(self).value(cell)
    }

    /// The number that a cell is.
    pub fn number(&self, cell: &str) -> Option<f64> {
        self.value(cell).number()
    }
}

/// Whether a first record names columns: some cell is a word, and none is a fraction (a whole number may
/// name a column of a pivot table).
fn names_columns(record: &[String]) -> bool {
    let number = |cell: &&str| parse_number(cell).is_some() || cell::decimal_comma(cell).is_some();
    let cells = || {
        record
            .iter()
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty())
    };
    let is_fraction = |cell: &str| number(&cell) && cell.contains(['.', ',']);
    cells().any(|cell| !number(&cell)) && !cells().any(is_fraction)
}

/// Whether a first record names groups of columns, of which some has several, and a second the columns in them.
/// Optuna's own table of this kind is read by its rules.
fn has_groups(records: &[Vec<String>]) -> bool {
    let [groups, names, body @ ..] = records else {
        return false;
    };
    let is_word = |cell: &&String| !cell.is_empty() && parse_number(cell).is_none();
    let has_several = |at: usize| {
        let next = groups.get(at + 1);
        is_word(&&groups[at]) && next.is_some_and(|next| next.is_empty() || *next == groups[at])
    };
    let joined = below_groups(groups, names.iter().map(String::as_str));
    let mut places = joined.iter().enumerate();
    let is_number = |record: &Vec<String>, at: usize| {
        let cell = record.get(at).filter(|cell| !cell.is_empty());
        cell.is_none_or(|cell| parse_number(cell).is_some() || cell::decimal_comma(cell).is_some())
    };
    // The columns of the index are in no group, and are named below.
    let are_index = names.iter().take_while(|cell| cell.is_empty()).count();
    groups.len() == names.len()
        && groups.iter().all(|cell| cell.is_empty() || is_word(&cell))
        && !groups.iter().any(|cell| cell == "number")
        && (0..groups.len()).any(has_several)
        && names
            .iter()
            .skip(are_index.max(1))
            .all(|cell| is_word(&cell))
        && places.all(|(at, name)| name.is_empty() || !joined[..at].contains(name))
        && !body.is_empty()
        && (1..names.len()).any(|at| body.iter().all(|record| is_number(record, at)))
}

/// Whether a record has words in its first cells and nothing in the others, as below the columns of a `MultiIndex`.
fn names_index(record: &[String]) -> bool {
    let words = record.iter().take_while(|cell| !cell.is_empty());
    let count = words.clone().count();
    count > 0
        && count < record.len()
        && words.clone().all(|cell| parse_number(cell).is_none())
        && record.iter().skip(count).all(String::is_empty)
}

/// Puts the names of an index where its columns have none that is theirs.
pub(super) fn put_index_names<'n>(columns: &mut [String], names: impl Iterator<Item = &'n str>) {
    for (column, name) in columns
        .iter_mut()
        .zip(names)
        .filter(|(_, name)| !name.is_empty())
    {
        name.clone_into(column);
    }
}

/// Names of columns behind those of their groups; a blank group is that of the column before where no name is repeated,
/// as only the first of merged cells is filled.
pub(super) fn below_groups<'n>(
    groups: &[String],
    names: impl Iterator<Item = &'n str>,
) -> Vec<String> {
    let is_repeated = groups
        .windows(2)
        .any(|pair| pair[0] == pair[1] && !pair[0].is_empty());
    let mut last = "";
    let names = names.zip(groups).map(|(name, group)| {
        if !group.is_empty() || is_repeated {
            last = group;
        }
        match (last.trim(), name.trim()) {
            ("", name) => name.to_owned(),
            (group, "") => group.to_owned(),
            (group, name) => format!("{group}.{name}"),
        }
    });
    names.collect()
}

/// The cells of a column below its name that are not blank.
fn cells_of(records: &[Vec<String>], at: usize) -> impl Iterator<Item = &str> {
    let cells = records
        .iter()
        .skip(1)
        .filter_map(move |record| record.get(at));
    cells
        .map(|cell| cell.trim())
        .filter(|cell| !cell.is_empty())
}

/// Whether commas part thousands: where a cell is such a number, all of its column are numbers, and some cell can be no
/// list of sizes, as `128,256` may be: it has a fraction, or a group that begins with 0.
fn commas_part_thousands(records: &[Vec<String>]) -> bool {
    let width = records.first().map_or(0, Vec::len);
    let column = |at: usize| cells_of(records, at);
    let is_parted = |cell: &str| cell::comma_thousands(cell).is_some();
    let is_sure = |cell: &str| is_parted(cell) && (cell.contains('.') || cell.contains(",0"));
    let mut parted = (0..width)
        .filter(|at| column(*at).any(is_parted))
        .peekable();
    parted.peek().is_some()
        && parted.all(|at| {
            column(at).any(is_sure)
                && column(at).all(|cell| is_parted(cell) || parse_number(cell).is_some())
        })
}

/// Whether the month comes first in dates that strokes part: where all dates of a column can be read so and not the other way,
/// and no column says otherwise.
fn month_comes_first(records: &[Vec<String>]) -> Option<bool> {
    let width = records.first().map_or(0, Vec::len);
    let mut found = None;
    for at in 0..width {
        let are_dates = |month_first: bool| {
            let cells = cells_of(records, at);
            let mut dates = cells.map(|cell| time::parse_slashed(cell, month_first).is_some());
            dates.next() == Some(true) && dates.all(|is_date| is_date)
        };
        let shown = match (are_dates(true), are_dates(false)) {
            (true, false) => true,
            (false, true) => false,
            _ => continue,
        };
        if found.replace(shown).is_some_and(|known| known != shown) {
            return None;
        }
    }
    found
}

/// `#` can begin the header's first name, as in `#loss`; a comment has a blank or nothing after it.
fn is_header(line: &str) -> bool {
    line.chars().nth(1).is_some_and(char::is_alphanumeric) && line.contains([',', ';', '\t', '|'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        text: &str,
        delimiter: char,
        decimal_comma: bool,
        lines_before: usize,
        has_header: bool,
    ) {
        let got = Dialect::of(text);
        assert_eq!(
            (
                char::from(got.delimiter),
                got.decimal_comma,
                got.lines_before,
                got.has_header
            ),
            (delimiter, decimal_comma, lines_before, has_header),
            "{text:?}"
        );
    }

    #[test]
    fn dialects_are_recognised() {
        check("a,b\n1,2\n", ',', false, 0, true);
        check("a;b\n0,5;1,25\n", ';', true, 0, true);
        check("a;b\n0.5;1.25\n", ';', false, 0, true);
        check("a\tb\n1\t2\n", '\t', false, 0, true);
        check("a|b\n1|2\n", '|', false, 0, true);
        check("# made by hand\n#\n\na,b\n1,2\n", ',', false, 3, true);
        check("#loss,lr\n1,2\n", ',', false, 0, true);
        check("sep=;\na;b\n1;2\n", ';', false, 1, true);
        check("1,2\n3,4\n", ',', false, 0, false);
        check("adam,0.1,5\nsgd,0.2,6\n", ',', false, 0, false);
        check("lr,0,1\nx,2,3\n", ',', false, 0, true);
        check("a\n1\n2\n", ',', false, 0, true);
        // A comma inside a semicolon's cells, and the other way round.
        check(
            "lr;params\n0,1;\"{'a': 1, 'b': 2}\"\n0,2;\"{'a': 3, 'b': 4}\"\n",
            ';',
            true,
            0,
            true,
        );
        check("lr,note\n0.1,a;b;c\n0.2,d;e;f\n", ',', false, 0, true);
        check("", ',', false, 0, true);
        check("run lr loss\na 0.1 1\nb 0.2 2\n", ' ', false, 0, true);
        check(
            "\"lr\" \"a b\"\n\"1\" 0.1 1\n\"2\" 0.2 2\n",
            ' ',
            false,
            0,
            true,
        );
        check(
            "Export of p\nDate: 1\n\na,b\n1,2\n3,4\n",
            ',',
            false,
            3,
            true,
        );
        check("x\na;b\nc;0,5\nd;1\n", ';', true, 1, true);
        // Prose, lines of a log, and numbers under one another.
        for text in [
            "It is a text\nof 2 lines that\nhave words 4 each\n",
            "epoch 1 loss 0.5\nepoch 2 loss 0.4\nepoch 3 loss 0.3\n",
            "a text only\nof three words\na line here\n",
            "Dear all,\nplease, read\nthis, too\n",
        ] {
            check(text, ',', false, 0, true);
        }
        assert_eq!(Dialect::of("a,b\r1,2\r").newline, b'\r');
    }
}
