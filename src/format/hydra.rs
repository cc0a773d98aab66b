//! Hydra (1.3): run folders with `.hydra/config.yaml` and `overrides.yaml`, alone or of a multirun.
//!
//! Hydra writes no metrics: those are taken from what the program left in the folder or below it, `metrics.json`,
//! training logs, event files of TensorBoard. The config is written unresolved: `${a.b}` is looked up here.

use super::log_tail::log_tail;
use super::run_folders::{RunFolder, put_all};
use super::training_folders::{may_be_measured, put_measured};
use super::{Claim, Dropped, Format, NotThisFormat, tensorboard};
use crate::ledger::{Role, RunSink, ValueRef, attribute};
use crate::source::{File, file_name};
use serde_json::Value as Json;

pub(super) const FORMAT: Format = Format {
    name: "hydra",
    title: "Hydra runs",
    claim,
    read,
};

const MARKER: &str = ".hydra/config.yaml";

/// How often one reference may lead to another, or into an object of what it leads to.
const REFERENCES: usize = 16;

/// How many bytes may come out of references.
const REFERRED_BYTES: usize = 1 << 20;

/// All runs of the folder that was dropped.
fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    if !dropped.path(place).ends_with(MARKER) || dropped.name(place) != "config.yaml" {
        return Claim::none();
    }
    let top = dropped.path(place).split('/').next().unwrap_or_default();
    let within = if top == ".hydra" { "" } else { top };
    let places = dropped.within(within);
    let runs: order::Set<&str> = places
        .iter()
        .filter_map(|at| dropped.path(*at).strip_suffix(MARKER))
        .map(|folder| folder.trim_end_matches('/'))
        .collect();
    let is_in_run = |folder: &str| {
        let mut above = Some(folder);
        while let Some(folder) = above {
            if runs.contains(folder) {
                return true;
            }
            above = folder.rsplit_once('/').map(|(above, _)| above);
        }
        runs.contains("")
    };
    let is_ours = |at: &&usize| {
        let (path, name) = (dropped.path(**at), dropped.name(**at));
        let folder = dropped.folder(**at);
        path.contains(".hydra/")
            || matches!(name, "multirun.yaml" | "optimization_results.yaml")
            || name.ends_with(".log") && runs.contains(folder)
            || (may_be_measured(name) || name.contains("tfevents") || name == "hparams.yaml")
                && is_in_run(folder)
    };
    Claim::of(places.iter().filter(is_ours).copied().collect())
}

#[expect(clippy::unnecessary_wraps, reason = "the registry's signature")]
fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    for folder in RunFolder::each(files, MARKER, on_bytes) {
        let id = folder
            .path
            .split_once('/')
            .map_or(folder.path.as_str(), |(_, rest)| rest)
            .to_owned();
        let row = sink.run(if id.is_empty() { "." } else { &id });
        let before = folder.path.strip_suffix(&id).unwrap_or_default();
        sink.source().run_folders = Some(before.to_owned());
        let config = folder.yaml(MARKER, sink);
        let mut references = References {
            root: &config,
            left: REFERRED_BYTES,
        };
        put_all(row, Role::Param, &references.resolved(&config, "", 0), sink);
        if references.left == 0 {
            let what = "more than a megabyte comes out of what its config refers to";
            sink.problem_in(
                "hydra/references",
                &folder.path,
                "",
                what,
                "the rest was left out",
            );
        }
        let hydra = folder.yaml(".hydra/hydra.yaml", sink);
        let job = hydra.get("hydra").and_then(|hydra| hydra.get("job"));
        if let Some(name) = job.and_then(|job| job.get("name")).and_then(Json::as_str) {
            sink.set_attribute(row, attribute::GROUP, ValueRef::Text(name));
        }
        let overrides = folder.yaml(".hydra/overrides.yaml", sink);
        let overrides: Vec<&str> = overrides
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
            .collect();
        if !overrides.is_empty() {
            sink.set_named(
                row,
                Role::Tag,
                "overrides",
                ValueRef::Text(&overrides.join(" ")),
            );
        }
        // A program may have several: the longest is that of the job.
        let logs = folder.files();
        let logs = logs.filter(|(path, _)| path.ends_with(".log") && !path.contains('/'));
        let longest = logs.max_by_key(|(_, file)| file.len_bytes());
        let tail = longest.and_then(|(name, file)| log_tail(name, file));
        if let Some(tail) = tail {
            sink.log(row, tail);
        }
        let mut measured = folder.files().filter(|(path, _)| may_be_measured(path));
        put_measured(row, &mut measured, sink);
        let events = folder.files().map(|(_, file)| file);
        let events: Vec<&dyn File> = events
            .filter(|file| file_name(file.path()).contains("tfevents"))
            .collect();
        tensorboard::read_run(row, &events, sink);
    }
    Ok(())
}

/// Looks up what a config refers to in itself.
struct References<'v> {
    root: &'v Json,
    /// How many bytes may still come out of references: each may lead to several others.
    left: usize,
}

impl References<'_> {
    /// A value at a path with its references to other keys looked up; others (`${oc.env:HOME}`) stay.
    fn resolved(&mut self, value: &Json, path: &str, depth: usize) -> Json {
        if depth > 0 {
            let size = 1 + value.as_str().map_or(0, str::len);
            self.left = self.left.saturating_sub(size);
            if self.left == 0 || depth > REFERENCES {
                return Json::Null;
            }
        }
        // What is referred to may itself nest as deep as the config.
        let inner = depth + usize::from(depth > 0);
        match value {
            Json::Object(object) => {
                let resolved = |(key, value): (&String, &Json)| {
                    let path = format!("{path}.{key}");
                    (key.clone(), self.resolved(value, &path, inner))
                };
                Json::Object(object.iter().map(resolved).collect())
            }
            Json::Array(items) => {
                let path = format!("{path}.");
                let resolved = |item| self.resolved(item, &path, inner);
                Json::Array(items.iter().map(resolved).collect())
            }
            // A missing mandatory value.
            Json::String(text) if text == "???" => Json::Null,
            Json::String(text) if depth < REFERENCES && text.contains("${") => {
                let whole = text
                    .strip_prefix("${")
                    .and_then(|rest| rest.strip_suffix('}'))
                    .filter(|name| !name.contains(['$', '}']));
                if let Some(found) = whole.and_then(|name| self.lookup(name, path, depth)) {
                    return found;
                }
                Json::String(self.filled_in(text, path, depth))
            }
            other => other.clone(),
        }
    }

    /// The value of a key such as `optim.betas.0`; with points before it, from the mapping on in which it is referred to.
    fn lookup(&mut self, name: &str, path: &str, depth: usize) -> Option<Json> {
        let key = name.trim_start_matches('.');
        let above = path.rsplitn(name.len() - key.len() + 1, '.').last();
        let above = above.filter(|_| key.len() < name.len()).unwrap_or_default();
        let path = format!("{above}.{}", key.replace('[', ".").replace(']', ""));
        let mut keys = path.split('.').filter(|key| !key.is_empty());
        let found = keys.try_fold(self.root, |value, key| match value {
            Json::Array(items) => items.get(key.parse::<usize>().ok()?),
            value => value.get(key),
        })?;
        Some(self.resolved(found, &path, depth + 1))
    }

    /// A text with the references in it looked up.
    fn filled_in(&mut self, text: &str, path: &str, depth: usize) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                out.push_str("${");
                rest = after;
                continue;
            };
            match self.lookup(name, path, depth) {
                Some(Json::String(found)) => out.push_str(&found),
                Some(found @ (Json::Bool(_) | Json::Number(_))) => {
                    out.push_str(&found.to_string());
                }
                _ => out.push_str(&format!("${{{name}}}")),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }
}
