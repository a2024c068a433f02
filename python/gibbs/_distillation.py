"""Distillation: how far a student is from its teacher."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs import _core
from gibbs._gradients import beside_loss, bits_of_loss

if TYPE_CHECKING:
    from collections.abc import Collection

    from typing_extensions import Unpack

    from gibbs._gradients import Gradients, OfHeatedLoss
    from gibbs._loss_types import (
        ReducedTeacher,
        ReducedTeacherAndGrad,
        RowTeacher,
        RowTeacherAndGrad,
        TeacherOptions,
    )
    from gibbs._types import Numbers


@overload
def distillation_loss(
    scores: Numbers, teacher_scores: Numbers, axis: int = -1, **options: Unpack[ReducedTeacher]
) -> float: ...
@overload
def distillation_loss(
    scores: Numbers,
    teacher_scores: Numbers,
    axis: int = -1,
    **options: Unpack[ReducedTeacherAndGrad],
) -> tuple[float, Any]: ...
@overload
def distillation_loss(
    scores: Numbers, teacher_scores: Numbers, axis: int = -1, **options: Unpack[RowTeacher]
) -> Any: ...
@overload
def distillation_loss(
    scores: Numbers, teacher_scores: Numbers, axis: int = -1, **options: Unpack[RowTeacherAndGrad]
) -> tuple[Any, Any]: ...
@overload
def distillation_loss(
    scores: Numbers,
    teacher_scores: Numbers,
    axis: int = -1,
    *,
    reduction: str = "mean",
    wrt: Collection[OfHeatedLoss],
    **options: Unpack[TeacherOptions],
) -> tuple[Any, Gradients]: ...
def distillation_loss(
    scores: Numbers,
    teacher_scores: Numbers,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    sample_weights: Numbers | None = None,
    reduction: str = "mean",
    return_grad: bool = False,
    wrt: Collection[OfHeatedLoss] | None = None,
) -> Any:
    """Return T^2 KL(teacher | student) = T^2 sum_i y_i log(y_i / p_i), summed over the classes.

    p is `softmax` of the scores and y that of the teacher's, both at T. A mean divides by the
    number of rows, not by that of classes. The gradient in the scores is T (p - y), which T^2 keeps
    of one size: as T grows the loss tends to half the variance of x - z.

    Parameters
    ----------
    scores
        x, those of the student.
    teacher_scores
        z, in the shape and the dtype of the scores.
    sample_weights, reduction, return_grad
        As in `fenchel_young_loss`.
    wrt
        Names among "scores", "temperature": return (loss, `Gradients` by name).
    axis, temperature, log_degeneracy, mask
        As in `softmax`, for both.

    Returns
    -------
    As `fenchel_young_loss`.

    Raises
    ------
    ValueError
        As `softmax`; teacher_scores of another shape; a reduction or a name that is none of these.
    TypeError
        As `softmax`; teacher_scores of another dtype.

    Examples
    --------
    >>> import gibbs
    >>> loss, grad = gibbs.distillation_loss(
    ...     [3.0, 2.0, 1.0], [2.0, 2.0, 0.0], temperature=2, return_grad=True
    ... )
    >>> print(round(loss, 4), grad.round(3))
    0.1177 [ 0.168 -0.23   0.062]
    >>> _, gradients = gibbs.distillation_loss(
    ...     [3.0, 2.0, 1.0], [2.0, 2.0, 0.0], temperature=2, wrt=["temperature"]
    ... )
    >>> print(gradients.temperature.round(4))
    -0.0011
    """
    found = _core.distillation_loss(
        scores, teacher_scores, axis, temperature, log_degeneracy, mask, sample_weights, reduction,
        bits_of_loss("distillation_loss", return_grad, wrt),
    )  # fmt: skip
    return beside_loss(found, return_grad, wrt, scores, axis, temperature)
