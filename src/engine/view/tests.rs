//! What an address says of a view and a view of an address.

use super::*;
use crate::analysis::importance::Method;
use crate::engine::explain::{Compared, Explain, PathEnd, Scale, Unfinished};
use crate::engine::run_names::{NOWHERE, RunName};

fn arbitrary_view(
    u: &mut arbtest::arbitrary::Unstructured<'_>,
) -> arbtest::arbitrary::Result<View> {
    let mut names = Vec::new();
    for _ in 0..u.int_in_range(0..=3)? {
        names.push(format!("param.{}x", u.arbitrary::<String>()?));
    }
    let objective = if u.arbitrary()? {
        Some(Objective {
            column: format!("metric.{}", u.arbitrary::<String>()?),
            direction: if u.arbitrary()? {
                Direction::Minimize
            } else {
                Direction::Maximize
            },
            statistic: *u.choose(&Statistic::ALL)?,
            center: *u.choose(&Center::ALL)?,
            until: *u.choose(&[
                Until::End,
                Until::Common,
                Until::Step(0.5),
                Until::Seconds(7200.0),
            ])?,
        })
    } else {
        None
    };
    let mut sort = Vec::new();
    for column in &names {
        sort.push(SortKey {
            column: column.clone(),
            descending: u.arbitrary()?,
        });
    }
    Ok(View {
        tab: *u.choose(&[
            Tab::Brief,
            Tab::Table,
            Tab::Compare,
            Tab::Failures,
            Tab::Distributions,
            Tab::Run,
        ])?,
        filter: u.arbitrary()?,
        sort,
        objective,
        widths: names.iter().map(|name| (name.clone(), 80)).collect(),
        hidden: names.clone(),
        revealed: Vec::new(),
        pinned: names.clone(),
        computed: names
            .iter()
            .map(|name| ComputedColumn {
                name: name.clone(),
                expression: format!("{name}:, *2"),
            })
            .collect(),
        grouping: match u.int_in_range(0..=3)? {
            0 => None,
            1 => Some(Grouping::Replicates),
            2 => Some(Grouping::By(names.clone())),
            _ => Some(Grouping::Except(names.clone())),
        },
        group_statistic: *u.choose(&GroupStatistic::ALL)?,
        open: (0..names.len()).collect(),
        pinned_runs: (3..3 + names.len()).collect(),
        only_differing: u.arbitrary()?,
        axes: names
            .iter()
            .map(|name| {
                Ok(AxisSetting {
                    key: name.clone(),
                    flipped: u.arbitrary()?,
                    rescaled: u.arbitrary()?,
                    by_rank: u.arbitrary()?,
                    order: u.arbitrary()?,
                })
            })
            .collect::<arbtest::arbitrary::Result<_>>()?,
        curved: u.arbitrary()?,
        curves: CurvesView {
            pattern: u.arbitrary()?,
            smoothing: u.int_in_range(0..=99)?,
            ..CurvesView::default()
        },
        scatter: ScatterView {
            x: u.arbitrary()?,
            colour: u.arbitrary()?,
            size: u.arbitrary()?,
            matrix: names.clone(),
            log: [u.arbitrary()?, None],
            by_rank: [false, u.arbitrary()?],
            ..ScatterView::default()
        },
        distributions: DistributionsView {
            metric: u.arbitrary()?,
            by: u.arbitrary()?,
            pearson: u.arbitrary()?,
            violins: u.arbitrary()?,
            log: u.arbitrary()?,
        },
        compare: CompareView {
            transposed: u.arbitrary()?,
            search: u.arbitrary()?,
            ..CompareView::default()
        },
        look: Look {
            density: *u.choose(&crate::engine::look::Density::ALL)?,
            heat: u.arbitrary()?,
            curves: u.arbitrary()?,
            histograms: u.arbitrary()?,
            prefixes: u.arbitrary()?,
            colour: names.first().cloned(),
        },
        explain: ExplainView {
            ask: Explain {
                best: u
                    .arbitrary::<Option<u8>>()?
                    .filter(|best| (1..100).contains(best)),
                scale: *u.choose(&Scale::ALL)?,
                unfinished: *u.choose(&Unfinished::ALL)?,
                whole_range: u.arbitrary()?,
                further: names
                    .iter()
                    .take(2)
                    .map(|name| FurtherMetric {
                        column: name.clone(),
                        maximize: name.len() % 2 == 0,
                        weight: name.len() as u8,
                    })
                    .collect(),
                own_weight: u.arbitrary()?,
                compared: Compared {
                    target: u.int_in_range(1..=99)?,
                    region: u.int_in_range(1..=100)?,
                    evenly: u.arbitrary()?,
                },
            },
            method: *u.choose(&Method::ALL)?,
            open: names.iter().take(2).cloned().collect(),
            from: *u.choose(&PathEnd::ALL)?,
            to: u.arbitrary::<bool>()?.then_some(PathEnd::BestTenth),
        },
        proposals: if u.arbitrary()? {
            Some((u.int_in_range(1..=20)?, u.arbitrary()?))
        } else {
            None
        },
        objectives: u.arbitrary::<bool>()?.then(|| {
            let metric = |name: &String| FurtherMetric {
                column: name.clone(),
                maximize: name.len() % 2 == 1,
                weight: name.len() as u8,
            };
            names.iter().map(metric).collect()
        }),
        named: names
            .iter()
            .map(|name| NamedFilter {
                name: name.clone(),
                filter: format!("{name} < 3, & :"),
            })
            .collect(),
        needed: Needed::of(&mut names.iter().map(String::as_str)),
        order: names,
        baseline: match u.arbitrary::<Option<u16>>()?.map(usize::from) {
            Some(row) if u.arbitrary()? => Some(Baseline::Group(row)),
            row => row.map(Baseline::Run),
        },
        run: u.arbitrary::<Option<u16>>()?.map(usize::from),
        aside: vec![70_000; usize::from(u.arbitrary::<bool>()?)],
        names: Vec::new(),
    })
}

#[test]
fn writing_and_reading_a_hash_are_inverse() {
    arbtest::arbtest(|u| {
        let mut view = arbitrary_view(u)?;
        for row in view.rows() {
            let name = |row| RunName {
                row,
                id: format!("a/b:{row},&=é"),
                source: "-x y.csv".to_owned(),
            };
            if view.names.iter().all(|known| known.row != row) && u.arbitrary()? {
                view.names.push(name(row));
            }
        }
        assert_eq!(View::from_hash(&view.to_hash()), view);
        Ok(())
    });
}

#[test]
fn rows_that_are_named_wait_until_it_is_known_where_they_are() {
    let address = "#/table?t=4,9&P=5,2&A=9&b=g2&r=7&R=2:a:x.csv,9:b:x.csv,1:c:x.csv";
    let mut view = View::from_hash(address);
    assert_eq!(view.rows(), [2, 7, 5, 2, 9, 4, 9]);
    view.leave_places();
    // Rows without names are as they are in old links.
    assert_eq!(view.baseline, Some(Baseline::Group(NOWHERE)));
    let is = (view.run, &*view.pinned_runs, &*view.aside, &*view.open);
    let open = [4, NOWHERE + 1];
    assert_eq!(
        is,
        (Some(7), &[5, NOWHERE][..], &[NOWHERE + 1][..], &open[..])
    );
    // The address says the same.
    let mut again = View::from_hash(&view.to_hash());
    again.names.push(view.names[2].clone());
    assert_eq!(again, view);
    let placed = Placed {
        rows: vec![(NOWHERE, 30), (NOWHERE + 1, 40)],
        names: run_names::from_words("30:a:x.csv,40:b:x.csv"),
        ..Placed::default()
    };
    let asked = view.clone();
    let mut other = view.clone();
    view.take_places(&asked, &placed);
    let address = "#/table?t=4,40&P=5,30&A=40&b=g30&r=7&R=30:a:x.csv,40:b:x.csv";
    assert_eq!(view.to_hash(), address);
    // Pins that the engine told since are where they are.
    other.pinned_runs = vec![NOWHERE + 1];
    other.take_places(&asked, &placed);
    assert_eq!(
        (other.pinned_runs, other.open),
        (vec![NOWHERE + 1], view.open)
    );
}

#[test]
fn groups_open_and_close_until_runs_are_grouped_otherwise() {
    let mut view = View::default();
    view.group(Some(Grouping::Replicates));
    for row in [3, 7, 3, 9] {
        view.toggle_group(row);
    }
    assert_eq!(view.open, [7, 9]);
    assert!(view.to_hash().contains("t=7,9"));
    view.group(Some(Grouping::By(vec!["param.lr".to_owned()])));
    assert!(view.open.is_empty());
    for row in 0..2 * MOST_OPEN {
        view.toggle_group(row);
    }
    assert_eq!(view.open.len(), MOST_OPEN);
}

#[test]
fn any_text_is_a_view() {
    arbtest::arbtest(|u| {
        let text: String = u.arbitrary()?;
        let view = View::from_hash(&text);
        assert_eq!(View::from_hash(&view.to_hash()), view);
        Ok(())
    });
    assert_eq!(
        View::from_hash("#/importance?f=%zz&o=metric.a").tab,
        Tab::Importance
    );
}
