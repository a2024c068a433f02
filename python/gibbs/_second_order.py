"""Second derivatives: Hessian-vector products of the maps and of their losses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs import _core

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from gibbs._gradients import VjpOptions
    from gibbs._loss_types import LossOptions
    from gibbs._types import A, Numbers


@overload
def entmax_hvp(
    probabilities: A,
    upstream: Numbers,
    direction: Numbers,
    alpha: Numbers = 1.5,
    axis: int = -1,
    **options: Unpack[VjpOptions],
) -> A: ...
@overload
def entmax_hvp(
    probabilities: ArrayLike,
    upstream: Numbers,
    direction: Numbers,
    alpha: Numbers = 1.5,
    axis: int = -1,
    **options: Unpack[VjpOptions],
) -> NDArray[Any]: ...
def entmax_hvp(
    probabilities: Numbers,
    upstream: Numbers,
    direction: Numbers,
    alpha: Numbers = 1.5,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
) -> Any:
    """Return the Hessian of <v, p> in the scores times w, given p = `entmax` of them, v and w.

    It is the derivative of <w, entmax_vjp(v)>, the double backward, and the second derivative of p
    along v and w: (t_i - s_i sum t / sum s) / T^2 with s, vbar as in `entmax_vjp`, wbar likewise,
    r = p / g and t_i = (2 - alpha) p_i r_i^(2 - 2 alpha) (w_i - wbar)(v_i - vbar) on the support, 0
    elsewhere.

    Parameters
    ----------
    probabilities
        p, as `entmax` returned it.
    upstream, direction
        v and w, broadcast to the shape of p and of its dtype.
    alpha, axis, temperature, log_degeneracy
        As `entmax` was given them.

    Returns
    -------
    An array of the shape, the dtype and the kind of p.

    Raises
    ------
    ValueError
        As `entmax`.
    TypeError
        As `entmax`; v or w of another dtype than p.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.entmax_hvp([0.75, 0.25], [1.0, 0.0], [1.0, 0.0], alpha=1)
    array([-0.09375,  0.09375])
    """
    return _core.entmax_hvp(
        probabilities, upstream, direction, alpha, axis, temperature, log_degeneracy
    )


@overload
def fenchel_young_hvp(
    scores: A,
    targets: Numbers,
    direction: Numbers,
    alpha: Numbers = 1.5,
    axis: int = -1,
    *,
    reduction: str = "mean",
    **options: Unpack[LossOptions],
) -> A: ...
@overload
def fenchel_young_hvp(
    scores: ArrayLike,
    targets: Numbers,
    direction: Numbers,
    alpha: Numbers = 1.5,
    axis: int = -1,
    *,
    reduction: str = "mean",
    **options: Unpack[LossOptions],
) -> NDArray[Any]: ...
def fenchel_young_hvp(
    scores: Numbers,
    targets: Numbers,
    direction: Numbers,
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
) -> Any:
    """Return the Hessian of `fenchel_young_loss` in the scores times a direction v.

    A row of weight w adds w ((1 + 2 z V) J v + 2 z p <p, v>), with J v = `entmax_vjp(p, v)`, the
    optimal value V = T log Z and z_loss z. The Hessian of `cross_entropy` is that at alpha 1.

    Parameters
    ----------
    direction
        v, broadcast to the shape of the scores and of their dtype.
    reduction
        "none" is "sum": every row has its own block.
    scores, targets, alpha, axis, and the options
        As in `fenchel_young_loss`; the targets count by their weight alone.

    Returns
    -------
    An array of the shape, the dtype and the kind of the scores.

    Raises
    ------
    ValueError
        As `fenchel_young_loss`.
    TypeError
        As `fenchel_young_loss`; a direction of another dtype than the scores.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.fenchel_young_hvp([3.0, 2.5, 1.0], 0, [1.0, 0.0, 0.0], alpha=2)
    array([ 0.5, -0.5,  0. ])
    """
    return _core.fenchel_young_hvp(
        scores, targets, direction, alpha, axis, temperature, log_degeneracy, mask,
        class_weights, sample_weights, label_smoothing, ignore_index, z_loss, reduction,
    )  # fmt: skip
