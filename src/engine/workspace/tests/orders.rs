//! Orders of runs: kept, made anew, of the beginning alone and of few.

use super::*;

#[test]
fn an_order_that_is_kept_is_the_one_that_is_made_anew() {
    let mut workspace = workspace();
    let mut rows = |filter: &str, descending: bool| {
        let mut ask = select(None);
        if let Ask::Select(question) = &mut ask {
            let SelectQuestion {
                filter: text, sort, ..
            } = &mut **question;
            filter.clone_into(text);
            sort.push(SortKey {
                column: "param.seed".to_owned(),
                descending,
            });
        }
        workspace.answer(&ask);
        workspace.selection.order.rows().to_vec()
    };
    let all = rows("", true);
    let kept = rows("lr < 3", true);
    assert!(all.iter().filter(|row| **row < 9).eq(&kept));
    assert_eq!(kept, [2, 5, 8, 1, 4, 7, 0, 3, 6]);
    assert_eq!(rows("lr < 3", false), [0, 3, 6, 1, 4, 7, 2, 5, 8]);
    assert_eq!(rows("lr < 1", true), [2, 1, 0]);
    assert_eq!(rows("", false)[..3], [0, 3, 6]);
}

#[test]
fn windows_of_many_runs_are_of_one_order_wherever_they_begin() {
    const RUNS: usize = 70_000;
    let mut workspace = workspace_of(RUNS as u32);
    for filter in ["", "seed < 2"] {
        let mut ask = select(None);
        if let Ask::Select(question) = &mut ask {
            filter.clone_into(&mut question.filter);
            question.sort.push(SortKey {
                column: "metric.loss".to_owned(),
                descending: true,
            });
        }
        workspace.answer(&ask);
        // Losses grow with the rows.
        let is_shown = |row: &usize| filter.is_empty() || row % 3 < 2;
        let want: Vec<usize> = (0..RUNS).rev().filter(is_shown).collect();
        for first in [0, 400, 40_000, 7, want.len() - 20, want.len()] {
            let window = workspace.answer(&Ask::Window(WindowQuestion {
                first,
                count: 50,
                columns: Vec::new(),
                look: crate::engine::look::WindowLook::default(),
            }));
            let Answer::Window(window) = window else {
                panic!("no window");
            };
            let rows: Vec<usize> = window.rows.iter().map(|row| row.row).collect();
            let end = want.len().min(first + 50);
            assert_eq!(rows, want[first..end], "{filter:?} from {first}");
            if first == 400 {
                let count = workspace.selection.order.up_to(450).len();
                assert!(
                    count < RUNS / 4,
                    "all {count} were put in order for a screen"
                );
            }
        }
    }
}

#[test]
fn few_of_many_runs_are_put_in_order_without_the_others() {
    let mut workspace = workspace_of(70_000);
    let mut ask = select(None);
    for filter in ["", "loss < 100"] {
        if let Ask::Select(question) = &mut ask {
            filter.clone_into(&mut question.filter);
            question.sort = vec![SortKey {
                column: "metric.loss".to_owned(),
                descending: true,
            }];
        }
        workspace.answer(&ask);
    }
    // Losses grow with the rows: the beginning of all runs holds none of these.
    let rows = workspace.selection.order.rows();
    assert!(!rows.is_empty() && rows.len() < 70_000 / 4);
    assert!(rows.is_sorted_by(|a, b| a > b));
    let (.., all) = workspace.selection.whole_order.as_ref().unwrap();
    assert!(!all.is_whole());
}
