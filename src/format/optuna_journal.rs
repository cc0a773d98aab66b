//! Optuna's journal file (`JournalStorage`) of 3.x to 5.x: a JSON object a line, each an operation.
//!
//! The operations are done again in their order. Ids are not written but counted: each study and each trial
//! that is created gets the next one. Values that JSON does not have are bare tokens; a last line that was
//! cut is told and costs only itself.

use super::json_lines::Settled;
use super::optuna::{METRIC_NAMES, Ranges, Study, Trial, Writer, external};
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{RunSink, Status, bits_of};
use crate::source::{File, grown};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json};

pub(super) const FORMAT: Format = Format {
    name: "optuna-journal",
    title: "Optuna journal",
    claim,
    read,
};

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let is_operation = |record: &Json| record.get("op_code").is_some_and(Json::is_u64);
    let records = &dropped.head(place).json;
    Claim::alone(place, records.first().is_some_and(is_operation))
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let file = files.first().ok_or(NotThisFormat)?;
    let ((mut journal, mut settled), mut marks) = grown::resume::<(Journal, Settled)>(&files[..1]);
    json_text::for_each_after(*file, &mut settled, sink, on_bytes, &mut |record, _, _| {
        journal.replay(record);
    });
    let mut ranges = Ranges::default();
    for ((study, name), distributions) in &journal.distributions {
        // One that was deleted says nothing of the others.
        if let Some(Some(study)) = journal.studies.get(study) {
            for distribution in distributions {
                ranges.note(&study.name, name, distribution, sink);
            }
        }
    }
    let mut writer = Writer::default();
    for (study, trial) in &mut journal.trials {
        keep_last_of_each_step(&mut trial.intermediate);
        if let Some(study) = journal.studies.get(study).and_then(Option::as_ref) {
            writer.write(study, trial, sink);
        }
    }
    writer.finish(sink);
    marks.reach(*file, settled.bytes);
    if marks.are_kept() && !settled.is_lost {
        // An operation is several times as long as what it leaves.
        let memory = settled.bytes as usize / 2;
        marks.keep(&files[..1], (journal, settled), memory);
    }
    Ok(())
}

/// What the operations have made so far.
#[derive(Default)]
struct Journal {
    /// By id; `None` where it was deleted.
    studies: order::Map<u64, Option<Study>>,
    /// Of those that are there.
    names: order::Set<String>,
    /// By id, each with its study.
    trials: Vec<(u64, Trial)>,
    /// How many trials each study has.
    counts: order::Map<u64, usize>,
    /// The distributions of each param of a study, the first one first.
    distributions: order::Map<(u64, String), Vec<String>>,
}

impl Journal {
    fn replay(&mut self, record: &Json) -> Option<()> {
        let number = |key: &str| record.get(key).and_then(Json::as_u64);
        match number("op_code")? {
            0 => self.create_study(record)?,
            1 => {
                if let Some(study) = self.studies.get_mut(&number("study_id")?)
                    && let Some(gone) = study.take()
                {
                    self.names.remove(&gone.name);
                }
            }
            3 => {
                let attributes = record.get("system_attr")?.as_object()?;
                let study = self.studies.get_mut(&number("study_id")?)?.as_mut()?;
                if let Some(names) = attributes.get(METRIC_NAMES) {
                    study.name_metrics(names);
                }
            }
            4 => self.create_trial(number("study_id")?, record)?,
            operation @ 5..=9 => {
                let id = usize::try_from(number("trial_id")?).ok()?;
                let (study, trial) = self.trials.get_mut(id)?;
                if operation == 5 && !is_over(trial) {
                    let text = |key: &str| record.get(key).and_then(Json::as_str);
                    let distribution = text("distribution").unwrap_or_default();
                    let key = (*study, text("param_name")?.to_owned());
                    let known = self.distributions.or_default(key);
                    if let Some(first) = known.first()
                        && first != distribution
                        && !are_compatible(first, distribution)
                    {
                        return None;
                    }
                    note(known, distribution);
                }
                change(trial, operation, record)?;
            }
            _ => {}
        }
        Some(())
    }

    fn create_study(&mut self, record: &Json) -> Option<()> {
        let name = record.get("study_name")?.as_str()?;
        // Of two workers that create one study, the second is not heard, and takes no id.
        if !self.names.insert(name.to_owned()) {
            return None;
        }
        let directions = record.get("directions").and_then(Json::as_array)?;
        let study = Study {
            name: name.to_owned(),
            directions: directions
                .iter()
                .map(|direction| match direction.as_u64() {
                    Some(1) => Some(false),
                    Some(2) => Some(true),
                    _ => None,
                })
                .collect(),
            metric_names: Vec::new(),
        };
        self.studies.insert(self.studies.len() as u64, Some(study));
        Some(())
    }

    fn create_trial(&mut self, study: u64, record: &Json) -> Option<()> {
        self.studies.get(&study)?.as_ref()?;
        let count = self.counts.or_default(study);
        let mut trial = Trial {
            number: *count,
            status: Some(record.get("state").map_or(Status::Running, state)),
            ..Trial::default()
        };
        *count += 1;
        times(&mut trial, record);
        let empty = Map::new();
        let object = |key: &str| record.get(key).and_then(Json::as_object).unwrap_or(&empty);
        let distributions = object("distributions");
        for (name, value) in object("params") {
            let distribution = distributions
                .get(name)
                .and_then(Json::as_str)
                .unwrap_or_default();
            if let Some(value) = json_text::scalar(value).number() {
                note(
                    self.distributions.or_default((study, name.clone())),
                    distribution,
                );
                trial
                    .params
                    .insert(name.clone(), external(value, distribution));
            }
        }
        for (step, value) in object("intermediate_values") {
            if let (Ok(step), Some(value)) = (step.parse(), json_text::scalar(value).number()) {
                trial.intermediate.push((step, value));
            }
        }
        trial.user_attributes.clone_from(object("user_attrs"));
        trial.system_attributes.clone_from(object("system_attrs"));
        if let Some(value) = record
            .get("value")
            .and_then(|value| json_text::scalar(value).number())
        {
            trial.values = vec![(0, value)];
        }
        values(&mut trial, record);
        self.trials.push((study, trial));
        Some(())
    }
}

/// Notes a distribution among those that a param had. Of a search that moves its range the first and the latest are kept.
fn note(known: &mut Vec<String>, distribution: &str) {
    const MOST: usize = 64;
    if known.iter().all(|text| text != distribution) {
        known.truncate(MOST - 1);
        known.push(distribution.to_owned());
    }
}

fn is_over(trial: &Trial) -> bool {
    !matches!(trial.status, Some(Status::Running | Status::Scheduled))
}

/// Whether a param may have both distributions in one study: of one kind, on one scale, with the same choices. What is
/// not so was refused to its writer, and is no param of the trial.
fn are_compatible(first: &str, second: &str) -> bool {
    let parts = |text: &str| {
        let distribution = json_text::parse(text)?;
        let attribute = |key: &str| distribution.get("attributes")?.get(key).cloned();
        Some((
            distribution.get("name").cloned(),
            attribute("log"),
            attribute("choices"),
        ))
    };
    match (parts(first), parts(second)) {
        (Some(first), Some(second)) => first == second,
        _ => true,
    }
}

fn change(trial: &mut Trial, operation: u64, record: &Json) -> Option<()> {
    // Two workers may take one waiting trial: only the first is heard, and nothing after its end.
    if is_over(trial) {
        return None;
    }
    match operation {
        5 => {
            let name = record.get("param_name")?.as_str()?;
            let value = json_text::scalar(record.get("param_value_internal")?).number()?;
            let distribution = record
                .get("distribution")
                .and_then(Json::as_str)
                .unwrap_or_default();
            trial
                .params
                .insert(name.to_owned(), external(value, distribution));
        }
        6 => {
            let state = state(record.get("state")?);
            if state == Status::Running && trial.status == Some(Status::Running) {
                return None;
            }
            trial.status = Some(state);
            times(trial, record);
            values(trial, record);
        }
        7 => {
            let step = json_text::scalar(record.get("step")?).number()?;
            let value = json_text::scalar(record.get("intermediate_value")?).number()?;
            trial.intermediate.push((step, value));
        }
        8 => trial
            .user_attributes
            .extend(record.get("user_attr")?.as_object()?.clone()),
        _ => trial
            .system_attributes
            .extend(record.get("system_attr")?.as_object()?.clone()),
    }
    Some(())
}

/// Of two reports at one step the later counts.
fn keep_last_of_each_step(reports: &mut Vec<(f64, f64)>) {
    let mut last = FxHashMap::default();
    for (at, (step, _)) in reports.iter().enumerate() {
        last.insert(bits_of(*step), at);
    }
    let mut at = 0..;
    reports.retain(|(step, _)| last.get(&bits_of(*step)).copied() == at.next());
}

fn times(trial: &mut Trial, record: &Json) {
    let time = |key: &str| record.get(key).and_then(json_text::millis);
    trial.start = time("datetime_start").or(trial.start);
    trial.end = time("datetime_complete").or(trial.end);
}

fn values(trial: &mut Trial, record: &Json) {
    if let Some(values) = record.get("values").and_then(Json::as_array) {
        let numbers = values.iter().map(|value| json_text::scalar(value).number());
        trial.values = numbers
            .enumerate()
            .filter_map(|(objective, value)| Some((objective, value?)))
            .collect();
    }
}

fn state(state: &Json) -> Status {
    match state.as_u64() {
        Some(0) => Status::Running,
        Some(1) => Status::Finished,
        Some(2) => Status::Pruned,
        Some(3) => Status::Failed,
        Some(4) => Status::Scheduled,
        _ => Status::Unknown,
    }
}
