//! What the person says of a run, in the drawer: a star, tags, a text.

use crate::engine::protocol::{MarkLines, NoteEdit, RunNote};
use crate::page::prelude::*;
use crate::page::state::App;
use web_sys::HtmlInputElement;

/// The star, the tags and the text of the run in this row, to be changed.
#[component]
pub(super) fn NoteEditor(app: App, row: usize, note: RunNote) -> impl IntoView {
    let say = move |edit: NoteEdit| app.note(MarkLines::Row(row), edit);
    let RunNote { star, tags, text } = note;
    let tags = tags.into_iter().map(|tag| {
        let label = format!("Take away the tag {tag}");
        let gone = tag.clone();
        view! {
            <span class="note-tag">
                {tag}
                <button aria-label=label title="Take away" on:click=by::mouse(move |_| say(NoteEdit::Untag(gone.clone())))>"×"</button>
            </span>
        }
    });
    let add = move |event: web_sys::Event| {
        let tag = event_target_value(&event);
        if !tag.trim().is_empty() {
            say(NoteEdit::Tag(tag));
        }
        // For the next one.
        event_target::<HtmlInputElement>(&event).set_value("");
    };
    view! {
        <section class="note" aria-label="Your notes">
            <button
                class="note-star"
                class:on=star
                aria-pressed=star.to_string()
                title="A star (*)"
                on:click=by::mouse(move |_| say(NoteEdit::Star))
            >
                {if star { "★ Starred" } else { "☆ Star" }}
            </button>
            {tags.collect::<Vec<_>>()}
            <input class="note-add" type="text" placeholder="Add a tag" aria-label="Add a tag" on:change=by::any(add)/>
            <textarea
                class="note-text"
                rows="2"
                placeholder="A note"
                aria-label="Note"
                prop:value=text
                on:change=by::any(move |event| say(NoteEdit::Text(event_target_value(&event))))
            ></textarea>
        </section>
    }
}
