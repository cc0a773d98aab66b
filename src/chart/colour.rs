//! The colours of pictures, as `style/00-tokens.css` has them: pictures of pixels and saved ones cannot read it.

use serde::{Deserialize, Serialize};

/// Red, green, blue.
pub type Bytes = [u8; 3];

/// As `--class-0` to `--class-8`.
pub const CLASSES: [Bytes; 9] = [
    [0x00, 0x72, 0xb2],
    [0xe6, 0x9f, 0x00],
    [0x00, 0x9e, 0x73],
    [0xcc, 0x79, 0xa7],
    [0x56, 0xb4, 0xe9],
    [0xd5, 0x5e, 0x00],
    [0x6b, 0x4f, 0xa0],
    [0xb8, 0xa8, 0x00],
    [0x8b, 0x92, 0x9e],
];

/// A colour by what it means.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Hue {
    /// The place on the scale from its low end, 0 to 1.
    Part(f32),
    /// The number of a class.
    Class(u8),
    /// What lies behind all others.
    Context,
}

/// The colours on one ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// What pictures lie on.
    pub ground: Bytes,
    /// Text.
    pub text: Bytes,
    /// Text that matters less.
    pub text_soft: Bytes,
    /// Text that matters least.
    pub text_faint: Bytes,
    /// Lines behind marks.
    pub hairline: Bytes,
    /// Lines that carry meaning.
    pub edge: Bytes,
    /// Marks.
    pub mark: Bytes,
    /// Marks that matter less.
    pub mark_faint: Bytes,
    /// What is good.
    pub good: Bytes,
    /// The low end of the scale.
    pub low: Bytes,
    /// Its high end.
    pub high: Bytes,
}

/// On light ground.
pub const LIGHT: Theme = Theme {
    ground: [0xfc, 0xfc, 0xfd],
    text: [0x1a, 0x1d, 0x23],
    text_soft: [0x4c, 0x53, 0x5f],
    text_faint: [0x65, 0x6c, 0x79],
    hairline: [0xe2, 0xe5, 0xea],
    edge: [0x86, 0x8d, 0x99],
    mark: [0x3a, 0x78, 0xe6],
    mark_faint: [0xcf, 0xd5, 0xde],
    good: [0x1c, 0x70, 0x40],
    low: [0xf0, 0xd5, 0x85],
    high: [0x1d, 0x3f, 0x91],
};

/// On dark ground.
pub const DARK: Theme = Theme {
    ground: [0x12, 0x14, 0x18],
    text: [0xe7, 0xea, 0xef],
    text_soft: [0xb4, 0xbb, 0xc6],
    text_faint: [0x94, 0x9d, 0xaa],
    hairline: [0x2a, 0x30, 0x38],
    edge: [0x74, 0x7d, 0x8b],
    mark: [0x5f, 0x95, 0xf5],
    mark_faint: [0x3b, 0x43, 0x4f],
    good: [0x6f, 0xce, 0x98],
    low: [0x8f, 0x74, 0x20],
    high: [0x8f, 0xd0, 0xff],
};

impl Theme {
    /// The theme of the ground.
    pub fn of(dark: bool) -> Self {
        if dark { DARK } else { LIGHT }
    }

    /// The colour; that of a class that there is not is the last class's.
    pub fn colour(&self, hue: Hue) -> Bytes {
        match hue {
            Hue::Part(part) => mixed(self.low, self.high, f64::from(part)),
            Hue::Class(class) => CLASSES[usize::from(class).min(CLASSES.len() - 1)],
            Hue::Context => self.hairline,
        }
    }
}

/// The colour at a part of the way between two in Oklab, as `color-mix(in oklab, …)` has it
/// (<https://bottosson.github.io/posts/oklab/>).
fn mixed(from: Bytes, to: Bytes, part: f64) -> Bytes {
    let part = part.clamp(0.0, 1.0);
    let (from, to) = (oklab(from), oklab(to));
    let [l, a, b]: [f64; 3] = std::array::from_fn(|at| from[at] + part * (to[at] - from[at]));
    let cube = |x: f64| x * x * x;
    let long = cube(l + 0.396_337_777_4 * a + 0.215_803_757_3 * b);
    let middle = cube(l - 0.105_561_345_8 * a - 0.063_854_172_8 * b);
    let short = cube(l - 0.089_484_177_5 * a - 1.291_485_548 * b);
    [
        4.076_741_662_1 * long - 3.307_711_591_3 * middle + 0.230_969_929_2 * short,
        -1.268_438_004_6 * long + 2.609_757_401_1 * middle - 0.341_319_396_5 * short,
        -0.004_196_086_3 * long - 0.703_418_614_7 * middle + 1.707_614_701 * short,
    ]
    .map(|linear| {
        let part = if linear <= 0.003_130_8 {
            12.92 * linear
        } else {
            1.055 * libm::pow(linear, 1.0 / 2.4) - 0.055
        };
        (part.clamp(0.0, 1.0) * 255.0).round() as u8
    })
}

fn oklab(colour: Bytes) -> [f64; 3] {
    let [r, g, b] = colour.map(|byte| {
        let part = f64::from(byte) / 255.0;
        if part <= 0.040_45 {
            part / 12.92
        } else {
            libm::pow((part + 0.055) / 1.055, 2.4)
        }
    });
    let long = libm::cbrt(0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b);
    let middle = libm::cbrt(0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b);
    let short = libm::cbrt(0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b);
    [
        0.210_454_255_3 * long + 0.793_617_785 * middle - 0.004_072_046_8 * short,
        1.977_998_495_1 * long - 2.428_592_205 * middle + 0.450_593_709_9 * short,
        0.025_904_037_1 * long + 0.782_771_766_2 * middle - 0.808_675_766 * short,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_the_style() {
        let style = include_str!("../../style/00-tokens.css");
        // The light theme stands first, the dark one that was chosen last.
        let of = |name: &str, is_last: bool| {
            let start = format!("--{name}: #");
            let mut found = style.match_indices(&start).map(|(at, _)| at + start.len());
            let at = if is_last { found.last() } else { found.next() };
            let hex = &style[at.unwrap()..at.unwrap() + 6];
            [0, 2, 4].map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        };
        for dark in [false, true] {
            let theme = Theme {
                ground: of("ground", dark),
                text: of("text", dark),
                text_soft: of("text-soft", dark),
                text_faint: of("text-faint", dark),
                hairline: of("hairline", dark),
                edge: of("edge", dark),
                mark: of("mark", dark),
                mark_faint: of("mark-faint", dark),
                good: of("good", dark),
                low: of("scale-low", dark),
                high: of("scale-high", dark),
            };
            assert_eq!(theme, Theme::of(dark));
        }
        for (number, class) in CLASSES.iter().enumerate() {
            assert_eq!(*class, of(&format!("class-{number}"), true));
        }
    }

    #[test]
    fn a_scale_begins_and_ends_in_its_colours_and_is_grey_between_opposites() {
        for theme in [LIGHT, DARK] {
            assert_eq!(theme.colour(Hue::Part(0.0)), theme.low);
            assert_eq!(theme.colour(Hue::Part(1.0)), theme.high);
        }
        // What browsers make of `color-mix(in oklab, white, black)`.
        assert_eq!(mixed([255; 3], [0; 3], 0.5), [99; 3]);
    }
}
