//! The panel of all columns: search, show, hide, order.

use super::header::title;
use super::table::Grid;
use crate::chart::number::grouped;
use crate::engine::arrange;
use crate::ledger::Role;
use crate::page::prelude::*;
use leptos::html;
use web_sys::{KeyboardEvent, PointerEvent};

/// So many columns are listed at once; search finds the others.
const MOST_LISTED: usize = 300;

/// A group of columns in the panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Group {
    Params,
    Metrics,
    Tags,
    Attributes,
    Constants,
    Ignored,
}

impl Group {
    const ALL: [Self; 6] = [
        Self::Params,
        Self::Metrics,
        Self::Tags,
        Self::Attributes,
        Self::Constants,
        Self::Ignored,
    ];

    fn title(self) -> &'static str {
        match self {
            Self::Params => "Params that vary",
            Self::Metrics => "Metrics",
            Self::Tags => "Tags",
            Self::Attributes => "Attributes",
            Self::Constants => "The same in all runs",
            Self::Ignored => "Put aside",
        }
    }

    fn of(role: Role, constant: bool) -> Self {
        match role {
            Role::Ignored => Self::Ignored,
            _ if constant => Self::Constants,
            Role::Param => Self::Params,
            Role::Metric => Self::Metrics,
            Role::Tag => Self::Tags,
            Role::Attribute => Self::Attributes,
        }
    }
}

/// A column in the panel.
#[derive(Clone, Debug, PartialEq)]
struct Item {
    key: String,
    name: String,
    title: String,
    shown: bool,
    group: Group,
}

/// The panel, when it is open.
#[component]
pub(super) fn ColumnPicker(grid: Grid) -> impl IntoView {
    view! {
        <Show when=move || grid.picking.get()>
            <Panel grid=grid/>
        </Show>
    }
}

#[component]
fn Panel(grid: Grid) -> impl IntoView {
    let app = grid.app;
    let search = RwSignal::new(String::new());
    let dragged = RwSignal::new(None::<(String, Option<String>)>);
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            // Focus is a comfort: without it the page still works.
            let _focused = input.focus();
        }
    });
    let close = move || {
        grid.picking.set(false);
        if let Some(grid) = grid.element.get_untracked() {
            let _focused = grid.focus();
        }
    };
    let found = Memo::new(move |_| {
        let ledger = app.ledger.get();
        let wanted = search.with(|search| search.trim().to_lowercase());
        app.view.with(|view| {
            let columns = arrange::order(&ledger, view)
                .into_iter()
                .map(|at| &ledger.columns[at]);
            let items = columns
                .filter(|column| column.name.to_lowercase().contains(&wanted))
                .map(|column| Item {
                    key: column.key.clone(),
                    name: column.name.clone(),
                    title: title(column, ledger.runs, false),
                    shown: arrange::is_shown(&ledger, view, column),
                    group: Group::of(column.role, !column.varies && ledger.runs > 1),
                });
            items.collect::<Vec<_>>()
        })
    });
    let listed = Memo::new(move |_| {
        let mut items: Vec<Item> = found.get();
        // Stable: in a group the table's order stays.
        order::by_key(&mut items, |item| {
            Group::ALL.iter().position(|group| *group == item.group)
        });
        items.truncate(MOST_LISTED);
        items
    });
    let groups = Memo::new(move |_| {
        let present =
            |group: &Group| found.with(|items| items.iter().any(|item| item.group == *group));
        Group::ALL.into_iter().filter(present).collect::<Vec<_>>()
    });
    let more = move || found.with(Vec::len).saturating_sub(MOST_LISTED);
    let has_more = move || more() > 0;
    let key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            close();
        }
    };
    view! {
        <div class="menu-back" on:pointerdown=by::pointer(move |_| close())></div>
        <div class="picker" role="dialog" aria-label="Columns" on:keydown=by::key(key)>
            <div class="picker-top">
                <input
                    class="picker-search"
                    type="search"
                    placeholder="Find a column"
                    aria-label="Find a column"
                    node_ref=input
                    prop:value=move || search.get()
                    on:input=by::any(move |event| search.set(event_target_value(&event)))
                />
                <button class="quiet-button" on:click=by::mouse(move |_| app.change(arrange::reset))>"Reset"</button>
                <button class="quiet-button" aria-label="Close" on:click=by::mouse(move |_| close())>"✕"</button>
            </div>
            <div class="picker-list" tabindex="-1">
                <For each=move || groups.get() key=|group| *group let:group>
                    <PickerGroup grid=grid group=group listed=listed found=found dragged=dragged/>
                </For>
                <Show when=move || found.with(Vec::is_empty)>
                    <p class="picker-none">"No column has this in its name."</p>
                </Show>
                <Show when=has_more>
                    <p class="picker-none">{move || format!("… and {} more: search for them.", grouped(more()))}</p>
                </Show>
            </div>
            <p class="picker-help">"Drag, or Alt+↑ and Alt+↓, to move a column."</p>
        </div>
    }
}

#[component]
fn PickerGroup(
    grid: Grid,
    group: Group,
    listed: Memo<Vec<Item>>,
    found: Memo<Vec<Item>>,
    dragged: RwSignal<Option<(String, Option<String>)>>,
) -> impl IntoView {
    let app = grid.app;
    let show_all = move |shown: bool| {
        found.with_untracked(|items| {
            let keys: Vec<&str> = items
                .iter()
                .filter(|item| item.group == group)
                .map(|item| item.key.as_str())
                .collect();
            app.ledger.with_untracked(|ledger| {
                app.change(|view| arrange::set_shown(ledger, view, &keys, shown));
            });
        });
    };
    let counts = move || {
        found.with(|items| {
            let of_group = || items.iter().filter(|item| item.group == group);
            format!(
                "{} of {}",
                grouped(of_group().filter(|item| item.shown).count()),
                grouped(of_group().count())
            )
        })
    };
    let keys = move || {
        listed.with(|items| {
            items
                .iter()
                .filter(|item| item.group == group)
                .map(|item| item.key.clone())
                .collect::<Vec<_>>()
        })
    };
    view! {
        <div class="picker-group" role="group" aria-label=group.title()>
            <div class="picker-head">
                <span class="picker-title">{group.title()}</span>
                <span class="faint">{counts}</span>
                <button
                    class="quiet-button"
                    aria-label=format!("Show all: {}", group.title())
                    on:click=by::mouse(move |_| show_all(true))
                >
                    "All"
                </button>
                <button
                    class="quiet-button"
                    aria-label=format!("Show none: {}", group.title())
                    on:click=by::mouse(move |_| show_all(false))
                >
                    "None"
                </button>
            </div>
            <For each=keys key=Clone::clone let:key>
                <PickerItem grid=grid listed=listed key=key dragged=dragged/>
            </For>
        </div>
    }
}

#[component]
fn PickerItem(
    grid: Grid,
    listed: Memo<Vec<Item>>,
    key: String,
    dragged: RwSignal<Option<(String, Option<String>)>>,
) -> impl IntoView {
    let app = grid.app;
    let wanted = key.clone();
    let item = Memo::new(move |_| {
        listed.with(|items| items.iter().find(|item| item.key == wanted).cloned())
    });
    let shown = move || item.with(|item| item.as_ref().is_some_and(|item| item.shown));
    let get = move |read: fn(&Item) -> String| {
        item.with(|item| item.as_ref().map(read).unwrap_or_default())
    };
    let toggled = key.clone();
    let toggle = move |_| {
        let now = shown();
        app.ledger.with_untracked(|ledger| {
            app.change(|view| arrange::set_shown(ledger, view, &[&toggled], !now));
        });
    };
    let moved = key.clone();
    let on_key = move |event: KeyboardEvent| {
        let down = event.key() == "ArrowDown";
        if !event.alt_key() || !(down || event.key() == "ArrowUp") {
            return;
        }
        event.prevent_default();
        event.stop_propagation();
        let group = item.with_untracked(|item| item.as_ref().map(|item| item.group));
        let neighbour = listed.with_untracked(|items| {
            let keys: Vec<&Item> = items
                .iter()
                .filter(|item| Some(item.group) == group)
                .collect();
            let place = keys.iter().position(|item| item.key == moved)?;
            let next = if down {
                place + 1
            } else {
                place.checked_sub(1)?
            };
            keys.get(next).map(|item| item.key.clone())
        });
        if let Some(neighbour) = neighbour {
            app.ledger.with_untracked(|ledger| {
                app.change(|view| arrange::move_to(ledger, view, &moved, &neighbour));
            });
        }
    };
    let grip_key = key.clone();
    let target_key = key.clone();
    let is_target = move || {
        dragged.with(|dragged| matches!(dragged, Some((_, Some(target))) if *target == target_key))
    };
    let on_move = move |event: PointerEvent| {
        if dragged.with_untracked(Option::is_none) {
            return;
        }
        let under = document().element_from_point(event.client_x() as f32, event.client_y() as f32);
        let row = under.and_then(|under| under.closest("[data-picker-key]").ok().flatten());
        let target = row.and_then(|row| row.get_attribute("data-picker-key"));
        dragged.update(|dragged| {
            if let Some((key, now)) = dragged {
                *now = target.filter(|target| target != key);
            }
        });
    };
    let on_drop = move |_| {
        if let Some((key, Some(target))) = dragged.get_untracked() {
            app.ledger.with_untracked(|ledger| {
                app.change(|view| arrange::move_to(ledger, view, &key, &target));
            });
        }
        dragged.set(None);
    };
    view! {
        <div class="picker-item" class:drop-target=is_target data-picker-key=key title=move || get(|item| item.title.clone())>
            <label>
                <input type="checkbox" prop:checked=shown on:change=by::any(toggle) on:keydown=by::key(on_key)/>
                <span>{move || get(|item| item.name.clone())}</span>
            </label>
            <span
                class="picker-grip"
                aria-hidden="true"
                on:pointerdown=by::pointer(move |event| {
                    event.prevent_default();
                    super::header::capture(&event);
                    dragged.set(Some((grip_key.clone(), None)));
                })
                on:pointermove=by::pointer(on_move)
                on:pointerup=by::pointer(on_drop)
                on:pointercancel=by::pointer(move |_| dragged.set(None))
            >
                "⠿"
            </span>
        </div>
    }
}
