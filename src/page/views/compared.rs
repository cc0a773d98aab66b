//! Several metrics side by side, and budgets: a table of shares each, and how far they put runs in the same order.

use super::heat_table::{HeatCell, heat_table};
use super::importance_bars::{compared_table, two_decimals};
use crate::engine::protocol::{Comparison, ImportanceAnswer};
use crate::page::prelude::*;
use std::sync::Arc;

/// The comparisons that are worked out.
#[component]
pub(super) fn Compared(answer: Arc<ImportanceAnswer>) -> impl IntoView {
    answer.compared.iter().map(compared).collect::<Vec<_>>()
}

fn compared(comparison: &Comparison) -> AnyView {
    let heads = comparison
        .targets
        .iter()
        .map(|target| target.name.clone().into_any());
    let cell = |value: &Option<f64>| match value {
        Some(value) => Some(HeatCell::plain(two_decimals(*value), value.max(0.0))),
        None => Some(HeatCell::plain("–".to_owned(), 0.0)),
    };
    let rows = comparison.targets.iter().zip(&comparison.alike);
    let rows =
        rows.map(|(target, values)| (target.name.clone(), values.iter().map(cell).collect()));
    let words = comparison
        .words
        .iter()
        .map(|words| view! { <p class="faint">{words.clone()}</p> }.into_any());
    view! {
        <section class="interactions" aria-label=comparison.title.clone()>
            <h3>{comparison.title.clone()}</h3>
            {words.collect::<Vec<_>>()}
            {compared_table(comparison)}
            <h4>"Rank correlation"</h4>
            {heat_table("Rank correlation of each two", "", heads.collect(), rows.collect())}
        </section>
    }
    .into_any()
}
