"""Softmax regression on four of scikit-learn's data sets, fitted by L-BFGS-B.

    pip install gibbs[test]
    python softmax_regression.py [iris wine breast_cancer digits]

Minimises the sum of cross-entropies + |W|^2 / 2 over weights W and free intercepts b, with scores
x W' + b: one per class, two for two classes. The loss and its gradient in the scores are those of
gibbs.cross_entropy; those in W and b follow by the chain rule.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from sklearn import datasets

import gibbs

NAMES = ("iris", "wine", "breast_cancer", "digits")


class Fit(NamedTuple):
    """A fitted model. It has converged where the largest slope, gradient_norm, is at most 1e-5."""

    weights: np.ndarray  # classes x features
    intercepts: np.ndarray
    objective: float
    gradient_norm: float
    iterations: int
    converged: bool


def load(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return features, z-scored or (digits) as shares of full ink, and labels."""
    features, labels = getattr(datasets, f"load_{name}")(return_X_y=True)
    if name == "digits":
        return features / 16, labels
    return (features - features.mean(0)) / features.std(0), labels


def objective(
    parameters: np.ndarray, features: np.ndarray, labels: np.ndarray
) -> tuple[float, np.ndarray]:
    """Return the sum of losses + |W|^2 / 2 and its gradient, for W and b side by side in rows."""
    count = features.shape[1]
    both = parameters.reshape(-1, count + 1)
    weights, intercepts = both[:, :count], both[:, count]
    loss, slopes = gibbs.cross_entropy(
        features @ weights.T + intercepts, labels, reduction="sum", return_grad=True
    )
    gradient = np.column_stack([slopes.T @ features + weights, slopes.sum(0)])
    return loss + np.sum(weights**2) / 2, gradient.ravel()


def fit(features: np.ndarray, labels: np.ndarray) -> Fit:
    """Return the minimum."""
    classes, count = int(labels.max()) + 1, features.shape[1]
    found = minimize(
        objective,
        np.zeros(classes * (count + 1)),
        args=(features, labels),
        jac=True,
        method="L-BFGS-B",
        # ftol 0: only the gradient, or a line search that finds nothing lower, ends it.
        options={"maxcor": 30, "ftol": 0, "gtol": 1e-8, "maxiter": 5000, "maxfun": 10000},
    )
    both = found.x.reshape(classes, count + 1)
    steepest = float(np.abs(found.jac).max())
    return Fit(both[:, :count], both[:, count], found.fun, steepest, found.nit, steepest <= 1e-5)


def main(names: list[str]) -> None:
    """Print a line per data set."""
    print("data set        rows  classes     objective  accuracy")
    for name in names:
        features, labels = load(name)
        model = fit(features, labels)
        if not model.converged:
            sys.exit(f"{name}: not converged, largest slope {model.gradient_norm:g}")
        scores = features @ model.weights.T + model.intercepts
        accuracy = np.mean(scores.argmax(1) == labels)
        print(
            f"{name:14}{len(labels):6}{len(model.intercepts):9}"
            f"{model.objective:14.8f}{accuracy:10.4f}"
        )


if __name__ == "__main__":
    main(sys.argv[1:] or list(NAMES))

# prints
# data set        rows  classes     objective  accuracy
# iris             150        3   31.37876826    0.9733
# wine             178        3   12.09033577    1.0000
# breast_cancer    569        2   33.29996318    0.9877
# digits          1797       10  358.54894773    0.9850
