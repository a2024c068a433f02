"""Derivatives of the general map with bounds and of the f-softargmax."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs._family.call import derive
from gibbs._gradients import OF_ENTMAX, OF_SOFTMAX

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from gibbs._family.types import DivergenceName
    from gibbs._family.vjp_types import (
        NamedConstrainedVjp,
        NamedSoftargmaxVjp,
        OfConstrained,
        OfSoftargmax,
        PlainConstrainedVjp,
        PlainSoftargmaxVjp,
    )
    from gibbs._gradients import Gradients
    from gibbs._types import A, Numbers


OF_BOUNDED = (*OF_SOFTMAX, "budget", "lower", "upper")


@overload
def constrained_vjp(
    probabilities: A,
    upstream: Numbers,
    divergence: DivergenceName = "kl",
    axis: int = -1,
    **options: Unpack[PlainConstrainedVjp],
) -> A: ...
@overload
def constrained_vjp(
    probabilities: ArrayLike,
    upstream: Numbers,
    divergence: DivergenceName = "kl",
    axis: int = -1,
    **options: Unpack[PlainConstrainedVjp],
) -> NDArray[Any]: ...
@overload
def constrained_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    divergence: DivergenceName = "kl",
    axis: int = -1,
    **options: Unpack[NamedConstrainedVjp],
) -> Gradients: ...
def constrained_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    divergence: DivergenceName = "kl",
    axis: int = -1,
    *,
    alpha: Numbers | None = None,
    budget: Numbers = 1.0,
    lower: Numbers | None = None,
    upper: Numbers | None = None,
    weights: Numbers | None = None,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    wrt: Collection[OfConstrained] | None = None,
) -> Any:
    """Return the gradients of `constrained`, given p and the gradient v of what p went into.

    On the states strictly between their bounds, with s = g / f''(p / g), vbar = sum w s v /
    sum w^2 s and u_i = v_i - w_i vbar, that in x_i is s_i u_i / T, in log g_i it is p_i u_i; in a
    bound it is u_i where p_i is at that bound, and in the budget it is vbar.

    Parameters
    ----------
    probabilities
        p, as `constrained` returned it.
    upstream
        v, broadcast to the shape of p and of its dtype.
    wrt
        Names among "scores", "temperature", "log_degeneracy", "budget", "lower", "upper", and with
        the divergence "alpha" also "alpha".
    divergence, alpha, budget, lower, upper, weights, axis, temperature, log_degeneracy, mask
        As `constrained` was given them.

    Returns
    -------
    The gradient in the scores; with `wrt` the `Gradients` by name, that in the scores among them.
    That in a bound that was not given is of the shape of p.

    Raises
    ------
    ValueError
        As `constrained`; a name that is none of these.
    TypeError
        As `constrained`; v of another dtype than p.

    Examples
    --------
    >>> import gibbs
    >>> p = gibbs.constrained([3.0, 2.0, 1.0], "euclidean", upper=0.5, temperature=4)
    >>> p
    array([0.5  , 0.375, 0.125])
    >>> found = gibbs.constrained_vjp(
    ...     p, [1.0, 0.0, 2.0], "euclidean", upper=0.5, temperature=4, wrt=["upper", "budget"]
    ... )
    >>> found.scores, found.upper, found.budget
    (array([ 0.  , -0.25,  0.25]), np.float64(0.0), np.float64(1.0))
    """
    allowed = (*OF_BOUNDED, "alpha") if divergence == "alpha" else OF_BOUNDED
    return derive(
        "constrained_vjp", allowed, probabilities, upstream, divergence, axis, temperature,
        log_degeneracy, wrt, alpha=alpha, budget=budget, lower=lower, upper=upper, weights=weights,
        mask=mask,
    )  # fmt: skip


@overload
def f_softargmax_vjp(
    probabilities: A,
    upstream: Numbers,
    divergence: DivergenceName = "kl",
    axis: int = -1,
    **options: Unpack[PlainSoftargmaxVjp],
) -> A: ...
@overload
def f_softargmax_vjp(
    probabilities: ArrayLike,
    upstream: Numbers,
    divergence: DivergenceName = "kl",
    axis: int = -1,
    **options: Unpack[PlainSoftargmaxVjp],
) -> NDArray[Any]: ...
@overload
def f_softargmax_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    divergence: DivergenceName = "kl",
    axis: int = -1,
    **options: Unpack[NamedSoftargmaxVjp],
) -> Gradients: ...
def f_softargmax_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    divergence: DivergenceName = "kl",
    axis: int = -1,
    *,
    alpha: Numbers | None = None,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    wrt: Collection[OfSoftargmax] | None = None,
) -> Any:
    """Return the gradients of `f_softargmax`: in x_i it is s_i (v_i - vbar) / T.

    s = g / f''(p / g) and vbar = sum s v / sum s. Parameters, results and errors are those of
    `constrained_vjp`; `wrt` names among "scores", "temperature", "log_degeneracy", and with the
    divergence "alpha" also "alpha".

    Examples
    --------
    >>> import gibbs
    >>> p = gibbs.f_softargmax([1.0, 1.0], "reverse_kl")
    >>> gibbs.f_softargmax_vjp(p, [1.0, 0.0], "reverse_kl")
    array([ 0.125, -0.125])
    """
    allowed = OF_ENTMAX if divergence == "alpha" else OF_SOFTMAX
    return derive(
        "f_softargmax_vjp", allowed, probabilities, upstream, divergence, axis, temperature,
        log_degeneracy, wrt, alpha=alpha,
    )  # fmt: skip
