"""Vector-Jacobian products of the maps; symmetric, so forward derivatives too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs import _core
from gibbs._gradients import OF_ENTMAX, vjp

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from gibbs._gradients import Gradients, NamedVjp, Parameter, PlainVjp
    from gibbs._types import A, Numbers


@overload
def entmax_vjp(
    probabilities: A,
    upstream: Numbers,
    alpha: Numbers = 1.5,
    axis: int = -1,
    **options: Unpack[PlainVjp],
) -> A: ...
@overload
def entmax_vjp(
    probabilities: ArrayLike,
    upstream: Numbers,
    alpha: Numbers = 1.5,
    axis: int = -1,
    **options: Unpack[PlainVjp],
) -> NDArray[Any]: ...
@overload
def entmax_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    alpha: Numbers = 1.5,
    axis: int = -1,
    **options: Unpack[NamedVjp],
) -> Gradients: ...
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
    and alpha are in docs/derivatives.md.

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
    return vjp(
        _core.entmax_vjp, "entmax_vjp",
        probabilities, upstream, alpha, axis, temperature, log_degeneracy, wrt, OF_ENTMAX,
    )  # fmt: skip


@overload
def softmax_vjp(
    probabilities: A, upstream: Numbers, axis: int = -1, **options: Unpack[PlainVjp]
) -> A: ...
@overload
def softmax_vjp(
    probabilities: ArrayLike, upstream: Numbers, axis: int = -1, **options: Unpack[PlainVjp]
) -> NDArray[Any]: ...
@overload
def softmax_vjp(
    probabilities: Numbers, upstream: Numbers, axis: int = -1, **options: Unpack[NamedVjp]
) -> Gradients: ...
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
    return vjp(
        _core.entmax_vjp, "softmax_vjp",
        probabilities, upstream, 1.0, axis, temperature, log_degeneracy, wrt,
    )  # fmt: skip


@overload
def sparsemax_vjp(
    probabilities: A, upstream: Numbers, axis: int = -1, **options: Unpack[PlainVjp]
) -> A: ...
@overload
def sparsemax_vjp(
    probabilities: ArrayLike, upstream: Numbers, axis: int = -1, **options: Unpack[PlainVjp]
) -> NDArray[Any]: ...
@overload
def sparsemax_vjp(
    probabilities: Numbers, upstream: Numbers, axis: int = -1, **options: Unpack[NamedVjp]
) -> Gradients: ...
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
    return vjp(
        _core.entmax_vjp, "sparsemax_vjp",
        probabilities, upstream, 2.0, axis, temperature, log_degeneracy, wrt,
    )  # fmt: skip
