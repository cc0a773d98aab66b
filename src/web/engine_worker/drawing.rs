//! The engine's part in pictures of curves: a piece between any two asks.

use super::{EngineWorker, answer, with_engine};
use crate::engine::CurvesRun;
use crate::engine::protocol::{Answer, CurvesQuestion};
use crate::web::clock;
use gloo::timers::callback::Timeout;

/// How long after the first whole picture a part of it is rehearsed: that is painted first.
const REHEARSAL_AFTER_MILLIS: u32 = 200;

/// A picture that is being drawn.
pub(super) struct Drawing {
    /// The number of the ask; a rehearsal answers nobody.
    number: Option<u64>,
    /// What is rehearsed after it, but for the part of the axis.
    rehearsal: Option<CurvesQuestion>,
    run: CurvesRun,
    begun: f64,
}

impl Drawing {
    fn leave(self) {
        if let Some(number) = self.number {
            answer(number, 0.0, Answer::Superseded);
        }
    }
}

impl EngineWorker {
    /// Begins a picture and draws its first piece, which mostly is all of it.
    pub(super) fn draw(&mut self, number: u64, question: &CurvesQuestion) {
        self.drop_drawing();
        self.has_zoomed |= question.set.zoom.is_some();
        let begun = clock::now_millis();
        self.drawing = Some(Drawing {
            number: Some(number),
            rehearsal: (!self.has_zoomed).then(|| question.clone()),
            run: self.workspace.begin_curves(question),
            begun,
        });
        self.draw_on();
    }

    /// Draws a part of the axis that nobody sees, where nothing else is asked for: a browser compiles what runs for the first time,
    /// and the first who zooms would wait for that.
    fn rehearse_zoom(&mut self, question: &CurvesQuestion) {
        if self.has_zoomed || self.drawing.is_some() || !self.queue.is_empty() {
            return;
        }
        self.has_zoomed = true;
        self.drawing = Some(Drawing {
            number: None,
            rehearsal: None,
            run: self.workspace.begin_curves(question).rehearsed(),
            begun: 0.0,
        });
        self.tick_soon();
    }

    /// Draws a further piece, and answers with the last.
    pub(super) fn draw_on(&mut self) {
        let Some(mut drawing) = self.drawing.take() else {
            return;
        };
        if drawing.run.version() != self.workspace.version() {
            // Runs came; the page asks anew when they are selected.
            drawing.leave();
            return;
        }
        let Some(picture) = self.workspace.draw_curves(&mut drawing.run) else {
            self.drawing = Some(drawing);
            return;
        };
        let Some(number) = drawing.number else {
            return;
        };
        if let (Some(mut question), Some(part)) = (drawing.rehearsal, picture.middle()) {
            question.set.zoom = Some(part);
            let rehearse = move || with_engine(|engine| engine.rehearse_zoom(&question));
            Timeout::new(REHEARSAL_AFTER_MILLIS, rehearse).forget();
        }
        let millis = clock::now_millis() - drawing.begun;
        answer(number, millis, Answer::Curves(Box::new(picture)));
    }

    /// A picture of other runs is of no use any more.
    pub(super) fn drop_drawing(&mut self) {
        if let Some(old) = self.drawing.take() {
            old.leave();
        }
    }
}
