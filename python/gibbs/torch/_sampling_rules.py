"""The derivatives of relaxed draws, reverse and forward.

y = entmax(z / tau; alpha) of z = x / T + log g + G at fixed noise G: the derivative in z, tau and
alpha is that of entmax at the temperature tau, and so are those of higher order. Of yes-or-no
states y = 1 / (1 + exp(-l)), l = (x / T + L) / tau, element by element: closed forms in l and x.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor

from gibbs.torch import _jacobians
from gibbs.torch._autograd import Rule, call, forward_of, jvp_of, save, saved
from gibbs.torch._direct import as_tensor
from gibbs.torch._jacobians import ALPHA, TEMPERATURE
from gibbs.torch._rules import entmax_tangent, reduced, sum_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gibbs.torch._arguments import Number


def _over(value: Tensor, number: Number) -> Tensor:
    """Return value / number for T or tau, and 0 in their limits 0 and inf, whatever the value.

    Not value times an inverse: that of the smallest numbers is infinite, where the value is 0.
    """
    if isinstance(number, float) and number == 1.0:
        return value
    divisor = as_tensor(number, value).to(value.dtype)
    at_limit = (divisor == 0) | divisor.isinf()
    return torch.where(at_limit, 0.0, value / torch.where(at_limit, 1.0, divisor))


def _finite_at(on: Tensor, scores: Tensor) -> Tensor:
    """Return the scores in the dtype of the computation, 0 where y is 0."""
    return torch.where(on == 0, 0.0, scores.to(_jacobians.working_dtype(scores.dtype)))


def _tangent_of_z(saved: Sequence[Any], tangents: Sequence[Any]) -> Tensor | None:
    y, scores, _, _, temperature, _ = saved
    d_scores, _, _, d_temperature, d_log_g = tangents[:5]
    dz = d_log_g
    if d_scores is not None:
        dz = sum_of(dz, _over(d_scores, temperature))
    if d_temperature is not None:
        x = _finite_at(y, scores)
        dz = sum_of(dz, -_over(_over(x, temperature), temperature) * d_temperature)
    return None if dz is None else torch.where(y == 0, 0.0, dz).to(y.dtype)


def _tangent(saved: Sequence[Any], dim: int, tangents: Sequence[Any]) -> Any:
    y, _, alpha, tau, _, _ = saved
    dz = _tangent_of_z(saved, tangents)
    return entmax_tangent((y, alpha, tau, None), dim, (dz, tangents[1], tangents[2], None))


class GumbelEntmax(Rule):
    """y; the noise is a constant."""

    operator = "gumbel_entmax"
    forward = forward_of(operator)
    jvp = jvp_of(_tangent)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        _save(ctx, inputs, output)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        return _pulled(ctx, grads[0])


class GumbelStraightThrough(Rule):
    """The one-hot draw with the derivative of y."""

    operator = "gumbel_straight_through"
    forward = forward_of(operator)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        _save(ctx, inputs, output[1])

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        return _pulled(ctx, grads[0] + grads[1])

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        tangent = GumbelEntmax.jvp(ctx, *tangents)
        return tangent, tangent.clone()


def _save(ctx: Any, inputs: Any, y: Tensor) -> None:
    scores, alpha, tau, temperature, log_degeneracy, _, _, _, ctx.dim, *_ = inputs
    save(ctx, y, _of_temperature(scores, temperature), alpha, tau, temperature, log_degeneracy)


def _of_temperature(scores: Tensor, temperature: Number) -> Tensor | None:
    """Return the scores where the derivative in T may need them."""
    return scores if isinstance(temperature, Tensor) else None


def _pulled(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
    y, scores, alpha, tau, temperature, log_g = saved(ctx)
    _, by_alpha, by_tau, by_temperature, by_log_g, *others = ctx.needs_input_grad
    wanted = TEMPERATURE * by_tau + ALPHA * by_alpha
    w, grad_tau, _, grad_alpha = call(
        ctx, "entmax_vjp", y, upstream, alpha, tau, None, ctx.dim, wanted
    )
    grad, grad_temperature = _over(w, temperature), None
    if by_temperature:
        by_row = -(_over(grad, temperature) * _finite_at(y, scores)).sum(ctx.dim, keepdim=True)
        grad_temperature = reduced(by_row, temperature, by_temperature)
    return (
        grad,
        reduced(grad_alpha, alpha, by_alpha),
        reduced(grad_tau, tau, by_tau),
        grad_temperature,
        reduced(w, log_g, by_log_g),
        *[None] * len(others),
    )


class _Logits(NamedTuple):
    """What the derivatives of yes-or-no states are made of, 0 where y is 0 or 1."""

    on: Tensor  # whether the logit is finite, or NaN
    logits: Tensor
    slope: Tensor  # y (1 - y), which y itself has lost where it rounds to 1


def _terms(logits: Tensor) -> _Logits:
    wide = logits.to(_jacobians.working_dtype(logits.dtype))
    on = ~wide.isinf()
    wide = torch.where(on, wide, 0.0)
    return _Logits(on, wide, torch.where(on, wide.sigmoid() * (-wide).sigmoid(), 0.0))


def _times_slope(terms: _Logits, value: Tensor) -> Tensor:
    return terms.slope * torch.where(terms.slope == 0, 0.0, value)


def _of_scores(terms: _Logits, scores: Tensor, tau: Number, temperature: Number) -> Tensor:
    """Return the logits less their noise, x / (T tau), in an order that keeps them finite."""
    x = torch.where(terms.on, scores.to(terms.logits.dtype), 0.0)
    return _over(_over(x, tau), temperature)


def _binary_tangents(saved: Sequence[Any], _: int, tangents: Sequence[Any]) -> tuple[Tensor, ...]:
    logits, scores, tau, temperature = saved
    d_scores, d_tau, d_temperature = tangents[:3]
    terms = _terms(logits)
    d = torch.zeros_like(terms.logits)
    if d_scores is not None:
        d = d + _over(_over(d_scores.to(d.dtype), temperature), tau)
    if d_temperature is not None:
        share = _of_scores(terms, scores, tau, temperature)
        d = d - _over(share, temperature) * d_temperature
    if d_tau is not None:
        d = d - _over(terms.logits, tau) * d_tau
    d = torch.where(terms.on, d, 0.0)
    return _times_slope(terms, d).to(logits.dtype), d.to(logits.dtype)


class BinaryConcrete(Rule):
    """y, or the draw of 0 and 1 with its derivative, and the logits; the noise is a constant."""

    operator = "binary_concrete"
    forward = forward_of(operator)
    jvp = jvp_of(_binary_tangents)

    @classmethod
    def start(cls, *args: Any) -> Any:
        """Call the operator for the logits, too."""
        *given, _ = args
        return super().start(*given, True)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        scores, tau, temperature, _, _, _, ctx.dim, *_ = inputs
        ctx.set_materialize_grads(False)
        save(ctx, output[1], _of_temperature(scores, temperature), tau, temperature)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        logits, scores, tau, temperature = saved(ctx)
        _, by_tau, by_temperature, *others = ctx.needs_input_grad
        terms = _terms(logits)
        w = _by_logits(terms, *grads)
        grad = _over(_over(w, tau), temperature).to(logits.dtype)
        grad_tau = grad_temperature = None
        if by_tau:
            by_row = -(w * terms.logits).sum(ctx.dim, keepdim=True)
            grad_tau = reduced(_over(by_row, tau), tau, by_tau)
        if by_temperature:
            share = _of_scores(terms, scores, tau, temperature)
            by_row = -(w * share).sum(ctx.dim, keepdim=True)
            grad_temperature = reduced(_over(by_row, temperature), temperature, by_temperature)
        return grad, grad_tau, grad_temperature, *[None] * len(others)


def _by_logits(terms: _Logits, by_y: Tensor | None, by_logits: Tensor | None) -> Tensor:
    """Return what comes from above y and its logits, on the logits."""
    total = torch.zeros_like(terms.logits)
    if by_y is not None:
        total = _times_slope(terms, by_y.to(total.dtype))
    if by_logits is not None:
        total = total + torch.where(terms.on, by_logits.to(total.dtype), 0.0)
    return total


RELAXATIONS = (GumbelEntmax, GumbelStraightThrough, BinaryConcrete)
