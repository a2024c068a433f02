"""The gradients of distillation in closed form, as differentiable functions.

With y and p the softmax of teacher z and student x at T, d = z - x, dbar its mean under y and
e = d - dbar, a row's loss and its gradients are

    L        = T^2 KL(y | p) = T (dbar + T log Z(x) - T log Z(z))
    dL / dx  = T (p - y)
    dL / dT  = (2 L - sum y e z - <T (p - y), x>) / T

As T grows these are differences of what is far larger. So where all e / T are small, with
u = 1 / T, psi(c) = (exp(-c) - 1 + c) / c^2 and phi(c) = (1 - exp(-c)) / c,

    L        = T^2 log(1 + u^2 q),   q = sum y e^2 psi(u e)
    dL / dx  = -y (e phi(u e) + u q) / (1 + u^2 q)

All is in float64: a second derivative in T is of the order of T^-3, with some 14 - log10 T digits.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from gibbs.torch._jacobians import SMALL, inverse_temperature, series

_ops: Any = torch.ops


class _Pair(NamedTuple):
    """What a row of the student shares with that of its teacher."""

    p: Tensor
    y: Tensor
    has_x: Tensor  # which states there are
    has_z: Tensor
    ahead: Tensor  # e, 0 where not both have the state
    mean: Tensor  # dbar
    regular: Tensor  # whether the loss of the row is finite, and no score +inf


def gradients(
    x: Tensor,
    z: Tensor,
    temperature: Tensor,
    log_g: Tensor | None,
    mask: Tensor | None,
    dim: int,
    of_temperature: bool,
) -> list[Tensor]:
    """Return the gradients for scores and, if wanted, temperature, one per row with `dim` kept."""
    heat = temperature.double()
    u = inverse_temperature(heat)
    # In the limits nothing moves with T.
    heat = torch.where((heat == 0) | heat.isinf(), 0.0, heat)
    pair = _pair(x, z, temperature, log_g, mask, dim)
    near = _is_near(pair, temperature, u, dim)
    e = torch.where(near, pair.ahead, 0.0)
    q = (pair.y * e.square() * series(-u * e, 2)).sum(dim, keepdim=True)
    excess = u.square() * q
    change = -pair.y * (e * series(-u * e, 1) + u * q) / (1 + excess)
    by_scores = torch.where(near, change, heat * (pair.p - pair.y))
    if not of_temperature:
        return [by_scores]
    log_z_x, log_z_z = (
        _ops.gibbs.logsumexp(torch.where(pair.regular, s, 0.0), temperature, log_g, mask, dim)
        for s in (x, z)
    )
    far = heat * (pair.mean + heat * (log_z_x - log_z_z))
    loss = torch.where(near, heat.square() * excess.log1p(), far)
    pull = pair.y * pair.ahead * _centred(z, pair.y, dim)
    pull = pull + by_scores * _centred(x, pair.p, dim)
    by_temperature = u * (2 * loss - pull.sum(dim, keepdim=True))
    return [by_scores, torch.where(pair.regular, by_temperature, 0.0)]


def _pair(
    x: Tensor,
    z: Tensor,
    temperature: Tensor,
    log_g: Tensor | None,
    mask: Tensor | None,
    dim: int,
) -> _Pair:
    p, y = (_ops.gibbs.softmax(s, temperature, log_g, mask, dim) for s in (x, z))
    has_x, has_z = x != -torch.inf, z != -torch.inf
    if mask is not None:
        has_x, has_z = has_x & mask.bool(), has_z & mask.bool()
    if log_g is not None:
        has_x, has_z = has_x & (log_g != -torch.inf), has_z & (log_g != -torch.inf)
    endless = (has_x & (x == torch.inf)) | (has_z & (z == torch.inf))
    irregular = endless | (has_z & ~has_x & (y > 0))
    both = has_x & has_z & ~endless
    d = torch.where(both, z, 0.0) - torch.where(both, x, 0.0)
    mean = (y * d).sum(dim, keepdim=True)
    ahead = torch.where(both, d - mean, 0.0)
    return _Pair(p, y, has_x, has_z, ahead, mean, ~irregular.any(dim, keepdim=True))


def _is_near(pair: _Pair, temperature: Tensor, u: Tensor, dim: int) -> Tensor:
    same = (pair.has_x == pair.has_z) & ((u * pair.ahead).abs() < SMALL)
    return pair.regular & same.all(dim, keepdim=True) & (temperature != 0)


def _centred(scores: Tensor, p: Tensor, dim: int) -> Tensor:
    """Return scores less their mean: what they are multiplied by has the sum 0."""
    finite = torch.where(scores.isinf(), 0.0, scores)
    return finite - (p * finite).sum(dim, keepdim=True).detach()
