//! Numbers as the parts around the views write them: sizes, durations, axis ends. Counts are in `chart::number`.

use crate::chart::number::trim_zeros;
use crate::ledger::time::format_millis;

/// A size in the unit that leaves few digits: `812 B`, `3.4 MB`.
pub fn bytes(size: u64) -> String {
    let mut value = size as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if value < 999.5 || unit == "GB" {
            return if unit == "B" || value >= 99.95 {
                format!("{value:.0} {unit}")
            } else {
                format!("{value:.1} {unit}")
            };
        }
        value /= 1000.0;
    }
    String::new()
}

/// A duration: `12 ms`, `3.4 s`.
pub fn duration(millis: f64) -> String {
    if millis < 999.5 {
        format!("{millis:.0} ms")
    } else {
        format!("{:.1} s", millis / 1000.0)
    }
}

/// The end of an axis in about four digits; `time` reads it as Unix milliseconds.
pub fn axis_end(value: f64, time: bool) -> String {
    if time {
        let text = format_millis(value as i64);
        return text
            .get(..16)
            .map_or(text.clone(), |minute| minute.replace('T', " "));
    }
    let size = value.abs();
    if value == 0.0 {
        "0".to_owned()
    } else if !(1e-3..1e6).contains(&size) {
        let text = format!("{value:.2e}");
        // 1.00e-5 says no more than 1e-5.
        match text.split_once('e') {
            Some((mantissa, exponent)) => format!("{}e{exponent}", trim_zeros(mantissa)),
            None => text,
        }
    } else {
        let decimals = if size >= 1000.0 {
            0
        } else if size >= 10.0 {
            1
        } else if size >= 1.0 {
            2
        } else {
            4
        };
        trim_zeros(&format!("{value:.decimals$}")).to_owned()
    }
}
