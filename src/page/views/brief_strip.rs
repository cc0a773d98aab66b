//! The brief above the table: what one wants to know first, where one is first. Its room is there with the first row, and once a
//! hand is at work in the table it stays as it is, so that nothing moves below it; folded it is two lines.

use super::brief::{copy_brief, evidence_link, item, topic};
use super::table::Grid;
use crate::engine::protocol::{Answer, Ask, Brief, Sentence, SentenceKind};
use crate::engine::view::Objective;
use crate::page::jobs::progress;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::page::widgets::icons::{Icon, icon};
use gloo::timers::callback::Timeout;
use leptos::html;
use std::sync::Arc;

/// Of more cells a brief takes the engine too long to be made unasked.
const MOST_CELLS: usize = 2_000_000;
/// What a person does first goes before.
const WAIT_MILLIS: u32 = 500;
/// On a screen less high, as a phone's that lies on its side, it is folded at first.
const LOW: f64 = 560.0;
/// How many sentences there are where it is folded.
const SENTENCES: usize = 2;

/// What a brief is of.
#[derive(Clone, Debug, PartialEq)]
struct Of {
    /// The ledger's version.
    version: u64,
    objective: Option<Objective>,
    filter: String,
}

impl Of {
    /// Whether there is no need for another one where `other` is shown: one of all runs stays when they are filtered.
    fn serves(&self, other: &Self) -> bool {
        self.version == other.version
            && self.objective == other.objective
            && (self.filter.is_empty() || self.filter == other.filter)
    }
}

/// A brief, or as much of one as is known.
#[derive(Clone, Debug, PartialEq)]
struct Said {
    of: Of,
    brief: Arc<Brief>,
    /// Whether no more is to come.
    is_whole: bool,
}

impl Said {
    /// Whether there is nothing to be said, as no run passes the filter.
    fn is_empty(&self) -> bool {
        self.is_whole && self.brief.sentences.is_empty()
    }

    /// Whether a brief that was begun anew has not come as far yet.
    fn says_more(&self, of: &Of, brief: &Brief) -> bool {
        self.of == *of && (self.is_whole || self.brief.sentences.len() > brief.sentences.len())
    }
}

/// What stands above the table, or was folded or closed; it outlasts the table, which is made anew when one comes back to it.
#[derive(Clone, Copy)]
pub struct BriefAbove {
    said: RwSignal<Option<Said>>,
    is_open: RwSignal<bool>,
    is_folded: RwSignal<bool>,
    /// Whether it was asked for though the runs are many.
    is_asked: RwSignal<bool>,
}

impl Default for BriefAbove {
    fn default() -> Self {
        Self {
            said: RwSignal::new(None),
            is_open: RwSignal::new(true),
            is_folded: RwSignal::new(is_low()),
            is_asked: RwSignal::new(false),
        }
    }
}

/// Whether the screen has no room for more than two lines above rows.
fn is_low() -> bool {
    let height = window().inner_height().ok();
    height
        .and_then(|height| height.as_f64())
        .is_some_and(|height| height < LOW)
}

impl BriefAbove {
    /// What it says is of runs that are gone, or not of those that come; of those it is the first that is told.
    pub(in crate::page) fn forget(self) {
        self.said.set(None);
        self.is_asked.set(false);
        self.is_open.set(true);
    }

    /// Whether it was closed.
    pub(super) fn is_closed(self) -> bool {
        !self.is_open.get()
    }

    /// Opens it again: it is the first that is told of what comes.
    pub(in crate::page) fn open(self) {
        self.is_open.set(true);
    }
}

/// The sentences; made once a drop is read and whenever the objective is another one.
#[component]
pub(super) fn BriefStrip(grid: Grid) -> impl IntoView {
    let app = grid.app;
    let BriefAbove {
        said,
        is_open,
        is_folded,
        is_asked,
    } = app.above;
    let cells = Memo::new(move |_| app.ledger.with(|ledger| ledger.runs * ledger.columns.len()));
    let is_there = Memo::new(move |_| is_open.get() && cells.get() > 0);
    let is_large = Memo::new(move |_| cells.get() > MOST_CELLS && !is_asked.get());
    let wanted = Memo::new(move |_| {
        let version = app.ledger.with(|ledger| ledger.version);
        let objective = app.view.with(|view| view.objective.clone());
        let is_due = cells.get() > 0 && !is_large.get() && !app.importing.get();
        (is_due && is_open.get()).then_some((version, objective))
    });
    let question = move || {
        let (version, objective) = wanted.try_get_untracked().flatten()?;
        let filter = app.view.with_untracked(|view| view.filter.clone());
        Some(Of {
            version,
            objective,
            filter,
        })
    };
    let strip = NodeRef::<html::Aside>::new();
    let is_at_work = move || {
        grid.active
            .try_get_untracked()
            .is_none_or(|active| active.is_some())
            || grid.port.with_untracked(|port| port.top > 0.0)
    };
    let is_touched = move || is_at_work() || grid.pointed.get_value();
    // How high it stays where another brief is said above a hand that is at work.
    let held = RwSignal::new(None::<i32>);
    let hold = move || {
        if is_there.try_get_untracked() == Some(true) && is_touched() {
            let strip = strip.get_untracked();
            held.set(strip.map(|strip| strip.offset_height()));
        }
    };
    let is_known = move |this: &Of| {
        let serves = |said: &Said| said.is_whole && said.of.serves(this);
        said.with_untracked(|said| said.as_ref().is_some_and(serves))
    };
    // What the engine works out for this strip.
    let asked = StoredValue::new(None::<Of>);
    let waiting = StoredValue::new(None::<Timeout>);
    Effect::new(move |_| {
        // Another selection may be of other runs: then the engine has left what it worked out. Of the same it goes on.
        app.selection.track();
        wanted.track();
        let this = question().filter(|this| !is_known(this));
        let ask_later = this.map(|this| {
            Timeout::new(WAIT_MILLIS, move || {
                if question().as_ref() != Some(&this) || is_known(&this) {
                    return;
                }
                if asked.with_value(|asked| asked.as_ref() != Some(&this)) {
                    app.jobs.forget_brief();
                    asked.set_value(Some(this.clone()));
                }
                let filter = this.filter.clone();
                let hear = move |answer| {
                    if let Answer::Brief(brief) = answer {
                        let now = Said {
                            of: this,
                            brief: Arc::from(brief),
                            is_whole: true,
                        };
                        // Where nothing is said there are no rows either that would move.
                        if now.is_empty() {
                            let _let_go = held.try_set(None);
                        } else {
                            hold();
                        }
                        app.jobs.forget_brief();
                        said.set(Some(now));
                    }
                };
                if is_asked.get_untracked() {
                    app.ask(Ask::Brief { filter }, hear);
                    return;
                }
                app.jobs.brief_aside();
                app.ask_unseen(Ask::BriefAside(filter), move |answer| {
                    app.jobs.brief_aside_over();
                    hear(answer);
                });
            })
        });
        waiting.set_value(ask_later);
    });
    // What is known of one that is worked out takes the place of the former.
    Effect::new(move |_| {
        let brief = app.jobs.brief_so_far.get();
        let Some((brief, of)) = brief.zip(asked.get_value()) else {
            return;
        };
        let says_more = |said: &Said| said.says_more(&of, &brief);
        if !said.with_untracked(|said| said.as_ref().is_some_and(says_more)) {
            hold();
            said.set(Some(Said {
                of,
                brief,
                is_whole: false,
            }));
        }
    });
    let is_told = Memo::new(move |_| said.with(Option::is_some));
    let is_slow =
        Memo::new(move |_| said.with(|said| said.as_ref().is_some_and(|said| !said.is_whole)));
    let is_empty = Memo::new(move |_| said.with(|said| said.as_ref().is_some_and(Said::is_empty)));
    let shown = Memo::new(move |_| said.with(|said| Some(Arc::clone(&said.as_ref()?.brief))));
    // Whether it is of the runs that the filter in force keeps.
    let is_of_now = Memo::new(move |_| {
        let now = app.view.with(|view| view.filter.clone());
        said.with(|said| said.as_ref().is_some_and(|said| said.of.filter == now))
    });
    // Where runs turn out to be many the room goes, as it would stay bare; but not from above a hand at work either.
    let is_line = RwSignal::new(false);
    Effect::new(move |_| is_line.set(is_large.get() && !is_at_work()));
    let is_whole = Memo::new(move |_| {
        !is_folded.get() && !is_empty.get() && (is_told.get() || !is_line.get())
    });
    let body = move || {
        match shown.get() {
        Some(_) if is_empty.get() && is_of_now.get() => {
            view! { <p>"No run passes the filter."</p> }.into_any()
        }
        Some(brief) if is_whole.get() => {
            let each = brief.sentences.iter().cloned();
            let items = each.map(|sentence| item(app, sentence));
            view! { <ul class="sentences">{items.collect::<Vec<_>>()}</ul> }.into_any()
        }
        Some(brief) if !is_empty.get() => {
            let all = || brief.sentences.iter();
            // Where none decides, the first are told.
            let is_any = !all().any(|sentence| decides(sentence.kind));
            let told = all().filter(|sentence| is_any || decides(sentence.kind));
            let lines = told.take(SENTENCES).map(|sentence| line(app, sentence));
            view! { <ul class="brief-lines">{lines.collect::<Vec<_>>()}</ul> }.into_any()
        }
        _ if is_large.get() => {
            let ask = move |_| is_asked.set(true);
            view! {
                <p>
                    "Runs and columns are many: to look through all of them takes a while. "
                    <button type="button" class="quiet-button" on:click=by::mouse(ask)>"Look through the runs"</button>
                </p>
            }
            .into_any()
        }
        // Nothing is done of what is put off, and nothing is said of how far it is.
        _ if app.jobs.brief_waits.get() => {
            view! { <p class="faint">"The runs are looked through as soon as nothing else is asked for."</p> }
                .into_any()
        }
        _ => view! { <p class="faint">{progress("Looking through the runs", app.jobs.brief)}</p> }
            .into_any(),
    }
    };
    let of = move || {
        let is_filtered = app.view.with(|view| !view.filter.is_empty());
        let then = said.with(|said| Some(!said.as_ref()?.of.filter.is_empty()));
        match then {
            Some(_) if is_empty.get() => "",
            Some(true) if is_of_now.get() => "Of the filter’s runs.",
            Some(true) => "Of the former filter’s runs.",
            Some(false) if is_filtered => "Of all runs, not of the filter’s.",
            _ => "",
        }
    };
    let copy = move |_| {
        if let Some(brief) = shown.get_untracked() {
            copy_brief(app, &brief);
        }
    };
    let fold = move |_| {
        held.set(None);
        is_folded.update(|is| *is = !*is);
    };
    let fold_label = move || {
        if is_whole.get() {
            return "Fold".to_owned();
        }
        let all = shown.with(|brief| brief.as_ref().map_or(0, |brief| brief.sentences.len()));
        format!("All {all} findings")
    };
    let height = move || {
        held.get()
            .map_or_else(String::new, |high| format!("{high}px"))
    };
    let has_sentences = move || is_told.get() && !is_empty.get();
    // What the focus was on is gone.
    let close = move |_| {
        is_open.set(false);
        grid.focus();
    };
    let contents = move || {
        view! {
            <aside class="brief-strip" class:whole=move || is_whole.get() class:waiting=move || !is_told.get() || is_slow.get() style:height=height node_ref=strip data-view="brief" aria-label="Brief" data-testid="brief-strip">
                <h2>"Brief"</h2>
                <p class="faint">
                    {of}
                    <Show when=move || is_slow.get()>{progress("Looking through the runs", app.jobs.brief)}</Show>
                </p>
                <div class="brief-tools">
                    <Show when=move || is_whole.get() && is_told.get()>
                        <button type="button" class="quiet-button" on:click=by::mouse(copy)>"Copy as Markdown"</button>
                    </Show>
                    <Show when=has_sentences>
                        <button type="button" class="quiet-button" aria-expanded=move || is_whole.get().to_string() on:click=by::mouse(fold)>{fold_label}</button>
                    </Show>
                    <button type="button" class="icon-button" aria-label="Close the brief" title="Close" on:click=by::mouse(close)>
                        {icon(Icon::Close)}
                    </button>
                </div>
                <div class="brief-list" role="region" aria-label="Findings" tabindex=move || is_whole.get().then_some("0")>{body}</div>
            </aside>
        }
    };
    view! { <Show when=move || is_there.get()>{contents}</Show> }
}

/// Whether a sentence may be one of two.
fn decides(kind: SentenceKind) -> bool {
    matches!(
        kind,
        SentenceKind::New
            | SentenceKind::Front
            | SentenceKind::Best
            | SentenceKind::Params
            | SentenceKind::Broken
            | SentenceKind::Duplicates
            | SentenceKind::Leak
            | SentenceKind::SameCurves
    )
}

fn line(app: App, sentence: &Sentence) -> AnyView {
    let text = sentence.text.clone();
    let link = evidence_link(app, sentence.link.clone(), text.clone());
    view! { <li title=text><b>{topic(sentence.kind)}</b>" "{link}</li> }.into_any()
}
