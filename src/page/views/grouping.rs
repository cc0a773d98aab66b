//! By what runs are grouped: the button above the table and its panel.

use super::bar_panel::BarPanel;
use super::table::Grid;
use crate::chart::number::counted;
use crate::engine::view::{GroupStatistic, Grouping};
use crate::ledger::Role;
use crate::page::prelude::*;
use crate::page::widgets::objective::center_choice;

/// The ways to group, as they are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    None,
    Replicates,
    By,
    Except,
}

impl Way {
    const ALL: [Self; 4] = [Self::None, Self::Replicates, Self::By, Self::Except];

    fn of(grouping: Option<&Grouping>) -> Self {
        match grouping {
            None => Self::None,
            Some(Grouping::Replicates) => Self::Replicates,
            Some(Grouping::By(_)) => Self::By,
            Some(Grouping::Except(_)) => Self::Except,
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::None => "Every run by itself",
            Self::Replicates => "Replicates: the same params but for seeds",
            Self::By => "The same values in chosen columns",
            Self::Except => "The same params but for chosen ones",
        }
    }
}

/// The button, and the panel when it is open.
#[component]
pub(super) fn GroupButton(grid: Grid) -> impl IntoView {
    let app = grid.app;
    let open = RwSignal::new(false);
    let said = move || {
        let told = app.selected.with(|selected| selected.grouping.clone());
        told.map_or_else(String::new, |told| counted(told.groups, "group"))
    };
    view! {
        <Show when=move || open.get()>
            <Panel grid=grid open=open/>
        </Show>
        <button
            class="bar-button"
            class:on=move || app.view.with(|view| view.grouping.is_some())
            data-testid="group"
            aria-haspopup="dialog"
            aria-expanded=move || open.get().to_string()
            title="Group runs: replicates, or by columns (g)"
            on:click=by::mouse(move |_| open.update(|open| *open = !*open))
        >
            <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
                <path d="M2.5 3.5h11M5 7.5h8.5M5 10h8.5M2.5 13h11"/>
            </svg>
            "Group "
            <span class="faint">{said}</span>
        </button>
    }
}

#[component]
fn Panel(grid: Grid, open: RwSignal<bool>) -> impl IntoView {
    let app = grid.app;
    let way = Memo::new(move |_| app.view.with(|view| Way::of(view.grouping.as_ref())));
    let choose = move |way: Way| {
        let left_out = app.selected.with_untracked(|selected| {
            let grouping = selected.grouping.as_ref();
            grouping.map_or_else(Vec::new, |told| {
                told.left_out.iter().map(|(key, _)| key.clone()).collect()
            })
        });
        app.change(|view| {
            view.group(match way {
                Way::None => None,
                Way::Replicates => Some(Grouping::Replicates),
                Way::By => Some(Grouping::By(Vec::new())),
                // The rule by which replicates are found is where one begins.
                Way::Except => Some(Grouping::Except(left_out)),
            });
        });
    };
    let ways = Way::ALL.map(|this| {
        view! {
            <label class="picker-item group-way">
                <input
                    type="radio"
                    name="grouping"
                    prop:checked=move || way.get() == this
                    on:change=by::any(move |_| choose(this))
                />
                <span>{this.label()}</span>
            </label>
        }
    });
    let rule = move || {
        let told = app.selected.with(|selected| selected.grouping.clone());
        let told = told.filter(|_| way.get() == Way::Replicates)?;
        let name = |key: &str| key.split_once('.').map_or(key, |(_, name)| name).to_owned();
        let items = told
            .left_out
            .iter()
            .map(|(key, reason)| view! { <li><code>{name(key)}</code>{format!(": {reason}")}</li> })
            .collect_view();
        let has_some = !told.left_out.is_empty();
        Some(view! {
            <div class="group-rule">
                <p>
                    {format!(
                        "{}, {} of them with several runs. They agree in {}",
                        counted(told.groups, "group"),
                        told.several,
                        counted(told.keys.len(), "param"),
                    )}
                    {if has_some { ", and may differ in:" } else { "; there is no param like a seed." }}
                </p>
                <ul>{items}</ul>
                {(told.joined > 0).then(|| view! {
                    <p>
                        {format!("{} more joined: ", counted(told.joined, "group"))}
                        "runs of one group of the tracker, with seeds of their own, that differ only in what some do not have."
                    </p>
                })}
                <button class="button" on:click=by::mouse(move |_| choose(Way::Except))>"Change this rule"</button>
            </div>
        })
    };
    view! {
        <BarPanel grid=grid label="Group runs" open=open>
            <div role="radiogroup" aria-label="How runs are grouped">{ways.into_iter().collect::<Vec<_>>()}</div>
            {rule}
            <Show when=move || way.get() != Way::None>
                <label class="group-statistic">
                    "Metrics show "
                    <select on:change=by::any(move |event| {
                        let word = event_target_value(&event);
                        app.change(|view| view.group_statistic = GroupStatistic::from_word(&word).unwrap_or_default());
                    })>
                        {GroupStatistic::ALL
                            .map(|this| {
                                let chosen = move || app.view.with(|view| view.group_statistic == this);
                                view! { <option value=this.word() selected=chosen>{this.label()}</option> }
                            })
                            .into_iter()
                            .collect::<Vec<_>>()}
                    </select>
                </label>
                {center_choice(app)}
            </Show>
            <Show when=move || matches!(way.get(), Way::By | Way::Except)>
                <Columns grid=grid/>
            </Show>
        </BarPanel>
    }
}

/// The columns that can be chosen.
#[component]
fn Columns(grid: Grid) -> impl IntoView {
    let app = grid.app;
    let search = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        const LISTED: usize = 200;
        let only_params = app
            .view
            .with(|view| matches!(view.grouping, Some(Grouping::Except(_))));
        let wanted = search.with(|text| text.trim().to_lowercase());
        app.ledger.with(|ledger| {
            let columns = ledger.columns.iter().filter(|column| {
                let fits = match column.role {
                    Role::Param => true,
                    Role::Tag | Role::Attribute => !only_params,
                    Role::Metric | Role::Ignored => false,
                };
                fits && column.varies && column.name.to_lowercase().contains(&wanted)
            });
            let named = columns.map(|column| (column.key.clone(), column.name.clone()));
            named.take(LISTED).collect::<Vec<_>>()
        })
    });
    let item = move |(key, name): (String, String)| {
        let asked = key.clone();
        let is_chosen = move || {
            app.view.with(|view| match &view.grouping {
                Some(Grouping::By(keys) | Grouping::Except(keys)) => keys.contains(&asked),
                _ => false,
            })
        };
        let toggle = move |_| {
            app.change(|view| {
                if let Some(Grouping::By(keys) | Grouping::Except(keys)) = &mut view.grouping {
                    match keys.iter().position(|known| *known == key) {
                        Some(at) => {
                            keys.remove(at);
                        }
                        None => keys.push(key.clone()),
                    }
                }
            });
        };
        view! {
            <label class="picker-item group-way">
                <input type="checkbox" prop:checked=is_chosen on:change=by::any(toggle)/>
                <span>{name}</span>
            </label>
        }
    };
    view! {
        <input
            type="search"
            class="picker-search group-search"
            aria-label="Find a column"
            placeholder="Find a column"
            on:input=by::any(move |event| search.set(event_target_value(&event)))
        />
        <For each=move || found.get() key=|(key, _)| key.clone() let:column>{item(column)}</For>
    }
}
