"""Fenchel-Young losses: how far scores are from targets, for every alpha."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs import _core
from gibbs._gradients import bits_of_loss

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from gibbs._loss_types import ReducedLoss, ReducedLossAndGrad, RowLosses, RowLossesAndGrad
    from gibbs._types import Numbers


@overload
def fenchel_young_loss(
    scores: Numbers,
    targets: Numbers,
    alpha: Numbers = 1.5,
    axis: int = -1,
    **options: Unpack[ReducedLoss],
) -> float: ...
@overload
def fenchel_young_loss(
    scores: Numbers,
    targets: Numbers,
    alpha: Numbers = 1.5,
    axis: int = -1,
    **options: Unpack[ReducedLossAndGrad],
) -> tuple[float, Any]: ...
@overload
def fenchel_young_loss(
    scores: Numbers,
    targets: Numbers,
    alpha: Numbers = 1.5,
    axis: int = -1,
    **options: Unpack[RowLosses],
) -> Any: ...
@overload
def fenchel_young_loss(
    scores: Numbers,
    targets: Numbers,
    alpha: Numbers = 1.5,
    axis: int = -1,
    **options: Unpack[RowLossesAndGrad],
) -> tuple[Any, Any]: ...
def fenchel_young_loss(
    scores: Numbers,
    targets: Numbers,
    alpha: Numbers = 1.5,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    class_weights: Numbers | None = None,
    sample_weights: Numbers | None = None,
    label_smoothing: float = 0.0,
    ignore_index: int = -100,
    z_loss: float = 0.0,
    reduction: str = "mean",
    return_grad: bool = False,
) -> Any:
    """Return L(x, y), which is 0 where `entmax` of the scores is the target and positive elsewhere.

    L(x, y) = max over p of (<p, x> + T H_alpha(p; g)) - <y, x> - T H_alpha(y; g), with gradient
    p - y in x. alpha 1 is T KL(y | p), cross-entropy; 1.5 and 2 are the losses of entmax15 and
    sparsemax. `entmax_loss` is another name of this function.

    Parameters
    ----------
    targets
        Integers of the shape of the scores without `axis` are labels, one class per row. Floats of
        the shape of the scores are probabilities of all classes, read in the dtype of the scores.
    class_weights
        w, one per class: the target becomes w y / sum(w y), and its row counts sum(w y) times (for
        a label k: w_k times).
    sample_weights
        How often each row counts: a number, or an array that broadcasts over the rows.
    label_smoothing
        e in [0, 1]: the target becomes (1 - e) y + e / n over the n states that its row has.
    ignore_index
        Rows with this label have loss 0, gradient 0 and no weight.
    z_loss
        Adds this times (T log Z)^2 to the loss of a row.
    reduction
        "mean" over the weight that counts, "sum", or "none": one loss per row, times its weight.
    return_grad
        Return (loss, gradient in the scores).
    scores, alpha, axis, temperature, log_degeneracy, mask
        As in `entmax`.

    Returns
    -------
    A float; with reduction "none" an array of the shape of the scores without `axis`, float32 for
    the half types. The gradient has the shape, the dtype and the kind of array of the scores.

    Raises
    ------
    ValueError
        As `entmax`; a label that is no class; a weight or z_loss < 0 or NaN; label_smoothing
        outside [0, 1]; targets or weights of another shape; a reduction that is none of these.
    TypeError
        As `entmax`; targets that are neither integers nor floats; an option that is no number.

    Examples
    --------
    >>> import gibbs
    >>> scores = [[3.0, 2.0, 1.0], [0.0, 0.0, 2.0]]
    >>> print(round(gibbs.fenchel_young_loss(scores, [1, 2], alpha=2), 3))
    0.5
    >>> loss, grad = gibbs.fenchel_young_loss(
    ...     scores, [1, 2], alpha=2, reduction="none", return_grad=True
    ... )
    >>> print(loss)
    [1. 0.]
    >>> print(grad)
    [[ 1. -1.  0.]
     [ 0.  0.  0.]]
    """
    found = _core.fenchel_young_loss(
        "fenchel_young_loss", scores, targets, alpha, axis, temperature, log_degeneracy, mask,
        class_weights, sample_weights, label_smoothing, ignore_index, z_loss, reduction,
        bits_of_loss("fenchel_young_loss", return_grad),
    )  # fmt: skip
    return found[:2] if return_grad else found[0]


entmax_loss = fenchel_young_loss


@overload
def cross_entropy(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[ReducedLoss]
) -> float: ...
@overload
def cross_entropy(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[ReducedLossAndGrad]
) -> tuple[float, Any]: ...
@overload
def cross_entropy(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[RowLosses]
) -> Any: ...
@overload
def cross_entropy(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[RowLossesAndGrad]
) -> tuple[Any, Any]: ...
def cross_entropy(
    scores: Numbers,
    targets: Numbers,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    class_weights: Numbers | None = None,
    sample_weights: Numbers | None = None,
    label_smoothing: float = 0.0,
    ignore_index: int = -100,
    z_loss: float = 0.0,
    reduction: str = "mean",
    return_grad: bool = False,
) -> Any:
    """Return -T sum_k y_k log p_k with p the `softmax` of the scores; for a label -T log p_k.

    This is `fenchel_young_loss` at alpha 1 and, where targets are probabilities or smoothed, T
    times their entropy more. Parameters, results and errors are those of `fenchel_young_loss`.

    Examples
    --------
    >>> import gibbs
    >>> print(round(gibbs.cross_entropy([3.0, 2.0, 1.0], 1), 3))
    1.408
    >>> print(round(gibbs.cross_entropy([3.0, 2.0, 1.0], [0.5, 0.5, 0.0]), 3))
    0.908
    """
    found = _core.cross_entropy(
        "cross_entropy", scores, targets, 1.0, axis, temperature, log_degeneracy, mask,
        class_weights, sample_weights, label_smoothing, ignore_index, z_loss, reduction,
        bits_of_loss("cross_entropy", return_grad),
    )  # fmt: skip
    return found[:2] if return_grad else found[0]
