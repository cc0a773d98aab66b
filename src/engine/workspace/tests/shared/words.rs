//! What a person wrote, and what the address says of runs, in reports.

use super::*;
use crate::engine::run_names::RunName;
use crate::engine::view::Baseline;

#[test]
fn links_in_notes_are_listed_and_stay_where_they_are_unticked() {
    let mut workspace = private();
    select(&mut workspace, "");
    let notes = "See [the paper](https://example.net/paper?id=1), says anna.";
    workspace.answer(&Ask::Note {
        lines: MarkLines::Row(1),
        edit: NoteEdit::Text("as on http://wiki.example.net".to_owned()),
    });
    let listed = |workspace: &mut Workspace, with_marks: bool| -> Vec<String> {
        let ask = Ask::Secrets {
            runs: SharedRuns::All,
            left_out: Vec::new(),
            words: vec![notes.to_owned()],
            with_marks,
        };
        let Answer::Secrets(secrets) = workspace.answer(&ask) else {
            panic!("no secrets");
        };
        let of_words = secrets.listed.into_iter().filter(|found| found.cells == 0);
        of_words.map(|found| found.text).collect()
    };
    let found = listed(&mut workspace, true);
    let [paper, wiki] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert!(
        notes.contains(paper.as_str()) && paper.contains("example.net"),
        "{paper}"
    );
    assert!(wiki.contains("wiki.example.net"), "{wiki}");
    assert_eq!(listed(&mut workspace, false), [paper.as_str()]);
    // The preview has what the file has.
    for kept in [vec![], vec![paper.clone()]] {
        let is_kept = !kept.is_empty();
        let redaction = Redaction {
            kept,
            ..Redaction::default()
        };
        let ask = Ask::Masked {
            redaction: Box::new(redaction.clone()),
            words: notes.to_owned(),
        };
        let Answer::Copied(preview) = workspace.answer(&ask) else {
            panic!("no preview");
        };
        assert_eq!(
            preview.contains("https://example.net/paper?id=1"),
            is_kept,
            "{preview}"
        );
        assert!(!preview.contains("anna"), "{preview}");
        let asked = ReportQuestion {
            notes: notes.to_owned(),
            redaction,
            ..question(&workspace, ReportForm::Interactive)
        };
        let text: ReportText = serde_json::from_str(&report(&mut workspace, asked).text).unwrap();
        assert_eq!(text.notes, preview);
    }
}

#[test]
fn a_report_keeps_its_baseline_and_not_what_the_address_calls_it() {
    let mut workspace = private();
    select(&mut workspace, "");
    let view = View {
        baseline: Some(Baseline::Run(1)),
        pinned_runs: vec![1],
        names: vec![RunName {
            row: 1,
            id: "anna-run-1".to_owned(),
            source: "night-of-anna.csv".to_owned(),
        }],
        ..View::default()
    };
    assert!(view.to_hash().contains("anna"));
    let made = report(&mut workspace, question_of(ReportForm::Interactive, view));
    let text: ReportText = serde_json::from_str(&made.text).unwrap();
    assert_eq!(text.view, "#/brief?b=1");
    assert_eq!(made.lost, Vec::<String>::new());
}
