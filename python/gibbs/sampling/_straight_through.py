"""One-hot draws whose derivative is that of a relaxation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from gibbs import _core
from gibbs._flags import flag

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Required, Unpack

    from gibbs._types import A, Numbers, SpeaksDLPack
    from gibbs.sampling._options import RelaxedOptions

    class PlainDraw(RelaxedOptions, total=False):
        """The keyword arguments of a draw that comes alone."""

        return_relaxed: Literal[False]

    class DrawAndRelaxed(RelaxedOptions, total=False):
        """Those of a draw that comes with its relaxation."""

        return_relaxed: Required[Literal[True]]


@overload
def straight_through(
    scores: A, tau: Numbers = 1.0, axis: int = -1, **options: Unpack[PlainDraw]
) -> A: ...
@overload
def straight_through(
    scores: ArrayLike, tau: Numbers = 1.0, axis: int = -1, **options: Unpack[PlainDraw]
) -> NDArray[Any]: ...
@overload
def straight_through(
    scores: A, tau: Numbers = 1.0, axis: int = -1, **options: Unpack[DrawAndRelaxed]
) -> tuple[A, A]: ...
@overload
def straight_through(
    scores: ArrayLike, tau: Numbers = 1.0, axis: int = -1, **options: Unpack[DrawAndRelaxed]
) -> tuple[NDArray[Any], NDArray[Any]]: ...
def straight_through(
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
    return_relaxed: bool = False,
) -> Any:
    """Return the draw of `gumbel_max` one-hot: exactly 1 there and 0 elsewhere.

    Its stand-in derivative is that of y, `gumbel_softmax_vjp` with the same noise.

    Parameters
    ----------
    return_relaxed
        Also return y = `gumbel_softmax` of the same noise, from the same pass.

    The other parameters, results and errors are those of `gumbel_softmax`; tau only matters to y.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.sampling.straight_through([3.0, 2.0, 1.0], seed=1)
    array([0., 1., 0.])
    """
    whose = (seed, stream, row_ids, first_row, first_category, draw)
    return _core.straight_through(
        scores, axis, tau, temperature, log_degeneracy, mask, whose, out,
        flag("straight_through", "return_relaxed", return_relaxed),
    )  # fmt: skip
