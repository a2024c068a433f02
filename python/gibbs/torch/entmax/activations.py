"""sparsemax and 1.5-entmax, as the package `entmax` has them."""

# X is that package's name.
# ruff: noqa: N803

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, overload

from torch import Tensor, nn

from gibbs import _core
from gibbs.torch import _maps


@overload
def sparsemax(
    X: Tensor, dim: int = -1, k: int | None = None, return_support_size: Literal[False] = False
) -> Tensor: ...
@overload
def sparsemax(
    X: Tensor, dim: int = -1, k: int | None = None, *, return_support_size: Literal[True]
) -> tuple[Tensor, Tensor]: ...
def sparsemax(
    X: Tensor, dim: int = -1, k: int | None = None, return_support_size: bool = False
) -> Tensor | tuple[Tensor, Tensor]:
    """Return the Euclidean projection of X on the simplex; see `gibbs.torch.sparsemax`.

    Parameters
    ----------
    X
        The scores.
    dim
        The dimension along which the states lie.
    k
        Changes nothing: nothing is sorted here.
    return_support_size
        Return also how many states have p > 0, with 1 in the place of `dim`.

    Examples
    --------
    >>> import torch
    >>> from gibbs.torch.entmax import sparsemax
    >>> sparsemax(torch.tensor([0.5, 0.25, -1.0]), dim=0)
    tensor([0.6250, 0.3750, 0.0000])
    """
    p = _maps.sparsemax(X, dim)
    return (p, support_size(p, dim)) if return_support_size else p


@overload
def entmax15(
    X: Tensor, dim: int = -1, k: int | None = None, return_support_size: Literal[False] = False
) -> Tensor: ...
@overload
def entmax15(
    X: Tensor, dim: int = -1, k: int | None = None, *, return_support_size: Literal[True]
) -> tuple[Tensor, Tensor]: ...
def entmax15(
    X: Tensor, dim: int = -1, k: int | None = None, return_support_size: bool = False
) -> Tensor | tuple[Tensor, Tensor]:
    """Return 1.5-entmax of X; see `gibbs.torch.entmax15`. Parameters are those of `sparsemax`.

    Examples
    --------
    >>> import torch
    >>> from gibbs.torch.entmax import entmax15
    >>> entmax15(torch.tensor([3.0, 2.0, 1.0]), dim=0)
    tensor([0.8307, 0.1693, 0.0000])
    """
    p = _maps.entmax15(X, dim)
    return (p, support_size(p, dim)) if return_support_size else p


def support_size(p: Tensor, dim: int) -> Tensor:
    """Count the states with p > 0, with 1 in the place of `dim`."""
    return (p != 0).sum(dim, keepdim=True)


class _Map(nn.Module):
    _map: Callable[[Tensor, int], Tensor]

    def __init__(
        self, dim: int = -1, k: int | None = None, return_support_size: bool = False
    ) -> None:
        super().__init__()
        self.dim = dim
        self.k = k
        self.return_support_size = return_support_size

    def forward(self, X: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """Map X."""
        p = self._map(X, self.dim)
        return (p, support_size(p, self.dim)) if self.return_support_size else p


class Sparsemax(_Map):
    """`sparsemax` as a module."""

    _map = staticmethod(_maps.sparsemax)


class Entmax15(_Map):
    """`entmax15` as a module."""

    _map = staticmethod(_maps.entmax15)


# Private names that the tests of that package call.
# pyright: reportUnusedFunction=false


def _sparsemax_threshold_and_support(
    X: Tensor, dim: int = -1, k: int | None = None
) -> tuple[Tensor, Tensor]:
    *_, support, threshold = _core.details(X.detach(), 2.0, dim, 1.0, None, None)
    return threshold.unsqueeze(dim), support.unsqueeze(dim)


def _entmax_threshold_and_support(
    X: Tensor, dim: int = -1, k: int | None = None
) -> tuple[Tensor, Tensor]:
    # There X is half the scores.
    *_, support, threshold = _core.details(2 * X.detach(), 1.5, dim, 1.0, None, None)
    return threshold.unsqueeze(dim) / 2, support.unsqueeze(dim)
