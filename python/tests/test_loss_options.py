"""What a loss can be told: labels, weights, smoothing, reductions."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

import gibbs
from loss_support import distributions, labels_like, log_softmax, one_hot
from support import normal

X, K = normal(6, 5), labels_like(6, 5)
W = np.array([1, 2, 0.5, 3, 0.25])
LOSSES: list[Any] = [gibbs.cross_entropy, gibbs.entmax15_loss, gibbs.sparsemax_loss]
losses = pytest.mark.parametrize("loss", LOSSES)
INTEGERS = [np.dtype(f"{sign}int{bits}") for sign in ("", "u") for bits in (8, 16, 32, 64)]


@losses
def test_the_sum_and_the_mean_are_those_of_the_rows(loss: Any) -> None:
    each, grads = loss(X, K, reduction="none", return_grad=True)
    assert each.shape == (6,)
    for reduction, share in (("sum", 1), ("mean", 1 / 6)):
        value, grad = loss(X, K, reduction=reduction, return_grad=True)
        assert type(value) is float
        assert value == loss(X, K, reduction=reduction)
        assert value == pytest.approx(each.sum() * share, abs=1e-15)
        assert grad == pytest.approx(grads * share, abs=1e-16)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_labels_may_be_of_every_integer_dtype(dtype: Any) -> None:
    x, k = normal(4, 3, 5), labels_like((4, 5), 3)
    expected = gibbs.entmax15_loss(x, k, 1)
    assert gibbs.entmax15_loss(x, k.astype(dtype), 1) == expected
    assert gibbs.entmax15_loss(x, k.tolist(), 1) == expected
    largest = int(np.iinfo(dtype).max)
    some = k.astype(dtype)
    some[0] = largest
    k[0] = -100
    ignored = gibbs.entmax15_loss(x, k, 1)
    assert gibbs.entmax15_loss(x, some, 1, ignore_index=largest) == ignored


def test_a_large_unsigned_label_is_not_taken_for_a_negative_one() -> None:
    wraps = np.array([2**64 - 100], np.uint64)
    with pytest.raises(ValueError, match=r"targets\[0\] must be a class from 0 to 4"):
        gibbs.cross_entropy(X[:1], wraps)


@losses
def test_ignored_rows_are_not_there(loss: Any) -> None:
    x, k = X.copy(), K.copy()
    k[[1, 4]] = -100
    x[1, 0] = np.nan
    kept = [0, 2, 3, 5]
    value, grad = loss(x, k, return_grad=True)
    assert value == pytest.approx(loss(X[kept], K[kept]), abs=1e-15)
    assert (grad[[1, 4]] == 0).all()
    assert grad[kept] == pytest.approx(loss(X[kept], K[kept], return_grad=True)[1], abs=1e-16)
    assert loss(x, k, reduction="none")[1] == 0
    value, grad = loss(X, np.full(6, 7), ignore_index=7, return_grad=True)
    assert value == 0
    assert (grad == 0).all()


@losses
def test_sample_weights_count_rows(loss: Any) -> None:
    s, each = np.array([2, 0, 1, 0.5, 1, 1]), loss(X, K, reduction="none")
    assert loss(X, K, sample_weights=s, reduction="none") == pytest.approx(s * each, abs=1e-15)
    assert loss(X, K, sample_weights=s) == pytest.approx(np.average(each, weights=s), abs=1e-15)
    assert loss(X, K, sample_weights=3) == pytest.approx(each.mean(), abs=1e-15)
    assert loss(X, K, sample_weights=3, reduction="sum") == pytest.approx(3 * each.sum())
    assert loss(X, K, sample_weights=0) == 0
    twice = loss(np.concatenate([X, X[:1]]), np.append(K, K[0]))
    assert loss(X, K, sample_weights=[2, 1, 1, 1, 1, 1]) == pytest.approx(twice, abs=1e-15)


@losses
def test_class_weights_of_labels_weigh_their_rows(loss: Any) -> None:
    each = loss(X, K, reduction="none")
    weighted = loss(X, K, class_weights=W, reduction="none")
    assert weighted == pytest.approx(W[K] * each, abs=1e-15)
    mean = loss(X, K, class_weights=W[::-1][::-1])
    assert mean == pytest.approx(np.average(each, weights=W[K]), abs=1e-15)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_class_weights_of_cross_entropy_are_the_fields(axis: int) -> None:
    loss: Any = gibbs.cross_entropy
    rows = normal(2, 4, 3)
    x, k, y = np.moveaxis(rows, -1, axis), labels_like((2, 4), 3), distributions(2, 4, 3)
    w, s = W[:3], np.array([[1, 0.5, 2, 1], [3, 1, 0, 1]])
    smooth = 0.7 * one_hot(k, 3) + 0.1
    options: dict[str, Any] = {"class_weights": w, "sample_weights": s}
    for targets, spelled, counted, e in (
        (k, one_hot(k, 3), one_hot(k, 3), 0),
        (k, smooth, one_hot(k, 3), 0.3),
        (np.moveaxis(y, -1, axis), y, y, 0),
    ):
        each = -s * (w * spelled * log_softmax(rows)).sum(-1)
        found = loss(x, targets, axis, label_smoothing=e, **options)
        assert found == pytest.approx(each.sum() / (s * (w * counted).sum(-1)).sum(), abs=1e-14)
        total = loss(x, targets, axis, label_smoothing=e, reduction="sum", **options)
        assert total == pytest.approx(each.sum(), abs=1e-13)


@losses
def test_smoothed_labels_are_the_probabilities_that_they_spell(loss: Any) -> None:
    smooth = 0.8 * one_hot(K, 5) + 0.04
    found, expected = (
        loss(X, K, label_smoothing=0.2, return_grad=True),
        loss(X, smooth, return_grad=True),
    )
    assert found[0] == pytest.approx(expected[0], abs=1e-14)
    assert found[1] == pytest.approx(expected[1], abs=1e-15)


@pytest.mark.parametrize("alpha", [1.0, 1.5])
def test_the_z_loss_is_the_square_of_the_optimal_value(alpha: float) -> None:
    log_z = gibbs.details(X, alpha, temperature=2).log_partition
    plain = gibbs.entmax_loss(X, K, alpha, temperature=2, reduction="none")
    found = gibbs.entmax_loss(X, K, alpha, temperature=2, z_loss=0.1, reduction="none")
    assert found == pytest.approx(plain + 0.1 * (2 * log_z) ** 2, abs=1e-13)


@losses
def test_a_masked_state_is_not_there(loss: Any) -> None:
    mask = np.arange(5) != 2
    k = np.where(K == 2, 0, K)
    value, grad = loss(X, k, mask=mask, return_grad=True)
    assert value == pytest.approx(loss(X[:, mask], k - (k > 2)), abs=1e-15)
    assert (grad[:, 2] == 0).all()
    assert loss(X[0], 2, mask=mask) == np.inf


def test_degeneracies_are_those_of_the_map() -> None:
    log_g = normal(5, seed=4)
    expected = gibbs.cross_entropy(X + log_g, K)
    assert gibbs.cross_entropy(X, K, log_degeneracy=log_g) == pytest.approx(expected, abs=1e-14)


def test_gradients_of_parameters_have_the_shape_of_their_argument() -> None:
    x, k = normal(2, 3, 4), labels_like((2, 4), 3)
    t, a, g = np.full((4,), 1.5), np.full((2, 1, 4), 1.5), np.zeros((3, 1))
    found = gibbs.loss_details(x, k, a, 1, temperature=t, log_degeneracy=g)
    assert found.grad_temperature.shape == t.shape
    assert found.grad_alpha.shape == a.shape
    assert found.grad_log_degeneracy.shape == g.shape
    assert found.entropy.shape == k.shape
    assert np.shape(gibbs.loss_details(x, k, axis=1).grad_temperature) == ()
    rows = gibbs.loss_details(x, k, a, 1, temperature=t, reduction="none")
    total = gibbs.loss_details(x, k, a, 1, temperature=t, reduction="sum")
    assert rows.loss.shape == k.shape
    assert (rows.grad_scores == total.grad_scores).all()
    assert (rows.grad_temperature == total.grad_temperature).all()


def test_a_batch_of_no_rows_has_loss_zero() -> None:
    none = np.zeros((0, 5))
    for targets in (np.zeros(0, int), none):
        value, grad = gibbs.cross_entropy(none, targets, return_grad=True)
        assert value == 0
        assert grad.shape == (0, 5)
        assert gibbs.cross_entropy(none, targets, reduction="none").shape == (0,)


def test_nothing_is_allocated_but_the_gradient() -> None:
    x = normal(2000, 500)
    for axis in (0, 1):
        k = labels_like(x.shape[1 - axis], x.shape[axis])
        tracemalloc.start()
        grad = gibbs.entmax15_loss(x[::-1], k, axis, return_grad=True)[1]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak <= grad.nbytes + 10_000


def test_the_number_of_threads_changes_no_bit() -> None:
    x, k = normal(300, 1000), labels_like(300, 1000)
    with gibbs.threads(1):
        loss, grad = gibbs.entmax_loss(x, k, 1.3, return_grad=True)
    with gibbs.threads(2):
        again = gibbs.entmax_loss(x, k, 1.3, return_grad=True)
    assert again[0] == loss
    assert (again[1] == grad).all()
