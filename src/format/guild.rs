//! Guild AI (0.9): `runs/<id>/.guild/` with attributes, a YAML document each, and event files.

use super::log_tail::put_log;
use super::run_folders::{RunFolder, claim_runs, put_all, put_start, put_tags, put_text, text_of};
use super::{Claim, Dropped, Format, NotThisFormat, tensorboard};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::File;
use serde_json::Value as Json;

pub(super) const FORMAT: Format = Format {
    name: "guild",
    title: "Guild AI runs",
    claim,
    read,
};

const MARKER: &str = ".guild/opref";

/// How long a reference to an operation may be.
const OPREF_BYTES: u64 = 64 << 10;

/// The operation as Guild's table calls it. A reference is four words, each perhaps in quotes: where it is from, its
/// version, the model and the operation's own name.
fn operation(reference: &str) -> Option<String> {
    let mut words = reference
        .trim()
        .rsplit(' ')
        .map(|word| word.trim_matches('\''));
    let (name, model) = (words.next()?, words.next()?);
    Some(match model {
        _ if name.is_empty() => return None,
        "" => name.to_owned(),
        model => format!("{model}:{name}"),
    })
}

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let path = dropped.path(place);
    if !path.ends_with("/.guild/opref") {
        return Claim::none();
    }
    // A batch keeps the pattern of its runs as a run in its own folder, and links to them.
    let batch = path.match_indices('/').find_map(|(end, _)| {
        let marker = dropped.in_folder(&path[..end], MARKER)?;
        (marker != place).then_some(marker)
    });
    claim_runs(batch.unwrap_or(place), dropped, MARKER, &|path| {
        path.starts_with(".guild/") || path.contains("tfevents") || path.contains("/.guild/")
    })
}

#[expect(clippy::unnecessary_wraps, reason = "the registry's signature")]
fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let mut batch = String::new();
    let mut deleted = 0;
    for folder in RunFolder::each(files, MARKER, on_bytes) {
        if folder.path.starts_with(&batch) && !batch.is_empty() {
            continue;
        }
        batch = format!("{}/", folder.path);
        // What was deleted lies in the trash until that is emptied.
        if format!("/{batch}").contains("/trash/runs/") {
            deleted += 1;
            continue;
        }
        let row = sink.run(folder.name());
        let attributes =
            |name: &str, sink: &mut RunSink<'_>| folder.yaml(&format!(".guild/attrs/{name}"), sink);
        put_all(row, Role::Param, &attributes("flags", sink), sink);
        put_text(
            row,
            attribute::NAME,
            attributes("label", sink).as_str(),
            sink,
        );
        put_tags(row, Some(&attributes("tags", sink)), sink);
        for (name, wanted) in [("started", attribute::START), ("stopped", attribute::END)] {
            if let Some(micros) = attributes(name, sink).as_i64() {
                sink.set_attribute(row, wanted, ValueRef::Time(micros / 1000));
            }
        }
        let reference = folder.file(MARKER);
        let reference = reference.and_then(|file| text_of(file, OPREF_BYTES, sink));
        if let Some(operation) = reference.as_deref().and_then(operation) {
            sink.set_named(row, Role::Tag, "operation", ValueRef::Text(&operation));
        }
        for name in ["host", "user"] {
            if let Json::String(text) = attributes(name, sink) {
                sink.set_named(row, Role::Tag, name, ValueRef::Text(&text));
            }
        }
        put_start(row, "command", Some(&attributes("cmd", sink)), sink);
        let platform = attributes("platform", sink);
        put_start(row, "python", platform.get("python_version"), sink);
        let exit = attributes("exit_status", sink).as_i64();
        let has = |name: &str| folder.file(&format!(".guild/{name}")).is_some();
        sink.set_status(
            row,
            match exit {
                Some(0) => Status::Finished,
                // Stopped by a signal.
                Some(..0) => Status::Killed,
                Some(_) => Status::Failed,
                None if has("attrs/stopped") => Status::Unknown,
                None if has("STAGED") || has("PENDING") => Status::Scheduled,
                None => Status::Running,
            },
        );
        put_log(row, &folder, &[".guild/output"], sink);
        let events: Vec<&dyn File> = folder
            .files()
            .filter(|(path, _)| path.contains("tfevents") && !path.contains("/.guild/"))
            .map(|(_, file)| file)
            .collect();
        tensorboard::read_run(row, &events, sink);
    }
    if deleted > 0 {
        let what = format!("runs that Guild shows as deleted: {deleted}");
        sink.problem("guild/deleted", "", &what, "left out, as in Guild");
    }
    Ok(())
}
