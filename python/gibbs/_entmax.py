"""entmax for every alpha, with its named members sparsemax and argmax_map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs import _core
from gibbs._flags import flag
from gibbs._sparse import sparse_map

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array
    from typing_extensions import Unpack

    from gibbs._types import A, Numbers, PlainOptions, SparseOptions, SpeaksDLPack, SupportOptions

INFINITY = float("inf")


@overload
def entmax(
    scores: A, alpha: Numbers = 1.5, axis: int = -1, **options: Unpack[PlainOptions]
) -> A: ...
@overload
def entmax(
    scores: ArrayLike, alpha: Numbers = 1.5, axis: int = -1, **options: Unpack[PlainOptions]
) -> NDArray[Any]: ...
@overload
def entmax(
    scores: A, alpha: Numbers = 1.5, axis: int = -1, **options: Unpack[SupportOptions]
) -> tuple[A, A]: ...
@overload
def entmax(
    scores: ArrayLike, alpha: Numbers = 1.5, axis: int = -1, **options: Unpack[SupportOptions]
) -> tuple[NDArray[Any], NDArray[Any]]: ...
@overload
def entmax(
    scores: Numbers, alpha: Numbers = 1.5, axis: int = -1, **options: Unpack[SparseOptions]
) -> csr_array: ...
def entmax(
    scores: Numbers,
    alpha: Numbers = 1.5,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    out: SpeaksDLPack | None = None,
    return_support: bool = False,
    sparse: bool = False,
) -> Any:
    """Map scores to p = argmax over the simplex of <p, x> + T H_alpha(p; g).

    p_i = g_i [1 + (alpha - 1)(x_i / T - t)]_+^(1 / (alpha - 1)), with t such that sum p = 1.
    alpha 1 is `softmax`, 2 is `sparsemax`, infinity is `argmax_map`; above 1 some p are 0.

    Parameters
    ----------
    alpha
        In (0, inf]: a number, or an array that broadcasts over the rows.
    return_support
        Also return how many states of each row have p > 0.
    sparse
        Return a `scipy.sparse.csr_array` that holds the support alone, without an array of the
        size of the scores; of one or two dimensions, float64 or float32.
    scores, axis, temperature, log_degeneracy, mask, out
        As in `softmax`.

    Returns
    -------
    p; (p, support) with `return_support`; a csr_array with `sparse`.

    Raises
    ------
    ValueError
        As `softmax`; alpha <= 0 or NaN.
    TypeError
        As `softmax`.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.entmax([3, 2, 1], alpha=1.5).round(3)
    array([0.831, 0.169, 0.   ])
    >>> gibbs.entmax([[3, 2, 1], [1, 1, 1]], alpha=2, return_support=True)[1]
    array([1, 3])
    """
    solve = sparse_map if flag("entmax", "sparse", sparse) else _core.entmax
    return solve(
        "entmax", scores, alpha, axis, temperature, log_degeneracy, mask, out,
        flag("entmax", "return_support", return_support),
    )  # fmt: skip


@overload
def sparsemax(scores: A, axis: int = -1, **options: Unpack[PlainOptions]) -> A: ...
@overload
def sparsemax(
    scores: ArrayLike, axis: int = -1, **options: Unpack[PlainOptions]
) -> NDArray[Any]: ...
@overload
def sparsemax(scores: A, axis: int = -1, **options: Unpack[SupportOptions]) -> tuple[A, A]: ...
@overload
def sparsemax(
    scores: ArrayLike, axis: int = -1, **options: Unpack[SupportOptions]
) -> tuple[NDArray[Any], NDArray[Any]]: ...
@overload
def sparsemax(scores: Numbers, axis: int = -1, **options: Unpack[SparseOptions]) -> csr_array: ...
def sparsemax(
    scores: Numbers,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    out: SpeaksDLPack | None = None,
    return_support: bool = False,
    sparse: bool = False,
) -> Any:
    """Map scores to the nearest point of the simplex to x / T (at g = 1), mostly zeros.

    This is `entmax` at alpha 2: p_i = g_i [1 + x_i / T - t]_+. Parameters, results and errors are
    those of `entmax`.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.sparsemax([3, 2, 1], temperature=2)
    array([0.75, 0.25, 0.  ])
    >>> print(gibbs.sparsemax([[3, 2, 1], [1, 1, 1]], sparse=True).nnz)
    4
    """
    solve = sparse_map if flag("sparsemax", "sparse", sparse) else _core.entmax
    return solve(
        "sparsemax", scores, 2.0, axis, temperature, log_degeneracy, mask, out,
        flag("sparsemax", "return_support", return_support),
    )  # fmt: skip


@overload
def argmax_map(scores: A, axis: int = -1, **options: Unpack[PlainOptions]) -> A: ...
@overload
def argmax_map(
    scores: ArrayLike, axis: int = -1, **options: Unpack[PlainOptions]
) -> NDArray[Any]: ...
@overload
def argmax_map(scores: A, axis: int = -1, **options: Unpack[SupportOptions]) -> tuple[A, A]: ...
@overload
def argmax_map(
    scores: ArrayLike, axis: int = -1, **options: Unpack[SupportOptions]
) -> tuple[NDArray[Any], NDArray[Any]]: ...
@overload
def argmax_map(scores: Numbers, axis: int = -1, **options: Unpack[SparseOptions]) -> csr_array: ...
def argmax_map(
    scores: Numbers,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    out: SpeaksDLPack | None = None,
    return_support: bool = False,
    sparse: bool = False,
) -> Any:
    """Map scores to all mass on the maxima, shared in proportion to g.

    This is `entmax` at alpha infinity, and every map at T = 0. Parameters, results and errors are
    those of `entmax`.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.argmax_map([3, 1, 3])
    array([0.5, 0. , 0.5])
    """
    solve = sparse_map if flag("argmax_map", "sparse", sparse) else _core.entmax
    return solve(
        "argmax_map", scores, INFINITY, axis, temperature, log_degeneracy, mask, out,
        flag("argmax_map", "return_support", return_support),
    )  # fmt: skip
