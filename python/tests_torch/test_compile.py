"""torch.compile traces every function whole, and the operators hold what PyTorch asks of them."""

# Lambdas have no types.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

import gibbs.torch as gt
import gibbs.torch.entmax as package
from gibbs.torch._jacobians import SCORES
from torch_support import EVERY, normal

ops: Any = torch.ops
library: Any = torch.library
compiled: Any = torch.compile
reset: Any = torch.compiler.reset

TARGET = torch.tensor([0, 3, 1])
CALLS: dict[str, Callable[[Tensor], Tensor]] = {
    **{name: (lambda x, of=of: of(x, dim=0)) for name, of in EVERY.items()},
    "several dims": lambda x: gt.logsumexp(x, (0, 1)),
    "temperature": lambda x: gt.softmax(x, temperature=x.detach().square().sum(-1)),
    "degeneracy and mask": lambda x: gt.entmax(x, 1.3, log_degeneracy=x.detach(), mask=x > -1),
    "alpha per row": lambda x: gt.entmax(x, x.detach().square().mean(-1, keepdim=True) + 0.5),
    "module": lambda x: package.EntmaxBisect(1.7)(x),
    "module of a loss": lambda x: package.Entmax15Loss()(x, TARGET),
    "loss": lambda x: gt.cross_entropy(x, TARGET),
    "loss of each row": lambda x: gt.sparsemax_loss(x, TARGET, reduction="none"),
    "loss with all options": lambda x: gt.fenchel_young_loss(
        x,
        torch.tensor([1, -100, 0, 2, 2]),
        x.detach().square().mean(0) + 0.5,
        0,
        temperature=x.detach().square().sum(0),
        log_degeneracy=x.detach(),
        mask=x > -1,
        class_weights=torch.ones(3),
        sample_weights=x.detach().square().sum(0),
        label_smoothing=0.1,
        z_loss=0.1,
    ),
    "one versus all": lambda x: gt.one_versus_all_loss(
        x, TARGET, temperature=x.detach().square().sum(-1)
    ),
    "hinge": lambda x: gt.hinge_loss(x, TARGET, cost=0.5, reduction="none"),
    "squared": lambda x: gt.squared_loss(x, torch.softmax(-x.detach(), -1), mask=x > -1),
    "distillation": lambda x: gt.distillation_loss(x, x.detach().square(), temperature=2.0),
    "loss of probabilities": lambda x: gt.entmax15_loss(x, torch.softmax(-x.detach(), -1)),
}


def check(of: Callable[[Tensor], Tensor], **how: Any) -> None:
    reset()
    traced = compiled(of, fullgraph=True, **how)
    x = normal(3, 5, dtype=torch.float32).requires_grad_()
    given, expected = traced(x), of(x)
    assert torch.equal(given, expected)
    v = normal(*given.shape, seed=2, dtype=torch.float32)
    (grad,) = torch.autograd.grad(given, x, v)
    torch.testing.assert_close(grad, torch.autograd.grad(expected, x, v)[0])


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("dynamic", [False, True])
def test_compile_traces_the_whole_function(name: str, dynamic: bool) -> None:
    check(CALLS[name], backend="aot_eager", dynamic=dynamic)


def test_the_default_compiler_fuses_around_a_map() -> None:
    check(lambda x: 3 * gt.entmax(2 * x, 1.3).square())


@pytest.mark.parametrize("name", ["grad", "jacrev", "jacfwd", "hessian", "vmap"])
def test_compile_traces_the_transforms_of_torch_func(name: str) -> None:
    transform: Any = getattr(torch.func, name)
    reduced = name in ("grad", "hessian")

    def of(x: Tensor) -> Tensor:
        p = gt.entmax15(x, temperature=2.0)
        return p.square().sum() if reduced else p

    check_transform(transform(of), normal(4) if name != "vmap" else normal(3, 4))


@pytest.mark.parametrize("name", ["grad", "jacrev", "jacfwd", "hessian", "vmap"])
def test_compile_traces_the_transforms_of_a_loss(name: str) -> None:
    transform: Any = getattr(torch.func, name)
    reduction = "none" if name.startswith("jac") else "mean"
    target = torch.tensor(1)

    def of(x: Tensor) -> Tensor:
        return gt.entmax15_loss(x, target, reduction=reduction, z_loss=0.1)

    check_transform(transform(of), normal(4) if name != "vmap" else normal(3, 4))


def check_transform(of: Callable[[Tensor], Tensor], x: Tensor) -> None:
    reset()
    torch.testing.assert_close(compiled(of, fullgraph=True, backend="aot_eager")(x), of(x))


def test_a_refusal_passes_through_a_compiled_function() -> None:
    reset()
    traced = compiled(lambda x: gt.softmax(x, temperature=-1.0), backend="eager")
    with pytest.raises(ValueError, match="softmax: temperature must not be negative, got -1"):
        traced(normal(3))


def operands(requires_grad: bool) -> tuple[Tensor, ...]:
    x, v, log_g = normal(3, 5), normal(3, 5, seed=2), normal(5, seed=3)
    alpha, t = torch.tensor(1.3).double(), torch.tensor([[0.7], [1.0], [2.0]]).double()
    p = gt.entmax(x, alpha, temperature=t, log_degeneracy=log_g)
    tensors = (x, v, log_g, alpha, t, p, gt.log_softmax(x))
    return tuple(tensor.clone().requires_grad_(requires_grad) for tensor in tensors)


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor:UserWarning")  # opcheck's own
@pytest.mark.parametrize("requires_grad", [False, True])
def test_the_operators_hold_what_pytorch_asks_of_them(requires_grad: bool) -> None:
    x, v, log_g, alpha, t, p, log_p = operands(requires_grad)
    mask = normal(3, 5, seed=4) > -1
    labels, y = torch.tensor([[0], [3], [1]]), gt.softmax(normal(3, 5, seed=5))
    sides = (alpha, t, log_g, mask, torch.tensor([[1.0], [0.5], [2.0]]), 1, torch.ones(5))
    plain = (*(given.detach() for given in sides[:3]), *sides[3:])
    heated = (plain[0], t, *plain[2:])
    calls: list[tuple[Any, tuple[Any, ...]]] = [
        (ops.gibbs.entmax, (x, alpha, t, log_g, mask, 1, "entmax")),
        (ops.gibbs.entmax, (x, alpha, alpha, None, None, 0, "entmax")),
        (ops.gibbs.entmax_vjp, (p, v, alpha, t, log_g, 1, 7)),
        (ops.gibbs.entmax_vjp, (p, v, alpha, t, None, 1, 0)),
        (ops.gibbs.log_softmax, (x, t, log_g, mask, 1)),
        (ops.gibbs.log_softmax_vjp, (log_p, v, t, log_g, 1, 3)),
        (ops.gibbs.logsumexp, (x, t, log_g, mask, 1)),
        (ops.gibbs.loss, (x, labels, *sides, [0.1, 0.2], 1, "mean", "loss", 0)),
        (ops.gibbs.loss, (x, y, *sides, [0.0, 0.0], -100, "none", "cross_entropy", 15)),
        (ops.gibbs.loss, (x, labels, *heated, [], 1, "mean", "one_versus_all_loss", 0)),
        (ops.gibbs.loss, (x, y, *plain, [0.5], -100, "none", "hinge_loss", SCORES)),
        (ops.gibbs.loss, (x, y, *plain, [], -100, "sum", "squared_loss", SCORES)),
        (ops.gibbs.loss, (x, y, *heated, [], -100, "mean", "distillation_loss", SCORES | 1)),
    ]
    for op, args in calls:
        found = library.opcheck(op.default, args)
        assert set(found.values()) == {"SUCCESS"}
