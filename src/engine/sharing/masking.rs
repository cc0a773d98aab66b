//! Texts with what should not leave them replaced.

use super::secret::{SecretKind, spotted};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// The longest word that is looked for has this many parts (`node-36.cluster` has three).
const MOST_PARTS: usize = 12;

/// What is replaced in texts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mask {
    /// Kinds that are replaced wherever a text looks so.
    kinds: Vec<SecretKind>,
    /// What is left as it is all the same.
    kept: Vec<String>,
    /// Words that are replaced wherever they stand by themselves, in small letters, with what stands for them.
    words: FxHashMap<String, String>,
    /// Numbers of texts of a kind, in small letters: what was different stays so.
    numbers: FxHashMap<(SecretKind, String), usize>,
    /// How many texts of each kind have a number.
    counts: [usize; SecretKind::ALL.len()],
}

/// How many texts get numbers; others of a kind are replaced alike.
const MOST_NUMBERED: usize = 100_000;

impl Mask {
    /// One that replaces these kinds by their looks, but for these texts.
    pub(crate) fn new(kinds: Vec<SecretKind>, kept: Vec<String>) -> Self {
        Self {
            kinds,
            kept,
            ..Self::default()
        }
    }

    /// Replaces a word too, wherever it stands by itself.
    pub(crate) fn add_word(&mut self, word: &str, mask: &str) {
        if self.keeps(word.trim()) {
            return;
        }
        // Words are looked for from a letter to a letter.
        let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        if !word.is_empty() {
            self.words
                .entry(folded(word))
                .or_insert_with(|| mask.to_owned());
        }
    }

    /// Gives a text of a kind a number of its own, where that kind is replaced.
    pub(crate) fn number(&mut self, kind: SecretKind, text: &str) {
        if !self.has(kind) || self.keeps(text) || self.numbers.len() >= MOST_NUMBERED {
            return;
        }
        let count = &mut self.counts[kind as usize];
        self.numbers.entry((kind, folded(text))).or_insert_with(|| {
            *count += 1;
            *count
        });
    }

    /// What stands in the place of a text of a kind.
    pub(crate) fn stand_in(&self, kind: SecretKind, text: &str) -> String {
        let word = kind.word();
        match self.numbers.get(&(kind, folded(text))) {
            Some(number) => format!("[{word} {number}]"),
            None => format!("[{word}]"),
        }
    }

    /// Whether a kind is replaced.
    pub(crate) fn has(&self, kind: SecretKind) -> bool {
        self.kinds.contains(&kind)
    }

    /// Whether a person wants this text to stay.
    pub(crate) fn keeps(&self, text: &str) -> bool {
        self.kept.iter().any(|kept| kept == text)
    }

    /// The text without what is replaced.
    pub(crate) fn apply<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut masked = Cow::Borrowed(text);
        let mut until = text.len();
        for (place, kind) in spotted(text).into_iter().rev() {
            // From the end, so that places before stay what they are.
            if self.has(kind) && place.end <= until && !self.keeps(&text[place.clone()]) {
                until = place.start;
                let stand_in = self.stand_in(kind, &text[place.clone()]);
                masked.to_mut().replace_range(place, &stand_in);
            }
        }
        if self.words.is_empty() {
            return masked;
        }
        match self.without_words(&masked) {
            Some(text) => Cow::Owned(text),
            None => masked,
        }
    }

    /// The text without the words, where one of them stands in it.
    fn without_words(&self, text: &str) -> Option<String> {
        let lower = folded(text);
        let all: Vec<(usize, usize)> = parts(&lower).collect();
        let mut made = String::new();
        let (mut copied, mut at) = (0, 0);
        while let Some((from, _)) = all.get(at).copied() {
            let mut ends = all.iter().skip(at).take(MOST_PARTS).enumerate().rev();
            let found = ends.find_map(|(more, (_, end))| {
                Some((more, *end, self.words.get(lower.get(from..*end)?)?))
            });
            let Some((more, end, mask)) = found else {
                at += 1;
                continue;
            };
            let is_host = mask.starts_with(&format!("[{}", SecretKind::Host.word()));
            let end = end
                + if is_host {
                    domain(lower.get(end..)?)
                } else {
                    0
                };
            made.push_str(text.get(copied..from)?);
            made.push_str(mask);
            copied = end;
            at += more + 1;
            while all.get(at).is_some_and(|(from, _)| *from < end) {
                at += 1;
            }
        }
        if copied == 0 {
            return None;
        }
        made.push_str(text.get(copied..)?);
        Some(made)
    }
}

/// The length of the domain that follows the name of a machine: `.cluster.example.org`.
fn domain(text: &str) -> usize {
    let mut length = 0;
    while let Some(label) = text[length..].strip_prefix('.') {
        let is_part = |c: char| c.is_alphanumeric() || c == '-';
        match label.find(|c| !is_part(c)).unwrap_or(label.len()) {
            0 => break,
            letters => length += 1 + letters,
        }
    }
    length
}

/// In small letters, each in the place of its own: those whose small one is longer or shorter stay as they are.
fn folded(text: &str) -> String {
    let fold = |letter: char| {
        let mut small = letter.to_lowercase();
        match (small.next(), small.next()) {
            (Some(small), None) if small.len_utf8() == letter.len_utf8() => small,
            _ => letter,
        }
    };
    text.chars().map(fold).collect()
}

/// Where the parts of a text begin and end: runs of letters and digits.
fn parts(text: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let tail = text.get(rest..)?;
        let from = rest + tail.find(char::is_alphanumeric)?;
        let tail = text.get(from..)?;
        let end = tail
            .find(|letter: char| !letter.is_alphanumeric())
            .map_or(text.len(), |len| from + len);
        rest = end;
        Some((from, end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_and_words_are_replaced_and_nothing_beside_them() {
        let mut mask = Mask::new(SecretKind::ALL.to_vec(), vec!["/data/public/x".to_owned()]);
        mask.add_word("Anna", "[user]");
        mask.add_word("node-36.cluster", "[host]");
        mask.add_word("--", "[user]");
        let cases = [
            ("anna_exp3 on Node-36.cluster", "[user]_exp3 on [host]"),
            ("annabel at node-36", "annabel at node-36"),
            (
                "ANNA: see /home/anna/x, a@b.org",
                "[user]: see [path], [e-mail]",
            ),
            ("from /data/public/x", "from /data/public/x"),
            (
                "node-36.cluster.example.org. On NODE-36.CLUSTER. é",
                "[host]. On [host]. é",
            ),
            ("nothing é", "nothing é"),
            ("İK ẞ ANNA Éanna É", "İK ẞ [user] Éanna É"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(mask.apply(text), expected);
        }
        assert_eq!(Mask::default().apply("/home/anna/x"), "/home/anna/x");
    }
}
