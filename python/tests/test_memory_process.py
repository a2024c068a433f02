"""Kept memory in threads, forks, at the end of a process, and called without Python's lock."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import pytest

import gibbs
from memory_support import LARGE, MIB, Handler, address_of, handler_of, is_kept
from support import normal


@pytest.fixture
def handler() -> Generator[Handler]:
    gibbs.set_keep_bytes(0)
    gibbs.set_keep_bytes(64 * MIB)
    yield handler_of(gibbs.softmax(np.zeros(LARGE, np.float32)))
    gibbs.set_keep_bytes(0)
    gibbs.set_keep_bytes(None)


def printed_by(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stderr == ""
    return done.stdout.strip()


def run_in_threads(count: int, work: Callable[[int], None]) -> None:
    failures: list[BaseException] = []

    def guarded(index: int) -> None:
        try:
            work(index)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


@pytest.mark.parametrize(
    ("text", "limit"),
    [("0", 0), ("12345", 12345), ("", 64 * MIB), ("-1", 64 * MIB), ("9 MiB", 64 * MIB)],
)
def test_the_environment_sets_the_limit_or_is_ignored(text: str, limit: int) -> None:
    code = "import gibbs; print(gibbs.keep_bytes()); gibbs.set_keep_bytes(7); "
    code += "gibbs.set_keep_bytes(None); print(gibbs.keep_bytes())"
    assert printed_by(code, GIBBS_KEEP_BYTES=text).split() == [str(limit)] * 2


def test_memory_that_must_be_zero_is(handler: Handler) -> None:
    place = handler.malloc(None, 2 * MIB)
    ctypes.memset(place, 255, 2 * MIB)
    handler.free(None, place, 2 * MIB)
    again = handler.calloc(None, MIB // 4, 8)
    assert again == place
    assert not any(ctypes.string_at(again, 2 * MIB))
    handler.free(None, again, 2 * MIB)


def test_memory_that_grows_and_shrinks_keeps_its_bytes(handler: Handler) -> None:
    words = bytes(range(256)) * 8192
    place = handler.realloc(None, None, len(words))
    ctypes.memmove(place, words, len(words))
    for size in (3 * MIB, 64 * MIB, 5, 10, 2**19, 2 * MIB):
        place = handler.realloc(None, place, size)
        held = min(size, len(words))
        assert ctypes.string_at(place, held) == words[:held]
        ctypes.memmove(place, words, held)
        ctypes.memset(place + size - 1, words[size - 1] if size <= len(words) else 0, 1)
        words = words[:held] if size < len(words) else words
    handler.free(None, place, 2 * MIB)
    handler.free(None, None, 0)


def test_what_the_system_does_not_have_is_no_memory(handler: Handler) -> None:
    place = handler.malloc(None, MIB)
    ctypes.memset(place, 7, MIB)
    assert handler.malloc(None, 2**64 - 1) is None
    assert handler.malloc(None, 2**62) is None
    assert handler.calloc(None, 2**40, 2**40) is None
    assert handler.realloc(None, place, 2**62) is None
    assert ctypes.string_at(place, MIB) == b"\7" * MIB
    handler.free(None, place, MIB)


def test_a_program_with_thousands_of_results_is_served_by_numpy(handler: Handler) -> None:
    places = [handler.malloc(None, 2**19) for _ in range(4096)]
    assert not is_kept(gibbs.softmax(np.zeros(LARGE, np.float32)))
    for place in places:
        handler.free(None, place, 2**19)
    assert is_kept(gibbs.softmax(np.zeros(LARGE, np.float32)))


def test_threads_without_pythons_lock_never_get_the_same_block(handler: Handler) -> None:
    malloc, free, switch = handler.malloc, handler.free, sys.getswitchinterval()
    given: set[int] = set()  # of which each operation is atomic

    def work(index: int) -> None:
        for step in range(40000):
            place = malloc(None, MIB)
            assert place not in given
            given.add(place)
            ctypes.memset(place, index, 64)
            if step % 500 == 0:
                gibbs.set_keep_bytes(3 * MIB if step % 1000 else 0)
            assert ctypes.string_at(place, 64) == bytes([index]) * 64
            given.remove(place)
            free(None, place, MIB)

    sys.setswitchinterval(1e-6)
    run_in_threads(4, work)
    sys.setswitchinterval(switch)


def test_threads_that_hold_results_find_them_unchanged() -> None:
    xs = [normal(300 + 100 * seed, 1024, seed=seed).astype(np.float32) for seed in range(4)]
    expected = [gibbs.softmax(x).copy() for x in xs]

    def work(index: int) -> None:
        held: list[tuple[int, Any]] = []
        for step in range(40):
            which = (index + step) % 4
            held.append((which, gibbs.softmax(xs[which])))
            if len(held) > 3:
                which, p = held.pop(0)
                assert (p == expected[which]).all()

    run_in_threads(4, work)


def test_a_fork_between_other_threads_calls_hangs_nobody() -> None:
    code = """
import os, signal, threading, warnings
import numpy as np
import gibbs
warnings.simplefilter("ignore", DeprecationWarning)  # of forking with threads
gibbs.set_num_threads(1)
x = np.zeros((256, 1024), np.float32)
done = threading.Event()
def hammer():
    while not done.is_set():
        gibbs.softmax(x)
threads = [threading.Thread(target=hammer) for _ in range(3)]
for thread in threads:
    thread.start()
codes = set()
for _ in range(30):
    p = gibbs.softmax(x)
    address = p.ctypes.data
    child = os.fork()
    if child == 0:
        signal.alarm(30)
        del p
        q = gibbs.softmax(x)
        gibbs.set_keep_bytes(0)
        os._exit(int(not (np.allclose(q, 1 / 1024) and q.ctypes.data == address)))
    codes.add(os.waitpid(child, 0)[1])
done.set()
for thread in threads:
    thread.join()
print(codes)
"""
    assert printed_by(code) == "{0}"


def test_a_forked_child_keeps_nothing_of_its_parents() -> None:
    code = """
import os, sys
sys.path.insert(0, os.environ["SUPPORT"])
import numpy as np
import gibbs
from memory_support import is_marked, mark
place = mark(gibbs.softmax(np.zeros((1024, 1024), np.float32)))
child = os.fork()
if child == 0:
    os._exit(int(is_marked(place)))
print(os.waitpid(child, 0)[1], is_marked(place))
"""
    assert printed_by(code, SUPPORT=os.path.dirname(__file__)) == "0 True"


def test_results_may_be_freed_when_python_ends() -> None:
    code = """
import atexit, sys
import numpy as np
import gibbs
x = np.zeros((1024, 1024), np.float32)
cycle = [gibbs.softmax(x)]
cycle.append(cycle)
gibbs.kept, sys.kept = gibbs.softmax(x), gibbs.softmax(x)
class Last:
    def __del__(self, p=gibbs.softmax(x), softmax=gibbs.softmax, x=x):
        softmax(x)
last = Last()
atexit.register(gibbs.softmax, x)
print("end")
"""
    assert printed_by(code) == "end"


def test_a_result_of_one_thread_may_be_freed_by_another() -> None:
    gibbs.set_keep_bytes(64 * MIB)
    results = [gibbs.softmax(np.zeros(LARGE, np.float32))]
    place = address_of(results[0])
    run_in_threads(1, lambda _: results.clear())
    assert address_of(gibbs.softmax(np.zeros(LARGE, np.float32))) == place
    gibbs.set_keep_bytes(None)
