"""Filters keep what they say, and draws follow the law of what they keep."""

from __future__ import annotations

import contextlib
import itertools
import pickle
from typing import Any

import numpy as np
import pytest

import gibbs
from gibbs.sampling import (
    Boundaries,
    Chain,
    DrawStatus,
    Dry,
    DynamicTemperature,
    EpsilonCutoff,
    EtaCutoff,
    LogitBias,
    MinP,
    Mirostat,
    MirostatV2,
    Penalties,
    PLess,
    Temperature,
    TopH,
    TopK,
    TopNSigma,
    TopP,
    TypicalP,
    Xtc,
    count_tokens,
    hugging_face,
    llama_cpp,
    sample_truncated,
    truncate,
)
from sampling_support import expect_law
from support import DTYPES, layouts, normal, tolerance

X = normal(5, 60)
P = np.array([0.1, 0.2, 0.3, 0.4])
NAN, INFINITY = float("nan"), float("inf")


def only(p: Any, kept: Any) -> Any:
    """Return the law of the states kept."""
    left = np.where(kept, p, 0)
    return left / left.sum(-1, keepdims=True)


def entropy(p: Any) -> Any:
    return -(p * np.log(p)).sum(-1, keepdims=True)


def fewest(p: Any, order: Any, mass: float) -> Any:
    """Tell which states, in this order, are the fewest whose mass is at least `mass`."""
    before = np.cumsum(np.take_along_axis(p, order, -1), -1) - np.take_along_axis(p, order, -1)
    kept = np.zeros(p.shape, bool)
    np.put_along_axis(kept, order, before < mass, -1)
    return kept


def test_each_filter_keeps_what_its_definition_says() -> None:
    p = gibbs.softmax(X)
    down = np.argsort(-p, -1, kind="stable")
    surprise = np.abs(np.log(p) + entropy(p))
    spread = X.max(-1, keepdims=True) - 1.5 * X.std(-1, keepdims=True)
    epsilon = 0.02
    eta = np.minimum(epsilon, np.sqrt(epsilon) * np.exp(-entropy(p)))
    kept: list[tuple[Any, Any]] = [
        (TopK(7), np.argsort(down, -1) < 7),
        (TopK(0), p > 0),
        (TopP(0.8), fewest(p, down, 0.8)),
        (MinP(0.1), p >= 0.1 * p.max(-1, keepdims=True)),
        (TypicalP(0.6), fewest(p, np.argsort(surprise, -1, kind="stable"), 0.6)),
        (EpsilonCutoff(epsilon), p >= epsilon),
        (EtaCutoff(epsilon), p >= eta),
        (TopNSigma(1.5), spread <= X),
        (PLess(), p >= (p**2).sum(-1, keepdims=True)),
    ]
    for one, expected in kept:
        np.testing.assert_allclose(
            truncate(X, one), only(p, expected), rtol=1e-10, atol=1e-14, err_msg=str(one)
        )


def test_top_h_keeps_the_most_states_of_little_entropy() -> None:
    p = np.sort(gibbs.softmax(X[0]))[::-1]
    entropies = [float(entropy(p[:n] / p[:n].sum())[0]) for n in range(1, len(p) + 1)]
    expected = max(n + 1 for n, h in enumerate(entropies) if h <= 0.5 * entropies[-1])
    found = truncate(X[0], TopH(0.5), return_details=True)
    assert found.kept == expected


def test_temperatures_divide_the_scores() -> None:
    np.testing.assert_allclose(
        truncate(X, Temperature(0.6)), gibbs.softmax(X, temperature=0.6), rtol=1e-10
    )
    p = gibbs.softmax(X)
    t = 0.5 + 1.5 * (entropy(p) / np.log(60)) ** 2
    expected = gibbs.softmax(X, temperature=t)
    np.testing.assert_allclose(truncate(X, DynamicTemperature(0.5, 2, 2)), expected, rtol=1e-9)


def test_filters_act_in_their_order() -> None:
    then = truncate(X[0], [TopK(10), TopP(0.5)])
    first = truncate(X[0], TopK(10), as_scores=True)
    np.testing.assert_allclose(then, truncate(first, TopP(0.5)), rtol=1e-9)
    hot, cold = ([Temperature(3), MinP(0.2)], [MinP(0.2), Temperature(3)])
    assert (
        truncate(X[0], hot, return_details=True).kept
        > truncate(X[0], cold, return_details=True).kept
    )


LLAMA: list[tuple[Any, list[float]]] = [
    (Temperature(1), [0.1, 0.2, 0.3, 0.4]),
    (Temperature(0), [0, 0, 0, 1]),
    (TopK(1), [0, 0, 0, 1]),
    (TopK(3), [0, 0.22222, 0.33333, 0.44444]),
    (TopK(4), [0.1, 0.2, 0.3, 0.4]),
    (TopK(0), [0.1, 0.2, 0.3, 0.4]),
    (TopP(0), [0, 0, 0, 1]),
    (TopP(0.7), [0, 0, 0.428571, 0.571429]),
    (TopP(0.8), [0, 0.22222, 0.33333, 0.44444]),
    (TopP(1), [0.1, 0.2, 0.3, 0.4]),
    (MinP(0), [0.1, 0.2, 0.3, 0.4]),
    (MinP(0.24), [0.1, 0.2, 0.3, 0.4]),
    (MinP(0.26), [0, 0.2 / 0.9, 0.3 / 0.9, 0.4 / 0.9]),
    (MinP(0.49), [0, 0.2 / 0.9, 0.3 / 0.9, 0.4 / 0.9]),
    (MinP(0.51), [0, 0, 0.3 / 0.7, 0.4 / 0.7]),
    (MinP(0.74), [0, 0, 0.3 / 0.7, 0.4 / 0.7]),
    (MinP(0.76), [0, 0, 0, 1]),
    (MinP(1.05), [0, 0, 0, 1]),
]


@pytest.mark.parametrize(("one", "expected"), LLAMA)
def test_the_published_cases_of_llama_cpp_hold(one: Any, expected: list[float]) -> None:
    for dtype in (np.float64, np.float32):
        found = truncate(np.log(P).astype(dtype), Chain([one], Boundaries.LLAMA_CPP))
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_boundaries_decide_about_ties() -> None:
    tied = [1.0, 1.0, 1.0, 0.0]
    kept = [
        truncate(tied, Chain([TopK(2)], whose), return_details=True).kept for whose in Boundaries
    ]
    assert kept == [2, 2, 3]


# Draws


@pytest.mark.parametrize(
    "chain",
    [
        [TopK(10), TopP(0.9), Temperature(1.4)],
        [MinP(0.05)],
        [Temperature(2), TypicalP(0.7)],
        llama_cpp(),
        hugging_face(top_p=0.9, temperature=1.2),
        Chain(),
    ],
)
def test_draws_follow_the_law_that_is_left(chain: Any) -> None:
    tokens = sample_truncated(X[0], chain, 100_000, seed=2).token
    expect_law(tokens, truncate(X[0], chain))


def test_log_probabilities_are_those_of_both_laws() -> None:
    found = sample_truncated(X, [TopK(9), TopP(0.8)], 20, seed=1)
    p, full = truncate(X, [TopK(9), TopP(0.8)]), gibbs.log_softmax(X)
    at = np.take_along_axis
    np.testing.assert_allclose(found.log_probability, np.log(at(p, found.token, 1)), rtol=1e-10)
    np.testing.assert_allclose(found.full_log_probability, at(full, found.token, 1), rtol=1e-10)
    np.testing.assert_allclose(found.kept_mass, np.where(p > 0, np.exp(full), 0).sum(1), rtol=1e-10)
    np.testing.assert_allclose(
        found.log_probability,
        found.full_log_probability - np.log(found.kept_mass)[:, None],
        rtol=1e-10,
        atol=1e-15,
    )
    assert (found.kept == (p > 0).sum(1)).all()


def test_the_full_law_may_be_that_at_the_temperature_of_the_chain() -> None:
    chain = [Temperature(2), TopK(9)]
    found = sample_truncated(X, chain, seed=1, full="chain_temperature")
    full = gibbs.log_softmax(X, temperature=2)
    expected = np.take_along_axis(full, found.token[:, None], 1)[:, 0]
    np.testing.assert_allclose(found.full_log_probability, expected, rtol=1e-10)


def test_what_is_not_asked_for_is_not_told() -> None:
    found = sample_truncated(X, TopK(3), return_full=False)
    assert found.full_log_probability is None
    assert found.kept_mass is None
    assert found.kept is None
    assert found.kept_columns is None
    assert found.mirostat is None
    assert found.token.shape == found.log_probability.shape == found.status.shape == (5,)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_every_axis_and_order_of_memory_gives_the_same(axis: int) -> None:
    x, chain = normal(6, 7, 8), Chain([TopP(0.8)])
    moved = np.moveaxis(x, axis, -1)
    expected = sample_truncated(moved, chain, 3, seed=1, return_kept_columns=True)
    law = truncate(moved, chain)
    assert expected.kept_columns is not None
    for laid_out in layouts(x).values():
        found = sample_truncated(laid_out, chain, 3, axis, seed=1, return_kept_columns=True)
        for one, other in zip(found[:5], expected[:5], strict=True):
            np.testing.assert_array_equal(one, other)
        assert found.kept_columns is not None
        np.testing.assert_array_equal(found.kept_columns.columns, expected.kept_columns.columns)
        told = truncate(laid_out, chain, axis, return_details=True, return_kept_columns=True)
        np.testing.assert_array_equal(np.moveaxis(told.law, axis, -1), law)
        np.testing.assert_array_equal(told.kept, expected.kept)
        assert told.kept_columns is not None
        np.testing.assert_array_equal(told.kept_columns.columns, expected.kept_columns.columns)
    offsets, columns = expected.kept_columns
    rows = law.reshape(-1, law.shape[-1])
    np.testing.assert_array_equal(np.diff(offsets), (rows > 0).sum(1))
    np.testing.assert_array_equal(columns, np.nonzero(rows)[1])


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_is_drawn_from_and_comes_back(dtype: Any) -> None:
    x = X.astype(dtype)
    law = truncate(x, TopK(5))
    assert law.dtype == dtype
    wide = truncate(x.astype(float), TopK(5))
    np.testing.assert_allclose(law.astype(float), wide, atol=tolerance(dtype))
    as_scores = truncate(x, TopK(5), as_scores=True)
    assert as_scores.dtype == dtype
    np.testing.assert_array_equal(np.where(law > 0, x, -np.inf), as_scores)


def test_scores_may_be_truncated_in_place() -> None:
    x = X.copy()
    expected = truncate(x, TopP(0.5))
    assert truncate(x, TopP(0.5), out=x) is x
    np.testing.assert_array_equal(x, expected)


def test_every_row_may_have_a_chain_of_its_own() -> None:
    chains = [Chain([TopK(k)]) for k in range(1, 7)]
    x = normal(3, 2, 40)
    np.testing.assert_array_equal(
        truncate(x, chains, return_details=True).kept, [[1, 2], [3, 4], [5, 6]]
    )
    turned = x.transpose(2, 1, 0).copy().transpose(2, 1, 0)
    found = sample_truncated(turned, chains, return_kept_columns=True)
    np.testing.assert_array_equal(found.kept, [[1, 2], [3, 4], [5, 6]])
    assert found.kept_columns is not None
    np.testing.assert_array_equal(np.diff(found.kept_columns.row_offsets), range(1, 7))


def test_the_coin_of_xtc_leaves_out_what_is_most_obvious() -> None:
    x = np.broadcast_to(np.log([0.4, 0.3, 0.2, 0.1]), (2000, 4))
    kept = truncate(x, Xtc(0.5, 0.15), seed=1) > 0
    without = ~kept[:, 0]
    np.testing.assert_array_equal(kept[without], [[False, False, True, True]] * without.sum())
    assert kept[~without].all()
    assert abs(without.sum() - 1000) < 100
    chain = Chain([Xtc(0.5, 0.15)])
    tokens = sample_truncated(x[0], chain, 50_000, seed=1, return_full=False).token
    expect_law(tokens, 0.5 * P[::-1] + 0.5 * np.array([0, 0, 2, 1]) / 3)


def test_penalties_biases_and_repetitions_change_scores() -> None:
    x = np.array([2.0, -1.0, 0.5, 0.0])
    found = truncate(x, Penalties(1.5, 0.2, 0.1, {0: 2, 1: 1}), as_scores=True)
    np.testing.assert_allclose(found, [2 / 1.5 - 0.5, -1.5 - 0.3, 0.5, 0], rtol=1e-12)
    counted = Penalties(1.5, 0.2, 0.1, count_tokens([0, 1, 0]))
    np.testing.assert_array_equal(truncate(x, counted, as_scores=True), found)
    found = truncate(x, LogitBias({2: 1.0, 0: -INFINITY}), as_scores=True)
    np.testing.assert_allclose(found, [-INFINITY, -1, 1.5, 0])
    dry = Dry(0.8, 1.75, 2, history=[1, 2, 3, 0, 1, 2])
    found = truncate(x, dry, as_scores=True)
    assert (found != x).tolist() == [False, False, False, True]
    broken = Dry(0.8, 1.75, 2, history=np.array([1, 2, 3, 0, 1, 2]), breakers=[[1]])  # type: ignore
    np.testing.assert_array_equal(truncate(x, broken, as_scores=True), x)


@pytest.mark.parametrize("steers", [Mirostat(3.0, 0.2), MirostatV2(3.0, 0.2)])
def test_a_mirostat_follows_the_surprise_of_its_draws(steers: Any) -> None:
    mu = np.full(5, 6.0)
    found = sample_truncated(X, steers, seed=1, mirostat=mu)
    surprise = -found.log_probability / np.log(2)
    np.testing.assert_allclose(found.mirostat, mu - 0.2 * (surprise - 3), rtol=1e-6)
    assert (mu == 6).all()
    again = sample_truncated(X.T.copy().T, steers, seed=1, mirostat=6.0)
    np.testing.assert_array_equal(found.mirostat, again.mirostat)
    x, mu = normal(1, 2000, scale=1.5), 6.0
    seen: list[float] = []
    for step in range(600):
        drawn = sample_truncated(x, steers, seed=3, first_draw=step, mirostat=mu)
        mu = float(drawn.mirostat[0])
        seen.append(-float(drawn.log_probability[0]) / np.log(2))
    assert np.mean(seen[100:]) == pytest.approx(3, abs=0.4)


def test_presets_say_what_they_do() -> None:
    chain = llama_cpp(
        top_k=50, top_p=0.9, history=[1, 2, 2], repeat_penalty=1.1, logit_bias={4: 1.0}
    )
    assert chain.boundaries is Boundaries.LLAMA_CPP
    assert TopK(50) in chain.filters
    assert TopP(0.9) in chain.filters
    assert Penalties(1.1, 0.0, 0.0, {1: 1, 2: 2}) in chain.filters
    assert LogitBias({4: 1.0}) in chain.filters
    assert MirostatV2(4, 0.3) in llama_cpp(mirostat=2, mirostat_tau=4, mirostat_eta=0.3).filters
    chain = hugging_face(temperature=0.7, top_k=30, min_p=0.1, typical_p=0.9)
    assert chain.boundaries is Boundaries.HUGGING_FACE
    assert [type(one).__name__ for one in chain.filters[1:]] == [
        "Temperature",
        "TopK",
        "MinP",
        "TypicalP",
    ]
    assert pickle.loads(pickle.dumps(chain)) == chain
    np.testing.assert_array_equal(
        truncate(X, pickle.loads(pickle.dumps(chain))), truncate(X, chain)
    )


def test_every_parameter_changes_the_draws() -> None:
    changes: list[dict[str, Any]] = [
        {"seed": 1}, {"stream": 1}, {"first_row": 1}, {"row_ids": 3}, {"first_draw": 1},
        {"mask": np.arange(60) % 2 == 0}, {"chain": TopK(2)}, {"axis": 0}, {"draws": 3},
    ]  # fmt: skip
    base: dict[str, Any] = {"chain": TopK(50), "draws": 30}
    before = sample_truncated(X, **base).token
    for change in changes:
        after = sample_truncated(X, **{**base, **change}).token
        assert not np.array_equal(before, after), change


def test_every_parameter_of_a_filter_changes_the_law() -> None:
    pairs: list[tuple[Any, Any]] = [
        (Temperature(1), Temperature(2)),
        (DynamicTemperature(1, 2), DynamicTemperature(0.5, 2)),
        (DynamicTemperature(1, 2), DynamicTemperature(1, 3)),
        (DynamicTemperature(1, 2), DynamicTemperature(1, 2, 3)),
        (TopK(3), TopK(4)),
        (TopP(0.3), TopP(0.6)),
        (MinP(0.3), MinP(0.1)),
        (TypicalP(0.3), TypicalP(0.6)),
        (EpsilonCutoff(0.1), EpsilonCutoff(0.01)),
        (EtaCutoff(0.1), EtaCutoff(0.01)),
        (TopNSigma(1), TopNSigma(2)),
        (TopH(0.3), TopH(0.6)),
        (Xtc(0, 0.01), Xtc(1, 0.01)),
        (Xtc(1, 0.01), Xtc(1, 0.1)),
        (Penalties(1.2, counts={0: 2, 1: 1}), Penalties(1.3, counts={0: 2, 1: 1})),
        (Penalties(1, 0.2, counts={0: 2, 1: 1}), Penalties(1, 0.3, counts={0: 2, 1: 1})),
        (Penalties(1, 0, 0.2, counts={0: 2, 1: 1}), Penalties(1, 0, 0.3, counts={0: 2, 1: 1})),
        (Penalties(1.2, counts={0: 1}), Penalties(1.2, counts={1: 1})),
        (LogitBias({1: 1}), LogitBias({1: 2})),
        (Dry(0.8, history=[1, 2, 3, 1, 2]), Dry(0.9, history=[1, 2, 3, 1, 2])),
        (Dry(0.8, 1.5, 1, history=[1, 2, 3, 1, 2]), Dry(0.8, 2, 1, history=[1, 2, 3, 1, 2])),
        (Dry(0.8, 2, 2, history=[1, 2, 3, 1, 2]), Dry(0.8, 2, 3, history=[1, 2, 3, 1, 2])),
        (Dry(0.8, history=[1, 2, 3, 1, 2]), Dry(0.8, last_n=3, history=[1, 2, 3, 1, 2])),
        (Dry(0.8, history=[1, 2, 3, 1, 2]), Dry(0.8, history=[1, 2, 4, 1, 2])),
    ]
    for one, other in pairs:
        assert not np.allclose(truncate(X, one), truncate(X, other)), (one, other)
    states: list[tuple[Any, Any, Any]] = [
        (Mirostat(), 1.0, 4.0),
        (MirostatV2(), 1.0, 4.0),
    ]
    for steers, low, high in states:
        assert not np.allclose(
            truncate(X, steers, mirostat=low), truncate(X, steers, mirostat=high)
        )


# Edges and refusals


def test_a_row_without_a_state_has_a_status_and_no_token() -> None:
    x = [[1.0, 2.0], [-INFINITY, -INFINITY], [1.0, NAN]]
    found = sample_truncated(x, TopK(1), 2, return_kept_columns=True)
    assert found.token.tolist() == [[1, 1], [-1, -1], [-1, -1]]
    assert found.status.tolist() == [DrawStatus.DRAWN, DrawStatus.NO_STATE, DrawStatus.NAN]
    assert np.isnan(found.log_probability[1:]).all()
    assert found.kept.tolist() == [1, 0, 0]
    assert found.kept_columns is not None
    assert found.kept_columns.row_offsets.tolist() == [0, 1, 1, 1]
    law = truncate(x, TopK(1))
    np.testing.assert_array_equal(law, [[0, 1], [0, 0], [NAN, NAN]])


@pytest.mark.parametrize(
    ("chain", "options", "error", "words"),
    [
        (TopK(-1), {}, ValueError, "sample_truncated: .*k must not be negative, got -1"),
        (TopP(0), {}, ValueError, "sample_truncated: .*p must"),
        (TopP(1.5), {}, ValueError, "sample_truncated: .*p must"),
        (MinP(-0.1), {}, ValueError, "sample_truncated: "),
        (Temperature(-1), {}, ValueError, "sample_truncated: temperature must not be negative"),
        (Penalties(counts={60: 1}), {}, ValueError, "sample_truncated: "),
        (LogitBias({-1: 1.0}), {}, ValueError, "sample_truncated: "),
        ([Mirostat(), MirostatV2()], {"mirostat": 6}, ValueError, "sample_truncated: "),
        (Mirostat(), {}, ValueError, "sample_truncated: mirostat"),
        (Mirostat(), {"mirostat": 6, "draws": 2}, ValueError, "sample_truncated: "),
        (Xtc(0.5), {"draws": 2}, ValueError, "sample_truncated: "),
        (TopK(3), {"draws": -1}, ValueError, "sample_truncated: draws must not be negative"),
        (TopK(3), {"seed": -1}, ValueError, "sample_truncated: seed must lie between"),
        (TopK(3), {"full": "half"}, ValueError, "sample_truncated: full must be model or"),
        (
            [Chain()] * 2,
            {},
            ValueError,
            "sample_truncated: chain must be one, or one for each of 5",
        ),
        ("x", {}, TypeError, "sample_truncated: filters must be filters, got str"),
        ([TopK(3), Chain()], {}, TypeError, "sample_truncated: filters must be filters, got Chain"),
        (None, {}, TypeError, "sample_truncated: filters must be filters, got NoneType"),
    ],
)
def test_bad_chains_are_one_sentence(
    chain: Any, options: dict[str, Any], error: Any, words: str
) -> None:
    with pytest.raises(error, match=f"^{words}"):
        sample_truncated(X, chain, **options)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: Chain([TopK(1.5)]), TypeError, "TopK: k must be an integer, got float"),  # type: ignore
        (lambda: Chain([TopP("x")]), TypeError, "TopP: p must be a number, got str"),  # type: ignore
        (lambda: Chain([LogitBias([1])]), TypeError, "LogitBias: biases must be pairs"),  # type: ignore
        (lambda: Chain([Dry(1, history=[0.5])]), TypeError, "Dry: history must be integers"),  # type: ignore
        (lambda: Chain([Dry(1, breakers=3)]), TypeError, "Dry: breakers must be a sequence"),  # type: ignore
        (lambda: Chain([TopK(1)], 7), ValueError, "7 is not a valid Boundaries"),  # type: ignore
        (lambda: llama_cpp(mirostat=3), ValueError, "llama_cpp: mirostat must be"),
        (lambda: llama_cpp(top_k="x"), TypeError, "llama_cpp: top_k must be an integer"),  # type: ignore
        (lambda: hugging_face(top_p=None), TypeError, "hugging_face: top_p must be a"),  # type: ignore
        (lambda: count_tokens([0.5]), TypeError, "count_tokens: history must be integers"),
        (
            lambda: truncate(X, TopK(1), return_kept_columns=True),  # type: ignore
            ValueError,
            "truncate: return_kept_columns goes with return_details",
        ),
        (lambda: truncate(X, TopK(-1)), ValueError, "truncate: .*k must not be negative"),
        (lambda: truncate(X, TopK(1), out=np.empty(3)), ValueError, "truncate: out must have"),
    ],
)
def test_what_else_is_bad_is_one_sentence_too(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=f"^{words}"):
        call()


JUNK: list[Any] = [
    None, True, -1, 1.5, NAN, 2**64, 10**400, "x", b"x", [], {}, object(), int, X, X[:0], X + 1j,
    ((1, 2), 3), [(1, 2, 3)], {1: "x"}, [None], [[]], TopK, Chain(),
]  # fmt: skip


def test_nothing_that_is_passed_anywhere_crashes() -> None:
    filters: list[Any] = [
        Temperature, TopK, TopP, MinP, EpsilonCutoff, PLess, Xtc, Mirostat, Penalties, LogitBias,
        DynamicTemperature, Dry,
    ]  # fmt: skip
    for kind, first, second in itertools.product(filters, JUNK, JUNK):
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            truncate(X, kind(first, second))
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            truncate(X, kind(first))
    unchecked: list[Any] = [sample_truncated, truncate, count_tokens, Chain]
    for function, first, second in itertools.product(unchecked, JUNK, JUNK):
        with contextlib.suppress(TypeError, ValueError, OverflowError, MemoryError):
            function(first, second)
        with contextlib.suppress(TypeError, ValueError, OverflowError, MemoryError):
            function(X, first, second)
    for name, junk in itertools.product(("counts", "history", "breakers", "biases"), JUNK):
        for kind in (Penalties, Dry, LogitBias):
            with contextlib.suppress(TypeError, ValueError, OverflowError):
                truncate(X, kind(**{name: junk}))
    for name, junk in itertools.product(("history", "logit_bias", "top_k", "mirostat"), JUNK):
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            settings: dict[str, Any] = {name: junk}
            llama_cpp(**settings)
