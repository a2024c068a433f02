"""Losses of the sparse maps, as the package `entmax` has them.

L(x, y) = log Z(x) - x_y with log Z(x) = max over p of <p, x> + H_alpha(p), the Fenchel-Young loss
of the Tsallis entropy: L >= 0, its gradient is p - e_y, and at alpha 1 it is cross-entropy.
"""

# X is that package's name.
# ruff: noqa: N803

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

from torch import Tensor, nn

from gibbs.torch import _maps
from gibbs.torch._arguments import check_scores
from gibbs.torch._loss_call import loss
from gibbs.torch.entmax._normmax_loss import normmax_losses
from gibbs.torch.entmax.activations import support_size

if TYPE_CHECKING:
    from gibbs.torch._loss_call import Reduction as OurReduction

Reduction = Literal["elementwise_mean", "sum", "none"]
_REDUCTIONS: dict[str, OurReduction] = {
    "elementwise_mean": "mean",
    "sum": "sum",
    "none": "none",
}


def _check(function: str, X: Tensor, target: Tensor) -> None:
    check_scores(function, X)
    if not isinstance(target, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"{function}: target must be a tensor, got {type(target).__name__}")
    if X.dim() != 2 or target.shape != X.shape[:1]:
        raise ValueError(
            f"{function}: X must be of shape (n, classes) and target of shape (n,), "
            f"got {tuple(X.shape)} and {tuple(target.shape)}"
        )


def _loss(
    function: str,
    X: Tensor,
    target: Tensor,
    alpha: float | Tensor,
    ignore_index: int = -100,
    reduction: OurReduction = "none",
) -> Tensor:
    """Return the loss in the dtype of X."""
    _check(function, X, target)
    result = loss(function, X, target, alpha, 1, ignore_index=ignore_index, reduction=reduction)
    return result.to(X.dtype)


def _support_size(X: Tensor, alpha: float | Tensor) -> Tensor:
    return support_size(_maps.entmax(X.detach(), alpha, 1), 1)


@overload
def sparsemax_loss(
    X: Tensor, target: Tensor, k: int | None = None, return_support_size: Literal[False] = False
) -> Tensor: ...
@overload
def sparsemax_loss(
    X: Tensor, target: Tensor, k: int | None = None, *, return_support_size: Literal[True]
) -> tuple[Tensor, Tensor]: ...
def sparsemax_loss(
    X: Tensor, target: Tensor, k: int | None = None, return_support_size: bool = False
) -> Tensor | tuple[Tensor, Tensor]:
    """Return the loss whose gradient is sparsemax(X) - e_target, per row.

    Parameters
    ----------
    X
        Scores, (n, classes).
    target
        Labels, (n,), 0 <= target < classes.
    k
        Changes nothing: nothing is sorted here.
    return_support_size
        Return also how many states have p > 0, (n, 1).

    Examples
    --------
    >>> import torch
    >>> from gibbs.torch.entmax import sparsemax_loss
    >>> sparsemax_loss(torch.tensor([[0.0, 0.0], [5.0, 0.0]]), torch.tensor([0, 0]))
    tensor([0.2500, 0.0000])
    """
    loss = _loss("sparsemax_loss", X, target, 2.0)
    return (loss, _support_size(X, 2.0)) if return_support_size else loss


@overload
def entmax15_loss(
    X: Tensor, target: Tensor, k: int | None = None, return_support_size: Literal[False] = False
) -> Tensor: ...
@overload
def entmax15_loss(
    X: Tensor, target: Tensor, k: int | None = None, *, return_support_size: Literal[True]
) -> tuple[Tensor, Tensor]: ...
def entmax15_loss(
    X: Tensor, target: Tensor, k: int | None = None, return_support_size: bool = False
) -> Tensor | tuple[Tensor, Tensor]:
    """Return the loss whose gradient is entmax15(X) - e_target, per row; see `sparsemax_loss`.

    Examples
    --------
    >>> import torch
    >>> from gibbs.torch.entmax import entmax15_loss
    >>> entmax15_loss(torch.tensor([[5.0, 0.0]]), torch.tensor([1]))
    tensor([5.])
    """
    loss = _loss("entmax15_loss", X, target, 1.5)
    return (loss, _support_size(X, 1.5)) if return_support_size else loss


def sparsemax_bisect_loss(X: Tensor, target: Tensor, n_iter: int | None = 50) -> Tensor:
    """Return the same as `sparsemax_loss`; n_iter changes nothing."""
    return _loss("sparsemax_bisect_loss", X, target, 2.0)


def entmax_bisect_loss(
    X: Tensor, target: Tensor, alpha: float | Tensor = 1.5, n_iter: int | None = 50
) -> Tensor:
    """Return the loss whose gradient is entmax_bisect(X, alpha) - e_target, per row.

    Parameters
    ----------
    X, target
        As `sparsemax_loss` takes them.
    alpha
        A number, or a tensor of one per row, (n,) or (n, 1); the loss is differentiable for it.
    n_iter
        Changes nothing.

    Examples
    --------
    >>> import torch
    >>> from gibbs.torch.entmax import entmax_bisect_loss
    >>> entmax_bisect_loss(torch.tensor([[0.0, 0.0]]), torch.tensor([0]), alpha=1.0)
    tensor([0.6931])
    """
    return _loss("entmax_bisect_loss", X, target, alpha)


def normmax_bisect_loss(
    X: Tensor, target: Tensor, alpha: float | Tensor = 2, n_iter: int | None = 50
) -> Tensor:
    """Return the loss whose gradient is normmax_bisect(X, alpha) - e_target, per row.

    Parameters
    ----------
    X, target
        As `sparsemax_loss` takes them.
    alpha
        As `entmax_bisect_loss` takes it, in (1, inf]; the loss is differentiable for it.
    n_iter
        Changes nothing.

    Examples
    --------
    >>> import torch
    >>> from gibbs.torch.entmax import normmax_bisect_loss
    >>> normmax_bisect_loss(torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 0]))
    tensor([0., 1.])
    """
    _check("normmax_bisect_loss", X, target)
    return normmax_losses("normmax_bisect_loss", X, target, alpha, -100)


class _Loss(nn.Module):
    """Rows whose label is ignore_index, whatever its sign, have loss 0 and are not counted."""

    alpha: float | Tensor

    def __init__(
        self, ignore_index: int, reduction: Reduction, return_support_size: bool = False
    ) -> None:
        super().__init__()
        if reduction not in _REDUCTIONS:
            raise ValueError(
                f"{type(self).__name__}: reduction must be elementwise_mean, sum or none, "
                f"got {reduction}"
            )
        self.ignore_index = int(ignore_index)  # that package takes tensors of one number, too
        self.reduction = reduction
        self.return_support_size = return_support_size

    def forward(self, X: Tensor, target: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """Return the loss, reduced."""
        name, reduction = type(self).__name__, _REDUCTIONS[self.reduction]
        loss = _loss(name, X, target, self.alpha, self.ignore_index, reduction)
        return (loss, _support_size(X, self.alpha)) if self.return_support_size else loss


class SparsemaxLoss(_Loss):
    """`sparsemax_loss` as a module; a batch that is all ignored has loss 0."""

    alpha = 2.0

    def __init__(
        self,
        k: int | None = None,
        ignore_index: int = -100,
        reduction: Reduction = "elementwise_mean",
        return_support_size: bool = False,
    ) -> None:
        super().__init__(ignore_index, reduction, return_support_size)
        self.k = k


class Entmax15Loss(_Loss):
    """`entmax15_loss` as a module; a batch that is all ignored has loss 0."""

    alpha = 1.5

    def __init__(
        self,
        k: int | None = 100,
        ignore_index: int = -100,
        reduction: Reduction = "elementwise_mean",
        return_support_size: bool = False,
    ) -> None:
        super().__init__(ignore_index, reduction, return_support_size)
        self.k = k


class SparsemaxBisectLoss(_Loss):
    """`sparsemax_bisect_loss` as a module; a batch that is all ignored has loss 0."""

    alpha = 2.0

    def __init__(
        self,
        n_iter: int | None = 50,
        ignore_index: int = -100,
        reduction: Reduction = "elementwise_mean",
    ) -> None:
        super().__init__(ignore_index, reduction)
        self.n_iter = n_iter


class EntmaxBisectLoss(_Loss):
    """`entmax_bisect_loss` as a module; a batch that is all ignored has loss 0."""

    def __init__(
        self,
        alpha: float | Tensor = 1.5,
        n_iter: int | None = 50,
        ignore_index: int = -100,
        reduction: Reduction = "elementwise_mean",
    ) -> None:
        super().__init__(ignore_index, reduction)
        self.alpha = alpha
        self.n_iter = n_iter


class NormmaxBisectLoss(_Loss):
    """`normmax_bisect_loss` as a module; a batch that is all ignored has loss 0."""

    def __init__(
        self,
        alpha: float | Tensor = 2,
        n_iter: int | None = 50,
        ignore_index: int = -100,
        reduction: Reduction = "elementwise_mean",
    ) -> None:
        super().__init__(ignore_index, reduction)
        self.alpha = alpha
        self.n_iter = n_iter

    def forward(self, X: Tensor, target: Tensor) -> Tensor:
        """Return the loss, reduced."""
        _check("NormmaxBisectLoss", X, target)
        losses = normmax_losses("NormmaxBisectLoss", X, target, self.alpha, self.ignore_index)
        if self.reduction == "none":
            return losses
        counted = (target != self.ignore_index).sum().clamp(min=1)
        return losses.sum() / (counted if self.reduction == "elementwise_mean" else 1)
