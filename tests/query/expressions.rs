//! Arithmetic over columns, statistics of curves, and what the page knows besides the cells.

use super::{kept, six_runs};
use runsift::analysis::ranking::ObjectiveColumn;
use runsift::ledger::{Bits, Cells, Ledger, Role, RunSink, Statistic, ValueRef};
use runsift::query::{Expression, Ranked, Scope, parse, select};

const NONE: [usize; 0] = [];

/// Three runs with a curve each of 100, 60 and no points, and odd names.
fn curves() -> Ledger {
    let mut whole = Ledger::default();
    let mut take = |part: Ledger| {
        whole.append(part);
    };
    let mut sink = RunSink::new(&mut take);
    sink.begin_source("curves.json", "test", 0);
    let loss = sink.column(Role::Metric, "val/loss");
    for (run, points) in [100, 60, 0].into_iter().enumerate() {
        let row = sink.run(&format!("id{run}"));
        sink.set_named(row, Role::Param, "a-b", ValueRef::Number(run as f64));
        sink.set_named(row, Role::Param, "a", ValueRef::Number(10.0));
        sink.set_named(row, Role::Param, "b", ValueRef::Number(4.0));
        sink.set_named(row, Role::Param, "hits@10", ValueRef::Number(0.5));
        for step in 0..points {
            // Falls, then rises by the run's number.
            let value = (f64::from(step) - 30.0).abs() + run as f64;
            let millis = 1_000_000 + i64::from(step) * 60_000;
            sink.point(row, loss, f64::from(step), millis, value);
        }
    }
    sink.finish();
    whole
}

fn values(expression: &str, ledger: &Ledger) -> Vec<Option<f64>> {
    let parsed = Expression::parse(expression, ledger)
        .unwrap_or_else(|error| panic!("{expression}: {error:?}"));
    let Cells::Number {
        values, present, ..
    } = parsed.evaluate(ledger)
    else {
        panic!("{expression} makes no numbers");
    };
    (0..ledger.rows())
        .map(|row| present.get(row).then_some(values[row]))
        .collect()
}

#[test]
fn operators_bind_as_in_mathematics() {
    let ledger = curves();
    let first = |text: &str| values(text, &ledger)[0].unwrap();
    let check = |text: &str, want: f64| {
        assert!(
            (first(text) - want).abs() < 1e-12,
            "{text}: {}",
            first(text)
        );
    };
    check("1 + 2*3", 7.0);
    check("(1+2)*3", 9.0);
    check("2^3^2", 512.0);
    check("-2^2", -4.0);
    check("7 % 4 - 1", 2.0);
    check("log10(1000) + ln(exp(1)) + log2(8)", 7.0);
    check("max(1, 3, 2) - min(4, 2) + abs(-1) + mean(1, 2)", 3.5);
    check("10k / 1M + 5%", 0.06);
    check(
        "sqrt(16) * sign(-3) + round(1.4) + floor(1.6) + ceil(1.2)",
        0.0,
    );
}

#[test]
fn the_longest_name_is_the_column() {
    let ledger = curves();
    assert_eq!(values("a-b", &ledger), [Some(0.0), Some(1.0), Some(2.0)]);
    assert_eq!(values("a - b", &ledger)[0], Some(6.0));
    assert_eq!(values("b-a-b", &ledger), [Some(4.0), Some(3.0), Some(2.0)]);
    assert_eq!(values("a*hits@10", &ledger)[0], Some(5.0));
    assert_eq!(values("`a-b`*2+param.a", &ledger)[1], Some(12.0));
}

#[test]
fn curves_come_to_statistics_whole_or_up_to_a_step_or_a_time() {
    let ledger = curves();
    assert_eq!(values("val/loss", &ledger), [Some(69.0), Some(30.0), None]);
    for text in [
        "min val/loss",
        "min(val/loss)",
        "min(`val/loss`)",
        "best val/loss",
    ] {
        assert_eq!(
            values(text, &ledger),
            [Some(0.0), Some(1.0), None],
            "{text}"
        );
    }
    assert_eq!(values("val/loss@80", &ledger), [Some(50.0), None, None]);
    assert_eq!(
        values("max(val/loss@50) - first(val/loss)", &ledger),
        [Some(0.0), Some(0.0), None]
    );
    assert_eq!(
        values("last val/loss@10m", &ledger),
        [Some(20.0), Some(21.0), None]
    );
    assert_eq!(values("last5 val/loss", &ledger)[0], Some(67.0));
    assert_eq!(
        values("count(val/loss) + 0", &ledger),
        [Some(100.0), Some(60.0), None]
    );
    // Of what has no curve its value is all there is.
    assert_eq!(values("mean a + sd(a-b)", &ledger), [None, None, None]);
    assert_eq!(values("mean a", &ledger)[0], Some(10.0));
}

#[test]
fn what_is_wrong_is_told_where_it_is() {
    let ledger = curves();
    let error = |text: &str| Expression::parse(text, &ledger).unwrap_err();
    assert!(
        error("val/los * 2")
            .message
            .contains("did you mean val/loss?")
    );
    assert_eq!(error("a + zeta").span, 4..8);
    for text in [
        "a +",
        "(a",
        "min(",
        "abs(a, b)",
        "max(a,)",
        "a b",
        "val/loss@",
        "val/loss@x",
        "",
        "()",
        "*",
        "`",
        "`a",
        "min",
    ] {
        let told = error(text);
        assert!(
            told.span.end <= text.len() && !told.message.is_empty(),
            "{text}: {told:?}"
        );
    }
    assert!(error("log10(optimizer)").message.contains("no column"));
    assert!(Expression::parse("depth * 2", &six_runs()).is_ok());
    assert!(
        Expression::parse("optimizer * 2", &six_runs())
            .unwrap_err()
            .message
            .contains("text")
    );
    assert!(error(&"(".repeat(5000)).message.contains("bytes"));
    assert!(error(&"(".repeat(500)).message.contains("deeper"));
}

#[test]
fn any_text_is_read_or_told() {
    let ledger = curves();
    arbtest::arbtest(|u| {
        let mut text = String::new();
        for _ in 0..u.int_in_range(0..=12)? {
            text.push_str(u.choose(&[
                "a", "b", "a-b", "val/loss", "min", "last5", "(", ")", "+", "-", "*", "/", "^",
                "@", "10", "2h", " ", ",", "`", "log10", "λ", "1e-", ".",
            ])?);
        }
        match Expression::parse(&text, &ledger) {
            Ok(expression) => assert_eq!(expression.evaluate(&ledger).len(), ledger.rows()),
            Err(error) => assert!(
                text.get(error.span.clone()).is_some() || text.is_empty(),
                "{text:?}: {error:?}"
            ),
        }
        Ok(())
    });
}

#[test]
fn filters_compute() {
    assert_eq!(kept("log10(lr) < -2.5"), [0, 1]);
    assert_eq!(kept("log10(lr)*2 < -5"), [0, 1]);
    assert_eq!(kept("lr * 10 >= 0.1 and optimizer = sgd"), [2]);
    assert_eq!(kept("`lr * 10` >= 0.1"), [2, 3, 4]);
    assert_eq!(kept("not lr * 10:..0.01"), [2, 3, 4, 5]);
    assert_eq!(kept("#loss > val/acc"), [2, 5]);
    assert_eq!(kept("#loss * 32 = `batch size`"), [0, 1, 2, 3, 4, 5]);
    assert_eq!(kept("has:log10(val/acc)"), [0, 1, 2, 3, 5]);
    assert_eq!(kept("nan:log10(val/acc)"), [1, 5]);
    assert_eq!(kept("lr:1m.."), NONE);
    assert_eq!(kept("batch size"), NONE);
    assert_eq!(kept("`batch size` >= 0.096k"), [3, 4, 5]);
    let ledger = curves();
    let rows = |text: &str| select(text, &ledger).unwrap().ones().collect::<Vec<_>>();
    assert_eq!(rows("min val/loss < 0.5"), [0]);
    assert_eq!(rows("val/loss@80 > 1"), [0]);
    assert_eq!(rows("min val/loss - a-b = 0"), [0, 1]);
    assert_eq!(
        parse("min  val/loss   < 3").unwrap().to_string(),
        "`min val/loss` < 3"
    );
    assert_eq!(parse("lr*wd < 3").unwrap().to_string(), "lr*wd < 3");
    // Words are still words.
    assert_eq!(parse("min lr").unwrap().to_string(), "min and lr");
}

#[test]
fn an_end_of_an_order_has_all_that_tie_with_its_last() {
    assert_eq!(kept("top 2 by #loss"), [4, 5]);
    assert_eq!(kept("bottom 2 by #loss"), [0, 1]);
    assert_eq!(kept("best 1 by #loss"), [0]);
    assert_eq!(kept("worst 1 by val/acc"), [5]);
    assert_eq!(kept("top 50% by val/acc"), [0, 2]);
    assert_eq!(kept("top 99 by val/acc"), [0, 2, 5]);
    assert_eq!(kept("not top 2 by #loss and adam"), [0, 1]);
    assert_eq!(kept("bottom 1 by log10(lr)"), [0]);
    let ledger = six_runs();
    let told = |text: &str| select(text, &ledger).unwrap_err()[0].message.clone();
    assert!(told("best 2 by depth").contains("write top or bottom"));
    assert!(told("best 2").contains("choose an objective"));
    assert!(told("top 2 by losss").contains("no column"));
    assert_eq!(
        parse("TOP 10% by val/acc").unwrap().to_string(),
        "top 10% by val/acc"
    );
    assert_eq!(parse("top").unwrap().to_string(), "top");
}

#[test]
fn ranks_marks_and_differences_are_spoken_of() {
    let ledger = six_runs();
    let column = ledger.find(Role::Metric, "#loss").unwrap();
    let objective = ObjectiveColumn::new(&ledger, column, Statistic::Last, false);
    let ranks = || objective.ranks(&Bits::filled(6, true));
    let selected = Bits::from_fn(6, |row| row == 1 || row == 4);
    let marks = [("selected", &selected)];
    let scope = Scope {
        objective: Some(Ranked {
            column,
            maximize: false,
            values: &objective.values,
            ranks: &ranks,
        }),
        marks: &marks,
        baseline: &[0],
        now: runsift::ledger::time::parse_millis("2026-02-01 10:00"),
        ..Scope::from(&ledger)
    };
    let rows = |text: &str| match select(text, scope) {
        Ok(rows) => rows.ones().collect::<Vec<_>>(),
        Err(errors) => panic!("{text}: {errors:?}"),
    };
    assert_eq!(rows("rank <= 2"), [0, 1]);
    assert_eq!(rows("best 2"), [0, 1]);
    assert_eq!(rows("worst 1"), [5]);
    assert_eq!(rows("@selected and not rank = 2"), [4]);
    assert_eq!(rows("diff = 0"), [0]);
    // Of the second lr, amp, batch size and depth, of the third the optimizer and not amp.
    assert_eq!(rows("diff:..4"), [0, 1, 2]);
    assert_eq!(rows("diff:baseline"), [1, 2, 3, 4, 5]);
    assert_eq!(rows("since:yesterday"), [3, 4]);
    assert_eq!(rows("since:today"), [4]);
    assert_eq!(rows("since:1d"), [3, 4]);
    assert_eq!(rows("before:2026-01-02"), [0, 1]);
    let told = |text: &str, scope: Scope<'_>| select(text, scope).unwrap_err()[0].message.clone();
    assert!(told("@starred", scope).contains("@selected"));
    assert!(told("rank < 3", Scope::from(&ledger)).contains("objective"));
    assert!(told("diff < 3", Scope::from(&ledger)).contains("baseline"));
    assert!(told("since:whenever", scope).contains("no time"));
    // A share of the runs is no rank, and nothing would be at most 0.1.
    let meant = |text: &str| select(text, scope).unwrap_err()[0].suggestion.clone();
    assert_eq!(meant("rank <= 40%").as_deref(), Some("best 40%"));
    assert_eq!(meant("rank > 40%").as_deref(), Some("not best 40%"));
    assert_eq!(rows("best 40%"), [0, 1, 2]);
    // By an expression, as far as it goes.
    assert_eq!(rows("top 2 by #loss * -1"), [0, 1]);
    assert_eq!(rows("top 2 by (#loss - 3) / 2 and has:lr"), [4]);
    assert_eq!(rows("bottom 1 by abs(#loss - 2) or @selected"), [1, 2, 4]);
    assert_eq!(rows("top 1 by `batch size` * #loss"), [5]);
    assert_eq!(rows("top 3 by min val/acc /^run-3$/"), [2]);
}
