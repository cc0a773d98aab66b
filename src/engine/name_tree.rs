//! Names as a tree: those that begin alike, up to a dot or a slash, stand below what they share.

/// How deep it is at most.
const DEEPEST: usize = 8;

/// A line of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Branch {
    /// What is written.
    pub(super) label: String,
    /// How many lines it stands below.
    pub(super) depth: usize,
    /// The number of the name; none where this is what several share.
    pub(super) name: Option<usize>,
}

/// The lines of names that are in the order of the alphabet, from the numbered one on.
pub(super) fn name_tree(names: &[&str]) -> Vec<Branch> {
    let mut lines = Vec::new();
    grow(names, 0, 0, 0, &mut lines);
    lines
}

/// The lines of names that share their first bytes, which are not written again; `first` is the number of the first.
fn grow(names: &[&str], shared: usize, depth: usize, first: usize, lines: &mut Vec<Branch>) {
    let mut at = 0;
    while let Some(name) = names.get(at) {
        let rest = name.get(shared..).unwrap_or_default();
        let part = rest.find(['.', '/']).map(|end| shared + end + 1);
        let count = part.filter(|_| depth < DEEPEST).map_or(1, |part| {
            let is_below = |other: &&&str| other.get(..part) == name.get(..part);
            names[at..].iter().take_while(is_below).count()
        });
        let (label, name_number) = if count > 1 {
            let below = shared_part(name, names[at + count - 1]);
            let label = name.get(shared..below).unwrap_or_default();
            (label, None)
        } else {
            (rest, Some(first + at))
        };
        lines.push(Branch {
            label: label.to_owned(),
            depth,
            name: name_number,
        });
        if count > 1 {
            let below = shared + label.len();
            let names = &names[at..at + count];
            grow(names, below, depth + 1, first + at, lines);
        }
        at += count;
    }
}

/// How many bytes the first and the last of several names share, up to a dot or a slash: so do all between them.
fn shared_part(first: &str, last: &str) -> usize {
    let alike = first
        .bytes()
        .zip(last.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let shared = &first.as_bytes()[..alike];
    let end = shared.iter().rposition(|byte| b"./".contains(byte));
    end.map_or(0, |end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(names: &[&str]) -> String {
        let line = |line: &Branch| {
            let mark = if line.name.is_some() { "" } else { ":" };
            format!("{}{}{mark}", " ".repeat(line.depth), line.label)
        };
        let lines = name_tree(names);
        let numbers: Vec<usize> = lines.iter().filter_map(|line| line.name).collect();
        assert_eq!(numbers, (0..names.len()).collect::<Vec<_>>());
        lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn names_stand_below_what_they_share() {
        assert_eq!(
            told(&[
                "lr",
                "model.a.b.depth",
                "model.a.b.width",
                "model.name",
                "opt.lr",
                "val/acc",
                "val/loss",
            ]),
            "lr\nmodel.:\n a.b.:\n  depth\n  width\n name\nopt.lr\nval/:\n acc\n loss"
        );
        // One alone is written whole; what all share is shared at once.
        assert_eq!(told(&["a.b.c"]), "a.b.c");
        assert_eq!(told(&["a.b.c", "a.b.d"]), "a.b.:\n c\n d");
        assert_eq!(told(&["a.", "a.b", "a.é", "a.ê"]), "a.:\n \n b\n é\n ê");
        let deep = |end: &str| format!("{}{end}", "x.".repeat(50));
        let (one, two, three) = (deep("a"), deep("b"), "x.y".to_owned());
        told(&[&one, &two, &three]);
        assert_eq!(told(&[]), "");
    }

    #[test]
    fn any_sorted_names_are_all_there() {
        arbtest::arbtest(|u| {
            let mut names = Vec::new();
            for _ in 0..u.int_in_range(0..=12)? {
                let mut name = String::new();
                for _ in 0..u.int_in_range(0..=8)? {
                    name.push_str(u.choose(&["a", "b", ".", "/", "é"])?);
                }
                names.push(name);
            }
            names.sort();
            names.dedup();
            told(&names.iter().map(String::as_str).collect::<Vec<_>>());
            Ok(())
        });
    }
}
