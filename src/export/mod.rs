//! What is in the ledger as files for other programs: [`json`], the runs document, [`csv`], [`parquet`], tables in
//! [`markdown`], [`latex`] and [`html`], params that start a run again ([`config`]), pixels
//! as [`png`], and a [`zip`] of several.

pub mod config;
pub mod csv;
pub mod html;
pub mod json;
pub mod latex;
pub mod markdown;
pub mod parquet;
pub mod png;
pub mod zip;

use crate::ledger::{ColumnId, Ledger};
use rustc_hash::FxHashMap;

/// The names of columns in a table. Those that occur twice are told apart by their role (`metric.loss`), and by a number
/// where that is a name as well.
pub fn names(ledger: &Ledger, columns: &[ColumnId]) -> Vec<String> {
    let mut counts: FxHashMap<String, u32> = FxHashMap::default();
    for id in columns {
        let name = ledger.column(*id).name().to_owned();
        *counts.entry(name).or_default() += 1;
    }
    let mut name = |id: &ColumnId| {
        let column = ledger.column(*id);
        let name = column.name();
        if counts.get(name) == Some(&1) {
            return name.to_owned();
        }
        let mut name = format!("{}.{name}", column.role().word());
        while counts.contains_key(&name) {
            name.push_str(".1");
        }
        counts.insert(name.clone(), 1);
        name
    };
    columns.iter().map(&mut name).collect()
}
