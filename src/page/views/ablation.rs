//! Which changes made some runs better than others: from the baseline to the run in the drawer, else to the best one,
//! or between sets of runs.

use super::asked::asked;
use super::importance_options::choice;
use crate::chart::number::short_number;
use crate::engine::explain::PathEnd;
use crate::engine::protocol::{AblationPath, Answer, Ask, WayEnd};
use crate::engine::view::Baseline;
use crate::page::prelude::*;
use crate::page::state::App;
use std::sync::Arc;

/// What the two ends are, with their runs where these are known.
#[derive(Clone, Copy, PartialEq)]
struct Ends {
    from: PathEnd,
    to: PathEnd,
    way: Option<(WayEnd, WayEnd)>,
}

fn ends(app: App) -> Ends {
    let (baseline, opened, from, to) = app.view.with(|view| {
        let explain = &view.explain;
        (
            view.baseline.and_then(Baseline::run),
            view.run,
            explain.from,
            explain.to,
        )
    });
    let usual = if opened.is_some() {
        PathEnd::Opened
    } else {
        PathEnd::Best
    };
    let to = to.unwrap_or(usual);
    let runs = |end: PathEnd| match end {
        PathEnd::Baseline => baseline.map(WayEnd::Run),
        PathEnd::Opened => opened.map(WayEnd::Run),
        set => Some(WayEnd::Set(set)),
    };
    Ends {
        from,
        to,
        way: runs(from).zip(runs(to)),
    }
}

/// The way between two ends that can be chosen.
#[component]
pub(super) fn AblationPanel(app: App) -> impl IntoView {
    let ends = Memo::new(move |_| ends(app));
    let is_answered = Memo::new(move |_| {
        let is_whole = |last: &Option<(_, Arc<crate::engine::protocol::ImportanceAnswer>)>| {
            last.as_ref().is_some_and(|(_, answer)| answer.is_whole)
        };
        app.last_importance.with(is_whole)
    });
    let question = move || {
        // Sets of selected runs are other ones when the selection changes.
        app.marked.track();
        let (from, to) = ends
            .get()
            .way
            .filter(|(from, to)| is_answered.get() && from != to)?;
        Some(Ask::Ablation { from, to })
    };
    let path = asked(app, question, |said| match said {
        Answer::Ablation(said) => said,
        _ => None,
    });
    let options = |chosen: PathEnd| {
        PathEnd::ALL
            .map(|end| (end.word().to_owned(), end.label().to_owned(), end == chosen))
            .to_vec()
    };
    let choose_from = move |word: String| {
        app.change(|view| view.explain.from = PathEnd::from_word(&word).unwrap_or_default());
    };
    let choose_to =
        move |word: String| app.change(|view| view.explain.to = PathEnd::from_word(&word));
    let hint = move || match (ends.get(), is_answered.get()) {
        (Ends { way: None, .. }, _) => {
            "Mark a run in the table as the baseline (key b), or open one, to see which changes lead from it to another; or choose sets of runs."
        }
        (_, false) => "Being worked out …",
        _ => {
            "There is no way to tell: both ends are the same run, or at one of them no run takes part here."
        }
    };
    view! {
        <section class="ablation interactions" aria-label="What made some runs better than others">
            <h3>"What made some runs better than others"</h3>
            <div class="importance-options">
                {choice("From ", "From", move || options(ends.get().from), choose_from)}
                {choice("to ", "To", move || options(ends.get().to), choose_to)}
            </div>
            {move || match path.get() {
                Some(path) => view! { <Path path=path/> }.into_any(),
                None => view! { <p class="faint" role="status">{hint}</p> }.into_any(),
            }}
        </section>
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
            let ends = change.ends.map_or_else(
                || "–".to_owned(),
                |(low, high)| format!("{} to {}", signed(low), signed(high)),
            );
            view! {
                <tr>
                    <th scope="row">{change.name.clone()}</th>
                    <td>{format!("{} → {}", change.from, change.to)}</td>
                    <td class="right">{short_number(change.prediction)}</td>
                    <td class="right">{signed(difference)}</td>
                    <td class="right">{ends}</td>
                    <td>{if change.is_far { "no run lies near: the forest guesses" } else { "" }}</td>
                </tr>
            }
        })
        .collect::<Vec<_>>();
    let (from, to) = (&path.from, &path.to);
    view! {
            <h4>{format!("From {} to {}: which changes did it", from.0, to.0)}</h4>
            <p class="faint">
                {format!(
                    "The change that helps most by the forest's prediction first, then the next (ablation, Fawcett and Hoos 2016); \
                     of sets of runs the mean over random pairs of one run of each. The range is of forests grown on runs drawn again. \
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
                            <th scope="col" class="right">"10–90 %"</th>
                            <th scope="col">"Caveat"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
    }
}

fn signed(difference: f64) -> String {
    format!("{difference:+.4}").replace('-', "−")
}
