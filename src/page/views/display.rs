//! How the table looks: the button above it and its panel, and what the colours of rows mean.

use super::bar_panel::BarPanel;
use super::body::colour_of;
use super::table::Grid;
use crate::engine::look::{Density, Look};
use crate::engine::protocol::LegendItem;
use crate::ledger::Role;
use crate::page::prelude::*;

/// The parts that can be shown or not: label, what it is, where it stands.
type Part = (&'static str, &'static str, fn(&mut Look) -> &mut bool);

const PARTS: [Part; 4] = [
    (
        "Curves in the cells of metrics",
        "all runs on one scale",
        |look| &mut look.curves,
    ),
    (
        "Heat",
        "numbers shaded by their place among the shown runs; the greatest are darkest",
        |look| &mut look.heat,
    ),
    (
        "Histograms in the header",
        "the shown runs over all",
        |look| &mut look.histograms,
    ),
    (
        "Columns by the first part of their names",
        "train/loss beside train/acc",
        |look| &mut look.prefixes,
    ),
];

/// The button, and the panel when it is open.
#[component]
pub(super) fn DisplayButton(grid: Grid) -> impl IntoView {
    let app = grid.app;
    let open = RwSignal::new(false);
    view! {
        <Show when=move || open.get()>
            <Panel grid=grid open=open/>
        </Show>
        <button
            class="bar-button"
            class:on=move || app.view.with(|view| view.look != Look::default())
            data-testid="display"
            aria-haspopup="dialog"
            aria-expanded=move || open.get().to_string()
            title="Row height, curves, heat, histograms, colours"
            on:click=by::mouse(move |_| open.update(|open| *open = !*open))
        >
            <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
                <path d="M2.5 12.5v-4M6.2 12.5v-9M9.8 12.5v-6M13.5 12.5v-7.5"/>
            </svg>
            "Display"
        </button>
    }
}

#[component]
fn Panel(grid: Grid, open: RwSignal<bool>) -> impl IntoView {
    let app = grid.app;
    let densities = Density::ALL.map(|this| {
        let is_chosen = move || app.view.with(|view| view.look.density == this);
        let choose = move |_| app.change(|view| view.look.density = this);
        let label = this.label();
        view! { <label><input type="radio" name="density" prop:checked=is_chosen on:change=by::any(choose)/>{label}</label> }
    });
    let parts = PARTS.map(|(label, what, part)| {
        let is_on = move || app.view.with(|view| *part(&mut view.look.clone()));
        let toggle = move |_| {
            app.change(|view| {
                let on = part(&mut view.look);
                *on = !*on;
            });
        };
        view! {
            <label class="picker-item group-way">
                <input type="checkbox" prop:checked=is_on on:change=by::any(toggle)/>
                <span>{label}<small class="faint">" "{what}</small></span>
            </label>
        }
    });
    let columns = move || {
        let ledger = app.ledger.get();
        let offered = ledger
            .columns
            .iter()
            .filter(|column| column.varies && column.role != Role::Ignored && column.present > 0);
        let chosen = app.view.with(|view| view.look.colour.clone());
        offered
            .map(|column| {
                let is_chosen = chosen.as_ref() == Some(&column.key);
                view! { <option value=column.key.clone() selected=is_chosen>{column.name.clone()}</option> }
            })
            .collect_view()
    };
    view! {
        <BarPanel grid=grid label="Display" open=open>
            <fieldset class="density">
                <legend>"Rows"</legend>
                {densities.into_iter().collect::<Vec<_>>()}
            </fieldset>
            {parts.into_iter().collect::<Vec<_>>()}
            <label class="group-statistic">
                "Colour runs by "
                <select on:change=by::any(move |event| {
                    let key = event_target_value(&event);
                    app.change(|view| view.look.colour = Some(key).filter(|key| !key.is_empty()));
                })>
                    <option value="">"nothing"</option>
                    {columns}
                </select>
            </label>
        </BarPanel>
    }
}

/// What the colours of rows mean, where they are coloured.
#[component]
pub(super) fn ColourLegend(grid: Grid) -> impl IntoView {
    let app = grid.app;
    let name = Memo::new(move |_| {
        let key = app.view.with(|view| view.look.colour.clone())?;
        let ledger = app.ledger.get();
        Some(ledger.column(&key)?.name.clone())
    });
    move || {
        let name = name.get()?;
        Some(view! {
            <div class="colour-legend">
                <b>{name}</b>
                {legend_items(grid.loader.legend.get())}
            </div>
        })
    }
}

/// Colours with what they mean.
pub(super) fn legend_items(items: Vec<LegendItem>) -> Vec<impl IntoView> {
    let item = |item: LegendItem| {
        let colour = colour_of(item.colour);
        view! { <span class="legend-item"><i style:background=colour aria-hidden="true"></i>{item.label}</span> }
    };
    items.into_iter().map(item).collect()
}
