//! The command palette: whatever can be done from here, by a few letters of its name.
//!
//! It lists what the page shows: buttons and links are read from the document when it opens, so that nothing has to be
//! told to it and nothing is listed that is not there. Besides them: the sheets, and the columns to sort by.

use super::keys::SHORTCUTS;
use super::panels::Panels;
use super::shortcuts::Sheet;
use super::tabs::{focus_by_id, scroll_to};
use crate::engine::view::{SortKey, Tab};
use crate::page::prelude::*;
use crate::page::state::App;
use crate::page::views::paper::print;
use crate::web::folders::can_follow;
use leptos::ev::KeyboardEvent;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, Node};

/// The id of the box that is written into.
const BOX_ID: &str = "palette";

/// Up to how many commands are listed at a time.
const MOST_LISTED: usize = 50;

/// Up to how many commands are known, and columns to sort by.
const MOST_KNOWN: usize = 2000;

/// Up to how many characters of a button's words are its name.
const LONGEST: usize = 80;

/// Something that can be done.
struct Command {
    name: String,
    /// What is said beside it.
    detail: String,
    act: Act,
}

enum Act {
    /// Press what is on the page.
    Press(HtmlElement),
    /// Open a sheet.
    Open(RwSignal<bool>),
    /// Print the page, or save it as PDF.
    Print,
    /// Choose a folder and follow it.
    Follow,
    /// Sort the table by the column of this key.
    Sort(String),
}

/// The palette.
#[component]
pub fn Palette(app: App, panels: Panels) -> impl IntoView {
    let open = panels.palette;
    let text = RwSignal::new(String::new());
    let active = RwSignal::new(0);
    let known = StoredValue::new(Vec::<Command>::new());
    let found = Memo::new(move |_| {
        open.get().then(|| {
            let text = text.get().to_lowercase();
            known.with_value(|known| matching(known, &text))
        })
    });
    let run = move |place: usize| {
        open.set(false);
        known.with_value(|known| {
            if let Some(command) = known.get(place) {
                act(app, &command.act);
            }
        });
    };
    let pressed = move |event: KeyboardEvent| {
        let found = found.get_untracked().unwrap_or_default();
        let at = active.get_untracked();
        let count = found.len().max(1);
        match event.key().as_str() {
            "ArrowDown" => active.set((at + 1) % count),
            "ArrowUp" => active.set((at + count - 1) % count),
            "Enter" => {
                if let Some(place) = found.get(at) {
                    run(*place);
                }
            }
            _ => return,
        }
        event.prevent_default();
        scroll_to(&option_id(active.get_untracked()));
    };
    let options = move || {
        let places = found.get().unwrap_or_default();
        let option = |(at, place): (usize, usize)| {
            let (name, detail) = known.with_value(|known| {
                known.get(place).map_or_else(Default::default, |command| {
                    (command.name.clone(), command.detail.clone())
                })
            });
            view! {
                <li
                    role="option"
                    id=option_id(at)
                    aria-selected=move || if active.get() == at { "true" } else { "false" }
                    on:click=by::mouse(move |_| run(place))
                >
                    <span>{name}</span>
                    <span class="faint">{detail}</span>
                </li>
            }
            .into_any()
        };
        let is_empty = places.is_empty();
        let options = places.into_iter().enumerate().map(option);
        let options = options.collect::<Vec<_>>();
        view! {
            <ul id="palette-options" role="listbox" aria-label="Commands">{options}</ul>
            <p class="faint" role="status">{is_empty.then_some("Nothing on this page is called so.")}</p>
        }
        .into_any()
    };
    let content = move || {
        view! {
            <input
                type="text"
                id=BOX_ID
                role="combobox"
                aria-label="What to do"
                aria-autocomplete="list"
                aria-controls="palette-options"
                aria-expanded="true"
                aria-activedescendant=move || option_id(active.get())
                placeholder="A few letters of a view, a button or a column"
                autocomplete="off"
                spellcheck="false"
                autofocus
                on:input=by::any(move |event| {
                    active.set(0);
                    text.set(event_target_value(&event));
                })
                on:keydown=by::key(pressed)
            />
            {options}
        }
        .into_any()
    };
    // Before the palette is drawn: what is on the page then.
    let shown = Memo::new(move |_| {
        let is_open = open.get();
        if is_open {
            text.set(String::new());
            active.set(0);
            known.set_value(commands(app, panels));
        }
        is_open
    });
    Effect::new(move |_| {
        if shown.get() {
            request_animation_frame(|| focus_by_id(BOX_ID));
        }
    });
    view! {
        <Sheet open=open title="What to do">
            <div class="palette">{move || shown.get().then(content)}</div>
        </Sheet>
    }
}

/// The id of the element of an option.
fn option_id(at: usize) -> String {
    format!("palette-{at}")
}

/// The places of the commands that have all words of a text, those first whose name begins with it, then those whose name has
/// them, then those that have them with what is said beside it.
fn matching(known: &[Command], text: &str) -> Vec<usize> {
    let mut lists = [Vec::new(), Vec::new(), Vec::new()];
    for (place, command) in known.iter().enumerate() {
        let name = command.name.to_lowercase();
        let has_all = |said: &str| text.split_whitespace().all(|word| said.contains(word));
        let list = if name.starts_with(text.trim()) {
            0
        } else if has_all(&name) {
            1
        } else if has_all(&[&name, " ", &command.detail.to_lowercase()].concat()) {
            2
        } else {
            continue;
        };
        lists[list].push(place);
    }
    let mut found = lists.concat();
    found.truncate(MOST_LISTED);
    found
}

/// What can be done now.
fn commands(app: App, panels: Panels) -> Vec<Command> {
    let mut known: Vec<Command> = Vec::new();
    let elements = document().query_selector_all("button, a[href], summary");
    let elements = elements.ok();
    let count = elements.as_ref().map_or(0, web_sys::NodeList::length);
    for element in (0..count).filter_map(|at| elements.as_ref()?.item(at)) {
        if known.len() >= MOST_KNOWN {
            break;
        }
        if let Ok(element) = element.dyn_into::<HtmlElement>()
            && let Some((name, detail)) = told(&element)
            && known.iter().all(|other| other.name != name)
        {
            known.push(Command {
                name,
                detail,
                act: Act::Press(element),
            });
        }
    }
    let sheets = [
        ("Help: what each view answers", "H", panels.help),
        ("How filters are written", "", panels.filters),
        ("How to export your runs", "", panels.exporting),
        ("Keyboard shortcuts", "?", panels.shortcuts),
    ];
    known.extend(sheets.into_iter().map(|(name, key, sheet)| Command {
        name: name.to_owned(),
        detail: key.to_owned(),
        act: Act::Open(sheet),
    }));
    let further = [
        ("Print, or save as PDF", "", Act::Print),
        (
            "Follow a folder",
            "Reads what is added to it, until you pause or stop it",
            Act::Follow,
        ),
    ];
    let further = further.into_iter();
    let further = further.filter(|(_, _, act)| !matches!(act, Act::Follow) || can_follow());
    for (name, detail, act) in further {
        if known.iter().all(|other| other.name != name) {
            known.push(Command {
                name: name.to_owned(),
                detail: detail.to_owned(),
                act,
            });
        }
    }
    app.ledger.with_untracked(|ledger| {
        let columns = ledger.columns.iter().take(MOST_KNOWN);
        known.extend(columns.map(|column| Command {
            name: format!("Sort by {}", column.name),
            detail: column.role.word().to_owned(),
            act: Act::Sort(column.key.clone()),
        }));
    });
    // What is done by a key alone is on the sheet of keys.
    for (place, shortcuts) in SHORTCUTS {
        for (keys, what) in *shortcuts {
            if known.iter().all(|other| other.name != *what) {
                known.push(Command {
                    name: (*what).to_owned(),
                    detail: format!("{place}: {}", keys.join(", ")),
                    act: Act::Open(panels.shortcuts),
                });
            }
        }
    }
    known
}

/// The words of an element and of those in it, which stand apart on the page however they do in the document.
fn words_of(node: &Node, words: &mut String) {
    let Some(first) = node.first_child() else {
        words.push_str(&node.text_content().unwrap_or_default());
        return;
    };
    let mut next = Some(first);
    while let Some(child) = next {
        let is_element = child.node_type() == Node::ELEMENT_NODE;
        words.push_str(if is_element { " " } else { "" });
        words_of(&child, words);
        words.push_str(if is_element { " " } else { "" });
        next = child.next_sibling();
    }
}

/// What something on the page is called, and what is to be said of it, where it is seen and can be pressed.
fn told(element: &HtmlElement) -> Option<(String, String)> {
    let is_in_sheet = matches!(element.closest("dialog"), Ok(Some(_)));
    if is_in_sheet || element.offset_parent().is_none() || element.has_attribute("disabled") {
        return None;
    }
    let hint = element.title();
    let said = element.get_attribute("aria-label");
    let said = said.unwrap_or_else(|| {
        let mut words = String::new();
        words_of(element, &mut words);
        words
    });
    let name: String = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = name.chars().take(LONGEST).collect();
    if name.is_empty() {
        return None;
    }
    let detail = if element.get_attribute("role").as_deref() == Some("tab") {
        "view".to_owned()
    } else if hint == name {
        String::new()
    } else {
        hint
    };
    Some((name, detail))
}

/// Does it.
fn act(app: App, act: &Act) {
    match act {
        Act::Press(element) => {
            // Fails only for elements that are not in the document any more.
            let _focused = element.focus();
            element.click();
        }
        Act::Open(sheet) => sheet.set(true),
        // When the palette is gone.
        Act::Print => request_animation_frame(move || print(app)),
        Act::Follow => app.following.choose(app),
        Act::Sort(column) => app.change(|view| {
            view.tab = Tab::Table;
            view.sort = vec![SortKey {
                column: column.clone(),
                descending: false,
            }];
        }),
    }
}
