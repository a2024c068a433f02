"""Noise as a pure function of (seed, stream, row, category, draw)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, overload

import numpy as np

from gibbs import _core

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray
    from typing_extensions import Unpack

    from gibbs._types import A, Numbers, SpeaksDLPack
    from gibbs.sampling._options import WhoseNoise

    class NoiseOptions(WhoseNoise, total=False):
        """The keyword arguments of noise."""

        first_category: int
        draw: int


Shape: TypeAlias = "int | tuple[int, ...]"


def _new(function: str, shape: Shape, dtype: DTypeLike) -> NDArray[Any]:
    kinds: dict[Any, Any] = {np.dtype(one): one for one in (np.float64, np.float32)}
    try:
        kind = kinds.get(np.dtype(dtype))
    except TypeError:
        kind = None
    if kind is None:
        raise TypeError(f"{function}: dtype must be float64 or float32, got {dtype}")
    try:
        return np.empty(shape, kind)
    except (TypeError, ValueError):
        raise ValueError(f"{function}: shape must be integers from 0, got {shape!r}") from None


def _noise(
    function: str, shape: Shape | None, dtype: DTypeLike, axis: int, out: Any, whose: object
) -> Any:
    if (shape is None) == (out is None):
        given = "neither" if out is None else "both"
        raise ValueError(f"{function}: one of shape and out must be given, got {given}")
    noise = out if shape is None else _new(function, shape, dtype)
    return _core.fill_noise(function, noise, axis, whose)


@overload
def uniform_noise(
    shape: Shape, dtype: DTypeLike = np.float64, axis: int = -1, **options: Unpack[NoiseOptions]
) -> NDArray[Any]: ...
@overload
def uniform_noise(*, axis: int = -1, out: A, **options: Unpack[NoiseOptions]) -> A: ...
def uniform_noise(
    shape: Shape | None = None,
    dtype: DTypeLike = np.float64,
    axis: int = -1,
    *,
    seed: int = 0,
    stream: int = 0,
    row_ids: Numbers | None = None,
    first_row: int = 0,
    first_category: int = 0,
    draw: int = 0,
    out: SpeaksDLPack | None = None,
) -> Any:
    """Return u = (bits + 1/2) / 2^64, uniform on (0, 1), of 64 random bits of each category.

    Parameters
    ----------
    shape, dtype
        Of a new array: float64 or float32. float32 comes from the same 64 bits, rounded once more.
    axis
        The axis along which the categories of a row lie.
    seed, stream, row_ids, first_row
        As in `sample`.
    first_category
        The number of the first category of each row.
    draw
        The number of the draw.
    out
        Where to write, in place of a new array.

    Returns
    -------
    The new array, or `out`: the same bits on every machine, whatever the order of memory is.

    Raises
    ------
    ValueError
        Neither or both of shape and out; a seed, stream or id that is no number of 64 bits.
    TypeError
        A dtype that is neither float64 nor float32.

    Examples
    --------
    >>> from gibbs.sampling import uniform_noise
    >>> uniform_noise(2, seed=1).round(4)
    array([0.9895, 0.7833])
    """
    whose = (seed, stream, row_ids, first_row, first_category, draw)
    return _noise("uniform_noise", shape, dtype, axis, out, whose)


@overload
def exponential_noise(
    shape: Shape, dtype: DTypeLike = np.float64, axis: int = -1, **options: Unpack[NoiseOptions]
) -> NDArray[Any]: ...
@overload
def exponential_noise(*, axis: int = -1, out: A, **options: Unpack[NoiseOptions]) -> A: ...
def exponential_noise(
    shape: Shape | None = None,
    dtype: DTypeLike = np.float64,
    axis: int = -1,
    *,
    seed: int = 0,
    stream: int = 0,
    row_ids: Numbers | None = None,
    first_row: int = 0,
    first_category: int = 0,
    draw: int = 0,
    out: SpeaksDLPack | None = None,
) -> Any:
    """Return -log(1 - u), Exp(1) noise: from 2.7e-20 to 45.1, never 0 or infinite.

    Parameters, results and errors are those of `uniform_noise`, from whose bits it comes.

    Examples
    --------
    >>> from gibbs.sampling import exponential_noise
    >>> exponential_noise(2, seed=1).round(4)
    array([4.5588, 1.5293])
    """
    whose = (seed, stream, row_ids, first_row, first_category, draw)
    return _noise("exponential_noise", shape, dtype, axis, out, whose)


@overload
def gumbel_noise(
    shape: Shape, dtype: DTypeLike = np.float64, axis: int = -1, **options: Unpack[NoiseOptions]
) -> NDArray[Any]: ...
@overload
def gumbel_noise(*, axis: int = -1, out: A, **options: Unpack[NoiseOptions]) -> A: ...
def gumbel_noise(
    shape: Shape | None = None,
    dtype: DTypeLike = np.float64,
    axis: int = -1,
    *,
    seed: int = 0,
    stream: int = 0,
    row_ids: Numbers | None = None,
    first_row: int = 0,
    first_category: int = 0,
    draw: int = 0,
    out: SpeaksDLPack | None = None,
) -> Any:
    """Return -log of `exponential_noise`, Gumbel(0, 1) noise: from -3.81 to 45.1.

    The upper tail, which decides whether an unlikely category is ever drawn, is exact. Parameters,
    results and errors are those of `uniform_noise`.

    Examples
    --------
    >>> from gibbs.sampling import gumbel_noise
    >>> gumbel_noise(2, seed=1).round(4)
    array([-1.5171, -0.4248])
    """
    whose = (seed, stream, row_ids, first_row, first_category, draw)
    return _noise("gumbel_noise", shape, dtype, axis, out, whose)
