//! What is said of wrong filters, and that no text brings the reader down.

use super::six_runs;
use runsift::ledger::ColumnId;
use runsift::query::{
    FilterError, clauses, complete, explain_empty, parse, select, suggest, with_clause,
};

fn errors(text: &str) -> Vec<FilterError> {
    match select(text, &six_runs()) {
        Ok(kept) => panic!("{text} keeps {}", kept.count()),
        Err(errors) => errors,
    }
}

/// There is one error, at the text `at`, whose message has `message` in it.
fn check(text: &str, at: &str, message: &str) {
    let errors = errors(text);
    assert_eq!(errors.len(), 1, "{text}: {errors:?}");
    assert_eq!(&text[errors[0].span.clone()], at, "{text}: {errors:?}");
    assert!(
        errors[0].message.contains(message),
        "{text}: {}",
        errors[0].message
    );
}

#[test]
fn errors_point_at_their_place() {
    check("lr <", "<", "missing after “<”");
    check("adam and", "d", "missing after “and”");
    check("or adam", "or", "nothing before this “or”");
    check("and adam", "and", "nothing before this “and”");
    check("(adam", "(", "never closed");
    check("adam) sgd", ")", "closes none");
    check("lr>1 ()", ")", "nothing in these brackets");
    check("= 3", "=", "no column before");
    check("name ~ /[/", "/[/", "regular expression");
    check("optimizer = \"ad", "\"ad", "no closing \"");
    check("`batch size", "`batch size", "no closing `");
    check("0.1 < lr < 0.5", "<", "one comparison at a time");
    check("x, y", ",", "comma");
    check("optimizer = and sgd", "=", "in quotes");
    check("not", "not", "missing after “not”");
}

#[test]
fn unknown_columns_are_named_with_the_likeliest() {
    let suggestion = |text: &str| errors(text)[0].suggestion.clone();
    assert_eq!(suggestion("optimzier = adam"), Some("optimizer".to_owned()));
    assert_eq!(suggestion("acc > 3"), Some("val/acc".to_owned()));
    assert_eq!(
        suggestion("batch_size > 3"),
        Some("`batch size`".to_owned())
    );
    assert_eq!(suggestion("has:nam"), Some("name".to_owned()));
    assert_eq!(suggestion("zzzzzz > 3"), None);
    check("optimzier = adam", "optimzier", "did you mean optimizer?");
    let swapped = &errors("0.5 >= lr")[0];
    assert_eq!(
        (swapped.span.clone(), swapped.suggestion.as_deref()),
        (0..9, Some("lr <= 0.5"))
    );
}

#[test]
fn values_of_the_wrong_type_are_explained() {
    check("lr = adam", "adam", "param.lr holds numbers");
    check("lr:a*", "a*", "holds numbers");
    check("optimizer < 3", "3", "holds text");
    check("name >= b", "b", "holds text");
    check("amp > false", "false", "does not order");
    check("amp = maybe", "maybe", "true and false");
    check("start > noon", "noon", "holds times");
    check("start:x..", "x..", "holds times");
}

/// There is one error, at the text `at`, and with its suggestion in that place it is `meant`, which is none.
fn mends(text: &str, at: &str, meant: &str) {
    let errors = errors(text);
    assert_eq!(errors.len(), 1, "{text}: {errors:?}");
    let span = errors[0].span.clone();
    assert_eq!(&text[span.clone()], at, "{text}: {errors:?}");
    let mut mended = text.to_owned();
    mended.replace_range(span, errors[0].suggestion.as_deref().unwrap());
    assert_eq!(mended, meant, "{text}");
    assert!(parse(&mended).is_ok(), "{mended}");
}

#[test]
fn an_end_of_an_order_says_of_how_many_and_by_what() {
    mends("top 10 val/acc", "top 10", "top 10 by val/acc");
    mends("adam top 10% val/acc", "top 10%", "adam top 10% by val/acc");
    mends("best 2 min val/acc", "best 2", "best 2 by min val/acc");
    mends("bottom 3 lr*2", "bottom 3", "bottom 3 by lr*2");
    mends("Top by val/acc", "Top", "Top 10 by val/acc");
    check("top 0 by lr", "0", "is no number of runs: write top 10");
    check("top 0% by lr", "0%", "no number of runs");
    check("bottom 200% by lr", "200%", "no number of runs");
    check("top -5", "-5", "no number of runs");
    check("top 1.5", "1.5", "no number of runs");
    check("top ten by lr", "ten", "write top 10 or top 10%");
    check("top 10 by", "by", "missing after “by”");
    check("top 10 by and adam", "by", "missing after “by”");
    // Words that are no column, and columns of texts, are words.
    assert_eq!(parse("top adam").unwrap().to_string(), "top and adam");
    let objective = "by what?";
    check("top 10 adam", "top 10", objective);
    check("top 10 optimizer", "top 10", objective);
}

#[test]
fn ranges_from_more_to_less_are_told() {
    mends("lr:1e-2..1e-4", "1e-2..1e-4", "lr:1e-4..1e-2");
    mends("depth:4..2,auto", "4..2", "depth:2..4,auto");
    mends(
        "start:2026-02..2026-01",
        "2026-02..2026-01",
        "start:2026-01..2026-02",
    );
    // A unit behind the last is one of both.
    mends("lr:10..20%", "10..20%", "lr:10%..20%");
    mends("depth:1..2ms", "1..2ms", "depth:1ms..2ms");
    mends("lr:1..1e-4", "1..1e-4", "lr:1e-4..1");
    mends("lr:30..20%", "30..20%", "lr:20%..30%");
    // Of a text it is a part.
    assert_eq!(select("name:3..1", &six_runs()).unwrap().count(), 0);
    assert_eq!(select("lr:1..1", &six_runs()).unwrap().count(), 1);
}

#[test]
fn a_list_in_words_is_mended() {
    mends(
        "optimizer in adam,sgd",
        "optimizer in adam,sgd",
        "optimizer:adam,sgd",
    );
    mends(
        "lr > 0 and optimizer IN (adam, \"sgd\", lion) and depth > 1",
        "optimizer IN (adam, \"sgd\", lion)",
        "lr > 0 and optimizer:adam,sgd,lion and depth > 1",
    );
    mends(
        "`batch size` in 32,64",
        "`batch size` in 32,64",
        "`batch size`:32,64",
    );
    check("in adam, sgd", ",", "comma");
}

#[test]
fn all_errors_are_found_at_once_in_order() {
    let found = errors("lrr > 1 and ) optimizer < 3 (val/acc ~ /(/");
    let places: Vec<usize> = found.iter().map(|error| error.span.start).collect();
    assert_eq!(places, [0, 12, 12, 26, 28, 39], "{found:?}");
}

#[test]
fn hostile_texts_end_in_an_error() {
    for hostile in [
        "(", "not ", "!", "a:= ", "((a) or ", "f(", "`", "/", "\"", "<", ",",
    ] {
        let text = hostile.repeat((16 * 1024 - 1) / hostile.len());
        assert!(parse(&text).is_err(), "{hostile}");
    }
    let deep = format!("{}adam{}", "(".repeat(60), ")".repeat(60));
    assert_eq!(parse(&deep).unwrap().to_string(), "adam");
    let deeper = format!("{}adam{}", "(".repeat(6_000), ")".repeat(6_000));
    let errors = parse(&deeper).unwrap_err();
    assert_eq!(errors.len(), 1, "{:?}", &errors[..2]);
    assert!(
        parse(&"a ".repeat(10_000)).unwrap_err()[0]
            .message
            .contains("longer")
    );
}

#[test]
fn any_text_is_read_without_a_panic() {
    let ledger = six_runs();
    let parts = [
        "lr",
        "val/acc",
        "and",
        "or",
        "not",
        "(",
        ")",
        "<",
        "=",
        "!=",
        "~",
        "!~",
        ":",
        ",",
        "..",
        "*",
        "\"",
        "`",
        "'",
        "/",
        "\\",
        " ",
        "has:",
        "nan",
        "1e-3",
        "optimizer",
        "adam",
        "λ",
        "2026-01-01",
        "&&",
        "||",
        "!",
        ".",
        "start",
        "\u{a0}",
        "#",
        "&",
    ];
    arbtest::arbtest(|u| {
        let mut text = String::new();
        for _ in 0..u.int_in_range(0..=14)? {
            text.push_str(u.choose(&parts)?);
        }
        if u.ratio(1, 4)? {
            text.push_str(u.arbitrary::<&str>()?);
        }
        let cursor = u.int_in_range(0..=text.len() + 2)?;
        let column = ColumnId(u.int_in_range(0..=12)?);
        if let Err(errors) = select(&text, &ledger) {
            assert!(!errors.is_empty());
            for error in errors {
                assert!(
                    text.get(error.span.clone()).is_some(),
                    "{text:?}: {error:?}"
                );
            }
        }
        for clause in clauses(&text, &ledger) {
            assert!(
                text.get(clause.span.clone())
                    .is_some_and(|clause| !clause.is_empty()),
                "{text:?}: {clause:?}"
            );
        }
        let completion = complete(&text, cursor, &ledger);
        assert!(
            text.get(completion.replace.clone()).is_some(),
            "{text:?}: {completion:?}"
        );
        let _text = with_clause(&text, &ledger, column, None);
        let _reason = explain_empty(&text, &ledger);
        let _meant = suggest(&text, &ledger);
        Ok(())
    });
}

#[test]
fn a_filter_that_keeps_nothing_says_what_may_have_been_meant() {
    let ledger = six_runs();
    for (text, meant) in [
        ("optimizer:adm", Some("optimizer:adam")),
        ("optimizer = sdg", Some("optimizer:sgd")),
        ("optimizer = ad*", Some("optimizer:ad*")),
        ("optimizer = /^ad/", Some("optimizer ~ /^ad/")),
        ("lr in 1e-4..1e-2", Some("lr:1e-4..1e-2")),
        ("lr between 1e-4 and 1e-2", Some("lr:1e-4..1e-2")),
        ("has:lr optimizer is adam", Some("has:lr optimizer:adam")),
        // Nothing of the kind is there, or what would be meant keeps nothing either.
        ("optimizer:lion", None),
        ("lr in 5..6", None),
        ("lr in", None),
        ("lr > 5", None),
        ("optimizer = ", None),
    ] {
        assert_eq!(suggest(text, &ledger).as_deref(), meant, "{text}");
    }
}
