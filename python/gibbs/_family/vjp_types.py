"""The keyword arguments of the family's derivatives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, TypedDict

from gibbs._gradients import VjpOptions

if TYPE_CHECKING:
    from collections.abc import Collection

    from typing_extensions import Required

    from gibbs._types import Numbers

OfSoftargmax: TypeAlias = Literal["scores", "temperature", "log_degeneracy", "alpha"]
OfBounded: TypeAlias = Literal[
    "scores", "temperature", "log_degeneracy", "budget", "lower", "upper"
]
OfConstrained: TypeAlias = OfBounded | Literal["alpha"]
OfNormmax: TypeAlias = Literal["scores", "temperature", "alpha"]
OfSink: TypeAlias = Literal["scores", "temperature", "log_degeneracy", "sink"]
OfTempered: TypeAlias = Literal["scores", "temperature", "log_degeneracy", "t"]


class _SoftargmaxVjp(VjpOptions, total=False):
    alpha: Numbers | None


class PlainSoftargmaxVjp(_SoftargmaxVjp, total=False):
    """Those of `f_softargmax_vjp` in the scores alone."""

    wrt: None


class NamedSoftargmaxVjp(_SoftargmaxVjp, total=False):
    """Those of `f_softargmax_vjp` by names."""

    wrt: Required[Collection[OfSoftargmax]]


class _CappedVjp(VjpOptions, total=False):
    budget: Numbers
    lower: Numbers | None
    mask: Numbers | None


class PlainCappedVjp(_CappedVjp, total=False):
    """Those of the derivative of a capped map in the scores alone."""

    wrt: None


class NamedCappedVjp(_CappedVjp, total=False):
    """Those of the derivative of a capped map by names."""

    wrt: Required[Collection[OfBounded]]


class _BoundedVjp(VjpOptions, total=False):
    lower: Numbers | None
    upper: Numbers | None
    mask: Numbers | None


class PlainBoundedVjp(_BoundedVjp, total=False):
    """Those of the derivative of a map with bounds in the scores alone."""

    wrt: None


class NamedBoundedVjp(_BoundedVjp, total=False):
    """Those of the derivative of a map with bounds by names."""

    wrt: Required[Collection[OfBounded]]


class _ConstrainedVjp(_BoundedVjp, total=False):
    alpha: Numbers | None
    budget: Numbers
    weights: Numbers | None


class PlainConstrainedVjp(_ConstrainedVjp, total=False):
    """Those of `constrained_vjp` in the scores alone."""

    wrt: None


class NamedConstrainedVjp(_ConstrainedVjp, total=False):
    """Those of `constrained_vjp` by names."""

    wrt: Required[Collection[OfConstrained]]


class PlainNormVjp(TypedDict, total=False):
    """Those of `normmax_vjp` in the scores alone."""

    temperature: Numbers
    wrt: None


class NamedNormVjp(TypedDict, total=False):
    """Those of `normmax_vjp` by names."""

    temperature: Numbers
    wrt: Required[Collection[OfNormmax]]


class PlainSinkVjp(VjpOptions, total=False):
    """Those of `sink_softmax_vjp` in the scores alone."""

    sink: Numbers
    wrt: None


class NamedSinkVjp(VjpOptions, total=False):
    """Those of `sink_softmax_vjp` by names."""

    sink: Numbers
    wrt: Required[Collection[OfSink]]


class NamedTemperedVjp(VjpOptions, total=False):
    """Those of `tempered_softmax_vjp` by names."""

    wrt: Required[Collection[OfTempered]]
