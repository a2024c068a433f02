"""The one call behind every map with bounds and a budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gibbs import _core
from gibbs._family.types import ConstrainedDetails
from gibbs._flags import flag
from gibbs._gradients import Gradients, bits_of, by_name, per_row, per_state

if TYPE_CHECKING:
    from collections.abc import Collection


def solve(
    function: str,
    scores: Any,
    divergence: str,
    axis: int,
    temperature: Any,
    log_degeneracy: Any,
    mask: Any,
    out: Any,
    return_details: bool,
    *,
    alpha: Any = None,
    budget: Any = 1.0,
    lower: Any = None,
    upper: Any = None,
    weights: Any = None,
) -> Any:
    """Return p, or the `ConstrainedDetails`."""
    return_details = flag(function, "return_details", return_details)
    found = _core.constrained(
        function, scores, divergence, alpha, axis, budget, temperature, lower, upper, weights,
        log_degeneracy, mask, out, return_details,
    )  # fmt: skip
    return ConstrainedDetails(*found) if return_details else found


def derive(
    function: str,
    allowed: tuple[str, ...],
    probabilities: Any,
    upstream: Any,
    divergence: str,
    axis: int,
    temperature: Any,
    log_degeneracy: Any,
    wrt: Collection[str] | None,
    *,
    alpha: Any = None,
    budget: Any = 1.0,
    lower: Any = None,
    upper: Any = None,
    weights: Any = None,
    mask: Any = None,
) -> Any:
    """Return the gradient in the scores alone, or the `Gradients` in what `wrt` names."""
    found = _core.constrained_vjp(
        function, probabilities, upstream, divergence, alpha, axis, budget, temperature, lower,
        upper, weights, log_degeneracy, mask, bits_of(function, wrt, allowed),
    )  # fmt: skip
    if wrt is None:
        return found[0]
    in_budget, in_lower, in_upper = found[4:]
    named = by_name(found[:4], probabilities, alpha, axis, temperature, log_degeneracy)
    return Gradients(
        *named[:4],
        budget=per_row(budget, in_budget, axis, probabilities),
        lower=per_state(lower, in_lower, probabilities),
        upper=per_state(upper, in_upper, probabilities),
    )
