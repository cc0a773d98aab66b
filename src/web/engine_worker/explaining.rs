//! The engine's part in an importance: tasks to hands, what is known to the page, effects from what was computed last.
//! What to run next it works out itself, a piece between any two asks.

use super::{EngineWorker, PATIENCE_MILLIS, TELL_MILLIS, answer, event, with_engine};
use crate::engine::importance_run::{Grower, ImportanceRun};
use crate::engine::next::Advice;
use crate::engine::protocol::{Answer, Event};
use crate::web::clock;
use crate::web::hand_worker::post;
use crate::web::message::Message;
use gloo::timers::callback::Timeout;
use std::collections::VecDeque;

/// An importance being computed.
pub(super) struct Computing {
    pub(super) number: u64,
    pub(super) run: ImportanceRun,
    /// What each hand works on, and does next.
    pub(super) given: Vec<Given>,
    /// Tasks of hands that died.
    pub(super) again: Vec<Vec<u8>>,
    pub(super) begun: f64,
    pub(super) told: f64,
    /// Whether a hand leaves its core to the page, which paints the first answer.
    resting: bool,
}

/// For how long: a page has painted by then.
const RESTING_MILLIS: u32 = 60;

/// Where the first answer took less, the others are not far, and no hand rests.
const SHORT_MILLIS: f64 = 100.0;

/// A hand that does a task in less has the next one waiting for it.
const QUICK_MILLIS: f64 = 20.0;

/// The tasks of a hand.
#[derive(Default)]
pub(super) struct Given {
    tasks: VecDeque<Vec<u8>>,
    /// Since when it does the first of them.
    since: f64,
    /// Whether it did the last one quickly.
    is_quick: bool,
}

impl Given {
    /// What a hand that is no more has not done.
    pub(super) fn take(&mut self) -> VecDeque<Vec<u8>> {
        std::mem::take(self).tasks
    }
}

impl EngineWorker {
    /// The importance that was last asked for, as far as it is.
    pub(super) fn explaining(&self) -> Option<&ImportanceRun> {
        let computing = self.importance.as_ref().map(|computing| &computing.run);
        computing.or(self.explained.as_ref())
    }

    /// An importance of an older selection is of no use any more.
    pub(super) fn drop_importance(&mut self) {
        if let Some(old) = self.importance.take() {
            answer(old.number, 0.0, Answer::Superseded);
        }
    }

    /// Tells all hands the design and gives each a task; hands keep the page's engine free to answer.
    pub(super) fn begin_computing(&mut self, number: u64, run: ImportanceRun, begun: f64) {
        let design = run.design_bytes();
        for hand in self.hands.iter().flatten() {
            post(hand, design_message(number, &design));
        }
        let given = self.hands.iter().map(|_| Given::default()).collect();
        self.importance = Some(Computing {
            number,
            run,
            given,
            again: Vec::new(),
            begun,
            told: begun,
            resting: false,
        });
        if self.hands.iter().all(Option::is_none) {
            self.compute_here(&design);
        }
        self.give_tasks();
        if let Some(computing) = &self.importance {
            // While the hands grow trees.
            computing.run.look_at_design();
        }
        self.end_computing_if_done();
    }

    /// Without hands (a browser that starts one worker only) the engine grows the trees itself.
    fn compute_here(&mut self, design: &[u8]) {
        let (Some(computing), Some(grower)) = (&mut self.importance, Grower::new(design)) else {
            return;
        };
        while let Some(result) = computing
            .run
            .next_task()
            .and_then(|task| grower.grow(&task))
        {
            computing.run.absorb(&result);
        }
    }

    pub(super) fn give_task(&mut self, index: usize) {
        let (Some(computing), Some(Some(hand))) = (&mut self.importance, self.hands.get(index))
        else {
            return;
        };
        computing
            .given
            .resize_with(self.hands.len(), Given::default);
        let given = &mut computing.given[index];
        let most = if given.is_quick { 2 } else { 1 };
        if given.tasks.len() >= most || computing.resting && index == 0 {
            return;
        }
        if let Some(task) = computing.again.pop().or_else(|| computing.run.next_task()) {
            post(
                hand,
                Message::new()
                    .with_bytes("task", &task)
                    .with_number("job", computing.number as f64),
            );
            if given.tasks.is_empty() {
                given.since = clock::now_millis();
            }
            given.tasks.push_back(task);
        }
    }

    /// A task for each hand that has none, then one more for each that is quick.
    fn give_tasks(&mut self) {
        for _ in 0..2 {
            for index in 0..self.hands.len() {
                self.give_task(index);
            }
        }
    }

    /// What came of a hand's task.
    pub(super) fn heard_trees(&mut self, index: usize, result: &[u8], job: u64) {
        let Some(computing) = self
            .importance
            .as_mut()
            .filter(|computing| computing.number == job)
        else {
            return;
        };
        computing.run.absorb(result);
        let now = clock::now_millis();
        if let Some(given) = computing.given.get_mut(index) {
            given.tasks.pop_front();
            given.is_quick = now - given.since < QUICK_MILLIS;
            given.since = now;
        }
        if now - computing.told > TELL_MILLIS {
            computing.told = now;
            event(Event::ImportanceProgress {
                done: computing.run.done(),
            });
        }
        if let Some(news) = computing.run.news() {
            // The engine leaves one core while it waits for others, and a hand alone leaves that.
            let is_alone = computing.given.len() <= 1;
            if news.grown.is_some() && !is_alone && now - computing.begun > SHORT_MILLIS {
                computing.resting = true;
                Timeout::new(RESTING_MILLIS, move || {
                    with_engine(|engine| engine.rested(job));
                })
                .forget();
            }
            event(Event::ImportanceSoFar {
                answer: Box::new(news),
                millis: now - computing.begun,
            });
        }
        // A result can make work for hands that waited for it.
        self.give_tasks();
        self.end_computing_if_done();
    }

    /// The page has painted the first answer: all hands work again.
    fn rested(&mut self, job: u64) {
        let computing = self.importance.as_mut();
        if let Some(computing) = computing.filter(|computing| computing.number == job) {
            computing.resting = false;
            self.give_task(0);
        }
    }

    pub(super) fn end_computing_if_done(&mut self) {
        if self
            .importance
            .as_ref()
            .is_some_and(|computing| computing.run.is_done())
            && let Some(done) = self.importance.take()
        {
            let millis = clock::now_millis() - done.begun;
            answer(
                done.number,
                millis,
                Answer::Importance(Box::new(done.run.answer())),
            );
            self.explained = Some(done.run);
        }
    }
}

/// What to run next, while it is worked out and after.
pub(super) struct Advising {
    /// The request that waits for it, with how many proposals it wants.
    waiting: Option<(u64, usize)>,
    run: Advice,
    /// The ledger's version that it is of.
    version: u64,
    begun: f64,
    told: f64,
}

impl EngineWorker {
    /// Begins to work out what to run next, or answers from what is worked out already.
    pub(super) fn advise(&mut self, number: u64, (filter, count, seed): (&str, usize, u64)) {
        let begun = clock::now_millis();
        let version = self.workspace.version();
        if let Some(known) = &mut self.advising
            && known.version == version
            && known.run.is_of(filter, seed)
        {
            if let Some((older, _)) = known.waiting.replace((number, count)) {
                answer(older, 0.0, Answer::Superseded);
            }
            (known.begun, known.told) = (begun, begun);
            return;
        }
        self.drop_advice();
        match self.workspace.begin_next(filter, seed) {
            Ok(run) => {
                self.advising = Some(Advising {
                    waiting: Some((number, count)),
                    run,
                    version,
                    begun,
                    told: begun,
                });
            }
            Err(refusal) => answer(number, 0.0, Answer::Next(refusal)),
        }
    }

    /// Whether there is more to do for it.
    pub(super) fn is_advising(&self) -> bool {
        let advising = self.advising.as_ref();
        advising.is_some_and(|advising| advising.waiting.is_some())
    }

    /// Does a piece of it, and answers with the last.
    pub(super) fn advise_on(&mut self) {
        let version = self.workspace.version();
        let Some(advising) = &mut self.advising else {
            return;
        };
        if advising.version != version {
            // Runs came; the page asks anew when they are selected.
            self.drop_advice();
            return;
        }
        let has_more = advising.run.step(&self.workspace);
        let now = clock::now_millis();
        if has_more {
            if now - advising.begun > PATIENCE_MILLIS && now - advising.told > TELL_MILLIS {
                advising.told = now;
                event(Event::NextProgress {
                    done: advising.run.done(),
                });
            }
        } else if let Some((number, count)) = advising.waiting.take() {
            let said = Box::new(advising.run.answer(count));
            answer(number, now - advising.begun, Answer::Next(said));
        }
    }

    /// What is worked out of older runs is of no use any more.
    pub(super) fn drop_advice(&mut self) {
        if let Some((number, _)) = self.advising.take().and_then(|old| old.waiting) {
            answer(number, 0.0, Answer::Superseded);
        }
    }
}

/// What a hand must know of a job before it can do its tasks.
pub(super) fn design_message(job: u64, design: &[u8]) -> Message {
    Message::new()
        .with_bytes("design", design)
        .with_number("job", job as f64)
}
