"""The extension module: arguments by position, arrays of any kind in and out."""

from typing import Any

__version__: str

def softmax(
    scores: object,
    axis: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    out: object,
    /,
) -> Any: ...
def log_softmax(
    scores: object,
    axis: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    out: object,
    /,
) -> Any: ...
def entmax(
    function: str,
    scores: object,
    alpha: object,
    axis: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    out: object,
    return_support: bool,
    /,
) -> Any: ...
def details(
    scores: object,
    alpha: object,
    axis: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    /,
) -> tuple[Any, Any, Any, Any, Any]: ...
def set_num_threads(threads: int, /) -> None: ...
def num_threads() -> int: ...
def simd_target() -> str: ...
def simd_targets() -> list[str]: ...
def set_simd_target(name: str, /) -> None: ...
def sparse_entmax(
    function: str,
    scores: object,
    alpha: object,
    axis: object,
    temperature: object,
    log_degeneracy: object,
    mask: object,
    /,
) -> tuple[Any, Any, Any, tuple[int, int], bool]: ...
