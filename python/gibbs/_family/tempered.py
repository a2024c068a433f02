"""entmax by the index of its exponential."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs import _core
from gibbs._flags import flag
from gibbs._gradients import OF_SOFTMAX, vjp
from gibbs._types import Details

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from gibbs._family.types import DetailedMap, PlainMap
    from gibbs._family.vjp_types import NamedTemperedVjp, OfTempered
    from gibbs._gradients import Gradients, PlainVjp
    from gibbs._types import A, Numbers, SpeaksDLPack

_PARAMETERS = (*OF_SOFTMAX, "t")


@overload
def tempered_softmax(scores: A, t: float, axis: int = -1, **options: Unpack[PlainMap]) -> A: ...
@overload
def tempered_softmax(
    scores: ArrayLike, t: float, axis: int = -1, **options: Unpack[PlainMap]
) -> NDArray[Any]: ...
@overload
def tempered_softmax(
    scores: Numbers, t: float, axis: int = -1, **options: Unpack[DetailedMap]
) -> Details: ...
def tempered_softmax(
    scores: Numbers,
    t: float,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    out: SpeaksDLPack | None = None,
    return_details: bool = False,
) -> Any:
    """Map scores to p_i = g_i exp_t(x_i / T - c), with exp_t(u) = [1 + (1 - t) u]_+^(1 / (1 - t)).

    This is `entmax` at alpha 2 - t: 1 is `softmax`, t > 1 has heavy tails, t < 1 is sparse.

    Parameters
    ----------
    t
        Less than 2.
    return_details
        Return the `Details`: p with log Z, entropy, size of the support and threshold.
    scores, axis, temperature, log_degeneracy, mask, out
        As in `softmax`.

    Returns
    -------
    p in the shape, the dtype and the kind of array of the scores; the details if asked for.

    Raises
    ------
    ValueError
        As `softmax`; t >= 2 or NaN.
    TypeError
        As `softmax`; t that is no number.

    Examples
    --------
    >>> import gibbs
    >>> for t in (0.5, 1.0, 1.5):
    ...     print(gibbs.tempered_softmax([3.0, 2.0, 1.0], t).round(3))
    [0.831 0.169 0.   ]
    [0.665 0.245 0.09 ]
    [0.535 0.287 0.178]
    """
    return_details = flag("tempered_softmax", "return_details", return_details)
    found = _core.tempered_softmax(
        scores, t, axis, temperature, log_degeneracy, mask, out, return_details
    )
    return Details(*found) if return_details else found


@overload
def tempered_softmax_vjp(
    probabilities: A, upstream: Numbers, t: float, axis: int = -1, **options: Unpack[PlainVjp]
) -> A: ...
@overload
def tempered_softmax_vjp(
    probabilities: ArrayLike,
    upstream: Numbers,
    t: float,
    axis: int = -1,
    **options: Unpack[PlainVjp],
) -> NDArray[Any]: ...
@overload
def tempered_softmax_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    t: float,
    axis: int = -1,
    **options: Unpack[NamedTemperedVjp],
) -> Gradients: ...
def tempered_softmax_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    t: float,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    wrt: Collection[OfTempered] | None = None,
) -> Any:
    """Return the gradients of `tempered_softmax`: those of `entmax` at alpha 2 - t.

    Parameters, results and errors are those of `entmax_vjp`; `wrt` names among "scores",
    "temperature", "log_degeneracy", "t".

    Examples
    --------
    >>> import gibbs
    >>> p = gibbs.tempered_softmax([3.0, 2.0, 1.0], 0.5)
    >>> found = gibbs.tempered_softmax_vjp(p, [1.0, 0.0, 0.0], 0.5, wrt=["scores", "t"])
    >>> found.scores.round(3)
    array([ 0.283, -0.283,  0.   ])
    >>> print(found.t.round(3))
    -0.248
    """
    if not t < 2:
        raise ValueError(f"tempered_softmax_vjp: t must be less than 2, got {t:g}")
    found = vjp(
        _core.entmax_vjp, "tempered_softmax_vjp",
        probabilities, upstream, 2.0 - t, axis, temperature, log_degeneracy, wrt, _PARAMETERS,
    )  # fmt: skip
    if wrt is None or found.alpha is None:
        return found
    return found._replace(alpha=None, t=-found.alpha)
