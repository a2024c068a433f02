"""Maps whose probabilities sum to a budget: soft subsets, knapsacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs._family.call import solve

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from gibbs._family.types import ConstrainedDetails, DetailedBounded, PlainBounded
    from gibbs._types import A, Numbers, SpeaksDLPack


@overload
def budget(scores: A, budget: Numbers, axis: int = -1, **options: Unpack[PlainBounded]) -> A: ...
@overload
def budget(
    scores: ArrayLike, budget: Numbers, axis: int = -1, **options: Unpack[PlainBounded]
) -> NDArray[Any]: ...
@overload
def budget(
    scores: Numbers, budget: Numbers, axis: int = -1, **options: Unpack[DetailedBounded]
) -> ConstrainedDetails: ...
def budget(
    scores: Numbers,
    budget: Numbers,
    axis: int = -1,
    *,
    lower: Numbers | None = None,
    upper: Numbers | None = None,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    out: SpeaksDLPack | None = None,
    return_details: bool = False,
) -> Any:
    """Map scores to a sparse soft subset of `budget` states: 0 <= p <= 1, sum p = budget.

    p_i = clip(g_i (x_i - tau) / T, 0, 1), the nearest such point to x / T (at g = 1). This is
    `constrained` with the divergence "euclidean" and, where none is given, upper = 1; parameters,
    results and errors are those there.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.budget([3.0, 2.0, 1.5, 0.0], 2)
    array([1.  , 0.75, 0.25, 0.  ])
    >>> gibbs.budget([3.0, 2.0, 1.5, 0.0], 2, temperature=0)
    array([1., 1., 0., 0.])
    """
    return solve(
        "budget", scores, "euclidean", axis, temperature, log_degeneracy, mask, out,
        return_details, budget=budget, lower=lower, upper=1.0 if upper is None else upper,
    )  # fmt: skip


@overload
def fermi_dirac(
    scores: A, budget: Numbers, axis: int = -1, **options: Unpack[PlainBounded]
) -> A: ...
@overload
def fermi_dirac(
    scores: ArrayLike, budget: Numbers, axis: int = -1, **options: Unpack[PlainBounded]
) -> NDArray[Any]: ...
@overload
def fermi_dirac(
    scores: Numbers, budget: Numbers, axis: int = -1, **options: Unpack[DetailedBounded]
) -> ConstrainedDetails: ...
def fermi_dirac(
    scores: Numbers,
    budget: Numbers,
    axis: int = -1,
    *,
    lower: Numbers | None = None,
    upper: Numbers | None = None,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    out: SpeaksDLPack | None = None,
    return_details: bool = False,
) -> Any:
    """Map scores to a soft subset of `budget` states by entropy: p = g / (1 + exp((tau - x) / T)).

    The occupation of levels of degeneracy g and energy -x by `budget` fermions, with -tau the
    chemical potential; sum p = budget <= sum g. This is `constrained` with the divergence
    "fermi_dirac"; parameters, results and errors are those there.

    Examples
    --------
    >>> import gibbs
    >>> found = gibbs.fermi_dirac([3.0, 1.0, -1.0], 1.5, return_details=True)
    >>> found.probabilities.round(3)
    array([0.881, 0.5  , 0.119])
    >>> print(f"chemical potential {-found.multiplier:.3f}")
    chemical potential -1.000
    """
    return solve(
        "fermi_dirac", scores, "fermi_dirac", axis, temperature, log_degeneracy, mask, out,
        return_details, budget=budget, lower=lower, upper=upper,
    )  # fmt: skip


@overload
def box_section(
    scores: A, weights: Numbers, budget: Numbers, axis: int = -1, **options: Unpack[PlainBounded]
) -> A: ...
@overload
def box_section(
    scores: ArrayLike,
    weights: Numbers,
    budget: Numbers,
    axis: int = -1,
    **options: Unpack[PlainBounded],
) -> NDArray[Any]: ...
@overload
def box_section(
    scores: Numbers,
    weights: Numbers,
    budget: Numbers,
    axis: int = -1,
    **options: Unpack[DetailedBounded],
) -> ConstrainedDetails: ...
def box_section(
    scores: Numbers,
    weights: Numbers,
    budget: Numbers,
    axis: int = -1,
    *,
    lower: Numbers | None = None,
    upper: Numbers | None = None,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    out: SpeaksDLPack | None = None,
    return_details: bool = False,
) -> Any:
    """Map scores to the nearest point to x / T in a box with sum w p = budget (at g = 1).

    p_i = clip(g_i (x_i - tau w_i) / T, lower_i, upper_i): a continuous knapsack with weights w. At
    T = 0 it is filled by the highest x / w. This is `constrained` with the divergence "euclidean";
    parameters, results and errors are those there.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.box_section([3.0, 2.0, 2.0], [1.0, 1.0, 2.0], 2, upper=1, temperature=0)
    array([1., 1., 0.])
    >>> gibbs.box_section([3.0, 2.0, 2.0], [1.0, 1.0, 2.0], 2, upper=1, temperature=2)
    array([1. , 0.6, 0.2])
    """
    return solve(
        "box_section", scores, "euclidean", axis, temperature, log_degeneracy, mask, out,
        return_details, budget=budget, lower=lower, upper=upper, weights=weights,
    )  # fmt: skip
