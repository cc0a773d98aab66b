//! Runs by any two columns, coloured by a third, as large as a fourth says.

use super::asked::asked;
use super::importance_options::choice;
use super::scatter::ScatterView as Dots;
use crate::engine::protocol::{Answer, Ask, ScatterView as Settings, Scattered};
use crate::ledger::{Kind, Role};
use crate::page::reactive::*;
use crate::page::state::App;
use crate::page::widgets::brushing::Brushing;

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
    let brushing = Brushing::new(app);
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
            </div>
            {move || said.get().map(|said| contents(app, brushing, &said))}
        </section>
    }
}

fn contents(app: App, brushing: Brushing, said: &Scattered) -> AnyView {
    let words: Vec<AnyView> = said
        .words
        .iter()
        .map(|words| view! { <p class="effect-words">{words.clone()}</p> }.into_any())
        .collect();
    let ledger = app.ledger.get_untracked();
    let of = |key: &str| ledger.column(key).map(|column| column.id);
    let brush = Some((brushing, [of(&said.set.x), of(&said.set.y)]));
    let picture = said.picture.clone();
    let picture = picture.map(|picture| {
        view! { <Dots app=app picture=picture words=said.words.clone() brush=brush/> }
    });
    view! { {words} {picture} }.into_any()
}
