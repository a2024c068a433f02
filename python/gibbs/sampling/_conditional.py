"""Perturbed scores, given which of them is the highest: top-down Gumbels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gibbs import _core
from gibbs._gradients import per_row

if TYPE_CHECKING:
    from gibbs._types import Numbers


def conditional_gumbels(
    scores: Numbers,
    winners: Numbers,
    axis: int = -1,
    *,
    maximum: Numbers | None = None,
    seed: int = 0,
    stream: int = 0,
    row_ids: Numbers | None = None,
    first_row: int = 0,
    first_category: int = 0,
    draw: int = 0,
) -> Any:
    """Draw z_i = x_i + G_i with Gumbel noise G, given that z_k is the highest, k the winner.

    z_k = M, and z_i = -log(exp(-M) + E_i exp(-x_i)) for the others, E_i exponential noise. If k is
    drawn from softmax(x), the G_i are plain Gumbels again. Maddison, Tarlow & Minka 2014; Kool,
    van Hoof & Welling 2019, appendix B.

    Parameters
    ----------
    scores
        x, any shape, as in `sample`; not +inf.
    winners
        The column k of each row, integers that broadcast over the rows; -1 where there is none.
    maximum
        M, a number or an array that broadcasts over the rows; None: drawn, log Z + G with the noise
        of the winner.
    axis, seed, stream, row_ids, first_row, first_category, draw
        As in `gumbel_softmax`.

    Returns
    -------
    z, float64, of the shape of the scores.

    Raises
    ------
    ValueError
        A winner that is no column; shapes that do not fit; seeds and ids as in `sample`.
    TypeError
        As `sample`; winners that are no integers.

    Examples
    --------
    >>> import numpy as np
    >>> from gibbs.sampling import conditional_gumbels
    >>> int(np.argmax(conditional_gumbels([3.0, 2.0, 1.0], 2)))
    2
    """
    whose = (seed, stream, row_ids, first_row, first_category, draw)
    return _core.conditional_gumbels(scores, winners, axis, maximum, whose)


def conditional_gumbels_vjp(
    scores: Numbers,
    winners: Numbers,
    perturbed: Numbers,
    upstream: Numbers,
    axis: int = -1,
    *,
    maximum: Numbers | None = None,
) -> Any:
    """Return the gradients of `conditional_gumbels` at fixed noise, given z and its gradient v.

    With w_i = exp(z_i - M) and m = sum_i v_i w_i that in x_i is v_i (1 - w_i), and softmax(x)_i m
    more where the maximum was drawn; that in M is m.

    Parameters
    ----------
    perturbed
        z, as `conditional_gumbels` returned it.
    upstream
        v, broadcast to the shape of z.
    maximum
        M, as `conditional_gumbels` was given it.
    scores, winners, axis
        As in `conditional_gumbels`.

    Returns
    -------
    The gradient in the scores, float64; with `maximum` (that, the one in the maximum).

    Raises
    ------
    ValueError
        As `conditional_gumbels`.
    TypeError
        As `conditional_gumbels`.

    Examples
    --------
    >>> from gibbs.sampling import conditional_gumbels, conditional_gumbels_vjp
    >>> z = conditional_gumbels([3.0, 2.0, 1.0], 2)
    >>> conditional_gumbels_vjp([3.0, 2.0, 1.0], 2, z, [0.0, 0.0, 1.0]).round(3)
    array([0.665, 0.245, 0.09 ])
    """
    in_scores, in_maximum = _core.conditional_gumbels_vjp(
        scores, winners, perturbed, upstream, axis, maximum is not None
    )
    if maximum is None:
        return in_scores
    return in_scores, per_row(maximum, in_maximum, axis, scores)
