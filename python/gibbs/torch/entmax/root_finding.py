"""The maps that the package `entmax` finds by bisection."""

# X is that package's name.
# ruff: noqa: N803

from __future__ import annotations

from torch import Tensor, nn

from gibbs.torch import _beside, _family, _maps


def sparsemax_bisect(
    X: Tensor, dim: int = -1, n_iter: int | None = 50, ensure_sum_one: bool = True
) -> Tensor:
    """Return the same as `sparsemax`; n_iter and ensure_sum_one change nothing.

    Examples
    --------
    >>> import torch
    >>> from gibbs.torch.entmax import sparsemax_bisect
    >>> sparsemax_bisect(torch.tensor([0.5, 0.25, -1.0]))
    tensor([0.6250, 0.3750, 0.0000])
    """
    return _maps.sparsemax(X, dim)


def entmax_bisect(
    X: Tensor,
    alpha: float | Tensor = 1.5,
    dim: int = -1,
    n_iter: int | None = 50,
    ensure_sum_one: bool = True,
) -> Tensor:
    """Return alpha-entmax of X; see `gibbs.torch.entmax`.

    Parameters
    ----------
    X
        The scores.
    alpha
        Any alpha > 0, 1 (softmax) and infinity (argmax) included: a number, or a tensor that
        broadcasts over the rows. p is differentiable for it.
    dim
        The dimension along which the states lie.
    n_iter, ensure_sum_one
        Change nothing: the threshold is solved to the last digit, and p sums to 1.

    Examples
    --------
    >>> import torch
    >>> from gibbs.torch.entmax import entmax_bisect
    >>> entmax_bisect(torch.tensor([3.0, 2.0, 1.0]), alpha=1.0)
    tensor([0.6652, 0.2447, 0.0900])
    """
    return _maps.entmax(X, alpha, dim)


def normmax_bisect(
    X: Tensor, alpha: float | Tensor = 2, dim: int = -1, n_iter: int | None = 50
) -> Tensor:
    """Return alpha-normmax of X; see `gibbs.torch.normmax`.

    Parameters
    ----------
    X
        The scores.
    alpha
        Of the norm, in (1, inf]: a number, or a tensor that broadcasts over the rows. p is
        differentiable for it.
    dim
        The dimension along which the states lie.
    n_iter
        Changes nothing: the threshold is solved to the last digit.

    Examples
    --------
    >>> import torch
    >>> from gibbs.torch.entmax import normmax_bisect
    >>> normmax_bisect(torch.tensor([1.0, 0.8, 0.0]))
    tensor([0.5714, 0.4286, 0.0000])
    """
    return _beside.normmax(X, alpha, dim)


def budget_bisect(
    X: Tensor, budget: float | Tensor = 2, dim: int = -1, n_iter: int | None = 50
) -> Tensor:
    """Return the nearest point to X with 0 <= p <= 1 and sum p = budget; see `gibbs.torch.budget`.

    Parameters
    ----------
    X
        The scores.
    budget
        A number from 0 to the number of states, or a tensor of such that broadcasts over the rows.
        p is differentiable for it.
    dim
        The dimension along which the states lie.
    n_iter
        Changes nothing: the threshold is solved to the last digit.

    Examples
    --------
    >>> import torch
    >>> from gibbs.torch.entmax import budget_bisect
    >>> budget_bisect(torch.tensor([3.0, 2.0, 1.5, 0.0]))
    tensor([1.0000, 0.7500, 0.2500, 0.0000])
    """
    return _family.budget(X, budget, dim)


class SparsemaxBisect(nn.Module):
    """`sparsemax_bisect` as a module."""

    def __init__(self, dim: int = -1, n_iter: int | None = None) -> None:
        super().__init__()
        self.dim = dim
        self.n_iter = n_iter

    def forward(self, X: Tensor) -> Tensor:
        """Map X."""
        return sparsemax_bisect(X, self.dim, self.n_iter)


class EntmaxBisect(nn.Module):
    """`entmax_bisect` as a module."""

    def __init__(self, alpha: float | Tensor = 1.5, dim: int = -1, n_iter: int | None = 50) -> None:
        super().__init__()
        self.dim = dim
        self.n_iter = n_iter
        self.alpha = alpha

    def forward(self, X: Tensor) -> Tensor:
        """Map X."""
        return entmax_bisect(X, self.alpha, self.dim, self.n_iter)


class NormmaxBisect(nn.Module):
    """`normmax_bisect` as a module."""

    def __init__(self, alpha: float | Tensor = 2, dim: int = -1, n_iter: int | None = 50) -> None:
        super().__init__()
        self.dim = dim
        self.n_iter = n_iter
        self.alpha = alpha

    def forward(self, X: Tensor) -> Tensor:
        """Map X."""
        return normmax_bisect(X, self.alpha, self.dim, self.n_iter)


class BudgetBisect(nn.Module):
    """`budget_bisect` as a module."""

    def __init__(self, budget: float | Tensor = 2, dim: int = -1, n_iter: int | None = 50) -> None:
        super().__init__()
        self.dim = dim
        self.n_iter = n_iter
        self.budget = budget

    def forward(self, X: Tensor) -> Tensor:
        """Map X."""
        return budget_bisect(X, self.budget, self.dim, self.n_iter)
