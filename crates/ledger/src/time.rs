//! Times as Unix milliseconds, read from what trackers write and printed as RFC 3339 UTC.
//!
//! Read: RFC 3339 and ISO 8601 with `T` or a blank, with or without fraction and offset
//! (`2026-01-01 07:51:36.777+00:00`, `2026-11-23T03:35:19.000Z`). A time without an offset is taken
//! as UTC: the file does not say which zone it means, and the page must not depend on where it is read.

use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, Time, UtcOffset};

/// The Unix milliseconds that `text` spells, or `None` where it is no date with a time of day.
pub fn parse_millis(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Some(millis) = parse_usual(text) {
        return Some(millis);
    }
    let bytes = text.as_bytes();
    if bytes.len() < 16
        || !bytes.is_ascii()
        || !matches!((bytes[4], bytes[7]), (b'-', b'-') | (b'/', b'/'))
    {
        return None;
    }
    if !matches!(bytes[10], b'T' | b' ' | b't') || bytes[13] != b':' {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<u32> {
        let part = text.get(from..to)?;
        part.bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| part.parse().ok())
            .flatten()
    };
    let month = Month::try_from(u8::try_from(number(5, 7)?).ok()?).ok()?;
    let date = Date::from_calendar_date(number(0, 4)? as i32, month, number(8, 10)? as u8).ok()?;
    let (hour, minute) = (number(11, 13)? as u8, number(14, 16)? as u8);
    let mut rest = &text[16..];
    let mut second = 0;
    let mut millis = 0;
    if let Some(after) = rest.strip_prefix(':') {
        second = number(17, 19)? as u8;
        rest = after.get(2..)?;
        if let Some(after) = rest.strip_prefix(['.', ',']) {
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 {
                return None;
            }
            let digit = |at: usize| {
                after.as_bytes()[..digits]
                    .get(at)
                    .map_or(0, |byte| u16::from(byte - b'0'))
            };
            millis = digit(0) * 100 + digit(1) * 10 + digit(2);
            rest = &after[digits..];
        }
    }
    // A leap second is folded into the second before it.
    let clock = Time::from_hms_milli(hour, minute, second.min(59), millis).ok()?;
    let moment = date
        .with_time(clock)
        .assume_offset(parse_offset(rest.trim())?);
    Some(moment.unix_timestamp() * 1000 + i64::from(moment.millisecond()))
}

/// As [`parse_millis`], only of the form that nearly all write, and quickly: `2026-01-01T07:51:36.777Z`, with a blank for the
/// `T`, and without fraction and zone, too.
pub fn parse_usual(text: &str) -> Option<i64> {
    /// The Julian day of 1970-01-01.
    const EPOCH: i32 = 2_440_588;
    let (moment, rest) = text.as_bytes().split_first_chunk::<19>()?;
    let marks = (moment[4], moment[7], moment[13], moment[16]);
    if marks != (b'-', b'-', b':', b':') || !matches!(moment[10], b'T' | b' ') {
        return None;
    }
    let digit = |byte: u8| Some(byte.wrapping_sub(b'0')).filter(|digit| *digit < 10);
    let two = |at: usize| Some(digit(moment[at])? * 10 + digit(moment[at + 1])?);
    let year = i32::from(two(0)?) * 100 + i32::from(two(2)?);
    let month = Month::try_from(two(5)?).ok()?;
    let day = Date::from_calendar_date(year, month, two(8)?).ok()?;
    let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut millis = 0;
    match rest.strip_suffix(b"Z").unwrap_or(rest) {
        [] => {}
        [b'.', digits @ ..] if !digits.is_empty() => {
            for at in 0..digits.len().max(3) {
                let next = digits.get(at).map_or(Some(0), |byte| digit(*byte))?;
                if at < 3 {
                    millis = millis * 10 + i64::from(next);
                }
            }
        }
        _ => return None,
    }
    let minutes = i64::from(hour) * 60 + i64::from(minute);
    let days = i64::from(day.to_julian_day() - EPOCH);
    Some(((days * 1440 + minutes) * 60 + i64::from(second)) * 1000 + millis)
}

/// As [`parse_millis`], for what is known to be a time: a day alone, and what people and clouds write, as `13.02.2026 10:00`,
/// `Jan 2, 2026 10:00 AM`, `Thu, 01 Jan 2026 10:00:00 GMT`. Of `1/2/2026` nobody knows which is the month.
pub fn parse_loosely(text: &str) -> Option<i64> {
    const MONTHS: &str = "janfebmaraprmayjunjulaugsepoctnovdec";
    if let Some(millis) = parse_millis(text) {
        return Some(millis);
    }
    let (mut year, mut month, mut days, mut clock, mut zone) =
        (None, None, Vec::new(), "00:00", "");
    let mut noon = None;
    for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
        let lower = word.to_ascii_lowercase();
        let parts: Vec<&str> = word.split(['.', '-', '/']).collect();
        let is_number =
            |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if word.contains(':') && !word.starts_with(['+', '-']) {
            clock = word;
        } else if let [first, second, third] = parts.as_slice()
            && parts.iter().all(is_number)
        {
            // Only between points the day comes first for all who write so.
            let (of, day) = match (first.len(), third.len()) {
                (4, _) => (first, third),
                (_, 4) if word.contains('.') => (third, first),
                _ => return None,
            };
            (year, month) = (Some(*of), second.parse().ok());
            days.push(*day);
        } else if matches!(lower.as_str(), "am" | "pm") {
            noon = Some(lower == "pm");
        } else if let Some(at) = lower.get(..3).and_then(|start| MONTHS.find(start))
            && at % 3 == 0
        {
            month = Some(at / 3 + 1);
        } else if word.len() == 4 && is_number(&word) {
            year = Some(word);
        } else if is_number(&word) {
            days.push(word);
        } else if matches!(word, "UTC" | "GMT" | "Z") || word.starts_with(['+', '-']) {
            zone = word.trim_start_matches("GMT");
        } else if !["mon", "tue", "wed", "thu", "fri", "sat", "sun", "at"]
            .contains(&lower.get(..3).unwrap_or(&lower))
        {
            return None;
        }
    }
    let [day] = days.as_slice() else {
        return None;
    };
    let (hour, rest) = clock.split_once(':')?;
    let hour: u8 = hour.parse().ok()?;
    let hour = match noon {
        Some(is_after) => hour % 12 + if is_after { 12 } else { 0 },
        None => hour,
    };
    let (year, month, day): (u16, usize, u8) = (year?.parse().ok()?, month?, day.parse().ok()?);
    parse_millis(&format!(
        "{year:04}-{month:02}-{day:02} {hour:02}:{rest}{zone}"
    ))
}

/// As [`parse_loosely`], of `11/28/2026 03:04` or `28/11/2026`, where it is known which part is the month.
pub fn parse_slashed(text: &str, is_month_first: bool) -> Option<i64> {
    let (date, clock) = text.split_once(' ').unwrap_or((text, ""));
    let mut parts = date.split('/');
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    let (month, day) = if is_month_first {
        (first, second)
    } else {
        (second, first)
    };
    let is_short = |part: &str| (1..=2).contains(&part.len());
    let is_date = year.len() == 4 && is_short(month) && is_short(day) && parts.next().is_none();
    let text = is_date.then(|| format!("{year}/{month}/{day} {clock}"))?;
    parse_loosely(&text)
}

/// The offset after a time of day: nothing or `Z` is UTC, else `±HH:MM`, `±HHMM` or `±HH`.
fn parse_offset(text: &str) -> Option<UtcOffset> {
    if text.is_empty() || matches!(text, "Z" | "z" | "UTC") {
        return Some(UtcOffset::UTC);
    }
    let sign = match text.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) || !matches!(digits.len(), 2 | 4) {
        return None;
    }
    let hours: i8 = digits[..2].parse().ok()?;
    let minutes: i8 = if digits.len() == 4 {
        digits[2..].parse().ok()?
    } else {
        0
    };
    UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()
}

/// RFC 3339 text of Unix milliseconds in UTC, `2026-01-01T07:51:36.777Z`; the plain number where it
/// lies outside the years 0 to 9999.
pub fn format_millis(millis: i64) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000)
        .ok()
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_else(|| millis.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_trackers_write_is_read() {
        let check = |text: &str, want: Option<i64>| assert_eq!(parse_millis(text), want, "{text}");
        check("2026-01-01 07:50:00+00:00", Some(1_767_253_800_000));
        check("2026-01-01 07:51:36.777+00:00", Some(1_767_253_896_777));
        check("2026-01-01T09:51:36.777123+02:00", Some(1_767_253_896_777));
        check("2026-11-23T03:35:19.000Z", Some(1_795_404_919_000));
        check("2026-01-01 07:50", Some(1_767_253_800_000));
        check("2026-13-01 07:50:00", None);
        check("2026-01-01", None);
        check("λ026-01-01 07:50:00", None);
        check("2026-01-01 07:50:0", None);
    }

    #[test]
    fn the_usual_form_is_read_as_by_the_library() {
        arbtest::arbtest(|u| {
            let mut text = "2026-02-28T23:59:59.120Z".to_owned();
            for _ in 0..u.int_in_range(0..=3)? {
                let at = u.int_in_range(0..=text.len() - 1)?;
                let byte = u.choose(&["0", "1", "2", "3", "6", "9", "-", " ", "Z", ".", "T"])?;
                text.replace_range(at..=at, byte);
            }
            text.truncate(u.int_in_range(17..=text.len())?);
            if let Some(millis) = parse_usual(&text) {
                // With a zone it is read by the slow way.
                let zoned = format!("{}+00:00", text.trim_end_matches('Z'));
                assert_eq!(parse_usual(&zoned), None);
                assert_eq!(parse_millis(&zoned), Some(millis), "{text}");
            }
            Ok(())
        });
        assert_eq!(
            parse_usual("0000-01-01T00:00:00"),
            Some(-62_167_219_200_000)
        );
        assert_eq!(parse_usual("2026-02-29 00:00:00"), None);
        assert!(parse_usual("2024-02-29 00:00:00.5Z").is_some());
    }

    #[test]
    fn what_people_and_clouds_write_is_read_where_a_time_is_expected() {
        for text in [
            "2026-02-03 10:05",
            "03.02.2026 10:05",
            "2026/2/3 10:05:00",
            "Feb 3, 2026 10:05 AM",
            "Feb 03, 2026 10:05 UTC",
            "3 February 2026 10:05",
            "Tue, 03 Feb 2026 10:05:00 GMT",
            "Tue Feb  3 10:05:00 2026",
            "Tue, 03 Feb 2026 12:05:00 +0200",
        ] {
            assert_eq!(parse_loosely(text), Some(1_770_113_100_000), "{text}");
        }
        assert_eq!(
            parse_loosely("Feb 3, 2026 12:05 AM"),
            parse_millis("2026-02-03 00:05")
        );
        assert_eq!(
            parse_loosely("2026-02-03"),
            parse_millis("2026-02-03 00:00")
        );
        for text in [
            "1/2/2026 10:00",
            "31.02.2026",
            "13.02.26",
            "Feb 2026",
            "0.5.1",
            "1.2",
            "",
            "x",
            "é1 Feb 2026 10",
            "vers 1.2.3",
        ] {
            assert_eq!(parse_loosely(text), None, "{text}");
        }
    }

    #[test]
    fn days_and_months_between_strokes() {
        let want = parse_millis("2026-11-28 03:04");
        assert_eq!(parse_slashed("11/28/2026 03:04", true), want);
        assert_eq!(parse_slashed("28/11/2026 03:04", false), want);
        assert_eq!(parse_slashed("11/28/2026 3:04 AM", true), want);
        assert_eq!(
            parse_slashed("1/2/2026", false),
            parse_millis("2026-02-01 00:00")
        );
        for text in [
            "28/11/2026",
            "11/28/26",
            "11/28",
            "1/1/2026/1",
            "2026/11/28",
            "a/b/2026",
        ] {
            assert_eq!(parse_slashed(text, true), None, "{text}");
        }
    }

    #[test]
    fn printing_and_reading_are_inverse() {
        for millis in [0, -1, 1_767_253_896_777, 4_102_444_800_000] {
            assert_eq!(parse_millis(&format_millis(millis)), Some(millis));
        }
    }
}
