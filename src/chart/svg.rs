//! Pictures as files: charts with what stands around them, as SVG that needs neither the page nor its style.
//!
//! Texts stay texts, in the size that was asked for however wide the picture is: where they grow, the picture's edges
//! give way, texts on one line that would run into one another are left out, others move down and names up.

use super::colour::{Bytes, DARK, Hue, LIGHT, Theme};
use super::marks::Mark;
use super::number::trim_zeros;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
pub(super) use text::LETTER;
use text::{SLANT, escaped, letters, placed, wrapped};

mod text;

/// Dots an inch of a picture that is measured in millimetres, as pixels.
const PRINTED: f64 = 300.0;

/// How high a line of text is, in parts of its size.
const LINE: f64 = 1.35;

/// Space around and between charts, in their units.
const GAP: f64 = 14.0;

/// The size of text for which rows are high enough as they are.
const ROW_TEXT: f64 = 13.0;

/// Down to which part of its size text is made smaller where it would not fit.
const LEAST_PART: f64 = 0.5;

/// How large text gets at most, in units of the charts: beyond, it would be all that is seen.
const LARGEST: f64 = 60.0;

/// What a picture lies on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paper {
    /// White.
    #[default]
    White,
    /// The page's light ground.
    Light,
    /// Its dark one.
    Dark,
}

impl Paper {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::White, Self::Light, Self::Dark];

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::White => "white",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// How a picture is saved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// How wide it is, in pixels or millimetres.
    pub width: f64,
    /// Whether it is measured in millimetres, and text in points; else both in pixels.
    pub is_printed: bool,
    /// How large text is.
    pub text: f64,
    /// Whether letters have serifs.
    pub serif: bool,
    /// What it lies on.
    pub paper: Paper,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            width: 800.0,
            is_printed: false,
            text: 12.0,
            serif: false,
            paper: Paper::White,
        }
    }
}

impl Style {
    /// The least and the greatest width.
    pub fn widths(&self) -> (f64, f64) {
        if self.is_printed {
            (30.0, 500.0)
        } else {
            (120.0, 6000.0)
        }
    }

    /// Width and size of text in pixels of CSS, within bounds.
    fn pixels(&self) -> (f64, f64) {
        let width = bounded(self.width, self.widths());
        let text = bounded(self.text, (4.0, 72.0));
        if self.is_printed {
            (width * 96.0 / 25.4, text * 96.0 / 72.0)
        } else {
            (width, text)
        }
    }

    /// How many pixels a picture of pixels is wide.
    pub fn raster_width(&self) -> f64 {
        let (width, _) = self.pixels();
        let dense = if self.is_printed { PRINTED / 96.0 } else { 1.0 };
        (width * dense).round()
    }
}

/// A number between two; the least where it is none.
fn bounded(x: f64, (least, most): (f64, f64)) -> f64 {
    if x.is_nan() {
        least
    } else {
        x.clamp(least, most)
    }
}

/// What is saved: charts of one kind, and what is said of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plate {
    /// What the charts show.
    pub title: String,
    /// What colours mean.
    pub legend: Vec<(Hue, String)>,
    /// The charts.
    pub charts: Vec<Chart>,
    /// What stands below in small letters.
    pub caption: Vec<String>,
}

/// A chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// What stands above it.
    pub title: String,
    /// How wide and high it is.
    pub size: (f64, f64),
    /// Its marks.
    pub marks: Vec<Mark>,
    /// Whether it is of rows, each with its text, which grow with the text; such a chart has no paths.
    pub is_rows: bool,
    /// What is drawn with them.
    pub layer: Option<Layer>,
    /// How large text may be, in its units, so that what stands beside one another fits; any size where none.
    pub most_text: Option<f64>,
}

impl Chart {
    /// How many times as high it is with text of this size.
    fn stretch(&self, size: f64) -> f64 {
        if self.is_rows {
            (size / ROW_TEXT).max(1.0)
        } else {
            1.0
        }
    }
}

/// What was drawn as pixels, in its place among marks.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Where its upper left corner lies.
    pub at: (f64, f64),
    /// How wide and high it is; what reaches beyond is cut off.
    pub size: (f64, f64),
    /// Whether it lies over the marks; else they lie over it.
    pub is_over: bool,
    /// What it is.
    pub drawn: Drawn,
}

/// A layer as pixels or as lines.
#[derive(Clone, Debug, PartialEq)]
pub enum Drawn {
    /// The address of a picture that carries its bytes in it.
    Image(String),
    /// Lines.
    Traces(Vec<Trace>),
}

/// A line, or the outline of a band.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// Its colour.
    pub hue: Hue,
    /// How wide it is; none of a band, which is filled.
    pub width: Option<f64>,
    /// How opaque it is.
    pub opacity: f64,
    /// Its `d`, in the layer's units.
    pub d: String,
}

/// The picture as a file, and how high it is in parts of its width.
pub fn svg(plate: &Plate, style: &Style) -> (String, f64) {
    let (width, text) = style.pixels();
    let theme = if style.paper == Paper::Dark {
        DARK
    } else {
        LIGHT
    };
    let ground = match style.paper {
        Paper::White => [255; 3],
        Paper::Light | Paper::Dark => theme.ground,
    };
    let widest = |of: fn(&Chart) -> f64| plate.charts.iter().map(of).fold(1.0, f64::max);
    let wide = widest(|chart| chart.size.0);
    // As many beside one another as leaves them about as large as they are on the page.
    let columns = (width / wide + 0.35) as usize;
    let columns = columns.clamp(1, plate.charts.len().max(1));
    // Larger text needs more room at the edges, and in the same width more room makes all else smaller.
    let (mut size, mut room, mut total) = (text, Room::default(), width);
    let mut is_smaller = false;
    for _ in 0..6 {
        room = Room::default();
        for chart in &plate.charts {
            room.take(chart, size);
        }
        let cell = wide + room.left + room.right;
        total = cell * columns as f64 + GAP * (columns + 1) as f64;
        let wanted = (text * total / width).min(LARGEST);
        let fitting = plate.charts.iter().filter_map(|chart| chart.most_text);
        let fitting = fitting.fold(wanted, f64::min);
        is_smaller = fitting < wanted;
        size = fitting.max(wanted * LEAST_PART);
    }
    let mut page = Page {
        body: String::new(),
        theme,
        ground,
        size,
        inside: total - 2.0 * GAP,
        y: GAP,
    };
    page.words(&plate.title, 1.15, theme.text, true);
    page.legend(&plate.legend);
    let head = if plate.charts.iter().any(|chart| !chart.title.is_empty()) {
        size * LINE
    } else {
        0.0
    };
    if head > 0.0 && !plate.legend.is_empty() {
        // The legend is of all charts and not of the title below it.
        page.y += GAP / 2.0;
    }
    for row in plate.charts.chunks(columns) {
        let heights = row.iter().map(|chart| chart.size.1 * chart.stretch(size));
        let tall = heights.fold(0.0, f64::max);
        for (column, chart) in row.iter().enumerate() {
            let x = GAP + room.left + column as f64 * (wide + room.left + room.right + GAP);
            page.chart(chart, (x, page.y + room.top), head);
        }
        page.y += head + room.top + tall + room.bottom + GAP;
    }
    for line in &plate.caption {
        page.words(line, 0.85, theme.text_soft, false);
    }
    if is_smaller {
        let told = "Letters are smaller than was asked for, so that texts beside one another fit: a wider picture has room for them.";
        page.words(told, 0.85, theme.text_soft, false);
    }
    let Page { body, y, .. } = page;
    let height = y + GAP / 2.0;
    let part = height / total;
    let unit = if style.is_printed { "mm" } else { "px" };
    let outer = bounded(style.width, style.widths());
    let family = if style.serif {
        "'Times New Roman', Times, 'Liberation Serif', 'DejaVu Serif', serif"
    } else {
        "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
    };
    let text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}{unit}\" height=\"{}{unit}\" viewBox=\"0 0 {} {}\" \
         font-family=\"{family}\" font-size=\"{}\">\n<title>{}</title>\n\
         <rect width=\"{}\" height=\"{}\" fill=\"{}\"/>\n{body}</svg>\n",
        number(outer),
        number(outer * part),
        number(total),
        number(height),
        number(size),
        escaped(&plate.title),
        number(total),
        number(height),
        hex(ground),
    );
    (text, part)
}

/// Room that texts need beyond the edges of their charts.
#[derive(Clone, Copy, Debug, Default)]
struct Room {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Room {
    fn take(&mut self, chart: &Chart, size: f64) {
        let stretch = chart.stretch(size);
        for text in placed(&chart.marks, size, stretch) {
            let [left, right, top, bottom] = text.around;
            self.left = self.left.max(-left);
            self.right = self.right.max(right - chart.size.0);
            self.top = self.top.max(-top);
            self.bottom = self.bottom.max(bottom - chart.size.1 * stretch);
        }
    }
}

/// What is written so far.
struct Page {
    body: String,
    theme: Theme,
    ground: Bytes,
    /// The size of text.
    size: f64,
    /// How wide what is within the edges is.
    inside: f64,
    /// How far down it reaches.
    y: f64,
}

impl Page {
    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _written = self.body.write_fmt(text);
    }

    /// Lines across the whole picture.
    fn words(&mut self, text: &str, part: f64, colour: Bytes, is_bold: bool) {
        let size = self.size * part;
        let weight = if is_bold { " font-weight=\"bold\"" } else { "" };
        for line in wrapped(text, (self.inside / (size * LETTER)) as usize) {
            self.y += size;
            self.put(format_args!(
                "<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\"{weight}>{}</text>\n",
                number(GAP),
                number(self.y),
                number(size),
                hex(colour),
                escaped(&line)
            ));
            self.y += size * (LINE - 1.0);
        }
    }

    fn legend(&mut self, legend: &[(Hue, String)]) {
        if legend.is_empty() {
            return;
        }
        let size = self.size;
        let mut x = 0.0;
        self.y += 0.2 * size;
        for (hue, label) in legend {
            let long = (1.2 + letters(label)) * size;
            if x > 0.0 && x + long > self.inside {
                x = 0.0;
                self.y += size * LINE;
            }
            let colour = hex(self.theme.colour(*hue));
            self.put(format_args!(
                "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{colour}\"/><text x=\"{}\" y=\"{}\" fill=\"{}\">{}</text>\n",
                number(GAP + x + 0.4 * size),
                number(self.y + 0.6 * size),
                number(0.4 * size),
                number(GAP + x + size),
                number(self.y + 0.95 * size),
                hex(self.theme.text_soft),
                escaped(label)
            ));
            x += long + size;
        }
        self.y += size * LINE;
    }

    fn chart(&mut self, chart: &Chart, (x, y): (f64, f64), head: f64) {
        if !chart.title.is_empty() {
            self.put(format_args!(
                "<text x=\"{}\" y=\"{}\" font-weight=\"bold\" fill=\"{}\">{}</text>\n",
                number(x),
                number(y + 0.75 * self.size),
                hex(self.theme.text),
                escaped(&chart.title)
            ));
        }
        self.put(format_args!(
            "<g transform=\"translate({} {})\">\n",
            number(x),
            number(y + head)
        ));
        let layer = chart.layer.as_ref();
        self.layer(layer.filter(|layer| !layer.is_over));
        let halo = match layer {
            // Texts that lie on lines are read against the ground.
            Some(layer) if !layer.is_over => format!(
                " paint-order=\"stroke\" stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\"",
                hex(self.ground),
                number(0.25 * self.size)
            ),
            _ => String::new(),
        };
        self.marks(&chart.marks, chart.stretch(self.size), &halo);
        self.layer(layer.filter(|layer| layer.is_over));
        self.body.push_str("</g>\n");
    }

    fn layer(&mut self, layer: Option<&Layer>) {
        let Some(layer) = layer else { return };
        let frame = format!(
            "x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
            number(layer.at.0),
            number(layer.at.1),
            number(layer.size.0),
            number(layer.size.1)
        );
        match &layer.drawn {
            Drawn::Image(address) => self.put(format_args!(
                "<image {frame} preserveAspectRatio=\"none\" href=\"{}\"/>\n",
                escaped(address)
            )),
            Drawn::Traces(traces) => {
                // An inner picture cuts off what reaches beyond it.
                self.put(format_args!("<svg {frame}>\n"));
                for trace in traces {
                    let colour = hex(self.theme.colour(trace.hue));
                    let ink = match trace.width {
                        Some(width) => format!(
                            "fill=\"none\" stroke=\"{colour}\" stroke-width=\"{}\" stroke-linejoin=\"round\"",
                            number(width)
                        ),
                        None => format!("fill=\"{colour}\""),
                    };
                    self.put(format_args!(
                        "<path {ink} opacity=\"{}\" d=\"{}\"/>\n",
                        number(trace.opacity),
                        escaped(&trace.d)
                    ));
                }
                self.body.push_str("</svg>\n");
            }
        }
    }

    fn marks(&mut self, marks: &[Mark], stretch: f64, halo: &str) {
        let mut texts = placed(marks, self.size, stretch).into_iter().peekable();
        let mut after_cell = false;
        for (at, mark) in marks.iter().enumerate() {
            let class = mark.attribute("class");
            if class == "hit" || class.ends_with(" quiet") {
                // Seen only where it can be pointed at.
                continue;
            }
            let ink = ink(&self.theme, class, mark.part, after_cell);
            after_cell |= class == "cell";
            if mark.element == "text" {
                if let Some(text) = texts.next_if(|text| text.mark == at) {
                    let (x, y) = (number(text.x), number(text.y));
                    let (anchor, turned) = if text.is_slanted {
                        ("start", format!(" transform=\"rotate({SLANT} {x} {y})\""))
                    } else {
                        (mark.attribute("text-anchor"), String::new())
                    };
                    self.put(format_args!(
                        "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{}\"{turned} {ink}{halo}>{}</text>\n",
                        escaped(anchor),
                        escaped(&mark.text)
                    ));
                }
                continue;
            }
            self.put(format_args!("<{} {ink}", mark.element));
            for (name, value) in &mark.attributes {
                if let ("y" | "y1" | "y2" | "cy" | "height", Ok(place)) =
                    (*name, value.parse::<f64>())
                {
                    self.put(format_args!(" {name}=\"{}\"", number(place * stretch)));
                } else if *name != "class" {
                    self.put(format_args!(" {name}=\"{}\"", escaped(value)));
                }
            }
            self.body.push_str("/>\n");
        }
    }
}

/// What the page's style says of a mark, as attributes: `style/70-importance.css`, `77-curves.css`, `79-distributions.css`,
/// `79-scatter.css`.
fn ink(theme: &Theme, class: &str, part: Option<f64>, after_cell: bool) -> String {
    let fill = |colour: Bytes| format!("fill=\"{}\"", hex(colour));
    let stroke = |colour: Bytes, width: f64| {
        format!(
            "fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\"",
            hex(colour)
        )
    };
    let band = class.strip_suffix(" spread");
    let (class, is_spread) = (band.unwrap_or(class), band.is_some());
    let class_of = |start: &str| class.strip_prefix(start)?.parse::<u8>().ok();
    if let Some(number) = class_of("class-") {
        let faint = match number {
            _ if is_spread => " opacity=\"0.13\"",
            8 => " opacity=\"0.6\"",
            _ => "",
        };
        return fill(theme.colour(Hue::Class(number))) + faint;
    }
    if let Some(number) = class_of("line-") {
        return stroke(theme.colour(Hue::Class(number)), 1.5);
    }
    match class {
        "grid" => stroke(theme.hairline, 1.0),
        "zero" => stroke(theme.text_faint, 1.0),
        "base" => stroke(theme.edge, 1.0),
        "axis" => stroke(theme.edge, 2.0),
        "whisker" => stroke(theme.text, 2.0),
        "noise" => stroke(theme.text_faint, 2.0) + " stroke-dasharray=\"2 2\"",
        "hollow" => stroke(theme.colour(Hue::Class(8)), 1.2),
        "ring" => stroke(theme.text, 1.5),
        "line" => stroke(theme.mark, 2.0),
        "dot other" => stroke(theme.text_soft, 1.0),
        "hatch" => stroke(theme.text, 1.1) + " opacity=\"0.75\"",
        "run" if after_cell => format!(
            "{} stroke=\"{}\" stroke-width=\"0.6\" opacity=\"0.75\"",
            fill(theme.text),
            hex(theme.ground)
        ),
        "run" => fill(theme.edge) + " opacity=\"0.45\"",
        "band" => fill(theme.mark) + " opacity=\"0.2\"",
        "mean" => fill(theme.mark),
        "faint" => fill(theme.mark_faint),
        "good" => fill(theme.good),
        "dot" => fill(theme.colour(Hue::Part(part.unwrap_or(0.0) as f32))),
        // Neighbours leave no seam.
        "cell" => {
            fill(theme.colour(Hue::Part(part.unwrap_or(0.0) as f32)))
                + " shape-rendering=\"crispEdges\""
        }
        "heat" => {
            fill(theme.mark) + &format!(" opacity=\"{}\"", number(0.55 * part.unwrap_or(0.0)))
        }
        "heat against" => {
            let other = theme.colour(Hue::Class(5));
            fill(other) + &format!(" opacity=\"{}\"", number(0.55 * part.unwrap_or(0.0)))
        }
        "dots" => {
            stroke(theme.colour(Hue::Part(part.unwrap_or(0.0) as f32)), 5.0)
                + " stroke-linecap=\"round\""
        }
        "dots plain" => stroke(theme.edge, 4.0) + " stroke-linecap=\"round\" opacity=\"0.6\"",
        "box" => format!(
            "{} fill-opacity=\"0.2\" stroke=\"{}\"",
            fill(theme.mark),
            hex(theme.mark)
        ),
        "name" | "value" => fill(theme.text),
        _ => fill(theme.text_faint),
    }
}

fn hex([red, green, blue]: Bytes) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn number(x: f64) -> String {
    trim_zeros(&format!("{x:.2}")).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::marks::Anchor;

    fn plate(texts: &[(f64, f64, &str)]) -> Plate {
        let text = |(x, y, text): &(f64, f64, &str)| Mark::text((*x, *y), Anchor::End, text);
        Plate {
            title: "A title of <many> & long words".to_owned(),
            charts: vec![Chart {
                size: (400.0, 200.0),
                marks: texts.iter().map(text).collect(),
                ..Chart::default()
            }],
            ..Plate::default()
        }
    }

    fn of(svg: &str, name: &str) -> f64 {
        let start = format!("{name}=\"");
        let from = svg.find(&start).unwrap() + start.len();
        let digits = svg[from..].trim_start_matches(|c: char| !c.is_ascii_digit());
        let end = digits.find(|c: char| c != '.' && !c.is_ascii_digit());
        digits[..end.unwrap()].parse().unwrap()
    }

    #[test]
    fn text_has_the_size_that_was_asked_for_at_any_width() {
        let plate = plate(&[(60.0, 20.0, "0.00125"), (60.0, 180.0, "0.001")]);
        for width in [120.0, 400.0, 2000.0] {
            for text in [8.0, 12.0, 20.0] {
                let style = Style {
                    width,
                    text,
                    ..Style::default()
                };
                let (svg, part) = svg(&plate, &style);
                let view = svg.split("viewBox=\"0 0 ").nth(1).unwrap();
                let units: f64 = view.split(' ').next().unwrap().parse().unwrap();
                let printed = of(&svg, "font-size") * width / units;
                let is_largest = of(&svg, "font-size") >= LARGEST;
                assert!(
                    (printed - text).abs() < 0.3 || is_largest,
                    "{printed} for {text} at {width}"
                );
                assert!((of(&svg, "height") - width * part).abs() < 0.02);
            }
        }
        let printed = Style {
            width: 85.0,
            is_printed: true,
            text: 8.0,
            ..Style::default()
        };
        let (svg, _) = svg(&plate, &printed);
        assert!(svg.contains("width=\"85mm\""));
        assert!((printed.raster_width() - 1004.0).abs() < 0.1);
    }

    #[test]
    fn rows_grow_with_their_text() {
        let rows: Vec<Mark> = (0..4)
            .map(|row| Mark::name((0.0, 20.0 * f64::from(row) + 14.0), Anchor::End, "param"))
            .collect();
        let chart = |is_rows| Plate {
            charts: vec![Chart {
                size: (300.0, 80.0),
                marks: rows.clone(),
                is_rows,
                ..Chart::default()
            }],
            ..Plate::default()
        };
        let style = Style {
            text: 36.0,
            width: 300.0,
            ..Style::default()
        };
        let heights = |plate: &Plate| -> Vec<f64> {
            let (text, _) = svg(plate, &style);
            let texts = text.split("<text ").skip(1);
            texts.map(|text| of(text, " y")).collect()
        };
        let apart = |heights: &[f64]| heights.windows(2).all(|two| two[1] - two[0] > 36.0);
        assert!(apart(&heights(&chart(true))) && !apart(&heights(&chart(false))));
    }

    #[test]
    fn what_is_written_is_no_markup() {
        let odd = plate(&[(60.0, 20.0, "a<b & \"c\"\u{1}\u{ffff}")]);
        let (svg, _) = svg(&odd, &Style::default());
        assert!(svg.contains("a&lt;b &amp; &quot;c&quot;  <"), "{svg}");
        assert!(svg.contains("<title>A title of &lt;many&gt; &amp; long words</title>"));
    }
}
