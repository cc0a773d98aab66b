//! Events of a run: its scalars, as simple values or tensors, and what the hparams plugin says.

use super::put;
use super::records::{self, Damage};
use crate::format::protobuf::{Field, Fields};
use crate::ledger::{Role, RunSink, Status, ValueRef, attribute};
use crate::source::File;
use crate::source::grown::{self, Marks};
use std::rc::Rc;

/// The status of a session's log that says where training goes on, as `purge_step` writes it.
const SESSION_START: i64 = 1;

/// What a folder is to the run above it.
pub(super) enum Kind {
    /// A run of its own.
    Run,
    /// Hyperparameters of the run above.
    Hyperparameters,
    /// One curve of the run above, by this name.
    Curve(String),
}

/// Step, Unix milliseconds and value of each point of a curve.
type Points = Vec<(f64, i64, f64)>;

/// What the files of a folder say.
#[derive(Default)]
pub(super) struct Run {
    /// By tag.
    scalars: order::Map<String, Points>,
    /// Whether a tag's tensors are scalars: only its first value says so.
    is_scalar: order::Map<String, bool>,
    hyperparameters: Vec<(String, Hyperparameter)>,
    has_session: bool,
    group: String,
    start: Option<i64>,
    end: Option<i64>,
    status: Option<Status>,
    /// What is wrong in files, for good: it is told of whenever they are read.
    damages: Vec<(String, Damage)>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Hyperparameter {
    Number(f64),
    Bool(bool),
    Text(String),
}

impl Run {
    /// What the event files of a folder say, in this order. Files that have grown are read on.
    pub(super) fn of(
        files: &[&dyn File],
        sink: &mut RunSink<'_>,
        on_bytes: &mut dyn FnMut(u64),
    ) -> Rc<Self> {
        let (run, mut marks) = grown::resume::<Rc<Self>>(files);
        let mut run = Rc::try_unwrap(run).unwrap_or_else(|_| {
            // Somebody has it still, which must not change.
            marks = Marks::default();
            Self::default()
        });
        for (path, damage) in &run.damages {
            damage.tell(path, sink);
        }
        let files_before = &files[..marks.done()];
        let mut bytes: u64 = files_before.iter().map(|file| file.len_bytes()).sum();
        let mut is_whole = true;
        for (place, file) in files.iter().enumerate().skip(marks.done()) {
            let mut settled = marks.from();
            let mut damages = Vec::new();
            let mut note = |what: Damage| damages.push(what);
            let mut progress = |read| on_bytes(bytes + read);
            let ended = records::for_each(
                *file,
                &mut settled,
                &mut progress,
                &mut note,
                &mut |record| {
                    run.event(record);
                },
            );
            for damage in damages {
                damage.tell(file.path(), sink);
                // The last file may be written to still.
                if damage.place < settled || place + 1 < files.len() {
                    run.damages.push((file.path().to_owned(), damage));
                }
            }
            bytes += file.len_bytes();
            marks.reach(*file, settled);
            if let Err(error) = ended {
                is_whole &= place + 1 == files.len();
                sink.problem_in(
                    "source/cannot-read",
                    file.path(),
                    "",
                    &error.to_string(),
                    "what came before is kept",
                );
            }
        }
        let run = Rc::new(run);
        if is_whole && marks.are_kept() {
            marks.keep(files, Rc::clone(&run), run.memory());
        }
        run
    }

    /// About how many bytes of memory it takes.
    fn memory(&self) -> usize {
        let of_curve = |points: &Points| 24 * points.capacity();
        let curves: usize = self.scalars.values().map(of_curve).sum();
        let names: usize = self.is_scalar.keys().map(String::len).sum();
        curves
            + 2 * names
            + 64 * (self.scalars.len() + self.hyperparameters.len() + self.damages.len())
    }

    fn event(&mut self, record: &[u8]) {
        let (mut time, mut step, mut summary, mut restarts) = (0.0, 0, None, false);
        for (number, field) in Fields(record) {
            match number {
                1 => time = field.float(),
                2 => step = field.whole(),
                5 => summary = Some(field),
                7 => restarts = field.message().get(1).map_or(0, Field::whole) == SESSION_START,
                _ => {}
            }
        }
        // As TensorBoard itself: what was logged before from there on has been overtaken.
        if restarts {
            for points in self.scalars.values_mut() {
                points.retain(|(before, ..)| *before < step as f64);
            }
        }
        for value in summary
            .into_iter()
            .flat_map(|summary| summary.message().all(1))
        {
            self.value(value.message(), step as f64, time);
        }
    }

    fn value(&mut self, value: Fields<'_>, step: f64, time: f64) {
        let (mut tag, mut simple, mut tensor, mut metadata) = (&[][..], None, None, None);
        for (number, field) in value {
            match number {
                1 => tag = field.bytes(),
                2 => simple = Some(field.float()),
                8 => tensor = Some(field),
                9 => metadata = Some(field.message()),
                _ => {}
            }
        }
        let tag = String::from_utf8_lossy(tag);
        if let Some(metadata) = metadata {
            let plugin = metadata.get(1).map(Field::message);
            let name = plugin
                .as_ref()
                .map(|plugin| plugin.text(1))
                .unwrap_or_default();
            if name == "hparams" {
                if let Some(content) = plugin.and_then(|plugin| plugin.get(2)) {
                    self.hparams(content.message());
                }
                return;
            }
            let class = metadata.get(4).map_or(0, Field::whole);
            self.is_scalar
                .insert(tag.clone().into_owned(), name == "scalars" || class == 1);
        }
        let is_scalar = || {
            self.is_scalar
                .get(tag.as_ref())
                .copied()
                .unwrap_or_default()
        };
        let number = simple.or_else(|| {
            tensor
                .filter(|_| is_scalar())
                .and_then(|tensor| only_element(tensor.message()))
        });
        if let Some(number) = number {
            let point = (step, millis(time).unwrap_or_default(), number);
            match self.scalars.get_mut(tag.as_ref()) {
                Some(points) => points.push(point),
                None => {
                    self.scalars.insert(tag.into_owned(), vec![point]);
                }
            }
        }
    }

    /// `HParamsPluginData`: the start and the end of a session.
    fn hparams(&mut self, data: Fields<'_>) {
        if let Some(session) = data.get(3).map(Field::message) {
            self.has_session = true;
            for entry in session.all(1).map(Field::message) {
                let value = entry.get(2).and_then(|value| value.message().next());
                let value = match value {
                    Some((2, number)) => Hyperparameter::Number(number.float()),
                    Some((3, text)) => Hyperparameter::Text(text.text()),
                    Some((4, truth)) => Hyperparameter::Bool(truth.whole() != 0),
                    _ => continue,
                };
                self.hyperparameters.push((entry.text(1), value));
            }
            self.group = session.text(4);
            self.start = session
                .get(5)
                .and_then(|time| millis(time.float()))
                .or(self.start);
        }
        if let Some(session) = data.get(4).map(Field::message) {
            self.has_session = true;
            self.end = session
                .get(2)
                .and_then(|time| millis(time.float()))
                .or(self.end);
            self.status = Some(match session.get(1).map_or(0, Field::whole) {
                // Some writers say success at once, whatever happens later: then there is no end.
                1 if self.end.is_none() => Status::Unknown,
                1 => Status::Finished,
                2 => Status::Failed,
                3 => Status::Running,
                _ => Status::Unknown,
            });
        }
    }

    /// The tags of its scalars.
    pub(super) fn tags(&self) -> impl Iterator<Item = &String> {
        self.scalars.keys()
    }

    /// Whether nothing was logged.
    pub(super) fn is_blank(&self) -> bool {
        self.scalars.is_empty() && !self.has_session
    }

    /// Whether the plugin says with which hyperparameters it ran.
    pub(super) fn has_session(&self) -> bool {
        self.has_session
    }

    /// The hyperparameters of its session.
    pub(super) fn session(&self) -> &[(String, Hyperparameter)] {
        &self.hyperparameters
    }

    /// What the folder is to a run above it; `relative` is the path from there. `None` where it is a run of
    /// its own.
    pub(super) fn part_of_run_above(&self, relative: &str) -> Option<Kind> {
        if self.has_session {
            return Some(Kind::Hyperparameters);
        }
        let mut tags = self.scalars.keys();
        let (Some(tag), None) = (tags.next(), tags.next()) else {
            return None;
        };
        // `add_scalars` of tensorboardX, then that of PyTorch.
        let plain = tag.replace('/', "_");
        let rest = relative
            .strip_prefix(tag.as_str())
            .and_then(|rest| rest.strip_prefix('/'))
            .or_else(|| relative.strip_prefix(&plain)?.strip_prefix('_'))?;
        Some(Kind::Curve(format!("{tag}/{rest}")))
    }

    /// Writes the scalars into a row, each by the name that is made of its tag; gives the time of the first, in Unix
    /// milliseconds.
    pub(super) fn write_scalars(
        &self,
        row: usize,
        name_of: &dyn Fn(&str) -> String,
        sink: &mut RunSink<'_>,
    ) -> Option<i64> {
        let named = self.scalars.iter();
        let mut named: Vec<(String, &Points)> =
            named.map(|(tag, points)| (name_of(tag), points)).collect();
        order::by(&mut named, |(a, _), (b, _)| a.cmp(b));
        let mut first = None;
        for (name, points) in named {
            let column = sink.column(Role::Metric, &name);
            for (step, millis, value) in points {
                if *millis > 0 {
                    first = Some(first.map_or(*millis, |first: i64| first.min(*millis)));
                }
                sink.point(row, column, *step, *millis, *value);
            }
        }
        first
    }

    /// Writes it into a row.
    pub(super) fn write(&self, row: usize, kind: &Kind, sink: &mut RunSink<'_>) {
        let name_of = |tag: &str| match kind {
            Kind::Curve(name) => name.clone(),
            _ => tag.to_owned(),
        };
        let first = self.write_scalars(row, &name_of, sink);
        for (name, value) in &self.hyperparameters {
            let value = match value {
                Hyperparameter::Number(number) => ValueRef::Number(*number),
                Hyperparameter::Bool(truth) => ValueRef::Bool(*truth),
                // Nothing in quotes is a choice too.
                Hyperparameter::Text(text) if text.is_empty() => ValueRef::Text(text),
                Hyperparameter::Text(text) => ValueRef::parse(text),
            };
            put(row, Role::Param, name, value, sink);
        }
        if !self.group.is_empty() {
            sink.set_attribute(row, attribute::GROUP, ValueRef::Text(&self.group));
        }
        if let Some(status) = self.status {
            sink.set_status(row, status);
        }
        let start = self.start.or(first.filter(|_| matches!(kind, Kind::Run)));
        for (name, millis) in [(attribute::START, start), (attribute::END, self.end)] {
            if let Some(millis) = millis {
                sink.set_attribute(row, name, ValueRef::Time(millis));
            }
        }
    }
}

/// Unix milliseconds of seconds; none where they are none.
fn millis(seconds: f64) -> Option<i64> {
    (seconds.is_finite() && seconds > 0.0).then(|| libm::round(seconds * 1000.0) as i64)
}

/// The number of a tensor with one element.
fn only_element(tensor: Fields<'_>) -> Option<f64> {
    let kind = tensor.get(1).map_or(0, Field::whole);
    if let Some(content) = tensor
        .get(4)
        .map(Field::bytes)
        .filter(|content| !content.is_empty())
    {
        return Some(match (kind, content.len()) {
            (1, 4) => f64::from(f32::from_le_bytes(content.try_into().ok()?)),
            (2, 8) => f64::from_le_bytes(content.try_into().ok()?),
            (3, 4) => f64::from(i32::from_le_bytes(content.try_into().ok()?)),
            (9, 8) => i64::from_le_bytes(content.try_into().ok()?) as f64,
            (10, 1) => f64::from(content[0]),
            (14, 2) => f64::from(f32::from_bits(
                u32::from(u16::from_le_bytes(content.try_into().ok()?)) << 16,
            )),
            (19, 2) => half(u16::from_le_bytes(content.try_into().ok()?)),
            _ => return None,
        });
    }
    // A repeated number, packed or not.
    let number = match kind {
        1 => 5,
        2 => 6,
        3 => 7,
        9 => 10,
        10 => 11,
        14 | 19 => 13,
        _ => return None,
    };
    let mut elements = tensor.all(number);
    let (element, None) = (elements.next()?, elements.next()) else {
        return None;
    };
    let packed = element.bytes();
    match (kind, element) {
        (1, Field::Bytes(_)) => Some(f64::from(f32::from_le_bytes(packed.try_into().ok()?))),
        (2, Field::Bytes(_)) => Some(f64::from_le_bytes(packed.try_into().ok()?)),
        (1 | 2, element) => Some(element.float()),
        (_, element) => {
            let whole = match element {
                // A packed varint reads as the field it would be with a key before it.
                Field::Bytes(bytes) => {
                    let keyed = [&[0x08], bytes].concat();
                    Fields(&keyed).next().map(|(_, field)| field.whole())?
                }
                element => element.whole(),
            };
            Some(match kind {
                14 => f64::from(f32::from_bits((whole as u32) << 16)),
                19 => half(whole as u16),
                _ => whole as f64,
            })
        }
    }
}

/// A float of two bytes.
fn half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    sign * match exponent {
        0 => libm::ldexp(fraction, -24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => libm::ldexp(1024.0 + fraction, exponent - 25),
    }
}
