"""Draws without replacement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs import _core
from gibbs._flags import flag

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from gibbs._types import A, MapOptions, Numbers
    from gibbs.sampling._options import (
        PlainTopK,
        TopKWithLog,
        TopKWithPerturbed,
        TopKWithStatus,
    )

    class LawOptions(MapOptions, total=False):
        """The keyword arguments that make a law."""

        alpha: Numbers


@overload
def gumbel_top_k(scores: A, k: int, axis: int = -1, **options: Unpack[PlainTopK]) -> A: ...
@overload
def gumbel_top_k(
    scores: ArrayLike, k: int, axis: int = -1, **options: Unpack[PlainTopK]
) -> NDArray[Any]: ...
@overload
def gumbel_top_k(
    scores: Numbers, k: int, axis: int = -1, **options: Unpack[TopKWithLog]
) -> tuple[Any, ...]: ...
@overload
def gumbel_top_k(
    scores: Numbers, k: int, axis: int = -1, **options: Unpack[TopKWithStatus]
) -> tuple[Any, ...]: ...
@overload
def gumbel_top_k(
    scores: Numbers, k: int, axis: int = -1, **options: Unpack[TopKWithPerturbed]
) -> tuple[Any, ...]: ...
def gumbel_top_k(
    scores: Numbers,
    k: int,
    axis: int = -1,
    *,
    seed: int = 0,
    stream: int = 0,
    row_ids: Numbers | None = None,
    first_row: int = 0,
    first_draw: int = 0,
    alpha: Numbers = 1.0,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    return_log_probability: bool = False,
    return_status: bool = False,
    return_perturbed: bool = False,
) -> Any:
    """Draw k categories without replacement: those with the highest x / T + log g + G, in order.

    The first is drawn with probability p and is that of `gumbel_max`, each other one in proportion
    to p among those not yet drawn.

    Parameters
    ----------
    k
        How many, >= 0. Where a row has fewer states: all of them, then -1.
    return_log_probability
        Also return log(p_m / (1 - p_0 - ... - p_{m-1})) of the m-th token given those before; their
        sum is the log-probability of the ordered draw.
    return_perturbed
        Also return x / T + log g + G of each token, -inf for -1.
    scores, axis, return_status
        As in `sample`, as are seed, stream, row_ids, first_row, first_draw, alpha, temperature,
        log_degeneracy and mask.

    Returns
    -------
    tokens, int64, of the shape of the scores without the axis, and a last one of k. (tokens, log p,
    status, perturbed) as far as they are asked for.

    Raises
    ------
    ValueError
        As `sample`; k < 0.
    TypeError
        As `sample`; k that is no integer.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.gumbel_top_k([0.0, 1.0, 2.0, 3.0], 3, seed=7)
    array([3, 2, 1])
    """
    return _core.gumbel_top_k(
        scores, k, axis, alpha, temperature, log_degeneracy, mask,
        (seed, stream, row_ids, first_row, 0, first_draw),
        flag("gumbel_top_k", "return_log_probability", return_log_probability),
        flag("gumbel_top_k", "return_status", return_status),
        flag("gumbel_top_k", "return_perturbed", return_perturbed),
    )  # fmt: skip


@overload
def inclusion_probabilities(
    scores: A, k: int, axis: int = -1, **options: Unpack[LawOptions]
) -> A: ...
@overload
def inclusion_probabilities(
    scores: ArrayLike, k: int, axis: int = -1, **options: Unpack[LawOptions]
) -> NDArray[Any]: ...
def inclusion_probabilities(
    scores: Numbers,
    k: int,
    axis: int = -1,
    *,
    alpha: Numbers = 1.0,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
) -> Any:
    """Return the probability that each category is among the k of `gumbel_top_k`.

    They sum to k (or to the number of states, if that is less), and are not k p.

    Parameters
    ----------
    k
        How many are drawn, >= 0.
    scores, axis, alpha, temperature, log_degeneracy, mask
        As in `sample`.

    Returns
    -------
    float64 in the shape of the scores.

    Raises
    ------
    ValueError
        As `gumbel_top_k`.
    TypeError
        As `gumbel_top_k`.

    Examples
    --------
    >>> import numpy as np, gibbs
    >>> gibbs.sampling.inclusion_probabilities(np.log([0.5, 0.3, 0.2]), 2).round(4)
    array([0.8393, 0.675 , 0.4857])
    """
    return _core.inclusion_probabilities(scores, k, axis, alpha, temperature, log_degeneracy, mask)
