"""What the functions are called with: checked, and brought to the shape of the scores."""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor

Number: TypeAlias = float | Tensor

_DTYPES = (torch.float64, torch.float32, torch.float16, torch.bfloat16)


class Arguments(NamedTuple):
    """The arguments of a map as its operator takes them."""

    scores: Tensor
    temperature: Number
    log_degeneracy: Tensor | None
    mask: Tensor | None
    dim: int


def check_scores(function: str, scores: Tensor) -> None:
    """Refuse what is no tensor of floats on the CPU."""
    if not isinstance(scores, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"{function}: scores must be a tensor, got {type(scores).__name__}")
    check_memory(function, "scores", scores, scores)
    if scores.dtype not in _DTYPES:
        raise TypeError(
            f"{function}: scores must be float64, float32, float16 or bfloat16, got {scores.dtype}"
        )


def check_memory(function: str, argument: str, tensor: Tensor, scores: Tensor) -> None:
    """Refuse what the kernels cannot read: a copy to the CPU and back would hide its cost."""
    if not (tensor.is_cpu or tensor.is_meta):
        raise NotImplementedError(
            f"{function}: {argument} must be on the CPU, got {tensor.device}: there are no "
            "kernels for that device yet, and a copy is not made silently"
        )
    if tensor.layout is not torch.strided or tensor.is_nested:
        layout = "a nested one" if tensor.is_nested else tensor.layout
        raise TypeError(f"{function}: {argument} must be a dense tensor, got {layout}")
    if tensor.is_meta and not scores.is_meta:  # its memory is that of nothing
        raise ValueError(f"{function}: {argument} must hold numbers as scores do, got device meta")


def take_dim(function: str, dim: int, ndim: int) -> int:
    """Return a dimension counted from the front; 0-d tensors have one, of one entry."""
    dims = max(ndim, 1)
    if not isinstance(dim, int):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"{function}: dim must be an integer, got {type(dim).__name__}")
    if not -dims <= dim < dims:
        raise ValueError(f"{function}: dim must lie between {-dims} and {dims - 1}, got {dim}")
    return dim % dims


def as_float(function: str, argument: str, value: float) -> float:
    """Return a number of Python as a float, or a symbol that stands for one."""
    try:
        return value * 1.0
    except OverflowError:
        bits = value.bit_length() if isinstance(value, int) else 0
        raise ValueError(
            f"{function}: {argument} must lie within the range of a double, "
            f"got an integer of {bits} bits"
        ) from None


def take_number(function: str, argument: str, value: Number, scores: Tensor, dim: int) -> Number:
    """Return one number, or one per row in the shape of the rows, with `dim` kept as one."""
    if isinstance(value, (int, float)):
        return as_float(function, argument, value)
    if not isinstance(value, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
        kind = type(value).__name__
        raise TypeError(f"{function}: {argument} must be a number or a tensor, got {kind}")
    check_memory(function, argument, value, scores)
    if value.dtype.is_complex:
        raise TypeError(f"{function}: {argument} must be real, got {value.dtype}")
    if value.dim() == 0:
        return value
    before, after = scores.shape[:dim], scores.shape[dim + 1 :]
    keeps_dim = value.dim() == scores.dim()
    rows = _broadcast(value, [*before, *([1] if keeps_dim else []), *after])
    if rows is None:
        raise ValueError(
            f"{function}: {argument} of shape {tuple(value.shape)} does not broadcast to the "
            f"rows, {(*before, *after)}"
        )
    return rows if keeps_dim else rows.unsqueeze(dim)


def take_arguments(
    function: str,
    scores: Tensor,
    dim: int,
    temperature: Number,
    log_degeneracy: Tensor | None,
    mask: Tensor | None,
) -> Arguments:
    """Check the arguments of a map; 0-d scores become a row of one state."""
    check_scores(function, scores)
    dim = take_dim(function, dim, scores.dim())
    rows = scores if scores.dim() else scores.unsqueeze(0)
    if mask is not None and isinstance(mask, Tensor) and mask.dtype is not torch.bool:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"{function}: mask must be bool, got {mask.dtype}")
    return Arguments(
        rows,
        take_number(function, "temperature", temperature, rows, dim),
        _take_beside(function, "log_degeneracy", log_degeneracy, rows),
        _take_beside(function, "mask", mask, rows),
        dim,
    )


def take_bound(function: str, argument: str, value: Number | None, scores: Tensor) -> Tensor | None:
    """Return a tensor that broadcasts to the scores: a bound, or weights."""
    if isinstance(value, (int, float)):
        number = as_float(function, argument, value)
        return torch.full((), number, dtype=torch.float64, device=scores.device)
    return _take_beside(function, argument, value, scores)


def flatten_dims(
    function: str, scores: Tensor, dims: tuple[int, ...], beside: tuple[Tensor | None, ...]
) -> tuple[Tensor, Tensor | None, Tensor | None, list[int]]:
    """Make several dimensions the last one, also of what goes with the scores.

    The list is the shape of a number per row, each dimension kept with one entry.
    """
    check_scores(function, scores)
    taken = [take_dim(function, dim, scores.dim()) for dim in dims]
    if len(set(taken)) < len(taken):
        raise ValueError(f"{function}: dim must not name a dimension twice, got {dims}")
    kept = [1 if d in taken else scores.shape[d] for d in range(scores.dim())]
    order = [d for d in range(scores.dim()) if d not in taken] + sorted(taken)
    rest = [scores.shape[d] for d in order[: scores.dim() - len(taken)]]
    length = math.prod([scores.shape[d] for d in taken])

    def flat(argument: str, tensor: Tensor | None) -> Tensor | None:
        full = _take_beside(function, argument, tensor, scores)
        if full is None:
            return None
        return full.expand(scores.shape).permute(order).reshape(*rest, length)

    log_degeneracy, mask = beside
    return (
        scores.permute(order).reshape(*rest, length),
        flat("log_degeneracy", log_degeneracy),
        flat("mask", mask),
        kept,
    )


def _take_beside(
    function: str, argument: str, value: Tensor | None, scores: Tensor
) -> Tensor | None:
    if value is None:
        return None
    if not isinstance(value, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"{function}: {argument} must be a tensor, got {type(value).__name__}")
    check_memory(function, argument, value, scores)
    if value.dtype.is_complex:
        raise TypeError(f"{function}: {argument} must be real, got {value.dtype}")
    if _broadcast(value, list(scores.shape)) is None:
        raise ValueError(
            f"{function}: {argument} of shape {tuple(value.shape)} does not broadcast to "
            f"{tuple(scores.shape)}"
        )
    return value


def _broadcast(tensor: Tensor, shape: list[int]) -> Tensor | None:
    missing = len(shape) - tensor.dim()
    if missing < 0:
        return None
    for have, want in zip(tensor.shape, shape[missing:], strict=True):
        if have not in (1, want):
            return None
    return tensor.expand(shape)
