//! A hand: reads units into parts of a ledger, and grows trees, for the engine.

use super::kept::{Recalled, blob_file};
use super::message::{self, Message, Several};
use super::spans_ahead::BroughtFile;
use super::{clock, engine_worker, files};
use crate::engine::importance_run::Grower;
use crate::engine::protocol::FileInfo;
use crate::format::{self, Unit};
use crate::ledger::{Keep, RunSink};
use crate::source::{File, Files, Kept, unpack_into};
use js_sys::{Array, ArrayBuffer};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, DedicatedWorkerGlobalScope, FileReaderSync, MessageEvent, MessagePort};

/// How often a hand tells how far it has come, in milliseconds.
const PROGRESS_MILLIS: f64 = 100.0;

/// What is made of logs in a folder that is followed is kept for when they have grown: of those that a browser does not read at
/// once, in so much memory.
const KEPT_OF_BYTES: u64 = 256 << 10;
const KEPT_BYTES: usize = 256 << 20;

/// Waits for the first message, which makes this worker the engine or a hand.
pub(super) fn wait_for_role() {
    std::panic::set_hook(Box::new(|panic| tell_panic(&panic.to_string())));
    listen(|data| match message::text(data, "role").as_deref() {
        Some("engine") => engine_worker::run(),
        Some("hand") => {
            if let Ok(port) = message::field(data, "port").dyn_into::<MessagePort>() {
                run(port);
            }
        }
        _ => {
            if let Some(number) = message::number(data, "ahead") {
                read_ahead(number, &message::field(data, "blobs"));
            }
        }
    });
}

/// Reads blobs into one that lies in the browser's memory, and sends it to the page; none where that fails.
fn read_ahead(number: f64, blobs: &JsValue) {
    let read = || {
        let reader = FileReaderSync::new()?;
        let read = |blob: JsValue| reader.read_as_array_buffer(blob.unchecked_ref());
        let parts: Array = Array::from(blobs)
            .iter()
            .map(read)
            .collect::<Result<_, _>>()?;
        Blob::new_with_buffer_source_sequence(&parts)
    };
    let blob = read().map_or(JsValue::UNDEFINED, JsValue::from);
    let (object, _) = Message::new()
        .with_number("ahead", number)
        .with("blob", &blob)
        .parts();
    // A blob can be cloned.
    let _posted = scope().post_message(&object);
}

/// The worker's own scope.
pub(super) fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Hears every message of the page from here on.
pub(super) fn listen(mut hear: impl FnMut(&JsValue) + 'static) {
    let closure =
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| hear(&event.data()));
    scope().set_onmessage(Some(closure.as_ref().unchecked_ref()));
    closure.forget();
}

fn tell_panic(text: &str) {
    let (object, _) = Message::new().with_text("panic", text).parts();
    // The page hears of the trap by its error event as well.
    let _posted = scope().post_message(&object);
}

/// What a hand keeps between messages.
struct Hand {
    /// The files of the drop that is being read.
    files: Files,
    /// What grows the trees of the importance that is being computed, and its number.
    grower: Option<(u64, Grower)>,
    /// What was made of files of the folder that is followed.
    kept: Rc<Kept>,
    /// Of how many bytes that it had the browser read the engine has heard.
    told_bytes: Cell<u64>,
}

fn run(port: MessagePort) {
    let hand = Rc::new(RefCell::new(Hand {
        files: Files::default(),
        grower: None,
        kept: Rc::new(Kept::new(KEPT_OF_BYTES, KEPT_BYTES)),
        told_bytes: Cell::new(0),
    }));
    let back = port.clone();
    let closure = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        hand.borrow_mut().heard(&event.data(), &back);
    });
    port.set_onmessage(Some(closure.as_ref().unchecked_ref()));
    closure.forget();
}

impl Hand {
    fn heard(&mut self, data: &JsValue, engine: &MessagePort) {
        if let Some(infos) = message::value::<Vec<FileInfo>>(data, "files") {
            let blobs = Array::from(&message::field(data, "blobs"));
            let files = infos.unwrap_or_default().into_iter();
            let changed = message::value::<Vec<String>>(data, "changed").and_then(Result::ok);
            let growing = changed.map(|changed| {
                self.kept.look(&changed);
                &self.kept
            });
            let files: Files = files.map(|info| blob_file(info, &blobs, growing)).collect();
            let kept = message::value(data, "kept").and_then(Result::ok);
            let mut recalled = Recalled::new(kept.unwrap_or_default(), &blobs);
            // So it sees the same as the engine that planned.
            self.files = unpack_into(&files, &mut recalled).files;
        } else if let Some(units) = message::value::<Vec<(usize, Unit)>>(data, "units") {
            let keep = message::value(data, "keep").and_then(Result::ok);
            let keep = keep.unwrap_or_default();
            match units {
                Ok(units) => self.read_units(&units, &keep, data, engine),
                Err(error) => tell_panic(&format!("units that a hand cannot read: {error}")),
            }
        } else if let Some(design) = message::bytes(data, "design") {
            let job = message::number(data, "job").unwrap_or_default() as u64;
            self.grower = Grower::new(&design).map(|grower| (job, grower));
        } else if let Some(task) = message::bytes(data, "task") {
            self.grow(
                &task,
                message::number(data, "job").unwrap_or_default() as u64,
                engine,
            );
        } else if message::field(data, "forget").is_truthy() {
            self.kept.clear();
        } else if message::field(data, "panic").is_truthy() {
            planted_panic();
        }
    }

    /// Reads what was brought of a unit's file from there, where something was: gives the file's place and itself.
    fn take_brought(&mut self, unit: &Unit, data: &JsValue) -> Option<(usize, Rc<dyn File>)> {
        let bytes: ArrayBuffer = message::field(data, "brought").dyn_into().ok()?;
        let from = message::number(data, "from")? as u64;
        let at = *unit.files.first()?;
        let file = self.files.get_mut(at)?;
        let brought = BroughtFile::new(Rc::clone(file), from, &bytes);
        Some((at, std::mem::replace(file, Rc::new(brought))))
    }

    /// Reads units, of which the first may have been brought. Of one all is sent as it comes, of several what is read to its end.
    fn read_units(
        &mut self,
        units: &[(usize, Unit)],
        keep: &Keep,
        data: &JsValue,
        engine: &MessagePort,
    ) {
        if let [(number, unit)] = units {
            let as_dropped = self.take_brought(unit, data);
            self.read((*number, unit), keep, &|message| post(engine, message));
            if let Some((at, file)) = as_dropped {
                self.files[at] = file;
            }
            return;
        }
        let ended = RefCell::new(Several::new());
        let mut told = clock::now_millis();
        for (number, unit) in units {
            self.read((*number, unit), keep, &|message| {
                ended.borrow_mut().add(message);
            });
            let now = clock::now_millis();
            if now - told > PROGRESS_MILLIS {
                told = now;
                post(engine, ended.replace(Several::new()).whole());
            }
        }
        post(engine, ended.into_inner().whole());
    }

    /// Reads a unit and sends its parts, its progress and its end.
    fn read(&self, (number, unit): (usize, &Unit), keep: &Keep, send: &dyn Fn(Message)) {
        let number = number as f64;
        let begun = clock::now_millis();
        let kept = self.kept.turn();
        let mut on_part = |part: crate::ledger::Ledger| {
            send(
                Message::new()
                    .with_number("part", number)
                    .with_bytes("bytes", &part.to_bytes()),
            );
        };
        let mut sink = RunSink::new(&mut on_part).keeping(keep.clone());
        let mut told = begun;
        let mut progress = |bytes: u64| {
            let now = clock::now_millis();
            if now - told > PROGRESS_MILLIS {
                told = now;
                send(
                    Message::new()
                        .with_number("progress", number)
                        .with_number("bytes", bytes as f64),
                );
            }
        };
        format::read_unit(unit, &self.files, &mut sink, &mut progress);
        sink.source().millis = Some(clock::now_millis() - begun);
        // With what it has looked at before it was given the unit.
        let fetched = files::fetched();
        let told = self.told_bytes.replace(fetched);
        let mut end = Message::new()
            .with_number("end", number)
            .with_number("fetched", (fetched - told) as f64)
            .with_number("kept", (self.kept.turn() - kept) as f64);
        if let Some(read) = sink.span_read() {
            end = end
                .with_number("began", read.began as f64)
                .with_number("ended", read.ended as f64)
                .with_number("lines", read.lines as f64);
        }
        sink.finish();
        send(end);
    }

    /// Grows the trees of a task and sends what they say.
    fn grow(&self, task: &[u8], job: u64, engine: &MessagePort) {
        let Some((_, grower)) = self.grower.as_ref().filter(|(number, _)| *number == job) else {
            return;
        };
        if let Some(result) = grower.grow(task) {
            post(
                engine,
                Message::new()
                    .with_bytes("trees", &result)
                    .with_number("job", job as f64),
            );
        }
    }
}

/// Sends over a port.
pub(super) fn post(port: &MessagePort, message: Message) {
    let (object, transfer) = message.parts();
    // Only what cannot be cloned fails, and all we send can be.
    let _posted = port.post_message_with_transferable(&object, &transfer);
}

/// A panic on purpose: the test of a worker's replacement asks for it.
#[expect(clippy::panic, reason = "that is its purpose")]
pub(super) fn planted_panic() {
    panic!("a planted panic");
}
