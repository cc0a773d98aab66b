//! What an item of a W&B record says: its path and its value, and what of that is worth a column.

use super::json_text;
use super::protobuf::{Field, Fields, zigzag};
use crate::ledger::ValueRef;
use serde_json::{Map, Value as Json};

/// How many parts a key has at most.
const DEEPEST: usize = 64;

/// An item's key: old versions write it whole, new ones in parts.
pub(super) fn path_of(item: &Fields<'_>) -> Vec<String> {
    let nested: Vec<String> = item.all(2).map(Field::text).collect();
    match nested.len() {
        0 => vec![item.text(1)],
        // Objects are never so deep, and going down into them takes room on the stack.
        DEEPEST.. => vec![nested.join(".")],
        _ => nested,
    }
}

/// An item's value: JSON text, or one of the typed fields.
pub(super) fn value_of(item: &Fields<'_>) -> Json {
    item.clone()
        .find_map(|(number, field)| {
            Some(match (number, field) {
                (16 | 8, field) => json_text::parse(&field.text())?,
                (4, field) => Json::Bool(field.whole() != 0),
                (5, Field::Varint(x)) => Json::from(zigzag(x)),
                (6, field) => json_text::number(field.float()),
                (7, field) => Json::String(field.text()),
                _ => return None,
            })
        })
        .unwrap_or_default()
}

pub(super) fn put_at(object: &mut Map<String, Json>, path: &[String], value: Json) {
    match path {
        [] => {}
        [key] => {
            object.insert(key.clone(), value);
        }
        [key, rest @ ..] => {
            let inner = object
                .entry(key.clone())
                .or_insert_with(|| Json::Object(Map::new()));
            if !inner.is_object() {
                *inner = Json::Object(Map::new());
            }
            if let Json::Object(inner) = inner {
                put_at(inner, rest, value);
            }
        }
    }
}

pub(super) fn remove_at(object: &mut Map<String, Json>, path: &[String]) {
    match path {
        [] => {}
        [key] => {
            object.remove(key);
        }
        [key, rest @ ..] => {
            if let Some(Json::Object(inner)) = object.get_mut(key) {
                remove_at(inner, rest);
            }
        }
    }
}

/// What the paths of all fields of a picture, table or the like begin with, by the one that says its type.
pub(super) fn above_type(path: &str) -> Option<String> {
    let above = path.strip_suffix("_type")?;
    (above.is_empty() || above.ends_with('.')).then(|| above.to_owned())
}

/// Calls `take` for the numbers and truths of a value; pictures, histograms and the like have none of use.
pub(super) fn each_value(path: &str, value: &Json, take: &mut dyn FnMut(&str, ValueRef<'_>)) {
    match value {
        Json::Object(inner) => {
            let mut media = Vec::new();
            json_text::flatten(inner, &mut |rest, _| media.extend(above_type(rest)));
            let is_media = |path: &str| media.iter().any(|above| path.starts_with(above));
            json_text::flatten(inner, &mut |rest, value| {
                if matches!(value, ValueRef::Number(_) | ValueRef::Bool(_)) && !is_media(rest) {
                    take(&format!("{path}.{rest}"), value);
                }
            });
        }
        leaf => {
            let value = json_text::scalar(leaf);
            if matches!(value, ValueRef::Number(_) | ValueRef::Bool(_)) {
                take(path, value);
            }
        }
    }
}
