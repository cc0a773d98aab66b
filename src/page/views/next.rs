//! What to run next: proposals as a table and as text for programs, and what the runs say of ranges and replicates.

use super::asked::asked;
use super::brief::finding;
use super::importance::{ChooseObjective, has_objective};
use super::table::put_in_clipboard;
use crate::chart::number::{counted, grouped};
use crate::engine::protocol::{Answer, Ask, Next, NextRow, NextText};
use crate::page::jobs::progress;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::web::saving::save;
use std::sync::Arc;

/// How many proposals can be chosen.
const COUNTS: std::ops::RangeInclusive<u8> = 1..=20;

/// How many there are unless a person says otherwise.
const USUAL: u8 = 10;

/// What to run next.
#[component]
pub(crate) fn NextView(app: App) -> impl IntoView {
    let wanted = Memo::new(move |_| app.view.with(|view| view.proposals).unwrap_or((USUAL, 0)));
    let has_objective = has_objective(app);
    let is_left = RwSignal::new(false);
    let question = move || {
        let (count, seed) = wanted.get();
        let may_ask = app.selection.get() > 0 && has_objective.get() && !is_left.get();
        may_ask.then(|| Ask::Next {
            filter: app.view.with_untracked(|view| view.filter.clone()),
            count: usize::from(count),
            seed: u64::from(seed),
        })
    };
    let next = asked(app, question, |said| match said {
        Answer::Next(said) => Some(said),
        _ => None,
    });
    let done = app.jobs.next;
    Effect::new(move |_| {
        next.track();
        is_left.track();
        done.set(0.0);
    });
    let leave = move |_| {
        is_left.set(true);
        app.ask(Ask::CancelNext, |_| {});
    };
    // Which text is shown stays when other proposals come.
    let form = RwSignal::new(0_usize);
    let counted_as = move |count: u8| {
        let selected = move || wanted.get().0 == count;
        view! { <option value=count.to_string() selected=selected>{count.to_string()}</option> }
            .into_any()
    };
    let chosen = move |event| {
        if let Ok(count) = event_target_value(&event).parse() {
            app.change(|view| view.proposals = Some((count, wanted.get_untracked().1)));
        }
    };
    let other = move |_| {
        let (count, seed) = wanted.get_untracked();
        app.change(|view| view.proposals = Some((count, seed.wrapping_add(1))));
    };
    let contents = move || {
        if !has_objective.get() {
            return view! { <ChooseObjective app=app/> }.into_any();
        }
        match next.get() {
            None if is_left.get() => view! {
                <p class="faint">
                    "Cancelled. "
                    <button type="button" class="button" on:click=by::mouse(move |_| is_left.set(false))>"Work it out"</button>
                </p>
            }
            .into_any(),
            None => view! { <p class="faint">"Working it out…"</p> }.into_any(),
            Some(said) => contents(app, &said, form),
        }
    };
    view! {
        <section class="importance brief" data-view="next" aria-label="Next">
            <div class="importance-head">
                <h2>"Next"</h2>
                <div class="importance-options">
                    <label>"Proposals " <select name="count" on:change=by::any(chosen)>{COUNTS.map(counted_as).collect::<Vec<_>>()}</select></label>
                    <button type="button" class="button" on:click=by::mouse(other)>"Others"</button>
                </div>
            </div>
            <Show when=move || 0.0 < done.get() && !is_left.get()>
                <div class="importance-progress">
                    {progress("Growing trees", done)}
                    <button type="button" class="button" on:click=by::mouse(leave)>"Cancel"</button>
                </div>
            </Show>
            {contents}
        </section>
    }
}

fn contents(app: App, said: &Next, form: RwSignal<usize>) -> AnyView {
    let words = said.words.iter().cloned();
    let words = words
        .map(|words| view! { <p>{words}</p> }.into_any())
        .collect::<Vec<_>>();
    let (used, shown) = said.used;
    let of = format!(
        "For {}: {} of {} used.",
        said.objective,
        grouped(used),
        counted(shown, "shown run")
    );
    let findings = said.findings.iter().cloned().map(|said| {
        let counts = (said.n, said.of);
        finding(app, said.kind, said.topic, said.text, counts, said.link)
    });
    let findings = findings.collect::<Vec<_>>();
    view! {
        <div class="effect-words"><p>{of}</p>{words}</div>
        {(!said.proposals.is_empty()).then(|| table(said))}
        {texts(app, &said.texts, form)}
        <ul class="sentences">{findings}</ul>
    }
    .into_any()
}

fn table(said: &Next) -> AnyView {
    let told = |name, is_told: bool| is_told.then_some(name);
    let of_first = |of: fn(&NextRow) -> bool| said.proposals.iter().any(of);
    let is_predicted = of_first(|row| row.predicted.is_some());
    let head = |name: &str| view! { <th scope="col">{name.to_owned()}</th> }.into_any();
    // What comes of it stands before what it is: of many params the last lie beyond the edge.
    let names = [
        told("Predicted", is_predicted),
        told("80 % interval", is_predicted),
        told("Expected improvement", is_predicted),
        told("Chance to break", of_first(|row| row.breaks.is_some())),
    ];
    let names = names.into_iter().flatten();
    let names = names.chain(said.params.iter().map(String::as_str));
    let heads = names.chain(["Why"]).map(head);
    let heads = heads.collect::<Vec<_>>();
    let row = |(at, row): (usize, &NextRow)| {
        let told = row.predicted.iter().flatten().chain(&row.breaks);
        let cells = told.chain(&row.values).chain([&row.why]);
        let cells = cells.map(|text| view! { <td>{text.clone()}</td> }.into_any());
        let cells = cells.collect::<Vec<_>>();
        view! { <tr><th scope="row">{(at + 1).to_string()}</th>{cells}</tr> }.into_any()
    };
    let rows = said
        .proposals
        .iter()
        .enumerate()
        .map(row)
        .collect::<Vec<_>>();
    view! {
        <section class="effect" aria-label="Proposals">
            <div class="bars-scroll" tabindex="0" role="region" aria-label="Proposals, a line each">
                <table class="next-runs">
                    <thead><tr><th scope="col">"No."</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// The proposals as text, a form at a time.
fn texts(app: App, texts: &[NextText], form: RwSignal<usize>) -> Option<AnyView> {
    let texts: Arc<[NextText]> = texts.into();
    let last = texts.len().checked_sub(1)?;
    let shown = {
        let texts = texts.clone();
        move || texts[form.get().min(last)].clone()
    };
    let copy = {
        let shown = shown.clone();
        move |_| {
            let NextText { title, text, .. } = untrack(&shown);
            put_in_clipboard(app, &text, Some(format!("Copied as {title}.")));
        }
    };
    let kept = {
        let shown = shown.clone();
        move |_| {
            let NextText {
                name, media, text, ..
            } = untrack(&shown);
            if !save(&name, &media, &text) {
                app.notify("The browser did not take the file to save.");
            }
        }
    };
    let option = |(at, text): (usize, &NextText)| {
        let selected = move || form.get() == at;
        view! { <option value=at.to_string() selected=selected>{text.title.clone()}</option> }
            .into_any()
    };
    let options = texts.iter().enumerate().map(option).collect::<Vec<_>>();
    let chosen = move |event| form.set(event_target_value(&event).parse().unwrap_or_default());
    Some(
        view! {
            <section class="effect" aria-label="As text">
                <header>
                    <h3>"As text"</h3>
                    <select name="form" aria-label="Form" on:change=by::any(chosen)>{options}</select>
                    <button type="button" class="button" on:click=by::mouse(copy)>"Copy"</button>
                    <button type="button" class="button" on:click=by::mouse(kept)>"Save"</button>
                </header>
                <pre class="as-text" tabindex="0" aria-label="Proposals as text">{move || shown().text}</pre>
            </section>
        }
        .into_any(),
    )
}
