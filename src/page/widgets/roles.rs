//! One-click changes of a column's role and kind, for columns whose role was only guessed.

use crate::chart::number::counted;
use crate::engine::protocol::{Ask, ColumnInfo, LedgerInfo};
use crate::ledger::{Kind, Role};
use crate::page::prelude::*;
use crate::page::state::App;
use std::fmt::Write as _;

/// The kinds that a person can choose.
const KINDS: [(Kind, &str); 4] = [
    (Kind::Number, "number"),
    (Kind::Category, "category"),
    (Kind::Text, "text"),
    (Kind::Time, "time"),
];

/// Which files a column comes from, and which other columns were joined to it.
fn origin(ledger: &LedgerInfo, sources: &[u32], count: usize, parts: &[String]) -> String {
    let paths = sources
        .iter()
        .filter_map(|at| ledger.sources.get(*at as usize));
    let mut text = paths
        .map(|source| source.path.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    if count > sources.len() {
        // Writing to a String cannot fail.
        let _written = write!(
            text,
            " and {}",
            counted(count - sources.len(), "further source")
        );
    }
    if !text.is_empty() {
        text.insert_str(0, "From ");
    }
    if !parts.is_empty() {
        let _written = write!(text, "; with the values of {}", parts.join(", "));
    }
    text
}

/// A column with buttons for its role and kind.
#[component]
pub fn RoleChooser(app: App, column: ColumnInfo) -> impl IntoView {
    let ColumnInfo {
        id,
        name,
        role,
        kind,
        doubt,
        present,
        sources,
        source_count,
        parts,
        ..
    } = column;
    let origin = app
        .ledger
        .with_untracked(|ledger| origin(ledger, &sources, source_count, &parts));
    let recast = move |role: Option<Role>, kind: Option<Kind>| {
        app.ask(
            Ask::Recast {
                column: id,
                role,
                kind,
            },
            |_| {},
        );
    };
    let roles = Role::ALL
        .map(|choice| {
            view! {
                <button
                    type="button"
                    class="segment"
                    aria-pressed=if choice == role { "true" } else { "false" }
                    on:click=by::mouse(move |_| recast(Some(choice), None))
                >
                    {choice.word()}
                </button>
            }
        })
        .into_iter()
        .collect::<Vec<_>>();
    let kinds = KINDS
        .map(|(choice, word)| {
            view! {
                <button
                    type="button"
                    class="segment"
                    aria-pressed=if choice == kind { "true" } else { "false" }
                    on:click=by::mouse(move |_| recast(None, Some(choice)))
                >
                    {word}
                </button>
            }
        })
        .into_iter()
        .collect::<Vec<_>>();
    view! {
        <li class="role-row" data-column=name.clone()>
            <p>
                <strong class="mono">{name.clone()}</strong>
                <span class="faint number">{format!(" in {}", counted(present, "run"))}</span>
            </p>
            <p class="faint">{origin}</p>
            {doubt.map(|doubt| view! { <p class="soft">{doubt}</p> })}
            <div class="segments" role="group" aria-label=format!("Role of {name}")>{roles}</div>
            <div class="segments" role="group" aria-label=format!("Kind of values of {name}")>{kinds}</div>
        </li>
    }
}
