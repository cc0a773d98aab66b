//! A brush of the space while it is dragged: the picture of what it would keep is asked for one at a time, the newest brush
//! first. The filter, the address and the other views hear of it at its end, once.

use crate::engine::protocol::{Answer, Ask, Brush, SpacePicture, SpaceQuestion};
use crate::ledger::ColumnId;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::page::widgets::brushing::Brushing;
use std::sync::Arc;

/// A press on an axis that was not let go.
#[derive(Clone)]
struct Held {
    column: ColumnId,
    /// The part of the axis at which it began.
    from: f64,
    is_drag: bool,
    /// What the axis is brushed to.
    brush: Option<Brush>,
    /// What is kept besides what is dragged.
    beside: Option<Brush>,
}

/// Parts of an axis, each from where to where.
pub(super) type Spans = Vec<(f64, f64)>;

/// What is dragged. `Copy`, as all handles of the page.
#[derive(Clone, Copy)]
pub(super) struct Dragging {
    app: App,
    pub(super) brushing: Brushing,
    /// The picture that is seen, and how it was asked for.
    picture: RwSignal<Option<Arc<SpacePicture>>>,
    question: StoredValue<Option<SpaceQuestion>>,
    /// The picture before, which comes back if the drag is given up.
    before: StoredValue<Option<Arc<SpacePicture>>>,
    held: StoredValue<Option<Held>>,
    /// Which axis is brushed from where to where, until the filter says so.
    pub(super) spans: RwSignal<Option<(ColumnId, Spans)>>,
    /// Counts presses: what a picture of an earlier one shows is over.
    press: StoredValue<u64>,
    is_asked: StoredValue<bool>,
    /// Whether there is a newer brush than was asked with.
    is_newer: StoredValue<bool>,
    /// The axis whose name is to have the focus when it stands at its new place.
    pub(super) focus: StoredValue<Option<String>>,
}

impl Dragging {
    /// Nothing is dragged.
    pub(super) fn new(
        app: App,
        picture: RwSignal<Option<Arc<SpacePicture>>>,
        question: StoredValue<Option<SpaceQuestion>>,
    ) -> Self {
        let this = Self {
            app,
            brushing: Brushing::new(app),
            picture,
            question,
            before: StoredValue::new(None),
            held: StoredValue::new(None),
            spans: RwSignal::new(None),
            press: StoredValue::new(0),
            is_asked: StoredValue::new(false),
            is_newer: StoredValue::new(false),
            focus: StoredValue::new(None),
        };
        Effect::new(move |_| {
            app.selection.track();
            this.spans.set(None);
        });
        let listener = window_event_listener(leptos::ev::keydown, move |event| {
            if event.key() == "Escape" && this.is_held() {
                event.prevent_default();
                this.give_up();
            }
        });
        on_cleanup(move || listener.remove());
        this
    }

    /// Whether a press is not let go.
    pub(super) fn is_held(self) -> bool {
        self.held.with_value(Option::is_some)
    }

    /// A press on an axis, which keeps what it is brushed to already if it `adds`. What all pictures of its drag need is made
    /// before it moves.
    pub(super) fn begin(self, column: ColumnId, from: f64, adds: bool) {
        self.give_up();
        self.before.set_value(self.picture.get_untracked());
        self.press.update_value(|press| *press += 1);
        let brush = self.brushing.of(column);
        self.held.set_value(Some(Held {
            column,
            from,
            is_drag: false,
            beside: brush.clone().filter(|_| adds),
            brush,
        }));
        self.is_asked.set_value(false);
        self.ask();
    }

    /// Where the press began, and whether it is a drag by now.
    pub(super) fn begun(self, column: ColumnId) -> Option<(f64, bool)> {
        let held = self.held.get_value().filter(|held| held.column == column)?;
        Some((held.from, held.is_drag))
    }

    /// What is kept besides what is dragged.
    pub(super) fn beside(self) -> Option<Brush> {
        self.held.with_value(|held| held.as_ref()?.beside.clone())
    }

    /// The press was dragged so far; where nothing lies between, what it last kept stands.
    pub(super) fn to(self, spans: Spans, brush: Option<Brush>) {
        self.held.update_value(|held| {
            if let Some(held) = held {
                held.is_drag = true;
                held.brush = brush.or(held.brush.take());
                self.spans.set(Some((held.column, spans)));
            }
        });
        self.is_newer.set_value(true);
        self.ask();
    }

    /// The press is let go: the filter keeps what it kept. A click beside a brush takes it away.
    pub(super) fn end(self) {
        let Some(held) = self.held.get_value() else {
            return;
        };
        let is_added = held.beside.is_some() && !held.is_drag;
        if is_added || held.is_drag && held.brush == self.brushing.of(held.column) {
            // The filter stays as it is, and with it the picture before.
            self.give_up();
            return;
        }
        self.held.set_value(None);
        let brush = held.brush.filter(|_| held.is_drag);
        self.brushing.once(held.column, brush);
    }

    /// Everything is as before the press.
    pub(super) fn give_up(self) {
        let held = self.held.try_update_value(Option::take).flatten();
        if held.is_some_and(|held| held.is_drag) {
            self.spans.set(None);
            self.picture.set(self.before.get_value());
        }
    }

    fn ask(self) {
        let (Some(held), Some(question)) = (self.held.get_value(), self.question.get_value())
        else {
            return;
        };
        if self.is_asked.get_value() {
            return;
        }
        self.is_asked.set_value(true);
        self.is_newer.set_value(false);
        let press = self.press.get_value();
        let is_drag = held.is_drag;
        let ask = Ask::SpaceMoving {
            question,
            filter: self.app.view.with_untracked(|view| view.filter.clone()),
            column: held.column,
            brush: held.brush,
        };
        self.app.ask(ask, move |answer| {
            // The view may be gone, and the press over.
            if self.press.try_get_value() != Some(press) || !self.is_held() {
                return;
            }
            self.is_asked.set_value(false);
            // The engine draws the next while the page shows this one.
            if self.is_newer.get_value() {
                self.ask();
            }
            if let (Answer::Space(picture), true) = (answer, is_drag) {
                self.picture.set(Some(Arc::from(picture)));
            }
        });
    }
}
