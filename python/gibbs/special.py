"""softmax, log_softmax and logsumexp as scipy.special has them: change the import, nothing else.

Where SciPy answers NaN though no input is NaN, the answer here is the limit: see
docs/from-scipy.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gibbs import _core
from gibbs._axes import Axis, axes_of, merged, split
from gibbs._flags import flag
from gibbs._sums import logsumexp as _logsumexp

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["log_softmax", "logsumexp", "softmax"]


def softmax(x: ArrayLike, axis: Axis = None) -> Any:
    """Return exp(x) / sum(exp(x)), the sum over `axis`: one, several, or None for all.

    Raises
    ------
    ValueError, TypeError
        As `gibbs.softmax`.

    Examples
    --------
    >>> import gibbs.special
    >>> gibbs.special.softmax([[0.0, 0.0], [0.0, 0.0]])
    array([[0.25, 0.25],
           [0.25, 0.25]])
    """
    return _along("softmax", _core.softmax, x, axis)


def log_softmax(x: ArrayLike, axis: Axis = None) -> Any:
    """Return log(softmax(x, axis)).

    Raises
    ------
    ValueError, TypeError
        As `gibbs.softmax`.

    Examples
    --------
    >>> import gibbs.special
    >>> gibbs.special.log_softmax([1000.0, 1.0])
    array([   0., -999.])
    """
    return _along("log_softmax", _core.log_softmax, x, axis)


def logsumexp(
    a: ArrayLike,
    axis: Axis = None,
    b: ArrayLike | None = None,
    keepdims: bool = False,
    return_sign: bool = False,
) -> Any:
    """Return log(sum(b * exp(a))), and with `return_sign` the sign of the sum; see SciPy.

    Raises
    ------
    ValueError, TypeError
        As `gibbs.logsumexp`.

    Examples
    --------
    >>> import gibbs.special
    >>> print(gibbs.special.logsumexp([1000.0, 1000.0], b=[1, 0]))
    1000.0
    """
    keepdims = flag("logsumexp", "keepdims", keepdims)
    if keepdims and np.ndim(a) == 0:
        a = np.reshape(a, 1)  # SciPy reads a number as one dimension, and keeps it
    if flag("logsumexp", "return_sign", return_sign):
        return _logsumexp(a, axis, b, keepdims, return_sign=True)
    return _logsumexp(a, axis, b, keepdims)


def _along(function: str, core: _core.Map, x: Any, axis: Axis) -> Any:
    if axis is None and getattr(x, "ndim", 0) == 1:
        axis = 0
    if isinstance(axis, int):
        return core(x, axis, 1.0, None, None, None)
    array = _core.as_numpy(function, "x", x)
    axes = axes_of(function, axis, array.ndim)
    if len(axes) == 1 or array.ndim == 0:
        return core(x, axes[0] if axes else -1, 1.0, None, None, None)
    together = core(merged(array, axes), -1, 1.0, None, None, None)
    return _core.as_kind_of(split(together, axes, array.shape), x, True)
