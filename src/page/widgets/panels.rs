//! Which panels around the views are open. A link does not restore them, so they are not in the view.

use crate::page::prelude::*;

/// The panels and sheets of the shell.
#[derive(Clone, Copy)]
pub struct Panels {
    /// The facets at the left.
    pub facets: RwSignal<bool>,
    /// The receipt of what was read.
    pub receipt: RwSignal<bool>,
    /// The sheet of keyboard shortcuts.
    pub shortcuts: RwSignal<bool>,
    /// The sheet of the filter language and of named filters.
    pub filters: RwSignal<bool>,
    /// The sheet on how to export from each tracker.
    pub exporting: RwSignal<bool>,
    /// The sheet on what each view answers.
    pub help: RwSignal<bool>,
    /// The palette of commands.
    pub palette: RwSignal<bool>,
}

/// From which width on the facets stand beside the table and do not lie over it.
const WIDE_PIXELS: f64 = 900.0;

impl Panels {
    /// Panels as they are when the page opens.
    pub fn new() -> Self {
        let wide = window()
            .inner_width()
            .ok()
            .and_then(|width| width.as_f64())
            .is_none_or(|width| width >= WIDE_PIXELS);
        Self {
            facets: RwSignal::new(wide),
            receipt: RwSignal::new(false),
            shortcuts: RwSignal::new(false),
            filters: RwSignal::new(false),
            exporting: RwSignal::new(false),
            help: RwSignal::new(false),
            palette: RwSignal::new(false),
        }
    }
}
