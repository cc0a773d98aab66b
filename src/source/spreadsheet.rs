//! The first sheet of a workbook (`.xlsx`) that may be a table as delimited text, so that whatever table is in it is read as the same
//! table in a CSV is: an export that was opened in a spreadsheet and saved there.
//!
//! Parts of the package are found by their relations (ECMA-376, part 1, 18.2). The crate calamine does
//! more, but brings tables of all encodings into the page; this needs a zip and XML.

use super::limits::{UNPACKED_FREE_BYTES, UNPACKED_MEMORY_BYTES};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::io::{self, Read as _};
use zip::ZipArchive;

use super::ReadSeek;

/// Columns that a sheet may have.
const COLUMNS: usize = 16_384;

/// How far rows may reach beyond the last written one before they are taken for stray cells.
const CELLS: usize = 200_000_000;

/// Days from the beginning of 1900, as spreadsheets count, to that of 1970, and where a workbook counts from 1904.
const DAYS_1900: f64 = 25_569.0;
const DAYS_1904: f64 = 24_107.0;

/// How many sheets are looked through for a table.
const SHEETS: usize = 16;

/// What a workbook says of its sheets.
pub(super) struct Workbook {
    /// Their names and the parts in which they are, in their order.
    sheets: Vec<(String, String)>,
    first_day: f64,
}

impl Workbook {
    /// Reads the list of sheets. Fails with the reason.
    pub(super) fn open(zip: &mut ZipArchive<Box<dyn ReadSeek>>) -> io::Result<Self> {
        let workbook = part(zip, "xl/workbook.xml")?
            .ok_or_else(|| io::Error::other("it has no list of sheets"))?;
        let mut sheets: Vec<(String, String)> = Vec::new();
        let mut first_day = DAYS_1900;
        each(&workbook, &mut |event| {
            if let Event::Start(tag) | Event::Empty(tag) = event {
                match tag.local_name().as_ref() {
                    "sheet" => sheets.push((attribute(tag, "name"), attribute(tag, "id"))),
                    "workbookPr" if matches!(attribute(tag, "date1904").as_str(), "1" | "true") => {
                        first_day = DAYS_1904;
                    }
                    _ => {}
                }
            }
        })?;
        let relations = part(zip, "xl/_rels/workbook.xml.rels")?.unwrap_or_default();
        let mut targets = order::Map::new();
        each(&relations, &mut |event| {
            if let Event::Start(tag) | Event::Empty(tag) = event {
                targets.insert(attribute(tag, "Id"), attribute(tag, "Target"));
            }
        })?;
        for (at, (_, part)) in sheets.iter_mut().enumerate() {
            let usual = || format!("worksheets/sheet{}.xml", at + 1);
            let target = targets.get(part.as_str()).cloned().unwrap_or_else(usual);
            *part = target
                .strip_prefix('/')
                .map_or_else(|| format!("xl/{target}"), str::to_owned);
        }
        Ok(Self { sheets, first_day })
    }

    /// How many sheets it has.
    pub(super) fn len(&self) -> usize {
        self.sheets.len()
    }

    /// The name of the first sheet that may be a table, its cells as delimited text, and how many of them are formulas that
    /// no value stands beside. Fails with the reason.
    pub(super) fn table(
        &self,
        zip: &mut ZipArchive<Box<dyn ReadSeek>>,
    ) -> io::Result<(String, String, usize)> {
        let sheet = Sheet {
            texts: shared_texts(&part(zip, "xl/sharedStrings.xml")?.unwrap_or_default())?,
            dates: date_styles(&part(zip, "xl/styles.xml")?.unwrap_or_default())?,
            first_day: self.first_day,
        };
        let mut first = None;
        for (name, path) in self.sheets.iter().take(SHEETS) {
            // A sheet of charts has no cells.
            let cells = part(zip, path)?.unwrap_or_default();
            let (text, formulas) = sheet.delimited(&cells)?;
            let is_table = text.lines().nth(1).is_some();
            if is_table || first.is_none() {
                first = Some((name.clone(), text, formulas));
            }
            if is_table {
                break;
            }
        }
        first.ok_or_else(|| io::Error::other("it has no sheet"))
    }
}

/// A part of the package as text; `None` where it has none of this name.
fn part(zip: &mut ZipArchive<Box<dyn ReadSeek>>, name: &str) -> io::Result<Option<String>> {
    let Some(index) = zip.index_for_name(name) else {
        return Ok(None);
    };
    let entry = zip.by_index(index).map_err(io::Error::other)?;
    // Sheets shrink well; a bomb shrinks better.
    let most = (entry.compressed_size() * 100 + UNPACKED_FREE_BYTES).min(UNPACKED_MEMORY_BYTES);
    let mut bytes = Vec::new();
    entry.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("its part {name} is too large")));
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

fn each(text: &str, take: &mut dyn FnMut(&Event<'_>)) -> io::Result<()> {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().map_err(io::Error::other)? {
            Event::Eof => return Ok(()),
            event => take(&event),
        }
    }
}

/// An attribute by its name without a prefix; empty where there is none.
fn attribute(tag: &BytesStart<'_>, name: &str) -> String {
    let found = tag
        .attributes()
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name);
    let value = found.and_then(|attribute| {
        let value = attribute.normalized_value(quick_xml::XmlVersion::default());
        value.ok().map(std::borrow::Cow::into_owned)
    });
    value.unwrap_or_default()
}

/// Adds an event's text, with its entities.
fn add_text(event: &Event<'_>, to: &mut String) {
    match event {
        Event::Text(text) => to.push_str(&text.xml10_content()),
        Event::CData(text) => to.push_str(&text.xml10_content()),
        Event::GeneralRef(name) => {
            if let Ok(Some(c)) = name.resolve_char_ref() {
                to.push(c);
            } else if let Some(text) =
                quick_xml::escape::resolve_predefined_entity(&name.xml10_content())
            {
                to.push_str(text);
            }
        }
        _ => {}
    }
}

/// The texts that cells refer to by number. Phonetic hints (`rPh`) are none of the text.
fn shared_texts(part: &str) -> io::Result<Vec<String>> {
    let mut texts: Vec<String> = Vec::new();
    let (mut is_text, mut is_hint) = (false, false);
    each(part, &mut |event| match event {
        Event::Start(tag) => match tag.local_name().as_ref() {
            "si" => texts.push(String::new()),
            "rPh" => is_hint = true,
            "t" => is_text = !is_hint,
            _ => {}
        },
        Event::Empty(tag) if tag.local_name().as_ref() == "si" => texts.push(String::new()),
        Event::End(tag) => match tag.local_name().as_ref() {
            "rPh" => is_hint = false,
            "t" => is_text = false,
            _ => {}
        },
        event if is_text => {
            if let Some(text) = texts.last_mut() {
                add_text(event, text);
            }
        }
        _ => {}
    })?;
    Ok(texts)
}

/// By number of a cell's style whether it shows a date.
fn date_styles(part: &str) -> io::Result<Vec<bool>> {
    let mut formats = order::Set::new();
    let mut styles = Vec::new();
    let mut is_in_cells = false;
    each(part, &mut |event| match event {
        Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
            "numFmt" if is_date_format(&attribute(tag, "formatCode")) => {
                formats.insert(attribute(tag, "numFmtId"));
            }
            "cellXfs" => is_in_cells = true,
            "xf" if is_in_cells => {
                let format = attribute(tag, "numFmtId");
                // Dates among the formats that need no description; 45 to 47 are lengths of time.
                let is_known = matches!(format.parse(), Ok(14..=22u32));
                styles.push(is_known || formats.contains(&format));
            }
            _ => {}
        },
        Event::End(tag) if tag.local_name().as_ref() == "cellXfs" => is_in_cells = false,
        _ => {}
    })?;
    Ok(styles)
}

/// Whether a format shows years or days, outside quoted text.
fn is_date_format(code: &str) -> bool {
    let mut is_quoted = false;
    code.to_ascii_lowercase().chars().any(|c| {
        match c {
            '"' => is_quoted = !is_quoted,
            'y' | 'd' => return !is_quoted,
            _ => {}
        }
        false
    })
}

struct Sheet {
    texts: Vec<String>,
    dates: Vec<bool>,
    first_day: f64,
}

/// A cell while it is read.
#[derive(Default)]
struct Cell {
    column: usize,
    kind: String,
    style: usize,
    text: String,
    is_formula: bool,
}

impl Sheet {
    fn delimited(&self, part: &str) -> io::Result<(String, usize)> {
        let mut out = csv::WriterBuilder::new()
            .flexible(true)
            .from_writer(Vec::new());
        let mut row: Vec<String> = Vec::new();
        let mut width = 0;
        let mut cells = 0;
        let mut left = UNPACKED_MEMORY_BYTES;
        let mut cell = Cell::default();
        let mut is_value = false;
        let mut formulas = 0;
        let mut fault = None;
        let mut merged = merged_cells(part)?;
        let mut number = 0;
        each(part, &mut |event| match event {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "row" => {
                    row.clear();
                    number = attribute(tag, "r").parse().unwrap_or(number + 1);
                }
                "c" => {
                    let reference = attribute(tag, "r");
                    cell = Cell {
                        column: column_of(&reference).unwrap_or(row.len()),
                        kind: attribute(tag, "t"),
                        style: attribute(tag, "s").parse().unwrap_or(0),
                        text: String::new(),
                        is_formula: false,
                    };
                }
                // A formula has its value beside it, where a spreadsheet worked it out.
                "f" => cell.is_formula = true,
                "v" | "t" => is_value = matches!(event, Event::Start(_)),
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "v" | "t" => is_value = false,
                "c" if cell.column < COLUMNS => {
                    if row.len() <= cell.column {
                        row.resize(cell.column + 1, String::new());
                    }
                    let is_blank = cell.text.is_empty() && cell.kind != "str";
                    formulas += usize::from(cell.is_formula && is_blank);
                    // Many cells may refer to one long text.
                    row[cell.column] = self.shown(&cell);
                    let size = row[cell.column].len() as u64;
                    left = left.checked_sub(size).unwrap_or_else(|| {
                        row[cell.column] = String::new();
                        fault.get_or_insert("its texts are too long");
                        0
                    });
                }
                "row" if !row.iter().all(String::is_empty) => {
                    for cells in &mut merged {
                        let size = cells.fill(&mut row, number);
                        left = left.checked_sub(size).unwrap_or_else(|| {
                            fault.get_or_insert("its texts are too long");
                            0
                        });
                    }
                    // A title over merged cells has one cell, and rows below it more.
                    let filled = row.iter().rposition(|cell| !cell.is_empty());
                    row.truncate(filled.map_or(0, |last| last + 1));
                    width = width.max(row.len());
                    row.resize(width, String::new());
                    cells += row.len();
                    if cells > CELLS {
                        fault.get_or_insert("it has too many cells");
                    } else if out.write_record(&row).is_err() {
                        fault.get_or_insert("a row cannot be written");
                    }
                }
                _ => {}
            },
            event if is_value => add_text(event, &mut cell.text),
            _ => {}
        })?;
        if let Some(fault) = fault {
            return Err(io::Error::other(fault));
        }
        let bytes = out
            .into_inner()
            .map_err(|error| io::Error::other(error.to_string()))?;
        let text = String::from_utf8(bytes).map_err(io::Error::other)?;
        Ok((text, formulas))
    }

    /// A cell as it would stand in a CSV.
    fn shown(&self, cell: &Cell) -> String {
        match cell.kind.as_str() {
            "s" => {
                let text = cell
                    .text
                    .trim()
                    .parse()
                    .ok()
                    .and_then(|at: usize| self.texts.get(at));
                text.cloned().unwrap_or_default()
            }
            "b" => (cell.text.trim() == "1").to_string(),
            // What could not be computed is not there.
            "e" => String::new(),
            "" | "n" if self.dates.get(cell.style) == Some(&true) => {
                let days: Option<f64> = cell.text.trim().parse().ok();
                let shown = days.and_then(|days| {
                    let millis = ((days - self.first_day) * 86_400_000.0).round();
                    iso(millis)
                });
                shown.unwrap_or_else(|| cell.text.clone())
            }
            _ => cell.text.clone(),
        }
    }
}

/// How many merged cells are looked at: each is asked for every row.
const MERGED: usize = 4096;

/// Cells that are shown as one, of which only the first is filled in.
struct Merged {
    rows: std::ops::RangeInclusive<usize>,
    columns: std::ops::RangeInclusive<usize>,
    text: String,
}

impl Merged {
    /// Fills in those of a row, and gives how many bytes that took: a title over a whole table stays one cell.
    fn fill(&mut self, row: &mut Vec<String>, number: usize) -> u64 {
        let (from, to) = (*self.columns.start(), *self.columns.end());
        if !self.rows.contains(&number) {
            return 0;
        }
        if number == *self.rows.start() {
            self.text = row.get(from).cloned().unwrap_or_default();
        }
        let mut others = row.iter().enumerate();
        let is_title = !others.any(|(at, cell)| !cell.is_empty() && !self.columns.contains(&at));
        if self.text.is_empty() || is_title {
            return 0;
        }
        row.resize(row.len().max(to + 1), String::new());
        row[from..=to].fill(self.text.clone());
        (self.text.len() * (to - from)) as u64
    }
}

/// The merged cells of a sheet, which stand behind its rows.
fn merged_cells(part: &str) -> io::Result<Vec<Merged>> {
    let mut merged = Vec::new();
    if !part.contains("mergeCell") {
        return Ok(merged);
    }
    each(part, &mut |event| {
        if let Event::Start(tag) | Event::Empty(tag) = event
            && tag.local_name().as_ref() == "mergeCell"
            && merged.len() < MERGED
            && let reference = attribute(tag, "ref")
            && let Some((from, to)) = reference.split_once(':')
            && let (Some(left), Some(right)) = (column_of(from), column_of(to))
            && let (Some(top), Some(bottom)) = (row_of(from), row_of(to))
            && left <= right
            && right < COLUMNS
        {
            merged.push(Merged {
                rows: top..=bottom,
                columns: left..=right,
                text: String::new(),
            });
        }
    })?;
    Ok(merged)
}

/// The row of a cell's reference, `C7` is 7.
fn row_of(reference: &str) -> Option<usize> {
    let digits = reference.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.parse().ok()
}

/// A moment as text in the form of ISO 8601.
fn iso(millis: f64) -> Option<String> {
    let moment =
        time::OffsetDateTime::from_unix_timestamp_nanos(millis as i128 * 1_000_000).ok()?;
    moment
        .format(&time::format_description::well_known::Rfc3339)
        .ok()
}

/// The column of a cell's reference, `C7` is 2.
fn column_of(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_uppercase);
    let column = letters.take(4).fold(0, |column, letter| {
        column * 26 + usize::from(letter - b'A') + 1
    });
    column.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::{column_of, is_date_format};

    #[test]
    fn references_are_columns() {
        assert_eq!(column_of("A1"), Some(0));
        assert_eq!(column_of("Z9"), Some(25));
        assert_eq!(column_of("AA1"), Some(26));
        assert_eq!(column_of("XFD1048576"), Some(16_383));
        assert_eq!(column_of("7"), None);
    }

    #[test]
    fn dates_are_told_by_their_format() {
        assert!(is_date_format("yyyy-mm-dd hh:mm"));
        assert!(!is_date_format("0.00E+00"));
        assert!(!is_date_format("0.0 \"days\""));
    }
}
