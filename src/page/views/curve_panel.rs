//! A panel of curves: the engine's pixels between axes, at which one points by hand or by keys, and of which a part of the axis is
//! shown; and how the panels of one picture are asked for.

use super::asked::asked;
use super::curve_zoom::Zooming;
use super::curves_told::told;
use super::saving::{Give, image_of, save_picture};
use super::space::{colour_column, paint};
use super::tapping::{Tapping, is_finger};
use crate::chart::curve::frame;
use crate::chart::svg::{Paper, Style};
use crate::engine::protocol::{
    Answer, Ask, CurvePanel, CurvePlace, CurveRun, CurvesPicture, CurvesQuestion,
};
use crate::engine::saved::{AROUND, curves_plate};
use crate::page::prelude::*;
use crate::page::state::App;
use crate::page::widgets::picture::Picture;
use crate::page::widgets::size::watch_size;
use crate::web::clock;
use leptos::ev::{KeyboardEvent, MouseEvent, PointerEvent};
use leptos::html::{Canvas, Div};
use std::sync::Arc;

/// How high the picture of a panel is, in pixels of the page.
const HEIGHT: f64 = 170.0;

/// How wide a panel is at least, where the page is.
const PANEL_WIDTH: f64 = 340.0;

/// How far panels stand apart.
const GAP: f64 = 14.0;

/// A hand that moved less pressed.
const LEAST_DRAG: f64 = 6.0;

/// Pixels a unit of a picture that is saved, where lines are too many to be told.
const SAVED_DENSITY: f64 = 2.0;

/// The panels of one picture.
#[derive(Clone, Copy)]
pub(super) struct Drawn {
    pub(super) app: App,
    pub(super) picture: RwSignal<Option<Arc<CurvesPicture>>>,
    /// How wide the picture of a panel is.
    pub(super) width: Memo<f64>,
    pointing: Pointing,
    zoom: Zooming,
    /// Whether they are of runs that stand side by side.
    beside: bool,
}

impl Drawn {
    /// Asks for a picture of as many panels at most beside one another as have room in `stage`, and again whenever it is another.
    pub(super) fn new(
        app: App,
        stage: NodeRef<Div>,
        panels: Memo<Option<usize>>,
        beside: bool,
    ) -> Self {
        let room = RwSignal::new(0.0);
        let measure = move || {
            if let Some(stage) = stage.get_untracked() {
                room.set(f64::from(stage.client_width()));
            }
        };
        watch_size(stage, measure);
        let width = Memo::new(move |_| {
            let room = room.get();
            let columns = ((room + GAP) / (PANEL_WIDTH + GAP)).floor();
            let most = panels.get().map_or(columns, |panels| panels.max(2) as f64);
            let columns = columns.min(most).max(1.0);
            ((room - (columns - 1.0) * GAP) / columns - AROUND.0 - AROUND.1).floor()
        });
        let pointing = Pointing {
            app,
            near: RwSignal::new(None),
            number: StoredValue::new(0),
            panel: StoredValue::new(0),
            again: StoredValue::new(None),
            is_asked: StoredValue::new(false),
            opens: StoredValue::new(None),
        };
        let set = Memo::new(move |_| {
            app.view
                .with(|view| (view.curves.clone(), view.run, view.look.colour.clone()))
        });
        let begun = StoredValue::new(0.0);
        let question = move || {
            let (selection, width) = (app.selection.get(), width.get());
            let dark = app.dark.get();
            set.track();
            if selection == 0 || width <= 0.0 {
                return None;
            }
            begun.set_value(clock::now_millis());
            pointing.wait();
            Some(Ask::Curves(CurvesQuestion {
                density: window().device_pixel_ratio(),
                dark,
                ..asked_for(app, width, beside)
            }))
        };
        let picture = asked(app, question, |said| match said {
            Answer::Curves(said) => Some(said),
            _ => None,
        });
        Effect::new(move |_| {
            if let Some(runs) = picture.with(|said| said.as_ref().map(|said| said.shown as f64)) {
                let begun = begun.get_value();
                if let Some(place) = pointing.again.try_update_value(Option::take).flatten() {
                    pointing.at(place);
                }
                if !beside {
                    clock::after_paint(move || {
                        clock::measure("app:curves", begun, &[("runs", runs)]);
                    });
                }
            }
        });
        Self {
            app,
            picture,
            width,
            pointing,
            zoom: Zooming::new(app, picture, width),
            beside,
        }
    }

    /// The run that is pointed at.
    pub(super) fn near(self) -> RwSignal<Option<Arc<CurveRun>>> {
        self.pointing.near
    }

    /// Gives the panels, or `only` one, to be saved.
    pub(super) fn give(self, only: Option<usize>, style: Style, give: Give) {
        let width = self.width.get_untracked();
        let ask = Ask::Curves(CurvesQuestion {
            density: SAVED_DENSITY,
            dark: style.paper == Paper::Dark,
            traces: true,
            ..asked_for(self.app, width, self.beside)
        });
        self.app.ask(ask, move |answer| {
            if let Answer::Curves(picture) = answer {
                let mut plate = curves_plate(&picture, (width, HEIGHT), only, &image_of);
                plate.title = match plate.charts.as_mut_slice() {
                    [chart] => std::mem::take(&mut chart.title),
                    _ => "Curves".to_owned(),
                };
                plate.caption.push(told(Some(&picture)));
                give(plate);
            }
        });
    }

    /// The panels, which stay while they are drawn anew.
    pub(super) fn panels(self) -> AnyView {
        let picture = self.picture;
        let keys = Memo::new(move |_| {
            picture.with(|picture| {
                let panels = picture.as_ref().map(|picture| picture.panels.iter());
                let keys = panels.into_iter().flatten().map(|panel| panel.key.clone());
                keys.enumerate().collect::<Vec<_>>()
            })
        });
        view! {
            <For each=move || keys.get() key=Clone::clone let:item>
                <Panel drawn=self at=item.0/>
            </For>
        }
        .into_any()
    }
}

/// What is asked for, as the view is.
fn asked_for(app: App, width: f64, beside: bool) -> CurvesQuestion {
    let (mut set, mut run, mut colour) = app
        .view
        .with_untracked(|view| (view.curves.clone(), view.run, view.look.colour.clone()));
    if beside {
        // The first metrics, and each line in the colour of its column.
        set.pattern.clear();
        (run, colour) = (None, None);
    }
    CurvesQuestion {
        set,
        width,
        height: HEIGHT,
        run,
        colour: colour_column(app, colour),
        beside,
        ..CurvesQuestion::default()
    }
}

/// What is pointed at, and how it is asked for.
#[derive(Clone, Copy)]
struct Pointing {
    app: App,
    near: RwSignal<Option<Arc<CurveRun>>>,
    number: StoredValue<u64>,
    /// The panel in which that was.
    panel: StoredValue<usize>,
    /// What is pointed at again when another part of the axis is drawn.
    again: StoredValue<Option<CurvePlace>>,
    /// Whether it is not known yet which run is there.
    is_asked: StoredValue<bool>,
    /// The number of what was asked for whose run is opened when it is known.
    opens: StoredValue<Option<u64>>,
}

impl Pointing {
    /// Asks for the run at a place, unless the one before is about to be opened: it would not be answered any more.
    fn at(self, place: CurvePlace) {
        if self.opens.get_value() == Some(self.number.get_value()) {
            return;
        }
        self.number.update_value(|number| *number += 1);
        let this = self.number.get_value();
        self.panel.set_value(place.panel);
        self.is_asked.set_value(true);
        self.app.ask(Ask::CurveRun(place), move |answer| {
            let Answer::CurveRun(said) = answer else {
                return;
            };
            // Whoever has clicked may have left since.
            let opens = self.opens.try_get_value().flatten() == Some(this);
            let row = said.as_ref().map(|run| run.row).filter(|_| opens);
            if self.number.try_with_value(|number| *number == this) == Some(true) {
                self.near.set(said.map(Arc::from));
                self.is_asked.set_value(false);
            }
            if opens {
                self.opens.set_value(None);
            }
            if let Some(row) = row {
                self.open_run(row);
            }
        });
    }

    /// Whether a run of this panel is pointed at, or asked for.
    fn is_in(self, panel: usize) -> bool {
        let is_somewhere = self.is_asked.get_value() || self.near.with_untracked(Option::is_some);
        is_somewhere && self.panel.get_value() == panel
    }

    fn nowhere(self) {
        self.is_asked.set_value(false);
        self.again.set_value(None);
        self.number.update_value(|number| *number += 1);
        self.near.set(None);
    }

    /// Leaves what is pointed at until there is another picture: zooming by keys goes on from it.
    fn wait(self) {
        let near = self.near.get_untracked();
        let again = near.map(|near| CurvePlace {
            panel: self.panel.get_value(),
            row: Some(near.row),
            step: Some(near.step),
            ..CurvePlace::default()
        });
        self.nowhere();
        self.again.set_value(again);
    }

    /// Opens the run, which may not be known yet: what was pointed at before is another.
    fn open(self) {
        if self.is_asked.get_value() {
            self.opens.set_value(Some(self.number.get_value()));
        } else if let Some(run) = self.near.get_untracked() {
            self.open_run(run.row);
        }
    }

    fn open_run(self, row: usize) {
        self.app.change(|view| view.run = Some(row));
    }
}

/// The curves of one metric.
#[component]
fn Panel(
    drawn: Drawn,
    /// Its place among the panels.
    at: usize,
) -> impl IntoView {
    let Drawn {
        app,
        picture,
        width,
        pointing,
        zoom,
        ..
    } = drawn;
    let canvas = NodeRef::<Canvas>::new();
    let plot = NodeRef::<Div>::new();
    Effect::new(move |_| {
        if let (Some(picture), Some(canvas)) = (picture.get(), canvas.get())
            && let Some(panel) = picture.panels.get(at)
        {
            paint(&canvas, panel.width, &panel.pixels);
        }
    });
    // Not the panel itself: its pixels are many.
    let of = move |take: fn(&CurvePanel) -> String| {
        picture.with(|picture| picture.as_ref()?.panels.get(at).map(take))
    };
    // Not by the canvas, which may be moved.
    let place = move |event: &MouseEvent| {
        let frame = plot.get_untracked()?.get_bounding_client_rect();
        Some((
            f64::from(event.client_x()) - frame.left() - AROUND.0,
            f64::from(event.client_y()) - frame.top() - AROUND.2,
        ))
    };
    // Where the hand was pressed, and where it is.
    let drag = RwSignal::new(None::<(f64, f64)>);
    let was_dragged = StoredValue::new(false);
    let tapping = Tapping::new();
    let point_at = move |(x, y): (f64, f64)| {
        pointing.at(CurvePlace {
            panel: at,
            x,
            y: Some(y),
            ..CurvePlace::default()
        });
    };
    let point = move |event: PointerEvent| {
        if let Some((x, y)) = place(&event) {
            drag.update(|drag| *drag = drag.map(|(from, _)| (from, x)));
            if !is_finger(&event) {
                point_at((x, y));
            }
        }
    };
    let press = move |event: PointerEvent| {
        was_dragged.set_value(false);
        tapping.pressed(&event);
        if let (Some((x, _)), 0) = (place(&event), event.button()) {
            drag.set(Some((x, x)));
            if let Some(plot) = plot.get_untracked() {
                // Only a pointer that is gone cannot be captured.
                let _held = plot.set_pointer_capture(event.pointer_id());
            }
        }
    };
    let release = move |_: PointerEvent| {
        if let Some((from, to)) = drag.get_untracked() {
            drag.set(None);
            if (to - from).abs() >= LEAST_DRAG {
                was_dragged.set_value(true);
                tapping.moved();
                zoom.to(from, to);
            }
        }
    };
    let click = move |event: MouseEvent| {
        let is_pointed = pointing.is_in(at);
        match place(&event) {
            _ if was_dragged.get_value() => {}
            Some(place) if tapping.points(&event, is_pointed) => point_at(place),
            _ => pointing.open(),
        }
    };
    let key = move |event: KeyboardEvent| {
        let near = pointing
            .near
            .with_untracked(|near| near.as_ref().map(|near| near.x));
        let zooms = match (event.key().as_str(), event.shift_key()) {
            ("+" | "=", _) => zoom.by(0.5, near),
            ("-", _) => zoom.by(2.0, near),
            ("0", _) => zoom.set(None),
            ("ArrowLeft", true) => zoom.along(-0.25),
            ("ArrowRight", true) => zoom.along(0.25),
            _ => false,
        };
        if zooms {
            event.prevent_default();
            event.stop_propagation();
            return;
        }
        let by = match event.key().as_str() {
            "ArrowLeft" => -1,
            "ArrowRight" => 1,
            "Enter" => {
                event.prevent_default();
                event.stop_propagation();
                pointing.open();
                return;
            }
            "Escape" => {
                pointing.nowhere();
                return;
            }
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        let near = pointing.near.get_untracked();
        pointing.at(CurvePlace {
            panel: at,
            x: near.as_ref().map_or(0.0, |near| near.x),
            row: near.as_ref().map(|near| near.row),
            step: near.as_ref().map(|near| near.step),
            by: if near.is_some() { by } else { 0 },
            ..CurvePlace::default()
        });
    };
    let value = move || {
        let near = pointing.near.get()?;
        near.values.get(at)?.clone()
    };
    // On a phone, where a bar would lie over panels; elsewhere it is told once for all of them.
    let who = move || {
        value()?;
        let near = pointing.near.get()?;
        Some(format!("Run {} at {}: ", near.name, near.x_text))
    };
    let marks = move || {
        let picture = picture.get()?;
        let panel = picture.panels.get(at)?;
        let (left, right, top, bottom) = AROUND;
        let wide = width.get();
        let marks = frame(&picture.x, &panel.y, (left, top), (wide, HEIGHT));
        let title = format!("{} over {}", panel.name, picture.x_title);
        Some(view! {
            <Picture marks=marks width={left + wide + right} height={top + HEIGHT + bottom} title=title/>
        })
    };
    let notes = move || {
        let notes = of(|panel| panel.notes.join("; ")).unwrap_or_default();
        (!notes.is_empty()).then(|| format!(" Not drawn as lines: {notes}."))
    };
    // A panel is made anew where it is another metric's.
    let name = picture.with_untracked(|picture| {
        let panel = picture.as_ref().and_then(|picture| picture.panels.get(at));
        panel.map_or_else(String::new, |panel| panel.name.clone())
    });
    let x_title = move || picture.get().map(|picture| picture.x_title.clone());
    let total = move || width.get() + AROUND.0 + AROUND.1;
    view! {
        <figure
            class="curves-panel"
            data-column=move || of(|panel| panel.key.clone())
            style:width=move || format!("{}px", total())
        >
            <h3>
                {move || of(|panel| panel.name.clone())}
                <small class="faint">" over " {x_title}</small>
            </h3>
            <div
                class="curves-plot"
                node_ref=plot
                tabindex="0"
                role="group"
                aria-label=move || of(|panel| format!("{}. Arrow keys go from point to point, Enter opens the run, + and - zoom, Shift with arrows moves along, 0 shows the whole axis", panel.name))
                on:keydown=by::key(key)
                on:pointerdown=by::pointer(press)
                on:pointermove=by::pointer(point)
                on:pointerup=by::pointer(release)
                on:pointercancel=by::pointer(move |_: PointerEvent| drag.set(None))
                on:pointerleave=by::pointer(move |event| if !is_finger(&event) { pointing.nowhere(); })
                on:click=by::mouse(click)
            >
                {marks}
                <canvas
                    node_ref=canvas
                    aria-hidden="true"
                    style:left=format!("{}px", AROUND.0)
                    style:top=format!("{}px", AROUND.2)
                    style:width=move || format!("{}px", width.get())
                    style:height=format!("{HEIGHT}px")
                    style:transform=move || zoom.moved()
                    style:clip-path=move || zoom.clipped()
                ></canvas>
                <svg
                    class="curves-over"
                    aria-hidden="true"
                    viewBox=move || format!("0 0 {} {HEIGHT}", width.get())
                    style:left=format!("{}px", AROUND.0)
                    style:top=format!("{}px", AROUND.2)
                    style:width=move || format!("{}px", width.get())
                    style:height=format!("{HEIGHT}px")
                >
                    {move || drag.get().map(|(from, to)| {
                        let (x, wide) = (from.min(to).to_string(), (to - from).abs().to_string());
                        view! { <rect class="span" x=x y="0" width=wide height=HEIGHT.to_string()></rect> }
                    })}
                    {move || pointing.near.get().map(|near| {
                        let x = near.x.to_string();
                        view! { <line class="at" x1=x.clone() x2=x y1="0" y2=HEIGHT.to_string()></line> }
                    })}
                    {move || value().map(|value| view! { <path class="near" d=value.path></path> })}
                    {move || value().and_then(|value| value.at).map(|(x, y)| {
                        view! { <circle class="dot" cx=x.to_string() cy=y.to_string() r="4"></circle> }
                    })}
                </svg>
            </div>
            <p class="curves-value">
                <span class="curves-who">{who}</span>
                {move || value().map(|value| value.text)}
            </p>
            <figcaption>
                {move || of(|panel| panel.summary.clone() + &panel.hint)}
                {notes}
            </figcaption>
            {save_picture(app, &format!("curve {name}"), move |style, give| drawn.give(Some(at), style, give))}
        </figure>
    }
}
