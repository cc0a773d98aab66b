//! The receipt: every dropped file, what was made of it, what was wrong, and guesses to put right.

use super::follow_bar::FollowButton;
use super::icons::{Icon, icon};
use super::numbers::{bytes, duration};
use super::panels::Panels;
use super::roles::RoleChooser;
use super::tabs::focus_by_id;
use crate::chart::number::{counted, grouped};
use crate::engine::protocol::{Alike, ColumnInfo, LedgerInfo, SourceInfo};
use crate::ledger::{ColumnName, Problem, SharedRuns};
use crate::page::prelude::*;
use crate::page::state::App;
use leptos::html::Select;
use std::fmt::Write as _;

/// The ids of the panel and of the button that opens it.
pub const RECEIPT_ID: &str = "receipt";
pub const RECEIPT_BUTTON_ID: &str = "receipt-button";

/// How many sources and unread files are listed at first; the rest on request.
const LISTED: usize = 100;

/// How many problems of a source are listed at first.
const PROBLEMS: usize = 3;

/// The panel; it lies beside what it reports on and blocks nothing.
#[component]
pub fn Receipt(app: App, panels: Panels) -> impl IntoView {
    let open = panels.receipt;
    // It opens by itself once after a reading that had problems.
    Effect::new(move |was_importing: Option<bool>| {
        let importing = app.importing.get();
        if was_importing == Some(true) && !importing {
            let wrong = app
                .ledger
                .with_untracked(|ledger| ledger.problems > 0 || !ledger.unread.is_empty());
            if wrong {
                open.set(true);
            }
        }
        importing
    });
    let body = move || {
        view! {
            <section id=RECEIPT_ID class="receipt" tabindex="-1" aria-label="What was read" data-testid="receipt">
                <header>
                    <h2>"What was read"</h2>
                    <button type="button" class="button plain" on:click=by::mouse(move |_| copy(app))>"Copy details"</button>
                    <button type="button" class="button plain square" aria-label="Close" on:click=by::mouse(move |_| close_receipt(panels))>
                        {icon(Icon::Close)}
                    </button>
                </header>
                <div class="receipt-body">
                    <p class="soft">{move || summary(app)}</p>
                    {move || gone(app)}
                    <Show when=move || app.following.name.with(Option::is_none)><FollowButton app=app /></Show>
                    <Doubts app=app />
                    <Alikes app=app />
                    <Sources app=app />
                </div>
            </section>
        }
    };
    view! { <Show when=move || open.get()>{body}</Show> }
}

/// Closes it; who was in it is on its button again.
pub fn close_receipt(panels: Panels) {
    if matches!(
        document().query_selector(".receipt:focus-within"),
        Ok(Some(_))
    ) {
        focus_by_id(RECEIPT_BUTTON_ID);
    }
    panels.receipt.set(false);
}

fn summary(app: App) -> String {
    let mut text = app.ledger.with(|ledger| {
        let LedgerInfo {
            runs,
            columns,
            sources,
            unread,
            problems,
            ..
        } = ledger.as_ref();
        let mut text = format!(
            "{} in {} from {}",
            counted(*runs, "run"),
            counted(columns.len(), "column"),
            counted(sources.len(), "source")
        );
        if !unread.is_empty() {
            // Writing to a String cannot fail.
            let _written = write!(text, ", {} not read", counted(unread.len(), "file"));
        }
        if *problems > 0 {
            let _written = write!(text, ", {}", counted(*problems, "problem"));
        }
        text
    });
    if let Some(progress) = app.import.get()
        && !app.importing.get()
    {
        let looked = app.following.news.with(Option::is_some);
        text.push_str(if looked { "; looked into last: " } else { "; " });
        let _written = write!(
            text,
            "{} in {}",
            bytes(progress.bytes),
            duration(progress.millis)
        );
        if progress.cancelled {
            text.push_str("; cancelled, what had arrived is kept");
        }
    }
    text.push('.');
    text
}

/// Runs that no file has any more stay in the table: how many there are, and where.
fn gone(app: App) -> Option<AnyView> {
    let gone: usize = app
        .ledger
        .with(|ledger| ledger.sources.iter().map(|source| source.gone).sum());
    let said = match gone {
        0 => return None,
        1 => "1 run is in no file any more, and stays in the table as it was read.".to_owned(),
        gone => format!(
            "{} are in no file any more, and stay in the table as they were read.",
            counted(gone, "run")
        ),
    };
    let show = move |_| app.change(|view| "@gone".clone_into(&mut view.filter));
    let hide = move |_| app.change(|view| "not @gone".clone_into(&mut view.filter));
    let view = view! {
        <p data-testid="gone">
            {said} " "
            <button type="button" class="link" on:click=by::mouse(show)>"Show only these"</button> " "
            <button type="button" class="link" on:click=by::mouse(hide)>"Leave them out"</button>
        </p>
    };
    Some(view.into_any())
}

/// Columns whose role is only a guess, and any other column on request.
#[component]
fn Doubts(app: App) -> impl IntoView {
    let (also, set_also) = signal(Vec::<String>::new());
    let listed = Memo::new(move |_| {
        let also = also.get();
        app.ledger.with(|ledger| {
            let wanted =
                |column: &&ColumnInfo| column.doubt.is_some() || also.contains(&column.name);
            ledger
                .columns
                .iter()
                .filter(wanted)
                .take(LISTED)
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let others = Memo::new(move |_| {
        app.ledger.with(|ledger| {
            ledger
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect::<Vec<_>>()
        })
    });
    let another = NodeRef::<Select>::new();
    let choose = move |event: web_sys::Event| {
        let name = event_target_value(&event);
        if !name.is_empty() {
            set_also.update(|also| also.push(name));
            if let Some(select) = another.get_untracked() {
                select.set_selected_index(0);
            }
        }
    };
    let key = |column: &ColumnInfo| (column.id, column.role, column.kind, column.doubt.is_some());
    view! {
        <Show when=move || others.with(|others| !others.is_empty())>
            <section class="doubts" data-testid="doubts">
                <h3>"Columns"</h3>
                <Show
                    when=move || listed.with(|listed| !listed.is_empty())
                    fallback=|| view! { <p class="soft">"Every column's role followed from its name or format."</p> }
                >
                    <p class="soft">"The roles of these were guessed. One click puts them right."</p>
                    <ul>
                        <For each=move || listed.get() key=key let:column>
                            <RoleChooser app=app column=column />
                        </For>
                    </ul>
                </Show>
                <label class="another">
                    <span class="soft">"Change another column: "</span>
                    <select node_ref=another on:change=by::any(choose)>
                        <option value="">"choose…"</option>
                        {move || others.get().into_iter().map(|name| view! { <option value=name.clone()>{name.clone()}</option> }).collect_view()}
                    </select>
                </label>
            </section>
        </Show>
    }
}

/// Columns that look like one, and those that were joined.
#[component]
fn Alikes(app: App) -> impl IntoView {
    let alike = Memo::new(move |_| app.ledger.with(|ledger| ledger.alike.clone()));
    let joined = Memo::new(move |_| {
        let joins = |(from, to): &(ColumnName, ColumnName)| {
            (from.name != to.name).then(|| (from.clone(), to.clone()))
        };
        app.ledger.with(|ledger| {
            ledger
                .rules
                .renamed
                .iter()
                .filter_map(joins)
                .collect::<Vec<_>>()
        })
    });
    let offer = move |offer: Alike| {
        let Alike {
            from,
            from_runs,
            to,
            to_runs,
        } = offer;
        let (name, other) = (from.name.clone(), to.name.clone());
        let join = move |_| app.decide(|rules| rules.rename(from.clone(), to.clone()));
        view! {
            <li>
                <p>
                    <code>{name.clone()}</code>
                    <span class="faint number">{format!(" in {}, ", counted(from_runs, "run"))}</span>
                    <code>{other.clone()}</code>
                    <span class="faint number">{format!(" in {}", counted(to_runs, "run"))}</span>
                </p>
                <button type="button" class="button" aria-label=format!("Join {name} to {other}") on:click=by::mouse(join)>
                    "Join"
                </button>
            </li>
        }
    };
    let done = move |(from, to): (ColumnName, ColumnName)| {
        let (name, other) = (from.name.clone(), to.name.clone());
        let part = move |_| app.decide(|rules| rules.take_apart(&from));
        view! {
            <li>
                <p><code>{other.clone()}</code>" has the values of "<code>{name.clone()}</code></p>
                <button type="button" class="button" aria-label=format!("Take {name} and {other} apart") on:click=by::mouse(part)>
                    "Take apart"
                </button>
            </li>
        }
    };
    view! {
        <Show when=move || alike.with(|alike| !alike.is_empty()) || joined.with(|joined| !joined.is_empty())>
            <section class="alikes" data-testid="alikes">
                <h3>"Columns of two names"</h3>
                <Show when=move || alike.with(|alike| !alike.is_empty())>
                    <p class="soft">"These look like one column, and no run has different values in both."</p>
                </Show>
                <ul>
                    {move || joined.get().into_iter().map(done).collect_view()}
                    {move || alike.get().into_iter().map(offer).collect_view()}
                </ul>
            </section>
        </Show>
    }
}

/// Files that were not read, then all that were.
#[component]
fn Sources(app: App) -> impl IntoView {
    let (all, set_all) = signal(false);
    let limit = move || if all.get() { usize::MAX } else { LISTED };
    let unread = move || {
        app.ledger.with(|ledger| {
            ledger
                .unread
                .iter()
                .take(limit())
                .cloned()
                .collect::<Vec<_>>()
        })
    };
    let sources = move || {
        app.ledger.with(|ledger| {
            let mut sources: Vec<SourceInfo> = ledger.sources.clone();
            // Those with problems first, else in the order of the drop.
            order::by_key(&mut sources, |source| source.problems.is_empty());
            sources.truncate(limit());
            sources
        })
    };
    let hidden = move || {
        app.ledger.with(|ledger| {
            ledger
                .sources
                .len()
                .max(ledger.unread.len())
                .saturating_sub(limit())
        })
    };
    view! {
        <Show when=move || app.ledger.with(|ledger| !ledger.unread.is_empty())>
            <section>
                <h3>"Not read"</h3>
                <ul class="unread">
                    {move || {
                        unread()
                            .into_iter()
                            .map(|file| view! { <li><code>{file.path}</code><p>{file.reason}</p></li> })
                            .collect_view()
                    }}
                </ul>
            </section>
        </Show>
        <Show when=move || app.ledger.with(|ledger| !ledger.sources.is_empty())>
            <section>
                <h3>"Read"</h3>
                <ul class="sources">{move || sources().into_iter().map(|source| source_entry(app, source)).collect_view()}</ul>
            </section>
        </Show>
        {move || taken_out(app)}
        <Show when=move || { hidden() > 0 }>
            <button type="button" class="link" on:click=by::mouse(move |_| set_all.set(true))>{move || format!("Show {} more", grouped(hidden()))}</button>
        </Show>
    }
}

/// What the person took out, to be put back.
fn taken_out(app: App) -> Option<AnyView> {
    let left_out = app.ledger.with(|ledger| ledger.rules.left_out.clone());
    if left_out.is_empty() {
        return None;
    }
    let entry = |(part_of, path): (u64, String)| {
        let label = format!("Put back: {path}");
        let name = path.clone();
        let put = move |_| app.decide(|rules| rules.leave_out(part_of, &path, false));
        view! {
            <li>
                <p><code class="path">{name}</code></p>
                <button type="button" class="button" aria-label=label on:click=by::mouse(put)>"Put back"</button>
            </li>
        }
        .into_any()
    };
    let entries = left_out.into_iter().map(entry).collect::<Vec<_>>();
    let view = view! {
        <section data-testid="taken-out">
            <h3>"Taken out"</h3>
            <ul class="sources">{entries}</ul>
        </section>
    };
    Some(view.into_any())
}

fn source_entry(app: App, source: SourceInfo) -> impl IntoView {
    let SourceInfo {
        path,
        format,
        runs,
        gone,
        bytes: size,
        millis,
        points_left_out,
        problems,
        unlisted,
        part_of,
        shared,
        may_be_again,
    } = source;
    let is_apart = app
        .ledger
        .with_untracked(|ledger| ledger.rules.keeps_apart(part_of));
    let decision = (is_apart || !shared.is_empty()).then(|| {
        let (what, word) = if is_apart {
            ("Its runs are kept apart, as you chose.", "Let them join")
        } else {
            ("", "Keep apart")
        };
        let label = format!("{word}: {path}");
        let decide = move |_| app.decide(|rules| rules.keep_apart(part_of, !is_apart));
        view! {
            <div class="shared">
                <p class="soft">{what}{shared.into_iter().map(shared_text).collect::<Vec<_>>().join(" ")}</p>
                {(part_of != 0).then(|| view! {
                    <button type="button" class="button" aria-label=label on:click=by::mouse(decide)>{word}</button>
                })}
            </div>
        }
    });
    let bring = may_be_again.then(|| {
        let label = format!("Bring the others up to date: {path}");
        let bring = move |_| app.decide(|rules| rules.bring_up_to_date(part_of));
        view! {
            <button type="button" class="button" aria-label=label title="Its runs are those of the earlier source: they take its values" on:click=by::mouse(bring)>"Bring the others up to date"</button>
        }
        .into_any()
    });
    let take_out = (part_of != 0).then(|| {
        let (label, path) = (format!("Take out: {path}"), path.clone());
        let take = move |_| {
            // Of the only one, nothing is left.
            if app.ledger.with_untracked(|ledger| ledger.sources.len() == 1) {
                app.clear();
            } else {
                app.decide(|rules| rules.leave_out(part_of, &path, true));
            }
        };
        view! { <button type="button" class="link" aria-label=label title="Its runs and columns go; it can be put back" on:click=by::mouse(take)>"Take out"</button> }
            .into_any()
    });
    let facts = format!(
        "{format} · {}{} · {}{}",
        counted(runs, "run"),
        if gone > 0 {
            format!(" and {} that it has no more", grouped(gone))
        } else {
            String::new()
        },
        bytes(size),
        millis
            .map(|millis| format!(" · {}", duration(millis)))
            .unwrap_or_default()
    );
    let mut problems = problems;
    let rest = problems.split_off(problems.len().min(PROBLEMS));
    let further = (!rest.is_empty()).then(|| {
        view! {
            <details>
                <summary>{format!("{} more", grouped(rest.len()))}</summary>
                <ul class="problems">{problem_entries(rest, &path)}</ul>
            </details>
        }
    });
    let problems = problem_entries(problems, &path);
    view! {
        <li>
            <p><code class="path">{path}</code></p>
            <p class="soft number">{facts} " " {take_out}</p>
            {decision}
            {(points_left_out > 0).then(|| view! {
                <p class="soft">{format!("{} left out, as you chose: least, greatest, first and last values are of all.", counted(points_left_out as usize, "logged point"))}</p>
            })}
            <ul class="problems">{problems}</ul>
            {bring}
            {further}
            {(unlisted > 0).then(|| view! { <p class="faint">{format!("and {} of these kinds", counted(unlisted, "further problem"))}</p> })}
        </li>
    }
}

fn shared_text(shared: SharedRuns) -> String {
    let SharedRuns {
        path,
        runs,
        evidence,
    } = shared;
    format!(
        "{} also in {path}, known by {}.",
        counted(runs, "run"),
        evidence.words()
    )
}

fn problem_entries(problems: Vec<Problem>, source: &str) -> Vec<AnyView> {
    let entry = |problem: Problem| {
        let place = place_told(&problem, source);
        let Problem { what, effect, .. } = problem;
        view! {
            <li>
                {icon(Icon::Warning)}
                <span>
                    {(!place.is_empty()).then(|| view! { <code>{place}</code> ": " })}
                    {what}
                    <span class="effect">{format!(" — {effect}")}</span>
                </span>
            </li>
        }
        .into_any()
    };
    problems.into_iter().map(entry).collect()
}

/// Where something was wrong, with the file where that is not the one that the source is named after.
fn place_told(problem: &Problem, source: &str) -> String {
    let path = problem.path.as_str();
    match problem.place.as_str() {
        place if path == source || path.is_empty() => place.to_owned(),
        "" => path.to_owned(),
        place => format!("{path}, {place}"),
    }
}

/// The receipt as text for a bug report, with quoted values masked: they are the person's data.
fn details(ledger: &LedgerInfo) -> String {
    let mut text = format!(
        "runsift {}\n{}, {}\n",
        env!("CARGO_PKG_VERSION"),
        counted(ledger.runs, "run"),
        counted(ledger.columns.len(), "column")
    );
    for source in &ledger.sources {
        // Writing to a String cannot fail.
        let _written = writeln!(
            text,
            "{}: {}, {}, {}",
            source.path,
            source.format,
            counted(source.runs, "run"),
            bytes(source.bytes)
        );
        for problem in &source.problems {
            let place = place_told(problem, &source.path);
            let Problem { what, effect, .. } = problem;
            let _written = writeln!(text, "  {place}: {} ({effect})", masked(what));
        }
        if source.unlisted > 0 {
            let _written = writeln!(
                text,
                "  and {}",
                counted(source.unlisted, "further problem")
            );
        }
    }
    for file in &ledger.unread {
        let _written = writeln!(text, "{}: not read: {}", file.path, masked(&file.reason));
    }
    text
}

/// A message with what stands in quotes replaced by dots.
fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = None;
    for character in text.chars() {
        match inside {
            Some(quote) if character == quote => {
                out.push(character);
                inside = None;
            }
            Some(_) => {}
            None => {
                out.push(character);
                if matches!(character, '"' | '`') {
                    out.push('…');
                    inside = Some(character);
                }
            }
        }
    }
    out
}

fn copy(app: App) {
    let text = app.ledger.with_untracked(|ledger| details(ledger));
    let navigator = window().navigator();
    // Absent where the page is not in a secure context.
    if !js_sys::Reflect::has(&navigator, &"clipboard".into()).unwrap_or(false)
        || navigator.clipboard().is_undefined()
    {
        app.notify("This browser lets pages copy only from https: or from the disk.");
        return;
    }
    let promise = navigator.clipboard().write_text(&text);
    leptos::task::spawn_local(async move {
        match wasm_bindgen_futures::JsFuture::from(promise).await {
            Ok(_) => app.notify("Copied, with values in quotes masked."),
            Err(_) => app.notify("The browser did not allow copying."),
        }
    });
}
