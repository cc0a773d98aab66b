//! Params as text that starts a run again: YAML, JSON, flags for `argparse`, overrides for Hydra, words for a shell.
//!
//! Dotted names (`model.depth`) become nested keys, and keys `0`, `1`, … of one name a list, as readers flattened them;
//! where a name is both a value and a part of others, all names stay as they are. YAML is written so that the readers of
//! both versions take every scalar for what it is (`1e-5` is a text in version 1.1, `1.0e-5` is a number). Values that
//! are not finite are texts in JSON, which has no numbers for them.

use crate::ledger::{Value, ValueRef};
use serde_json::{Map, Value as Json};
use std::fmt::Write as _;

/// Deeper names stay as they are.
const DEEPEST: usize = 16;

/// Params as nested keys.
fn tree(params: &[(String, Value)]) -> Json {
    let mut root = nested(params).unwrap_or_else(|| {
        let flat = params.iter();
        let flat = flat.map(|(name, value)| (name.clone(), scalar(value)));
        Json::Object(flat.collect())
    });
    make_lists(&mut root);
    root
}

/// Nested by the dots in names; `None` where a name is in the way of another.
fn nested(params: &[(String, Value)]) -> Option<Json> {
    let mut root = Map::new();
    for (name, value) in params {
        let parts: Vec<&str> = name.split('.').collect();
        let is_path = parts.len() <= DEEPEST && parts.iter().all(|part| !part.is_empty());
        let parts = if is_path { parts } else { vec![name.as_str()] };
        let (last, above) = parts.split_last()?;
        let mut place = &mut root;
        for part in above {
            let inner = place
                .entry(*part)
                .or_insert_with(|| Json::Object(Map::new()));
            place = inner.as_object_mut()?;
        }
        if place.insert((*last).to_owned(), scalar(value)).is_some() {
            return None;
        }
    }
    Some(Json::Object(root))
}

/// Objects whose keys are 0, 1, … become lists.
fn make_lists(value: &mut Json) {
    let Json::Object(map) = value else { return };
    map.values_mut().for_each(make_lists);
    let count = map.len();
    let at = |place: usize| map.get(&place.to_string());
    let items: Option<Vec<Json>> = (0..count).map(|place| at(place).cloned()).collect();
    if let Some(items) = items.filter(|items| !items.is_empty()) {
        *value = Json::Array(items);
    }
}

fn scalar(value: &Value) -> Json {
    /// Whole numbers below this are whole in a float too.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(x) if x.is_finite() && x.abs() < EXACT && libm::trunc(*x).eq(x) => {
            Json::from(*x as i64)
        }
        Value::Number(x) if x.is_finite() => Json::from(*x),
        Value::Bool(truth) => Json::Bool(*truth),
        other => {
            let text = other.as_ref().to_string();
            list(&text).unwrap_or(Json::String(text))
        }
    }
}

/// The list that a text spells, as trackers write those that they keep as texts: as JSON, or as Python prints it.
fn list(text: &str) -> Option<Json> {
    let inner = text.strip_prefix('[')?;
    let is_python = inner.contains('\'') && !inner.contains(['"', '\\']);
    let text = if is_python {
        text.replace('\'', "\"")
    } else {
        text.to_owned()
    };
    let read: Json = serde_json::from_str(&text).ok()?;
    let is_flat = |item: &Json| !item.is_object() && !item.is_array();
    let items = read.as_array()?;
    (!items.is_empty() && items.iter().all(is_flat)).then_some(read)
}

/// A value without quotes.
fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A JSON object.
pub fn json(params: &[(String, Value)]) -> String {
    serde_json::to_string_pretty(&tree(params)).unwrap_or_default() + "\n"
}

/// A YAML mapping.
pub fn yaml(params: &[(String, Value)]) -> String {
    let mut out = String::new();
    write_yaml(&tree(params), 0, &mut out);
    if out.is_empty() {
        "{}\n".to_owned()
    } else {
        out
    }
}

fn write_yaml(value: &Json, depth: usize, out: &mut String) {
    let mut entry = |head: &str, value: &Json| {
        let is_container = value.is_object() || value.is_array();
        out.extend(std::iter::repeat_n("  ", depth));
        out.push_str(head);
        if is_container {
            out.push('\n');
            write_yaml(value, depth + 1, out);
        } else {
            out.push(' ');
            out.push_str(&yaml_scalar(value));
            out.push('\n');
        }
    };
    match value {
        Json::Object(map) => {
            for (key, value) in map {
                entry(&format!("{}:", yaml_text(key)), value);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| entry("-", item)),
        _ => {}
    }
}

fn yaml_scalar(value: &Json) -> String {
    match value {
        Json::String(text) => match text.as_str() {
            "NaN" => ".nan".to_owned(),
            "Infinity" => ".inf".to_owned(),
            "-Infinity" => "-.inf".to_owned(),
            text => yaml_text(text),
        },
        Json::Number(number) => {
            let text = number.to_string();
            let Some((digits, exponent)) = text.split_once('e') else {
                return text;
            };
            let point = if digits.contains('.') { "" } else { ".0" };
            let sign = if exponent.starts_with(['-', '+']) {
                ""
            } else {
                "+"
            };
            format!("{digits}{point}e{sign}{exponent}")
        }
        other => other.to_string(),
    }
}

/// A text, in quotes where it would be read as something else.
fn yaml_text(text: &str) -> String {
    const WORDS: [&str; 11] = [
        "true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf",
    ];
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_./-".contains(&byte))
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_plain {
        return text.to_owned();
    }
    let mut out = String::new();
    for letter in Json::from(text).to_string().chars() {
        // In JSON these stand for themselves; to YAML they are breaks of lines, or not to be printed.
        if matches!(
            letter,
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}'
        ) {
            // Writing to a String cannot fail.
            let _written = write!(out, "\\u{:04x}", u32::from(letter));
        } else {
            out.push(letter);
        }
    }
    out
}

/// Each value with its whole name; a list of plain values is one.
fn leaves(value: &Json, name: &str, each: &mut dyn FnMut(&str, &Json)) {
    let below = |key: &str| {
        if name.is_empty() {
            key.to_owned()
        } else {
            format!("{name}.{key}")
        }
    };
    match value {
        Json::Object(map) => {
            for (key, value) in map {
                leaves(value, &below(key), each);
            }
        }
        Json::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (place, item) in items.iter().enumerate() {
                leaves(item, &below(&place.to_string()), each);
            }
        }
        value => each(name, value),
    }
}

/// Flags as most programs with `argparse` take them, as words of a shell: `--lr=0.1`, a list as `--layers 64 32`.
pub fn argparse(params: &[(String, Value)]) -> String {
    let mut words = Vec::new();
    leaves(&tree(params), "", &mut |name, value| match value {
        // Flags that a program noted by the words it was given.
        value if name.starts_with("--") => {
            words.push(shell_word(&format!("{name}={}", plain(value))));
        }
        Json::Array(items) => {
            let items = items.iter().map(|item| shell_word(&plain(item)));
            let items: Vec<String> = items.collect();
            words.push(format!(
                "{} {}",
                shell_word(&format!("--{name}")),
                items.join(" ")
            ));
        }
        value => words.push(shell_word(&format!("--{name}={}", plain(value)))),
    });
    words.join(" \\\n  ")
}

/// Overrides for Hydra, as words of a shell: `lr=0.1`, a list as `layers=[64,32]`; and the names that its grammar has
/// no key for, which are left out.
pub fn hydra(params: &[(String, Value)]) -> (String, Vec<String>) {
    let (mut words, mut left_out) = (Vec::new(), Vec::new());
    leaves(&tree(params), "", &mut |name, value| {
        let is_part = |part: &str| {
            let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            is_number
                || part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                    && part
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
        };
        let is_key =
            name.split('.').all(is_part) && !name.starts_with(|c: char| c.is_ascii_digit());
        if !is_key {
            left_out.push(name.to_owned());
            return;
        }
        let value = match value {
            Json::Array(items) => {
                let items: Vec<String> = items.iter().map(hydra_value).collect();
                format!("[{}]", items.join(","))
            }
            value => hydra_value(value),
        };
        words.push(shell_word(&format!("{name}={value}")));
    });
    (words.join(" \\\n  "), left_out)
}

/// What Sacred's command line takes, as words of a shell: `with lr=0.1 layers=[64, 32]`, values as Python writes them.
pub fn sacred(params: &[(String, Value)]) -> String {
    let mut words = vec!["with".to_owned()];
    leaves(&tree(params), "", &mut |name, value| {
        // Any text that is no literal of Python is taken as it is.
        let value = match value {
            Json::String(text) if matches!(ValueRef::parse(text), ValueRef::Text(_)) => {
                text.clone()
            }
            value => python(value),
        };
        words.push(shell_word(&format!("{name}={value}")));
    });
    words.join(" \\\n  ")
}

/// A value as a literal of Python.
fn python(value: &Json) -> String {
    match value {
        Json::Null => "None".to_owned(),
        Json::Bool(true) => "True".to_owned(),
        Json::Bool(false) => "False".to_owned(),
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(python).collect();
            format!("[{}]", items.join(", "))
        }
        value => value.to_string(),
    }
}

/// A value by Hydra's grammar: a text in quotes where it is no plain word.
fn hydra_value(value: &Json) -> String {
    let Json::String(text) = value else {
        return plain(value);
    };
    match text.as_str() {
        "NaN" => return "nan".to_owned(),
        "Infinity" => return "inf".to_owned(),
        "-Infinity" => return "-inf".to_owned(),
        _ => {}
    }
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_/.-+@".contains(&byte));
    let is_word = matches!(ValueRef::parse(text), ValueRef::Text(_))
        && !["null", "none"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word));
    if is_plain && is_word {
        return text.clone();
    }
    // Backslashes count only before a quote.
    let mut out = String::from("'");
    let mut slashes = 0;
    for letter in text.replace("${", "\\${").chars() {
        match letter {
            '\\' => slashes += 1,
            '\'' => {
                out.extend(std::iter::repeat_n('\\', slashes + 1));
                slashes = 0;
            }
            _ => slashes = 0,
        }
        out.push(letter);
    }
    out.extend(std::iter::repeat_n('\\', slashes));
    out.push('\'');
    out
}

/// A word of a POSIX shell, in single quotes where it is not plain.
pub fn shell_word(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    // No argument can hold a zero byte.
    let text = text.replace('\0', "");
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(all: &[(&str, Value)]) -> Vec<(String, Value)> {
        let own = |(name, value): &(&str, Value)| ((*name).to_owned(), value.clone());
        all.iter().map(own).collect()
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn sample() -> Vec<(String, Value)> {
        params(&[
            ("lr", Value::Number(1e-7)),
            ("model.depth", Value::Number(3.0)),
            ("amp", Value::Bool(true)),
            ("model.layers.0", Value::Number(64.0)),
            ("model.layers.1", Value::Number(32.0)),
            ("note", text("it's two\nlines")),
            ("clip", Value::Number(f64::INFINITY)),
            ("version", text("no")),
        ])
    }

    #[test]
    fn names_are_nested_in_yaml_and_json() {
        assert_eq!(
            yaml(&sample()),
            "lr: 1.0e-7\n\
             model:\n  depth: 3\n  layers:\n    - 64\n    - 32\n\
             amp: true\n\
             note: \"it's two\\nlines\"\n\
             clip: .inf\n\
             version: \"no\"\n"
        );
        let read: Json = serde_json::from_str(&json(&sample())).unwrap();
        assert_eq!(read["model"]["layers"][1], 32);
        assert_eq!(read["lr"], 1e-7);
        assert_eq!(read["clip"], "Infinity");
        assert_eq!(yaml(&[]), "{}\n");
        let big = params(&[
            ("a", Value::Number(2.5e300)),
            ("b", text("3 days: \u{85}x")),
        ]);
        assert_eq!(yaml(&big), "a: 2.5e+300\nb: \"3 days: \\u0085x\"\n");
    }

    #[test]
    fn texts_that_spell_lists_are_lists() {
        let of = |value: &str| yaml(&params(&[("a", text(value))]));
        let list = "a:\n  - 64\n  - x y\n";
        assert_eq!(of(r#"[64, "x y"]"#), list.replace("x y", "\"x y\""));
        assert_eq!(of("['x', 1e-3]"), "a:\n  - x\n  - 0.001\n");
        for other in ["[]", "[1, [2]]", "[a]", "[\"it's\", 'x']", "[1] and more"] {
            assert!(of(other).starts_with("a: \""), "{other}");
        }
    }

    #[test]
    fn a_name_in_the_way_of_others_leaves_all_flat() {
        let both = params(&[
            ("a", Value::Number(1.0)),
            ("a.b", Value::Number(2.0)),
            ("c.d", Value::Number(3.0)),
        ]);
        assert_eq!(yaml(&both), "a: 1\na.b: 2\nc.d: 3\n");
        let reversed: Vec<_> = both.into_iter().rev().collect();
        assert_eq!(yaml(&reversed), "c.d: 3\na.b: 2\na: 1\n");
        let odd = params(&[
            ("a..b", Value::Bool(false)),
            (&"x.".repeat(99), text("deep")),
        ]);
        assert!(yaml(&odd).starts_with("a..b: false\nx.x."));
    }

    #[test]
    fn a_name_that_is_a_flag_is_that_flag() {
        let params = [("--lr".to_owned(), Value::Number(0.1))];
        assert_eq!(argparse(&params), "--lr=0.1");
    }

    #[test]
    fn flags_and_overrides_are_words_of_a_shell() {
        assert_eq!(
            argparse(&sample()),
            "--lr=1e-7 \\\n  --model.depth=3 \\\n  --model.layers 64 32 \\\n  --amp=true \\\n  \
             '--note=it'\\''s two\nlines' \\\n  --clip=Infinity \\\n  --version=no"
        );
        let (text, left_out) = hydra(&sample());
        assert_eq!(
            text,
            "lr=1e-7 \\\n  model.depth=3 \\\n  'model.layers=[64,32]' \\\n  amp=true \\\n  \
             'note='\\''it\\'\\''s two\nlines'\\''' \\\n  clip=inf \\\n  version=no"
        );
        assert!(left_out.is_empty());
        let (text, left_out) = hydra(&params(&[
            ("opt/lr", Value::Number(1.0)),
            ("a b", Value::Number(1.0)),
            ("9x", Value::Number(1.0)),
            ("x", super::tests::text("null")),
        ]));
        assert_eq!(text, "'x='\\''null'\\'''");
        assert_eq!(left_out, ["opt/lr", "a b", "9x"]);
    }

    #[test]
    fn sacred_takes_assignments_as_python_writes_values() {
        let text = |text: &str| Value::Text(text.into());
        let params = params(&[
            ("lr", Value::Number(0.1)),
            ("nested.bias", Value::Bool(true)),
            ("optimizer", text("adam")),
            ("layers", text("[64, 32]")),
            ("name", text("a b")),
            ("code", text("12")),
        ]);
        assert_eq!(
            sacred(&params),
            "with \\\n  lr=0.1 \\\n  nested.bias=True \\\n  optimizer=adam \\\n  'layers=[64, 32]' \\\n  'name=a b' \\\n  'code=\"12\"'"
        );
    }

    #[test]
    fn hydra_escapes_only_what_its_grammar_asks_for() {
        let check =
            |given: &str, want: &str| assert_eq!(hydra_value(&Json::from(given)), want, "{given}");
        check("adam", "adam");
        check("data/train-1.csv", "data/train-1.csv");
        check("a,b", "'a,b'");
        check("a\\b c", "'a\\b c'");
        check("a\\'b", "'a\\\\\\'b'");
        check("c:\\", "'c:\\\\'");
        check("", "''");
        check("${x}", "'\\${x}'");
        check("1e-3", "'1e-3'");
    }

    /// What a shell makes of the words is what they were.
    #[test]
    fn a_shell_reads_the_words_back() {
        let mut given: Vec<String> = [
            "",
            "a b",
            "it's",
            "'",
            "''",
            "\\",
            "$HOME `id` \"x\"",
            "a\nb\n",
            "*",
            "~",
            "!x",
            "é\u{2028}",
        ]
        .map(str::to_owned)
        .to_vec();
        arbtest::arbtest(|u| {
            let text: String = u.arbitrary()?;
            if given.len() < 200 {
                given.push(text.replace('\0', ""));
            }
            Ok(())
        });
        let words: Vec<String> = given.iter().map(|text| shell_word(text)).collect();
        let script = format!("printf '%s\\0' {}", words.join(" "));
        let output = std::process::Command::new("sh")
            .args(["-c", &script])
            .output()
            .unwrap();
        let read = String::from_utf8(output.stdout).unwrap();
        let read: Vec<&str> = read.trim_end_matches('\0').split('\0').collect();
        // Empty words at the end are trimmed with the separator.
        let mut given: Vec<&str> = given.iter().map(String::as_str).collect();
        while given.last() == Some(&"") {
            given.pop();
        }
        assert_eq!(read, given);
    }
}
