"""The map regularised by a norm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs import _core
from gibbs._family.types import NormmaxDetails
from gibbs._flags import flag
from gibbs._gradients import vjp

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from gibbs._family.types import DetailedNorm, PlainNorm
    from gibbs._family.vjp_types import NamedNormVjp, OfNormmax, PlainNormVjp
    from gibbs._gradients import Gradients
    from gibbs._types import A, Numbers, SpeaksDLPack

_PARAMETERS = ("scores", "temperature", "alpha")


@overload
def normmax(scores: A, alpha: Numbers = 2.0, axis: int = -1, **options: Unpack[PlainNorm]) -> A: ...
@overload
def normmax(
    scores: ArrayLike, alpha: Numbers = 2.0, axis: int = -1, **options: Unpack[PlainNorm]
) -> NDArray[Any]: ...
@overload
def normmax(
    scores: Numbers, alpha: Numbers = 2.0, axis: int = -1, **options: Unpack[DetailedNorm]
) -> NormmaxDetails: ...
def normmax(
    scores: Numbers,
    alpha: Numbers = 2.0,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    mask: Numbers | None = None,
    out: SpeaksDLPack | None = None,
    return_details: bool = False,
) -> Any:
    """Map scores to p = argmax over the simplex of <p, x> - T |p|_alpha.

    p_i = q_i / sum q with q_i = ((x_i - tau) / T)_+^(1 / (alpha - 1)) and tau such that
    |q|_alpha = 1. Sparse for every alpha; at infinity equal shares of the states above tau.

    Parameters
    ----------
    alpha
        Of the norm, in (1, inf]: a number, or an array that broadcasts over the rows.
    return_details
        Return the `NormmaxDetails`: p with value, size of the support and threshold.
    scores, axis, temperature, mask, out
        As in `softmax`.

    Returns
    -------
    p in the shape, the dtype and the kind of array of the scores; the details if asked for.

    Raises
    ------
    ValueError
        As `softmax`; alpha <= 1 or NaN.
    TypeError
        As `softmax`.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.normmax([1.0, 0.8, 0.0]).round(3)
    array([0.571, 0.429, 0.   ])
    >>> gibbs.normmax([1.0, 0.8, 0.0], alpha=float("inf"))
    array([0.5, 0.5, 0. ])
    """
    return_details = flag("normmax", "return_details", return_details)
    found = _core.normmax(scores, alpha, axis, temperature, mask, out, return_details)
    return NormmaxDetails(*found) if return_details else found


@overload
def normmax_vjp(
    probabilities: A,
    upstream: Numbers,
    alpha: Numbers = 2.0,
    axis: int = -1,
    **options: Unpack[PlainNormVjp],
) -> A: ...
@overload
def normmax_vjp(
    probabilities: ArrayLike,
    upstream: Numbers,
    alpha: Numbers = 2.0,
    axis: int = -1,
    **options: Unpack[PlainNormVjp],
) -> NDArray[Any]: ...
@overload
def normmax_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    alpha: Numbers = 2.0,
    axis: int = -1,
    **options: Unpack[NamedNormVjp],
) -> Gradients: ...
def normmax_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    alpha: Numbers = 2.0,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    wrt: Collection[OfNormmax] | None = None,
) -> Any:
    """Return the gradients of `normmax`, given p and the gradient v of what p went into.

    With b_i = p_i^(2 - alpha) on the support that in x is
    |p|^(alpha - 1) / ((alpha - 1) T) (b v - b <p, v> - p <b, v> + p <p, v> sum b).

    Parameters
    ----------
    probabilities
        p, as `normmax` returned it.
    upstream
        v, broadcast to the shape of p and of its dtype.
    alpha, axis, temperature
        As `normmax` was given them.
    wrt
        Names among "scores", "temperature", "alpha".

    Returns
    -------
    The gradient in the scores; with `wrt` the `Gradients` by name, that in the scores among them.

    Raises
    ------
    ValueError
        As `normmax`; a name that is none of these.
    TypeError
        As `normmax`; v of another dtype than p.

    Examples
    --------
    >>> import gibbs
    >>> p = gibbs.normmax([1.0, 0.8, 0.0])
    >>> gibbs.normmax_vjp(p, [1.0, 0.0, 0.0]).round(3)
    array([ 0.364, -0.364,  0.   ])
    """
    return vjp(
        _core.normmax_vjp, "normmax_vjp",
        probabilities, upstream, alpha, axis, temperature, None, wrt, _PARAMETERS,
    )  # fmt: skip
