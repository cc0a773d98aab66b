//! A ledger as it may leave: chosen runs and columns, and texts without what should stay.

use super::masking::Mask;
use super::secret::{SecretKind, homes, named_kind, names, people, spotted, whole_kind};
use crate::ledger::{
    Bits, Cells, Column, ColumnId, DeclaredRange, Ledger, Role, SourceRecord, Value, ValueRef,
    attribute,
};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

/// How many different texts of a kind are listed.
const MOST_LISTED: usize = 100;

/// How many different texts are counted; beyond, they are replaced but not told one by one.
const MOST_COUNTED: usize = 20_000;

/// In how many columns a text is said to stand.
const COLUMNS_TOLD: usize = 3;

/// What replaces a word of the person's own.
const HIDDEN: &str = "[hidden]";

/// Names and ids of runs from this length on are looked for in other texts too.
const LONG_NAME: usize = 6;

/// What is left out or replaced before runs are shared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Redaction {
    /// What is replaced in texts.
    pub kinds: Vec<SecretKind>,
    /// Texts that stay all the same.
    pub kept: Vec<String>,
    /// Further words that are replaced.
    pub further: Vec<String>,
    /// Columns that are left out.
    pub left_out: Vec<ColumnId>,
    /// Whether runs are numbered instead of named.
    pub renames_runs: bool,
}

impl Default for Redaction {
    fn default() -> Self {
        Self {
            kinds: SecretKind::ALL.to_vec(),
            kept: Vec::new(),
            further: Vec::new(),
            left_out: Vec::new(),
            renames_runs: false,
        }
    }
}

/// A text that gives something away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// What it is.
    pub kind: SecretKind,
    /// The text.
    pub text: String,
    /// In how many cells it stands; in none where it stands in words of the person alone.
    pub cells: usize,
    /// Names of some columns that have it.
    pub columns: Vec<String>,
}

/// What texts give away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// The texts: by kind, those in most cells first.
    pub listed: Vec<Secret>,
    /// How many further ones there are.
    pub unlisted: usize,
}

/// What these runs give away in the columns that are not left out, and words of the person do.
pub(crate) fn secrets(
    ledger: &Ledger,
    rows: &Bits,
    left_out: &[ColumnId],
    words: &[String],
) -> Secrets {
    let mut found: Vec<Secret> = Vec::new();
    let mut places: FxHashMap<(SecretKind, String), usize> = FxHashMap::default();
    let mut unlisted = 0;
    let mut note = |column: Option<&Column>, kind: SecretKind, text: &str, cells: usize| {
        let key = (kind, text.to_owned());
        let place = match places.get(&key) {
            Some(place) => *place,
            None if found.len() >= MOST_COUNTED => {
                unlisted += 1;
                return;
            }
            None => {
                places.insert(key, found.len());
                found.push(Secret {
                    kind,
                    text: text.to_owned(),
                    cells: 0,
                    columns: Vec::new(),
                });
                found.len() - 1
            }
        };
        let secret = &mut found[place];
        secret.cells += cells;
        let is_told = |name: &str| secret.columns.iter().any(|known| known == name);
        if let Some(name) = column.map(Column::name)
            && !is_told(name)
            && secret.columns.len() < COLUMNS_TOLD
        {
            secret.columns.push(name.to_owned());
        }
    };
    each_text(ledger, rows, left_out, &mut |column, named, text, cells| {
        each_secret(named, text, &mut |kind, text| {
            note(Some(column), kind, text, cells);
        });
    });
    for words in words {
        each_secret(None, words, &mut |kind, text| note(None, kind, text, 0));
    }
    order::by(&mut found, |a, b| {
        a.kind.cmp(&b.kind).then(b.cells.cmp(&a.cells))
    });
    let mut of_kind = [0; SecretKind::ALL.len()];
    found.retain(|secret| {
        let count = &mut of_kind[secret.kind as usize];
        *count += 1;
        unlisted += usize::from(*count > MOST_LISTED);
        *count <= MOST_LISTED
    });
    Secrets {
        listed: found,
        unlisted,
    }
}

/// What is replaced in texts by a redaction. Words are known from all runs, chosen or not: notes and views name them too.
pub(crate) fn mask(ledger: &Ledger, redaction: &Redaction) -> Mask {
    let all = Bits::filled(ledger.rows(), true);
    let mut mask = Mask::new(redaction.kinds.clone(), redaction.kept.clone());
    for word in &redaction.further {
        mask.add_word(word, HIDDEN);
    }
    // Of all columns: who is named in one that is left out is not to be named in others.
    each_text(ledger, &all, &[], &mut |_, named, text, _| {
        each_secret(named, text, &mut |kind, text| {
            mask.number(kind, text);
            // A relative path is looked for elsewhere by its words: nothing else tells it. One word of it is none.
            let is_path = named == Some(kind)
                && kind == SecretKind::Path
                && text.trim_matches(['.', '/', '\\']).contains(['/', '\\']);
            if mask.has(kind) && (is_word(kind) || is_path) {
                let stand_in = mask.stand_in(kind, text);
                mask.add_word(text, &stand_in);
            }
        });
    });
    if redaction.renames_runs {
        for name in [attribute::ID, attribute::NAME] {
            let Some(column) = ledger.attribute(name) else {
                continue;
            };
            for row in 0..ledger.rows() {
                // Short ones, and ones without a digit, are words or numbers that mean other things elsewhere.
                if let ValueRef::Text(text) = column.get(row)
                    && text.len() >= LONG_NAME
                    && text.contains(|letter: char| letter.is_ascii_digit())
                    && text.contains(char::is_alphabetic)
                {
                    mask.add_word(text, "[run]");
                }
            }
        }
    }
    mask
}

/// The chosen runs with the chosen columns, replaced where the mask says so. Of sources only their formats stay.
pub(crate) fn redacted(ledger: &Ledger, rows: &Bits, redaction: &Redaction, mask: &Mask) -> Ledger {
    let rows: Vec<usize> = rows.ones().collect();
    let mut made = Ledger::default();
    let mut runs_of = vec![0; ledger.sources().len()];
    for row in &rows {
        if let Some(runs) = runs_of.get_mut(ledger.source_of(*row)) {
            *runs += 1;
        }
    }
    let sources: Vec<u32> = ledger
        .sources()
        .iter()
        .enumerate()
        .map(|(at, source)| {
            let is_told = |role: Role, name: &str| {
                let column = ledger.find(role, name);
                column.is_some_and(|id| !redaction.left_out.contains(&id))
            };
            let ranges = source.ranges.iter();
            let ranges = ranges.filter(|of| is_told(Role::Param, &of.name));
            // Of a group that is not told it is one of all runs.
            let has_groups = is_told(Role::Attribute, attribute::GROUP);
            let told = |text: &str| mask.apply(text).into_owned();
            made.add_source(SourceRecord {
                runs: runs_of[at],
                ranges: ranges
                    .map(|DeclaredRange { name, group, range }| DeclaredRange {
                        name: told(name),
                        group: if has_groups {
                            told(group)
                        } else {
                            String::new()
                        },
                        range: *range,
                    })
                    .collect(),
                ..bare_source(at, source, mask)
            })
        })
        .collect();
    for row in &rows {
        let source = sources.get(ledger.source_of(*row)).copied();
        made.add_row(source.unwrap_or_default());
    }
    let mut names: FxHashSet<(Role, String)> = FxHashSet::default();
    for (id, column) in ledger.columns_with_ids() {
        // What is computed comes again by its expression; what was said by hand goes beside.
        if column.is_vacant() || column.formula().is_some() || redaction.left_out.contains(&id) {
            continue;
        }
        let mut name = mask.apply(column.name()).into_owned();
        while !names.insert((column.role(), name.clone())) {
            name.push('\'');
        }
        let place = made.intern(column.role(), &name);
        let cells = if redaction.renames_runs {
            numbered(ledger, column, &rows)
        } else {
            None
        };
        let target = made.column_mut(place);
        let cells = cells.unwrap_or_else(|| masked_cells(column, &rows, mask));
        *target.cells_mut() = cells;
        target.set_history(column.history().map(|history| history.of_rows(&rows)));
    }
    made.pad();
    made
}

/// The new name of the run in a row, where runs are numbered.
pub(crate) fn number_of_run(row: usize) -> String {
    format!("run {}", row + 1)
}

/// Hears of a text: its column, what that column's name says of it, and in how many cells it stands.
type OnText<'a> = &'a mut dyn FnMut(&Column, Option<SecretKind>, &str, usize);

/// Calls `on` with each different text of the wanted rows, what its column's name says it is, and in how many of them it
/// stands.
fn each_text(ledger: &Ledger, rows: &Bits, left_out: &[ColumnId], on: OnText<'_>) {
    for (id, column) in ledger.columns_with_ids() {
        if column.is_vacant() || left_out.contains(&id) {
            continue;
        }
        let named = named_kind(column.name());
        match column.cells() {
            Cells::Category { codes, dictionary } => {
                let mut cells = vec![0usize; dictionary.values().len()];
                for row in rows.ones() {
                    let code = codes.get(row).map_or(usize::MAX, |code| *code as usize);
                    if let Some(count) = cells.get_mut(code) {
                        *count += 1;
                    }
                }
                for (value, count) in dictionary.values().iter().zip(cells) {
                    if let (Value::Text(text), true) = (value, count > 0) {
                        on(column, named, text, count);
                    }
                }
            }
            Cells::Number { odd, .. } => {
                for (row, value) in odd {
                    if let (Value::Text(text), true) = (value, rows.get(*row as usize)) {
                        on(column, named, text, 1);
                    }
                }
            }
            Cells::Text { .. } => {
                for row in rows.ones() {
                    if let ValueRef::Text(text) = column.get(row) {
                        on(column, named, text, 1);
                    }
                }
            }
            Cells::Empty(_) | Cells::Bool { .. } | Cells::Time { .. } => {}
        }
    }
}

/// Calls `on` with everything that a text gives away, whose column says that it is of this kind.
fn each_secret(named: Option<SecretKind>, text: &str, on: &mut dyn FnMut(SecretKind, &str)) {
    let spots = spotted(text);
    if !spots.is_empty() {
        for name in homes(text) {
            on(SecretKind::User, name);
        }
    }
    for (place, kind) in &spots {
        on(*kind, &text[place.clone()]);
        if *kind == SecretKind::Email {
            for name in people(text, place) {
                on(SecretKind::User, name);
            }
        }
    }
    // A cell of a column of hosts may be an address already, and one of users an e-mail address.
    let is_all = spots.iter().any(|(place, _)| place.len() == text.len());
    let whole = whole_kind(named, text);
    if let (Some(kind), false, false) = (whole, is_all, text.trim().is_empty()) {
        on(kind, text.trim());
        // Of a first and a last name each.
        if kind == SecretKind::User && spots.is_empty() && text.trim().contains(' ') {
            for name in names(text.trim()) {
                on(kind, name);
            }
        }
    }
}

/// Whether texts of this kind are looked for as words: all but those that are known by their looks alone.
fn is_word(kind: SecretKind) -> bool {
    matches!(
        kind,
        SecretKind::User | SecretKind::Host | SecretKind::Token
    )
}

/// A source of which only its format is told.
fn bare_source(at: usize, source: &SourceRecord, mask: &Mask) -> SourceRecord {
    SourceRecord {
        path: format!("source {}", at + 1),
        format: source.format.clone(),
        bytes: source.bytes,
        points_left_out: source.points_left_out,
        has_ids: source.has_ids,
        directions: source
            .directions
            .iter()
            .map(|(metric, maximize)| (mask.apply(metric).into_owned(), *maximize))
            .collect(),
        ..SourceRecord::default()
    }
}

/// Ids, names and parents of runs that are numbered; `None` for other columns.
fn numbered(ledger: &Ledger, column: &Column, rows: &[usize]) -> Option<Cells> {
    if column.role() != Role::Attribute {
        return None;
    }
    let mut cells = Cells::default();
    match column.name() {
        attribute::ID | attribute::NAME => {
            for row in 0..rows.len() {
                cells.push(ValueRef::Text(&number_of_run(row)));
            }
        }
        attribute::PARENT => {
            let mut known: FxHashMap<String, usize> = FxHashMap::default();
            for (row, was) in rows.iter().enumerate() {
                known.entry(ledger.run_id(*was)).or_insert(row);
            }
            for was in rows {
                let parent = column.get(*was);
                let parent = known
                    .get(&parent.to_string())
                    .map(|row| number_of_run(*row));
                cells.push(parent.as_deref().map_or(ValueRef::Missing, ValueRef::Text));
            }
        }
        _ => return None,
    }
    Some(cells)
}

/// The cells of these rows, with texts replaced.
fn masked_cells(column: &Column, rows: &[usize], mask: &Mask) -> Cells {
    let whole = named_kind(column.name()).filter(|kind| mask.has(*kind));
    let masked = |text: &str| match whole_kind(whole, text) {
        Some(kind) if !mask.keeps(text.trim()) => mask.stand_in(kind, text.trim()),
        _ => mask.apply(text).into_owned(),
    };
    let mut cells = Cells::default();
    if let Cells::Category { codes, dictionary } = column.cells() {
        let values: Vec<Value> = dictionary
            .values()
            .iter()
            .map(|value| match value {
                Value::Text(text) => Value::Text(masked(text)),
                other => other.clone(),
            })
            .collect();
        for row in rows {
            let code = codes.get(*row).map_or(usize::MAX, |code| *code as usize);
            cells.push(values.get(code).map_or(ValueRef::Missing, Value::as_ref));
        }
        return cells;
    }
    for row in rows {
        match column.get(*row) {
            ValueRef::Text(text) => cells.push(ValueRef::Text(&masked(text))),
            // A key of digits alone is one all the same.
            ValueRef::Number(_) if whole == Some(SecretKind::Token) => {
                cells.push(ValueRef::Text(&mask.stand_in(SecretKind::Token, "")));
            }
            other => cells.push(other),
        }
    }
    cells
}
