//! The report: what is said to others, what goes with it and what does not, and the file. On a page that was opened as
//! a report, its words.

use super::asked::asked;
use crate::chart::number::counted;
use crate::engine::protocol::{
    Answer, Ask, ReportForm, ReportText, SecretKind, Secrets, SharedRuns,
};
use crate::engine::view::Tab;
use crate::ledger::{ColumnId, Role};
use crate::page::prelude::*;
use crate::page::reporting::Reporting;
use crate::page::state::App;
use crate::page::widgets::prose::prose;
use crate::page::widgets::tabs::{link_to, title};
use gloo::timers::callback::Timeout;

/// How long words are waited for before they are looked through, in milliseconds.
const SETTLED_MILLIS: u32 = 300;

/// How many columns can be left out one by one.
const MOST_COLUMNS: usize = 400;

/// The report.
#[component]
pub(crate) fn ReportView(app: App) -> impl IntoView {
    let contents = move || match app.reporting.opened.get() {
        Some(text) => words(app, &text),
        None => form(app),
    };
    view! { <section class="importance brief report" data-view="report" aria-label="Report">{contents}</section> }
}

/// The words of a report that was opened.
fn words(app: App, text: &ReportText) -> AnyView {
    let told = text.told.iter().cloned();
    let told = told.map(|line| view! { <p class="faint">{line}</p> }.into_any());
    let told = told.collect::<Vec<_>>();
    let link = |tab: &Tab| {
        let tab = *tab;
        let (address, clicked) = link_to(app, tab);
        view! { <li><a href=address on:click=by::mouse(clicked)>{title(tab)}</a></li> }.into_any()
    };
    let links = text.tabs.iter().map(link).collect::<Vec<_>>();
    let name = if text.title.is_empty() {
        "Report"
    } else {
        &text.title
    };
    view! {
        <h2 class="report-title">{name.to_owned()}</h2>
        {told}
        <div class="prose">{prose(&text.notes)}</div>
        <h3>"Views"</h3>
        <ul class="prose">{links}</ul>
        <p class="faint">{format!("Made with runsift {}. All of it is in this file; it sends nothing and loads nothing.", text.program)}</p>
    }
    .into_any()
}

/// What is to be in the file.
fn form(app: App) -> AnyView {
    let reporting = app.reporting;
    // What is written is looked through once it stays so for a moment.
    let settled = RwSignal::new((
        reporting.title.get_untracked(),
        reporting.notes.get_untracked(),
    ));
    let waiting = StoredValue::new(None::<Timeout>);
    Effect::new(move |_| {
        let written = (reporting.title.get(), reporting.notes.get());
        waiting.set_value(Some(Timeout::new(SETTLED_MILLIS, move || {
            // The form may be gone by now.
            let _told = settled.try_set(written);
        })));
    });
    let left_out = Memo::new(move |_| {
        let redaction = reporting.redaction;
        redaction.with(|redaction| redaction.left_out.clone())
    });
    let question = move || {
        let (title, notes) = settled.get();
        (app.selection.get() > 0).then(|| Ask::Secrets {
            runs: reporting.runs.get(),
            left_out: left_out.get(),
            words: vec![title, notes],
            with_marks: reporting.with_marks.get(),
        })
    };
    let said = asked(app, question, |said| match said {
        Answer::Secrets(said) => Some(said),
        _ => None,
    });
    // The list stays as it stands where the same is found.
    let secrets = Memo::new(move |_| said.get());
    let masked = asked(
        app,
        move || {
            let redaction = Box::new(reporting.redaction.get());
            let (_, words) = settled.get();
            Some(Ask::Masked { redaction, words })
        },
        |said| match said {
            Answer::Copied(said) => Some(Box::new(said)),
            _ => None,
        },
    );
    let make =
        move |label: &'static str, class: &'static str, hint: &'static str, form: ReportForm| {
            view! {
                <button
                    type="button"
                    class=class
                    title=hint
                    disabled=move || reporting.is_making.get()
                    on:click=by::mouse(move |_| reporting.make(app, form))
                >
                    {label}
                </button>
            }
        };
    let lost = move || {
        let lost = reporting.lost.get().into_iter();
        let lost = lost.map(|line| view! { <p>{line}</p> }.into_any());
        lost.collect::<Vec<_>>()
    };
    let preview = move || masked.get().map(|notes| prose(&notes));
    view! {
        <div class="importance-head"><h2>"Report"</h2></div>
        <p class="soft">"One file that others open without anything else: your words, the runs and the views that you choose. Nothing is sent; you save it and pass it on."</p>
        <div class="report-form">
            <label>"Title" <input type="text" prop:value=move || reporting.title.get() on:input=by::any(move |event| reporting.title.set(event_target_value(&event)))/></label>
            <label>
                "Notes, in Markdown"
                <textarea rows="7" prop:value=move || reporting.notes.get() on:input=by::any(move |event| reporting.notes.set(event_target_value(&event)))></textarea>
            </label>
            <div class="prose report-preview" aria-label="Notes as they will be seen">{preview}</div>
            {runs_choice(app)}
            {views_choice(reporting)}
            <fieldset>
                <legend>"Replaced before it is written"</legend>
                {move || secrets.get().map(|secrets| secrets_choice(reporting, &secrets))}
                <label>
                    "Further words, with commas between"
                    <input
                        type="text"
                        prop:value=move || reporting.redaction.with(|redaction| redaction.further.join(", "))
                        on:change=by::any(move |event| reporting.redaction.update(|redaction| {
                            let words = event_target_value(&event);
                            let words = words.split(',').map(str::trim).filter(|word| !word.is_empty());
                            redaction.further = words.map(str::to_owned).collect();
                        }))
                    />
                </label>
                {tick(
                    "Number the runs instead of naming them",
                    move || reporting.redaction.with(|redaction| redaction.renames_runs),
                    move |is| reporting.redaction.update(|redaction| redaction.renames_runs = is),
                )}
                {tick(
                    "Take my stars, tags and notes on runs along",
                    move || reporting.with_marks.get(),
                    move |is| reporting.with_marks.set(is),
                )}
            </fieldset>
            {columns_choice(app)}
            <p class="faint">"Paths of the files that you dropped are never in it."</p>
            <div class="report-actions">
                {make("Save the report", "button primary", "With the program inside: all views work, without a network", ReportForm::Interactive)}
                {make("Save as plain HTML", "button", "Without scripts: your notes, the brief, the table and charts, to read and to print", ReportForm::Plain)}
                {move || reporting.is_making.get().then(|| view! { <span class="faint" role="status">"Making the file…"</span> })}
            </div>
            <div role="status">{lost}</div>
        </div>
    }
    .into_any()
}

/// A box to tick.
fn tick(
    label: impl IntoView + 'static,
    is: impl Fn() -> bool + Send + 'static,
    set: impl Fn(bool) + 'static,
) -> AnyView {
    boxed_tick("checkbox", label.into_any(), Box::new(is), Box::new(set))
}

/// One function for all boxes.
fn boxed_tick(
    kind: &'static str,
    label: AnyView,
    is: Box<dyn Fn() -> bool + Send>,
    set: Box<dyn Fn(bool)>,
) -> AnyView {
    view! {
        <label class="tick">
            <input type=kind prop:checked=is on:change=by::any(move |event| set(event_target_checked(&event)))/>
            <span>{label}</span>
        </label>
    }
    .into_any()
}

/// Takes a thing out of a list, or puts it in.
fn put<T: PartialEq>(list: &mut Vec<T>, thing: T, is_in: bool) {
    list.retain(|known| *known != thing);
    if is_in {
        list.push(thing);
    }
}

fn runs_choice(app: App) -> AnyView {
    let runs = app.reporting.runs;
    let choice = move |value: SharedRuns, label: &'static str, count: fn(App) -> usize| {
        let label = move || format!("{label} ({})", counted(count(app), "run"));
        boxed_tick(
            "radio",
            label.into_any(),
            Box::new(move || runs.get() == value),
            Box::new(move |_| runs.set(value)),
        )
    };
    let choices = [
        choice(SharedRuns::Shown, "Shown", |app| {
            app.selected.with(|selected| selected.shown)
        }),
        choice(SharedRuns::Selected, "Selected", |app| {
            app.marked.with(|marked| marked.selected)
        }),
        choice(SharedRuns::All, "All", |app| {
            app.ledger.with(|ledger| ledger.runs)
        }),
    ];
    view! { <fieldset><legend>"Runs"</legend>{choices.into_iter().collect::<Vec<_>>()}</fieldset> }
        .into_any()
}

fn views_choice(reporting: Reporting) -> AnyView {
    let tabs = reporting.tabs;
    let choice = |tab: &Tab| {
        let tab = *tab;
        tick(
            title(tab),
            move || tabs.with(|tabs| tabs.contains(&tab)),
            move |is| tabs.update(|tabs| put(tabs, tab, is)),
        )
    };
    let others = Tab::ALL.iter().filter(|tab| **tab != Tab::Report);
    let choices = others.map(choice).collect::<Vec<_>>();
    view! { <fieldset><legend>"Views, as they stand now"</legend>{choices}</fieldset> }.into_any()
}

/// What texts give away: each kind, and below it what was found.
fn secrets_choice(reporting: Reporting, secrets: &Secrets) -> AnyView {
    let redaction = reporting.redaction;
    let kind = |kind: SecretKind| {
        let found: Vec<_> = secrets
            .listed
            .iter()
            .filter(|secret| secret.kind == kind)
            .collect();
        let label = format!("{}: {} found", kind.plural(), found.len());
        let box_of_kind = tick(
            label,
            move || redaction.with(|redaction| redaction.kinds.contains(&kind)),
            move |is| redaction.update(|redaction| put(&mut redaction.kinds, kind, is)),
        );
        let item = |secret: &&crate::engine::sharing::Secret| {
            let text = secret.text.clone();
            let kept = text.clone();
            let told = match secret.cells {
                0 => "in your own words".to_owned(),
                cells => format!(
                    "{} in {}",
                    counted(cells, "cell"),
                    secret.columns.join(", ")
                ),
            };
            let label =
                view! { <code>{secret.text.clone()}</code> " " <span class="faint">{told}</span> };
            tick(
                label,
                move || !redaction.with(|redaction| redaction.kept.contains(&text)),
                move |is| redaction.update(|redaction| put(&mut redaction.kept, kept.clone(), !is)),
            )
        };
        let items = found.iter().map(item).collect::<Vec<_>>();
        view! {
            {box_of_kind}
            {(!items.is_empty()).then(|| view! { <details class="report-found"><summary>"Look through them"</summary>{items}</details> })}
        }
        .into_any()
    };
    let kinds = SecretKind::ALL.map(kind).into_iter().collect::<Vec<_>>();
    let more = (secrets.unlisted > 0).then(|| {
        let words = format!(
            "{} more are replaced without being listed.",
            counted(secrets.unlisted, "text")
        );
        view! { <p class="faint">{words}</p> }
    });
    view! { {kinds} {more} }.into_any()
}

/// Columns to leave out.
fn columns_choice(app: App) -> AnyView {
    let redaction = app.reporting.redaction;
    let choice = move |id: ColumnId, name: &str| {
        tick(
            name.to_owned(),
            move || redaction.with(|redaction| redaction.left_out.contains(&id)),
            move |is| redaction.update(|redaction| put(&mut redaction.left_out, id, is)),
        )
    };
    let choices = move || {
        app.ledger.with(|ledger| {
            let wanted = |role: Role| {
                ledger
                    .columns
                    .iter()
                    .filter(move |column| column.role == role)
            };
            // What says most about people first.
            let roles = [Role::Tag, Role::Param, Role::Attribute, Role::Metric];
            let columns = roles.into_iter().flat_map(wanted).take(MOST_COLUMNS);
            columns
                .map(|column| choice(column.id, &column.name))
                .collect::<Vec<_>>()
        })
    };
    let count = move || redaction.with(|redaction| counted(redaction.left_out.len(), "column"));
    // Made when it is opened: a ledger may have hundreds of columns.
    let is_open = RwSignal::new(false);
    view! {
        <fieldset>
            <legend>"Columns left out: " {count}</legend>
            <button type="button" class="button plain" aria-expanded=move || is_open.get().to_string() on:click=by::mouse(move |_| is_open.update(|open| *open = !*open))>
                {move || if is_open.get() { "Done" } else { "Choose columns" }}
            </button>
            {move || is_open.get().then(|| view! { <div class="report-columns">{choices}</div> })}
        </fieldset>
    }
    .into_any()
}
