"""Relaxed draws: points of the simplex that tend to one-hot draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs import _core

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from gibbs._types import A, Numbers, SpeaksDLPack
    from gibbs.sampling._options import RelaxedOptions


@overload
def gumbel_softmax(
    scores: A, tau: Numbers = 1.0, axis: int = -1, **options: Unpack[RelaxedOptions]
) -> A: ...
@overload
def gumbel_softmax(
    scores: ArrayLike, tau: Numbers = 1.0, axis: int = -1, **options: Unpack[RelaxedOptions]
) -> NDArray[Any]: ...
def gumbel_softmax(
    scores: Numbers,
    tau: Numbers = 1.0,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    seed: int = 0,
    stream: int = 0,
    row_ids: Numbers | None = None,
    first_row: int = 0,
    first_category: int = 0,
    draw: int = 0,
    out: SpeaksDLPack | None = None,
) -> Any:
    """Return y = softmax(z / tau), z_i = x_i / T + log g_i + G_i with independent Gumbel noise G.

    The Concrete law: whatever tau is, y_k is the largest with probability softmax(x / T + log g)_k,
    where the draw of `gumbel_max` is k.

    Parameters
    ----------
    scores
        x, any shape: as in `gibbs.softmax`.
    tau
        How far the draw is relaxed, in [0, inf]: a number, or an array that broadcasts over the
        rows. 0: exactly one-hot; infinity: equal shares of the states.
    axis, temperature, log_degeneracy, mask, out
        As in `gibbs.softmax`.
    seed, stream, row_ids, first_row
        As in `sample`.
    first_category
        The number of the first state of each row.
    draw
        The number of the draw.

    Returns
    -------
    y in the shape, the dtype and the kind of array of the scores; 0 for a state that is absent.

    Raises
    ------
    ValueError
        As `gibbs.softmax`; tau < 0 or NaN; a seed, stream or id that is no number of 64 bits.
    TypeError
        As `gibbs.softmax`; seeds or ids that are no integers.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.sampling.gumbel_softmax([3.0, 2.0, 1.0], 0.5, seed=1).round(3)
    array([0.324, 0.39 , 0.287])
    """
    whose = (seed, stream, row_ids, first_row, first_category, draw)
    return _core.gumbel_entmax(
        "gumbel_softmax", scores, 1.0, axis, tau, temperature, log_degeneracy, mask, whose, out
    )


@overload
def log_gumbel_softmax(
    scores: A, tau: Numbers = 1.0, axis: int = -1, **options: Unpack[RelaxedOptions]
) -> A: ...
@overload
def log_gumbel_softmax(
    scores: ArrayLike, tau: Numbers = 1.0, axis: int = -1, **options: Unpack[RelaxedOptions]
) -> NDArray[Any]: ...
def log_gumbel_softmax(
    scores: Numbers,
    tau: Numbers = 1.0,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    seed: int = 0,
    stream: int = 0,
    row_ids: Numbers | None = None,
    first_row: int = 0,
    first_category: int = 0,
    draw: int = 0,
    out: SpeaksDLPack | None = None,
) -> Any:
    """Return log y of the y of `gumbel_softmax`, where nothing underflows.

    `concrete_log_density` takes it. Parameters, results and errors are those of `gumbel_softmax`;
    a state that is absent has -inf.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.sampling.log_gumbel_softmax([3.0, 2.0, 1.0], 0.01, seed=1).round(1)
    array([ -9.2,  -0. , -15.4])
    """
    whose = (seed, stream, row_ids, first_row, first_category, draw)
    return _core.log_gumbel_softmax(
        scores, axis, tau, temperature, log_degeneracy, mask, whose, out
    )


@overload
def gumbel_entmax(
    scores: A,
    alpha: Numbers = 1.5,
    tau: Numbers = 1.0,
    axis: int = -1,
    **options: Unpack[RelaxedOptions],
) -> A: ...
@overload
def gumbel_entmax(
    scores: ArrayLike,
    alpha: Numbers = 1.5,
    tau: Numbers = 1.0,
    axis: int = -1,
    **options: Unpack[RelaxedOptions],
) -> NDArray[Any]: ...
def gumbel_entmax(
    scores: Numbers,
    alpha: Numbers = 1.5,
    tau: Numbers = 1.0,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    seed: int = 0,
    stream: int = 0,
    row_ids: Numbers | None = None,
    first_row: int = 0,
    first_category: int = 0,
    draw: int = 0,
    out: SpeaksDLPack | None = None,
) -> Any:
    """Return y = entmax(z / tau; alpha) of the z of `gumbel_softmax`; above alpha 1 some y are 0.

    Parameters
    ----------
    alpha
        As in `gibbs.entmax`; 1 is `gumbel_softmax`.

    The other parameters, results and errors are those of `gumbel_softmax`; alpha <= 0 or NaN is
    refused.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.sampling.gumbel_entmax([3.0, 2.0, 1.0], 1.5, seed=1).round(3)
    array([0.326, 0.381, 0.292])
    """
    whose = (seed, stream, row_ids, first_row, first_category, draw)
    return _core.gumbel_entmax(
        "gumbel_entmax", scores, alpha, axis, tau, temperature, log_degeneracy, mask, whose, out
    )


@overload
def gumbel_sparsemax(
    scores: A, tau: Numbers = 1.0, axis: int = -1, **options: Unpack[RelaxedOptions]
) -> A: ...
@overload
def gumbel_sparsemax(
    scores: ArrayLike, tau: Numbers = 1.0, axis: int = -1, **options: Unpack[RelaxedOptions]
) -> NDArray[Any]: ...
def gumbel_sparsemax(
    scores: Numbers,
    tau: Numbers = 1.0,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    seed: int = 0,
    stream: int = 0,
    row_ids: Numbers | None = None,
    first_row: int = 0,
    first_category: int = 0,
    draw: int = 0,
    out: SpeaksDLPack | None = None,
) -> Any:
    """Return `gumbel_entmax` at alpha 2. Parameters and errors are those of `gumbel_softmax`.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.sampling.gumbel_sparsemax([3.0, 2.0, 1.0], 2.0, seed=1).round(3)
    array([0.328, 0.374, 0.298])
    """
    whose = (seed, stream, row_ids, first_row, first_category, draw)
    return _core.gumbel_entmax(
        "gumbel_sparsemax", scores, 2.0, axis, tau, temperature, log_degeneracy, mask, whose, out
    )
