//! Interactions: a matrix of pairs of params, and the mean prediction along the two of a cell.

use super::asked::asked;
use super::heat_table::{HeatCell, heat_table};
use super::importance_bars::close_opened;
use super::saving::{About, save_chart};
use super::walk::{Walk, saved_walk};
use crate::chart::heat::Heat;
use crate::chart::number::{percent, short_number};
use crate::chart::surface::{HEIGHT, WIDTH};
use crate::engine::protocol::{Answer, Ask, ImportanceAnswer, PairSurface};
use crate::ledger::ColumnId;
use crate::page::prelude::*;
use crate::page::state::App;
use std::sync::Arc;

/// The matrix of pairs; a cell opens the two params' surface.
#[component]
pub(super) fn Interactions(app: App, answer: Arc<ImportanceAnswer>) -> impl IntoView {
    if answer.pairs.is_empty() {
        return ().into_any();
    }
    // The params of the pairs, in the order of their shares.
    let paired = |column: ColumnId| {
        answer
            .pairs
            .iter()
            .any(|pair| pair.a == column || pair.b == column)
    };
    let params: Vec<(ColumnId, String)> = answer
        .params
        .iter()
        .filter(|param| paired(param.column))
        .map(|param| (param.column, param.of.name.clone()))
        .collect();
    let share = |a: ColumnId, b: ColumnId| {
        let of = answer
            .pairs
            .iter()
            .find(|pair| (pair.a, pair.b) == (a, b) || (pair.a, pair.b) == (b, a));
        of.map(|pair| pair.share)
    };
    let greatest = answer
        .pairs
        .iter()
        .map(|pair| pair.share)
        .fold(0.01, f64::max);
    let heat = Heat {
        names: params.iter().map(|(_, name)| name.clone()).collect(),
        cells: params
            .iter()
            .map(|(a, _)| {
                let cell = |(b, _): &(ColumnId, String)| {
                    let share = share(*a, *b).filter(|_| a != b)?;
                    Some((percent(share), share / greatest))
                };
                params.iter().map(cell).collect()
            })
            .collect(),
    };
    let about = About {
        name: "interactions".to_owned(),
        title: "Which params work together".to_owned(),
        words: vec![
            "Share of the variance that two params explain only together, among the strongest."
                .to_owned(),
        ],
        ..About::default()
    };
    let heads = params
        .iter()
        .map(|(_, name)| name.clone().into_any())
        .collect();
    let rows = params
        .iter()
        .enumerate()
        .map(|(row, (a, name))| {
            let cell = |(at, (b, other)): (usize, &(ColumnId, String))| {
                let share = share(*a, *b).filter(|_| at != row)?;
                let (a, b) = (*a, *b);
                Some(HeatCell {
                    title: Some(format!(
                        "{name} and {other}: {}. Show their effect together",
                        percent(share)
                    )),
                    press: Some(Box::new(move || open(app, a, b))),
                    ..HeatCell::plain(percent(share), share / greatest)
                })
            };
            (name.clone(), params.iter().enumerate().map(cell).collect())
        })
        .collect();
    view! {
        <section class="interactions" aria-label="Interactions">
            <h3>"Which params work together"</h3>
            <p class="faint">
                "Share of the variance that two params explain only together, among the strongest. A cell shows their effect."
            </p>
            {heat_table("Interaction of each two params", "", heads, rows)}
            {save_chart(app, about, heat.chart())}
        </section>
    }
    .into_any()
}

fn open(app: App, a: ColumnId, b: ColumnId) {
    let keys = app
        .ledger
        .with_untracked(|ledger| [ledger.key_of(a), ledger.key_of(b)]);
    app.change(|view| view.explain.open = keys.into_iter().flatten().collect());
}

/// The mean prediction along the two params that are open, if two are.
#[component]
pub(super) fn SurfacePanel(app: App) -> impl IntoView {
    let open = Memo::new(move |_| app.view.with(|view| view.explain.open.clone()));
    let question = move || {
        let open = open.get();
        let is_answered = app.last_importance.with(|last| {
            last.as_ref()
                .is_some_and(|(_, answer)| !answer.pairs.is_empty())
        });
        let [a, b] = open.as_slice() else { return None };
        let id = |key: &str| {
            app.ledger
                .with_untracked(|ledger| Some(ledger.column(key)?.id))
        };
        let (a, b) = (id(a)?, id(b)?);
        is_answered.then_some(Ask::Surface { a, b })
    };
    let surface = asked(app, question, |said| match said {
        Answer::Surface(said) => said,
        _ => None,
    });
    move || {
        surface
            .get()
            .map(|surface| view! { <SurfaceOf app=app surface=surface/> })
    }
}

/// The cells of a surface: along a row of them, and up and down.
fn cells_of(surface: &Arc<PairSurface>) -> Walk {
    let (count, columns) = (surface.values.len(), surface.columns.max(1));
    let kept = Arc::clone(surface);
    let beside = move |at: usize, is_down: bool| {
        // The first row lies at the bottom.
        let next = if is_down {
            at.checked_sub(columns)
        } else {
            Some(at + columns).filter(|next| *next < count)
        };
        next.unwrap_or(at)
    };
    Walk {
        count,
        stop: Box::new(move |at| kept.stop(at)),
        beside: Box::new(beside),
    }
}

#[component]
fn SurfaceOf(app: App, surface: Arc<PairSurface>) -> impl IntoView {
    let (side, above) = (&surface.a.0, &surface.b.0);
    let (low, high) = surface.ends();
    let heading = format!("Effect of {side} and {above} together");
    let title = format!(
        "Mean prediction along {side} and {above}, from {} to {}",
        short_number(low),
        short_number(high)
    );
    let is_hatched = !surface.spread.is_empty() && surface.beyond(surface.unsure_from()) > 0.0;
    let unsure = is_hatched.then(|| {
        let (unsure, flat) = (surface.unsure_from(), surface.flat_from());
        format!(
            "Hatched, {} of it: when runs are drawn again, the prediction varies there by more than {} (standard deviation). Crossed, {}: by more than {}, as much as all of it differs: there it may as well be flat.",
            percent(surface.beyond(unsure)),
            short_number(unsure),
            percent(surface.beyond(flat)),
            short_number(flat)
        )
    });
    let points = format!(
        "Dots: {}; where there are none, it guesses. ",
        surface.told_points()
    );
    let label = heading.clone();
    let about = About {
        name: format!("effect {side} {above}"),
        title: heading.clone(),
        words: [
            Some("Colour: mean prediction.".to_owned()),
            Some(points.clone()),
            unsure.clone(),
        ]
        .into_iter()
        .flatten()
        .collect(),
        ..About::default()
    };
    let close = move |_| close_opened(app);
    view! {
        <section class="effect" aria-label=label>
            <header>
                <h3>{heading}</h3>
                <button class="quiet-button" on:click=by::mouse(close)>"Close"</button>
            </header>
            {saved_walk(app, about, surface.marks(), (WIDTH, HEIGHT), title, cells_of(&surface))}
            <p class="faint">
                "Colour: the forest's mean prediction, all other params averaged out. "
                {points}
                {unsure}
            </p>
        </section>
    }
}
