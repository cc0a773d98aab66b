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
    let option = |value: String, text: String, chosen: bool| {
        view! { <option value=value prop:selected=chosen>{text}</option> }
    };
    let unfinished = move || {
        Unfinished::ALL
            .map(|of| {
                option(
                    of.word().to_owned(),
                    of.label().to_owned(),
                    ask.get().unfinished == of,
                )
            })
            .into_iter()
            .collect::<Vec<_>>()
    };
    let scales = move || {
        Scale::ALL
            .map(|of| {
                option(
                    of.word().to_owned(),
                    of.label().to_owned(),
                    ask.get().scale == of,
                )
            })
            .into_iter()
            .collect::<Vec<_>>()
    };
    let regions = move || {
        let chosen = ask.get();
        let mut options = vec![
            option(
                "shown".to_owned(),
                "the shown runs' ranges".to_owned(),
                chosen.best.is_none() && !chosen.whole_range,
            ),
            option(
                "whole".to_owned(),
                "all runs' ranges".to_owned(),
                chosen.best.is_none() && chosen.whole_range,
            ),
        ];
        options.extend(BEST.map(|best| {
            option(
                best.to_string(),
                format!("the best {best} %"),
                chosen.best == Some(best),
            )
        }));
        options
    };
    view! {
        <div class="importance-options">
            <label>
                "Differences over "
                <select
                    aria-label="Region"
                    on:change=move |event| {
                        let value = event_target_value(&event);
                        change(&|ask| {
                            ask.whole_range = value == "whole";
                            ask.best = value.parse().ok();
                        });
                    }
                >
                    {regions}
                </select>
            </label>
            <label>
                "Objective "
                <select
                    aria-label="Objective's scale"
                    on:change=move |event| {
                        let value = event_target_value(&event);
                        let of = Scale::ALL.into_iter().find(|of| of.word() == value).unwrap_or_default();
                        change(&|ask| ask.scale = of);
                    }
                >
                    {scales}
                </select>
            </label>
            <label>
                "Runs without a result "
                <select
                    aria-label="Runs without a result"
                    on:change=move |event| {
                        let value = event_target_value(&event);
                        let of = Unfinished::ALL.into_iter().find(|of| of.word() == value).unwrap_or_default();
                        change(&|ask| ask.unfinished = of);
                    }
                >
                    {unfinished}
                </select>
            </label>
        </div>
    }
}
