//! The page's side of the workers: one engine, several hands, and their replacement.
//!
//! The engine owns the ledger; hands read files and send what they read straight to the engine
//! through a message port each. A panic ends a wasm instance for good, so a worker that panics is
//! replaced: a hand's unit becomes a problem in the receipt; the engine is rebuilt by reading the
//! dropped files again, of which the page keeps the `File`s (never their contents).

use super::bundles::Bundles;
use super::message::{self, Message};
use crate::engine::protocol::{Answer, Ask, Event, Reply, Request};
use crate::ledger::Rules;
use js_sys::{Array, Function, Promise};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageChannel, MessageEvent, Worker};

/// How often the engine may die while it reads the same files before they are given up.
const MOST_REBUILDS: u32 = 2;

type Then = Box<dyn FnOnce(Answer)>;

/// Drops with the numbers of their requests, and what a person decided of them.
pub type Files = (Vec<(u64, Bundles)>, Rules);

thread_local! {
    /// The page's engine, for [`plant_panic`].
    static STARTED: RefCell<Option<Engine>> = const { RefCell::new(None) };
}

/// Makes the engine or a hand panic.
pub(super) fn plant_panic(in_hand: bool) {
    let engine = STARTED.with(|place| place.borrow().clone());
    if let Some(engine) = engine {
        engine.ask(Ask::PlantedPanic { in_hand }, |_| {});
    }
}

/// The engine as the page sees it.
#[derive(Clone)]
pub struct Engine(Rc<RefCell<Pool>>);

struct Pool {
    /// How many hands there are.
    count: usize,
    start_worker: Function,
    engine: Option<Slot>,
    /// None where it could not be started.
    hands: Vec<Option<Slot>>,
    /// Tells a worker's messages from those of the one that it replaced.
    generation: u64,
    next_number: u64,
    waiting: order::Map<u64, Then>,
    on_event: Option<Rc<dyn Fn(Event)>>,
    /// What was asked before the engine was started.
    early: Vec<(Request, Bundles)>,
    /// Every drop so far, and the number of its request.
    drops: Vec<(u64, Bundles)>,
    /// What a person decided: a rebuild goes by it.
    rules: Rules,
    rebuilds: u32,
    /// What is being read ahead: by which hand, and who gets the blob.
    ahead: order::Map<u64, (usize, Function)>,
    /// How long the engine worked on its last answer.
    millis: f64,
}

/// A worker with the closures that hear it.
struct Slot {
    worker: Worker,
    generation: u64,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Who {
    Engine,
    Hand(usize),
}

impl Engine {
    /// An engine with so many hands that is not started yet; what is asked waits. `start_worker` gives a worker that has
    /// the module and waits for its role.
    pub fn new(count: usize, start_worker: Function) -> Self {
        Self(Rc::new(RefCell::new(Pool {
            count,
            start_worker,
            engine: None,
            hands: Vec::new(),
            generation: 0,
            next_number: 1,
            waiting: order::Map::new(),
            on_event: None,
            early: Vec::new(),
            drops: Vec::new(),
            rules: Rules::default(),
            rebuilds: 0,
            ahead: order::Map::new(),
            millis: 0.0,
        })))
    }

    /// Who hears events.
    pub fn on_event(&self, hear: impl Fn(Event) + 'static) {
        self.0.borrow_mut().on_event = Some(Rc::new(hear));
    }

    /// Starts the workers and sends what was asked so far.
    pub fn start(&self) {
        STARTED.with(|place| place.replace(Some(self.clone())));
        self.start_workers();
        let early = std::mem::take(&mut self.0.borrow_mut().early);
        for (request, files) in early {
            self.0.borrow().send(&request, &files);
        }
    }

    /// Asks; `then` gets the one answer.
    pub fn ask(&self, ask: Ask, then: impl FnOnce(Answer) + 'static) {
        self.request(ask, Bundles::default(), Box::new(then));
    }

    /// Milliseconds that the engine worked on the answer that is being heard.
    pub fn millis(&self) -> f64 {
        self.0.borrow().millis
    }

    /// Asks to read these files.
    pub fn import(&self, files: Bundles, then: impl FnOnce(Answer) + 'static) {
        self.0.borrow_mut().rebuilds = 0;
        self.request(import_ask(&files), files, Box::new(then));
    }

    /// Asks to bring up to date what was read of the folder that is followed, of whose files these have `changed`, and those
    /// `left`.
    pub fn look(
        &self,
        files: Bundles,
        changed: Vec<String>,
        left: Vec<String>,
        then: impl FnOnce(Answer) + 'static,
    ) {
        let ask = Ask::Look {
            budget: files.budget,
            changed,
            left,
        };
        self.request(ask, files, Box::new(then));
    }

    /// Whether one of the drops is the folder that is followed.
    pub fn is_following(&self) -> bool {
        let pool = self.0.borrow();
        pool.drops.iter().any(|(_, drop)| drop.is_followed)
    }

    /// Notes the files of the folder that is followed as they are now, for when everything has to be read again: a drop of its own,
    /// so that what is kept of it is written anew.
    pub fn note_followed(&self, files: Bundles) {
        let pool = &mut *self.0.borrow_mut();
        if let Some(known) = pool.drops.iter_mut().find(|(_, drop)| drop.is_followed) {
            *known = (pool.next_number, files);
            pool.next_number += 1;
        }
    }

    /// What was followed is a drop as others from now on; one of its own, so that what is kept of it is written anew.
    pub fn unfollow(&self) {
        {
            let pool = &mut *self.0.borrow_mut();
            if let Some((number, drop)) = pool.drops.iter_mut().find(|(_, drop)| drop.is_followed) {
                *number = pool.next_number;
                pool.next_number += 1;
                drop.is_followed = false;
            }
        }
        self.ask(Ask::Unfollow, |_| {});
    }

    /// Has a hand read blobs of files before they are planned. Promises one blob in the browser's memory that holds what
    /// they hold; undefined where they cannot be read.
    pub fn read_ahead(&self, blobs: &Array) -> Promise {
        Promise::new(&mut |resolve, _| {
            let pool = &mut *self.0.borrow_mut();
            let number = pool.next_number;
            pool.next_number += 1;
            let hand = number as usize % pool.hands.len().max(1);
            if let Some(Some(slot)) = pool.hands.get(hand) {
                let message = Message::new()
                    .with_number("ahead", number as f64)
                    .with("blobs", blobs);
                post(&slot.worker, message);
                pool.ahead.insert(number, (hand, resolve));
            } else {
                settle(&resolve, &JsValue::UNDEFINED);
            }
        })
    }

    /// What is read again by a rebuild is this from now on: drops and rules. Gives what it was.
    pub fn swap_files(&self, other: Files) -> Files {
        let pool = &mut *self.0.borrow_mut();
        let drops = std::mem::replace(&mut pool.drops, other.0);
        (drops, std::mem::replace(&mut pool.rules, other.1))
    }

    /// Notes the rules that hold now, for when everything has to be read again.
    pub fn note_rules(&self, rules: &Rules) {
        self.0.borrow_mut().rules.clone_from(rules);
    }

    /// Reads these drops in place of all that was read, going by these rules; what the person said of runs is forgotten
    /// where they are others. `then` hears of each drop that it has been read.
    pub fn read_drops(
        &self,
        rules: Rules,
        drops: Vec<Bundles>,
        notes_too: bool,
        then: impl Fn(Answer) + Clone + 'static,
    ) {
        {
            let mut pool = self.0.borrow_mut();
            pool.rules = rules.clone();
            pool.drops.clear();
        }
        let clear = Ask::Clear {
            rules,
            notes_too,
            can_return: false,
        };
        self.ask(clear, |_| {});
        for files in drops {
            self.request(import_ask(&files), files, Box::new(then.clone()));
        }
    }

    /// All drops so far, each with the number of the request that read it.
    pub fn drops(&self) -> Vec<(u64, Bundles)> {
        self.0.borrow().drops.clone()
    }

    fn request(&self, ask: Ask, files: Bundles, then: Then) {
        let mut pool = self.0.borrow_mut();
        let request = Request {
            number: pool.next_number,
            ask,
        };
        pool.next_number += 1;
        pool.waiting.insert(request.number, then);
        if matches!(request.ask, Ask::Import { .. }) {
            pool.drops.push((request.number, files.clone()));
        }
        if pool.engine.is_some() {
            pool.send(&request, &files);
        } else {
            pool.early.push((request, files));
        }
    }

    fn start_workers(&self) {
        let engine = self.new_worker(Who::Engine);
        self.0.borrow_mut().engine = engine;
        let count = self.0.borrow().count;
        for index in 0..count {
            self.start_hand(index);
        }
    }

    /// Starts hand `index`, or starts it anew, and joins it to the engine by a channel of their own. Where that fails and no
    /// hand is left, the engine hears that it need not wait for one.
    fn start_hand(&self, index: usize) {
        let slot = self.new_worker(Who::Hand(index));
        let channel = slot.as_ref().and_then(|_| MessageChannel::new().ok());
        let pool = &mut *self.0.borrow_mut();
        if pool.hands.len() <= index {
            pool.hands.resize_with(index + 1, || None);
        }
        let told = if let (Some(slot), Some(channel)) = (&slot, &channel) {
            let role = Message::new().with_text("role", "hand");
            post(&slot.worker, role.with_moved("port", &channel.port1()));
            let joined = Message::new().with_number("hand", index as f64);
            Some(joined.with_moved("port", &channel.port2()))
        } else {
            if let Some(slot) = &slot {
                slot.worker.terminate();
            }
            None
        };
        pool.hands[index] = slot.filter(|_| told.is_some());
        let is_handless = pool.hands.iter().all(Option::is_none);
        let told =
            told.or_else(|| is_handless.then(|| Message::new().with("handless", &JsValue::TRUE)));
        if let (Some(engine), Some(told)) = (&pool.engine, told) {
            post(&engine.worker, told);
        }
    }

    fn new_worker(&self, who: Who) -> Option<Slot> {
        let (worker, generation) = {
            let mut pool = self.0.borrow_mut();
            pool.generation += 1;
            let started = pool.start_worker.call0(&JsValue::UNDEFINED);
            let worker = match started.and_then(JsCast::dyn_into::<Worker>) {
                Ok(worker) => worker,
                Err(error) => {
                    drop(pool);
                    self.tell(Event::Replaced {
                        message: format!("This browser does not let the page start a worker, so no file can be read ({error:?})."),
                        engine: false,
                    });
                    return None;
                }
            };
            (worker, pool.generation)
        };
        let this = self.clone();
        let on_message =
            Closure::new(move |event: MessageEvent| this.heard(who, generation, &event.data()));
        let this = self.clone();
        let on_error = Closure::new(move |event: ErrorEvent| {
            event.prevent_default();
            this.lost(who, generation, &event.message());
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        if who == Who::Engine {
            post(&worker, Message::new().with_text("role", "engine"));
        }
        Some(Slot {
            worker,
            generation,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    /// A worker's message.
    fn heard(&self, who: Who, generation: u64, data: &JsValue) {
        if !self.0.borrow().is_current(who, generation) {
            return;
        }
        if let Some(message) = message::text(data, "panic") {
            self.lost(who, generation, &message);
        } else if let Some(reply) = message::value::<Reply>(data, "reply") {
            match reply {
                Ok(Reply::Answer {
                    number,
                    millis,
                    answer,
                }) => {
                    self.0.borrow_mut().millis = millis;
                    if matches!(answer, Answer::Imported(..)) {
                        self.0.borrow_mut().rebuilds = 0;
                    }
                    let then = self.0.borrow_mut().waiting.remove(&number);
                    match (then, answer) {
                        (Some(then), answer) => then(answer),
                        // Read again by a new engine: nobody waits any more for what was answered once.
                        (None, Answer::Imported(_, info)) => self.tell(Event::Ledger(info)),
                        (None, _) => {}
                    }
                }
                Ok(Reply::Event(event)) => {
                    if let Event::ImportanceSoFar { millis, .. } = &event {
                        self.0.borrow_mut().millis = *millis;
                    }
                    self.tell(event);
                }
                Err(error) => self.tell(Event::Replaced {
                    message: format!(
                        "The engine sent something that the page does not understand ({error})."
                    ),
                    engine: false,
                }),
            }
        } else if let Some(number) = message::number(data, "ahead") {
            let asked = self.0.borrow_mut().ahead.remove(&(number as u64));
            if let Some((_, resolve)) = asked {
                settle(&resolve, &message::field(data, "blob"));
            }
        } else if let Ok(busy) = message::field(data, "replace").dyn_into::<Array>() {
            // The engine asks to stop hands in the middle of their work: reading was cancelled.
            for index in busy.iter().filter_map(|index| index.as_f64()) {
                self.replace_hand(index as usize);
            }
        }
    }

    /// A worker is dead.
    fn lost(&self, who: Who, generation: u64, message: &str) {
        if !self.0.borrow().is_current(who, generation) {
            return;
        }
        match who {
            Who::Hand(index) => {
                if let Some(engine) = &self.0.borrow().engine {
                    let lost = Message::new()
                        .with_number("lost", index as f64)
                        .with_text("message", message);
                    post(&engine.worker, lost);
                }
                self.replace_hand(index);
            }
            Who::Engine => self.rebuild(message),
        }
    }

    fn replace_hand(&self, index: usize) {
        if let Some(Some(slot)) = self.0.borrow().hands.get(index) {
            slot.worker.terminate();
        }
        self.0.borrow_mut().give_up_ahead(|hand| hand == index);
        self.start_hand(index);
    }

    /// Starts all workers anew and reads every drop again.
    fn rebuild(&self, message: &str) {
        let (answers, again) = {
            let mut pool = self.0.borrow_mut();
            for slot in pool.hands.iter().flatten().chain(&pool.engine) {
                slot.worker.terminate();
            }
            pool.engine = None;
            pool.hands.clear();
            pool.give_up_ahead(|_| true);
            pool.rebuilds += 1;
            let given_up = pool.rebuilds > MOST_REBUILDS;
            if given_up {
                pool.drops.clear();
                pool.rules = Rules::default();
            }
            let drops = pool.drops.clone();
            let mut kept = order::Map::new();
            for (number, _) in &drops {
                if let Some(then) = pool.waiting.remove(number) {
                    kept.insert(*number, then);
                }
            }
            let answers = std::mem::replace(&mut pool.waiting, kept);
            (answers, drops)
        };
        for then in answers.into_values() {
            then(Answer::Superseded);
        }
        let what = if again.is_empty() {
            "What was open had to be given up."
        } else {
            "The files are being read again."
        };
        self.tell(Event::Replaced {
            message: format!("The engine stopped by a fault of its own and was started anew. {what} Please report: {message}"),
            engine: true,
        });
        self.start_workers();
        let pool = self.0.borrow();
        // What a person decided comes before what it is about.
        let rules = Ask::Clear {
            rules: pool.rules.clone(),
            notes_too: false,
            can_return: false,
        };
        pool.send(
            &Request {
                number: 0,
                ask: rules,
            },
            &Bundles::default(),
        );
        for (number, files) in again {
            pool.send(
                &Request {
                    number,
                    ask: import_ask(&files),
                },
                &files,
            );
        }
    }

    fn tell(&self, event: Event) {
        let hear = self.0.borrow().on_event.clone();
        if let Some(hear) = hear {
            hear(event);
        }
    }
}

impl Pool {
    /// Says of what these hands read ahead that there is nothing.
    fn give_up_ahead(&mut self, of: impl Fn(usize) -> bool) {
        self.ahead.retain(|_, (hand, resolve)| {
            let is_lost = of(*hand);
            if is_lost {
                settle(resolve, &JsValue::UNDEFINED);
            }
            !is_lost
        });
    }

    fn is_current(&self, who: Who, generation: u64) -> bool {
        let slot = match who {
            Who::Engine => self.engine.as_ref(),
            Who::Hand(index) => self.hands.get(index).and_then(Option::as_ref),
        };
        // A worker can speak before its slot is put in place, and is then the current one.
        slot.is_none_or(|slot| slot.generation <= generation)
    }

    fn send(&self, request: &Request, files: &Bundles) {
        let Some(engine) = &self.engine else {
            return;
        };
        let blobs: Array = files.blobs.iter().collect();
        post(
            &engine.worker,
            Message::new()
                .with_value("request", request)
                .with_bytes("files", &files.files)
                .with("blobs", &blobs),
        );
    }
}

fn import_ask(files: &Bundles) -> Ask {
    Ask::Import {
        budget: files.budget,
        is_followed: files.is_followed,
    }
}

/// Keeps a promise. Who waits for it goes on in a task of its own.
fn settle(resolve: &Function, value: &JsValue) {
    let _told = resolve.call1(&JsValue::UNDEFINED, value);
}

fn post(worker: &Worker, message: Message) {
    let (object, transfer) = message.parts();
    // Only what cannot be cloned fails, and all we send can be.
    let _posted = worker.post_message_with_transfer(&object, &transfer);
}
