"""Each comparison: what we call, what the rival calls, on the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import entmax
import numpy as np
import scipy.special
import torch

import gibbs
import gibbs.torch
from race import Call, race, repeated
from shapes import Shape


def scores_of(shape: Shape) -> Any:
    return np.random.default_rng(1).standard_normal(shape, np.float32) * 2


def turns(calls: Mapping[str, Call], elements: int, seconds: float = 2.0) -> dict[str, float]:
    """Return the times of calls that take turns, in ns per element."""
    count = max(1, 20_000 // elements)
    found = race({name: repeated(call, count) for name, call in calls.items()}, seconds)
    return {name: time / count / elements * 1e9 for name, time in found.items()}


def ratio(ours: Call, theirs: Call, elements: int, seconds: float = 2.0) -> tuple[float, float]:
    """Return our time in ns per element and how many times ours theirs is."""
    found = turns({"ours": ours, "theirs": theirs}, elements, seconds)
    return found["ours"], found["theirs"] / found["ours"]


def softmax_against_torch(shape: Shape) -> tuple[float, float]:
    x = scores_of(shape)
    out, tensor = np.empty_like(x), torch.from_numpy(x)
    tensor_out = torch.empty_like(tensor)
    return ratio(
        lambda: gibbs.softmax(x, out=out),
        lambda: torch.softmax(tensor, -1, out=tensor_out),
        x.size,
        1.0,
    )


def softmax_against_scipy(shape: Shape) -> dict[str, float]:
    """Return ns per element of softmax, ours and SciPy's, and of copies: new, and to old memory."""
    x = scores_of(shape)
    out = np.empty_like(x)
    return turns(
        {
            "ours": lambda: gibbs.softmax(x),
            "with out": lambda: gibbs.softmax(x, out=out),
            "SciPy": lambda: scipy.special.softmax(x, axis=-1),
            "copy": x.copy,
            "copy to": lambda: np.copyto(out, x),
        },
        x.size,
    )


def entmax_against_entmax(
    shape: Shape, alpha: float, theirs: Callable[..., Any]
) -> tuple[float, float]:
    x = scores_of(shape)
    tensor = torch.from_numpy(x)
    return ratio(lambda: gibbs.entmax(x, alpha), lambda: theirs(tensor, dim=-1), x.size)


def derivative_against_entmax(
    shape: Shape, alpha: float, theirs: Callable[..., Any]
) -> tuple[float, float]:
    x, v = scores_of(shape), scores_of(shape)[:, ::-1].copy()
    tensor, upstream = torch.from_numpy(x).requires_grad_(), torch.from_numpy(v)

    def forward_and_backward() -> None:
        theirs(tensor, dim=-1).backward(upstream)
        tensor.grad = None

    return ratio(
        lambda: gibbs.entmax_vjp(gibbs.entmax(x, alpha), v, alpha), forward_and_backward, x.size
    )


def gumbel_softmax_against_torch(shape: Shape, hard: bool) -> tuple[float, float]:
    x = torch.from_numpy(scores_of(shape))
    return ratio(
        lambda: gibbs.torch.gumbel_softmax(x, 0.5, hard),
        lambda: torch.nn.functional.gumbel_softmax(x, 0.5, hard),
        x.numel(),
    )


def draws_against_numpy(ours: Callable[[Any, int], object]) -> tuple[float, float]:
    """Return our time in ns per draw and how many times ours NumPy's is; tables are built anew."""
    x, draws = scores_of((1, 1000))[0].astype(np.float64), 10**6
    p, generator = gibbs.softmax(x), np.random.default_rng(1)
    return ratio(lambda: ours(x, draws), lambda: generator.choice(1000, draws, p=p), draws)


MANY_DRAWS: list[tuple[str, Callable[[Any, int], object]]] = [
    ("AliasTable", lambda x, draws: gibbs.sampling.AliasTable.of_scores(x).draw(draws)),
    ("sample", lambda x, draws: gibbs.sample(x, draws)),
]


def bisect(alpha: float) -> Callable[..., Any]:
    return lambda tensor, dim: entmax.entmax_bisect(tensor, alpha, dim=dim)


SPARSE: list[tuple[str, float, Callable[..., Any]]] = [
    ("entmax.sparsemax / sparsemax", 2.0, entmax.sparsemax),
    ("entmax.entmax15 / entmax15", 1.5, entmax.entmax15),
    ("entmax.entmax_bisect / entmax, alpha 1.3", 1.3, bisect(1.3)),
]


def map_against_entmax(
    shape: Shape, ours: Callable[..., Any], theirs: Callable[..., Any]
) -> tuple[float, float]:
    tensor = torch.from_numpy(scores_of(shape))
    return ratio(lambda: ours(tensor), lambda: theirs(tensor), tensor.numel())


def loss_against_entmax(
    shape: Shape, ours: Callable[..., Any], theirs: Callable[..., Any]
) -> tuple[float, float]:
    """Compare two modules of losses, forward and backward."""
    tensor = torch.from_numpy(scores_of(shape)).requires_grad_()
    labels = torch.from_numpy(np.random.default_rng(2).integers(0, shape[1], shape[0]))

    def forward_and_backward(loss: Callable[..., Any]) -> Call:
        def call() -> None:
            loss(tensor, labels).backward()
            tensor.grad = None

        return call

    return ratio(forward_and_backward(ours), forward_and_backward(theirs), tensor.numel())


def losses(name: str, *arguments: object) -> tuple[Any, Any]:
    return getattr(gibbs.torch.entmax, name)(*arguments), getattr(entmax, name)(*arguments)


FAMILY: list[tuple[str, tuple[Any, Any]]] = [
    (name, (getattr(gibbs.torch.entmax, name), getattr(entmax, name)))
    for name in ("normmax_bisect", "budget_bisect")
]

# Entmax15Loss sorts the 100 largest scores unless told otherwise, SparsemaxLoss all.
LOSSES: list[tuple[str, tuple[Any, Any]]] = [
    ("SparsemaxLoss", losses("SparsemaxLoss")),
    ("Entmax15Loss, k=None", losses("Entmax15Loss", None)),
    ("Entmax15Loss, k=100", losses("Entmax15Loss")),
    ("EntmaxBisectLoss alpha 1.3", losses("EntmaxBisectLoss", 1.3)),
]


def microseconds_of_one_row() -> float:
    """Return the time of softmax of ten floats, NumPy array in and out."""
    x = scores_of((1, 10))[0]
    count = 20_000
    return race({"ours": repeated(lambda: gibbs.softmax(x), count)})["ours"] / count * 1e6
