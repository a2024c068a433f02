"""Temperature, alpha, degeneracy and mask: each changes the answer, and broadcasts."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import gibbs
from support import MAPS, normal, softmax_of_definition, sparsemax_of_definition


def test_temperature_divides_the_scores() -> None:
    x = normal(3, 4)
    assert gibbs.softmax(x, temperature=2) == pytest.approx(gibbs.softmax(x / 2))
    assert gibbs.sparsemax(x, temperature=0.5) == pytest.approx(gibbs.sparsemax(2 * x))


def test_log_degeneracy_is_added_to_the_scores_of_softmax() -> None:
    x, log_g = normal(3, 4), normal(3, 4, seed=2)
    p = gibbs.softmax(x, log_degeneracy=log_g, temperature=3)
    assert p == pytest.approx(gibbs.softmax(x / 3 + log_g))


@pytest.mark.parametrize("name", MAPS)
def test_states_of_degeneracy_two_are_two_states(name: str) -> None:
    merged = MAPS[name](np.array([1.0, 0.75]), log_degeneracy=np.log([2.0, 1.0]))
    apart = MAPS[name](np.array([1.0, 1.0, 0.75]))
    assert merged == pytest.approx([apart[:2].sum(), apart[2]])


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_numbers_per_row_broadcast_over_the_rows(axis: int) -> None:
    x = normal(2, 3, 4)
    kept = tuple(n for d, n in enumerate(x.shape) if d != axis % 3)
    over = np.random.default_rng(5).uniform(0.5, 3, kept)
    with_axis = np.expand_dims(over, axis)
    expected = gibbs.softmax(x / with_axis, axis)
    assert gibbs.softmax(x, axis, temperature=over) == pytest.approx(expected)
    assert (
        gibbs.softmax(x, axis, temperature=with_axis) == gibbs.softmax(x, axis, temperature=over)
    ).all()
    first = over[:1]
    assert (
        gibbs.softmax(x, axis, temperature=first)
        == gibbs.softmax(x, axis, temperature=np.broadcast_to(first, kept))
    ).all()


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_alpha_may_differ_by_row(axis: int) -> None:
    x = normal(2, 3, 4)
    kept = tuple(n for d, n in enumerate(x.shape) if d != axis)
    alpha = np.random.default_rng(6).choice([0.5, 1.0, 1.5, 2.0, np.inf], kept)
    p = np.moveaxis(gibbs.entmax(x, alpha, axis), axis, -1)
    rows = np.moveaxis(x, axis, -1)
    for row in itertools.product(*map(range, kept)):
        assert (p[row] == gibbs.entmax(rows[row], alpha[row])).all()


@pytest.mark.parametrize("shape", [(4,), (3, 1), (3, 4), (2, 1, 1), (2, 3, 4), (1, 1), ()])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_degeneracies_and_masks_broadcast_to_the_scores(shape: tuple[int, ...], axis: int) -> None:
    x = normal(2, 3, 4)
    log_g = np.random.default_rng(7).normal(size=shape)
    mask = np.random.default_rng(8).random(shape) < 0.7
    p = gibbs.softmax(x, axis, log_degeneracy=log_g, mask=mask)
    masked = np.where(mask, x + log_g, -np.inf)
    assert p == pytest.approx(gibbs.softmax(masked, axis))


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_details_are_those_of_each_row(axis: int) -> None:
    x = normal(3, 4, 50).swapaxes(0, 1)
    found = gibbs.details(x, 1.5, axis, temperature=2)
    kept = tuple(n for d, n in enumerate(x.shape) if d != axis)
    rows, p = np.moveaxis(x, axis, -1), np.moveaxis(found.probabilities, axis, -1)
    for side in found[1:]:
        assert side.shape == kept
    assert (found.support == (p > 0).sum(-1)).all()
    assert found.entropy == pytest.approx(gibbs.entropy(p, 1.5))
    assert found.log_partition == pytest.approx((p * rows).sum(-1) / 2 + found.entropy)
    assert ((p > 0) == (rows > found.threshold[..., None])).all()
    support = gibbs.entmax(x, 1.5, axis, temperature=2, return_support=True)[1]
    assert (support == found.support).all()


def test_sparsemax_is_the_projection_on_the_simplex() -> None:
    for n in (1, 2, 5, 100, 5000):
        x = normal(n)
        assert gibbs.sparsemax(x) == pytest.approx(sparsemax_of_definition(x))


def test_softmax_is_its_definition_at_any_length() -> None:
    for n in (1, 2, 7, 48, 49, 257, 4097, 100_000):
        x = normal(2, n)
        assert gibbs.softmax(x) == pytest.approx(softmax_of_definition(x), rel=1e-13)


class TestSparse:
    @pytest.mark.parametrize("axis", [0, 1])
    @pytest.mark.parametrize("dtype", [np.float64, np.float32])
    def test_holds_the_support_alone_with_the_same_bits(self, axis: int, dtype: Any) -> None:
        x = normal(5, 40).astype(dtype)
        sparse = gibbs.entmax(x, 1.5, axis, sparse=True)
        dense = gibbs.entmax(x, 1.5, axis)
        assert sparse.format == "csr"
        assert sparse.dtype == dtype
        assert (sparse.toarray() == dense).all()
        assert sparse.nnz == np.count_nonzero(dense)

    def test_of_one_dimension_is_one_row(self) -> None:
        assert gibbs.sparsemax([3, 2, 1], sparse=True).toarray().tolist() == [[1, 0, 0]]

    def test_takes_every_option(self) -> None:
        x, mask = normal(3, 9), normal(9) > 0
        options: dict[str, Any] = {
            "temperature": [1.0, 2.0, 3.0],
            "log_degeneracy": normal(3, 9),
            "mask": mask,
        }
        sparse = gibbs.argmax_map(x, sparse=True, **options)
        assert (sparse.toarray() == gibbs.argmax_map(x, **options)).all()

    def test_refuses_what_scipy_has_no_matrix_for(self) -> None:
        with pytest.raises(ValueError, match="sparsemax: scores must have one or two dimensions"):
            gibbs.sparsemax(normal(2, 3, 4), sparse=True)
        with pytest.raises(TypeError, match="scores must be float64 or float32 where sparse"):
            gibbs.sparsemax(normal(3).astype(np.float16), sparse=True)

    def test_goes_with_neither_out_nor_support(self) -> None:
        unchecked: Any = gibbs.sparsemax
        with pytest.raises(ValueError, match="neither out nor return_support"):
            unchecked(normal(3), sparse=True, return_support=True)
