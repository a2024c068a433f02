"""entmax with all that it knows, and its loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gibbs import _core
from gibbs._gradients import by_name
from gibbs._types import Details, LossDetails

if TYPE_CHECKING:
    from gibbs._types import Numbers

_ALL = (
    _core.WANTS_SCORES
    | _core.WANTS_TEMPERATURE
    | _core.WANTS_LOG_DEGENERACY
    | _core.WANTS_ALPHA
    | _core.WANTS_PREDICTION
)


def details(
    scores: Numbers,
    alpha: Numbers = 1.5,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
) -> Details:
    """Return `entmax` with log Z, entropy, size of support and threshold, from the same pass.

    Parameters and errors are those of `entmax`.

    Examples
    --------
    >>> import gibbs
    >>> found = gibbs.details([3.0, 2.0, 1.0], alpha=2, temperature=2)
    >>> found.probabilities
    array([0.75, 0.25, 0.  ])
    >>> float(found.threshold), int(found.support)
    (1.5, 2)
    """
    return Details(*_core.details(scores, alpha, axis, temperature, log_degeneracy, mask))


def loss_details(
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
) -> LossDetails:
    """Return `fenchel_young_loss` with all its derivatives and the prediction, from the same pass.

    Parameters and errors are those of `fenchel_young_loss`. With reduction "none" the gradients
    are those of each row's loss, summed where an argument was broadcast.

    Examples
    --------
    >>> import gibbs
    >>> found = gibbs.loss_details([3.0, 2.0, 1.0], 1, alpha=2, temperature=2)
    >>> print(found.loss, found.grad_scores)
    1.125 [ 0.75 -0.75  0.  ]
    >>> print(found.grad_temperature, found.entropy)
    0.1875 0.1875
    """
    found = _core.fenchel_young_loss(
        "loss_details", scores, targets, alpha, axis, temperature, log_degeneracy, mask,
        class_weights, sample_weights, label_smoothing, ignore_index, z_loss, reduction, _ALL,
    )  # fmt: skip
    gradients = by_name(found[1:5], scores, alpha, axis, temperature, log_degeneracy)
    return LossDetails(found[0], *gradients[:4], *found[5:7])
