//! A picture of pixels, painted layer over layer.
//!
//! A pixel is one number of four lanes, so that a layer costs one multiplication; they lie column by column, for what is
//! drawn goes from left to right and is higher than wide in each column. All is in whole numbers: host and page paint the same.

/// A colour: red, green, blue, each 0 to 1.
pub type Colour = [f32; 3];

/// All of a pixel, or of an opacity.
const WHOLE: i32 = 256;

/// Half a step in each lane, to round.
const HALF: u64 = 0x0080_0080_0080_0080;

/// What belongs to the lanes.
const LANES: u64 = 0x00ff_00ff_00ff_00ff;

/// Beyond so many pixels nothing is told apart.
const FAR: f32 = 1e6;

/// A picture of pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canvas {
    width: usize,
    height: usize,
    /// By column: red, green, blue, each times the opacity, and the opacity, 0 to 255 in 16 bits each.
    pixels: Vec<u64>,
}

/// Lays `over`, opaque, in this part of 256 over a pixel.
fn laid(pixel: u64, over: u64, part: i32) -> u64 {
    ((pixel * (WHOLE - part) as u64 + over * part as u64 + HALF) >> 8) & LANES
}

/// The colour as an opaque pixel.
pub(crate) fn opaque(colour: Colour) -> u64 {
    let [red, green, blue] = colour.map(|part| u64::from((part * 255.0 + 0.5) as u8));
    red | green << 16 | blue << 32 | 255 << 48
}

/// A part of one as one of 256.
fn part_of(alpha: f32) -> i32 {
    (alpha.clamp(0.0, 1.0) * WHOLE as f32 + 0.5) as i32
}

impl Canvas {
    /// A transparent picture.
    pub fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            pixels: vec![0; width * height],
        }
    }

    /// How many pixels a row has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// How many a column has.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The pixels by row, four bytes each: red, green, blue, opacity.
    pub fn rgba(&self) -> Vec<u8> {
        /// So many rows of a column lie near one another in memory.
        const ROWS: usize = 8;
        // What a part of each opacity is multiplied by to be a part of 255, in parts of 65,536.
        let mut times = [0_u32; 256];
        for (alpha, times) in (0..).zip(&mut times).skip(1) {
            *times = ((255 << 16) + alpha / 2) / alpha;
        }
        let (wide, high) = (self.width, self.height);
        let mut bytes = vec![0; 4 * self.pixels.len()];
        for top in (0..high).step_by(ROWS) {
            for (x, column) in self.pixels.chunks_exact(high).enumerate() {
                let mut at = 4 * (top * wide + x);
                for pixel in column.iter().skip(top).take(ROWS) {
                    let alpha = (pixel >> 48) as u8;
                    let times = times[usize::from(alpha)];
                    let byte = |lane: u32| {
                        let part = u32::from((pixel >> lane) as u8);
                        ((part * times + (1 << 15)) >> 16) as u8
                    };
                    if alpha > 0 {
                        bytes[at..at + 4].copy_from_slice(&[byte(0), byte(16), byte(32), alpha]);
                    }
                    at += 4 * wide;
                }
            }
        }
        bytes
    }

    /// Lays a colour over one pixel; outside of the picture nothing.
    pub fn cover(&mut self, x: usize, y: usize, colour: Colour, alpha: f32) {
        self.lay(x, y, opaque(colour), alpha);
    }

    /// The same of a colour that is a pixel already, for many pixels.
    pub(crate) fn lay(&mut self, x: usize, y: usize, over: u64, alpha: f32) {
        if y < self.height
            && let Some(pixel) = self.pixels.get_mut(x * self.height + y)
        {
            *pixel = laid(*pixel, over, part_of(alpha));
        }
    }

    /// Lays a line over the columns from `first` on. It begins at the height `ends.0`, and at the end of each column has come so
    /// far of the way to `ends.1` as `along` says, in parts of 65,536.
    pub fn line(
        &mut self,
        (first, along): (usize, &[i32]),
        ends: (f32, f32),
        thickness: f32,
        (colour, alpha): (Colour, f32),
    ) {
        let fixed = |height: f32| (height.clamp(-FAR, FAR) * WHOLE as f32) as i32;
        let (from, half) = (fixed(ends.0), fixed(thickness / 2.0));
        let way = i64::from(fixed(ends.1) - from);
        let (over, alpha) = (opaque(colour), part_of(alpha));
        let lowest = self.height as i32 * WHOLE;
        let mut before = from;
        let columns = self.pixels.chunks_exact_mut(self.height.max(1)).skip(first);
        for (column, along) in columns.zip(along) {
            let after = from + ((way * i64::from(*along)) >> 16) as i32;
            let top = (before.min(after) - half).max(0);
            let bottom = (before.max(after) + half).min(lowest);
            before = after;
            if bottom <= top {
                continue;
            }
            // The part of the first and the last pixel that the line covers, and all of those between.
            let (upper, lower) = (top / WHOLE, (bottom - 1) / WHOLE);
            match &mut column[upper as usize..=lower as usize] {
                [pixel] => *pixel = laid(*pixel, over, (alpha * (bottom - top)) >> 8),
                [first, between @ .., last] => {
                    let part = WHOLE - (top - upper * WHOLE);
                    *first = laid(*first, over, (alpha * part) >> 8);
                    for pixel in between {
                        *pixel = laid(*pixel, over, alpha);
                    }
                    *last = laid(*last, over, (alpha * (bottom - lower * WHOLE)) >> 8);
                }
                [] => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_mix_as_opacity_says() {
        let mut canvas = Canvas::new(2, 2);
        canvas.cover(1, 0, [1.0, 0.0, 0.0], 1.0);
        canvas.cover(1, 0, [0.0, 0.0, 1.0], 0.5);
        canvas.cover(0, 1, [0.0, 1.0, 0.0], 0.25);
        // Outside is nothing, and no other pixel.
        canvas.cover(0, 2, [1.0; 3], 1.0);
        canvas.cover(2, 0, [1.0; 3], 1.0);
        let bytes = canvas.rgba();
        assert_eq!(bytes[..4], [0; 4]);
        assert_eq!(bytes[4..8], [128, 0, 128, 255]);
        assert_eq!(bytes[8..12], [0, 255, 0, 64]);
        assert_eq!(bytes[12..], [0; 4]);
        assert!(Canvas::new(0, 0).rgba().is_empty() && Canvas::new(3, 0).rgba().is_empty());
    }

    #[test]
    fn a_line_covers_of_each_pixel_what_it_goes_over() {
        arbtest::arbtest(|u| {
            let (wide, high) = (4, 9);
            let mut canvas = Canvas::new(wide, high);
            let mut height = || Ok(u.int_in_range(-64..=320)? as f32 / 16.0);
            let (from, to) = (height()?, height()?);
            let along = [16384, 32768, 49152, 65536];
            canvas.line((0, &along), (from, to), 1.0, ([1.0; 3], 1.0));
            let bytes = canvas.rgba();
            for x in 0..wide {
                let at = |x: usize| from + x as f32 / 4.0 * (to - from);
                let (top, bottom) = (at(x).min(at(x + 1)) - 0.5, at(x).max(at(x + 1)) + 0.5);
                for y in 0..high {
                    let row = y as f32;
                    let want = (bottom.min(row + 1.0) - top.max(row)).max(0.0);
                    let alpha = f32::from(bytes[4 * (y * wide + x) + 3]) / 255.0;
                    assert!((alpha - want).abs() < 0.02, "{x} {y}: {alpha}, {want}");
                }
            }
            Ok(())
        });
        // What leaves the picture is cut off.
        Canvas::new(1, 1).line(
            (0, &[65536]),
            (f32::NEG_INFINITY, f32::NAN),
            1.0,
            ([0.0; 3], 1.0),
        );
        Canvas::new(1, 1).line((1, &[65536]), (-1e9, 1e9), 1.0, ([0.0; 3], 1.0));
    }
}
