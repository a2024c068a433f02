"""Several axes as one: SciPy's `axis` may be None or a tuple."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Axis: TypeAlias = int | tuple[int, ...] | None


def axes_of(function: str, axis: Axis, ndim: int) -> tuple[int, ...]:
    """Return the axes counted from the front, in order.

    Raises
    ------
    ValueError
        An axis that is not there, or named twice.
    TypeError
        An axis that is no integer.
    """
    dims = max(ndim, 1)  # a number has one axis, of one entry
    named = tuple(range(ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    for one in named:
        if not hasattr(one, "__index__"):
            raise TypeError(
                f"{function}: axis must be an integer, a tuple of them or None, "
                f"got {type(one).__name__}"
            )
        if not -dims <= one < dims:
            raise ValueError(f"{function}: axis must lie between {-dims} and {dims - 1}, got {one}")
    axes = tuple(sorted(one % dims for one in named))
    if len(set(axes)) < len(axes):
        raise ValueError(f"{function}: axis must not name a dimension twice, got {axis}")
    return axes if ndim else ()


def merged(array: NDArray[Any], axes: tuple[int, ...]) -> NDArray[Any]:
    """Return the array with these axes as one, the last; without a copy where strides allow."""
    moved = np.moveaxis(array, axes, range(-len(axes), 0)) if axes else array[..., None]
    kept = array.ndim - len(axes)
    return moved.reshape(*moved.shape[:kept], math.prod(array.shape[one] for one in axes))


def split(array: NDArray[Any], axes: tuple[int, ...], shape: tuple[int, ...]) -> NDArray[Any]:
    """Undo `merged`: return the view of the array that has this shape."""
    kept = tuple(extent for one, extent in enumerate(shape) if one not in axes)
    apart = array.reshape(kept + tuple(shape[one] for one in axes))
    return np.moveaxis(apart, range(-len(axes), 0), axes) if axes else apart


def with_axes(sums: NDArray[Any], axes: tuple[int, ...]) -> NDArray[Any]:
    """Return sums over these axes with a dimension of one in the place of each."""
    return np.expand_dims(sums, axes)
