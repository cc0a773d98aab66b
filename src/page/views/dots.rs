//! A picture with runs as dots that can be reached: pointing or the arrow keys name a run, a click or Enter opens it.

use super::asked::asked;
use super::tapping::{Tapping, is_finger};
use crate::chart::dots::{RunDot, nearest, ring};
use crate::chart::marks::Mark;
use crate::engine::protocol::{Answer, Ask, SpaceRun};
use crate::ledger::ColumnId;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::page::widgets::picture::Picture;
use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::html::Div;
use std::sync::Arc;

/// What a picture of dots shows.
pub(super) struct RunPicture {
    /// It in words.
    pub(super) title: String,
    /// Width and height.
    pub(super) size: (f64, f64),
    /// What is drawn.
    pub(super) marks: Vec<Mark>,
    /// Its dots, in the order in which the arrow keys go through them.
    pub(super) dots: Arc<[RunDot]>,
    /// The key of the column that is shown.
    pub(super) metric: String,
    /// The column that it is shown over.
    pub(super) column: Option<ColumnId>,
    /// What stands below while no run is named.
    pub(super) words: String,
}

/// The picture, with a line below that names runs.
pub(super) fn dots_view(app: App, picture: RunPicture) -> AnyView {
    let RunPicture {
        title,
        size: (width, height),
        marks,
        dots,
        metric,
        column,
        words,
    } = picture;
    let stage = NodeRef::<Div>::new();
    let at = RwSignal::new(None::<usize>);
    let dots = StoredValue::new(dots);
    let dot = move || {
        let place = at.get()?;
        dots.with_value(|dots| dots.get(place).copied())
    };
    let question = move || {
        Some(Ask::DotRun {
            row: dot()?.row as usize,
            metric: metric.clone(),
            column,
        })
    };
    let said = asked(app, question, |said| match said {
        Answer::SpaceRun(said) => said,
        _ => None,
    });
    let pointed = move |event: &MouseEvent| {
        let frame = stage.get_untracked()?.get_bounding_client_rect();
        let scale = width / frame.width().max(1.0);
        let place = (
            (f64::from(event.client_x()) - frame.left()) * scale,
            (f64::from(event.client_y()) - frame.top()) * scale,
        );
        dots.with_value(|dots| nearest(dots, place))
    };
    let tapping = Tapping::new();
    let point = move |place: Option<usize>| {
        if at.get_untracked() != place {
            at.set(place);
        }
    };
    let open = move || {
        if let Some(dot) = untrack(dot) {
            app.change(|view| view.run = Some(dot.row as usize));
        }
    };
    let pressed = move |event: KeyboardEvent| {
        let last = dots.with_value(|dots| dots.len().checked_sub(1));
        let (Some(last), now) = (last, at.get_untracked()) else {
            return;
        };
        let key = event.key();
        if key == "Enter" && now.is_some() {
            open();
        } else if key == "Escape" && now.is_some() {
            point(None);
        } else if let Some(place) = walked(&key, now, last) {
            point(Some(place));
        } else {
            return;
        }
        event.prevent_default();
    };
    let named = move || said.get().map_or_else(|| words.clone(), |run| told(&run));
    let label = walked_label(&title);
    let circle = move || dot().map(|dot| ring(dot.at()));
    view! {
        <div
            class="scatter dots-stage"
            role="group"
            tabindex="0"
            aria-label=label
            node_ref=stage
            on:pointerdown=by::pointer(move |event| tapping.pressed(&event))
            on:pointermove=by::pointer(move |event| if !is_finger(&event) { point(pointed(&event)); })
            on:pointerleave=by::pointer(move |event| if !is_finger(&event) { point(None); })
            on:click=by::mouse(move |event| {
                let is_pointed = at.get_untracked().is_some();
                let is_tap = tapping.points(&event, is_pointed);
                point(pointed(&event));
                if !is_tap {
                    open();
                }
            })
            on:keydown=by::key(pressed)
        >
            <Picture marks=marks width=width height=height title=title/>
            <svg aria-hidden="true" viewBox=format!("0 0 {width} {height}")><path d=circle></path></svg>
        </div>
        <p class="faint" role="status">{named}</p>
    }
    .into_any()
}

/// What a picture is called whose runs are gone through by keys.
pub(super) fn walked_label(title: &str) -> String {
    format!(
        "{}. Arrow keys go from run to run, Enter opens one.",
        title.trim_end_matches('.')
    )
}

/// To which of the dots up to `last` a key goes from one of them or from none; nothing where it goes nowhere.
pub(super) fn walked(key: &str, now: Option<usize>, last: usize) -> Option<usize> {
    match key {
        "ArrowRight" => Some(now.map_or(0, |now| (now + 1).min(last))),
        "ArrowLeft" => Some(now.map_or(last, |now| now.saturating_sub(1))),
        "Home" => Some(0),
        "End" => Some(last),
        _ => None,
    }
}

/// A run with what it has.
fn told(run: &SpaceRun) -> String {
    let mut text = run.name.clone();
    for (name, value) in &run.values {
        text.push_str(" · ");
        text.push_str(name);
        text.push(' ');
        text.push_str(value);
    }
    text
}
