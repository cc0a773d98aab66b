//! A metric's curve in a cell of the table, beside its last value.

use std::fmt::Write as _;
use web_sys::{Document, Element, HtmlElement};

const SVG: &str = "http://www.w3.org/2000/svg";

/// The curve that a cell shows, if it does.
#[derive(Default)]
pub(super) struct CellCurve {
    points: Vec<(u8, u8)>,
    parts: Option<(Element, Element)>,
}

impl CellCurve {
    /// Shows a curve of places 0 to 31 and heights 0 to 100 in this cell; none takes it away.
    pub(super) fn show(&mut self, document: &Document, cell: &HtmlElement, points: &[(u8, u8)]) {
        if self.points == points {
            return;
        }
        self.points = points.to_vec();
        if points.is_empty() {
            if let Some((picture, _)) = self.parts.take() {
                picture.remove();
            }
            return;
        }
        if self.parts.is_none() {
            self.parts = make(document, cell);
        }
        if let Some((_, line)) = &self.parts {
            let mut path = String::new();
            for (number, (x, y)) in points.iter().enumerate() {
                let letter = if number == 0 { 'M' } else { 'L' };
                // Writing to a String cannot fail.
                let _written = write!(path, "{letter}{x} {}", 100 - y.min(&100));
            }
            // Attributes with plain names cannot be refused.
            let _set = line.set_attribute("d", &path);
        }
    }
}

fn make(document: &Document, cell: &HtmlElement) -> Option<(Element, Element)> {
    let picture = document.create_element_ns(Some(SVG), "svg").ok()?;
    let line = document.create_element_ns(Some(SVG), "path").ok()?;
    for (name, value) in [
        ("class", "cell-curve"),
        ("viewBox", "0 -8 31 116"),
        ("preserveAspectRatio", "none"),
        ("aria-hidden", "true"),
    ] {
        picture.set_attribute(name, value).ok()?;
    }
    line.set_attribute("vector-effect", "non-scaling-stroke")
        .ok()?;
    picture.append_child(&line).ok()?;
    cell.prepend_with_node_1(&picture).ok()?;
    Some((picture, line))
}
