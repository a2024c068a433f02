"""The derivatives of each operator, reverse and forward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from gibbs.torch import _jacobians
from gibbs.torch._autograd import Rule, call, forward_of, jvp_of, save, saved, tangent_of
from gibbs.torch._direct import as_tensor
from gibbs.torch._jacobians import ALPHA, LOG_DEGENERACY, TEMPERATURE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gibbs.torch._arguments import Number

_ops: Any = torch.ops
_vjp: Any = torch.func.vjp


def reduced(grad: Any, like: Any, needed: bool) -> Tensor | None:
    """Sum the gradient over what `like` was broadcast over."""
    return grad.sum_to_size(like.shape).to(like.dtype) if needed else None


def _wanted(temperature: bool, log_degeneracy: bool, alpha: bool = False) -> int:
    return TEMPERATURE * temperature + LOG_DEGENERACY * log_degeneracy + ALPHA * alpha


def _pull_back(
    ctx: Any, formula: Callable[..., Any], cotangents: tuple[Tensor, ...]
) -> list[Tensor | None]:
    """Return the gradients of a closed form for those of its tensors that need one."""
    tensors = ctx.saved_tensors
    needed = [i for i in range(len(tensors)) if ctx.needs_input_grad[i]]

    def of_needed(*chosen: Tensor) -> Any:
        args = [*tensors, *ctx.settings]
        for i, tensor in zip(needed, chosen, strict=True):
            args[i] = tensor
        return formula(*args)

    _, pull = _vjp(of_needed, *(tensors[i] for i in needed))
    grads: list[Tensor | None] = [None] * len(tensors)
    for i, grad in zip(needed, pull(cotangents), strict=True):
        grads[i] = grad
    return grads


def sum_of(a: Tensor | None, b: Tensor | None) -> Tensor | None:
    return b if a is None else a if b is None else a + b


def varies(value: Any) -> bool:
    """Tell whether a derivative is wanted for an argument."""
    if not isinstance(value, Tensor) or not value.is_floating_point():
        return False
    return value.requires_grad or tangent_of(value) is not None


def entmax_tangent(saved: Sequence[Any], dim: int, tangents: Sequence[Any]) -> Any:
    """Return the tangent of p, of (p, alpha, temperature, log_g) and their tangents."""
    p, alpha, temperature, log_g = saved
    d_scores, *others = tangents[:4]
    d = None
    if d_scores is not None:
        d = _ops.gibbs.entmax_vjp(p, d_scores, alpha, temperature, log_g, dim, 0)[0]
    if any(tangent is not None for tangent in others):
        rest = _jacobians.entmax_tangent(p, alpha, temperature, log_g, dim, *others)
        d = sum_of(d, rest)
    return d


class Entmax(Rule):
    """p; its derivative is symmetric, so one operator serves both modes."""

    operator = "entmax"
    forward = forward_of(operator)
    jvp = jvp_of(entmax_tangent)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        _, alpha, temperature, log_degeneracy, _, ctx.dim, *_ = inputs
        save(ctx, output, alpha, temperature, log_degeneracy)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        p, alpha, temperature, log_g = saved(ctx)
        _, by_alpha, by_temperature, by_log_g, *_ = ctx.needs_input_grad
        grad, grad_temperature, grad_log_g, grad_alpha = call(
            ctx, "entmax_vjp", p, grads[0], alpha, temperature, log_g, ctx.dim,
            _wanted(by_temperature, by_log_g, by_alpha),
        )  # fmt: skip
        return (
            grad,
            reduced(grad_alpha, alpha, by_alpha),
            reduced(grad_temperature, temperature, by_temperature),
            reduced(grad_log_g, log_g, by_log_g),
            *[None] * (len(ctx.needs_input_grad) - 4),
        )


class Vjp(Rule):
    """The derivative of a map; its own derivatives are those of the closed form."""

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        # The tensors end at dim.
        tensors = next(i for i, given in enumerate(inputs) if isinstance(given, int))
        ctx.settings = inputs[tensors:]
        ctx.save_for_backward(*inputs[:tensors])


def backward_of(formula: Callable[..., Any]) -> Any:
    """Return the backward of a derivative."""

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        return *_pull_back(ctx, formula, grads), *[None] * len(ctx.settings)

    return backward


class EntmaxVjp(Vjp):
    """The derivative of entmax."""

    operator = "entmax_vjp"
    forward = forward_of(operator)
    formula = staticmethod(_jacobians.entmax_vjp)
    backward = backward_of(_jacobians.entmax_vjp)


def _log_softmax_tangent(saved: Sequence[Any], dim: int, tangents: Sequence[Any]) -> Any:
    log_p, temperature, log_g = saved
    return _jacobians.log_softmax_tangent(log_p, temperature, log_g, dim, *tangents[:3])


class LogSoftmax(Rule):
    """log p."""

    operator = "log_softmax"
    forward = forward_of(operator)
    jvp = jvp_of(_log_softmax_tangent)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        _, temperature, log_degeneracy, _, ctx.dim = inputs
        save(ctx, output, temperature, log_degeneracy)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        log_p, temperature, log_g = saved(ctx)
        _, by_temperature, by_log_g, *_ = ctx.needs_input_grad
        grad, grad_temperature, grad_log_g = call(
            ctx, "log_softmax_vjp", log_p, grads[0], temperature, log_g, ctx.dim,
            _wanted(by_temperature, by_log_g),
        )  # fmt: skip
        return (
            grad,
            reduced(grad_temperature, temperature, by_temperature),
            reduced(grad_log_g, log_g, by_log_g),
            None,
            None,
        )


class LogSoftmaxVjp(Vjp):
    """The derivative of log_softmax."""

    operator = "log_softmax_vjp"
    forward = forward_of(operator)
    formula = staticmethod(_jacobians.log_softmax_vjp)
    backward = backward_of(_jacobians.log_softmax_vjp)


def _log_z_tangent(saved: Sequence[Any], dim: int, tangents: Sequence[Any]) -> Any:
    scores, temperature, log_g, mask = saved
    x = scores.to(_jacobians.working_dtype(scores.dtype))
    p = _ops.gibbs.softmax(x, temperature, log_g, mask, dim)
    inverse, p_x = _inverse(temperature, p), _expectation(p, x, dim)
    d_scores, d_temperature, d_log_g = tangents[:3]
    d = torch.zeros_like(p_x)
    if d_scores is not None:
        d = d + _expectation(p, d_scores, dim) * inverse
    if d_temperature is not None:
        d = d - p_x * inverse.square() * d_temperature
    if d_log_g is not None:
        d = d + _expectation(p, d_log_g, dim)
    return d.to(scores.dtype)


class LogSumExp(Rule):
    """log Z; its derivative is softmax."""

    operator = "logsumexp"
    forward = forward_of(operator)
    jvp = jvp_of(_log_z_tangent)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        *given, ctx.dim = inputs
        save(ctx, *given)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        scores, temperature, log_g, mask = saved(ctx)
        _, by_temperature, by_log_g, *_ = ctx.needs_input_grad
        x = scores.to(_jacobians.working_dtype(scores.dtype))
        p = call(ctx, "entmax", x, 1.0, temperature, log_g, mask, ctx.dim, "softmax")
        inverse = _inverse(temperature, p)
        weighted = grads[0].to(p.dtype) * p
        grad_temperature = None
        if by_temperature:
            by_t = -grads[0] * _expectation(p, x, ctx.dim) * inverse.square()
            grad_temperature = reduced(by_t, temperature, by_temperature)
        return (
            (weighted * inverse).to(scores.dtype),
            grad_temperature,
            reduced(weighted, log_g, by_log_g),
            None,
            None,
        )


def _inverse(temperature: Number, like: Tensor) -> Tensor:
    return _jacobians.inverse_temperature(as_tensor(temperature, like).to(like.dtype))


def _expectation(p: Tensor, of: Tensor, dim: int) -> Tensor:
    return (p * torch.where(p == 0, 0.0, of.to(p.dtype))).sum(dim, keepdim=True)


MAPS = (Entmax, LogSoftmax, LogSumExp)
RULES = (*MAPS, EntmaxVjp, LogSoftmaxVjp)
