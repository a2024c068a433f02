"""The wider family for tensors: bounds, budgets and weights, and other divergences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gibbs.torch._arguments import take_arguments, take_bound, take_number
from gibbs.torch._direct import call
from gibbs.torch._maps import as_given

if TYPE_CHECKING:
    from torch import Tensor

    from gibbs._family.types import DivergenceName
    from gibbs.torch._arguments import Number


def _solve(
    function: str,
    divergence: str,
    scores: Tensor,
    dim: int,
    budget: Number,
    lower: Number | None,
    upper: Number | None,
    temperature: Number,
    log_degeneracy: Tensor | None,
    mask: Tensor | None,
    weights: Number | None = None,
    alpha: Number | None = None,
) -> Tensor:
    rows, heat, log_g, present, dim = take_arguments(
        function, scores, dim, temperature, log_degeneracy, mask
    )
    sides = (("lower", lower), ("upper", upper), ("weights", weights))
    p = call(
        "constrained", rows, take_number(function, "budget", budget, rows, dim),
        _take_alpha(function, divergence, alpha, rows, dim), heat, log_g,
        *(take_bound(function, name, value, rows) for name, value in sides), present, dim,
        divergence, function,
    )  # fmt: skip
    return as_given(p, scores)


def _take_alpha(
    function: str, divergence: str, alpha: Number | None, rows: Tensor, dim: int
) -> Number | None:
    if (divergence == "alpha") != (alpha is not None):
        raise ValueError(
            f"{function}: alpha must be given with the divergence alpha"
            if alpha is None
            else f"{function}: alpha goes with the divergence alpha, got {divergence}"
        )
    return None if alpha is None else take_number(function, "alpha", alpha, rows, dim)


def capped_softmax(
    scores: Tensor,
    upper: Number,
    dim: int = -1,
    *,
    budget: Number = 1.0,
    lower: Number | None = None,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Map scores to softmax with upper bounds: p = min(upper, g exp((x - tau) / T - 1)).

    Parameters
    ----------
    upper, lower
        Bounds of p, 0 <= lower <= upper: numbers, or tensors that broadcast to the shape of the
        scores.
    budget
        What sum p is, >= 0: a number, or a tensor that broadcasts over the rows.
    scores, dim, temperature, log_degeneracy, mask
        As `softmax` takes them. An absent state has p = 0 whatever its bounds are.

    Returns
    -------
    p in the shape and the dtype of the scores, contiguous. It is differentiable to any order, in
    reverse and forward mode, for scores, temperature, log_degeneracy, budget and the bounds.

    Raises
    ------
    ValueError
        As `softmax`; a number out of its range; bounds that cannot hold the budget.
    TypeError, NotImplementedError
        As `softmax`.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.capped_softmax(torch.tensor([3.0, 2.0, 1.0]), 0.5)
    tensor([0.5000, 0.3655, 0.1345])
    """
    return _solve(
        "capped_softmax", "kl", scores, dim, budget, lower, upper, temperature, log_degeneracy, mask
    )


def capped_sparsemax(
    scores: Tensor,
    upper: Number,
    dim: int = -1,
    *,
    budget: Number = 1.0,
    lower: Number | None = None,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Map scores to the nearest point to x / T with lower <= p <= upper (at g = 1).

    p_i = clip(g_i (x_i - tau) / T, lower_i, upper_i). Parameters, results and errors are those of
    `capped_softmax`.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.capped_sparsemax(torch.tensor([3.0, 2.0, 1.0]), 0.5, lower=0.25)
    tensor([0.5000, 0.2500, 0.2500])
    """
    return _solve(
        "capped_sparsemax", "euclidean", scores, dim, budget, lower, upper, temperature,
        log_degeneracy, mask,
    )  # fmt: skip


def budget(
    scores: Tensor,
    budget: Number,
    dim: int = -1,
    *,
    lower: Number | None = None,
    upper: Number | None = None,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Map scores to a sparse soft subset of `budget` states: 0 <= p <= 1, sum p = budget.

    p_i = clip(g_i (x_i - tau) / T, 0, 1), with `upper` 1 where none is given. Parameters, results
    and errors are those of `capped_softmax`.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.budget(torch.tensor([3.0, 2.0, 1.5, 0.0]), 2)
    tensor([1.0000, 0.7500, 0.2500, 0.0000])
    """
    return _solve(
        "budget", "euclidean", scores, dim, budget, lower, 1.0 if upper is None else upper,
        temperature, log_degeneracy, mask,
    )  # fmt: skip


def fermi_dirac(
    scores: Tensor,
    budget: Number,
    dim: int = -1,
    *,
    lower: Number | None = None,
    upper: Number | None = None,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Map scores to a soft subset of `budget` states by entropy: p = g / (1 + exp((tau - x) / T)).

    sum p = budget <= sum g. Parameters, results and errors are those of `capped_softmax`.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.fermi_dirac(torch.tensor([3.0, 1.0, -1.0]), 1.5)
    tensor([0.8808, 0.5000, 0.1192])
    """
    return _solve(
        "fermi_dirac", "fermi_dirac", scores, dim, budget, lower, upper, temperature,
        log_degeneracy, mask,
    )  # fmt: skip


def box_section(
    scores: Tensor,
    weights: Number,
    budget: Number,
    dim: int = -1,
    *,
    lower: Number | None = None,
    upper: Number | None = None,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Map scores to the nearest point to x / T in a box with sum w p = budget (at g = 1).

    p_i = clip(g_i (x_i - tau w_i) / T, lower_i, upper_i): a continuous knapsack. The weights are
    positive, a number or a tensor that broadcasts to the shape of the scores; there is no gradient
    for them. Parameters, results and errors are those of `capped_softmax` otherwise.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> x, w = torch.tensor([3.0, 2.0, 2.0]), torch.tensor([1.0, 1.0, 2.0])
    >>> gibbs.torch.box_section(x, w, 2, upper=1, temperature=2)
    tensor([1.0000, 0.6000, 0.2000])
    """
    return _solve(
        "box_section", "euclidean", scores, dim, budget, lower, upper, temperature,
        log_degeneracy, mask, weights,
    )  # fmt: skip


def constrained(
    scores: Tensor,
    divergence: DivergenceName = "kl",
    dim: int = -1,
    *,
    alpha: Number | None = None,
    budget: Number = 1.0,
    lower: Number | None = None,
    upper: Number | None = None,
    weights: Number | None = None,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Map scores to p = argmax of <p, x> - T D_f(p; g) within bounds and a budget.

    p_i = clip(g_i (f')^-1((x_i - tau w_i) / T), lower_i, upper_i), with tau such that
    sum w p = budget. The maps above are its members.

    Parameters
    ----------
    divergence
        As in `f_softargmax`.
    alpha
        Of the divergence "alpha", and only there: in (0, inf], at most 2 with constraints; a
        number, or a tensor that broadcasts over the rows, for which p is differentiable.
    weights
        w, positive and finite: a number, or a tensor that broadcasts to the shape of the scores.
        There is no gradient for them.
    scores, dim, budget, lower, upper, temperature, log_degeneracy, mask
        As in `capped_softmax`, with its results and errors.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> x = torch.tensor([3.0, 2.0, 1.0])
    >>> gibbs.torch.constrained(x, "alpha", alpha=1.5, upper=0.5)
    tensor([0.5000, 0.4665, 0.0335])
    """
    return _solve(
        "constrained", divergence, scores, dim, budget, lower, upper, temperature, log_degeneracy,
        mask, weights, alpha,
    )  # fmt: skip


def f_softargmax(
    scores: Tensor,
    divergence: DivergenceName = "kl",
    dim: int = -1,
    *,
    alpha: Number | None = None,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Map scores to p = argmax over the simplex of <p, x> - T D_f(p; g).

    Parameters
    ----------
    divergence
        f(r): "kl" r log r; "alpha" (r^alpha - r) / (alpha (alpha - 1)); "euclidean" r^2 / 2;
        "reverse_kl" -log r; "chi_square" (r - 1)^2; "hellinger" (sqrt(r) - 1)^2;
        "jensen_shannon" r log r - (r + 1) log((r + 1) / 2);
        "fermi_dirac" r log r + (1 - r) log(1 - r), r <= 1.
    alpha
        Of the divergence "alpha", and only there: as `entmax` takes it.
    scores, dim, temperature, log_degeneracy, mask
        As `softmax` takes them, with its results and errors.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.f_softargmax(torch.tensor([3.0, 2.0, 0.0]), "reverse_kl")
    tensor([0.4794, 0.3240, 0.1966])
    """
    name = "f_softargmax"
    if divergence not in ("kl", "alpha"):
        return _solve(
            name, divergence, scores, dim, 1.0, None, None, temperature, log_degeneracy, mask,
            alpha=alpha,
        )  # fmt: skip
    arguments = take_arguments(name, scores, dim, temperature, log_degeneracy, mask)
    rows, *others = arguments
    index = _take_alpha(name, divergence, alpha, rows, arguments.dim)
    return as_given(call("entmax", rows, 1.0 if index is None else index, *others, name), scores)
