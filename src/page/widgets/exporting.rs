//! How to get runs out of each tracker, in the shortest form that works; `docs/exporting.md` has the rest.

use super::panels::Panels;
use super::shortcuts::Sheet;
use crate::page::prelude::*;

/// One tracker.
struct Recipe {
    tracker: &'static str,
    how: &'static str,
    code: &'static str,
    note: &'static str,
}

const RECIPES: &[Recipe] = &[
    Recipe {
        tracker: "MLflow",
        how: "From a shell, by the experiment's number:",
        code: "mlflow experiments csv --experiment-id 1 --filename runs.csv",
        note: "Each metric's latest value. mlflow.search_runs(...).to_csv(\"runs.csv\") gives the same by name.",
    },
    Recipe {
        tracker: "Weights & Biases",
        how: "In the project's runs table: the download button, CSV. Or from Python:",
        code: "import pandas, wandb\nruns = wandb.Api().runs(\"me/project\")\npandas.DataFrame(\n    [{\"name\": r.name, \"state\": r.state, **r.config, **r.summary} for r in runs]\n).to_csv(\"runs.csv\", index=False)",
        note: "The table's download holds the columns that are shown there.",
    },
    Recipe {
        tracker: "Comet",
        how: "From Python:",
        code: "import comet_ml, pandas\nexperiments = comet_ml.API().get(\"workspace/project\")\npandas.DataFrame([\n    {\"id\": e.id}\n    | {p[\"name\"]: p[\"valueCurrent\"] for p in e.get_parameters_summary()}\n    | {m[\"name\"]: m[\"valueCurrent\"] for m in e.get_metrics_summary()}\n    for e in experiments\n]).to_csv(\"runs.csv\", index=False)",
        note: "",
    },
    Recipe {
        tracker: "Optuna",
        how: "From Python:",
        code: "study.trials_dataframe().to_csv(\"trials.csv\", index=False)",
        note: "Values, params, user attributes and states, pruned and failed trials too.",
    },
    Recipe {
        tracker: "scikit-learn",
        how: "After a search with GridSearchCV, RandomizedSearchCV or a halving one:",
        code: "import pandas\npandas.DataFrame(search.cv_results_).to_csv(\"cv_results.csv\")",
        note: "",
    },
    Recipe {
        tracker: "Hyperopt",
        how: "From Python:",
        code: "import json\njson.dump(trials.trials, open(\"trials.json\", \"w\"), default=str)",
        note: "",
    },
    Recipe {
        tracker: "Nevergrad",
        how: "Let the optimizer log while it runs; the file is read as it is:",
        code: "logger = ng.callbacks.ParametersLogger(\"nevergrad.log\")\noptimizer.register_callback(\"tell\", logger)",
        note: "",
    },
    Recipe {
        tracker: "HiPlot",
        how: "From Python:",
        code: "experiment.to_csv(\"hiplot.csv\")",
        note: "The JSON of an experiment is read as well.",
    },
    Recipe {
        tracker: "TensorBoard",
        how: "Nothing to export: drop the log folder, with the folders of the runs in it.",
        code: "runs/\n  run-1/events.out.tfevents.…\n  run-2/events.out.tfevents.…",
        note: "Scalars and the hparams plugin are read.",
    },
    Recipe {
        tracker: "Ray Tune",
        how: "Nothing to export: drop the experiment’s folder. Or a table:",
        code: "results.get_dataframe().to_csv(\"trials.csv\", index=False)",
        note: "The folder has the curves, which the table has not.",
    },
    Recipe {
        tracker: "Lightning, Keras, Hugging Face",
        how: "Drop the folder in which they log:",
        code: "lightning_logs/version_*/metrics.csv, hparams.yaml\ntraining.log                          # keras.callbacks.CSVLogger\ncheckpoint-*/trainer_state.json",
        note: "",
    },
    Recipe {
        tracker: "DVC, Guild, Sacred, Hydra",
        how: "Nothing to export: drop the folder with the runs in it:",
        code: "dvclive/    .guild/runs/    sacred_runs/    multirun/",
        note: "What dvc exp show --csv and guild compare --csv runs.csv write is read as well.",
    },
    Recipe {
        tracker: "Ax, SMAC, Syne Tune, Keras Tuner",
        how: "Drop what the search leaves behind:",
        code: "ax_client.save_to_json_file(\"ax.json\")          # Ax\nrunhistory.json, with what lies beside it        # SMAC\nthe experiment's folder                          # Syne Tune\noracle.json and trial_*/                         # Keras Tuner",
        note: "Importance goes by the ranges that these declare.",
    },
    Recipe {
        tracker: "Neptune, ClearML, Aim",
        how: "Folders and archives of runs that were logged offline are read as they are. Else:",
        code: "neptune-exporter export                         # drop its data/ folder\nrun.dataframe().to_csv(\"aim.csv\", index=False)   # Aim",
        note: "",
    },
    Recipe {
        tracker: "Trackio, SwanLab",
        how: "Nothing to export: drop their local files.",
        code: "~/.cache/huggingface/trackio/    swanlog/",
        note: "",
    },
    Recipe {
        tracker: "CSV and JSON",
        how: "One row a run, or the long form with one row for every logged value:",
        code: "run,lr,optimizer,val_loss          run,step,metric,value\na,0.001,adam,0.31                  a,0,val_loss,0.92\nb,0.01,sgd,nan                     a,1,val_loss,0.55",
        note: "Comma, semicolon or tab; JSON arrays and JSON Lines, nested objects too; all of it gzipped or not. Write NaN and inf: an empty cell means that there is no value.",
    },
];

/// The sheet on how to export from each tracker.
#[component]
pub fn ExportingSheet(panels: Panels) -> impl IntoView {
    let recipes = RECIPES
        .iter()
        .map(|recipe| {
            view! {
                <details name="exporting">
                    <summary>{recipe.tracker}</summary>
                    <p>{recipe.how}</p>
                    <pre tabindex="0" aria-label=format!("Code for {}", recipe.tracker)><code>{recipe.code}</code></pre>
                    {(!recipe.note.is_empty()).then(|| view! { <p class="soft">{recipe.note}</p> })}
                </details>
            }
        })
        .collect_view();
    view! {
        <Sheet open=panels.exporting title="How to export your runs">
            <p class="soft">"Export to a file, then drop it here. Files from several trackers may be dropped together."</p>
            <div class="recipes">{recipes}</div>
        </Sheet>
    }
}
