"""One number per row: log-sum-exp and entropy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np

from gibbs import _core
from gibbs._axes import Axis, axes_of, merged, with_axes
from gibbs._flags import flag
from gibbs._merged_rows import MergedRows

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from gibbs._types import Numbers


@overload
def logsumexp(
    a: Numbers,
    axis: Axis = None,
    b: ArrayLike | None = None,
    keepdims: bool = False,
    return_sign: Literal[False] = False,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
) -> Any: ...
@overload
def logsumexp(
    a: Numbers,
    axis: Axis = None,
    b: ArrayLike | None = None,
    keepdims: bool = False,
    *,
    return_sign: Literal[True],
) -> tuple[Any, Any]: ...
def logsumexp(
    a: Numbers,
    axis: Axis = None,
    b: ArrayLike | None = None,
    keepdims: bool = False,
    return_sign: bool = False,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
) -> Any:
    """Return log Z = log sum_j g_j exp(x_j / T), or log sum_j b_j exp(x_j) with weights b.

    The sum runs over all of `a` unless `axis` is given, as in SciPy.

    Parameters
    ----------
    a
        The scores x, of any shape.
    axis
        The axis or axes that the sum runs over; None: all of them.
    b
        Weights of any sign, broadcast with `a`. Not together with the keywords below.
    keepdims
        Keep each axis that was summed as a dimension of one.
    return_sign
        Return (log |sum|, sign of the sum). Without it a negative sum is NaN.
    temperature, log_degeneracy, mask
        As in `softmax`. A temperature per row has the shape of what is left of `a`.

    Raises
    ------
    ValueError
        As `softmax`; an axis named twice; weights together with a keyword.
    TypeError
        As `softmax`; complex numbers among others.

    Examples
    --------
    >>> import gibbs
    >>> print(round(float(gibbs.logsumexp([3.0, 2.0, 1.0])), 3))
    3.408
    >>> print(gibbs.logsumexp([1.0, 1.0], b=[1, -1], return_sign=True))
    (np.float64(-inf), np.float64(0.0))
    """
    keepdims = flag("logsumexp", "keepdims", keepdims)
    return_sign = flag("logsumexp", "return_sign", return_sign)
    plain = temperature == 1.0 if isinstance(temperature, float) else False
    keywords = not plain or log_degeneracy is not None or mask is not None
    if b is not None or return_sign:
        if keywords:
            raise ValueError(
                "logsumexp: b and return_sign go with neither temperature, log_degeneracy nor mask"
            )
        return _signed(a, axis, b, keepdims, return_sign)
    if axis is None and getattr(a, "ndim", 0) == 1:
        axis = 0
    if isinstance(axis, int):
        return _core.log_sum_exp(a, axis, temperature, log_degeneracy, mask, keepdims)
    x = _core.as_numpy("logsumexp", "a", a)
    axes = axes_of("logsumexp", axis, x.ndim)
    if len(axes) == 1:
        return _core.log_sum_exp(a, axes[0], temperature, log_degeneracy, mask, keepdims)
    rows = MergedRows("logsumexp", x, axes)
    sums = _core.log_sum_exp(
        rows.together(), -1, rows.per_row(temperature), rows.log_degeneracy(log_degeneracy),
        rows.mask(mask), False,
    )  # fmt: skip
    return _core.as_kind_of(with_axes(sums, axes) if keepdims else sums, a, True)


def _signed(a: Any, axis: Axis, b: Any, keepdims: bool, return_sign: bool) -> Any:
    x = _core.as_numpy("logsumexp", "a", a)
    if b is not None:
        x, b = _together(x, _core.as_numpy("logsumexp", "b", b))
    axes = axes_of("logsumexp", axis, x.ndim)
    weights = None if b is None else merged(b, axes)
    found = _core.signed_log_sum_exp(merged(x, axes), -1, weights, return_sign)
    kept = [with_axes(one, axes) if keepdims else one for one in found if one is not None]
    results = tuple(_core.as_kind_of(one, a, True) for one in kept)
    return results if return_sign else results[0]


def _together(a: Any, b: Any) -> tuple[Any, Any]:
    try:
        x, weights = np.broadcast_arrays(a, b)
    except ValueError as error:
        raise ValueError(
            f"logsumexp: b of shape {b.shape} does not broadcast with a, {a.shape}"
        ) from error
    dtype = np.result_type(a, b)
    return x.astype(dtype, copy=False), weights.astype(dtype, copy=False)


def entropy(
    probabilities: Numbers,
    alpha: Numbers = 1.0,
    axis: int = -1,
    *,
    log_degeneracy: Numbers | None = None,
) -> Any:
    """Return the Tsallis entropy of given probabilities, one number per row.

    H_alpha(p; g) = sum_i (p_i - p_i^alpha g_i^(1 - alpha)) / (alpha (alpha - 1)); alpha 1 is
    -sum p log(p / g) (Shannon, Gibbs), alpha 2 is (1 - sum p^2 / g) / 2 (Gini), infinity is 0.

    Parameters
    ----------
    probabilities
        p >= 0, of any shape; it is not normalised here.
    alpha
        In (0, inf]: a number, or an array that broadcasts over the rows.
    axis, log_degeneracy
        As in `softmax`.

    Raises
    ------
    ValueError
        alpha <= 0 or NaN, an axis that is not there, shapes that do not fit.
    TypeError
        As `softmax`.

    Examples
    --------
    >>> import gibbs
    >>> print(gibbs.entropy([0.5, 0.5], alpha=2))
    0.25
    """
    return _core.entropy(probabilities, alpha, axis, log_degeneracy)
