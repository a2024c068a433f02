"""torch.func: each transform, and each inside another, gives what PyTorch's own softmax gives."""

# Lambdas have no types.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

import gibbs.torch as gt
from torch_support import EVERY, normal

func: Any = torch.func
forward_ad: Any = torch.autograd.forward_ad

THEIRS: dict[str, Callable[..., Tensor]] = {
    "softmax": lambda x, t: torch.softmax(x / t, -1),
    "log_softmax": lambda x, t: torch.log_softmax(x / t, -1),
    "logsumexp": lambda x, t: torch.logsumexp(x / t, -1),
}
OURS: dict[str, Callable[..., Tensor]] = {
    name: (lambda x, t, of=EVERY[name]: of(x, temperature=t)) for name in THEIRS
}
TRANSFORMS: dict[str, Callable[[Any], Any]] = {
    "grad": lambda of: func.grad(lambda x, t: of(x, t).square().sum(), (0, 1)),
    "jacrev": lambda of: func.jacrev(of, (0, 1)),
    "jacfwd": lambda of: func.jacfwd(of, (0, 1)),
    "hessian": lambda of: func.hessian(lambda x, t: of(x, t).square().sum(), (0, 1)),
    "jacrev of jacfwd": lambda of: func.jacrev(func.jacfwd(of), (0, 1)),
    "jacfwd of jacfwd": lambda of: func.jacfwd(func.jacfwd(of)),
    "grad of grad": lambda of: func.grad(
        lambda x, t: func.grad(lambda x: of(x, t).square().sum())(x).square().sum()
    ),
    "vmap over rows": lambda of: func.vmap(of, (0, None)),
    "vmap over columns": lambda of: func.vmap(of, (1, None)),
    "vmap of grad": lambda of: func.vmap(
        func.grad(lambda x, t: of(x, t).square().sum(), (0, 1)), (0, None)
    ),
    "vmap of hessian": lambda of: func.vmap(
        func.hessian(lambda x, t: of(x, t).square().sum()), (0, None)
    ),
}


@pytest.mark.parametrize("name", THEIRS)
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_transforms_agree_with_those_of_pytorch(name: str, transform: str) -> None:
    x, t = normal(3, 4), torch.tensor(0.7, dtype=torch.float64)
    apply = TRANSFORMS[transform]
    torch.testing.assert_close(apply(OURS[name])(x, t), apply(THEIRS[name])(x, t))


def test_vmap_runs_over_every_argument_and_along_any_dim() -> None:
    x, log_g, mask = normal(3, 5, 4), normal(3, 5, seed=2), normal(4, 3, seed=3) > -1
    alpha, t = normal(3, seed=4).exp(), normal(4, 3, seed=5).exp()

    def of(x: Tensor, alpha: Tensor, t: Tensor, log_g: Tensor, mask: Tensor) -> Tensor:
        return gt.entmax(
            x, alpha, dim=0, temperature=t, log_degeneracy=log_g.unsqueeze(1), mask=mask
        )

    together = func.vmap(of, (0, 0, 1, 0, 1), out_dims=2)(x, alpha, t, log_g, mask)
    for i in range(3):
        alone = of(x[i], alpha[i], t[:, i], log_g[i], mask[:, i])
        assert torch.equal(together[:, :, i], alone)


def test_vmap_inside_vmap_is_the_map_of_the_whole() -> None:
    x = normal(2, 3, 4, 5)
    nested = func.vmap(func.vmap(lambda x: gt.entmax15(x, 0), 2), 0, 1)(x)
    assert torch.equal(nested, gt.entmax15(x, 1).permute(3, 0, 1, 2).movedim(1, 1))


def test_the_jacobian_on_the_support_is_symmetric_in_both_modes() -> None:
    x = normal(6)
    for alpha in (0.5, 1.0, 1.5, 2.0, 2.5):
        forward = func.jacfwd(lambda x, a=alpha: gt.entmax(x, a))(x)
        reverse = func.jacrev(lambda x, a=alpha: gt.entmax(x, a))(x)
        torch.testing.assert_close(forward, reverse, rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(forward, forward.T, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", THEIRS)
def test_forward_mode_works_without_torch_func_over_and_under_reverse(name: str) -> None:
    x, t = normal(2, 5).requires_grad_(), torch.tensor(0.7).double().requires_grad_()
    v = normal(2, 5, seed=2)
    with forward_ad.dual_level():
        result = OURS[name](forward_ad.make_dual(x, v), t)
        tangent = forward_ad.unpack_dual(result).tangent
        (grad,) = torch.autograd.grad(result.square().sum(), x, create_graph=True)
        over = forward_ad.unpack_dual(grad).tangent
    under = torch.autograd.grad(tangent.square().sum(), (x, t))

    # PyTorch's own softmax fails here (2.15), but not under torch.func.
    def push(of: Any, x: Tensor, t: Tensor) -> Tensor:
        return func.jvp(lambda x: of(x, t), (x,), (v,))[1]

    theirs, x, t = THEIRS[name], x.detach(), t.detach()
    torch.testing.assert_close(tangent.detach(), push(theirs, x, t))
    slope = func.grad(lambda x, t: theirs(x, t).square().sum())
    torch.testing.assert_close(over.detach(), push(slope, x, t))
    expected = func.grad(lambda x, t: push(theirs, x, t).square().sum(), (0, 1))(x, t)
    torch.testing.assert_close(under, expected)


def test_without_grad_there_is_no_graph() -> None:
    x = normal(2, 5).requires_grad_()
    for of in EVERY.values():
        with torch.no_grad():
            assert not of(x).requires_grad
        with torch.inference_mode():
            assert of(x).is_inference()


def test_a_saved_output_that_is_changed_in_place_is_noticed() -> None:
    x = normal(2, 5).requires_grad_()
    p = gt.softmax(x)
    with torch.no_grad():
        p.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        p.sum().backward()
