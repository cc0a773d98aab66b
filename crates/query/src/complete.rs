//! What could be typed next: columns, operators that suit a column, values that it holds, keywords.

use super::ast::{Comparison, MARK, State, element_text, value_text};
use super::expression::callables;
use super::field::{qualified_name, resolve, typed_name};
use super::lex::{Token, TokenKind, words};
use super::pattern::Part;
use super::scope::Scope;
use super::special::is_since;
use ledger::{Cells, Column, Kind, Ledger, MISSING, Role, Value, ValueRef};
use std::cmp::Reverse;
use std::ops::Range;

/// How many items are offered at most.
const MOST_ITEMS: usize = 40;

/// Numbers and texts with more distinct values than this are not offered as values.
const MOST_DISTINCT: usize = 24;

/// What could be typed at one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// What is replaced, in bytes of the text.
    pub replace: Range<usize>,
    /// By what; the likeliest first.
    pub items: Vec<Item>,
}

/// One thing that could be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What is put in.
    pub text: String,
    /// What is shown.
    pub label: String,
    /// Role and kind of a column, count of a value, meaning of an operator.
    pub detail: String,
}

impl Item {
    fn new(text: impl Into<String>, label: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            label: label.into(),
            detail: detail.into(),
        }
    }
}

/// What could be typed at byte `cursor` of `text`.
pub fn complete<'a>(text: &str, cursor: usize, scope: impl Into<Scope<'a>>) -> Completion {
    let scope = scope.into();
    let ledger = scope.ledger;
    let cursor = text.floor_char_boundary(cursor);
    let tokens = words(text);
    let is_partial = |token: &&Token| {
        let names = matches!(
            token.kind,
            TokenKind::Word(_)
                | TokenKind::Quoted(_)
                | TokenKind::And
                | TokenKind::Or
                | TokenKind::Not
        );
        let touches = token.span.start < cursor && cursor <= token.span.end;
        // Behind a closing quote, a bracket or a sign something new begins.
        let closed =
            matches!(token.kind, TokenKind::Quoted(_)) && !token.open && cursor == token.span.end;
        names && touches && !closed && !text[token.span.clone()].starts_with(['!', '&', '|'])
    };
    let partial = tokens.iter().find(is_partial);
    let before: Vec<&Token> = match partial {
        Some(partial) => tokens
            .iter()
            .filter(|token| token.span.end <= partial.span.start)
            .collect(),
        None => tokens
            .iter()
            .filter(|token| token.span.end <= cursor)
            .collect(),
    };
    let typed = partial.map_or(String::new(), |token| {
        text[token.span.start..cursor]
            .replace(['"', '`'], "")
            .to_lowercase()
    });
    let replace = partial.map_or(cursor..cursor, |token| token.span.clone());
    // Within a regular expression there is nothing to offer.
    if tokens.iter().any(|token| {
        matches!(token.kind, TokenKind::Expression(_))
            && token.span.start < cursor
            && cursor < token.span.end
    }) {
        return Completion {
            replace,
            items: Vec::new(),
        };
    }
    let place = place(&before, ledger);
    let may_go_on = matches!(
        place,
        Place::Operator(..) | Place::Term { after_term: true }
    );
    let (mut replace, mut items) = match place {
        Place::Nothing => (replace, Vec::new()),
        Place::Moment => (replace, moments(&typed)),
        Place::Column => (replace, columns(&typed, ledger)),
        Place::Value(column, among) => (replace, values(column, among, &typed)),
        Place::Operator(column, end) if partial.is_none() => (end..cursor, operators(column)),
        Place::Operator(_, _) => (replace, terms(&typed, true, &scope)),
        Place::Term { after_term } => (replace, terms(&typed, after_term, &scope)),
    };
    if may_go_on && let Some((from, longer)) = longer_names(text, &before, cursor, ledger) {
        // All are put in the place of what was typed of the name.
        let between = text.get(from..replace.start).unwrap_or_default();
        for item in &mut items {
            item.text.insert_str(0, between);
        }
        let is_listed = |item: &Item| longer.iter().all(|longer| longer.label != item.label);
        items.retain(is_listed);
        items.splice(..0, longer);
        replace.start = from;
    }
    items.truncate(MOST_ITEMS);
    Completion { replace, items }
}

/// Of how many words the name of a column may consist that is told by its first ones.
const MOST_WORDS: usize = 6;

/// Columns whose names have blanks and begin with the words before the cursor, and where those begin.
fn longer_names(
    text: &str,
    before: &[&Token],
    cursor: usize,
    ledger: &Ledger,
) -> Option<(usize, Vec<Item>)> {
    let is_word = |token: &&&Token| matches!(token.kind, TokenKind::Word(_));
    let words = before.iter().rev().take_while(is_word).count();
    let (others, words) = before.split_at(before.len() - words);
    // The first one behind an operator is a value.
    let is_value = others.last().is_some_and(|token| is_operator(&token.kind));
    let words = words.iter().skip(usize::from(is_value));
    let nearest = words.len().saturating_sub(MOST_WORDS);
    words.skip(nearest).find_map(|token| {
        let from = token.span.start;
        let begun = text.get(from..cursor)?.to_lowercase();
        let mut items = columns(&begun, ledger);
        items.retain(|item| item.label.to_lowercase().starts_with(&begun));
        (!items.is_empty()).then_some((from, items))
    })
}

/// Times that are asked for often.
fn moments(typed: &str) -> Vec<Item> {
    let times = [
        ("today", "from midnight, UTC"),
        ("yesterday", "from the midnight before, UTC"),
        ("1h", "an hour ago"),
        ("24h", "a day ago"),
        ("7d", "a week ago"),
        ("30d", "a month ago"),
    ];
    let fitting = times
        .into_iter()
        .filter(|(text, _)| text.starts_with(typed));
    fitting
        .map(|(text, detail)| Item::new(text, text, detail))
        .collect()
}

/// What is expected at the cursor.
enum Place<'a> {
    /// Something free.
    Nothing,
    /// A time, after `since:`.
    Moment,
    /// A column, after `has:`.
    Column,
    /// A value of this column; whether it is one among several, after a colon.
    Value(&'a Column, bool),
    /// An operator for this column, whose name ends there; or another term.
    Operator(&'a Column, usize),
    /// A term, and whether another stands before it.
    Term {
        /// Whether `and` and `or` can stand here.
        after_term: bool,
    },
}

/// Whether a value follows.
fn is_operator(kind: &TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Compare(_)
            | TokenKind::Colon
            | TokenKind::Comma
            | TokenKind::Like
            | TokenKind::Unlike
    )
}

/// What is expected behind the tokens `before`.
fn place<'a>(before: &[&Token], ledger: &'a Ledger) -> Place<'a> {
    let name_at = |at: usize| match before.get(at).map(|token| &token.kind) {
        Some(TokenKind::Word(name) | TokenKind::Quoted(name)) => Some(name.as_str()),
        _ => None,
    };
    let column_at = |at: usize| {
        let id = resolve(name_at(at)?, ledger)?;
        ledger.try_column(id)
    };
    let Some((last, rest)) = before.split_last() else {
        return Place::Term { after_term: false };
    };
    match &last.kind {
        TokenKind::Compare(_) | TokenKind::Colon | TokenKind::Comma => {
            // Back over values and commas to the operator.
            let mut operator = rest.len();
            while operator >= 2 && before[operator].kind == TokenKind::Comma {
                operator -= 2;
            }
            let Some(field) = operator.checked_sub(1) else {
                return Place::Nothing;
            };
            let colon = before[operator].kind == TokenKind::Colon;
            let is_state = matches!(&before[field].kind, TokenKind::Word(word) if State::from_word(word).is_some());
            if colon && is_state {
                return Place::Column;
            }
            let is_since = matches!(&before[field].kind, TokenKind::Word(word) if is_since(word));
            match column_at(field) {
                Some(column) => Place::Value(column, colon),
                None if colon && is_since => Place::Moment,
                None => Place::Nothing,
            }
        }
        TokenKind::Like | TokenKind::Unlike => Place::Nothing,
        TokenKind::Word(_) | TokenKind::Quoted(_) => {
            let is_value = rest.last().is_some_and(|token| is_operator(&token.kind));
            match column_at(rest.len()) {
                Some(column) if !is_value => Place::Operator(column, last.span.end),
                _ => Place::Term { after_term: true },
            }
        }
        TokenKind::Close | TokenKind::Expression(_) => Place::Term { after_term: true },
        TokenKind::Open | TokenKind::And | TokenKind::Or | TokenKind::Not => {
            Place::Term { after_term: false }
        }
    }
}

/// How well `name` fits what was typed, less is better; both in lower case.
fn fit(typed: &str, name: &str) -> Option<u8> {
    if name == typed {
        return Some(0);
    }
    if name.starts_with(typed) {
        return Some(1);
    }
    let begins_part = name
        .match_indices(typed)
        .any(|(at, _)| name[..at].ends_with(|c: char| !c.is_alphanumeric()));
    if begins_part {
        return Some(2);
    }
    if name.contains(typed) {
        return Some(3);
    }
    let mut letters = name.chars();
    typed
        .chars()
        .all(|wanted| letters.any(|letter| letter == wanted))
        .then_some(4)
}

fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Empty => "empty",
        Kind::Number => "numbers",
        Kind::Bool => "true or false",
        Kind::Time => "times",
        Kind::Category => "categories",
        Kind::Text => "text",
    }
}

fn columns(typed: &str, ledger: &Ledger) -> Vec<Item> {
    let mut found: Vec<(u8, Role, usize, Item)> = Vec::new();
    for (id, column) in ledger
        .columns_with_ids()
        .filter(|(_, column)| column.role() != Role::Ignored)
    {
        let name = column.name().to_lowercase();
        let qualified =
            || fit(typed, &qualified_name(column).to_lowercase()).filter(|fit| *fit < 2);
        let Some(fit) = fit(typed, &name).or_else(qualified) else {
            continue;
        };
        let Some(text) = typed_name(id, ledger) else {
            continue;
        };
        let detail = format!("{}, {}", column.role().word(), kind_word(column.kind()));
        found.push((
            fit,
            column.role(),
            id.index(),
            Item::new(text, column.name(), detail),
        ));
    }
    order::by_key(&mut found, |(fit, role, id, _)| (*fit, *role, *id));
    found.into_iter().map(|(_, _, _, item)| item).collect()
}

fn terms(typed: &str, after_term: bool, scope: &Scope<'_>) -> Vec<Item> {
    let keywords = [
        ("and", "and", "both", true),
        ("or", "or", "either", true),
        ("not", "not", "the opposite", false),
        ("has:", "has:", "has a value", false),
        ("missing:", "missing:", "has no value", false),
        ("nan:", "nan:", "is not a number", false),
        ("inf:", "inf:", "is infinite", false),
        ("top 10% by ", "top 10% by", "the greatest", false),
        ("bottom 10% by ", "bottom 10% by", "the least", false),
        (
            "best 20",
            "best 20",
            "by the objective, or by a metric",
            false,
        ),
        ("rank <= 5", "rank", "by the objective", false),
        ("since:yesterday", "since:", "began then or later", false),
        (
            "diff <= 2",
            "diff",
            "how many params differ from the baseline",
            false,
        ),
    ];
    let (joins, states): (Vec<_>, Vec<_>) = keywords
        .into_iter()
        .filter(|(text, _, _, joins)| text.starts_with(typed) && (after_term || !joins))
        .map(|(text, label, detail, joins)| (joins, Item::new(text, label, detail)))
        .partition(|(joins, _)| *joins);
    let mut items: Vec<Item> = joins.into_iter().map(|(_, item)| item).collect();
    let states = states.into_iter().map(|(_, item)| item);
    let mut columns = columns(typed, scope.ledger);
    columns.truncate(MOST_ITEMS / 2);
    items.extend(columns);
    items.extend(states);
    let sets = scope.marks.iter().map(|(name, rows)| {
        let name = format!("{MARK}{name}");
        Item::new(name.clone(), name, format!("{} runs", rows.count()))
    });
    items.extend(sets.filter(|item| item.text.starts_with(typed)));
    if !typed.is_empty() {
        let fits = |(word, _): &(String, &str)| word.starts_with(typed);
        items.extend(
            callables()
                .filter(fits)
                .map(|(word, detail)| Item::new(format!("{word}("), format!("{word}(…)"), detail)),
        );
    }
    items
}

fn operators(column: &Column) -> Vec<Item> {
    let numbers = match column.cells() {
        Cells::Number { .. } | Cells::Time { .. } => true,
        Cells::Category { dictionary, .. } => dictionary
            .values()
            .iter()
            .any(|value| matches!(value, Value::Number(_) | Value::Time(_))),
        Cells::Empty(_) | Cells::Bool { .. } | Cells::Text { .. } => false,
    };
    let texts = matches!(column.kind(), Kind::Category | Kind::Text);
    let meaning = |comparison| match comparison {
        Comparison::Equal => "equal to",
        Comparison::Unequal => "has a value other than",
        Comparison::Less => "less than",
        Comparison::AtMost => "at most",
        Comparison::Greater => "greater than",
        Comparison::AtLeast => "at least",
    };
    let mut items: Vec<Item> = Comparison::ALL
        .into_iter()
        .filter(|comparison| numbers || !comparison.orders())
        .map(|comparison| {
            let sign = comparison.sign();
            Item::new(format!(" {sign} "), sign, meaning(comparison))
        })
        .collect();
    if texts {
        items.push(Item::new(
            ":",
            ":",
            "has in it; with *, is of the pattern; with commas, one of",
        ));
        items.push(Item::new(" ~ /", "~", "matches a regular expression"));
        items.push(Item::new(" !~ /", "!~", "has a value that does not match"));
    } else if numbers {
        items.push(Item::new(":", ":", "from..to, or one of several"));
    }
    items
}

/// The values of a column that fit what was typed, with the number of their runs: the commonest
/// first, numbers in their order.
fn values(column: &Column, among: bool, typed: &str) -> Vec<Item> {
    let mut found: Vec<(u8, usize, String)> = Vec::new();
    let mut offer = |value: ValueRef<'_>, count: usize| {
        let text = value.to_string();
        if let Some(fit) = fit(typed, &text.to_lowercase()).filter(|fit| *fit < 4 && count > 0) {
            found.push((fit, count, text));
        }
    };
    match column.cells() {
        Cells::Category { codes, dictionary } => {
            let mut counts = vec![0_usize; dictionary.values().len()];
            for code in codes.iter().filter(|code| **code != MISSING) {
                if let Some(count) = counts.get_mut(*code as usize) {
                    *count += 1;
                }
            }
            for (value, count) in dictionary.values().iter().zip(counts) {
                offer(value.as_ref(), count);
            }
        }
        Cells::Bool { values, present } => {
            let mut yes = present.clone();
            yes.and(values);
            offer(ValueRef::Bool(true), yes.count());
            offer(ValueRef::Bool(false), present.count() - yes.count());
        }
        Cells::Number {
            values, present, ..
        } => {
            let mut distinct: Vec<(f64, usize)> = Vec::new();
            for row in present.ones() {
                let value = values[row] + 0.0;
                let known = distinct
                    .iter()
                    .position(|(known, _)| known.total_cmp(&value).is_eq());
                match known {
                    Some(at) => distinct[at].1 += 1,
                    None if distinct.len() == MOST_DISTINCT => return Vec::new(),
                    None => distinct.push((value, 1)),
                }
            }
            order::by(&mut distinct, |(a, _), (b, _)| a.total_cmp(b));
            for (value, count) in distinct {
                offer(ValueRef::Number(value), count);
            }
        }
        Cells::Text { present, .. } if !typed.is_empty() => {
            let part = Part::new(typed);
            let fitting = present
                .ones()
                .filter_map(|row| column.get(row).text())
                .filter(|text| part.is_in(text));
            for text in fitting.take(MOST_DISTINCT) {
                offer(ValueRef::Text(text), 1);
            }
        }
        Cells::Text { .. } | Cells::Time { .. } | Cells::Empty(_) => {}
    }
    if column.kind() != Kind::Number {
        // Stable: values that came first stay first among equals.
        order::by_key(&mut found, |(fit, count, _)| (*fit, Reverse(*count)));
    }
    let counted = column.kind() != Kind::Text;
    found
        .into_iter()
        .map(|(_, count, text)| {
            let detail = match count {
                _ if !counted => String::new(),
                1 => "1 run".to_owned(),
                count => format!("{count} runs"),
            };
            Item::new(
                if among {
                    element_text(&text)
                } else {
                    value_text(&text)
                },
                text,
                detail,
            )
        })
        .collect()
}
