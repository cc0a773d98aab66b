//! Saving a chart: a menu that asks for size, letters and ground, and makes a file of SVG or PNG.

use super::importance_options::choice;
use super::space::paint;
use crate::chart::marks::Mark;
use crate::chart::number::{counted, grouped};
use crate::chart::svg::{Chart, Paper, Plate, Style, svg};
use crate::engine::protocol::Pixels;
use crate::engine::view::Direction;
use crate::page::prelude::*;
use crate::page::state::App;
use crate::page::widgets::picture::Picture;
use crate::web::saving::{save, save_blob};
use leptos::html::Details;
use std::cell::Cell;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;
use web_sys::{Blob, CanvasRenderingContext2d, Event, HtmlCanvasElement, HtmlImageElement};

/// Takes what is to be saved.
pub(super) type Give = Box<dyn FnOnce(Plate)>;

/// The menu of a chart that `make` makes; `name` is what files are called.
pub(super) fn save_picture(app: App, name: &str, make: impl Fn(Style, Give) + 'static) -> AnyView {
    menu(app, name, Box::new(make))
}

/// One function for all charts.
fn menu(app: App, name: &str, make: Box<dyn Fn(Style, Give)>) -> AnyView {
    let name = file_name(name);
    let node = NodeRef::<Details>::new();
    let make = StoredValue::new(make);
    let set = move |how: &dyn Fn(&mut Style)| app.picture_style.update(how);
    let close = move || {
        if let Some(menu) = node.get_untracked() {
            menu.set_open(false);
        }
    };
    let save_as = move |is_png: bool| {
        close();
        let style = app.picture_style.get_untracked();
        let name = name.clone();
        let give = move |mut plate: Plate| {
            plate.caption.push(told(app));
            let (text, part) = svg(&plate, &style);
            let is_begun = if is_png {
                let width = style.raster_width();
                rasterise(app, name, &text, (width, (width * part).round())).is_some()
            } else {
                save(&format!("{name}.svg"), "image/svg+xml", &text)
            };
            if !is_begun {
                failed(app);
            }
        };
        make.with_value(|make| make(style, Box::new(give)));
    };
    let save_as = StoredValue::new(save_as);
    let is_printed = move || app.picture_style.with(|style| style.is_printed);
    let number = move |words: &'static str, of: fn(&mut Style) -> &mut f64| {
        let value = move || (*of(&mut app.picture_style.get())).to_string();
        view! {
            <label>
                {words}
                <input
                    type="number"
                    min="1"
                    step="any"
                    prop:value=value
                    on:change=by::any(move |event| {
                        if let Ok(number) = event_target_value(&event).parse::<f64>() {
                            set(&|style| *of(style) = number);
                        }
                    })
                />
            </label>
        }
        .into_any()
    };
    let units = move || {
        let option = |word: &str, text: &str, chosen| (word.to_owned(), text.to_owned(), chosen);
        vec![
            option("px", "pixels", !is_printed()),
            option("mm", "mm, text in points", is_printed()),
        ]
    };
    // A column of a paper, or a slide.
    let set_unit = move |word: String| {
        set(&|style| {
            style.is_printed = word == "mm";
            (style.width, style.text) = if style.is_printed {
                (85.0, 8.0)
            } else {
                (800.0, 12.0)
            };
        });
    };
    let letters = move || {
        let serif = app.picture_style.with(|style| style.serif);
        let option = |word: &str, chosen| (word.to_owned(), word.to_owned(), chosen);
        vec![option("sans-serif", !serif), option("serif", serif)]
    };
    let papers = move || {
        let chosen = app.picture_style.with(|style| style.paper);
        let option = |paper: Paper| {
            let label = paper.label().to_owned();
            (label.clone(), label, paper == chosen)
        };
        Paper::ALL.into_iter().map(option).collect()
    };
    let set_paper = move |label: String| {
        let paper = Paper::ALL.into_iter().find(|paper| paper.label() == label);
        set(&|style| style.paper = paper.unwrap_or_default());
    };
    // Made when it is opened: in what was closed Chromium does not lay out fields until something else changes.
    let (is_open, set_open) = signal(false);
    let menu = move || {
        view! {
            <div class="save-menu">
                {number("Width ", |style| &mut style.width)}
                {choice("in ", "Unit of the picture's width", units, set_unit)}
                {number("Text ", |style| &mut style.text)}
                {choice("Letters ", "Letters of the picture", letters, move |word| set(&|style| style.serif = word == "serif"))}
                {choice("Ground ", "Ground of the picture", papers, set_paper)}
                <p>
                    <button type="button" class="button" on:click=by::mouse(move |_| save_as.with_value(|save| save(false)))>"SVG"</button>
                    <button type="button" class="button" on:click=by::mouse(move |_| save_as.with_value(|save| save(true)))>"PNG"</button>
                </p>
            </div>
        }
        .into_any()
    };
    view! {
        <details
            class="export-menu save-picture"
            node_ref=node
            on:toggle=by::any(move |_| set_open.set(node.get_untracked().is_some_and(|menu| menu.open())))
            on:keydown=by::key(move |event| {
                if event.key() == "Escape" {
                    close();
                }
            })
        >
            <summary class="quiet-button" title="Save this chart as a file">"Save picture"</summary>
            {move || is_open.get().then(menu)}
        </details>
    }
    .into_any()
}

/// What is said of a chart where it is saved.
#[derive(Clone, Default)]
pub(super) struct About {
    /// What files are called.
    pub(super) name: String,
    /// What the chart shows.
    pub(super) title: String,
    /// What stands below, besides what is true of all charts.
    pub(super) words: Vec<String>,
    /// Whether the chart is of rows that grow with their text.
    pub(super) is_rows: bool,
}

/// The menu of a chart that is there already.
pub(super) fn save_chart(app: App, about: About, chart: Chart) -> AnyView {
    let name = about.name.clone();
    save_picture(app, &name, move |_, give| {
        give(Plate {
            title: about.title.clone(),
            charts: vec![chart.clone()],
            caption: about.words.clone(),
            ..Plate::default()
        });
    })
}

/// A picture with its menu; `label` says to those who cannot see it what it shows.
pub(super) fn saved_picture(
    app: App,
    about: About,
    marks: Vec<Mark>,
    size: (f64, f64),
    label: String,
) -> AnyView {
    let chart = chart_of(&about, &marks, size);
    view! {
        <Picture marks=marks width=size.0 height=size.1 title=label/>
        {save_chart(app, about, chart)}
    }
    .into_any()
}

/// What of a picture is saved.
pub(super) fn chart_of(about: &About, marks: &[Mark], size: (f64, f64)) -> Chart {
    Chart {
        size,
        marks: marks.to_vec(),
        is_rows: about.is_rows,
        ..Chart::default()
    }
}

/// The address of a picture that carries these pixels in it.
pub(super) fn image_of(width: usize, pixels: &Pixels) -> Option<String> {
    let canvas = document().create_element("canvas").ok()?;
    let canvas = canvas.dyn_into::<HtmlCanvasElement>().ok()?;
    paint(&canvas, width, pixels)?;
    canvas.to_data_url().ok()
}

/// Letters, digits and dashes of a name, after the program's.
fn file_name(name: &str) -> String {
    let mut file = "runsift".to_owned();
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '_');
    for word in name.split(|letter| !is_part(letter)) {
        if !word.is_empty() && file.len() + word.len() < 100 {
            file.push('-');
            file.push_str(word);
        }
    }
    file
}

/// What is shown: by which objective and filter, how many runs; and by which program.
pub fn told(app: App) -> String {
    let mut told = Vec::new();
    app.view.with_untracked(|view| {
        if let Some(objective) = &view.objective {
            let aim = match objective.direction {
                Direction::Minimize => "lowest",
                Direction::Maximize => "highest",
            };
            let name = app.ledger.with_untracked(|ledger| {
                let column = ledger.column(&objective.column);
                column.map_or_else(|| objective.column.clone(), |column| column.name.clone())
            });
            let reading = objective.reading_words();
            told.push(format!("objective: {aim} {name} ({reading})"));
        }
        if !view.filter.is_empty() {
            told.push(format!("filter: {}", view.filter));
        }
    });
    let (shown, runs) = app
        .selected
        .with_untracked(|selected| (selected.shown, selected.runs));
    told.push(format!("{} of {}", grouped(shown), counted(runs, "run")));
    told.push(format!("made with runsift {}", env!("CARGO_PKG_VERSION")));
    told.join(" · ")
}

fn failed(app: App) {
    app.notify("The browser did not make a file of the picture.");
}

/// Draws a file of SVG into one of pixels and hands it to the browser to save.
fn rasterise(app: App, name: String, text: &str, (width, height): (f64, f64)) -> Option<()> {
    let image = HtmlImageElement::new().ok()?;
    let drawn = image.clone();
    let then = Closure::once_into_js(move |event: Event| {
        let is_begun =
            event.type_() == "load" && draw(app, name, &drawn, (width, height)).is_some();
        if !is_begun {
            failed(app);
        }
    });
    image.set_onload(Some(then.unchecked_ref()));
    image.set_onerror(Some(then.unchecked_ref()));
    let text = js_sys::encode_uri_component(text);
    let address = format!("data:image/svg+xml;charset=utf-8,{}", String::from(text));
    image.set_src(&address);
    Some(())
}

fn draw(
    app: App,
    name: String,
    image: &HtmlImageElement,
    (width, height): (f64, f64),
) -> Option<()> {
    let canvas = document().create_element("canvas").ok()?;
    let canvas = canvas.dyn_into::<HtmlCanvasElement>().ok()?;
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context = canvas.get_context("2d").ok().flatten()?;
    let context = context.dyn_into::<CanvasRenderingContext2d>().ok()?;
    context
        .draw_image_with_html_image_element_and_dw_and_dh(image, 0.0, 0.0, width, height)
        .ok()?;
    let name = Cell::new(name);
    let then = Closure::once_into_js(move |blob: Option<Blob>| {
        let name = format!("{}.png", name.take());
        if blob.is_none_or(|blob| save_blob(&name, &blob).is_err()) {
            failed(app);
        }
    });
    canvas.to_blob(then.unchecked_ref()).ok()
}
