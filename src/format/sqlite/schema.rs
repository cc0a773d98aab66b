//! A table as its `CREATE TABLE` describes it: names of columns, and where a row holds them.

/// A table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) root: u32,
    /// Columns in the order of the declaration.
    pub(super) columns: Vec<String>,
    /// The column that is the row id itself.
    alias: Option<usize>,
    /// For tables without row ids, the columns of the key: rows hold them first.
    key_first: Option<Vec<usize>>,
}

/// Words that begin a constraint and no column.
const CONSTRAINTS: [&str; 5] = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];

impl Table {
    /// The table of all tables.
    pub(super) fn of_schema() -> Self {
        Self {
            name: "sqlite_master".to_owned(),
            root: 1,
            columns: Vec::new(),
            alias: None,
            key_first: None,
        }
    }

    /// From the declaration; columns that cannot be made out are missing.
    pub(super) fn parse(name: &str, root: u32, sql: &str) -> Self {
        let (definitions, rest) = definitions(sql);
        let mut columns: Vec<String> = Vec::new();
        let mut alias = None;
        let mut key: Vec<String> = Vec::new();
        for definition in &definitions {
            let words = words(definition);
            let Some((first, is_quoted)) = words.first() else {
                continue;
            };
            let upper: Vec<String> = words
                .iter()
                .map(|(word, is_quoted)| {
                    if *is_quoted {
                        String::new()
                    } else {
                        word.to_uppercase()
                    }
                })
                .collect();
            let is_key = upper.windows(2).any(|pair| pair == ["PRIMARY", "KEY"]);
            if !is_quoted && CONSTRAINTS.contains(&upper[0].as_str()) {
                if is_key {
                    let (parts, _) = self::definitions(definition);
                    key = parts
                        .iter()
                        .filter_map(|part| Some(self::words(part).first()?.0.clone()))
                        .collect();
                }
                continue;
            }
            if is_key {
                key = vec![first.clone()];
            }
            columns.push(first.clone());
        }
        let place = |name: &String| {
            let mut known = columns.iter();
            known.position(|known| known.eq_ignore_ascii_case(name))
        };
        let key_places: Vec<usize> = key.iter().filter_map(place).collect();
        let has_rowid = !rest.to_uppercase().contains("WITHOUT");
        if let ([only], true) = (key_places.as_slice(), has_rowid) {
            // Only a column of exactly this type is the row id.
            let is_integer = definitions.iter().any(|definition| {
                let words = words(definition);
                words
                    .first()
                    .is_some_and(|(name, _)| *name == columns[*only])
                    && words
                        .get(1)
                        .is_some_and(|(kind, _)| kind.eq_ignore_ascii_case("INTEGER"))
            });
            alias = is_integer.then_some(*only);
        }
        Self {
            name: name.to_owned(),
            root,
            columns,
            alias,
            key_first: (!has_rowid).then_some(key_places),
        }
    }

    /// Where a row holds a column.
    pub(super) fn stored(&self, name: &str) -> Option<usize> {
        let mut columns = self.columns.iter();
        let declared = columns.position(|known| known.eq_ignore_ascii_case(name))?;
        let Some(key) = &self.key_first else {
            return Some(declared);
        };
        if let Some(place) = key.iter().position(|place| *place == declared) {
            return Some(place);
        }
        let before = (0..declared).filter(|place| !key.contains(place)).count();
        Some(key.len() + before)
    }

    /// Where a row holds the column that is its row id.
    pub(super) fn rowid_alias(&self) -> Option<usize> {
        self.alias
    }
}

/// What stands between the outermost parentheses, parted at its commas, and what follows them.
fn definitions(sql: &str) -> (Vec<String>, &str) {
    let mut found = Vec::new();
    let mut depth = 0;
    let mut quote = None;
    let mut current = String::new();
    for (at, c) in sql.char_indices() {
        match (quote, c) {
            (Some(end), _) if c == end => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '[') => quote = Some(']'),
            (None, '(') => {
                depth += 1;
                if depth == 1 {
                    continue;
                }
            }
            (None, ')') => {
                depth -= 1;
                if depth == 0 {
                    found.push(current);
                    return (found, &sql[at + 1..]);
                }
            }
            (None, ',') if depth == 1 => {
                found.push(std::mem::take(&mut current));
                continue;
            }
            _ => {}
        }
        if depth > 0 {
            current.push(c);
        }
    }
    (found, "")
}

/// Words of a definition, each with whether it was quoted; what is in parentheses is left out.
fn words(definition: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    let mut rest = definition.chars().peekable();
    let mut depth = 0;
    while let Some(c) = rest.next() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            '"' | '`' | '\'' | '[' if depth == 0 => {
                let end = if c == '[' { ']' } else { c };
                let mut word = String::new();
                while let Some(c) = rest.next() {
                    if c == end {
                        // Doubled, it stands for itself.
                        if rest.peek() != Some(&end) || end == ']' {
                            break;
                        }
                        rest.next();
                    }
                    word.push(c);
                }
                found.push((word, true));
            }
            _ if depth == 0 && !c.is_whitespace() => {
                let mut word = String::from(c);
                while let Some(c) = rest.next_if(|c| !c.is_whitespace() && *c != '(') {
                    word.push(c);
                }
                found.push((word, false));
            }
            _ => {}
        }
    }
    found
}
