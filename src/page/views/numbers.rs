//! Charts in numbers: tables that are worked out and made when they are opened.

use super::asked::asked;
use crate::engine::protocol::{Answer, Ask, Numbers, NumbersOf};
use crate::page::prelude::*;
use crate::page::state::App;
use leptos::html::Details;

/// The tables of the chart that `of` names where it is there, below it.
pub(super) fn in_numbers(app: App, of: impl Fn() -> Option<NumbersOf> + 'static) -> AnyView {
    let node = NodeRef::<Details>::new();
    let is_open = RwSignal::new(false);
    let question = move || of().filter(|_| is_open.get()).map(Ask::Numbers);
    let said = asked(app, question, |said| match said {
        Answer::Numbers(said) => Some(said),
        _ => None,
    });
    let tables = move || {
        said.get()
            .map(|said| said.iter().map(table_of).collect::<Vec<_>>())
    };
    view! {
        <details
            class="left-out in-numbers"
            node_ref=node
            on:toggle=by::any(move |_| is_open.set(node.get_untracked().is_some_and(|node| node.open())))
        >
            <summary>"In numbers"</summary>
            {tables}
        </details>
    }
    .into_any()
}

/// A table with its title and what is said of it.
pub(super) fn table_of(of: &Numbers) -> AnyView {
    let table = table(&of.title, of.columns.clone(), &of.lines);
    view! {
        <h4>{of.title.clone()}</h4>
        <p class="faint">{of.words.clone()}</p>
        {table}
    }
    .into_any()
}

/// A picture's numbers, which are at hand.
pub(super) fn numbers_of(title: &str, columns: Vec<String>, lines: &[Vec<String>]) -> AnyView {
    let table = table(title, columns, lines);
    view! { <details class="left-out"><summary>"In numbers"</summary>{table}</details> }.into_any()
}

/// A table of texts, whose first column names lines.
pub(super) fn table(title: &str, columns: Vec<String>, lines: &[Vec<String>]) -> AnyView {
    let head = columns
        .into_iter()
        .map(|name| view! { <th scope="col">{name}</th> }.into_any());
    let head = head.collect::<Vec<_>>();
    let line = |cells: &Vec<String>| {
        let mut cells = cells.iter().cloned();
        let name = cells.next();
        let cells = cells.map(|text| view! { <td>{text}</td> }.into_any());
        let cells = cells.collect::<Vec<_>>();
        view! { <tr><th scope="row">{name}</th>{cells}</tr> }.into_any()
    };
    let lines = lines.iter().map(line).collect::<Vec<_>>();
    view! {
        <div class="bars-scroll" tabindex="0" role="region" aria-label=format!("{title}, in numbers")>
            <table>
                <thead><tr>{head}</tr></thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
    }
    .into_any()
}
