//! The banner while files are read: how far, which files, and a way to stop.

use super::numbers::bytes;
use crate::chart::number::{counted, grouped};
use crate::page::prelude::*;
use crate::page::state::App;

/// How many files the banner names.
const NAMED: usize = 3;

/// A browser reads single files so slowly that of more than these an archive is worth making: some seconds are lost by then.
const MANY_FILES: usize = 10_000;

/// Shown while reading goes on; the style sheet holds it back for the first half second.
#[component]
pub fn Progress(app: App) -> impl IntoView {
    let progress = move || app.import.get().unwrap_or_default();
    let part = move || {
        let progress = progress();
        if progress.bytes_total == 0 {
            0.0
        } else {
            (progress.bytes as f64 / progress.bytes_total as f64).min(1.0)
        }
    };
    let said = move || {
        if let Some(found) = app.gathering.get() {
            return format!("{} found so far", counted(found, "file"));
        }
        let progress = progress();
        if progress.files == 0 {
            return String::new();
        }
        if progress.bytes_total == 0 {
            let files = counted(progress.files, "file");
            return format!("{} of {files} looked through", grouped(progress.files_done));
        }
        format!(
            "{} of {} read, {} of {}, {} so far",
            bytes(progress.bytes),
            bytes(progress.bytes_total),
            grouped(progress.files_done),
            counted(progress.files, "file"),
            counted(progress.runs, "run"),
        )
    };
    let reading = move || {
        if let Some(found) = app.gathering.get() {
            let is_slow = found >= MANY_FILES;
            let faster = "A zip or tar of so many files is read several times as fast.";
            return if is_slow {
                faster.to_owned()
            } else {
                String::new()
            };
        }
        let progress = progress();
        let more = progress.reading.len().saturating_sub(NAMED);
        let mut names: Vec<_> = progress
            .reading
            .iter()
            .take(NAMED)
            .map(|file| file.path.clone())
            .collect();
        if more > 0 {
            names.push(format!("{} more", grouped(more)));
        }
        names.join(", ")
    };
    view! {
        <Show when=move || app.importing.get()>
            <section class="progress" aria-label="Reading files">
                <div class="progress-text">
                    <strong>{move || if app.gathering.with(Option::is_some) || progress().bytes_total == 0 { "Looking through what was dropped" } else { "Reading" }}</strong>
                    <span class="number">{said}</span>
                    <span class="faint names">{reading}</span>
                </div>
                <button type="button" class="button" on:click=by::mouse(move |_| app.cancel_import())>"Cancel"</button>
                <div
                    class="progress-bar"
                    role="progressbar"
                    aria-label="Bytes read"
                    aria-valuemin="0"
                    aria-valuemax="100"
                    aria-valuenow=move || format!("{:.0}", part() * 100.0)
                >
                    <div style:transform=move || format!("scaleX({:.4})", part())></div>
                </div>
            </section>
        </Show>
    }
}
