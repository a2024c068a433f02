"""The wider family for tensors: values, edges, refusals, types."""

# Lambdas have no types.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

import gibbs
import gibbs.torch as gt
import gibbs.torch.entmax as package
from family_support import CALLS, as_tensor, numpy_map, torch_map
from torch_support import DTYPES, INF, NAN, needs_grad, normal

UNKNOWN: Any = "tsallis"
maps = pytest.mark.parametrize("name", CALLS)
package_: Any = package


@maps
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_values_are_those_of_the_numpy_functions(name: str, dtype: torch.dtype) -> None:
    x = normal(5, 6, dtype=dtype)
    expected = as_tensor(numpy_map(name)(x.numpy()))
    # A sink is a state beside the others here, and summed apart there.
    ulp = 4 * torch.finfo(dtype).eps if name == "sink_softmax" else 0
    torch.testing.assert_close(torch_map(name)(x), expected, rtol=ulp, atol=0)


@maps
@pytest.mark.parametrize("dim", [0, 1, -2])
def test_every_dim_is_the_last_one_moved(name: str, dim: int) -> None:
    x = normal(6, 6, 6)
    options = (
        {"weights": torch.ones((), dtype=torch.float64)} if "weights" in CALLS[name][1] else {}
    )
    of = torch_map(name)
    expected = of(x.movedim(dim, -1), **options).movedim(-1, dim)
    torch.testing.assert_close(of(x, dim=dim, **options), expected, rtol=1e-15, atol=0)


@maps
@pytest.mark.parametrize("dtype", DTYPES)
def test_the_dtype_and_the_shape_of_the_scores_come_back(name: str, dtype: torch.dtype) -> None:
    (x,) = needs_grad(normal(2, 6).to(dtype))
    p = torch_map(name)(x)
    assert (p.dtype, p.shape) == (dtype, x.shape)
    assert p.is_contiguous()
    p[:, 0].sum().backward()
    assert x.grad is not None
    assert x.grad.dtype == dtype


@maps
def test_absent_states_have_nothing_and_a_nan_takes_its_row_alone(name: str) -> None:
    x = normal(3, 6)
    x[0, 1], x[1, 2] = -INF, NAN
    # -inf is no reason to have less than the lower bound; a mask is.
    mask = torch.ones(3, 6, dtype=torch.bool)
    mask[0, 1] = False
    (scores,) = needs_grad(x)
    p = torch_map(name)(scores, mask=mask)
    assert p[0, 1] == 0
    assert p[1].isnan().all()
    assert p[[0, 2]].isfinite().all()
    (grad,) = torch.autograd.grad(p[:, 0].sum(), scores)
    assert grad[0, 1] == 0
    assert grad[[0, 2]].isfinite().all()


@maps
def test_no_scores_change_by_a_call(name: str) -> None:
    x = normal(2, 6)
    before = x.clone()
    torch_map(name)(x)
    assert torch.equal(x, before)


@maps
def test_temperature_zero_has_a_limit_and_no_gradient_for_scores(name: str) -> None:
    (x,) = needs_grad(normal(2, 6))
    p = torch_map(name)(x, temperature=0.0)
    torch.testing.assert_close(
        p.detach(), as_tensor(numpy_map(name)(x.detach().numpy(), temperature=0))
    )
    (grad,) = torch.autograd.grad(p, x, torch.ones_like(p), create_graph=True)
    assert (grad == 0).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: gt.capped_softmax(x, 0.1), "capped_softmax: the upper bounds of row 0 hold"),
        (lambda x: gt.budget(x, 7), "budget: the upper bounds of row 0 hold 6, less than"),
        (lambda x: gt.budget(x, -1), "budget: budget must"),
        (lambda x: gt.capped_sparsemax(x, 1, lower=torch.ones(5)), "capped_sparsemax: lower of sh"),
        (lambda x: gt.normmax(x, 1), "normmax: alpha must"),
        (lambda x: gt.f_softargmax(x, UNKNOWN), "f_softargmax: divergence must be among"),
        (lambda x: gt.f_softargmax(x, "alpha"), "f_softargmax: alpha must be given with"),
        (lambda x: gt.f_softargmax(x, "kl", alpha=2), "f_softargmax: alpha goes with"),
        (lambda x: gt.constrained(x, "alpha"), "constrained: alpha must be given with"),
        (lambda x: gt.constrained(x, UNKNOWN), "constrained: divergence must be among"),
        (lambda x: gt.constrained(x, "alpha", alpha=3, upper=0.5), "constrained: alpha must"),
        (lambda x: gt.top_k_softmax(x, -1), "top_k_softmax: k must"),
        (lambda x: gt.tempered_softmax(x, 2), "tempered_softmax: t must be less than 2, got 2"),
        (lambda x: gt.fermi_dirac(x, 1, temperature=-1), "fermi_dirac: temperature must not be"),
        (lambda x: gt.sink_softmax(x, torch.ones(5)), "sink_softmax: sink of shape"),
        (lambda x: gt.sink_softmax(x, NAN), "sink_softmax: sink must not be NaN, got nan"),
        (lambda x: gt.sink_softmax(x, torch.tensor([0, NAN])), "sink_softmax: sink must not be"),
        (lambda x: gt.sink_softmax(x, needs_grad(torch.tensor(NAN))[0]), "sink_softmax: sink must"),
        (lambda x: gt.sink_softmax(x, 10**400), "sink_softmax: sink must lie within the range"),
        (
            lambda x: gt.capped_softmax(x, 10**400),
            "capped_softmax: upper must lie within the range",
        ),
        (
            lambda x: gt.tempered_softmax(x, 10**400),
            "tempered_softmax: t must lie within the range",
        ),
        (lambda x: gt.budget(x, 10**400), "budget: budget must lie within the range"),
    ],
)
def test_what_is_out_of_range_is_refused_in_a_sentence(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(normal(2, 6))


def test_where_values_are_not_at_hand_a_row_whose_sink_is_nan_is_nan() -> None:
    x, sinks = normal(2, 6), torch.tensor([0.0, NAN])
    for found in (
        torch.func.vmap(gt.sink_softmax)(x, sinks),
        torch.compile(gt.sink_softmax, backend="eager")(x, sinks),
    ):
        assert torch.equal(found[0], gt.sink_softmax(x[0]))
        assert found[1].isnan().all()


def test_a_k_that_is_no_integer_is_refused() -> None:
    k: Any = 2.0
    with pytest.raises(TypeError, match="top_k_softmax: k must be an integer, got float"):
        gt.top_k_softmax(normal(2, 6), k)


def test_weights_that_require_a_gradient_are_refused() -> None:
    (w,) = needs_grad(torch.ones(6))
    with pytest.raises(ValueError, match="constrained: weights must not require a gradient"):
        gt.constrained(normal(2, 6), weights=w)
    with pytest.raises(ValueError, match="box_section: weights must not require a gradient"):
        gt.box_section(normal(2, 6), w, 1)


def test_numbers_per_row_are_taken_row_by_row() -> None:
    x = normal(3, 6)
    budgets, sinks = torch.tensor([1.0, 2.5, 4.0]), torch.tensor([0.0, 1.0, -INF])
    for i in range(3):
        alone = gt.budget(x[i], budgets[i].item())
        assert torch.equal(gt.budget(x, budgets)[i], alone)
        assert torch.equal(gt.budget(x, budgets.unsqueeze(1))[i], alone)
        sunk = gt.sink_softmax(x[i], sinks[i].item())
        assert torch.equal(gt.sink_softmax(x, sinks)[i], sunk)
    assert torch.equal(gt.sink_softmax(x, -INF), gt.softmax(x))


def test_members_are_other_maps_where_their_constraints_say_nothing() -> None:
    x = normal(3, 6)
    torch.testing.assert_close(gt.capped_softmax(x, 1), gt.softmax(x))
    torch.testing.assert_close(gt.capped_sparsemax(x, 1), gt.sparsemax(x))
    torch.testing.assert_close(gt.budget(x, 1), gt.sparsemax(x))
    torch.testing.assert_close(gt.tempered_softmax(x, 0.5), gt.entmax15(x))
    assert torch.equal(gt.top_k_softmax(x, 6), gt.softmax(x))
    assert torch.equal(gt.f_softargmax(x, "alpha", alpha=2), gt.sparsemax(x))
    half: Any = gibbs.f_softargmax(x.numpy(), "chi_square")
    torch.testing.assert_close(gt.sparsemax(x, temperature=2), as_tensor(half))


def test_modules_of_the_stand_in_learn_their_parameters() -> None:
    for module in (
        package_.NormmaxBisect(nn.Parameter(torch.tensor(2.0))),
        package_.BudgetBisect(nn.Parameter(torch.tensor(2.0))),
    ):
        module(normal(2, 6)).square().sum().backward()
        (parameter,) = module.parameters()
        assert parameter.grad != 0
