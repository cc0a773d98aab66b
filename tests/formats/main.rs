//! Every format reads its exports whole: the fixtures' runs, params, metrics and statuses are those that the
//! trackers themselves report (`expected.json` beside each), and every dialect of text says the same.

mod dialects;
mod drop;
mod expected;
mod exports;
