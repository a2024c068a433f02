"""A loss from its arguments: checks, and the operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from gibbs.torch._arguments import take_arguments, take_number
from gibbs.torch._direct import call
from gibbs.torch._targets import take_class_weights, take_targets

if TYPE_CHECKING:
    from torch import Tensor

    from gibbs.torch._arguments import Number

Reduction: TypeAlias = Literal["mean", "sum", "none"]


def loss(
    function: str,
    scores: Tensor,
    targets: Tensor,
    alpha: Number,
    dim: int,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
    class_weights: Tensor | None = None,
    sample_weights: Number | None = None,
    label_smoothing: float = 0.0,
    ignore_index: int = -100,
    z_loss: float = 0.0,
    reduction: Reduction = "mean",
) -> Tensor:
    """Return a loss, which refuses in the name of `function`."""
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{function}: reduction must be mean, sum or none, got {reduction}")
    x, heat, log_g, present, dim = take_arguments(
        function, scores, dim, temperature, log_degeneracy, mask
    )
    strengths = [
        _take_float(function, "label_smoothing", label_smoothing),
        _take_float(function, "z_loss", z_loss),
    ]
    return call(
        "loss", x, take_targets(function, targets, scores, dim),
        take_number(function, "alpha", alpha, x, dim), heat, log_g, present,
        _take_sample_weights(function, sample_weights, x, dim), dim,
        take_class_weights(function, class_weights, x.shape[dim]), strengths,
        _take_integer(function, "ignore_index", ignore_index), reduction, function, 0,
    )[0]  # fmt: skip


def _take_sample_weights(
    function: str, weights: Number | None, scores: Tensor, dim: int
) -> Number | None:
    if weights is None:
        return None
    return take_number(function, "sample_weights", weights, scores, dim)


def _take_float(function: str, argument: str, value: Any) -> float:
    if not isinstance(value, (int, float)):
        kind = type(value).__name__
        raise TypeError(f"{function}: {argument} must be a number, got {kind}")
    return float(value)


def _take_integer(function: str, argument: str, value: Any) -> int:
    if not isinstance(value, int):
        kind = type(value).__name__
        raise TypeError(f"{function}: {argument} must be an integer, got {kind}")
    return value
