"""Losses of the maps: how far scores are from targets, for every alpha."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gibbs.torch._loss_call import loss

if TYPE_CHECKING:
    from torch import Tensor

    from gibbs.torch._arguments import Number
    from gibbs.torch._loss_call import Reduction


def fenchel_young_loss(
    scores: Tensor,
    targets: Tensor,
    alpha: Number = 1.5,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
    class_weights: Tensor | None = None,
    sample_weights: Number | None = None,
    label_smoothing: float = 0.0,
    ignore_index: int = -100,
    z_loss: float = 0.0,
    reduction: Reduction = "mean",
) -> Tensor:
    """Return L(x, y), which is 0 where `entmax` of the scores is the target and positive elsewhere.

    L(x, y) = max over p of (<p, x> + T H_alpha(p; g)) - <y, x> - T H_alpha(y; g), with gradient
    p - y in x. alpha 1 is T KL(y | p), cross-entropy; 1.5 and 2 are the losses of entmax15 and
    sparsemax. `entmax_loss` is another name of this function.

    Parameters
    ----------
    targets
        Integers of the shape of the scores without `dim` are labels, one class per row. Floats of
        the shape of the scores are probabilities of all classes, read in the dtype of the scores.
    class_weights
        w, one per class: the target becomes w y / sum(w y), and its row counts sum(w y) times (for
        a label k: w_k times).
    sample_weights
        How often each row counts: a number, or a tensor that broadcasts over the rows.
    label_smoothing
        e in [0, 1]: the target becomes (1 - e) y + e / n over the n states that its row has.
    ignore_index
        Rows with this label have loss 0, gradient 0 and no weight.
    z_loss
        Adds this times (T log Z)^2 to the loss of a row.
    reduction
        "mean" over the weight that counts, "sum", or "none": one loss per row, times its weight.
    scores, alpha, dim, temperature, log_degeneracy, mask
        As in `entmax`.

    Returns
    -------
    A tensor without dimensions; with reduction "none" one of the shape of the scores without
    `dim`. It is float32 for the half types. It is differentiable to any order, in reverse and
    forward mode, for scores, temperature, log_degeneracy and alpha. A batch of which nothing
    counts has loss 0.

    Raises
    ------
    ValueError
        As `entmax`; a label that is no class; a weight or z_loss < 0 or NaN; label_smoothing
        outside [0, 1]; targets or weights of another shape; a reduction that is none of these;
        targets or weights that require a gradient, which there is not.
    TypeError
        As `entmax`; targets that are neither integers nor floats; an option that is no number.
    NotImplementedError
        A tensor that is not on the CPU; class_weights that `torch.func.vmap` runs over.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> x = torch.tensor([[3.0, 2.0, 1.0], [0.0, 0.0, 2.0]], requires_grad=True)
    >>> loss = gibbs.torch.fenchel_young_loss(x, torch.tensor([1, 2]), alpha=2)
    >>> loss.backward()
    >>> print(loss.detach(), x.grad)
    tensor(0.5000) tensor([[ 0.5000, -0.5000,  0.0000],
            [ 0.0000,  0.0000,  0.0000]])
    """
    return loss(
        "fenchel_young_loss", scores, targets, alpha, dim,
        temperature=temperature, log_degeneracy=log_degeneracy, mask=mask,
        class_weights=class_weights, sample_weights=sample_weights,
        label_smoothing=label_smoothing, ignore_index=ignore_index, z_loss=z_loss,
        reduction=reduction,
    )  # fmt: skip


entmax_loss = fenchel_young_loss


def cross_entropy(
    scores: Tensor,
    targets: Tensor,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
    class_weights: Tensor | None = None,
    sample_weights: Number | None = None,
    label_smoothing: float = 0.0,
    ignore_index: int = -100,
    z_loss: float = 0.0,
    reduction: Reduction = "mean",
) -> Tensor:
    """Return -T sum_k y_k log p_k with p the `softmax` of the scores; for a label -T log p_k.

    This is `fenchel_young_loss` at alpha 1 and, where targets are probabilities or smoothed, T
    times their entropy more. Parameters, results and errors are those of `fenchel_young_loss`.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.cross_entropy(torch.tensor([3.0, 2.0, 1.0]), torch.tensor(1))
    tensor(1.4076)
    >>> gibbs.torch.cross_entropy(torch.tensor([3.0, 2.0, 1.0]), torch.tensor([0.5, 0.5, 0.0]))
    tensor(0.9076)
    """
    return loss(
        "cross_entropy", scores, targets, 1.0, dim,
        temperature=temperature, log_degeneracy=log_degeneracy, mask=mask,
        class_weights=class_weights, sample_weights=sample_weights,
        label_smoothing=label_smoothing, ignore_index=ignore_index, z_loss=z_loss,
        reduction=reduction,
    )  # fmt: skip


def entmax15_loss(
    scores: Tensor,
    targets: Tensor,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
    class_weights: Tensor | None = None,
    sample_weights: Number | None = None,
    label_smoothing: float = 0.0,
    ignore_index: int = -100,
    z_loss: float = 0.0,
    reduction: Reduction = "mean",
) -> Tensor:
    """Return the loss of entmax at alpha 1.5: `fenchel_young_loss` there.

    Parameters, results and errors are those of `fenchel_young_loss`, without alpha.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.entmax15_loss(torch.tensor([3.0, 2.0, 1.0]), torch.tensor(1))
    tensor(1.0617)
    """
    return loss(
        "entmax15_loss", scores, targets, 1.5, dim,
        temperature=temperature, log_degeneracy=log_degeneracy, mask=mask,
        class_weights=class_weights, sample_weights=sample_weights,
        label_smoothing=label_smoothing, ignore_index=ignore_index, z_loss=z_loss,
        reduction=reduction,
    )  # fmt: skip


def sparsemax_loss(
    scores: Tensor,
    targets: Tensor,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
    class_weights: Tensor | None = None,
    sample_weights: Number | None = None,
    label_smoothing: float = 0.0,
    ignore_index: int = -100,
    z_loss: float = 0.0,
    reduction: Reduction = "mean",
) -> Tensor:
    """Return |y - x|^2 / 2 - |p - x|^2 / 2 with p the `sparsemax` of the scores (at T = 1, g = 1).

    This is `fenchel_young_loss` at alpha 2; for a label it is 0 once its score is ahead of all
    others by T. Parameters, results and errors are those of `fenchel_young_loss`, without alpha.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.sparsemax_loss(torch.tensor([3.0, 2.0, 1.0]), torch.tensor(1))
    tensor(1.)
    """
    return loss(
        "sparsemax_loss", scores, targets, 2.0, dim,
        temperature=temperature, log_degeneracy=log_degeneracy, mask=mask,
        class_weights=class_weights, sample_weights=sample_weights,
        label_smoothing=label_smoothing, ignore_index=ignore_index, z_loss=z_loss,
        reduction=reduction,
    )  # fmt: skip


def perceptron_loss(
    scores: Tensor,
    targets: Tensor,
    dim: int = -1,
    *,
    temperature: Number = 1.0,
    log_degeneracy: Tensor | None = None,
    mask: Tensor | None = None,
    class_weights: Tensor | None = None,
    sample_weights: Number | None = None,
    label_smoothing: float = 0.0,
    ignore_index: int = -100,
    z_loss: float = 0.0,
    reduction: Reduction = "mean",
) -> Tensor:
    """Return max x - <x, y>, the perceptron's loss: `fenchel_young_loss` at alpha infinity.

    Its gradient is argmax(x) - y, the mass shared among equal scores in proportion to g; T changes
    nothing, and the second derivative is 0. Parameters, results and errors are those of
    `fenchel_young_loss`, without alpha.

    Examples
    --------
    >>> import torch, gibbs.torch
    >>> gibbs.torch.perceptron_loss(torch.tensor([3.0, 2.0, 1.0]), torch.tensor(1))
    tensor(1.)
    """
    return loss(
        "perceptron_loss", scores, targets, float("inf"), dim,
        temperature=temperature, log_degeneracy=log_degeneracy, mask=mask,
        class_weights=class_weights, sample_weights=sample_weights,
        label_smoothing=label_smoothing, ignore_index=ignore_index, z_loss=z_loss,
        reduction=reduction,
    )  # fmt: skip
