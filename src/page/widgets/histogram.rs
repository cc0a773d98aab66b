//! A histogram that is its own filter: dragging over it, clicking a bar or moving a handle by keys
//! makes a range.
//!
//! Ranges snap to the edges of bins, so that what is kept is what the bars show.

use super::bars::Bars;
use super::brushing::{Brushing, Gesture};
use crate::chart::number::axis_end;
use crate::chart::number::grouped;
use crate::engine::protocol::{Brush, Facet};
use crate::ledger::ColumnId;
use crate::page::prelude::*;
use gloo::timers::callback::Timeout;
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html::Div;
use std::sync::Arc;

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
    // With another filter the counts of shown runs change and nothing else, which is most of what is drawn.
    let bars = Memo::new(move |_| facet.with(|facet| Bars::of(facet.as_ref())));
    let shown = Memo::new(move |_| facet.with(|facet| Bars::shown(facet.as_ref())));
    let track = NodeRef::<Div>::new();
    let drag = StoredValue::new(None::<Drag>);
    let held = Held::new();
    let span = Memo::new(move |_| {
        held.span
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
            held.hold((from as f64 / bins, to as f64 / bins));
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
        held.let_go();
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
            held.let_go();
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
                on:keydown=by::key(key)
                on:blur=by::focus(move |_| gesture.set_value(None))
            ></div>
        }
    };
    let hovered = move || {
        bars.with(|bars| {
            format!(
                "{} of {} in range; drag to filter",
                grouped(shown.with(|shown| shown.iter().sum())),
                grouped(bars.all.iter().sum())
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
            on:pointerdown=by::pointer(pressed)
            on:pointermove=by::pointer(moved)
            on:pointerup=by::pointer(released)
            on:pointercancel=by::pointer(released)
        >
            <svg
                viewBox=move || format!("0 0 {} 1", bars.with(Bars::bins).max(1))
                preserveAspectRatio="none"
                aria-hidden="true"
                focusable="false"
            >
                <path class="bars-all" d=move || bars.with(|bars| Bars::path(&bars.all, most()))></path>
                <path class="bars-shown" d=move || shown.with(|shown| Bars::path(shown, most()))></path>
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

/// The brush as it is dragged: it follows the pointer and not the answers, until the filter's text has
/// had time to say the same.
#[derive(Clone, Copy)]
struct Held {
    span: RwSignal<Option<(f64, f64)>>,
    letting_go: StoredValue<Option<Timeout>>,
}

impl Held {
    fn new() -> Self {
        Self {
            span: RwSignal::new(None),
            letting_go: StoredValue::new(None),
        }
    }

    fn hold(self, span: (f64, f64)) {
        self.letting_go.set_value(None);
        self.span.set(Some(span));
    }

    fn let_go(self) {
        // The histogram may be gone when the time is up.
        let timer = Timeout::new(SETTLE_MILLIS, move || {
            let _gone = self.span.try_set(None);
        });
        self.letting_go.set_value(Some(timer));
    }
}
