//! The page before anything was dropped: what to do, three samples, and the promise.

use super::follow_bar::FollowButton;
use super::icons::{Icon, icon};
use super::intake::Intake;
use super::keep_bar::GoOn;
use super::panels::Panels;
use super::requests::{PrivacyLine, Requests};
use super::tabs::focus_by_id;
use crate::chart::number::counted;
use crate::page::prelude::*;
use crate::page::state::App;
use serde::Deserialize;

/// The id of what brings back what was cleared.
const RETURN_ID: &str = "bring-back";

/// A sample as the document lists it.
#[derive(Clone, Debug, Deserialize)]
struct Sample {
    file: String,
    title: String,
    description: String,
    runs: usize,
    #[serde(default)]
    tracker: String,
}

/// The bundled samples; none where the document lists none.
fn samples() -> Vec<Sample> {
    let text = document()
        .get_element_by_id("samples")
        .and_then(|block| block.text_content())
        .unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// The empty page.
#[component]
pub fn Start(
    app: App,
    panels: Panels,
    intake: Intake,
    requests: ReadSignal<Requests>,
) -> impl IntoView {
    let nothing_read = move || {
        app.ledger.with(|ledger| {
            let files = ledger.sources.len() + ledger.unread.len();
            (ledger.runs == 0 && files > 0).then(|| counted(files, "file"))
        })
    };
    let needed = move || {
        let needed = app.view.with(|view| view.needed.clone());
        (!needed.is_empty()).then(|| {
            let names = needed.told();
            view! { <p class="lead" role="note">{format!("This link needs these files: {names}. Drop them here to see the same view.")}</p> }
                .into_any()
        })
    };
    let cleared = move || {
        app.cleared.can_return.get().then(|| {
            // What had the focus is gone.
            request_animation_frame(|| focus_by_id(RETURN_ID));
            view! {
                <p role="status">
                    "What was read is taken out. "
                    <button id=RETURN_ID type="button" class="button" on:click=by::mouse(move |_| app.bring_back())>"Put it all back"</button>
                </p>
            }
            .into_any()
        })
    };
    let sample_button = move |sample: Sample| {
        let file = sample.file.clone();
        view! {
            <li>
                <button type="button" class="sample" on:click=by::mouse(move |_| app.open_sample(&file))>
                    <strong>{sample.title}</strong>
                    <span class="soft">{sample.description}</span>
                    <span class="faint number">{counted(sample.runs, "run")} {(!sample.tracker.is_empty()).then(|| format!(" · {}", sample.tracker))}</span>
                </button>
            </li>
        }
    };
    view! {
        <main class="start" id="main" tabindex="-1">
            <p class="headline">"Which run is best, and which hyperparameters mattered?"</p>
            <p class="lead">"Drop the exported files of your machine-learning runs. Filter, rank and explain them here, in this tab, without a server."</p>
            <Show when=move || nothing_read().is_some() && !app.importing.get()>
                <div class="start-error" role="alert">
                    {icon(Icon::Warning)}
                    <p>
                        {move || nothing_read().map(|files| format!("No run was found in {files}. "))}
                        <button type="button" class="link" on:click=by::mouse(move |_| panels.receipt.set(true))>"See why, file by file"</button>
                    </p>
                </div>
            </Show>
            {needed}
            {cleared}
            <GoOn app=app />
            <section class="drop-area" aria-label="Drop files">
                <svg class="drop-picture" viewBox="0 0 96 40" aria-hidden="true" focusable="false">
                    <path class="faint-bars" d="M4 38V30h8v8zM16 38V22h8v16zM28 38V10h8v28zM40 38V4h8v34zM52 38V14h8v24zM64 38V24h8v14zM76 38V32h8v6z"></path>
                    <path class="strong-bars" d="M28 38V24h8v14zM40 38V12h8v26zM52 38V20h8v18z"></path>
                </svg>
                <p class="drop-title">"Drop files or folders anywhere on this page"</p>
                <div class="drop-buttons">
                    <button type="button" class="button primary" on:click=by::mouse(move |_| intake.choose_files())>
                        {icon(Icon::File)} "Choose files"
                    </button>
                    <button type="button" class="button" on:click=by::mouse(move |_| intake.choose_folder())>
                        {icon(Icon::Folder)} "Choose folder"
                    </button>
                </div>
                <FollowButton app=app />
                <p class="faint">"or paste a table or JSON with " <kbd>"Ctrl"</kbd> " " <kbd>"V"</kbd></p>
            </section>
            <PrivacyLine requests=requests />
            <section aria-labelledby="samples-title">
                <h2 id="samples-title">"Or look at a sample of real training runs"</h2>
                <ul class="samples">{samples().into_iter().map(sample_button).collect_view()}</ul>
            </section>
            <section class="reads" aria-labelledby="reads-title">
                <h2 id="reads-title">"What is read"</h2>
                <p class="soft">
                    "What trackers leave on disk, as it is: folders, databases, logs and archives of MLflow, Weights & Biases, Comet, TensorBoard, Optuna, "
                    "Ray Tune, SMAC, Lightning, Hugging Face and twenty others, and their table exports. "
                    "Tables of your own: CSV, JSON, Parquet, SQLite, workbooks; one row a run or one row a logged value, zipped or not. "
                    <button type="button" class="link" on:click=by::mouse(move |_| panels.exporting.set(true))>"How do I export my runs?"</button>
                    " "
                    <button type="button" class="link" on:click=by::mouse(move |_| panels.help.set(true))>"What does it answer?"</button>
                </p>
            </section>
        </main>
    }
}
