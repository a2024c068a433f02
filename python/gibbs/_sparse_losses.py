"""The losses of entmax15, sparsemax and argmax."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs import _core
from gibbs._gradients import bits_of_loss

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from gibbs._loss_types import ReducedLoss, ReducedLossAndGrad, RowLosses, RowLossesAndGrad
    from gibbs._types import Numbers


@overload
def entmax15_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[ReducedLoss]
) -> float: ...
@overload
def entmax15_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[ReducedLossAndGrad]
) -> tuple[float, Any]: ...
@overload
def entmax15_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[RowLosses]
) -> Any: ...
@overload
def entmax15_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[RowLossesAndGrad]
) -> tuple[Any, Any]: ...
def entmax15_loss(
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
    """Return the loss of entmax at alpha 1.5: `fenchel_young_loss` there.

    Parameters, results and errors are those of `fenchel_young_loss`, without alpha.

    Examples
    --------
    >>> import gibbs
    >>> print(round(gibbs.entmax15_loss([3.0, 2.0, 1.0], 1), 3))
    1.062
    """
    found = _core.fenchel_young_loss(
        "entmax15_loss", scores, targets, 1.5, axis, temperature, log_degeneracy, mask,
        class_weights, sample_weights, label_smoothing, ignore_index, z_loss, reduction,
        bits_of_loss("entmax15_loss", return_grad),
    )  # fmt: skip
    return found[:2] if return_grad else found[0]


@overload
def sparsemax_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[ReducedLoss]
) -> float: ...
@overload
def sparsemax_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[ReducedLossAndGrad]
) -> tuple[float, Any]: ...
@overload
def sparsemax_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[RowLosses]
) -> Any: ...
@overload
def sparsemax_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[RowLossesAndGrad]
) -> tuple[Any, Any]: ...
def sparsemax_loss(
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
    """Return |y - x|^2 / 2 - |p - x|^2 / 2 with p the `sparsemax` of the scores (at T = 1, g = 1).

    This is `fenchel_young_loss` at alpha 2; for a label it is 0 once its score is ahead of all
    others by T. Parameters, results and errors are those of `fenchel_young_loss`, without alpha.

    Examples
    --------
    >>> import gibbs
    >>> print(gibbs.sparsemax_loss([3.0, 2.0, 1.0], 0), gibbs.sparsemax_loss([3.0, 2.0, 1.0], 1))
    0.0 1.0
    """
    found = _core.fenchel_young_loss(
        "sparsemax_loss", scores, targets, 2.0, axis, temperature, log_degeneracy, mask,
        class_weights, sample_weights, label_smoothing, ignore_index, z_loss, reduction,
        bits_of_loss("sparsemax_loss", return_grad),
    )  # fmt: skip
    return found[:2] if return_grad else found[0]


@overload
def perceptron_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[ReducedLoss]
) -> float: ...
@overload
def perceptron_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[ReducedLossAndGrad]
) -> tuple[float, Any]: ...
@overload
def perceptron_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[RowLosses]
) -> Any: ...
@overload
def perceptron_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[RowLossesAndGrad]
) -> tuple[Any, Any]: ...
def perceptron_loss(
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
    """Return max x - <x, y>, the perceptron's loss: `fenchel_young_loss` at alpha infinity.

    Its gradient is argmax(x) - y, the mass shared among equal scores in proportion to g; T changes
    nothing. Parameters, results and errors are those of `fenchel_young_loss`, without alpha.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.perceptron_loss([3.0, 2.0, 1.0], 1)
    1.0
    """
    found = _core.fenchel_young_loss(
        "perceptron_loss", scores, targets, float("inf"), axis, temperature, log_degeneracy, mask,
        class_weights, sample_weights, label_smoothing, ignore_index, z_loss, reduction,
        bits_of_loss("perceptron_loss", return_grad),
    )  # fmt: skip
    return found[:2] if return_grad else found[0]
