"""What several pictures refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sized

    from numpy.typing import NDArray


def require_some(function: str, argument: str, values: Sized) -> None:
    """Refuse an empty sequence."""
    if len(values) == 0:
        raise ValueError(f"{function}: {argument} must not be empty")


def row_of(function: str, argument: str, values: object) -> NDArray[np.float64]:
    """Return a sequence of numbers, at least one and none NaN, as an array."""
    try:
        given = np.asarray(values)
        numbers = given.astype(np.float64) if given.dtype.kind in "biufO" else None
    except (TypeError, ValueError, OverflowError):
        numbers = None
    if numbers is None:
        kind = type(values).__name__
        raise TypeError(f"{function}: {argument} must be a row of numbers, got {kind}")
    if numbers.ndim != 1:
        raise ValueError(f"{function}: {argument} must have one dimension, got {numbers.ndim}")
    require_some(function, argument, numbers)
    if np.isnan(numbers).any():
        raise ValueError(f"{function}: {argument} must not be NaN, got nan")
    return numbers


def require_not_negative(function: str, argument: str, numbers: NDArray[Any]) -> None:
    """Refuse an array with a negative number."""
    wrong = numbers[numbers < 0]
    if wrong.size:
        raise ValueError(f"{function}: {argument} must not be negative, got {wrong[0]:g}")


def alphas_of(function: str, values: object) -> list[float]:
    """Return indices of entropies, all in (0, inf]."""
    alphas = row_of(function, "alphas", values)
    wrong = alphas[alphas <= 0]
    if wrong.size:
        raise ValueError(f"{function}: alphas must be positive, got {wrong[0]:g}")
    return alphas.tolist()


def count_of(function: str, argument: str, value: Any) -> int:
    """Return an integer from 1."""
    kinds: tuple[type, ...] = (int, np.integer)
    if not isinstance(value, kinds):
        kind = type(value).__name__
        raise TypeError(f"{function}: {argument} must be an integer, got {kind}")
    if value < 1:
        raise ValueError(f"{function}: {argument} must be at least 1, got {value}")
    return int(cast("int", value))


def check_size(function: str, size: object, across: float, up: float) -> None:
    """Refuse what is no size of a figure, or leaves no room beside margins of so many inches."""
    inches = row_of(function, "size", size)
    if inches.size != 2:
        raise ValueError(
            f"{function}: size must be a width and a height, got {inches.size} numbers"
        )
    width, height = inches
    if not (across < width < np.inf and up < height < np.inf):
        raise ValueError(
            f"{function}: size must be finite and larger than its margins, {across:g} x {up:g} "
            f"inches, got {width:g} x {height:g}"
        )
