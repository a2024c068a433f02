"""The operators of the wider family on the memory of CPU tensors, and the shapes of theirs."""

# What every kernel needs to read tensors is shared with `_kernels`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gibbs import _core
from gibbs.torch._family_jacobians import BUDGET, LOWER, UPPER
from gibbs.torch._jacobians import ALPHA, LOG_DEGENERACY, TEMPERATURE
from gibbs.torch._kernels import (
    Gradients,
    _array,
    _extra_shape,
    _extras,
    _new_like,
    _numbers,
    _rows,
    _settings,
    _tensor,
    _working,
)

if TYPE_CHECKING:
    from torch import Tensor

    from gibbs.torch._arguments import Number


def constrained(
    scores: Tensor,
    budget: Number,
    alpha: Number | None,
    temperature: Number,
    log_degeneracy: Tensor | None,
    lower: Tensor | None,
    upper: Tensor | None,
    weights: Tensor | None,
    mask: Tensor | None,
    dim: int,
    divergence: str,
    function: str,
) -> Tensor:
    """Return p."""
    p = _new_like(scores)
    dim, heat, log_g, present = _settings(scores, temperature, log_degeneracy, mask, dim)
    _core.constrained(
        function, _array(scores), divergence, _index(alpha, scores, dim), dim,
        _numbers(budget, scores, dim), heat, _working(lower, scores), _working(upper, scores),
        _working(weights, scores), log_g, present, _array(p), False,
    )  # fmt: skip
    return p


def constrained_vjp(
    p: Tensor,
    upstream: Tensor,
    alpha: Number | None,
    temperature: Number,
    log_degeneracy: Tensor | None,
    lower: Tensor | None,
    upper: Tensor | None,
    weights: Tensor | None,
    mask: Tensor | None,
    dim: int,
    divergence: str,
    wanted: int,
) -> Gradients:
    """Return those for scores, temperature, log_degeneracy, budget, lower, upper and alpha."""
    dim, heat, log_g, present = _settings(p, temperature, log_degeneracy, mask, dim)
    grad, of_t, of_log_g, of_alpha, of_budget, of_lower, of_upper = _core.constrained_vjp(
        "constrained_vjp", _array(p), _array(upstream), divergence, _index(alpha, p, dim), dim,
        1.0, heat, _working(lower, p), _working(upper, p), _working(weights, p), log_g, present,
        wanted,
    )  # fmt: skip
    return (
        _tensor(grad, p.dtype),
        *_extras([of_t, of_log_g, of_budget], p, dim),
        *_extras([None, of_lower, None], p, dim)[1:2],
        *_extras([None, of_upper, None], p, dim)[1:2],
        *_extras([of_alpha, None, None], p, dim)[:1],
    )


def _index(alpha: Number | None, like: Tensor, dim: int) -> Any:
    return None if alpha is None else _numbers(alpha, like, dim)


def constrained_vjp_shape(p: Tensor, *args: Any) -> tuple[Tensor, ...]:
    """Return the same without their numbers."""
    dim, wanted = args[8], args[10]
    rows, full = _rows(p, dim), p.shape
    return (
        _new_like(p),
        _extra_shape(p, rows, wanted & TEMPERATURE),
        _extra_shape(p, full, wanted & LOG_DEGENERACY),
        _extra_shape(p, rows, wanted & BUDGET),
        _extra_shape(p, full, wanted & LOWER),
        _extra_shape(p, full, wanted & UPPER),
        _extra_shape(p, rows, wanted & ALPHA),
    )


def normmax(
    scores: Tensor, alpha: Number, temperature: Number, mask: Tensor | None, dim: int
) -> Tensor:
    """Return p."""
    p = _new_like(scores)
    dim, heat, _, present = _settings(scores, temperature, None, mask, dim)
    index = _numbers(alpha, scores, dim)
    _core.normmax(_array(scores), index, dim, heat, present, _array(p), False)
    return p


def normmax_vjp(
    p: Tensor, upstream: Tensor, alpha: Number, temperature: Number, dim: int, wanted: int
) -> Gradients:
    """Return the gradients for scores, temperature and alpha, where wanted."""
    grad, *others = _core.normmax_vjp(
        "normmax_vjp", _array(p), _array(upstream), _numbers(alpha, p, dim), dim,
        _numbers(temperature, p, dim), None, wanted,
    )  # fmt: skip
    of_t, _, of_alpha = _extras(others, p, dim)
    return _tensor(grad, p.dtype), of_t, of_alpha


def normmax_vjp_shape(p: Tensor, *args: Any) -> tuple[Tensor, Tensor, Tensor]:
    """Return the same without their numbers."""
    dim, wanted = args[3], args[4]
    rows = _rows(p, dim)
    return (
        _new_like(p),
        _extra_shape(p, rows, wanted & TEMPERATURE),
        _extra_shape(p, rows, wanted & ALPHA),
    )


def top_k_entmax(
    scores: Tensor,
    alpha: Number,
    temperature: Number,
    log_degeneracy: Tensor | None,
    mask: Tensor | None,
    dim: int,
    function: str,
    k: int,
) -> Tensor:
    """Return p."""
    p = _new_like(scores)
    settings = _settings(scores, temperature, log_degeneracy, mask, dim)
    index = _numbers(alpha, scores, dim)
    _core.top_k_entmax(function, _array(scores), k, index, *settings, _array(p), False)
    return p
