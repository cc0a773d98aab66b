//! A picture of dots: marks, over pixels where dots are many. Pointing names a run, a click opens it, and dragging a rectangle
//! keeps the runs in it.

use super::display::legend_items;
use super::saving::{image_of, save_picture};
use super::space::paint;
use crate::chart::scatter::{HEIGHT, WIDTH};
use crate::engine::protocol::{Answer, Ask, Brush, ScatterPicture, SpaceRun};
use crate::engine::saved::scatter_plate;
use crate::ledger::ColumnId;
use crate::page::reactive::*;
use crate::page::state::App;
use crate::page::widgets::brushing::Brushing;
use crate::page::widgets::picture::Picture;
use leptos::ev::PointerEvent;
use leptos::html::{Canvas, Div};
use std::sync::Arc;

/// A hand that moved less, in units of the picture, pressed.
const LEAST_DRAG: f64 = 6.0;

/// A place in the picture, in units of its own.
type Place = (f64, f64);

/// The picture.
#[component]
pub(super) fn ScatterView(
    app: App,
    picture: ScatterPicture,
    /// What stands below it where it is saved.
    words: Vec<String>,
    /// What makes filter text of a rectangle, and the columns along and up.
    brush: Option<(Brushing, [Option<ColumnId>; 2])>,
) -> impl IntoView {
    let kept = Arc::new(picture.clone());
    let name = format!("{} {}", kept.scatter.y.name, kept.scatter.x.name);
    let saving = save_picture(app, &name, move |_, give| {
        give(scatter_plate(&kept, &words, &image_of));
    });
    let stage = NodeRef::<Div>::new();
    let canvas = NodeRef::<Canvas>::new();
    let ScatterPicture {
        title,
        legend,
        scatter,
        pixels,
        place,
    } = picture;
    let has_dots = pixels.is_some() || !scatter.dots.is_empty();
    let ground = pixels.map(|(width, pixels)| {
        Effect::new(move |_| {
            if let Some(canvas) = canvas.get() {
                paint(&canvas, width, &pixels);
            }
        });
        view! { <canvas node_ref=canvas aria-hidden="true"></canvas> }
    });
    let near = RwSignal::new(None::<Arc<SpaceRun>>);
    let pointed = StoredValue::new(0u64);
    // The corners of a rectangle that is dragged.
    let drag = RwSignal::new(None::<(Place, Place)>);
    let was_dragged = StoredValue::new(false);
    let place_of = move |event: &PointerEvent| -> Option<Place> {
        let frame = stage.get_untracked()?.get_bounding_client_rect();
        let scale = WIDTH / frame.width().max(1.0);
        Some((
            (f64::from(event.client_x()) - frame.left()) * scale,
            (f64::from(event.client_y()) - frame.top()) * scale,
        ))
    };
    let point = move |event: PointerEvent| {
        let Some((x, y)) = place_of(&event) else {
            return;
        };
        drag.update(|drag| *drag = drag.map(|(from, _)| (from, (x, y))));
        pointed.update_value(|number| *number += 1);
        let this = pointed.get_value();
        let ask = Ask::ScatterRun {
            picture: place,
            x,
            y,
        };
        app.ask(ask, move |answer| {
            if let (Answer::SpaceRun(said), Some(true)) =
                (answer, pointed.try_with_value(|number| *number == this))
            {
                near.set(said.map(Arc::from));
            }
        });
    };
    let left = move |_: PointerEvent| {
        pointed.update_value(|number| *number += 1);
        near.set(None);
    };
    let press = move |event: PointerEvent| {
        was_dragged.set_value(false);
        if let (Some(at), Some(_), 0) = (place_of(&event), brush, event.button()) {
            drag.set(Some((at, at)));
            if let Some(stage) = stage.get_untracked() {
                // Only a pointer that is gone cannot be captured.
                let _held = stage.set_pointer_capture(event.pointer_id());
            }
        }
    };
    let axes = scatter.clone();
    let release = move |_: PointerEvent| {
        let dragged = drag.get_untracked();
        drag.set(None);
        let (Some((from, to)), Some((brushing, columns))) = (dragged, brush) else {
            return;
        };
        if (to.0 - from.0).abs().max((to.1 - from.1).abs()) < LEAST_DRAG {
            return;
        }
        was_dragged.set_value(true);
        let gesture = brushing.begin();
        let between = axes.between(from, to).into_iter();
        for (column, range) in columns.into_iter().zip(between) {
            if let (Some(column), Some((low, high))) = (column, range) {
                let range = Brush::Range {
                    low: Some(low),
                    high: Some(high),
                };
                brushing.put(gesture, column, Some(range));
            }
        }
    };
    let rectangle = move || {
        let ((a, b), (c, d)) = drag.get()?;
        let path = format!("M{a:.1} {b:.1}H{c:.1}V{d:.1}H{a:.1}z");
        Some(view! { <path class="span" d=path></path> })
    };
    let open = move |_| {
        if was_dragged.get_value() {
            return;
        }
        if let Some(run) = near.get_untracked() {
            app.change(|view| view.run = Some(run.row));
        }
    };
    let named = move || {
        near.with(|near| {
            let Some(run) = near else {
                return "Point at a dot to see its run, click to open it.".to_owned();
            };
            let mut text = run.name.clone();
            for (name, value) in &run.values {
                text.push_str(" · ");
                text.push_str(name);
                text.push(' ');
                text.push_str(value);
            }
            text
        })
    };
    let ring = move || near.with(|near| near.as_ref().map(|run| run.path.clone()));
    view! {
        <span class="colour-legend">{legend_items(legend)}</span>
        <div class="scatter" node_ref=stage on:pointerdown=press on:pointermove=point on:pointerup=release
            on:pointercancel=move |_: PointerEvent| drag.set(None) on:pointerleave=left on:click=open>
            {ground}
            <Picture marks=scatter.marks() width=WIDTH height=HEIGHT title=title/>
            <svg aria-hidden="true" viewBox=format!("0 0 {WIDTH} {HEIGHT}")><path d=ring></path>{rectangle}</svg>
        </div>
        {saving}
        {has_dots.then(|| view! { <p class="faint" role="status">{named}</p> })}
    }
}
