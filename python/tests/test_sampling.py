"""Draws follow their law, and depend on their position alone."""

from __future__ import annotations

import contextlib
import itertools
import pickle
from typing import Any

import array_api_strict as xp
import numpy as np
import pytest

import gibbs
from gibbs.sampling import (
    AliasTable,
    DrawStatus,
    chi_square_test,
    exponential_noise,
    gumbel_max,
    gumbel_max_pieces,
    gumbel_noise,
    gumbel_top_k,
    inclusion_probabilities,
    merge,
    sample,
    uniform_noise,
    uniformity_test,
)
from sampling_support import expect_law, is_chance, stats
from support import DTYPES, Array, layouts, normal

DRAWS: dict[str, Any] = {"sample": sample, "gumbel_max": gumbel_max}
WAYS = pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
INFINITY = float("inf")
X = normal(4, 7)


# Laws


@WAYS
@pytest.mark.parametrize("temperature", [0.3, 1.0, 5.0, INFINITY])
def test_draws_follow_softmax_at_any_temperature(draw: Any, temperature: float) -> None:
    x = normal(50)
    tokens = draw(x, 100_000, seed=3, temperature=temperature)
    expect_law(tokens, gibbs.softmax(x, temperature=temperature))


@WAYS
@pytest.mark.parametrize("alpha", [0.7, 1.5, 2.0])
def test_draws_follow_entmax_on_its_support(draw: Any, alpha: float) -> None:
    x = normal(40, scale=0.5)
    expect_law(draw(x, 100_000, seed=4, alpha=alpha), gibbs.entmax(x, alpha))


@WAYS
def test_draws_follow_degeneracy_and_mask(draw: Any) -> None:
    x, log_g, mask = normal(30), normal(30, seed=2), normal(30, seed=3) > -1
    tokens = draw(x, 100_000, seed=5, log_degeneracy=log_g, mask=mask)
    expect_law(tokens, gibbs.softmax(x, log_degeneracy=log_g, mask=mask))


@WAYS
def test_at_temperature_zero_the_highest_share_by_degeneracy(draw: Any) -> None:
    scores, log_g = [1.0, 3.0, 2.0, 3.0], [5, 0, 9, np.log(3)]
    tokens = draw(scores, 50_000, temperature=0, log_degeneracy=log_g, seed=3)
    expect_law(tokens, [0, 0.25, 0, 0.75])
    expect_law(draw(scores, 50_000, alpha=INFINITY, seed=3), [0, 0.5, 0, 0.5])


@pytest.mark.parametrize(("n", "gap"), [(131072, 14), (131072, 16), (200_000, 18)])
def test_the_tail_of_a_vocabulary_has_its_mass(n: int, gap: float) -> None:
    scores = np.zeros(n + 1, np.float32)
    scores[0] = gap
    p, draws = n / (n + np.exp(gap)), 200_000
    hits = np.count_nonzero(sample(scores, draws, seed=6))
    assert abs(hits - draws * p) < 4.5 * np.sqrt(draws * p)


def test_the_p_values_of_many_seeds_are_uniform() -> None:
    x = normal(20, scale=1)
    p = gibbs.softmax(x)
    values: Any = [
        chi_square_test(np.bincount(sample(x, 2000, seed=seed), minlength=20), p).p_value
        for seed in range(500)
    ]
    assert is_chance(uniformity_test(values).p_value)
    assert is_chance(stats.kstest(values, "uniform").pvalue)


@WAYS
def test_the_log_probability_is_that_of_the_map(draw: Any) -> None:
    tokens, log_p = draw(X, 50, temperature=2, return_log_probability=True)
    expected = np.take_along_axis(gibbs.log_softmax(X, temperature=2), tokens, 1)
    np.testing.assert_allclose(log_p, expected, rtol=1e-13, atol=1e-14)


def test_gumbel_max_is_the_argmax_of_scores_and_noise() -> None:
    for draw in range(20):
        noise = gumbel_noise(X.shape, seed=9, stream=2, first_row=5, draw=draw)
        expected = np.argmax(X / 0.7 + noise, axis=1)
        found = gumbel_max(X, temperature=0.7, seed=9, stream=2, first_row=5, first_draw=draw)
        np.testing.assert_array_equal(found, expected)


def test_gumbel_top_k_is_the_order_of_scores_and_noise() -> None:
    perturbed = X + gumbel_noise(X.shape, seed=9)
    order = np.argsort(-perturbed, axis=1)[:, :4]
    tokens, values = gumbel_top_k(X, 4, seed=9, return_perturbed=True)
    np.testing.assert_array_equal(tokens, order)
    expected = np.take_along_axis(perturbed, order, 1)
    np.testing.assert_allclose(values, expected, rtol=1e-14, atol=1e-14)


def test_ordered_pairs_have_their_probability() -> None:
    p = np.array([0.5, 0.3, 0.15, 0.05])
    scores = np.broadcast_to(np.log(p), (100_000, 4))
    tokens, log_p = gumbel_top_k(scores, 2, seed=2, return_log_probability=True)
    pairs = np.array(
        [[0 if i == j else p[i] * p[j] / (1 - p[i]) for j in range(4)] for i in range(4)]
    )
    expect_law(tokens @ [4, 1], pairs.ravel())
    np.testing.assert_allclose(np.exp(log_p.sum(1)), pairs[tokens[:, 0], tokens[:, 1]], rtol=1e-12)


def test_inclusion_probabilities_are_those_of_the_pairs() -> None:
    p = np.array([0.5, 0.3, 0.15, 0.05])
    pairs = np.array(
        [[0 if i == j else p[i] * p[j] / (1 - p[i]) for j in range(4)] for i in range(4)]
    )
    found = inclusion_probabilities(np.log(p), 2)
    np.testing.assert_allclose(found, pairs.sum(0) + pairs.sum(1), rtol=1e-11)
    np.testing.assert_allclose(inclusion_probabilities(np.log(p), 0), 0)
    np.testing.assert_allclose(inclusion_probabilities(np.log(p), 9), 1)


def test_the_noise_follows_its_law() -> None:
    laws: list[tuple[Any, Any]] = [
        (uniform_noise, stats.uniform),
        (exponential_noise, stats.expon),
        (gumbel_noise, stats.gumbel_r),
    ]
    for noise, law in laws:
        for dtype in (np.float64, np.float32):
            values = noise((100, 1000), dtype, seed=1)
            assert values.dtype == dtype
            assert is_chance(uniformity_test(law.cdf(values.astype(float))).p_value)


def test_an_alias_table_follows_its_weights() -> None:
    weights = np.abs(normal(100))
    weights[::7] = 0
    expect_law(AliasTable(weights).draw(200_000, seed=1), weights / weights.sum())
    x = normal(40, scale=0.5)
    table = AliasTable.of_scores(x, alpha=1.5, temperature=2)
    assert len(table) == 40
    expect_law(table.draw(200_000, seed=1), gibbs.entmax(x, 1.5, temperature=2))


# Where a draw depends on its position alone


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


def test_every_parameter_changes_the_noise() -> None:
    before = gumbel_noise((4, 5))
    changes: list[dict[str, Any]] = [
        {"seed": 1}, {"stream": 1}, {"first_row": 1}, {"row_ids": [3, 2, 1, 0]},
        {"first_category": 2}, {"draw": 1}, {"axis": 0},
    ]  # fmt: skip
    for change in changes:
        assert not np.any(np.isclose(gumbel_noise((4, 5), **change), before).all(1)), change
    transposed: Array = gumbel_noise((5, 4), axis=0)
    np.testing.assert_array_equal(transposed.T, before)
    np.testing.assert_array_equal(gumbel_noise((4, 3), first_category=2), before[:, 2:])


def test_noise_is_written_where_it_is_told_to() -> None:
    expected = gumbel_noise((3, 4, 5), seed=1, axis=1)
    for out in layouts(np.empty((3, 4, 5))).values():
        written: Any = gumbel_noise(out=out, seed=1, axis=1)
        assert written is out
        np.testing.assert_array_equal(written, expected)


# Pieces


def test_winners_of_pieces_merge_to_the_draw_from_the_whole_row() -> None:
    x = normal(6, 5, 101)
    whole, log_p = gumbel_max(x, seed=3, temperature=0.5, return_log_probability=True)
    cuts = [0, 1, 40, 41, 101]
    pieces = [
        gumbel_max_pieces(x[..., a:b], a, seed=3, temperature=0.5)
        for a, b in itertools.pairwise(cuts)
    ]
    for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
        merged = pieces[order[0]]
        for i in order[1:]:
            merged = merge(merged, pickle.loads(pickle.dumps(pieces[i])))
        np.testing.assert_array_equal(merged.category, whole)
        np.testing.assert_allclose(merged.log_probability, log_p, rtol=1e-13)
        assert (merged.status == DrawStatus.DRAWN).all()


@pytest.mark.parametrize("temperature", [0.0, 1e-310, 1e-40, 1.0, INFINITY])
def test_pieces_merge_whatever_is_infinite(temperature: float) -> None:
    for x in ([50.0, 60, INFINITY, 1], [INFINITY, 1, INFINITY, INFINITY, 2], [3.0, 3, 2, 3]):
        for seed in range(20):
            draw: dict[str, Any] = {"seed": seed, "temperature": temperature}
            for cut in range(1, len(x)):
                one = gumbel_max_pieces(x[:cut], **draw)
                merged = merge(gumbel_max_pieces(x[cut:], cut, **draw), one)
                assert merged.category == gumbel_max(x, **draw)


def test_pieces_without_a_state_leave_the_draw_to_the_others() -> None:
    empty = gumbel_max_pieces([[-np.inf, -np.inf]] * 2)
    full = gumbel_max_pieces([[0.0, 1.0], [np.nan, 1.0]], 2)
    merged = merge(empty, full)
    assert merged.status.tolist() == [DrawStatus.DRAWN, DrawStatus.NAN]
    assert merged.category[0] == gumbel_max([-np.inf, -np.inf, 0.0, 1.0])
    assert merge(empty, empty).status.tolist() == [DrawStatus.NO_STATE] * 2
    assert np.isnan(merge(empty, empty).log_probability).all()


# Edges


@WAYS
def test_a_row_without_a_state_has_a_status_and_no_token(draw: Any) -> None:
    x = [[1.0, 2.0], [-INFINITY, -INFINITY], [1.0, np.nan]]
    tokens, log_p, status = draw(x, 3, return_log_probability=True, return_status=True)
    assert (tokens[0] >= 0).all()
    assert (tokens[1:] == -1).all()
    assert np.isnan(log_p[1:]).all()
    assert [DrawStatus(one) for one in status] == [
        DrawStatus.DRAWN,
        DrawStatus.NO_STATE,
        DrawStatus.NAN,
    ]
    assert draw(np.empty((2, 0))).tolist() == [-1, -1]


@WAYS
def test_shapes_of_nothing_and_of_one_are_drawn_from_too(draw: Any) -> None:
    assert draw(3.0) == 0
    assert draw(3.0, 4).tolist() == [0] * 4
    assert draw(np.empty((0, 3))).shape == (0,)
    assert draw(X, 0).shape == (4, 0)
    assert type(draw([1.0, 2.0])) is np.int64
    assert draw([[1, 2], [3, 4]]).dtype == np.int64


def test_more_tokens_than_states_are_not_there() -> None:
    tokens, log_p, values = gumbel_top_k(
        [0.0, -INFINITY, 1.0], 4, return_log_probability=True, return_perturbed=True
    )
    assert sorted(tokens[:2]) == [0, 2]
    assert tokens[2:].tolist() == [-1, -1]
    assert log_p[1] == 0
    assert np.isnan(log_p[2:]).all()
    assert (values[2:] == -INFINITY).all()


# Refusals


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
        (lambda: gumbel_noise(3, np.float16), TypeError, "gumbel_noise: out must be float64 or"),
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
