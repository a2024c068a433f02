"""Relaxed draws for tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gibbs._flags import flag
from gibbs.torch._arguments import take_arguments, take_number
from gibbs.torch._direct import call
from gibbs.torch._maps import as_given
from gibbs.torch._noise import take_noise, take_row_ids, take_seed

if TYPE_CHECKING:
    from torch import Tensor

    from gibbs.torch._arguments import Number


def gumbel_softmax(
    logits: Tensor,
    tau: Number = 1.0,
    hard: bool = False,
    eps: float = 1e-10,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
    seed: int | None = None,
    stream: int = 0,
    row_ids: Tensor | None = None,
    first_row: int = 0,
    draw: int = 0,
) -> Tensor:
    """Return y = softmax(z / tau), z_i = x_i / T + log g_i + G_i with independent Gumbel noise G.

    In place of `torch.nn.functional.gumbel_softmax`, whose signature comes first. Whatever tau is,
    y_k is the largest with probability softmax(x / T + log g)_k; there is no NaN down to tau = 0,
    where y is one-hot.

    Parameters
    ----------
    logits
        x, as `softmax` takes scores.
    tau
        How far the draw is relaxed, in [0, inf]: a number, or a tensor that broadcasts over the
        rows. y is differentiable for it.
    hard
        Return the one-hot draw, exactly 1 and 0, with the derivative of y (straight-through).
    eps
        Has no effect, as in PyTorch.
    dim, temperature, log_degeneracy, mask
        As in `softmax`.
    seed
        Whose noise, of 64 bits; None: taken from PyTorch's default generator, so that
        `torch.manual_seed` governs it.
    stream, first_row, draw
        As in `gibbs.sampling.gumbel_softmax`.
    row_ids
        Integers that broadcast over the rows, as `temperature` does.

    Returns
    -------
    y in the shape and the dtype of the logits, contiguous; differentiable to any order, in reverse
    and forward mode, for logits, tau, temperature and log_degeneracy, at fixed noise.

    Raises
    ------
    ValueError
        As `softmax`; tau < 0 or NaN; a seed or stream that is no number of 64 bits.
    TypeError
        As `softmax`.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> x = torch.tensor([3.0, 2.0, 1.0])
    >>> gibbs.torch.gumbel_softmax(x, tau=0.5, seed=1)
    tensor([0.3239, 0.3896, 0.2865])
    >>> gibbs.torch.gumbel_softmax(x, tau=0.5, hard=True, seed=1)
    tensor([0., 1., 0.])
    """
    del eps
    return _relaxed(
        "gumbel_softmax", logits, 1.0, tau, hard, dim, temperature, log_degeneracy, mask, seed,
        stream, row_ids, first_row, draw,
    )  # fmt: skip


def gumbel_entmax(
    scores: Tensor,
    alpha: Number = 1.5,
    tau: Number = 1.0,
    hard: bool = False,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
    seed: int | None = None,
    stream: int = 0,
    row_ids: Tensor | None = None,
    first_row: int = 0,
    draw: int = 0,
) -> Tensor:
    """Return y = entmax(z / tau; alpha) of the z of `gumbel_softmax`; above alpha 1 some y are 0.

    `alpha` is as in `entmax`, and y is differentiable for it too; 2 is Gumbel-sparsemax. The other
    parameters, results and errors are those of `gumbel_softmax`.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.gumbel_entmax(torch.tensor([3.0, 2.0, 1.0]), 2.0, tau=2.0, seed=1)
    tensor([0.3282, 0.3743, 0.2975])
    """
    return _relaxed(
        "gumbel_entmax", scores, alpha, tau, hard, dim, temperature, log_degeneracy, mask, seed,
        stream, row_ids, first_row, draw,
    )  # fmt: skip


def _relaxed(
    function: str,
    scores: Tensor,
    alpha: Number,
    tau: Number,
    hard: bool,
    dim: int,
    temperature: Number,
    log_degeneracy: Tensor | None,
    mask: Tensor | None,
    seed: int | None,
    stream: int,
    row_ids: Tensor | None,
    first_row: int,
    draw: int,
) -> Tensor:
    rows, heat, log_g, present, dim = take_arguments(
        function, scores, dim, temperature, log_degeneracy, mask
    )
    given = (
        rows,
        take_number(function, "alpha", alpha, rows, dim),
        take_number(function, "tau", tau, rows, dim),
        heat,
        log_g,
        present,
        take_row_ids(function, row_ids, rows, dim),
        take_seed(function, seed),
        dim,
        take_noise(function, stream, first_row, draw),
        function,
    )
    if flag(function, "hard", hard):
        one_hot, _ = call("gumbel_straight_through", *given)
        return as_given(one_hot, scores)
    return as_given(call("gumbel_entmax", *given), scores)
