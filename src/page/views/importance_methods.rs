//! The methods of importance: which one is in front, what it measures, and where they agree.

use super::heat_table::{HeatCell, heat_table};
use super::importance::Answered;
use super::importance_bars::{ImportanceBars, MethodBars, two_decimals};
use crate::chart::number::{percent, short_number};
use crate::engine::agreement::label;
use crate::engine::explain::Method;
use crate::engine::protocol::ImportanceAnswer;
use crate::page::prelude::*;
use crate::page::state::App;
use std::sync::Arc;

/// What is to be known of a method.
struct About {
    /// What a bar says.
    unit: &'static str,
    /// How a value is written.
    text: fn(f64) -> String,
    /// What it measures, its formula, over what, what it takes for granted and where it fails.
    words: [&'static str; 4],
}

fn about(method: Method) -> About {
    let (unit, text, words): (_, fn(f64) -> String, _) = match method {
        Method::Fanova => (
            "Share",
            percent,
            [
                "A random forest learns the objective from the params. A param's share is the part of the forest's variance that it explains alone, all others averaged out (Hutter, Hoos and Leyton-Brown 2014); its total counts all interactions that it takes part in. Shares are never scaled to make 100 %.",
                "V_j / V, where V is the variance of the forest f over the whole space and V_j = Var(E[f | x_j]) that of its mean along x_j; the total is 1 − Var(E[f | all but x_j]) / V.",
                "Averaged over the space in the table: evenly in the logarithm for params that were searched so, half a step beyond the ends for whole numbers, the same weight for each category. Another space gives other shares.",
                "Needs a forest that predicts runs it has not seen: see the fit beside the title. Params that work only together look small one by one: look at totals and pairs.",
            ],
        ),
        Method::PedAnova => (
            "Divergence",
            short_number,
            [
                "How far the values of the best runs (the best 10 % where nothing else is chosen) are spread otherwise than those of all runs: Pearson's divergence of the two densities, times the squared part (PED-ANOVA, Watanabe, Bansal and Hutter 2023; conditional params as Optuna 5 has them). Not scaled.",
                "q² · Σ over regimes of α² / β · Σ over values of p_all · (p_best / p_all − 1)², where q is the part of the runs that are best, α and β the parts of the best and of all that have the param, p densities by kernels.",
                "Measured where runs lie: what a sampler did is in it. No forest is needed.",
                "One param at a time, so pure interactions are not seen. A sampler that has settled makes the params that mattered most look small.",
            ],
        ),
        Method::Permutation => (
            "R² lost",
            two_decimals,
            [
                "How much of the out-of-bag R² is lost when a param's values are shuffled among the runs (Breiman 2001).",
                "R²(f, runs) − R²(f, runs with x_j shuffled), on runs that a tree has not seen; the mean of several shuffles.",
                "Measured where runs lie. An interaction counts for each of its params, so the sum can be above 1.",
                "Params that move together share and hide importance; noise can be slightly below 0.",
            ],
        ),
        Method::Shap => (
            "Mean |SHAP|",
            short_number,
            [
                "By how much a param moves a run's prediction away from the mean one, on average: mean absolute SHAP value of the forest (TreeSHAP, Lundberg and others 2020), in units of the objective.",
                "mean over runs of |φ_j|, where φ_j = Σ over sets S without j of |S|! (d − |S| − 1)! / d! · (f(S and j) − f(S)): the Shapley value of x_j, exact for trees. The φ of a run sum up to its prediction less the mean one.",
                "Measured where runs lie, unknown params averaged over as the trees' splits have them.",
                "An interaction is split evenly among its params. It explains the forest, not the world.",
            ],
        ),
        Method::Impurity => (
            "Part",
            percent,
            [
                "The part of the squared error that the forest's splits on a param take away (mean decrease in impurity, Breiman and others 1984), scaled to a sum of 100 %.",
                "Σ over splits on x_j of runs · (variance before − variance after), over the same of all splits; the mean over trees.",
                "Measured where runs lie, on the runs that the trees were grown on.",
                "Prefers params with many values, and never says that nothing matters: what does nothing gets a part too.",
            ],
        ),
        Method::Pearson => (
            "Correlation",
            two_decimals,
            [
                "Pearson's correlation with the objective: how near runs lie to a straight line. On the logarithm for params that were searched so.",
                "r = cov(x, y) / (sd(x) · sd(y)), −1 to 1 (Pearson 1895).",
                "For categories it is η, the root of the part of the variance between them (η²), which has no sign; it is held against the same categories shuffled.",
                "Sees no bends: a param whose best lies in the middle can have none.",
            ],
        ),
        Method::Spearman => (
            "Correlation",
            two_decimals,
            [
                "Spearman's correlation of ranks: how near runs lie to any curve that goes one way.",
                "Pearson's r of the ranks, ties sharing their mean rank (Spearman 1904).",
                "For categories it is η, the root of the part of the variance between them (η²), which has no sign; it is held against the same categories shuffled.",
                "Sees no effect that goes up and down again.",
            ],
        ),
        Method::Kendall => (
            "Correlation",
            two_decimals,
            [
                "Kendall's τ-b: of all pairs of runs, how many more have param and objective in the same order than in the opposite one.",
                "τ_b = (C − D) / √((n₀ − n₁)(n₀ − n₂)), C and D pairs in the same and in opposite order, n₀ all pairs, n₁ and n₂ those tied in one of the two (Kendall 1945).",
                "For categories it is η, the root of the part of the variance between them (η²), which has no sign; it is held against the same categories shuffled.",
                "Sees no effect that goes up and down again.",
            ],
        ),
    };
    About { unit, text, words }
}

/// The methods that can answer; without a forest those that need none.
fn offered(has_forest: bool) -> impl Iterator<Item = Method> {
    let needs_forest = |method: Method| {
        matches!(
            method,
            Method::Fanova | Method::Permutation | Method::Shap | Method::Impurity
        )
    };
    Method::ALL
        .into_iter()
        .filter(move |method| has_forest || !needs_forest(*method))
}

/// The method in front: the chosen one where it can answer, else the one that answers for the fewest runs.
fn in_front(app: App, has_forest: bool) -> Memo<Method> {
    Memo::new(move |_| {
        let chosen = app.view.with(|view| view.explain.method);
        if offered(has_forest).any(|method| method == chosen) {
            chosen
        } else {
            Method::Spearman
        }
    })
}

/// The methods as tabs, one of them in front.
#[component]
pub(super) fn MethodTabs(app: App, has_forest: bool) -> impl IntoView {
    let method = in_front(app, has_forest);
    let tab = move |of: Method| {
        view! {
            <label class="method" class:on=move || method.get() == of>
                <input
                    type="radio"
                    name="importance-method"
                    class="visually-hidden"
                    prop:checked=move || method.get() == of
                    on:change=by::any(move |_| app.change(|view| view.explain.method = of))
                />
                {capital(label(of))}
            </label>
        }
    };
    view! {
        <fieldset class="methods">
            <legend class="visually-hidden">"Method"</legend>
            {offered(has_forest).map(tab).collect::<Vec<_>>()}
        </fieldset>
    }
}

/// The bars of the method in front, and what it is.
#[component]
pub(super) fn MethodAnswerView(app: App, answer: Answered, has_forest: bool) -> impl IntoView {
    let method = in_front(app, has_forest);
    let bars = move || {
        let method = method.get();
        let About { unit, text, .. } = about(method);
        let answer = answer.get()?;
        let ranking = answer
            .methods
            .iter()
            .find(|ranking| ranking.method == method)
            .cloned();
        Some(match (method, ranking) {
            (Method::Fanova, _) => {
                view! { <ImportanceBars app=app answer=answer.clone()/> }.into_any()
            }
            (_, None) => view! { <p class="statement-line" role="status">"Being worked out …"</p> }
                .into_any(),
            (_, Some(ranking)) => match ranking.refused.clone() {
                Some(reason) => {
                    view! { <p class="statement-line">{format!("No ranking: {reason}.")}</p> }
                        .into_any()
                }
                None => {
                    view! { <MethodBars app=app ranking=ranking used=answer.used unit=unit text=text/> }.into_any()
                }
            },
        })
    };
    let settings = Memo::new(move |_| {
        answer.with(|answer| answer.as_ref().map(|answer| answer.settings.clone()))
    });
    let words = move || {
        let About { words, .. } = about(method.get());
        words
            .map(|words| view! { <p>{words}</p> })
            .into_iter()
            .collect::<Vec<_>>()
    };
    view! {
        {bars}
        <details class="how-to-read">
            <summary>{move || format!("What {} is", label(method.get()))}</summary>
            {words}
            <p>
                "The whisker is an 80 % interval, worked out by drawing runs again: "
                "bars whose whiskers overlap cannot be told apart. Tried on functions whose shares are known, it holds what many more "
                "runs would say in about 80 of 100 draws where results are noisy, and in 65 to 97, by function, where they are not. Each time a param of pure noise was drawn in too; "
                "a bar is grey where its param was not above that noise in nine of ten, which the dotted line stands for. "
                "All of it speaks of the runs that are shown and the ranges that were tried, not of cause."
            </p>
            <p class="settings">{move || settings.get()}</p>
        </details>
    }
}

/// Where the methods agree: each param's rank by each method, and sentences.
#[component]
pub(super) fn Agreement(app: App, answer: Arc<ImportanceAnswer>) -> impl IntoView {
    if answer.agreement.is_empty() {
        return ().into_any();
    }
    let mut rankings: Vec<(Method, Vec<(u32, bool)>)> = vec![(
        Method::Fanova,
        answer
            .params
            .iter()
            .map(|param| (param.column.0, param.of.is_noise))
            .collect(),
    )];
    rankings.extend(
        answer
            .methods
            .iter()
            .filter(|ranking| ranking.refused.is_none())
            .map(|ranking| {
                (
                    ranking.method,
                    ranking
                        .params
                        .iter()
                        .map(|param| (param.column.0, param.of.is_noise))
                        .collect(),
                )
            }),
    );
    let head = |(method, _): &(Method, Vec<(u32, bool)>)| {
        let method = *method;
        view! {
            <button class="link-button" on:click=by::mouse(move |_| app.change(|view| view.explain.method = method))>
                {short(method)}
            </button>
        }
        .into_any()
    };
    let heads = rankings.iter().map(head).collect();
    let most = answer.params.len().max(1) as f64;
    let rows = answer
        .params
        .iter()
        .take(12)
        .map(|param| {
            let cell = |(_, ranks): &(Method, Vec<(u32, bool)>)| {
                let at = ranks
                    .iter()
                    .position(|(column, _)| *column == param.column.0);
                let is_noise = at.is_some_and(|at| ranks[at].1);
                let text = match (at, is_noise) {
                    (None, _) => "–".to_owned(),
                    (Some(at), false) => (at + 1).to_string(),
                    (Some(at), true) => format!("({})", at + 1),
                };
                Some(HeatCell {
                    is_noise,
                    title: is_noise.then(|| "Like noise".to_owned()),
                    ..HeatCell::plain(text, at.map_or(0.0, |at| 1.0 - at as f64 / most))
                })
            };
            (param.of.name.clone(), rankings.iter().map(cell).collect())
        })
        .collect();
    let words = answer
        .agreement
        .iter()
        .map(|sentence| view! { <li>{sentence.clone()}</li> })
        .collect::<Vec<_>>();
    view! {
        <section class="agreement" aria-label="Do the methods agree?">
            <h3>"Do the methods agree?"</h3>
            <ul>{words}</ul>
            {heat_table("Rank of each param by each method; in brackets where it is like noise", "Param", heads, rows)}
        </section>
    }
    .into_any()
}

/// A method in a table's head.
fn short(method: Method) -> &'static str {
    match method {
        Method::Fanova => "fANOVA",
        Method::PedAnova => "PED",
        Method::Impurity => "Impurity",
        Method::Permutation => "Permutation",
        Method::Shap => "SHAP",
        Method::Pearson => "Pearson",
        Method::Spearman => "Spearman",
        Method::Kendall => "Kendall",
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}
