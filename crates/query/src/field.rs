//! The columns that names in a filter mean, and those that they might mean.

use super::ast::field_text;
use ledger::{Column, ColumnId, Ledger, Role};

/// Longest name for which a similar one is sought.
const LONGEST_SIMILAR: usize = 64;

/// The column that `name` means: `role.name`, else the first of param, metric, attribute and tag that
/// has it, else the one whose name differs only in case.
pub(super) fn resolve(name: &str, ledger: &Ledger) -> Option<ColumnId> {
    // Of a computed column that was taken away the name may still be read as the expression that it was.
    let find = |role: Role, name: &str| {
        let known = ledger.find(role, name);
        known.filter(|id| !ledger.column(*id).is_vacant())
    };
    let qualified = |name: &str| {
        let (word, rest) = name.split_once('.')?;
        let role = Role::ALL
            .into_iter()
            .find(|role| role.word().eq_ignore_ascii_case(word))?;
        find(role, rest)
    };
    let plain = |name: &str| {
        [
            Role::Param,
            Role::Metric,
            Role::Attribute,
            Role::Tag,
            Role::Ignored,
        ]
        .into_iter()
        .find_map(|role| find(role, name))
    };
    let in_any_case = |name: &str| {
        let mut alike = ledger.columns_with_ids().filter(|(_, column)| {
            column.role() != Role::Ignored
                && !column.is_vacant()
                && column.name().eq_ignore_ascii_case(name)
        });
        let first = alike.next()?;
        alike.next().is_none().then_some(first.0)
    };
    // A computed column is called with its unit: `hours [h]`.
    let with_unit = || {
        let mut alike = ledger.columns_with_ids().filter(|(_, column)| {
            let unit = column.name().strip_prefix(name);
            column.formula().is_some() && unit.is_some_and(|unit| unit.starts_with(" ["))
        });
        let first = alike.next()?;
        alike.next().is_none().then_some(first.0)
    };
    qualified(name)
        .or_else(|| plain(name))
        .or_else(|| in_any_case(name))
        .or_else(with_unit)
}

/// The column's name with its role: `param.lr`.
pub(super) fn qualified_name(column: &Column) -> String {
    format!("{}.{}", column.role().word(), column.name())
}

/// What to type for a column: its name where that is enough, else with its role. `None` for a column
/// that cannot be named any more, because another took its place.
pub fn typed_name(id: ColumnId, ledger: &Ledger) -> Option<String> {
    let column = ledger.try_column(id)?;
    [column.name().to_owned(), qualified_name(column)]
        .into_iter()
        .find(|name| !name.is_empty() && resolve(name, ledger) == Some(id))
        .map(|name| field_text(&name))
}

/// What to type for the column whose name is most like `name`, if one is like it.
pub(super) fn similar(name: &str, ledger: &Ledger) -> Option<String> {
    let wanted = name.to_lowercase();
    let length = wanted.chars().count();
    if length == 0 || length > LONGEST_SIMILAR {
        return None;
    }
    let mut best: Option<(usize, ColumnId)> = None;
    for (id, column) in ledger.columns_with_ids() {
        if column.role() == Role::Ignored || column.name().len() > 4 * LONGEST_SIMILAR {
            continue;
        }
        let own = column.name().to_lowercase();
        let last = own.rsplit(['/', '.', '_']).next().unwrap_or(&own);
        let last_wanted = wanted.rsplit(['/', '.']).next().unwrap_or(&wanted);
        // What is typed is often the last part of a name (acc of val/acc), or has a part too many.
        let distance = if last == wanted || last_wanted == own {
            1
        } else {
            let qualified = qualified_name(column).to_lowercase();
            edit_distance(&wanted, &own).min(edit_distance(&wanted, &qualified))
        };
        if distance <= (length / 3).max(1) && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, id));
        }
    }
    best.and_then(|(_, id)| typed_name(id, ledger))
}

/// Insertions, deletions, replacements and swaps of neighbours from `a` to `b` (optimal string
/// alignment: Boytsov, ACM JEA 16, 2011).
pub(super) fn edit_distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut before_last = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_swaps_as_one() {
        assert_eq!(edit_distance("optimizer", "optimzier"), 1);
        assert_eq!(edit_distance("lr", "lr"), 0);
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("val_los", "val_loss"), 1);
    }
}
