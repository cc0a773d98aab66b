//! Ranks among some of the runs of an objective, without a number for each of them.

use ledger::Bits;

/// Which of the runs are looked at, in the order of the objective: the rank of any is then a count of bits.
#[derive(Clone, Debug, Default)]
pub struct Ranks {
    /// Bit `p`: whether the run at place `p` of the order is one of them.
    kept: Bits,
    /// How many are before each word of the bits.
    before: Vec<u32>,
    /// The budget at which runs have ranks, where they have different ones.
    pub(super) budget: Option<f64>,
}

impl Ranks {
    /// Of those at these places of the order.
    pub(super) fn new(kept: Bits, budget: Option<f64>) -> Self {
        let mut count = 0;
        let before = kept.words().iter().map(|word| {
            let before = count;
            count += word.count_ones();
            before
        });
        Self {
            before: before.collect(),
            kept,
            budget,
        }
    }

    /// How many have a rank.
    pub fn count(&self) -> usize {
        self.kept.count()
    }

    /// How many are at places below this one.
    pub(super) fn below(&self, place: usize) -> usize {
        let (at, bit) = (place / 64, place % 64);
        match (self.before.get(at), self.kept.words().get(at)) {
            (Some(before), Some(word)) => {
                *before as usize + (word & ((1 << bit) - 1)).count_ones() as usize
            }
            _ => self.count(),
        }
    }
}
