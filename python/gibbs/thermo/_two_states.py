"""Two states: Bennett's acceptance ratio, and exponential averaging."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gibbs import _core
from gibbs.thermo._solution import SolveReport

if TYPE_CHECKING:
    from gibbs._types import Numbers


class BarResult(NamedTuple):
    """A free energy difference.

    Attributes
    ----------
    free_energy
        f_1 - f_0, in units of k T.
    error
        One standard deviation; inf if the states share no samples.
    overlap
        1 for equal states, 0 for none.
    report
        How the solver ended.
    """

    free_energy: float
    error: float
    overlap: float
    report: SolveReport


def bar(
    forward: Numbers,
    reverse: Numbers,
    *,
    tolerance: float = 1e-12,
    max_iterations: int = 200,
    least_shared: float = 1e-3,
) -> BarResult:
    """Return f_1 - f_0 by Bennett's acceptance ratio: the MBAR of two states.

    Parameters
    ----------
    forward
        u_1 - u_0 of samples of state 0, or work done from 0 to 1; inf: forbidden in state 1.
    reverse
        u_0 - u_1 of samples of state 1, or work done from 1 to 0.
    tolerance, max_iterations, least_shared
        As `MBAR`.

    Raises
    ------
    ValueError
        No work on one side; NaN or -inf; more than one dimension.
    TypeError
        Work that is no real numbers.

    Examples
    --------
    >>> import gibbs
    >>> answer = gibbs.thermo.bar([0.0, 0.0, float("inf"), float("inf")], [0.0, 0.0])
    >>> round(answer.free_energy, 6)
    0.693147
    """
    options = (tolerance, max_iterations, least_shared)
    free_energy, error, overlap, report = _core.bar(forward, reverse, options)
    return BarResult(free_energy, error, overlap, SolveReport(*report))


def exponential_average(work: Numbers) -> tuple[float, float]:
    """Return -ln <exp(-w)> and its error: from samples of one state alone (Zwanzig, Jarzynski).

    Raises
    ------
    ValueError
        No work; NaN or -inf; more than one dimension.
    TypeError
        Work that is no real numbers.

    Examples
    --------
    >>> import gibbs
    >>> value, error = gibbs.thermo.exponential_average([1.0, 1.0])
    >>> value
    1.0
    """
    return _core.exponential_average(work)
