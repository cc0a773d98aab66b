//! What the page asks and what the engine says.
//!
//! An [`Ask`] carries a number of its own and is answered by exactly one [`Answer`] with that number,
//! or by [`Answer::Superseded`] where a newer ask of the same kind came first. [`Event`]s come
//! unasked. All of it crosses as bytes ([`crate::ledger::bytes`]); files and what is in them cross beside it.

pub use super::brief::{Brief, Evidence, Sentence, SentenceKind};
pub use super::correlations::{Correlated, Correlations, CorrelationsQuestion};
pub use super::curves::{
    CurvePanel, CurvePlace, CurveRun, CurveValue, CurveX, CurvesPicture, CurvesQuestion, CurvesView,
};
pub use super::distributions::{
    BY_GROUP, BY_NOTHING, BY_SOURCE, ByCategory, Distributions, DistributionsQuestion,
    DistributionsView,
};
use super::explain::{Explain, PathEnd};
pub use super::explained::{
    AblationPath, ActiveShare, ComparedTarget, Comparison, ImportanceAnswer, LeftOut, Measured,
    MeasuredParam, MethodRanking, PairImportance, ParamImportance, PathChange,
};
pub use super::exporting::{BestFormat, ExportFormat, FilePart};
pub use super::facets::{Facet, FacetBars};
pub use super::failures::{Failures, Finding, ParamRates, RunEnd};
pub use super::ledger_info::{
    Alike, ColumnInfo, FileProgress, ImportProgress, LedgerInfo, Looked, ObjectiveGuess,
    SourceInfo, Unread,
};
pub use super::line_diff::{DiffKind, DiffLine, TextDiff};
pub use super::lines::{
    BestRun, Cell, CellKind, Change, ClauseInfo, GroupLine, GroupingInfo, LegendItem, RowColour,
    Selected, Window, WindowQuestion, WindowRow,
};
pub use super::marks::{MarkHow, MarkLines};
pub use super::next::{Next, NextRow, NextText};
pub use super::numbers::{Numbers, NumbersOf};
pub use super::objectives::{
    ChosenMetric, Objectives, ObjectivesLine, ObjectivesQuestion, ObjectivesTable, ScatterPicture,
    Section,
};
pub use super::remembered::{Kept, NotedRun, Remembered, SCHEMA, Session};
pub use super::reproduce::{Fact, FactKind, Reproduce};
pub use super::run_lines::{FieldSummary, NoteEdit, RunDetail, RunField, RunNote};
pub use super::run_names::{NOWHERE, Placed, RunNames};
pub use super::scatter_matrix::ScatterMatrix;
pub use super::scattered::{ScatterView, Scattered};
pub use super::sharing::{
    Draft, Redaction, Report, ReportForm, ReportQuestion, ReportText, SecretKind, Secrets,
    SharedRuns,
};
pub use super::side_by_side::{
    CompareFormat, CompareQuestion, ComparedColumn, ComparedPart, ComparedRow, SideBySide,
};
pub use super::space::{AxisSetting, Pixels, SpaceAxis, SpacePicture, SpaceQuestion, SpaceRun};
pub use super::typing::{Completion, CompletionItem, FilterProblem};
use super::view::{Baseline, ComputedColumn, GroupStatistic, Grouping, Objective, SortKey};
pub use crate::chart::effect::{EffectBin, ParamEffect};
pub use crate::chart::rates::{RateBar, Rates};
pub use crate::chart::surface::PairSurface;
pub use crate::chart::swarm::{Swarm, SwarmParam};
pub use crate::chart::timeline::Timeline;
use crate::ledger::{ColumnId, Keep, Kind, Role, Rules};
pub use crate::query::Brush;
use serde::{Deserialize, Serialize};

/// A numbered [`Ask`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// Greater than that of every earlier request.
    pub number: u64,
    /// What is asked.
    pub ask: Ask,
}

/// The runs at an end of a way of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WayEnd {
    /// The one in this row of the ledger.
    Run(usize),
    /// Those of a set.
    Set(PathEnd),
}

/// What the page can ask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Ask {
    /// Read files and add them to the ledger; their [`FileInfo`]s and the files themselves cross beside it.
    Import {
        /// How much memory what is read may take, in bytes; where it looks like more, the engine asks
        /// ([`Event::TooLarge`]).
        budget: u64,
        /// Whether they are a folder that is followed from now on.
        is_followed: bool,
    },
    /// Which files of the folder that is followed are read again where these have changed or come.
    Beside(Vec<String>),
    /// Read files of the folder that is followed again, and bring their runs up to date; they cross as those of
    /// [`Ask::Import`].
    Look {
        /// How much memory what is read may take, in bytes; what takes more is not read.
        budget: u64,
        /// The paths of those that have changed or come, in order.
        changed: Vec<String>,
        /// Those of files that are there no more.
        left: Vec<String>,
    },
    /// The folder is followed no more.
    Unfollow,
    /// The answer to [`Event::TooLarge`]: read on, and keep so much.
    ReadWith(Keep),
    /// Stop reading; what has arrived stays.
    CancelImport,
    /// Filter, sort and rank: makes the selection that the asks below refer to.
    Select(Box<SelectQuestion>),
    /// Cells of the selection, ready to show.
    Window(WindowQuestion),
    /// Distributions of columns, of all runs and of the shown ones.
    Facets {
        /// Which columns.
        columns: Vec<ColumnId>,
        /// None where the shown runs are still those of this number ([`Selected::kept`]).
        unless: Option<u64>,
    },
    /// Importance of the params for the objective, over the shown runs.
    Importance(Explain),
    /// The effect of a param in the last importance that was asked for.
    Effect {
        /// The param.
        column: ColumnId,
    },
    /// Which changes lead from some runs to others, by the last importance that was asked for.
    Ablation {
        /// The ones.
        from: WayEnd,
        /// The others.
        to: WayEnd,
    },
    /// How each param moved the prediction of each run, in that importance.
    Swarm,
    /// The effect of two params together in that importance.
    Surface {
        /// The param along the side.
        a: ColumnId,
        /// The param along the top.
        b: ColumnId,
    },
    /// The runs as lines across axes.
    Space(SpaceQuestion),
    /// The same, coarser, of the runs that this filter would keep with this brush: while it is dragged.
    SpaceMoving {
        /// What is drawn.
        question: SpaceQuestion,
        /// The filter text.
        filter: String,
        /// The column that is brushed.
        column: ColumnId,
        /// What it is brushed to.
        brush: Option<Brush>,
    },
    /// The shown run that is nearest to a place in the last such picture, in units of the page.
    SpaceRun {
        /// From the left.
        x: f64,
        /// From above.
        y: f64,
        /// That at this place of the table instead.
        #[serde(default)]
        place: Option<usize>,
    },
    /// The curves of runs, a panel a metric.
    Curves(CurvesQuestion),
    /// The run at a place in the last such picture.
    CurveRun(CurvePlace),
    /// What is to be known first of the shown runs, in sentences.
    Brief {
        /// The filter in force, to which the sentences' links add.
        filter: String,
    },
    /// The same with this filter, asked by nobody: it waits while a hand is at work.
    BriefAside(String),
    /// To which ends the shown runs came, and what those that broke have in common.
    Failures {
        /// The filter in force, to which the links add.
        filter: String,
    },
    /// What to run next by what the shown runs say.
    Next {
        /// The filter in force, to which the links add.
        filter: String,
        /// How many proposals.
        count: usize,
        /// Same seed, same proposals.
        seed: u64,
    },
    /// Leave what is being worked out of what to run next.
    CancelNext,
    /// Runs or groups side by side.
    Compare(CompareQuestion),
    /// They as text to copy.
    CopyCompared {
        /// What is compared.
        question: CompareQuestion,
        /// Whether runs are rows.
        transposed: bool,
        /// As what.
        format: CompareFormat,
    },
    /// What differs between the texts that two runs have in a column.
    TextDiff {
        /// The column.
        column: ColumnId,
        /// The ledger's row that is compared with.
        from: usize,
        /// The other.
        to: usize,
    },
    /// How the run in this ledger row can be started again.
    Reproduce {
        /// The ledger's row.
        row: usize,
    },
    /// Runs by several objectives, and how the search went on.
    Objectives(ObjectivesQuestion),
    /// The run at a place in a picture of the last such answer.
    ScatterRun {
        /// Which picture.
        picture: usize,
        /// From the left, in the picture's units.
        x: f64,
        /// From above.
        y: f64,
    },
    /// Everything known about the run in this ledger row.
    Run {
        /// The ledger's row.
        row: usize,
    },
    /// What could be typed at the cursor of the filter box.
    Complete {
        /// The text of the box.
        text: String,
        /// The cursor, in bytes.
        cursor: usize,
    },
    /// Whether this is an expression that a column can be computed by.
    Check {
        /// The expression.
        expression: String,
    },
    /// A filter text with one column's clause replaced: what a brush writes.
    Brush {
        /// The filter text.
        filter: String,
        /// The column.
        column: ColumnId,
        /// What it is brushed to; `None` takes the clause away.
        brush: Option<Brush>,
    },
    /// Give a column another role or read its values as another kind.
    Recast {
        /// The column.
        column: ColumnId,
        /// Its new role, if that changes.
        role: Option<Role>,
        /// Its new kind of values, if that changes.
        kind: Option<Kind>,
    },
    /// Select lines of the table.
    Mark {
        /// Which.
        lines: MarkLines,
        /// How.
        how: MarkHow,
    },
    /// Set the selected runs aside, or all shown ones but these.
    SetAside {
        /// Keep these and set the others aside.
        keep: bool,
    },
    /// Nothing is set aside any more.
    Restore,
    /// What was pointed at and said of runs is again what it was, where that is still known.
    Recall {
        /// The state, as [`Answer::Marked`] told it.
        state: u64,
    },
    /// Keep runs at the top of the table, or no more where all of these are.
    Pin {
        /// Which.
        lines: MarkLines,
    },
    /// What rows of an address are here.
    PlaceRuns {
        /// They.
        rows: Vec<usize>,
        /// What they mean there.
        known: RunNames,
        /// Whether files of it are still to come.
        is_partial: bool,
        /// Whether those are told that were set aside.
        with_aside: bool,
    },
    /// These rows stay at the top and are set aside, too, as a link says.
    PutMarks {
        /// At the top.
        pinned: Vec<usize>,
        /// Set aside.
        aside: Vec<usize>,
    },
    /// Say something of runs, or take it back.
    Note {
        /// Of which.
        lines: MarkLines,
        /// What.
        edit: NoteEdit,
    },
    /// Runs as tab-separated text, with a header.
    Copy {
        /// Which.
        lines: MarkLines,
        /// Which columns.
        columns: Vec<ColumnId>,
    },
    /// The shown runs, or all, as a file: its first part.
    Export {
        /// Which file.
        format: ExportFormat,
        /// Only the shown runs.
        shown_only: bool,
        /// The text of the filter, to be told.
        filter: String,
    },
    /// The next part of the file that was begun last.
    ExportOn,
    /// The session as a file: its first part. What was made of runs is added by the engine.
    ExportSession(Box<Session>),
    /// The params of the best shown run, as a file.
    ExportBest {
        /// Which file.
        format: BestFormat,
        /// The text of the filter, to be told.
        filter: String,
    },
    /// The lines of the table as they are seen, with what they are of, as a file.
    ExportSeen {
        /// Which file.
        format: TableFormat,
        /// The columns behind rank and name, in their order.
        columns: Vec<ColumnId>,
        /// The text of the filter, to be told.
        filter: String,
    },
    /// What texts of runs would give away in a report.
    Secrets {
        /// Of which runs.
        runs: SharedRuns,
        /// In all columns but these.
        left_out: Vec<ColumnId>,
        /// And in these words of the person.
        words: Vec<String>,
        /// And in tags and notes on runs.
        with_marks: bool,
    },
    /// Words of the person as a report has them.
    Masked {
        /// What is replaced.
        redaction: Box<Redaction>,
        /// The words.
        words: String,
    },
    /// A report of runs.
    Report(Box<ReportQuestion>),
    /// Take over the runs of a report.
    OpenReport {
        /// They, as [`Report::runs`] has them.
        runs: Vec<u8>,
        /// What was made of them.
        made: Box<Remembered>,
    },
    /// Runs by two columns.
    Scatter {
        /// Which.
        set: ScatterView,
        /// The filter in force.
        filter: String,
        /// Whether it is drawn on dark ground.
        dark: bool,
    },
    /// A chart in numbers, as it was drawn last.
    Numbers(NumbersOf),
    /// How a metric is distributed.
    Distributions(DistributionsQuestion),
    /// How columns go together.
    Correlations(CorrelationsQuestion),
    /// A run of the last such answer by name, with what it has.
    DotRun {
        /// The ledger's row.
        row: usize,
        /// The key of the column whose numbers are looked at; the objective where empty.
        metric: String,
        /// A further column.
        column: Option<ColumnId>,
    },
    /// What the person made of runs, to be kept.
    Remember,
    /// What the person made of runs before.
    Recollect {
        /// That.
        before: Box<Remembered>,
        /// Whether the runs that are there now were there then, so that those that come are new.
        all_known: bool,
    },
    /// Forget everything that was read; what comes goes by these rules.
    Clear {
        /// The rules.
        rules: Rules,
        /// What the person said of runs too.
        notes_too: bool,
        /// Whether it can be brought back by [`Ask::Recall`], until something else is read.
        can_return: bool,
    },
    /// Make a worker panic: for the test of its replacement.
    PlantedPanic {
        /// In a hand and not in the engine.
        in_hand: bool,
    },
}

/// What makes a selection: see [`Ask::Select`]. By default, all runs in the order of arrival.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SelectQuestion {
    /// Filter text; empty keeps all runs.
    pub filter: String,
    /// Sort keys, the first counts most; empty is the order of arrival.
    pub sort: Vec<SortKey>,
    /// The objective, if one is chosen.
    pub objective: Option<Objective>,
    /// Columns that the person made.
    #[serde(default)]
    pub computed: Vec<ComputedColumn>,
    /// How runs are grouped, if they are.
    #[serde(default)]
    pub grouping: Option<Grouping>,
    /// What a group's row says of a metric.
    #[serde(default)]
    pub group_statistic: GroupStatistic,
    /// Ledger rows, one of each group whose runs are shown below it.
    #[serde(default)]
    pub open: Vec<usize>,
    /// Whether to say which columns are the same in all shown runs.
    #[serde(default)]
    pub only_differing: bool,
    /// What others are compared with.
    #[serde(default)]
    pub baseline: Option<Baseline>,
    /// Unix milliseconds.
    #[serde(default)]
    pub now: Option<i64>,
    /// The cells that are in view, wanted of the new selection at once.
    #[serde(default)]
    pub window: Option<WindowQuestion>,
}

/// A file of a drop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileInfo {
    /// Its path in the drop.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Which of the blobs that cross beside this it lies in.
    pub blob: u32,
    /// Where in the blob it begins.
    pub from: u64,
}

/// How a table as it is seen is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TableFormat {
    /// A table of `booktabs`, for papers.
    Latex,
    /// As GitHub and others render it.
    Markdown,
    /// A table of HTML.
    Html,
    /// Tab-separated text, formula cells defused.
    Tabs,
    /// For paper: [`CELL`] between cells, [`LINE`] behind lines, and behind the last one what it is of.
    Paper,
}

/// What parts cells of [`TableFormat::Paper`].
pub const CELL: char = '\u{1f}';

/// What ends its lines.
pub const LINE: char = '\u{1e}';

/// What the engine says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Reply {
    /// The answer to the request of this number.
    Answer {
        /// The request's number.
        number: u64,
        /// Milliseconds that the engine worked on it.
        millis: f64,
        /// The answer.
        answer: Answer,
    },
    /// Something that happened.
    Event(Event),
}

/// Answers, by the ask they belong to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Answer {
    /// To [`Ask::Import`], when all files are accounted for: how it went, and what is in the ledger then.
    Imported(ImportProgress, Box<LedgerInfo>),
    /// To [`Ask::Beside`]: their paths.
    Beside(Vec<String>),
    /// To [`Ask::Look`].
    Looked(Box<Looked>),
    /// To [`Ask::Select`].
    Selected(Box<Selected>),
    /// To [`Ask::Window`].
    Window(Window),
    /// To [`Ask::Facets`].
    Facets(Vec<Facet>),
    /// To [`Ask::Importance`].
    Importance(Box<ImportanceAnswer>),
    /// To [`Ask::Effect`]; `None` where the param has none.
    Effect(Option<Box<ParamEffect>>),
    /// To [`Ask::Ablation`]; `None` where there is no run at one of its ends.
    Ablation(Option<Box<AblationPath>>),
    /// To [`Ask::Swarm`]; `None` where the values are not worked out.
    Swarm(Option<Box<Swarm>>),
    /// To [`Ask::Surface`]; `None` where the pair was not worked out.
    Surface(Option<Box<PairSurface>>),
    /// To [`Ask::Space`] and [`Ask::SpaceMoving`].
    Space(Box<SpacePicture>),
    /// To [`Ask::SpaceRun`], [`Ask::ScatterRun`] and [`Ask::DotRun`]; `None` where none is near.
    SpaceRun(Option<Box<SpaceRun>>),
    /// To [`Ask::Curves`].
    Curves(Box<CurvesPicture>),
    /// To [`Ask::CurveRun`]; `None` where none is near.
    CurveRun(Option<Box<CurveRun>>),
    /// To [`Ask::Brief`].
    Brief(Box<Brief>),
    /// To [`Ask::Failures`].
    Failures(Box<Failures>),
    /// To [`Ask::Next`].
    Next(Box<Next>),
    /// To [`Ask::Compare`].
    Compared(Box<SideBySide>),
    /// To [`Ask::TextDiff`]; `None` where there is no such column.
    TextDiff(Option<Box<TextDiff>>),
    /// To [`Ask::Reproduce`]; `None` where there is no such run.
    Reproduce(Option<Box<Reproduce>>),
    /// To [`Ask::Objectives`].
    Objectives(Box<Objectives>),
    /// To [`Ask::Run`]; `None` where there is no such run.
    Run(Option<RunDetail>),
    /// To [`Ask::Complete`].
    Completion(Completion),
    /// To [`Ask::Check`].
    Checked {
        /// What is wrong.
        problem: Option<FilterProblem>,
        /// The first values, as text.
        sample: Vec<String>,
    },
    /// To [`Ask::Brush`]: the new filter text.
    Filter(String),
    /// To all that points at runs, or says something of them.
    Marked {
        /// The state of what was pointed at and said of runs, for [`Ask::Recall`].
        state: u64,
        /// How many runs are selected.
        selected: usize,
        /// How many are set aside.
        aside: usize,
        /// The first rows that stay at the top.
        pinned: Vec<usize>,
        /// Whether what was cleared is there again, in place of what was.
        is_return: bool,
    },
    /// To [`Ask::PlaceRuns`].
    Placed(Box<Placed>),
    /// To [`Ask::Scatter`].
    Scatter(Box<Scattered>),
    /// To [`Ask::Numbers`]: its tables.
    Numbers(Box<Vec<Numbers>>),
    /// To [`Ask::Distributions`].
    Distributions(Box<Distributions>),
    /// To [`Ask::Correlations`].
    Correlations(Box<Correlations>),
    /// To [`Ask::Secrets`].
    Secrets(Box<Secrets>),
    /// To [`Ask::Report`].
    Report(Box<Report>),
    /// To [`Ask::OpenReport`]: whether there were runs in it.
    ReportOpened(bool),
    /// To [`Ask::Remember`].
    Remembered(Box<Remembered>),
    /// To [`Ask::Copy`], [`Ask::CopyCompared`] and [`Ask::Masked`].
    Copied(String),
    /// To [`Ask::Export`] and [`Ask::ExportOn`]; `None` where what it is of has changed, and it cannot go on.
    FilePart(Option<Box<FilePart>>),
    /// To [`Ask::ExportSeen`] and [`Ask::ExportBest`]: a name for the file, and its text.
    Export {
        /// A name for the file.
        name: String,
        /// Its media type.
        media: String,
        /// What is in it.
        text: String,
    },
    /// Done; nothing to say.
    Done,
    /// A newer ask of the same kind came first.
    Superseded,
}

/// What happens unasked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Event {
    /// The ledger changed.
    Ledger(Box<LedgerInfo>),
    /// Reading goes on.
    Import(ImportProgress),
    /// What is to be read may need more memory than there is: it waits for [`Ask::ReadWith`] or
    /// [`Ask::CancelImport`].
    TooLarge {
        /// About how many bytes of memory all of it takes.
        wanted: u64,
        /// How many there are for it.
        budget: u64,
    },
    /// What is known so far of an importance that is being computed.
    ImportanceSoFar {
        /// The answer so far.
        answer: Box<ImportanceAnswer>,
        /// Milliseconds since the engine began.
        millis: f64,
    },
    /// An importance is being computed.
    ImportanceProgress {
        /// Part done, 0 to 1.
        done: f64,
    },
    /// What is known so far of a brief that takes its time.
    BriefSoFar {
        /// The sentences so far.
        brief: Box<Brief>,
        /// Part done, 0 to 1.
        done: f64,
    },
    /// Whether a brief that nobody asked for waits for a hand.
    BriefWaits(bool),
    /// What to run next takes its time.
    NextProgress {
        /// Part done, 0 to 1.
        done: f64,
    },
    /// A worker panicked and was replaced.
    Replaced {
        /// What it said, for people.
        message: String,
        /// Whether it was the engine, so that the ledger is read again.
        engine: bool,
    },
}
