"""Arguments that are yes or no."""

from __future__ import annotations

from typing import Any, cast

import numpy as np


def flag(function: str, argument: str, value: Any) -> bool:
    """Return a yes or no: a bool, NumPy's bool, or an integer that is 0 or 1.

    Raises
    ------
    TypeError
        Anything else, which Python would call true or false all the same.
    ValueError
        Another integer.
    """
    if value is True or value is False:
        return value
    kinds: tuple[type, ...] = (int, np.bool_, np.integer)
    if not isinstance(value, kinds):
        text = (
            repr(value)
            if value is None or isinstance(value, (str, float))
            else type(value).__name__
        )
        raise TypeError(f"{function}: {argument} must be True or False, got {text}")
    if value not in (0, 1):
        raise ValueError(f"{function}: {argument} must be True or False, got {value}")
    return bool(cast("int", value))
