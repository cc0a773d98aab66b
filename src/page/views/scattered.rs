//! Runs by any two columns, coloured by a third, as large as a fourth says; or by each two of a few.

use super::asked::asked;
use super::importance_options::{check, choice};
use super::numbers::in_numbers;
use super::scatter::{Regions, ScatterView as Dots};
use super::scatter_matrix::matrix_view;
use crate::chart::scale::Spacing;
use crate::chart::svg::{Paper, Style};
use crate::engine::protocol::{Answer, Ask, NumbersOf, ScatterView as Settings, Scattered};
use crate::engine::scattered::MOST_MATRIX;
use crate::ledger::{Kind, Role};
use crate::page::prelude::*;
use crate::page::state::App;
use crate::page::widgets::brushing::Brushing;
use std::sync::Arc;

/// How many columns a matrix has at first.
const FIRST_MATRIX: usize = 4;

/// The names of the fields for its columns.
const COLUMNS: [&str; MOST_MATRIX] = [
    "First column",
    "Second column",
    "Third column",
    "Fourth column",
    "Fifth column",
    "Sixth column",
];

/// What a logarithmic axis does with what has no logarithm.
pub(super) const SYMLOG: &str = "0 and below lie on such an axis too: it is even around 0, and logarithmic beyond on both sides (symlog)";

/// The words for a logarithmic axis and for one of ranks.
pub(super) const LOG: &str = "log";
pub(super) const BY_RANK: &str = "rank";

/// The scales that an axis can have, and which it has: none where there is no choice.
pub(super) fn scales(spacing: Option<Spacing>) -> Vec<(String, String, bool)> {
    let Some(spacing) = spacing else {
        return vec![(String::new(), "as it is".to_owned(), true)];
    };
    let scale = |word: &str, label: &str, is_it| (word.to_owned(), label.to_owned(), is_it);
    let is_log = matches!(spacing, Spacing::Log | Spacing::Symlog(_));
    vec![
        scale("lin", "linear", spacing == Spacing::Linear),
        scale(LOG, "logarithmic", is_log),
        scale(BY_RANK, "quantiles", spacing == Spacing::Quantile),
    ]
}

/// Which columns are offered.
#[derive(Clone, Copy, PartialEq)]
enum Offered {
    All,
    /// Those that an axis can be of.
    Axes,
    /// Those of numbers.
    Numbers,
}

/// What a lasso does.
const LASSO: &str = "Draw a free shape: the runs in it are selected, as the table shows them";

/// Two columns against one another, or each two of a few.
#[component]
pub(crate) fn ScatteredView(app: App) -> impl IntoView {
    let set = Memo::new(move |_| app.view.with(|view| view.scatter.clone()));
    let question = move || {
        let (set, dark) = (set.get(), app.dark.get());
        (app.selection.get() > 0).then(|| Ask::Scatter {
            set,
            filter: app.view.with_untracked(|view| view.filter.clone()),
            dark,
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
    let in_matrix = Memo::new(move |_| set.with(|set| set.matrix.len()));
    let options = move |of: &dyn Fn(&Settings) -> &str, offered: Offered, may_be_none: bool| {
        let chosen = said.with(|said| said.as_ref().map(|said| of(&said.set).to_owned()));
        let chosen = chosen.unwrap_or_default();
        let has_times = in_matrix.get_untracked() == 0;
        let is_offered = |role: Role, kind: Kind| {
            role != Role::Ignored
                && match kind {
                    Kind::Number => true,
                    Kind::Time => has_times || offered == Offered::All,
                    Kind::Category | Kind::Bool => offered != Offered::Numbers,
                    Kind::Text => offered == Offered::All,
                    Kind::Empty => false,
                }
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
    let turn_matrix = move || {
        let ledger = app.ledger.get_untracked();
        change(&|set| {
            if !set.matrix.is_empty() {
                set.matrix.clear();
                return;
            }
            // What is shown, and what comes next in the ledger.
            let columns = ledger.columns.iter().filter(|column| {
                column.kind == Kind::Number
                    && column.varies
                    && matches!(column.role, Role::Param | Role::Metric)
            });
            let shown = [set.y.clone(), set.x.clone()];
            set.matrix = shown.into_iter().filter(|key| !key.is_empty()).collect();
            for column in columns {
                if set.matrix.len() < FIRST_MATRIX && !set.matrix.contains(&column.key) {
                    set.matrix.push(column.key.clone());
                }
            }
        });
    };
    let choose_column = move |at: usize, label: &'static str| {
        let options = move || {
            options(
                &|set| set.matrix.get(at).map_or("", String::as_str),
                Offered::Numbers,
                true,
            )
        };
        choice("", label, options, move |key| {
            change(&|set| {
                if at < set.matrix.len() {
                    set.matrix.remove(at);
                }
                if !key.is_empty() && !set.matrix.contains(&key) {
                    set.matrix.insert(at.min(set.matrix.len()), key.clone());
                }
            });
        })
    };
    let chosen_columns = move || {
        let count = in_matrix.get();
        let labels = COLUMNS.iter().take(count + 1).enumerate();
        (count > 0).then(|| {
            labels
                .map(|(at, label)| choose_column(at, label))
                .collect::<Vec<_>>()
        })
    };
    let axes = move || {
        (in_matrix.get() == 0).then(|| view! {
            {choice("Up ", "Vertical axis", move || options(&|set| &set.y, Offered::Axes, false), move |key| change(&|set| { set.y.clone_from(&key); set.log[1] = None; set.by_rank[1] = false; }))}
            {choice("Along ", "Horizontal axis", move || options(&|set| &set.x, Offered::Axes, false), move |key| change(&|set| { set.x.clone_from(&key); set.log[0] = None; set.by_rank[0] = false; }))}
        }.into_any())
    };
    let swap = move |_| {
        change(&|set| {
            std::mem::swap(&mut set.x, &mut set.y);
            set.log.swap(0, 1);
            set.by_rank.swap(0, 1);
        });
    };
    let scale = move |words: &'static str, label: &'static str, at: usize| {
        let spacing = move || {
            said.with(|said| {
                let picture = said.as_ref().and_then(|said| said.picture.as_ref())?;
                let axis = [&picture.scatter.x, &picture.scatter.y][at];
                (!axis.has_values() && !axis.is_time()).then(|| axis.axis.spacing())
            })
        };
        let put = move |word: String| {
            change(&|set| {
                set.by_rank[at] = word == BY_RANK;
                set.log[at] = (word != BY_RANK).then_some(word == LOG);
            });
        };
        choice(words, label, move || scales(spacing()), put)
    };
    let further = move || {
        (in_matrix.get() == 0).then(|| view! {
            {choice("Size ", "Size", move || options(&|set| &set.size, Offered::Numbers, true), move |key| change(&|set| set.size.clone_from(&key)))}
            <button type="button" class="button" on:click=by::mouse(swap)>"Swap axes"</button>
            {scale("Scale along ", "Scale of the horizontal axis", 0)}
            {scale("Scale up ", "Scale of the vertical axis", 1)}
            {check("Lasso", Some(LASSO), move || regions.lasso.get(), move || regions.lasso.update(|is_on| *is_on = !*is_on))}
        }.into_any())
    };
    view! {
        <section class="importance brief" data-view="scatter" aria-label="Scatter">
            <div class="importance-head"><h2>"Scatter"</h2></div>
            <div class="curves-bar">
                {axes}
                {choice("Colour ", "Colour", move || options(&|set| &set.colour, Offered::All, true), move |key| change(&|set| set.colour.clone_from(&key)))}
                {further}
                {check("Matrix", None, move || { in_matrix.get() > 0 }, turn_matrix)}
                {chosen_columns}
            </div>
            {move || said.get().map(|said| contents(app, regions, &said))}
            {in_numbers(app, move || said.with(|said| said.as_ref().filter(|said| !said.set.y.is_empty() || said.matrix.is_some()).map(|said| NumbersOf::Scatter(said.set.clone()))))}
        </section>
    }
}

/// Takes what is shown as it is on the ground on which it is saved, for pixels have their colours.
pub(super) fn on_ground(
    app: App,
    set: &Settings,
    style: Style,
    take: impl FnOnce(&Scattered) + 'static,
) {
    let ask = Ask::Scatter {
        set: set.clone(),
        filter: app.view.with_untracked(|view| view.filter.clone()),
        dark: style.paper == Paper::Dark,
    };
    app.ask(ask, move |answer| {
        if let Answer::Scatter(said) = answer {
            take(&said);
        }
    });
}

fn contents(app: App, regions: Regions, said: &Arc<Scattered>) -> AnyView {
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
        view! { <Dots app=app picture=picture words=said.words.clone() regions=regions again=Some(said.set.clone())/> }
    });
    let matrix = said.matrix.as_ref();
    let matrix = matrix.map(|matrix| matrix_view(app, said, matrix));
    view! { {words} {picture} {matrix} }.into_any()
}
