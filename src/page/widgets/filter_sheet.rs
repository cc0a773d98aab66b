//! The filter language on one page, and the filters that the person has named.

use super::panels::Panels;
use super::shortcuts::Sheet;
use crate::engine::LANGUAGE;
use crate::engine::named::{self, NamedFilter};
use crate::page::prelude::*;
use crate::page::state::App;

/// The sheet.
#[component]
pub fn FilterSheet(app: App, panels: Panels) -> impl IntoView {
    let groups = LANGUAGE
        .iter()
        .map(|(title, lines)| {
            let lines = lines
                .iter()
                .map(|(examples, meaning)| view! { <div><dt><code>{*examples}</code></dt><dd>{*meaning}</dd></div> })
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
    let named = Memo::new(move |_| app.view.with(|view| view.named.clone()));
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        app.change(|view| named::save(view, &name.get_untracked()));
        name.set(String::new());
    };
    let is_known = Memo::new(move |_| {
        app.view.with(|view| {
            let is_it = |known: &NamedFilter| name.with(|name| name.trim() == known.name);
            view.named.iter().any(is_it)
        })
    });
    let line = move |named: NamedFilter| {
        let NamedFilter { name, filter } = named;
        let name = StoredValue::new(name);
        let said = name.get_value();
        let (applied, is_present) = (filter.clone(), present.with(|text| *text == filter));
        let rename = move |event: web_sys::Event| {
            let other = event_target_value(&event);
            let mut is_renamed = false;
            app.change(|view| {
                is_renamed = name.with_value(|name| named::rename(view, name, &other));
            });
            if !is_renamed {
                let name = name.get_value();
                app.notify(&format!("“{name}” keeps its name: no two filters have the same, and none has an empty one."));
                event_target::<web_sys::HtmlInputElement>(&event).set_value(&name);
            }
        };
        view! {
            <li class:present=is_present>
                <input
                    type="text"
                    aria-label=format!("Name of the filter {said}")
                    title="Write another name to rename it"
                    prop:value=said.clone()
                    on:change=by::any(rename)
                />
                <code title=filter.clone()>{filter.clone()}</code>
                <button
                    type="button"
                    class="button"
                    aria-label=format!("Apply the filter {said}")
                    on:click=by::mouse(move |_| {
                        app.change(|view| view.filter.clone_from(&applied));
                        panels.filters.set(false);
                    })
                >
                    "Apply"
                </button>
                <button
                    type="button"
                    class="button plain"
                    aria-label=format!("Replace the filter {said} by the present one")
                    title="Replace it by the present filter"
                    disabled=is_present || present.with(String::is_empty)
                    on:click=by::mouse(move |_| app.change(|view| name.with_value(|name| named::save(view, name))))
                >
                    "Replace"
                </button>
                <button
                    type="button"
                    class="button plain"
                    aria-label=format!("Forget the filter {said}")
                    on:click=by::mouse(move |_| app.change(|view| name.with_value(|name| named::forget(view, name))))
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
                {move || named.get().into_iter().map(line).collect_view()}
            </ul>
            <form class="name-filter" on:submit=by::submit(save)>
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
                    on:input=by::any(move |event| name.set(event_target_value(&event)))
                />
                <button type="submit" class="button" disabled=move || name.with(|name| name.trim().is_empty())>
                    {move || if is_known.get() { "Replace" } else { "Save" }}
                </button>
            </form>
        </section>
    }
}
