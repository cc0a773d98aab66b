//! To which ends runs came, what those that broke have in common, when they broke, and what is known of each.

use super::asked::asked;
use super::brief::{evidence_link, finding};
use super::log_view::log_view;
use super::saving::About;
use super::walk::{Walk, saved_walk};
use crate::chart::number::{counted, percent};
use crate::chart::{rates, timeline};
use crate::engine::explain::Unfinished;
use crate::engine::protocol::{Answer, Ask, Failures, ParamRates, RunEnd};
use crate::engine::view::{Tab, View};
use crate::page::prelude::*;
use crate::page::state::App;
use crate::page::widgets::tabs::is_plain_click;
use leptos::ev::MouseEvent;

/// What broke.
#[component]
pub(crate) fn FailuresView(app: App) -> impl IntoView {
    let question = move || {
        (app.selection.get() > 0).then(|| Ask::Failures {
            filter: app.view.with_untracked(|view| view.filter.clone()),
        })
    };
    let failures = asked(app, question, |said| match said {
        Answer::Failures(said) => Some(said),
        _ => None,
    });
    view! {
        <section class="importance brief" data-view="failures" aria-label="Failures">
            <div class="importance-head"><h2>"Failures"</h2></div>
            {move || match failures.get() {
                Some(said) => contents(app, &said),
                None => view! { <p class="faint">"Working it out…"</p> }.into_any(),
            }}
        </section>
    }
}

fn contents(app: App, said: &Failures) -> AnyView {
    let findings = said.findings.iter().cloned().map(|said| {
        let kind = said.kind.clone();
        finding(
            app,
            kind,
            said.topic,
            said.text,
            (said.n, said.of),
            said.link,
        )
    });
    let findings = findings.collect::<Vec<_>>();
    let line = said.timeline.as_ref().map(|line| {
        let stops = line.stops();
        let bars = Walk::in_order(stops.len(), move |at| stops.get(at).cloned());
        let about = About {
            name: "failures began".to_owned(),
            title: "When runs began".to_owned(),
            words: vec![
                "Bars: runs that ended, by when they began; at the foot those that broke."
                    .to_owned(),
            ],
            ..About::default()
        };
        view! {
            <section class="effect" aria-label="When runs began">
                <h3>"When runs began"</h3>
                {saved_walk(
                    app,
                    about,
                    line.marks(),
                    (timeline::WIDTH, timeline::HEIGHT),
                    "Runs that ended by when they began; at the foot of each bar those that broke.".to_owned(),
                    bars,
                )}
                <p class="faint">"Bars: runs that ended, by when they began; at the foot, in colour, those that broke."</p>
            </section>
        }
    });
    let params = said
        .params
        .iter()
        .map(|param| param_view(app, param, &said.unit));
    let params = params.collect::<Vec<_>>();
    let more = (said.more_params > 0).then(|| {
        let more = counted(said.more_params, "more param");
        view! { <p class="faint">{format!("{more} that tell less.")}</p> }
    });
    let by_param = (!said.checked.is_empty()).then(|| {
        view! {
            <section class="effect" aria-label="What broken runs have in common">
                <header>
                    <h3>"By param"</h3>
                    {importance_link(app)}
                </header>
                <p class="effect-words">{said.checked.clone()}</p>
                {params}
                {more}
            </section>
        }
    });
    let left_out = (said.logs_left_out > 0).then(|| {
        let logs = counted(said.logs_left_out, "log");
        view! { <p class="faint">{format!("The ends of {logs} did not fit into 32 MiB and are left out.")}</p> }
    });
    view! {
        <ul class="sentences">{findings}</ul>
        {line}
        {by_param}
        {ends_view(app, &said.ends, said.more_ends)}
        {left_out}
    }
    .into_any()
}

/// A link to the importance of params for failing, where an objective is chosen.
fn importance_link(app: App) -> Option<AnyView> {
    let show = |view: &mut View| {
        view.tab = Tab::Importance;
        view.explain.ask.unfinished = Unfinished::Outcome;
    };
    let address = move || {
        let mut view = app.view.get();
        show(&mut view);
        view.to_hash()
    };
    let clicked = move |event: MouseEvent| {
        if is_plain_click(&event) {
            event.prevent_default();
            app.change(show);
        }
    };
    let has_objective = app.view.with_untracked(|view| view.objective.is_some());
    has_objective.then(|| {
        view! { <a href=address on:click=by::mouse(clicked)>"Importance for failing"</a> }
            .into_any()
    })
}

fn param_view(app: App, param: &ParamRates, unit: &str) -> AnyView {
    let rows = param
        .rates
        .bars
        .iter()
        .zip(&param.links)
        .map(|(bar, link)| {
            let interval = format!("{} to {}", percent(bar.low), percent(bar.high));
            view! {
                <tr>
                    <th scope="row">{evidence_link(app, link.clone(), bar.label.clone())}</th>
                    <td>{format!("{} of {}", bar.count, bar.n)}</td>
                    <td>{percent(bar.share())}</td>
                    <td>{interval}</td>
                </tr>
            }
            .into_any()
        });
    let rows = rows.collect::<Vec<_>>();
    let chance = if param.is_chance {
        ": no more than chance"
    } else {
        ""
    };
    let name = param.name.clone();
    let rates = param.rates.clone();
    let values = Walk::in_order(rates.bars.len(), move |at| rates.stop(at));
    let about = About {
        name: format!("failures {name}"),
        title: format!("Share that broke by {name}"),
        words: vec![
            format!("{name} {}{chance}.", param.told),
            format!(
                "Dots: share of {unit}s that broke, with how many of how many; lines: its 95 % interval (Wilson)."
            ),
            format!("The line from top to bottom is the share of all {unit}s."),
        ],
        is_rows: true,
    };
    view! {
        <section class="rates" data-param=name.clone() aria-label=format!("Broken by {name}")>
            <h4>{name.clone()} <span class="faint">{format!(" {}{chance}", param.told)}</span></h4>
            {saved_walk(
                app,
                about,
                param.rates.marks(),
                (rates::WIDTH, param.rates.height()),
                format!("Share that broke by {name}: {}", param.rates.words()),
                values,
            )}
            <details class="left-out">
                <summary>"In numbers"</summary>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{name.clone()}</th>
                            <th scope="col">"Broke"</th>
                            <th scope="col">"Share"</th>
                            <th scope="col">"95 % interval (Wilson)"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </details>
        </section>
    }
    .into_any()
}

fn ends_view(app: App, ends: &[RunEnd], more: usize) -> Option<AnyView> {
    let row = |end: &RunEnd| {
        let row = end.row;
        let open = move |_| app.change(|view| view.run = Some(row));
        let (value, step) = end.last.clone().unwrap_or_default();
        view! {
            <tr>
                <th scope="row"><button type="button" class="quiet-button" on:click=by::mouse(open)>{end.name.clone()}</button></th>
                <td>{end.ending.clone()}</td>
                <td>{value}</td>
                <td>{step}</td>
                <td>{end.said.clone()}{end.log.as_ref().map(|log| log_view(log, false))}</td>
            </tr>
        }
        .into_any()
    };
    let rows = ends.iter().map(row).collect::<Vec<_>>();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="effect left-out" aria-label="How they ended">
                <h3>"How they ended"</h3>
                <div class="bars-scroll">
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">"Run"</th>
                                <th scope="col">"Ending"</th>
                                <th scope="col">"Last finite value"</th>
                                <th scope="col">"At step"</th>
                                <th scope="col">"What the export says"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
                {(more > 0).then(|| view! { <p class="faint">{format!("{} more.", counted(more, "run"))}</p> })}
            </section>
        }
        .into_any()
    })
}
