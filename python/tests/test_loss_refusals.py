"""Bad targets and options of a loss are one sentence, and nothing crashes the interpreter."""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

import ml_dtypes
import numpy as np
import pytest

import gibbs
from loss_support import distributions, labels_like
from support import normal

X, K, W = normal(6, 5), labels_like(6, 5), np.array([1, 2, 0.5, 3, 0.25])
ONES = np.ones((6, 5), int)
NUMBERS = "must be float64, float32, float16, bfloat16 or integers"
LOSS: Any = gibbs.fenchel_young_loss


@pytest.mark.parametrize(
    ("argument", "value", "rule"),
    [
        ("alpha", 0, "must be positive, got 0"),
        ("temperature", -1, "must not be negative, got -1"),
        ("axis", 2, "must lie between -2 and 1, got 2"),
        ("targets", X[0], "of floats must have the shape of scores, (6, 5), got (5,)"),
        ("targets", K * 1.0, "of floats must have the shape of scores, (6, 5), got (6,)"),
        ("targets", K[:5], "of integers must have the shape of the rows, (6,), got (5,)"),
        ("targets", ONES, "of integers must have the shape of the rows, (6,), got (6, 5)"),
        ("targets[5]", [*range(6)], "must be a class from 0 to 4 or ignore_index -100, got 5"),
        ("class_weights", [1, 2], "must be one per class, of shape (5,), got (2,)"),
        ("class_weights[0]", -W, "must not be negative, got -1"),
        ("sample_weights", W, "of shape (5,) does not broadcast to the rows, (6,)"),
        ("sample_weights[0]", np.nan, "must not be NaN, got nan"),
        ("label_smoothing", 1.5, "must be from 0 to 1, got 1.5"),
        ("z_loss", -1, "must not be negative, got -1"),
        ("reduction", "max", "must be mean, sum or none, got max"),
        ("reduction", None, "must be mean, sum or none, got None"),
    ],
)
def test_a_bad_value_is_one_sentence(argument: str, value: Any, rule: str) -> None:
    with pytest.raises(ValueError, match=r"^fenchel_young_loss: ") as refusal:
        LOSS(X, **{"targets": K, argument.partition("[")[0]: value})
    assert str(refusal.value) == f"fenchel_young_loss: {argument} {rule}"


@pytest.mark.parametrize(
    ("argument", "value", "rule"),
    [
        ("targets", K > 1, "must be labels (integers) or probabilities (floats), got bool"),
        ("targets", K.astype(">i8"), "must be in native byte order, got >i8"),
        ("targets", X.astype(">f4"), "must be in native byte order, got >f4"),
        ("targets", None, f"{NUMBERS}, got object"),
        ("targets", K + 1j, f"{NUMBERS}, got complex128"),
        ("class_weights", "no", f"{NUMBERS}, got <U2"),
        ("sample_weights", "no", "must be a number or an array of numbers, got str"),
        ("label_smoothing", None, "must be a number, got NoneType"),
        ("ignore_index", 1.0, "must be an integer, got float"),
        ("z_loss", W, "must be a number, got ndarray"),
    ],
)
def test_a_bad_type_is_one_sentence(argument: str, value: Any, rule: str) -> None:
    with pytest.raises(TypeError, match=r"^fenchel_young_loss: ") as refusal:
        LOSS(X, **{"targets": K, argument: value})
    assert str(refusal.value) == f"fenchel_young_loss: {argument} {rule}"


def test_what_is_refused_is_named_by_its_place_among_all_rows() -> None:
    x, k = normal(3, 5, 4), labels_like((3, 4), 5)
    y, bad = np.moveaxis(distributions(3, 4, 5), -1, 1), np.ones((3, 4))
    bad[2, 1] = -1
    loss: Any = gibbs.cross_entropy
    for reduction, targets in itertools.product(("mean", "sum", "none"), (k, y)):
        options: dict[str, Any] = {"axis": 1, "reduction": reduction}
        with pytest.raises(ValueError, match=r"cross_entropy: sample_weights\[9\] must not"):
            loss(x, targets, sample_weights=bad, **options)
        with pytest.raises(ValueError, match=r"cross_entropy: temperature .* got -1 in row 9"):
            loss(x, targets, temperature=bad, **options)
    k[2, 1] = 5
    with pytest.raises(ValueError, match=r"sparsemax_loss: targets\[9\] must be a class"):
        gibbs.sparsemax_loss(x, k, 1)


def test_nothing_that_is_passed_anywhere_crashes() -> None:
    junk: list[Any] = [
        None, True, 0, -1, 1.5, float("nan"), 10**400, "x", b"x", [], [[]], {}, object(), int,
        X, X[:0], X.astype(">f4"), X + 1j, np.array(1), np.array([None]), np.ma.array([1.0]), K,
        X.astype(ml_dtypes.bfloat16),
    ]  # fmt: skip
    names = ["targets", "alpha", "axis", "class_weights", "sample_weights", "label_smoothing",
             "ignore_index", "z_loss", "reduction"]  # fmt: skip
    for one, other in itertools.combinations(names, 2):
        for first, second in itertools.product(junk, junk):
            with contextlib.suppress(TypeError, ValueError, OverflowError):
                LOSS(X, **{"targets": K, one: first, other: second})
    for scores, targets in itertools.product(junk, junk):
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            gibbs.loss_details(scores, targets)
