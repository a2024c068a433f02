"""What several pictures refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sized

    from numpy.typing import NDArray


def require_some(function: str, argument: str, values: Sized) -> None:
    """Refuse an empty sequence."""
    if len(values) == 0:
        raise ValueError(f"{function}: {argument} must not be empty")


def require_not_negative(function: str, argument: str, numbers: NDArray[Any]) -> None:
    """Refuse an array with a number that is negative or NaN."""
    wrong = numbers[~(numbers >= 0)]
    if wrong.size:
        raise ValueError(f"{function}: {argument} must not be negative, got {wrong.flat[0]:g}")


def require_at_least_one(function: str, argument: str, number: int) -> None:
    """Refuse a count of nothing."""
    if number < 1:
        raise ValueError(f"{function}: {argument} must be at least 1, got {number}")
