//! How each two columns of numbers go together: a table of colours, whose cells open the two in Scatter.

use super::asked::asked;
use super::heat_table::{HeatCell, heat_table};
use super::importance_options::choice;
use super::saving::{About, save_chart};
use crate::chart::heat::Heat;
use crate::engine::protocol::{Answer, Ask, Correlations, CorrelationsQuestion};
use crate::engine::view::Tab;
use crate::page::prelude::*;
use crate::page::state::App;

/// The correlations of the columns that the table shows.
#[component]
pub(super) fn CorrelationsPanel(app: App) -> impl IntoView {
    let pearson = Memo::new(move |_| app.view.with(|view| view.distributions.pearson));
    // Asked anew where other runs or columns are shown, the columns stand otherwise or another is the objective, and not where
    // runs are only sorted or columns only wider.
    let wanted = Memo::new(move |_| {
        let kept = app.selected.with(|selected| selected.kept);
        let objective = app.view.with(|view| view.objective.clone());
        app.ledger.track();
        let of = CorrelationsQuestion {
            columns: app.columns_as_seen(),
            pearson: pearson.get(),
        };
        (kept, objective, of)
    });
    let question = move || {
        let (kept, _, of) = wanted.get();
        (kept > 0).then_some(Ask::Correlations(of))
    };
    let said = asked(app, question, |said| match said {
        Answer::Correlations(said) => Some(said),
        _ => None,
    });
    let ways = move || {
        let pearson = pearson.get();
        let way =
            |word: &str, label: &str, is_chosen| (word.to_owned(), label.to_owned(), is_chosen);
        vec![
            way("ranks", "ranks (Spearman)", !pearson),
            way("values", "values (Pearson)", pearson),
        ]
    };
    let choose =
        move |word: String| app.change(|view| view.distributions.pearson = word == "values");
    view! {
        <section class="effect" data-part="correlations" aria-label="Correlations">
            <h3>"Correlations"</h3>
            <div class="curves-bar">{choice("Of ", "Which correlation", ways, choose)}</div>
            {move || said.get().map(|said| contents(app, &said))}
        </section>
    }
}

fn contents(app: App, said: &Correlations) -> AnyView {
    let words = said.words.iter().cloned();
    let words = words.map(|words| view! { <p class="effect-words">{words}</p> }.into_any());
    let words = words.collect::<Vec<_>>();
    let Some((_, but_last)) = said.columns.split_last() else {
        return view! { {words} }.into_any();
    };
    let heads = but_last.iter().map(|(_, name)| name.clone().into_any());
    let lines = said.columns.iter().zip(&said.cells).skip(1);
    let rows = lines.map(|((up, name), cells)| {
        let mut line: Vec<Option<HeatCell>> = Vec::new();
        for ((along, _), cell) in said.columns.iter().zip(cells) {
            let (up, along) = (up.clone(), along.clone());
            let open = move || {
                app.change(|view| {
                    view.tab = Tab::Scatter;
                    view.scatter.y.clone_from(&up);
                    view.scatter.x.clone_from(&along);
                });
            };
            line.push(Some(HeatCell {
                is_noise: cell.is_weak,
                title: Some(cell.title.clone()),
                press: Some(Box::new(open)),
                ..HeatCell::plain(cell.text.clone(), cell.value)
            }));
        }
        line.resize_with(but_last.len(), || None);
        (name.clone(), line)
    });
    let heat = Heat {
        names: said.columns.iter().map(|(_, name)| name.clone()).collect(),
        cells: said
            .cells
            .iter()
            .map(|line| {
                let cell = |cell: &crate::engine::protocol::Correlated| {
                    let value = if cell.is_weak { 0.0 } else { cell.value };
                    Some((cell.text.clone(), value))
                };
                line.iter().map(cell).collect()
            })
            .collect(),
    };
    let about = About {
        name: "correlations".to_owned(),
        title: "Correlations".to_owned(),
        words: said.words.clone(),
        ..About::default()
    };
    view! {
        {words}
        {heat_table("Correlation of each two columns", "", heads.collect(), rows.collect())}
        {save_chart(app, about, heat.chart())}
    }
    .into_any()
}
