//! Runs or groups side by side: what differs first, told against the baseline, texts line by line.

use super::asked::asked;
use super::body::colour_of;
use super::brief::evidence_link;
use super::curves::curves_beside;
use super::table::put_in_clipboard;
use crate::chart::number::counted;
use crate::engine::explain::PathEnd;
use crate::engine::protocol::{
    Answer, Ask, Cell, CellKind, Change, ColumnInfo, CompareFormat, CompareQuestion,
    ComparedColumn, ComparedPart, ComparedRow, DiffKind, Evidence, MarkHow, MarkLines, RowColour,
    SideBySide, TextDiff,
};
use crate::engine::side_by_side::{FIRST_ROWS, MOST_ROWS};
use crate::engine::view::{Baseline, Tab};
use crate::ledger::{ColumnId, Role};
use crate::page::prelude::*;
use crate::page::state::App;
use std::sync::Arc;

/// Two texts that are told line by line: the column, its name, the one row and the other.
pub(super) type Opened = RwSignal<Option<(ColumnId, String, usize, usize)>>;

/// The comparison.
#[component]
pub(crate) fn CompareView(app: App) -> impl IntoView {
    let most = RwSignal::new(FIRST_ROWS);
    let question = move || {
        // The selection knows what is marked, how it is grouped and what it is told against.
        (app.selection.get() > 0).then(|| {
            let set = app.view.with(|view| view.compare.clone());
            CompareQuestion {
                run: None,
                search: set.search,
                same: set.same,
                most: most.get(),
            }
        })
    };
    let said = asked(
        app,
        move || question().map(Ask::Compare),
        |said| match said {
            Answer::Compared(said) => Some(said),
            _ => None,
        },
    );
    let copy = move |format: CompareFormat| {
        let Some(question) = untrack(question) else {
            return;
        };
        let ask = Ask::CopyCompared {
            question: CompareQuestion {
                most: MOST_ROWS,
                ..question
            },
            transposed: app.view.with_untracked(|view| view.compare.transposed),
            format,
        };
        app.ask(ask, move |answer| {
            if let Answer::Copied(text) = answer {
                put_in_clipboard(app, &text, Some("Copied the comparison.".to_owned()));
            }
        });
    };
    let transposed = Memo::new(move |_| app.view.with(|view| view.compare.transposed));
    let opened: Opened = RwSignal::new(None);
    let has_curves = Memo::new(move |_| {
        let has_columns =
            said.with(|said| said.as_ref().is_some_and(|said| !said.columns.is_empty()));
        let has = |column: &ColumnInfo| column.role == Role::Metric && column.has_history;
        has_columns && app.ledger.with(|ledger| ledger.columns.iter().any(has))
    });
    view! {
        <section class="importance compare" class:with-curves=move || has_curves.get() data-view="compare" aria-label="Compare">
            <div class="importance-head"><h2>"Compare"</h2></div>
            <div class="curves-bar">
                <input
                    type="search"
                    aria-label="Search rows"
                    placeholder="Search rows"
                    prop:value=move || app.view.with(|view| view.compare.search.clone())
                    on:input=by::any(move |event| app.change_quietly(|view| view.compare.search = event_target_value(&event)))
                />
                {toggle("Runs as rows", move || transposed.get(), move || app.change(|view| view.compare.transposed = !view.compare.transposed))}
                {toggle("Same rows", move || app.view.with(|view| view.compare.same), move || app.change(|view| view.compare.same = !view.compare.same))}
                <button type="button" class="button" on:click=by::mouse(move |_| copy(CompareFormat::Markdown))>"Copy as Markdown"</button>
                <button type="button" class="button" on:click=by::mouse(move |_| copy(CompareFormat::Latex))>"Copy as LaTeX"</button>
                <button type="button" class="button" on:click=by::mouse(move |_| copy(CompareFormat::Tabs))>"Copy as TSV"</button>
            </div>
            {move || said.get().map(|said| contents(app, &said, transposed.get(), opened, most))}
            {curves_beside(app, has_curves, move || said.get().and_then(|said| curves_link(app, &said)))}
        </section>
    }
}

/// A button that is on or off.
fn toggle(
    label: &'static str,
    is_on: impl Fn() -> bool + Copy + Send + 'static,
    act: impl Fn() + 'static,
) -> AnyView {
    view! {
        <button type="button" class="quiet-button" aria-pressed=move || is_on().to_string() on:click=by::mouse(move |_| act())>
            {label}
        </button>
    }
    .into_any()
}

fn contents(
    app: App,
    said: &Arc<SideBySide>,
    transposed: bool,
    opened: Opened,
    most: RwSignal<usize>,
) -> AnyView {
    let rows: Vec<usize> = said.columns.iter().map(|column| column.row).collect();
    let can_select =
        !said.chosen && !rows.is_empty() && said.columns.iter().all(|column| column.runs == 1);
    let select = move |_| {
        for row in &rows {
            app.mark(MarkLines::Row(*row), MarkHow::Add);
        }
    };
    let select = can_select.then(|| {
        view! { <button type="button" class="button" on:click=by::mouse(select)>"Select these"</button> }
    });
    let found = said.differ + said.alike * usize::from(!said.same.is_empty());
    let more = (found > said.rows).then(|| {
        view! {
            <p>
                {format!("{} of {}. ", said.rows, counted(found, "row"))}
                <button type="button" class="button" on:click=by::mouse(move |_| most.update(|most| *most *= 5))>"Show more"</button>
            </p>
        }
        .into_any()
    });
    let alike = format!(
        "{} {}; {} the same in all{}",
        counted(said.differ, "row"),
        if said.differ == 1 {
            "differs"
        } else {
            "differ"
        },
        said.alike,
        if said.same.is_empty() && said.alike > 0 {
            ": “Same rows” shows them."
        } else {
            "."
        }
    );
    let has_objective = app.view.with_untracked(|view| view.objective.is_some());
    view! {
        <p class="compare-told">{said.told.clone()} " " {select}</p>
        {diff_panel(app, opened)}
        {compared_table(app, said, transposed, has_objective, opened)}
        {on_paper(app, said, transposed, opened)}
        <p class="faint" data-testid="compare-counts">{alike} " " {said.cut.clone()}</p>
        {more}
    }
    .into_any()
}

/// A link to all curves of those that are compared, where a filter can name them.
fn curves_link(app: App, said: &SideBySide) -> Option<AnyView> {
    let link = Evidence {
        tab: Tab::Curves,
        filter: said.filter.clone()?,
        sort: None,
        grouping: None,
        open: None,
    };
    Some(evidence_link(app, link, "Curves of all metrics".to_owned()))
}

/// The same in as many tables as have room on sheets of paper, while it is printed.
fn on_paper(app: App, said: &Arc<SideBySide>, transposed: bool, opened: Opened) -> AnyView {
    let said = Arc::clone(said);
    let sheets = move || {
        app.is_printed.get().then(|| {
            let (sheets, is_small) = said.sheets(transposed);
            let tables = sheets.iter();
            let tables = tables.map(|sheet| compared_table(app, sheet, transposed, false, opened));
            let tables = tables.collect::<Vec<_>>();
            view! { <div class="sheets" class:small=is_small>{tables}</div> }.into_any()
        })
    };
    view! { {sheets} }.into_any()
}

/// The runs and what they have.
pub(super) fn compared_table(
    app: App,
    said: &SideBySide,
    transposed: bool,
    with_ways: bool,
    opened: Opened,
) -> AnyView {
    // One alone differs from nothing: then the parts are just what they are.
    let is_alone = said.columns.len() == 1;
    let differing = said.differing.iter().map(|part| (part, true));
    let same = said.same.iter().map(|part| (part, is_alone));
    let parts: Vec<(&ComparedPart, bool)> = differing.chain(same).collect();
    if parts.is_empty() {
        return view! { <p class="faint">"Nothing to show."</p> }.into_any();
    }
    let from = said.columns.first().filter(|column| column.baseline);
    let with_ways = with_ways && from.is_some_and(|column| column.runs == 1);
    let from = from.map(|column| column.row);
    let body = if transposed {
        transposed_body(app, said, &parts, with_ways, (from, opened))
    } else {
        plain_body(app, said, &parts, with_ways, (from, opened))
    };
    view! {
        <div class="compare-scroll" tabindex="0" role="region" aria-label="Side by side">
            <table class="side-by-side" class:turned=transposed>{body}</table>
        </div>
    }
    .into_any()
}

/// The name of a part.
fn title(role: Role, differs: bool) -> &'static str {
    match (role, differs) {
        (Role::Param, true) => "Params",
        (Role::Param, false) => "Params that are the same",
        (Role::Metric, true) => "Metrics",
        (Role::Metric, false) => "Metrics that are the same",
        (Role::Tag, true) => "Tags",
        (Role::Tag, false) => "Tags that are the same",
        (_, true) => "About",
        (_, false) => "About, the same",
    }
}

fn plain_body(
    app: App,
    said: &SideBySide,
    parts: &[(&ComparedPart, bool)],
    with_ways: bool,
    texts: (Option<usize>, Opened),
) -> AnyView {
    let heads = said
        .columns
        .iter()
        .map(|column| head(app, column, with_ways, "col"));
    let width = said.columns.len().to_string();
    let mut bodies = Vec::new();
    for (part, differs) in parts {
        let mut rows = Vec::new();
        for row in &part.rows {
            let indent = format!("{}px", 8 + 14 * row.depth);
            let cells: Vec<AnyView> = said
                .columns
                .iter()
                .zip(&row.cells)
                .map(|(column, made)| cell(row, column, made, texts))
                .collect();
            let rest = row
                .column
                .is_none()
                .then(|| view! { <td colspan=width.clone()></td> });
            rows.push(
                view! {
                    <tr data-key=row.key.clone()>
                        <th scope="row" title=row.key.clone() style:padding-left=indent>{row.label.clone()}</th>
                        {cells}
                        {rest}
                    </tr>
                }
                .into_any(),
            );
        }
        bodies.push(
            view! {
                <tbody>
                    <tr class="part">
                        <th scope="rowgroup">{title(part.role, *differs)}</th>
                        <td colspan=width.clone()></td>
                    </tr>
                    {rows}
                </tbody>
            }
            .into_any(),
        );
    }
    view! {
        <thead><tr><td></td>{heads.collect::<Vec<_>>()}</tr></thead>
        {bodies}
    }
    .into_any()
}

fn transposed_body(
    app: App,
    said: &SideBySide,
    parts: &[(&ComparedPart, bool)],
    with_ways: bool,
    texts: (Option<usize>, Opened),
) -> AnyView {
    let rows_of = |part: &ComparedPart| part.rows.iter().filter(|row| row.column.is_some()).count();
    let over = parts.iter().map(|(part, differs)| {
        let width = rows_of(part).to_string();
        view! { <th scope="colgroup" colspan=width>{title(part.role, *differs)}</th> }.into_any()
    });
    let rows: Vec<&ComparedRow> = parts
        .iter()
        .flat_map(|(part, _)| &part.rows)
        .filter(|row| row.column.is_some())
        .collect();
    let names = rows.iter().map(|row| {
        let name = row.key.split_once('.').map_or("", |(_, name)| name);
        view! { <th scope="col" data-key=row.key.clone()>{name.to_owned()}</th> }.into_any()
    });
    let mut lines = Vec::new();
    for (at, column) in said.columns.iter().enumerate() {
        let cells = rows.iter().filter_map(|row| {
            let made = row.cells.get(at)?;
            Some(cell(row, column, made, texts))
        });
        lines.push(
            view! {
                <tr>
                    {head(app, column, with_ways, "row")}
                    {cells.collect::<Vec<_>>()}
                </tr>
            }
            .into_any(),
        );
    }
    view! {
        <thead>
            <tr class="part"><td></td>{over.collect::<Vec<_>>()}</tr>
            <tr><td></td>{names.collect::<Vec<_>>()}</tr>
        </thead>
        <tbody>{lines}</tbody>
    }
    .into_any()
}

/// A run's or group's name and what can be done with it.
fn head(app: App, column: &ComparedColumn, with_ways: bool, scope: &'static str) -> AnyView {
    let ComparedColumn {
        row,
        name,
        runs,
        rank,
        baseline,
        selected,
        class,
    } = column.clone();
    let open = move |_| app.change(|view| view.run = Some(row));
    let called = if runs == 1 {
        view! { <button type="button" class="link-button" title="Everything about this run" on:click=by::mouse(open)>{name}</button> }
            .into_any()
    } else {
        view! { <span>{name}</span> }.into_any()
    };
    let mut facts = Vec::new();
    facts.extend(rank.map(|rank| format!("rank {rank}")));
    facts.extend((runs > 1).then(|| counted(runs, "run")));
    facts.extend(baseline.then(|| "baseline".to_owned()));
    let tell_against = move |_| {
        let now = if runs == 1 {
            Baseline::Run(row)
        } else {
            Baseline::Group(row)
        };
        app.change(|view| view.baseline = (!baseline).then_some(now));
    };
    let why = (with_ways && runs == 1 && !baseline).then(|| {
        let why = move |_| {
            app.change(|view| {
                view.tab = Tab::Importance;
                view.run = Some(row);
                view.explain.from = PathEnd::Baseline;
                view.explain.to = Some(PathEnd::Opened);
            });
        };
        view! {
            <button type="button" class="quiet-button" title="Which changes lead from the baseline to this run (Importance)" on:click=by::mouse(why)>
                "Why?"
            </button>
        }
    });
    let remove = (selected && runs == 1).then(|| {
        let remove = move |_| app.mark(MarkLines::Row(row), MarkHow::Toggle);
        view! { <button type="button" class="quiet-button" title="Select it no more" on:click=by::mouse(remove)>"Remove"</button> }
    });
    view! {
        <th scope=scope class="compare-head" class:baseline=baseline>
            <i class="compare-colour" aria-hidden="true" style:background=colour_of(RowColour::Class(class))></i>
            {called}
            <small class="faint">{facts.join(", ")}</small>
            <span class="compare-tools">
                <button
                    type="button"
                    class="quiet-button"
                    aria-pressed=baseline.to_string()
                    title="Tell the others against it"
                    on:click=by::mouse(tell_against)
                >
                    "Baseline"
                </button>
                {why}
                {remove}
            </span>
        </th>
    }
    .into_any()
}

/// What one has of a row.
fn cell(
    row: &ComparedRow,
    column: &ComparedColumn,
    made: &Cell,
    (from, opened): (Option<usize>, Opened),
) -> AnyView {
    let class = match (made.change, made.kind) {
        (Some(Change::Better), _) => "right better",
        (Some(Change::Worse), _) => "right worse",
        (Some(Change::Differs), CellKind::Number | CellKind::NotFinite) => "right differs",
        (Some(Change::Differs), _) => "differs",
        (_, CellKind::Number | CellKind::NotFinite) => "right",
        (_, CellKind::Missing) => "missing",
        _ => "",
    };
    let text = if made.kind == CellKind::Missing && made.text.is_empty() {
        "–".to_owned()
    } else {
        made.text.clone()
    };
    let to = column.row;
    let diff = from
        .filter(|from| row.long && *from != to)
        .zip(row.column)
        .map(|(from, id)| {
            let name = row.key.clone();
            let open = move |_| opened.set(Some((id, name.clone(), from, to)));
            view! {
                <button type="button" class="quiet-button" title="Line by line against the baseline" on:click=by::mouse(open)>"Diff"</button>
            }
            .into_any()
        });
    view! { <td class=class title=made.full.clone()>{text} {diff}</td> }.into_any()
}

/// Two texts line by line, where they were opened.
pub(super) fn diff_panel(app: App, opened: Opened) -> AnyView {
    let question = move || {
        let (column, _, from, to) = opened.get()?;
        Some(Ask::TextDiff { column, from, to })
    };
    let said = asked(app, question, |said| match said {
        Answer::TextDiff(said) => said,
        _ => None,
    });
    let shown = move || {
        let name = opened.get().map(|(_, name, ..)| name)?;
        said.get().map(|said| diff_view(&said, name, opened))
    };
    view! { {shown} }.into_any()
}

fn diff_view(said: &TextDiff, name: String, opened: Opened) -> AnyView {
    let noun = if said.by_word { "word" } else { "line" };
    let told = format!(
        "{}: {} of the baseline’s not here, {} new.",
        name,
        counted(said.less, noun),
        said.more
    );
    let lines = said.lines.iter().map(|line| {
        let (class, mark) = match line.kind {
            DiffKind::Same => ("", "  "),
            DiffKind::Less => ("less", "− "),
            DiffKind::More => ("more", "+ "),
            DiffKind::Skipped => ("faint", "… "),
        };
        let text = line.text.clone();
        view! { <span class=class>{mark} {text} "\n"</span> }.into_any()
    });
    view! {
        <section class="text-diff" aria-label="Difference">
            <header>
                <h3>{told}</h3>
                <button type="button" class="button" on:click=by::mouse(move |_| opened.set(None))>"Close"</button>
            </header>
            {said.problem.clone().map(|problem| view! { <p role="status">{problem}</p> })}
            <pre tabindex="0" aria-label="Difference, line by line">{lines.collect::<Vec<_>>()}</pre>
        </section>
    }
    .into_any()
}
