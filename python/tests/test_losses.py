"""Losses and their gradients against numerics that share no code with them."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import gibbs
from loss_support import distributions, labels_like, log_softmax, loss_of_definition, one_hot
from support import DTYPES, ULP, layouts, normal, scores_inside, slope, softmax_of_definition, wide

ALPHAS = [0.5, 1.0, 1.25, 1.5, 1.75, 2.0, 3.0]
dtypes = pytest.mark.parametrize("dtype", DTYPES)


def test_cross_entropy_is_that_of_log_softmax() -> None:
    x, k, y = normal(20, 9), labels_like(20, 9), distributions(20, 9)
    of_labels = -log_softmax(x)[np.arange(20), k]
    assert gibbs.cross_entropy(x, k, reduction="none") == pytest.approx(of_labels, abs=1e-14)
    assert gibbs.cross_entropy(x, k) == pytest.approx(of_labels.mean(), abs=1e-14)
    cold = -0.3 * (y * log_softmax(x / 0.3)).sum(-1)
    found = gibbs.cross_entropy(x, y, temperature=0.3, reduction="none")
    assert found == pytest.approx(cold, abs=1e-13)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("temperature", [1.0, 0.4])
def test_every_alpha_is_its_definition(alpha: float, temperature: float) -> None:
    x, k, y = normal(20, 9), labels_like(20, 9), distributions(20, 9)
    for targets, spelled in ((k, one_hot(k, 9)), (y, y)):
        exact = [
            loss_of_definition(a, b, alpha, temperature) for a, b in zip(x, spelled, strict=True)
        ]
        found = gibbs.fenchel_young_loss(
            x, targets, alpha, temperature=temperature, reduction="none"
        )
        assert found == pytest.approx(exact, abs=1e-12)
        assert (found >= 0).all()


@pytest.mark.parametrize("alpha", ALPHAS)
def test_a_prediction_that_is_right_costs_nothing(alpha: float) -> None:
    x = normal(20, 9)
    p = gibbs.entmax(x, alpha)
    loss, grad = gibbs.entmax_loss(x, p, alpha, return_grad=True)
    assert loss == 0
    assert (grad == 0).all()


def test_named_losses_are_its_members() -> None:
    x, k, y = normal(20, 9), labels_like(20, 9), distributions(20, 9)
    assert gibbs.cross_entropy(x, k) == gibbs.fenchel_young_loss(x, k, 1)
    for loss, alpha in ((gibbs.entmax15_loss, 1.5), (gibbs.sparsemax_loss, 2)):
        assert loss(x, k) == gibbs.fenchel_young_loss(x, k, alpha)
        assert loss(x, y, temperature=2) == gibbs.fenchel_young_loss(x, y, alpha, temperature=2)
    assert gibbs.entmax_loss(x, y) == gibbs.entmax15_loss(x, y)
    entropies = gibbs.entropy(y).mean()
    kl = gibbs.fenchel_young_loss(x, y, 1)
    assert gibbs.cross_entropy(x, y) == pytest.approx(kl + entropies, abs=1e-14)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_the_gradient_is_the_map_less_the_target(alpha: float) -> None:
    x, k = normal(20, 9), labels_like(20, 9)
    each = gibbs.fenchel_young_loss(x, k, alpha, reduction="none", return_grad=True)
    assert each[1] == pytest.approx(gibbs.entmax(x, alpha) - one_hot(k, 9), abs=1e-15)
    mean = gibbs.fenchel_young_loss(x, k, alpha, return_grad=True)
    assert mean[1] == pytest.approx(each[1] / 20, abs=1e-16)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("alpha", ALPHAS)
def test_every_gradient_is_the_finite_difference(alpha: float, axis: int) -> None:
    x = scores_inside(alpha, 2, 3, 4)
    classes = x.shape[axis]
    rows = tuple(n for d, n in enumerate(x.shape) if d != axis)
    k = labels_like(rows, classes)
    k[0, 0] = -100
    t, a = np.random.default_rng(3).uniform(1.0, 2.0, rows), np.full(rows[1:], alpha)
    g = scores_inside(alpha, 3, 1) / 3
    options: dict[str, Any] = {
        "class_weights": np.linspace(0.5, 2, classes),
        "sample_weights": np.random.default_rng(4).uniform(0.5, 2, rows),
        "label_smoothing": 0.1,
        "z_loss": 0.05,
    }

    def run(x: Any = x, t: Any = t, g: Any = g, a: Any = a) -> Any:
        loss: Any = gibbs.fenchel_young_loss
        return loss(x, k, a, axis, temperature=t, log_degeneracy=g, **options)

    found = gibbs.loss_details(x, k, a, axis, temperature=t, log_degeneracy=g, **options)
    assert found.loss == run()
    assert found.grad_scores == pytest.approx(slope(lambda y: run(x=y), x, 1), abs=1e-8)
    assert found.grad_temperature == pytest.approx(slope(lambda y: run(t=y), t, 1), abs=1e-8)
    assert found.grad_log_degeneracy == pytest.approx(slope(lambda y: run(g=y), g, 1), abs=1e-8)
    assert found.grad_alpha == pytest.approx(slope(lambda y: run(a=y), a, 1), abs=1e-8)
    p = gibbs.entmax(x, a, axis, temperature=t, log_degeneracy=g)
    assert (found.probabilities == p).all()
    exact = gibbs.entropy(p, a, axis, log_degeneracy=g)
    assert found.entropy == pytest.approx(exact, abs=1e-14)


@pytest.mark.parametrize("shape", [(7,), (3, 5), (2, 3, 4), (2, 3, 4, 5), (1, 6, 1, 2, 3)])
def test_every_axis_of_every_layout_has_the_same_losses(shape: tuple[int, ...]) -> None:
    x = normal(*shape)
    for axis in range(-len(shape), len(shape)):
        rows = np.moveaxis(x, axis, -1)
        k, y = labels_like(rows.shape[:-1], rows.shape[-1]), distributions(*rows.shape)
        for targets, spelled in ((k, one_hot(k, rows.shape[-1])), (np.moveaxis(y, -1, axis), y)):
            exact = -(spelled * log_softmax(rows)).sum(-1)
            slopes = softmax_of_definition(rows) - spelled
            expected = gibbs.cross_entropy(x, targets, axis)
            for order, laid_out in layouts(x).items():
                losses, grad = gibbs.cross_entropy(
                    laid_out, targets, axis, reduction="none", return_grad=True
                )
                assert losses == pytest.approx(exact, abs=1e-14), order
                assert np.moveaxis(grad, axis, -1) == pytest.approx(slopes, abs=1e-15), order
                assert np.shape(losses) == rows.shape[:-1]
                mean = gibbs.cross_entropy(laid_out, targets, axis)
                assert mean == pytest.approx(expected, rel=1e-15)


def test_a_row_has_the_same_bits_whichever_axis_it_lies_along() -> None:
    x, k = normal(6, 37), labels_like(6, 37)
    loss, grad = gibbs.entmax15_loss(x, k, return_grad=True)
    for order in itertools.permutations(range(3)):
        block = x.reshape(2, 3, 37).transpose(order).copy()
        targets = k.reshape(2, 3) if order.index(0) < order.index(1) else k.reshape(2, 3).T
        found = gibbs.entmax15_loss(block, targets, order.index(2), return_grad=True)
        assert found[0] == pytest.approx(loss, rel=1e-15)  # its rows are added in their order
        slopes = found[1].transpose(np.argsort(order))
        assert (slopes.reshape(6, 37) == grad).all()


def test_targets_and_weights_may_lie_anyhow() -> None:
    x = normal(4, 3, 5)
    k, y, weights = labels_like((4, 5), 3), normal(4, 3, 5, seed=2) ** 2, normal(4, 5) ** 2
    expected = gibbs.cross_entropy(x, k, 1, sample_weights=weights, return_grad=True)
    for labels, weight in itertools.product(layouts(k).values(), layouts(weights).values()):
        found = gibbs.cross_entropy(x, labels, 1, sample_weights=weight, return_grad=True)
        assert found[0] == expected[0]
        assert (found[1] == expected[1]).all()
    losses = gibbs.cross_entropy(x, y, 1, reduction="none")
    for probabilities in layouts(y).values():
        assert (gibbs.cross_entropy(x, probabilities, 1, reduction="none") == losses).all()


def test_alpha_and_temperature_broadcast_over_the_rows() -> None:
    x, k = normal(3, 4, 5), labels_like((3, 4), 5)
    alpha, temperature = np.array([1.0, 1.5, 2.0, 0.7]), np.array([[0.5], [1.0], [2.0]])
    found = gibbs.fenchel_young_loss(x, k, alpha, temperature=temperature, reduction="none")
    for i, j in itertools.product(range(3), range(4)):
        alone = gibbs.entmax_loss(x[i, j], k[i, j], alpha[j], temperature=temperature[i, 0])
        assert found[i, j] == alone


@dtypes
def test_every_dtype_has_its_losses_and_gradients(dtype: Any) -> None:
    x, k = normal(20, 9).astype(dtype), labels_like(20, 9)
    exact = gibbs.entmax15_loss(wide(x), k, return_grad=True)
    loss, grad = gibbs.entmax15_loss(x, k, return_grad=True)
    ulp = ULP[np.dtype(dtype).name]
    assert isinstance(loss, float)
    assert loss == pytest.approx(exact[0], rel=4 * min(ulp, ULP["float32"]))
    assert grad.dtype == dtype
    assert wide(grad) == pytest.approx(exact[1], abs=4 * ulp)
    losses = gibbs.entmax15_loss(x, k, reduction="none")
    assert losses.dtype == (np.float64 if dtype == np.float64 else np.float32)
    y = distributions(20, 9).astype(dtype)
    kl = gibbs.fenchel_young_loss(wide(x), wide(y), 1)
    assert gibbs.fenchel_young_loss(x, y, 1) == pytest.approx(kl, abs=4 * min(ulp, ULP["float32"]))


@dtypes
def test_probabilities_are_read_in_the_dtype_of_the_scores(dtype: Any) -> None:
    x, y = normal(6, 4).astype(dtype), distributions(6, 4)
    expected = gibbs.cross_entropy(x, y.astype(dtype))
    for given in (y, y.tolist(), *(y.astype(other) for other in DTYPES[1:])):
        assert gibbs.cross_entropy(x, given) == pytest.approx(expected, abs=0.02)
    assert gibbs.cross_entropy(x, y) == expected


def test_integer_scores_and_lists_become_float64() -> None:
    loss, grad = gibbs.sparsemax_loss([[3, 2, 1], [0, 0, 2]], [1, 2], return_grad=True)
    assert loss == 0.5
    assert grad.dtype == np.float64
    assert grad.tolist() == [[0.5, -0.5, 0], [0, 0, 0]]
    assert gibbs.sparsemax_loss([3, 2, 1], 1) == 1
    assert gibbs.sparsemax_loss(np.array(7.0), 0) == 0
