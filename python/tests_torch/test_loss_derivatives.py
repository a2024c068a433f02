"""Derivatives of the losses against finite differences, and against those of PyTorch's own."""

# Lambdas have no types.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.autograd import gradgradcheck

import gibbs.torch as gt
from torch_loss_support import CLASS_WEIGHTS, distributions, fenchel_young
from torch_support import ALPHAS, INF, first, needs_grad, normal, off_the_edges, second

func: Any = torch.func
grad_of: Any = torch.autograd.grad
alphas = pytest.mark.parametrize("alpha", ALPHAS)
reductions = pytest.mark.parametrize("reduction", ["none", "sum", "mean"])

LABELS = torch.tensor([2, 0, -100])
TEMPERATURE = torch.tensor([0.7, 1.6], dtype=torch.float64)
LOG_G = normal(3, seed=7) / 2
FULL: dict[str, Any] = {
    "class_weights": CLASS_WEIGHTS[:3],
    "sample_weights": torch.tensor([0.5, 2.0], dtype=torch.float64),
    "label_smoothing": 0.1,
    "z_loss": 0.1,
}


def scores(alpha: float, rows: int = 2, **options: Any) -> Tensor:
    """Return scores off every threshold."""
    for seed in range(1000):
        x = normal(rows, 3, seed=seed)
        if off_the_edges(alpha, x) and off_the_edges(alpha, x, **options):
            return x
    raise AssertionError("no scores off the edges")


def every_input(alpha: float) -> tuple[Tensor, ...]:
    x = scores(alpha, temperature=TEMPERATURE, log_degeneracy=LOG_G)
    return needs_grad(x, torch.tensor(alpha).double(), TEMPERATURE, LOG_G)


def targets_of(kind: str) -> Tensor:
    return LABELS[:2] if kind == "labels" else distributions(2, 3)


@alphas
@pytest.mark.parametrize(("kind", "options"), [("labels", FULL), ("probabilities", {})])
def test_the_loss_has_every_first_and_second_derivative(
    alpha: float, kind: str, options: dict[str, Any]
) -> None:
    targets = targets_of(kind)

    def of(x: Tensor, a: Tensor, t: Tensor, g: Tensor) -> Tensor:
        return fenchel_young(
            x, targets, a, temperature=t, log_degeneracy=g, reduction="none",
            **options,
        )  # fmt: skip

    inputs = every_input(alpha)
    assert first(of, inputs, fast=True)
    assert second(of, inputs, fast=True)


@pytest.mark.parametrize(
    ("alpha", "reduction"),
    [(0.9, "mean"), (1.0, "mean"), (1.1, "mean"), (1.5, "mean"), (2.0, "mean"), (1.5, "sum")],
)
def test_every_reduction_has_both_derivatives_in_the_scores(alpha: float, reduction: str) -> None:
    x = scores(alpha, rows=3)
    options = {**FULL, "sample_weights": torch.tensor([0.5, 2.0, 1.5]).double()}
    for targets in (LABELS, distributions(3, 3)):

        def of(x: Tensor, targets: Tensor = targets) -> Tensor:
            return fenchel_young(x, targets, alpha, reduction=reduction, **options)

        assert first(of, needs_grad(x))
        assert second(of, needs_grad(x))


@pytest.mark.parametrize("kind", ["labels", "probabilities"])
def test_cross_entropy_has_both_derivatives_with_the_entropy_of_its_targets(kind: str) -> None:
    targets = targets_of(kind)

    def of(x: Tensor, t: Tensor, g: Tensor) -> Tensor:
        return gt.cross_entropy(x, targets, temperature=t, log_degeneracy=g, **FULL)

    x, _, t, g = every_input(1.0)
    assert first(of, (x, t, g), fast=True)
    assert second(of, (x, t, g), fast=True)


@alphas
def test_absent_states_leave_the_derivatives_of_the_others(alpha: float) -> None:
    mask = torch.tensor([[1, 1, 0, 1], [0, 1, 1, 1]], dtype=torch.bool)

    def of(x: Tensor, a: Tensor, t: Tensor) -> Tensor:
        x = torch.cat([x, torch.full((2, 1), -INF, dtype=x.dtype)], 1)
        return fenchel_young(
            x, torch.tensor([0, 1]), a, temperature=t, mask=mask, label_smoothing=0.1, z_loss=0.1,
            reduction="none",
        )  # fmt: skip

    x, a, t, _ = every_input(alpha)
    assert first(of, (x, a, t), fast=True)
    assert second(of, (x, a, t), fast=True)


@pytest.mark.parametrize("alpha", [0.9, 1.1, 1.5, 2.0])
@pytest.mark.parametrize(
    "rows",
    [[[1.0, 1.0, 1.0, 1.0], [2.0, 2.0, -9.0, -9.0]], [[9.0, 0.0, 0.0, 0.0], [0.0, 0.0, 9.0, 0.0]]],
    ids=["ties", "one state"],
)
def test_ties_and_rows_of_one_state_have_both_derivatives(
    alpha: float, rows: list[list[float]]
) -> None:
    (x,) = needs_grad(torch.tensor(rows, dtype=torch.float64))
    labels = torch.tensor([0, 1])

    def of(x: Tensor) -> Tensor:
        return fenchel_young(x, labels, alpha, z_loss=0.1, label_smoothing=0.1)

    assert first(of, (x,))
    assert second(of, (x,))


@alphas
def test_the_gradient_is_the_map_less_the_target_and_the_hessian_its_jacobian(
    alpha: float,
) -> None:
    (x,) = needs_grad(scores(alpha))
    y = distributions(2, 3)
    v = normal(2, 3, seed=2)
    loss = fenchel_young(x, y, alpha, reduction="sum")
    p = gt.entmax(x, alpha)
    (grad,) = grad_of(loss, x, create_graph=True)
    torch.testing.assert_close(grad, p - y, rtol=0, atol=1e-15)
    torch.testing.assert_close(grad_of(grad, x, v)[0], grad_of(p, x, v)[0], rtol=0, atol=1e-15)


def test_states_outside_the_support_have_no_second_derivative_and_no_nan() -> None:
    (x,) = needs_grad(torch.tensor([[1.0, 0.8, -5.0, -1e30, -INF]], dtype=torch.float64))
    for alpha in (1.5, 1.75, 2.5):
        loss = fenchel_young(x, torch.tensor([2]), alpha, z_loss=0.1)
        (grad,) = grad_of(loss, x, create_graph=True)
        (twice,) = grad_of(grad[0, 1], x)
        assert (twice[0, 2:] == 0).all()
        assert twice.isfinite().all()


def test_ignored_rows_have_no_second_derivative_whatever_they_hold() -> None:
    rows = normal(3, 4)
    rows[2] = torch.nan
    (x,) = needs_grad(rows)
    loss = gt.entmax15_loss(x, LABELS, z_loss=0.1)
    (grad,) = grad_of(loss, x, create_graph=True)
    (twice,) = grad_of(grad.square().sum(), x)
    assert (twice[2] == 0).all()
    assert twice.isfinite().all()
    assert (twice[0] != 0).any()


@pytest.mark.parametrize("limit", [0.0, INF])
def test_second_derivatives_are_finite_in_the_limits_of_temperature(limit: float) -> None:
    (x,) = needs_grad(torch.tensor([[2.0, 1.0, 2.0]]))
    t = torch.tensor(limit, requires_grad=True)
    loss = fenchel_young(x, torch.tensor([0]), temperature=t, z_loss=0.1)
    for grad in grad_of(loss, (x, t), create_graph=True):
        assert grad.isfinite().all()
        again = grad_of(grad.sum(), (x, t), retain_graph=True, allow_unused=True)
        assert all(g is None or g.isfinite().all() for g in again)


def test_third_derivatives_exist_too() -> None:
    x = scores(1.3, rows=3)

    def slope(x: Tensor) -> Tensor:
        loss = fenchel_young(x, LABELS, 1.3, z_loss=0.1)
        return grad_of(loss, x, create_graph=True)[0].square()

    assert gradgradcheck(slope, needs_grad(x))


def test_gradients_have_the_shapes_and_dtypes_of_what_they_belong_to() -> None:
    for dtype in (torch.float64, torch.float32, torch.bfloat16):
        x, g = needs_grad(normal(3, 4).to(dtype), normal(1, 4).to(torch.float32))
        t, a = needs_grad(torch.full((3, 1), 2.0), torch.tensor(1.3))
        loss = fenchel_young(x, LABELS, a, temperature=t, log_degeneracy=g)
        for create_graph in (True, False):
            grads = grad_of(loss, (x, g, t, a), create_graph=create_graph)
            for grad, tensor in zip(grads, (x, g, t, a), strict=True):
                assert grad.shape == tensor.shape
                assert grad.dtype is tensor.dtype
                assert (grad != 0).any()
                assert grad.requires_grad is create_graph


def test_backward_may_be_run_again_where_the_graph_is_kept() -> None:
    (x,) = needs_grad(normal(3, 4))
    loss = gt.entmax15_loss(x, LABELS)
    grads = [grad_of(loss, x, torch.tensor(s).double(), retain_graph=s < 3)[0] for s in (1, 2, 3)]
    torch.testing.assert_close(grads[1], 2 * grads[0])
    torch.testing.assert_close(grads[2], 3 * grads[0])
    (again,) = grad_of(gt.entmax15_loss(x, LABELS), x)
    assert torch.equal(grads[0], again)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_changing_the_gradient_that_backward_left_changes_no_later_one(reduction: str) -> None:
    (x,) = needs_grad(normal(3, 4))
    of: Any = gt.entmax15_loss
    (expected,) = grad_of(of(x, LABELS, reduction=reduction), x)
    loss = of(x, LABELS, reduction=reduction)
    for keeps in (True, True, False):
        loss.backward(retain_graph=keeps)
        assert x.grad is not None
        assert torch.equal(x.grad, expected)
        x.grad.fill_(7.0)
        x.grad = None
    for times in (1, 2):
        of(x, LABELS, reduction=reduction).backward()
        assert x.grad is not None
        assert torch.equal(x.grad, times * expected)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_second_derivatives_of_every_dtype_are_those_of_float64(
    dtype: torch.dtype, reduction: str
) -> None:
    (x,) = needs_grad(normal(3, 4, dtype=dtype))
    of: Any = gt.entmax15_loss
    found: list[Tensor] = []
    for scores in (x, x.double()):
        (grad,) = grad_of(of(scores, LABELS, reduction=reduction), x, create_graph=True)
        found.append(grad_of(grad.square().sum(), x)[0])
    few_ulp = 8 * torch.finfo(dtype).eps
    torch.testing.assert_close(*found, rtol=few_ulp, atol=few_ulp)


def cross_entropy_of_definition(x: Tensor, y: Tensor) -> Tensor:
    return -(y * torch.log_softmax(x, -1)).sum(-1).mean()


TRANSFORMS: dict[str, Callable[[Any], Any]] = {
    "grad": func.grad,
    "jacrev": func.jacrev,
    "jacfwd": func.jacfwd,
    "hessian": func.hessian,
    "jacrev of jacfwd": lambda of: func.jacrev(func.jacfwd(of)),
    "jacfwd of jacfwd": lambda of: func.jacfwd(func.jacfwd(of)),
    "grad of grad": lambda of: func.grad(lambda x, y: func.grad(of)(x, y).square().sum()),
    "vmap over rows": lambda of: func.vmap(of),
    "vmap over columns": lambda of: lambda x, y: func.vmap(of, (1, 1))(x.T, y.T),
    "vmap of grad": lambda of: func.vmap(func.grad(of)),
    "vmap of hessian": lambda of: func.vmap(func.hessian(of)),
    "grad of vmap": lambda of: func.grad(lambda x, y: func.vmap(of)(x, y).sum()),
}


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_transforms_agree_with_those_of_pytorch(transform: str) -> None:
    x, y = normal(3, 4), distributions(3, 4)
    apply = TRANSFORMS[transform]
    expected = apply(cross_entropy_of_definition)(x, y)
    torch.testing.assert_close(apply(gt.cross_entropy)(x, y), expected)


@reductions
@pytest.mark.parametrize("weighted", [False, True])
def test_vmap_runs_over_every_argument_and_along_any_dim(reduction: str, weighted: bool) -> None:
    x, log_g, mask = normal(3, 5, 4), normal(3, 5, seed=2), normal(4, 3, seed=3) > -1
    alpha, t, s = normal(3, seed=4).exp(), normal(4, 3, seed=5).exp(), normal(3, 4, seed=6).exp()
    labels, y = torch.randint(0, 5, (4, 3)), distributions(3, 4, 5).movedim(-1, 1)
    labels[0, 0] = labels[2, 1] = -100
    labels[:, 2] = -100
    weights = CLASS_WEIGHTS if weighted else None

    def of(
        x: Tensor, to: Tensor, alpha: Tensor, t: Tensor, log_g: Tensor, mask: Tensor, s: Tensor
    ) -> Tensor:
        return fenchel_young(
            x, to, alpha, 0, temperature=t, log_degeneracy=log_g.unsqueeze(1), mask=mask,
            sample_weights=s, class_weights=weights, reduction=reduction, z_loss=0.1,
        )  # fmt: skip

    for targets, along in ((labels, 1), (y, 0)):
        dims = (0, along, 0, 1, 0, 1, 0)
        together = func.vmap(of, dims)(x, targets, alpha, t, log_g, mask, s)
        for i in range(3):
            to = targets.select(along, i)
            alone = of(x[i], to, alpha[i], t[:, i], log_g[i], mask[:, i], s[i])
            torch.testing.assert_close(together[i], alone)


def test_gradients_by_sample_are_those_of_each_sample() -> None:
    x, labels = normal(6, 4), torch.tensor([0, 1, 2, 3, -100, 1])
    per_sample = func.vmap(func.grad(lambda x, k: gt.sparsemax_loss(x, k)))(x, labels)
    (y,) = needs_grad(x)
    (grad,) = grad_of(gt.sparsemax_loss(y, labels, reduction="sum"), y)
    assert torch.equal(per_sample, grad)
    shared = func.vmap(lambda x: gt.sparsemax_loss(x, labels))(x.expand(2, 6, 4))
    torch.testing.assert_close(shared, gt.sparsemax_loss(x, labels).expand(2))
    of_labels = func.vmap(lambda k: gt.sparsemax_loss(x[0], k))(labels)
    expected = torch.stack([gt.sparsemax_loss(x[0], k) for k in labels])
    torch.testing.assert_close(of_labels, expected)
