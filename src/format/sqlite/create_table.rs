//! What a `CREATE TABLE` statement says of a table's columns and how its rows are kept.
//!
//! SQLite keeps the statement as it was written; `ALTER TABLE` edits the text. Of the grammar
//! (<https://www.sqlite.org/lang_createtable.html>) only what tells where values lie is read: names, types,
//! defaults, the primary key, generated columns, `WITHOUT ROWID`. Checks and references are passed over.

use super::record::Value;
use super::schema::{Column, MOST_COLUMNS};
use super::tokens::{Token, Tokens};

/// How many columns a key may have.
const MOST_KEYS: usize = 2000;

/// Words that end a column's type.
const CONSTRAINTS: [&str; 11] = [
    "CONSTRAINT",
    "PRIMARY",
    "NOT",
    "NULL",
    "UNIQUE",
    "CHECK",
    "DEFAULT",
    "COLLATE",
    "REFERENCES",
    "GENERATED",
    "AS",
];

/// Words that a constraint of the whole table begins with.
const TABLE_CONSTRAINTS: [&str; 5] = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];

/// A table as its statement describes it.
#[derive(Debug, Default)]
pub(super) struct Created {
    /// Its columns, as they were declared.
    pub columns: Vec<Column>,
    /// Whether its rows lie in the order of its primary key, without numbers.
    pub is_without_rowid: bool,
}

/// A column of the primary key.
#[derive(Debug, PartialEq)]
struct KeyPart {
    name: String,
    /// The order of its texts, where the key has one of its own.
    collation: Option<String>,
}

/// Reads a statement; `None` where it makes no table with columns.
pub(super) fn parse(sql: &str) -> Option<Created> {
    let mut tokens = Tokens::of(sql);
    let mut is_table = false;
    loop {
        match tokens.next()? {
            Token::Open => break,
            Token::Word(word) if word.eq_ignore_ascii_case("TABLE") => is_table = true,
            // A virtual table's rows are elsewhere.
            Token::Word(word) if word.eq_ignore_ascii_case("VIRTUAL") => return None,
            _ => {}
        }
    }
    let mut created = Created::default();
    let mut key: Vec<KeyPart> = Vec::new();
    let mut item: Vec<Token<'_>> = Vec::new();
    let mut depth = 0;
    for token in tokens.by_ref() {
        match token {
            Token::Comma if depth == 0 => created.take_item(&mut item, &mut key),
            Token::Close if depth == 0 => break,
            Token::Open => depth += 1,
            Token::Close => depth -= 1,
            _ => {}
        }
        if depth > 0 || !matches!(token, Token::Comma) {
            item.push(token);
        }
    }
    created.take_item(&mut item, &mut key);
    let rest: Vec<Token<'_>> = tokens.take(16).collect();
    created.is_without_rowid = rest
        .windows(2)
        .any(|pair| pair[0].is_word("WITHOUT") && pair[1].is_word("ROWID"));
    created.place(&key);
    (is_table && !created.columns.is_empty()).then_some(created)
}

impl Created {
    /// Takes a column or a constraint, and empties the item.
    fn take_item(&mut self, item: &mut Vec<Token<'_>>, key: &mut Vec<KeyPart>) {
        let is_constraint = item
            .first()
            .is_some_and(|first| TABLE_CONSTRAINTS.iter().any(|word| first.is_word(word)));
        if is_constraint {
            let primary = item.iter().position(|token| token.is_word("PRIMARY"));
            // Not a PRIMARY inside of a check.
            let open = item.iter().position(|token| matches!(token, Token::Open));
            if let (Some(primary), Some(open)) = (primary, open)
                && primary < open
            {
                *key = listed(item.get(open + 1..).unwrap_or_default());
            }
        } else if self.columns.len() < MOST_COLUMNS
            && let Some((column, is_key)) = column_of(item)
        {
            if is_key {
                *key = vec![KeyPart {
                    name: column.name.clone(),
                    collation: None,
                }];
            }
            self.columns.push(column);
        }
        item.clear();
    }

    /// Says where each column lies in a record.
    fn place(&mut self, key: &[KeyPart]) {
        let same = |column: &Column, part: &KeyPart| column.name.eq_ignore_ascii_case(&part.name);
        let mut order: Vec<usize> = Vec::new();
        if self.is_without_rowid {
            // The key comes first; a column is kept once for each order of its texts.
            let mut orders = Vec::new();
            for part in key.iter().take(MOST_KEYS) {
                let Some(at) = self.columns.iter().position(|column| same(column, part)) else {
                    continue;
                };
                let own = self.columns.get(at).map(|column| column.collation.as_str());
                let collation = part.collation.as_deref().or(own).unwrap_or_default();
                let collation = match collation.to_ascii_uppercase().as_str() {
                    "" => "BINARY".to_owned(),
                    named => named.to_owned(),
                };
                if !orders.contains(&(at, collation.clone())) {
                    orders.push((at, collation));
                    order.push(at);
                }
            }
        } else if let [part] = key
            && let Some(column) = self.columns.iter_mut().find(|column| same(column, part))
        {
            column.is_rowid = column.declared.eq_ignore_ascii_case("INTEGER");
        }
        let mut is_placed = vec![false; self.columns.len()];
        for at in &order {
            if let Some(placed) = is_placed.get_mut(*at) {
                *placed = true;
            }
        }
        order.extend((0..self.columns.len()).filter(|at| !is_placed[*at]));
        let mut places = 0..;
        for at in order {
            if let Some(column) = self.columns.get_mut(at)
                && !column.is_virtual
            {
                let place = places.next();
                column.place = column.place.or(place);
            }
        }
    }
}

/// The columns of a list in brackets, as `a, "b" COLLATE x DESC)`.
fn listed(tokens: &[Token<'_>]) -> Vec<KeyPart> {
    let mut parts = Vec::new();
    let mut depth = 0;
    let mut is_first = true;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Close if depth == 0 => break,
            Token::Close => depth -= 1,
            Token::Open => depth += 1,
            Token::Comma if depth == 0 => {
                is_first = true;
                continue;
            }
            _ => {}
        }
        if std::mem::take(&mut is_first) {
            let collation = tokens.get(at + 1).filter(|next| next.is_word("COLLATE"));
            parts.extend(token.name().map(|name| KeyPart {
                name,
                collation: collation.and_then(|_| tokens.get(at + 2)?.name()),
            }));
        }
    }
    parts
}

/// A column's definition, and whether it is the primary key.
fn column_of(item: &[Token<'_>]) -> Option<(Column, bool)> {
    let name = item.first()?.name()?;
    let mut at = 1;
    let mut declared = String::new();
    let mut depth = 0;
    while let Some(token) = item.get(at) {
        match token {
            Token::Open => depth += 1,
            Token::Close => depth -= 1,
            _ if depth > 0 => {}
            Token::Word(_) if CONSTRAINTS.iter().any(|word| token.is_word(word)) => break,
            _ => {
                if let Some(word) = token.name() {
                    if !declared.is_empty() {
                        declared.push(' ');
                    }
                    declared.push_str(&word);
                }
            }
        }
        at += 1;
    }
    let mut column = Column {
        name,
        declared,
        ..Column::default()
    };
    let mut is_key = false;
    while let Some(token) = item.get(at) {
        let rest = item.get(at + 1..).unwrap_or_default();
        match token {
            Token::Open => depth += 1,
            Token::Close => depth -= 1,
            _ if depth > 0 => {}
            _ if token.is_word("DEFAULT") => column.default = default_of(rest, &column),
            _ if token.is_word("PRIMARY") => {
                is_key = true;
                // By an old mistake that SQLite keeps, such a key is no row number.
                if rest.get(1).is_some_and(|token| token.is_word("DESC")) {
                    column.declared.push_str(" DESC");
                }
            }
            _ if token.is_word("COLLATE") => {
                column.collation = rest.first().and_then(Token::name).unwrap_or_default();
            }
            _ if token.is_word("AS") => column.is_virtual = true,
            _ if token.is_word("STORED") => column.is_virtual = false,
            _ => {}
        }
        at += 1;
    }
    Some((column, is_key))
}

/// A default that is a literal, as the column would keep it.
fn default_of(tokens: &[Token<'_>], column: &Column) -> Option<Value<'static>> {
    let mut tokens = tokens
        .iter()
        .skip_while(|token| matches!(token, Token::Open));
    let mut token = tokens.next()?;
    let mut sign = 1;
    if let Token::Other(mark @ ('-' | '+')) = token {
        sign = if *mark == '-' { -1 } else { 1 };
        token = tokens.next()?;
    }
    let text = token.name()?;
    if matches!(token, Token::Word(_)) {
        match text.to_ascii_uppercase().as_str() {
            "NULL" => return None,
            "TRUE" => return Some(Value::Integer(1)),
            "FALSE" => return Some(Value::Integer(0)),
            // The time of writing is not known.
            word if word.starts_with("CURRENT_") => return None,
            _ => {}
        }
    }
    let is_number = column.is_numeric() || matches!(token, Token::Word(_)) && !column.is_text();
    if is_number && let Ok(value) = text.parse::<i64>() {
        return Some(Value::Integer(value.wrapping_mul(sign)));
    }
    if is_number && let Ok(value) = text.parse::<f64>() {
        return Some(Value::Real(value * sign as f64));
    }
    Some(Value::Text(text.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns as `name:type@place`, with `*` for the row's number and `=` before a default.
    fn check(sql: &str, want: &str) {
        let Some(created) = parse(sql) else {
            assert_eq!("no table", want, "{sql}");
            return;
        };
        let columns = created.columns.iter().map(|column| {
            let place = column.place.map_or("-".to_owned(), |at| at.to_string());
            let mark = if column.is_rowid { "*" } else { "" };
            let default = column
                .default
                .as_ref()
                .map_or(String::new(), |value| format!("={value:?}"));
            format!("{}:{}@{place}{mark}{default}", column.name, column.declared)
        });
        let mut got = columns.collect::<Vec<_>>().join(" ");
        if created.is_without_rowid {
            got.push_str(" without");
        }
        assert_eq!(got, want, "{sql}");
    }

    #[test]
    fn columns_have_names_types_and_places() {
        check(
            "CREATE TABLE t(a INTEGER PRIMARY KEY, b)",
            "a:INTEGER@0* b:@1",
        );
        check(
            "CREATE TABLE t(a INTEGER PRIMARY KEY DESC, b TEXT)",
            "a:INTEGER DESC@0 b:TEXT@1",
        );
        check("CREATE TABLE t(a INT PRIMARY KEY)", "a:INT@0");
        check(
            "create table \"t x\" (\"a \"\"b\" VARCHAR (3, 4) not null, [c d] DOUBLE PRECISION, `e`, 'f' text, -- no, g\n h /* i, */ blob)",
            "a \"b:VARCHAR@0 c d:DOUBLE PRECISION@1 e:@2 f:text@3 h:blob@4",
        );
        check(
            "CREATE TABLE runs (id INTEGER NOT NULL, x FLOAT CHECK (x IN (1, 2)), CONSTRAINT pk PRIMARY KEY (id), UNIQUE (x), FOREIGN KEY(x) REFERENCES y (PRIMARY), CHECK (x > 0))",
            "id:INTEGER@0* x:FLOAT@1",
        );
        check(
            "CREATE TABLE t (a BIGINT DEFAULT '0' NOT NULL, b TEXT DEFAULT 5, h DEFAULT 1e-5, c REAL DEFAULT (-1.5), d BOOLEAN DEFAULT TRUE, e DEFAULT CURRENT_TIMESTAMP, f TEXT DEFAULT 'it''s', g DEFAULT NULL)",
            "a:BIGINT@0=Integer(0) b:TEXT@1=Text(\"5\") h:@2=Real(1e-5) c:REAL@3=Real(-1.5) d:BOOLEAN@4=Integer(1) e:@5 f:TEXT@6=Text(\"it's\") g:@7",
        );
        check(
            "CREATE TABLE t (a TEXT, b INT GENERATED ALWAYS AS (length(a)) VIRTUAL, c INT AS (1, 2) STORED, d INT AS (3))",
            "a:TEXT@0 b:INT@- c:INT@1 d:INT@-",
        );
    }

    #[test]
    fn tables_without_rowid_have_their_key_first() {
        check(
            "CREATE TABLE t (a, b, c, PRIMARY KEY (c COLLATE nocase DESC, A, c)) WITHOUT ROWID, STRICT",
            "a:@1 b:@3 c:@0 without",
        );
        check(
            "CREATE TABLE t (a, b, c COLLATE NoCase, PRIMARY KEY (c COLLATE nocase DESC, A, c)) WITHOUT ROWID, STRICT",
            "a:@1 b:@2 c:@0 without",
        );
        check(
            "CREATE TABLE t (a, b INTEGER PRIMARY KEY) without rowid",
            "a:@1 b:INTEGER@0 without",
        );
    }

    #[test]
    fn what_makes_no_table_is_none() {
        check("CREATE VIRTUAL TABLE t USING fts5(a, b)", "no table");
        check("CREATE INDEX i ON t (a)", "no table");
        check("CREATE TABLE", "no table");
        check("CREATE TABLE t ()", "no table");
        check("CREATE TABLE t (a, 'b", "a:@0 b:@1");
        check("", "no table");
    }
}
