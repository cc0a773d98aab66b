//! What differs between two texts, line by line; between two of one line each, word by word.
//!
//! The longest common subsequence by the table of its lengths, after what both begin and end with alike was taken
//! away: exact, and bounded by the size of that table. Texts that are longer are not compared, and it says so.

use serde::{Deserialize, Serialize};

use crate::chart::number::counted;

/// How many cells the table has at most.
const MOST_CELLS: usize = 1_000_000;

/// How many lines are told at most.
const MOST_LINES: usize = 2_000;

/// How long a text is at most, in bytes.
const LONGEST: usize = 1 << 20;

/// So many lines that are the same stand before and after others.
const AROUND: usize = 3;

/// What a line of a difference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DiffKind {
    /// In both.
    Same,
    /// Only in the one that is compared with.
    Less,
    /// Only in the other.
    More,
    /// So many lines that are the same and are not told.
    Skipped,
}

/// A line of a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    /// What it is.
    pub kind: DiffKind,
    /// It.
    pub text: String,
}

/// What differs between two texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextDiff {
    /// Lines or words.
    pub lines: Vec<DiffLine>,
    /// How many are only in the one that is compared with.
    pub less: usize,
    /// How many are only in the other.
    pub more: usize,
    /// Whether they are words.
    pub by_word: bool,
    /// Why nothing, or not all, is told.
    pub problem: Option<String>,
}

/// What differs from one text to another.
pub(super) fn line_diff(from: &str, to: &str) -> TextDiff {
    let by_word = !from.contains('\n') && !to.contains('\n');
    let mut said = TextDiff {
        by_word,
        ..TextDiff::default()
    };
    let problem = |count: usize, noun: &str| {
        Some(format!(
            "These texts are too long to compare: {count} {noun}."
        ))
    };
    if from.len() + to.len() > LONGEST {
        said.problem = problem(from.len() + to.len(), "bytes");
        return said;
    }
    let parts = |text| -> Vec<&str> {
        if by_word {
            str::split_whitespace(text).collect()
        } else {
            str::lines(text).collect()
        }
    };
    let (from, to) = (parts(from), parts(to));
    let alike = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| {
        let mut count = 0;
        while pairs.next().is_some_and(|(a, b)| a == b) {
            count += 1;
        }
        count
    };
    let head = alike(&mut from.iter().zip(&to));
    let tail = alike(&mut from[head..].iter().rev().zip(to[head..].iter().rev()));
    let (a, b) = (&from[head..from.len() - tail], &to[head..to.len() - tail]);
    let width = b.len() + 1;
    if a.len().saturating_mul(width) > MOST_CELLS {
        said.problem = problem(a.len() + b.len(), "lines that differ");
        return said;
    }
    // How long the longest common subsequence of what follows each pair of places is.
    let mut lengths = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            let (below, beside) = (lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
            lengths[i * width + j] = if a[i] == b[j] {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                below.max(beside)
            };
        }
    }
    let mut all: Vec<(DiffKind, &str)> = Vec::new();
    all.extend(from[..head].iter().map(|text| (DiffKind::Same, *text)));
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            all.push((DiffKind::Same, a[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < a.len()
            && (j == b.len() || lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])
        {
            all.push((DiffKind::Less, a[i]));
            i += 1;
        } else {
            all.push((DiffKind::More, b[j]));
            j += 1;
        }
    }
    let end = from.len() - tail;
    all.extend(from[end..].iter().map(|text| (DiffKind::Same, *text)));
    let count = |kind| all.iter().filter(|(known, _)| *known == kind).count();
    (said.less, said.more) = (count(DiffKind::Less), count(DiffKind::More));
    fold(&all, &mut said);
    said
}

/// Leaves out long stretches of what is the same, and what is too much.
fn fold(all: &[(DiffKind, &str)], said: &mut TextDiff) {
    let differs = |at: usize| all.get(at).is_some_and(|(kind, _)| *kind != DiffKind::Same);
    let is_near = |at: usize| (at.saturating_sub(AROUND)..=at + AROUND).any(differs);
    let noun = if said.by_word { "word" } else { "line" };
    let mut skipped = 0;
    let skip = |skipped: &mut usize, lines: &mut Vec<DiffLine>| {
        if *skipped > 0 {
            lines.push(DiffLine {
                kind: DiffKind::Skipped,
                text: format!("{} the same", counted(*skipped, noun)),
            });
        }
        *skipped = 0;
    };
    let mut lines = Vec::new();
    for (at, (kind, text)) in all.iter().enumerate() {
        if !is_near(at) {
            skipped += 1;
            continue;
        }
        if lines.len() >= MOST_LINES {
            said.problem = Some(format!("Only the first {MOST_LINES} are shown."));
            break;
        }
        skip(&mut skipped, &mut lines);
        lines.push(DiffLine {
            kind: *kind,
            text: (*text).to_owned(),
        });
    }
    skip(&mut skipped, &mut lines);
    said.lines = lines;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(diff: &TextDiff) -> String {
        let line = |line: &DiffLine| {
            let mark = match line.kind {
                DiffKind::Same => ' ',
                DiffKind::Less => '-',
                DiffKind::More => '+',
                DiffKind::Skipped => '…',
            };
            format!("{mark}{}", line.text)
        };
        diff.lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn lines_and_words_that_differ_are_told() {
        let diff = line_diff("a: 1\nb: 2\nc: 3\nd: 4", "a: 1\nb: 5\nd: 4\ne: 6");
        assert_eq!(told(&diff), " a: 1\n-b: 2\n-c: 3\n+b: 5\n d: 4\n+e: 6");
        assert_eq!((diff.less, diff.more, diff.by_word), (2, 2, false));
        let words = line_diff(
            "train.py --lr 0.1 --amp",
            "train.py --lr 0.2 --amp --seed 3",
        );
        assert_eq!(
            told(&words),
            " train.py\n --lr\n-0.1\n+0.2\n --amp\n+--seed\n+3"
        );
        assert!(words.by_word);
        let long: Vec<String> = (0..40).map(|line| line.to_string()).collect();
        let mut other = long.clone();
        other[20] = "x".to_owned();
        let diff = line_diff(&long.join("\n"), &other.join("\n"));
        assert_eq!(
            told(&diff),
            "…17 lines the same\n 17\n 18\n 19\n-20\n+x\n 21\n 22\n 23\n…16 lines the same"
        );
        assert_eq!(told(&line_diff("", "a")), "+a");
        assert_eq!(told(&line_diff("a\nb", "a\nb")), "…2 lines the same");
    }

    #[test]
    fn what_is_too_long_is_not_compared() {
        let lines = |mark: &str| {
            let lines = (0..3_000).map(|line| format!("{mark}{line}"));
            lines.collect::<Vec<_>>().join("\n")
        };
        let diff = line_diff(&lines("a"), &lines("b"));
        assert!(diff.lines.is_empty());
        assert!(diff.problem.unwrap().contains("6000 lines that differ"));
        let huge = "x\n".repeat(LONGEST / 2 + 1);
        assert!(line_diff(&huge, "").problem.is_some());
        // All of many lines are new: that is found, and told in part.
        let diff = line_diff("", &lines("a"));
        assert_eq!((diff.more, diff.lines.len()), (3_000, MOST_LINES));
        assert!(diff.problem.is_some());
    }

    /// What is told is what there was, and no shorter way leads from the one to the other.
    #[test]
    fn both_texts_are_in_the_difference() {
        arbtest::arbtest(|u| {
            let mut text = || -> arbtest::arbitrary::Result<String> {
                let mut lines = Vec::new();
                for _ in 0..u.int_in_range(0..=3)? {
                    lines.push(*u.choose(&["a", "b", "c"])?);
                }
                Ok(lines.join("\n") + "\n")
            };
            let (from, to) = (text()?, text()?);
            let diff = line_diff(&from, &to);
            let of = |kind| {
                let lines = diff.lines.iter();
                let lines = lines.filter(|line| line.kind == kind || line.kind == DiffKind::Same);
                lines.map(|line| line.text.as_str()).collect::<Vec<_>>()
            };
            if diff.less + diff.more > 0 {
                assert_eq!(of(DiffKind::Less), from.lines().collect::<Vec<_>>());
                assert_eq!(of(DiffKind::More), to.lines().collect::<Vec<_>>());
            }
            let least = shortest(
                &from.lines().collect::<Vec<_>>(),
                &to.lines().collect::<Vec<_>>(),
            );
            assert_eq!(diff.less + diff.more, least);
            Ok(())
        });
    }

    fn shortest(a: &[&str], b: &[&str]) -> usize {
        match (a, b) {
            ([], rest) | (rest, []) => rest.len(),
            ([x, a @ ..], [y, b @ ..]) if x == y => shortest(a, b),
            ([_, rest_a @ ..], [_, rest_b @ ..]) => {
                1 + shortest(rest_a, b).min(shortest(a, rest_b))
            }
        }
    }
}
