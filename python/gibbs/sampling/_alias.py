"""Very many draws from one law."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gibbs import _core

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gibbs._types import Numbers


class AliasTable:
    """A law as columns of equal height, each shared by two categories: a draw is one comparison.

    Building it takes three passes over the weights, and 16 bytes per category. The probability of
    each category is exact to 2^-52 of it and n 2^-64.

    Parameters
    ----------
    weights
        One number per category, >= 0, in any unit.

    Raises
    ------
    ValueError
        A weight that is negative, NaN or infinite; a sum that is 0 or infinite; not one dimension.
    TypeError
        Weights that are no real numbers.

    Examples
    --------
    >>> import gibbs
    >>> table = gibbs.sampling.AliasTable([1, 0, 3])
    >>> table.draw(10, seed=1)
    array([2, 2, 2, 2, 0, 2, 2, 0, 2, 2])
    """

    def __init__(self, weights: Numbers) -> None:
        self._table = _core.alias_table(weights)

    @classmethod
    def of_scores(
        cls,
        scores: Numbers,
        *,
        alpha: Numbers = 1.0,
        temperature: Numbers = 1.0,
        log_degeneracy: Numbers | None = None,
        mask: Numbers | None = None,
    ) -> AliasTable:
        """Return the table of p = entmax(scores; alpha, T, g) of one row, as `sample`.

        Raises
        ------
        ValueError
            As `sample`; scores of more than one dimension; a NaN, or no state.
        TypeError
            As `sample`.
        """
        made = cls.__new__(cls)
        made._table = _core.alias_table_of_scores(scores, alpha, temperature, log_degeneracy, mask)
        return made

    def __len__(self) -> int:
        """Return the number of categories."""
        return len(self._table)

    def draw(
        self, draws: int, *, seed: int = 0, stream: int = 0, row: int = 0, first_draw: int = 0
    ) -> NDArray[Any]:
        """Return draws first_draw, first_draw + 1, ... of a row, int64.

        Raises
        ------
        ValueError
            draws < 0; a seed, stream, row or first_draw that is no number of 64 bits.
        TypeError
            One of them that is no integer.
        """
        return _core.draw_of_table(self._table, draws, seed, stream, row, first_draw)
