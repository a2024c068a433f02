"""Derivatives of relaxed draws; the noise is not needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, overload

from gibbs import _core
from gibbs._gradients import Gradients, bits_of, per_row, per_state

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Required, Unpack

    from gibbs._types import A, Numbers

    class VjpOptions(TypedDict, total=False):
        """The keyword arguments of every derivative."""

        temperature: Numbers
        log_degeneracy: Numbers | None
        scores: Numbers | None

    class PlainVjp(VjpOptions, total=False):
        """Those of a derivative in the scores alone."""

        wrt: None

    class NamedVjp(VjpOptions, total=False):
        """Those of a derivative by names."""

        wrt: Required[Collection[str]]


_OF_SOFTMAX = ("scores", "tau", "temperature", "log_degeneracy")
_OF_ENTMAX = (*_OF_SOFTMAX, "alpha")


def relaxed_vjp(
    core: _core.RelaxedVjp,
    function: str,
    given: Any,
    upstream: Any,
    alpha: Any,
    tau: Any,
    axis: int,
    temperature: Any,
    log_degeneracy: Any,
    scores: Any,
    wrt: Collection[str] | None,
    allowed: tuple[str, ...] = _OF_SOFTMAX,
) -> Any:
    """Return the gradient in the scores alone, or the `Gradients` in what `wrt` names."""
    bits = bits_of(function, wrt, allowed)
    found = core(function, given, upstream, alpha, axis, tau, temperature, scores, bits)
    if wrt is None:
        return found[0]
    in_scores, in_temperature, in_log_degeneracy, in_alpha, in_tau = found
    return Gradients(
        in_scores,
        per_row(temperature, in_temperature, axis, given),
        per_state(log_degeneracy, in_log_degeneracy, given),
        per_row(alpha, in_alpha, axis, given),
        tau=per_row(tau, in_tau, axis, given),
    )


@overload
def gumbel_softmax_vjp(
    relaxed: A, upstream: Numbers, tau: Numbers = 1.0, axis: int = -1, **options: Unpack[PlainVjp]
) -> A: ...
@overload
def gumbel_softmax_vjp(
    relaxed: ArrayLike,
    upstream: Numbers,
    tau: Numbers = 1.0,
    axis: int = -1,
    **options: Unpack[PlainVjp],
) -> NDArray[Any]: ...
@overload
def gumbel_softmax_vjp(
    relaxed: Numbers,
    upstream: Numbers,
    tau: Numbers = 1.0,
    axis: int = -1,
    **options: Unpack[NamedVjp],
) -> Gradients: ...
def gumbel_softmax_vjp(
    relaxed: Numbers,
    upstream: Numbers,
    tau: Numbers = 1.0,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    scores: Numbers | None = None,
    wrt: Collection[str] | None = None,
) -> Any:
    """Return the gradients of `gumbel_softmax`, given y and the gradient v of what y went into.

    With w_i = y_i (v_i - <y, v>) / tau the gradient in x is w / T, in log g w, in T
    -sum w x / T^2, and in tau -(1 / tau) sum y_i (v_i - <y, v>) log y_i.

    Parameters
    ----------
    relaxed
        y, as `gumbel_softmax` returned it.
    upstream
        v, broadcast to the shape of y and of its dtype.
    tau, axis, temperature, log_degeneracy
        As `gumbel_softmax` was given them.
    scores
        x, as `gumbel_softmax` was given them; the gradient in T alone needs them.
    wrt
        Names among "scores", "tau", "temperature", "log_degeneracy".

    Returns
    -------
    The gradient in the scores; with `wrt` the `Gradients` by name, that in the scores among them.
    tau or T at 0 or infinity: 0.

    Raises
    ------
    ValueError
        As `gumbel_softmax`; a name that is none of these; "temperature" without scores.
    TypeError
        As `gumbel_softmax`; v or scores of another dtype than y.

    Examples
    --------
    >>> import gibbs
    >>> y = gibbs.sampling.gumbel_softmax([3.0, 2.0, 1.0], seed=1)
    >>> gibbs.sampling.gumbel_softmax_vjp(y, [1.0, 0.0, 0.0]).round(3)
    array([ 0.221, -0.119, -0.102])
    """
    return relaxed_vjp(
        _core.gumbel_entmax_vjp, "gumbel_softmax_vjp", relaxed, upstream, 1.0, tau, axis,
        temperature, log_degeneracy, scores, wrt,
    )  # fmt: skip


@overload
def log_gumbel_softmax_vjp(
    log_relaxed: A,
    upstream: Numbers,
    tau: Numbers = 1.0,
    axis: int = -1,
    **options: Unpack[PlainVjp],
) -> A: ...
@overload
def log_gumbel_softmax_vjp(
    log_relaxed: ArrayLike,
    upstream: Numbers,
    tau: Numbers = 1.0,
    axis: int = -1,
    **options: Unpack[PlainVjp],
) -> NDArray[Any]: ...
@overload
def log_gumbel_softmax_vjp(
    log_relaxed: Numbers,
    upstream: Numbers,
    tau: Numbers = 1.0,
    axis: int = -1,
    **options: Unpack[NamedVjp],
) -> Gradients: ...
def log_gumbel_softmax_vjp(
    log_relaxed: Numbers,
    upstream: Numbers,
    tau: Numbers = 1.0,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    scores: Numbers | None = None,
    wrt: Collection[str] | None = None,
) -> Any:
    """Return the gradients of `log_gumbel_softmax`, given log y and the gradient v of it.

    Parameters, results and errors are those of `gumbel_softmax_vjp`.

    Examples
    --------
    >>> import gibbs
    >>> log_y = gibbs.sampling.log_gumbel_softmax([3.0, 2.0, 1.0], seed=1)
    >>> gibbs.sampling.log_gumbel_softmax_vjp(log_y, [1.0, 0.0, 0.0]).round(3)
    array([ 0.671, -0.361, -0.31 ])
    """
    return relaxed_vjp(
        _core.log_gumbel_softmax_vjp, "log_gumbel_softmax_vjp", log_relaxed, upstream, 1.0, tau,
        axis, temperature, log_degeneracy, scores, wrt,
    )  # fmt: skip


@overload
def gumbel_entmax_vjp(
    relaxed: A,
    upstream: Numbers,
    alpha: Numbers = 1.5,
    tau: Numbers = 1.0,
    axis: int = -1,
    **options: Unpack[PlainVjp],
) -> A: ...
@overload
def gumbel_entmax_vjp(
    relaxed: ArrayLike,
    upstream: Numbers,
    alpha: Numbers = 1.5,
    tau: Numbers = 1.0,
    axis: int = -1,
    **options: Unpack[PlainVjp],
) -> NDArray[Any]: ...
@overload
def gumbel_entmax_vjp(
    relaxed: Numbers,
    upstream: Numbers,
    alpha: Numbers = 1.5,
    tau: Numbers = 1.0,
    axis: int = -1,
    **options: Unpack[NamedVjp],
) -> Gradients: ...
def gumbel_entmax_vjp(
    relaxed: Numbers,
    upstream: Numbers,
    alpha: Numbers = 1.5,
    tau: Numbers = 1.0,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    scores: Numbers | None = None,
    wrt: Collection[str] | None = None,
) -> Any:
    """Return the gradients of `gumbel_entmax`, given y and the gradient v of what y went into.

    w is that of `gibbs.entmax_vjp` at the temperature tau; `wrt` may name "alpha" too. Parameters,
    results and errors are else those of `gumbel_softmax_vjp`.

    Examples
    --------
    >>> import gibbs
    >>> y = gibbs.sampling.gumbel_entmax([3.0, 2.0, 1.0], 1.5, 2.0, seed=1)
    >>> gibbs.sampling.gumbel_entmax_vjp(y, [1.0, 0.0, 0.0], 1.5, 2.0).round(3)
    array([ 0.192, -0.099, -0.093])
    """
    return relaxed_vjp(
        _core.gumbel_entmax_vjp, "gumbel_entmax_vjp", relaxed, upstream, alpha, tau, axis,
        temperature, log_degeneracy, scores, wrt, _OF_ENTMAX,
    )  # fmt: skip


@overload
def gumbel_sparsemax_vjp(
    relaxed: A, upstream: Numbers, tau: Numbers = 1.0, axis: int = -1, **options: Unpack[PlainVjp]
) -> A: ...
@overload
def gumbel_sparsemax_vjp(
    relaxed: ArrayLike,
    upstream: Numbers,
    tau: Numbers = 1.0,
    axis: int = -1,
    **options: Unpack[PlainVjp],
) -> NDArray[Any]: ...
@overload
def gumbel_sparsemax_vjp(
    relaxed: Numbers,
    upstream: Numbers,
    tau: Numbers = 1.0,
    axis: int = -1,
    **options: Unpack[NamedVjp],
) -> Gradients: ...
def gumbel_sparsemax_vjp(
    relaxed: Numbers,
    upstream: Numbers,
    tau: Numbers = 1.0,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    scores: Numbers | None = None,
    wrt: Collection[str] | None = None,
) -> Any:
    """Return the gradients of `gumbel_sparsemax`, as `gumbel_entmax_vjp` at alpha 2.

    Examples
    --------
    >>> import gibbs
    >>> y = gibbs.sampling.gumbel_sparsemax([3.0, 2.0, 1.0], 2.0, seed=1)
    >>> gibbs.sampling.gumbel_sparsemax_vjp(y, [1.0, 0.0, 0.0], 2.0).round(3)
    array([ 0.333, -0.167, -0.167])
    """
    return relaxed_vjp(
        _core.gumbel_entmax_vjp, "gumbel_sparsemax_vjp", relaxed, upstream, 2.0, tau, axis,
        temperature, log_degeneracy, scores, wrt,
    )  # fmt: skip
