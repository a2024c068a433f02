"""A draw depends on its position alone, and on every parameter."""

from __future__ import annotations

from typing import Any

import array_api_strict as xp
import numpy as np
import pytest

import gibbs
from gibbs.sampling import (
    gumbel_max,
    gumbel_noise,
    gumbel_top_k,
    sample,
)
from sampling_support import WAYS
from support import DTYPES, layouts, normal

X = normal(4, 7)


@WAYS
@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_every_axis_is_that_axis_moved_to_the_end(draw: Any, axis: int) -> None:
    x = normal(3, 4, 5)
    moved = np.moveaxis(x, axis, -1)
    np.testing.assert_array_equal(draw(x, axis=axis, seed=1), draw(moved, seed=1))
    np.testing.assert_array_equal(draw(x, 6, axis, seed=1), draw(moved, 6, seed=1))
    assert draw(x, 6, axis, seed=1).shape == (*moved.shape[:-1], 6)


@WAYS
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_order_of_memory_gives_the_same_draws(draw: Any, dtype: Any) -> None:
    x = normal(3, 4, 5).astype(dtype)
    for axis in range(3):
        expected = draw(x, 3, axis, seed=1)
        for laid_out in layouts(x).values():
            np.testing.assert_array_equal(draw(laid_out, 3, axis, seed=1), expected)


@WAYS
def test_a_row_alone_is_drawn_as_in_its_batch(draw: Any) -> None:
    tokens = draw(X, 8, seed=3, first_row=10)
    for i, row in enumerate(X):
        np.testing.assert_array_equal(draw(row, 8, seed=3, first_row=10 + i), tokens[i])
        np.testing.assert_array_equal(
            draw(row, 3, seed=3, row_ids=10 + i, first_draw=5), tokens[i, 5:]
        )


@WAYS
def test_row_ids_name_the_rows(draw: Any) -> None:
    x = normal(3, 4, 5)
    ids = np.arange(12).reshape(3, 4)
    np.testing.assert_array_equal(draw(x, 9, row_ids=ids), draw(x, 9))
    same = draw(np.broadcast_to(x[0, 0], (4, 5)), 9, row_ids=7)
    assert (same == same[0]).all()
    large = draw(x[0], 9, row_ids=np.full(4, 2**64 - 1, np.uint64))
    np.testing.assert_array_equal(large[0], draw(x[0, 0], 9, first_row=2**64 - 1))
    permuted = x.transpose(1, 0, 2)
    np.testing.assert_array_equal(draw(permuted, 9, row_ids=ids.T), draw(x, 9).transpose(1, 0, 2))


@WAYS
def test_no_number_of_threads_and_no_instructions_change_a_token(draw: Any) -> None:
    x = normal(64, 3000).astype(np.float32)
    expected = draw(x, 4, seed=1)
    for target in gibbs.simd_targets():
        gibbs.set_simd_target(target)
        for threads in (1, 3):
            with gibbs.threads(threads):
                np.testing.assert_array_equal(draw(x, 4, seed=1), expected)
    gibbs.set_simd_target("")


@WAYS
def test_every_parameter_changes_the_draws(draw: Any) -> None:
    x = normal(50, 40, scale=0.5)
    base: dict[str, Any] = {"draws": 20, "seed": 1}
    changes: list[dict[str, Any]] = [
        {"seed": 2},
        {"stream": 1},
        {"first_row": 1},
        {"row_ids": 3},
        {"first_draw": 1},
        {"temperature": 3.0},
        {"temperature": np.linspace(0.1, 1, 50)},
        {"alpha": 1.5},
        {"alpha": np.linspace(1.1, 2, 50)},
        {"log_degeneracy": normal(40)},
        {"mask": np.arange(40) % 2 == 0},
        {"axis": 0},
    ]
    before = draw(x, **base)
    for change in changes:
        after = draw(x, **{**base, **change})
        assert not np.array_equal(before, after), change


def test_arrays_of_other_libraries_come_back_as_they_are() -> None:
    x: Any = xp.asarray(X)
    for tokens in (sample(x, 3, seed=1), gumbel_max(x, 3, seed=1), gumbel_top_k(x, 3, seed=1)):
        assert isinstance(tokens, type(x))
    tokens, log_p, status = sample(x, seed=1, return_log_probability=True, return_status=True)
    assert all(isinstance(one, type(x)) for one in (tokens, log_p, status))
    np.testing.assert_array_equal(np.asarray(tokens), sample(X, seed=1))
    out: Any = xp.asarray(np.zeros((2, 3)))
    assert gumbel_noise(out=out, seed=1) is out
    np.testing.assert_array_equal(np.asarray(out), gumbel_noise((2, 3), seed=1))
