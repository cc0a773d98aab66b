//! A report as HTML without scripts: what it is of, notes, the brief, the table and the charts of views, to be read anywhere and printed.

use super::{ReportText, charts, prose};
use crate::chart::svg::Plate;
use crate::engine::Workspace;
use crate::engine::protocol::{Answer, Ask, MarkHow, MarkLines, SelectQuestion, TableFormat};
use crate::engine::view::{Tab, View};
use crate::export::html;
use crate::ledger::{ColumnId, Ledger};

/// The look: ink on paper, narrow tables, headings kept with what follows.
const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1a1d21;\
background:#fff}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.85em;margin:1em 0;display:block;\
overflow-x:auto}th,td{padding:.25em .6em;border-bottom:1px solid #d5d9de;text-align:left;white-space:nowrap}p.small{color:#59616b;font-size:.85em}\
figure{margin:1em 0;break-inside:avoid}svg{max-width:100%;height:auto}figcaption{color:#59616b;font-size:.85em}\
pre,code{background:#f2f4f6;border-radius:4px}pre{padding:.6em;overflow-x:auto}h1,h2,h3{line-height:1.25;break-after:avoid}\
@media print{body{margin:0;max-width:none;font-size:10pt}table{display:table}th,td{white-space:normal}tr{break-inside:avoid}}";

/// The page of these runs; `columns` are those of the table, `importance` is drawn where it is known, and `selected` runs
/// stand side by side.
pub(crate) fn plain(
    text: &ReportText,
    ledger: Ledger,
    view: &View,
    columns: &[ColumnId],
    importance: Option<&Plate>,
    selected: Vec<usize>,
) -> String {
    let mut workspace = Workspace::default();
    workspace.append(ledger);
    workspace.answer(&Ask::Recollect {
        before: Box::new(text.made.clone()),
        all_known: false,
    });
    workspace.answer(&Ask::Select(Box::new(SelectQuestion {
        // The chosen runs are those that passed it.
        filter: String::new(),
        ..view.selection()
    })));
    let mut out = String::from(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
    );
    let title = if text.title.is_empty() {
        "Report of runs"
    } else {
        &text.title
    };
    html::element("title", title, &mut out);
    out.push_str("\n<style>");
    out.push_str(STYLE);
    out.push_str("</style>\n</head>\n<body>\n");
    html::element("h1", title, &mut out);
    out.push('\n');
    for line in &text.told {
        small(line, &mut out);
    }
    out.push_str(&prose::html(&text.notes));
    if text.tabs.contains(&Tab::Brief) {
        brief(&mut workspace, &mut out);
    }
    if text.tabs.contains(&Tab::Table) {
        out.push_str("<h2>Runs</h2>\n");
        let table = workspace.answer(&Ask::ExportSeen {
            format: TableFormat::Html,
            columns: columns.to_vec(),
            filter: String::new(),
        });
        if let Answer::Export { text, .. } = table {
            out.push_str(&text);
        }
    }
    let runs = text.told.first().cloned().unwrap_or_default();
    let objective = workspace.told_of_objective("Objective:");
    let objective = objective.map_or_else(String::new, |objective| format!("{objective}."));
    let about = format!("{runs} {objective}");
    for tab in &text.tabs {
        // Other charts are of all chosen runs alike; how many stand side by side is told with them.
        let (lines, about) = match tab {
            Tab::Compare => (MarkLines::Rows(selected.clone()), objective.as_str()),
            _ => (MarkLines::None, about.trim_end()),
        };
        let how = MarkHow::Only;
        workspace.answer(&Ask::Mark { lines, how });
        charts::write(&mut workspace, view, *tab, importance, about, &mut out);
    }
    small(
        &format!(
            "Made with runsift {}. This page has no scripts and loads nothing.",
            text.program
        ),
        &mut out,
    );
    out.push_str("</body>\n</html>\n");
    out
}

fn brief(workspace: &mut Workspace, out: &mut String) {
    let said = workspace.answer(&Ask::Brief {
        filter: String::new(),
    });
    let Answer::Brief(said) = said else { return };
    out.push_str("<h2>Brief</h2>\n<ul>\n");
    for sentence in &said.sentences {
        html::element("li", &sentence.text, out);
        out.push('\n');
    }
    out.push_str("</ul>\n");
    if !said.ranked.is_empty() {
        out.push_str(&html::table_with(&said.ranked_records(), &|_, _| false));
    }
}

fn small(line: &str, out: &mut String) {
    out.push_str("<p class=\"small\">");
    html::escape(line, out);
    out.push_str("</p>\n");
}
