"""gibbs.torch.entmax stands in for the package entmax, and is right where that is not."""

# Lambdas have no types.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false

from __future__ import annotations

import copy
import importlib
import inspect
from typing import Any

import entmax as theirs_
import pytest
import torch
from torch import Tensor, nn
from torch.autograd import gradcheck, gradgradcheck

import gibbs.torch
from torch_support import INF, needs_grad, normal

ours: Any = importlib.import_module("gibbs.torch.entmax")
theirs: Any = theirs_

NAMES: list[str] = list(ours.__all__)
LOSSES = [
    *("SparsemaxLoss", "Entmax15Loss", "SparsemaxBisectLoss", "EntmaxBisectLoss"),
    "NormmaxBisectLoss",
]
MAPS = ["sparsemax", "entmax15", "sparsemax_bisect", "entmax_bisect", "normmax_bisect"]
TARGET = torch.tensor([0, 3, 1, 3])


def parameters(of: Any) -> list[tuple[str, Any]]:
    given = inspect.signature(of).parameters.values()
    return [(p.name, p.default) for p in given if p.name != "return_support_size"]


def test_every_name_is_there() -> None:
    public = {n for n in dir(theirs) if callable(getattr(theirs, n)) and not n.startswith("_")}
    assert public == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_arguments_and_defaults_are_the_same(name: str) -> None:
    assert parameters(getattr(ours, name)) == parameters(getattr(theirs, name))


def test_the_name_is_a_function_and_a_package() -> None:
    import gibbs.torch.entmax as imported
    import gibbs.torch.entmax.losses as losses

    x = normal(3, 4)
    function: Any = gibbs.torch.entmax
    assert losses.sparsemax_loss is ours.sparsemax_loss
    assert torch.equal(function(x, 1.5), ours.entmax15(x))
    for name in NAMES:
        assert getattr(imported, name) is getattr(function, name) is getattr(ours, name)


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("dim", [0, 1, 2])
def test_the_maps_give_the_same_values_and_gradients(name: str, dim: int) -> None:
    (x,) = needs_grad(normal(3, 4, 5))
    v = normal(3, 4, 5, seed=2)
    p, q = getattr(ours, name)(x, dim=dim), getattr(theirs, name)(x, dim=dim)
    torch.testing.assert_close(p, q, rtol=1e-9, atol=1e-9)
    by_p, by_q = torch.autograd.grad(p, x, v)[0], torch.autograd.grad(q, x, v)[0]
    torch.testing.assert_close(by_p, by_q, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("alpha", [0.5, 1.2, 1.75, 2.25])
def test_entmax_bisect_gives_the_same_at_any_alpha_and_so_does_its_gradient(alpha: float) -> None:
    x, a = needs_grad(normal(3, 5), torch.tensor(alpha).double())
    v = normal(3, 5, seed=2)
    results = [package.entmax_bisect(x, a) for package in (ours, theirs)]
    torch.testing.assert_close(results[0], results[1], rtol=1e-9, atol=1e-9)
    grads = [torch.autograd.grad(p, (x, a), v) for p in results]
    for mine, other in zip(*grads, strict=True):
        torch.testing.assert_close(mine, other.reshape(mine.shape), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("alpha", [1.2, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("dim", [0, 1, 2])
def test_normmax_bisect_gives_the_same_at_any_alpha(alpha: float, dim: int) -> None:
    (x,) = needs_grad(normal(3, 4, 5))
    v = normal(3, 4, 5, seed=2)
    p, q = (package.normmax_bisect(x, alpha, dim=dim) for package in (ours, theirs))
    torch.testing.assert_close(p, q, rtol=1e-6, atol=1e-6)
    by_p, by_q = torch.autograd.grad(p, x, v)[0], torch.autograd.grad(q, x, v)[0]
    torch.testing.assert_close(by_p, by_q, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("budget", [1, 2, torch.tensor([[1.5], [2.5], [3.0]]).double()])
def test_budget_bisect_gives_the_same_at_any_budget(budget: Any) -> None:
    (x,) = needs_grad(normal(3, 5))
    v = normal(3, 5, seed=2)
    p, q = (package.budget_bisect(x, budget) for package in (ours, theirs))
    torch.testing.assert_close(p, q, rtol=1e-9, atol=1e-9)
    by_p, by_q = torch.autograd.grad(p, x, v)[0], torch.autograd.grad(q, x, v)[0]
    torch.testing.assert_close(by_p, by_q, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("alpha", [1.3, 1.5, 2.0])
def test_the_loss_of_normmax_is_differentiable_for_alpha(alpha: float) -> None:
    x, a = needs_grad(normal(4, 6, seed=3), torch.tensor(alpha).double())

    def of(x: Tensor, a: Tensor) -> Tensor:
        return ours.normmax_bisect_loss(x, TARGET, a)

    assert gradcheck(of, (x, a), check_forward_ad=True)
    assert gradgradcheck(of, (x, a))


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("reduction", ["elementwise_mean", "sum", "none"])
def test_the_losses_give_the_same_values_and_gradients(name: str, reduction: str) -> None:
    (x,) = needs_grad(normal(4, 6))
    results = [getattr(p, name)(reduction=reduction)(x, TARGET) for p in (ours, theirs)]
    torch.testing.assert_close(results[0], results[1], rtol=1e-9, atol=1e-9)
    grads = [torch.autograd.grad(loss.sum(), x)[0] for loss in results]
    torch.testing.assert_close(grads[0], grads[1], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", LOSSES)
def test_the_losses_have_both_derivatives_and_forward_mode(name: str) -> None:
    loss = getattr(ours, name)(reduction="none")
    inputs = needs_grad(normal(4, 6, seed=3))
    assert gradcheck(lambda x: loss(x, TARGET), inputs, check_forward_ad=True)
    assert gradgradcheck(lambda x: loss(x, TARGET), inputs, check_fwd_over_rev=True)


@pytest.mark.parametrize("alpha", [0.7, 1.0, 1.3, 1.5, 2.0])
def test_the_loss_is_differentiable_for_alpha(alpha: float) -> None:
    x, a = needs_grad(normal(4, 6, seed=3), torch.tensor(alpha).double())

    def of(x: Tensor, a: Tensor) -> Tensor:
        return ours.entmax_bisect_loss(x, TARGET, a)

    assert gradcheck(of, (x, a), check_forward_ad=True)
    assert gradgradcheck(of, (x, a))


def test_at_alpha_one_the_loss_is_cross_entropy() -> None:
    x = normal(4, 6)
    expected = torch.nn.functional.cross_entropy(x, TARGET, reduction="none")
    torch.testing.assert_close(ours.entmax_bisect_loss(x, TARGET, 1.0), expected)


@pytest.mark.parametrize("name", LOSSES)
def test_the_gradient_of_a_loss_is_p_less_the_label(name: str) -> None:
    (x,) = needs_grad(normal(4, 6))
    (grad,) = torch.autograd.grad(getattr(ours, name)(reduction="sum")(x, TARGET), x)
    of = {"Sparsemax": ours.sparsemax, "NormmaxBi": ours.normmax_bisect}
    p = of.get(name[:9], ours.entmax15)(x)
    expected = p - nn.functional.one_hot(TARGET, 6)
    torch.testing.assert_close(grad, expected, rtol=1e-14, atol=1e-14)


# Where the package is wrong.


@pytest.mark.parametrize("name", MAPS)
def test_rows_without_a_state_are_zero_and_have_no_gradient(name: str) -> None:
    (x,) = needs_grad(torch.tensor([[-INF, -INF], [0.0, 0.0]]))
    p = getattr(ours, name)(x)
    assert (p[0] == 0).all()
    torch.testing.assert_close(p[1], torch.tensor([0.5, 0.5]))
    (grad,) = torch.autograd.grad(p[:, 0].sum(), x)
    assert (grad[0] == 0).all()
    assert grad.isfinite().all()


@pytest.mark.parametrize("name", LOSSES)
def test_a_masked_class_makes_no_loss_nan(name: str) -> None:
    (x,) = needs_grad(torch.tensor([[1.0, -INF, 0.5], [1.0, 0.5, -INF]]))
    loss = getattr(ours, name)(reduction="sum")(x, torch.tensor([0, 1]))
    without = getattr(ours, name)(reduction="sum")(
        torch.tensor([[1, 0.5]] * 2), torch.tensor([0, 1])
    )
    torch.testing.assert_close(loss, without)
    (grad,) = torch.autograd.grad(loss, x)
    assert grad.isfinite().all()
    assert grad[0, 1] == 0


@pytest.mark.parametrize("name", LOSSES)
def test_a_label_that_is_masked_costs_infinity_and_gives_no_nan(name: str) -> None:
    (x,) = needs_grad(torch.tensor([[1.0, -INF, 0.5]]))
    loss = getattr(ours, name)(reduction="none")(x, torch.tensor([1]))
    assert loss == INF
    assert torch.autograd.grad(loss.sum(), x)[0].isfinite().all()


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("ignore_index", [-100, -1, 2])
def test_ignored_labels_of_any_sign_are_ignored(name: str, ignore_index: int) -> None:
    (x,) = needs_grad(normal(4, 6))
    target = torch.tensor([0, ignore_index, 1, ignore_index])
    make = getattr(ours, name)
    loss = make(ignore_index=ignore_index)(x, target)
    assert torch.equal(make(ignore_index=torch.tensor(ignore_index))(x, target), loss)
    expected = make()(x[[0, 2]], target[[0, 2]])
    torch.testing.assert_close(loss, expected)
    (grad,) = torch.autograd.grad(loss, x)
    assert (grad[[1, 3]] == 0).all()


@pytest.mark.parametrize("name", LOSSES)
def test_a_batch_that_is_all_ignored_costs_nothing(name: str) -> None:
    (x,) = needs_grad(normal(2, 6))
    loss = getattr(ours, name)()(x, torch.tensor([-100, -100]))
    assert torch.equal(loss, torch.zeros((), dtype=torch.float64))
    assert (torch.autograd.grad(loss, x)[0] == 0).all()


def test_alpha_one_is_softmax_and_infinity_argmax() -> None:
    x = normal(3, 5)
    assert torch.equal(ours.entmax_bisect(x, 1.0), gibbs.torch.softmax(x))
    assert torch.equal(ours.entmax_bisect(x, INF).argmax(1), x.argmax(1))


@pytest.mark.parametrize("k", [1, 2, 100])
def test_any_dim_goes_with_any_k(k: int) -> None:
    x = normal(3, 4, 5)
    for dim in (-3, -2, -1):
        for name in ("sparsemax", "entmax15"):
            of = getattr(ours, name)
            assert torch.equal(of(x, dim, k), of(x, dim + 3))


@pytest.mark.parametrize("name", ["sparsemax", "entmax15"])
def test_the_size_of_the_support_is_returned_where_asked_for(name: str) -> None:
    x = normal(3, 4, 5)
    p, size = getattr(ours, name)(x, dim=1, return_support_size=True)
    assert torch.equal(size, (p > 0).sum(1, keepdim=True))
    module = {"sparsemax": "Sparsemax", "entmax15": "Entmax15"}[name]
    assert torch.equal(getattr(ours, module)(1, return_support_size=True)(x)[1], size)
    rows = x[0]
    loss, of_rows = getattr(ours, name + "_loss")(rows, TARGET, return_support_size=True)
    assert loss.shape == (4,)
    assert of_rows.shape == (4, 1)
    of_module = getattr(ours, module + "Loss")(reduction="none", return_support_size=True)
    assert torch.equal(of_module(rows, TARGET)[1], of_rows)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_losses_of_half_types_are_those_of_float32_rounded(name: str, dtype: torch.dtype) -> None:
    x = normal(4, 6).to(dtype)
    loss = getattr(ours, name)(reduction="none")
    assert torch.equal(loss(x, TARGET), loss(x.float(), TARGET).to(dtype))


def test_functional_losses_of_sparse_maps_are_those_of_gibbs_torch() -> None:
    x = normal(4, 6)
    functions: Any = gibbs.torch
    for name in ("sparsemax_loss", "entmax15_loss"):
        expected = getattr(functions, name)(x, TARGET, reduction="none")
        assert torch.equal(getattr(ours, name)(x, TARGET), expected)


@pytest.mark.parametrize("name", LOSSES)
def test_large_scores_lose_nothing_of_a_loss(name: str) -> None:
    x = torch.tensor([[0.25, 0.0, -3.0]])
    loss = getattr(ours, name)(reduction="none")
    for target in (0, 1):
        label = torch.tensor([target])
        assert torch.equal(loss(x + 65536, label), loss(x, label))


def test_modules_are_copied_and_learn_their_alpha() -> None:
    module = ours.EntmaxBisect(nn.Parameter(torch.tensor(1.5)))
    assert [name for name, _ in module.named_parameters()] == ["alpha"]
    copy.deepcopy(module)(normal(2, 3)).square().sum().backward()
    module(normal(2, 3)).square().sum().backward()
    assert module.alpha.grad != 0
