//! Notes in Markdown, as far as notes of experiments need it: headings, paragraphs, lists, tables, code, links, bold and
//! emphasis.
//!
//! What is not understood stays text; HTML and pictures are text, so that a report loads nothing from anywhere. Links lead to
//! `http` and `https` addresses alone.

use crate::export::html;

/// A part of notes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading of this level, from 1 to 4.
    Heading(usize, Vec<Span>),
    /// A paragraph.
    Paragraph(Vec<Span>),
    /// Items of a list, and the number of the first where they have numbers.
    List(Option<u32>, Vec<Vec<Span>>),
    /// Lines of a table, the first of which heads it.
    Table(Vec<Vec<Vec<Span>>>),
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
    /// A link.
    Link,
}

/// Text in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// How it looks.
    pub style: Style,
    /// The text.
    pub text: String,
    /// Where it leads, if it is a link.
    pub address: String,
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
        } else if let Some((number, item)) = item(trimmed) {
            end_paragraph(&mut paragraph, &mut made);
            match made.last_mut() {
                Some(Block::List(first, items)) if first.is_some() == number.is_some() => {
                    items.push(spans(item));
                }
                _ => made.push(Block::List(number, vec![spans(item)])),
            }
        } else if let Some(cells) = trimmed
            .strip_prefix('|')
            .filter(|cells| cells.contains('|'))
        {
            end_paragraph(&mut paragraph, &mut made);
            let cells = cells.strip_suffix('|').unwrap_or(cells).split('|');
            let cells: Vec<&str> = cells.map(str::trim).collect();
            let is_rule =
                |cell: &str| cell.contains('-') && cell.bytes().all(|byte| b":-".contains(&byte));
            match made.last_mut() {
                Some(Block::Table(_)) if cells.iter().copied().all(is_rule) => {}
                Some(Block::Table(lines)) => {
                    lines.push(cells.into_iter().map(spans).collect());
                }
                _ => made.push(Block::Table(vec![cells.into_iter().map(spans).collect()])),
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

/// What stands behind the mark of an item of a list, and its number, if the mark is one.
fn item(line: &str) -> Option<(Option<u32>, &str)> {
    if let Some(item) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some((None, item));
    }
    let (number, rest) = line.split_once(['.', ')'])?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let number = number.parse().ok().filter(|_| is_number)?;
    Some((Some(number), rest.strip_prefix(' ')?))
}

/// The text of the link that a line begins with, where it leads, and how long it is: `[text](https://…)`.
fn link(line: &str) -> Option<(&str, &str, usize)> {
    let (text, rest) = line.strip_prefix('[')?.split_once("](")?;
    let (address, _) = rest.split_once(')')?;
    let leads = address.starts_with("https://") || address.starts_with("http://");
    let is_whole = !text.is_empty() && !text.contains(['[', ']']) && !address.contains(' ');
    (leads && is_whole).then_some((text, address, text.len() + address.len() + 4))
}

/// The parts of a line.
fn spans(line: &str) -> Vec<Span> {
    let mut made: Vec<Span> = Vec::new();
    let mut push = |style: Style, text: &str, address: &str| {
        if !text.is_empty() {
            made.push(Span {
                style,
                text: text.to_owned(),
                address: address.to_owned(),
            });
        }
    };
    let (mut plain, mut at) = (0, 0);
    while let Some(rest) = line.get(at..) {
        let Some(step) = rest.find(['`', '*', '[']) else {
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
            is_marked.then(|| (*style, text, "", from + len + 2 * mark.len()))
        });
        let leading = || {
            let (text, address, len) = link(line.get(from..)?)?;
            Some((Style::Link, text, address, from + len))
        };
        let found = found.or_else(leading);
        match found {
            Some((style, text, address, end)) => {
                push(Style::Plain, line.get(plain..from).unwrap_or_default(), "");
                push(style, text, address);
                (plain, at) = (end, end);
            }
            None => at = from + 1,
        }
    }
    push(Style::Plain, line.get(plain..).unwrap_or_default(), "");
    made
}

/// Notes as HTML; headings begin at the second level, below the report's title.
pub fn html(notes: &str) -> String {
    let mut out = String::new();
    for block in blocks(notes) {
        match block {
            Block::Heading(level, spans) => wrap(&format!("h{}", level + 1), &spans, &mut out),
            Block::Paragraph(spans) => wrap("p", &spans, &mut out),
            Block::List(first, items) => {
                out.push_str(&match first {
                    Some(first) => format!("<ol start=\"{first}\">\n"),
                    None => "<ul>\n".to_owned(),
                });
                for item in items {
                    wrap("li", &item, &mut out);
                }
                out.push_str(if first.is_some() {
                    "</ol>\n"
                } else {
                    "</ul>\n"
                });
            }
            Block::Table(lines) => {
                out.push_str("<table>\n");
                for (place, line) in lines.iter().enumerate() {
                    out.push_str("<tr>");
                    for cell in line {
                        wrap(if place == 0 { "th" } else { "td" }, cell, &mut out);
                    }
                    out.push_str("</tr>\n");
                }
                out.push_str("</table>\n");
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
                Style::Link => {
                    out.push_str("<a rel=\"noopener noreferrer\" href=\"");
                    html::escape(&span.address, out);
                    out.push_str("\">");
                    html::escape(&span.text, out);
                    out.push_str("</a>");
                }
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
        assert_eq!(
            html("1. a\n2) b\n- c\n\n| x | y |\n|---|:-:|\n| 1 | `2` |\n3.5 is no item"),
            "<ol start=\"1\">\n<li>a</li>\n<li>b</li>\n</ol>\n<ul>\n<li>c</li>\n</ul>\n\
             <table>\n<tr><th>x</th>\n<th>y</th>\n</tr>\n<tr><td>1</td>\n<td><code>2</code></td>\n</tr>\n</table>\n\
             <p>3.5 is no item</p>\n"
        );
        assert_eq!(
            html(
                "see [the \"paper\"](https://a.org/?b=\"c\"&d), [x](javascript:alert(1)) [y] ![p](https://p)"
            ),
            "<p>see <a rel=\"noopener noreferrer\" href=\"https://a.org/?b=&quot;c&quot;&amp;d\">the &quot;paper&quot;</a>, \
             [x](javascript:alert(1)) [y] !<a rel=\"noopener noreferrer\" href=\"https://p\">p</a></p>\n"
        );
        assert_eq!(html("``` \n<i>"), "<pre>&lt;i&gt;\n</pre>\n");
        assert_eq!(html("** * ** `"), "<p>** * ** `</p>\n");
        assert_eq!(html(""), "");
    }
}
