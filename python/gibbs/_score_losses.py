"""Losses that compare scores with targets and need no map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs import _core
from gibbs._gradients import beside_loss, bits_of_loss

if TYPE_CHECKING:
    from collections.abc import Collection

    from typing_extensions import Unpack

    from gibbs._gradients import Gradients, OfHeatedLoss
    from gibbs._loss_types import (
        OneVersusAllOptions,
        ReducedHinge,
        ReducedHingeAndGrad,
        ReducedOneVersusAll,
        ReducedOneVersusAllAndGrad,
        ReducedScoreLoss,
        ReducedScoreLossAndGrad,
        RowHinge,
        RowHingeAndGrad,
        RowOneVersusAll,
        RowOneVersusAllAndGrad,
        RowScoreLosses,
        RowScoreLossesAndGrad,
    )
    from gibbs._types import Numbers


@overload
def one_versus_all_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[ReducedOneVersusAll]
) -> float: ...
@overload
def one_versus_all_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[ReducedOneVersusAllAndGrad]
) -> tuple[float, Any]: ...
@overload
def one_versus_all_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[RowOneVersusAll]
) -> Any: ...
@overload
def one_versus_all_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[RowOneVersusAllAndGrad]
) -> tuple[Any, Any]: ...
@overload
def one_versus_all_loss(
    scores: Numbers,
    targets: Numbers,
    axis: int = -1,
    *,
    reduction: str = "mean",
    wrt: Collection[OfHeatedLoss],
    **options: Unpack[OneVersusAllOptions],
) -> tuple[Any, Gradients]: ...
def one_versus_all_loss(
    scores: Numbers,
    targets: Numbers,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    mask: Numbers | None = None,
    sample_weights: Numbers | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    return_grad: bool = False,
    wrt: Collection[OfHeatedLoss] | None = None,
) -> Any:
    """Return the logistic loss of every class against all others, summed over the classes.

    L(x, y) = sum_i T log(1 + exp(x_i / T)) - y_i x_i - T h(y_i), where h is the entropy of one yes
    or no: 0 for labels. Its gradient is p - y with p_i = 1 / (1 + exp(-x_i / T)), and in T it is
    sum_i h(p_i) - h(y_i).

    Parameters
    ----------
    targets
        Integers of the shape of the scores without `axis` are labels, one class per row. Floats of
        the shape of the scores are one number in [0, 1] per class, of any sum: several classes may
        apply to a row.
    wrt
        Names among "scores", "temperature": return (loss, `Gradients` by name).
    scores, axis, temperature, mask, sample_weights, ignore_index, reduction, return_grad
        As in `fenchel_young_loss`.

    Returns
    -------
    As `fenchel_young_loss`.

    Raises
    ------
    ValueError, TypeError
        As `fenchel_young_loss`; a name that is none of these.

    Examples
    --------
    >>> import gibbs
    >>> print(round(gibbs.one_versus_all_loss([2.0, -1.0, 0.0], 0), 3))
    1.133
    >>> loss, grad = gibbs.one_versus_all_loss([0.0, 0.0], [1.0, 1.0], return_grad=True)
    >>> print(grad)
    [-0.5 -0.5]
    >>> _, gradients = gibbs.one_versus_all_loss([0.0, 0.0], [1.0, 1.0], wrt=["temperature"])
    >>> print(gradients.temperature.round(4))
    1.3863
    """
    found = _core.one_versus_all_loss(
        scores, targets, axis, temperature, mask, sample_weights, ignore_index, reduction,
        bits_of_loss("one_versus_all_loss", return_grad, wrt),
    )  # fmt: skip
    return beside_loss(found, return_grad, wrt, scores, axis, temperature)


@overload
def hinge_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[ReducedHinge]
) -> float: ...
@overload
def hinge_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[ReducedHingeAndGrad]
) -> tuple[float, Any]: ...
@overload
def hinge_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[RowHinge]
) -> Any: ...
@overload
def hinge_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[RowHingeAndGrad]
) -> tuple[Any, Any]: ...
def hinge_loss(
    scores: Numbers,
    targets: Numbers,
    axis: int = -1,
    *,
    cost: float = 1.0,
    mask: Numbers | None = None,
    sample_weights: Numbers | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    return_grad: bool = False,
) -> Any:
    """Return max_i (x_i + c (1 - y_i)) - <x, y>, the structured hinge loss with a constant cost c.

    For a label it is 0 once its score is ahead of all others by c; at c = 0 it is
    `perceptron_loss`. Its gradient is q - y, q sharing its mass among the states of that maximum.

    Parameters
    ----------
    cost
        c >= 0: what a prediction of another class costs.
    scores, targets, axis, mask, sample_weights, ignore_index, reduction, return_grad
        As in `fenchel_young_loss`.

    Returns
    -------
    As `fenchel_young_loss`.

    Raises
    ------
    ValueError, TypeError
        As `fenchel_young_loss`; a cost that is negative, NaN or no number.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.hinge_loss([3.0, 2.5, 1.0], 0)
    0.5
    >>> gibbs.hinge_loss([3.0, 2.5, 1.0], 0, cost=2, return_grad=True)
    (1.5, array([-1.,  1.,  0.]))
    """
    found = _core.hinge_loss(
        scores, targets, cost, axis, mask, sample_weights, ignore_index, reduction,
        bits_of_loss("hinge_loss", return_grad),
    )  # fmt: skip
    return found[:2] if return_grad else found[0]


@overload
def squared_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[ReducedScoreLoss]
) -> float: ...
@overload
def squared_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[ReducedScoreLossAndGrad]
) -> tuple[float, Any]: ...
@overload
def squared_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[RowScoreLosses]
) -> Any: ...
@overload
def squared_loss(
    scores: Numbers, targets: Numbers, axis: int = -1, **options: Unpack[RowScoreLossesAndGrad]
) -> tuple[Any, Any]: ...
def squared_loss(
    scores: Numbers,
    targets: Numbers,
    axis: int = -1,
    *,
    mask: Numbers | None = None,
    sample_weights: Numbers | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    return_grad: bool = False,
) -> Any:
    """Return |x - y|^2 / 2, summed over the classes; its gradient is x - y.

    Parameters
    ----------
    targets
        Labels, or floats of the shape of the scores: any numbers.
    scores, axis, mask, sample_weights, ignore_index, reduction, return_grad
        As in `fenchel_young_loss`.

    Returns
    -------
    As `fenchel_young_loss`.

    Raises
    ------
    ValueError, TypeError
        As `fenchel_young_loss`.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.squared_loss([0.5, 1.0], 1, return_grad=True)
    (0.125, array([0.5, 0. ]))
    """
    found = _core.squared_loss(
        scores, targets, axis, mask, sample_weights, ignore_index, reduction,
        bits_of_loss("squared_loss", return_grad),
    )  # fmt: skip
    return found[:2] if return_grad else found[0]
