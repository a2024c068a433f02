"""Closed forms of the derivatives of the wider family, as differentiable functions of p.

What `_jacobians` is to entmax: tangents, and by PyTorch's differentiation every higher order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor

from gibbs import _core
from gibbs.torch._jacobians import (
    ALPHA,
    LOG_DEGENERACY,
    TEMPERATURE,
    deformed_log,
    inverse_temperature,
    p_curve,
    working_dtype,
)

_Generator: TypeAlias = "tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]"

BUDGET = _core.WANTS_BUDGET
LOWER = _core.WANTS_LOWER
UPPER = _core.WANTS_UPPER


def _fermi_derivative(r: Tensor) -> Tensor:
    full = r >= 1  # it does not move there
    return torch.where(full, 0.0, torch.logit(torch.where(full, 0.5, r)))


# f'(r) and 1 / (r f''(r)) of each divergence but alpha.
_GENERATORS: dict[str, _Generator] = {
    "kl": (lambda r: r.log() + 1, torch.ones_like),
    "euclidean": (lambda r: r, lambda r: 1 / r),
    "reverse_kl": (lambda r: -1 / r, lambda r: r),
    "chi_square": (lambda r: 2 * (r - 1), lambda r: 0.5 / r),
    "hellinger": (lambda r: 1 - r.rsqrt(), lambda r: 2 * r.sqrt()),
    "jensen_shannon": (lambda r: (2 * r / (1 + r)).log(), lambda r: 1 + r),
    "fermi_dirac": (_fermi_derivative, lambda r: 1 - r),
}


def _generator(divergence: str, alpha: Tensor | None) -> _Generator:
    if alpha is None:
        return _GENERATORS[divergence]
    b = alpha - 1
    return lambda r: deformed_log(r.log(), b) + 1 / alpha, lambda r: r.pow(-b)


class Sides(NamedTuple):
    """What bounds a constrained map; tensors that broadcast to p."""

    log_g: Tensor | None
    lower: Tensor | None
    upper: Tensor | None
    weights: Tensor | None
    mask: Tensor | None


class _Places(NamedTuple):
    """Where the states stand, and how those between their bounds move."""

    inside: Tensor
    at_lower: Tensor
    at_upper: Tensor
    p: Tensor  # 0 at a bound
    slope: Tensor  # s = g / f''(p / g), 0 at a bound
    derivative: Tensor  # f'(p / g), 0 at a bound
    by_alpha: Tensor | None  # the derivative of p in alpha at fixed tau
    cost: Tensor  # w
    inverse_temperature: Tensor


def _rounded(bound: Tensor | None, otherwise: float, p: Tensor) -> Tensor:
    """Return a bound as the map rounded it."""
    dtype = working_dtype(p.dtype)
    if bound is None:
        return torch.full((), otherwise, dtype=dtype, device=p.device)
    return bound.detach().to(dtype).to(p.dtype).to(dtype)


def _places(
    p: Tensor, alpha: Tensor | None, temperature: Tensor, sides: Sides, divergence: str
) -> _Places:
    lower, upper = _rounded(sides.lower, 0.0, p), _rounded(sides.upper, torch.inf, p)
    dtype = working_dtype(p.dtype)
    p = p.to(dtype)
    present = ~(p < lower)
    if sides.mask is not None:
        present = present & sides.mask.bool()
    if sides.log_g is not None:
        present = present & (sides.log_g != -torch.inf)
    at_upper = present & (p >= upper)
    at_lower = present & ~at_upper & (p <= lower)
    inside = present & ~at_upper & ~at_lower
    log_g = None if sides.log_g is None else torch.where(inside, sides.log_g.to(dtype), 0.0)
    p_inside = torch.where(inside, p, 0.5)
    r = p_inside if log_g is None else p_inside * torch.exp(-log_g)
    inverse = inverse_temperature(temperature.to(dtype))
    if alpha is not None:
        alpha = alpha.to(dtype)
        inverse = torch.where(alpha.isinf(), 0.0, inverse)
        alpha = torch.where(alpha.isinf(), 1.0, alpha)
    derivative, relative_slope = _generator(divergence, alpha)
    slope = torch.where(inside, p_inside * relative_slope(r), 0.0)
    return _Places(
        inside,
        at_lower,
        at_upper,
        torch.where(inside, p, 0.0),
        slope,
        torch.where(inside, derivative(r), 0.0),
        None if alpha is None else _by_alpha(inside, p_inside, slope, r, alpha, inverse),
        torch.ones((), dtype=dtype) if sides.weights is None else sides.weights.to(dtype),
        inverse,
    )


def _by_alpha(
    inside: Tensor, p: Tensor, slope: Tensor, r: Tensor, alpha: Tensor, inverse: Tensor
) -> Tensor:
    moved = slope / alpha.square() - p_curve(p, slope, r.log(), alpha - 1)
    return torch.where(inside & (inverse != 0), moved, 0.0)


def _shared(places: _Places, of: Tensor, dim: int) -> Tensor:
    """Return `of` over sum w^2 s, per row; 0 where no state can move."""
    total = (places.cost.square() * places.slope).sum(dim, keepdim=True)
    return torch.where(total == 0, 0.0, of / torch.where(total == 0, 1.0, total))


def constrained_vjp(
    p: Tensor,
    v: Tensor,
    alpha: Tensor | None,
    temperature: Tensor,
    log_g: Tensor | None,
    lower: Tensor | None,
    upper: Tensor | None,
    weights: Tensor | None,
    mask: Tensor | None,
    dim: int,
    divergence: str,
    wanted: int,
) -> tuple[Tensor, ...]:
    """Return the gradients of <p, v>, as the operator does; what is not wanted is empty.

    For scores, temperature, log_degeneracy, budget, lower, upper and alpha.
    """
    places = _places(p, alpha, temperature, Sides(log_g, lower, upper, weights, mask), divergence)
    v = v.to(places.p.dtype)
    pulled = places.cost * places.slope * torch.where(places.inside, v, 0.0)
    vbar = _shared(places, pulled.sum(dim, keepdim=True), dim)
    u = v - places.cost * vbar
    of_scores = places.slope * torch.where(places.inside, u, 0.0) * places.inverse_temperature
    nothing = places.p.new_zeros(0)

    def bit(which: int, grad: Tensor) -> Tensor:
        return grad if wanted & which else nothing

    return (
        of_scores.to(p.dtype),
        bit(TEMPERATURE, -(of_scores * places.derivative).sum(dim, keepdim=True)),
        bit(LOG_DEGENERACY, places.p * torch.where(places.inside, u, 0.0)),
        bit(BUDGET, vbar),
        bit(LOWER, torch.where(places.at_lower, u, 0.0)),
        bit(UPPER, torch.where(places.at_upper, u, 0.0)),
        nothing
        if places.by_alpha is None
        else bit(ALPHA, (places.by_alpha * u).sum(dim, keepdim=True)),
    )


def constrained_tangent(
    p: Tensor,
    alpha: Tensor | None,
    temperature: Tensor,
    sides: Sides,
    dim: int,
    divergence: str,
    d_scores: Tensor | None,
    d_budget: Tensor | None,
    d_alpha: Tensor | None,
    d_temperature: Tensor | None,
    d_sides: Sides,
) -> Tensor:
    """Return the tangent of p: each state moves at fixed tau, then tau restores the budget."""
    places = _places(p, alpha, temperature, sides, divergence)
    dtype = places.p.dtype
    d = torch.zeros_like(places.p)
    if d_scores is not None:
        moved = torch.where(places.inside, d_scores.to(dtype), 0.0)
        d = d + places.slope * moved * places.inverse_temperature
    if d_alpha is not None and places.by_alpha is not None:
        d = d + places.by_alpha * d_alpha.to(dtype)
    if d_temperature is not None:
        heat = d_temperature.to(dtype) * places.inverse_temperature
        d = d - places.slope * places.derivative * heat
    if d_sides.log_g is not None:
        d = d + places.p * torch.where(places.inside, d_sides.log_g.to(dtype), 0.0)
    for bound, at_bound in ((d_sides.lower, places.at_lower), (d_sides.upper, places.at_upper)):
        if bound is not None:
            d = d + torch.where(at_bound, bound.to(dtype), 0.0)
    spent = -(places.cost * d).sum(dim, keepdim=True)
    if d_budget is not None:
        spent = spent + d_budget.to(dtype)
    return (d + places.cost * places.slope * _shared(places, spent, dim)).to(p.dtype)


class _Norm(NamedTuple):
    """What the derivatives of normmax are made of; q = p / |p|."""

    p: Tensor
    on: Tensor
    curvature: Tensor  # p^(2 - alpha)
    scale: Tensor  # |p|^(alpha - 1) / ((alpha - 1) T)
    slope_t: Tensor  # q^(alpha - 1), the derivative of T |p| in T and p
    slope_alpha: Tensor  # that in alpha and p, over T
    temperature: Tensor  # 0 where nothing moves


def _norm(p: Tensor, alpha: Tensor, temperature: Tensor, dim: int) -> _Norm:
    dtype = working_dtype(p.dtype)
    p, alpha, temperature = p.to(dtype), alpha.to(dtype), temperature.to(dtype)
    at_limit = (temperature == 0) | temperature.isinf() | alpha.isinf()
    a = torch.where(at_limit, 2.0, alpha)
    on = p != 0
    p_on = torch.where(on, p, 1.0)
    powers = torch.where(on, p_on.pow(a), 0.0).sum(dim, keepdim=True)
    log_norm = torch.where(powers == 0, 1.0, powers).log() / a
    log_q = torch.where(on, p_on.log() - log_norm, 0.0)
    slope = torch.where(on, torch.exp((a - 1) * log_q), 0.0)
    mean_log = (torch.where(on, torch.exp(a * log_q), 0.0) * log_q).sum(dim, keepdim=True)
    inverse = torch.where(at_limit, 0.0, 1 / torch.where(at_limit, 1.0, temperature))
    return _Norm(
        p,
        on,
        torch.where(on, p_on.pow(2 - a), 0.0),
        torch.exp((a - 1) * log_norm) / (a - 1) * inverse,
        slope,
        slope * (log_q - mean_log * (a - 1) / a),
        torch.where(at_limit, 0.0, temperature),
    )


def _norm_product(norm: _Norm, v: Tensor, dim: int) -> Tensor:
    """Return J v; J is symmetric."""
    v = torch.where(norm.on, v.to(norm.p.dtype), 0.0)
    centred = torch.where(norm.on, v - (norm.p * v).sum(dim, keepdim=True), 0.0)
    bent = norm.curvature * centred
    return norm.scale * (bent - norm.p * bent.sum(dim, keepdim=True))


def normmax_vjp(
    p: Tensor, v: Tensor, alpha: Tensor, temperature: Tensor, dim: int, wanted: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients of <p, v> for scores, temperature and alpha, as the operator does."""
    norm = _norm(p, alpha, temperature, dim)
    grad = _norm_product(norm, v, dim)
    grad_temperature = grad_alpha = norm.p.new_zeros(0)
    if wanted & TEMPERATURE:
        grad_temperature = -(grad * norm.slope_t).sum(dim, keepdim=True)
    if wanted & ALPHA:
        grad_alpha = -(grad * norm.slope_alpha).sum(dim, keepdim=True) * norm.temperature
    return grad.to(p.dtype), grad_temperature, grad_alpha


def normmax_tangent(
    p: Tensor,
    alpha: Tensor,
    temperature: Tensor,
    dim: int,
    d_scores: Tensor | None,
    d_alpha: Tensor | None,
    d_temperature: Tensor | None,
) -> Tensor:
    """Return the tangent of p: what moves the gradient of T |p| is a score that falls."""
    norm = _norm(p, alpha, temperature, dim)
    d = torch.zeros_like(norm.p) if d_scores is None else d_scores.to(norm.p.dtype)
    if d_alpha is not None:
        d = d - norm.slope_alpha * norm.temperature * d_alpha.to(d.dtype)
    if d_temperature is not None:
        d = d - norm.slope_t * d_temperature.to(d.dtype)
    return _norm_product(norm, d, dim).to(p.dtype)
