"""Relaxed draws of independent yes-or-no states, for tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gibbs._flags import flag
from gibbs.torch._arguments import take_arguments, take_number
from gibbs.torch._direct import call
from gibbs.torch._maps import as_given
from gibbs.torch._noise import take_noise, take_row_ids, take_seed

if TYPE_CHECKING:
    from torch import Tensor

    from gibbs.torch._arguments import Number


def binary_concrete(
    scores: Tensor,
    tau: Number = 1.0,
    hard: bool = False,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    mask: Tensor | None = None,
    seed: int | None = None,
    stream: int = 0,
    row_ids: Tensor | None = None,
    first_row: int = 0,
    draw: int = 0,
    return_logits: bool = False,
) -> Any:
    """Return y = 1 / (1 + exp(-z / tau)), z = x / T + L with logistic noise L, element by element.

    `gumbel_softmax` of the two scores x and 0: whatever tau is, y > 1/2 with probability
    1 / (1 + exp(-x / T)).

    Parameters
    ----------
    hard
        Return the draw, exactly 1 where z > 0 and 0 elsewhere, with the derivative of y
        (straight-through).
    return_logits
        Also return z / tau = log(y / (1 - y)), where nothing underflows or rounds to 1.
    scores, tau, dim, temperature, mask
        As in `gumbel_softmax`, as are seed, stream, row_ids, first_row and draw; `dim` only says
        which numbers are a row.

    Returns
    -------
    y in the shape and the dtype of the scores, contiguous; (y, logits) if asked for. Both are
    differentiable to any order, in reverse and forward mode, for scores, tau and temperature, at
    fixed noise. At tau 0 y is 0 or 1, where the mask is False 0, and has no gradient.

    Raises
    ------
    ValueError
        As `gumbel_softmax`.
    TypeError
        As `gumbel_softmax`.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> x = torch.tensor([2.0, 0.0, -2.0])
    >>> gibbs.torch.binary_concrete(x, 0.5, seed=1)
    tensor([1.0000, 0.9289, 0.0155])
    >>> gibbs.torch.binary_concrete(x, 0.5, hard=True, seed=1)
    tensor([1., 1., 0.])
    """
    function = "binary_concrete"
    return_logits = flag(function, "return_logits", return_logits)
    rows, heat, _, present, dim = take_arguments(function, scores, dim, temperature, None, mask)
    y, logits = call(
        function,
        rows,
        take_number(function, "tau", tau, rows, dim),
        heat,
        present,
        take_row_ids(function, row_ids, rows, dim),
        take_seed(function, seed),
        dim,
        take_noise(function, stream, first_row, draw),
        flag(function, "hard", hard),
        return_logits,
    )
    y = as_given(y, scores)
    return (y, as_given(logits, scores)) if return_logits else y
