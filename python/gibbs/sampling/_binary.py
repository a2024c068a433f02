"""Relaxed draws of independent yes-or-no states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from gibbs import _core
from gibbs._flags import flag
from gibbs._gradients import Gradients, bits_of, per_row, per_state
from gibbs.sampling._relaxed_derivatives import relaxed_vjp

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Required, Unpack

    from gibbs._types import A, Numbers, SpeaksDLPack
    from gibbs.sampling._options import WhoseNoise

    class BinaryOptions(WhoseNoise, total=False):
        """The keyword arguments of binary_concrete."""

        temperature: Numbers
        mask: Numbers | None
        first_category: int
        draw: int
        out: SpeaksDLPack | None

    class PlainBinary(BinaryOptions, total=False):
        """Those of y alone."""

        return_logits: Literal[False]

    class BinaryAndLogits(BinaryOptions, total=False):
        """Those of y with its logits."""

        return_logits: Required[Literal[True]]


_ALLOWED = ("scores", "tau", "temperature")


@overload
def binary_concrete(
    scores: A, tau: Numbers = 1.0, axis: int = -1, **options: Unpack[PlainBinary]
) -> A: ...
@overload
def binary_concrete(
    scores: ArrayLike, tau: Numbers = 1.0, axis: int = -1, **options: Unpack[PlainBinary]
) -> NDArray[Any]: ...
@overload
def binary_concrete(
    scores: A, tau: Numbers = 1.0, axis: int = -1, **options: Unpack[BinaryAndLogits]
) -> tuple[A, A]: ...
@overload
def binary_concrete(
    scores: ArrayLike, tau: Numbers = 1.0, axis: int = -1, **options: Unpack[BinaryAndLogits]
) -> tuple[NDArray[Any], NDArray[Any]]: ...
def binary_concrete(
    scores: Numbers,
    tau: Numbers = 1.0,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    mask: Numbers | None = None,
    seed: int = 0,
    stream: int = 0,
    row_ids: Numbers | None = None,
    first_row: int = 0,
    first_category: int = 0,
    draw: int = 0,
    out: SpeaksDLPack | None = None,
    return_logits: bool = False,
) -> Any:
    """Return y = 1 / (1 + exp(-z / tau)), z = x / T + L with logistic noise L, element by element.

    `gumbel_softmax` of the two scores x and 0: whatever tau is, y > 1/2 with probability
    1 / (1 + exp(-x / T)).

    Parameters
    ----------
    return_logits
        Also return z / tau = log(y / (1 - y)), where nothing underflows or rounds to 1.
    scores, tau, axis, temperature, mask, out
        As in `gumbel_softmax`, as are seed, stream, row_ids, first_row, first_category and draw;
        the axis only says which numbers are a row.

    Returns
    -------
    y in the shape, the dtype and the kind of array of the scores; (y, logits) if asked for. At tau
    0 it is 0 or 1, where the mask is False 0.

    Raises
    ------
    ValueError
        As `gumbel_softmax`.
    TypeError
        As `gumbel_softmax`.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.sampling.binary_concrete([2.0, 0.0, -2.0], 0.5, seed=1).round(3)
    array([1.   , 0.929, 0.015])
    """
    whose = (seed, stream, row_ids, first_row, first_category, draw)
    return _core.binary_concrete(
        scores, axis, tau, temperature, mask, whose, out,
        flag("binary_concrete", "return_logits", return_logits),
    )  # fmt: skip


def binary_concrete_vjp(
    logits: Numbers,
    upstream: Numbers,
    tau: Numbers = 1.0,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    scores: Numbers | None = None,
    wrt: Collection[str] | None = None,
) -> Any:
    """Return the gradients of `binary_concrete`, given the logits of y and the gradient v.

    With w = v y (1 - y) / tau that in x is w / T, in tau -sum w logit over the row, and in T
    -sum w x / T^2.

    Parameters
    ----------
    logits
        As `binary_concrete` returns them.
    scores
        x; the gradient in T alone needs them.
    wrt
        Names among "scores", "tau", "temperature".
    upstream, tau, axis, temperature
        As in `gumbel_softmax_vjp`.

    Returns
    -------
    The gradient in the scores; with `wrt` the `Gradients` by name.

    Raises
    ------
    ValueError
        As `gumbel_softmax_vjp`.
    TypeError
        As `gumbel_softmax_vjp`.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.sampling.binary_concrete_vjp([0.0, 1.0], [1.0, 1.0]).round(4)
    array([0.25  , 0.1966])
    """
    return relaxed_vjp(
        _core.binary_concrete_vjp, "binary_concrete_vjp", logits, upstream, 1.0, tau, axis,
        temperature, None, scores, wrt, _ALLOWED,
    )  # fmt: skip


def binary_concrete_log_density(
    scores: Numbers,
    logits: Numbers,
    tau: Numbers = 1.0,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    measure: Literal["simplex", "log"] = "simplex",
) -> Any:
    """Return the logarithm of the density of each y of `binary_concrete`, by its logit l.

    With q = x / T - tau l it is log tau + q - 2 log(1 + exp q), and on the simplex
    - log(y (1 - y)) more.

    Parameters
    ----------
    logits
        l, of the dtype of the scores, broadcast to them.
    measure
        "simplex": the density of y; "log": that of l.
    scores, tau, axis, temperature
        As in `binary_concrete`; 0 < tau < infinity.

    Returns
    -------
    float64, of the shape of the scores.

    Raises
    ------
    ValueError
        As `concrete_log_density`.
    TypeError
        As `concrete_log_density`.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.sampling.binary_concrete_log_density([0.0, 1.0], [0.0, 0.0]).round(4)
    array([ 0.    , -0.2402])
    """
    return _core.binary_concrete_log_density(scores, logits, axis, tau, temperature, measure)


def binary_concrete_log_density_vjp(
    scores: Numbers,
    logits: Numbers,
    upstream: Numbers = 1.0,
    tau: Numbers = 1.0,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    measure: Literal["simplex", "log"] = "simplex",
    wrt: Collection[str] = ("scores", "logits"),
) -> Gradients:
    """Return the gradients of `binary_concrete_log_density` times u, broadcast to the scores.

    With t = u tanh(q / 2) that in x is -t / T, and in l tau t, on the simplex + u tanh(l / 2) more.

    Parameters
    ----------
    wrt
        Names among "scores", "logits", "tau", "temperature".
    scores, logits, tau, axis, temperature, measure
        As in `binary_concrete_log_density`.

    Raises
    ------
    ValueError
        As `concrete_log_density_vjp`.
    TypeError
        As `concrete_log_density_vjp`.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.sampling.binary_concrete_log_density_vjp([0.0, 1.0], [0.0, 0.0]).scores.round(4)
    array([-0.    , -0.4621])
    """
    bits = bits_of("binary_concrete_log_density_vjp", wrt, ("logits", *_ALLOWED))
    in_scores, in_temperature, _, in_tau, in_point = _core.binary_concrete_log_density_vjp(
        scores, logits, upstream, axis, tau, temperature, measure, bits
    )
    return Gradients(
        in_scores,
        per_row(temperature, in_temperature, axis, scores),
        tau=per_row(tau, in_tau, axis, scores),
        logits=per_state(logits, in_point, scores),
    )
