//! Small line icons, drawn on a 16 × 16 grid; always beside a name, never in its place for readers.

use crate::page::prelude::*;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Arrow back.
    Undo,
    /// Arrow forward.
    Redo,
    /// A plus.
    Add,
    /// A tray with an arrow out of it.
    Export,
    /// A cross.
    Close,
    /// Half a disc.
    Theme,
    /// Bars of a histogram with a sidebar.
    Facets,
    /// A magnifier.
    Search,
    /// A file.
    File,
    /// A folder.
    Folder,
    /// An exclamation mark in a triangle.
    Warning,
    /// Arrow down.
    Down,
    /// Arrow up.
    Up,
    /// A closed lock.
    Lock,
    /// A bin.
    Clear,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Undo => "M6 3 2.5 6.5 6 10M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6",
            Self::Redo => "M10 3l3.5 3.5L10 10M13 6.5H6.5a3.5 3.5 0 0 0 0 7H10",
            Self::Add => "M8 3v10M3 8h10",
            Self::Export => "M8 10V2.5M5 5.5l3-3 3 3M2.5 10v3.5h11V10",
            Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Theme => "M8 2.2a5.8 5.8 0 1 0 0 11.6zM8 2.2a5.8 5.8 0 0 1 0 11.6M10.5 3.5v9",
            Self::Facets => "M2 2.5h12v11H2zM7 2.5v11M4.5 11V8M4.5 5.5v0",
            Self::Search => "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.5 10.5l3 3",
            Self::File => "M4 1.8h5l3.5 3.5v9H4zM9 1.8v3.5h3.5",
            Self::Folder => "M1.8 4h4.5l1.5 1.8h6.4v7.4H1.8z",
            Self::Warning => "M8 2.2 14.3 13.3H1.7zM8 6.5v3.2M8 11.5v.1",
            Self::Down => "M8 3v10M4.5 9.5 8 13l3.5-3.5",
            Self::Up => "M8 13V3M4.5 6.5 8 3l3.5 3.5",
            Self::Lock => "M3.5 7.2h9v6.3h-9zM5.3 7V5a2.7 2.7 0 0 1 5.4 0v2",
            Self::Clear => "M3 4.5h10M6.2 4.3V2.5h3.6v1.8M4.3 4.7l.6 8.8h6.2l.6-8.8",
        }
    }
}

/// Draws an icon; hidden from screen readers, the control around it has the name.
pub fn icon(icon: Icon) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=icon.path()></path>
        </svg>
    }
}
