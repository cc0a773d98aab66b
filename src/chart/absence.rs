//! What has no finite number on an axis lies beside it, in a lane for each reason.
//!
//! Pictures carry one number a dot and axis. A NaN has bits to spare: [`MISSING`] is the one that says that there is no value, and
//! [`EARLY`] that the run ended before it had one. Nothing counts with them, and bytes between workers are those of memory.

use super::marks::{Anchor, Mark};
use super::number::grouped;
use serde::{Deserialize, Serialize};

/// The number of what has no value.
pub const MISSING: f64 = f64::from_bits(0x7ff8_0000_0000_0001);

/// The number of what has values and none that counts, as its run ended early.
pub const EARLY: f64 = f64::from_bits(0x7ff8_0000_0000_0002);

/// Why a run has no place on an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Absence {
    /// It has no value.
    Missing,
    /// It has values, and ended before it had the one that counts.
    Early,
    /// It is not a number.
    NotANumber,
    /// It is minus infinity.
    NegativeInfinity,
    /// It is infinity.
    Infinity,
}

impl Absence {
    /// All, in the order of their lanes from above where an axis is not flipped.
    pub const ALL: [Self; 5] = [
        Self::Infinity,
        Self::NegativeInfinity,
        Self::NotANumber,
        Self::Early,
        Self::Missing,
    ];

    /// Why this number has no place; none where it is finite.
    pub fn of(x: f64) -> Option<Self> {
        if x.is_finite() {
            None
        } else if x.to_bits() == MISSING.to_bits() {
            Some(Self::Missing)
        } else if x.to_bits() == EARLY.to_bits() {
            Some(Self::Early)
        } else if x.is_nan() {
            Some(Self::NotANumber)
        } else if x > 0.0 {
            Some(Self::Infinity)
        } else {
            Some(Self::NegativeInfinity)
        }
    }

    /// What people read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Early => "ended early",
            Self::NotANumber => "NaN",
            Self::NegativeInfinity => "-∞",
            Self::Infinity => "∞",
        }
    }

    /// The same, where there is little room.
    fn short(self) -> &'static str {
        match self {
            Self::Missing => "none",
            Self::Early => "early",
            other => other.word(),
        }
    }
}

/// How many dots lie in each lane of an axis: infinity beyond its end, and before its beginning, from the numbers outwards, minus
/// infinity, NaN, what ended early, and what is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lanes([u32; 5]);

/// How lanes lie: how far the first is from the numbers, and how wide each is.
#[derive(Clone, Copy, Debug)]
pub struct LaneSize {
    /// How far the first is from the numbers.
    pub pad: f64,
    /// How wide each is.
    pub wide: f64,
}

impl Lanes {
    /// Those that numbers need.
    pub fn of(numbers: &mut dyn Iterator<Item = f64>) -> Self {
        let mut lanes = Self::default();
        for absence in numbers.filter_map(Absence::of) {
            lanes.0[absence as usize] += 1;
        }
        lanes
    }

    /// How many dots lie in them.
    pub fn count(self) -> usize {
        self.0.iter().map(|count| *count as usize).sum()
    }

    /// Those that are there, in the order of [`Absence::ALL`].
    pub fn each(self) -> impl Iterator<Item = Absence> {
        let is_there = move |absence: &Absence| self.0[*absence as usize] > 0;
        Absence::ALL.into_iter().filter(is_there)
    }

    /// How many lie before the axis' beginning.
    pub fn before(self) -> usize {
        self.each().filter(|is| *is != Absence::Infinity).count()
    }

    /// How many lie beyond its end.
    pub fn beyond(self) -> usize {
        self.each().count() - self.before()
    }

    /// Where numbers begin and end between two ends that may run downwards, so that lanes have their room.
    pub fn inner(self, (from, to): (f64, f64), size: LaneSize) -> (f64, f64) {
        let way = (to - from).signum();
        let room = |lanes: usize| way * (size.pad + size.wide * lanes as f64);
        (from + room(self.before()), to - room(self.beyond()))
    }

    /// The middle of a lane beside numbers that lie between two ends.
    pub fn place(self, absence: Absence, (from, to): (f64, f64), size: LaneSize) -> f64 {
        let way = (to - from).signum();
        let nearer = self
            .each()
            .filter(|is| *is != Absence::Infinity && *is > absence);
        let off = way * (size.pad + size.wide * (nearer.count() as f64 + 0.5));
        if absence == Absence::Infinity {
            to + off
        } else {
            from - off
        }
    }

    /// Where a number lies whose part of the axis is this, and where one that is not finite does.
    pub fn at(self, x: f64, part: f64, (from, to): (f64, f64), size: LaneSize) -> f64 {
        match Absence::of(x) {
            None => from + part.clamp(0.0, 1.0) * (to - from),
            Some(absence) => self.place(absence, (from, to), size),
        }
    }

    /// Where texts that mark an axis along begin and end at most, beside the names of its lanes.
    pub fn bounds(
        self,
        (low, high): (f64, f64),
        size: LaneSize,
        letter: f64,
        width: f64,
    ) -> (f64, f64) {
        let reach = size.pad + size.wide / 2.0;
        let before = (self.before() > 0).then_some(low - reach + 2.5 * letter);
        let beyond = (self.beyond() > 0).then_some(high + reach - 1.5 * letter);
        (before.unwrap_or(0.0), beyond.unwrap_or(width))
    }

    /// Where lines part the lanes from one another and from the numbers.
    pub fn edges(self, ends: (f64, f64), size: LaneSize) -> Vec<f64> {
        let inward = |absence: Absence| {
            let place = self.place(absence, ends, size);
            place + (f64::midpoint(ends.0, ends.1) - place).signum() * size.wide / 2.0
        };
        self.each().map(inward).collect()
    }

    /// Their lines from one side of the picture to the other, and their names: below an axis that runs along, else at its left.
    pub fn marks(
        self,
        ends: (f64, f64),
        size: LaneSize,
        is_along: bool,
        (from, to): (f64, f64),
        text_at: f64,
    ) -> Vec<Mark> {
        let mut marks = Vec::new();
        for edge in self.edges(ends, size) {
            marks.push(if is_along {
                Mark::line("zero", (edge, from), (edge, to))
            } else {
                Mark::line("zero", (from, edge), (to, edge))
            });
        }
        for absence in self.each() {
            let place = self.place(absence, ends, size);
            marks.push(if is_along {
                Mark::text((place, text_at), Anchor::Middle, absence.short())
            } else {
                Mark::text((text_at, place + 4.0), Anchor::End, absence.short())
            });
        }
        marks
    }

    /// How many are in which, as `2 missing, 1 NaN`; empty where none is.
    pub fn told(self) -> String {
        let mut told = String::new();
        for absence in self.each() {
            if !told.is_empty() {
                told.push_str(", ");
            }
            told.push_str(&grouped(self.0[absence as usize] as usize));
            told.push(' ');
            told.push_str(absence.word());
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: LaneSize = LaneSize {
        pad: 5.0,
        wide: 10.0,
    };

    const ODD: [f64; 5] = [MISSING, EARLY, f64::NAN, f64::NEG_INFINITY, f64::INFINITY];

    #[test]
    fn five_kinds_are_told_apart_by_their_bits() {
        let kinds: Vec<_> = ODD.into_iter().map(Absence::of).collect();
        let mut all = Absence::ALL;
        all.sort();
        assert_eq!(kinds, all.map(Some));
        assert_eq!(Absence::of(-0.0), None);
        assert!(MISSING.is_nan() && EARLY.is_nan());
        // Any other NaN is none that is missing or ended early, whatever its bits.
        arbtest::arbtest(|u| {
            let bits: u64 = u.arbitrary()?;
            let x = f64::from_bits(bits | 0x7ff8_0000_0000_0000);
            for (odd, absence) in [(MISSING, Absence::Missing), (EARLY, Absence::Early)] {
                let is_it = Absence::of(x) == Some(absence);
                assert_eq!(is_it, x.to_bits() == odd.to_bits());
            }
            // As it crosses between workers.
            let crossed = postcard::to_allocvec(&x).unwrap();
            let back: f64 = postcard::from_bytes(&crossed).unwrap();
            assert_eq!(back.to_bits(), x.to_bits());
            Ok(())
        });
    }

    #[test]
    fn lanes_lie_beyond_their_ends_in_order_and_none_on_another() {
        for ends in [(0.0, 200.0), (200.0, 0.0)] {
            for there in 0..32_u32 {
                let odd = ODD.into_iter().enumerate();
                let odd = odd.filter(|(at, _)| there >> at & 1 == 1).map(|(_, x)| x);
                let lanes = Lanes::of(&mut odd.clone().chain([1.0]));
                let inner = lanes.inner(ends, SIZE);
                let way = (ends.1 - ends.0).signum();
                let mut places = vec![ends.0 - way * 5.0];
                places.extend(
                    odd.filter(|x| *x != f64::INFINITY)
                        .map(|x| lanes.at(x, 0.0, inner, SIZE)),
                );
                places.push(inner.0);
                places.push(inner.1);
                if there >= 16 {
                    places.push(lanes.at(f64::INFINITY, 0.0, inner, SIZE));
                }
                places.push(ends.1 + way * 5.0);
                for two in places.windows(2) {
                    assert!((two[1] - two[0]) * way >= 9.9, "{places:?} of {there}");
                }
                assert_eq!(lanes.edges(inner, SIZE).len(), lanes.each().count());
                assert_eq!(
                    lanes.at(3.0, 0.5, inner, SIZE),
                    f64::midpoint(inner.0, inner.1)
                );
            }
        }
    }

    #[test]
    fn texts_of_an_axis_end_before_the_names_of_its_lanes() {
        let lanes = |odd: &[f64]| Lanes::of(&mut odd.iter().copied());
        let bounds = |odd: &[f64]| lanes(odd).bounds((50.0, 200.0), SIZE, 8.0, 250.0);
        assert_eq!(bounds(&[]), (0.0, 250.0));
        // The name of the lane that is nearest is centred in it.
        assert_eq!(bounds(&[MISSING]), (40.0 + 20.0, 250.0));
        assert_eq!(bounds(&[f64::INFINITY]), (0.0, 210.0 - 12.0));
    }

    #[test]
    fn lanes_say_how_many_are_in_them() {
        let lanes = Lanes::of(&mut [MISSING, f64::NAN, 3.0, MISSING, EARLY].into_iter());
        assert_eq!(lanes.told(), "1 NaN, 1 ended early, 2 missing");
        let marks = lanes.marks((50.0, 200.0), SIZE, true, (0.0, 90.0), 99.0);
        let texts: Vec<&str> = marks.iter().map(|mark| mark.text.as_str()).collect();
        assert_eq!(texts, ["", "", "", "NaN", "early", "none"]);
        assert_eq!(Lanes::of(&mut [3.0].into_iter()).told(), "");
    }
}
