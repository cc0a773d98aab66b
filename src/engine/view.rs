//! What a person has set: one plain value from which, with the engine's answers, the page follows.
//!
//! Its compact text is the address bar's hash, so back and forward are undo and redo and a link
//! restores the view. It never holds data, only names.
//!
//! ```text
//! #/table?f=lr%3C0.1&s=-metric.val_loss,param.lr&o=metric.val_loss,min,last&h=tag.user&p=param.lr&w=param.lr:90&r=17
//! ```
//! `f` filter, `s` sort (`-` descends), `o` objective, `h` hidden columns, `v` revealed ones, `p` pinned ones, `c` order,
//! `w` widths, `x` computed columns, `n` named filters, `g` grouping, `u` what groups say, `t` rows of open groups, `i` how importance is asked for, `e` the params whose effect is open, `m` further metrics that are explained, `j` objectives that are held against one another, `d` only what differs, `l` looks, `k` the
//! column of colours, `a` the axes of the space, `z` whether its lines are curved, `y` what the curves show, `C` the columns of the scatter, `D` those of the distributions, `q` what the comparison shows, `N` how many proposals of what seed, `F` the files that a link needs, `b` the baseline's row (`g17`: the group of row 17), `P` rows of pinned runs, `A` those of runs that were set aside, `r` the run in the drawer, `R` what these rows mean (see [`super::run_names`]). Unknown keys are ignored, so that old pages open new links.

pub use super::baseline::Baseline;
use super::curves::{Bands, CurvesView};
use super::distributions::DistributionsView;
use super::explain::{ExplainView, FurtherMetric, MOST_FURTHER};
pub use super::grouping::{GroupStatistic, Grouping};
use super::look::Look;
pub use super::named::NamedFilter;
use super::needed::Needed;
pub use super::objective::{Direction, Objective};
use super::protocol::SelectQuestion;
use super::run_names::{self, Placed, RunNames};
use super::scattered::ScatterView;
pub use super::side_by_side::CompareView;
use super::space::AxisSetting;
pub use super::tab::Tab;
pub use crate::analysis::pareto::MOST as MOST_OBJECTIVES;
pub use crate::analysis::ranking::uncertainty::Center;
pub use crate::ledger::{Statistic, Until};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// A column to sort by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortKey {
    /// The column's key, as `param.lr`; `rank` sorts by the objective, best first.
    pub column: String,
    /// Greatest first.
    pub descending: bool,
}

/// A column that a person made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComputedColumn {
    /// Its name.
    pub name: String,
    /// What it is computed by (see [`crate::query::Expression`]).
    pub expression: String,
}

/// What a person has set. See the module's documentation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The tab in front.
    pub tab: Tab,
    /// The filter text.
    pub filter: String,
    /// Sort keys, the first counts most.
    pub sort: Vec<SortKey>,
    /// The objective; `None` until guessed with certainty or chosen.
    pub objective: Option<Objective>,
    /// Keys of columns that are not shown.
    pub hidden: Vec<String>,
    /// Keys of columns that are shown though they would be hidden by default (constants).
    pub revealed: Vec<String>,
    /// Keys of columns that stay at the left.
    pub pinned: Vec<String>,
    /// Keys of columns in the person's order; others follow in the ledger's.
    pub order: Vec<String>,
    /// Column widths in pixels, by key.
    pub widths: Vec<(String, u32)>,
    /// Columns that the person made.
    pub computed: Vec<ComputedColumn>,
    /// How runs are grouped, if they are.
    pub grouping: Option<Grouping>,
    /// What a group's row says of a metric.
    pub group_statistic: GroupStatistic,
    /// Ledger rows, one of each group whose runs are shown below it.
    pub open: Vec<usize>,
    /// Whether columns that are the same in all shown runs are left out.
    pub only_differing: bool,
    /// How the table looks.
    pub look: Look,
    /// What the importance view shows.
    pub explain: ExplainView,
    /// The objectives that are held against one another; `None` where they are to be chosen.
    pub objectives: Option<Vec<FurtherMetric>>,
    /// The axes of the space from left to right; where empty, they are chosen.
    pub axes: Vec<AxisSetting>,
    /// Whether the lines of the space are curved.
    pub curved: bool,
    /// What the curves show.
    pub curves: CurvesView,
    /// Which columns the scatter shows.
    pub scatter: ScatterView,
    /// What the distributions are of.
    pub distributions: DistributionsView,
    /// How many proposals are shown, and their seed; `None` is ten of seed 0.
    pub proposals: Option<(u8, u32)>,
    /// What the comparison shows.
    pub compare: CompareView,
    /// Filters that the person named.
    pub named: Vec<NamedFilter>,
    /// What others are compared with.
    pub baseline: Option<Baseline>,
    /// The first ledger rows that stay at the top: the engine knows them all.
    pub pinned_runs: Vec<usize>,
    /// Ledger rows of runs that a link sets aside, until they are.
    pub aside: Vec<usize>,
    /// The ledger row in the drawer.
    pub run: Option<usize>,
    /// What these rows mean, as far as it is known.
    pub names: RunNames,
    /// The files that the link needs by which a person came.
    pub needed: Needed,
}

/// The word of an address in which a person chose no objective beside the one.
const ONE_OBJECTIVE: &str = "one";

/// How many groups can be open at once.
const MOST_OPEN: usize = 1000;

/// How many pinned runs an address names.
pub(super) const MOST_PINNED: usize = 100;

/// How many that were set aside.
pub(super) const MOST_ASIDE: usize = 200;

/// How many rows are named, beside those that were set aside.
const MOST_NAMED: usize = 200;

/// How many axes the space has at most.
pub const MOST_AXES: usize = 64;

/// Longest hash that is read; a longer one is somebody's mischief.
const LONGEST_HASH: usize = 64 * 1024;

impl View {
    /// Groups runs otherwise, or not at all: then no group is open.
    pub fn group(&mut self, grouping: Option<Grouping>) {
        // Curves of what was just grouped are those of the groups, until a person wants the runs.
        if grouping.is_none() {
            self.curves.bands = Bands::None;
        } else if self.grouping.is_none() && self.curves.bands == Bands::None {
            self.curves.bands = Bands::Deviation;
        }
        self.grouping = grouping;
        self.open.clear();
    }

    /// Shows the runs of the group of this row, or no more.
    pub fn toggle_group(&mut self, row: usize) {
        let known = self.open.len();
        self.open.retain(|open| *open != row);
        if self.open.len() == known && known < MOST_OPEN {
            self.open.push(row);
        }
    }

    /// Calls `on` with each row in it.
    fn each_row(&mut self, on: &mut dyn FnMut(&mut usize)) {
        if let Some(Baseline::Run(row) | Baseline::Group(row)) = &mut self.baseline {
            on(row);
        }
        let lists = [&mut self.pinned_runs, &mut self.aside, &mut self.open];
        let lists = lists.into_iter().flatten();
        self.run.iter_mut().chain(lists).for_each(on);
    }

    /// The rows that are in it; those that matter most come first.
    fn all_rows(&self) -> Vec<usize> {
        let baseline = self.baseline.map(Baseline::row);
        let lists = [&self.pinned_runs, &self.aside, &self.open];
        let lists = lists.into_iter().flatten().copied();
        baseline.into_iter().chain(self.run).chain(lists).collect()
    }

    /// The rows of which it is to be known what they mean: of open groups not all.
    pub fn rows(&self) -> Vec<usize> {
        let mut rows = self.all_rows();
        rows.truncate(MOST_NAMED);
        rows
    }

    /// Its rows, where it names them, are nowhere until it is known where they are: it is of another page, which may have read its
    /// files in another order.
    pub fn leave_places(&mut self) {
        let moved = run_names::unplaced(&mut self.names);
        self.move_rows(&moved);
    }

    /// Its rows are these, which were asked for when it was `asked`: pins that came since are told by rows as they are.
    pub fn take_places(&mut self, asked: &Self, placed: &Placed) {
        let pinned = self.pinned_runs.clone();
        self.move_rows(&placed.rows);
        if pinned != asked.pinned_runs {
            self.pinned_runs = pinned;
        }
        self.names.clone_from(&placed.names);
    }

    fn move_rows(&mut self, moved: &[(usize, usize)]) {
        self.each_row(&mut |row| {
            if let Some((_, to)) = moved.iter().find(|(from, _)| from == row) {
                *row = *to;
            }
        });
    }

    /// What it wants of the selection, but for the time and the cells in view.
    pub fn selection(&self) -> SelectQuestion {
        SelectQuestion {
            filter: self.filter.clone(),
            sort: self.sort.clone(),
            objective: self.objective.clone(),
            computed: self.computed.clone(),
            grouping: self.grouping.clone(),
            group_statistic: self.group_statistic,
            open: self.open.clone(),
            only_differing: self.only_differing,
            baseline: self.baseline,
            now: None,
            window: None,
        }
    }

    /// The view as the address bar's hash, with the leading `#`.
    pub fn to_hash(&self) -> String {
        let mut hash = format!("#/{}", self.tab.word());
        let mut separator = '?';
        let mut put = |key: char, value: String| {
            if !value.is_empty() {
                // Writing to a String cannot fail.
                let _written = write!(hash, "{separator}{key}={value}");
                separator = '&';
            }
        };
        let list = |keys: &[String]| {
            keys.iter()
                .map(|key| escape(key))
                .collect::<Vec<_>>()
                .join(",")
        };
        put('f', escape(&self.filter));
        let sort = |key: &SortKey| {
            format!(
                "{}{}",
                if key.descending { "-" } else { "" },
                escape(&key.column)
            )
        };
        put(
            's',
            self.sort.iter().map(sort).collect::<Vec<_>>().join(","),
        );
        let objective = self.objective.as_ref();
        put('o', objective.map(Objective::to_hash).unwrap_or_default());
        put('h', list(&self.hidden));
        put('v', list(&self.revealed));
        put('p', list(&self.pinned));
        put('c', list(&self.order));
        let width = |(key, pixels): &(String, u32)| format!("{}:{pixels}", escape(key));
        put(
            'w',
            self.widths.iter().map(width).collect::<Vec<_>>().join(","),
        );
        let pair = |name: &str, text: &str| format!("{}:{}", escape(name), escape(text));
        let computed = self.computed.iter();
        let computed = computed.map(|column| pair(&column.name, &column.expression));
        put('x', computed.collect::<Vec<_>>().join(","));
        let named = self
            .named
            .iter()
            .map(|named| pair(&named.name, &named.filter));
        put('n', named.collect::<Vec<_>>().join(","));
        if self.group_statistic != GroupStatistic::default() {
            put('u', self.group_statistic.word().to_owned());
        }
        if self.only_differing {
            put('d', "1".to_owned());
        }
        put('i', self.explain.words());
        put('e', list(&self.explain.open));
        let axes: Vec<String> = self.axes.iter().map(AxisSetting::word).collect();
        put('a', axes.join(","));
        if self.curved {
            put('z', "1".to_owned());
        }
        put('y', self.curves.words());
        put('C', self.scatter.words());
        put('D', self.distributions.words());
        let proposals = self
            .proposals
            .map(|(count, seed)| format!("{count}.{seed}"));
        put('N', proposals.unwrap_or_default());
        put('q', self.compare.words());
        put('F', self.needed.words());
        put('m', metrics_word(&self.explain.ask.further));
        if let Some(objectives) = &self.objectives {
            let one = || ONE_OBJECTIVE.to_owned();
            let word = Some(metrics_word(objectives)).filter(|word| !word.is_empty());
            put('j', word.unwrap_or_else(one));
        }
        put('l', self.look.word());
        put('k', escape(self.look.colour.as_deref().unwrap_or_default()));
        put(
            'g',
            match &self.grouping {
                None => String::new(),
                Some(Grouping::Replicates) => "replicates".to_owned(),
                Some(Grouping::By(keys)) => format!("by:{}", list(keys)),
                Some(Grouping::Except(keys)) => format!("except:{}", list(keys)),
            },
        );
        let rows = |rows: &[usize]| {
            rows.iter()
                .map(usize::to_string)
                .collect::<Vec<_>>()
                .join(",")
        };
        put('t', rows(&self.open));
        put('P', rows(&self.pinned_runs));
        put('A', rows(&self.aside));
        put('b', self.baseline.map(Baseline::word).unwrap_or_default());
        put('r', self.run.map(|row| row.to_string()).unwrap_or_default());
        put('R', run_names::words(&self.names, &self.all_rows()));
        hash
    }

    /// The view that a hash spells; what it does not spell, or spells wrongly, is as in an empty view.
    pub fn from_hash(hash: &str) -> Self {
        let mut view = Self::default();
        if hash.len() > LONGEST_HASH {
            return view;
        }
        let text = hash.trim_start_matches('#').trim_start_matches('/');
        let (word, query) = text.split_once('?').unwrap_or((text, ""));
        view.tab = Tab::from_word(word).unwrap_or_default();
        let list = |value: &str| {
            value
                .split(',')
                .filter(|part| !part.is_empty())
                .map(unescape)
                .collect::<Vec<_>>()
        };
        for pair in query.split('&') {
            let Some((key, value)) = pair.split_once('=') else {
                continue;
            };
            match key {
                "f" => view.filter = unescape(value),
                "s" => {
                    let part = |part: &str| match part.strip_prefix('-') {
                        Some(column) => SortKey {
                            column: unescape(column),
                            descending: true,
                        },
                        None => SortKey {
                            column: unescape(part),
                            descending: false,
                        },
                    };
                    view.sort = value
                        .split(',')
                        .filter(|part| !part.is_empty())
                        .map(part)
                        .collect();
                }
                "o" => view.objective = Objective::from_hash(value),
                "h" => view.hidden = list(value),
                "v" => view.revealed = list(value),
                "p" => view.pinned = list(value),
                "c" => view.order = list(value),
                "w" => {
                    let width = |part: &str| {
                        let (key, pixels) = part.rsplit_once(':')?;
                        Some((unescape(key), pixels.parse().ok()?))
                    };
                    view.widths = value.split(',').filter_map(width).collect();
                }
                "x" => {
                    let computed = |(name, expression)| ComputedColumn { name, expression };
                    view.computed = pairs(value).map(computed).collect();
                }
                "n" => {
                    let named = |(name, filter)| NamedFilter { name, filter };
                    view.named = pairs(value).map(named).collect();
                }
                "u" => view.group_statistic = GroupStatistic::from_word(value).unwrap_or_default(),
                "i" => view.explain.read_words(value),
                "e" => view.explain.open = list(value).into_iter().take(2).collect(),
                "m" => {
                    view.explain.ask.further = metrics_of(value).take(MOST_FURTHER).collect();
                }
                "j" => view.objectives = Some(metrics_of(value).take(MOST_OBJECTIVES).collect()),
                "l" => view.look.read_word(value),
                "k" => view.look.colour = Some(unescape(value)),
                "a" => {
                    let parts = value.split(',').filter(|part| !part.is_empty());
                    view.axes = parts.take(MOST_AXES).map(AxisSetting::from_word).collect();
                }
                "z" => view.curved = value == "1",
                "y" => view.curves = CurvesView::from_words(value),
                "C" => view.scatter = ScatterView::from_words(value),
                "D" => view.distributions = DistributionsView::from_words(value),
                "N" => {
                    let numbers = value.split_once('.');
                    view.proposals = numbers.and_then(|(count, seed)| {
                        let count = count
                            .parse()
                            .ok()
                            .filter(|count| (1..=20).contains(count))?;
                        Some((count, seed.parse().ok()?))
                    });
                }
                "q" => view.compare = CompareView::from_words(value),
                "F" => view.needed = Needed::from_words(value),
                "d" => view.only_differing = value == "1",
                "g" => {
                    view.grouping = match value.split_once(':') {
                        None => (value == "replicates").then_some(Grouping::Replicates),
                        Some(("by", keys)) => Some(Grouping::By(list(keys))),
                        Some(("except", keys)) => Some(Grouping::Except(list(keys))),
                        Some(_) => None,
                    };
                }
                "t" => view.open = rows(value).take(MOST_OPEN).collect(),
                "P" => view.pinned_runs = rows(value).take(MOST_PINNED).collect(),
                "A" => view.aside = rows(value).take(MOST_ASIDE).collect(),
                "R" => view.names = run_names::from_words(value),
                "b" => view.baseline = Baseline::from_word(value),
                "r" => view.run = value.parse().ok(),
                _ => {}
            }
        }
        view
    }
}

/// Metrics as a part of an address.
fn metrics_word(metrics: &[FurtherMetric]) -> String {
    let word = |metric: &FurtherMetric| {
        let way = if metric.maximize { "max" } else { "min" };
        format!("{}:{way}:{}", escape(&metric.column), metric.weight)
    };
    metrics.iter().map(word).collect::<Vec<_>>().join(",")
}

/// The metrics that a part of an address spells.
fn metrics_of(value: &str) -> impl Iterator<Item = FurtherMetric> {
    value.split(',').filter_map(|part| {
        let mut parts = part.split(':');
        Some(FurtherMetric {
            column: unescape(parts.next()?),
            maximize: parts.next()? == "max",
            weight: parts.next()?.parse().ok()?,
        })
    })
}

/// Rows as a part of an address.
fn rows(value: &str) -> impl Iterator<Item = usize> {
    value.split(',').filter_map(|row| row.parse().ok())
}

/// Whether a text begins with a mark, and the text without it.
pub(super) fn flag(text: &str, mark: char) -> (bool, &str) {
    text.strip_prefix(mark)
        .map_or((false, text), |rest| (true, rest))
}

/// Pairs of texts, as computed columns and named filters are.
fn pairs(value: &str) -> impl Iterator<Item = (String, String)> {
    let parts = value.split(',').filter_map(|part| part.split_once(':'));
    parts.map(|(name, text)| (unescape(name), unescape(text)))
}

/// Percent-encodes all but letters, digits and `-._~/`; a leading `-` too, which marks descent.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, byte) in text.bytes().enumerate() {
        if byte.is_ascii_alphanumeric()
            || matches!(byte, b'.' | b'_' | b'~' | b'/')
            || (byte == b'-' && at > 0)
        {
            out.push(byte as char);
        } else {
            // Writing to a String cannot fail.
            let _written = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Undoes [`escape`]; what is no escape stays as it is, bytes that are no UTF-8 are replaced.
pub(super) fn unescape(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten();
        if let Some(byte) = code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests;
