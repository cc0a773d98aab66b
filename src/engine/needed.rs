//! The files that a link needs: names of what was dropped, never what is in it.

use super::view::{escape, unescape};
use serde::{Deserialize, Serialize};

/// How many names a link has at most.
const MOST: usize = 12;

/// How many letters of each.
const LONGEST: usize = 80;

/// Names of dropped files and folders, and how many there are besides. They may come from a stranger: bounded, and nothing
/// but text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needed {
    names: Vec<String>,
    more: usize,
}

impl Needed {
    /// What these files were dropped as.
    pub fn of(paths: &mut dyn Iterator<Item = &str>) -> Self {
        let mut names: Vec<String> = dropped(paths).into_iter().collect();
        let more = names.len().saturating_sub(MOST);
        names.truncate(MOST);
        Self { names, more }
    }

    /// Whether nothing is needed.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// What of it is not among these files.
    pub fn missing(mut self, paths: &mut dyn Iterator<Item = &str>) -> Self {
        let there = dropped(paths);
        if there.len() >= self.names.len() + self.more {
            self.more = 0;
        }
        self.names.retain(|name| !there.contains(name));
        self
    }

    /// What of these files is not of it; nothing where it does not name all that are.
    pub fn others(&self, paths: &mut dyn Iterator<Item = &str>) -> Self {
        if self.more > 0 {
            return Self::default();
        }
        let there = dropped(paths);
        let others = there.iter().filter(|name| !self.names.contains(name));
        Self::of(&mut others.map(String::as_str))
    }

    /// The names for people.
    pub fn told(&self) -> String {
        let names = self.names.join(", ");
        match self.more {
            0 => names,
            more => format!("{names} and {more} more"),
        }
    }

    /// As a part of an address.
    pub(super) fn words(&self) -> String {
        let more = (self.more > 0).then(|| format!("+{}", self.more));
        let names = self.names.iter().map(|name| escape(name));
        names.chain(more).collect::<Vec<_>>().join(",")
    }

    /// What a part of an address spells.
    pub(super) fn from_words(words: &str) -> Self {
        let mut needed = Self::default();
        for part in words.split(',') {
            if let Some(more) = part.strip_prefix('+') {
                needed.more = more.parse::<u32>().unwrap_or_default() as usize;
            } else if needed.names.len() < MOST {
                needed.names.push(plain(&unescape(part)));
            }
        }
        needed.names.retain(|name| !name.is_empty());
        needed
    }
}

/// What files were dropped as: the first part of each path.
fn dropped(paths: &mut dyn Iterator<Item = &str>) -> order::Set<String> {
    let mut names = order::Set::new();
    for path in paths {
        let name = plain(path.split('/').next().unwrap_or_default());
        if !name.is_empty() {
            names.insert(name);
        }
    }
    names
}

/// A name without what could turn or hide the words around it.
fn plain(name: &str) -> String {
    let is_seen = |letter: &char| {
        !letter.is_control()
            && !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    name.chars().filter(is_seen).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(paths: &[&str]) -> Needed {
        Needed::of(&mut paths.iter().copied())
    }

    #[test]
    fn names_are_those_of_what_was_dropped() {
        let needed = of(&["mlruns/0/a/meta.yaml", "mlruns/0/b/meta.yaml", "runs.csv"]);
        assert_eq!(needed.told(), "mlruns, runs.csv");
        let missing = needed
            .clone()
            .missing(&mut ["runs.csv", "other.csv"].into_iter());
        assert_eq!(missing.told(), "mlruns");
        let others = needed.others(&mut ["runs.csv", "other.csv"].into_iter());
        assert_eq!(others.told(), "other.csv");
        assert!(
            needed
                .missing(&mut ["mlruns/x", "runs.csv"].into_iter())
                .is_empty()
        );
    }

    #[test]
    fn a_link_is_bounded_whoever_wrote_it() {
        let many: Vec<String> = (0..40)
            .map(|at| format!("{at}-{}", "x".repeat(200)))
            .collect();
        let needed = Needed::of(&mut many.iter().map(String::as_str));
        assert!(needed.told().ends_with(" and 28 more"));
        // Others may be among those that it does not name.
        assert!(needed.others(&mut ["other"].into_iter()).is_empty());
        assert!(needed.told().chars().count() < 13 * 90);
        assert_eq!(Needed::from_words(&needed.words()), needed);
        let hostile = Needed::from_words("%E2%80%AEa%0Ab,%3Cb%3E,,+99999999999");
        assert_eq!(hostile.told(), "ab, <b>");
        let hostile = Needed::from_words(&"a,".repeat(1000));
        assert_eq!(hostile.told().matches('a').count(), MOST);
    }
}
