"""Vector-Jacobian products of log_softmax and logsumexp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs import _core
from gibbs._gradients import vjp

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from gibbs._gradients import Gradients, NamedVjp, Parameter, PlainVjp
    from gibbs._types import A, Numbers


@overload
def log_softmax_vjp(
    log_probabilities: A, upstream: Numbers, axis: int = -1, **options: Unpack[PlainVjp]
) -> A: ...
@overload
def log_softmax_vjp(
    log_probabilities: ArrayLike, upstream: Numbers, axis: int = -1, **options: Unpack[PlainVjp]
) -> NDArray[Any]: ...
@overload
def log_softmax_vjp(
    log_probabilities: Numbers, upstream: Numbers, axis: int = -1, **options: Unpack[NamedVjp]
) -> Gradients: ...
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
    return vjp(
        _core.log_softmax_vjp, "log_softmax_vjp",
        log_probabilities, upstream, 1.0, axis, temperature, log_degeneracy, wrt,
    )  # fmt: skip


@overload
def logsumexp_vjp(
    scores: A, upstream: Numbers, axis: int = -1, **options: Unpack[PlainVjp]
) -> A: ...
@overload
def logsumexp_vjp(
    scores: ArrayLike, upstream: Numbers, axis: int = -1, **options: Unpack[PlainVjp]
) -> NDArray[Any]: ...
@overload
def logsumexp_vjp(
    scores: Numbers, upstream: Numbers, axis: int = -1, **options: Unpack[NamedVjp]
) -> Gradients: ...
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
    return vjp(
        _core.log_sum_exp_vjp, "logsumexp_vjp",
        scores, upstream, 1.0, axis, temperature, log_degeneracy, wrt,
    )  # fmt: skip
