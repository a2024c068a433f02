"""Maps of the k highest scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs import _core
from gibbs._derivatives import entmax_vjp, softmax_vjp, sparsemax_vjp
from gibbs._flags import flag
from gibbs._types import Details

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from gibbs._family.types import DetailedMap, PlainMap
    from gibbs._types import A, Numbers, SpeaksDLPack


def _map(
    function: str,
    scores: Any,
    k: Any,
    alpha: Any,
    axis: int,
    temperature: Any,
    log_degeneracy: Any,
    mask: Any,
    out: Any,
    return_details: bool,
) -> Any:
    return_details = flag(function, "return_details", return_details)
    found = _core.top_k_entmax(
        function, scores, k, alpha, axis, temperature, log_degeneracy, mask, out, return_details
    )
    return Details(*found) if return_details else found


@overload
def top_k_entmax(
    scores: A, k: int, alpha: Numbers = 1.5, axis: int = -1, **options: Unpack[PlainMap]
) -> A: ...
@overload
def top_k_entmax(
    scores: ArrayLike, k: int, alpha: Numbers = 1.5, axis: int = -1, **options: Unpack[PlainMap]
) -> NDArray[Any]: ...
@overload
def top_k_entmax(
    scores: Numbers, k: int, alpha: Numbers = 1.5, axis: int = -1, **options: Unpack[DetailedMap]
) -> Details: ...
def top_k_entmax(
    scores: Numbers,
    k: int,
    alpha: Numbers = 1.5,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    out: SpeaksDLPack | None = None,
    return_details: bool = False,
) -> Any:
    """Map scores to `entmax` of the k states with the highest scores, 0 elsewhere.

    Of equal scores the one that comes first is kept. States that are absent do not count among
    the k. Its derivative is that of `entmax`, `top_k_entmax_vjp`: states left out have none.

    Parameters
    ----------
    k
        How many states are kept, >= 0.
    return_details
        Return the `Details`: p with log Z, entropy, size of the support and threshold.
    scores, alpha, axis, temperature, log_degeneracy, mask, out
        As in `entmax`.

    Returns
    -------
    p in the shape, the dtype and the kind of array of the scores; the details if asked for.

    Raises
    ------
    ValueError
        As `entmax`; k < 0.
    TypeError
        As `entmax`; k that is no integer.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.top_k_entmax([3.0, 2.5, 2.4, 0.0], 2).round(3)
    array([0.674, 0.326, 0.   , 0.   ])
    """
    return _map(
        "top_k_entmax", scores, k, alpha, axis, temperature, log_degeneracy, mask, out,
        return_details,
    )  # fmt: skip


@overload
def top_k_softmax(scores: A, k: int, axis: int = -1, **options: Unpack[PlainMap]) -> A: ...
@overload
def top_k_softmax(
    scores: ArrayLike, k: int, axis: int = -1, **options: Unpack[PlainMap]
) -> NDArray[Any]: ...
@overload
def top_k_softmax(
    scores: Numbers, k: int, axis: int = -1, **options: Unpack[DetailedMap]
) -> Details: ...
def top_k_softmax(
    scores: Numbers,
    k: int,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    out: SpeaksDLPack | None = None,
    return_details: bool = False,
) -> Any:
    """Map scores to `softmax` of the k states with the highest scores, 0 elsewhere.

    This is `top_k_entmax` at alpha 1; parameters, results and errors are those there. Its
    derivative is `top_k_softmax_vjp`, another name of `softmax_vjp`.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.top_k_softmax([3.0, 2.0, 1.0], 2).round(3)
    array([0.731, 0.269, 0.   ])
    """
    return _map(
        "top_k_softmax", scores, k, 1.0, axis, temperature, log_degeneracy, mask, out,
        return_details,
    )  # fmt: skip


@overload
def top_k_sparsemax(scores: A, k: int, axis: int = -1, **options: Unpack[PlainMap]) -> A: ...
@overload
def top_k_sparsemax(
    scores: ArrayLike, k: int, axis: int = -1, **options: Unpack[PlainMap]
) -> NDArray[Any]: ...
@overload
def top_k_sparsemax(
    scores: Numbers, k: int, axis: int = -1, **options: Unpack[DetailedMap]
) -> Details: ...
def top_k_sparsemax(
    scores: Numbers,
    k: int,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    out: SpeaksDLPack | None = None,
    return_details: bool = False,
) -> Any:
    """Map scores to the nearest point to x / T of the simplex with at most k states (at g = 1).

    This is `top_k_entmax` at alpha 2; parameters, results and errors are those there. Its
    derivative is `top_k_sparsemax_vjp`, another name of `sparsemax_vjp`.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.top_k_sparsemax([0.5, 0.4, 0.3], 2).round(3)
    array([0.55, 0.45, 0.  ])
    """
    return _map(
        "top_k_sparsemax", scores, k, 2.0, axis, temperature, log_degeneracy, mask, out,
        return_details,
    )  # fmt: skip


top_k_entmax_vjp = entmax_vjp
top_k_softmax_vjp = softmax_vjp
top_k_sparsemax_vjp = sparsemax_vjp
