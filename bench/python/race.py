"""Medians of calls that take turns: what disturbs the machine disturbs all of them."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping

Call = Callable[[], object]


def seconds_of(call: Call) -> float:
    """Return the time that the processor spent on the call, in all threads and in the kernel.

    On an idle machine that is the time of a clock; on a busy one what waits is not counted.
    """
    began = time.process_time()
    call()
    return time.process_time() - began


def race(contestants: Mapping[str, Call], seconds: float = 2.0) -> dict[str, float]:
    """Return the median time of each call, each made once in every round of at least 5."""
    for call in contestants.values():
        call()
    times: dict[str, list[float]] = {name: [] for name in contestants}
    gc.collect()
    gc.disable()
    began = time.perf_counter()
    while len(next(iter(times.values()))) < 5 or time.perf_counter() - began < seconds:
        for name, call in contestants.items():
            times[name].append(seconds_of(call))
    gc.enable()
    return {name: statistics.median(found) for name, found in times.items()}


def repeated(call: Call, count: int) -> Call:
    """Return a call so long that the clock does not matter: `count` calls."""

    def many() -> None:
        for _ in range(count):
            call()

    return many
