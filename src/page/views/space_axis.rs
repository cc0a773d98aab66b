//! An axis of the space: its name, which moves, turns and removes it, its marks, and its brush.

use super::space::put_axes;
use super::space_drag::Dragging;
use crate::chart::absence::Absence;
use crate::chart::axis::Axis;
use crate::chart::number::grouped;
use crate::engine::protocol::{AxisSetting, Brush, SpaceAxis};
use crate::engine::space::MOST_ORDERED;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::page::widgets::keys::key_of;
use leptos::ev::{KeyboardEvent, MouseEvent, PointerEvent};
use leptos::html::{Button, Div};
use std::sync::Arc;
use wasm_bindgen::JsCast as _;
use web_sys::Element;

/// How far a press may wander and still be a click, in pixels.
const CLICK_PIXELS: f64 = 3.0;

/// All axes of a picture.
#[component]
pub(super) fn Axes(app: App, axes: Vec<SpaceAxis>, dragging: Dragging) -> impl IntoView {
    let all: Arc<[SpaceAxis]> = axes.into();
    (0..all.len())
        .map(|at| view! { <OneAxis app=app all=all.clone() at=at dragging=dragging/> })
        .collect::<Vec<_>>()
}

/// What can be done to one axis among the others.
#[derive(Clone, Copy)]
struct Order {
    app: App,
    at: usize,
    settings: StoredValue<Vec<AxisSetting>>,
}

impl Order {
    fn change(self, how: impl FnOnce(&mut Vec<AxisSetting>)) {
        let mut axes = self.settings.get_value();
        how(&mut axes);
        self.app.change(|view| put_axes(view, axes));
    }

    fn turn(self) {
        self.change(|axes| axes[self.at].flipped = !axes[self.at].flipped);
    }

    /// Puts one of its values elsewhere among them.
    fn put_value(self, values: &[String], from: usize, to: usize) {
        let mut values = values.to_vec();
        if from < values.len() {
            let value = values.remove(from);
            values.insert(to.min(values.len()), value);
            self.change(|axes| axes[self.at].order = values);
        }
    }

    fn move_to(self, to: usize) {
        self.change(|axes| {
            let axis = axes.remove(self.at);
            axes.insert(to.min(axes.len()), axis);
        });
    }
}

#[component]
fn OneAxis(app: App, all: Arc<[SpaceAxis]>, at: usize, dragging: Dragging) -> impl IntoView {
    let axis = StoredValue::new(all[at].clone());
    let column = all[at].column;
    let track = NodeRef::<Div>::new();
    let brushing = dragging.brushing;
    // What is dragged is shown at once; what is filtered comes back with the filter's clauses.
    let spans = move || {
        let dragged = dragging.spans.get();
        let dragged = dragged.filter(|(dragged, _)| *dragged == column);
        if let Some((_, spans)) = dragged {
            return spans;
        }
        let brush = brushing.of(column);
        axis.with_value(|axis| spans_of(&axis.axis, brush.as_ref()))
    };
    // From the axis' beginning, 0, to its end, 1.
    let place = move |event: &PointerEvent| {
        let frame = track.get_untracked()?.get_bounding_client_rect();
        let down = (f64::from(event.client_y()) - frame.top()) / frame.height();
        let is_down = axis.with_value(|axis| axis.ends.0 < axis.ends.1);
        (frame.height() > 0.0).then_some((if is_down { down } else { 1.0 - down }, frame.height()))
    };
    let pressed = move |event: PointerEvent| {
        let (Some((from, _)), Some(track)) = (place(&event), track.get_untracked()) else {
            return;
        };
        if event.button() != 0 {
            return;
        }
        event.prevent_default();
        // Without capture the drag ends at the border, no more.
        let _captured = track.set_pointer_capture(event.pointer_id());
        let adds = event.shift_key() || event.ctrl_key() || event.meta_key();
        dragging.begin(column, from, adds);
    };
    let moved = move |event: PointerEvent| {
        let (Some((from, is_drag)), Some((to, height))) = (dragging.begun(column), place(&event))
        else {
            return;
        };
        event.stop_propagation();
        if is_drag || (to - from).abs() * height > CLICK_PIXELS {
            let (low, high) = (from.min(to).clamp(0.0, 1.0), from.max(to).clamp(0.0, 1.0));
            let beside = dragging.beside();
            axis.with_value(|axis| {
                let mut spans = spans_of(&axis.axis, beside.as_ref());
                spans.push((low, high));
                let brush = brush_between(&axis.axis, low, high);
                dragging.to(
                    spans,
                    brush.map(|brush| match &beside {
                        Some(beside) => brush.or(beside),
                        None => brush,
                    }),
                );
            });
        }
    };
    let last = all.len() - 1;
    let settings = all.iter().map(|axis| axis.setting.clone()).collect();
    let order = Order {
        app,
        at,
        settings: StoredValue::new(settings),
    };
    // The elements of a place are those of whichever axis stands there next: the focus goes with the axis.
    let name_button = NodeRef::<Button>::new();
    let own_key = all[at].setting.key.clone();
    let heir = all.get(if at < last {
        at + 1
    } else {
        at.saturating_sub(1)
    });
    let heir = heir.map(|axis| axis.setting.key.clone());
    Effect::new({
        let own_key = own_key.clone();
        move |_| {
            if let Some(button) = name_button.get()
                && dragging.focus.get_value().as_ref() == Some(&own_key)
            {
                dragging.focus.set_value(None);
                // Where it cannot have the focus it has none.
                let _focused = button.focus();
            }
        }
    });
    let is_flipped = all[at].setting.flipped;
    let key = move |event: KeyboardEvent| {
        let pressed = key_of(&event);
        dragging.focus.set_value(match pressed.as_str() {
            "ArrowLeft" | "ArrowRight" => Some(own_key.clone()),
            "Delete" | "Backspace" => heir.clone(),
            _ => None,
        });
        match pressed.as_str() {
            "ArrowLeft" => order.move_to(at.saturating_sub(1)),
            "ArrowRight" => order.move_to((at + 1).min(last)),
            "f" => order.turn(),
            "l" => order.change(|axes| axes[at].turn_scale()),
            "Delete" | "Backspace" if last > 0 => order.change(|axes| drop(axes.remove(at))),
            "ArrowUp" | "ArrowDown" if event.shift_key() => {
                // As the axis is seen: up leaves out what is lowest.
                let is_low = (pressed == "ArrowUp") != is_flipped;
                axis.with_value(|axis| {
                    let brush = match spans().as_slice() {
                        [] => narrowed(&axis.axis, (0.0, 1.0), is_low),
                        [kept] => narrowed(&axis.axis, *kept, is_low),
                        _ => None,
                    };
                    if let Some(brush) = brush {
                        brushing.once(column, Some(brush));
                    }
                });
            }
            "Escape" if !dragging.is_held() => brushing.once(column, None),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    // A name that is dragged sideways goes to the place where it is let go.
    let places: Vec<f64> = all.iter().map(|axis| axis.x).collect();
    let grabbed = StoredValue::new(None::<f64>);
    let shift = RwSignal::new(0.0);
    let grab = move |event: PointerEvent| {
        if event.button() == 0 {
            let target = event
                .current_target()
                .and_then(|target| target.dyn_into::<Element>().ok());
            if let Some(target) = target {
                let _captured = target.set_pointer_capture(event.pointer_id());
            }
            grabbed.set_value(Some(f64::from(event.client_x())));
        }
    };
    let drag = move |event: PointerEvent| {
        if let Some(from) = grabbed.get_value() {
            event.stop_propagation();
            shift.set(f64::from(event.client_x()) - from);
        }
    };
    let let_go = move |_: PointerEvent| {
        let by = shift.get_untracked();
        if grabbed.get_value().is_none() {
            return;
        }
        grabbed.set_value(None);
        shift.set(0.0);
        if by.abs() <= CLICK_PIXELS {
            order.turn();
            return;
        }
        let x = places[at] + by;
        let nearest = (0..places.len())
            .min_by(|a, b| (places[*a] - x).abs().total_cmp(&(places[*b] - x).abs()));
        if let Some(to) = nearest.filter(|to| *to != at) {
            order.move_to(to);
        }
    };
    let SpaceAxis {
        name,
        axis: scale,
        x,
        ends,
        absent,
        setting,
        is_objective,
        ..
    } = all[at].clone();
    // Names of axes that stand close do not run into one another.
    let apart = (all[last].x - all[0].x) / last.max(1) as f64;
    let widest = if last > 0 { apart - 4.0 } else { 2.0 * x };
    let (top, bottom) = (ends.0.min(ends.1), ends.0.max(ends.1));
    let height = bottom - top;
    let along = move |place: f64| ends.0 + place * (ends.1 - ends.0) - top;
    let values = match &scale {
        Axis::Values { values, rest: 0 } if values.len() <= MOST_ORDERED => values.clone(),
        _ => Vec::new(),
    };
    let values = StoredValue::new(values);
    let marks = scale
        .marks()
        .into_iter()
        .enumerate()
        .map(|(step, (at, text))| {
            let top = format!("{:.1}px", along(at));
            if values.with_value(Vec::is_empty) {
                return view! { <span class="axis-mark" style:top=top>{text}</span> }.into_any();
            }
            let button = NodeRef::<Button>::new();
            let focus = StoredValue::new(format!("{}:{text}", setting.key));
            Effect::new(move |_| {
                if let Some(button) = button.get()
                    && dragging.focus.get_value() == Some(focus.get_value())
                {
                    dragging.focus.set_value(None);
                    let _focused = button.focus();
                }
            });
            let put =
                move |to: usize| values.with_value(|values| order.put_value(values, step, to));
            let key = move |event: KeyboardEvent| {
                let is_up = event.key() == "ArrowUp";
                if is_up || event.key() == "ArrowDown" {
                    event.prevent_default();
                    event.stop_propagation();
                    dragging.focus.set_value(Some(focus.get_value()));
                    put(if is_up == is_flipped {
                        step.saturating_sub(1)
                    } else {
                        step + 1
                    });
                }
            };
            let press = move |event: PointerEvent| {
                event.stop_propagation();
                if let Some(button) = button.get_untracked() {
                    let _captured = button.set_pointer_capture(event.pointer_id());
                }
            };
            let release = move |event: PointerEvent| {
                let count = values.with_value(Vec::len) as f64;
                let to =
                    place(&event).map(|(part, _)| (part * count).clamp(0.0, count - 1.0) as usize);
                if let Some(to) = to.filter(|to| *to != step) {
                    put(to);
                }
            };
            view! {
                <button
                    node_ref=button
                    class="axis-mark"
                    style:top=top
                    title="Drag or arrow keys put it elsewhere"
                    on:keydown=by::key(key)
                    on:pointerdown=by::pointer(press)
                    on:pointerup=by::pointer(release)
                    on:click=by::mouse(|event| event.stop_propagation())
                >
                    {text}
                </button>
            }
            .into_any()
        });
    let marks = marks.collect::<Vec<_>>();
    let lanes = absent.into_iter().map(|(absence, y, count)| {
        let brush = move |event: MouseEvent| {
            event.stop_propagation();
            brushing.once(column, Some(absence.into()));
        };
        // A filter has no words for what ended early.
        let is_kept = absence != Absence::Early;
        let mut said = format!("{} {} of {name}", grouped(count), absence.word());
        said.push_str(if is_kept { ": keep only them" } else { "" });
        let style = format!("{:.1}px", y - top);
        view! { <button class="axis-lane" disabled=!is_kept title=said style:top=style on:click=by::mouse(brush)>{absence.word()}</button> }
    });
    let lanes = lanes.collect::<Vec<_>>();
    let spacing = scale.spacing().word();
    let mut title = name.clone();
    title.push_str(spacing);
    title.push_str(if setting.flipped { ", downwards" } else { "" });
    title.push_str(". Drag or arrow keys move it, click or f turns it, l changes its scale, a drag along it keeps what lies there, with Shift besides what is kept, Shift with up or down leaves out a tenth, Delete removes it, Escape clears its brush.");
    let stretch = move |(low, high): (f64, f64)| {
        let (a, b) = (along(low), along(high));
        let (top, height) = (
            format!("{:.1}px", a.min(b)),
            format!("{:.1}px", (a - b).abs()),
        );
        view! { <div class="axis-span" style:top=top style:height=height></div> }.into_any()
    };
    view! {
        <div
            class="axis"
            class:objective=is_objective
            data-column=setting.key
            style:left=move || format!("{:.1}px", x + shift.get())
            style:top=format!("{top}px")
            style:height=format!("{height}px")
        >
            <button
                node_ref=name_button
                class="axis-name"
                style:bottom=format!("calc(100% + {:.0}px)", top + 1.0)
                style:max-width=format!("{widest:.0}px")
                title=title.clone()
                aria-label=title
                on:pointerdown=by::pointer(grab)
                on:pointermove=by::pointer(drag)
                on:pointerup=by::pointer(let_go)
                on:click=by::mouse(|event| event.stop_propagation())
                on:keydown=by::key(key)
            >
                {broken(&name)}
                {spacing}
                {if setting.flipped { " ↓" } else { "" }}
            </button>
            <div
                class="axis-track"
                node_ref=track
                on:pointerdown=by::pointer(pressed)
                on:pointermove=by::pointer(moved)
                on:pointerup=by::pointer(move |_| dragging.end())
                on:pointercancel=by::pointer(move |_| dragging.give_up())
                on:click=by::mouse(|event| event.stop_propagation())
            >
                {move || spans().into_iter().map(stretch).collect::<Vec<_>>()}
            </div>
            {marks}
            {lanes}
        </div>
    }
}

/// A name that may go on in a second line behind what parts its words.
fn broken(name: &str) -> Vec<AnyView> {
    name.split_inclusive(['.', '/', '_', '-', ' '])
        .map(|word| view! { {word.to_owned()} <wbr/> }.into_any())
        .collect()
}

/// The brush that keeps what lies between two places; none where nothing does.
fn brush_between(axis: &Axis, low: f64, high: f64) -> Option<Brush> {
    match axis {
        Axis::Numbers { .. } => Some(Brush::Range {
            low: Some(axis.number_at(low)?),
            high: Some(axis.number_at(high)?),
        }),
        Axis::Values { .. } => {
            let values = axis.values_between(low, high);
            (!values.is_empty()).then_some(Brush::Values(values))
        }
    }
}

/// The brush that keeps a tenth less at one end, or a value less where values lie further apart; none where no more is left.
fn narrowed(axis: &Axis, (low, high): (f64, f64), is_low: bool) -> Option<Brush> {
    let step = match axis {
        Axis::Numbers { .. } => 0.1,
        Axis::Values { .. } => (2.0 * axis.place_of_step(0)).max(0.1),
    };
    if high - low < 1.5 * step {
        return None;
    }
    if is_low {
        brush_between(axis, low + step, high)
    } else {
        brush_between(axis, low, high - step)
    }
}

/// Where a brush lies on an axis: a part of numbers each, and values that are neighbours together.
fn spans_of(axis: &Axis, brush: Option<&Brush>) -> Vec<(f64, f64)> {
    match axis {
        Axis::Numbers { .. } => {
            let place =
                |x: &Option<f64>, open: f64| x.map_or(open, |x| axis.place(x).clamp(0.0, 1.0));
            let parts = brush.and_then(Brush::parts).unwrap_or_default();
            let span =
                |(low, high): &(Option<f64>, Option<f64>)| (place(low, 0.0), place(high, 1.0));
            parts.iter().map(span).collect()
        }
        Axis::Values { values, .. } => {
            let Some(Brush::Values(kept)) = brush else {
                return Vec::new();
            };
            let half = axis.place_of_step(0);
            let mut spans: Vec<(f64, f64)> = Vec::new();
            for (step, _) in values
                .iter()
                .enumerate()
                .filter(|(_, value)| kept.contains(value))
            {
                let (from, to) = (
                    axis.place_of_step(step) - half,
                    axis.place_of_step(step) + half,
                );
                match spans.last_mut() {
                    Some(last) if from - last.1 < half => last.1 = to,
                    _ => spans.push((from, to)),
                }
            }
            spans
        }
    }
}
