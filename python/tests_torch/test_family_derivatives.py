"""Derivatives of the wider family against finite differences in float64, and between modes."""

# Lambdas have no types.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor

import gibbs.torch as gt
from family_support import CALLS, ROWS, fixed, parameters, scores_off_the_edges, torch_map
from gibbs.torch._family_jacobians import UPPER
from gibbs.torch._jacobians import ALPHA
from torch_support import INF, Map, first, needs_grad, normal, second

maps = pytest.mark.parametrize("name", CALLS)
func: Any = torch.func
library: Any = torch.library
ops: Any = torch.ops


def problem(name: str, **more: Any) -> tuple[Map, tuple[Tensor, ...]]:
    """Return the map as a function of everything that it is differentiable for."""
    of, given = getattr(gt, CALLS[name][0]), parameters(name)
    names = list(given)

    def of_all(x: Tensor, *others: Tensor) -> Tensor:
        return of(x, **dict(zip(names, others, strict=True)), **fixed(name), **more)

    return of_all, needs_grad(scores_off_the_edges(name, **more), *given.values())


@maps
def test_every_first_derivative_in_both_modes(name: str) -> None:
    assert first(*problem(name))


@maps
def test_every_second_derivative(name: str) -> None:
    assert second(*problem(name))


@maps
def test_masked_states_leave_the_derivatives_of_the_others(name: str) -> None:
    mask = torch.tensor([[1, 1, 1, 0, 1, 1], [1, 1, 1, 1, 0, 1]], dtype=torch.bool)
    of, (x, *_) = problem(name, mask=mask)
    of = partial(torch_map(name), mask=mask)
    assert first(of, (x,))
    assert second(of, (x,))


@pytest.mark.parametrize("name", ["capped_softmax", "fermi_dirac", "normmax", "sink_softmax"])
def test_ties_between_the_bounds_have_derivatives(name: str) -> None:
    (x,) = needs_grad(torch.tensor([[1.0, 1.0, 1.0, 0.75, 0.75, 0.75]], dtype=torch.float64))
    options = {"upper": 0.9, "lower": 0.01} if name in ("capped_softmax", "fermi_dirac") else {}
    of = partial(torch_map(name), **options)
    assert first(of, (x,))
    assert second(of, (x,))


@maps
def test_vmap_over_rows_is_the_map_of_the_batch(name: str) -> None:
    x = normal(ROWS, 6)
    of = torch_map(name)
    assert torch.equal(func.vmap(of)(x), of(x))
    jacobians = func.vmap(func.jacrev(of))(x)
    torch.testing.assert_close(jacobians, func.vmap(func.jacfwd(of))(x))


def test_alpha_of_a_map_with_bounds_is_of_each_row_and_has_limits() -> None:
    x = normal(3, 6)
    alphas = torch.tensor([0.5, 1.0, 1.9], dtype=torch.float64)
    of = partial(gt.constrained, divergence="alpha", upper=0.6)
    for a, row, p in zip(alphas, x, of(x, alpha=alphas), strict=True):
        torch.testing.assert_close(of(row, alpha=a), p, rtol=1e-14, atol=1e-15)
    torch.testing.assert_close(of(x, alpha=1.0), gt.capped_softmax(x, 0.6))
    assert first(lambda a: of(x, alpha=a), needs_grad(alphas))
    for temperature, alpha in ((0.0, 1.5), (INF, 1.5)):
        (a,) = needs_grad(torch.tensor(alpha).double())
        p = of(x, alpha=a, temperature=temperature)
        assert torch.autograd.grad(p[0, 0], a) == (0,)


def test_vmap_runs_over_bounds_and_budgets() -> None:
    x, upper = normal(3, 6), normal(3, 6, seed=2).square() + 0.5
    budget = torch.tensor([1.0, 1.5, 0.5], dtype=torch.float64)

    def of(x: Tensor, upper: Tensor, budget: Tensor) -> Tensor:
        return gt.capped_sparsemax(x, upper, budget=budget)

    together = func.vmap(of)(x, upper, budget)
    for i in range(3):
        assert torch.equal(together[i], of(x[i], upper[i], budget[i]))


@pytest.mark.parametrize(
    "name", ["capped_softmax", "box_section", "constrained_1.0", "normmax", "top_k_entmax"]
)
def test_operators_hold_what_pytorch_asks_of_them(name: str) -> None:
    of, inputs = problem(name)
    compiled: Any = torch.compile
    torch.compiler.reset()
    traced = compiled(of, fullgraph=True, backend="aot_eager")
    p = of(*inputs)
    assert torch.equal(traced(*inputs), p)
    v = normal(*p.shape, seed=2)
    grads = [torch.autograd.grad(of_(*inputs), inputs, v) for of_ in (traced, of)]
    for mine, other in zip(*grads, strict=True):
        torch.testing.assert_close(mine, other)


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor:UserWarning")  # opcheck's own
@pytest.mark.parametrize("requires_grad", [False, True])
def test_the_operators_of_the_family_are_consistent(requires_grad: bool) -> None:
    x, v = (normal(2, 6, seed=i).requires_grad_(requires_grad) for i in (1, 2))
    one = torch.ones((), dtype=torch.float64)
    p = gt.budget(x, 2).detach().requires_grad_(requires_grad)
    sides = (None, one, None, None, one, None, None, 1, "euclidean")
    of_alpha = (1.5 * one, *sides[1:-1], "alpha")
    for op, args in (
        (ops.gibbs.normmax, (x, 2 * one, one, None, 1)),
        (ops.gibbs.normmax_vjp, (gt.normmax(x).detach(), v, 2 * one, one, 1, 5)),
        (ops.gibbs.top_k_entmax, (x, 2 * one, one, None, None, 1, "top_k_entmax", 3)),
        (ops.gibbs.constrained, (x, 2 * one, *sides, "constrained")),
        (ops.gibbs.constrained_vjp, (p, v, *sides, 0)),
        (ops.gibbs.constrained_vjp, (p, v, *sides, 3 | UPPER)),
        (ops.gibbs.constrained, (x, 2 * one, *of_alpha, "constrained")),
        (ops.gibbs.constrained_vjp, (p, v, *of_alpha, ALPHA)),
    ):
        assert set(library.opcheck(op.default, args).values()) == {"SUCCESS"}


@maps
def test_gradients_are_the_same_through_the_dispatcher_and_at_once(name: str) -> None:
    of, inputs = problem(name)
    v = normal(ROWS, 6, seed=3)
    plain = torch.autograd.grad(of(*inputs), inputs, v)
    _, pull = func.vjp(of, *(t.detach() for t in inputs))
    for at_once, dispatched in zip(plain, pull(v), strict=True):
        torch.testing.assert_close(at_once, dispatched, rtol=1e-12, atol=1e-13)
