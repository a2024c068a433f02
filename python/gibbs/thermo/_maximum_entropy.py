"""The law of greatest entropy that has given means."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gibbs import _core

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gibbs._types import Numbers


class MaximumEntropy(NamedTuple):
    """The law of greatest entropy under linear constraints.

    Attributes
    ----------
    multipliers
        lambda_c: p_s = g_s exp(-sum_c lambda_c f_c(s)) / Z; beta, where f is the energy.
    log_partition
        ln Z.
    entropy
        H(p; g) = -sum p ln(p / g).
    probabilities
        p_s.
    rank
        How many of the moments are independent.
    on_boundary
        Whether p_s = 0 for some g_s > 0: no finite multipliers have these moments. p is the limit;
        multipliers and ln Z are those among the states that keep any probability.
    converged, iterations
        Of Newton's iteration.
    gradient_norm
        max_c |sum p f_c - m_c| / (max f_c - min f_c): what the answer misses.
    """

    multipliers: NDArray[np.float64]
    log_partition: float
    entropy: float
    probabilities: NDArray[np.float64]
    rank: int
    on_boundary: bool
    converged: bool
    iterations: int
    gradient_norm: float


def maximum_entropy(
    functions: Numbers,
    moments: Numbers,
    *,
    degeneracies: Numbers | None = None,
    max_iterations: int = 200,
) -> MaximumEntropy:
    """Maximise H(p; g) subject to sum_s p_s f_c(s) = m_c.

    By a damped Newton iteration on the convex dual ln Z(lambda) + <lambda, m>. Of moments that
    repeat others the multipliers are those of least norm. Jaynes 1957.

    Parameters
    ----------
    functions
        f_c(s): moments x states, or one function of all states.
    moments
        m_c, one number per function.
    degeneracies
        g_s, 1 if not given.
    max_iterations
        After which the answer says that it has not converged.

    Raises
    ------
    ValueError
        Shapes; f or m not finite; g < 0, NaN or infinite; means that no law has, with a combination
        of them that shows it.
    TypeError
        No real numbers.

    Examples
    --------
    The dice whose mean is 4.5:

    >>> from gibbs.thermo import maximum_entropy
    >>> dice = maximum_entropy([1, 2, 3, 4, 5, 6], 4.5)
    >>> dice.multipliers, dice.probabilities.round(4)
    (array([-0.37104894]), array([0.0544, 0.0788, 0.1142, 0.1654, 0.2398, 0.3475]))
    """
    return MaximumEntropy(*_core.maximum_entropy(functions, moments, degeneracies, max_iterations))
