//! The parts around the views: start, header, filter box, facets, receipt, sheets, notices.

#![expect(
    unreachable_pub,
    reason = "Leptos makes the props of every component `pub`"
)]

pub mod bars;
pub mod brushing;
pub mod export_menu;
pub mod exporting;
pub mod facets;
pub mod filter_box;
pub mod filter_sheet;
pub mod follow_bar;
pub mod header;
pub mod help;
pub mod hints;
pub mod histogram;
pub mod icons;
pub mod intake;
pub mod keep_bar;
pub mod keys;
pub mod later;
pub mod notices;
pub mod numbers;
pub mod objective;
pub mod palette;
pub mod panels;
pub mod picture;
pub mod progress;
pub mod prose;
pub mod receipt;
pub mod requests;
pub mod roles;
pub mod shortcuts;
pub mod size;
pub mod start;
pub mod tabs;
pub mod theme;
pub mod too_large;
