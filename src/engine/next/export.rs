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
    text.push_str("parameters:\n");
    for Narrowed { name, from } in narrowed {
        text.push_str("  ");
        text.push_str(&key(name));
        text.push_str(":\n");
        let mut put = |name: &str, after: String| line(&mut text, "    ", name, &after);
        match from {
            Choice::Values(values) => {
                let all: Vec<String> = values.iter().map(|x| literal(x, Reader::Yaml)).collect();
                match &all[..] {
                    [only] => put("value", only.clone()),
                    _ => put("values", format!("[{}]", all.join(", "))),
                }
            }
            Choice::Numbers {
                low,
                high,
                step,
                log,
            } => {
                let is_whole = step.is_some_and(|step| step.fract() == 0.0) && low.fract() == 0.0;
                let grid = step.filter(|step| !(is_whole && *step <= 1.0));
                let distribution = match (log, grid, is_whole) {
                    (true, None, true) => "q_log_uniform_values",
                    (true, None, false) => "log_uniform_values",
                    (true, Some(_), _) => "q_log_uniform_values",
                    (false, Some(_), _) => "q_uniform",
                    (false, None, true) => "int_uniform",
                    (false, None, false) => "uniform",
                };
                put("distribution", distribution.to_owned());
                // Ends of bins have more digits than anybody types.
                put("min", number(short(*low)));
                put("max", number(short(*high)));
                if distribution.starts_with("q_") {
                    put("q", number(step.unwrap_or(1.0)));
                }
            }
        }
    }
    text
}

fn short(x: f64) -> f64 {
    format!("{x:.5e}").parse().unwrap_or(x)
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
