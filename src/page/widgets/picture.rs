//! A picture of marks on the page.

use super::size::watch_size;
use crate::chart::marks::Mark;
use crate::page::prelude::*;
use leptos::html::Div;
use wasm_bindgen::JsCast as _;
use web_sys::{Document, Element, SvgElement};

const SVG: &str = "http://www.w3.org/2000/svg";

/// Letters are about so wide at most, in a picture's units: on a phone they are larger in their pictures.
const WIDE_LETTER: f64 = 13.0;

/// Pictures of fewer units are made for a phone, with letters of their own size.
const NARROW: f64 = 400.0;

/// Draws marks in a box `width` by `height` of their own units; `title` says to those who cannot see it what it shows.
#[component]
pub(crate) fn Picture(marks: Vec<Mark>, width: f64, height: f64, title: String) -> impl IntoView {
    let frame = NodeRef::<Div>::new();
    // The few texts that may begin beyond the left edge.
    let far = StoredValue::new(Vec::<Element>::new());
    Effect::new(move |_| {
        let (Some(frame), Some(document)) = (frame.get(), window().document()) else {
            return;
        };
        frame.set_text_content(None);
        let mut found = Vec::new();
        if let Some(picture) = paint(&document, &marks, (width, height), &mut found) {
            // A node that was just made has no place to be refused from.
            let _appended = frame.append_child(&picture);
        }
        far.set_value(found);
    });
    // When it is laid out first, and when its letters are others since the page became narrower or wider.
    watch_size(frame, move || {
        // Where all is laid out anyway.
        request_animation_frame(move || {
            far.try_with_value(|far| keep_inside(far));
        });
    });
    let class = if width < NARROW {
        "picture narrow"
    } else {
        "picture"
    };
    view! { <div class=class role="img" aria-label=title node_ref=frame></div> }
}

/// Squeezes what would begin beyond the left edge, where nobody sees it.
fn keep_inside(texts: &[Element]) {
    let left = |of: &Element| of.get_bounding_client_rect().left();
    // As they are by themselves; all at once, so that they are laid out once.
    for text in texts {
        // Nothing to remove is no failure.
        let _removed = text.remove_attribute("textLength");
    }
    let Some(picture) = texts.first().and_then(|text| text.parent_element()) else {
        return;
    };
    let edge = left(&picture) - 1.0;
    let beyond: Vec<&Element> = texts.iter().filter(|text| left(text) < edge).collect();
    for text in beyond {
        if let Some(room) = text.get_attribute("x") {
            // An element takes any attribute of such a name.
            let _set = (
                text.set_attribute("textLength", &room),
                text.set_attribute("lengthAdjust", "spacingAndGlyphs"),
            );
        }
    }
}

/// The picture; `far` gets the texts that may begin beyond its left edge.
fn paint(
    document: &Document,
    marks: &[Mark],
    (width, height): (f64, f64),
    far: &mut Vec<Element>,
) -> Option<Element> {
    let picture = document.create_element_ns(Some(SVG), "svg").ok()?;
    let set = |element: &Element, name: &str, value: &str| element.set_attribute(name, value).ok();
    set(&picture, "viewBox", &format!("0 0 {width} {height}"))?;
    for mark in marks {
        let element = document.create_element_ns(Some(SVG), mark.element).ok()?;
        for (name, value) in &mark.attributes {
            set(&element, name, value)?;
        }
        if let (Some(part), Some(styled)) = (mark.part, element.dyn_ref::<SvgElement>()) {
            styled
                .style()
                .set_property("--part", &format!("{part:.3}"))
                .ok()?;
        }
        if !mark.text.is_empty() {
            element.set_text_content(Some(&mark.text));
            let is_long = |x: f64| WIDE_LETTER * mark.text.chars().count() as f64 > x;
            if mark.attribute("text-anchor") == "end"
                && mark.attribute("x").parse().is_ok_and(is_long)
            {
                far.push(element.clone());
            }
        }
        picture.append_child(&element).ok()?;
    }
    Some(picture)
}
