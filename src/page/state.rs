//! What a person has set and what the engine said, as signals, and the verbs that change them.
//!
//! [`App`] is `Copy` and goes to every component. Components read its signals and call its verbs;
//! they never talk to the engine but by [`App::ask`].

use super::clearing::Clearing;
use super::distributions::Distributions;
use super::document;
use super::following::Following;
use super::jobs::Jobs;
use super::keeping::Keeping;
use super::measuring::Measuring;
use super::noticing::Notice;
use super::past::Entry;
use super::reporting::Reporting;
use super::selecting::Selecting;
use super::views::brief_strip::BriefAbove;
use super::views::paper::Sheet;
use crate::chart::svg::Style;
use crate::engine::WITHOUT_ASIDE;
use crate::engine::explain::Explain;
use crate::engine::protocol::{
    Answer, Ask, Event, ImportProgress, ImportanceAnswer, LedgerInfo, MarkHow, MarkLines, NoteEdit,
    Remembered, Selected,
};
use crate::engine::view::View;
use crate::ledger::{Keep, Rules};
use crate::page::prelude::*;
use crate::web::bundles::{Bundler, Bundles, MOST_FILES};
use crate::web::clock;
use crate::web::drops::Delivery;
use crate::web::parts::Parts;
use crate::web::pool::Engine;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

/// What an importance was asked about: the selection, and how runs and objective count.
pub type ImportanceQuestion = (u64, Explain);

/// What is selected and what is set aside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    /// Grows with every change.
    pub change: u64,
    /// How many runs are selected.
    pub selected: usize,
    /// How many are set aside.
    pub aside: usize,
    /// The engine's number for this state of them and of what was said of runs.
    pub state: u64,
}

/// The whole state of the page. See the module's documentation.
#[derive(Clone, Copy)]
pub struct App {
    /// What the person has set. Change it by [`App::change`] or [`App::change_quietly`].
    pub view: RwSignal<View>,
    /// What is in the ledger.
    pub ledger: RwSignal<Arc<LedgerInfo>>,
    /// What the filter keeps.
    pub selected: RwSignal<Arc<Selected>>,
    /// The asks for selections.
    pub selecting: Selecting,
    /// Grows whenever the engine's selection (rows or order) changed: windows, facets and importance
    /// that were asked for before are stale.
    pub selection: RwSignal<u64>,
    /// How far reading has come; `None` before the first drop.
    pub import: RwSignal<Option<ImportProgress>>,
    /// Whether reading goes on.
    pub importing: RwSignal<bool>,
    /// About how much memory a drop takes that waits for a decision, and how much there is, in bytes.
    pub too_large: RwSignal<Option<(u64, u64)>>,
    /// How many files were found of a drop that is being looked through; reading begins after.
    pub gathering: RwSignal<Option<usize>>,
    /// How many drops are not yet read.
    drops: StoredValue<u32>,
    /// How often reading was cancelled.
    cancels: StoredValue<u32>,
    /// How far the engine has come with what takes it long.
    pub jobs: Jobs,
    /// The importance that was answered last, with the question that it answers.
    pub last_importance: RwSignal<Option<(ImportanceQuestion, Arc<ImportanceAnswer>)>>,
    /// The importance that was asked for last.
    pub asked_importance: StoredValue<ImportanceQuestion>,
    /// The place in the selection of the run in the drawer, where it was opened from the table: what
    /// stands before and after it.
    pub place: RwSignal<Option<usize>>,
    /// How many runs are selected and how many set aside; the number grows with every change of them.
    pub marked: RwSignal<Marked>,
    /// How the values of columns in view are distributed.
    pub distributions: Distributions,
    /// Whether the page is dark: pictures of pixels are drawn for it.
    pub dark: RwSignal<bool>,
    /// How pictures are saved.
    pub picture_style: RwSignal<Style>,
    /// Messages that the person has not dismissed.
    pub notices: RwSignal<Vec<Notice>>,
    /// The message about a step that did not succeed.
    pub(super) wrong_step: StoredValue<u64>,
    /// The table as it is being printed.
    pub paper: RwSignal<Option<Arc<Sheet>>>,
    /// Whether the page is being printed.
    pub is_printed: RwSignal<bool>,
    /// What was cleared, and can be brought back.
    pub cleared: Clearing,
    /// The message about runs that the address names and that are not here.
    pub(super) lost_runs: StoredValue<u64>,
    /// The brief above the table.
    pub above: BriefAbove,
    /// What is kept between visits.
    pub keeping: Keeping,
    /// The folder that is followed.
    pub following: Following,
    /// What is told to others.
    pub reporting: Reporting,
    /// How many asks wait for an answer.
    pub pending: RwSignal<u32>,
    /// Tells this life of the page from earlier ones, whose entries are in the browser's history too.
    life: u64,
    /// The entry of the browser's history that is shown.
    entry: StoredValue<Entry>,
    /// Whether the last change added runs to the selected ones: more of them are one step to undo.
    adding: StoredValue<bool>,
    engine: StoredValue<Engine>,
    pub(super) parts: StoredValue<Parts>,
    /// How long what a person asks for takes.
    pub(super) measuring: Measuring,
}

impl App {
    /// Makes the state, connects it to the address bar and to the engine.
    pub fn start(engine: Engine, parts: Parts) -> Self {
        let hash = window().location().hash().unwrap_or_default();
        let mut view = View::from_hash(&hash);
        view.leave_places();
        let app = Self {
            view: RwSignal::new(view),
            ledger: RwSignal::default(),
            selected: RwSignal::default(),
            selecting: Selecting::default(),
            selection: RwSignal::new(0),
            import: RwSignal::new(None),
            importing: RwSignal::new(false),
            too_large: RwSignal::new(None),
            gathering: RwSignal::new(None),
            drops: StoredValue::new(0),
            cancels: StoredValue::new(0),
            jobs: Jobs::default(),
            last_importance: RwSignal::new(None),
            asked_importance: StoredValue::default(),
            place: RwSignal::new(None),
            marked: RwSignal::default(),
            distributions: Distributions::default(),
            dark: RwSignal::new(false),
            picture_style: RwSignal::default(),
            notices: RwSignal::default(),
            wrong_step: StoredValue::new(0),
            paper: RwSignal::new(None),
            is_printed: RwSignal::new(false),
            cleared: Clearing::default(),
            lost_runs: StoredValue::new(0),
            above: BriefAbove::default(),
            keeping: Keeping::new(),
            following: Following::new(),
            reporting: Reporting::default(),
            pending: RwSignal::new(0),
            life: js_sys::Date::now() as u64,
            entry: StoredValue::default(),
            adding: StoredValue::new(false),
            engine: StoredValue::new(engine),
            parts: StoredValue::new(parts),
            measuring: Measuring::default(),
        };
        app.engine
            .with_value(|engine| engine.on_event(move |event| app.happened(event)));
        // Back and forward are undo and redo.
        let entry = Entry::now(app.life, 0).unwrap_or_default();
        app.entry.set_value(entry);
        entry.write(app.life, &hash, false);
        let listener = window_event_listener(leptos::ev::popstate, move |_| app.read_entry());
        on_cleanup(move || listener.remove());
        app.selecting.follow(app);
        app.distributions.follow(app);
        app.keeping.follow(app);
        Effect::new(move |_| document::tell(app));
        document::tell_paper(app);
        clock::after_paint(move || {
            clock::measure("app:start", 0.0, &[]);
            app.engine.with_value(Engine::start);
        });
        app.reporting.open(app);
        app
    }

    /// Asks the engine; `then` gets the answer unless a newer ask of the same kind came first.
    pub fn ask(self, ask: Ask, then: impl FnOnce(Answer) + 'static) {
        self.pending.update(|pending| *pending += 1);
        self.ask_unseen(ask, move |answer| {
            self.pending
                .update(|pending| *pending = pending.saturating_sub(1));
            if !matches!(answer, Answer::Superseded) {
                then(answer);
            }
        });
    }

    /// Asks for what nobody waits for: the page is not at work meanwhile.
    pub fn ask_unseen(self, ask: Ask, then: impl FnOnce(Answer) + 'static) {
        self.engine.with_value(|engine| engine.ask(ask, then));
    }

    /// Reads the files of a drop and adds them to the ledger. Finding them may take its time.
    pub fn take(self, delivery: Delivery) {
        self.cleared.forget();
        self.above.open();
        let begun = clock::now_millis();
        let is_wanted = self.gatherer();
        let engine = self.engine();
        // Spawned before the page hears of the drop, so that it draws what it then has to while the workers read already.
        leptos::task::spawn_local(async move {
            let bundler = Rc::new(Bundler::new(engine, is_wanted.clone()));
            delivery.gather(&bundler).await;
            if bundler.count() >= MOST_FILES {
                self.notify("There are more than a million files in what was dropped: the first million are read.");
            }
            let is_nothing = bundler.count() == 0 && is_wanted(0);
            let bundles = bundler.finish().await;
            if bundles.blobs.is_empty() {
                self.gathering.set(None);
                self.end_import(Answer::Superseded);
                if is_nothing {
                    self.notify("There was no file in what was dropped. Drop files or folders, or choose them with the buttons.");
                }
                return;
            }
            if self.ledger.with_untracked(|ledger| ledger.runs == 0) {
                self.measuring.until_rows("app:first-rows", begun);
            }
            self.engine.with_value(|engine| {
                engine.import(bundles, move |answer| {
                    if let Some(progress) = self.end_import(answer) {
                        let columns = self.ledger.with_untracked(|ledger| ledger.columns.len());
                        let detail = [
                            ("runs", progress.runs as f64),
                            ("columns", columns as f64),
                            ("bytes", progress.bytes as f64),
                        ];
                        clock::measure("app:parse", begun, &detail);
                    }
                });
            });
            self.gathering.set(None);
        });
        self.drops.update_value(|drops| *drops += 1);
        self.importing.set(true);
        self.gathering.set(Some(0));
        self.pending.update(|pending| *pending += 1);
    }

    /// What hears how many files of a drop were found so far, and says whether the drop is still wanted.
    fn gatherer(self) -> impl Fn(usize) -> bool + Clone + use<> {
        let cancels = self.cancels.get_value();
        move |found| {
            let is_wanted = self.cancels.get_value() == cancels;
            if is_wanted {
                self.gathering.set(Some(found));
            }
            is_wanted
        }
    }

    /// A drop was read, or is given up. How it went, where it was read.
    fn end_import(self, answer: Answer) -> Option<ImportProgress> {
        let progress = if let Answer::Imported(progress, info) = answer {
            let session = info.session.clone();
            self.take_ledger(*info);
            self.import.set(Some(progress.clone()));
            if let Some(session) = session {
                self.keeping.take_file(self, &session);
            }
            Some(progress)
        } else {
            None
        };
        self.pending
            .update(|pending| *pending = pending.saturating_sub(1));
        self.drops
            .update_value(|drops| *drops = drops.saturating_sub(1));
        if self.drops.get_value() == 0 {
            self.importing.set(false);
        }
        progress
    }

    /// Reads what waited for a decision, keeping so much of it.
    pub fn read_with(self, keep: Keep) {
        self.too_large.set(None);
        self.ask(Ask::ReadWith(keep), |_| {});
    }

    /// Stops reading; what has arrived stays.
    pub fn cancel_import(self) {
        self.cancels.update_value(|cancels| *cancels += 1);
        self.gathering.set(None);
        self.too_large.set(None);
        self.ask(Ask::CancelImport, |_| {});
    }

    /// Changes what was decided about sources and columns: all files are read again.
    pub fn decide(self, how: impl FnOnce(&mut Rules)) {
        let mut rules = self.ledger.with_untracked(|ledger| ledger.rules.clone());
        how(&mut rules);
        let (_, drops, _) = self.drops_and_bytes();
        if drops.is_empty() || self.importing.get_untracked() {
            return;
        }
        self.importing.set(true);
        // Rows may be others then: what stands at the top or was set aside is found by its id.
        self.ask(Ask::Remember, move |answer| {
            self.read_drops(rules, drops, false, move || {
                if let Answer::Remembered(made) = answer {
                    self.recollect(*made, false);
                }
            });
        });
    }

    /// Reads drops that were kept, going by these rules, in place of what is there. `then` hears that all are read.
    pub fn open_drops(self, rules: Rules, drops: Vec<Bundles>, then: impl FnOnce() + 'static) {
        self.following.leave(self);
        self.read_drops(rules, drops, true, then);
    }

    fn read_drops(
        self,
        rules: Rules,
        drops: Vec<Bundles>,
        is_other: bool,
        then: impl FnOnce() + 'static,
    ) {
        let count = drops.len() as u32;
        self.cleared.forget();
        self.above.forget();
        self.drops.update_value(|drops| *drops += count);
        self.pending.update(|pending| *pending += count);
        self.importing.set(true);
        let then = Rc::new(Cell::new(Some(then)));
        self.engine.with_value(|engine| {
            engine.read_drops(rules, drops, is_other, move |answer| {
                self.end_import(answer);
                if self.drops.get_value() == 0
                    && let Some(then) = then.take()
                {
                    then();
                }
            });
        });
    }

    /// Reads further drops.
    pub fn add_drops(self, drops: Vec<Bundles>) {
        for files in drops {
            self.cleared.forget();
            self.above.open();
            self.drops.update_value(|drops| *drops += 1);
            self.pending.update(|pending| *pending += 1);
            self.importing.set(true);
            self.engine.with_value(|engine| {
                engine.import(files, move |answer| {
                    self.end_import(answer);
                });
            });
        }
    }

    /// All drops so far with the numbers that tell them from others, and how many bytes their files have.
    pub fn drops_and_bytes(self) -> (Vec<u64>, Vec<Bundles>, f64) {
        let drops = self.engine.with_value(Engine::drops).into_iter();
        let (numbers, drops): (Vec<u64>, Vec<Bundles>) = drops.unzip();
        let blobs = drops.iter().flat_map(|drop| &drop.blobs);
        let bytes = blobs.map(web_sys::Blob::size).sum();
        (numbers, drops, bytes)
    }

    /// Takes over what was made of runs before; see [`Ask::Recollect`].
    pub fn recollect(self, before: Remembered, all_known: bool) {
        let before = Box::new(before);
        let ask = Ask::Recollect { before, all_known };
        // The entry of the history is of what was made of runs, too.
        self.ask(ask, move |answer| self.pointed(&answer, |_| {}, false));
    }

    /// Selects lines of the table.
    pub fn mark(self, lines: MarkLines, how: MarkHow) {
        self.ask(Ask::Mark { lines, how }, move |answer| {
            let is_adding = how == MarkHow::Add;
            // What is added in one go is one step to undo.
            let joins = is_adding && self.adding.get_value();
            self.pointed(&answer, |_| {}, !joins);
            self.adding.set_value(is_adding);
        });
    }

    /// Sets the selected runs aside, or all shown ones but these. The filter says so, and there it is undone.
    pub fn set_aside(self, keep: bool) {
        self.ask(Ask::SetAside { keep }, move |answer| {
            let mut clauses = self.clauses();
            let is_said = clauses.iter().any(|clause| clause == WITHOUT_ASIDE);
            if !is_said {
                if let [one] = clauses.as_mut_slice() {
                    // It may be of alternatives, all of which must be held against the new clause.
                    *one = format!("({one})");
                }
                clauses.push(WITHOUT_ASIDE.to_owned());
            }
            let say = |view: &mut View| {
                if !is_said {
                    view.filter = clauses.join(" and ");
                }
            };
            self.pointed(&answer, say, true);
        });
    }

    /// Brings back what was set aside.
    pub fn restore(self) {
        self.ask(Ask::Restore, move |answer| {
            let mut clauses = self.clauses();
            clauses.retain(|clause| clause != WITHOUT_ASIDE);
            if let [one] = clauses.as_mut_slice() {
                let inner = one
                    .strip_prefix('(')
                    .and_then(|rest| rest.strip_suffix(')'));
                // Brackets that were put around it go; those that were there stay.
                if let Some(inner) = inner.filter(|inner| !inner.contains(['(', ')'])) {
                    *one = inner.to_owned();
                }
            }
            self.pointed(&answer, |view| view.filter = clauses.join(" and "), true);
        });
    }

    /// Keeps runs at the top of the table, or no more where all of these are.
    pub fn pin(self, lines: MarkLines) {
        self.ask(Ask::Pin { lines }, move |answer| {
            self.pointed(&answer, |_| {}, true);
        });
    }

    /// Says something of runs, or takes it back.
    pub fn note(self, lines: MarkLines, edit: NoteEdit) {
        let ask = Ask::Note { lines, edit };
        self.ask(ask, move |answer| self.pointed(&answer, |_| {}, true));
    }

    /// The texts of the filter's clauses, all of which hold; one with a mistake is one clause, as it stands.
    fn clauses(self) -> Vec<String> {
        let filter = self
            .view
            .with_untracked(|view| view.filter.trim().to_owned());
        self.selected.with_untracked(|selected| {
            if !selected.errors.is_empty() {
                let rest = filter.strip_suffix(WITHOUT_ASIDE);
                return match rest.and_then(|rest| rest.strip_suffix(" and ")) {
                    Some(rest) => vec![rest.to_owned(), WITHOUT_ASIDE.to_owned()],
                    None => vec![filter],
                };
            }
            let clauses = selected.clauses.iter();
            clauses.map(|clause| clause.text.clone()).collect()
        })
    }

    /// Takes over what was pointed at, and changes the view with it: one step to undo, of its own if `is_new`.
    pub(super) fn pointed(self, answer: &Answer, how: impl FnOnce(&mut View), is_new: bool) {
        let is_other = self.take_marks(answer);
        let how = |view: &mut View| super::linking::keep_pinned(view, answer, how);
        self.change_with(&mut once(how), is_new, is_other);
    }

    /// Takes over what is pointed at, and says whether that is another state than before.
    pub(super) fn take_marks(self, answer: &Answer) -> bool {
        let Answer::Marked {
            state,
            selected,
            aside,
            ..
        } = *answer
        else {
            return false;
        };
        let before = self.marked.get_untracked();
        self.marked.set(Marked {
            change: before.change + 1,
            selected,
            aside,
            state,
        });
        before.state != state
    }

    /// Changes the view and adds an entry to the browser's history, so that back undoes it.
    pub fn change(self, how: impl FnOnce(&mut View)) {
        self.change_with(&mut once(how), true, false);
    }

    /// Changes the view in place: for steps of one gesture (a drag, typing), of which only the last counts.
    pub fn change_quietly(self, how: impl FnOnce(&mut View)) {
        self.change_with(&mut once(how), false, false);
    }

    /// Undoes the last change of the view, or of what was pointed at.
    pub fn undo(self) {
        if self.entry.get_value().depth == 0 {
            // Further back lies another page, and what was read would be lost.
            self.notify_of_step("There is nothing more to undo.");
            return;
        }
        // Without history there is nothing to undo.
        let _gone = window().history().and_then(|history| history.back());
    }

    /// Does again what was undone.
    pub fn redo(self) {
        let _gone = window().history().and_then(|history| history.forward());
    }

    /// Milliseconds that the engine worked on the answer that is being heard: for measures.
    pub fn engine_millis(self) -> f64 {
        self.engine.with_value(Engine::millis)
    }

    /// Changes the view; a new entry of the history if `is_new`. Without `always`, nothing happens where nothing changes.
    /// It is one function for all changes, since there are a hundred of them.
    pub(super) fn change_with(self, how: &mut dyn FnMut(&mut View), is_new: bool, always: bool) {
        let old = self.view.get_untracked();
        let mut new = old.clone();
        how(&mut new);
        if new == old && !always {
            return;
        }
        self.step_done();
        self.adding.set_value(false);
        self.measuring.change(&old, &new);
        let entry = Entry {
            depth: self.entry.get_value().depth + u64::from(is_new),
            pointed: self.marked.with_untracked(|marked| marked.state),
        };
        self.entry.set_value(entry);
        let hash = new.to_hash();
        if new != old {
            // The engine begins before the page's own parts hear of the change.
            self.selecting.put(self, &old, new);
        }
        entry.write(self.life, &hash, is_new);
    }

    /// Takes the view from the address, and what was pointed at from the engine: after back, forward, or an edit of
    /// the address itself.
    fn read_entry(self) {
        self.step_done();
        let hash = window().location().hash().unwrap_or_default();
        let state = self.marked.with_untracked(|marked| marked.state);
        let known = Entry::now(self.life, state);
        let is_foreign = known.is_none();
        let entry = known.unwrap_or(Entry {
            depth: self.entry.get_value().depth + 1,
            pointed: state,
        });
        entry.write(self.life, &hash, false);
        self.entry.set_value(entry);
        if entry.pointed != state {
            let state = entry.pointed;
            let before = self.view.get_untracked();
            self.ask(Ask::Recall { state }, move |answer| {
                self.recalled(&answer, before);
            });
        }
        let mut view = View::from_hash(&hash);
        if is_foreign {
            view.leave_places();
        }
        let old = self.view.get_untracked();
        if old != view {
            self.measuring.change(&old, &view);
            self.view.set(view);
            // The page's parts may not have heard of the view that went before: to them nothing has changed then.
            self.selecting.ask(self);
        }
        super::linking::find_runs(self, is_foreign);
    }

    /// What the engine says unasked.
    fn happened(self, event: Event) {
        match event {
            Event::Ledger(info) => {
                self.take_ledger(*info);
                if !self.importing.get_untracked() {
                    self.keeping.read_again(self);
                }
            }
            Event::Import(progress) => self.import.set(Some(progress)),
            Event::TooLarge { wanted, budget } => self.too_large.set(Some((wanted, budget))),
            Event::ImportanceSoFar { answer, .. } => {
                let question = self.asked_importance.get_value();
                self.last_importance
                    .set(Some((question, Arc::from(answer))));
            }
            Event::Replaced { message, engine } => {
                if engine {
                    self.cleared.forget();
                    self.keeping.engine_replaced();
                }
                self.notify(&message);
            }
            told => self.jobs.happened(told),
        }
    }

    /// What reads and answers.
    pub(super) fn engine(self) -> Engine {
        self.engine.with_value(Engine::clone)
    }

    /// What is in the ledger now.
    pub(super) fn take_ledger(self, info: LedgerInfo) {
        self.engine
            .with_value(|engine| engine.note_rules(&info.rules));
        if info.runs == 0 {
            self.above.forget();
        }
        self.ledger.set(Arc::new(info));
    }
}

/// What is done once, as a function behind a pointer.
fn once(how: impl FnOnce(&mut View)) -> impl FnMut(&mut View) {
    let mut how = Some(how);
    move |view| {
        if let Some(how) = how.take() {
            how(view);
        }
    }
}
