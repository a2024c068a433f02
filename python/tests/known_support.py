"""The known answers that every language reads: tests/known/maps.txt and family.txt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

KNOWN = Path(__file__).parents[2] / "tests/known"

_WORDS = {"map", "divergence"}
_ROWS = {
    "scores",
    "log_degeneracy",
    "lower",
    "upper",
    "weights",
    "mask",
    "upstream",
    "probabilities",
    "log_probabilities",
    "multiplier",
    "double_multiplier",
    "float_multiplier",
    "grad_scores",
    "grad_log_degeneracy",
    "grad_lower",
    "grad_upper",
}

Case = dict[str, Any]


def _number(word: str) -> float:
    return float.fromhex(word) if "0x" in word else float(word)


def read_cases(file: str) -> list[Case]:
    """Return the items of each case by their keys: words, numbers, arrays."""
    cases: list[Case] = []
    for line in (KNOWN / file).read_text().splitlines():
        key, *words = line.split() or ["#"]
        if key == "case":
            cases.append({"name": words[0]})
        elif key in _WORDS:
            cases[-1][key] = words[0]
        elif key in _ROWS:
            cases[-1][key] = np.array([_number(word) for word in words])
        elif key != "end" and not key.startswith("#"):
            cases[-1][key] = _number(words[0])
    return cases


def options_of(case: Case) -> dict[str, Any]:
    """Return what every map is told."""
    mask = case.get("mask")
    return {
        "temperature": case["temperature"],
        "log_degeneracy": case.get("log_degeneracy"),
        "mask": None if mask is None else mask.astype(bool),
    }


def is_near(got: Any, exact: Any, bar: Any, relative: bool = True) -> bool:
    """Tell whether all are within the bar, of max(1, |exact|) unless it is absolute."""
    got, exact = np.asarray(got, np.float64), np.asarray(exact, np.float64)
    both_infinite = np.isinf(got) & (got == exact)
    with np.errstate(invalid="ignore"):
        near = np.abs(got - exact) <= bar * (np.maximum(1, np.abs(exact)) if relative else 1)
    return bool(np.all(both_infinite | near))
