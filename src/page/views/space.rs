//! The space of runs: each a line across the axes of params and the objective, painted from the engine's pixels,
//! with the axes over it. A brush on an axis is the filter.

use super::asked::asked;
use super::display::legend_items;
use super::dots::{walked, walked_label};
use super::importance_options::{check, choice};
use super::numbers::in_numbers;
use super::saving::{Give, image_of, save_picture};
use super::scattered::{BY_RANK, LOG, scales};
use super::space_axis::Axes;
use super::space_drag::Dragging;
use super::tapping::{Tapping, is_finger};
use crate::chart::axis::Axis;
use crate::chart::number::{counted, grouped};
use crate::chart::svg::{Paper, Style};
use crate::engine::objective::{curve_of, key_of_statistic};
use crate::engine::protocol::{
    Answer, Ask, AxisSetting, NumbersOf, Pixels, SpaceAxis, SpacePicture, SpaceQuestion, SpaceRun,
};
use crate::engine::saved::space_plate;
use crate::engine::view::{MOST_AXES, Statistic, View};
use crate::ledger::ColumnId;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::page::widgets::size::watch_size;
use crate::web::clock;
use leptos::ev::{KeyboardEvent, MouseEvent, PointerEvent};
use leptos::html::{Canvas, Div};
use std::sync::Arc;
use wasm_bindgen::{Clamped, JsCast as _};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// How high the picture is, in pixels of the page.
const HEIGHT: f64 = 440.0;

/// How wide an axis is at least: more axes than fit make the picture wider than the page, which scrolls.
const AXIS_WIDTH: f64 = 76.0;

/// Runs as lines.
#[component]
pub(crate) fn SpaceView(app: App) -> impl IntoView {
    let stage = NodeRef::<Div>::new();
    let canvas = NodeRef::<Canvas>::new();
    let width = RwSignal::new(0.0);
    let measure = move || {
        if let Some(stage) = stage.get_untracked() {
            width.set(f64::from(stage.client_width()));
        }
    };
    watch_size(stage, measure);
    let set = Memo::new(move |_| {
        app.view
            .with(|view| (view.axes.clone(), view.curved, view.look.colour.clone()))
    });
    let begun = StoredValue::new(None);
    let asked_with = StoredValue::new(None);
    let question = move || {
        let selection = app.selection.get();
        let room = width.get();
        let dark = app.dark.get();
        let (axes, curved, colour) = set.get();
        if selection == 0 || room <= 0.0 {
            return None;
        }
        begun.set_value(Some(clock::now_millis()));
        let colour = colour_column(app, colour);
        let question = SpaceQuestion {
            width: room.max(axes.len() as f64 * AXIS_WIDTH),
            axes,
            height: HEIGHT,
            density: window().device_pixel_ratio(),
            dark,
            curved,
            colour,
            traces: false,
        };
        asked_with.set_value(Some(question.clone()));
        Some(Ask::Space(question))
    };
    let picture = asked(app, question, |said| match said {
        Answer::Space(said) => Some(said),
        _ => None,
    });
    Effect::new(move |_| {
        if let (Some(picture), Some(canvas)) = (picture.get(), canvas.get())
            && paint(&canvas, picture.width, &picture.pixels).is_some()
        {
            let runs = picture.runs as f64;
            // Those of a drag are not asked for here.
            if let Some(begun) = begun.try_update_value(Option::take).flatten() {
                clock::after_paint(move || clock::measure("app:space", begun, &[("runs", runs)]));
            }
        }
    });
    let dragging = Dragging::new(app, picture, asked_with);
    let near = RwSignal::new(None::<Arc<SpaceRun>>);
    let pointed = StoredValue::new(0u64);
    // At which place of the table the run is that keys went to.
    let walked_to = StoredValue::new(None::<usize>);
    let name = move |ask: Ask| {
        pointed.update_value(|number| *number += 1);
        let this = pointed.get_value();
        app.ask(ask, move |answer| {
            if let (Answer::SpaceRun(said), Some(true)) =
                (answer, pointed.try_with_value(|number| *number == this))
            {
                near.set(said.map(Arc::from));
            }
        });
    };
    let place_of = move |event: &MouseEvent| {
        let frame = canvas.get_untracked()?.get_bounding_client_rect();
        Some((
            f64::from(event.client_x()) - frame.left(),
            f64::from(event.client_y()) - frame.top(),
        ))
    };
    let name_at = move |(x, y): (f64, f64)| name(Ask::SpaceRun { x, y, place: None });
    let tapping = Tapping::new();
    let point = move |event: PointerEvent| {
        if let (Some(place), false) = (place_of(&event), is_finger(&event)) {
            name_at(place);
        }
    };
    let forget = move || {
        walked_to.set_value(None);
        pointed.update_value(|number| *number += 1);
        near.set(None);
    };
    // A run that was pointed at may not be among those that a brush keeps.
    Effect::new(move |_| {
        if dragging.spans.get().is_some() && near.with_untracked(Option::is_some) {
            forget();
        }
    });
    // Nor is one that keys went to where runs are others or in another order.
    let order = Memo::new(move |_| {
        let shown = app.selected.with(|selected| selected.shown);
        let version = app.ledger.with(|ledger| ledger.version);
        app.view
            .with(|view| (shown, version, view.filter.clone(), view.sort.clone()))
    });
    Effect::new(move |before: Option<()>| {
        // Read, for what is only tracked is never worked out and says nothing.
        order.with(|_| ());
        if before.is_some() {
            forget();
        }
    });
    let open = move || {
        if let Some(run) = near.get_untracked() {
            app.change(|view| view.run = Some(run.row));
        }
    };
    let click = move |event: MouseEvent| {
        let is_pointed = near.with_untracked(Option::is_some);
        match place_of(&event) {
            Some(place) if tapping.points(&event, is_pointed) => name_at(place),
            _ => open(),
        }
    };
    let key = move |event: KeyboardEvent| {
        let (key, now) = (event.key(), walked_to.get_value());
        let last = app
            .selected
            .with_untracked(|selected| selected.shown.checked_sub(1));
        if key == "Enter" {
            open();
        } else if key == "Escape" && now.is_some() {
            forget();
        } else if let Some(place) = last.and_then(|last| walked(&key, now, last)) {
            walked_to.set_value(Some(place));
            name(Ask::SpaceRun {
                x: 0.0,
                y: 0.0,
                place: Some(place),
            });
        } else {
            return;
        }
        event.prevent_default();
        event.stop_propagation();
    };
    // The axes are made anew only where they are others: a brush that is being dragged must stay.
    let axes = Memo::new(move |_| {
        picture.with(|picture| picture.as_ref().map(|picture| picture.axes.clone()))
    });
    let wide =
        move || picture.with(|picture| picture.as_ref().map_or(0.0, |picture| picture.units()));
    view! {
        <section class="space" data-view="space" aria-label="Space">
            <Bar app=app picture=picture/>
            <div class="space-stage" node_ref=stage>
                <div
                    class="space-picture"
                    style:--wide=move || wide().to_string()
                    on:pointerdown=by::pointer(move |event| tapping.pressed(&event))
                    on:pointermove=by::pointer(point)
                    on:pointerleave=by::pointer(move |event| if !is_finger(&event) { forget(); })
                    on:click=by::mouse(click)
                >
                    <canvas
                        node_ref=canvas
                        role="group"
                        tabindex="0"
                        aria-label=move || walked_label(&said(picture.get().as_deref()))
                        on:keydown=by::key(key)
                        style:height=format!("{HEIGHT}px")
                    ></canvas>
                    <svg aria-hidden="true" viewBox=move || format!("0 0 {} {HEIGHT}", wide())>
                        <path class="near" d=move || near.with(|near| near.as_ref().map(|run| run.path.clone()))></path>
                    </svg>
                    {move || axes.get().map(|axes| view! { <Axes app=app axes=axes dragging=dragging/> })}
                </div>
            </div>
            <p class="space-near" role="status">{move || near.with(|near| named(near.as_deref()))}</p>
            {in_numbers(app, move || picture.with(Option::is_some).then_some(NumbersOf::Space))}
        </section>
    }
}

/// The column by which runs are coloured.
pub(super) fn colour_column(app: App, key: Option<String>) -> Option<ColumnId> {
    let key = key?;
    app.ledger
        .with_untracked(|ledger| Some(ledger.column(&key)?.id))
}

/// Gives the picture, so wide, to be saved; the engine chooses the same axes again where it chose.
fn give_space(app: App, width: f64, style: Style, give: Give) {
    let (axes, curved, colour) = app
        .view
        .with_untracked(|view| (view.axes.clone(), view.curved, view.look.colour.clone()));
    let ask = Ask::Space(SpaceQuestion {
        axes,
        width,
        height: HEIGHT,
        density: 2.0,
        dark: style.paper == Paper::Dark,
        curved,
        colour: colour_column(app, colour),
        traces: true,
    });
    app.ask(ask, move |answer| {
        if let Answer::Space(picture) = answer {
            let mut plate = space_plate(&picture, HEIGHT, &image_of);
            plate.caption.push(told(Some(&picture)));
            give(plate);
        }
    });
}

/// What stands above the picture: what is shown, and what can be changed.
#[component]
fn Bar(app: App, picture: RwSignal<Option<Arc<SpacePicture>>>) -> impl IntoView {
    // While a brush is dragged there is a picture a frame, and most of what stands around them is the same.
    let around = Memo::new(move |_| {
        let around = |picture: &Arc<SpacePicture>| (picture.legend.clone(), picture.others.clone());
        picture.with(|picture| picture.as_ref().map(around).unwrap_or_default())
    });
    let legend = move || legend_items(around.get().0);
    let others = move || {
        let option = |(key, name): (String, String)| view! { <option value=key>{name}</option> };
        around.get().1.into_iter().map(option).collect::<Vec<_>>()
    };
    let add = move |event: leptos::ev::Event| {
        let key = event_target_value(&event);
        if let (false, Some(picture)) = (key.is_empty(), picture.get_untracked()) {
            let axes = picture.axes.iter();
            let mut axes: Vec<_> = axes.map(|axis| axis.setting.clone()).collect();
            // Before the objective, where there is one.
            let end = picture.axes.iter().rposition(|axis| axis.is_objective);
            let added = AxisSetting {
                key,
                ..AxisSetting::default()
            };
            axes.insert(end.unwrap_or(axes.len()), added);
            app.change(|view| put_axes(view, axes));
        }
    };
    // The axis of which scale and statistic are chosen.
    let chosen = RwSignal::new(String::new());
    let all = Memo::new(move |_| {
        let axes = |picture: &Arc<SpacePicture>| picture.axes.clone();
        picture.with(|picture| picture.as_ref().map(axes).unwrap_or_default())
    });
    let axis = move || {
        let is_it = |axis: &SpaceAxis| chosen.with(|key| axis.setting.key == *key);
        all.get().into_iter().find(is_it)
    };
    let axes = move || {
        let option = |axis: SpaceAxis| {
            let is_it = chosen.with(|key| *key == axis.setting.key);
            (axis.setting.key, axis.name, is_it)
        };
        let none = (String::new(), "Set an axis…".to_owned(), false);
        let axes = all.get().into_iter().map(option);
        std::iter::once(none).chain(axes).collect()
    };
    // That axis, changed among those that are shown.
    let change = move |how: &dyn Fn(&SpaceAxis, &mut View, &mut AxisSetting)| {
        let all = all.get_untracked().into_iter();
        app.change(|view| {
            let set = all.map(|mut axis| {
                if chosen.with_untracked(|key| axis.setting.key == *key) {
                    let mut setting = axis.setting.clone();
                    how(&axis, view, &mut setting);
                    axis.setting = setting;
                    chosen.set(axis.setting.key.clone());
                }
                axis.setting
            });
            let set = set.collect();
            put_axes(view, set);
        });
    };
    let spacing = move || {
        axis()
            .map(|axis| axis.axis)
            .filter(|axis| matches!(axis, Axis::Numbers { time: false, .. }))
            .map(|axis| axis.spacing())
    };
    let put_scale = move |word: String| {
        change(&|axis, _, setting| {
            setting.by_rank = word == BY_RANK;
            setting.rescaled = word != BY_RANK && (word == LOG) != axis.is_log;
        });
    };
    // Of the objective it is chosen beside it.
    let curve = move || {
        let axis = axis().filter(|axis| !axis.is_objective)?;
        app.ledger.with(|ledger| {
            let of = |view: &View| curve_of(ledger, view, &axis.setting.key).map(|of| of.2);
            app.view.with_untracked(of)
        })
    };
    let statistics = move || {
        let of = curve();
        let each = Statistic::ALL.into_iter();
        let option = |statistic: Statistic| {
            let word = statistic.word().into_owned();
            (word.clone(), word, of == Some(statistic))
        };
        each.map(option).collect()
    };
    let put_statistic = move |word: String| {
        let ledger = app.ledger.get_untracked();
        let Some(statistic) = Statistic::from_word(&word) else {
            return;
        };
        change(&|_, view, setting| {
            if let Some((metric, is_shared, _)) = curve_of(&ledger, view, &setting.key) {
                setting.key = key_of_statistic(view, (metric, is_shared), statistic);
            }
        });
    };
    view! {
        <div class="space-bar">
            <p class="faint">{move || picture.with(|picture| told(picture.as_deref()))}</p>
            <span class="colour-legend">{legend}</span>
            {check("Curved", None, move || app.view.with(|view| view.curved), move || app.change(|view| view.curved = !view.curved))}
            <select aria-label="Add an axis" prop:value="" on:change=by::any(add)>
                <option value="">"Add an axis…"</option>
                {others}
            </select>
            {choice("", "Axis to set", axes, move |key| chosen.set(key))}
            <Show when=move || axis().is_some()>
                {choice("Scale ", "Scale of the axis", move || scales(spacing()), put_scale)}
            </Show>
            <Show when=move || curve().is_some()>
                {choice("Statistic ", "Statistic of the axis", statistics, put_statistic)}
            </Show>
            {save_picture(app, "space", move |style, give| {
                let width = picture.with_untracked(|picture| picture.as_ref().map_or(0.0, |picture| picture.units()));
                give_space(app, width, style, give);
            })}
            <Show when=move || app.view.with(|view| !view.axes.is_empty())>
                <button class="quiet-button" on:click=by::mouse(move |_| app.change(|view| view.axes = Vec::new()))>
                    "Choose axes anew"
                </button>
            </Show>
        </div>
    }
}

/// Takes these axes from now on.
pub(super) fn put_axes(view: &mut View, mut axes: Vec<AxisSetting>) {
    axes.truncate(MOST_AXES);
    view.axes = axes;
}

/// How many runs are drawn, and why so.
fn told(picture: Option<&SpacePicture>) -> String {
    let Some(picture) = picture else {
        return String::new();
    };
    let shown = if picture.shown == picture.runs {
        counted(picture.runs, "run")
    } else {
        let all = counted(picture.runs, "run");
        format!("{} of {all}; the others are grey", grouped(picture.shown))
    };
    let hidden = if picture.others.is_empty() {
        String::new()
    } else {
        format!(
            " {} without an axis.",
            counted(picture.others.len(), "further column")
        )
    };
    format!("{shown}. {}{hidden}", picture.order)
}

/// The picture in words.
fn said(picture: Option<&SpacePicture>) -> String {
    let Some(picture) = picture else {
        return "Runs as lines across axes".to_owned();
    };
    let names: Vec<&str> = picture.axes.iter().map(|axis| axis.name.as_str()).collect();
    format!(
        "{} as lines across {}. {}",
        counted(picture.shown, "run"),
        names.join(", "),
        picture.best
    )
}

/// The run that is pointed at, in words.
fn named(near: Option<&SpaceRun>) -> String {
    near.map_or_else(
        || {
            "Point at a line or tap it to see its run, click or tap it again to open it. Drag along an axis to filter."
                .to_owned()
        },
        |run| {
            let value = |(name, value): &(String, String)| format!("{name} {value}");
            let values: Vec<String> = run.values.iter().map(value).collect();
            format!("Run {}: {}", run.name, values.join(" · "))
        },
    )
}

/// Puts the pixels on the canvas; `None` where the browser does not.
pub(super) fn paint(canvas: &HtmlCanvasElement, width: usize, pixels: &Pixels) -> Option<()> {
    let width = u32::try_from(width).ok().filter(|width| *width > 0)?;
    let height = u32::try_from(pixels.0.len()).ok()? / (4 * width);
    let image =
        ImageData::new_with_u8_clamped_array_and_sh(Clamped(&pixels.0), width, height).ok()?;
    canvas.set_width(width);
    canvas.set_height(height);
    let context = canvas.get_context("2d").ok().flatten()?;
    let context = context.dyn_into::<CanvasRenderingContext2d>().ok()?;
    context.put_image_data(&image, 0.0, 0.0).ok()
}
