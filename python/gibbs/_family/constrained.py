"""The general map with bounds and a budget, and the f-softargmax without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs._family.call import solve

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from gibbs._family.types import (
        ConstrainedDetails,
        DetailedConstrained,
        DetailedSoftargmax,
        DivergenceName,
        PlainConstrained,
        PlainSoftargmax,
    )
    from gibbs._types import A, Numbers, SpeaksDLPack


@overload
def constrained(
    scores: A,
    divergence: DivergenceName = "kl",
    axis: int = -1,
    **options: Unpack[PlainConstrained],
) -> A: ...
@overload
def constrained(
    scores: ArrayLike,
    divergence: DivergenceName = "kl",
    axis: int = -1,
    **options: Unpack[PlainConstrained],
) -> NDArray[Any]: ...
@overload
def constrained(
    scores: Numbers,
    divergence: DivergenceName = "kl",
    axis: int = -1,
    **options: Unpack[DetailedConstrained],
) -> ConstrainedDetails: ...
def constrained(
    scores: Numbers,
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
    out: SpeaksDLPack | None = None,
    return_details: bool = False,
) -> Any:
    """Map scores to p = argmax of <p, x> - T D_f(p; g) within bounds and a budget.

    p_i = clip(g_i (f')^-1((x_i - tau w_i) / T), lower_i, upper_i), with tau such that
    sum w p = budget. D_f(p; g) = sum_i g_i f(p_i / g_i) is named by its f.

    Parameters
    ----------
    divergence
        f(r): "kl" r log r; "alpha" (r^alpha - r) / (alpha (alpha - 1)); "euclidean" r^2 / 2;
        "reverse_kl" -log r; "chi_square" (r - 1)^2; "hellinger" (sqrt(r) - 1)^2;
        "jensen_shannon" r log r - (r + 1) log((r + 1) / 2);
        "fermi_dirac" r log r + (1 - r) log(1 - r), r <= 1.
    alpha
        Of the divergence "alpha", and only there: in (0, inf], at most 2 with constraints; a
        number, or an array that broadcasts over the rows.
    budget
        What sum w p is, >= 0: a number, or an array that broadcasts over the rows.
    lower, upper
        Bounds of p, 0 <= lower <= upper, broadcast to the shape of the scores. Not given: 0 and
        infinity.
    weights
        w, positive and finite, broadcast to the shape of the scores. Not given: 1.
    return_details
        Return the `ConstrainedDetails`: p with value, multiplier and size of the support.
    scores, axis, temperature, log_degeneracy, mask, out
        As in `softmax`. An absent state has p = 0 whatever its bounds are.

    Returns
    -------
    p in the shape, the dtype and the kind of array of the scores; the details if asked for.

    Raises
    ------
    ValueError
        As `softmax`; a number out of its range; bounds that cannot hold the budget.
    TypeError
        As `softmax`.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.constrained([3.0, 2.0, 1.0], "kl", upper=0.5).round(3)
    array([0.5  , 0.366, 0.134])
    >>> found = gibbs.constrained(
    ...     [3.0, 2.0, 1.0], "euclidean", budget=2, upper=1, temperature=2, return_details=True
    ... )
    >>> found.probabilities
    array([1.  , 0.75, 0.25])
    >>> float(found.multiplier), int(found.support)
    (0.5, 3)
    """
    return solve(
        "constrained", scores, divergence, axis, temperature, log_degeneracy, mask, out,
        return_details, alpha=alpha, budget=budget, lower=lower, upper=upper, weights=weights,
    )  # fmt: skip


@overload
def f_softargmax(
    scores: A, divergence: DivergenceName = "kl", axis: int = -1, **options: Unpack[PlainSoftargmax]
) -> A: ...
@overload
def f_softargmax(
    scores: ArrayLike,
    divergence: DivergenceName = "kl",
    axis: int = -1,
    **options: Unpack[PlainSoftargmax],
) -> NDArray[Any]: ...
@overload
def f_softargmax(
    scores: Numbers,
    divergence: DivergenceName = "kl",
    axis: int = -1,
    **options: Unpack[DetailedSoftargmax],
) -> ConstrainedDetails: ...
def f_softargmax(
    scores: Numbers,
    divergence: DivergenceName = "kl",
    axis: int = -1,
    *,
    alpha: Numbers | None = None,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    out: SpeaksDLPack | None = None,
    return_details: bool = False,
) -> Any:
    """Map scores to p = argmax over the simplex of <p, x> - T D_f(p; g).

    p_i = g_i (f')^-1((x_i - tau) / T), with tau such that sum p = 1: "kl" is `softmax`, "alpha"
    is `entmax`; the tails of "reverse_kl" and "hellinger" fall as 1 / x and 1 / x^2, and
    "chi_square" is sparse. This is `constrained` without bounds, at budget 1; parameters, results
    and errors are those there.

    Examples
    --------
    >>> import gibbs
    >>> for divergence in ("kl", "reverse_kl", "chi_square"):
    ...     print(gibbs.f_softargmax([3.0, 2.0, 0.0], divergence).round(3))
    [0.705 0.259 0.035]
    [0.479 0.324 0.197]
    [0.75 0.25 0.  ]
    """
    return solve(
        "f_softargmax", scores, divergence, axis, temperature, log_degeneracy, mask, out,
        return_details, alpha=alpha,
    )  # fmt: skip
