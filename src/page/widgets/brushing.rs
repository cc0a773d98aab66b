//! Brushes become filter text: one ask at a time, and one step of undo for one gesture.

use crate::engine::protocol::{Answer, Ask, Brush};
use crate::ledger::ColumnId;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::web::clock;

/// After how long a brush that was sent counts as lost: a superseded ask is never answered.
const LOST_MILLIS: f64 = 1000.0;

/// All that is done from pressing to releasing, or while a handle has the focus: one step of undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gesture(u64);

/// A brush to be sent.
#[derive(Clone, Debug)]
struct Waiting {
    gesture: Gesture,
    column: ColumnId,
    brush: Option<Brush>,
}

/// Sends brushes to the engine and puts the text that comes back into the view.
#[derive(Clone, Copy)]
pub struct Brushing {
    app: App,
    last: StoredValue<u64>,
    /// The gesture that has its entry in the history already.
    entered: StoredValue<Option<Gesture>>,
    /// Only the latest step of a gesture counts.
    waiting: StoredValue<Option<Waiting>>,
    /// When the brush in flight was sent.
    sent: StoredValue<Option<f64>>,
}

impl Brushing {
    /// Nothing is being brushed.
    pub fn new(app: App) -> Self {
        Self {
            app,
            last: StoredValue::new(0),
            entered: StoredValue::new(None),
            waiting: StoredValue::new(None),
            sent: StoredValue::new(None),
        }
    }

    /// What the filter's text keeps of a column, where a brush could have written it.
    pub fn of(self, column: ColumnId) -> Option<Brush> {
        self.app.selected.with(|selected| {
            let mut clauses = selected.clauses.iter();
            let brushed =
                clauses.find(|clause| clause.column == Some(column) && clause.brush.is_some());
            brushed.and_then(|clause| clause.brush.clone())
        })
    }

    /// A new gesture.
    pub fn begin(self) -> Gesture {
        self.last.update_value(|last| *last += 1);
        Gesture(self.last.get_value())
    }

    /// A step of a gesture: this is what the column is brushed to now.
    pub fn put(self, gesture: Gesture, column: ColumnId, brush: Option<Brush>) {
        self.waiting.set_value(Some(Waiting {
            gesture,
            column,
            brush,
        }));
        self.send();
    }

    /// A brush that is a gesture by itself.
    pub fn once(self, column: ColumnId, brush: Option<Brush>) {
        self.put(self.begin(), column, brush);
    }

    fn send(self) {
        let now = clock::now_millis();
        if self
            .sent
            .get_value()
            .is_some_and(|sent| now - sent < LOST_MILLIS)
        {
            return;
        }
        let Some(Waiting {
            gesture,
            column,
            brush,
        }) = self.waiting.try_update_value(Option::take).flatten()
        else {
            return;
        };
        self.sent.set_value(Some(now));
        let filter = self.app.view.with_untracked(|view| view.filter.clone());
        self.app.ask(
            Ask::Brush {
                filter,
                column,
                brush,
            },
            move |answer| {
                self.sent.set_value(None);
                if let Answer::Filter(text) = answer {
                    if self.entered.get_value() == Some(gesture) {
                        self.app.change_quietly(|view| view.filter = text);
                    } else {
                        self.entered.set_value(Some(gesture));
                        self.app.change(|view| view.filter = text);
                    }
                }
                self.send();
            },
        );
    }
}
