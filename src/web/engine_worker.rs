//! The engine's worker: answers the page, gives units and tasks to hands.
//!
//! Messages only enter a queue; work is done in ticks, one request each, so that a newer ask of a kind
//! supersedes an older one that was not begun. What takes long (reading, growing trees) is done by
//! hands: the engine stays free to answer, and what is superseded is simply not given out further.

mod briefing;
mod drawing;
mod explaining;
mod failing;
mod reading;

use self::briefing::Briefing;
use self::drawing::Drawing;
use self::explaining::{Advising, Computing};
use self::failing::Failing;
use self::reading::{AskedDrop, Reading, What};
use super::clock;
use super::hand_worker::{self, planted_panic, post, scope};
use super::message::{self, Message};
use crate::engine::followed::Followed;
use crate::engine::importance_run::ImportanceRun;
use crate::engine::protocol::{Answer, Ask, Event, Reply, Request, SelectQuestion};
use crate::engine::{Rehearsal, Workspace};
use crate::ledger::Keep;
use gloo::timers::callback::Timeout;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{MessageChannel, MessageEvent, MessagePort};

/// How often the page is told how far reading or an importance has come.
const TELL_MILLIS: f64 = 100.0;

/// What takes longer is told to the page as far as it is known.
const PATIENCE_MILLIS: f64 = 500.0;

/// How often at most the page is told of the ledger while reading goes on; the longer it goes on the more rarely. What
/// the page then asks and draws takes the hands' cores: a file that is read within a second or so is told at its end.
const LEDGER_MILLIS: f64 = 1000.0;

/// How long after its start the engine rehearses: the page is painted first.
const REHEARSAL_AFTER_MILLIS: u32 = 150;

/// How long it goes on at once, and how long it pauses then: what is asked then is answered first.
const REHEARSAL_MILLIS: f64 = 8.0;
const REHEARSAL_PAUSE_MILLIS: u32 = 5;

thread_local! {
    static ENGINE: RefCell<Option<EngineWorker>> = const { RefCell::new(None) };
}

#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct EngineWorker {
    workspace: Workspace,
    /// The folder that is followed.
    followed: Followed,
    /// What of the logged points is kept of what it brings.
    keep_followed: Keep,
    hands: Vec<Option<MessagePort>>,
    /// Whether the page could start none, or none again.
    is_handless: bool,
    /// What is asked, each with the message that it came in.
    queue: VecDeque<(Request, JsValue)>,
    import: Option<Reading>,
    /// A drop that is being planned, and what says to whoever plans it that it is left.
    planning: Option<(AskedDrop, Rc<Cell<bool>>)>,
    /// A drop that waits until it is decided how much of it is kept.
    undecided: Option<Reading>,
    importance: Option<Computing>,
    /// The last importance that was computed whole: effects are read off it.
    explained: Option<ImportanceRun>,
    /// What to run next.
    advising: Option<Advising>,
    briefing: Option<Briefing>,
    /// The selection that was asked for last, as far as a brief tells it from another.
    selected: SelectQuestion,
    drawing: Option<Drawing>,
    /// Whether a part of an axis was drawn, at least as a rehearsal.
    has_zoomed: bool,
    failing: Option<Failing>,
    /// Whether a tick is on its way.
    ticking: bool,
    tick: MessagePort,
    told_ledger: f64,
    ledger_pause: f64,
    /// Whether the page has asked for anything yet.
    was_asked: bool,
    /// When something was asked last that somebody waits for.
    asked: f64,
}

/// Makes this worker the engine.
pub(super) fn run() {
    let Ok(channel) = MessageChannel::new() else {
        return;
    };
    let closure = Closure::<dyn FnMut(MessageEvent)>::new(move |_| with_engine(EngineWorker::work));
    channel
        .port1()
        .set_onmessage(Some(closure.as_ref().unchecked_ref()));
    closure.forget();
    let engine = EngineWorker {
        workspace: Workspace::default(),
        followed: Followed::default(),
        keep_followed: Keep::default(),
        hands: Vec::new(),
        is_handless: false,
        queue: VecDeque::new(),
        import: None,
        planning: None,
        undecided: None,
        importance: None,
        explained: None,
        advising: None,
        briefing: None,
        selected: SelectQuestion::default(),
        drawing: None,
        has_zoomed: false,
        failing: None,
        ticking: false,
        tick: channel.port2(),
        told_ledger: f64::NEG_INFINITY,
        ledger_pause: LEDGER_MILLIS,
        was_asked: false,
        asked: f64::NEG_INFINITY,
    };
    ENGINE.with(|place| place.replace(Some(engine)));
    hand_worker::listen(|data| with_engine(|engine| engine.heard_page(data)));
    rehearse(Rehearsal::default(), REHEARSAL_AFTER_MILLIS);
}

/// Rehearses as long as nothing is asked.
fn rehearse(mut rehearsal: Rehearsal, after_millis: u32) {
    let step = move || {
        let mut is_idle = false;
        with_engine(|engine| is_idle = !engine.was_asked);
        let begun = clock::now_millis();
        let mut goes_on = is_idle;
        while goes_on && clock::now_millis() - begun < REHEARSAL_MILLIS {
            goes_on = rehearsal.step();
        }
        if goes_on {
            rehearse(rehearsal, REHEARSAL_PAUSE_MILLIS);
        }
    };
    Timeout::new(after_millis, step).forget();
}

fn with_engine(what: impl FnOnce(&mut EngineWorker)) {
    ENGINE.with(|place| {
        if let Some(engine) = place.borrow_mut().as_mut() {
            what(engine);
        }
    });
}

impl EngineWorker {
    /// A message of the page.
    fn heard_page(&mut self, data: &JsValue) {
        if let Some(request) = message::value::<Request>(data, "request") {
            self.was_asked = true;
            match request {
                Ok(request) => self.enqueue(request, data),
                Err(error) => tell_panic_of_protocol(&error),
            }
        } else if let Some(index) = message::number(data, "lost") {
            let why = message::text(data, "message").unwrap_or_default();
            self.hand_lost(index as usize, &why);
        } else if message::field(data, "handless").is_truthy() {
            self.is_handless = true;
            self.end_without_hands();
        } else if let Some(index) = message::number(data, "hand")
            && let Ok(port) = message::field(data, "port").dyn_into::<MessagePort>()
        {
            self.hand_joined(index as usize, port);
        }
        self.tick_soon();
    }

    /// Queues a request; an older one of the same kind that was not begun is superseded.
    fn enqueue(&mut self, request: Request, data: &JsValue) {
        if !matches!(request.ask, Ask::BriefAside(_)) {
            self.put_off_briefing();
        }
        if matches!(request.ask, Ask::CancelImport) {
            // Not behind what it is to cancel.
            self.cancel_import();
            answer(request.number, 0.0, Answer::Done);
            return;
        }
        if supersedes(&request.ask) {
            let kind = std::mem::discriminant(&request.ask);
            self.queue.retain(|(older, _)| {
                let keep = std::mem::discriminant(&older.ask) != kind;
                if !keep {
                    answer(older.number, 0.0, Answer::Superseded);
                }
                keep
            });
        }
        self.queue.push_back((request, data.clone()));
    }

    fn tick_soon(&mut self) {
        let can_begin = self
            .queue
            .iter()
            .any(|(request, _)| self.may_begin(&request.ask));
        let is_working = self.drawing.is_some()
            || self.failing.is_some()
            || self.may_brief()
            || self.is_advising();
        if !self.ticking && (can_begin || is_working) {
            self.ticking = true;
            let _posted = self.tick.post_message(&JsValue::NULL);
        }
    }

    /// A drop waits until the one before it is read.
    fn may_begin(&self, ask: &Ask) -> bool {
        let is_reading =
            self.import.is_some() || self.planning.is_some() || self.undecided.is_some();
        !is_reading
            || !matches!(
                ask,
                Ask::Import { .. } | Ask::Beside(_) | Ask::Look { .. } | Ask::Clear { .. }
            )
    }

    /// One tick: the first request that can be begun.
    fn work(&mut self) {
        self.ticking = false;
        let first = self
            .queue
            .iter()
            .position(|(request, _)| self.may_begin(&request.ask));
        if let Some((request, data)) = first.and_then(|at| self.queue.remove(at)) {
            self.begin(request, &data);
        } else if self.drawing.is_some() {
            self.draw_on();
        } else if self.failing.is_some() {
            self.fail_on();
        } else if self.may_brief() {
            self.brief_on();
        } else if self.is_advising() {
            self.advise_on();
        }
        self.tick_soon();
    }

    fn begin(&mut self, request: Request, data: &JsValue) {
        let number = request.number;
        let begun = clock::now_millis();
        match request.ask {
            Ask::Import {
                budget,
                is_followed,
            } => {
                let what = if is_followed {
                    What::Followed
                } else {
                    What::Drop
                };
                self.plan_import(number, data, budget, what);
            }
            Ask::Look {
                budget,
                changed,
                left,
            } => {
                self.plan_import(number, data, budget, What::Look { changed, left });
            }
            Ask::Beside(paths) => {
                let beside = self.followed.read_with(&paths);
                answer(number, 0.0, Answer::Beside(beside));
            }
            Ask::Unfollow => {
                self.forget_kept();
                answer(number, 0.0, Answer::Done);
            }
            Ask::ReadWith(keep) => {
                answer(number, 0.0, Answer::Done);
                if let Some(mut reading) = self.undecided.take() {
                    if reading.is_followed {
                        self.keep_followed = keep.clone();
                    }
                    reading.keep = keep;
                    self.begin_import(reading);
                }
            }
            Ask::Importance(explain) => {
                self.drop_importance();
                self.explained = None;
                match self.workspace.begin_importance(&explain) {
                    Ok(run) => self.begin_computing(number, run, begun),
                    Err(refusal) => answer(
                        number,
                        clock::now_millis() - begun,
                        Answer::Importance(refusal),
                    ),
                }
            }
            Ask::Next {
                filter,
                count,
                seed,
            } => self.advise(number, (&filter, count, seed)),
            Ask::CancelNext => {
                self.drop_advice();
                answer(number, 0.0, Answer::Done);
            }
            Ask::Brief { filter } => self.brief(number, filter, false),
            Ask::BriefAside(filter) => self.brief(number, filter, true),
            Ask::Failures { filter } => self.fail(number, &filter),
            Ask::Curves(question) => self.draw(number, &question),
            Ask::Effect { column } => {
                let effect = self.explaining().and_then(|run| run.effect(column));
                let millis = clock::now_millis() - begun;
                answer(number, millis, Answer::Effect(effect.map(Box::new)));
            }
            Ask::Ablation { from, to } => {
                let named = |row: usize| self.workspace.run_name(row);
                let selected = self.workspace.selected_runs();
                let path = self
                    .explaining()
                    .and_then(|run| run.ablation(from, to, selected, &named));
                let millis = clock::now_millis() - begun;
                answer(number, millis, Answer::Ablation(path.map(Box::new)));
            }
            Ask::Swarm => {
                let swarm = self.explaining().and_then(ImportanceRun::swarm);
                let millis = clock::now_millis() - begun;
                answer(number, millis, Answer::Swarm(swarm.map(Box::new)));
            }
            Ask::Surface { a, b } => {
                let surface = self.explaining().and_then(|run| run.surface(a, b));
                let millis = clock::now_millis() - begun;
                answer(number, millis, Answer::Surface(surface.map(Box::new)));
            }
            Ask::PlantedPanic { in_hand: true } => {
                if let Some(hand) = self.hands.iter().flatten().next() {
                    post(hand, Message::new().with("panic", &JsValue::TRUE));
                }
                answer(number, 0.0, Answer::Done);
            }
            Ask::PlantedPanic { in_hand: false } => planted_panic(),
            ask => {
                let is_other =
                    matches!(ask, Ask::Select(_) | Ask::Recast { .. } | Ask::Clear { .. });
                let kept = match &ask {
                    Ask::Select(question) => self.keep_briefing(question),
                    _ => None,
                };
                if is_other {
                    self.drop_all();
                }
                let version = self.workspace.version();
                let said = self.workspace.answer(&ask);
                answer(number, clock::now_millis() - begun, said);
                if let Some(kept) = kept {
                    self.go_on_briefing(kept);
                }
                if self.workspace.version() != version {
                    if !is_other {
                        self.drop_all();
                    }
                    self.tell_ledger();
                }
            }
        }
    }

    /// Leaves all that is being worked out: it is of what was there before.
    fn drop_all(&mut self) {
        self.drop_importance();
        self.drop_advice();
        self.drop_brief();
        self.drop_drawing();
        self.drop_failing();
    }
}

/// Whether a newer ask of this kind makes an older one pointless.
fn supersedes(ask: &Ask) -> bool {
    matches!(
        ask,
        Ask::Select(_)
            | Ask::Window(_)
            | Ask::Facets { .. }
            | Ask::Importance(_)
            | Ask::Effect { .. }
            | Ask::Ablation { .. }
            | Ask::Swarm
            | Ask::Surface { .. }
            | Ask::Space(_)
            | Ask::SpaceRun { .. }
            | Ask::Curves(_)
            | Ask::CurveRun(_)
            | Ask::Brief { .. }
            | Ask::BriefAside(_)
            | Ask::Failures { .. }
            | Ask::Next { .. }
            | Ask::Compare(_)
            | Ask::TextDiff { .. }
            | Ask::Reproduce { .. }
            | Ask::Objectives(_)
            | Ask::Scatter { .. }
            | Ask::ScatterRun { .. }
            | Ask::Numbers(_)
            | Ask::Distributions(_)
            | Ask::Correlations(_)
            | Ask::Secrets { .. }
            | Ask::Masked { .. }
            | Ask::DotRun { .. }
            | Ask::Complete { .. }
            | Ask::Check { .. }
            | Ask::Run { .. }
    )
}

fn answer(number: u64, millis: f64, answer: Answer) {
    reply(&Reply::Answer {
        number,
        millis,
        answer,
    });
}

fn event(event: Event) {
    reply(&Reply::Event(event));
}

fn reply(reply: &Reply) {
    send(Message::new().with_value("reply", reply));
}

fn send(message: Message) {
    let (object, transfer) = message.parts();
    // Only what cannot be cloned fails, and all we send can be.
    let _posted = scope().post_message_with_transfer(&object, &transfer);
}

fn tell_panic_of_protocol(error: &str) {
    event(Event::Replaced {
        message: format!("Page and engine do not understand one another: {error}"),
        engine: false,
    });
}
