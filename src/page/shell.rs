//! The frame of the page: what is above, beside and over the views, and what the whole page listens to.

#![expect(
    unreachable_pub,
    reason = "Leptos makes the props of every component `pub`"
)]

use super::linking;
use super::state::App;
use super::views::brief::BriefView;
use super::views::compare::CompareView;
use super::views::curves::CurvesView;
use super::views::distributions::DistributionsView;
use super::views::failures::FailuresView;
use super::views::importance::ImportanceView;
use super::views::next::NextView;
use super::views::objectives::ObjectivesView;
use super::views::report::ReportView;
use super::views::run::RunDrawer;
use super::views::run_page::RunPage;
use super::views::scattered::ScatteredView;
use super::views::space::SpaceView;
use super::views::table::TableView;
use super::widgets::exporting::ExportingSheet;
use super::widgets::facets::Facets;
use super::widgets::filter_box::{EmptyResult, FilterBox};
use super::widgets::filter_sheet::FilterSheet;
use super::widgets::follow_bar::FollowBar;
use super::widgets::header::Header;
use super::widgets::help::HelpSheet;
use super::widgets::hints::HintLine;
use super::widgets::intake::{Intake, IntakeInputs};
use super::widgets::keep_bar::KeepBar;
use super::widgets::later::{self, AFTER_THE_VIEW, Later};
use super::widgets::notices::Notices;
use super::widgets::palette::Palette;
use super::widgets::panels::Panels;
use super::widgets::progress::Progress;
use super::widgets::receipt::Receipt;
use super::widgets::shortcuts::ShortcutSheet;
use super::widgets::start::Start;
use super::widgets::tabs::{Tabs, element_id, focus_by_id};
use super::widgets::too_large::TooLargeSheet;
use super::widgets::{keys, objective, requests, theme};
use crate::engine::view::Tab;
use crate::page::prelude::*;

/// The whole page.
#[component]
pub fn Shell(app: App) -> impl IntoView {
    theme::restore(app);
    later::begin();
    let panels = Panels::new();
    let intake = Intake::listen(app);
    let requests = requests::watch();
    keys::listen(app, panels);
    objective::guess_when_sure(app);
    linking::tell_missing(app);
    linking::name_rows(app);
    let has_runs = Memo::new(move |_| app.ledger.with(|ledger| ledger.runs > 0));
    let tab = Memo::new(move |_| app.view.with(|view| view.tab));
    let views = move || {
        view! {
            <section
                id="view"
                class="view"
                role="tabpanel"
                aria-labelledby=move || element_id(tab.get())
            >
                {move || match tab.get() {
                    Tab::Table => view! { <TableView app=app /> }.into_any(),
                    Tab::Space => view! { <SpaceView app=app /> }.into_any(),
                    Tab::Curves => view! { <CurvesView app=app /> }.into_any(),
                    Tab::Brief => view! { <BriefView app=app /> }.into_any(),
                    Tab::Importance => view! { <ImportanceView app=app /> }.into_any(),
                    Tab::Compare => view! { <CompareView app=app /> }.into_any(),
                    Tab::Run => view! { <RunPage app=app /> }.into_any(),
                    Tab::Objectives => view! { <ObjectivesView app=app /> }.into_any(),
                    Tab::Failures => view! { <FailuresView app=app /> }.into_any(),
                    Tab::Scatter => view! { <ScatteredView app=app /> }.into_any(),
                    Tab::Distributions => view! { <DistributionsView app=app /> }.into_any(),
                    Tab::Report => view! { <ReportView app=app /> }.into_any(),
                    Tab::Next => view! { <NextView app=app /> }.into_any(),
                }}
            </section>
        }
    };
    let work = move || {
        view! {
            <Show when=move || app.reporting.opened.with(Option::is_none)><Later app=app><KeepBar app=app /> <HintLine app=app /></Later></Show>
            <Later app=app><FilterBox app=app panels=panels /></Later>
            <div class="work" class:with-facets=move || panels.facets.get()>
                <Later app=app after=AFTER_THE_VIEW><Facets app=app panels=panels /></Later>
                <main id="main" tabindex="-1">
                    <Later app=app><Tabs app=app /></Later>
                    <EmptyResult app=app />
                    <Later app=app>{views()}</Later>
                </main>
                <Later app=app after=AFTER_THE_VIEW>
                    {later::settle()}
                    <RunDrawer app=app />
                </Later>
            </div>
        }
    };
    let before_runs = move || {
        // The words of a report are there before its runs.
        if app.reporting.opened.with(Option::is_some) {
            view! { <main id="main" tabindex="-1"><ReportView app=app /></main> }.into_any()
        } else {
            view! { <Start app=app panels=panels intake=intake requests=requests /> }.into_any()
        }
    };
    let drop_hint = move || {
        let (title, detail) = if has_runs.get() {
            (
                "Drop to add these runs",
                "What is here stays; runs that are already here are joined.",
            )
        } else {
            ("Drop to read", "Files, folders, as many as you like.")
        };
        view! {
            <div class="drop-veil" aria-hidden="true">
                <div><strong>{title}</strong><span>{detail}</span></div>
            </div>
        }
    };
    view! {
        <button type="button" class="skip button" on:click=by::mouse(move |_| focus_by_id("main"))>"Skip to the runs"</button>
        <IntakeInputs app=app intake=intake />
        <div class="app" class:empty=move || !has_runs.get()>
            <Header app=app panels=panels intake=intake requests=requests has_runs=has_runs />
            <Progress app=app />
            <FollowBar app=app />
            <Show
                when=move || has_runs.get()
                fallback=before_runs
            >
                {work}
            </Show>
        </div>
        <Receipt app=app panels=panels />
        <Notices app=app />
        <TooLargeSheet app=app />
        <ShortcutSheet panels=panels />
        <FilterSheet app=app panels=panels />
        <ExportingSheet panels=panels />
        <HelpSheet app=app panels=panels />
        <Palette app=app panels=panels />
        <Show when=move || intake.dragging.get()>{drop_hint}</Show>
    }
}
