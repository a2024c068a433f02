"""What draws cannot be told is refused in one sentence."""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

import numpy as np
import pytest

import gibbs
from gibbs.sampling import (
    AliasTable,
    chi_square_test,
    gumbel_max,
    gumbel_max_pieces,
    gumbel_noise,
    gumbel_top_k,
    inclusion_probabilities,
    merge,
    sample,
    uniformity_test,
)
from sampling_support import WAYS
from support import normal

X = normal(4, 7)


@WAYS
@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"draws": -1}, ValueError, "draws must not be negative, got -1"),
        ({"draws": 1.5}, TypeError, "draws must be an integer, got float"),
        ({"seed": -1}, ValueError, r"seed must lie between 0 and 2\^64 - 1, got -1"),
        ({"stream": 2**64}, ValueError, r"stream must lie between 0 and 2\^64 - 1, got 184"),
        ({"seed": 0.5}, TypeError, "seed must be an integer, got float"),
        ({"first_draw": "x"}, TypeError, "first_draw must be an integer, got str"),
        ({"row_ids": [1, -2, 3, 4]}, ValueError, "row_ids must not be negative, got -2"),
        ({"row_ids": [1.0] * 4}, TypeError, "row_ids must be integers, got float64"),
        ({"row_ids": [1, 2, 3]}, ValueError, r"row_ids of shape \(3,\) does not broadcast"),
        ({"first_row": 2**64 - 3}, ValueError, "first_row must be at most 18446744073709551612"),
        ({"temperature": -1}, ValueError, "temperature must not be negative, got -1"),
        ({"temperature": [1, 1, -1, 1]}, ValueError, ".* got -1 in row 2"),
        ({"alpha": 0}, ValueError, "alpha must be positive, got 0"),
        ({"axis": 2}, ValueError, "axis must lie between -2 and 1, got 2"),
        ({"mask": [1] * 7}, TypeError, "mask must be bool, got int64"),
    ],
)
def test_bad_arguments_are_one_sentence(
    draw: Any, options: dict[str, Any], error: Any, words: str
) -> None:
    with pytest.raises(error, match=f"^{draw.__name__}: {words}"):
        draw(X, **options)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: gumbel_top_k(X, -1), ValueError, "gumbel_top_k: k must not be negative, got -1"),
        (lambda: gumbel_top_k(X, None), TypeError, "gumbel_top_k: k must be an integer"),  # type: ignore
        (lambda: inclusion_probabilities(X, -2), ValueError, "inclusion_probabilities: k must not"),
        (lambda: gumbel_noise(3, np.float16), TypeError, "gumbel_noise: dtype must be float64 or"),
        (lambda: gumbel_noise(), ValueError, "gumbel_noise: one of shape and out"),  # type: ignore
        (lambda: gumbel_noise(3, axis=1), ValueError, "gumbel_noise: axis must lie"),
        (lambda: AliasTable([1, -1]), ValueError, r"AliasTable: weights\[1] must not be negative"),
        (lambda: AliasTable([0.0, 0.0]), ValueError, "AliasTable: the sum of the weights must"),
        (lambda: AliasTable([[1.0]]), ValueError, "AliasTable: weights must have one dimension"),
        (lambda: AliasTable.of_scores([np.nan]), ValueError, "AliasTable: scores must not hold"),
        (lambda: AliasTable.of_scores(X), ValueError, "AliasTable: scores must have one dim"),
        (lambda: AliasTable([1]).draw(-1), ValueError, "AliasTable.draw: draws must not be"),
        (lambda: gumbel_max_pieces(X, alpha=2), ValueError, "gumbel_max_pieces: alpha must be 1"),
        (lambda: gumbel_max_pieces(X, -1), ValueError, "gumbel_max_pieces: first_category must"),
        (
            lambda: merge(gumbel_max_pieces(X), gumbel_max_pieces(X[:2])),
            ValueError,
            r"merge: winners must have one shape, got \(4,\) and \(2,\)",
        ),
        (lambda: merge(1, 2), TypeError, "merge: winners must be GumbelWinner, got int"),  # type: ignore
        (lambda: chi_square_test([1.0], [1.0]), TypeError, "chi_square_test: counts must be int"),
        (lambda: chi_square_test([1], [1.0, 0]), ValueError, "chi_square_test: "),
        (lambda: chi_square_test([-1], [1.0]), ValueError, r"chi_square_test: counts\[0] must not"),
        (lambda: uniformity_test("x"), TypeError, "uniformity_test: values must be"),  # type: ignore
    ],
)
def test_what_else_is_bad_is_one_sentence_too(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=f"^{words}"):
        call()


JUNK: list[Any] = [
    None, True, -1, 1.5, float("nan"), 2**64, 10**400, "x", [], {}, object(), X, X[:0], X + 1j,
    np.array([None]), np.ma.array([1.0]), ((1, 2), 3),
]  # fmt: skip


def test_nothing_that_is_passed_anywhere_crashes() -> None:
    names = ["draws", "axis", "seed", "row_ids", "first_row", "temperature", "mask"]
    functions: list[Any] = [sample, gumbel_max]
    for function, (one, other) in itertools.product(functions, itertools.combinations(names, 2)):
        for first, second in itertools.product(JUNK, JUNK):
            with contextlib.suppress(TypeError, ValueError, OverflowError, MemoryError):
                function(X, **{one: first, other: second})
    unchecked: list[Any] = [gumbel_top_k, inclusion_probabilities, gumbel_noise, chi_square_test]
    for function, first, second in itertools.product(unchecked, JUNK, JUNK):
        with contextlib.suppress(TypeError, ValueError, OverflowError, MemoryError):
            function(first, second)
    for first in JUNK:
        with contextlib.suppress(TypeError, ValueError, OverflowError, MemoryError):
            AliasTable(first)


@pytest.mark.parametrize("name", ["uniform_noise", "exponential_noise", "gumbel_noise"])
def test_noise_is_refused_by_what_is_wrong_with_it(name: str) -> None:
    noise: Any = getattr(gibbs.sampling, name)
    with pytest.raises(ValueError, match=f"^{name}: one of shape and out must be given, got both$"):
        noise((2, 2), out=np.empty((2, 2)))
    with pytest.raises(ValueError, match=f"^{name}: one of shape and out .*, got neither$"):
        noise()
    for dtype in (int, "f2", "no", ">f8", "O"):
        with pytest.raises(TypeError, match=f"^{name}: dtype must be float64 or float32, got "):
            noise(3, dtype)
    for shape in (-3, "a", (2, -1), 1.5):
        with pytest.raises(ValueError, match=f"^{name}: shape must be integers from 0, got "):
            noise(shape)
    assert noise(3, None).dtype == np.float64


def test_winners_are_columns_or_none() -> None:
    with pytest.raises(
        ValueError, match=r"winners\[0\] must be a column from 0 to 6 or -1 for none"
    ):
        gibbs.sampling.conditional_gumbels(X, [7, 0, 0, 0])
