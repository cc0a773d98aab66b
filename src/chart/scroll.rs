//! Which rows of a long table are in view, and how far it must be scrolled to show one.
//!
//! Rows have one height, so a place in pixels is a place among rows. Browsers cap how high an
//! element can be (Chromium at 33.5 million pixels; Firefox drops a height above 17.9 million), so
//! beyond [`HIGHEST`] the scroll position is scaled: a pixel of the scroll bar is then more than a
//! pixel of rows, and every row can still be reached.

/// The greatest height that a scrolled element is given, in pixels.
pub const HIGHEST: f64 = 15_000_000.0;

/// A table of rows of one height in a port that shows some of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scroll {
    rows: usize,
    row_height: f64,
    port_height: f64,
}

/// The rows in view.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RowsInView {
    /// The first row of which any part is in view.
    pub first: usize,
    /// How many rows there are in view.
    pub count: usize,
    /// How many pixels of the first row are above the port.
    pub cut: f64,
}

impl Scroll {
    /// A table of `rows` rows, each `row_height` high, in a port `port_height` high.
    pub fn new(rows: usize, row_height: f64, port_height: f64) -> Self {
        Self {
            rows,
            row_height,
            port_height: port_height.max(0.0),
        }
    }

    /// How high all rows are together.
    fn full_height(&self) -> f64 {
        self.rows as f64 * self.row_height
    }

    /// How high the scrolled element has to be.
    pub fn height(&self) -> f64 {
        self.full_height().min(HIGHEST)
    }

    /// Pixels of rows per pixel of the scroll bar.
    fn ratio(&self) -> f64 {
        let bar = self.height() - self.port_height;
        if bar <= 0.0 {
            1.0
        } else {
            ((self.full_height() - self.port_height) / bar).max(1.0)
        }
    }

    /// The rows in view where the port is scrolled to `top`.
    pub fn in_view(&self, top: f64) -> RowsInView {
        if self.rows == 0 || self.port_height <= 0.0 {
            return RowsInView::default();
        }
        let most = (self.full_height() - self.port_height).max(0.0);
        let top = (top.max(0.0) * self.ratio()).min(most);
        let first = (libm::floor(top / self.row_height) as usize).min(self.rows - 1);
        let end = (libm::ceil((top + self.port_height) / self.row_height) as usize)
            .clamp(first + 1, self.rows);
        RowsInView {
            first,
            count: end - first,
            cut: top - first as f64 * self.row_height,
        }
    }

    /// Where to scroll so that `row` is wholly in view, as near to `top` as can be.
    pub fn to_show(&self, row: usize, top: f64) -> f64 {
        let ratio = self.ratio();
        let above = row as f64 * self.row_height;
        let now = top * ratio;
        let wanted = now
            .min(above)
            .max(above + self.row_height - self.port_height);
        if (wanted - now).abs() < 0.5 {
            top
        } else {
            (wanted / ratio).max(0.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_tables_scroll_pixel_by_pixel() {
        let scroll = Scroll::new(100, 28.0, 280.0);
        assert_eq!(scroll.height(), 2_800.0);
        assert_eq!(
            scroll.in_view(0.0),
            RowsInView {
                first: 0,
                count: 10,
                cut: 0.0
            }
        );
        assert_eq!(
            scroll.in_view(30.0),
            RowsInView {
                first: 1,
                count: 11,
                cut: 2.0
            }
        );
        assert_eq!(
            scroll.in_view(9e9),
            RowsInView {
                first: 90,
                count: 10,
                cut: 0.0
            }
        );
    }

    #[test]
    fn tables_that_fit_do_not_scroll() {
        let scroll = Scroll::new(3, 28.0, 280.0);
        assert_eq!(
            scroll.in_view(50.0),
            RowsInView {
                first: 0,
                count: 3,
                cut: 0.0
            }
        );
        assert_eq!(
            Scroll::new(0, 28.0, 280.0).in_view(0.0),
            RowsInView::default()
        );
        assert_eq!(Scroll::new(3, 28.0, 0.0).in_view(0.0).count, 0);
    }

    #[test]
    fn every_row_of_a_very_long_table_can_be_reached() {
        let scroll = Scroll::new(5_000_000, 28.0, 700.0);
        assert_eq!(scroll.height(), HIGHEST);
        let end = scroll.in_view(HIGHEST - 700.0);
        assert_eq!(end.first + end.count, 5_000_000);
        arbtest::arbtest(|u| {
            let row = u.int_in_range(0..=4_999_999usize)?;
            let top = f64::from(u.int_in_range(0..=14_999_300u32)?);
            let shown = scroll.in_view(scroll.to_show(row, top));
            assert!(
                (shown.first..shown.first + shown.count).contains(&row),
                "{row} {top} {shown:?}"
            );
            Ok(())
        });
    }

    #[test]
    fn a_row_in_view_stays_where_it_is() {
        let scroll = Scroll::new(100, 28.0, 280.0);
        assert_eq!(scroll.to_show(12, 300.0), 300.0);
        assert_eq!(scroll.to_show(0, 300.0), 0.0);
        assert_eq!(scroll.to_show(99, 300.0), 2_520.0);
    }
}
