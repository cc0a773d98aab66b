//! Runs by the column that colours go by: the class of each in pictures of dots and of curves, and what classes mean.

use super::lines::{LegendItem, RowColour};
use super::scales::Scale;
use crate::chart::colour::Hue;
use crate::chart::scatter::{OTHERS, SHADE, hue_of};
use crate::ledger::{Bits, Column};

/// See the module's documentation.
pub(super) struct Coloured<'a> {
    column: &'a Column,
    scale: Scale,
}

impl<'a> Coloured<'a> {
    /// The colours of these runs.
    pub(super) fn new(column: &'a Column, shown: &Bits) -> Self {
        Self {
            column,
            scale: Scale::of(column, shown),
        }
    }

    /// The class of a run, as [`hue_of`] has it.
    pub(super) fn of(&self, row: usize) -> u8 {
        let colour = self.scale.colour(self.column, row);
        colour.map_or(OTHERS, class_of)
    }

    /// Whether colours are shades of one scale, not categories.
    pub(super) fn are_shades(&self) -> bool {
        self.scale.classes().is_empty()
    }

    /// Appends what they mean; what has no colour may be `hollow`.
    pub(super) fn legend(&self, hollow: bool, items: &mut Vec<LegendItem>) {
        let name = self.column.name();
        for item in self.scale.legend() {
            let class = class_of(item.colour);
            if class != OTHERS {
                items.push(legend_item(class, format!("{name} {}", item.label)));
            }
        }
        let hollow = if hollow { ", hollow" } else { "" };
        items.push(legend_item(OTHERS, format!("other or no {name}{hollow}")));
    }
}

/// The class of a colour.
fn class_of(colour: RowColour) -> u8 {
    match colour {
        RowColour::Shade(shade) => SHADE + shade.min(100),
        RowColour::Class(class) => class.min(OTHERS),
    }
}

/// What a class means.
pub(super) fn legend_item(class: u8, label: String) -> LegendItem {
    let colour = match hue_of(class) {
        Hue::Class(class) => RowColour::Class(class),
        _ => RowColour::Shade(class - SHADE),
    };
    LegendItem { colour, label }
}
