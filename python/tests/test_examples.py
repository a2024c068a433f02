"""The examples in Python run, print what they say, and are right."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gibbs
from loss_support import log_softmax, one_hot
from support import Array

EXAMPLES = Path(__file__).parents[2] / "examples"
sys.path.insert(0, str(EXAMPLES / "softmax_regression"))
regression: Any = importlib.import_module("softmax_regression")
sys.path.insert(0, str(EXAMPLES / "carbon_monoxide"))
carbon_monoxide: Any = importlib.import_module("make_levels")

threadpoolctl: Any = importlib.import_module("threadpoolctl")  # which scikit-learn needs

MINIMA = {
    "iris": 31.3787682608,
    "wine": 12.0903357739,
    "breast_cancer": 33.299963177,
    "digits": 358.548947734,
}


@pytest.fixture(autouse=True)
def one_thread_of_blas() -> Any:
    """Its threads wait in a loop, and on a busy machine that takes twenty times as long."""
    with threadpoolctl.threadpool_limits(1):
        yield


def newton_decrement(features: Array, labels: Array, both: Array) -> float:
    """Return g' H^-1 g / 2 of the objective: how much lower its quadratic model still goes."""
    rows = np.column_stack([features, np.ones(len(features))])
    classes = len(both)
    penalised = np.ones_like(both)
    penalised[:, -1] = 0
    p = np.exp(log_softmax(rows @ both.T))
    gradient = ((p - one_hot(labels, classes)).T @ rows + penalised * both).ravel()
    size = rows.shape[1]
    hessian = np.diag(penalised.ravel())
    for j in range(classes):
        for k in range(classes):
            weight = p[:, j] * ((j == k) - p[:, k])
            hessian[j * size : (j + 1) * size, k * size : (k + 1) * size] += (
                rows.T * weight
            ) @ rows
    # All intercepts together change nothing: the smallest step of the least squares.
    linalg: Any = np.linalg
    return float(gradient @ linalg.lstsq(hessian, gradient, rcond=1e-13)[0]) / 2


@pytest.mark.parametrize("name", regression.NAMES)
def test_softmax_regression_reaches_the_minimum(name: str) -> None:
    features, labels = regression.load(name)
    model = regression.fit(features, labels)
    losses = -log_softmax(features @ model.weights.T + model.intercepts)
    objective = losses[np.arange(len(labels)), labels].sum() + np.sum(model.weights**2) / 2
    assert model.converged
    assert model.objective == pytest.approx(objective, rel=1e-13)
    assert objective == pytest.approx(MINIMA[name], abs=1e-9)
    both = np.column_stack([model.weights, model.intercepts])
    assert newton_decrement(features, labels, both) < 1e-11


def test_softmax_regression_prints_what_its_last_lines_say(
    capsys: pytest.CaptureFixture[str],
) -> None:
    regression.main(list(regression.NAMES))
    source = (EXAMPLES / "softmax_regression" / "softmax_regression.py").read_text()
    said = [line.removeprefix("# ") for line in source.split("# prints\n")[1].splitlines()]
    assert capsys.readouterr().out.splitlines() == said


def test_the_levels_of_carbon_monoxide_have_the_partition_function_of_tips_2025(
    capsys: pytest.CaptureFixture[str],
) -> None:
    carbon_monoxide.main()
    header, *lines = capsys.readouterr().out.splitlines()
    assert header == "v,J,g,E"
    assert lines[1] == "0,1,3,3.84503342"
    table = np.array([[float(word) for word in line.split(",")] for line in lines])
    assert table.shape == (18 * 151, 4)
    levels = gibbs.thermo.Levels(table[:, 3], table[:, 2])
    k = gibbs.thermo.boltzmann_constant("cm-1")
    for temperature, published in ((300, 108.8691), (1000, 380.2998), (3000, 1717.261)):
        log_z = gibbs.logsumexp(
            -levels.energies, temperature=k * temperature, log_degeneracy=levels.log_degeneracies
        )
        assert np.exp(log_z) == pytest.approx(published, rel=6e-7)
