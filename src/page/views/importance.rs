//! Which params mattered for the objective, over the shown runs: shares with their spread, how well
//! the forest predicts, what was left out and why; or why there is no answer.
//!
//! It asks when it is in front and the selection is another than the one it last asked about. The
//! old answer stays, dimmed, until the new one comes.

use super::ablation::AblationPanel;
use super::beeswarm::BeeswarmPanel;
use super::compared::Compared;
use super::effect::EffectPanel;
use super::importance_bars::{close_opened, two_decimals};
use super::importance_methods::{Agreement, MethodAnswerView, MethodTabs};
use super::importance_options::Options;
use super::interactions::{Interactions, SurfacePanel};
use crate::chart::number::grouped;
use crate::engine::explain::Scale;
use crate::engine::importance_run::PAIRED;
use crate::engine::protocol::{Answer, Ask, ImportanceAnswer, LeftOut, ObjectiveGuess};
use crate::engine::view::Tab;
use crate::ledger::ColumnId;
use crate::page::jobs::progress;
use crate::page::prelude::*;
use crate::page::state::{App, ImportanceQuestion};
use crate::web::clock;
use std::sync::Arc;
use std::time::Duration;

/// A computation that takes longer shows how far it is.
const PATIENCE: Duration = Duration::from_millis(500);

/// The answer, as far as it is known.
pub(super) type Answered = Memo<Option<Arc<ImportanceAnswer>>>;

/// Which params mattered.
#[component]
pub(crate) fn ImportanceView(app: App) -> impl IntoView {
    let slow = RwSignal::new(false);
    let asking = RwSignal::new(false);
    let asked = (
        app.selection.get_untracked(),
        app.view.with_untracked(|view| view.explain.ask.clone()),
    );
    let is_known = app
        .last_importance
        .with_untracked(|last| last.as_ref().is_some_and(|(of, _)| *of == asked));
    let painted = RwSignal::new(is_known);
    ask_when_in_front(app, (asking, slow, painted));
    let has_objective = has_objective(app);
    let has_runs = Memo::new(move |_| app.ledger.with(|ledger| ledger.runs > 0));
    let answer: Answered = Memo::new(move |_| {
        app.last_importance
            .with(|last| last.as_ref().map(|(_, answer)| answer.clone()))
    });
    let is_refused = Memo::new(move |_| {
        answer.with(|answer| answer.as_ref().map(|answer| answer.refused.is_some()))
    });
    // An answer that is still refined is of what was asked; one of another question is dimmed.
    let is_old = move || {
        app.last_importance.with(|last| {
            last.as_ref()
                .is_some_and(|(of, _)| app.asked_importance.with_value(|asked| asked != of))
        })
    };
    view! {
        <section
            class="importance"
            data-view="importance"
            aria-label="Importance"
            aria-busy=move || asking.get().to_string()
        >
            <Show when=move || has_runs.get() && !has_objective.get()>
                <ChooseObjective app=app/>
            </Show>
            <Show when=move || has_objective.get()>
                <Options app=app/>
                <Show when=move || slow.get()>
                    <div class="importance-progress">
                        {progress("Growing trees", app.jobs.importance)}
                    </div>
                </Show>
                <div class="importance-answer" class:stale=move || slow.get() && is_old()>
                    {move || match is_refused.get() {
                        None => ().into_any(),
                        Some(false) => view! { <AnswerView app=app answer=answer painted=painted/> }.into_any(),
                        Some(true) => view! { <Refusal app=app answer=answer/> }.into_any(),
                    }}
                </div>
            </Show>
        </section>
    }
}

/// Asks whenever the view is in front and what it shows is not of this selection; measures the way
/// to the first painted answer, which is refined after. The first time it asks at once, so that the engine works while
/// the view is made.
fn ask_when_in_front(
    app: App,
    (asking, slow, painted): (RwSignal<bool>, RwSignal<bool>, RwSignal<bool>),
) {
    let in_front = Memo::new(move |_| app.view.with(|view| view.tab == Tab::Importance));
    let objective = Memo::new(move |_| app.view.with(|view| view.objective.is_some()));
    let explain = Memo::new(move |_| app.view.with(|view| view.explain.ask.clone()));
    let number = StoredValue::new(0u64);
    // When what is not painted yet was asked for.
    let unpainted = StoredValue::new(None::<f64>);
    Effect::new(move |_| {
        // It is asked before this is heard the first time.
        let is_answered = app.last_importance.with(|last| {
            let of_asked = |of| app.asked_importance.with_value(|asked| asked == of);
            last.as_ref().is_some_and(|(of, _)| of_asked(of))
        });
        if let Some(begun) = unpainted.get_value().filter(|_| is_answered) {
            unpainted.set_value(None);
            measure(app, begun, painted);
        }
    });
    let ask = move |question: ImportanceQuestion, is_wanted: bool| {
        if !is_wanted || question.0 == 0 {
            return;
        }
        let begun = clock::now_millis();
        let is_asked = app.asked_importance.with_value(|asked| *asked == question);
        if is_asked {
            if !asking.get_untracked() {
                measure(app, begun, painted);
            }
            return;
        }
        app.asked_importance.set_value(question.clone());
        number.update_value(|number| *number += 1);
        let this = number.get_value();
        // The view may be gone, or have asked again, when something comes.
        let still_wanted = move || number.try_get_value() == Some(this);
        app.jobs.importance.set(0.0);
        unpainted.set_value(Some(begun));
        asking.set(true);
        slow.set(false);
        set_timeout(
            move || {
                if still_wanted() && asking.get_untracked() {
                    slow.set(true);
                }
            },
            PATIENCE,
        );
        app.ask(Ask::Importance(question.1.clone()), move |said| {
            if let Answer::Importance(said) = said {
                app.last_importance.set(Some((question, Arc::from(said))));
            }
            if still_wanted() {
                asking.set(false);
                slow.set(false);
            }
        });
    };
    let first = (app.selection.get_untracked(), explain.get_untracked());
    if app.asked_importance.with_value(|asked| *asked != first) {
        ask(first, in_front.get_untracked() && objective.get_untracked());
    }
    Effect::new(move |_| {
        ask(
            (app.selection.get(), explain.get()),
            in_front.get() && objective.get(),
        );
    });
}

fn measure(app: App, begun: f64, painted: RwSignal<bool>) {
    let engine = app.engine_millis();
    clock::after_paint(move || {
        // The view may be gone.
        let _gone = painted.try_set(true);
        let (runs, columns) = app.last_importance.with_untracked(|last| {
            last.as_ref()
                .map_or((0, 0), |(_, answer)| (answer.used, answer.params.len()))
        });
        clock::measure(
            "app:importance",
            begun,
            &[
                ("runs", runs as f64),
                ("columns", columns as f64),
                ("engine", engine),
            ],
        );
    });
}

/// The objective's key where it is of an address whose column these runs do not have.
fn missing_objective(app: App) -> Option<String> {
    let key = app
        .view
        .with(|view| view.objective.as_ref().map(|of| of.column.clone()))?;
    // Columns that are computed come with the first selection.
    let is_known =
        app.selection.get() == 0 || app.ledger.with(|ledger| ledger.column(&key).is_some());
    (!is_known).then_some(key)
}

/// Whether an objective is chosen that these runs have.
pub(super) fn has_objective(app: App) -> Memo<bool> {
    Memo::new(move |_| {
        app.view.with(|view| view.objective.is_some()) && missing_objective(app).is_none()
    })
}

/// Without an objective nothing can be explained: the likely ones, with their reasons.
#[component]
pub(super) fn ChooseObjective(app: App) -> impl IntoView {
    let guesses = Memo::new(move |_| {
        app.ledger.with(|ledger| {
            ledger
                .objectives
                .iter()
                .take(5)
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let choice = move |guess: ObjectiveGuess| {
        let objective = guess.objective.clone();
        let name = objective
            .column
            .split_once('.')
            .map_or(objective.column.as_str(), |(_, name)| name)
            .to_owned();
        view! {
            <li>
                <button class="choice" on:click=by::mouse(move |_| app.change(|view| view.objective = Some(guess.objective.clone())))>
                    <b>{format!("{} {name}", guess.objective.direction.word())}</b>
                    <span>{guess.reason.clone()}</span>
                </button>
            </li>
        }
    };
    view! {
        <div class="statement">
            <h2>"What should have become better?"</h2>
            <p>
                {move || match missing_objective(app) {
                    Some(key) => format!("This view is about one metric. The address names {key}, and no column of these runs is that."),
                    None => "This view is about one metric. None is chosen yet, and the names did not make one certain.".to_owned(),
                }}
            </p>
            <ul class="choices">
                {move || guesses.get().into_iter().map(choice).collect::<Vec<_>>()}
            </ul>
            <Show when=move || guesses.with(Vec::is_empty)>
                <p class="faint">"No column of these files looks like a metric. The receipt lets you say which one is."</p>
            </Show>
        </div>
    }
}

/// The answer so far. Its parts follow it each by itself, so that what a person holds stays while it is refined. What stands
/// below the bars is made when they have been painted.
#[component]
fn AnswerView(app: App, answer: Answered, painted: RwSignal<bool>) -> impl IntoView {
    let part = move |make: &dyn Fn(Arc<ImportanceAnswer>) -> AnyView| answer.get().map(make);
    view! {
        {move || part(&|answer| view! { <Head answer=answer/> }.into_any())}
        <MethodTabs app=app has_forest=true/>
        <MethodAnswerView app=app answer=answer has_forest=true/>
        <BeeswarmPanel app=app/>
        <EffectPanel app=app/>
        <SurfacePanel app=app/>
        {move || painted.get().then(|| view! { <Below app=app answer=answer/> }.into_any())}
    }
}

/// What stands below the bars and what is open of them.
#[component]
fn Below(app: App, answer: Answered) -> impl IntoView {
    let part = move |make: &dyn Fn(Arc<ImportanceAnswer>) -> AnyView| answer.get().map(make);
    view! {
        {move || part(&|answer| vanished(app, &answer))}
        {move || part(&|answer| view! { <Compared answer=answer/> }.into_any())}
        {move || part(&|answer| view! { <Interactions app=app answer=answer/> }.into_any())}
        <AblationPanel app=app/>
        {move || part(&|answer| view! { <Agreement app=app answer=answer/> }.into_any())}
        <LeftOutList answer=answer/>
    }
}

/// Why the effect that the address opens is not there, once that is certain.
fn vanished(app: App, answer: &ImportanceAnswer) -> AnyView {
    let open = app.view.with(|view| view.explain.open.clone());
    let columns: Vec<Option<(ColumnId, String)>> = app.ledger.with(|ledger| {
        let column = |key: &String| {
            let column = ledger.column(key)?;
            Some((column.id, column.name.clone()))
        };
        open.iter().map(column).collect()
    });
    let is_there = |column: ColumnId| answer.params.iter().any(|param| param.column == column);
    let mut of_keys = open.iter().zip(&columns);
    let gone = of_keys.find_map(|(key, column)| match column {
        None => Some(format!("The address opens the effect of {key}, and no column of these runs is that.")),
        Some((id, name)) if !is_there(*id) => Some(format!(
            "{name} has no effect to show: over these runs it takes no part (below stands what was left out, and why)."
        )),
        Some(_) => None,
    });
    let unpaired = || match columns.as_slice() {
        [Some((a, of)), Some((b, with))] => {
            let mut pairs = answer.pairs.iter();
            let is_pair =
                pairs.any(|pair| [(pair.a, pair.b), (pair.b, pair.a)].contains(&(*a, *b)));
            (!is_pair).then(|| {
                format!(
                    "{of} and {with} have no effect together to show: over these runs they are not both among the {PAIRED} strongest params, \
                     of which alone pairs are worked out. Each alone has one."
                )
            })
        }
        _ => None,
    };
    let told = gone.or_else(unpaired).filter(|_| answer.is_whole);
    let close = move |_| close_opened(app);
    told.map(|told| {
        view! {
            <section class="effect" aria-label="What is not shown">
                <p role="status">
                    {told} " "
                    <button class="quiet-button" on:click=by::mouse(close)>"Close"</button>
                </p>
            </section>
        }
        .into_any()
    })
    .into_any()
}

/// What was explained, how well, and what to be careful about.
#[component]
fn Head(answer: Arc<ImportanceAnswer>) -> impl IntoView {
    view! {
        <header class="importance-head">
            <h2>{format!("What moved {}", answer.objective)}</h2>
            <p class="importance-facts">
                <span>
                    <b>{grouped(answer.used)}</b>
                    {match answer.grown {
                        None => format!(" of {} shown runs used", grouped(answer.shown)),
                        Some((grown, of)) => format!(" of {} shown runs used, {grown} of {of} trees so far", grouped(answer.shown)),
                    }}
                </span>
                <FitBadge r2=answer.r2_oob rank=answer.rank_correlation/>
            </p>
        </header>
        {warnings(&answer)}
    }
}

/// What to be careful about, where there is something.
fn warnings(answer: &ImportanceAnswer) -> Option<AnyView> {
    let item = |warning: &String| view! { <li>{warning.clone()}</li> };
    let items = answer.warnings.iter().map(item).collect::<Vec<_>>();
    let has_some = !items.is_empty();
    has_some.then(|| view! { <ul class="warnings" aria-label="Be careful">{items}</ul> }.into_any())
}

/// How well the forest predicts runs that it has not seen, in words.
#[component]
fn FitBadge(r2: Option<f64>, rank: Option<f64>) -> impl IntoView {
    let (class, words) = match r2 {
        None => (
            "fit unsure",
            "how well the forest predicts could not be told",
        ),
        Some(r2) if r2 >= 0.8 => (
            "fit good",
            "predicts unseen runs well: the shares can be believed",
        ),
        Some(r2) if r2 >= 0.5 => (
            "fit fair",
            "predicts unseen runs fairly: the order can be believed",
        ),
        Some(r2) if r2 >= 0.3 => (
            "fit unsure",
            "predicts unseen runs roughly: only the large bars mean something",
        ),
        Some(r2) if r2 >= 0.0 => (
            "fit bad",
            "predicts unseen runs poorly: the bars say little",
        ),
        Some(_) => (
            "fit bad",
            "predicts unseen runs worse than their mean: do not rely on the bars",
        ),
    };
    let value = r2.map(two_decimals);
    let rank = rank.map(|rank| format!(", rank correlation {}", two_decimals(rank)));
    view! {
        <span class=class>
            <i aria-hidden="true"></i>
            {value.map(|value| view! { "out-of-bag R² " <b>{value}</b> {rank} ": " })}
            {words}
        </span>
    }
}

/// Why there is no answer, what would help, and what can be said without a forest.
#[component]
fn Refusal(app: App, answer: Answered) -> impl IntoView {
    let said = Memo::new(move |_| {
        answer.with(|answer| {
            let answer = answer.as_ref()?;
            Some((answer.refused.clone()?, answer.used, answer.shown))
        })
    });
    // A forest that few runs lead astray may still tell the order of all.
    let may_rank = move || {
        let is_plain = app.view.with(|view| {
            let ask = &view.explain.ask;
            ask.scale == Scale::Plain && !ask.is_of_outcomes()
        });
        is_plain && answer.with(|answer| answer.as_ref().is_some_and(|of| of.r2_oob.is_some()))
    };
    let rank = move |_| app.change(|view| view.explain.ask.scale = Scale::Rank);
    let has_others = Memo::new(move |_| {
        let has = |answer: &Arc<ImportanceAnswer>| {
            answer
                .methods
                .iter()
                .any(|ranking| !ranking.params.is_empty())
        };
        answer.with(|answer| answer.as_ref().is_some_and(has))
    });
    let statement = move || {
        said.get().map(|(reason, used, shown)| {
            view! {
                <p class="reason">{sentence(&reason)}</p>
                <p>{format!("{} of {} shown runs could be used.", grouped(used), grouped(shown))}</p>
            }
        })
    };
    view! {
        <div class="statement">
            <h2>"No importance for these runs"</h2>
            {statement}
            {move || answer.with(|answer| answer.as_ref().and_then(|of| warnings(of)))}
            <p>
                "What helps: more runs (about ten for each param), a looser filter, or an objective that more runs have. "
                "Until then, sort the table by the objective and look along one param at a time."
            </p>
            {move || may_rank().then(|| view! {
                <p>
                    "Where a few runs lie far from all others, ranks tell more: "
                    <button type="button" class="button" on:click=by::mouse(rank)>"Explain its rank"</button>
                </p>
            }.into_any())}
        </div>
        <Show when=move || has_others.get()>
            <h3>"What can be said without a forest"</h3>
            <MethodTabs app=app has_forest=false/>
            <MethodAnswerView app=app answer=answer has_forest=false/>
        </Show>
        <LeftOutList answer=answer/>
    }
}

/// A reason as a sentence of its own.
fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string())
        .unwrap_or_default();
    let stop = if reason.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{first}{}{stop}", letters.as_str())
}

/// What was left out, and why.
#[component]
fn LeftOutList(answer: Answered) -> impl IntoView {
    let left_out = Memo::new(move |_| {
        answer.with(|answer| {
            let answer = answer.as_ref();
            answer
                .map(|answer| answer.left_out.clone())
                .unwrap_or_default()
        })
    });
    move || {
        let rows = left_out
            .get()
            .into_iter()
            .map(|LeftOut { what, reason }| view! { <tr><th scope="row">{what}</th><td>{reason}</td></tr> })
            .collect::<Vec<_>>();
        let count = rows.len();
        (count > 0).then(|| {
            view! {
                <details class="left-out" open=count <= 4>
                    <summary>{format!("Left out ({})", grouped(count))}</summary>
                    <table>
                        <tbody>{rows}</tbody>
                    </table>
                </details>
            }
        })
    }
}
