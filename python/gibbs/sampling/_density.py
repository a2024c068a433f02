"""The density of relaxed draws: the Concrete law."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from gibbs import _core
from gibbs._gradients import Gradients, bits_of, per_row, per_state

if TYPE_CHECKING:
    from collections.abc import Collection

    from gibbs._types import Numbers

_ALLOWED = ("scores", "log_relaxed", "tau", "temperature", "log_degeneracy")


def concrete_log_density(
    scores: Numbers,
    log_relaxed: Numbers,
    tau: Numbers = 1.0,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    measure: Literal["simplex", "log"] = "simplex",
) -> Any:
    """Return the logarithm of the density of y = `gumbel_softmax`(scores), one number per row.

    With n states and q_i = x_i / T + log g_i - tau log y_i it is log (n - 1)! + (n - 1) log tau
    + sum_i (q_i - log sum_j exp q_j), and on the simplex - sum_i log y_i more.

    Parameters
    ----------
    scores
        x, as `log_gumbel_softmax` was given them, -inf for a state that was masked.
    log_relaxed
        log y, as `log_gumbel_softmax` returns it: of the dtype of the scores, broadcast to them.
    tau
        0 < tau < infinity; as all parameters those of `log_gumbel_softmax`.
    measure
        "simplex": the density of y; "log": that of log y (Maddison's ExpConcrete).
    axis, temperature, log_degeneracy
        As in `gumbel_softmax`.

    Returns
    -------
    float64, of the shape of the scores without the axis. -inf where a state that is present has
    y = 0, or none is.

    Raises
    ------
    ValueError
        As `gumbel_softmax`; tau that is 0 or infinite; another measure.
    TypeError
        As `gumbel_softmax`; log y of another dtype than the scores.

    Examples
    --------
    >>> import numpy as np, gibbs
    >>> log_y = np.log([0.5, 0.3, 0.2])
    >>> print(gibbs.sampling.concrete_log_density([0.0, 0.0, 0.0], log_y).round(4))
    0.7001
    """
    return _core.concrete_log_density(
        scores, log_relaxed, axis, tau, temperature, log_degeneracy, measure
    )


def concrete_log_density_vjp(
    scores: Numbers,
    log_relaxed: Numbers,
    upstream: Numbers = 1.0,
    tau: Numbers = 1.0,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    measure: Literal["simplex", "log"] = "simplex",
    wrt: Collection[str] = ("scores", "log_relaxed"),
) -> Gradients:
    """Return the gradients of `concrete_log_density` times one number u per row.

    With c_i = u (1 - n softmax(q)_i) that in x is c / T, in log g c, and in log y, each free of the
    others, -tau c, on the simplex - u more.

    Parameters
    ----------
    upstream
        u, a number or an array that broadcasts over the rows.
    wrt
        Names among "scores", "log_relaxed", "tau", "temperature", "log_degeneracy".
    scores, log_relaxed, tau, axis, temperature, log_degeneracy, measure
        As in `concrete_log_density`.

    Raises
    ------
    ValueError
        As `concrete_log_density`; a name that is none of these.
    TypeError
        As `concrete_log_density`.

    Examples
    --------
    >>> import numpy as np, gibbs
    >>> log_y = np.log([0.5, 0.3, 0.2])
    >>> gibbs.sampling.concrete_log_density_vjp([0.0, 0.0, 0.0], log_y).scores.round(3)
    array([ 0.419,  0.032, -0.452])
    """
    bits = bits_of("concrete_log_density_vjp", wrt, _ALLOWED)
    in_scores, in_temperature, in_log_g, in_tau, in_point = _core.concrete_log_density_vjp(
        scores, log_relaxed, upstream, axis, tau, temperature, log_degeneracy, measure, bits
    )
    return Gradients(
        in_scores,
        per_row(temperature, in_temperature, axis, scores),
        per_state(log_degeneracy, in_log_g, scores),
        tau=per_row(tau, in_tau, axis, scores),
        log_relaxed=per_state(log_relaxed, in_point, scores),
    )
