//! What a strict reading of the readers has found: lines of arrays, results of any shape, references that lead to ever
//! more, folders within folders, and what newer and older versions of tools write.

use crate::drop::check;
use expect_test::expect;

#[test]
fn every_line_of_arrays_is_read() {
    let task = r#"{"id": "a", "name": "n", "hyperparams": {}}"#;
    let event = |step: u32, value: f64| {
        format!(
            r#"{{"type": "training_stats_scalar", "metric": "loss", "variant": "loss", "iter": {step}, "value": {value}}}"#
        )
    };
    let lines: Vec<String> = (0..4)
        .map(|step| {
            format!(
                "[{}, {}]\n",
                event(2 * step, 0.5),
                event(2 * step + 1, 0.25)
            )
        })
        .collect();
    check(
        &[("s/task.json", task), ("s/metrics.jsonl", &lines.concat())],
        &expect![[r#"
            s/metrics.jsonl as clearml-offline
            metric loss=0.25 of 8, @id=a, @name=n
        "#]],
    );
    check(
        &[(
            "runs.jsonl",
            "[{\"lr\": 0.1, \"loss\": 3}]\n[]\n[{\"lr\": 0.2, \"loss\": 2}, {\"lr\": 0.3, \"loss\": 1}]\n{",
        )],
        &expect![[r#"
            runs.jsonl as json
            ! after record 3, line 4: it is no JSON: invalid type: map, expected an array (what follows was not read)
            lr=0.1, metric loss=3
            lr=0.2, metric loss=2
            lr=0.3, metric loss=1
        "#]],
    );
}
