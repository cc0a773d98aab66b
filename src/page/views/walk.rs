//! A picture whose parts are gone through by keys: a ring marks the part, and a line below says what is there.

use super::dots::walked;
use super::saving::{About, chart_of, save_chart};
use crate::chart::dots::{Stop, ring};
use crate::chart::marks::Mark;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::page::widgets::picture::Picture;
use leptos::ev::KeyboardEvent;

/// What keys go through.
pub(super) struct Walk {
    /// How many parts there are.
    pub(super) count: usize,
    /// One of them.
    pub(super) stop: Box<dyn Fn(usize) -> Option<Stop>>,
    /// Where the keys that go up and down (true) lead from one of them.
    pub(super) beside: Box<dyn Fn(usize, bool) -> usize>,
}

impl Walk {
    /// Parts that stand below one another, or beside one another: the keys of both directions go to the next.
    pub(super) fn in_order(count: usize, stop: impl Fn(usize) -> Option<Stop> + 'static) -> Self {
        let next = move |at: usize, is_down: bool| {
            if is_down {
                (at + 1).min(count.saturating_sub(1))
            } else {
                at.saturating_sub(1)
            }
        };
        Self {
            count,
            stop: Box::new(stop),
            beside: Box::new(next),
        }
    }
}

/// The picture; `title` says to those who cannot see it what it shows.
pub(super) fn walked_picture(
    marks: Vec<Mark>,
    (width, height): (f64, f64),
    title: String,
    walk: Walk,
) -> AnyView {
    let Walk {
        count,
        stop,
        beside,
    } = walk;
    let at = RwSignal::new(None::<usize>);
    let stop = StoredValue::new(stop);
    let there = move || at.get().and_then(|at| stop.with_value(|stop| stop(at)));
    let pressed = move |event: KeyboardEvent| {
        let (key, now) = (event.key(), at.get_untracked());
        let Some(last) = count.checked_sub(1) else {
            return;
        };
        let next = match (key.as_str(), now) {
            ("Escape", Some(_)) => None,
            ("ArrowUp" | "ArrowDown", Some(now)) => Some(beside(now, key == "ArrowDown")),
            ("ArrowUp" | "ArrowDown", None) => Some(0),
            _ => match walked(&key, now, last) {
                Some(next) => Some(next),
                None => return,
            },
        };
        event.prevent_default();
        event.stop_propagation();
        at.set(next);
    };
    let label = format!(
        "{}. Arrow keys go from part to part and say what is there.",
        title.trim_end_matches('.')
    );
    view! {
        <div class="scatter dots-stage walk" role="group" tabindex="0" aria-label=label on:keydown=by::key(pressed)>
            <Picture marks=marks width=width height=height title=title/>
            <svg aria-hidden="true" viewBox=format!("0 0 {width} {height}")><path d=move || there().map(|stop| ring(stop.at))></path></svg>
        </div>
        <p class="faint walk-told" role="status">{move || there().map(|stop| stop.text)}</p>
    }
    .into_any()
}

/// It with the menu that saves it.
pub(super) fn saved_walk(
    app: App,
    about: About,
    marks: Vec<Mark>,
    size: (f64, f64),
    title: String,
    walk: Walk,
) -> AnyView {
    let chart = chart_of(&about, &marks, size);
    view! {
        {walked_picture(marks, size, title, walk)}
        {save_chart(app, about, chart)}
    }
    .into_any()
}
