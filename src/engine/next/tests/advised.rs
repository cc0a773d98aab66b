//! What is not to be advised: ranges in which runs break, and runs that tell nothing.

use super::*;

/// Runs whose loss is least around 0.8 of `x`; two of three with a value that `breaks` says failed.
fn breaking(breaks: fn(f64) -> bool) -> Next {
    let mut workspace = Workspace::written(|sink| {
        for at in 0..240_usize {
            let part = |prime: usize| (at * prime % 241) as f64 / 241.0;
            let (x, y) = (part(37), part(53));
            let row = sink.run(&format!("run-{at}"));
            sink.set_named(row, Role::Param, "x", ValueRef::Number(x));
            sink.set_named(row, Role::Param, "y", ValueRef::Number(y));
            if breaks(x) && at % 3 > 0 {
                sink.set_status(row, Status::Failed);
            } else {
                let loss = 4.0 * (x - 0.8).powi(2) + 0.3 * y + 0.05 * part(71);
                sink.set_named(row, Role::Metric, "loss", ValueRef::Number(loss));
                sink.set_status(row, Status::Finished);
            }
        }
    });
    run(&mut workspace, "", Direction::Minimize).answer(6)
}

#[test]
fn a_range_in_which_more_runs_break_is_not_advised() {
    let of_x = |next: &Next, kind: &str| -> Vec<String> {
        let told = findings(next, kind).into_iter();
        let of_x = told.filter(|text| text.starts_with("x "));
        of_x.map(str::to_owned).collect()
    };
    let of_sweep = |next: &Next| -> f64 {
        let sweep: Json = yaml::parse(text(next, "W&B sweep")).unwrap();
        sweep["parameters"]["x"]["min"].as_f64().unwrap()
    };
    let none = breaking(|_| false);
    let [narrow] = &of_x(&none, "narrow")[..] else {
        panic!("{:?}", none.findings);
    };
    assert!(!narrow.contains("broke"), "{narrow}");
    assert!(of_x(&none, "breaks").is_empty());
    // Where the best lie most break.
    let there = breaking(|x| x > 0.6);
    assert!(of_x(&there, "narrow").is_empty(), "{:?}", there.findings);
    let [told] = &of_x(&there, "breaks")[..] else {
        panic!("{:?}", there.findings);
    };
    assert!(
        told.contains(" that came to an end there broke, and "),
        "{told}"
    );
    assert!(of_sweep(&there) < 0.1 && of_sweep(&none) > 0.3);
    // Where they break elsewhere that is one more reason.
    let elsewhere = breaking(|x| x < 0.4);
    let [narrow] = &of_x(&elsewhere, "narrow")[..] else {
        panic!("{:?}", elsewhere.findings);
    };
    assert!(!narrow.contains("broke"), "{narrow}");
    // A few there, as elsewhere, are told and are no reason against it.
    let everywhere = breaking(|x| ((x * 1000.0) as usize).is_multiple_of(5));
    let [narrow] = &of_x(&everywhere, "narrow")[..] else {
        panic!("{:?}", everywhere.findings);
    };
    assert!(narrow.contains(" broke there, and "), "{narrow}");
}

#[test]
fn no_number_of_runs_is_told_for_two_whose_means_are_the_same() {
    let told = |more: f64| {
        let mut workspace = Workspace::written(|sink| {
            for at in 0..36_usize {
                let (configuration, seed) = (at / 3, at % 3);
                let row = sink.run(&format!("run-{at}"));
                let mut set = |role, name: &str, x: f64| {
                    sink.set_named(row, role, name, ValueRef::Number(x));
                };
                set(Role::Param, "x", configuration as f64);
                set(Role::Param, "seed", at as f64);
                let loss = match configuration {
                    0 => [1.0, 1.25, 1.5][seed],
                    1 => [1.5, 1.0, 1.25][seed] + more,
                    others => 3.0 + others as f64 + [0.0, 0.25, 0.5][seed],
                };
                set(Role::Metric, "loss", loss);
            }
        });
        let next = run(&mut workspace, "", Direction::Minimize).answer(3);
        findings(&next, "replicates").concat()
    };
    let same = told(0.0);
    assert!(
        same.contains("their means are the same, and no number of runs tells")
            && same.ends_with("take the cheaper one (now 3 runs and 3)."),
        "{same}"
    );
    let near = told(0.001);
    assert!(
        near.contains("it takes more than 1,000 runs of each (now 3 and 3) to tell")
            && near.ends_with(": take the cheaper one."),
        "{near}"
    );
    assert!(!told(0.2).contains("cheaper"));
}
