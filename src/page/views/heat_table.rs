//! A table of params against something, whose cells are the deeper in colour the more they say.

use crate::page::prelude::*;

/// A cell.
pub(super) struct HeatCell {
    pub(super) text: String,
    /// How deep its colour is, 0 to 1; below 0 it is the other colour, to -1.
    pub(super) part: f64,
    /// Whether what it says cannot be told from noise.
    pub(super) is_noise: bool,
    /// What a pointer or a screen reader is told besides.
    pub(super) title: Option<String>,
    /// What it does when it is pressed.
    pub(super) press: Option<Box<dyn Fn()>>,
}

impl HeatCell {
    /// A cell that says nothing more and does nothing.
    pub(super) fn plain(text: String, part: f64) -> Self {
        Self {
            text,
            part,
            is_noise: false,
            title: None,
            press: None,
        }
    }
}

/// The table: `None` is an empty place, as on a diagonal.
pub(super) fn heat_table(
    caption: &'static str,
    corner: &'static str,
    heads: Vec<AnyView>,
    rows: Vec<(String, Vec<Option<HeatCell>>)>,
) -> AnyView {
    let heads = heads
        .into_iter()
        .map(|head| view! { <th scope="col">{head}</th> }.into_any());
    let heads = heads.collect::<Vec<_>>();
    let rows = rows.into_iter().map(|(name, cells)| {
        let cells = cells.into_iter().map(heat_cell).collect::<Vec<_>>();
        view! { <tr><th scope="row">{name}</th>{cells}</tr> }.into_any()
    });
    let rows = rows.collect::<Vec<_>>();
    view! {
        <div class="bars-scroll">
            <table class="heat">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{corner}</th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn heat_cell(cell: Option<HeatCell>) -> AnyView {
    let Some(HeatCell {
        text,
        part,
        is_noise,
        title,
        press,
    }) = cell
    else {
        return view! { <td class="diagonal"></td> }.into_any();
    };
    let content = match press {
        Some(press) => {
            view! { <button title=title.clone() on:click=by::mouse(move |_| press())>{text}</button> }
                .into_any()
        }
        None => text.into_any(),
    };
    view! { <td class:noise=is_noise class:against={part < 0.0} style:--part=format!("{:.3}", part.abs()) title=title>{content}</td> }
        .into_any()
}
