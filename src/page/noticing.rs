//! Short messages to the person: said anew where they come again, and taken back once they are true no more.

use super::state::App;
use crate::page::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// The number of the last message: none is used again, so that what is taken back is no other one.
static LAST: AtomicU64 = AtomicU64::new(0);

/// A short message to the person, dismissible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Tells it from others.
    pub number: u64,
    /// What to say.
    pub text: String,
}

impl App {
    /// Says something to the person.
    pub fn notify(self, text: &str) {
        self.say(0, text);
    }

    /// Says something in the place of what was said there last; nothing takes that back.
    pub fn notify_at(self, place: StoredValue<u64>, text: &str) {
        let before = place.get_value();
        if before != 0 || !text.is_empty() {
            place.set_value(self.say(before, text));
        }
    }

    /// Says what is wrong with a step, until one succeeds.
    pub fn notify_of_step(self, text: &str) {
        self.notify_at(self.wrong_step, text);
    }

    /// A step succeeded.
    pub fn step_done(self) {
        self.notify_at(self.wrong_step, "");
    }

    /// Says something in the place of a message, and of the same one: it is a new one, which is seen and heard again. Gives its
    /// number, 0 where nothing is said.
    fn say(self, before: u64, text: &str) -> u64 {
        let number = match text {
            "" => 0,
            _ => 1 + LAST.fetch_add(1, Ordering::Relaxed),
        };
        self.notices.update(|notices| {
            notices.retain(|notice| notice.number != before && notice.text != text);
            if number != 0 {
                notices.push(Notice {
                    number,
                    text: text.to_owned(),
                });
            }
        });
        number
    }
}
