"""What maps of the family return, and their keyword arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypedDict

from gibbs._types import DenseOptions

if TYPE_CHECKING:
    from typing_extensions import Required

    from gibbs._types import Numbers, SpeaksDLPack

DivergenceName: TypeAlias = Literal[
    "kl",
    "alpha",
    "euclidean",
    "reverse_kl",
    "chi_square",
    "hellinger",
    "jensen_shannon",
    "fermi_dirac",
]


class ConstrainedDetails(NamedTuple):
    """A constrained map with the numbers it knows beside its probabilities, one per row each.

    Attributes
    ----------
    probabilities
        p, in the shape of the scores.
    value
        The optimal value <p, x> - T D_f(p; g), in units of the scores.
    multiplier
        tau, the derivative of the value in the budget.
    support
        How many states have p > 0.
    """

    probabilities: Any
    value: Any
    multiplier: Any
    support: Any


class NormmaxDetails(NamedTuple):
    """`normmax` with the numbers it knows beside its probabilities, one per row each.

    Attributes
    ----------
    probabilities
        p, in the shape of the scores.
    value
        The optimal value <p, x> - T |p|_alpha, in units of the scores.
    support
        How many states have p > 0.
    threshold
        p > 0 only where x exceeds it.
    """

    probabilities: Any
    value: Any
    support: Any
    threshold: Any


class SinkDetails(NamedTuple):
    """`sink_softmax` with the numbers it knows beside its probabilities, one per row each.

    Attributes
    ----------
    probabilities
        p, in the shape of the scores.
    log_partition
        log(exp(sink / T) + sum g exp(x / T)).
    sink_probability
        What the sink takes: 1 - sum p.
    """

    probabilities: Any
    log_partition: Any
    sink_probability: Any


class PlainMap(DenseOptions, total=False):
    """The keyword arguments of a map that returns its probabilities alone."""

    return_details: Literal[False]


class DetailedMap(DenseOptions, total=False):
    """Those of a map that returns all it knows."""

    return_details: Required[Literal[True]]


class _Norm(TypedDict, total=False):
    temperature: Numbers
    mask: Numbers | None
    out: SpeaksDLPack | None


class PlainNorm(_Norm, total=False):
    """Those of `normmax` that returns its probabilities alone."""

    return_details: Literal[False]


class DetailedNorm(_Norm, total=False):
    """Those of `normmax` that returns all it knows."""

    return_details: Required[Literal[True]]


class _Capped(DenseOptions, total=False):
    budget: Numbers
    lower: Numbers | None


class PlainCapped(_Capped, total=False):
    """Those of a capped map that returns its probabilities alone."""

    return_details: Literal[False]


class DetailedCapped(_Capped, total=False):
    """Those of a capped map that returns all it knows."""

    return_details: Required[Literal[True]]


class _Bounded(DenseOptions, total=False):
    lower: Numbers | None
    upper: Numbers | None


class PlainBounded(_Bounded, total=False):
    """Those of a map with bounds that returns its probabilities alone."""

    return_details: Literal[False]


class DetailedBounded(_Bounded, total=False):
    """Those of a map with bounds that returns all it knows."""

    return_details: Required[Literal[True]]


class _Softargmax(DenseOptions, total=False):
    alpha: Numbers | None


class PlainSoftargmax(_Softargmax, total=False):
    """Those of `f_softargmax` that returns its probabilities alone."""

    return_details: Literal[False]


class DetailedSoftargmax(_Softargmax, total=False):
    """Those of `f_softargmax` that returns all it knows."""

    return_details: Required[Literal[True]]


class _Constrained(_Bounded, total=False):
    alpha: Numbers | None
    budget: Numbers
    weights: Numbers | None


class PlainConstrained(_Constrained, total=False):
    """Those of `constrained` that returns its probabilities alone."""

    return_details: Literal[False]


class DetailedConstrained(_Constrained, total=False):
    """Those of `constrained` that returns all it knows."""

    return_details: Required[Literal[True]]
