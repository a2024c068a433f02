"""Whose noise a draw gets: seeds given, or taken from PyTorch's default generator."""

from __future__ import annotations

import torch
from torch import Tensor

from gibbs.torch._arguments import check_memory
from gibbs.torch._sampling_kernels import BITS

_LOW, _HIGH = -(2**63), 2**63


def signed(function: str, argument: str, bits: int) -> int:
    """Return 64 bits as PyTorch's int64 has them."""
    if not isinstance(bits, int):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"{function}: {argument} must be an integer, got {type(bits).__name__}")
    if not 0 <= bits <= BITS:
        raise ValueError(f"{function}: {argument} must lie between 0 and 2^64 - 1, got {bits}")
    return bits - (BITS + 1) if bits >= _HIGH else bits


def take_seed(function: str, seed: int | None) -> Tensor:
    """Return the seed as a tensor; None: 64 bits that torch.manual_seed governs."""
    if seed is None:
        return torch.randint(_LOW, _HIGH - 1, (), dtype=torch.int64)
    return torch.full((), signed(function, "seed", seed), dtype=torch.int64)


def take_noise(function: str, stream: int, first_row: int, draw: int) -> list[int]:
    """Return (stream, first_row, first_category, draw) as the operators of relaxed draws do."""
    named = {"stream": stream, "first_row": first_row, "draw": draw}
    stream, first_row, draw = (signed(function, name, bits) for name, bits in named.items())
    return [stream, first_row, 0, draw]


def seed_of(function: str, seed: int | None) -> int:
    """Return the seed as a number."""
    if seed is None:
        return int(take_seed(function, None).item()) & BITS
    signed(function, "seed", seed)
    return seed


def take_row_ids(function: str, row_ids: Tensor | None, scores: Tensor, dim: int) -> Tensor | None:
    """Return the ids as they broadcast over the rows, `dim` kept with one entry."""
    if row_ids is None:
        return None
    if not isinstance(row_ids, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"{function}: row_ids must be a tensor, got {type(row_ids).__name__}")
    if row_ids.is_floating_point() or row_ids.is_complex() or row_ids.dtype is torch.bool:
        raise TypeError(f"{function}: row_ids must be integers, got {row_ids.dtype}")
    check_memory(function, "row_ids", row_ids, scores)
    return row_ids if row_ids.dim() in (0, scores.dim()) else row_ids.unsqueeze(dim)
