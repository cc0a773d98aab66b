//! How a metric is distributed: over each param, by what runs have in a column, and as a whole.

use super::asked::asked;
use super::correlations::CorrelationsPanel;
use super::display::legend_items;
use super::dots::{RunPicture, dots_view};
use super::importance_options::{check, choice};
use super::numbers::numbers_of;
use super::saving::save_picture;
use super::scattered::SYMLOG;
use super::walk::{Walk, walked_picture};
use crate::chart::boxes;
use crate::chart::cumulative;
use crate::chart::dots::Stop;
use crate::chart::number::counted;
use crate::chart::scale::Spacing;
use crate::chart::slice::{self, Slice};
use crate::chart::svg::Plate;
use crate::engine::explain::Unfinished;
use crate::engine::protocol::{
    Answer, Ask, BY_GROUP, BY_NOTHING, BY_SOURCE, ByCategory, Distributions, DistributionsQuestion,
    DistributionsView as Settings, LegendItem, RowColour,
};
use crate::engine::saved::{boxes_plate, by_title, cumulative_plate, slices_plate};
use crate::ledger::{ColumnId, Kind, Role};
use crate::page::prelude::*;
use crate::page::state::App;
use std::sync::Arc;

/// How many slices are shown at first, and how many more at a time.
const SLICES: usize = 12;

/// Where a metric's numbers lie.
#[component]
pub(crate) fn DistributionsView(app: App) -> impl IntoView {
    let set = Memo::new(move |_| app.view.with(|view| view.distributions.clone()));
    let slices = RwSignal::new(SLICES);
    let question = move || {
        let (set, slices) = (set.get(), slices.get());
        (app.selection.get() > 0).then(|| {
            Ask::Distributions(DistributionsQuestion {
                importance: known_importance(app, &set),
                set,
                slices,
            })
        })
    };
    let said = asked(app, question, |said| match said {
        Answer::Distributions(said) => Some(said),
        _ => None,
    });
    let change = move |set: &dyn Fn(&mut Settings)| {
        app.change(|view| set(&mut view.distributions));
    };
    let metrics = move || {
        let chosen = said.with(|said| said.as_ref().map(|said| said.set.metric.clone()));
        let is_number = |role: Role, kind: Kind| {
            role != Role::Ignored && matches!(kind, Kind::Number | Kind::Time)
        };
        app.ledger.with(|ledger| {
            let columns = ledger.columns.iter();
            let columns = columns.filter(|column| is_number(column.role, column.kind));
            let columns = columns.map(|column| {
                let is_chosen = chosen.as_ref() == Some(&column.key);
                (column.key.clone(), column.name.clone(), is_chosen)
            });
            columns.collect::<Vec<_>>()
        })
    };
    let parted = move || {
        let chosen = said.with(|said| said.as_ref().map(|said| said.set.by.clone()));
        let option = |key: &str, name: &str| {
            let is_chosen = chosen.as_deref() == Some(key);
            (key.to_owned(), name.to_owned(), is_chosen)
        };
        let mut options = vec![option(BY_NOTHING, "nothing")];
        if app.selected.with(|selected| selected.grouping.is_some()) {
            options.push(option(BY_GROUP, "groups"));
        }
        app.ledger.with(|ledger| {
            if ledger.sources.len() > 1 {
                options.push(option(BY_SOURCE, "sources"));
            }
            let columns = ledger.columns.iter();
            let columns =
                columns.filter(|column| column.role != Role::Ignored && column.kind != Kind::Empty);
            options.extend(columns.map(|column| option(&column.key, &column.name)));
        });
        options
    };
    let forms = move || {
        let are_violins = set.with(|set| set.violins);
        let form = |word: &str, is_chosen| (word.to_owned(), word.to_owned(), is_chosen);
        vec![form("boxes", !are_violins), form("violins", are_violins)]
    };
    let is_log = move || {
        said.with(|said| {
            let axis = said.as_ref().and_then(|said| said.axis.as_ref());
            axis.is_some_and(|axis| axis.spacing() != Spacing::Linear)
        })
    };
    let more_slices =
        Memo::new(move |_| said.with(|said| said.as_ref().map_or(0, |said| said.more_slices)));
    let has_more = move || more_slices.get() > 0;
    let more = move || format!("Show more: {} left", counted(more_slices.get(), "param"));
    view! {
        <section class="importance brief" data-view="distributions" aria-label="Distributions">
            <div class="importance-head"><h2>"Distributions"</h2></div>
            <div class="curves-bar">
                {choice("Of ", "Metric", metrics, move |key| change(&|set| { set.metric.clone_from(&key); set.log = None; }))}
                {check("Logarithmic", Some(SYMLOG), is_log, move || change(&|set| set.log = Some(!is_log())))}
                {choice("As ", "How categories are drawn", forms, move |word| change(&|set| set.violins = word == "violins"))}
                {choice("By ", "What runs are parted by", parted, move |key| change(&|set| set.by.clone_from(&key)))}
            </div>
            {move || said.get().map(|said| slices_view(app, &said))}
            // Outside of what is made anew with each answer, that it keeps the focus.
            <Show when=has_more>
                <button type="button" class="button" on:click=by::mouse(move |_| slices.update(|count| *count += SLICES))>
                    {more}
                </button>
            </Show>
            {move || said.get().and_then(|said| said.by.as_ref().map(|by| categories_view(app, &said, by)))}
            <CorrelationsPanel app=app/>
        </section>
    }
}

/// The params in the order of the last importance, where it is of the metric and of the runs that are shown.
fn known_importance(app: App, set: &Settings) -> Vec<ColumnId> {
    let objective = app.view.with_untracked(|view| {
        let objective = view.objective.as_ref();
        objective.map(|objective| objective.column.clone())
    });
    if objective.is_none() || !(set.metric.is_empty() || Some(&set.metric) == objective.as_ref()) {
        return Vec::new();
    }
    app.last_importance.with_untracked(|last| {
        let selection = app.selection.get_untracked();
        let of = last.as_ref().filter(|((of, explain), answer)| {
            // Of what fails, importance says nothing about the metric.
            *of == selection
                && explain.unfinished != Unfinished::Outcome
                && answer.refused.is_none()
        });
        of.map(|(_, answer)| answer.params.iter().map(|param| param.column).collect())
            .unwrap_or_default()
    })
}

/// What can be said of all, and the metric over each param.
fn slices_view(app: App, said: &Arc<Distributions>) -> AnyView {
    let words = said.words.iter().cloned();
    let words = words.map(|words| view! { <p class="effect-words">{words}</p> }.into_any());
    let words = words.collect::<Vec<_>>();
    let each = said.slices.iter().map(|slice| slice_view(app, said, slice));
    let each = each.collect::<Vec<_>>();
    let end = |shade: u8, label: &str| LegendItem {
        colour: RowColour::Shade(shade),
        label: label.to_owned(),
    };
    let slices = (!each.is_empty()).then(|| {
        let legend = vec![end(0, "first run"), end(100, "last run")];
        let title = format!("{} over each param", said.metric);
        let kept = Arc::clone(said);
        let saving = save_picture(app, &title, move |_, give| give(slices_plate(&kept)));
        view! {
            <section class="effect" data-part="slices" aria-label=title>
                <h3>"Over each param"</h3>
                <p class="effect-words">{said.slices_told.clone()}</p>
                <span class="colour-legend">{legend_items(legend)}</span>
                <div class="slices">{each}</div>
                {saving}
            </section>
        }
        .into_any()
    });
    view! { {words} {slices} }.into_any()
}

fn slice_view(app: App, said: &Distributions, of: &Slice) -> AnyView {
    let picture = RunPicture {
        title: format!("{} over {}: {}", said.metric, of.name, of.words),
        size: (slice::WIDTH, slice::HEIGHT),
        marks: of.marks(),
        dots: of.dots.as_slice().into(),
        metric: said.set.metric.clone(),
        column: Some(of.column),
        words: of.words.clone(),
    };
    view! { <div class="slice"><h4>{of.name.clone()}</h4>{dots_view(app, picture)}</div> }
        .into_any()
}

/// The steps of distribution functions: along one, and from one to that beside it.
fn steps_of(said: &Arc<Distributions>) -> Walk {
    let kept = StoredValue::new(Arc::clone(said));
    let of = move |take: &dyn Fn(&ByCategory) -> Option<Stop>| {
        kept.with_value(|said| said.by.as_ref().and_then(take))
    };
    let stop = move |at: usize| {
        of(&|by| {
            let called = |class: u8| {
                let is_it = |item: &&LegendItem| item.colour == RowColour::Class(class);
                let item = by.legend.iter().find(is_it);
                item.map_or_else(String::new, |item| item.label.clone())
            };
            by.cumulative.stop(at, &called)
        })
    };
    let beside = move |at: usize, is_down: bool| {
        let by = |said: &Arc<Distributions>| {
            let by = said.by.as_ref();
            by.map_or(at, |by| by.cumulative.beside(at, is_down))
        };
        kept.with_value(by)
    };
    Walk {
        count: said.by.as_ref().map_or(0, |by| by.cumulative.count()),
        stop: Box::new(stop),
        beside: Box::new(beside),
    }
}

/// The metric by category: boxes, and distribution functions.
fn categories_view(app: App, said: &Arc<Distributions>, by: &ByCategory) -> AnyView {
    let title = by_title(said, by);
    let saving = |name: String, plate: fn(&Distributions, &ByCategory) -> Plate| {
        let kept = Arc::clone(said);
        save_picture(app, &name, move |_, give| {
            if let Some(by) = &kept.by {
                give(plate(&kept, by));
            }
        })
    };
    let saving_boxes = saving(title.clone(), boxes_plate);
    let saving_functions = saving(format!("functions {title}"), cumulative_plate);
    let told = |words: &[String]| {
        let words = words.iter().cloned();
        let words = words.map(|words| view! { <p>{words}</p> }.into_any());
        words.collect::<Vec<_>>()
    };
    let summary = by.words.first().cloned().unwrap_or_default();
    let picture = RunPicture {
        title: format!("{title}. {summary}"),
        size: (boxes::WIDTH, by.boxes.height()),
        marks: by.boxes.marks(),
        dots: by.boxes.dots.as_slice().into(),
        metric: said.set.metric.clone(),
        column: by.column,
        words: "Point at a dot or tap it to see its run, click or tap it again to open it."
            .to_owned(),
    };
    let head = [
        if by.name.is_empty() {
            "Category"
        } else {
            by.name.as_str()
        },
        "Runs",
        "Median",
        "95 % interval",
        "Quartiles",
        "Whiskers",
        "Beyond",
    ];
    let table = numbers_of(&title, head.map(str::to_owned).to_vec(), &by.table);
    view! {
        <section class="effect" data-part="boxes" aria-label=title.clone()>
            <h3>{title.clone()}</h3>
            <div class="effect-words">{told(&by.words)}</div>
            {dots_view(app, picture)}
            {saving_boxes}
            {table}
        </section>
        <section class="effect" data-part="cumulative" aria-label="Distribution functions">
            <h3>"Distribution function"</h3>
            <div class="effect-words">{told(&by.cumulative_words)}</div>
            {by.cumulative.hides_bands().then(|| view! { <p class="faint">"Point at a line to see its band."</p> }.into_any())}
            <span class="colour-legend">{legend_items(by.legend.clone())}</span>
            {walked_picture(
                by.cumulative.marks(),
                (cumulative::WIDTH, cumulative::HEIGHT),
                format!("Distribution functions of {title}. {summary}"),
                steps_of(said),
            )}
            {saving_functions}
        </section>
    }
    .into_any()
}
