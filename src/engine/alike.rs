//! Columns that look like one under two names: `config/lr` and `lr`, `val_loss` and `val/loss`.

use super::protocol::Alike;
use crate::ledger::statistics::Spread;
use crate::ledger::{Column, ColumnId, ColumnName, Ledger, Role};

/// How many are offered.
const OFFERS: usize = 20;

/// What trackers put before the names of params and metrics.
const GROUPS: [&str; 11] = [
    "config",
    "params",
    "param",
    "parameters",
    "hparams",
    "hyperparameters",
    "hyperparams",
    "args",
    "metrics",
    "metric",
    "summary",
];

/// Pairs of columns that could be joined.
pub(super) fn alike(ledger: &Ledger, spreads: &[Spread]) -> Vec<Alike> {
    let mut groups: order::Map<(Role, String), Vec<ColumnId>> = order::Map::new();
    for (id, column) in ledger.columns_with_ids() {
        if matches!(column.role(), Role::Param | Role::Metric) && present(spreads, id) > 0 {
            groups
                .or_default((column.role(), plain(column.name())))
                .push(id);
        }
    }
    let mut found = Vec::new();
    for mut ids in groups.into_values().filter(|ids| ids.len() > 1) {
        order::by_key(&mut ids, |id| std::cmp::Reverse(present(spreads, *id)));
        let (to, others) = (ids[0], &ids[1..]);
        for from in others {
            if found.len() < OFFERS && agree(ledger.column(to), ledger.column(*from), ledger.rows())
            {
                found.push(Alike {
                    from: ColumnName::of(ledger, *from),
                    from_runs: present(spreads, *from),
                    to: ColumnName::of(ledger, to),
                    to_runs: present(spreads, to),
                });
            }
        }
    }
    found
}

fn present(spreads: &[Spread], id: ColumnId) -> usize {
    spreads.get(id.index()).map_or(0, |spread| spread.present)
}

/// A name as all trackers might write it: lower case, points between words, without the group before it.
fn plain(name: &str) -> String {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower
        .split(['.', '/', '_', ' ', '-', ':'])
        .filter(|word| !word.is_empty())
        .collect();
    let rest = words
        .split_first()
        .filter(|(first, rest)| !rest.is_empty() && GROUPS.contains(first));
    rest.map_or(words.as_slice(), |(_, rest)| rest).join(".")
}

/// Whether columns hold values of one kind, and no run has two of them.
fn agree(a: &Column, b: &Column, rows: usize) -> bool {
    a.kind() == b.kind()
        && (0..rows).all(|row| {
            let (a, b) = (a.get(row), b.get(row));
            a.is_missing() || b.is_missing() || a == b
        })
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn names_are_told_by_their_words() {
        for name in ["lr", "config/lr", "params.lr", "Config.LR", "config:lr"] {
            assert_eq!(plain(name), "lr", "{name}");
        }
        assert_eq!(plain("val_loss"), plain("val/loss"));
        // The group alone is a name.
        assert_eq!(plain("config"), "config");
        assert_ne!(plain("train/loss"), plain("val/loss"));
    }
}
