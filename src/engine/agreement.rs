//! How far the methods agree on what mattered, and why they may not, in sentences.

use super::protocol::{MethodRanking, ParamImportance};
use crate::analysis::importance::Method;
use crate::analysis::importance::answer::{NOTHING, NOTHING_WITH_OTHERS};
use crate::ledger::ColumnId;

/// Sentences about disagreement at most.
const SENTENCES: usize = 3;

/// What the methods agree on and what not; nothing until other methods have answered.
pub fn agreement(params: &[ParamImportance], methods: &[MethodRanking]) -> Vec<String> {
    let answered: Vec<&MethodRanking> = methods
        .iter()
        .filter(|ranking| ranking.refused.is_none() && !ranking.params.is_empty())
        .collect();
    if params.is_empty() || answered.is_empty() {
        return Vec::new();
    }
    // What is like noise is first nowhere, however large.
    let mut firsts: Vec<(&str, Vec<&str>)> = Vec::new();
    let own = params.iter().find(|param| !param.of.is_noise);
    let own = own.map(|param| (param.of.name.as_str(), label(Method::Fanova)));
    let of_others = answered.iter().filter_map(|ranking| {
        let of_ranking = ranking.params.iter().find(|param| !param.of.is_noise)?;
        Some((of_ranking.of.name.as_str(), label(ranking.method)))
    });
    for (name, method) in own.into_iter().chain(of_others) {
        match firsts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, methods)) => methods.push(method),
            None => firsts.push((name, vec![method])),
        }
    }
    let all = answered.len() + 1;
    let telling: usize = firsts.iter().map(|(_, methods)| methods.len()).sum();
    let unsure = match all - telling {
        0 => String::new(),
        1 => "; one tells none from noise".to_owned(),
        more => format!("; {more} tell none from noise"),
    };
    let mut sentences = vec![match firsts.as_slice() {
        [] => format!("None of {all} methods tells a param from noise."),
        [(name, _)] if telling == all => format!("All {all} methods put {name} first."),
        [(name, methods), others @ ..] => {
            let by: Vec<String> = others
                .iter()
                .map(|(name, methods)| format!("; {name} is first by {}", methods.join(", ")))
                .collect();
            format!(
                "{} of {all} methods put {name} first{}{unsure}.",
                methods.len(),
                by.concat()
            )
        }
    }];
    let by = |method: Method| answered.iter().find(|ranking| ranking.method == method);
    let is_noise = |method: Method, column: ColumnId| {
        let ranking = by(method)?;
        let param = ranking.params.iter().find(|param| param.column == column)?;
        param.of.value.map(|_| param.of.is_noise)
    };
    let mut reasons = Vec::new();
    for param in params {
        let name = &param.of.name;
        let column = param.column;
        if !param.of.is_noise && is_noise(Method::Spearman, column) == Some(true) {
            let why = if param.active.is_some() {
                "what matters may be whether it is set, which correlation does not see"
            } else {
                "its effect may not go one way, as where the best lies in the middle, or be too small beside the others'"
            };
            reasons.push(format!(
                "{name} matters by functional ANOVA and cannot be told from noise by correlation: {why}."
            ));
        }
        if param.of.is_noise && is_noise(Method::Permutation, column) == Some(false) {
            let works_together = param
                .of
                .total
                .is_some_and(|total| param.of.share < NOTHING && total >= NOTHING_WITH_OTHERS);
            reasons.push(if works_together {
                format!(
                    "{name} has no share of its own but matters by permutation: it works together with other params."
                )
            } else {
                format!(
                    "{name}'s share cannot be told from noise, but what it does by permutation can: it may work together with other params, or be one in ten that chance lets through."
                )
            });
        }
        // Of the best runs that do not have it nothing is said of where in it they lie.
        let is_in_all = param.active.is_none();
        if !param.of.is_noise && is_in_all && is_noise(Method::PedAnova, column) == Some(true) {
            reasons.push(format!(
                "{name} matters over the whole range, but where the best runs lie in it cannot be told from chance (PED-ANOVA): it may separate bad runs from fair ones, or the best runs be too few to say."
            ));
        }
        if param.of.is_noise && is_noise(Method::PedAnova, column) == Some(false) {
            reasons.push(format!(
                "The best runs lie in a part of {name}'s range (PED-ANOVA), though its share of the whole cannot be told from noise: it matters among good runs, or the sampler looked there."
            ));
        }
    }
    sentences.extend(reasons.into_iter().take(SENTENCES));
    sentences
}

/// What a method is called within a sentence.
pub fn label(method: Method) -> &'static str {
    match method {
        Method::Fanova => "functional ANOVA",
        Method::PedAnova => "PED-ANOVA",
        Method::Impurity => "impurity",
        Method::Permutation => "permutation",
        Method::Shap => "SHAP",
        Method::Pearson => "Pearson's correlation",
        Method::Spearman => "Spearman's correlation",
        Method::Kendall => "Kendall's correlation",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::importance::{Measured, Share};
    use crate::engine::protocol::{ActiveShare, MeasuredParam};

    fn param(column: u32, name: &str, is_noise: bool) -> ParamImportance {
        ParamImportance {
            column: ColumnId(column),
            of: Share {
                name: name.to_owned(),
                share: 0.5,
                low: None,
                high: None,
                total: None,
                is_noise,
                noise: None,
            },
            space: String::new(),
            present: 10,
            active: None,
        }
    }

    fn ranking(method: Method, params: &[(u32, &str, bool)]) -> MethodRanking {
        let measured = |(column, name, is_noise): &(u32, &str, bool)| MeasuredParam {
            column: ColumnId(*column),
            of: Measured {
                name: (*name).to_owned(),
                value: Some(0.1),
                low: None,
                high: None,
                is_noise: *is_noise,
                noise: None,
            },
            present: 10,
        };
        MethodRanking {
            method,
            params: params.iter().map(measured).collect(),
            refused: None,
        }
    }

    #[test]
    fn agreement_is_said_and_disagreement_explained() {
        let params = [param(0, "lr", false), param(1, "wd", true)];
        assert_eq!(agreement(&params, &[]), Vec::<String>::new());
        let same = [ranking(Method::Shap, &[(0, "lr", false), (1, "wd", true)])];
        assert_eq!(agreement(&params, &same), ["All 2 methods put lr first."]);
        let other = [
            ranking(Method::Permutation, &[(0, "lr", false), (1, "wd", false)]),
            ranking(Method::Spearman, &[(1, "wd", true), (0, "lr", true)]),
        ];
        let said = agreement(&params, &other);
        assert_eq!(
            said[0],
            "2 of 3 methods put lr first; one tells none from noise."
        );
        assert!(said[1].starts_with(
            "lr matters by functional ANOVA and cannot be told from noise by correlation"
        ));
        assert!(said[2].starts_with("wd's share cannot be told from noise"));
        let mut together = params.clone();
        (together[1].of.share, together[1].of.total) = (0.01, Some(0.3));
        let said = agreement(&together, &other);
        assert!(said[2].starts_with("wd has no share of its own but matters by permutation"));
        assert_eq!(said.len(), 3);
    }

    #[test]
    fn what_is_like_noise_is_first_nowhere_and_what_best_runs_lack_lies_nowhere() {
        let params = [param(0, "lr", true), param(1, "wd", true)];
        let noise = [ranking(Method::Shap, &[(1, "wd", true), (0, "lr", true)])];
        assert_eq!(
            agreement(&params, &noise),
            ["None of 2 methods tells a param from noise."]
        );
        let some = [ranking(
            Method::Impurity,
            &[(1, "wd", true), (0, "lr", false)],
        )];
        assert_eq!(
            agreement(&params, &some)[0],
            "1 of 2 methods put lr first; one tells none from noise."
        );
        let mut params = [param(0, "momentum", false)];
        let best = [ranking(Method::PedAnova, &[(0, "momentum", true)])];
        assert!(agreement(&params, &best)[1].contains("cannot be told from chance"));
        params[0].active = Some(ActiveShare {
            runs: 5,
            share: None,
            ends: None,
            refused: None,
        });
        assert_eq!(agreement(&params, &best).len(), 1);
    }
}
