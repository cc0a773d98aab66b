//! Planning a drop in the engine's worker, in slices: what is asked meanwhile is answered, and it can be left.

use super::clock;
use super::kept::{Keeping, blob_file};
use crate::engine::protocol::{FileInfo, FileProgress, ImportProgress};
use crate::format::{Plan, Planning};
use crate::source::{Files, Unpacked, Unpacking};
use gloo::timers::future::TimeoutFuture;
use js_sys::Array;
use std::cell::Cell;
use std::rc::Rc;

/// How long a slice takes, in milliseconds: what is asked waits for at most so long.
const SLICE_MILLIS: f64 = 60.0;

/// A drop's files with its archives opened, and what is done with each.
pub(super) struct Planned {
    pub(super) files: Files,
    pub(super) plan: Plan,
    /// What was decoded, for hands.
    pub(super) kept: Vec<Option<FileInfo>>,
}

/// Plans what is done with these files; `None` where that was left. `tell` hears how far it has come.
pub(super) async fn plan(
    infos: Vec<FileInfo>,
    blobs: Array,
    is_left: Rc<Cell<bool>>,
    tell: impl Fn(ImportProgress),
) -> Option<Planned> {
    let mut begun = clock::now_millis();
    let mut slice = async |now: f64, progress: &dyn Fn() -> ImportProgress| {
        if now - begun > SLICE_MILLIS {
            tell(progress());
            TimeoutFuture::new(0).await;
            begun = clock::now_millis();
        }
        !is_left.get()
    };
    let dropped: Files = infos
        .into_iter()
        .map(|info| blob_file(info, &blobs, None))
        .collect();
    let mut keeping = Keeping::new(&blobs);
    let mut unpacking = Unpacking::new(&dropped);
    while unpacking.step(&mut keeping) {
        let progress = || {
            let (found, decoding) = unpacking.progress();
            progress(found, dropped.len().max(found), decoding)
        };
        if !slice(clock::now_millis(), &progress).await {
            return None;
        }
    }
    let Unpacked { files, problems } = unpacking.finish();
    let mut planning = Planning::new(&files);
    while planning.step() {
        let progress = || {
            let done = files.len() as f64 * planning.part();
            progress(done as usize, files.len(), "")
        };
        if !slice(clock::now_millis(), &progress).await {
            return None;
        }
    }
    let mut plan = planning.finish();
    plan.add_unopened(problems);
    Some(Planned {
        files,
        plan,
        kept: keeping.kept,
    })
}

/// So many files were looked through, and this one is being decoded.
fn progress(files_done: usize, files: usize, decoding: &str) -> ImportProgress {
    let reading = (!decoding.is_empty()).then(|| FileProgress {
        path: decoding.to_owned(),
        ..FileProgress::default()
    });
    ImportProgress {
        files,
        files_done,
        reading: reading.into_iter().collect(),
        ..ImportProgress::default()
    }
}
