//! What Python's `repr` writes of dicts, lists and leaves, as JSON values: people put those into cells of tables.
//!
//! Strings in either quotes, `True`, `False`, `None`, `nan`, `inf`; a tuple or a set is a list. Of a call with one
//! argument (`np.float64(0.5)`, `Path('x')`) the argument counts; what is nothing of that (`<object at 0x1>`) is kept as
//! its text. JSON is read too.

use super::json_text;
use crate::ledger::parse_number;
use serde_json::{Map, Value as Json};

/// How deep it may nest.
const DEEPEST: usize = 32;

/// The dict that a text is; `None` where it is none.
pub(super) fn dict(text: &str) -> Option<Map<String, Json>> {
    match value(text)? {
        Json::Object(object) => Some(object),
        _ => None,
    }
}

/// What a text is as a whole; `None` where it is nothing.
pub(super) fn value(text: &str) -> Option<Json> {
    let mut reader = Reader { rest: text.trim() };
    let value = reader.value(0)?;
    reader.rest.trim().is_empty().then_some(value)
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn take(&mut self, start: &str) -> bool {
        self.rest = self.rest.trim_start();
        let rest = self.rest.strip_prefix(start);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        if depth > DEEPEST {
            return None;
        }
        self.rest = self.rest.trim_start();
        match self.rest.chars().next()? {
            '{' => self.dict_or_set(depth),
            '[' => self.items("[", "]", depth).map(Json::Array),
            '(' => self.items("(", ")", depth).map(Json::Array),
            '\'' | '"' => self.string().map(Json::String),
            _ => self.leaf(depth),
        }
    }

    fn dict_or_set(&mut self, depth: usize) -> Option<Json> {
        self.take("{");
        let (mut object, mut items) = (Map::new(), Vec::new());
        while !self.take("}") {
            let key = self.value(depth + 1)?;
            if self.take(":") {
                let key = match key {
                    Json::String(key) => key,
                    other => other.to_string(),
                };
                object.insert(key, self.value(depth + 1)?);
            } else {
                items.push(key);
            }
            if !self.take(",") && !self.rest.trim_start().starts_with('}') {
                return None;
            }
        }
        Some(if items.is_empty() {
            Json::Object(object)
        } else {
            Json::Array(items)
        })
    }

    fn items(&mut self, open: &str, close: &str, depth: usize) -> Option<Vec<Json>> {
        self.take(open);
        let mut items = Vec::new();
        while !self.take(close) {
            items.push(self.value(depth + 1)?);
            if !self.take(",") && !self.rest.trim_start().starts_with(close) {
                return None;
            }
        }
        Some(items)
    }

    fn string(&mut self) -> Option<String> {
        let mut letters = self.rest.char_indices();
        let (_, quote) = letters.next()?;
        let mut text = String::new();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\\' => {
                    let (_, escaped) = letters.next()?;
                    let digits = match escaped {
                        'x' => 2,
                        'u' => 4,
                        'U' => 8,
                        _ => 0,
                    };
                    if digits > 0 {
                        let code: String = letters.by_ref().take(digits).map(|(_, c)| c).collect();
                        let code = u32::from_str_radix(&code, 16).ok();
                        text.push(code.and_then(char::from_u32).unwrap_or('\u{fffd}'));
                    } else {
                        text.push(match escaped {
                            'n' => '\n',
                            't' => '\t',
                            'r' => '\r',
                            other => other,
                        });
                    }
                }
                _ if letter == quote => {
                    self.rest = &self.rest[at + letter.len_utf8()..];
                    return Some(text);
                }
                _ => text.push(letter),
            }
        }
        None
    }

    /// A number, a word, a call, or any other text up to where the next value may begin.
    fn leaf(&mut self, depth: usize) -> Option<Json> {
        let is_angled = self.rest.starts_with('<');
        let ends = |c: char| {
            if is_angled {
                c == '>'
            } else {
                matches!(c, ',' | ':' | ']' | '}' | ')' | '(')
            }
        };
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let end = end + usize::from(is_angled && end < self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        if rest.starts_with('(') {
            return self.call(word, rest, depth);
        }
        if word.is_empty() {
            return None;
        }
        self.rest = rest;
        Some(match word.trim() {
            "True" | "true" => Json::Bool(true),
            "False" | "false" => Json::Bool(false),
            "None" | "null" => Json::Null,
            word => parse_number(word).map_or_else(|| word.into(), number),
        })
    }

    /// `name(arguments)`: its one argument, else its text.
    fn call(&mut self, name: &str, rest: &'t str, depth: usize) -> Option<Json> {
        let before = self.rest;
        self.rest = rest;
        if let Some(mut items) = self.items("(", ")", depth)
            && items.len() == 1
        {
            return items.pop();
        }
        let mut open = 0;
        let closes = |c: char| {
            open += i32::from(c == '(') - i32::from(c == ')');
            c == ')' && open == 0
        };
        let end = rest.find(closes)? + 1;
        self.rest = rest.get(end..)?;
        Some(Json::String(before.get(..name.len() + end)?.to_owned()))
    }
}

/// Whole numbers print without a point.
fn number(x: f64) -> Json {
    const EXACT: f64 = 9e15;
    if x.is_finite() && x.fract().abs() < f64::MIN_POSITIVE && x.abs() < EXACT {
        return Json::from(x as i64);
    }
    json_text::number(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: &str) {
        let mut told = Vec::new();
        if let Some(object) = dict(text) {
            json_text::flatten(&object, &mut |path, value| {
                told.push(format!("{path}={value}"));
            });
        } else {
            told.push("no dict".to_owned());
        }
        assert_eq!(told.join(" "), want, "{text}");
    }

    #[test]
    fn what_python_prints_is_read() {
        check(
            r#"{'lr': 0.001, "a": [1, 2], 'b': None, 'c': nan, 'd': -inf, 'e': (3,), 'f': True}"#,
            "lr=0.001 a.0=1 a.1=2 b= c=NaN d=-Infinity e.0=3 f=true",
        );
        check(
            r"{'q': 'it\'s, {x}', 'n': {'m': {'k': 'v\n'}}, 5: 1e-3}",
            "q=it's, {x} n.m.k=v\n 5=0.001",
        );
        check(
            "{'a': np.float64(0.5), 'b': <object at 0x1>, 'c': date(2024, 1, 2), 'd': set(), 'e': {1, 2}}",
            "a=0.5 b=<object at 0x1> c=date(2024, 1, 2) d=set() e.0=1 e.1=2",
        );
        check(r#"{"a": true, "b": null, "c": {}}"#, "a=true b= c={}");
    }

    #[test]
    fn what_is_no_dict_is_none() {
        for text in [
            "", "{", "{'a': 1", "{'a' 1}", "[1]", "{'a': }", "{'a': (}", "{'a': 'b",
        ] {
            check(text, "no dict");
        }
        assert!(dict(&format!("{{1: {}", "[".repeat(100_000))).is_none());
    }
}
