//! Where a person is asked whether a session is kept in this browser, and under which name; and those that are.

use super::export_menu::SUMMARY_ID;
use super::numbers;
use super::tabs::focus_by_id;
use crate::chart::number::counted;
use crate::engine::protocol::{Kept, Session};
use crate::page::keeping::{Choice, Wanted};
use crate::page::prelude::*;
use crate::page::state::App;
use crate::web::sealing::can_seal;
use leptos::ev::SubmitEvent;

/// How many sessions are offered to add runs to: the last used ones.
const MOST_OFFERED: usize = 3;

/// The id of what has the focus first: the box for a session's name or a passphrase, and where a passphrase is to be removed what
/// leaves it; and that of the button that brings a session back.
const NAME_ID: &str = "keep-name";
const UNDO_ID: &str = "keep-undo";

/// What the person is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Whether sessions are kept at all.
    Whether,
    /// Only under which name.
    Name,
    /// Where runs belong while other sessions are kept.
    Where,
    /// Which passphrase it opens by from now on.
    Passphrase,
    /// Whether it opens without one from now on.
    Open,
}

/// The question, once there are runs, until it is answered.
#[component]
pub fn KeepBar(app: App) -> impl IntoView {
    let keeping = app.keeping;
    let asked = Memo::new(move |_| {
        let has_runs = app.ledger.with(|ledger| ledger.runs > 0);
        if !has_runs || app.importing.get() {
            return None;
        }
        // One question at a time: that of the objective comes first, unless something was said of runs already.
        let is_at_work = app.view.with(|view| view.objective.is_some())
            || app.marked.with(|marked| marked.change > 0);
        match (keeping.is_wanted.get(), keeping.choice.get()) {
            (Some(Wanted::Keep), _) => Some(Asked::Name),
            (Some(Wanted::Seal), _) => Some(Asked::Passphrase),
            (Some(Wanted::Unseal), _) => Some(Asked::Open),
            (None, Choice::Unasked) => is_at_work.then_some(Asked::Whether),
            _ => keeping.is_apart().then_some(Asked::Where),
        }
    });
    move || asked.get().map(|asked| bar(app, asked))
}

fn bar(app: App, asked: Asked) -> AnyView {
    let keeping = app.keeping;
    let name = RwSignal::new(keeping.name_for(app));
    // A copy of a sealed session is sealed unless the person says otherwise.
    let is_new = asked == Asked::Passphrase;
    let is_open = asked == Asked::Open;
    let has_seal = keeping.is_sealed() && !is_new;
    let is_sealed = RwSignal::new(has_seal || is_new);
    let words = [RwSignal::new(String::new()), RwSignal::new(String::new())];
    let keep = move |event: SubmitEvent| {
        event.prevent_default();
        let name = name.get_untracked();
        let [word, again] = words.map(|word| word.get_untracked());
        if is_open {
            keeping.seal_anew(app, None);
        } else if !is_sealed.get_untracked() {
            keeping.begin(app, &name, None);
        } else if word != again || (word.is_empty() && !has_seal) {
            app.notify_of_step("Write the same passphrase twice: it is stored nowhere, and without it the session cannot be opened.");
        } else if is_new {
            keeping.seal_anew(app, Some(word));
        } else {
            keeping.begin_sealed(app, name, word);
        }
    };
    let seal = if is_open {
        ().into_any()
    } else if can_seal() {
        let boxes = move || {
            is_sealed.get().then(|| {
                let [word, again] = words;
                [
                    passphrase("Passphrase", word, is_new.then_some(NAME_ID)),
                    passphrase("The same once more", again, None),
                ]
                .into_iter()
                .collect::<Vec<_>>()
            })
        };
        let same = if has_seal {
            " With a passphrase: that of this session, or a new one"
        } else {
            " With a passphrase"
        };
        let tick = (!is_new).then(|| view! {
            <label>
                <input type="checkbox" prop:checked=has_seal on:change=by::any(move |event| is_sealed.set(event_target_checked(&event)))/>
                {same}
            </label>
        }.into_any());
        view! { {tick} {boxes} }.into_any()
    } else {
        view! { <span class="faint">"A passphrase takes a page that came over https or is opened from a file."</span> }
            .into_any()
    };
    let button = |label: String, act: Box<dyn Fn()>, id: Option<&'static str>| {
        view! { <button type="button" id=id class="button plain" on:click=by::mouse(move |_| act())>{label}</button> }
            .into_any()
    };
    let answer = |label: &str, choice: Choice| {
        button(
            label.to_owned(),
            Box::new(move || keeping.choose(choice)),
            None,
        )
    };
    let close = move || {
        keeping.is_wanted.set(None);
        // It was asked for there.
        focus_by_id(SUMMARY_ID);
    };
    let can_close = !matches!(asked, Asked::Whether | Asked::Where);
    let leave = by::key(move |event| {
        if can_close && event.key() == "Escape" {
            event.stop_propagation();
            close();
        }
    });
    let (test, question, label) = match asked {
        Asked::Whether => (
            "keep-bar",
            "Keep these files and your notes in this browser, to go on later? They stay on this computer.",
            "Yes, keep",
        ),
        Asked::Name => (
            "keep-bar",
            "These files and your notes are kept in this browser. They stay on this computer.",
            "Keep",
        ),
        Asked::Passphrase => (
            "keep-bar",
            "From now on this session opens by this passphrase alone. It is stored nowhere.",
            "Set the passphrase",
        ),
        Asked::Open => (
            "keep-bar",
            "From now on this session opens without a passphrase: whoever uses this browser can open it.",
            "Remove the passphrase",
        ),
        Asked::Where => (
            "keep-other",
            "Other sessions are kept in this browser. Are these runs a session of their own?",
            "Keep as another session",
        ),
    };
    let others = match asked {
        Asked::Whether => vec![
            answer("Not now", Choice::NotNow),
            answer("Never", Choice::Never),
        ],
        Asked::Name | Asked::Passphrase | Asked::Open => {
            request_animation_frame(|| focus_by_id(NAME_ID));
            let id = is_open.then_some(NAME_ID);
            vec![button("Cancel".to_owned(), Box::new(close), id)]
        }
        Asked::Where => keeping.all.with_untracked(|all| {
            let is_offered = |kept: &&Kept| !kept.is_foreign() && !kept.is_sealed();
            let known = all.iter().filter(is_offered);
            let add = known.take(MOST_OFFERED).map(|kept| {
                let key = kept.key.clone();
                let act = Box::new(move || keeping.go_on(app, key.clone(), None));
                button(format!("Add to “{}”", kept.name()), act, None)
            });
            let leave = answer("Leave it", Choice::NotNow);
            add.chain(std::iter::once(leave)).collect()
        }),
    };
    let name_box = (!is_new && !is_open).then(|| {
        view! {
            <label>
                "Name "
                <input
                    id=NAME_ID
                    type="text"
                    prop:value=move || name.get()
                    on:input=by::any(move |event| name.set(event_target_value(&event)))
                />
            </label>
        }
        .into_any()
    });
    view! {
        <aside class="keep-bar" aria-label="Keep this session" data-testid=test on:keydown=leave>
            <p>{question}</p>
            <form on:submit=by::submit(keep)>
                {name_box}
                {seal}
                <button type="submit" class="button">{label}</button>
            </form>
            {others}
        </aside>
    }
    .into_any()
}

/// The sessions that are kept, on the empty page.
#[component]
pub fn GoOn(app: App) -> impl IntoView {
    let keeping = app.keeping;
    let undo = move || {
        let name = keeping.deleted.get()?;
        request_animation_frame(|| focus_by_id(UNDO_ID));
        Some(view! {
            <p role="status">
                {format!("“{name}” is deleted. ")}
                <button id=UNDO_ID type="button" class="button" on:click=by::mouse(move |_| keeping.bring_back(app))>"Bring it back"</button>
            </p>
        }.into_any())
    };
    let list = move || {
        let all = keeping.all.get().into_iter();
        all.map(|kept| line(app, kept)).collect::<Vec<_>>()
    };
    let is_shown = Memo::new(move |_| {
        keeping.all.with(|all| !all.is_empty()) || keeping.deleted.with(Option::is_some)
    });
    view! {
        <Show when=move || is_shown.get()>
            <section class="go-on" aria-labelledby="go-on-title" data-testid="go-on">
                <h2 id="go-on-title">"Go on where you were"</h2>
                <ul>{list}</ul>
                {undo}
            </section>
        </Show>
    }
}

/// A session that is kept.
fn line(app: App, kept: Kept) -> AnyView {
    let keeping = app.keeping;
    let name = kept.name().to_owned();
    let is_foreign = kept.is_foreign();
    let told = told(&kept.session, is_foreign);
    let button = |word: &'static str, class: &'static str, act: fn(App, String)| {
        let key = kept.key.clone();
        let label = format!("{word} “{name}”");
        view! { <button type="button" class=class aria-label=label on:click=by::mouse(move |_| act(app, key.clone()))>{word}</button> }
            .into_any()
    };
    let go_on = (!is_foreign).then(|| {
        let key = kept.key.clone();
        let go_on = if kept.is_sealed() {
            unlock(app, &kept)
        } else {
            button("Go on", "button primary", |app, key| {
                app.keeping.go_on(app, key, None);
            })
        };
        view! {
            <input
                type="text"
                aria-label=format!("Name of the session “{name}”")
                title="Write another name to rename it"
                prop:value=name.clone()
                on:change=by::any(move |event| keeping.rename(app, key.clone(), event_target_value(&event)))
            />
            {go_on}
        }
        .into_any()
    });
    let delete = button("Delete", "button", |app, key| {
        app.keeping.forget(app, key);
    });
    view! { <li>{go_on} {delete} <span class="soft">{told}</span></li> }.into_any()
}

/// What opens a session by its passphrase.
fn unlock(app: App, kept: &Kept) -> AnyView {
    let key = kept.key.clone();
    let name = kept.name();
    let word = RwSignal::new(String::new());
    let open = move |event: SubmitEvent| {
        event.prevent_default();
        let said = word.get_untracked();
        word.set(String::new());
        app.keeping.go_on(app, key.clone(), Some(said));
    };
    view! {
        <form on:submit=by::submit(open)>
            {passphrase(&format!("Passphrase of “{name}”"), word, None)}
            <button type="submit" class="button primary" aria-label=format!("Go on “{name}”")>"Go on"</button>
        </form>
    }
    .into_any()
}

/// A box for a passphrase.
fn passphrase(label: &str, word: RwSignal<String>, id: Option<&'static str>) -> AnyView {
    view! {
        <input
            id=id
            type="password"
            aria-label=label.to_owned()
            placeholder=label.to_owned()
            autocomplete="off"
            prop:value=move || word.get()
            on:input=by::any(move |event| word.set(event_target_value(&event)))
        />
    }
    .into_any()
}

fn told(session: &Session, is_foreign: bool) -> String {
    if is_foreign {
        return "Written by another version of runsift, and left alone.".to_owned();
    }
    let saved = js_sys::Date::new(&session.saved.into());
    let saved = saved.to_locale_string("default", &wasm_bindgen::JsValue::UNDEFINED);
    let runs = if session.seal.is_empty() {
        counted(session.runs, "run")
    } else {
        "With a passphrase".to_owned()
    };
    format!(
        "{runs}, {}, last used {}",
        numbers::bytes(session.bytes as u64),
        String::from(saved)
    )
}
