"""The maps give the known answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gibbs
from known_support import is_near, options_of, read_cases

CASES = read_cases("maps.txt")


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
