"""Derivatives of softmax and sparsemax with bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs._family.call import derive
from gibbs._family.derivatives import OF_BOUNDED

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from gibbs._family.vjp_types import NamedCappedVjp, OfBounded, PlainCappedVjp
    from gibbs._gradients import Gradients
    from gibbs._types import A, Numbers


@overload
def capped_softmax_vjp(
    probabilities: A,
    upstream: Numbers,
    upper: Numbers,
    axis: int = -1,
    **options: Unpack[PlainCappedVjp],
) -> A: ...
@overload
def capped_softmax_vjp(
    probabilities: ArrayLike,
    upstream: Numbers,
    upper: Numbers,
    axis: int = -1,
    **options: Unpack[PlainCappedVjp],
) -> NDArray[Any]: ...
@overload
def capped_softmax_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    upper: Numbers,
    axis: int = -1,
    **options: Unpack[NamedCappedVjp],
) -> Gradients: ...
def capped_softmax_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    upper: Numbers,
    axis: int = -1,
    *,
    budget: Numbers = 1.0,
    lower: Numbers | None = None,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    wrt: Collection[OfBounded] | None = None,
) -> Any:
    """Return the gradients of `capped_softmax`: between the bounds p_i (v_i - vbar) / T in x_i.

    vbar is the mean of v by p between the bounds. Parameters, results and errors are those of
    `constrained_vjp`.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.capped_softmax_vjp([0.5, 0.25, 0.25], [4.0, 1.0, 0.0], 0.5)
    array([ 0.   ,  0.125, -0.125])
    """
    return derive(
        "capped_softmax_vjp", OF_BOUNDED, probabilities, upstream, "kl", axis, temperature,
        log_degeneracy, wrt, budget=budget, lower=lower, upper=upper, mask=mask,
    )  # fmt: skip


@overload
def capped_sparsemax_vjp(
    probabilities: A,
    upstream: Numbers,
    upper: Numbers,
    axis: int = -1,
    **options: Unpack[PlainCappedVjp],
) -> A: ...
@overload
def capped_sparsemax_vjp(
    probabilities: ArrayLike,
    upstream: Numbers,
    upper: Numbers,
    axis: int = -1,
    **options: Unpack[PlainCappedVjp],
) -> NDArray[Any]: ...
@overload
def capped_sparsemax_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    upper: Numbers,
    axis: int = -1,
    **options: Unpack[NamedCappedVjp],
) -> Gradients: ...
def capped_sparsemax_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    upper: Numbers,
    axis: int = -1,
    *,
    budget: Numbers = 1.0,
    lower: Numbers | None = None,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    wrt: Collection[OfBounded] | None = None,
) -> Any:
    """Return the gradients of `capped_sparsemax`: between the bounds (v_i - vbar) / T in x_i.

    vbar is the mean of v between the bounds (at g = 1). Parameters, results and errors are those of
    `constrained_vjp`.

    Examples
    --------
    >>> import gibbs
    >>> found = gibbs.capped_sparsemax_vjp(
    ...     [0.5, 0.3, 0.2], [4.0, 1.0, 0.0], [0.5, 1.0, 1.0], wrt=["upper"]
    ... )
    >>> found.scores, found.upper
    (array([ 0. ,  0.5, -0.5]), array([3.5, 0. , 0. ]))
    """
    return derive(
        "capped_sparsemax_vjp", OF_BOUNDED, probabilities, upstream, "euclidean", axis, temperature,
        log_degeneracy, wrt, budget=budget, lower=lower, upper=upper, mask=mask,
    )  # fmt: skip
