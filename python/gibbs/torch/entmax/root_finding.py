"""The maps that the package `entmax` finds by bisection."""

# X is that package's name.
# ruff: noqa: N803

from __future__ import annotations

from torch import Tensor, nn

from gibbs.torch import _maps


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
