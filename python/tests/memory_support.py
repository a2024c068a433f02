"""The memory of arrays, as NumPy and the system see it."""

from __future__ import annotations

import ctypes
import importlib
from pathlib import Path
from typing import Any

import numpy as np

MIB = 2**20
LARGE = (512, 1024)
"""A shape whose results in float32 take 2 MiB."""

_PATTERN = 0x5EED5EED
_NAME = b"mem_handler"
_POINTER = ctypes.c_void_p
_SIZE = ctypes.c_size_t
_of_capsule = ctypes.pythonapi.PyCapsule_GetPointer
_of_capsule.restype = _POINTER
_of_capsule.argtypes = [ctypes.py_object, ctypes.c_char_p]
_new_capsule = ctypes.pythonapi.PyCapsule_New
_new_capsule.restype = ctypes.py_object
_new_capsule.argtypes = [_POINTER, ctypes.c_char_p, _POINTER]


class Handler(ctypes.Structure):
    """PyDataMem_Handler of NEP 49. Its functions are called without Python's lock."""

    name: bytes
    malloc: Any
    calloc: Any
    realloc: Any
    free: Any

    _fields_ = [
        ("name", ctypes.c_char * 127),
        ("version", ctypes.c_uint8),
        ("context", _POINTER),
        ("malloc", ctypes.CFUNCTYPE(_POINTER, _POINTER, _SIZE)),
        ("calloc", ctypes.CFUNCTYPE(_POINTER, _POINTER, _SIZE, _SIZE)),
        ("realloc", ctypes.CFUNCTYPE(_POINTER, _POINTER, _POINTER, _SIZE)),
        ("free", ctypes.CFUNCTYPE(None, _POINTER, _POINTER, _SIZE)),
    ]  # fmt: skip


def handler_of(array: Any) -> Handler:
    """Return what an array that owns its memory frees it by, the last field of its struct."""
    place = id(array) + np.ndarray.__basicsize__ - ctypes.sizeof(_POINTER)
    capsule = ctypes.py_object.from_address(place).value
    return Handler.from_address(_of_capsule(capsule, _NAME) or 0)


def is_kept(array: Any) -> bool:
    """Whether the memory of an array will be kept."""
    return handler_of(array).name == b"gibbs"


def capsule_of(handler: Handler) -> Any:
    """Return what NumPy takes a handler as. Both must live as long as arrays made with them."""
    return _new_capsule(ctypes.addressof(handler), _NAME, None)


def set_handler(capsule: Any) -> Any:
    """Make a handler NumPy's, and return the one before."""
    core: Any = importlib.import_module(
        "numpy._core._multiarray_umath" if hasattr(np, "_core") else "numpy.core._multiarray_umath"
    )
    table = ctypes.cast(_of_capsule(core._ARRAY_API, None) or 0, ctypes.POINTER(_POINTER))
    set_it = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object)(table[304] or 0)
    return set_it(capsule)


def address_of(array: Any) -> int:
    return int(array.__array_interface__["data"][0])


def mark(array: Any) -> int:
    """Fill an array of four-byte elements with a pattern, and return where its middle lies."""
    array.view(np.uint32).fill(_PATTERN)
    return address_of(array) + array.nbytes // 2


def is_marked(address: int) -> bool:
    """Whether what lies there holds the pattern: other memory may have come to lie there."""
    lines = Path("/proc/self/maps").read_text().splitlines()
    for line in lines:
        bounds, rights = line.split()[:2]
        low, high = (int(end, 16) for end in bounds.split("-"))
        if low <= address < high:
            return (
                rights.startswith("r") and ctypes.c_uint32.from_address(address).value == _PATTERN
            )
    return False


def resident_bytes() -> int:
    """Return how much memory the process has pages of."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
