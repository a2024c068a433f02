"""Tensors that the kernels cannot read are refused wherever they are passed, never read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

import gibbs.torch as gt
import gibbs.torch.entmax as package
from gibbs.sampling import TopP
from torch_support import EVERY, normal

if TYPE_CHECKING:
    from collections.abc import Callable

X = normal(3, 5)
K = torch.tensor([0, 4, 2])
ONES = torch.ones(3)
STATES = torch.ones(5, dtype=torch.bool)
untyped: Any = gt
bisect: Any = package

# Every argument that is a tensor beside the scores: its name, a good one, and the call.
BESIDE: list[tuple[str, torch.Tensor, Callable[[torch.Tensor], Any]]] = [
    ("temperature", ONES, lambda t: gt.softmax(X, temperature=t)),
    ("temperature", ONES[0], lambda t: gt.softmax(X, temperature=t)),
    ("log_degeneracy", X, lambda t: gt.log_softmax(X, log_degeneracy=t)),
    ("mask", STATES, lambda t: gt.logsumexp(X, mask=t)),
    ("mask", STATES, lambda t: gt.logsumexp(X, (0, 1), mask=t)),
    ("alpha", ONES, lambda t: gt.entmax(X, t)),
    ("alpha", ONES, lambda t: package.entmax_bisect(X, t)),
    ("alpha", ONES + 1, lambda t: gt.normmax(X, t)),
    ("upper", ONES[0].expand(5), lambda t: gt.capped_softmax(X, t)),
    ("budget", ONES, lambda t: gt.budget(X, t)),
    ("weights", X.abs(), lambda t: gt.box_section(X, t, 1.0)),
    ("sink", ONES, lambda t: gt.sink_softmax(X, t)),
    ("t", ONES, lambda t: gt.tempered_softmax(X, t)),
    ("targets", K, lambda t: gt.cross_entropy(X, t)),
    ("targets", X.softmax(1), lambda t: gt.hinge_loss(X, t)),
    ("targets", K, lambda t: package.sparsemax_loss(X, t)),
    ("targets", K, lambda t: package.normmax_bisect_loss(X, t)),
    ("class_weights", X[0].abs(), lambda t: gt.cross_entropy(X, K, class_weights=t)),
    ("sample_weights", ONES, lambda t: gt.squared_loss(X, K, sample_weights=t)),
    ("teacher_scores", X, lambda t: gt.distillation_loss(X, t)),
    ("tau", ONES, lambda t: gt.gumbel_softmax(X, t, seed=1)),
    ("row_ids", K, lambda t: gt.binary_concrete(X, row_ids=t, seed=1)),
    ("row_ids", K, lambda t: gt.sample(X, row_ids=t, seed=1)),
    ("temperature", ONES, lambda t: gt.gumbel_top_k(X, 2, temperature=t, seed=1)),
]


@pytest.mark.parametrize(("argument", "good", "call"), BESIDE)
def test_a_tensor_without_numbers_is_refused_beside_scores_that_have_some(
    argument: str, good: torch.Tensor, call: Callable[[torch.Tensor], Any]
) -> None:
    call(good)
    with pytest.raises(
        ValueError, match=f": {argument} must hold numbers as scores do, got device meta"
    ):
        call(good.to("meta"))


@pytest.mark.parametrize(("argument", "good", "call"), BESIDE)
def test_a_sparse_tensor_is_refused(
    argument: str, good: torch.Tensor, call: Callable[[torch.Tensor], Any]
) -> None:
    with pytest.raises(
        TypeError, match=f": {argument} must be a dense tensor, got torch.sparse_coo"
    ):
        call(good.to_sparse())


@pytest.mark.parametrize("name", EVERY)
def test_a_nested_tensor_is_refused(name: str) -> None:
    nested = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged)
    with pytest.raises(TypeError, match="scores must be a dense tensor, got a nested one"):
        EVERY[name](nested)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("sample", ()),
        ("gumbel_max", ()),
        ("gumbel_top_k", (2,)),
        ("inclusion_probabilities", (2,)),
        ("sample_truncated", (TopP(0.9),)),
    ],
)
def test_no_token_is_drawn_of_scores_without_numbers(name: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match=f"^{name}: scores must hold numbers, got device meta"):
        getattr(gt, name)(X.to("meta"), *arguments)


def test_numbers_beside_scores_without_any_give_shapes() -> None:
    assert gt.softmax(X.to("meta"), temperature=ONES, mask=STATES).shape == (3, 5)


@pytest.mark.parametrize("name", ["sparsemax_loss", "entmax_bisect_loss", "normmax_bisect_loss"])
def test_the_labels_of_the_package_must_be_a_tensor_of_integers(name: str) -> None:
    loss = getattr(bisect, name)
    with pytest.raises(TypeError, match=f"^{name}: target must be a tensor, got list"):
        loss(X, [0, 4, 2])
    with pytest.raises(ValueError, match=f"^{name}: targets of floats must have the shape"):
        loss(X, K.double())
