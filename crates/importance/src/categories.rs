//! The categories at a node, in the order in which the best subset of them is a prefix: by their mean (Fisher 1958).

use super::scan::Table;
use super::tree::CategorySet;

/// A row of the sample: objective times count, and count.
#[derive(Clone, Copy, Default)]
pub(super) struct Row {
    pub(super) sum: f64,
    pub(super) count: f64,
}

/// A category at a node.
#[derive(Clone, Copy)]
pub(super) struct Met {
    pub(super) code: u32,
    pub(super) rows: usize,
    pub(super) count: f32,
    pub(super) sum: f32,
}

/// The categories met at a node, by ascending mean; ties by code.
#[derive(Default)]
pub(super) struct Categories {
    pub(super) met: Vec<Met>,
    /// Index in `met` plus one, by code; all zero between uses.
    slot: Vec<u32>,
}

impl Categories {
    pub(super) fn collect(&mut self, list: &[u16], codes: &[u32], rows: &Table) {
        self.met.clear();
        self.slot.resize(CategorySet::LIMIT, 0);
        for &row in list {
            let code = codes[usize::from(row)];
            let slot = &mut self.slot[code as usize];
            if *slot == 0 {
                self.met.push(Met {
                    code,
                    rows: 0,
                    count: 0.0,
                    sum: 0.0,
                });
                *slot = self.met.len() as u32;
            }
            let met = &mut self.met[*slot as usize - 1];
            let (sum, count) = rows.get(row);
            met.rows += 1;
            met.count += count;
            met.sum += sum;
        }
        self.met
            .iter()
            .for_each(|met| self.slot[met.code as usize] = 0);
        let mean = |met: &Met| met.sum / met.count;
        order::by(&mut self.met, |a, b| {
            mean(a).total_cmp(&mean(b)).then(a.code.cmp(&b.code))
        });
    }
}
