//! The filter: a text box with completion, what is wrong with the text, and its clauses as chips.
//!
//! The text in the box is the person's and stays while it is wrong; the engine keeps the last right
//! filter in force. Typing is one step of undo until it is applied with Enter or the box is left.

use super::icons::{Icon, icon};
use super::keys::FILTER_ID;
use super::panels::Panels;
use super::tabs::focus_by_id;
use crate::chart::number::{counted, grouped};
use crate::engine::protocol::{Answer, Ask, ClauseInfo, Completion, FilterProblem};
use crate::engine::view::Tab;
use crate::page::prelude::*;
use crate::page::state::App;
use gloo::timers::callback::Timeout;
use leptos::ev::KeyboardEvent;
use leptos::html::Input;

/// How long after the last key a text is applied.
const SETTLED_MILLIS: u32 = 120;

/// How long after the first key completions are asked for: a text that is put in and applied at once opens no list, which
/// would be drawn and taken away while its answer waits.
const OPENING_MILLIS: u32 = 70;

/// The box's state and verbs.
#[derive(Clone, Copy)]
struct FilterInput {
    app: App,
    node: NodeRef<Input>,
    /// What stands in the box.
    draft: RwSignal<String>,
    completion: RwSignal<Completion>,
    /// Counts what was asked and closed: an answer to what was asked before is of no use.
    asked: StoredValue<u64>,
    /// The completion that is chosen.
    active: RwSignal<Option<usize>>,
    /// Whether the text that is being typed has its entry in the history already.
    entered: StoredValue<bool>,
    waiting: StoredValue<Option<Timeout>>,
    /// What opens the list of completions soon.
    opening: StoredValue<Option<Timeout>>,
}

impl FilterInput {
    fn new(app: App) -> Self {
        let input = Self {
            app,
            node: NodeRef::new(),
            draft: RwSignal::new(app.view.with_untracked(|view| view.filter.clone())),
            completion: RwSignal::default(),
            asked: StoredValue::new(0),
            active: RwSignal::new(None),
            entered: StoredValue::new(false),
            waiting: StoredValue::new(None),
            opening: StoredValue::new(None),
        };
        let applied = Memo::new(move |_| app.view.with(|view| view.filter.clone()));
        Effect::new(move |_| {
            // Undo, a brush, a chip changed the text from outside. One that was undone before its answer came has changed
            // nothing that is heard of here: then the answer tells.
            applied.with(|_| ());
            app.selection.track();
            let text = app.view.with_untracked(|view| view.filter.clone());
            let typing = input.waiting.with_value(Option::is_some);
            if !typing && input.draft.with_untracked(|draft| *draft != text) {
                input.draft.set(text);
                input.close();
            }
        });
        input
    }

    /// The text was edited.
    fn typed(self) {
        let Some(node) = self.node.get_untracked() else {
            return;
        };
        self.draft.set(node.value());
        self.waiting
            .set_value(Some(Timeout::new(SETTLED_MILLIS, move || self.apply())));
        // A box that was emptied covers nothing with suggestions; the down arrow asks for them.
        if self.draft.with_untracked(String::is_empty) {
            self.close();
        } else if self
            .completion
            .with_untracked(|open| !open.items.is_empty())
        {
            // One that is open follows each key: what is taken from it is put in the place of what is typed.
            self.complete(None);
        } else if !self.is_opening() {
            let open = Timeout::new(OPENING_MILLIS, move || {
                if has_focus() {
                    self.complete(None);
                }
            });
            self.opening.set_value(Some(open));
        }
    }

    /// Puts the text into the view.
    fn apply(self) {
        self.waiting.set_value(None);
        let text = self.draft.get_untracked();
        if self.app.view.with_untracked(|view| view.filter == text) {
            return;
        }
        if self.entered.get_value() {
            self.app.change_quietly(|view| view.filter = text);
        } else {
            self.entered.set_value(true);
            self.app.change(|view| view.filter = text);
        }
    }

    /// Applies at once; what is typed next is another step of undo.
    fn commit(self) {
        self.apply();
        self.entered.set_value(false);
    }

    /// Selects a clause in the box, to be written otherwise.
    fn edit(self, clause: &ClauseInfo) {
        let text = self.draft.get_untracked();
        let units = |bytes: usize| {
            let before = text.get(..bytes);
            before.map(|before| before.encode_utf16().count() as u32)
        };
        let (Some(from), Some(to), Some(node)) = (
            units(clause.from),
            units(clause.to),
            self.node.get_untracked(),
        ) else {
            return;
        };
        focus_by_id(FILTER_ID);
        // Fails only for inputs without text.
        let _selected = node.set_selection_range(from, to);
    }

    /// Replaces the text from outside the box.
    fn replace(self, text: String) {
        self.waiting.set_value(None);
        self.entered.set_value(false);
        self.draft.set(text.clone());
        self.close();
        self.app.change(|view| view.filter = text);
    }

    fn close(self) {
        // One that is on its way would cover what was typed when it comes.
        self.asked.update_value(|asked| *asked += 1);
        self.opening.set_value(None);
        // Elements that hear of what did not change are drawn anew.
        if self
            .completion
            .with_untracked(|open| !open.items.is_empty())
        {
            self.completion.set(Completion::default());
        }
        if self.active.with_untracked(Option::is_some) {
            self.active.set(None);
        }
    }

    /// Asks what could be typed at the cursor, of which one may be chosen already.
    fn complete(self, chosen: Option<usize>) {
        self.opening.set_value(None);
        let Some(node) = self.node.get_untracked() else {
            return;
        };
        let text = node.value();
        let units = node.selection_start().ok().flatten().unwrap_or(u32::MAX) as usize;
        let cursor = bytes_of_units(&text, units);
        self.asked.update_value(|asked| *asked += 1);
        let asked = self.asked.get_value();
        self.app.ask(
            Ask::Complete {
                text: text.clone(),
                cursor,
            },
            move |answer| {
                if let Answer::Completion(completion) = answer
                    && self.asked.get_value() == asked
                    && self.draft.with_untracked(|draft| *draft == text)
                    && has_focus()
                {
                    self.active
                        .set(chosen.filter(|at| *at < completion.items.len()));
                    self.completion.set(completion);
                }
            },
        );
    }

    /// Puts completion `at` into the text.
    fn accept(self, at: usize) {
        let replaced = self.completion.with_untracked(|completion| {
            let item = completion.items.get(at)?;
            let text = self.draft.get_untracked();
            let (before, after) = (text.get(..completion.from)?, text.get(completion.to..)?);
            Some((
                format!("{before}{}{after}", item.text),
                completion.from + item.text.len(),
            ))
        });
        self.close();
        let (Some((text, cursor)), Some(node)) = (replaced, self.node.get_untracked()) else {
            return;
        };
        let units = text
            .get(..cursor)
            .map_or(0, |before| before.encode_utf16().count()) as u32;
        node.set_value(&text);
        // Fails only for inputs without text.
        let _moved = node.set_selection_range(units, units);
        self.typed();
        // Who takes one may take the next at once.
        self.complete(None);
    }

    /// Whether the list of completions opens soon.
    fn is_opening(self) -> bool {
        self.opening.with_value(Option::is_some)
    }

    fn pressed(self, event: &KeyboardEvent) {
        let items = self
            .completion
            .with_untracked(|completion| completion.items.len());
        let active = self.active.get_untracked();
        // Keys that come before the list does are for it all the same.
        let is_soon = self.is_opening();
        match event.key().as_str() {
            "ArrowDown" if items > 0 => self
                .active
                .set(Some(active.map_or(0, |at| (at + 1) % items))),
            "ArrowUp" if items > 0 => self.active.set(Some(
                active.map_or(items - 1, |at| (at + items - 1) % items),
            )),
            "ArrowDown" => self.complete(is_soon.then_some(0)),
            "Tab" if items > 0 && !event.shift_key() => self.accept(active.unwrap_or(0)),
            "Enter" if items > 0 && active.is_some() => self.accept(active.unwrap_or(0)),
            "Enter" => {
                self.close();
                self.commit();
            }
            "Escape" if items > 0 || is_soon => self.close(),
            "Escape" => {
                if let Some(node) = self.node.get_untracked() {
                    // Fails only for elements that are not in the document.
                    let _left = node.blur();
                }
            }
            _ => return,
        }
        event.prevent_default();
    }
}

fn has_focus() -> bool {
    document()
        .active_element()
        .is_some_and(|element| element.id() == FILTER_ID)
}

/// Where in bytes a place in UTF-16 units is.
fn bytes_of_units(text: &str, units: usize) -> usize {
    let mut passed = 0;
    for (at, character) in text.char_indices() {
        if passed >= units {
            return at;
        }
        passed += character.len_utf16();
    }
    text.len()
}

/// The box with all that belongs to it.
#[component]
pub fn FilterBox(app: App, panels: Panels) -> impl IntoView {
    let input = FilterInput::new(app);
    let open = Memo::new(move |_| {
        input
            .completion
            .with(|completion| !completion.items.is_empty())
    });
    // What the engine says is about the text in the box only once nothing waits to be applied.
    let errors = Memo::new(move |_| app.selected.with(|selected| selected.errors.clone()));
    let options = move || {
        let items = input.completion.get().items;
        let option = move |(at, item): (usize, crate::engine::protocol::CompletionItem)| {
            // `pointerdown` and not `click`: the box must not lose the focus first.
            let chosen = move |event: leptos::ev::PointerEvent| {
                event.prevent_default();
                input.accept(at);
            };
            view! {
                <li
                    role="option"
                    id=format!("completion-{at}")
                    aria-selected=move || if input.active.get() == Some(at) { "true" } else { "false" }
                    on:pointerdown=by::pointer(chosen)
                >
                    <span class="mono">{item.label}</span>
                    <span class="faint">{item.detail}</span>
                </li>
            }
        };
        items.into_iter().enumerate().map(option).collect_view()
    };
    let found = move || {
        app.selected.with(|selected| {
            format!(
                "{} of {}",
                grouped(selected.shown),
                counted(selected.runs, "run")
            )
        })
    };
    let left = move |_| {
        input.close();
        input.commit();
    };
    view! {
        <search class="filter-row" aria-label="Filter">
            <button
                type="button"
                class="button plain square"
                title="Columns and their distributions ([)"
                aria-label="Columns"
                aria-expanded=move || if panels.facets.get() { "true" } else { "false" }
                aria-controls="facets"
                on:click=by::mouse(move |_| panels.facets.update(|open| *open = !*open))
            >
                {icon(Icon::Facets)}
            </button>
            <div class="filter-field" class:wrong=move || errors.with(|errors| !errors.is_empty())>
                {icon(Icon::Search)}
                <input
                    type="text"
                    id=FILTER_ID
                    class="mono"
                    data-testid="filter"
                    role="combobox"
                    aria-label="Filter runs"
                    aria-autocomplete="list"
                    aria-controls="completions"
                    aria-expanded=move || if open.get() { "true" } else { "false" }
                    aria-activedescendant=move || input.active.get().map(|at| format!("completion-{at}"))
                    aria-invalid=move || if errors.with(Vec::is_empty) { "false" } else { "true" }
                    aria-describedby="filter-problems"
                    placeholder="Filter, as lr >= 1e-4 and optimizer = adam and has:val_loss"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    node_ref=input.node
                    prop:value=move || input.draft.get()
                    on:input=by::any(move |_| input.typed())
                    on:keydown=by::key(move |event| input.pressed(&event))
                    on:blur=by::focus(left)
                />
                <span class="found number" aria-live="polite" data-testid="found">{found}</span>
                <Show when=move || input.draft.with(|draft| !draft.is_empty())>
                    <button
                        type="button"
                        class="button plain square"
                        aria-label="Clear the filter"
                        title="Clear the filter"
                        on:click=by::mouse(move |_| {
                            input.replace(String::new());
                            focus_by_id(FILTER_ID);
                        })
                    >
                        {icon(Icon::Close)}
                    </button>
                </Show>
                <button
                    type="button"
                    class="button plain"
                    title="How filters are written, and named filters"
                    on:click=by::mouse(move |_| panels.filters.set(true))
                >
                    "Filters"
                </button>
            </div>
            <div id="filter-problems" class="filter-problems" aria-live="polite">
                {move || errors.get().into_iter().map(|error| problem(input, error)).collect_view()}
            </div>
            <div class="completions-place">
                <ul class="completions" id="completions" role="listbox" aria-label="Completions" hidden=move || !open.get()>
                    {options}
                </ul>
            </div>
            <Chips app=app input=input />
        </search>
    }
}

/// One thing that is wrong: the text with the place marked, the message, the suggestion.
fn problem(input: FilterInput, error: FilterProblem) -> impl IntoView {
    let FilterProblem {
        from,
        to,
        mut message,
        suggestion,
    } = error;
    // The suggestion, which is told behind a colon, has a button of its own.
    if suggestion.is_some()
        && let Some(at) = message.rfind(": ")
    {
        message.truncate(at);
    }
    let text = input.app.view.with_untracked(|view| view.filter.clone());
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default().to_owned();
    let marked = if to > from {
        part(from, to)
    } else {
        " ".to_owned()
    };
    let fix = suggestion.map(|suggestion| {
        let (before, after) = (part(0, from), part(to, text.len()));
        let fixed = format!("{before}{suggestion}{after}");
        view! {
            <button type="button" class="link" on:click=by::mouse(move |_| input.replace(fixed.clone()))>
                "did you mean " <code>{suggestion.clone()}</code> "?"
            </button>
        }
    });
    view! {
        <p class="filter-problem" data-testid="filter-error">
            <code class="place">{part(0, from)}<mark>{marked}</mark>{part(to, text.len())}</code>
            <span>{message}</span>
            {fix}
        </p>
    }
}

/// The filter's clauses, each to be changed or taken away by itself.
#[component]
fn Chips(app: App, input: FilterInput) -> impl IntoView {
    let clauses = Memo::new(move |_| app.selected.with(|selected| selected.clauses.clone()));
    let chips = move || {
        let clauses = clauses.get();
        let texts: Vec<String> = clauses.iter().map(|clause| clause.text.clone()).collect();
        let chip = move |(at, clause): (usize, ClauseInfo)| {
            let rest = without(&texts, at);
            let text = clause.text.clone();
            view! {
                <li class="chip">
                    <button type="button" class="edit" title="Select it in the filter, to change it" on:click=by::mouse(move |_| input.edit(&clause))>
                        <code>{text.clone()}</code>
                    </button>
                    <button type="button" aria-label=format!("Remove {text}") title="Remove" on:click=by::mouse(move |_| input.replace(rest.clone()))>
                        {icon(Icon::Close)}
                    </button>
                </li>
            }
        };
        clauses.into_iter().enumerate().map(chip).collect_view()
    };
    view! {
        <Show when=move || clauses.with(|clauses| clauses.len() > 1)>
            <ul class="chips" aria-label="Clauses of the filter">{chips}</ul>
        </Show>
    }
}

/// The filter of all clauses but the one at `dropped`: clauses that stand side by side must all hold.
fn without(texts: &[String], dropped: usize) -> String {
    let kept = texts.iter().enumerate().filter(|(at, _)| *at != dropped);
    kept.map(|(_, text)| text.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Offers the filter that may have been meant by one that keeps nothing.
pub fn did_you_mean(app: App, meant: String) -> AnyView {
    let label = meant.clone();
    view! {
        <p>
            "Did you mean "
            <code>{label}</code>
            "? "
            <button type="button" class="button" on:click=by::mouse(move |_| app.change(|view| view.filter.clone_from(&meant)))>"Use it"</button>
        </p>
    }
    .into_any()
}

/// Where the filter keeps nothing: which clause took the last runs, and a button to drop it. The table
/// says so in its own place.
#[component]
pub fn EmptyResult(app: App) -> impl IntoView {
    let empty = Memo::new(move |_| {
        let elsewhere = app.view.with(|view| view.tab != Tab::Table);
        app.selected.with(|selected| {
            (elsewhere && selected.shown == 0 && selected.runs > 0)
                .then(|| (selected.emptied_by.clone(), selected.meant.clone()))
        })
    });
    let drop_clause = move |text: &str| {
        let rest = app.selected.with_untracked(|selected| {
            let texts: Vec<String> = selected
                .clauses
                .iter()
                .map(|clause| clause.text.clone())
                .collect();
            let at = texts
                .iter()
                .position(|known| known == text)
                .unwrap_or(usize::MAX);
            without(&texts, at)
        });
        app.change(|view| view.filter = rest);
    };
    let explained = move || {
        let (by, meant) = empty.get()?;
        let explanation = by.map(|(clause, runs)| {
            let label = clause.clone();
            view! {
                <p>
                    <code>{label}</code>
                    {format!(" alone removes {}. ", counted(runs, "run"))}
                    <button type="button" class="button" on:click=by::mouse(move |_| drop_clause(&clause))>"Drop this clause"</button>
                </p>
            }
        });
        Some(view! {
            <div class="empty-result" data-testid="empty-result">
                <p><strong>"No run passes the filter."</strong></p>
                {meant.map(|meant| did_you_mean(app, meant))}
                {explanation}
                <button type="button" class="link" on:click=by::mouse(move |_| app.change(|view| view.filter.clear()))>"Show all runs"</button>
            </div>
        })
    };
    view! { {explained} }
}
