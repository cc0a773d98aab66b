//! The sheet in which a column is computed by an expression, and changed later.

use super::table::Grid;
use crate::engine::protocol::{Answer, Ask, FilterProblem};
use crate::engine::view::ComputedColumn;
use crate::page::prelude::*;
use crate::page::widgets::shortcuts::Sheet;

/// What the sheet is open for: the name of the column that is changed, or none for a new one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Computing {
    pub(super) old: Option<String>,
    pub(super) name: String,
    pub(super) expression: String,
}

/// What the engine says of an expression.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Check {
    problem: Option<FilterProblem>,
    /// The first values.
    sample: Vec<String>,
}

/// The sheet, when it is open.
#[component]
pub(super) fn ComputeSheet(grid: Grid) -> impl IntoView {
    let open = RwSignal::new(false);
    let is_wanted = Memo::new(move |_| grid.computing.with(Option::is_some));
    Effect::new(move |_| open.set(is_wanted.get()));
    Effect::new(move |_| {
        // The dialog was closed by its own means.
        if !open.get() && is_wanted.get_untracked() {
            grid.computing.set(None);
        }
    });
    view! {
        <Sheet open=open title="Compute a column">
            <Show when=move || grid.computing.with(Option::is_some)>
                <Form grid=grid/>
            </Show>
        </Sheet>
    }
}

#[component]
fn Form(grid: Grid) -> impl IntoView {
    let app = grid.app;
    let begun = grid.computing.get_untracked().unwrap_or_default();
    let (bare, old_unit) = split_unit(&begun.name);
    let name = RwSignal::new(bare.to_owned());
    let unit = RwSignal::new(old_unit.to_owned());
    let expression = RwSignal::new(begun.expression);
    let old = StoredValue::new(begun.old);
    let check = RwSignal::new(Check::default());
    Effect::new(move |_| {
        let text = expression.get();
        if text.trim().is_empty() {
            check.set(Check::default());
            return;
        }
        app.ask(Ask::Check { expression: text }, move |answer| {
            if let Answer::Checked { problem, sample } = answer {
                // The sheet may be closed by now.
                let _set = check.try_set(Check { problem, sample });
            }
        });
    });
    let final_name = move || {
        let (name, text) = (name.get(), expression.get());
        let chosen = if name.trim().is_empty() { text } else { name };
        let (chosen, unit) = (chosen.trim(), unit.get());
        match unit.trim() {
            "" => chosen.to_owned(),
            unit => format!("{chosen} [{unit}]"),
        }
    };
    let taken = move || {
        let name = final_name();
        let is_own = old.with_value(|old| old.as_deref() == Some(name.as_str()));
        let known = app.ledger.with(|ledger| {
            let columns = &mut ledger.columns.iter();
            columns.any(|column| column.name == name && column.formula.is_none())
        });
        let computed = app
            .view
            .with(|view| view.computed.iter().any(|column| column.name == name));
        !is_own && (known || computed)
    };
    let is_ready = move || {
        !expression.with(|text| text.trim().is_empty())
            && check.with(|check| check.problem.is_none())
            && !taken()
    };
    let put = move || {
        if !is_ready() {
            return;
        }
        let column = ComputedColumn {
            name: final_name(),
            expression: expression.get_untracked().trim().to_owned(),
        };
        let old = old.get_value();
        app.change(|view| {
            let place = view
                .computed
                .iter()
                .position(|known| Some(&known.name) == old.as_ref());
            match place {
                Some(place) => view.computed[place] = column,
                None => view.computed.push(column),
            }
        });
        grid.computing.set(None);
    };
    let said = move || {
        let check = check.get();
        if taken() {
            return view! { <p class="bad">{format!("There is a column {} already: choose another name.", final_name())}</p> }.into_any();
        }
        if let Some(problem) = check.problem {
            let text = expression.get();
            let part = text
                .get(problem.from..problem.to)
                .unwrap_or_default()
                .to_owned();
            let part = (!part.is_empty()).then(|| view! { <code>{part}</code> ": " });
            return view! { <p class="bad">{part}{problem.message}</p> }.into_any();
        }
        let values = check.sample.join(", ");
        view! {
            <p class="faint">
                {if values.is_empty() { "The first values will be shown here.".to_owned() } else { format!("First values: {values}") }}
            </p>
        }
        .into_any()
    };
    view! {
        <form
            class="compute"
            on:submit=by::submit(move |event| {
                event.prevent_default();
                put();
            })
        >
            <label>
                "Expression"
                <input
                    type="text"
                    class="mono"
                    data-testid="compute-expression"
                    autofocus=true
                    spellcheck="false"
                    placeholder="log10(lr) * weight_decay"
                    prop:value=move || expression.get()
                    on:input=by::any(move |event| expression.set(event_target_value(&event)))
                />
            </label>
            {text_field("Name", "compute-name", "as the expression", name)}
            {text_field("Unit", "compute-unit", "none", unit)}
            <div role="status" aria-live="polite">{said}</div>
            <p class="faint">
                "Columns by name, in `backticks` where the name is odd; + − * / % ^; abs sqrt exp ln log10 log2 round floor ceil sign; "
                "of a metric's curve: "
                <code>"min val/loss"</code>
                " (first, max, mean, median, last5, sd, area, count), "
                <code>"val/loss@100"</code>
                " at a step, "
                <code>"val/loss@2h"</code>
                " at a time, "
                <code>"val/loss@common"</code>
                " at equal budget."
            </p>
            <div class="sheet-buttons">
                <button type="submit" class="button" disabled=move || !is_ready()>
                    {if old.with_value(Option::is_some) { "Change the column" } else { "Add the column" }}
                </button>
            </div>
        </form>
    }
}

fn text_field(
    label: &'static str,
    test_id: &'static str,
    placeholder: &'static str,
    text: RwSignal<String>,
) -> impl IntoView {
    view! {
        <label>
            {label}
            <input
                type="text"
                data-testid=test_id
                spellcheck="false"
                placeholder=placeholder
                prop:value=move || text.get()
                on:input=by::any(move |event| text.set(event_target_value(&event)))
            />
        </label>
    }
}

/// A name and its unit, which stands behind it in brackets.
fn split_unit(name: &str) -> (&str, &str) {
    let parts = name
        .strip_suffix(']')
        .and_then(|name| name.rsplit_once(" ["));
    parts.unwrap_or((name, ""))
}
