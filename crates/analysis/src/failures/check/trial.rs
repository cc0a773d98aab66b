//! Runs with their params in parts, and the conditions and pairs of them that part broken runs from others best.

use super::{Condition, FEWEST, Outcomes};
use crate::grouping::row_codes;
use ledger::{Cells, Column, ColumnId, Ledger, MISSING};
use rustc_hash::FxHashMap;

/// Conditions on so many params are put in pairs, on those that tell most by one condition where there are more.
const MOST_PAIRED: usize = 12;

/// A condition on a number is looked for between so many parts of its values.
const FINE: usize = 32;

/// And a param is measured by so many, as pairs of conditions are looked for between these.
const COARSE: usize = 8;

/// Values of a category that are looked at, the most frequent.
const MOST_VALUES: usize = 60;

/// Of a part that is none of those that are looked at.
const NONE: u16 = u16::MAX;

/// Runs with the parts that they are in, and how many broke.
pub(super) struct Trial {
    pub(super) params: Vec<Parts>,
    pub(super) broken: Vec<bool>,
    /// How many broke, and of how many.
    all: (u32, u32),
    /// n ln n.
    logs: Vec<f64>,
}

impl Trial {
    pub(super) fn new(params: Vec<Parts>, rows: &[usize], outcomes: &Outcomes) -> Self {
        let broken: Vec<bool> = rows.iter().map(|row| outcomes.broken.get(*row)).collect();
        let x_log_x = |count: usize| match count as f64 {
            0.0 => 0.0,
            count => count * libm::log(count),
        };
        let count = broken.iter().filter(|broken| **broken).count();
        Self {
            params,
            all: (count as u32, rows.len() as u32),
            logs: (0..=rows.len()).map(x_log_x).collect(),
            broken,
        }
    }

    /// So many counts and looks a shuffle takes, about.
    pub(super) fn effort(&self) -> usize {
        let paired = self.params.len().min(MOST_PAIRED);
        let pairs = paired * (paired + 1) / 2;
        pairs * (self.broken.len() + 4 * COARSE * COARSE)
            + self.params.len() * self.broken.len()
            + 1
    }

    /// How many broke, of each param in each part.
    pub(super) fn counts(&self, broken: &[bool]) -> Vec<Vec<u32>> {
        let of = |param: &Parts| {
            let mut counts = vec![0; param.sizes.len()];
            for (part, broken) in param.of_run.iter().zip(broken) {
                if let Some(count) = counts.get_mut(*part as usize) {
                    *count += u32::from(*broken);
                }
            }
            counts
        };
        self.params.iter().map(of).collect()
    }

    /// The logarithm of the likelihood of so many broken of so many, at their own rate.
    fn likelihood(&self, (broken, n): (u32, u32)) -> f64 {
        let (broken, n) = (broken as usize, n as usize);
        self.logs[broken] + self.logs[n - broken] - self.logs[n]
    }

    /// The likelihood ratio of two rates, for so many broken of so many and for all others, against one; `None` where it is no
    /// rule.
    fn gain(&self, inside: (u32, u32)) -> Option<f64> {
        let ((broken, n), (all_broken, all)) = (inside, self.all);
        let fewest = FEWEST as u32;
        // More often inside than outside, by cross-multiplication.
        let is_more = u64::from(broken) * u64::from(all) > u64::from(all_broken) * u64::from(n);
        (n >= fewest && all - n >= fewest && is_more).then(|| {
            let apart = self.likelihood(inside) + self.likelihood((all_broken - broken, all - n));
            2.0 * (apart - self.likelihood(self.all))
        })
    }

    /// How far each param is from telling nothing, and the part of the deviance that it takes away.
    pub(super) fn measures(&self, counts: &[Vec<u32>]) -> Vec<(f64, f64)> {
        let measure = |(param, counts): (&Parts, &Vec<u32>)| {
            let (mut all, mut apart) = ((0, 0), 0.0);
            for ends in param.starts.windows(2) {
                let parts = ends[0]..ends[1];
                let n: u32 = param.sizes[parts.clone()].iter().sum();
                let broken: u32 = counts[parts].iter().sum();
                apart += self.likelihood((broken, n));
                all = (all.0 + broken, all.1 + n);
            }
            let together = self.likelihood(all);
            let freedom = (param.starts.len() - 2).max(1) as f64;
            let beyond = 2.0 * (apart - together) - freedom;
            let share = if together < 0.0 {
                (beyond / (-2.0 * together)).clamp(0.0, 1.0)
            } else {
                0.0
            };
            (beyond / (2.0 * freedom).sqrt(), share)
        };
        self.params.iter().zip(counts).map(measure).collect()
    }

    /// The single condition and the pair under which runs break more often, by what they gain.
    pub(super) fn best(
        &self,
        counts: &[Vec<u32>],
        broken: &[bool],
    ) -> (Option<Tried>, Option<Tried>) {
        let (mut single, mut gains) = (None, Vec::new());
        for (param, (parts, counts)) in self.params.iter().zip(counts).enumerate() {
            let mut most = 0.0_f64;
            for span in &parts.spans {
                let inside: u32 = counts[span.from..span.to].iter().sum();
                let gain = self.gain((inside, span.n));
                keep(&mut single, gain, &|| vec![(param, span.from, span.to)]);
                most = most.max(gain.unwrap_or(0.0));
            }
            gains.push((most, param));
        }
        if gains.len() > MOST_PAIRED {
            order::by(&mut gains, |a, b| b.0.total_cmp(&a.0));
            gains.truncate(MOST_PAIRED);
        }
        let mut pair = None;
        for (at, (_, one)) in gains.iter().enumerate() {
            for (_, other) in &gains[at..] {
                self.try_pairs([*one, *other], broken, &mut pair);
            }
        }
        (single, pair)
    }

    /// Tries all pairs of a condition on one param and one on the other, which may be the same.
    fn try_pairs(&self, params: [usize; 2], broken: &[bool], best: &mut Option<Tried>) {
        let [one, other] = params.map(|param| &self.params[param]);
        // How many are below a coarse part of each, and how many of these broke.
        let wide = other.starts.len();
        let mut below = vec![(0_u32, 0_u32); (one.starts.len() + 1) * (wide + 1)];
        let place = |row: usize, at: usize| row * (wide + 1) + at;
        let runs = one.coarse_of_run.iter().zip(&other.coarse_of_run);
        for ((a, b), broken) in runs.zip(broken) {
            let cell = &mut below[place(usize::from(*a) + 1, usize::from(*b) + 1)];
            *cell = (cell.0 + u32::from(*broken), cell.1 + 1);
        }
        for row in 1..=one.starts.len() {
            let mut sum = (0, 0);
            for at in 1..=wide {
                let (own, above) = (below[place(row, at)], below[place(row - 1, at)]);
                sum = (sum.0 + own.0, sum.1 + own.1);
                below[place(row, at)] = (above.0 + sum.0, above.1 + sum.1);
            }
        }
        for a in &one.coarse_spans {
            for b in &other.coarse_spans {
                let [all, least] =
                    [(a.to, b.to), (a.from, b.from)].map(|(row, at)| below[place(row, at)]);
                let [left, above] =
                    [(a.to, b.from), (a.from, b.to)].map(|(row, at)| below[place(row, at)]);
                let n = all.1 + least.1 - left.1 - above.1;
                // Where one of the two says no more, it is no pair.
                if n < a.n && n < b.n {
                    let inside = all.0 + least.0 - left.0 - above.0;
                    keep(best, self.gain((inside, n)), &|| {
                        vec![
                            (params[0], one.starts[a.from], one.starts[a.to]),
                            (params[1], other.starts[b.from], other.starts[b.to]),
                        ]
                    });
                }
            }
        }
    }

    /// Whether the run at this place is in all of these parts.
    pub(super) fn is_under(&self, of: &[(usize, usize, usize)], at: usize) -> bool {
        of.iter().all(|(param, from, to)| {
            let part = usize::from(self.params[*param].of_run[at]);
            (*from..*to).contains(&part)
        })
    }

    pub(super) fn conditions(&self, tried: &Tried) -> Vec<(ColumnId, Condition)> {
        let condition = |(param, from, to): &(usize, usize, usize)| {
            let parts = &self.params[*param];
            let condition = match (&parts.conditions[*from], &parts.conditions[*to - 1]) {
                // One value.
                (Condition::Between(low, _), Condition::Between(_, high)) if low == high => {
                    Condition::Between(*low, *high)
                }
                (Condition::Between(low, _), Condition::Between(_, high)) => Condition::Between(
                    low.filter(|_| *from > 0),
                    high.filter(|_| *to < parts.ordered),
                ),
                (other, _) => other.clone(),
            };
            (parts.column, condition)
        };
        let mut made: Vec<(ColumnId, Condition)> = tried.of.iter().map(condition).collect();
        if let [
            (id, Condition::Between(a, b)),
            (other, Condition::Between(c, d)),
        ] = made[..]
            && id == other
        {
            // Two ends of one range.
            made = vec![(id, Condition::Between(a.or(c), b.or(d)))];
        }
        made
    }

    /// Moves the ends of ranges to where they gain most, one after the other.
    pub(super) fn refine(
        &self,
        ledger: &Ledger,
        rows: &[usize],
        conditions: &mut [(ColumnId, Condition)],
    ) {
        for (at, is_low) in [(0, true), (0, false), (1, true), (1, false)] {
            let Some((id, Condition::Between(low, high))) = conditions.get(at).cloned() else {
                continue;
            };
            let end = if is_low { low } else { high };
            if end.is_none() || low == high {
                continue;
            }
            let with = |end: Option<f64>| {
                if is_low {
                    Condition::Between(end, high)
                } else {
                    Condition::Between(low, end)
                }
            };
            conditions[at].1 = with(None);
            let column = ledger.column(id);
            let mut inside: Vec<(f64, bool)> = Vec::new();
            for (row, broken) in rows.iter().zip(&self.broken) {
                let x = column.get(*row).number().filter(|x| x.is_finite());
                let x = x.filter(|_| all_hold(ledger, conditions, *row));
                inside.extend(x.map(|x| (x, *broken)));
            }
            order::by(&mut inside, |a, b| a.0.total_cmp(&b.0));
            if is_low {
                inside.reverse();
            }
            let (mut sum, mut best) = ((0, 0), (0.0, end));
            for equal in inside.chunk_by(|a, b| a.0 == b.0) {
                let broken = equal.iter().filter(|(_, broken)| *broken).count();
                sum = (sum.0 + broken as u32, sum.1 + equal.len() as u32);
                if let Some(gain) = self.gain(sum).filter(|gain| *gain > best.0) {
                    best = (gain, Some(equal[0].0));
                }
            }
            conditions[at].1 = with(best.1);
        }
    }
}

/// Conditions that were tried: parts of a param from one up to and without another, of one or of two.
pub(super) struct Tried {
    gain: f64,
    pub(super) of: Vec<(usize, usize, usize)>,
}

pub(super) fn gain(tried: Option<&Tried>) -> f64 {
    tried.map_or(0.0, |tried| tried.gain)
}

/// Keeps what gains more.
fn keep(best: &mut Option<Tried>, gain: Option<f64>, of: &dyn Fn() -> Vec<(usize, usize, usize)>) {
    if let Some(gain) = gain
        && best.as_ref().is_none_or(|best| gain > best.gain)
    {
        *best = Some(Tried { gain, of: of() });
    }
}

/// A param with its values in parts.
pub(super) struct Parts {
    pub(super) column: ColumnId,
    /// What has each part in common.
    conditions: Vec<Condition>,
    /// How many runs are in each.
    sizes: Vec<u32>,
    /// So many of the first are parts of one order.
    ordered: usize,
    /// The part of each run, [`NONE`] where it is in none.
    of_run: Vec<u16>,
    /// What may be a condition.
    spans: Vec<Span>,
    /// All of that in coarse parts, of which each begins at one of the parts and the last ends where these do.
    starts: Vec<usize>,
    coarse_of_run: Vec<u16>,
    coarse_spans: Vec<Span>,
}

/// Parts from one up to and without another, and how many runs are in them.
struct Span {
    from: usize,
    to: usize,
    n: u32,
}

impl Parts {
    /// `None` where there is nothing to compare.
    pub(super) fn new(id: ColumnId, column: &Column, rows: &[usize]) -> Option<Self> {
        let mut made = Self {
            column: id,
            conditions: Vec::new(),
            sizes: Vec::new(),
            ordered: 0,
            of_run: vec![NONE; rows.len()],
            spans: Vec::new(),
            starts: Vec::new(),
            coarse_of_run: Vec::new(),
            coarse_spans: Vec::new(),
        };
        if matches!(column.cells(), Cells::Number { .. }) {
            made.cut(column, rows);
        } else {
            made.take_values(column, rows);
        }
        let places = 0..rows.len();
        let without: Vec<usize> = places
            .filter(|at| column.get(rows[*at]).is_missing())
            .collect();
        if without.len() >= FEWEST {
            made.put(Condition::Missing, &without);
        }
        if made.sizes.len() < 2 {
            return None;
        }
        let parts = 0..made.sizes.len();
        made.spans = made.spans_of(&parts.clone().chain([parts.end]).collect::<Vec<_>>());
        let begins = |part: &usize| *part == 0 || made.coarse(*part) != made.coarse(*part - 1);
        made.starts = parts.clone().filter(begins).chain([parts.end]).collect();
        made.coarse_spans = made.spans_of(&made.starts);
        // Runs of no part are in one after the last.
        let none = (made.starts.len() - 1) as u16;
        let coarse = |part: &u16| match *part {
            NONE => none,
            part => made.coarse(part as usize) as u16,
        };
        made.coarse_of_run = made.of_run.iter().map(coarse).collect();
        Some(made)
    }

    /// What may be a condition on parts that begin at `starts`: all up to one, all from one on, and a value.
    fn spans_of(&self, starts: &[usize]) -> Vec<Span> {
        let count = starts.len() - 1;
        let ordered = starts.iter().filter(|start| **start < self.ordered).count();
        let mut made = Vec::new();
        let mut put = |from: usize, to: usize| {
            let n = self.sizes[starts[from]..starts[to]].iter().sum();
            made.push(Span { from, to, n });
        };
        for cut in 1..ordered {
            put(0, cut);
            put(cut, ordered);
        }
        for part in 0..count {
            let is_value = || match &self.conditions[starts[part]] {
                Condition::Between(low, _) => {
                    let last = &self.conditions[starts[part + 1] - 1];
                    matches!(last, Condition::Between(_, high) if high == low)
                }
                Condition::As(_) | Condition::Missing => true,
            };
            let is_an_end = ordered > 1 && part < ordered && (part == 0 || part + 1 == ordered);
            if !is_an_end && is_value() {
                put(part, part + 1);
            }
        }
        made
    }

    fn put(&mut self, condition: Condition, places: &[usize]) {
        let part = self.sizes.len() as u16;
        places.iter().for_each(|at| self.of_run[*at] = part);
        self.conditions.push(condition);
        self.sizes.push(places.len() as u32);
    }

    /// Numbers in parts of about as many runs each; equal ones stay together.
    fn cut(&mut self, column: &Column, rows: &[usize]) {
        let mut numbers: Vec<(f64, usize)> = rows
            .iter()
            .enumerate()
            .filter_map(|(at, row)| Some((column.get(*row).number()? + 0.0, at)))
            .filter(|(x, _)| x.is_finite())
            .collect();
        order::by(&mut numbers, |a, b| a.0.total_cmp(&b.0));
        let enough = numbers.len().div_ceil(FINE);
        let last = numbers.last().map(|(x, _)| *x);
        let (mut part, mut low) = (Vec::new(), None);
        for equal in numbers.chunk_by(|a, b| a.0 == b.0) {
            let x = equal[0].0;
            let from = *low.get_or_insert(x);
            part.extend(equal.iter().map(|(_, at)| *at));
            if part.len() >= enough || Some(x) == last {
                self.put(Condition::Between(Some(from), Some(x)), &part);
                (part, low) = (Vec::new(), None);
            }
        }
        self.ordered = self.sizes.len();
    }

    /// The most frequent values, each a part.
    fn take_values(&mut self, column: &Column, rows: &[usize]) {
        let end = rows.last().map_or(0, |row| row + 1);
        let codes = row_codes(column, end);
        let mut places: FxHashMap<u32, usize> = FxHashMap::default();
        let mut values: Vec<Vec<usize>> = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            if codes[*row] == MISSING {
                continue;
            }
            let place = *places.entry(codes[*row]).or_insert(values.len());
            if place == values.len() {
                values.push(Vec::new());
            }
            values[place].push(at);
        }
        values.retain(|places| places.len() >= FEWEST);
        order::by_key(&mut values, |places| std::cmp::Reverse(places.len()));
        for places in values.iter().take(MOST_VALUES) {
            self.put(Condition::As(rows[places[0]]), places);
        }
    }

    /// By which part the param is measured: parts of an order are put together.
    fn coarse(&self, part: usize) -> usize {
        if part < self.ordered {
            part * COARSE.min(self.ordered) / self.ordered
        } else {
            part - self.ordered + COARSE.min(self.ordered)
        }
    }
}

/// Whether a run is under all of these conditions.
pub(super) fn all_hold(ledger: &Ledger, conditions: &[(ColumnId, Condition)], row: usize) -> bool {
    let mut all = conditions.iter();
    all.all(|(id, condition)| condition.holds(ledger.column(*id), row))
}
