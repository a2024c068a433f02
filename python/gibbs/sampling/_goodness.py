"""Whether draws follow a law."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gibbs import _core

if TYPE_CHECKING:
    from gibbs._types import Numbers


class GoodnessOfFit(NamedTuple):
    """A statistic and the probability of one at least as high if the law is right.

    Both ends of [0, 1] are suspect: draws that fit too well are not random.

    Attributes
    ----------
    statistic
        Of chi-square, or the largest distance.
    degrees_of_freedom
        The number of categories that were counted apart, less 1; of values, their number.
    p_value
        In [0, 1].
    """

    statistic: float
    degrees_of_freedom: float
    p_value: float


def chi_square_test(counts: Numbers, probabilities: Numbers) -> GoodnessOfFit:
    """Return Pearson's sum over categories of (n_i - n p_i)^2 / (n p_i), n the sum of the counts.

    Categories of which fewer than 10 are expected are counted together; if that holds of all of
    them together, they are counted with the least likely of the others. Should they have come so
    often that the binomial tail of their count is less than the p-value, then that is the p-value.
    A count where p = 0 gives a p-value of 0.

    Parameters
    ----------
    counts
        How often each category was drawn: integers.
    probabilities
        p, one per category.

    Raises
    ------
    ValueError
        Not as many counts as probabilities; a count < 0; p < 0, NaN or infinite.
    TypeError
        Counts that are no integers.

    Examples
    --------
    >>> import numpy as np, gibbs
    >>> tokens = gibbs.sample(np.log([0.5, 0.3, 0.2]), 100_000, seed=1)
    >>> fit = gibbs.sampling.chi_square_test(np.bincount(tokens), [0.5, 0.3, 0.2])
    >>> 0.001 < fit.p_value < 0.999
    True
    """
    return GoodnessOfFit(*_core.chi_square_test(counts, probabilities))


def uniformity_test(values: Numbers) -> GoodnessOfFit:
    """Return Kolmogorov and Smirnov's distance of values from the uniform law on [0, 1].

    The p-value is Kolmogorov's limit with Stephens' correction, good to 1e-3 from 20 values on. A
    value outside [0, 1] or NaN gives 0.

    Raises
    ------
    TypeError
        Values that are no real numbers.

    Examples
    --------
    >>> from gibbs.sampling import uniform_noise, uniformity_test
    >>> 0.001 < uniformity_test(uniform_noise(10_000, seed=1)).p_value < 0.999
    True
    """
    return GoodnessOfFit(*_core.uniformity_test(values))
