//! Groups of runs: the middle of each with its band, as [`Bands`](crate::engine::curves::Bands) says. On a logarithmic axis both are of the logarithm
//! (the geometric mean, and the geometric standard deviation to each side of it): the mean less its deviation may be
//! negative though no value is, and would fall out of the picture.

use super::CurveRuns;
use super::drawer::{Drawer, Painting};
use super::middles::{Gathered, Middle};
use crate::chart::band::band;
use crate::chart::colour::Hue;
use crate::chart::curve::{Envelope, Heights, Stroke, resampled};
use crate::chart::ink::Ink;
use crate::chart::number::counted;
use crate::chart::scale::Spacing;
use crate::chart::scatter::OTHERS;
use crate::engine::curves_values::line;
use crate::engine::grouped::Grouped;
use crate::engine::info::column_of_key;
use crate::engine::show::cell;
use crate::engine::space::class_colour;
use crate::ledger::{ColumnId, History};

/// A group that is drawn.
#[derive(Clone)]
pub(super) struct DrawnGroup {
    pub(super) rows: Vec<u32>,
    pub(super) label: String,
    /// The number of its colour, or that of those without one.
    pub(super) class: u8,
}

/// The groups, best first.
pub(super) fn groups(groups: &Grouped, runs: CurveRuns<'_>) -> Vec<DrawnGroup> {
    let ledger = runs.ledger;
    let varies = |id: &ColumnId| runs.varies.get(id.index()).copied().unwrap_or(true);
    let keys = groups.info.keys.iter();
    let keys = keys.filter_map(|key| column_of_key(ledger, key));
    let keys: Vec<ColumnId> = keys.filter(varies).collect();
    let mut numbered: Vec<(usize, Vec<u32>)> =
        groups.all_members().into_iter().enumerate().collect();
    order::by_key(&mut numbered, |(number, _)| {
        groups.rank(*number as u32).unwrap_or(usize::MAX)
    });
    let label = |rows: &[u32]| {
        let first = rows.first().map_or(0, |row| *row as usize);
        let value = |id: &ColumnId| {
            let column = ledger.column(*id);
            format!("{} {}", column.name(), cell(column.get(first)).text)
        };
        let values: Vec<String> = keys.iter().take(3).map(value).collect();
        let more = if keys.len() > 3 { " …" } else { "" };
        format!(
            "{}{more} ({})",
            values.join(", "),
            counted(rows.len(), "run")
        )
    };
    numbered
        .into_iter()
        .filter(|(_, rows)| !rows.is_empty())
        .enumerate()
        .map(|(place, (_, rows))| DrawnGroup {
            label: label(&rows),
            rows,
            class: place.min(usize::from(OTHERS)) as u8,
        })
        .collect()
}

/// Which means are of fewer runs in part, in a sentence: there they jump, though no run did.
pub(super) fn told_fewer(
    middles: &[(usize, Vec<Middle>)],
    groups: &[DrawnGroup],
) -> Option<String> {
    let told = middles.iter().filter_map(|(group, middles)| {
        let group = &groups[*group];
        let counts = || {
            middles
                .iter()
                .map(|middle| middle.count)
                .filter(|count| *count > 0)
        };
        let (least, most) = (counts().min()?, counts().max()?);
        (least < most).then(|| format!("{}, down to {least}", group.label))
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| {
        format!(
            " Where runs have no points any more, a group’s line is of fewer and may jump: {}.",
            told.join("; ")
        )
    })
}

impl Drawer {
    /// Sums up further runs of groups while there is effort left; says whether they all are. Of groups without a colour the
    /// mean alone is drawn.
    pub(super) fn sum_groups(
        &mut self,
        of: (&History, CurveRuns<'_>),
        painting: &mut Painting,
        groups: &[DrawnGroup],
        effort: &mut usize,
    ) -> bool {
        let how = (
            self.question.set.smoothing(),
            self.question.set.is_positive(),
        );
        let spacing = painting.y.spacing();
        let columns = self.size.0;
        while let Some(group) = groups.get(painting.group) {
            for row in group.rows.iter().skip(painting.done) {
                if *effort == 0 {
                    return false;
                }
                let row = *row as usize;
                self.spend(of.0, row, false, effort);
                self.take_raw(of, row, &mut painting.undrawn, &mut painting.edges);
                line(&self.across, of, row, how, &mut self.points);
                // What has no logarithm is no number then.
                for (_, value) in &mut self.points {
                    *value = spacing.to(*value);
                }
                let values = resampled(&self.points, self.across.ends, columns);
                let bands = self.question.set.bands;
                painting
                    .gathered
                    .get_or_insert_with(|| Gathered::new(bands, group.rows.len(), columns))
                    .add(values.into_iter());
                painting.done += 1;
            }
            let gathered = painting.gathered.take();
            let middles = gathered.map_or_else(Vec::new, Gathered::middles);
            // Of as many groups as there are runs not all can be kept.
            if group.class < OTHERS {
                painting.middles.push((painting.group, middles));
            } else {
                let heights = self.heights(&painting.y);
                self.trace_middle(
                    &middles,
                    (heights, spacing),
                    self.question.density as f32,
                    &mut painting.ink,
                );
                self.note_curve(&painting.y, OTHERS, 1.0, 0.5);
            }
            painting.group += 1;
            painting.done = 0;
        }
        true
    }

    /// The mean of each group with its band, over the means of those that have no colour.
    pub(super) fn draw_groups(&mut self, painting: &mut Painting, groups: &[DrawnGroup]) {
        let density = self.question.density;
        let Painting {
            y,
            canvas,
            ink,
            middles,
            ..
        } = painting;
        let heights = self.heights(y);
        ink.lay(canvas, class_colour(OTHERS), 0.5);
        let page = Heights::new(y, self.question.height, 1.0);
        let spacing = y.spacing();
        let ends_of = |middle: &Middle| {
            let (low, high) = middle.band?;
            Some((spacing.from(low), spacing.from(high)))
        };
        for (group, middles) in middles.iter().rev() {
            let class = groups[*group].class;
            let columns = middles.iter().enumerate();
            let bands = columns.filter_map(|(column, middle)| Some((column, ends_of(middle)?)));
            if self.left > 0 {
                let ends = bands.clone().map(|(column, (low, high))| {
                    let at = |value: f64| f64::from(page.of(value));
                    ((column as f64 + 0.5) / density, at(low), at(high))
                });
                let d = band(&ends.collect::<Vec<_>>());
                self.note(Hue::Class(class), None, 0.18, d);
            }
            for (column, (low, high)) in bands {
                ink.add(column, heights.of(high), heights.of(low));
            }
            ink.lay(canvas, class_colour(class), 0.18);
        }
        for (group, middles) in middles.iter().rev() {
            let class = groups[*group].class;
            self.trace_middle(middles, (heights, spacing), 2.2 * density as f32, ink);
            self.note_curve(y, class, 2.2, 1.0);
            ink.lay(canvas, class_colour(class), 1.0);
        }
    }

    fn trace_middle(
        &mut self,
        middles: &[Middle],
        (heights, spacing): (Heights<'_>, Spacing),
        thickness: f32,
        ink: &mut Ink,
    ) {
        let stroke = |(column, of): (usize, &Middle)| {
            let stroke = Stroke::of(spacing.from(of.value), true);
            (of.count > 0).then_some((column, stroke))
        };
        let strokes = middles.iter().enumerate().filter_map(stroke);
        self.envelope = Envelope::of(strokes.collect());
        self.envelope.trace(heights, thickness, ink);
    }
}
