"""Losses that compare scores with targets and need no map, and distillation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gibbs.torch._loss_call import score_loss
from gibbs.torch._targets import take_teacher_scores

if TYPE_CHECKING:
    from torch import Tensor

    from gibbs.torch._arguments import Number
    from gibbs.torch._loss_call import Reduction


def one_versus_all_loss(
    scores: Tensor,
    targets: Tensor,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    mask: Tensor | None = None,
    sample_weights: Number | None = None,
    ignore_index: int = -100,
    reduction: Reduction = "mean",
) -> Tensor:
    """Return the logistic loss of every class against all others, summed over the classes.

    L(x, y) = sum_i T log(1 + exp(x_i / T)) - y_i x_i - T h(y_i), where h is the entropy of one yes
    or no: 0 for labels. Its gradient is p - y with p_i = 1 / (1 + exp(-x_i / T)).

    Parameters
    ----------
    targets
        Integers of the shape of the scores without `dim` are labels, one class per row. Floats of
        the shape of the scores are one number in [0, 1] per class, of any sum: several classes may
        apply to a row.
    scores, dim, temperature, mask, sample_weights, ignore_index, reduction
        As in `fenchel_young_loss`.

    Returns
    -------
    As `fenchel_young_loss`; it is differentiable for scores and temperature.

    Raises
    ------
    ValueError, TypeError, NotImplementedError
        As `fenchel_young_loss`.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.one_versus_all_loss(torch.tensor([2.0, -1.0, 0.0]), torch.tensor(0))
    tensor(1.1333)
    >>> gibbs.torch.one_versus_all_loss(torch.zeros(2), torch.ones(2))
    tensor(1.3863)
    """
    return score_loss(
        "one_versus_all_loss", scores, targets, dim, temperature=temperature, mask=mask,
        sample_weights=sample_weights, ignore_index=ignore_index, reduction=reduction,
    )  # fmt: skip


def hinge_loss(
    scores: Tensor,
    targets: Tensor,
    dim: int = -1,
    *,
    cost: float = 1.0,
    mask: Tensor | None = None,
    sample_weights: Number | None = None,
    ignore_index: int = -100,
    reduction: Reduction = "mean",
) -> Tensor:
    """Return max_i (x_i + c (1 - y_i)) - <x, y>, the structured hinge loss with a constant cost c.

    For a label it is 0 once its score is ahead of all others by c; at c = 0 it is
    `perceptron_loss`. Its gradient is q - y, q sharing its mass among the states of that maximum;
    its second derivative is 0.

    Parameters
    ----------
    cost
        c >= 0: what a prediction of another class costs.
    scores, targets, dim, mask, sample_weights, ignore_index, reduction
        As in `fenchel_young_loss`.

    Returns
    -------
    As `fenchel_young_loss`; it is differentiable for scores.

    Raises
    ------
    ValueError, TypeError, NotImplementedError
        As `fenchel_young_loss`; a cost that is negative, NaN or no number.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> x = torch.tensor([3.0, 2.5, 1.0], requires_grad=True)
    >>> loss = gibbs.torch.hinge_loss(x, torch.tensor(0))
    >>> loss.backward()
    >>> print(loss.detach(), x.grad)
    tensor(0.5000) tensor([-1.,  1.,  0.])
    """
    return score_loss(
        "hinge_loss", scores, targets, dim, {"cost": cost}, mask=mask,
        sample_weights=sample_weights, ignore_index=ignore_index, reduction=reduction,
    )  # fmt: skip


def squared_loss(
    scores: Tensor,
    targets: Tensor,
    dim: int = -1,
    *,
    mask: Tensor | None = None,
    sample_weights: Number | None = None,
    ignore_index: int = -100,
    reduction: Reduction = "mean",
) -> Tensor:
    """Return |x - y|^2 / 2, summed over the classes; its gradient is x - y.

    Parameters
    ----------
    targets
        Labels, or floats of the shape of the scores: any numbers.
    scores, dim, mask, sample_weights, ignore_index, reduction
        As in `fenchel_young_loss`.

    Returns
    -------
    As `fenchel_young_loss`; it is differentiable for scores.

    Raises
    ------
    ValueError, TypeError, NotImplementedError
        As `fenchel_young_loss`.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.squared_loss(torch.tensor([0.5, 1.0]), torch.tensor(1))
    tensor(0.1250)
    """
    return score_loss(
        "squared_loss", scores, targets, dim, mask=mask, sample_weights=sample_weights,
        ignore_index=ignore_index, reduction=reduction,
    )  # fmt: skip


def distillation_loss(
    scores: Tensor,
    teacher_scores: Tensor,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
    sample_weights: Number | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Return T^2 KL(teacher | student) = T^2 sum_i y_i log(y_i / p_i), summed over the classes.

    p is `softmax` of the scores and y that of the teacher's, both at T. A mean divides by the
    number of rows, not by that of classes. The gradient in the scores is T (p - y), which T^2 keeps
    of one size: as T grows the loss tends to half the variance of x - z.

    Parameters
    ----------
    scores
        x, those of the student.
    teacher_scores
        z, in the shape and the dtype of the scores; detached, as there is no gradient for them.
    sample_weights, reduction
        As in `fenchel_young_loss`.
    dim, temperature, log_degeneracy, mask
        As in `softmax`, for both.

    Returns
    -------
    As `fenchel_young_loss`; it is differentiable for scores and temperature.

    Raises
    ------
    ValueError
        As `softmax`; teacher_scores of another shape; teacher_scores, log_degeneracy or weights
        that require a gradient; a reduction that is none of these.
    TypeError
        As `softmax`; teacher_scores of another dtype.
    NotImplementedError
        A tensor that is not on the CPU.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> x = torch.tensor([3.0, 2.0, 1.0], requires_grad=True)
    >>> loss = gibbs.torch.distillation_loss(x, torch.tensor([2.0, 2.0, 0.0]), temperature=2)
    >>> loss.backward()
    >>> print(loss.detach(), x.grad)
    tensor(0.1177) tensor([ 0.1683, -0.2302,  0.0619])
    """
    return score_loss(
        "distillation_loss", scores, teacher_scores, dim, take_targets=take_teacher_scores,
        temperature=temperature, log_degeneracy=log_degeneracy, mask=mask,
        sample_weights=sample_weights, reduction=reduction,
    )  # fmt: skip
