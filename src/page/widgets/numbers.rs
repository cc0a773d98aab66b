//! Numbers as the parts around the views write them: durations, and sizes. Counts and ends of axes are in `chart::number` too.

pub use crate::chart::number::bytes;

/// A duration: `12 ms`, `3.4 s`.
pub fn duration(millis: f64) -> String {
    if millis < 999.5 {
        format!("{millis:.0} ms")
    } else {
        format!("{:.1} s", millis / 1000.0)
    }
}
