//! How columns go together, as it is asked for.

use super::*;
use crate::analysis::correlation::Coefficient;
use crate::engine::protocol::{Correlated, Correlations, CorrelationsQuestion};

/// Runs with the numbers that `of` says; NaN is none.
fn runs(count: usize, names: &[&str], of: impl Fn(usize, usize) -> f64) -> Workspace {
    let mut workspace = Workspace::default();
    let mut keep = |part: Ledger| workspace.append(part);
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source("a", "test", 0);
    for run in 0..count {
        let row = sink.run(&format!("run-{run}"));
        for (at, name) in names.iter().enumerate() {
            let value = of(run, at);
            let role = if *name == "loss" {
                Role::Metric
            } else {
                Role::Param
            };
            if !value.is_nan() {
                sink.set_named(row, role, name, ValueRef::Number(value));
            }
        }
        sink.set_named(row, Role::Param, "kind", ValueRef::Text("adam"));
    }
    sink.finish();
    selected(&mut workspace, None);
    workspace
}

fn asked(workspace: &mut Workspace, pearson: bool) -> Correlations {
    let columns = workspace
        .ledger
        .columns_with_ids()
        .map(|(id, _)| id)
        .collect();
    match workspace.answer(&Ask::Correlations(CorrelationsQuestion {
        columns,
        pearson,
    })) {
        Answer::Correlations(said) => *said,
        other => panic!("{other:?}"),
    }
}

fn names(said: &Correlations) -> Vec<&str> {
    said.columns.iter().map(|(_, name)| name.as_str()).collect()
}

/// What two columns have with one another.
fn of<'a>(said: &'a Correlations, a: &str, b: &str) -> &'a Correlated {
    let at = |name: &str| names(said).iter().position(|known| *known == name).unwrap();
    let (a, b) = (at(a), at(b));
    &said.cells[a.max(b)][a.min(b)]
}

/// A number without a pattern, 0 to 1.
fn noise(run: usize, at: usize) -> f64 {
    // SplitMix64.
    let mut mixed = (1000 * run as u64 + at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (mixed >> 40) as f64 / f64::from(1_u32 << 24)
}

#[test]
fn each_two_columns_of_numbers_have_a_coefficient_with_its_interval_and_n() {
    let names_of = ["lr", "width", "rare", "same", "loss"];
    let value = |run: usize, at: usize| match at {
        0 => libm::pow(10.0, noise(run, 0) * -4.0),
        1 => (noise(run, 1) * 100.0).round(),
        2 if run >= 2 => f64::NAN,
        3 => 7.0,
        // Falls with the rate's logarithm; a value in five is missing.
        4 if run % 5 == 4 => f64::NAN,
        4 => noise(run, 0) * 10.0 + noise(run, 4),
        _ => noise(run, at),
    };
    let mut workspace = runs(100, &names_of, value);
    let said = asked(&mut workspace, false);
    // What the objective is stands first; what is the same in all runs and what is no number is not here.
    assert_eq!(names(&said), ["loss", "lr", "width", "rare"]);
    assert_eq!(
        said.cells.iter().map(Vec::len).collect::<Vec<_>>(),
        [0, 1, 2, 3]
    );
    let close = of(&said, "loss", "lr");
    let (a, b): (Vec<f64>, Vec<f64>) = (0..100).map(|run| (value(run, 0), value(run, 4))).unzip();
    let exact = Coefficient::Spearman.of(&a, &b).unwrap();
    assert!(
        (close.value - exact).abs() < 1e-12 && exact < -0.9,
        "{exact}"
    );
    assert_eq!(close.text, format!("{exact:.2}"));
    let (low, high) = Coefficient::Spearman.interval(exact, 80).unwrap();
    assert_eq!(
        close.title,
        format!(
            "lr and loss: {exact:.2}, 95 % interval {low:.2} to {high:.2} (n = 80 of 100 runs). Show them in Scatter"
        )
    );
    assert!(!close.is_weak);
    let far = of(&said, "lr", "width");
    assert!(far.is_weak && far.value.abs() < 0.2, "{far:?}");
    let rare = of(&said, "lr", "rare");
    assert_eq!(
        (rare.text.as_str(), rare.value, rare.is_weak),
        ("–", 0.0, true)
    );
    assert!(
        rare.title
            .contains("too few for a correlation (n = 2 of 100 runs)"),
        "{}",
        rare.title
    );
    // Of values it is another.
    let pearson = asked(&mut workspace, true);
    let exact = Coefficient::Pearson.of(&a, &b).unwrap();
    let close = of(&pearson, "loss", "lr");
    assert!((close.value - exact).abs() < 1e-12);
    assert!(pearson.words[0].contains("Pearson") && said.words[0].contains("Spearman"));
    assert!(
        said.words[0]
            .ends_with("of each two of 4 columns that the table shows, over 100 shown runs."),
        "{}",
        said.words[0]
    );
    let pale = said
        .cells
        .iter()
        .flatten()
        .filter(|cell| cell.is_weak)
        .count();
    assert!(
        said.words[1].starts_with(&format!("{pale} of 6 pairs cannot be told from none")),
        "{}",
        said.words[1]
    );
}

#[test]
fn columns_beyond_the_fortieth_are_told() {
    let all: Vec<String> = (0..50).map(|at| format!("p{at:02}")).collect();
    let mut all: Vec<&str> = all.iter().map(String::as_str).collect();
    all.push("loss");
    let mut workspace = runs(30, &all, noise);
    let said = asked(&mut workspace, false);
    assert_eq!(said.columns.len(), 40);
    assert_eq!(names(&said)[..2], ["loss", "p00"]);
    assert!(
        said.words[1].starts_with("Not here 11 columns that come later in the table: p39, p40, "),
        "{}",
        said.words[1]
    );
    assert!(said.words[1].ends_with("p46, …."), "{}", said.words[1]);
}

#[test]
fn odd_runs_have_words_and_no_numbers() {
    for (count, value) in [
        (0, 1.0),
        (1, 1.0),
        (12, 3.0),
        (12, f64::NAN),
        (12, f64::INFINITY),
    ] {
        let mut workspace = runs(count, &["a", "b", "loss"], |_, _| value);
        let said = asked(&mut workspace, false);
        assert!(
            said.columns.is_empty() && said.cells.is_empty(),
            "{count} {value}"
        );
        assert!(
            said.words[0].starts_with("There are no two"),
            "{:?}",
            said.words
        );
    }
    // Four runs in one order may be so by chance; twelve are not.
    for (count, is_weak) in [(4, true), (12, false)] {
        let mut workspace = runs(count, &["a", "loss"], |run, _| run as f64);
        let said = asked(&mut workspace, false);
        let cell = of(&said, "a", "loss");
        assert_eq!((cell.text.as_str(), cell.is_weak), ("1.00", is_weak));
        assert!(
            cell.title.contains("1.00, which has no interval"),
            "{}",
            cell.title
        );
    }
}

#[test]
fn of_many_runs_an_even_part_is_correlated() {
    let all: Vec<String> = (0..40).map(|at| format!("p{at:02}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let mut workspace = runs(20_000, &all, |run, at| {
        if at % 3 == 0 && run % 7 == at {
            f64::NAN
        } else {
            noise(run, at)
        }
    });
    let said = asked(&mut workspace, false);
    assert_eq!(said.cells.iter().map(Vec::len).sum::<usize>(), 780);
    assert!(
        said.words[0].contains("an even part of the 20,000 shown"),
        "{}",
        said.words[0]
    );
    let cell = of(&said, "p01", "p02");
    assert!(cell.value.abs() < 0.05, "{cell:?}");
}
