//! SwanLab's runs on disk (since 0.6): a `.swanlab` log and `files/config.yaml`, which has the config.
//!
//! The container is W&B's with another header. A record is a start, a finish, a column or a scalar; a value
//! of 0 and a state of 0 are not written. Before 0.10 the log is `backup.swanlab`, and a record JSON.

use super::leveldb_log::{self, Settled};
use super::protobuf::{Field, Fields};
use super::run_folders::put_object;
use super::{Claim, Dropped, Format, NotThisFormat, json_text, yaml};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::{self, File, file_name, grown};
use serde_json::{Map, Value as Json};

pub(super) const FORMAT: Format = Format {
    name: "swanlab",
    title: "SwanLab run folders",
    claim,
    read,
};

/// What a log begins with.
const MAGIC: &[u8] = b":SWL";

/// How large the files beside a log may be.
const FILE_BYTES: u64 = 16 << 20;

/// All runs in the folder where this log's run lies; what else lies in a run's folder says the same.
fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let is_log = |at: usize| {
        dropped.name(at).ends_with(".swanlab") && dropped.head(at).raw.starts_with(MAGIC)
    };
    if !is_log(place) {
        return Claim::none();
    }
    let folder = dropped.folder(place);
    // A run's folder may be dropped alone.
    let above = folder.rsplit_once('/').map_or(folder, |(above, _)| above);
    let logs = dropped.within(above).iter().filter(|at| is_log(**at));
    let files_of = |log: &usize| {
        let folder = dropped.folder(*log);
        let is_part = |at: &usize| {
            let rest = dropped.path(*at).strip_prefix(folder).unwrap_or_default();
            let parts = ["files/", "logs/", "console/", "media/", "debug/"];
            let rest = rest.trim_start_matches('/');
            parts.iter().any(|part| rest.starts_with(part))
        };
        let parts = dropped.within(folder).iter().copied().filter(is_part);
        std::iter::once(*log).chain(parts).collect()
    };
    Claim::pieces(logs.map(files_of).collect())
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let mut log = files
        .iter()
        .filter(|file| file.path().ends_with(".swanlab"));
    let log = *log.next().ok_or(NotThisFormat)?;
    let ((mut run, mut settled), mut marks) = grown::resume::<(Run, Settled)>(&[log]);
    let mut take = |record: &[u8]| run.record(&Fields(record));
    let ended = leveldb_log::for_each(log, &mut settled, on_bytes, &mut take);
    if let Err((place, why)) = ended {
        sink.problem_in(
            "swanlab/log",
            log.path(),
            &format!("byte {place}"),
            &why,
            "what came before it is kept",
        );
    }
    let config = files
        .iter()
        .find(|file| file.path().ends_with("files/config.yaml"));
    let config = config.map(|file| source::read_up_to(*file, FILE_BYTES));
    let config = match config {
        Some(Ok(bytes)) => yaml::parse(&String::from_utf8_lossy(&bytes)).unwrap_or_default(),
        _ => Json::Null,
    };
    if config.is_null() {
        sink.problem(
            "swanlab/config",
            "",
            "there is no config.yaml beside the log",
            "the run has no params",
        );
    }
    let name = file_name(log.path()).trim_end_matches(".swanlab");
    let folder = log.path().rsplit_once('/').map(|(folder, _)| folder);
    let id = match folder {
        Some(folder) if name == "backup" => id_of_folder(folder),
        _ => name.strip_prefix("run-").unwrap_or(name),
    };
    run.write(id, &config, sink);
    marks.reach(log, settled.end);
    if marks.are_kept() {
        let curves = run.scalars.values();
        let memory = curves.map(|points| 64 + 24 * points.capacity()).sum();
        marks.keep(&[log], (run, settled), memory);
    }
    Ok(())
}

/// The id in `run-20261128_084255-ID`.
pub(super) fn id_of_folder(folder: &str) -> &str {
    let name = file_name(folder);
    name.rsplit_once('-').map_or(name, |(_, id)| id)
}

/// The params of a `config.yaml`, each of which has a description and a value.
pub(super) fn params_of(config: &Json) -> Map<String, Json> {
    let entries = config.as_object().into_iter().flatten();
    let params =
        entries.filter_map(|(key, entry)| Some((key.clone(), entry.get("value")?.clone())));
    params.collect()
}

/// What a log says.
#[derive(Default)]
struct Run {
    start: order::Map<u32, String>,
    tags: Vec<String>,
    started: Option<i64>,
    finished: Option<i64>,
    state: Option<i64>,
    /// Columns that SwanLab measures itself.
    system: order::Set<String>,
    /// Step, Unix milliseconds and value of each point, by metric.
    scalars: order::Map<String, Vec<(f64, i64, f64)>>,
}

impl Run {
    fn record(&mut self, record: &Fields<'_>) {
        // No message begins so.
        if record.0.starts_with(b"{") {
            let parsed = json_text::parse(&String::from_utf8_lossy(record.0));
            parsed.and_then(|record| self.json_record(&record));
            return;
        }
        for (number, field) in record.clone() {
            let message = field.message();
            match number {
                10 => {
                    for place in [1, 2, 4, 5, 7, 8, 10] {
                        self.start.insert(place, message.text(place));
                    }
                    self.tags = message.all(6).map(Field::text).collect();
                    self.started = message.get(12).and_then(|time| millis(&time.message()));
                }
                11 => {
                    self.state = Some(message.get(1).map_or(0, Field::whole));
                    self.finished = message.get(3).and_then(|time| millis(&time.message()));
                }
                12 if message.get(1).map_or(0, Field::whole) == 2 => {
                    self.system.insert(message.text(3));
                }
                13 => {
                    let step = message.get(2).map_or(0, Field::whole) as f64;
                    let time = message.get(4).and_then(|time| millis(&time.message()));
                    let value = message.get(5).map(Field::message);
                    let value = value
                        .and_then(|value| value.get(1))
                        .map_or(0.0, Field::float);
                    let points = self.scalars.or_default(message.text(1));
                    points.push((step, time.unwrap_or_default(), value));
                }
                _ => {}
            }
        }
    }

    /// A record of a version before 0.10.
    fn json_record(&mut self, record: &Json) -> Option<()> {
        let data = record.get("data")?;
        let text = |key: &str| data.get(key).and_then(Json::as_str).map(str::to_owned);
        let time = |data: &Json| data.get("create_time").and_then(json_text::millis);
        let mut note = |places: &[(u32, &str)]| {
            for (place, key) in places {
                self.start.insert(*place, text(key).unwrap_or_default());
            }
        };
        match record.get("model_type")?.as_str()? {
            "Header" => self.started = time(data),
            "Project" => note(&[(1, "name"), (2, "workspace")]),
            "Experiment" => {
                note(&[
                    (10, "id"),
                    (4, "name"),
                    (5, "description"),
                    (7, "group"),
                    (8, "job_type"),
                ]);
                let tags = data.get("tags").and_then(Json::as_array);
                let tags = tags.into_iter().flatten().filter_map(Json::as_str);
                self.tags = tags.map(str::to_owned).collect();
            }
            "Column" if text("cls").as_deref() == Some("SYSTEM") => {
                self.system.insert(text("key")?);
            }
            "Scalar" => {
                let metric = data.get("metric")?;
                let value = json_text::scalar(metric.get("data")?).number()?;
                let step = json_text::scalar(data.get("step").or(metric.get("index"))?).number()?;
                let points = self.scalars.or_default(text("key")?);
                points.push((step, time(metric).unwrap_or_default(), value));
            }
            "Footer" => {
                let is_success = data.get("success").and_then(Json::as_bool);
                self.state = is_success.map(|success| if success { 1 } else { 2 });
                self.finished = time(data);
            }
            _ => {}
        }
        Some(())
    }

    fn write(&self, id: &str, config: &Json, sink: &mut RunSink<'_>) {
        let text = |place: u32| {
            self.start
                .get(&place)
                .map(String::as_str)
                .filter(|text| !text.is_empty())
        };
        let row = sink.run(text(10).unwrap_or(id));
        for (place, name) in [(4, attribute::NAME), (7, attribute::GROUP)] {
            if let Some(text) = text(place) {
                sink.set_attribute(row, name, ValueRef::Text(text));
            }
        }
        for (place, name) in [
            (1, "project"),
            (2, "workspace"),
            (5, "description"),
            (8, "job_type"),
        ] {
            if let Some(text) = text(place) {
                sink.set_named(row, Role::Tag, name, ValueRef::Text(text));
            }
        }
        if !self.tags.is_empty() {
            sink.set_named(
                row,
                Role::Tag,
                "tags",
                ValueRef::Text(&self.tags.join(", ")),
            );
        }
        sink.set_status(
            row,
            match self.state {
                Some(1) => Status::Finished,
                Some(2) => Status::Failed,
                Some(3) => Status::Killed,
                // Running, or ended before it could say how.
                _ => Status::Running,
            },
        );
        for (name, time) in [
            (attribute::START, self.started),
            (attribute::END, self.finished),
        ] {
            if let Some(millis) = time {
                sink.set_attribute(row, name, ValueRef::Time(millis));
            }
        }
        put_object(row, Role::Param, &params_of(config), sink);
        for (name, points) in &self.scalars {
            if self.system.contains(name) {
                continue;
            }
            let column = sink.column(Role::Metric, name);
            for (step, millis, value) in points {
                sink.point(row, column, *step, *millis, *value);
            }
        }
    }
}

/// Unix milliseconds of a `Timestamp` message.
fn millis(time: &Fields<'_>) -> Option<i64> {
    let part = |number| time.get(number).map_or(0, Field::whole);
    let millis = part(1)
        .saturating_mul(1000)
        .saturating_add(part(2) / 1_000_000);
    (millis > 0).then_some(millis)
}
