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


class Arguments(NamedTuple):
    """What the map was called with, as far as gradients take its shape."""

    given: Any
    axis: int
    temperature: Any
    log_degeneracy: Any
    alpha: Any = 1.0


def bits_of(function: str, wrt: Collection[str], allowed: Collection[str]) -> int:
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


def gradients(found: tuple[Any, Any, Any, Any], given: Arguments) -> Gradients:
    """Return what _core found by name, summed to the shapes of the arguments."""
    scores, temperature, log_degeneracy, alpha = found
    ndim = len(np.shape(given.given))
    if log_degeneracy is not None and given.log_degeneracy is not None:
        log_degeneracy = _summed_to(tuple(np.shape(given.log_degeneracy)), log_degeneracy)
    extras = (
        _per_row(given.temperature, temperature, given.axis, ndim),
        log_degeneracy,
        _per_row(given.alpha, alpha, given.axis, ndim),
    )
    return Gradients(
        scores, *(e if e is None else _core.as_kind_of(e, given.given, False) for e in extras)
    )


OF_SOFTMAX = ("scores", "temperature", "log_degeneracy")
OF_ENTMAX = (*OF_SOFTMAX, "alpha")
