//! An even part of many rows, where all of them would tell no more and take too long.

/// Chooses rows by the fractional parts of multiples of the golden ratio, which are spread evenly and fall into step with
/// no grid, as every tenth row would. The same rows each time.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Rows whose number is at most this.
    most: u32,
}

impl Part {
    /// About `most` rows of `count`; all where there are no more.
    pub fn new(count: usize, most: usize) -> Self {
        let part = (most as f64 / count.max(1) as f64).min(1.0);
        Self {
            most: (part * f64::from(u32::MAX)) as u32,
        }
    }

    /// Whether a row is in it.
    pub fn has(self, row: usize) -> bool {
        // 2^32 over the golden ratio.
        (row as u32).wrapping_mul(0x9E37_79B9) <= self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_as_large_as_asked_and_even_over_any_grid() {
        let all = Part::new(1000, 1000);
        assert!((0..1000).all(|row| all.has(row)));
        let part = Part::new(100_000, 10_000);
        let chosen: Vec<usize> = (0..100_000).filter(|row| part.has(*row)).collect();
        assert!(chosen.len().abs_diff(10_000) < 10, "{}", chosen.len());
        for period in 2..=24 {
            for phase in 0..period {
                let found = chosen.iter().filter(|row| *row % period == phase).count();
                let want = chosen.len() / period;
                assert!(
                    found.abs_diff(want) * 10 < want,
                    "{phase} of {period}: {found}, not {want}"
                );
            }
        }
    }
}
