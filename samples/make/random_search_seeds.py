"""Make `random-search-seeds.csv`: random search with five seeds a configuration.

60 configurations of an MLP on the breast-cancer dataset, each trained with
seeds 0 to 4 (the seed draws the split, the weights and the batches), written
as a runs table is exported by the web page of Weights & Biases: every cell
quoted, configuration and summary columns side by side.

Every run is a process of its own, and fails in the ways that runs fail:

- finished, with NaN losses: training diverged and the script did not mind;
- failed: the script raised (`drop_last` with a batch larger than the data
  leaves no batch at all, and so a division by zero);
- crashed: killed from outside, for going beyond its budget of compute.

    python random_search_seeds.py OUTPUT.csv
"""

from __future__ import annotations

import csv
import datetime
import multiprocessing
import sys
import time
from multiprocessing.connection import Connection

from mlp import Config, Network, load_split, rounded, train

import numpy as np

CONFIGS = 60
SEEDS = 5
EPOCHS = 30
# Weights times rows seen: a proxy for compute that is counted, not timed, so
# that the same runs are killed on every machine.
BUDGET = 60_000_000

CONFIG_COLUMNS = (
    "activation batch_size drop_last init_scale lr model.depth model.width momentum optimizer seed weight_decay"
).split()
SUMMARY_COLUMNS = "epoch test/accuracy train/loss val/accuracy val/loss".split()


def draw(random: np.random.Generator) -> Config:
    log_uniform = lambda low, high: rounded(float(np.exp(random.uniform(np.log(low), np.log(high)))))  # noqa: E731
    optimizer = str(random.choice(["sgd", "adam"]))
    return Config(
        lr=log_uniform(1e-4, 10.0),
        optimizer=optimizer,
        momentum=rounded(float(random.uniform(0.0, 0.99)), 3) if optimizer == "sgd" else 0.0,
        depth=int(random.integers(1, 4)),
        width=int(random.choice([4, 8, 16, 32, 64])),
        batch_size=int(random.choice([4, 8, 16, 32, 64, 128, 512])),
        activation=str(random.choice(["relu", "tanh"])),
        weight_decay=log_uniform(1e-5, 1.0),
        init_scale=rounded(float(random.uniform(0.1, 3.0)), 3),
        drop_last=bool(random.choice([True, False])),
    )


def run(config: Config, seed: int, pipe: Connection) -> None:
    """The training script: reports after each epoch, and waits to be let on."""
    sys.stderr = None  # what it raises is the point, the traceback is not
    split = load_split("breast_cancer", seed=seed, train=0.5, val=0.25)
    network = Network(config, inputs=30, outputs=split.classes, seed=seed)
    for epoch in train(network, split, EPOCHS):
        summary = {
            "epoch": epoch.epoch,
            "train/loss": epoch.train_loss,
            "val/loss": epoch.val_loss,
            "val/accuracy": epoch.val_accuracy,
        }
        rows = len(split.train[1])
        pipe.send((summary, network.n_params * rows * epoch.epoch))
        pipe.recv()
    with np.errstate(all="ignore"):
        pipe.send(({"test/accuracy": network.evaluate(split.test)[1]}, 0))


def watch(config: Config, seed: int) -> tuple[str, dict[str, float]]:
    """Run it to its end, or kill it: the state as the tracker would call it."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=run, args=(config, seed, theirs))
    process.start()
    theirs.close()
    summary: dict[str, float] = {}
    try:
        while True:
            news, spent = ours.recv()
            summary |= news
            if spent > BUDGET:
                process.kill()
                break
            if "epoch" in news:
                ours.send(None)
    except EOFError:
        pass
    process.join()
    if process.exitcode == 0:
        return "finished", summary
    return ("failed" if process.exitcode > 0 else "crashed"), summary


def cell(value: object) -> str:
    """As that export writes it: true/false, NaN, empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(str(value), repr(rounded(value)))
    return str(value)


def main(output: str) -> None:
    multiprocessing.set_start_method("fork")
    random = np.random.default_rng(2)
    states: dict[str, int] = {}
    with open(output, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        table.writerow(
            ["Name", "State", "Tags", "Created", "Runtime", "Group", *CONFIG_COLUMNS, *SUMMARY_COLUMNS]
        )
        for index in range(CONFIGS):
            config = draw(random)
            for seed in range(SEEDS):
                created = datetime.datetime.now(datetime.UTC)
                begun = time.perf_counter()
                state, summary = watch(config, seed)
                states[state] = states.get(state, 0) + 1
                values = {
                    **vars(config),
                    "model.depth": config.depth,
                    "model.width": config.width,
                    "momentum": config.momentum if config.optimizer == "sgd" else None,
                    "seed": seed,
                    **summary,
                }
                table.writerow(
                    [
                        f"mlp-{index:02}-seed-{seed}",
                        state,
                        "random-search, breast-cancer",
                        created.strftime("%Y-%m-%dT%H:%M:%S.") + f"{created.microsecond // 1000:03}Z",
                        f"{time.perf_counter() - begun:.2f}",
                        f"config-{index:02}",
                        *[cell(values.get(name)) for name in (*CONFIG_COLUMNS, *SUMMARY_COLUMNS)],
                    ]
                )
    print(states)


if __name__ == "__main__":
    main(*sys.argv[1:])
