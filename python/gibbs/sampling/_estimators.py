"""Estimators of the gradient of E f(k), k drawn from softmax(scores), in the scores.

The exact gradient is p_i (f(i) - E f), n evaluations of f. Estimators are for f that is known only
where it is drawn, or too many categories. Each is unbiased for every f or says for which.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, SupportsFloat, TypeAlias

import numpy as np

from gibbs import _core

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gibbs._types import Numbers

    Point: TypeAlias = NDArray[np.float64]

CategoryFunction: TypeAlias = Callable[[int], SupportsFloat]
"""What is averaged: f(k) of a category."""

PointFunction: TypeAlias = "Callable[[Point], tuple[SupportsFloat, Numbers]]"
"""A function of n numbers: (value, gradient)."""

BitsFunction: TypeAlias = "Callable[[Point], SupportsFloat]"
"""f of bits, each 0 or 1."""


class GradientEstimate(NamedTuple):
    """The mean of some independent estimates of a gradient.

    Attributes
    ----------
    gradient
        The mean, one number per score, float64.
    variance
        Of one estimate, by coordinate (unbiased).
    value
        The mean of f over its draws.
    estimates
        How many there were.
    evaluations
        How often f was called.
    draws
        How many draws of noise were used, from first_draw on: a call that goes on from there has
        other noise.
    """

    gradient: Any
    variance: Any
    value: float
    estimates: int
    evaluations: int
    draws: int

    @property
    def standard_error(self) -> Any:
        """The standard error of `gradient`, by coordinate."""
        return np.sqrt(self.variance / self.estimates)


def score_function_gradient(
    scores: Numbers,
    f: CategoryFunction,
    samples: int = 2,
    *,
    seed: int = 0,
    stream: int = 0,
    row: int = 0,
    first_draw: int = 0,
    estimates: int = 1000,
) -> GradientEstimate:
    """Estimate by the score function, which needs nothing of f but its values.

    One estimate is the mean over `samples` draws k of (f(k) - b) (e_k - p), the baseline b of each
    draw the mean of f over the others ("leave one out"); none for one sample. Unbiased for every
    f; a constant added to f changes nothing, from 2 samples on. Williams 1992; Kool, van Hoof &
    Welling 2019.

    Parameters
    ----------
    scores
        One row, finite or -inf.
    f
        Of a category, an int.
    samples
        Of each estimate, >= 1.
    seed, stream, row, first_draw
        Whose noise, as in `sample`.
    estimates
        How many independent estimates are averaged, >= 2.

    Raises
    ------
    ValueError
        A score of NaN or +inf, no state, more than one dimension, estimates < 2, samples < 1.
    TypeError
        Scores, or a value of f, that are no real numbers.

    Examples
    --------
    >>> from gibbs.sampling import score_function_gradient
    >>> found = score_function_gradient([0.0, 0.0], lambda k: 1.0 * k, estimates=10_000)
    >>> found.gradient.round(1)
    array([-0.2,  0.2])
    """
    noise = (seed, stream, row, first_draw, estimates)
    return GradientEstimate(*_core.score_function_gradient(scores, f, samples, noise))


def straight_through_gradient(
    scores: Numbers,
    f: PointFunction,
    *,
    seed: int = 0,
    stream: int = 0,
    row: int = 0,
    first_draw: int = 0,
    estimates: int = 1000,
) -> GradientEstimate:
    """Estimate by J grad f(e_k), J the Jacobian of p = softmax(scores), as if draws were smooth.

    Unbiased for linear f, where its variance is 0. Bengio, Leonard & Courville 2013.

    Parameters
    ----------
    f
        Of an array of n numbers, here one-hot; returns (value, gradient).

    The other parameters and errors are those of `score_function_gradient`.

    Examples
    --------
    >>> from gibbs.sampling import straight_through_gradient
    >>> weights = np.array([0.0, 1.0])
    >>> straight_through_gradient([0.0, 0.0], lambda y: (y @ weights, weights)).gradient
    array([-0.25,  0.25])
    """
    noise = (seed, stream, row, first_draw, estimates)
    return GradientEstimate(*_core.straight_through_gradient(scores, f, noise))


def gumbel_straight_through_gradient(
    scores: Numbers,
    f: PointFunction,
    tau: float = 1.0,
    *,
    seed: int = 0,
    stream: int = 0,
    row: int = 0,
    first_draw: int = 0,
    estimates: int = 1000,
) -> GradientEstimate:
    """Estimate by J_y grad f(e_k), J_y the Jacobian of the relaxed draw y whose largest is k.

    y = softmax((scores + G) / tau). Of linear f it is the gradient of E f(y), which tends to that
    of E f(k) as tau -> 0, while the variance grows as 1 / tau. Jang, Gu & Poole 2017.

    Parameters
    ----------
    tau
        0 < tau < infinity.

    The other parameters and errors are those of `straight_through_gradient`.

    Examples
    --------
    >>> from gibbs.sampling import gumbel_straight_through_gradient
    >>> weights = np.array([0.0, 1.0])
    >>> found = gumbel_straight_through_gradient([0.0, 0.0], lambda y: (y @ weights, weights))
    >>> found.gradient.round(1)
    array([-0.2,  0.2])
    """
    noise = (seed, stream, row, first_draw, estimates)
    return GradientEstimate(*_core.gumbel_straight_through_gradient(scores, f, tau, noise))


def gumbel_rao_gradient(
    scores: Numbers,
    f: PointFunction,
    tau: float = 1.0,
    samples: int = 10,
    *,
    seed: int = 0,
    stream: int = 0,
    row: int = 0,
    first_draw: int = 0,
    estimates: int = 1000,
) -> GradientEstimate:
    """Estimate as `gumbel_straight_through_gradient`, J_y its mean over `samples` noises given k.

    The same mean, never more variance. Paulus, Maddison & Krause 2021. Parameters and errors are
    those of `gumbel_straight_through_gradient`; samples < 1 is refused.

    Examples
    --------
    >>> from gibbs.sampling import gumbel_rao_gradient
    >>> weights = np.array([0.0, 1.0])
    >>> found = gumbel_rao_gradient([0.0, 0.0], lambda y: (y @ weights, weights))
    >>> found.gradient.round(1)
    array([-0.2,  0.2])
    """
    noise = (seed, stream, row, first_draw, estimates)
    return GradientEstimate(*_core.gumbel_rao_gradient(scores, f, tau, samples, noise))


def relax_gradient(
    scores: Numbers,
    f: CategoryFunction,
    control: PointFunction,
    *,
    seed: int = 0,
    stream: int = 0,
    row: int = 0,
    first_draw: int = 0,
    estimates: int = 1000,
) -> GradientEstimate:
    """Estimate by RELAX: (f(k) - c(z~)) (e_k - p) + grad c(z) - grad c(z~).

    z = scores + G, k its largest, z~ drawn from the law of z given k. Unbiased for every f and
    every differentiable c. Grathwohl, Choi, Wu, Roeder & Duvenaud 2018.

    Parameters
    ----------
    f
        Of a category, an int.
    control
        c, of an array of n perturbed scores; returns (value, gradient). The nearer c is to f(k),
        the smaller the variance.

    The other parameters and errors are those of `score_function_gradient`.

    Examples
    --------
    >>> from gibbs.sampling import relax_gradient
    >>> weights = np.array([0.0, 1.0])
    >>> found = relax_gradient(
    ...     [0.0, 0.0], lambda k: weights[k], lambda z: (z @ weights / 4, weights / 4),
    ...     estimates=10_000,
    ... )
    >>> found.gradient.round(1)
    array([-0.2,  0.2])
    """
    noise = (seed, stream, row, first_draw, estimates)
    return GradientEstimate(*_core.relax_gradient(scores, f, control, noise))


def rebar_gradient(
    scores: Numbers,
    f: PointFunction,
    tau: float = 0.5,
    eta: float = 1.0,
    *,
    seed: int = 0,
    stream: int = 0,
    row: int = 0,
    first_draw: int = 0,
    estimates: int = 1000,
) -> GradientEstimate:
    """Estimate by REBAR: `relax_gradient` with c(z) = eta f(softmax(z / tau)).

    For f that is known inside the simplex. Unbiased for every f, tau and eta. Tucker, Mnih,
    Maddison, Lawson & Sohl-Dickstein 2017.

    Parameters
    ----------
    f
        Of a point of the simplex; returns (value, gradient).
    tau
        0 < tau < infinity.
    eta
        The strength of the control variate, finite; `rebar_eta` finds the best.

    The other parameters and errors are those of `score_function_gradient`.

    Examples
    --------
    >>> from gibbs.sampling import rebar_gradient
    >>> weights = np.array([0.0, 1.0])
    >>> found = rebar_gradient([0.0, 0.0], lambda y: (y @ weights, weights), estimates=10_000)
    >>> found.gradient.round(1)
    array([-0.2,  0.2])
    """
    noise = (seed, stream, row, first_draw, estimates)
    return GradientEstimate(*_core.rebar_gradient(scores, f, tau, eta, noise))


def rebar_eta(
    scores: Numbers,
    f: PointFunction,
    tau: float = 0.5,
    *,
    seed: int = 0,
    stream: int = 0,
    row: int = 0,
    first_draw: int = 0,
    estimates: int = 1000,
) -> float:
    """Return the eta of `rebar_gradient` of least total variance, as these estimates have it.

    Give it another seed, stream or first_draw than the estimate that uses it: so that stays
    unbiased. Parameters and errors are those of `rebar_gradient`.

    Examples
    --------
    >>> from gibbs.sampling import rebar_eta
    >>> weights = np.array([0.0, 1.0])
    >>> 0 < rebar_eta([0.0, 0.0], lambda y: (y @ weights, weights)) < 2
    True
    """
    return _core.rebar_eta(scores, f, tau, (seed, stream, row, first_draw, estimates))


def arm_gradient(
    scores: Numbers,
    f: BitsFunction,
    *,
    seed: int = 0,
    stream: int = 0,
    row: int = 0,
    first_draw: int = 0,
    estimates: int = 1000,
) -> GradientEstimate:
    """Estimate the gradient of E f(b), b_j = 1 with probability 1 / (1 + exp(-x_j)), by ARM.

    (f([u > sigmoid(-x)]) - f([u < sigmoid(x)])) (u - 1/2), u uniform: unbiased for every f. Yin &
    Zhou 2019.

    Parameters
    ----------
    scores
        x: any but NaN. Infinite ones are certain, and their gradient is 0.
    f
        Of an array of n bits, each 0 or 1.

    The other parameters and errors are those of `score_function_gradient`.

    Examples
    --------
    >>> from gibbs.sampling import arm_gradient
    >>> arm_gradient([0.0, 0.0], lambda bits: bits.sum(), estimates=10_000).gradient.round(2)
    array([0.25, 0.25])
    """
    noise = (seed, stream, row, first_draw, estimates)
    return GradientEstimate(*_core.arm_gradient(scores, f, noise))
