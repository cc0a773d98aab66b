//! One-click changes of a column's role and kind, for columns whose role was only guessed.

use crate::engine::protocol::{Ask, ColumnInfo};
use crate::ledger::{Kind, Role};
use crate::page::state::App;
use leptos::prelude::*;

/// The kinds that a person can choose.
const KINDS: [(Kind, &str); 4] = [
    (Kind::Number, "number"),
    (Kind::Category, "category"),
    (Kind::Text, "text"),
    (Kind::Time, "time"),
];

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
        ..
    } = column;
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
                    on:click=move |_| recast(Some(choice), None)
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
                    on:click=move |_| recast(None, Some(choice))
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
                <span class="faint number">{format!(" in {}", crate::chart::number::counted(present, "run"))}</span>
            </p>
            {doubt.map(|doubt| view! { <p class="soft">{doubt}</p> })}
            <div class="segments" role="group" aria-label=format!("Role of {name}")>{roles}</div>
            <div class="segments" role="group" aria-label=format!("Kind of values of {name}")>{kinds}</div>
        </li>
    }
}
