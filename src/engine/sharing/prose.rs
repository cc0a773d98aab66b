//! Notes in Markdown, as far as notes of experiments need it: headings, paragraphs, lists, code, bold and emphasis.
//!
//! What is not understood stays text; HTML and links are text, so that a report loads nothing from anywhere.

use crate::export::html;

/// A part of notes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading of this level, from 1 to 4.
    Heading(usize, Vec<Span>),
    /// A paragraph.
    Paragraph(Vec<Span>),
    /// Items of a list.
    List(Vec<Vec<Span>>),
    /// Lines of code.
    Code(String),
}

/// A part of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As it is.
    Plain,
    /// Bold.
    Strong,
    /// In italics.
    Emphasis,
    /// Code.
    Code,
}

/// Text in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// How it looks.
    pub style: Style,
    /// The text.
    pub text: String,
}

/// The parts of notes.
pub fn blocks(notes: &str) -> Vec<Block> {
    let mut made = Vec::new();
    let mut paragraph = String::new();
    let mut code: Option<String> = None;
    for line in notes.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") {
            end_paragraph(&mut paragraph, &mut made);
            code = match code.take() {
                Some(lines) => {
                    made.push(Block::Code(lines));
                    None
                }
                None => Some(String::new()),
            };
            continue;
        }
        if let Some(lines) = &mut code {
            lines.push_str(line);
            lines.push('\n');
            continue;
        }
        let hashes = trimmed.bytes().take_while(|byte| *byte == b'#').count();
        let item = trimmed
            .strip_prefix("- ")
            .or_else(|| trimmed.strip_prefix("* "));
        if trimmed.is_empty() {
            end_paragraph(&mut paragraph, &mut made);
        } else if let (1..=4, Some(text)) = (
            hashes,
            trimmed
                .get(hashes..)
                .and_then(|rest| rest.strip_prefix(' ')),
        ) {
            end_paragraph(&mut paragraph, &mut made);
            made.push(Block::Heading(hashes, spans(text)));
        } else if let Some(item) = item {
            end_paragraph(&mut paragraph, &mut made);
            match made.last_mut() {
                Some(Block::List(items)) => items.push(spans(item)),
                _ => made.push(Block::List(vec![spans(item)])),
            }
        } else {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(trimmed);
        }
    }
    end_paragraph(&mut paragraph, &mut made);
    made.extend(code.map(Block::Code));
    made
}

fn end_paragraph(paragraph: &mut String, made: &mut Vec<Block>) {
    if !paragraph.is_empty() {
        made.push(Block::Paragraph(spans(paragraph)));
        paragraph.clear();
    }
}

/// The parts of a line.
fn spans(line: &str) -> Vec<Span> {
    let mut made: Vec<Span> = Vec::new();
    let mut push = |style: Style, text: &str| {
        if !text.is_empty() {
            let text = text.to_owned();
            made.push(Span { style, text });
        }
    };
    let (mut plain, mut at) = (0, 0);
    while let Some(rest) = line.get(at..) {
        let Some(step) = rest.find(['`', '*']) else {
            break;
        };
        let from = at + step;
        let marks = [
            ("**", Style::Strong),
            ("`", Style::Code),
            ("*", Style::Emphasis),
        ];
        let found = marks.iter().find_map(|(mark, style)| {
            let inner = line.get(from..)?.strip_prefix(mark)?;
            let len = inner.find(mark)?;
            let text = inner.get(..len)?;
            // `2 * 3 * 4` is no emphasis.
            let is_marked = !text.is_empty() && !text.starts_with(' ') && !text.ends_with(' ');
            is_marked.then(|| (*style, text, from + len + 2 * mark.len()))
        });
        match found {
            Some((style, text, end)) => {
                push(Style::Plain, line.get(plain..from).unwrap_or_default());
                push(style, text);
                (plain, at) = (end, end);
            }
            None => at = from + 1,
        }
    }
    push(Style::Plain, line.get(plain..).unwrap_or_default());
    made
}

/// Notes as HTML; headings begin at the second level, below the report's title.
pub fn html(notes: &str) -> String {
    let mut out = String::new();
    for block in blocks(notes) {
        match block {
            Block::Heading(level, spans) => wrap(&format!("h{}", level + 1), &spans, &mut out),
            Block::Paragraph(spans) => wrap("p", &spans, &mut out),
            Block::List(items) => {
                out.push_str("<ul>\n");
                for item in items {
                    wrap("li", &item, &mut out);
                }
                out.push_str("</ul>\n");
            }
            Block::Code(lines) => {
                html::element("pre", &lines, &mut out);
                out.push('\n');
            }
        }
    }
    out
}

fn wrap(tag: &str, spans: &[Span], out: &mut String) {
    html::around(tag, out, &mut |out| {
        for span in spans {
            match span.style {
                Style::Plain => html::escape(&span.text, out),
                Style::Strong => html::element("strong", &span.text, out),
                Style::Emphasis => html::element("em", &span.text, out),
                Style::Code => html::element("code", &span.text, out),
            }
        }
    });
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_read_as_they_are_written() {
        let notes = "# Night of *28*\n\nLower `lr` is **better**,\nas 2 * 3 * 4 says.\n- one\n* two <b>\n\n\
                     ```\na  b # c\n```\n#not\n####### too deep";
        assert_eq!(
            html(notes),
            "<h2>Night of <em>28</em></h2>\n\
             <p>Lower <code>lr</code> is <strong>better</strong>, as 2 * 3 * 4 says.</p>\n\
             <ul>\n<li>one</li>\n<li>two &lt;b&gt;</li>\n</ul>\n\
             <pre>a  b # c\n</pre>\n\
             <p>#not ####### too deep</p>\n"
        );
        assert_eq!(html("``` \n<i>"), "<pre>&lt;i&gt;\n</pre>\n");
        assert_eq!(html("** * ** `"), "<p>** * ** `</p>\n");
        assert_eq!(html(""), "");
    }
}
