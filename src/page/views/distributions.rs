//! How a metric is distributed: over each param, by what runs have in a column, and as a whole.

use super::asked::asked;
use super::display::legend_items;
use super::dots::{RunPicture, dots_view};
use super::importance_options::choice;
use crate::chart::number::counted;
use crate::chart::slice::{self, Slice};
use crate::engine::protocol::{
    Answer, Ask, Distributions, DistributionsQuestion, DistributionsView as Settings, LegendItem,
    RowColour,
};
use crate::ledger::{ColumnId, Kind, Role};
use crate::page::state::App;
use leptos::prelude::*;

/// How many slices are shown at first, and how many more at a time.
const SLICES: usize = 12;

/// Where a metric's numbers lie.
#[component]
pub(crate) fn DistributionsView(app: App) -> impl IntoView {
    let set = Memo::new(move |_| app.view.with(|view| view.distributions.clone()));
    let slices = RwSignal::new(SLICES);
    let question = move || {
        let (set, slices) = (set.get(), slices.get());
        (app.selection.get() > 0).then(|| {
            Ask::Distributions(DistributionsQuestion {
                importance: known_importance(app, &set),
                set,
                slices,
            })
        })
    };
    let said = asked(app, question, |said| match said {
        Answer::Distributions(said) => Some(said),
        _ => None,
    });
    let change = move |set: &dyn Fn(&mut Settings)| {
        app.change(|view| set(&mut view.distributions));
    };
    let metrics = move || {
        let chosen = said.with(|said| said.as_ref().map(|said| said.set.metric.clone()));
        let is_number = |role: Role, kind: Kind| {
            role != Role::Ignored && matches!(kind, Kind::Number | Kind::Time)
        };
        app.ledger.with(|ledger| {
            let columns = ledger.columns.iter();
            let columns = columns.filter(|column| is_number(column.role, column.kind));
            let columns = columns.map(|column| {
                let is_chosen = chosen.as_ref() == Some(&column.key);
                (column.key.clone(), column.name.clone(), is_chosen)
            });
            columns.collect::<Vec<_>>()
        })
    };
    let more_slices =
        Memo::new(move |_| said.with(|said| said.as_ref().map_or(0, |said| said.more_slices)));
    let has_more = move || more_slices.get() > 0;
    let more = move || format!("Show more: {} left", counted(more_slices.get(), "param"));
    view! {
        <section class="importance brief" data-view="distributions" aria-label="Distributions">
            <div class="importance-head"><h2>"Distributions"</h2></div>
            <div class="curves-bar">
                {choice("Of ", "Metric", metrics, move |key| change(&|set| set.metric.clone_from(&key)))}
            </div>
            {move || said.get().map(|said| slices_view(app, &said))}
            // Outside of what is made anew with each answer, that it keeps the focus.
            <Show when=has_more>
                <button type="button" class="button" on:click=move |_| slices.update(|count| *count += SLICES)>
                    {more}
                </button>
            </Show>
        </section>
    }
}

/// The params in the order of the last importance, where it is of the metric that is shown.
fn known_importance(app: App, set: &Settings) -> Vec<ColumnId> {
    let objective = app.view.with_untracked(|view| {
        let objective = view.objective.as_ref();
        objective.map(|objective| objective.column.clone())
    });
    if objective.is_none() || !(set.metric.is_empty() || Some(&set.metric) == objective.as_ref()) {
        return Vec::new();
    }
    app.last_importance.with_untracked(|last| {
        let of = last.as_ref().filter(|(of, answer)| {
            answer.refused.is_none() && app.asked_importance.with_value(|asked| asked == of)
        });
        of.map(|(_, answer)| answer.params.iter().map(|param| param.column).collect())
            .unwrap_or_default()
    })
}

/// What can be said of all, and the metric over each param.
fn slices_view(app: App, said: &Distributions) -> AnyView {
    let words = said.words.iter().cloned();
    let words = words.map(|words| view! { <p class="effect-words">{words}</p> }.into_any());
    let words = words.collect::<Vec<_>>();
    let each = said.slices.iter().map(|slice| slice_view(app, said, slice));
    let each = each.collect::<Vec<_>>();
    let end = |shade: u8, label: &str| LegendItem {
        colour: RowColour::Shade(shade),
        label: label.to_owned(),
    };
    let slices = (!each.is_empty()).then(|| {
        let legend = vec![end(0, "first run"), end(100, "last run")];
        let title = format!("{} over each param", said.metric);
        view! {
            <section class="effect" data-part="slices" aria-label=title>
                <h3>"Over each param"</h3>
                <p class="effect-words">{said.slices_told.clone()}</p>
                <span class="colour-legend">{legend_items(legend)}</span>
                <div class="slices">{each}</div>
            </section>
        }
        .into_any()
    });
    view! { {words} {slices} }.into_any()
}

fn slice_view(app: App, said: &Distributions, of: &Slice) -> AnyView {
    let picture = RunPicture {
        title: format!("{} over {}: {}", said.metric, of.name, of.words),
        size: (slice::WIDTH, slice::HEIGHT),
        marks: of.marks(),
        dots: of.dots.as_slice().into(),
        metric: said.set.metric.clone(),
        column: Some(of.column),
        words: of.words.clone(),
    };
    view! { <div class="slice"><h4>{of.name.clone()}</h4>{dots_view(app, picture)}</div> }
        .into_any()
}
