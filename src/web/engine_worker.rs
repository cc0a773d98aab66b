//! The engine's worker: answers the page, gives units and tasks to hands.
//!
//! Messages only enter a queue; work is done in ticks, one request each, so that a newer ask of a kind
//! supersedes an older one that was not begun. What takes long (reading, growing trees) is done by
//! hands: the engine stays free to answer, and what is superseded is simply not given out further.

mod explaining;

use self::explaining::{Advising, Computing, design_message};
use super::clock;
use super::hand_worker::{self, planted_panic, post, scope};
use super::message::{self, Message};
use super::planning::{self, Planned};
use crate::engine::import::Import;
use crate::engine::importance_run::ImportanceRun;
use crate::engine::protocol::{Answer, Ask, Event, FileInfo, Reply, Request, Unread};
use crate::engine::{Rehearsal, Workspace};
use crate::format::Unit;
use crate::ledger::bytes::encoded;
use crate::ledger::{Keep, Ledger, RunSink, SpanRead};
use gloo::timers::callback::Timeout;
use js_sys::Array;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{MessageChannel, MessageEvent, MessagePort};

/// How often the page is told how far reading or an importance has come.
const TELL_MILLIS: f64 = 100.0;

/// How often at most the page is told of the ledger while reading goes on; the longer it goes on the more rarely. What
/// the page then asks and draws takes the hands' cores: a file that is read within a second or so is told at its end.
const LEDGER_MILLIS: f64 = 1000.0;

/// How long a drop has been read when its first rows are told at the earliest.
const FIRST_ROWS_MILLIS: f64 = 600.0;

/// How much longer it must be likely to take then: else whoever waits would wait longer for the first rows' sake.
const LONG_MILLIS: f64 = 2500.0;

/// How long after its start the engine rehearses: the page is painted first.
const REHEARSAL_AFTER_MILLIS: u32 = 150;

/// How long it pauses between steps: what is asked then is answered first.
const REHEARSAL_PAUSE_MILLIS: u32 = 5;

thread_local! {
    static ENGINE: RefCell<Option<EngineWorker>> = const { RefCell::new(None) };
}

struct EngineWorker {
    workspace: Workspace,
    hands: Vec<Option<MessagePort>>,
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
    /// Whether a tick is on its way.
    ticking: bool,
    tick: MessagePort,
    told_ledger: f64,
    ledger_pause: f64,
    /// Whether the page has asked for anything yet.
    was_asked: bool,
}

/// A drop as it was asked for.
struct AskedDrop {
    number: u64,
    /// The files as bytes, and the blobs they lie in, to which what is decoded is added.
    files: Vec<u8>,
    blobs: Array,
    budget: u64,
    begun: f64,
}

impl AskedDrop {
    /// Reads it by units of files of these sizes; some are in none.
    fn reading(self, sizes: &[u64], units: Vec<Unit>, unread: usize, kept: Vec<u8>) -> Reading {
        Reading {
            import: Import::new(self.number, sizes, units, unread),
            files: self.files,
            blobs: self.blobs,
            kept,
            keep: Keep::default(),
            begun: self.begun,
            told: self.begun,
            has_room: false,
        }
    }
}

/// A drop being read.
struct Reading {
    import: Import,
    /// The files as bytes, the blobs they lie in, and what was decoded of them: what a hand must know of the drop.
    files: Vec<u8>,
    blobs: Array,
    kept: Vec<u8>,
    /// What of the logged points is kept.
    keep: Keep,
    begun: f64,
    told: f64,
    /// Whether there is room in the ledger for about all that is read.
    has_room: bool,
}

impl Reading {
    fn tell_files(&self, hand: &MessagePort) {
        post(
            hand,
            Message::new()
                .with_bytes("files", &self.files)
                .with_bytes("kept", &self.kept)
                .with("blobs", &self.blobs),
        );
    }
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
        hands: Vec::new(),
        queue: VecDeque::new(),
        import: None,
        planning: None,
        undecided: None,
        importance: None,
        explained: None,
        advising: None,
        ticking: false,
        tick: channel.port2(),
        told_ledger: f64::NEG_INFINITY,
        ledger_pause: LEDGER_MILLIS,
        was_asked: false,
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
        if is_idle && rehearsal.step() {
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
        } else if let Some(index) = message::number(data, "hand")
            && let Ok(port) = message::field(data, "port").dyn_into::<MessagePort>()
        {
            self.hand_joined(index as usize, port);
        }
        self.tick_soon();
    }

    /// Queues a request; an older one of the same kind that was not begun is superseded.
    fn enqueue(&mut self, request: Request, data: &JsValue) {
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
        if !self.ticking && (can_begin || self.is_advising()) {
            self.ticking = true;
            let _posted = self.tick.post_message(&JsValue::NULL);
        }
    }

    /// A drop waits until the one before it is read.
    fn may_begin(&self, ask: &Ask) -> bool {
        let is_reading =
            self.import.is_some() || self.planning.is_some() || self.undecided.is_some();
        !is_reading || !matches!(ask, Ask::Import { .. } | Ask::Clear { .. })
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
        } else if self.is_advising() {
            self.advise_on();
        }
        self.tick_soon();
    }

    fn begin(&mut self, request: Request, data: &JsValue) {
        let number = request.number;
        let begun = clock::now_millis();
        match request.ask {
            Ask::Import { budget } => self.plan_import(number, data, budget),
            Ask::ReadWith(keep) => {
                answer(number, 0.0, Answer::Done);
                if let Some(mut reading) = self.undecided.take() {
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
                if matches!(ask, Ask::Select(_) | Ask::Recast { .. } | Ask::Clear { .. }) {
                    self.drop_importance();
                    self.drop_advice();
                }
                let version = self.workspace.version();
                let said = self.workspace.answer(&ask);
                answer(number, clock::now_millis() - begun, said);
                if self.workspace.version() != version {
                    self.tell_ledger();
                }
            }
        }
    }

    // ---- reading ----

    fn plan_import(&mut self, number: u64, data: &JsValue, budget: u64) {
        let infos = message::value::<Vec<FileInfo>>(data, "files").and_then(Result::ok);
        let mut infos = infos.unwrap_or_default();
        order::by(&mut infos, |a, b| a.path.cmp(&b.path));
        let drop = AskedDrop {
            number,
            files: encoded(&infos),
            blobs: Array::from(&message::field(data, "blobs")),
            budget,
            begun: clock::now_millis(),
        };
        let is_left = Rc::new(Cell::new(false));
        let tell = |progress| event(Event::Import(progress));
        let plan = planning::plan(infos, drop.blobs.clone(), Rc::clone(&is_left), tell);
        self.planning = Some((drop, is_left));
        spawn_local(async move {
            if let Some(planned) = plan.await {
                with_engine(|engine| engine.planned(planned));
            }
        });
    }

    /// A drop is planned: it is read, unless it is too large.
    fn planned(&mut self, planned: Planned) {
        let Some((drop, _)) = self.planning.take() else {
            return;
        };
        let Planned { files, plan, kept } = planned;
        let unread: Vec<Unread> = plan
            .unread
            .into_iter()
            .map(|file| Unread {
                path: file.path,
                reason: file.reason,
            })
            .collect();
        let units = plan.units.into_iter();
        let units = units.flat_map(|unit| unit.divided(&files)).collect();
        let sizes: Vec<u64> = files.iter().map(|file| file.len_bytes()).collect();
        let wanted = plan.memory_bytes;
        let budget = drop.budget.saturating_sub(self.workspace.bytes());
        let reading = drop.reading(&sizes, units, unread.len(), encoded(&kept));
        self.workspace.add_unread(unread);
        if wanted > budget {
            self.undecided = Some(reading);
            event(Event::TooLarge { wanted, budget });
        } else {
            self.begin_import(reading);
        }
        self.tick_soon();
    }

    fn begin_import(&mut self, reading: Reading) {
        // Its first runs are told as soon as they come.
        self.told_ledger = f64::NEG_INFINITY;
        for hand in self.hands.iter().flatten() {
            reading.tell_files(hand);
        }
        self.import = Some(reading);
        for index in 0..self.hands.len() {
            self.give_unit(index);
        }
        self.end_import_if_over();
    }

    fn give_unit(&mut self, index: usize) {
        let (Some(reading), Some(Some(hand))) = (&mut self.import, self.hands.get(index)) else {
            return;
        };
        if reading.import.unit_of(index).is_some() {
            return;
        }
        let keep = reading.keep.clone();
        if let Some((number, unit)) = reading.import.give_to(index) {
            post(
                hand,
                Message::new()
                    .with_value("unit", unit)
                    .with_value("keep", &keep)
                    .with_number("number", number as f64),
            );
        }
    }

    /// A hand came, or came back after it was replaced.
    fn hand_joined(&mut self, index: usize, port: MessagePort) {
        let closure = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            with_engine(|engine| engine.heard_hand(index, &event.data()));
        });
        port.set_onmessage(Some(closure.as_ref().unchecked_ref()));
        closure.forget();
        if let Some(reading) = &self.import {
            reading.tell_files(&port);
        }
        if self.hands.len() <= index {
            self.hands.resize(index + 1, None);
        }
        if let Some(computing) = &mut self.importance {
            post(
                &port,
                design_message(computing.number, &computing.run.design_bytes()),
            );
            let lost = computing.given.get_mut(index).and_then(Option::take);
            computing.again.extend(lost);
        }
        leave(&mut self.hands[index]);
        self.hands[index] = Some(port);
        self.give_unit(index);
        self.give_task(index);
    }

    /// A message of a hand.
    fn heard_hand(&mut self, index: usize, data: &JsValue) {
        let unit_field = |key| message::number(data, key).map(|number| number as usize);
        if let Some(result) = message::bytes(data, "trees") {
            self.heard_trees(index, &result, unit_field("job").unwrap_or_default() as u64);
            return;
        }
        let Some(reading) = &mut self.import else {
            return;
        };
        if let Some(unit) = unit_field("part") {
            let parts = match message::bytes(data, "bytes").map(|bytes| Ledger::from_bytes(&bytes))
            {
                Some(Ok(part)) => reading.import.arrived(unit, part),
                Some(Err(error)) => {
                    let lost = unit_problem(reading.import.path_of(unit), &error.to_string());
                    reading.import.arrived(unit, lost)
                }
                None => Vec::new(),
            };
            self.add(parts);
        } else if let Some(unit) = unit_field("progress") {
            let bytes = message::number(data, "bytes").unwrap_or_default() as u64;
            reading.import.progressed(unit, bytes);
        } else if let Some(unit) = unit_field("end") {
            let field = |key| message::number(data, key).map(|number| number as u64);
            let read = match (field("began"), field("ended"), field("lines")) {
                (Some(began), Some(ended), Some(lines)) => Some(SpanRead {
                    began,
                    ended,
                    lines,
                }),
                _ => None,
            };
            let parts = reading.import.ended(unit, read);
            self.add(parts);
            // One that was free may have something to read again.
            for index in 0..self.hands.len() {
                self.give_unit(index);
            }
        }
        self.tell_import();
        self.end_import_if_over();
        self.tick_soon();
    }

    /// A hand died: what it read becomes a problem, and the others go on.
    fn hand_lost(&mut self, index: usize, why: &str) {
        if let Some(hand) = self.hands.get_mut(index) {
            leave(hand);
        }
        let Some(reading) = &mut self.import else {
            let message = format!(
                "A worker stopped by a fault of its own and was replaced. Please report: {why}"
            );
            event(Event::Replaced {
                message,
                engine: false,
            });
            return;
        };
        if let Some(unit) = reading.import.unit_of(index) {
            let what =
                format!("reading this file made the reader itself fail, please report it: {why}");
            let lost = unit_problem(reading.import.path_of(unit), &what);
            let mut parts = reading.import.arrived(unit, lost);
            parts.extend(reading.import.ended(unit, None));
            self.add(parts);
            self.end_import_if_over();
        }
    }

    fn cancel_import(&mut self) {
        let planning = self.planning.take().map(|(drop, is_left)| {
            is_left.set(true);
            drop.reading(&[], Vec::new(), 0, Vec::new())
        });
        if let Some(mut reading) = planning.or_else(|| self.undecided.take()) {
            let _nothing = reading.import.cancel();
            self.import = Some(reading);
            self.end_import_if_over();
            return;
        }
        let Some(reading) = &mut self.import else {
            return;
        };
        let (parts, busy) = reading.import.cancel();
        self.add(parts);
        // A hand in the middle of a unit hears nothing until it is done: the page replaces it.
        let indices: Array = busy
            .iter()
            .map(|index| JsValue::from_f64(*index as f64))
            .collect();
        for index in busy {
            if let Some(hand) = self.hands.get_mut(index) {
                leave(hand);
            }
        }
        send(Message::new().with("replace", &indices));
        self.end_import_if_over();
    }

    fn add(&mut self, parts: Vec<Ledger>) {
        if parts.is_empty() {
            return;
        }
        self.drop_importance();
        for part in parts {
            self.workspace.append(part);
        }
        if let Some(reading) = &mut self.import
            && !reading.has_room
            && let Some(runs) = reading.import.runs_left()
        {
            reading.has_room = true;
            // Spans differ a little.
            self.workspace.reserve(runs + runs / 50);
        }
        let now = clock::now_millis();
        let is_long = self.import.as_ref().is_none_or(|reading| {
            let millis = now - reading.begun;
            millis > FIRST_ROWS_MILLIS && reading.import.millis_left(millis) > LONG_MILLIS
        });
        if is_long && now - self.told_ledger > self.ledger_pause {
            self.tell_ledger();
        }
    }

    fn tell_import(&mut self) {
        let runs = self.workspace.runs();
        if let Some(reading) = &mut self.import {
            let now = clock::now_millis();
            if now - reading.told > TELL_MILLIS {
                reading.told = now;
                event(Event::Import(
                    reading.import.progress(runs, now - reading.begun),
                ));
            }
        }
    }

    fn end_import_if_over(&mut self) {
        if self
            .import
            .as_ref()
            .is_some_and(|reading| reading.import.is_over())
            && let Some(reading) = self.import.take()
        {
            // In one message, so that the page does not draw before it hears that all is read.
            let info = Box::new(self.workspace.info());
            let millis = clock::now_millis() - reading.begun;
            let progress = reading.import.progress(self.workspace.runs(), millis);
            answer(
                reading.import.number,
                millis,
                Answer::Imported(progress, info),
            );
        }
    }

    fn tell_ledger(&mut self) {
        event(Event::Ledger(Box::new(self.workspace.info())));
        self.told_ledger = clock::now_millis();
        // What the page then asks takes time in proportion to what was read: to be told at twice the time each keeps its
        // sum in proportion too, and not its square.
        let read_for = self
            .import
            .as_ref()
            .map(|reading| self.told_ledger - reading.begun);
        self.ledger_pause = LEDGER_MILLIS.max(read_for.unwrap_or_default());
    }
}

/// Hears no more of a hand: what it sent before it was replaced may still be on its way, and speaks of units that are
/// given up.
fn leave(hand: &mut Option<MessagePort>) {
    if let Some(port) = hand.take() {
        port.set_onmessage(None);
        port.close();
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
            | Ask::Failures { .. }
            | Ask::Next { .. }
            | Ask::Compare(_)
            | Ask::TextDiff { .. }
            | Ask::Reproduce { .. }
            | Ask::Objectives(_)
            | Ask::Scatter { .. }
            | Ask::ScatterRun { .. }
            | Ask::Complete { .. }
            | Ask::Check { .. }
            | Ask::Run { .. }
    )
}

/// A part of a ledger with nothing but a problem of the whole unit.
fn unit_problem(path: &str, what: &str) -> Ledger {
    let made = Rc::new(RefCell::new(Ledger::default()));
    let into = made.clone();
    let mut keep = move |part: Ledger| *into.borrow_mut() = part;
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source(path, "", 0);
    sink.problem(
        "engine/reader-failed",
        "",
        what,
        "the file was not read to its end",
    );
    sink.finish();
    made.take()
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
