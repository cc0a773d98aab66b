//! Which way is better, by the name of a metric.

/// Words in metric names for which less is better.
const LESS_IS_BETTER: &[&str] = &[
    "loss",
    "losses",
    "error",
    "err",
    "mae",
    "mse",
    "rmse",
    "mape",
    "smape",
    "nll",
    "logloss",
    "perplexity",
    "ppl",
    "cost",
    "regret",
    "wer",
    "cer",
    "fid",
    "crossentropy",
    "deviance",
    "brier",
    "ece",
    "bpb",
    "bpc",
    "mlogloss",
    "merror",
    "rmsle",
];

/// Words in metric names that are shares of which more is better: at most 1, or 100 where they are percents.
const GOOD_SHARES: &[&str] = &[
    "acc",
    "accuracy",
    "auc",
    "auroc",
    "auprc",
    "f1",
    "precision",
    "recall",
    "map",
    "iou",
    "miou",
    "dice",
    "ndcg",
    "mrr",
    "success",
    "ssim",
    "top1",
    "top5",
    "winrate",
];

/// Further words in metric names for which more is better.
const MORE_IS_BETTER: &[&str] = &[
    "score", "reward", "rewards", "return", "returns", "r2", "bleu", "rouge", "win", "psnr",
    "correct", "hits", "elo", "kappa", "mcc", "gini", "sharpe",
];

/// Whether a metric's name says that it is a share.
pub fn is_share(name: &str) -> bool {
    let words = words(name);
    // Of a rate it is not known which way is better.
    words
        .iter()
        .any(|word| word == "rate" || GOOD_SHARES.contains(&word.as_str()))
}

/// Whether more of a metric is better, where its name says so.
pub fn more_is_better(name: &str) -> Option<bool> {
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let less = has(LESS_IS_BETTER);
    let more = has(GOOD_SHARES) || has(MORE_IS_BETTER);
    (less != more).then(|| more || is_negated(&words))
}

/// Whether the first word turns the meaning of the others: `neg_log_likelihood`.
pub fn is_negated(words: &[String]) -> bool {
    words.first().is_some_and(|word| word == "neg")
}

/// Whether a word says which way is better.
pub fn says_direction(word: &str) -> bool {
    [LESS_IS_BETTER, GOOD_SHARES, MORE_IS_BETTER]
        .iter()
        .any(|list| list.contains(&word))
}

/// The words of a name: split at what is no letter or digit, and where small letters turn capital.
pub fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && before_small) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before_small = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}
