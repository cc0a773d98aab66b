//! A picture of dots: marks, over pixels where dots are many. Pointing names a run, a click opens it.

use super::display::legend_items;
use super::saving::{image_of, save_picture};
use super::space::paint;
use crate::chart::scatter::{HEIGHT, WIDTH};
use crate::chart::svg::Plate;
use crate::engine::protocol::{Answer, Ask, ScatterPicture, SpaceRun};
use crate::engine::saved::{legend as legend_of, scatter_chart};
use crate::page::state::App;
use crate::page::widgets::picture::Picture;
use leptos::ev::PointerEvent;
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use std::sync::Arc;

/// The picture.
#[component]
pub(super) fn ScatterView(
    app: App,
    picture: ScatterPicture,
    /// What stands below it where it is saved.
    words: Vec<String>,
) -> impl IntoView {
    let kept = Arc::new(picture.clone());
    let name = format!("{} {}", kept.scatter.y.name, kept.scatter.x.name);
    let saving = save_picture(app, &name, move |_, give| {
        give(Plate {
            title: kept.title.clone(),
            legend: legend_of(&kept.legend),
            charts: vec![scatter_chart(&kept, &image_of)],
            caption: words.clone(),
        });
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
    let point = move |event: PointerEvent| {
        let Some(stage) = stage.get_untracked() else {
            return;
        };
        let frame = stage.get_bounding_client_rect();
        let scale = WIDTH / frame.width().max(1.0);
        pointed.update_value(|number| *number += 1);
        let this = pointed.get_value();
        let ask = Ask::ScatterRun {
            picture: place,
            x: (f64::from(event.client_x()) - frame.left()) * scale,
            y: (f64::from(event.client_y()) - frame.top()) * scale,
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
    let open = move |_| {
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
        <div class="scatter" node_ref=stage on:pointermove=point on:pointerleave=left on:click=open>
            {ground}
            <Picture marks=scatter.marks() width=WIDTH height=HEIGHT title=title/>
            <svg aria-hidden="true" viewBox=format!("0 0 {WIDTH} {HEIGHT}")><path d=ring></path></svg>
        </div>
        {saving}
        {has_dots.then(|| view! { <p class="faint" role="status">{named}</p> })}
    }
}
