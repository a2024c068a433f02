"""What filters and chains cannot be told is refused in one sentence."""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

import numpy as np
import pytest

from gibbs.sampling import (
    Chain,
    Dry,
    DynamicTemperature,
    EpsilonCutoff,
    LogitBias,
    MinP,
    Mirostat,
    MirostatV2,
    Penalties,
    PLess,
    Temperature,
    TopK,
    TopP,
    Xtc,
    count_tokens,
    hugging_face,
    llama_cpp,
    sample_truncated,
    truncate,
)
from support import normal

X = normal(5, 60)
NAN = float("nan")


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


def test_a_token_of_biases_is_named() -> None:
    bias: Any = LogitBias({0.5: 1})  # pyright: ignore[reportArgumentType]
    with pytest.raises(
        TypeError, match="LogitBias: a token of biases must be an integer, got float"
    ):
        Chain([bias])
