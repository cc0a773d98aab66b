//! The banner of a folder that is followed, and the button that begins it.

use super::icons::{Icon, icon};
use crate::engine::followed::ago;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::web::folders::can_follow;
use std::time::Duration;

/// How often what is new is spoken at most.
const SPOKEN_MILLIS: f64 = 10_000.0;

/// Begins to follow a folder; where the browser cannot, it says so.
#[component]
pub fn FollowButton(app: App) -> impl IntoView {
    if !can_follow() {
        return view! { <p class="faint">"This browser cannot follow a folder as it grows; drop it again to add what is new."</p> }.into_any();
    }
    view! {
        <button
            type="button"
            class="button plain"
            title="Reads a folder and then looks into it every few seconds for what is new"
            on:click=by::mouse(move |_| app.following.choose(app))
        >
            {icon(Icon::Folder)} "Follow a folder"
        </button>
    }
    .into_any()
}

/// Which folder is followed, what was new, and how to pause and stop.
#[component]
pub fn FollowBar(app: App) -> impl IntoView {
    let is_followed = Memo::new(move |_| app.following.name.with(Option::is_some));
    move || is_followed.get().then(|| banner(app).into_any())
}

fn banner(app: App) -> impl IntoView {
    let following = app.following;
    let now = RwSignal::new(js_sys::Date::now());
    // Words alone change: nothing moves.
    if let Ok(clock) =
        set_interval_with_handle(move || now.set(js_sys::Date::now()), Duration::from_secs(1))
    {
        on_cleanup(move || clock.clear());
    }
    let since = move |then: f64| ago(now.get().max(then) - then);
    let said = move || {
        if let Some(why) = following.trouble.get() {
            return format!(
                "cannot be read: {why}. What was read stays. Try again, or stop and choose it anew."
            );
        }
        let news = following.news.get();
        let news = news.map_or_else(
            || "nothing new yet".to_owned(),
            |(news, at)| format!("{news} {}", since(at)),
        );
        if following.is_paused.get() {
            format!("paused; {news}")
        } else {
            format!("looked {}; {news}", since(following.looked.get()))
        }
    };
    let kept = move || {
        let is_late = app.keeping.is_behind.get() && app.keeping.ours.with(Option::is_some);
        is_late.then_some(
            " What is new is kept once the folder is left alone for a while, or you press Stop.",
        )
    };
    let spoken = spoken(app);
    let label = move || match (
        following.trouble.with(Option::is_some),
        following.is_paused.get(),
    ) {
        (true, _) => "Try again",
        (false, true) => "Resume",
        (false, false) => "Pause",
    };
    view! {
        <aside class="keep-bar" aria-label="The folder that is followed" data-testid="follow-bar">
            <p>"Following " <strong>{move || following.name.get()}</strong> ": " <span class="soft">{said}{kept}</span></p>
            <button type="button" class="button plain" on:click=by::mouse(move |_| following.pause())>{label}</button>
            <button type="button" class="button plain" on:click=by::mouse(move |_| following.stop(app))>"Stop"</button>
            <span class="visually-hidden" role="status">{move || spoken.get()}</span>
        </aside>
    }
}

/// What is new, for those who hear it: now and then, the latest.
fn spoken(app: App) -> RwSignal<String> {
    let following = app.following;
    let spoken = RwSignal::new(String::new());
    let at = StoredValue::new(0.0);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let speak = move || {
        waiting.set_value(None);
        at.set_value(js_sys::Date::now());
        let trouble = following.trouble.get_untracked();
        let trouble = trouble.map(|why| format!("The folder cannot be read: {why}."));
        let news = following.news.get_untracked().map(|(news, _)| news);
        spoken.set(trouble.or(news).unwrap_or_default());
    };
    Effect::new(move |_| {
        following.news.track();
        following.trouble.track();
        if waiting.with_value(Option::is_none) {
            let wait = (at.get_value() + SPOKEN_MILLIS - js_sys::Date::now()).max(0.0);
            let timer = set_timeout_with_handle(speak, Duration::from_millis(wait as u64));
            waiting.set_value(timer.ok());
        }
    });
    on_cleanup(move || {
        if let Some(timer) = waiting.get_value() {
            timer.clear();
        }
    });
    spoken
}
