"""What several tests share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import torch
from torch import Tensor
from torch.autograd import gradcheck, gradgradcheck

import gibbs
import gibbs.torch as gt

Map: TypeAlias = Callable[..., Any]

entmax: Map = gt.entmax
MAPS: dict[str, Map] = {
    "softmax": gt.softmax,
    "entmax_0.5": partial(entmax, alpha=0.5),
    "entmax15": gt.entmax15,
    "sparsemax": gt.sparsemax,
    "entmax_2.5": partial(entmax, alpha=2.5),
    "argmax": partial(entmax, alpha=float("inf")),
}
EVERY: dict[str, Map] = {**MAPS, "log_softmax": gt.log_softmax, "logsumexp": gt.logsumexp}
ALPHAS = (0.5, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5)
DTYPES = (torch.float64, torch.float32, torch.float16, torch.bfloat16)
INF, NAN = float("inf"), float("nan")


def normal(*shape: int, seed: int = 1, dtype: torch.dtype = torch.float64) -> Tensor:
    """Return scores that are no special case."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def needs_grad(*tensors: Tensor) -> tuple[Tensor, ...]:
    return tuple(tensor.detach().clone().requires_grad_() for tensor in tensors)


def same(a: Any, b: Any) -> None:
    """Assert equality to the bit; NaN is like NaN."""
    torch.testing.assert_close(a, torch.as_tensor(b), rtol=0, atol=0, equal_nan=True)


def off_the_edges(alpha: float, scores: Tensor, **options: Any) -> bool:
    """Whether no score is so near its threshold that a small step takes it across."""
    given = {name: value.numpy() for name, value in options.items()}
    details = gibbs.details(scores.numpy(), alpha, **given)
    distance = torch.as_tensor(details.threshold).unsqueeze(-1) - scores
    return bool((distance.abs() > 0.02).all())


def first(of: Any, inputs: tuple[Tensor, ...], fast: bool = False) -> bool:
    """Check first derivatives, in both modes and batched, against finite differences.

    fast: along one random direction of each input, in a tenth of the time.
    """
    return gradcheck(
        of,
        inputs,
        fast_mode=fast,
        check_forward_ad=True,
        check_batched_grad=True,
        check_batched_forward_grad=True,
    )


def second(of: Any, inputs: tuple[Tensor, ...], fast: bool = False) -> bool:
    """Check second derivatives, reverse and forward over reverse, in the same way."""
    return gradgradcheck(
        of, inputs, fast_mode=fast, check_fwd_over_rev=True, check_rev_over_rev=True
    )


def gradient(of: Map, scores: Tensor, upstream: Tensor | None = None, **options: Any) -> Tensor:
    (x,) = needs_grad(scores)
    result = of(x, **options)
    v = torch.ones_like(result) if upstream is None else upstream
    return torch.autograd.grad(result, x, v)[0]


def counting(scores: Tensor) -> Tensor:
    """Return 1, 2, 3, ... in every row: an upstream gradient whose means are no accident."""
    return torch.arange(1, scores.shape[-1] + 1).expand(scores.shape).to(scores.dtype)
