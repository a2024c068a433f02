"""Draws for tensors: tokens, which have no derivative."""

# What every kernel needs to read tensors is shared with `_kernels`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from torch import Tensor

from gibbs import _core, sampling
from gibbs._flags import flag
from gibbs.torch._arguments import take_arguments, take_number
from gibbs.torch._kernels import _array, _numbers, _settings
from gibbs.torch._noise import seed_of, take_row_ids

if TYPE_CHECKING:
    from collections.abc import Callable

    from gibbs.sampling._truncation import Chains, FullLaw
    from gibbs.torch._arguments import Number

Law: TypeAlias = "tuple[Number, Number, Tensor | None, Tensor | None]"
"""alpha, temperature, log_degeneracy and mask."""
Noise: TypeAlias = "tuple[int | None, int, Tensor | None, int, int]"
"""seed, stream, row_ids, first_row and first_draw."""


def sample(
    scores: Tensor,
    draws: int | None = None,
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
) -> Any:
    """Draw from p = entmax(scores; alpha, T, g) of each row, softmax at alpha 1.

    Parameters
    ----------
    scores
        x, as `softmax` takes them; a gradient does not pass through draws.
    draws
        How many draws per row; None: one, without a dimension for it.
    seed
        Whose noise, of 64 bits; None: taken from PyTorch's default generator, so that
        `torch.manual_seed` governs it.
    stream, first_row, first_draw, return_log_probability, return_status
        As in `gibbs.sample`.
    row_ids
        Integers that broadcast over the rows, as `temperature` does.
    dim, alpha, temperature, log_degeneracy, mask
        As in `entmax`.

    Returns
    -------
    tokens, int64, of the shape of the scores without `dim`, with `draws` a last one; -1 where a row
    holds a NaN or no state. (tokens, log p, status) as far as they are asked for: float64, uint8
    (`gibbs.sampling.DrawStatus`).

    Raises
    ------
    ValueError
        As `entmax`; draws < 0; a seed, stream or id that is no number of 64 bits.
    TypeError
        As `entmax`; draws, seeds or ids that are no integers.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.sample(torch.tensor([0.0, 1.0, 2.0]), 10, seed=7)
    tensor([2, 2, 2, 2, 1, 1, 2, 2, 2, 2])
    """
    return drawn(
        _core.sample, "sample", scores, draws, dim,
        (alpha, temperature, log_degeneracy, mask),
        (seed, stream, row_ids, first_row, first_draw),
        return_log_probability=return_log_probability, return_status=return_status,
    )  # fmt: skip


def gumbel_max(
    scores: Tensor,
    draws: int | None = None,
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
) -> Any:
    """Draw the category with the highest x / T + log g + G, with Gumbel noise G of its own.

    The law is that of `sample`; the noise of a category does not depend on which others there are,
    so what leaves the winner in leaves the token as it is. Parameters, results and errors are those
    of `sample`.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> scores = torch.tensor([0.0, 1.0, 2.0])
    >>> gibbs.torch.gumbel_max(scores, 10, seed=7)
    tensor([2, 2, 0, 2, 0, 2, 1, 2, 2, 2])
    """
    return drawn(
        _core.gumbel_max, "gumbel_max", scores, draws, dim,
        (alpha, temperature, log_degeneracy, mask),
        (seed, stream, row_ids, first_row, first_draw),
        return_log_probability=return_log_probability, return_status=return_status,
    )  # fmt: skip


def sample_truncated(
    scores: Tensor,
    chain: Chains,
    draws: int | None = None,
    dim: int = -1,
    *,
    seed: int | None = None,
    stream: int = 0,
    row_ids: Tensor | None = None,
    first_row: int = 0,
    first_draw: int = 0,
    mask: Tensor | None = None,
    full: FullLaw = "model",
    mirostat: Number | None = None,
    return_full: bool = True,
    return_kept_columns: bool = False,
) -> sampling.TruncatedDraw:
    """Draw from softmax(scores) as the filters of a chain leave it.

    `gibbs.sampling.sample_truncated` for tensors, which its result holds. `seed`, `row_ids` and
    `dim` are as in `sample`; the other parameters and errors as there.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> from gibbs.sampling import TopK, TopP
    >>> scores = torch.tensor([[0.4, 0.3, 0.2, 0.1]]).log()
    >>> found = gibbs.torch.sample_truncated(scores, [TopK(3), TopP(0.7)], seed=1)
    >>> found.token, found.kept, found.status
    (tensor([1]), tensor([2]), tensor([0], dtype=torch.uint8))
    """
    rows, _, _, present, at = take_arguments("sample_truncated", scores, dim, 1.0, None, mask)
    _check_numbers("sample_truncated", rows)
    ids = take_row_ids("sample_truncated", row_ids, rows, at)
    mu = None
    if mirostat is not None:
        mu = _numbers(take_number("sample_truncated", "mirostat", mirostat, rows, at), rows, at)
    found = sampling.sample_truncated(
        _array(rows),
        chain,
        draws,
        at,
        seed=seed_of("sample_truncated", seed),
        stream=stream,
        row_ids=None if ids is None else ids.numpy(),
        first_row=first_row,
        first_draw=first_draw,
        mask=None if present is None else present.numpy(),
        full=full,
        mirostat=mu,
        return_full=return_full,
        return_kept_columns=return_kept_columns,
    )
    columns = found.kept_columns
    kept = None if columns is None else sampling.KeptColumns(*map(_as_tensor, columns))
    token, log_p, full_log_p, mass, count, _, status, mu = (
        None if one is None else _as_tensor(one) for one in found._replace(kept_columns=None)
    )
    return sampling.TruncatedDraw(token, log_p, full_log_p, mass, count, kept, status, mu)


def drawn(
    core: Callable[..., Any],
    function: str,
    scores: Tensor,
    count: int | None,
    dim: int,
    law: Law,
    noise: Noise,
    **wanted: bool,
) -> Any:
    """Return the tokens of a draw of the extension, and what else is wanted."""
    flags = [flag(function, name, value) for name, value in wanted.items()]
    rows, *settings = take_law(function, scores, dim, *law)
    at = settings[0]
    seed, stream, row_ids, first_row, first_draw = noise
    ids = take_row_ids(function, row_ids, rows, at)
    whose = (
        seed_of(function, seed), stream, None if ids is None else ids.numpy(), first_row, 0,
        first_draw,
    )  # fmt: skip
    found = core(_array(rows), count, *settings, whose, *flags)
    return tuple(map(_as_tensor, found)) if any(flags) else _as_tensor(found)


def take_law(
    function: str,
    scores: Tensor,
    dim: int,
    alpha: Number,
    temperature: Number,
    log_degeneracy: Tensor | None,
    mask: Tensor | None,
) -> tuple[Any, ...]:
    """Return the rows, and their dim, alpha, T, log g and mask as the extension takes them."""
    rows, heat, log_g, present, at = take_arguments(
        function, scores, dim, temperature, log_degeneracy, mask
    )
    _check_numbers(function, rows)
    index = _numbers(take_number(function, "alpha", alpha, rows, at), rows, at)
    return rows, at, index, *_settings(rows, heat, log_g, present, at)[1:]


def _check_numbers(function: str, scores: Tensor) -> None:
    """Refuse what has a shape alone: the shapes of draws are not traced."""
    if scores.is_meta:
        raise ValueError(f"{function}: scores must hold numbers, got device meta")


def _as_tensor(found: Any) -> Tensor:
    return found if isinstance(found, Tensor) else torch.as_tensor(found)
