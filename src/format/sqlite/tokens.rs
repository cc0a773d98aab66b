//! SQL in words: names, texts, brackets, commas. Comments and blanks are passed over.

/// A piece of a statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// A bare word or number.
    Word(&'a str),
    /// What stands in `"…"`, `` `…` ``, `[…]` or `'…'`.
    Quoted(String),
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
    /// Any other sign.
    Other(char),
}

impl Token<'_> {
    /// Whether it is this keyword.
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(found) if found.eq_ignore_ascii_case(word))
    }

    /// What it names; SQLite takes a text for a name where only a name can stand.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::Word(word) => Some((*word).to_owned()),
            Self::Quoted(text) => Some(text.clone()),
            Self::Open | Self::Close | Self::Comma | Self::Other(_) => None,
        }
    }
}

/// The pieces of a statement, one after another.
pub(super) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    pub(super) fn of(sql: &'a str) -> Self {
        Self { rest: sql }
    }

    /// Passes over blanks and comments.
    fn skip(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if let Some(comment) = self.rest.strip_prefix("--") {
                self.rest = comment.split_once('\n').map_or("", |(_, rest)| rest);
            } else if let Some(comment) = self.rest.strip_prefix("/*") {
                self.rest = comment.split_once("*/").map_or("", |(_, rest)| rest);
            } else {
                return;
            }
        }
    }

    /// What stands up to the closing mark, which is doubled where it is meant.
    fn quoted(&mut self, close: char) -> String {
        let mut text = String::new();
        loop {
            let Some((part, rest)) = self.rest.split_once(close) else {
                text.push_str(std::mem::take(&mut self.rest));
                return text;
            };
            text.push_str(part);
            self.rest = rest;
            match rest.strip_prefix(close) {
                Some(rest) if close != ']' => {
                    text.push(close);
                    self.rest = rest;
                }
                _ => return text,
            }
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip();
        let mut chars = self.rest.chars();
        let first = chars.next()?;
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
        if is_word(first) {
            let mut end = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
            // The sign of an exponent belongs to its number.
            let (word, rest) = self.rest.split_at(end);
            if first.is_ascii_digit() && word.ends_with(['e', 'E']) && rest.starts_with(['-', '+'])
            {
                let digits = rest.bytes().skip(1).take_while(u8::is_ascii_digit);
                end += 1 + digits.count();
            }
            let (word, rest) = self.rest.split_at(end);
            self.rest = rest;
            return Some(Token::Word(word));
        }
        self.rest = chars.as_str();
        Some(match first {
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '"' | '`' | '\'' => Token::Quoted(self.quoted(first)),
            '[' => Token::Quoted(self.quoted(']')),
            other => Token::Other(other),
        })
    }
}
