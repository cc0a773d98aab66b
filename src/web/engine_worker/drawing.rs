//! The engine's part in pictures of curves: a piece between any two asks.

use super::{EngineWorker, answer};
use crate::engine::CurvesRun;
use crate::engine::protocol::{Answer, CurvesQuestion};
use crate::web::clock;

/// A picture that is being drawn.
pub(super) struct Drawing {
    number: u64,
    run: CurvesRun,
    begun: f64,
}

impl EngineWorker {
    /// Begins a picture and draws its first piece, which mostly is all of it.
    pub(super) fn draw(&mut self, number: u64, question: &CurvesQuestion) {
        self.drop_drawing();
        let begun = clock::now_millis();
        self.drawing = Some(Drawing {
            number,
            run: self.workspace.begin_curves(question),
            begun,
        });
        self.draw_on();
    }

    /// Draws a further piece, and answers with the last.
    pub(super) fn draw_on(&mut self) {
        let Some(mut drawing) = self.drawing.take() else {
            return;
        };
        if drawing.run.version() != self.workspace.version() {
            // Runs came; the page asks anew when they are selected.
            answer(drawing.number, 0.0, Answer::Superseded);
            return;
        }
        match self.workspace.draw_curves(&mut drawing.run) {
            Some(picture) => {
                let millis = clock::now_millis() - drawing.begun;
                answer(drawing.number, millis, Answer::Curves(Box::new(picture)));
            }
            None => self.drawing = Some(drawing),
        }
    }

    /// A picture of other runs is of no use any more.
    pub(super) fn drop_drawing(&mut self) {
        if let Some(old) = self.drawing.take() {
            answer(old.number, 0.0, Answer::Superseded);
        }
    }
}
