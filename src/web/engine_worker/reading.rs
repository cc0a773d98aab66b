//! The engine's part in reading a drop: it plans, gives units to hands, and adds what they bring to the ledger.

use super::explaining::{Given, design_message};
use super::{EngineWorker, LEDGER_MILLIS, TELL_MILLIS, answer, event, send, with_engine};
use crate::engine::followed::Followed;
use crate::engine::import::Import;
use crate::engine::protocol::{Answer, Event, FileInfo, Looked, Unread};
use crate::format::{self, Unit};
use crate::ledger::bytes::encoded;
use crate::ledger::{Keep, Ledger, Look, RunSink, SpanRead};
use crate::web::hand_worker::post;
use crate::web::message::{self, Message};
use crate::web::planning::{self, Planned};
use crate::web::spans_ahead::SpansAhead;
use crate::web::{clock, files};
use js_sys::{Array, ArrayBuffer};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{MessageEvent, MessagePort};

/// How long a drop has been read when its first rows are told at the earliest.
const FIRST_ROWS_MILLIS: f64 = 600.0;

/// How much longer it must be likely to take then: else whoever waits would wait longer for the first rows' sake.
const LONG_MILLIS: f64 = 2500.0;

/// How many spans are brought ahead at most: each has up to 16 MB.
const MOST_AHEAD: usize = 4;

/// What files are.
#[derive(Clone)]
pub(super) enum What {
    /// A drop.
    Drop,
    /// A folder that is followed from now on.
    Followed,
    /// Of the folder that is followed those that changed or came, and what is read with them; others `left`.
    Look {
        changed: Vec<String>,
        left: Vec<String>,
    },
}

/// A drop as it was asked for.
pub(super) struct AskedDrop {
    number: u64,
    what: What,
    /// The files in the order of their paths, and the blobs they lie in, to which what is decoded is added.
    files: Vec<FileInfo>,
    blobs: Array,
    budget: u64,
    begun: f64,
    /// How many bytes of files this worker had the browser read before.
    fetched: u64,
}

impl AskedDrop {
    /// Reads it by units of files of these sizes; some are in none.
    fn reading(self, sizes: &[u64], units: Vec<Unit>, unread: usize, kept: Vec<u8>) -> Reading {
        let is_followed = matches!(self.what, What::Followed);
        Reading {
            bytes_read: files::fetched() - self.fetched,
            places: Vec::new(),
            changed: match self.what {
                What::Drop => None,
                What::Followed => Some(Vec::new()),
                What::Look { changed, .. } => Some(changed),
            },
            import: Import::new(self.number, sizes, units, unread),
            files: encoded(&self.files),
            ahead: SpansAhead::default(),
            blobs: self.blobs,
            kept,
            keep: Keep::default(),
            begun: self.begun,
            told: self.begun,
            has_room: false,
            look: None,
            files_gone: 0,
            lost: Vec::new(),
            is_followed,
        }
    }
}

/// A drop being read.
pub(super) struct Reading {
    import: Import,
    /// The files as bytes, the blobs they lie in, and what was decoded of them: what a hand must know of the drop.
    files: Vec<u8>,
    blobs: Array,
    kept: Vec<u8>,
    /// Spans that are brought before a hand is free for them.
    ahead: SpansAhead,
    /// What of the logged points is kept.
    pub(super) keep: Keep,
    begun: f64,
    told: f64,
    /// Whether there is room in the ledger for about all that is read.
    has_room: bool,
    /// What is brought up to date, where these are files that were read before.
    look: Option<Look>,
    /// How many files that were read are there no more, and which of those that have changed were lost with a hand.
    files_gone: usize,
    lost: Vec<String>,
    /// Whether it is the folder that is followed from now on.
    pub(super) is_followed: bool,
    /// Of a folder that is followed the files that have changed since they were read, and the places of the units among those
    /// that are known of it.
    changed: Option<Vec<String>>,
    places: Vec<Option<usize>>,
    /// How many bytes of files the browser was asked for.
    bytes_read: u64,
}

impl Reading {
    fn tell_files(&self, hand: &MessagePort) {
        let mut message = Message::new()
            .with_bytes("files", &self.files)
            .with_bytes("kept", &self.kept)
            .with("blobs", &self.blobs);
        if let Some(changed) = &self.changed {
            message = message.with_value("changed", changed);
        }
        post(hand, message);
    }
}

impl EngineWorker {
    pub(super) fn plan_import(&mut self, number: u64, data: &JsValue, budget: u64, what: What) {
        let infos = message::value::<Vec<FileInfo>>(data, "files").and_then(Result::ok);
        let mut infos = infos.unwrap_or_default();
        order::by(&mut infos, |a, b| a.path.cmp(&b.path));
        // Of a look nobody waits to hear how far it has come.
        let is_told = !matches!(what, What::Look { .. });
        let drop = AskedDrop {
            number,
            what,
            files: infos.clone(),
            blobs: Array::from(&message::field(data, "blobs")),
            budget,
            begun: clock::now_millis(),
            fetched: files::fetched(),
        };
        let is_left = Rc::new(Cell::new(false));
        let tell = move |progress| {
            if is_told {
                event(Event::Import(progress));
            }
        };
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
        let Planned {
            files,
            mut plan,
            kept,
        } = planned;
        let mut look = None;
        let mut files_gone = 0;
        if !matches!(drop.what, What::Look { .. }) {
            self.workspace.begin_drop();
        }
        match &drop.what {
            What::Drop => {}
            What::Followed => {
                self.forget_kept();
                self.followed = Followed::default();
                self.keep_followed = Keep::default();
                self.followed.settle(&mut plan, &files, None);
            }
            What::Look { changed, left } => {
                files_gone = self.followed.read_of(left, None).len();
                self.followed.settle(&mut plan, &files, Some(changed));
                let sources = plan.units.iter().map(|unit| unit.path.clone());
                let paths = files.iter().map(|file| file.path().to_owned());
                let of = Look::new(paths.chain(sources).collect(), left.clone());
                self.workspace
                    .forget_unread(|path| of.is_read(path) || left.iter().any(|left| left == path));
                look = Some(of);
            }
        }
        let artifacts = format::artifacts(&files, &plan.unread);
        self.workspace.add_artifacts(artifacts);
        // What a person took out is there to be put back, and not read.
        let rules = self.workspace.ledger().rules();
        let mut left_out = 0;
        plan.units.retain(|unit| {
            let is_left = rules.leaves_out(unit.part_of);
            left_out += if is_left { unit.files.len() } else { 0 };
            !is_left
        });
        let unread: Vec<Unread> = plan
            .unread
            .into_iter()
            .map(|file| Unread {
                path: file.path,
                reason: file.reason,
            })
            .collect();
        let units = plan.units.into_iter();
        let units: Vec<Unit> = units.flat_map(|unit| unit.divided(&files)).collect();
        let ahead = SpansAhead::new(&units, &files, &drop.files, &drop.blobs);
        let sizes: Vec<u64> = files.iter().map(|file| file.len_bytes()).collect();
        let places = match drop.what {
            What::Drop => Vec::new(),
            _ => self.followed.places(&units, &files),
        };
        let wanted = plan.memory_bytes;
        let budget = drop.budget.saturating_sub(self.workspace.bytes());
        let mut reading = drop.reading(&sizes, units, unread.len() + left_out, encoded(&kept));
        reading.ahead = ahead;
        if look.is_some() {
            reading.keep = self.keep_followed.clone();
        }
        reading.look = look;
        reading.files_gone = files_gone;
        let is_there = |hand: &usize| self.hands.get(*hand).is_some_and(Option::is_some);
        let home = |place: &Option<usize>| self.followed.hand_of((*place)?).filter(is_there);
        reading.import.set_homes(places.iter().map(home));
        reading.places = places;
        self.workspace.add_unread(unread);
        if wanted > budget && reading.look.is_some() {
            let _nothing = reading.import.cancel();
            self.import = Some(reading);
            self.end_import_if_over();
        } else if wanted > budget {
            self.undecided = Some(reading);
            event(Event::TooLarge { wanted, budget });
        } else {
            self.begin_import(reading);
        }
        self.tick_soon();
    }

    pub(super) fn begin_import(&mut self, reading: Reading) {
        // Its first runs are told as soon as they come.
        self.told_ledger = f64::NEG_INFINITY;
        for hand in self.hands.iter().flatten() {
            reading.tell_files(hand);
        }
        self.import = Some(reading);
        self.give_units();
        self.end_import_if_over();
        self.end_without_hands();
    }

    /// Where there are no hands and none can be started, what is left of a drop is not waited for.
    pub(super) fn end_without_hands(&mut self) {
        let reading = self.import.as_mut().filter(|_| self.is_handless);
        let Some(reading) = reading else {
            return;
        };
        let what = "the browser starts no worker any more that could read it or what comes after it; load the page again";
        let lost = unit_problem(reading.import.path_left().unwrap_or_default(), what);
        let (mut parts, _dead) = reading.import.cancel();
        parts.push(lost);
        self.add(parts);
        self.end_import_if_over();
    }

    /// Gives every hand that is free a unit, and has the next ones brought.
    fn give_units(&mut self) {
        for index in 0..self.hands.len() {
            self.give_unit(index);
        }
        let Some(reading) = &mut self.import else {
            return;
        };
        for (unit, file, span) in reading.import.spans_next(self.hands.len().min(MOST_AHEAD)) {
            if let Some(bytes) = reading.ahead.bring(unit, file, span) {
                let import = reading.import.number;
                spawn_local(async move {
                    let bytes = JsFuture::from(bytes).await.ok();
                    let bytes = bytes.and_then(|bytes| bytes.dyn_into().ok());
                    with_engine(|engine| engine.brought(import, unit, bytes));
                });
            }
        }
    }

    /// A unit's bytes came, or could not be read.
    fn brought(&mut self, import: u64, unit: usize, bytes: Option<ArrayBuffer>) {
        let reading = self.import.as_mut();
        if let Some(reading) = reading.filter(|reading| reading.import.number == import) {
            let fetched = bytes.as_ref().map_or(0, ArrayBuffer::byte_length);
            reading.bytes_read += u64::from(fetched);
            reading.ahead.came(unit, bytes);
            self.give_units();
        }
    }

    fn give_unit(&mut self, index: usize) {
        let (Some(reading), Some(Some(hand))) = (&mut self.import, self.hands.get(index)) else {
            return;
        };
        if reading.import.unit_of(index).is_some() {
            return;
        }
        if reading.ahead.is_coming(reading.import.next_for(index)) {
            // It is here sooner than the hand would have read it.
            return;
        }
        let units = reading.import.give_to(index, self.hands.len());
        let Some((first, _)) = units.first() else {
            return;
        };
        let ahead = reading.ahead.take(*first);
        let mut message = Message::new()
            .with_value("units", &units)
            .with_value("keep", &reading.keep);
        if let Some((from, bytes)) = ahead {
            let from = from as f64;
            message = message.with_number("from", from);
            message = message.with_moved("brought", &bytes);
        }
        post(hand, message);
    }

    /// A hand came, or came back after it was replaced.
    pub(super) fn hand_joined(&mut self, index: usize, port: MessagePort) {
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
            let lost = computing.given.get_mut(index).map(Given::take);
            computing.again.extend(lost.unwrap_or_default());
        }
        leave(&mut self.hands[index]);
        self.hands[index] = Some(port);
        self.is_handless = false;
        self.give_units();
        self.give_task(index);
    }

    /// A message of a hand, or several in one.
    fn heard_hand(&mut self, index: usize, data: &JsValue) {
        let several = message::field(data, "several").dyn_into::<Array>();
        let several = several.unwrap_or_else(|_| Array::of1(data));
        let mut parts = Vec::new();
        let mut has_ended = false;
        for data in several.iter() {
            has_ended |= self.heard_of_unit(index, &data, &mut parts);
        }
        self.add(parts);
        if has_ended {
            // One that was free may have something to read again.
            self.give_units();
        }
        self.tell_import();
        self.end_import_if_over();
        self.tick_soon();
    }

    /// One message of a hand, and what can be added to the ledger after it; whether a unit has ended with it.
    fn heard_of_unit(&mut self, index: usize, data: &JsValue, parts: &mut Vec<Ledger>) -> bool {
        let unit_field = |key| message::number(data, key).map(|number| number as usize);
        if let Some(result) = message::bytes(data, "trees") {
            self.heard_trees(index, &result, unit_field("job").unwrap_or_default() as u64);
            return false;
        }
        let Some(reading) = &mut self.import else {
            return false;
        };
        if let Some(unit) = unit_field("part") {
            let part = message::take_bytes(data, "bytes");
            let part = part.map(|bytes| {
                Ledger::from_bytes(&bytes).unwrap_or_else(|error| {
                    unit_problem(reading.import.path_of(unit), &error.to_string())
                })
            });
            parts.extend(
                part.into_iter()
                    .flat_map(|part| reading.import.arrived(unit, part)),
            );
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
            reading.bytes_read += field("fetched").unwrap_or_default();
            if let (Some(1..), Some(Some(place))) = (field("kept"), reading.places.get(unit)) {
                self.followed.kept_by(*place, index);
            }
            parts.extend(reading.import.ended(unit, read));
            return true;
        }
        false
    }

    /// A hand died: what it read becomes a problem, and the others go on.
    pub(super) fn hand_lost(&mut self, index: usize, why: &str) {
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
        if let Some(unit) = reading.import.hand_lost(index) {
            if let (Some(changed), Some(place)) = (&reading.changed, reading.places.get(unit)) {
                let lost = place.map(|place| self.followed.read_of(changed, Some(place)));
                reading.lost.extend(lost.unwrap_or_default());
            }
            let what =
                format!("reading this file made the reader itself fail, please report it: {why}");
            let lost = unit_problem(reading.import.path_of(unit), &what);
            let mut parts = reading.import.arrived(unit, lost);
            parts.extend(reading.import.ended(unit, None));
            self.add(parts);
        }
        // What waited for it may be read by others.
        self.give_units();
        self.end_import_if_over();
    }

    pub(super) fn cancel_import(&mut self) {
        let planning = self.planning.take().map(|(drop, is_left)| {
            is_left.set(true);
            let is_look = matches!(drop.what, What::Look { .. });
            let mut reading = drop.reading(&[], Vec::new(), 0, Vec::new());
            reading.look = is_look.then(Look::default);
            reading
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

    /// Has the hands forget what they have kept of the folder that was followed.
    pub(super) fn forget_kept(&self) {
        for hand in self.hands.iter().flatten() {
            post(hand, Message::new().with("forget", &JsValue::TRUE));
        }
    }

    fn add(&mut self, parts: Vec<Ledger>) {
        if parts.is_empty() {
            return;
        }
        self.drop_importance();
        let mut look = self.import.as_mut().and_then(|reading| reading.look.take());
        for part in parts {
            match &mut look {
                Some(look) => self.workspace.update(part, look),
                None => self.workspace.append(part),
            }
        }
        if let (Some(reading), Some(look)) = (&mut self.import, look) {
            reading.look = Some(look);
            // It is told at its end.
            return;
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
        if let Some(reading) = self
            .import
            .as_mut()
            .filter(|reading| reading.look.is_none())
        {
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
            && let Some(mut reading) = self.import.take()
        {
            let millis = clock::now_millis() - reading.begun;
            let progress = reading.import.progress(self.workspace.runs(), millis);
            let look = reading.look;
            let whole = look.as_ref().filter(|_| !progress.cancelled);
            let gone = whole.map_or(0, |look| self.workspace.end_look(look));
            // In one message, so that the page does not draw before it hears that all is read.
            let info = self.workspace.info();
            let said = match look {
                Some(look) => {
                    let (new, changed) = look.runs();
                    order::by(&mut reading.lost, Ord::cmp);
                    Answer::Looked(Box::new(Looked {
                        new,
                        changed,
                        gone,
                        files_gone: reading.files_gone,
                        lost: reading.lost,
                        bytes_read: reading.bytes_read,
                        progress,
                        info,
                    }))
                }
                None => Answer::Imported(progress, Box::new(info)),
            };
            answer(reading.import.number, millis, said);
        }
    }

    pub(super) fn tell_ledger(&mut self) {
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

/// Hears no more of a hand: what it sent before it was replaced may still be on its way, and speaks of units that are
/// given up.
fn leave(hand: &mut Option<MessagePort>) {
    if let Some(port) = hand.take() {
        port.set_onmessage(None);
        port.close();
    }
}
