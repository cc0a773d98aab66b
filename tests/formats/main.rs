//! Every format reads its exports whole: the fixtures' runs, params, metrics and statuses are those that the
//! trackers themselves report (`expected.json` beside each), and every dialect of text says the same.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
mod artifacts;
mod by_people;
mod careless;
mod dialects;
mod drop;
mod event_files;
mod expected;
mod exports;
mod folders;
mod large_parquet;
mod layouts;
mod levels;
mod log_tails;
mod logs;
mod nested;
mod offline;
mod parquet_tables;
mod printed;
mod ranges;
mod rules;
mod searches;
mod sqlite;
mod sqlite_trackers;
mod started;
mod strict;
mod tried;
mod two_days;
mod unseen;
mod versions;
