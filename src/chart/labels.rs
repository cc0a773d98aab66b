//! The texts that mark axes: kept apart from one another, and inside of the picture.

use super::marks::{Anchor, Mark};

/// About how wide a letter is at most in a picture of 640 units: where it is as narrow as a phone, its text is larger.
pub const WIDE_LETTER: f64 = 10.5;

/// Where the texts of a horizontal axis lie.
#[derive(Clone, Copy, Debug)]
pub struct Below {
    /// Where the axis begins and ends.
    pub ends: (f64, f64),
    /// Where texts begin and end at most.
    pub bounds: (f64, f64),
    /// From where to where the line at a mark goes down.
    pub line: (f64, f64),
    /// The base of texts.
    pub base: f64,
    /// How wide a letter is.
    pub letter: f64,
}

impl Below {
    /// The marks at places, 0 to 1, with their texts: that of the last is there, and the others as far as there is room.
    pub fn marks(&self, mut texts: Vec<(f64, String)>) -> Vec<Mark> {
        order::by(&mut texts, |a, b| a.0.total_cmp(&b.0));
        let (low, high) = self.ends;
        let (first, last) = self.bounds;
        let mut marks = Vec::new();
        let (mut taken, mut free) = (f64::NEG_INFINITY, f64::INFINITY);
        let mut kept = Vec::new();
        // The last first.
        for (at, (part, text)) in texts.iter().enumerate().rev() {
            let x = low + part * (high - low);
            marks.push(Mark::line("grid", (x, self.line.0), (x, self.line.1)));
            let wide = self.letter * text.chars().count() as f64;
            let (place, anchor, from) = if x + wide / 2.0 > last {
                (last, Anchor::End, last - wide)
            } else if x - wide / 2.0 < first {
                (first, Anchor::Start, first)
            } else {
                (x, Anchor::Middle, x - wide / 2.0)
            };
            kept.push((at, from, from + wide, place, anchor));
            if at + 1 == texts.len() {
                free = from;
            }
        }
        for (at, from, to, place, anchor) in kept.into_iter().rev() {
            let is_last = at + 1 == texts.len();
            if is_last || (from >= taken + self.letter && to + self.letter <= free) {
                marks.push(Mark::text((place, self.base), anchor, &texts[at].1));
                taken = to;
            }
        }
        marks
    }
}

/// The marks at places of a vertical axis from its lower end to its upper one, with lines from left to right; of texts that would
/// stand nearer than `apart` to one another 0 stays, which tells where signs change, then the ends, and of the others
/// each second, or third: an axis of which some are left out here and there is not read.
pub fn beside(
    mut texts: Vec<(f64, String)>,
    (below, above): (f64, f64),
    (left, right): (f64, f64),
    apart: f64,
) -> Vec<Mark> {
    order::by(&mut texts, |a, b| a.0.total_cmp(&b.0));
    let place = |at: usize| below - texts[at].0 * (below - above);
    let count = texts.len();
    let inner = 1..count.saturating_sub(1);
    let zero = texts.iter().position(|(_, text)| text == "0");
    let from = zero.filter(|at| inner.contains(at)).unwrap_or(1);
    let some = |every: usize| {
        let inner = inner.clone();
        inner.filter(move |at| at.abs_diff(from).is_multiple_of(every))
    };
    let have_room = |every: &usize| {
        let next = some(*every).skip(1);
        some(*every)
            .zip(next)
            .all(|(a, b)| place(a) - place(b) > apart)
    };
    let every = (1..=count).find(have_room).unwrap_or(1);
    let mut taken: Vec<usize> = Vec::new();
    let ends = [0, count.saturating_sub(1)];
    for at in zero.into_iter().chain(ends).chain(some(every)) {
        let is_apart = |other: &usize| (place(*other) - place(at)).abs() > apart;
        if at < count && taken.iter().all(is_apart) {
            taken.push(at);
        }
    }
    let mut marks = Vec::new();
    for (at, (_, text)) in texts.iter().enumerate() {
        let y = place(at);
        marks.push(Mark::line("grid", (left, y), (right, y)));
        if taken.contains(&at) {
            marks.push(Mark::text((left - 6.0, y + 4.0), Anchor::End, text));
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts that are there, with where each begins and ends.
    fn spans(of: &Below, texts: &[(f64, &str)]) -> Vec<(String, f64, f64)> {
        let texts = texts.iter().map(|(part, text)| (*part, (*text).to_owned()));
        let marks = of.marks(texts.collect());
        let texts = marks.into_iter().filter(|mark| mark.element == "text");
        let span = |mark: Mark| {
            let x: f64 = mark.attribute("x").parse().unwrap();
            let wide = of.letter * mark.text.chars().count() as f64;
            let from = match mark.attribute("text-anchor") {
                "start" => x,
                "end" => x - wide,
                _ => x - wide / 2.0,
            };
            (mark.text, from, from + wide)
        };
        texts.map(span).collect()
    }

    #[test]
    fn zero_has_its_text_before_others() {
        let texts = [(0.4, "-0.1"), (0.5, "0"), (0.6, "0.1"), (1.0, "9")];
        let texts = texts.map(|(part, text)| (part, text.to_owned()));
        let marks = beside(texts.to_vec(), (100.0, 0.0), (0.0, 10.0), 15.0);
        let texts = marks.iter().filter(|mark| mark.element == "text");
        let texts: Vec<&str> = texts.map(|mark| mark.text.as_str()).collect();
        assert_eq!(texts, ["0", "9"]);
    }

    #[test]
    fn what_is_left_out_is_left_out_evenly() {
        let ticks = (-4..=4).map(|at| f64::from(at) * 20.0);
        let mut texts: Vec<(f64, String)> = ticks
            .map(|value| ((value + 98.0) / 196.0, value.to_string()))
            .collect();
        texts.push((0.0, "-98.101".to_owned()));
        texts.push((1.0, "98.763".to_owned()));
        let marks = beside(texts, (200.0, 40.0), (0.0, 10.0), 19.0);
        let texts = marks.iter().filter(|mark| mark.element == "text");
        let texts: Vec<&str> = texts.map(|mark| mark.text.as_str()).collect();
        assert_eq!(texts, ["-98.101", "-40", "0", "40", "98.763"]);
        let lines = marks.iter().filter(|mark| mark.element == "line");
        assert_eq!(lines.count(), 11);
    }

    const BELOW: Below = Below {
        ends: (64.0, 628.0),
        bounds: (2.0, 638.0),
        line: (316.0, 321.0),
        base: 334.0,
        letter: WIDE_LETTER,
    };

    #[test]
    fn texts_stay_inside_and_apart_whatever_they_are() {
        arbtest::arbtest(|u| {
            let mut texts = Vec::new();
            for _ in 0..u.int_in_range(0..=12)? {
                let part = f64::from(u.int_in_range(0..=100)?) / 100.0;
                let long = u.int_in_range(1..=12)?;
                texts.push((part, &"123456789.12"[..long]));
            }
            let kept = spans(&BELOW, &texts);
            assert_eq!(kept.is_empty(), texts.is_empty());
            for (text, from, to) in &kept {
                assert!(*from >= 1.9 && *to <= 638.1, "{text} {from} {to}");
            }
            for two in kept.windows(2) {
                assert!(two[0].2 + 5.0 < two[1].1, "{two:?} of {texts:?}");
            }
            Ok(())
        });
    }

    #[test]
    fn the_ends_are_there_and_what_lies_between_where_there_is_room() {
        let ends = spans(
            &BELOW,
            &[
                (0.0, "0.0001"),
                (0.5, "0.01"),
                (0.96, "0.9"),
                (1.0, "1.0000"),
            ],
        );
        let texts: Vec<&str> = ends.iter().map(|(text, ..)| text.as_str()).collect();
        assert_eq!(texts, ["0.0001", "0.01", "1.0000"]);
        assert!((ends[2].2 - 638.0).abs() < 0.1);
        assert!(spans(&BELOW, &[]).is_empty());
    }

    #[test]
    fn texts_above_one_another_are_apart() {
        let texts = [(0.0, "1"), (0.02, "2"), (0.5, "3"), (1.0, "4")];
        let texts = texts.map(|(part, text)| (part, text.to_owned())).to_vec();
        let marks = beside(texts, (300.0, 20.0), (64.0, 628.0), 20.0);
        let texts: Vec<&str> = marks.iter().map(|mark| mark.text.as_str()).collect();
        assert_eq!(texts, ["", "1", "", "", "3", "", "4"]);
    }
}
