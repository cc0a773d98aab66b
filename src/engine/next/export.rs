//! Proposals as text for programs: YAML, JSON, an Optuna snippet, a W&B sweep.
//!
//! Texts are written as JSON strings, which YAML and Python read alike. Numbers with an exponent have a point and a sign,
//! without which YAML 1.1 takes them for text.

use super::NextText;
use super::findings::{Choice, Narrowed};
use crate::ledger::{Value, ValueRef, number_text};

/// A program that reads it.
#[derive(Clone, Copy, PartialEq)]
enum Reader {
    Yaml,
    Json,
    Python,
}

/// Up to how many values are listed.
const MOST_VALUES: f64 = 100.0;

/// All forms of the configurations, with `sweep` as the last.
pub(super) fn texts(
    names: &[&str],
    configurations: &[Vec<Option<Value>>],
    sweep: String,
) -> Vec<NextText> {
    let text = |title: &str, name: &str, media: &str, text: String| NextText {
        title: title.to_owned(),
        name: name.to_owned(),
        media: media.to_owned(),
        text,
    };
    vec![
        text(
            "YAML",
            "proposals.yaml",
            "application/yaml",
            yaml(names, configurations),
        ),
        text(
            "JSON",
            "proposals.json",
            "application/json",
            json(names, configurations),
        ),
        text(
            "Optuna",
            "proposals.py",
            "text/x-python",
            optuna(names, configurations),
        ),
        text("W&B sweep", "sweep.yaml", "application/yaml", sweep),
    ]
}

/// What is set of a configuration.
fn pairs<'a>(
    names: &'a [&str],
    values: &'a [Option<Value>],
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let pairs = names.iter().zip(values);
    pairs.filter_map(|(name, value)| Some((*name, value.as_ref()?)))
}

fn yaml(names: &[&str], configurations: &[Vec<Option<Value>>]) -> String {
    let mut text = String::new();
    for values in configurations {
        let mut mark = "- ";
        for (name, value) in pairs(names, values) {
            line(&mut text, mark, name, &literal(value, Reader::Yaml));
            mark = "  ";
        }
    }
    text
}

fn line(text: &mut String, before: &str, name: &str, after: &str) {
    text.push_str(before);
    text.push_str(&key(name));
    text.push_str(": ");
    text.push_str(after);
    text.push('\n');
}

fn inline(names: &[&str], values: &[Option<Value>], reader: Reader) -> String {
    let pair = |(name, value)| format!("{}: {}", quoted(name), literal(value, reader));
    let all: Vec<String> = pairs(names, values).map(pair).collect();
    format!("{{{}}}", all.join(", "))
}

fn json(names: &[&str], configurations: &[Vec<Option<Value>>]) -> String {
    let all = configurations.iter();
    let all: Vec<String> = all
        .map(|values| inline(names, values, Reader::Json))
        .collect();
    format!("[\n  {}\n]\n", all.join(",\n  "))
}

fn optuna(names: &[&str], configurations: &[Vec<Option<Value>>]) -> String {
    let mut text = String::from("# study: the optuna.Study that goes on\n");
    for values in configurations {
        text.push_str("study.enqueue_trial(");
        text.push_str(&inline(names, values, Reader::Python));
        text.push_str(")\n");
    }
    text
}

/// The ranges as the sweep of Weights & Biases.
pub(super) fn sweep(metric: &str, maximize: bool, narrowed: &[Narrowed]) -> String {
    let mut text = String::from(
        "# add: program, and method: grid or bayes where that is wanted\nmethod: random\nmetric:\n",
    );
    line(&mut text, "  ", "name", &quoted(metric));
    line(
        &mut text,
        "  ",
        "goal",
        if maximize { "maximize" } else { "minimize" },
    );
    let paths: Vec<Vec<&str>> = narrowed.iter().map(|of| path(&of.name)).collect();
    let is_above = |a: &[&str], b: &[&str]| a.len() < b.len() && b.starts_with(a);
    // Where a name is in the way of another, all stay as they are.
    let is_tree = paths.iter().all(|a| paths.iter().all(|b| !is_above(a, b)));
    let named = narrowed.iter().zip(paths).map(|(of, path)| {
        let path = if is_tree {
            path
        } else {
            vec![of.name.as_str()]
        };
        (path, of)
    });
    parameters(&mut text, "", &named.collect::<Vec<_>>());
    text
}

/// The keys of a nested configuration that a name was made of, as trackers flatten them.
fn path(name: &str) -> Vec<&str> {
    let parts: Vec<&str> = name.split(['.', '/']).collect();
    if parts.iter().any(|part| part.is_empty()) {
        return vec![name];
    }
    parts
}

/// Params by the keys below this place: what is nested has `parameters` of its own.
fn parameters(text: &mut String, before: &str, all: &[(Vec<&str>, &Narrowed)]) {
    text.push_str(before);
    text.push_str("parameters:\n");
    let mut done: Vec<&str> = Vec::new();
    for (path, of) in all {
        let Some((name, below)) = path.split_first() else {
            continue;
        };
        if done.contains(name) {
            continue;
        }
        done.push(name);
        text.push_str(before);
        text.push_str("  ");
        text.push_str(&key(name));
        text.push_str(":\n");
        let inner = format!("{before}    ");
        if below.is_empty() {
            parameter(text, &inner, of);
            continue;
        }
        let nested = all.iter().filter(|(path, _)| path[0] == *name);
        let nested: Vec<_> = nested.map(|(path, of)| (path[1..].to_vec(), *of)).collect();
        parameters(text, &inner, &nested);
    }
}

/// From where a param is to be taken.
fn parameter(text: &mut String, before: &str, of: &Narrowed) {
    let mut put = |name: &str, after: &str| line(text, before, name, after);
    let mut values = |values: &[Value]| {
        let all: Vec<String> = values.iter().map(|x| literal(x, Reader::Yaml)).collect();
        match &all[..] {
            [only] if of.is_fixed => put("value", &format!("{only} # fixed, whatever is proposed")),
            [only] => put("value", only),
            _ => put("values", &format!("[{}]", all.join(", "))),
        }
    };
    match &of.from {
        Choice::Values(all) => values(all),
        Choice::Numbers {
            low,
            high,
            step,
            log,
        } => {
            let step = step.filter(|step| *step > 0.0);
            let is_multiple = |x: f64| {
                let steps = x / step.unwrap_or(1.0);
                (steps - steps.round()).abs() < 1e-6
            };
            let steps = step.map_or(f64::INFINITY, |step| ((high - low) / step).round());
            // W&B rounds to multiples, which on such a grid would lie between its places or beyond its ends.
            let is_askew = step.is_some() && !(is_multiple(*low) && is_multiple(*high));
            if low == high || (is_askew && steps < MOST_VALUES) {
                let last = if low == high { 0 } else { steps as usize };
                let places = (0..=last).map(|at| low + at as f64 * step.unwrap_or(0.0));
                let places = places.map(|x| Value::Number(rounded(x, 11)));
                values(&places.collect::<Vec<_>>());
                return;
            }
            let log = *log && *low > 0.0;
            let grid = step.filter(|_| !is_askew);
            let distribution = match (log, grid) {
                (true, Some(_)) => "q_log_uniform_values",
                (true, None) => "log_uniform_values",
                (false, Some(1.0)) => "int_uniform",
                (false, Some(_)) => "q_uniform",
                (false, None) => "uniform",
            };
            put("distribution", distribution);
            // Ends of bins have more digits than anybody types, but none may cut off what is proposed.
            let digits = if grid.is_some() { 11 } else { 5 };
            let (least, greatest) = (rounded(*low, digits), rounded(*high, digits));
            let is_grid = grid.is_some();
            put("min", &number(if is_grid { least } else { low.min(least) }));
            put(
                "max",
                &number(if is_grid {
                    greatest
                } else {
                    high.max(greatest)
                }),
            );
            if let Some(step) = grid.filter(|_| distribution.starts_with("q_")) {
                put("q", &number(step));
            }
        }
    }
}

/// With so many digits behind the first.
fn rounded(x: f64, digits: usize) -> f64 {
    format!("{x:.digits$e}").parse().unwrap_or(x)
}

fn literal(value: &Value, reader: Reader) -> String {
    match value.as_ref() {
        ValueRef::Number(x) if x.is_finite() => number(x),
        ValueRef::Bool(yes) => match (yes, reader) {
            (true, Reader::Python) => "True",
            (false, Reader::Python) => "False",
            (true, _) => "true",
            (false, _) => "false",
        }
        .to_owned(),
        // Python's word for nothing, as trackers write it down.
        ValueRef::Text("None") => match reader {
            Reader::Python => "None",
            _ => "null",
        }
        .to_owned(),
        other => quoted(&other.to_string()),
    }
}

/// A number that every reader takes for one.
fn number(x: f64) -> String {
    let text = number_text(x);
    let Some((digits, exponent)) = text.split_once('e') else {
        return text;
    };
    let point = if digits.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with('-') { "" } else { "+" };
    format!("{digits}{point}e{sign}{exponent}")
}

/// A text in double quotes, its special characters escaped.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            _ if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                quoted.push_str(&format!("\\u{:04x}", letter as u32));
            }
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// A key of YAML, in quotes unless it is a plain word that no reader takes for anything else.
fn key(name: &str) -> String {
    let is_plain = name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let lower = name.to_ascii_lowercase();
    let is_word = [
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf",
    ];
    if is_plain && !is_word.contains(&lower.as_str()) {
        name.to_owned()
    } else {
        quoted(name)
    }
}
