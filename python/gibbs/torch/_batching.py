"""vmap: the batch becomes the first dimension of one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gibbs.torch._jacobians import UNSCALED
from gibbs.torch._targets import Targets, row_weights

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


def _moved(info: Any, in_dims: Dims, args: tuple[Any, ...], tensors: int, full: int) -> list[Any]:
    given = list(zip(args[:tensors], in_dims[:tensors], strict=True))
    first, first_dim = given[0]
    ndim = first.dim() - (first_dim is not None)
    wide = [_full(tensor, dim, info.batch_size) for tensor, dim in given[:full]]
    beside = [_in_front(tensor, dim, ndim) for tensor, dim in given[full:]]
    dim, *others = args[tensors:]
    return [*wide, *beside, dim + 1, *others]


def batched(op: Callable[..., Any], tensors: int, full: int) -> Callable[..., Any]:
    """Return the vmap rule of an operator of `tensors` tensors, the dimension, and others.

    The first `full` tensors have the full shape; the rest broadcast to it.
    """

    def rule(info: Any, in_dims: Dims, *args: Any) -> tuple[Any, Any]:
        result = op(*_moved(info, in_dims, args, tensors, full))
        if isinstance(result, Tensor):
            return result, 0
        # What was not wanted is empty and has no batch.
        return result, tuple(0 if part.dim() > 1 else None for part in result)

    return rule


def batched_loss(op: Callable[..., Any], tensors: int, full: int) -> Callable[..., Any]:
    """Return the vmap rule of the operator of losses: those of all rows, then reduced."""

    def rule(info: Any, in_dims: Dims, *args: Any) -> tuple[Any, Any]:
        if any(isinstance(batch_dim, int) for batch_dim in in_dims[tensors:]):
            raise NotImplementedError(f"{args[-2]}: vmap must not run over class_weights")
        *given, reduction, function, wanted = _moved(info, in_dims, args, tensors, full)
        losses, share, *gradients = op(*given, "none", function, wanted)
        share_dim = None
        if reduction == "mean":
            share, share_dim = _share_of_a_row(given, losses), 0
            if not wanted & UNSCALED:
                gradients = [_times_share(gradient, share) for gradient in gradients]
        if reduction != "none":
            sums = losses.unsqueeze(-1).flatten(1).sum(1, dtype=torch.float64)
            losses = torch.where(share == 0, 0.0, share * sums).to(losses.dtype)
        dims = (0 if part.dim() > 1 else None for part in gradients)
        return (losses, share, *gradients), (0, share_dim, *dims)

    return rule


def _times_share(gradient: Tensor, share: Tensor) -> Tensor:
    # What was not wanted is empty and has no batch.
    one_per_row = [-1, *[1] * (gradient.dim() - 1)]
    return gradient * share.view(one_per_row) if gradient.dim() > 1 else gradient


def _share_of_a_row(given: list[Any], like: Tensor) -> Tensor:
    """Return 1 over the weight that counts in each mean, and 0 where nothing does."""
    scores, targets, *_, sample_weights, dim, class_weights, _, ignore_index = given
    weights = row_weights(
        Targets(targets, class_weights, sample_weights, ignore_index, dim), scores
    )
    total = weights.unsqueeze(-1).flatten(1).sum(1)
    share = torch.where(total == 0, 0.0, 1 / torch.where(total == 0, 1.0, total))
    return share.to(like.dtype)
