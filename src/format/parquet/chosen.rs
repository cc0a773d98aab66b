//! Which columns of a table are read where only some were chosen, or can be: the bytes of the others are never asked for.

use super::footer::is_readable;
use super::neptune::Attributes;
use crate::format::long_form::{self, RUN, STEP, TIME};
use crate::format::roles::guess_one;
use crate::format::rows::Target;
use crate::ledger::{Keep, RunSink};
use ::parquet::schema::types::Type;

/// What of a file is read.
pub(super) enum Chosen {
    All,
    /// The columns of this schema.
    Some(Type),
    /// It has none of those that were chosen.
    None,
}

/// The part of a schema that is read; what is not is told to the sink.
pub(super) fn projection(schema: &Type, sink: &mut RunSink<'_>) -> Chosen {
    let all = schema.get_fields().len();
    let fields = schema.get_fields().iter();
    let (fields, others): (Vec<_>, Vec<_>) = fields.cloned().partition(|field| is_readable(field));
    for field in &others {
        let what = format!(
            "{} holds intervals of a calendar, or nests as nothing does",
            field.name()
        );
        sink.problem("parquet/column", "", &what, "the column was left out");
    }
    let names: Vec<String> = fields.iter().map(|field| field.name().to_owned()).collect();
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    let keep = sink.keep();
    // A row a value has few columns, and all of them belong to it.
    let is_whole = || Attributes::are_in(has) || long_form::Places::of(&names).is_some();
    let takes_all = keep.columns.is_empty() || is_whole();
    let mut chosen = fields;
    let readable = chosen.len();
    chosen.retain(|field| takes_all || is_taken(field, keep));
    let taken = chosen.len();
    if taken == all && taken > 0 {
        return Chosen::All;
    }
    if taken < readable {
        let what = format!("{} of its {all} columns were not chosen", readable - taken);
        sink.problem("parquet/not-chosen", "", &what, "they were not read");
    }
    let part = Type::group_type_builder(schema.name()).with_fields(chosen);
    match part.build() {
        Ok(part) if taken > 0 => Chosen::Some(part),
        _ => Chosen::None,
    }
}

/// Whether a column is read: by its name in the file or by the one that people see. A nested one is read whole.
fn is_taken(field: &Type, keep: &Keep) -> bool {
    let name = field.name();
    let takes = |name: &str| match guess_one(name, &[]).0 {
        Target::Value(_, shown) => keep.takes(name) || keep.takes(&shown),
        Target::Text(..) => keep.takes(name),
        // Ids, states and times.
        _ => true,
    };
    let lower = name.trim().to_lowercase();
    let tells_rows = |list: &[&str]| list.contains(&lower.as_str());
    let is_nested = || field.is_group() && !field.get_fields().is_empty();
    [RUN, STEP, TIME, &["number"]].into_iter().any(tells_rows)
        // W&B's own: `_step`, `_timestamp`.
        || lower.starts_with('_')
        || takes(name)
        || is_nested()
            && field
                .get_fields()
                .iter()
                .any(|inner| takes(&format!("{name}.{}", inner.name())))
}
