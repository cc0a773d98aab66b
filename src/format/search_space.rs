//! The ranges of search spaces, as trackers and searches write them in JSON: Optuna's distributions, ConfigSpace's hyperparameters,
//! the parameters of Ax, of Keras Tuner and of Syne Tune.
//!
//! All have a word for the kind and an object with two ends; what they call them differs. Categories are no range: which there
//! are the runs tell.

use super::json_text;
use crate::ledger::{RunSink, SearchRange};
use serde_json::Value as Json;

/// The numbers that one dimension of a search allows. `kind` says whether they are whole and how they are drawn, in words of
/// the tracker's own.
pub(super) fn range_of(kind: &str, attributes: &Json) -> Option<SearchRange> {
    let first = |keys: [&str; 3]| keys.into_iter().find_map(|key| attributes.get(key));
    let number = |keys: [&str; 3]| json_text::scalar(first(keys)?).number();
    let kind = kind.to_ascii_lowercase();
    let is_log = match first(["log", "log_scale", "sampling"]) {
        Some(Json::Bool(log)) => *log,
        Some(Json::String(word)) => word == "log",
        // So Optuna named its distributions before it had a flag, and Syne Tune its samplers.
        _ => kind.contains("loguniform"),
    };
    // Keras Tuner's steps on the logarithm are factors.
    let has_steps = !(is_log && attributes.get("sampling").is_some());
    let step = number(["step", "q", "q"]).filter(|_| has_steps);
    let whole = kind.contains("int").then_some(1.0);
    SearchRange::new(
        number(["low", "lower", "min_value"])?,
        number(["high", "upper", "max_value"])?,
        step.or(whole),
        is_log,
    )
}

/// Notes the ranges of a list of dimensions, each with its name, where each says its kind under `kind`.
pub(super) fn declare_all(dimensions: Option<&Json>, kind: &str, sink: &mut RunSink<'_>) {
    for dimension in dimensions.and_then(Json::as_array).into_iter().flatten() {
        let attributes = dimension.get("config").unwrap_or(dimension);
        let name = attributes.get("name").and_then(Json::as_str);
        let word = dimension.get(kind);
        // Ax puts the word into an object.
        let word = word.map(|word| word.get("name").unwrap_or(word));
        let word = word.and_then(Json::as_str).unwrap_or_default();
        if let Some((name, range)) = name.zip(range_of(word, attributes)) {
            sink.source().declare_range(name, range);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ends, step and scale of a dimension in words.
    fn told(kind: &str, attributes: &str) -> String {
        let attributes = json_text::parse(attributes).unwrap();
        range_of(kind, &attributes).map_or_else(
            || "none".to_owned(),
            |range| {
                let step = range.step.map(|step| format!(" by {step}"));
                let scale = if range.log { " log" } else { "" };
                format!(
                    "{} to {}{}{scale}",
                    range.low,
                    range.high,
                    step.unwrap_or_default()
                )
            },
        )
    }

    #[test]
    fn each_tracker_has_words_of_its_own() {
        for (kind, attributes, expected) in [
            (
                "FloatDistribution",
                r#"{"low": 1e-5, "high": 0.1, "log": true, "step": null}"#,
                "0.00001 to 0.1 log",
            ),
            (
                "IntDistribution",
                r#"{"low": 1, "high": 9, "log": false, "step": 2}"#,
                "1 to 9 by 2",
            ),
            (
                "LogUniformDistribution",
                r#"{"low": 0.5, "high": 2.0}"#,
                "0.5 to 2 log",
            ),
            (
                "DiscreteUniformDistribution",
                r#"{"low": 0.0, "high": 1.0, "q": 0.25}"#,
                "0 to 1 by 0.25",
            ),
            (
                "IntLogUniformDistribution",
                r#"{"low": 1, "high": 64}"#,
                "1 to 64 by 1 log",
            ),
            (
                "CategoricalDistribution",
                r#"{"choices": [16, 32]}"#,
                "none",
            ),
            (
                "uniform_int",
                r#"{"name": "batch", "lower": 4, "upper": 256, "log": true}"#,
                "4 to 256 by 1 log",
            ),
            (
                "uniform_float",
                r#"{"lower": -1.0, "upper": 1, "log": false}"#,
                "-1 to 1",
            ),
            (
                "FLOAT",
                r#"{"lower": 0.1, "upper": 10.0, "log_scale": true}"#,
                "0.1 to 10 log",
            ),
            (
                "Int",
                r#"{"min_value": 32, "max_value": 256, "step": 32, "sampling": "linear"}"#,
                "32 to 256 by 32",
            ),
            (
                "Int",
                r#"{"min_value": 1, "max_value": 64, "step": 2, "sampling": "log"}"#,
                "1 to 64 by 1 log",
            ),
            (
                "Float LogUniform",
                r#"{"lower": 0.0001, "upper": 1.0}"#,
                "0.0001 to 1 log",
            ),
            ("Float", r#"{"lower": 1.0, "upper": null}"#, "none"),
        ] {
            assert_eq!(told(kind, attributes), expected, "{kind} {attributes}");
        }
    }
}
