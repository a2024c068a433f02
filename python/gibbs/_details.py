"""entmax with all that it knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gibbs import _core
from gibbs._types import Details

if TYPE_CHECKING:
    from gibbs._types import Numbers


def details(
    scores: Numbers,
    alpha: Numbers = 1.5,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
) -> Details:
    """Return `entmax` with log Z, entropy, size of support and threshold, from the same pass.

    Parameters and errors are those of `entmax`.

    Examples
    --------
    >>> import gibbs
    >>> found = gibbs.details([3.0, 2.0, 1.0], alpha=2, temperature=2)
    >>> found.probabilities
    array([0.75, 0.25, 0.  ])
    >>> float(found.threshold), int(found.support)
    (1.5, 2)
    """
    return Details(*_core.details(scores, alpha, axis, temperature, log_degeneracy, mask))
