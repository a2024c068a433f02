"""The operators of relaxed draws on the memory of CPU tensors."""

# What every kernel needs to read tensors is shared with `_kernels`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gibbs import _core
from gibbs.torch._kernels import _array, _new_like, _numbers, _settings, _tensor

if TYPE_CHECKING:
    from torch import Tensor

    from gibbs.torch._arguments import Number

BITS = 2**64 - 1
"""PyTorch has numbers of 64 bits with a sign: what is negative there is large here."""


def gumbel_entmax(
    scores: Tensor,
    alpha: Number,
    tau: Number,
    temperature: Number,
    log_degeneracy: Tensor | None,
    mask: Tensor | None,
    row_ids: Tensor | None,
    seed: Tensor,
    dim: int,
    noise: list[int],
    function: str,
) -> Tensor:
    """Return the relaxed draw; `noise` is (stream, first_row, first_category, draw)."""
    y = _new_like(scores)
    _, heat, log_g, present = _settings(scores, temperature, log_degeneracy, mask, dim)
    _core.gumbel_entmax(
        function, _array(scores), _numbers(alpha, scores, dim), dim, _numbers(tau, scores, dim),
        heat, log_g, present, _noise(seed, row_ids, noise, function), _array(y),
    )  # fmt: skip
    return y


def gumbel_straight_through(
    scores: Tensor,
    alpha: Number,
    tau: Number,
    temperature: Number,
    log_degeneracy: Tensor | None,
    mask: Tensor | None,
    row_ids: Tensor | None,
    seed: Tensor,
    dim: int,
    noise: list[int],
    function: str,
) -> tuple[Tensor, Tensor]:
    """Return the one-hot draw and the relaxed one of the same noise."""
    one_hot, is_softmax = _new_like(scores), function == "gumbel_softmax"
    settings = _settings(scores, temperature, log_degeneracy, mask, dim)
    found = _core.straight_through(
        _array(scores), dim, _numbers(tau, scores, dim), *settings[1:],
        _noise(seed, row_ids, noise, function), _array(one_hot), is_softmax,
    )  # fmt: skip
    if is_softmax:  # both from one pass
        return one_hot, _tensor(found[1], scores.dtype)
    y = gumbel_entmax(
        scores, alpha, tau, temperature, log_degeneracy, mask, row_ids, seed, dim, noise, function
    )
    return one_hot, y


def straight_through_shape(scores: Tensor, *_: object) -> tuple[Tensor, Tensor]:
    """Return the same without their numbers."""
    return _new_like(scores), _new_like(scores)


def binary_concrete(
    scores: Tensor,
    tau: Number,
    temperature: Number,
    mask: Tensor | None,
    row_ids: Tensor | None,
    seed: Tensor,
    dim: int,
    noise: list[int],
    hard: bool,
    with_logits: bool,
) -> tuple[Tensor, Tensor]:
    """Return y, or the draw of 0 and 1, and the logits of y, empty if not wanted."""
    function, y = "binary_concrete", _new_like(scores)
    _, heat, _, present = _settings(scores, temperature, None, mask, dim)
    whose = _noise(seed, row_ids, noise, function)

    def fill(tau: Any, out: Any, both: bool) -> Any:
        return _core.binary_concrete(_array(scores), dim, tau, heat, present, whose, out, both)

    numbers, logits = _numbers(tau, scores, dim), scores.new_empty(0)
    if with_logits:
        found = fill(numbers, None if hard else _array(y), True)
        logits = _tensor(found[1], scores.dtype)
    if hard:  # y at tau 0; what is negative or NaN stays, to be refused
        fill(np.minimum(numbers, 0.0), _array(y), False)
    elif not with_logits:
        fill(numbers, _array(y), False)
    return y, logits


def binary_concrete_shape(scores: Tensor, *others: Any) -> tuple[Tensor, Tensor]:
    """Return the same without their numbers."""
    *_, with_logits = others
    return _new_like(scores), _new_like(scores) if with_logits else scores.new_empty(0)


def _noise(seed: Tensor, row_ids: Tensor | None, noise: list[int], function: str) -> Any:
    if seed.numel() != 1:
        raise NotImplementedError(f"{function}: vmap must not run over the seed")
    stream, *others = noise
    ids = None if row_ids is None else row_ids.numpy()
    return (int(seed.item()) & BITS, stream & BITS, ids, *(one & BITS for one in others))
