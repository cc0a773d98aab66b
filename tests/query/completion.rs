//! What is offered while typing. `|` marks the cursor.

use super::six_runs;
use runsift::query::{Completion, Scope, complete, select};

fn offered(text: &str) -> (String, Completion) {
    let cursor = text.find('|').unwrap();
    let text = text.replacen('|', "", 1);
    let completion = complete(&text, cursor, &six_runs());
    (text, completion)
}

fn texts(text: &str) -> Vec<String> {
    offered(text)
        .1
        .items
        .into_iter()
        .map(|item| item.text)
        .collect()
}

/// The text with the first offer put in.
fn accept(text: &str) -> String {
    let (mut text, completion) = offered(text);
    text.replace_range(completion.replace, &completion.items[0].text);
    text
}

#[test]
fn columns_are_offered_by_likeness() {
    assert_eq!(accept("opt|"), "optimizer");
    assert_eq!(accept("adam and ac|"), "adam and val/acc");
    assert_eq!(accept("btch|"), "`batch size`");
    assert_eq!(accept("metric.l|"), "metric.lr");
    assert_eq!(accept("has:va|"), "has:val/acc");
    assert_eq!(accept("va| > 0.5"), "val/acc > 0.5");
    // Of two columns of one name each is offered so that it is meant.
    assert_eq!(texts("lr|")[..2], ["lr", "metric.lr"]);
    let (_, all) = offered("|");
    assert!(
        all.items
            .iter()
            .any(|item| item.label == "batch size" && item.detail == "param, numbers")
    );
    assert!(!all.items.iter().any(|item| item.text == "and"));
}

#[test]
fn operators_suit_the_column() {
    assert_eq!(
        texts("lr |"),
        [" = ", " != ", " < ", " <= ", " > ", " >= ", ":"]
    );
    assert_eq!(texts("amp |"), [" = ", " != "]);
    assert!(texts("optimizer |").contains(&":".to_owned()));
    assert!(!texts("optimizer |").contains(&" < ".to_owned()));
    assert_eq!(accept("lr |"), "lr = ");
}

#[test]
fn values_are_offered_with_their_counts() {
    let (_, values) = offered("optimizer = |");
    let shown: Vec<_> = values
        .items
        .iter()
        .map(|item| (item.label.as_str(), item.detail.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            ("adam", "2 runs"),
            ("sgd", "2 runs"),
            ("Sgd", "1 run"),
            ("adamw", "1 run")
        ]
    );
    assert_eq!(accept("optimizer:adam,sg|"), "optimizer:adam,sgd");
    assert_eq!(accept("optimizer = \"sg|"), "optimizer = sgd");
    assert_eq!(accept("note = |"), "note = \"or, \\\"so\\\" * said\"");
    assert_eq!(accept("name:bas|"), "name:Baseline");
    assert_eq!(texts("amp = |"), ["true", "false"]);
    assert_eq!(texts("lr = |").len(), 5);
    assert!(select(&accept("note = |"), &six_runs()).is_ok());
}

#[test]
fn keywords_follow_terms() {
    assert_eq!(texts("adam a|")[0], "and");
    assert_eq!(texts("lr < 3 |")[..2], ["and", "or"]);
    assert!(texts("mis|").contains(&"missing:".to_owned()));
    assert!(texts("name ~ /a|b/").is_empty());
    assert!(texts("nosuch = |").is_empty());
}

#[test]
fn a_name_with_blanks_takes_the_place_of_all_its_words() {
    assert_eq!(accept("batch |"), "`batch size`");
    assert_eq!(accept("batch s|"), "`batch size`");
    assert_eq!(accept("adam Batch si| lr < 1"), "adam `batch size` lr < 1");
    assert_eq!(accept("not batch |"), "not `batch size`");
    // What else is offered stands behind the word as before.
    let (text, completion) = offered("batch |");
    let and = completion.items.iter().find(|item| item.label == "and");
    let mut with = text.clone();
    with.replace_range(completion.replace, &and.unwrap().text);
    assert_eq!(with, "batch and");
    // A value is no word of a name.
    assert_eq!(accept("optimizer = batch a|"), "optimizer = batch and");
    assert!(texts("optimizer = batch |").contains(&"`batch size`".to_owned()));
    assert_eq!(texts("adam |")[..2], ["and", "or"]);
}

#[test]
fn usual_times_are_offered_after_since() {
    assert_eq!(accept("since:|"), "since:today");
    assert_eq!(accept("adam before:y|"), "adam before:yesterday");
    let ledger = six_runs();
    let scope = Scope {
        now: Some(1_770_000_000_000),
        ..Scope::from(&ledger)
    };
    for time in texts("since:|") {
        assert!(select(&format!("since:{time}"), scope).is_ok(), "{time}");
    }
}

#[test]
fn what_stands_in_an_expression_is_completed() {
    assert_eq!(accept("lr * bat| < 3"), "lr * `batch size` < 3");
    assert_eq!(accept("(l| + 2) * 3 < 3"), "(lr + 2) * 3 < 3");
}
