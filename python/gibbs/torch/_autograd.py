"""Derivatives of the operators, reverse and forward.

They are attached at the operators' Autograd key, below the transforms of torch.func: so one rule
serves backward, torch.func.grad, jvp, their nestings, and the tracing of torch.compile.
torch.library.register_autograd offers neither forward mode nor torch.func; hence the single-level
functions that torch.func itself is made of, whose names are private (seen in PyTorch 2.5 to 2.15).
"""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch._functorch.utils import enable_single_level_autograd_function
from torch.autograd.forward_ad import _set_fwd_grad_enabled, unpack_dual
from torch.autograd.function import _SingleLevelFunction

from gibbs.torch import _jacobians
from gibbs.torch._jacobians import ALPHA, LOG_DEGENERACY, TEMPERATURE

if TYPE_CHECKING:
    from collections.abc import Callable

_ops: Any = torch.ops


def attach(library: torch.library.Library) -> None:
    """Give every operator its derivatives."""
    rules = (Entmax, EntmaxVjp, LogSoftmax, LogSoftmaxVjp, LogSumExp, EntmaxAndLogPartition)
    for rule in rules:
        library.impl(rule.operator, _differentiable(rule), "Autograd")


def _differentiable(rule: type[_Rule]) -> Callable[..., Any]:
    def kernel(*args: Any) -> Any:
        tensors = [arg for arg in args if isinstance(arg, Tensor)]
        is_dual = any(unpack_dual(tensor).tangent is not None for tensor in tensors)
        if is_dual and rule.formula is not None:
            return rule.formula(*args)
        if is_dual or (torch.is_grad_enabled() and any(t.requires_grad for t in tensors)):
            with enable_single_level_autograd_function():
                return rule.apply(*args)
        return _call_below(rule.operator, *args)

    return kernel


def _call_below(operator: str, *args: Any) -> Any:
    with torch._C._AutoDispatchBelowAutograd():
        return getattr(_ops.gibbs, operator)(*args)


class _Rule(_SingleLevelFunction):
    operator: str
    # Differentiable by PyTorch itself, for forward mode; a rule without it has a jvp.
    formula: Callable[..., Any] | None = None


def _forward(operator: str) -> Any:
    @staticmethod
    def forward(*args: Any) -> Any:
        # A Function turns both off, and an outer level of torch.func may need them.
        with torch.enable_grad(), _set_fwd_grad_enabled(True):
            return _call_below(operator, *args)

    return forward


def _save(ctx: Any, *tensors: Tensor | None) -> None:
    ctx.save_for_backward(*tensors)
    ctx.save_for_forward(*tensors)


def _reduced(grad: Tensor, like: Tensor) -> Tensor:
    """Sum the gradient of what was broadcast."""
    return grad.sum_to_size(like.shape).to(like.dtype)


def _wanted(temperature: bool, log_degeneracy: bool, alpha: bool = False) -> int:
    return TEMPERATURE * temperature + LOG_DEGENERACY * log_degeneracy + ALPHA * alpha


def _pull_back(
    ctx: Any, formula: Callable[..., Any], tensors: tuple[Any, ...], cotangents: tuple[Tensor, ...]
) -> list[Tensor | None]:
    """Return the gradients of a formula for those of its tensors that need one."""
    needed = [i for i in range(len(tensors)) if ctx.needs_input_grad[i]]

    def of_needed(*chosen: Tensor) -> Any:
        args = list(tensors)
        for i, tensor in zip(needed, chosen, strict=True):
            args[i] = tensor
        return formula(*args)

    _, pull = torch.func.vjp(of_needed, *(tensors[i] for i in needed))
    grads: list[Tensor | None] = [None] * len(tensors)
    for i, grad in zip(needed, pull(cotangents), strict=True):
        grads[i] = grad
    return grads


class Entmax(_Rule):
    """p; its derivative is symmetric, so one operator serves both modes."""

    operator = "entmax"
    forward = _forward(operator)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        _, alpha, temperature, log_degeneracy, _, ctx.dim, _ = inputs
        _save(ctx, output, alpha, temperature, log_degeneracy)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        p, alpha, temperature, log_g = ctx.saved_tensors
        _, by_alpha, by_temperature, by_log_g, *_ = ctx.needs_input_grad
        grad, grad_temperature, grad_log_g, grad_alpha = _ops.gibbs.entmax_vjp(
            p, grads[0], alpha, temperature, log_g, ctx.dim,
            _wanted(by_temperature, by_log_g, by_alpha),
        )  # fmt: skip
        return (
            grad,
            _reduced(grad_alpha, alpha) if by_alpha else None,
            _reduced(grad_temperature, temperature) if by_temperature else None,
            _reduced(grad_log_g, log_g) if by_log_g else None,
            None,
            None,
            None,
        )

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        p, alpha, temperature, log_g = ctx.saved_tensors
        d_scores, *others = tangents[:4]
        d = None
        if d_scores is not None:
            d = _ops.gibbs.entmax_vjp(p, d_scores, alpha, temperature, log_g, ctx.dim, 0)[0]
        if any(tangent is not None for tangent in others):
            rest = _jacobians.entmax_tangent(p, alpha, temperature, log_g, ctx.dim, (*others,))
            d = rest if d is None else d + rest
        return d


class EntmaxVjp(_Rule):
    """The derivative of entmax; its own derivatives are those of the closed form."""

    operator = "entmax_vjp"
    forward = _forward(operator)
    formula = staticmethod(_jacobians.entmax_vjp)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        *tensors, ctx.dim, ctx.wanted = inputs
        ctx.save_for_backward(*tensors)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        def formula(*tensors: Any) -> Any:
            return _jacobians.entmax_vjp(*tensors, ctx.dim, ctx.wanted)

        return *_pull_back(ctx, formula, ctx.saved_tensors, grads), None, None


class LogSoftmax(_Rule):
    """log p."""

    operator = "log_softmax"
    forward = _forward(operator)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        _, temperature, log_degeneracy, _, ctx.dim = inputs
        _save(ctx, output, temperature, log_degeneracy)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        log_p, temperature, log_g = ctx.saved_tensors
        _, by_temperature, by_log_g, *_ = ctx.needs_input_grad
        grad, grad_temperature, grad_log_g = _ops.gibbs.log_softmax_vjp(
            log_p, grads[0], temperature, log_g, ctx.dim, _wanted(by_temperature, by_log_g)
        )
        return (
            grad,
            _reduced(grad_temperature, temperature) if by_temperature else None,
            _reduced(grad_log_g, log_g) if by_log_g else None,
            None,
            None,
        )

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        log_p, temperature, log_g = ctx.saved_tensors
        return _jacobians.log_softmax_tangent(log_p, temperature, log_g, ctx.dim, tangents[:3])


class LogSoftmaxVjp(_Rule):
    """The derivative of log_softmax."""

    operator = "log_softmax_vjp"
    forward = _forward(operator)
    formula = staticmethod(_jacobians.log_softmax_vjp)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        *tensors, ctx.dim, ctx.wanted = inputs
        ctx.save_for_backward(*tensors)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        def formula(*tensors: Any) -> Any:
            return _jacobians.log_softmax_vjp(*tensors, ctx.dim, ctx.wanted)

        return *_pull_back(ctx, formula, ctx.saved_tensors, grads), None, None


class LogSumExp(_Rule):
    """log Z; its derivative is softmax."""

    operator = "logsumexp"
    forward = _forward(operator)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        *tensors, ctx.dim = inputs
        _save(ctx, *tensors)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        scores, temperature, log_g, mask = ctx.saved_tensors
        _, by_temperature, by_log_g, *_ = ctx.needs_input_grad
        p, inverse, p_x = _moments(scores, temperature, log_g, mask, ctx.dim)
        weighted = grads[0].to(p.dtype) * p
        by_t = -grads[0] * p_x * inverse.square()
        return (
            (weighted * inverse).to(scores.dtype),
            _reduced(by_t, temperature) if by_temperature else None,
            _reduced(weighted, log_g) if by_log_g else None,
            None,
            None,
        )

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        scores, temperature, log_g, mask = ctx.saved_tensors
        p, inverse, p_x = _moments(scores, temperature, log_g, mask, ctx.dim)
        d_scores, d_temperature, d_log_g = tangents[:3]
        d = torch.zeros_like(p_x)
        if d_scores is not None:
            d = d + _expectation(p, d_scores, ctx.dim) * inverse
        if d_temperature is not None:
            d = d - p_x * inverse.square() * d_temperature
        if d_log_g is not None:
            d = d + _expectation(p, d_log_g, ctx.dim)
        return d.to(scores.dtype)


def _moments(
    scores: Tensor, temperature: Tensor, log_g: Tensor | None, mask: Tensor | None, dim: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Return p, 1 / T and the mean of x under p, in the working type."""
    dtype = _jacobians.working_dtype(scores.dtype)
    x = scores.to(dtype)
    p = _ops.gibbs.softmax(x, temperature, log_g, mask, dim)
    inverse = _jacobians.inverse_temperature(temperature.to(dtype))
    return p, inverse, _expectation(p, x, dim)


def _expectation(p: Tensor, of: Tensor, dim: int) -> Tensor:
    return (p * torch.where(p == 0, 0.0, of.to(p.dtype))).sum(dim, keepdim=True)


class EntmaxAndLogPartition(_Rule):
    """p and the optimal value; the derivative of the value is p (Danskin's theorem)."""

    operator = "entmax_and_log_partition"
    forward = _forward(operator)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        _, alpha, ctx.dim = inputs
        ctx.set_materialize_grads(False)
        _save(ctx, output[0], alpha)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        p, alpha = ctx.saved_tensors
        by_p, by_value = grads
        by_alpha = ctx.needs_input_grad[1]
        grad = grad_alpha = None
        if by_p is not None:
            one = torch.ones_like(alpha)
            grad, _, _, per_row = _ops.gibbs.entmax_vjp(
                p, by_p, alpha, one, None, ctx.dim, _wanted(False, False, by_alpha)
            )
            grad_alpha = _reduced(per_row, alpha) if by_alpha else None
        if by_value is not None:
            grad = _sum(grad, p * by_value)
            grad_alpha = _sum(grad_alpha, _value_by_alpha(p, alpha, ctx.dim, by_value, by_alpha))
        return grad, grad_alpha, None

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        p, alpha = ctx.saved_tensors
        d_scores, d_alpha, _ = tangents
        d_p = d_value = None
        one = torch.ones_like(alpha)
        if d_scores is not None:
            d_p = _ops.gibbs.entmax_vjp(p, d_scores, alpha, one, None, ctx.dim, 0)[0]
            d_value = _expectation(p, d_scores, ctx.dim)
        if d_alpha is not None:
            others = (d_alpha, None, None)
            d_p = _sum(d_p, _jacobians.entmax_tangent(p, alpha, one, None, ctx.dim, others))
            slope = _jacobians.tsallis_slope(p, alpha, ctx.dim)
            d_value = _sum(d_value, slope * d_alpha)
        return d_p, d_value


def _value_by_alpha(
    p: Tensor, alpha: Tensor, dim: int, upstream: Tensor, needed: bool
) -> Tensor | None:
    return _reduced(upstream * _jacobians.tsallis_slope(p, alpha, dim), alpha) if needed else None


def _sum(a: Tensor | None, b: Tensor | None) -> Tensor | None:
    return b if a is None else a if b is None else a + b
