//! The objective: what is to be made better. Chosen once, at the top; everything follows it.

use super::icons::{Icon, icon};
use crate::engine::arrange::objective_key;
use crate::engine::protocol::{ColumnInfo, LedgerInfo, ObjectiveGuess};
use crate::engine::view::{Center, Direction, Objective, Statistic, Until, View};
use crate::ledger::{Kind, Role};
use crate::page::prelude::*;
use crate::page::state::App;
use leptos::html::Select;

/// How many proposals are shown where none is sure.
const PROPOSALS: usize = 3;

/// How many columns are offered before someone is about to choose.
const FIRST_OPTIONS: usize = 300;

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

/// The key of the column that shows what is read of the objective's curve, where the person did not make it: it goes
/// where the objective goes, and is no other.
fn own_column(ledger: &LedgerInfo, view: &View) -> Option<String> {
    let column = ledger.column(objective_key(ledger, view)?)?;
    let is_made = || view.computed.iter().any(|made| made.name == column.name);
    (column.formula.is_some() && !is_made()).then(|| column.key.clone())
}

/// The columns that can be an objective but for one: metrics, and other numbers.
fn candidates(ledger: &LedgerInfo, own: Option<&str>) -> (Vec<Candidate>, Vec<Candidate>) {
    let is_own = |column: &ColumnInfo| own == Some(column.key.as_str());
    let numbers = ledger.columns.iter().filter(|column| {
        column.kind == Kind::Number && column.role != Role::Ignored && !is_own(column)
    });
    let (metrics, others): (Vec<_>, Vec<_>) =
        numbers.partition(|column| column.role == Role::Metric);
    let pair = |columns: Vec<&ColumnInfo>| {
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
    let own = Memo::new(move |_| {
        app.ledger
            .with(|ledger| app.view.with(|view| own_column(ledger, view)))
    });
    let columns = Memo::new(move |_| {
        app.ledger
            .with(|ledger| own.with(|own| candidates(ledger, own.as_deref())))
    });
    let has_curve = Memo::new(move |_| {
        app.ledger.with(|ledger| {
            let key = objective.with(|objective| Some(objective.as_ref()?.column.clone()));
            let column = key.and_then(|key| ledger.column(&key));
            column.is_some_and(|column| column.has_history)
        })
    });
    let choose = move |key: String| {
        let guess = app.ledger.with_untracked(|ledger| guess_for(ledger, &key));
        app.change(|view| {
            let old = view.objective.take();
            view.objective = (!key.is_empty()).then(|| Objective {
                direction: match (&guess, &old) {
                    (Some(guess), _) => guess.objective.direction,
                    (None, Some(old)) => old.direction,
                    (None, None) => Direction::Minimize,
                },
                column: key,
                // What is read of curves is chosen once for whatever metric; which end of it is best, may differ.
                statistic: match old.as_ref().map(|old| old.statistic) {
                    Some(Statistic::Min | Statistic::Max) => Statistic::Best,
                    Some(other) => other,
                    None => Statistic::Last,
                },
                until: old.as_ref().map_or(Until::End, |old| old.until),
                center: old.map_or(Center::Mean, |old| old.center),
            });
        });
    };
    // Until someone is about to choose there are but so many: a browser takes half a second for some thousand.
    let (is_whole, set_whole) = signal(false);
    let whole = move || {
        if !is_whole.get_untracked() {
            set_whole.set(true);
        }
    };
    let chosen = move || objective.with(|objective| Some(objective.as_ref()?.column.clone()));
    let offered = Memo::new(move |_| {
        let most = if is_whole.get() {
            usize::MAX
        } else {
            FIRST_OPTIONS
        };
        let (mut metrics, mut others) = columns.get();
        metrics.truncate(most);
        others.truncate(most.saturating_sub(metrics.len()));
        (metrics, others)
    });
    // One that is not offered has an option of its own.
    let apart = Memo::new(move |_| {
        let key = chosen()?;
        let name_in = |(metrics, others): &(Vec<Candidate>, Vec<Candidate>)| {
            let mut all = metrics.iter().chain(others);
            all.find(|(known, _)| *known == key)
                .map(|(_, name)| name.clone())
        };
        if offered.with(name_in).is_some() {
            return None;
        }
        let name = columns.with(name_in);
        let name = name.unwrap_or_else(|| format!("{key} (not in these runs)"));
        Some((key, name))
    });
    let options = move |list: &[Candidate]| {
        let chosen = untrack(chosen);
        list.iter()
            .map(|(key, name)| {
                let selected = chosen.as_ref() == Some(key);
                view! { <option value=key.clone() selected=selected>{name.clone()}</option> }
            })
            .collect_view()
    };
    let listed = move || {
        offered.with(|(metrics, others)| {
            view! {
                <optgroup label="Metrics">{options(metrics)}</optgroup>
                {(!others.is_empty()).then(|| view! { <optgroup label="Other numbers">{options(others)}</optgroup> })}
            }
        })
    };
    let select = NodeRef::<Select>::new();
    // Options say only when they are made which one is chosen.
    Effect::new(move |_| {
        let chosen = chosen().unwrap_or_default();
        if let Some(select) = select.get() {
            select.set_value(&chosen);
        }
    });
    let select = view! {
        <select
            id="objective-column"
            aria-label="Objective"
            node_ref=select
            on:pointerdown=by::pointer(move |_| whole())
            on:focus=by::focus(move |_| whole())
            on:change=by::any(move |event| choose(event_target_value(&event)))
        >
            <option value="">"choose a metric…"</option>
            {move || apart.get().map(|(key, name)| view! { <option value=key selected=true>{name}</option> })}
            {listed}
        </select>
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
    let statistic =
        Memo::new(move |_| objective.with(|objective| Some(objective.as_ref()?.statistic)));
    // Whichever mean of last points is chosen, there is one such option.
    let statistics = move || {
        let options = Statistic::ALL.map(|offered| {
            let offered = move || match (offered, statistic.get()) {
                (Statistic::LastMean(_), Some(chosen @ Statistic::LastMean(_))) => chosen,
                _ => offered,
            };
            let label = move || match offered() {
                Statistic::LastMean(points) => format!("mean of last {points}"),
                other => other.word().into_owned(),
            };
            view! { <option value=move || offered().word() selected=move || statistic.get() == Some(offered())>{label}</option> }
        });
        options.into_iter().collect::<Vec<_>>()
    };
    let set_statistic = move |word: &str| {
        if let Some(statistic) = Statistic::from_word(word) {
            app.change(|view| {
                if let Some(objective) = &mut view.objective {
                    objective.statistic = statistic;
                }
            });
        }
    };
    let points = Memo::new(move |_| match statistic.get() {
        Some(Statistic::LastMean(points)) => Some(points.to_string()),
        _ => None,
    });
    let until = Memo::new(move |_| {
        objective.with(|objective| objective.as_ref().map(Objective::until_text))
    });
    let set_until = move |event: web_sys::Event| {
        let text = event_target_value(&event);
        let mut chosen = objective.get_untracked();
        let is_read = chosen
            .as_mut()
            .is_some_and(|chosen| chosen.set_until(&text));
        if !is_read {
            app.notify(&format!(
                "“{text}” is no place in a curve: write a step (100), a time (2h), common (the step that nine of ten runs came to), or nothing for the end."
            ));
            return;
        }
        app.change(|view| view.objective = chosen);
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
                    on:click=by::mouse(turn)
                >
                    {move || match direction() {
                        Some(Direction::Maximize) => icon(Icon::Up).into_any(),
                        _ => icon(Icon::Down).into_any(),
                    }}
                    <span>{move || direction().map(Direction::word)}</span>
                </button>
                <select
                    aria-label="Statistic: which of a metric's logged values counts"
                    data-testid="statistic"
                    on:change=by::any(move |event| set_statistic(&event_target_value(&event)))
                >
                    {statistics}
                </select>
                <Show when=move || points.with(Option::is_some)>
                    <input
                        type="number"
                        class="number"
                        min="1"
                        aria-label="How many last points"
                        prop:value=move || points.get()
                        on:change=by::any(move |event| set_statistic(&format!("last{}", event_target_value(&event))))
                    />
                </Show>
                <Show when=move || has_curve.get()>
                    <span class="soft">"at"</span>
                    <input
                        type="text"
                        list="until-offers"
                        placeholder="the end"
                        data-testid="until"
                        aria-label="Up to which step or time curves count"
                        title="Count curves up to a step (100), a time after their beginning (2h), or at equal budget (common: the step that nine of ten runs came to)"
                        prop:value=move || until.get()
                        on:change=by::any(set_until)
                    />
                    <datalist id="until-offers"><option value="common">"equal budget"</option></datalist>
                </Show>
            </Show>
            <Show when=move || reason.with(Option::is_some)>
                <span class="guess faint" title=move || reason.get().unwrap_or_default()>
                    {move || format!("guessed: {}", reason.get().unwrap_or_default())}
                </span>
            </Show>
        </fieldset>
    }
}

/// By what several runs of a configuration count as one: for ranks, their intervals, and importance of groups.
pub(crate) fn center_choice(app: App) -> AnyView {
    let chosen = move || {
        app.view
            .with(|view| view.objective.as_ref().map(|objective| objective.center))
    };
    let choose = move |event| {
        let center = Center::from_word(&event_target_value(&event)).unwrap_or_default();
        app.change(|view| {
            if let Some(objective) = &mut view.objective {
                objective.center = center;
            }
        });
    };
    let options = Center::ALL.map(|this| {
        view! { <option value=this.word() selected=move || chosen() == Some(this)>{this.label()}</option> }
            .into_any()
    });
    view! {
        <label class="group-statistic">
            "Rank groups by their "
            <select data-testid="center" disabled=move || chosen().is_none() on:change=by::any(choose)>
                {Vec::from(options)}
            </select>
        </label>
    }
    .into_any()
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
                    on:click=by::mouse(move |_| {
                        let objective = objective.clone();
                        app.change(move |view| view.objective = Some(objective));
                    })
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
