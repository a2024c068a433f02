"""Threads, memory and instructions, for the whole process."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from gibbs import _core

if TYPE_CHECKING:
    from collections.abc import Generator


def set_num_threads(threads: int) -> None:
    """Bound the number of threads; 0 returns to the default.

    The default is the environment variable GIBBS_NUM_THREADS, else the number of processors that
    this process may use. No result depends on it, to the bit.

    Raises
    ------
    ValueError
        threads < 0.
    """
    _core.set_num_threads(threads)


def num_threads() -> int:
    """Return the bound on the number of threads, at least 1."""
    return _core.num_threads()


@contextmanager
def threads(count: int) -> Generator[None]:
    """Bound the number of threads inside a `with` block.

    Examples
    --------
    >>> import gibbs
    >>> with gibbs.threads(1):
    ...     gibbs.num_threads()
    1
    """
    before = _core.num_threads()
    _core.set_num_threads(count)
    try:
        yield
    finally:
        _core.set_num_threads(before)


def set_keep_bytes(limit: int | None) -> None:
    """Bound the memory of freed results that is kept for the next ones, in bytes.

    New memory costs more than softmax takes to fill it, so that of results of 512 KiB and more is
    kept when they are freed. 0 keeps none and gives back what was kept. None returns to the
    default: the environment variable GIBBS_KEEP_BYTES, else 64 MiB. No result depends on it.

    Raises
    ------
    TypeError
        limit is not an integer.
    ValueError
        limit < 0.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.set_keep_bytes(256 * 2**20)
    >>> gibbs.keep_bytes()
    268435456
    >>> gibbs.set_keep_bytes(None)
    """
    _core.set_keep_bytes(limit)


def keep_bytes() -> int:
    """Return the bound on the memory that is kept, in bytes; 0 where none is."""
    return _core.keep_bytes()


def simd_target() -> str:
    """Return the vector instructions in use, as Highway names them: "AVX3", "AVX2", "SSE4"."""
    return _core.simd_target()


def simd_targets() -> list[str]:
    """Return those that this machine can run, best first."""
    return _core.simd_targets()


def set_simd_target(name: str) -> None:
    """Use one of `simd_targets` from now on; an empty name returns to the best one.

    Raises
    ------
    ValueError
        A name that is not among them.
    """
    _core.set_simd_target(name)
