"""Derivatives against finite differences in float64, which share no code with them."""

# Lambdas have no types.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.autograd import gradgradcheck

import gibbs.torch as gt
from torch_support import ALPHAS, Map, first, needs_grad, normal, off_the_edges, second

alphas = pytest.mark.parametrize("alpha", ALPHAS)
SUMS: dict[str, Map] = {"log_softmax": gt.log_softmax, "logsumexp": gt.logsumexp}
sums = pytest.mark.parametrize("name", SUMS)


def problem(alpha: float, rows: int = 2, cols: int = 4) -> tuple[Tensor, Tensor, Tensor]:
    """Return scores off every threshold, temperatures per row and log_degeneracy."""
    temperature = torch.tensor([0.7, 1.6], dtype=torch.float64)[:rows]
    log_g = normal(cols, seed=7) / 2
    for seed in range(1000):
        x = normal(rows, cols, seed=seed)
        if off_the_edges(alpha, x) and off_the_edges(
            alpha, x, temperature=temperature, log_degeneracy=log_g
        ):
            return x, temperature, log_g
    raise AssertionError("no scores off the edges")


def as_alpha(alpha: float) -> Tensor:
    return torch.tensor(alpha, dtype=torch.float64)


@alphas
def test_entmax_has_every_first_derivative_in_both_modes(alpha: float) -> None:
    x, temperature, log_g = problem(alpha)

    def of(x: Tensor, a: Tensor, t: Tensor, g: Tensor) -> Tensor:
        return gt.entmax(x, a, temperature=t, log_degeneracy=g)

    assert first(of, needs_grad(x, as_alpha(alpha), temperature, log_g))


@alphas
def test_entmax_has_every_second_derivative(alpha: float) -> None:
    x, temperature, log_g = problem(alpha)

    def of(x: Tensor, a: Tensor, t: Tensor, g: Tensor) -> Tensor:
        return gt.entmax(x, a, temperature=t, log_degeneracy=g)

    assert second(of, needs_grad(x, as_alpha(alpha), temperature, log_g))


@alphas
def test_absent_states_leave_the_derivatives_of_the_others(alpha: float) -> None:
    x, temperature, _ = problem(alpha, cols=6)
    mask = torch.tensor([[1, 1, 0, 1, 1, 1], [0, 1, 1, 1, 1, 0]], dtype=torch.bool)

    def of(x: Tensor, a: Tensor) -> Tensor:
        x = torch.cat([x, torch.full((2, 1), -torch.inf, dtype=x.dtype)], 1)
        absent = torch.cat([mask, torch.ones(2, 1, dtype=torch.bool)], 1)
        return gt.entmax(x, a, temperature=temperature, mask=absent)

    inputs = needs_grad(x, as_alpha(alpha))
    assert first(of, inputs)
    assert second(of, inputs)


@pytest.mark.parametrize("dim", [0, 1, 2])
@pytest.mark.parametrize("of", [gt.softmax, gt.entmax15, gt.sparsemax, gt.log_softmax])
def test_derivatives_go_along_any_dim(of: Map, dim: int) -> None:
    x = normal(3, 2, 3, seed=5)
    assert off_the_edges(1.5, x.movedim(dim, -1))
    assert off_the_edges(2.0, x.movedim(dim, -1))
    temperature = torch.ones([1 if d == dim else n for d, n in enumerate(x.shape)]).double()
    assert first(lambda x, t: of(x, dim, temperature=t), needs_grad(x, temperature))


@sums
def test_log_softmax_and_log_z_have_every_first_derivative_in_both_modes(name: str) -> None:
    x, temperature, log_g = problem(1.0)
    mask = torch.tensor([[1, 1, 0, 1], [1, 1, 1, 1]], dtype=torch.bool)

    def of(x: Tensor, t: Tensor, g: Tensor) -> Tensor:
        result = SUMS[name](x, temperature=t, log_degeneracy=g, mask=mask)
        return result.where(result != -torch.inf, 0)

    inputs = needs_grad(x, temperature, log_g)
    assert first(of, inputs)


@sums
def test_log_softmax_and_log_z_have_every_second_derivative(name: str) -> None:
    x, temperature, log_g = problem(1.0)

    def of(x: Tensor, t: Tensor, g: Tensor) -> Tensor:
        return SUMS[name](x, temperature=t, log_degeneracy=g)

    assert second(of, needs_grad(x, temperature, log_g))


@pytest.mark.parametrize("alpha", [1.0, 1.3, 1.5, 2.0])
def test_third_derivatives_exist_too(alpha: float) -> None:
    x, *_ = problem(alpha, rows=1)

    def slope(x: Tensor) -> Tensor:
        (grad,) = torch.autograd.grad(gt.entmax(x, alpha).square().sum(), x, create_graph=True)
        return grad

    assert gradgradcheck(slope, needs_grad(x))


def test_the_second_derivative_of_sparsemax_in_the_scores_is_exactly_zero() -> None:
    (x,) = needs_grad(normal(3, 8))
    v, w = normal(3, 8, seed=2).requires_grad_(), normal(3, 8, seed=3)
    (grad,) = torch.autograd.grad(gt.sparsemax(x), x, v, create_graph=True)
    by_x, by_v = torch.autograd.grad(grad, (x, v), w)
    assert (by_x == 0).all()
    assert (by_v != 0).any()


@pytest.mark.parametrize("alpha", [1.5, 1.75, 2.5])
def test_states_outside_the_support_have_no_second_derivative_and_no_nan(alpha: float) -> None:
    (x,) = needs_grad(torch.tensor([[1.0, 0.8, -5.0, -1e30, -torch.inf]], dtype=torch.float64))
    (grad,) = torch.autograd.grad(gt.entmax(x, alpha)[0, 0], x, create_graph=True)
    (twice,) = torch.autograd.grad(grad[0, 1], x)
    assert (grad[0, 2:] == 0).all()
    assert (twice[0, 2:] == 0).all()
    assert twice.isfinite().all()


@pytest.mark.parametrize("near", [1 - 1e-7, 1 + 1e-7])
def test_derivatives_pass_through_alpha_one(near: float) -> None:
    x = normal(2, 5)

    def hessian_of(alpha: float) -> Tensor:
        a = as_alpha(alpha)
        return torch.func.hessian(lambda x, a: gt.entmax(x, a).square().sum(), (0, 1))(x, a)

    for row, expected in zip(hessian_of(near), hessian_of(1.0), strict=True):
        torch.testing.assert_close(row, expected, rtol=1e-5, atol=1e-5)


def test_a_gradient_is_wanted_only_where_it_is_asked_for() -> None:
    x, t = normal(2, 5), torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    p = gt.softmax(x, temperature=t)
    (grad,) = torch.autograd.grad(p[:, 0].sum(), t)
    assert grad.shape == ()
    assert grad != 0


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_gradients_of_parameters_have_their_shapes_and_dtypes(dtype: torch.dtype) -> None:
    x, g = needs_grad(normal(3, 4).to(dtype), normal(1, 4).to(torch.float32))
    t, a = needs_grad(torch.full((3, 1), 2.0), torch.tensor(1.3))
    gt.entmax(x, a, temperature=t, log_degeneracy=g)[:, 0].sum().backward()
    for tensor in (x, g, t, a):
        assert tensor.grad is not None
        assert tensor.grad.shape == tensor.shape
        assert tensor.grad.dtype == tensor.dtype
        assert (tensor.grad != 0).any()
