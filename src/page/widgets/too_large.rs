//! The question before something is read that memory may not hold: how much of the curves to keep.

use super::numbers::bytes;
use super::shortcuts::Sheet;
use crate::ledger::Keep;
use crate::page::prelude::*;
use crate::page::state::App;

/// How many points of a curve are kept where it is thinned.
const THINNED_POINTS: usize = 1000;

/// What a person can choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Thinned,
    Chosen,
    Summaries,
    Columns,
    All,
}

impl Choice {
    const ALL: [Self; 5] = [
        Self::Thinned,
        Self::Chosen,
        Self::Summaries,
        Self::Columns,
        Self::All,
    ];

    fn said(self) -> (&'static str, &'static str) {
        match self {
            Self::Thinned => (
                "Thinned curves",
                "At most 1,000 points of each curve, its extremes among them.",
            ),
            Self::Chosen => (
                "Curves of chosen metrics",
                "Whole curves of the metrics below, summaries of all others.",
            ),
            Self::Summaries => (
                "Summaries only",
                "Last, least and greatest value of each metric; no curves.",
            ),
            Self::Columns => (
                "Chosen columns of Parquet tables",
                "Of each, the columns below with ids, states, times and steps; no other is read. Other files are read whole.",
            ),
            Self::All => (
                "Everything",
                "The tab may run out of memory; what was open would have to be read again.",
            ),
        }
    }

    fn keep(self, metrics: &str) -> Keep {
        let names = metrics.split([',', '\n']).map(str::trim);
        let chosen: Vec<String> = names
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        match self {
            Self::Thinned => Keep {
                points: Some(THINNED_POINTS),
                ..Keep::default()
            },
            Self::Chosen if !chosen.is_empty() => Keep {
                metrics: chosen,
                ..Keep::default()
            },
            Self::Columns if !chosen.is_empty() => Keep {
                columns: chosen,
                ..Keep::default()
            },
            Self::Chosen | Self::Columns | Self::Summaries => Keep {
                points: Some(0),
                ..Keep::default()
            },
            Self::All => Keep::default(),
        }
    }
}

/// The sheet; open while a drop waits for a decision. Closing it is to cancel.
#[component]
pub fn TooLargeSheet(app: App) -> impl IntoView {
    let open = RwSignal::new(false);
    let choice = RwSignal::new(Choice::Thinned);
    let metrics = RwSignal::new(String::from("*loss*"));
    Effect::new(move |_| open.set(app.too_large.with(Option::is_some)));
    Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        if was_open == Some(true) && !is_open && app.too_large.with_untracked(Option::is_some) {
            app.cancel_import();
        }
        is_open
    });
    let why = move || {
        let (wanted, budget) = app.too_large.get().unwrap_or_default();
        format!(
            "All of it would take about {} of memory; there are about {} for it. How much of the logged curves shall be kept?",
            bytes(wanted),
            bytes(budget)
        )
    };
    let options = Choice::ALL.map(|this| {
        let (title, detail) = this.said();
        view! {
            <label class="keep-choice">
                <input
                    type="radio"
                    name="keep"
                    prop:checked=move || choice.get() == this
                    on:change=by::any(move |_| choice.set(this))
                />
                <span><strong>{title}</strong><span class="soft">{detail}</span></span>
            </label>
        }
    });
    view! {
        <Sheet open=open title="This is a lot to read">
            <p>{why}</p>
            <div class="keep-choices" role="radiogroup" aria-label="What to keep">{options.into_iter().collect_view()}</div>
            <Show when=move || matches!(choice.get(), Choice::Chosen | Choice::Columns)>
                <label class="field">
                    <span>"Names, with commas between; * stands for anything"</span>
                    <input
                        type="text"
                        class="wide"
                        prop:value=move || metrics.get()
                        on:input:target=move |event| metrics.set(event.target().value())
                    />
                </label>
            </Show>
            <div class="sheet-actions">
                <button type="button" class="button" on:click=by::mouse(move |_| open.set(false))>"Cancel"</button>
                <button
                    type="button"
                    class="button primary"
                    on:click=by::mouse(move |_| app.read_with(choice.get_untracked().keep(&metrics.get_untracked())))
                >
                    "Read"
                </button>
            </div>
        </Sheet>
    }
}
