//! Reports: what a person says to others, the file for them, and a page that was opened as one.

use super::state::App;
use crate::engine::protocol::{
    Answer, Ask, Draft, ImportanceAnswer, Redaction, Report, ReportForm, ReportQuestion,
    ReportText, SharedRuns,
};
use crate::engine::view::{Tab, View};
use crate::page::prelude::*;
use crate::web::parts::Parts;
use crate::web::saving::{save, save_blob};
use std::sync::Arc;

/// What is to be in a report, and the report that the page is. `Copy`, as all handles of the page.
#[derive(Clone, Copy)]
pub struct Reporting {
    /// The title.
    pub title: RwSignal<String>,
    /// Notes in Markdown.
    pub notes: RwSignal<String>,
    /// Which runs.
    pub runs: RwSignal<SharedRuns>,
    /// Which views.
    pub tabs: RwSignal<Vec<Tab>>,
    /// What is left out and replaced.
    pub redaction: RwSignal<Redaction>,
    /// Whether stars, tags and notes on runs go too.
    pub with_marks: RwSignal<bool>,
    /// Whether a file is being made.
    pub is_making: RwSignal<bool>,
    /// What could not go with the last file, a sentence each.
    pub lost: RwSignal<Vec<String>>,
    /// The report that the page was opened as.
    pub opened: RwSignal<Option<Arc<ReportText>>>,
}

impl Default for Reporting {
    fn default() -> Self {
        Self {
            title: RwSignal::default(),
            notes: RwSignal::default(),
            runs: RwSignal::default(),
            tabs: RwSignal::new(vec![Tab::Brief, Tab::Table, Tab::Importance]),
            redaction: RwSignal::default(),
            with_marks: RwSignal::new(true),
            is_making: RwSignal::new(false),
            lost: RwSignal::default(),
            opened: RwSignal::new(None),
        }
    }
}

impl Reporting {
    /// The tabs of the page: of a report those that were chosen, with its words first.
    pub fn shown_tabs(self) -> Vec<Tab> {
        self.opened.with(|opened| match opened {
            Some(text) => {
                let chosen = text.tabs.iter().copied();
                [Tab::Report].into_iter().chain(chosen).collect()
            }
            None => Tab::ALL.to_vec(),
        })
    }

    /// Opens the report that the page is, if it is one.
    pub(super) fn open(self, app: App) {
        let parts = app.parts.with_value(Parts::clone);
        leptos::task::spawn_local(async move {
            let Some(found) = parts.opened().await else {
                return;
            };
            let read = found.and_then(|(text, runs)| {
                let text = serde_json::from_str::<ReportText>(&text);
                text.map(|text| (text, runs)).map_err(|why| why.to_string())
            });
            let (text, runs) = match read {
                Ok(read) => read,
                Err(why) => {
                    app.notify(&format!("This report cannot be read: {why}."));
                    return;
                }
            };
            // Who came by a link sees what the link says.
            if app.view.with_untracked(|view| *view == View::default()) {
                let mut view = View::from_hash(&text.view);
                view.tab = Tab::Report;
                app.change_quietly(|old| *old = view);
            }
            let made = Box::new(text.made.clone());
            self.opened.set(Some(Arc::new(text)));
            app.ask(Ask::OpenReport { runs, made }, move |answer| {
                if matches!(answer, Answer::ReportOpened(false)) {
                    app.notify("The runs of this report cannot be read: the file is damaged.");
                }
            });
        });
    }

    /// What was set, to be kept.
    pub(super) fn draft(self, app: App) -> Draft {
        let question = self.question(app, ReportForm::Interactive);
        app.ledger
            .with_untracked(|ledger| Draft::of(&question, ledger))
    }

    /// Takes over what was kept.
    pub(super) fn take(self, app: App, draft: Draft) {
        let mut question = self.question(app, ReportForm::Interactive);
        app.ledger
            .with_untracked(|ledger| draft.set(&mut question, ledger));
        self.put(question);
    }

    /// What is set for it is this.
    pub(super) fn put(self, question: ReportQuestion) {
        self.title.set(question.title);
        self.notes.set(question.notes);
        self.runs.set(question.runs);
        self.tabs.set(question.tabs);
        self.redaction.set(question.redaction);
        self.with_marks.set(question.with_marks);
        self.lost.set(Vec::new());
    }

    /// Hears of all that is kept of it.
    pub(super) fn track(self) {
        self.title.track();
        self.notes.track();
        self.runs.track();
        self.tabs.track();
        self.redaction.track();
        self.with_marks.track();
    }

    /// What is to be reported.
    pub(super) fn question(self, app: App, form: ReportForm) -> ReportQuestion {
        let chosen = self.tabs.get_untracked();
        ReportQuestion {
            form,
            runs: self.runs.get_untracked(),
            redaction: self.redaction.get_untracked(),
            title: self.title.get_untracked(),
            notes: self.notes.get_untracked(),
            // In the order of the tabs, not in that of choosing.
            tabs: Tab::ALL
                .into_iter()
                .filter(|tab| chosen.contains(tab))
                .collect(),
            view: app.view.with_untracked(View::to_hash),
            columns: app.columns_as_seen(),
            with_marks: self.with_marks.get_untracked(),
            importance: app.last_importance.with_untracked(|last| {
                let ((of, explain), answer) = last.as_ref()?;
                // The interactive one works it out by itself.
                let is_of_these = form == ReportForm::Plain
                    && *of == app.selection.get_untracked()
                    && app.view.with_untracked(|view| view.explain.ask == *explain);
                is_of_these.then(|| Box::new(ImportanceAnswer::clone(answer)))
            }),
        }
    }

    /// Makes the file and hands it to the browser to save.
    pub fn make(self, app: App, form: ReportForm) {
        let question = self.question(app, form);
        self.is_making.set(true);
        app.ask(Ask::Report(Box::new(question)), move |answer| {
            if let Answer::Report(made) = answer {
                self.save(app, form, *made);
            } else {
                self.is_making.set(false);
            }
        });
    }

    fn save(self, app: App, form: ReportForm, made: Report) {
        let Report { text, runs, lost } = made;
        self.lost.set(lost);
        let refused = "The browser did not take the file to save.";
        if form == ReportForm::Plain {
            self.is_making.set(false);
            if !save("report.html", "text/html", &text) {
                app.notify(refused);
            }
            return;
        }
        let parts = app.parts.with_value(Parts::clone);
        leptos::task::spawn_local(async move {
            let file = parts.report(&text, &runs).await;
            self.is_making.set(false);
            match file {
                Ok(file) if save_blob("report-interactive.html", &file).is_ok() => {}
                Ok(_) => app.notify(refused),
                Err(why) => app.notify(&format!("The report could not be made: {why}.")),
            }
        });
    }
}
