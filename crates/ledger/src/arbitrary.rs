//! Made-up ledgers, for tests.

use crate::{Ledger, Role, RunSink, ValueRef};

/// A ledger of all kinds of cells, with holes, histories and problems.
pub fn arbitrary_ledger(
    u: &mut arbtest::arbitrary::Unstructured<'_>,
) -> arbtest::arbitrary::Result<Ledger> {
    let mut made = Ledger::default();
    let mut keep = |part: Ledger| made = part;
    let mut sink = RunSink::new(&mut keep);
    sink.begin_source(&format!("{}/a.csv", u.int_in_range(0..=2)?), "test", 0);
    for _ in 0..u.int_in_range(0..=12)? {
        let id: u8 = u.int_in_range(0..=8)?;
        let row = if u.arbitrary()? {
            sink.run(&id.to_string())
        } else {
            sink.add_run()
        };
        for _ in 0..u.int_in_range(0..=5)? {
            let name = ["a", "b", "c"][u.int_in_range(0..=2)?];
            let role = *u.choose(&[Role::Param, Role::Tag])?;
            let text = format!("t{}", u.int_in_range(0..=3)?);
            sink.set_named(
                row,
                role,
                name,
                match u.int_in_range(0..=4)? {
                    0 => ValueRef::Bool(u.arbitrary()?),
                    1 => ValueRef::Time(u.int_in_range(0..=9)?),
                    2 => ValueRef::Text(&text),
                    _ => ValueRef::Number(f64::from(u.int_in_range(0..=4)?)),
                },
            );
        }
        if u.arbitrary()? {
            let metric = sink.column(Role::Metric, "loss");
            sink.point(
                row,
                metric,
                f64::from(u.int_in_range(0..=3)?),
                0,
                f64::from(u.int_in_range(0..=3)?),
            );
        }
        if u.int_in_range(0..=5)? == 0 {
            sink.problem("test/odd", "1", "odd", "kept");
        }
    }
    sink.finish();
    Ok(made)
}
