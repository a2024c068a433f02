"""The loss of normmax, row by row."""

from __future__ import annotations

import torch
from torch import Tensor

from gibbs.torch import _beside
from gibbs.torch._jacobians import working_dtype
from gibbs.torch._targets import take_targets


def normmax_losses(
    function: str,
    X: Tensor,  # noqa: N803
    target: Tensor,
    alpha: float | Tensor,
    ignore_index: int,
) -> Tensor:
    """Return L = max over p of <p, x> - |p|_alpha, less x_y - 1, per row; 0 where it is ignored.

    Its gradient is p - e_y by way of p itself: J (x - the gradient of |p|) is 0, as that is
    constant on the support. Scores are taken from the largest, so that large ones lose no digits.
    """
    labels = take_targets(function, target, X, 1)
    x = X.to(working_dtype(X.dtype))
    counted = labels != ignore_index
    label = torch.where(counted, labels, 0).long()
    top = x.detach().amax(1, keepdim=True)
    x = x - torch.where(top.isinf(), 0.0, top)
    p = _beside.normmax(x, alpha, 1)
    of_label = x.gather(1, label)
    # A label at -inf costs infinity and has no gradient.
    cost = torch.where(of_label == -torch.inf, torch.inf, -of_label)
    gain = (p * torch.where(p == 0, 0.0, x)).sum(1, keepdim=True)
    losses = gain + cost + (1 - _norm(p, alpha))
    return torch.where(counted, losses, 0.0).squeeze(1).to(X.dtype)


def _norm(p: Tensor, alpha: float | Tensor) -> Tensor:
    """Return |p|_alpha, and 1 where there is no state."""
    index = torch.as_tensor(alpha, dtype=p.dtype, device=p.device)
    if index.dim() == 1:
        index = index.unsqueeze(1)
    a = torch.where(index.isinf(), 2.0, index)
    on = p != 0
    powers = torch.where(on, torch.where(on, p, 1.0).pow(a), 0.0).sum(1, keepdim=True)
    norm = torch.where(powers == 0, 1.0, powers).pow(1 / a)
    return torch.where(index.isinf(), p.amax(1, keepdim=True), norm)
