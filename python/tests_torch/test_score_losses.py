"""Losses that need no map, and distillation, are their definitions with every derivative."""

# Lambdas have no types.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor
from torch.autograd import gradgradcheck

import gibbs
import gibbs.torch as gt
from torch_loss_support import (
    CLASSES,
    LABELS,
    SAMPLE_WEIGHTS,
    Loss,
    distillation_of_definition,
    distributions,
    hinge_of_definition,
    one_versus_all_of_definition,
    squared_of_definition,
)
from torch_support import DTYPES, INF, NAN, first, needs_grad, normal, second

func: Any = torch.func
grad_of: Any = torch.autograd.grad
ROWS = 6
TEMPERATURE = torch.linspace(0.6, 3, ROWS, dtype=torch.float64)


class Case(NamedTuple):
    """A loss with what it compares scores with, and each row's loss as it is defined."""

    loss: Loss
    targets: Tensor
    definition: Callable[..., Tensor]
    has_temperature: bool = False


def one_hot(labels: Tensor) -> Tensor:
    return torch.eye(CLASSES).double()[labels.clamp(min=0)]


YES_OR_NO = (normal(ROWS, CLASSES, seed=8) > 0).double()
SHARES = distributions(ROWS, CLASSES)
TEACHER = normal(ROWS, CLASSES, seed=9)
CASES = {
    "one versus all": Case(gt.one_versus_all_loss, LABELS, one_versus_all_of_definition, True),
    "several classes": Case(gt.one_versus_all_loss, YES_OR_NO, one_versus_all_of_definition, True),
    "hinge": Case(partial(gt.hinge_loss, cost=0.7), LABELS, partial(hinge_of_definition, cost=0.7)),
    "hinge of shares": Case(gt.hinge_loss, SHARES, hinge_of_definition),
    "squared": Case(gt.squared_loss, LABELS, squared_of_definition),
    "squared of numbers": Case(gt.squared_loss, TEACHER, squared_of_definition),
    "distillation": Case(gt.distillation_loss, TEACHER, distillation_of_definition, True),
}
cases = pytest.mark.parametrize("name", CASES)
reductions = pytest.mark.parametrize("reduction", ["none", "sum", "mean"])


def defined(case: Case, x: Tensor, *temperature: Tensor) -> tuple[Tensor, Tensor]:
    """Return the loss of each row and what it counts."""
    is_label = case.targets.dim() == 1
    kept = case.targets != -100 if is_label else torch.ones(ROWS, dtype=torch.bool)
    y = one_hot(case.targets) if is_label else case.targets
    counts = torch.where(kept, SAMPLE_WEIGHTS, 0.0)
    return counts * case.definition(x, y, *(t.unsqueeze(-1) for t in temperature)), counts


def inputs_of(case: Case) -> tuple[Tensor, ...]:
    x = normal(ROWS, CLASSES)
    return needs_grad(x, TEMPERATURE) if case.has_temperature else needs_grad(x)


def called(case: Case, reduction: str, **options: Any) -> Callable[..., Tensor]:
    def of(x: Tensor, *temperature: Tensor) -> Tensor:
        heat = {"temperature": temperature[0]} if temperature else {}
        return case.loss(
            x, case.targets, sample_weights=SAMPLE_WEIGHTS, reduction=reduction, **heat, **options
        )

    return of


@cases
def test_every_reduction_is_its_definition(name: str) -> None:
    case = CASES[name]
    inputs = inputs_of(case)
    expected, counts = defined(case, *inputs)
    reduced = {"none": expected, "sum": expected.sum(), "mean": expected.sum() / counts.sum()}
    for reduction, value in reduced.items():
        found = called(case, reduction)(*inputs)
        torch.testing.assert_close(found, value, rtol=1e-12, atol=1e-12)
        gradients = (grad_of(loss.sum(), inputs, retain_graph=True) for loss in (found, value))
        for given, exact in zip(*gradients, strict=True):
            torch.testing.assert_close(given, exact, rtol=1e-11, atol=1e-12)


@cases
@reductions
def test_every_reduction_has_every_first_and_second_derivative(name: str, reduction: str) -> None:
    of, inputs = called(CASES[name], reduction), inputs_of(CASES[name])
    assert first(of, inputs, fast=True)
    assert second(of, inputs, fast=True)


@cases
def test_third_derivatives_exist_too(name: str) -> None:
    of = called(CASES[name], "mean")

    def slope(*inputs: Tensor) -> Tensor:
        grads = grad_of(of(*inputs), inputs, create_graph=True)
        return sum((grad.square().sum() for grad in grads), torch.zeros(()))

    assert gradgradcheck(slope, inputs_of(CASES[name]), fast_mode=True)


@cases
@pytest.mark.parametrize("how", ["score", "mask"])
def test_absent_states_leave_the_derivatives_of_the_others(name: str, how: str) -> None:
    case = CASES[name]
    mask = torch.ones(ROWS, CLASSES, dtype=torch.bool)
    mask[torch.arange(ROWS), (LABELS.clamp(min=0) + 2) % CLASSES] = False
    targets = case.targets if case.targets.dim() == 1 else torch.where(mask, case.targets, 0.0)
    if name == "distillation":
        targets = torch.where(mask, case.targets, -INF) if how == "score" else case.targets
    if name == "hinge of shares":
        targets = targets / targets.sum(-1, keepdim=True)
    options: dict[str, Any] = {"mask": mask} if how == "mask" else {}

    def of(x: Tensor, *temperature: Tensor) -> Tensor:
        x = torch.where(mask, x, -INF) if how == "score" else x
        heat = {"temperature": temperature[0]} if temperature else {}
        return case.loss(x, targets, reduction="none", **heat, **options)

    inputs = inputs_of(case)
    assert of(*inputs).isfinite().all()
    assert first(of, inputs, fast=True)
    assert second(of, inputs, fast=True)


@cases
@reductions
@pytest.mark.parametrize("dtype", DTYPES)
def test_the_losses_are_those_of_the_numpy_door(
    name: str, reduction: str, dtype: torch.dtype
) -> None:
    case = CASES[name]
    (x,) = needs_grad(normal(ROWS, CLASSES).to(dtype))
    targets = case.targets.to(dtype) if case.targets.dim() == 2 else case.targets
    options = {"reduction": reduction, **({"temperature": 0.7} if case.has_temperature else {})}
    loss = case.loss(x, targets, **options)
    (grad,) = grad_of(loss.sum(), x)
    theirs: Any = getattr(gibbs, getattr(case.loss, "func", case.loss).__name__)
    keywords = getattr(case.loss, "keywords", {})
    expected, slope = theirs(x.detach(), targets, return_grad=True, **options, **keywords)
    assert loss.dtype is torch.promote_types(dtype, torch.float32)
    exact = torch.as_tensor(expected, dtype=loss.dtype)
    torch.testing.assert_close(loss, exact, rtol=torch.finfo(loss.dtype).eps, atol=0)
    ulp = torch.finfo(dtype).eps
    torch.testing.assert_close(grad, torch.as_tensor(slope), rtol=4 * ulp, atol=1e-7)


@cases
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_autocast_takes_scores_as_they_are(name: str, dtype: torch.dtype) -> None:
    case = CASES[name]
    features, w = normal(ROWS, 4).float(), normal(4, CLASSES, seed=2).float().requires_grad_()
    with torch.autocast("cpu", dtype):
        scores = features @ w
        assert scores.dtype is dtype
        targets = case.targets.to(dtype) if name == "distillation" else case.targets
        loss = case.loss(scores, targets)
    assert loss.dtype is torch.float32
    (grad,) = grad_of(loss, w)
    assert grad.dtype is torch.float32
    assert grad.isfinite().all()
    assert (grad != 0).any()


TRANSFORMS: dict[str, Callable[[Any], Any]] = {
    "grad": func.grad,
    "jacrev": func.jacrev,
    "jacfwd": func.jacfwd,
    "hessian": func.hessian,
    "jacfwd of jacfwd": lambda of: func.jacfwd(func.jacfwd(of)),
    "grad of grad": lambda of: func.grad(lambda x, y: func.grad(of)(x, y).square().sum()),
    "vmap over columns": lambda of: lambda x, y: func.vmap(of, (1, 1))(x.T, y.T),
    "vmap of hessian": lambda of: func.vmap(func.hessian(of)),
    "grad of vmap": lambda of: func.grad(lambda x, y: func.vmap(of)(x, y).sum()),
}


@pytest.mark.parametrize("name", ["several classes", "squared of numbers", "distillation"])
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_transforms_agree_with_those_of_pytorch(name: str, transform: str) -> None:
    case, apply = CASES[name], TRANSFORMS[transform]
    x = normal(ROWS, CLASSES)
    expected = apply(lambda x, y: case.definition(x, y).mean())(x, case.targets)
    torch.testing.assert_close(apply(case.loss)(x, case.targets), expected)


@cases
@reductions
def test_vmap_runs_over_every_argument_and_along_any_dim(name: str, reduction: str) -> None:
    case = CASES[name]
    x, t, s = normal(3, CLASSES, ROWS), normal(ROWS, 3, seed=5).exp(), normal(3, ROWS).exp()
    targets = case.targets.expand(3, *case.targets.shape).clone()
    if targets.dim() == 2:
        targets[1] = -100
    targets = targets.mT if targets.dim() == 3 else targets
    mask = normal(CLASSES, 3, seed=3) > -1

    def of(x: Tensor, to: Tensor, mask: Tensor, s: Tensor, *temperature: Tensor) -> Tensor:
        heat = {"temperature": temperature[0]} if temperature else {}
        return case.loss(
            x, to, 0, mask=mask.unsqueeze(1), sample_weights=s, reduction=reduction, **heat
        )

    given = (x, targets, mask, s, *((t,) if case.has_temperature else ()))
    dims = (0, 0, 1, 0, 1)[: len(given)]
    together = func.vmap(of, dims)(*given)
    for i in range(3):
        alone = of(*(one.select(dim, i) for one, dim in zip(given, dims, strict=True)))
        torch.testing.assert_close(together[i], alone)


@cases
def test_a_row_with_a_nan_is_nan_in_every_derivative_and_touches_no_other(name: str) -> None:
    case = CASES[name]
    x = normal(ROWS, CLASSES)
    x[1, 2] = NAN
    (x,) = needs_grad(x)
    losses = case.loss(x, case.targets, reduction="none")
    (grad,) = grad_of(losses.sum(), x, create_graph=True)
    (twice,) = grad_of(grad.sum(), x)
    for found in (losses.unsqueeze(-1), grad, twice):
        assert found[1].isnan().all()
        assert found[torch.arange(ROWS) != 1].isfinite().all()


@cases
def test_ignored_and_weightless_rows_have_no_derivative_whatever_they_hold(name: str) -> None:
    case = CASES[name]
    x = normal(ROWS, CLASSES)
    x[2] = NAN
    (x,) = needs_grad(x)
    weights = torch.ones(ROWS)
    weights[2] = 0
    loss = case.loss(x, case.targets, sample_weights=weights)
    (grad,) = grad_of(loss, x, create_graph=True)
    (twice,) = grad_of(grad.square().sum(), x)
    for found in (grad, twice):
        assert (found[2] == 0).all()
        assert found.isfinite().all()


@pytest.mark.parametrize("name", ["one versus all", "several classes", "distillation"])
@pytest.mark.parametrize("limit", [0.0, INF])
def test_derivatives_are_finite_in_the_limits_of_temperature(name: str, limit: float) -> None:
    case = CASES[name]
    x, t = needs_grad(normal(ROWS, CLASSES), torch.tensor(limit).double())
    loss = case.loss(x, case.targets, temperature=t, reduction="sum")
    for grad in grad_of(loss, (x, t), create_graph=True):
        assert grad.isfinite().all()
        again = grad_of(grad.sum(), (x, t), retain_graph=True, allow_unused=True)
        assert all(g is None or g.isfinite().all() for g in again)


def test_a_hot_distillation_is_half_a_variance_in_its_second_derivative_too() -> None:
    x, z = normal(4), normal(4, seed=2)
    of_variance = func.hessian(lambda x: (z - x).var(correction=0) / 2)(x)
    for t, near in ((1e3, 1e-2), (1e6, 1e-5), (INF, 1e-15)):
        found = func.hessian(lambda x, t=t: gt.distillation_loss(x, z, temperature=t))(x)
        torch.testing.assert_close(found, of_variance, rtol=near, atol=near)


def slope_of_slopes(x: Tensor, z: Tensor, t: float) -> float:
    """Return the second derivative in T as a difference of first ones, of fourth order."""
    step = t / 64
    values = [float(grad_in_t(x, z, t + k * step)) for k in (-2, -1, 1, 2)]
    return (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * step)


def grad_in_t(x: Tensor, z: Tensor, t: float) -> Tensor:
    (heat,) = needs_grad(torch.tensor(t, dtype=torch.float64))
    return grad_of(gt.distillation_loss(x, z, temperature=heat), heat)[0]


@pytest.mark.parametrize("temperature", [2.0, 30.0, 1e3, 1e5])
def test_second_derivatives_of_distillation_keep_their_digits_at_any_temperature(
    temperature: float,
) -> None:
    x, z = normal(5), normal(5, seed=2)
    (t,) = needs_grad(torch.tensor(temperature).double())
    (slope,) = grad_of(gt.distillation_loss(x, z, temperature=t), t, create_graph=True)
    (found,) = grad_of(slope, t)
    torch.testing.assert_close(float(found), slope_of_slopes(x, z, temperature), rtol=1e-4, atol=0)


def test_what_only_one_of_teacher_and_student_has_leaves_finite_derivatives() -> None:
    z = torch.tensor([[1.0, -INF, 0.5], [1.0, 0.0, 0.5], [1.0, INF, 0.5]]).double()
    (x,) = needs_grad(torch.tensor([[0.5, 0.0, 1.0], [0.5, -INF, 1.0], [0.5, INF, 1.0]]).double())
    (t,) = needs_grad(torch.tensor(1.5).double())
    losses = gt.distillation_loss(x, z, temperature=t, reduction="none")
    assert losses.isinf().tolist() == [False, True, False]
    for grad in grad_of(losses.sum(), (x, t), create_graph=True):
        assert grad.isfinite().all()
        for again in grad_of(grad.square().sum(), (x, t), retain_graph=True):
            assert again.isfinite().all()
    (finite,) = needs_grad(x[:1])

    def of(x: Tensor, t: Tensor) -> Tensor:
        return gt.distillation_loss(x, z[:1], temperature=t)

    assert second(of, (finite, t))


def test_cost_and_temperature_change_the_answer() -> None:
    x, labels = normal(ROWS, CLASSES), LABELS.clamp(min=0)
    changes: list[tuple[Loss, dict[str, Any]]] = [
        (gt.hinge_loss, {"cost": 2.0}),
        (gt.one_versus_all_loss, {"temperature": 2.0}),
        (gt.one_versus_all_loss, {"ignore_index": 1}),
        (gt.squared_loss, {"mask": torch.arange(CLASSES) != 2}),
    ]
    for loss, option in changes:
        assert not torch.equal(loss(x, labels), loss(x, labels, **option))
    assert torch.equal(gt.hinge_loss(x, LABELS, cost=0.0), gt.perceptron_loss(x, LABELS))


@cases
def test_a_batch_of_which_nothing_counts_has_loss_zero(name: str) -> None:
    case = CASES[name]
    (x,) = needs_grad(normal(ROWS, CLASSES))
    weightless = case.loss(x, case.targets, sample_weights=0.0)
    for loss in (weightless, case.loss(x[:0], case.targets[:0])):
        assert torch.equal(loss, torch.zeros((), dtype=torch.float64))
        (grad,) = grad_of(loss, x, create_graph=True)
        assert (grad == 0).all()
        assert (grad_of(grad.sum(), x)[0] == 0).all()
