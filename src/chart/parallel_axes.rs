//! The axes over many runs as lines, for pictures that are saved. On the page one can drag them.

use super::axis::Axis;
use super::marks::{Anchor, Mark};
use super::number::shortened;
use super::rates::LONGEST;

/// An axis.
#[derive(Clone, Debug, PartialEq)]
pub struct ParallelAxis<'a> {
    /// What it is of.
    pub name: &'a str,
    /// Its values.
    pub axis: &'a Axis,
    /// Where it stands.
    pub x: f64,
    /// Where it begins and ends.
    pub ends: (f64, f64),
    /// What the lanes of runs without a value are called, and where they lie.
    pub lanes: Vec<(&'static str, f64)>,
}

/// The axes with their names above them.
pub fn axes(all: &[ParallelAxis<'_>]) -> Vec<Mark> {
    let mut marks = Vec::new();
    // All names at one height, over the lanes above the axes.
    let lanes = all.iter().flat_map(|axis| &axis.lanes);
    let over = lanes.fold(f64::INFINITY, |over, lane| over.min(lane.1 - 5.0));
    for axis in all {
        let (from, to) = axis.ends;
        let (top, bottom) = (from.min(to), from.max(to));
        marks.push(Mark::line("axis", (axis.x, top), (axis.x, bottom)));
        let name = shortened(axis.name, LONGEST) + axis.axis.spacing().word();
        let at = (axis.x, top.min(over) - 10.0);
        marks.push(Mark::name(at, Anchor::Middle, &name));
        for (place, text) in axis.axis.marks() {
            let y = from + place * (to - from);
            marks.push(Mark::line("axis", (axis.x, y), (axis.x + 4.0, y)));
            let at = (axis.x + 7.0, y + 4.0);
            marks.push(Mark::text(at, Anchor::Start, &shortened(&text, LONGEST)));
        }
        for (word, y) in &axis.lanes {
            let at = (axis.x, y + 4.0);
            marks.push(Mark::text(at, Anchor::Middle, word));
        }
    }
    marks
}
