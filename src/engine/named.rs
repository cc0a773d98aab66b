//! Filters to which a person gave names: they stand in the address with the rest of the view.

use super::view::View;
use serde::{Deserialize, Serialize};

/// A filter that the person named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedFilter {
    /// Its name.
    pub name: String,
    /// Its text.
    pub filter: String,
}

/// Puts the filter in force under a name, in place of what has the name; nothing where one of them is empty.
pub fn save(view: &mut View, name: &str) {
    let (name, filter) = (name.trim(), view.filter.trim());
    if name.is_empty() || filter.is_empty() {
        return;
    }
    let filter = filter.to_owned();
    match view.named.iter_mut().find(|known| known.name == name) {
        Some(known) => known.filter = filter,
        None => view.named.push(NamedFilter {
            name: name.to_owned(),
            filter,
        }),
    }
}

/// Gives a named filter another name. Tells whether it has it: no two have the same, and none has an empty one.
pub fn rename(view: &mut View, old: &str, new: &str) -> bool {
    let new = new.trim();
    let is_taken = new != old && view.named.iter().any(|known| known.name == new);
    if new.is_empty() || is_taken {
        return false;
    }
    let named = view.named.iter_mut().find(|known| known.name == old);
    named.map(|known| new.clone_into(&mut known.name)).is_some()
}

/// Forgets a named filter; the one in force stays.
pub fn forget(view: &mut View, name: &str) {
    view.named.retain(|known| known.name != name);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_saved_over_renamed_and_forgotten() {
        let mut view = View::default();
        let said = |view: &View| {
            let said = |known: &NamedFilter| format!("{}={}", known.name, known.filter);
            view.named.iter().map(said).collect::<Vec<_>>().join("; ")
        };
        save(&mut view, "nothing");
        assert_eq!(said(&view), "");
        view.filter = "lr < 0.1".to_owned();
        save(&mut view, "  ");
        save(&mut view, " low ");
        view.filter = "lr > 1".to_owned();
        save(&mut view, "high");
        assert_eq!(said(&view), "low=lr < 0.1; high=lr > 1");
        // In place of what had the name, where that stood.
        view.filter = "lr < 0.01".to_owned();
        save(&mut view, "low");
        assert_eq!(said(&view), "low=lr < 0.01; high=lr > 1");
        assert!(!rename(&mut view, "low", "high") && !rename(&mut view, "low", " "));
        assert!(!rename(&mut view, "unknown", "other"));
        assert!(rename(&mut view, "low", "low, & : rates"));
        assert!(rename(&mut view, "high", "high"));
        // The link holds them.
        assert_eq!(View::from_hash(&view.to_hash()), view);
        forget(&mut view, "low, & : rates");
        assert_eq!(said(&view), "high=lr > 1");
        assert_eq!(view.filter, "lr < 0.01");
    }
}
