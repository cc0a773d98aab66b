//! Importance of hyperparameters.
