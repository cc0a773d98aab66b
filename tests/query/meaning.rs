//! What filters mean.

use super::{kept, six_runs};
use runsift::query::{explain_empty, parse};

const NONE: [usize; 0] = [];

#[test]
fn words_are_found_in_names_ids_and_texts_in_any_case() {
    assert_eq!(kept(""), [0, 1, 2, 3, 4, 5]);
    assert_eq!(kept("  \t"), [0, 1, 2, 3, 4, 5]);
    assert_eq!(kept("SGD"), [2, 3, 5]);
    assert_eq!(kept("baseline"), [4]);
    assert_eq!(kept("id3"), [3]);
    assert_eq!(kept("adam run"), [0, 1]);
    assert_eq!(kept("\"Λ TWO\""), [5]);
    // Numbers are no texts: 0.7 is an accuracy, 0.0001 a rate.
    assert_eq!(kept("0.7"), NONE);
    assert_eq!(kept("/^run-[12]$/"), [0, 1]);
    assert_eq!(kept("/^RUN-1/i"), [0, 3]);
}

#[test]
fn comparisons_know_numbers_texts_booleans() {
    assert_eq!(kept("lr<1e-2"), [0, 1]);
    assert_eq!(kept("lr <= 0.01"), [0, 1, 2]);
    assert_eq!(kept("lr = .001"), [1]);
    assert_eq!(kept("lr == 1e-3"), [1]);
    assert_eq!(kept("optimizer = adam"), [0, 1]);
    assert_eq!(kept("optimizer = 'sgd'"), [2, 5]);
    assert_eq!(kept("optimizer <> adam"), [2, 3, 4, 5]);
    assert_eq!(kept("amp = true"), [0, 2]);
    assert_eq!(kept("amp = False"), [1, 4]);
    assert_eq!(kept("amp:1"), [0, 2]);
}

#[test]
fn a_percent_sign_may_stand_apart_from_its_number() {
    for (apart, together) in [
        ("val/acc > 55 %", "val/acc > 55%"),
        (
            "val/acc <= 70 % and optimizer = adam",
            "val/acc <= 70% and optimizer = adam",
        ),
        ("(val/acc < 60 %)", "(val/acc < 60%)"),
        ("val/acc:10%..60 %,0.7", "val/acc:10%..60%,0.7"),
    ] {
        assert_eq!(kept(apart), kept(together), "{apart}");
        assert_eq!(
            parse(apart).unwrap().to_string(),
            parse(together).unwrap().to_string()
        );
    }
    assert_ne!(kept("val/acc > 55 %"), NONE);
    // What is divided by something keeps its sign.
    assert_eq!(kept("depth % 2 = 0"), kept("depth%2 = 0"));
}

#[test]
fn missing_satisfies_no_comparison_and_nan_no_ordering() {
    assert_eq!(kept("val/acc < 10"), [0, 2, 5]);
    assert_eq!(kept("val/acc > -10"), [0, 2, 3, 5]);
    // Unequal: has a value, and it differs. Not equal: the others, whatever they have.
    assert_eq!(kept("val/acc != 0.5"), [1, 2, 3, 5]);
    assert_eq!(kept("not val/acc = 0.5"), [1, 2, 3, 4, 5]);
    assert_eq!(kept("amp != true"), [1, 4]);
    assert_eq!(kept("!amp=true"), [1, 3, 4, 5]);
    assert_eq!(kept("has:val/acc"), [0, 1, 2, 3, 5]);
    assert_eq!(kept("missing:val/acc"), [4]);
    assert_eq!(kept("nan:val/acc"), [1]);
    assert_eq!(kept("inf:val/acc"), [3]);
    assert_eq!(kept("val/acc = nan"), [1]);
    assert_eq!(kept("NAN:val/acc or MISSING:lr"), [1, 5]);
}

#[test]
fn patterns_ranges_and_sets_stand_behind_a_colon() {
    assert_eq!(kept("optimizer:adam"), [0, 1, 4]);
    assert_eq!(kept("optimizer:adam,sgd"), [0, 1, 2, 5]);
    assert_eq!(kept("optimizer:adam, Sgd"), [0, 1, 3]);
    assert_eq!(kept("name:run-*"), [0, 1, 2, 3]);
    assert_eq!(kept("name:*1"), [0]);
    assert_eq!(kept("lr:1e-3..1e-2"), [1, 2]);
    assert_eq!(kept("lr:..1e-3"), [0, 1]);
    assert_eq!(kept("lr:0.1.."), [3, 4]);
    assert_eq!(kept("lr:1"), [4]);
    assert_eq!(kept("lr:1e-4,0.1..1"), [0, 3, 4]);
    assert_eq!(kept("note:\"*\""), [3]);
    assert_eq!(kept("note:\"\\\"so\\\" * \""), [3]);
    assert_eq!(kept("name ~ /\\d\\d/"), [3]);
    assert_eq!(kept("name !~ /\\d/"), [4, 5]);
    assert_eq!(kept("lr ~ /^0.0+1$/"), [0, 1, 2]);
    assert_eq!(kept("lr ~ /1e-/"), [0, 1]);
    assert_eq!(kept("lr !~ /^1e-0?4$/"), [1, 2, 3, 4]);
}

#[test]
fn columns_of_several_types_are_asked_cell_by_cell() {
    assert_eq!(kept("depth > 1"), [2, 4]);
    assert_eq!(kept("depth = auto"), [1, 3, 5]);
    assert_eq!(kept("depth != auto"), [0, 2, 4]);
    assert_eq!(kept("depth:auto,2"), [1, 2, 3, 5]);
    assert_eq!(kept("depth:0..3"), [0, 2]);
}

#[test]
fn names_may_be_odd_qualified_or_quoted() {
    assert_eq!(kept("#loss<2"), [0, 1]);
    assert_eq!(kept("val/acc>0.6"), [2, 3]);
    assert_eq!(kept("`batch size` = 64"), [2]);
    assert_eq!(kept("param.`batch size` = 64"), [2]);
    assert_eq!(kept("\"batch size\">=128"), [4, 5]);
    // Param before metric, unless it is said which.
    assert_eq!(kept("lr > 0.5"), [4]);
    assert_eq!(kept("param.lr > 0.5"), [4]);
    assert_eq!(kept("metric.lr < -4"), [4, 5]);
    assert_eq!(kept("attribute.name = Baseline"), [4]);
    assert_eq!(kept("OPTIMIZER = adamw"), [4]);
    assert_eq!(kept("tag.note:so"), [3]);
}

#[test]
fn times_are_instants_or_days() {
    assert_eq!(kept("start>2026-01-01"), [0, 1, 2, 3, 4]);
    assert_eq!(kept("start>=2026-01-02"), [2, 3, 4]);
    assert_eq!(kept("start < 2026-01-01T23:59"), [0]);
    assert_eq!(kept("start<\"2026-01-01 23:59\""), [0]);
    assert_eq!(kept("start = 2026-01-01"), [0, 1]);
    assert_eq!(kept("start != 2026-01-01"), [2, 3, 4]);
    assert_eq!(kept("start:2026-01"), [0, 1, 2, 3]);
    assert_eq!(kept("start:2026-01-02..2026-01-31"), [2, 3]);
    assert_eq!(kept("start:2026-02.."), [4]);
}

#[test]
fn and_binds_tighter_than_or_and_may_be_left_out() {
    assert_eq!(kept("adam lr>1e-4 or lr=1e-4"), [0, 1, 4]);
    assert_eq!(kept("adam AND (lr>1e-4 Or lr=1e-4)"), [0, 1, 4]);
    assert_eq!(kept("lr<1e-3 || lr>0.5 && adam"), [0, 4]);
    assert_eq!(kept("not (adam or sgd)"), NONE);
    assert_eq!(kept("not not baseline"), [4]);
    assert_eq!(kept("not adam lr>0"), [2, 3]);
}

#[test]
fn canonical_text_is_short() {
    let check =
        |text: &str, want: &str| assert_eq!(parse(text).unwrap().to_string(), want, "{text}");
    check("a&&b||c", "a and b or c");
    check("(a or b) !c", "(a or b) and not c");
    check("((a)) (b c)", "a and b and c");
    check("\"lr\"<3", "lr < 3");
    check("`x y`:\"a\",'b c',d*", "`x y`:a,\"b c\",d*");
    check("optimizer==\"adam\"", "optimizer = adam");
    check("x = \"and\" \"or\"", "x = \"and\" and \"or\"");
    check("`has`:3 has:`has`", "`has`:3 and has:`has`");
    check("f(x)>3 p=/a/b", "f(x) > 3 and p = /a/b");
    check("x=\"C:\\dir\"", "x = C:\\dir");
    check("x~/a\\/b/i", "x ~ /(?i)a\\/b/");
}

#[test]
fn an_empty_answer_is_explained_by_the_clause_that_costs_most() {
    let ledger = six_runs();
    let explain = |text: &str| explain_empty(text, &ledger);
    assert_eq!(
        explain("lr > 0 and val/acc>5 and optimizer = adam"),
        Some(("val/acc>5".to_owned(), 2))
    );
    assert_eq!(
        explain("(lr > 5 or lr < 0) adam"),
        Some(("(lr > 5 or lr < 0)".to_owned(), 3))
    );
    assert_eq!(explain("nowhere"), Some(("nowhere".to_owned(), 6)));
    assert_eq!(explain("nowhere neither"), None);
    assert_eq!(explain("adam"), None);
    assert_eq!(explain(""), None);
    assert_eq!(explain("lr >"), None);
}
