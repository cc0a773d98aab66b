"""A multilayer perceptron in numpy, small enough to train hundreds of times.

It is written by hand rather than taken from a library so that the three sample
sweeps can prune, diverge and be killed in the middle of training for real, and
so that every number of the samples comes from these lines and a seed.

Classification by softmax cross-entropy; hidden layers with ReLU or tanh;
inverted dropout; L2 penalty on the weights added to the gradient; plain SGD
with heavy-ball momentum, RMSprop, or Adam with bias correction. Single
precision, as on an accelerator, so that what blows up overflows soon.
"""

from __future__ import annotations

import os

# One thread: the sums inside BLAS depend on how it splits the work.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sklearn import datasets
from sklearn.model_selection import train_test_split


@dataclass(frozen=True)
class Config:
    """The hyperparameters of one run, by the names the exports use."""

    lr: float
    optimizer: str = "sgd"
    momentum: float = 0.0
    depth: int = 1
    width: int = 32
    batch_size: int = 32
    activation: str = "relu"
    weight_decay: float = 0.0
    dropout: float = 0.0
    init_scale: float = 1.0
    drop_last: bool = False


@dataclass(frozen=True)
class Split:
    """Rows for training, validation and test, standardised by the training rows."""

    train: tuple[np.ndarray, np.ndarray]
    val: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]

    @property
    def classes(self) -> int:
        return int(self.train[1].max()) + 1


def load_split(name: str, *, seed: int, train: int | float, val: int | float) -> Split:
    """Cut a dataset that scikit-learn bundles; what `train` and `val` leave is test.

    `train` and `val` are row counts, or fractions of all rows.
    """
    inputs, labels = getattr(datasets, f"load_{name}")(return_X_y=True)
    rows = len(labels)
    train = round(train * rows) if isinstance(train, float) else train
    val = round(val * rows) if isinstance(val, float) else val
    fit_x, rest_x, fit_y, rest_y = train_test_split(
        inputs, labels, train_size=train, stratify=labels, random_state=seed
    )
    val_x, test_x, val_y, test_y = train_test_split(
        rest_x, rest_y, train_size=val, stratify=rest_y, random_state=seed
    )
    mean = fit_x.mean(axis=0)
    # Some pixels of digits are blank in every image: leave those columns at zero.
    deviation = np.where(fit_x.std(axis=0) > 0, fit_x.std(axis=0), 1.0)
    scale = lambda x: ((x - mean) / deviation).astype(np.float32)  # noqa: E731
    return Split((scale(fit_x), fit_y), (scale(val_x), val_y), (scale(test_x), test_y))


class Network:
    """Weights, one optimizer step at a time."""

    def __init__(self, config: Config, inputs: int, outputs: int, seed: int) -> None:
        self.config = config
        self.random = np.random.default_rng(seed)
        sizes = [inputs, *[config.width] * config.depth, outputs]
        self.weights = []
        for fan_in, fan_out in zip(sizes, sizes[1:]):
            # He's initialisation for ReLU, Glorot's (for equal fans) for tanh.
            gain = 2.0 if config.activation == "relu" else 1.0
            deviation = config.init_scale * np.sqrt(gain / fan_in)
            weight = self.random.normal(0.0, deviation, (fan_in, fan_out))
            self.weights.append(weight.astype(np.float32))
            self.weights.append(np.zeros(fan_out, np.float32))
        self.first = [np.zeros_like(w) for w in self.weights]
        self.second = [np.zeros_like(w) for w in self.weights]
        self.steps = 0

    @property
    def n_params(self) -> int:
        return sum(w.size for w in self.weights)

    def forward(self, x: np.ndarray, *, training: bool) -> tuple[list[np.ndarray], list]:
        """Activations of every layer (the last are logits) and the dropout masks."""
        layers, masks = [x], []
        count = len(self.weights) // 2
        for index in range(count):
            z = layers[-1] @ self.weights[2 * index] + self.weights[2 * index + 1]
            if index < count - 1:
                z = np.maximum(z, 0.0) if self.config.activation == "relu" else np.tanh(z)
                mask = None
                if training and self.config.dropout > 0:
                    keep = 1.0 - self.config.dropout
                    mask = ((self.random.random(z.shape) < keep) / keep).astype(np.float32)
                    z = z * mask
                masks.append(mask)
            layers.append(z)
        return layers, masks

    def step(self, x: np.ndarray, y: np.ndarray) -> float:
        """One update on one batch; the batch's loss before it."""
        layers, masks = self.forward(x, training=True)
        log_p = log_softmax(layers[-1])
        loss = -log_p[np.arange(len(y)), y].mean()
        delta = np.exp(log_p)
        delta[np.arange(len(y)), y] -= 1.0
        delta /= len(y)
        gradients: list[np.ndarray] = [None] * len(self.weights)  # type: ignore[list-item]
        for index in reversed(range(len(self.weights) // 2)):
            weight = self.weights[2 * index]
            gradients[2 * index] = layers[index].T @ delta + self.config.weight_decay * weight
            gradients[2 * index + 1] = delta.sum(axis=0)
            if index == 0:
                break
            delta = delta @ weight.T
            mask = masks[index - 1]
            hidden = layers[index]
            if mask is not None:
                delta = delta * mask
                hidden = np.divide(hidden, mask, out=np.zeros_like(hidden), where=mask > 0)
            delta = delta * ((hidden > 0) if self.config.activation == "relu" else 1 - hidden**2)
        self.update(gradients)
        return float(loss)

    def update(self, gradients: list[np.ndarray]) -> None:
        self.steps += 1
        lr, name = self.config.lr, self.config.optimizer
        for w, g, m, v in zip(self.weights, gradients, self.first, self.second):
            if name == "sgd":
                m *= self.config.momentum
                m += g
                w -= lr * m
            elif name == "rmsprop":
                v *= 0.99
                v += 0.01 * g**2
                w -= lr * g / (np.sqrt(v) + 1e-8)
            elif name == "adam":
                m *= 0.9
                m += 0.1 * g
                v *= 0.999
                v += 0.001 * g**2
                corrected = m / (1 - 0.9**self.steps)
                w -= lr * corrected / (np.sqrt(v / (1 - 0.999**self.steps)) + 1e-8)
            else:
                raise ValueError(f"unknown optimizer {name!r}")

    def evaluate(self, rows: tuple[np.ndarray, np.ndarray]) -> tuple[float, float]:
        """Mean cross-entropy and accuracy."""
        x, y = rows
        logits = self.forward(x, training=False)[0][-1]
        loss = -log_softmax(logits)[np.arange(len(y)), y].mean()
        return float(loss), float((logits.argmax(axis=1) == y).mean())


def log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training rows left behind."""

    epoch: int
    train_loss: float
    val_loss: float
    val_accuracy: float


def train(network: Network, split: Split, epochs: int) -> Iterator[Epoch]:
    """Train, yielding after each epoch; ends after the first that is not finite.

    `train_loss` is the mean over the epoch's batches, while weights move.
    """
    x, y = split.train
    size = network.config.batch_size
    end = len(y) - len(y) % size if network.config.drop_last else len(y)
    # A network that blows up does so silently: the loss says it, in NaN.
    with np.errstate(all="ignore"):
        for epoch in range(1, epochs + 1):
            order = network.random.permutation(len(y))
            losses = [
                network.step(x[order[at : at + size]], y[order[at : at + size]])
                for at in range(0, end, size)
            ]
            train_loss = sum(losses) / len(losses)
            val_loss, val_accuracy = network.evaluate(split.val)
            yield Epoch(epoch, train_loss, val_loss, val_accuracy)
            if not (np.isfinite(train_loss) and np.isfinite(val_loss)):
                return


def rounded(value: float, digits: int = 3) -> float:
    """`value` at so many significant digits, so that files stay small."""
    return float(f"{value:.{digits}g}")
