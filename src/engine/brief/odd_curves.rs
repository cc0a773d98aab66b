//! What is suspicious of curves and clocks, and of metrics that are better where they were held out.

use super::odd::{by_name, is_or_are, sorted_by};
use super::{Asked, Evidence, Sentence, SentenceKind};
use crate::analysis::oddities::{
    BetterHeldOut, ClockJump, better_held_out, clock_jumps, ended_before_start, mostly_same_curves,
    same_curves,
};
use crate::chart::number::counted;
use crate::engine::show::{run_name, short_number, span};
use crate::ledger::{Column, ColumnId, Ledger, Role};
use crate::query::{narrowed, typed_name};

/// Of how many pairs of runs it is looked up in which params they differ.
const LOOKED_UP: usize = 10_000;

/// How many params are named.
const NAMED: usize = 3;

/// What was found along curves.
#[derive(Default)]
pub(super) struct AlongCurves {
    /// The metric of which most curves are there again, and which.
    same: Option<(ColumnId, Vec<(u32, u32)>)>,
    /// The farthest jump of each run's clock by its row, with the metric along whose curve it was.
    jumps: order::Map<u32, (ColumnId, ClockJump)>,
}

impl AlongCurves {
    /// Looks along the curves of a metric.
    pub(super) fn look(&mut self, asked: &Asked<'_>, id: ColumnId) {
        let ledger = asked.of.ledger;
        let column = ledger.column(id);
        let mut same = same_curves(column, asked.of.shown);
        same.truncate(LOOKED_UP);
        // Runs with the same params are replicates that a seed was not set for, or one run twice: that is said elsewhere.
        same.retain(|(again, first)| {
            differing(ledger, *again, *first).next().is_some()
                && mostly_same_curves(ledger, *again, *first)
        });
        let known = self.same.as_ref().map_or(0, |(_, known)| known.len());
        if same.len() > known {
            self.same = Some((id, same));
        }
        for jump in clock_jumps(column, asked.of.shown) {
            let known = self.jumps.get(&jump.row);
            let is_farther = known.map(|(_, known)| jump.millis.abs() > known.millis.abs());
            if is_farther.unwrap_or(self.jumps.len() < LOOKED_UP) {
                self.jumps.insert(jump.row, (id, jump));
            }
        }
    }

    /// That runs have the very curve of another one though they were set otherwise.
    pub(super) fn same(&self, asked: &Asked<'_>) -> Option<Sentence> {
        let (metric, found) = self.same.as_ref()?;
        let ledger = asked.of.ledger;
        let (again, first) = *found.first()?;
        let name = |row: u32| run_name(ledger, row as usize);
        let params: Vec<&str> = differing(ledger, again, first).collect();
        let mut named = params
            .iter()
            .take(NAMED)
            .copied()
            .collect::<Vec<_>>()
            .join(", ");
        if params.len() > NAMED {
            named = format!(
                "{named} and {}",
                counted(params.len() - NAMED, "more param")
            );
        }
        Some(Sentence {
            kind: SentenceKind::SameCurves,
            text: format!(
                "{} exactly the curve of {} that another run has, point by point through five values or more ({} as {}, which differ in {named}): what was \
                 set otherwise had no effect, or one was copied.",
                if found.len() == 1 {
                    "1 run has".to_owned()
                } else {
                    format!("{} have", counted(found.len(), "run"))
                },
                asked.name(*metric),
                name(again),
                name(first),
            ),
            n: found.len(),
            of: asked.of.shown.count(),
            link: by_name(
                asked,
                found.iter().flat_map(|(again, first)| [*again, *first]),
            ),
        })
    }

    /// That clocks jumped: back, or ahead while nothing was logged.
    pub(super) fn clock(&self, asked: &Asked<'_>) -> Option<Sentence> {
        let turned = ended_before_start(asked.of.ledger, asked.of.shown);
        let back = || self.jumps.values().filter(|(_, jump)| jump.millis < 0);
        let ahead = || self.jumps.values().filter(|(_, jump)| jump.millis > 0);
        let name = |row: u32| run_name(asked.of.ledger, row as usize);
        let example = |(metric, jump): &(ColumnId, ClockJump)| {
            let step = if jump.step.is_nan() {
                String::new()
            } else {
                format!(
                    " before step {} of {}",
                    short_number(jump.step),
                    asked.name(*metric)
                )
            };
            format!("{}, {}{step}", name(jump.row), span(jump.millis.abs()))
        };
        let mut told = Vec::new();
        if let Some(first) = back().next() {
            let n = counted(back().count(), "run");
            told.push(format!("in {n} it goes back ({})", example(first)));
        }
        if let Some(first) = ahead().next() {
            let n = counted(ahead().count(), "run");
            told.push(format!(
                "in {n} nothing was logged for far longer than usual ({})",
                example(first)
            ));
        }
        if let Some(first) = turned.first() {
            let ends = if turned.len() == 1 { "ends" } else { "end" };
            let n = counted(turned.len(), "run");
            told.push(format!(
                "{n} {ends} before the beginning ({})",
                name(*first)
            ));
        }
        let mut rows: Vec<u32> = self.jumps.keys().copied().collect();
        rows.extend(turned);
        rows.sort_unstable();
        rows.dedup();
        (!rows.is_empty()).then(|| Sentence {
            kind: SentenceKind::Clock,
            text: format!(
                "The clock jumps: {}. Durations and curves over time are not to be trusted there.",
                told.join("; ")
            ),
            n: rows.len(),
            of: asked.of.shown.count(),
            link: by_name(asked, rows.into_iter()),
        })
    }
}

/// That a metric is better where it was held out than in training.
pub(super) fn held_out(asked: &Asked<'_>) -> Option<Sentence> {
    let ledger = asked.of.ledger;
    let objective = asked.of.objective;
    let objective = objective.map(|(_, column, values)| (column, values.maximize));
    let found = better_held_out(ledger, asked.of.shown, objective);
    let BetterHeldOut {
        training,
        held_out,
        maximize,
        better,
        n,
    } = *found.first()?;
    let more = if found.len() > 1 {
        format!(
            ", and {} likewise",
            is_or_are(found.len() - 1, "other pair")
        )
    } else {
        String::new()
    };
    let link = match (quoted(ledger, held_out), quoted(ledger, training)) {
        (Some(held_out), Some(training)) => {
            let sign = if maximize { '>' } else { '<' };
            Evidence {
                filter: narrowed(asked.of.filter, &format!("{held_out} {sign} {training}")),
                ..asked.table()
            }
        }
        _ => sorted_by(asked, held_out),
    };
    Some(Sentence {
        kind: SentenceKind::HeldOut,
        text: format!(
            "{} is better than {} in {better} of {}{more}: what is off in evaluation (dropout, augmentation) can do that, or a mean \
             over the epoch, and so can held-out data that training has seen.",
            asked.name(held_out),
            asked.name(training),
            counted(n, "run"),
        ),
        n: better,
        of: n,
        link,
    })
}

/// A column as an expression has it.
fn quoted(ledger: &Ledger, id: ColumnId) -> Option<String> {
    let name = typed_name(id, ledger)?;
    Some(if name.starts_with('`') {
        name
    } else {
        format!("`{name}`")
    })
}

/// The names of the params in which two runs differ.
fn differing(ledger: &Ledger, a: u32, b: u32) -> impl Iterator<Item = &str> {
    let columns = ledger.columns_with_ids().map(|(_, column)| column);
    let params =
        columns.filter(|column| column.role() == Role::Param && column.formula().is_none());
    params
        .filter(move |column| !column.get(a as usize).is_same(column.get(b as usize)))
        .map(Column::name)
}
