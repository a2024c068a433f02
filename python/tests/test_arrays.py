"""Arrays of any shape, order and dtype, in and out."""

from __future__ import annotations

import itertools
import tracemalloc
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

import gibbs
from support import DTYPES, MAPS, layouts, normal, softmax_of_definition, tolerance, wide

dtypes = pytest.mark.parametrize("dtype", DTYPES)


@dtypes
@pytest.mark.parametrize("shape", [(7,), (3, 5), (2, 3, 4), (2, 3, 4, 5), (1, 6, 1, 2, 3)])
def test_every_axis_of_every_layout_is_mapped_alike(dtype: Any, shape: tuple[int, ...]) -> None:
    x = normal(*shape).astype(dtype)
    for axis in range(-len(shape), len(shape)):
        expected = softmax_of_definition(wide(x), axis)
        for order, laid_out in layouts(x).items():
            p = gibbs.softmax(laid_out, axis)
            assert p.dtype == x.dtype
            assert p.shape == x.shape
            assert wide(p) == pytest.approx(expected, abs=tolerance(dtype)), (order, axis)


@pytest.mark.parametrize("name", MAPS)
def test_a_row_gives_the_same_bits_whichever_axis_it_lies_along(name: str) -> None:
    x = normal(6, 37)
    rows = np.stack([MAPS[name](row) for row in x])
    for order in itertools.permutations(range(3)):
        block = x.reshape(2, 3, 37).transpose(order).copy()
        p = MAPS[name](block, axis=order.index(2)).transpose(np.argsort(order))
        assert (p.reshape(6, 37) == rows).all()


def test_many_small_slabs_and_few_large_ones_agree() -> None:
    for shape in [(200, 3, 2), (2, 3, 200), (3, 5000, 2), (2, 5000, 3), (2, 3, 2, 3)]:
        x = normal(*shape)
        for axis in range(len(shape)):
            assert gibbs.softmax(x, axis) == pytest.approx(softmax_of_definition(x, axis))


def test_numbers_and_lists_are_taken_as_numpy_takes_them() -> None:
    assert gibbs.softmax([0, 0]) == pytest.approx([0.5, 0.5])
    assert gibbs.softmax(7) == 1
    assert gibbs.softmax(np.float32(7)).dtype == np.float32
    assert gibbs.softmax(((1.0, 1.0), (1.0, 1.0)), 0).shape == (2, 2)
    buffer: Any = np.array([1.0, 1.0])
    assert gibbs.softmax(memoryview(buffer)) == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("dtype", [np.int64, np.int8, np.uint16, np.uint64, np.bool_])
def test_integers_become_float64(dtype: Any) -> None:
    p = gibbs.softmax(np.array([0, 1, 1], dtype))
    assert p.dtype == np.float64
    assert p == pytest.approx(softmax_of_definition([0.0, 1.0, 1.0]))


def test_an_array_of_no_dimension_is_a_distribution_of_one_state() -> None:
    for axis in (0, -1):
        assert gibbs.softmax(np.array(3.0), axis) == 1
    assert gibbs.logsumexp(np.array(3.0)) == 3
    assert gibbs.softmax(np.array(-np.inf)) == 0
    assert gibbs.softmax_vjp(np.array(1.0), np.array(5.0)) == 0


def test_unaligned_and_oddly_spaced_numbers_are_read_through_a_copy() -> None:
    packed = np.zeros(5, np.dtype([("flag", "u1"), ("x", "<f8")]))
    packed["x"] = normal(5)
    x: Any = packed["x"]
    assert not x.flags.aligned
    assert gibbs.softmax(x) == pytest.approx(softmax_of_definition(x))
    assert gibbs.softmax(x.copy(), out=x) is x
    assert x == pytest.approx(softmax_of_definition(normal(5)))


def test_a_broadcast_input_is_read_as_it_lies() -> None:
    x = np.broadcast_to(normal(4), (1000, 4))
    assert gibbs.softmax(x) == pytest.approx(softmax_of_definition(x))
    assert gibbs.softmax(x, 0) == pytest.approx(np.full((1000, 4), 1e-3))


def test_subclasses_are_read_as_arrays(tmp_path: Path) -> None:
    stored = np.memmap(tmp_path / "x", np.float64, "w+", shape=(2, 3))
    stored[...] = normal(2, 3)
    p = gibbs.softmax(stored)
    assert type(p) is np.ndarray
    assert p == pytest.approx(softmax_of_definition(stored))
    assert gibbs.softmax(stored, out=stored) is stored
    assert np.asarray(stored) == pytest.approx(p)


def test_nothing_is_allocated_but_the_result() -> None:
    x = normal(2000, 500)
    for axis in (0, 1):
        tracemalloc.start()
        p = gibbs.softmax(x[::-1], axis)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak <= p.nbytes + 10_000


class TestOut:
    def test_the_result_is_written_there_and_returned(self) -> None:
        x = normal(3, 4)
        for axis, out in itertools.product((0, 1), layouts(np.empty_like(x)).values()):
            assert gibbs.softmax(x, axis, out=out) is out
            assert out == pytest.approx(softmax_of_definition(x, axis))

    def test_it_may_be_the_scores(self) -> None:
        for name, a_map in MAPS.items():
            for axis in range(3):
                x = normal(4, 5, 6)
                expected = a_map(x, axis=axis)
                assert (a_map(x, axis=axis, out=x) == expected).all(), name

    def test_it_may_be_the_diagonal_of_an_array(self) -> None:
        cube = np.zeros((3, 3, 4))
        out = np.einsum("iij->ij", cube)
        assert gibbs.softmax(normal(3, 4), out=out) is out
        assert (gibbs.softmax(normal(3, 4)) == np.diagonal(cube).T).all()

    def test_it_may_overlap_the_scores_in_any_way(self) -> None:
        for axis in (0, 1):
            memory = normal(20, 20)
            x, out = memory[:15, :15], memory[3:18, 2:17]
            expected = gibbs.softmax(x.copy(), axis)
            gibbs.softmax(x, axis, out=out)
            assert (out == expected).all()
        reversed_row = normal(9)
        expected = gibbs.softmax(reversed_row)
        gibbs.softmax(reversed_row, out=reversed_row[::-1])
        assert (reversed_row[::-1] == expected).all()

    def test_it_may_overlap_the_degeneracies(self) -> None:
        log_g = normal(3, 4)
        expected = gibbs.softmax(normal(3, 4, seed=2), log_degeneracy=log_g.copy())
        gibbs.softmax(normal(3, 4, seed=2), log_degeneracy=log_g, out=log_g)
        assert (log_g == expected).all()

    @pytest.mark.parametrize(
        ("out", "error", "words"),
        [
            (np.empty((4, 3)), ValueError, r"out must have the shape of the input, \(3, 4\)"),
            (np.empty((3, 4), np.float32), TypeError, "out must be float64, got float32"),
            (np.empty((3, 4), int), TypeError, "out must be float64, .* got int64"),
            (np.empty((3, 4), ">f8"), TypeError, "out must be in native byte order, got >f8"),
            ([0.0] * 4, TypeError, "out must be an array, got list"),
            (np.broadcast_to(0.0, (3, 4)), ValueError, "out must not be read-only"),
            (as_strided(np.zeros(1), (3, 4), (0, 0)), ValueError, "out must not overlap itself"),
            (as_strided(np.zeros(9), (3, 4), (8, 8)), ValueError, "out must not overlap itself"),
            (as_strided(np.zeros(10), (3, 4), (24, 8)), ValueError, "out must not overlap itself"),
        ],
    )
    def test_what_cannot_be_written_is_refused(self, out: Any, error: Any, words: str) -> None:
        with pytest.raises(error, match=f"softmax: {words}"):
            gibbs.softmax(normal(3, 4), out=out)

    def test_nothing_is_written_when_a_later_row_is_refused(self) -> None:
        x, out = normal(4, 3, 5), np.full((4, 3, 5), 7.0)
        temperature = np.ones((4, 5))
        temperature[3, 4] = -1
        with pytest.raises(ValueError, match="temperature must not be negative"):
            gibbs.softmax(x, 1, temperature=temperature, out=out)
        assert (out == 7).all()


def test_bfloat16_stays_bfloat16() -> None:
    x = normal(3, 4).astype(ml_dtypes.bfloat16)
    assert gibbs.softmax(x).dtype == ml_dtypes.bfloat16
    assert gibbs.logsumexp(x, axis=-1).dtype == ml_dtypes.bfloat16
    assert gibbs.details(x).log_partition.dtype == np.float32
