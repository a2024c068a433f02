"""Gradients by name, in the shapes of the arguments they are taken in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypedDict

import numpy as np

from gibbs import _core

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray
    from typing_extensions import Required

    from gibbs._types import Numbers

Parameter: TypeAlias = Literal["scores", "temperature", "log_degeneracy", "alpha"]

_BITS = {
    "scores": 0,
    "temperature": _core.WANTS_TEMPERATURE,
    "log_degeneracy": _core.WANTS_LOG_DEGENERACY,
    "alpha": _core.WANTS_ALPHA,
}
_OF_SOFTMAX = ("scores", "temperature", "log_degeneracy")
_OF_ENTMAX = (*_OF_SOFTMAX, "alpha")


class VjpOptions(TypedDict, total=False):
    """The keyword arguments of every derivative."""

    temperature: Numbers
    log_degeneracy: Numbers | None


class PlainVjp(VjpOptions, total=False):
    """Those of a derivative in the scores alone."""

    wrt: None


class NamedVjp(VjpOptions, total=False):
    """Those of a derivative by names."""

    wrt: Required[Collection[Parameter]]


class Gradients(NamedTuple):
    """Gradients by the name of what they are taken in; None where they were not asked for.

    Attributes
    ----------
    scores
        In the shape of the scores.
    temperature, log_degeneracy, alpha
        In the shape of the argument: summed over what it was broadcast over.
    """

    scores: Any
    temperature: Any = None
    log_degeneracy: Any = None
    alpha: Any = None


def bits_of(function: str, wrt: Collection[str], allowed: tuple[str, ...]) -> int:
    """Return the sum of the bits of what is wanted."""
    for name in wrt:
        if name not in allowed:
            raise ValueError(f"{function}: wrt must be among {', '.join(allowed)}, got {name}")
    return sum(_BITS[name] for name in set(wrt))


def _summed_to(shape: tuple[int, ...], gradient: NDArray[Any]) -> NDArray[Any]:
    """Return the gradient summed over the dimensions that `shape` was broadcast over."""
    new = gradient.ndim - len(shape)
    ones = tuple(new + d for d, n in enumerate(shape) if n == 1 and gradient.shape[new + d] != 1)
    over = (*range(new), *ones)
    if not over:
        return gradient
    total = gradient.sum(axis=over, dtype=np.float64, keepdims=True)
    return total.reshape(shape).astype(gradient.dtype)


def _per_row(argument: Any, gradient: NDArray[Any] | None, axis: int, ndim: int) -> Any:
    if gradient is None:
        return None
    shape = tuple(np.shape(argument))
    if len(shape) == ndim > 0:  # the axis was kept as a dimension of one
        gradient = np.expand_dims(gradient, axis)
    return _summed_to(shape, gradient)


def by_name(
    found: _core.Gradients, given: Any, alpha: Any, axis: int, temperature: Any, log_degeneracy: Any
) -> Gradients:
    """Return what _core found, summed to the shapes of the arguments."""
    in_scores, in_temperature, in_log_degeneracy, in_alpha = found
    ndim = len(np.shape(given))
    if in_log_degeneracy is not None and log_degeneracy is not None:
        in_log_degeneracy = _summed_to(tuple(np.shape(log_degeneracy)), in_log_degeneracy)
    extras = (
        _per_row(temperature, in_temperature, axis, ndim),
        in_log_degeneracy,
        _per_row(alpha, in_alpha, axis, ndim),
    )
    return Gradients(
        in_scores, *(e if e is None else _core.as_kind_of(e, given, False) for e in extras)
    )


def vjp(
    core: _core.Vjp,
    function: str,
    given: Any,
    upstream: Any,
    alpha: Any,
    axis: int,
    temperature: Any,
    log_degeneracy: Any,
    wrt: Collection[str] | None,
) -> Any:
    """Return the gradient in the scores alone, or the `Gradients` in what `wrt` names."""
    allowed = _OF_ENTMAX if function == "entmax_vjp" else _OF_SOFTMAX
    bits = 0 if wrt is None else bits_of(function, wrt, allowed)
    found = core(function, given, upstream, alpha, axis, temperature, log_degeneracy, bits)
    if wrt is None:
        return found[0]
    return by_name(found, given, alpha, axis, temperature, log_degeneracy)
