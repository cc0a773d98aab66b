//! Several objectives held against one another, and how the search went on: sentences, pictures of dots, and tables.

use super::asked::asked;
use super::brief::evidence_link;
use super::importance_options::choice;
use super::scatter::ScatterView;
use crate::chart::number::counted;
use crate::engine::explain::FurtherMetric;
use crate::engine::protocol::{
    Answer, Ask, Brush, ChosenMetric, MarkHow, MarkLines, Objectives, ObjectivesLine,
    ObjectivesQuestion, ObjectivesTable, Section,
};
use crate::engine::view::MOST_OBJECTIVES;
use crate::ledger::direction::more_is_better;
use crate::ledger::{ColumnId, Kind, Role};
use crate::page::prelude::*;
use crate::page::state::App;
use std::sync::Arc;

type Said = RwSignal<Option<Arc<Objectives>>>;

/// What an objective weighs that was just chosen, in the middle of its slider.
const WEIGHT: u8 = 50;

/// What is better in what.
#[component]
pub(crate) fn ObjectivesView(app: App) -> impl IntoView {
    let chosen = Memo::new(move |_| app.view.with(|view| view.objectives.clone()));
    let axes = RwSignal::new((0, 1));
    let question = move || {
        let (chosen, axes) = (chosen.get(), axes.get());
        (app.selection.get() > 0).then(|| {
            Ask::Objectives(ObjectivesQuestion {
                filter: app.view.with_untracked(|view| view.filter.clone()),
                chosen,
                axes,
            })
        })
    };
    let said = asked(app, question, |said| match said {
        Answer::Objectives(said) => Some(said),
        _ => None,
    });
    let select = move |_| {
        let front = said.with_untracked(|said| said.as_ref().map(|said| said.front.clone()));
        app.mark(MarkLines::Rows(front.unwrap_or_default()), MarkHow::Only);
    };
    let has_front =
        move || said.with(|said| said.as_ref().is_some_and(|said| !said.front.is_empty()));
    // Controls are made anew only where the objectives are others: a slider that is being moved must stay.
    let metrics = Memo::new(move |_| {
        let mut metrics = said.with(|said| {
            let metrics = said.as_ref().map(|said| said.metrics.clone());
            metrics.unwrap_or_default()
        });
        metrics
            .iter_mut()
            .for_each(|chosen| chosen.metric.weight = 0);
        metrics
    });
    let sections = move || {
        let said = said.get()?;
        Some(
            said.sections
                .iter()
                .map(|part| section(app, part))
                .collect::<Vec<_>>(),
        )
    };
    let none_chosen = move || {
        let is_none = said.with(|said| said.as_ref().is_some_and(|said| said.metrics.is_empty()));
        is_none.then(|| view! {
            <p class="effect-words">"Choose the metric that is to become better: how the search for it went on is shown here. With a second one, the runs that no other beats in both, and what one costs of the other."</p>
        })
    };
    view! {
        <section class="importance brief" data-view="objectives" aria-label="Objectives">
            <div class="importance-head">
                <h2>"Objectives"</h2>
                <Show when=has_front>
                    <button type="button" class="button" on:click=by::mouse(select)>"Select the first front"</button>
                </Show>
            </div>
            {controls(app, said, metrics, axes)}
            {none_chosen}
            {sections}
        </section>
    }
}

/// Changes the objectives; those that were chosen for the person become the person's.
fn change(app: App, said: Said, set: impl FnOnce(&mut Vec<FurtherMetric>)) {
    let known = said.with_untracked(|said| {
        let metrics = said.as_ref().map(|said| said.metrics.iter());
        metrics.map(|all| all.map(|chosen| chosen.metric.clone()).collect::<Vec<_>>())
    });
    let mut metrics = known.unwrap_or_default();
    set(&mut metrics);
    app.change(|view| view.objectives = Some(metrics));
}

/// What can be set: which objectives, which way is better, what each weighs, and how good it must be.
fn controls(
    app: App,
    said: Said,
    metrics: Memo<Vec<ChosenMetric>>,
    axes: RwSignal<(usize, usize)>,
) -> AnyView {
    let offered = move || {
        let chosen = metrics.get();
        let is_new = |key: &str| chosen.iter().all(|known| known.metric.column != key);
        let words = match chosen.len() {
            0 => "choose a metric …",
            1 => "add a second, to see the trade-off …",
            _ => "a metric …",
        };
        let mut options = vec![(String::new(), words.to_owned(), true)];
        app.ledger.with(|ledger| {
            // What counts besides metrics may be a size or a time.
            for is_metric in [true, false] {
                let new = ledger.columns.iter().filter(|column| {
                    (column.role == Role::Metric) == is_metric
                        && column.role != Role::Ignored
                        && column.kind == Kind::Number
                        && is_new(&column.key)
                });
                options.extend(new.map(|column| (column.key.clone(), column.name.clone(), false)));
            }
        });
        options
    };
    let add = move |column: String| {
        if !column.is_empty() {
            let maximize = more_is_better(&column).unwrap_or(false);
            change(app, said, |metrics| {
                metrics.truncate(MOST_OBJECTIVES - 1);
                metrics.push(FurtherMetric {
                    column,
                    maximize,
                    weight: WEIGHT,
                });
            });
        }
    };
    let each = move || {
        let mut all = metrics.get();
        if all.len() < 2 {
            // One alone is set at the top.
            all.clear();
        }
        let each = all.iter().enumerate();
        each.map(|(place, metric)| control(app, said, place, metric))
            .collect::<Vec<_>>()
    };
    let pair = move || {
        let names = metrics.get();
        (names.len() > 2).then(|| {
            let options = move |at: fn((usize, usize)) -> usize| {
                let chosen = at(axes.get());
                let names = metrics.get().into_iter().enumerate();
                let option = |(place, metric): (usize, ChosenMetric)| {
                    (place.to_string(), metric.name, place == chosen)
                };
                names.map(option).collect()
            };
            view! {
                {choice("Along ", "Horizontal axis", move || options(|axes| axes.0), move |place| axes.update(|axes| axes.0 = place.parse().unwrap_or(0)))}
                {choice("Up ", "Vertical axis", move || options(|axes| axes.1), move |place| axes.update(|axes| axes.1 = place.parse().unwrap_or(1)))}
            }
            .into_any()
        })
    };
    let told = move || {
        let is_declared = said.with(|said| said.as_ref().is_some_and(|said| said.is_declared));
        is_declared.then_some("As their source declares them.")
    };
    view! {
        <div class="importance-options">
            {each}
            <Show when=move || metrics.with(|all| all.len() < MOST_OBJECTIVES)>
                {choice("Objective ", "Add an objective", offered, add)}
            </Show>
            {pair}
            <span>{told}</span>
        </div>
    }
    .into_any()
}

fn control(app: App, said: Said, place: usize, chosen: &ChosenMetric) -> AnyView {
    let ChosenMetric {
        metric,
        name,
        column,
    } = chosen.clone();
    let maximize = metric.maximize;
    let weight = move || {
        said.with(|said| Some(said.as_ref()?.metrics.get(place)?.metric.weight))
            .unwrap_or(WEIGHT)
            .to_string()
    };
    let set = move |how: &dyn Fn(&mut FurtherMetric)| {
        change(app, said, |metrics| {
            if let Some(metric) = metrics.get_mut(place) {
                how(metric);
            }
        });
    };
    let ways = move || {
        vec![
            ("min".to_owned(), "less is better".to_owned(), !maximize),
            ("max".to_owned(), "more is better".to_owned(), maximize),
        ]
    };
    let remove = move |_| {
        change(app, said, |metrics| {
            if place < metrics.len() {
                metrics.remove(place);
            }
        });
    };
    let bound = move |text: String| keep(app, column, maximize, &text);
    let limit = if maximize { "at least" } else { "at most" };
    view! {
        <span class="further-metric">
            <b>{name.clone()}</b>
            {choice("", "Which way is better", ways, move |text| set(&|metric| metric.maximize = text == "max"))}
            <label>
                "weighs "
                <input
                    type="range"
                    min="0"
                    max="100"
                    aria-label=format!("Weight of {name}")
                    prop:value=weight
                    on:change=by::any(move |event| {
                        let weight = event_target_value(&event).parse().unwrap_or(WEIGHT);
                        set(&|metric| metric.weight = weight);
                    })
                />
            </label>
            <label>
                {limit}" "
                <input
                    type="number"
                    step="any"
                    class="bound"
                    aria-label=format!("{name} {limit}")
                    on:change=by::any(move |event| bound(event_target_value(&event)))
                />
            </label>
            <button class="quiet-button" title=format!("{name} is no objective") on:click=by::mouse(remove)>"Remove"</button>
        </span>
    }
    .into_any()
}

/// Keeps runs that are at least so good: a clause of the filter, which goes where the text is empty.
fn keep(app: App, column: ColumnId, maximize: bool, text: &str) {
    let number = text.trim().parse::<f64>().ok();
    let brush = number.map(|number| Brush::Range {
        low: maximize.then_some(number),
        high: (!maximize).then_some(number),
    });
    let filter = app.view.with_untracked(|view| view.filter.clone());
    let ask = Ask::Brush {
        filter,
        column,
        brush,
    };
    app.ask(ask, move |answer| {
        if let Answer::Filter(filter) = answer {
            app.change(|view| view.filter = filter);
        }
    });
}

fn section(app: App, part: &Section) -> AnyView {
    let words = part
        .words
        .iter()
        .cloned()
        .map(|words| view! { <p>{words}</p> });
    let words = words.collect::<Vec<_>>();
    let link = part.link.clone();
    let link =
        link.map(|(text, link)| view! { <p>{evidence_link(app, link, text)}</p> }.into_any());
    let picture = part.picture.clone();
    let picture = picture
        .map(|picture| view! { <ScatterView app=app picture=picture words=part.words.clone() regions=None again=None/> });
    view! {
        <section class="effect" data-part=part.word.clone() aria-label=part.title.clone()>
            <h3>{part.title.clone()}</h3>
            <div class="effect-words">{words}{link}</div>
            {picture}
            {part.table.as_ref().map(|table| table_view(app, table))}
        </section>
    }
    .into_any()
}

fn table_view(app: App, table: &ObjectivesTable) -> AnyView {
    let head = table.columns.iter().cloned();
    let head = head.map(|name| view! { <th scope="col">{name}</th> });
    let lines = table.lines.iter().map(|line| line_view(app, line));
    let more = (table.more > 0).then(|| counted(table.more, "more line"));
    view! {
        <div class="left-out bars-scroll" tabindex="0" role="region" aria-label=table.columns.first().cloned()>
            <table>
                <thead><tr>{head.collect::<Vec<_>>()}</tr></thead>
                <tbody>{lines.collect::<Vec<_>>()}</tbody>
            </table>
            <p class="faint">{more}</p>
        </div>
    }
    .into_any()
}

fn line_view(app: App, line: &ObjectivesLine) -> AnyView {
    let row = line.row;
    let open = move |_| app.change(|view| view.run = row);
    let cells = line.cells.iter().cloned();
    let cells = cells
        .map(|text| view! { <td>{text}</td> })
        .collect::<Vec<_>>();
    view! {
        <tr>
            <th scope="row"><button type="button" class="quiet-button" on:click=by::mouse(open)>{line.name.clone()}</button></th>
            {cells}
        </tr>
    }
    .into_any()
}
