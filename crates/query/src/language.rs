//! The filter language on one page, as people read it. The tests hold that every example can be written so, and that
//! nothing that can be written is left out.

/// Examples with what they mean, under headings. Three blanks stand between examples that are not one filter.
pub const LANGUAGE: &[(&str, &[(&str, &str)])] = &[
    (
        "Values",
        &[
            (
                "adam",
                "has “adam” in its name, id or any text, in any case",
            ),
            ("lr >= 1e-4", "also = != < <= >"),
            (
                "lr:1e-4..1e-2",
                "from, to, both included; one end may be left out",
            ),
            (
                "optimizer:adam,sgd",
                "one of these; alone, a text that has it in it",
            ),
            ("name:run-*", "a pattern: * is any text"),
            (
                "name ~ /^run-\\d+$/   name !~ /tmp/i   /^run/",
                "a regular expression, its opposite, one for any text; i is any case; a number matches as 0.0001, 1e-4 or 1e-04",
            ),
            (
                "has:lr   missing:lr",
                "has a value, has none; a run without one passes no comparison",
            ),
            (
                "nan:loss   inf:loss",
                "diverged; both has a value and is not missing",
            ),
            (
                "steps > 10k   memory < 3GiB   dropout < 5%",
                "% k K M G B T, kB MB GB TB, KiB MiB GiB TiB",
            ),
            ("runtime < 2h", "us ms s m min h d day days, in seconds"),
            (
                "start > 2026-01-31   start:2026-01",
                "a year, a month, a day, an instant",
            ),
            (
                "since:yesterday   before:2h",
                "when it began; also today, now, a date, a time ago",
            ),
        ],
    ),
    (
        "Together",
        &[
            ("adam lr<0.1   adam and lr<0.1", "both; && too"),
            ("adam or sgd", "either; || too"),
            ("not (adam or sgd)", "neither; ! too"),
        ],
    ),
    (
        "Computed",
        &[
            (
                "log10(lr) * wd < 1e-5",
                "+ - * / % ^ and ( ); abs sqrt exp ln log10 log2 round floor ceil sign, min max mean of several",
            ),
            (
                "min val/loss < 0.3   last5(val/loss) < 1",
                "what a curve comes to: last, best, min, max, first, mean, median, last5 (the mean of the last 5, or any number), sd, area, count",
            ),
            (
                "val/loss@100 < 1   min(val/loss@2h) < 1",
                "up to a step, up to a time after its beginning; a run that did not come so far has no value",
            ),
            (
                "val/loss@common < 1",
                "at equal budget: up to the step that nine of ten runs came to",
            ),
            ("train/loss < val/loss", "one column against another"),
        ],
    ),
    (
        "Order and sets",
        &[
            (
                "top 10% by val/acc   bottom 3 by lr",
                "the greatest, the least, among all runs; equal ones together",
            ),
            (
                "best 20   worst 5 by val/loss",
                "by the objective, or by a metric whose better way is known",
            ),
            ("rank <= 5", "by the objective, among all runs"),
            (
                "@selected   @pinned   not @aside   @new   @gone",
                "the runs selected in the table; those at its top; those set aside; those that came since the last visit; those that no file has any more",
            ),
            (
                "diff <= 2   diff:baseline",
                "so many params differ from the baseline; at least one does",
            ),
        ],
    ),
    (
        "Names",
        &[
            (
                "param.lr < 1   metric.lr < 1",
                "which of two columns of one name: param, metric, attribute, tag",
            ),
            ("`batch size` > 8", "a name that is no word, in backticks"),
            ("\"and\"   name = 'a b'", "in quotes all is only text"),
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::super::ast::{Comparison, Extreme, State};
    use super::super::expression::callables;
    use super::super::literal::{DURATIONS, MULTIPLES};
    use super::super::{Ranked, Scope, select};
    use super::*;
    use ledger::{Bits, Ledger, Role, RunSink, Until, ValueRef, attribute};

    /// Two runs with every column that the page speaks of.
    fn ledger() -> Ledger {
        let mut whole = Ledger::default();
        let mut keep = |part: Ledger| {
            whole.append(part);
        };
        let mut sink = RunSink::new(&mut keep);
        sink.begin_source("a", "test", 0);
        let metrics = ["loss", "val/loss", "train/loss", "val/acc", "lr"];
        let metrics = metrics.map(|name| sink.column(Role::Metric, name));
        for id in ["run-1", "run-2"] {
            let row = sink.run(id);
            sink.set_attribute(row, attribute::NAME, ValueRef::Text(id));
            sink.set_time(row, attribute::START, "2026-01-31 07:00");
            let params = [
                "lr",
                "wd",
                "steps",
                "memory",
                "dropout",
                "runtime",
                "batch size",
            ];
            for name in params {
                sink.set_named(row, Role::Param, name, ValueRef::Number(row as f64));
            }
            sink.set_named(row, Role::Param, "optimizer", ValueRef::Text("adam"));
            for metric in metrics {
                for step in 0..3 {
                    let millis = 1_000 + i64::from(step) * 7_200_000;
                    sink.point(row, metric, f64::from(step) * 100.0, millis, 0.5);
                }
            }
        }
        sink.finish();
        whole
    }

    #[test]
    fn every_example_is_a_filter() {
        let ledger = ledger();
        let column = ledger.find(Role::Metric, "val/loss").unwrap();
        let marked = Bits::filled(2, true);
        let scope = Scope {
            now: Some(1_770_000_000_000),
            objective: Some(Ranked {
                column,
                maximize: false,
                values: &[1.0, 2.0],
                ranks: &|| vec![1, 2],
            }),
            marks: &["selected", "pinned", "aside", "new", "gone"].map(|name| (name, &marked)),
            baseline: &[0],
            ..Scope::from(&ledger)
        };
        for (examples, _) in LANGUAGE.iter().flat_map(|(_, lines)| *lines) {
            for example in examples.split("   ") {
                assert!(select(example, scope).is_ok(), "{example}");
            }
        }
    }

    #[test]
    fn nothing_that_can_be_written_is_left_out() {
        let lines = LANGUAGE.iter().flat_map(|(_, lines)| *lines);
        let page: String = lines
            .map(|(examples, meaning)| format!(" {examples} {meaning} "))
            .collect();
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let words: Vec<&str> = page.split(|c| !is_word(c)).collect();
        let mut wanted: Vec<String> = callables().map(|(word, _)| word).collect();
        wanted.extend(State::ALL.map(|state| state.word().to_owned()));
        wanted.extend(Extreme::ALL.map(|end| end.word().to_owned()));
        wanted.extend(
            Role::ALL
                .iter()
                .filter(|role| **role != Role::Ignored)
                .map(|role| role.word().to_owned()),
        );
        wanted.push(super::super::until_text(Until::Common));
        let special = [
            "and",
            "or",
            "not",
            "by",
            "rank",
            "diff",
            "baseline",
            "since",
            "before",
            "now",
            "today",
            "yesterday",
            "selected",
            "pinned",
            "aside",
            "new",
            "gone",
        ];
        wanted.extend(special.map(str::to_owned));
        let units = MULTIPLES.iter().chain(&DURATIONS).map(|(unit, _)| *unit);
        wanted.extend(units.filter(|unit| *unit != "%").map(str::to_owned));
        for word in wanted {
            assert!(words.contains(&word.as_str()), "{word} is not on the page");
        }
        let signs = Comparison::ALL.map(Comparison::sign);
        for sign in signs.into_iter().chain([
            "~", "!~", ":", "..", ",", "*", "/", "+", "-", "%", "^", "(", ")", "@", "`", "\"", "'",
            "&&", "||", "!",
        ]) {
            assert!(page.contains(sign), "{sign} is not on the page");
        }
    }
}
