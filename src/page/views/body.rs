//! The rows in view, put on the page by hand.
//!
//! Every slot of the screen has one row element for good; scrolling changes texts in place. No
//! signal and no closure belongs to a cell, and what did not change is not touched: a frame of
//! scrolling costs a few hundred comparisons and as many text changes as there are new texts.

use super::cell_curve::CellCurve;
use super::window::Loaded;
use crate::engine::arrange::CURVE_WIDTH;
use crate::engine::protocol::{Cell, CellKind, Change, GroupLine, RowColour};
use crate::engine::show::fitting;
use crate::ledger::ColumnId;
use std::borrow::Cow;
use std::ops::Range;
use wasm_bindgen::JsCast as _;
use web_sys::{Document, HtmlElement, Node, Text};

/// How much of the mark's colour the darkest cell has, in per cent: its text must be read.
const DARKEST_SHADE: u32 = 35;
/// What of a cell's width is beside its text, and how wide a digit is at most, in pixels.
const CELL_PADDING: u32 = 20;
const DIGIT_WIDTH: u32 = 8;
/// The id of the cell that the keys act on.
pub(super) const ACTIVE_ID: &str = "grid-active";

/// A column as the body needs it.
#[derive(Clone, Copy)]
pub(super) struct BodyColumn {
    pub(super) id: ColumnId,
    /// Pixels from the left edge of the table.
    pub(super) left: u32,
    pub(super) width: u32,
    /// Its number for assistive technology, from 1.
    pub(super) number: usize,
    /// Whether its cells stand at the right.
    pub(super) at_right: bool,
}

/// What is to be seen.
pub(super) struct Frame<'a> {
    pub(super) loaded: &'a Loaded,
    /// How many rows stay at the top: the first of the selection.
    pub(super) pinned: usize,
    /// Places and column numbers of the cells that are selected, without the last of each.
    pub(super) range: Option<(Range<usize>, Range<usize>)>,
    /// The first row in view, how many there are, and how far the first is scrolled off.
    pub(super) first: usize,
    pub(super) count: usize,
    pub(super) cut: f64,
    pub(super) rank_width: u32,
    pub(super) run_width: u32,
    /// Columns that name a run.
    pub(super) names: &'a [ColumnId],
    /// Columns that stay at the left, and the others in view.
    pub(super) fixed: &'a [BodyColumn],
    pub(super) loose: &'a [BodyColumn],
    /// The cell that the keys act on: place in the selection and column number.
    pub(super) active: Option<(usize, usize)>,
    /// Ledger rows: of the best run, and of the one in the drawer.
    pub(super) best: Option<usize>,
    pub(super) open: Option<usize>,
}

/// The rows on the page.
pub(super) struct Body {
    document: Document,
    root: HtmlElement,
    rows: Vec<RowSlot>,
}

/// How a row looks.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a class of its own")]
struct RowLook {
    is_head: bool,
    is_member: bool,
    is_best: bool,
    is_open: bool,
    is_baseline: bool,
    is_selected: bool,
    is_pinned: bool,
    colour: Option<RowColour>,
}

impl RowLook {
    fn class(self) -> String {
        let parts = [
            (self.is_head, " group"),
            (self.is_member, " member"),
            (self.is_best, " best"),
            (self.is_open, " open"),
            (self.is_baseline, " baseline"),
            (self.is_selected, " selected"),
            (self.is_pinned, " pinned"),
            (self.colour.is_some(), " coloured"),
        ];
        let chosen = parts.iter().filter(|(is, _)| *is).map(|(_, class)| *class);
        std::iter::once("row").chain(chosen).collect()
    }
}

struct RowSlot {
    element: HtmlElement,
    fixed_part: HtmlElement,
    fixed: Vec<CellSlot>,
    loose: Vec<CellSlot>,
    place: usize,
    /// How far it is moved down, so that it stays where the others are scrolled off.
    moved: Option<f64>,
    look: RowLook,
    group: Option<GroupLine>,
    /// How many runs a group has, behind its name, once the row was a group's.
    count: Option<HtmlElement>,
    counted: String,
}

struct CellSlot {
    element: HtmlElement,
    text_node: Text,
    text: String,
    /// What it says when asked.
    title: String,
    /// Whether the element has that title.
    is_told: bool,
    look: (CellLook, bool, bool),
    shade: Option<u8>,
    curve: CellCurve,
    left: Option<u32>,
    width: u32,
    number: usize,
    active: bool,
}

/// How a cell looks.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum CellLook {
    /// Not fetched yet.
    #[default]
    Waiting,
    Rank,
    Run,
    Value(CellKind),
    /// A value beside the baseline's.
    Changed(Change),
}

impl CellLook {
    fn class(self, at_right: bool) -> &'static str {
        match (self, at_right) {
            (Self::Waiting, _) => "cell",
            (Self::Rank, _) => "cell right rank",
            (Self::Run, _) => "cell run",
            (Self::Value(CellKind::Missing), false) => "cell missing",
            (Self::Value(CellKind::Missing), true) => "cell right missing",
            (Self::Value(CellKind::NotFinite), false) => "cell not-finite",
            (Self::Value(CellKind::NotFinite), true) => "cell right not-finite",
            (Self::Value(CellKind::Bool), _) => "cell bool",
            (Self::Value(_) | Self::Changed(Change::Same | Change::Unclear), false) => "cell",
            (Self::Value(_) | Self::Changed(Change::Same | Change::Unclear), true) => "cell right",
            (Self::Changed(Change::Better), false) => "cell better",
            (Self::Changed(Change::Better), true) => "cell right better",
            (Self::Changed(Change::Worse), false) => "cell worse",
            (Self::Changed(Change::Worse), true) => "cell right worse",
            (Self::Changed(Change::Differs), false) => "cell differs",
            (Self::Changed(Change::Differs), true) => "cell right differs",
        }
    }
}

impl Body {
    /// Rows inside `root`, which is empty.
    pub(super) fn new(document: Document, root: HtmlElement) -> Self {
        Self {
            document,
            root,
            rows: Vec::new(),
        }
    }

    /// Shows a frame.
    pub(super) fn show(&mut self, frame: &Frame<'_>) {
        self.fit(frame.pinned + frame.count);
        set_style(
            &self.root,
            "transform",
            &format!("translateY({}px)", -frame.cut),
        );
        let document = &self.document;
        for (slot, row) in self.rows.iter_mut().enumerate() {
            let is_pinned = slot < frame.pinned;
            let place = if is_pinned {
                slot
            } else {
                frame.first + slot - frame.pinned
            };
            row.stay(is_pinned.then_some(frame.cut));
            row.show(document, frame, place, is_pinned);
        }
    }

    /// The pointer came to this part of a cell: what it says when asked is put there.
    pub(super) fn asked(&mut self, part: &Node) {
        let mut rows = self.rows.iter_mut();
        let row = rows.find(|row| row.element.contains(Some(part)));
        let Some(row) = row else { return };
        let mut cells = row.fixed.iter_mut().chain(&mut row.loose);
        if let Some(cell) = cells.find(|cell| cell.element.contains(Some(part))) {
            cell.tell();
        }
    }

    /// Makes as many rows as are in view.
    fn fit(&mut self, count: usize) {
        while self.rows.len() > count {
            if let Some(row) = self.rows.pop() {
                row.element.remove();
            }
        }
        while self.rows.len() < count {
            let (Some(element), Some(fixed_part)) = (
                make(&self.document, "row", Some("row")),
                make(&self.document, "fixed", None),
            ) else {
                return;
            };
            append(&element, &fixed_part);
            append(&self.root, &element);
            self.rows.push(RowSlot {
                element,
                fixed_part,
                fixed: Vec::new(),
                loose: Vec::new(),
                place: usize::MAX,
                moved: None,
                look: RowLook::default(),
                group: None,
                count: None,
                counted: String::new(),
            });
        }
    }
}

impl RowSlot {
    /// Tells assistive technology whether the row is a group, and opened.
    fn tell_group(&mut self, group: Option<GroupLine>) {
        if self.group == group {
            return;
        }
        self.group = group;
        // Taking away what is not there is no error.
        match group {
            Some(GroupLine::Head { open, .. }) => {
                set_attribute(&self.element, "aria-expanded", &open.to_string());
                set_attribute(&self.element, "aria-level", "1");
            }
            Some(GroupLine::Member) => {
                let _gone = self.element.remove_attribute("aria-expanded");
                set_attribute(&self.element, "aria-level", "2");
            }
            None => {
                let _gone = self.element.remove_attribute("aria-expanded");
                let _gone = self.element.remove_attribute("aria-level");
            }
        }
    }

    /// Moves it down by what the rows are scrolled off.
    fn stay(&mut self, by: Option<f64>) {
        if self.moved != by {
            self.moved = by;
            let moved = by.map_or_else(String::new, |by| format!("translateY({by}px)"));
            set_style(&self.element, "transform", &moved);
        }
    }

    fn show(&mut self, document: &Document, frame: &Frame<'_>, place: usize, is_pinned: bool) {
        if self.place != place {
            self.place = place;
            // The header is row 1.
            set_attribute(&self.element, "aria-rowindex", &(place + 2).to_string());
        }
        let row = frame.loaded.row(place);
        let is = |wanted: Option<usize>| row.is_some_and(|row| Some(row.row) == wanted);
        let group = row.and_then(|row| row.group);
        let is_head = matches!(group, Some(GroupLine::Head { .. }));
        let look = RowLook {
            is_head,
            is_member: group == Some(GroupLine::Member),
            is_best: is(frame.best) && !is_head,
            is_open: is(frame.open) && !is_head,
            is_baseline: row.is_some_and(|row| row.baseline),
            is_selected: row.is_some_and(|row| row.selected),
            is_pinned,
            colour: row.and_then(|row| row.colour),
        };
        self.tell_group(group);
        if self.look != look {
            if self.look.colour != look.colour {
                let colour = look.colour.map_or_else(String::new, colour_of);
                set_style(&self.element, "--row-colour", &colour);
            }
            self.look = look;
            self.element.set_class_name(&look.class());
            set_attribute(
                &self.element,
                "aria-selected",
                &look.is_selected.to_string(),
            );
            if look.is_open {
                set_attribute(&self.element, "aria-current", "true");
            } else {
                // Taking away what is not there is no error.
                let _gone = self.element.remove_attribute("aria-current");
            }
        }
        // Rank and run come first, and words can stand behind the name of a run.
        let fixed_count = (2 + frame.fixed.len(), 2);
        fit_cells(document, &self.fixed_part, &mut self.fixed, fixed_count);
        let loose_count = (frame.loose.len(), 0);
        fit_cells(document, &self.element, &mut self.loose, loose_count);
        let active = |number: usize| frame.active == Some((place, number));
        let ranged = |number: usize| {
            frame.range.as_ref().is_some_and(|(places, numbers)| {
                places.contains(&place) && numbers.contains(&number)
            })
        };
        let mut fixed = self.fixed.iter_mut();
        if let Some(cell) = fixed.next() {
            let rank = row.map(|row| {
                row.rank
                    .map_or_else(|| "–".to_owned(), |rank| rank.to_string())
            });
            let look = if rank.is_some() {
                CellLook::Rank
            } else {
                CellLook::Waiting
            };
            let title = if is_head {
                "by the mean of the objective, among the groups"
            } else if is(frame.best) {
                "the best shown run"
            } else {
                ""
            };
            cell.put(None, frame.rank_width, 1, active(1));
            let text = rank.as_deref().unwrap_or_default();
            cell.say(text, title, (look, true, ranged(1)));
        }
        if let Some(cell) = fixed.next() {
            let named = row.and_then(|row| {
                let cells = frame
                    .names
                    .iter()
                    .filter_map(|name| frame.loaded.cell(row, *name));
                cells
                    .into_iter()
                    .find(|cell| cell.kind != CellKind::Missing)
            });
            let mut counted = String::new();
            let number = row.map(|row| match row.group {
                Some(GroupLine::Head { runs, open }) => {
                    let mark = if open { "▾" } else { "▸" };
                    let keys = &row.keys;
                    let dot = if keys.is_empty() { "" } else { " ·" };
                    counted = format!("{dot} {runs} runs");
                    format!("{mark} {keys}").trim_end().to_owned()
                }
                _ => format!("run {}", row.row + 1),
            });
            if self.counted != counted {
                if self.count.is_none() {
                    self.count = make(document, "count", None);
                    self.count
                        .iter()
                        .for_each(|count| append(&cell.element, count));
                }
                self.count
                    .iter()
                    .for_each(|count| count.set_text_content(Some(&counted)));
                self.counted.clone_from(&counted);
            }
            let named = named.filter(|_| !is_head);
            let look = if row.is_some() {
                CellLook::Run
            } else {
                CellLook::Waiting
            };
            let text = named
                .map(|cell| cell.text.as_str())
                .or(number.as_deref())
                .unwrap_or_default();
            let starred = row
                .filter(|row| row.star && !is_head)
                .map(|_| format!("★ {text}"));
            cell.put(None, frame.run_width, 2, active(2));
            let text = starred.as_deref().unwrap_or(text);
            let title = match counted.as_str() {
                "" => Cow::Borrowed(text),
                counted => Cow::Owned(format!("{text}{counted}")),
            };
            cell.say(text, &title, (look, false, ranged(2)));
        }
        for (cell, column) in fixed
            .zip(frame.fixed)
            .chain(self.loose.iter_mut().zip(frame.loose))
        {
            let is_fixed = column.number <= 2 + frame.fixed.len();
            cell.put(
                (!is_fixed).then_some(column.left),
                column.width,
                column.number,
                active(column.number),
            );
            let value = row.and_then(|row| frame.loaded.cell(row, column.id));
            let ranged = value.is_some() && ranged(column.number);
            let (text, title) = value.map_or(("", ""), text_of);
            let curve = value.and_then(|value| value.curve.as_deref());
            let beside = CELL_PADDING + if curve.is_some() { CURVE_WIDTH } else { 0 };
            let room = column.width.saturating_sub(beside) / DIGIT_WIDTH;
            let text = match value {
                Some(value) if value.kind == CellKind::Number => fitting(value, room as usize),
                _ => Cow::Borrowed(text),
            };
            let look = value.map_or(CellLook::Waiting, |value| {
                let kind = CellLook::Value(value.kind);
                value.change.map_or(kind, CellLook::Changed)
            });
            cell.say(&text, title, (look, column.at_right, ranged));
            cell.shade(value.and_then(|value| value.shade));
            cell.curve
                .show(document, &cell.element, curve.unwrap_or_default());
        }
    }
}

/// A colour as style sheets have it.
pub(super) fn colour_of(colour: RowColour) -> String {
    match colour {
        RowColour::Shade(shade) => {
            format!("color-mix(in oklab, var(--scale-high) {shade}%, var(--scale-low))")
        }
        RowColour::Class(class) => format!("var(--class-{class})"),
    }
}

/// What a cell says, and what it says when asked.
fn text_of(cell: &Cell) -> (&str, &str) {
    match cell.kind {
        CellKind::Missing => ("–", cell.full.as_deref().unwrap_or("no value")),
        CellKind::NotFinite => (
            &cell.text,
            "logged as not finite: this is not the same as no value",
        ),
        _ => (&cell.text, cell.full.as_deref().unwrap_or(&cell.text)),
    }
}

impl CellSlot {
    fn put(&mut self, left: Option<u32>, width: u32, number: usize, active: bool) {
        if self.left != left {
            self.left = left;
            set_style(
                &self.element,
                "left",
                &left.map_or_else(String::new, |left| format!("{left}px")),
            );
        }
        if self.width != width {
            self.width = width;
            set_style(&self.element, "width", &format!("{width}px"));
        }
        if self.number != number {
            self.number = number;
            set_attribute(&self.element, "aria-colindex", &number.to_string());
        }
        if self.active != active {
            self.active = active;
            if active {
                self.element.set_id(ACTIVE_ID);
            } else {
                // Taking away what is not there is no error.
                let _gone = self.element.remove_attribute("id");
            }
        }
    }

    /// Gives the element its title.
    fn tell(&mut self) {
        if !self.is_told {
            self.is_told = true;
            self.element.set_title(&self.title);
        }
    }

    /// Shades it by its place among the shown runs.
    fn shade(&mut self, shade: Option<u8>) {
        if self.shade != shade {
            self.shade = shade;
            let colour = shade.map_or_else(String::new, |shade| {
                let part = u32::from(shade) * DARKEST_SHADE / 100;
                format!("color-mix(in srgb, var(--mark) {part}%, transparent)")
            });
            set_style(&self.element, "background-color", &colour);
        }
    }

    /// Its text, what it says when asked, and how it looks: its kind, whether it stands at the right, and
    /// whether it is selected.
    fn say(&mut self, text: &str, title: &str, look: (CellLook, bool, bool)) {
        if self.text != text {
            text.clone_into(&mut self.text);
            self.text_node.set_data(text);
        }
        if self.title != title {
            title.clone_into(&mut self.title);
            // Nobody asks most cells, and what a former text said must not stay.
            if std::mem::take(&mut self.is_told) {
                self.element.set_title("");
            }
        }
        // What it means beside the baseline is not to be missed; more digits wait for the pointer or the keys.
        if self.active || matches!(look.0, CellLook::Changed(_)) {
            self.tell();
        }
        if self.look != look {
            self.look = look;
            let (kind, at_right, is_ranged) = look;
            let class = kind.class(at_right);
            if is_ranged {
                self.element.set_class_name(&format!("{class} ranged"));
            } else {
                self.element.set_class_name(class);
            }
        }
    }
}

/// Makes as many cells as there are columns. The first `with_span` have their text in an element of its own, as words or
/// a line belong to it; everywhere else such elements would be a third of what a frame has to lay out.
fn fit_cells(
    document: &Document,
    parent: &HtmlElement,
    cells: &mut Vec<CellSlot>,
    (count, with_span): (usize, usize),
) {
    while cells.len() > count {
        if let Some(cell) = cells.pop() {
            cell.element.remove();
        }
    }
    while cells.len() < count {
        let Some(element) = make(document, "cell", Some("gridcell")) else {
            return;
        };
        let text_node = document.create_text_node("");
        let inner = if cells.len() < with_span {
            let span = make_span(document);
            span.inspect(|span| append(&element, span))
        } else {
            None
        };
        // Appending a fresh node to a fresh element cannot fail.
        let _appended = inner.as_ref().unwrap_or(&element).append_child(&text_node);
        append(parent, &element);
        cells.push(CellSlot {
            element,
            text_node,
            text: String::new(),
            title: String::new(),
            is_told: false,
            look: (CellLook::Waiting, false, false),
            shade: None,
            curve: CellCurve::default(),
            left: None,
            width: 0,
            number: 0,
            active: false,
        });
    }
}

fn make(document: &Document, class: &str, role: Option<&str>) -> Option<HtmlElement> {
    let element: HtmlElement = document.create_element("div").ok()?.dyn_into().ok()?;
    element.set_class_name(class);
    if let Some(role) = role {
        set_attribute(&element, "role", role);
    }
    Some(element)
}

fn make_span(document: &Document) -> Option<HtmlElement> {
    document.create_element("span").ok()?.dyn_into().ok()
}

fn append(parent: &HtmlElement, child: &HtmlElement) {
    // Appending a fresh element cannot fail.
    let _appended = parent.append_child(child);
}

fn set_attribute(element: &HtmlElement, name: &str, value: &str) {
    // Attributes with plain names cannot be refused.
    let _set = element.set_attribute(name, value);
}

fn set_style(element: &HtmlElement, name: &str, value: &str) {
    // Properties with known names cannot be refused.
    let _set = element.style().set_property(name, value);
}
