"""Losses as their definitions read, row by row, in float64 and without a line of what they test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

import gibbs.torch as gt
from torch_support import normal

Loss = Callable[..., Tensor]

fenchel_young: Loss = gt.fenchel_young_loss
SCORE_LOSSES: dict[str, Loss] = {
    "one_versus_all_loss": gt.one_versus_all_loss,
    "hinge_loss": gt.hinge_loss,
    "squared_loss": gt.squared_loss,
}
CLASSES = 5
LABELS = torch.tensor([0, 3, -100, 1, 4, 1])
CLASS_WEIGHTS = torch.tensor([1.0, 2.0, 0.5, 3.0, 0.25], dtype=torch.float64)
SAMPLE_WEIGHTS = torch.tensor([2.0, 0.5, 1.0, 1.5, 1.0, 0.75], dtype=torch.float64)
OPTIONS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "class weights": {"class_weights": CLASS_WEIGHTS},
    "sample weights": {"sample_weights": SAMPLE_WEIGHTS},
    "smoothing": {"label_smoothing": 0.2},
    "z-loss": {"z_loss": 0.05},
    "all": {
        "class_weights": CLASS_WEIGHTS,
        "sample_weights": SAMPLE_WEIGHTS,
        "label_smoothing": 0.1,
        "z_loss": 0.1,
    },
}


def distributions(*shape: int, seed: int = 10) -> Tensor:
    """Return probabilities along the last dimension, some of them 0."""
    counts = torch.randint(0, 4, shape, generator=torch.Generator().manual_seed(seed)).double()
    counts[..., 0] += 1
    return counts / counts.sum(-1, keepdim=True)


def problem(rows: int = 6) -> tuple[Tensor, Tensor, Tensor]:
    """Return scores, a temperature per row and log_degeneracy."""
    temperature = torch.linspace(0.6, 1.7, rows, dtype=torch.float64)
    return normal(rows, CLASSES), temperature, normal(CLASSES, seed=7) / 2


def map_of_definition(x: Tensor, log_g: Tensor, alpha: float) -> Tensor:
    """Return p = g [1 + b (x - t)]_+^(1 / b) of one row with t by bisection, b = alpha - 1."""
    if alpha == 1:
        return torch.softmax(x + log_g, -1)
    b = alpha - 1

    def p(t: Tensor) -> Tensor:
        return log_g.exp() * (1 + b * (x - t)).clamp(min=0).pow(1 / b)

    low, high = x.min() - 50, x.max() + 50
    if b < 0:
        low = x.max() + 1 / b  # below it the base is negative
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if p(middle).sum() > 1 else (low, middle)
    return p(high)


def entropy_of_definition(q: Tensor, log_g: Tensor, alpha: float) -> Tensor:
    """Return H_alpha(q; g) of one row."""
    q, log_g = q[q > 0], log_g[q > 0]
    if alpha == 1:
        return -(q * (q.log() - log_g)).sum()
    ratio = q.pow(alpha) * torch.exp((1 - alpha) * log_g)
    return (q - ratio).sum() / (alpha * (alpha - 1))


def row_of_definition(
    x: Tensor, y: Tensor, alpha: float, temperature: float, log_g: Tensor, z_loss: float
) -> Tensor:
    """Return the optimal value less that of the target, of one row, and z times its square."""
    p = map_of_definition(x / temperature, log_g, alpha)

    def value(q: Tensor) -> Tensor:
        return (q * x).sum() + temperature * entropy_of_definition(q, log_g, alpha)

    return value(p) - value(y) + z_loss * value(p) ** 2


def losses_of_definition(
    x: Tensor,
    targets: Tensor,
    alpha: float,
    temperature: Tensor,
    log_g: Tensor,
    *,
    class_weights: Tensor | None = None,
    sample_weights: Tensor | None = None,
    label_smoothing: float = 0.0,
    z_loss: float = 0.0,
) -> tuple[Tensor, Tensor]:
    """Return the loss of each row, times its weight, and what it counts in the mean."""
    w = torch.ones(x.shape[1]).double() if class_weights is None else class_weights
    s = torch.ones(x.shape[0]).double() if sample_weights is None else sample_weights
    losses: list[Tensor] = []
    counts: list[Tensor] = []
    for i in range(x.shape[0]):
        if targets.dim() == 1 and targets[i] == -100:
            losses.append(torch.zeros(()).double())
            counts.append(torch.zeros(()).double())
            continue
        y = targets[i] if targets.dim() == 2 else torch.eye(x.shape[1]).double()[targets[i]]
        smooth = (1 - label_smoothing) * y + label_smoothing / x.shape[1]
        weight, heat = (w * smooth).sum(), float(temperature[i])
        row = row_of_definition(x[i], w * smooth / weight, alpha, heat, log_g, z_loss)
        losses.append(s[i] * weight * row)
        counts.append(s[i] * (w * y).sum())
    return torch.stack(losses), torch.stack(counts)


def one_versus_all_of_definition(x: Tensor, y: Tensor, temperature: Any = 1.0) -> Tensor:
    """Return the loss of each row; y is a class or none of it, 0 or 1."""
    u = x / temperature
    yes, no = torch.nn.functional.softplus(u), torch.nn.functional.softplus(-u)
    return (temperature * (y * no + (1 - y) * yes)).sum(-1)


def hinge_of_definition(x: Tensor, y: Tensor, cost: float = 1.0) -> Tensor:
    """Return the loss of each row."""
    return (x + cost * (1 - y)).amax(-1) - (x * y).sum(-1)


def squared_of_definition(x: Tensor, y: Tensor) -> Tensor:
    """Return the loss of each row."""
    return (x - y).square().sum(-1) / 2


def distillation_of_definition(x: Tensor, z: Tensor, temperature: Any = 1.0) -> Tensor:
    """Return the loss of each row."""
    log_y, log_p = (torch.log_softmax(s / temperature, -1) for s in (z, x))
    return (temperature**2 * log_y.exp() * (log_y - log_p)).sum(-1)
