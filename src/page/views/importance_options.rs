//! What of the objective is explained, and how runs without a result count; further metrics, and what each weighs.

use crate::engine::explain::{
    Compared, Explain, FurtherMetric, MOST_FURTHER, Method, Scale, Unfinished,
};
use crate::ledger::Role;
use crate::ledger::direction::more_is_better;
use crate::page::prelude::*;
use crate::page::state::App;

/// The best so many per cent that can be chosen.
const BEST: [u8; 4] = [50, 25, 10, 5];

/// The parts that PED-ANOVA can look at, in per cent.
const TARGETS: [u8; 5] = [5, 10, 20, 30, 50];

/// The parts that it can compare them with.
const REGIONS: [u8; 4] = [100, 75, 50, 25];

/// The settings of importance; a change asks again.
#[component]
pub(super) fn Options(app: App) -> impl IntoView {
    let ask = Memo::new(move |_| app.view.with(|view| view.explain.ask.clone()));
    let of_outcomes = Memo::new(move |_| ask.with(Explain::is_of_outcomes));
    let change = move |set: &dyn Fn(&mut Explain)| app.change(|view| set(&mut view.explain.ask));
    let regions = move || {
        let chosen = ask.get();
        let shown = chosen.best.is_none() && !chosen.whole_range;
        let whole = chosen.best.is_none() && chosen.whole_range;
        let mut options = vec![
            (
                "shown".to_owned(),
                "the shown runs' ranges".to_owned(),
                shown,
            ),
            ("whole".to_owned(), "all runs' ranges".to_owned(), whole),
        ];
        if chosen.is_of_outcomes() {
            // No run is better at not failing than another.
            options[0].2 = !chosen.whole_range;
            options[1].2 = chosen.whole_range;
            return options;
        }
        options.extend(BEST.map(|best| {
            let text = format!("the best {best} %");
            (best.to_string(), text, chosen.best == Some(best))
        }));
        options
    };
    let scales = move || {
        let chosen = ask.get().scale;
        let option = |of: Scale| (of.word().to_owned(), of.label().to_owned(), chosen == of);
        Scale::ALL.map(option).to_vec()
    };
    let unfinished = move || {
        let chosen = ask.get().unfinished;
        let option = |of: Unfinished| (of.word().to_owned(), of.label().to_owned(), chosen == of);
        Unfinished::ALL.map(option).to_vec()
    };
    let choose_region = move |value: String| {
        change(&|ask| {
            ask.whole_range = value == "whole";
            ask.best = value.parse().ok();
        });
    };
    let choose_scale = move |value: String| {
        let of = Scale::ALL.into_iter().find(|of| of.word() == value);
        change(&|ask| ask.scale = of.unwrap_or_default());
    };
    let choose_unfinished = move |value: String| {
        let of = Unfinished::ALL.into_iter().find(|of| of.word() == value);
        change(&|ask| ask.unfinished = of.unwrap_or_default());
    };
    view! {
        <div class="importance-options">
            {choice("Differences over ", "Region", regions, choose_region)}
            {choice("Runs without a result ", "Runs without a result", unfinished, choose_unfinished)}
            {move || if of_outcomes.get() {
                view! { <span>"Whether a run failed has no scale, no best part, and no other metrics to be weighed with."</span> }.into_any()
            } else {
                view! {
                    {choice("Objective ", "Objective's scale", scales, choose_scale)}
                    {further_metrics(app, ask)}
                }
                .into_any()
            }}
            {comparison(app, ask)}
        </div>
    }
}

/// What PED-ANOVA compares, while it is in front.
fn comparison(app: App, ask: Memo<Explain>) -> impl IntoView {
    let in_front = Memo::new(move |_| {
        app.view
            .with(|view| view.explain.method == Method::PedAnova)
    });
    let compared = move || ask.get().compared;
    let change =
        move |set: &dyn Fn(&mut Compared)| app.change(|view| set(&mut view.explain.ask.compared));
    let part = |of: u8, chosen: u8| {
        let text = if of == 100 {
            "all".to_owned()
        } else {
            format!("the best {of} %")
        };
        (of.to_string(), text, of == chosen)
    };
    let targets = move || TARGETS.map(|of| part(of, compared().target)).to_vec();
    let regions = move || REGIONS.map(|of| part(of, compared().region)).to_vec();
    let laws = move || {
        let evenly = compared().evenly;
        vec![
            ("runs".to_owned(), "where runs lie".to_owned(), !evenly),
            (
                "even".to_owned(),
                "an even law over the range".to_owned(),
                evenly,
            ),
        ]
    };
    let number = |text: String, otherwise: u8| text.parse().unwrap_or(otherwise);
    move || {
        in_front.get().then(|| {
            view! {
                {choice("PED-ANOVA of ", "Best runs", targets, move |text| change(&|of| of.target = number(text.clone(), 10)))}
                {choice("among ", "Compared with", regions, move |text| change(&|of| of.region = number(text.clone(), 100)))}
                {choice("against ", "Law", laws, move |text| change(&|of| of.evenly = text == "even"))}
            }
        })
    }
}

/// Metrics that are explained beside the objective: one more, and what each of them weighs.
fn further_metrics(app: App, ask: Memo<Explain>) -> impl IntoView {
    let offered = move || {
        let (objective, chosen) = app.view.with(|view| {
            let objective = view
                .objective
                .as_ref()
                .map(|objective| objective.column.clone());
            (objective, view.explain.ask.further.clone())
        });
        let is_new = |key: &String| {
            Some(key) != objective.as_ref() && chosen.iter().all(|metric| &metric.column != key)
        };
        let metrics = app.ledger.with(|ledger| {
            let metrics = ledger
                .columns
                .iter()
                .filter(|column| column.role == Role::Metric && is_new(&column.key));
            let option = metrics.map(|column| (column.key.clone(), column.name.clone(), false));
            option.collect::<Vec<_>>()
        });
        let none = (String::new(), "a metric …".to_owned(), true);
        std::iter::once(none).chain(metrics).collect::<Vec<_>>()
    };
    let add = move |column: String| {
        let maximize = more_is_better(&column).unwrap_or(false);
        app.change(|view| {
            let further = &mut view.explain.ask.further;
            if !column.is_empty() && further.len() < MOST_FURTHER {
                further.push(FurtherMetric {
                    column,
                    maximize,
                    weight: 0,
                });
            }
        });
    };
    // They are made anew when others are chosen, and not when one weighs something else: who types keeps the box.
    let columns = Memo::new(move |_| {
        ask.with(|ask| {
            let further = ask.further.iter();
            further
                .map(|metric| metric.column.clone())
                .collect::<Vec<_>>()
        })
    });
    let chosen = move || {
        let columns = columns.get();
        let own = (!columns.is_empty()).then(|| {
            let weigh = move |weight| app.change(|view| view.explain.ask.own_weight = Some(weight));
            weight_box(
                "The objective weighs ",
                "Weight of the objective".to_owned(),
                move || ask.with(Explain::weight),
                weigh,
            )
        });
        let metrics = columns.iter().enumerate();
        let metrics = metrics.map(|(place, column)| further_metric(app, ask, place, column));
        (own, metrics.collect::<Vec<_>>())
    };
    view! {
        {choice("Explain too ", "Further metric", offered, add)}
        {chosen}
    }
}

fn further_metric(app: App, ask: Memo<Explain>, place: usize, column: &str) -> AnyView {
    let name = column.split_once('.').map_or(column, |(_, name)| name);
    let name = name.to_owned();
    let change = move |set: &dyn Fn(&mut FurtherMetric)| {
        app.change(|view| {
            if let Some(metric) = view.explain.ask.further.get_mut(place) {
                set(metric);
            }
        });
    };
    // Weight, and whether more is better.
    let set = move || {
        ask.with(|ask| {
            let metric = ask.further.get(place);
            metric.map_or((0, false), |metric| (metric.weight, metric.maximize))
        })
    };
    let ways = move || {
        let (_, maximize) = set();
        vec![
            ("min".to_owned(), "less is better".to_owned(), !maximize),
            ("max".to_owned(), "more is better".to_owned(), maximize),
        ]
    };
    let remove = move |_| {
        app.change(|view| {
            let further = &mut view.explain.ask.further;
            if place < further.len() {
                further.remove(place);
            }
        });
    };
    view! {
        <span class="further-metric">
            <b>{name.clone()}</b>
            {choice("", "Which way is better", ways, move |text| change(&|metric| metric.maximize = text == "max"))}
            {weight_box("weighs ", format!("Weight of {name}"), move || set().0, move |weight| change(&|metric| metric.weight = weight))}
            <button class="quiet-button" title=format!("Explain {name} no more") on:click=by::mouse(remove)>"Remove"</button>
        </span>
    }
    .into_any()
}

/// A box for a whole number from 0 to 100.
fn weight_box(
    words: &'static str,
    label: String,
    weight: impl Fn() -> u8 + Copy + Send + 'static,
    set: impl Fn(u8) + 'static,
) -> AnyView {
    view! {
        <label>
            {words}
            <input
                type="number"
                min="0"
                max="100"
                aria-label=label
                prop:value=move || weight().to_string()
                on:change=by::any(move |event| {
                    let typed = event_target_value(&event).parse::<f64>();
                    let weight = typed.map_or_else(|_| untrack(weight), |typed| typed.round().clamp(0.0, 100.0) as u8);
                    set(weight);
                    // What stands there is what is used.
                    event_target::<web_sys::HtmlInputElement>(&event).set_value(&weight.to_string());
                })
            />
        </label>
    }
    .into_any()
}

/// What a choice offers: value, text, and whether it is chosen.
type Options = Box<dyn Fn() -> Vec<(String, String, bool)> + Send + Sync>;

/// A labelled choice among options: value, text, and whether it is chosen.
pub(super) fn choice(
    words: &'static str,
    label: &'static str,
    options: impl Fn() -> Vec<(String, String, bool)> + Send + Sync + 'static,
    choose: impl Fn(String) + 'static,
) -> AnyView {
    boxed_choice(words, label, Box::new(options), Box::new(choose))
}

/// A box that is on or off, with words beside it and, where they say too little, a title.
pub(super) fn check(
    words: &'static str,
    title: Option<&'static str>,
    is_on: impl Fn() -> bool + Send + 'static,
    turn: impl Fn() + 'static,
) -> AnyView {
    boxed_check(words, title, Box::new(is_on), Box::new(turn))
}

/// One function for all boxes, as for choices.
fn boxed_check(
    words: &'static str,
    title: Option<&'static str>,
    is_on: Box<dyn Fn() -> bool + Send>,
    turn: Box<dyn Fn()>,
) -> AnyView {
    view! {
        <label title=title>
            <input type="checkbox" prop:checked=is_on on:change=by::any(move |_| turn())/>
            " "
            {words}
        </label>
    }
    .into_any()
}

/// One function for all choices, since there are dozens.
fn boxed_choice(
    words: &'static str,
    label: &'static str,
    options: Options,
    choose: Box<dyn Fn(String)>,
) -> AnyView {
    // Made anew only where they are others: the browser lays out what a form changes at once.
    let options = Memo::new(move |_| options());
    let options = move || {
        options
            .get()
            .into_iter()
            .map(|(value, text, chosen)| view! { <option value=value prop:selected=chosen>{text}</option> })
            .collect::<Vec<_>>()
    };
    view! {
        <label>
            {words}
            <select aria-label=label on:change=by::any(move |event| choose(event_target_value(&event)))>
                {options}
            </select>
        </label>
    }
    .into_any()
}
