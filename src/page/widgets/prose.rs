//! Words in Markdown on the page, as elements: nothing of them is read as HTML.

use crate::engine::sharing::prose::{Block, Span, Style, blocks};
use crate::page::prelude::*;

/// Words as they are shown.
pub fn prose(notes: &str) -> Vec<AnyView> {
    let span = |span: &Span| {
        let text = span.text.clone();
        match span.style {
            Style::Plain => text.into_any(),
            Style::Strong => view! { <strong>{text}</strong> }.into_any(),
            Style::Emphasis => view! { <em>{text}</em> }.into_any(),
            Style::Code => view! { <code>{text}</code> }.into_any(),
            Style::Link => {
                view! { <a href=span.address.clone() target="_blank" rel="noopener noreferrer">{text}</a> }.into_any()
            }
        }
    };
    let line = |spans: &[Span]| spans.iter().map(span).collect::<Vec<_>>();
    let cell = |place: usize, spans: &[Span]| {
        if place == 0 {
            view! { <th scope="col">{line(spans)}</th> }.into_any()
        } else {
            view! { <td>{line(spans)}</td> }.into_any()
        }
    };
    let row = |(place, cells): (usize, &Vec<Vec<Span>>)| {
        let cells = cells.iter().map(|spans| cell(place, spans));
        view! { <tr>{cells.collect::<Vec<_>>()}</tr> }.into_any()
    };
    let block = |block: &Block| match block {
        Block::Heading(1 | 2, spans) => view! { <h3>{line(spans)}</h3> }.into_any(),
        Block::Heading(_, spans) => view! { <h4>{line(spans)}</h4> }.into_any(),
        Block::Paragraph(spans) => view! { <p>{line(spans)}</p> }.into_any(),
        Block::List(first, items) => {
            let items = items.iter();
            let items = items.map(|item| view! { <li>{line(item)}</li> }.into_any());
            let items = items.collect::<Vec<_>>();
            match first {
                Some(first) => view! { <ol start=*first>{items}</ol> }.into_any(),
                None => view! { <ul>{items}</ul> }.into_any(),
            }
        }
        Block::Table(rows) => {
            let rows = rows.iter().enumerate().map(row);
            view! { <table>{rows.collect::<Vec<_>>()}</table> }.into_any()
        }
        Block::Code(lines) => view! { <pre>{lines.clone()}</pre> }.into_any(),
    };
    blocks(notes).iter().map(block).collect()
}
