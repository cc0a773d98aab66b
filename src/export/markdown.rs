//! Tables in Markdown, as GitHub and others render them.

/// A table; the first record is its header.
pub fn table(records: &[Vec<String>]) -> String {
    table_with(records, &|_, _| false)
}

/// A table in which cells are bold, by record and column.
pub fn table_with(records: &[Vec<String>], is_bold: &dyn Fn(usize, usize) -> bool) -> String {
    let mut text = String::new();
    for (number, record) in records.iter().enumerate() {
        for (column, cell) in record.iter().enumerate() {
            let around = if is_bold(number, column) { "**" } else { "" };
            text.push_str("| ");
            text.push_str(around);
            escape(cell, &mut text);
            text.push_str(around);
            text.push(' ');
        }
        text.push_str("|\n");
        if number == 0 {
            text.extend(record.iter().map(|_| "| --- "));
            text.push_str("|\n");
        }
    }
    text
}

/// Text that is shown as it is, on one line.
pub fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        if "\\`*_[]<>|~&$".contains(letter) {
            out.push('\\');
        }
        out.push(if letter.is_control() { ' ' } else { letter });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_cells_is_no_markup() {
        let record = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let records = [record(["name", "run_1"]), record(["a|b", "x\ny ~&lt;$"])];
        assert_eq!(
            table(&records),
            "| name | run\\_1 |\n| --- | --- |\n| a\\|b | x y \\~\\&lt;\\$ |\n"
        );
        assert!(
            table_with(&records, &|record, column| (record, column) == (1, 0))
                .contains("| **a\\|b** |")
        );
    }
}
