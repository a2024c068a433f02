"""Draws without replacement for tensors."""

# What every kernel needs to read tensors is shared with `_kernels`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from gibbs import _core
from gibbs.torch._draws import drawn, take_law
from gibbs.torch._kernels import _array, _tensor
from gibbs.torch._maps import as_given

if TYPE_CHECKING:
    from torch import Tensor

    from gibbs.torch._arguments import Number


def gumbel_top_k(
    scores: Tensor,
    k: int,
    dim: int = -1,
    *,
    seed: int | None = None,
    stream: int = 0,
    row_ids: Tensor | None = None,
    first_row: int = 0,
    first_draw: int = 0,
    alpha: Number = 1.0,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
    return_log_probability: bool = False,
    return_status: bool = False,
    return_perturbed: bool = False,
) -> Any:
    """Draw k categories without replacement: those with the highest x / T + log g + G, in order.

    The first is drawn with probability p and is that of `gumbel_max`, each other one in proportion
    to p among those not yet drawn.

    Parameters
    ----------
    k
        How many, >= 0. Where a row has fewer states: all of them, then -1.
    return_log_probability
        Also return log(p_m / (1 - p_0 - ... - p_{m-1})) of the m-th token given those before; their
        sum is the log-probability of the ordered draw.
    return_perturbed
        Also return x / T + log g + G of each token, -inf for -1.
    scores, dim, return_status
        As in `sample`, as are seed, stream, row_ids, first_row, first_draw, alpha, temperature,
        log_degeneracy and mask.

    Returns
    -------
    tokens, int64, of the shape of the scores without `dim`, and a last one of k. (tokens, log p,
    status, perturbed) as far as they are asked for.

    Raises
    ------
    ValueError
        As `sample`; k < 0.
    TypeError
        As `sample`; k that is no integer.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.gumbel_top_k(torch.tensor([0.0, 1.0, 2.0, 3.0]), 3, seed=7)
    tensor([3, 2, 1])
    """
    return drawn(
        _core.gumbel_top_k, "gumbel_top_k", scores, k, dim,
        (alpha, temperature, log_degeneracy, mask),
        (seed, stream, row_ids, first_row, first_draw),
        return_log_probability=return_log_probability, return_status=return_status,
        return_perturbed=return_perturbed,
    )  # fmt: skip


def inclusion_probabilities(
    scores: Tensor,
    k: int,
    dim: int = -1,
    *,
    alpha: Number = 1.0,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Return the probability that each category is among the k of `gumbel_top_k`.

    They sum to k (or to the number of states, if that is less), and are not k p. A gradient does
    not pass through them.

    Parameters
    ----------
    k
        How many are drawn, >= 0.
    scores, dim, alpha, temperature, log_degeneracy, mask
        As in `sample`.

    Returns
    -------
    float64 in the shape of the scores.

    Raises
    ------
    ValueError
        As `gumbel_top_k`.
    TypeError
        As `gumbel_top_k`.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.inclusion_probabilities(torch.tensor([0.5, 0.3, 0.2]).log(), 2)
    tensor([0.8393, 0.6750, 0.4857], dtype=torch.float64)
    """
    function = "inclusion_probabilities"
    rows, *law = take_law(function, scores, dim, alpha, temperature, log_degeneracy, mask)
    found = _core.inclusion_probabilities(_array(rows), k, *law)
    return as_given(_tensor(found, torch.float64), scores)
