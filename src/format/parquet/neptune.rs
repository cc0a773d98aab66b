//! What Neptune's exporter writes of runs of either client: a row an attribute that was assigned, and a row a point of
//! a series, in files that are named after the run and numbered, `RUN_part_0.parquet`.

use super::Cells;
use crate::format::json_text;
use crate::format::neptune_offline::Run;
use crate::format::rows::millis_of;
use crate::ledger::{RunSink, ValueRef, time};
use serde_json::Value as Json;

/// The runs of a file, one after another.
#[derive(Default)]
pub(super) struct Attributes {
    id: String,
    run: Run,
}

impl Attributes {
    /// Whether a table with these columns is of the exporter.
    pub(super) fn are_in(has: impl Fn(&str) -> bool) -> bool {
        has("run_id") && has("attribute_path") && has("attribute_type")
    }

    /// Takes a row.
    pub(super) fn take(&mut self, cells: &Cells, sink: &mut RunSink<'_>) {
        let value = |wanted: &str| {
            let mut cells = cells.iter();
            let found = cells.find(|(name, _)| name == wanted);
            found.map_or(ValueRef::Missing, |(_, value)| value.as_ref())
        };
        let id = value("run_id").to_string();
        if id != self.id {
            self.finish(sink);
            self.id = id;
        }
        let path = value("attribute_path").to_string();
        let kind = value("attribute_type").to_string();
        match kind.as_str() {
            "float_series" => {
                if let Some(number) = value("float_value").number() {
                    let step = value("step").number().unwrap_or(f64::NAN);
                    let millis = millis_of(value("timestamp"));
                    let series = self.run.series.or_default(path);
                    series.push((step, millis.unwrap_or_default(), number));
                }
            }
            "string_set" => {
                let items = cells
                    .iter()
                    .filter(|(name, _)| name.starts_with("string_set_value"));
                let items = items.map(|(_, item)| item.as_ref().to_string());
                self.run.sets.or_default(path).extend(items);
            }
            "int" | "float" | "string" | "bool" | "datetime" => {
                let value = match value(&format!("{kind}_value")) {
                    ValueRef::Missing => return,
                    ValueRef::Number(number) => json_text::number(number),
                    ValueRef::Bool(truth) => Json::Bool(truth),
                    ValueRef::Time(millis) => time::format_millis(millis).into(),
                    ValueRef::Text(text) => text.into(),
                };
                self.run.values.insert(path, value);
            }
            // Texts by step, histograms and files are nothing that is compared.
            _ => {}
        }
    }

    /// Writes the run of the rows so far.
    pub(super) fn finish(&mut self, sink: &mut RunSink<'_>) {
        let mut run = std::mem::take(&mut self.run);
        // In the third generation values beside series are configurations, and all know what they were forked from.
        let third = ["sys/experiment/", "sys/forking/", "sys/diagnostics/"];
        run.are_configs = run
            .values
            .keys()
            .any(|path| third.iter().any(|begin| path.starts_with(begin)));
        if !self.id.is_empty() {
            let row = sink.run(&self.id);
            run.write(row, sink);
        }
    }
}

/// The name of a file without the number of its part, and that number.
pub(super) fn part_of(name: &str) -> Option<(&str, u64)> {
    let (run, number) = name.strip_suffix(".parquet")?.rsplit_once("_part_")?;
    Some((run, number.parse().ok()?))
}
