//! Links to what is seen: the view and the names of the files that it is of, never what is in them.

use super::state::App;
use super::views::table::put_in_clipboard;
use crate::chart::number::counted;
use crate::engine::needed::Needed;
use crate::engine::protocol::{Answer, Ask, FileInfo, NOWHERE, Placed};
use crate::engine::view::View;
use crate::ledger::bytes::decoded;
use crate::page::prelude::*;
use gloo::timers::callback::Timeout;

/// How long rows of the view stay as they are before the address names their runs, in milliseconds.
const SETTLED_MILLIS: u32 = 400;

/// How many runs are told that are not here.
const MOST_TOLD: usize = 5;

/// Puts a link into the clipboard by which others see the same, once they have dropped the same files.
pub(super) fn copy_link(app: App) {
    let is_partial = !missing(app).is_empty();
    place_runs(app, true, is_partial, move |placed| {
        let mut view = app.view.get_untracked();
        view.needed = Needed::of(&mut dropped(app).iter().map(|file| file.path.as_str()));
        view.aside.splice(..0, placed.aside.iter().copied());
        let address = window().location().href().unwrap_or_default();
        let mut page = address.split('#').next().unwrap_or_default();
        if page.starts_with("file:") {
            // Where the page lies on this disk is of use to nobody else.
            page = page.rsplit('/').next().unwrap_or_default();
        }
        let aside = app.marked.with_untracked(|marked| marked.aside);
        let mut said = "Copied the link. It holds this view, the names of your files and of runs that it speaks of, nothing else that is in them; stars, notes and roles that were changed go with a session as one file.".to_owned();
        if aside > placed.aside.len() {
            let runs = counted(aside, "run");
            let more = format!(
                " The {runs} that were set aside are too many for a link: whoever opens it sees them."
            );
            said.push_str(&more);
        }
        put_in_clipboard(app, &[page, &view.to_hash()].concat(), Some(said));
    });
}

/// Asks which runs the rows of the view are, as far as it names them, and puts them right; nothing is asked where there is nothing
/// to ask.
fn place_runs(app: App, with_aside: bool, is_partial: bool, then: impl FnOnce(Placed) + 'static) {
    let asked = app.view.get_untracked();
    let rows = asked.rows();
    if rows.is_empty() && !with_aside {
        then(Placed::default());
        return;
    }
    let ask = Ask::PlaceRuns {
        rows,
        known: asked.names.clone(),
        is_partial,
        with_aside,
    };
    app.ask(ask, move |answer| {
        let is_same = app.view.with_untracked(|view| view.names == asked.names);
        if let Answer::Placed(placed) = answer {
            // Where they were put right meanwhile, its rows are others.
            if is_same {
                app.change_quietly(|view| view.take_places(&asked, &placed));
            }
            then(*placed);
        }
    });
}

/// Puts the rows of the view right, and what is pinned and set aside where the address says so.
fn settle_rows(app: App, is_partial: bool) {
    let known = app.view.with_untracked(|view| view.names.clone());
    place_runs(app, false, is_partial, move |placed| {
        // What was known here before is pinned, or was and is no more.
        let is_new = |row: &&usize| {
            let of_row = |(was, here): &(usize, usize)| {
                let is_named = || known.iter().any(|name| name.row == *was);
                here == *row && (was != here || !is_named())
            };
            **row < NOWHERE && placed.rows.iter().any(of_row)
        };
        let new = |rows: &[usize]| rows.iter().filter(is_new).copied().collect::<Vec<_>>();
        let (pinned, aside) = app
            .view
            .with_untracked(|view| (new(&view.pinned_runs), new(&view.aside)));
        if !(pinned.is_empty() && aside.is_empty()) {
            app.ask(Ask::PutMarks { pinned, aside }, move |answer| {
                let done = |view: &mut View| view.aside.retain(|row| *row >= NOWHERE);
                app.pointed(&answer, done, false);
            });
        }
        let mut lost = placed.lost;
        let mut text = String::new();
        if !lost.is_empty() && !is_partial {
            let more = lost.len().saturating_sub(MOST_TOLD);
            lost.truncate(MOST_TOLD);
            if more > 0 {
                lost.push(format!("{more} more"));
            }
            let runs = lost.join(", ");
            text = format!("The address names runs that are not in these files: {runs}.");
        }
        app.notify_at(app.lost_runs, &text);
    });
}

/// Looks where runs are of an address that a person went to; one that came from elsewhere says what is pinned and set aside.
pub(super) fn find_runs(app: App, is_foreign: bool) {
    if app.importing.get_untracked() || app.ledger.with_untracked(|ledger| ledger.runs == 0) {
        return;
    }
    let is_partial = !missing(app).is_empty();
    if is_foreign {
        settle_rows(app, is_partial);
    } else {
        place_runs(app, false, is_partial, |_| {});
    }
}

/// Has the address name the runs whose rows it has, once they stay so for a moment.
pub(super) fn name_rows(app: App) {
    let waiting = StoredValue::new(None::<Timeout>);
    Effect::new(move |_| {
        let has_all = app.view.with(|view| {
            let is_named = |row: &usize| view.names.iter().any(|name| name.row == *row);
            view.rows().iter().all(is_named)
        });
        waiting.set_value(
            (!has_all).then(|| Timeout::new(SETTLED_MILLIS, move || find_runs(app, false))),
        );
    });
}

/// Changes the view, and puts into it which runs stay at the top.
pub(super) fn keep_pinned(view: &mut View, answer: &Answer, how: impl FnOnce(&mut View)) {
    how(view);
    if let Answer::Marked { pinned, .. } = answer {
        // Those that are still to come wait.
        view.pinned_runs.retain(|row| *row >= NOWHERE);
        view.pinned_runs.splice(..0, pinned.iter().copied());
    }
}

/// Says after each reading which files that the link needs are not among those that were read, until all are, and which are not of it;
/// finds the runs that it names.
pub(super) fn tell_missing(app: App) {
    let place = StoredValue::new(0);
    let told = StoredValue::new(Some(String::new()));
    Effect::new(move |_| {
        let is_read = !app.importing.get() && app.ledger.with(|ledger| ledger.runs > 0);
        if !is_read {
            return;
        }
        let needed = app.view.with_untracked(|view| view.needed.clone());
        let is_of_none = needed.is_empty();
        let missing = missing(app);
        settle_rows(app, !missing.is_empty());
        let files = dropped(app);
        let others = needed.others(&mut files.iter().map(|file| file.path.as_str()));
        let Some(before) = told.get_value().filter(|_| !is_of_none) else {
            return;
        };
        let mut text = String::new();
        if !missing.is_empty() {
            let missing = missing.told();
            text = format!(
                "The link that you opened needs these files, too: {missing}. Drop them to see the same view."
            );
        }
        if !others.is_empty() {
            let others = others.told();
            let more = format!(
                "Not of the link that you opened: {others}. With these the view is another one; to see the same, open the link anew and drop only its files."
            );
            text = [text, more].join(" ");
        }
        let text = text.trim();
        if text != before {
            app.notify_at(place, text);
        }
        // What is dropped later is the person's own affair.
        told.set_value((!missing.is_empty()).then(|| text.to_owned()));
    });
}

/// What the link needs by which a person came, and is not there.
fn missing(app: App) -> Needed {
    let needed = app.view.with_untracked(|view| view.needed.clone());
    if needed.is_empty() {
        return needed;
    }
    let files = dropped(app);
    needed.missing(&mut files.iter().map(|file| file.path.as_str()))
}

/// The files of all drops, but for what was taken out.
fn dropped(app: App) -> Vec<FileInfo> {
    let (_, drops, _) = app.drops_and_bytes();
    let files = drops
        .iter()
        .filter_map(|drop| decoded::<Vec<FileInfo>>(&drop.files));
    let mut files: Vec<FileInfo> = files.flatten().collect();
    app.ledger.with_untracked(|ledger| {
        for (_, path) in &ledger.rules.left_out {
            files.retain(|file| file.path != *path);
        }
    });
    files
}
