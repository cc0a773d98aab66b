//! The table's header: names, sort arrows, and what the pointer does to columns: sort, resize, move.

use super::body::ACTIVE_ID;
use super::column_menu::OpenMenu;
use super::geometry::{Geometry, RUN_NUMBER};
use super::header_histogram::{HeaderHistogram, want_distributions};
use super::table::Grid;
use crate::chart::number::grouped;
use crate::engine::arrange::{self, RANK, RUN};
use crate::engine::protocol::ColumnInfo;
use crate::engine::view::{SortKey, View};
use crate::ledger::{ColumnId, Kind};
use crate::page::prelude::*;
use crate::page::state::App;
use std::ops::Range;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, PointerEvent};

/// From how many pixels on a press is a drag.
const DRAG_PIXELS: f64 = 6.0;

/// A column being dragged or resized.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Drag {
    key: String,
    from_x: f64,
    kind: DragKind,
}

#[derive(Clone, Debug, PartialEq)]
enum DragKind {
    /// Pressed, and not moved far enough yet.
    Pressed,
    /// Being moved; where it would go.
    Move { target: Option<String> },
    /// Being resized from this width; whether the history has its entry.
    Resize { from_width: u32, begun: bool },
    /// Just dropped: the click that follows is none.
    Over,
}

/// What a header shows.
#[derive(Clone, Debug, PartialEq)]
struct Head {
    number: usize,
    key: String,
    name: String,
    title: String,
    role: &'static str,
    at_right: bool,
    doubtful: bool,
    objective: bool,
    left: Option<u32>,
    width: u32,
    id: ColumnId,
    /// What neighbours share of its name, where columns stand by that; empty where it stands above an
    /// earlier one.
    shared: Option<String>,
}

/// Whether rows descend by a column, and which of several sort keys it is.
type SortMark = Option<(bool, usize)>;

/// What of the view headers show.
#[derive(Clone, Copy)]
pub(super) struct Heads {
    sort: Memo<Vec<SortKey>>,
    several: Memo<bool>,
    objective: Memo<Option<String>>,
    /// Whether they show how values are distributed.
    pub(super) histograms: Memo<bool>,
}

impl Heads {
    /// Of this page.
    pub(super) fn new(app: App) -> Self {
        let sort = Memo::new(move |_| app.view.with(|view| view.sort.clone()));
        Self {
            sort,
            several: Memo::new(move |_| sort.with(|sort| sort.len() > 1)),
            objective: Memo::new(move |_| {
                let ledger = app.ledger.get();
                let key = |view: &View| arrange::objective_key(&ledger, view).map(str::to_owned);
                app.view.with(key)
            }),
            histograms: Memo::new(move |_| app.view.with(|view| view.look.histograms)),
        }
    }

    fn sorted(self, key: &str) -> SortMark {
        self.sort.with(|sort| arrange::sorted(sort, key))
    }
}

/// The header row. `range` tells which columns behind the fixed ones have a header.
#[component]
pub(super) fn Header(grid: Grid, range: Memo<Range<usize>>) -> impl IntoView {
    let keys_in = move |places: Range<usize>| {
        grid.geometry.with(|geometry| {
            let ledger = grid.app.ledger.get();
            let columns = geometry.arrangement.columns.get(places).unwrap_or_default();
            columns
                .iter()
                .filter_map(|placed| Some(ledger.columns.get(placed.at)?.key.clone()))
                .collect::<Vec<_>>()
        })
    };
    let fixed = Memo::new(move |_| keys_in(0..grid.geometry.with(|geometry| geometry.fixed)));
    let loose = Memo::new(move |_| keys_in(range.get()));
    want_distributions(grid, range);
    view! {
        <div class="grid-head" role="rowgroup">
            <div class="row head-row" role="row" aria-rowindex="1">
                <div class="fixed">
                    <LeadHeader grid=grid number=1/>
                    <LeadHeader grid=grid number=RUN_NUMBER/>
                    <For each=move || fixed.get() key=Clone::clone let:key>
                        <ColumnHeader grid=grid key=key/>
                    </For>
                </div>
                <For each=move || loose.get() key=Clone::clone let:key>
                    <ColumnHeader grid=grid key=key/>
                </For>
            </div>
        </div>
    }
}

/// The header of ranks or of run names.
#[component]
fn LeadHeader(grid: Grid, number: usize) -> impl IntoView {
    let is_run = number == RUN_NUMBER;
    let sort = Memo::new(move |_| {
        // Follows the names' column, which the ledger may bring later.
        grid.geometry.track();
        let key = grid.sort_key(number)?;
        grid.heads.sorted(&key)
    });
    let width = move || {
        grid.geometry.with(|geometry| {
            format!(
                "{}px",
                if is_run {
                    geometry.run_width
                } else {
                    geometry.rank_width
                }
            )
        })
    };
    let title = if is_run {
        "The run's name, else its id"
    } else {
        "Rank among the shown runs by the objective; 1 is best"
    };
    view! {
        <div
            class="head"
            class:right=!is_run
            class:active=move || is_active(grid, number)
            id=move || is_active(grid, number).then_some(ACTIVE_ID)
            role="columnheader"
            aria-colindex=number.to_string()
            aria-sort=move || aria_sort(sort.get())
            title=title
            style:width=width
            on:click=by::mouse(move |event| clicked(grid, number, event.shift_key()))
        >
            <span class="head-name">{if is_run { "Run" } else { "#" }}</span>
            <SortArrow sort=sort several=grid.heads.several/>
            {is_run
                .then(|| {
                    view! { <Edge grid=grid key=RUN.to_owned() width=Signal::derive(move || grid.geometry.with(|geometry| geometry.run_width))/> }
                })}
        </div>
    }
}

/// The header of one column.
#[component]
fn ColumnHeader(grid: Grid, key: String) -> impl IntoView {
    let wanted = key.clone();
    let head = Memo::new(move |before: Option<&Option<Head>>| {
        // A column that is about to go keeps its last looks.
        head_of(grid, &wanted).or_else(|| before.cloned().flatten())
    });
    let wanted = key.clone();
    let sort = Memo::new(move |_| grid.heads.sorted(&wanted));
    let get = move |read: fn(&Head) -> String| {
        head.with(|head| head.as_ref().map(read).unwrap_or_default())
    };
    let number = Memo::new(move |_| head.with(|head| head.as_ref().map_or(0, |head| head.number)));
    let width =
        Signal::derive(move || head.with(|head| head.as_ref().map_or(0, |head| head.width)));
    let is = move |read: fn(&Head) -> bool| head.with(|head| head.as_ref().is_some_and(read));
    let target_key = key.clone();
    let is_target = move || {
        grid.drag.with(|drag| {
            drag.as_ref().is_some_and(|drag| matches!(&drag.kind, DragKind::Move { target: Some(target) } if *target == target_key))
        })
    };
    let dragged_key = key.clone();
    let is_dragged = move || {
        grid.drag.with(|drag| {
            drag.as_ref().is_some_and(|drag| {
                drag.key == dragged_key && matches!(drag.kind, DragKind::Move { .. })
            })
        })
    };
    let id = Signal::derive(move || head.with(|head| head.as_ref().map(|head| head.id)));
    let pressed_key = key.clone();
    let data_key = key.clone();
    let menu = move |event: web_sys::MouseEvent| {
        event.stop_propagation();
        let Some(button) = event
            .current_target()
            .and_then(|target| target.dyn_into::<Element>().ok())
        else {
            return;
        };
        let place = button.get_bounding_client_rect();
        grid.menu.set(Some(OpenMenu {
            column: number.get_untracked(),
            x: place.right() - 220.0,
            y: place.bottom(),
        }));
    };
    view! {
        <div
            class=move || format!("head head-{}", get(|head| head.role.to_owned()))
            class:right=move || is(|head| head.at_right)
            class:objective=move || is(|head| head.objective)
            class:active=move || is_active(grid, number.get())
            class:drop-target=is_target
            class:dragged=is_dragged
            id=move || is_active(grid, number.get()).then_some(ACTIVE_ID)
            role="columnheader"
            aria-colindex=move || number.get().to_string()
            aria-sort=move || aria_sort(sort.get())
            title=move || get(|head| head.title.clone())
            data-key=data_key
            style:left=move || head.with(|head| head.as_ref().and_then(|head| head.left).map(|left| format!("{left}px")).unwrap_or_default())
            style:width=move || format!("{}px", width.get())
            on:click=by::mouse(move |event| clicked(grid, number.get_untracked(), event.shift_key()))
            on:contextmenu=by::mouse(move |event| {
                event.prevent_default();
                grid.menu.set(Some(OpenMenu {
                    column: number.get_untracked(),
                    x: f64::from(event.client_x()),
                    y: f64::from(event.client_y()),
                }));
            })
            on:pointerdown=by::pointer(move |event| pressed(grid, &pressed_key, DragKind::Pressed, &event))
            on:pointermove=by::pointer(move |event| dragged(grid, &event))
            on:pointerup=by::pointer(move |_| dropped(grid))
            on:pointercancel=by::pointer(move |_| grid.drag.set(None))
        >
            <Show when=move || is(|head| head.shared.is_some())>
                <span class="head-shared">
                    {move || get(|head| head.shared.clone().unwrap_or_default())}
                </span>
            </Show>
            <HeaderHistogram grid=grid column=id/>
            <i class="role-mark" aria-hidden="true"></i>
            <span class="head-name">{move || get(|head| head.name.clone())}</span>
            <Show when=move || is(|head| head.doubtful)>
                <span class="head-doubt" aria-label="role is a guess">"?"</span>
            </Show>
            <SortArrow sort=sort several=grid.heads.several/>
            <button
                class="head-menu"
                tabindex="-1"
                aria-haspopup="menu"
                aria-label=move || format!("Menu of column {}", get(|head| head.title.lines().next().unwrap_or_default().to_owned()))
                on:click=by::mouse(menu)
                on:pointerdown=by::pointer(|event| event.stop_propagation())
            >
                <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
                    <circle cx="8" cy="3.5" r="1.2"/>
                    <circle cx="8" cy="8" r="1.2"/>
                    <circle cx="8" cy="12.5" r="1.2"/>
                </svg>
            </button>
            <Edge grid=grid key=key width=width/>
        </div>
    }
}

/// The arrow of a sorted column; with its number where several keys sort.
#[component]
fn SortArrow(sort: Memo<SortMark>, several: Memo<bool>) -> impl IntoView {
    move || {
        sort.get().map(|(descending, place)| {
            view! {
                <span class="head-arrow" aria-hidden="true">
                    {if descending { "↓" } else { "↑" }}
                    {several.get().then(|| view! { <sub>{(place + 1).to_string()}</sub> })}
                </span>
            }
        })
    }
}

/// The edge that resizes a column: drag it; double-click gives the default width back.
#[component]
fn Edge(grid: Grid, key: String, width: Signal<u32>) -> impl IntoView {
    let resized = key.clone();
    let reset = key;
    view! {
        <span
            class="head-edge"
            aria-hidden="true"
            on:click=by::mouse(|event| event.stop_propagation())
            on:pointerdown=by::pointer(move |event| {
                let kind = DragKind::Resize { from_width: width.get_untracked(), begun: false };
                pressed(grid, &resized, kind, &event);
            })
            on:pointermove=by::pointer(move |event| dragged(grid, &event))
            on:pointerup=by::pointer(move |_| dropped(grid))
            on:pointercancel=by::pointer(move |_| grid.drag.set(None))
            on:dblclick=by::mouse(move |event| {
                event.stop_propagation();
                grid.app.change(|view| view.widths.retain(|(key, _)| *key != reset));
            })
        ></span>
    }
}

/// The header element of a column, if it is on the page.
pub(super) fn header_of(grid: Grid, number: usize) -> Option<Element> {
    let element = grid.element.get_untracked()?;
    element
        .query_selector(&format!("[role=columnheader][aria-colindex='{number}']"))
        .ok()?
}

fn is_active(grid: Grid, number: usize) -> bool {
    grid.active
        .with(|active| active.is_some_and(|spot| spot.row.is_none() && spot.column == number))
}

fn aria_sort(sort: SortMark) -> Option<&'static str> {
    match sort {
        Some((false, 0)) => Some("ascending"),
        Some((true, 0)) => Some("descending"),
        // Only the first key is announced: more than one would be no order of the rows.
        _ => None,
    }
}

fn head_of(grid: Grid, key: &str) -> Option<Head> {
    let ledger = grid.app.ledger.get();
    let objective = grid.heads.objective;
    let objective = objective.with(|objective| objective.as_deref() == Some(key));
    grid.geometry.with(|geometry: &Geometry| {
        let columns = &geometry.arrangement.columns;
        let at = columns.iter().position(|placed| {
            ledger
                .columns
                .get(placed.at)
                .is_some_and(|column| column.key == key)
        })?;
        let placed = &columns[at];
        let column = ledger.columns.get(placed.at)?;
        Some(Head {
            number: at + RUN_NUMBER + 1,
            key: column.key.clone(),
            name: column.name[placed.shared..].to_owned(),
            title: title(column, ledger.runs, objective),
            role: column.role.word(),
            at_right: column.kind == Kind::Number,
            doubtful: column.doubt.is_some(),
            objective,
            id: column.id,
            shared: (placed.shared > 0).then(|| {
                let shared = if placed.begins { placed.shared } else { 0 };
                column.name[..shared].to_owned()
            }),
            left: (at >= geometry.fixed).then(|| geometry.lead() + placed.left),
            width: placed.width,
        })
    })
}

/// What a header says when asked.
pub(super) fn title(column: &ColumnInfo, runs: usize, objective: bool) -> String {
    let kind = match column.kind {
        Kind::Empty => "empty",
        Kind::Number => "numbers",
        Kind::Bool => "true or false",
        Kind::Time => "times (UTC)",
        Kind::Category => "categories",
        Kind::Text => "text",
    };
    let role = if objective {
        "metric, the objective"
    } else {
        column.role.word()
    };
    let mut text = format!(
        "{}\n{role} · {kind} · {} of {} runs have it",
        column.name,
        grouped(column.present),
        grouped(runs)
    );
    if !column.varies {
        text.push_str(" · the same in all");
    }
    if let Some(formula) = &column.formula {
        text.push_str("\n= ");
        text.push_str(formula);
    }
    if let Some(doubt) = &column.doubt {
        text.push_str("\nThe role is a guess: ");
        text.push_str(doubt);
    }
    text
}

// ---- the pointer ----

fn clicked(grid: Grid, number: usize, add: bool) {
    let was_drag = grid.drag.with_untracked(|drag| {
        drag.as_ref()
            .is_some_and(|drag| drag.kind == DragKind::Over)
    });
    grid.drag.set(None);
    if !was_drag {
        grid.cycle_sort(number, add);
    }
}

fn pressed(grid: Grid, key: &str, kind: DragKind, event: &PointerEvent) {
    if event.button() != 0 {
        return;
    }
    event.stop_propagation();
    if matches!(kind, DragKind::Resize { .. }) {
        capture(event);
    }
    grid.drag.set(Some(Drag {
        key: key.to_owned(),
        from_x: f64::from(event.client_x()),
        kind,
    }));
}

fn dragged(grid: Grid, event: &PointerEvent) {
    let Some(mut drag) = grid.drag.get_untracked() else {
        return;
    };
    let x = f64::from(event.client_x());
    let way = x - drag.from_x;
    match &mut drag.kind {
        DragKind::Over => return,
        // With a finger the same gesture scrolls.
        DragKind::Pressed if event.pointer_type() == "touch" || event.buttons() == 0 => return,
        DragKind::Pressed => {
            if way.abs() < DRAG_PIXELS {
                return;
            }
            capture(event);
            drag.kind = DragKind::Move { target: None };
        }
        DragKind::Move { target } => {
            let under =
                document().element_from_point(event.client_x() as f32, event.client_y() as f32);
            let header = under.and_then(|under| {
                under
                    .closest("[role=columnheader][data-key]")
                    .ok()
                    .flatten()
            });
            let key = header.and_then(|header| header.get_attribute("data-key"));
            *target = key.filter(|key| *key != drag.key);
        }
        DragKind::Resize { from_width, begun } => {
            let width = (f64::from(*from_width) + way).max(0.0) as u32;
            let change =
                |view: &mut crate::engine::view::View| arrange::set_width(view, &drag.key, width);
            if *begun {
                grid.app.change_quietly(change);
            } else {
                grid.app.change(change);
                *begun = true;
            }
        }
    }
    if grid.drag.with_untracked(|now| now.as_ref() != Some(&drag)) {
        grid.drag.set(Some(drag));
    }
}

fn dropped(grid: Grid) {
    let Some(mut drag) = grid.drag.get_untracked() else {
        return;
    };
    match &drag.kind {
        DragKind::Pressed | DragKind::Over => {
            grid.drag.set(None);
            return;
        }
        DragKind::Resize { .. } => {}
        DragKind::Move { target } => {
            if let Some(target) = target {
                let ledger = grid.app.ledger.get_untracked();
                grid.app
                    .change(|view| arrange::move_to(&ledger, view, &drag.key, target));
            }
        }
    }
    drag.kind = DragKind::Over;
    grid.drag.set(Some(drag));
    // Where no click follows, the next press must not be taken for its end.
    crate::web::clock::after_paint(move || {
        let _over = grid.drag.try_set(None);
    });
}

/// Pointer events go on coming to this element, wherever the pointer goes.
pub(super) fn capture(event: &PointerEvent) {
    if let Some(element) = event
        .current_target()
        .and_then(|target| target.dyn_into::<Element>().ok())
    {
        // Fails only when the pointer is gone already, and then the drag is over.
        let _captured = element.set_pointer_capture(event.pointer_id());
    }
}

/// Whether a column can be anything but sorted by: rank cannot.
pub(super) fn is_rank(key: &str) -> bool {
    key == RANK
}
