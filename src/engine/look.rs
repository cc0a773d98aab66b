//! How the table looks: row density, and what is drawn in and over its cells.

use crate::ledger::ColumnId;
use serde::{Deserialize, Serialize};

/// How high rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Density {
    /// As many rows as can be read.
    Compact,
    /// The usual.
    #[default]
    Normal,
    /// With air.
    Roomy,
}

impl Density {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Compact, Self::Normal, Self::Roomy];

    /// How high a row is, in pixels.
    pub fn row_height(self) -> f64 {
        match self {
            Self::Compact => 22.0,
            Self::Normal => 28.0,
            Self::Roomy => 36.0,
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Compact => "Compact",
            Self::Normal => "Normal",
            Self::Roomy => "Roomy",
        }
    }
}

/// What is asked of cells besides their values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowLook {
    /// Numbers come with their place among the shown runs.
    pub heat: bool,
    /// Metrics come with their curves.
    pub curves: bool,
    /// The column by which rows are coloured.
    pub colour: Option<ColumnId>,
}

/// How the table looks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a box to tick")]
pub struct Look {
    /// How high rows are.
    pub density: Density,
    /// Cells of numbers are shaded by their place among the shown runs.
    pub heat: bool,
    /// Curves are drawn beside the values of metrics.
    pub curves: bool,
    /// Headers show how a column's values are distributed.
    pub histograms: bool,
    /// Columns stand by the first part of their names.
    pub prefixes: bool,
    /// Key of the column by which rows are coloured.
    pub colour: Option<String>,
}

impl Look {
    /// The letters in addresses; the column of colours has a key of its own there.
    pub fn word(&self) -> String {
        let density = match self.density {
            Density::Compact => Some('c'),
            Density::Normal => None,
            Density::Roomy => Some('r'),
        };
        let parts = [
            (self.heat, 'h'),
            (self.curves, 'l'),
            (self.histograms, 'b'),
            (self.prefixes, 'g'),
        ];
        let chosen = parts.iter().filter(|(is, _)| *is);
        density
            .into_iter()
            .chain(chosen.map(|(_, letter)| *letter))
            .collect()
    }

    /// Takes what the letters say; unknown ones say nothing.
    pub fn read_word(&mut self, word: &str) {
        let has = |letter: char| word.contains(letter);
        self.density = match (has('c'), has('r')) {
            (true, _) => Density::Compact,
            (_, true) => Density::Roomy,
            _ => Density::Normal,
        };
        self.heat = has('h');
        self.curves = has('l');
        self.histograms = has('b');
        self.prefixes = has('g');
    }
}
