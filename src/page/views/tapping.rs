//! Fingers on pictures at which one points. They hover nowhere, and leave with each tap: a tap points where a mouse points that
//! stands there, and one more at the same place does what a press does.

use crate::page::prelude::*;
use leptos::ev::{MouseEvent, PointerEvent};

/// How far from the last tap one is at the same place, in pixels of the page: about half a finger.
const SAME: u32 = 20;

/// Whether a finger did it, and neither a mouse nor a pen that hovers.
pub(super) fn is_finger(event: &PointerEvent) -> bool {
    event.pointer_type() == "touch"
}

/// What fingers did on a picture. `Copy`, as all handles of the page.
#[derive(Clone, Copy)]
pub(super) struct Tapping {
    /// Whether the last press was a finger's.
    is_finger: StoredValue<bool>,
    /// Where the last tap was that pointed.
    last: StoredValue<Option<(i32, i32)>>,
}

impl Tapping {
    pub(super) fn new() -> Self {
        Self {
            is_finger: StoredValue::new(false),
            last: StoredValue::new(None),
        }
    }

    /// Notes who presses: browsers differ in what a click says of it.
    pub(super) fn pressed(self, event: &PointerEvent) {
        self.is_finger.set_value(is_finger(event));
    }

    /// Another part of the picture's axes is shown: nothing is at its place any more.
    pub(super) fn moved(self) {
        self.last.set_value(None);
    }

    /// Whether a click on the picture is a tap that points there; else it opens what `is_pointed` at, if something is.
    pub(super) fn points(self, event: &MouseEvent, is_pointed: bool) -> bool {
        if !self.is_finger.get_value() {
            return false;
        }
        let (x, y) = (event.client_x(), event.client_y());
        let is_same = |(a, b): (i32, i32)| a.abs_diff(x).max(b.abs_diff(y)) <= SAME;
        let is_again = is_pointed && self.last.get_value().is_some_and(is_same);
        self.last.set_value((!is_again).then_some((x, y)));
        !is_again
    }
}
