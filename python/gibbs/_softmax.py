"""softmax and its logarithm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs import _core

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from gibbs._types import A, DenseOptions, Numbers, SpeaksDLPack


@overload
def softmax(scores: A, axis: int = -1, **options: Unpack[DenseOptions]) -> A: ...
@overload
def softmax(scores: ArrayLike, axis: int = -1, **options: Unpack[DenseOptions]) -> NDArray[Any]: ...
def softmax(
    scores: Numbers,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    out: SpeaksDLPack | None = None,
) -> Any:
    """Map scores to p_i = g_i exp(x_i / T) / Z, the Boltzmann distribution.

    Parameters
    ----------
    scores
        x, any shape: an array, a list, a number; a tensor of PyTorch or JAX on the CPU. float64,
        float32, float16, bfloat16; integers become float64.
    axis
        The axis along which the states lie; p sums to 1 along it.
    temperature
        T in [0, inf], in units of the scores: a number, or an array that broadcasts over the rows
        (the shape of the scores without the axis, or with 1 in its place).
    log_degeneracy
        log g, broadcast to the shape of the scores. -inf: the state is absent.
    mask
        bool, broadcast to the shape of the scores. False: the state is absent.
    out
        Where to write, of the shape and dtype of the result; it may be `scores`.

    Returns
    -------
    p in the shape, the dtype and the kind of array of the scores.

    Raises
    ------
    ValueError
        A temperature that is negative or NaN, an axis that is not there, shapes that do not fit.
    TypeError
        A dtype that is no real number, another byte order, an array on another device.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.softmax([3, 2, 1]).round(3)
    array([0.665, 0.245, 0.09 ])
    >>> gibbs.softmax([3, 2, 1], temperature=0)
    array([1., 0., 0.])
    """
    return _core.softmax(scores, axis, temperature, log_degeneracy, mask, out)


@overload
def log_softmax(scores: A, axis: int = -1, **options: Unpack[DenseOptions]) -> A: ...
@overload
def log_softmax(
    scores: ArrayLike, axis: int = -1, **options: Unpack[DenseOptions]
) -> NDArray[Any]: ...
def log_softmax(
    scores: Numbers,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    out: SpeaksDLPack | None = None,
) -> Any:
    """Map scores to log p_i = x_i / T + log g_i - log Z, the logarithm of `softmax`.

    Parameters, results and errors are those of `softmax`; a state that is absent has -inf.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.log_softmax([1000.0, 0.0])
    array([    0., -1000.])
    """
    return _core.log_softmax(scores, axis, temperature, log_degeneracy, mask, out)
