"""Each filter keeps what it says."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import gibbs
from gibbs.sampling import (
    Boundaries,
    Chain,
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
from support import normal

X = normal(5, 60)
P = np.array([0.1, 0.2, 0.3, 0.4])
INFINITY = float("inf")


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
