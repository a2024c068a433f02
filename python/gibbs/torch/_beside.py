"""Maps beside the family with bounds, for tensors: normmax, top-k, tempered, with a sink."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gibbs.torch._arguments import take_arguments, take_number
from gibbs.torch._direct import as_tensor, call, is_direct
from gibbs.torch._jacobians import working_dtype
from gibbs.torch._maps import as_given

if TYPE_CHECKING:
    from gibbs.torch._arguments import Number


def normmax(
    scores: Tensor,
    alpha: Number = 2.0,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    mask: Tensor | None = None,
) -> Tensor:
    """Map scores to p = argmax over the simplex of <p, x> - T |p|_alpha.

    p_i = q_i / sum q with q_i = ((x_i - tau) / T)_+^(1 / (alpha - 1)) and tau such that
    |q|_alpha = 1: sparse for every alpha.

    Parameters
    ----------
    alpha
        Of the norm, in (1, inf]: a number, or a tensor that broadcasts over the rows. p is
        differentiable for it.
    scores, dim, temperature, mask
        As `softmax` takes them, with its results and errors; alpha <= 1 or NaN is a ValueError.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.normmax(torch.tensor([1.0, 0.8, 0.0]))
    tensor([0.5714, 0.4286, 0.0000])
    """
    rows, heat, _, present, dim = take_arguments("normmax", scores, dim, temperature, None, mask)
    index = take_number("normmax", "alpha", alpha, rows, dim)
    return as_given(call("normmax", rows, index, heat, present, dim), scores)


def top_k_entmax(
    scores: Tensor,
    k: int,
    alpha: Number = 1.5,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Map scores to `entmax` of the k states with the highest scores, 0 elsewhere.

    Of equal scores the one that comes first is kept; states that are absent do not count among the
    k, and states left out have no gradient. k >= 0 is an integer; the other parameters, results
    and errors are those of `entmax`.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.top_k_entmax(torch.tensor([3.0, 2.5, 2.4, 0.0]), 2)
    tensor([0.6740, 0.3260, 0.0000, 0.0000])
    """
    return _top_k("top_k_entmax", scores, k, alpha, dim, temperature, log_degeneracy, mask)


def top_k_softmax(
    scores: Tensor,
    k: int,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Map scores to `softmax` of the k states with the highest scores, 0 elsewhere.

    `top_k_entmax` at alpha 1; parameters, results and errors are those there.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.top_k_softmax(torch.tensor([3.0, 2.0, 1.0]), 2)
    tensor([0.7311, 0.2689, 0.0000])
    """
    return _top_k("top_k_softmax", scores, k, 1.0, dim, temperature, log_degeneracy, mask)


def top_k_sparsemax(
    scores: Tensor,
    k: int,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Map scores to the nearest point to x / T of the simplex with at most k states (at g = 1).

    `top_k_entmax` at alpha 2; parameters, results and errors are those there.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.top_k_sparsemax(torch.tensor([0.5, 0.25, 0.0]), 2)
    tensor([0.6250, 0.3750, 0.0000])
    """
    return _top_k("top_k_sparsemax", scores, k, 2.0, dim, temperature, log_degeneracy, mask)


def _top_k(
    function: str,
    scores: Tensor,
    k: int,
    alpha: Number,
    dim: int,
    temperature: Number,
    log_degeneracy: Tensor | None,
    mask: Tensor | None,
) -> Tensor:
    if not isinstance(k, int):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"{function}: k must be an integer, got {type(k).__name__}")
    arguments = take_arguments(function, scores, dim, temperature, log_degeneracy, mask)
    rows, *others = arguments
    index = take_number(function, "alpha", alpha, rows, arguments.dim)
    return as_given(call("top_k_entmax", rows, index, *others, function, k), scores)


def tempered_softmax(
    scores: Tensor,
    t: Number,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Map scores to p_i = g_i exp_t(x_i / T - c), with exp_t(u) = [1 + (1 - t) u]_+^(1 / (1 - t)).

    This is `entmax` at alpha 2 - t: 1 is `softmax`, t > 1 has heavy tails, t < 1 is sparse.
    t < 2 is a number, or a tensor as alpha is there, for which p is differentiable; the other
    parameters, results and errors are those of `entmax`.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.tempered_softmax(torch.tensor([3.0, 2.0, 1.0]), 1.5)
    tensor([0.5348, 0.2868, 0.1784])
    """
    name = "tempered_softmax"
    arguments = take_arguments(name, scores, dim, temperature, log_degeneracy, mask)
    rows, *others = arguments
    t = take_number(name, "t", t, rows, arguments.dim)
    if not isinstance(t, Tensor) and not t < 2:
        raise ValueError(f"tempered_softmax: t must be less than 2, got {t:g}")
    return as_given(call("entmax", rows, 2 - t, *others, name), scores)


def sink_softmax(
    scores: Tensor,
    sink: Number = 0.0,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Map scores to p_i = g_i exp(x_i / T) / (exp(sink / T) + sum_j g_j exp(x_j / T)).

    `softmax` with one state more, of degeneracy 1, that is not returned: sum p < 1.

    Parameters
    ----------
    sink
        The score of the sink: a number, or a tensor that broadcasts over the rows, for which p is
        differentiable. -inf: `softmax`. NaN is a ValueError; where values are not at hand, within
        a transform or a compiled function, a row whose sink is NaN is NaN.
    scores, dim, temperature, log_degeneracy, mask
        As `softmax` takes them, with its results and errors.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.sink_softmax(torch.tensor([1.0, 0.0]))
    tensor([0.5761, 0.2119])
    """
    function = "sink_softmax"
    rows, heat, log_g, present, dim = take_arguments(
        function, scores, dim, temperature, log_degeneracy, mask
    )
    score = take_number(function, "sink", sink, rows, dim)
    _refuse_nan(function, "sink", score)
    score = as_tensor(score, rows)
    dtype = working_dtype(rows.dtype)

    def beside(of_states: Tensor | None, of_sink: Tensor) -> Tensor | None:
        return None if of_states is None else _with_sink(of_states, of_sink, rows, dim)

    wide = _with_sink(rows.to(dtype), score.to(dtype), rows, dim)
    log_g = beside(log_g, torch.zeros((), dtype=dtype))
    present = beside(present, torch.ones((), dtype=torch.bool))
    p: Tensor = call("entmax", wide, 1.0, heat, log_g, present, dim, function)
    kept = p.narrow(dim, 0, rows.shape[dim]).to(rows.dtype)
    return as_given(kept.contiguous(), scores)


def _refuse_nan(function: str, argument: str, value: Number) -> None:
    """Refuse NaN, of a tensor where its numbers are at hand."""
    if isinstance(value, Tensor):
        is_nan = is_direct((value,)) and bool(value.isnan().any())
    else:
        is_nan = value != value
    if is_nan:
        raise ValueError(f"{function}: {argument} must not be NaN, got nan")


def _with_sink(of_states: Tensor, of_sink: Tensor, rows: Tensor, dim: int) -> Tensor:
    one = list(rows.shape)
    one[dim] = 1
    return torch.cat([of_states.expand(rows.shape), of_sink.expand(one)], dim)
