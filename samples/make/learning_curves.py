"""Make `learning-curves.csv`: every epoch of 40 runs on the digits dataset.

One row for each run and epoch, the configuration repeated on each: it packs
to less than one for each metric would. A run whose loss is not finite would end there, with `nan` in its last
rows; of these 40 some blow up, but none as far as that.

    python learning_curves.py OUTPUT.csv
"""

from __future__ import annotations

import csv
import sys

from mlp import Config, Network, load_split, rounded, train

import numpy as np

RUNS = 40
EPOCHS = 30
METRICS = ("train_loss", "val_loss", "val_accuracy")
# Few training rows, so that wide networks have something to overfit.
SPLIT = load_split("digits", seed=1, train=300, val=500)


def main(output: str) -> None:
    random = np.random.default_rng(3)
    ended_early = 0
    with open(output, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["run", "lr", "batch_size", "optimizer", "width", "epoch", *METRICS])
        for index in range(RUNS):
            optimizer = ("sgd", "momentum", "adam", "rmsprop")[index % 4]
            low, high = (-2.5, 1.0) if optimizer in ("sgd", "momentum") else (-4.0, -0.5)
            config = Config(
                lr=rounded(float(10 ** random.uniform(low, high)), 3),
                batch_size=int(random.choice([8, 16, 32, 64])),
                optimizer="sgd" if optimizer == "momentum" else optimizer,
                momentum=0.95 if optimizer == "momentum" else 0.0,
                width=int(random.choice([8, 16, 32, 64, 128])),
                depth=2,
            )
            network = Network(config, inputs=64, outputs=SPLIT.classes, seed=index)
            for epoch in train(network, SPLIT, EPOCHS):
                settings = [config.lr, config.batch_size, optimizer, config.width]
                values = [rounded(getattr(epoch, metric)) for metric in METRICS]
                table.writerow([f"run-{index:02}", *settings, epoch.epoch, *values])
            ended_early += epoch.epoch < EPOCHS
    print(f"{RUNS} runs, {ended_early} ended early")


if __name__ == "__main__":
    main(*sys.argv[1:])
