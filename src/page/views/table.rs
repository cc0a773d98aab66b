//! The ledger as a table: a grid of which only what is in view is on the page.
//!
//! One element scrolls. Inside it a spacer has the size of the whole table; header and rows stick to
//! the port, and an effect puts the cells that belong there into the rows ([`super::body`]). The
//! engine keeps the selection: cells come from [`super::window`].

use super::body::{ACTIVE_ID, Body, BodyColumn, Frame};
use super::brief_strip::BriefStrip;
use super::column_menu::{ColumnMenu, OpenMenu};
use super::compute::{ComputeSheet, Computing};
use super::display::ColourLegend;
use super::geometry::{Geometry, HEADERS_AT_ONCE, Port, RUN_NUMBER, wanted};
use super::header::{Drag, Header, Heads};
use super::keys;
use super::paper::Paper;
use super::ranges::{CellRange, extend_to, press};
use super::table_bar::{NothingShown, TableBar};
use super::window::Loader;
use crate::chart::number::counted;
use crate::chart::scroll::Scroll;
use crate::engine::arrange::{self, RANK, arrange_without};
use crate::engine::look::WindowLook;
use crate::engine::protocol::{Answer, Ask, GroupLine, MarkHow, MarkLines};
use crate::engine::view::Baseline;
use crate::ledger::{ColumnId, Kind};
use crate::page::prelude::*;
use crate::page::state::App;
use crate::page::widgets::later::Later;
use crate::page::widgets::size::watch_size;
use gloo::timers::callback::Timeout;
use leptos::html;
use std::sync::Arc;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, MouseEvent};

/// More headers than these are many.
const MANY_HEADERS: usize = 24;

/// So long after another selection came, a hand rests.
const HAND_RESTS_MILLIS: u32 = 500;

/// A cell that the keys act on; no row is the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// Place in the selection.
    pub(super) row: Option<usize>,
    /// Column number, from 1.
    pub(super) column: usize,
}

/// The table's state; its parts and the keys share it.
#[derive(Clone, Copy)]
pub(in crate::page) struct Grid {
    pub(super) app: App,
    pub(super) geometry: Memo<Geometry>,
    /// What of the view all headers go by: each follows these, and not every change of the view.
    pub(super) heads: Heads,
    pub(super) port: RwSignal<Port>,
    pub(super) active: RwSignal<Option<Spot>>,
    pub(super) menu: RwSignal<Option<OpenMenu>>,
    pub(super) picking: RwSignal<bool>,
    pub(super) computing: RwSignal<Option<Computing>>,
    pub(super) drag: RwSignal<Option<Drag>>,
    /// The cells that are selected, to be copied.
    pub(super) range: RwSignal<Option<CellRange>>,
    /// Where the pointer was pressed last.
    pub(super) pressed: StoredValue<Option<Spot>>,
    /// Whether a pointer moves over it.
    pub(super) pointed: StoredValue<bool>,
    pub(super) loader: Loader,
    pub(super) element: NodeRef<html::Div>,
}

impl Grid {
    fn new(app: App) -> Self {
        let port = RwSignal::new(Port::default());
        let loader = Loader::new(app);
        let same = Memo::new(move |_| app.selected.with(|selected| selected.same.clone()));
        let arrangement = Memo::new(move |_| {
            let ledger = app.ledger.get();
            let same = same.get();
            app.view.with(|view| {
                let mut arranged = arrange_without(&ledger, view, &same);
                loader
                    .longest
                    .with(|letters| arranged.widen(&ledger, view, letters));
                Arc::new(arranged)
            })
        });
        let width = Memo::new(move |_| port.with(|port| port.width));
        let runs = Memo::new(move |_| app.ledger.with(|ledger| ledger.runs));
        let look = Memo::new(move |_| app.view.with(|view| view.look.clone()));
        Self {
            app,
            geometry: Memo::new(move |_| {
                look.with(|look| Geometry::new(arrangement.get(), width.get(), runs.get(), look))
            }),
            heads: Heads::new(app),
            port,
            active: RwSignal::new(None),
            menu: RwSignal::new(None),
            picking: RwSignal::new(false),
            computing: RwSignal::new(None),
            drag: RwSignal::new(None),
            range: RwSignal::new(None),
            pressed: StoredValue::new(None),
            pointed: StoredValue::new(false),
            loader,
            element: NodeRef::new(),
        }
    }

    /// Gives it the focus.
    pub(super) fn focus(self) {
        if let Some(element) = self.element.get_untracked() {
            // What is in the page can have it.
            let _focused = element.focus();
        }
    }

    /// How many rows the selection has.
    pub(super) fn total(self) -> usize {
        self.app
            .selected
            .with_untracked(|selected| selected.lines())
    }

    /// The rows below those that stay at the top.
    fn scroll(geometry: &Geometry, total: usize, pinned: usize, port: Port) -> Scroll {
        let pinned_height = pinned as f64 * geometry.row_height;
        let height = port.height - geometry.header_height - pinned_height;
        Scroll::new(total - pinned.min(total), geometry.row_height, height)
    }

    /// How many whole rows are in view.
    pub(super) fn page(self) -> usize {
        let height = self.port.with_untracked(|port| port.height);
        self.geometry.with_untracked(|geometry| {
            let rows = (height - geometry.header_height) / geometry.row_height;
            (rows as usize).max(1)
        })
    }

    /// Makes a cell the one that the keys act on, and scrolls it into view.
    pub(super) fn go_to(self, spot: Spot) {
        self.active.set(Some(spot));
        let Some(element) = self.element.get_untracked() else {
            return;
        };
        let port = self.port.get_untracked();
        let geometry = self.geometry.get_untracked();
        let pinned = self.app.selected.with_untracked(|selected| selected.pinned);
        // To the top is to the top, though that row is in view always.
        let below = spot.row.and_then(|row| match row {
            0 => Some(0),
            row => row.checked_sub(pinned),
        });
        if let Some(row) = below {
            let scroll = Self::scroll(&geometry, self.total(), pinned, port);
            let top = scroll.to_show(row, port.top);
            if (top - port.top).abs() > 0.4 {
                element.set_scroll_top(top as i32);
            }
        }
        if spot.column <= RUN_NUMBER + geometry.fixed {
            return;
        }
        let Some(column) = geometry.column(spot.column) else {
            return;
        };
        let left = f64::from(geometry.lead() + column.left);
        let stays = f64::from(geometry.fixed_width());
        let wanted = port
            .left
            .max(left + f64::from(column.width) - port.width)
            .min(left - stays);
        if (wanted - port.left).abs() > 0.4 {
            element.set_scroll_left(wanted as i32);
        }
    }

    /// Opens the run at this place of the selection in the drawer; opens or closes a group.
    pub(super) fn open(self, place: usize) {
        let line = self
            .loader
            .with(|loaded| loaded.row(place).map(|row| (row.row, row.group)));
        match line {
            Some((row, Some(GroupLine::Head { .. }))) => {
                self.app.change(|view| view.toggle_group(row));
            }
            Some((row, _)) => {
                self.app.place.set(Some(place));
                self.app.change(|view| view.run = Some(row));
            }
            None => {}
        }
    }

    /// The run or group at this place becomes what others are compared with, or no more.
    pub(super) fn set_baseline(self, place: usize) {
        let baseline = self.loader.with(|loaded| {
            let line = loaded.row(place)?;
            let baseline = match line.group {
                Some(GroupLine::Head { .. }) => Baseline::Group(line.row),
                _ => Baseline::Run(line.row),
            };
            Some((!line.baseline).then_some(baseline))
        });
        if let Some(baseline) = baseline {
            self.app.change(|view| view.baseline = baseline);
        }
    }

    /// So does that of the cell that the keys act on.
    pub(super) fn set_active_baseline(self) {
        if let Some(row) = self.active.get_untracked().and_then(|spot| spot.row) {
            self.set_baseline(row);
        }
    }

    /// Puts the selected cells or runs into the clipboard as a table, or the cell that the keys act on.
    pub(super) fn copy(self) {
        let copy = |lines: MarkLines, columns: Vec<ColumnId>| {
            self.app.ask(Ask::Copy { lines, columns }, move |answer| {
                if let Answer::Copied(text) = answer {
                    put_in_clipboard(self.app, &text, copied_runs(&text));
                }
            });
        };
        let geometry = self.geometry.get_untracked();
        if let Some(range) = self.range.get_untracked() {
            let (places, numbers) = range.bounds();
            let columns = geometry.columns_of(numbers);
            copy(MarkLines::Places(places.start, places.end), columns);
            return;
        }
        if self.app.marked.with_untracked(|marked| marked.selected > 0) {
            copy(
                MarkLines::Selected,
                geometry.columns_of(RUN_NUMBER..usize::MAX),
            );
            return;
        }
        let text = self.active.get_untracked().and_then(|spot| {
            let id = self.geometry.with_untracked(|geometry| match spot.column {
                RUN_NUMBER => geometry.arrangement.names.first().copied(),
                number => geometry.column(number).map(|column| column.id),
            })?;
            self.loader.with(|loaded| {
                let cell = loaded.cell(loaded.row(spot.row?)?, id)?;
                let is_told = cell.change.is_some();
                Some(
                    cell.full
                        .clone()
                        .filter(|_| !is_told)
                        .unwrap_or_else(|| cell.text.trim_end().to_owned()),
                )
            })
        });
        if let Some(text) = text {
            put_in_clipboard(self.app, &text, copied_runs(&text));
        }
    }

    /// The key by which a column is sorted.
    pub(super) fn sort_key(self, number: usize) -> Option<String> {
        let geometry = self.geometry.get_untracked();
        self.app.ledger.with_untracked(|ledger| match number {
            1 => Some(RANK.to_owned()),
            RUN_NUMBER => {
                let name = geometry.arrangement.names.first()?;
                ledger
                    .columns
                    .iter()
                    .find(|column| column.id == *name)
                    .map(|column| column.key.clone())
            }
            _ => Some(ledger.columns.get(geometry.column(number)?.at)?.key.clone()),
        })
    }

    /// Sorts by a column: ascending, descending, not at all.
    pub(super) fn cycle_sort(self, number: usize, add: bool) {
        if let Some(key) = self.sort_key(number) {
            self.app.change(|view| arrange::cycle_sort(view, &key, add));
        }
    }

    /// The cell under a pointer.
    pub(super) fn spot_of(event: &MouseEvent) -> Option<Spot> {
        let target: Element = event.target()?.dyn_into().ok()?;
        let cell = target.closest("[role=gridcell]").ok()??;
        let column = cell.get_attribute("aria-colindex")?.parse().ok()?;
        let row: usize = cell
            .closest("[role=row]")
            .ok()??
            .get_attribute("aria-rowindex")?
            .parse()
            .ok()?;
        Some(Spot {
            row: Some(row.checked_sub(2)?),
            column,
        })
    }

    fn clicked(self, event: &MouseEvent) {
        let Some(spot) = Self::spot_of(event) else {
            return;
        };
        let before = self.active.get_untracked();
        self.active.set(Some(spot));
        if self.range.with_untracked(Option::is_some) {
            return;
        }
        if let (Some(row), true) = (spot.row, event.ctrl_key() || event.meta_key()) {
            self.app
                .mark(MarkLines::Places(row, row + 1), MarkHow::Toggle);
            return;
        }
        if let (Some(row), true) = (spot.row, event.shift_key()) {
            let from = before.and_then(|before| before.row).unwrap_or(row);
            let places = MarkLines::Places(from.min(row), from.max(row) + 1);
            self.app.mark(places, MarkHow::Only);
            if let Ok(Some(selection)) = window().get_selection() {
                // The browser has selected text up to here.
                let _cleared = selection.remove_all_ranges();
            }
            return;
        }
        let selecting = window()
            .get_selection()
            .ok()
            .flatten()
            .is_some_and(|selection| !selection.is_collapsed());
        if let (Some(row), false) = (spot.row, selecting)
            && spot.column <= RUN_NUMBER
        {
            self.open(row);
        }
    }

    /// Reads the scroll position and size of the port.
    fn measure(self) {
        let Some(element) = self.element.get_untracked() else {
            return;
        };
        let port = Port {
            top: f64::from(element.scroll_top()),
            left: f64::from(element.scroll_left()),
            width: f64::from(element.client_width()),
            height: f64::from(element.client_height()),
        };
        if self.port.with_untracked(|old| *old != port) {
            self.port.set(port);
        }
    }
}

/// The ledger as a table.
#[component]
pub(crate) fn TableView(app: App) -> impl IntoView {
    let grid = Grid::new(app);
    let body_element = NodeRef::<html::Div>::new();
    watch_size(grid.element, move || grid.measure());
    let body = StoredValue::new(None::<Body>);
    show_rows(grid, body_element, body);
    start_at_top_after_sorting(grid);

    let total = Memo::new(move |_| {
        app.selected
            .with(|selected| (selected.lines(), selected.pinned))
    });
    let is_grouped = Memo::new(move |_| app.selected.with(|selected| selected.grouping.is_some()));
    let columns = Memo::new(move |_| grid.geometry.with(Geometry::count));
    let height = Memo::new(move |_| {
        let port = grid.port.get();
        let (total, pinned) = total.get();
        grid.geometry.with(|geometry| {
            let pinned_height = pinned as f64 * geometry.row_height;
            (
                Grid::scroll(geometry, total, pinned, port).height() + pinned_height,
                (port.height - geometry.header_height).max(0.0),
            )
        })
    });
    let sizes = Memo::new(move |_| {
        grid.geometry
            .with(|geometry| (geometry.row_height, geometry.header_height))
    });
    let made = made_headers(grid);
    let header_range = Memo::new(move |_| {
        grid.geometry
            .with(|geometry| geometry.with_header(grid.port.get(), made.get()))
    });
    view! {
        <section class="table-view" data-view="table" aria-label="Runs">
            <Paper app=app/>
            <BriefStrip grid=grid/>
            <Later app=app><TableBar grid=grid/></Later>
            <ColourLegend grid=grid/>
            <div
                class="grid"
                class:grid-scrolled=move || grid.port.with(|port| port.left > 0.0)
                class:grid-dragging=move || grid.drag.with(Option::is_some)
                role=move || if is_grouped.get() { "treegrid" } else { "grid" }
                tabindex="0"
                aria-label="Runs"
                aria-multiselectable="true"
                aria-rowcount=move || (total.get().0 + 1).to_string()
                aria-colcount=move || columns.get().to_string()
                aria-activedescendant=move || grid.active.get().map(|_| ACTIVE_ID)
                style:--row-height=move || format!("{}px", sizes.get().0)
                style:--header-height=move || format!("{}px", sizes.get().1)
                style:scroll-padding-left=move || format!("{}px", grid.geometry.with(Geometry::fixed_width))
                node_ref=grid.element
                on:scroll=by::any(move |_| grid.measure())
                on:keydown=by::key(move |event| keys::pressed(grid, &event))
                on:pointermove=by::pointer(move |_| grid.pointed.set_value(true))
                on:pointerleave=by::pointer(move |_| grid.pointed.set_value(false))
            >
                <div
                    class="grid-space"
                    role="presentation"
                    style:width=move || format!("{}px", grid.geometry.with(Geometry::width))
                    style:height=move || format!("{}px", height.get().0 + sizes.get().1)
                >
                    <Later app=app><Header grid=grid range=header_range/></Later>
                    <div
                        class="grid-body"
                        role="rowgroup"
                        style:height=move || {
                            let (rows, port) = height.get();
                            format!("{}px", rows.min(port))
                        }
                        on:click=by::mouse(move |event| grid.clicked(&event))
                        on:pointerdown=by::pointer(move |event| press(grid, &event))
                        on:pointermove=by::pointer(move |event| extend_to(grid, &event))
                        on:pointerover=by::pointer(move |event| {
                            let part = event.target().and_then(|target| target.dyn_into().ok());
                            body.update_value(|body| {
                                if let (Some(body), Some(part)) = (body, part) {
                                    body.asked(&part);
                                }
                            });
                        })
                        on:dblclick=by::mouse(move |event| {
                            if let Some(Spot { row: Some(row), .. }) = Grid::spot_of(&event) {
                                grid.open(row);
                            }
                        })
                    >
                        <div class="grid-rows" role="presentation" node_ref=body_element></div>
                    </div>
                </div>
            </div>
            <NothingShown app=app/>
            <ColumnMenu grid=grid/>
            <ComputeSheet grid=grid/>
        </section>
    }
}

/// How many headers are made, in view or not: a few at a time, once nothing is being read. Many of them wait until a hand rests:
/// nobody sees them, and each few take as long as a frame.
fn made_headers(grid: Grid) -> RwSignal<usize> {
    let made = RwSignal::new(0);
    let waiting = StoredValue::new(None::<Timeout>);
    Effect::new(move |before: Option<u64>| {
        let selection = grid.app.selection.get();
        let wanted = grid.geometry.with(|geometry| {
            let all = geometry.arrangement.columns.len();
            if geometry.may_have_all_headers() {
                all
            } else {
                0
            }
        });
        let may_wait = wanted > MANY_HEADERS && before != Some(selection);
        let millis = if may_wait { HAND_RESTS_MILLIS } else { 30 };
        let is_due = made.get() < wanted && !grid.app.importing.get();
        let make = move || {
            // The view may be gone by now.
            let _made = made.try_update(|made| *made += HEADERS_AT_ONCE);
        };
        waiting.set_value(is_due.then(|| Timeout::new(millis, make)));
        selection
    });
    made
}

/// Puts the rows in view on the page whenever anything about them changes, and asks for what is not
/// there.
fn show_rows(grid: Grid, element: NodeRef<html::Div>, body: StoredValue<Option<Body>>) {
    let app = grid.app;
    let last_told = StoredValue::new(0u64);
    let open = Memo::new(move |_| app.view.with(|view| view.run));
    let look = Memo::new(move |_| {
        let ledger = app.ledger.get();
        app.view.with(|view| WindowLook {
            heat: view.look.heat,
            curves: view.look.curves,
            colour: view
                .look
                .colour
                .as_ref()
                .and_then(|key| Some(ledger.column(key)?.id)),
        })
    });
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        grid.loader.arrived.track();
        let selection = app.selection.get();
        let geometry = grid.geometry.get();
        let port = grid.port.get();
        let active = grid.active.get();
        let (total, best, is_grouped, pinned) = app.selected.with(|selected| {
            let best = selected.best.as_ref().map(|best| best.row);
            let is_grouped = selected.grouping.is_some();
            (selected.lines(), best, is_grouped, selected.pinned)
        });
        let range = grid.range.get();
        let open = open.get();
        let rows = Grid::scroll(&geometry, total, pinned, port).in_view(port.top);
        let first = rows.first + pinned;
        let in_view = geometry.loose_in_view(port, 1);
        let ledger = app.ledger.get();
        let body_column = |at: usize| {
            let placed = &geometry.arrangement.columns[at];
            BodyColumn {
                id: placed.id,
                left: geometry.lead() + placed.left,
                width: placed.width,
                number: at + RUN_NUMBER + 1,
                at_right: ledger
                    .columns
                    .get(placed.at)
                    .is_some_and(|column| column.kind == Kind::Number),
            }
        };
        let fixed: Vec<BodyColumn> = (0..geometry.fixed).map(body_column).collect();
        let loose: Vec<BodyColumn> = in_view.clone().map(body_column).collect();
        if selection > 0 && port.height > geometry.header_height {
            let wanted = wanted(
                &geometry,
                (&fixed, &loose),
                &in_view,
                (first..first + rows.count, total),
                is_grouped,
                look.get(),
            );
            let complete = grid.loader.need(&wanted);
            if complete && last_told.get_value() != selection {
                last_told.set_value(selection);
                app.rows_shown();
            }
        }
        body.update_value(|body| {
            let body =
                body.get_or_insert_with(|| Body::new(document(), HtmlElement::from(element)));
            grid.loader.with(|loaded| {
                body.show(&Frame {
                    loaded,
                    pinned,
                    range: range.map(CellRange::bounds),
                    first,
                    count: rows.count,
                    cut: rows.cut,
                    rank_width: geometry.rank_width,
                    run_width: geometry.run_width,
                    names: &geometry.arrangement.names,
                    fixed: &fixed,
                    loose: &loose,
                    active: active.and_then(|spot| Some((spot.row?, spot.column))),
                    best,
                    open,
                });
            });
        });
    });
}

/// Another order or filter is read from its top.
fn start_at_top_after_sorting(grid: Grid) {
    let order = Memo::new(move |_| {
        grid.app.view.with(|view| {
            (
                view.filter.clone(),
                view.sort.clone(),
                view.grouping.clone(),
            )
        })
    });
    Effect::new(move |before: Option<()>| {
        // Read, for what is only tracked is never worked out and says nothing.
        order.with(|_| ());
        if before.is_some() {
            // The browser lays the page out to find out, even where it is there.
            let is_below = grid.port.with_untracked(|port| port.top > 0.0);
            if let Some(element) = grid.element.get_untracked().filter(|_| is_below) {
                element.set_scroll_top(0);
            }
            grid.app.place.set(None);
        }
    });
}

/// What to say of runs that were copied; nothing of a single cell.
fn copied_runs(text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > 1).then(|| format!("Copied {} with a header.", counted(lines - 1, "run")))
}

/// Puts text into the clipboard, and says so if `said` is to be said.
pub(in crate::page) fn put_in_clipboard(app: App, text: &str, said: Option<String>) {
    let promise = window().navigator().clipboard().write_text(text);
    leptos::task::spawn_local(async move {
        match wasm_bindgen_futures::JsFuture::from(promise).await {
            Ok(_) => said.iter().for_each(|said| app.notify(said)),
            Err(_) => app.notify("The browser does not let the page write to the clipboard here."),
        }
    });
}
