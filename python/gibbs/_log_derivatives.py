"""Vector-Jacobian products of log_softmax and logsumexp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs import _core
from gibbs._axes import axes_of, split
from gibbs._gradients import OF_SOFTMAX, bits_of, by_name, vjp
from gibbs._merged_rows import MergedRows

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from gibbs._axes import Axis
    from gibbs._gradients import Gradients, NamedVjp, Parameter, PlainVjp
    from gibbs._types import A, Numbers

_NAME = "logsumexp_vjp"


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
    scores: A, upstream: Numbers, axis: Axis = None, **options: Unpack[PlainVjp]
) -> A: ...
@overload
def logsumexp_vjp(
    scores: ArrayLike, upstream: Numbers, axis: Axis = None, **options: Unpack[PlainVjp]
) -> NDArray[Any]: ...
@overload
def logsumexp_vjp(
    scores: Numbers, upstream: Numbers, axis: Axis = None, **options: Unpack[NamedVjp]
) -> Gradients: ...
def logsumexp_vjp(
    scores: Numbers,
    upstream: Numbers,
    axis: Axis = None,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    wrt: Collection[Parameter] | None = None,
) -> Any:
    """Return the gradients of `logsumexp`: in x_i it is v softmax(x)_i / T.

    `axis` is one, several, or None for all, as `logsumexp` was given it; the gradients have the
    shape of the scores. `upstream` holds one v per row, or one for all. A masked state needs a
    score of -inf here. The other parameters, results and errors are those of `entmax_vjp`, without
    alpha.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.logsumexp_vjp([0.0, 0.0], 3.0)
    array([1.5, 1.5])
    >>> gibbs.logsumexp_vjp([[0.0, 0.0], [0.0, 0.0]], 1.0)
    array([[0.25, 0.25],
           [0.25, 0.25]])
    """
    if isinstance(axis, int):
        return _along_one(scores, upstream, axis, temperature, log_degeneracy, wrt)
    x = _core.as_numpy(_NAME, "scores", scores)
    axes = axes_of(_NAME, axis, x.ndim)
    if len(axes) == 1:
        return _along_one(scores, upstream, axes[0], temperature, log_degeneracy, wrt)
    rows = MergedRows(_NAME, x, axes)
    found = _core.log_sum_exp_vjp(
        _NAME, rows.together(), rows.per_row(upstream), 1.0, -1, rows.per_row(temperature),
        rows.log_degeneracy(log_degeneracy), bits_of(_NAME, wrt, OF_SOFTMAX),
    )  # fmt: skip
    in_scores, in_temperature, in_log_degeneracy, _ = found
    in_scores = _core.as_kind_of(split(in_scores, axes, x.shape), scores, True)
    if wrt is None:
        return in_scores
    if in_log_degeneracy is not None:
        in_log_degeneracy = split(in_log_degeneracy, axes, x.shape)
    told = (in_scores, in_temperature, in_log_degeneracy, None)
    return by_name(told, scores, 1.0, axes, temperature, log_degeneracy)


def _along_one(
    scores: Any,
    upstream: Any,
    axis: int,
    temperature: Any,
    log_degeneracy: Any,
    wrt: Collection[Parameter] | None,
) -> Any:
    return vjp(
        _core.log_sum_exp_vjp, _NAME,
        scores, upstream, 1.0, axis, temperature, log_degeneracy, wrt,
    )  # fmt: skip
