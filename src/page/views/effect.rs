//! The effect of one param: the mean prediction along its values with its spread, the runs behind, and what it comes
//! to in words.

use super::asked::asked;
use super::importance_bars::close_opened;
use super::numbers::numbers_of;
use super::saving::{About, save_chart};
use super::walk::{Walk, walked_picture};
use crate::chart::number::{counted, grouped, short_number};
use crate::chart::svg::Chart;
use crate::engine::arrange;
use crate::engine::protocol::{Answer, Ask, ParamEffect};
use crate::engine::view::Tab;
use crate::page::prelude::*;
use crate::page::state::App;
use std::sync::Arc;

/// As wide a page is at most where the style makes letters of pictures larger.
const NARROW: f64 = 480.0;

/// Whether the page is as narrow as a phone's.
fn is_narrow() -> bool {
    let width = window().inner_width().ok();
    width
        .and_then(|width| width.as_f64())
        .is_some_and(|width| width <= NARROW)
}

/// The effect of the param that is open, if one is.
#[component]
pub(super) fn EffectPanel(app: App) -> impl IntoView {
    let open = Memo::new(move |_| app.view.with(|view| view.explain.open.clone()));
    let question = move || {
        let open = open.get();
        let is_answered = app.last_importance.with(Option::is_some);
        let [key] = open.as_slice() else { return None };
        let column = app
            .ledger
            .with_untracked(|ledger| Some(ledger.column(key)?.id))?;
        is_answered.then_some(Ask::Effect { column })
    };
    let effect = asked(app, question, |said| match said {
        Answer::Effect(said) => said,
        _ => None,
    });
    let narrow = RwSignal::new(is_narrow());
    let turned = window_event_listener(leptos::ev::resize, move |_| {
        let now = is_narrow();
        if now != narrow.get_untracked() {
            narrow.set(now);
        }
    });
    on_cleanup(move || turned.remove());
    move || {
        effect
            .get()
            .map(|effect| view! { <EffectOf app=app effect=effect is_narrow=narrow.get()/> })
    }
}

#[component]
fn EffectOf(app: App, effect: Arc<ParamEffect>, is_narrow: bool) -> impl IntoView {
    let name = effect.name.clone();
    let words = effect
        .words
        .iter()
        .map(|words| view! { <p>{words.clone()}</p> })
        .collect::<Vec<_>>();
    let scale = if effect.is_log { " (log axis)" } else { "" };
    let (marks, outside) = effect.marks(is_narrow);
    let (width, height) = effect.size(is_narrow);
    // A file is as wide as it is asked to be.
    let chart = Chart {
        size: effect.size(false),
        marks: effect.marks(false).0,
        is_rows: effect.is_of_rows(),
        ..Chart::default()
    };
    let title = format!("Mean prediction along {name}. {}", effect.words.join(" "));
    let about = About {
        name: format!("effect {name}"),
        title: format!("Effect of {name}{scale}"),
        words: effect
            .words
            .iter()
            .cloned()
            .chain([key_of_marks(&effect)])
            .collect(),
        ..About::default()
    };
    let kept = Arc::clone(&effect);
    let stretches = Walk::in_order(effect.bins.len(), move |at| kept.stop(at, is_narrow));
    let close = move |_| close_opened(app);
    let table = move |_| show_in_table(app);
    view! {
        <section class="effect" aria-label=format!("Effect of {name}")>
            <header>
                <h3>{format!("Effect of {name}{scale}")}</h3>
                <button class="quiet-button" on:click=by::mouse(table)>"Sort the table by it"</button>
                <button class="quiet-button" on:click=by::mouse(close)>"Close"</button>
            </header>
            <div class="effect-words">{words}</div>
            {walked_picture(marks, (width, height), title, stretches)}
            {save_chart(app, about, chart)}
            {(outside > 0)
                .then(|| {
                    let runs = counted(outside, "run");
                    view! { <p class="faint">{format!("{runs} beyond the picture's ends.")}</p> }
                })}
            <p class="faint">
                {format!(
                    "{} Predictions are the forest's, all other params averaged out; green is within noise of the best.",
                    key_of_marks(&effect)
                )}
            </p>
            {numbers_table(&effect)}
        </section>
    }
}

/// What is drawn.
fn key_of_marks(effect: &ParamEffect) -> String {
    let marks = if effect.is_of_rows() {
        "Large dots: mean prediction; lines: 10–90 % when runs are drawn again; small dots"
    } else {
        "Line: mean prediction; band: 10–90 % when runs are drawn again; dots"
    };
    format!(
        "{marks}: {} of {} runs.",
        grouped(effect.points.len()),
        grouped(effect.runs)
    )
}

/// The picture in numbers.
fn numbers_table(effect: &ParamEffect) -> AnyView {
    let lines = effect.bins.iter().map(|bin| {
        let spread = match (bin.low, bin.high) {
            (Some(low), Some(high)) => {
                format!("{} to {}", short_number(low), short_number(high))
            }
            _ => "–".to_owned(),
        };
        let good = if bin.is_good {
            "within noise of the best"
        } else {
            ""
        };
        let value = short_number(bin.value);
        vec![bin.label.clone(), value, spread, good.to_owned()]
    });
    let columns = [effect.name.as_str(), "Mean prediction", "10–90 %", ""];
    let columns = columns.map(str::to_owned).to_vec();
    let title = format!("Effect of {}", effect.name);
    numbers_of(&title, columns, &lines.collect::<Vec<_>>())
}

/// Shows the table sorted by the open param, with the param in it.
fn show_in_table(app: App) {
    let ledger = app.ledger.get_untracked();
    let Some(key) = app
        .view
        .with_untracked(|view| view.explain.open.first().cloned())
    else {
        return;
    };
    app.change(|view| {
        view.tab = Tab::Table;
        arrange::set_shown(&ledger, view, &[&key], true);
        arrange::set_sort(view, &key, Some(false), false);
    });
}
