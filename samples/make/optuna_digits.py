"""Make `optuna-digits.csv`: an Optuna study of an MLP on the digits dataset.

240 trials: the first 80 drawn at random, the rest by TPE; the median pruner
stops those that lag; training that diverges raises, and so the trial FAILs.
`momentum` is asked for only where the optimizer is sgd.

    python optuna_digits.py OUTPUT.csv
"""

from __future__ import annotations

import sys
import time
import warnings

from mlp import Config, Network, load_split, rounded, train

import optuna

TRIALS = 240
EPOCHS = 15
# Guessing among ten digits costs ln 10 = 2.3: four times that is no learning.
DIVERGED = 10.0
SPLIT = load_split("digits", seed=0, train=800, val=400)


def objective(trial: optuna.Trial) -> float:
    begun = time.perf_counter()
    optimizer = trial.suggest_categorical("optimizer", ["sgd", "adam", "rmsprop"])
    config = Config(
        lr=trial.suggest_float("lr", 1e-4, 3.0, log=True),
        optimizer=optimizer,
        momentum=trial.suggest_float("momentum", 0.0, 0.98, step=0.02) if optimizer == "sgd" else 0.0,
        depth=trial.suggest_int("depth", 1, 3),
        width=trial.suggest_int("width", 4, 128, log=True),
        batch_size=trial.suggest_categorical("batch_size", [16, 32, 64, 128]),
        activation=trial.suggest_categorical("activation", ["relu", "tanh"]),
        weight_decay=trial.suggest_float("weight_decay", 1e-6, 1e-1, log=True),
        dropout=trial.suggest_float("dropout", 0.0, 0.5, step=0.05),
    )
    network = Network(config, inputs=64, outputs=SPLIT.classes, seed=trial.number)
    trial.set_user_attr("n_params", network.n_params)
    for epoch in train(network, SPLIT, EPOCHS):
        trial.set_user_attr("epochs", epoch.epoch)
        trial.set_user_attr("seconds", round(time.perf_counter() - begun, 3))
        if not (epoch.train_loss < DIVERGED and epoch.val_loss < DIVERGED):  # NaN too
            raise FloatingPointError(f"diverged in epoch {epoch.epoch}")
        trial.set_user_attr("train_loss", rounded(epoch.train_loss))
        trial.set_user_attr("val_loss", rounded(epoch.val_loss))
        trial.report(epoch.val_accuracy, epoch.epoch)
        if trial.should_prune():
            raise optuna.TrialPruned
    trial.set_user_attr("test_accuracy", rounded(network.evaluate(SPLIT.test)[1], 4))
    return rounded(epoch.val_accuracy, 4)


def main(output: str) -> None:
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)  # metric names
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(
        study_name="digits-mlp",
        direction="maximize",
        sampler=optuna.samplers.TPESampler(n_startup_trials=80, seed=0),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=40, n_warmup_steps=3),
    )
    study.set_metric_names(["val_accuracy"])
    study.optimize(objective, n_trials=TRIALS, catch=(FloatingPointError,))
    frame = study.trials_dataframe(
        attrs=("number", "value", "datetime_start", "datetime_complete", "duration", "params", "user_attrs", "state")
    )
    frame.to_csv(output, index=False, float_format="%.7g")
    print(frame["state"].value_counts().to_string())
    print("best", study.best_trial.number, study.best_value, study.best_params)
    # The distributions are known here, so this is a second opinion on the page's view.
    print("fanova (Optuna's)", optuna.importance.get_param_importances(study))


if __name__ == "__main__":
    main(*sys.argv[1:])
