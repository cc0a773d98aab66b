//! The ledger as a table: a grid of which only what is in view is on the page.
//!
//! One element scrolls. Inside it a spacer has the size of the whole table; header and rows stick to
//! the port, and an effect puts the cells that belong there into the rows ([`super::body`]). The
//! engine keeps the selection: cells come from [`super::window`].

use super::body::{ACTIVE_ID, Body, BodyColumn, Frame, ROW_HEIGHT};
use super::column_menu::{ColumnMenu, OpenMenu};
use super::compute::{ComputeSheet, Computing};
use super::header::{Drag, Header};
use super::keys;
use super::table_bar::{NothingShown, TableBar};
use super::window::{Loader, Wanted};
use crate::chart::number::counted;
use crate::chart::scroll::Scroll;
use crate::engine::arrange::{self, Arrangement, Placed, RANK, arrange_without};
use crate::engine::protocol::{Answer, Ask, GroupLine, MarkHow, MarkLines};
use crate::ledger::{ColumnId, Kind};
use crate::page::state::App;
use leptos::html;
use leptos::prelude::*;
use std::ops::Range;
use std::sync::Arc;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, MouseEvent, ResizeObserver};

/// The height of the header in pixels; the style sheet has it too.
pub(super) const HEADER_HEIGHT: f64 = 32.0;
/// The number of the column of run names; ranks are 1.
pub(super) const RUN_NUMBER: usize = 2;
/// Up to this many columns are asked for and have headers even when they are out of view.
const FEW_COLUMNS: usize = 40;
const FEW_HEADERS: usize = 200;
/// A port narrower than this (a phone's) gets narrow run names.
const NARROW: f64 = 640.0;

/// The part of the table that is in the port.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Port {
    pub(super) top: f64,
    pub(super) left: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The columns with what stands left of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Geometry {
    pub(super) arrangement: Arc<Arrangement>,
    pub(super) rank_width: u32,
    pub(super) run_width: u32,
    /// How many pinned columns really stay: none where they would fill the port.
    pub(super) fixed: usize,
}

impl Geometry {
    fn new(arrangement: Arc<Arrangement>, port_width: f64, runs: usize) -> Self {
        let narrow = port_width < NARROW;
        // The greatest rank must fit.
        let digits = runs.max(1).ilog10() + 1;
        let rank_width = (digits * 8 + 24).max(if narrow { 44 } else { 56 });
        let run_width = if narrow {
            arrangement.run_width.min(132)
        } else {
            arrangement.run_width
        };
        let stay =
            f64::from(rank_width + run_width + arrangement.width_of_first(arrangement.pinned));
        let fixed = if stay <= 0.6 * port_width {
            arrangement.pinned
        } else {
            0
        };
        Self {
            arrangement,
            rank_width,
            run_width,
            fixed,
        }
    }

    /// How wide rank and run are.
    pub(super) fn lead(&self) -> u32 {
        self.rank_width + self.run_width
    }

    /// How wide all that stays at the left is.
    pub(super) fn fixed_width(&self) -> u32 {
        self.lead() + self.arrangement.width_of_first(self.fixed)
    }

    fn width(&self) -> u32 {
        self.lead() + self.arrangement.width()
    }

    /// How many columns there are, rank and run among them.
    pub(super) fn count(&self) -> usize {
        self.arrangement.columns.len() + RUN_NUMBER
    }

    /// The column with this number, unless it is rank or run.
    pub(super) fn column(&self, number: usize) -> Option<&Placed> {
        self.arrangement
            .columns
            .get(number.checked_sub(RUN_NUMBER + 1)?)
    }

    fn loose_in_view(&self, port: Port, more: usize) -> Range<usize> {
        let stays = f64::from(self.fixed_width());
        let left = port.left + stays - f64::from(self.lead());
        self.arrangement
            .in_view(self.fixed, left, port.width - stays, more)
    }
}

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
pub(super) struct Grid {
    pub(super) app: App,
    pub(super) geometry: Memo<Geometry>,
    pub(super) port: RwSignal<Port>,
    pub(super) active: RwSignal<Option<Spot>>,
    pub(super) menu: RwSignal<Option<OpenMenu>>,
    pub(super) picking: RwSignal<bool>,
    pub(super) computing: RwSignal<Option<Computing>>,
    pub(super) drag: RwSignal<Option<Drag>>,
    pub(super) loader: Loader,
    pub(super) element: NodeRef<html::Div>,
}

impl Grid {
    fn new(app: App) -> Self {
        let port = RwSignal::new(Port::default());
        let same = Memo::new(move |_| app.selected.with(|selected| selected.same.clone()));
        let arrangement = Memo::new(move |_| {
            let ledger = app.ledger.get();
            let same = same.get();
            app.view
                .with(|view| Arc::new(arrange_without(&ledger, view, &same)))
        });
        let width = Memo::new(move |_| port.with(|port| port.width));
        let runs = Memo::new(move |_| app.ledger.with(|ledger| ledger.runs));
        Self {
            app,
            geometry: Memo::new(move |_| Geometry::new(arrangement.get(), width.get(), runs.get())),
            port,
            active: RwSignal::new(None),
            menu: RwSignal::new(None),
            picking: RwSignal::new(false),
            computing: RwSignal::new(None),
            drag: RwSignal::new(None),
            loader: Loader::new(app),
            element: NodeRef::new(),
        }
    }

    /// How many rows the selection has.
    pub(super) fn total(self) -> usize {
        self.app
            .selected
            .with_untracked(|selected| selected.lines())
    }

    fn scroll(self, total: usize, port: Port) -> Scroll {
        Scroll::new(total, ROW_HEIGHT, port.height - HEADER_HEIGHT)
    }

    /// How many whole rows are in view.
    pub(super) fn page(self) -> usize {
        let height = self.port.with_untracked(|port| port.height) - HEADER_HEIGHT;
        ((height / ROW_HEIGHT) as usize).max(1)
    }

    /// Makes a cell the one that the keys act on, and scrolls it into view.
    pub(super) fn go_to(self, spot: Spot) {
        self.active.set(Some(spot));
        let Some(element) = self.element.get_untracked() else {
            return;
        };
        let port = self.port.get_untracked();
        if let Some(row) = spot.row {
            let top = self.scroll(self.total(), port).to_show(row, port.top);
            if (top - port.top).abs() > 0.4 {
                element.set_scroll_top(top as i32);
            }
        }
        let geometry = self.geometry.get_untracked();
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
            Some((row, Some(GroupLine::Head { .. }))) => self.app.open_groups.update(|rows| {
                if !rows.remove(&row) {
                    rows.insert(row);
                }
            }),
            Some((row, _)) => {
                self.app.place.set(Some(place));
                self.app.change(|view| view.run = Some(row));
            }
            None => {}
        }
    }

    /// The run at this place becomes the one that others are compared with, or no more.
    pub(super) fn set_baseline(self, place: usize) {
        let row = self.loader.with(|loaded| {
            let line = loaded.row(place)?;
            (!matches!(line.group, Some(GroupLine::Head { .. }))).then_some(line.row)
        });
        if let Some(row) = row {
            self.app.change(|view| {
                view.baseline = if view.baseline == Some(row) {
                    None
                } else {
                    Some(row)
                };
            });
        }
    }

    /// Puts the selected runs into the clipboard as a table, or the cell that the keys act on.
    pub(super) fn copy(self) {
        if self.app.marked.with_untracked(|marked| marked.selected > 0) {
            let geometry = self.geometry.get_untracked();
            let shown = geometry.arrangement.columns.iter().map(|column| column.id);
            let columns = geometry
                .arrangement
                .names
                .iter()
                .copied()
                .chain(shown)
                .collect();
            self.app.ask(Ask::Copy { columns }, move |answer| {
                if let Answer::Copied(text) = answer {
                    put_in_clipboard(self.app, text);
                }
            });
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
                        .unwrap_or_else(|| cell.text.clone()),
                )
            })
        });
        if let Some(text) = text {
            put_in_clipboard(self.app, text);
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
    fn spot_of(event: &MouseEvent) -> Option<Spot> {
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
    watch_size(grid);
    show_rows(grid, body_element);
    start_at_top_after_sorting(grid);

    let total = Memo::new(move |_| app.selected.with(|selected| selected.lines()));
    let is_grouped = Memo::new(move |_| app.selected.with(|selected| selected.grouping.is_some()));
    let columns = Memo::new(move |_| grid.geometry.with(Geometry::count));
    let height = Memo::new(move |_| {
        let port = grid.port.get();
        (
            grid.scroll(total.get(), port).height(),
            (port.height - HEADER_HEIGHT).max(0.0),
        )
    });
    let header_range = Memo::new(move |_| header_range(grid));
    view! {
        <section class="table-view" data-view="table" aria-label="Runs">
            <TableBar grid=grid/>
            <div
                class="grid"
                class:grid-scrolled=move || grid.port.with(|port| port.left > 0.0)
                class:grid-dragging=move || grid.drag.with(Option::is_some)
                role=move || if is_grouped.get() { "treegrid" } else { "grid" }
                tabindex="0"
                aria-label="Runs"
                aria-multiselectable="true"
                aria-rowcount=move || (total.get() + 1).to_string()
                aria-colcount=move || columns.get().to_string()
                aria-activedescendant=move || grid.active.get().map(|_| ACTIVE_ID)
                style:scroll-padding-left=move || format!("{}px", grid.geometry.with(Geometry::fixed_width))
                node_ref=grid.element
                on:scroll=move |_| grid.measure()
                on:keydown=move |event| keys::pressed(grid, &event)
            >
                <div
                    class="grid-space"
                    role="presentation"
                    style:width=move || format!("{}px", grid.geometry.with(Geometry::width))
                    style:height=move || format!("{}px", height.get().0 + HEADER_HEIGHT)
                >
                    <Header grid=grid range=header_range/>
                    <div
                        class="grid-body"
                        role="rowgroup"
                        style:height=move || {
                            let (rows, port) = height.get();
                            format!("{}px", rows.min(port))
                        }
                        on:click=move |event| grid.clicked(&event)
                        on:dblclick=move |event| {
                            if let Some(Spot { row: Some(row), .. }) = Grid::spot_of(&event) {
                                grid.open(row);
                            }
                        }
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

/// Which columns have a header on the page: all, where they are few.
fn header_range(grid: Grid) -> Range<usize> {
    grid.geometry.with(|geometry| {
        let all = geometry.arrangement.columns.len();
        if all <= FEW_HEADERS {
            return geometry.fixed..all;
        }
        geometry.loose_in_view(grid.port.get(), 4)
    })
}

/// Keeps the port's size known.
fn watch_size(grid: Grid) {
    let changed = Closure::<dyn FnMut()>::new(move || grid.measure());
    let Ok(observer) = ResizeObserver::new(changed.as_ref().unchecked_ref()) else {
        return;
    };
    let kept = StoredValue::new_local((observer, changed));
    Effect::new(move |_| {
        if let Some(element) = grid.element.get() {
            kept.with_value(|(observer, _)| observer.observe(&element));
            grid.measure();
        }
    });
    on_cleanup(move || {
        // Gone already when the owner went first.
        let _gone = kept.try_with_value(|(observer, _)| observer.disconnect());
    });
}

/// Puts the rows in view on the page whenever anything about them changes, and asks for what is not
/// there.
fn show_rows(grid: Grid, element: NodeRef<html::Div>) {
    let app = grid.app;
    let body = StoredValue::new_local(None::<Body>);
    let last_told = StoredValue::new(0u64);
    let open = Memo::new(move |_| app.view.with(|view| view.run));
    let baseline = Memo::new(move |_| app.view.with(|view| view.baseline));
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        grid.loader.arrived.track();
        let selection = app.selection.get();
        let geometry = grid.geometry.get();
        let port = grid.port.get();
        let active = grid.active.get();
        let (total, best, is_grouped) = app.selected.with(|selected| {
            let best = selected.best.as_ref().map(|best| best.row);
            (selected.lines(), best, selected.grouping.is_some())
        });
        let (open, baseline) = (open.get(), baseline.get());
        let rows = grid.scroll(total, port).in_view(port.top);
        let in_view = geometry.loose_in_view(port, 2);
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
        if selection > 0 && port.height > HEADER_HEIGHT {
            let wanted = wanted(
                &geometry,
                &fixed,
                &loose,
                &in_view,
                rows.first..rows.first + rows.count,
                total,
                is_grouped,
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
                    first: rows.first,
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
                    baseline,
                });
            });
        });
    });
}

fn wanted(
    geometry: &Geometry,
    fixed: &[BodyColumn],
    loose: &[BodyColumn],
    in_view: &Range<usize>,
    rows: Range<usize>,
    total: usize,
    is_grouped: bool,
) -> Wanted {
    let names = &geometry.arrangement.names;
    let all = &geometry.arrangement.columns;
    let ids = |columns: &[BodyColumn]| {
        columns
            .iter()
            .map(|column| column.id)
            .collect::<Vec<ColumnId>>()
    };
    let columns = [names.clone(), ids(fixed), ids(loose)].concat();
    let around = if all.len() <= FEW_COLUMNS && !is_grouped {
        0..all.len()
    } else {
        // A group's cell is worked out of all its runs.
        let margin = if is_grouped { 1 } else { in_view.len().min(12) };
        in_view.start.saturating_sub(margin)..(in_view.end + margin).min(all.len())
    };
    let mut columns_around = [names.clone(), ids(fixed)].concat();
    let more = all[around]
        .iter()
        .map(|column| column.id)
        .filter(|id| !columns_around.contains(id));
    let more: Vec<ColumnId> = more.collect();
    columns_around.extend(more);
    Wanted {
        rows,
        total,
        columns,
        columns_around,
    }
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
        order.track();
        if before.is_some() {
            if let Some(element) = grid.element.get_untracked() {
                element.set_scroll_top(0);
            }
            grid.app.place.set(None);
        }
    });
}

fn put_in_clipboard(app: App, text: String) {
    let lines = text.lines().count();
    let promise = window().navigator().clipboard().write_text(&text);
    leptos::task::spawn_local(async move {
        match wasm_bindgen_futures::JsFuture::from(promise).await {
            Ok(_) if lines > 1 => app.notify(&format!(
                "Copied {} with a header.",
                counted(lines - 1, "run")
            )),
            Ok(_) => {}
            Err(_) => app.notify("The browser does not let the page write to the clipboard here."),
        }
    });
}
