"""Half types and autocast: in and out as they are, float32 inside."""

from __future__ import annotations

import pytest
import torch

import gibbs.torch as gt
from torch_support import EVERY, normal

halves = pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])


@pytest.mark.parametrize("name", EVERY)
@halves
def test_half_types_are_computed_in_float32_and_rounded_once(name: str, dtype: torch.dtype) -> None:
    x = normal(3, 50).to(dtype)
    assert torch.equal(EVERY[name](x), EVERY[name](x.float()).to(dtype))


@pytest.mark.parametrize("name", EVERY)
@halves
def test_gradients_of_half_types_are_those_of_float32_rounded(
    name: str, dtype: torch.dtype
) -> None:
    x = normal(3, 20).to(dtype)
    grads: list[torch.Tensor] = []
    for scores in (x, x.float()):
        scores.requires_grad_()
        result = EVERY[name](scores)
        v = normal(*result.shape, seed=2).to(dtype).to(scores.dtype)
        grads.append(torch.autograd.grad(result, scores, v)[0])
    few_ulp = 8 * torch.finfo(dtype).eps
    torch.testing.assert_close(grads[0].float(), grads[1], rtol=few_ulp, atol=few_ulp)


@halves
def test_autocast_leaves_the_type_of_the_scores(dtype: torch.dtype) -> None:
    x, w = normal(4, 6).float(), normal(6, 6, seed=2).float().requires_grad_()
    with torch.autocast("cpu", dtype):
        scores = x @ w
        assert scores.dtype is dtype
        p = gt.entmax(scores, 1.3, log_degeneracy=torch.zeros(6))
        assert p.dtype is dtype
        assert gt.softmax(x).dtype is torch.float32
        loss = p.float().square().sum()
    (grad,) = torch.autograd.grad(loss, w)
    assert grad.dtype is torch.float32
    assert grad.isfinite().all()
    assert (grad != 0).any()


def test_autocast_leaves_it_as_softmax_of_pytorch_does_on_the_cpu() -> None:
    x = normal(4, 6).bfloat16()
    with torch.autocast("cpu", torch.bfloat16):
        assert gt.softmax(x).dtype is torch.softmax(x, -1).dtype
