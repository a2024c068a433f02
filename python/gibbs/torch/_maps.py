"""softmax, its logarithm and its sum, and the sparse maps, for tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gibbs._flags import flag
from gibbs.torch._arguments import flatten_dims, take_arguments, take_number
from gibbs.torch._direct import call, dispatch, is_direct, run

if TYPE_CHECKING:
    from torch import Tensor

    from gibbs.torch._arguments import Number


def softmax(
    scores: Tensor,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Map scores to p_i = g_i exp(x_i / T) / Z, the Boltzmann distribution.

    Parameters
    ----------
    scores
        x, any shape and strides, on the CPU: float64, float32, float16, bfloat16.
    dim
        The dimension along which the states lie; p sums to 1 along it.
    temperature
        T in [0, inf], in units of the scores: a number, or a tensor that broadcasts over the rows
        (the shape of the scores without `dim`, or with 1 in its place).
    log_degeneracy
        log g, broadcast to the shape of the scores. -inf: the state is absent.
    mask
        bool, broadcast to the shape of the scores. False: the state is absent.

    Returns
    -------
    p in the shape and the dtype of the scores, contiguous. It is differentiable to any order, in
    reverse and forward mode, for scores, temperature and log_degeneracy. A state that is absent
    has p = 0 and gradient 0; a row without any state is 0.

    Raises
    ------
    ValueError
        A temperature that is negative or NaN, a dim that is not there, shapes that do not fit.
    TypeError
        Another dtype, or something that is no tensor.
    NotImplementedError
        A tensor that is not on the CPU.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.softmax(torch.tensor([3.0, 2.0, 1.0]))
    tensor([0.6652, 0.2447, 0.0900])
    >>> gibbs.torch.softmax(torch.tensor([3.0, 2.0, 1.0]), temperature=0)
    tensor([1., 0., 0.])
    """
    return _member("softmax", 1.0, scores, dim, temperature, log_degeneracy, mask)


def log_softmax(
    scores: Tensor,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Map scores to log p_i = x_i / T + log g_i - log Z, the logarithm of `softmax`.

    Parameters, results and errors are those of `softmax`; a state that is absent has -inf, and
    gradient 0.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.log_softmax(torch.tensor([1000.0, 0.0]))
    tensor([    0., -1000.])
    """
    arguments = take_arguments("log_softmax", scores, dim, temperature, log_degeneracy, mask)
    return as_given(call("log_softmax", *arguments), scores)


def logsumexp(
    scores: Tensor,
    dim: int | tuple[int, ...] = -1,
    keepdim: bool = False,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Return log Z = log sum_j g_j exp(x_j / T); -T log Z is the free energy.

    Parameters and errors are those of `softmax`. With several dims the sum is over all of them,
    and `temperature` is one number.

    Returns
    -------
    log Z in the dtype of the scores, without `dim`, or with 1 in its place (`keepdim`). A row
    without any state has -inf, and gradient 0.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.logsumexp(torch.tensor([[3.0, 2.0, 1.0]]))
    tensor([3.4076])
    """
    keepdim = flag("logsumexp", "keepdim", keepdim)
    if isinstance(dim, tuple):
        beside = (log_degeneracy, mask)
        scores, log_degeneracy, mask, shape = flatten_dims("logsumexp", scores, dim, beside)
        log_z = logsumexp(scores, temperature=temperature, log_degeneracy=log_degeneracy, mask=mask)
        return log_z.reshape(shape) if keepdim else log_z
    arguments = take_arguments("logsumexp", scores, dim, temperature, log_degeneracy, mask)
    log_z: Tensor = call("logsumexp", *arguments)
    if scores.dim() == 0:
        return log_z.reshape(())
    return log_z if keepdim else log_z.squeeze(arguments.dim)


def entmax(
    scores: Tensor,
    alpha: Number = 1.5,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Map scores to p_i = g_i [1 + (alpha - 1)(x_i / T - t)]_+^(1 / (alpha - 1)), sum p = 1.

    Parameters, results and errors are those of `softmax`, and

    Parameters
    ----------
    alpha
        The index of the entropy, 0 < alpha <= inf: a number, or a tensor that broadcasts over the
        rows as `temperature` does. 1 softmax, 1.5 and 2 exact zeros, infinity argmax; p is
        differentiable for it too, also at 1.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.entmax(torch.tensor([3.0, 2.0, 1.0]), temperature=2)
    tensor([0.6242, 0.2917, 0.0841])
    """
    arguments = take_arguments("entmax", scores, dim, temperature, log_degeneracy, mask)
    index = take_number("entmax", "alpha", alpha, arguments.scores, arguments.dim)
    rows, *others = arguments
    return as_given(call("entmax", rows, index, *others, "entmax"), scores)


def sparsemax(
    scores: Tensor,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Map scores to their Euclidean projection on the simplex (at g = 1): mostly zeros.

    `entmax` at alpha 2. Parameters, results and errors are those of `softmax`.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.sparsemax(torch.tensor([3.0, 2.0, 1.0]), temperature=2)
    tensor([0.7500, 0.2500, 0.0000])
    """
    return _member("sparsemax", 2.0, scores, dim, temperature, log_degeneracy, mask)


def entmax15(
    scores: Tensor,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Map scores to p_i = g_i [1 + (x_i / T - t) / 2]_+^2, half way to sparsemax.

    `entmax` at alpha 1.5. Parameters, results and errors are those of `softmax`.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.entmax15(torch.tensor([3.0, 2.0, 1.0]))
    tensor([0.8307, 0.1693, 0.0000])
    """
    return _member("entmax15", 1.5, scores, dim, temperature, log_degeneracy, mask)


def _member(
    function: str,
    alpha: float,
    scores: Tensor,
    dim: int,
    temperature: Number,
    log_degeneracy: Tensor | None,
    mask: Tensor | None,
) -> Tensor:
    arguments = take_arguments(function, scores, dim, temperature, log_degeneracy, mask)
    if not is_direct(arguments):
        return as_given(dispatch(function, *arguments), scores)
    rows, *others = arguments
    return as_given(run("entmax", rows, alpha, *others, function), scores)


def as_given(p: Tensor, scores: Tensor) -> Tensor:
    """Return p in the shape of the scores: a number has no dimension."""
    return p if scores.dim() else p.reshape(())
