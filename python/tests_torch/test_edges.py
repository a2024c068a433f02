"""The contract for numbers (docs/numbers.md) through this door, forward and backward."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

import gibbs.torch as gt
from torch_support import DTYPES, EVERY, INF, MAPS, NAN, counting, gradient

maps = pytest.mark.parametrize("name", MAPS)
every = pytest.mark.parametrize("name", EVERY)
dtypes = pytest.mark.parametrize("dtype", DTYPES)


def loss_gradient(name: str, x: Tensor, **options: Any) -> Tensor:
    """Return the gradient for an upstream of 1, 2, 3, ... in every row."""
    result = EVERY[name](x, **options)
    return gradient(EVERY[name], x, counting(x) if result.shape == x.shape else None, **options)


@every
@dtypes
def test_a_nan_makes_its_row_nan_and_touches_no_other(name: str, dtype: torch.dtype) -> None:
    x = torch.tensor([[1, NAN, 0], [2, 1, 0.5]], dtype=dtype)
    result = EVERY[name](x)
    assert result[0].isnan().all()
    assert result[1].isfinite().all()
    grad = loss_gradient(name, x)
    assert grad[0].isnan().all()
    assert grad[1].isfinite().all()


@every
@dtypes
@pytest.mark.parametrize("how", ["score", "mask", "log_degeneracy"])
def test_an_absent_state_has_exactly_no_probability_and_no_gradient(
    name: str, dtype: torch.dtype, how: str
) -> None:
    x = torch.tensor([[1, 0.75, 0.5], [0, 0, 0]], dtype=dtype)
    options: dict[str, Tensor] = {}
    if how == "score":
        x[0, 1] = -INF
    elif how == "mask":
        options["mask"] = torch.tensor([[True, False, True], [True, True, True]])
    else:
        options["log_degeneracy"] = torch.tensor([[0, -INF, 0], [0, 0, 0]])
    result = EVERY[name](x, **options)
    if name == "log_softmax":
        assert result[0, 1] == -INF
    elif name != "logsumexp":
        assert result[0, 1] == 0
    grad = loss_gradient(name, x, **options)
    assert grad[0, 1] == 0
    assert grad.isfinite().all()


@every
@pytest.mark.parametrize("how", ["score", "mask", "log_degeneracy"])
def test_no_state_has_no_mass_and_no_gradient_in_any_parameter(name: str, how: str) -> None:
    x = torch.tensor([[1.0, 2.0], [1.0, 2.0]], dtype=torch.float64)
    log_g = torch.zeros(2, 2, dtype=torch.float64)
    mask = torch.ones(2, 2, dtype=torch.bool)
    if how == "mask":
        mask[0] = False
    else:
        (x if how == "score" else log_g)[0] = -INF
    x.requires_grad_()
    log_g.requires_grad_()
    t = torch.ones(2, 1, dtype=torch.float64, requires_grad=True)
    result = EVERY[name](x, temperature=t, log_degeneracy=log_g, mask=mask)
    assert (result[0] == (-INF if name.startswith("log") else 0)).all()
    upstream = counting(x) if result.shape == x.shape else torch.ones_like(result)
    for grad in torch.autograd.grad(result, (x, log_g, t), upstream):
        assert (grad[0] == 0).all()
        assert grad.isfinite().all()


@maps
@dtypes
def test_infinite_scores_share_the_mass(name: str, dtype: torch.dtype) -> None:
    x = torch.tensor([[INF, 3, INF], [INF, 0, -INF]], dtype=dtype)
    expected = torch.tensor([[0.5, 0, 0.5], [1, 0, 0]], dtype=dtype)
    assert torch.equal(MAPS[name](x), expected)
    assert loss_gradient(name, x).isfinite().all()


@maps
def test_at_temperature_zero_the_mass_is_on_the_maxima_and_scores_have_no_gradient(
    name: str,
) -> None:
    x = torch.tensor([[2.0, 1.0, 2.0]])
    log_g = torch.tensor([3.0, 1.0, 1.0]).log()
    p = MAPS[name](x, temperature=0, log_degeneracy=log_g)
    torch.testing.assert_close(p, torch.tensor([[0.75, 0, 0.25]]))
    assert (gradient(MAPS[name], x, counting(x), temperature=0.0) == 0).all()


@pytest.mark.parametrize("name", [name for name in MAPS if name != "argmax"])
def test_at_infinite_temperature_only_log_degeneracy_matters(name: str) -> None:
    x = torch.tensor([[2.0, 1.0, 2.0]])
    log_g = torch.tensor([3.0, 1.0, 1.0]).log().requires_grad_()
    p = MAPS[name](x, temperature=INF, log_degeneracy=log_g)
    torch.testing.assert_close(p, torch.tensor([[0.6, 0.2, 0.2]]))
    (grad,) = torch.autograd.grad(p[0, 0], log_g)
    torch.testing.assert_close(grad, torch.tensor([0.24, -0.12, -0.12]))
    assert (gradient(MAPS[name], x, counting(x), temperature=INF) == 0).all()


@pytest.mark.parametrize("limit", [0.0, INF])
@every
def test_second_derivatives_are_finite_in_the_limits_of_temperature(
    name: str, limit: float
) -> None:
    x = torch.tensor([[2.0, 1.0, 2.0]], requires_grad=True)
    t = torch.tensor(limit, requires_grad=True)
    result = EVERY[name](x, temperature=t)
    if not result.isfinite().all():
        result = torch.where(result.isfinite(), result, 0)
    grads = torch.autograd.grad(result.sum(), (x, t), create_graph=True)
    for grad in grads:
        assert (grad == 0).all()
        if grad.requires_grad:
            again = torch.autograd.grad(grad.sum(), (x, t), retain_graph=True, allow_unused=True)
            assert all(g is None or g.isfinite().all() for g in again)


def test_nan_in_the_upstream_of_an_absent_state_is_not_seen() -> None:
    x = torch.tensor([[1.0, -INF, 0.5]], requires_grad=True)
    for of in (gt.softmax, gt.log_softmax, gt.entmax15):
        (grad,) = torch.autograd.grad(of(x), x, torch.tensor([[1.0, NAN, 0.0]]))
        assert grad.isfinite().all()
        assert grad[0, 1] == 0


@maps
def test_adding_a_constant_to_every_score_changes_nothing(name: str) -> None:
    x = torch.tensor([[3.0, 1.5, 0.25]])
    assert torch.equal(MAPS[name](x), MAPS[name](x + 64))


def test_large_scores_lose_nothing() -> None:
    x = torch.tensor([[1e8, 1e8 - 1e9, 0.0]], dtype=torch.float32)
    for name, of in MAPS.items():
        far = 1e-15 if name == "entmax_0.5" else 0.0  # its tails are heavy
        torch.testing.assert_close(of(x), torch.tensor([[1.0, 0, 0]]), rtol=0, atol=far)


def test_tiny_probabilities_keep_their_place_in_the_support_of_half_types() -> None:
    x = torch.tensor([[0.0, -15.0]], dtype=torch.bfloat16)
    assert (gradient(gt.softmax, x, counting(x)) != 0).all()
