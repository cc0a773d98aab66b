//! Formats: one file per tracker, each with `detect` and `read`; this module holds the registry.
