//! What of the objective is explained, and how runs without a result count.

use crate::engine::explain::{Explain, Scale, Unfinished};
use crate::page::state::App;
use leptos::prelude::*;

/// The best so many per cent that can be chosen.
const BEST: [u8; 4] = [50, 25, 10, 5];

/// The settings of importance; a change asks again.
#[component]
pub(super) fn Options(app: App) -> impl IntoView {
    let ask = Memo::new(move |_| app.view.with(|view| view.explain.ask.clone()));
    let change = move |set: &dyn Fn(&mut Explain)| app.change(|view| set(&mut view.explain.ask));
    let regions = move || {
        let chosen = ask.get();
        let shown = chosen.best.is_none() && !chosen.whole_range;
        let whole = chosen.best.is_none() && chosen.whole_range;
        let mut options = vec![
            (
                "shown".to_owned(),
                "the shown runs' ranges".to_owned(),
                shown,
            ),
            ("whole".to_owned(), "all runs' ranges".to_owned(), whole),
        ];
        options.extend(BEST.map(|best| {
            let text = format!("the best {best} %");
            (best.to_string(), text, chosen.best == Some(best))
        }));
        options
    };
    let scales = move || {
        let chosen = ask.get().scale;
        let option = |of: Scale| (of.word().to_owned(), of.label().to_owned(), chosen == of);
        Scale::ALL.map(option).to_vec()
    };
    let unfinished = move || {
        let chosen = ask.get().unfinished;
        let option = |of: Unfinished| (of.word().to_owned(), of.label().to_owned(), chosen == of);
        Unfinished::ALL.map(option).to_vec()
    };
    let choose_region = move |value: String| {
        change(&|ask| {
            ask.whole_range = value == "whole";
            ask.best = value.parse().ok();
        });
    };
    let choose_scale = move |value: String| {
        let of = Scale::ALL.into_iter().find(|of| of.word() == value);
        change(&|ask| ask.scale = of.unwrap_or_default());
    };
    let choose_unfinished = move |value: String| {
        let of = Unfinished::ALL.into_iter().find(|of| of.word() == value);
        change(&|ask| ask.unfinished = of.unwrap_or_default());
    };
    view! {
        <div class="importance-options">
            {choice("Differences over ", "Region", regions, choose_region)}
            {choice("Objective ", "Objective's scale", scales, choose_scale)}
            {choice("Runs without a result ", "Runs without a result", unfinished, choose_unfinished)}
        </div>
    }
}

/// A labelled choice among options: value, text, and whether it is chosen.
fn choice(
    words: &'static str,
    label: &'static str,
    options: impl Fn() -> Vec<(String, String, bool)> + Send + 'static,
    choose: impl Fn(String) + 'static,
) -> impl IntoView {
    let options = move || {
        options()
            .into_iter()
            .map(|(value, text, chosen)| view! { <option value=value prop:selected=chosen>{text}</option> })
            .collect::<Vec<_>>()
    };
    view! {
        <label>
            {words}
            <select aria-label=label on:change=move |event| choose(event_target_value(&event))>
                {options}
            </select>
        </label>
    }
}
