//! How far the engine has come with what takes it long, as far as it told.

use crate::engine::protocol::{Brief, Event};
use crate::page::prelude::*;
use std::sync::Arc;

/// Parts done, 0 to 1; 0 where nothing was told of what is worked out now.
#[derive(Clone, Copy, Default)]
pub struct Jobs {
    /// Of the importance.
    pub importance: RwSignal<f64>,
    /// Of the brief.
    pub brief: RwSignal<f64>,
    /// How many briefs were asked for that nobody waits for, and are not answered.
    pub briefs_aside: RwSignal<u32>,
    /// Whether such a one waits until nothing is asked for a while.
    pub brief_waits: RwSignal<bool>,
    /// The sentences of it that are known.
    pub brief_so_far: RwSignal<Option<Arc<Brief>>>,
    /// Of what to run next.
    pub next: RwSignal<f64>,
}

impl Jobs {
    /// What the engine told.
    pub(super) fn happened(self, event: Event) {
        match event {
            Event::ImportanceProgress { done } => self.importance.set(done),
            Event::BriefSoFar { brief, done } => {
                self.brief_so_far.set(Some(Arc::from(brief)));
                self.brief.set(done);
            }
            Event::BriefWaits(is) => self.brief_waits.set(is),
            Event::NextProgress { done } => self.next.set(done),
            Event::Ledger(_)
            | Event::Import(_)
            | Event::TooLarge { .. }
            | Event::ImportanceSoFar { .. }
            | Event::Replaced { .. } => {}
        }
    }

    /// Whether a brief is worked out that nobody asked for, and not put off.
    pub(super) fn is_briefing(self) -> bool {
        self.briefs_aside.get() > 0 && !self.brief_waits.get()
    }

    /// Another brief is asked for that nobody waits for.
    pub fn brief_aside(self) {
        self.briefs_aside.update(|count| *count += 1);
        self.brief_waits.set(false);
    }

    /// One of those was answered.
    pub fn brief_aside_over(self) {
        self.briefs_aside
            .update(|count| *count = count.saturating_sub(1));
        if self.briefs_aside.with_untracked(|count| *count == 0) {
            self.brief_waits.set(false);
        }
    }

    /// A brief was answered, or is asked anew.
    pub fn forget_brief(self) {
        self.brief_so_far.set(None);
        self.brief.set(0.0);
    }
}

/// How far something is that takes its time.
pub(super) fn progress(what: &'static str, done: RwSignal<f64>) -> AnyView {
    view! {
        <progress aria-label=what max="1" prop:value=move || done.get()></progress>
        <span>{move || format!("{what}, {:.0} % done", done.get() * 100.0)}</span>
    }
    .into_any()
}
