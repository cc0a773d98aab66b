//! Each two of a few columns as a table: names along its diagonal, dots below and correlations above, and a cell shows its two.

use super::display::legend_items;
use super::heat_table::{HeatCell, heat_table};
use super::saving::{image_of, save_picture};
use super::scattered::on_ground;
use super::space::paint;
use crate::engine::protocol::{ScatterMatrix, Scattered};
use crate::engine::saved::matrix_plate;
use crate::page::prelude::*;
use crate::page::state::App;
use leptos::html::Canvas;
use std::sync::Arc;

/// The table.
pub(super) fn matrix_view(app: App, said: &Arc<Scattered>, matrix: &ScatterMatrix) -> AnyView {
    let ScatterMatrix {
        columns,
        cells,
        legend,
        width,
        pixels,
    } = matrix;
    let show = |up: &str, along: &str| -> Option<Box<dyn Fn()>> {
        let (up, along) = (up.to_owned(), along.to_owned());
        Some(Box::new(move || {
            app.change(|view| {
                let set = &mut view.scatter;
                set.y.clone_from(&up);
                set.x.clone_from(&along);
                set.matrix.clear();
            });
        }))
    };
    let rows = columns.iter().enumerate().map(|(row, (up, name))| {
        let cell = |(column, (along, other)): (usize, &(String, String))| {
            if row == column {
                return Some(HeatCell::plain(name.clone(), 0.0));
            }
            let press = show(up, along);
            if column < row {
                return Some(HeatCell {
                    title: Some(format!("{name} over {other}. Show them in Scatter")),
                    press,
                    ..HeatCell::plain(String::new(), 0.0)
                });
            }
            let cell = cells.get(column)?.get(row)?;
            Some(HeatCell {
                is_noise: cell.is_weak,
                title: Some(cell.title.clone()),
                press,
                ..HeatCell::plain(cell.text.clone(), cell.value)
            })
        };
        (name.clone(), columns.iter().enumerate().map(cell).collect())
    });
    let rows = rows.collect();
    let heads = columns.iter().map(|(_, name)| name.clone().into_any());
    let canvas = NodeRef::<Canvas>::new();
    let (width, pixels) = (*width, pixels.clone());
    Effect::new(move |_| {
        if let Some(canvas) = canvas.get() {
            paint(&canvas, width, &pixels);
        }
    });
    let kept = Arc::clone(said);
    let saving = save_picture(app, "scatter matrix", move |style, give| {
        on_ground(app, &kept.set, style, move |said| {
            if let Some(matrix) = &said.matrix {
                give(matrix_plate(matrix, &said.words, &image_of));
            }
        });
    });
    let count = columns.len().to_string();
    view! {
        <span class="colour-legend">{legend_items(legend.clone())}</span>
        <div class="bars-scroll">
            <div class="scatter-matrix" style:--count=count>
                {heat_table("Each two columns: dots below the diagonal, correlations above it", "", heads.collect(), rows)}
                <canvas node_ref=canvas aria-hidden="true"></canvas>
            </div>
        </div>
        {saving}
    }
    .into_any()
}
