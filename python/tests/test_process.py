"""Threads, instructions, and what the installed package holds."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gibbs
from support import normal

ROOT = Path(__file__).parents[2]


def test_the_bound_on_threads_is_set_and_restored() -> None:
    before = gibbs.num_threads()
    with gibbs.threads(1):
        assert gibbs.num_threads() == 1
    assert gibbs.num_threads() == before
    gibbs.set_num_threads(3)
    assert gibbs.num_threads() == 3
    gibbs.set_num_threads(0)
    assert gibbs.num_threads() == before


def test_the_environment_sets_the_bound() -> None:
    code = "import gibbs; print(gibbs.num_threads())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"GIBBS_NUM_THREADS": "5"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "5"


def test_the_number_of_threads_changes_no_bit() -> None:
    x = normal(300, 1000)
    with gibbs.threads(1):
        one = gibbs.entmax(x, 1.3)
    with gibbs.threads(2):
        assert (gibbs.entmax(x, 1.3) == one).all()


def test_other_python_threads_run_meanwhile() -> None:
    x, k = normal(4000, 1000), np.zeros(4000, int)
    assert seen_meanwhile(lambda: gibbs.entmax(x, 1.1)) > 5
    assert seen_meanwhile(lambda: gibbs.entmax_loss(x, k, 1.1, return_grad=True)) > 5


def seen_meanwhile(call: Callable[[], Any]) -> int:
    """Return how often this thread woke up while another one made the call."""
    started, done = threading.Event(), threading.Event()
    seen = 0

    def work() -> None:
        started.set()
        call()
        done.set()

    with gibbs.threads(1):
        worker = threading.Thread(target=work)
        worker.start()
        started.wait()
        while not done.is_set():
            seen += 1
            time.sleep(0.001)
        worker.join()
    return seen


def test_many_python_threads_may_call_at_once() -> None:
    x = normal(64, 3000)
    expected = gibbs.sparsemax(x)
    wrong: list[int] = []

    def work(index: int) -> None:
        for _ in range(20):
            if not (gibbs.sparsemax(x) == expected).all():
                wrong.append(index)

    workers = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong


def test_a_forked_process_computes_on() -> None:
    code = """
import os, signal
import numpy as np
import gibbs
x = np.ones((400, 4000))
with gibbs.threads(2):
    gibbs.softmax(x)
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        os._exit(int(not np.isclose(gibbs.softmax(x).sum(), 400)))
    print(os.waitpid(child, 0)[1])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_the_instructions_can_be_chosen() -> None:
    targets = gibbs.simd_targets()
    assert gibbs.simd_target() == targets[0]
    try:
        for target in targets:
            gibbs.set_simd_target(target)
            assert gibbs.simd_target() == target
            assert gibbs.softmax(normal(5)).sum() == pytest.approx(1)
    finally:
        gibbs.set_simd_target("")


def test_the_version_is_that_of_the_library() -> None:
    header = (ROOT / "include/gibbs/version.hpp").read_text()
    version = re.search(r'kVersion = "([^"]+)"', header)
    assert version is not None
    assert gibbs.__version__ == version[1] == importlib.metadata.version("gibbs")


def test_the_package_carries_its_types_and_its_libraries() -> None:
    package = Path(gibbs.__file__).parent
    names = {path.name for path in package.iterdir()}
    assert {"py.typed", "_core.pyi"} <= names
    core = next(package.glob("_core*.so"))
    linked = subprocess.run(["ldd", core], capture_output=True, text=True, check=True).stdout
    for library in ("libtbb", "libhwy"):
        path = re.search(rf"{library}\S* => (\S+)", linked)
        assert path is not None
        assert Path(path[1]).parent == package


def test_importing_it_imports_none_of_its_friends() -> None:
    friends = {"torch", "scipy", "jax", "ml_dtypes", "matplotlib"}
    code = f"import sys, gibbs; print(*({friends} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_stub_names_what_the_module_has() -> None:
    from gibbs import _core

    stub = (Path(gibbs.__file__).parent / "_core.pyi").read_text()
    callables = r"^(?:def |class (?=\w+:))?(\w+)(?:\(|:(?! TypeAlias))"  # no protocols, no aliases
    named = set(re.findall(callables, stub, re.M))
    assert named == {n for n in dir(_core) if not n.startswith("_")} | {"__version__"}
