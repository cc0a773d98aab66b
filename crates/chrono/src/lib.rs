//! What the crate `parquet` calls of the crate `chrono`: see the README.

use std::fmt;

const DAY: i64 = 86_400;

/// Coordinated universal time.
#[derive(Clone, Copy, Debug)]
pub struct Utc;

/// Moments since 1970 in a time zone, of which there is one.
pub trait TimeZone {
    /// A moment by seconds; what is below a second is not used.
    fn timestamp_opt(&self, seconds: i64, _nanos: u32) -> DateTime {
        DateTime { seconds, micros: 0 }
    }

    /// A moment by milliseconds.
    fn timestamp_millis_opt(&self, millis: i64) -> DateTime {
        DateTime {
            seconds: millis.div_euclid(1000),
            micros: millis.rem_euclid(1000) * 1000,
        }
    }

    /// A moment by microseconds.
    fn timestamp_micros(&self, micros: i64) -> DateTime {
        DateTime {
            seconds: micros.div_euclid(1_000_000),
            micros: micros.rem_euclid(1_000_000),
        }
    }
}

impl TimeZone for Utc {}

/// A moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime {
    seconds: i64,
    micros: i64,
}

impl DateTime {
    /// Itself: every moment is one here.
    pub fn unwrap(self) -> Self {
        self
    }

    /// It by a layout of `%Y`, `%m`, `%d`, `%H`, `%M`, `%S`, `%.3f`, `%.6f` and `%:z`.
    pub fn format(self, layout: &str) -> impl fmt::Display {
        Told { of: self, layout }
    }

    /// Year, month and day: the days since 0000-03-01 in eras of 400 years (Hinnant, "chrono-Compatible Low-Level Date
    /// Algorithms", 2013).
    fn date(self) -> (i64, i64, i64) {
        let days = self.seconds.div_euclid(DAY) + 719_468;
        let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let in_month = day - (153 * month + 2) / 5 + 1;
        let (later, month) = if month < 10 {
            (0, month + 3)
        } else {
            (1, month - 9)
        };
        (year + era * 400 + later, month, in_month)
    }
}

struct Told<'a> {
    of: DateTime,
    layout: &'a str,
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.of.date();
        let (second, micros) = (self.of.seconds.rem_euclid(DAY), self.of.micros);
        let mut parts = self.layout.split('%');
        to.write_str(parts.next().unwrap_or_default())?;
        for part in parts {
            let digits = if part.starts_with(['.', ':']) {
                part.len().min(if part.starts_with('.') { 3 } else { 2 })
            } else {
                1
            };
            let (word, rest) = part.split_at_checked(digits).unwrap_or((part, ""));
            match word {
                "Y" => write!(to, "{year:04}"),
                "m" => write!(to, "{month:02}"),
                "d" => write!(to, "{day:02}"),
                "H" => write!(to, "{:02}", second / 3600),
                "M" => write!(to, "{:02}", second / 60 % 60),
                "S" => write!(to, "{:02}", second % 60),
                ".3f" => write!(to, ".{:03}", micros / 1000),
                ".6f" => write!(to, ".{micros:06}"),
                ":z" => to.write_str("+00:00"),
                _ => write!(to, "%{word}"),
            }?;
            to.write_str(rest)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(moment: DateTime) -> String {
        moment
            .unwrap()
            .format("%Y-%m-%d %H:%M:%S%.6f %:z")
            .to_string()
    }

    #[test]
    fn moments_are_told_as_they_are() {
        // datetime.fromtimestamp(seconds, timezone.utc)
        assert_eq!(
            told(Utc.timestamp_opt(0, 0)),
            "1970-01-01 00:00:00.000000 +00:00"
        );
        assert_eq!(
            told(Utc.timestamp_opt(951_782_400, 0)),
            "2000-02-29 00:00:00.000000 +00:00"
        );
        assert_eq!(
            told(Utc.timestamp_millis_opt(1_796_860_799_125)),
            "2026-12-09 23:59:59.125000 +00:00"
        );
        assert_eq!(
            told(Utc.timestamp_micros(-1)),
            "1969-12-31 23:59:59.999999 +00:00"
        );
        assert_eq!(
            told(Utc.timestamp_opt(-62_135_596_800, 0)),
            "0001-01-01 00:00:00.000000 +00:00"
        );
        assert_eq!(
            Utc.timestamp_millis_opt(1).format("%.3f").to_string(),
            ".001"
        );
    }

    #[test]
    fn no_moment_is_too_far() {
        for far in [i64::MIN, i64::MAX] {
            assert!(!told(Utc.timestamp_opt(far, 0)).is_empty());
            assert!(!told(Utc.timestamp_millis_opt(far)).is_empty());
            assert!(!told(Utc.timestamp_micros(far)).is_empty());
        }
    }
}
