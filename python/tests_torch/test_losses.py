"""The losses are their definitions, whatever the targets, the options, the shape and the dtype."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

import gibbs
import gibbs.torch as gt
from torch_loss_support import (
    CLASS_WEIGHTS,
    CLASSES,
    LABELS,
    OPTIONS,
    SAMPLE_WEIGHTS,
    SCORE_LOSSES,
    Loss,
    distributions,
    fenchel_young,
    losses_of_definition,
    problem,
)
from torch_support import ALPHAS, DTYPES, INF, NAN, gradient, needs_grad, normal

NAMED: dict[str, Loss] = {
    "cross_entropy": gt.cross_entropy,
    "entmax15_loss": gt.entmax15_loss,
    "sparsemax_loss": gt.sparsemax_loss,
    "perceptron_loss": gt.perceptron_loss,
}
OF_ALPHA = {
    "cross_entropy": 1.0,
    "entmax15_loss": 1.5,
    "sparsemax_loss": 2.0,
    "perceptron_loss": INF,
}
EVERY_LOSS = {**NAMED, **SCORE_LOSSES}
named = pytest.mark.parametrize("name", NAMED)
every = pytest.mark.parametrize("name", EVERY_LOSS)
reductions = pytest.mark.parametrize("reduction", ["none", "sum", "mean"])


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("kind", ["labels", "probabilities"])
def test_every_alpha_is_its_definition(alpha: float, options: str, kind: str) -> None:
    x, temperature, log_g = problem()
    targets = LABELS if kind == "labels" else distributions(6, CLASSES)
    expected, counts = losses_of_definition(
        x, targets, alpha, temperature, log_g, **OPTIONS[options]
    )
    reduced = {
        "none": expected,
        "sum": expected.sum(),
        "mean": expected.sum() / counts.sum(),
    }
    for reduction, value in reduced.items():
        found = fenchel_young(
            x, targets, alpha, temperature=temperature, log_degeneracy=log_g,
            reduction=reduction, **OPTIONS[options],
        )  # fmt: skip
        torch.testing.assert_close(found, value, rtol=1e-11, atol=1e-11)


@named
@reductions
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16])
def test_the_losses_are_those_of_the_numpy_door(
    name: str, reduction: str, dtype: torch.dtype
) -> None:
    (x,) = needs_grad(normal(6, CLASSES, dtype=dtype))
    options = {"temperature": 0.7, "label_smoothing": 0.1, "reduction": reduction}
    loss = NAMED[name](x, LABELS, **options)
    (grad,) = torch.autograd.grad(loss.sum(), x)
    of_numpy: Any = getattr(gibbs, name)
    expected, slope = of_numpy(x.detach().numpy(), LABELS.numpy(), return_grad=True, **options)
    ulp = torch.finfo(loss.dtype).eps
    torch.testing.assert_close(loss, torch.as_tensor(expected, dtype=loss.dtype), rtol=ulp, atol=0)
    torch.testing.assert_close(
        grad, torch.as_tensor(slope), rtol=4 * torch.finfo(dtype).eps, atol=1e-7
    )


def test_cross_entropy_is_that_of_pytorch() -> None:
    theirs: Any = torch.nn.functional.cross_entropy
    for targets in (LABELS, distributions(6, CLASSES)):
        for smoothing in (0.0, 0.3):
            for reduction in ("none", "sum", "mean"):
                (x,) = needs_grad(normal(6, CLASSES))
                ours = gt.cross_entropy(
                    x, targets, class_weights=CLASS_WEIGHTS, label_smoothing=smoothing,
                    reduction=reduction,
                )  # fmt: skip
                expected = theirs(
                    x, targets, CLASS_WEIGHTS, label_smoothing=smoothing, reduction=reduction
                )
                if reduction == "mean" and targets.is_floating_point():
                    # Theirs divides by the rows, ours by the weight that counts.
                    expected = expected * 6 / (targets * CLASS_WEIGHTS).sum()
                torch.testing.assert_close(ours, expected)
                grads = [torch.autograd.grad(loss.sum(), x)[0] for loss in (ours, expected)]
                torch.testing.assert_close(*grads)


@named
def test_named_losses_are_members_of_the_family(name: str) -> None:
    x = normal(6, CLASSES)
    expected = gt.fenchel_young_loss(x, LABELS, OF_ALPHA[name])
    assert torch.equal(NAMED[name](x, LABELS), expected)
    assert gt.entmax_loss is gt.fenchel_young_loss


@every
@pytest.mark.parametrize("dim", [-3, -2, -1, 0, 1, 2])
def test_losses_go_along_any_dim_of_any_strides(name: str, dim: int) -> None:
    x = normal(3, 4, 2)
    rows = x.movedim(dim, -1)
    labels = torch.randint(0, rows.shape[-1], rows.shape[:-1])
    y = distributions(*rows.shape)
    for targets, moved in ((labels, labels), (y, y.movedim(-1, dim))):
        expected = EVERY_LOSS[name](rows.contiguous(), targets, reduction="none")
        assert torch.equal(EVERY_LOSS[name](x, moved, dim, reduction="none"), expected)
        of_copy = EVERY_LOSS[name](x.movedim(0, 2).contiguous().movedim(2, 0), moved, dim)
        torch.testing.assert_close(of_copy, expected.mean())
        slopes = [
            gradient(EVERY_LOSS[name], scores, targets=to, dim=along).movedim(along, -1)
            for scores, to, along in ((x, moved, dim), (rows.contiguous(), targets, -1))
        ]
        assert torch.equal(*slopes)


@named
def test_a_scalar_is_a_row_of_one_state_and_costs_nothing(name: str) -> None:
    x = torch.tensor(3.0, requires_grad=True)
    for target in (torch.tensor(0), torch.tensor(1.0)):
        for reduction in ("none", "sum", "mean"):
            loss = NAMED[name](x, target, 0, reduction=reduction)
            assert loss.shape == ()
            assert loss == 0
            assert torch.autograd.grad(loss, x)[0] == 0


@named
def test_a_batch_of_which_nothing_counts_has_loss_zero(name: str) -> None:
    of = NAMED[name]
    (x,) = needs_grad(normal(3, CLASSES))
    ignored = torch.full((3,), -100)
    for loss in (
        of(x[:0], ignored[:0]),
        of(x, ignored),
        of(x, LABELS[:2].repeat(2)[:3], sample_weights=0.0),
        of(x, torch.zeros(3, dtype=torch.int64), class_weights=torch.tensor([0.0, 1, 1, 1, 1])),
    ):
        assert torch.equal(loss, torch.zeros((), dtype=torch.float64))
        assert (torch.autograd.grad(loss, x)[0] == 0).all()
    assert of(x[:0], ignored[:0], reduction="none").shape == (0,)


@every
def test_ignored_rows_are_not_there_whatever_they_hold(name: str) -> None:
    x = normal(6, CLASSES)
    kept = LABELS != -100
    x[2] = NAN
    given = (
        gradient(EVERY_LOSS[name], x, targets=LABELS),
        gradient(EVERY_LOSS[name], x[kept], targets=LABELS[kept]),
    )
    torch.testing.assert_close(given[0][kept], given[1])
    assert (given[0][2] == 0).all()
    other = torch.where(kept, LABELS, 2)
    assert torch.equal(EVERY_LOSS[name](x, other, ignore_index=2), EVERY_LOSS[name](x, LABELS))


@every
@pytest.mark.parametrize("dtype", [torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8])
def test_labels_may_be_of_every_integer_dtype(name: str, dtype: torch.dtype) -> None:
    x, labels = normal(5, CLASSES), LABELS[LABELS >= 0]
    assert torch.equal(EVERY_LOSS[name](x, labels.to(dtype)), EVERY_LOSS[name](x, labels))


@every
@pytest.mark.parametrize("dtype", DTYPES)
def test_half_types_are_computed_in_float32_and_the_loss_stays_there(
    name: str, dtype: torch.dtype
) -> None:
    x, y = normal(6, CLASSES).to(dtype), distributions(6, CLASSES).to(dtype)
    wide = torch.promote_types(dtype, torch.float32)
    for targets, exact in ((LABELS, LABELS), (y, y.to(wide))):
        loss = EVERY_LOSS[name](x, targets)
        assert loss.dtype is wide
        assert torch.equal(loss, EVERY_LOSS[name](x.to(wide), exact))
        grad = gradient(EVERY_LOSS[name], x, targets=targets)
        assert grad.dtype is dtype
        expected = gradient(EVERY_LOSS[name], x.to(wide), targets=exact)
        few_ulp = 4 * torch.finfo(dtype).eps
        torch.testing.assert_close(grad.to(wide), expected, rtol=few_ulp, atol=1e-6)


def test_small_gradients_of_float16_survive_a_mean_and_a_scaled_loss() -> None:
    x = torch.zeros(2000, 100, dtype=torch.float16)
    labels = torch.zeros(2000, dtype=torch.int64)
    x.requires_grad_()
    (grad,) = torch.autograd.grad(gt.cross_entropy(x, labels) * 131072, x)
    torch.testing.assert_close(grad[:, 1:], torch.full((2000, 99), 0.6554, dtype=torch.float16))


@named
@pytest.mark.parametrize("how", ["score", "mask", "log_degeneracy"])
def test_an_absent_state_is_not_there_and_costs_infinity_as_a_target(name: str, how: str) -> None:
    x = normal(3, 4)
    options: dict[str, Any] = {}
    absent = torch.tensor([False, False, True, False])
    if how == "score":
        x[:, 2] = -INF
    elif how == "mask":
        options["mask"] = ~absent
    else:
        options["log_degeneracy"] = torch.where(absent, -INF, 0.0)
    labels = torch.tensor([0, 3, 1])
    loss = NAMED[name](x, labels, label_smoothing=0.1, **options)
    rest = torch.tensor([0, 2, 1])
    torch.testing.assert_close(loss, NAMED[name](x[:, ~absent], rest, label_smoothing=0.1))
    grad = gradient(NAMED[name], x, targets=labels, **options)
    assert (grad[:, 2] == 0).all()
    assert grad.isfinite().all()
    absent_label = torch.tensor([2, 3, 1])
    assert NAMED[name](x, absent_label, reduction="none", **options)[0] == INF
    grad = gradient(NAMED[name], x, targets=absent_label, **options)
    assert grad[0, 2] == 0
    assert grad.isfinite().all()


@every
def test_a_nan_makes_its_row_nan_and_touches_no_other(name: str) -> None:
    x = torch.tensor([[1, NAN, 0], [2, 1, 0.5]])
    labels = torch.tensor([0, 1])
    losses = EVERY_LOSS[name](x, labels, reduction="none")
    assert losses[0].isnan()
    assert losses[1].isfinite()
    grad = gradient(EVERY_LOSS[name], x, targets=labels)
    assert grad[0].isnan().all()
    assert grad[1].isfinite().all()


@named
def test_a_prediction_that_is_right_costs_nothing(name: str) -> None:
    x = normal(6, CLASSES)
    p = gt.entmax(x, OF_ALPHA[name])
    loss = fenchel_young(x, p, OF_ALPHA[name])
    assert loss == 0
    assert (gradient(fenchel_young, x, targets=p, alpha=OF_ALPHA[name]) == 0).all()


def test_every_option_changes_the_answer() -> None:
    x, temperature, log_g = problem()
    changes: dict[str, Any] = {
        "alpha": 1.2, "dim": 0, "temperature": temperature, "log_degeneracy": log_g,
        "mask": torch.arange(CLASSES) != 2, "class_weights": CLASS_WEIGHTS,
        "sample_weights": SAMPLE_WEIGHTS, "label_smoothing": 0.1, "ignore_index": 3,
        "z_loss": 0.1, "reduction": "sum",
    }  # fmt: skip
    x, labels = x[:5], LABELS[:5].clamp(min=0)
    for name, value in changes.items():
        if isinstance(value, Tensor) and value.shape == (6,):
            value = value[:5]
        assert not torch.equal(fenchel_young(x, labels), fenchel_young(x, labels, **{name: value}))


def test_weights_alpha_and_temperature_broadcast_over_the_rows() -> None:
    x, labels = normal(3, 4, CLASSES), torch.randint(0, CLASSES, (3, 4))
    alpha = torch.tensor([1.0, 1.5, 2.0, 0.7], dtype=torch.float64)
    temperature = torch.tensor([[[0.5]], [[1.0]], [[2.0]]], dtype=torch.float64)
    weights = torch.tensor([[1.0], [2.0], [0.5]])
    found = fenchel_young(
        x, labels, alpha, temperature=temperature, sample_weights=weights, reduction="none"
    )
    for i in range(3):
        for j in range(4):
            heat = temperature[i, 0, 0]
            alone = fenchel_young(x[i, j], labels[i, j], alpha[j], temperature=heat)
            torch.testing.assert_close(found[i, j], weights[i, 0] * alone)
