"""The keyword arguments of the losses, by what they make a loss return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

from gibbs._types import MapOptions

if TYPE_CHECKING:
    from typing_extensions import Required

    from gibbs._types import Numbers


class LossOptions(MapOptions, total=False):
    """The keyword arguments of every loss."""

    class_weights: Numbers | None
    sample_weights: Numbers | None
    label_smoothing: float
    ignore_index: int
    z_loss: float


class ScoreLossOptions(TypedDict, total=False):
    """The keyword arguments of the losses that need no map."""

    mask: Numbers | None
    sample_weights: Numbers | None
    ignore_index: int


class OneVersusAllOptions(ScoreLossOptions, total=False):
    """Those of the logistic loss of every class."""

    temperature: Numbers


class HingeOptions(ScoreLossOptions, total=False):
    """Those of the hinge loss."""

    cost: float


class TeacherOptions(MapOptions, total=False):
    """The keyword arguments of the loss of a student."""

    sample_weights: Numbers | None


class Reduced(TypedDict, total=False):
    """What makes a loss one number."""

    reduction: Literal["mean", "sum"]
    return_grad: Literal[False]


class ReducedAndGrad(TypedDict, total=False):
    """What makes a loss one number with its gradient."""

    reduction: Literal["mean", "sum"]
    return_grad: Required[Literal[True]]


class ByRow(TypedDict, total=False):
    """What makes a loss one number per row."""

    reduction: Required[Literal["none"]]
    return_grad: Literal[False]


class ByRowAndGrad(TypedDict, total=False):
    """What makes a loss one number per row with the gradient of each."""

    reduction: Required[Literal["none"]]
    return_grad: Required[Literal[True]]


class ReducedLoss(LossOptions, Reduced, total=False):
    """The keyword arguments of a loss that is one number."""


class ReducedLossAndGrad(LossOptions, ReducedAndGrad, total=False):
    """Those of a loss that is one number and comes with its gradient."""


class RowLosses(LossOptions, ByRow, total=False):
    """Those of one loss per row."""


class RowLossesAndGrad(LossOptions, ByRowAndGrad, total=False):
    """Those of one loss per row with the gradient of each."""


class ReducedScoreLoss(ScoreLossOptions, Reduced, total=False):
    """The same four for the losses that need no map."""


class ReducedScoreLossAndGrad(ScoreLossOptions, ReducedAndGrad, total=False):
    """One number with its gradient."""


class RowScoreLosses(ScoreLossOptions, ByRow, total=False):
    """One per row."""


class RowScoreLossesAndGrad(ScoreLossOptions, ByRowAndGrad, total=False):
    """One per row with the gradient of each."""


class ReducedOneVersusAll(OneVersusAllOptions, Reduced, total=False):
    """For the logistic loss of every class."""


class ReducedOneVersusAllAndGrad(OneVersusAllOptions, ReducedAndGrad, total=False):
    """One number with its gradient."""


class RowOneVersusAll(OneVersusAllOptions, ByRow, total=False):
    """One per row."""


class RowOneVersusAllAndGrad(OneVersusAllOptions, ByRowAndGrad, total=False):
    """One per row with the gradient of each."""


class ReducedHinge(HingeOptions, Reduced, total=False):
    """For the hinge loss."""


class ReducedHingeAndGrad(HingeOptions, ReducedAndGrad, total=False):
    """One number with its gradient."""


class RowHinge(HingeOptions, ByRow, total=False):
    """One per row."""


class RowHingeAndGrad(HingeOptions, ByRowAndGrad, total=False):
    """One per row with the gradient of each."""


class ReducedTeacher(TeacherOptions, Reduced, total=False):
    """And for the loss of a student."""


class ReducedTeacherAndGrad(TeacherOptions, ReducedAndGrad, total=False):
    """One number with its gradient."""


class RowTeacher(TeacherOptions, ByRow, total=False):
    """One per row."""


class RowTeacherAndGrad(TeacherOptions, ByRowAndGrad, total=False):
    """One per row with the gradient of each."""
