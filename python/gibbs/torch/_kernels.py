"""The operators on the memory of CPU tensors, and the shapes of what they return."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gibbs import _core
from gibbs.torch._jacobians import ALPHA, LOG_DEGENERACY, TEMPERATURE, working_dtype

_BITS = (
    (TEMPERATURE, _core.WANTS_TEMPERATURE),
    (LOG_DEGENERACY, _core.WANTS_LOG_DEGENERACY),
    (ALPHA, _core.WANTS_ALPHA),
)


def _array(tensor: Tensor) -> Any:
    """View a tensor as the extension takes it: NumPy has no bfloat16, DLPack has."""
    tensor = tensor.detach()
    return tensor if tensor.dtype is torch.bfloat16 else tensor.numpy()


def _tensor(result: Any, shape: list[int] | torch.Size, dtype: torch.dtype) -> Tensor:
    """Return what the extension allocated, contiguous."""
    return torch.as_tensor(result, dtype=dtype).reshape(shape).contiguous()


def _numbers(values: Tensor, like: Tensor, dim: int) -> Any:
    """Return one number, or one number per row."""
    values = values.detach()
    return values.item() if values.dim() == 0 else values.expand(_rows(like, dim)).double().numpy()


def _rows(like: Tensor, dim: int) -> list[int]:
    shape = list(like.shape)
    shape[dim] = 1
    return shape


def _side(tensor: Tensor | None, dtype: torch.dtype) -> Any:
    return None if tensor is None else tensor.detach().to(dtype).numpy()


def _new_like(tensor: Tensor) -> Tensor:
    return torch.empty_like(tensor, memory_format=torch.contiguous_format)


def _bits(wanted: int) -> int:
    return sum(theirs for ours, theirs in _BITS if wanted & ours)


def entmax(
    scores: Tensor,
    alpha: Tensor,
    temperature: Tensor,
    log_degeneracy: Tensor | None,
    mask: Tensor | None,
    dim: int,
    function: str,
) -> Tensor:
    """Return p."""
    p = _new_like(scores)
    _core.entmax(
        function,
        _array(scores),
        _numbers(alpha, scores, dim),
        dim,
        _numbers(temperature, scores, dim),
        _side(log_degeneracy, working_dtype(scores.dtype)),
        _side(mask, torch.bool),
        _array(p),
        False,
    )
    return p


def entmax_shape(scores: Tensor, *_: object) -> Tensor:
    """Return p without its numbers."""
    return _new_like(scores)


def log_softmax(
    scores: Tensor,
    temperature: Tensor,
    log_degeneracy: Tensor | None,
    mask: Tensor | None,
    dim: int,
) -> Tensor:
    """Return log p."""
    log_p = _new_like(scores)
    _core.log_softmax(
        _array(scores),
        dim,
        _numbers(temperature, scores, dim),
        _side(log_degeneracy, working_dtype(scores.dtype)),
        _side(mask, torch.bool),
        _array(log_p),
    )
    return log_p


def logsumexp(
    scores: Tensor,
    temperature: Tensor,
    log_degeneracy: Tensor | None,
    mask: Tensor | None,
    dim: int,
) -> Tensor:
    """Return log Z per row; `dim` is kept with one entry."""
    log_z = _core.log_sum_exp(
        _array(scores),
        dim,
        _numbers(temperature, scores, dim),
        _side(log_degeneracy, working_dtype(scores.dtype)),
        _side(mask, torch.bool),
        True,
    )
    return _tensor(log_z, _rows(scores, dim), scores.dtype)


def logsumexp_shape(
    scores: Tensor,
    temperature: Tensor,
    log_degeneracy: Tensor | None,
    mask: Tensor | None,
    dim: int,
) -> Tensor:
    """Return log Z without its numbers."""
    return scores.new_empty(_rows(scores, dim))


def entmax_and_log_partition(scores: Tensor, alpha: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    """Return p and the optimal value of its problem at T = 1, g = 1."""
    p, log_z, *_ = _core.details(_array(scores), _numbers(alpha, scores, dim), dim, 1.0, None, None)
    rows = _rows(scores, dim)
    return _tensor(p, scores.shape, scores.dtype), _tensor(log_z, rows, scores.dtype)


def entmax_and_log_partition_shape(
    scores: Tensor, alpha: Tensor, dim: int
) -> tuple[Tensor, Tensor]:
    """Return the same without their numbers."""
    return _new_like(scores), scores.new_empty(_rows(scores, dim))


def entmax_vjp(
    p: Tensor,
    upstream: Tensor,
    alpha: Tensor,
    temperature: Tensor,
    log_degeneracy: Tensor | None,
    dim: int,
    wanted: int,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the gradients for scores, temperature, log_degeneracy and alpha."""
    dtype = working_dtype(p.dtype)
    grad, *others = _core.entmax_vjp(
        "entmax_vjp",
        _array(p),
        _array(upstream),
        _numbers(alpha, p, dim),
        dim,
        _numbers(temperature, p, dim),
        _side(log_degeneracy, dtype),
        _bits(wanted),
    )
    shapes = (_rows(p, dim), p.shape, _rows(p, dim))
    extras = (_extra(given, shape, dtype) for given, shape in zip(others, shapes, strict=True))
    return _tensor(grad, p.shape, p.dtype), *extras  # pyright: ignore[reportReturnType]


def entmax_vjp_shape(
    p: Tensor,
    upstream: Tensor,
    alpha: Tensor,
    temperature: Tensor,
    log_degeneracy: Tensor | None,
    dim: int,
    wanted: int,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the same without their numbers."""
    per_row = _rows(p, dim)
    return (
        _new_like(p),
        _extra_shape(p, per_row, wanted & TEMPERATURE),
        _extra_shape(p, p.shape, wanted & LOG_DEGENERACY),
        _extra_shape(p, per_row, wanted & ALPHA),
    )


def log_softmax_vjp(
    log_p: Tensor,
    upstream: Tensor,
    temperature: Tensor,
    log_degeneracy: Tensor | None,
    dim: int,
    wanted: int,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients for scores, temperature and log_degeneracy."""
    dtype = working_dtype(log_p.dtype)
    grad, grad_temperature, grad_log_g, _ = _core.log_softmax_vjp(
        "log_softmax_vjp",
        _array(log_p),
        _array(upstream),
        1.0,
        dim,
        _numbers(temperature, log_p, dim),
        _side(log_degeneracy, dtype),
        _bits(wanted),
    )
    return (
        _tensor(grad, log_p.shape, log_p.dtype),
        _extra(grad_temperature, _rows(log_p, dim), dtype),
        _extra(grad_log_g, log_p.shape, dtype),
    )


def log_softmax_vjp_shape(
    log_p: Tensor,
    upstream: Tensor,
    temperature: Tensor,
    log_degeneracy: Tensor | None,
    dim: int,
    wanted: int,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the same without their numbers."""
    return (
        _new_like(log_p),
        _extra_shape(log_p, _rows(log_p, dim), wanted & TEMPERATURE),
        _extra_shape(log_p, log_p.shape, wanted & LOG_DEGENERACY),
    )


def _extra(given: Any, shape: list[int] | torch.Size, dtype: torch.dtype) -> Tensor:
    return torch.empty(0, dtype=dtype) if given is None else _tensor(given, shape, dtype)


def _extra_shape(like: Tensor, shape: list[int] | torch.Size, wanted: int) -> Tensor:
    return like.new_empty(shape if wanted else [0], dtype=working_dtype(like.dtype))
