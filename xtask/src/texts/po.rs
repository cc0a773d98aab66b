//! Catalogues as gettext keeps them: `msgid "…"` with `msgstr "…"`, and comments that tell what it is.
//!
//! Reference: <https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html>. Read is what editors of such files
//! write; lines that they keep of entries that are gone (`#~`) are comments here.

use anyhow::{Context as _, bail};

/// An entry of a catalogue; the one with an empty `id` is its head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The line of `msgid`, from one.
    pub(crate) line: usize,
    /// What tells it from another of the same words (`msgctxt`), or nothing.
    pub(crate) context: String,
    /// The words.
    pub(crate) id: String,
    /// The words for several things, where there are such.
    pub(crate) plural: Option<String>,
    /// Their translation, for each form of the plural; empty where there is none.
    pub(crate) translations: Vec<String>,
    /// Whether an editor guessed the translation (`fuzzy`): then nobody has seen it.
    pub(crate) is_guess: bool,
}

/// The part of an entry that a line goes on with.
#[derive(Clone, Copy, Debug)]
enum Part {
    Context,
    Id,
    Plural,
    Translation(usize),
}

/// Reads a catalogue; what is wrong is said with its line.
pub(crate) fn read(text: &str) -> anyhow::Result<Vec<Entry>> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut entry = Entry::default();
    let mut part = None;
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let number = index + 1;
        let at = || format!("line {number}");
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let is_comment = line.starts_with('#');
        // A comment, a context or an id begins an entry where the one before has its translation.
        let is_new = is_comment
            || line.starts_with("msgctxt")
            || line.starts_with("msgid ")
            || line.starts_with("msgid\"");
        if is_new && !entry.translations.is_empty() {
            entries.push(std::mem::take(&mut entry));
            part = None;
        }
        if is_comment {
            let is_flags = line.strip_prefix("#,");
            entry.is_guess |=
                is_flags.is_some_and(|flags| flags.split(',').any(|flag| flag.trim() == "fuzzy"));
            continue;
        }
        let (word, quoted) = line.split_at(
            line.find('"')
                .with_context(|| format!("line {number}: no quoted text"))?,
        );
        part = match (word.trim(), part) {
            ("", Some(part)) => Some(part),
            ("msgctxt", None) => Some(Part::Context),
            ("msgid", None | Some(Part::Context)) => {
                entry.line = number;
                Some(Part::Id)
            }
            ("msgid_plural", Some(Part::Id)) => {
                entry.plural = Some(String::new());
                Some(Part::Plural)
            }
            ("msgstr", Some(Part::Id)) => Some(Part::Translation(0)),
            (form, Some(Part::Plural | Part::Translation(_)))
                if form == format!("msgstr[{}]", entry.translations.len()) =>
            {
                Some(Part::Translation(entry.translations.len()))
            }
            (word, _) => bail!("line {number}: `{word}` is not expected here"),
        };
        let words = unquoted(quoted).with_context(at)?;
        let target = match part {
            Some(Part::Context) => &mut entry.context,
            Some(Part::Id) | None => &mut entry.id,
            Some(Part::Plural) => entry.plural.get_or_insert_default(),
            Some(Part::Translation(form)) => {
                if entry.translations.len() <= form {
                    entry.translations.push(String::new());
                }
                let Some(target) = entry.translations.get_mut(form) else {
                    bail!("line {number}: a form of the plural is missing");
                };
                target
            }
        };
        target.push_str(&words);
    }
    if !entry.translations.is_empty() {
        entries.push(entry);
    } else if part.is_some() {
        bail!("the last entry has no msgstr");
    }
    Ok(entries)
}

/// What a quoted text says.
fn unquoted(quoted: &str) -> anyhow::Result<String> {
    let inside = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let inside = inside.context("a text without its closing quote")?;
    let mut words = String::new();
    let mut characters = inside.chars();
    while let Some(c) = characters.next() {
        words.push(match c {
            '"' => bail!("a quote within a text is written \\\""),
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some(same @ ('"' | '\\')) => same,
                Some(other) => bail!("\\{other} stands for nothing"),
                None => bail!("a text without its closing quote"),
            },
            c => c,
        });
    }
    Ok(words)
}

/// A text as it stands behind `msgid`: a line for each of its lines.
pub(crate) fn quoted(text: &str) -> String {
    let line = |text: &str| {
        let mut quoted = String::from("\"");
        for c in text.chars() {
            match c {
                '\n' => quoted.push_str("\\n"),
                '\t' => quoted.push_str("\\t"),
                '\r' => quoted.push_str("\\r"),
                '"' | '\\' => quoted.extend(['\\', c]),
                c => quoted.push(c),
            }
        }
        quoted + "\""
    };
    let lines: Vec<String> = text.split_inclusive('\n').map(line).collect();
    match lines.as_slice() {
        [] => "\"\"".to_owned(),
        [one] => one.clone(),
        several => format!("\"\"\n{}", several.join("\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::{quoted, read};

    #[test]
    fn entries_are_read_as_editors_write_them() {
        let text = "\u{feff}# German.\nmsgid \"\"\nmsgstr \"\"\n\"Language: de\\n\"\n\n#: src/a.rs\n#, rust-format\nmsgid \"\"\n\"{n} of\\n\"\n\
                    \"{all}\"\nmsgstr \"{n} von\\n\"\n\"{all}\"\n#, fuzzy, rust-format\nmsgid \"a \\\"b\\\" \\\\\"\nmsgstr \"\"\n\n\
                    msgctxt \"counted\"\nmsgid \"run\"\nmsgid_plural \"runs\"\nmsgstr[0] \"Lauf\"\nmsgstr[1] \"Läufe\"\n#~ msgid \"old\"\n#~ msgstr \"alt\"\n";
        let entries = read(text).unwrap();
        let ids: Vec<&str> = entries.iter().map(|entry| &*entry.id).collect();
        assert_eq!(ids, ["", "{n} of\n{all}", "a \"b\" \\", "run"]);
        assert_eq!(entries[1].translations, ["{n} von\n{all}"]);
        assert_eq!(entries[1].line, 8);
        assert!(entries[2].is_guess && !entries[1].is_guess && !entries[3].is_guess);
        assert_eq!(entries[3].context, "counted");
        assert_eq!(entries[3].plural.as_deref(), Some("runs"));
        assert_eq!(entries[3].translations, ["Lauf", "Läufe"]);
    }

    #[test]
    fn what_is_wrong_has_its_line() {
        for (text, wanted) in [
            ("msgid \"a\"\nmsgstr \"b", "line 2"),
            ("msgid \"a\"\nmsgstr b", "line 2"),
            ("msgid \"a\"\n\nmsgid \"b\"\nmsgstr \"\"", "line 3"),
            ("msgstr \"a\"", "line 1"),
            ("msgid \"a\\q\"\nmsgstr \"\"", "line 1"),
            ("msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[1] \"c\"", "line 3"),
            ("msgid \"a\"b\"\nmsgstr \"\"", "line 1"),
            ("\"a\"", "line 1"),
            ("msgid \"a\"", "no msgstr"),
        ] {
            let error = format!("{:#}", read(text).unwrap_err());
            assert!(error.contains(wanted), "{text:?}: {error}");
        }
    }

    #[test]
    fn texts_are_quoted_so_that_they_read_back() {
        for text in ["", "a", "a\n", "a\nb", "\"\\\t\r", "ä “b”"] {
            let entry = format!("msgid {}\nmsgstr \"\"", quoted(text));
            assert_eq!(read(&entry).unwrap()[0].id, text);
        }
        assert_eq!(quoted("a\nb"), "\"\"\n\"a\\n\"\n\"b\"");
    }
}
