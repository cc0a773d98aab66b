//! What could be typed at the cursor: names of columns, signs that fit the column, values with their counts.

use super::ast::{Field, State};
use super::bind::{column_of, field_text};
use super::lex::{Token, lex, quoted};
use super::parse::role_prefix;
use crate::ledger::statistics::distribution;
use crate::ledger::{Bits, ColumnId, Kind, Ledger, Role};
use std::ops::Range;

/// How many suggestions there are at most.
const MOST: usize = 12;

/// What could be typed, the likeliest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// What is replaced, in bytes.
    pub replace: Range<usize>,
    /// What to put there.
    pub items: Vec<Item>,
}

/// One suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What is put in.
    pub text: String,
    /// What is shown.
    pub label: String,
    /// Role, kind or count.
    pub detail: String,
}

/// What could be typed at `cursor`, in bytes.
pub fn complete(text: &str, cursor: usize, ledger: &Ledger) -> Completion {
    let mut cursor = cursor.min(text.len());
    while !text.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let (tokens, _) = lex(&text[..cursor]);
    let open = tokens
        .last()
        .filter(|(token, span)| span.end == cursor && !matches!(token, Token::Sign(_)));
    let (typed, replace) = match open {
        Some((Token::Word(word) | Token::Quoted(word) | Token::Regex(word), span)) => {
            (word.as_str(), span.clone())
        }
        _ => ("", cursor..cursor),
    };
    let before = &tokens[..tokens.len() - usize::from(open.is_some())];
    let items = if let Some(column) = value_column(before, ledger) {
        values(column, typed, ledger)
    } else {
        let is_after_state = matches!(before, [.., (Token::Word(word), _), (Token::Sign(":"), _)]
            if State::ALL.iter().any(|(state, _)| word.eq_ignore_ascii_case(state)));
        let is_after_field = typed
            .is_empty()
            .then(|| complete_field(before, ledger))
            .flatten();
        match is_after_field {
            Some(column) if cursor > 0 && text[..cursor].ends_with(' ') => signs(column, ledger),
            _ => names(typed, is_after_state, ledger),
        }
    };
    Completion { replace, items }
}

fn field_named(token: &Token) -> Option<Field> {
    match token {
        Token::Word(word) => Some(match role_prefix(word) {
            Some((role, rest)) => Field::named(Some(role), rest),
            None => Field::named(None, word),
        }),
        Token::Quoted(name) => Some(Field::named(None, name)),
        Token::Regex(_) | Token::Sign(_) => None,
    }
}

/// The column whose value is being typed: a field and a sign stand before the cursor.
fn value_column(before: &[(Token, Range<usize>)], ledger: &Ledger) -> Option<ColumnId> {
    let mut rest = before;
    // In a set the field is before the first comma.
    while let [
        head @ ..,
        (Token::Word(_) | Token::Quoted(_), _),
        (Token::Sign(","), _),
    ] = rest
    {
        rest = head;
    }
    match rest {
        [.., (field, _), (Token::Sign("=" | "==" | "!=" | ":"), _)] => {
            column_of(&field_named(field)?, ledger)
        }
        _ => None,
    }
}

/// The column whose name is complete before the cursor.
fn complete_field(before: &[(Token, Range<usize>)], ledger: &Ledger) -> Option<ColumnId> {
    match before {
        [
            ..,
            (
                Token::Sign(
                    "=" | "==" | "!=" | "<" | "<=" | ">" | ">=" | ":" | "~" | "!~" | "," | "..",
                ),
                _,
            ),
            _,
        ] => None,
        [.., (field, _)] => column_of(&field_named(field)?, ledger),
        [] => None,
    }
}

fn values(column: ColumnId, typed: &str, ledger: &Ledger) -> Vec<Item> {
    let all = Bits::filled(ledger.rows(), true);
    let found = distribution(ledger.column(column), &all, 1);
    let mut scored: Vec<(i32, usize, Item)> = found
        .values
        .into_iter()
        .enumerate()
        .filter_map(|(place, (value, count))| {
            let runs = if count.all == 1 {
                "1 run".to_owned()
            } else {
                format!("{} runs", count.all)
            };
            let item = Item {
                text: quoted(&value, false),
                label: value.clone(),
                detail: runs,
            };
            Some((score(typed, &value)?, place, item))
        })
        .collect();
    scored.sort_by_key(|(score, place, _)| (std::cmp::Reverse(*score), *place));
    scored
        .into_iter()
        .take(MOST)
        .map(|(_, _, item)| item)
        .collect()
}

fn signs(column: ColumnId, ledger: &Ledger) -> Vec<Item> {
    let signs: &[(&str, &str)] = match ledger.column(column).kind() {
        Kind::Number | Kind::Time => &[
            ("<", "less"),
            ("<=", "at most"),
            (">", "greater"),
            (">=", "at least"),
            ("=", "equal"),
            ("!=", "not equal"),
        ],
        _ => &[
            ("=", "equal"),
            ("!=", "not equal"),
            ("~", "matches /regex/"),
        ],
    };
    let item = |(sign, detail): &(&str, &str)| Item {
        text: (*sign).to_owned(),
        label: (*sign).to_owned(),
        detail: (*detail).to_owned(),
    };
    signs.iter().map(item).collect()
}

fn names(typed: &str, only_columns: bool, ledger: &Ledger) -> Vec<Item> {
    let mut scored: Vec<(i32, usize, Item)> = Vec::new();
    for (id, column) in ledger.columns_with_ids() {
        if column.role() == Role::Ignored || column.kind() == Kind::Empty {
            continue;
        }
        let wanted = role_prefix(typed).map_or(typed, |(_, rest)| rest);
        if let Some(score) = score(wanted, column.name()) {
            let kind = match column.kind() {
                Kind::Number => "number",
                Kind::Bool => "true or false",
                Kind::Time => "time",
                Kind::Category | Kind::Empty => "category",
                Kind::Text => "text",
            };
            let detail = format!("{}, {kind}", column.role().word());
            scored.push((
                score,
                id.index(),
                Item {
                    text: field_text(id, ledger),
                    label: column.name().to_owned(),
                    detail,
                },
            ));
        }
    }
    if !only_columns && !typed.is_empty() {
        let words = [
            ("and", "both hold"),
            ("or", "one holds"),
            ("not", "does not hold"),
            ("has:", "has a value"),
            ("missing:", "has no value"),
            ("nan:", "is NaN"),
            ("inf:", "is infinite"),
        ];
        for (place, (word, detail)) in words.iter().enumerate() {
            if word.starts_with(&typed.to_ascii_lowercase()) {
                let item = Item {
                    text: (*word).to_owned(),
                    label: (*word).to_owned(),
                    detail: (*detail).to_owned(),
                };
                scored.push((2, usize::MAX - 10 + place, item));
            }
        }
    }
    scored.sort_by_key(|(score, place, _)| (std::cmp::Reverse(*score), *place));
    scored
        .into_iter()
        .take(MOST)
        .map(|(_, _, item)| item)
        .collect()
}

/// How well a name fits what was typed: its beginning best, then a word's beginning, anywhere, its letters in order;
/// `None` where not even that.
fn score(typed: &str, name: &str) -> Option<i32> {
    let (typed, name) = (typed.to_lowercase(), name.to_lowercase());
    if typed.is_empty() {
        return Some(0);
    }
    let length = name.chars().count().min(50) as i32;
    if let Some(at) = name.find(&typed) {
        let begins_word = at == 0 || name[..at].ends_with(|c: char| !c.is_alphanumeric());
        let kind = if at == 0 {
            300
        } else if begins_word {
            200
        } else {
            100
        };
        return Some(kind - length);
    }
    let mut letters = name.chars();
    typed
        .chars()
        .all(|wanted| letters.any(|c| c == wanted))
        .then_some(-length)
}
