//! Objectives and ranking.
