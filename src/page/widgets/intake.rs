//! How files come in: the two file inputs, drops anywhere on the page, and paste.

use crate::page::prelude::*;
use crate::page::state::App;
use crate::web::drops::Delivery;
use leptos::ev;
use leptos::html::Input;
use wasm_bindgen::JsCast as _;
use web_sys::{ClipboardEvent, DataTransfer, DragEvent, HtmlElement};

/// The two inputs, and whether a drag is over the page.
#[derive(Clone, Copy)]
pub struct Intake {
    files: NodeRef<Input>,
    folder: NodeRef<Input>,
    /// Whether files are being dragged over the page.
    pub dragging: RwSignal<bool>,
}

impl Intake {
    /// Listens for drops and pastes on the whole page.
    pub fn listen(app: App) -> Self {
        let intake = Self {
            files: NodeRef::new(),
            folder: NodeRef::new(),
            dragging: RwSignal::new(false),
        };
        // `dragleave` comes for every element that is left, `dragenter` for every one that is
        // entered: only their difference tells whether the page itself was left.
        let depth = StoredValue::new(0_i32);
        let enter = window_event_listener(ev::dragenter, move |event| {
            if has_files(&event) {
                event.prevent_default();
                depth.update_value(|depth| *depth += 1);
                intake.dragging.set(true);
            }
        });
        let over = window_event_listener(ev::dragover, move |event| {
            if has_files(&event) {
                event.prevent_default();
                if let Some(transfer) = event.data_transfer() {
                    transfer.set_drop_effect("copy");
                }
            }
        });
        let leave = window_event_listener(ev::dragleave, move |_| {
            depth.update_value(|depth| *depth = (*depth - 1).max(0));
            if depth.get_value() == 0 {
                intake.dragging.set(false);
            }
        });
        let drop = window_event_listener(ev::drop, move |event| {
            depth.set_value(0);
            intake.dragging.set(false);
            if has_files(&event) {
                event.prevent_default();
                if let Some(transfer) = event.data_transfer() {
                    take(app, &transfer);
                }
            }
        });
        let paste = window_event_listener(ev::paste, move |event| pasted(app, &event));
        on_cleanup(move || {
            for listener in [enter, over, leave, drop] {
                listener.remove();
            }
            paste.remove();
        });
        intake
    }

    /// Opens the browser's dialog for files.
    pub fn choose_files(self) {
        if let Some(input) = self.files.get_untracked() {
            input.click();
        }
    }

    /// Opens the browser's dialog for a folder.
    pub fn choose_folder(self) {
        if let Some(input) = self.folder.get_untracked() {
            input.click();
        }
    }
}

/// The inputs themselves: always in the document, opened by buttons.
#[component]
pub fn IntakeInputs(app: App, intake: Intake) -> impl IntoView {
    let chosen = move |node: NodeRef<Input>| {
        if let Some(input) = node.get_untracked() {
            let chosen = Delivery::of_input(&input);
            // An input that was emptied says `change` as well.
            if !chosen.is_empty() {
                app.take(chosen);
            }
        }
    };
    view! {
        <input
            type="file"
            multiple=true
            hidden=true
            aria-label="Choose files"
            node_ref=intake.files
            on:change=by::any(move |_| chosen(intake.files))
        />
        <input
            type="file"
            multiple=true
            hidden=true
            prop:webkitdirectory=true
            aria-label="Choose a folder"
            node_ref=intake.folder
            on:change=by::any(move |_| chosen(intake.folder))
        />
    }
}

fn has_files(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|transfer| {
        transfer
            .types()
            .iter()
            .any(|kind| kind.as_string().as_deref() == Some("Files"))
    })
}

fn take(app: App, transfer: &DataTransfer) {
    app.take(Delivery::of_transfer(transfer));
}

/// Files or text from the clipboard, unless a text box gets them.
fn pasted(app: App, event: &ClipboardEvent) {
    if event
        .target()
        .and_then(|target| target.dyn_into::<HtmlElement>().ok())
        .is_some_and(|element| takes_text(&element))
    {
        return;
    }
    let Some(transfer) = event.clipboard_data() else {
        return;
    };
    if transfer.files().is_some_and(|files| files.length() > 0) {
        event.prevent_default();
        take(app, &transfer);
        return;
    }
    let text = transfer.get_data("text/plain").unwrap_or_default();
    if text.trim().is_empty() {
        return;
    }
    event.prevent_default();
    let name = if text.trim_start().starts_with(['{', '[']) {
        "pasted.json"
    } else {
        "pasted.csv"
    };
    match Delivery::of_text(name, &text) {
        Some(file) => app.take(file),
        None => app.notify("What was pasted could not be taken. Save it as a file and drop that."),
    }
}

/// Whether an element is a text box: keys and pastes in it belong to it.
pub fn takes_text(element: &HtmlElement) -> bool {
    let kind = || element.get_attribute("type").unwrap_or_default();
    match element.tag_name().as_str() {
        "INPUT" => !matches!(
            kind().as_str(),
            "checkbox" | "radio" | "button" | "range" | "file" | "submit"
        ),
        "TEXTAREA" | "SELECT" => true,
        _ => element.is_content_editable(),
    }
}
