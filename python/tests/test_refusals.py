"""Bad input is one sentence, and nothing crashes the interpreter."""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

import numpy as np
import pytest

import gibbs
from support import normal

X = normal(2, 3)


class Ragged:
    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> Any:
        if index > 1:
            raise IndexError
        return [1.0] * (index + 1)


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        (X.astype(">f8"), "must be in native byte order, got >f8"),
        (np.array([1, 2], ">i4"), "must be in native byte order, got >i4"),
        (X + 1j, "must be float64, float32, float16, bfloat16 or integers, got complex128"),
        (np.array([1, None]), ".* got object"),
        (np.array(["a"]), ".* got <U1"),
        (np.array([1], "M8[s]"), r".* got datetime64\[s\]"),
        (np.zeros(2, "f4,f4"), r".* got \[\('f0'"),
        (np.zeros(2, np.longdouble), ".* got float128"),
        ([[1], [1, 2]], "must be an array of numbers: setting an array element"),
        (Ragged(), "must be an array of numbers"),
        (None, ".* got object"),
        ("softmax", ".* got <U7"),
        ({"a": 1}, ".* got object"),
        (np.ma.masked_array([1.0], [True]), "must not be a masked array"),
    ],
)
@pytest.mark.parametrize("function", ["softmax", "log_softmax", "entmax", "logsumexp"])
def test_what_is_no_array_of_real_numbers_is_a_type_error(
    function: str, scores: Any, words: str
) -> None:
    with pytest.raises(TypeError, match=f"{function}: (scores|a) {words}"):
        getattr(gibbs, function)(scores)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"axis": 2}, ValueError, "axis must lie between -2 and 1, got 2"),
        ({"axis": -3}, ValueError, "axis must lie between -2 and 1, got -3"),
        ({"axis": 10**30}, ValueError, "axis must lie between -2 and 1"),
        ({"axis": 1.0}, TypeError, "axis must be an integer, got float"),
        ({"axis": None}, TypeError, "axis must be an integer, got NoneType"),
        ({"axis": (0, 1)}, TypeError, "axis must be an integer, got tuple"),
        ({"temperature": -1}, ValueError, "temperature must not be negative, got -1"),
        ({"temperature": np.nan}, ValueError, "temperature must not be NaN, got nan"),
        ({"temperature": [1, -1]}, ValueError, "temperature must not be negative, got -1 in row 1"),
        ({"temperature": "hot"}, TypeError, "temperature must be a number or an array .* got str"),
        ({"temperature": None}, TypeError, "temperature must be a number .* got NoneType"),
        ({"temperature": 1j}, TypeError, "temperature must be .* got complex128"),
        ({"temperature": [1, 2, 3]}, ValueError, r"temperature of shape \(3,\) does not broadcast"),
        ({"temperature": X}, ValueError, r"temperature of shape \(2, 3\) does not broadcast"),
        ({"temperature": np.ones((1, 1, 1))}, ValueError, "temperature of shape"),
        ({"log_degeneracy": [1, 2]}, ValueError, r"log_degeneracy of shape \(2,\) does not"),
        ({"log_degeneracy": np.ones((1, 2, 3))}, ValueError, "log_degeneracy of shape"),
        ({"log_degeneracy": "no"}, TypeError, "log_degeneracy must be .* got <U2"),
        ({"mask": [1, 0, 1]}, TypeError, "mask must be bool, got int64"),
        ({"mask": [True, False]}, ValueError, r"mask of shape \(2,\) does not broadcast"),
        ({"mask": "no"}, TypeError, "mask must be bool, got <U2"),
    ],
)
@pytest.mark.parametrize(
    "function", ["softmax", "log_softmax", "entmax", "sparsemax", "argmax_map"]
)
def test_bad_arguments_are_one_sentence(
    function: str, options: dict[str, Any], error: Any, words: str
) -> None:
    with pytest.raises(error, match=f"^{function}: {words}"):
        getattr(gibbs, function)(X, **options)


@pytest.mark.parametrize(
    ("threads", "error", "words"),
    [
        (-1, ValueError, "threads must not be negative, got -1"),
        (2.5, TypeError, "threads must be an integer, got float"),
        ("2", TypeError, "threads must be an integer, got str"),
        (None, TypeError, "threads must be an integer, got NoneType"),
    ],
)
def test_a_number_of_threads_that_is_none_is_refused(threads: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=f"^set_num_threads: {words}"):
        gibbs.set_num_threads(threads)
    with pytest.raises(error, match=words), gibbs.threads(threads):
        pass


def test_more_threads_than_an_int_holds_are_a_bound_like_any_other() -> None:
    with gibbs.threads(2**40):
        assert gibbs.softmax([0.0, 0.0]).tolist() == [0.5, 0.5]


def test_an_unknown_simd_target_is_refused() -> None:
    with pytest.raises(ValueError, match="set_simd_target"):
        gibbs.set_simd_target("abacus")


JUNK: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    float("nan"),
    10**400,
    "x",
    b"x",
    [],
    [[]],
    {},
    object(),
    int,
    X,
    X[:0],
    X.astype(">f4"),
    X + 1j,
    np.array(1),
    np.array([None]),
    np.ma.array([1.0]),
    (),
    ((1, 2), 3),
]


def test_nothing_that_is_passed_anywhere_crashes() -> None:
    """Every pair of odd values in every pair of arguments either works or raises."""
    maps: list[Any] = [gibbs.softmax, gibbs.log_softmax, gibbs.sparsemax, gibbs.details]
    names = ["axis", "temperature", "log_degeneracy", "mask", "out"]
    for a_map, (one, other) in itertools.product(maps, itertools.combinations(names, 2)):
        for first, second in itertools.product(JUNK, JUNK):
            with contextlib.suppress(TypeError, ValueError, OverflowError):
                a_map(X, **{one: first, other: second})
    for function in (gibbs.entmax_vjp, gibbs.entropy, gibbs.logsumexp, gibbs.logsumexp_vjp):
        unchecked: Any = function
        for arguments in itertools.product(JUNK, JUNK, JUNK[:16]):
            with contextlib.suppress(TypeError, ValueError, OverflowError):
                unchecked(*arguments)


@pytest.mark.parametrize(
    "function", ["softmax", "log_softmax", "entmax", "normmax", "sink_softmax"]
)
def test_a_masked_array_is_not_written_to(function: str) -> None:
    out = np.ma.masked_array(np.empty((2, 3)), np.ones((2, 3), bool))
    with pytest.raises(TypeError, match=f"{function}: out must not be a masked array"):
        getattr(gibbs, function)(X, out=out)
