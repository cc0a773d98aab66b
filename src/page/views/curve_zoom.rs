//! The part of the axis of curves that is shown, and what changes it. Until there is a picture of another part, the one that is there
//! is moved and stretched to where its lines will lie: a press is seen at once, however much there is to draw.

use crate::chart::axis::Axis;
use crate::chart::scale::Spacing;
use crate::engine::curves::Zoom;
use crate::engine::protocol::CurvesPicture;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::web::clock;
use std::sync::Arc;

/// What changes the part of the axis that is shown.
#[derive(Clone, Copy)]
pub(super) struct Zooming {
    app: App,
    picture: RwSignal<Option<Arc<CurvesPicture>>>,
    width: Memo<f64>,
    /// The part, on the axis' scale, of which there is no picture yet.
    ahead: RwSignal<Option<Zoom>>,
}

impl Zooming {
    /// Of pictures so wide.
    pub(super) fn new(
        app: App,
        picture: RwSignal<Option<Arc<CurvesPicture>>>,
        width: Memo<f64>,
    ) -> Self {
        let ahead = RwSignal::new(None);
        Effect::new(move |_| {
            picture.track();
            ahead.set(None);
        });
        Self {
            app,
            picture,
            width,
            ahead,
        }
    }

    /// Shows a part, or the whole where there is none smaller. Always true.
    pub(super) fn set(self, part: Option<Zoom>) -> bool {
        let whole = self.whole();
        let part = part.zip(whole).and_then(|(part, (whole, log))| {
            let is_less = part.low > whole.low || part.high < whole.high;
            is_less.then(|| part.off(log))
        });
        let is_other = self
            .app
            .view
            .with_untracked(|view| view.curves.zoom != part);
        if is_other {
            self.ahead.set(whole.and_then(|(whole, log)| {
                let part = part.map_or(whole, |part| part.on(log));
                Zoom::between(part.low.max(whole.low), part.high.min(whole.high))
            }));
            let begun = clock::now_millis();
            clock::after_paint(move || clock::measure("app:curves-moved", begun, &[]));
            self.app.change(|view| view.curves.zoom = part);
        }
        true
    }

    /// Shows what lies between two distances from the left.
    pub(super) fn to(self, from: f64, to: f64) {
        if let (Some(a), Some(b)) = (self.at(from), self.at(to)) {
            self.set(Zoom::between(a, b));
        }
    }

    /// Shows so much of the axis as before, around a distance from the left or the middle.
    pub(super) fn by(self, factor: f64, around: Option<f64>) -> bool {
        let middle = self.width.get_untracked() / 2.0;
        let around = self.at(around.unwrap_or(middle));
        match (self.shown(), around) {
            (Some(shown), Some(around)) => self.set(shown.scaled(factor, around)),
            _ => false,
        }
    }

    /// Moves along by a part of what is shown.
    pub(super) fn along(self, part: f64) -> bool {
        match (self.shown(), self.whole()) {
            (Some(shown), Some((whole, _))) => self.set(shown.moved(part, whole)),
            _ => false,
        }
    }

    /// Where the picture that is there lies until there is another one, as a style.
    pub(super) fn moved(self) -> Option<String> {
        let (times, by) = self.stretched()?;
        Some(format!("matrix({times}, 0, 0, 1, {by}, 0)"))
    }

    /// What of it is seen then.
    pub(super) fn clipped(self) -> Option<String> {
        let (times, by) = self.stretched()?;
        let width = self.width.get_untracked();
        let left = (-by / times).max(0.0);
        let right = (width - (width - by) / times).max(0.0);
        Some(format!("inset(0 {right}px 0 {left}px)"))
    }

    /// How many times as wide as it is it would be, and how far from the left.
    fn stretched(self) -> Option<(f64, f64)> {
        let (ahead, drawn) = (self.ahead.get()?, self.drawn()?);
        let span = ahead.high - ahead.low;
        let by = (drawn.low - ahead.low) / span * self.width.get_untracked();
        Some(((drawn.high - drawn.low) / span, by))
    }

    /// The place on the axis' scale that a step, a time or a value has at a distance from the left.
    fn at(self, x: f64) -> Option<f64> {
        let shown = self.shown()?;
        let part = (x / self.width.get_untracked()).clamp(0.0, 1.0);
        Some(shown.low + part * (shown.high - shown.low))
    }

    /// The whole on that scale, and whether it is logarithmic.
    fn whole(self) -> Option<(Zoom, bool)> {
        let picture = self.picture.get_untracked()?;
        let log = picture.x.spacing() == Spacing::Log;
        Some((picture.whole.on(log), log))
    }

    /// What is shown, or will be: presses that come quickly go on from one another.
    fn shown(self) -> Option<Zoom> {
        self.ahead.get_untracked().or_else(|| self.drawn())
    }

    /// What the picture is of.
    fn drawn(self) -> Option<Zoom> {
        let picture = self.picture.get_untracked()?;
        let Axis::Numbers { low, high, .. } = picture.x else {
            return None;
        };
        let drawn = Zoom::between(low * picture.unit, high * picture.unit)?;
        Some(drawn.on(picture.x.spacing() == Spacing::Log))
    }
}
