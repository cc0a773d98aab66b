//! The columns at the left, each with its distribution among all runs and the shown ones; a brush on
//! one writes the filter, and the filter's text moves the brush.
//!
//! Only columns in view are asked for, and only as many panels are made as were scrolled to.

use super::brushing::Brushing;
use super::histogram::Histogram;
use super::icons::{Icon, icon};
use super::panels::Panels;
use crate::chart::number::{counted, grouped};
use crate::engine::protocol::{Brush, ColumnInfo, Facet, FacetBars};
use crate::ledger::{ColumnId, Role};
use crate::page::prelude::*;
use crate::page::state::App;
use leptos::html::{Div, Section};
use std::sync::Arc;
use wasm_bindgen::prelude::*;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

/// How many panels are made at first, and further ones each time the end of the list comes near.
const PANELS: usize = 12;

/// How near to the view a panel counts as in it.
const MARGIN: &str = "200px 0px";

/// What the panels share.
#[derive(Clone, Copy)]
struct FacetList {
    app: App,
    brushing: Brushing,
    /// Columns in view.
    visible: RwSignal<Vec<ColumnId>>,
    observer: StoredValue<Option<Observer>>,
}

/// Tells which panels are in view.
struct Observer {
    observer: IntersectionObserver,
    _heard: Closure<dyn Fn(Vec<IntersectionObserverEntry>)>,
}

impl FacetList {
    fn new(app: App) -> Self {
        let list = Self {
            app,
            brushing: Brushing::new(app),
            visible: app.distributions.at_left,
            observer: StoredValue::new(None),
        };
        list.observer.set_value(list.observe());
        on_cleanup(move || {
            list.visible.set(Vec::new());
            list.observer.try_update_value(|observer| {
                if let Some(observer) = observer.take() {
                    observer.observer.disconnect();
                }
            });
        });
        list
    }

    fn observe(self) -> Option<Observer> {
        let heard = Closure::<dyn Fn(Vec<IntersectionObserverEntry>)>::new(
            move |entries: Vec<IntersectionObserverEntry>| {
                self.visible.try_update(|visible| {
                    for entry in entries {
                        let column = entry
                            .target()
                            .get_attribute("data-column-id")
                            .and_then(|id| id.parse().ok());
                        let Some(id) = column.map(ColumnId) else {
                            continue;
                        };
                        visible.retain(|known| *known != id);
                        if entry.is_intersecting() {
                            visible.push(id);
                        }
                    }
                });
            },
        );
        let options = IntersectionObserverInit::new();
        options.set_root_margin(MARGIN);
        let observer =
            IntersectionObserver::new_with_options(heard.as_ref().unchecked_ref(), &options)
                .ok()?;
        Some(Observer {
            observer,
            _heard: heard,
        })
    }

    fn attach(self, element: &Element) {
        self.observer.with_value(|observer| {
            if let Some(observer) = observer {
                observer.observer.observe(element);
            }
        });
    }

    fn detach(self, element: &Element) {
        self.observer.try_with_value(|observer| {
            if let Some(observer) = observer {
                observer.observer.unobserve(element);
            }
        });
    }
}

/// The list of columns.
#[component]
pub fn Facets(app: App, panels: Panels) -> impl IntoView {
    view! {
        <Show when=move || panels.facets.get()>
            <FacetPanels app=app panels=panels />
        </Show>
    }
}

#[component]
fn FacetPanels(app: App, panels: Panels) -> impl IntoView {
    let list = FacetList::new(app);
    let (search, set_search) = signal(String::new());
    let (limit, set_limit) = signal(PANELS);
    let matching = Memo::new(move |_| {
        let wanted = search.get().to_lowercase();
        app.ledger.with(|ledger| {
            let fits = |column: &&ColumnInfo| {
                column.role != Role::Ignored && column.name.to_lowercase().contains(&wanted)
            };
            ledger
                .columns
                .iter()
                .filter(fits)
                .map(|column| (column.id, column.role, column.name.clone()))
                .collect::<Vec<_>>()
        })
    });
    let made = move || {
        matching.with(|matching| {
            matching
                .iter()
                .take(limit.get())
                .cloned()
                .collect::<Vec<_>>()
        })
    };
    let scrolled = NodeRef::<Div>::new();
    let near_end = move || {
        if let Some(node) = scrolled.try_get_untracked().flatten() {
            let left = node.scroll_height() - node.scroll_top() - node.client_height();
            if left < node.client_height()
                && matching.with_untracked(|matching| matching.len() > limit.get_untracked())
            {
                set_limit.update(|limit| *limit += PANELS);
            }
        }
    };
    // On a tall window the first panels leave nothing to scroll.
    Effect::new(move |_| {
        matching.track();
        limit.track();
        request_animation_frame(near_end);
    });
    view! {
        <aside class="facets" id="facets" aria-label="Columns">
            <header>
                <input
                    type="search"
                    placeholder=move || format!("Find in {}", app.ledger.with(|ledger| counted(ledger.columns.len(), "column")))
                    aria-label="Find a column"
                    prop:value=move || search.get()
                    on:input=by::any(move |event| set_search.set(event_target_value(&event)))
                />
                <button type="button" class="button plain square" aria-label="Hide columns" title="Hide ([)" on:click=by::mouse(move |_| panels.facets.set(false))>
                    {icon(Icon::Close)}
                </button>
            </header>
            <div class="facet-list" node_ref=scrolled on:scroll=by::any(move |_| near_end())>
                <For each=made key=|(id, role, _)| (*id, *role) let((id, role, name))>
                    <FacetPanel list=list id=id role=role name=name />
                </For>
                <Show when=move || matching.with(Vec::is_empty) && app.ledger.with(|ledger| !ledger.columns.is_empty())>
                    <p class="soft facet-none">"No column has this in its name."</p>
                </Show>
            </div>
        </aside>
        <button type="button" class="facets-veil" aria-label="Hide columns" tabindex="-1" on:click=by::mouse(move |_| panels.facets.set(false))></button>
    }
}

#[component]
fn FacetPanel(list: FacetList, id: ColumnId, role: Role, name: String) -> impl IntoView {
    let node = NodeRef::<Section>::new();
    let facet = Memo::new(move |_| list.app.distributions.of(id));
    let brush = Memo::new(move |_| list.brushing.of(id));
    Effect::new(move |_| {
        if let Some(element) = node.get() {
            list.attach(&element);
        }
    });
    on_cleanup(move || {
        if let Some(element) = node.try_get_untracked().flatten() {
            list.detach(&element);
        }
        list.visible
            .try_update(|visible| visible.retain(|known| *known != id));
    });
    let label = StoredValue::new(name);
    // The bars change with every selection; the elements around them stay, a drag among them.
    let is_histogram = Memo::new(move |_| {
        facet.with(|facet| {
            facet
                .as_ref()
                .map(|facet| matches!(facet.bars, FacetBars::Histogram { .. }))
        })
    });
    let body = move || {
        match is_histogram.get() {
        None => view! { <div class="facet-waiting"></div> }.into_any(),
        Some(true) => {
            view! { <Histogram facet=facet brush=brush column=id name=label.get_value() brushing=list.brushing /> }.into_any()
        }
        Some(false) => view! { <Values list=list id=id facet=facet brush=brush /> }.into_any(),
    }
    };
    view! {
        <section
            class="facet"
            class:brushed=move || brush.with(Option::is_some)
            node_ref=node
            data-column-id=id.0.to_string()
            data-column=label.get_value()
            aria-label=label.get_value()
        >
            <h2>
                <span class="facet-name" title=label.get_value()>{label.get_value()}</span>
                <Show
                    when=move || brush.with(Option::is_some)
                    fallback=move || view! { <span class="faint">{role.word()}</span> }
                >
                    <button
                        type="button"
                        class="link"
                        aria-label=format!("Clear the brush on {}", label.get_value())
                        on:click=by::mouse(move |_| list.brushing.once(id, None))
                    >
                        "clear"
                    </button>
                </Show>
            </h2>
            {body}
            <Lanes list=list id=id facet=facet brush=brush />
        </section>
    }
}

/// Values with their counts; a click keeps only the chosen ones.
#[component]
fn Values(
    list: FacetList,
    id: ColumnId,
    facet: Memo<Option<Arc<Facet>>>,
    brush: Memo<Option<Brush>>,
) -> impl IntoView {
    let chosen = move |value: &str| {
        brush.with(|brush| matches!(brush, Some(Brush::Values(values)) if values.iter().any(|known| known == value)))
    };
    let toggle = move |value: &str| {
        let mut values = match brush.get_untracked() {
            Some(Brush::Values(values)) => values,
            _ => Vec::new(),
        };
        if let Some(at) = values.iter().position(|known| known == value) {
            values.remove(at);
        } else {
            values.push(value.to_owned());
        }
        list.brushing
            .once(id, (!values.is_empty()).then_some(Brush::Values(values)));
    };
    let listed = Memo::new(move |_| {
        facet.with(|facet| match facet.as_ref().map(|facet| &facet.bars) {
            // A list of values that occur once each (ids, names) tells nothing.
            Some(FacetBars::Values { values, more })
                if *more > 0 && values.iter().all(|(_, _, all)| *all <= 1) =>
            {
                (Vec::new(), values.len() + more)
            }
            Some(FacetBars::Values { values, more }) => (values.clone(), *more),
            _ => (Vec::new(), 0),
        })
    });
    let most = Memo::new(move |_| {
        listed.with(|(values, _)| {
            values
                .iter()
                .map(|(_, _, all)| *all)
                .max()
                .unwrap_or(1)
                .max(1)
        })
    });
    let names = Memo::new(move |_| {
        listed.with(|(values, _)| {
            let names = values.iter().map(|(name, _, _)| name.clone());
            names.enumerate().collect::<Vec<_>>()
        })
    });
    // Other runs that are shown change the counts; the buttons stay.
    let row = move |(place, value): (usize, String)| {
        let numbers = Memo::new(move |_| {
            listed.with(|(values, _)| {
                let found = values.get(place);
                found.map_or((0, 0), |(_, shown, all)| (*shown, *all))
            })
        });
        let value = StoredValue::new(value);
        let width = move |counted: usize| {
            let hundredths = (counted as f64 / most.get() as f64 * 1e4).round() as u32;
            format!("{}.{:02}%", hundredths / 100, hundredths % 100)
        };
        let text = move || {
            value.with_value(|value| {
                if value.is_empty() {
                    "(empty text)".to_owned()
                } else {
                    value.clone()
                }
            })
        };
        view! {
            <li>
                <button
                    type="button"
                    class="facet-value"
                    aria-pressed=move || if value.with_value(|value| chosen(value)) { "true" } else { "false" }
                    title=move || {
                        let (shown, all) = numbers.get();
                        format!("{}: {} of {}", text(), grouped(shown), counted(all, "run"))
                    }
                    on:click=by::mouse(move |_| value.with_value(|value| toggle(value)))
                >
                    <span class="value-all" style:width=move || width(numbers.get().1)></span>
                    <span class="value-shown" style:width=move || width(numbers.get().0)></span>
                    <span class="value-name">{text}</span>
                    <span class="value-count number">
                        {move || {
                            let (shown, all) = numbers.get();
                            counts(shown, all)
                        }}
                    </span>
                </button>
            </li>
        }
    };
    view! {
        <ul class="values">
            <For each=move || names.get() key=Clone::clone let:value>
                {row(value)}
            </For>
        </ul>
        {move || {
            let (none, more) = listed.with(|(values, more)| (values.is_empty(), *more));
            let text = if none {
                format!("{}, each once", counted(more, "different value"))
            } else {
                format!("and {}", counted(more, "more value"))
            };
            (more > 0).then(|| view! { <p class="faint more">{text}</p> })
        }}
    }
}

/// What has no place on an axis: no value, NaN, infinities. Each can be filtered for.
#[component]
fn Lanes(
    list: FacetList,
    id: ColumnId,
    facet: Memo<Option<Arc<Facet>>>,
    brush: Memo<Option<Brush>>,
) -> impl IntoView {
    let lane = move |name: &'static str, meaning: Brush, (shown, all): (usize, usize)| {
        let wanted = meaning.clone();
        let pressed = move || brush.with(|brush| brush.as_ref() == Some(&wanted));
        let also = pressed.clone();
        (all > 0).then(|| {
            view! {
                <button
                    type="button"
                    class="lane"
                    aria-pressed=move || if pressed() { "true" } else { "false" }
                    title=format!("{name}: {} of {}", grouped(shown), counted(all, "run"))
                    on:click=by::mouse(move |_| list.brushing.once(id, (!also()).then(|| meaning.clone())))
                >
                    {name} " " <span class="number">{counts(shown, all)}</span>
                </button>
            }
        })
    };
    let lanes = move || {
        let facet = facet.get()?;
        let any = facet.missing.1 + facet.nan.1 + facet.infinite.1 > 0;
        any.then(|| {
            view! {
                <div class="lanes">
                    {lane("missing", Brush::Missing, facet.missing)}
                    {lane("NaN", Brush::NotANumber, facet.nan)}
                    {lane("infinite", Brush::Infinite, facet.infinite)}
                </div>
            }
        })
    };
    view! { {lanes} }
}

fn counts(shown: usize, all: usize) -> String {
    if shown == all {
        grouped(all)
    } else {
        format!("{}/{}", grouped(shown), grouped(all))
    }
}
