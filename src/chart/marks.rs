//! What a picture is made of. A painter puts marks on the page; their classes are styled there.

/// Where a text's place lies in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// At its beginning.
    Start,
    /// In its middle.
    Middle,
    /// At its end.
    End,
}

/// One element of a picture: an SVG element's name, its attributes, and its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// The element.
    pub element: &'static str,
    /// Its attributes.
    pub attributes: Vec<(&'static str, String)>,
    /// How far the colour is from the scale's low end, 0 to 1.
    pub part: Option<f64>,
    /// What a text says.
    pub text: String,
}

impl Mark {
    fn new(element: &'static str, class: &'static str, numbers: &[(&'static str, f64)]) -> Self {
        let mut attributes = vec![("class", class.to_owned())];
        let number = |(name, value): &(&'static str, f64)| (*name, format!("{value:.1}"));
        attributes.extend(numbers.iter().map(number));
        Self {
            element,
            attributes,
            part: None,
            text: String::new(),
        }
    }

    /// A straight line.
    pub fn line(class: &'static str, from: (f64, f64), to: (f64, f64)) -> Self {
        let ends = [("x1", from.0), ("y1", from.1), ("x2", to.0), ("y2", to.1)];
        Self::new("line", class, &ends)
    }

    /// A rectangle from its upper left corner.
    pub fn rect(class: &'static str, at: (f64, f64), size: (f64, f64)) -> Self {
        let places = [
            ("x", at.0),
            ("y", at.1),
            ("width", size.0),
            ("height", size.1),
        ];
        Self::new("rect", class, &places)
    }

    /// A rectangle in the colour at `part` of the scale.
    pub fn cell(at: (f64, f64), size: (f64, f64), part: f64) -> Self {
        Self::rect("cell", at, size).coloured(part)
    }

    /// The mark in the colour at `part` of the scale.
    pub fn coloured(self, part: f64) -> Self {
        Self {
            part: Some(part),
            ..self
        }
    }

    /// A dot.
    pub fn circle(class: &'static str, at: (f64, f64), radius: f64) -> Self {
        Self::new(
            "circle",
            class,
            &[("cx", at.0), ("cy", at.1), ("r", radius)],
        )
    }

    /// A path, by its `d`.
    pub fn path(class: &'static str, d: String) -> Self {
        let mut mark = Self::new("path", class, &[]);
        mark.attributes.push(("d", d));
        mark
    }

    /// A text.
    pub fn text(at: (f64, f64), anchor: Anchor, text: &str) -> Self {
        let mut mark = Self::new("text", "mark", &[("x", at.0), ("y", at.1)]);
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        mark.attributes.push(("text-anchor", anchor.to_owned()));
        text.clone_into(&mut mark.text);
        mark
    }

    /// A text that is never left out.
    pub fn name(at: (f64, f64), anchor: Anchor, text: &str) -> Self {
        let mut mark = Self::text(at, anchor, text);
        "name".clone_into(&mut mark.attributes[0].1);
        mark
    }

    /// An attribute; empty where there is none.
    pub fn attribute(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value)
    }
}
