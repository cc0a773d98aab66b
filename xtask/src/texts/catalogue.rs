//! All texts of the sources, each once, and what a translation has for them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

use super::found::{self, Found, Role};
use super::{po, template};

/// The context of nouns that are counted: they have a form for one and a form for several.
const COUNTED: &str = "counted";

/// Between the two forms in the source of a translated page; `counted` in `src/chart/number.rs` knows it.
const BETWEEN_FORMS: &str = "|";

const HEAD: &str = r##"# What runsift's page says, for translators. `cargo xtask texts` writes this file; CONTRIBUTING.md tells how a
# language is added. Pages of words are translated as whole files beside it: texts/LANGUAGE/docs/help.md,
# texts/LANGUAGE/samples/samples.json, texts/LANGUAGE/index.html and texts/LANGUAGE/src/web/shell/page.js
# take the place of the files of these names.
#
msgid ""
msgstr ""
"Project-Id-Version: runsift\n"
"Language: en\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"##;

/// A source with its path in the repository.
pub(crate) type Source = (String, String);

/// The page's Rust sources without their tests, ordered by path.
pub(crate) fn sources(root: &Path) -> anyhow::Result<Vec<Source>> {
    let mut sources = Vec::new();
    let mut waiting = [
        "src",
        "crates/analysis/src",
        "crates/importance/src",
        "crates/ledger/src",
        "crates/query/src",
    ]
    .map(str::to_owned)
    .to_vec();
    while let Some(folder) = waiting.pop() {
        for entry in
            fs::read_dir(root.join(&folder)).with_context(|| format!("could not list {folder}"))?
        {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{folder}/{name}");
            if entry.file_type()?.is_dir() {
                if name != "tests" {
                    waiting.push(path);
                }
            } else if name.ends_with(".rs") && name != "tests.rs" {
                let text = fs::read_to_string(entry.path())
                    .with_context(|| format!("could not read {path}"))?;
                sources.push((path, text));
            }
        }
    }
    sources.sort();
    Ok(sources)
}

/// What tells a text from others: its context and its words.
type Key = (String, String);

fn key(found: &Found) -> Key {
    let context = if found.is_counted { COUNTED } else { "" };
    (context.to_owned(), found.value.clone())
}

#[derive(Debug, Default)]
struct Text {
    files: BTreeSet<String>,
    is_template: bool,
}

/// All texts of the sources.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    texts: BTreeMap<Key, Text>,
    /// In the order of files and places.
    order: Vec<Key>,
}

impl Catalogue {
    /// Collects the texts of sources.
    pub(crate) fn of(sources: &[Source]) -> anyhow::Result<Self> {
        let mut catalogue = Self::default();
        for (path, source) in sources {
            for found in found::literals(path, source)? {
                if found.role != Role::Text {
                    continue;
                }
                let key = key(&found);
                if !catalogue.texts.contains_key(&key) {
                    catalogue.order.push(key.clone());
                }
                let text = catalogue.texts.entry(key).or_default();
                text.files.insert(path.clone());
                text.is_template |= found.is_template;
            }
        }
        Ok(catalogue)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    /// The catalogue as a file for translators. Places are files without lines, so that it changes only with the texts.
    pub(crate) fn written(&self) -> String {
        let mut file = HEAD.to_owned();
        for key in &self.order {
            let Some(text) = self.texts.get(key) else {
                continue;
            };
            let (context, words) = key;
            file.push('\n');
            for path in &text.files {
                file += &format!("#: {path}\n");
            }
            if text.is_template && words.contains(['{', '}']) {
                file += "#, rust-format\n";
            }
            let id = po::quoted(words);
            if context.is_empty() {
                file += &format!("msgid {id}\nmsgstr \"\"\n");
            } else {
                let plural = po::quoted(&format!("{words}s"));
                file += &format!(
                    "msgctxt \"{context}\"\nmsgid {id}\nmsgid_plural {plural}\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n"
                );
            }
        }
        file
    }
}

/// What a language has for the texts.
#[derive(Debug, Default)]
pub(crate) struct Translation {
    texts: BTreeMap<Key, String>,
    /// How many entries are of no text that is there any more.
    pub(crate) strays: usize,
}

impl Translation {
    /// Reads a translation of a catalogue; `path` is for messages.
    pub(crate) fn read(path: &str, file: &str, catalogue: &Catalogue) -> anyhow::Result<Self> {
        let mut translation = Self::default();
        for entry in po::read(file).with_context(|| path.to_owned())? {
            let at = || format!("{path}, line {}: {:?}", entry.line, entry.id);
            let key = (entry.context.clone(), entry.id.clone());
            if entry.id.is_empty()
                || entry.is_guess
                || entry.translations.iter().any(String::is_empty)
            {
                continue;
            }
            let Some(text) = catalogue.texts.get(&key) else {
                translation.strays += 1;
                continue;
            };
            if text.is_template {
                for words in &entry.translations {
                    template::check(&entry.id, words).with_context(at)?;
                }
            }
            let words = match (&*entry.context, entry.translations.as_slice()) {
                (COUNTED, [one, several]) => format!("{one}{BETWEEN_FORMS}{several}"),
                (COUNTED, _) => bail!("{}: it needs a form for one and one for several", at()),
                (_, [words]) => words.clone(),
                _ => bail!("{}: it is counted nowhere, and has several forms", at()),
            };
            if translation.texts.insert(key, words).is_some() {
                bail!("{}: it is there twice", at());
            }
        }
        Ok(translation)
    }

    /// How many texts are translated.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// A source with its texts translated, and nothing else changed.
    pub(crate) fn applied(&self, path: &str, source: &str) -> anyhow::Result<String> {
        rewritten(path, source, &|found| self.texts.get(&key(found)).cloned())
    }
}

/// A source in which texts are replaced by what `say` has for them.
pub(crate) fn rewritten(
    path: &str,
    source: &str,
    say: &dyn Fn(&Found) -> Option<String>,
) -> anyhow::Result<String> {
    let mut rewritten = String::with_capacity(source.len());
    let mut end = 0;
    for found in found::literals(path, source)? {
        let words = (found.role == Role::Text).then(|| say(&found)).flatten();
        let Some(words) = words.filter(|words| *words != found.value) else {
            continue;
        };
        let before = source
            .get(end..found.range.start)
            .context("a literal within another")?;
        rewritten.push_str(before);
        // As Rust writes a string: marks that turn the direction of writing, which the compiler refuses, are escaped.
        rewritten += &format!("{words:?}");
        end = found.range.end;
    }
    rewritten.push_str(source.get(end..).unwrap_or_default());
    Ok(rewritten)
}

#[cfg(test)]
mod tests;
