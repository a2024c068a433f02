"""Closed forms of the derivatives, as differentiable functions of the probabilities.

First derivatives of scores come from the library. What is here gives the tangents of the other
arguments and, differentiated by PyTorch, every derivative of higher order. Zeros of p are replaced
before anything singular is formed of them, so that 0 * inf never occurs.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from gibbs import _core

TEMPERATURE = _core.WANTS_TEMPERATURE
LOG_DEGENERACY = _core.WANTS_LOG_DEGENERACY
ALPHA = _core.WANTS_ALPHA
SCORES = _core.WANTS_SCORES
UNSCALED = _core.WANTS_UNSCALED
"""Which gradients are wanted, as a sum of bits; that of the scores is only asked for in losses."""

SMALL = 0.5
"""Below it phi and psi are sums of powers: 0.5^15 / 17! is 8e-20."""
_POWERS = 15


def working_dtype(dtype: torch.dtype) -> torch.dtype:
    """Return the dtype in which the library computes: float32 for the half types."""
    return torch.promote_types(dtype, torch.float32)


class _Terms(NamedTuple):
    """What the derivatives of p = g [1 + b (x / T - t)]^(1 / b) are made of; b = alpha - 1."""

    p: Tensor
    on: Tensor  # whether p > 0, or NaN
    s: Tensor  # p^(2 - alpha) g^(alpha - 1)
    log_r: Tensor  # log(p / g)
    b: Tensor
    inverse_temperature: Tensor
    at_limit: Tensor  # T = 0 or inf, alpha = inf: only log g has a derivative, as at alpha 1


def _terms(p: Tensor, alpha: Tensor, temperature: Tensor, log_g: Tensor | None) -> _Terms:
    dtype = working_dtype(p.dtype)
    p, alpha, temperature = p.to(dtype), alpha.to(dtype), temperature.to(dtype)
    at_limit = (temperature == 0) | temperature.isinf() | alpha.isinf()
    b = torch.where(at_limit, 0.0, alpha - 1)
    on = p != 0
    p_on = torch.where(on, p, 1.0)
    log_g_on = 0.0 if log_g is None else torch.where(on, log_g.to(dtype), 0.0)
    s = p_on.pow(1 - b) * torch.exp(b * log_g_on)
    return _Terms(
        p,
        on,
        torch.where(on, s, 0.0),
        p_on.log() - log_g_on,
        b,
        _inverse(temperature, at_limit),
        at_limit,
    )


def _inverse(temperature: Tensor, at_limit: Tensor) -> Tensor:
    return torch.where(at_limit, 0.0, 1 / torch.where(at_limit, 1.0, temperature))


def series(y: Tensor, first: int) -> Tensor:
    """Return sum_k y^k / (k + first)!."""
    one = torch.ones_like(y)
    total = 1 + y / (_POWERS + first)
    for k in range(_POWERS - 1, 0, -1):
        # One operation, not three: in forward mode each takes milliseconds. Both factors have a
        # tangent where y has one: with one alone, compiled graphs crash (PyTorch 2.15).
        total = torch.addcmul(one, total, y, value=1 / (k + first))
    return total if first == 1 else total / first


def _s_u(terms: _Terms) -> Tensor:
    """Return s u, u = (r^b - 1) / b: where b log r is not small it is (p - s) / b."""
    y = terms.b * terms.log_r
    small = y.abs() < SMALL
    near = terms.s * terms.log_r * series(torch.where(small, y, 0.0), 1)
    return torch.where(small, near, (terms.p - terms.s) / torch.where(small, 1.0, terms.b))


def p_curve(p: Tensor, s: Tensor, log_r: Tensor, b: Tensor) -> Tensor:
    """Return p l^2 psi(b l), l = log r: where b l is not small it is (s - p + b p l) / b^2."""
    y = b * log_r
    small = y.abs() < SMALL
    near = p * log_r.square() * series(torch.where(small, -y, 0.0), 2)
    far = s - p + p * torch.where(small, 0.0, y)
    return torch.where(small, near, far / torch.where(small, 1.0, b).square())


def _p_curve(terms: _Terms) -> Tensor:
    return p_curve(terms.p, terms.s, terms.log_r, terms.b)


def deformed_log(log_r: Tensor, b: Tensor) -> Tensor:
    """Return (r^b - 1) / b, l phi(b l) with l = log r."""
    y = b * log_r
    small = y.abs() < SMALL
    y_far = torch.where(small, 1.0, y)
    near = series(torch.where(small, y, 0.0), 1)
    return log_r * torch.where(small, near, torch.expm1(y_far) / y_far)


def _mean(weights: Tensor, of: Tensor, dim: int) -> Tensor:
    """Return the s-weighted mean; 0 where there is no state."""
    total = weights.sum(dim, keepdim=True)
    return of.sum(dim, keepdim=True) / torch.where(total == 0, 1.0, total)


def entmax_vjp(
    p: Tensor,
    v: Tensor,
    alpha: Tensor,
    temperature: Tensor,
    log_g: Tensor | None,
    dim: int,
    wanted: int,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the gradients of <p, v> for scores, temperature, log_degeneracy and alpha.

    As the operator does: numbers per row keep `dim` with one entry, what is not wanted is empty.
    """
    terms = _terms(p, alpha, temperature, log_g)
    v_on = torch.where(terms.on, v.to(terms.p.dtype), 0.0)
    centred = v_on - _mean(terms.s, terms.s * v_on, dim)
    grad = (terms.s * centred * terms.inverse_temperature).to(p.dtype)
    nothing = terms.p.new_zeros(0)
    grad_temperature = grad_log_g = grad_alpha = nothing
    if wanted & TEMPERATURE:
        scaled = _s_u(terms) * terms.inverse_temperature
        grad_temperature = -(centred * scaled).sum(dim, keepdim=True)
    if wanted & LOG_DEGENERACY:
        grad_log_g = terms.p * centred
    if wanted & ALPHA:
        curve = (_p_curve(terms) * centred).sum(dim, keepdim=True)
        grad_alpha = torch.where(terms.at_limit, 0.0, -curve)
    return grad, grad_temperature, grad_log_g, grad_alpha


def entmax_tangent(
    p: Tensor,
    alpha: Tensor,
    temperature: Tensor,
    log_g: Tensor | None,
    dim: int,
    d_alpha: Tensor | None,
    d_temperature: Tensor | None = None,
    d_log_g: Tensor | None = None,
) -> Tensor:
    """Return the tangent of p along those of alpha, temperature and log_degeneracy."""
    terms = _terms(p, alpha, temperature, log_g)
    d = torch.zeros_like(terms.p)
    if d_alpha is not None:
        d = d - torch.where(terms.at_limit, 0.0, _p_curve(terms)) * d_alpha.to(d.dtype)
    if d_temperature is not None:
        d = d - _s_u(terms) * terms.inverse_temperature * d_temperature.to(d.dtype)
    if d_log_g is not None:
        d = d + terms.p * torch.where(terms.on, d_log_g.to(d.dtype), 0.0)
    return (d - terms.s * _mean(terms.s, d, dim)).to(p.dtype)


def log_softmax_vjp(
    log_p: Tensor, v: Tensor, temperature: Tensor, log_g: Tensor | None, dim: int, wanted: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients of <log p, v> for scores, temperature and log_degeneracy."""
    dtype = working_dtype(log_p.dtype)
    inverse = inverse_temperature(temperature.to(dtype))
    on, log_p_on, p = _log_terms(log_p.to(dtype))
    v_on = torch.where(on, v.to(dtype), 0.0)
    d = v_on - p * v_on.sum(dim, keepdim=True)
    grad_temperature = grad_log_g = p.new_zeros(0)
    if wanted & TEMPERATURE:
        log_r = _minus(log_p_on, log_g, on)
        grad_temperature = -(d * log_r * inverse).sum(dim, keepdim=True)
    if wanted & LOG_DEGENERACY:
        grad_log_g = d
    return (d * inverse).to(log_p.dtype), grad_temperature, grad_log_g


def log_softmax_tangent(
    log_p: Tensor,
    temperature: Tensor,
    log_g: Tensor | None,
    dim: int,
    d_scores: Tensor | None,
    d_temperature: Tensor | None,
    d_log_g: Tensor | None,
) -> Tensor:
    """Return the tangent of log p along those of scores, temperature and log_degeneracy."""
    dtype = working_dtype(log_p.dtype)
    inverse = inverse_temperature(temperature.to(dtype))
    on, log_p_on, p = _log_terms(log_p.to(dtype))
    d = torch.zeros_like(p)
    if d_scores is not None:
        d = d + d_scores.to(dtype) * inverse
    if d_temperature is not None:
        d = d - _minus(log_p_on, log_g, on) * inverse * d_temperature.to(dtype)
    if d_log_g is not None:
        d = d + d_log_g.to(dtype)
    d = torch.where(on, d, 0.0)
    return torch.where(on, d - (p * d).sum(dim, keepdim=True), 0.0).to(log_p.dtype)


def inverse_temperature(temperature: Tensor) -> Tensor:
    """Return 1 / T, and 0 in the limits T = 0 and inf, where derivatives are 0."""
    return _inverse(temperature, (temperature == 0) | temperature.isinf())


def entropy_slopes(
    p: Tensor,
    alpha: Tensor,
    temperature: Tensor,
    log_g: Tensor | None,
    dim: int,
    wanted: int,
) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
    """Return the derivatives of T H_alpha(p; g) for T, log_degeneracy and alpha, at fixed p.

    With l = log(p / g), y = (alpha - 1) l, phi(y) = (exp(y) - 1) / y and u = l phi(y), H is
    -sum_i p_i u_i / alpha. Its derivative for log g_i is p_i exp(y_i) / alpha, and that for alpha
    sum_i p_i (u_i / alpha - l_i^2 phi'(y_i)) / alpha.
    """
    if not wanted & (TEMPERATURE | LOG_DEGENERACY | ALPHA):
        return None, None, None
    terms = _terms(p, alpha, temperature, log_g)
    index = torch.where(terms.at_limit, 1.0, alpha.to(terms.p.dtype))
    scale = torch.where(terms.at_limit, 0.0, temperature.to(terms.p.dtype))
    y = terms.b * terms.log_r
    u = deformed_log(terms.log_r, terms.b)
    by_temperature = by_log_g = by_alpha = None
    if wanted & TEMPERATURE:
        entropy = -(terms.p * u).sum(dim, keepdim=True) / index
        by_temperature = torch.where(terms.at_limit, 0.0, entropy)
    if wanted & LOG_DEGENERACY:
        by_log_g = scale * terms.p * y.exp() / index
    if wanted & ALPHA:
        small = y.abs() < SMALL
        y_near, y_far = torch.where(small, y, 0.0), torch.where(small, 1.0, y)
        near = series(y_near, 1) - series(y_near, 2)
        far = (y_far * y_far.exp() - torch.expm1(y_far)) / y_far.square()
        slope = terms.log_r.square() * torch.where(small, near, far)
        by_alpha = scale * (terms.p * (u / index - slope)).sum(dim, keepdim=True) / index
    return by_temperature, by_log_g, by_alpha


def optimal_value(
    p: Tensor, x: Tensor, alpha: Tensor, temperature: Tensor, log_g: Tensor | None, dim: int
) -> Tensor:
    """Return T log Z = <p, x> + T H(p; g), and 0 where that is infinite."""
    on = p != 0
    x_on = torch.where(on, x, 0.0)
    entropy, *_ = entropy_slopes(p, alpha, temperature, log_g, dim, TEMPERATURE)
    assert entropy is not None
    finite = ~temperature.isinf()
    scale = torch.where(finite, temperature.to(p.dtype), 0.0)
    finite = finite & (on.any(dim, keepdim=True) & x_on.isfinite().all(dim, keepdim=True))
    pull = (p * torch.where(x_on.isfinite(), x_on, 0.0)).sum(dim, keepdim=True)
    return torch.where(finite, pull + scale * entropy, 0.0)


def _log_terms(log_p: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    on = log_p != -torch.inf
    log_p_on = torch.where(on, log_p, 0.0)
    return on, log_p_on, torch.where(on, log_p_on.exp(), 0.0)


def _minus(log_p_on: Tensor, log_g: Tensor | None, on: Tensor) -> Tensor:
    return log_p_on if log_g is None else log_p_on - torch.where(on, log_g.to(log_p_on.dtype), 0.0)
