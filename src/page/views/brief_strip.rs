//! The brief in two lines above the table: what one wants to know first, where one is first.

use super::brief::{evidence_link, topic};
use crate::engine::protocol::{Answer, Ask, Brief, Evidence, Sentence, SentenceKind};
use crate::engine::view::{Objective, Tab};
use crate::page::prelude::*;
use crate::page::state::App;
use crate::page::widgets::icons::{Icon, icon};
use std::sync::Arc;
use std::time::Duration;

/// Of more cells a brief takes the engine too long to be made unasked.
const MOST_CELLS: usize = 2_000_000;
/// What a person does first goes before.
const WAIT: Duration = Duration::from_millis(500);
/// How many sentences.
const SENTENCES: usize = 2;

/// What a brief is of: the ledger's version and the objective.
type Of = (u64, Option<Objective>);

/// What stands above the table, or was closed; it outlasts the table, which is made anew when one comes back to it.
#[derive(Clone, Copy)]
pub struct BriefAbove {
    said: RwSignal<Option<(Of, Arc<Brief>)>>,
    is_open: RwSignal<bool>,
}

impl Default for BriefAbove {
    fn default() -> Self {
        Self {
            said: RwSignal::new(None),
            is_open: RwSignal::new(true),
        }
    }
}

/// The sentences that decide most, of all runs; made once a drop is read and whenever the objective is another one.
#[component]
pub(crate) fn BriefStrip(app: App) -> impl IntoView {
    let BriefAbove { said, is_open } = app.above;
    let wanted = Memo::new(move |_| {
        let (version, cells) = app
            .ledger
            .with(|ledger| (ledger.version, ledger.runs * ledger.columns.len()));
        let is_read = cells > 0 && cells <= MOST_CELLS && !app.importing.get();
        let objective = app.view.with(|view| view.objective.clone());
        (is_read && is_open.get()).then_some((version, objective))
    });
    Effect::new(move |_| {
        // A brief that is being worked out is dropped with the selection that it is of.
        app.selection.track();
        let Some(this) = wanted.get() else {
            return;
        };
        let is_known = |said: &Option<(Of, _)>| said.as_ref().is_some_and(|(of, _)| *of == this);
        if said.with_untracked(is_known) {
            return;
        }
        set_timeout(
            move || {
                // A filter's runs are told in the brief itself.
                let is_whole = app.view.with_untracked(|view| view.filter.is_empty());
                let is_still = wanted.try_get_untracked().flatten().as_ref() == Some(&this);
                if !is_whole || !is_still {
                    return;
                }
                let filter = String::new();
                app.ask(Ask::Brief { filter }, move |answer| {
                    if let Answer::Brief(brief) = answer {
                        said.set(Some((this, Arc::from(brief))));
                    }
                });
            },
            WAIT,
        );
    });
    move || {
        // Until another is said, the former stays, but not of what is gone.
        let (_, brief) = said.get().filter(|_| wanted.with(Option::is_some))?;
        let all = brief.sentences.len();
        let sentences = brief.sentences.iter();
        let sentences = sentences.filter(|sentence| decides(sentence.kind));
        let items: Vec<AnyView> = sentences
            .take(SENTENCES)
            .map(|sentence| line(app, sentence.clone()))
            .collect();
        if items.is_empty() {
            return None;
        }
        let whole = Evidence {
            tab: Tab::Brief,
            filter: String::new(),
            sort: None,
            grouping: None,
            open: None,
        };
        Some(
            view! {
                <aside class="brief-strip" aria-label="Brief of all runs" data-testid="brief-strip">
                    <ul>{items}</ul>
                    {move || app.view.with(|view| !view.filter.is_empty()).then_some("Of all runs, not of the filter’s.")}
                    {evidence_link(app, whole, format!("All {all} findings"))}
                    <button type="button" class="icon-button" aria-label="Close the brief" title="Close" on:click=by::mouse(move |_| is_open.set(false))>
                        {icon(Icon::Close)}
                    </button>
                </aside>
            }
            .into_any(),
        )
    }
}

/// Whether a sentence may stand above the table.
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

fn line(app: App, sentence: Sentence) -> AnyView {
    let Sentence {
        kind, text, link, ..
    } = sentence;
    let title = text.clone();
    view! { <li title=title><b>{topic(kind)}</b>" "{evidence_link(app, link, text)}</li> }
        .into_any()
}
