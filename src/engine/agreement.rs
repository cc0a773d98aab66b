//! How far the methods agree on what mattered, and why they may not, in sentences.

use super::protocol::{MethodRanking, ParamImportance};
use crate::analysis::importance::Method;
use crate::ledger::ColumnId;

/// Sentences about disagreement at most.
const SENTENCES: usize = 3;

/// What the methods agree on and what not; nothing until other methods have answered.
pub fn agreement(params: &[ParamImportance], methods: &[MethodRanking]) -> Vec<String> {
    let answered: Vec<&MethodRanking> = methods
        .iter()
        .filter(|ranking| ranking.refused.is_none() && !ranking.params.is_empty())
        .collect();
    let Some(first) = params.first().filter(|_| !answered.is_empty()) else {
        return Vec::new();
    };
    let others: Vec<&MethodRanking> = answered
        .iter()
        .copied()
        .filter(|ranking| ranking.params[0].column != first.column)
        .collect();
    let all = answered.len() + 1;
    let mut sentences = vec![if others.is_empty() {
        format!("All {all} methods put {} first.", first.name)
    } else {
        let mut by: Vec<(&str, Vec<&str>)> = Vec::new();
        for ranking in &others {
            let (name, method) = (ranking.params[0].name.as_str(), label(ranking.method));
            match by.iter_mut().find(|(known, _)| *known == name) {
                Some((_, methods)) => methods.push(method),
                None => by.push((name, vec![method])),
            }
        }
        let by: Vec<String> = by
            .into_iter()
            .map(|(name, methods)| format!("{name} is first by {}", methods.join(", ")))
            .collect();
        format!(
            "{} of {all} methods put {} first; {}.",
            all - others.len(),
            first.name,
            by.join("; ")
        )
    }];
    let by = |method: Method| answered.iter().find(|ranking| ranking.method == method);
    let is_noise = |method: Method, column: ColumnId| {
        let ranking = by(method)?;
        let param = ranking.params.iter().find(|param| param.column == column)?;
        param.value.map(|_| param.is_noise)
    };
    let mut reasons = Vec::new();
    for param in params {
        let name = &param.name;
        let column = param.column;
        if !param.is_noise && is_noise(Method::Spearman, column) == Some(true) {
            let why = if param.active.is_some() {
                "what matters may be whether it is set, which correlation does not see"
            } else {
                "its effect does not go one way, as where the best lies in the middle"
            };
            reasons.push(format!(
                "{name} matters by functional ANOVA but not by correlation: {why}."
            ));
        }
        if param.is_noise && is_noise(Method::Permutation, column) == Some(false) {
            reasons.push(format!(
                "{name} has no share of its own but matters by permutation: it works together with other params."
            ));
        }
        if !param.is_noise && is_noise(Method::PedAnova, column) == Some(true) {
            reasons.push(format!(
                "{name} matters over the whole range, but the best runs lie anywhere in it (PED-ANOVA): it separates bad runs from fair ones."
            ));
        }
        if param.is_noise && is_noise(Method::PedAnova, column) == Some(false) {
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
    use crate::engine::protocol::MeasuredParam;

    fn param(column: u32, name: &str, is_noise: bool) -> ParamImportance {
        ParamImportance {
            column: ColumnId(column),
            name: name.to_owned(),
            share: 0.5,
            low: None,
            high: None,
            total: None,
            is_noise,
            space: String::new(),
            present: 10,
            active: None,
        }
    }

    fn ranking(method: Method, params: &[(u32, &str, bool)]) -> MethodRanking {
        let measured = |(column, name, is_noise): &(u32, &str, bool)| MeasuredParam {
            column: ColumnId(*column),
            name: (*name).to_owned(),
            value: Some(0.1),
            low: None,
            high: None,
            is_noise: *is_noise,
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
            "2 of 3 methods put lr first; wd is first by Spearman's correlation."
        );
        assert!(said[1].starts_with("lr matters by functional ANOVA but not by correlation"));
        assert!(said[2].starts_with("wd has no share of its own but matters by permutation"));
        assert_eq!(said.len(), 3);
    }
}
