"""The wider family for tests that hold for all of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import gibbs
from support import Array, normal


class Member(NamedTuple):
    """A map, its derivative, the parameters that both take, and what the derivative is for."""

    map: Callable[..., Any]
    vjp: Callable[..., Any]
    parameters: dict[str, Any]
    wrt: tuple[str, ...]

    def run(self, x: Any, axis: int = -1, **options: Any) -> Any:
        return self.map(x, axis=axis, **{**self.parameters, **options})

    def derive(self, p: Any, v: Any, axis: int = -1, **options: Any) -> Any:
        taken = {**self.parameters, **options}
        if self.vjp is gibbs.sink_softmax_vjp:
            taken["sink_probability"] = taken.pop("sink_probability", 1 - np.sum(p, axis))
        taken.pop("k", None)
        if "mask" not in self.options_of_vjp:
            taken.pop("mask", None)
        return self.vjp(p, v, axis=axis, **taken)

    @property
    def options_of_vjp(self) -> set[str]:
        return set(inspect.signature(self.vjp).parameters)


OF_SOFTMAX = ("scores", "temperature", "log_degeneracy")
OF_BOUNDED = (*OF_SOFTMAX, "budget", "lower", "upper")

MEMBERS = {
    "capped_softmax": Member(
        gibbs.capped_softmax, gibbs.capped_softmax_vjp, {"upper": 0.6}, OF_BOUNDED
    ),
    "capped_sparsemax": Member(
        gibbs.capped_sparsemax, gibbs.capped_sparsemax_vjp, {"upper": 0.6}, OF_BOUNDED
    ),
    "budget": Member(gibbs.budget, gibbs.budget_vjp, {"budget": 1.5}, OF_BOUNDED),
    "fermi_dirac": Member(gibbs.fermi_dirac, gibbs.fermi_dirac_vjp, {"budget": 0.75}, OF_BOUNDED),
    "box_section": Member(
        gibbs.box_section,
        gibbs.box_section_vjp,
        {"weights": 1.25, "budget": 1.5, "upper": 1.0},
        OF_BOUNDED,
    ),
    **{
        f"f_softargmax_{name}": Member(
            gibbs.f_softargmax, gibbs.f_softargmax_vjp, {"divergence": name}, OF_SOFTMAX
        )
        for name in ("kl", "euclidean", "reverse_kl", "chi_square", "hellinger", "jensen_shannon")
    },
    "f_softargmax_alpha": Member(
        gibbs.f_softargmax,
        gibbs.f_softargmax_vjp,
        {"divergence": "alpha", "alpha": 1.5},
        (*OF_SOFTMAX, "alpha"),
    ),
    "constrained_alpha": Member(
        gibbs.constrained,
        gibbs.constrained_vjp,
        {"divergence": "alpha", "alpha": 1.25, "upper": 0.6, "budget": 0.9, "weights": 1.25},
        (*OF_BOUNDED, "alpha"),
    ),
    "normmax": Member(
        gibbs.normmax, gibbs.normmax_vjp, {"alpha": 1.5}, ("scores", "temperature", "alpha")
    ),
    "top_k_entmax": Member(
        gibbs.top_k_entmax, gibbs.top_k_entmax_vjp, {"k": 2, "alpha": 1.25}, (*OF_SOFTMAX, "alpha")
    ),
    "top_k_softmax": Member(gibbs.top_k_softmax, gibbs.top_k_softmax_vjp, {"k": 2}, OF_SOFTMAX),
    "top_k_sparsemax": Member(
        gibbs.top_k_sparsemax, gibbs.top_k_sparsemax_vjp, {"k": 2}, OF_SOFTMAX
    ),
    "tempered_softmax": Member(
        gibbs.tempered_softmax, gibbs.tempered_softmax_vjp, {"t": 0.75}, (*OF_SOFTMAX, "t")
    ),
    "sink_softmax": Member(
        gibbs.sink_softmax, gibbs.sink_softmax_vjp, {"sink": 0.5}, (*OF_SOFTMAX, "sink")
    ),
}
CONSTRAINED = {
    name: member
    for name, member in MEMBERS.items()
    if name.startswith(("capped", "budget", "fermi", "box", "constrained"))
}


def along(array: Any, axis: int) -> Any:
    """Return the array with its rows as the last axis."""
    return np.moveaxis(np.asarray(array), axis, -1)


def some_parameters(member: Member, shape: tuple[int, ...], axis: int) -> dict[str, Array]:
    """Return numbers for all that the derivative is for, each of its full shape."""
    random = np.random.default_rng(11)
    kept = tuple(n for d, n in enumerate(shape) if d != axis % len(shape))
    share = 0.5 / shape[axis]
    drawn = {
        "temperature": random.uniform(1, 2, kept),
        "log_degeneracy": random.normal(size=shape) / 4,
        "budget": random.uniform(0.45, 0.55, kept),
        "lower": share * random.uniform(0.2, 0.7, shape),
        "upper": share * random.uniform(1.4, 3, shape),
        "alpha": np.full(kept, member.parameters.get("alpha")),
        "sink": random.normal(size=kept),
        "t": member.parameters.get("t"),
    }
    return {name: drawn[name] for name in member.wrt if name != "scores"}


def some_scores(name: str, *shape: int) -> Any:
    """Return scores for which bounds hold some states, and the support most others."""
    return normal(*shape, scale=1 if name in CONSTRAINED else 0.5)
