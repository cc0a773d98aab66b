//! Which columns the table shows, in what order and how wide; and the changes of a [`View`] that
//! rearrange them.
//!
//! By default: the objective, params that vary, metrics, tags and attributes, in the ledger's order.
//! Constants are hidden until revealed. A person's order comes first, pinned columns before all.
//! Rank and the run's name stand at the far left always and are no part of this.

use super::protocol::{ColumnInfo, LedgerInfo};
use super::view::{SortKey, View};
use crate::ledger::{ColumnId, Kind, Role, attribute};
use rustc_hash::FxHashMap;

/// The key under which a view names the column of run names.
pub const RUN: &str = "run";
/// The key under which a view sorts by the objective.
pub const RANK: &str = "rank";
/// The least and greatest width of a column, in pixels.
pub const WIDTHS: (u32, u32) = (48, 800);
/// How much wider a column is for the curves beside its values, in pixels.
pub const CURVE_WIDTH: u32 = 64;
/// The greatest width of a column that is made wider for what its cells say, in pixels.
const WIDEST_SAID: u32 = 420;
/// How wide run names are by default, in pixels.
const RUN_WIDTH: u32 = 200;

/// A column that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its place in [`LedgerInfo::columns`].
    pub at: usize,
    /// Its id in the ledger.
    pub id: ColumnId,
    /// Pixels from the first column's left edge to this one's.
    pub left: u32,
    /// Pixels.
    pub width: u32,
    /// Whether it stays at the left.
    pub pinned: bool,
    /// How much of its name its neighbours share, in bytes, where columns stand by that; else 0.
    pub shared: usize,
    /// Whether it is the first of those that share it.
    pub begins: bool,
}

/// The columns of the table, from left to right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrangement {
    /// The shown columns, the pinned ones first.
    pub columns: Vec<Placed>,
    /// How many of them are pinned.
    pub pinned: usize,
    /// The columns that name a run: the first that has a value counts.
    pub names: Vec<ColumnId>,
    /// How wide run names are.
    pub run_width: u32,
}

impl Arrangement {
    /// How wide all shown columns are together.
    pub fn width(&self) -> u32 {
        self.columns
            .last()
            .map_or(0, |column| column.left + column.width)
    }

    /// How wide the first `count` columns are together.
    pub fn width_of_first(&self, count: usize) -> u32 {
        let last = count.checked_sub(1).and_then(|last| self.columns.get(last));
        last.map_or(0, |column| column.left + column.width)
    }

    /// Makes columns as wide as what their cells say, where the person did not say how wide they are. `letters` are those of the
    /// longest cell of a column.
    pub fn widen(&mut self, info: &LedgerInfo, view: &View, letters: &order::Map<u32, u32>) {
        let mut left = 0;
        for placed in &mut self.columns {
            let column = &info.columns[placed.at];
            if let Some(letters) = letters.get(&placed.id.0)
                && chosen_width(view, &column.key).is_none()
            {
                // Digits and signs, in a font whose letters are wide; what differs from a baseline is bold.
                let wanted = match view.baseline {
                    Some(_) => letters * 9 + 34,
                    None => (letters * 17).div_ceil(2) + 22,
                };
                let wanted = wanted.min(WIDEST_SAID) + curve_width(view, column);
                placed.width = placed.width.max(wanted);
            }
            placed.left = left;
            left += placed.width;
        }
    }

    /// Of the columns behind the first `fixed`, those that are in view where `width` pixels from `left`
    /// on are, with `more` on each side. Pixels count from the first column's left edge.
    pub fn in_view(
        &self,
        fixed: usize,
        left: f64,
        width: f64,
        more: usize,
    ) -> std::ops::Range<usize> {
        let loose = self.columns.get(fixed..).unwrap_or_default();
        let first = loose.partition_point(|column| f64::from(column.left + column.width) <= left);
        let end = loose.partition_point(|column| f64::from(column.left) < left + width);
        let first = fixed + first.saturating_sub(more);
        first..(fixed + end + more).min(self.columns.len()).max(first)
    }
}

/// The columns that `view` shows of `info`.
pub fn arrange(info: &LedgerInfo, view: &View) -> Arrangement {
    arrange_without(info, view, &[])
}

/// As [`arrange`], without these columns, unless they are pinned.
pub fn arrange_without(info: &LedgerInfo, view: &View, without: &[ColumnId]) -> Arrangement {
    let mut columns = Vec::new();
    let mut left = 0;
    let mut pinned_count = 0;
    for at in order(info, view) {
        let column = &info.columns[at];
        let pinned = view.pinned.contains(&column.key);
        let left_out = without.contains(&column.id) && !pinned;
        if left_out || !is_shown(info, view, column) {
            continue;
        }
        let width = width(view, column);
        pinned_count += usize::from(pinned);
        columns.push(Placed {
            at,
            id: column.id,
            left,
            width,
            pinned,
            shared: 0,
            begins: false,
        });
        left += width;
    }
    if view.look.prefixes {
        tell_shared(info, &mut columns);
    }
    let names = [attribute::NAME, attribute::ID]
        .iter()
        .filter_map(|name| {
            info.columns
                .iter()
                .find(|column| is_attribute(column, name))
        })
        .map(|column| column.id)
        .collect();
    let run_width = chosen_width(view, RUN).unwrap_or(RUN_WIDTH);
    Arrangement {
        columns,
        pinned: pinned_count,
        names,
        run_width,
    }
}

/// Notes what neighbours share of their names.
fn tell_shared(info: &LedgerInfo, columns: &mut [Placed]) {
    let group = |placed: &Placed| {
        let column = &info.columns[placed.at];
        prefix(&column.name).map(|prefix| (column.role, prefix, placed.pinned))
    };
    for at in 0..columns.len() {
        let Some(mine) = group(&columns[at]) else {
            continue;
        };
        let is_mine = |place: Option<usize>| {
            let neighbour = place.and_then(|place| columns.get(place));
            neighbour.and_then(group) == Some(mine)
        };
        let (before, after) = (is_mine(at.checked_sub(1)), is_mine(Some(at + 1)));
        let shared = mine.1.len();
        if before || after {
            columns[at].shared = shared;
            columns[at].begins = !before;
        }
    }
}

/// The first part of a name with what ends it: `train/` of `train/loss`, `model.` of `model.depth`.
pub fn prefix(name: &str) -> Option<&str> {
    let end = name.find('/').or_else(|| name.find('.'))?;
    (end > 0 && end + 1 < name.len()).then(|| &name[..=end])
}

/// Keys of the shown columns that share the first part of their names with this one, itself among them.
pub fn of_one_prefix<'a>(info: &'a LedgerInfo, view: &View, key: &str) -> Vec<&'a str> {
    let Some(column) = info.column(key) else {
        return Vec::new();
    };
    let Some(wanted) = prefix(&column.name) else {
        return Vec::new();
    };
    let is_same = |other: &&ColumnInfo| {
        other.role == column.role
            && prefix(&other.name) == Some(wanted)
            && is_shown(info, view, other)
    };
    let found = info.columns.iter().filter(is_same);
    found.map(|column| column.key.as_str()).collect()
}

/// All columns that can be shown, as places in [`LedgerInfo::columns`], in the order of the table.
pub fn order(info: &LedgerInfo, view: &View) -> Vec<usize> {
    let shown = objective_key(info, view);
    let objective = view
        .objective
        .as_ref()
        .map(|objective| objective.column.as_str());
    let mut places: Vec<usize> = (0..info.columns.len())
        .filter(|at| !names_runs(info, &info.columns[*at]))
        .collect();
    let place_in = |keys: &[String], key: &str| {
        keys.iter()
            .position(|known| known == key)
            .unwrap_or(usize::MAX)
    };
    // Stable: what no list names stays in the ledger's order.
    let key_of = |column: &ColumnInfo| {
        let key = &column.key;
        (
            place_in(&view.pinned, key),
            place_in(&view.order, key),
            // What the objective goes by, then what its metric came to at last.
            Some(key.as_str()) != shown,
            Some(key.as_str()) != objective,
            // What a person made is what they want to see.
            column.formula.is_none(),
        )
    };
    let sort_keys: Vec<_> = info.columns.iter().map(key_of).collect();
    order::by(&mut places, |a, b| sort_keys[*a].cmp(&sort_keys[*b]));
    if view.look.prefixes {
        stand_together(info, view, &mut places);
    }
    places
}

/// The key of the column that shows the objective: what is read of its metric's curve, else the metric.
pub fn objective_key<'a>(info: &'a LedgerInfo, view: &'a View) -> Option<&'a str> {
    let objective = view.objective.as_ref()?;
    let read = objective.shown_name().and_then(|name| {
        let mut columns = info.columns.iter();
        columns.find(|column| column.formula.is_some() && column.name == name)
    });
    Some(read.map_or(objective.column.as_str(), |column| column.key.as_str()))
}

/// Puts columns beside the first of those that share the first part of their names.
fn stand_together(info: &LedgerInfo, view: &View, places: &mut [usize]) {
    let mut first_of: FxHashMap<(Role, &str), usize> = FxHashMap::default();
    let mut keyed: Vec<(usize, usize)> = Vec::with_capacity(places.len());
    for (number, at) in places.iter().enumerate() {
        let column = &info.columns[*at];
        let group = prefix(&column.name).filter(|_| !view.pinned.contains(&column.key));
        let first = group.map_or(number, |prefix| {
            *first_of.entry((column.role, prefix)).or_insert(number)
        });
        keyed.push((first, *at));
    }
    order::by_key(&mut keyed, |(first, _)| *first);
    for (place, (_, at)) in places.iter_mut().zip(keyed) {
        *place = at;
    }
}

/// Whether `view` shows this column.
pub fn is_shown(info: &LedgerInfo, view: &View, column: &ColumnInfo) -> bool {
    if view.hidden.contains(&column.key) {
        return false;
    }
    let is_objective = view
        .objective
        .as_ref()
        .is_some_and(|objective| objective.column == column.key);
    is_objective
        || view.revealed.contains(&column.key)
        || view.pinned.contains(&column.key)
        || is_shown_by_default(info, column)
}

/// Whether a column is shown when nothing is set: a constant says nothing in a table of many runs.
pub fn is_shown_by_default(info: &LedgerInfo, column: &ColumnInfo) -> bool {
    let constant = !column.varies && info.runs > 1;
    column.role != Role::Ignored && column.present > 0 && !constant
}

/// Whether the column is what the run column shows already.
fn names_runs(info: &LedgerInfo, column: &ColumnInfo) -> bool {
    let named = || {
        info.columns
            .iter()
            .any(|column| is_attribute(column, attribute::NAME))
    };
    is_attribute(column, attribute::NAME) || (is_attribute(column, attribute::ID) && !named())
}

fn is_attribute(column: &ColumnInfo, name: &str) -> bool {
    column.role == Role::Attribute && column.name == name
}

fn chosen_width(view: &View, key: &str) -> Option<u32> {
    let chosen = view.widths.iter().find(|(known, _)| known == key);
    chosen.map(|(_, pixels)| (*pixels).clamp(WIDTHS.0, WIDTHS.1))
}

fn width(view: &View, column: &ColumnInfo) -> u32 {
    chosen_width(view, &column.key).unwrap_or_else(|| {
        // About seven pixels a character, and room for the arrow and the menu.
        let header = column.name.chars().count() as u32 * 7 + 46;
        let (least, most) = match column.kind {
            Kind::Empty | Kind::Bool => (72, 140),
            // An uncertainty or a difference stands behind the number.
            Kind::Number if column.role == Role::Metric && says_more(view) => (152, 200),
            Kind::Number => (92, 168),
            Kind::Time => (148, 180),
            Kind::Category => (104, 180),
            Kind::Text => (160, 240),
        };
        header.clamp(least, most) + curve_width(view, column)
    })
}

/// How much wider it is for curves.
fn curve_width(view: &View, column: &ColumnInfo) -> u32 {
    if view.look.curves && column.has_history {
        CURVE_WIDTH
    } else {
        0
    }
}

/// Whether metrics' cells say more than a number.
pub fn says_more(view: &View) -> bool {
    view.grouping.is_some() || view.baseline.is_some()
}

/// How a column is sorted: whether it descends, and the place of its key among several.
pub fn sorted(sort: &[SortKey], key: &str) -> Option<(bool, usize)> {
    let place = sort.iter().position(|sort| sort.column == key)?;
    Some((sort[place].descending, place))
}

/// Sorts by a column: ascending, then descending, then not at all. With `add`, other keys stay.
pub fn cycle_sort(view: &mut View, key: &str, add: bool) {
    let next = match sorted(&view.sort, key) {
        None => Some(false),
        Some((false, _)) => Some(true),
        Some((true, _)) => None,
    };
    set_sort(view, key, next, add);
}

/// Sorts by a column in this direction (`true` descends), or not at all. With `add`, other keys stay.
pub fn set_sort(view: &mut View, key: &str, descending: Option<bool>, add: bool) {
    let place = view.sort.iter().position(|sort| sort.column == key);
    if !add {
        view.sort.clear();
    }
    match (descending, place.filter(|_| add)) {
        (Some(descending), Some(place)) => view.sort[place].descending = descending,
        (Some(descending), None) => view.sort.push(SortKey {
            column: key.to_owned(),
            descending,
        }),
        (None, Some(place)) => {
            view.sort.remove(place);
        }
        (None, None) => {}
    }
}

/// Shows or hides columns.
pub fn set_shown(info: &LedgerInfo, view: &mut View, keys: &[&str], shown: bool) {
    for column in info
        .columns
        .iter()
        .filter(|column| keys.contains(&column.key.as_str()))
    {
        view.hidden.retain(|key| *key != column.key);
        view.revealed.retain(|key| *key != column.key);
        if !shown {
            view.pinned.retain(|key| *key != column.key);
        }
        let now = is_shown(info, view, column);
        if now != shown {
            if shown {
                &mut view.revealed
            } else {
                &mut view.hidden
            }
            .push(column.key.clone());
        }
    }
}

/// Pins a column at the left, or lets it go.
pub fn set_pinned(view: &mut View, key: &str, pinned: bool) {
    view.pinned.retain(|known| known != key);
    if pinned {
        view.pinned.push(key.to_owned());
        view.hidden.retain(|known| known != key);
    }
}

/// Sets a column's width; [`RUN`] for that of run names.
pub fn set_width(view: &mut View, key: &str, pixels: u32) {
    view.widths.retain(|(known, _)| known != key);
    view.widths
        .push((key.to_owned(), pixels.clamp(WIDTHS.0, WIDTHS.1)));
}

/// Puts a column where another is: before it when it comes from the right, behind it when it comes
/// from the left, as a dragged column does. Pinned columns move among the pinned alone.
pub fn move_to(info: &LedgerInfo, view: &mut View, key: &str, target: &str) {
    let keys: Vec<String> = order(info, view)
        .into_iter()
        .map(|at| info.columns[at].key.clone())
        .collect();
    let place = |wanted: &str| keys.iter().position(|key| key == wanted);
    let (Some(from), Some(to)) = (place(key), place(target)) else {
        return;
    };
    if view.pinned.iter().any(|known| known == key) {
        if let Some(to) = view.pinned.iter().position(|known| known == target) {
            view.pinned.retain(|known| known != key);
            view.pinned.insert(to, key.to_owned());
        }
        return;
    }
    let mut moved = keys;
    let column = moved.remove(from);
    moved.insert(to, column);
    // What comes after the last column out of place need not be written down.
    let mut bare = view.clone();
    bare.order.clear();
    let natural: Vec<String> = order(info, &bare)
        .into_iter()
        .map(|at| info.columns[at].key.clone())
        .collect();
    let same = moved
        .iter()
        .rev()
        .zip(natural.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    moved.truncate(moved.len() - same);
    moved.retain(|key| !view.pinned.contains(key));
    view.order = moved;
}

/// Moves a column by one place among the shown ones, to the left or to the right.
pub fn step(info: &LedgerInfo, view: &mut View, key: &str, right: bool) {
    let arrangement = arrange(info, view);
    let keys: Vec<&str> = arrangement
        .columns
        .iter()
        .map(|column| info.columns[column.at].key.as_str())
        .collect();
    let Some(place) = keys.iter().position(|known| *known == key) else {
        return;
    };
    let next = if right {
        place.checked_add(1)
    } else {
        place.checked_sub(1)
    };
    if let Some(target) = next.and_then(|next| keys.get(next)) {
        move_to(info, view, key, target);
    }
}

/// Forgets all that was set about columns.
pub fn reset(view: &mut View) {
    for keys in [
        &mut view.hidden,
        &mut view.revealed,
        &mut view.pinned,
        &mut view.order,
    ] {
        keys.clear();
    }
    view.widths.clear();
}

#[cfg(test)]
mod tests;
