//! TOML as JSON values: some programs write their configurations in it.

use super::json_text;
use ::toml::de::{DeTable, DeValue};
use serde_json::{Map, Value as Json};

/// A document's table. Fails with the reason and its place.
pub(super) fn parse(text: &str) -> Result<Json, String> {
    let table = DeTable::parse(text).map_err(|error| {
        let line = error
            .span()
            .map(|span| 1 + text[..span.start.min(text.len())].matches('\n').count());
        line.map_or_else(
            || error.message().to_owned(),
            |line| format!("line {line}: {}", error.message()),
        )
    })?;
    Ok(object(table.into_inner()))
}

fn object(table: DeTable<'_>) -> Json {
    let members = table.into_iter();
    Json::Object(
        members
            .map(|(key, value)| (key.into_inner().into_owned(), json(value.into_inner())))
            .collect::<Map<_, _>>(),
    )
}

fn json(value: DeValue<'_>) -> Json {
    match value {
        DeValue::String(text) => Json::String(text.into_owned()),
        // An id that a float cannot hold stays text, as elsewhere.
        DeValue::Integer(whole) => i64::from_str_radix(whole.as_str(), whole.radix())
            .map_or_else(|_| Json::String(whole.to_string()), Json::from),
        DeValue::Float(float) => float
            .as_str()
            .trim_start_matches('+')
            .parse()
            .map_or_else(|_| Json::String(float.to_string()), json_text::number),
        DeValue::Boolean(truth) => Json::Bool(truth),
        DeValue::Datetime(time) => Json::String(time.to_string()),
        DeValue::Array(items) => Json::Array(
            items
                .into_iter()
                .map(|item| json(item.into_inner()))
                .collect(),
        ),
        DeValue::Table(table) => object(table),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use serde_json::json;

    #[test]
    fn tables_and_values_become_json() {
        let text = "lr = 1e-3\nsteps = 1_000\nname = 'a'\n[optim]\nbetas = [0.9, 0.99]\nnested.on = true\nday = 2026-01-02\n";
        let value = parse(text).unwrap();
        assert_eq!(
            value,
            json!({"lr": 1e-3, "steps": 1000, "name": "a", "optim": {
                "betas": [0.9, 0.99], "nested": {"on": true}, "day": "2026-01-02"}})
        );
    }

    #[test]
    fn a_fault_has_a_line_and_depth_has_a_bound() {
        let fault = parse("a = 1\nb = = 2\n").unwrap_err();
        assert!(fault.starts_with("line 2:"), "{fault}");
        assert!(parse(&format!("a = {}1", "[".repeat(100_000))).is_err());
    }
}
