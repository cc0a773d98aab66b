//! Texts of a picture that is saved: where they stand so that none runs into another, and how long ones break.

use crate::chart::marks::Mark;

/// How wide a letter is, in parts of its size, about.
pub(in crate::chart) const LETTER: f64 = 0.58;

/// How far names are turned, up and to the right, that would else stand over one another's places; and how far they then reach to
/// the right and up, in parts of how long they are.
pub(super) const SLANT: f64 = -35.0;
const SLANTED: (f64, f64) = (0.82, 0.57);

/// Lines that a title or a line of the caption breaks into at most.
const MOST_LINES: usize = 6;

/// A text in its place.
pub(super) struct Placed {
    /// The mark's number.
    pub(super) mark: usize,
    pub(super) x: f64,
    pub(super) y: f64,
    /// Left, right, top and bottom.
    pub(super) around: [f64; 4],
    /// Whether it is turned by [`SLANT`], about where it begins.
    pub(super) is_slanted: bool,
}

/// The texts among marks that are shown, where they do not run into one another.
pub(super) fn placed(marks: &[Mark], size: f64, stretch: f64) -> Vec<Placed> {
    let mut all: Vec<Placed> = Vec::new();
    let slants = names_meet(marks, size);
    for (number, mark) in marks.iter().enumerate() {
        if mark.element != "text" {
            continue;
        }
        let place = |name: &str| mark.attribute(name).parse().unwrap_or(0.0);
        let (x, mut y): (f64, f64) = (place("x"), place("y") * stretch);
        let long = letters(&mark.text) * size;
        if slants && is_name_of_column(mark) {
            let (along, up) = SLANTED;
            all.push(Placed {
                mark: number,
                x,
                y,
                around: [
                    x,
                    x + along * long,
                    y - up * long - 0.8 * size,
                    y + 0.25 * size,
                ],
                is_slanted: true,
            });
            continue;
        }
        let from = match mark.attribute("text-anchor") {
            "end" => x - long,
            "middle" => x - long / 2.0,
            _ => x,
        };
        let over = |y: f64| {
            let (top, bottom) = (y - 0.72 * size, y + 0.2 * size);
            let is_over = |known: &&Placed| {
                let [left, right, above, below] = known.around;
                let between = 0.3 * size;
                !known.is_slanted
                    && from < right + between
                    && left < from + long + between
                    && top < below
                    && above < bottom
            };
            all.iter().find(is_over)
        };
        let mut is_shown = true;
        for _ in 0..8 {
            let Some(known) = over(y) else { break };
            if mark.attribute("class") == "name" {
                y = known.around[2] - 0.22 * size;
                continue;
            }
            // Along an axis one more text says little; what stands elsewhere says something else.
            if (known.y - y).abs() < 0.5 || (known.x - x).abs() < 0.5 {
                is_shown = false;
                break;
            }
            y = known.around[3] + 0.74 * size;
        }
        if is_shown {
            all.push(Placed {
                mark: number,
                x,
                y,
                around: [from, from + long, y - 0.8 * size, y + 0.25 * size],
                is_slanted: false,
            });
        }
    }
    all
}

/// Whether it is a name that stands above the middle of what it names.
fn is_name_of_column(mark: &Mark) -> bool {
    mark.attribute("class") == "name" && mark.attribute("text-anchor") == "middle"
}

/// Whether names above columns would run into one another in a line.
fn names_meet(marks: &[Mark], size: f64) -> bool {
    let names = marks.iter().filter(|mark| is_name_of_column(mark));
    let mut before = (f64::NEG_INFINITY, "");
    for name in names {
        let x: f64 = name.attribute("x").parse().unwrap_or(0.0);
        let half = letters(&name.text) * size / 2.0;
        let line = name.attribute("y");
        if line == before.1 && x - half < before.0 {
            return true;
        }
        before = (x + half + 0.3 * size, line);
    }
    false
}

/// How wide a text is, in parts of its size, about.
pub(super) fn letters(text: &str) -> f64 {
    text.chars().count() as f64 * LETTER
}

/// A text by lines of so many letters at most, broken between words where there are any; what is too long ends in `…`.
pub(super) fn wrapped(text: &str, letters: usize) -> Vec<String> {
    let letters = letters.max(8);
    let mut lines = Vec::new();
    let mut rest: Vec<char> = text.trim().chars().collect();
    while !rest.is_empty() {
        let mut line: Vec<char> = if rest.len() <= letters {
            std::mem::take(&mut rest)
        } else {
            let space = rest[..=letters].iter().rposition(|letter| *letter == ' ');
            let end = space.filter(|at| *at > letters / 3).unwrap_or(letters);
            let after = rest.split_off(end);
            std::mem::replace(&mut rest, after)
        };
        while rest.first() == Some(&' ') {
            rest.remove(0);
        }
        if lines.len() + 1 == MOST_LINES && !rest.is_empty() {
            rest.clear();
            line.truncate(letters - 1);
            line.push('…');
        }
        lines.push(line.into_iter().collect());
    }
    lines
}

/// Text in a file of SVG. What XML does not let stand anywhere becomes a space.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => out.push(' '),
            _ if letter.is_control() => out.push(' '),
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::marks::Anchor;

    #[test]
    fn texts_that_would_run_into_one_another_are_left_out_and_names_move_down() {
        let along: Vec<Mark> = (0..9)
            .map(|at| Mark::text((f64::from(at) * 40.0, 100.0), Anchor::Middle, "0.12345"))
            .chain([Mark::text((180.0, 112.0), Anchor::Middle, "learning rate")])
            .collect();
        let (small, large) = (placed(&along, 8.0, 1.0), placed(&along, 24.0, 1.0));
        assert_eq!((small.len(), large.len()), (10, 4));
        assert!((small[9].y - 112.0).abs() < 0.1 && large[3].y > 118.0);
        assert!(
            large
                .windows(2)
                .all(|two| two[1].around[0] > two[0].around[1] || two[1].y > two[0].y)
        );
    }

    #[test]
    fn names_of_columns_are_turned_where_they_would_meet_and_none_is_left_out() {
        let names = ["weight_decay (log)", "batch_size", "lr"];
        let marks: Vec<Mark> = names
            .iter()
            .enumerate()
            .map(|(at, name)| Mark::name((90.0 * at as f64, 40.0), Anchor::Middle, name))
            .chain([Mark::text((97.0, 44.0), Anchor::Start, "512")])
            .collect();
        let (small, large) = (placed(&marks, 8.0, 1.0), placed(&marks, 16.0, 1.0));
        assert_eq!((small.len(), large.len()), (4, 4));
        let turned = |all: &[Placed]| all.iter().filter(|text| text.is_slanted).count();
        assert_eq!((turned(&small), turned(&large)), (0, 3));
        // Each begins above its column, and the picture has room for it.
        assert!(large.iter().take(3).all(|text| (text.y - 40.0).abs() < 0.1));
        assert!(large[0].around[0] > -0.1 && large[0].around[2] < -40.0);
        assert!(small[0].around[0] < -30.0);
        // Below one another they do not meet.
        let down = (0..3).map(|at| 40.0 * f64::from(at));
        let marks: Vec<Mark> = down
            .map(|y| Mark::name((y / 9.0, y), Anchor::Middle, "weight_decay"))
            .collect();
        assert_eq!(turned(&placed(&marks, 16.0, 1.0)), 0);
    }

    #[test]
    fn long_texts_break_between_words_and_end() {
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(wrapped("", 8), Vec::<String>::new());
        let long = wrapped(&"x".repeat(1000), 20);
        assert_eq!(long.len(), MOST_LINES);
        assert!(long[MOST_LINES - 1].ends_with('…'));
        arbtest::arbtest(|u| {
            let (text, letters): (String, u8) = (u.arbitrary()?, u.arbitrary()?);
            let letters = usize::from(letters);
            let lines = wrapped(&text, letters);
            assert!(
                lines
                    .iter()
                    .all(|line| line.chars().count() <= letters.max(8))
            );
            Ok(())
        });
    }
}
