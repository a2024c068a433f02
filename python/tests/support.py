"""What several tests share."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import ml_dtypes
import numpy as np

import gibbs

Array: TypeAlias = Any
"""An array of any kind: tests of dtypes gain nothing from NumPy's types."""

DTYPES = (np.float64, np.float32, np.float16, ml_dtypes.bfloat16)
ULP = {"float64": 2.0**-52, "float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}

Map: TypeAlias = Callable[..., Any]
entmax: Map = gibbs.entmax
MAPS: dict[str, Map] = {
    "softmax": gibbs.softmax,
    "entmax_0.5": partial(entmax, alpha=0.5),
    "entmax_1.5": entmax,
    "entmax_3": partial(entmax, alpha=3),
    "sparsemax": gibbs.sparsemax,
    "argmax_map": gibbs.argmax_map,
}
ALPHAS = {
    "softmax": 1.0,
    "entmax_0.5": 0.5,
    "entmax_1.5": 1.5,
    "entmax_3": 3.0,
    "sparsemax": 2.0,
    "argmax_map": float("inf"),
}


def tolerance(dtype: Any) -> float:
    """Return an absolute error that a probability of this dtype may have: 4 ulp of 1."""
    return 4 * ULP[np.dtype(dtype).name]


def normal(*shape: int, seed: int = 1, scale: float = 2.0) -> Array:
    """Return scores that are no special case."""
    return np.random.default_rng(seed).normal(scale=scale, size=shape)


def wide(array: Array) -> Array:
    """Return any floats as float64."""
    return np.asarray(array).astype(np.float64)


def layouts(x: Any) -> dict[str, Any]:
    """Return the same numbers in different orders of memory."""
    spaced = np.zeros(tuple(2 * n for n in x.shape), x.dtype)[(slice(None, None, 2),) * x.ndim]
    spaced[...] = x
    return {
        "C": np.ascontiguousarray(x),
        "Fortran": np.asfortranarray(x),
        "backwards": x[(slice(None, None, -1),) * x.ndim].copy()[(slice(None, None, -1),) * x.ndim],
        "spaced": spaced,
        "swapped": x.swapaxes(0, -1).copy().swapaxes(0, -1),
    }


def slope(f: Callable[[Any], Any], at: Any, v: Any) -> Any:
    """Return d <v, f(at)> / d at, element by element, by central differences."""
    at, step = np.asarray(at, np.float64), 1e-6
    gradient = np.empty_like(at)
    for index in itertools.product(*map(range, at.shape)):
        up, down = at.copy(), at.copy()
        up[index] += step
        down[index] -= step
        gradient[index] = np.sum(v * (f(up) - f(down))) / (2 * step)
    return gradient


def scores_inside(alpha: float, *shape: int) -> Any:
    """Return scores so close that no state is near the edge of the support, where p has a kink."""
    return normal(*shape, scale=0.1 / max(alpha, 1))


def softmax_of_definition(x: Array, axis: int = -1) -> Array:
    """Return softmax as its definition reads, in extended precision."""
    e = np.exp(np.asarray(x, np.longdouble) - np.max(x, axis=axis, keepdims=True))
    return (e / e.sum(axis=axis, keepdims=True)).astype(np.float64)


def sparsemax_of_definition(x: Array) -> Array:
    """Return the projection of one row on the simplex, by sorting."""
    ordered = np.sort(x)[::-1]
    sums = (np.cumsum(ordered) - 1) / np.arange(1, len(x) + 1)
    threshold = sums[ordered > sums][-1]
    return np.maximum(x - threshold, 0)
