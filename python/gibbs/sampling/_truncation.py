"""Draws from the law that filters leave of a row, and that law itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, overload

from gibbs import _core
from gibbs._flags import flag
from gibbs.sampling._chain import Chain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Required, Unpack

    from gibbs._types import A, Numbers, SpeaksDLPack
    from gibbs.sampling._filters import Filter
    from gibbs.sampling._options import WhoseNoise

    FullLaw: TypeAlias = Literal["model", "chain_temperature"]
    Chains: TypeAlias = Chain | Filter | Sequence[Filter] | Sequence[Chain]

    class TruncateOptions(WhoseNoise, total=False):
        """The keyword arguments of truncate."""

        first_draw: int
        mask: Numbers | None
        full: FullLaw
        mirostat: Numbers | None
        as_scores: bool
        out: SpeaksDLPack | None

    class PlainTruncate(TruncateOptions, total=False):
        """Those of the law alone."""

        return_details: Literal[False]

    class DetailedTruncate(TruncateOptions, total=False):
        """Those of the law with what was kept."""

        return_details: Required[Literal[True]]
        return_kept_columns: bool


class KeptColumns(NamedTuple):
    """The states that rows keep: row i keeps columns[row_offsets[i] : row_offsets[i + 1]].

    Attributes
    ----------
    row_offsets
        One more than there are rows, int64.
    columns
        Ascending in each row, int64. A row without a status of DRAWN keeps none.
    """

    row_offsets: Any
    columns: Any


class TruncatedDraw(NamedTuple):
    """What `sample_truncated` returns.

    Attributes
    ----------
    token
        int64, of the shape of the scores without the axis, with `draws` a last one; -1 for none.
    log_probability
        log p of each token under the law drawn from, float64.
    full_log_probability
        Under the full law. None unless asked for, as the next three.
    kept_mass
        The mass of the states kept under the full law, one number per row. Without penalties and
        biases, and where all filters act at the temperature of the full law, log_probability =
        full_log_probability - log(kept_mass).
    kept
        How many states each row keeps, int64.
    kept_columns
        Which: `KeptColumns`.
    status
        The `DrawStatus` of each row, uint8.
    mirostat
        The renewed mu of each row, float64; None where none was given.
    """

    token: Any
    log_probability: Any
    full_log_probability: Any
    kept_mass: Any
    kept: Any
    kept_columns: KeptColumns | None
    status: Any
    mirostat: Any


class TruncatedLaw(NamedTuple):
    """What `truncate` returns with return_details.

    Attributes
    ----------
    law
        p, or the scores, of the shape and dtype of the scores.
    kept_mass, kept, kept_columns, status
        As in `TruncatedDraw`.
    """

    law: Any
    kept_mass: Any
    kept: Any
    kept_columns: KeptColumns | None
    status: Any


def _compiled(function: str, chain: Any) -> Any:
    """Return one chain, or a list with one for each row, as the library has them."""
    if isinstance(chain, Chain):
        return chain.compiled
    given: list[Any] = list(chain) if hasattr(chain, "__iter__") else [chain]
    if given and all(isinstance(one, Chain) for one in given):
        return [one.compiled for one in given]
    try:
        return Chain(given).compiled
    except TypeError as refusal:
        raise TypeError(f"{function}: " + str(refusal).replace("Chain: ", "", 1)) from None


def sample_truncated(
    scores: Numbers,
    chain: Chains,
    draws: int | None = None,
    axis: int = -1,
    *,
    seed: int = 0,
    stream: int = 0,
    row_ids: Numbers | None = None,
    first_row: int = 0,
    first_draw: int = 0,
    mask: Numbers | None = None,
    full: FullLaw = "model",
    mirostat: Numbers | None = None,
    return_full: bool = True,
    return_kept_columns: bool = False,
) -> TruncatedDraw:
    """Draw from softmax(scores) as the filters of a chain leave it, without any sort.

    Token d of a row is the inverse of the cumulative law, in the order of the columns, at the
    uniform noise of (seed, stream, row, first_draw + d).

    Parameters
    ----------
    scores, draws, axis, seed, stream, row_ids, first_row, first_draw
        As in `sample`.
    chain
        A `Chain`, a filter, filters in their order, or chains, one for each row.
    mask
        bool, broadcast to the shape of the scores. False: the state is absent.
    full
        The law called full: "model", that of the scores as they are given, or "chain_temperature",
        that of the scores divided by all temperatures of the chain.
    mirostat
        mu of a mirostat in the chain, which begins with 2 tau: a number, or an array that
        broadcasts over the rows.
    return_full
        Tell full_log_probability, kept_mass and kept.
    return_kept_columns
        Tell kept_columns.

    Raises
    ------
    ValueError
        As `sample`; a parameter of a filter out of its range; a token of a penalty or bias that is
        no column; not as many chains as rows; more than one draw per row with a mirostat, or with
        return_full or return_kept_columns where a chain has a coin to flip (`Xtc`).
    TypeError
        As `sample`; what is no chain.

    Examples
    --------
    >>> import numpy as np
    >>> from gibbs.sampling import TopK, TopP, sample_truncated
    >>> found = sample_truncated(np.log([0.4, 0.3, 0.2, 0.1]), [TopK(3), TopP(0.7)], seed=1)
    >>> int(found.token), int(found.kept), round(float(found.kept_mass), 3)
    (1, 2, 0.7)
    """
    token, log_p, full_log_p, mass, kept, columns, status, mu = _core.sample_truncated(
        scores, _compiled("sample_truncated", chain), draws, axis, mask,
        (seed, stream, row_ids, first_row, 0, first_draw), full, mirostat,
        flag("sample_truncated", "return_full", return_full),
        flag("sample_truncated", "return_kept_columns", return_kept_columns),
    )  # fmt: skip
    return TruncatedDraw(token, log_p, full_log_p, mass, kept, _kept(columns), status, mu)


@overload
def truncate(scores: A, chain: Chains, axis: int = -1, **options: Unpack[PlainTruncate]) -> A: ...
@overload
def truncate(
    scores: ArrayLike, chain: Chains, axis: int = -1, **options: Unpack[PlainTruncate]
) -> NDArray[Any]: ...
@overload
def truncate(
    scores: Numbers, chain: Chains, axis: int = -1, **options: Unpack[DetailedTruncate]
) -> TruncatedLaw: ...
def truncate(
    scores: Numbers,
    chain: Chains,
    axis: int = -1,
    *,
    seed: int = 0,
    stream: int = 0,
    row_ids: Numbers | None = None,
    first_row: int = 0,
    first_draw: int = 0,
    mask: Numbers | None = None,
    full: FullLaw = "model",
    mirostat: Numbers | None = None,
    as_scores: bool = False,
    out: SpeaksDLPack | None = None,
    return_details: bool = False,
    return_kept_columns: bool = False,
) -> Any:
    """Return the law that `sample_truncated` draws from: p, 0 for what is left out.

    Parameters
    ----------
    first_draw
        The draw whose coin an `Xtc` flips.
    mirostat
        As in `sample_truncated`, but only read.
    as_scores
        Return the scores as the chain changed them, -inf for what is left out.
    out
        Where to write, of the shape and dtype of the scores; it may be `scores`.
    return_details
        Return the `TruncatedLaw`: what was kept, too; which with return_kept_columns.
    scores, chain, axis, seed, stream, row_ids, first_row, mask, full
        As in `sample_truncated`.

    Returns
    -------
    p in the shape, the dtype and the kind of array of the scores. NaN for a row with a NaN, 0 for
    one without a state.

    Raises
    ------
    ValueError
        As `sample_truncated`.
    TypeError
        As `sample_truncated`.

    Examples
    --------
    >>> import numpy as np
    >>> from gibbs.sampling import TopP, truncate
    >>> truncate(np.log([0.4, 0.3, 0.2, 0.1]), TopP(0.7)).round(3)
    array([0.571, 0.429, 0.   , 0.   ])
    """
    return_details = flag("truncate", "return_details", return_details)
    return_kept_columns = flag("truncate", "return_kept_columns", return_kept_columns)
    if return_kept_columns and not return_details:
        raise ValueError("truncate: return_kept_columns goes with return_details")
    found = _core.truncate(
        scores, _compiled("truncate", chain), axis, mask,
        (seed, stream, row_ids, first_row, 0, first_draw), full, mirostat, out,
        flag("truncate", "as_scores", as_scores), return_details, return_kept_columns,
    )  # fmt: skip
    if not return_details:
        return found
    law, mass, kept, columns, status = found
    return TruncatedLaw(law, mass, kept, _kept(columns), status)


def _kept(columns: tuple[Any, Any] | None) -> KeptColumns | None:
    return None if columns is None else KeptColumns(*columns)
