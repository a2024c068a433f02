"""What losses compare scores with: checked, and as vmap and second derivatives need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from gibbs.torch._arguments import check_memory

if TYPE_CHECKING:
    from gibbs.torch._arguments import Number

_LABELS = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)


class Targets(NamedTuple):
    """What says how often each row counts; labels and sample weights keep `dim` with one entry."""

    values: Tensor
    class_weights: Tensor | None
    sample_weights: Number | None
    ignore_index: int
    dim: int


def take_targets(function: str, targets: Tensor, scores: Tensor, dim: int) -> Tensor:
    """Return labels with `dim` as one entry, or probabilities of the shape of the rows."""
    if not isinstance(targets, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"{function}: targets must be a tensor, got {type(targets).__name__}")
    check_memory(function, "targets", targets, scores)
    if targets.is_floating_point():
        rule, shape = "of floats must have the shape of scores", scores.shape
    elif targets.dtype in _LABELS:
        rule = "of integers must have the shape of the rows"
        shape = (*scores.shape[:dim], *scores.shape[dim + 1 :])
    else:
        raise TypeError(
            f"{function}: targets must be labels (int64 to int8, uint8) or probabilities "
            f"(floats), got {targets.dtype}"
        )
    if targets.shape != shape:
        raise ValueError(f"{function}: targets {rule}, {(*shape,)}, got {(*targets.shape,)}")
    is_row = targets.is_floating_point() and scores.dim() > 0
    return targets if is_row else targets.unsqueeze(dim)


def take_teacher_scores(function: str, teacher: Tensor, scores: Tensor, dim: int) -> Tensor:
    """Return scores like those of the student; `dim` changes nothing."""
    if not isinstance(teacher, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
        kind = type(teacher).__name__
        raise TypeError(f"{function}: teacher_scores must be a tensor, got {kind}")
    check_memory(function, "teacher_scores", teacher, scores)
    if teacher.dtype is not scores.dtype:
        raise TypeError(
            f"{function}: teacher_scores must be {scores.dtype} like scores, got {teacher.dtype}"
        )
    if teacher.shape != scores.shape:
        raise ValueError(
            f"{function}: teacher_scores must have the shape of scores, {(*scores.shape,)}, "
            f"got {(*teacher.shape,)}"
        )
    return teacher if scores.dim() else teacher.unsqueeze(0)


def take_class_weights(
    function: str, weights: Tensor | None, scores: Tensor, dim: int
) -> Tensor | None:
    """Return one number per class, or None."""
    if weights is None:
        return None
    if not isinstance(weights, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"{function}: class_weights must be a tensor, got {type(weights).__name__}")
    check_memory(function, "class_weights", weights, scores)
    if weights.dtype.is_complex:
        raise TypeError(f"{function}: class_weights must be real, got {weights.dtype}")
    classes = scores.shape[dim]
    if weights.shape != (classes,):
        raise ValueError(
            f"{function}: class_weights must be one per class, of shape ({classes},), "
            f"got {(*weights.shape,)}"
        )
    return weights


def row_weights(targets: Targets, scores: Tensor) -> Tensor:
    """Return how often each row counts in a mean, s_i w(y_i)."""
    values, class_weights, sample_weights, ignore_index, dim = targets
    if values.is_floating_point():
        weights = scores.new_ones(row_shape(scores, dim), dtype=torch.float64)
        if class_weights is not None:
            y = values.to(scores.dtype).double()
            weights = (_along(class_weights, dim, scores) * y).sum(dim, keepdim=True)
    else:
        kept = values != ignore_index
        weights = kept.double()
        if class_weights is not None:
            weights = weights * class_weights[torch.where(kept, values, 0).long()]
    if sample_weights is not None:
        weights = weights * sample_weights
    return weights.expand(row_shape(scores, dim))


def row_shape(scores: Tensor, dim: int) -> list[int]:
    """Return the shape of one number per row, with `dim` as one entry."""
    shape = list(scores.shape)
    shape[dim] = 1
    return shape


def _along(weights: Tensor, dim: int, like: Tensor) -> Tensor:
    return weights.reshape(-1, *[1] * (like.dim() - dim - 1))


def weighed(
    targets: Targets, label_smoothing: float, present: Tensor, dtype: torch.dtype
) -> tuple[Tensor, Tensor]:
    """Return y after smoothing and class weights, 0 where no state is, and its row's weight."""
    dim, class_weights = targets.dim, targets.class_weights
    y, weight = _dense(targets, present, dtype)
    if label_smoothing > 0:
        share = label_smoothing / present.sum(dim, keepdim=True).clamp(min=1).to(dtype)
        y = (1 - label_smoothing) * y + torch.where(present, share, 0.0)
    if class_weights is not None:
        y = y * _along(class_weights.to(dtype), dim, present)
        total = y.sum(dim, keepdim=True)
        y, weight = y / torch.where(total == 0, 1.0, total), weight * total
    if targets.sample_weights is not None:
        weight = weight * targets.sample_weights
    return torch.where(present, y, 0.0), weight.to(dtype)


def _dense(targets: Targets, present: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    values, dim, rows = targets.values, targets.dim, row_shape(present, targets.dim)
    if values.is_floating_point():
        return values.to(dtype).expand(present.shape), present.new_ones(rows, dtype=dtype)
    kept = (values != targets.ignore_index).expand(rows)
    classes = torch.arange(present.shape[dim], device=present.device)
    y = _along(classes, dim, present) == values
    return y.to(dtype), kept.to(dtype)
