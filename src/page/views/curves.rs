//! The curves of runs: a panel a metric over one horizontal axis, painted from the engine's pixels.

use super::curve_panel::Drawn;
use super::curves_told::{has_panels, named, told};
use super::display::legend_items;
use super::importance_options::{check, choice};
use super::numbers::in_numbers;
use super::saving::save_picture;
use super::scattered::SYMLOG;
use crate::chart::scale::Spacing;
use crate::chart::smooth::Smoother;
use crate::engine::curves::{BESIDE_PANELS, Bands, MOST_SMOOTHING};
use crate::engine::protocol::{
    CurvePanel, CurveX, CurvesPicture, CurvesView as Settings, NumbersOf,
};
use crate::ledger::Role;
use crate::page::prelude::*;
use crate::page::state::App;
use leptos::html::Div;
use std::sync::Arc;

/// What it is to ignore outliers.
const BEYOND: &str = "The vertical axis ends before the 2 to 10 % at each side that lie far from the others; how many is said below";

/// Metrics over steps or time.
#[component]
pub(crate) fn CurvesView(app: App) -> impl IntoView {
    let stage = NodeRef::<Div>::new();
    // Where they are few, they share the room: as many as have the pattern in their name, which most patterns are a part of.
    let panels = Memo::new(move |_| {
        let set = app.view.with(|view| view.curves.clone());
        let part = set.pattern.trim().to_lowercase();
        app.ledger.with(|ledger| {
            let with_panel = ledger.columns.iter().filter(|column| {
                column.role == Role::Metric
                    && column.has_history
                    && column.name.to_lowercase().contains(&part)
                    && (column.key != set.over || !part.is_empty())
            });
            // A pattern that is in no name is a regular expression of as many as may be.
            Some(with_panel.count()).filter(|count| *count > 0)
        })
    });
    let drawn = Drawn::new(app, stage, panels, false);
    let picture = drawn.picture;
    let told = move || picture.with(|picture| told(picture.as_deref()));
    let problem = move || picture.get()?.problem.clone();
    let is_empty = move || picture.with(|said| said.as_ref().is_some_and(|said| said.metrics == 0));
    view! {
        <section class="curves" data-view="curves" aria-label="Curves">
            <Bar drawn=drawn/>
            <p class="curves-told">
                <span class="faint">{told}</span>
                <span class="colour-legend">{move || legend(drawn)}</span>
            </p>
            <p class="curves-problem" role="alert">{problem}</p>
            <Show when=is_empty>
                <p class="faint">
                    "No metric of these runs has a curve: what was read has one value a run. Files with a value at each step, as logs and histories, have curves."
                </p>
            </Show>
            <div class="curves-panels" node_ref=stage>{drawn.panels()}</div>
            {below(drawn)}
        </section>
    }
}

/// Which lines are bold, and of what.
fn legend(drawn: Drawn) -> Vec<impl IntoView> {
    let items = drawn.picture.get().filter(|picture| has_panels(picture));
    let items = items.map(|picture| picture.legend.clone());
    legend_items(items.unwrap_or_default())
}

/// What is pointed at, and the panels in numbers.
fn below(drawn: Drawn) -> AnyView {
    let Drawn { app, picture, .. } = drawn;
    let near = drawn.near();
    view! {
        <p class="curves-near" class:told=move || near.with(Option::is_some) role="status">
            {move || near.with(|near| picture.with(|picture| named(near.as_deref(), picture.as_deref())))}
        </p>
        {in_numbers(app, move || picture.with(|picture| picture.as_deref().is_some_and(has_panels)).then_some(NumbersOf::Curves))}
    }
    .into_any()
}

/// The curves of runs or groups that stand side by side, each in the colour of its column, where there are some. `whole` leads
/// to those of all metrics.
pub(super) fn curves_beside(
    app: App,
    are_there: Memo<bool>,
    whole: impl Fn() -> Option<AnyView> + Copy + Send + 'static,
) -> AnyView {
    let section = move || {
        let stage = NodeRef::<Div>::new();
        let drawn = Drawn::new(app, stage, Memo::new(|_| Some(BESIDE_PANELS)), true);
        let picture = drawn.picture;
        let told = move || picture.with(|picture| told(picture.as_deref()));
        let zoomed = move || app.view.with(|view| view.curves.zoom.is_some());
        let widen = move |_| app.change(|view| view.curves.zoom = None);
        view! {
            <section class="compare-curves" aria-label="Curves side by side">
                <h3>"Curves"</h3>
                <p class="curves-told"><span class="faint">{told}</span>{whole}</p>
                <span class="colour-legend">{move || legend(drawn)}</span>
                <div class="curves-panels" node_ref=stage>{drawn.panels()}</div>
                <Show when=zoomed>
                    <button type="button" class="button" on:click=by::mouse(widen)>"Whole axis"</button>
                </Show>
                {save_picture(app, "curves side by side", move |style, give| drawn.give(None, style, give))}
                {below(drawn)}
            </section>
        }
        .into_any()
    };
    view! { {move || are_there.get().then(section)} }.into_any()
}

/// What can be set.
#[component]
fn Bar(drawn: Drawn) -> impl IntoView {
    let Drawn { app, picture, .. } = drawn;
    // Zooming changes nothing that stands here but one button.
    let set = Memo::new(move |_| {
        app.view.with(|view| Settings {
            zoom: None,
            ..view.curves.clone()
        })
    });
    let is_zoomed = Memo::new(move |_| app.view.with(|view| view.curves.zoom.is_some()));
    let change = move |set: &dyn Fn(&mut Settings)| app.change(|view| set(&mut view.curves));
    let places = move || -> Vec<(String, String, bool)> {
        let has_times = picture.with(|said| said.as_ref().is_some_and(|said| said.has_times));
        let Settings {
            x: chosen, over, ..
        } = set.get();
        let known = CurveX::ALL.into_iter();
        let offered = known.filter(|x| has_times || *x == CurveX::Step || *x == chosen);
        let mut places: Vec<(String, String, bool)> = offered
            .map(|x| {
                let is_chosen = x == chosen && over.is_empty();
                (x.word().to_owned(), x.label().to_owned(), is_chosen)
            })
            .collect();
        app.ledger.with(|ledger| {
            let columns = ledger.columns.iter();
            let metrics =
                columns.filter(|column| column.role == Role::Metric && column.has_history);
            places.extend(metrics.map(|column| {
                let is_chosen = column.key == over;
                (column.key.clone(), column.name.clone(), is_chosen)
            }));
        });
        places
    };
    let choose_x = move |word: String| {
        let x = CurveX::ALL.into_iter().find(|x| x.word() == word);
        change(&|set| {
            set.x = x.unwrap_or_default();
            // Keys of metrics are no such words.
            set.over = if x.is_some() {
                String::new()
            } else {
                word.clone()
            };
            // A part of another axis, and how that was.
            set.zoom = None;
            set.log_x = None;
        });
    };
    let names = Memo::new(move |_| {
        picture.with(|picture| {
            let names = picture.as_ref().map(|picture| {
                let with = picture.panels.iter().map(|panel| panel.name.clone());
                with.chain(picture.others.clone()).collect::<Vec<_>>()
            });
            names.unwrap_or_default()
        })
    });
    let names = move || {
        let option = |name: String| view! { <option value=name></option> };
        names.get().into_iter().map(option).collect::<Vec<_>>()
    };
    let has_over = move || set.with(|set| !set.over.is_empty());
    let is_log_x = move || {
        let is_log = |said: &Arc<CurvesPicture>| said.x.spacing() == Spacing::Log;
        picture.with(|said| said.as_ref().is_some_and(is_log))
    };
    let along = move || {
        let turn = move || change(&|set| set.log_x = Some(!is_log_x()));
        check("Logarithmic along", None, is_log_x, turn)
    };
    // Where nobody chose, values have it so.
    let is_log = move || {
        let of = |panel: &CurvePanel| panel.y.spacing() != Spacing::Linear;
        let is_any = |said: &Arc<CurvesPicture>| said.panels.iter().any(of);
        let drawn = || picture.with(|said| said.as_ref().is_some_and(is_any));
        set.with(|set| set.log).unwrap_or_else(drawn)
    };
    let is_grouped = move || picture.with(|said| said.as_ref().is_some_and(|said| said.grouped));
    let strength = move || set.get().smoothing().strength();
    let smoothers = move || -> Vec<(String, String, bool)> {
        let chosen = set.get().smoother;
        let item = |by: Smoother| (by.word().to_owned(), by.label().to_owned(), by == chosen);
        Smoother::ALL.map(item).to_vec()
    };
    let bands = move || -> Vec<(String, String, bool)> {
        let chosen = set.get().bands;
        let item = |by: Bands| (by.word().to_owned(), by.label().to_owned(), by == chosen);
        Bands::ALL.map(item).to_vec()
    };
    let choose_bands = move |word: String| {
        let by = Bands::ALL.into_iter().find(|by| by.word() == word);
        change(&|set| set.bands = by.unwrap_or_default());
    };
    let choose_smoother = move |word: String| {
        let by = Smoother::ALL.into_iter().find(|by| by.word() == word);
        change(&|set| set.smoother = by.unwrap_or_default());
    };
    view! {
        <div class="curves-bar">
            <label>
                "Metrics "
                <input
                    type="search"
                    class="curves-pattern"
                    list="curves-metrics"
                    placeholder="part of a name or a regular expression"
                    prop:value=move || set.get().pattern
                    on:change=by::any(move |event| {
                        let pattern = event_target_value(&event);
                        change(&|set| set.pattern.clone_from(&pattern));
                    })
                />
            </label>
            <datalist id="curves-metrics">{names}</datalist>
            {choice("Over ", "Horizontal axis", places, choose_x)}
            <Show when=has_over>{along()}</Show>
            {check("Logarithmic", None, is_log, move || change(&|set| set.log = Some(!is_log())))}
            <Show when=is_log>
                {check("0 and below too", Some(SYMLOG), move || set.get().symlog, move || change(&|set| { set.log = Some(true); set.symlog = !set.symlog; }))}
            </Show>
            {check("Ignore outliers", Some(BEYOND), move || set.get().clip, move || change(&|set| set.clip = !set.clip))}
            {choice("Smoothing ", "How curves are smoothed", smoothers, choose_smoother)}
            <label>
                <input
                    type="range"
                    min="0"
                    max=MOST_SMOOTHING.to_string()
                    aria-label="Strength of smoothing"
                    prop:value=move || set.get().smoothing.to_string()
                    on:change=by::any(move |event| {
                        let weight = event_target_value(&event).parse().unwrap_or(0);
                        change(&|set| set.smoothing = weight);
                    })
                />
                <output>{strength}</output>
            </label>
            {move || is_zoomed.get().then(|| view! {
                <button type="button" class="button" on:click=by::mouse(move |_| change(&|set| set.zoom = None))>"Whole axis"</button>
            }.into_any())}
            <Show when=is_grouped>
                {choice("Groups as ", "How groups are drawn", bands, choose_bands)}
            </Show>
            {save_picture(app, "curves", move |style, give| drawn.give(None, style, give))}
        </div>
    }
}
