//! SMAC3's `runhistory.json` of 1.x, 2.0 and later, with `scenario.json` beside it.
//!
//! A run is an evaluation: of a configuration, on an instance, with a seed, at a budget. An evaluation is an
//! object, or a list whose length tells its version, or (1.x) a pair of key and value. SMAC minimizes.

use super::run_folders::{json_of, put_all};
use super::search_space::declare_all;
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::{File, file_name};
use serde_json::Value as Json;

pub(super) const FORMAT: Format = Format {
    name: "smac",
    title: "SMAC3 run history",
    claim,
    read,
};

/// What SMAC writes beside the history.
const BESIDE: [&str; 5] = [
    "scenario.json",
    "configspace.json",
    "optimization.json",
    "intensifier.json",
    "stats.json",
];

/// What 1.x wrote as the cost of a crash.
const CRASH_COST: f64 = 2_147_483_647.0;

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let head = dropped.head(place);
    let has = |key: &str| head.text.contains(key);
    let is_history = head.text.trim_start().starts_with('{')
        && has("\"data\"")
        && (dropped.name(place) == "runhistory.json"
            || has("\"config_id\"") && has("\"cost\"")
            || has("\"StatusType."));
    if !is_history {
        return Claim::none();
    }
    let beside = dropped
        .beside(place)
        .filter(|at| BESIDE.contains(&dropped.name(*at)));
    Claim::of(std::iter::once(place).chain(beside).collect())
}

/// An evaluation, in whichever way it was written.
struct Evaluation<'v> {
    config: String,
    instance: &'v Json,
    seed: &'v Json,
    budget: &'v Json,
    cost: &'v Json,
    time: &'v Json,
    status: &'v Json,
    start: &'v Json,
    end: &'v Json,
    additional: &'v Json,
}

static NULL: Json = Json::Null;

impl<'v> Evaluation<'v> {
    fn of(entry: &'v Json) -> Option<Self> {
        let id = |value: &Json| match value {
            Json::String(text) => text.clone(),
            value => value.to_string(),
        };
        match entry {
            Json::Object(_) => {
                let field = |key: &str| entry.get(key).unwrap_or(&NULL);
                Some(Self {
                    config: id(entry.get("config_id")?),
                    instance: field("instance"),
                    seed: field("seed"),
                    budget: field("budget"),
                    cost: field("cost"),
                    time: field("time"),
                    status: field("status"),
                    start: field("starttime"),
                    end: field("endtime"),
                    additional: field("additional_info"),
                })
            }
            Json::Array(parts) => {
                let (key, value) = match parts.as_slice() {
                    [Json::Array(key), Json::Array(value)] => (key.as_slice(), value.as_slice()),
                    parts if parts.len() >= 9 => parts.split_at(4),
                    _ => return None,
                };
                let at = |list: &'v [Json], place: usize| list.get(place).unwrap_or(&NULL);
                // Eleven items have the processor's time after the time.
                let more = usize::from(value.len() >= 7);
                Some(Self {
                    config: id(key.first()?),
                    instance: at(key, 1),
                    seed: at(key, 2),
                    budget: at(key, 3),
                    cost: at(value, 0),
                    time: at(value, 1),
                    status: at(value, 2 + more),
                    start: at(value, 3 + more),
                    end: at(value, 4 + more),
                    additional: at(value, 5 + more),
                })
            }
            _ => None,
        }
    }
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let history = json_of(*files.first().ok_or(NotThisFormat)?, sink);
    let Some(data) = history.get("data").and_then(Json::as_array) else {
        return Err(NotThisFormat);
    };
    on_bytes(1);
    let mut beside = |name: &str| {
        let file = files.iter().find(|file| file_name(file.path()) == name);
        file.map_or(Json::Null, |file| json_of(*file, sink))
    };
    let (scenario, space) = (beside("scenario.json"), beside("configspace.json"));
    declare_all(space.get("hyperparameters"), "type", sink);
    let name = scenario
        .get("name")
        .and_then(Json::as_str)
        .unwrap_or_default()
        .to_owned();
    let objectives = scenario.get("objectives").filter(|list| list.is_array());
    let (configs, origins) = (history.get("configs"), history.get("config_origins"));
    let mut metrics = order::Set::new();
    for (entry, number) in data.iter().zip(1..) {
        let Some(evaluation) = Evaluation::of(entry) else {
            let place = format!("evaluation {number}");
            sink.problem(
                "smac/evaluation",
                &place,
                "it is no evaluation of SMAC",
                "left out",
            );
            continue;
        };
        let params = configs
            .and_then(|configs| configs.get(&evaluation.config))
            .unwrap_or(&NULL);
        let origin = origins
            .and_then(|origins| origins.get(&evaluation.config))
            .and_then(Json::as_str);
        let row = write(&evaluation, &name, params, origin, &mut metrics, sink);
        // What the costs are of, by their places.
        for (at, objective) in objectives
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .enumerate()
        {
            let name = format!("cost_{at} is");
            sink.set_named(row, Role::Tag, &name, json_text::scalar(objective));
        }
    }
    sink.source()
        .directions
        .extend(metrics.into_iter().map(|metric| (metric, false)));
    on_bytes(files.iter().map(|file| file.len_bytes()).sum());
    Ok(())
}

fn write(
    evaluation: &Evaluation<'_>,
    scenario: &str,
    params: &Json,
    origin: Option<&str>,
    metrics: &mut order::Set<String>,
    sink: &mut RunSink<'_>,
) -> usize {
    let said = |value: &Json| match value {
        Json::Null => "None".to_owned(),
        Json::String(text) => text.clone(),
        value => value.to_string(),
    };
    let mut parts = vec![
        evaluation.config.clone(),
        said(evaluation.seed),
        said(evaluation.budget),
    ];
    if !evaluation.instance.is_null() {
        parts.insert(1, said(evaluation.instance));
    }
    if !scenario.is_empty() {
        parts.insert(0, scenario.to_owned());
    }
    let row = sink.run(&parts.join("/"));
    sink.set_attribute(
        row,
        attribute::NAME,
        ValueRef::Text(&format!("config {}", evaluation.config)),
    );
    // Evaluations of one configuration are replicates of it.
    sink.set_attribute(
        row,
        attribute::GROUP,
        ValueRef::Text(format!("{scenario} config {}", evaluation.config).trim_start()),
    );
    put_all(row, Role::Param, params, sink);
    sink.set_status(row, status(evaluation.status));
    for (key, value) in [
        ("instance", evaluation.instance),
        ("seed", evaluation.seed),
        ("budget", evaluation.budget),
    ] {
        sink.set_named(row, Role::Tag, key, json_text::scalar(value));
    }
    if let Some(origin) = origin {
        sink.set_named(row, Role::Tag, "origin", ValueRef::Text(origin));
    }
    for (name, time) in [
        (attribute::START, evaluation.start),
        (attribute::END, evaluation.end),
    ] {
        if let Some(seconds) = json_text::scalar(time)
            .number()
            .filter(|seconds| *seconds > 0.0)
        {
            sink.set_attribute(row, name, ValueRef::Time((seconds * 1000.0) as i64));
        }
    }
    sink.set_named(row, Role::Tag, "time", json_text::scalar(evaluation.time));
    put_all(row, Role::Tag, evaluation.additional, sink);
    let costs = match evaluation.cost {
        Json::Array(costs) => costs.as_slice(),
        cost => std::slice::from_ref(cost),
    };
    for (at, cost) in costs.iter().enumerate() {
        let name = if costs.len() > 1 {
            format!("cost_{at}")
        } else {
            "cost".to_owned()
        };
        let value = json_text::scalar(cost).number();
        let value = value.map(|value| {
            if value >= CRASH_COST {
                f64::INFINITY
            } else {
                value
            }
        });
        if let Some(value) = value {
            sink.set_named(row, Role::Metric, &name, ValueRef::Number(value));
            metrics.insert(name);
        }
    }
    row
}

/// A number of 2.x, or `{"__enum__": "StatusType.SUCCESS"}` of 1.x.
fn status(status: &Json) -> Status {
    let word = status.get("__enum__").unwrap_or(status).as_str();
    match (status.as_i64(), word) {
        (Some(0), _) => Status::Running,
        (Some(1), _) => Status::Finished,
        (Some(2..=4), _) => Status::Failed,
        // Cut off as another was better already; the two others are of 1.x.
        (_, Some("StatusType.CAPPED")) => Status::Pruned,
        (_, Some("StatusType.DONOTADVANCE")) => Status::Finished,
        (_, Some("StatusType.ABORT" | "StatusType.STOP")) => Status::Killed,
        (_, Some(word)) => Status::from_word(word),
        _ => Status::Unknown,
    }
}
