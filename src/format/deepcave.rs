//! DeepCAVE's recorder: `configs.json`, `history.jsonl`, `meta.json`, and perhaps `origins.json`.
//!
//! A line of the history is `[config, budget, seed, [cost, …], submitted, start, end, status, additional]` in 1.4; older
//! versions have no time of submission, and before that no seed, which is -1 where there is none. A run is a configuration
//! with its seed; costs at growing budgets are its curves, by budget. The objectives of `meta.json` give names and directions.

use super::run_folders::{json_of, put_all, put_text};
use super::search_space::declare_all;
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, Status, ValueRef};
use crate::source::{File, file_name};
use serde_json::Value as Json;

pub(super) const FORMAT: Format = Format {
    name: "deepcave",
    title: "DeepCAVE recorder",
    claim,
    read,
};

const HISTORY: &str = "history.jsonl";

/// What belongs to a history, beside it.
const BESIDE: [&str; 4] = [
    "configs.json",
    "meta.json",
    "origins.json",
    "configspace.json",
];

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let name = dropped.name(place);
    let history = dropped.in_folder(dropped.folder(place), HISTORY);
    let Some(history) = history.filter(|_| name == HISTORY || BESIDE.contains(&name)) else {
        return Claim::none();
    };
    let is_row = |row: &Json| costs_at(row).is_some();
    // Its lines are arrays, which are no records of their own.
    let text = &dropped.head(history).text;
    let first = text.lines().find(|line| !line.trim().is_empty());
    let is_ours = first
        .and_then(json_text::parse)
        .is_some_and(|row| is_row(&row));
    let files: Vec<usize> = dropped
        .beside(place)
        .filter(|at| *at == history || BESIDE.contains(&dropped.name(*at)))
        .collect();
    if is_ours && files.len() > 1 && files.contains(&place) {
        Claim::of(files)
    } else {
        Claim::none()
    }
}

/// Where the costs of a row are.
fn costs_at(row: &Json) -> Option<usize> {
    let row = row.as_array().filter(|row| (6..=9).contains(&row.len()))?;
    let at = row.iter().position(Json::is_array)?;
    (at == 2 || at == 3).then_some(at)
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let find = |name: &str| {
        let found = files.iter().find(|file| file_name(file.path()) == name);
        found.copied()
    };
    let history = find(HISTORY).ok_or(NotThisFormat)?;
    let mut side = |name: &str| find(name).map_or(Json::Null, |file| json_of(file, sink));
    let (meta, configs, origins, space) = (
        side("meta.json"),
        side("configs.json"),
        side("origins.json"),
        side("configspace.json"),
    );
    declare_all(space.get("hyperparameters"), "type", sink);
    let objectives: Vec<(String, bool)> = meta
        .get("objectives")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(|objective| {
            let is_upper = objective.get("optimize").and_then(Json::as_str) == Some("upper");
            Some((objective.get("name")?.as_str()?.to_owned(), is_upper))
        })
        .collect();
    sink.source().directions.extend(objectives.iter().cloned());
    let text = super::run_folders::text_of(history, 1 << 30, sink).unwrap_or_default();
    for (line, number) in text.lines().zip(1..) {
        if line.trim().is_empty() {
            continue;
        }
        let row = json_text::parse(line);
        let cells = row
            .as_ref()
            .and_then(|row| Some((row.as_array()?, costs_at(row)?)));
        let Some((cells, costs_at)) = cells else {
            let place = format!("line {number}");
            let what = "it is no trial";
            sink.problem_in(
                "deepcave/line",
                history.path(),
                &place,
                what,
                "line skipped",
            );
            continue;
        };
        let text_of = |at: usize| json_text::scalar(&cells[at]).to_string();
        let config = text_of(0);
        let has_seed = costs_at == 3 && !cells[2].is_null() && cells[2].as_i64() != Some(-1);
        let seed = has_seed.then(|| text_of(2));
        let id = seed
            .as_ref()
            .map_or_else(|| config.clone(), |seed| format!("{config}/{seed}"));
        let before = sink.rows();
        let run = sink.run(&id);
        if run == before {
            if let Some(params) = configs.get(&config) {
                put_all(run, Role::Param, params, sink);
            }
            if let Some(seed) = &seed {
                sink.set_named(run, Role::Param, "seed", ValueRef::parse(seed));
            }
            let origin = origins.get(&config).and_then(Json::as_str);
            put_text(run, "origin", origin, sink);
        }
        // What is noted besides comes last, where there is such.
        let noted = cells.last().filter(|cell| cell.is_object());
        let told = cells.len() - usize::from(noted.is_some());
        let cell = |from_end: usize| cells.get(told.checked_sub(from_end)?);
        let seconds = |from_end| cell(from_end).and_then(|cell| json_text::scalar(cell).number());
        // Times count from the beginning of the search.
        if let (Some(start), Some(end)) = (seconds(3), seconds(2)) {
            sink.set_attribute(run, "duration", ValueRef::Number(end - start));
        }
        sink.set_status(run, status(cell(1)));
        let budget = json_text::scalar(&cells[1]).number().unwrap_or(f64::NAN);
        let costs = cells[costs_at].as_array().map_or(&[][..], Vec::as_slice);
        for (at, cost) in costs.iter().enumerate() {
            let name = objectives
                .get(at)
                .map_or_else(|| format!("cost{at}"), |(name, _)| name.clone());
            if let Some(cost) = json_text::scalar(cost).number() {
                let column = sink.column(Role::Metric, &name);
                sink.point(run, column, budget, 0, cost);
            }
        }
        if let Some(additional) = noted {
            put_all(run, Role::Tag, additional, sink);
        }
    }
    on_bytes(files.iter().map(|file| file.len_bytes()).sum());
    Ok(())
}

/// DeepCAVE's numbers of states.
fn status(cell: Option<&Json>) -> Status {
    match cell.and_then(Json::as_i64) {
        Some(1) => Status::Finished,
        Some(2..=4) => Status::Failed,
        Some(5) => Status::Killed,
        Some(6) => Status::Scheduled,
        _ => Status::Unknown,
    }
}
