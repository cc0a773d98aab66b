//! How each param moved the prediction of each run: the picture below SHAP's bars.

use super::asked::asked;
use super::numbers::numbers_of;
use super::saving::{About, saved_picture};
use crate::chart::number::{counted, short_number};
use crate::chart::swarm::WIDTH;
use crate::engine::explain::Method;
use crate::engine::protocol::{Answer, Ask, MethodRanking, Swarm, SwarmParam};
use crate::page::prelude::*;
use crate::page::state::App;
use std::sync::Arc;

/// The runs by param, while SHAP is in front.
#[component]
pub(super) fn BeeswarmPanel(app: App) -> impl IntoView {
    let in_front = Memo::new(move |_| app.view.with(|view| view.explain.method == Method::Shap));
    let question = move || {
        let is_shap = |of: &MethodRanking| of.method == Method::Shap;
        let is_answered = app.last_importance.with(|last| {
            last.as_ref()
                .is_some_and(|(_, answer)| answer.methods.iter().any(is_shap))
        });
        (in_front.get() && is_answered).then_some(Ask::Swarm)
    };
    let swarm = asked(app, question, |said| match said {
        Answer::Swarm(said) => said,
        _ => None,
    });
    move || swarm.get().map(|swarm| swarm_view(app, &swarm))
}

fn swarm_view(app: App, swarm: &Arc<Swarm>) -> AnyView {
    let words = swarm.words();
    let title = format!("SHAP values of runs by param. {}", words.join(" "));
    let mut about = About {
        name: "shap".to_owned(),
        title: "How params move each run's prediction".to_owned(),
        words: words.clone(),
        ..About::default()
    };
    let words = words
        .into_iter()
        .map(|words| view! { <p>{words}</p> }.into_any());
    let words = words.collect::<Vec<_>>();
    let runs = swarm.params.first().map_or(0, |param| param.points.len());
    let told = format!(
        "Each mark is one of {}, at how far the param moved its prediction. ▽ lower third of the param's values, ● middle, △ upper \
         third, from one end of the colours to the other; ○ a category, or not set.{}",
        counted(runs, "run"),
        if swarm.of > swarm.params.len() {
            format!(
                " The {} params of {} that move it most.",
                swarm.params.len(),
                swarm.of
            )
        } else {
            String::new()
        }
    );
    about.words.push(told.clone());
    let rows = swarm.params.iter().flat_map(part_rows).collect::<Vec<_>>();
    let columns = ["Param", "Values", "Mean SHAP value", "Runs"];
    let columns = columns.map(str::to_owned).to_vec();
    let table = numbers_of("SHAP values", columns, &rows);
    view! {
        <section class="effect swarm" aria-label="How params move each run's prediction">
            <h3>"How params move each run's prediction"</h3>
            <div class="effect-words">{words}</div>
            {saved_picture(app, about, swarm.marks(), (WIDTH, swarm.height()), title)}
            <p class="faint">{told}</p>
            {table}
        </section>
    }
    .into_any()
}

fn part_rows(param: &SwarmParam) -> Vec<Vec<String>> {
    let row = |(part, mean, runs): (String, f64, usize)| {
        vec![
            param.name.clone(),
            part,
            short_number(mean),
            runs.to_string(),
        ]
    };
    param.parts().into_iter().map(row).collect()
}
