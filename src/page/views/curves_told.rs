//! What is said of the curves: how many are drawn, and what the run has that is pointed at.

use crate::chart::number::{counted, grouped};
use crate::engine::protocol::{CurveRun, CurvesPicture};

/// Whether something is drawn, which can be pointed at.
pub(super) fn has_panels(picture: &CurvesPicture) -> bool {
    !picture.panels.is_empty()
}

/// How many runs and metrics are drawn.
pub(super) fn told(picture: Option<&CurvesPicture>) -> String {
    let Some(picture) = picture else {
        return String::new();
    };
    let all = counted(picture.runs, "run");
    let runs = if picture.shown == picture.runs {
        all
    } else {
        format!("{} of {all}", grouped(picture.shown))
    };
    let panels = picture.panels.len();
    let metrics = if panels == picture.metrics {
        counted(panels, "metric")
    } else {
        let others = &picture.others;
        let named = others.iter().take(8).cloned().collect::<Vec<_>>();
        let more = if others.len() > named.len() {
            ", …"
        } else {
            ""
        };
        format!(
            "{panels} of {}; without a panel: {}{more}",
            counted(picture.metrics, "metric"),
            named.join(", ")
        )
    };
    let lines = if !has_panels(picture) {
        ""
    } else if picture.beside {
        "Each line has the colour of its column; where there are more than eight, the further ones are grey."
    } else if picture.bands {
        "Each group is its middle with a band, on logarithmic axes both of the logarithm; point at a run to see its line."
    } else {
        "Each shown run is a faint line."
    };
    let part = picture.part.as_ref();
    let part = part.map_or_else(String::new, |part| format!(" Shown are {part}."));
    let mut told = format!("{runs}. {metrics}. {lines}{part}");
    if let Some(drawn) = &picture.drawn {
        told.push(' ');
        told.push_str(drawn);
    }
    told
}

/// The run that is pointed at, in words: what it has there of each panel's metric.
pub(super) fn named(near: Option<&CurveRun>, picture: Option<&CurvesPicture>) -> String {
    if !picture.is_some_and(has_panels) {
        return String::new();
    }
    near.map_or_else(
        || "Point at a line or tap it to see its run, click or tap it again to open it, drag along to zoom.".to_owned(),
        |run| {
            let mut text = format!("Run {} at {}: ", run.name, run.x_text);
            let panels = picture.map_or(&[][..], |picture| &picture.panels);
            let known = run.values.iter().zip(panels);
            for (value, panel) in known.filter_map(|(value, panel)| Some((value.as_ref()?, panel)))
            {
                if !text.ends_with(": ") {
                    text.push_str(" · ");
                }
                for word in [&panel.name, " ", &value.text] {
                    text.push_str(word);
                }
            }
            text
        },
    )
}
