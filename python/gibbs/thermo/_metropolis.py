"""Draws from exp(-beta E) where only differences of E are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, SupportsFloat, TypeVar

import numpy as np

from gibbs import _core
from gibbs._flags import flag

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gibbs._types import Numbers

S = TypeVar("S")


class Autocorrelation(NamedTuple):
    """How far the numbers of a chain are independent.

    Attributes
    ----------
    mean, variance
        Of the numbers, the variance with the divisor n.
    time
        tau = 1 + 2 (rho(1) + rho(2) + ...): so many numbers are worth one independent one.
    window
        Of how many lags the sum is.
    standard_error
        Of the mean: sqrt(variance tau / n).
    """

    mean: float
    variance: float
    time: float
    window: int
    standard_error: float


class MetropolisRun(NamedTuple):
    """What a chain went through.

    Attributes
    ----------
    state
        Where it ended.
    states
        Those kept, if asked for.
    steps, accepted
        After the burn-in.
    energies
        After every stride-th step.
    energy
        Their mean, its error and their autocorrelation time, in units of the stride.
    """

    state: Any
    states: list[Any]
    steps: int
    accepted: int
    energies: NDArray[np.float64]
    energy: Autocorrelation

    @property
    def acceptance(self) -> float:
        """The share of proposals that were accepted; NaN of no steps."""
        return self.accepted / self.steps if self.steps else float("nan")


def autocorrelation(series: Numbers) -> Autocorrelation:
    """Return the mean of correlated numbers, its error and the autocorrelation time.

    Geyer's initial monotone sequence (1992), which is for reversible chains: lags are summed in
    pairs as long as these are positive, and none counts more than the one before. n log n steps at
    most. With a NaN or an infinity among them the variance and the error are NaN.

    Raises
    ------
    ValueError
        Not one dimension.
    TypeError
        No real numbers.

    Examples
    --------
    >>> from gibbs.sampling import uniform_noise
    >>> from gibbs.thermo import autocorrelation
    >>> found = autocorrelation(uniform_noise(10_000, seed=1))
    >>> 0.9 < found.time < 1.1
    True
    """
    return Autocorrelation(*_core.autocorrelation(series))


def metropolis(
    energy: Callable[[S], SupportsFloat],
    propose: Callable[[S, NDArray[np.float64]], S],
    state: S,
    *,
    beta: float = 1.0,
    steps: int = 1000,
    burn_in: int = 0,
    stride: int = 1,
    uniforms: int = 2,
    keep_states: bool = False,
    seed: int = 0,
    stream: int = 0,
    chain: int = 0,
    first_step: int = 0,
) -> MetropolisRun:
    """Run a chain whose states come as often as exp(-beta E) says.

    A proposal that raises E by d is accepted with probability exp(-beta d). Step i of chain c has
    noise of (seed, stream, c, i) alone: a chain is a pure function of these and of where it starts,
    and two runs, the second with first_step = where the first ended, are one.

    Parameters
    ----------
    energy
        E of a state: a number or inf, where it never goes.
    propose
        Another state of a state and some uniform numbers; a new object, not the same one changed.
        From each of two states the other must be proposed equally likely.
    state
        Where it starts.
    beta
        1 / (k T), of any sign; inf: never uphill.
    steps
        After the burn-in.
    burn_in
        Steps before anything is kept.
    stride
        Every so many steps an energy is kept.
    uniforms
        How many uniform numbers on (0, 1) a proposal needs.
    keep_states
        Whether states are kept like energies.
    seed, stream, chain, first_step
        Whose noise.

    Raises
    ------
    ValueError
        A beta or an energy that is NaN, steps or burn_in < 0, stride < 1.
    TypeError
        An energy that is no real number.

    Examples
    --------
    >>> from gibbs.thermo import metropolis
    >>> walk = metropolis(
    ...     lambda x: x * x / 2, lambda x, u: x + 4 * u[0] - 2, 0.0, steps=20_000, seed=1
    ... )
    >>> abs(walk.energy.mean - 0.5) < 3 * walk.energy.standard_error
    True
    """
    options = (beta, steps, burn_in, stride, seed, stream, chain, first_step)
    kept = flag("metropolis", "keep_states", keep_states)
    told = _core.metropolis(energy, propose, state, options, uniforms, kept)
    return MetropolisRun(*told[:5], Autocorrelation(*told[5]))
