//! Reports of chosen runs: made of a redacted ledger, and opened again.

use super::Workspace;
use crate::chart::number::{counted, grouped};
use crate::chart::svg::Plate;
use crate::engine::needed::Needed;
use crate::engine::protocol::{ImportanceAnswer, Remembered};
use crate::engine::remembered::NotedRun;
use crate::engine::saved::shares_plate;
use crate::engine::sharing::{
    Mask, Redaction, Report, ReportForm, ReportQuestion, ReportText, SCHEMA, Secrets, SharedRuns,
    mask as mask_of, number_of_run, plain, redacted, secrets,
};
use crate::engine::view::{Baseline, Tab, View, unescape};
use crate::ledger::{Bits, Column, ColumnId, Ledger};
use rustc_hash::FxHashMap;

impl Workspace {
    /// What texts of these runs give away, and what words of the person do.
    pub(super) fn secrets(
        &self,
        runs: SharedRuns,
        left_out: &[ColumnId],
        words: &[String],
        with_marks: bool,
    ) -> Secrets {
        let rows = self.shared_runs(runs);
        let mut words = words.to_vec();
        if with_marks {
            for note in rows.ones().map(|row| self.notes.of(row)) {
                words.extend(note.tags);
                words.push(note.text);
            }
        }
        secrets(&self.ledger, &rows, left_out, &words)
    }

    /// Words of the person as a report has them.
    pub(super) fn masked(&self, redaction: &Redaction, words: &str) -> String {
        let mask = mask_of(&self.ledger, redaction);
        mask.apply(words).into_owned()
    }

    /// Makes a report.
    pub(super) fn report(&self, question: &ReportQuestion) -> Report {
        let rows = self.shared_runs(question.runs);
        let redaction = &question.redaction;
        let mask = mask_of(&self.ledger, redaction);
        let mut ledger = redacted(&self.ledger, &rows, redaction, &mask);
        let mut lost = Vec::new();
        let mut view = self.shared_view(question, &rows, &mask, &mut lost);
        let mut told = self.told_of_report(question, &ledger);
        let mut runs = Vec::new();
        if question.form == ReportForm::Interactive {
            runs = ledger.to_bytes();
            let shown = self.shown();
            let kept = rows.ones().filter(|row| shown.get(*row)).count();
            if !view.filter.is_empty() && shown_by(&view, std::mem::take(&mut ledger)) < kept {
                view.filter.clear();
                lost.push(
                    "The filter is not in it: it goes by what is left out or replaced, and would keep fewer runs."
                        .to_owned(),
                );
            }
            if view.filter.is_empty() && !View::from_hash(&question.view).filter.is_empty() {
                told.push(
                    "The filter is left out: it goes by what is not in this file.".to_owned(),
                );
            }
        }
        let text = ReportText {
            schema: SCHEMA.to_owned(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            title: mask.apply(question.title.trim()).into_owned(),
            notes: mask.apply(&question.notes).into_owned(),
            tabs: question.tabs.clone(),
            view: view.to_hash(),
            told,
            made: self.shared_marks(question, &rows, &mask),
        };
        match question.form {
            ReportForm::Interactive => Report {
                // Our values are plain data, which always serialise.
                text: serde_json::to_string(&text).unwrap_or_default(),
                runs,
                lost,
            },
            ReportForm::Plain => {
                let columns = self.columns_in(&ledger, &question.columns, &mask);
                let importance = self.shared_importance(question, &rows, &mask, &mut lost);
                let is_selected = |(_, row): &(usize, usize)| self.marks.is_selected(*row);
                let selected = rows.ones().enumerate().filter(is_selected);
                let selected = selected.map(|(place, _)| place).collect();
                let importance = importance.as_ref();
                Report {
                    text: plain(&text, ledger, &view, &columns, importance, selected),
                    runs,
                    lost,
                }
            }
        }
    }

    /// Takes over the runs of a report; false where these bytes are none.
    pub(super) fn open_report(&mut self, runs: &[u8], made: &Remembered) -> bool {
        let Ok(ledger) = Ledger::from_bytes(runs) else {
            return false;
        };
        self.append(ledger);
        self.recollect(made, false);
        true
    }

    fn shared_runs(&self, runs: SharedRuns) -> Bits {
        match runs {
            SharedRuns::All => Bits::filled(self.runs(), true),
            SharedRuns::Shown => self.shown(),
            SharedRuns::Selected => {
                let mut selected = self.selected_runs().clone();
                selected.resize(self.runs(), false);
                selected
            }
        }
    }

    /// The view as it goes with the report: of what names what is left out only the rest.
    fn shared_view(
        &self,
        question: &ReportQuestion,
        rows: &Bits,
        mask: &Mask,
        lost: &mut Vec<String>,
    ) -> View {
        let mut view = View::from_hash(&question.view);
        view.tab = question.tabs.first().copied().unwrap_or(Tab::Table);
        // Rows are others there, and files are none.
        view.run = None;
        view.needed = Needed::default();
        view.open.clear();
        // The engine there knows by its marks which are pinned.
        view.pinned_runs.clear();
        view.aside.clear();
        view.names.clear();
        view.baseline = match view.baseline {
            Some(Baseline::Run(row)) => rows
                .get(row)
                .then(|| Baseline::Run(rows.ones().take_while(|earlier| *earlier < row).count())),
            Some(Baseline::Group(_)) => None,
            other => other,
        };
        let is_fit = |view: &View| {
            let plain = unescape(&view.to_hash());
            let names_column = |id: &ColumnId| {
                let column = self.ledger.try_column(*id).map(Column::name);
                column.is_some_and(|name| plain.contains(name))
            };
            mask.apply(&plain) == plain && !question.redaction.left_out.iter().any(names_column)
        };
        if is_fit(&view) {
            return view;
        }
        lost.push(
            "The filter, order and settings of views are not in it: they name what is left out or replaced."
                .to_owned(),
        );
        let bare = View {
            tab: view.tab,
            objective: view.objective,
            ..View::default()
        };
        if is_fit(&bare) {
            bare
        } else {
            lost.push("Nor is the objective, for the same reason.".to_owned());
            View {
                tab: bare.tab,
                ..View::default()
            }
        }
    }

    /// The bars of the importance, where that is of the chosen runs.
    fn shared_importance(
        &self,
        question: &ReportQuestion,
        rows: &Bits,
        mask: &Mask,
        lost: &mut Vec<String>,
    ) -> Option<Plate> {
        if !question.tabs.contains(&Tab::Importance) {
            return None;
        }
        let known = question.importance.as_ref();
        let known = known.filter(|said| said.refused.is_none() && rows.count() == said.shown);
        let Some(known) = known.filter(|_| *rows == self.shown()) else {
            lost.push(
                "The importance is not drawn: have the runs of the report shown, and open its view first."
                    .to_owned(),
            );
            return None;
        };
        let mut said = ImportanceAnswer::clone(known);
        said.params
            .retain(|param| !question.redaction.left_out.contains(&param.column));
        for param in &mut said.params {
            param.of.name = mask.apply(&param.of.name).into_owned();
        }
        Some(shares_plate(&said))
    }

    fn shared_marks(&self, question: &ReportQuestion, rows: &Bits, mask: &Mask) -> Remembered {
        if !question.with_marks {
            return Remembered::default();
        }
        let mut new_ids: FxHashMap<String, String> = FxHashMap::default();
        for (place, row) in rows.ones().enumerate() {
            let id = self.ledger.run_id(row);
            let new = if question.redaction.renames_runs {
                number_of_run(place)
            } else {
                mask.apply(&id).into_owned()
            };
            new_ids.entry(id).or_insert(new);
        }
        let made = self.remember();
        let notes = made.notes.into_iter().filter_map(|noted| {
            let mut note = noted.note;
            note.text = mask.apply(&note.text).into_owned();
            for tag in &mut note.tags {
                *tag = mask.apply(tag).into_owned();
            }
            let id = new_ids.get(&noted.id)?.clone();
            Some(NotedRun { id, note })
        });
        let pinned = made.pinned.iter().filter_map(|id| new_ids.get(id).cloned());
        Remembered {
            notes: notes.collect(),
            pinned: pinned.collect(),
            // What was set aside is not among the shown runs, or is shared with all.
            aside: Vec::new(),
        }
    }

    fn told_of_report(&self, question: &ReportQuestion, ledger: &Ledger) -> Vec<String> {
        let of = self.runs();
        let mut told = vec![match question.runs {
            SharedRuns::All => format!("All {}.", counted(of, "run")),
            SharedRuns::Shown => format!(
                "{} of {}: those that were shown.",
                grouped(ledger.rows()),
                counted(of, "run")
            ),
            SharedRuns::Selected => format!(
                "{} of {}: those that were selected.",
                grouped(ledger.rows()),
                counted(of, "run")
            ),
        }];
        let redaction = &question.redaction;
        let mut replaced: Vec<&str> = redaction.kinds.iter().map(|kind| kind.plural()).collect();
        if !redaction.further.is_empty() {
            replaced.push("words that the author chose");
        }
        if !replaced.is_empty() {
            told.push(format!(
                "Replaced where they were found: {}.",
                replaced.join(", ")
            ));
        }
        if !redaction.left_out.is_empty() {
            told.push(format!(
                "Left out: {}.",
                counted(redaction.left_out.len(), "column")
            ));
        }
        if redaction.renames_runs {
            told.push("Runs are numbered; their names are not in this file.".to_owned());
        }
        told
    }

    /// These columns in the redacted ledger.
    fn columns_in(&self, ledger: &Ledger, columns: &[ColumnId], mask: &Mask) -> Vec<ColumnId> {
        let found = columns.iter().filter_map(|id| {
            let column = self.ledger.try_column(*id)?;
            ledger.find(column.role(), &mask.apply(column.name()))
        });
        found.collect()
    }
}

/// How many of these runs a view's filter keeps.
fn shown_by(view: &View, ledger: Ledger) -> usize {
    let mut opened = Workspace::default();
    opened.append(ledger);
    opened.select(&view.selection());
    opened.shown().count()
}
