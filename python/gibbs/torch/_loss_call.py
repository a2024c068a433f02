"""A loss from its arguments: checks, and the operator."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict

from gibbs.torch._arguments import as_float, take_arguments, take_number
from gibbs.torch._direct import call
from gibbs.torch._targets import take_class_weights, take_targets

if TYPE_CHECKING:
    from torch import Tensor
    from typing_extensions import Unpack

    from gibbs.torch._arguments import Number

Reduction: TypeAlias = Literal["mean", "sum", "none"]
TakeTargets: TypeAlias = "Callable[[str, Tensor, Tensor, int], Tensor]"


class Options(TypedDict, total=False):
    """What the losses of maps take and hand on."""

    temperature: Number
    log_degeneracy: Tensor | None
    mask: Tensor | None
    class_weights: Tensor | None
    sample_weights: Number | None
    ignore_index: int
    reduction: Reduction


def loss(
    function: str,
    scores: Tensor,
    targets: Tensor,
    alpha: Number,
    dim: int,
    *,
    label_smoothing: float = 0.0,
    z_loss: float = 0.0,
    **options: Unpack[Options],
) -> Tensor:
    """Return a loss of a map, which refuses in the name of `function`."""
    strengths = {"label_smoothing": label_smoothing, "z_loss": z_loss}
    return score_loss(function, scores, targets, dim, strengths, alpha, **options)


def score_loss(
    function: str,
    scores: Tensor,
    targets: Tensor,
    dim: int,
    strengths: dict[str, float] | None = None,
    alpha: Number = 1.0,
    take_targets: TakeTargets = take_targets,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
    class_weights: Tensor | None = None,
    sample_weights: Number | None = None,
    ignore_index: int = -100,
    reduction: Reduction = "mean",
) -> Tensor:
    """Return any loss; the strengths are those of the operator."""
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{function}: reduction must be mean, sum or none, got {reduction}")
    x, heat, log_g, present, dim = take_arguments(
        function, scores, dim, temperature, log_degeneracy, mask
    )
    return call(
        "loss", x, take_targets(function, targets, scores, dim),
        take_number(function, "alpha", alpha, x, dim), heat, log_g, present,
        _take_sample_weights(function, sample_weights, x, dim), dim,
        take_class_weights(function, class_weights, x, dim),
        [_take_float(function, name, value) for name, value in (strengths or {}).items()],
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
    return as_float(function, argument, value)


def _take_integer(function: str, argument: str, value: Any) -> int:
    if not isinstance(value, int):
        kind = type(value).__name__
        raise TypeError(f"{function}: {argument} must be an integer, got {kind}")
    return value
