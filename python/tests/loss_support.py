"""Losses as their definitions read, in float64 and without a line of what they test."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from support import Array, sparsemax_of_definition, wide

special: Any = importlib.import_module("scipy.special")  # which has no types


def log_softmax(x: Array) -> Array:
    """Return log softmax along the last axis, as SciPy does."""
    return special.log_softmax(x, axis=-1)


def entmax15_of_definition(x: Array) -> Array:
    """Return 1.5-entmax of one row by sorting (Peters, Niculae & Martins 2019, algorithm 2)."""
    half = (x - x.max()) / 2
    ordered, count = np.sort(half)[::-1], np.arange(1, len(x) + 1)
    mean, square = np.cumsum(ordered) / count, np.cumsum(ordered**2) / count
    thresholds = mean - np.sqrt(np.maximum(1 / count - square + mean**2, 0))
    threshold = thresholds[np.sum(thresholds <= ordered) - 1]
    return np.maximum(half - threshold, 0) ** 2


def entmax_of_definition(x: Array, alpha: float) -> Array:
    """Return entmax of one row, its threshold t found by bisection."""

    def p(t: float) -> Array:
        return np.maximum(1 + (alpha - 1) * (x - t), 0) ** (1 / (alpha - 1))

    low = x.max()
    high = low + (1 - len(x) ** (1 - alpha)) / (alpha - 1)
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if p(middle).sum() > 1 else (low, middle)
    return p(low) / p(low).sum()


def map_of_definition(x: Array, alpha: float) -> Array:
    """Return entmax of one row, by the way that is exact for its alpha."""
    if alpha == 1:
        return np.exp(log_softmax(x))
    if alpha == 1.5:
        return entmax15_of_definition(x)
    return sparsemax_of_definition(x) if alpha == 2 else entmax_of_definition(x, alpha)


def entropy_of_definition(p: Array, alpha: float) -> float:
    """Return the Tsallis entropy of index alpha."""
    p = p[p > 0]
    if alpha == 1:
        return float(-np.sum(p * np.log(p)))
    return float((1 - np.sum(p**alpha)) / (alpha * (alpha - 1)))


def loss_of_definition(x: Array, y: Array, alpha: float, temperature: float = 1) -> float:
    """Return the optimal value less the value at the target, of one row."""
    p = map_of_definition(x / temperature, alpha)
    entropies = entropy_of_definition(p, alpha) - entropy_of_definition(y, alpha)
    return float(np.dot(p - y, x) + temperature * entropies)


def one_hot(labels: Any, classes: int) -> Array:
    """Return labels as probabilities, along a new last axis."""
    return np.eye(classes)[np.asarray(labels)]


def labels_like(rows: Any, classes: int, seed: int = 9) -> Array:
    """Return one label per row."""
    random: Any = np.random.default_rng(seed)
    return random.integers(0, classes, rows)


def distributions(*shape: int, seed: int = 10) -> Array:
    """Return probabilities along the last axis, some of them 0."""
    counts = wide(np.random.default_rng(seed).integers(0, 4, shape))
    counts[..., 0] += 1
    return counts / counts.sum(-1, keepdims=True)


def softplus(x: Array) -> Array:
    """Return log(1 + e^x)."""
    return np.logaddexp(0, x)


def one_versus_all_of_definition(x: Array, y: Array, temperature: float = 1) -> Array:
    """Return the loss of each row."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = -np.nan_to_num(y * np.log(y)) - np.nan_to_num((1 - y) * np.log1p(-y))
    u = x / temperature
    return temperature * (y * softplus(-u) + (1 - y) * softplus(u) - terms).sum(-1)


def squared_of_definition(x: Array, y: Array) -> Array:
    """Return the loss of each row."""
    return ((x - y) ** 2).sum(-1) / 2


def hinge_of_definition(x: Array, y: Array, cost: float) -> Array:
    """Return the loss of each row."""
    return (x + cost * (1 - y)).max(-1) - (x * y).sum(-1)


def distillation_of_definition(x: Array, z: Array, temperature: float) -> Array:
    """Return the loss of each row."""
    log_y, log_p = log_softmax(z / temperature), log_softmax(x / temperature)
    return temperature**2 * (np.exp(log_y) * (log_y - log_p)).sum(-1)
