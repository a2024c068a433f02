"""The operator of the losses on the memory of CPU tensors, and the shapes of what it returns."""

# What every kernel needs to read tensors is shared with `_kernels`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from gibbs import _core
from gibbs.torch._jacobians import SCORES, UNSCALED, working_dtype
from gibbs.torch._kernels import (
    Gradients,
    _array,
    _extras,
    _gradient_shapes,
    _numbers,
    _settings,
    _tensor,
    _working,
)

if TYPE_CHECKING:
    from torch import Tensor

    from gibbs.torch._arguments import Number


def loss(
    scores: Tensor,
    targets: Tensor,
    alpha: Number,
    temperature: Number,
    log_degeneracy: Tensor | None,
    mask: Tensor | None,
    sample_weights: Number | None,
    dim: int,
    class_weights: Tensor | None,
    strengths: list[float],
    ignore_index: int,
    reduction: str,
    function: str,
    wanted: int,
) -> Gradients:
    """Return the loss, the share that a row has in it, and the gradients that are wanted.

    `function` says which loss: that of a map, unless it is named below. Labels keep `dim` with one
    entry; `strengths` are label_smoothing and z_loss, of the hinge the cost, else empty.
    """
    settings = _settings(scores, temperature, log_degeneracy, mask, dim)
    _, heat, log_g, present = settings
    weights = None if sample_weights is None else _numbers(sample_weights, scores, dim)
    compared = _array(scores), _targets(targets, scores, dim)
    how = reduction, wanted
    of_scores: dict[str, tuple[Any, ...]] = {
        "one_versus_all_loss": (dim, heat, present, weights, ignore_index),
        "hinge_loss": (*strengths, dim, present, weights, ignore_index),
        "squared_loss": (dim, present, weights, ignore_index),
        "distillation_loss": (dim, heat, log_g, present, weights),
    }
    if function in of_scores:
        results = getattr(_core, function)(*compared, *of_scores[function], *how)
    else:
        core = _core.cross_entropy if function == "cross_entropy" else _core.fenchel_young_loss
        label_smoothing, z_loss = strengths
        results = core(
            function, *compared, _numbers(alpha, scores, dim), *settings,
            _working(class_weights, scores), weights, label_smoothing, ignore_index, z_loss, *how,
        )  # fmt: skip
    return _as_tensors(results, scores, dim, reduction, wanted)


def _as_tensors(
    results: _core.LossResults, like: Tensor, dim: int, reduction: str, wanted: int
) -> Gradients:
    found, grad, *others, _, _, share = results
    dtype = working_dtype(like.dtype)
    return (
        torch.scalar_tensor(found, dtype=dtype) if reduction != "none" else _tensor(found, dtype),
        torch.scalar_tensor(share, dtype=dtype),
        None if grad is None else _tensor(grad, like.dtype),
        *(_extras(others, like, dim) if wanted & ~(SCORES | UNSCALED) else others),
    )


def loss_shape(scores: Tensor, *args: Any) -> tuple[Tensor, ...]:
    """Return the same without their numbers."""
    dim, reduction, wanted = args[6], args[-3], args[-1]
    rows, dtype = list(scores.shape), working_dtype(scores.dtype)
    del rows[dim]
    grad, *others = _gradient_shapes(scores, dim, wanted)
    return (
        scores.new_empty(rows if reduction == "none" else [], dtype=dtype),
        scores.new_empty([], dtype=dtype),
        grad if wanted & SCORES else scores.new_empty(0, dtype=dtype),
        *others,
    )


def _targets(targets: Tensor, like: Tensor, dim: int) -> Any:
    shape = list(like.shape)
    if targets.is_floating_point():
        return _array(targets.detach().to(like.dtype).expand(shape))
    shape[dim] = 1
    if list(targets.shape) != shape:
        targets = targets.expand(shape)
    del shape[dim]
    return targets.numpy().reshape(shape)
