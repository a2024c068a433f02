"""softmax with a sink: a state beside the row that takes probability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from gibbs import _core
from gibbs._family.types import SinkDetails
from gibbs._flags import flag
from gibbs._gradients import OF_SOFTMAX, bits_of, by_name

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from gibbs._family.types import DetailedMap, PlainMap
    from gibbs._family.vjp_types import NamedSinkVjp, OfSink, PlainSinkVjp
    from gibbs._gradients import Gradients
    from gibbs._types import A, Numbers, SpeaksDLPack

_PARAMETERS = (*OF_SOFTMAX, "sink")


@overload
def sink_softmax(
    scores: A, sink: Numbers = 0.0, axis: int = -1, **options: Unpack[PlainMap]
) -> A: ...
@overload
def sink_softmax(
    scores: ArrayLike, sink: Numbers = 0.0, axis: int = -1, **options: Unpack[PlainMap]
) -> NDArray[Any]: ...
@overload
def sink_softmax(
    scores: Numbers, sink: Numbers = 0.0, axis: int = -1, **options: Unpack[DetailedMap]
) -> SinkDetails: ...
def sink_softmax(
    scores: Numbers,
    sink: Numbers = 0.0,
    axis: int = -1,
    *,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    mask: Numbers | None = None,
    out: SpeaksDLPack | None = None,
    return_details: bool = False,
) -> Any:
    """Map scores to p_i = g_i exp(x_i / T) / (exp(sink / T) + sum_j g_j exp(x_j / T)).

    `softmax` with one state more, of degeneracy 1, that is not returned: sum p < 1. A sink of 0 is
    known as "off by one", one of -inf is `softmax`.

    Parameters
    ----------
    sink
        The score of the sink: a number, or an array that broadcasts over the rows.
    return_details
        Return the `SinkDetails`: p with log Z and the probability of the sink.
    scores, axis, temperature, log_degeneracy, mask, out
        As in `softmax`.

    Returns
    -------
    p in the shape, the dtype and the kind of array of the scores; the details if asked for.

    Raises
    ------
    ValueError
        As `softmax`; a sink that is NaN.
    TypeError
        As `softmax`.

    Examples
    --------
    >>> import gibbs
    >>> gibbs.sink_softmax([1.0, 0.0]).round(3)
    array([0.576, 0.212])
    >>> gibbs.sink_softmax([-20.0, -20.0]).round(3)
    array([0., 0.])
    """
    return_details = flag("sink_softmax", "return_details", return_details)
    found = _core.sink_softmax(
        scores, sink, axis, temperature, log_degeneracy, mask, out, return_details
    )
    return SinkDetails(*found) if return_details else found


@overload
def sink_softmax_vjp(
    probabilities: A,
    upstream: Numbers,
    sink_probability: Numbers,
    axis: int = -1,
    **options: Unpack[PlainSinkVjp],
) -> A: ...
@overload
def sink_softmax_vjp(
    probabilities: ArrayLike,
    upstream: Numbers,
    sink_probability: Numbers,
    axis: int = -1,
    **options: Unpack[PlainSinkVjp],
) -> NDArray[Any]: ...
@overload
def sink_softmax_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    sink_probability: Numbers,
    axis: int = -1,
    **options: Unpack[NamedSinkVjp],
) -> Gradients: ...
def sink_softmax_vjp(
    probabilities: Numbers,
    upstream: Numbers,
    sink_probability: Numbers,
    axis: int = -1,
    *,
    sink: Numbers = 0.0,
    temperature: Numbers = 1.0,
    log_degeneracy: Numbers | None = None,
    wrt: Collection[OfSink] | None = None,
) -> Any:
    """Return the gradients of `sink_softmax`, given p and the gradient v of what p went into.

    With vbar = sum p v that in x_i is p_i (v_i - vbar) / T, and that in the sink is
    -p_0 vbar / T, where p_0 is the probability of the sink.

    Parameters
    ----------
    probabilities, sink_probability
        p and p_0, as `sink_softmax` returned them.
    upstream
        v, broadcast to the shape of p and of its dtype.
    axis, sink, temperature, log_degeneracy
        As `sink_softmax` was given them.
    wrt
        Names among "scores", "temperature", "log_degeneracy", "sink".

    Returns
    -------
    The gradient in the scores; with `wrt` the `Gradients` by name, that in the scores among them.

    Raises
    ------
    ValueError
        As `sink_softmax`; a name that is none of these.
    TypeError
        As `sink_softmax`; v of another dtype than p.

    Examples
    --------
    >>> import gibbs
    >>> p, _, p_0 = gibbs.sink_softmax([1.0, 0.0], return_details=True)
    >>> found = gibbs.sink_softmax_vjp(p, [1.0, 0.0], p_0, wrt=["scores", "sink"])
    >>> found.scores.round(3)
    array([ 0.244, -0.122])
    >>> print(found.sink.round(3))
    -0.122
    """
    bits = bits_of("sink_softmax_vjp", wrt, _PARAMETERS)
    found = _core.sink_softmax_vjp(
        "sink_softmax_vjp",
        probabilities, upstream, sink_probability, axis, temperature, log_degeneracy, bits,
    )  # fmt: skip
    if wrt is None:
        return found[0]
    named = by_name(found, probabilities, sink, axis, temperature, log_degeneracy)
    return named._replace(alpha=None, sink=named.alpha)
