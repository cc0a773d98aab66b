//! A histogram that is its own filter: dragging over it, clicking a bar or moving a handle by keys
//! makes a range.
//!
//! Ranges snap to the edges of bins, so that what is kept is what the bars show.

use super::brushing::{Brushing, Gesture};
use super::numbers::{axis_end, count};
use crate::engine::protocol::{Brush, Facet, FacetBars};
use crate::ledger::ColumnId;
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html::Div;
use leptos::prelude::*;
use std::fmt::Write as _;
use std::sync::Arc;

/// The least height of a bar that is not empty, as part of the whole: one run among thousands is seen.
const LEAST_HEIGHT: f64 = 0.06;

/// By which part of a bin an edge may be moved to be short.
const SHORTENING: f64 = 0.1;

/// How many digits after the first a shortened edge has at most.
const MOST_DIGITS: usize = 15;

/// The axis and the bars.
#[derive(Clone, Debug, Default, PartialEq)]
struct Bars {
    edges: Vec<f64>,
    time: bool,
    log: bool,
    shown: Vec<usize>,
    all: Vec<usize>,
}

impl Bars {
    fn of(facet: Option<&Arc<Facet>>) -> Self {
        match facet.map(|facet| &facet.bars) {
            Some(FacetBars::Histogram {
                edges,
                log,
                time,
                shown,
                all,
            }) => Self {
                edges: edges.clone(),
                time: *time,
                log: *log,
                shown: shown.clone(),
                all: all.clone(),
            },
            _ => Self::default(),
        }
    }

    fn bins(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }

    /// Whether every bin is one whole number: edges at halves, one apart.
    fn is_whole(&self) -> bool {
        self.edges.windows(2).all(|pair| {
            (pair[1] - pair[0] - 1.0).abs() < f64::EPSILON
                && (pair[0] - 0.5).fract().abs() < f64::EPSILON
        })
    }

    /// The brush from edge `from` to edge `to`; open at the ends of the axis.
    fn brush(&self, from: usize, to: usize) -> Option<Brush> {
        let bins = self.bins();
        let (mut low, mut high) = (
            (from > 0).then(|| self.short(from)),
            (to < bins).then(|| self.short(to)),
        );
        if self.is_whole() {
            low = low.map(f64::ceil);
            high = high.map(f64::floor);
        }
        (low.is_some() || high.is_some()).then_some(Brush::Range { low, high })
    }

    /// An inner edge in as few digits as keep it within a tenth of its bins: the filter is for people.
    fn short(&self, at: usize) -> f64 {
        let edge = self.edges.get(at).copied().unwrap_or_default();
        let neighbours = [at.wrapping_sub(1), at + 1].map(|other| {
            self.edges
                .get(other)
                .map_or(f64::INFINITY, |other| (other - edge).abs())
        });
        let near = neighbours[0].min(neighbours[1]) * SHORTENING;
        if self.is_whole() {
            return edge;
        }
        let rounded = |digits: usize| format!("{edge:.digits$e}").parse::<f64>().ok();
        (0..MOST_DIGITS)
            .filter_map(rounded)
            .find(|short| (short - edge).abs() <= near)
            .unwrap_or(edge)
    }

    /// Where on the axis a value is, from 0 to 1; the bins are of equal width on it.
    fn place(&self, value: f64) -> f64 {
        let bins = self.bins();
        let after = self.edges.partition_point(|edge| *edge <= value);
        if after == 0 || bins == 0 {
            return 0.0;
        }
        if after > bins {
            return 1.0;
        }
        let (low, high) = (self.edges[after - 1], self.edges[after]);
        let within = if high > low {
            (value - low) / (high - low)
        } else {
            0.0
        };
        ((after - 1) as f64 + within) / bins as f64
    }

    /// The two ends of a brush on the axis.
    fn span(&self, brush: Option<&Brush>) -> Option<(f64, f64)> {
        let Some(Brush::Range { low, high }) = brush else {
            return None;
        };
        // A whole number fills its bin.
        let margin = if self.is_whole() { 0.5 } else { 0.0 };
        let low = low.map_or(0.0, |low| self.place(low - margin));
        Some((
            low,
            high.map_or(1.0, |high| self.place(high + margin)).max(low),
        ))
    }

    /// The edge nearest to a place on the axis.
    fn edge_at(&self, place: f64) -> usize {
        (place.clamp(0.0, 1.0) * self.bins() as f64).round() as usize
    }

    /// Bars as one path in a box one wide for each bin and one high.
    fn path(counts: &[usize], most: usize) -> String {
        let mut path = String::new();
        for (at, number) in counts.iter().enumerate().filter(|(_, number)| **number > 0) {
            let height = (*number as f64 / most.max(1) as f64).max(LEAST_HEIGHT);
            // Writing to a String cannot fail.
            let _written = write!(
                path,
                "M{:.3} 1V{:.4}H{:.3}V1z",
                at as f64 + 0.06,
                1.0 - height,
                at as f64 + 0.94
            );
        }
        path
    }
}

/// What is being dragged.
#[derive(Clone, Copy, Debug)]
struct Drag {
    gesture: Gesture,
    /// Where it began on the axis.
    from: f64,
    /// The edge that stays, where a handle is dragged.
    fixed: Option<usize>,
    /// Whether it has left the place where it began.
    moved: bool,
}

/// The end of a range that a handle stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Low,
    High,
}

/// How far in pixels a press may wander and still be a click.
const CLICK_PIXELS: f64 = 3.0;

/// The histogram of one column.
#[component]
pub fn Histogram(
    facet: Memo<Option<Arc<Facet>>>,
    brush: Memo<Option<Brush>>,
    column: ColumnId,
    name: String,
    brushing: Brushing,
) -> impl IntoView {
    let bars = Memo::new(move |_| facet.with(|facet| Bars::of(facet.as_ref())));
    let track = NodeRef::<Div>::new();
    let drag = StoredValue::new(None::<Drag>);
    // While it is dragged the brush follows the pointer and not the answers.
    let (dragged, set_dragged) = signal(None::<(f64, f64)>);
    let span = Memo::new(move |_| {
        dragged
            .get()
            .or_else(|| bars.with(|bars| brush.with(|brush| bars.span(brush.as_ref()))))
    });
    let most = move || bars.with(|bars| bars.all.iter().copied().max().unwrap_or(1));
    let place = move |event: &PointerEvent| {
        let node = track.get_untracked()?;
        let frame = node.get_bounding_client_rect();
        (frame.width() > 0.0).then(|| {
            (
                (f64::from(event.client_x()) - frame.left()) / frame.width(),
                frame.width(),
            )
        })
    };
    let put = move |gesture: Gesture, from: usize, to: usize| {
        bars.with_untracked(|bars| {
            let bins = bars.bins().max(1) as f64;
            set_dragged.set(Some((from as f64 / bins, to as f64 / bins)));
            brushing.put(gesture, column, bars.brush(from, to));
        });
    };
    let pressed = move |event: PointerEvent| {
        let (Some((at, width)), Some(node)) = (place(&event), track.get_untracked()) else {
            return;
        };
        if event.button() != 0 || bars.with_untracked(Bars::bins) == 0 {
            return;
        }
        // A press near a handle takes it.
        let reach = 6.0 / width;
        let fixed = span.get_untracked().and_then(|(low, high)| {
            bars.with_untracked(|bars| {
                if (at - high).abs() <= reach {
                    Some(bars.edge_at(low))
                } else if (at - low).abs() <= reach {
                    Some(bars.edge_at(high))
                } else {
                    None
                }
            })
        });
        event.prevent_default();
        // Without capture the drag ends at the border, no more.
        let _captured = node.set_pointer_capture(event.pointer_id());
        drag.set_value(Some(Drag {
            gesture: brushing.begin(),
            from: at,
            fixed,
            moved: false,
        }));
    };
    let moved = move |event: PointerEvent| {
        let (Some(mut state), Some((at, width))) = (drag.get_value(), place(&event)) else {
            return;
        };
        state.moved |= (at - state.from).abs() * width > CLICK_PIXELS;
        drag.set_value(Some(state));
        if !state.moved {
            return;
        }
        let (from, to) = bars.with_untracked(|bars| {
            let bins = bars.bins();
            if let Some(fixed) = state.fixed {
                let edge = bars.edge_at(at);
                return (fixed.min(edge), fixed.max(edge));
            }
            // A free drag covers every bar that it touches.
            let (low, high) = (
                state.from.min(at).clamp(0.0, 1.0),
                state.from.max(at).clamp(0.0, 1.0),
            );
            (
                (low * bins as f64).floor() as usize,
                (high * bins as f64).ceil() as usize,
            )
        });
        if to > from {
            put(state.gesture, from, to);
        }
    };
    let released = move |event: PointerEvent| {
        let Some(state) = drag.get_value() else {
            return;
        };
        drag.set_value(None);
        if !state.moved && state.fixed.is_none() {
            let within = span
                .get_untracked()
                .is_some_and(|(low, high)| state.from >= low && state.from <= high);
            let bin = bars.with_untracked(|bars| {
                ((state.from * bars.bins() as f64) as usize).min(bars.bins().saturating_sub(1))
            });
            if within {
                brushing.put(state.gesture, column, None);
            } else {
                put(state.gesture, bin, bin + 1);
            }
        }
        if let Some(node) = track.get_untracked() {
            // It was never captured, or is released already.
            let _released = node.release_pointer_capture(event.pointer_id());
        }
        settle(set_dragged);
    };
    let handle = move |end: End| {
        let name = name.clone();
        let at = move || {
            span.get()
                .map_or(if end == End::Low { 0.0 } else { 1.0 }, |(low, high)| {
                    if end == End::Low { low } else { high }
                })
        };
        let text = move || {
            let edge = bars.with(|bars| {
                let exact = brush.with(|brush| match brush {
                    Some(Brush::Range { low, high }) => {
                        if end == End::Low {
                            *low
                        } else {
                            *high
                        }
                    }
                    _ => None,
                });
                exact.map(|value| axis_end(value, bars.time))
            });
            edge.unwrap_or_else(|| "open".to_owned())
        };
        // All keys while the handle has the focus are one gesture.
        let gesture = StoredValue::new(None::<Gesture>);
        let key = move |event: KeyboardEvent| {
            let bins = bars.with_untracked(Bars::bins);
            let (low, high) = span.get_untracked().unwrap_or((0.0, 1.0));
            let (from, to) = bars.with_untracked(|bars| (bars.edge_at(low), bars.edge_at(high)));
            let edge = if end == End::Low { from } else { to };
            let next = match event.key().as_str() {
                "ArrowLeft" | "ArrowDown" => edge.saturating_sub(1),
                "ArrowRight" | "ArrowUp" => (edge + 1).min(bins),
                "PageDown" => edge.saturating_sub(4),
                "PageUp" => (edge + 4).min(bins),
                "Home" => 0,
                "End" => bins,
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            let (from, to) = match end {
                End::Low => (next.min(to.saturating_sub(1)), to),
                End::High => (from, next.max(from + 1).min(bins)),
            };
            let current = gesture.get_value().unwrap_or_else(|| brushing.begin());
            gesture.set_value(Some(current));
            put(current, from, to);
            settle(set_dragged);
        };
        view! {
            <div
                class="handle"
                class:high=end == End::High
                role="slider"
                tabindex="0"
                aria-label=match end {
                    End::Low => format!("Least {name}"),
                    End::High => format!("Greatest {name}"),
                }
                aria-valuemin="0"
                aria-valuemax=move || bars.with(Bars::bins).to_string()
                aria-valuenow=move || bars.with(|bars| bars.edge_at(at())).to_string()
                aria-valuetext=text
                style:left=move || format!("{:.3}%", at() * 100.0)
                on:keydown=key
                on:blur=move |_| gesture.set_value(None)
            ></div>
        }
    };
    let hovered = move || {
        bars.with(|bars| {
            format!(
                "{} of {} in range; drag to filter",
                count(bars.shown.iter().sum()),
                count(bars.all.iter().sum())
            )
        })
    };
    let end = move |last: bool| {
        bars.with(|bars| {
            let whole = if bars.is_whole() { 0.5 } else { 0.0 };
            let value = if last {
                bars.edges.last().map(|edge| edge - whole)
            } else {
                bars.edges.first().map(|edge| edge + whole)
            };
            value.map(|value| axis_end(value, bars.time))
        })
    };
    view! {
        <div
            class="histogram"
            class:has-span=move || span.with(Option::is_some)
            data-testid="histogram"
            title=hovered
            node_ref=track
            on:pointerdown=pressed
            on:pointermove=moved
            on:pointerup=released
            on:pointercancel=released
        >
            <svg
                viewBox=move || format!("0 0 {} 1", bars.with(Bars::bins).max(1))
                preserveAspectRatio="none"
                aria-hidden="true"
                focusable="false"
            >
                <path class="bars-all" d=move || bars.with(|bars| Bars::path(&bars.all, most()))></path>
                <path class="bars-shown" d=move || bars.with(|bars| Bars::path(&bars.shown, most()))></path>
            </svg>
            <div
                class="span"
                hidden=move || span.with(Option::is_none)
                style:left=move || format!("{:.3}%", span.get().map_or(0.0, |(low, _)| low) * 100.0)
                style:width=move || format!("{:.3}%", span.get().map_or(0.0, |(low, high)| high - low) * 100.0)
            ></div>
            {handle(End::Low)}
            {handle(End::High)}
        </div>
        <div class="facet-axis faint number" aria-hidden="true">
            <span>{move || end(false)}</span>
            <span>{move || bars.with(|bars| bars.log.then_some("log"))}</span>
            <span>{move || end(true)}</span>
        </div>
    }
}

/// How long a finished gesture's brush is held until the filter's text says the same.
const SETTLE_MILLIS: u32 = 400;

/// Lets the filter's text place the brush again, once it has had time to change.
fn settle(set_dragged: WriteSignal<Option<(f64, f64)>>) {
    gloo::timers::callback::Timeout::new(SETTLE_MILLIS, move || {
        set_dragged.try_set(None);
    })
    .forget();
}
