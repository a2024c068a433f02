"""Derivatives of the maps whose probabilities sum to a budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs._family.call import derive
from gibbs._family.derivatives import OF_BOUNDED

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from gibbs._family.vjp_types import NamedBoundedVjp, OfBounded, PlainBoundedVjp
    from gibbs._gradients import Gradients
    from gibbs._types import A, Numbers


@overload
def budget_vjp(
    probabilities: A,
    upstream: Numbers,
    budget: Numbers,
    axis: int = -1,
    **options: Unpack[PlainBoundedVjp],
) -> A: ...
@overload
def budget_vjp(
    probabilities: ArrayLike,
    upstream: Numbers,
    budget: Numbers,
    axis: int = -1,
    **options: Unpack[PlainBoundedVjp],
) -> NDArray[Any]: ...
@overload
def budget_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    budget: Numbers,
    axis: int = -1,
    **options: Unpack[NamedBoundedVjp],
) -> Gradients: ...
def budget_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    budget: Numbers,
    axis: int = -1,
    *,
    lower: Numbers | None = None,
    upper: Numbers | None = None,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    wrt: Collection[OfBounded] | None = None,
) -> Any:
    """Return the gradients of `budget`: in x_i it is (v_i - vbar) / T where 0 < p_i < 1.

    vbar, the mean of v over these states (at g = 1), is that in the budget. Parameters, results
    and errors are those of `constrained_vjp`.

    Examples
    --------
    >>> import gibbs
    >>> found = gibbs.budget_vjp([1.0, 0.75, 0.25, 0.0], [9.0, 1.0, 0.0, 9.0], 2, wrt=["budget"])
    >>> found.scores, found.budget
    (array([ 0. ,  0.5, -0.5,  0. ]), np.float64(0.5))
    """
    return derive(
        "budget_vjp", OF_BOUNDED, probabilities, upstream, "euclidean", axis, temperature,
        log_degeneracy, wrt, budget=budget, lower=lower, upper=1.0 if upper is None else upper,
        mask=mask,
    )  # fmt: skip


@overload
def fermi_dirac_vjp(
    probabilities: A,
    upstream: Numbers,
    budget: Numbers,
    axis: int = -1,
    **options: Unpack[PlainBoundedVjp],
) -> A: ...
@overload
def fermi_dirac_vjp(
    probabilities: ArrayLike,
    upstream: Numbers,
    budget: Numbers,
    axis: int = -1,
    **options: Unpack[PlainBoundedVjp],
) -> NDArray[Any]: ...
@overload
def fermi_dirac_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    budget: Numbers,
    axis: int = -1,
    **options: Unpack[NamedBoundedVjp],
) -> Gradients: ...
def fermi_dirac_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    budget: Numbers,
    axis: int = -1,
    *,
    lower: Numbers | None = None,
    upper: Numbers | None = None,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    wrt: Collection[OfBounded] | None = None,
) -> Any:
    """Return the gradients of `fermi_dirac`: s_i (v_i - vbar) / T in x_i with s = p (1 - p / g).

    vbar = sum s v / sum s is that in the budget, p_i (v_i - vbar) that in log g_i. Parameters,
    results and errors are those of `constrained_vjp`.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.fermi_dirac_vjp([0.5, 0.5], [1.0, 0.0], 1)
    array([ 0.125, -0.125])
    """
    return derive(
        "fermi_dirac_vjp", OF_BOUNDED, probabilities, upstream, "fermi_dirac", axis, temperature,
        log_degeneracy, wrt, budget=budget, lower=lower, upper=upper, mask=mask,
    )  # fmt: skip


@overload
def box_section_vjp(
    probabilities: A,
    upstream: Numbers,
    weights: Numbers,
    budget: Numbers,
    axis: int = -1,
    **options: Unpack[PlainBoundedVjp],
) -> A: ...
@overload
def box_section_vjp(
    probabilities: ArrayLike,
    upstream: Numbers,
    weights: Numbers,
    budget: Numbers,
    axis: int = -1,
    **options: Unpack[PlainBoundedVjp],
) -> NDArray[Any]: ...
@overload
def box_section_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    weights: Numbers,
    budget: Numbers,
    axis: int = -1,
    **options: Unpack[NamedBoundedVjp],
) -> Gradients: ...
def box_section_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    weights: Numbers,
    budget: Numbers,
    axis: int = -1,
    *,
    lower: Numbers | None = None,
    upper: Numbers | None = None,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    wrt: Collection[OfBounded] | None = None,
) -> Any:
    """Return the gradients of `box_section`: between the bounds (v_i - w_i vbar) / T in x_i.

    vbar = sum w v / sum w^2 between the bounds (at g = 1) is that in the budget. There is none in
    the weights. Parameters, results and errors are those of `constrained_vjp`.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.box_section_vjp([1.0, 0.5, 0.25], [9.0, 1.0, 0.0], [1.0, 1.0, 2.0], 2, upper=1)
    array([ 0. ,  0.8, -0.4])
    """
    return derive(
        "box_section_vjp", OF_BOUNDED, probabilities, upstream, "euclidean", axis, temperature,
        log_degeneracy, wrt, budget=budget, lower=lower, upper=upper,
        weights=weights, mask=mask,
    )  # fmt: skip
