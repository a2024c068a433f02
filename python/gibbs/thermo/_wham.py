"""The weighted histogram analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gibbs import _core
from gibbs.thermo._solution import SolveReport

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gibbs._types import Numbers


class WhamResult(NamedTuple):
    """Windows and the law without bias; energies in units of k T.

    Attributes
    ----------
    free_energies
        f_k of each window, f_0 = 0.
    uncertainty
        Standard deviations of f_j - f_i; inf between windows that share nothing.
    log_density
        ln p_b of each bin, sum 1; ln g(E) of energy histograms; -inf in an empty bin.
    profile
        -ln p_b less its minimum: the potential of mean force; inf in an empty bin.
    profile_errors
        Of the profile against its lowest bin.
    report
        How the solver ended.
    """

    free_energies: Any
    uncertainty: Any
    log_density: Any
    profile: Any
    profile_errors: Any
    report: SolveReport


def wham(
    counts: Numbers,
    bias: Numbers,
    *,
    tolerance: float = 1e-12,
    max_iterations: int = 200,
    least_shared: float = 1e-3,
) -> WhamResult:
    """Return free energies and the law without bias: MBAR on binned data, by the same solver.

    Parameters
    ----------
    counts
        windows x bins, >= 0. What lies outside the bins is left out, as `numpy.histogram` does.
    bias
        windows x bins, in units of k T, at the centres of the bins: `umbrella_bias`, or beta_k E_b
        for histograms of energies at several temperatures; inf: forbidden.
    tolerance, max_iterations, least_shared
        As `MBAR`.

    Raises
    ------
    ValueError
        Other shapes; counts that are negative, infinite or NaN; a bias that is NaN, -inf or of a
        finite size beyond 1e300; counts where no window allows any; no counts at all.
    TypeError
        Arguments that are no real numbers.

    Examples
    --------
    >>> import gibbs
    >>> result = gibbs.thermo.wham([[10, 20, 5]], [[0.0, 0.0, 0.0]])
    >>> result.profile.round(6)
    array([0.693147, 0.      , 1.386294])
    """
    options = (tolerance, max_iterations, least_shared)
    f, errors, log_density, profile, profile_errors, report = _core.wham(counts, bias, options)
    return WhamResult(f, errors, log_density, profile, profile_errors, SolveReport(*report))


def umbrella_bias(
    x: Numbers, centres: Numbers, stiffness: Numbers, *, period: float = 0.0
) -> NDArray[np.float64]:
    """Return stiffness / 2 (x - centre)^2 of each window: windows x points.

    Divide the stiffness by k T for `wham`. With a period the nearest image counts; 0: none. The
    stiffness is one number, or one per centre.

    Raises
    ------
    ValueError
        A period that is negative, NaN or infinite; another number of stiffnesses than centres.
    TypeError
        What is no real number.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.thermo.umbrella_bias([170.0], [-170.0], 2.0, period=360.0)
    array([[400.]])
    """
    return _core.umbrella_bias(x, centres, stiffness, period)
