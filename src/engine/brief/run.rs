//! A brief while it is worked out: in pieces, so that whoever has it can answer others between them.
//!
//! Of a million runs the whole takes seconds, and a piece (mostly a look at one column) some tens of milliseconds. The counts
//! and what broke come first; each sentence stands where it stands in the whole, whenever it was found.

use super::budget::AtBudget;
use super::configurations::{Configurations, near};
use super::odd_curves::{self, AlongCurves};
use super::{Asked, Brief, Known, Question, Sentence, SentenceKind};
use super::{best, broken, front, next, odd, params, ranked, since_last_visit};
use crate::analysis::failures::endings::Endings;
use crate::analysis::first_look::FirstLook;
use crate::analysis::grouping::{GIVES_AWAY, Parting};
use crate::analysis::oddities::{constant_metric, parted_by_all};
use crate::analysis::ranking::Repeats;
use crate::analysis::ranking::uncertainty::Judging;
use crate::ledger::{Column, ColumnId, Role};
use std::mem::take;

/// How many params are held against the objective in a piece.
const PARAMS_AT_ONCE: usize = 8;

/// How many configurations are summed up in a piece.
const CONFIGURATIONS_AT_ONCE: usize = 200_000;

/// Same runs, same sentences.
const SEED: u64 = 0;

/// A piece of the work.
#[derive(Clone, Copy)]
enum Piece {
    /// How many runs came to which end.
    Counts,
    /// Parts the runs on by a further param, until all params have.
    Configure,
    /// The configurations, when all params parted them.
    Configured,
    /// To which ends runs came.
    End,
    Broken,
    /// Looks on for what broken runs have in common, until that is known.
    Check,
    Rules,
    /// Sums up the objective of some further configurations, until all are.
    Sum,
    /// Works on at their standing, until it is known.
    Judge,
    Best,
    Replicates,
    /// What goes along with the objective is to be looked for.
    Look,
    LookAt(ColumnId),
    Params,
    Constant(ColumnId),
    /// Metrics that are constant, and a seed that is.
    Same,
    /// Looks along the curves of this metric.
    Along(ColumnId),
    /// What is suspicious of curves, clocks, and what was held out.
    Curves,
    /// Whether params from this one on give the objective away.
    Leaks(usize),
    Leak,
    /// The runs are to be parted by all columns.
    All,
    /// Parts the runs on by a further column of all, until all have.
    PartByAll,
    Twice,
    Next,
}

/// Where sentences stand in the whole.
#[derive(Clone, Copy)]
enum Place {
    Counts,
    Best,
    Params,
    Broken,
    Odd,
    Leaks,
    Next,
}

/// See the module's documentation.
pub struct BriefRun {
    filter: String,
    /// What is to be done, the next last.
    to_do: Vec<Piece>,
    pieces: usize,
    known: Known,
    /// The runs while they are parted by params, and then by all columns.
    parting: Option<Parting>,
    judging: Option<Judging>,
    constant: Vec<(ColumnId, usize)>,
    along: AlongCurves,
    /// The sentences by their places.
    said: [Vec<Sentence>; 7],
    brief: Brief,
}

impl BriefRun {
    /// Begins a brief, whose links add to `filter`.
    pub(in crate::engine) fn new(question: &Question<'_>, filter: &str) -> Self {
        let mut run = Self::begin(question, filter, &[Piece::Counts]);
        let params = run.known.params.clone();
        let columns = || question.ledger.columns_with_ids();
        run.will([
            Piece::End,
            Piece::Broken,
            Piece::Check,
            Piece::Rules,
            Piece::Sum,
            Piece::Judge,
            Piece::Best,
            Piece::Look,
        ]);
        run.will(params.iter().copied().map(Piece::LookAt));
        run.will_say_params();
        let metrics = columns().filter(|(_, column)| column.role() == Role::Metric);
        run.will(metrics.map(|(id, _)| Piece::Constant(id)));
        run.will([Piece::Same]);
        let has_curves = |column: &Column| column.history().is_some() && !column.is_of_machine();
        let curves = columns().filter(|(_, column)| has_curves(column));
        run.will(curves.map(|(id, _)| Piece::Along(id)));
        run.will([Piece::Curves]);
        run.will([Piece::Leak, Piece::All, Piece::PartByAll]);
        run.will([Piece::Twice, Piece::Next]);
        run.ready(question)
    }

    /// Begins what the runs alone say of what to run next: replicates, and edges to widen.
    pub(in crate::engine) fn for_next(question: &Question<'_>, filter: &str) -> Self {
        let mut run = Self::begin(question, filter, &[]);
        let params = run.known.params.clone();
        run.will([Piece::Sum, Piece::Judge, Piece::Replicates, Piece::Look]);
        run.will(params.into_iter().map(Piece::LookAt));
        run.will_say_params();
        run.will([Piece::Leak]);
        run.ready(question)
    }

    fn begin(question: &Question<'_>, filter: &str, first: &[Piece]) -> Self {
        let (keys, others) = question.replicate_keys();
        let parting = Configurations::parting(question, &keys, &others);
        let given_away = others.iter().filter(|(_, reason)| *reason == GIVES_AWAY);
        let given_away = given_away.map(|(id, _)| id);
        let is_param = |id: &&ColumnId| question.ledger.column(**id).role() == Role::Param;
        let params = keys.iter().filter(is_param).chain(given_away);
        let params = params.copied().collect();
        let mut run = Self {
            filter: filter.to_owned(),
            to_do: first.to_vec(),
            pieces: 0,
            known: Known::default(),
            judging: None,
            constant: Vec::new(),
            along: AlongCurves::default(),
            said: Default::default(),
            brief: Brief::default(),
            parting,
        };
        run.will([Piece::Configure, Piece::Configured]);
        (run.known.params, run.known.keys, run.known.others) = (params, keys, others);
        run
    }

    fn will(&mut self, pieces: impl IntoIterator<Item = Piece>) {
        self.to_do.extend(pieces);
    }

    /// What goes along with the objective, when it is known what gives it away.
    fn will_say_params(&mut self) {
        let params = self.known.params.len();
        self.will((0..params).step_by(PARAMS_AT_ONCE).map(Piece::Leaks));
        self.will([Piece::Params]);
    }

    fn ready(mut self, question: &Question<'_>) -> Self {
        if question.shown.count() == 0 {
            self.to_do.clear();
        }
        self.to_do.reverse();
        self.pieces = self.to_do.len();
        self
    }

    /// The filter that its links add to.
    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// Part done, 0 to 1.
    pub fn done(&self) -> f64 {
        1.0 - self.to_do.len() as f64 / self.pieces.max(1) as f64
    }

    /// Does a piece of the work; says whether there is more. The question must be of the same runs each time.
    pub(in crate::engine) fn step(&mut self, question: &Question<'_>) -> bool {
        if let Some(piece) = self.to_do.pop()
            && self.prepare(piece, question)
        {
            self.to_do.push(piece);
        }
        !self.to_do.is_empty()
    }

    /// What sentences need; says whether this is to be gone on with.
    fn prepare(&mut self, piece: Piece, question: &Question<'_>) -> bool {
        let Self {
            known,
            parting,
            judging,
            ..
        } = self;
        let ledger = question.ledger;
        let objective = question.objective.map(|(_, _, values)| values);
        match piece {
            Piece::Configure | Piece::PartByAll => {
                return parting.as_mut().is_some_and(|parting| parting.part(ledger));
            }
            Piece::All => *parting = parted_by_all(ledger, question.shown),
            Piece::Configured => {
                let (keys, others) = (&known.keys, &known.others);
                known.configurations =
                    Configurations::parted(question, parting.take(), keys, others);
            }
            Piece::End => {
                let objective = question.objective;
                let objective = objective.map(|(_, column, values)| (column, values.maximize));
                known.endings = Endings::new(ledger, question.shown, objective);
            }
            Piece::Check => {
                return known.check.as_mut().is_some_and(|check| check.step(ledger));
            }
            Piece::Sum => {
                let Some((_, column, objective)) = question.objective else {
                    return false;
                };
                // From here on: what broke at a small budget is told before.
                let judging = judging.get_or_insert_with(|| {
                    known.at_budget = AtBudget::keep(question, &mut known.configurations);
                    let members = &known.configurations.members;
                    known.repeats = Repeats::of(ledger, &known.others, members, column, objective);
                    known.repeats.judging(objective, SEED)
                });
                let members = &known.configurations.members;
                let some = members.iter().skip(judging.len());
                let some = some.take(CONFIGURATIONS_AT_ONCE);
                known.repeats.add(ledger, objective, some, judging);
                return judging.len() < members.len();
            }
            Piece::Judge => {
                let near = || {
                    let means = known.configurations.centers(objective?);
                    near(ledger, &known.keys, &means)
                };
                if judging.as_mut().is_some_and(|judging| judging.step(near)) {
                    return true;
                }
                known.standing = judging.take().and_then(Judging::standing);
            }
            Piece::Look => {
                known.look =
                    objective.map(|values| FirstLook::new(known.configurations.centers(values)));
            }
            Piece::LookAt(param) => {
                if let Some(look) = &mut known.look {
                    look.look(ledger, param);
                }
            }
            Piece::Constant(id) => {
                let n = constant_metric(ledger.column(id), question.shown);
                self.constant.extend(n.map(|n| (id, n)));
            }
            said => self.say(said, question),
        }
        false
    }

    fn say(&mut self, piece: Piece, question: &Question<'_>) {
        let asked = Asked {
            of: question,
            known: &self.known,
        };
        let mut found = Vec::new();
        let place = match piece {
            Piece::Counts => {
                found.extend(broken::statuses(&asked));
                Place::Counts
            }
            Piece::Broken => {
                self.known.check = broken::sentences(&asked, &mut found);
                Place::Broken
            }
            Piece::Rules => {
                found.extend(broken::rules(&asked));
                Place::Broken
            }
            Piece::Best => {
                // It tells whether the best is new, of those that are compared.
                self.said[Place::Counts as usize].extend(since_last_visit(&asked));
                found.extend(front::sentence(&asked));
                // Of several objectives none needs to be chosen.
                if found.is_empty() || question.objective.is_some() {
                    best::sentences(&asked, &mut found);
                }
                self.brief.ranked = ranked::ranked(&asked);
                self.brief.ranked_by = ranked::by(&asked);
                let foremost = self.known.standing.as_ref();
                let foremost = foremost.and_then(|standing| standing.estimates.first());
                self.brief.are_folds = foremost.is_some_and(|best| best.overlap > 0.0);
                Place::Best
            }
            Piece::Replicates => {
                found.extend(next::replicates(&asked));
                Place::Best
            }
            Piece::Params => {
                params::sentences(&asked, &mut found);
                Place::Params
            }
            Piece::Leaks(from) => {
                let params = self.known.params.iter().skip(from);
                let params: Vec<ColumnId> = params.take(PARAMS_AT_ONCE).copied().collect();
                let leaks = odd::leaks_of(&asked, &params);
                self.known.leaks.extend(leaks);
                return;
            }
            Piece::Leak => {
                found.extend(odd::given_away(&asked, &self.known.leaks));
                Place::Leaks
            }
            Piece::Twice => {
                let groups = self.parting.take().map(Parting::groups);
                found.extend(groups.and_then(|groups| odd::twice(&asked, &groups)));
                // It comes last of what is odd, and stands first.
                found.append(&mut self.said[Place::Odd as usize]);
                Place::Odd
            }
            Piece::Next => {
                found.extend(next::sentence(&asked));
                Place::Next
            }
            Piece::Along(id) => {
                self.along.look(&asked, id);
                return;
            }
            Piece::Curves => {
                found.extend(self.along.same(&asked));
                found.extend(odd_curves::held_out(&asked));
                found.extend(self.along.clock(&asked));
                Place::Odd
            }
            Piece::Same => {
                found.extend(odd::constant(&asked, &self.constant));
                found.extend(odd::seed(&asked));
                Place::Odd
            }
            // All others only prepare.
            _ => return,
        };
        self.said[place as usize].append(&mut found);
    }

    /// The sentences so far; the last time, all.
    pub fn brief(&self) -> Brief {
        Brief {
            sentences: self.said.concat(),
            ..self.brief.clone()
        }
    }

    /// What it was begun for by [`Self::for_next`], when all is done, and the params that give the objective away.
    pub(in crate::engine) fn findings(&mut self) -> (Vec<Sentence>, Vec<ColumnId>) {
        let mut sentences = take(&mut self.said).concat();
        sentences.retain(|sentence| {
            matches!(
                sentence.kind,
                SentenceKind::Replicates | SentenceKind::Edge | SentenceKind::Leak
            )
        });
        let leaks = self.known.leaks.iter().map(|leak| leak.column);
        (sentences, leaks.collect())
    }
}
