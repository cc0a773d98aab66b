//! Which columns a table has, where they stand and how wide they are.

use super::*;
use crate::engine::view::{Baseline, Center, Direction, Objective, Statistic, Until};

fn info() -> LedgerInfo {
    let column = |number: u32, role: Role, name: &str, varies: bool| ColumnInfo {
        id: ColumnId(number),
        key: format!("{}.{name}", role.word()),
        name: name.to_owned(),
        role,
        kind: Kind::Number,
        varies,
        present: 9,
        doubt: None,
        has_history: false,
        sources: Vec::new(),
        source_count: 0,
        parts: Vec::new(),
        formula: None,
    };
    LedgerInfo {
        runs: 9,
        columns: vec![
            column(0, Role::Param, "lr", true),
            column(1, Role::Param, "depth", true),
            column(2, Role::Metric, "loss", true),
            column(3, Role::Metric, "acc", true),
            column(4, Role::Attribute, "id", true),
            column(5, Role::Attribute, "name", true),
            column(6, Role::Param, "seed", false),
        ],
        ..LedgerInfo::default()
    }
}

fn shown(view: &View) -> String {
    let info = info();
    let names: Vec<&str> = arrange(&info, view)
        .columns
        .iter()
        .map(|column| info.columns[column.at].name.as_str())
        .collect();
    names.join(" ")
}

#[test]
fn the_objective_leads_and_constants_hide() {
    let mut view = View::default();
    assert_eq!(shown(&view), "lr depth loss acc id");
    view.objective = Some(Objective {
        column: "metric.loss".to_owned(),
        direction: Direction::Minimize,
        statistic: Statistic::Last,
        until: Until::End,
        center: Center::Mean,
    });
    assert_eq!(shown(&view), "loss lr depth acc id");
    set_shown(&info(), &mut view, &["param.seed"], true);
    assert_eq!(shown(&view), "loss lr depth acc id seed");
    set_shown(&info(), &mut view, &["param.seed", "param.lr"], false);
    assert_eq!(shown(&view), "loss depth acc id");
    assert!(view.revealed.is_empty() && view.hidden == ["param.lr"]);
    assert_eq!(arrange(&info(), &view).names, [ColumnId(5), ColumnId(4)]);
}

#[test]
fn columns_are_as_wide_as_what_their_cells_say_but_not_where_the_person_said_how_wide() {
    let (info, mut view) = (info(), View::default());
    let letters: order::Map<u32, u32> = [(0, 38), (2, 30), (3, 3)].into_iter().collect();
    set_width(&mut view, "metric.loss", 90);
    let before = arrange(&info, &view);
    let mut after = before.clone();
    after.widen(&info, &view, &letters);
    let width = |of: &Arrangement, id: u32| {
        let mut columns = of.columns.iter();
        columns
            .find(|column| column.id.0 == id)
            .map(|column| column.width)
    };
    assert_eq!(width(&after, 0), Some(38 * 17 / 2 + 22));
    assert_eq!(width(&after, 2), Some(90));
    assert_eq!(width(&after, 3), width(&before, 3));
    for pair in after.columns.windows(2) {
        assert_eq!(pair[0].left + pair[0].width, pair[1].left);
    }
    // What differs from a baseline is bold.
    view.baseline = Some(Baseline::Run(0));
    let mut bold = arrange(&info, &view);
    bold.widen(&info, &view, &letters);
    assert!(width(&bold, 0) > width(&after, 0));
    assert_eq!(width(&bold, 2), Some(90));
}

#[test]
fn columns_stand_by_the_first_part_of_their_names() {
    let mut info = info();
    for (at, name) in ["a/x", "b", "loss", "a/y", "id", "name", "a/z"]
        .into_iter()
        .enumerate()
    {
        info.columns[at].name = name.to_owned();
        info.columns[at].role = Role::Param;
        info.columns[at].varies = true;
    }
    let mut view = View::default();
    view.look.prefixes = true;
    let arrangement = arrange(&info, &view);
    let said: Vec<String> = arrangement
        .columns
        .iter()
        .map(|column| {
            let name = &info.columns[column.at].name;
            format!(
                "{}|{}{}",
                &name[..column.shared],
                &name[column.shared..],
                u8::from(column.begins)
            )
        })
        .collect();
    assert_eq!(said.join(" "), "a/|x1 a/|y0 a/|z0 |b0 |loss0 |id0 |name0");
    let key = info.columns[3].key.clone();
    assert_eq!(of_one_prefix(&info, &view, &key).len(), 3);
    assert_eq!(prefix("/x"), None);
    assert_eq!(prefix("model.depth"), Some("model."));
}

#[test]
fn of_one_run_everything_is_shown() {
    let mut info = info();
    info.runs = 1;
    assert_eq!(arrange(&info, &View::default()).columns.len(), 6);
}

#[test]
fn columns_move_as_dragged_and_the_order_stays_short() {
    let mut view = View::default();
    move_to(&info(), &mut view, "metric.acc", "param.depth");
    assert_eq!(shown(&view), "lr acc depth loss id");
    assert_eq!(
        view.order,
        ["param.lr", "metric.acc", "param.depth", "metric.loss"]
    );
    move_to(&info(), &mut view, "metric.acc", "metric.loss");
    assert_eq!(shown(&view), "lr depth loss acc id");
    assert!(view.order.is_empty());
    step(&info(), &mut view, "param.lr", true);
    assert_eq!(shown(&view), "depth lr loss acc id");
    step(&info(), &mut view, "param.depth", false);
    assert_eq!(shown(&view), "depth lr loss acc id");
}

#[test]
fn pinned_columns_stand_first_and_move_among_themselves() {
    let mut view = View::default();
    set_pinned(&mut view, "metric.acc", true);
    set_pinned(&mut view, "metric.loss", true);
    assert_eq!(shown(&view), "acc loss lr depth id");
    step(&info(), &mut view, "metric.loss", false);
    assert_eq!(shown(&view), "loss acc lr depth id");
    step(&info(), &mut view, "metric.acc", true);
    assert_eq!(shown(&view), "loss acc lr depth id");
    let arrangement = arrange(&info(), &view);
    assert_eq!(
        (arrangement.pinned, arrangement.width_of_first(2)),
        (2, arrangement.columns[2].left)
    );
    set_pinned(&mut view, "metric.loss", false);
    assert_eq!(shown(&view), "acc lr depth loss id");
}

#[test]
fn a_header_sorts_up_then_down_then_not() {
    let mut view = View::default();
    cycle_sort(&mut view, "a", false);
    assert_eq!(sorted(&view.sort, "a"), Some((false, 0)));
    cycle_sort(&mut view, "a", false);
    cycle_sort(&mut view, "b", true);
    assert_eq!(
        (sorted(&view.sort, "a"), sorted(&view.sort, "b")),
        (Some((true, 0)), Some((false, 1)))
    );
    cycle_sort(&mut view, "a", true);
    assert_eq!(
        (sorted(&view.sort, "a"), sorted(&view.sort, "b")),
        (None, Some((false, 0)))
    );
    cycle_sort(&mut view, "c", false);
    assert_eq!(view.sort.len(), 1);
    cycle_sort(&mut view, "c", false);
    cycle_sort(&mut view, "c", false);
    assert!(view.sort.is_empty());
}

#[test]
fn the_columns_in_view_are_found_by_their_edges() {
    let mut view = View::default();
    for key in [
        "param.lr",
        "param.depth",
        "metric.loss",
        "metric.acc",
        "attribute.id",
    ] {
        set_width(&mut view, key, 100);
    }
    set_pinned(&mut view, "param.lr", true);
    let arrangement = arrange(&info(), &view);
    assert_eq!(arrangement.width(), 500);
    assert_eq!(arrangement.in_view(1, 100.0, 100.0, 0), 1..2);
    assert_eq!(arrangement.in_view(1, 150.0, 100.0, 0), 1..3);
    assert_eq!(arrangement.in_view(1, 150.0, 100.0, 9), 1..5);
    assert_eq!(arrangement.in_view(1, 900.0, 100.0, 0), 5..5);
}
