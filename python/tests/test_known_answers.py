"""The known answers that every language reads: tests/known/maps.txt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gibbs

KNOWN = Path(__file__).parents[2] / "tests/known/maps.txt"


def number(word: str) -> float:
    return float.fromhex(word) if "0x" in word else float(word)


def read_cases() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = []
    for line in KNOWN.read_text().splitlines():
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if words[0] == "case":
            cases.append({"name": words[1]})
        elif words[0] != "end":
            values = [number(word) for word in words[1:]]
            listed = words[0] in {
                "scores",
                "log_degeneracy",
                "mask",
                "probabilities",
                "log_probabilities",
            }
            cases[-1][words[0]] = np.array(values) if listed else values[0]
    return cases


CASES = read_cases()


def options_of(case: dict[str, Any]) -> dict[str, Any]:
    mask = case.get("mask")
    return {
        "temperature": case["temperature"],
        "log_degeneracy": case.get("log_degeneracy"),
        "mask": None if mask is None else mask.astype(bool),
    }


def is_near(got: Any, exact: Any, bar: float) -> bool:
    got, exact = np.asarray(got, np.float64), np.asarray(exact, np.float64)
    both_infinite = np.isinf(got) & (got == exact)
    with np.errstate(invalid="ignore"):
        near = np.abs(got - exact) <= bar * np.maximum(1, np.abs(exact))
    return bool(np.all(both_infinite | near))


def test_there_are_known_answers() -> None:
    assert len(CASES) > 900


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_every_known_answer_is_given(dtype: Any) -> None:
    bar = 2e-15 if dtype is np.float64 else 3e-7
    for case in CASES:
        found = gibbs.details(case["scores"].astype(dtype), case["alpha"], **options_of(case))
        assert found.probabilities.dtype == dtype
        assert is_near(found.probabilities, case["probabilities"], bar), case
        assert is_near(found.log_partition, case["log_partition"], 2 * bar), case
        assert is_near(found.entropy, case["entropy"], 20 * bar), case


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_every_known_log_probability_is_given(dtype: Any) -> None:
    bar = 2e-15 if dtype is np.float64 else 5e-7
    for case in CASES:
        if "log_probabilities" in case:
            log_p = gibbs.log_softmax(case["scores"].astype(dtype), **options_of(case))
            assert is_near(log_p, case["log_probabilities"], bar), case


def test_the_support_is_exact_in_float64_where_the_gap_is_not_of_the_last_bits() -> None:
    for case in CASES:
        p = case["probabilities"]
        if np.all((p == 0) | (p > 1e-12)) and np.count_nonzero(p) == case["support"]:
            x = case["scores"]
            _, support = gibbs.entmax(x, case["alpha"], return_support=True, **options_of(case))
            assert support == case["support"], case
