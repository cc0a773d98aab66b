//! Where a person is asked whether sessions are kept in this browser, and goes on with one that is.

use crate::chart::number::counted;
use crate::engine::protocol::Session;
use crate::page::keeping::Choice;
use crate::page::reactive::*;
use crate::page::state::App;
use crate::page::widgets::numbers;

/// The question, once there are runs, until it is answered.
#[component]
pub fn KeepBar(app: App) -> impl IntoView {
    let keeping = app.keeping;
    let is_asked = Memo::new(move |_| {
        let has_runs = app.ledger.with(|ledger| ledger.runs > 0);
        // One question at a time: that of the objective comes first, unless something was said of runs already.
        let is_at_work = app.view.with(|view| view.objective.is_some())
            || app.marked.with(|marked| marked.change > 0);
        keeping.choice.get() == Choice::Unasked && has_runs && is_at_work && !app.importing.get()
    });
    let answer = move |label: &'static str, class: &'static str, choice: Choice| {
        view! { <button type="button" class=class on:click=move |_| keeping.choose(choice)>{label}</button> }
    };
    let other = move || {
        let has_runs = app.ledger.with(|ledger| ledger.runs > 0);
        let session = keeping
            .other()
            .filter(|_| has_runs && !app.importing.get())?;
        Some(
            view! {
                <aside class="keep-bar" aria-label="Another session is kept" data-testid="keep-other">
                    <p>{format!("Another session is kept: {}", told(&session))}</p>
                    <button type="button" class="button" on:click=move |_| keeping.go_on(app)>"Add these runs to it"</button>
                    <button type="button" class="button plain" on:click=move |_| keeping.is_ours.set(true)>"Replace it"</button>
                    {answer("Leave it", "button plain", Choice::NotNow)}
                </aside>
            }
            .into_any(),
        )
    };
    let foreign = move || {
        let is_told = keeping.is_foreign.get() && keeping.choice.get() == Choice::Yes;
        is_told.then(|| view! {
            <aside class="keep-bar" aria-label="What is kept is of another version">
                <p>"What is kept in this browser was written by another version of runsift and is left alone: this session is not kept."</p>
                <button type="button" class="button" on:click=move |_| keeping.forget(app)>"Delete it"</button>
                {answer("Leave it", "button plain", Choice::NotNow)}
            </aside>
        }.into_any())
    };
    view! {
        {other}
        {foreign}
        <Show when=move || is_asked.get()>
            <aside class="keep-bar" aria-label="Keep this session" data-testid="keep-bar">
                <p>"Keep these files and your notes in this browser, to go on later? They stay on this computer."</p>
                {answer("Yes, keep", "button", Choice::Yes)}
                {answer("Not now", "button plain", Choice::NotNow)}
                {answer("Never", "button plain", Choice::Never)}
            </aside>
        </Show>
    }
}

/// The session that is kept, on the empty page.
#[component]
pub fn GoOn(app: App) -> impl IntoView {
    let keeping = app.keeping;
    move || {
        keeping.kept.get().map(|session| {
            view! {
                <section class="go-on" aria-labelledby="go-on-title" data-testid="go-on">
                    <h2 id="go-on-title">"Go on where you were"</h2>
                    <p>{told(&session)}</p>
                    <button type="button" class="button primary" on:click=move |_| keeping.go_on(app)>"Go on"</button>
                    <button type="button" class="button" on:click=move |_| keeping.forget(app)>"Delete"</button>
                </section>
            }
            .into_any()
        })
    }
}

fn told(session: &Session) -> String {
    let saved = js_sys::Date::new(&session.saved.into());
    let saved = saved.to_locale_string("default", &wasm_bindgen::JsValue::UNDEFINED);
    format!(
        "{}, kept in this browser {}, {}.",
        counted(session.runs, "run"),
        String::from(saved),
        numbers::bytes(session.bytes as u64)
    )
}
