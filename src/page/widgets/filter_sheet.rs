//! The filter language on one page, and the filters that the person has named.

use super::panels::Panels;
use super::shortcuts::Sheet;
use crate::engine::view::NamedFilter;
use crate::page::state::App;
use leptos::prelude::*;

/// What can be written, with what it means.
const LANGUAGE: &[(&str, &[(&str, &str)])] = &[
    (
        "Values",
        &[
            ("adam", "has “adam” in its name, id or any text"),
            ("lr >= 1e-4", "also = != < <= >"),
            (
                "lr:1e-4..1e-2",
                "from, to, both included; one end may be left out",
            ),
            ("optimizer:adam,sgd", "one of these"),
            ("name:run-*", "a pattern"),
            (
                "name ~ /^run-\\d+$/",
                "a regular expression; !~ for the opposite",
            ),
            ("has:lr   missing:lr", "has a value, has none"),
            ("nan:loss   inf:loss", "diverged"),
            ("steps > 10k   time < 2h", "k M G %, KiB MiB GiB, s m h d"),
            (
                "start > 2026-01-31",
                "a day, an hour; since:yesterday, before:2h",
            ),
        ],
    ),
    (
        "Together",
        &[
            ("adam lr<0.1", "both; “and” may be left out"),
            ("adam or sgd", "either"),
            ("not (adam or sgd)", "neither"),
        ],
    ),
    (
        "Computed",
        &[
            (
                "log10(lr) * wd < 1e-5",
                "+ − * / % ^, abs sqrt exp ln log10 log2 round min max",
            ),
            (
                "min val/loss < 0.3",
                "what a curve comes to: first, max, mean, median, last5, sd, area, count",
            ),
            (
                "val/loss@100 < 1",
                "at a step; @2h at a time after its beginning",
            ),
            ("train/loss < val/loss", "one column against another"),
        ],
    ),
    (
        "Order and sets",
        &[
            (
                "top 10% by val/acc",
                "also bottom; best 20 by the objective, or by a metric",
            ),
            ("rank <= 5", "by the objective, among all runs"),
            (
                "@selected",
                "the runs selected in the table; @pinned those at its top, @aside those set aside",
            ),
            (
                "diff <= 2",
                "so many params differ from the baseline; diff:baseline",
            ),
        ],
    ),
    (
        "Names",
        &[
            ("param.lr   metric.lr", "which of two columns of one name"),
            ("`batch size` > 8", "a name that is no word"),
            ("\"and\"", "a word in quotes is only text"),
        ],
    ),
];

/// The sheet.
#[component]
pub fn FilterSheet(app: App, panels: Panels) -> impl IntoView {
    let groups = LANGUAGE
        .iter()
        .map(|(title, lines)| {
            let lines = lines
                .iter()
                .map(|(example, meaning)| view! { <div><dt><code>{*example}</code></dt><dd>{*meaning}</dd></div> })
                .collect_view();
            view! {
                <section>
                    <h3>{*title}</h3>
                    <dl class="language">{lines}</dl>
                </section>
            }
        })
        .collect_view();
    view! {
        <Sheet open=panels.filters title="Filters">
            <Named app=app panels=panels/>
            {groups}
        </Sheet>
    }
}

/// The named filters, and a name for the present one.
#[component]
fn Named(app: App, panels: Panels) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let present = Memo::new(move |_| app.view.with(|view| view.filter.clone()));
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let named = NamedFilter {
            name: name.get_untracked().trim().to_owned(),
            filter: present.get_untracked(),
        };
        if named.name.is_empty() || named.filter.is_empty() {
            return;
        }
        app.change(|view| {
            view.named.retain(|known| known.name != named.name);
            view.named.push(named);
        });
        name.set(String::new());
    };
    let line = move |named: NamedFilter| {
        let NamedFilter { name, filter } = named;
        let (applied, removed) = (filter.clone(), name.clone());
        view! {
            <li>
                <button
                    type="button"
                    class="button"
                    on:click=move |_| {
                        app.change(|view| view.filter.clone_from(&applied));
                        panels.filters.set(false);
                    }
                >
                    {name.clone()}
                </button>
                <code>{filter}</code>
                <button
                    type="button"
                    class="button plain"
                    aria-label=format!("Forget the filter {name}")
                    on:click=move |_| app.change(|view| view.named.retain(|known| known.name != removed))
                >
                    "Forget"
                </button>
            </li>
        }
    };
    view! {
        <section>
            <h3>"Named filters"</h3>
            <ul class="named-filters">
                {move || app.view.with(|view| view.named.clone()).into_iter().map(line).collect_view()}
            </ul>
            <form class="name-filter" on:submit=save>
                <input
                    type="text"
                    aria-label="A name for the present filter"
                    placeholder=move || {
                        if present.with(String::is_empty) {
                            "Write a filter first, then name it here"
                        } else {
                            "A name for the present filter"
                        }
                    }
                    disabled=move || present.with(String::is_empty)
                    prop:value=move || name.get()
                    on:input=move |event| name.set(event_target_value(&event))
                />
                <button type="submit" class="button" disabled=move || name.with(|name| name.trim().is_empty())>"Save"</button>
            </form>
        </section>
    }
}
