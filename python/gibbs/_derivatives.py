"""Vector-Jacobian products. The Jacobians are symmetric: each is the forward derivative too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from gibbs import _core

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from gibbs._types import Numbers

Parameter = Literal["scores", "temperature", "log_degeneracy", "alpha"]

_BITS = {
    "scores": 0,
    "temperature": _core.WANTS_TEMPERATURE,
    "log_degeneracy": _core.WANTS_LOG_DEGENERACY,
    "alpha": _core.WANTS_ALPHA,
}


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


class _Arguments(NamedTuple):
    """What the map was called with, as far as gradients take its shape."""

    given: Any
    axis: int
    temperature: Any
    log_degeneracy: Any
    alpha: Any = 1.0


def _bits(function: str, wrt: Collection[str], allowed: Collection[str]) -> int:
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


def _gradients(found: tuple[Any, Any, Any, Any], given: _Arguments) -> Gradients:
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


_OF_SOFTMAX = ("scores", "temperature", "log_degeneracy")
_OF_ENTMAX = (*_OF_SOFTMAX, "alpha")


def entmax_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    alpha: Numbers = 1.5,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    wrt: Collection[Parameter] | None = None,
) -> Any:
    """Return the gradients of `entmax`, given p and the gradient v of what p went into.

    With s_i = p_i^(2 - alpha) g_i^(alpha - 1) on the support and vbar = sum s v / sum s the
    gradient in x_i is s_i (v_i - vbar) / T, and that in log g_i is p_i (v_i - vbar); those in T
    and alpha are in docs/maps.md.

    Parameters
    ----------
    probabilities
        p, as `entmax` returned it.
    upstream
        v, broadcast to the shape of p and of its dtype.
    alpha, axis, temperature, log_degeneracy
        As `entmax` was given them.
    wrt
        Names among "scores", "temperature", "log_degeneracy", "alpha".

    Returns
    -------
    The gradient in the scores; with `wrt` the `Gradients` by name, that in the scores among them.

    Raises
    ------
    ValueError
        As `entmax`; a name that is none of these.
    TypeError
        As `entmax`; v of another dtype than p.

    Examples
    --------
    >>> import gibbs
    >>> p = gibbs.entmax([3.0, 2.5, 1.0], alpha=2)
    >>> gibbs.entmax_vjp(p, [1.0, 0.0, 0.0], alpha=2)
    array([ 0.5, -0.5,  0. ])
    >>> gibbs.entmax_vjp(p, [1.0, 0.0, 0.0], alpha=2, wrt=["temperature"]).temperature
    np.float64(-0.25)
    """
    return _entmax_vjp(
        "entmax_vjp", probabilities, upstream, alpha, axis, temperature, log_degeneracy, wrt
    )


def _entmax_vjp(
    function: str,
    probabilities: Any,
    upstream: Any,
    alpha: Any,
    axis: int,
    temperature: Any,
    log_degeneracy: Any,
    wrt: Collection[str] | None,
) -> Any:
    allowed = _OF_ENTMAX if function == "entmax_vjp" else _OF_SOFTMAX
    bits = 0 if wrt is None else _bits(function, wrt, allowed)
    found = _core.entmax_vjp(
        function, probabilities, upstream, alpha, axis, temperature, log_degeneracy, bits
    )
    if wrt is None:
        return found[0]
    return _gradients(found, _Arguments(probabilities, axis, temperature, log_degeneracy, alpha))


def softmax_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    wrt: Collection[Parameter] | None = None,
) -> Any:
    """Return the gradients of `softmax`: in x_i it is p_i (v_i - vbar) / T, vbar = sum p v.

    Parameters, results and errors are those of `entmax_vjp`, without alpha.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.softmax_vjp([0.5, 0.5], [1.0, 0.0])
    array([ 0.25, -0.25])
    """
    return _entmax_vjp(
        "softmax_vjp", probabilities, upstream, 1.0, axis, temperature, log_degeneracy, wrt
    )


def sparsemax_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    wrt: Collection[Parameter] | None = None,
) -> Any:
    """Return the gradients of `sparsemax`: in x it is v less its mean over the support, over T.

    Parameters, results and errors are those of `entmax_vjp`, without alpha.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.sparsemax_vjp([0.75, 0.25, 0.0], [1.0, 0.0, 5.0])
    array([ 0.5, -0.5,  0. ])
    """
    return _entmax_vjp(
        "sparsemax_vjp", probabilities, upstream, 2.0, axis, temperature, log_degeneracy, wrt
    )


def log_softmax_vjp(
    log_probabilities: Numbers,
    upstream: Numbers,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    wrt: Collection[Parameter] | None = None,
) -> Any:
    """Return the gradients of `log_softmax`, given log p: in x_i (v_i - p_i sum v) / T.

    Parameters, results and errors are those of `entmax_vjp`, without alpha.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.log_softmax_vjp(gibbs.log_softmax([0.0, 0.0]), [1.0, 0.0])
    array([ 0.5, -0.5])
    """
    bits = 0 if wrt is None else _bits("log_softmax_vjp", wrt, _OF_SOFTMAX)
    found = _core.log_softmax_vjp(
        log_probabilities, upstream, axis, temperature, log_degeneracy, bits
    )
    if wrt is None:
        return found[0]
    return _gradients(found, _Arguments(log_probabilities, axis, temperature, log_degeneracy))


def logsumexp_vjp(
    scores: Numbers,
    upstream: Numbers,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    wrt: Collection[Parameter] | None = None,
) -> Any:
    """Return the gradients of `logsumexp` along one axis: in x_i it is v softmax(x)_i / T.

    `upstream` holds one v per row, or one for all. A masked state needs a score of -inf here.
    The other parameters, results and errors are those of `entmax_vjp`, without alpha.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.logsumexp_vjp([0.0, 0.0], 3.0)
    array([1.5, 1.5])
    """
    bits = 0 if wrt is None else _bits("logsumexp_vjp", wrt, _OF_SOFTMAX)
    found = _core.log_sum_exp_vjp(scores, upstream, axis, temperature, log_degeneracy, bits)
    if wrt is None:
        return found[0]
    return _gradients(found, _Arguments(scores, axis, temperature, log_degeneracy))
