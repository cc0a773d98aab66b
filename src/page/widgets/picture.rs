//! A picture of marks on the page.

use crate::chart::marks::Mark;
use crate::page::prelude::*;
use leptos::html::Div;
use wasm_bindgen::JsCast as _;
use web_sys::{Document, Element, SvgElement};

const SVG: &str = "http://www.w3.org/2000/svg";

/// Draws marks in a box `width` by `height` of their own units; `title` says to those who cannot see it what it shows.
#[component]
pub(crate) fn Picture(marks: Vec<Mark>, width: f64, height: f64, title: String) -> impl IntoView {
    let frame = NodeRef::<Div>::new();
    Effect::new(move |_| {
        let (Some(frame), Some(document)) = (frame.get(), window().document()) else {
            return;
        };
        frame.set_text_content(None);
        if let Some(picture) = paint(&document, &marks, width, height) {
            // A node that was just made has no place to be refused from.
            let _appended = frame.append_child(&picture);
            // Where all is laid out anyway.
            request_animation_frame(move || keep_inside(&picture));
        }
    });
    view! { <div class="picture" role="img" aria-label=title node_ref=frame></div> }
}

/// Squeezes what would begin beyond the left edge, where nobody sees it: on a phone letters are larger in their pictures.
fn keep_inside(picture: &Element) {
    let left = |of: &Element| of.get_bounding_client_rect().left();
    let edge = left(picture) - 1.0;
    let Ok(texts) = picture.query_selector_all("[text-anchor=end]") else {
        return;
    };
    for at in 0..texts.length() {
        let text = texts.item(at).and_then(|text| text.dyn_into().ok());
        let text: Option<Element> = text.filter(|text| left(text) < edge);
        if let Some((room, text)) = text.and_then(|text| Some((text.get_attribute("x")?, text))) {
            // An element takes any attribute of such a name.
            let _set = (
                text.set_attribute("textLength", &room),
                text.set_attribute("lengthAdjust", "spacingAndGlyphs"),
            );
        }
    }
}

fn paint(document: &Document, marks: &[Mark], width: f64, height: f64) -> Option<Element> {
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
        }
        picture.append_child(&element).ok()?;
    }
    Some(picture)
}
