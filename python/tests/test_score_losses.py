"""Losses without a map, and distillation, against their definitions."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

import gibbs
from loss_support import (
    distillation_of_definition,
    distributions,
    hinge_of_definition,
    labels_like,
    one_hot,
    one_versus_all_of_definition,
    squared_of_definition,
)
from support import DTYPES, layouts, normal, slope, tolerance, wide

LOSSES: dict[str, Any] = {
    "one_versus_all": gibbs.one_versus_all_loss,
    "hinge": gibbs.hinge_loss,
    "squared": gibbs.squared_loss,
    "perceptron": gibbs.perceptron_loss,
}
DEFINITIONS: dict[str, Any] = {
    "one_versus_all": one_versus_all_of_definition,
    "hinge": partial(hinge_of_definition, cost=1),
    "squared": squared_of_definition,
    "perceptron": partial(hinge_of_definition, cost=0),
}
names = pytest.mark.parametrize("name", LOSSES)
dtypes = pytest.mark.parametrize("dtype", DTYPES)


@names
def test_it_is_its_definition_for_labels_and_probabilities(name: str) -> None:
    x, k, y = normal(20, 9), labels_like(20, 9), distributions(20, 9)
    for targets, spelled in ((k, one_hot(k, 9)), (y, y)):
        exact = DEFINITIONS[name](x, spelled)
        found = LOSSES[name](x, targets, reduction="none")
        assert found == pytest.approx(exact, abs=1e-13)
        assert LOSSES[name](x, targets) == pytest.approx(exact.mean(), abs=1e-13)
        assert LOSSES[name](x, targets, reduction="sum") == pytest.approx(exact.sum(), abs=1e-12)


@pytest.mark.parametrize("axis", [0, 1, 2])
@names
def test_its_gradient_is_the_finite_difference_along_every_axis(name: str, axis: int) -> None:
    x = normal(2, 3, 4)
    rows = tuple(n for d, n in enumerate(x.shape) if d != axis)
    k, weights = labels_like(rows, x.shape[axis]), np.random.default_rng(4).uniform(0.5, 2, rows)
    k[0, 0] = -100

    def run(x: Any, **options: Any) -> Any:
        return LOSSES[name](x, k, axis, sample_weights=weights, **options)

    loss, grad = run(x, return_grad=True)
    assert loss == run(x)
    assert grad == pytest.approx(slope(run, x, 1), abs=1e-8)


@names
def test_every_layout_has_the_same_bits(name: str) -> None:
    x, k = normal(3, 4, 5), labels_like((3, 5), 4)
    loss, grad = LOSSES[name](x, k, 1, return_grad=True)
    for laid_out in layouts(x).values():
        found = LOSSES[name](laid_out, k, 1, return_grad=True)
        assert found[0] == pytest.approx(loss, rel=1e-15)
        assert (found[1] == grad).all()


@dtypes
@names
def test_every_dtype_has_it(name: str, dtype: Any) -> None:
    x, k = normal(20, 9).astype(dtype), labels_like(20, 9)
    exact = LOSSES[name](wide(x), k, return_grad=True)
    loss, grad = LOSSES[name](x, k, return_grad=True)
    assert loss == pytest.approx(exact[0], rel=1e-6)
    assert grad.dtype == dtype
    assert wide(grad) == pytest.approx(exact[1], abs=tolerance(dtype))


@names
def test_masked_states_are_not_there_and_nan_stays_in_its_row(name: str) -> None:
    x, k = normal(4, 6), np.array([0, 1, 2, 0])
    mask = np.arange(6) < 3
    found = LOSSES[name](x, k, mask=mask, reduction="none", return_grad=True)
    alone = LOSSES[name](x[:, :3], k, reduction="none", return_grad=True)
    assert (found[0] == alone[0]).all()
    assert (found[1][:, :3] == alone[1]).all()
    assert (found[1][:, 3:] == 0).all()
    x[2, 1] = np.nan
    losses, grad = LOSSES[name](x, k, reduction="none", return_grad=True)
    assert np.isnan(losses).tolist() == [False, False, True, False]
    assert np.isnan(grad).all(axis=1).tolist() == [False, False, True, False]


def test_temperature_and_cost_change_the_answer() -> None:
    x, y = normal(20, 9), np.random.default_rng(2).uniform(size=(20, 9))
    warm = gibbs.one_versus_all_loss(x, y, temperature=3, reduction="none")
    assert warm == pytest.approx(one_versus_all_of_definition(x, y, 3), abs=1e-12)
    k = labels_like(20, 9)
    wider = gibbs.hinge_loss(x, k, cost=2.5, reduction="none")
    assert wider == pytest.approx(hinge_of_definition(x, one_hot(k, 9), 2.5), abs=1e-13)
    assert gibbs.hinge_loss(x, k, cost=0) == gibbs.perceptron_loss(x, k)


@pytest.mark.parametrize("kind", ["labels", "numbers"])
def test_one_versus_all_has_the_finite_differences_as_derivatives(kind: str) -> None:
    x, t = normal(3, 4, 5), np.random.default_rng(3).uniform(0.5, 2.0, (3, 1, 5))
    random: Any = np.random.default_rng(2)
    y = labels_like((3, 5), 4) if kind == "labels" else random.uniform(size=x.shape)
    weights = np.random.default_rng(4).uniform(0.5, 2, (3, 5))

    def run(x: Any = x, t: Any = t, **options: Any) -> Any:
        loss: Any = gibbs.one_versus_all_loss
        return loss(x, y, 1, temperature=t, sample_weights=weights, **options)

    for reduction in ("mean", "sum"):

        def reduced(x: Any = x, t: Any = t, how: str = reduction) -> Any:
            return run(x, t, reduction=how)

        loss, found = run(reduction=reduction, wrt=["scores", "temperature"])
        assert loss == reduced()
        assert found.log_degeneracy is None
        assert found.scores == pytest.approx(slope(lambda y: reduced(x=y), x, 1), abs=1e-8)
        assert found.temperature.shape == t.shape
        assert found.temperature == pytest.approx(slope(lambda y: reduced(t=y), t, 1), abs=1e-8)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0, 300.0])
def test_distillation_is_its_definition_summed_over_the_classes(temperature: float) -> None:
    x, z = normal(20, 9), normal(20, 9, seed=2)
    exact = distillation_of_definition(x, z, temperature)
    options: Any = {"temperature": temperature}
    assert gibbs.distillation_loss(x, z, reduction="none", **options) == pytest.approx(
        exact, abs=1e-9
    )
    assert gibbs.distillation_loss(x, z, **options) == pytest.approx(exact.sum() / 20, abs=1e-9)
    assert gibbs.distillation_loss(x.T, z.T, 0, **options) == pytest.approx(exact.mean(), abs=1e-9)
    assert gibbs.distillation_loss(x, x + 3, **options) == pytest.approx(0, abs=1e-20)


def test_the_derivatives_of_distillation_are_the_finite_differences() -> None:
    x, z, g = normal(3, 4, 5), normal(3, 4, 5, seed=2), normal(4, 1, seed=3)
    t = np.random.default_rng(3).uniform(1.0, 2.0, 5)
    mask = np.ones((4, 1), bool)
    mask[1] = False

    def run(x: Any = x, t: Any = t, **options: Any) -> Any:
        loss: Any = gibbs.distillation_loss
        return loss(x, z, 1, temperature=t, log_degeneracy=g, mask=mask, **options)

    loss, grad = run(return_grad=True)
    _, found = run(wrt=["scores", "temperature"])
    assert loss == run()
    assert (found.scores == grad).all()
    assert found.alpha is None
    assert grad == pytest.approx(slope(lambda y: run(x=y), x, 1), abs=1e-8)
    assert found.temperature == pytest.approx(slope(lambda y: run(t=y), t, 1), abs=1e-8)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: gibbs.hinge_loss([1, 2], 0, cost=-1), ValueError, "hinge_loss: cost must not be"),
        (
            lambda: gibbs.hinge_loss([1, 2], 0, cost="much"),  # type: ignore[arg-type]
            TypeError,
            "hinge_loss: cost must be a number, got str",
        ),
        (
            lambda: gibbs.one_versus_all_loss([1, 2], 2),
            ValueError,
            r"one_versus_all_loss: targets\[0\] must be a class from 0 to 1",
        ),
        (
            lambda: gibbs.one_versus_all_loss([1, 2], 0, temperature=-1),
            ValueError,
            "one_versus_all_loss: temperature must not be negative, got -1",
        ),
        (
            lambda: gibbs.squared_loss([1, 2], [1.0]),
            ValueError,
            r"squared_loss: targets of floats must have the shape of scores, \(2,\), got \(1,\)",
        ),
        (
            lambda: gibbs.squared_loss([1, 2], 0, reduction="all"),  # type: ignore[arg-type]
            ValueError,
            "squared_loss: reduction must be mean, sum or none, got all",
        ),
        (
            lambda: gibbs.distillation_loss([1, 2], [1, 2, 3]),
            ValueError,
            r"distillation_loss: teacher_scores must have the shape of scores, \(2,\), got \(3,\)",
        ),
        (
            lambda: gibbs.distillation_loss(np.ones(2, np.float32), np.ones(2)),
            TypeError,
            "distillation_loss: teacher_scores must be float32 like scores, got float64",
        ),
        (
            lambda: gibbs.distillation_loss([1, 2], [1, 2], wrt=["alpha"]),  # type: ignore[list-item]
            ValueError,
            "distillation_loss: wrt must be among scores, temperature, got alpha",
        ),
        (
            lambda: gibbs.one_versus_all_loss([1, 2], 0, wrt=["targets"]),  # type: ignore[list-item]
            ValueError,
            "one_versus_all_loss: wrt must be among scores, temperature, got targets",
        ),
        (
            lambda: gibbs.perceptron_loss([1, 2], 2),
            ValueError,
            r"perceptron_loss: targets\[0\] must be a class",
        ),
    ],
)
def test_bad_arguments_are_one_sentence(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=f"^{words}"):
        call()
