//! The catalogue is that of the sources, and a translation changes their texts and nothing else.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

use proc_macro2::{TokenStream, TokenTree};

use super::super::found::{self, Found, Role};
use super::super::rules;
use super::{Catalogue, Source, Translation, rewritten, sources};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn all() -> Vec<Source> {
    sources(root()).unwrap()
}

/// All literals, each with its file.
fn literals() -> &'static [(String, Found)] {
    static LITERALS: OnceLock<Vec<(String, Found)>> = OnceLock::new();
    LITERALS.get_or_init(|| {
        let of = |(path, source): Source| {
            let found = found::literals(&path, &source).unwrap();
            found.into_iter().map(move |found| (path.clone(), found))
        };
        all().into_iter().flat_map(of).collect()
    })
}

/// How many tokens a source has, those within brackets too.
fn tokens(source: &str) -> usize {
    fn count(tokens: TokenStream) -> usize {
        let one = |token| match token {
            TokenTree::Group(group) => 1 + count(group.stream()),
            _ => 1,
        };
        tokens.into_iter().map(one).sum()
    }
    count(source.parse().unwrap())
}

/// Words that look like no language, with the placeholders kept.
fn pseudo(found: &Found) -> String {
    let mut depth = 0;
    let accented = |c: char| match c {
        '{' | '}' if found.is_template => {
            depth += if c == '{' { 1 } else { -1 };
            c
        }
        c if depth != 0 => c,
        'a' => 'á',
        'e' => 'é',
        'i' => 'í',
        'o' => 'ó',
        'u' => 'ú',
        'n' => 'ñ',
        's' => 'š',
        'A' => 'Á',
        c => c,
    };
    format!(
        "‹{}›",
        found.value.chars().map(accented).collect::<String>()
    )
}

#[test]
fn the_catalogue_is_that_of_the_sources() {
    let wanted = Catalogue::of(&all()).unwrap().written();
    let got = std::fs::read_to_string(root().join("texts/english.pot")).unwrap_or_default();
    if let Some((got, wanted)) = got
        .lines()
        .zip(wanted.lines())
        .find(|(got, wanted)| got != wanted)
    {
        panic!(
            "texts/english.pot has `{got}` where the sources have `{wanted}`: run `cargo xtask texts`"
        );
    }
    assert!(
        got == wanted,
        "texts/english.pot is not that of the sources: run `cargo xtask texts`"
    );
}

#[test]
fn each_text_by_itself_changes_no_byte() {
    for (path, source) in all() {
        let same = rewritten(&path, &source, &|found| Some(found.value.clone())).unwrap();
        assert!(same == source, "{path}");
    }
}

#[test]
fn other_words_leave_all_else_as_it_is() {
    for (path, source) in all() {
        let other = rewritten(&path, &source, &|found| Some(pseudo(found))).unwrap();
        assert_eq!(tokens(&other), tokens(&source), "{path}");
        let before = found::literals(&path, &source).unwrap();
        for (before, after) in before.iter().zip(found::literals(&path, &other).unwrap()) {
            let wanted = if before.role == Role::Text {
                pseudo(before)
            } else {
                before.value.clone()
            };
            assert_eq!(after.value, wanted, "{path}");
        }
    }
}

#[test]
fn what_a_file_compares_with_is_no_text_of_it() {
    let of = |role: Role| {
        literals()
            .iter()
            .filter(move |(_, found)| found.role == role)
    };
    let compared: BTreeSet<(&str, &str)> = of(Role::Compared)
        .map(|(path, found)| (&**path, &*found.value))
        .collect();
    for (path, text) in of(Role::Text) {
        let is_compared = compared.contains(&(path, &text.value));
        assert!(
            !is_compared,
            "{path}: {:?} is shown and compared",
            text.value
        );
    }
}

/// Sentences are not looked for in sentences: they would not be found in another language.
#[test]
fn no_part_of_a_text_is_looked_for() {
    // A class of pictures; a place of a problem, which the rules leave out.
    const KNOWN: &[&str] = &[" spread", "line "];
    for (path, part) in literals() {
        let is_sentence = part.role == Role::Compared && rules::is_prose("", &part.value, false);
        if !is_sentence || !part.value.contains(' ') || KNOWN.contains(&&*part.value) {
            continue;
        }
        let holds = |(_, found): &&(String, Found)| {
            found.role == Role::Text && found.value.contains(&part.value)
        };
        if let Some((of, text)) = literals().iter().find(holds) {
            panic!(
                "{path} looks for {:?}, which is a part of what {of} says: {:?}",
                part.value, text.value
            );
        }
    }
}

#[test]
fn the_lists_of_what_no_rule_tells_name_what_is_there() {
    let all = all();
    for (path, wanted) in rules::LEFT_OUT.iter().chain(rules::TAKEN) {
        let is_file = all.iter().any(|(file, _)| file.starts_with(path));
        assert!(
            is_file,
            "{path} is in a list of xtask/src/texts/rules.rs, and is no file"
        );
        for wanted in *wanted {
            let is_there =
                |(file, found): &(String, Found)| file.starts_with(path) && found.value == *wanted;
            assert!(
                literals().iter().any(is_there),
                "{path}: {wanted:?} is in a list of xtask/src/texts/rules.rs, and not in the file"
            );
        }
    }
}

/// A source with a literal of each kind.
const SAMPLE: &str = r###"
/// A doc comment that stays.
#[serde(rename = "A name that stays")]
#[derive(Error)]
enum Wrong {
    #[error("{count} things are wrong")]
    Much { count: usize },
}
const TITLE: &str = "All runs";
fn view(kind: &str) -> impl IntoView {
    let lines = "one line \
        and another\n";
    let raw = r#"a "raw" text"#;
    let sizes = format!("{runs:>3} of {} \"runs\", {{so}}", counted(n, "run"));
    let has = if n == 1 { "has" } else { "have" };
    let told = format!("{name} {has} it");
    let bytes = b"Some bytes stay";
    let class = if kind == "A kind that stays" { "big red" } else { "small" };
    match kind {
        "A pattern that stays" => map.get("A key that stays"),
        _ if text.starts_with("A beginning that stays") => matches!(kind, "One word" | "Another word"),
        _ => None,
    }
    view! {
        <p class="soft red" data-test="A test" aria-label="close" on:click=move |_| app.say("Copied it.")>
            "words" {move || if is_open { "more" } else { "less" }} <Sheet title="Help" open=n <= 4 />
        </p>
    }
}
#[cfg(test)]
mod tests { const A: &str = "A test that stays"; }
"###;

#[test]
fn texts_are_taken_and_nothing_else() {
    let found = found::literals("src/page/sample.rs", SAMPLE).unwrap();
    let texts: Vec<&str> = found
        .iter()
        .filter(|found| found.role == Role::Text)
        .map(|found| &*found.value)
        .collect();
    assert_eq!(
        texts,
        [
            "{count} things are wrong",
            "All runs",
            "one line and another\n",
            "a \"raw\" text",
            "{runs:>3} of {} \"runs\", {{so}}",
            "run",
            "has",
            "have",
            "{name} {has} it",
            "close",
            "Copied it.",
            "words",
            "more",
            "less",
            "Help",
        ]
    );
}

fn translated(po: &str) -> anyhow::Result<String> {
    let source: Source = ("src/page/sample.rs".to_owned(), SAMPLE.to_owned());
    let catalogue = Catalogue::of(std::slice::from_ref(&source))?;
    Translation::read("texts/de.po", po, &catalogue)?.applied(&source.0, &source.1)
}

#[test]
fn a_translation_stands_where_the_words_stood() {
    let german = translated(
        "msgid \"All runs\"\nmsgstr \"Alle „Läufe“ \\\"\\\\\"\n\nmsgid \"one line and another\\n\"\nmsgstr \"eine\\nZeile\"\n\n\
         msgid \"a \\\"raw\\\" text\"\nmsgstr \"roh\\u\"\n",
    );
    assert!(format!("{:#}", german.unwrap_err()).starts_with("texts/de.po: line 8"));
    let german = translated(
        "msgid \"All runs\"\nmsgstr \"Alle „Läufe“ \\\"\\\\\"\n\nmsgid \"one line and another\\n\"\nmsgstr \"eine\\nZeile\"\n\n\
         msgid \"a \\\"raw\\\" text\"\nmsgstr \"roh\"\n\nmsgctxt \"counted\"\nmsgid \"run\"\nmsgid_plural \"runs\"\n\
         msgstr[0] \"Lauf\"\nmsgstr[1] \"Läufe\"\n\nmsgid \"{name} {has} it\"\nmsgstr \"{has} {name}\u{202e}\"\n\n\
         #, fuzzy\nmsgid \"close\"\nmsgstr \"zu?\"\n\nmsgid \"gone\"\nmsgstr \"weg\"\n",
    )
    .unwrap();
    let wanted = SAMPLE
        .replace("\"All runs\"", "\"Alle „Läufe“ \\\"\\\\\"")
        .replace(
            "\"one line \\\n        and another\\n\"",
            "\"eine\\nZeile\"",
        )
        .replace("r#\"a \"raw\" text\"#", "\"roh\"")
        .replace("counted(n, \"run\")", "counted(n, \"Lauf|Läufe\")")
        .replace("\"{name} {has} it\"", "\"{has} {name}\\u{202e}\"");
    assert_eq!(german, wanted);
    assert_eq!(tokens(&german), tokens(SAMPLE));
}

#[test]
fn a_translation_keeps_the_placeholders() {
    for (words, wanted) in [
        ("{name} {has}", ""),
        (
            "{has}",
            "line 1: \"{name} {has} it\": its placeholders are {has}, and must be {has} {name}",
        ),
        ("{name:.2} {has}", "{name:.2}"),
        ("{name} {has} {", "without its"),
        ("{name} {has} {name}", "{name} {name}"),
        ("{{name}} {has}", "{has}, and"),
    ] {
        let told = match translated(&format!(
            "msgid \"{{name}} {{has}} it\"\nmsgstr \"{words}\""
        )) {
            Ok(_) => String::new(),
            Err(error) => format!("{error:#}"),
        };
        assert!(
            told.contains(wanted) && told.is_empty() == wanted.is_empty(),
            "{words}: {told}"
        );
    }
}
