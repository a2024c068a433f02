"""softmax and sparsemax with bounds on every probability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs._family.call import solve

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from gibbs._family.types import ConstrainedDetails, DetailedCapped, PlainCapped
    from gibbs._types import A, Numbers, SpeaksDLPack


@overload
def capped_softmax(
    scores: A, upper: Numbers, axis: int = -1, **options: Unpack[PlainCapped]
) -> A: ...
@overload
def capped_softmax(
    scores: ArrayLike, upper: Numbers, axis: int = -1, **options: Unpack[PlainCapped]
) -> NDArray[Any]: ...
@overload
def capped_softmax(
    scores: Numbers, upper: Numbers, axis: int = -1, **options: Unpack[DetailedCapped]
) -> ConstrainedDetails: ...
def capped_softmax(
    scores: Numbers,
    upper: Numbers,
    axis: int = -1,
    *,
    budget: Numbers = 1.0,
    lower: Numbers | None = None,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    out: SpeaksDLPack | None = None,
    return_details: bool = False,
) -> Any:
    """Map scores to softmax with upper bounds: p = min(upper, g exp((x - tau) / T - 1)).

    What the states at their bounds leave is shared by the others as softmax would. This is
    `constrained` with the divergence "kl"; parameters, results and errors are those there.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.capped_softmax([3.0, 2.0, 1.0], 0.5).round(3)
    array([0.5  , 0.366, 0.134])
    >>> gibbs.capped_softmax([3.0, 2.0, 1.0], [1.0, 0.1, 1.0]).round(3)
    array([0.793, 0.1  , 0.107])
    """
    return solve(
        "capped_softmax", scores, "kl", axis, temperature, log_degeneracy, mask, out,
        return_details, budget=budget, lower=lower, upper=upper,
    )  # fmt: skip


@overload
def capped_sparsemax(
    scores: A, upper: Numbers, axis: int = -1, **options: Unpack[PlainCapped]
) -> A: ...
@overload
def capped_sparsemax(
    scores: ArrayLike, upper: Numbers, axis: int = -1, **options: Unpack[PlainCapped]
) -> NDArray[Any]: ...
@overload
def capped_sparsemax(
    scores: Numbers, upper: Numbers, axis: int = -1, **options: Unpack[DetailedCapped]
) -> ConstrainedDetails: ...
def capped_sparsemax(
    scores: Numbers,
    upper: Numbers,
    axis: int = -1,
    *,
    budget: Numbers = 1.0,
    lower: Numbers | None = None,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    out: SpeaksDLPack | None = None,
    return_details: bool = False,
) -> Any:
    """Map scores to the nearest point to x / T with lower <= p <= upper (at g = 1).

    p_i = clip(g_i (x_i - tau) / T, lower_i, upper_i) sums to the budget. This is `constrained`
    with the divergence "euclidean"; parameters, results and errors are those there.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.capped_sparsemax([3.0, 2.0, 1.0], 0.5)
    array([0.5, 0.5, 0. ])
    >>> gibbs.capped_sparsemax([3.0, 2.0, 1.0], 0.5, lower=0.25)
    array([0.5 , 0.25, 0.25])
    """
    return solve(
        "capped_sparsemax", scores, "euclidean", axis, temperature, log_degeneracy, mask, out,
        return_details, budget=budget, lower=lower, upper=upper,
    )  # fmt: skip
