"""Draws from rows that lie in pieces."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from gibbs import _core

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gibbs._types import Numbers


@dataclass(frozen=True, eq=False)
class GumbelWinner:
    """The winners of pieces of rows, and what tells their probability once all are merged.

    NumPy arrays of the shape of the rows; it can be pickled.

    Attributes
    ----------
    rank
        What comes before the value: the winner's score where that is +inf, where T is 0 or so small
        that x / T + log g overflows; there x / T is left out of what follows, and only winners of
        the same rank compete. 0 in all other rows, -inf where there is no winner.
    value
        x / T + log g + G of the winner; -inf where there is none.
    low
        What the rounding of value left out.
    category
        first_category + its column; -1 where there is none.
    log_weight
        x / T + log g of the winner.
    log_total
        log of the sum of all exp(x / T + log g) of that rank.
    nan
        Whether the row holds a NaN.
    """

    rank: NDArray[np.float64]
    value: NDArray[np.float64]
    low: NDArray[np.float64]
    category: NDArray[np.int64]
    log_weight: NDArray[np.float64]
    log_total: NDArray[np.float64]
    nan: NDArray[np.bool_]

    @property
    def log_probability(self) -> Any:
        """Log p of the winners."""
        return _core.told_of_winners(_fields_of(self))[0]

    @property
    def status(self) -> Any:
        """The `DrawStatus` of each row."""
        return _core.told_of_winners(_fields_of(self))[1]


def gumbel_max_pieces(
    scores: Numbers,
    first_category: int = 0,
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
) -> GumbelWinner:
    """Return the winner of `gumbel_max` among the columns of a piece of each row.

    `merge` makes of the winners of all pieces the draw from the whole rows, to the bit, at any
    temperature and any scores: a row that lies on several machines is drawn from so.

    Parameters
    ----------
    first_category
        The number of the piece's first column in the whole row.
    scores, axis, seed, stream, row_ids, first_row, first_draw, temperature, log_degeneracy, mask
        As in `sample`; the row ids are those of the whole rows.
    alpha
        1: at another alpha the law of a row is no sum over pieces.

    Raises
    ------
    ValueError
        As `sample`; another alpha.
    TypeError
        As `sample`.

    Examples
    --------
    >>> import numpy as np
    >>> from gibbs.sampling import gumbel_max, gumbel_max_pieces, merge
    >>> scores = np.linspace(0, 2, 10)
    >>> left, right = gumbel_max_pieces(scores[:4]), gumbel_max_pieces(scores[4:], 4)
    >>> bool(merge(left, right).category == gumbel_max(scores))
    True
    """
    return GumbelWinner(
        *_core.gumbel_max_pieces(
            scores, axis, alpha, temperature, log_degeneracy, mask,
            (seed, stream, row_ids, first_row, first_category, first_draw),
        )
    )  # fmt: skip


def merge(one: GumbelWinner, other: GumbelWinner) -> GumbelWinner:
    """Return the winners of two sets of pieces of the same rows.

    The higher rank wins, of equal ones the higher value, and of equal ones of these the lower
    category; the order of merging matters to nothing but the rounding of `log_total`.

    Raises
    ------
    ValueError
        Winners of rows of different shapes.

    Examples
    --------
    >>> from gibbs.sampling import gumbel_max_pieces, merge
    >>> merge(gumbel_max_pieces([0.0, 1.0]), gumbel_max_pieces([40.0], 2)).category
    np.int64(2)
    """
    return GumbelWinner(*_core.merge_winners(_fields_of(one), _fields_of(other)))


def _fields_of(winner: GumbelWinner) -> tuple[Any, ...]:
    if not isinstance(winner, GumbelWinner):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"merge: winners must be GumbelWinner, got {type(winner).__name__}")
    return tuple(getattr(winner, field.name) for field in fields(winner))
