//! What the columns of a table are to a run: by the name's prefix, by words in it, then by the values.
//!
//! [`guess`] takes names first (prefixes such as `metrics.` and `param_`, the words of metrics and of
//! params), then values: outputs are long fractions, nearly all different; inputs come from few values, a
//! grid, or are spread over orders of magnitude. What the values decided carries its reason, so that the
//! receipt can offer to change it.

use super::rows::{Guess, Target, millis_of, with_error};
use super::table::is_missing_text;
use crate::ledger::{Role, ValueRef, attribute, parse_number, time};

/// Names that are an attribute of every run, small letters, `_` for other separators.
const ATTRIBUTES: &[(&str, Named)] = &[
    ("id", Named::Id),
    ("_id", Named::Id),
    ("run_id", Named::Id),
    ("runid", Named::Id),
    ("run_uuid", Named::Id),
    ("trial_id", Named::Id),
    ("trial", Named::Id),
    ("trial_index", Named::Id),
    ("trial_job_id", Named::Id),
    ("tid", Named::Id),
    ("experiment_key", Named::Id),
    ("uid", Named::Id),
    ("uuid", Named::Id),
    ("run", Named::Id),
    ("config_id", Named::Id),
    ("record_id", Named::Id),
    ("index", Named::Id),
    ("name", Named::Attribute(attribute::NAME)),
    ("run_name", Named::Attribute(attribute::NAME)),
    ("trial_name", Named::Attribute(attribute::NAME)),
    ("experiment_name", Named::Attribute(attribute::NAME)),
    ("display_name", Named::Attribute(attribute::NAME)),
    ("training_job_name", Named::Attribute(attribute::NAME)),
    ("status", Named::Status),
    ("state", Named::Status),
    ("run_state", Named::Status),
    ("trial_status", Named::Status),
    ("training_job_status", Named::Status),
    ("created", Named::Time(attribute::START)),
    ("created_at", Named::Time(attribute::START)),
    ("created_on", Named::Time(attribute::START)),
    ("creation_time", Named::Time(attribute::START)),
    ("training_start_time", Named::Time(attribute::START)),
    ("start_time_utc", Named::Time(attribute::START)),
    ("start", Named::Time(attribute::START)),
    ("started", Named::Time(attribute::START)),
    ("started_at", Named::Time(attribute::START)),
    ("start_time", Named::Time(attribute::START)),
    ("starttime", Named::Time(attribute::START)),
    ("datetime_start", Named::Time(attribute::START)),
    ("end", Named::Time(attribute::END)),
    ("ended", Named::Time(attribute::END)),
    ("end_time", Named::Time(attribute::END)),
    ("training_end_time", Named::Time(attribute::END)),
    ("end_time_utc", Named::Time(attribute::END)),
    ("endtime", Named::Time(attribute::END)),
    ("finished_at", Named::Time(attribute::END)),
    ("datetime_complete", Named::Time(attribute::END)),
    ("group", Named::Attribute(attribute::GROUP)),
    ("run_group", Named::Attribute(attribute::GROUP)),
    ("parent", Named::Attribute(attribute::PARENT)),
    ("parent_id", Named::Attribute(attribute::PARENT)),
    ("parent_run_id", Named::Attribute(attribute::PARENT)),
];

#[derive(Clone, Copy)]
enum Named {
    Id,
    Status,
    Time(&'static str),
    Attribute(&'static str),
}

/// Prefixes by which names say their role, small letters; what follows is the name.
const PREFIXES: &[(&str, Role)] = &[
    ("metrics.", Role::Metric),
    ("metrics/", Role::Metric),
    ("metric.", Role::Metric),
    ("metric/", Role::Metric),
    ("metric_", Role::Metric),
    ("metric:", Role::Metric),
    ("summary.", Role::Metric),
    ("summary/", Role::Metric),
    ("result.", Role::Metric),
    ("results.", Role::Metric),
    ("params.", Role::Param),
    ("params/", Role::Param),
    ("params_", Role::Param),
    ("param.", Role::Param),
    ("param/", Role::Param),
    ("param_", Role::Param),
    ("param:", Role::Param),
    ("parameters.", Role::Param),
    ("parameter.", Role::Param),
    ("config.", Role::Param),
    ("config/", Role::Param),
    ("config_", Role::Param),
    ("hparams.", Role::Param),
    ("hparams/", Role::Param),
    ("hparam_", Role::Param),
    ("hyperparameters.", Role::Param),
    ("tags.", Role::Tag),
    ("tag.", Role::Tag),
    ("user_attrs_", Role::Tag),
    ("system_attrs_", Role::Tag),
];

/// Words that only metrics have.
const METRIC_WORDS: &[&str] = &[
    "loss",
    "acc",
    "accuracy",
    "error",
    "err",
    "auc",
    "auroc",
    "f1",
    "score",
    "precision",
    "recall",
    "perplexity",
    "ppl",
    "reward",
    "rewards",
    "return",
    "returns",
    "mae",
    "mse",
    "rmse",
    "mape",
    "r2",
    "bleu",
    "rouge",
    "iou",
    "miou",
    "dice",
    "ndcg",
    "mrr",
    "nll",
    "wer",
    "cer",
    "fid",
    "ece",
    "val",
    "valid",
    "validation",
    "train",
    "test",
    "eval",
    "metric",
    "objective",
    "regret",
    "logloss",
    "kappa",
    "mcc",
    "psnr",
    "ssim",
    "throughput",
    "runtime",
    "grad_norm",
];

/// Words that only params have; they win over metric words where a name has both.
const PARAM_WORDS: &[&str] = &[
    "lr",
    "learning_rate",
    "batch",
    "batch_size",
    "optimizer",
    "dropout",
    "decay",
    "momentum",
    "seed",
    "hidden",
    "layers",
    "layer",
    "depth",
    "width",
    "units",
    "activation",
    "beta1",
    "beta2",
    "alpha",
    "gamma",
    "lambda",
    "scheduler",
    "warmup",
    "augment",
    "augmentation",
    "model",
    "arch",
    "architecture",
    "dataset",
    "kernel",
    "epsilon",
    "clip",
    "smoothing",
    "patience",
    "heads",
    "temperature",
    "n_estimators",
    "max_depth",
    "num_leaves",
    "subsample",
    "eta",
    "sigma",
    "init",
    "amp",
    "ema",
    "criterion",
    "max_features",
    "bootstrap",
    "strategy",
    "split_ratio",
    "fraction",
];

/// Words of what a machine or a tracker notes: neither chosen nor a goal, but measured.
const MEASURED_WORDS: &[&str] = &[
    "gpu",
    "cpu",
    "ram",
    "disk",
    "net",
    "power",
    "memory",
    "util",
    "throughput",
    "flops",
    "epoch",
    "step",
    "steps",
    "iterations",
    "duration",
    "seconds",
    "time",
    "elapsed",
    "norm",
    "params",
    "runtime",
];

/// Words of tags.
const TAG_WORDS: &[&str] = &[
    "user",
    "host",
    "hostname",
    "commit",
    "tags",
    "tag",
    "notes",
    "note",
    "comment",
    "comments",
    "description",
    "author",
    "owner",
    "git",
    "url",
    "path",
    "uri",
    "project",
    "entity",
    "sweep",
    "version",
    "sha",
    "machine",
    "node",
    "message",
    "error_message",
];

/// How many records roles are guessed from.
pub(super) const SAMPLE: usize = 200;

/// As [`guess`], for a tracker that knows some of the columns: those are where `fixed` says.
pub(super) fn guess_others(
    columns: &[String],
    sample: &[Vec<String>],
    fixed: impl Fn(&str) -> Option<Target>,
) -> Vec<Guess> {
    let guesses = guess(columns, sample).into_iter();
    guesses
        .zip(columns)
        .map(|(guessed, name)| fixed(name).map_or(guessed, |target| (target, None)))
        .collect()
}

/// The targets of a table's columns, from their names and a sample of its records.
pub(super) fn guess(columns: &[String], sample: &[Vec<String>]) -> Vec<Guess> {
    let mut id_taken = false;
    let mut taken = order::Set::new();
    let mut guesses: Vec<Guess> = Vec::with_capacity(columns.len());
    let mut with_errors = Vec::new();
    let begins = |name: &&String, prefix: &str| {
        name.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    let is_shared = |prefix: &&str| {
        columns
            .iter()
            .filter(|name| begins(name, prefix))
            .nth(1)
            .is_some()
    };
    let shared: order::Set<&str> = PREFIXES
        .iter()
        .map(|(prefix, _)| *prefix)
        .filter(is_shared)
        .collect();
    for (at, name) in columns.iter().enumerate() {
        let mut values: Vec<&str> = sample
            .iter()
            .filter_map(|record| record.get(at))
            .map(|cell| cell.trim())
            .filter(|cell| !is_missing_text(cell))
            .collect();
        // Of numbers with their errors the numbers tell what they are.
        let numbers = values.iter().map(|cell| Some(with_error(cell)?.0));
        if let Some(numbers) = numbers.collect::<Option<Vec<&str>>>()
            && !numbers.is_empty()
        {
            values = numbers;
            with_errors.push(at);
        }
        // The index that pandas writes, or a delimiter at the line's end.
        if name.is_empty() || name.starts_with("__index_level_") || is_written_index(name, &values)
        {
            guesses.push((Target::Skip, None));
            continue;
        }
        let (mut target, doubt) = guess_among(name, &values, |prefix| shared.contains(prefix));
        if let Target::Value(role, name) = &target
            && is_padded(&values)
        {
            target = Target::Text(*role, name.clone());
        }
        // What several runs are part of, where the runs have names of their own.
        if plain(name) == "experiment_name" && columns.iter().any(|name| plain(name) == "run_name")
        {
            target = Target::Attribute(attribute::GROUP);
        }
        // One column of a kind: a second id or start is a tag.
        let is_second = match &target {
            Target::Id => std::mem::replace(&mut id_taken, true) || !ids_differ(&values),
            Target::Status => !taken.insert("status"),
            Target::Time(attribute) | Target::Attribute(attribute) => !taken.insert(attribute),
            Target::Skip
            | Target::Value(..)
            | Target::Stored(_)
            | Target::Text(..)
            | Target::WithError(..)
            | Target::TagAnd(..) => false,
        };
        if is_second {
            if matches!(target, Target::Id) && !ids_differ(&values) {
                id_taken = false;
            }
            guesses.push((tag_of(name, &values), None));
        } else {
            guesses.push((target, doubt));
        }
    }
    chosen_by_chance(&mut guesses);
    as_ax_has_them(columns, &mut guesses);
    as_searches_have_them(columns, &mut guesses);
    for at in with_errors {
        if let Some((target, _)) = guesses.get_mut(at)
            && let Target::Value(role, name) = target
        {
            *target = Target::WithError(*role, std::mem::take(name));
        }
    }
    guesses
}

/// The table of a client of Ax has what is known of a trial, then what was measured, then what it was given: what stands
/// before a metric that is one by its name is a metric too.
fn as_ax_has_them(columns: &[String], guesses: &mut [Guess]) {
    const KNOWN: [&str; 5] = [
        "arm_name",
        "generation_method",
        "generation_node",
        "is_feasible",
        "reason",
    ];
    if !columns
        .windows(3)
        .any(|names| names == ["trial_index", "arm_name", "trial_status"])
    {
        return;
    }
    let is_sure = |guess: &Guess| matches!(guess, (Target::Value(Role::Metric, _), None));
    let last = guesses.iter().rposition(is_sure);
    for (at, (guess, name)) in guesses.iter_mut().zip(columns).enumerate() {
        if KNOWN.contains(&name.as_str()) {
            *guess = (Target::tag(name), None);
        } else if let (Target::Value(role, _), Some(last)) = (&mut guess.0, last) {
            *role = if at <= last {
                Role::Metric
            } else {
                Role::Param
            };
            guess.1 = None;
        }
    }
}

/// How much a candidate was given is no param: of scikit-learn's searches by halving, and of DEHB, whose `fitness` is what it
/// minimizes. What NNI exports has a `value` beside each `parameter`.
fn as_searches_have_them(columns: &[String], guesses: &mut [Guess]) {
    let is_of_halving = columns.iter().any(|name| name.starts_with("mean_test_"));
    let has = |wanted: &&str| columns.iter().any(|name| name == wanted);
    let is_of_nni = columns.iter().any(|name| name.starts_with("parameter."));
    let is_of_dehb = ["config_id", "fitness", "fidelity"].iter().all(has);
    for (guess, name) in guesses.iter_mut().zip(columns) {
        match name.as_str() {
            "iter" | "n_resources" if is_of_halving => *guess = (Target::tag(name), None),
            "value" | "value.default" if is_of_nni => *guess = (Target::metric(name), None),
            "fidelity" if is_of_dehb => *guess = (Target::tag(name), None),
            "fitness" | "cost" if is_of_dehb => *guess = (Target::metric(name), None),
            _ => {}
        }
    }
}

/// Long fractions are results or what a random search drew. Where some column is a metric by its name, or another of
/// them stands further right, those that are nothing by name were drawn.
fn chosen_by_chance(guesses: &mut [Guess]) {
    let is_metric = |guess: &Guess| matches!(guess.0, Target::Value(Role::Metric, _));
    let has_named = guesses
        .iter()
        .any(|guess| is_metric(guess) && guess.1.is_none());
    let last = guesses
        .iter()
        .rposition(|guess| is_metric(guess) && guess.1.as_deref() == Some(LONG_FRACTIONS));
    for (at, (target, doubt)) in guesses.iter_mut().enumerate() {
        if doubt.as_deref() == Some(LONG_FRACTIONS)
            && (has_named || Some(at) != last)
            && let Target::Value(role, _) = target
        {
            *role = Role::Param;
            *doubt =
                Some("its values are long fractions, as a random search draws them".to_owned());
        }
    }
}

/// What pandas calls an index that was written without a name and read again.
fn is_written_index(name: &str, values: &[&str]) -> bool {
    let counts = || {
        values
            .iter()
            .zip(0..)
            .all(|(value, at)| value.parse() == Ok(at))
    };
    (name.starts_with("Unnamed: ") || name == "index") && counts()
}

/// To a tag; what is text in most rows is text in all (`12345e67` is a commit).
fn tag_of(name: &str, values: &[&str]) -> Target {
    match Shape::of(values) {
        Shape::FewTexts | Shape::ManyTexts => Target::Text(Role::Tag, name.to_owned()),
        _ => Target::tag(name),
    }
}

/// Whether there are words among some values, and `007`: what has zeros before it is a word there, as an id is, and no 7.
fn is_padded(values: &[&str]) -> bool {
    let has_zeros = |text: &&str| {
        text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit())
    };
    let is_word = |text: &&str| parse_number(text).is_none();
    values.iter().any(has_zeros) && values.iter().any(is_word)
}

/// An id names one run; a column of repeated values does not.
pub(super) fn ids_differ(values: &[&str]) -> bool {
    let distinct: order::Set<&&str> = values.iter().collect();
    distinct.len() == values.len()
}

/// A column's target, by its name and some of its values.
pub(super) fn guess_one(name: &str, values: &[&str]) -> Guess {
    guess_among(name, values, |_| true)
}

/// A name in small letters, `_` between its words: `TrainingStartTime` is one of three.
fn plain(name: &str) -> String {
    let mut plain = String::new();
    let mut was_small = false;
    for letter in name.trim().chars() {
        if was_small && letter.is_uppercase() {
            plain.push('_');
        }
        was_small = letter.is_lowercase();
        if letter.is_alphanumeric() {
            plain.extend(letter.to_lowercase());
        } else {
            plain.push('_');
        }
    }
    plain
}

/// As [`guess_one`]; `has_prefix` says whether a prefix that ends in `_` is one of this table: `params_m` alone is a name.
fn guess_among(name: &str, values: &[&str], has_prefix: impl Fn(&str) -> bool) -> Guess {
    let lower = name.trim().to_lowercase();
    let plain = plain(name);
    if let Some((_, named)) = ATTRIBUTES.iter().find(|(known, _)| *known == plain) {
        let is_time = || {
            values
                .iter()
                .all(|text| millis_of(ValueRef::parse(text)).is_some())
        };
        match named {
            Named::Id => return (Target::Id, None),
            Named::Status => return (Target::Status, None),
            Named::Time(attribute) if is_time() => return (Target::Time(attribute), None),
            Named::Attribute(attribute) => return (Target::Attribute(attribute), None),
            Named::Time(_) => {}
        }
    }
    for (prefix, role) in PREFIXES
        .iter()
        .filter(|(prefix, _)| !prefix.ends_with('_') || has_prefix(prefix))
    {
        // `metric.0` is an item of a list called metric.
        let is_item = || lower[prefix.len()..].bytes().all(|b| b.is_ascii_digit());
        if lower.starts_with(prefix) && lower.len() > prefix.len() && !is_item() {
            return (
                Target::Value(*role, name.trim()[prefix.len()..].to_owned()),
                None,
            );
        }
    }
    let words: order::Set<String> = words_of(&plain);
    let has = |list: &[&str]| {
        list.iter()
            .any(|word| words.contains(*word) || plain == *word)
    };
    let shape = Shape::of(values);
    let value = |role| Target::Value(role, name.to_owned());
    // What is left of a training, and no learning rate of XGBoost.
    let is_left = plain == "eta_seconds";
    if has(PARAM_WORDS) && !is_left && !(has(METRIC_WORDS) && shape == Shape::LongFractions) {
        return (value(Role::Param), None);
    }
    if has(METRIC_WORDS) && !shape.is_text() {
        return (value(Role::Metric), None);
    }
    if has(TAG_WORDS) && (shape.is_text() || words.contains("version")) {
        return (tag_of(name, values), None);
    }
    if has(MEASURED_WORDS) && !shape.is_text() {
        return (
            value(Role::Metric),
            Some("its name sounds like something measured".to_owned()),
        );
    }
    match shape {
        Shape::Nothing => (
            value(Role::Param),
            Some("it has no values at the start of the file".to_owned()),
        ),
        Shape::LongFractions => (value(Role::Metric), Some(LONG_FRACTIONS.to_owned())),
        Shape::Numbers => (
            value(Role::Param),
            Some(
                "its numbers look chosen: few, round, or spread over orders of magnitude"
                    .to_owned(),
            ),
        ),
        Shape::FewTexts => (
            value(Role::Param),
            Some("it has few different words, as choices have".to_owned()),
        ),
        Shape::ManyTexts => (
            tag_of(name, values),
            Some("nearly every run has a text of its own".to_owned()),
        ),
        Shape::Times => (value(Role::Tag), None),
    }
}

fn words_of(plain: &str) -> order::Set<String> {
    plain
        .split('_')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Why a column of long fractions is taken for a metric.
const LONG_FRACTIONS: &str = "its values are long fractions, nearly all different, as results are";

/// What some values look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Nothing,
    /// Fractions of many digits, nearly all different, within few orders of magnitude.
    LongFractions,
    /// Other numbers.
    Numbers,
    FewTexts,
    ManyTexts,
    Times,
}

impl Shape {
    fn of(values: &[&str]) -> Self {
        if values.is_empty() {
            return Self::Nothing;
        }
        let distinct: order::Set<&&str> = values.iter().collect();
        let numbers: Vec<f64> = values
            .iter()
            .filter_map(|text| parse_number(text))
            .collect();
        if numbers.len() * 10 >= values.len() * 9 {
            let fractions = values.iter().filter(|text| {
                text.trim_start_matches(['-', '0', '.']).len() >= 7 && text.contains(['.', 'e'])
            });
            let finite: Vec<f64> = numbers
                .iter()
                .map(|x| x.abs())
                .filter(|x| x.is_finite() && *x > 0.0)
                .collect();
            let greatest = finite.iter().copied().fold(0.0, f64::max);
            let least = finite.iter().copied().fold(f64::INFINITY, f64::min);
            let is_wide = greatest / least > 500.0 && numbers.iter().all(|x| *x > 0.0);
            let long = fractions.count() * 10 >= numbers.len() * 8
                && distinct.len() * 10 >= values.len() * 8;
            return if long && !is_wide && numbers.len() >= 3 {
                Self::LongFractions
            } else {
                Self::Numbers
            };
        }
        if values
            .iter()
            .all(|text| time::parse_loosely(text).is_some())
        {
            return Self::Times;
        }
        let is_many = distinct.len() > 12 && distinct.len() * 2 > values.len();
        if is_many {
            Self::ManyTexts
        } else {
            Self::FewTexts
        }
    }

    fn is_text(self) -> bool {
        matches!(self, Self::FewTexts | Self::ManyTexts | Self::Times)
    }
}
