//! What the ledger knows of how a run was started, and text that starts it again.
//!
//! Every tracker has names of its own for the commit, the program, the machine. They are known here by the last part of
//! the name (`mlflow.source.git.commit`, `vcs_commit`); what no export says is told as missing and never made up.

use super::exporting::BestFormat;
use crate::export::config;
use crate::ledger::{Ledger, Role, Value};
use serde::{Deserialize, Serialize};

/// How many params are written at most.
const MOST_PARAMS: usize = 5_000;

/// How many bytes their values have at most together.
const MOST_BYTES: usize = 1 << 20;

/// How many facts are told at most.
const MOST_FACTS: usize = 100;

/// What a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FactKind {
    /// The whole command.
    Command,
    /// The program.
    Program,
    /// What it was given.
    Arguments,
    /// Where its source lies.
    Repository,
    /// The branch of it.
    Branch,
    /// The commit.
    Commit,
    /// What was changed and not committed.
    Patch,
    /// The packages that were installed.
    Requirements,
    /// The machine and what runs on it.
    Environment,
}

/// Last parts of names, in small letters and without what parts words.
const NAMES: [(FactKind, &[&str]); 9] = [
    (
        FactKind::Command,
        &[
            "command",
            "cmd",
            "commandline",
            "cmdline",
            "invocation",
            "argv",
        ],
    ),
    (
        FactKind::Program,
        &[
            "program",
            "entrypoint",
            "script",
            "sourcename",
            "mainfile",
            "codepath",
        ],
    ),
    (FactKind::Arguments, &["args", "arguments", "overrides"]),
    (
        FactKind::Repository,
        &[
            "repository",
            "repo",
            "repourl",
            "remote",
            "gitremote",
            "gitrepo",
            "github",
            "originurl",
        ],
    ),
    (FactKind::Branch, &["branch", "gitbranch"]),
    (
        FactKind::Commit,
        &[
            "commit",
            "commitid",
            "commithash",
            "gitcommit",
            "githash",
            "gitsha",
            "sha",
            "vcscommit",
            "revision",
            "rev",
        ],
    ),
    (FactKind::Patch, &["patch", "diff", "gitdiff", "gitpatch"]),
    (
        FactKind::Requirements,
        &[
            "requirements",
            "dependencies",
            "pipfreeze",
            "packages",
            "installedpackages",
        ],
    ),
    (
        FactKind::Environment,
        &[
            "python",
            "pythonversion",
            "os",
            "platform",
            "host",
            "hostname",
            "machine",
            "node",
            "user",
            "username",
            "cpu",
            "cpucount",
            "gpu",
            "gputype",
            "gpucount",
            "cuda",
            "cudaversion",
            "docker",
            "dockerimage",
            "executable",
            "dirty",
        ],
    ),
];

/// Something that an export says of how a run was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is about.
    pub kind: FactKind,
    /// The name under which the export has it.
    pub name: String,
    /// It.
    pub text: String,
}

/// How a run can be started again, as far as that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reproduce {
    /// What is known.
    pub facts: Vec<Fact>,
    /// Texts to copy, each with its title.
    pub texts: Vec<(String, String)>,
    /// What is not known, or not sure, in sentences.
    pub caveats: Vec<String>,
}

/// How the run of this row can be started again; `None` where there is no such run.
pub(super) fn reproduce(ledger: &Ledger, row: usize) -> Option<Reproduce> {
    if row >= ledger.rows() {
        return None;
    }
    let mut said = Reproduce {
        facts: facts(ledger, row),
        ..Reproduce::default()
    };
    let (params, of) = params(ledger, row);
    if params.len() < of {
        let told = "of the params are written: with all of them it would be too much.";
        said.caveats
            .push(format!("{} of {of} {told}", params.len()));
    }
    let source = ledger.sources().get(ledger.source_of(row));
    let is_sacred = source.is_some_and(|source| source.format == "sacred");
    said.commands(&params, is_sacred);
    if params.is_empty() {
        said.caveats.push("No params.".to_owned());
    } else {
        let (hydra, left_out) = config::hydra(&params);
        for (title, text) in [
            ("YAML", config::yaml(&params)),
            ("JSON", config::json(&params)),
            ("argparse flags", config::argparse(&params)),
            ("Hydra overrides", hydra),
        ] {
            said.texts.push((title.to_owned(), text));
        }
        if !left_out.is_empty() {
            let names = left_out.iter().take(5).cloned().collect::<Vec<_>>();
            said.caveats.push(format!(
                "Hydra has no key for {} of the names ({}).",
                left_out.len(),
                names.join(", ")
            ));
        }
    }
    for (kind, sentence) in [
        (FactKind::Commit, "No commit."),
        (
            FactKind::Patch,
            "No patch: what was changed and not committed is not known.",
        ),
        (FactKind::Requirements, "No list of the installed packages."),
        (FactKind::Environment, "Nothing about the machine."),
    ] {
        if said.first(kind).is_none() {
            said.caveats.push(sentence.to_owned());
        }
    }
    Some(said)
}

/// The params of a run as text, but for some keys, and whether not all are in it.
pub(super) fn best_texts(
    ledger: &Ledger,
    row: usize,
    without: &[&str],
    format: BestFormat,
) -> (String, Option<String>) {
    let (mut params, mut of) = params(ledger, row);
    let before = params.len();
    params.retain(|(name, _)| {
        !without
            .iter()
            .any(|key| key.strip_prefix("param.") == Some(name))
    });
    of -= before - params.len();
    let text = match format {
        BestFormat::Yaml => config::yaml(&params),
        BestFormat::Json => config::json(&params),
        BestFormat::Flags => config::argparse(&params),
    };
    let is_cut = params.len() < of;
    let told = "of the params are written: with all of them it would be too much";
    (
        text,
        is_cut.then(|| format!("{} of {of} {told}", params.len())),
    )
}

/// What tags and attributes say, by what it is about.
fn facts(ledger: &Ledger, row: usize) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (kind, names) in NAMES {
        for column in ledger.columns() {
            if !matches!(column.role(), Role::Tag | Role::Attribute) || facts.len() >= MOST_FACTS {
                continue;
            }
            let value = column.get(row);
            if !value.is_missing() && is_named(column.name(), names) {
                facts.push(Fact {
                    kind,
                    name: column.name().to_owned(),
                    text: value.to_string(),
                });
            }
        }
    }
    facts
}

/// Whether the last part of a name, or its last two, is one of these.
fn is_named(name: &str, names: &[&str]) -> bool {
    let plain = |part: &str| -> String {
        let letters = part.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|letter| letter.to_ascii_lowercase()).collect()
    };
    let mut parts = name.rsplitn(3, ['.', '/']);
    let last = plain(parts.next().unwrap_or_default());
    let before = plain(parts.next().unwrap_or_default());
    names
        .iter()
        .any(|known| *known == last || known.strip_prefix(before.as_str()) == Some(last.as_str()))
}

/// Words of a shell, where a text is a list of them in JSON; else the text as it is.
fn in_words(text: &str) -> String {
    let list: Option<Vec<String>> = serde_json::from_str(text).ok();
    list.map_or_else(
        || text.to_owned(),
        |words| {
            let words = words.iter().map(|word| config::shell_word(word));
            words.collect::<Vec<_>>().join(" ")
        },
    )
}

/// The params of a run as they were read, and how many there are.
fn params(ledger: &Ledger, row: usize) -> (Vec<(String, Value)>, usize) {
    let (mut params, mut of, mut bytes) = (Vec::new(), 0, 0);
    for column in ledger.columns() {
        if column.role() != Role::Param || column.formula().is_some() {
            continue;
        }
        let Some(value) = column.get(row).to_owned() else {
            continue;
        };
        of += 1;
        bytes += match &value {
            Value::Text(text) => text.len(),
            _ => 8,
        };
        if params.len() < MOST_PARAMS && bytes <= MOST_BYTES {
            params.push((column.name().to_owned(), value));
        }
    }
    (params, of)
}

impl Reproduce {
    /// The first that is said about it.
    fn first(&self, kind: FactKind) -> Option<&str> {
        let mut facts = self.facts.iter();
        let fact = facts.find(|fact| fact.kind == kind)?;
        Some(&fact.text)
    }

    /// What is typed into a shell, from the source to the program.
    fn commands(&mut self, params: &[(String, Value)], is_sacred: bool) {
        let mut lines = Vec::new();
        // What begins with a dash would be an option.
        let is_word = |text: &&str| !text.starts_with('-');
        let word = |kind| self.first(kind).filter(is_word).map(config::shell_word);
        if let Some(repository) = word(FactKind::Repository) {
            lines.push(format!("git clone -- {repository} source && cd source"));
        }
        if let Some(commit) = word(FactKind::Commit) {
            lines.push(format!("git checkout {commit}"));
        }
        if self.first(FactKind::Patch).is_some() {
            lines.push("git apply run.patch".to_owned());
        }
        if self.first(FactKind::Requirements).is_some() {
            lines.push("python -m pip install -r requirements.txt".to_owned());
        }
        let mut caveats = Vec::new();
        match (self.first(FactKind::Command), word(FactKind::Program)) {
            (Some(command), _) => lines.push(in_words(command)),
            (None, Some(program)) => {
                let is_python = program.trim_end_matches('\'').ends_with(".py");
                let program = if is_python {
                    format!("python {program}")
                } else {
                    program
                };
                if let Some(arguments) = self.first(FactKind::Arguments) {
                    lines.push(format!("{program} {}", in_words(arguments)));
                } else if params.is_empty() {
                    lines.push(program);
                } else if is_sacred {
                    lines.push(format!("{program} {}", config::sacred(params)));
                } else {
                    lines.push(format!("{program} \\\n  {}", config::argparse(params)));
                    caveats.push("The export names the program and not what it was given: that it takes its params as flags is a guess.");
                }
            }
            (None, None) => {
                caveats.push("No command: neither it nor the program is in the export.");
            }
        }
        for (kind, file) in [
            (FactKind::Patch, "run.patch"),
            (FactKind::Requirements, "requirements.txt"),
        ] {
            if let Some(text) = self.first(kind) {
                let text = (file.to_owned(), text.to_owned());
                self.texts.push(text);
            }
        }
        if !lines.is_empty() {
            self.texts
                .insert(0, ("Command".to_owned(), lines.join("\n")));
        }
        self.caveats.extend(caveats.into_iter().map(str::to_owned));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{RunSink, ValueRef};

    fn ledger(runs: &[&[(Role, &str, ValueRef<'_>)]]) -> Ledger {
        let mut made = Ledger::default();
        let mut keep = |part: Ledger| made = part;
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a", "test", 0);
        for values in runs {
            let row = sink.add_run();
            for (role, name, value) in *values {
                sink.set_named(row, *role, name, *value);
            }
        }
        sink.finish();
        made
    }

    fn text<'a>(said: &'a Reproduce, title: &str) -> &'a str {
        let mut texts = said.texts.iter();
        texts
            .find(|(known, _)| known == title)
            .map_or("", |(_, text)| text)
    }

    #[test]
    fn what_trackers_say_becomes_commands() {
        let made = ledger(&[&[
            (Role::Param, "lr", ValueRef::Number(0.1)),
            (Role::Param, "note", ValueRef::Text("two words")),
            (
                Role::Tag,
                "mlflow.source.git.commit",
                ValueRef::Text("abc123"),
            ),
            (
                Role::Tag,
                "mlflow.source.git.repoURL",
                ValueRef::Text("https://example.org/a b.git"),
            ),
            (
                Role::Tag,
                "mlflow.source.name",
                ValueRef::Text("my train.py"),
            ),
            (Role::Tag, "mlflow.runName", ValueRef::Text("quiet-owl")),
            (Role::Tag, "python", ValueRef::Text("3.11")),
            (Role::Metric, "commit", ValueRef::Number(3.0)),
        ]]);
        let said = reproduce(&made, 0).unwrap();
        assert_eq!(
            text(&said, "Command"),
            "git clone -- 'https://example.org/a b.git' source && cd source\n\
             git checkout abc123\n\
             python 'my train.py' \\\n  --lr=0.1 \\\n  '--note=two words'"
        );
        assert_eq!(text(&said, "YAML"), "lr: 0.1\nnote: \"two words\"\n");
        assert!(text(&said, "JSON").contains("\"lr\": 0.1"));
        let kinds: Vec<FactKind> = said.facts.iter().map(|fact| fact.kind).collect();
        assert_eq!(
            kinds,
            [
                FactKind::Program,
                FactKind::Repository,
                FactKind::Commit,
                FactKind::Environment
            ]
        );
        let caveats = said.caveats.join("\n");
        assert!(
            caveats.contains("is a guess") && caveats.contains("No patch"),
            "{caveats}"
        );
        assert!(!caveats.contains("No commit"), "{caveats}");
    }

    #[test]
    fn what_is_known_whole_is_taken_as_it_is() {
        let made = ledger(&[
            &[
                (Role::Tag, "command", ValueRef::Text("make train LR='1 2'")),
                (Role::Tag, "program", ValueRef::Text("train.py")),
                (Role::Tag, "requirements", ValueRef::Text("numpy==2\n")),
                (Role::Tag, "git/diff", ValueRef::Text("--- a\n+++ b\n")),
            ],
            &[
                (Role::Tag, "program", ValueRef::Text("train.py")),
                (Role::Tag, "args", ValueRef::Text(r#"["--lr","3 4"]"#)),
            ],
            &[],
        ]);
        let said = reproduce(&made, 0).unwrap();
        assert_eq!(
            text(&said, "Command"),
            "git apply run.patch\npython -m pip install -r requirements.txt\nmake train LR='1 2'"
        );
        assert_eq!(text(&said, "requirements.txt"), "numpy==2\n");
        assert_eq!(text(&said, "run.patch"), "--- a\n+++ b\n");
        let said = reproduce(&made, 1).unwrap();
        assert_eq!(text(&said, "Command"), "python train.py --lr '3 4'");
        let nothing = reproduce(&made, 2).unwrap();
        assert!(nothing.texts.is_empty() && nothing.facts.is_empty());
        assert_eq!(nothing.caveats.len(), 6, "{:?}", nothing.caveats);
        assert_eq!(reproduce(&made, 3), None);
    }

    #[test]
    fn long_configs_are_cut_and_say_so() {
        let long = "x".repeat(MOST_BYTES / 2 + 1);
        let made = ledger(&[&[
            (Role::Param, "a", ValueRef::Text(&long)),
            (Role::Param, "b", ValueRef::Text(&long)),
        ]]);
        let said = reproduce(&made, 0).unwrap();
        assert!(
            said.caveats[0].starts_with("1 of 2 of the params"),
            "{:?}",
            said.caveats
        );
    }

    #[test]
    fn names_are_known_by_their_last_parts() {
        let commit = NAMES[5].1;
        for name in [
            "Commit",
            "git.commit",
            "vcs_commit",
            "git/commit",
            "git.sha",
            "x.git_commit",
        ] {
            assert!(is_named(name, commit), "{name}");
        }
        for name in ["committed", "commit.time", "shape", ""] {
            assert!(!is_named(name, commit), "{name}");
        }
        assert!(is_named("mlflow.source.name", NAMES[1].1));
        assert!(!is_named("mlflow.runName", NAMES[1].1));
    }
}
