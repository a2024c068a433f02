"""The memory of large results: kept when they are freed, used again, and nobody's twice."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Generator
from typing import Any

import ml_dtypes
import numpy as np
import pytest

import gibbs
from memory_support import (
    LARGE,
    MIB,
    address_of,
    capsule_of,
    handler_of,
    is_kept,
    is_marked,
    mark,
    resident_bytes,
    set_handler,
)
from support import MAPS, normal

softmax: Any = gibbs.softmax


@pytest.fixture(autouse=True)
def nothing_kept_before() -> Generator[None]:
    gibbs.set_keep_bytes(0)
    gibbs.set_keep_bytes(64 * MIB)
    yield
    gibbs.set_keep_bytes(0)
    gibbs.set_keep_bytes(None)


def scores_of(*shape: int, seed: int = 1) -> Any:
    return normal(*shape, seed=seed).astype(np.float32)


def free_results(*rows: int) -> list[int]:
    """Mark and free results of so many rows of 4 KiB, and return where they lay."""
    results = [softmax(scores_of(count, 1024)) for count in rows]
    addresses = [address_of(p) for p in results]
    for p in results:
        mark(p)
    while results:
        del results[0]
    return addresses


def test_a_result_lies_where_the_last_one_lay() -> None:
    x = scores_of(*LARGE)
    places = {address_of(gibbs.softmax(x)) for _ in range(10)}
    assert len(places) == 1
    assert address_of(gibbs.softmax_vjp(x, x)) in places


def test_freed_memory_stays_mapped_unless_nothing_is_kept() -> None:
    place = mark(gibbs.softmax(scores_of(*LARGE)))
    assert is_marked(place)
    gibbs.set_keep_bytes(0)
    assert not is_marked(place)


@pytest.mark.parametrize("name", MAPS)
def test_no_bit_depends_on_what_lay_there(name: str) -> None:
    x = scores_of(*LARGE)
    gibbs.set_keep_bytes(0)
    expected = MAPS[name](x)
    gibbs.set_keep_bytes(None)
    earlier = MAPS[name](x)
    assert is_kept(earlier)
    assert not is_kept(expected)
    place = address_of(earlier)
    earlier.fill(np.nan)
    del earlier
    again = MAPS[name](x)
    assert address_of(again) == place
    assert again.tobytes() == expected.tobytes()


def test_no_two_arrays_share_memory() -> None:
    xs = [scores_of(*LARGE, seed=seed) for seed in range(4)]
    expected = [gibbs.softmax(x).copy() for x in xs]
    for _ in range(3):
        results = [gibbs.softmax(x) for x in xs]
        places = sorted(map(address_of, results))
        assert all(b - a >= 2 * MIB for a, b in itertools.pairwise(places))
        assert all((p == e).all() for p, e in zip(results, expected, strict=True))


def test_the_block_that_fits_best_is_taken() -> None:
    large, small, middle = free_results(1000, 900, 950)
    assert address_of(softmax(scores_of(940, 1024))) == middle
    assert address_of(softmax(scores_of(890, 1024))) == small
    assert address_of(softmax(scores_of(990, 1024))) == large


def test_no_more_than_an_eighth_of_a_block_is_wasted() -> None:
    (place,) = free_results(1024)
    held = softmax(scores_of(895, 1024))
    assert address_of(held) != place
    assert address_of(softmax(scores_of(896, 1024))) == place
    assert address_of(softmax(scores_of(1025, 1024))) != place


def test_what_is_above_the_limit_goes_back_oldest_first() -> None:
    gibbs.set_keep_bytes(8 * MIB)
    places = free_results(1024, 1024, 1024, 1024)
    assert [is_marked(place + 2 * MIB) for place in places] == [False, False, True, True]
    gibbs.set_keep_bytes(8 * MIB - 1)
    assert [is_marked(place + 2 * MIB) for place in places] == [False, False, False, True]


def test_no_more_than_sixteen_blocks_are_kept() -> None:
    places = free_results(*[256] * 18)
    assert [is_marked(place + MIB // 2) for place in places] == [False] * 2 + [True] * 16


def test_a_result_above_the_limit_is_an_array_like_any_other() -> None:
    gibbs.set_keep_bytes(2 * MIB)
    assert is_kept(softmax(scores_of(512, 1024)))
    assert not is_kept(softmax(scores_of(513, 1024)))


def test_sizes_that_grow_do_not_pile_up() -> None:
    x = scores_of(12 * 1024, 1024)
    before = resident_bytes()
    for rows in range(512, 12 * 1024, 512):
        gibbs.softmax(x[:rows])
        assert resident_bytes() - before < (64 + 8) * MIB


def test_the_memory_is_the_arrays_own_and_can_be_resized() -> None:
    p = gibbs.softmax(scores_of(*LARGE))
    assert is_kept(p)
    assert p.flags.owndata
    assert p.base is None
    assert address_of(p) % 64 == 0
    copy = p.copy()
    p.resize((2000, 1024), refcheck=False)
    assert (p[:512] == copy).all()
    assert not p[512:].any()
    p.resize((3, 1024), refcheck=False)
    assert (p == copy[:3]).all()
    p.resize((0,), refcheck=False)
    assert p.size == 0


def test_tracemalloc_counts_results_and_not_what_is_kept() -> None:
    x = scores_of(*LARGE)

    def traced() -> int:
        domain = tracemalloc.DomainFilter(True, np.lib.tracemalloc_domain)
        snapshot = tracemalloc.take_snapshot().filter_traces([domain])
        return sum(trace.size for trace in snapshot.traces)

    tracemalloc.start()
    try:
        before = traced()
        p = gibbs.softmax(x)
        assert traced() - before == pytest.approx(p.nbytes, abs=10_000)
        del p
        assert traced() - before == pytest.approx(0, abs=10_000)
    finally:
        tracemalloc.stop()


def test_numpy_allocates_as_before() -> None:
    x = scores_of(*LARGE)
    p = gibbs.softmax(x)
    assert not is_kept(np.empty_like(p))
    assert not is_kept(p + 1)
    assert not is_kept(p.copy())


def test_a_result_that_is_too_large_leaves_numpy_as_it_was() -> None:
    gibbs.set_keep_bytes(2**62)
    broadcast: Any = np.broadcast_to
    with pytest.raises(MemoryError):
        softmax(broadcast(np.float32(0), (2**55, 2)))
    assert not is_kept(np.empty(LARGE))
    assert is_kept(softmax(scores_of(*LARGE)))


def test_what_is_small_or_given_is_left_alone() -> None:
    x = scores_of(*LARGE)
    out = np.empty_like(x)
    assert gibbs.softmax(x, out=out) is out
    assert not is_kept(out)
    assert not is_kept(gibbs.softmax(x[:127]))
    assert is_kept(gibbs.softmax(x[:128]))
    assert type(softmax(np.float32(3))) is np.float32
    assert type(gibbs.softmax(x.view(type("Sub", (np.ndarray,), {})))) is np.ndarray


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.float64, np.int64])
def test_results_of_any_dtype_and_order_are_kept(dtype: Any) -> None:
    x = np.asfortranarray(normal(512, 1024).astype(dtype))
    p = gibbs.softmax(x)
    assert is_kept(p)
    assert p.flags.f_contiguous
    assert (gibbs.softmax(np.ascontiguousarray(x))[:, :3] == p[:, :3]).all()


def test_a_handler_of_the_programs_own_is_served_first() -> None:
    handler = type(handler_of(np.empty(1))).from_buffer_copy(handler_of(np.empty(1)))
    handler.name = b"theirs"
    capsule = capsule_of(handler)
    before = set_handler(capsule)
    try:
        p = softmax(scores_of(*LARGE))
        assert handler_of(p).name == b"theirs"
        assert handler_of(np.empty(1)).name == b"theirs"
        del p
    finally:
        assert set_handler(before) is capsule
    assert is_kept(softmax(scores_of(*LARGE)))


@pytest.mark.parametrize(
    ("limit", "error", "words"),
    [
        (-1, ValueError, "must not be negative, got -1"),
        (-(10**30), ValueError, "must not be negative"),
        (1.5, TypeError, "must be an integer, got float"),
        ("3", TypeError, "must be an integer, got str"),
        (True, TypeError, "must be an integer, got bool"),
        (np.array([1, 2]), TypeError, "must be an integer, got ndarray"),
    ],
)
def test_a_limit_is_a_number_of_bytes(limit: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=f"^set_keep_bytes: limit {words}"):
        gibbs.set_keep_bytes(limit)
    assert gibbs.keep_bytes() == 64 * MIB
    gibbs.set_keep_bytes(int(np.int64(5)))
    assert gibbs.keep_bytes() == 5
