//! SwanLab's local runs (0.4 to 0.9): `runs.swanlab`, an SQLite database of projects, experiments and names of
//! metrics, beside a folder a run with `files/config.yaml` and the points, `logs/<column>/*.log`.
//!
//! Points are JSON Lines `{index, data, create_time}`. A column's folder is a number, which only the database
//! knows the name of. Since 0.6 a run's folder may have a log of its own, which says all ([`super::swanlab`]).

use super::run_folders::{RunFolder, claim_runs, put_object};
use super::sqlite::{self, Database};
use super::swanlab::{id_of_folder, params_of};
use super::{Claim, Dropped, Format, NotThisFormat, json_text};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::File;

pub(super) const FORMAT: Format = Format {
    name: "swanlab-local",
    title: "SwanLab local runs",
    claim,
    read,
};

/// What every run's folder has.
const MARKER: &str = "files/swanlab-metadata.json";

/// Where a run's points are.
const LOGS: &str = "logs/";

fn is_part(path: &str) -> bool {
    ["files/", LOGS, "console/", "media/"]
        .iter()
        .any(|part| path.starts_with(part))
}

fn claim(place: usize, dropped: &Dropped<'_>) -> Claim {
    let folder = dropped.folder(place);
    if let Some(run) = dropped.path(place).strip_suffix(MARKER) {
        let run = run.trim_end_matches('/');
        let above = run.rsplit_once('/').map_or("", |(above, _)| above);
        // The database takes the folders beside it.
        let is_alone = dropped.in_folder(above, "runs.swanlab").is_none();
        return if is_alone && run.contains("run-") {
            claim_runs(place, dropped, MARKER, &is_part)
        } else {
            Claim::none()
        };
    }
    let tables: &[(&str, &[&str])] = &[
        ("experiment", &["id", "run_id", "name", "status"]),
        ("tag", &["experiment_id", "name"]),
    ];
    let database = sqlite::claim(place, dropped, tables).into_pieces();
    let Some(mut files) = database.into_iter().next() else {
        return Claim::none();
    };
    let is_of_run = |at: &usize| {
        let rest = dropped.path(*at).strip_prefix(folder).unwrap_or_default();
        let rest = rest.trim_start_matches('/').split_once('/');
        rest.is_some_and(|(run, rest)| run.starts_with("run-") && is_part(rest))
    };
    files.extend(dropped.within(folder).iter().copied().filter(is_of_run));
    Claim::of(files)
}

fn read(
    files: &[&dyn File],
    sink: &mut RunSink<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), NotThisFormat> {
    let folders = RunFolder::all(files, MARKER);
    let is_beside = |file: &&&dyn File| {
        let is_within = |folder: &RunFolder<'_>| {
            folder.path.is_empty() || file.path().starts_with(&format!("{}/", folder.path))
        };
        !folders.iter().any(is_within)
    };
    let first = files.first().ok_or(NotThisFormat)?;
    let mut experiments = Vec::new();
    if is_beside(&first) {
        let database: Vec<&dyn File> = files.iter().take(2).filter(is_beside).copied().collect();
        if let Some(mut database) = sqlite::open(&database, sink, on_bytes) {
            experiments = experiments_of(&mut database);
            database.report(sink);
        }
        for (run_id, experiment) in &experiments {
            experiment.write(sink.run(id_of_folder(run_id)), sink);
        }
    }
    let nobody = Experiment::default();
    let mut bytes = 0;
    for folder in &folders {
        let row = sink.run(id_of_folder(folder.name()));
        let config = folder.yaml("files/config.yaml", sink);
        put_object(row, Role::Param, &params_of(&config), sink);
        let known = experiments.binary_search_by(|(name, _)| name.as_str().cmp(folder.name()));
        let experiment = known.map_or(&nobody, |at| &experiments[at].1);
        points(row, folder, experiment, sink);
        bytes += folder.len_bytes();
        on_bytes(bytes);
    }
    Ok(())
}

/// What the database says of a run.
#[derive(Default)]
struct Experiment {
    texts: Vec<(Role, &'static str, String)>,
    times: Vec<(&'static str, i64)>,
    status: Option<i64>,
    /// Folder and name of each metric.
    metrics: Vec<(String, String)>,
}

impl Experiment {
    fn write(&self, row: usize, sink: &mut RunSink<'_>) {
        for (role, name, text) in &self.texts {
            sink.set_named(row, *role, name, ValueRef::Text(text));
        }
        for (name, millis) in &self.times {
            sink.set_attribute(row, name, ValueRef::Time(*millis));
        }
        let status = match self.status {
            Some(1) => Status::Finished,
            Some(0) => Status::Running,
            Some(..0) => Status::Failed,
            _ => Status::Unknown,
        };
        sink.set_status(row, status);
    }
}

/// Experiments in the order of the names of their runs' folders.
fn experiments_of(database: &mut Database<'_>) -> Vec<(String, Experiment)> {
    let mut projects: Vec<(i64, String)> = Vec::new();
    if let Some(table) = database.table("project") {
        let [id, name] = ["id", "name"].map(|name| table.column(name));
        database.scan(&table, |row| {
            if let (Some(id), Some(name)) = (row.integer(id), row.text(name)) {
                projects.push((id, name.into_owned()));
            }
        });
    }
    let mut found: Vec<(i64, String, Experiment)> = Vec::new();
    if let Some(table) = database.table("experiment") {
        let places = [
            "id",
            "run_id",
            "project_id",
            "status",
            "name",
            "description",
        ];
        let [id, run_id, project, status, name, description] =
            places.map(|name| table.column(name));
        let times = ["create_time", "finish_time"].map(|name| table.column(name));
        database.scan(&table, |row| {
            let (Some(id), Some(run_id)) = (row.integer(id), row.text(run_id)) else {
                return;
            };
            let mut experiment = Experiment {
                status: row.integer(status),
                ..Experiment::default()
            };
            for (role, key, column) in [
                (Role::Attribute, attribute::NAME, name),
                (Role::Tag, "description", description),
            ] {
                let text = row.text(column).filter(|text| !text.is_empty());
                experiment
                    .texts
                    .extend(text.map(|text| (role, key, text.into_owned())));
            }
            let project = projects
                .iter()
                .find(|(id, _)| Some(*id) == row.integer(project));
            experiment
                .texts
                .extend(project.map(|(_, name)| (Role::Tag, "project", name.clone())));
            for (key, column) in [attribute::START, attribute::END].into_iter().zip(times) {
                let millis = row
                    .text(column)
                    .and_then(|text| crate::ledger::time::parse_millis(&text));
                experiment.times.extend(millis.map(|millis| (key, millis)));
            }
            found.push((id, run_id.into_owned(), experiment));
        });
    }
    order::by_key(&mut found, |(id, ..)| *id);
    if let Some(table) = database.table("tag") {
        let places = ["experiment_id", "name", "folder", "system"];
        let [experiment, name, folder, system] = places.map(|name| table.column(name));
        database.scan(&table, |row| {
            let id = row.integer(experiment).unwrap_or_default();
            let (Ok(at), Some(name)) = (
                found.binary_search_by_key(&id, |(id, ..)| *id),
                row.text(name),
            ) else {
                return;
            };
            // What it measures of the machine is no metric of the run.
            if row.integer(system) != Some(1) {
                let folder = row
                    .text(folder)
                    .unwrap_or_else(|| name.clone())
                    .into_owned();
                found[at].2.metrics.push((folder, name.into_owned()));
            }
        });
    }
    order::by(&mut found, |a, b| a.1.cmp(&b.1));
    let named = found
        .into_iter()
        .map(|(_, name, experiment)| (name, experiment));
    named.collect()
}

/// Reads a run's points, of the metrics whose names are known.
fn points(row: usize, folder: &RunFolder<'_>, experiment: &Experiment, sink: &mut RunSink<'_>) {
    let is_known = !experiment.metrics.is_empty();
    let mut is_unnamed = false;
    for (path, file) in folder.files().filter(|(path, _)| path.ends_with(".log")) {
        let Some((column, _)) = path
            .strip_prefix(LOGS)
            .and_then(|rest| rest.rsplit_once('/'))
        else {
            continue;
        };
        let named = experiment
            .metrics
            .iter()
            .find(|(folder, _)| folder == column);
        let name = match named {
            Some((_, name)) => name.as_str(),
            // Older versions call the folder as the metric.
            None if !is_known && column.bytes().any(|byte| !byte.is_ascii_digit()) => column,
            None => {
                is_unnamed |= !is_known;
                continue;
            }
        };
        let metric = sink.column(Role::Metric, name);
        json_text::for_each(file, sink, &mut |_| {}, &mut |point, _, sink| {
            let number = |key: &str| {
                point
                    .get(key)
                    .and_then(|value| json_text::scalar(value).number())
            };
            if let Some(value) = number("data") {
                let millis = point.get("create_time").and_then(json_text::millis);
                let step = number("index").unwrap_or(f64::NAN);
                sink.point(row, metric, step, millis.unwrap_or_default(), value);
            }
        });
    }
    if is_unnamed {
        let what = "only runs.swanlab, in the folder above the run, has the names of its metrics";
        sink.problem_in(
            "swanlab/no-names",
            &folder.path,
            "",
            what,
            "metrics left out: drop that folder",
        );
    }
}
