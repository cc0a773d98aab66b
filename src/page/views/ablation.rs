//! Which changes made one run better than another: from the baseline to the run in the drawer, else to the best one.

use super::asked::asked;
use crate::chart::number::short_number;
use crate::engine::protocol::{AblationPath, Answer, Ask};
use crate::engine::view::Baseline;
use crate::page::state::App;
use leptos::prelude::*;
use std::sync::Arc;

/// The way from the baseline to the best run, where there is a baseline.
#[component]
pub(super) fn AblationPanel(app: App) -> impl IntoView {
    let ends = Memo::new(move |_| {
        let (baseline, opened) = app
            .view
            .with(|view| (view.baseline.and_then(Baseline::run), view.run));
        let best = app
            .selected
            .with(|selected| selected.best.as_ref().map(|best| best.row));
        baseline.zip(opened.or(best))
    });
    let question = move || {
        let is_answered = app
            .last_importance
            .with(|last| last.as_ref().is_some_and(|(_, answer)| answer.is_whole));
        let (from, to) = ends.get().filter(|(from, to)| is_answered && from != to)?;
        Some(Ask::Ablation { from, to })
    };
    let path = asked(app, question, |said| match said {
        Answer::Ablation(said) => said,
        _ => None,
    });
    move || {
        match (ends.get(), path.get()) {
        (_, Some(path)) => view! { <Path path=path/> }.into_any(),
        (None, None) => view! {
            <p class="faint ablation-hint">
                "Mark a run in the table as the baseline (key b) to see which changes lead from it to the best run."
            </p>
        }
        .into_any(),
        (Some(_), None) => view! {
            <p class="faint ablation-hint">
                "There is no way to tell from the baseline: it is the best run itself, or one of the two takes no part here."
            </p>
        }
        .into_any(),
    }
    }
}

#[component]
fn Path(path: Arc<AblationPath>) -> impl IntoView {
    let mut before = path.start;
    let rows = path
        .changes
        .iter()
        .map(|change| {
            let difference = change.prediction - before;
            before = change.prediction;
            view! {
                <tr>
                    <th scope="row">{change.name.clone()}</th>
                    <td>{format!("{} → {}", change.from, change.to)}</td>
                    <td class="right">{short_number(change.prediction)}</td>
                    <td class="right">{format!("{difference:+.4}").replace('-', "−")}</td>
                    <td>{if change.is_far { "no run lies near: the forest guesses" } else { "" }}</td>
                </tr>
            }
        })
        .collect::<Vec<_>>();
    let (from, to) = (&path.from, &path.to);
    view! {
        <section class="ablation interactions" aria-label="What made one run better than another">
            <h3>{format!("From {} to {}: which changes did it", from.0, to.0)}</h3>
            <p class="faint">
                {format!(
                    "The change that helps most by the forest's prediction first, then the next (ablation, Fawcett and Hoos 2016). \
                     Measured: {} and {}; predicted for {}: {}.",
                    short_number(from.1),
                    short_number(to.1),
                    from.0,
                    short_number(path.start),
                )}
            </p>
            <div class="bars-scroll">
                <table class="bars">
                    <thead>
                        <tr>
                            <th scope="col">"Param"</th>
                            <th scope="col">"Change"</th>
                            <th scope="col" class="right">"Predicted after"</th>
                            <th scope="col" class="right">"Difference"</th>
                            <th scope="col">"Caveat"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}
