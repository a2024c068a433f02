"""The operators on the memory of CPU tensors, and the shapes of what they return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from numpy import ndarray
from torch import Tensor

from gibbs import _core
from gibbs.torch._jacobians import ALPHA, LOG_DEGENERACY, TEMPERATURE, working_dtype

if TYPE_CHECKING:
    from gibbs.torch._arguments import Number

Gradients: TypeAlias = tuple[Tensor | None, ...]


def _array(tensor: Tensor) -> Any:
    """View a tensor as the extension takes it: NumPy has no bfloat16, DLPack has."""
    if tensor.requires_grad:
        tensor = tensor.detach()
    return tensor if tensor.dtype is torch.bfloat16 else tensor.numpy()


def _tensor(result: Any, dtype: torch.dtype) -> Tensor:
    """Return what the extension allocated, contiguous."""
    tensor = torch.from_numpy(result) if isinstance(result, ndarray) else torch.as_tensor(result)
    return (tensor if tensor.dtype is dtype else tensor.to(dtype)).contiguous()


def _per_row(result: Any, like: Tensor, dim: int, dtype: torch.dtype) -> Tensor:
    return _tensor(result, dtype).reshape(_rows(like, dim))


def _numbers(values: Number, like: Tensor, dim: int) -> Any:
    """Return one number, or one number per row."""
    if not isinstance(values, Tensor):
        return values
    values = values.detach()
    return values.item() if values.dim() == 0 else values.expand(_rows(like, dim)).double().numpy()


def _rows(like: Tensor, dim: int) -> list[int]:
    shape = list(like.shape)
    shape[dim] = 1
    return shape


def _working(tensor: Tensor | None, like: Tensor) -> Any:
    """Return what is read in the dtype of the computation: log_degeneracy, weights."""
    if tensor is None:
        return None
    return tensor.detach().to(working_dtype(like.dtype)).numpy()


def _settings(
    like: Tensor, temperature: Number, log_degeneracy: Tensor | None, mask: Tensor | None, dim: int
) -> tuple[Any, Any, Any, Any]:
    """Return what every map is called with beside the scores, in the order of the extension."""
    return (
        dim,
        _numbers(temperature, like, dim),
        _working(log_degeneracy, like),
        None if mask is None else mask.to(torch.bool).numpy(),
    )


def _new_like(tensor: Tensor) -> Tensor:
    return torch.empty_like(tensor, memory_format=torch.contiguous_format)


def entmax(
    scores: Tensor,
    alpha: Number,
    temperature: Number,
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
        *_settings(scores, temperature, log_degeneracy, mask, dim),
        _array(p),
        False,
    )
    return p


def entmax_shape(scores: Tensor, *_: object) -> Tensor:
    """Return p without its numbers."""
    return _new_like(scores)


def log_softmax(
    scores: Tensor,
    temperature: Number,
    log_degeneracy: Tensor | None,
    mask: Tensor | None,
    dim: int,
) -> Tensor:
    """Return log p."""
    log_p = _new_like(scores)
    settings = _settings(scores, temperature, log_degeneracy, mask, dim)
    _core.log_softmax(_array(scores), *settings, _array(log_p))
    return log_p


def logsumexp(
    scores: Tensor,
    temperature: Number,
    log_degeneracy: Tensor | None,
    mask: Tensor | None,
    dim: int,
) -> Tensor:
    """Return log Z per row; `dim` is kept with one entry."""
    settings = _settings(scores, temperature, log_degeneracy, mask, dim)
    log_z = _core.log_sum_exp(_array(scores), *settings, True)
    return _per_row(log_z, scores, dim, scores.dtype)


def logsumexp_shape(
    scores: Tensor,
    temperature: Tensor,
    log_degeneracy: Tensor | None,
    mask: Tensor | None,
    dim: int,
) -> Tensor:
    """Return log Z without its numbers."""
    return scores.new_empty(_rows(scores, dim))


def entmax_vjp(
    p: Tensor,
    upstream: Tensor,
    alpha: Number,
    temperature: Number,
    log_degeneracy: Tensor | None,
    dim: int,
    wanted: int,
) -> Gradients:
    """Return the gradients for scores, temperature, log_degeneracy and alpha, where wanted."""
    index = _numbers(alpha, p, dim)
    return _gradients(
        _core.entmax_vjp, "entmax_vjp",
        p, upstream, index, temperature, log_degeneracy, dim, wanted,
    )  # fmt: skip


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
    return _gradient_shapes(p, dim, wanted)


def log_softmax_vjp(
    log_p: Tensor,
    upstream: Tensor,
    temperature: Number,
    log_degeneracy: Tensor | None,
    dim: int,
    wanted: int,
) -> Gradients:
    """Return the gradients for scores, temperature and log_degeneracy, where wanted."""
    return _gradients(
        _core.log_softmax_vjp, "log_softmax_vjp",
        log_p, upstream, 1.0, temperature, log_degeneracy, dim, wanted,
    )[:3]  # fmt: skip


def log_softmax_vjp_shape(
    log_p: Tensor,
    upstream: Tensor,
    temperature: Tensor,
    log_degeneracy: Tensor | None,
    dim: int,
    wanted: int,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the same without their numbers."""
    return _gradient_shapes(log_p, dim, wanted)[:3]


def _gradients(
    core: _core.Vjp,
    function: str,
    given: Tensor,
    upstream: Tensor,
    alpha: Any,
    temperature: Number,
    log_degeneracy: Tensor | None,
    dim: int,
    wanted: int,
) -> Gradients:
    number, log_g = _numbers(temperature, given, dim), _working(log_degeneracy, given)
    grad, *others = core(
        function, _array(given), _array(upstream), alpha, dim, number, log_g, wanted
    )
    return _tensor(grad, given.dtype), *(_extras(others, given, dim) if wanted else (None,) * 3)


def _extras(results: list[Any], like: Tensor, dim: int) -> list[Tensor | None]:
    dtype, rows = working_dtype(like.dtype), _rows(like, dim)
    shapes = (rows, like.shape, rows)
    return [
        None if result is None else _tensor(result, dtype).reshape(shape)
        for result, shape in zip(results, shapes, strict=True)
    ]


def _gradient_shapes(given: Tensor, dim: int, wanted: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    rows = _rows(given, dim)
    return (
        _new_like(given),
        _extra_shape(given, rows, wanted & TEMPERATURE),
        _extra_shape(given, given.shape, wanted & LOG_DEGENERACY),
        _extra_shape(given, rows, wanted & ALPHA),
    )


def _extra_shape(like: Tensor, shape: list[int] | torch.Size, wanted: int) -> Tensor:
    return like.new_empty(shape if wanted else [0], dtype=working_dtype(like.dtype))
