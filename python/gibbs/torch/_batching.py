"""vmap: the batch becomes the first dimension of one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

Dims = tuple[int | None, ...]


def _in_front(tensor: Tensor | None, batch_dim: int | None, ndim: int) -> Tensor | None:
    """Move the batch to the front, and align what follows with the last of `ndim` dimensions."""
    if tensor is None or batch_dim is None:
        return tensor
    moved = tensor.movedim(batch_dim, 0)
    missing = ndim + 1 - moved.dim()
    return moved.reshape(moved.shape[0], *[1] * missing, *moved.shape[1:])


def _full(tensor: Tensor, batch_dim: int | None, size: int) -> Tensor:
    if batch_dim is None:
        return tensor.expand(size, *tensor.shape)
    return tensor.movedim(batch_dim, 0)


def batched(op: Callable[..., Any], tensors: int, full: int) -> Callable[..., Any]:
    """Return the vmap rule of an operator of `tensors` tensors, the dimension, and others.

    The first `full` tensors have the full shape; the rest broadcast to it.
    """

    def rule(info: Any, in_dims: Dims, *args: Any) -> tuple[Any, Any]:
        given = list(zip(args[:tensors], in_dims[:tensors], strict=True))
        first, first_dim = given[0]
        ndim = first.dim() - (first_dim is not None)
        wide = [_full(tensor, dim, info.batch_size) for tensor, dim in given[:full]]
        beside = [_in_front(tensor, dim, ndim) for tensor, dim in given[full:]]
        dim, *others = args[tensors:]
        result = op(*wide, *beside, dim + 1, *others)
        if isinstance(result, Tensor):
            return result, 0
        # What was not wanted is empty and has no batch.
        return result, tuple(0 if part.dim() > 1 else None for part in result)

    return rule
