//! A picture of dots: marks, over pixels where dots are many. Pointing names a run, a click opens it. Dragging a rectangle, or
//! moving its corners by keys, keeps the runs in it; a free shape, which no filter can say, selects its runs. Where nothing is
//! done with a part, keys go from run to run.

use super::display::legend_items;
use super::dots::{walked, walked_label};
use super::saving::{image_of, save_picture};
use super::scattered::on_ground;
use super::space::paint;
use super::tapping::{Tapping, is_finger};
use crate::chart::number::counted;
use crate::chart::region::Place;
use crate::chart::scatter::{HEIGHT, Part, WIDTH};
use crate::engine::protocol::{
    Answer, Ask, Brush, MarkHow, MarkLines, ScatterPicture, ScatterView as ScatterSettings,
    SpaceRun,
};
use crate::engine::saved::scatter_plate;
use crate::ledger::ColumnId;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::page::widgets::brushing::Brushing;
use crate::page::widgets::picture::Picture;
use leptos::ev::{KeyboardEvent, MouseEvent, PointerEvent};
use leptos::html::{Canvas, Div};
use std::sync::Arc;

/// A hand that moved less, in units of the picture, pressed.
const LEAST_DRAG: f64 = 6.0;

/// How far apart the corners of a free shape are at least.
const SIDE: f64 = 2.0;

/// What is done with a part of the picture.
#[derive(Clone, Copy)]
pub(super) struct Regions {
    /// Makes filter text of a rectangle.
    pub(super) brushing: Brushing,
    /// The columns along and up.
    pub(super) columns: [Option<ColumnId>; 2],
    /// Whether it is a free shape, and its runs are selected.
    pub(super) lasso: RwSignal<bool>,
    /// Whether the picture had the focus when its runs were filtered: it is made anew then.
    pub(super) had_focus: StoredValue<bool>,
}

/// The picture.
#[component]
pub(super) fn ScatterView(
    app: App,
    picture: ScatterPicture,
    /// What stands below it where it is saved.
    words: Vec<String>,
    /// What is done with a part of it.
    regions: Option<Regions>,
    /// What it was made of, where it is made anew to be saved.
    again: Option<ScatterSettings>,
) -> impl IntoView {
    let kept = Arc::new(picture.clone());
    let name = format!("{} {}", kept.scatter.y.name, kept.scatter.x.name);
    let saving = save_picture(app, &name, move |style, give| match &again {
        Some(set) if kept.pixels.is_some() => on_ground(app, set, style, move |said| {
            if let Some(picture) = &said.picture {
                give(scatter_plate(picture, &said.words, &image_of));
            }
        }),
        _ => give(scatter_plate(&kept, &words, &image_of)),
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
    // Where its runs lie, as keys go through them, and at which they are.
    let walk = StoredValue::new(if regions.is_none() {
        scatter.places()
    } else {
        Vec::new()
    });
    let walked_to = StoredValue::new(None::<usize>);
    let has_keys = regions.is_some() || walk.with_value(|walk| !walk.is_empty());
    let near = RwSignal::new(None::<Arc<SpaceRun>>);
    let pointed = StoredValue::new(0u64);
    // The corners of a rectangle that is dragged.
    let drag = RwSignal::new(None::<(Place, Place)>);
    let was_dragged = StoredValue::new(false);
    // The corners of one that keys move, and those of a free shape.
    let keyed = RwSignal::new(None::<(Place, Place)>);
    let shape = RwSignal::new(Vec::<Place>::new());
    let is_lasso = move || regions.is_some_and(|regions| regions.lasso.get_untracked());
    let place_of = move |event: &MouseEvent| -> Option<Place> {
        let frame = stage.get_untracked()?.get_bounding_client_rect();
        let scale = WIDTH / frame.width().max(1.0);
        Some((
            (f64::from(event.client_x()) - frame.left()) * scale,
            (f64::from(event.client_y()) - frame.top()) * scale,
        ))
    };
    let name_at = move |(x, y): Place| {
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
    let point = move |event: PointerEvent| {
        let Some((x, y)) = place_of(&event) else {
            return;
        };
        drag.update(|drag| *drag = drag.map(|(from, _)| (from, (x, y))));
        let is_further = |last: &Place| (last.0 - x).abs().max((last.1 - y).abs()) >= SIDE;
        if shape.with_untracked(|shape| shape.last().is_some_and(is_further)) {
            shape.update(|shape| shape.push((x, y)));
        }
        if !is_finger(&event) {
            name_at((x, y));
        }
    };
    let name_none = move || {
        pointed.update_value(|number| *number += 1);
        near.set(None);
    };
    let tapping = Tapping::new();
    let press = move |event: PointerEvent| {
        was_dragged.set_value(false);
        tapping.pressed(&event);
        if let (Some(at), Some(_), 0) = (place_of(&event), regions, event.button()) {
            keyed.set(None);
            if is_lasso() {
                shape.set(vec![at]);
            } else {
                drag.set(Some((at, at)));
            }
            if let Some(stage) = stage.get_untracked() {
                // Only a pointer that is gone cannot be captured.
                let _held = stage.set_pointer_capture(event.pointer_id());
            }
        }
    };
    let axes = StoredValue::new(scatter.clone());
    let select = move |shape: Vec<Place>, is_more: bool| {
        let lines = MarkLines::Inside {
            picture: place,
            shape,
        };
        let how = if is_more { MarkHow::Add } else { MarkHow::Only };
        app.mark(lines, how);
    };
    let keep = move |(from, to): (Place, Place), is_more: bool| {
        let Some(regions) = regions else { return };
        if is_lasso() {
            select(vec![from, (to.0, from.1), to, (from.0, to.1)], is_more);
            return;
        }
        let gesture = regions.brushing.begin();
        let between = axes.with_value(|axes| axes.between(from, to));
        for (column, range) in regions.columns.into_iter().zip(between) {
            if let (Some(column), Some(part)) = (column, range) {
                let kept = match part {
                    Part::Numbers(low, high) => Brush::Range {
                        low: Some(low),
                        high: Some(high),
                    },
                    Part::Values(values) => Brush::Values(values),
                    Part::Lane(absence) => absence.into(),
                };
                regions.brushing.put(gesture, column, Some(kept));
            }
        }
    };
    let release = move |event: PointerEvent| {
        let dragged = drag.get_untracked();
        drag.set(None);
        let drawn = shape.try_update(std::mem::take).unwrap_or_default();
        if drawn.len() > 2 {
            was_dragged.set_value(true);
            select(drawn, event.shift_key());
        }
        if let Some((from, to)) = dragged
            && (to.0 - from.0).abs().max((to.1 - from.1).abs()) >= LEAST_DRAG
        {
            was_dragged.set_value(true);
            keep((from, to), false);
        }
    };
    let open = move || {
        if let Some(run) = near.get_untracked() {
            app.change(|view| view.run = Some(run.row));
        }
    };
    let click = move |event: MouseEvent| {
        let is_pointed = near.with_untracked(Option::is_some);
        match place_of(&event) {
            _ if was_dragged.get_value() => {}
            Some(place) if tapping.points(&event, is_pointed) => name_at(place),
            _ => open(),
        }
    };
    let key = move |event: KeyboardEvent| {
        let Some(regions) = regions else {
            let (key, now) = (event.key(), walked_to.get_value());
            let last = walk.with_value(|walk| walk.len().checked_sub(1));
            if key == "Enter" {
                open();
            } else if key == "Escape" && now.is_some() {
                walked_to.set_value(None);
                name_none();
            } else if let Some(next) = last.and_then(|last| walked(&key, now, last))
                && let Some(at) = walk.with_value(|walk| walk.get(next).copied())
            {
                walked_to.set_value(Some(next));
                name_at(at);
            } else {
                return;
            }
            event.prevent_default();
            return;
        };
        let now = keyed.get_untracked();
        let by = match event.key().as_str() {
            "ArrowLeft" => (-1.0, 0.0),
            "ArrowRight" => (1.0, 0.0),
            "ArrowUp" => (0.0, -1.0),
            "ArrowDown" => (0.0, 1.0),
            word @ ("Enter" | "Escape") => {
                let Some(rectangle) = now else { return };
                event.prevent_default();
                event.stop_propagation();
                keyed.set(None);
                if word == "Enter" {
                    regions.had_focus.set_value(true);
                    keep(rectangle, event.shift_key());
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        let is_first = event.shift_key();
        let moved =
            axes.with_value(|axes| axes.stepped(now.unwrap_or_else(|| axes.whole()), by, is_first));
        keyed.set(Some(moved));
    };
    Effect::new(move |_| {
        if let (Some(stage), Some(regions)) = (stage.get(), regions)
            && regions.had_focus.get_value()
        {
            let active = document().active_element();
            // Whoever went on to another part of the page stays there.
            if active.is_none_or(|element| element.tag_name() == "BODY") {
                let _focused = stage.focus();
            } else {
                regions.had_focus.set_value(false);
            }
        }
    });
    let region = move || {
        let path = shape.with(|shape| {
            let mut path = String::new();
            for (x, y) in shape {
                path.push_str(if path.is_empty() { "M" } else { "L" });
                path.push_str(&format!("{x:.1} {y:.1}"));
            }
            path
        });
        let rectangle = drag.get().or_else(|| keyed.get());
        let rectangle =
            rectangle.map(|((a, b), (c, d))| format!("M{a:.1} {b:.1}H{c:.1}V{d:.1}H{a:.1}z"));
        let path = rectangle.or((!path.is_empty()).then_some(path))?;
        Some(view! { <path class="span" d=path></path> })
    };
    let named = move || {
        if let Some(rectangle) = keyed.get() {
            let told = axes.with_value(|axes| axes.told(rectangle));
            let does = if is_lasso() { "selects" } else { "keeps" };
            return format!("{told}. Enter {does} the runs in it, Escape leaves it.");
        }
        near.with(|near| {
            let Some(run) = near else {
                if regions.is_some_and(|regions| regions.lasso.get()) {
                    let count = app.marked.with(|marked| marked.selected);
                    return format!(
                        "Draw around dots to select their runs, with Shift to add them: {} selected. A filter has no words for a shape; @selected stands for its runs.",
                        counted(count, "run")
                    );
                }
                let how = if regions.is_some() {
                    "Point at a dot or tap it to see its run, click or tap it again to open it. Drag, or use the arrow keys, to keep the runs in a rectangle."
                } else {
                    "Point at a dot or tap it to see its run, click or tap it again to open it."
                };
                return how.to_owned();
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
    let label = match regions {
        Some(_) => format!(
            "{title}. Arrow keys move the lower right corner of a rectangle, with Shift the upper left one, Enter keeps the runs in it"
        ),
        None => walked_label(&title),
    };
    let label = has_keys.then_some(label);
    let ring = move || near.with(|near| near.as_ref().map(|run| run.path.clone()));
    view! {
        <span class="colour-legend">{legend_items(legend)}</span>
        <div class="scatter" class:lasso=move || regions.is_some_and(|regions| regions.lasso.get()) node_ref=stage role=has_keys.then_some("group") tabindex=has_keys.then_some("0") aria-label=label
            on:keydown=by::key(key) on:pointerdown=by::pointer(press) on:pointermove=by::pointer(point) on:pointerup=by::pointer(release)
            on:pointercancel=by::pointer(move |_: PointerEvent| { drag.set(None); shape.update(Vec::clear); }) on:pointerleave=by::pointer(move |event| if !is_finger(&event) { name_none(); }) on:click=by::mouse(click)>
            {ground}
            <Picture marks=scatter.marks() width=WIDTH height=HEIGHT title=title/>
            <svg aria-hidden="true" viewBox=format!("0 0 {WIDTH} {HEIGHT}")><path d=ring></path>{region}</svg>
        </div>
        {saving}
        {has_dots.then(|| view! { <p class="faint" role="status">{named}</p> })}
    }
}
