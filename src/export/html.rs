//! Tables and texts in HTML, without scripts.

/// A table in which cells are bold, by record and column; the first record is its header.
pub fn table_with(records: &[Vec<String>], is_bold: &dyn Fn(usize, usize) -> bool) -> String {
    let mut text = String::from("<table>\n");
    for (number, record) in records.iter().enumerate() {
        // On paper the header stands above each page's rows.
        text.push_str(match number {
            0 => "<thead><tr>",
            1 => "<tbody><tr>",
            _ => "<tr>",
        });
        let tag = if number == 0 { "th" } else { "td" };
        for (column, cell) in record.iter().enumerate() {
            let tag = if is_bold(number, column) { "th" } else { tag };
            element(tag, cell, &mut text);
        }
        text.push_str(if number == 0 {
            "</tr></thead>\n"
        } else {
            "</tr>\n"
        });
    }
    text.push_str(if records.len() > 1 {
        "</tbody></table>\n"
    } else {
        "</table>\n"
    });
    text
}

/// An element that holds a text.
pub fn element(tag: &str, text: &str, out: &mut String) {
    around(tag, out, &mut |out| escape(text, out));
}

/// An element that holds what `inside` writes.
pub fn around(tag: &str, out: &mut String, inside: &mut dyn FnMut(&mut String)) {
    for part in ["<", tag, ">"] {
        out.push_str(part);
    }
    inside(out);
    for part in ["</", tag, ">"] {
        out.push_str(part);
    }
}

/// Text that is shown as it is.
pub fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(letter),
            control if control.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_cells_is_no_markup() {
        let record = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let records = [record(["name", "a&b"]), record(["<script>", "x\u{7}\"y"])];
        assert_eq!(
            table_with(&records, &|record, column| (record, column) == (1, 1)),
            "<table>\n<thead><tr><th>name</th><th>a&amp;b</th></tr></thead>\n\
             <tbody><tr><td>&lt;script&gt;</td><th>x &quot;y</th></tr>\n</tbody></table>\n"
        );
    }
}
