"""The maps of the wider family as the tests call them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

import gibbs
import gibbs.torch as gt
from torch_support import Map, normal

ROWS, COLS = 2, 6
DIVERGENCES = ("euclidean", "reverse_kl", "chi_square", "hellinger", "jensen_shannon")
WEIGHTS = torch.tensor([1.0, 0.5, 2.0, 1.5, 0.75, 1.25], dtype=torch.float64)

# Each map by its options, and what it is differentiable for beside the scores.
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "capped_softmax": ("capped_softmax", {"upper": 0.4, "lower": 0.08, "budget": 1.2}),
    "capped_sparsemax": ("capped_sparsemax", {"upper": 0.5, "lower": 0.05, "budget": 1.0}),
    "budget": ("budget", {"budget": 2.0, "upper": 0.9, "lower": 0.05}),
    "fermi_dirac": ("fermi_dirac", {"budget": 2.0, "upper": 0.7, "lower": 0.1}),
    "box_section": ("box_section", {"weights": WEIGHTS, "budget": 1.5, "upper": 1.0, "lower": 0.1}),
    "constrained_kl": ("constrained", {"divergence": "kl", "weights": WEIGHTS, "upper": 0.4}),
    "constrained_chi_square": (
        "constrained",
        {"divergence": "chi_square", "budget": 1.5, "upper": 0.9, "lower": 0.05},
    ),
    **{
        f"constrained_{alpha}": (
            "constrained",
            {"divergence": "alpha", "alpha": alpha, "budget": 1.5, "upper": 0.7, "lower": 0.02},
        )
        for alpha in (0.5, 1.0, 1.5, 1.9)
    },
    "constrained_alpha_of_weights": (
        "constrained",
        {"divergence": "alpha", "alpha": 1.25, "weights": WEIGHTS, "upper": 0.6},
    ),
    "normmax": ("normmax", {"alpha": 2.0}),
    "normmax_1.3": ("normmax", {"alpha": 1.3}),
    "normmax_2.5": ("normmax", {"alpha": 2.5}),
    "sink_softmax": ("sink_softmax", {"sink": 0.5}),
    "top_k_softmax": ("top_k_softmax", {"k": 3}),
    "top_k_sparsemax": ("top_k_sparsemax", {"k": 3}),
    "top_k_entmax": ("top_k_entmax", {"k": 3, "alpha": 1.5}),
    "tempered_softmax": ("tempered_softmax", {"t": 0.5}),
    "tempered_heavy": ("tempered_softmax", {"t": 1.5}),
    "f_softargmax_kl": ("f_softargmax", {"divergence": "kl"}),
    "f_softargmax_alpha": ("f_softargmax", {"divergence": "alpha", "alpha": 1.25}),
    **{f"f_softargmax_{d}": ("f_softargmax", {"divergence": d}) for d in DIVERGENCES},
}
FIXED = ("weights", "k", "divergence")
BOUNDS = ("lower", "upper")


def torch_map(name: str) -> Map:
    function, options = CALLS[name]
    return partial(getattr(gt, function), **options)


def numpy_map(name: str) -> Callable[..., Any]:
    function, options = CALLS[name]
    given = {k: v.numpy() if isinstance(v, Tensor) else v for k, v in options.items()}
    return partial(getattr(gibbs, function), **given)


def parameters(name: str) -> dict[str, Tensor]:
    """Return everything that the map is differentiable for, as tensors."""
    function, options = CALLS[name]
    found = {"temperature": torch.tensor([0.7, 1.3], dtype=torch.float64)}
    if function != "normmax":
        found["log_degeneracy"] = normal(COLS, seed=7) / 8
    for option, value in options.items():
        if option in BOUNDS:
            found[option] = torch.linspace(1, 1.05, COLS, dtype=torch.float64) * value
        elif option not in FIXED:
            found[option] = torch.tensor(value, dtype=torch.float64)
    return found


def fixed(name: str) -> dict[str, Any]:
    return {option: value for option, value in CALLS[name][1].items() if option in FIXED}


def pattern(p: Tensor, bounds: dict[str, Tensor]) -> Tensor:
    """Return where each state stands: at 0, at a bound, or between."""
    at = [p == 0, *(p == bound for bound in bounds.values())]
    return torch.stack(at)


def scores_off_the_edges(name: str, **more: Any) -> Tensor:
    """Return scores of which no small step takes any state across a bound."""
    given = parameters(name)
    of = partial(getattr(gt, CALLS[name][0]), **given, **fixed(name), **more)
    bounds = {bound: given[bound] for bound in BOUNDS if bound in given}
    for x in _candidates():
        here = pattern(of(x), bounds)
        steps = (0.01 * normal(ROWS, COLS, seed=100 + i) for i in range(40))
        if all(torch.equal(here, pattern(of(x + step), bounds)) for step in steps):
            return x
    raise AssertionError("no scores off the edges")


def _candidates() -> Iterator[Tensor]:
    for seed in range(200):
        yield normal(ROWS, COLS, seed=seed)


def as_tensor(array: Any) -> Tensor:
    return torch.as_tensor(np.asarray(array))
