//! The objective: what is to be made better. Chosen once, at the top; everything follows it.

use super::icons::{Icon, icon};
use crate::engine::protocol::{LedgerInfo, ObjectiveGuess};
use crate::engine::view::{Direction, Objective, Statistic};
use crate::ledger::{Kind, Role};
use crate::page::state::App;
use leptos::prelude::*;

/// How many proposals are shown where none is sure.
const PROPOSALS: usize = 3;

/// Takes the engine's guess where it is sure and nothing was chosen; else nothing is chosen silently.
pub fn guess_when_sure(app: App) {
    Effect::new(move |_| {
        let sure = app.ledger.with(|ledger| {
            ledger
                .objectives
                .first()
                .filter(|guess| guess.sure)
                .map(|guess| guess.objective.clone())
        });
        if let Some(objective) = sure
            && app.view.with_untracked(|view| view.objective.is_none())
        {
            app.change_quietly(|view| view.objective = Some(objective));
        }
    });
}

/// A column's key and name.
type Candidate = (String, String);

/// The columns that can be an objective: metrics, and other numbers.
fn candidates(ledger: &LedgerInfo) -> (Vec<Candidate>, Vec<Candidate>) {
    let numbers = ledger
        .columns
        .iter()
        .filter(|column| column.kind == Kind::Number && column.role != Role::Ignored);
    let (metrics, others): (Vec<_>, Vec<_>) =
        numbers.partition(|column| column.role == Role::Metric);
    let pair = |columns: Vec<&crate::engine::protocol::ColumnInfo>| {
        columns
            .into_iter()
            .map(|column| (column.key.clone(), column.name.clone()))
            .collect()
    };
    (pair(metrics), pair(others))
}

/// The guess for a column, if there is one.
fn guess_for(ledger: &LedgerInfo, key: &str) -> Option<ObjectiveGuess> {
    ledger
        .objectives
        .iter()
        .find(|guess| guess.objective.column == key)
        .cloned()
}

/// Metric, direction and statistic; proposals with their reasons where nothing is chosen.
#[component]
pub fn ObjectiveBar(app: App) -> impl IntoView {
    let objective = Memo::new(move |_| app.view.with(|view| view.objective.clone()));
    let columns = Memo::new(move |_| app.ledger.with(|ledger| candidates(ledger)));
    let choose = move |key: String| {
        let guess = app.ledger.with_untracked(|ledger| guess_for(ledger, &key));
        app.change(|view| {
            let old = view.objective.take();
            view.objective = (!key.is_empty()).then(|| {
                guess.map_or_else(
                    || Objective {
                        column: key,
                        direction: old
                            .as_ref()
                            .map_or(Direction::Minimize, |old| old.direction),
                        statistic: old.as_ref().map_or(Statistic::Last, |old| old.statistic),
                    },
                    |guess| guess.objective,
                )
            });
        });
    };
    let options = move |list: Vec<Candidate>| {
        list.into_iter()
            .map(|(key, name)| {
                let value = key.clone();
                let chosen = move || {
                    objective.with(|objective| {
                        objective
                            .as_ref()
                            .is_some_and(|objective| objective.column == key)
                    })
                };
                view! { <option value=value selected=chosen>{name}</option> }
            })
            .collect_view()
    };
    let select = move || {
        let (metrics, others) = columns.get();
        let unknown = objective.with(|objective| {
            objective
                .as_ref()
                .map(|objective| objective.column.clone())
                .filter(|key| metrics.iter().chain(&others).all(|(known, _)| known != key))
        });
        view! {
            <select
                id="objective-column"
                aria-label="Objective"
                on:change=move |event| choose(event_target_value(&event))
            >
                <option value="" selected=move || objective.with(Option::is_none)>"choose a metric…"</option>
                {unknown.map(|key| view! { <option value=key.clone() selected=true>{format!("{key} (not in these runs)")}</option> })}
                <optgroup label="Metrics">{options(metrics)}</optgroup>
                {(!others.is_empty()).then(|| view! { <optgroup label="Other numbers">{options(others)}</optgroup> })}
            </select>
        }
    };
    let direction =
        move || objective.with(|objective| objective.as_ref().map(|objective| objective.direction));
    let turn = move |_| {
        app.change(|view| {
            if let Some(objective) = &mut view.objective {
                objective.direction = match objective.direction {
                    Direction::Minimize => Direction::Maximize,
                    Direction::Maximize => Direction::Minimize,
                };
            }
        });
    };
    let statistics = move || {
        Statistic::ALL
            .map(|statistic| {
                let chosen = move || {
                    objective.with(|objective| {
                        objective
                            .as_ref()
                            .is_some_and(|objective| objective.statistic == statistic)
                    })
                };
                view! { <option value=statistic.word() selected=chosen>{statistic.word()}</option> }
            })
            .into_iter()
            .collect::<Vec<_>>()
    };
    let choose_statistic = move |event: web_sys::Event| {
        let word = event_target_value(&event);
        if let Some(statistic) = Statistic::from_word(&word) {
            app.change(|view| {
                if let Some(objective) = &mut view.objective {
                    objective.statistic = statistic;
                }
            });
        }
    };
    // The reason stands as long as what was guessed does.
    let reason = Memo::new(move |_| {
        let objective = objective.get()?;
        app.ledger
            .with(|ledger| guess_for(ledger, &objective.column))
            .filter(|guess| guess.objective == objective)
            .map(|guess| guess.reason)
    });
    view! {
        <fieldset class="objective" data-testid="objective">
            <legend class="visually-hidden">"Objective"</legend>
            <label class="soft" for="objective-column">"objective"</label>
            {select}
            <Show when=move || objective.with(Option::is_some)>
                <button
                    type="button"
                    class="button"
                    data-testid="direction"
                    title="Change which way is better"
                    on:click=turn
                >
                    {move || match direction() {
                        Some(Direction::Maximize) => icon(Icon::Up).into_any(),
                        _ => icon(Icon::Down).into_any(),
                    }}
                    <span>{move || direction().map(Direction::word)}</span>
                </button>
                <select aria-label="Statistic: which of a metric's logged values counts" data-testid="statistic" on:change=choose_statistic>
                    {statistics}
                </select>
            </Show>
            <Show when=move || reason.with(Option::is_some)>
                <span class="guess faint" title=move || reason.get().unwrap_or_default()>
                    {move || format!("guessed: {}", reason.get().unwrap_or_default())}
                </span>
            </Show>
        </fieldset>
    }
}

/// Where nothing is chosen and no guess is sure: up to three proposals with their reasons.
#[component]
pub fn Proposals(app: App) -> impl IntoView {
    let none_chosen = Memo::new(move |_| app.view.with(|view| view.objective.is_none()));
    let proposals = Memo::new(move |_| {
        app.ledger.with(|ledger| {
            ledger
                .objectives
                .iter()
                .take(PROPOSALS)
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let proposal = move |guess: ObjectiveGuess| {
        let ObjectiveGuess {
            objective, reason, ..
        } = guess;
        let name = objective
            .column
            .split_once('.')
            .map_or(objective.column.clone(), |(_, name)| name.to_owned());
        let label = format!("{} {}", objective.direction.word(), name);
        view! {
            <li>
                <button
                    type="button"
                    class="button"
                    on:click=move |_| {
                        let objective = objective.clone();
                        app.change(move |view| view.objective = Some(objective));
                    }
                >
                    {label}
                </button>
                <span class="soft">{reason}</span>
            </li>
        }
    };
    view! {
        <Show when=move || none_chosen.get() && proposals.with(|list| !list.is_empty())>
            <section class="proposals" aria-label="Proposed objectives" data-testid="proposals">
                <p>"What is to be made better? It could be any of these; choose one to rank the runs."</p>
                <ul>{move || proposals.get().into_iter().map(proposal).collect_view()}</ul>
            </section>
        </Show>
    }
}
