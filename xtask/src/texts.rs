//! What the page says, in one place for translators, as gettext does it: sentences stay where they are used,
//! `cargo xtask texts` collects them into `texts/english.pot`, and `cargo xtask dist --language de` builds the page from a
//! copy of the sources in which the words of `texts/de.po` stand. So a translation weighs nothing beside its words.
//!
//! - [`found`]: the literals of a source, and which of them are words for people, by [`rules`].
//! - [`catalogue`]: all of them, each once; a translation of them, and how it goes into a source.
//! - [`template`]: what a translation must keep of a template of `format!`.
//! - [`po`]: the files of gettext.
//!
//! It does not know the grammar of a language: a plural has two forms at most, and sentences that the code puts together
//! of parts are translated a part at a time.

mod catalogue;
mod found;
mod po;
mod rules;
mod template;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

use self::catalogue::{Catalogue, Translation};
use crate::tools::Project;

/// Where the catalogue is.
const CATALOGUE: &str = "texts/english.pot";

/// What a page is built from.
const PARTS: [&str; 11] = [
    "Cargo.lock",
    "Cargo.toml",
    "benches",
    "crates",
    "docs",
    "index.html",
    "package-lock.json",
    "samples",
    "src",
    "style",
    "xtask",
];

/// Where a page says what its language is.
const LANGUAGE_MARKS: [&str; 2] = ["index.html", "src/engine/sharing/page.rs"];

/// Writes the catalogue of the sources.
pub(crate) fn write(project: &Project) -> anyhow::Result<()> {
    let catalogue = Catalogue::of(&catalogue::sources(project.root())?)?;
    let path = project.root().join(CATALOGUE);
    fs::create_dir_all(project.root().join("texts")).context("could not make texts/")?;
    fs::write(&path, catalogue.written())
        .with_context(|| format!("could not write {CATALOGUE}"))?;
    println!("{CATALOGUE}: {} texts", catalogue.len());
    Ok(())
}

/// Copies the sources to a folder of the build's with the words of a language in them.
///
/// There is one such folder for all languages: cargo tells by the time of a file whether it must compile again, and
/// would take one language's page for another's if each had files of its own.
pub(crate) fn translated(project: &Project, language: &str) -> anyhow::Result<Project> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if language.is_empty() || !language.chars().all(is_plain) {
        bail!("--language {language}: write it as `de` or `pt-BR`");
    }
    let root = project.root();
    let sources = catalogue::sources(root)?;
    let catalogue = Catalogue::of(&sources)?;
    let path = format!("texts/{language}.po");
    let translation = Translation::read(&path, &project.read(&path)?, &catalogue)?;
    println!("{path}: {} of {} texts", translation.len(), catalogue.len());
    if translation.strays > 0 {
        println!(
            "{path}: {} entries are of no text that is there",
            translation.strays
        );
    }

    let pages = root.join("texts").join(language);
    let mut files = Vec::new();
    for part in PARTS {
        files_below(root, part, &mut files)?;
    }
    let mut own = Vec::new();
    if pages.exists() {
        files_below(&pages, "", &mut own)?;
    }
    if let Some(stray) = own.iter().find(|file| !files.contains(file)) {
        bail!("texts/{language}/{stray} takes the place of no file that the page is made of");
    }
    let copy = project.work().join("translated");
    for file in &files {
        let is_own = own.contains(file);
        let from = if is_own {
            pages.join(file)
        } else {
            root.join(file)
        };
        let mut bytes =
            fs::read(&from).with_context(|| format!("could not read {}", from.display()))?;
        if sources.iter().any(|(path, _)| path == file) {
            bytes = translation.applied(file, &text(file, bytes)?)?.into_bytes();
        }
        if LANGUAGE_MARKS.contains(&&**file) && !is_own {
            bytes = marked(file, &text(file, bytes)?, language)?.into_bytes();
        }
        let to = copy.join(file);
        if fs::read(&to).is_ok_and(|there| there == bytes) {
            continue;
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).context("could not make the copy of the sources")?;
        }
        fs::write(&to, bytes).with_context(|| format!("could not write {}", to.display()))?;
    }
    Ok(project.with_sources(copy))
}

/// All files of a folder, or the one file, as paths from `root`; without tests, which no page is made of.
fn files_below(root: &Path, path: &str, files: &mut Vec<String>) -> anyhow::Result<()> {
    let whole = root.join(path);
    if whole.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    let listed = || format!("could not list {}", whole.display());
    for entry in fs::read_dir(&whole).with_context(listed)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let inner = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}/{name}")
        };
        if name != "tests" && name != "target" {
            files_below(root, &inner, files)?;
        }
    }
    Ok(())
}

fn text(file: &str, bytes: Vec<u8>) -> anyhow::Result<String> {
    String::from_utf8(bytes).with_context(|| format!("{file} is no UTF-8 text"))
}

/// A page's file that names its language.
fn marked(file: &str, text: &str, language: &str) -> anyhow::Result<String> {
    for quote in ["\"", "\\\""] {
        let english = format!("<html lang={quote}en{quote}");
        if text.contains(&english) {
            return Ok(text.replace(&english, &format!("<html lang={quote}{language}{quote}")));
        }
    }
    bail!("{file} does not say that its language is English")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{LANGUAGE_MARKS, PARTS, files_below, marked};

    #[test]
    fn what_a_page_is_made_of_is_there_and_says_its_language() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let mut files = Vec::new();
        for part in PARTS {
            files_below(root, part, &mut files).unwrap();
        }
        for wanted in [
            "docs/help.md",
            "src/lib.rs",
            "crates/order/src/lib.rs",
            "Cargo.toml",
        ] {
            assert!(files.iter().any(|file| file == wanted), "{wanted}");
        }
        for file in LANGUAGE_MARKS {
            let text = std::fs::read_to_string(root.join(file)).unwrap();
            let german = marked(file, &text, "de").unwrap();
            assert!(
                german.contains("lang=\"de\"") || german.contains("lang=\\\"de\\\""),
                "{file}"
            );
            assert!(marked(file, &german, "fr").is_err());
        }
    }
}
