//! The menu of one column: all that the pointer does to a header, and more, by words and keys.

use super::compute::Computing;
use super::geometry::RUN_NUMBER;
use super::header::is_rank;
use super::table::Grid;
use crate::engine::arrange::{self, RUN};
use crate::engine::objective::column_of_curve;
use crate::engine::protocol::ColumnInfo;
use crate::engine::view::{Center, ComputedColumn, Direction, Objective, Statistic, Until, View};
use crate::ledger::{Reading, Role};
use crate::page::prelude::*;
use crate::page::state::App;
use leptos::html;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, KeyboardEvent};

/// The menu of this column is open, with its left upper corner here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct OpenMenu {
    /// The column's number.
    pub(super) column: usize,
    pub(super) x: f64,
    pub(super) y: f64,
}

/// How many pixels "wider" and "narrower" are.
const WIDTH_STEP: u32 = 24;

/// What the menu needs to know of its column.
#[derive(Clone)]
struct Subject {
    /// The key that sorts.
    sort_key: String,
    /// The key that widths go by.
    width_key: String,
    name: String,
    width: u32,
    sorted: Option<(bool, usize)>,
    /// Whether other columns sort, so that a key can be added.
    others_sort: bool,
    /// For columns of the ledger.
    column: Option<ColumnFacts>,
}

#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is an item of its own")]
struct ColumnFacts {
    /// Keys of the shown columns that share the first part of its name.
    alike: Vec<String>,
    /// Whether runs are coloured by it.
    coloured: bool,
    /// Its name, if it was logged over time, and whether a param has that name too.
    curve: Option<(String, bool)>,
    computed: Option<ComputedColumn>,
    pinned: bool,
    metric: bool,
    objective: bool,
}

/// The open menu, if one is.
#[component]
pub(super) fn ColumnMenu(grid: Grid) -> impl IntoView {
    move || {
        let open = grid.menu.get()?;
        let subject = subject(grid, open.column)?;
        Some(view! { <Menu grid=grid open=open subject=subject/> })
    }
}

fn subject(grid: Grid, number: usize) -> Option<Subject> {
    let app = grid.app;
    let sort_key = grid.sort_key(number)?;
    let geometry = grid.geometry.get_untracked();
    let view = app.view.get_untracked();
    let sorted = arrange::sorted(&view.sort, &sort_key);
    let others_sort = view.sort.iter().any(|key| key.column != sort_key);
    if number <= RUN_NUMBER {
        let name = if is_rank(&sort_key) { "rank" } else { "run" };
        return Some(Subject {
            sort_key,
            width_key: RUN.to_owned(),
            name: name.to_owned(),
            width: geometry.run_width,
            sorted,
            others_sort,
            column: None,
        });
    }
    let placed = geometry.column(number)?.clone();
    app.ledger.with_untracked(|ledger| {
        let column = ledger.columns.get(placed.at)?;
        let objective = arrange::objective_key(ledger, &view) == Some(column.key.as_str());
        Some(Subject {
            width_key: sort_key.clone(),
            sort_key,
            name: column.name.clone(),
            width: placed.width,
            sorted,
            others_sort,
            column: Some(ColumnFacts {
                coloured: view.look.colour.as_ref() == Some(&column.key),
                alike: arrange::of_one_prefix(ledger, &view, &column.key)
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
                curve: column.has_history.then(|| {
                    let mut columns = ledger.columns.iter();
                    let is_shared =
                        |other: &ColumnInfo| other.role == Role::Param && other.name == column.name;
                    (column.name.clone(), columns.any(is_shared))
                }),
                computed: view
                    .computed
                    .iter()
                    .find(|computed| column.formula.is_some() && computed.name == column.name)
                    .cloned(),
                pinned: placed.pinned,
                metric: column.role == Role::Metric,
                objective,
            }),
        })
    })
}

#[component]
fn Menu(grid: Grid, open: OpenMenu, subject: Subject) -> impl IntoView {
    let app = grid.app;
    let element = NodeRef::<html::Div>::new();
    // The keys go to the first item, and back to the grid afterwards.
    Effect::new(move |_| {
        if let Some(menu) = element.get() {
            move_focus(&menu, Some(0), true);
        }
    });
    let close = move || {
        grid.menu.set(None);
        if let Some(grid) = grid.element.get_untracked() {
            // Focus is a comfort: without it the page still works.
            let _focused = grid.focus();
        }
    };
    let window_size = window_size();
    let x = open.x.min(window_size.0 - 232.0).max(4.0);
    let y = open.y.min(window_size.1 - 340.0).max(4.0);
    let item = move |label: &str, checked: Option<bool>, act: Box<dyn Fn(&mut View)>| {
        let (role, mark) = match checked {
            Some(_) => ("menuitemradio", Some(checked == Some(true))),
            None => ("menuitem", None),
        };
        view! {
            <button
                class="menu-item"
                class:checked=mark == Some(true)
                role=role
                aria-checked=mark.map(|mark| mark.to_string())
                tabindex="-1"
                on:click=by::mouse(move |_| {
                    app.change(|view| act(view));
                    close();
                })
            >
                {label.to_owned()}
            </button>
        }
    };
    let Subject {
        sort_key,
        width_key,
        name,
        width,
        sorted,
        others_sort,
        column,
    } = subject;
    let direction = sorted.map(|(descending, _)| descending);
    let sort = |label: &str, descending: Option<bool>, add: bool| {
        let key = sort_key.clone();
        let checked = (!add).then(|| direction == descending);
        item(
            label,
            checked,
            Box::new(move |view| arrange::set_sort(view, &key, descending, add)),
        )
    };
    let sorts = view! {
        <div role="group" aria-label="Sort">
            {sort("Sort ascending", Some(false), false)}
            {sort("Sort descending", Some(true), false)}
            {(others_sort && sorted.is_none()).then(|| sort("Then by this, ascending", Some(false), true))}
            {(others_sort && sorted.is_none()).then(|| sort("Then by this, descending", Some(true), true))}
            {sorted.is_some().then(|| sort("Do not sort by this", None, true))}
        </div>
    };
    let column_items = column.map(|facts| {
        let ColumnFacts { alike, coloured, curve, computed, pinned, metric, objective } = facts;
        let curve = curve.map(|(metric, is_shared)| statistics(app, &metric, is_shared, close));
        let computed = computed.map(|column| of_computed(grid, &column, close));
        let key = sort_key.clone();
        let objective_item = |label: &str, direction: Direction| {
            let other = Objective {
                column: key.clone(),
                direction,
                statistic: Statistic::default(),
                until: Until::default(),
                center: Center::Mean,
            };
            item(label, None, Box::new(move |view| match &mut view.objective {
                // It may be what is read of another column's curve.
                Some(known) if objective => known.direction = direction,
                known => *known = Some(other.clone()),
            }))
        };
        let moved = |label: &str, right: bool| {
            let key = key.clone();
            item(label, None, Box::new(move |view| app.ledger.with_untracked(|ledger| arrange::step(ledger, view, &key, right))))
        };
        let pin_key = key.clone();
        let hide_key = key.clone();
        let colour_key = key.clone();
        view! {
            <div role="group" aria-label="Place">
                {item(
                    if pinned { "Unpin" } else { "Pin at the left" },
                    None,
                    Box::new(move |view| arrange::set_pinned(view, &pin_key, !pinned)),
                )}
                {moved("Move left", false)}
                {moved("Move right", true)}
                {item(
                    "Hide",
                    None,
                    Box::new(move |view| {
                        app.ledger.with_untracked(|ledger| arrange::set_shown(ledger, view, &[&hide_key], false));
                    }),
                )}
                {(alike.len() > 1)
                    .then(|| {
                        let shared = arrange::prefix(&name).unwrap_or_default();
                        item(
                            &format!("Hide the {} columns of {shared}", alike.len()),
                            None,
                            Box::new(move |view| {
                                let keys: Vec<&str> = alike.iter().map(String::as_str).collect();
                                app.ledger.with_untracked(|ledger| arrange::set_shown(ledger, view, &keys, false));
                            }),
                        )
                    })}
                {item(
                    if coloured { "Colour runs by nothing" } else { "Colour runs by this" },
                    None,
                    Box::new(move |view| view.look.colour = (!coloured).then(|| colour_key.clone())),
                )}
            </div>
            {curve}
            {computed}
            {metric
                .then(|| {
                    view! {
                        <div role="group" aria-label="Objective">
                            {objective.then(|| view! { <p class="menu-note">"This is the objective"</p> })}
                            {objective_item("Objective: minimize", Direction::Minimize)}
                            {objective_item("Objective: maximize", Direction::Maximize)}
                        </div>
                    }
                })}
        }
    });
    let resize = |label: &str, to: u32| {
        let key = width_key.clone();
        item(
            label,
            None,
            Box::new(move |view| arrange::set_width(view, &key, to)),
        )
    };
    let resizes = (!is_rank(&sort_key)).then(|| {
        view! {
            <div role="group" aria-label="Width">
                {resize("Wider", width + WIDTH_STEP)}
                {resize("Narrower", width.saturating_sub(WIDTH_STEP))}
            </div>
        }
    });
    let label = format!("Column {name}");
    view! {
        <div class="menu-back" on:pointerdown=by::pointer(move |_| close()) on:contextmenu=by::mouse(move |event| event.prevent_default())></div>
        <div
            class="menu"
            role="menu"
            aria-label=label
            node_ref=element
            style:left=format!("{x}px")
            style:top=format!("{y}px")
            on:keydown=by::key(move |event| {
                if let Some(menu) = element.get_untracked() {
                    key_in_menu(&menu, &event, close);
                }
            })
        >
            <p class="menu-title">{name}</p>
            {sorts}
            {column_items}
            {resizes}
        </div>
    }
}

/// What else a metric's curve comes to, each of which can be a column.
fn statistics(
    app: App,
    metric: &str,
    is_shared: bool,
    close: impl Fn() + Copy + 'static,
) -> AnyView {
    let whole = Statistic::ALL.map(|statistic| (statistic.word(), Reading::from(statistic)));
    let common = Reading {
        statistic: Statistic::Last,
        until: Until::Common,
    };
    let readings = whole
        .into_iter()
        .filter(|(_, reading)| !reading.is_last())
        .chain([("at equal budget".into(), common)]);
    let items = readings.map(|(label, reading)| {
        let column = column_of_curve(metric, is_shared, reading);
        let is_there = app
            .view
            .with_untracked(|view| view.computed.contains(&column));
        view! {
            <button
                class="menu-item menu-chip"
                class:checked=is_there
                role="menuitemcheckbox"
                aria-checked=is_there.to_string()
                tabindex="-1"
                on:click=by::mouse(move |_| {
                    app.change(|view| {
                        if is_there {
                            view.computed.retain(|known| *known != column);
                        } else {
                            view.computed.push(column.clone());
                        }
                    });
                    close();
                })
            >
                {label}
            </button>
        }
    });
    view! {
        <div role="group" aria-label="Add a column of its curve">
            <p class="menu-note">"Add a column of its curve"</p>
            <div class="menu-chips" role="presentation">{items.collect::<Vec<_>>()}</div>
        </div>
    }
    .into_any()
}

/// What can be done to a column that a person made.
fn of_computed(grid: Grid, column: &ComputedColumn, close: impl Fn() + Copy + 'static) -> AnyView {
    let ComputedColumn { name, expression } = column.clone();
    let note = format!("= {expression}");
    let removed = name.clone();
    let computing = Computing {
        old: Some(name.clone()),
        name,
        expression,
    };
    view! {
        <div role="group" aria-label="Computed">
            <p class="menu-note">{note}</p>
            <button
                class="menu-item"
                role="menuitem"
                tabindex="-1"
                on:click=by::mouse(move |_| {
                    close();
                    grid.computing.set(Some(computing.clone()));
                })
            >
                "Change the expression…"
            </button>
            <button
                class="menu-item"
                role="menuitem"
                tabindex="-1"
                on:click=by::mouse(move |_| {
                    grid.app.change(|view| view.computed.retain(|known| known.name != removed));
                    close();
                })
            >
                "Remove this column"
            </button>
        </div>
    }
    .into_any()
}

fn window_size() -> (f64, f64) {
    let read = |value: Result<wasm_bindgen::JsValue, _>| {
        value.ok().and_then(|value| value.as_f64()).unwrap_or(800.0)
    };
    (read(window().inner_width()), read(window().inner_height()))
}

fn key_in_menu(menu: &HtmlElement, event: &KeyboardEvent, close: impl Fn()) {
    match event.key().as_str() {
        "ArrowDown" => move_focus(menu, None, true),
        "ArrowUp" => move_focus(menu, None, false),
        "Home" => move_focus(menu, Some(0), true),
        "End" => move_focus(menu, Some(usize::MAX), true),
        "Escape" | "Tab" => close(),
        // Letters are nobody's shortcut while a menu is open; Enter and Space press the item.
        _ => {
            event.stop_propagation();
            return;
        }
    }
    event.prevent_default();
    event.stop_propagation();
}

/// Focuses the item at a place, or the one beside the focused.
fn move_focus(menu: &HtmlElement, place: Option<usize>, forward: bool) {
    let Ok(items) = menu.query_selector_all(".menu-item") else {
        return;
    };
    let items: Vec<HtmlElement> = (0..items.length())
        .filter_map(|at| items.item(at)?.dyn_into().ok())
        .collect();
    if items.is_empty() {
        return;
    }
    let focused = document().active_element();
    let now = items
        .iter()
        .position(|item| Some(item.as_ref()) == focused.as_ref());
    let next = match (place, now) {
        (Some(place), _) => place.min(items.len() - 1),
        (None, Some(now)) if forward => (now + 1) % items.len(),
        (None, Some(now)) => (now + items.len() - 1) % items.len(),
        (None, None) => 0,
    };
    // Focus is a comfort: without it the page still works.
    let _focused = items[next].focus();
}
