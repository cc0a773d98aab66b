//! Runs by any two columns, coloured by a third, as large as a fourth says.

use super::asked::asked;
use super::importance_options::choice;
use super::scatter::{Regions, ScatterView as Dots};
use crate::engine::protocol::{Answer, Ask, ScatterView as Settings, Scattered};
use crate::ledger::{Kind, Role};
use crate::page::state::App;
use crate::page::widgets::brushing::Brushing;
use leptos::prelude::*;

/// Two columns against one another.
#[component]
pub(crate) fn ScatteredView(app: App) -> impl IntoView {
    let set = Memo::new(move |_| app.view.with(|view| view.scatter.clone()));
    let question = move || {
        let set = set.get();
        (app.selection.get() > 0).then(|| Ask::Scatter {
            set,
            filter: app.view.with_untracked(|view| view.filter.clone()),
        })
    };
    let said = asked(app, question, |said| match said {
        Answer::Scatter(said) => Some(said),
        _ => None,
    });
    let change = move |set: &dyn Fn(&mut Settings)| {
        // What was chosen stays, where one of it is chosen otherwise.
        let shown = said.with_untracked(|said| said.as_ref().map(|said| said.set.clone()));
        app.change(|view| {
            if let Some(shown) = shown {
                view.scatter = shown;
            }
            set(&mut view.scatter);
        });
    };
    let regions = Regions {
        brushing: Brushing::new(app),
        columns: [None; 2],
        lasso: RwSignal::new(false),
        had_focus: StoredValue::new(false),
    };
    let options = move |of: fn(&Settings) -> &str, are_numbers: bool, may_be_none: bool| {
        let chosen = said.with(|said| said.as_ref().map(|said| of(&said.set).to_owned()));
        let chosen = chosen.unwrap_or_default();
        let is_offered = |role: Role, kind: Kind| {
            role != Role::Ignored
                && (!are_numbers || matches!(kind, Kind::Number | Kind::Time))
                && kind != Kind::Empty
        };
        let none = may_be_none.then(|| (String::new(), "none".to_owned(), chosen.is_empty()));
        app.ledger.with(|ledger| {
            let columns = ledger.columns.iter();
            let columns = columns.filter(|column| is_offered(column.role, column.kind));
            let columns = columns.map(|column| {
                let is_chosen = column.key == chosen;
                (column.key.clone(), column.name.clone(), is_chosen)
            });
            none.into_iter().chain(columns).collect::<Vec<_>>()
        })
    };
    let swap = move |_| change(&|set| std::mem::swap(&mut set.x, &mut set.y));
    view! {
        <section class="importance brief" data-view="scatter" aria-label="Scatter">
            <div class="importance-head"><h2>"Scatter"</h2></div>
            <div class="curves-bar">
                {choice("Up ", "Vertical axis", move || options(|set| &set.y, true, false), move |key| change(&|set| set.y.clone_from(&key)))}
                {choice("Along ", "Horizontal axis", move || options(|set| &set.x, true, false), move |key| change(&|set| set.x.clone_from(&key)))}
                {choice("Colour ", "Colour", move || options(|set| &set.colour, false, true), move |key| change(&|set| set.colour.clone_from(&key)))}
                {choice("Size ", "Size", move || options(|set| &set.size, true, true), move |key| change(&|set| set.size.clone_from(&key)))}
                <button type="button" class="button" on:click=swap>"Swap axes"</button>
                <label title="Draw a free shape: the runs in it are selected, as the table shows them">
                    <input
                        type="checkbox"
                        prop:checked=move || regions.lasso.get()
                        on:change=move |_| regions.lasso.update(|is_on| *is_on = !*is_on)
                    />
                    " Lasso"
                </label>
            </div>
            {move || said.get().map(|said| contents(app, regions, &said))}
        </section>
    }
}

fn contents(app: App, regions: Regions, said: &Scattered) -> AnyView {
    let words: Vec<AnyView> = said
        .words
        .iter()
        .map(|words| view! { <p class="effect-words">{words.clone()}</p> }.into_any())
        .collect();
    let ledger = app.ledger.get_untracked();
    let of = |key: &str| ledger.column(key).map(|column| column.id);
    let regions = Some(Regions {
        columns: [of(&said.set.x), of(&said.set.y)],
        ..regions
    });
    let picture = said.picture.clone();
    let picture = picture.map(|picture| {
        view! { <Dots app=app picture=picture words=said.words.clone() regions=regions/> }
    });
    view! { {words} {picture} }.into_any()
}
