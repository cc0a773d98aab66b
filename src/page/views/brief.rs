//! What is to be known first: sentences, each a link to where it can be checked.

use super::asked::asked;
use super::table::put_in_clipboard;
use crate::chart::number::grouped;
use crate::engine::protocol::{Answer, Ask, Brief, Evidence, Sentence, SentenceKind};
use crate::page::jobs::progress;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::page::widgets::objective::center_choice;
use crate::page::widgets::tabs::is_plain_click;
use leptos::ev::MouseEvent;

/// The sentences about the shown runs.
#[component]
pub(crate) fn BriefView(app: App) -> impl IntoView {
    // A filter makes a selection, and that is what is asked about.
    let question = move || {
        (app.selection.get() > 0).then(|| Ask::Brief {
            filter: app.view.with_untracked(|view| view.filter.clone()),
        })
    };
    let brief = asked(app, question, |said| match said {
        Answer::Brief(said) => Some(said),
        _ => None,
    });
    // Of many runs it comes in parts.
    let jobs = app.jobs;
    Effect::new(move |_| {
        brief.track();
        jobs.forget_brief();
    });
    let shown = move || jobs.brief_so_far.get().or_else(|| brief.get());
    let is_slow = move || jobs.brief_so_far.with(Option::is_some);
    let copy = move |_| {
        if let Some(brief) = brief.get_untracked() {
            copy_brief(app, &brief);
        }
    };
    view! {
        <section class="importance brief" data-view="brief" aria-label="Brief">
            <div class="importance-head">
                <h2>"Brief"</h2>
                <button type="button" class="button" disabled=is_slow on:click=by::mouse(copy)>"Copy as Markdown"</button>
            </div>
            <Show when=is_slow>
                <div class="importance-progress">{progress("Looking through the runs", jobs.brief)}</div>
            </Show>
            {move || shown().map(|brief| sentences(app, &brief))}
        </section>
    }
}

/// Puts it into the clipboard, with the foremost.
pub(super) fn copy_brief(app: App, brief: &Brief) {
    let said = "Copied as Markdown.".to_owned();
    put_in_clipboard(app, &brief.markdown(), Some(said));
}

fn sentences(app: App, brief: &Brief) -> AnyView {
    let each = brief.sentences.iter().cloned();
    let items = each.map(|sentence| item(app, sentence)).collect::<Vec<_>>();
    view! {
        <ul class="sentences">{items}</ul>
        {(!brief.ranked.is_empty()).then(|| ranked(app, brief))}
    }
    .into_any()
}

/// The foremost configurations in numbers; a name opens its run.
fn ranked(app: App, brief: &Brief) -> AnyView {
    let mut records = brief.ranked_records().into_iter();
    let header = records.next().unwrap_or_default().into_iter();
    let header = header
        .map(|text| view! { <th scope="col">{text}</th> }.into_any())
        .collect::<Vec<_>>();
    let rows = brief.ranked.iter().zip(records);
    let rows = rows
        .map(|(ranked, record)| {
            let row = ranked.row as usize;
            let open = move |_| app.change(|view| view.run = Some(row));
            let cells = record.into_iter().enumerate();
            let cells = cells
                .map(|(at, text)| match at {
                    1 => view! {
                        <th scope="row">
                            <button type="button" class="quiet-button" on:click=by::mouse(open)>{text}</button>
                        </th>
                    }
                    .into_any(),
                    _ => view! { <td class="number">{text}</td> }.into_any(),
                })
                .collect::<Vec<_>>();
            view! { <tr>{cells}</tr> }.into_any()
        })
        .collect::<Vec<_>>();
    // One run of each tells no interval.
    let has_intervals = brief
        .ranked
        .iter()
        .any(|of| of.value.contains(['±', '(']) || !of.ranks.is_empty());
    view! {
        <section class="ranked" aria-label="The foremost" data-testid="ranked">
            <h3>"The foremost"</h3>
            {(!brief.are_folds && brief.ranked.iter().any(|of| of.n > 1)).then(|| center_choice(app))}
            <div class="wide">
                <table>
                    <thead><tr>{header}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {has_intervals.then(|| view! { <p class="faint">
                "± is half of the 95 % interval: of means by Student’s t, of interquartile means by Yuen’s. Intervals told whole are \
                 by bootstrap-t of 999 resamples, of means of 30 to 200 runs, or by Hall’s transformation, where runs are skewed, or of medians by order \
                 statistics, or reach farther to the side where runs lean that are too few to tell, or to where the logarithms of runs reach that spread \
                 over orders of magnitude. The ranks that each may have are worked out by Welch’s t, or t of pairs where seeds matter, against \
                 all others, Bonferroni’s correction for their number (Mogstad et al. 2024); the chance of being best by all \
                 drawn anew 1,000 times among the foremost 100; sd is the standard deviation of a run (Hedges’ g)."
                {brief.are_folds.then_some(" Folds stand for runs: they share training data, so the variance of a mean of k of them is taken for 1 / k + 1 / (k − 1) of a fold’s (Nadeau and Bengio 2003).")}
            </p>}.into_any())}
        </section>
    }
    .into_any()
}

/// A sentence with what it is about.
pub(super) fn item(app: App, sentence: Sentence) -> AnyView {
    let Sentence {
        kind,
        text,
        n,
        of,
        link,
    } = sentence;
    let topic = topic(kind).to_owned();
    finding(app, format!("{kind:?}"), topic, text, (n, of), link)
}

/// A fact as a link to its evidence, what it is about before it, n of N behind.
pub(super) fn finding(
    app: App,
    kind: String,
    topic: String,
    text: String,
    counts: (usize, usize),
    link: Evidence,
) -> AnyView {
    let (n, of) = counts;
    view! {
        <li data-kind=kind>
            <b>{topic}</b>
            {evidence_link(app, link, text)}
            <span class="faint number">{format!("{} of {}", grouped(n), grouped(of))}</span>
        </li>
    }
    .into_any()
}

/// A link that brings the view to where something can be checked.
pub(super) fn evidence_link(app: App, link: Evidence, text: String) -> AnyView {
    let address = {
        let link = link.clone();
        move || {
            let mut view = app.view.get();
            link.show_in(&mut view);
            view.to_hash()
        }
    };
    let clicked = move |event: MouseEvent| {
        if is_plain_click(&event) {
            event.prevent_default();
            app.change(|view| link.show_in(view));
        }
    };
    view! { <a href=address on:click=by::mouse(clicked)>{text}</a> }.into_any()
}

/// What a sentence is about, in a word or two before it.
pub(super) fn topic(kind: SentenceKind) -> &'static str {
    match kind {
        SentenceKind::Statuses => "Runs",
        SentenceKind::New => "New",
        SentenceKind::NoObjective | SentenceKind::Front => "Objective",
        SentenceKind::Best => "Best",
        SentenceKind::Rerun => "On a rerun",
        SentenceKind::Noise => "Noise",
        SentenceKind::Baseline => "Baseline",
        SentenceKind::Params => "Params",
        SentenceKind::Edge | SentenceKind::Next => "Next",
        SentenceKind::Replicates => "Replicate",
        SentenceKind::Broken | SentenceKind::Rule => "Broken",
        SentenceKind::NotFinite
        | SentenceKind::Duplicates
        | SentenceKind::ConstantMetrics
        | SentenceKind::FixedSeed
        | SentenceKind::Leak
        | SentenceKind::SameCurves
        | SentenceKind::HeldOut
        | SentenceKind::Clock => "Suspicious",
    }
}
