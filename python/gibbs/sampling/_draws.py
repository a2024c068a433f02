"""Draws from the law of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs import _core
from gibbs._flags import flag

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from gibbs._types import A, Numbers
    from gibbs.sampling._options import DrawWithLog, DrawWithStatus, PlainDraw


@overload
def sample(
    scores: A, draws: int | None = None, axis: int = -1, **options: Unpack[PlainDraw]
) -> A: ...
@overload
def sample(
    scores: ArrayLike, draws: int | None = None, axis: int = -1, **options: Unpack[PlainDraw]
) -> NDArray[Any]: ...
@overload
def sample(
    scores: Numbers, draws: int | None = None, axis: int = -1, **options: Unpack[DrawWithLog]
) -> tuple[Any, ...]: ...
@overload
def sample(
    scores: Numbers, draws: int | None = None, axis: int = -1, **options: Unpack[DrawWithStatus]
) -> tuple[Any, ...]: ...
def sample(
    scores: Numbers,
    draws: int | None = None,
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
) -> Any:
    """Draw from p = entmax(scores; alpha, T, g) of each row, softmax at alpha 1.

    By inversion of the running sum: one uniform per draw, the cost of one `logsumexp`. A token
    depends on (seed, stream, the row's id, the number of the draw) and its own row alone: not on
    the machine, the number of threads, the order of memory or the rows beside it.

    Parameters
    ----------
    scores
        x, any shape: as in `gibbs.softmax`.
    draws
        How many draws per row; None: one, without an axis for it.
    axis
        The axis along which the states lie.
    seed, stream
        Whose noise: of 64 bits each. `seed` names the experiment, `stream` a use within it that
        must not share noise with another.
    row_ids, first_row
        Row i, counted in the order of the array, has the id first_row + i, or row_ids[i]: integers
        that broadcast over the rows.
    first_draw
        The number of the first draw of each row.
    alpha, temperature, log_degeneracy, mask
        As in `gibbs.entmax`. T = 0: one of the highest scores, by degeneracy.
    return_log_probability
        Also return log p of each token.
    return_status
        Also return the `DrawStatus` of each row.

    Returns
    -------
    tokens, int64, of the shape of the scores without the axis, with `draws` a last one. -1 where a
    row holds a NaN or no state. (tokens, log p, status) as far as they are asked for: float64 of
    the shape of the tokens (NaN for -1), uint8 of the shape of the rows.

    Raises
    ------
    ValueError
        As `gibbs.entmax`; draws < 0; a seed, stream or id that is no number of 64 bits.
    TypeError
        As `gibbs.entmax`; draws, seeds or ids that are no integers.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.sample([0.0, 1.0, 2.0], 10, seed=7)
    array([2, 2, 2, 2, 1, 1, 2, 2, 2, 2])
    """
    return _core.sample(
        scores, draws, axis, alpha, temperature, log_degeneracy, mask,
        (seed, stream, row_ids, first_row, 0, first_draw),
        flag("sample", "return_log_probability", return_log_probability),
        flag("sample", "return_status", return_status),
    )  # fmt: skip


@overload
def gumbel_max(
    scores: A, draws: int | None = None, axis: int = -1, **options: Unpack[PlainDraw]
) -> A: ...
@overload
def gumbel_max(
    scores: ArrayLike, draws: int | None = None, axis: int = -1, **options: Unpack[PlainDraw]
) -> NDArray[Any]: ...
@overload
def gumbel_max(
    scores: Numbers, draws: int | None = None, axis: int = -1, **options: Unpack[DrawWithLog]
) -> tuple[Any, ...]: ...
@overload
def gumbel_max(
    scores: Numbers, draws: int | None = None, axis: int = -1, **options: Unpack[DrawWithStatus]
) -> tuple[Any, ...]: ...
def gumbel_max(
    scores: Numbers,
    draws: int | None = None,
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
) -> Any:
    """Draw the category with the highest x / T + log g + G, with `gumbel_noise` G of its own.

    The law is that of `sample`; the noise of a category does not depend on which others there are,
    so what leaves the winner in leaves the token as it is. Parameters, results and errors are those
    of `sample`.

    Examples
    --------
    >>> import numpy as np, gibbs
    >>> scores = np.array([0.0, 1.0, 2.0])
    >>> token = gibbs.gumbel_max(scores, seed=7)
    >>> int(token) == int(np.argmax(scores + gibbs.sampling.gumbel_noise(3, seed=7)))
    True
    """
    return _core.gumbel_max(
        scores, draws, axis, alpha, temperature, log_degeneracy, mask,
        (seed, stream, row_ids, first_row, 0, first_draw),
        flag("gumbel_max", "return_log_probability", return_log_probability),
        flag("gumbel_max", "return_status", return_status),
    )  # fmt: skip
