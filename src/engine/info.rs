//! What is in the ledger, for the page: columns, sources, problems, likely objectives.

use super::alike::alike;
use super::protocol::{ColumnInfo, LedgerInfo, ObjectiveGuess, SourceInfo, Unread};
use super::view::{Center, Direction, Objective, Statistic, Until};
use crate::analysis::ranking::guess_objectives;
use crate::format;
use crate::ledger::statistics::{Spread, display_order};
use crate::ledger::{ColumnId, Ledger, MAY_BE_AGAIN, Role, SharedRuns};
use rustc_hash::FxHashMap;

/// How many of a column's sources are told.
const NAMED_SOURCES: usize = 4;

/// What was worked out about the columns; forgotten when the ledger changes.
#[derive(Default)]
pub(super) struct Catalogue {
    spreads: Option<Vec<Spread>>,
}

/// A column's key: role and name, as `param.lr`.
pub(super) fn key_of(ledger: &Ledger, id: ColumnId) -> String {
    let column = ledger.column(id);
    format!("{}.{}", column.role().word(), column.name())
}

/// The column of a key, where the ledger has it.
pub(super) fn column_of_key(ledger: &Ledger, key: &str) -> Option<ColumnId> {
    let (word, name) = key.split_once('.')?;
    let role = Role::ALL.into_iter().find(|role| role.word() == word)?;
    ledger.find(role, name)
}

impl Catalogue {
    pub(super) fn forget(&mut self) {
        self.spreads = None;
    }

    fn spreads(&mut self, ledger: &Ledger) -> &[Spread] {
        self.spreads.get_or_insert_with(|| {
            ledger
                .columns()
                .iter()
                .map(crate::ledger::Column::spread)
                .collect()
        })
    }

    /// Whether each column differs between runs.
    pub(super) fn varies(&mut self, ledger: &Ledger) -> Vec<bool> {
        self.spreads(ledger)
            .iter()
            .map(|spread| spread.varies)
            .collect()
    }

    /// What is in the ledger.
    pub(super) fn info(&mut self, ledger: &Ledger, unread: &[Unread], version: u64) -> LedgerInfo {
        let varies = self.varies(ledger);
        let rules = ledger.rules();
        let spreads = self.spreads(ledger);
        let columns = display_order(ledger, &varies)
            .into_iter()
            .map(|id| {
                let column = ledger.column(id);
                let spread = spreads.get(id.index()).copied().unwrap_or_default();
                ColumnInfo {
                    id,
                    key: key_of(ledger, id),
                    name: column.name().to_owned(),
                    role: column.role(),
                    kind: column.kind(),
                    varies: spread.varies,
                    present: spread.present,
                    doubt: column.doubt().map(str::to_owned),
                    has_history: column.history().is_some(),
                    sources: column
                        .sources()
                        .iter()
                        .take(NAMED_SOURCES)
                        .copied()
                        .collect(),
                    source_count: column.sources().len(),
                    parts: rules
                        .parts_of(column.role(), column.name())
                        .map(str::to_owned)
                        .collect(),
                    formula: column.formula().map(str::to_owned),
                }
            })
            .collect();
        let mut sources = ledger.sources().iter();
        let are_shared = sources.any(|source| !source.shared.is_empty());
        let by_path: FxHashMap<&str, &str> = ledger
            .sources()
            .iter()
            .filter(|_| are_shared)
            .map(|source| (source.path.as_str(), source.place()))
            .collect();
        // One file of a folder says little of where else runs are.
        let named = |shared: &SharedRuns| {
            let mut shared = shared.clone();
            if let Some(place) = by_path.get(shared.path.as_str()) {
                (*place).clone_into(&mut shared.path);
            }
            shared
        };
        let mut gone = vec![0; ledger.sources().len()];
        for row in ledger.gone().ones() {
            if let Some(count) = gone.get_mut(ledger.source_of(row)) {
                *count += 1;
            }
        }
        let sources = ledger
            .sources()
            .iter()
            .zip(gone)
            .map(|(source, gone)| SourceInfo {
                path: source.path.clone(),
                format: format::title_of(&source.format).to_owned(),
                runs: source.runs.saturating_sub(gone),
                gone,
                bytes: source.bytes,
                millis: source.millis,
                points_left_out: source.points_left_out,
                problems: source.problems.listed().to_vec(),
                unlisted: source.problems.unlisted(),
                part_of: source.part_of,
                shared: source.shared.iter().map(named).collect(),
                may_be_again: source.part_of != 0 && source.problems.has(MAY_BE_AGAIN),
            })
            .collect();
        let objectives = guess_objectives(ledger)
            .into_iter()
            .map(|guess| ObjectiveGuess {
                objective: Objective {
                    column: key_of(ledger, guess.column),
                    direction: if guess.maximize {
                        Direction::Maximize
                    } else {
                        Direction::Minimize
                    },
                    statistic: Statistic::Last,
                    until: Until::End,
                    center: Center::Mean,
                },
                reason: guess.reason,
                sure: guess.sure,
            })
            .collect();
        let alike = alike(ledger, spreads);
        LedgerInfo {
            version,
            runs: ledger.rows(),
            columns,
            sources,
            unread: unread.to_vec(),
            problems: ledger.problem_count() + unread.len(),
            objectives,
            rules: rules.clone(),
            alike,
            session: ledger
                .sources()
                .iter()
                .rev()
                .find_map(|source| source.session.clone()),
        }
    }
}
