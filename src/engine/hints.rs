//! What a person is told once, where it helps: which hint belongs to a view, and which were seen.

use super::tab::Tab;

/// A hint: its bit among those that were seen, and its words.
pub type Hint = (u32, &'static str);

const FILTER: Hint = (
    1,
    "The filter takes comparisons, arithmetic and words: lr < 0.01 and optimizer = adam. It completes names as you write.",
);
const BRUSH: Hint = (
    2,
    "Drag over this chart: what you keep becomes text of the filter, where it can be changed and undone.",
);
const KEYS: Hint = (
    4,
    "H says what a view answers and how; Ctrl K finds all that can be done here by a few letters.",
);

/// The hint of a view, where it was not seen yet.
pub fn hint(tab: Tab, seen: u32) -> Option<Hint> {
    let hint = match tab {
        Tab::Table => FILTER,
        Tab::Space | Tab::Scatter => BRUSH,
        Tab::Report => return None,
        _ => KEYS,
    };
    (seen & hint.0 == 0).then_some(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_once_and_there_are_three() {
        let mut seen = 0;
        let mut told = Vec::new();
        for _ in 0..2 {
            for tab in Tab::ALL {
                if let Some((bit, words)) = hint(tab, seen) {
                    seen |= bit;
                    told.push(words);
                }
            }
        }
        assert_eq!(told, [KEYS.1, FILTER.1, BRUSH.1]);
        // Browser tests say so of pages on which none is to be told.
        assert_eq!(seen, 7);
        assert!(told.iter().all(|words| words.len() < 130));
    }
}
