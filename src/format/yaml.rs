//! YAML as JSON values, bounded: trackers write their configurations and some facts of a run in it.
//!
//! The events are those of `saphyr-parser`. A plain scalar is what YAML 1.1 and what people mean by it: a
//! number (`1e-4` too, which strict readers take for text), a boolean, null, else text; whole numbers that
//! a float cannot hold stay text. Aliases are followed as long as what comes out stays small.

use super::json_text;
use crate::ledger::parse_number;
use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value as Json};
use std::borrow::Cow;

/// How deep lists and mappings may nest.
const DEEPEST: usize = 64;

/// How many values may come out, those by aliases too.
const MOST_VALUES: usize = 1_000_000;

/// A text this long counts as another value.
const TEXT_BYTES: usize = 128;

/// A text as one value: where several of its documents are mappings, as of a configuration in parts, these as one, in which the
/// later go before the earlier; else the first document. Empty text is null. Fails with the reason and the line.
pub(crate) fn parse(text: &str) -> Result<Json, String> {
    documents(text).map(|(documents, _)| merged(documents))
}

/// The documents of a text that are not empty, and why those behind them could not be read, if so. Fails with the reason where
/// the first cannot be.
pub(super) fn documents(text: &str) -> Result<(Vec<Json>, Option<String>), String> {
    let mut reader = Reader {
        parser: Parser::new_from_str(text.trim_start_matches('\u{feff}')),
        anchors: order::Map::new(),
        values: 0,
    };
    let mut found = Vec::new();
    loop {
        let document = match reader.next() {
            Ok(Event::StreamEnd) => return Ok((found, None)),
            Ok(
                Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing,
            ) => {
                continue;
            }
            Ok(event) => reader.value(event, 0),
            Err(reason) => Err(reason),
        };
        match document {
            Ok(Json::Null) => {}
            Ok(document) => found.push(document),
            Err(reason) if found.is_empty() => return Err(reason),
            Err(reason) => return Ok((found, Some(reason))),
        }
    }
}

/// What [`parse`] makes of documents.
pub(super) fn merged(documents: Vec<Json>) -> Json {
    let mut all = documents.into_iter();
    let mut first = all.next().unwrap_or_default();
    if let Json::Object(object) = &mut first {
        for document in all {
            if let Json::Object(mut other) = document {
                object.append(&mut other);
            }
        }
    }
    first
}

struct Reader<'input> {
    parser: Parser<'input, saphyr_parser::StrInput<'input>>,
    /// Anchored values, each with how many values it is.
    anchors: order::Map<usize, (Json, usize)>,
    values: usize,
}

impl<'input> Reader<'input> {
    fn next(&mut self) -> Result<Event<'input>, String> {
        match self.parser.next_event() {
            Some(Ok((event, _))) => Ok(event),
            Some(Err(error)) => Err(format!("line {}: {}", error.marker().line(), error.info())),
            None => Ok(Event::StreamEnd),
        }
    }

    fn count(&mut self, values: usize) -> Result<(), String> {
        self.values += values;
        if self.values > MOST_VALUES {
            return Err("more than a million values come out of it".to_owned());
        }
        Ok(())
    }

    fn value(&mut self, event: Event<'input>, depth: usize) -> Result<Json, String> {
        if depth > DEEPEST {
            return Err(format!("it is nested deeper than {DEEPEST} levels"));
        }
        self.count(1)?;
        let before = self.values;
        let (value, anchor) = match event {
            Event::Alias(anchor) => {
                let known = self.anchors.get(&anchor).cloned();
                let (value, values) = known.ok_or("an alias names nothing that comes before it")?;
                self.count(values)?;
                return Ok(value);
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.count(text.len() / TEXT_BYTES)?;
                // Python writes a class or function as a name in the tag, and no text.
                let name = tag.as_ref().map_or("", |tag| tag.suffix.as_str());
                let value = match name.strip_prefix("python/name:") {
                    Some(name) if text.is_empty() => Json::String(name.to_owned()),
                    _ => scalar(text, style),
                };
                (value, anchor)
            }
            Event::SequenceStart(anchor, _) => (self.sequence(depth)?, anchor),
            Event::MappingStart(anchor, _) => (self.mapping(depth)?, anchor),
            _ => return Ok(Json::Null),
        };
        if anchor > 0 {
            let values = self.values - before + 1;
            self.anchors.insert(anchor, (value.clone(), values));
        }
        Ok(value)
    }

    fn sequence(&mut self, depth: usize) -> Result<Json, String> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                Event::SequenceEnd | Event::StreamEnd => return Ok(Json::Array(items)),
                event => items.push(self.value(event, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Json, String> {
        let mut object = Map::new();
        loop {
            let key = match self.next()? {
                Event::MappingEnd | Event::StreamEnd => return Ok(Json::Object(object)),
                Event::Scalar(text, ..) => text.into_owned(),
                event => self.value(event, depth + 1)?.to_string(),
            };
            let event = self.next()?;
            let value = self.value(event, depth + 1)?;
            match (key.as_str(), value) {
                // `<<` takes over what another mapping has.
                ("<<", Json::Object(other)) => {
                    for (key, value) in other {
                        object.entry(key).or_insert(value);
                    }
                }
                (_, value) => {
                    object.insert(key, value);
                }
            }
        }
    }
}

fn scalar(text: Cow<'_, str>, style: ScalarStyle) -> Json {
    if style != ScalarStyle::Plain {
        return Json::String(text.into_owned());
    }
    match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => return Json::Null,
        "true" | "True" | "TRUE" => return Json::Bool(true),
        "false" | "False" | "FALSE" => return Json::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return json_text::token("NaN"),
        ".inf" | ".Inf" | ".INF" | "+.inf" => return json_text::token("Infinity"),
        "-.inf" | "-.Inf" | "-.INF" => return json_text::token("-Infinity"),
        _ => {}
    }
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    let number = parse_number(&text).filter(|x| is_number && x.is_finite());
    match number.and_then(serde_json::Number::from_f64) {
        // Whole numbers print without a point.
        Some(number) => text.parse::<i64>().map_or(Json::Number(number), Json::from),
        None => Json::String(text.into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::ValueRef;

    fn check(text: &str, want: &str) {
        let mut told = Vec::new();
        let parsed = parse(text);
        match parsed {
            Ok(Json::Object(object)) => json_text::flatten(&object, &mut |path, value| {
                let kind = match value {
                    ValueRef::Text(_) => "'",
                    _ => "",
                };
                told.push(format!("{path}={kind}{value}"));
            }),
            Ok(other) => told.push(other.to_string()),
            Err(reason) => told.push(format!("! {reason}")),
        }
        assert_eq!(told.join(" "), want, "{text}");
    }

    #[test]
    fn scalars_are_what_people_mean() {
        check(
            "a: 1e-4\nb: '1e-4'\nc: .5\nd: 1.0e-05\ne: true\nf: yes\ng: ~\nh: .nan\ni: -.inf",
            "a=0.0001 b=0.0001 c=0.5 d=0.00001 e=true f='yes g= h=NaN i=-Infinity",
        );
        check(
            "experiment_id: 578705461057335990\nname: λ\nq: 'it''s'\nw: \"tab\\there\"",
            "experiment_id='578705461057335990 name='λ q='it's w='tab\there",
        );
        check("", "null");
        check("--- 12\n...", "12");
        // Documents of a configuration in parts.
        check(
            "lr: 0.1\nseed: 1\n---\n# nothing\n---\nseed: 2\nmodel: {depth: 3}\n",
            "lr=0.1 seed=2 model.depth=3",
        );
        check("lr: 0.1\n---\n- 1\n", "lr=0.1");
        // What is sound before a broken one stays.
        check("lr: 0.1\n---\na: [1\n", "lr=0.1");
    }

    #[test]
    fn nesting_and_aliases() {
        check(
            "a: &x {lr: 0.1, d: [1, 2]}\nb: *x\nc:\n  <<: *x\n  lr: 3",
            "a.lr=0.1 a.d.0=1 a.d.1=2 b.lr=0.1 b.d.0=1 b.d.1=2 c.lr=3 c.d.0=1 c.d.1=2",
        );
    }

    #[test]
    fn bombs_end_with_a_reason() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let refs = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{refs}]\n"));
        }
        assert!(parse(&bomb).is_err());
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse("a: [1").is_err());
    }
}
