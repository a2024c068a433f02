"""Gradients by name, in the shapes of the arguments they are taken in."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypedDict

import numpy as np

from gibbs import _core
from gibbs._flags import flag

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from typing_extensions import Required

    from gibbs._types import Numbers

Parameter: TypeAlias = Literal["scores", "temperature", "log_degeneracy", "alpha"]
OfHeatedLoss: TypeAlias = Literal["scores", "temperature"]

_BITS = {
    "scores": 0,
    "temperature": _core.WANTS_TEMPERATURE,
    "log_degeneracy": _core.WANTS_LOG_DEGENERACY,
    "alpha": _core.WANTS_ALPHA,
    "budget": _core.WANTS_BUDGET,
    "lower": _core.WANTS_LOWER,
    "upper": _core.WANTS_UPPER,
    # _core knows the one parameter that a map has of its own as alpha.
    "sink": _core.WANTS_ALPHA,
    "t": _core.WANTS_ALPHA,
    "tau": _core.WANTS_TAU,
    "log_relaxed": _core.WANTS_POINT,
    "logits": _core.WANTS_POINT,
}
OF_SOFTMAX = ("scores", "temperature", "log_degeneracy")
OF_ENTMAX = (*OF_SOFTMAX, "alpha")


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
    temperature, log_degeneracy, alpha, budget, lower, upper, sink, t, tau, log_relaxed, logits
        In the shape of the argument: summed over what it was broadcast over.
    """

    scores: Any
    temperature: Any = None
    log_degeneracy: Any = None
    alpha: Any = None
    budget: Any = None
    lower: Any = None
    upper: Any = None
    sink: Any = None
    t: Any = None
    tau: Any = None
    log_relaxed: Any = None
    logits: Any = None


def bits_of(function: str, wrt: Collection[str] | None, allowed: tuple[str, ...]) -> int:
    """Return the sum of the bits of what is wanted."""
    if wrt is None:
        return 0
    if isinstance(wrt, str) or not isinstance(wrt, Collection):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"{function}: wrt must be a list of names, got {wrt!r}")
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


def per_row(
    argument: Any, gradient: NDArray[Any] | None, axis: int | tuple[int, ...], given: Any
) -> Any:
    """Return a gradient of the rows of `given` in the shape and kind of an argument per row."""
    if gradient is None:
        return None
    shape = tuple(np.shape(argument))
    if len(shape) == len(np.shape(given)) > 0:  # the axis was kept as a dimension of one
        gradient = np.expand_dims(gradient, axis)
    return _core.as_kind_of(_summed_to(shape, gradient), given, False)


def per_state(argument: Any, gradient: NDArray[Any] | None, given: Any) -> Any:
    """Return a gradient of the shape of `given` in that of an argument that broadcasts to it."""
    if gradient is None:
        return None
    if argument is not None:
        gradient = _summed_to(tuple(np.shape(argument)), gradient)
    return _core.as_kind_of(gradient, given, False)


def by_name(
    found: _core.Gradients,
    given: Any,
    alpha: Any,
    axis: int | tuple[int, ...],
    temperature: Any,
    log_degeneracy: Any,
) -> Gradients:
    """Return what _core found, summed to the shapes of the arguments."""
    in_scores, in_temperature, in_log_degeneracy, in_alpha = found
    return Gradients(
        in_scores,
        per_row(temperature, in_temperature, axis, given),
        per_state(log_degeneracy, in_log_degeneracy, given),
        per_row(alpha, in_alpha, axis, given),
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
    allowed: tuple[str, ...] = OF_SOFTMAX,
) -> Any:
    """Return the gradient in the scores alone, or the `Gradients` in what `wrt` names."""
    bits = bits_of(function, wrt, allowed)
    found = core(function, given, upstream, alpha, axis, temperature, log_degeneracy, bits)
    if wrt is None:
        return found[0]
    return by_name(found, given, alpha, axis, temperature, log_degeneracy)


def bits_of_loss(
    function: str, return_grad: bool, wrt: Collection[OfHeatedLoss] | None = None
) -> int:
    """Return the sum of the bits of what is wanted beside a loss."""
    wants_scores = flag(function, "return_grad", return_grad) or wrt is not None
    return _core.WANTS_SCORES * wants_scores | bits_of(function, wrt, ("scores", "temperature"))


def beside_loss(
    found: _core.LossResults,
    return_grad: bool,
    wrt: Collection[OfHeatedLoss] | None,
    scores: Any,
    axis: int,
    temperature: Any,
) -> Any:
    """Return a loss, alone or with the gradients that are asked for."""
    if wrt is not None:
        return found[0], by_name(found[1:5], scores, 1.0, axis, temperature, None)
    return found[:2] if return_grad else found[0]
