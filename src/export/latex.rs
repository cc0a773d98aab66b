//! Tables in LaTeX for papers, with the rules of `booktabs`.

/// A table in text.
pub struct Table<'a> {
    /// The first record is the header.
    pub records: &'a [Vec<String>],
    /// Which columns stand at the right.
    pub at_right: &'a [bool],
    /// Which cells are bold, by record and column.
    pub is_bold: &'a dyn Fn(usize, usize) -> bool,
    /// What it is of; stands in the caption.
    pub caption: &'a str,
    /// What a reader of the source wants to know; stands in comments before the table.
    pub comments: &'a [String],
}

impl Table<'_> {
    /// The source of the table, which needs `\usepackage{booktabs}`.
    pub fn source(&self) -> String {
        let mut text = String::new();
        for comment in self.comments {
            text.push_str("% ");
            text.extend(
                comment
                    .chars()
                    .map(|c| if c.is_control() { ' ' } else { c }),
            );
            text.push('\n');
        }
        text.push_str(
            "% needs \\usepackage{booktabs}\n\\begin{table}\n\\centering\n\\begin{tabular}{",
        );
        text.extend(
            self.at_right
                .iter()
                .map(|right| if *right { 'r' } else { 'l' }),
        );
        text.push_str("}\n\\toprule\n");
        for (number, record) in self.records.iter().enumerate() {
            for (column, cell) in record.iter().enumerate() {
                if column > 0 {
                    text.push_str(" & ");
                }
                if (self.is_bold)(number, column) {
                    // Figures in mathematics are bold by `\boldmath` alone.
                    text.push_str("{\\bfseries\\boldmath ");
                    escape(cell, &mut text);
                    text.push('}');
                } else {
                    escape(cell, &mut text);
                }
            }
            text.push_str(" \\\\\n");
            if number == 0 {
                text.push_str("\\midrule\n");
            }
        }
        text.push_str("\\bottomrule\n\\end{tabular}\n\\caption{");
        escape(self.caption, &mut text);
        text.push_str("}\n\\end{table}\n");
        let is_shown = |line: &str| !line.starts_with('%');
        if !text
            .lines()
            .filter(|line| is_shown(line))
            .all(str::is_ascii)
        {
            text.insert_str(
                0,
                "% has letters beyond ASCII: pdflatex may not have them, lualatex and xelatex do\n",
            );
        }
        text
    }
}

/// Text that is set as it is, on one line.
pub fn escape(text: &str, out: &mut String) {
    let mut before = ' ';
    for letter in text.chars() {
        let after = std::mem::replace(&mut before, letter);
        match letter {
            // Two become a dash.
            '-' if after == '-' => out.push_str("{}-"),
            // After the end of a row these are of its command.
            '[' => out.push_str("{[}"),
            '*' => out.push_str("{*}"),
            '`' => out.push_str("\\textasciigrave{}"),
            '’' => out.push('\''),
            '≤' => out.push_str("$\\leq$"),
            '≥' => out.push_str("$\\geq$"),
            '\\' => out.push_str("\\textbackslash{}"),
            '{' | '}' | '$' | '&' | '#' | '_' | '%' => {
                out.push('\\');
                out.push(letter);
            }
            '^' => out.push_str("\\textasciicircum{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            // In the letters that pdflatex takes by itself this is a dash.
            '|' => out.push_str("$|$"),
            '<' => out.push_str("$<$"),
            '>' => out.push_str("$>$"),
            '±' => out.push_str("$\\pm$"),
            '∞' => out.push_str("$\\infty$"),
            '−' => out.push_str("$-$"),
            '▲' => out.push_str("$\\uparrow$"),
            '▼' => out.push_str("$\\downarrow$"),
            '≈' => out.push_str("$\\approx$"),
            '†' => out.push_str("\\textdagger{}"),
            '–' => out.push_str("--"),
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_cells_is_no_command() {
        let mut text = String::new();
        escape("a_b\\input{x} 5% ~ 0.1 ± 0.2\n$^2$", &mut text);
        assert_eq!(
            text,
            "a\\_b\\textbackslash{}input\\{x\\} 5\\% \\textasciitilde{} 0.1 $\\pm$ 0.2 \\$\\textasciicircum{}2\\$"
        );
    }

    #[test]
    fn a_cell_is_no_part_of_the_end_of_the_row_before() {
        let mut text = String::new();
        escape("[64] *a --b|c ?`", &mut text);
        assert_eq!(text, "{[}64] {*}a -{}-b$|$c ?\\textasciigrave{}");
        let records = [["λ".to_owned()].to_vec()];
        let table = Table {
            records: &records,
            at_right: &[false],
            is_bold: &|_, _| false,
            caption: "",
            comments: &[],
        };
        assert!(table.source().starts_with("% has letters beyond ASCII"));
    }

    #[test]
    fn a_table_has_its_rules_its_bold_cell_and_comments_on_lines_of_their_own() {
        let record = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let table = Table {
            records: &[
                record(["run", "loss"]),
                record(["a", "0.1"]),
                record(["b", "0.2"]),
            ],
            at_right: &[false, true],
            is_bold: &|record, column| (record, column) == (1, 1),
            caption: "2 of 3 runs",
            comments: &["filter: lr < 1\n\\end{document}".to_owned()],
        };
        assert_eq!(
            table.source(),
            "% filter: lr < 1 \\end{document}\n% needs \\usepackage{booktabs}\n\\begin{table}\n\\centering\n\
             \\begin{tabular}{lr}\n\\toprule\nrun & loss \\\\\n\\midrule\na & {\\bfseries\\boldmath 0.1} \\\\\n\
             b & 0.2 \\\\\n\\bottomrule\n\\end{tabular}\n\\caption{2 of 3 runs}\n\\end{table}\n"
        );
    }
}
